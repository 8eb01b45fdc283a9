//! What facts see of live clusters: what was observed of a workload or a cluster, and what could not be listed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fact, SystemView, Value, WorkloadView};
use crate::grade::Grade;
use crate::inventory::model::Workload;
use crate::inventory::{Cluster, Inventory, System};
use crate::language::{Prose, say};
use crate::tables::Tables;
use crate::yaml::Place;

/// Why a resource could not be listed, with the place where the snapshot says so.
pub(super) type Gap = (Prose, Place);

/// An observation: known, and proven by having been seen.
fn observed(value: Value, places: Vec<Place>) -> Fact {
    Fact::Known { value, places, grade: Grade::Proven }
}

/// Why one resource could not be listed whole by a cluster, in one of these namespaces. `@role` stands for every custom
/// resource whose group has that role.
fn gap_of<'n>(
    cluster: &Cluster,
    resource: &str,
    namespaces: impl Iterator<Item = &'n String> + Clone,
    tables: &Tables,
) -> Option<Gap> {
    if let Some(role) = resource.strip_prefix('@') {
        let group = |resource: &str| resource.split_once('.').map_or("", |(_, group)| group).to_owned();
        let mut known = cluster.lists.keys().filter(|resource| tables.has_role(&group(resource), role));
        return known.find_map(|resource| gap_of(cluster, resource, namespaces.clone(), tables));
    }
    let mut namespaces = namespaces.map(|namespace| cluster.own_namespace(namespace));
    let (list, reason) = namespaces.find_map(|namespace| cluster.gap(resource, namespace))?;
    Some((say!("{} could not be listed in full: {}", resource, reason), list.place))
}

