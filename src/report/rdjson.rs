//! Reviewdog's format for diagnostics.

use serde::Serialize;

use super::Layout;
use super::json::escapes;
use super::results::{Told, path_in_tree, results};
use crate::assessment::{Assessment, Excerpts, Location};

#[derive(Serialize)]
struct Diagnosis {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Place,
    severity: &'static str,
    code: Code,
}

#[derive(Serialize)]
struct Place {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    /// Counts bytes of UTF-8 from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

#[derive(Serialize)]
struct Code {
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// Renders reviewdog's format. What stands in no file is left out, since a diagnostic has a path.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
    let source = Source { name: env!("CARGO_PKG_NAME"), url: (!REPOSITORY.is_empty()).then_some(REPOSITORY) };
    let told = results(assessment);
    escapes::text(&Diagnosis {
        source,
        diagnostics: told.iter().filter_map(|each| diagnostic(assessment, each)).collect(),
    })
}

fn diagnostic(assessment: &Assessment, told: &Told<'_>) -> Option<Diagnostic> {
    let place = told.place?;
    let rule = assessment.rules.get(told.code);
    let address = rule
        .and_then(|rule| rule.page.clone().or_else(|| rule.sources.iter().find_map(|(_, address)| address.clone())));
    Some(Diagnostic {
        message: if told.help.is_empty() { told.message.clone() } else { format!("{} {}", told.message, told.help) },
        location: Place { path: path_in_tree(&place.file), range: range(place, &assessment.excerpts) },
        severity: match (told.fails, told.is_warning) {
            (true, _) => "ERROR",
            (false, true) => "WARNING",
            (false, false) => "INFO",
        },
        code: Code { value: told.code.to_owned(), url: address },
    })
}

/// The range. Ours counts characters; where the lines are not at hand to count bytes in, it is one of whole lines.
fn range(place: &Location, excerpts: &Excerpts) -> Range {
    let line = place.line.max(1);
    let end_line = place.end_line.max(line);
    let start = excerpts.line(&place.file, line).and_then(|text| byte_column(text, place.column));
    let end = excerpts.line(&place.file, end_line).and_then(|text| byte_column(text, place.end_column));
    let (start, end) = if start.is_some() && end.is_some() { (start, end) } else { (None, None) };
    Range { start: Position { line, column: start }, end: Position { line: end_line, column: end } }
}

/// The column in bytes, from 1, of a column in characters; none behind the end of the line.
fn byte_column(line: &str, column: u32) -> Option<usize> {
    let before = (column as usize).checked_sub(1)?;
    let mut starts = line.char_indices().map(|(at, _)| at).chain([line.len()]);
    starts.nth(before).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_bytes() {
        assert_eq!(byte_column("a𐐀b", 1), Some(1));
        assert_eq!(byte_column("a𐐀b", 2), Some(2));
        assert_eq!(byte_column("a𐐀b", 3), Some(6));
        assert_eq!(byte_column("a𐐀b", 4), Some(7));
        assert_eq!(byte_column("a𐐀b", 5), None);
        assert_eq!(byte_column("a", 0), None);
    }
}
