//! What moved between two reports, and by which claims. Both sides are reports in JSON, of this version of the program or
//! of an older one; what is no report yet is assessed first, and compared in the same form.

mod compare;
mod html;
mod markdown;
mod narrated;
mod pairs;
mod read;
mod screen;
mod telling;
mod wire;

pub use compare::compare;
pub use read::{Report, read};
pub use wire::{
    Change, ClaimChange, ClaimMoved, Difference, FindingChange, Match, Moved, NeedRange, Origin, Rungs, SCHEMA, Side,
    StatementChange, Status, Summary, UnknownChange, schema,
};

use std::collections::BTreeMap;

use crate::report::Layout;

/// A format of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// The screen, for people.
    Full,
    /// One line for each system that moved.
    Concise,
    /// The screen as sentences, for screen readers.
    Narrated,
    /// For pages and comments.
    Markdown,
    /// One file for browsers, without a single request.
    Html,
    /// JSON, version 1, for programs; see docs/schemas/diff-v1.json.
    Json,
}

/// The difference in a format; `meanings` says what each capability means, by its id.
#[must_use]
pub fn render(difference: &Difference, meanings: &BTreeMap<String, String>, format: Format, layout: Layout) -> String {
    match format {
        Format::Full => screen::full(difference, meanings, layout),
        Format::Concise => screen::concise(difference, layout),
        Format::Narrated => narrated::render(difference, meanings, layout),
        Format::Markdown => markdown::render(difference, meanings, layout),
        Format::Html => html::render(difference, meanings, layout),
        Format::Json => wire::render(difference),
    }
}
