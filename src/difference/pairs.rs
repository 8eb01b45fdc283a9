//! Which system of one side is which of the other: by id, then by name and what tied it together, then by name alone, then
//! by what the evidence points at. Every step treats both sides alike, so that exchanging them gives the same pairs.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Place, System};
use super::wire::Match;

/// The least share of objects that two sides of one system have in common.
const OVERLAP: f64 = 0.5;

/// The pairs as indices of both sides, and how each was found.
pub(super) fn pairs(old: &[System], new: &[System]) -> Vec<(usize, usize, Match)> {
    let mut pairs = Vec::new();
    let mut left: (BTreeSet<usize>, BTreeSet<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    let mut unique =
        |key: &dyn Fn(&System) -> String, found_by: Match, left: &mut (BTreeSet<usize>, BTreeSet<usize>)| {
            let (by_old, by_new) = (keyed(old, &left.0, key), keyed(new, &left.1, key));
            for (key, olds) in by_old {
                // What is there twice is not told apart by it.
                if let ([a], Some([b])) = (olds.as_slice(), by_new.get(&key).map(Vec::as_slice)) {
                    pairs.push((*a, *b, found_by));
                    left.0.remove(a);
                    left.1.remove(b);
                }
            }
        };
    unique(&|system| system.id.clone(), Match::Id, &mut left);
    unique(&|system| format!("{}\n{}", system.grouped_by, system.name), Match::Name, &mut left);
    unique(&|system| system.name.clone(), Match::Name, &mut left);
    let anchors = |systems: &[System], of: &BTreeSet<usize>| -> BTreeMap<usize, BTreeSet<String>> {
        of.iter().map(|at| (*at, anchors(&systems[*at]))).collect()
    };
    let (of_old, of_new) = (anchors(old, &left.0), anchors(new, &left.1));
    let mut close: Vec<(u64, usize, usize)> = Vec::new();
    for (a, left) in &of_old {
        for (b, right) in &of_new {
            let both = left.intersection(right).count() as f64;
            let share = both / left.union(right).count().max(1) as f64;
            if share >= OVERLAP {
                close.push(((share * 1e6) as u64, *a, *b));
            }
        }
    }
    // The ids decide between pairs that are as close, whichever side they are on.
    let ids = |a: usize, b: usize| {
        let (a, b) = (old[a].id.as_str(), new[b].id.as_str());
        if a < b { (a, b) } else { (b, a) }
    };
    close.sort_by(|x, y| y.0.cmp(&x.0).then_with(|| ids(x.1, x.2).cmp(&ids(y.1, y.2))));
    for (_, a, b) in close {
        if left.0.contains(&a) && left.1.contains(&b) {
            pairs.push((a, b, Match::Overlap));
            left.0.remove(&a);
            left.1.remove(&b);
        }
    }
    pairs.sort_by_key(|(a, b, _)| (*a, *b));
    pairs
}

fn keyed(systems: &[System], of: &BTreeSet<usize>, key: &dyn Fn(&System) -> String) -> BTreeMap<String, Vec<usize>> {
    let mut keyed: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for at in of {
        keyed.entry(key(&systems[*at])).or_default().push(*at);
    }
    keyed
}

/// What the evidence of a system points at: objects, and services of Compose files.
fn anchors(system: &System) -> BTreeSet<String> {
    let claims = system.claims.iter().flat_map(|claim| &claim.evidence);
    let findings = system.findings.iter().flat_map(|finding| &finding.evidence);
    claims.chain(findings).map(anchor).collect()
}

/// The object, or the first two keys of the path; files are left out, since they move.
fn anchor(place: &Place) -> String {
    match &place.object {
        Some(object) => object.clone(),
        None => place.path.split('.').take(2).collect::<Vec<_>>().join("."),
    }
}
