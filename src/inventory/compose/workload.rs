//! A service as a workload.

use super::service::{Deploy, Mount, PublishedPort, Resources, Service};
use crate::inventory::model::{
    Container, Key, Origin, Pod, Port, Strictness, Volume, VolumeKind, Workload, WorkloadKind, Written,
};
use crate::inventory::pod::GIB;
use crate::tables::{HostPath, Tables};
use crate::text::SourceId;
use crate::yaml::Place;

/// The workload of a service of a project that lives in a folder.
pub(super) fn workload(service: &Service, folder: &str, source: SourceId, tables: &Tables) -> Workload {
    let mut container = Container {
        image: service.image.as_ref().map(|image| image.value.clone()).unwrap_or_default(),
        image_place: service.image.as_ref().map(|image| image.place).or(service.build),
        readiness: service.health_check.as_ref().and_then(|check| check.place),
        privileged: service.privileged,
        accelerators: accelerators(service),
        ports: service.ports.iter().map(port).collect(),
        ..Container::default()
    };
    set_size(&service.resources, &mut container);
    let mut pod = Pod { factor: 1.0, ..Pod::default() };
    for mount in &service.mounts {
        add_volume(mount, &mut pod, tables);
    }
    let namespaces = &service.namespaces;
    pod.host_namespaces = [&namespaces.network, &namespaces.processes, &namespaces.memory]
        .into_iter()
        .flatten()
        .find(|namespace| namespace.value == "host")
        .map(|namespace| namespace.place);
    let device = service.devices.first().map(|device| device.place);
    pod.devices = device.filter(|_| container.accelerators.is_none());
    if let Some(deploy) = &service.deploy {
        read_placement(deploy, &mut pod);
    }
    pod.containers.push(container);
    let key =
        Key { kind: "service".to_owned(), group: String::new(), scope: folder.to_owned(), name: service.name.clone() };
    Workload {
        key,
        kind: if service.is_global { WorkloadKind::DaemonSet } else { WorkloadKind::ComposeService },
        origin: Origin::Compose,
        place: service.place,
        kind_place: service.place,
        source,
        labels: std::collections::BTreeMap::new(),
        copies: service.replicas.clone(),
        pods: vec![pod],
        claim_templates: Vec::new(),
        service_name: None,
        recreates: None,
        may_be_missing: None,
        hook: None,
        swarm_keys: service.deploy.as_ref().and_then(|deploy| deploy.swarm_keys),
        canary: None,
        parallelism: None,
        indexed: None,
        schedule: service.schedule,
        suspended: None,
        own_range: None,
        restarts: restart_policy(service),
        converted: None,
        custom: None,
        release: None,
        written: None,
    }
}

/// Accelerator devices: those of all requests together, where one without a number counts as one; else one for NVIDIA's
/// runtime.
fn accelerators(service: &Service) -> Option<Written<f64>> {
    let is_meant = |names: &[String]| names.iter().any(|name| matches!(name.as_str(), "gpu" | "nvidia" | "tpu"));
    let requests = service.device_requests.iter().filter(|request| is_meant(&request.capabilities));
    let requested = requests.map(|request| Written {
        value: request.count.unwrap_or(request.ids.len().max(1) as f64),
        place: request.place,
    });
    let generic = service.deploy.iter().flat_map(|deploy| &deploy.generic_resources);
    let generic = generic.filter(|(kind, _)| kind.to_ascii_lowercase().contains("gpu")).map(|(_, amount)| *amount);
    let sum = |a: Written<f64>, b: Written<f64>| Written { value: a.value + b.value, ..a };
    let runtime = service.runtime.as_ref().filter(|runtime| runtime.value == "nvidia");
    requested.chain(generic).reduce(sum).or(runtime.map(|runtime| Written { value: 1.0, place: runtime.place }))
}

