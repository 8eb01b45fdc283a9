//! The gate: an assessment held against what should fail, and against the baseline. A pure function.

pub mod baseline;
mod cause;
mod compare;
mod tell;
mod touched;
mod update;

pub use baseline::Baseline;
pub use cause::{Cause, NAMED};
pub use compare::Scope;
pub use touched::{Touched, only_touched, touched};
pub use update::{Updated, prune, update};

use std::collections::BTreeSet;

use crate::assessment::{Assessment, GateFailure, GateNote, GateReport, SystemAssessment, Verdict};
use compare::{Compared, compare};

/// The code that verdicts are told under; no rule has it.
const VERDICT: &str = "KW000";
/// What fails where nobody says.
const DEFAULT: &str = "regression";
/// The cause of a need below the least.
const NEED: &str = "gate";

/// What the command line says over every configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// What fails, as it was written; empty for what the configuration says.
    pub fail_on: Vec<String>,
    /// The need below which a system fails, 0 to 100; none for what the configuration says.
    pub need_at_least: Option<f64>,
}

/// A baseline to hold an assessment against.
pub struct Held<'b> {
    /// The name of its file, for people.
    pub name: String,
    /// What was accepted.
    pub accepted: &'b Baseline,
    /// What would accept all that is now.
    pub now: &'b Baseline,
    /// What was read.
    pub scope: &'b Scope<'b>,
}

/// Something that cannot fail, since it is no cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCause {
    /// As it was written.
    pub written: String,
    /// Whether it stands on the command line, rather than in a configuration.
    pub is_on_the_command_line: bool,
    /// What may stand there.
    pub help: String,
}

/// What fails for one system.
struct Terms {
    causes: Vec<Cause>,
    need_at_least: Option<f64>,
}

/// Holds an assessment against what should fail.
///
/// # Errors
///
/// Where something is named that is no cause.
pub fn judge(
    assessment: &Assessment,
    asked: &Asked,
    held: Option<&Held<'_>>,
    touched: Option<&Touched>,
) -> Result<GateReport, UnknownCause> {
    let compared = held.map(|held| compare(held.accepted, held.now, held.scope));
    let mut gate = Gate { assessment, held, compared, touched, report: GateReport::default(), rules_matter: false };
    gate.report.baseline = held.map(|held| held.name.clone());
    gate.report.touched_of = touched.map(|_| assessment.systems.len());
    gate.report.touched_files = touched.map(|touched| touched.files.clone()).unwrap_or_default();
    let mut fail_on: BTreeSet<String> = BTreeSet::new();
    let mut of_systems = Vec::new();
    for (at, system) in assessment.systems.iter().enumerate() {
        let terms = terms(assessment, system, asked)?;
        if gate.tells(at) {
            fail_on.extend(terms.causes.iter().map(|cause| cause.written().to_owned()));
            gate.system(at, system, &terms);
        }
        of_systems.push(terms);
    }
    let of_all = terms(assessment, &assessment.estate, asked)?;
    if fail_on.is_empty() && (0..assessment.systems.len()).all(|at| !gate.tells(at)) {
        fail_on.extend(of_all.causes.iter().map(|cause| cause.written().to_owned()));
    }
    if (0..assessment.systems.len()).all(|at| gate.tells(at)) {
        gate.findings_of_all(&of_all);
    }
    gate.suppressions(&of_systems, &of_all);
    gate.notes(fail_on.contains(DEFAULT));
    let mut report = gate.report;
    report.fail_on = fail_on.into_iter().collect();
    let least = of_systems.iter().filter_map(|terms| terms.need_at_least);
    report.need_at_least = least.max_by(f64::total_cmp);
    Ok(report)
}

/// What fails for a system: its configuration, with the command line over it.
fn terms(assessment: &Assessment, system: &SystemAssessment, asked: &Asked) -> Result<Terms, UnknownCause> {
    let default = [DEFAULT.to_owned()];
    let is_on_the_command_line = !asked.fail_on.is_empty();
    let written = if is_on_the_command_line {
        asked.fail_on.as_slice()
    } else {
        system.policy.fail_on.as_deref().unwrap_or(&default)
    };
    let mut causes = Vec::new();
    for each in written {
        let unknown = |help| UnknownCause { written: each.clone(), is_on_the_command_line, help };
        causes.extend(Cause::parse(each, &assessment.rules).map_err(unknown)?);
    }
    causes.sort();
    causes.dedup();
    Ok(Terms { causes, need_at_least: asked.need_at_least.or(system.policy.need_at_least) })
}

