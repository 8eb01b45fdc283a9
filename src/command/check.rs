//! `kubeworthy check`: the gate.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::Exit;
use super::arguments::Check;
use super::assess::{Assessed, Outputs, assess_with, kit_for, outputs_are_right};
use super::gate;
use super::output::Terminal;
use super::watch::{self, Watching};
use crate::gate::only_touched;

pub(super) fn run(arguments: &Check, terminal: &Terminal) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
    if arguments.shard.shard.is_some() {
        return super::shard::of_check(arguments, terminal);
    }
    let mut once = |seen: &mut dyn FnMut(&Assessed)| match checked(arguments, terminal, seen) {
        Ok(exit) | Err(exit) => exit,
    };
    if !arguments.watch {
        return once(&mut |_| {});
    }
    let layout = terminal.layout(&arguments.shape);
    let mut watching = Watching::of(&arguments.subject, &arguments.output, layout, arguments.shape.quiet);
    watching.scope.files.extend(arguments.gate.baseline.clone());
    watch::repeat(&watching, terminal, &mut once)
}

/// One run; what was assessed is shown to the function before it is told to the user.
fn checked(arguments: &Check, terminal: &Terminal, seen: &mut dyn FnMut(&Assessed)) -> Result<Exit, Exit> {
    outputs_are_right(&arguments.output, terminal)?;
    let subject = &arguments.subject;
    let quiet = arguments.shape.quiet;
    let kit = kit_for(&arguments.output, subject, terminal)?;
    let asked = gate::asked(&arguments.gate, &kit.rule_texts(), terminal)?;
    let everything = [PathBuf::from(".")];
    let mut assessed = assess_with(&kit, subject, arguments.touched.then_some(everything.as_slice()), quiet, terminal)?;
    let paths = if arguments.touched { everything.to_vec() } else { gate::paths_read(subject) };
    let changed = arguments.touched.then_some(subject.paths.as_slice());
    let baseline = arguments.gate.baseline.as_deref();
    let touched = gate::hold(&mut assessed.assessment, &asked, baseline, &paths, changed, terminal)?;
    if let Some(touched) = touched.as_ref().filter(|_| !quiet) {
        let told: BTreeSet<&str> = touched
            .systems
            .iter()
            .filter_map(|at| assessed.assessment.systems.get(*at))
            .flat_map(|system| system.files.iter().map(String::as_str))
            .chain(touched.files.iter().map(String::as_str))
            .collect();
        assessed.warn_of(&|file| told.contains(file), terminal);
    }
    if !quiet {
        gate::say_notes(&assessed.assessment, terminal);
    }
    seen(&assessed);
    let exit = gate::exit(&assessed.assessment);
    // A hook has nothing to say where nothing is left to assess.
    let ends = if touched.is_some() { None } else { assessed.nothing_found(terminal) };
    let assessment = match &touched {
        Some(touched) => only_touched(assessed.assessment, touched),
        None => assessed.assessment,
    };
    let outputs =
        Outputs { outputs: &arguments.output, shape: &arguments.shape, again: &subject.again(), explain: false };
    match outputs.write(&assessment, terminal) {
        Exit::Done if exit == Exit::GateFailed => Ok(exit),
        Exit::Done => Ok(ends.unwrap_or(exit)),
        failed => Err(failed),
    }
}