/// `restart` in all its forms, or a `deploy` section, whose default is to restart.
fn restart_policy(service: &Service) -> Option<Place> {
    let restarts = |policy: &Written<String>| policy.value != "no" && policy.value != "none";
    let by_deploy = service.deploy.as_ref().and_then(|deploy| match &deploy.restart_condition {
        Some(condition) => restarts(condition).then_some(condition.place),
        None => Some(deploy.place),
    });
    service.restart.as_ref().filter(|policy| restarts(policy)).map(|policy| policy.place).or(by_deploy)
}

/// What is reserved counts, else half of what is the limit.
fn set_size(resources: &Resources, container: &mut Container) {
    let size = |reserved: Option<Written<f64>>, limit: Option<Written<f64>>, unit: f64| {
        let reserved = reserved.map(|amount| Written { value: amount.value / unit, ..amount });
        let half = limit.map(|amount| Written { value: amount.value / unit / 2.0, ..amount });
        (reserved.or(half), reserved.is_some())
    };
    let (cpu, cpu_is_reserved) = size(resources.reserved_cpus, resources.limited_cpus.or(resources.cpus), 1.0);
    let (memory, memory_is_reserved) = size(
        resources.reserved_memory.or(resources.memory_reservation),
        resources.limited_memory.or(resources.memory_limit),
        GIB,
    );
    container.cpu = cpu;
    container.memory_gib = memory;
    container.has_request = cpu_is_reserved || memory_is_reserved;
}

fn port(port: &PublishedPort) -> Port {
    Port {
        number: port.target,
        count: port.count,
        protocol: port.protocol.to_ascii_uppercase(),
        on_host: (port.mode == "host").then_some(port.place),
        published: !(port.host_ip.starts_with("127.") || port.host_ip == "::1" || port.host_ip == "localhost"),
        place: port.place,
    }
}

fn add_volume(mount: &Mount, pod: &mut Pod, tables: &Tables) {
    let source = mount.source.as_str();
    // A file, or something that only is read, is configuration.
    let is_file = source.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    let kind = match mount.kind.as_str() {
        "bind" => match tables.host_path(source) {
            HostPath::ContainerEngine => {
                pod.engine_socket = pod.engine_socket.or(Some(mount.place));
                VolumeKind::Transient
            }
            HostPath::NodePlugin | HostPath::System if source.starts_with('/') => {
                pod.system_paths.push(mount.place);
                VolumeKind::Transient
            }
            _ if mount.read_only || is_file => VolumeKind::Transient,
            _ => VolumeKind::HostPath(source.to_owned()),
        },
        "volume" if !source.is_empty() => VolumeKind::Claim(source.to_owned()),
        "nfs" => VolumeKind::Inline { shared: true },
        // A volume of a CSI driver, which Swarm attaches to the host where the task runs.
        "cluster" => VolumeKind::Claim(source.to_owned()),
        _ => VolumeKind::Transient,
    };
    let name = if source.is_empty() { mount.target.as_str() } else { source };
    pod.volumes.push(Volume { name: name.to_owned(), kind, place: mount.place });
}

/// Swarm placement: spread preferences and a limit of copies per node keep copies apart, a constraint on one host ties
/// them down.
fn read_placement(deploy: &Deploy, pod: &mut Pod) {
    if let Some(limit) = &deploy.most_per_node {
        pod.spread_hosts = Some(Written { value: Strictness::Required, place: limit.place });
    }
    for spread in &deploy.spreads {
        let written = Written { value: Strictness::Preferred, place: spread.place };
        if spread.value.contains("zone") || spread.value.contains("datacenter") {
            pod.spread_zones.get_or_insert(written);
        }
        pod.spread_hosts.get_or_insert(written);
    }
    let one_host = deploy.constraints.iter().find(|constraint| {
        let text = constraint.value.replace(' ', "");
        text.starts_with("node.hostname==") || text.starts_with("node.id==")
    });
    pod.fixed_node = one_host.map(|constraint| constraint.place);
}
