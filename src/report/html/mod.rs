//! The report in one file, for browsers: the picture first, then the answer and what it is made of.

mod drivers;
mod evidence;
mod gate;
mod gauge;
mod inputs;
mod markup;
mod method;
mod page;
mod picture;
mod sentences;
mod suppressed;
mod systems;
mod targets;
mod unknowns;

use std::borrow::Cow;

pub(crate) use markup::Markup;
pub(crate) use page::page;

use super::lines;
use super::only::only;
use super::suppressed::with_everything;
use super::{Layout, Verbosity, words};
use crate::assessment::{Assessment, SystemAssessment, Verdict};
use crate::language::{Voice, say};

/// So many systems are shown in full beside the estate; more are folded and short.
const IN_FULL: usize = 6;

/// From this many systems on, lists are halved.
const MANY: usize = 24;

/// Renders the report in one file, for browsers.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let report = Report { assessment, layout };
    let voice = layout.voice;
    let subject = subject(assessment);
    let title = report.title(&subject);
    let mut body = Markup::new();
    body.element("header", &[("class", "top")], |header| {
        header.element("p", &[("class", "brand")], |brand| {
            brand.leaf("b", &[], "kubeworthy");
            brand.text(" ");
            brand.leaf("span", &[], &voice.words("Is Kubernetes worth it here, or would something simpler do?"));
        });
    });
    body.element("main", &[("id", "main")], |main| {
        gate::gate(main, report);
        answer(main, report, &subject, &title);
        let systems = systems_of(assessment, &subject);
        if !systems.is_empty() {
            section(main, "picture", &voice.words("The picture"), |section| {
                picture::picture(section, report, &subject, &systems);
            });
        }
        systems::table(main, report, &systems);
        whole(main, report, &subject, "");
        if subject.is_estate {
            systems::one_by_one(main, report, &systems);
        }
        suppressed::not_honoured(main, report);
        suppressed::mistaken(main, report);
        let heading = voice.words("What was read, and what was not");
        section(main, "read", &heading, |section| inputs::inputs(section, report));
        section(main, "method", &voice.words("Method"), |section| method::method(section, report));
    });
    body.element("footer", &[], |footer| method::versions(footer, report));
    page(&title, &body, true, layout)
}

/// The estate, or its only system, to which what is only seen of an estate belongs too.
fn subject(assessment: &Assessment) -> Cow<'_, SystemAssessment> {
    only(assessment).map_or(Cow::Borrowed(&assessment.estate), Cow::Owned)
}

/// The systems with their addresses in the page.
fn systems_of<'a>(assessment: &'a Assessment, subject: &'a SystemAssessment) -> Vec<(&'a SystemAssessment, String)> {
    if !subject.is_estate {
        return vec![(subject, "need".to_owned())];
    }
    assessment.systems.iter().enumerate().map(|(index, system)| (system, format!("s{index}"))).collect()
}

/// What every part of the page looks at.
#[derive(Clone, Copy)]
struct Report<'a> {
    assessment: &'a Assessment,
    layout: Layout,
}

impl Report<'_> {
    fn voice(&self) -> Voice {
        self.layout.voice
    }

    /// The question that the page answers.
    fn title(&self, subject: &SystemAssessment) -> String {
        let count = self.assessment.systems.len();
        let question = match count {
            0 => say!("Is Kubernetes needed?"),
            _ if subject.is_estate && count > 1 => say!("Do these {} systems need Kubernetes?", count),
            1 if subject.is_estate => say!("Does {} need Kubernetes?", short(&self.assessment.systems[0].name, 60)),
            _ => say!("Does {} need Kubernetes?", short(&subject.name, 60)),
        };
        self.voice().say(&question)
    }

    /// Points, without a decimal where there is none.
    fn points(&self, value: f64) -> String {
        self.voice().number(value, usize::from((value - value.round()).abs() >= 0.05))
    }

    /// A share of 0 to 1 in percent.
    fn percent(&self, share: f64) -> String {
        format!("{}\u{a0}%", self.voice().number(share * 100.0, 0))
    }

    /// An availability in percent, cut and not rounded.
    fn availability(&self, percent: f64) -> String {
        let (percent, decimals) = words::percent(percent);
        format!("{}\u{a0}%", self.voice().number(percent, decimals))
    }

    /// What a capability means.
    fn meaning(&self, capability: &str) -> String {
        self.voice().words(words::meaning(self.assessment, capability)).into_owned()
    }

    /// How much of a list is shown: half of it beside many systems, so that the page stays light.
    fn most(&self, normal: usize) -> usize {
        match self.layout.verbosity {
            Verbosity::Verbose => usize::MAX,
            _ if self.assessment.systems.len() > MANY => normal.div_ceil(2),
            _ => normal,
        }
    }
}

/// Text of so many characters at most, with `…` where something is missing.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A name of so many columns at most. Of a path the end is kept, which tells more.
fn short(name: &str, most: usize) -> String {
    if name.contains('/') { lines::end_of(name, most, "…") } else { lines::cut(name, most, "…") }
}

/// A coordinate, with one decimal where it has one.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// A section with its heading.
fn section(page: &mut Markup, id: &str, heading: &str, fill: impl FnOnce(&mut Markup)) {
    page.element("section", &[("id", id)], |section| {
        section.leaf("h2", &[], heading);
        fill(section);
    });
}

