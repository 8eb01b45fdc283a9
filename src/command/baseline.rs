//! `kubeworthy baseline`: the baseline, written and pruned.

use std::path::{Path, PathBuf};

use super::Exit;
use super::arguments;
use super::assess::assess;
use super::gate::{self, Read};
use super::output::Terminal;
use crate::gate::{Baseline, Updated, prune, update};
use crate::source::beside::place_of_baseline;
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
    let otherwise = place_of_baseline(paths.first().map(PathBuf::as_path).or(Some(Path::new("."))));
    let mut places = Vec::new();
    for place in gate::places(assessment, arguments.baseline.as_deref(), &paths, Some(&otherwise)) {
        let old = if place.file.exists() { Some(gate::read(&place.file, terminal)?) } else { None };
        places.push((place, old));
    }
    // Where nothing is left, what stood there can still be taken out.
    let nothing = assessment.systems.is_empty();
    if nothing
        && places.iter().all(|(_, old)| old.is_none())
        && let Some(exit) = assessed.nothing_found(terminal)
    {
        return Ok(exit);
    }
    let mut has_changed = false;
    for (place, old) in &places {
        // A file of its own is not made for what all systems together are found to do.
        if old.is_none() && place.systems.is_empty() && places.len() > 1 {
            continue;
        }
        has_changed |= write(arguments, &Read::of(assessment, place, &paths), &place.file, old.as_ref(), terminal)?;
    }
    let unchanged = assessed.nothing_found(terminal).filter(|_| !has_changed);
    Ok(unchanged.unwrap_or(Exit::Done))
}

/// Writes one baseline; whether it changed.
fn write(
    arguments: &arguments::Baseline,
    read: &Read,
    file: &Path,
    old: Option<&Baseline>,
    terminal: &Terminal,
) -> Result<bool, Exit> {
    let shown = file.display().to_string();
    let shown = for_terminal(&shown);
    let note = |text: &str| {
        if !arguments.quiet {
            terminal.note(text);
        }
    };
    if arguments.prune && old.is_none() {
        note(&format!("there is no baseline to prune; `kubeworthy baseline` writes {shown}"));
        return Ok(false);
    }
    let (now, scope) = (&read.now, read.scope());
    let before = old.cloned().unwrap_or_else(|| Baseline::empty(&now.rules_digest));
    let Updated { baseline, changes } =
        if arguments.prune { prune(&before, now, &scope) } else { update(&before, now, &scope) };
    if old.is_some_and(|old| old.text() == baseline.text()) {
        note(&format!("{shown} is up to date"));
        return Ok(false);
    }
    let exit = terminal.save_whole(file, &baseline.text());
    if exit != Exit::Done {
        return Err(exit);
    }
    let done = match (old, arguments.prune) {
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
    Ok(true)
}
