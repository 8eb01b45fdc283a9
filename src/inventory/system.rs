//! Which workloads are deployed together: the unit that gets a verdict.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Links;
use super::chart;
use super::model::{Extension, Objects, Origin, Route};
use super::selector::Labels;
use crate::text::{RenderedFrom, SourceFile, SourceId};
use crate::yaml::{DocumentId, Place};

/// What tied the workloads of a system together; the first that matches wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupedBy {
    /// One Compose project.
    ComposeProject,
    /// One Helm chart.
    Chart,
    /// One Helm release.
    Release,
    /// One kustomization with everything that it refers to.
    Kustomization,
    /// The label `app.kubernetes.io/part-of`.
    PartOf,
    /// The label `app.kubernetes.io/instance`.
    Instance,
    /// The namespace.
    Namespace,
    /// The folder.
    Directory,
}

impl GroupedBy {
    /// Its name in reports, lower case with dashes.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ComposeProject => "compose-project",
            Self::Chart => "chart",
            Self::Release => "release",
            Self::Kustomization => "kustomization",
            Self::PartOf => "part-of",
            Self::Instance => "instance",
            Self::Namespace => "namespace",
            Self::Directory => "directory",
        }
    }
}

/// Which of several kustomizations of one application were assessed, by their folders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Overlay {
    /// The one that stands for those that were set aside.
    pub assessed: String,
    /// Others that were assessed too, since most of their workloads are their own.
    pub beside: Vec<String>,
    /// Those that were set aside.
    pub set_aside: Vec<String>,
}

/// What kustomizations say about grouping.
#[derive(Debug, Default)]
pub(super) struct Kustomizations {
    /// The names of the families.
    pub(super) names: Vec<String>,
    /// The family of a document.
    pub(super) documents: BTreeMap<DocumentId, usize>,
    /// The family of a file.
    pub(super) files: BTreeMap<SourceId, usize>,
    /// Which overlays of a family are assessed, where there are several.
    pub(super) overlays: BTreeMap<usize, Overlay>,
}

impl Kustomizations {
    fn family(&self, source: SourceId, place: Option<Place>) -> Option<&String> {
        let of_document = place.and_then(|place| self.documents.get(&place.document));
        of_document.or_else(|| self.files.get(&source)).and_then(|family| self.names.get(*family))
    }
}

/// The objects of one system, by index into the lists of objects.
#[derive(Clone, Debug)]
pub struct System {
    /// What tied them together.
    pub grouped_by: GroupedBy,
    /// The project, chart, label value, namespace or folder.
    pub name: String,
    /// Whether these are all workloads of the run.
    pub is_estate: bool,
    /// Workloads.
    pub workloads: Vec<usize>,
    /// Definitions.
    pub definitions: Vec<usize>,
    /// Admission webhooks and aggregated APIs.
    pub extensions: Vec<usize>,
    /// CSI drivers.
    pub drivers: Vec<usize>,
    /// Custom resources without a workload.
    pub foreign: Vec<usize>,
    /// Pointers and what was not understood.
    pub opaque: Vec<usize>,
    /// Pointers to what is among the files.
    pub followed: Vec<usize>,
    /// How far pointers reach.
    pub reaches: Vec<usize>,
    /// Documents that could not be read and name no workload.
    pub unreadable: usize,
    /// Whether templates belong to it that were not rendered, so that there may be more than is visible.
    pub unrendered: bool,
    /// Network policies.
    pub network_policies: Vec<usize>,
    /// Services.
    pub services: Vec<usize>,
    /// Ingresses, gateways and routes.
    pub routes: Vec<usize>,
    /// Autoscalers.
    pub autoscalers: Vec<usize>,
    /// The namespaces of its objects.
    pub namespaces: BTreeSet<String>,
    /// Which of several overlays of one application it shows.
    pub overlay: Option<Overlay>,
    /// What its files write and the cluster does not have.
    pub unapplied: Vec<usize>,
    /// The number of its configuration; see [`super::Inventory::configuration_of`].
    pub configuration: usize,
    /// The files that hold its objects, and those of the chart or the kustomizations that make them.
    pub sources: BTreeSet<SourceId>,
}

