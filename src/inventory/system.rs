//! Which workloads are deployed together: the unit that gets a verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::chart;
use super::model::{Objects, Origin};
use super::selector::Labels;
use crate::text::{RenderedFrom, SourceFile, SourceId};

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

/// The objects of one system, by index into the lists of objects.
#[derive(Clone, Debug)]
pub struct System {
    /// What tied them together.
    pub grouped_by: GroupedBy,
    /// The project, chart, label value, namespace or folder.
    pub name: String,
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
}

impl System {
    /// An empty system.
    #[must_use]
    pub fn new(grouped_by: GroupedBy, name: String) -> Self {
        Self {
            grouped_by,
            name,
            workloads: Vec::new(),
            definitions: Vec::new(),
            extensions: Vec::new(),
            drivers: Vec::new(),
            foreign: Vec::new(),
            opaque: Vec::new(),
            unreadable: 0,
            unrendered: false,
            network_policies: Vec::new(),
            services: Vec::new(),
            routes: Vec::new(),
            autoscalers: Vec::new(),
            namespaces: BTreeSet::new(),
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
            workloads: all(objects.workloads.len()),
            definitions: all(objects.definitions.len()),
            extensions: all(objects.extensions.len()),
            drivers: all(objects.drivers.len()),
            foreign: all(objects.foreign.len()),
            opaque: all(objects.opaque.len()),
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

/// Groups the objects into systems, sorted by id.
pub(super) fn group(objects: &Objects, files: &[SourceFile]) -> Vec<System> {
    let places = Places::new(objects, files);
    let key = |source: SourceId, labels: &Labels, namespace: &str| places.key(source, labels, namespace);
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
            key(workload.source, labels, &workload.key.scope)
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
    let mut place = |source: SourceId, labels: &Labels, namespace: &str, add: &mut dyn FnMut(&mut System)| {
        let own = key(source, labels, namespace);
        let group = if with_workloads.contains(&own) {
            own
        } else {
            only(by_file.get(&source)).or_else(|| only(by_folder.get(folder_of(files, source)))).unwrap_or(own)
        };
        add(groups.entry(group.clone()).or_insert_with(|| System::new(group.0, group.1)));
    };
    let none = Labels::new();
    for (index, definition) in objects.definitions.iter().enumerate() {
        place(definition.source, &definition.labels, "", &mut |system| system.definitions.push(index));
    }
    for (index, extension) in objects.extensions.iter().enumerate() {
        let namespace = extension.service.as_ref().map_or("", |(namespace, _)| namespace);
        place(extension.source, &extension.labels, namespace, &mut |system| system.extensions.push(index));
    }
    for (index, driver) in objects.drivers.iter().enumerate() {
        place(driver.source, &driver.labels, "", &mut |system| system.drivers.push(index));
    }
    for (index, foreign) in objects.foreign.iter().enumerate() {
        place(foreign.source, &none, &foreign.namespace, &mut |system| system.foreign.push(index));
    }
    for (index, opaque) in objects.opaque.iter().enumerate() {
        place(opaque.source, &none, "", &mut |system| system.opaque.push(index));
    }
    for folder in &objects.unread_folders {
        if let Some(group) = only(by_folder.get(folder.as_str())) {
            unread.push(group);
        }
    }
    for source in &objects.unreadable {
        place(*source, &none, "", &mut |system| system.unreadable += 1);
    }
    for source in &objects.templates {
        place(*source, &none, "", &mut |system| system.unrendered = true);
    }
    for (index, policy) in objects.network_policies.iter().enumerate() {
        place(policy.source, &none, &policy.namespace, &mut |system| system.network_policies.push(index));
    }
    for (index, service) in objects.services.iter().enumerate() {
        place(service.source, &none, &service.namespace, &mut |system| system.services.push(index));
    }
    for (index, route) in objects.routes.iter().enumerate() {
        place(route.source, &none, &route.namespace, &mut |system| system.routes.push(index));
    }
    for (index, scaler) in objects.autoscalers.iter().enumerate() {
        place(scaler.source, &none, &scaler.namespace, &mut |system| system.autoscalers.push(index));
    }
    for group in unread {
        if let Some(system) = groups.get_mut(&group) {
            system.unreadable += 1;
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
    /// File name to the name of the kustomization family that holds it.
    families: BTreeMap<String, String>,
}

impl<'f> Places<'f> {
    fn new(objects: &Objects, files: &'f [SourceFile]) -> Self {
        let charts = chart::folders(files);
        Self { files, charts, families: families(objects) }
    }

    fn key(&self, source: SourceId, labels: &Labels, namespace: &str) -> GroupKey {
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
        if let Some(family) = self.families.get(&file.name) {
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

/// Kustomizations that refer to each other form one family, named after the first of their folders.
fn families(objects: &Objects) -> BTreeMap<String, String> {
    let folders: Vec<&String> = objects.kustomizations.keys().collect();
    let mut parent: Vec<usize> = (0..folders.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for (index, references) in objects.kustomizations.values().enumerate() {
        for reference in references {
            if let Ok(other) = folders.binary_search(&reference) {
                let (a, b) = (root(&mut parent, index), root(&mut parent, other));
                // The smaller index stays the root, so that the name does not depend on the order of references.
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut families = BTreeMap::new();
    for (index, references) in objects.kustomizations.values().enumerate() {
        let family = folders[root(&mut parent, index)].clone();
        for reference in references {
            if folders.binary_search(&reference).is_err() {
                families.entry(reference.clone()).or_insert_with(|| family.clone());
            }
        }
    }
    families
}
