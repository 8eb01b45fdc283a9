//! Credentials from a plugin: a program of the user's that prints a token or a certificate. It has a limit on time and on
//! what it prints, and runs only where kubectl's policy lets it.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use base64::Engine as _;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;

use super::{Deadline, Failure, Surroundings, plugin_policy};
use crate::text::sanitize::{for_terminal, without_secrets};

/// The most that a plugin may print, in bytes.
const LARGEST: u64 = 1024 * 1024;
/// How often it is looked whether a plugin has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// What a plugin prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credential {
    api_version: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    token: String,
    #[serde(default)]
    client_certificate_data: String,
    #[serde(default)]
    client_key_data: String,
}

/// Asks the plugin, and gives the user what it says.
pub(super) fn ask(
    plugin: &ExecConfig,
    cluster: &Cluster,
    around: &Surroundings,
    deadline: Deadline,
) -> Result<AuthInfo, Failure> {
    let Some(command) = plugin.command.as_deref().filter(|command| !command.is_empty()) else {
        return Err(Failure {
            message: "the kubeconfig asks for a credential plugin and does not name its command".to_owned(),
            help: "add `exec.command` to the user in the kubeconfig".to_owned(),
        });
    };
    let program = plugin_policy::allowed(command, around)?;
    let failure = |what: String| Failure {
        message: format!("the credential plugin `{command}` {what}"),
        help: format!("run `{command}` yourself to see why, or log in again as its documentation says"),
    };
    let version = plugin.api_version.clone().unwrap_or_default();
    let is_interactive = match plugin.interactive_mode {
        Some(ExecInteractiveMode::Never) => false,
        Some(ExecInteractiveMode::Always) if !around.is_interactive => {
            return Err(Failure {
                message: format!("the credential plugin `{command}` has to ask on a terminal, and there is none"),
                help: "run this in a terminal, or use credentials that need no question".to_owned(),
            });
        }
        Some(ExecInteractiveMode::IfAvailable | ExecInteractiveMode::Always) | None => around.is_interactive,
    };
    let mut spec = serde_json::json!({ "interactive": is_interactive });
    if plugin.provide_cluster_info {
        let about =
            ExecAuthCluster::try_from(cluster).ok().and_then(|about| serde_json::to_value(about).ok()).ok_or_else(
                || failure("wants to know the cluster, whose certificate authority cannot be read".to_owned()),
            )?;
        spec["cluster"] = about;
    }
    let information = serde_json::json!({ "kind": "ExecCredential", "apiVersion": version, "spec": spec });
    let mut process = Command::new(&program);
    process.args(plugin.args.iter().flatten()).env("KUBERNETES_EXEC_INFO", information.to_string());
    for pair in plugin.env.iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
            process.env(name, value);
        }
    }
    // What it says to a person goes where a person sees it.
    process.stdin(if is_interactive { Stdio::inherit() } else { Stdio::null() }).stdout(Stdio::piped());
    let child = process.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure {
            message: format!("the credential plugin `{command}` is not installed"),
            help: match &plugin.install_hint {
                Some(hint) => format!("the kubeconfig says: {}", for_terminal(&without_secrets(hint.trim()))),
                None => "install it, or use another user with --user or --token".to_owned(),
            },
        },
        _ => failure(format!("could not be started: {error}")),
    })?;
    let printed = wait(child, deadline).map_err(failure)?;
    let credential: Credential = serde_json::from_slice(&printed)
        .map_err(|_| failure("printed something else than an ExecCredential".to_owned()))?;
    if credential.api_version.as_deref().is_some_and(|said| !version.is_empty() && said != version) {
        return Err(failure(format!("answered in another version than {version}, which the kubeconfig asks for")));
    }
    let status = credential.status.ok_or_else(|| failure("printed an ExecCredential without a status".to_owned()))?;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let mut user = AuthInfo::default();
    if status.client_certificate_data.is_empty() != status.client_key_data.is_empty() {
        return Err(failure("printed a certificate without its key, or a key without its certificate".to_owned()));
    }
    if !status.client_key_data.is_empty() {
        user.client_certificate_data = Some(encode(&status.client_certificate_data));
        user.client_key_data = Some(encode(&status.client_key_data).into());
    } else if status.token.trim().is_empty() {
        return Err(failure("printed neither a token nor a certificate".to_owned()));
    }
    if !status.token.trim().is_empty() {
        user.token = Some(status.token.trim().to_owned().into());
    }
    Ok(user)
}

