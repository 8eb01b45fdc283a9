//! What runs, put together from all lists: pods go to what made them, usage and events to those pods' owners, and what
//! no list shows is made up from its first pod.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::amount::{self, Sum};
use super::nodes::Nodes;
use super::objects::{Kept, ObjectKey, Status};
use super::pods::{OwnerKey, Pods};
use super::recorder::{Gave, Recorder};
use super::time::Timestamp;
use super::usage::Events;
use super::{RECENT_DAYS, pods};

/// What was seen of one object, by the name of the fact.
pub(super) type Seen = BTreeMap<&'static str, Value>;

/// Everything that was read of a cluster.
#[derive(Debug, Default)]
pub(super) struct Live {
    pub(super) objects: BTreeMap<ObjectKey, Kept>,
    pub(super) seen: BTreeMap<ObjectKey, Seen>,
    pub(super) nodes: Nodes,
    /// What was seen of the cluster as a whole.
    pub(super) cluster: Seen,
}

/// The pods of one object.
#[derive(Clone, Debug, Default)]
struct Copies {
    copies: u64,
    ready: u64,
    hosts: BTreeSet<u32>,
    restarts: u64,
    evictions: u64,
    preempted: u64,
    preemptions: u64,
    meshed: u64,
    requested: Sum,
    used: Option<Sum>,
}

/// Kinds that run to an end.
fn is_batch(kind: &str) -> bool {
    matches!(kind, "Job" | "CronJob" | "ScaledJob")
}

/// Kinds whose copies are pods that they make themselves, or through what they make.
fn makes_pods(key: &ObjectKey) -> bool {
    match &*key.kind {
        "Deployment"
        | "StatefulSet"
        | "DaemonSet"
        | "ReplicaSet"
        | "ReplicationController"
        | "DeploymentConfig"
        | "Rollout"
        | "Pod" => true,
        "Service" => &*key.group == "serving.knative.dev",
        kind => is_batch(kind),
    }
}

impl Live {
    /// Puts together what a recorder was given; its lists are empty afterwards.
    pub(super) fn new(recorder: &mut Recorder) -> Self {
        let mut live = Self::default();
        let mut all_pods = Vec::new();
        let mut events = Events::default();
        let mut pod_usage = Vec::new();
        let mut node_usage = (Sum::default(), 0);
        for list in recorder.lists.values_mut() {
            match std::mem::take(&mut list.gave) {
                Gave::Nothing => {}
                Gave::Objects(objects) => live.objects.extend(objects.0),
                Gave::Pods(pods) => all_pods.push(*pods),
                Gave::Nodes(nodes) => live.nodes = nodes,
                Gave::PodUsage(usage) => pod_usage.extend(usage.by_pod),
                Gave::NodeUsage(usage) => {
                    node_usage.0.add(usage.all);
                    node_usage.1 += usage.nodes;
                }
                Gave::Events(other) => events.add_all(*other),
            }
        }
        live.name_definitions(&recorder.kinds);
        let redirects = live.redirects();
        let mut folded = Folded::new(&mut live, all_pods, &redirects, recorder);
        folded.add_usage(&pod_usage);
        folded.add_events(&events);
        live.see_workloads(&folded, recorder);
        live.see_autoscalers(&events, recorder);
        live.see_cluster(&folded, node_usage, &events, recorder);
        for from in redirects.keys() {
            live.objects.remove(from);
            live.seen.remove(from);
        }
        live
    }

    /// Definitions are asked for without their content; discovery tells the kind, the name tells the group.
    fn name_definitions(&mut self, kinds: &BTreeMap<String, String>) {
        let of_definitions = self.objects.iter_mut().filter(|(key, _)| &*key.kind == "CustomResourceDefinition");
        for (key, kept) in of_definitions {
            let Ok(mut value) = serde_json::from_str::<Value>(&kept.text) else { continue };
            let Some(object) = value.as_object_mut() else { continue };
            let spec = object.entry("spec").or_insert_with(|| json!({}));
            let Some(spec) = spec.as_object_mut() else { continue };
            if let Some((_, group)) = key.name.split_once('.') {
                spec.entry("group").or_insert_with(|| Value::from(group));
            }
            if let Some(kind) = kinds.get(&*key.name) {
                spec.entry("names").or_insert_with(|| json!({"kind": kind}));
            }
            kept.text = value.to_string().into_boxed_str();
        }
    }

    fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<&ObjectKey> {
        let from = ObjectKey { kind: kind.into(), namespace: namespace.into(), name: name.into(), group: "".into() };
        let mut found = self.objects.range(&from..).map(|(key, _)| key);
        found.next().filter(|key| (&*key.kind, &*key.namespace, &*key.name) == (kind, namespace, name))
    }