impl<'i> WorkloadView<'i> {
    /// The cluster that it was read from.
    pub(super) fn cluster(&self) -> Option<&'i Cluster> {
        self.inventory.cluster_of(self.workload)
    }

    /// Why one of these resources could not be listed where the workload runs.
    pub(super) fn gap(&self, resources: &[&str]) -> Option<Gap> {
        let cluster = self.cluster()?;
        resources
            .iter()
            .find_map(|resource| gap_of(cluster, resource, [&self.workload.key.scope].into_iter(), self.tables))
    }

    /// Whether it runs as an account of its own, which alone may have rights that anybody gave it on purpose.
    pub(super) fn has_own_account(&self) -> bool {
        self.workload.pods.iter().any(|pod| pod.service_account.is_some())
    }

    /// What was seen of it under a key.
    pub(super) fn seen(&self, key: &str) -> Option<(f64, Place)> {
        self.inventory.seen_number(self.workload.place, key)
    }

    /// The same as a fact, and where nothing was seen the reason.
    pub(super) fn seen_number(&self, key: &str) -> Fact {
        match self.seen(key) {
            Some((number, place)) => observed(Value::Number(number), vec![place]),
            None => self.not_seen(),
        }
    }

    /// A number of places in which copies are ready; where none is, there is no such place to speak of.
    pub(super) fn seen_places(&self, key: &str) -> Fact {
        if self.seen("ready").is_some_and(|(ready, _)| ready == 0.0) { Fact::Absent } else { self.seen_number(key) }
    }

    /// A number that was seen at one moment, where more may have been seen at another.
    pub(super) fn seen_at_least(&self, key: &str) -> Fact {
        match self.seen(key) {
            Some((value, place)) => {
                Fact::AtLeast { value, reason: super::one_look(), places: vec![place], grade: Grade::Proven }
            }
            None => self.not_seen(),
        }
    }

    /// A truth value that was seen.
    pub(super) fn seen_boolean(&self, key: &str) -> Fact {
        match self.seen(key) {
            Some((value, place)) => observed(Value::Boolean(value > 0.0), vec![place]),
            None => self.not_seen(),
        }
    }

    /// The most copies that were ready at once as a share of what its autoscaler may make; one look shows the least.
    pub(super) fn share_of_maximum(&self) -> Fact {
        let Some((ready, place)) = self.seen("ready") else { return self.not_seen() };
        match self.range().filter(|range| range.value.1.is_finite() && range.value.1 > 0.0) {
            Some(range) => Fact::AtLeast {
                value: (ready / range.value.1).min(1.0),
                reason: super::one_look(),
                places: vec![place, range.place],
                grade: Grade::Proven,
            },
            None => Fact::Absent,
        }
    }

    /// What nothing was seen of.
    pub(super) fn not_seen(&self) -> Fact {
        if self.cluster().is_some() { one_look() } else { Fact::not_seen() }
    }

    /// The same workload as files write it, where both were read.
    fn written(&self) -> Option<&'i Workload> {
        self.workload.written.as_deref()
    }

    /// Whether the cluster runs another number of copies than the files write. An autoscaler may change it at will.
    pub(super) fn copies_differ(&self) -> Fact {
        let Some(written) = self.written() else { return Fact::Absent };
        let places = [self.workload.copies.place(), written.copies.place()];
        match (self.workload.copies.known(), written.copies.known()) {
            (Some(live), Some(copies)) if self.autoscaler().is_none() => {
                Fact::boolean(live != copies, places.into_iter().flatten())
            }
            _ => Fact::Absent,
        }
    }

    /// Where a fixed number of copies is written. In a cluster the number is always there, and an autoscaler moves it; only
    /// what files write of it was written by somebody.
    pub(super) fn fixed_copies(&self) -> Option<Place> {
        let is_live = self.cluster().is_some() && self.autoscaler().is_some();
        let workload = if is_live { self.written()? } else { self.workload };
        workload.copies.place()
    }

    /// The copies that the files write.
    pub(super) fn written_copies(&self) -> Fact {
        match self.written().map(|written| &written.copies) {
            Some(crate::inventory::model::Stated::Known(copies)) => Fact::number(copies.value, [copies.place]),
            _ => Fact::Absent,
        }
    }

    /// Whether the cluster runs other images than the files write.
    pub(super) fn images_differ(&self) -> Fact {
        let Some(written) = self.written() else { return Fact::Absent };
        let images = |workload: &Workload| -> BTreeSet<String> {
            workload.containers().map(|container| container.image.clone()).filter(|image| !image.is_empty()).collect()
        };
        let (live, files) = (images(self.workload), images(written));
        // What is injected beside the containers of a pod is in no file; what a file leaves open is no contradiction.
        let is_certain = files.iter().all(|image| !crate::yaml::is_unknown(image) && !image.contains('$'));
        let place = |workload: &Workload| workload.containers().find_map(|container| container.image_place);
        let places = [place(self.workload), place(written)];
        if files.is_empty() || !is_certain {
            return Fact::Absent;
        }
        Fact::boolean(!files.is_subset(&live), places.into_iter().flatten())
    }

    /// Whether the cluster gives its containers other sizes than the files write, or none.
    pub(super) fn sizes_differ(&self) -> Fact {
        let Some(written) = self.written() else { return Fact::Absent };
        let sum = |workload: &Workload| {
            workload.containers().fold((0.0, 0.0), |sum: (f64, f64), container| {
                let value = |size: Option<crate::inventory::model::Written<f64>>| size.map_or(0.0, |size| size.value);
                (sum.0 + value(container.cpu), sum.1 + value(container.memory_gib))
            })
        };
        let place = |workload: &Workload| {
            workload.containers().find_map(|container| container.cpu.or(container.memory_gib)).map(|size| size.place)
        };
        let (live, files) = (sum(self.workload), sum(written));
        let differ = |a: f64, b: f64| (a - b).abs() > 0.01 * a.max(b).max(0.01);
        let places = [place(self.workload), place(written)];
        Fact::boolean(
            files != (0.0, 0.0) && (differ(live.0, files.0) || differ(live.1, files.1)),
            places.into_iter().flatten(),
        )
    }
}

/// Unknown, since a cluster was looked at once and keeps no history.
fn one_look() -> Fact {
    Fact::Unknown { reason: super::one_look(), places: Vec::new() }
}

impl<'i> SystemView<'i> {
    /// The clusters that its workloads were read from.
    #[must_use]
    pub fn live_clusters(&self) -> &[&'i Cluster] {
        &self.clusters
    }

    /// Why one of these resources could not be listed where the system runs.
    pub(super) fn gap(&self, resources: &[&str]) -> Option<Gap> {
        let clusters = || self.live_clusters().iter();
        resources.iter().find_map(|resource| clusters().find_map(|cluster| self.gap_in(cluster, resource)))
    }

    fn gap_in(&self, cluster: &Cluster, resource: &str) -> Option<Gap> {
        let anywhere = String::new();
        let own = self.system.namespaces.iter();
        let own = own.chain(self.system.namespaces.is_empty().then_some(&anywhere));
        gap_of(cluster, resource, own, self.tables)
    }

