//! `kubeworthy check`: the gate.

use super::Exit;
use super::arguments::Check;
use super::output::Terminal;

pub(super) fn run(_arguments: &Check, terminal: &Terminal) -> Exit {
    terminal.note("error: `check` is not there yet");
    Exit::Error
}
