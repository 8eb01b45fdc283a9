//! Live clusters among the sources: how each was read, what could not be listed and why, and what was seen of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::model::{Objects, Origin, Workload};
use super::{Inventory, Links};
use crate::day::Day;
use crate::language::{Prose, say};
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Live, Node, Place, Tree};

/// The kind of the first object of a snapshot, which tells how the cluster was read.
pub const HEADER: &str = "ClusterSnapshot";

/// One cluster as it was read.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The source that holds its snapshot.
    pub source: SourceId,
    /// Where its description begins.
    pub place: Place,
    /// What tells its namespaces from those of other clusters; none where one cluster alone was read.
    pub qualifier: Option<Arc<str>>,
    /// The day on which it was read.
    pub taken: Option<Day>,
    /// The version of its API server.
    pub version: Option<String>,
    /// The namespaces that were read; none for all of them.
    pub namespaces: Option<BTreeSet<String>>,
    /// Whether only some of the objects in these namespaces were asked for, by a selector or by name.
    pub is_selection: bool,
    /// What was listed, by resource.
    pub lists: BTreeMap<String, List>,
}

/// How listing one resource ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// How many objects were read.
    pub objects: u64,
    /// Why it is not whole; none where it is, or where the cluster does not know the resource.
    pub gap: Option<Prose>,
    /// The namespaces in which it is not whole; empty for all that were asked.
    pub namespaces: BTreeSet<String>,
    /// Whether the cluster knows the resource.
    pub is_served: bool,
    /// Where the snapshot says so.
    pub place: Place,
}

impl Cluster {
    /// Reads the description of a cluster.
    fn read(tree: &Tree) -> Option<Self> {
        let root = tree.root()?;
        let text = |path: &[&str]| root.at(path).and_then(|node| node.string()).map(str::to_owned);
        let names = |node: Option<Node<'_>>| -> BTreeSet<String> {
            node.into_iter().flat_map(|list| list.items()).filter_map(|name| name.string().map(str::to_owned)).collect()
        };
        let scope = root.get("scope");
        let in_scope = |key: &str| scope.and_then(|scope| scope.get(key));
        let lists = root.get("lists").map(|lists| lists.entries()).unwrap_or_default();
        // What was left out since one object was asked for is no gap.
        let is_selection = in_scope("object").is_some();
        let list = |node: Node<'_>| {
            let get = |key: &str| node.get(key).and_then(|node| node.string());
            let outcome = get("outcome").unwrap_or_default();
            let reason = get("reason").unwrap_or_default();
            let gap = match outcome {
                "complete" | "not-served" => None,
                "not-asked" if is_selection => None,
                "not-asked" => Some(say!("it was not asked for")),
                _ if reason.is_empty() => Some(in_words(outcome)),
                _ => Some(say!("{}: {}", in_words(outcome), reason)),
            };
            List {
                objects: node
                    .get("objects")
                    .and_then(|node| node.integer())
                    .and_then(|n| n.try_into().ok())
                    .unwrap_or(0),
                gap,
                namespaces: names(node.get("namespaces")),
                is_served: outcome != "not-served",
                place: node.get("outcome").unwrap_or(node).place(),
            }
        };
        Some(Self {
            name: text(&["metadata", "name"])?,
            source: tree.source,
            place: root.at(&["metadata", "name"])?.place(),
            qualifier: tree.live.as_ref().and_then(|live| live.qualifier.clone()),
            taken: text(&["taken"]).and_then(|taken| Day::parse(taken.split('T').next().unwrap_or_default())),
            version: text(&["version"]),
            namespaces: in_scope("namespaces").map(|list| names(Some(list))),
            is_selection: in_scope("selector").or(in_scope("object")).is_some(),
            lists: lists.into_iter().filter_map(|(key, node)| Some((key.text()?.to_owned(), list(node)))).collect(),
        })
    }

    /// Why a resource could not be listed as a whole in a namespace, with the place; none where it was, and where the
    /// cluster does not know the resource. The empty namespace is that of resources without one.
    #[must_use]
    pub fn gap(&self, resource: &str, namespace: &str) -> Option<(&List, &Prose)> {
        let list = self.lists.get(resource)?;
        let namespace = self.meant(namespace);
        let concerns = list.namespaces.is_empty() || list.namespaces.contains(namespace);
        list.gap.as_ref().filter(|_| concerns).map(|reason| (list, reason))
    }

    /// Whether everything of a resource in a namespace was read.
    #[must_use]
    pub fn has_all(&self, resource: &str, namespace: &str) -> bool {
        let own = self.meant(namespace);
        let in_scope = self.namespaces.as_ref().is_none_or(|namespaces| namespaces.contains(own));
        in_scope && !self.is_selection && self.lists.contains_key(resource) && self.gap(resource, namespace).is_none()
    }

    /// The namespace that a file means which names none: the only one that was read, or `default`.
    #[must_use]
    pub fn meant<'n>(&'n self, namespace: &'n str) -> &'n str {
        let only = self.namespaces.as_ref().filter(|namespaces| namespaces.len() == 1);
        match only.and_then(|namespaces| namespaces.first()) {
            _ if !namespace.is_empty() => namespace,
            Some(only) => only,
            None => "default",
        }
    }

    /// A namespace of an object without what tells clusters apart.
    #[must_use]
    pub fn own_namespace<'n>(&self, namespace: &'n str) -> &'n str {
        match &self.qualifier {
            Some(qualifier) => {
                namespace.strip_prefix(&**qualifier).and_then(|rest| rest.strip_prefix(':')).unwrap_or(namespace)
            }
            None => namespace,
        }
    }
}

