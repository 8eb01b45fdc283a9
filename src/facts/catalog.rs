//! The one table of facts. An entry here is all that a new fact needs.

use super::{Fact, SeenInPart, SystemView, WorkloadView};
use crate::inventory::model::{GroupRoleOf, Origin, Strictness, WorkloadKind};
use crate::tables::GroupRole;

/// What a fact speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One workload.
    Workload,
    /// One system.
    System,
}

/// The type of a fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text.
    Text,
}

/// The number of a fact in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub usize);

/// One fact: its name, type, meaning, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct FactEntry {
    /// `scope.name`, lower case with dashes.
    pub id: &'static str,
    /// What it speaks about.
    pub scope: Scope,
    /// The type of its value.
    pub kind: FactType,
    /// What it says, with the unit of numbers.
    pub sentence: &'static str,
    /// What a template that was not rendered tells about it.
    seen_in_part: SeenInPart,
    /// The kinds of workloads that alone can have it; any where it is empty.
    only_of: &'static [WorkloadKind],
    extract: Extract,
}

#[derive(Clone, Copy, Debug)]
enum Extract {
    Workload(fn(&WorkloadView<'_>) -> Fact),
    System(fn(&SystemView<'_>) -> Fact),
}

impl FactEntry {
    /// The fact of a workload; absent for facts of systems.
    #[must_use]
    pub fn of_workload(&self, view: &WorkloadView<'_>) -> Fact {
        let Extract::Workload(extract) = self.extract else { return Fact::Absent };
        let fact = extract(view);
        let is_possible = self.only_of.is_empty() || self.only_of.contains(&view.workload.kind);
        if view.is_partial() && is_possible { fact.seen_in_part(self.seen_in_part) } else { fact }
    }

    /// The fact of a system; absent for facts of workloads.
    #[must_use]
    pub fn of_system(&self, view: &SystemView<'_>) -> Fact {
        let Extract::System(extract) = self.extract else { return Fact::Absent };
        let fact = extract(view);
        if view.system.unrendered { fact.seen_in_part(self.seen_in_part) } else { fact }
    }
}

/// The fact with this name.
#[must_use]
pub fn find(id: &str) -> Option<FactId> {
    CATALOG.iter().position(|entry| entry.id == id).map(FactId)
}

const fn workload(
    id: &'static str,
    kind: FactType,
    sentence: &'static str,
    extract: fn(&WorkloadView<'_>) -> Fact,
) -> FactEntry {
    let (seen_in_part, only_of): (_, &'static [WorkloadKind]) = (SeenInPart::Presence, &[]);
    FactEntry { id, scope: Scope::Workload, kind, sentence, seen_in_part, only_of, extract: Extract::Workload(extract) }
}

const fn system(
    id: &'static str,
    kind: FactType,
    sentence: &'static str,
    extract: fn(&SystemView<'_>) -> Fact,
) -> FactEntry {
    let (seen_in_part, only_of): (_, &'static [WorkloadKind]) = (SeenInPart::Presence, &[]);
    FactEntry { id, scope: Scope::System, kind, sentence, seen_in_part, only_of, extract: Extract::System(extract) }
}

impl FactEntry {
    /// Follows from what even a part of a template shows, such as the kind.
    const fn seen_whole(mut self) -> Self {
        self.seen_in_part = SeenInPart::Whole;
        self
    }

    /// Speaks of what is missing, or of all there is: a part of a template tells nothing about it.
    const fn of_the_whole(mut self) -> Self {
        self.seen_in_part = SeenInPart::Nothing;
        self
    }

    /// Only workloads of these kinds can have it; the silence of a template of another kind means there is none.
    const fn only_of(mut self, kinds: &'static [WorkloadKind]) -> Self {
        self.only_of = kinds;
        self
    }
}

/// Kinds that run to an end.
const BATCH: &[WorkloadKind] = &[WorkloadKind::Job, WorkloadKind::CronJob, WorkloadKind::ScaledJob];

use FactType::{Boolean, Number, Text, Word};

const KINDS: &[&str] = &[
    "deployment",
    "stateful-set",
    "daemon-set",
    "job",
    "cron-job",
    "pod",
    "replica-set",
    "replication-controller",
    "rollout",
    "knative-service",
    "scaled-job",
    "deployment-config",
    "compose-service",
    "custom-resource",
];

/// Every fact.
pub static CATALOG: &[FactEntry] = &[
    // Identity.
    workload("workload.name", Text, "the name of the workload", |w| {
        Fact::text(w.workload.key.name.clone(), [w.workload.place])
    })
    .seen_whole(),
    workload("workload.kind", Word(KINDS), "the kind of the workload", |w| {
        Fact::text(w.workload.kind.id(), [w.workload.place])
    })
    .seen_whole(),
    workload("workload.origin", Word(&["kubernetes", "compose"]), "where the workload is written", |w| {
        Fact::text(if w.workload.origin == Origin::Compose { "compose" } else { "kubernetes" }, [w.workload.place])
    })
    .seen_whole(),
    workload("workload.serves", Boolean, "it runs on, rather than to an end or on every node", |w| {
        Fact::boolean(w.serves(), [w.workload.place])
    })
    .seen_whole(),
    workload("workload.converted", Boolean, "it was made by a converter such as kompose", |w| {
        Fact::present(w.workload.converted)
    }),
    // Copies and what keeps them serving.
    workload("workload.copies", Number, "copies that are always there, the autoscaler at its minimum", |w| w.copies()),
    workload("workload.most-copies", Number, "copies at most, the autoscaler at its maximum", |w| w.most_copies()),
    workload("workload.restarts", Boolean, "something starts it again when it stops", |w| {
        Fact::present(w.workload.restarts)
    }),
    workload(
        "workload.readiness",
        Boolean,
        "a readiness probe or health check tells when it may receive traffic",
        |w| Fact::present(w.readiness()),
    ),
    workload("workload.liveness", Boolean, "a liveness or start-up probe restarts it when it hangs", |w| {
        Fact::present(w.containers().find_map(|container| container.liveness))
    }),
    workload("workload.spread-hosts", Boolean, "its copies are kept on different hosts", |w| {
        Fact::present(w.spread(false).map(|spread| spread.place))
    }),
    workload("workload.spread-zones", Boolean, "its copies are kept in different zones, at least if possible", |w| {
        Fact::present(w.spread(true).map(|spread| spread.place))
    }),
    workload("workload.zones-required", Boolean, "its copies do not start unless they are in different zones", |w| {
        Fact::present(w.spread(true).filter(|spread| spread.value == Strictness::Required).map(|spread| spread.place))
    }),
    workload("workload.budget", Boolean, "a disruption budget covers it", |w| {
        Fact::present(w.budget().map(|(place, _)| place))
    }),
    workload("workload.budget-valid", Boolean, "its disruption budget lets a copy go and keeps another", |w| {
        Fact::present(w.valid_budget())
    }),
    workload("workload.guards", Number, "how many of readiness, spread over hosts and a valid budget it has", |w| {
        let guards = [w.readiness(), w.spread(false).map(|spread| spread.place), w.valid_budget()];
        let places: Vec<_> = guards.into_iter().flatten().collect();
        Fact::number(places.len() as f64, places)
    }),
    workload("workload.recreates", Boolean, "the old copies stop before the new ones start", |w| {
        Fact::present(w.workload.recreates)
    }),
    workload("workload.fixed-node", Boolean, "it is tied to one node", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.fixed_node))
    }),
    workload("workload.host-data", Boolean, "its data lies in a path of the host", |w| Fact::present(w.host_data())),
    // Scale.
    workload("workload.autoscaled", Boolean, "an autoscaler is written for it", |w| {
        Fact::present(w.range().map(|range| range.place).or_else(|| w.autoscaler().map(|scaler| scaler.place)))
    }),
    workload("workload.autoscaler-minimum", Number, "the least copies of its autoscaler", |w| {
        w.range().map_or(Fact::Absent, |range| Fact::number(range.value.0, [range.place]))
    }),
    workload("workload.autoscaler-maximum", Number, "the most copies of its autoscaler", |w| {
        w.range().map_or(Fact::Absent, |range| Fact::number(range.value.1, [range.place]))
    }),
    workload(
        "workload.autoscaler-ratio",
        Number,
        "most copies of its autoscaler divided by the least, at least 1",
        |w| {
            let bounded = w.range().filter(|range| range.value.1.is_finite());
            bounded.map_or(Fact::Absent, |range| Fact::number(range.value.1 / range.value.0.max(1.0), [range.place]))
        },
    ),
    workload("workload.autoscaler-acts", Boolean, "its autoscaler has a real range and a metric it can compute", |w| {
        if let Some(unknown) = w.unknown_range() {
            return unknown;
        }
        let range = w.range().filter(|range| range.value.1 > range.value.0 && w.can_scale());
        Fact::present(range.map(|range| range.place))
    }),
    workload("workload.autoscaler-behaviour", Boolean, "its autoscaler says how fast to scale", |w| {
        Fact::present(w.autoscaler().and_then(|scaler| scaler.behaviour))
    }),
    workload("workload.idles-at-zero", Boolean, "it may run no copy at all until something asks for it", |w| {
        let is_knative = w.workload.kind == WorkloadKind::KnativeService;
        let by_events = is_knative || w.autoscaler().is_some_and(|scaler| scaler.by_events);
        let range = w.range().filter(|range| range.value.0 == 0.0 && range.value.1 > 0.0 && by_events);
        Fact::present(range.map(|range| range.place))
    }),
    workload("workload.sized", Boolean, "a size is written for one of its containers", |w| {
        Fact::present(w.containers().find_map(|c| c.cpu.or(c.memory_gib)).map(|size| size.place))
    }),
    // State.
    workload("workload.volume", Boolean, "it keeps data in a volume", |w| Fact::present(w.volume())),
    workload("workload.shared-volume", Boolean, "its volume can be written from several hosts", |w| {
        Fact::present(w.shared_volume())
    }),
    workload("workload.own-volumes", Boolean, "each copy keeps its own volume", |w| Fact::present(w.own_volumes()))
        .only_of(&[WorkloadKind::StatefulSet]),
    workload("workload.uses-identity", Boolean, "its copies know each other by name", |w| {
        Fact::present(w.uses_identity())
    }),
    workload("workload.engine", Text, "the data store engine that it runs", |w| {
        w.engine().map_or(Fact::Absent, |(engine, _, place)| Fact::text(engine, place))
    }),
    workload("workload.engine-replaceable", Boolean, "managed services offer the engine that it runs", |w| {
        w.engine().map_or(Fact::Absent, |(_, replaceable, place)| Fact::boolean(replaceable, place))
    }),
    workload(
        "workload.custom-role",
        Word(&["data", "batch", "other"]),
        "what the group of a custom resource is for",
        |w| w.custom_role().map_or(Fact::Absent, |role| Fact::text(role, [w.workload.place])),
    )
    .seen_whole(),
    workload("workload.members", Number, "members that a custom resource asks for", |w| {
        w.custom_members().map_or(Fact::Absent, |members| Fact::number(members.value, [members.place]))
    })
    .only_of(&[WorkloadKind::CustomResource]),
    // Network and host.
    workload("workload.datagram-port", Boolean, "it listens on UDP or SCTP", |w| Fact::present(w.datagram_port())),
    workload("workload.ports", Number, "ports that it listens on", |w| {
        let (count, place) = w.port_count();
        Fact::number(count, place)
    }),
    workload("workload.network-policy", Boolean, "a network policy selects its pods", |w| {
        let places = w.network_policies();
        Fact::boolean(!places.is_empty(), places)
    }),
    workload(
        "workload.host-access",
        Boolean,
        "it reaches into the host: namespaces, privileges, devices, paths",
        |w| Fact::present(w.host_access()),
    ),
    workload("workload.engine-socket", Boolean, "it drives the container engine through its socket", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.engine_socket))
    }),
    workload("workload.daemon", Boolean, "it runs on every node", |w| Fact::boolean(w.is_daemon(), [w.workload.place]))
        .seen_whole(),
    workload("workload.agent", Boolean, "its image is a log shipper, an exporter or a monitor of nodes", |w| {
        let place = w.containers().find_map(|container| container.image_place);
        Fact::boolean(w.is_agent(), place)
    })
    .seen_whole(),
    workload("workload.node-plugin", Boolean, "it mounts paths of the kubelet or of network plugins", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.node_plugin_path))
    }),
    // The Kubernetes API.
    workload("workload.creates-workloads", Boolean, "its service account may create workloads", |w| {
        Fact::present(w.rights().creates_workloads)
    }),
    workload(
        "workload.controls",
        Boolean,
        "its service account may write what these files define, or any status",
        |w| Fact::present(w.controls()),
    ),
    workload(
        "workload.role-missing",
        Boolean,
        "its service account is bound to a role that is not in the files",
        |w| Fact::present(w.rights().missing_role),
    )
    .of_the_whole(),
    workload(
        "workload.account-unbound",
        Boolean,
        "it has a service account of its own that nothing gives a right",
        |w| {
            let account =
                w.workload.pods.iter().find_map(|pod| pod.service_account.as_ref()).map(|account| account.place);
            Fact::present(account.filter(|_| w.rights().unbound))
        },
    )
    .of_the_whole(),
    // Batch, hardware, delivery.
    workload("workload.timed", Boolean, "it runs by a timetable that is switched on", |w| {
        Fact::present(w.workload.schedule.filter(|_| !w.workload.suspended))
    })
    .only_of(BATCH),
    workload("workload.parallelism", Number, "jobs that run at once", |w| {
        w.workload.parallelism.map_or(Fact::Absent, |parallelism| Fact::number(parallelism.value, [parallelism.place]))
    })
    .only_of(BATCH),
    workload("workload.indexed", Boolean, "each job of it has its own index", |w| Fact::present(w.workload.indexed))
        .only_of(BATCH),
    workload("workload.accelerators", Number, "accelerator devices over all copies", |w| {
        w.accelerators().map_or(Fact::Absent, |devices| Fact::number(devices.value, [devices.place]))
    }),
    workload("workload.canary", Boolean, "new versions arrive step by step or after an analysis", |w| {
        Fact::present(w.workload.canary)
    })
    .only_of(&[WorkloadKind::Rollout]),
    // What the owner states; absent where nothing is stated.
    system("stated.availability-target", Number, "the availability to reach as the owner states it, in percent", |s| {
        s.stated("availability-target")
    })
    .seen_whole(),
    system("stated.recovery-time", Number, "the longest bearable outage as the owner states it, in seconds", |s| {
        s.stated("recovery-time")
    })
    .seen_whole(),
    system("stated.recovery-point", Number, "the most data that may be lost as the owner states it, in seconds", |s| {
        s.stated("recovery-point")
    })
    .seen_whole(),
    system(
        "stated.peak-to-average",
        Number,
        "the peak as the owner states it, as a multiple of the average load",
        |s| s.stated("peak-to-average"),
    )
    .seen_whole(),
    system("stated.growth", Number, "the load in a year as the owner expects it, as a multiple of today's", |s| {
        s.stated("growth")
    })
    .seen_whole(),
    system("stated.teams", Number, "teams that deploy on their own, as the owner states", |s| s.stated("teams"))
        .seen_whole(),
    system("stated.engineers", Number, "people who would run it, as the owner states", |s| s.stated("engineers"))
        .seen_whole(),
    system(
        "stated.kubernetes-experience",
        Word(&["none", "some", "strong"]),
        "how well those who would run it know Kubernetes, as the owner states",
        |s| s.stated("kubernetes-experience"),
    )
    .seen_whole(),
    system(
        "stated.on-call",
        Word(&["none", "office-hours", "around-the-clock"]),
        "when somebody answers an alarm, as the owner states",
        |s| s.stated("on-call"),
    )
    .seen_whole(),
    system("stated.tenants", Number, "tenants that are kept apart, as the owner states", |s| s.stated("tenants"))
        .seen_whole(),
    system("stated.regions", Number, "regions that serve at once, as the owner states", |s| s.stated("regions"))
        .seen_whole(),
    system("stated.request-length", Number, "the longest request as the owner states it, in seconds", |s| {
        s.stated("request-length")
    })
    .seen_whole(),
    system("stated.hosting", Word(&["any", "self-hosted"]), "where it may run, as the owner states", |s| {
        s.stated("hosting")
    })
    .seen_whole(),
    system(
        "stated.data-sensitivity",
        Word(&["public", "internal", "personal", "health", "restricted"]),
        "the most sensitive data in it, as the owner states",
        |s| s.stated("data-sensitivity"),
    )
    .seen_whole(),
    system("stated.certification", Text, "certifications that the place to run must hold, as the owner states", |s| {
        s.stated("certification")
    })
    .seen_whole(),
    system("stated.monthly-budget", Number, "what running it may cost in a month as the owner states, in euros", |s| {
        s.stated("monthly-budget")
    })
    .seen_whole(),
    system(
        "stated.existing-cluster",
        Boolean,
        "somebody else runs a cluster that may be used, as the owner states",
        |s| s.stated("existing-cluster"),
    )
    .seen_whole(),
    system("stated.vendor-mandate", Boolean, "the vendor supports Kubernetes alone, as the owner states", |s| {
        s.stated("vendor-mandate")
    })
    .seen_whole(),
    system("stated.needed", Text, "capabilities that the owner states to be needed", |s| s.stated_needs(true))
        .seen_whole(),
    system("stated.not-needed", Text, "capabilities that the owner states not to be needed", |s| s.stated_needs(false))
        .seen_whole(),
    system("system.grown-cpu", Number, "vCPU in a year, from written sizes and the stated growth", |s| {
        s.grown(s.footprint.written_high.cpu)
    }),
    system("system.grown-memory", Number, "GiB in a year, from written sizes and the stated growth", |s| {
        s.grown(s.footprint.written_high.memory_gib)
    }),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_carry_their_scope() {
        let names: BTreeSet<_> = CATALOG.iter().map(|entry| entry.id).collect();
        assert_eq!(names.len(), CATALOG.len());
        for entry in CATALOG {
            let prefix = match entry.scope {
                Scope::Workload => "workload.",
                Scope::System => "system.",
            };
            let stated = entry.scope == Scope::System && entry.id.starts_with("stated.");
            assert!(stated || entry.id.starts_with(prefix), "{}", entry.id);
            let fits = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '.');
            assert!(entry.id.chars().all(fits), "{}", entry.id);
            assert!(!entry.sentence.is_empty() && !entry.sentence.ends_with('.'), "{}", entry.id);
        }
    }
}
