//! The facts of one system, or of the estate, as files tell them.

use super::FactType::{Boolean, Number};
use super::{FactEntry, WORKLOADS, system};
use crate::facts::{Fact, WorkloadView};
use crate::inventory::model::{GroupRoleOf, Origin};
use crate::inventory::pointers::ReachKind;
use crate::tables::GroupRole;

const AUTOSCALERS: &[&str] = &["horizontalpodautoscalers.autoscaling", "scaledobjects.keda.sh"];
const BUDGETS: &[&str] = &["poddisruptionbudgets.policy"];
const POLICIES: &[&str] = &["networkpolicies.networking.k8s.io"];
const TENANCY: &[&str] =
    &["resourcequotas", "rolebindings.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"];
const DEFINITIONS: &[&str] = &["customresourcedefinitions.apiextensions.k8s.io"];
const EXTENSIONS: &[&str] = &[
    "validatingwebhookconfigurations.admissionregistration.k8s.io",
    "mutatingwebhookconfigurations.admissionregistration.k8s.io",
    "apiservices.apiregistration.k8s.io",
    "csidrivers.storage.k8s.io",
];
const SERVICES: &[&str] = &["services"];
const NAMESPACES: &[&str] = &["namespaces"];

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    // The system: size and shape.
    system("system.workloads", Number, "workloads of the system", |s| s.count(|_| true)).needs_lists(WORKLOADS),
    system("system.kubernetes-workloads", Number, "workloads written as Kubernetes objects", |s| {
        s.count(|view| view.workload.origin == Origin::Kubernetes)
    })
    .needs_lists(WORKLOADS),
    system("system.services", Number, "long-running services, node agents left out", |s| s.services())
        .needs_lists(WORKLOADS),
    system("system.distinct-images", Number, "different images of long-running services", |s| s.distinct_images())
        .needs_lists(WORKLOADS),
    system("system.autoscaled", Number, "workloads whose autoscaler has a real range", |s| {
        s.count(|view| view.range().is_some_and(|range| range.value.1 > range.value.0))
    })
    .needs_lists(AUTOSCALERS),
    system("system.several-copies", Number, "services with two copies and more, the autoscaler at its maximum", |s| {
        s.several_copies()
    })
    .needs_lists(WORKLOADS),
    system(
        "system.kept-apart",
        Number,
        "services with two copies and more, a readiness probe, and a spread or a valid budget",
        |s| s.kept_apart(),
    )
    .needs_lists(BUDGETS),
    system("system.namespaces", Number, "namespaces that the workloads name", |s| {
        Fact::number(s.system.namespaces.len() as f64, [])
    }),
    system(
        "system.part-of-cluster",
        Boolean,
        "of a cluster only a part was read by choice: some namespaces, or some objects",
        |s| Fact::boolean(s.is_part_of_cluster(), []),
    ),
    system("system.cpu", Number, "vCPU with autoscalers at their maximum, assumed sizes included", |s| {
        s.footprint_fact(s.footprint.high.cpu)
    })
    .needs_lists(WORKLOADS),
    system("system.memory", Number, "GiB with autoscalers at their maximum, assumed sizes included", |s| {
        s.footprint_fact(s.footprint.high.memory_gib)
    })
    .needs_lists(WORKLOADS),
    system("system.written-cpu", Number, "vCPU with autoscalers at their maximum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_high.cpu)
    })
    .needs_lists(WORKLOADS),
    system("system.written-memory", Number, "GiB with autoscalers at their maximum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_high.memory_gib)
    })
    .needs_lists(WORKLOADS),
    system("system.least-cpu", Number, "vCPU with autoscalers at their minimum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_low.cpu)
    })
    .needs_lists(WORKLOADS),
    system("system.least-memory", Number, "GiB with autoscalers at their minimum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_low.memory_gib)
    })
    .needs_lists(WORKLOADS),
    system("system.sizes-written", Number, "share of containers with a written size, 0 to 1", |s| {
        Fact::number(s.footprint.written_share(), [])
    })
    .of_the_whole(),
    system(
        "system.agents-share",
        Number,
        "part of the written sizes on one host that agents of the nodes take, 0 to 1",
        |s| s.agents_share(),
    )
    .needs_lists(WORKLOADS)
    .of_the_whole(),
    // The system: what targets limit.
    system("system.largest-pod-cpu", Number, "vCPU of the largest single pod or service, where written", |s| {
        s.largest_pod(s.footprint.largest_pod.cpu)
    })
    .needs_lists(WORKLOADS),
    system("system.largest-pod-memory", Number, "GiB of the largest single pod or service, where written", |s| {
        s.largest_pod(s.footprint.largest_pod.memory_gib)
    })
    .needs_lists(WORKLOADS),
    system("system.largest-copies", Number, "copies of one workload at most", |s| s.most_copies())
        .needs_lists(WORKLOADS),
    system("system.accelerators", Number, "accelerator devices of all workloads", |s| s.accelerators())
        .needs_lists(WORKLOADS),
    system("system.volume-with-copies", Boolean, "a workload has both a volume and several copies", |s| {
        s.volume_with_copies()
    })
    .needs_lists(WORKLOADS),
    system("system.windows", Boolean, "a workload runs on Windows", |s| s.windows()).needs_lists(WORKLOADS),
    system("system.static-files", Boolean, "everything that serves only serves files", |s| s.static_files())
        .needs_lists(WORKLOADS)
        .of_the_whole(),
    // The system: what it uses.
    system("system.accelerator-workloads", Number, "workloads that ask for accelerators", |s| {
        s.accelerator_workloads()
    })
    .needs_lists(WORKLOADS),
    system(
        "system.accelerator-sharing",
        Number,
        "resources that share accelerators, queue for them or start gangs",
        |s| s.accelerator_sharing(),
    )
    .needs_lists(&["@accelerators", "@batch-operator"]),
    system("system.data-resources", Number, "custom resources of data operators", |s| {
        s.count(|view| view.workload.custom.as_ref().is_some_and(|custom| GroupRoleOf(custom.role).id() == "data"))
    })
    .needs_lists(&["@data-operator"]),
    system("system.node-pools", Number, "resources that let hosts come and go", |s| s.foreign_of(GroupRole::NodePools))
        .needs_lists(&["@node-pools"]),
    system("system.host-scalers", Number, "controllers that let hosts come and go", |s| s.host_scalers()),
    system("system.host-kinds", Number, "different kinds of hosts that workloads ask for by labels", |s| {
        s.host_kinds()
    }),
    system("system.cluster-resources", Number, "resources that spread workloads over several clusters", |s| {
        s.foreign_of(GroupRole::Clusters)
    })
    .needs_lists(&["@clusters"]),
    system("system.every-cluster", Number, "pointers that lead to every cluster that is registered", |s| {
        s.reaches(|kind| *kind == ReachKind::EveryCluster)
    }),
    system("system.named-clusters", Number, "different clusters that pointers name", |s| s.named_clusters()),
    system("system.listed-clusters", Number, "different clusters that are listed for one application", |s| {
        s.listed_clusters()
    }),
    system("system.regions", Number, "different cloud regions that overlays and clusters are named after", |s| {
        s.regions()
    }),
    system("system.previews", Number, "pointers that give every proposed change an environment", |s| {
        s.reaches(|kind| *kind == ReachKind::Previews)
    }),
    system("system.weighted-routes", Number, "routes that divide traffic by weights", |s| s.weighted_routes())
        .needs_lists(&["@mesh", "httproutes.gateway.networking.k8s.io", "grpcroutes.gateway.networking.k8s.io"]),
    system("system.policies", Number, "policies that decide what the cluster admits", |s| {
        s.foreign_of(GroupRole::Policies)
    })
    .needs_lists(&[
        "@policies",
        "validatingadmissionpolicies.admissionregistration.k8s.io",
        "mutatingadmissionpolicies.admissionregistration.k8s.io",
    ]),
    system("system.mesh-resources", Number, "policies and routes of a service mesh", |s| s.foreign_of(GroupRole::Mesh))
        .needs_lists(&["@mesh"]),
    system("system.mesh-strict", Number, "mesh policies that make mutual TLS mandatory or restrict callers", |s| {
        s.strict_mesh()
    })
    .needs_lists(&["@mesh"]),
    system("system.mesh-injected", Boolean, "pods or namespaces ask for a mesh sidecar", |s| s.mesh_injection())
        .needs_lists(NAMESPACES),
    system("system.progressive-delivery", Number, "resources of progressive delivery", |s| {
        s.foreign_of(GroupRole::Delivery)
    })
    .needs_lists(&["@delivery"]),
    system("system.foreign-resources", Number, "other custom resources, which bear no workload", |s| {
        let places = s.foreign(|foreign| matches!(foreign.role, Some(GroupRole::Support) | None));
        Fact::number(places.len() as f64, places)
    }),
    system("system.network-policies", Number, "network policies", |s| {
        let places = s.network_policies();
        Fact::number(places.len() as f64, places)
    })
    .needs_lists(POLICIES),
    system("system.guarded-namespaces", Number, "namespaces whose traffic is denied by default", |s| {
        s.guarded_namespaces()
    })
    .needs_lists(POLICIES),
    system("system.quota-namespaces", Number, "namespaces with a quota", |s| s.namespaces_with(true, false))
        .needs_lists(TENANCY),
    system("system.people-namespaces", Number, "namespaces with people or groups bound to them", |s| {
        s.namespaces_with(false, true)
    })
    .needs_lists(TENANCY),
    system("system.tenant-namespaces", Number, "namespaces with a quota and people of their own", |s| {
        s.namespaces_with(true, true)
    })
    .needs_lists(TENANCY),
    system("system.people", Number, "different people and groups that are bound to its namespaces", |s| s.people())
        .needs_lists(TENANCY),
    system("system.everybody-administers", Boolean, "everybody who is logged in is an administrator", |s| {
        s.everybody_administers()
    })
    .needs_lists(TENANCY),
    // The system: the Kubernetes API.
    system("system.definitions", Number, "definitions of custom resources", |s| {
        let places: Vec<_> = s.definitions().into_iter().map(|(_, definition)| definition.place).collect();
        Fact::number(places.len() as f64, places)
    })
    .needs_lists(DEFINITIONS),
    system(
        "system.definitions-outnumber",
        Boolean,
        "there are more definitions of custom resources than workloads",
        |s| {
            let definitions = s.definitions();
            let more = definitions.len() > s.system.workloads.len();
            Fact::boolean(more, definitions.into_iter().take(3).map(|(_, definition)| definition.place))
        },
    )
    .needs_lists(DEFINITIONS)
    .of_the_whole(),
    system("system.controlled-definitions", Number, "definitions whose controller is in the files", |s| {
        s.controlled_definitions()
    })
    .needs_lists(DEFINITIONS),
    system(
        "system.extensions",
        Number,
        "admission webhooks and aggregated APIs with a service, and CSI drivers",
        |s| s.extensions(),
    )
    .needs_lists(EXTENSIONS),
    system("system.node-agents-only", Boolean, "the system is made of agents of the nodes alone", |s| {
        s.node_agents_only()
    })
    .needs_lists(WORKLOADS)
    .of_the_whole(),
    // The system: habits.
    system("system.all-single", Boolean, "every service runs one copy without a readiness probe", |s| {
        s.all_single_and_unprobed()
    })
    .needs_lists(WORKLOADS)
    .of_the_whole(),
    system("system.single-store", Boolean, "services with several copies stand before a store with one", |s| {
        s.single_store_behind_copies()
    })
    .needs_lists(WORKLOADS)
    .of_the_whole(),
    system("system.timed-jobs-only", Boolean, "there is nothing but timed jobs", |s| s.timed_jobs_only())
        .needs_lists(WORKLOADS)
        .of_the_whole(),
    system(
        "system.external-services",
        Number,
        "services reachable from outside by a load balancer or node port",
        |s| s.external_services(),
    )
    .needs_lists(SERVICES),
    system("system.swarm-keys", Number, "Compose services with keys that Swarm obeys and Compose ignores", |s| {
        Fact::number_of(s.raw_workloads().filter_map(|workload| workload.swarm_keys).collect())
    }),
    system("system.floating-images", Number, "images without a version, or of the latest one", |s| s.floating_images()),
    system("system.idle-services", Number, "Services that select no pod of these files", |s| s.idle_services())
        .needs_lists(SERVICES)
        .of_the_whole(),
    system("system.idle-budgets", Number, "disruption budgets that select no pod of these files", |s| s.idle_budgets())
        .needs_lists(BUDGETS)
        .of_the_whole(),
    system("system.idle-policies", Number, "network policies that select no pod of these files", |s| s.idle_policies())
        .needs_lists(POLICIES)
        .of_the_whole(),
    system("system.dangling-autoscalers", Number, "autoscalers whose target is not in the files", |s| {
        s.dangling_autoscalers()
    })
    .needs_lists(AUTOSCALERS)
    .of_the_whole(),
    system(
        "system.opaque",
        Number,
        "pointers to workloads that are not visible, and workloads in what could not be read",
        |s| s.opaque(|_| true),
    ),
    system("system.unrendered", Number, "workloads of templates that were not rendered, read in part", |s| {
        s.count(WorkloadView::is_partial)
    }),
    system("system.gitops", Number, "pointers of Flux or Argo CD", |s| {
        s.pointers(|kind| matches!(kind, "HelmRelease" | "Kustomization" | "Application" | "ApplicationSet"))
    }),
];
