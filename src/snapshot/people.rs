//! Names that never leave: people, their groups, and the addresses of other clusters become numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::objects::{Kept, ObjectKey};
use super::surroundings::EVERYBODY;

/// The cluster that a delivery tool runs in.
const OWN_CLUSTER: &str = "https://kubernetes.default.svc";

/// Replaces the names in all objects: the same name gets the same number everywhere, in the order of the names.
pub(super) fn replace(objects: &mut BTreeMap<ObjectKey, Kept>) {
    let (mut users, mut groups, mut clusters) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut touched = Vec::new();
    for (key, kept) in &*objects {
        if !may_name(key) {
            continue;
        }
        let Ok(mut value) = serde_json::from_str::<Value>(&kept.text) else { continue };
        each_name(&mut value, &mut |name, text| {
            let set = match name {
                Named::User => &mut users,
                Named::Group => &mut groups,
                Named::Cluster => &mut clusters,
            };
            set.insert(text.clone());
        });
        touched.push(key.clone());
    }
    let numbered = |names: BTreeSet<String>, prefix: &str| -> BTreeMap<String, String> {
        names.into_iter().enumerate().map(|(at, name)| (name, format!("{prefix}-{}", at + 1))).collect()
    };
    let (users, groups, clusters) = (numbered(users, "user"), numbered(groups, "group"), numbered(clusters, "cluster"));
    for key in touched {
        let Some(kept) = objects.get_mut(&key) else { continue };
        let Ok(mut value) = serde_json::from_str::<Value>(&kept.text) else { continue };
        each_name(&mut value, &mut |name, text| {
            let names = match name {
                Named::User => &users,
                Named::Group => &groups,
                Named::Cluster => &clusters,
            };
            if let Some(number) = names.get(text.as_str()) {
                text.clone_from(number);
            }
        });
        kept.text = value.to_string().into_boxed_str();
    }
}

#[derive(Clone, Copy)]
enum Named {
    User,
    Group,
    Cluster,
}

fn may_name(key: &ObjectKey) -> bool {
    matches!(&*key.kind, "RoleBinding" | "ClusterRoleBinding" | "Application" | "ApplicationSet")
        || key.group.ends_with("toolkit.fluxcd.io")
}

/// Hands every name that is to be replaced to a function.
fn each_name(value: &mut Value, each: &mut impl FnMut(Named, &mut String)) {
    if let Some(subjects) = value.get_mut("subjects").and_then(Value::as_array_mut) {
        for subject in subjects {
            let is_group = match subject.get("kind").and_then(Value::as_str) {
                Some("ServiceAccount") => continue,
                kind => kind == Some("Group"),
            };
            if let Some(Value::String(name)) = subject.get_mut("name")
                && !EVERYBODY.contains(&name.as_str())
            {
                each(if is_group { Named::Group } else { Named::User }, name);
            }
        }
    }
    if let Some(spec) = value.get_mut("spec") {
        each_cluster(spec, each);
    }
}

fn each_cluster(value: &mut Value, each: &mut impl FnMut(Named, &mut String)) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("server", Value::String(server)) if server != OWN_CLUSTER && !server.contains("{{") => {
                        each(Named::Cluster, server);
                    }
                    ("kubeConfig", config) => {
                        if let Some(Value::String(name)) = config.pointer_mut("/secretRef/name") {
                            each(Named::Cluster, name);
                        }
                    }
                    (_, value) => each_cluster(value, each),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_cluster(item, each)),
        _ => {}
    }
}

/// Whether a subject's name is one that a snapshot may hold: numbered, or that of a group of everybody.
pub(super) fn is_replaced(name: &str) -> bool {
    let numbered = ["user-", "group-"].iter().find_map(|prefix| name.strip_prefix(prefix));
    EVERYBODY.contains(&name)
        || numbered.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
