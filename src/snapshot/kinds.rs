//! What is listed: one table of kinds, the most important first.

use crate::tables::{GroupRole, Tables};

/// A kind of object that is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its name as kubectl says it: `deployments.apps`, `pods`.
    pub resource: &'static str,
    /// Its API group; empty for the core.
    pub group: &'static str,
    /// Its plural, as in paths.
    pub plural: &'static str,
    /// Its kind.
    pub kind: &'static str,
    /// The versions that are understood, the preferred one first.
    pub versions: &'static [&'static str],
    /// Whether its objects stand in namespaces.
    pub namespaced: bool,
    /// Whether its objects run something: what a selector of labels or a name chooses among.
    pub bears_workloads: bool,
    /// Whether names and labels are enough, so that nothing else has to be sent.
    pub metadata_only: bool,
    /// Whether its lists come in pages; metrics do not.
    pub paged: bool,
    /// Whether it is normal that an API server does not serve it.
    pub optional: bool,
}

impl Kind {
    const fn new(
        resource: &'static str,
        group: &'static str,
        plural: &'static str,
        kind: &'static str,
        versions: &'static [&'static str],
    ) -> Self {
        Self {
            resource,
            group,
            plural,
            kind,
            versions,
            namespaced: true,
            bears_workloads: false,
            metadata_only: false,
            paged: true,
            optional: false,
        }
    }

    const fn workload(mut self) -> Self {
        self.bears_workloads = true;
        self
    }

    const fn of_the_cluster(mut self) -> Self {
        self.namespaced = false;
        self
    }

    const fn metadata(mut self) -> Self {
        self.metadata_only = true;
        self
    }

    const fn unpaged(mut self) -> Self {
        self.paged = false;
        self
    }

    const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

