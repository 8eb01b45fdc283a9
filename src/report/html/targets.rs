//! The targets compared: needs against targets, effort, chance of falling short, availability, and whose law reaches them.

use super::evidence::position;
use super::{Markup, Report, cut, heads, part, scroll};
use crate::assessment::{Claim, Fit, Location, Service, SystemAssessment};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::report::words;

/// So many needs have a column, those with the largest share first.
const NEEDS: usize = 7;
/// So many points of one target are listed, the worst first.
const POINTS: usize = 10;

/// Whether there is anything to compare.
pub(super) fn has_any(system: &SystemAssessment) -> bool {
    system.workloads > 0 && system.targets.iter().any(|fit| fit.admissible)
}

/// The targets compared. The subject of the page shows all that may be considered, others the best of each kind.
pub(super) fn targets(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    if !has_any(system) {
        return;
    }
    let voice = report.voice();
    let mut fits: Vec<&Fit> = system.targets.iter().filter(|fit| fit.admissible).collect();
    fits.sort_by_key(|fit| system.suggested.as_deref() != Some(fit.id.as_str()));
    if !prefix.is_empty() {
        fits = best_of_each_kind(&fits);
    }
    part(page, prefix, "targets", &voice.words("Targets compared"), |section| {
        let needs = needs(system, &fits);
        let caption = voice.words("Targets, the best first: what each has of what is needed");
        section.element("p", &[("class", "key")], |key| {
            for status in [Status::Has, Status::Work, Status::Hard, Status::Blocked] {
                key.element("span", &[("class", status.class())], |word| word.text(&status.word(report)));
                key.text(&report.voice().words(": "));
                key.text(&status.meaning(report));
                key.void("br", &[]);
            }
        });
        scroll(section, &caption, |scroll| matrix(scroll, report, system, &fits, &needs, &caption));
        what_each_takes(section, report, &fits);
        complements(section, report, system);
        ruled_out(section, report, system);
    });
}

/// Of each kind the best, and of Kubernetes the best two.
fn best_of_each_kind<'a>(fits: &[&'a Fit]) -> Vec<&'a Fit> {
    let mut best: Vec<&Fit> = Vec::new();
    for fit in fits {
        let most = if fit.tier == 3 { 2 } else { 1 };
        if best.iter().filter(|other| other.archetype == fit.archetype).count() < most {
            best.push(fit);
        }
    }
    best
}

/// The needs in which targets differ, the weightiest first.
fn needs<'a>(system: &'a SystemAssessment, fits: &[&Fit]) -> Vec<&'a Claim> {
    let differs = |claim: &&Claim| {
        let first = fits.first().map(|fit| status(fit, &claim.capability));
        claim.grade > Grade::Declared && fits.iter().any(|fit| Some(status(fit, &claim.capability)) != first)
    };
    system.claims.iter().filter(differs).take(NEEDS).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Has,
    Work,
    Hard,
    Blocked,
    Idle,
}

impl Status {
    fn class(self) -> &'static str {
        match self {
            Self::Has => "has",
            Self::Work => "work",
            Self::Hard => "hard",
            Self::Blocked => "blocked",
            Self::Idle => "idle",
        }
    }

    fn word(self, report: Report<'_>) -> String {
        let voice = report.voice();
        let word = match self {
            Self::Has => voice.words("has"),
            Self::Work => voice.words("work"),
            Self::Hard => voice.words("hard"),
            Self::Blocked => voice.words("blocked"),
            Self::Idle => voice.words("idle"),
        };
        word.into_owned()
    }

    fn meaning(self, report: Report<'_>) -> String {
        let voice = report.voice();
        let meaning = match self {
            Self::Has => voice.words("it is there"),
            Self::Work => voice.words("it takes the named work"),
            Self::Hard => voice.words("it is hard there, or lost"),
            Self::Blocked => voice.words("a proven need that cannot be met there"),
            Self::Idle => voice.words("only declared: nobody would miss it"),
        };
        meaning.into_owned()
    }
}

fn status(fit: &Fit, capability: &str) -> Status {
    if fit.blocked_by.iter().any(|blocked| blocked.capability == capability) {
        Status::Blocked
    } else if fit.losses.iter().any(|loss| loss.capability == capability) {
        Status::Hard
    } else if fit.work.iter().any(|work| work.capability == capability) {
        Status::Work
    } else if fit.covered.iter().any(|covered| covered == capability) {
        Status::Has
    } else {
        Status::Idle
    }
}

