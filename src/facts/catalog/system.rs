//! The facts of one system, or of the estate, as files tell them.

use super::FactType::{Boolean, Number};
use super::{FactEntry, system};
use crate::facts::{Fact, WorkloadView};
use crate::inventory::model::{GroupRoleOf, Origin};
use crate::inventory::pointers::ReachKind;
use crate::tables::GroupRole;

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    // The system: size and shape.
    system("system.workloads", Number, "workloads of the system", |s| s.count(|_| true)),
    system("system.kubernetes-workloads", Number, "workloads written as Kubernetes objects", |s| {
        s.count(|view| view.workload.origin == Origin::Kubernetes)
    }),
    system("system.services", Number, "long-running services, node agents left out", |s| s.services()),
    system("system.distinct-images", Number, "different images of long-running services", |s| s.distinct_images()),
    system("system.autoscaled", Number, "workloads whose autoscaler has a real range", |s| {
        s.count(|view| view.range().is_some_and(|range| range.value.1 > range.value.0))
    }),
    system("system.several-copies", Number, "services with two copies and more, the autoscaler at its maximum", |s| {
        s.several_copies()
    }),
    system(
        "system.kept-apart",
        Number,
        "services with two copies and more, a readiness probe, and a spread or a valid budget",
        |s| s.kept_apart(),
    ),
    system("system.namespaces", Number, "namespaces that the workloads name", |s| {
        Fact::number(s.system.namespaces.len() as f64, [])
    }),
    system("system.cpu", Number, "vCPU with autoscalers at their maximum, assumed sizes included", |s| {
        s.footprint_fact(s.footprint.high.cpu)
    }),
    system("system.memory", Number, "GiB with autoscalers at their maximum, assumed sizes included", |s| {
        s.footprint_fact(s.footprint.high.memory_gib)
    }),
    system("system.written-cpu", Number, "vCPU with autoscalers at their maximum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_high.cpu)
    }),
    system("system.written-memory", Number, "GiB with autoscalers at their maximum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_high.memory_gib)
    }),
    system("system.least-cpu", Number, "vCPU with autoscalers at their minimum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_low.cpu)
    }),
    system("system.least-memory", Number, "GiB with autoscalers at their minimum, from written sizes alone", |s| {
        s.footprint_fact(s.footprint.written_low.memory_gib)
    }),
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
    .of_the_whole(),
    // The system: what targets limit.
    system("system.largest-pod-cpu", Number, "vCPU of the largest single pod or service, where written", |s| {
        s.largest_pod(s.footprint.largest_pod.cpu)
    }),
    system("system.largest-pod-memory", Number, "GiB of the largest single pod or service, where written", |s| {
        s.largest_pod(s.footprint.largest_pod.memory_gib)
    }),
    system("system.largest-copies", Number, "copies of one workload at most", |s| s.most_copies()),
    system("system.accelerators", Number, "accelerator devices of all workloads", |s| s.accelerators()),
    system("system.volume-with-copies", Boolean, "a workload has both a volume and several copies", |s| {
        s.volume_with_copies()
    }),
    system("system.windows", Boolean, "a workload runs on Windows", |s| s.windows()),
    system("system.static-files", Boolean, "everything that serves only serves files", |s| s.static_files())
        .of_the_whole(),
    // The system: what it uses.
    system("system.accelerator-workloads", Number, "workloads that ask for accelerators", |s| {
        s.accelerator_workloads()
    }),
    system(
        "system.accelerator-sharing",
        Number,
        "resources that share accelerators, queue for them or start gangs",
        |s| s.accelerator_sharing(),
    ),
    system("system.data-resources", Number, "custom resources of data operators", |s| {
        s.count(|view| view.workload.custom.as_ref().is_some_and(|custom| GroupRoleOf(custom.role).id() == "data"))
    }),
    system("system.node-pools", Number, "resources that let hosts come and go", |s| s.foreign_of(GroupRole::NodePools)),
    system("system.host-scalers", Number, "controllers that let hosts come and go", |s| s.host_scalers()),
    system("system.host-kinds", Number, "different kinds of hosts that workloads ask for by labels", |s| {
        s.host_kinds()
    }),
    system("system.cluster-resources", Number, "resources that spread workloads over several clusters", |s| {
        s.foreign_of(GroupRole::Clusters)
    }),
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
    system("system.weighted-routes", Number, "routes that divide traffic by weights", |s| s.weighted_routes()),
    system("system.policies", Number, "policies that decide what the cluster admits", |s| {
        s.foreign_of(GroupRole::Policies)
    }),
    system("system.mesh-resources", Number, "policies and routes of a service mesh", |s| s.foreign_of(GroupRole::Mesh)),
    system("system.mesh-strict", Number, "mesh policies that make mutual TLS mandatory or restrict callers", |s| {
        s.strict_mesh()
    }),
    system("system.mesh-injected", Boolean, "pods or namespaces ask for a mesh sidecar", |s| s.mesh_injection()),
    system("system.progressive-delivery", Number, "resources of progressive delivery", |s| {
        s.foreign_of(GroupRole::Delivery)
    }),
    system("system.foreign-resources", Number, "other custom resources, which bear no workload", |s| {
        let places = s.foreign(|foreign| matches!(foreign.role, Some(GroupRole::Support) | None));
        Fact::number(places.len() as f64, places)
    }),
    system("system.network-policies", Number, "network policies", |s| {
        let places = s.network_policies();
        Fact::number(places.len() as f64, places)
    }),
    system("system.guarded-namespaces", Number, "namespaces whose traffic is denied by default", |s| {
        s.guarded_namespaces()
    }),
    system("system.quota-namespaces", Number, "namespaces with a quota", |s| s.namespaces_with(true, false)),
    system("system.people-namespaces", Number, "namespaces with people or groups bound to them", |s| {
        s.namespaces_with(false, true)
    }),
    system("system.tenant-namespaces", Number, "namespaces with a quota and people of their own", |s| {
        s.namespaces_with(true, true)
    }),
    system("system.people", Number, "different people and groups that are bound to its namespaces", |s| s.people()),
    system("system.everybody-administers", Boolean, "everybody who is logged in is an administrator", |s| {
        s.everybody_administers()
    }),
    // The system: the Kubernetes API.
    system("system.definitions", Number, "definitions of custom resources", |s| {
        let places: Vec<_> = s.definitions().into_iter().map(|(_, definition)| definition.place).collect();
        Fact::number(places.len() as f64, places)
    }),
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
    .of_the_whole(),
    system("system.controlled-definitions", Number, "definitions whose controller is in the files", |s| {
        s.controlled_definitions()
    }),
    system(
        "system.extensions",
        Number,
        "admission webhooks and aggregated APIs with a service, and CSI drivers",
        |s| s.extensions(),
    ),
    system("system.node-agents-only", Boolean, "the system is made of agents of the nodes alone", |s| {
        s.node_agents_only()
    })
    .of_the_whole(),
    // The system: habits.
    system("system.all-single", Boolean, "every service runs one copy without a readiness probe", |s| {
        s.all_single_and_unprobed()
    })
    .of_the_whole(),
    system("system.single-store", Boolean, "services with several copies stand before a store with one", |s| {
        s.single_store_behind_copies()
    })
    .of_the_whole(),
    system("system.timed-jobs-only", Boolean, "there is nothing but timed jobs", |s| s.timed_jobs_only())
        .of_the_whole(),
    system(
        "system.external-services",
        Number,
        "services reachable from outside by a load balancer or node port",
        |s| s.external_services(),
    ),
    system("system.swarm-keys", Number, "Compose services with keys that Swarm obeys and Compose ignores", |s| {
        Fact::number_of(s.raw_workloads().filter_map(|workload| workload.swarm_keys).collect())
    }),
    system("system.floating-images", Number, "images without a version, or of the latest one", |s| s.floating_images()),
    system("system.idle-services", Number, "Services that select no pod of these files", |s| s.idle_services())
        .of_the_whole(),
    system("system.idle-budgets", Number, "disruption budgets that select no pod of these files", |s| s.idle_budgets())
        .of_the_whole(),
    system("system.idle-policies", Number, "network policies that select no pod of these files", |s| s.idle_policies())
        .of_the_whole(),
    system("system.dangling-autoscalers", Number, "autoscalers whose target is not in the files", |s| {
        s.dangling_autoscalers()
    })
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
