//! The same object read twice counts once: the variant that demands most stays, whatever the order of the files.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Objects, Origin, Workload};
use crate::text::SourceFile;
use crate::yaml::{Place, Tree};

pub(super) fn deduplicate(objects: &mut Objects, trees: &[Tree], files: &[SourceFile]) {
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
    keep_best_variants(&mut objects.workloads, rank);
    keep_best(
        &mut objects.autoscalers,
        |scaler| (scaler.namespace.clone(), scaler.target.clone(), scaler.name.clone()),
        |scaler| {
            (
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
        |definition| (text(definition.place), std::cmp::Reverse(name(definition.source))),
    );
    keep_best(
        &mut objects.network_policies,
        |policy| (policy.namespace.clone(), policy.name.clone()),
        |policy| (text(policy.place), std::cmp::Reverse(name(policy.source))),
    );
    keep_best(
        &mut objects.services,
        |service| (service.namespace.clone(), service.name.clone()),
        |service| (text(service.place), std::cmp::Reverse(name(service.source))),
    );
    keep_best(
        &mut objects.foreign,
        |foreign| (foreign.group.clone(), foreign.kind.clone(), foreign.namespace.clone(), foreign.name.clone()),
        |foreign| (text(foreign.place), std::cmp::Reverse(name(foreign.source))),
    );
    for extensions in [&mut objects.extensions, &mut objects.drivers] {
        keep_best(
            extensions,
            |extension| (extension.kind.clone(), extension.name.clone()),
            |extension| (text(extension.place), std::cmp::Reverse(name(extension.source))),
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
