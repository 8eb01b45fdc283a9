//! Fields by kind and path, as kustomize's own configuration names them, and what kustomize has built in.

use std::sync::OnceLock;

use super::resource::Identity;
use crate::yaml::{Draft, Node, Place};

/// A field of some kinds of objects.
#[derive(Clone, Debug)]
pub(super) struct FieldSpec {
    group: Option<String>,
    version: Option<String>,
    kind: Option<String>,
    path: Vec<String>,
    /// Whether missing mappings on the way are made.
    pub(super) create: bool,
}

impl FieldSpec {
    /// One entry of a configuration file.
    pub(super) fn read(node: Node<'_>) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(|value| value.string()).map(str::to_owned);
        Some(Self {
            group: text("group"),
            version: text("version"),
            kind: text("kind"),
            path: split(node.get("path")?.string()?),
            create: node.get("create").and_then(|value| value.boolean()) == Some(true),
        })
    }

    /// `[Kind[.group]] path [+]`; the plus sign stands for `create`.
    fn parse(kind: &str, path: &str, create: bool) -> Self {
        let (kind, group) = kind.split_once('.').map_or((kind, None), |(kind, group)| (kind, Some(group.to_owned())));
        let kind = (kind != "*").then(|| kind.to_owned());
        Self { group, version: None, kind, path: split(path), create }
    }

    pub(super) fn fits(&self, identity: &Identity) -> bool {
        let fits = |wanted: &Option<String>, own: &str| wanted.as_ref().is_none_or(|wanted| wanted == own);
        fits(&self.kind, &identity.kind) && fits(&self.group, &identity.group) && fits(&self.version, &identity.version)
    }

    /// Calls a function with every value at the path, lists on the way entered. What is made on the way stands at
    /// `place`.
    pub(super) fn visit<'t>(&self, draft: &mut Draft<'t>, place: Place, edit: &mut dyn FnMut(&mut Draft<'t>)) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if self.create || reaches(draft, &path) {
            visit(draft, &path, self.create.then_some(place), edit);
        }
    }
}

/// A path at its slashes; `\/` is none.
fn split(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = path.trim_matches('/').chars().peekable();
    while let Some(character) = characters.next() {
        match (character, parts.last_mut()) {
            ('\\', Some(last)) if characters.peek() == Some(&'/') => {
                last.push('/');
                characters.next();
            }
            ('/', _) => parts.push(String::new()),
            (character, Some(last)) => last.push(character),
            (_, None) => {}
        }
    }
    parts.into_iter().map(|part| part.trim_end_matches("[]").to_owned()).collect()
}

/// Whether there is anything at a path.
pub(super) fn reaches(draft: &Draft<'_>, path: &[&str]) -> bool {
    if draft.is_list() {
        return draft.items().iter().any(|item| reaches(item, path));
    }
    match path.split_first() {
        Some((key, rest)) => draft.get(key).is_some_and(|value| reaches(&value, rest)),
        None => true,
    }
}

fn visit<'t>(draft: &mut Draft<'t>, path: &[&str], create: Option<Place>, edit: &mut dyn FnMut(&mut Draft<'t>)) {
    if let Some(items) = draft.items_mut() {
        for item in items {
            visit(item, path, create, edit);
        }
        return;
    }
    let Some((key, rest)) = path.split_first() else { return edit(draft) };
    if let Some(place) = create
        && draft.get(key).is_none_or(|value| value.is_null())
        && (draft.is_map() || draft.is_null())
    {
        draft.set((*key).to_owned(), place, Draft::map_at(place));
    }
    if let Some(value) = draft.get_mut(key) {
        visit(value, rest, create, edit);
    }
}

/// Where pod specifications stand.
const PODS: [(&str, &str); 9] = [
    ("Pod", "spec"),
    ("ReplicationController", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicaSet", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
    ("StatefulSet", "spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("PodTemplate", "template/spec"),
];

/// Fields in lines of `Kind[.group] path [+]`.
fn table(text: &str) -> Vec<FieldSpec> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (kind, path) = (words.next()?, words.next()?);
            Some(FieldSpec::parse(kind, path, words.next() == Some("+")))
        })
        .collect()
}

/// The same field of every pod specification.
fn in_pods(paths: &[&str]) -> Vec<FieldSpec> {
    PODS.iter()
        .flat_map(|(kind, spec)| paths.iter().map(move |path| FieldSpec::parse(kind, &format!("{spec}/{path}"), false)))
        .collect()
}

/// Labels of every object: `metadata/labels`.
pub(super) fn own_labels() -> &'static [FieldSpec] {
    static FIELDS: OnceLock<Vec<FieldSpec>> = OnceLock::new();
    FIELDS.get_or_init(|| table("* metadata/labels +"))
}