struct Gate<'g> {
    assessment: &'g Assessment,
    held: Option<&'g Held<'g>>,
    compared: Option<Compared>,
    touched: Option<&'g Touched>,
    report: GateReport,
    /// Whether something is told that other rules may have brought about.
    rules_matter: bool,
}

impl Gate<'_> {
    /// Whether a system is told.
    fn tells(&self, at: usize) -> bool {
        self.touched.is_none_or(|touched| touched.systems.contains(&at))
    }

    fn system(&mut self, at: usize, system: &SystemAssessment, terms: &Terms) {
        let before = self.before(at);
        let verdict = |cause: &str, (message, help)| GateFailure {
            cause: cause.to_owned(),
            code: VERDICT.to_owned(),
            system: Some(system.id.clone()),
            finding: None,
            message,
            help,
            before: before.map(|before| (before.verdict, before.need)),
            place: system.anchor.clone(),
        };
        let is_needless = system.on_kubernetes && system.verdict == Verdict::Needless;
        let mut failures = Vec::new();
        for cause in &terms.causes {
            let told = match cause {
                Cause::Needless if is_needless => tell::needless(system),
                Cause::Inconclusive if system.verdict == Verdict::Inconclusive => tell::inconclusive(system),
                Cause::Regression if system.on_kubernetes && self.held.is_some() => {
                    match before.filter(|before| before.on_kubernetes) {
                        Some(before) if is_worse(before.verdict, system.verdict) => {
                            self.rules_matter = true;
                            tell::regression(system, before.verdict, before.need)
                        }
                        None if is_needless => {
                            self.rules_matter = true;
                            tell::new_and_needless(system)
                        }
                        _ => continue,
                    }
                }
                _ => continue,
            };
            failures.push(verdict(cause.written(), told));
        }
        let spared = matches!(system.verdict, Verdict::Inconclusive | Verdict::KubernetesNative);
        if let Some(least) = terms.need_at_least.filter(|_| system.on_kubernetes && !spared)
            && system.need.score < least
        {
            failures.push(verdict(NEED, tell::need(system, least)));
        }
        for (index, finding) in system.findings.iter().enumerate() {
            let known = self.is_known(Some(at), index);
            self.report.known_findings += usize::from(known);
            if known {
                self.report.known.entry(system.id.clone()).or_default().insert(index);
            }
            for cause in terms.causes.iter().filter(|cause| !known && cause.is_of(&finding.code)) {
                self.rules_matter |= self.held.is_some();
                failures.push(tell::finding(cause, finding, Some(system), index));
            }
        }
        self.report.failures.extend(failures);
        if let Some(before) = before.filter(|_| system.on_kubernetes)
            && is_worse(system.verdict, before.verdict)
        {
            self.report.notes.push(tell::better(system, before.verdict));
        }
    }

    /// What all systems together make, and none of them by itself.
    fn findings_of_all(&mut self, terms: &Terms) {
        let findings = self.assessment.findings_of_all();
        for (index, (at, finding)) in findings.enumerate() {
            let known = self.is_known(None, index);
            self.report.known_findings += usize::from(known);
            if known {
                self.report.known.entry(self.assessment.estate.id.clone()).or_default().insert(at);
            }
            for cause in terms.causes.iter().filter(|cause| !known && cause.is_of(&finding.code)) {
                self.rules_matter |= self.held.is_some();
                self.report.failures.push(tell::finding(cause, finding, None, at));
            }
        }
    }

    /// Suppressions that somebody should do something about. They belong to no system: what counts is what the systems say
    /// in whose files they stand, and what holds for all where they stand in none.
    fn suppressions(&mut self, of_systems: &[Terms], of_all: &Terms) {
        let asks = |terms: &Terms| terms.causes.contains(&Cause::UnusedIgnore);
        for suppression in self.assessment.suppressions.iter().filter(|suppression| suppression.state.is_mistaken()) {
            let file = suppression.place.as_ref().map(|place| &place.file);
            let systems = self.assessment.systems.iter().zip(of_systems).enumerate();
            let of: Vec<(usize, &Terms)> = systems
                .filter(|(_, (system, _))| file.is_some_and(|file| system.files.contains(file)))
                .map(|(at, (_, terms))| (at, terms))
                .collect();
            let is_of_none = of.is_empty()
                && self.touched.is_none_or(|touched| file.is_some_and(|file| touched.files.contains(file)));
            if of.iter().any(|(at, terms)| self.tells(*at) && asks(terms))
                || is_of_none && (asks(of_all) || of_systems.iter().any(asks))
            {
                self.report.failures.push(tell::suppression(suppression));
            }
        }
    }

    /// What may be told beside what fails.
    fn notes(&mut self, asks_for_regressions: bool) {
        let (Some(held), Some(compared)) = (self.held, &self.compared) else {
            let mut told = self.assessment.systems.iter().enumerate().filter(|(at, _)| self.tells(*at));
            if asks_for_regressions && told.any(|(_, system)| system.on_kubernetes) {
                self.report.notes.push(tell::no_baseline());
            }
            return;
        };
        let notes: &mut Vec<GateNote> = &mut self.report.notes;
        if held.accepted.rules_digest != held.now.rules_digest && (self.rules_matter || !notes.is_empty()) {
            notes.push(tell::rules_differ());
        }
        let entries = &held.accepted.systems;
        let is_told = |anchor: &Option<String>| {
            self.touched.is_none_or(|touched| anchor.as_ref().is_some_and(|file| touched.entries.contains(file)))
        };
        let gone = compared.gone.iter().map(|at| &entries[*at]).filter(|entry| is_told(&entry.anchor));
        notes.extend(gone.map(tell::gone));
        for (at, entry) in entries.iter().enumerate() {
            let is_of = |system: usize| compared.systems.get(system) == Some(&Some(at));
            if self.touched.is_some_and(|touched| !touched.systems.iter().any(|system| is_of(*system))) {
                continue;
            }
            let gone = compared.gone_findings.iter().filter(|(system, _)| *system == at);
            let gone: Vec<_> = gone.map(|(_, finding)| &entry.findings[*finding]).collect();
            notes.extend((!gone.is_empty()).then(|| tell::gone_findings(Some(&entry.name), &gone)));
        }
        if self.touched.is_some() {
            return;
        }
        let gone: Vec<_> = compared.gone_of_all.iter().map(|at| &held.accepted.findings[*at]).collect();
        notes.extend((!gone.is_empty()).then(|| tell::gone_findings(None, &gone)));
    }

    /// What the baseline says of a system.
    fn before(&self, at: usize) -> Option<Before> {
        let (held, compared) = (self.held?, self.compared.as_ref()?);
        let entry = held.accepted.systems.get((*compared.systems.get(at)?)?)?;
        Some(Before { verdict: entry.verdict.into(), need: entry.need, on_kubernetes: entry.on_kubernetes })
    }

    /// Whether the baseline knows a finding.
    fn is_known(&self, system: Option<usize>, index: usize) -> bool {
        let Some(compared) = &self.compared else { return false };
        match system {
            Some(system) => compared.known.get(system).and_then(|known| known.get(index)).copied().unwrap_or(false),
            None => compared.known_of_all.get(index).copied().unwrap_or(false),
        }
    }
}

#[derive(Clone, Copy)]
struct Before {
    verdict: Verdict,
    need: f64,
    on_kubernetes: bool,
}

/// How far up the ladder a verdict stands; none where nothing can be concluded.
fn ladder(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Needless => Some(0),
        Verdict::Debatable => Some(1),
        Verdict::Justified | Verdict::KubernetesNative => Some(2),
        Verdict::Inconclusive => None,
    }
}

/// Whether the second verdict stands lower than the first.
fn is_worse(before: Verdict, after: Verdict) -> bool {
    matches!((ladder(before), ladder(after)), (Some(before), Some(after)) if after < before)
}
