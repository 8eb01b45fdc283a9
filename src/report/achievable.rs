//! The availability that can be reached: its form in JSON, and the formulas with their sources for people.

use schemars::JsonSchema;
use serde::Serialize;

use super::Layout;
use super::lines::wrap;
use super::marks::{self, Mark};
use super::sentences::said;
use super::words;
use crate::assessment::availability::shown;
use crate::assessment::{self, Assessment, SystemAssessment};
use crate::language::{Prose, say};
use crate::text::sanitize::for_terminal;

/// The availability that can be reached, from published promises.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Availability {
    /// Percent of a month; null where it is not known.
    pub percent: Option<f64>,
    /// Why it is not known.
    pub unknown: Option<String>,
    /// Minutes of a month that this leaves.
    pub minutes_down: Option<f64>,
    /// The formula with its numbers.
    pub formula: String,
    /// Each number in it.
    pub steps: Vec<Step>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// What the owner wants to reach, in percent.
    pub stated: Option<f64>,
    /// Whether that is reached; null where nothing is stated or known.
    pub reached: Option<bool>,
}

/// A number in the formula.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Step {
    /// Percent.
    pub percent: f64,
    /// What it is.
    pub what: String,
    /// Where it is published, or what it follows from.
    pub source: String,
    /// The day on which that was read.
    pub checked_on: String,
}

impl From<&assessment::Achievable> for Availability {
    fn from(achievable: &assessment::Achievable) -> Self {
        let round = |value: f64, places: i32| {
            let factor = 10f64.powi(places);
            (value * factor).round() / factor
        };
        Self {
            percent: achievable.percent,
            unknown: achievable.unknown.as_ref().map(Prose::to_string),
            minutes_down: achievable.minutes_down.map(|minutes| round(minutes, 1)),
            formula: achievable.formula.to_string(),
            steps: achievable
                .steps
                .iter()
                .map(|step| Step {
                    percent: round(step.percent, 6),
                    what: step.what.to_string(),
                    source: step.source.to_string(),
                    checked_on: step.checked_on.clone(),
                })
                .collect(),
            notes: achievable.notes.iter().map(Prose::to_string).collect(),
            stated: achievable.stated.map(|(stated, _)| stated),
            reached: achievable.stated.and_then(|(_, reached)| reached),
        }
    }
}

/// The formulas with their sources, for each system as it is written and on the target that is suggested.
#[must_use]
pub fn explain(assessment: &Assessment, layout: Layout) -> String {
    let assessment = &*super::with_names_in(assessment, layout.voice);
    let voice = layout.voice;
    let heading = Mark::Strong.around(&voice.words("Achievable availability, with its formulas"));
    let mut lines = Lines { text: String::from("\n"), layout, assessment };
    lines.paragraph(0, &heading);
    lines.paragraph(
        2,
        &voice.words("From published promises, k-of-n of hosts and what is waited for. It knows neither failures that hit several parts at once nor human error, and a promise is one of a refund. Where nobody says whose hosts they are, the lowest promise for one host is taken. The numbers stand in rules/availability.yaml, rules/targets/ and rules/complements/."),
    );
    for system in &assessment.systems {
        of_system(&mut lines, system);
    }
    lines.text
}

struct Lines<'a> {
    text: String,
    layout: Layout,
    assessment: &'a Assessment,
}

impl Lines<'_> {
    fn paragraph(&mut self, indent: usize, text: &str) {
        let text = if self.layout.unicode { text.to_owned() } else { marks::in_ascii(text) };
        for line in wrap(&text, self.layout.width.saturating_sub(indent).max(20)) {
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(&marks::drawn(&line, self.layout, &self.assessment.rules));
            self.text.push('\n');
        }
    }
}

fn of_system(lines: &mut Lines<'_>, system: &SystemAssessment) {
    let voice = lines.layout.voice;
    lines.text.push('\n');
    lines.paragraph(0, &Mark::Strong.around(&for_terminal(&system.name)));
    formula(lines, &voice.words("as it is written"), &system.achievable);
    if let (Some(fit), Some(there)) = (words::suggested(system), &system.achievable_there) {
        let on = say!("on {}, where services run the copies that its promise asks for", for_terminal(&fit.name));
        formula(lines, &voice.say(&on), there);
    }
}

fn formula(lines: &mut Lines<'_>, title: &str, achievable: &assessment::Achievable) {
    let voice = lines.layout.voice;
    // Here every decimal that is known is shown.
    let exactly = |percent: f64| {
        let shown = shown(percent);
        voice.number(percent_of(&shown, percent), shown.split_once('.').map_or(0, |(_, decimals)| decimals.len()))
    };
    let Some(percent) = achievable.percent else {
        let reason = said(voice, &achievable.unknown.clone().unwrap_or_default());
        lines.paragraph(2, &voice.say(&say!("{}: unknown, since {}", title, reason)));
        return;
    };
    let minutes = (achievable.minutes_down.unwrap_or_default(), 1);
    lines.paragraph(2, &voice.say(&say!("{}: {} %, {} min down a month", title, exactly(percent), minutes)));
    lines.paragraph(4, &said(voice, &achievable.formula));
    for step in &achievable.steps {
        let (percent, what, source) = (exactly(step.percent), said(voice, &step.what), said(voice, &step.source));
        let text = if step.checked_on.is_empty() {
            say!("{} %  {} ({})", percent, what, source)
        } else {
            say!("{} %  {} ({}, {})", percent, what, source, for_terminal(&step.checked_on))
        };
        lines.paragraph(6, &voice.say(&text));
    }
    if let Some((stated, reached)) = achievable.stated {
        let text = if reached == Some(true) {
            say!("the stated {} % is reached", exactly(stated))
        } else {
            say!("the stated {} % is not reached", exactly(stated))
        };
        lines.paragraph(4, &voice.say(&text));
    }
    for note in &achievable.notes {
        lines.paragraph(4, &said(voice, note));
    }
}

/// The number that was shown, which is cut and not rounded.
fn percent_of(shown: &str, percent: f64) -> f64 {
    shown.parse().unwrap_or(percent)
}
