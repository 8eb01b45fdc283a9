//! What is kept of custom resources of unknown form: numbers of members and copies, images, storage, pod templates,
//! accelerators, targets. Everything else is dropped, and so is what stands under a key that nobody would have chosen in
//! an API.

use serde_json::{Map, Value};

use super::shape::{Pruning, Shape, image};
use super::shapes;
use super::words;
use crate::inventory::quantity::quantity;
use crate::limits;

/// Keys under which a number of copies, members, weights or hosts stands.
const NUMBERS: [&str; 21] = [
    "replicas",
    "instances",
    "numberOfInstances",
    "nodes",
    "count",
    "members",
    "minReplicas",
    "maxReplicas",
    "clusterSize",
    "size",
    "parallelism",
    "numOfHosts",
    "minExecutors",
    "maxExecutors",
    "weight",
    "servers",
    "replicasCount",
    "shardsCount",
    "minMember",
    "completions",
    "stepWeight",
];

/// Keys that tell of storage by being there.
const STORAGE: [&str; 4] =
    ["volumeClaimTemplate", "volumeClaimTemplates", "dataVolumeClaimSpec", "persistentVolumeClaimSpec"];

/// The kind and the name of what another object is about.
const REFERENCES: [&str; 2] = ["targetRef", "scaleTargetRef"];

/// Pruned from the top of a specification; an empty one where nothing is kept, since that it is there says something.
pub(super) fn prune(spec: &Value, pruning: &Pruning<'_>) -> Option<Value> {
    spec.as_object()?;
    let (group, kind) = pruning.custom;
    if let Some(pointer) = pointer(group, kind, spec, pruning) {
        return Some(pointer);
    }
    let pruned = node("", spec, 0, pruning).unwrap_or_else(|| Value::Object(Map::new()));
    Some(pruned)
}

fn node(key: &str, value: &Value, depth: usize, pruning: &Pruning<'_>) -> Option<Value> {
    if depth > limits::TEMPLATE_DEPTH + 2 {
        return None;
    }
    match value {
        Value::Object(object) if object.get("containers").is_some_and(Value::is_array) => {
            // A template inside a resource that somebody wrote may be only a part of one.
            pruning.prune(value, Shape::Fields(shapes::POD)).ok().flatten()
        }
        Value::Object(object) => {
            if REFERENCES.contains(&key) {
                const REFERENCE: Shape = Shape::Fields(&[("kind", Shape::Text), ("name", Shape::Text)]);
                return pruning.prune(value, REFERENCE).ok().flatten();
            }
            let mut kept: Vec<(String, Value)> = object
                .iter()
                .filter(|(key, _)| is_api_key(key, pruning))
                .filter_map(|(key, value)| Some((key.clone(), node(key, value, depth + 1, pruning)?)))
                .collect();
            kept.sort_by(|a, b| a.0.cmp(&b.0));
            (!kept.is_empty() || is_told_by_presence(key)).then(|| Value::Object(kept.into_iter().collect()))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(|item| node(key, item, depth + 1, pruning)).collect();
            (!kept.is_empty() || is_told_by_presence(key)).then_some(Value::Array(kept))
        }
        _ => leaf(key, value, pruning),
    }
}

/// Keys of an API are one word; anything else may be somebody's own.
fn is_api_key(key: &str, pruning: &Pruning<'_>) -> bool {
    let is_one_word = key.len() <= 60
        && key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_one_word || (words::is_key(key) && pruning.tables.is_accelerator(key))
}

fn is_told_by_presence(key: &str) -> bool {
    STORAGE.contains(&key) || matches!(key, "analysis" | "canaryAnalysis")
}

fn leaf(key: &str, value: &Value, pruning: &Pruning<'_>) -> Option<Value> {
    let size = |value: &Value| match value {
        Value::String(text) => quantity(text).is_some(),
        Value::Number(number) => number.as_f64().is_some_and(|number| number.is_finite() && number >= 0.0),
        _ => false,
    };
    if pruning.tables.is_accelerator(key) {
        return size(value).then(|| value.clone());
    }
    match (key, value) {
        (_, Value::Bool(flag)) => is_switch(key, pruning).then(|| Value::from(*flag)),
        (_, Value::Number(number)) => (NUMBERS.contains(&key) && number.as_u64().is_some()).then(|| value.clone()),
        ("size", Value::String(_)) => size(value).then(|| value.clone()),
        ("image" | "imageName", Value::String(text)) => {
            let is_image = text.len() < 512 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
            is_image.then(|| Value::from(image(text)))
        }
        ("mode", Value::String(text)) => (text == "STRICT").then(|| value.clone()),
        // Of storage only that a kind of it is chosen counts.
        ("type", Value::String(text)) => {
            matches!(text.as_str(), "persistent-claim" | "ephemeral" | "jbod").then(|| value.clone())
        }
        // Queues and quotas name kinds of accelerators.
        (_, Value::String(text)) if words::is_key(text) && pruning.tables.is_accelerator(text) => Some(value.clone()),
        _ => None,
    }
}

/// Whether a key switches the scaling of a known kind on.
fn is_switch(key: &str, pruning: &Pruning<'_>) -> bool {
    let (group, kind) = pruning.custom;
    let known = pruning.tables.resource_group(group, kind);
    known.and_then(|group| group.autoscaling_switch.as_deref()) == Some(key)
}

