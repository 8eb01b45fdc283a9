//! Writing a baseline anew, and taking out of it what no longer applies.

use super::baseline::{Baseline, Verdict};
use super::compare::{Scope, compare};
use super::ladder;

/// A baseline that was changed, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    /// What is to be written.
    pub baseline: Baseline,
    /// What changed, one sentence each.
    pub changes: Vec<String>,
}

/// The baseline that accepts what is now: entries within what was read are replaced, others are kept.
#[must_use]
pub fn update(old: &Baseline, now: &Baseline, scope: &Scope<'_>) -> Updated {
    let compared = compare(old, now, scope);
    let mut baseline = now.clone();
    let mut changes = Vec::new();
    let mut known = 0;
    for (at, system) in now.systems.iter().enumerate() {
        let fresh = compared.known[at].iter().filter(|known| !**known).count();
        known += compared.known[at].len() - fresh;
        let findings = findings(fresh);
        match compared.systems[at].map(|entry| &old.systems[entry]) {
            None => changes.push(format!("{}: {}, need {}{findings}", system.name, id(system.verdict), system.need)),
            Some(entry) => {
                let named = if entry.name == system.name {
                    system.name.clone()
                } else {
                    format!("{} (was {})", system.name, entry.name)
                };
                if entry.verdict != system.verdict {
                    let (before, after) = (id(entry.verdict), id(system.verdict));
                    let way = match (ladder(entry.verdict.into()), ladder(system.verdict.into())) {
                        (Some(before), Some(after)) if after < before => "worse: ",
                        (Some(before), Some(after)) if after > before => "better: ",
                        _ => "",
                    };
                    changes.push(format!("{named}: {way}was {before}, is {after}, need {}{findings}", system.need));
                } else if fresh > 0 || entry.name != system.name {
                    changes.push(format!("{named}: {}{findings}", id(system.verdict)));
                }
            }
        }
    }
    let fresh = compared.known_of_all.iter().filter(|known| !**known).count();
    known += compared.known_of_all.len() - fresh;
    if fresh > 0 {
        changes.push(format!("all systems together: {}", findings(fresh).trim_start_matches(", ")));
    }
    // What was not read is kept as it is.
    for (at, entry) in old.systems.iter().enumerate() {
        if let Some(new) = compared.systems.iter().position(|found| *found == Some(at)) {
            let unseen = compared.unseen.iter().filter(|(system, _)| *system == at);
            baseline.systems[new].findings.extend(unseen.map(|(_, finding)| entry.findings[*finding].clone()));
        } else if compared.gone.contains(&at) {
            changes.push(format!("{}: gone", entry.name));
        } else {
            baseline.systems.push(entry.clone());
        }
    }
    baseline.findings.extend(compared.unseen_of_all.iter().map(|at| old.findings[*at].clone()));
    let gone = compared.gone_findings.len() + compared.gone_of_all.len();
    if gone > 0 {
        changes.push(format!("{} gone", counted(gone)));
    }
    if known > 0 && !changes.is_empty() {
        changes.push(format!("{} known before", counted(known)));
    }
    baseline.sort();
    Updated { baseline, changes }
}

/// The baseline without what no longer applies. Nothing new is accepted, and no verdict is touched.
#[must_use]
pub fn prune(old: &Baseline, now: &Baseline, scope: &Scope<'_>) -> Updated {
    let compared = compare(old, now, scope);
    let mut changes = Vec::new();
    let mut baseline = Baseline { systems: Vec::new(), findings: Vec::new(), ..old.clone() };
    for (at, entry) in old.systems.iter().enumerate() {
        if compared.gone.contains(&at) {
            changes.push(format!("{}: gone", entry.name));
            continue;
        }
        let mut entry = entry.clone();
        let before = entry.findings.len();
        let mut index = 0;
        entry.findings.retain(|_| {
            index += 1;
            !compared.gone_findings.contains(&(at, index - 1))
        });
        if entry.findings.len() < before {
            changes.push(format!("{}: {} gone", entry.name, counted(before - entry.findings.len())));
        }
        baseline.systems.push(entry);
    }
    let kept = old.findings.iter().enumerate().filter(|(at, _)| !compared.gone_of_all.contains(at));
    baseline.findings = kept.map(|(_, finding)| finding.clone()).collect();
    if baseline.findings.len() < old.findings.len() {
        let gone = old.findings.len() - baseline.findings.len();
        changes.push(format!("all systems together: {} gone", counted(gone)));
    }
    baseline.sort();
    Updated { baseline, changes }
}

fn findings(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", 1 finding".to_owned(),
        count => format!(", {count} findings"),
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") }
}

fn id(verdict: Verdict) -> &'static str {
    crate::assessment::Verdict::from(verdict).id()
}