    /// Objects that are told by what made them: the jobs of a timetable, the Deployment behind a service of Knative, the
    /// autoscaler that KEDA keeps.
    fn redirects(&self) -> BTreeMap<ObjectKey, ObjectKey> {
        let made_by = |key: &ObjectKey, status: &Status| -> Option<ObjectKey> {
            if let (Some(service), "Deployment") = (&status.service, &*key.kind) {
                let found = self.find("Service", &key.namespace, service);
                let mut found = found.into_iter().chain(self.objects.keys().filter(|other| {
                    &*other.kind == "Service" && other.namespace == key.namespace && other.name == *service
                }));
                return found.find(|found| &*found.group == "serving.knative.dev").cloned();
            }
            let (kind, name) = status.maker.as_ref()?;
            let is_told = matches!(
                (&*key.kind, &**kind),
                ("Job", "CronJob" | "ScaledJob")
                    | ("ReplicationController", "DeploymentConfig")
                    | ("HorizontalPodAutoscaler", "ScaledObject")
            );
            is_told.then(|| self.find(kind, &key.namespace, name).cloned()).flatten()
        };
        self.objects.iter().filter_map(|(key, kept)| Some((key.clone(), made_by(key, &kept.status)?))).collect()
    }

    /// What was seen of everything that makes pods.
    fn see_workloads(&mut self, folded: &Folded, recorder: &Recorder) {
        let nodes_are_known = recorder.is_complete("nodes");
        let mut all = BTreeMap::new();
        for (key, kept) in &self.objects {
            let mut seen = Seen::new();
            let copies = folded.by_object.get(key);
            let pods_are_known = recorder.is_complete_in("pods", &key.namespace);
            // Of a part of the pods no number is right; what the controller counted itself is.
            if pods_are_known && (copies.is_some() || makes_pods(key)) {
                let none = Copies::default();
                let copies = copies.unwrap_or(&none);
                let nodes = nodes_are_known.then_some(&self.nodes);
                see_copies(key, copies, folded, nodes, &mut seen);
            } else if !is_batch(&key.kind) {
                seen.extend(kept.status.copies.map(|copies| ("copies", Value::from(copies))));
                seen.extend(kept.status.ready.map(|ready| ("ready", Value::from(ready))));
            }
            see_status(&kept.status, &key.kind, recorder.taken, &mut seen);
            if !seen.is_empty() {
                all.insert(key.clone(), seen);
            }
        }
        self.seen = all;
        self.see_jobs(recorder.taken);
    }

    /// Whether jobs came to a good end, for what made them.
    fn see_jobs(&mut self, taken: Timestamp) {
        let mut ran: BTreeSet<ObjectKey> = BTreeSet::new();
        for (key, kept) in self.objects.iter().filter(|(key, _)| &*key.kind == "Job") {
            let recent = kept.status.succeeded.is_some_and(|ended| ended.is_within(RECENT_DAYS, taken));
            let maker = kept.status.maker.as_ref().filter(|_| recent);
            ran.extend(maker.and_then(|(kind, name)| self.find(kind, &key.namespace, name)).cloned());
        }
        for key in ran {
            self.seen.entry(key).or_default().insert("ran", Value::from(true));
        }
    }

