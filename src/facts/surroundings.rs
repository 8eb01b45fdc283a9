//! What facts see around the workloads of a system: clusters and regions, routes, people, and what selects nothing.

use std::collections::BTreeSet;

use crate::inventory::model::Written;
use crate::inventory::pointers::ReachKind;
use crate::inventory::same_namespace;
use crate::yaml::Place;

use super::workload::{WorkloadView, copies_range};
use super::{Fact, SystemView};

/// How many places a fact that counts many things shows.
const SHOWN: usize = 5;

impl<'i> SystemView<'i> {
    fn most(&self, view: &WorkloadView<'_>) -> f64 {
        copies_range(self.inventory, view.index()).1
    }

    /// Services with two copies and more.
    pub(super) fn several_copies(&self) -> Fact {
        let several = self.workloads().filter(|view| view.serves() && self.most(view) >= 2.0);
        Fact::number_of(several.map(|view| view.most_copies_place()).collect())
    }

    /// Services whose copies are meant to outlive a host.
    pub(super) fn kept_apart(&self) -> Fact {
        let apart = self.workloads().filter(|view| {
            let is_guarded = view.spread(false).is_some() || view.valid_budget().is_some();
            view.serves() && self.most(view) >= 2.0 && view.readiness().is_some() && is_guarded
        });
        Fact::number_of(apart.map(|view| view.most_copies_place()).collect())
    }

    /// The part of the written sizes on one host that agents of the nodes take; the larger of vCPU and memory. Absent
    /// where no size is written for the agents or for the rest.
    pub(super) fn agents_share(&self) -> Fact {
        let is_agent = |view: &WorkloadView<'_>| view.is_daemon() || view.is_agent();
        let agents: Vec<_> = self.workloads().filter(is_agent).collect();
        let share = |size: fn(&crate::inventory::model::Container) -> Option<Written<f64>>, payload: f64| {
            let sizes = agents.iter().flat_map(WorkloadView::containers).filter_map(size);
            let own: f64 = sizes.map(|size| size.value).sum();
            (own > 0.0 && payload > 0.0).then(|| own / (own + payload))
        };
        let payload = |size: fn(&crate::inventory::model::Container) -> Option<Written<f64>>| -> f64 {
            let rest = self.workloads().filter(|view| !is_agent(view));
            let sizes = rest.map(|view| {
                let copies = copies_range(self.inventory, view.index()).0;
                copies * view.containers().filter_map(size).map(|size| size.value).sum::<f64>()
            });
            sizes.sum()
        };
        let shares = [share(|c| c.cpu, payload(|c| c.cpu)), share(|c| c.memory_gib, payload(|c| c.memory_gib))];
        let places = agents.iter().flat_map(WorkloadView::containers).filter_map(|c| c.cpu.or(c.memory_gib));
        let places: Vec<_> = places.map(|size| size.place).take(SHOWN).collect();
        match shares.into_iter().flatten().max_by(f64::total_cmp) {
            Some(share) => Fact::number(share, places),
            None => Fact::Absent,
        }
    }

    /// Controllers that let hosts come and go.
    pub(super) fn host_scalers(&self) -> Fact {
        let containers = self.workloads().flat_map(|view| view.containers());
        let scalers = containers.filter(|container| self.tables.is_host_scaler_image(&container.image));
        Fact::number_of(scalers.filter_map(|container| container.image_place).collect())
    }

    /// Kinds of hosts that workloads other than agents ask for.
    pub(super) fn host_kinds(&self) -> Fact {
        let mut seen = BTreeSet::new();
        let payload = self.workloads().filter(|view| !view.is_daemon() && !view.is_agent());
        let kinds = payload.flat_map(|view| &view.workload.pods).filter_map(|pod| pod.host_kind.as_ref());
        Fact::number_of(kinds.filter(|kind| seen.insert(kind.value.as_str())).map(|kind| kind.place).collect())
    }

    /// How far pointers reach in one way.
    pub(super) fn reaches(&self, test: impl Fn(&ReachKind) -> bool) -> Fact {
        let reaches = self.system.reaches.iter().map(|at| &self.inventory.objects.reaches[*at]);
        Fact::number_of(reaches.filter(|reach| test(&reach.kind)).map(|reach| reach.place).collect())
    }

    fn clusters(&self) -> Vec<(&'i str, Place)> {
        let mut seen = BTreeSet::new();
        let reaches = self.system.reaches.iter().map(|at| &self.inventory.objects.reaches[*at]);
        let named = reaches.filter_map(|reach| match &reach.kind {
            ReachKind::Cluster(name) | ReachKind::ListedCluster(name) => Some((name.as_str(), reach.place)),
            _ => None,
        });
        // The cluster that the tool runs in has a name and an address.
        let own = |name: &'i str| if name == "https://kubernetes.default.svc" { "in-cluster" } else { name };
        named.map(|(name, place)| (own(name), place)).filter(|(name, _)| seen.insert(*name)).collect()
    }

    /// Different clusters that pointers name.
    pub(super) fn named_clusters(&self) -> Fact {
        Fact::number_of(self.clusters().into_iter().map(|(_, place)| place).collect())
    }

