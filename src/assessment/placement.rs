//! Split placement: a base target, and one single host or platform beside it for the odd workload that the base cannot
//! take.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::constants::Constants;
use super::demand::{Demand, Grades, Group};
use super::score::{Candidate, Need};
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

/// The sets of workloads that may be placed elsewhere, made once for a demand, since every base is tried with each of
/// them. They depend on who needs what and never on a grade, so that a higher grade cannot open a way out.
#[derive(Clone, Debug)]
pub struct Movable<'d> {
    demand: &'d Demand,
    /// The most workloads that a set may have.
    most: usize,
    /// What stays in any case: what the system needs as a whole, and what more workloads need than may go.
    least: Vec<Need>,
    /// Made when a base is first found that could gain by it.
    sets: OnceCell<Vec<Set>>,
}

/// Workloads that are placed elsewhere.
#[derive(Clone, Debug)]
struct Set {
    /// The numbers of the groups that they are of, in order, and how many of each group's workloads.
    moved: Vec<(usize, usize)>,
    /// What is needed where the others stay.
    stays: Vec<Need>,
    /// What is needed where they go.
    goes: Vec<Need>,
}

impl<'d> Movable<'d> {
    /// What may be moved of a demand.
    #[must_use]
    pub fn of(demand: &'d Demand, constants: &Constants) -> Self {
        let most = ((demand.workloads() as f64 * constants.split.share).floor() as usize).max(1);
        Self { demand, most, least: least(demand, most), sets: OnceCell::new() }
    }

    fn sets(&self) -> &[Set] {
        self.sets.get_or_init(|| self.divided())
    }

    /// The sets: each workload alone, and those that need one capability, where they are few.
    fn divided(&self) -> Vec<Set> {
        let Self { demand, most, .. } = *self;
        if demand.workloads() < 2 {
            return Vec::new();
        }
        let groups = demand.groups();
        // A workload of several alike is worth moving only with the others.
        let mut moved: Vec<Vec<(usize, usize)>> = (0..groups.len()).map(|index| vec![(index, 1)]).collect();
        let capabilities: BTreeSet<CapabilityId> =
            groups.iter().flat_map(|group| group.needs.keys().copied()).collect();
        for capability in capabilities {
            let needing = groups.iter().enumerate().filter(|(_, group)| group.needs.contains_key(&capability));
            let set: Vec<(usize, usize)> = needing.map(|(index, group)| (index, group.workloads.len())).collect();
            let size: usize = set.iter().map(|(_, count)| count).sum();
            if size <= most && size < demand.workloads() {
                moved.push(set);
            }
        }
        // The first of equals stays, so that the order matters: as if each set were written as the counts of all groups.
        moved.sort_by(|a, b| by_counts(a, b));
        moved.dedup();
        let held = Held::by_capability(demand);
        let sets = moved.into_iter().map(|moved| {
            let (stays, goes) = match moved.as_slice() {
                [(index, 1)] => (Held::without_one(&held, &groups[*index]), needs(&groups[*index].needs)),
                _ => divide(demand, &moved),
            };
            Set { moved, stays, goes }
        });
        sets.collect()
    }
}

