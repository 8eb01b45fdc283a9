//! What went wrong with a connection, in words: what it is, and what to do next.

use super::Failure;
use crate::text::sanitize::{for_terminal, without_secrets};

/// The longest that a quotation from a server or a library is, in characters.
const QUOTED: usize = 300;

/// What somebody else said, safe to show: one line, without secrets, not too long.
pub(super) fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let safe = for_terminal(&without_secrets(&line)).into_owned();
    match safe.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &safe[..at]),
        None => safe,
    }
}

/// Everything that an error and its causes say, each once.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // Many errors end with the words of their cause.
        if !said.iter().any(|before| before.contains(&text)) {
            said.push(text);
        }
        next = error.source();
    }
    said.join(": ")
}

/// Why the API server could not be spoken with.
pub(super) fn unreachable(server: &str, proxy: Option<&str>, error: &(dyn std::error::Error + 'static)) -> Failure {
    let said = chain(error);
    let lower = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let at = match proxy {
        Some(proxy) => format!("{server} through the proxy {proxy}"),
        None => server.to_owned(),
    };
    let failure = |message: String, help: &str| Failure { message, help: help.to_owned() };
    match () {
        () if has(&[
            "unknownissuer",
            "badsignature",
            "unknown issuer",
            "caused by other",
            "self-signed",
            "selfsigned",
            "not trusted",
        ]) =>
        {
            failure(
                format!("the certificate of {server} was issued by an authority that is not trusted here"),
                "give its certificate with --certificate-authority, or fetch a new kubeconfig: the cluster may have been \
             built anew",
            )
        }
        () if has(&["notvalidforname", "not valid for name"]) => failure(
            format!("the certificate of {server} is for another name"),
            "give the name that it is for with --tls-server-name, or correct `server` in the kubeconfig",
        ),
        () if has(&["certificate expired", "expired"]) && has(&["peer certificate"]) => failure(
            format!("the certificate of {server} has expired"),
            "have it renewed; and check the clock of this machine",
        ),
        () if has(&["notvalidyet", "not valid yet"]) => {
            failure(format!("the certificate of {server} is not valid yet"), "check the clock of this machine")
        }
        () if has(&["received fatal alert"]) => failure(
            format!("{server} did not accept the client's certificate: {}", quoted(&said)),
            "log in again, or fetch a new kubeconfig: the certificate may have expired",
        ),
        () if has(&[
            "invalidcontenttype",
            "corrupt message",
            "invalid message",
            "peer certificate",
            "handshake",
            "tls",
        ]) =>
        {
            failure(
                format!("no secure connection to {server} came about: {}", quoted(&said)),
                "check the address: does an API server listen there, and does it speak https?",
            )
        }
        () if has(&["dns error", "failed to lookup", "name or service not known", "no such host"]) => failure(
            format!("the name of {at} is not known"),
            "check `server` in the kubeconfig, and whether a VPN has to be up",
        ),
        () if has(&["connection refused"]) => failure(
            format!("nothing answers at {at}: connection refused"),
            match proxy {
                Some(_) => "check that the proxy runs, or name the server in NO_PROXY",
                None => "check that the cluster runs, and `server` in the kubeconfig",
            },
        ),
        () if has(&["tunnel", "proxy", "socks"]) => failure(
            format!("{at} could not be reached: {}", quoted(&said)),
            "check the proxy, or name the server in NO_PROXY",
        ),
        () if has(&["timed out", "deadline has elapsed", "unreachable", "no route"]) => {
            failure(format!("{at} does not answer"), "check the network, and whether a VPN has to be up")
        }
        () => failure(
            format!("{at} could not be reached: {}", quoted(&said)),
            "see whether `kubectl version` reaches it with the same flags",
        ),
    }
}

/// Why the API server refused the very first request.
pub(super) fn refused(server: &str, described: &str, status: u16, said: &str) -> Failure {
    let quoted = if said.is_empty() { String::new() } else { format!(": {}", quoted(said)) };
    match status {
        401 => Failure {
            message: format!("{server} does not accept the credentials of {described} (401 Unauthorized)"),
            help:
                "log in again: the token or certificate may have expired; `kubectl auth whoami` shows what the server \
                   takes you for"
                    .to_owned(),
        },
        403 => Failure {
            message: format!("{server} does not let you see what it serves (403 Forbidden){quoted}"),
            help: "ask for the role `system:discovery`, which every signed-in user has by default; are you signed in?"
                .to_owned(),
        },
        404 => Failure {
            message: format!("{server} serves no Kubernetes API (404 Not Found)"),
            help: "check `server` in the kubeconfig, its path too".to_owned(),
        },
        _ => Failure {
            message: format!("{server} answered the first request with an error ({status}){quoted}"),
            help: "try again later, or ask those who run the cluster".to_owned(),
        },
    }
}

/// The message of a Kubernetes `Status`, if it is one.
pub(super) fn status_message(body: &[u8]) -> Option<String> {
    let status: serde_json::Value = serde_json::from_slice(body).ok()?;
    (status.get("kind")?.as_str()? == "Status").then(|| status.get("message")?.as_str().map(str::to_owned))?
}

/// Why a list is forbidden, as the server says it, without who asked and in which namespace: a snapshot keeps neither
/// names of people nor what pseudonyms are to hide.
pub(super) fn forbidden(said: &str) -> String {
    let mut text = quoted(said);
    // The usual words repeat the resource, which is named beside the reason.
    if let Some((_, rest)) = text.split_once("cannot list resource \"")
        && let Some((_, rest)) = rest.split_once("in API group \"")
        && let Some((_, rest)) = rest.split_once("\" ")
    {
        // In which namespace stands beside the reason, too.
        let rest = rest
            .strip_prefix("in the namespace \"")
            .and_then(|rest| rest.split_once('"'))
            .map_or(rest, |(_, rest)| rest);
        text = format!("you may not list it {rest}").trim_end().to_owned();
    }
    for (before, after) in [("User \"", "…"), ("namespace \"", "…")] {
        while let Some(start) = text.find(before) {
            let value = start + before.len();
            let end = text[value..].find('"').map_or(text.len(), |at| value + at + 1);
            let word = before.trim_end_matches([' ', '"']);
            text.replace_range(start..end, &format!("{word} {after}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asked_is_left_out_and_foreign_text_is_safe() {
        let said = "pods is forbidden: User \"jane@corp\" cannot list resource \"pods\" in API group \"\" in the \
                    namespace \"secret-shop\"\u{1b}[31m";
        let shown = forbidden(said);
        assert!(!shown.contains("jane") && !shown.contains("secret-shop") && !shown.contains('\u{1b}'), "{shown}");
        assert!(shown.starts_with("you may not list it"), "{shown}");
        assert!(forbidden("no: User \"jane\" cannot list resource \"pods\"").contains("User … cannot list"));
        assert!(forbidden("User \"half").contains("User …"));
        assert!(quoted(&"ä".repeat(1000)).chars().count() <= QUOTED + 1);
    }

    #[test]
    fn errors_are_told_apart() {
        let says = |text: &str| unreachable("https://a", None, &std::io::Error::other(text.to_owned())).message;
        assert!(says("invalid peer certificate: UnknownIssuer").contains("not trusted here"));
        assert!(says("invalid peer certificate: certificate not valid for name \"a\"").contains("another name"));
        assert!(says("invalid peer certificate: Expired").contains("has expired"));
        assert!(says("invalid peer certificate: certificate expired: verification time").contains("has expired"));
        assert!(says("tcp connect error: Connection refused (os error 111)").contains("refused"));
        assert!(says("dns error: failed to lookup address information").contains("not known"));
        assert!(says("invalid peer certificate: BadSignature").contains("not trusted here"));
        assert!(says("deadline has elapsed").contains("does not answer"));
    }
}
