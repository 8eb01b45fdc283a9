//! Which workloads are deployed together: the unit that gets a verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::chart;
use super::model::{Objects, Origin};
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Groups the objects into systems, sorted by id.
pub(super) fn group(objects: &Objects, files: &[SourceFile], kustomizations: &Kustomizations) -> Vec<System> {
    let places = Places::new(files, kustomizations);
    let key = |source: SourceId, place: Option<Place>, labels: &Labels, namespace: &str| {
        places.key(source, place, labels, namespace)
    };
    let mut groups: BTreeMap<GroupKey, System> = BTreeMap::new();
    // Where the workloads of a file and of a folder went, for objects that say nothing about themselves.
    let mut by_file: BTreeMap<SourceId, BTreeSet<GroupKey>> = BTreeMap::new();
    let mut by_folder: BTreeMap<&str, BTreeSet<GroupKey>> = BTreeMap::new();
    for (index, workload) in objects.workloads.iter().enumerate() {
        let group = if workload.origin == Origin::Compose {
            (GroupedBy::ComposeProject, workload.key.scope.clone())
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
        by_folder.entry(folder_of(files, workload.source)).or_default().insert(group.clone());
        let system = groups.entry(group.clone()).or_insert_with(|| System::new(group.0, group.1));
        system.workloads.push(index);
        if workload.origin == Origin::Kubernetes {
            system.namespaces.insert(workload.key.scope.clone());
        }
    }
    let with_workloads: BTreeSet<GroupKey> = groups.keys().cloned().collect();
    let only = |set: Option<&BTreeSet<GroupKey>>| set.filter(|set| set.len() == 1).and_then(|set| set.first().cloned());
    let mut unread: Vec<GroupKey> = Vec::new();
    let mut place = |source: SourceId, at: Option<Place>, labels: &Labels, namespace: &str, add: Adding<'_>| {
        let own = key(source, at, labels, namespace);
        let group = if with_workloads.contains(&own) {
            own
        } else {
            only(by_file.get(&source)).or_else(|| only(by_folder.get(folder_of(files, source)))).unwrap_or(own)
        };
        add(groups.entry(group.clone()).or_insert_with(|| System::new(group.0, group.1)));
    };
    let none = Labels::new();
    for (index, definition) in objects.definitions.iter().enumerate() {
        place(definition.source, Some(definition.place), &definition.labels, "", &mut |system| {
            system.definitions.push(index)
        });
    }
    for (index, extension) in objects.extensions.iter().enumerate() {
        let namespace = extension.service.as_ref().map_or("", |(namespace, _)| namespace);
        place(extension.source, Some(extension.place), &extension.labels, namespace, &mut |system| {
            system.extensions.push(index)
        });
    }
    for (index, driver) in objects.drivers.iter().enumerate() {
        place(driver.source, Some(driver.place), &driver.labels, "", &mut |system| system.drivers.push(index));
    }
    for (index, foreign) in objects.foreign.iter().enumerate() {
        place(foreign.source, Some(foreign.place), &none, &foreign.namespace, &mut |system| system.foreign.push(index));
    }
    for (index, opaque) in objects.opaque.iter().enumerate() {
        place(opaque.source, opaque.place, &none, "", &mut |system| system.opaque.push(index));
    }
    for (index, followed) in objects.followed.iter().enumerate() {
        place(followed.target, None, &none, "", &mut |system| system.followed.push(index));
    }
    for (index, reach) in objects.reaches.iter().enumerate() {
        place(reach.source, Some(reach.place), &none, "", &mut |system| system.reaches.push(index));
    }
    for folder in &objects.unread_folders {
        if let Some(group) = only(by_folder.get(folder.as_str())) {
            unread.push(group);
        }
    }
    for source in &objects.unreadable {
        place(*source, None, &none, "", &mut |system| system.unreadable += 1);
    }
    for source in &objects.templates {
        place(*source, None, &none, "", &mut |system| system.unrendered = true);
    }
    for (index, policy) in objects.network_policies.iter().enumerate() {
        place(policy.source, Some(policy.place), &none, &policy.namespace, &mut |system| {
            system.network_policies.push(index)
        });
    }
    for (index, service) in objects.services.iter().enumerate() {
        place(service.source, Some(service.place), &none, &service.namespace, &mut |system| {
            system.services.push(index)
        });
    }
    for (index, route) in objects.routes.iter().enumerate() {
        place(route.source, Some(route.place), &none, &route.namespace, &mut |system| system.routes.push(index));
    }
    for (index, scaler) in objects.autoscalers.iter().enumerate() {
        place(scaler.source, Some(scaler.place), &none, &scaler.namespace, &mut |system| {
            system.autoscalers.push(index)
        });
    }
    for group in unread {
        if let Some(system) = groups.get_mut(&group) {
            system.unreadable += 1;
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
}

impl<'f> Places<'f> {
    fn new(files: &'f [SourceFile], kustomizations: &'f Kustomizations) -> Self {
        let charts = chart::folders(files);
        Self { files, charts, kustomizations }
    }

    fn key(&self, source: SourceId, place: Option<Place>, labels: &Labels, namespace: &str) -> GroupKey {
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
