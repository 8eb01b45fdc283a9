//! What an inventory holds: lean views of the objects that say something about need, each with its places in the
//! input. Every field that a file may leave out can be absent here.

mod pods;

pub use pods::{Container, Pod, Port, Size, Strictness, Volume, VolumeKind};

use std::collections::{BTreeMap, BTreeSet};

use super::pointers::{Copied, Followed, Pointer, Reach};
use super::rights::{Binding, Role};
use super::selector::{Labels, Selector};
use crate::language::{Prose, say};
use crate::tables::GroupRole;
use crate::text::SourceId;
use crate::yaml::Place;

/// A value together with where it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// Something that a file may say, leave out, or say in a way that cannot be known from the file.
#[derive(Clone, Debug, PartialEq)]
pub enum Stated<T> {
    /// Not written.
    Absent,
    /// Written.
    Known(Written<T>),
    /// Written, but its value depends on what is not in the files.
    Unknown {
        /// Why the value cannot be known.
        reason: Prose,
        /// Where it stands.
        place: Place,
    },
}

/// Why nothing can be known of what stands in a template.
pub(crate) fn not_rendered() -> Prose {
    say!("the template is not rendered")
}

impl<T: Copy> Stated<T> {
    /// The value, if it is written and known.
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(written) => Some(written.value),
            _ => None,
        }
    }

    /// Where it is written.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Known(written) => Some(written.place),
            Self::Unknown { place, .. } => Some(*place),
            Self::Absent => None,
        }
    }
}

/// Where an object comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A Kubernetes object.
    Kubernetes,
    /// A service of a Compose project.
    Compose,
}

/// The kind of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkloadKind {
    /// Deployment.
    Deployment,
    /// StatefulSet.
    StatefulSet,
    /// DaemonSet, and a Compose service in global mode.
    DaemonSet,
    /// Job.
    Job,
    /// CronJob.
    CronJob,
    /// A Pod without a controller.
    Pod,
    /// ReplicaSet.
    ReplicaSet,
    /// ReplicationController.
    ReplicationController,
    /// Argo Rollout.
    Rollout,
    /// Knative Service.
    KnativeService,
    /// KEDA ScaledJob.
    ScaledJob,
    /// OpenShift DeploymentConfig.
    DeploymentConfig,
    /// A service of a Compose project.
    ComposeService,
    /// A custom resource that holds containers, a member count or storage.
    CustomResource,
}

impl WorkloadKind {
    /// Its name in the condition language, lower case with dashes.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::StatefulSet => "stateful-set",
            Self::DaemonSet => "daemon-set",
            Self::Job => "job",
            Self::CronJob => "cron-job",
            Self::Pod => "pod",
            Self::ReplicaSet => "replica-set",
            Self::ReplicationController => "replication-controller",
            Self::Rollout => "rollout",
            Self::KnativeService => "knative-service",
            Self::ScaledJob => "scaled-job",
            Self::DeploymentConfig => "deployment-config",
            Self::ComposeService => "compose-service",
            Self::CustomResource => "custom-resource",
        }
    }

    /// Whether it runs to an end instead of serving.
    #[must_use]
    pub fn is_batch(self) -> bool {
        matches!(self, Self::Job | Self::CronJob | Self::ScaledJob)
    }
}

/// The identity of an object. The groups of Kubernetes itself are left out, so that `extensions/v1beta1` and `apps/v1`
/// meet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The kind as written; `service` for Compose.
    pub kind: String,
    /// The API group of a custom resource; empty for everything else.
    pub group: String,
    /// The namespace, empty for none and for `default`; the project's folder for Compose.
    pub scope: String,
    /// The name.
    pub name: String,
}

/// What a custom resource that bears a workload says.
#[derive(Clone, Debug)]
pub struct Custom {
    /// Its API group.
    pub group: String,
    /// Its kind.
    pub kind: String,
    /// What the group is for; none where it is not listed.
    pub role: Option<GroupRole>,
    /// The engine of a data operator.
    pub engine: Option<String>,
    /// The number of members.
    pub members: Option<Written<f64>>,
    /// Whether it names a kind of accelerator, as queues and quotas do.
    pub names_accelerator: bool,
}

