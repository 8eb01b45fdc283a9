//! `kubeworthy check`: the gate.

use super::Exit;
use super::arguments::Check;
use super::assess::{Outputs, assess_with, load_kit, outputs_are_right};
use super::gate;
use super::output::Terminal;

pub(super) fn run(arguments: &Check, terminal: &Terminal) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
    if arguments.shard.shard.is_some() {
        return super::shard::of_check(arguments, terminal);
    }
    match checked(arguments, terminal) {
        Ok(exit) | Err(exit) => exit,
    }
}

fn checked(arguments: &Check, terminal: &Terminal) -> Result<Exit, Exit> {
    outputs_are_right(&arguments.output, terminal)?;
    let quiet = arguments.shape.quiet;
    let kit = load_kit(&arguments.subject.rules, terminal).ok_or(Exit::Error)?;
    let asked = gate::asked(&arguments.gate, &kit.rule_texts(), terminal)?;
    let mut assessed = assess_with(&kit, &arguments.subject, quiet, terminal)?;
    let paths = gate::paths_read(&arguments.subject);
    gate::hold(&mut assessed.assessment, &asked, arguments.gate.baseline.as_deref(), &paths, terminal)?;
    if !quiet {
        gate::say_notes(&assessed.assessment, terminal);
    }
    let again = arguments.subject.again();
    let outputs = Outputs { outputs: &arguments.output, shape: &arguments.shape, again: &again, explain: false };
    match outputs.write(&assessed.assessment, terminal) {
        Exit::Done => Ok(assessed.nothing_found(terminal).unwrap_or_else(|| gate::exit(&assessed.assessment))),
        failed => Err(failed),
    }
}
