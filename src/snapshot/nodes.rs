//! Nodes, without their names: groups of alike ones, and where each stands.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::amount::{self, Sizes, Sum};
use crate::tables::Tables;

/// What nodes gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Nodes {
    by_name: BTreeMap<Box<str>, Node>,
}

/// One node.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) zone: Option<Box<str>>,
    pub(super) region: Option<Box<str>>,
    /// It can take pods now: ready, not cordoned, and no control plane that is kept free.
    pub(super) takes_pods: bool,
    ready: bool,
    schedulable: bool,
    allocatable: Sum,
    capacity: Sum,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
    #[serde(default)]
    spec: Option<Spec>,
    #[serde(default)]
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    labels: Option<Labels>,
}

#[derive(Deserialize, Default)]
struct Labels {
    #[serde(rename = "topology.kubernetes.io/zone", default)]
    zone: Option<String>,
    #[serde(rename = "failure-domain.beta.kubernetes.io/zone", default)]
    zone_before: Option<String>,
    #[serde(rename = "topology.kubernetes.io/region", default)]
    region: Option<String>,
    #[serde(rename = "failure-domain.beta.kubernetes.io/region", default)]
    region_before: Option<String>,
}

#[derive(Deserialize, Default)]
struct Spec {
    #[serde(default)]
    unschedulable: Option<bool>,
    #[serde(default)]
    taints: Option<Vec<Taint>>,
}

#[derive(Deserialize)]
struct Taint {
    #[serde(default)]
    key: String,
    #[serde(default)]
    effect: String,
}

#[derive(Deserialize, Default)]
struct Status {
    #[serde(default)]
    allocatable: Option<Sizes>,
    #[serde(default)]
    capacity: Option<Sizes>,
    #[serde(default)]
    conditions: Option<Vec<Condition>>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    status: String,
}

/// Taints that keep pods off the nodes of the control plane.
/// Source: Kubernetes documentation, "Well-Known Labels, Annotations and Taints".
const CONTROL_PLANE: [&str; 2] = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

impl Nodes {
    /// Adds one node; false where it is none.
    pub(super) fn add(&mut self, item: &str, tables: &Tables) -> bool {
        let Ok(item) = serde_json::from_str::<Item>(item) else { return false };
        let labels = item.metadata.labels.unwrap_or_default();
        let spec = item.spec.unwrap_or_default();
        let status = item.status.unwrap_or_default();
        let place = |now: Option<String>, before: Option<String>| {
            let place = now.or(before).filter(|place| !place.is_empty());
            place.filter(|place| super::words::is_key(place)).map(String::into_boxed_str)
        };
        let is_kept_free = spec.taints.unwrap_or_default().iter().any(|taint| {
            CONTROL_PLANE.contains(&taint.key.as_str()) && matches!(taint.effect.as_str(), "NoSchedule" | "NoExecute")
        });
        let mut conditions = status.conditions.unwrap_or_default().into_iter();
        let ready = conditions.any(|condition| condition.kind == "Ready" && condition.status == "True");
        let schedulable = !is_kept_free && spec.unschedulable != Some(true);
        let allocatable = status.allocatable.or(status.capacity.clone()).unwrap_or_default();
        let node = Node {
            zone: place(labels.zone, labels.zone_before),
            region: place(labels.region, labels.region_before),
            takes_pods: schedulable && ready,
            ready,
            schedulable,
            allocatable: allocatable.sum(tables),
            capacity: status.capacity.unwrap_or(allocatable).sum(tables),
        };
        self.by_name.insert(item.metadata.name.into_boxed_str(), node);
        true
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.by_name.get(name)
    }