    /// The resources that could not be listed whole where the system runs, with the reasons.
    #[must_use]
    pub fn gaps(&self) -> BTreeMap<&'i str, Prose> {
        let mut gaps = BTreeMap::new();
        // A cluster that was asked for and could not be read is missed by what stands in files alone, too.
        let all: Vec<&Cluster> = self.inventory.clusters.iter().collect();
        for cluster in if self.live_clusters().is_empty() { &all } else { self.live_clusters() } {
            for resource in cluster.lists.keys() {
                if let Some((reason, _)) = self.gap_in(cluster, resource) {
                    gaps.entry(resource.as_str()).or_insert(reason);
                }
            }
        }
        gaps
    }

    /// Whether a usual kind of workloads, or pods, could not be listed whole where the system runs. The pods of rarer kinds
    /// are seen all the same.
    #[must_use]
    pub fn misses_workloads(&self) -> bool {
        const USUAL: [&str; 6] =
            ["deployments.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch", "pods"];
        let gaps = self.gaps();
        USUAL.iter().any(|resource| gaps.contains_key(resource))
    }

    /// Whether one of its workloads runs as an account of its own, so that rights and definitions matter.
    #[must_use]
    pub fn has_own_accounts(&self) -> bool {
        self.workloads().any(|view| view.has_own_account())
    }

    /// Whether somebody chose to read but a part of a cluster, so that others may share it.
    pub(super) fn is_part_of_cluster(&self) -> bool {
        self.live_clusters().iter().any(|cluster| cluster.namespaces.is_some() || cluster.is_selection)
    }

    /// The part of its workloads that were seen live, 0 to 1.
    #[must_use]
    pub fn live_share(&self) -> f64 {
        let all = self.system.workloads.len();
        if all == 0 {
            return if self.live_clusters().is_empty() { 0.0 } else { 1.0 };
        }
        self.raw_workloads().filter(|workload| self.inventory.cluster_of(workload).is_some()).count() as f64
            / all as f64
    }

    /// What nothing was seen of.
    pub(super) fn not_seen(&self) -> Fact {
        if self.live_clusters().is_empty() { Fact::not_seen() } else { one_look() }
    }

    fn of_clusters(&self, key: &str) -> Option<Vec<(f64, Place)>> {
        let clusters = self.live_clusters();
        let seen = clusters.iter().map(|cluster| self.inventory.seen_number(cluster.place, key));
        seen.collect::<Option<Vec<_>>>().filter(|seen| !seen.is_empty())
    }

    /// A number of its clusters, added up.
    pub(super) fn cluster_sum(&self, key: &str) -> Fact {
        match self.of_clusters(key) {
            Some(seen) => {
                let sum = seen.iter().map(|(number, _)| number).sum();
                observed(Value::Number(sum), seen.into_iter().map(|(_, place)| place).collect())
            }
            None => self.not_seen(),
        }
    }

    /// The largest number of its clusters.
    pub(super) fn cluster_most(&self, key: &str) -> Fact {
        match self.of_clusters(key).and_then(|seen| seen.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))) {
            Some((number, place)) => observed(Value::Number(number), vec![place]),
            None => self.not_seen(),
        }
    }

    /// Whether something was seen in one of its clusters; that it was not seen proves nothing.
    pub(super) fn cluster_any(&self, key: &str) -> Fact {
        let clusters = self.live_clusters();
        let mut seen = clusters.iter().filter_map(|cluster| self.inventory.seen_number(cluster.place, key));
        match seen.find(|(number, _)| *number > 0.0) {
            Some((_, place)) => observed(Value::Boolean(true), vec![place]),
            None => self.not_seen(),
        }
    }

    /// What was seen of its workloads under a key, added up; unknown where some of those that run were not seen.
    fn workload_sum(&self, key: &str) -> Option<(f64, Vec<Place>)> {
        let mut sum = (0.0, Vec::new());
        for view in self.workloads().filter(|view| view.seen("copies").is_some_and(|(copies, _)| copies > 0.0)) {
            let (number, place) = view.seen(key)?;
            sum.0 += number;
            sum.1.push(place);
        }
        (!sum.1.is_empty()).then_some(sum)
    }

    /// The same as a fact.
    pub(super) fn used_now(&self, key: &str) -> Fact {
        match self.workload_sum(key) {
            Some((sum, places)) => observed(Value::Number(sum), places),
            None => self.not_seen(),
        }
    }

    /// What is used now, divided by what is requested; the larger of vCPU and memory, since either may be what counts.
    pub(super) fn requests_used_now(&self) -> Fact {
        let ratio = |used: &str, requested: &str| {
            let (used, places) = self.workload_sum(used)?;
            let requested = self.workload_sum(requested)?.0;
            (requested > 0.0).then(|| (used / requested, places))
        };
        let ratios = [ratio("cpu-now", "cpu-requested"), ratio("memory-gib-now", "memory-gib-requested")];
        match ratios.into_iter().flatten().max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((share, places)) => observed(Value::Number(share), places),
            None => self.not_seen(),
        }
    }

    /// What is used of the nodes now; the larger part of vCPU and memory, since either may be what counts.
    pub(super) fn capacity_used_now(&self) -> Fact {
        let ratio = |unit: &str| {
            let used = self.of_clusters(&format!("{unit}-now"))?;
            let offered: f64 = self.of_clusters(&format!("{unit}-allocatable"))?.iter().map(|(number, _)| number).sum();
            let sum: f64 = used.iter().map(|(number, _)| number).sum();
            (offered > 0.0).then(|| (sum / offered, used.into_iter().map(|(_, place)| place).collect()))
        };
        match ["cpu", "memory-gib"].into_iter().filter_map(ratio).max_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((share, places)) => observed(Value::Number(share.min(1.0)), places),
            None => self.not_seen(),
        }
    }

    /// Days since anything of it was last rolled out.
    pub(super) fn days_since_rollout(&self) -> Fact {
        let seen = self.workloads().filter_map(|view| view.seen("days-since-rollout"));
        match seen.min_by(|a, b| a.0.total_cmp(&b.0)) {
            Some((days, place)) => observed(Value::Number(days), vec![place]),
            None => self.not_seen(),
        }
    }

    /// Whether one of its clusters runs a version past its support on the day on which it was read.
    pub(super) fn version_unsupported(&self) -> Fact {
        let mut known = None;
        for cluster in self.live_clusters() {
            let (Some(version), Some(taken)) = (&cluster.version, cluster.taken) else { continue };
            match self.tables.is_past_support(version, taken) {
                Some(true) => return observed(Value::Boolean(true), vec![cluster.place]),
                Some(false) => known = known.or(Some(cluster.place)),
                None => {}
            }
        }
        match known {
            Some(place) => observed(Value::Boolean(false), vec![place]),
            None => self.not_seen(),
        }
    }

    /// The part of the requested vCPU or memory that the platform itself takes; the larger one.
    pub(super) fn platform_requests(&self) -> Fact {
        let mut most: Option<(f64, Place)> = None;
        for cluster in self.live_clusters() {
            for unit in ["cpu", "memory-gib"] {
                let seen = |key: String| self.inventory.seen_number(cluster.place, &key);
                let (Some((platform, place)), Some((all, _))) =
                    (seen(format!("platform-{unit}-requested")), seen(format!("{unit}-requested")))
                else {
                    continue;
                };
                let share = if all > 0.0 { (platform / all).min(1.0) } else { continue };
                if most.is_none_or(|(known, _)| share > known) {
                    most = Some((share, place));
                }
            }
        }
        match most {
            Some((share, place)) => observed(Value::Number(share), vec![place]),
            None => self.not_seen(),
        }
    }

    /// Whether the network plugin enforces network policies; unknown where it was not recognised.
    pub(super) fn policies_enforced(&self) -> Fact {
        let mut all = None;
        for cluster in self.live_clusters() {
            let plugin = self.inventory.seen(cluster.place, "network-plugin");
            let enforces = plugin.and_then(|node| Some(self.tables.network_plugin_named(node.string()?)?.enforces));
            match (enforces, plugin) {
                (Some(enforces), Some(plugin)) => {
                    all = Some(all.map_or((enforces, plugin.place()), |(known, place)| (known && enforces, place)));
                }
                _ => return self.not_seen(),
            }
        }
        match all {
            Some((enforces, place)) => observed(Value::Boolean(enforces), vec![place]),
            None => self.not_seen(),
        }
    }

    /// The part of its pods that have a proxy of a mesh beside them.
    pub(super) fn meshed_share(&self) -> Fact {
        match (self.workload_sum("meshed"), self.workload_sum("copies")) {
            (Some((meshed, places)), Some((all, _))) if all > 0.0 => {
                observed(Value::Number((meshed / all).min(1.0)), places)
            }
            _ => self.not_seen(),
        }
    }

    /// Public addresses of its services and routes.
    pub(super) fn public_addresses(&self) -> Fact {
        let objects = &self.inventory.objects;
        let services = self.system.services.iter().map(|at| objects.services[*at].place);
        let routes = self.system.routes.iter().map(|at| objects.routes[*at].place);
        let seen: Vec<_> =
            services.chain(routes).filter_map(|place| self.inventory.seen_number(place, "public-addresses")).collect();
        if self.live_clusters().is_empty() {
            return Fact::not_seen();
        }
        let sum = seen.iter().map(|(number, _)| number).sum();
        observed(Value::Number(sum), seen.into_iter().filter(|(number, _)| *number > 0.0).map(|(_, at)| at).collect())
    }

    /// Namespaces with a quota and people of their own in which pods run now.
    pub(super) fn running_tenants(&self) -> Fact {
        if self.live_clusters().is_empty() {
            return Fact::not_seen();
        }
        let running: BTreeSet<&str> = self
            .workloads()
            .filter(|view| view.seen("ready").is_some_and(|(ready, _)| ready > 0.0))
            .map(|view| view.workload.key.scope.as_str())
            .collect();
        let all = &self.inventory.objects.namespaces;
        let tenancies = running.into_iter().filter_map(|name| all.get(name)?.tenancy.as_ref());
        let places: Vec<Place> =
            tenancies.filter(|tenancy| tenancy.binding.is_some()).filter_map(|t| t.quota).collect();
        observed(Value::Number(places.len() as f64), places)
    }

    /// The most clusters that run one of its workloads now, under the same name.
    pub(super) fn serving_clusters(&self) -> Fact {
        let clusters = self.live_clusters();
        if clusters.is_empty() {
            return Fact::not_seen();
        }
        let mut by_name: BTreeMap<(&str, &str, &str), BTreeMap<u32, Place>> = BTreeMap::new();
        for view in self.workloads() {
            let (Some((ready, place)), Some(cluster)) = (view.seen("ready"), view.cluster()) else { continue };
            let key = &view.workload.key;
            if ready > 0.0 {
                let name = (key.kind.as_str(), cluster.own_namespace(&key.scope), key.name.as_str());
                by_name.entry(name).or_default().insert(cluster.source.0, place);
            }
        }
        match by_name.into_values().max_by_key(BTreeMap::len) {
            Some(places) => observed(Value::Number(places.len() as f64), places.into_values().collect()),
            None => one_look(),
        }
    }

    /// Services of which copies are ready, node agents left out.
    pub(super) fn ready_services(&self) -> Fact {
        if self.live_clusters().is_empty() {
            return Fact::not_seen();
        }
        let ready = self.environment().filter(WorkloadView::serves).filter_map(|view| view.seen("ready"));
        let places: Vec<Place> = ready.filter(|(ready, _)| *ready > 0.0).map(|(_, place)| place).collect();
        observed(Value::Number(places.len() as f64), places)
    }

    /// What its files write and the cluster does not have.
    pub(super) fn unapplied(&self, test: impl Fn(&str) -> bool) -> Fact {
        let unapplied = self.system.unapplied.iter().map(|at| &self.inventory.objects.unapplied[*at]);
        Fact::number_of(unapplied.filter(|object| test(object.kind)).map(|object| object.place).collect())
    }

    /// Live workloads that no file writes, in namespaces of which files write others.
    pub(super) fn unwritten(&self) -> Fact {
        let live = || self.raw_workloads().filter(|workload| self.inventory.cluster_of(workload).is_some());
        let covered: BTreeSet<_> = live()
            .filter(|workload| workload.written.is_some())
            .map(|workload| (workload.source, workload.key.scope.as_str()))
            .collect();
        let is_unwritten = |workload: &&Workload| {
            workload.written.is_none() && covered.contains(&(workload.source, workload.key.scope.as_str()))
        };
        Fact::number_of(live().filter(is_unwritten).map(|workload| workload.place).collect())
    }
}

/// The clusters that the workloads of a system were read from. An estate without a workload is still that of every
/// cluster.
pub(super) fn clusters_of<'i>(inventory: &'i Inventory, system: &System) -> Vec<&'i Cluster> {
    if inventory.clusters.is_empty() {
        return Vec::new();
    }
    let sources: BTreeSet<_> = system.workloads.iter().map(|at| inventory.objects.workloads[*at].source).collect();
    let is_empty = system.is_estate && system.workloads.is_empty();
    inventory.clusters.iter().filter(|cluster| is_empty || sources.contains(&cluster.source)).collect()
}
