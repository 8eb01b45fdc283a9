//! What speaks for Kubernetes, what simpler targets meet, and the habits.

use super::evidence::places;
use super::gauge::bar;
use super::{Markup, Report, more, part};
use crate::assessment::{Claim, FindingReport, SystemAssessment};
use crate::grade::Grade;
use crate::language::say;
use crate::report::words;
use crate::rules::file::Level;

/// How many drivers, habits and messages of one habit are shown before a list is cut.
const DRIVERS: usize = 12;
const HABITS: usize = 40;
const MESSAGES: usize = 5;

/// Whether anything is claimed that weighs something.
pub(super) fn has_any(system: &SystemAssessment) -> bool {
    system.workloads > 0 || !system.claims.is_empty()
}

/// What speaks for Kubernetes, the weightiest first, and what does not in the end.
pub(super) fn drivers(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    let voice = report.voice();
    let (weighty, rest): (Vec<&Claim>, Vec<&Claim>) = system.claims.iter().partition(|claim| claim.share > 0.0);
    part(page, prefix, "drivers", &voice.words("What speaks for Kubernetes"), |section| {
        if weighty.is_empty() {
            section.leaf("p", &[], &voice.words("Nothing: every need that was seen is met by something simpler."));
        } else {
            let shown = report.most(DRIVERS);
            section.element("ol", &[("class", "drivers")], |list| {
                weighty
                    .iter()
                    .take(shown)
                    .for_each(|claim| list.element("li", &[], |item| driver(item, report, claim, system.need.score)));
            });
            more(section, report, weighty.len(), shown);
        }
        // What has no share is met by the simpler target that stands for the system, or outweighed by what is proven.
        let reference = words::suggested(system).filter(|fit| fit.tier < 3);
        let reference = reference.or_else(|| system.targets.iter().find(|fit| fit.admissible && fit.tier < 3));
        let (met, outweighed): (Vec<&Claim>, Vec<&Claim>) = rest
            .into_iter()
            .filter(|claim| claim.grade > Grade::Declared)
            .partition(|claim| reference.is_some_and(|fit| fit.covered.contains(&claim.capability)));
        others(section, report, &voice.words("Needs that simpler targets meet"), &met);
        let heading = voice.words("Needs that count no further, since others decide already");
        others(section, report, &heading, &outweighed);
        one_sided(section, report, system);
    });
}

fn driver(page: &mut Markup, report: Report<'_>, claim: &Claim, need: f64) {
    page.element("div", &[("class", "share")], |share| {
        share.leaf("b", &[], &format!("+{}", report.points(claim.share)));
        bar(share, claim.share / need.max(1.0) * 100.0);
    });
    page.element("div", &[], |text| {
        claim_text(text, report, claim);
        places(text, report, &claim.evidence, 3);
        if !claim.help.is_empty() {
            text.element("p", &[("class", "do")], |line| {
                line.leaf("b", &[], &report.voice().words("What to do:"));
                line.text(" ");
                line.prose(&report.voice().words(&claim.help));
            });
        }
    });
}

/// What is needed, what is said, how sure it is, and by which rules; a claim without a rule comes from a target's limit.
fn claim_text(page: &mut Markup, report: Report<'_>, claim: &Claim) {
    let voice = report.voice();
    page.element("p", &[], |line| {
        line.leaf("b", &[], &report.meaning(&claim.capability));
        line.text(&report.voice().words(": "));
        line.prose(&voice.say(&claim.message));
    });
    page.element("p", &[("class", "tags")], |line| {
        line.leaf("span", &[("class", claim.grade.id())], &report.grade(claim.grade));
        if claim.rules.is_empty() {
            line.text(" ");
            line.leaf("span", &[], &voice.words("a target's limit"));
        }
        for code in &claim.rules {
            line.text(" ");
            self::code(line, report, code);
        }
        if let Some(lowered) = &claim.lowered_by {
            line.text(" ");
            line.leaf("span", &[], &voice.say(&say!("lowered by {}", lowered)));
        }
    });
}

