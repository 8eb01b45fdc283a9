//! Two reports side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::pairs;
use super::read::{Claim, Finding, Place, Report, Standing, Suppressed, System};
use super::wire::{
    Change, ClaimChange, ClaimMoved, Difference, FindingChange, Match, Moved, NeedRange, Origin, Rungs, SCHEMA, Side,
    StatementChange, Status, Summary, SuppressedChange, UnknownChange,
};
use crate::report::json;

/// How many places of evidence are kept.
const PLACES: usize = 20;

/// What moved between two reports. Each comes with its name, where it comes from, and its commit.
#[must_use]
pub fn compare(old: (&Report, &str, Origin, Option<&str>), new: (&Report, &str, Origin, Option<&str>)) -> Difference {
    let (before, after) = (old.0, new.0);
    let found = pairs(&before.systems, &after.systems);
    let paired_old: BTreeSet<usize> = found.iter().map(|(a, _, _)| *a).collect();
    let paired_new: BTreeSet<usize> = found.iter().map(|(_, b, _)| *b).collect();
    let mut systems: Vec<Change> = found
        .into_iter()
        .map(|(a, b, by)| change(Some(&before.systems[a]), Some(&after.systems[b]), Some(by)))
        .collect();
    let alone = |systems: &[System], paired: &BTreeSet<usize>| -> Vec<usize> {
        (0..systems.len()).filter(|at| !paired.contains(at)).collect()
    };
    systems.extend(
        alone(&before.systems, &paired_old).into_iter().map(|at| change(Some(&before.systems[at]), None, None)),
    );
    systems
        .extend(alone(&after.systems, &paired_new).into_iter().map(|at| change(None, Some(&after.systems[at]), None)));
    let all = systems.len();
    systems.retain(|change| change.status != Status::Same);
    let unchanged = all - systems.len();
    systems.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| far(b).total_cmp(&far(a))).then_with(|| key(a).cmp(&key(b)))
    });
    Difference {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_differ: before.tool.rules_digest != after.tool.rules_digest,
        versions_differ: before.tool.version != after.tool.version,
        old: side(old),
        new: side(new),
        estate: change(Some(&before.estate), Some(&after.estate), Some(Match::Id)),
        systems,
        unchanged,
    }
}

fn side((report, name, origin, commit): (&Report, &str, Origin, Option<&str>)) -> Side {
    Side {
        name: name.to_owned(),
        origin,
        commit: commit.map(str::to_owned),
        version: report.tool.version.clone(),
        rules_digest: report.tool.rules_digest.clone(),
        inputs_digest: report.inputs.digest.clone(),
        documents: report.inputs.documents,
        understood: report.inputs.understood,
    }
}

/// What comes first: verdicts that moved, then what came and went, then the rest.
fn rank(change: &Change) -> u8 {
    match change.status {
        _ if change.verdict_moved => 0,
        Status::New | Status::Gone => 1,
        _ => 2,
    }
}

/// How far the need moved; all of it for what came or went.
fn far(change: &Change) -> f64 {
    let score = |side: &Option<Summary>| side.as_ref().map_or(0.0, |summary| summary.need.score);
    (score(&change.new) - score(&change.old)).abs()
}

/// The same whichever side is which.
fn key(change: &Change) -> (&str, &str) {
    let [a, b] = [&change.old, &change.new].map(|side| side.as_ref().map_or("", |summary| summary.id.as_str()));
    if a < b { (a, b) } else { (b, a) }
}

fn change(old: Option<&System>, new: Option<&System>, matched_by: Option<Match>) -> Change {
    let nothing = System::default();
    let (before, after) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
    let both = old.is_some() && new.is_some();
    let mut change = Change {
        status: Status::Same,
        matched_by,
        old: old.map(summary),
        new: new.map(summary),
        verdict_moved: both && (before.verdict != after.verdict || before.through != after.through),
        need_moved: both.then(|| tenths(after.need.score - before.need.score)),
        confidence_moved: both.then(|| i16::from(after.confidence) - i16::from(before.confidence)),
        suggested_moved: both && before.suggested != after.suggested,
        claims: claims(before, after),
        findings: findings(before, after),
        unknowns: unknowns(before, after),
        statements: statements(before, after),
        suppressed: suppressed(before, after),
    };
    let (findings, suppressed) = (&mut change.findings, &change.suppressed);
    findings.retain(|finding| !suppressed.iter().any(|behind| is_behind(finding, behind)));
    let moved = change.verdict_moved
        || change.suggested_moved
        || change.need_moved.is_some_and(|moved| moved != 0.0)
        || change.confidence_moved.is_some_and(|moved| moved != 0)
        || !change.claims.is_empty()
        || !change.findings.is_empty()
        || !change.unknowns.is_empty()
        || !change.statements.is_empty()
        || !change.suppressed.is_empty()
        || change.old.as_ref().zip(change.new.as_ref()).is_some_and(|(old, new)| {
            (old.need, old.workloads, old.availability, old.scale, &old.overlay)
                != (new.need, new.workloads, new.availability, new.scale, &new.overlay)
        });
    change.status = match (old, new) {
        (None, _) => Status::New,
        (_, None) => Status::Gone,
        (Some(old), Some(new)) if old.id != new.id => Status::Renamed,
        _ if moved => Status::Changed,
        _ => Status::Same,
    };
    change
}

