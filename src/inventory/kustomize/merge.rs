//! Strategic merge patches: a partial object laid over a whole one.

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
    for field in patch.fields().iter() {
        merge_field(target, field, schema);
    }
    false
}

fn merge_field<'t>(target: &mut Draft<'t>, field: &Field<'t>, schema: Schema) {
    let key = field.key.as_ref();
    if is_directive(key) {
        return;
    }
    if field.value.is_null() {
        target.remove(key);
        return;
    }
    let Some(value) = target.get_mut(key) else {
        if directive(&field.value).as_deref() != Some("delete") {
            target.set(field.key.clone(), field.place, without_directives(&field.value));
        }
        return;
    };
    if field.value.is_list() {
        let keys = schema.keys(key);
        if keys.is_empty() || !value.is_list() {
            *value = without_directives(&field.value);
        } else {
            merge_list(value, &field.value, keys, schema);
        }
    } else if merge(value, &field.value, schema) {
        target.remove(key);
    }
}

/// Merges lists item by item. As in kustomize, the items of the patch come first.
fn merge_list<'t>(target: &mut Draft<'t>, patch: &Draft<'t>, keys: &[&str], schema: Schema) {
    let patches = patch.items();
    if patches.iter().any(|item| directive(item).as_deref() == Some("replace")) {
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
    let mut cleaned = patch.clone();
    clean(&mut cleaned);
    cleaned
}

fn clean(value: &mut Draft<'_>) {
    if !holds_directive(value) {
        return;
    }
    if let Some(fields) = value.fields_mut() {
        let is_deleted = |value: &Draft<'_>| value.is_null() || directive(value).as_deref() == Some("delete");
        fields.retain(|field| !is_directive(&field.key) && !is_deleted(&field.value));
        for field in fields {
            clean(&mut field.value);
        }
    } else if let Some(items) = value.items_mut() {
        items.retain(|item| {
            !matches!(directive(item).as_deref(), Some("delete" | "replace")) || item.fields().len() > 1
        });
        items.retain(|item| directive(item).as_deref() != Some("delete"));
        for item in items {
            clean(item);
        }
    }
}

/// Whether there is anything to clean, so that what is clean stays shared.
fn holds_directive(value: &Draft<'_>) -> bool {
    value
        .fields()
        .iter()
        .any(|field| is_directive(&field.key) || field.value.is_null() || holds_directive(&field.value))
        || value.items().iter().any(holds_directive)
}
