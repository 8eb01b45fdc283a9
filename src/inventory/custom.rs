//! Custom resources: which bear a workload, how many members they ask for, and which pods stand in them.

use super::kubernetes::{Head, Outcome, bare_workload, group_in, number_in};
use super::model::{Custom, Foreign, Objects, Pod, Stated, Volume, VolumeKind, WorkloadKind, Written};
use super::pod;
use super::pointers;
use super::quantity::quantity;
use crate::limits;
use crate::tables::{GroupRole, ResourceGroup, Tables};
use crate::yaml::{Node, Place};

/// Reads a custom resource: as a workload where it bears one, as a pointer, or as one that bears none.
pub(super) fn custom_resource(head: &Head<'_>, tables: &Tables, into: &mut Objects) -> Outcome {
    let known = tables.resource_group(head.group, head.kind);
    let role = known.map(|group| group.role);
    if head.kind == "ArtifactGenerator" {
        into.artifacts.extend(pointers::artifacts(head.node));
    }
    if role == Some(GroupRole::Pointer) {
        into.pointers.push(pointers::read(head.kind, &head.namespace, head.name, head.node, head.place, head.source));
        into.reaches.extend(pointers::reaches(head.kind, head.node, head.source));
        return Outcome::Understood;
    }
    let bears = matches!(role, Some(GroupRole::DataOperator | GroupRole::BatchOperator) | None);
    let spec = head.node.get("spec");
    let evidence = spec.filter(|_| bears).and_then(|spec| workload_in(spec, role));
    if head.node.is_unrendered() && evidence.is_none() && role == Some(GroupRole::DataOperator) {
        // What makes it a store may stand where nothing is certain.
        into.opaque.push(super::unrendered::opaque(head.kind, head.source));
        return Outcome::Understood;
    }
    if !bears || (evidence.is_none() && role != Some(GroupRole::BatchOperator)) {
        into.foreign.push(foreign(head, role));
        return Outcome::Understood;
    }
    let mut workload = bare_workload(head, WorkloadKind::CustomResource);
    // Kinds of different groups share names; only those of Kubernetes itself meet under several groups.
    workload.key.group = group_in(head, head.group);
    let members = spec.and_then(|spec| members(spec, known));
    let switch = known.and_then(|group| group.autoscaling_switch.as_deref());
    workload.own_range = spec.filter(|spec| is_switched_on(*spec, switch)).and_then(own_range);
    workload.pods = spec.map(|spec| embedded_pods(spec, tables)).unwrap_or_default();
    workload.claim_templates = storage(spec);
    workload.copies = match &members {
        Some(members) => Stated::Known(*members),
        None => number_in(head, None),
    };
    workload.custom = Some(Custom {
        group: head.group.to_owned(),
        kind: head.kind.to_owned(),
        role,
        engine: known.and_then(|group| group.engine.clone()),
        members,
        names_accelerator: spec.is_some_and(|spec| {
            spec.descendants()
                .take(limits::NODES_PER_RESOURCE)
                .any(|node| node.text().is_some_and(|text| tables.is_accelerator(text)))
        }),
    });
    into.workloads.push(workload);
    Outcome::Understood
}

/// A custom resource that bears no workload.
pub(super) fn foreign(head: &Head<'_>, role: Option<GroupRole>) -> Foreign {
    let spec = head.node.get("spec");
    Foreign {
        group: head.group.to_owned(),
        kind: head.kind.to_owned(),
        namespace: head.namespace.clone(),
        name: head.name.to_owned(),
        role,
        strict: strict_policy(head),
        canary_of: canary_of(head),
        weighted: spec.filter(|_| role == Some(GroupRole::Mesh)).and_then(weighted),
        place: head.place,
        source: head.source,
    }
}

/// Where a policy makes mutual TLS mandatory or restricts who may call.
fn strict_policy(head: &Head<'_>) -> Option<Place> {
    match head.kind {
        "PeerAuthentication" => {
            let mode = head.node.at(&["spec", "mtls", "mode"]);
            mode.filter(|mode| mode.text() == Some("STRICT")).map(|mode| mode.place())
        }
        "AuthorizationPolicy" | "ServerAuthorization" | "ServiceIntentions" | "MeshTLSAuthentication" => {
            Some(head.node.get("spec").map_or(head.place, |spec| spec.place()))
        }
        _ => None,
    }
}

