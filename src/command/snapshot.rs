//! `kubeworthy snapshot`: what clusters show, written to a file, and what such a file holds.

use std::fmt::Write as _;
use std::path::Path;

use miette::Severity;

use super::Exit;
use super::arguments::Snapshot;
use super::assess::{load_kit, mistake};
use super::diagnostic::show_failure;
use super::output::Terminal;
use crate::choices::Choices;
use crate::snapshot::{Contents, ObjectName, Outcome, PseudonymKey};
use crate::source::{self, Input, ReadFailure};
use crate::text::sanitize::for_terminal;

pub(super) fn run(arguments: &Snapshot, terminal: &Terminal) -> Exit {
    if let Some(file) = &arguments.check {
        return check(file, terminal);
    }
    if let Some((message, help)) = arguments.cluster.mistake() {
        return mistake(&message, &help, terminal);
    }
    let object = match &arguments.object {
        Some(text) => match ObjectName::parse(text) {
            Some(object) => Some(object),
            None => {
                let help = "a workload is named as in `deployment/web`, `sts/db` or `rollout/web`";
                return mistake(&format!("`{text}` is no workload"), help, terminal);
            }
        },
        None => None,
    };
    let key = match arguments.pseudonyms.as_deref().map(read_key).transpose() {
        Ok(key) => key,
        Err((message, help)) => return mistake(&message, help, terminal),
    };
    let Some(kit) = load_kit(&[], terminal) else { return Exit::Error };
    let (mut read, failures) =
        super::live::read(&arguments.cluster, object.as_ref(), key.as_ref(), &kit.tables, terminal);
    for failure in &failures {
        show(failure, read.is_empty(), terminal);
    }
    if read.is_empty() {
        return Exit::Error;
    }
    read.sort_by(|a, b| a.name.cmp(&b.name));
    let text: String = read.into_iter().map(|cluster| cluster.text).collect();
    match &arguments.output {
        Some(file) => terminal.save_whole(file, &text),
        None => terminal.print(&text),
    }
}

/// The key of the pseudonyms.
fn read_key(path: &Path) -> Result<PseudonymKey, (String, &'static str)> {
    const HELP: &str = "make a key of your own, as in `openssl rand -hex 32 > KEYFILE`, and keep it secret";
    let bytes = source::read_key(path)
        .map_err(|error| (format!("the key {} could not be read: {error}", path.display()), HELP))?;
    PseudonymKey::new(&bytes).ok_or_else(|| (format!("the key in {} is too short", path.display()), HELP))
}

fn show(failure: &ReadFailure, is_error: bool, terminal: &Terminal) {
    show_failure(failure, if is_error { Severity::Error } else { Severity::Warning }, terminal);
}

/// Shows what a snapshot holds, or what is wrong with it.
fn check(file: &Path, terminal: &Terminal) -> Exit {
    let input = if file.as_os_str() == "-" { Input::Standard } else { Input::Path(file.to_path_buf()) };
    let text = match source::read_whole(&input, &Choices::default().limits) {
        Ok(text) => text,
        Err(failure) => {
            show(&failure, true, terminal);
            return Exit::Error;
        }
    };
    let Some(kit) = load_kit(&[], terminal) else { return Exit::Error };
    match crate::snapshot::check(&text, &kit.tables) {
        Ok(contents) => terminal.print(&described(&contents)),
        Err(error) => {
            let failure = ReadFailure {
                file: file.display().to_string(),
                message: error.message,
                help: error.help,
                position: Some(error.position),
            };
            show(&failure, true, terminal);
            Exit::Error
        }
    }
}

/// What a snapshot holds, for a person who is asked to pass it on.
fn described(contents: &Contents) -> String {
    let mut text = String::new();
    for cluster in &contents.clusters {
        let version = cluster.version.as_deref().unwrap_or("unknown");
        let _ = writeln!(text, "cluster {}", for_terminal(&cluster.name));
        let _ = writeln!(text, "  taken      {} by {}", for_terminal(&cluster.taken), for_terminal(&cluster.tool));
        let _ = writeln!(text, "  server     {}", for_terminal(version));
        let _ = writeln!(text, "  scope      {}", for_terminal(&cluster.scope));
        let names = if cluster.pseudonyms { "pseudonyms" } else { "as they are" };
        let _ = writeln!(text, "  names      {names}");
        let _ = writeln!(text, "  objects    {}", counts(cluster.kinds.iter()));
        let _ = writeln!(text, "  labels     {}", listed(cluster.labels.iter()));
        let _ = writeln!(text, "  annotations {}", listed(cluster.annotations.iter()));
        let gaps: Vec<_> = cluster.lists.iter().filter(|list| list.outcome.is_gap()).collect();
        let complete = cluster.lists.iter().filter(|list| list.outcome == Outcome::Complete).count();
        let _ = writeln!(text, "  lists      {complete} complete, {} with gaps", gaps.len());
        for list in gaps {
            let within = match list.namespaces.is_empty() {
                true => String::new(),
                false => format!(" in {}", list.namespaces.join(", ")),
            };
            let reason = list.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let line = format!("{} {}{within}{reason}", list.resource, list.outcome.id());
            let _ = writeln!(text, "    {}", for_terminal(&line));
        }
    }
    text.push_str(
        "Nothing else is in it: no content of Secrets and ConfigMaps, no environment, commands, addresses or names of nodes.\n",
    );
    text
}

fn counts<'c>(kinds: impl Iterator<Item = (&'c String, &'c usize)>) -> String {
    listed(kinds.map(|(kind, count)| format!("{count} {kind}")))
}

fn listed(words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.map(|word| for_terminal(word.as_ref()).into_owned()).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
