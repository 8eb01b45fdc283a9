//! `kubeworthy mcp`: a server for coding agents, over standard input and output.

use super::Exit;
use super::arguments::Mcp;
use super::output::Terminal;

pub(super) fn run(_arguments: &Mcp, terminal: &Terminal) -> Exit {
    terminal.note("error: `mcp` is not there yet");
    Exit::Error
}