fn summary(system: &System) -> Summary {
    let rungs = |standing: Standing| Rungs { low: standing.low, high: standing.high };
    let named = |id: &String| system.targets.iter().find(|target| target.id == *id).map(|target| target.name.clone());
    Summary {
        id: system.id.clone(),
        name: system.name.clone(),
        workloads: system.workloads,
        verdict: system.verdict,
        through: system.through.clone(),
        need: NeedRange { score: system.need.score, low: system.need.low, high: system.need.high },
        confidence: system.confidence,
        availability: rungs(system.ladders.availability),
        scale: rungs(system.ladders.scale),
        suggested: system.suggested.clone(),
        suggested_name: system.suggested.as_ref().and_then(named).or_else(|| system.suggested.clone()),
        overlay: system.overlay.as_ref().map(|overlay| overlay.assessed.clone()),
    }
}

fn claims(old: &System, new: &System) -> Vec<ClaimChange> {
    let by_capability = |system: &System| -> BTreeMap<String, Claim> {
        let mut claims: BTreeMap<String, Claim> = BTreeMap::new();
        for claim in &system.claims {
            match claims.get_mut(&claim.capability) {
                // A capability is claimed once; were it twice, the shares would still add up.
                Some(first) => {
                    first.share += claim.share;
                    first.grade = first.grade.max(claim.grade);
                }
                None => {
                    claims.insert(claim.capability.clone(), claim.clone());
                }
            }
        }
        claims
    };
    let (before, after) = (by_capability(old), by_capability(new));
    let capabilities: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut changes: Vec<ClaimChange> = capabilities
        .into_iter()
        .filter_map(|capability| claim(before.get(capability), after.get(capability)))
        .collect();
    changes.sort_by(|a, b| {
        let far = |change: &ClaimChange| change.share_moved.abs();
        far(b).total_cmp(&far(a)).then_with(|| a.capability.cmp(&b.capability))
    });
    changes
}

fn claim(old: Option<&Claim>, new: Option<&Claim>) -> Option<ClaimChange> {
    let share = |claim: Option<&Claim>| claim.map_or(0.0, |claim| claim.share);
    let share_moved = tenths(share(new) - share(old));
    let moved = match (old, new) {
        (None, _) => ClaimMoved::Added,
        (_, None) => ClaimMoved::Gone,
        (Some(old), Some(new)) => match new.grade.cmp(&old.grade) {
            std::cmp::Ordering::Greater => ClaimMoved::Stronger,
            std::cmp::Ordering::Less => ClaimMoved::Weaker,
            std::cmp::Ordering::Equal if share_moved != 0.0 => ClaimMoved::Share,
            std::cmp::Ordering::Equal => return None,
        },
    };
    let said = new.or(old)?;
    let rules: BTreeSet<&String> = old.into_iter().chain(new).flat_map(|claim| &claim.rules).collect();
    Some(ClaimChange {
        capability: said.capability.clone(),
        axis: said.axis.clone(),
        moved,
        old_grade: old.map(|claim| claim.grade),
        new_grade: new.map(|claim| claim.grade),
        old_share: share(old),
        new_share: share(new),
        share_moved,
        rules: rules.into_iter().cloned().collect(),
        message: said.message.clone(),
        evidence: places(&said.evidence),
    })
}

/// What is only on one side, each with whether it came or went. What has the same key twice has to be there twice.
fn one_sided<'s, T, K: Ord>(old: &'s [T], new: &'s [T], key: impl Fn(&T) -> K) -> Vec<(Moved, &'s T)> {
    let mut counts: BTreeMap<K, i64> = BTreeMap::new();
    for each in old {
        *counts.entry(key(each)).or_default() -= 1;
    }
    for each in new {
        *counts.entry(key(each)).or_default() += 1;
    }
    let mut found = Vec::new();
    for (moved, side, sign) in [(Moved::New, new, 1), (Moved::Gone, old, -1)] {
        for each in side {
            let Some(count) = counts.get_mut(&key(each)).filter(|count| **count * sign > 0) else { continue };
            *count -= sign;
            found.push((moved, each));
        }
    }
    found
}

