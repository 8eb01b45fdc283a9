//! The answer of the gate in words that several formats share: why it fails, and the last line.

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
    parts.push(said(
        voice,
        &if gate.passes() { say!("gate passed ({})", asked) } else { say!("gate failed ({})", asked) },
    ));
    parts.join(" · ")
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
