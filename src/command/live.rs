//! Live clusters from the command line: kubectl's own flags, and reading the clusters that they name.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::output::Terminal;
use crate::snapshot::{LabelSelector, ObjectName, PseudonymKey, Scope};
use crate::source::ReadFailure;
use crate::source::cluster::{Access, Failure, Surroundings, Token, parse_duration};
use crate::tables::Tables;

/// Which cluster, as whom, and how much of it: kubectl's flags with kubectl's meanings.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Live clusters")]
pub struct Live {
    /// A namespace to read; may be given several times [default: that of the context]
    #[arg(short, long, value_name = "NAMESPACE", value_parser = parse_namespace)]
    pub namespace: Vec<String>,

    /// Read all namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,

    /// Assess only workloads with these labels, as in `app=web,tier!=cache`
    #[arg(short = 'l', long, value_name = "LABELS", value_parser = parse_selector)]
    pub selector: Option<String>,

    /// The kubeconfig to use [default: those of KUBECONFIG, or ~/.kube/config, or the pod's service account]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub kubeconfig: Option<PathBuf>,

    /// A context of the kubeconfig; several are read as one estate [default: the current one]
    #[arg(long, value_name = "NAME")]
    pub context: Vec<String>,

    /// A cluster of the kubeconfig, in place of that of the context
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// A user of the kubeconfig, in place of that of the context
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,

    /// The address of the API server
    #[arg(short, long, value_name = "URL", value_hint = ValueHint::Url)]
    pub server: Option<String>,

    /// A bearer token; other users of this machine can see it, the variable KUBEWORTHY_TOKEN is hidden from them
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,

    /// A user to act as
    #[arg(long = "as", value_name = "USER")]
    pub impersonate: Option<String>,

    /// A group to act as; may be given several times
    #[arg(long = "as-group", value_name = "GROUP")]
    pub impersonate_group: Vec<String>,

    /// A UID to act as
    #[arg(long = "as-uid", value_name = "UID")]
    pub impersonate_uid: Option<String>,

    /// A file of certificates that the server's certificate has to lead to
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub certificate_authority: Option<PathBuf>,

    /// The file of a client certificate
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_certificate: Option<PathBuf>,

    /// The file of the key of the client certificate
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub client_key: Option<PathBuf>,

    /// The name that the server's certificate has to be for
    #[arg(long, value_name = "NAME")]
    pub tls_server_name: Option<String>,

    /// Take any certificate of the server; whoever stands in between can read along
    #[arg(long)]
    pub insecure_skip_tls_verify: bool,

    /// Let answers come uncompressed
    #[arg(long)]
    pub disable_compression: bool,

    /// The longest that one request may take, as in `30s`; 0 for no limit but --timeout [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub request_timeout: Option<Duration>,

    /// The longest that reading one cluster may take; what is missing then is named [default: 2m]
    #[arg(long, value_name = "DURATION", value_parser = parse_limit)]
    pub timeout: Option<Duration>,

    /// How many objects a page of a list has; 0 for lists in one piece [default: 500]
    #[arg(long, value_name = "COUNT")]
    pub chunk_size: Option<u32>,

    /// Flags of kubectl that have no meaning here
    #[command(flatten)]
    pub refused: Refused,
}

/// Flags of kubectl that are refused, each with what to do instead. They are known, so that whoever types one hears why.
#[derive(Debug, Default, Args)]
pub struct Refused {
    #[arg(long, hide = true)]
    cache_dir: Option<String>,
    #[arg(long, hide = true)]
    kuberc: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "")]
    match_server_version: Option<String>,
    #[arg(long, hide = true)]
    username: Option<String>,
    #[arg(long, hide = true)]
    password: Option<String>,
    #[arg(long, hide = true)]
    as_user_extra: Vec<String>,
    #[arg(long, hide = true)]
    profile_output: Option<String>,
    #[arg(short = 'v', long = "v", hide = true, num_args = 0..=1, default_missing_value = "")]
    verbosity: Option<String>,
}

