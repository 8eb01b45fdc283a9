//! Which credential plugins may run: kubectl's own policy, from its file of preferences.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Failure, Surroundings};
use crate::limits::Limits;
use crate::text::SourceId;
use crate::yaml::{Node, parse_documents};

/// What the preferences say about credential plugins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Policy {
    AllowAll,
    DenyAll,
    /// Commands by name or path.
    Only(Vec<String>),
}

/// The program of a credential plugin, where the user's policy lets it run: an absolute path where a list decides, so
/// that what was judged is what runs.
pub(super) fn allowed(command: &str, around: &Surroundings) -> Result<PathBuf, Failure> {
    let Some(file) = preferences(around) else { return Ok(PathBuf::from(command)) };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && around.kuberc.is_none() => {
            return Ok(PathBuf::from(command));
        }
        Err(error) => {
            return Err(refused(
                command,
                &file,
                &format!("cannot be read: {error}"),
                "correct the file, or unset KUBERC",
            ));
        }
    };
    let policy = read(&text).map_err(|problem| refused(command, &file, &problem, "correct the file"))?;
    match policy {
        Policy::AllowAll => Ok(PathBuf::from(command)),
        Policy::DenyAll => Err(refused(
            command,
            &file,
            "allows none (credentialPluginPolicy: DenyAll)",
            "use a context with another kind of credentials, or allow the command there",
        )),
        Policy::Only(commands) => {
            let path = &around.path;
            let Some(program) = resolve(command, path) else {
                return Err(refused(
                    command,
                    &file,
                    "has a list of allowed commands, and this one is not found on PATH",
                    "install it, or correct `exec.command` in the kubeconfig",
                ));
            };
            let is_listed = |entry: &String| {
                entry == command || Path::new(entry) == program || resolve(entry, path).as_ref() == Some(&program)
            };
            if commands.iter().any(is_listed) {
                return Ok(program);
            }
            Err(refused(
                command,
                &file,
                "does not list it (credentialPluginAllowlist)",
                "if you trust the command, add it to the list there",
            ))
        }
    }
}

fn refused(command: &str, file: &Path, why: &str, help: &str) -> Failure {
    Failure {
        message: format!("the credential plugin `{command}` may not run: {} {why}", file.display()),
        help: help.to_owned(),
    }
}

/// kubectl's file of preferences; none where there is none or it is switched off.
fn preferences(around: &Surroundings) -> Option<PathBuf> {
    match &around.kuberc {
        Some(name) if name == "off" => None,
        Some(name) if !name.is_empty() => Some(PathBuf::from(name)),
        _ => around.home.as_ref().map(|home| home.join(".kube").join("kuberc")),
    }
}

/// What the first document of preferences says. A file that is not understood is refused as a whole: it may forbid what
/// is asked.
fn read(text: &str) -> Result<Policy, String> {
    for document in parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT) {
        let tree = document.map_err(|_| "is not YAML".to_owned())?;
        let Some(root) = tree.root() else { continue };
        let is =
            |key: &str, value: &str| root.get(key).and_then(|node| node.text()).is_some_and(|t| t.starts_with(value));
        if !is("apiVersion", "kubectl.config.k8s.io/") || !is("kind", "Preference") {
            continue;
        }
        let policy = root.get("credentialPluginPolicy").and_then(|node| node.text()).unwrap_or_default();
        let list = root.get("credentialPluginAllowlist");
        return match policy {
            "" | "AllowAll" if list.is_none() => Ok(Policy::AllowAll),
            "DenyAll" if list.is_none() => Ok(Policy::DenyAll),
            "Allowlist" => commands(list).map(Policy::Only),
            "" | "AllowAll" | "DenyAll" => {
                Err("has a credentialPluginAllowlist without `credentialPluginPolicy: Allowlist`".to_owned())
            }
            _ => Err("has a credentialPluginPolicy that is none of AllowAll, DenyAll and Allowlist".to_owned()),
        };
    }
    Ok(Policy::AllowAll)
}

fn commands(list: Option<Node<'_>>) -> Result<Vec<String>, String> {
    let entry = |item: Node<'_>| {
        let named = item.get("command").or_else(|| item.get("name"))?;
        named.text().filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let items: Vec<Option<String>> = list.map(|list| list.items().map(entry).collect()).unwrap_or_default();
    if items.is_empty() {
        return Err("has `credentialPluginPolicy: Allowlist` and no credentialPluginAllowlist".to_owned());
    }
    items.into_iter().collect::<Option<_>>().ok_or_else(|| "has an empty entry in credentialPluginAllowlist".to_owned())
}

/// The file that a shell would run for this command.
fn resolve(command: &str, path: &[PathBuf]) -> Option<PathBuf> {
    if command.contains(std::path::MAIN_SEPARATOR) {
        return Some(PathBuf::from(command)).filter(|file| is_program(file));
    }
    path.iter().map(|folder| folder.join(command)).find(|file| file.is_absolute() && is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";

    fn around(folder: &Path, policy: &str) -> Surroundings {
        let home = folder.join("home");
        std::fs::create_dir_all(home.join(".kube")).expect("a folder");
        std::fs::write(home.join(".kube/kuberc"), format!("{HEAD}{policy}")).expect("written");
        Surroundings { home: Some(home), path: vec![folder.to_path_buf()], ..Surroundings::default() }
    }

    #[cfg(unix)]
    #[test]
    fn the_policy_of_kubectl_decides() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        let program = folder.join("login");
        std::fs::write(&program, "#!/bin/sh\n").expect("written");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let whole = program.to_string_lossy().into_owned();
        let allow =
            |entries: &str| format!("credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: {entries}\n");
        for (policy, command, expected) in [
            (String::new(), "login", true),
            ("credentialPluginPolicy: AllowAll".to_owned(), "login", true),
            ("credentialPluginPolicy: DenyAll".to_owned(), "login", false),
            ("credentialPluginPolicy: Never".to_owned(), "login", false),
            (allow("[{command: login}]"), "login", true),
            (allow("[{name: login}]"), whole.as_str(), true),
            (allow(&format!("[{{command: {whole}}}]")), "login", true),
            (allow("[{command: other}]"), "login", false),
            (allow("[{command: /elsewhere/login}]"), "login", false),
            (allow("[]"), "login", false),
            (allow("[{comand: login}]"), "login", false),
            ("credentialPluginAllowlist: [{command: login}]".to_owned(), "login", false),
            ("credentialPluginPolicy: [".to_owned(), "login", false),
            (allow("[{command: login}]"), "not-there", false),
        ] {
            let outcome = allowed(command, &around(folder, &policy));
            assert_eq!(outcome.is_ok(), expected, "{policy}: {outcome:?}");
            if let Err(failure) = outcome {
                assert!(failure.message.contains("kuberc") && failure.message.contains(command), "{failure:?}");
            }
        }
    }

    #[test]
    fn no_preferences_allow_everything_and_a_named_file_has_to_be_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let none = Surroundings { home: Some(folder.path().to_path_buf()), ..Surroundings::default() };
        assert!(allowed("login", &none).is_ok());
        let named = Surroundings { kuberc: Some(folder.path().join("none").into_os_string()), ..none.clone() };
        assert!(allowed("login", &named).is_err());
        assert!(allowed("login", &Surroundings { kuberc: Some("off".into()), ..named }).is_ok());
    }
}
