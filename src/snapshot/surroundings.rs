//! What stands around the workloads that are looked at: everything that leads to them, guards them or gives them rights
//! stays, the rest of the cluster goes. Rights are narrowed always: those of people and of accounts that nothing uses
//! are nobody's business here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::kinds;
use super::objects::{Kept, ObjectKey};
use super::scope::Scope;
use crate::tables::Tables;

type Objects = BTreeMap<ObjectKey, Kept>;

/// Groups that hold everybody; the only ones of the system whose names say something.
pub(super) const EVERYBODY: [&str; 3] = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"];

/// What the workloads that stay have.
#[derive(Debug, Default)]
struct Workloads {
    /// The labels of their pods, by namespace.
    pods: Vec<(Box<str>, Map<String, Value>)>,
    /// Their service accounts: namespace and name.
    accounts: BTreeSet<(String, String)>,
    /// Kind, namespace and name.
    names: BTreeSet<(Box<str>, Box<str>, Box<str>)>,
    /// Claims by name, and the beginnings of the names of claims that are made for each copy.
    claims: BTreeSet<(String, String)>,
    namespaces: BTreeSet<Box<str>>,
}

/// Leaves in what belongs to the scope.
pub(super) fn narrow(objects: &mut Objects, scope: &Scope, tables: &Tables) {
    let is_workload = |key: &ObjectKey| {
        let known = kinds::kind_of(&key.group, &key.kind).map(|kind| kind.bears_workloads);
        let custom = || kinds::custom_kind(&key.group, &key.kind, tables).is_some_and(|kind| kind.bears_workloads);
        known.unwrap_or_else(|| &*key.kind == "ReplicaSet" || custom())
    };
    if scope.chooses() {
        let borrowed = borrowed_templates(objects, scope);
        objects.retain(|key, kept| !is_workload(key) || is_chosen(key, kept, scope) || borrowed.contains(key));
    }
    let workloads = Workloads::of(objects.iter().filter(|(key, _)| is_workload(key)));
    if scope.chooses() {
        keep_around(objects, &workloads, &is_workload);
    }
    narrow_rights(objects, &workloads);
    if !scope.is_everything() {
        narrow_cluster(objects, &workloads, scope);
    }
}

fn parse(kept: &Kept) -> Value {
    serde_json::from_str(&kept.text).unwrap_or_default()
}

fn labels_at<'v>(value: &'v Value, path: &str) -> Option<&'v Map<String, Value>> {
    value.pointer(path).and_then(Value::as_object)
}

fn is_chosen(key: &ObjectKey, kept: &Kept, scope: &Scope) -> bool {
    if let Some(object) = &scope.object
        && (*key.kind != *object.kind || *key.name != *object.name)
    {
        return false;
    }
    let Some(selector) = &scope.selector else { return true };
    let value = parse(kept);
    selector.selects(labels_at(&value, "/metadata/labels").unwrap_or(&Map::new()))
}

/// Deployments whose template a chosen Rollout borrows.
fn borrowed_templates(objects: &Objects, scope: &Scope) -> BTreeSet<ObjectKey> {
    let rollouts = objects.iter().filter(|(key, kept)| &*key.kind == "Rollout" && is_chosen(key, kept, scope));
    rollouts
        .filter_map(|(key, kept)| {
            let value = parse(kept);
            let text = |path: &str| value.pointer(path).and_then(Value::as_str).map(Box::from);
            Some(ObjectKey {
                kind: text("/spec/workloadRef/kind")?,
                namespace: key.namespace.clone(),
                name: text("/spec/workloadRef/name")?,
                group: "apps".into(),
            })
        })
        .collect()
}

/// Where the template of a kind's pods stands.
fn template_of(kind: &str) -> &'static str {
    match kind {
        "Pod" => "",
        "CronJob" => "/spec/jobTemplate/spec/template",
        "ScaledJob" => "/spec/jobTargetRef/template",
        _ => "/spec/template",
    }
}