impl Refused {
    /// The first of them that was given, with what to do instead.
    fn first(&self) -> Option<(&'static str, &'static str)> {
        let given = [
            (self.cache_dir.is_some(), "--cache-dir", "nothing is cached; leave it out"),
            (self.kuberc.is_some(), "--kuberc", "set the variable KUBERC to the file instead"),
            (self.match_server_version.is_some(), "--match-server-version", "any version is read; leave it out"),
            (
                self.username.is_some(),
                "--username",
                "API servers no longer take passwords; use a token or a certificate",
            ),
            (
                self.password.is_some(),
                "--password",
                "API servers no longer take passwords; use a token or a certificate",
            ),
            (
                !self.as_user_extra.is_empty(),
                "--as-user-extra",
                "write `as-user-extra` into the user of the kubeconfig",
            ),
            (self.profile_output.is_some(), "--profile-output", "leave it out"),
            (self.verbosity.is_some(), "-v", "nothing is logged; the report's part about its inputs names every gap"),
        ];
        given.into_iter().find(|(is_given, ..)| *is_given).map(|(_, flag, help)| (flag, help))
    }
}

fn parse_namespace(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name =
        (1..=63).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-');
    match is_name {
        true => Ok(text.to_owned()),
        false => Err("the name of a namespace holds small letters, digits and `-`, at most 63".to_owned()),
    }
}

fn parse_selector(text: &str) -> Result<String, String> {
    match LabelSelector::parse(text) {
        Some(_) => Ok(text.to_owned()),
        None => Err("labels are selected as in `app=web`, `tier!=cache`, `env in (a,b)` or `!legacy`".to_owned()),
    }
}

fn parse_limit(text: &str) -> Result<Duration, String> {
    match parse_duration(text)? {
        limit if limit.is_zero() => Err("reading a cluster has to end some time; the limit is above 0".to_owned()),
        limit => Ok(limit),
    }
}

impl Live {
    /// The first flag that was given and makes sense for a live cluster alone.
    pub(super) fn first_given(&self) -> Option<&'static str> {
        let given = [
            (!self.namespace.is_empty(), "--namespace"),
            (self.all_namespaces, "--all-namespaces"),
            (self.selector.is_some(), "--selector"),
            (!self.context.is_empty(), "--context"),
            (self.cluster.is_some(), "--cluster"),
            (self.user.is_some(), "--user"),
            (self.server.is_some(), "--server"),
            (self.token.is_some(), "--token"),
            (self.impersonate.is_some(), "--as"),
            (!self.impersonate_group.is_empty(), "--as-group"),
            (self.impersonate_uid.is_some(), "--as-uid"),
            (self.certificate_authority.is_some(), "--certificate-authority"),
            (self.client_certificate.is_some(), "--client-certificate"),
            (self.client_key.is_some(), "--client-key"),
            (self.tls_server_name.is_some(), "--tls-server-name"),
            (self.insecure_skip_tls_verify, "--insecure-skip-tls-verify"),
            (self.disable_compression, "--disable-compression"),
            (self.request_timeout.is_some(), "--request-timeout"),
            (self.timeout.is_some(), "--timeout"),
            (self.chunk_size.is_some(), "--chunk-size"),
            (self.kubeconfig.is_some(), "--kubeconfig"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, flag)| flag)
    }

    /// What is wrong with the flags together, if anything: what, and what to do.
    pub(super) fn mistake(&self) -> Option<(String, String)> {
        if let Some((flag, help)) = self.refused.first() {
            return Some((format!("{flag} of kubectl is not taken here"), help.to_owned()));
        }
        let of_one = [
            (self.cluster.is_some(), "--cluster"),
            (self.server.is_some(), "--server"),
            (self.certificate_authority.is_some(), "--certificate-authority"),
            (self.tls_server_name.is_some(), "--tls-server-name"),
        ];
        let (_, flag) = of_one.into_iter().find(|(is_given, _)| *is_given && self.context.len() > 1)?;
        let help = format!("give one --context, or leave {flag} out");
        Some((format!("{flag} says something about one cluster, and {} contexts are named", self.context.len()), help))
    }

    /// What the flags say about the connection, for one of the contexts.
    fn access(&self, context: Option<&String>, token: Option<&str>) -> Access {
        let request_limit = self.request_timeout.unwrap_or(Access::REQUEST_LIMIT);
        Access {
            kubeconfig: self.kubeconfig.clone(),
            context: context.cloned(),
            cluster: self.cluster.clone(),
            user: self.user.clone(),
            server: self.server.clone(),
            token: self.token.as_deref().or(token).map(Token::new),
            impersonated: self.impersonate.clone(),
            impersonated_groups: self.impersonate_group.clone(),
            impersonated_uid: self.impersonate_uid.clone(),
            certificate_authority: self.certificate_authority.clone(),
            client_certificate: self.client_certificate.clone(),
            client_key: self.client_key.clone(),
            tls_server_name: self.tls_server_name.clone(),
            insecure: self.insecure_skip_tls_verify,
            uncompressed: self.disable_compression,
            request_limit: Some(request_limit).filter(|limit| !limit.is_zero()),
            page_size: self.chunk_size.unwrap_or(Access::PAGE_SIZE),
        }
    }

    /// How much of a cluster is read, with the namespace of its context where none is named.
    #[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "nothing is read in such a build"))]
    fn scope(&self, of_context: &str, object: Option<&ObjectName>) -> Scope {
        let namespaces = match (self.all_namespaces, self.namespace.is_empty()) {
            (true, _) => None,
            (false, true) => Some(vec![of_context.to_owned()]),
            (false, false) => Some(self.namespace.clone()),
        };
        Scope { namespaces, selector: self.selector.as_deref().and_then(LabelSelector::parse), object: object.cloned() }
    }
}