/// The code of a rule, which leads to what the rule says.
pub(super) fn code(page: &mut Markup, report: Report<'_>, code: &str) {
    if report.assessment.rules.contains_key(code) {
        page.link(&format!("#rule-{code}"), code);
    } else {
        page.text(code);
    }
}

fn others(page: &mut Markup, report: Report<'_>, heading: &str, claims: &[&Claim]) {
    if claims.is_empty() {
        return;
    }
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &format!("{heading} ({})", claims.len()));
        details.element("ul", &[("class", "plain")], |list| {
            for claim in claims {
                list.element("li", &[], |item| {
                    claim_text(item, report, claim);
                    places(item, report, &claim.evidence, 1);
                });
            }
        });
    });
}

fn one_sided(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    if system.one_sided.is_empty() {
        return;
    }
    let voice = report.voice();
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &voice.words("Said by one side only: manifests or Compose files"));
        details.element("ul", &[("class", "plain")], |list| {
            for claim in &system.one_sided {
                list.element("li", &[], |item| {
                    let side =
                        if claim.origin == "compose" { voice.words("Compose") } else { voice.words("manifests") };
                    item.leaf("b", &[], &side);
                    item.text(" ");
                    item.text(&report.meaning(&claim.capability));
                    item.text(&report.voice().words(": "));
                    item.text(&voice.say(&claim.message));
                    places(item, report, &claim.evidence, 1);
                });
            }
        });
    });
}

/// What was written by habit: findings of one rule are one habit.
pub(super) fn habits(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    if system.findings.is_empty() {
        return;
    }
    let voice = report.voice();
    let mut habits: Vec<Vec<&FindingReport>> = Vec::new();
    for finding in &system.findings {
        match habits.iter_mut().find(|habit| habit[0].code == finding.code) {
            Some(habit) => habit.push(finding),
            None => habits.push(vec![finding]),
        }
    }
    habits.sort_by_key(|habit| habit[0].level != Level::Warning);
    let heading = voice.words("What speaks against Kubernetes: habits, and what they give");
    part(page, prefix, "habits", &heading, |section| {
        let shown = report.most(HABITS);
        section.element("ul", &[("class", "habits")], |list| {
            for habit in habits.iter().take(shown) {
                list.element("li", &[], |item| one_habit(item, report, habit));
            }
        });
        more(section, report, habits.len(), shown);
    });
}

fn one_habit(page: &mut Markup, report: Report<'_>, habit: &[&FindingReport]) {
    let voice = report.voice();
    let first = habit[0];
    let shown = report.most(MESSAGES);
    page.element("p", &[], |line| {
        let word = if first.level == Level::Warning { voice.words("warning") } else { voice.words("note") };
        let class = if first.level == Level::Warning { "level warning" } else { "level" };
        line.leaf("span", &[("class", class)], &word);
        line.text(" ");
        let title = report.assessment.rules.get(&first.code).map(|rule| voice.words(&rule.title));
        if habit.len() > 1
            && let Some(title) = title
        {
            line.leaf("b", &[], &title);
        } else {
            line.leaf("b", &[], &voice.say(&first.message));
        }
        line.text(" ");
        code(line, report, &first.code);
    });
    if habit.len() > 1 {
        page.element("details", &[], |details| {
            details.leaf("summary", &[], &voice.say(&say!("{} times", habit.len())));
            details.element("ul", &[("class", "plain")], |list| {
                for finding in habit.iter().take(shown) {
                    list.element("li", &[], |item| {
                        item.text(&voice.say(&finding.message));
                        places(item, report, &finding.evidence, 1);
                    });
                }
            });
            more(details, report, habit.len(), shown);
        });
    } else {
        places(page, report, &first.evidence, 2);
    }
    if !first.help.is_empty() {
        page.element("p", &[("class", "do")], |line| {
            line.leaf("b", &[], &voice.words("What to do:"));
            line.text(" ");
            line.prose(&voice.words(&first.help));
        });
    }
}
