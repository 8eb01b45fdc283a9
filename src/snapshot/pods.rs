//! Pods, folded into what made them. Of a pod itself nothing is kept but a number that stands for its name, so that
//! usage and events find its owner.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;
use serde_json::Value;

use super::amount::{Sizes, Sum};
use super::shape::{Pruning, Shape};
use super::time::Timestamp;
use super::{RECENT_DAYS, shapes};
use crate::tables::Tables;
use crate::text::sanitize::is_unsafe;

/// What pods gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Pods {
    /// What made them, in the order in which it was met.
    pub(super) owners: Vec<(OwnerKey, Owner)>,
    by_key: BTreeMap<OwnerKey, u32>,
    /// The names of nodes that pods stand on, by the numbers that owners hold.
    pub(super) nodes: Vec<Box<str>>,
    node_numbers: BTreeMap<Box<str>, u32>,
    /// Numbers that stand for names, with the number of the owner.
    pub(super) names: Vec<(u64, u32)>,
    /// Of those that had to go and say so themselves.
    pub(super) gone: BTreeSet<u64>,
    /// What running pods ask for.
    pub(super) requested: Sum,
    /// Of that, what those of the platform ask for.
    pub(super) platform: Sum,
    /// The network plugins that run, by name.
    pub(super) plugins: BTreeSet<String>,
}

/// What made a pod: the namespace, the kind and the name; the pod itself where nothing did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OwnerKey {
    pub(super) namespace: Box<str>,
    pub(super) kind: Box<str>,
    pub(super) name: Box<str>,
}

/// What is known of the pods of one owner.
#[derive(Clone, Debug, Default)]
pub(super) struct Owner {
    /// The name of the Deployment or Rollout that made the ReplicaSet, by the hash of the template.
    pub(super) maker: Option<Box<str>>,
    /// The pod whose name comes first: its name, its labels and its specification, pruned.
    pub(super) first: Option<(Box<str>, Box<str>)>,
    pub(super) copies: u64,
    pub(super) ready: u64,
    pub(super) hosts: BTreeSet<u32>,
    pub(super) restarts: u64,
    pub(super) evictions: u64,
    pub(super) preempted: u64,
    pub(super) preemptions: u64,
    pub(super) meshed: u64,
    pub(super) requested: Sum,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow, default)]
    spec: Option<Spec<'a>>,
    #[serde(borrow, default)]
    status: Option<Status<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
    #[serde(borrow, default)]
    labels: Option<Labels<'a>>,
    #[serde(borrow, rename = "ownerReferences", default)]
    owners: Option<Vec<Reference<'a>>>,
}

#[derive(Deserialize)]
struct Labels<'a> {
    #[serde(borrow, rename = "pod-template-hash", default)]
    hash: Cow<'a, str>,
    #[serde(borrow, rename = "rollouts-pod-template-hash", default)]
    rollout_hash: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(default)]
    controller: Option<bool>,
}

#[derive(Deserialize)]
struct Spec<'a> {
    #[serde(borrow, rename = "nodeName", default)]
    node: Cow<'a, str>,
    #[serde(borrow, default)]
    containers: Option<Vec<Container<'a>>>,
    #[serde(borrow, rename = "initContainers", default)]
    init: Option<Vec<Container<'a>>>,
}

#[derive(Deserialize)]
struct Container<'a> {
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    image: Cow<'a, str>,
    #[serde(borrow, rename = "restartPolicy", default)]
    restart: Cow<'a, str>,
    #[serde(default)]
    resources: Option<Resources>,
}

#[derive(Deserialize)]
struct Resources {
    #[serde(default)]
    requests: Option<Sizes>,
}

#[derive(Deserialize)]
struct Status<'a> {
    #[serde(borrow, default)]
    phase: Cow<'a, str>,
    #[serde(borrow, default)]
    reason: Cow<'a, str>,
    #[serde(borrow, default)]
    conditions: Option<Vec<Condition<'a>>>,
    #[serde(borrow, rename = "containerStatuses", default)]
    containers: Option<Vec<ContainerStatus<'a>>>,
}

#[derive(Deserialize)]
struct Condition<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    reason: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ContainerStatus<'a> {
    #[serde(rename = "restartCount", default)]
    restarts: u32,
    #[serde(borrow, rename = "lastState", default)]
    last: Option<State<'a>>,
}

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow, default)]
    terminated: Option<Terminated<'a>>,
}

#[derive(Deserialize)]
struct Terminated<'a> {
    #[serde(borrow, rename = "finishedAt", default)]
    finished: Option<Cow<'a, str>>,
}

/// Containers that meshes put beside others.
/// Sources: the documentation of Istio, Linkerd, Consul and Kuma on sidecar injection.
const MESH_PROXIES: [&str; 5] = ["istio-proxy", "linkerd-proxy", "consul-dataplane", "envoy-sidecar", "kuma-sidecar"];