    /// Different clusters that are listed for one application.
    pub(super) fn listed_clusters(&self) -> Fact {
        let mut seen = BTreeSet::new();
        let reaches = self.system.reaches.iter().map(|at| &self.inventory.objects.reaches[*at]);
        let listed = reaches.filter(|reach| match &reach.kind {
            ReachKind::ListedCluster(name) => seen.insert(name.as_str()),
            _ => false,
        });
        Fact::number_of(listed.map(|reach| reach.place).collect())
    }

    /// Different regions that overlays and clusters are named after.
    pub(super) fn regions(&self) -> Fact {
        let overlay = self.system.overlay.as_ref();
        let folders = overlay
            .into_iter()
            .flat_map(|overlay| [&overlay.assessed].into_iter().chain(&overlay.beside).chain(&overlay.set_aside));
        let place = self.workloads().next().map(|view| view.place());
        let folders = folders.filter_map(|folder| Some((folder.as_str(), place?)));
        let mut seen = BTreeSet::new();
        let named = folders.chain(self.clusters()).filter_map(|(name, place)| {
            let region = self.tables.region_in(name)?;
            // Two regions may begin alike and differ in the number behind.
            let at = name.find(region).unwrap_or(0);
            let rest: String = name[at + region.len()..].chars().take_while(|c| matches!(c, '-' | '0'..='9')).collect();
            seen.insert(format!("{region}{}", rest.trim_end_matches('-'))).then_some(place)
        });
        let mut places: Vec<Place> = named.collect();
        let count = places.len() as f64;
        places.dedup();
        Fact::number(count, places)
    }

    /// Routes that divide traffic by weights.
    pub(super) fn weighted_routes(&self) -> Fact {
        let objects = &self.inventory.objects;
        let routes = self.system.routes.iter().filter_map(|at| objects.routes[*at].weighted);
        let mesh = self.system.foreign.iter().filter_map(|at| objects.foreign[*at].weighted);
        Fact::number_of(routes.chain(mesh).collect())
    }

    /// Different people and groups bound to the namespaces of the system.
    pub(super) fn people(&self) -> Fact {
        let all = &self.inventory.objects.namespaces;
        let namespaces: Vec<_> = self.system.namespaces.iter().filter_map(|name| all.get(name)).collect();
        let tenancy = || namespaces.iter().filter_map(|namespace| namespace.tenancy.as_ref());
        let people: BTreeSet<&String> = tenancy().flat_map(|tenancy| &tenancy.people).collect();
        Fact::number(people.len() as f64, tenancy().filter_map(|tenancy| tenancy.binding).take(SHOWN))
    }

    /// Where everybody is bound to an administrator's role, over the whole estate: rights know no systems.
    pub(super) fn everybody_administers(&self) -> Fact {
        let administrators = ["cluster-admin", "admin"];
        let bindings = self.inventory.objects.bindings.iter();
        let broad = bindings.filter(|binding| administrators.contains(&binding.role.1.as_str()));
        Fact::present(broad.into_iter().find_map(|binding| binding.everybody))
    }

    /// Images without a version, or of the latest one.
    pub(super) fn floating_images(&self) -> Fact {
        let containers = self.workloads().filter(|view| view.serves()).flat_map(|view| view.containers());
        let floating = containers.filter(|container| is_floating(&container.image));
        Fact::number_of(floating.filter_map(|container| container.image_place).collect())
    }

    /// Services that select no pod.
    pub(super) fn idle_services(&self) -> Fact {
        let idle = &self.inventory.links.idle.services;
        let services = self.system.services.iter().filter(|at| idle.binary_search(at).is_ok());
        Fact::number_of(services.map(|at| self.inventory.objects.services[*at].selector_place).collect())
    }

    /// Disruption budgets that select no pod, in the namespaces of the system.
    pub(super) fn idle_budgets(&self) -> Fact {
        let budgets = self.inventory.links.idle.budgets.iter().map(|at| &self.inventory.objects.budgets[*at]);
        let is_ours = |namespace: &str| {
            namespace.is_empty() || self.system.namespaces.iter().any(|ours| same_namespace(ours, namespace))
        };
        Fact::number_of(budgets.filter(|budget| is_ours(&budget.namespace)).map(|budget| budget.place).collect())
    }

    /// Network policies that select no pod.
    pub(super) fn idle_policies(&self) -> Fact {
        let idle = &self.inventory.links.idle.network_policies;
        let policies = self.system.network_policies.iter().filter(|at| idle.binary_search(at).is_ok());
        Fact::number_of(policies.map(|at| self.inventory.objects.network_policies[*at].place).collect())
    }
}

/// Whether an image reference changes its meaning with time: without a tag and digest, or of the tag `latest`.
fn is_floating(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    let is_open = crate::yaml::is_unknown(image) || image.contains('$');
    !image.is_empty() && !is_open && !last.contains('@') && last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_without_a_version_float() {
        for image in ["web", "web:latest", "registry:5000/web"] {
            assert!(is_floating(image), "{image}");
        }
        for image in ["web:1", "registry:5000/web:2", "web@sha256:00", "web:latest@sha256:00", "web:${TAG}", ""] {
            assert!(!is_floating(image), "{image}");
        }
    }
}