/// Something that may be wider than a screen, and moves by itself.
fn scroll(page: &mut Markup, label: &str, fill: impl FnOnce(&mut Markup)) {
    page.element("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", label)], fill);
}

/// A line of column heads.
fn heads(page: &mut Markup, titles: &[&str]) {
    page.element("thead", &[], |head| {
        head.element("tr", &[], |row| titles.iter().for_each(|title| row.leaf("th", &[("scope", "col")], title)));
    });
}

/// The verdict, the sentence that says it, and the figures.
fn answer(page: &mut Markup, report: Report<'_>, subject: &SystemAssessment, title: &str) {
    let voice = report.voice();
    page.element("section", &[("class", "answer"), ("aria-labelledby", "title")], |section| {
        section.leaf("h1", &[("id", "title")], title);
        section.element("p", &[("class", "lead")], |lead| {
            badge_of(lead, report, subject.verdict);
            lead.text(" ");
            lead.text(&report.verdict_sentence(subject));
        });
        section.element("dl", &[("class", "figures")], |list| {
            let mut figure = |term: &str, value: &str, about: &str| {
                list.element("div", &[], |pair| {
                    pair.leaf("dt", &[], term);
                    pair.element("dd", &[], |text| {
                        text.leaf("b", &[], value);
                        text.text(" ");
                        text.leaf("span", &[], about);
                    });
                });
            };
            let need = &subject.need;
            let about = match with_everything(need) {
                Some(all) => voice.say(&say!("of 100 ({} with what is suppressed)", report.points(all))),
                None => voice.words("of 100").into_owned(),
            };
            figure(&voice.words("Kubernetes need"), &report.points(need.score), &about);
            let (low, high) = (report.points(need.low), report.points(need.high));
            let range = if low == high { high } else { voice.say(&say!("{} to {}", low, high)) };
            figure(&voice.words("Range"), &range, &voice.words("from what is proven to what the files leave open"));
            let confidence = report.percent(f64::from(subject.confidence) / 100.0);
            figure(&voice.words("Confidence"), &confidence, &voice.words("how much is known"));
            let inputs = &report.assessment.inputs;
            let understood = say!("of {} documents understood", inputs.documents);
            figure(&voice.words("Coverage"), &inputs.understood.to_string(), &voice.say(&understood));
            let systems = report.assessment.systems.len();
            let about = match systems {
                1 => voice.words("in one system").into_owned(),
                some => voice.say(&say!("in {} systems", some)),
            };
            figure(&voice.words("Workloads"), &subject.workloads.to_string(), &about);
        });
        contents(section, report, subject);
    });
}

/// A verdict as a mark with its word.
fn badge_of(page: &mut Markup, report: Report<'_>, verdict: Verdict) {
    page.element("b", &[("class", &format!("badge {}", verdict.id()))], |badge| {
        picture::symbol(badge, verdict);
        badge.text(&report.verdict(verdict));
    });
}

/// Links to the parts of the page.
fn contents(page: &mut Markup, report: Report<'_>, subject: &SystemAssessment) {
    let voice = report.voice();
    let several = subject.is_estate && !report.assessment.systems.is_empty();
    page.element("nav", &[("aria-label", &voice.words("Contents"))], |nav| {
        nav.element("ul", &[("class", "contents")], |list| {
            let mut to = |address: &str, text: &str| list.element("li", &[], |item| item.link(address, text));
            if !report.assessment.systems.is_empty() {
                to("#picture", &voice.words("Picture"));
            }
            if several {
                to("#systems", &voice.words("Systems"));
            }
            to("#need", &voice.words("Need"));
            if drivers::has_any(subject) {
                to("#drivers", &voice.words("Drivers"));
            }
            if !subject.findings.is_empty() {
                to("#habits", &voice.words("Habits"));
            }
            if targets::has_any(subject) {
                to("#targets", &voice.words("Targets"));
            }
            if !subject.flips.is_empty() {
                to("#flips", &voice.words("What would change it"));
            }
            if !subject.unknowns.is_empty() {
                to("#unknown", &voice.words("Unknown"));
            }
            to("#assumptions", &voice.words("Assumptions"));
            to("#read", &voice.words("What was read"));
            to("#method", &voice.words("Method"));
        });
    });
}

/// Everything about one system. `prefix` tells the addresses of its parts apart from those of others; the subject of the
/// page has none, and the larger headings.
fn whole(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    gauge::need(page, report, system, prefix);
    if system.workloads > 0 || !system.claims.is_empty() {
        drivers::drivers(page, report, system, prefix);
        drivers::habits(page, report, system, prefix);
        suppressed::not_counted(page, report, system, prefix);
    }
    targets::targets(page, report, system, prefix);
    unknowns::flips(page, report, system, prefix);
    unknowns::unknowns(page, report, system, prefix);
    unknowns::assumptions(page, report, system, prefix);
}

/// A part of what is said about one system.
fn part(page: &mut Markup, prefix: &str, id: &str, heading: &str, fill: impl FnOnce(&mut Markup)) {
    page.element("section", &[("id", &format!("{prefix}{id}")), ("class", "part")], |section| {
        section.leaf(if prefix.is_empty() { "h2" } else { "h4" }, &[], heading);
        fill(section);
    });
}

/// How many more there are, where a list is cut.
fn more(page: &mut Markup, report: Report<'_>, length: usize, shown: usize) {
    if length > shown {
        page.leaf("p", &[("class", "more")], &report.voice().say(&say!("… and {} more", length - shown)));
    }
}