/// Labels of the templates of pods.
pub(super) fn template_labels() -> &'static [FieldSpec] {
    static FIELDS: OnceLock<Vec<FieldSpec>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        table(
            "ReplicationController spec/template/metadata/labels +
             Deployment spec/template/metadata/labels +
             ReplicaSet spec/template/metadata/labels +
             DaemonSet spec/template/metadata/labels +
             StatefulSet.apps spec/template/metadata/labels +
             StatefulSet.apps spec/volumeClaimTemplates/metadata/labels +
             Job.batch spec/template/metadata/labels +
             CronJob.batch spec/jobTemplate/metadata/labels +
             CronJob.batch spec/jobTemplate/spec/template/metadata/labels +",
        )
    })
}

/// Labels that objects select others by.
pub(super) fn selectors() -> &'static [FieldSpec] {
    static FIELDS: OnceLock<Vec<FieldSpec>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut fields = table(
            "ReplicationController spec/selector +
             Deployment spec/selector/matchLabels +
             ReplicaSet spec/selector/matchLabels +
             DaemonSet spec/selector/matchLabels +
             StatefulSet.apps spec/selector/matchLabels +
             Job.batch spec/selector/matchLabels
             CronJob.batch spec/jobTemplate/spec/selector/matchLabels
             PodDisruptionBudget.policy spec/selector/matchLabels
             NetworkPolicy.networking.k8s.io spec/podSelector/matchLabels
             NetworkPolicy.networking.k8s.io spec/ingress/from/podSelector/matchLabels
             NetworkPolicy.networking.k8s.io spec/egress/to/podSelector/matchLabels",
        );
        // Other groups have Services too: Knative's has no selector.
        fields
            .push(FieldSpec { version: Some("v1".to_owned()), ..FieldSpec::parse("Service.", "spec/selector", true) });
        for kind in ["Deployment.apps", "StatefulSet.apps"] {
            for affinity in ["podAffinity", "podAntiAffinity"] {
                for term in [
                    "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm",
                    "requiredDuringSchedulingIgnoredDuringExecution",
                ] {
                    let path = format!("spec/template/spec/affinity/{affinity}/{term}/labelSelector/matchLabels");
                    fields.push(FieldSpec::parse(kind, &path, false));
                }
            }
            let path = "spec/template/spec/topologySpreadConstraints/labelSelector/matchLabels";
            fields.push(FieldSpec::parse(kind, path, false));
        }
        fields
    })
}

/// Annotations of objects and of the templates of pods.
pub(super) fn annotations() -> &'static [FieldSpec] {
    static FIELDS: OnceLock<Vec<FieldSpec>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        table(
            "* metadata/annotations +
             ReplicationController spec/template/metadata/annotations +
             Deployment spec/template/metadata/annotations +
             ReplicaSet spec/template/metadata/annotations +
             DaemonSet spec/template/metadata/annotations +
             StatefulSet spec/template/metadata/annotations +
             Job.batch spec/template/metadata/annotations +
             CronJob.batch spec/jobTemplate/metadata/annotations +
             CronJob.batch spec/jobTemplate/spec/template/metadata/annotations +",
        )
    })
}

/// Fields in which variables are replaced.
pub(super) fn variables() -> &'static [FieldSpec] {
    static FIELDS: OnceLock<Vec<FieldSpec>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut fields = in_pods(&[
            "containers/args",
            "containers/command",
            "containers/env/value",
            "containers/volumeMounts/mountPath",
            "initContainers/args",
            "initContainers/command",
            "initContainers/env/value",
            "initContainers/volumeMounts/mountPath",
            "volumes/nfs/server",
        ]);
        fields.extend(table(
            "Ingress spec/rules/host
             Ingress spec/tls/hosts
             Ingress spec/tls/secretName
             PersistentVolume spec/nfs/server
             PersistentVolume spec/nfs/path
             StatefulSet spec/volumeClaimTemplates/spec/nfs/server
             Service spec/ports/port
             ConfigMap data
             * metadata/labels
             * metadata/annotations",
        ));
        fields
    })
}

/// Fields that hold the name of an object of some kind.
#[derive(Clone, Debug)]
pub(super) struct NameReference {
    /// The group of the object that is named; none for any.
    pub(super) group: Option<String>,
    /// Its kind.
    pub(super) kind: String,
    /// Where it is named.
    pub(super) fields: Vec<FieldSpec>,
}

impl NameReference {
    fn new(kind: &str, fields: Vec<FieldSpec>) -> Self {
        let (kind, group) = kind.split_once('.').map_or((kind, None), |(kind, group)| (kind, Some(group.to_owned())));
        Self { group, kind: kind.to_owned(), fields }
    }
}