/// Pointers of delivery tools: paths and charts, and which clusters they reach. Addresses of repositories are dropped.
fn pointer(group: &str, kind: &str, spec: &Value, pruning: &Pruning<'_>) -> Option<Value> {
    use Shape::{Fields, List, Presence, Text};
    const SOURCE: Shape = Fields(&[("path", Text), ("chart", Text)]);
    const DESTINATION: Shape = Fields(&[("name", Text), ("server", Text)]);
    const APPLICATION: Shape = Fields(&[("destination", DESTINATION), ("source", SOURCE), ("sources", List(&SOURCE))]);
    const KUBECONFIG: Shape = Fields(&[("secretRef", Fields(&[("name", Text)]))]);
    const SOURCE_REFERENCE: Shape = Fields(&[("kind", Text), ("name", Text)]);
    const GENERATOR: Shape = Fields(&[
        ("clusters", Presence),
        ("clusterDecisionResource", Presence),
        ("pullRequest", Presence),
        ("list", Fields(&[("elements", List(&Fields(&[("cluster", Text), ("server", Text)])))])),
        ("git", Fields(&[("directories", List(&Fields(&[("path", Text), ("exclude", Shape::Flag)])))])),
    ]);
    const GENERATORS: Shape = List(&Fields(&[
        ("clusters", Presence),
        ("clusterDecisionResource", Presence),
        ("pullRequest", Presence),
        ("list", Fields(&[("elements", List(&Fields(&[("cluster", Text), ("server", Text)])))])),
        ("git", Fields(&[("directories", List(&Fields(&[("path", Text), ("exclude", Shape::Flag)])))])),
        ("matrix", Fields(&[("generators", List(&GENERATOR))])),
        ("merge", Fields(&[("generators", List(&GENERATOR))])),
    ]));
    let shape = match (group, kind) {
        ("argoproj.io", "Application") => APPLICATION,
        ("argoproj.io", "ApplicationSet") => {
            Fields(&[("generators", GENERATORS), ("template", Fields(&[("spec", APPLICATION)]))])
        }
        ("kustomize.toolkit.fluxcd.io", _) => {
            Fields(&[("path", Text), ("sourceRef", SOURCE_REFERENCE), ("kubeConfig", KUBECONFIG)])
        }
        ("helm.toolkit.fluxcd.io" | "helm.fluxcd.io", _) => Fields(&[
            (
                "chart",
                Fields(&[
                    ("name", Text),
                    ("path", Text),
                    ("spec", Fields(&[("chart", Text), ("sourceRef", SOURCE_REFERENCE)])),
                ]),
            ),
            ("kubeConfig", KUBECONFIG),
        ]),
        ("helm.cattle.io", "HelmChart") => Fields(&[("chart", Text)]),
        _ => return None,
    };
    Some(pruning.prune(spec, shape).ok().flatten().unwrap_or_else(|| Value::Object(Map::new())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Tables;

    fn pruned(group: &str, kind: &str, spec: &str) -> String {
        let tables = Tables::built_in().expect("the tables");
        let pruning = Pruning { tables: &tables, own_names: &[], custom: (group, kind) };
        let spec: Value = serde_json::from_str(spec).expect("JSON");
        let once = prune(&spec, &pruning).expect("a mapping");
        assert_eq!(prune(&once, &pruning), Some(once.clone()), "pruning is at its end after one step");
        once.to_string()
    }

    #[test]
    fn members_storage_and_images_stay_and_nothing_else() {
        let spec = r#"{"instances":3,"imageName":"ghcr.io/cloudnative-pg/postgresql:16","storage":{"size":"10Gi","storageClass":"fast"},
            "bootstrap":{"initdb":{"secret":{"name":"hunter2"}}},"postgresql":{"parameters":{"max_connections":"100","size":"hunter2"}}}"#;
        assert_eq!(
            pruned("postgresql.cnpg.io", "Cluster", spec),
            r#"{"imageName":"ghcr.io/cloudnative-pg/postgresql:16","instances":3,"storage":{"size":"10Gi"}}"#
        );
    }

    #[test]
    fn pods_inside_are_pruned_as_pods() {
        let spec = r#"{"workerGroupSpecs":[{"replicas":2,"groupName":"x","template":{"spec":{"containers":[{"image":"ray","env":[{"name":"A","value":"hunter2"}],"resources":{"limits":{"nvidia.com/gpu":1}}}]}}}]}"#;
        assert_eq!(
            pruned("ray.io", "RayCluster", spec),
            r#"{"workerGroupSpecs":[{"replicas":2,"template":{"spec":{"containers":[{"image":"ray","resources":{"limits":{"nvidia.com/gpu":1}}}]}}}]}"#
        );
    }

    #[test]
    fn pointers_keep_paths_and_lose_addresses() {
        let spec = r#"{"source":{"repoURL":"https://me:pw@git/x","path":"apps/web"},"destination":{"server":"https://kubernetes.default.svc","namespace":"x"}}"#;
        assert_eq!(
            pruned("argoproj.io", "Application", spec),
            r#"{"destination":{"server":"https://kubernetes.default.svc"},"source":{"path":"apps/web"}}"#
        );
    }
}
