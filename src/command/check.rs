//! `kubeworthy check`: the gate.

use super::Exit;
use super::arguments::Check;
use super::assess::{Assessed, Outputs, assess_with, kit_for, outputs_are_right};
use super::gate;
use super::output::Terminal;
use super::watch::{self, Watching};

pub(super) fn run(arguments: &Check, terminal: &Terminal) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
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
    let quiet = arguments.shape.quiet;
    let kit = kit_for(&arguments.output, &arguments.subject, terminal)?;
    let asked = gate::asked(&arguments.gate, &kit, terminal)?;
    let mut assessed = assess_with(&kit, &arguments.subject, quiet, terminal)?;
    let paths = gate::paths_read(&arguments.subject);
    gate::hold(&mut assessed.assessment, &asked, arguments.gate.baseline.as_deref(), &paths, terminal)?;
    if !quiet {
        gate::say_notes(&assessed.assessment, terminal);
    }
    seen(&assessed);
    let again = arguments.subject.again();
    let outputs = Outputs { outputs: &arguments.output, shape: &arguments.shape, again: &again, explain: false };
    match outputs.write(&assessed.assessment, terminal) {
        Exit::Done => Ok(assessed.nothing_found(terminal).unwrap_or_else(|| gate::exit(&assessed.assessment))),
        failed => Err(failed),
    }
}
