//! The decision record, in the form of MADR 4: the headings are MADR's and English, what stands below them comes in the
//! language of the report. Its status is proposed: people decide.

mod appendix;
mod options;
mod record;
mod template;

pub use template::{BUILT_IN, FIELDS, TemplateError};

use super::Layout;
use crate::assessment::{Assessment, SystemAssessment};
use crate::report::only::only;
use crate::text::command::{as_called, for_shell};

/// What is asked for beside the assessment.
#[derive(Clone, Debug, Default)]
pub struct Wish<'w> {
    /// The system that it is about; none for all of them.
    pub system: Option<&'w SystemAssessment>,
    /// The title; none for one that says what is suggested.
    pub title: Option<&'w str>,
    /// The command line that confirms the decision later; none for one about this folder.
    pub command: Option<&'w str>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its title as plain text.
    pub title: String,
    /// The record as Markdown.
    pub text: String,
}

/// Renders the record about everything by the built-in template.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    by_the_built_in(assessment, &Wish::default(), layout)
}

/// The same with the command line that confirms the decision later.
#[must_use]
pub fn render_with(assessment: &Assessment, command: &str, layout: Layout) -> String {
    by_the_built_in(assessment, &Wish { command: Some(command), ..Wish::default() }, layout)
}

fn by_the_built_in(assessment: &Assessment, wish: &Wish<'_>, layout: Layout) -> String {
    // The built-in template is rendered in tests; a mistake in it would still be said.
    write(assessment, wish, BUILT_IN, layout).map_or_else(|error| error.to_string(), |written| written.text)
}

/// Writes a record by a template.
///
/// # Errors
///
/// When the template is wrong, with the line and column.
pub fn write(
    assessment: &Assessment,
    wish: &Wish<'_>,
    template: &str,
    layout: Layout,
) -> Result<Written, TemplateError> {
    let assessment = &*super::with_names_in(assessment, layout.voice);
    let wished = wish.system.map(|wished| assessment.systems.iter().find(|one| one.id == wished.id).unwrap_or(wished));
    let only = only(assessment);
    let system = wished.or(only.as_ref());
    let (record, title) = record::of(assessment, system, wish, layout);
    let text = template::fill(template, &record)?;
    Ok(Written { title, text })
}

/// The command line that assesses the same again, from what stands behind `check` on it: for the record.
#[must_use]
pub fn confirming_command(arguments: &[String], layout: Layout) -> String {
    let mut words = vec!["kubeworthy check".to_owned()];
    words.extend(arguments.iter().map(|word| for_shell(word).into_owned()));
    as_called(&words.join(" "), layout.program).into_owned()
}
