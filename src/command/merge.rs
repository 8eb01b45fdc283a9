//! `kubeworthy merge`: shards put together.

use miette::Severity;

use super::Exit;
use super::arguments::Merge;
use super::assess::{Writing, load_kit, mistake, tell_nothing};
use super::diagnostic::show_failure;
use super::output::Terminal;
use crate::limits::{Limits, SHARD_BYTES};
use crate::shard::{self, Shard};
use crate::source::{Input, read_whole};

pub(super) fn run(arguments: &Merge, terminal: &Terminal) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
    let gate = &arguments.gate;
    if !arguments.check && (gate.gate.is_some() || gate.baseline.is_some() || !gate.fail_on.is_empty()) {
        return mistake("what should fail is asked with --check alone", "add --check", terminal);
    }
    let writing = Writing {
        outputs: &arguments.output,
        shape: &arguments.shape,
        explains: arguments.explain,
        again: Vec::new(),
        day: None,
    };
    if let Some(exit) = writing.mistaken(terminal) {
        return exit;
    }
    let Some(kit) = load_kit(&[], terminal) else { return Exit::Error };
    let Some(shards) = read(arguments, terminal) else { return Exit::Error };
    let merged = match shard::merge(shards, &kit) {
        Ok(merged) => merged,
        Err(refusal) => return mistake(&refusal.message, &refusal.help, terminal),
    };
    // The gate is asked here, of `merged.assessment`, before anything is written.
    if arguments.check {
        return mistake("`merge --check` is not there yet", "run `kubeworthy check` on everything", terminal);
    }
    let writing = Writing { again: merged.again, day: merged.day, ..writing };
    let exit = writing.write(&merged.assessment, terminal);
    match merged.nothing {
        Some(nothing) if exit == Exit::Done => tell_nothing(&nothing, terminal),
        _ => exit,
    }
}

/// Every shard with the name of its file; none after saying what is wrong with those that are none.
fn read(arguments: &Merge, terminal: &Terminal) -> Option<Vec<(String, Shard)>> {
    let limits = Limits { file_bytes: SHARD_BYTES, total_bytes: SHARD_BYTES, ..Limits::DEFAULT };
    let mut shards = Vec::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        match read_whole(&Input::Path(path.clone()), &limits) {
            Err(failure) => show_failure(&failure, Severity::Error, terminal),
            Ok(text) => match shard::parse(&name, &text) {
                Ok(shard) => shards.push((name, shard)),
                Err(refusal) => _ = mistake(&refusal.message, &refusal.help, terminal),
            },
        }
    }
    (shards.len() == arguments.files.len()).then_some(shards)
}