/// What folding a pod needs to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Folding<'a> {
    pub(super) tables: &'a Tables,
    pub(super) taken: Timestamp,
}

/// The number that stands for the name of a pod.
pub(super) fn number_of(namespace: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (namespace, name).hash(&mut hasher);
    hasher.finish()
}

impl Pods {
    /// Folds one pod; false where it is none.
    pub(super) fn add(&mut self, text: &str, folding: Folding<'_>) -> bool {
        let Ok(item) = serde_json::from_str::<Item<'_>>(text) else { return false };
        let (name, namespace) = (&*item.metadata.name, &*item.metadata.namespace);
        if name.is_empty() || [name, namespace].iter().any(|text| text.chars().any(is_unsafe)) {
            return false;
        }
        let node = item.spec.as_ref().map_or("", |spec| &*spec.node);
        let (key, maker) = owner_of(&item.metadata, node);
        if key.name.chars().chain(key.kind.chars()).any(is_unsafe) {
            return false;
        }
        let is_first = self.by_key.get(&key).and_then(|at| self.owners[*at as usize].1.first.as_ref());
        // Only the pod whose name comes first is pruned, so that the order of pages does not show.
        let is_first = is_first.is_none_or(|(first, _)| name < &**first);
        let pruned = if is_first { prune(text, &key, folding.tables) } else { None };
        if is_first && pruned.is_none() {
            return false;
        }
        let number = self.owner_number(key);
        let digest = number_of(namespace, name);
        self.names.push((digest, number));
        let node_number = (!node.is_empty()).then(|| self.node_number(node));
        let owner = &mut self.owners[number as usize].1;
        owner.maker = owner.maker.take().or(maker);
        if let Some(pruned) = pruned {
            owner.first = Some((name.into(), pruned.into_boxed_str()));
        }
        if note_gone(owner, item.status.as_ref()) {
            self.gone.insert(digest);
        }
        let phase = item.status.as_ref().map_or("", |status| &*status.phase);
        if matches!(phase, "Succeeded" | "Failed") {
            return true;
        }
        owner.copies += 1;
        let is_ready = item.status.as_ref().is_some_and(|status| {
            status.conditions.iter().flatten().any(|condition| condition.kind == "Ready" && condition.status == "True")
        });
        if is_ready {
            owner.ready += 1;
            owner.hosts.extend(node_number);
            owner.restarts += item.status.as_ref().map_or(0, |status| recent_restarts(status, folding.taken));
        }
        let Some(spec) = item.spec else { return true };
        let sidecars = spec.init.iter().flatten().filter(|container| container.restart == "Always");
        let containers: Vec<&Container<'_>> = spec.containers.iter().flatten().chain(sidecars).collect();
        owner.meshed += u64::from(containers.iter().any(|container| MESH_PROXIES.contains(&&*container.name)));
        let is_platform = folding.tables.is_platform_namespace(namespace);
        if node_number.is_some() {
            let mut requested = Sum::default();
            for sizes in containers.iter().filter_map(|container| container.resources.as_ref()?.requests.as_ref()) {
                requested.add(sizes.sum(folding.tables));
            }
            owner.requested.add(requested);
            self.requested.add(requested);
            if is_platform {
                self.platform.add(requested);
            }
        }
        if is_platform {
            let plugins = containers.iter().filter_map(|container| folding.tables.network_plugin(&container.image));
            self.plugins.extend(plugins.map(|plugin| plugin.name.clone()));
        }
        true
    }

    fn owner_number(&mut self, key: OwnerKey) -> u32 {
        if let Some(number) = self.by_key.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.owners.len()).unwrap_or(u32::MAX);
        self.owners.push((key.clone(), Owner::default()));
        self.by_key.insert(key, number);
        number
    }

    fn node_number(&mut self, node: &str) -> u32 {
        if let Some(number) = self.node_numbers.get(node) {
            return *number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(node.into());
        self.node_numbers.insert(node.into(), number);
        number
    }
}

/// What made a pod, and the name of what made that where the hash of its template tells.
fn owner_of(metadata: &Metadata<'_>, node: &str) -> (OwnerKey, Option<Box<str>>) {
    let namespace: Box<str> = (&*metadata.namespace).into();
    let controller = metadata.owners.iter().flatten().find(|owner| owner.controller == Some(true));
    let Some(controller) = controller else {
        return (OwnerKey { namespace, kind: "Pod".into(), name: (&*metadata.name).into() }, None);
    };
    if controller.kind == "Node" {
        // A static pod carries the name of its node, which is not kept.
        let name = metadata.name.strip_suffix(&*controller.name).or_else(|| metadata.name.strip_suffix(node));
        let name = name.map_or("static-pod", |name| name.trim_end_matches('-'));
        return (OwnerKey { namespace, kind: "Node".into(), name: name.into() }, None);
    }
    let hashes = metadata.labels.iter().flat_map(|labels| [&labels.hash, &labels.rollout_hash]);
    let maker = hashes
        .filter(|hash| !hash.is_empty() && controller.kind == "ReplicaSet")
        .find_map(|hash| controller.name.strip_suffix(&**hash)?.strip_suffix('-'))
        .map(Box::from);
    (OwnerKey { namespace, kind: (&*controller.kind).into(), name: (&*controller.name).into() }, maker)
}

