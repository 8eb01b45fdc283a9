//! `kubeworthy merge`: shards put together.

use std::path::PathBuf;

use miette::Severity;

use super::Exit;
use super::arguments::Merge;
use super::assess::{Outputs, load_kit, mistake, outputs_are_right, tell_nothing};
use super::diagnostic::show_failure;
use super::gate;
use super::output::Terminal;
use crate::limits::{Limits, SHARD_BYTES};
use crate::shard::{self, Merged, Shard};
use crate::source::{Input, read_whole};

pub(super) fn run(arguments: &Merge, terminal: &Terminal) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
    match merged(arguments, terminal) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn merged(arguments: &Merge, terminal: &Terminal) -> Result<Exit, Exit> {
    if !arguments.gated && arguments.gate.is_given() {
        return Err(mistake("what should fail is asked with --gated alone", "add --gated", terminal));
    }
    outputs_are_right(&arguments.output, terminal)?;
    let kit = load_kit(&[], terminal).ok_or(Exit::Error)?;
    let shards = read(arguments, terminal)?;
    let merged = shard::merge(shards, &kit);
    let merged = merged.map_err(|refusal| mistake(&refusal.message, &refusal.help, terminal))?;
    let Merged { mut assessment, again, paths, nothing, day } = merged;
    if arguments.gated {
        // The rules are those of the shards, the user's own among them.
        let asked = gate::asked(&arguments.gate, &assessment.rules, terminal)?;
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        gate::hold(&mut assessment, &asked, arguments.gate.baseline.as_deref(), &paths, None, terminal)?;
        if !arguments.shape.quiet {
            gate::say_notes(&assessment, terminal);
        }
    }
    let outputs =
        Outputs { outputs: &arguments.output, shape: &arguments.shape, again: &again, explain: arguments.explain };
    match (outputs.write(&assessment, &terminal.on(day)), nothing) {
        (Exit::Done, nothing) => {
            let ends = nothing.map(|nothing| tell_nothing(&nothing, terminal));
            let exit = gate::exit(&assessment);
            Ok(if exit == Exit::GateFailed { exit } else { ends.unwrap_or(exit) })
        }
        (failed, _) => Err(failed),
    }
}

/// Every shard with the name of its file. What is wrong with those that are none is said.
fn read(arguments: &Merge, terminal: &Terminal) -> Result<Vec<(String, Shard)>, Exit> {
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
    if shards.len() == arguments.files.len() { Ok(shards) } else { Err(Exit::Error) }
}
