//! Strategic merge patches: a partial object laid over a whole one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::limits;
use crate::yaml::{Draft, Field};

/// What is known of the object that is patched: for the kinds of Kubernetes itself lists are merged by keys, for all
/// others they are replaced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schema {
    is_built_in: bool,
    is_service: bool,
    is_service_account: bool,
}

impl Schema {
    pub(super) fn of(group: &str, kind: &str) -> Self {
        let is_built_in = matches!(group, "" | "apps" | "batch" | "autoscaling" | "policy" | "extensions")
            || (group.ends_with(".k8s.io")
                && matches!(
                    group.trim_end_matches(".k8s.io"),
                    "networking"
                        | "rbac.authorization"
                        | "apiextensions"
                        | "admissionregistration"
                        | "apiregistration"
                        | "storage"
                        | "scheduling"
                        | "coordination"
                        | "discovery"
                        | "node"
                        | "certificates"
                        | "flowcontrol.apiserver"
                        | "events"
                        | "resource"
                        | "authentication"
                        | "authorization"
                ));
        Self {
            is_built_in,
            is_service: is_built_in && kind == "Service",
            is_service_account: is_built_in && kind == "ServiceAccount",
        }
    }

    /// The keys by which the items of the list under a key are told apart; none where the list is replaced.
    fn keys(self, field: &str) -> &'static [&'static str] {
        if !self.is_built_in {
            return &[];
        }
        match field {
            "containers"
            | "initContainers"
            | "ephemeralContainers"
            | "volumes"
            | "env"
            | "webhooks"
            | "resourceClaims"
            | "schedulingGates"
            | "claims" => &["name"],
            "imagePullSecrets" if !self.is_service_account => &["name"],
            "secrets" if self.is_service_account => &["name"],
            "volumeMounts" => &["mountPath"],
            "volumeDevices" => &["devicePath"],
            "ports" if self.is_service => &["port", "protocol"],
            "ports" => &["containerPort", "protocol"],
            "hostAliases" => &["ip"],
            "topologySpreadConstraints" => &["topologyKey", "whenUnsatisfiable"],
            "ownerReferences" => &["uid"],
            "conditions" => &["type"],
            _ => &[],
        }
    }
}

/// Lays a patch over a value. True where the patch says that the value goes away.
pub(super) fn merge<'t>(target: &mut Draft<'t>, patch: &Draft<'t>, schema: Schema) -> bool {
    if !patch.is_map() {
        *target = patch.clone();
        return false;
    }
    match directive(patch).as_deref() {
        Some("delete") => return true,
        Some("replace") => {
            *target = without_directives(patch);
            return false;
        }
        _ => {}
    }
    if !target.is_map() {
        *target = without_directives(patch);
        return false;
    }
    merge_fields(target, patch, schema);
    false
}