/// The workload that a canary of Flagger watches over, with its analysis.
/// Source: Flagger documentation, "How it works", Canary resource.
fn canary_of(head: &Head<'_>) -> Option<(String, String, Place)> {
    if (head.group, head.kind) != ("flagger.app", "Canary") {
        return None;
    }
    let target = head.node.at(&["spec", "targetRef"])?;
    let text = |key: &str| target.get(key).and_then(|node| node.string()).map(str::to_owned);
    let analysis = head.node.at(&["spec", "analysis"]).or_else(|| head.node.at(&["spec", "canaryAnalysis"]))?;
    Some((text("kind")?, text("name")?, analysis.place()))
}

/// Where a route divides its traffic: two destinations with weights over nothing.
pub(super) fn weighted(spec: Node<'_>) -> Option<Place> {
    let lists = spec.descendants().take(limits::NODES_PER_RESOURCE).filter(Node::is_sequence);
    lists.into_iter().find_map(|list| {
        let weights: Vec<Node<'_>> = list.items().filter_map(|item| item.get("weight")).collect();
        let first = *weights.first()?;
        let divided = weights.iter().filter(|weight| weight.integer().is_some_and(|value| value > 0)).count() >= 2;
        divided.then(|| first.place())
    })
}

/// Keys that hold a number of members in custom resources of every kind.
const MEMBER_KEYS: [&str; 8] =
    ["replicas", "instances", "numberOfInstances", "nodes", "count", "members", "minReplicas", "clusterSize"];

/// What makes a custom resource bear a workload: containers or an image, a number of members, or storage of its own.
fn workload_in<'t>(spec: Node<'t>, role: Option<GroupRole>) -> Option<Node<'t>> {
    let depth_limited = || {
        spec.descendants()
            .take(limits::NODES_PER_RESOURCE)
            .filter(Node::is_mapping)
            .flat_map(|node| node.written_entries())
    };
    let direct = spec.entries().into_iter().find(|(key, value)| {
        let Some(key) = key.text() else { return false };
        (MEMBER_KEYS.contains(&key) && (value.integer().is_some() || value.is_placeholder()))
            || matches!(key, "image" | "imageName" | "containers") && (value.string().is_some() || value.is_sequence())
            || (key == "storage" && value.get("size").is_some())
            || (key == "size" && value.integer().is_some())
    });
    let nested = || {
        depth_limited().find(|(key, value)| match key.text() {
            Some("containers") => value.items().any(|item| item.get("image").is_some() || item.get("name").is_some()),
            Some("volumeClaimTemplate" | "volumeClaimTemplates" | "persistentVolumeClaimSpec") => true,
            Some(key) => {
                role == Some(GroupRole::DataOperator) && MEMBER_KEYS.contains(&key) && value.integer().is_some()
            }
            None => false,
        })
    };
    direct.or_else(nested).map(|(_, value)| value)
}

