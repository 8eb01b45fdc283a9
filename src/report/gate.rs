//! The answer of the gate in words that several formats share: why it fails, and the last line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::sentences::said;
use crate::assessment::{Assessment, GateReport};
use crate::language::{Prose, Voice, say};

/// What sums the answer up: `2 systems · 1 regression · gate failed (fail-on: regression)`.
pub(super) fn summary(assessment: &Assessment, gate: &GateReport, voice: Voice) -> String {
    let mut parts = vec![voice.say(&match (assessment.systems.len(), gate.touched_of) {
        (0, Some(_)) => say!("no system touched"),
        (1, None) => say!("1 system"),
        (systems, None) => say!("{} systems", systems),
        (systems, Some(all)) => say!("{} of {} systems touched", systems, all),
    })];
    parts.extend(counts(gate).iter().map(|count| said(voice, count)));
    if gate.known_findings > 0 {
        parts.push(voice.say(&known(gate)));
    }
    let asked = asked(gate);
    parts.extend(suppressed(assessment).map(|count| voice.say(&count)));
    parts.push(said(
        voice,
        &match Answer::of(assessment, gate) {
            Answer::Passed => say!("gate passed ({})", asked),
            Answer::Failed => say!("gate failed ({})", asked),
            Answer::NothingChecked => say!("nothing checked ({})", asked),
        },
    ));
    parts.join(" · ")
}

/// What came of asking the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Something was checked, and nothing fails.
    Passed,
    /// Something fails.
    Failed,
    /// There was nothing to check, which is no pass: the program ends with another exit code than 0.
    NothingChecked,
}

impl Answer {
    /// What came of it. Where only what changed files belong to is told, having nothing to tell is a pass.
    pub(super) fn of(assessment: &Assessment, gate: &GateReport) -> Self {
        let is_empty = assessment.systems.is_empty() && assessment.estate.workloads == 0;
        match gate.passes() {
            false => Self::Failed,
            true if is_empty && gate.touched_of.is_none() => Self::NothingChecked,
            true => Self::Passed,
        }
    }

    /// The answer as a title.
    pub(super) fn title(self, voice: Voice) -> Cow<'static, str> {
        match self {
            Self::Passed => voice.words("The gate passed"),
            Self::Failed => voice.words("The gate failed"),
            Self::NothingChecked => voice.words("Nothing was checked: no system was found"),
        }
    }

    /// The sign before it, in formats that show signs.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Passed => "✅",
            Self::Failed => "❌",
            Self::NothingChecked => "⚠️",
        }
    }

    /// The answer as programs read it.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::NothingChecked => "nothing-checked",
        }
    }
}

/// How many findings do not count, since somebody suppressed them.
fn suppressed(assessment: &Assessment) -> Option<Prose> {
    match assessment.systems.iter().map(|system| system.suppressed.len()).sum::<usize>() {
        0 => None,
        1 => Some(say!("1 suppressed")),
        several => Some(say!("{} suppressed", several)),
    }
}

/// How many findings the baseline knows.
pub(super) fn known(gate: &GateReport) -> Prose {
    match gate.known_findings {
        1 => say!("1 finding known"),
        known => say!("{} findings known", known),
    }
}

/// What was asked to fail, as on a command line.
pub(super) fn asked(gate: &GateReport) -> String {
    let fail_on = if gate.fail_on.is_empty() { "none".to_owned() } else { gate.fail_on.join(", ") };
    let need = gate.need_at_least.map(|need| format!("; gate: {need}")).unwrap_or_default();
    format!("fail-on: {fail_on}{need}")
}

/// How often each cause makes it fail, in the order in which they first do.
pub(super) fn counts(gate: &GateReport) -> Vec<Prose> {
    let mut order: Vec<&str> = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for failure in &gate.failures {
        let count = counts.entry(&failure.cause).or_default();
        if *count == 0 {
            order.push(&failure.cause);
        }
        *count += 1;
    }
    let count = |cause: &str| match (cause, counts[cause]) {
        ("regression", 1) => say!("1 regression"),
        ("regression", count) => say!("{} regressions", count),
        ("needless", 1) => say!("1 needless"),
        ("needless", count) => say!("{} needless", count),
        ("inconclusive", 1) => say!("1 inconclusive"),
        ("inconclusive", count) => say!("{} inconclusive", count),
        ("unused-ignore", 1) => say!("1 unused ignore"),
        ("unused-ignore", count) => say!("{} unused ignores", count),
        ("gate", 1) => say!("1 below the least need"),
        ("gate", count) => say!("{} below the least need", count),
        (rules, count) => say!("{} of {}", count, rules),
    };
    order.into_iter().map(count).collect()
}
