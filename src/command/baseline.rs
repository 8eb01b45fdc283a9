//! `kubeworthy baseline`: the baseline, written and pruned.

use std::path::{Path, PathBuf};

use super::Exit;
use super::arguments;
use super::assess::assess;
use super::gate;
use super::output::Terminal;
use crate::assessment::Assessment;
use crate::gate::{Baseline, Updated, prune, update};
use crate::source::beside::{SeenFrom, place_of_baseline};
use crate::text::sanitize::for_terminal;

/// How many changes are said.
const SAID: usize = 20;

pub(super) fn run(arguments: &arguments::Baseline, terminal: &Terminal) -> Exit {
    match written(arguments, terminal) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn written(arguments: &arguments::Baseline, terminal: &Terminal) -> Result<Exit, Exit> {
    let assessed = assess(&arguments.subject, arguments.quiet, terminal)?;
    let assessment = &assessed.assessment;
    let paths = gate::paths_read(&arguments.subject);
    let found = gate::baseline_file(assessment, arguments.baseline.as_deref(), &paths, terminal)?;
    let old = match found.as_deref().filter(|file| file.exists()) {
        Some(file) => Some(gate::read(file, terminal)?),
        None => None,
    };
    // Where nothing is left, what stood there can still be taken out.
    if old.is_none()
        && let Some(exit) = assessed.nothing_found(terminal)
    {
        return Ok(exit);
    }
    let file = found.unwrap_or_else(|| configured(assessment).unwrap_or_else(|| place_for(&paths)));
    let shown = file.display().to_string();
    let shown = for_terminal(&shown);
    let note = |text: &str| {
        if !arguments.quiet {
            terminal.note(text);
        }
    };
    if arguments.prune && old.is_none() {
        note(&format!("there is no baseline to prune; `kubeworthy baseline` writes {shown}"));
        return Ok(Exit::Done);
    }
    let seen = SeenFrom::beside(&file);
    let now = Baseline::of(assessment, &|name| seen.name_of(name));
    let is_there = |name: &str| seen.is_there(name);
    let scope = gate::scope(assessment, &paths, &seen, &is_there);
    let before = old.clone().unwrap_or_else(|| Baseline::empty(&assessment.rules_digest));
    let Updated { baseline, changes } =
        if arguments.prune { prune(&before, &now, &scope) } else { update(&before, &now, &scope) };
    if old.as_ref().is_some_and(|old| old.text() == baseline.text()) {
        note(&format!("{shown} is up to date"));
        return Ok(Exit::Done);
    }
    let exit = terminal.save_whole(&file, &baseline.text());
    if exit != Exit::Done {
        return Err(exit);
    }
    let done = match (&old, arguments.prune) {
        (None, _) => "was written",
        (_, true) => "was pruned",
        (_, false) => "was written again",
    };
    note(&format!("{shown} {done}{}", if changes.is_empty() { "" } else { ":" }));
    for change in changes.iter().take(SAID) {
        note(&format!("  {}", for_terminal(change)));
    }
    if changes.len() > SAID {
        note(&format!("  … and {} more", changes.len() - SAID));
    }
    if old.is_none() {
        note("commit it, so that `kubeworthy check` fails on what is worse");
    }
    Ok(Exit::Done)
}

/// Where the configuration wants it, which need not be there yet.
fn configured(assessment: &Assessment) -> Option<PathBuf> {
    let mut everything = assessment.systems.iter().chain([&assessment.estate]);
    everything.find_map(|system| system.policy.baseline.as_ref()).map(PathBuf::from)
}

fn place_for(paths: &[PathBuf]) -> PathBuf {
    place_of_baseline(paths.first().map(PathBuf::as_path).or(Some(Path::new("."))))
}