fn matrix(
    page: &mut Markup,
    report: Report<'_>,
    system: &SystemAssessment,
    fits: &[&Fit],
    needs: &[&Claim],
    caption: &str,
) {
    let voice = report.voice();
    // Several systems together have no availability; then the column would say nothing.
    let knows_availability = fits.iter().any(|fit| fit.achievable.is_ok());
    page.element("table", &[("class", "matrix")], |table| {
        table.leaf("caption", &[], caption);
        table.element("thead", &[], |head| {
            head.element("tr", &[], |row| {
                let mut column = |title: &str| row.leaf("th", &[("scope", "col")], title);
                column(&voice.words("Target"));
                column(&voice.words("Falls short"));
                column(&voice.words("Effort of 10"));
                if knows_availability {
                    column(&voice.words("Achievable availability"));
                }
                column(&voice.words("Run by, seat"));
                column(&voice.words("Law that reaches it"));
                for need in needs {
                    row.element("th", &[("scope", "col"), ("class", "need")], |cell| {
                        cell.leaf("span", &[], &report.meaning(&need.capability));
                    });
                }
            });
        });
        table.element("tbody", &[], |body| {
            if system.achievable.percent.is_some() && knows_availability {
                body.element("tr", &[("class", "now")], |row| {
                    row.leaf("th", &[("scope", "row")], &voice.words("As it is written"));
                    (0..2).for_each(|_| row.leaf("td", &[], ""));
                    row.leaf(
                        "td",
                        &[("class", "n")],
                        &system.achievable.percent.map_or_else(String::new, |percent| report.availability(percent)),
                    );
                    (0..needs.len() + 2).for_each(|_| row.leaf("td", &[], ""));
                });
            }
        });
        for tier in 1..=3u8 {
            let of_tier: Vec<&&Fit> = fits.iter().filter(|fit| fit.tier == tier).collect();
            if of_tier.is_empty() {
                continue;
            }
            let title = match tier {
                1 => voice.words("Simple targets"),
                2 => voice.words("Lighter orchestrators"),
                _ => voice.words("Kubernetes of several nodes"),
            };
            let columns = (needs.len() + 5 + usize::from(knows_availability)).to_string();
            table.element("tbody", &[], |body| {
                body.element("tr", &[("class", "tier")], |row| {
                    row.leaf("th", &[("scope", "rowgroup"), ("colspan", &columns)], &title);
                });
                of_tier.iter().for_each(|fit| target(body, report, system, fit, needs, knows_availability));
            });
        }
    });
}

fn target(
    page: &mut Markup,
    report: Report<'_>,
    system: &SystemAssessment,
    fit: &Fit,
    needs: &[&Claim],
    knows_availability: bool,
) {
    let voice = report.voice();
    let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
    page.element("tr", if is_suggested { &[("class", "best")] } else { &[] }, |row| {
        row.element("th", &[("scope", "row")], |cell| {
            cell.text(&voice.words(&fit.name));
            let mut mark = |text: &str| cell.leaf("small", &[], text);
            if is_suggested {
                mark(&voice.words("suggested"));
            }
            if fit.caution.is_some() {
                mark(&voice.words("in maintenance mode"));
            }
            if let Some(split) = &fit.split {
                mark(&voice.say(&say!("with {} beside it", voice.words(&split.name))));
            }
            if let Some(checked) = fit.checked_on.filter(|_| fit.stale) {
                mark(&voice.say(&say!("its facts were checked on {}, which is too long ago", checked.to_string())));
            }
        });
        row.leaf("td", &[("class", "n")], &report.percent(fit.least_shortfall()));
        row.leaf("td", &[("class", "n")], &fit.effort_with_split().to_string());
        if knows_availability {
            let text = match &fit.achievable {
                Ok(percent) => report.availability(*percent),
                Err(_) => voice.words("unknown").into_owned(),
            };
            row.leaf("td", &[("class", "n")], &text);
        }
        let seat = if fit.seat == "own" { voice.words("your own") } else { (&*fit.seat).into() };
        row.leaf("td", &[], &if fit.seat == "own" { seat.into_owned() } else { format!("{}, {seat}", fit.operator) });
        let law = match (fit.seat.as_str(), fit.exposed_to.as_slice()) {
            ("own", _) => voice.words("your own").into_owned(),
            (seat, []) => seat.to_owned(),
            (_, countries) => countries.join(", "),
        };
        row.leaf("td", &[], &law);
        for need in needs {
            let status = status(fit, &need.capability);
            row.leaf("td", &[("class", status.class())], &status.word(report));
        }
    });
}