/// What the objects of each source know of their cluster; none for files.
pub(super) fn live_of(files: &[SourceFile]) -> impl Fn(&SourceFile) -> Option<Arc<Live>> {
    let several = files.iter().filter(|file| file.cluster.is_some()).count() > 1;
    move |file| file.cluster.as_ref().map(|name| Arc::new(Live { qualifier: several.then(|| Arc::clone(name)) }))
}

/// The clusters among the documents, in order of the sources.
pub(super) fn clusters(trees: &[Tree]) -> Vec<Cluster> {
    let is_header = |tree: &&Tree| {
        let kind = tree.root().and_then(|root| root.get("kind")).and_then(|kind| kind.string());
        tree.live.is_some() && kind == Some(HEADER)
    };
    trees.iter().filter(is_header).filter_map(Cluster::read).collect()
}

/// Takes away what belongs to the platform itself where a whole cluster was read: what runs in its own namespaces is what
/// a cluster costs, not what it is for. A namespace that somebody asked for by name is assessed, whatever it is.
pub(super) fn leave_platform(objects: &mut Objects, clusters: &[Cluster], tables: &Tables) {
    let whole: BTreeMap<SourceId, &Cluster> = clusters
        .iter()
        .filter(|cluster| cluster.namespaces.is_none())
        .map(|cluster| (cluster.source, cluster))
        .collect();
    if whole.is_empty() {
        return;
    }
    let is_platform = |source: SourceId, namespace: &str| {
        whole.get(&source).is_some_and(|cluster| tables.is_platform_namespace(cluster.own_namespace(namespace)))
    };
    objects.workloads.retain(|workload| !is_platform(workload.source, &workload.key.scope));
    objects.autoscalers.retain(|scaler| !is_platform(scaler.source, &scaler.namespace));
    objects.budgets.retain(|budget| !is_platform(budget.source, &budget.namespace));
    objects.services.retain(|service| !is_platform(service.source, &service.namespace));
    objects.routes.retain(|route| !is_platform(route.source, &route.namespace));
    objects.network_policies.retain(|policy| !is_platform(policy.source, &policy.namespace));
    objects.foreign.retain(|foreign| !is_platform(foreign.source, &foreign.namespace));
    for extensions in [&mut objects.extensions, &mut objects.drivers] {
        extensions.retain(|extension| {
            let namespace = extension.service.as_ref().map_or("", |(namespace, _)| namespace);
            !is_platform(extension.source, namespace)
        });
    }
    let is_of_any =
        |namespace: &str| whole.values().any(|cluster| tables.is_platform_namespace(cluster.own_namespace(namespace)));
    objects.namespaces.retain(|name, _| !is_of_any(name));
}

/// Takes away definitions of a cluster that no workload in it controls: whoever runs the cluster brought them, and looks
/// after them from outside. Where rights could not be read, that is not known, and they stay.
pub(super) fn leave_foreign_definitions(objects: &mut Objects, links: &mut Links, clusters: &[Cluster]) {
    const RIGHTS: [&str; 2] =
        ["clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"];
    let knows_rights = |source: SourceId| {
        let cluster = clusters.iter().find(|cluster| cluster.source == source);
        cluster.is_some_and(|cluster| RIGHTS.iter().all(|resource| cluster.gap(resource, "").is_none()))
    };
    let controllers = std::mem::take(&mut links.controllers);
    let definitions = std::mem::take(&mut objects.definitions);
    for (definition, controller) in definitions.into_iter().zip(controllers) {
        if controller.is_some() || !knows_rights(definition.source) {
            objects.definitions.push(definition);
            links.controllers.push(controller);
        }
    }
}

impl Inventory {
    /// The cluster that a workload was read from; none for one from files.
    #[must_use]
    pub fn cluster_of(&self, workload: &Workload) -> Option<&Cluster> {
        if workload.origin == Origin::Compose || self.clusters.is_empty() {
            return None;
        }
        self.clusters.iter().find(|cluster| cluster.source == workload.source)
    }

    /// What was seen of the object at a place, by its key.
    #[must_use]
    pub fn seen(&self, object: Place, key: &str) -> Option<Node<'_>> {
        let tree = self.trees.get(object.document.0 as usize)?;
        tree.live.as_ref()?;
        tree.root()?.get("seen")?.get(key)
    }

    /// The same as a number, with its place; truth values are 1 and 0.
    #[must_use]
    pub fn seen_number(&self, object: Place, key: &str) -> Option<(f64, Place)> {
        let node = self.seen(object, key)?;
        let number = match node.boolean() {
            Some(value) => f64::from(u8::from(value)),
            None => node.text()?.parse().ok()?,
        };
        (number.is_finite() && number >= 0.0).then(|| (number, node.place()))
    }

    /// The last day on which a cluster was read; none where only files were.
    #[must_use]
    pub fn seen_on(&self) -> Option<Day> {
        self.clusters.iter().filter_map(|cluster| cluster.taken).max()
    }
}

/// How a list ended, in words.
fn in_words(outcome: &str) -> Prose {
    match outcome {
        "cut-off" => say!("cut off"),
        "timed-out" => say!("timed out"),
        "forbidden" => say!("forbidden"),
        "failed" => say!("failed"),
        other => Prose::name(other.replace('-', " ")),
    }
}