fn merge_fields<'t>(target: &mut Draft<'t>, patch: &Draft<'t>, schema: Schema) {
    let Some(own) = target.fields_mut() else { return };
    let mut known: BTreeMap<Cow<'t, str>, usize> =
        own.iter().enumerate().map(|(at, field)| (field.key.clone(), at)).collect();
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    for field in patch.fields().iter().filter(|field| !is_directive(&field.key)) {
        let Some(at) = known.get(&field.key).copied() else {
            if !field.value.is_null() && directive(&field.value).as_deref() != Some("delete") {
                known.insert(field.key.clone(), own.len());
                own.push(Field { value: without_directives(&field.value), ..field.clone() });
            }
            continue;
        };
        let value = &mut own[at].value;
        let is_gone = if field.value.is_null() {
            true
        } else if field.value.is_list() {
            let keys = schema.keys(&field.key);
            if keys.is_empty() || !value.is_list() {
                *value = without_directives(&field.value);
            } else {
                merge_list(value, &field.value, keys, schema);
            }
            false
        } else {
            merge(value, &field.value, schema)
        };
        if is_gone {
            gone.insert(at);
        }
    }
    if !gone.is_empty() {
        let mut at = 0;
        own.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// Merges lists item by item. As in kustomize, the items of the patch come first.
fn merge_list<'t>(target: &mut Draft<'t>, patch: &Draft<'t>, keys: &[&str], schema: Schema) {
    let patches = patch.items();
    // Lists that long are no lists of containers or ports; comparing them item by item would never end.
    let is_huge = patches.len().saturating_mul(target.items().len()) > limits::PAIRS_MERGED;
    if is_huge || patches.iter().any(|item| directive(item).as_deref() == Some("replace")) {
        *target = without_directives(patch);
        return;
    }
    let Some(rest) = target.items_mut() else { return };
    let mut merged: Vec<Draft<'t>> = Vec::new();
    for item in patches.iter() {
        // A key that the patch leaves out tells nothing apart: a port without a protocol is any of that number.
        let wanted: Vec<(&str, _)> = keys.iter().filter_map(|key| Some((*key, item.get(key)?.text()?))).collect();
        let is_it = |other: &Draft<'_>| {
            !wanted.is_empty()
                && wanted.iter().all(|(key, value)| other.get(key).and_then(|v| v.text()).as_deref() == Some(value))
        };
        if let Some(known) = merged.iter_mut().find(|known| is_it(known)) {
            merge(known, item, schema);
        } else if let Some(at) = rest.iter().position(is_it) {
            let mut own = rest.remove(at);
            if !merge(&mut own, item, schema) {
                merged.push(own);
            }
        } else if directive(item).as_deref() != Some("delete") {
            merged.push(without_directives(item));
        }
    }
    merged.append(rest);
    *rest = merged;
}

fn directive(value: &Draft<'_>) -> Option<String> {
    value.get("$patch").and_then(|directive| directive.string()).map(std::borrow::Cow::into_owned)
}

fn is_directive(key: &str) -> bool {
    key == "$patch" || key == "$retainKeys" || key.starts_with("$setElementOrder/") || key.starts_with("$deleteFrom")
}

/// A part of a patch as the value that it stands for where nothing is there yet.
fn without_directives<'t>(patch: &Draft<'t>) -> Draft<'t> {
    cleaned(patch).unwrap_or_else(|| patch.clone())
}

/// A value without what only directs the merging; none where it holds nothing of the kind and can stay shared.
fn cleaned<'t>(value: &Draft<'t>) -> Option<Draft<'t>> {
    let is_deleted = |value: &Draft<'_>| directive(value).as_deref() == Some("delete");
    if value.is_map() {
        let fields = value.fields();
        let is_kept =
            |field: &Field<'_>| !is_directive(&field.key) && !field.value.is_null() && !is_deleted(&field.value);
        let inner: Vec<Option<Draft<'t>>> = fields.iter().map(|field| cleaned(&field.value)).collect();
        if inner.iter().all(Option::is_none) && fields.iter().all(is_kept) {
            return None;
        }
        let kept = fields.iter().zip(inner).filter(|(field, _)| is_kept(field));
        let kept =
            kept.map(|(field, inner)| Field { value: inner.unwrap_or_else(|| field.value.clone()), ..field.clone() });
        Some(Draft::map_of(value.place(), kept.collect()))
    } else if value.is_list() {
        let items = value.items();
        let is_kept = |item: &Draft<'_>| {
            let is_bare = item.fields().len() == 1 && directive(item).as_deref() == Some("replace");
            !is_deleted(item) && !is_bare
        };
        let inner: Vec<Option<Draft<'t>>> = items.iter().map(cleaned).collect();
        if inner.iter().all(Option::is_none) && items.iter().all(is_kept) {
            return None;
        }
        let kept = items.iter().zip(inner).filter(|(item, _)| is_kept(item));
        let kept = kept.map(|(item, inner)| inner.unwrap_or_else(|| item.clone())).collect();
        Some(Draft::list_at(value.place(), kept))
    } else {
        None
    }
}
