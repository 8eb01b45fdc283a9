//! Lines of the input that evidence points at, safe to quote.

use std::collections::BTreeMap;

/// Lines of the input that evidence points at, by file and line. Values of Secrets and of environment variables, and what
/// else may be a secret, are masked; the length in characters stays, so that columns fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpts {
    lines: BTreeMap<(String, u32), String>,
}

impl Excerpts {
    /// Lines by file and line, from 1. What may be a secret in them is masked before.
    #[must_use]
    pub fn from_lines(lines: impl IntoIterator<Item = ((String, u32), String)>) -> Self {
        Self { lines: lines.into_iter().collect() }
    }

    /// A line, from 1, of a file as reports name it; none where nothing points at it, or it cannot be quoted.
    #[must_use]
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        self.lines.get(&(file.to_owned(), line)).map(String::as_str)
    }
}
