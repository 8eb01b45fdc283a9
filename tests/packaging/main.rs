//! What carries the program to people: the action, the component, the hooks, the image and the wheel. Everything that can run
//! here is run.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[cfg(unix)]
mod action;
#[cfg(unix)]
mod comment;
#[cfg(unix)]
mod component;
mod documents;
mod hooks;
#[path = "../support/hostile_names.rs"]
mod hostile_names;
#[cfg(target_os = "linux")]
mod image;
#[cfg(unix)]
mod runner;
#[path = "../support/tools.rs"]
mod tools;

use std::path::{Path, PathBuf};

/// What the tests were built with.
const PROGRAM: &str = env!("CARGO_BIN_EXE_kubeworthy");

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(checkout().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The programs of the Python packages that the tests here use.
fn python_tools() -> Option<PathBuf> {
    tools::or_skip(tools::python("packaging", &checkout().join("tests/packaging/requirements.txt")))
}
