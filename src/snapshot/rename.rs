//! Names become pseudonyms, wherever they stand, so that everything that belongs together still does. What the tables
//! know by its name, and what belongs to Kubernetes itself, keeps it.

use serde_json::{Map, Value};

use super::pseudonym::PseudonymKey;
use super::surroundings::EVERYBODY;
use super::words::{self, REDACTED};
use super::{kinds, people};
use crate::tables::{HostPath, Tables};

/// Renames with one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Renaming<'a> {
    pub(super) key: &'a PseudonymKey,
    pub(super) tables: &'a Tables,
}

/// Domains of label keys and API groups that everybody uses.
const PUBLIC_DOMAINS: [&str; 16] = [
    "kubernetes.io",
    "k8s.io",
    "helm.sh",
    "istio.io",
    "linkerd.io",
    "knative.dev",
    "argoproj.io",
    "x-k8s.io",
    "kuma.io",
    "hashicorp.com",
    "openshift.io",
    "keda.sh",
    "karpenter.sh",
    "kompose.io",
    "fluxcd.io",
    "kubeworthy",
];

/// Labels whose values say what they say everywhere.
fn is_public_label(key: &str) -> bool {
    matches!(
        key,
        "app.kubernetes.io/managed-by"
            | "sidecar.istio.io/inject"
            | "istio-injection"
            | "linkerd.io/inject"
            | "consul.hashicorp.com/connect-inject"
            | "kuma.io/sidecar-injection"
            | "kubernetes.io/os"
            | "beta.kubernetes.io/os"
            | "kubernetes.io/arch"
            | "beta.kubernetes.io/arch"
            | "topology.kubernetes.io/zone"
            | "topology.kubernetes.io/region"
            | "failure-domain.beta.kubernetes.io/zone"
            | "failure-domain.beta.kubernetes.io/region"
            | "node-role.kubernetes.io/control-plane"
    )
}

