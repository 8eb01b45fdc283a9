//! An object on its way through kustomizations: its value, and every name under which it was known.

use std::borrow::Cow;

use crate::text::SourceId;
use crate::yaml::{Draft, Place};

/// What an object is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Identity {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
}

impl Identity {
    /// The identity of an object as it stands; none where it has no kind.
    pub(super) fn of(draft: &Draft<'_>) -> Option<Self> {
        let text = |path: &[&str]| draft.at(path).and_then(|value| value.string()).unwrap_or_default().into_owned();
        let version = text(&["apiVersion"]);
        let (group, version) = split_version(&version);
        let kind = text(&["kind"]);
        (!kind.is_empty()).then(|| Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind,
            namespace: text(&["metadata", "namespace"]),
            name: text(&["metadata", "name"]),
        })
    }

    /// The namespace that counts: `default` where none is written.
    pub(super) fn effective_namespace(&self) -> &str {
        if is_cluster_scoped(&self.group, &self.kind) {
            ""
        } else if self.namespace.is_empty() {
            "default"
        } else {
            &self.namespace
        }
    }

    /// Whether both name the same object.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.kind == other.kind
            && self.group == other.group
            && self.version == other.version
            && self.effective_namespace() == other.effective_namespace()
    }

    /// `Kind/namespace/name`, for messages.
    pub(super) fn shown(&self) -> String {
        if self.namespace.is_empty() {
            format!("{}/{}", self.kind, self.name)
        } else {
            format!("{}/{}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// Group and version of an `apiVersion`.
pub(super) fn split_version(version: &str) -> (&str, &str) {
    version.rsplit_once('/').unwrap_or(("", version))
}

/// An object with its history.
#[derive(Clone, Debug)]
pub(super) struct Resource<'t> {
    pub(super) draft: Draft<'t>,
    /// The document, or the item of a list, that it was written as; for a generated one its generator.
    pub(super) origin: Place,
    pub(super) source: SourceId,
    pub(super) current: Identity,
    /// Earlier identities, the first one first.
    pub(super) previous: Vec<Identity>,
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    /// Nodes when it was loaded.
    pub(super) size: usize,
}

impl<'t> Resource<'t> {
    pub(super) fn new(draft: Draft<'t>, source: SourceId) -> Option<Self> {
        let current = Identity::of(&draft)?;
        Some(Self {
            origin: draft.place(),
            source,
            current,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            size: draft.size(crate::limits::BUILT_NODES),
            draft,
        })
    }

    /// Every identity, the first one first.
    pub(super) fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.previous.iter().chain(std::iter::once(&self.current))
    }

    /// What it costs to pass through a kustomization, in nodes: the object itself, and its names.
    pub(super) fn weight(&self) -> usize {
        self.size + 300 + 100 * self.previous.len()
    }

    pub(super) fn is_known_as(&self, identity: &Identity) -> bool {
        self.identities().any(|own| own.is_same(identity))
    }

    /// Remembers the present identity, before it may change.
    pub(super) fn remember(&mut self) {
        if self.previous.last() != Some(&self.current) {
            self.previous.push(self.current.clone());
        }
    }

    /// Reads the identity anew after an edit.
    pub(super) fn refresh(&mut self) {
        if let Some(identity) = Identity::of(&self.draft)
            && identity != self.current
        {
            self.remember();
            self.current = identity;
        }
    }

    /// Sets the name; its place stays where it was first written.
    pub(super) fn rename(&mut self, name: String) {
        self.remember();
        self.current.name.clone_from(&name);
        if let Some(value) = self.draft.get_mut("metadata").and_then(|metadata| metadata.get_mut("name")) {
            value.set_text(name);
        }
    }

    /// Sets the namespace.
    pub(super) fn move_to(&mut self, namespace: Cow<'t, str>, place: Place) {
        self.remember();
        self.current.namespace = namespace.clone().into_owned();
        if self.draft.get("metadata").is_none() {
            self.draft.set("metadata", place, Draft::map_at(place));
        }
        if let Some(metadata) = self.draft.get_mut("metadata") {
            metadata.set("namespace", place, Draft::text_at(place, namespace));
        }
    }
}

/// Whether objects of a kind belong to no namespace.
pub(super) fn is_cluster_scoped(group: &str, kind: &str) -> bool {
    match kind {
        "Namespace" | "Node" | "PersistentVolume" | "ComponentStatus" => group.is_empty(),
        "ClusterRole" | "ClusterRoleBinding" => group == "rbac.authorization.k8s.io",
        "CustomResourceDefinition" => group == "apiextensions.k8s.io",
        "APIService" => group == "apiregistration.k8s.io",
        "MutatingWebhookConfiguration"
        | "ValidatingWebhookConfiguration"
        | "ValidatingAdmissionPolicy"
        | "ValidatingAdmissionPolicyBinding" => group == "admissionregistration.k8s.io",
        "StorageClass" | "VolumeAttachment" | "CSIDriver" | "CSINode" | "VolumeAttributesClass" => {
            group == "storage.k8s.io"
        }
        "PriorityClass" => group == "scheduling.k8s.io",
        "RuntimeClass" => group == "node.k8s.io",
        "IngressClass" => group == "networking.k8s.io",
        "CertificateSigningRequest" | "ClusterTrustBundle" => group == "certificates.k8s.io",
        "FlowSchema" | "PriorityLevelConfiguration" => group == "flowcontrol.apiserver.k8s.io",
        "PodSecurityPolicy" => matches!(group, "policy" | "extensions"),
        "TokenReview" => group == "authentication.k8s.io",
        _ => false,
    }
}