impl Workloads {
    fn of<'o>(objects: impl Iterator<Item = (&'o ObjectKey, &'o Kept)>) -> Self {
        let mut workloads = Self::default();
        for (key, kept) in objects {
            let value = parse(kept);
            let template = value.pointer(template_of(&key.kind)).unwrap_or(&Value::Null);
            let labels = labels_at(template, "/metadata/labels").cloned().unwrap_or_default();
            workloads.pods.push((key.namespace.clone(), labels));
            workloads.names.insert((key.kind.clone(), key.namespace.clone(), key.name.clone()));
            workloads.namespaces.insert(key.namespace.clone());
            workloads.note_accounts(&key.namespace, &value);
            let items = |path: &str| template.pointer(path).and_then(Value::as_array).into_iter().flatten();
            let claims = items("/spec/volumes").filter_map(|volume| volume.pointer("/persistentVolumeClaim/claimName"));
            let claims = claims.filter_map(Value::as_str).map(str::to_owned);
            workloads.claims.extend(claims.map(|claim| (key.namespace.to_string(), claim)));
        }
        workloads
    }

    /// Service accounts that are named anywhere in an object: templates stand at many places in custom resources.
    fn note_accounts(&mut self, namespace: &str, value: &Value) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    if let ("serviceAccountName" | "serviceAccount", Value::String(name)) = (key.as_str(), value) {
                        self.accounts.insert((namespace.to_owned(), name.clone()));
                    } else {
                        self.note_accounts(namespace, value);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.note_accounts(namespace, item)),
            _ => {}
        }
    }

    /// Whether a selector selects pods of these workloads.
    fn are_selected(&self, namespace: &str, selector: Option<&Value>) -> bool {
        let Some(selector) = selector else { return false };
        self.pods.iter().any(|(of, labels)| &**of == namespace && selects(selector, labels))
    }
}

/// Whether a label selector, or a plain mapping of labels, selects an object with these labels.
fn selects(selector: &Value, labels: &Map<String, Value>) -> bool {
    let written = labels_at(selector, "/matchLabels");
    let expressions = selector.pointer("/matchExpressions").and_then(Value::as_array);
    let plain = selector.as_object().filter(|_| written.is_none() && expressions.is_none());
    let equal = written.or(plain).into_iter().flatten().all(|(key, value)| labels.get(key) == Some(value));
    equal
        && expressions.into_iter().flatten().all(|expression| {
            let key = expression.get("key").and_then(Value::as_str).unwrap_or_default();
            let values = expression.get("values").and_then(Value::as_array);
            let is_listed = |value: &Value| values.into_iter().flatten().any(|listed| listed == value);
            match (expression.get("operator").and_then(Value::as_str), labels.get(key)) {
                (Some("In"), value) => value.is_some_and(is_listed),
                (Some("NotIn"), value) => !value.is_some_and(is_listed),
                (Some("Exists"), value) => value.is_some(),
                (Some("DoesNotExist"), value) => value.is_none(),
                _ => false,
            }
        })
}

/// Of everything beside workloads what belongs to those that were chosen.
fn keep_around(objects: &mut Objects, workloads: &Workloads, is_workload: &impl Fn(&ObjectKey) -> bool) {
    let mut services: BTreeSet<(Box<str>, Box<str>)> = BTreeSet::new();
    objects.retain(|key, kept| {
        if (&*key.kind, &*key.group) != ("Service", "") {
            return true;
        }
        let value = parse(kept);
        let selector =
            value.pointer("/spec/selector").filter(|selector| selector.as_object().is_some_and(|s| !s.is_empty()));
        let leads_here = workloads.are_selected(&key.namespace, selector);
        if leads_here {
            services.insert((key.namespace.clone(), key.name.clone()));
        }
        leads_here
    });
    objects.retain(|key, kept| {
        if is_workload(key) || is_of_rights(key) {
            return true;
        }
        let value = || parse(kept);
        let here = workloads.namespaces.contains(&key.namespace);
        match (&*key.group, &*key.kind) {
            ("", "Service") => true,
            ("", "Namespace") => workloads.namespaces.iter().any(|namespace| *namespace == key.name),
            ("", "ResourceQuota") => here,
            ("", "PersistentVolumeClaim") => {
                let name = (key.namespace.to_string(), key.name.to_string());
                workloads.claims.contains(&name)
            }
            ("policy", "PodDisruptionBudget") => {
                workloads.are_selected(&key.namespace, value().pointer("/spec/selector"))
            }
            ("networking.k8s.io", "NetworkPolicy") => {
                workloads.are_selected(&key.namespace, value().pointer("/spec/podSelector"))
            }
            ("autoscaling" | "keda.sh" | "flagger.app", _) => {
                let value = value();
                let target = value.pointer("/spec/scaleTargetRef").or_else(|| value.pointer("/spec/targetRef"));
                let text = |field: &str| target.and_then(|target| target.get(field)?.as_str());
                let kind = text("kind").unwrap_or("Deployment");
                let name = text("name").unwrap_or_default();
                workloads.names.contains(&(kind.into(), key.namespace.clone(), name.into()))
            }
            ("networking.k8s.io" | "gateway.networking.k8s.io", _) => {
                names_one_of(&value(), |name| services.contains(&(key.namespace.clone(), name.into())))
            }
            // What a mesh or a policy says of the namespace holds for its workloads; cluster-wide things come later.
            _ => here || key.namespace.is_empty(),
        }
    });
}