fn is_public_domain(domain: &str) -> bool {
    PUBLIC_DOMAINS
        .iter()
        .any(|known| domain == *known || domain.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}

impl Renaming<'_> {
    /// The pseudonym of a name of an object, or of a label's value that is one.
    pub(super) fn name(&self, name: &str) -> String {
        if name.is_empty() || name == REDACTED { name.to_owned() } else { self.key.pseudonym("name", name) }
    }

    /// The pseudonym of a namespace. The default one and those of the platform are the same everywhere.
    pub(super) fn namespace(&self, name: &str) -> String {
        if name.is_empty() || name == "default" || self.tables.is_platform_namespace(name) {
            name.to_owned()
        } else {
            self.key.pseudonym("ns", name)
        }
    }

    pub(super) fn cluster(&self, name: &str) -> String {
        self.key.pseudonym("cluster", name)
    }

    fn label_key(&self, key: &str) -> String {
        match key.split_once('/') {
            Some((domain, name)) if !is_public_domain(domain) => {
                format!("{}/{}", self.key.pseudonym("domain", domain), self.key.pseudonym("key", name))
            }
            _ => key.to_owned(),
        }
    }

    fn label_value(&self, key: &str, value: &str) -> String {
        match key {
            "kubernetes.io/metadata.name" => self.namespace(value),
            _ if is_public_label(key) => value.to_owned(),
            _ => self.name(value),
        }
    }

    /// The name of a role: those that every cluster has keep theirs.
    fn role(&self, name: &str) -> String {
        if self.tables.is_role_of_convenience(name) || name.starts_with("system:") {
            name.to_owned()
        } else {
            self.name(name)
        }
    }

    /// An API group: those of Kubernetes and those that the tables know keep their name.
    fn group(&self, group: &str) -> String {
        let is_known = !group.contains('.')
            || is_public_domain(group)
            || self.tables.resource_group(group, "").is_some()
            || self.tables.knows_group(group)
            || self.tables.add_on(&[group], &[]).is_some();
        if is_known { group.to_owned() } else { format!("{}.example", self.key.pseudonym("group", group)) }
    }

    /// An image: what the tables know keeps the part of its name that they know it by; a version keeps its number.
    pub(super) fn image(&self, image: &str) -> String {
        let (rest, digest) = image.split_once('@').map_or((image, None), |(rest, digest)| (rest, Some(digest)));
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        let (repository, tag) = match rest[last..].find(':') {
            Some(at) => (&rest[..last + at], Some(&rest[last + at + 1..])),
            None => (rest, None),
        };
        let mut name =
            self.known_part(repository).map_or_else(|| self.key.pseudonym("image", repository), str::to_owned);
        if let Some(tag) = tag {
            let is_version = tag == "latest"
                || (tag.len() <= 20
                    && tag.bytes().any(|byte| byte.is_ascii_digit())
                    && tag.trim_start_matches('v').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
            name.push(':');
            name.push_str(&if is_version || tag.starts_with("tag-") {
                tag.to_owned()
            } else {
                self.key.pseudonym("tag", tag)
            });
        }
        if let Some(digest) = digest {
            name.push('@');
            name.push_str(&self.key.pseudonym("digest", digest));
        }
        name
    }

    /// The last parts of a repository, as few as mean the same to every table.
    fn known_part<'r>(&self, repository: &'r str) -> Option<&'r str> {
        let meaning = |repository: &str| {
            (
                self.tables.engine_of_image(repository).map(|engine| engine.engine.clone()),
                self.tables.is_agent_image(repository),
                self.tables.is_helper_image(repository),
                self.tables.is_host_scaler_image(repository),
                self.tables.is_static_server_image(repository),
                self.tables.add_on(&[], &[repository]).map(str::to_owned),
                self.tables.network_plugin(repository).map(|plugin| plugin.name.clone()),
            )
        };
        let whole = meaning(repository);
        if whole == meaning("") {
            return None;
        }
        let starts = repository.rmatch_indices('/').map(|(at, _)| at + 1).chain([0]);
        starts.map(|at| &repository[at..]).find(|part| meaning(part) == whole)
    }

    /// Renames everything in an object, and gives its new form.
    pub(super) fn object(&self, object: &mut Value) {
        let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        let version = object.get("apiVersion").and_then(Value::as_str).unwrap_or_default().to_owned();
        let group = version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
        if let Some(name) = text_at(object, "/metadata/name") {
            *name = match kind.as_str() {
                "Namespace" => self.namespace(name),
                "Role" | "ClusterRole" => self.role(name),
                // The name of a definition holds its group, which is read from there.
                "CustomResourceDefinition" => match name.split_once('.') {
                    Some((plural, group)) if self.group(group) != *group => {
                        format!("{}.{}", self.name(plural), self.group(group))
                    }
                    _ => name.clone(),
                },
                _ => self.name(name),
            };
        }
        if let Some(namespace) = text_at(object, "/metadata/namespace") {
            *namespace = self.namespace(namespace);
        }
        if let Some(known) = text_at(object, "/spec/group").filter(|_| kind == "CustomResourceDefinition") {
            let renamed = self.group(known);
            let is_renamed = renamed != *known;
            *known = renamed;
            if let Some(kind) = text_at(object, "/spec/names/kind").filter(|_| is_renamed) {
                *kind = self.key.pseudonym("kind", kind);
            }
        }
        if let Some(rules) = object.get_mut("rules").and_then(Value::as_array_mut) {
            rules.iter_mut().for_each(|rule| self.rule(rule));
        }
        if let Some(subjects) = object.get_mut("subjects").and_then(Value::as_array_mut) {
            for subject in subjects {
                let name = text_at(subject, "/name");
                if let Some(name) =
                    name.filter(|name| !EVERYBODY.contains(&name.as_str()) && !people::is_replaced(name))
                {
                    *name = self.account(name);
                }
                if let Some(namespace) = text_at(subject, "/namespace") {
                    *namespace = self.namespace(namespace);
                }
            }
        }
        if let Some(role) = text_at(object, "/roleRef/name") {
            *role = self.role(role);
        }
        let is_custom = kinds::kind_of(&group, &kind).is_none();
        for (key, value) in object.as_object_mut().into_iter().flatten() {
            match key.as_str() {
                "apiVersion" | "kind" | "rules" | "subjects" | "roleRef" | "seen" => {}
                // The object's own name and namespace are done.
                "metadata" => {
                    let fields = value.as_object_mut().into_iter().flatten();
                    let fields = fields.filter(|(field, _)| !matches!(field.as_str(), "name" | "namespace"));
                    fields.for_each(|(field, value)| self.below(field, value, false));
                }
                key => self.below(key, value, is_custom && group != "apps"),
            }
        }
    }

    fn account(&self, name: &str) -> String {
        if name == "default" { name.to_owned() } else { self.name(name) }
    }

    fn rule(&self, rule: &mut Value) {
        let groups = rule.get("apiGroups").and_then(Value::as_array).into_iter().flatten();
        let is_foreign = groups.filter_map(Value::as_str).any(|group| self.group(group) != group);
        for (field, rename) in [("apiGroups", true), ("resources", false)] {
            for value in rule.get_mut(field).and_then(Value::as_array_mut).into_iter().flatten() {
                let Value::String(text) = value else { continue };
                if rename {
                    *text = self.group(text);
                } else if is_foreign {
                    // What a subresource is called says whether status is written.
                    *text = match text.split_once('/') {
                        _ if text == "*" => continue,
                        Some((resource, sub)) => format!("{}/{sub}", self.name(resource)),
                        None => self.name(text),
                    };
                }
            }
        }
    }

    /// Renames what stands below a key of an object.
    fn below(&self, key: &str, value: &mut Value, is_custom: bool) {
        match value {
            Value::Object(map) => match key {
                "labels" | "matchLabels" | "selector" | "nodeSelector" if !is_label_selector(key, map) => {
                    self.labels(map)
                }
                "annotations" => self.annotations(map),
                _ if map.contains_key("operator") && map.contains_key("key") => self.requirement(map),
                _ => map.iter_mut().for_each(|(inner, value)| self.below(inner, value, is_custom)),
            },
            Value::Array(items) => items.iter_mut().for_each(|item| self.below(key, item, is_custom)),
            Value::String(text) => {
                let renamed = match key {
                    "image" | "imageName" => self.image(text),
                    "namespace" => self.namespace(text),
                    "serviceAccountName" | "serviceAccount" => self.account(text),
                    "priorityClassName" if text.starts_with("system-") => return,
                    "name" if is_public_name(text) => return,
                    "name" | "serviceName" | "claimName" | "priorityClassName" => {
                        if self.tables.is_accelerator(text) {
                            return;
                        }
                        self.name(text)
                    }
                    // Of a pointer of a delivery tool.
                    "path" if self.tables.host_path(text) != HostPath::Other && !is_custom => return,
                    "path" if is_custom => self.key.pseudonym("path", text),
                    "path" => format!("/{}", self.key.pseudonym("path", text)),
                    "chart" | "cluster" => self.key.pseudonym(key, text),
                    _ => return,
                };
                *text = renamed;
            }
            _ => {}
        }
    }

    fn labels(&self, map: &mut Map<String, Value>) {
        let mut renamed: Vec<(String, Value)> = std::mem::take(map)
            .into_iter()
            .map(|(key, value)| {
                let value = value.as_str().map_or(value.clone(), |text| Value::from(self.label_value(&key, text)));
                (self.label_key(&key), value)
            })
            .collect();
        renamed.sort_by(|a, b| a.0.cmp(&b.0));
        map.extend(renamed);
    }

    fn annotations(&self, map: &mut Map<String, Value>) {
        for (key, value) in map.iter_mut() {
            let Value::String(text) = value else { continue };
            match key.as_str() {
                "meta.helm.sh/release-name" => *text = self.name(text),
                "meta.helm.sh/release-namespace" => *text = self.namespace(text),
                _ if key.starts_with("ignore.kubeworthy/") => *text = REDACTED.to_owned(),
                _ => {}
            }
        }
    }

    fn requirement(&self, map: &mut Map<String, Value>) {
        let Some(Value::String(key)) = map.get("key").cloned() else { return };
        for value in map.get_mut("values").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::String(text) = value {
                *text = self.label_value(&key, text);
            }
        }
        map.insert("key".to_owned(), Value::from(self.label_key(&key)));
    }
}

