//! What only the live state can tell. From files alone every one of these is unknown and has no place, so that it raises
//! no question and changes no number. A cluster is looked at once: what needs a history stays unknown, or is a least
//! number.

use super::FactType::{Boolean, Number};
use super::{FactEntry, system, workload};
use crate::facts::{Fact, SystemView, WorkloadView};

const PODS: &[&str] = &["pods"];
const PODS_ON_NODES: &[&str] = &["pods", "nodes"];
const NODES: &[&str] = &["nodes"];
const AUTOSCALERS: &[&str] = &["horizontalpodautoscalers.autoscaling"];
const EVENTS: &[&str] = &["events"];
/// What is in use adds to what is requested; where it cannot be seen, nothing new is unknown.
const USAGE: &[&str] = &["pods", "pods.metrics.k8s.io"];

/// What one look at a cluster cannot tell of a workload.
fn no_history_of_workload(view: &WorkloadView<'_>) -> Fact {
    view.not_seen()
}

/// What one look at a cluster cannot tell of a system.
fn no_history_of_system(view: &SystemView<'_>) -> Fact {
    view.not_seen()
}

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    // A workload.
    workload("seen.restarts", Number, "restarts of its containers within 30 days after which it served again", |w| {
        w.seen_number("restarts")
    })
    .needs_lists(PODS),
    workload("seen.ready", Number, "copies of it that are ready now", |w| w.seen_number("ready")).needs_lists(PODS),
    workload("seen.hosts", Number, "hosts on which copies of it are ready now", |w| w.seen_places("hosts"))
        .needs_lists(PODS),
    workload("seen.zones", Number, "zones in which copies of it are ready now", |w| w.seen_places("zones"))
        .needs_lists(PODS_ON_NODES),
    workload("seen.regions", Number, "regions in which copies of it are ready now", |w| w.seen_places("regions"))
        .needs_lists(PODS_ON_NODES),
    workload(
        "seen.host-losses",
        Number,
        "hosts that it lost within 30 days while others of its copies went on",
        no_history_of_workload,
    ),
    workload("seen.evictions", Number, "pods of it that had to leave their host within the last hour", |w| {
        w.seen_at_least("evictions")
    })
    .needs_lists(EVENTS),
    workload("seen.most-copies", Number, "the most copies that were ready at once within 30 days", |w| {
        w.seen_at_least("ready")
    })
    .needs_lists(PODS),
    workload(
        "seen.reached-zero",
        Boolean,
        "no copy of it ran for a time within 30 days, and one was started again",
        |w| w.seen_boolean("reached-zero"),
    )
    .needs_lists(EVENTS),
    workload("seen.scaled", Boolean, "its autoscaler changed the number of copies within 30 days", |w| {
        w.seen_boolean("scaled")
    })
    .needs_lists(AUTOSCALERS),
    workload(
        "seen.left-minimum",
        Boolean,
        "its autoscaler left the least number of copies within the time that was watched",
        |w| w.seen_boolean("left-minimum"),
    )
    .needs_lists(AUTOSCALERS),
    workload("seen.watched-days", Number, "days over which its autoscaler was watched", |w| {
        w.seen_number("watched-days")
    })
    .needs_lists(AUTOSCALERS),
    workload(
        "seen.share-of-maximum",
        Number,
        "the most copies that were ready at once, divided by the most that its autoscaler may make, 0 to 1",
        |w| w.share_of_maximum(),
    )
    .needs_lists(&["pods", "horizontalpodautoscalers.autoscaling"]),
    workload(
        "seen.leader-changes",
        Number,
        "times within 30 days that its members chose another leader",
        no_history_of_workload,
    ),
    workload("seen.backed-up", Boolean, "a backup of its data succeeded within 30 days", |w| {
        w.seen_boolean("backed-up")
    }),
    workload("seen.ran", Boolean, "its timetable or its queue ran it to a good end within 30 days", |w| {
        w.seen_boolean("ran")
    }),
    workload("seen.most-pods-at-once", Number, "the most pods that its jobs ran at once within 30 days", |w| {
        w.seen_at_least("pods-at-once")
    })
    .needs_lists(&["pods", "jobs.batch"]),
    workload("seen.devices-allocated", Number, "accelerator devices that are given to it now", |w| {
        w.seen_number("devices")
    })
    .needs_lists(PODS),
    workload(
        "seen.made-workloads",
        Number,
        "workloads that exist now and were made by its service account",
        no_history_of_workload,
    ),
    workload("seen.canary-steps", Number, "steps of new versions that were carried out within 30 days", |w| {
        w.seen_at_least("canary-steps")
    }),
    workload("seen.preemptions", Number, "pods that gave way to it within 30 days because of its priority", |w| {
        w.seen_at_least("preemptions")
    })
    .needs_lists(EVENTS),
    // A workload, in a cluster and in files.
    workload("seen.copies-differ", Boolean, "the cluster runs another number of copies than the files write", |w| {
        w.copies_differ()
    }),
    workload("seen.written-copies", Number, "copies that the files write of what the cluster runs", |w| {
        w.written_copies()
    }),
    workload("seen.images-differ", Boolean, "the cluster runs other images than the files write", |w| {
        w.images_differ()
    }),
    workload("seen.sizes-differ", Boolean, "the cluster gives it other sizes than the files write", |w| {
        w.sizes_differ()
    }),
    // A system, with the cluster below it.
    system("seen.nodes", Number, "nodes of the cluster that can take pods now", |s| s.cluster_sum("nodes"))
        .needs_lists(NODES),
    system("seen.node-zones", Number, "zones in which such nodes stand", |s| s.cluster_most("node-zones"))
        .needs_lists(NODES),
    system("seen.nodes-varied", Boolean, "the number of nodes changed with the load within 30 days", |s| {
        s.cluster_any("nodes-varied")
    })
    .needs_lists(EVENTS),
    system("seen.services", Number, "long-running services of which copies are ready now", |s| s.ready_services())
        .needs_lists(PODS),
    system("seen.clusters", Number, "clusters that serve the system now", |s| s.serving_clusters()),
    system(
        "seen.availability",
        Number,
        "percent of the last 30 days in which it answered, measured",
        no_history_of_system,
    ),
    system("seen.cpu-now", Number, "vCPU in use at the moment of the look", |s| s.used_now("cpu-now"))
        .needs_lists(USAGE)
        .seen_whole(),
    system("seen.memory-now", Number, "GiB in use at the moment of the look", |s| s.used_now("memory-gib-now"))
        .needs_lists(USAGE)
        .seen_whole(),
    system(
        "seen.requests-used-now",
        Number,
        "what is in use at the moment of the look, divided by what is requested, 0 and more",
        |s| s.requests_used_now(),
    )
    .needs_lists(USAGE)
    .seen_whole(),
    system(
        "seen.capacity-used-now",
        Number,
        "what is in use at the moment of the look, divided by what the nodes of the cluster offer, 0 to 1",
        |s| s.capacity_used_now(),
    )
    .needs_lists(&["nodes", "nodes.metrics.k8s.io"])
    .seen_whole(),
    system(
        "seen.cpu-used",
        Number,
        "vCPU that 95 % of the time was enough, over 14 days and more",
        no_history_of_system,
    ),
    system(
        "seen.memory-used",
        Number,
        "GiB that 95 % of the time was enough, over 14 days and more",
        no_history_of_system,
    ),
    system(
        "seen.requests-used",
        Number,
        "what 95 % of the time was enough, divided by what is requested, 0 and more",
        no_history_of_system,
    ),
    system(
        "seen.peak-to-average",
        Number,
        "the highest load within 30 days divided by the average one, at least 1",
        no_history_of_system,
    ),
    system(
        "seen.deployers",
        Number,
        "different people or pipelines that changed it within 90 days",
        no_history_of_system,
    ),
    system("seen.days-since-rollout", Number, "days since anything of it was last rolled out", |s| {
        s.days_since_rollout()
    }),
    system(
        "seen.version-unsupported",
        Boolean,
        "the cluster runs a version of Kubernetes past its regular support",
        |s| s.version_unsupported(),
    ),
    system(
        "seen.platform-share",
        Number,
        "part of the requested vCPU or memory that the platform itself takes, 0 to 1",
        |s| s.platform_requests(),
    )
    .needs_lists(PODS),
    system(
        "seen.platform-cost-share",
        Number,
        "part of the bill that control plane, idle nodes and platform make up, 0 to 1",
        no_history_of_system,
    ),
    system("seen.policies-enforced", Boolean, "the network plugin enforces network policies", |s| {
        s.policies_enforced()
    })
    .needs_lists(PODS),
    system("seen.meshed-share", Number, "part of its pods that have a proxy of the mesh beside them, 0 to 1", |s| {
        s.meshed_share()
    })
    .needs_lists(PODS),
    system("seen.public-addresses", Number, "public addresses that lead to it", |s| s.public_addresses())
        .needs_lists(&["services", "ingresses.networking.k8s.io", "gateways.gateway.networking.k8s.io"]),
    system("seen.accelerator-nodes", Number, "nodes with accelerators", |s| s.cluster_sum("accelerator-nodes"))
        .needs_lists(NODES),
    system(
        "seen.resources-of-others",
        Number,
        "custom resources of its own kinds that somebody else made",
        no_history_of_system,
    ),
    system("seen.tenants", Number, "tenants of their own whose pods run now", |s| s.running_tenants()).needs_lists(&[
        "pods",
        "resourcequotas",
        "rolebindings.rbac.authorization.k8s.io",
    ]),
    system("seen.admission-denials", Number, "objects that its policies refused within 30 days", no_history_of_system),
    system(
        "seen.short-lived-namespaces",
        Number,
        "namespaces within 30 days that lived for a week at most",
        no_history_of_system,
    ),
    // A system, in a cluster and in files.
    system("seen.unapplied-workloads", Number, "workloads that the files write and the cluster does not have", |s| {
        s.unapplied(|kind| crate::facts::WORKLOADS.contains(&kind))
    }),
    system(
        "seen.unapplied-guards",
        Number,
        "autoscalers and disruption budgets that the files write and the cluster does not have",
        |s| s.unapplied(|kind| !crate::facts::WORKLOADS.contains(&kind)),
    ),
    system(
        "seen.unwritten-workloads",
        Number,
        "workloads that the cluster runs and the files do not write, beside others that they do",
        |s| s.unwritten(),
    ),
];
