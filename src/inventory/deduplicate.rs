//! The same object read twice counts once: the variant that demands most stays, whatever the order of the files.

use std::collections::{BTreeMap, BTreeSet};

use super::Cluster;
use super::model::{Budget, Objects, Origin, Unapplied, Workload};
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Place, Tree};

pub(super) fn deduplicate(objects: &mut Objects, trees: &[Tree], files: &[SourceFile], clusters: &[Cluster]) {
    let live: BTreeSet<SourceId> = clusters.iter().map(|cluster| cluster.source).collect();
    let is_live = |source: SourceId| live.contains(&source);
    let text = |place: Place| {
        let tree = &trees[place.document.0 as usize];
        &tree.text[tree.span.start as usize..tree.span.end as usize]
    };
    let name = |source: crate::text::SourceId| files.get(source.0 as usize).map_or("", |file| file.name.as_str());
    // More copies, then more said, then the text itself, then the first file by name.
    let rank = |workload: &Workload| {
        let copies = workload.copies.known().unwrap_or(1.0);
        let range = workload.own_range.map_or(0.0, |range| range.value.1);
        let text = text(workload.place);
        let said = trees[workload.place.document.0 as usize].size();
        (copies.max(range).to_bits(), said, text, std::cmp::Reverse(name(workload.source)))
    };
    let (seen, mut from_files): (Vec<_>, Vec<_>) =
        std::mem::take(&mut objects.workloads).into_iter().partition(|workload| is_live(workload.source));
    keep_best_variants(&mut from_files, rank);
    objects.workloads = seen;
    meet(objects, from_files, clusters);
    leave_what_is_not_applied(objects, clusters);
    keep_best(
        &mut objects.autoscalers,
        |scaler| (scaler.namespace.clone(), scaler.target.clone(), scaler.name.clone()),
        |scaler| {
            (
                is_live(scaler.source),
                scaler.maximum.known().unwrap_or(0.0).to_bits(),
                text(scaler.place),
                std::cmp::Reverse(name(scaler.source)),
            )
        },
    );
    keep_best(
        &mut objects.roles,
        |role| (role.kind.clone(), role.namespace.clone(), role.name.clone()),
        |role| (role.rules.len(), role.rules.first().map(|rule| text(rule.place))),
    );
    keep_best(
        &mut objects.definitions,
        |definition| definition.name.clone(),
        |definition| (is_live(definition.source), text(definition.place), std::cmp::Reverse(name(definition.source))),
    );
    keep_best(
        &mut objects.network_policies,
        |policy| (policy.namespace.clone(), policy.name.clone()),
        |policy| (is_live(policy.source), text(policy.place), std::cmp::Reverse(name(policy.source))),
    );
    keep_best(
        &mut objects.services,
        |service| (service.namespace.clone(), service.name.clone()),
        |service| (is_live(service.source), text(service.place), std::cmp::Reverse(name(service.source))),
    );
    keep_best(
        &mut objects.foreign,
        |foreign| (foreign.group.clone(), foreign.kind.clone(), foreign.namespace.clone(), foreign.name.clone()),
        |foreign| (is_live(foreign.source), text(foreign.place), std::cmp::Reverse(name(foreign.source))),
    );
    for extensions in [&mut objects.extensions, &mut objects.drivers] {
        keep_best(
            extensions,
            |extension| (extension.kind.clone(), extension.name.clone()),
            |extension| (is_live(extension.source), text(extension.place), std::cmp::Reverse(name(extension.source))),
        );
    }
    keep_best(
        &mut objects.followed,
        |followed| (followed.kind.clone(), followed.name.clone()),
        |followed| text(followed.place),
    );
    // Pointers without a name come from texts that were compared already.
    let mut opaque = std::mem::take(&mut objects.opaque);
    let (named, unnamed): (Vec<_>, Vec<_>) = opaque.drain(..).partition(|opaque| !opaque.name.is_empty());
    objects.opaque = named;
    keep_best(
        &mut objects.opaque,
        |opaque| (opaque.kind.clone(), opaque.name.clone()),
        |opaque| (opaque.place.map(text), std::cmp::Reverse(name(opaque.source))),
    );
    objects.opaque.extend(unnamed);
}

/// Puts what files write beside what a cluster runs: the live workload counts, and keeps what is written of it. What the
/// cluster does not have stays as it is written.
fn meet(objects: &mut Objects, from_files: Vec<Workload>, clusters: &[Cluster]) {
    let mut by_name: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
    let name_of =
        |workload: &Workload| (workload.key.kind.clone(), workload.key.group.clone(), workload.key.name.clone());
    for (index, workload) in objects.workloads.iter().enumerate() {
        by_name.entry(name_of(workload)).or_default().push(index);
    }
    for written in from_files {
        let mut is_running = false;
        let namesakes = by_name.get(&name_of(&written)).map_or(&[][..], Vec::as_slice);
        for index in namesakes.iter().copied().filter(|_| written.origin == Origin::Kubernetes) {
            let live = &mut objects.workloads[index];
            let Some(cluster) = clusters.iter().find(|cluster| cluster.source == live.source) else { continue };
            let namespace = cluster.own_namespace(&live.key.scope);
            // Files often leave the namespace to the tool that applies them; then the image has to speak for it too.
            let is_same = if written.key.scope.is_empty() {
                namespace == cluster.meant("") || written.pods.is_empty() || share_an_image(live, &written)
            } else {
                namespace == written.key.scope
            };
            if is_same {
                is_running = true;
                live.written.get_or_insert_with(|| Box::new(written.clone()));
            }
        }
        if !is_running {
            let resource = resource_of(&written.key.kind);
            if let Some(resource) = resource.filter(|resource| is_missing(clusters, resource, &written.key.scope)) {
                let Workload { ref key, place, source, .. } = written;
                objects.unapplied.push(Unapplied { kind: resource, name: key.name.clone(), place, source });
            }
            objects.workloads.push(written);
        }
    }
}

