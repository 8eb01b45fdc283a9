//! Objects that are kept one by one: what the allow-list leaves of each, and what its status tells.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::shape::{Pruning, Shape, WrongType};
use super::shapes;
use super::time::Timestamp;
use crate::tables::Tables;

/// Objects of one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Objects(pub(super) BTreeMap<ObjectKey, Kept>);

/// The identity of an object, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ObjectKey {
    pub(super) kind: Box<str>,
    pub(super) namespace: Box<str>,
    pub(super) name: Box<str>,
    pub(super) group: Box<str>,
}

/// What is kept of an object.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The pruned object as JSON.
    pub(super) text: Box<str>,
    /// What its status and its age tell.
    pub(super) status: Status,
}

/// What the status and the age of an object tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) copies: Option<u64>,
    pub(super) ready: Option<u64>,
    pub(super) created: Option<Timestamp>,
    /// When an autoscaler last changed the number of copies.
    pub(super) scaled: Option<Timestamp>,
    pub(super) current: Option<u64>,
    pub(super) desired: Option<u64>,
    /// When the last new version stood.
    pub(super) rolled_out: Option<Timestamp>,
    /// When a job or a timetable last came to a good end.
    pub(super) succeeded: Option<Timestamp>,
    pub(super) active: Option<u64>,
    pub(super) steps: Option<u64>,
    pub(super) public_addresses: Option<u64>,
    pub(super) healthy: Option<u64>,
    pub(super) expected: Option<u64>,
    /// The Knative service that a Deployment belongs to.
    pub(super) service: Option<Box<str>>,
    /// The controller that made it: its kind and name.
    pub(super) maker: Option<(Box<str>, Box<str>)>,
}

/// What an object is read as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading<'a> {
    pub(super) api_version: &'a str,
    pub(super) group: &'a str,
    pub(super) kind: &'a str,
    pub(super) tables: &'a Tables,
}

/// Prunes one object; the header of the object comes from the list, since items of a list have none.
pub(super) fn prune(value: &Value, reading: Reading<'_>) -> Result<(ObjectKey, Value), WrongType> {
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default();
    let name = text("/metadata/name");
    if name.is_empty() {
        return Err(WrongType::new("an object has no name"));
    }
    let own_names = [name, text("/spec/serviceName")];
    let pruning = Pruning { tables: reading.tables, own_names: &own_names, custom: (reading.group, reading.kind) };
    let below = |key: &str, shape: Shape| -> Result<Option<Value>, WrongType> {
        value.get(key).map_or(Ok(None), |value| pruning.prune(value, shape).map_err(|wrong| wrong.below_key(key)))
    };
    let metadata = below("metadata", shapes::METADATA)?.unwrap_or_default();
    let mut kept = Map::new();
    kept.insert("apiVersion".to_owned(), Value::from(reading.api_version));
    kept.insert("kind".to_owned(), Value::from(reading.kind));
    kept.insert("metadata".to_owned(), without_empty(metadata));
    for (key, shape) in shapes::parts(reading.group, reading.kind) {
        kept.extend(below(key, *shape)?.map(|part| ((*key).to_owned(), part)));
    }
    let key = ObjectKey {
        kind: reading.kind.into(),
        namespace: text("/metadata/namespace").into(),
        name: name.into(),
        group: reading.group.into(),
    };
    Ok((key, Value::Object(kept)))
}

/// The metadata without mappings and lists that say nothing.
fn without_empty(mut metadata: Value) -> Value {
    if let Value::Object(metadata) = &mut metadata {
        metadata.retain(|_, value| match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        });
    }
    metadata
}

impl Objects {
    /// Takes one object of a list.
    pub(super) fn add(&mut self, item: &str, reading: Reading<'_>) -> Result<(), WrongType> {
        let value: Value = serde_json::from_str(item).map_err(|_| WrongType::new("an object is not valid JSON"))?;
        let (key, pruned) = prune(&value, reading)?;
        let status = status(&value, reading.kind);
        self.0.insert(key, Kept { text: pruned.to_string().into_boxed_str(), status });
        Ok(())
    }
}

