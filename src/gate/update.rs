//! Writing a baseline anew, and taking out of it what no longer applies.

use std::collections::BTreeSet;

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
    let mut baseline = Baseline { systems: Vec::new(), ..now.clone() };
    let mut changes = Vec::new();
    let mut known = 0;
    for (at, system) in now.systems.iter().enumerate() {
        let fresh = compared.known[at].iter().filter(|known| !**known).count();
        known += compared.known[at].len() - fresh;
        let findings = findings(fresh);
        if compared.part_of[at].is_some() {
            if fresh > 0 {
                changes.push(format!("{}, read in part: its verdict stays{findings}", system.name));
            }
            continue;
        }
        let mut system = system.clone();
        match compared.systems[at] {
            None => changes.push(format!("{}: {}, need {}{findings}", system.name, id(system.verdict), system.need)),
            Some(entry) => {
                let unseen = compared.unseen.iter().filter(|(system, _)| *system == entry);
                let entry = &old.systems[entry];
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
                // What was not read is kept as it is.
                system.findings.extend(unseen.map(|(_, finding)| entry.findings[*finding].clone()));
            }
        }
        baseline.systems.push(system);
    }
    let fresh = compared.known_of_all.iter().filter(|known| !**known && compared.saw_all).count();
    known += compared.known_of_all.iter().filter(|known| **known).count();
    if fresh > 0 {
        changes.push(format!("all systems together: {}", findings(fresh).trim_start_matches(", ")));
    }
    let replaced: BTreeSet<usize> =
        compared.systems.iter().flatten().copied().filter(|entry| !compared.part_of.contains(&Some(*entry))).collect();
    for (at, entry) in old.systems.iter().enumerate().filter(|(at, _)| !replaced.contains(at)) {
        if compared.gone.contains(&at) {
            changes.push(format!("{}: gone", entry.name));
            continue;
        }
        let mut entry = entry.clone();
        let parts = compared.part_of.iter().enumerate().filter(|(_, holder)| **holder == Some(at));
        for (part, _) in parts {
            let found = now.systems[part].findings.iter().zip(&compared.known[part]);
            entry.findings.extend(found.filter(|(_, known)| !**known).map(|(finding, _)| finding.clone()));
        }
        baseline.systems.push(entry);
    }
    if compared.saw_all {
        baseline.findings.extend(compared.unseen_of_all.iter().map(|at| old.findings[*at].clone()));
    } else {
        baseline.findings.clone_from(&old.findings);
    }
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
        let findings = std::mem::take(&mut entry.findings).into_iter().enumerate();
        let kept = findings.filter(|(finding, _)| !compared.gone_findings.contains(&(at, *finding)));
        entry.findings = kept.map(|(_, finding)| finding).collect();
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