/// The work, the losses and what blocks. Targets that take the same are said once.
fn what_each_takes(page: &mut Markup, report: Report<'_>, fits: &[&Fit]) {
    let voice = report.voice();
    let mut alike: Vec<Vec<&Fit>> = Vec::new();
    let same = |a: &Fit, b: &Fit| {
        a.work == b.work
            && a.losses == b.losses
            && a.blocked_by == b.blocked_by
            && a.split == b.split
            && a.caution == b.caution
    };
    for fit in fits {
        match alike.iter_mut().find(|group| same(group[0], fit)) {
            Some(group) => group.push(fit),
            None => alike.push(vec![fit]),
        }
    }
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &voice.words("What each target takes: work, losses, and what blocks it"));
        details.element("dl", &[("class", "takes")], |list| {
            for group in alike {
                let names: Vec<_> = group.iter().map(|fit| voice.words(&fit.name)).collect();
                list.leaf("dt", &[], &names.join(", "));
                list.element("dd", &[], |entry| takes(entry, report, group[0]));
            }
        });
    });
}

fn takes(page: &mut Markup, report: Report<'_>, fit: &Fit) {
    let voice = report.voice();
    let is_free = fit.work.is_empty() && fit.losses.is_empty() && fit.blocked_by.is_empty() && fit.split.is_none();
    if is_free && fit.caution.is_none() {
        page.text(&voice.words("Nothing: it has all of it as it is."));
        return;
    }
    page.element("ul", &[("class", "plain")], |list| {
        if let Some(split) = &fit.split {
            let names: Vec<String> = split.workloads.iter().map(|name| cut(name, 80)).collect();
            let alone = (fit.shortfall * 100.0, 0);
            let text = say!("{} on {} beside it; {} % without that", names.join(", "), voice.words(&split.name), alone);
            list.leaf("li", &[], &voice.say(&text));
        }
        if let Some(caution) = &fit.caution {
            list.leaf("li", &[], &voice.say(caution));
        }
        let mut points: Vec<(Status, &str, &Prose, Option<&Location>)> = Vec::new();
        points.extend(
            fit.blocked_by.iter().map(|blocked| {
                (Status::Blocked, blocked.capability.as_str(), &blocked.reason, blocked.evidence.first())
            }),
        );
        points.extend(fit.losses.iter().map(|loss| (Status::Hard, loss.capability.as_str(), &loss.item, None)));
        points.extend(fit.work.iter().map(|work| (Status::Work, work.capability.as_str(), &work.item, None)));
        let shown = report.most(POINTS);
        for (status, capability, text, place) in points.iter().take(shown) {
            list.element("li", &[], |item| {
                item.leaf("span", &[("class", status.class())], &status.word(report));
                item.text(" ");
                item.leaf("b", &[], &report.meaning(capability));
                item.text(&report.voice().words(": "));
                item.prose(&voice.say(text));
                if let Some(place) = place {
                    item.text(" ");
                    item.leaf("code", &[("class", "at")], &position(place));
                }
            });
        }
        if points.len() > shown {
            list.leaf("li", &[("class", "more")], &voice.say(&say!("… and {} more", points.len() - shown)));
        }
    });
}

/// Who offers the system's engines as managed services, those of the suggested target's operator first.
fn complements(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    if system.complements.is_empty() {
        return;
    }
    let voice = report.voice();
    let operator = words::suggested(system).map_or("", |fit| fit.operator.as_str());
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &voice.words("Managed services for the data"));
        details.element("table", &[], |table| {
            table.leaf("caption", &[("class", "unseen")], &voice.words("Managed services for the data"));
            heads(table, &[&voice.words("Engine"), &voice.words("Services")]);
            table.element("tbody", &[], |body| {
                for engine in &system.complements {
                    let mut services: Vec<&Service> = engine.services.iter().collect();
                    services.sort_by_key(|service| service.operator != operator);
                    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
                    body.element("tr", &[], |row| {
                        row.leaf("th", &[("scope", "row")], &engine.engine);
                        row.leaf("td", &[], &names.join(", "));
                    });
                }
            });
        });
    });
}

fn ruled_out(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    let out: Vec<&Fit> = system.targets.iter().filter(|fit| !fit.admissible).collect();
    if out.is_empty() {
        return;
    }
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &voice.say(&say!("Targets that are ruled out: {}", out.len())));
        details.element("ul", &[("class", "plain")], |list| {
            for fit in out {
                list.element("li", &[], |item| {
                    item.leaf("b", &[], &voice.words(&fit.name));
                    item.text(&report.voice().words(": "));
                    let reasons: Vec<String> = fit.why_not.iter().map(|reason| voice.say(reason)).collect();
                    item.text(&reasons.join(&report.voice().words("; ")));
                });
            }
        });
    });
}
