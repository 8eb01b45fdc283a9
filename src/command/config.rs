//! `kubeworthy config`: the configuration in force, and its schema.

use super::Exit;
use super::arguments::Config;
use super::output::Terminal;

pub(super) fn run(_arguments: &Config, terminal: &Terminal) -> Exit {
    terminal.note("error: `config` is not there yet");
    Exit::Error
}