    /// What autoscalers did, told of what they scale.
    fn see_autoscalers(&mut self, events: &Events, recorder: &Recorder) {
        let taken = recorder.taken;
        let scalers =
            self.objects.iter().filter(|(key, _)| matches!(&*key.kind, "HorizontalPodAutoscaler" | "ScaledObject"));
        let mut found: Vec<(ObjectKey, Seen)> = Vec::new();
        for (key, kept) in scalers {
            let Ok(value) = serde_json::from_str::<Value>(&kept.text) else { continue };
            let of_target = |field: &str| value.pointer(&format!("/spec/scaleTargetRef/{field}"))?.as_str();
            let Some(name) = of_target("name") else { continue };
            let kind = of_target("kind").unwrap_or("Deployment");
            let Some(target) = self.find(kind, &key.namespace, name) else { continue };
            let by_events = &*key.kind == "ScaledObject";
            let happened = (key.kind.clone(), (key.namespace.clone(), key.name.clone()));
            let last = kept.status.scaled;
            let recently =
                last.is_some_and(|last| last.is_within(RECENT_DAYS, taken)) || events.scaled.contains(&happened);
            let bound = if by_events { "/spec/minReplicaCount" } else { "/spec/minReplicas" };
            let minimum = value.pointer(bound).and_then(Value::as_u64).unwrap_or(u64::from(!by_events));
            let copies = || self.seen.get(target)?.get("copies")?.as_u64();
            let current = kept.status.current.or_else(copies);
            let mut seen = Seen::new();
            // A manifest has neither an age nor a status: nothing was watched then.
            if last.is_some()
                || kept.status.current.is_some()
                || recently
                || (by_events && kept.status.created.is_some())
            {
                seen.insert("scaled", Value::from(recently));
                seen.insert("left-minimum", Value::from(recently || current.is_some_and(|copies| copies > minimum)));
                let since = last.or(kept.status.created);
                seen.extend(since.map(|since| ("watched-days", Value::from(since.days_until(taken)))));
            }
            let at_zero = minimum == 0 && copies() == Some(0);
            if by_events && (at_zero || events.to_zero.contains(&happened.1)) {
                seen.insert("reached-zero", Value::from(true));
            }
            found.push((target.clone(), seen));
        }
        for (target, seen) in found {
            let known = self.seen.entry(target).or_default();
            for (fact, value) in seen {
                // Of several autoscalers the one that moved counts, and the longest time.
                let is_more = match (known.get(fact), &value) {
                    (None, _) => true,
                    (Some(known), Value::Bool(value)) => known == &Value::Bool(false) && *value,
                    (Some(known), value) => known.as_u64() < value.as_u64(),
                };
                if is_more {
                    known.insert(fact, value);
                }
            }
        }
    }

    fn see_cluster(&mut self, folded: &Folded, used: (Sum, usize), events: &Events, recorder: &Recorder) {
        let seen = &mut self.cluster;
        if recorder.is_complete("nodes") {
            seen.extend(self.nodes.seen());
        }
        if events.nodes_varied {
            seen.insert("nodes-varied", Value::from(true));
        }
        if recorder.scope.namespaces.is_none() && recorder.is_complete("pods") {
            seen.insert("cpu-requested", amount::number(folded.requested.cpu()));
            seen.insert("memory-gib-requested", amount::number(folded.requested.memory_gib()));
            seen.insert("platform-cpu-requested", amount::number(folded.platform.cpu()));
            seen.insert("platform-memory-gib-requested", amount::number(folded.platform.memory_gib()));
        }
        if used.1 > 0 && recorder.is_complete("nodes.metrics.k8s.io") {
            seen.insert("cpu-now", amount::number(used.0.cpu()));
            seen.insert("memory-gib-now", amount::number(used.0.memory_gib()));
        }
        let enforces =
            |name: &&String| recorder.tables.network_plugin_named(name).is_some_and(|plugin| plugin.enforces);
        let plugin = folded.plugins.iter().find(enforces).or(folded.plugins.first());
        seen.extend(plugin.map(|plugin| ("network-plugin", Value::from(plugin.as_str()))));
    }
}

/// What the pods of an object show.
fn see_copies(key: &ObjectKey, copies: &Copies, folded: &Folded, nodes: Option<&Nodes>, seen: &mut Seen) {
    if is_batch(&key.kind) {
        seen.insert("pods-at-once", Value::from(copies.copies));
    } else {
        seen.insert("copies", Value::from(copies.copies));
        seen.insert("ready", Value::from(copies.ready));
        seen.insert("hosts", Value::from(copies.hosts.len()));
        if let Some(nodes) = nodes {
            let stands: Vec<_> =
                copies.hosts.iter().filter_map(|host| nodes.get(folded.nodes.get(*host as usize)?)).collect();
            let zones: BTreeSet<_> = stands.iter().filter_map(|node| node.zone.as_deref()).collect();
            let regions: BTreeSet<_> = stands.iter().filter_map(|node| node.region.as_deref()).collect();
            seen.extend((!zones.is_empty()).then(|| ("zones", Value::from(zones.len()))));
            seen.extend((!regions.is_empty()).then(|| ("regions", Value::from(regions.len()))));
        }
    }
    if copies.copies > 0 {
        seen.insert("restarts", Value::from(copies.restarts));
        seen.insert("meshed", Value::from(copies.meshed));
        seen.insert("cpu-requested", amount::number(copies.requested.cpu()));
        seen.insert("memory-gib-requested", amount::number(copies.requested.memory_gib()));
    }
    if copies.requested.devices() > 0.0 {
        seen.insert("devices", amount::number(copies.requested.devices()));
    }
    let counts =
        [("evictions", copies.evictions), ("preempted", copies.preempted), ("preemptions", copies.preemptions)];
    seen.extend(counts.into_iter().filter(|(_, count)| *count > 0).map(|(fact, count)| (fact, Value::from(count))));
    if let Some(used) = copies.used {
        seen.insert("cpu-now", amount::number(used.cpu()));
        seen.insert("memory-gib-now", amount::number(used.memory_gib()));
    }
    // Knative takes the last copy away when nobody asks.
    if &*key.group == "serving.knative.dev" && copies.copies == 0 {
        seen.insert("reached-zero", Value::from(true));
    }
}

