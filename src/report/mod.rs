//! Step 8: renderers of the finished answer. Each is pure: it sees the assessment, nothing else, and its bytes depend on
//! nothing else. One file per format.

mod achievable;
pub mod adr;
pub mod agents;
mod compared;
mod concise;
mod csv;
mod full;
mod gate;
mod github;
mod gitlab;
pub(crate) mod html;
pub mod json;
mod junit;
pub(crate) mod lines;
pub(crate) mod markdown;
mod marks;
pub(crate) mod markup;
mod narrated;
mod only;
mod rdjson;
mod reading;
mod results;
mod sarif;
mod sentences;
pub mod snippet;
pub(crate) mod suppressed;
mod wide;
pub(crate) mod words;
mod yaml;

pub use achievable::explain;

use std::borrow::Cow;

use crate::assessment::Assessment;
use crate::day::Day;
use crate::language::{Language, Voice};

/// A format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The screen, for people.
    Full,
    /// One line for each verdict and each finding.
    Concise,
    /// A table of all systems with more columns than the screen.
    Wide,
    /// The screen as sentences, for screen readers.
    Narrated,
    /// JSON, version 1, for programs; see docs/schemas/report-v1.json.
    Json,
    /// The same in YAML.
    Yaml,
    /// A table for spreadsheets.
    Csv,
    /// For pages and comments.
    Markdown,
    /// One file for browsers, without a single request.
    Html,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub workflows.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit, one test case for each system.
    Junit,
    /// Reviewdog's format.
    Rdjson,
    /// A decision record in the form of MADR 4.
    Adr,
}

impl Format {
    /// Whether people read it, so that it comes in their language; formats for programs are English.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        matches!(
            self,
            Self::Full | Self::Concise | Self::Wide | Self::Narrated | Self::Markdown | Self::Html | Self::Adr
        )
    }

    /// Whether it shows what would change a verdict.
    #[must_use]
    pub fn shows_flips(self) -> bool {
        matches!(self, Self::Full | Self::Narrated | Self::Json | Self::Yaml | Self::Markdown | Self::Html | Self::Adr)
    }
}

/// How much a report says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// The verdicts alone.
    Quiet,
    /// The weightiest of everything.
    #[default]
    Normal,
    /// Everything.
    Verbose,
}

/// How a report is shaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of a screen.
    pub width: usize,
    /// Whether to colour; colour never says anything that the words do not.
    pub colour: bool,
    /// Whether characters beyond ASCII may be drawn with; names from the input are not changed by it.
    pub unicode: bool,
    /// Whether codes of rules are links that a terminal can open (OSC 8).
    pub links: bool,
    /// How much is said.
    pub verbosity: Verbosity,
    /// The language.
    pub voice: Voice,
    /// The day that a record is dated; none leaves the date out.
    pub today: Option<Day>,
    /// What the user types to call the program, for hints.
    pub program: &'static str,
}

impl Default for Layout {
    /// What a pipe gets from the program under its own name.
    fn default() -> Self {
        Self {
            width: 100,
            colour: false,
            unicode: true,
            links: false,
            verbosity: Verbosity::Normal,
            voice: Voice::default(),
            today: None,
            program: crate::text::command::PROGRAM,
        }
    }
}

/// The report in a format. Rendered whole, so that output is whole or absent.
#[must_use]
pub fn render(assessment: &Assessment, format: Format, layout: Layout) -> String {
    let named = format.is_for_people().then(|| with_names_in(assessment, layout.voice));
    let assessment = named.as_deref().unwrap_or(assessment);
    match format {
        Format::Full => full::render(assessment, layout),
        Format::Concise => concise::render(assessment, layout),
        Format::Wide => wide::render(assessment, layout),
        Format::Narrated => narrated::render(assessment, layout),
        Format::Json => json::render(assessment),
        Format::Yaml => yaml::render(assessment, layout),
        Format::Csv => csv::render(assessment, layout),
        Format::Markdown => markdown::render(assessment, layout),
        Format::Html => html::render(assessment, layout),
        Format::Sarif => sarif::render(assessment, layout),
        Format::Github => github::render(assessment, layout),
        Format::Gitlab => gitlab::render(assessment, layout),
        Format::Junit => junit::render(assessment, layout),
        Format::Rdjson => rdjson::render(assessment, layout),
        Format::Adr => adr::render(assessment, layout),
    }
}

/// The assessment with the names of targets in the language: some are no names but words, such as "static hosting".
fn with_names_in(assessment: &Assessment, voice: Voice) -> Cow<'_, Assessment> {
    if voice.language() == Language::English {
        return Cow::Borrowed(assessment);
    }
    let mut named = assessment.clone();
    let systems = named.systems.iter_mut().chain(std::iter::once(&mut named.estate));
    for fit in systems.flat_map(|system| &mut system.targets) {
        fit.name = voice.words(&fit.name).into_owned();
        if let Some(split) = &mut fit.split {
            split.name = voice.words(&split.name).into_owned();
        }
    }
    Cow::Owned(named)
}
