//! What has to be up for a system to serve: its services and stores, with the copies that outlive a host.

use super::Fact;
use super::system::SystemView;
use super::workload::WorkloadView;
use crate::inventory::model::{Origin, Stated, WorkloadKind};
use crate::language::{Prose, say};

/// The parts of a system that serve.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parts {
    /// Each part, sorted by name.
    pub parts: Vec<Part>,
    /// Whether all of it runs on one host by its own description: a Compose project that asks for no spread.
    pub on_one_host: bool,
    /// Whether it is written for Kubernetes.
    pub on_kubernetes: bool,
}

/// A service or a store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Copies that are always there, or members of a store; the reason where that is unknown.
    pub copies: Result<u32, Prose>,
    /// Whether its copies can land on different hosts.
    pub apart: bool,
    /// Whether its copies are kept in different zones, at least if possible.
    pub in_zones: bool,
    /// The engine of a store.
    pub engine: Option<String>,
    /// Whether managed services offer the engine.
    pub replaceable: bool,
    /// Whether the members of a store know each other, so that they can agree on who leads.
    pub agrees: bool,
}

/// More copies than this change no digit that is shown.
const MOST_COPIES: f64 = 1_000.0;

impl SystemView<'_> {
    /// The parts that have to be up for the system to serve. Manifests and Compose files of one application are
    /// alternatives; the manifests count, since they say more.
    #[must_use]
    pub fn parts(&self) -> Parts {
        let serving: Vec<WorkloadView<'_>> = self.environment().filter(has_to_serve).collect();
        let on_kubernetes = serving.iter().any(|view| view.workload.origin == Origin::Kubernetes);
        let side = if on_kubernetes { Origin::Kubernetes } else { Origin::Compose };
        let mut parts: Vec<Part> =
            serving.iter().filter(|view| view.workload.origin == side).map(WorkloadView::part).collect();
        parts.sort();
        Parts { on_one_host: !on_kubernetes && parts.iter().all(|part| !part.apart), on_kubernetes, parts }
    }
}

/// Services and stores; other custom resources are run by an operator, and nobody waits for them directly.
fn has_to_serve(view: &WorkloadView<'_>) -> bool {
    let is_custom = view.workload.kind == WorkloadKind::CustomResource;
    view.serves() && !view.is_agent() && (!is_custom || view.engine().is_some())
}

impl WorkloadView<'_> {
    fn part(&self) -> Part {
        let engine = self.engine();
        let is_compose = self.workload.origin == Origin::Compose;
        let is_custom = self.workload.kind == WorkloadKind::CustomResource;
        // Copies that share a volume of one host run where the volume is.
        let shares_volume =
            self.volume().is_some() && self.own_volumes().is_none() && self.shared_volume().is_none() && !is_custom;
        let is_tied = self.workload.pods.iter().any(|pod| pod.fixed_node.is_some())
            || self.host_data().is_some()
            || shares_volume;
        Part {
            name: self.workload.key.name.clone(),
            copies: self.always_there(),
            apart: !is_tied && (!is_compose || self.spread(false).is_some()),
            in_zones: self.spread(true).is_some(),
            engine: engine.map(|(name, _, _)| name.to_owned()),
            replaceable: engine.is_some_and(|(_, replaceable, _)| replaceable),
            agrees: engine.is_some() && (is_custom || self.uses_identity().is_some()),
        }
    }

    /// Copies, or members; at least one, since what idles at zero is started by the first who asks.
    fn always_there(&self) -> Result<u32, Prose> {
        let count = |number: f64| number.clamp(1.0, MOST_COPIES) as u32;
        if self.is_partial() {
            return Err(crate::inventory::not_rendered());
        }
        if let Some(members) = self.custom_members() {
            return Ok(count(members.value));
        }
        if self.workload.kind == WorkloadKind::CustomResource && !matches!(self.workload.copies, Stated::Known(_)) {
            return Err(say!("the resource does not say how many members it has"));
        }
        match self.copies() {
            Fact::Known { value: super::Value::Number(number), .. } => Ok(count(number)),
            Fact::Unknown { reason, .. } => Err(reason),
            _ => Ok(1),
        }
    }
}
