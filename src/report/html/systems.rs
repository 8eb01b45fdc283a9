//! The table of all systems, which says what the picture shows, and each system by itself.

use super::evidence::position;
use super::picture::VERDICTS;
use super::{IN_FULL, Markup, Report, cut, number, scroll, section, short, whole};
use crate::assessment::{Claim, Standing, SystemAssessment};
use crate::language::say;
use crate::report::{Verbosity, words};

/// How many drivers and flips a short description has.
const DRIVERS: usize = 3;
const FLIPS: usize = 2;
/// The longest name in the table, in columns.
const NAME: usize = 52;

/// The table, the neediest first. A script may sort and filter it; it is whole without.
pub(super) fn table(page: &mut Markup, report: Report<'_>, systems: &[(&SystemAssessment, String)]) {
    let voice = report.voice();
    if systems.is_empty() {
        return;
    }
    let mut sorted: Vec<&(&SystemAssessment, String)> = systems.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    let heading = voice.words("Systems");
    section(page, "systems", &heading, |section| {
        if systems.len() > 1 {
            controls(section, report, systems);
        }
        scroll(section, &heading, |scroll| {
            let sortable = [("class", "systems"), ("data-sort", ""), ("data-controls", "filter")];
            let attributes = if systems.len() > 1 { &sortable[..] } else { &sortable[..1] };
            scroll.element("table", attributes, |table| {
                let caption =
                    voice.words("Every system with its need, its place on the two ladders, and what is suggested");
                table.leaf("caption", &[], &caption);
                table.element("thead", &[], |head| {
                    head.element("tr", &[], |row| {
                        let mut column = |title: &str, kind: &str| {
                            row.leaf("th", &[("scope", "col"), ("data-sort", kind)], title);
                        };
                        column(&voice.words("System"), "text");
                        column(&voice.words("Verdict"), "text");
                        column(&voice.words("Need"), "number");
                        column(&voice.words("Range"), "number");
                        column(&voice.words("Confidence"), "number");
                        column(&voice.words("Availability"), "number");
                        column(&voice.words("Scale"), "number");
                        column(&voice.words("Workloads"), "number");
                        column(&voice.words("Suggested"), "text");
                    });
                });
                table.element("tbody", &[], |body| {
                    sorted.iter().for_each(|(system, address)| row(body, report, system, address));
                });
            });
        });
    });
}

/// What filters the table: hidden until the script shows it, since it does nothing without.
fn controls(page: &mut Markup, report: Report<'_>, systems: &[(&SystemAssessment, String)]) {
    let voice = report.voice();
    page.element("form", &[("id", "filter"), ("class", "filter"), ("role", "search"), ("hidden", "")], |form| {
        form.element("label", &[], |label| {
            label.text(&voice.words("Filter by words"));
            label.void("input", &[("type", "search"), ("autocomplete", "off"), ("spellcheck", "false")]);
        });
        form.element("label", &[], |label| {
            label.text(&voice.words("Verdict"));
            label.element("select", &[], |select| {
                // An attribute without a value is the empty word, which stands for all.
                select.leaf("option", &[("value", "")], &voice.words("all"));
                for verdict in VERDICTS {
                    if systems.iter().any(|(system, _)| system.verdict == verdict) {
                        select.leaf("option", &[("value", verdict.id())], &report.verdict(verdict));
                    }
                }
            });
        });
        let pattern = voice.words("{} of {} systems shown");
        form.leaf("output", &[("aria-live", "polite"), ("data-pattern", &pattern)], "");
    });
}