/// One workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its identity.
    pub key: Key,
    /// Its kind.
    pub kind: WorkloadKind,
    /// Where it comes from.
    pub origin: Origin,
    /// Where it is written: its name.
    pub place: Place,
    /// Where its kind is written; the service's name for Compose.
    pub kind_place: Place,
    /// The file that holds it.
    pub source: SourceId,
    /// Its own labels.
    pub labels: Labels,
    /// Copies as written.
    pub copies: Stated<f64>,
    /// Its pods: one, or several for custom resources.
    pub pods: Vec<Pod>,
    /// Claims made per copy (`volumeClaimTemplates`).
    pub claim_templates: Vec<Volume>,
    /// The governing service of a StatefulSet.
    pub service_name: Option<Written<String>>,
    /// `Recreate`: the old copies stop before the new ones start.
    pub recreates: Option<Place>,
    /// How many copies may be missing while new ones start, where written.
    pub may_be_missing: Option<(Amount, Place)>,
    /// Where it is said to run beside a release: a hook of Helm or Argo CD.
    pub hook: Option<Place>,
    /// Keys that Swarm alone obeys (Compose).
    pub swarm_keys: Option<Place>,
    /// A canary or blue-green strategy with steps or analysis.
    pub canary: Option<Place>,
    /// Jobs that run at once.
    pub parallelism: Option<Written<f64>>,
    /// Indexed completion.
    pub indexed: Option<Place>,
    /// The timetable.
    pub schedule: Option<Place>,
    /// Where it is switched off.
    pub suspended: Option<Place>,
    /// Copies follow load within the workload itself (Knative, Ray): minimum and maximum.
    pub own_range: Option<Written<(f64, f64)>>,
    /// Where it is said that a stopped container starts again; a controller's own kind says so.
    pub restarts: Option<Place>,
    /// Made by a converter such as kompose.
    pub converted: Option<Place>,
    /// What a custom resource adds.
    pub custom: Option<Custom>,
    /// The Helm release that it belongs to, as a live cluster says.
    pub release: Option<Box<str>>,
    /// For a workload of a live cluster: the same one as files write it.
    pub written: Option<Box<Self>>,
}

impl Workload {
    /// The pod, or the first of several.
    #[must_use]
    pub fn pod(&self) -> Option<&Pod> {
        self.pods.first()
    }

    /// Every container of every pod.
    pub fn containers(&self) -> impl Iterator<Item = &Container> {
        self.pods.iter().flat_map(|pod| &pod.containers)
    }

    /// `Kind/namespace/name`, or `service/project/name`.
    #[must_use]
    pub fn object_name(&self) -> String {
        let kind = if self.origin == Origin::Compose { "service" } else { &self.key.kind };
        // The namespace of a chart's release is not known before it is installed.
        if self.key.scope.is_empty() || crate::yaml::is_unknown(&self.key.scope) {
            format!("{kind}/{}", self.key.name)
        } else {
            format!("{kind}/{}/{}", self.key.scope, self.key.name)
        }
    }
}

/// An autoscaler: a HorizontalPodAutoscaler or a KEDA ScaledObject.
#[derive(Clone, Debug)]
pub struct Autoscaler {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The kind and name of what it scales; none where it does not say.
    pub target: Option<(String, String)>,
    /// Least copies.
    pub minimum: Stated<f64>,
    /// Most copies.
    pub maximum: Stated<f64>,
    /// Where the range is best shown: the maximum, else the object.
    pub place: Place,
    /// Whether a metric needs requests (a resource utilisation target).
    pub needs_requests: bool,
    /// A written scaling behaviour.
    pub behaviour: Option<Place>,
    /// Driven by events (KEDA), so that it may go to zero.
    pub by_events: bool,
    /// The file that holds it.
    pub source: SourceId,
}

/// A PodDisruptionBudget.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Which pods.
    pub selector: Selector,
    /// `minAvailable` as written: a number, or a share of the copies.
    pub minimum_available: Option<Amount>,
    /// `maxUnavailable` as written.
    pub maximum_unavailable: Option<Amount>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// A number of pods, or a share of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// So many.
    Count(f64),
    /// So many in a hundred.
    Percent(f64),
}

