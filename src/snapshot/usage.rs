//! What metrics and events tell, by the numbers that stand for pods. Answers about metrics come in one piece; they are
//! folded while they are read.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::amount::{Sizes, Sum};
use super::pods::number_of;
use crate::tables::Tables;

/// What `metrics.k8s.io` tells of pods.
#[derive(Clone, Debug, Default)]
pub(super) struct PodUsage {
    pub(super) by_pod: Vec<(u64, Sum)>,
}

/// What `metrics.k8s.io` tells of nodes.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeUsage {
    pub(super) all: Sum,
    pub(super) nodes: usize,
}

#[derive(Deserialize)]
struct PodItem<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(default)]
    containers: Option<Vec<ContainerItem>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ContainerItem {
    #[serde(default)]
    usage: Option<Sizes>,
}

#[derive(Deserialize)]
struct NodeItem {
    usage: Sizes,
}

impl PodUsage {
    /// Folds what one pod uses; false where it is none.
    pub(super) fn add(&mut self, item: &str, tables: &Tables) -> bool {
        let Ok(item) = serde_json::from_str::<PodItem<'_>>(item) else { return false };
        let mut sum = Sum::default();
        let sizes = item.containers.iter().flatten().filter_map(|container| container.usage.as_ref());
        sizes.for_each(|sizes| sum.add(sizes.sum(tables)));
        self.by_pod.push((number_of(&item.metadata.namespace, &item.metadata.name), sum));
        true
    }
}

impl NodeUsage {
    /// Folds what one node uses; false where it is none.
    pub(super) fn add(&mut self, item: &str, tables: &Tables) -> bool {
        let Ok(item) = serde_json::from_str::<NodeItem>(item) else { return false };
        self.all.add(item.usage.sum(tables));
        self.nodes += 1;
        true
    }
}

/// What events tell. They live for about an hour, so that every count is a least one.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    /// Pods that were evicted.
    pub(super) evicted: BTreeMap<u64, Name>,
    /// Pods that were preempted.
    pub(super) preempted: BTreeMap<u64, Name>,
    /// Pods for which others were preempted, with how many.
    pub(super) preempting: BTreeMap<u64, (Name, BTreeSet<u64>)>,
    /// Autoscalers that changed the number of copies: kind, namespace, name.
    pub(super) scaled: BTreeSet<(Box<str>, Name)>,
    /// Autoscalers that went to zero.
    pub(super) to_zero: BTreeSet<Name>,
    /// Whether the number of nodes changed with the load.
    pub(super) nodes_varied: bool,
}

/// A namespace and a name.
pub(super) type Name = (Box<str>, Box<str>);

#[derive(Deserialize)]
struct EventItem<'a> {
    #[serde(borrow, default)]
    reason: Cow<'a, str>,
    #[serde(borrow, rename = "involvedObject", default)]
    about: Reference<'a>,
    #[serde(borrow, default)]
    related: Option<Reference<'a>>,
    #[serde(borrow, default)]
    source: Option<Source<'a>>,
    #[serde(borrow, rename = "reportingComponent", default)]
    component: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
struct Source<'a> {
    #[serde(borrow, default)]
    component: Cow<'a, str>,
}

#[derive(Deserialize, Default)]
struct Reference<'a> {
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    namespace: Cow<'a, str>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
}

impl Reference<'_> {
    fn number(&self) -> u64 {
        number_of(&self.namespace, &self.name)
    }

    fn name(&self) -> Name {
        ((&*self.namespace).into(), (&*self.name).into())
    }
}

impl Events {
    /// Adds those of another list.
    pub(super) fn add_all(&mut self, other: Self) {
        self.evicted.extend(other.evicted);
        self.preempted.extend(other.preempted);
        for (number, (name, gave_way)) in other.preempting {
            self.preempting.entry(number).or_insert_with(|| (name, BTreeSet::new())).1.extend(gave_way);
        }
        self.scaled.extend(other.scaled);
        self.to_zero.extend(other.to_zero);
        self.nodes_varied |= other.nodes_varied;
    }

    /// Folds one event; false where it is none. Messages are not looked at.
    /// Sources: the reasons in the code of kube-scheduler (`Preempted`), the kubelet (`Evicted`), the controller of
    /// HorizontalPodAutoscalers (`SuccessfulRescale`), cluster-autoscaler, Karpenter and KEDA.
    pub(super) fn add(&mut self, item: &str) -> bool {
        let Ok(event) = serde_json::from_str::<EventItem<'_>>(item) else { return false };
        let about = &event.about;
        match (&*event.reason, &*about.kind) {
            ("Evicted", "Pod") => {
                self.evicted.insert(about.number(), about.name());
            }
            ("Preempted", "Pod") => {
                self.preempted.insert(about.number(), about.name());
                if let Some(related) = event.related.filter(|related| related.kind == "Pod" && !related.name.is_empty())
                {
                    let preempting = self.preempting.entry(related.number());
                    preempting.or_insert_with(|| (related.name(), BTreeSet::new())).1.insert(about.number());
                }
            }
            ("SuccessfulRescale", "HorizontalPodAutoscaler") => {
                self.scaled.insert(((&*about.kind).into(), about.name()));
            }
            ("KEDAScaleTargetActivated", "ScaledObject") => {
                self.scaled.insert(((&*about.kind).into(), about.name()));
            }
            ("KEDAScaleTargetDeactivated", "ScaledObject") => {
                self.scaled.insert(((&*about.kind).into(), about.name()));
                self.to_zero.insert(about.name());
            }
            ("TriggeredScaleUp" | "ScaledUpGroup" | "ScaleDown" | "ScaleDownEmpty", _) => self.nodes_varied = true,
            ("DisruptionTerminating" | "DisruptionLaunching" | "Launched", "NodeClaim") => {
                let source = event.source.unwrap_or_default();
                self.nodes_varied |= event.component == "karpenter" || source.component == "karpenter";
            }
            _ => {}
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_tell_who_gave_way_to_whom() {
        let mut events = Events::default();
        let event = |reason: &str, kind: &str, name: &str, more: &str| {
            format!(
                r#"{{"reason":"{reason}","involvedObject":{{"kind":"{kind}","namespace":"shop","name":"{name}"}},"message":"hunter2"{more}}}"#
            )
        };
        let related = r#","related":{"kind":"Pod","namespace":"shop","name":"web-1"}"#;
        for item in [
            event("Preempted", "Pod", "batch-1", related),
            event("Preempted", "Pod", "batch-2", related),
            event("Preempted", "Pod", "batch-2", related),
            event("Evicted", "Pod", "web-9", ""),
            event("SuccessfulRescale", "HorizontalPodAutoscaler", "web", ""),
            event("TriggeredScaleUp", "Pod", "web-1", ""),
            event("Pulled", "Pod", "web-1", ""),
        ] {
            assert!(events.add(&item));
        }
        assert!(!events.add(r#"{"reason":5}"#));
        assert_eq!((events.evicted.len(), events.preempted.len(), events.scaled.len()), (1, 2, 1));
        let (_, gave_way) = &events.preempting[&number_of("shop", "web-1")];
        assert_eq!(gave_way.len(), 2);
        assert!(events.nodes_varied);
        assert!(!format!("{events:?}").contains("hunter2"));
    }
}
