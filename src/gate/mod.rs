//! The gate: an assessment held against what should fail, and against the baseline. A pure function.

pub mod baseline;
mod cause;
mod compare;
mod tell;
mod touched;
mod update;

pub use baseline::Baseline;
pub use cause::Cause;
pub use compare::Scope;
pub use touched::{Touched, known_files, only_touched, touched};
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

/// A baseline to hold systems against.
pub struct Held<'b> {
    /// The name of its file, for people.
    pub name: String,
    /// What was accepted.
    pub accepted: &'b Baseline,
    /// What would accept all of these systems as they are now, in their order.
    pub now: &'b Baseline,
    /// What was read.
    pub scope: &'b Scope<'b>,
    /// The systems, by their places in the list of the assessment.
    pub systems: &'b [usize],
    /// Whether what all systems together are found to do is held against it too.
    pub is_of_all: bool,
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
    held: &[Held<'_>],
    touched: Option<&Touched>,
) -> Result<GateReport, UnknownCause> {
    let held = held.iter().map(|held| (held, compare(held.accepted, held.now, held.scope))).collect::<Vec<_>>();
    let mut gate = Gate { assessment, held, touched, report: GateReport::default(), rules_matter: false };
    let names: Vec<&str> = gate.held.iter().map(|(held, _)| held.name.as_str()).collect();
    gate.report.baseline = (!names.is_empty()).then(|| names.join(", "));
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
    let told = (0..assessment.systems.len()).filter(|at| gate.tells(*at)).count();
    if told == 0 || told == assessment.systems.len() {
        fail_on.extend(of_all.causes.iter().map(|cause| cause.written().to_owned()));
    }
    if told == assessment.systems.len() {
        gate.findings_of_all(&of_all);
    }
    gate.suppressions(&of_systems, &of_all);
    gate.notes(fail_on.contains(DEFAULT));
    let causes: BTreeSet<&Cause> = of_systems.iter().chain([&of_all]).flat_map(|terms| &terms.causes).collect();
    let finds = |code: &String| assessment.rules.get(code).is_none_or(|rule| rule.finds);
    let never = causes.into_iter().filter(|cause| cause.is_without(&finds) && fail_on.contains(cause.written()));
    gate.report.notes.extend(never.map(|cause| tell::never_fails(cause.written())));
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
    // Whoever says that nothing should fail means the need too.
    let configured = system.policy.need_at_least.filter(|_| !(is_on_the_command_line && causes.is_empty()));
    Ok(Terms { causes, need_at_least: asked.need_at_least.or(configured) })
}