/// Whether a text below any `name` or `serviceName` fits.
fn names_one_of(value: &Value, fits: impl Fn(&str) -> bool + Copy) -> bool {
    match value {
        Value::Object(object) => object.iter().any(|(key, value)| match (key.as_str(), value) {
            ("name" | "serviceName", Value::String(name)) => fits(name),
            ("metadata", _) => false,
            _ => names_one_of(value, fits),
        }),
        Value::Array(items) => items.iter().any(|item| names_one_of(item, fits)),
        _ => false,
    }
}

fn is_of_rights(key: &ObjectKey) -> bool {
    &*key.group == "rbac.authorization.k8s.io"
}

/// Bindings of accounts that workloads use, of people in a namespace, and of everybody; and the roles of such accounts.
fn narrow_rights(objects: &mut Objects, workloads: &Workloads) {
    let mut used: BTreeSet<(String, String, String)> = BTreeSet::new();
    objects.retain(|key, kept| {
        if !matches!(&*key.kind, "RoleBinding" | "ClusterRoleBinding") || !is_of_rights(key) {
            return true;
        }
        let mut value = parse(kept);
        let mut has_account = false;
        if let Some(subjects) = value.get_mut("subjects").and_then(Value::as_array_mut) {
            subjects.retain(|subject| {
                let text = |field: &str| subject.get(field).and_then(Value::as_str).unwrap_or_default();
                let name = text("name");
                if text("kind") == "ServiceAccount" {
                    let namespace = match text("namespace") {
                        "" => &*key.namespace,
                        namespace => namespace,
                    };
                    let is_used = workloads.accounts.contains(&(namespace.to_owned(), name.to_owned()));
                    has_account |= is_used;
                    return is_used;
                }
                EVERYBODY.contains(&name) || (!name.starts_with("system:") && &*key.kind == "RoleBinding")
            });
        }
        if value.get("subjects").and_then(Value::as_array).is_none_or(Vec::is_empty) {
            return false;
        }
        if has_account {
            let role =
                |field: &str| value.pointer(&format!("/roleRef/{field}")).and_then(Value::as_str).unwrap_or_default();
            let kind = role("kind");
            let namespace = if kind == "Role" { key.namespace.to_string() } else { String::new() };
            used.insert((kind.to_owned(), namespace, role("name").to_owned()));
        }
        kept.text = value.to_string().into_boxed_str();
        true
    });
    objects.retain(|key, _| {
        let is_role = is_of_rights(key) && matches!(&*key.kind, "Role" | "ClusterRole");
        !is_role || used.contains(&(key.kind.to_string(), key.namespace.to_string(), key.name.to_string()))
    });
}

/// Of what belongs to the whole cluster what the workloads of a part of it drive or serve.
fn narrow_cluster(objects: &mut Objects, workloads: &Workloads, scope: &Scope) {
    let mut written: BTreeSet<String> = BTreeSet::new();
    for (_, kept) in objects.iter().filter(|(key, _)| is_of_rights(key)) {
        let value = parse(kept);
        let rules = value.get("rules").and_then(Value::as_array).into_iter().flatten();
        let groups = rules.filter_map(|rule| rule.get("apiGroups")?.as_array()).flatten().filter_map(Value::as_str);
        written.extend(groups.map(str::to_owned));
    }
    let looked_at = |namespace: &str| match &scope.namespaces {
        Some(namespaces) if !scope.chooses() => namespaces.iter().any(|known| known == namespace),
        _ => workloads.namespaces.contains(namespace),
    };
    objects.retain(|key, kept| match (&*key.group, &*key.kind) {
        ("apiextensions.k8s.io", _) => key.name.split_once('.').is_some_and(|(_, group)| written.contains(group)),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration")
        | ("apiregistration.k8s.io", _) => {
            let value = parse(kept);
            let hooks = value.get("webhooks").and_then(Value::as_array).into_iter().flatten();
            let services = hooks.filter_map(|hook| hook.pointer("/clientConfig/service"));
            let mut services = services.chain(value.pointer("/spec/service"));
            services.any(|service| service.get("namespace").and_then(Value::as_str).is_some_and(looked_at))
        }
        ("", "Namespace") => looked_at(&key.name),
        ("rbac.authorization.k8s.io", _) => true,
        _ => !key.namespace.is_empty(),
    });
}