    /// Groups of alike nodes that pods may be put on, in the order of their places and sizes.
    pub(super) fn groups(&self) -> Vec<Value> {
        type Alike<'n> = (Option<&'n str>, Option<&'n str>, i64, i64, i64);
        let mut groups: BTreeMap<Alike<'_>, (u64, u64)> = BTreeMap::new();
        for node in self.by_name.values().filter(|node| node.schedulable) {
            // Nodes of one size differ by a few bytes.
            let cpu = (node.capacity.cpu() * 10.0).round() as i64;
            let memory = (node.capacity.memory_gib() * 10.0).round() as i64;
            let key = (node.zone.as_deref(), node.region.as_deref(), cpu, memory, node.capacity.devices() as i64);
            let (count, ready) = groups.entry(key).or_default();
            *count += 1;
            *ready += u64::from(node.ready);
        }
        groups
            .into_iter()
            .map(|((zone, region, cpu, memory, devices), (count, ready))| {
                let mut group = json!({"count": count, "ready": ready});
                if let Value::Object(group) = &mut group {
                    group.extend(zone.map(|zone| ("zone".to_owned(), Value::from(zone))));
                    group.extend(region.map(|region| ("region".to_owned(), Value::from(region))));
                    group.insert("cpu".to_owned(), amount::number(cpu as f64 / 10.0));
                    group.insert("memory-gib".to_owned(), amount::number(memory as f64 / 10.0));
                    group.insert("accelerators".to_owned(), amount::number(devices as f64));
                }
                group
            })
            .collect()
    }

    fn taking_pods(&self) -> impl Iterator<Item = &Node> {
        self.by_name.values().filter(|node| node.takes_pods)
    }

    /// The facts about all nodes together.
    pub(super) fn seen(&self) -> Vec<(&'static str, Value)> {
        let zones: std::collections::BTreeSet<&str> =
            self.taking_pods().filter_map(|node| node.zone.as_deref()).collect();
        let mut all = Sum::default();
        self.taking_pods().for_each(|node| all.add(node.allocatable));
        let accelerated = self.taking_pods().filter(|node| node.allocatable.devices() > 0.0).count();
        let mut seen = vec![("nodes", Value::from(self.taking_pods().count()))];
        if !zones.is_empty() {
            seen.push(("node-zones", Value::from(zones.len())));
        }
        seen.push(("accelerator-nodes", Value::from(accelerated)));
        seen.push(("cpu-allocatable", amount::number(all.cpu())));
        seen.push(("memory-gib-allocatable", amount::number(all.memory_gib())));
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(name: &str, more: &str) -> String {
        format!(
            r#"{{"metadata":{{"name":"{name}","labels":{{"topology.kubernetes.io/zone":"eu-1a","topology.kubernetes.io/region":"eu-1"}}}},{more}
            "status":{{"capacity":{{"cpu":"4","memory":"16384Mi","nvidia.com/gpu":"2"}},"allocatable":{{"cpu":"3900m","memory":"15Gi","nvidia.com/gpu":"2"}},"conditions":[{{"type":"Ready","status":"True"}}]}}}}"#
        )
    }

    #[test]
    fn nodes_are_grouped_and_those_that_take_no_pods_left_out() {
        let tables = Tables::built_in().expect("the tables");
        let mut nodes = Nodes::default();
        let control = r#""spec":{"taints":[{"key":"node-role.kubernetes.io/control-plane","effect":"NoSchedule"}]},"#;
        for (name, more) in [("a", ""), ("b", ""), ("c", control), ("d", r#""spec":{"unschedulable":true},"#)] {
            assert!(nodes.add(&node(name, more), &tables));
        }
        assert!(nodes.add(&node("e", "").replace("True", "Unknown"), &tables));
        assert!(!nodes.add(r#"{"metadata":{"name":7}}"#, &tables));
        assert_eq!(
            serde_json::to_string(&nodes.groups()).expect("JSON"),
            r#"[{"count":3,"ready":2,"zone":"eu-1a","region":"eu-1","cpu":4,"memory-gib":16,"accelerators":2}]"#
        );
        let seen: BTreeMap<_, _> = nodes.seen().into_iter().collect();
        assert_eq!(seen["nodes"], 2);
        assert_eq!(seen["node-zones"], 1);
        assert_eq!(seen["cpu-allocatable"], 7.8);
        assert_eq!(seen["memory-gib-allocatable"], 30);
        assert_eq!(seen["accelerator-nodes"], 2);
        assert!(!nodes.groups().iter().any(|group| group.to_string().contains('"') && group.get("name").is_some()));
    }
}
