//! Which annotations are kept, and what labels become that look like tokens.

use std::borrow::Cow;

use crate::text::sanitize::is_unsafe;

/// What stands in place of a value that is not kept.
pub(super) const REDACTED: &str = "redacted";

/// Labels and fields whose value is the name of a host.
pub(super) const NAMES_OF_HOSTS: [&str; 2] = ["kubernetes.io/hostname", "metadata.name"];

/// From this length on a value without a word in it is taken for a token.
const SHORTEST_TOKEN: usize = 32;

/// A label's value, `redacted` where it looks like a token: hexadecimal or base64 without a break, which no name is.
pub(super) fn label<'t>(key: &str, value: &'t str) -> Cow<'t, str> {
    if looks_like_a_token(value) || NAMES_OF_HOSTS.contains(&key) {
        Cow::Borrowed(REDACTED)
    } else {
        Cow::Borrowed(value)
    }
}

pub(super) fn looks_like_a_token(value: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    let any = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    value.len() >= SHORTEST_TOKEN
        && value.bytes().all(is_base64)
        && any(u8::is_ascii_digit)
        // Names of objects are lower case and have dashes; what is long and has none, or has both cases, is none.
        && (any(u8::is_ascii_uppercase) || !any(|byte| matches!(byte, b'-' | b'_')))
}

/// Whether a text can be the key of a label, an annotation or a resource.
pub(super) fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 317
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/'))
}

/// Whether a text is one word, as the value of a label.
fn is_word(value: &str) -> bool {
    value.len() <= 63 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

fn is_number(value: &str) -> bool {
    value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && value.parse::<f64>().is_ok()
}

/// Hooks of Helm and Argo CD.
/// Sources: Helm documentation, "Chart Hooks"; Argo CD documentation, "Resource Hooks".
const HOOKS: [&str; 19] = [
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
    "test-failure",
    "PreSync",
    "Sync",
    "PostSync",
    "SyncFail",
    "Skip",
    "PreDelete",
    "PostDelete",
    "crd-install",
];

/// What is kept of an annotation; none where nothing is. Values are words of a closed list or numbers wherever they can
/// be, so that nothing else passes under an allowed key.
pub(super) fn annotation(key: &str, value: &str) -> Option<String> {
    if !is_key(key) {
        return None;
    }
    let word_of = |words: &[&str]| words.contains(&value).then(|| value.to_owned());
    match key {
        "sidecar.istio.io/inject" | "consul.hashicorp.com/connect-inject" => word_of(&["true", "false"]),
        "istio-injection" | "linkerd.io/inject" | "kuma.io/sidecar-injection" => {
            word_of(&["enabled", "disabled", "ingress", "true", "false"])
        }
        // The name of a revision; only that there is one counts.
        "istio.io/rev" => Some(String::new()),
        "meta.helm.sh/release-name" | "meta.helm.sh/release-namespace" => {
            (is_word(value) && !looks_like_a_token(value)).then(|| value.to_owned())
        }
        "helm.sh/hook" | "argocd.argoproj.io/hook" => {
            let known: Vec<&str> = value.split(',').map(str::trim).filter(|hook| HOOKS.contains(hook)).collect();
            (!known.is_empty()).then(|| known.join(","))
        }
        _ if key.starts_with("autoscaling.knative.dev/") => is_number(value).then(|| value.to_owned()),
        _ if key.starts_with("kompose.") || key == "io.kompose.service" => Some(String::new()),
        _ if key.ends_with("/affinity") || key.ends_with("sticky.cookie") => word_of(&["cookie", "true"]),
        // A suppression with the owner's reason.
        _ if key.starts_with("ignore.kubeworthy/") => {
            (value.len() <= 1000 && !value.chars().any(is_unsafe)).then(|| value.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_from_names() {
        for token in ["0123456789abcdef0123456789abcdef", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"] {
            assert_eq!(label("app", token), "redacted", "{token}");
        }
        for name in [
            "web",
            "kube-prometheus-stack-0.1.2-with-a-long-name",
            "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
            "averylongnamewithoutanydigitinitatall",
        ] {
            assert_eq!(label("app", name), name);
        }
        assert_eq!(label("kubernetes.io/hostname", "worker-1"), "redacted");
    }

    #[test]
    fn allowed_keys_take_allowed_values_alone() {
        assert_eq!(annotation("autoscaling.knative.dev/min-scale", "2").as_deref(), Some("2"));
        assert_eq!(annotation("autoscaling.knative.dev/class", "hunter2"), None);
        assert_eq!(annotation("helm.sh/hook", "pre-install, hunter2").as_deref(), Some("pre-install"));
        assert_eq!(annotation("linkerd.io/inject", "hunter2"), None);
        assert_eq!(annotation("checksum/config", "00"), None);
    }
}
