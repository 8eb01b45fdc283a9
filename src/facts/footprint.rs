//! How much compute a system asks for, with autoscalers at their minimum and at their maximum.

use std::collections::BTreeMap;

use crate::inventory::Inventory;
use crate::inventory::model::{Container, Origin, Pod, Workload, WorkloadKind};
use crate::tables::{Assumptions, Tables};
use crate::yaml::Place;

use super::workload::copies_range;

/// A sum of compute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    /// vCPU.
    pub cpu: f64,
    /// GiB of memory.
    pub memory_gib: f64,
}

impl Amounts {
    /// Adds a container: its written sizes, and what is assumed for the others unless nothing may be assumed.
    fn add(&mut self, container: &Container, copies: f64, assumed: Option<&Assumptions>) {
        let sized = container.cpu.is_some() || container.memory_gib.is_some();
        let copies = match assumed {
            Some(assumed) if !sized => copies.min(assumed.copies_without_sizes),
            _ => copies,
        };
        self.cpu += copies * container.cpu.map_or(assumed.map_or(0.0, |assumed| assumed.cpu), |cpu| cpu.value);
        self.memory_gib += copies
            * container.memory_gib.map_or(assumed.map_or(0.0, |assumed| assumed.memory_gib), |memory| memory.value);
    }

    /// One number to compare by: a host of the ladder has four GiB for each vCPU, and the scarcer of the two decides.
    fn weight(self) -> f64 {
        self.cpu.max(self.memory_gib / 4.0)
    }
}

/// The footprint of a system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Footprint {
    /// With autoscalers at their minimum, assumed sizes included.
    pub low: Amounts,
    /// With autoscalers at their maximum, assumed sizes included.
    pub high: Amounts,
    /// With autoscalers at their minimum, from written sizes alone.
    pub written_low: Amounts,
    /// With autoscalers at their maximum, from written sizes alone.
    pub written_high: Amounts,
    /// The largest single pod, from written sizes alone.
    pub largest_pod: Amounts,
    /// Containers with a written size.
    pub sized: usize,
    /// All containers.
    pub containers: usize,
    /// Where the largest amounts are written, the largest first.
    pub places: Vec<Place>,
    /// Where the largest single pod is written.
    pub largest_place: Option<Place>,
}

impl Footprint {
    /// The footprint of some workloads. Manifests and a Compose file of one application are alternatives: the larger
    /// counts, never the sum.
    #[must_use]
    pub fn of(inventory: &Inventory, tables: &Tables, workloads: &[usize]) -> Self {
        let representatives = representatives(inventory, workloads);
        let part = |origin: Origin| {
            let mut part = Self::default();
            let mut contributions: Vec<(f64, Place)> = Vec::new();
            for index in &representatives {
                let workload = &inventory.objects.workloads[*index];
                if workload.origin == origin && workload.kind != WorkloadKind::DaemonSet {
                    part.add_workload(inventory, &tables.assumptions, *index, &mut contributions);
                }
            }
            contributions.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            part.places = contributions.into_iter().take(5).map(|(_, place)| place).collect();
            part
        };
        let (manifests, compose) = (part(Origin::Kubernetes), part(Origin::Compose));
        let compose_is_larger = compose.high.weight() > manifests.high.weight();
        let (mut larger, other) = if compose_is_larger { (compose, manifests) } else { (manifests, compose) };
        larger.sized += other.sized;
        larger.containers += other.containers;
        larger
    }

    fn add_workload(
        &mut self,
        inventory: &Inventory,
        assumed: &Assumptions,
        index: usize,
        contributions: &mut Vec<(f64, Place)>,
    ) {
        let workload: &Workload = &inventory.objects.workloads[index];
        let (low, high) = copies_range(inventory, index);
        let is_custom = workload.kind == WorkloadKind::CustomResource;
        let mut written = Amounts::default();
        for pod in &workload.pods {
            // Inside custom resources the pod knows how many of it there are.
            let (low, high) = if is_custom { (pod.factor, pod.factor) } else { (low, high) };
            self.add_pod(pod, low, high, assumed);
            for container in &pod.containers {
                written.add(container, high, None);
            }
        }
        if is_custom && workload.pods.is_empty() {
            let members =
                workload.custom.as_ref().and_then(|custom| custom.members).map_or(1.0, |members| members.value);
            let guess = Container::default();
            self.low.add(&guess, members, Some(assumed));
            self.high.add(&guess, members, Some(assumed));
            self.containers += 1;
        }
        let place = workload.containers().find_map(|container| container.cpu.or(container.memory_gib)).map(|w| w.place);
        contributions.extend(place.map(|place| (written.weight(), place)));
    }

    fn add_pod(&mut self, pod: &Pod, low: f64, high: f64, assumed: &Assumptions) {
        let mut own = Amounts::default();
        for container in &pod.containers {
            self.low.add(container, low, Some(assumed));
            self.high.add(container, high, Some(assumed));
            self.written_low.add(container, low, None);
            self.written_high.add(container, high, None);
            own.add(container, 1.0, None);
            self.containers += 1;
            self.sized += usize::from(container.cpu.is_some() || container.memory_gib.is_some());
        }
        let larger = own.weight() > self.largest_pod.weight();
        if larger {
            self.largest_place =
                pod.containers.iter().find_map(|container| container.cpu.or(container.memory_gib)).map(|w| w.place);
        }
        self.largest_pod.cpu = self.largest_pod.cpu.max(own.cpu);
        self.largest_pod.memory_gib = self.largest_pod.memory_gib.max(own.memory_gib);
    }

    /// The share of containers with a written size, 0 to 1; 0 where there are none.
    #[must_use]
    pub fn written_share(&self) -> f64 {
        if self.containers == 0 { 0.0 } else { self.sized as f64 / self.containers as f64 }
    }
}

/// Some workloads without their other environments: of the same kind, name and images in several namespaces the one that
/// asks for most stays. In the order of the list.
pub(super) fn representatives(inventory: &Inventory, workloads: &[usize]) -> Vec<usize> {
    let mut best: BTreeMap<(Origin, &str, &str, &str, Vec<&str>), usize> = BTreeMap::new();
    let size = |index: usize| {
        let copies = copies_range(inventory, index).1;
        let written = inventory.objects.workloads[index].pods.iter().fold(Amounts::default(), |mut sum, pod| {
            pod.containers.iter().for_each(|container| sum.add(container, pod.factor, None));
            sum
        });
        (copies * written.weight(), copies)
    };
    for index in workloads {
        let workload = &inventory.objects.workloads[*index];
        let mut images: Vec<&str> = workload.containers().map(|container| container.image.as_str()).collect();
        // Projects of Compose are told apart by their folders.
        if workload.origin == Origin::Compose {
            images.push(&workload.key.scope);
        }
        let key = (
            workload.origin,
            workload.key.kind.as_str(),
            workload.key.group.as_str(),
            workload.key.name.as_str(),
            images,
        );
        let known = best.entry(key).or_insert(*index);
        let (ours, theirs) = (size(*index), size(*known));
        if ours.0.total_cmp(&theirs.0).then(ours.1.total_cmp(&theirs.1)).is_gt() {
            *known = *index;
        }
    }
    let mut kept: Vec<usize> = best.into_values().collect();
    kept.sort_unstable();
    kept
}
