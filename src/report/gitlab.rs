//! GitLab's code quality report: a list of what it shows beside the changes of a merge request.

use serde::Serialize;

use super::Layout;
use super::json::escapes;
use super::results::{Told, path_in_tree, results};
use crate::assessment::Assessment;

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Renders GitLab's code quality report. What stands in no file has no place there.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let told = results(assessment);
    escapes::text(&told.iter().filter_map(issue).collect::<Vec<_>>())
}

fn issue<'a>(told: &'a Told<'_>) -> Option<Issue<'a>> {
    let place = told.place?;
    let begin = place.line.max(1);
    Some(Issue {
        description: &told.message,
        check_name: told.code,
        fingerprint: &told.fingerprint,
        severity: match (told.fails, told.is_warning) {
            (true, _) => "major",
            (false, true) => "minor",
            (false, false) => "info",
        },
        location: Location { path: path_in_tree(&place.file), lines: Lines { begin, end: place.end_line.max(begin) } },
    })
}