impl System {
    /// An empty system.
    #[must_use]
    pub fn new(grouped_by: GroupedBy, name: String) -> Self {
        Self {
            grouped_by,
            name,
            is_estate: false,
            workloads: Vec::new(),
            definitions: Vec::new(),
            extensions: Vec::new(),
            drivers: Vec::new(),
            foreign: Vec::new(),
            opaque: Vec::new(),
            followed: Vec::new(),
            reaches: Vec::new(),
            unreadable: 0,
            unrendered: false,
            network_policies: Vec::new(),
            services: Vec::new(),
            routes: Vec::new(),
            autoscalers: Vec::new(),
            namespaces: BTreeSet::new(),
            overlay: None,
            unapplied: Vec::new(),
            configuration: 0,
            sources: BTreeSet::new(),
        }
    }

    /// Its identity in reports: what tied it together, a colon, the name.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}:{}", self.grouped_by.id(), self.name)
    }

    /// A system of every object: the estate.
    #[must_use]
    pub fn of_everything(objects: &Objects) -> Self {
        let all = |length: usize| (0..length).collect();
        Self {
            is_estate: true,
            workloads: all(objects.workloads.len()),
            definitions: all(objects.definitions.len()),
            extensions: all(objects.extensions.len()),
            drivers: all(objects.drivers.len()),
            foreign: all(objects.foreign.len()),
            opaque: all(objects.opaque.len()),
            followed: all(objects.followed.len()),
            reaches: all(objects.reaches.len()),
            unreadable: objects.unreadable.len() + objects.unread_folders.len(),
            unrendered: !objects.templates.is_empty(),
            network_policies: all(objects.network_policies.len()),
            services: all(objects.services.len()),
            routes: all(objects.routes.len()),
            autoscalers: all(objects.autoscalers.len()),
            namespaces: objects.namespaces.keys().cloned().collect(),
            unapplied: all(objects.unapplied.len()),
            ..Self::new(GroupedBy::Directory, "estate".to_owned())
        }
    }

    fn bears_something(&self) -> bool {
        !(self.workloads.is_empty()
            && self.definitions.is_empty()
            && self.extensions.is_empty()
            && self.drivers.is_empty()
            && self.opaque.is_empty())
    }
}

type GroupKey = (GroupedBy, String);

type Adding<'a> = &'a mut dyn FnMut(&mut System);

/// The source of an object, where it is written in it, its labels and its namespace.
type Placed<'a> = (SourceId, Option<Place>, &'a Labels, &'a str);

