//! Annotations of GitHub workflows: commands that a runner reads from standard output.

use std::fmt::Write as _;

use super::Layout;
use super::results::{Told, VERDICT_NAME, count, leads_out, path_in_tree, results, sentence};
use crate::assessment::Assessment;

/// A step shows no more annotations of a kind.
const MOST: usize = 10;

/// Renders annotations: the verdicts and notes as notices, the rest as warnings, the last of a kind for what is left out.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let told = results(assessment);
    let (warnings, notices): (Vec<_>, Vec<_>) = told.iter().partition(|each| each.is_warning);
    let mut text = String::new();
    for (kind, all) in [("notice", notices), ("warning", warnings)] {
        let shown = if all.len() > MOST { MOST - 1 } else { all.len() };
        for each in &all[..shown] {
            annotate(&mut text, kind, each);
        }
        if shown < all.len() {
            let more = count(all.len() - shown, &format!("more {kind}"), &format!("more {kind}s"));
            let hint = format!("{more}: the annotations of a step end here, the other formats tell all");
            let _ = writeln!(text, "::{kind} title=kubeworthy::{}", data(&sentence(&hint)));
        }
    }
    text
}

fn annotate(text: &mut String, kind: &str, told: &Told<'_>) {
    let mut properties: Vec<String> = Vec::new();
    let place = told.place.map(|place| (place, path_in_tree(&place.file))).filter(|(_, path)| !leads_out(path));
    if let Some((place, path)) = place {
        let line = place.line.max(1);
        let end_line = place.end_line.max(line);
        properties.push(format!("file={}", property(&path)));
        properties.push(format!("line={line}"));
        properties.push(format!("endLine={end_line}"));
        // A runner takes columns of one line only.
        if end_line == line && place.end_column > place.column {
            properties.push(format!("col={}", place.column.max(1)));
            properties.push(format!("endColumn={}", place.end_column));
        }
    }
    let title = if told.is_verdict() { VERDICT_NAME.to_owned() } else { format!("{} {}", told.code, told.name) };
    properties.push(format!("title={}", property(&format!("kubeworthy {title}"))));
    let message = if told.help.is_empty() { told.message.clone() } else { format!("{} {}", told.message, told.help) };
    let _ = writeln!(text, "::{kind} {}::{}", properties.join(","), data(message.trim_end()));
}

/// What stands behind the last `::`, as the runner undoes it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, as the runner undoes it. Characters that it would not undo and that a terminal obeys are
/// replaced.
fn property(text: &str) -> String {
    let text = data(text).replace(':', "%3A").replace(',', "%2C");
    crate::text::sanitize::for_terminal(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_command_or_begins_another() {
        assert_eq!(data("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(property("a,b:c\n%"), "a%2Cb%3Ac%0A%25");
        assert_eq!(property("a\u{1b}[31m"), "a\u{fffd}[31m");
    }
}
