//! `kubeworthy man`: manual pages.

use super::Exit;
use super::arguments::Man;
use super::output::Terminal;

pub(super) fn run(_arguments: &Man, terminal: &Terminal) -> Exit {
    terminal.note("error: `man` is not there yet");
    Exit::Error
}