/// Groups the objects into systems, sorted by id.
pub(super) fn group(
    objects: &Objects,
    links: &Links,
    files: &[SourceFile],
    kustomizations: &Kustomizations,
) -> Vec<System> {
    let places = Places::new(files, kustomizations);
    let served = Served::new(objects, links, files);
    let key = |source: SourceId, place: Option<Place>, labels: &Labels, namespace: &str| {
        places.key(source, place, labels, namespace)
    };
    let mut groups: BTreeMap<GroupKey, System> = BTreeMap::new();
    // Where the workloads of a file and of a folder went, for objects that say nothing about themselves.
    let mut by_file: BTreeMap<SourceId, BTreeSet<GroupKey>> = BTreeMap::new();
    let mut by_folder: BTreeMap<&str, BTreeSet<GroupKey>> = BTreeMap::new();
    // The same of the namespaces of a cluster, which is one large source.
    let mut by_namespace: BTreeMap<(SourceId, &str), BTreeSet<GroupKey>> = BTreeMap::new();
    let mut of_workload: Vec<GroupKey> = Vec::new();
    for (index, workload) in objects.workloads.iter().enumerate() {
        // What files write of a live workload says how it hangs together with the rest of them.
        let workload = workload.written.as_deref().unwrap_or(workload);
        let group = if workload.origin == Origin::Compose {
            (GroupedBy::ComposeProject, workload.key.scope.clone())
        } else if let Some(release) = &workload.release {
            (GroupedBy::Release, format!("{}/{release}", workload.key.scope))
        } else {
            let pod_labels = workload.pod().map(|pod| &pod.labels);
            let labels = if has_group_label(&workload.labels) {
                &workload.labels
            } else {
                pod_labels.unwrap_or(&workload.labels)
            };
            key(workload.source, Some(workload.place), labels, &workload.key.scope)
        };
        by_file.entry(workload.source).or_default().insert(group.clone());
        let written = workload.source;
        by_folder.entry(folder_of(files, workload.source)).or_default().insert(group.clone());
        let workload = &objects.workloads[index];
        by_namespace.entry((workload.source, &workload.key.scope)).or_default().insert(group.clone());
        of_workload.push(group.clone());
        let system = groups.entry(group.clone()).or_insert_with(|| System::new(group.0, group.1));
        system.workloads.push(index);
        system.sources.insert(written);
        if workload.origin == Origin::Kubernetes {
            system.namespaces.insert(workload.key.scope.clone());
        }
    }
    let with_workloads: BTreeSet<GroupKey> = groups.keys().cloned().collect();
    let only = |set: Option<&BTreeSet<GroupKey>>| set.filter(|set| set.len() == 1).and_then(|set| set.first().cloned());
    let mut unread: Vec<GroupKey> = Vec::new();
    // What leads to a live workload belongs to its system (`with`).
    let mut place = |written: Placed<'_>, with: Option<usize>, add: Adding<'_>| {
        let (source, at, labels, namespace) = written;
        let own = key(source, at, labels, namespace);
        let group = if let Some(workload) = with {
            of_workload[workload].clone()
        } else if with_workloads.contains(&own) {
            own
        } else if places.is_live(source) {
            only(by_namespace.get(&(source, namespace))).unwrap_or(own)
        } else {
            only(by_file.get(&source)).or_else(|| only(by_folder.get(folder_of(files, source)))).unwrap_or(own)
        };
        let system = groups.entry(group.clone()).or_insert_with(|| System::new(group.0, group.1));
        system.sources.insert(source);
        add(system);
    };
    let none = Labels::new();
    for (index, definition) in objects.definitions.iter().enumerate() {
        let at = (definition.source, Some(definition.place), &definition.labels, "");
        place(at, served.definition(index), &mut |system| system.definitions.push(index));
    }
    for (index, extension) in objects.extensions.iter().enumerate() {
        let namespace = extension.service.as_ref().map_or("", |(namespace, _)| namespace);
        let at = (extension.source, Some(extension.place), &extension.labels, namespace);
        place(at, served.extension(extension), &mut |system| system.extensions.push(index));
    }
    for (index, driver) in objects.drivers.iter().enumerate() {
        let at = (driver.source, Some(driver.place), &driver.labels, "");
        place(at, None, &mut |system| system.drivers.push(index));
    }
    for (index, foreign) in objects.foreign.iter().enumerate() {
        let at = (foreign.source, Some(foreign.place), &none, foreign.namespace.as_str());
        place(at, None, &mut |system| system.foreign.push(index));
    }
    for (index, opaque) in objects.opaque.iter().enumerate() {
        place((opaque.source, opaque.place, &none, ""), None, &mut |system| system.opaque.push(index));
    }
    for (index, followed) in objects.followed.iter().enumerate() {
        place((followed.target, None, &none, ""), None, &mut |system| system.followed.push(index));
    }
    for (index, reach) in objects.reaches.iter().enumerate() {
        place((reach.source, Some(reach.place), &none, ""), None, &mut |system| system.reaches.push(index));
    }
    for folder in &objects.unread_folders {
        if let Some(group) = only(by_folder.get(folder.as_str())) {
            unread.push(group);
        }
    }
    for source in &objects.unreadable {
        place((*source, None, &none, ""), None, &mut |system| system.unreadable += 1);
    }
    for source in &objects.templates {
        place((*source, None, &none, ""), None, &mut |system| system.unrendered = true);
    }
    for (index, policy) in objects.network_policies.iter().enumerate() {
        let at = (policy.source, Some(policy.place), &none, policy.namespace.as_str());
        place(at, served.policy(index), &mut |system| system.network_policies.push(index));
    }
    for (index, service) in objects.services.iter().enumerate() {
        let at = (service.source, Some(service.place), &none, service.namespace.as_str());
        place(at, served.service(index), &mut |system| system.services.push(index));
    }
    for (index, route) in objects.routes.iter().enumerate() {
        let at = (route.source, Some(route.place), &none, route.namespace.as_str());
        place(at, served.route(route), &mut |system| system.routes.push(index));
    }
    for (index, scaler) in objects.autoscalers.iter().enumerate() {
        let at = (scaler.source, Some(scaler.place), &none, scaler.namespace.as_str());
        place(at, served.autoscaler(index), &mut |system| system.autoscalers.push(index));
    }
    for (index, unapplied) in objects.unapplied.iter().enumerate() {
        let at = (unapplied.source, Some(unapplied.place), &none, "");
        place(at, None, &mut |system| system.unapplied.push(index));
    }
    for group in unread {
        if let Some(system) = groups.get_mut(&group) {
            system.unreadable += 1;
        }
    }
    for (source, family) in &kustomizations.files {
        let name = kustomizations.names.get(*family).cloned().unwrap_or_default();
        if let Some(system) = groups.get_mut(&(GroupedBy::Kustomization, name)) {
            system.sources.insert(*source);
        }
    }
    for (index, file) in files.iter().enumerate().filter(|(_, file)| file.cluster.is_none()) {
        if let Some(chart) = chart::chart_of(&places.charts, file.folder())
            && let Some(system) = groups.get_mut(&(GroupedBy::Chart, chart.to_owned()))
        {
            system.sources.insert(SourceId(index as u32));
        }
    }
    for (family, overlay) in &kustomizations.overlays {
        let name = kustomizations.names.get(*family).cloned().unwrap_or_default();
        if let Some(system) = groups.get_mut(&(GroupedBy::Kustomization, name)) {
            system.overlay = Some(overlay.clone());
        }
    }
    groups.into_values().filter(System::bears_something).collect()
}

