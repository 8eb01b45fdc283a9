//! `kubeworthy merge`: shards put together.

use super::Exit;
use super::arguments::Merge;
use super::output::Terminal;

pub(super) fn run(_arguments: &Merge, terminal: &Terminal) -> Exit {
    terminal.note("error: `merge` is not there yet");
    Exit::Error
}
