//! Split placement: a base target, and one single host or platform beside it for the odd workload that the base cannot
//! take.

use std::collections::BTreeSet;

use super::constants::Constants;
use super::demand::{Demand, Grades};
use super::score::Candidate;
use crate::capability::CapabilityId;
use crate::grade::Grade;

/// Two places to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The second target, by its place among the candidates.
    pub second: usize,
    /// The workloads that go there, by their numbers in the inventory.
    pub workloads: Vec<usize>,
    /// The chance that the two together fall short, 0 to 1.
    pub shortfall: f64,
    /// What is left open: per capability, and for the split itself.
    pub parts: Vec<(Option<CapabilityId>, f64)>,
}

/// The archetypes of which one may stand beside a base: a single host, and a platform.
const SECONDS: [&str; 2] = ["compose", "platform"];

/// The sets of workloads that may be placed elsewhere. They depend on who needs what and never on a grade, so that a
/// higher grade cannot open a way out.
#[derive(Clone, Debug, Default)]
pub struct Movable {
    /// For each set, how many of each group's workloads are in it.
    sets: Vec<Vec<usize>>,
    /// The most workloads that a set may have.
    most: usize,
}

impl Movable {
    /// The sets of a demand: each workload alone, and those that need one capability, where they are few.
    #[must_use]
    pub fn of(demand: &Demand, constants: &Constants) -> Self {
        let most = ((demand.workloads() as f64 * constants.split.share).floor() as usize).max(1);
        let groups = demand.groups();
        let mut sets = BTreeSet::new();
        // A workload of several alike is worth moving only with the others.
        for index in 0..groups.len() {
            let mut set = vec![0; groups.len()];
            set[index] = 1;
            sets.insert(set);
        }
        let capabilities: BTreeSet<CapabilityId> =
            groups.iter().flat_map(|group| group.needs.keys().copied()).collect();
        for capability in capabilities {
            let in_it = |group: &super::demand::Group| {
                if group.needs.contains_key(&capability) { group.workloads.len() } else { 0 }
            };
            let set: Vec<usize> = groups.iter().map(in_it).collect();
            let size: usize = set.iter().sum();
            if size <= most && size < demand.workloads() {
                sets.insert(set);
            }
        }
        let sets = if demand.workloads() < 2 { Vec::new() } else { sets.into_iter().collect() };
        Self { sets, most }
    }
}

/// The best split of a demand over a base and any second target that may stand beside it; none where it falls short by
/// `limit` (the shortfall of the base alone, or of something better) or more. `may_be_used` says which candidates are
/// allowed.
#[must_use]
pub fn split(
    candidates: &[Candidate<'_>],
    base: usize,
    demand: &Demand,
    movable: &Movable,
    limit: f64,
    may_be_used: &dyn Fn(&Candidate<'_>) -> bool,
    constants: &Constants,
) -> Option<Split> {
    let own = constants.weight(Grade::Proven) * constants.gaps_with_work();
    let candidate = &candidates[base];
    if movable.sets.is_empty()
        || own >= limit
        || lower_bound(candidate, demand, movable, own, constants) >= limit - 1e-12
    {
        return None;
    }
    let mut best: Option<Split> = None;
    let mut tried: Vec<usize> = Vec::new();
    for (second, other) in candidates.iter().enumerate() {
        let fits = SECONDS.contains(&other.target.archetype.as_str()) && second != base && may_be_used(other);
        if !fits || tried.iter().any(|known| candidates[*known].is_like(other, constants)) {
            continue;
        }
        tried.push(second);
        for set in &movable.sets {
            let (stays, goes) = divide(demand, set);
            let mut parts: Vec<(Option<CapabilityId>, f64)> = Vec::new();
            let halves = [candidate.open_parts_of(&stays, constants), other.open_parts_of(&goes, constants)];
            parts.extend(halves.into_iter().flatten().map(|(capability, part)| (Some(capability), part)));
            parts.push((None, own));
            let shortfall = 1.0 - parts.iter().map(|(_, part)| 1.0 - part).product::<f64>();
            let limit = best.as_ref().map_or(limit, |best| best.shortfall);
            if shortfall < limit - 1e-12 {
                let moved = demand.groups().iter().zip(set);
                let workloads = moved.flat_map(|(group, count)| group.workloads.iter().take(*count).copied());
                let mut workloads: Vec<usize> = workloads.collect();
                workloads.sort_unstable();
                best = Some(Split { second, workloads, shortfall, parts });
            }
        }
    }
    best
}

/// What stays and what goes when a set of workloads is placed elsewhere.
fn divide(demand: &Demand, set: &[usize]) -> (Grades, Grades) {
    let (mut stays, mut goes) = (demand.shared().clone(), Grades::new());
    for (group, moved) in demand.groups().iter().zip(set) {
        let mut sides: Vec<&mut Grades> = Vec::new();
        if *moved > 0 {
            sides.push(&mut goes);
        }
        if *moved < group.workloads.len() {
            sides.push(&mut stays);
        }
        for side in sides {
            for (capability, grade) in &group.needs {
                let known = side.entry(*capability).or_insert(*grade);
                *known = (*known).max(*grade);
            }
        }
    }
    (stays, goes)
}

/// The least that any split with this base can fall short: what the system needs as a whole stays, and so does what more
/// workloads need than may go.
fn lower_bound(candidate: &Candidate<'_>, demand: &Demand, movable: &Movable, own: f64, constants: &Constants) -> f64 {
    let mut least = demand.shared().clone();
    let mut held: std::collections::BTreeMap<CapabilityId, (usize, Grade)> = std::collections::BTreeMap::new();
    for group in demand.groups() {
        for (capability, grade) in &group.needs {
            let (count, lowest) = held.entry(*capability).or_insert((0, *grade));
            *count += group.workloads.len();
            *lowest = (*lowest).min(*grade);
        }
    }
    for (capability, (_, lowest)) in held.into_iter().filter(|(_, (count, _))| *count > movable.most) {
        let known = least.entry(capability).or_insert(lowest);
        *known = (*known).max(lowest);
    }
    let stays: f64 = candidate.open_parts_of(&least, constants).iter().map(|(_, part)| 1.0 - part).product();
    1.0 - stays * (1.0 - own)
}