fn status(value: &Value, kind: &str) -> Status {
    let number = |path: &str| value.pointer(path).and_then(Value::as_u64);
    let moment = |path: &str| value.pointer(path).and_then(Value::as_str).and_then(Timestamp::parse);
    let list = |path: &str| value.pointer(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let maker = list("/metadata/ownerReferences")
        .iter()
        .find(|owner| owner.get("controller").and_then(Value::as_bool) == Some(true))
        .and_then(|owner| Some((owner.get("kind")?.as_str()?.into(), owner.get("name")?.as_str()?.into())));
    let mut status = Status { created: moment("/metadata/creationTimestamp"), maker, ..Status::default() };
    match kind {
        "Deployment" | "StatefulSet" | "ReplicationController" | "DeploymentConfig" | "Rollout" => {
            // A controller that looked at it once counts; a manifest has no status at all.
            if value.pointer("/status/observedGeneration").is_some() || number("/status/replicas").is_some() {
                status.copies = Some(number("/status/replicas").unwrap_or(0));
                status.ready = Some(number("/status/readyReplicas").unwrap_or(0));
            }
            let progressing = list("/status/conditions").iter().find(|condition| {
                let is = |key: &str, text: &str| condition.get(key).and_then(Value::as_str) == Some(text);
                is("type", "Progressing") && is("reason", "NewReplicaSetAvailable")
            });
            let updated = progressing.and_then(|condition| condition.get("lastUpdateTime")?.as_str());
            status.rolled_out = updated.and_then(Timestamp::parse).filter(|_| kind != "StatefulSet");
            status.steps = number("/status/currentStepIndex").filter(|steps| *steps > 0);
            let service = value.pointer("/metadata/labels/serving.knative.dev~1service").and_then(Value::as_str);
            status.service = service.map(Box::from);
        }
        "DaemonSet" => {
            status.copies = number("/status/currentNumberScheduled");
            status.ready = number("/status/numberReady");
        }
        "HorizontalPodAutoscaler" => {
            status.scaled = moment("/status/lastScaleTime");
            status.current = number("/status/currentReplicas");
            status.desired = number("/status/desiredReplicas");
        }
        "PodDisruptionBudget" => {
            status.healthy = number("/status/currentHealthy");
            status.expected = number("/status/expectedPods");
        }
        "CronJob" => status.succeeded = moment("/status/lastSuccessfulTime"),
        "Job" => {
            status.active = number("/status/active");
            let is_complete = list("/status/conditions").iter().any(|condition| {
                let is = |key: &str, text: &str| condition.get(key).and_then(Value::as_str) == Some(text);
                is("type", "Complete") && is("status", "True")
            });
            status.succeeded = moment("/status/completionTime").filter(|_| is_complete);
        }
        "Service" | "Ingress" | "Gateway" => {
            let entrances = list("/status/loadBalancer/ingress");
            let listed = list("/status/addresses");
            let is_public = |entry: &&Value| {
                let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
                text("hostname").is_some() || text("ip").or(text("value")).is_some_and(is_public_address)
            };
            let has_entrances = value.pointer("/status/loadBalancer").is_some() || kind == "Gateway";
            let count = entrances.iter().chain(listed).filter(is_public).count();
            status.public_addresses = has_entrances.then_some(count as u64).filter(|count| *count > 0);
        }
        _ => {}
    }
    status
}

/// Whether an address can be reached from everywhere; a name stands for one that can.
fn is_public_address(text: &str) -> bool {
    match text.parse::<core::net::IpAddr>() {
        Ok(core::net::IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || address.is_broadcast()
                || is_shared)
        }
        Ok(core::net::IpAddr::V6(address)) => {
            let first = address.segments()[0];
            !(address.is_loopback() || address.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80)
        }
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(kind: &str, group: &str, text: &str) -> Result<(String, Status), &'static str> {
        let tables = Tables::built_in().expect("the tables");
        let mut objects = Objects::default();
        let reading = Reading { api_version: "v1", group, kind, tables: &tables };
        objects.add(text, reading).map_err(|wrong| wrong.what)?;
        let (_, kept) = objects.0.into_iter().next().expect("an object");
        Ok((kept.text.into_string(), kept.status))
    }

    #[test]
    fn what_a_deployment_keeps() {
        let (text, status) = kept(
            "Deployment",
            "apps",
            r#"{"metadata":{"name":"web","uid":"1","namespace":"shop","managedFields":[{}],"annotations":{"a":"b"}},
                "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web","image":"web:1","livenessProbe":{"httpGet":{"path":"/x"}}}]}}},
                "status":{"observedGeneration":1,"replicas":2,"readyReplicas":1,"conditions":[{"type":"Progressing","reason":"NewReplicaSetAvailable","lastUpdateTime":"2026-11-20T00:00:00Z"}]}}"#,
        )
        .expect("an object");
        assert_eq!(
            text,
            r#"{"apiVersion":"v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2,"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"web:1","livenessProbe":{}}]}}}}"#
        );
        assert_eq!((status.copies, status.ready), (Some(2), Some(1)));
        assert_eq!(status.rolled_out, Timestamp::parse("2026-11-20T00:00:00Z"));
    }

    #[test]
    fn wrong_types_cost_the_object() {
        assert_eq!(kept("Deployment", "apps", r#"{"metadata":{}}"#), Err("an object has no name"));
        assert_eq!(kept("Deployment", "apps", "5"), Err("an object has no name"));
        let wrong = r#"{"metadata":{"name":"web"},"spec":{"replicas":"many"}}"#;
        assert_eq!(kept("Deployment", "apps", wrong), Err("a whole number that is not negative is expected"));
        let name = r#"{"metadata":{"name":"\u001b[31mweb"}}"#;
        assert_eq!(kept("Deployment", "apps", name), Err("a text holds control characters"));
    }

    #[test]
    fn addresses_are_counted_and_not_kept() {
        let (text, status) = kept(
            "Service",
            "",
            r#"{"metadata":{"name":"web"},"spec":{"type":"LoadBalancer","clusterIP":"10.0.0.1"},
                "status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.7"},{"ip":"10.1.2.3"},{"hostname":"lb.example.com"}]}}}"#,
        )
        .expect("an object");
        assert_eq!(
            text,
            r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"LoadBalancer"}}"#
        );
        assert_eq!(status.public_addresses, Some(2));
    }
}