/// One cluster as it was read: its name and the text of its snapshot.
pub(super) struct Read {
    pub(super) name: String,
    pub(super) text: String,
}

/// Reads every cluster that the flags name, one after another. What could not be reached stands beside what was read.
pub(super) fn read(
    live: &Live,
    object: Option<&ObjectName>,
    pseudonyms: Option<&PseudonymKey>,
    tables: &Tables,
    terminal: &Terminal,
) -> (Vec<Read>, Vec<ReadFailure>) {
    let (mut texts, mut failures) = (Vec::new(), Vec::new());
    let around = surroundings();
    let token = std::env::var("KUBEWORTHY_TOKEN").ok().filter(|token| !token.trim().is_empty());
    let mut contexts: Vec<Option<&String>> = live.context.iter().map(Some).collect();
    let mut seen = std::collections::BTreeSet::new();
    contexts.retain(|context| seen.insert(*context));
    if contexts.is_empty() {
        contexts.push(None);
    }
    for context in contexts {
        let access = live.access(context, token.as_deref());
        match read_one(live, &access, &around, object, pseudonyms, tables, terminal) {
            Ok(read) => texts.push(read),
            Err((name, failure)) => failures.push(ReadFailure {
                file: name
                    .or_else(|| context.cloned())
                    .map_or_else(|| "cluster".to_owned(), |name| format!("cluster {name}")),
                message: failure.message,
                help: failure.help,
                position: None,
            }),
        }
    }
    (texts, failures)
}

#[cfg(feature = "cluster")]
fn read_one(
    live: &Live,
    access: &Access,
    around: &Surroundings,
    object: Option<&ObjectName>,
    pseudonyms: Option<&PseudonymKey>,
    tables: &Tables,
    terminal: &Terminal,
) -> Result<Read, (Option<String>, Failure)> {
    use crate::source::cluster::{self, Deadline};

    let deadline = Deadline::after(live.timeout.unwrap_or(Access::LIMIT));
    let connection = cluster::connect(access, around, deadline).map_err(|failure| (None, failure))?;
    let name = connection.name.clone();
    let scope = live.scope(&connection.namespace, object);
    let mut recorder = crate::snapshot::Recorder::new(&name, scope, super::today::now(), tables);
    let outcome = cluster::read(&connection, &mut recorder, &|resource, objects| {
        terminal.progress(&format!("{name}: {resource}, {objects} objects"));
    });
    terminal.end_progress();
    outcome.map_err(|failure| (Some(name.clone()), failure))?;
    Ok(Read { name, text: recorder.finish(pseudonyms) })
}

