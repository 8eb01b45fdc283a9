//! What does not count since somebody suppressed it, and suppressions that should be mended.

use super::drivers::code;
use super::evidence::places;
use super::{Markup, Report, more, part, section};
use crate::assessment::SystemAssessment;
use crate::language::say;
use crate::report::suppressed;

/// How many are shown before the rest is counted.
const SHOWN: usize = 12;

/// What does not count in one system.
pub(super) fn not_counted(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    if system.suppressed.is_empty() {
        return;
    }
    let voice = report.voice();
    part(page, prefix, "suppressed", &voice.words("Suppressed: what does not count"), |section| {
        let shown = report.most(SHOWN);
        section.element("ul", &[("class", "habits")], |list| {
            for each in system.suppressed.iter().take(shown) {
                list.element("li", &[], |item| {
                    item.element("p", &[], |line| {
                        line.leaf("b", &[], &voice.say(&each.message));
                        line.text(" ");
                        code(line, report, &each.code);
                    });
                    if each.share.abs() >= 0.05 {
                        let weight = say!("{} points if it alone counted", report.points(each.share));
                        item.leaf("p", &[], &voice.say(&weight));
                    }
                    if !each.reason.is_empty() {
                        item.leaf("p", &[], &voice.say(&say!("The reason: {}", suppressed::reason(&each.reason))));
                    }
                    places(item, report, &each.evidence, 1);
                });
            }
        });
        more(section, report, system.suppressed.len(), shown);
    });
}

/// Suppressions that somebody wrote, where none is honoured.
pub(super) fn not_honoured(page: &mut Markup, report: Report<'_>) {
    let listed = suppressed::not_honoured(report.assessment);
    if listed.is_empty() {
        return;
    }
    section(page, "not-honoured", &suppressed::not_honoured_title(report.voice()), |section| {
        let shown = report.most(SHOWN);
        section.element("ul", &[("class", "habits")], |list| {
            for each in listed.iter().take(shown) {
                list.element("li", &[], |item| {
                    item.leaf("p", &[], &report.voice().say(&suppressed::named(each, str::to_owned)));
                    places(item, report, each.place.as_slice(), 1);
                });
            }
        });
        more(section, report, listed.len(), shown);
    });
}

/// Suppressions that somebody should mend or remove.
pub(super) fn mistaken(page: &mut Markup, report: Report<'_>) {
    let mistaken = suppressed::mistaken(report.assessment);
    if mistaken.is_empty() {
        return;
    }
    let voice = report.voice();
    section(page, "ignores", &voice.words("Suppressions to mend or to remove"), |section| {
        let shown = report.most(SHOWN);
        section.element("ul", &[("class", "habits")], |list| {
            for each in mistaken.iter().take(shown) {
                list.element("li", &[], |item| {
                    item.element("p", &[], |line| {
                        line.leaf("span", &[("class", "level warning")], &voice.words("warning"));
                        line.text(" ");
                        line.leaf("b", &[], &voice.say(&each.message));
                        line.text(" ");
                        code(line, report, suppressed::code(each));
                    });
                    item.element("p", &[("class", "do")], |line| {
                        line.leaf("b", &[], &voice.words("What to do:"));
                        line.text(" ");
                        line.text(&voice.say(&each.help));
                    });
                    places(item, report, each.place.as_slice(), 1);
                });
            }
        });
        more(section, report, mistaken.len(), shown);
    });
}