/// A Service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Which pods.
    pub selector: Selector,
    /// Where it says which.
    pub selector_place: Place,
    /// Without an address of its own.
    pub headless: bool,
    /// Where it is made reachable from outside (`LoadBalancer`, `NodePort`).
    pub external: Option<Place>,
    /// Where it is said that a client always reaches the same copy.
    pub sticky: Option<Place>,
    /// Ports.
    pub ports: Vec<Port>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// An Ingress, Gateway or route.
#[derive(Clone, Debug)]
pub struct Route {
    /// Its kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// The services it leads to.
    pub services: Vec<String>,
    /// Where it is said that a client always reaches the same copy.
    pub sticky: Option<Place>,
    /// Where it divides traffic by weights.
    pub weighted: Option<Place>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// A PersistentVolumeClaim, or a named volume of Compose.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Whether several pods on several hosts may write it.
    pub shared: Option<Place>,
    /// Where it is said that one host alone may use it.
    pub one_host: Option<Place>,
    /// Where it is written.
    pub place: Place,
}

/// A NetworkPolicy.
#[derive(Clone, Debug)]
pub struct NetworkPolicy {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Which pods it guards.
    pub selector: Selector,
    /// Whether it forbids anything: a policy with an empty rule allows everything.
    pub restricts: bool,
    /// Whether it forbids everything that no other policy allows.
    pub denies_by_default: bool,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// A CustomResourceDefinition.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The API group that it adds.
    pub group: String,
    /// The kind that it adds.
    pub kind: String,
    /// The full name, `plural.group`.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
    /// Its own labels.
    pub labels: Labels,
}

/// Something that plugs into the API server: an admission webhook or an aggregated API, with the service behind it.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The service behind it: namespace and name.
    pub service: Option<(String, String)>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
    /// Its own labels.
    pub labels: Labels,
}

/// A custom resource that bears no workload.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// What the group is for; none where it is not listed.
    pub role: Option<GroupRole>,
    /// For mesh policies: where mutual TLS is made mandatory, or access restricted.
    pub strict: Option<Place>,
    /// For canaries of Flagger: the kind and name of the workload, with the place of the analysis.
    pub canary_of: Option<(String, String, Place)>,
    /// For routes of a mesh: where they divide traffic by weights.
    pub weighted: Option<Place>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// A pointer to workloads that are not in the files, or a document that could not be understood and names workloads.
#[derive(Clone, Debug, PartialEq)]
pub struct Opaque {
    /// The kind that points, or the kind found by scanning the text.
    pub kind: String,
    /// Its namespace and name, empty where they could not be read.
    pub name: String,
    /// Why its workloads are not visible.
    pub reason: Prose,
    /// Where it is written; none where only the text of a file was scanned.
    pub place: Option<Place>,
    /// The file that holds it.
    pub source: SourceId,
}

/// A namespace with what it says about tenancy.
#[derive(Clone, Debug, Default)]
pub struct Namespace {
    /// Its quota and its people; most namespaces have neither, and there may be many.
    pub tenancy: Option<Box<Tenancy>>,
    /// A label that asks for a mesh sidecar.
    pub mesh_injected: Option<Place>,
}

/// What the quota and the bindings of a namespace say.
#[derive(Clone, Debug, Default)]
pub struct Tenancy {
    /// What a ResourceQuota limits.
    pub quota: Option<Place>,
    /// The pods, the vCPU and the GiB that the quota leaves.
    pub left: [Option<Written<f64>>; 3],
    /// A binding of people or groups.
    pub binding: Option<Place>,
    /// The names of people and groups that are bound.
    pub people: BTreeSet<String>,
}

