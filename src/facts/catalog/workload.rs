//! The facts of one workload, as files tell them.

use super::FactType::{Boolean, Number, Text, Word};
use super::{FactEntry, workload};
use crate::facts::Fact;
use crate::inventory::model::{Origin, Strictness, WorkloadKind};

/// Kinds that run to an end.
const BATCH: &[WorkloadKind] = &[WorkloadKind::Job, WorkloadKind::CronJob, WorkloadKind::ScaledJob];

/// Kinds that can get new versions step by step.
const STEPPED: &[WorkloadKind] = &[WorkloadKind::Rollout, WorkloadKind::Deployment, WorkloadKind::DaemonSet];

const AUTOSCALERS: &[&str] = &["horizontalpodautoscalers.autoscaling", "scaledobjects.keda.sh"];
const QUOTAS: &[&str] = &["resourcequotas"];
const BUDGETS: &[&str] = &["poddisruptionbudgets.policy"];
const TRAFFIC: &[&str] = &[
    "services",
    "ingresses.networking.k8s.io",
    "gateways.gateway.networking.k8s.io",
    "tcproutes.gateway.networking.k8s.io",
    "tlsroutes.gateway.networking.k8s.io",
    "udproutes.gateway.networking.k8s.io",
];
const POLICIES: &[&str] = &["networkpolicies.networking.k8s.io"];
const CLAIMS: &[&str] = &["persistentvolumeclaims"];
const RIGHTS: &[&str] = &[
    "roles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io",
];

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

