//! Which kubeconfig counts, and which context, cluster and user of it: kubectl's rules, without any of its guesses that
//! depend on a variable for debugging.

use std::path::{Path, PathBuf};

use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError};

use super::{Access, Failure, Surroundings};
use crate::data::did_you_mean;

/// The largest kubeconfig that is read, in bytes; one with a hundred clusters has under 1 MiB.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How many names a message lists.
const LISTED: usize = 12;

/// Where the configuration of a connection comes from, and what it says.
#[derive(Debug)]
pub(super) struct Chosen {
    /// The context's name, if there is one.
    pub(super) context: Option<String>,
    /// The namespace of the context.
    pub(super) namespace: Option<String>,
    /// The cluster.
    pub(super) cluster: Cluster,
    /// Who asks.
    pub(super) user: AuthInfo,
    /// What a message may say of the source, as in `context "x" of /home/me/.kube/config`.
    pub(super) described: String,
}

/// What the files say, merged: the first that says a thing wins. None where there is no file.
pub(super) fn find(access: &Access, around: &Surroundings) -> Result<Option<(Kubeconfig, String)>, Failure> {
    if let Some(path) = &access.kubeconfig {
        return Ok(Some((read_one(path)?, path.display().to_string())));
    }
    let paths: Vec<PathBuf> = match (around.kubeconfigs.is_empty(), &around.home) {
        (true, Some(home)) => vec![home.join(".kube").join("config")],
        _ => around.kubeconfigs.clone(),
    };
    let mut merged: Option<Kubeconfig> = None;
    let mut names = Vec::new();
    // As for kubectl, a file of the list that is not there is no mistake.
    for path in paths.iter().filter(|path| path.exists()) {
        let next = read_one(path)?;
        names.push(path.display().to_string());
        merged = Some(match merged {
            None => next,
            Some(before) => before.merge(next).map_err(|error| Failure {
                message: format!("the kubeconfigs {} cannot be laid over each other: {error}", names.join(" and ")),
                help: "name one of them with --kubeconfig".to_owned(),
            })?,
        });
    }
    Ok(merged.map(|merged| (merged, names.join(", "))))
}

fn read_one(path: &Path) -> Result<Kubeconfig, Failure> {
    let name = path.display();
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure {
            message: format!("there is no kubeconfig {name}"),
            help: "check the path after --kubeconfig".to_owned(),
        },
        _ => Failure {
            message: format!("the kubeconfig {name} could not be read: {error}"),
            help: "check the file and who may read it".to_owned(),
        },
    };
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if metadata.len() > LARGEST || !metadata.is_file() && metadata.is_dir() {
        return Err(Failure {
            message: format!("{name} is no kubeconfig: it is a folder, or larger than 16 MiB"),
            help: "check the path after --kubeconfig and KUBECONFIG".to_owned(),
        });
    }
    Kubeconfig::read_from(path).map_err(|error| match &error {
        KubeconfigError::ReadConfig(error, _) => unreadable(error),
        // What the parser says may quote the file, which holds credentials.
        KubeconfigError::Parse(error) => {
            let at =
                error.location().map_or_else(String::new, |at| format!(", line {}, column {}", at.line(), at.column()));
            Failure {
                message: format!("the kubeconfig {name} is not what a kubeconfig should be{at}"),
                help: "see what `kubectl config view` says about it".to_owned(),
            }
        }
        _ => Failure {
            message: format!("the kubeconfig {name} cannot be used: {error}"),
            help: "see what `kubectl config view` says about it".to_owned(),
        },
    })
}

/// The context, the cluster and the user that are meant.
pub(super) fn choose(config: Kubeconfig, file: &str, access: &Access) -> Result<Chosen, Failure> {
    let wanted = access.context.clone().or(config.current_context.filter(|name| !name.is_empty()));
    let names: Vec<&str> = config.contexts.iter().map(|context| context.name.as_str()).collect();
    let context = match &wanted {
        Some(name) => {
            let found = config.contexts.iter().find(|context| context.name == *name);
            let Some(context) = found.and_then(|named| named.context.clone()) else {
                return Err(unknown("context", name, &names, file));
            };
            Some(context)
        }
        None if access.cluster.is_some() || access.server.is_some() => None,
        None => {
            return Err(Failure {
                message: format!("no context is chosen in {file}"),
                help: match names.is_empty() {
                    true => "it has none; name another file with --kubeconfig".to_owned(),
                    false => format!("choose one with --context: {}", listed(&names)),
                },
            });
        }
    };
    let described = match &wanted {
        Some(name) => format!("context \"{name}\" of {file}"),
        None => file.to_owned(),
    };
    let of_context = context.as_ref().map(|context| context.cluster.as_str()).filter(|name| !name.is_empty());
    let cluster = match access.cluster.as_deref().or(of_context) {
        Some(name) => {
            let found = config.clusters.iter().find(|cluster| cluster.name == name);
            let names: Vec<&str> = config.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
            match found.and_then(|named| named.cluster.clone()) {
                Some(cluster) => cluster,
                // An address of its own takes the place of a cluster that is not there.
                None if access.server.is_some() && access.cluster.is_none() => Cluster::default(),
                None => return Err(unknown("cluster", name, &names, file)),
            }
        }
        None => Cluster::default(),
    };
    let of_context = context.as_ref().and_then(|context| context.user.as_deref()).filter(|name| !name.is_empty());
    let user = match access.user.as_deref().or(of_context) {
        Some(name) => {
            let found = config.auth_infos.iter().find(|user| user.name == name);
            let names: Vec<&str> = config.auth_infos.iter().map(|user| user.name.as_str()).collect();
            match found {
                Some(named) => named.auth_info.clone().unwrap_or_default(),
                None => return Err(unknown("user", name, &names, file)),
            }
        }
        None => AuthInfo::default(),
    };
    let namespace = context.and_then(|context| context.namespace).filter(|name| !name.is_empty());
    Ok(Chosen { context: wanted, namespace, cluster, user, described })
}

