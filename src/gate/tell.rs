//! What the gate says, in sentences.

use super::baseline::{Finding, System};
use super::cause::Cause;
use crate::assessment::{FindingReport, GateFailure, GateNote, Suppression, SystemAssessment, Verdict};
use crate::language::{Prose, say};

/// The sort of notes about verdicts that are better than before.
pub(super) const BETTER: &str = "better";

/// Findings that are gone, of which as many are named.
const NAMED: usize = 3;

/// A verdict within a sentence.
fn word(verdict: Verdict) -> Prose {
    match verdict {
        Verdict::Needless => say!("needless"),
        Verdict::Debatable => say!("debatable"),
        Verdict::Justified => say!("justified"),
        Verdict::KubernetesNative => say!("k8s-native"),
        Verdict::Inconclusive => say!("inconclusive"),
    }
}

fn points(need: f64) -> (f64, usize) {
    (need, usize::from(need.fract() != 0.0))
}

pub(super) fn needless(system: &SystemAssessment) -> (Prose, Prose) {
    (
        say!("{} runs on Kubernetes and is needless: its need is {} of 100", &system.name, points(system.need.score)),
        say!("`kubeworthy assess` says what would do in its place, and what speaks for each"),
    )
}

pub(super) fn inconclusive(system: &SystemAssessment) -> (Prose, Prose) {
    (
        say!("nothing can be concluded of {}: the confidence is {} %", &system.name, usize::from(system.confidence)),
        say!("`kubeworthy assess` says what could not be read; render charts first, or with --render"),
    )
}

pub(super) fn regression(system: &SystemAssessment, before: Verdict, need: f64) -> (Prose, Prose) {
    (
        say!(
            "{} was {} and is {}: its need went from {} to {}",
            &system.name,
            word(before),
            word(system.verdict),
            points(need),
            points(system.need.score)
        ),
        say!(
            "`kubeworthy diff HEAD .` says which claims moved; where it is meant so, accept it with `kubeworthy baseline`"
        ),
    )
}

pub(super) fn new_and_needless(system: &SystemAssessment) -> (Prose, Prose) {
    (
        say!(
            "{} is new on Kubernetes and arrives needless: its need is {} of 100",
            &system.name,
            points(system.need.score)
        ),
        say!(
            "`kubeworthy assess` says what would do in its place; where it is meant so, accept it with `kubeworthy baseline`"
        ),
    )
}

pub(super) fn need(system: &SystemAssessment, least: f64) -> (Prose, Prose) {
    (
        say!(
            "{} runs on Kubernetes with a need of {} of 100, and the gate asks for {} at least",
            &system.name,
            points(system.need.score),
            points(least)
        ),
        say!("`kubeworthy assess` says what would do in its place, and what speaks for each"),
    )
}

pub(super) fn finding(
    cause: &Cause,
    finding: &FindingReport,
    system: Option<&SystemAssessment>,
    at: usize,
) -> GateFailure {
    GateFailure {
        cause: cause.written().to_owned(),
        code: finding.code.clone(),
        system: system.map(|system| system.id.clone()),
        finding: Some(at),
        message: finding.message.clone(),
        help: Prose::from(&finding.help),
        before: None,
        place: finding.evidence.iter().find(|place| place.is_in_a_file()).or_else(|| finding.evidence.first()).cloned(),
    }
}

pub(super) fn suppression(suppression: &Suppression) -> GateFailure {
    GateFailure {
        cause: Cause::UnusedIgnore.written().to_owned(),
        code: suppression.state.code().unwrap_or_default().to_owned(),
        system: None,
        finding: None,
        message: suppression.message.clone(),
        help: suppression.help.clone(),
        before: None,
        place: suppression.place.clone(),
    }
}

pub(super) fn better(system: &SystemAssessment, before: Verdict) -> GateNote {
    GateNote {
        kind: BETTER,
        message: say!("{} was {} and is {}", &system.name, word(before), word(system.verdict)),
        help: say!("keep it so: write the baseline again with `kubeworthy baseline`"),
    }
}

pub(super) fn no_baseline() -> GateNote {
    GateNote {
        kind: "no-baseline",
        message: say!("there is no baseline yet, so that nothing can be worse than before"),
        help: say!("`kubeworthy baseline` accepts what is there today, and `kubeworthy check` fails on what is worse"),
    }
}

pub(super) fn in_part(system: &SystemAssessment, left_out: Option<&str>) -> GateNote {
    GateNote {
        kind: "in-part",
        message: say!(
            "{} was read in part, so that it is not held against the baseline: {} was not read",
            &system.name,
            left_out.unwrap_or_default()
        ),
        help: say!("name the folder that holds all of it"),
    }
}

pub(super) fn rules_differ() -> GateNote {
    GateNote {
        kind: "rules-differ",
        message: say!("the rules are not those that the baseline was written with"),
        help: say!("what moved may come from them; write the baseline again with the program that the gate uses"),
    }
}

pub(super) fn gone(system: &System) -> GateNote {
    GateNote {
        kind: "gone",
        message: say!("{} stands in the baseline and is gone", &system.name),
        help: say!("`kubeworthy baseline --prune` takes out what no longer applies"),
    }
}

pub(super) fn gone_findings(system: Option<&str>, findings: &[&Finding]) -> GateNote {
    let place = |finding: &&&Finding| match (&finding.file, &finding.object) {
        (Some(file), _) => Prose::name(format!("{} {file}", finding.code)),
        (None, Some(object)) => Prose::name(format!("{} {object}", finding.code)),
        (None, None) => Prose::name(finding.code.clone()),
    };
    let list = Prose::list(findings.iter().take(NAMED).map(|finding| place(&finding)).collect(), ", ");
    let list = match findings.len().saturating_sub(NAMED) {
        0 => list,
        more => say!("{}, and {} more", list, more),
    };
    let message = match system {
        Some(name) => say!("{}: the baseline knows what is no longer found: {}", name, list),
        None => say!("the baseline knows what is no longer found: {}", list),
    };
    GateNote { kind: "gone", message, help: say!("`kubeworthy baseline --prune` takes out what no longer applies") }
}
