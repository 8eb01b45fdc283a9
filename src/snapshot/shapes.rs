//! What is kept of each kind. A field stands here because the inventory reads it, for no other reason; see
//! `docs/snapshot.md`.

use super::shape::Shape::{
    self, Amount, Annotations, Container, Count, Custom, Fields, Flag, Hidden, HostLabels, HostRequirement, Image,
    Labels, List, Owners, Presence, Resources, Sidecars, Size, Subjects, Text, Word,
};

/// A container, without its commands and variables.
pub(super) const CONTAINER: &[(&str, Shape)] = &[
    ("image", Image),
    ("restartPolicy", Word(&["Always"])),
    (
        "ports",
        List(&Fields(&[("containerPort", Count), ("hostPort", Count), ("protocol", Word(&["TCP", "UDP", "SCTP"]))])),
    ),
    ("resources", Fields(&[("requests", Resources), ("limits", Resources), ("claims", Presence)])),
    ("volumeMounts", List(&Fields(&[("name", Text)]))),
    ("readinessProbe", Presence),
    ("livenessProbe", Presence),
    ("startupProbe", Presence),
    ("securityContext", Fields(&[("privileged", Flag)])),
    ("seen", Fields(&[("names-itself", Flag)])),
];

const ACCESS_MODES: Shape = List(&Word(&["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]));
const CLAIM: Shape = Fields(&[("accessModes", ACCESS_MODES)]);
const CLAIM_TEMPLATE: Shape = Fields(&[("metadata", Fields(&[("name", Text)])), ("spec", CLAIM)]);

/// A label selector, or the plain mapping of labels that Services use.
const SELECTOR: Shape = Fields(&[
    ("matchLabels", Labels),
    ("matchExpressions", List(&Fields(&[("key", Text), ("operator", Text), ("values", List(&Text))]))),
]);

const AFFINITY_TERM: &[(&str, Shape)] = &[("topologyKey", Text), ("labelSelector", SELECTOR)];
const POD_AFFINITY: Shape = Fields(&[
    ("requiredDuringSchedulingIgnoredDuringExecution", List(&Fields(AFFINITY_TERM))),
    (
        "preferredDuringSchedulingIgnoredDuringExecution",
        List(&Fields(&[
            ("podAffinityTerm", Fields(AFFINITY_TERM)),
            ("topologyKey", Text),
            ("labelSelector", SELECTOR),
        ])),
    ),
]);

const VOLUME: Shape = Fields(&[
    ("name", Text),
    ("persistentVolumeClaim", Fields(&[("claimName", Text)])),
    ("ephemeral", Fields(&[("volumeClaimTemplate", Fields(&[("spec", CLAIM)]))])),
    ("hostPath", Fields(&[("path", Text)])),
    ("nfs", Presence),
    ("cephfs", Presence),
    ("glusterfs", Presence),
    ("azureFile", Presence),
    ("awsElasticBlockStore", Presence),
    ("azureDisk", Presence),
    ("cinder", Presence),
    ("gcePersistentDisk", Presence),
    ("iscsi", Presence),
    ("rbd", Presence),
    ("vsphereVolume", Presence),
    ("fc", Presence),
    ("portworxVolume", Presence),
    ("flexVolume", Presence),
    ("configMap", Fields(&[("name", Text)])),
]);

/// A pod specification.
pub(super) const POD: &[(&str, Shape)] = &[
    ("containers", List(&Container)),
    ("initContainers", Sidecars),
    ("volumes", List(&VOLUME)),
    ("serviceAccountName", Text),
    ("serviceAccount", Text),
    ("nodeName", Hidden),
    ("nodeSelector", HostLabels),
    (
        "affinity",
        Fields(&[
            (
                "nodeAffinity",
                Fields(&[(
                    "requiredDuringSchedulingIgnoredDuringExecution",
                    Fields(&[(
                        "nodeSelectorTerms",
                        List(&Fields(&[
                            ("matchExpressions", List(&HostRequirement)),
                            ("matchFields", List(&HostRequirement)),
                        ])),
                    )]),
                )]),
            ),
            ("podAffinity", POD_AFFINITY),
            ("podAntiAffinity", POD_AFFINITY),
        ]),
    ),
    (
        "topologySpreadConstraints",
        List(&Fields(&[
            ("topologyKey", Text),
            ("whenUnsatisfiable", Word(&["DoNotSchedule", "ScheduleAnyway"])),
            ("labelSelector", SELECTOR),
        ])),
    ),
    ("priorityClassName", Text),
    ("hostNetwork", Flag),
    ("hostPID", Flag),
    ("hostIPC", Flag),
    ("os", Fields(&[("name", Text)])),
    ("resourceClaims", Presence),
];

const TEMPLATE: Shape =
    Fields(&[("metadata", Fields(&[("labels", Labels), ("annotations", Annotations)])), ("spec", Fields(POD))]);

/// What every object keeps of its metadata.
pub(super) const METADATA: Shape = Fields(&[
    ("name", Text),
    ("namespace", Text),
    ("labels", Labels),
    ("annotations", Annotations),
    ("ownerReferences", Owners),
]);

const SERVICE_REFERENCE: Shape = Fields(&[("service", Fields(&[("name", Text), ("namespace", Text)]))]);
const STRATEGY: Shape = Fields(&[("type", Text), ("rollingUpdate", Fields(&[("maxUnavailable", Amount)]))]);
const STEPS: Shape = Fields(&[("steps", Presence), ("analysis", Presence), ("prePromotionAnalysis", Presence)]);
const JOB: &[(&str, Shape)] =
    &[("parallelism", Count), ("completionMode", Text), ("suspend", Flag), ("template", TEMPLATE)];
const BACKEND: Shape = Fields(&[("serviceName", Text), ("service", Fields(&[("name", Text)]))]);
const METRIC_TARGET: Shape = Fields(&[("target", Fields(&[("type", Text)])), ("targetAverageValue", Size)]);
const TARGET: Shape = Fields(&[("kind", Text), ("name", Text)]);
const ROUTE_RULES: Shape =
    Fields(&[("rules", List(&Fields(&[("backendRefs", List(&Fields(&[("name", Text), ("weight", Count)])))])))]);
const ROLE_RULES: Shape =
    List(&Fields(&[("apiGroups", List(&Text)), ("resources", List(&Text)), ("verbs", List(&Text))]));

type Parts = &'static [(&'static str, Shape)];

/// What is kept beside the metadata of an object of a group and kind: top-level fields in their order. Custom resources
/// of other groups keep what can be read without knowing them.
pub(super) fn parts(group: &str, kind: &str) -> Parts {
    match (group, kind) {
        ("apps", "Deployment") => {
            &[("spec", Fields(&[("replicas", Count), ("strategy", STRATEGY), ("template", TEMPLATE)]))]
        }
        ("apps", "StatefulSet") => &[(
            "spec",
            Fields(&[
                ("replicas", Count),
                ("serviceName", Text),
                ("template", TEMPLATE),
                ("volumeClaimTemplates", List(&CLAIM_TEMPLATE)),
            ]),
        )],
        ("apps", "DaemonSet") => &[("spec", Fields(&[("template", TEMPLATE)]))],
        ("apps", "ReplicaSet") | ("", "ReplicationController") => {
            &[("spec", Fields(&[("replicas", Count), ("template", TEMPLATE)]))]
        }
        ("apps.openshift.io", "DeploymentConfig") => {
            &[("spec", Fields(&[("replicas", Count), ("strategy", STRATEGY), ("template", TEMPLATE)]))]
        }
        ("", "Pod") => &[("spec", Fields(POD))],
        ("batch", "Job") => &[("spec", Fields(JOB))],
        ("batch", "CronJob") => &[(
            "spec",
            Fields(&[("schedule", Text), ("suspend", Flag), ("jobTemplate", Fields(&[("spec", Fields(JOB))]))]),
        )],
        ("argoproj.io", "Rollout") => &[(
            "spec",
            Fields(&[
                ("replicas", Count),
                ("workloadRef", TARGET),
                ("strategy", Fields(&[("canary", STEPS), ("blueGreen", STEPS)])),
                ("template", TEMPLATE),
            ]),
        )],
        ("serving.knative.dev", "Service") => &[("spec", Fields(&[("template", TEMPLATE)]))],
        ("keda.sh", "ScaledJob") => &[("spec", Fields(&[("jobTargetRef", Fields(JOB))]))],
        ("keda.sh", "ScaledObject") => &[(
            "spec",
            Fields(&[
                ("scaleTargetRef", TARGET),
                ("minReplicaCount", Count),
                ("maxReplicaCount", Count),
                ("triggers", List(&Fields(&[("type", Text)]))),
                ("advanced", Fields(&[("horizontalPodAutoscalerConfig", Fields(&[("behavior", Presence)]))])),
            ]),
        )],
        ("autoscaling", "HorizontalPodAutoscaler") => &[(
            "spec",
            Fields(&[
                ("scaleTargetRef", TARGET),
                ("minReplicas", Count),
                ("maxReplicas", Count),
                (
                    "metrics",
                    List(&Fields(&[("type", Text), ("resource", METRIC_TARGET), ("containerResource", METRIC_TARGET)])),
                ),
                ("behavior", Presence),
            ]),
        )],
        ("policy", "PodDisruptionBudget") => {
            &[("spec", Fields(&[("minAvailable", Amount), ("maxUnavailable", Amount), ("selector", SELECTOR)]))]
        }
        ("", "Service") => &[(
            "spec",
            Fields(&[
                ("type", Text),
                ("clusterIP", Word(&["None"])),
                ("selector", Labels),
                ("sessionAffinity", Word(&["ClientIP", "None"])),
                ("ports", List(&Fields(&[("port", Count), ("protocol", Word(&["TCP", "UDP", "SCTP"]))]))),
            ]),
        )],
        ("networking.k8s.io", "Ingress") => &[(
            "spec",
            Fields(&[
                ("defaultBackend", BACKEND),
                ("backend", BACKEND),
                ("rules", List(&Fields(&[("http", Fields(&[("paths", List(&Fields(&[("backend", BACKEND)])))]))]))),
            ]),
        )],
        ("gateway.networking.k8s.io", "Gateway") => &[("spec", Presence)],
        ("gateway.networking.k8s.io", _) => &[("spec", ROUTE_RULES)],
        ("", "PersistentVolumeClaim") => &[("spec", CLAIM)],
        ("", "Namespace") => &[],
        ("", "ResourceQuota") => &[(
            "spec",
            Fields(&[(
                "hard",
                Fields(&[
                    ("pods", Size),
                    ("count/pods", Size),
                    ("requests.cpu", Size),
                    ("cpu", Size),
                    ("requests.memory", Size),
                    ("memory", Size),
                ]),
            )]),
        )],
        ("networking.k8s.io", "NetworkPolicy") => &[(
            "spec",
            Fields(&[
                ("podSelector", SELECTOR),
                ("policyTypes", List(&Word(&["Ingress", "Egress"]))),
                ("ingress", List(&PEERS)),
                ("egress", List(&PEERS)),
            ]),
        )],
        ("rbac.authorization.k8s.io", "Role") => &[("rules", ROLE_RULES)],
        ("rbac.authorization.k8s.io", "ClusterRole") => &[("rules", ROLE_RULES), ("aggregationRule", Presence)],
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            &[("roleRef", TARGET), ("subjects", Subjects)]
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            &[("spec", Fields(&[("group", Text), ("names", Fields(&[("kind", Text)]))]))]
        }
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration") => {
            &[("webhooks", List(&Fields(&[("clientConfig", SERVICE_REFERENCE)])))]
        }
        ("admissionregistration.k8s.io", _) | ("storage.k8s.io", "CSIDriver") => &[],
        ("apiregistration.k8s.io", "APIService") => &[("spec", SERVICE_REFERENCE)],
        _ => &[("spec", Custom)],
    }
}

/// The peers of a rule: an empty rule allows everything, any other one something.
const PEERS: Shape = Fields(&[("from", Presence), ("to", Presence), ("ports", Presence)]);