fn has_group_label(labels: &Labels) -> bool {
    labels.contains_key("app.kubernetes.io/part-of") || labels.contains_key("app.kubernetes.io/instance")
}

fn folder_of(files: &[SourceFile], source: SourceId) -> &str {
    files.get(source.0 as usize).map_or("", SourceFile::folder)
}

/// What files say about grouping: charts and kustomizations.
struct Places<'f> {
    files: &'f [SourceFile],
    charts: BTreeSet<&'f str>,
    kustomizations: &'f Kustomizations,
    several_clusters: bool,
}

impl<'f> Places<'f> {
    fn new(files: &'f [SourceFile], kustomizations: &'f Kustomizations) -> Self {
        let charts = chart::folders(files);
        let several_clusters = files.iter().filter(|file| file.cluster.is_some()).count() > 1;
        Self { files, charts, kustomizations, several_clusters }
    }

    fn is_live(&self, source: SourceId) -> bool {
        self.files.get(source.0 as usize).is_some_and(|file| file.cluster.is_some())
    }

    fn key(&self, source: SourceId, place: Option<Place>, labels: &Labels, namespace: &str) -> GroupKey {
        let (grouped_by, name) = self.key_in(source, place, labels, namespace);
        let cluster = self.files.get(source.0 as usize).and_then(|file| file.cluster.as_ref());
        match cluster.filter(|_| self.several_clusters && grouped_by != GroupedBy::Namespace) {
            // Namespaces are told apart already.
            Some(cluster) => (grouped_by, format!("{cluster}:{name}")),
            None => (grouped_by, name),
        }
    }

