//! The answer of the gate, above the report: whether it passes, and why not.

use super::page::Page;
use super::{Layout, length};
use crate::assessment::Assessment;
use crate::language::say;
use crate::report::gate::{Answer, asked, counts, known};
use crate::report::markup::{code, cut, inline, place, sentence};

/// The longest that one reason is.
const LONGEST: usize = 600;

/// The section, where the gate was asked.
pub(super) fn section(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let Some(gate) = &assessment.gate else { return };
    let voice = layout.voice;
    let answer = Answer::of(assessment, gate);
    page.heading(2, &format!("{} {}", answer.sign(), inline(&answer.title(voice))));
    let mut about: Vec<String> = counts(gate).iter().map(|count| inline(&voice.say(count))).collect();
    if gate.known_findings > 0 {
        about.push(inline(&voice.say(&known(gate))));
    }
    about.push(code(&asked(gate)));
    page.paragraph(&about.join(" · "));
    let reasons: Vec<String> = gate
        .failures
        .iter()
        .map(|failure| {
            let at = failure.place.as_ref().map(|at| format!(" {}", place(at))).unwrap_or_default();
            let said = inline(&cut(&voice.say(&failure.message), LONGEST));
            let help =
                if failure.help.is_empty() { String::new() } else { format!("<br>{}", sentence(voice, &failure.help)) };
            format!("{}{at}: {said}{help}", code(&failure.code))
        })
        .collect();
    page.list(&reasons, length(layout));
    let notes: Vec<String> = gate
        .notes
        .iter()
        .map(|note| {
            let help = if note.help.is_empty() { String::new() } else { format!("; {}", sentence(voice, &note.help)) };
            format!("{}{help}", sentence(voice, &note.message))
        })
        .collect();
    if !notes.is_empty() {
        page.paragraph(&inline(&voice.say(&say!("Beside that:"))));
        page.list(&notes, length(layout));
    }
}
