//! What facts see of one system, or of the estate.

use std::collections::BTreeSet;

use crate::context::{StatedValue, Statements};
use crate::inventory::model::{Definition, Foreign, Origin, Workload, WorkloadKind};
use crate::inventory::{Cluster, Inventory, System};
use crate::tables::{GroupRole, Tables};
use crate::yaml::Place;

use super::footprint::{Footprint, representatives};
use super::seen::clusters_of;
use super::workload::{WorkloadView, copies_range};
use super::{Fact, Value};
use crate::grade::Grade;

/// A system with everything in it.
#[derive(Clone, Debug)]
pub struct SystemView<'i> {
    pub(super) inventory: &'i Inventory,
    pub(super) tables: &'i Tables,
    /// The system.
    pub system: &'i System,
    /// What the owner states about it.
    pub statements: Statements,
    /// Its footprint.
    pub footprint: Footprint,
    /// Its workloads without their other environments.
    representatives: Vec<usize>,
    /// The live clusters that its workloads were read from.
    pub(super) clusters: Vec<&'i Cluster>,
}

impl<'i> SystemView<'i> {
    /// The view of a system.
    #[must_use]
    pub fn new(inventory: &'i Inventory, tables: &'i Tables, system: &'i System) -> Self {
        Self {
            inventory,
            tables,
            system,
            statements: statements(inventory, system),
            footprint: Footprint::of(inventory, tables, &system.workloads),
            representatives: representatives(inventory, &system.workloads),
            clusters: clusters_of(inventory, system),
        }
    }

    /// What the owner states under a key.
    pub(super) fn stated(&self, key: &str) -> Fact {
        let Some(statement) = self.statements.get(key) else { return Fact::Absent };
        let value = match &statement.value {
            StatedValue::Number(number) => Value::Number(*number),
            StatedValue::Boolean(value) => Value::Boolean(*value),
            StatedValue::Word(word) => Value::Text(word.clone()),
            StatedValue::Words(words) => Value::Text(words.join(", ")),
        };
        Fact::Known { value, places: vec![statement.place], grade: Grade::Proven }
    }

    /// What the owner states outright to be needed, or not to be.
    pub(super) fn stated_needs(&self, needed: bool) -> Fact {
        let fitting = self.statements.needs().filter(|(_, value, _)| *value == needed);
        let (ids, places): (Vec<&str>, Vec<Place>) = fitting.map(|(id, _, statement)| (id, statement.place)).unzip();
        if ids.is_empty() {
            return Fact::Absent;
        }
        Fact::Known { value: Value::Text(ids.join(", ")), places, grade: Grade::Proven }
    }

    /// An amount of the footprint as it will be in a year, where the owner states the growth.
    pub(super) fn grown(&self, amount: f64) -> Fact {
        match self.statements.number("growth") {
            Some(growth) => {
                let stated = self.statements.get("growth").map(|statement| statement.place);
                Fact::number(amount * growth, stated.into_iter().chain(self.footprint.places.iter().copied()))
            }
            None => Fact::Absent,
        }
    }

