//! What only the live state can tell, declared for the day on which a cluster is read. Until then every one of these is
//! unknown and has no place, so that it raises no question and changes no number.

use super::FactType::{Boolean, Number};
use super::{FactEntry, seen_of_system, seen_of_workload};

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    // A workload.
    seen_of_workload("seen.restarts", Number, "restarts of its containers within 30 days after which it served again"),
    seen_of_workload("seen.hosts", Number, "hosts on which copies of it are ready now"),
    seen_of_workload("seen.zones", Number, "zones in which copies of it are ready now"),
    seen_of_workload("seen.regions", Number, "regions in which copies of it are ready now"),
    seen_of_workload(
        "seen.host-losses",
        Number,
        "hosts that it lost within 30 days while others of its copies went on",
    ),
    seen_of_workload("seen.most-copies", Number, "the most copies that were ready at once within 30 days"),
    seen_of_workload(
        "seen.reached-zero",
        Boolean,
        "no copy of it ran for a time within 30 days, and one was started again",
    ),
    seen_of_workload("seen.scaled", Boolean, "its autoscaler changed the number of copies within 30 days"),
    seen_of_workload(
        "seen.left-minimum",
        Boolean,
        "its autoscaler left the least number of copies within the time that was watched",
    ),
    seen_of_workload("seen.watched-days", Number, "days over which its autoscaler was watched"),
    seen_of_workload(
        "seen.share-of-maximum",
        Number,
        "the most copies that were ready at once, divided by the most that its autoscaler may make, 0 to 1",
    ),
    seen_of_workload("seen.leader-changes", Number, "times within 30 days that its members chose another leader"),
    seen_of_workload("seen.backed-up", Boolean, "a backup of its data succeeded within 30 days"),
    seen_of_workload("seen.ran", Boolean, "its timetable or its queue ran it to a good end within 30 days"),
    seen_of_workload("seen.most-pods-at-once", Number, "the most pods that its jobs ran at once within 30 days"),
    seen_of_workload("seen.devices-allocated", Number, "accelerator devices that are given to it now"),
    seen_of_workload("seen.made-workloads", Number, "workloads that exist now and were made by its service account"),
    seen_of_workload("seen.canary-steps", Number, "steps of new versions that were carried out within 30 days"),
    seen_of_workload("seen.preemptions", Number, "pods that gave way to it within 30 days because of its priority"),
    // A system, with the cluster below it.
    seen_of_system("seen.nodes", Number, "nodes of the cluster that can take pods now"),
    seen_of_system("seen.node-zones", Number, "zones in which such nodes stand"),
    seen_of_system("seen.nodes-varied", Boolean, "the number of nodes changed with the load within 30 days"),
    seen_of_system("seen.clusters", Number, "clusters that serve the system now"),
    seen_of_system("seen.availability", Number, "percent of the last 30 days in which it answered, measured"),
    seen_of_system("seen.cpu-used", Number, "vCPU that 95 % of the time was enough, over 14 days and more"),
    seen_of_system("seen.memory-used", Number, "GiB that 95 % of the time was enough, over 14 days and more"),
    seen_of_system(
        "seen.requests-used",
        Number,
        "what 95 % of the time was enough, divided by what is requested, 0 and more",
    ),
    seen_of_system(
        "seen.peak-to-average",
        Number,
        "the highest load within 30 days divided by the average one, at least 1",
    ),
    seen_of_system("seen.deployers", Number, "different people or pipelines that changed it within 90 days"),
    seen_of_system("seen.days-since-rollout", Number, "days since anything of it was last rolled out"),
    seen_of_system(
        "seen.version-unsupported",
        Boolean,
        "the cluster runs a version of Kubernetes past its regular support",
    ),
    seen_of_system(
        "seen.platform-share",
        Number,
        "part of the requested vCPU or memory that the platform itself takes, 0 to 1",
    ),
    seen_of_system(
        "seen.platform-cost-share",
        Number,
        "part of the bill that control plane, idle nodes and platform make up, 0 to 1",
    ),
    seen_of_system("seen.policies-enforced", Boolean, "the network plugin enforces network policies"),
    seen_of_system("seen.meshed-share", Number, "part of its pods that have a proxy of the mesh beside them, 0 to 1"),
    seen_of_system("seen.public-addresses", Number, "public addresses that lead to it"),
    seen_of_system("seen.accelerator-nodes", Number, "nodes with accelerators"),
    seen_of_system("seen.resources-of-others", Number, "custom resources of its own kinds that somebody else made"),
    seen_of_system("seen.tenants", Number, "tenants of their own whose pods run now"),
    seen_of_system("seen.admission-denials", Number, "objects that its policies refused within 30 days"),
    seen_of_system("seen.short-lived-namespaces", Number, "namespaces within 30 days that lived for a week at most"),
];
