//! Overlays of one application are variants of it: the one that demands most counts, or the one that the user names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::kustomize::{Root, is_called};
use super::system::Overlay;
use super::{Inventory, Reading};
use crate::limits;
use crate::tables::Tables;

/// How much a variant demands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Demand {
    /// The need, in points.
    pub need: f64,
    /// Copies of all workloads, autoscalers at their maximum.
    pub copies: f64,
    /// vCPU and GiB together, autoscalers at their maximum.
    pub size: f64,
}

impl Demand {
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let key = |demand: &Self| [demand.need, demand.copies, demand.size];
        let pairs = key(self).into_iter().zip(key(other));
        pairs.map(|(own, other)| own.total_cmp(&other)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    }
}

/// Which kustomizations count, and which are set aside as variants of others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that are set aside, each with the one that stands for it.
    set_aside: BTreeMap<usize, usize>,
}

impl Selection {
    /// Sets aside every kustomization whose workloads are mostly those of another one of its family that demands more,
    /// or that the user named. How much one demands is asked only where a family has several.
    #[must_use]
    pub fn new(
        reading: &Reading<'_>,
        overlays: &[String],
        tables: &Tables,
        demand: impl Fn(&[Inventory]) -> Vec<Demand>,
    ) -> Self {
        let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, root) in reading.roots.iter().enumerate() {
            families.entry(root.family).or_default().push(index);
        }
        let mut selection = Self::default();
        for mut roots in families.into_values().filter(|roots| roots.len() > 1) {
            // Where there are very many, those with most workloads are judged.
            let by_workloads = |index: &usize| (std::cmp::Reverse(reading.roots[*index].origins.len()), *index);
            roots.sort_by_key(by_workloads);
            let judged = roots.len().min(limits::VARIANTS_JUDGED);
            let inventories: Vec<Inventory> =
                roots[..judged].iter().map(|index| reading.alone(*index, tables)).collect();
            let demands: BTreeMap<usize, Demand> = roots.iter().copied().zip(demand(&inventories)).collect();
            let demand_of = |index: &usize| demands.get(index).copied().unwrap_or_default();
            let is_named = |index: &usize| overlays.iter().any(|name| is_called(&reading.roots[*index].folder, name));
            roots.sort_by(|a, b| {
                let named = is_named(b).cmp(&is_named(a));
                let folder = |index: &usize| &reading.roots[*index].folder;
                named.then_with(|| demand_of(b).compare(&demand_of(a))).then_with(|| folder(a).cmp(folder(b)))
            });
            selection.take_from(&roots, &reading.roots, &is_named);
        }
        selection
    }

    /// Goes through the roots of a family, those that demand most first.
    fn take_from(&mut self, order: &[usize], roots: &[Root], is_named: &dyn Fn(&usize) -> bool) {
        let mut selected: Vec<usize> = Vec::new();
        for index in order {
            let own = &roots[*index].origins;
            let shared = |other: &usize| own.intersection(&roots[*other].origins).count();
            let covers = |other: &&usize| !own.is_empty() && 2 * shared(other) >= own.len();
            match selected.iter().find(covers).filter(|_| !is_named(index)) {
                Some(other) => {
                    self.set_aside.insert(*index, *other);
                }
                None => selected.push(*index),
            }
        }
    }

    /// Whether a root counts.
    pub(super) fn counts(&self, root: usize) -> bool {
        !self.set_aside.contains_key(&root)
    }

    /// What was assessed and what was set aside, by family.
    pub(super) fn overlays(&self, roots: &[Root]) -> BTreeMap<usize, Overlay> {
        let mut stands_for: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
        for (aside, other) in &self.set_aside {
            *stands_for.entry(roots[*aside].family).or_default().entry(*other).or_default() += 1;
        }
        let folder = |index: usize| roots[index].folder.clone();
        let of_family = |family: usize| roots.iter().enumerate().filter(move |(_, root)| root.family == family);
        stands_for
            .into_iter()
            .filter_map(|(family, selected)| {
                // The one that stands for most of them; the first by name of equals.
                let assessed = selected.into_iter().max_by_key(|(index, count)| (*count, std::cmp::Reverse(*index)))?.0;
                let (counted, aside): (Vec<_>, Vec<_>) =
                    of_family(family).map(|(index, _)| index).partition(|index| self.counts(*index));
                let beside = counted.into_iter().filter(|index| *index != assessed).map(folder).collect();
                let set_aside = aside.into_iter().map(folder).collect();
                Some((family, Overlay { assessed: folder(assessed), beside, set_aside }))
            })
            .collect()
    }
}

/// A name of an overlay that matches none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOverlay {
    /// The name.
    pub name: String,
    /// The folders of the kustomizations that there are.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownOverlay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        if self.known.is_empty() {
            return write!(formatter, "there is no overlay `{}`: the inputs hold no kustomization", self.name);
        }
        let shown = self.known[..self.known.len().min(SHOWN)].join(", ");
        let more =
            if self.known.len() > SHOWN { format!(" and {} more", self.known.len() - SHOWN) } else { String::new() };
        write!(formatter, "there is no overlay `{}`; there are {shown}{more}", self.name)
    }
}

impl Reading<'_> {
    /// The first name of an overlay that matches none.
    #[must_use]
    pub fn unknown_overlay(&self, overlays: &[String]) -> Option<UnknownOverlay> {
        let known = |name: &&String| self.roots.iter().any(|root| is_called(&root.folder, name));
        let name = overlays.iter().find(|name| !known(name))?.clone();
        let folders: BTreeSet<String> = self.roots.iter().map(|root| root.folder.clone()).collect();
        Some(UnknownOverlay { name, known: folders.into_iter().collect() })
    }
}
