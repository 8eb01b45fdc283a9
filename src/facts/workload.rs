//! What facts see of one workload.

use crate::inventory::model::{
    Amount, Autoscaler, Claim, Container, GroupRoleOf, Pod, Service, Stated, Strictness, VolumeKind, Workload,
    WorkloadKind, Written,
};
use crate::inventory::{Inventory, Rights, same_namespace};
use crate::tables::Tables;
use crate::yaml::Place;

use super::Fact;

/// A workload with everything that is linked to it.
#[derive(Clone, Copy, Debug)]
pub struct WorkloadView<'i> {
    pub(super) inventory: &'i Inventory,
    pub(super) tables: &'i Tables,
    pub(super) index: usize,
    pub(super) workload: &'i Workload,
}

/// Copies with the autoscaler at its minimum and at its maximum.
pub(super) fn copies_range(inventory: &Inventory, index: usize) -> (f64, f64) {
    let workload = &inventory.objects.workloads[index];
    if let Some(range) = workload.own_range {
        let high = if range.value.1.is_finite() { range.value.1 } else { range.value.0.max(1.0) };
        return (range.value.0, high.max(workload.copies.known().unwrap_or(0.0)));
    }
    if workload.kind.is_batch() {
        let parallelism = workload.parallelism.map_or(1.0, |parallelism| parallelism.value.max(1.0));
        return (parallelism, parallelism);
    }
    let written = workload.copies.known().unwrap_or(1.0);
    match inventory.links.workloads[index].autoscaler.map(|at| &inventory.objects.autoscalers[at]) {
        Some(scaler) => {
            let (minimum, maximum) = (minimum_of(scaler), maximum_of(scaler));
            (minimum, maximum.max(minimum))
        }
        None => (written, written),
    }
}

/// The least copies of an autoscaler: 1 unless written, 0 for one driven by events.
/// Source: Kubernetes API reference; KEDA documentation, ScaledObject specification.
fn minimum_of(scaler: &Autoscaler) -> f64 {
    let by_default = scaler.by_events && scaler.minimum == Stated::Absent;
    scaler.minimum.known().unwrap_or(if by_default { 0.0 } else { 1.0 })
}

/// The most copies of an autoscaler: required, except for one driven by events, where 100 is the default.
fn maximum_of(scaler: &Autoscaler) -> f64 {
    scaler.maximum.known().unwrap_or(if scaler.by_events { 100.0 } else { 1.0 })
}

impl<'i> WorkloadView<'i> {
    /// The view of the workload with this index.
    #[must_use]
    pub fn new(inventory: &'i Inventory, tables: &'i Tables, index: usize) -> Self {
        Self { inventory, tables, index, workload: &inventory.objects.workloads[index] }
    }

    /// The number of the workload.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// `Kind/namespace/name`, or `service/project/name`.
    #[must_use]
    pub fn object_name(&self) -> String {
        self.workload.object_name()
    }

    /// Where the workload is written.
    #[must_use]
    pub fn place(&self) -> Place {
        self.workload.place
    }

