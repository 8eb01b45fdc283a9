//! What the user says about a connection, what surrounds the program, and how long all of it may take.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What the flags say about one connection; kubectl's own names and meanings.
#[derive(Clone, Debug)]
pub struct Access {
    /// The only kubeconfig to read (`--kubeconfig`).
    pub kubeconfig: Option<PathBuf>,
    /// The context (`--context`).
    pub context: Option<String>,
    /// The cluster, by its name in the kubeconfig (`--cluster`).
    pub cluster: Option<String>,
    /// The user, by its name in the kubeconfig (`--user`).
    pub user: Option<String>,
    /// The address of the API server (`--server`).
    pub server: Option<String>,
    /// A bearer token (`--token` or `KUBEWORTHY_TOKEN`).
    pub token: Option<Token>,
    /// Whom to act as (`--as`).
    pub impersonated: Option<String>,
    /// Which groups to act as (`--as-group`).
    pub impersonated_groups: Vec<String>,
    /// Which UID to act as (`--as-uid`).
    pub impersonated_uid: Option<String>,
    /// The file of certificates that the server's has to lead to (`--certificate-authority`).
    pub certificate_authority: Option<PathBuf>,
    /// The file of the client's certificate (`--client-certificate`).
    pub client_certificate: Option<PathBuf>,
    /// The file of the client's key (`--client-key`).
    pub client_key: Option<PathBuf>,
    /// The name that the server's certificate has to have (`--tls-server-name`).
    pub tls_server_name: Option<String>,
    /// Whether any certificate of the server will do (`--insecure-skip-tls-verify`).
    pub insecure: bool,
    /// Whether answers come uncompressed (`--disable-compression`).
    pub uncompressed: bool,
    /// The longest that one request may take; none for no limit of its own (`--request-timeout`).
    pub request_limit: Option<Duration>,
    /// How many objects a page has (`--chunk-size`); 0 for lists in one piece.
    pub page_size: u32,
}

impl Access {
    /// The longest that one request may take where nobody says otherwise.
    pub const REQUEST_LIMIT: Duration = Duration::from_secs(30);
    /// The longest that reading one cluster may take where nobody says otherwise.
    pub const LIMIT: Duration = Duration::from_secs(120);
    /// How many objects a page has where nobody says otherwise; kubectl's own number.
    pub const PAGE_SIZE: u32 = 500;
}

impl Default for Access {
    fn default() -> Self {
        Self {
            kubeconfig: None,
            context: None,
            cluster: None,
            user: None,
            server: None,
            token: None,
            impersonated: None,
            impersonated_groups: Vec::new(),
            impersonated_uid: None,
            certificate_authority: None,
            client_certificate: None,
            client_key: None,
            tls_server_name: None,
            insecure: false,
            uncompressed: false,
            request_limit: Some(Self::REQUEST_LIMIT),
            page_size: Self::PAGE_SIZE,
        }
    }
}

/// A bearer token. It never shows, not even when debugging.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// This token, without the white space around it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The token itself, for the header that carries it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// What the environment says about connections; read where the environment may be looked at.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `KUBECONFIG`: a list of files.
    pub kubeconfigs: Vec<PathBuf>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `KUBERC`: kubectl's own preferences; `off` for none.
    pub kuberc: Option<OsString>,
    /// `PATH`, for finding credential plugins as a shell would.
    pub path: Vec<PathBuf>,
    /// `HTTPS_PROXY`, or in lower case: the proxy for `https` addresses.
    pub https_proxy: Option<String>,
    /// `HTTP_PROXY`, or in lower case: the proxy for `http` addresses.
    pub http_proxy: Option<String>,
    /// `NO_PROXY`, or in lower case: what is reached without one.
    pub no_proxy: Option<String>,
    /// `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`: the API server as a pod is told of it.
    pub in_cluster: Option<(String, String)>,
    /// The folder of the service account of a pod.
    pub service_account: PathBuf,
    /// Whether a person may be asked something on standard input.
    pub is_interactive: bool,
}

impl Surroundings {
    /// Where a pod finds its service account.
    pub const SERVICE_ACCOUNT: &'static str = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// Whether standard input is a terminal, so that a credential plugin can ask somebody.
    #[must_use]
    pub fn can_ask() -> bool {
        std::io::IsTerminal::is_terminal(&std::io::stdin())
    }
}

/// When reading one cluster has to end.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    end: Instant,
    limit: Duration,
}

impl Deadline {
    /// So much time from now on.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self { end: Instant::now() + limit, limit }
    }

    /// How much time is left.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Whether no time is left.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.left().is_zero()
    }

    /// How long it was in the beginning, for people.
    #[must_use]
    pub fn shown(&self) -> String {
        shown_duration(self.limit)
    }
}

/// Why a cluster could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong, safe to show.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// A duration as Go writes it: `30s`, `2m`, `1h30m`, `500ms`. A bare number counts seconds, as for kubectl.
///
/// # Errors
///
/// When it is none.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    const WRONG: &str = "a duration is written as in `30s`, `2m` or `1h30m`; a bare number counts seconds";
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(Duration::from_secs(seconds.into()));
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(WRONG)?;
        let number: f64 = rest[..digits].parse().map_err(|_| WRONG)?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        seconds += number
            * match &rest[..unit] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return Err(WRONG.to_owned()),
            };
        rest = &rest[unit..];
    }
    if text.is_empty() || seconds > f64::from(u32::MAX) {
        return Err(WRONG.to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| WRONG.to_owned())
}

/// A duration for people: `2m`, `30s`, `1.5s`.
#[must_use]
pub fn shown_duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if duration.subsec_nanos() > 0 {
        return format!("{seconds:.1}s");
    }
    match duration.as_secs() {
        0 => "0s".to_owned(),
        whole if whole % 3600 == 0 => format!("{}h", whole / 3600),
        whole if whole % 60 == 0 => format!("{}m", whole / 60),
        whole => format!("{whole}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go_and_bare_numbers_are_seconds() {
        for (text, milliseconds) in [
            ("30s", 30_000),
            ("2m", 120_000),
            ("0", 0),
            ("45", 45_000),
            ("1h30m", 5_400_000),
            ("1.5s", 1_500),
            ("9ms", 9),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "s", "-1s", "2 m", "1d", "5mm", "1..5s", "99999999999999999999s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
        assert_eq!(shown_duration(Duration::from_secs(120)), "2m");
        assert_eq!(shown_duration(Duration::from_millis(1_500)), "1.5s");
    }

    #[test]
    fn a_token_never_shows() {
        let access = Access { token: Some(Token::new(" hunter2\n")), ..Access::default() };
        assert!(!format!("{access:?}").contains("hunter2"));
        assert_eq!(access.token.expect("it").reveal(), "hunter2");
    }
}
