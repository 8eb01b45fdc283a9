//! `kubeworthy baseline`: the baseline, written and pruned.

use super::Exit;
use super::arguments::Baseline;
use super::output::Terminal;

pub(super) fn run(_arguments: &Baseline, terminal: &Terminal) -> Exit {
    terminal.note("error: `baseline` is not there yet");
    Exit::Error
}
