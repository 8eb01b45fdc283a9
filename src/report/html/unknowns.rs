//! What would change the verdict, what is unknown and how to answer it, and what was assumed or stated.

use super::evidence::{places, position};
use super::{Markup, Report, badge_of, cut, heads, part, scroll};
use crate::assessment::{SystemAssessment, Unknown};
use crate::language::say;
use crate::text::command::as_called;

/// The smallest changes that would give another verdict.
pub(super) fn flips(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    if system.flips.is_empty() {
        return;
    }
    let voice = report.voice();
    let heading = voice.words("What would change the verdict");
    part(page, prefix, "flips", &heading, |section| {
        scroll(section, &heading, |scroll| {
            scroll.element("table", &[("class", "flips")], |table| {
                table.leaf("caption", &[("class", "unseen")], &heading);
                heads(table, &[&voice.words("If"), &voice.words("the verdict is"), &voice.words("with a need of")]);
                table.element("tbody", &[], |body| {
                    for flip in &system.flips {
                        body.element("tr", &[], |row| {
                            row.leaf("th", &[("scope", "row")], &voice.say(&flip.change));
                            row.element("td", &[], |cell| badge_of(cell, report, flip.verdict));
                            row.leaf("td", &[("class", "n")], &report.points(flip.need));
                        });
                    }
                });
            });
        });
    });
}

/// What is unknown, what could move most first.
pub(super) fn unknowns(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    if system.unknowns.is_empty() {
        return;
    }
    let voice = report.voice();
    let heading = voice.words("What is unknown, and how far the need could move");
    part(page, prefix, "unknown", &heading, |section| {
        scroll(section, &heading, |scroll| {
            scroll.element("table", &[("class", "unknowns")], |table| {
                table.leaf("caption", &[("class", "unseen")], &heading);
                let titles =
                    [voice.words("Question"), voice.words("The need could move to"), voice.words("How to answer")];
                heads(table, &[&titles[0], &titles[1], &titles[2]]);
                table.element("tbody", &[], |body| {
                    for unknown in &system.unknowns {
                        body.element("tr", &[], |row| one_unknown(row, report, unknown));
                    }
                });
            });
        });
    });
}

fn one_unknown(page: &mut Markup, report: Report<'_>, unknown: &Unknown) {
    let voice = report.voice();
    page.element("th", &[("scope", "row")], |cell| {
        cell.text(&capitalised(&voice.say(&unknown.question)));
        if unknown.raised_by_files {
            cell.text(" ");
            cell.leaf("small", &[], &voice.say(&unknown.reason));
        }
        places(cell, report, &unknown.evidence, 2);
    });
    let (low, high) = unknown.could_move;
    let moves = if (high - low).abs() < 0.05 { voice.words("it stays").into_owned() } else { report.points(high) };
    page.leaf("td", &[("class", "n")], &moves);
    page.element("td", &[], |cell| {
        if report.assessment.rules.contains_key(&unknown.key) {
            cell.text(&voice.words("Show what the files leave open; the rule says what it looks for:"));
            cell.text(" ");
            super::drivers::code(cell, report, &unknown.key);
        } else {
            let option = format!("--set {}=…", unknown.key);
            cell.leaf("code", &[], &as_called(&option, report.layout.program));
        }
    });
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// What the owner states, and what was assumed instead.
pub(super) fn assumptions(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    let voice = report.voice();
    part(page, prefix, "assumptions", &voice.words("Assumptions, and what the owner states"), |section| {
        if system.statements.is_empty() {
            let text = voice.words("The owner was not asked: nothing is stated, and nothing was assumed in its place.");
            section.leaf("p", &[], &text);
        } else {
            statements(section, report, system);
        }
        section.element("ul", &[], |list| {
            let inputs = &report.assessment.inputs;
            if inputs.clusters.is_empty() {
                list.leaf("li", &[], &voice.words("No live state was seen: what is written is taken for what runs."));
            }
            if system.footprint.written < 0.995 {
                let assumed = ((1.0 - system.footprint.written) * 100.0, 0);
                let text = say!("{} % of the containers write no size; each of them counts as a small one.", assumed);
                list.leaf("li", &[], &voice.say(&text));
            }
            if system.partial > 0 {
                let text = say!(
                    "{} of the workloads were read in part, from templates that were not rendered.",
                    system.partial
                );
                list.leaf("li", &[], &voice.say(&text));
            }
            if system.opaque > 0 {
                let text = say!("{} pointers lead to workloads that are not in what was read.", system.opaque);
                list.leaf("li", &[], &voice.say(&text));
            }
            achievable(list, report, system);
        });
    });
}

fn statements(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    let caption = voice.words("What the owner states");
    scroll(page, &caption, |scroll| {
        scroll.element("table", &[], |table| {
            table.leaf("caption", &[], &caption);
            let titles =
                [voice.words("Key"), voice.words("Value"), voice.words("Stated by"), voice.words("Written at")];
            heads(table, &[&titles[0], &titles[1], &titles[2], &titles[3]]);
            table.element("tbody", &[], |body| {
                for statement in &system.statements {
                    body.element("tr", &[], |row| {
                        row.leaf("th", &[("scope", "row")], &cut(&statement.key, 80));
                        row.leaf("td", &[], &cut(&statement.value, 120));
                        let by = [&statement.owner, &statement.date, &statement.source];
                        let by: Vec<String> = by.into_iter().flatten().map(|text| cut(text, 120)).collect();
                        row.leaf("td", &[], &by.join(", "));
                        row.element("td", &[], |cell| {
                            if let Some(place) = &statement.evidence {
                                cell.leaf("code", &[("class", "at")], &position(place));
                            }
                        });
                    });
                }
            });
        });
    });
}

/// How the achievable availability was reckoned.
fn achievable(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    let Some(percent) = system.achievable.percent else { return };
    page.element("li", &[], |item| {
        let minutes = (system.achievable.minutes_down.unwrap_or_default(), 0);
        let text = say!(
            "Availability that can be reached as it is written: {}, which leaves {} minutes down a month.",
            report.availability(percent),
            minutes
        );
        item.text(&voice.say(&text));
        match system.achievable.stated {
            Some((stated, Some(true))) => {
                item.text(" ");
                item.text(&voice.say(&say!("The stated {} is reached.", report.availability(stated))));
            }
            Some((stated, Some(false))) => {
                item.text(" ");
                item.text(&voice.say(&say!("The stated {} is not reached.", report.availability(stated))));
            }
            _ => {}
        }
        item.element("details", &[], |details| {
            details.leaf("summary", &[], &voice.words("The formula, with its numbers"));
            details.leaf("p", &[], &voice.say(&system.achievable.formula));
            details.element("ul", &[("class", "plain")], |list| {
                for step in &system.achievable.steps {
                    list.element("li", &[], |line| {
                        line.leaf("b", &[], &report.availability(step.percent));
                        line.text(" ");
                        line.text(&voice.say(&step.what));
                        if !step.source.is_empty() {
                            line.text(" (");
                            let source = voice.say(&step.source);
                            line.link(&source, &source);
                            if !step.checked_on.is_empty() {
                                line.text(", ");
                                line.text(&step.checked_on);
                            }
                            line.text(")");
                        }
                    });
                }
            });
            for note in &system.achievable.notes {
                details.leaf("p", &[], &voice.say(note));
            }
        });
    });
}