/// Counts a pod that had to go by what it says itself; false where it says nothing.
/// Source: Kubernetes documentation, "Pod disruption conditions" and "Node-pressure Eviction".
fn note_gone(owner: &mut Owner, status: Option<&Status<'_>>) -> bool {
    let Some(status) = status else { return false };
    let disrupted = status
        .conditions
        .iter()
        .flatten()
        .find(|condition| condition.kind == "DisruptionTarget" && condition.status == "True");
    match (disrupted.map(|condition| &*condition.reason), &*status.reason) {
        (Some("PreemptionByScheduler"), _) | (_, "Preempting" | "Preempted") => owner.preempted += 1,
        (Some(_), _) | (_, "Evicted") => owner.evictions += 1,
        (None, _) => return false,
    }
    true
}

/// Restarts of containers whose last end is recent.
fn recent_restarts(status: &Status<'_>, taken: Timestamp) -> u64 {
    let recent = status.containers.iter().flatten().filter(|container| {
        let ended = container.last.as_ref().and_then(|last| last.terminated.as_ref()?.finished.as_deref());
        ended.and_then(Timestamp::parse).is_some_and(|ended| ended.is_within(RECENT_DAYS, taken))
    });
    recent.map(|container| u64::from(container.restarts)).sum()
}

/// The labels and the specification of a pod, pruned, as the metadata and the specification of a template.
fn prune(text: &str, key: &OwnerKey, tables: &Tables) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    let spec = value.get_mut("spec").and_then(Value::as_object_mut)?;
    // The scheduler writes the node into every pod, and the controller of a DaemonSet where it is to go.
    spec.remove("nodeName");
    if matches!(&*key.kind, "DaemonSet" | "Node")
        && let Some(affinity) = spec.get_mut("affinity").and_then(Value::as_object_mut)
    {
        affinity.remove("nodeAffinity");
    }
    let own_names = [&*key.name];
    let pruning = Pruning { tables, own_names: &own_names, custom: ("", "") };
    const TEMPLATE: Shape = Shape::Fields(&[("metadata", shapes::METADATA), ("spec", Shape::Fields(shapes::POD))]);
    let mut pruned = pruning.prune(&value, TEMPLATE).ok()??;
    if let Some(metadata) = pruned.get_mut("metadata").and_then(Value::as_object_mut)
        && &*key.kind != "Pod"
    {
        metadata.retain(|field, _| matches!(field.as_str(), "labels" | "annotations"));
    }
    Some(pruned.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(pods: &[&str]) -> Pods {
        let tables = Tables::built_in().expect("the tables");
        let taken = Timestamp::parse("2026-11-26T18:05:00Z").expect("a moment");
        let mut all = Pods::default();
        for pod in pods {
            assert!(all.add(pod, Folding { tables: &tables, taken }), "{pod}");
        }
        all
    }

    fn pod(name: &str, more: &str) -> String {
        format!(
            r#"{{"metadata":{{"name":"{name}","namespace":"shop","ownerReferences":[{{"kind":"StatefulSet","name":"db","controller":true}}]}},"spec":{{"nodeName":"n1","containers":[{{"image":"x"}}]}},{more}}}"#
        )
    }

    #[test]
    fn pods_that_had_to_go_are_counted_and_not_among_the_copies() {
        let evicted = pod("db-0", r#""status":{"phase":"Failed","reason":"Evicted"}"#);
        let preempted = pod(
            "db-1",
            r#""status":{"phase":"Failed","conditions":[{"type":"DisruptionTarget","status":"True","reason":"PreemptionByScheduler"}]}"#,
        );
        let old = r#""status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"restartCount":9,"lastState":{"terminated":{"finishedAt":"2026-01-01T00:00:00Z"}}}]}"#;
        let all = folded(&[&evicted, &preempted, &pod("db-2", old)]);
        let (_, owner) = &all.owners[0];
        assert_eq!((owner.copies, owner.ready, owner.evictions, owner.preempted), (1, 1, 1, 1));
        assert_eq!(owner.restarts, 0, "what restarted long ago says nothing");
        assert_eq!((all.gone.len(), all.names.len()), (2, 3));
    }

    #[test]
    fn the_pod_whose_name_comes_first_stands_for_the_others() {
        let (first, second) = (pod("db-0", r#""status":{}"#), pod("db-1", r#""status":{}"#));
        for pods in [[&*first, &*second], [&*second, &*first]] {
            let all = folded(&pods);
            let (name, text) = all.owners[0].1.first.as_ref().expect("a pod");
            assert_eq!(&**name, "db-0");
            assert!(!text.contains("n1"), "{text}");
        }
    }
}
