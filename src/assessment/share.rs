//! Which part of an assessment one run judges, where several runs divide it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::judge::{Judge, Yardstick};
use super::locate::Locator;
use super::suppressed::told;
use super::suppressing::Holding;
use super::{Suppression, SystemAssessment};
use crate::facts::{FactSet, SystemView};
use crate::inventory::{Inventory, System};
use crate::rules::Evaluation;
use crate::text::SourceFile;

/// One of several parts of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// Its number, from 1.
    pub number: usize,
    /// How many parts there are, at least 1.
    pub of: usize,
}

/// What one part judges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Whether it judges the estate.
    pub estate: bool,
    /// The systems, by their places in the inventory.
    pub systems: BTreeSet<usize>,
    /// Of several clusters those that are judged alone, by their places in the inventory.
    pub clusters: BTreeSet<usize>,
}

/// What is dealt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Estate,
    Cluster(usize),
    System(usize),
}

/// What judging a system costs beside its workloads, as a number of workloads: all targets are asked for it.
const COST_OF_A_SYSTEM: usize = 4;

impl Share {
    /// The share of a part. Every part deals in the same way: the heaviest first, each to who has least so far.
    #[must_use]
    pub fn of(inventory: &Inventory, part: Part) -> Self {
        let mut items: Vec<(usize, Item)> = vec![(inventory.objects.workloads.len(), Item::Estate)];
        let systems = inventory.systems.iter().enumerate();
        items.extend(systems.map(|(at, system)| (COST_OF_A_SYSTEM + system.workloads.len(), Item::System(at))));
        if inventory.clusters.len() > 1 {
            let of_cluster =
                |source| inventory.objects.workloads.iter().filter(move |workload| workload.source == source);
            let clusters = inventory.clusters.iter().enumerate();
            items.extend(clusters.map(|(at, cluster)| (of_cluster(cluster.source).count(), Item::Cluster(at))));
        }
        let mut share = Self::default();
        for (item, number) in dealt(items, part.of) {
            match item {
                _ if number != part.number => {}
                Item::Estate => share.estate = true,
                Item::Cluster(at) => _ = share.clusters.insert(at),
                Item::System(at) => _ = share.systems.insert(at),
            }
        }
        share
    }
}

/// What was judged of a share.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The estate, where it belongs to the share.
    pub estate: Option<SystemAssessment>,
    /// The systems, by their places in the inventory.
    pub systems: BTreeMap<usize, SystemAssessment>,
    /// Every suppression that was read, with what became of it as far as the share shows.
    pub suppressions: Vec<Suppression>,
}

/// Judges a share of the systems of an inventory, and the estate where it belongs to the share, as
/// [`assess_inventory`](super::assess_inventory) judges all of them.
#[must_use]
pub fn assess_share(inventory: &Inventory, files: &[SourceFile], yardstick: &Yardstick<'_>, share: &Share) -> Shared {
    let holding = Holding::of(inventory, files);
    let held = holding.held();
    let ignores = yardstick.ignores(&inventory.trees, files, holding.configured(&held));
    let locator = Locator::new(inventory, files);
    let judge = Judge { inventory, yardstick: *yardstick, locator, is_final: true, ignores: &ignores };
    // The estate is made of what every system claims.
    let systems = inventory.systems.iter().enumerate();
    let asked: Vec<(usize, &System)> = systems.filter(|(at, _)| share.estate || share.systems.contains(at)).collect();
    let views: Vec<SystemView<'_>> =
        asked.par_iter().map(|(_, system)| SystemView::new(inventory, yardstick.tables, system)).collect();
    let evaluations: Vec<(Evaluation, FactSet)> =
        views.par_iter().with_max_len(4).map(|view| judge.asked(view)).collect();
    let estate =
        || SystemAssessment { one_sided: judge.one_sided(&views, &evaluations), ..judge.estate(&views, &evaluations) };
    let own: Vec<usize> = (0..asked.len()).filter(|index| share.systems.contains(&asked[*index].0)).collect();
    let system = |index: &usize| {
        let (evaluation, facts) = &evaluations[*index];
        (asked[*index].0, judge.system(&views[*index], evaluation, facts))
    };
    let (estate, systems) =
        rayon::join(|| share.estate.then(estate), || own.par_iter().with_max_len(4).map(system).collect());
    let (honoured, live) = (yardstick.honours_suppressions, !inventory.clusters.is_empty());
    let suppressions = told(&ignores, honoured, &inventory.aside, live, &locator);
    Shared { estate, systems, suppressions }
}

/// Each item with the number of the part that it goes to, from 1.
fn dealt(mut items: Vec<(usize, Item)>, parts: usize) -> Vec<(Item, usize)> {
    items.sort_by(|(weight, item), (other_weight, other)| other_weight.cmp(weight).then(item.cmp(other)));
    let mut loads: BTreeSet<(usize, usize)> = (1..=parts).map(|number| (0, number)).collect();
    let mut dealt = Vec::with_capacity(items.len());
    for (weight, item) in items {
        let Some((load, number)) = loads.pop_first() else { break };
        loads.insert((load + weight, number));
        dealt.push((item, number));
    }
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_dealt_once_and_evenly() {
        let systems = [1, 9, 2, 5, 5, 3, 7, 1].into_iter().enumerate();
        let mut items: Vec<(usize, Item)> = systems.map(|(at, weight)| (weight, Item::System(at))).collect();
        items.push((33, Item::Estate));
        let parts = dealt(items.clone(), 3);
        let mut names: Vec<Item> = parts.iter().map(|(item, _)| *item).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), items.len());
        let loads: Vec<usize> = (1..=3)
            .map(|number| {
                let weight = |item: Item| items.iter().find(|(_, other)| *other == item).expect("an item").0;
                parts.iter().filter(|(_, to)| *to == number).map(|(item, _)| weight(*item)).sum()
            })
            .collect();
        assert_eq!(loads, [33, 17, 16], "the estate stands alone, and the rest is even");
        assert_eq!(dealt(items, 1000).iter().map(|(_, number)| *number).max(), Some(9), "no more parts than items");
    }
}