/// Everything that was understood, before it is linked and grouped.
#[derive(Clone, Debug, Default)]
pub struct Objects {
    /// Workloads.
    pub workloads: Vec<Workload>,
    /// Autoscalers.
    pub autoscalers: Vec<Autoscaler>,
    /// Disruption budgets.
    pub budgets: Vec<Budget>,
    /// Services.
    pub services: Vec<Service>,
    /// Ingresses, gateways and routes.
    pub routes: Vec<Route>,
    /// Claims.
    pub claims: Vec<Claim>,
    /// Network policies.
    pub network_policies: Vec<NetworkPolicy>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Bindings.
    pub bindings: Vec<Binding>,
    /// Names of the service accounts, with their namespace.
    pub service_accounts: Vec<(String, String)>,
    /// Definitions.
    pub definitions: Vec<Definition>,
    /// Admission webhooks and aggregated APIs.
    pub extensions: Vec<Extension>,
    /// CSI drivers.
    pub drivers: Vec<Extension>,
    /// Custom resources without a workload.
    pub foreign: Vec<Foreign>,
    /// Pointers that lead out of the files, and what was not understood.
    pub opaque: Vec<Opaque>,
    /// What Flux copies into artifacts.
    pub artifacts: Vec<Copied>,
    /// Pointers that were not followed yet.
    pub pointers: Vec<Pointer>,
    /// Pointers to what is among the files.
    pub followed: Vec<Followed>,
    /// How far pointers reach: to which clusters, and whether each change gets an environment.
    pub reaches: Vec<Reach>,
    /// The files of documents that could not be read and name no workload, each content once.
    pub unreadable: Vec<SourceId>,
    /// The folders of files that could not be opened or are no text.
    pub unread_folders: Vec<String>,
    /// Workloads that another one made, with the kind and the name of that one.
    pub owned: BTreeMap<Key, (String, String)>,
    /// Files that hold templates which were not rendered, and the descriptions of such charts.
    pub templates: Vec<SourceId>,
    /// Namespaces that the files mention.
    pub namespaces: BTreeMap<String, Namespace>,
    /// ConfigMaps that hold web pages: namespace and name.
    pub page_maps: Vec<(String, String)>,
    /// What files write and the cluster does not have.
    pub unapplied: Vec<Unapplied>,
}

/// Something that files write and the cluster beside them does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapplied {
    /// The resource, as in `deployments.apps`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

impl Objects {
    /// Adds everything of another collection.
    pub fn append(&mut self, other: Self) {
        self.workloads.extend(other.workloads);
        self.autoscalers.extend(other.autoscalers);
        self.budgets.extend(other.budgets);
        self.services.extend(other.services);
        self.routes.extend(other.routes);
        self.claims.extend(other.claims);
        self.network_policies.extend(other.network_policies);
        self.roles.extend(other.roles);
        self.bindings.extend(other.bindings);
        self.service_accounts.extend(other.service_accounts);
        self.definitions.extend(other.definitions);
        self.extensions.extend(other.extensions);
        self.drivers.extend(other.drivers);
        self.foreign.extend(other.foreign);
        self.opaque.extend(other.opaque);
        self.artifacts.extend(other.artifacts);
        self.pointers.extend(other.pointers);
        self.followed.extend(other.followed);
        self.reaches.extend(other.reaches);
        self.unreadable.extend(other.unreadable);
        self.unread_folders.extend(other.unread_folders);
        self.owned.extend(other.owned);
        self.templates.extend(other.templates);
        self.page_maps.extend(other.page_maps);
        self.unapplied.extend(other.unapplied);
        for (name, namespace) in other.namespaces {
            let known = self.namespaces.entry(name).or_default();
            if let Some(tenancy) = namespace.tenancy {
                let known = known.tenancy.get_or_insert_default();
                for (known, amount) in known.left.iter_mut().zip(tenancy.left) {
                    *known = known.or(amount);
                }
                known.people.extend(tenancy.people);
                known.quota = known.quota.or(tenancy.quota);
                known.binding = known.binding.or(tenancy.binding);
            }
            known.mesh_injected = known.mesh_injected.or(namespace.mesh_injected);
        }
    }
}

/// The role of a custom resource's group as the condition language names it.
#[derive(Clone, Copy, Debug)]
pub struct GroupRoleOf(pub Option<GroupRole>);

impl GroupRoleOf {
    /// `data`, `batch` or `other`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self.0 {
            Some(GroupRole::DataOperator) => "data",
            Some(GroupRole::BatchOperator) => "batch",
            _ => "other",
        }
    }
}