const GATEWAY: &str = "gateway.networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// Every kind that is listed under a fixed name, in the order of the requests. Custom resources that the table of groups
/// knows come behind them, as far as they are served.
pub static KINDS: &[Kind] = &[
    Kind::new("deployments.apps", "apps", "deployments", "Deployment", &["v1"]).workload(),
    Kind::new("statefulsets.apps", "apps", "statefulsets", "StatefulSet", &["v1"]).workload(),
    Kind::new("daemonsets.apps", "apps", "daemonsets", "DaemonSet", &["v1"]).workload(),
    Kind::new("pods", "", "pods", "Pod", &["v1"]).workload(),
    Kind::new("nodes", "", "nodes", "Node", &["v1"]).of_the_cluster(),
    Kind::new("cronjobs.batch", "batch", "cronjobs", "CronJob", &["v1", "v1beta1"]).workload(),
    Kind::new("jobs.batch", "batch", "jobs", "Job", &["v1"]).workload(),
    Kind::new(
        "horizontalpodautoscalers.autoscaling",
        "autoscaling",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        &["v2", "v1", "v2beta2"],
    ),
    Kind::new("services", "", "services", "Service", &["v1"]),
    Kind::new("poddisruptionbudgets.policy", "policy", "poddisruptionbudgets", "PodDisruptionBudget", &["v1"]),
    Kind::new("ingresses.networking.k8s.io", "networking.k8s.io", "ingresses", "Ingress", &["v1"]),
    Kind::new("persistentvolumeclaims", "", "persistentvolumeclaims", "PersistentVolumeClaim", &["v1"]),
    Kind::new("namespaces", "", "namespaces", "Namespace", &["v1"]).of_the_cluster(),
    Kind::new("rollouts.argoproj.io", "argoproj.io", "rollouts", "Rollout", &["v1alpha1"]).workload().optional(),
    Kind::new("services.serving.knative.dev", "serving.knative.dev", "services", "Service", &["v1"])
        .workload()
        .optional(),
    Kind::new("scaledobjects.keda.sh", "keda.sh", "scaledobjects", "ScaledObject", &["v1alpha1"]).optional(),
    Kind::new("scaledjobs.keda.sh", "keda.sh", "scaledjobs", "ScaledJob", &["v1alpha1"]).workload().optional(),
    Kind::new(
        "deploymentconfigs.apps.openshift.io",
        "apps.openshift.io",
        "deploymentconfigs",
        "DeploymentConfig",
        &["v1"],
    )
    .workload()
    .optional(),
    Kind::new("replicationcontrollers", "", "replicationcontrollers", "ReplicationController", &["v1"]).workload(),
    Kind::new("resourcequotas", "", "resourcequotas", "ResourceQuota", &["v1"]),
    Kind::new("networkpolicies.networking.k8s.io", "networking.k8s.io", "networkpolicies", "NetworkPolicy", &["v1"]),
    Kind::new("rolebindings.rbac.authorization.k8s.io", RBAC, "rolebindings", "RoleBinding", &["v1"]),
    Kind::new(
        "clusterrolebindings.rbac.authorization.k8s.io",
        RBAC,
        "clusterrolebindings",
        "ClusterRoleBinding",
        &["v1"],
    )
    .of_the_cluster(),
    Kind::new("roles.rbac.authorization.k8s.io", RBAC, "roles", "Role", &["v1"]),
    Kind::new("clusterroles.rbac.authorization.k8s.io", RBAC, "clusterroles", "ClusterRole", &["v1"]).of_the_cluster(),
    Kind::new(
        "customresourcedefinitions.apiextensions.k8s.io",
        "apiextensions.k8s.io",
        "customresourcedefinitions",
        "CustomResourceDefinition",
        &["v1"],
    )
    .of_the_cluster()
    .metadata(),
    Kind::new(
        "validatingwebhookconfigurations.admissionregistration.k8s.io",
        ADMISSION,
        "validatingwebhookconfigurations",
        "ValidatingWebhookConfiguration",
        &["v1"],
    )
    .of_the_cluster(),
    Kind::new(
        "mutatingwebhookconfigurations.admissionregistration.k8s.io",
        ADMISSION,
        "mutatingwebhookconfigurations",
        "MutatingWebhookConfiguration",
        &["v1"],
    )
    .of_the_cluster(),
    Kind::new(
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        ADMISSION,
        "validatingadmissionpolicies",
        "ValidatingAdmissionPolicy",
        &["v1", "v1beta1"],
    )
    .of_the_cluster()
    .metadata()
    .optional(),
    Kind::new(
        "mutatingadmissionpolicies.admissionregistration.k8s.io",
        ADMISSION,
        "mutatingadmissionpolicies",
        "MutatingAdmissionPolicy",
        &["v1", "v1beta1", "v1alpha1"],
    )
    .of_the_cluster()
    .metadata()
    .optional(),
    Kind::new("apiservices.apiregistration.k8s.io", "apiregistration.k8s.io", "apiservices", "APIService", &["v1"])
        .of_the_cluster(),
    Kind::new("csidrivers.storage.k8s.io", "storage.k8s.io", "csidrivers", "CSIDriver", &["v1"])
        .of_the_cluster()
        .metadata(),
    Kind::new("gateways.gateway.networking.k8s.io", GATEWAY, "gateways", "Gateway", &["v1", "v1beta1"]).optional(),
    Kind::new("httproutes.gateway.networking.k8s.io", GATEWAY, "httproutes", "HTTPRoute", &["v1", "v1beta1"])
        .optional(),
    Kind::new("grpcroutes.gateway.networking.k8s.io", GATEWAY, "grpcroutes", "GRPCRoute", &["v1", "v1alpha2"])
        .optional(),
    Kind::new("tcproutes.gateway.networking.k8s.io", GATEWAY, "tcproutes", "TCPRoute", &["v1", "v1alpha2"]).optional(),
    Kind::new("tlsroutes.gateway.networking.k8s.io", GATEWAY, "tlsroutes", "TLSRoute", &["v1", "v1alpha3", "v1alpha2"])
        .optional(),
    Kind::new("udproutes.gateway.networking.k8s.io", GATEWAY, "udproutes", "UDPRoute", &["v1", "v1alpha2"]).optional(),
    Kind::new("nodes.metrics.k8s.io", "metrics.k8s.io", "nodes", "NodeMetrics", &["v1beta1"])
        .of_the_cluster()
        .unpaged()
        .optional(),
    Kind::new("pods.metrics.k8s.io", "metrics.k8s.io", "pods", "PodMetrics", &["v1beta1"]).unpaged().optional(),
    Kind::new("events", "", "events", "Event", &["v1"]),
];

