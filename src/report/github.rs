//! Annotations of GitHub workflows: commands that a runner reads from standard output. What makes a gate fail is an error.

use super::Layout;
use super::results::{Told, VERDICT_NAME, count, path_in_tree, results, sentence, standing};
use super::words::verdict_sentence;
use crate::assessment::Assessment;

/// A step shows no more annotations of a kind.
const MOST: usize = 10;

/// Renders annotations: the verdicts and notes as notices, the rest as warnings, the last of a kind for what is left out.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let told = results(assessment);
    // What a team has accepted is no news on a change.
    let told = told.iter().filter(|each| each.known != Some(true));
    let (errors, told): (Vec<_>, Vec<_>) = told.partition(|each| each.fails);
    let (warnings, notices): (Vec<_>, Vec<_>) = told.into_iter().partition(|each| each.is_warning);
    let commands: Vec<String> = errors.into_iter().map(|each| annotation("error", each)).collect();
    let mut text = limited("error", &commands);
    let mut commands: Vec<String> = of_all(assessment).into_iter().collect();
    commands.extend(notices.into_iter().map(|each| annotation("notice", each)));
    text.push_str(&limited("notice", &commands));
    let commands: Vec<String> = warnings.into_iter().map(|each| annotation("warning", each)).collect();
    text.push_str(&limited("warning", &commands));
    text
}

/// The verdict of all systems together, where there are several. It stands in no file.
fn of_all(assessment: &Assessment) -> Option<String> {
    let (estate, systems) = (&assessment.estate, assessment.systems.len());
    let said = verdict_sentence(assessment, estate);
    let message = sentence(&format!("All {systems} systems together: this {}. {said}", standing(estate)));
    (systems > 1).then(|| format!("::notice title=kubeworthy {VERDICT_NAME}::{}\n", data(&message)))
}

/// As many as are shown; the last one says how many are not.
fn limited(kind: &str, commands: &[String]) -> String {
    if commands.len() <= MOST {
        return commands.concat();
    }
    let left = commands.len() + 1 - MOST;
    let more = count(left, &format!("more {kind}"), &format!("more {kind}s"));
    let hint = format!("{more}: a step shows no more annotations of a kind. The other formats tell all.");
    format!("{}::{kind} title=kubeworthy::{}\n", commands[..MOST - 1].concat(), data(&hint))
}

fn annotation(kind: &str, told: &Told<'_>) -> String {
    let mut properties: Vec<String> = Vec::new();
    if let Some(place) = told.place {
        let path = path_in_tree(&place.file);
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
    format!("::{kind} {}::{}\n", properties.join(","), data(message.trim_end()))
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
