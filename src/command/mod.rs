//! The command line: arguments in, bytes and an exit code out. Only here are the environment and the terminal looked
//! at.

mod adr;
pub mod arguments;
mod assess;
mod baseline;
mod check;
mod complete;
mod config;
mod context;
mod diagnostic;
mod diff;
mod gate;
mod init;
mod install;
pub mod live;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
mod merge;
mod output;
pub mod plugin;
mod rbac;
mod reference;
mod shard;
mod snapshot;
mod today;
mod watch;
mod words;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use arguments::{Colour, Command};
use plugin::Called;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and the gate of `check` passed.
    Done = 0,
    /// The gate failed, and nothing else did.
    GateFailed = 1,
    /// A usage or configuration error, or every named input failed.
    Error = 2,
    /// Inputs were read, and hold no workload and no pointer to one.
    NothingFound = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Runs the program with the arguments of the process.
#[must_use]
pub fn run() -> Exit {
    let words: Vec<OsString> = std::env::args_os().collect();
    let called = Called::by(words.first().map(OsString::as_os_str));
    let asked = if called == Called::Completion {
        Some(1)
    } else {
        words.get(1).filter(|word| *word == complete::ASKED).map(|_| 2)
    };
    if let Some(first) = asked {
        return complete::run(words.get(first..).unwrap_or_default(), &output::Terminal::new(Colour::Never, called));
    }
    let arguments = match plugin::parse(called, &words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and go to standard output; everything else is an error.
            let exit = if error.use_stderr() { Exit::Error } else { Exit::Done };
            return match error.print() {
                Ok(()) => exit,
                Err(_) => Exit::Done,
            };
        }
    };
    let terminal = output::Terminal::new(arguments.color, called);
    match &arguments.command {
        Command::Assess(assess) => assess::run(assess, &terminal),
        Command::Check(check) => match ambiguous(&words).filter(|_| check.touched) {
            Some(word) => assess::mistake(
                &format!("`{word}` is an option and also the name of a file that is there"),
                "write -- before the names of files; of a hook of pre-commit it is the last of `args`",
                &terminal,
            ),
            None => check::run(check, &terminal),
        },
        Command::Baseline(baseline) => baseline::run(baseline, &terminal),
        Command::Merge(merge) => merge::run(merge, &terminal),
        Command::Adr(adr) => adr::run(adr, &terminal),
        Command::Diff(diff) => diff::run(diff, &terminal),
        Command::Init(init) => init::run(init, &terminal),
        Command::Snapshot(snapshot) => snapshot::run(snapshot, &terminal),
        Command::Rbac(rbac) => rbac::run(rbac, &terminal),
        Command::Rule(rule) => reference::rule(rule, &terminal),
        Command::Targets(targets) => reference::targets(targets, &terminal),
        Command::Config(config) => config::run(config, &terminal),
        Command::Man(man) => man::run(man, &terminal),
        #[cfg(feature = "mcp")]
        Command::Mcp(mcp) => mcp::run(mcp, &terminal),
        Command::Completion(completion) => install::run(completion, &terminal),
    }
}

/// A word that was read as an option and names a file: hooks are called with names of files that somebody else chose, and
/// what they were called with before must not change what is asked.
fn ambiguous(words: &[OsString]) -> Option<String> {
    let before = words.iter().skip(1).take_while(|word| *word != "--");
    let mut options = before.filter(|word| word.len() > 1 && word.as_encoded_bytes().starts_with(b"-"));
    options.find(|word| Path::new(word).symlink_metadata().is_ok()).map(|word| word.to_string_lossy().into_owned())
}