/// Where kustomize knows that objects name others.
pub(super) fn name_references() -> &'static [NameReference] {
    static REFERENCES: OnceLock<Vec<NameReference>> = OnceLock::new();
    REFERENCES.get_or_init(|| {
        let both = |more: &str, pods: &[&str]| -> Vec<FieldSpec> {
            let mut fields = in_pods(pods);
            fields.extend(table(more));
            fields
        };
        let scaled = "HorizontalPodAutoscaler spec/scaleTargetRef/name";
        vec![
            NameReference::new("Deployment", table(scaled)),
            NameReference::new("ReplicationController", table(scaled)),
            NameReference::new("ReplicaSet", table(scaled)),
            NameReference::new("StatefulSet", table(scaled)),
            NameReference::new(
                "ConfigMap.",
                both(
                    "Role rules/resourceNames
                     ClusterRole rules/resourceNames
                     Node spec/configSource/configMap",
                    &[
                        "volumes/configMap/name",
                        "volumes/projected/sources/configMap/name",
                        "containers/env/valueFrom/configMapKeyRef/name",
                        "initContainers/env/valueFrom/configMapKeyRef/name",
                        "containers/envFrom/configMapRef/name",
                        "initContainers/envFrom/configMapRef/name",
                    ],
                ),
            ),
            NameReference::new(
                "Secret.",
                both(
                    "Role rules/resourceNames
                     ClusterRole rules/resourceNames
                     ServiceAccount imagePullSecrets/name
                     Ingress spec/tls/secretName
                     PersistentVolume spec/csi/nodePublishSecretRef/name
                     StorageClass parameters/secretName",
                    &[
                        "volumes/secret/secretName",
                        "volumes/projected/sources/secret/name",
                        "volumes/azureFile/secretName",
                        "imagePullSecrets/name",
                        "containers/env/valueFrom/secretKeyRef/name",
                        "initContainers/env/valueFrom/secretKeyRef/name",
                        "containers/envFrom/secretRef/name",
                        "initContainers/envFrom/secretRef/name",
                    ],
                ),
            ),
            NameReference::new(
                "Service.",
                table(
                    "StatefulSet spec/serviceName
                     Ingress spec/rules/http/paths/backend/serviceName
                     Ingress spec/rules/http/paths/backend/service/name
                     Ingress spec/backend/serviceName
                     Ingress spec/defaultBackend/service/name
                     APIService spec/service/name
                     ValidatingWebhookConfiguration webhooks/clientConfig/service
                     MutatingWebhookConfiguration webhooks/clientConfig/service",
                ),
            ),
            NameReference::new("Role", table("RoleBinding.rbac.authorization.k8s.io roleRef/name")),
            NameReference::new(
                "ClusterRole",
                table(
                    "RoleBinding.rbac.authorization.k8s.io roleRef/name
                     ClusterRoleBinding.rbac.authorization.k8s.io roleRef/name",
                ),
            ),
            NameReference::new(
                "ServiceAccount",
                both(
                    "RoleBinding.rbac.authorization.k8s.io subjects
                     ClusterRoleBinding.rbac.authorization.k8s.io subjects",
                    &["serviceAccountName", "serviceAccount"],
                ),
            ),
            NameReference::new("PersistentVolumeClaim", in_pods(&["volumes/persistentVolumeClaim/claimName"])),
            NameReference::new("PersistentVolume", table("PersistentVolumeClaim spec/volumeName")),
            NameReference::new(
                "StorageClass",
                table(
                    "PersistentVolume spec/storageClassName
                     PersistentVolumeClaim spec/storageClassName
                     StatefulSet spec/volumeClaimTemplates/spec/storageClassName",
                ),
            ),
            NameReference::new("PriorityClass", in_pods(&["priorityClassName"])),
            NameReference::new("IngressClass", table("Ingress spec/ingressClassName")),
        ]
    })
}

/// What configuration files add to what is built in.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    pub(super) variables: Vec<FieldSpec>,
    pub(super) selectors: Vec<FieldSpec>,
    pub(super) annotations: Vec<FieldSpec>,
    pub(super) namespaces: Vec<FieldSpec>,
    pub(super) images: Vec<FieldSpec>,
    pub(super) replicas: Vec<FieldSpec>,
    pub(super) names: Vec<NameReference>,
}

impl Configuration {
    /// Adds one configuration document.
    pub(super) fn read(&mut self, document: Node<'_>) {
        let fields = |key: &str| -> Vec<FieldSpec> {
            document.get(key).into_iter().flat_map(|list| list.items()).filter_map(FieldSpec::read).collect()
        };
        self.variables.extend(fields("varReference"));
        self.selectors.extend(fields("commonLabels"));
        self.annotations.extend(fields("commonAnnotations"));
        self.namespaces.extend(fields("namespace"));
        self.images.extend(fields("images"));
        self.replicas.extend(fields("replicas"));
        for entry in document.get("nameReference").into_iter().flat_map(|list| list.items()) {
            let text = |key: &str| entry.get(key).and_then(|value| value.string()).map(str::to_owned);
            if let Some(kind) = text("kind") {
                let specs = entry.get("fieldSpecs").into_iter().flat_map(|list| list.items());
                self.names.push(NameReference {
                    group: text("group"),
                    kind,
                    fields: specs.filter_map(FieldSpec::read).collect(),
                });
            }
        }
    }

    /// Adds another configuration.
    pub(super) fn extend(&mut self, other: &Self) {
        self.variables.extend_from_slice(&other.variables);
        self.selectors.extend_from_slice(&other.selectors);
        self.annotations.extend_from_slice(&other.annotations);
        self.namespaces.extend_from_slice(&other.namespaces);
        self.images.extend_from_slice(&other.images);
        self.replicas.extend_from_slice(&other.replicas);
        self.names.extend_from_slice(&other.names);
    }
}