/// The number of members: by the listed paths, else the largest number under a usual key near the top.
fn members(spec: Node<'_>, known: Option<&ResourceGroup>) -> Option<Written<f64>> {
    if let Some(group) = known.filter(|group| !group.members.is_empty()) {
        let sums = group.members.iter().filter_map(|path| {
            let mut nodes = vec![spec];
            for part in path.split('.').skip(1) {
                let (key, each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
                nodes = nodes.into_iter().filter_map(|node| node.get(key)).collect();
                if each {
                    nodes = nodes.into_iter().flat_map(|node| node.items().collect::<Vec<_>>()).collect();
                }
            }
            let numbers: Vec<_> = nodes.iter().filter_map(|node| Some((node.integer()? as f64, *node))).collect();
            let first = numbers.first()?.1;
            Some(Written { value: numbers.iter().map(|(value, _)| *value).sum::<f64>(), place: first.place() })
        });
        return sums.max_by(|a, b| a.value.total_cmp(&b.value));
    }
    spec.entries()
        .into_iter()
        .filter(|(key, _)| key.text().is_some_and(|key| MEMBER_KEYS.contains(&key)))
        .filter_map(|(_, value)| Some(Written { value: value.integer()? as f64, place: value.place() }))
        .max_by(|a, b| a.value.total_cmp(&b.value))
}

/// Whether scaling is on: where a switch is known, only if it is written and true.
fn is_switched_on(spec: Node<'_>, switch: Option<&str>) -> bool {
    switch.is_none_or(|switch| {
        spec.descendants()
            .take(limits::NODES_PER_RESOURCE)
            .filter(Node::is_mapping)
            .any(|node| node.get(switch).and_then(|value| value.boolean()) == Some(true))
    })
}

/// A range of copies written anywhere in the resource (`minReplicas` and `maxReplicas`, or executors).
fn own_range(spec: Node<'_>) -> Option<Written<(f64, f64)>> {
    spec.descendants().take(limits::NODES_PER_RESOURCE).filter(Node::is_mapping).find_map(|node| {
        let pairs = [("minReplicas", "maxReplicas"), ("minExecutors", "maxExecutors")];
        pairs.iter().find_map(|(low, high)| {
            let (low, high) = (node.get(low)?, node.get(high)?);
            let range = (low.integer()? as f64, high.integer()? as f64);
            (range.1 > range.0).then(|| Written { value: range, place: high.place() })
        })
    })
}

fn storage(spec: Option<Node<'_>>) -> Vec<Volume> {
    spec.into_iter()
        .flat_map(|spec| spec.descendants().take(limits::NODES_PER_RESOURCE))
        .filter(Node::is_mapping)
        .flat_map(|node| node.written_entries())
        .find(|(key, value)| match key.text() {
            Some("storage") => value.get("size").is_some() || value.get("type").is_some(),
            Some(
                "volumeClaimTemplate" | "volumeClaimTemplates" | "dataVolumeClaimSpec" | "persistentVolumeClaimSpec",
            ) => true,
            _ => false,
        })
        .map(|(_, value)| Volume {
            name: "storage".to_owned(),
            kind: VolumeKind::Template { shared: false },
            place: value.place(),
        })
        .into_iter()
        .collect()
}

/// Every pod template inside a custom resource, with how many of each one copy of the resource makes.
fn embedded_pods(spec: Node<'_>, tables: &Tables) -> Vec<Pod> {
    let mut pods = Vec::new();
    collect_pods(spec, 1.0, 0, tables, &mut pods);
    pods
}

fn collect_pods(node: Node<'_>, factor: f64, depth: usize, tables: &Tables, pods: &mut Vec<Pod>) {
    if depth > limits::TEMPLATE_DEPTH || pods.len() >= limits::TEMPLATES_PER_RESOURCE {
        return;
    }
    if node.is_sequence() {
        for item in node.items() {
            collect_pods(item, factor, depth + 1, tables, pods);
        }
        return;
    }
    if !node.is_mapping() {
        return;
    }
    if node.get("containers").is_some_and(|containers| containers.is_sequence()) {
        if let Some(mut pod) = pod::read_spec(node, &[], tables) {
            pod.factor = factor;
            pods.push(pod);
        }
        return;
    }
    let copies = ["replicas", "maxReplicas", "size", "parallelism"]
        .iter()
        .filter_map(|key| node.get(key)?.integer())
        .map(|value| value as f64)
        .fold(None, |largest: Option<f64>, value| Some(largest.map_or(value, |known| known.max(value))));
    // A slice of accelerators stands on several hosts, each with a pod of its own.
    let hosts = node.get("numOfHosts").and_then(|node| node.integer()).map_or(1.0, |hosts| (hosts as f64).max(1.0));
    let factor = factor * hosts * if depth == 0 { 1.0 } else { copies.unwrap_or(1.0).max(1.0) };
    // Some resources name an accelerator without a container.
    for (key, value) in node.entries() {
        if key.text().is_some_and(|key| tables.is_accelerator(key))
            && let Some(count) = value.text().and_then(quantity).filter(|count| *count > 0.0)
        {
            let mut pod = Pod { factor, ..Pod::default() };
            pod.containers.push(super::model::Container {
                accelerators: Some(Written { value: count, place: value.place() }),
                ..super::model::Container::default()
            });
            pods.push(pod);
        } else if value.is_mapping() || value.is_sequence() {
            collect_pods(value, factor, depth + 1, tables, pods);
        }
    }
}