/// In the order in which they are documented.
pub(super) const FACTS: &[FactEntry] = &[
    // Identity.
    workload("workload.name", Text, "the name of the workload", |w| {
        Fact::text(w.workload.key.name.clone(), [w.workload.place])
    })
    .seen_whole(),
    workload("workload.kind", Word(KINDS), "the kind of the workload", |w| {
        Fact::text(w.workload.kind.id(), [w.workload.kind_place])
    })
    .seen_whole(),
    workload("workload.origin", Word(&["kubernetes", "compose"]), "where the workload is written", |w| {
        Fact::text(if w.workload.origin == Origin::Compose { "compose" } else { "kubernetes" }, [w.workload.place])
    })
    .seen_whole(),
    workload(
        "workload.serves",
        Boolean,
        "it runs on, rather than to an end or on every node, and is no agent of the nodes",
        |w| Fact::boolean(w.serves(), [w.workload.kind_place]),
    )
    .seen_whole(),
    workload(
        "workload.payload",
        Boolean,
        "it is part of what the system is for: neither on every node nor an agent of the nodes",
        |w| Fact::boolean(!w.is_daemon() && !w.is_agent(), [w.workload.kind_place]),
    )
    .seen_whole(),
    workload("workload.converted", Boolean, "it was made by a converter such as kompose", |w| {
        Fact::present(w.workload.converted)
    }),
    // Copies and what keeps them serving.
    workload("workload.copies", Number, "copies that are always there, the autoscaler at its minimum", |w| w.copies()),
    workload("workload.most-copies", Number, "copies at most, the autoscaler at its maximum", |w| w.most_copies())
        .needs_lists(AUTOSCALERS),
    workload("workload.copies-written", Boolean, "a fixed number of copies is written", |w| {
        Fact::present(w.fixed_copies())
    }),
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
    workload(
        "workload.spread-regions",
        Boolean,
        "its copies are kept in different regions, at least if possible",
        |w| Fact::present(w.pod().and_then(|pod| pod.spread_regions)),
    ),
    workload("workload.budget", Boolean, "a disruption budget covers it", |w| {
        Fact::present(w.budget().map(|(place, _)| place))
    })
    .needs_lists(BUDGETS),
    workload("workload.budget-valid", Boolean, "its disruption budget lets a copy go and keeps another", |w| {
        Fact::present(w.valid_budget())
    })
    .needs_lists(BUDGETS),
    workload("workload.guards", Number, "how many of readiness, spread over hosts and a valid budget it has", |w| {
        let guards = [w.readiness(), w.spread(false).map(|spread| spread.place), w.valid_budget()];
        let places: Vec<_> = guards.into_iter().flatten().collect();
        Fact::number(places.len() as f64, places)
    })
    .needs_lists(BUDGETS),
    workload("workload.recreates", Boolean, "all old copies may stop before new ones start", |w| {
        Fact::present(w.recreates())
    }),
    workload("workload.sticky", Boolean, "a client always reaches the same copy", |w| Fact::present(w.sticky()))
        .needs_lists(TRAFFIC),
    workload("workload.priority", Boolean, "it has a priority over other pods", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.priority))
    }),
    workload("workload.fixed-node", Boolean, "its copies are tied to one node", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.fixed_node))
    }),
    workload("workload.one-disk", Boolean, "all its copies mount one disk that one host alone may use", |w| {
        Fact::present(w.one_disk())
    })
    .needs_lists(CLAIMS),
    workload("workload.host-data", Boolean, "its data lies in a path of the host", |w| Fact::present(w.host_data())),
    // Scale.
    workload("workload.autoscaled", Boolean, "an autoscaler is written for it", |w| {
        Fact::present(w.range().map(|range| range.place).or_else(|| w.autoscaler().map(|scaler| scaler.place)))
    })
    .needs_lists(AUTOSCALERS),
    workload("workload.autoscaler-minimum", Number, "the least copies of its autoscaler", |w| {
        let place = w.autoscaler().and_then(|scaler| scaler.minimum.place());
        w.range().map_or(Fact::Absent, |range| Fact::number(range.value.0, [place.unwrap_or(range.place)]))
    })
    .needs_lists(AUTOSCALERS),
    workload("workload.autoscaler-maximum", Number, "the most copies of its autoscaler", |w| {
        w.range().map_or(Fact::Absent, |range| Fact::number(range.value.1, [range.place]))
    })
    .needs_lists(AUTOSCALERS),
    workload(
        "workload.autoscaler-ratio",
        Number,
        "most copies of its autoscaler divided by the least, at least 1",
        |w| {
            let bounded = w.range().filter(|range| range.value.1.is_finite());
            bounded.map_or(Fact::Absent, |range| Fact::number(range.value.1 / range.value.0.max(1.0), [range.place]))
        },
    )
    .needs_lists(AUTOSCALERS),
    workload("workload.autoscaler-acts", Boolean, "its autoscaler has a real range and a metric it can compute", |w| {
        if let Some(unknown) = w.unknown_range() {
            return unknown;
        }
        let range = w.range().filter(|range| range.value.1 > range.value.0 && w.can_scale());
        Fact::present(range.map(|range| range.place))
    })
    .needs_lists(AUTOSCALERS),
    workload("workload.autoscaler-behaviour", Boolean, "its autoscaler says how fast to scale", |w| {
        Fact::present(w.autoscaler().and_then(|scaler| scaler.behaviour))
    })
    .needs_lists(AUTOSCALERS),
    workload("workload.idles-at-zero", Boolean, "it may run no copy at all until something asks for it", |w| {
        let is_knative = w.workload.kind == WorkloadKind::KnativeService;
        let by_events = is_knative || w.autoscaler().is_some_and(|scaler| scaler.by_events);
        let range = w.range().filter(|range| range.value.0 == 0.0 && range.value.1 > 0.0 && by_events);
        let minimum = w.autoscaler().and_then(|scaler| scaler.minimum.place());
        Fact::present(range.map(|range| minimum.unwrap_or(range.place)))
    })
    .needs_lists(AUTOSCALERS),
    workload("workload.quota-caps", Boolean, "the quota of its namespace has no room for its most copies", |w| {
        Fact::present(w.capping_quota())
    })
    .needs_lists(QUOTAS),
    workload("workload.sized", Boolean, "a size is written for one of its containers", |w| {
        Fact::present(w.containers().find_map(|c| c.cpu.or(c.memory_gib)).map(|size| size.place))
    }),
    // State.
    workload("workload.volume", Boolean, "it keeps data in a volume", |w| Fact::present(w.volume())),
    workload("workload.shared-volume", Boolean, "its volume can be written from several hosts", |w| {
        Fact::present(w.shared_volume())
    })
    .needs_lists(CLAIMS),
    workload("workload.own-volumes", Boolean, "each copy keeps its own volume", |w| Fact::present(w.own_volumes()))
        .only_of(&[WorkloadKind::StatefulSet]),
    workload("workload.uses-identity", Boolean, "its copies know each other by name", |w| {
        Fact::present(w.uses_identity())
    }),
    workload(
        "workload.store",
        Boolean,
        "it is a store: it runs a known engine, or members with volumes of their own find each other by name",
        |w| Fact::present(w.store()),
    ),
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
        |w| w.custom_role().map_or(Fact::Absent, |role| Fact::text(role, [w.workload.kind_place])),
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
    workload(
        "workload.outside-protocol",
        Text,
        "the protocol other than HTTP by which it is reached from outside, by its port",
        |w| w.outside_protocol().map_or(Fact::Absent, |(protocol, place)| Fact::text(protocol, [place])),
    )
    .needs_lists(TRAFFIC),
    workload("workload.host-port", Boolean, "it takes a port of every host that it runs on", |w| {
        Fact::present(w.containers().flat_map(|container| &container.ports).find_map(|port| port.on_host))
    }),
    workload("workload.network-policy", Boolean, "a network policy selects its pods", |w| {
        let places = w.network_policies();
        Fact::boolean(!places.is_empty(), places)
    })
    .needs_lists(POLICIES),
    workload(
        "workload.host-access",
        Boolean,
        "it reaches into the host: namespaces, privileges, devices, paths",
        |w| Fact::present(w.host_access()),
    ),
    workload("workload.engine-socket", Boolean, "it drives the container engine through its socket", |w| {
        Fact::present(w.workload.pods.iter().find_map(|pod| pod.engine_socket))
    }),
    workload("workload.daemon", Boolean, "it runs on every node", |w| {
        Fact::boolean(w.is_daemon(), [w.workload.kind_place])
    })
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
    })
    .needs_lists(RIGHTS)
    .where_it_matters(|w| w.has_own_account()),
    workload(
        "workload.controls",
        Boolean,
        "its service account may write what these files define, or any status",
        |w| Fact::present(w.controls()),
    )
    .needs_lists(RIGHTS)
    .where_it_matters(|w| w.has_own_account()),
    workload(
        "workload.role-missing",
        Boolean,
        "its service account is bound to a role that is not in the files",
        // A cluster shows all there is: what is bound to a role that does not exist has no right by it.
        |w| Fact::present(w.rights().missing_role.filter(|_| w.cluster().is_none())),
    )
    .needs_lists(RIGHTS)
    .where_it_matters(|w| w.has_own_account())
    .of_the_whole(),
    workload(
        "workload.account-unbound",
        Boolean,
        "it has a service account of its own that nothing gives a right",
        |w| {
            let account =
                w.workload.pods.iter().find_map(|pod| pod.service_account.as_ref()).map(|account| account.place);
            // In a cluster nothing more can give it a right.
            Fact::present(account.filter(|_| w.rights().unbound && w.cluster().is_none()))
        },
    )
    .needs_lists(RIGHTS)
    .where_it_matters(|w| w.has_own_account())
    .of_the_whole(),
    // Batch, hardware, delivery.
    workload("workload.timed", Boolean, "it runs by a timetable that is switched on", |w| {
        Fact::present(w.workload.schedule.filter(|_| w.workload.suspended.is_none()))
    })
    .only_of(BATCH),
    workload("workload.timetable-off", Boolean, "it has a timetable that is switched off", |w| {
        Fact::present(w.workload.suspended.filter(|_| w.workload.schedule.is_some()))
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
    workload(
        "workload.accelerator-part",
        Boolean,
        "it asks for a part of an accelerator, or for a device by a claim",
        |w| Fact::present(w.containers().find_map(|container| container.accelerator_part)),
    ),
    workload("workload.canary", Boolean, "new versions arrive step by step or after an analysis", |w| {
        Fact::present(w.workload.canary.or(w.flagger_canary()))
    })
    .only_of(STEPPED),
    workload("workload.hook", Boolean, "it runs beside each release, as a hook of Helm or Argo CD", |w| {
        Fact::present(w.workload.hook)
    }),
];