/// A rule says the same where its words and the thing are the same, whatever the line.
fn said(code: &str, message: &str, evidence: &[Place]) -> impl Ord + use<> {
    let thing = evidence.first().map(|place| (place.object.clone(), place.path.clone()));
    (code.to_owned(), message.to_owned(), thing)
}

fn findings(old: &System, new: &System) -> Vec<FindingChange> {
    let key = |finding: &Finding| said(&finding.code, &finding.message, &finding.evidence);
    let mut changes: Vec<FindingChange> = one_sided(&old.findings, &new.findings, key)
        .into_iter()
        .map(|(moved, finding)| FindingChange {
            moved,
            code: finding.code.clone(),
            name: finding.name.clone(),
            level: finding.level.clone(),
            message: finding.message.clone(),
            evidence: places(&finding.evidence),
        })
        .collect();
    changes.sort_by(|a, b| (&a.code, &a.message, a.moved).cmp(&(&b.code, &b.message, b.moved)));
    changes
}

fn suppressed(old: &System, new: &System) -> Vec<SuppressedChange> {
    let key = |each: &Suppressed| said(&each.code, &each.message, &each.evidence);
    let mut changes: Vec<SuppressedChange> = one_sided(&old.suppressed, &new.suppressed, key)
        .into_iter()
        .map(|(moved, each)| SuppressedChange {
            moved,
            code: each.code.clone(),
            message: each.message.clone(),
            reason: each.reason.clone(),
            share: each.share,
            evidence: places(&each.evidence),
        })
        .collect();
    changes.sort_by(|a, b| (&a.code, &a.message, a.moved).cmp(&(&b.code, &b.message, b.moved)));
    changes
}

/// Whether a finding that went is suppressed now, or one that came was suppressed before.
fn is_behind(finding: &FindingChange, suppressed: &SuppressedChange) -> bool {
    let thing = |evidence: &[json::Place]| evidence.first().map(|place| (place.object.clone(), place.path.clone()));
    finding.moved != suppressed.moved
        && (&finding.code, &finding.message) == (&suppressed.code, &suppressed.message)
        && thing(&finding.evidence) == thing(&suppressed.evidence)
}

fn unknowns(old: &System, new: &System) -> Vec<UnknownChange> {
    let asked = |system: &System| -> BTreeMap<String, String> {
        system.unknowns.iter().map(|unknown| (unknown.key.clone(), unknown.question.clone())).collect()
    };
    let (before, after) = (asked(old), asked(new));
    let came = after.iter().filter(|(key, _)| !before.contains_key(*key)).map(|entry| (Moved::New, entry));
    let went = before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|entry| (Moved::Gone, entry));
    let mut changes: Vec<UnknownChange> = came
        .chain(went)
        .map(|(moved, (key, question))| UnknownChange { moved, question: question.clone(), key: key.clone() })
        .collect();
    changes.sort_by(|a, b| a.key.cmp(&b.key));
    changes
}

fn statements(old: &System, new: &System) -> Vec<StatementChange> {
    let stated = |system: &System| -> BTreeMap<String, String> {
        system.statements.iter().map(|statement| (statement.key.clone(), statement.value.clone())).collect()
    };
    let (before, after) = (stated(old), stated(new));
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let (old, new) = (before.get(key), after.get(key));
            let moved = match (old, new) {
                (None, _) => Moved::New,
                (_, None) => Moved::Gone,
                (Some(old), Some(new)) if old != new => Moved::Changed,
                _ => return None,
            };
            Some(StatementChange { moved, key: key.clone(), old: old.cloned(), new: new.cloned() })
        })
        .collect()
}

fn places(places: &[Place]) -> Vec<json::Place> {
    let place = |place: &Place| json::Place {
        file: place.file.clone(),
        line: place.line,
        column: None,
        end_line: None,
        end_column: None,
        object: place.object.clone(),
        path: place.path.clone(),
        observed: None,
        rendered: None,
    };
    places.iter().take(PLACES).map(place).collect()
}

/// One decimal, and no negative zero.
fn tenths(value: f64) -> f64 {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == 0.0 { 0.0 } else { rounded }
}