/// What the status of an object shows.
fn see_status(status: &Status, kind: &str, taken: Timestamp, seen: &mut Seen) {
    let recent = |moment: Timestamp| moment.is_within(RECENT_DAYS, taken);
    seen.extend(status.rolled_out.map(|moment| ("days-since-rollout", Value::from(moment.days_until(taken)))));
    if status.rolled_out.is_some_and(recent) {
        seen.extend(status.steps.map(|steps| ("canary-steps", Value::from(steps))));
    }
    if is_batch(kind) {
        seen.extend(status.succeeded.map(|moment| ("ran", Value::from(recent(moment)))));
        if let Some(active) = status.active.filter(|_| !seen.contains_key("pods-at-once")) {
            seen.insert("pods-at-once", Value::from(active));
        }
    }
    let numbers = [
        ("public-addresses", status.public_addresses),
        ("current", status.current),
        ("desired", status.desired),
        ("healthy", status.healthy),
        ("expected", status.expected),
    ];
    seen.extend(numbers.into_iter().filter_map(|(fact, number)| Some((fact, Value::from(number?)))));
}

/// The pods of all lists, by the object that they belong to.
#[derive(Debug, Default)]
struct Folded {
    by_object: BTreeMap<ObjectKey, Copies>,
    /// The names of nodes, by the numbers that copies hold.
    nodes: Vec<Box<str>>,
    /// The numbers of pods, sorted, with the place of the object among `owners`.
    names: Vec<(u64, u32)>,
    owners: Vec<Option<ObjectKey>>,
    gone: BTreeSet<u64>,
    /// What made pods, by namespace and name: pods that are no longer there are found by the beginning of their name.
    makers: BTreeMap<(Box<str>, Box<str>), ObjectKey>,
    requested: Sum,
    platform: Sum,
    plugins: BTreeSet<String>,
}

impl Folded {
    fn new(
        live: &mut Live,
        all_pods: Vec<Pods>,
        redirects: &BTreeMap<ObjectKey, ObjectKey>,
        recorder: &Recorder,
    ) -> Self {
        let mut folded = Self::default();
        let mut numbers: BTreeMap<Box<str>, u32> = BTreeMap::new();
        for pods in all_pods {
            folded.requested.add(pods.requested);
            folded.platform.add(pods.platform);
            folded.plugins.extend(pods.plugins);
            folded.gone.extend(pods.gone);
            let renumbered: Vec<u32> = pods
                .nodes
                .into_iter()
                .map(|node| {
                    *numbers.entry(node).or_insert_with_key(|node| {
                        folded.nodes.push(node.clone());
                        u32::try_from(folded.nodes.len() - 1).unwrap_or(u32::MAX)
                    })
                })
                .collect();
            let first = u32::try_from(folded.owners.len()).unwrap_or(u32::MAX);
            folded.names.extend(pods.names.into_iter().map(|(number, owner)| (number, first + owner)));
            for (owner_key, owner) in pods.owners {
                let object = live.object_of(&owner_key, &owner, recorder);
                let object = object.map(|key| redirects.get(&key).cloned().unwrap_or(key));
                if let Some(key) = &object {
                    let maker = (owner_key.namespace.clone(), owner_key.name.clone());
                    folded.makers.insert(maker, key.clone());
                    let copies = folded.by_object.entry(key.clone()).or_default();
                    copies.copies += owner.copies;
                    copies.ready += owner.ready;
                    let hosts = owner.hosts.iter().filter_map(|host| renumbered.get(*host as usize));
                    copies.hosts.extend(hosts.copied());
                    copies.restarts += owner.restarts;
                    copies.evictions += owner.evictions;
                    copies.preempted += owner.preempted;
                    copies.preemptions += owner.preemptions;
                    copies.meshed += owner.meshed;
                    copies.requested.add(owner.requested);
                }
                folded.owners.push(object);
            }
        }
        folded.names.sort_unstable();
        folded
    }

    fn copies_of(&mut self, number: u64) -> Option<&mut Copies> {
        let at = self.names.binary_search_by_key(&number, |(known, _)| *known).ok()?;
        let key = self.owners.get(self.names[at].1 as usize)?.as_ref()?;
        self.by_object.get_mut(key)
    }