/// The order of two sets as lists of the counts of all groups, in which groups without a moved workload count 0.
fn by_counts(a: &[(usize, usize)], b: &[(usize, usize)]) -> Ordering {
    for ((a_group, a_count), (b_group, b_count)) in a.iter().zip(b) {
        let order = b_group.cmp(a_group).then(a_count.cmp(b_count));
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// Who holds a capability at its highest grade.
struct Held {
    highest: Grade,
    /// How many hold it at that grade: groups, and the system as a whole.
    holders: usize,
    /// The highest grade below that.
    below: Option<Grade>,
}

impl Held {
    fn by_capability(demand: &Demand) -> BTreeMap<CapabilityId, Self> {
        let mut held: BTreeMap<CapabilityId, Self> = BTreeMap::new();
        for (capability, grade) in demand.groups().iter().flat_map(|group| &group.needs).chain(demand.shared()) {
            let known = held.entry(*capability).or_insert(Self { highest: *grade, holders: 0, below: None });
            match grade.cmp(&known.highest) {
                Ordering::Greater => *known = Self { highest: *grade, holders: 1, below: Some(known.highest) },
                Ordering::Equal => known.holders += 1,
                Ordering::Less => known.below = known.below.max(Some(*grade)),
            }
        }
        held
    }

    /// What is left of all needs without one workload of a group.
    fn without_one(held: &BTreeMap<CapabilityId, Self>, group: &Group) -> Vec<Need> {
        let is_last = group.workloads.len() == 1;
        let left = held.iter().filter_map(|(capability, held)| {
            let takes_highest = is_last && held.holders == 1 && group.needs.get(capability) == Some(&held.highest);
            let grade = if takes_highest { held.below? } else { held.highest };
            Some(Need { capability: *capability, grade })
        });
        left.collect()
    }
}

fn needs(grades: &Grades) -> Vec<Need> {
    grades.iter().map(|(capability, grade)| Need { capability: *capability, grade: *grade }).collect()
}

/// The best split of what may be moved over a base and any second target that may stand beside it; none where it falls short by
/// `limit` (the shortfall of the base alone, or of something better) or more. `may_be_used` says which candidates are
/// allowed.
#[must_use]
pub fn split(
    candidates: &[Candidate<'_>],
    base: usize,
    movable: &Movable<'_>,
    limit: f64,
    may_be_used: &dyn Fn(&Candidate<'_>) -> bool,
    constants: &Constants,
) -> Option<Split> {
    let own = constants.weight(Grade::Proven) * constants.gaps_with_work();
    let candidate = &candidates[base];
    if own >= limit || 1.0 - candidate.covered(&movable.least, constants) * (1.0 - own) >= limit - 1e-12 {
        return None;
    }
    // What stays falls short whatever takes the rest, so that most sets are out before a second target is looked at.
    let stays = movable.sets().iter().map(|set| (set, candidate.covered(&set.stays, constants)));
    let stays: Vec<(&Set, f64)> = stays.filter(|(_, covered)| 1.0 - covered * (1.0 - own) < limit).collect();
    let mut best: Option<(usize, &Set, f64)> = None;
    let mut tried: Vec<usize> = Vec::new();
    for (second, other) in candidates.iter().enumerate() {
        let fits = SECONDS.contains(&other.target.archetype.as_str()) && second != base && may_be_used(other);
        if !fits || tried.iter().any(|known| candidates[*known].is_like(other, constants)) {
            continue;
        }
        tried.push(second);
        for (set, covered) in &stays {
            let limit = best.map_or(limit, |(.., shortfall)| shortfall);
            if 1.0 - covered * (1.0 - own) >= limit {
                continue;
            }
            let goes = other.open_parts(&set.goes, constants);
            let covered = goes.iter().fold(*covered, |covered, (_, part)| covered * (1.0 - part));
            let shortfall = 1.0 - covered * (1.0 - own);
            if shortfall < limit - 1e-12 {
                best = Some((second, set, shortfall));
            }
        }
    }
    let (second, set, shortfall) = best?;
    let halves = [candidate.open_parts(&set.stays, constants), candidates[second].open_parts(&set.goes, constants)];
    let open = halves.into_iter().flatten().map(|(capability, part)| (Some(capability), part));
    let groups = movable.demand.groups();
    let moved = set.moved.iter().flat_map(|(group, count)| groups[*group].workloads.iter().take(*count).copied());
    let mut workloads: Vec<usize> = moved.collect();
    workloads.sort_unstable();
    Some(Split { second, workloads, shortfall, parts: open.chain([(None, own)]).collect() })
}

/// What stays and what goes when a set of workloads is placed elsewhere.
fn divide(demand: &Demand, moved: &[(usize, usize)]) -> (Vec<Need>, Vec<Need>) {
    let moved: BTreeMap<usize, usize> = moved.iter().copied().collect();
    let (mut stays, mut goes) = (demand.shared().clone(), Grades::new());
    for (index, group) in demand.groups().iter().enumerate() {
        let moved = moved.get(&index).copied().unwrap_or(0);
        let mut sides: Vec<&mut Grades> = Vec::new();
        if moved > 0 {
            sides.push(&mut goes);
        }
        if moved < group.workloads.len() {
            sides.push(&mut stays);
        }
        for side in sides {
            for (capability, grade) in &group.needs {
                let known = side.entry(*capability).or_insert(*grade);
                *known = (*known).max(*grade);
            }
        }
    }
    (needs(&stays), needs(&goes))
}

/// What stays whatever is moved: what the system needs as a whole, and what more workloads need than may go.
fn least(demand: &Demand, most: usize) -> Vec<Need> {
    let mut least = demand.shared().clone();
    let mut held: BTreeMap<CapabilityId, (usize, Grade)> = BTreeMap::new();
    for group in demand.groups() {
        for (capability, grade) in &group.needs {
            let (count, lowest) = held.entry(*capability).or_insert((0, *grade));
            *count += group.workloads.len();
            *lowest = (*lowest).min(*grade);
        }
    }
    for (capability, (_, lowest)) in held.into_iter().filter(|(_, (count, _))| *count > most) {
        let known = least.entry(capability).or_insert(lowest);
        *known = (*known).max(lowest);
    }
    needs(&least)
}