/// The resource of a kind of workload that Kubernetes itself serves.
fn resource_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Deployment" => "deployments.apps",
        "StatefulSet" => "statefulsets.apps",
        "DaemonSet" => "daemonsets.apps",
        "CronJob" => "cronjobs.batch",
        _ => return None,
    })
}

/// Whether every cluster was read as a whole where an object could be that was not found.
fn is_missing(clusters: &[Cluster], resource: &str, namespace: &str) -> bool {
    !clusters.is_empty() && clusters.iter().all(|cluster| cluster.has_all(resource, namespace))
}

/// Autoscalers and disruption budgets that files write for workloads of a cluster which does not have them: they do
/// nothing there.
fn leave_what_is_not_applied(objects: &mut Objects, clusters: &[Cluster]) {
    if clusters.is_empty() {
        return;
    }
    let is_live = |source: SourceId| clusters.iter().any(|cluster| cluster.source == source);
    let written: BTreeSet<(String, String)> = objects
        .workloads
        .iter()
        .filter_map(|workload| workload.written.as_ref())
        .map(|written| (written.key.kind.clone(), written.key.name.clone()))
        .collect();
    let unapplied = &mut objects.unapplied;
    let resource = "horizontalpodautoscalers.autoscaling";
    let live_targets: BTreeSet<_> = objects
        .autoscalers
        .iter()
        .filter(|scaler| is_live(scaler.source))
        .filter_map(|scaler| scaler.target.clone())
        .collect();
    objects.autoscalers.retain(|scaler| {
        let runs = scaler.target.as_ref().is_some_and(|target| written.contains(target));
        if is_live(scaler.source) || !runs {
            return true;
        }
        if scaler.target.as_ref().is_some_and(|target| live_targets.contains(target)) {
            return false;
        }
        // Where the cluster could not be asked, what is written is all that is known.
        let is_missing = !scaler.by_events && is_missing(clusters, resource, &scaler.namespace);
        if is_missing {
            let (name, place, source) = (scaler.name.clone(), scaler.place, scaler.source);
            unapplied.push(Unapplied { kind: resource, name, place, source });
        }
        !is_missing
    });
    let resource = "poddisruptionbudgets.policy";
    let live_budgets: BTreeSet<_> =
        objects.budgets.iter().filter(|budget| is_live(budget.source)).map(|budget| budget.name.clone()).collect();
    let runs = |budget: &Budget| {
        let mut pods = objects.workloads.iter().filter(|workload| workload.written.is_some()).filter_map(Workload::pod);
        pods.any(|pod| budget.selector.selects(&pod.labels))
    };
    let mut kept = Vec::new();
    for budget in std::mem::take(&mut objects.budgets) {
        if is_live(budget.source) || !runs(&budget) {
            kept.push(budget);
        } else if live_budgets.contains(&budget.name) {
        } else if is_missing(clusters, resource, &budget.namespace) {
            let Budget { name, place, source, .. } = budget;
            objects.unapplied.push(Unapplied { kind: resource, name, place, source });
        } else {
            kept.push(budget);
        }
    }
    objects.budgets = kept;
}

/// Keeps one workload per key, the greatest by rank. Without a namespace, a kind and a name are not enough to tell that two
/// workloads of different folders are one: they also have to run an image of the same name.
fn keep_best_variants<R: Ord>(workloads: &mut Vec<Workload>, rank: impl Fn(&Workload) -> R) {
    let mut ranked: Vec<Workload> = std::mem::take(workloads);
    // The greatest first, so that the outcome does not depend on the order of reading.
    ranked.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| rank(b).cmp(&rank(a))));
    for workload in ranked {
        let same_key = workloads.iter().rev().take_while(|known| known.key == workload.key);
        let is_variant = |known: &Workload| {
            let is_told_apart = !workload.key.scope.is_empty() || workload.origin == Origin::Compose;
            is_told_apart || workload.pods.is_empty() || share_an_image(known, &workload)
        };
        if !same_key.into_iter().any(is_variant) {
            workloads.push(workload);
        }
    }
}

/// Whether two workloads run an image of the same name, registry and tag left out; so do two that name none.
fn share_an_image(a: &Workload, b: &Workload) -> bool {
    let names = |workload: &Workload| -> BTreeSet<String> {
        workload.containers().map(|container| image_name(&container.image).to_owned()).collect()
    };
    !names(a).is_disjoint(&names(b))
}

fn image_name(image: &str) -> &str {
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split(['@', ':']).next().unwrap_or(last)
}

/// Keeps one item per key, the greatest by rank, in order of the keys.
fn keep_best<T, K: Ord, R: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K, rank: impl Fn(&T) -> R) {
    let mut best: BTreeMap<K, T> = BTreeMap::new();
    for item in items.drain(..) {
        match best.entry(key(&item)) {
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(item);
            }
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                if rank(&item) > rank(entry.get()) {
                    entry.insert(item);
                }
            }
        }
    }
    items.extend(best.into_values());
}