#[cfg(not(feature = "cluster"))]
fn read_one(
    _: &Live,
    _: &Access,
    _: &Surroundings,
    _: Option<&ObjectName>,
    _: Option<&PseudonymKey>,
    _: &Tables,
    _: &Terminal,
) -> Result<Read, (Option<String>, Failure)> {
    let failure = Failure {
        message: "this program was built without the part that reads clusters".to_owned(),
        help: "build it with the feature `cluster`, or assess a snapshot that another one has written".to_owned(),
    };
    Err((None, failure))
}

/// What the environment says about connections.
fn surroundings() -> Surroundings {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    let either = |name: &str| variable(name).or_else(|| variable(&name.to_ascii_lowercase()));
    let paths = |name: &str| match std::env::var_os(name) {
        Some(list) => std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => Vec::new(),
    };
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).filter(|home| !home.is_empty());
    Surroundings {
        kubeconfigs: paths("KUBECONFIG"),
        home: home.map(PathBuf::from),
        kuberc: std::env::var_os("KUBERC").filter(|name| !name.is_empty()),
        path: paths("PATH"),
        https_proxy: either("HTTPS_PROXY"),
        http_proxy: either("HTTP_PROXY"),
        no_proxy: either("NO_PROXY"),
        in_cluster: variable("KUBERNETES_SERVICE_HOST").zip(variable("KUBERNETES_SERVICE_PORT")),
        service_account: PathBuf::from(Surroundings::SERVICE_ACCOUNT),
        is_interactive: Surroundings::can_ask(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        live: Live,
    }

    fn parsed(words: &[&str]) -> Live {
        Line::try_parse_from([&["kubeworthy"], words].concat()).expect("flags").live
    }

    #[test]
    fn flags_mean_what_they_mean_for_kubectl() {
        for words in [&["-n", "shop"][..], &["--namespace=shop"], &["-n=shop"], &["-nshop"]] {
            assert_eq!(parsed(words).namespace, ["shop"], "{words:?}");
        }
        let all = parsed(&[
            "-A",
            "-s",
            "https://a",
            "--as",
            "joe",
            "--context",
            "a",
            "--context",
            "b",
            "--request-timeout",
            "0",
        ]);
        assert!(all.all_namespaces && all.context.len() == 2 && all.first_given() == Some("--all-namespaces"));
        let access = all.access(None, Some("token"));
        assert_eq!((access.request_limit, access.page_size), (None, 500));
        assert!(access.token.is_some(), "the variable counts where no flag does");
        assert!(all.mistake().expect("two contexts").0.contains("--server"));
        assert_eq!(parsed(&[]).first_given(), None);
        assert_eq!(parsed(&[]).access(None, None).request_limit, Some(Access::REQUEST_LIMIT));
    }

    #[test]
    fn flags_that_mean_nothing_here_are_named_with_a_way_out() {
        for (words, flag) in [
            (&["--cache-dir", "x"][..], "--cache-dir"),
            (&["--kuberc=x"], "--kuberc"),
            (&["--match-server-version"], "--match-server-version"),
            (&["--username", "u", "--password", "CANARY"], "--username"),
            (&["--password", "CANARY"], "--password"),
            (&["-v", "6"], "-v"),
            (&["-v=6"], "-v"),
            (&["--v=6"], "-v"),
        ] {
            let (message, help) = parsed(words).mistake().expect("a mistake");
            assert!(message.starts_with(flag) && !help.is_empty() && !message.contains("CANARY"), "{message}: {help}");
        }
    }

    #[test]
    fn the_namespace_of_the_context_is_meant_where_none_is_named() {
        let scope = |words: &[&str]| parsed(words).scope("shop", None).namespaces;
        assert_eq!(scope(&[]), Some(vec!["shop".to_owned()]));
        assert_eq!(scope(&["-n", "a", "-n", "b"]), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(scope(&["-A", "-n", "a"]), None, "as for kubectl, all means all");
        assert!(Line::try_parse_from(["kubeworthy", "-n", "../x"]).is_err());
        assert!(Line::try_parse_from(["kubeworthy", "-l", "a b"]).is_err());
        assert!(Line::try_parse_from(["kubeworthy", "--timeout", "0"]).is_err());
    }
}