/// Whether `selector` holds a label selector, whose parts are renamed one by one.
fn is_label_selector(key: &str, map: &Map<String, Value>) -> bool {
    key == "selector" && (map.contains_key("matchLabels") || map.contains_key("matchExpressions"))
}

/// Names that mean the same everywhere.
fn is_public_name(name: &str) -> bool {
    name.is_empty()
        || words::NAMES_OF_HOSTS.contains(&name)
        || matches!(name, REDACTED | "windows" | "linux" | "flux-system" | "in-cluster")
}

fn text_at<'v>(value: &'v mut Value, path: &str) -> Option<&'v mut String> {
    match value.pointer_mut(path) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed<T>(rename: impl FnOnce(Renaming<'_>) -> T) -> T {
        let tables = Tables::built_in().expect("the tables");
        let key = PseudonymKey::new(b"0123456789abcdef").expect("a key");
        rename(Renaming { key: &key, tables: &tables })
    }

    #[test]
    fn images_keep_what_tables_know_them_by() {
        let image = |text: &str| renamed(|renaming| renaming.image(text));
        assert_eq!(image("registry.acme.com/mirror/postgres:16.2"), "postgres:16.2");
        assert_eq!(image("registry.acme.com/mirror/calico/node:v3"), "calico/node:v3");
        let own = image("registry.acme.com/shop/web:release-acme");
        assert!(own.starts_with("image-") && own.contains(":tag-") && !own.contains("acme"), "{own}");
        assert_eq!(image("acme/web"), image("acme/web"));
        assert!(image("acme/web:latest").ends_with(":latest"), "that it floats still shows");
        assert!(!image("acme/web@sha256:00").contains("sha256"));
    }

    #[test]
    fn names_are_the_same_wherever_they_stand() {
        let mut service = serde_json::json!({"apiVersion": "apps/v1", "kind": "StatefulSet",
            "metadata": {"name": "db", "namespace": "shop", "labels": {"app": "db", "acme.com/team": "a"}},
            "spec": {"serviceName": "db", "template": {"metadata": {"labels": {"app": "db"}},
                "spec": {"nodeSelector": {"kubernetes.io/os": "linux"}, "serviceAccountName": "default"}}}});
        renamed(|renaming| renaming.object(&mut service));
        let text = |path: &str| service.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let name = text("/metadata/name");
        assert!(name.starts_with("name-") && name.len() == 13, "{name}");
        for path in ["/spec/serviceName", "/metadata/labels/app", "/spec/template/metadata/labels/app"] {
            assert_eq!(text(path), name, "{path}");
        }
        assert!(text("/metadata/namespace").starts_with("ns-"));
        assert_eq!(text("/spec/template/spec/nodeSelector/kubernetes.io~1os"), "linux");
        assert_eq!(text("/spec/template/spec/serviceAccountName"), "default");
        assert!(!service.to_string().contains("acme"));
    }

    #[test]
    fn what_every_cluster_has_keeps_its_name() {
        renamed(|renaming| {
            assert_eq!(renaming.namespace("kube-system"), "kube-system");
            assert_eq!(renaming.namespace("default"), "default");
            assert_eq!(renaming.role("cluster-admin"), "cluster-admin");
            assert_eq!(renaming.group("apps"), "apps");
            assert_eq!(renaming.group("postgresql.cnpg.io"), "postgresql.cnpg.io");
            assert!(renaming.group("widgets.acme.com").starts_with("group-"));
        });
    }
}
