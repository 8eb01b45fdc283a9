//! How much compute a system asks for, with autoscalers at their minimum and at their maximum.

use std::collections::BTreeMap;

use crate::inventory::Inventory;
use crate::inventory::model::{Container, Origin, Pod, Workload, WorkloadKind};
use crate::limits;
use crate::yaml::Place;

use super::workload::copies_range;

/// What a container without a written size is taken to use.
/// Source: the assessment model, from a trial in which larger figures made plain Compose systems exceed one machine.
const ASSUMED_CPU: f64 = 0.1;
/// See [`ASSUMED_CPU`]; in GiB.
const ASSUMED_MEMORY_GIB: f64 = 0.125;

/// A sum of compute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    /// vCPU.
    pub cpu: f64,
    /// GiB of memory.
    pub memory_gib: f64,
}

impl Amounts {
    fn add(&mut self, container: &Container, copies: f64, written_only: bool) {
        let sized = container.cpu.is_some() || container.memory_gib.is_some();
        if written_only && !sized {
            return;
        }
        let copies = if sized { copies } else { copies.min(limits::COPIES_WITHOUT_SIZES) };
        let assumed = |value: f64| if written_only { 0.0 } else { value };
        self.cpu += copies * container.cpu.map_or(assumed(ASSUMED_CPU), |cpu| cpu.value);
        self.memory_gib += copies * container.memory_gib.map_or(assumed(ASSUMED_MEMORY_GIB), |memory| memory.value);
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
    /// counts, never the sum. The same workload in another namespace is another environment and counts once.
    #[must_use]
    pub fn of(inventory: &Inventory, workloads: &[usize]) -> Self {
        let part = |origin: Origin| {
            let mut seen: BTreeMap<(&str, &str, Vec<&str>), ()> = BTreeMap::new();
            let mut part = Self::default();
            let mut contributions: Vec<(f64, Place)> = Vec::new();
            for index in workloads {
                let workload = &inventory.objects.workloads[*index];
                if workload.origin != origin || workload.kind == WorkloadKind::DaemonSet {
                    continue;
                }
                let images: Vec<&str> = workload.containers().map(|container| container.image.as_str()).collect();
                let key = (workload.key.kind.as_str(), workload.key.name.as_str(), images);
                if origin == Origin::Kubernetes && seen.insert(key, ()).is_some() {
                    continue;
                }
                part.add_workload(inventory, *index, workload, &mut contributions);
            }
            contributions.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            part.places = contributions.into_iter().take(5).map(|(_, place)| place).collect();
            part
        };
        let (manifests, compose) = (part(Origin::Kubernetes), part(Origin::Compose));
        let compose_is_larger = compose.high.cpu > manifests.high.cpu;
        let (mut larger, other) = if compose_is_larger { (compose, manifests) } else { (manifests, compose) };
        larger.sized += other.sized;
        larger.containers += other.containers;
        larger
    }

    fn add_workload(
        &mut self,
        inventory: &Inventory,
        index: usize,
        workload: &Workload,
        contributions: &mut Vec<(f64, Place)>,
    ) {
        let (low, high) = copies_range(inventory, index);
        let is_custom = workload.kind == WorkloadKind::CustomResource;
        let mut written = Amounts::default();
        for pod in &workload.pods {
            // Inside custom resources the pod knows how many of it there are.
            let (low, high) = if is_custom { (pod.factor, pod.factor) } else { (low, high) };
            self.add_pod(pod, low, high);
            for container in &pod.containers {
                written.add(container, high, true);
            }
        }
        if is_custom && workload.pods.is_empty() {
            let members = workload.custom.as_ref().and_then(|custom| custom.members).map_or(1.0, |members| members.value);
            let guess = Container::default();
            self.low.add(&guess, members, false);
            self.high.add(&guess, members, false);
            self.containers += 1;
        }
        let place = workload.containers().find_map(|container| container.cpu.or(container.memory_gib)).map(|w| w.place);
        // One host of the ladder has four GiB for each vCPU; the scarcer of the two decides what is shown first.
        let weight = written.cpu.max(written.memory_gib / 4.0);
        contributions.extend(place.map(|place| (weight, place)));
    }

    fn add_pod(&mut self, pod: &Pod, low: f64, high: f64) {
        let mut own = Amounts::default();
        for container in &pod.containers {
            self.low.add(container, low, false);
            self.high.add(container, high, false);
            self.written_low.add(container, low, true);
            self.written_high.add(container, high, true);
            own.add(container, 1.0, true);
            self.containers += 1;
            self.sized += usize::from(container.cpu.is_some() || container.memory_gib.is_some());
        }
        let larger = own.cpu.max(own.memory_gib / 4.0) > self.largest_pod.cpu.max(self.largest_pod.memory_gib / 4.0);
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
