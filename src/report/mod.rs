//! Step 8: renderers of the finished answer. Each is pure: it sees the assessment, nothing else, and its bytes depend on
//! nothing else. One file per format.

mod achievable;
mod full;
pub mod json;
mod lines;
mod words;

pub use achievable::explain;

use crate::assessment::Assessment;

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The screen, for people.
    Full,
    /// JSON, version 1, for programs; see docs/schemas/report-v1.json.
    Json,
}

/// How text for a terminal is shaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns.
    pub width: usize,
    /// Whether to colour; colour never says anything that the words do not.
    pub colour: bool,
    /// What the user types to call the program, for hints.
    pub program: &'static str,
}

impl Default for Layout {
    /// What a pipe gets from the program under its own name.
    fn default() -> Self {
        Self { width: 100, colour: false, program: crate::text::command::PROGRAM }
    }
}

/// The report in a format. Rendered whole, so that output is whole or absent.
#[must_use]
pub fn render(assessment: &Assessment, format: Format, layout: Layout) -> String {
    match format {
        Format::Full => full::render(assessment, layout),
        Format::Json => json::render(assessment),
    }
}
