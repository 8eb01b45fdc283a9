//! Pods as their controllers would make them: containers, ports, volumes, and where they may land.

use super::{Labels, Place, Written};

/// What one container, or one pod, asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// vCPU.
    pub cpu: f64,
    /// GiB.
    pub memory_gib: f64,
}

/// A container of a pod, or the one container of a Compose service.
#[derive(Clone, Debug, Default)]
pub struct Container {
    /// Its image reference without credentials, empty where none is written.
    pub image: String,
    /// Where the image is written.
    pub image_place: Option<Place>,
    /// CPU as requested, or half the limit, in vCPU; none where neither is written.
    pub cpu: Option<Written<f64>>,
    /// Memory as requested, or half the limit, in GiB; none where neither is written.
    pub memory_gib: Option<Written<f64>>,
    /// Whether a request (not only a limit) for CPU or memory is written.
    pub has_request: bool,
    /// Accelerator devices.
    pub accelerators: Option<Written<f64>>,
    /// The readiness probe; the health check of a Compose service.
    pub readiness: Option<Place>,
    /// The liveness or start-up probe.
    pub liveness: Option<Place>,
    /// Ports with their protocol in capitals.
    pub ports: Vec<Port>,
    /// Where it asks for a part of an accelerator, or for one by a claim.
    pub accelerator_part: Option<Place>,
    /// Where it asks for all privileges of the host.
    pub privileged: Option<Place>,
    /// Where an argument, command or environment value refers to the pod's own name, ordinal or service.
    pub names_itself: Option<Place>,
    /// Names of the volumes it mounts.
    pub mounts: Vec<String>,
}

/// A port.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    /// The number, 0 where it is a name or a range.
    pub number: u32,
    /// How many ports a range holds.
    pub count: u32,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// Where it is bound on the host (`hostPort`).
    pub on_host: Option<Place>,
    /// Whether it is published beyond its host (Compose).
    pub published: bool,
    /// Where it is written.
    pub place: Place,
}

/// A volume of a pod or of a Compose service.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Its name in the pod.
    pub name: String,
    /// What backs it.
    pub kind: VolumeKind,
    /// Where it is written.
    pub place: Place,
}

/// What backs a volume.
#[derive(Clone, Debug, PartialEq)]
pub enum VolumeKind {
    /// A claim by name, or a named volume of Compose.
    Claim(String),
    /// A claim made per pod: a claim template, or a generic ephemeral volume.
    Template {
        /// Whether several pods may write it.
        shared: bool,
    },
    /// A path of the host.
    HostPath(String),
    /// A network file system or another volume written in place, such as NFS or a cloud disk.
    Inline {
        /// Whether several pods may write it.
        shared: bool,
    },
    /// A ConfigMap by name.
    Configuration(String),
    /// Secrets, scratch space: nothing that lasts.
    Transient,
}

/// How strictly pods are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strictness {
    /// The scheduler tries.
    Preferred,
    /// A pod does not start otherwise.
    Required,
}

/// A pod as its controller would make it.
#[derive(Clone, Debug, Default)]
pub struct Pod {
    /// Copies of this pod per copy of the workload; more than 1 only inside custom resources.
    pub factor: f64,
    /// The pod's labels.
    pub labels: Labels,
    /// Its containers, sidecars included, other init containers left out.
    pub containers: Vec<Container>,
    /// Its volumes.
    pub volumes: Vec<Volume>,
    /// The service account, where it is written and not `default`.
    pub service_account: Option<Written<String>>,
    /// Kept apart by host.
    pub spread_hosts: Option<Written<Strictness>>,
    /// Kept apart by zone.
    pub spread_zones: Option<Written<Strictness>>,
    /// Kept apart by region.
    pub spread_regions: Option<Place>,
    /// The kind of host that it asks for, by a label other than those of the system, the host and where it stands.
    pub host_kind: Option<Written<String>>,
    /// A priority over other pods, those of the platform itself left out.
    pub priority: Option<Place>,
    /// Tied to one node by name, host name selector or required affinity.
    pub fixed_node: Option<Place>,
    /// Uses the host's network, process or IPC namespace.
    pub host_namespaces: Option<Place>,
    /// Runs on Windows.
    pub windows: Option<Place>,
    /// A mesh sidecar is asked for on the pod.
    pub mesh_injected: Option<Place>,
    /// The pod asks for devices through a resource claim.
    pub resource_claims: Option<Place>,
    /// Host paths that belong to the node itself, counted once each.
    pub system_paths: Vec<Place>,
    /// Host paths of the kubelet or the network plugins.
    pub node_plugin_path: Option<Place>,
    /// The socket of a container engine.
    pub engine_socket: Option<Place>,
    /// Devices of the host (Compose `devices`).
    pub devices: Option<Place>,
}
