//! Whether a server is reached through a proxy: as the libraries of Go decide it, against the name of the server.

use std::net::IpAddr;

use http::Uri;

use super::{Failure, Surroundings};
use crate::text::sanitize::without_credentials;

/// The proxy for a server, if any. What the kubeconfig says outright (`proxy-url`) wins over `NO_PROXY`.
pub(super) fn proxy_for(server: &Uri, stated: Option<&str>, around: &Surroundings) -> Result<Option<Uri>, Failure> {
    let is_http = server.scheme_str() == Some("http");
    let (text, from) = match (stated.filter(|url| !url.is_empty()), is_http) {
        (Some(url), _) => (url, "`proxy-url` of the cluster"),
        (None, true) => (around.http_proxy.as_deref().unwrap_or_default(), "HTTP_PROXY"),
        (None, false) => (around.https_proxy.as_deref().unwrap_or_default(), "HTTPS_PROXY"),
    };
    let is_stated = stated.is_some_and(|url| !url.is_empty());
    if text.trim().is_empty() || !is_stated && is_exempt(server, around.no_proxy.as_deref().unwrap_or_default()) {
        return Ok(None);
    }
    let text = text.trim();
    // An address without a scheme is one of HTTP, as for curl and Go; Go's `socks5h` resolves names as `socks5` does.
    let whole = match text.split_once("://") {
        None => format!("http://{text}"),
        Some(("socks5h", rest)) => format!("socks5://{rest}"),
        Some(_) => text.to_owned(),
    };
    let shown = without_credentials(text).into_owned();
    let failure = |what: &str| Failure {
        message: format!("the proxy `{shown}` {what}"),
        help: format!("correct {from}: a proxy is `http://HOST:PORT`, `https://HOST:PORT` or `socks5://HOST:PORT`"),
    };
    let proxy: Uri = whole.parse().map_err(|_| failure("is no address"))?;
    match proxy.scheme_str() {
        Some("http" | "https" | "socks5") if proxy.host().is_some_and(|host| !host.is_empty()) => Ok(Some(proxy)),
        _ => Err(failure("is of a kind that cannot be used")),
    }
}

/// Whether `NO_PROXY` names the server: `*`, a name and everything below it, `.example.com` for what is below alone, an
/// address, a range of addresses, each with a port where that one alone is meant. Go never uses a proxy from the
/// environment for the machine itself.
fn is_exempt(server: &Uri, list: &str) -> bool {
    let host = server.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let host = host.trim_end_matches('.');
    let default = if server.scheme_str() == Some("http") { 80 } else { 443 };
    let port = server.port_u16().unwrap_or(default);
    let address: Option<IpAddr> = host.parse().ok();
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some((network, length)) = entry.split_once('/') {
            return is_within(address, network, length);
        }
        let (name, wanted) = split_port(&entry);
        if wanted.is_some_and(|wanted| wanted != port) {
            return false;
        }
        if let Ok(named) = name.parse::<IpAddr>() {
            return address == Some(named);
        }
        let name = name.trim_start_matches('*').trim_end_matches('.');
        match name.strip_prefix('.') {
            Some(domain) => host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.') && !domain.is_empty()),
            None => host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')),
        }
    })
}

/// A name or an address and the port behind it; an IPv6 address is bracketed where it has one.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some(rest) = entry.strip_prefix('[') {
        let (address, behind) = rest.split_once(']').unwrap_or((rest, ""));
        return (address, behind.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn is_within(address: Option<IpAddr>, network: &str, length: &str) -> bool {
    let (Some(address), Ok(network), Ok(length)) = (address, network.parse::<IpAddr>(), length.parse::<u32>()) else {
        return false;
    };
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) if length <= 32 => {
            length == 0 || (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0
        }
        (IpAddr::V6(address), IpAddr::V6(network)) if length <= 128 => {
            length == 0 || (address.to_bits() ^ network.to_bits()) >> (128 - length) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxied(server: &str, no_proxy: &str) -> bool {
        let around = Surroundings {
            https_proxy: Some("http://10.9.9.9:3128".to_owned()),
            no_proxy: Some(no_proxy.to_owned()),
            ..Surroundings::default()
        };
        proxy_for(&server.parse().expect("an address"), None, &around).expect("a proxy").is_some()
    }

    #[test]
    fn no_proxy_is_held_against_the_server() {
        for (server, list, expected) in [
            ("https://10.1.2.3:6443", "", true),
            ("https://10.1.2.3:6443", "10.0.0.0/8", false),
            ("https://10.1.2.3:6443", "10.1.2.3", false),
            ("https://10.1.2.3:6443", "10.1.2.3:6443", false),
            ("https://10.1.2.3:6443", "10.1.2.3:443", true),
            ("https://203.0.113.9", "10.9.9.9,10.0.0.0/8", true),
            ("https://api.example.com", "example.com", false),
            ("https://api.example.com", ".example.com", false),
            ("https://example.com", ".example.com", true),
            ("https://example.com", "example.com, ", false),
            ("https://api.badexample.com", "example.com", true),
            ("https://api.example.com", "*.example.com", false),
            ("https://api.example.com", "*", false),
            ("https://API.Example.com", "api.example.COM", false),
            ("https://[2001:db8::1]:6443", "2001:db8::/32", false),
            ("https://[2001:db8::1]:6443", "[2001:db8::1]:6443", false),
            ("https://[2001:db8::1]:6443", "[2001:db8::1]:443", true),
            ("https://10.1.2.3", "10.0.0.0/99,/,:,://", true),
            ("https://localhost:6443", "", false),
            ("https://127.0.0.1:6443", "", false),
        ] {
            assert_eq!(proxied(server, list), expected, "{server} with NO_PROXY={list}");
        }
    }

    #[test]
    fn what_the_kubeconfig_says_wins() {
        let around = Surroundings { no_proxy: Some("*".to_owned()), ..Surroundings::default() };
        let server: Uri = "https://127.0.0.1:6443".parse().expect("an address");
        let proxy = proxy_for(&server, Some("socks5://127.0.0.1:1080"), &around).expect("a proxy").expect("one");
        assert_eq!(proxy.scheme_str(), Some("socks5"));
        let wrong = proxy_for(&server, Some("ftp://me:hunter2@proxy"), &around).expect_err("no such kind");
        assert!(!wrong.message.contains("hunter2") && wrong.help.contains("proxy-url"), "{wrong:?}");
    }

    #[test]
    fn each_kind_of_address_has_its_own_proxy() {
        let around = Surroundings { http_proxy: Some("proxy:3128".to_owned()), ..Surroundings::default() };
        let proxy = |server: &str| proxy_for(&server.parse().expect("an address"), None, &around).expect("a proxy");
        assert_eq!(proxy("http://api:8001").expect("one").to_string(), "http://proxy:3128/");
        assert!(proxy("https://api").is_none());
    }
}