    /// The workloads of the system.
    pub fn workloads(&self) -> impl Iterator<Item = WorkloadView<'i>> + use<'i, '_> {
        self.system.workloads.iter().map(|index| WorkloadView::new(self.inventory, self.tables, *index))
    }

    /// The workloads without their other environments.
    pub(super) fn environment(&self) -> impl Iterator<Item = WorkloadView<'i>> + use<'i, '_> {
        self.representatives.iter().map(|index| WorkloadView::new(self.inventory, self.tables, *index))
    }

    /// Workloads that ask for accelerators, with the devices of each. Manifests and Compose files are alternatives, so the
    /// side with more devices counts.
    fn accelerated(&self) -> Vec<(Place, crate::inventory::model::Written<f64>)> {
        let of = |origin: Origin| -> Vec<_> {
            self.environment()
                .filter(|view| view.workload.origin == origin)
                .filter_map(|view| Some((view.workload.place, view.accelerators()?)))
                .collect()
        };
        let devices = |side: &[(Place, crate::inventory::model::Written<f64>)]| -> f64 {
            side.iter().map(|(_, devices)| devices.value).sum()
        };
        let (manifests, compose) = (of(Origin::Kubernetes), of(Origin::Compose));
        if devices(&compose) > devices(&manifests) { compose } else { manifests }
    }

    /// Workloads that ask for accelerators.
    pub(super) fn accelerator_workloads(&self) -> Fact {
        let places: Vec<Place> = self.accelerated().into_iter().map(|(place, _)| place).collect();
        Fact::number(places.len() as f64, places)
    }

    /// The workloads that fit a test, with their places.
    pub(super) fn count(&self, test: impl Fn(&WorkloadView<'i>) -> bool) -> Fact {
        let places: Vec<Place> = self.workloads().filter(|view| test(view)).map(|view| view.workload.place).collect();
        Fact::number(places.len() as f64, places)
    }

    /// Long-running services, agents of the nodes left out. Manifests and Compose files of one application are
    /// alternatives, so the larger number counts.
    pub(super) fn services(&self) -> Fact {
        let of = |origin: Origin| -> Vec<Place> {
            self.environment()
                .filter(|view| view.workload.origin == origin && view.serves())
                .map(|view| view.workload.place)
                .collect()
        };
        let (manifests, compose) = (of(Origin::Kubernetes), of(Origin::Compose));
        let larger = if compose.len() > manifests.len() { compose } else { manifests };
        Fact::number(larger.len() as f64, larger)
    }

    pub(super) fn distinct_images(&self) -> Fact {
        let images: BTreeSet<&str> = self
            .workloads()
            .filter(|view| view.serves())
            .flat_map(|view| view.containers())
            .map(|container| container.image.as_str())
            .filter(|image| !image.is_empty())
            .collect();
        Fact::number(images.len() as f64, [])
    }

    pub(super) fn foreign(&self, test: impl Fn(&Foreign) -> bool) -> Vec<Place> {
        let foreign = self.system.foreign.iter().map(|at| &self.inventory.objects.foreign[*at]);
        foreign.filter(|foreign| test(foreign)).map(|foreign| foreign.place).collect()
    }

    pub(super) fn foreign_of(&self, role: GroupRole) -> Fact {
        let places = self.foreign(|foreign| foreign.role == Some(role));
        Fact::number(places.len() as f64, places)
    }

    /// Mesh policies that make mutual TLS mandatory or restrict callers.
    pub(super) fn strict_mesh(&self) -> Fact {
        let foreign = self.system.foreign.iter().map(|at| &self.inventory.objects.foreign[*at]);
        let mesh = foreign.filter(|foreign| foreign.role == Some(GroupRole::Mesh));
        let places: Vec<_> = mesh.filter_map(|foreign| foreign.strict).collect();
        Fact::number(places.len() as f64, places)
    }

    /// Where a mesh sidecar is asked for, on pods or on namespaces.
    pub(super) fn mesh_injection(&self) -> Fact {
        let pods = self.workloads().find_map(|view| view.pod().and_then(|pod| pod.mesh_injected));
        let namespaces = self.system.namespaces.iter();
        let place = pods.or_else(|| {
            namespaces.filter_map(|name| self.inventory.objects.namespaces.get(name)).find_map(|n| n.mesh_injected)
        });
        Fact::present(place)
    }

    pub(super) fn definitions(&self) -> Vec<(usize, &'i Definition)> {
        self.system.definitions.iter().map(|at| (*at, &self.inventory.objects.definitions[*at])).collect()
    }

    /// Definitions whose controller is in the files.
    pub(super) fn controlled_definitions(&self) -> Fact {
        let places: Vec<_> = self
            .definitions()
            .into_iter()
            .filter(|(at, _)| self.inventory.links.controllers[*at].is_some())
            .map(|(_, definition)| definition.place)
            .collect();
        Fact::number(places.len() as f64, places)
    }

    /// Admission webhooks and aggregated APIs that name a service, and CSI drivers.
    pub(super) fn extensions(&self) -> Fact {
        let objects = &self.inventory.objects;
        let served = self.system.extensions.iter().map(|at| &objects.extensions[*at]).filter(|e| e.service.is_some());
        let drivers = self.system.drivers.iter().map(|at| &objects.drivers[*at]);
        let places: Vec<_> = served.chain(drivers).map(|extension| extension.place).collect();
        Fact::number(places.len() as f64, places)
    }

    pub(super) fn network_policies(&self) -> Vec<Place> {
        self.system.network_policies.iter().map(|at| self.inventory.objects.network_policies[*at].place).collect()
    }

    /// Namespaces whose traffic is denied unless a policy allows it.
    pub(super) fn guarded_namespaces(&self) -> Fact {
        let policies = self.system.network_policies.iter().map(|at| &self.inventory.objects.network_policies[*at]);
        let mut seen = BTreeSet::new();
        let places: Vec<_> = policies
            .filter(|policy| policy.denies_by_default && seen.insert(policy.namespace.as_str()))
            .map(|policy| policy.place)
            .collect();
        Fact::number(places.len() as f64, places)
    }

    /// Namespaces with a quota, with people bound to them, or with both.
    pub(super) fn namespaces_with(&self, quota: bool, people: bool) -> Fact {
        let all = &self.inventory.objects.namespaces;
        let places: Vec<_> = self
            .system
            .namespaces
            .iter()
            .filter_map(|name| all.get(name)?.tenancy.as_ref())
            .filter(|tenancy| (!quota || tenancy.quota.is_some()) && (!people || tenancy.binding.is_some()))
            .filter_map(|tenancy| if quota { tenancy.quota } else { tenancy.binding })
            .collect();
        Fact::number(places.len() as f64, places)
    }

    pub(super) fn footprint_fact(&self, value: f64) -> Fact {
        Fact::number(value, self.footprint.places.iter().copied())
    }

    /// The largest single pod, effective where its size is written; absent where no size is written.
    pub(super) fn largest_pod(&self, value: f64) -> Fact {
        if value > 0.0 { Fact::number(value, self.footprint.largest_place) } else { Fact::Absent }
    }

    pub(super) fn most_copies(&self) -> Fact {
        let best = self
            .workloads()
            .map(|view| (copies_range(self.inventory, view.index).1, view.most_copies_place()))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map_or(Fact::Absent, |(copies, place)| Fact::number(copies, [place]))
    }

    /// Resources that share accelerators, queue for them or start gangs on them.
    pub(super) fn accelerator_sharing(&self) -> Fact {
        let mut places = self.foreign(|foreign| foreign.role == Some(GroupRole::Accelerators));
        let queues = self.workloads().filter(|view| {
            view.custom_role() == Some("batch")
                && (view.accelerators().is_some()
                    || view.workload.custom.as_ref().is_some_and(|custom| custom.names_accelerator))
        });
        places.extend(queues.map(|view| view.workload.place));
        Fact::number(places.len() as f64, places)
    }

    pub(super) fn accelerators(&self) -> Fact {
        let accelerated = self.accelerated();
        let sum = accelerated.iter().map(|(_, devices)| devices.value).sum();
        let places: Vec<Place> = accelerated.iter().map(|(_, devices)| devices.place).collect();
        if places.is_empty() {
            return Fact::Absent;
        }
        // A device request is structural: the pod does not start without it.
        Fact::Known { value: Value::Number(sum), places, grade: Grade::Proven }
    }

    /// Workloads with a volume of their own and two or more copies.
    pub(super) fn volume_with_copies(&self) -> Fact {
        let place = self
            .workloads()
            .filter(|view| view.serves() && copies_range(self.inventory, view.index).1 >= 2.0)
            .find_map(|view| view.volume());
        match place {
            Some(place) => Fact::boolean(true, [place]),
            None => Fact::boolean(false, []),
        }
    }

    /// Whether every long-running workload runs one copy, without probes.
    pub(super) fn all_single_and_unprobed(&self) -> Fact {
        let mut serving = self.workloads().filter(|view| view.serves() && view.workload.custom.is_none()).peekable();
        if serving.peek().is_none() {
            return Fact::Absent;
        }
        let serving: Vec<_> = serving.collect();
        let is_single =
            |view: &WorkloadView<'_>| copies_range(self.inventory, view.index).1 <= 1.0 && view.readiness().is_none();
        Fact::boolean(serving.iter().all(is_single), serving.iter().map(WorkloadView::most_copies_place))
    }

    /// Stores that run a single copy beside services that run several.
    pub(super) fn single_store_behind_copies(&self) -> Fact {
        let several = self
            .workloads()
            .any(|view| view.serves() && view.engine().is_none() && copies_range(self.inventory, view.index).0 >= 2.0);
        let store = self.workloads().find(|view| {
            view.serves() && view.keeps_what_others_need() && copies_range(self.inventory, view.index).1 <= 1.0
        });
        match store.filter(|_| several) {
            Some(store) => Fact::boolean(true, [store.most_copies_place()]),
            None => Fact::boolean(false, []),
        }
    }

    /// The engines of the stores that it runs and that managed services offer, sorted.
    #[must_use]
    pub fn replaceable_engines(&self) -> BTreeSet<&'i str> {
        let stores = self.environment().filter(WorkloadView::serves).filter_map(|view| view.engine());
        stores.filter(|(_, replaceable, _)| *replaceable).map(|(engine, _, _)| engine).collect()
    }

    /// Whether everything that serves is a web server with nothing but pages.
    pub(super) fn static_files(&self) -> Fact {
        let serving: Vec<_> = self.workloads().filter(|view| !view.is_agent()).collect();
        let places: Vec<_> = serving.iter().filter_map(|view| view.static_server()).collect();
        Fact::boolean(!serving.is_empty() && places.len() == serving.len(), places)
    }

    /// Whether the system is made of agents of the nodes alone: DaemonSets, and whatever else mounts two and more paths
    /// of the host's system.
    pub(super) fn node_agents_only(&self) -> Fact {
        let kubernetes: Vec<_> = self.workloads().filter(|view| view.workload.origin == Origin::Kubernetes).collect();
        let is_agent = |view: &WorkloadView<'_>| {
            view.is_daemon() || view.workload.pods.iter().any(|pod| pod.system_paths.len() >= 2)
        };
        let all_of_kubernetes = !kubernetes.is_empty() && kubernetes.len() == self.system.workloads.len();
        let all = all_of_kubernetes && kubernetes.iter().all(is_agent);
        Fact::boolean(all, kubernetes.iter().filter(|_| all).map(|view| view.workload.kind_place))
    }

    /// Whether there is nothing but timed jobs.
    pub(super) fn timed_jobs_only(&self) -> Fact {
        let workloads: Vec<_> = self.workloads().collect();
        if workloads.is_empty() {
            return Fact::Absent;
        }
        Fact::boolean(
            workloads.iter().all(|view| view.workload.kind == WorkloadKind::CronJob),
            workloads.iter().filter_map(|view| view.workload.schedule),
        )
    }

    /// Pointers of these kinds, followed or not.
    pub(super) fn pointers(&self, test: impl Fn(&str) -> bool) -> Fact {
        let objects = &self.inventory.objects;
        let followed = self.system.followed.iter().map(|at| &objects.followed[*at]);
        let followed = followed.filter(|followed| test(&followed.kind)).map(|followed| Some(followed.place));
        let opaque = self.system.opaque.iter().map(|at| &objects.opaque[*at]);
        let opaque = opaque.filter(|opaque| test(&opaque.kind)).map(|opaque| opaque.place);
        let places: Vec<_> = followed.chain(opaque).collect();
        Fact::number(places.len() as f64, places.into_iter().flatten())
    }

    pub(super) fn opaque(&self, test: impl Fn(&str) -> bool) -> Fact {
        let opaque = self.system.opaque.iter().map(|at| &self.inventory.objects.opaque[*at]);
        let fitting: Vec<_> = opaque.filter(|opaque| test(&opaque.kind)).collect();
        Fact::number(fitting.len() as f64, fitting.iter().filter_map(|opaque| opaque.place))
    }

    pub(super) fn dangling_autoscalers(&self) -> Fact {
        let dangling = &self.inventory.links.dangling_autoscalers;
        let places: Vec<_> = self
            .system
            .autoscalers
            .iter()
            .filter(|at| dangling.contains(at))
            .map(|at| self.inventory.objects.autoscalers[*at].place)
            .collect();
        Fact::number(places.len() as f64, places)
    }

    pub(super) fn external_services(&self) -> Fact {
        let services = self.system.services.iter().map(|at| &self.inventory.objects.services[*at]);
        let places: Vec<_> = services.filter_map(|service| service.external).collect();
        Fact::number(places.len() as f64, places)
    }

    pub(super) fn windows(&self) -> Fact {
        Fact::present(self.workloads().find_map(|view| view.workload.pods.iter().find_map(|pod| pod.windows)))
    }

    /// The platform side of the system, for the verdict: what extends or drives the Kubernetes API, and everything.
    #[must_use]
    pub fn platform_share(&self) -> PlatformShare {
        let extends = |view: &WorkloadView<'_>| {
            let rights = view.rights();
            rights.creates_workloads.is_some()
                || rights.writes_status.is_some()
                || rights.writes_own_group.is_some()
                || view.workload.pods.iter().any(|pod| pod.node_plugin_path.is_some())
        };
        let controlled = self.controlled_definitions().as_number().unwrap_or(0.0);
        let extensions = self.extensions().as_number().unwrap_or(0.0);
        let workloads = self.system.workloads.len() as f64;
        let definitions = self.system.definitions.len() as f64;
        let platform = self.workloads().filter(extends).count() as f64;
        PlatformShare {
            platform: platform + controlled + extensions,
            all: workloads + definitions + extensions,
            own_resources: self.workloads().filter(|view| view.workload.custom.is_some()).count(),
        }
    }

    /// The add-on that a workload or definition of the system belongs to, with how many of each do; see
    /// `rules/tables/add-ons.yaml`. What the owner states to be the product is none.
    #[must_use]
    pub fn add_on_members(&self) -> AddOnMembers {
        let mut members = AddOnMembers::default();
        let subject = self.statements.words("subject");
        let is_product = |name: &str| subject.iter().any(|product| product.eq_ignore_ascii_case(name));
        // What a Compose project runs is part of it, whatever its image.
        for view in self.workloads().filter(|view| view.workload.origin == Origin::Kubernetes) {
            let images: Vec<&str> = view.containers().map(|container| container.image.as_str()).collect();
            // An unknown controller always counts, also with the proxy of an add-on beside it in its pod.
            let is_known = |image: &&str| self.tables.add_on(&[], &[*image]).is_some();
            if view.controls().is_some() && !images.iter().all(is_known) {
                continue;
            }
            if let Some(name) = self.tables.add_on(&[], &images).filter(|name| !is_product(name)) {
                members.names.insert(name.to_owned());
                members.workloads.insert(view.index);
            }
        }
        for (index, definition) in self.definitions() {
            let name = self.tables.add_on(&[definition.group.as_str()], &[]);
            // Of definitions alone nothing runs here, so that nothing would be gained by setting them aside.
            if name.is_some_and(|name| !is_product(name) && members.names.contains(name)) {
                members.definitions.insert(index);
            }
        }
        members
    }

    /// The workloads themselves.
    pub fn raw_workloads(&self) -> impl Iterator<Item = &'i Workload> + use<'i, '_> {
        self.system.workloads.iter().map(|index| &self.inventory.objects.workloads[*index])
    }
}

/// How much of a system extends or drives the Kubernetes API.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlatformShare {
    /// Workloads, definitions and extensions that do.
    pub platform: f64,
    /// All workloads, definitions and extensions.
    pub all: f64,
    /// Custom resources that bear workloads.
    pub own_resources: usize,
}

/// What of a system belongs to well-known add-ons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddOnMembers {
    /// The add-ons' names.
    pub names: BTreeSet<String>,
    /// Workloads, by index.
    pub workloads: BTreeSet<usize>,
    /// Definitions, by index.
    pub definitions: BTreeSet<usize>,
}

/// What the owner states about a system, or about everything.
fn statements(inventory: &Inventory, system: &System) -> Statements {
    let context = &inventory.configuration_of(system).context;
    if system.is_estate {
        return context.of_the_whole().clone();
    }
    context.of_system(&system.id(), &system.name, inventory.is_only(system))
}