struct Gate<'g> {
    assessment: &'g Assessment,
    held: Vec<(&'g Held<'g>, Compared)>,
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
        let is_held = self.held_of(at).is_some_and(|(_, compared, own)| compared.part_of[own].is_none());
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
                Cause::Regression if system.on_kubernetes && is_held => {
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
            if let Some(cause) = terms.causes.iter().find(|cause| !known && cause.is_of(&finding.code)) {
                self.rules_matter |= self.held_of(at).is_some();
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
        let mut held = self.held.iter().filter(|(held, _)| held.is_of_all);
        let saw_all = held.all(|(_, compared)| compared.saw_all);
        let findings = self.assessment.findings_of_all();
        for (index, (at, finding)) in findings.enumerate() {
            let known = self.is_known(None, index);
            self.report.known_findings += usize::from(known);
            if known {
                self.report.known.entry(self.assessment.estate.id.clone()).or_default().insert(at);
            }
            if let Some(cause) = terms.causes.iter().find(|cause| saw_all && !known && cause.is_of(&finding.code)) {
                self.rules_matter |= self.held.iter().any(|(held, _)| held.is_of_all);
                self.report.failures.push(tell::finding(cause, finding, None, at));
            }
        }
    }

    /// Suppressions that somebody should do something about. They belong to no system: what counts is what the systems say
    /// in whose files they stand, and what holds for all where they stand in none.
    fn suppressions(&mut self, of_systems: &[Terms], of_all: &Terms) {
        for suppression in self.assessment.suppressions.iter().filter(|suppression| suppression.state.is_mistaken()) {
            let code = suppression.state.code().unwrap_or_default();
            let asking = |terms: &Terms| {
                let asks = |cause: &&Cause| **cause == Cause::UnusedIgnore || cause.is_of(code);
                terms.causes.iter().find(asks).map(|cause| cause.written().to_owned())
            };
            let file = suppression.place.as_ref().map(|place| &place.file);
            let systems = self.assessment.systems.iter().zip(of_systems).enumerate();
            let of: Vec<(usize, &Terms)> = systems
                .filter(|(_, (system, _))| file.is_some_and(|file| system.files.contains(file)))
                .map(|(at, (_, terms))| (at, terms))
                .collect();
            let is_of_none = of.is_empty()
                && self.touched.is_none_or(|touched| file.is_some_and(|file| touched.files.contains(file)));
            let cause = if is_of_none {
                asking(of_all).or_else(|| of_systems.iter().find_map(asking))
            } else {
                of.iter().filter(|(at, _)| self.tells(*at)).find_map(|(_, terms)| asking(terms))
            };
            self.report.failures.extend(cause.map(|cause| GateFailure { cause, ..tell::suppression(suppression) }));
        }
    }

    /// What may be told beside what fails.
    fn notes(&mut self, asks_for_regressions: bool) {
        let mut told = self.assessment.systems.iter().enumerate().filter(|(at, _)| self.tells(*at));
        let lacks = |(at, system): (usize, &SystemAssessment)| system.on_kubernetes && self.held_of(at).is_none();
        if asks_for_regressions && told.any(lacks) {
            self.report.notes.push(tell::no_baseline());
        }
        let differ = self.held.iter().any(|(held, _)| held.accepted.rules_digest != held.now.rules_digest);
        if differ && (self.rules_matter || self.report.notes.iter().any(|note| note.kind == tell::BETTER)) {
            self.report.notes.push(tell::rules_differ());
        }
        for at in 0..self.held.len() {
            let (held, compared) = &self.held[at];
            let mut notes = Vec::new();
            if asks_for_regressions {
                notes.extend(self.read_in_part(held, compared));
            }
            notes.extend(self.gone(held, compared));
            self.report.notes.extend(notes);
        }
    }

    /// What was read in part, so that nothing is said of it.
    fn read_in_part(&self, held: &Held<'_>, compared: &Compared) -> Vec<GateNote> {
        let parts = compared.part_of.iter().zip(held.systems);
        let told = parts.filter(|(_, at)| self.tells(**at) && self.assessment.systems[**at].on_kubernetes);
        told.filter_map(|(entry, at)| {
            let entry = &held.accepted.systems[(*entry)?];
            let left_out = entry.written_in().find(|file| held.scope.leaves_out(file));
            Some(tell::in_part(&self.assessment.systems[*at], left_out.map(String::as_str)))
        })
        .collect()
    }

    /// What the baseline knows and is no longer there.
    fn gone(&self, held: &Held<'_>, compared: &Compared) -> Vec<GateNote> {
        let entries = &held.accepted.systems;
        let is_told = |anchor: &Option<String>| {
            self.touched.is_none_or(|touched| anchor.as_ref().is_some_and(|file| touched.entries.contains(file)))
        };
        let gone = compared.gone.iter().map(|at| &entries[*at]).filter(|entry| is_told(&entry.anchor));
        let mut notes: Vec<GateNote> = gone.map(tell::gone).collect();
        let told: BTreeSet<usize> = compared
            .systems
            .iter()
            .zip(held.systems)
            .filter(|(_, at)| self.tells(**at))
            .filter_map(|(entry, _)| *entry)
            .collect();
        for (at, entry) in entries.iter().enumerate().filter(|(at, _)| self.touched.is_none() || told.contains(at)) {
            let gone = compared.gone_findings.range((at, 0)..(at + 1, 0));
            let gone: Vec<_> = gone.map(|(_, finding)| &entry.findings[*finding]).collect();
            notes.extend((!gone.is_empty()).then(|| tell::gone_findings(Some(&entry.name), &gone)));
        }
        if self.touched.is_none() && held.is_of_all {
            let gone: Vec<_> = compared.gone_of_all.iter().map(|at| &held.accepted.findings[*at]).collect();
            notes.extend((!gone.is_empty()).then(|| tell::gone_findings(None, &gone)));
        }
        notes
    }

    /// The baseline that a system is held against, and its place among those that are.
    fn held_of(&self, at: usize) -> Option<(&Held<'_>, &Compared, usize)> {
        self.held.iter().find_map(|(held, compared)| {
            let own = held.systems.iter().position(|system| *system == at)?;
            Some((*held, compared, own))
        })
    }

    /// What the baseline says of a system, where all of it was read.
    fn before(&self, at: usize) -> Option<Before> {
        let (held, compared, own) = self.held_of(at)?;
        let entry = &held.accepted.systems[compared.systems[own].filter(|_| compared.part_of[own].is_none())?];
        Some(Before { verdict: entry.verdict.into(), need: entry.need, on_kubernetes: entry.on_kubernetes })
    }

    /// Whether the baseline knows a finding.
    fn is_known(&self, system: Option<usize>, index: usize) -> bool {
        let known = match system {
            Some(system) => self.held_of(system).and_then(|(_, compared, own)| compared.known.get(own)),
            None => self.held.iter().find(|(held, _)| held.is_of_all).map(|(_, compared)| &compared.known_of_all),
        };
        known.and_then(|known| known.get(index)).copied().unwrap_or(false)
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
