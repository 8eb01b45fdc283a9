//! The availability that can be reached: its form in JSON, and the formulas with their sources for people.

use schemars::JsonSchema;
use serde::Serialize;

use super::Layout;
use super::lines::wrap;
use super::words;
use crate::assessment::availability::shown;
use crate::assessment::{self, Assessment, SystemAssessment};
use crate::language::Prose;
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
    let mut text = String::from("\nAchievable availability, with its formulas\n");
    let mut lines = Lines { text: &mut text, width: layout.width };
    lines.paragraph(
        2,
        "From published promises, k-of-n of hosts and what is waited for. It knows neither failures that hit several \
         parts at once nor human error, and a promise is one of a refund. Where nobody says whose hosts they are, the \
         lowest promise for one host is taken. The numbers stand in rules/availability.yaml, rules/targets/ and \
         rules/complements/.",
    );
    for system in &assessment.systems {
        of_system(&mut lines, system);
    }
    text
}

struct Lines<'t> {
    text: &'t mut String,
    width: usize,
}

impl Lines<'_> {
    fn paragraph(&mut self, indent: usize, text: &str) {
        for line in wrap(text, self.width.saturating_sub(indent).max(20)) {
            self.text.push_str(&" ".repeat(indent));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }
}

fn of_system(lines: &mut Lines<'_>, system: &SystemAssessment) {
    lines.text.push('\n');
    lines.paragraph(0, &for_terminal(&system.name));
    formula(lines, "as it is written", &system.achievable);
    if let (Some(fit), Some(there)) = (words::suggested(system), &system.achievable_there) {
        formula(lines, &format!("on {}, where services run the copies that its promise asks for", fit.name), there);
    }
}

fn formula(lines: &mut Lines<'_>, title: &str, achievable: &assessment::Achievable) {
    let Some(percent) = achievable.percent else {
        let reason = achievable.unknown.clone().unwrap_or_default().to_string();
        lines.paragraph(2, &format!("{title}: unknown, since {}", for_terminal(&reason)));
        return;
    };
    let minutes = achievable.minutes_down.unwrap_or_default();
    lines.paragraph(2, &format!("{title}: {} %, {minutes:.1} min down a month", shown(percent)));
    lines.paragraph(4, &for_terminal(&achievable.formula.to_string()));
    for step in &achievable.steps {
        let checked = if step.checked_on.is_empty() { String::new() } else { format!(", {}", step.checked_on) };
        lines.paragraph(
            6,
            &format!("{} %  {} ({}{checked})", shown(step.percent), for_terminal(&step.what.to_string()), step.source),
        );
    }
    if let Some((stated, reached)) = achievable.stated {
        let answer = if reached == Some(true) { "reached" } else { "not reached" };
        lines.paragraph(4, &format!("the stated {} % is {answer}", shown(stated)));
    }
    for note in &achievable.notes {
        lines.paragraph(4, &for_terminal(&note.to_string()));
    }
}