/// What the plugin printed, or what went wrong.
fn wait(mut child: Child, deadline: Deadline) -> Result<Vec<u8>, String> {
    let (sender, receiver) = channel();
    if let Some(pipe) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.take(LARGEST + 1).read_to_end(&mut bytes);
            // Nobody listens any more where the time is over.
            let _ = sender.send(read.map(|_| bytes));
        });
    }
    let outcome = match receiver.recv_timeout(deadline.left()) {
        Ok(Ok(bytes)) if bytes.len() as u64 > LARGEST => Err("printed more than 1 MiB".to_owned()),
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(format!("could not be listened to: {error}")),
        Err(RecvTimeoutError::Disconnected) => Ok(Vec::new()),
        Err(RecvTimeoutError::Timeout) => Err(format!("did not answer within {}, and was stopped", deadline.shown())),
    };
    let outcome = outcome.and_then(|bytes| {
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(bytes),
                Ok(Some(status)) => {
                    let how =
                        status.code().map_or_else(|| "by a signal".to_owned(), |code| format!("with exit code {code}"));
                    return Err(format!("failed: it ended {how}"));
                }
                Ok(None) if deadline.has_passed() => {
                    return Err(format!("did not end within {}, and was stopped", deadline.shown()));
                }
                Ok(None) => std::thread::sleep(PAUSE),
                Err(error) => return Err(format!("could not be waited for: {error}")),
            }
        }
    });
    if outcome.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn ask_shell(script: &str, limit: Duration) -> Result<AuthInfo, Failure> {
        let plugin = ExecConfig {
            api_version: Some("client.authentication.k8s.io/v1".to_owned()),
            command: Some("sh".to_owned()),
            args: Some(vec!["-c".to_owned(), script.to_owned()]),
            install_hint: Some("brew install sh".to_owned()),
            ..ExecConfig::default()
        };
        ask(&plugin, &Cluster::default(), &Surroundings::default(), Deadline::after(limit))
    }

    #[cfg(unix)]
    #[test]
    fn a_token_or_a_certificate_is_taken() {
        let limit = Duration::from_secs(5);
        let user = ask_shell(r#"echo '{"status":{"token":" abc "}}'"#, limit).expect("a user");
        assert!(user.token.is_some());
        let script = r#"echo "{\"status\":{\"token\":\"$(echo "$KUBERNETES_EXEC_INFO" | tr -d '"{}')\"}}""#;
        assert!(ask_shell(script, limit).expect("a user").token.is_some(), "it is told what is asked");
        let script = r#"echo '{"status":{"clientCertificateData":"A","clientKeyData":"B"}}'"#;
        assert_eq!(ask_shell(script, limit).expect("a user").client_certificate_data.as_deref(), Some("QQ=="));
    }

    #[cfg(unix)]
    #[test]
    fn what_goes_wrong_is_named_and_ends_in_time() {
        let limit = Duration::from_millis(300);
        for (script, said) in [
            ("exit 3", "exit code 3"),
            ("echo CANARY", "something else than an ExecCredential"),
            ("true", "something else than an ExecCredential"),
            ("echo '{}'", "without a status"),
            (r#"echo '{"status":{}}'"#, "neither a token nor a certificate"),
            (r#"echo '{"status":{"clientKeyData":"CANARY"}}'"#, "without its"),
            (r#"echo '{"apiVersion":"v0","status":{"token":"CANARY"}}'"#, "another version"),
            ("sleep 9", "did not answer within 0.3s"),
            ("exec >&-; sleep 9", "did not end within 0.3s"),
        ] {
            let start = std::time::Instant::now();
            let failure = ask_shell(script, limit).expect_err(script);
            assert!(failure.message.contains(said), "{script}: {failure:?}");
            assert!(!format!("{failure:?}").contains("CANARY"), "{failure:?}");
            assert!(start.elapsed() < Duration::from_secs(4), "{script}");
        }
        let plugin = ExecConfig {
            command: Some("no-such-program-anywhere".to_owned()),
            install_hint: Some("brew install it".to_owned()),
            ..ExecConfig::default()
        };
        let around = Surroundings::default();
        let failure = ask(&plugin, &Cluster::default(), &around, Deadline::after(limit)).expect_err("none");
        assert!(failure.message.contains("not installed") && failure.help.contains("brew install it"), "{failure:?}");
    }
}