/// The kind of this name; custom resources have none here.
#[must_use]
pub fn kind(resource: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.resource == resource)
}

/// The kind that an object of this group and kind belongs to.
pub(super) fn kind_of(group: &str, name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.group == group && kind.kind == name)
}

/// Reasons of events that tell nothing here and make up most of them; the API server leaves them out. `!=` is served for
/// the field `reason`.
/// Source: Kubernetes documentation, "Field Selectors", and the API server's `registry/core/event/strategy.go`.
pub(super) const EVENT_SELECTOR: &str = "reason!=Pulled,reason!=Pulling,reason!=Created,reason!=Started,\
    reason!=Scheduled,reason!=SuccessfulCreate,reason!=SuccessfulDelete,reason!=Killing,reason!=Unhealthy,\
    reason!=BackOff,reason!=FailedScheduling,reason!=ScalingReplicaSet,reason!=FailedMount";

/// What a custom resource of a known group is listed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CustomKind {
    /// Whether it is enough to know that it is there.
    pub(super) metadata_only: bool,
    /// Whether it may run something.
    pub(super) bears_workloads: bool,
}

/// Whether a custom resource is listed: those of groups that bear workloads, lead elsewhere, or prove a capability.
pub(super) fn custom_kind(group: &str, kind: &str, tables: &Tables) -> Option<CustomKind> {
    // Kinds that are read by name have their own row. Slices of devices are named after nodes.
    if kind_of(group, kind).is_some() || kind == "ResourceSlice" {
        return None;
    }
    let role = tables.resource_group(group, kind)?.role;
    let (metadata_only, bears_workloads) = match role {
        GroupRole::DataOperator | GroupRole::BatchOperator => (false, true),
        GroupRole::Mesh | GroupRole::Delivery | GroupRole::Pointer => (false, false),
        GroupRole::NodePools | GroupRole::Accelerators | GroupRole::Clusters | GroupRole::Policies => (true, false),
        GroupRole::Support => return None,
    };
    Some(CustomKind { metadata_only, bears_workloads })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plural_and_group() {
        for kind in KINDS {
            let expected =
                if kind.group.is_empty() { kind.plural.to_owned() } else { format!("{}.{}", kind.plural, kind.group) };
            assert_eq!(kind.resource, expected);
            assert!(!kind.versions.is_empty());
            assert_eq!(super::kind(kind.resource), Some(kind), "each name stands once");
        }
    }

    #[test]
    fn nothing_secret_is_ever_listed() {
        for kind in KINDS {
            assert!(!matches!(kind.plural, "secrets" | "configmaps"), "{}", kind.resource);
        }
    }

    #[test]
    fn custom_resources_are_listed_where_they_say_something() {
        let tables = Tables::built_in().expect("the tables");
        let of = |group: &str, kind: &str| custom_kind(group, kind, &tables);
        assert_eq!(of("postgresql.cnpg.io", "Cluster").map(|kind| kind.bears_workloads), Some(true));
        assert_eq!(of("kyverno.io", "ClusterPolicy").map(|kind| kind.metadata_only), Some(true));
        assert_eq!(of("cert-manager.io", "Certificate"), None);
        assert_eq!(of("argoproj.io", "Rollout"), None, "it has its own row");
        assert_eq!(of("example.com", "Widget"), None, "unknown groups are not listed");
    }
}