fn row(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, address: &str) {
    let voice = report.voice();
    page.element("tr", &[("class", system.verdict.id())], |row| {
        row.element("th", &[("scope", "row")], |cell| cell.link(&format!("#{address}"), &short(&system.name, NAME)));
        row.leaf("td", &[], &report.verdict(system.verdict));
        row.leaf("td", &[], &report.points(system.need.score));
        row.element("td", &[], |cell| {
            let (low, high) = (report.points(system.need.low), report.points(system.need.high));
            cell.text(&if low == high { high } else { format!("{low}–{high}") });
            span(cell, system);
        });
        row.leaf("td", &[], &format!("{}\u{a0}%", system.confidence));
        row.leaf("td", &[], &rungs(system.availability));
        row.leaf("td", &[], &rungs(system.scale));
        row.leaf("td", &[], &system.workloads.to_string());
        let suggested = words::suggested(system).map_or_else(|| "–".into(), |fit| voice.words(&fit.name));
        row.leaf("td", &[], &suggested);
    });
}

/// The range as a line from 0 to 100 with the need on it.
fn span(page: &mut Markup, system: &SystemAssessment) {
    page.element("svg", &[("class", "span"), ("viewBox", "0 0 100 8"), ("aria-hidden", "true")], |svg| {
        let at = |points: f64| number(3.0 + points * 0.94);
        let (low, high, score) = (at(system.need.low), at(system.need.high), at(system.need.score));
        svg.leaf("path", &[("d", &format!("M{low} 4H{high}M{score} 1v6"))], "");
    });
}

fn rungs(standing: Standing) -> String {
    let Standing { low, high } = standing;
    if low == high { high.to_string() } else { format!("{low}–{high}") }
}

/// Each system by itself: whole where they are few, folded and short where they are many.
pub(super) fn one_by_one(page: &mut Markup, report: Report<'_>, systems: &[(&SystemAssessment, String)]) {
    if systems.is_empty() {
        return;
    }
    let in_full = systems.len() <= IN_FULL || report.layout.verbosity == Verbosity::Verbose;
    section(page, "each", &report.voice().words("Each system"), |section| {
        for (system, address) in systems {
            section.element("details", &[("class", &format!("system {}", system.verdict.id()))], |details| {
                details.element("summary", &[], |summary| {
                    summary.leaf("h3", &[], &cut(&system.name, 120));
                    summary.text(" ");
                    summary.leaf("span", &[], &brief(report, system));
                });
                details.element("div", &[("id", address)], |inside| {
                    if in_full {
                        inside.leaf("p", &[("class", "lead")], &report.verdict_sentence(system));
                        whole(inside, report, system, &format!("{address}-"));
                    } else {
                        in_short(inside, report, system);
                    }
                });
            });
        }
    });
}

fn brief(report: Report<'_>, system: &SystemAssessment) -> String {
    let text = say!(
        "{}, need {}, {} workloads, grouped by {}",
        report.verdict(system.verdict),
        report.points(system.need.score),
        system.workloads,
        report.voice().words(&system.grouped_by.replace('-', " "))
    );
    report.voice().say(&text)
}

/// The verdict, what drives it, and what would change it.
fn in_short(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    page.leaf("p", &[], &report.verdict_sentence(system));
    let drivers: Vec<&Claim> = system.claims.iter().filter(|claim| claim.share > 0.0).collect();
    if !drivers.is_empty() || !system.flips.is_empty() {
        page.element("ul", &[], |list| {
            for claim in drivers.iter().take(DRIVERS) {
                list.element("li", &[], |item| {
                    item.leaf("b", &[], &format!("+{}", report.points(claim.share)));
                    item.text(" ");
                    item.text(&report.meaning(&claim.capability));
                    item.text(&report.voice().words(": "));
                    item.text(&voice.say(&claim.message));
                    if let Some(place) = claim.evidence.first() {
                        item.text(" ");
                        item.leaf("code", &[], &short(&position(place), 70));
                    }
                });
            }
            for flip in system.flips.iter().take(FLIPS) {
                let text = say!(
                    "{}, with a need of {}, if {}",
                    report.verdict(flip.verdict),
                    report.points(flip.need),
                    &flip.change
                );
                list.leaf("li", &[], &format!("↷ {}", voice.say(&text)));
            }
        });
    }
}