    fn add_usage(&mut self, usage: &[(u64, Sum)]) {
        for (number, sum) in usage {
            if let Some(copies) = self.copies_of(*number) {
                copies.used.get_or_insert_default().add(*sum);
            }
        }
    }

    /// Adds what events tell of pods that do not tell it themselves.
    fn add_events(&mut self, events: &Events) {
        for (number, name) in events.evicted.iter().filter(|(number, _)| !events.preempted.contains_key(number)) {
            if !self.gone.contains(number)
                && let Some(copies) = self.by_number_or_name(*number, name)
            {
                copies.evictions += 1;
            }
        }
        for (number, name) in &events.preempted {
            if !self.gone.contains(number)
                && let Some(copies) = self.by_number_or_name(*number, name)
            {
                copies.preempted += 1;
            }
        }
        for (number, (name, gave_way)) in &events.preempting {
            if let Some(copies) = self.by_number_or_name(*number, name) {
                copies.preemptions += gave_way.len() as u64;
            }
        }
    }

    /// The owner of a pod, also of one that is gone: its name begins with that of what made it.
    fn by_number_or_name(&mut self, number: u64, name: &super::usage::Name) -> Option<&mut Copies> {
        if self.names.binary_search_by_key(&number, |(known, _)| *known).is_ok() {
            return self.copies_of(number);
        }
        let (begin, _) = name.1.rsplit_once('-')?;
        let key = self.makers.get(&(name.0.clone(), begin.into()))?;
        self.by_object.get_mut(key)
    }
}

impl Live {
    /// The object that pods of an owner belong to. Where no list shows it, it is made up from its first pod.
    fn object_of(&mut self, key: &OwnerKey, owner: &pods::Owner, recorder: &Recorder) -> Option<ObjectKey> {
        let namespace = &*key.namespace;
        if let Some(maker) = &owner.maker {
            let found = ["Deployment", "Rollout"].iter().find_map(|kind| self.find(kind, namespace, maker));
            if let Some(found) = found {
                return Some(found.clone());
            }
        }
        if &*key.kind != "Pod" && &*key.kind != "Node" {
            if let Some(found) = self.find(&key.kind, namespace, &key.name) {
                return Some(found.clone());
            }
            // Where some workloads are chosen, the others are left out on purpose.
            if recorder.scope.chooses() {
                return None;
            }
        }
        // What has ended and has no owner in the lists says nothing.
        let (_, first) = owner.first.as_ref().filter(|_| owner.copies > 0)?;
        let (made, text) = made_up(key, owner.copies, first)?;
        let kept = Kept { text: text.into_boxed_str(), status: Status::default() };
        self.objects.insert(made.clone(), kept);
        Some(made)
    }
}

/// An object made up from the first pod of an owner: the pod itself where it has none, a DaemonSet for what stands on its
/// node by itself, and something that keeps copies for any other owner.
fn made_up(key: &OwnerKey, copies: u64, first: &str) -> Option<(ObjectKey, String)> {
    let mut pod: Value = serde_json::from_str(first).ok()?;
    let (kind, group, api_version) = match &*key.kind {
        "Pod" => ("Pod", "", "v1"),
        "Node" | "DaemonSet" => ("DaemonSet", "apps", "apps/v1"),
        "StatefulSet" => ("StatefulSet", "apps", "apps/v1"),
        "ReplicationController" => ("ReplicationController", "", "v1"),
        "Job" => ("Job", "batch", "batch/v1"),
        _ => ("ReplicaSet", "apps", "apps/v1"),
    };
    let made =
        ObjectKey { kind: kind.into(), namespace: key.namespace.clone(), name: key.name.clone(), group: group.into() };
    let mut object = Map::new();
    object.insert("apiVersion".to_owned(), Value::from(api_version));
    object.insert("kind".to_owned(), Value::from(kind));
    if kind == "Pod" {
        object.extend(pod.as_object_mut()?.iter_mut().map(|(key, value)| (key.clone(), value.take())));
    } else {
        let mut metadata = Map::new();
        metadata.insert("name".to_owned(), Value::from(&*key.name));
        if !key.namespace.is_empty() {
            metadata.insert("namespace".to_owned(), Value::from(&*key.namespace));
        }
        object.insert("metadata".to_owned(), Value::Object(metadata));
        let mut spec = Map::new();
        match kind {
            "DaemonSet" => {}
            "Job" => {
                spec.insert("parallelism".to_owned(), Value::from(copies));
            }
            _ => {
                spec.insert("replicas".to_owned(), Value::from(copies));
            }
        }
        spec.insert("template".to_owned(), pod);
        object.insert("spec".to_owned(), Value::Object(spec));
    }
    Some((made, Value::Object(object).to_string()))
}