    pub(super) fn pod(&self) -> Option<&'i Pod> {
        self.workload.pod()
    }

    pub(super) fn containers(&self) -> impl Iterator<Item = &'i Container> + use<'i> {
        self.workload.pods.iter().flat_map(|pod| &pod.containers)
    }

    fn links(&self) -> &'i crate::inventory::WorkloadLinks {
        &self.inventory.links.workloads[self.index]
    }

    pub(super) fn rights(&self) -> &'i Rights {
        &self.links().rights
    }

    /// Where it may write what these files define, or any status: what controllers do.
    pub(super) fn controls(&self) -> Option<Place> {
        self.rights().writes_own_group.or(self.rights().writes_status)
    }

    pub(super) fn autoscaler(&self) -> Option<&'i Autoscaler> {
        self.links().autoscaler.map(|at| &self.inventory.objects.autoscalers[at])
    }

    /// Whether it runs on every node.
    pub(super) fn is_daemon(&self) -> bool {
        self.workload.kind == WorkloadKind::DaemonSet
    }

    /// Whether it serves, rather than running to an end or on every node, or looking after nodes.
    pub(super) fn serves(&self) -> bool {
        let runs_on = !self.workload.kind.is_batch() && !self.is_daemon() && self.custom_role() != Some("batch");
        runs_on && !self.is_agent()
    }

    /// Whether it stands in a template that was not rendered, so that it was read in part.
    pub(super) fn is_partial(&self) -> bool {
        self.inventory.is_partial(self.workload)
    }

    /// Copies that are always there, with the place that says so.
    pub(super) fn copies(&self) -> Fact {
        let low = copies_range(self.inventory, self.index).0;
        if let Stated::Unknown { reason, place } = &self.workload.copies
            && self.autoscaler().is_none()
        {
            return Fact::Unknown { reason: reason.clone(), places: vec![*place] };
        }
        let scaler_place = self.autoscaler().map(|scaler| scaler.minimum.place().unwrap_or(scaler.place));
        Fact::number(low, scaler_place.or(self.workload.copies.place()))
    }

    /// The most copies, with the place that says so.
    pub(super) fn most_copies(&self) -> Fact {
        let high = copies_range(self.inventory, self.index).1;
        if let Some(range) = self.workload.own_range {
            return Fact::number(high, [range.place]);
        }
        match self.autoscaler() {
            Some(Autoscaler { maximum: Stated::Unknown { reason, place }, .. }) => {
                Fact::Unknown { reason: reason.clone(), places: vec![*place] }
            }
            Some(scaler) => Fact::number(high, [scaler.place]),
            None => self.copies(),
        }
    }

    /// Where the most copies are written; the kind where nothing is, since one copy is what it then stands for.
    pub(super) fn most_copies_place(&self) -> Place {
        self.most_copies().places().first().copied().unwrap_or(self.workload.kind_place)
    }

    /// Whether others cannot go on without what it keeps: a store, but no cache, whose content can be made again.
    pub(super) fn keeps_what_others_need(&self) -> bool {
        self.engine()
            .is_some_and(|(engine, ..)| engine != "memcached" && (engine != "redis" || self.volume().is_some()))
    }

    /// The range of the autoscaler, or of the workload's own scaling.
    pub(super) fn range(&self) -> Option<Written<(f64, f64)>> {
        self.workload.own_range.or_else(|| {
            let scaler = self.autoscaler()?;
            // Only an autoscaler driven by events has a maximum where none is written.
            let by_default = scaler.by_events && scaler.maximum == Stated::Absent;
            let known = scaler.maximum.known().is_some() || by_default;
            known.then(|| Written { value: (minimum_of(scaler), maximum_of(scaler)), place: scaler.place })
        })
    }

    /// The reason why the range of the autoscaler is unknown, if it is.
    pub(super) fn unknown_range(&self) -> Option<Fact> {
        let scaler = self.autoscaler().filter(|_| self.workload.own_range.is_none())?;
        [&scaler.minimum, &scaler.maximum].into_iter().find_map(|bound| match bound {
            Stated::Unknown { reason, place } => Some(Fact::Unknown { reason: reason.clone(), places: vec![*place] }),
            _ => None,
        })
    }

    /// Whether the autoscaler's metric can be computed: a utilisation needs requests.
    pub(super) fn can_scale(&self) -> bool {
        let needs = self.autoscaler().is_some_and(|scaler| scaler.needs_requests);
        !needs || self.containers().any(|container| container.has_request || container.cpu.is_some())
    }

    pub(super) fn readiness(&self) -> Option<Place> {
        self.containers().find_map(|container| container.readiness)
    }

    /// Where all old copies may stop before new ones start: by the strategy, or because all may be missing.
    pub(super) fn recreates(&self) -> Option<Place> {
        let copies = copies_range(self.inventory, self.index).0;
        let may_be_missing = self.workload.may_be_missing.filter(|(amount, _)| match amount {
            Amount::Count(count) => copies >= 2.0 && *count >= copies,
            Amount::Percent(share) => *share >= 100.0,
        });
        self.workload.recreates.or(may_be_missing.map(|(_, place)| place))
    }

    /// Where a Service or an Ingress that leads to it keeps each client on one copy.
    pub(super) fn sticky(&self) -> Option<Place> {
        let objects = &self.inventory.objects;
        let services = || self.links().services.iter().map(|at| &objects.services[*at]);
        services().find_map(|service| service.sticky).or_else(|| {
            objects.routes.iter().filter(|route| route.sticky.is_some()).find_map(|route| {
                let leads_here = services().any(|service| {
                    route.services.contains(&service.name) && same_namespace(&service.namespace, &route.namespace)
                });
                route.sticky.filter(|_| leads_here)
            })
        })
    }

    /// One disk under all copies that one host alone may use: a claim by name, or a disk of a cloud written in place.
    pub(super) fn one_disk(&self) -> Option<Place> {
        let claims = &self.inventory.objects.claims;
        let volumes = self.workload.pods.iter().flat_map(|pod| &pod.volumes);
        volumes.into_iter().find_map(|volume| match &volume.kind {
            VolumeKind::Inline { shared: false } => Some(volume.place),
            VolumeKind::Claim(name) => {
                let is_meant =
                    |claim: &&Claim| claim.name == *name && same_namespace(&claim.namespace, &self.workload.key.scope);
                // Of several claims of this name it may be any.
                let mut meant = claims.iter().filter(is_meant);
                let first = meant.next()?.one_host?;
                meant.all(|claim| claim.one_host.is_some()).then_some(first)
            }
            _ => None,
        })
    }

    /// The quota of its namespace, where the most copies of its autoscaler ask for more than it leaves.
    pub(super) fn capping_quota(&self) -> Option<Place> {
        let range = self.range()?;
        let most = range.value.1;
        let namespace = self.inventory.objects.namespaces.get(&self.workload.key.scope)?;
        let sum = |size: fn(&Container) -> Option<Written<f64>>| -> f64 {
            self.containers().filter_map(|container| size(container).map(|size| size.value)).sum()
        };
        let asked = [most, most * sum(|c| c.cpu), most * sum(|c| c.memory_gib)];
        let mut amounts = namespace.tenancy.as_ref()?.left.iter().zip(asked);
        let capping = amounts.find_map(|(quota, asked)| (*quota).filter(|quota| asked > quota.value));
        capping.map(|quota| quota.place)
    }

    /// What makes it a store: the image of a known engine; or volumes of its own whose owners name each other, or find
    /// each other by a headless service at a port that is none of HTTP. A web server with a stable name is none.
    pub(super) fn store(&self) -> Option<Place> {
        if let Some((_, _, place)) = self.engine() {
            return place;
        }
        self.own_volumes()?;
        let is_web_server = self.containers().any(|container| self.tables.is_static_server_image(&container.image));
        if is_web_server || self.is_agent() {
            return None;
        }
        let named = self.containers().find_map(|container| container.names_itself);
        named.or_else(|| {
            let (place, service) = self.governing()?;
            service.ports.iter().any(|port| !self.tables.is_http_port(port.number)).then_some(place)
        })
    }

    /// The protocol other than HTTP by which it is reached from outside, by the port of the entrance. A data store that a
    /// Compose file publishes is published for convenience, so that only a Service's own entrance counts there.
    pub(super) fn outside_protocol(&self) -> Option<(&'i str, Place)> {
        let objects = &self.inventory.objects;
        let services = || self.links().services.iter().map(|at| &objects.services[*at]);
        let entrances = services().filter(|service| service.external.is_some()).flat_map(|service| &service.ports);
        let of_service = entrances
            .filter(|port| port.protocol == "TCP")
            .find_map(|port| Some((self.tables.protocol_of_port(port.number)?.protocol.as_str(), port.place)));
        let of_compose = || {
            self.containers().flat_map(|container| &container.ports).filter(|port| port.published).find_map(|port| {
                let protocol = self.tables.protocol_of_port(port.number)?;
                (port.protocol == "TCP" && !protocol.store).then_some((protocol.protocol.as_str(), port.place))
            })
        };
        let of_route = || {
            let route = objects.routes.iter().find(|route| {
                matches!(route.kind.as_str(), "TCPRoute" | "UDPRoute")
                    && services().any(|service| {
                        route.services.contains(&service.name) && same_namespace(&service.namespace, &route.namespace)
                    })
            })?;
            Some((if route.kind == "TCPRoute" { "TCP" } else { "UDP" }, route.place))
        };
        of_service.or_else(of_compose).or_else(of_route)
    }

    /// The analysis of a canary of Flagger that watches over it.
    pub(super) fn flagger_canary(&self) -> Option<Place> {
        self.links().canary
    }

    pub(super) fn spread(&self, zones: bool) -> Option<Written<Strictness>> {
        let pod = self.pod()?;
        if zones { pod.spread_zones } else { pod.spread_hosts }
    }

    /// The strictest budget with how many copies it lets go.
    pub(super) fn budget(&self) -> Option<(Place, f64)> {
        let copies = copies_range(self.inventory, self.index).0;
        let budgets = self.links().budgets.iter().map(|at| &self.inventory.objects.budgets[*at]);
        budgets
            .map(|budget| (budget.place, budget.allows(copies)))
            .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
    }

    /// A budget that lets at least one copy go and keeps at least one.
    pub(super) fn valid_budget(&self) -> Option<Place> {
        let copies = copies_range(self.inventory, self.index).0;
        self.budget().filter(|(_, allowed)| *allowed >= 1.0 && *allowed < copies).map(|(place, _)| place)
    }

    /// Its own lasting volumes: claims, claim templates, inline volumes, and host paths that hold data.
    pub(super) fn volume(&self) -> Option<Place> {
        let template = self.workload.claim_templates.first().map(|volume| volume.place);
        template.or_else(|| {
            self.workload.pods.iter().flat_map(|pod| &pod.volumes).find(|volume| self.lasts(volume)).map(|v| v.place)
        })
    }

    fn lasts(&self, volume: &crate::inventory::model::Volume) -> bool {
        match &volume.kind {
            VolumeKind::Claim(_) | VolumeKind::Template { .. } | VolumeKind::Inline { .. } => true,
            VolumeKind::HostPath(path) => {
                !self.is_daemon() && self.tables.host_path(path) == crate::tables::HostPath::Other
            }
            VolumeKind::Configuration(_) | VolumeKind::Transient => false,
        }
    }

    /// A volume that several pods on several hosts may write.
    pub(super) fn shared_volume(&self) -> Option<Place> {
        let claims = &self.inventory.objects.claims;
        let templates = self.workload.claim_templates.iter();
        let volumes = self.workload.pods.iter().flat_map(|pod| &pod.volumes);
        templates.chain(volumes).find_map(|volume| match &volume.kind {
            VolumeKind::Template { shared: true } | VolumeKind::Inline { shared: true } => Some(volume.place),
            VolumeKind::Claim(name) => claims
                .iter()
                .filter(|claim| claim.name == *name && same_namespace(&claim.namespace, &self.workload.key.scope))
                .find_map(|claim| claim.shared),
            _ => None,
        })
    }

    /// Claims made per copy: each copy keeps its own data.
    pub(super) fn own_volumes(&self) -> Option<Place> {
        if self.workload.kind == WorkloadKind::CustomResource {
            return None;
        }
        self.workload.claim_templates.first().map(|volume| volume.place)
    }

    /// The data store engine that it runs, with the image that says so.
    pub(super) fn engine(&self) -> Option<(&'i str, bool, Option<Place>)> {
        if let Some(custom) = &self.workload.custom {
            let name = custom.engine.as_deref()?;
            let replaceable = self.tables.engine(name).is_some_and(|engine| engine.replaceable);
            return Some((name, replaceable, Some(self.workload.kind_place)));
        }
        self.containers().find_map(|container| {
            let engine = self.tables.engine_of_image(&container.image)?;
            Some((engine.engine.as_str(), engine.replaceable, container.image_place))
        })
    }

    /// Accelerator devices over all copies.
    pub(super) fn accelerators(&self) -> Option<Written<f64>> {
        let most = copies_range(self.inventory, self.index).1;
        let is_custom = self.workload.kind == WorkloadKind::CustomResource;
        let mut sum = 0.0;
        let mut place = None;
        for pod in &self.workload.pods {
            let copies = if is_custom { pod.factor } else { most };
            for accelerators in pod.containers.iter().filter_map(|container| container.accelerators) {
                sum += accelerators.value * copies;
                place = place.or(Some(accelerators.place));
            }
        }
        place.map(|place| Written { value: sum, place })
    }

    /// Whether it is a log shipper, an exporter or a monitor of nodes. One that stands beside an application in its pod
    /// makes no agent of the application.
    pub(super) fn is_agent(&self) -> bool {
        let is_agent = |image: &str| self.tables.is_agent_image(image);
        self.containers().any(|container| is_agent(&container.image))
            && self
                .containers()
                .all(|container| is_agent(&container.image) || self.tables.is_helper_image(&container.image))
    }

    /// A web server whose only content comes from a ConfigMap of pages, a bind-mounted folder or the image's own files.
    pub(super) fn static_server(&self) -> Option<Place> {
        let mut containers = self.containers();
        let (Some(container), None) = (containers.next(), containers.next()) else { return None };
        let serves_files = self.tables.is_static_server_image(&container.image);
        let page_maps = &self.inventory.objects.page_maps;
        let pages = self.pod().is_some_and(|pod| {
            pod.volumes.iter().any(|volume| match &volume.kind {
                VolumeKind::Configuration(name) => page_maps
                    .iter()
                    .any(|(namespace, map)| map == name && same_namespace(namespace, &self.workload.key.scope)),
                _ => false,
            })
        });
        (serves_files && pages).then_some(container.image_place).flatten()
    }

    /// What a custom resource's group is for.
    pub(super) fn custom_role(&self) -> Option<&'static str> {
        self.workload.custom.as_ref().map(|custom| GroupRoleOf(custom.role).id())
    }

    pub(super) fn custom_members(&self) -> Option<Written<f64>> {
        self.workload.custom.as_ref().and_then(|custom| custom.members)
    }

    /// The first UDP or SCTP port of the workload or of a service that leads to it.
    pub(super) fn datagram_port(&self) -> Option<Place> {
        let own = self.containers().flat_map(|container| &container.ports);
        let services = self.links().services.iter().flat_map(|at| &self.inventory.objects.services[*at].ports);
        own.chain(services).find(|port| matches!(port.protocol.as_str(), "UDP" | "SCTP")).map(|port| port.place)
    }

    pub(super) fn port_count(&self) -> (f64, Option<Place>) {
        let ports: Vec<_> = self.containers().flat_map(|container| &container.ports).collect();
        let count = ports.iter().map(|port| f64::from(port.count)).sum();
        (count, ports.iter().max_by_key(|port| port.count).map(|port| port.place))
    }

    /// Where it reaches into the host: namespaces, privileges, devices, paths of the system.
    pub(super) fn host_access(&self) -> Option<Place> {
        let pods = || self.workload.pods.iter();
        pods()
            .find_map(|pod| pod.host_namespaces.or(pod.devices))
            .or_else(|| self.containers().find_map(|container| container.privileged))
            .or_else(|| pods().find_map(|pod| pod.system_paths.first().copied()))
    }

    pub(super) fn network_policies(&self) -> Vec<Place> {
        self.links().network_policies.iter().map(|at| self.inventory.objects.network_policies[*at].place).collect()
    }

    /// Something reads the stable identity of the pods: a headless service, or the pod's own name.
    pub(super) fn uses_identity(&self) -> Option<Place> {
        let named = self.containers().find_map(|container| container.names_itself);
        named.or_else(|| self.governing().map(|(place, _)| place))
    }

    /// The headless service that gives each copy a name: where it is named, and the service.
    fn governing(&self) -> Option<(Place, &'i Service)> {
        let named = self.workload.service_name.as_ref()?;
        let service = self.inventory.objects.services.iter().find(|known| {
            known.name == named.value && known.headless && same_namespace(&known.namespace, &self.workload.key.scope)
        });
        Some((named.place, service?))
    }

    /// A path of the host that ties copies to one machine's data.
    pub(super) fn host_data(&self) -> Option<Place> {
        let is_data = |path: &str| self.tables.host_path(path) == crate::tables::HostPath::Other;
        self.workload.pods.iter().flat_map(|pod| &pod.volumes).find_map(|volume| match &volume.kind {
            VolumeKind::HostPath(path) if is_data(path) => Some(volume.place),
            _ => None,
        })
    }
}