fn unknown(what: &str, name: &str, names: &[&str], file: &str) -> Failure {
    let near = did_you_mean(name, names.iter().copied());
    let help = match (names.is_empty(), near.is_empty()) {
        (true, _) => format!("the file names no {what}; name another with --kubeconfig"),
        (false, true) => format!("there are: {}", listed(names)),
        (false, false) => format!("{near}; there are: {}", listed(names)),
    };
    Failure { message: format!("there is no {what} \"{name}\" in {file}"), help }
}

fn listed(names: &[&str]) -> String {
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    let rest = sorted.len().saturating_sub(LISTED);
    sorted.truncate(LISTED);
    let text = sorted.join(", ");
    if rest > 0 { format!("{text} and {rest} more") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn config(context: &str, server: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: {context}\n\
             clusters: [{{name: c, cluster: {{server: \"{server}\", certificate-authority: ca.crt}}}}]\n\
             users: [{{name: u, user: {{token: CANARY}}}}]\n\
             contexts: [{{name: {context}, context: {{cluster: c, user: u, namespace: shop}}}}]\n"
        )
    }

    #[test]
    fn the_first_file_wins_and_missing_ones_are_no_mistake() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = [
            write(&folder, "a", &config("prod", "https://a")),
            folder.path().join("none"),
            write(&folder, "b", &config("test", "https://b")),
        ];
        let around = Surroundings { kubeconfigs: paths.to_vec(), ..Surroundings::default() };
        let access = Access { context: Some("test".to_owned()), ..Access::default() };
        let (merged, file) = find(&access, &around).expect("files").expect("some");
        let chosen = choose(merged, &file, &access).expect("a context");
        assert_eq!(chosen.cluster.server.as_deref(), Some("https://a"), "the cluster `c` of the first file");
        assert_eq!(chosen.namespace.as_deref(), Some("shop"));
        let authority = chosen.cluster.certificate_authority.expect("a path");
        assert_eq!(Path::new(&authority), folder.path().join("ca.crt"), "relative to its file");
        assert!(chosen.described.contains("\"test\" of ") && chosen.described.contains("/b"), "{}", chosen.described);
    }

    #[test]
    fn misspelt_names_are_answered_with_what_there_is() {
        let config = || Kubeconfig::from_yaml(&config("prod-eu", "https://a")).expect("a kubeconfig");
        let with = |access: Access| choose(config(), "FILE", &access).expect_err("a mistake");
        let failure = with(Access { context: Some("prod-ue".to_owned()), ..Access::default() });
        assert_eq!(failure.message, "there is no context \"prod-ue\" in FILE");
        assert!(failure.help.contains("prod-eu"), "{failure:?}");
        assert!(with(Access { user: Some("me".to_owned()), ..Access::default() }).message.contains("no user \"me\""));
        assert!(with(Access { cluster: Some("x".to_owned()), ..Access::default() }).message.contains("no cluster"));
    }

    #[test]
    fn no_message_quotes_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in
            ["users: [{name: u, user: {token: [CANARY]}}]\n", "users: {token: CANARY\n", "\u{1}CANARY: CANARY: CANARY"]
        {
            let path = write(&folder, "broken", text);
            let failure = read_one(&path).expect_err("a mistake");
            assert!(!format!("{failure:?}").contains("CANARY"), "{failure:?}");
            assert!(failure.message.contains("broken"), "{failure:?}");
        }
        assert!(read_one(&folder.path().join("none")).expect_err("none").message.starts_with("there is no kubeconfig"));
        assert!(read_one(folder.path()).expect_err("a folder").message.contains("folder"));
    }
}
