//! The answer of the gate, above the report.

use super::{Markup, Report, cut, more};
use crate::report::gate::{Answer, asked, counts, known};
use crate::report::sentences::position;

/// How many reasons are shown.
const REASONS: usize = 20;
/// The longest that one is.
const LONGEST: usize = 600;

/// Whether it passes, and why not, where it was asked.
pub(super) fn gate(page: &mut Markup, report: Report<'_>) {
    let Some(gate) = &report.assessment.gate else { return };
    let voice = report.voice();
    page.element("section", &[("id", "gate"), ("class", "gate"), ("aria-labelledby", "gate-title")], |section| {
        let title = Answer::of(report.assessment, gate).title(voice);
        section.leaf("h2", &[("id", "gate-title")], &title);
        section.element("p", &[("class", "at")], |line| {
            for count in counts(gate).iter().chain((gate.known_findings > 0).then(|| known(gate)).as_ref()) {
                line.text(&voice.say(count));
                line.text(" · ");
            }
            line.leaf("code", &[], &asked(gate));
        });
        if !gate.failures.is_empty() {
            section.element("ul", &[], |list| {
                for failure in gate.failures.iter().take(report.most(REASONS)) {
                    list.element("li", &[], |item| {
                        item.leaf("code", &[], &failure.code);
                        item.text(" ");
                        item.text(&cut(&voice.say(&failure.message), LONGEST));
                        if let Some(place) = &failure.place {
                            item.text(" ");
                            item.leaf("span", &[("class", "at")], &position(place));
                        }
                        if !failure.help.is_empty() {
                            item.element("small", &[], |help| help.prose(&voice.say(&failure.help)));
                        }
                    });
                }
            });
            more(section, report, gate.failures.len(), report.most(REASONS));
        }
        if !gate.notes.is_empty() {
            section.element("ul", &[("class", "at")], |list| {
                for note in gate.notes.iter().take(report.most(REASONS)) {
                    list.element("li", &[], |item| {
                        item.text(&cut(&voice.say(&note.message), LONGEST));
                        if !note.help.is_empty() {
                            item.element("small", &[], |help| help.prose(&voice.say(&note.help)));
                        }
                    });
                }
            });
        }
    });
}