    fn key_in(&self, source: SourceId, place: Option<Place>, labels: &Labels, namespace: &str) -> GroupKey {
        let Some(file) = self.files.get(source.0 as usize) else {
            return (GroupedBy::Directory, String::new());
        };
        if let Some(rendered) = file.rendered.as_deref() {
            let grouped_by = match rendered.from {
                RenderedFrom::Chart => GroupedBy::Chart,
                RenderedFrom::Kustomization => GroupedBy::Kustomization,
            };
            return (grouped_by, rendered.system.clone());
        }
        if let Some(chart) = chart::chart_of(&self.charts, file.folder()) {
            return (GroupedBy::Chart, chart.to_owned());
        }
        let is_known = |value: &&String| !value.is_empty() && !crate::yaml::is_unknown(value);
        let label = |key: &str| labels.get(key).filter(is_known);
        let instance = label("app.kubernetes.io/instance");
        if let Some(release) = instance.filter(|_| label("app.kubernetes.io/managed-by").is_some_and(|by| by == "Helm"))
        {
            return (GroupedBy::Release, release.clone());
        }
        if let Some(family) = self.kustomizations.family(source, place) {
            return (GroupedBy::Kustomization, family.clone());
        }
        if let Some(part_of) = label("app.kubernetes.io/part-of") {
            return (GroupedBy::PartOf, part_of.clone());
        }
        if let Some(instance) = instance {
            return (GroupedBy::Instance, instance.clone());
        }
        if !namespace.is_empty() && !crate::yaml::is_unknown(namespace) {
            return (GroupedBy::Namespace, namespace.to_owned());
        }
        (GroupedBy::Directory, file.folder().to_owned())
    }
}

/// Which live workload an object of a cluster serves. Of files the folder tells more, so that nothing is looked up there.
struct Served {
    definitions: Vec<Option<usize>>,
    services: BTreeMap<usize, usize>,
    policies: BTreeMap<usize, usize>,
    autoscalers: BTreeMap<usize, usize>,
    /// Workloads by the namespace and name of the services that lead to them.
    by_service: BTreeMap<(String, String), usize>,
}

impl Served {
    fn new(objects: &Objects, links: &Links, files: &[SourceFile]) -> Self {
        let is_live = |source: SourceId| files.get(source.0 as usize).is_some_and(|file| file.cluster.is_some());
        let mut served = Self {
            definitions: Vec::new(),
            services: BTreeMap::new(),
            policies: BTreeMap::new(),
            autoscalers: BTreeMap::new(),
            by_service: BTreeMap::new(),
        };
        if !files.iter().any(|file| file.cluster.is_some()) {
            return served;
        }
        let controllers = links.controllers.iter().zip(&objects.definitions);
        served.definitions =
            controllers.map(|(controller, definition)| controller.filter(|_| is_live(definition.source))).collect();
        for (index, links) in links.workloads.iter().enumerate() {
            for at in links.services.iter().filter(|at| is_live(objects.services[**at].source)) {
                let service = &objects.services[*at];
                served.services.entry(*at).or_insert(index);
                served.by_service.entry((service.namespace.clone(), service.name.clone())).or_insert(index);
            }
            for at in links.network_policies.iter().filter(|at| is_live(objects.network_policies[**at].source)) {
                served.policies.entry(*at).or_insert(index);
            }
            if let Some(at) = links.autoscaler.filter(|at| is_live(objects.autoscalers[*at].source)) {
                served.autoscalers.entry(at).or_insert(index);
            }
        }
        served
    }

    fn definition(&self, index: usize) -> Option<usize> {
        self.definitions.get(index).copied().flatten()
    }

    fn extension(&self, extension: &Extension) -> Option<usize> {
        self.by_service.get(extension.service.as_ref()?).copied()
    }

    fn policy(&self, index: usize) -> Option<usize> {
        self.policies.get(&index).copied()
    }

    fn service(&self, index: usize) -> Option<usize> {
        self.services.get(&index).copied()
    }

    fn route(&self, route: &Route) -> Option<usize> {
        let leads_to = |name: &String| self.by_service.get(&(route.namespace.clone(), name.clone())).copied();
        route.services.iter().find_map(leads_to)
    }

    fn autoscaler(&self, index: usize) -> Option<usize> {
        self.autoscalers.get(&index).copied()
    }
}
