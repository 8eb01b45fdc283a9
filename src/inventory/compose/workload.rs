//! A service as a workload.

use super::service::{Mount, PublishedPort, Resources, Service};
use super::value::Value;
use crate::inventory::model::{
    Container, Key, Origin, Pod, Port, Strictness, Volume, VolumeKind, Workload, WorkloadKind, Written,
};
use crate::inventory::pod::GIB;
use crate::tables::{HostPath, Tables};
use crate::text::SourceId;
use crate::yaml::Place;

/// The workload of a service of a project that lives in a folder.
pub(super) fn workload(service: &Service, value: &Value, folder: &str, source: SourceId, tables: &Tables) -> Workload {
    let mut container = Container {
        image: service.image.as_ref().map(|image| image.value.clone()).unwrap_or_default(),
        image_place: service.image.as_ref().map(|image| image.place).or(service.build),
        readiness: service.health_check.as_ref().and_then(|check| check.place),
        privileged: value.get("privileged").filter(|v| v.boolean() == Some(true)).map(|value| value.place),
        accelerators: service.resources.accelerators,
        ports: service.ports.iter().map(port).collect(),
        ..Container::default()
    };
    set_size(&service.resources, &mut container);
    let mut pod = Pod { factor: 1.0, ..Pod::default() };
    for mount in &service.mounts {
        add_volume(mount, &mut pod, tables);
    }
    pod.host_namespaces = ["network_mode", "pid", "ipc"]
        .iter()
        .filter_map(|key| value.get(key))
        .find(|value| value.text() == Some("host"))
        .map(|value| value.place);
    pod.devices = value
        .get("devices")
        .and_then(|devices| devices.items().first())
        .map(|device| device.place)
        .filter(|_| container.accelerators.is_none());
    read_placement(value.get("deploy"), &mut pod);
    pod.containers.push(container);
    let key =
        Key { kind: "service".to_owned(), group: String::new(), scope: folder.to_owned(), name: service.name.clone() };
    Workload {
        key,
        kind: if service.is_global { WorkloadKind::DaemonSet } else { WorkloadKind::ComposeService },
        origin: Origin::Compose,
        place: service.place,
        source,
        labels: std::collections::BTreeMap::new(),
        copies: service.replicas.clone(),
        pods: vec![pod],
        claim_templates: Vec::new(),
        service_name: None,
        recreates: None,
        canary: None,
        parallelism: None,
        indexed: None,
        schedule: None,
        suspended: false,
        own_range: None,
        restarts: restart_policy(value),
        converted: None,
        custom: None,
    }
}

/// `restart` in all its forms, or a `deploy` section, whose default is to restart.
fn restart_policy(service: &Value) -> Option<Place> {
    let restarts = |text: Option<&str>| text.is_some_and(|text| text != "no" && text != "none" && !text.is_empty());
    let condition = service.at(&["deploy", "restart_policy", "condition"]);
    let by_deploy = match condition {
        Some(condition) => restarts(condition.text()).then_some(condition.place),
        None => service.get("deploy").map(|deploy| deploy.place),
    };
    service.get("restart").filter(|value| restarts(value.text())).map(|value| value.place).or(by_deploy)
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
        on_host: port.mode == "host",
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
fn read_placement(deploy: Option<&Value>, pod: &mut Pod) {
    let Some(placement) = deploy.and_then(|deploy| deploy.get("placement")) else { return };
    if let Some(limit) = placement.get("max_replicas_per_node") {
        pod.spread_hosts = Some(Written { value: Strictness::Required, place: limit.place });
    }
    for preference in placement.get("preferences").map(Value::items).unwrap_or_default() {
        let Some(spread) = preference.get("spread") else { continue };
        let written = Written { value: Strictness::Preferred, place: spread.place };
        let label = spread.text().unwrap_or_default();
        if label.contains("zone") || label.contains("datacenter") {
            pod.spread_zones.get_or_insert(written);
        }
        pod.spread_hosts.get_or_insert(written);
    }
    let constraints = placement.get("constraints").map(Value::items).unwrap_or_default();
    let one_host = constraints.iter().find(|constraint| {
        constraint.text().is_some_and(|text| {
            let text = text.replace(' ', "");
            text.starts_with("node.hostname==") || text.starts_with("node.id==")
        })
    });
    pod.fixed_node = one_host.map(|constraint| constraint.place);
}
