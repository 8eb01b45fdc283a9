//! Where something stands in the input: the place, the key, and the line itself where it may be quoted.

use super::{Markup, Report, cut};
use crate::assessment::Location;
use crate::language::say;

/// The longest part of a line that is quoted, in characters, and what stands before its marked part at most.
const LINE: usize = 150;
const BEFORE: usize = 40;

/// Places with their lines, so many of them.
pub(super) fn places(page: &mut Markup, report: Report<'_>, places: &[Location], most: usize) {
    if places.is_empty() {
        return;
    }
    let most = report.most(most);
    page.element("ul", &[("class", "places")], |list| {
        for place in places.iter().take(most) {
            list.element("li", &[], |item| {
                item.leaf("code", &[("class", "at")], &position(place));
                match quoted(report, place) {
                    Some(quote) => item.element("pre", &[], |pre| {
                        pre.element("code", &[], |code| {
                            code.text(&quote.before);
                            code.leaf("mark", &[], &quote.marked);
                            code.text(&quote.after);
                        });
                    }),
                    None => {
                        item.text(" ");
                        item.leaf("code", &[], &key(place));
                    }
                }
            });
        }
        if places.len() > most {
            let text = match places.len() - most {
                1 => report.voice().words("and one more place").into_owned(),
                rest => report.voice().say(&say!("and {} more places", rest)),
            };
            list.leaf("li", &[("class", "more")], &text);
        }
    });
}

/// File, line and column; for an object of a cluster the object, since it has no line.
pub(super) fn position(place: &Location) -> String {
    let file = cut(&place.file, 160);
    if place.is_live {
        return match &place.object {
            Some(object) => format!("{file}: {}", cut(object, 120)),
            None => file,
        };
    }
    let at = format!("{file}:{}:{}", place.line, place.column);
    match place
        .rendered
        .as_ref()
        .and_then(|rendered| rendered.template.as_ref().filter(|_| rendered.document == place.file))
    {
        Some(template) => format!("{at} ({})", cut(template, 120)),
        None => at,
    }
}

/// The key that stands there, with what was observed.
fn key(place: &Location) -> String {
    let path = if place.is_live && place.path.starts_with("seen.") { &place.path } else { last_key(&place.path) };
    match &place.observed {
        Some(observed) => format!("{}: {}", cut(path, 80), cut(observed, 80)),
        None => cut(path, 80),
    }
}

/// The last key of a path, with its index; keys with dots stand in brackets and quotes.
fn last_key(path: &str) -> &str {
    match path.strip_suffix("\"]").and_then(|rest| rest.rfind("[\"")) {
        Some(at) => &path[at + 2..path.len() - 2],
        None => path.rsplit('.').next().unwrap_or(path),
    }
}

struct Quote {
    before: String,
    marked: String,
    after: String,
}

/// The line with the part that is pointed at, without its indentation; of a long one what stands around that part.
fn quoted(report: Report<'_>, place: &Location) -> Option<Quote> {
    if place.is_live {
        return None;
    }
    let line: Vec<char> = report.assessment.excerpts.line(&place.file, place.line)?.trim_end().chars().collect();
    let from = (place.column.max(1) as usize - 1).min(line.len());
    let to =
        if place.end_line == place.line { (place.end_column.max(1) as usize - 1).min(line.len()) } else { line.len() };
    let to = to.max(from);
    let indent = line.iter().take_while(|character| character.is_whitespace()).count().min(from);
    let start = indent.max(from.saturating_sub(BEFORE));
    let end = line.len().min(start + LINE);
    let text = |from: usize, to: usize| line[from.min(to)..to].iter().collect::<String>();
    let (ellipsis, rest) = (if start > indent { "…" } else { "" }, if end < line.len() { "…" } else { "" });
    Some(Quote {
        before: format!("{ellipsis}{}", text(start, from)),
        marked: text(from, to.min(end)),
        after: format!("{}{rest}", text(to.min(end), end)),
    })
}
