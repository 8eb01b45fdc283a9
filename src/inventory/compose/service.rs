//! A resolved Compose service as a workload.

use super::value::Value;
use crate::inventory::model::{
    Container, Key, Origin, Pod, Port, Stated, Strictness, Volume, VolumeKind, Workload, WorkloadKind, Written,
};
use crate::inventory::pod::GIB;
use crate::inventory::quantity::compose_bytes;
use crate::tables::{HostPath, Tables};
use crate::text::SourceId;
use crate::text::sanitize::without_credentials;

/// Reads a service of a project that lives in a folder.
pub(super) fn read_service(name: &str, service: &Value, folder: &str, source: SourceId, tables: &Tables) -> Workload {
    let image = service.get("image").and_then(|image| image.text());
    let mut container = Container {
        image: image.map(|image| without_credentials(image).into_owned()).unwrap_or_default(),
        image_place: service.get("image").or_else(|| service.get("build")).map(|value| value.place),
        readiness: health_check(service),
        privileged: service.get("privileged").filter(|v| v.boolean() == Some(true)).map(|value| value.place),
        accelerators: accelerators(service),
        ..Container::default()
    };
    read_sizes(service, &mut container);
    container.ports =
        service.get("ports").map(|ports| ports.items()).unwrap_or_default().iter().map(read_port).collect();
    let mut pod = Pod { factor: 1.0, ..Pod::default() };
    for volume in service.get("volumes").map(|volumes| volumes.items()).unwrap_or_default() {
        read_volume(volume, &mut pod, tables);
    }
    pod.host_namespaces = ["network_mode", "pid", "ipc"]
        .iter()
        .filter_map(|key| service.get(key))
        .find(|value| value.text() == Some("host"))
        .map(|value| value.place);
    pod.devices = service
        .get("devices")
        .and_then(|devices| devices.items().first())
        .map(|device| device.place)
        .filter(|_| container.accelerators.is_none());
    let deploy = service.get("deploy");
    read_placement(deploy, &mut pod);
    pod.containers.push(container);
    let is_global = deploy.and_then(|deploy| deploy.get("mode")).and_then(|mode| mode.text()) == Some("global");
    let copies = deploy.and_then(|deploy| deploy.get("replicas")).or_else(|| service.get("scale"));
    Workload {
        key: Key { kind: "service".to_owned(), group: String::new(), scope: folder.to_owned(), name: name.to_owned() },
        kind: if is_global { WorkloadKind::DaemonSet } else { WorkloadKind::ComposeService },
        origin: Origin::Compose,
        place: service.place,
        source,
        labels: std::collections::BTreeMap::new(),
        copies: copies.map_or(Stated::Absent, stated),
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
        restarts: restart_policy(service),
        converted: None,
        custom: None,
    }
}

/// `restart` in all its forms, or a `deploy` section, whose default is to restart.
fn restart_policy(service: &Value) -> Option<crate::yaml::Place> {
    let restarts = |text: Option<&str>| text.is_some_and(|text| text != "no" && text != "none" && !text.is_empty());
    let condition = service.at(&["deploy", "restart_policy", "condition"]);
    let by_deploy = match condition {
        Some(condition) => restarts(condition.text()).then_some(condition.place),
        None => service.get("deploy").map(|deploy| deploy.place),
    };
    service.get("restart").filter(|value| restarts(value.text())).map(|value| value.place).or(by_deploy)
}

fn stated(value: &Value) -> Stated<f64> {
    match (value.unset(), value.number()) {
        (None, Some(number)) => Stated::Known(Written { value: number, place: value.place }),
        (Some(variable), _) => {
            Stated::Unknown { reason: format!("the variable {variable} has no value in the files"), place: value.place }
        }
        (None, None) => Stated::Unknown { reason: "the number is a placeholder".to_owned(), place: value.place },
    }
}

fn health_check(service: &Value) -> Option<crate::yaml::Place> {
    let check = service.get("healthcheck").filter(|check| check.is_map())?;
    let disabled = check.get("disable").and_then(|value| value.boolean()) == Some(true)
        || check.get("test").is_some_and(|test| {
            test.text() == Some("NONE") || test.items().first().and_then(|item| item.text()) == Some("NONE")
        });
    (!disabled).then_some(check.place)
}

fn read_sizes(service: &Value, container: &mut Container) {
    let reserved = |key: &str| service.at(&["deploy", "resources", "reservations", key]);
    let limited = |key: &str| service.at(&["deploy", "resources", "limits", key]);
    let cpu = |value: &Value| value.number();
    let memory = |value: &Value| Some(compose_bytes(value.text()?)? / GIB);
    let read = |request: Option<&Value>, limit: Option<&Value>, amount: &dyn Fn(&Value) -> Option<f64>| {
        let requested = request.and_then(|value| Some(Written { value: amount(value)?, place: value.place }));
        let half = || limit.and_then(|value| Some(Written { value: amount(value)? / 2.0, place: value.place }));
        (requested.or_else(half), requested.is_some())
    };
    let (cpus, cpus_requested) = read(reserved("cpus"), limited("cpus").or_else(|| service.get("cpus")), &cpu);
    let (memory, memory_requested) = read(
        reserved("memory").or_else(|| service.get("mem_reservation")),
        limited("memory").or_else(|| service.get("mem_limit")),
        &memory,
    );
    container.cpu = cpus;
    container.memory_gib = memory;
    container.has_request = cpus_requested || memory_requested;
}

/// GPU devices: `deploy.resources.reservations.devices` with the capability `gpu`, `gpus`, or NVIDIA's runtime.
fn accelerators(service: &Value) -> Option<Written<f64>> {
    let devices = service.at(&["deploy", "resources", "reservations", "devices"]);
    let listed = devices.map(|devices| devices.items()).unwrap_or_default().iter().find_map(|device| {
        let gpu = device
            .get("capabilities")
            .is_some_and(|list| list.items().iter().any(|item| matches!(item.text(), Some("gpu" | "nvidia" | "tpu"))));
        let count = device.get("count").and_then(|count| count.number()).unwrap_or(1.0);
        gpu.then_some(Written { value: count, place: device.place })
    });
    let short = service
        .get("gpus")
        .or_else(|| service.get("runtime").filter(|runtime| runtime.text() == Some("nvidia")))
        .map(|value| Written { value: value.number().unwrap_or(1.0), place: value.place });
    listed.or(short)
}

/// `"8080:80/udp"`, `"3000-3005"`, or a mapping with `target`, `published` and `protocol`.
fn read_port(port: &Value) -> Port {
    if port.is_map() {
        let text = |key: &str| port.get(key).and_then(|value| value.text());
        return Port {
            number: text("target").and_then(|number| number.parse().ok()).unwrap_or(0),
            count: 1,
            protocol: text("protocol").unwrap_or("tcp").to_ascii_uppercase(),
            on_host: text("mode") == Some("host"),
            place: port.place,
        };
    }
    let text = port.text().unwrap_or_default();
    let (range, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
    let target = range.rsplit(':').next().unwrap_or(range);
    let (first, last) = target.split_once('-').unwrap_or((target, target));
    let parse = |text: &str| text.trim().parse::<u32>().ok().filter(|number| *number <= 65_535);
    let number = parse(first).unwrap_or(0);
    let last = parse(last).unwrap_or(number);
    Port {
        number,
        count: last.saturating_sub(number) + 1,
        protocol: protocol.trim().to_ascii_uppercase(),
        on_host: false,
        place: port.place,
    }
}

fn read_volume(volume: &Value, pod: &mut Pod, tables: &Tables) {
    let get = |key: &str| volume.get(key).and_then(|value| value.text());
    let (source, target, read_only, kind) = if volume.is_map() {
        let read_only = volume.get("read_only").and_then(|value| value.boolean()) == Some(true);
        (
            get("source").unwrap_or_default(),
            get("target").unwrap_or_default(),
            read_only,
            get("type").unwrap_or("volume"),
        )
    } else {
        let mut parts = volume.text().unwrap_or_default().split(':');
        let (first, second, mode) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        // An empty source comes from a variable without a value, which holds a path of the host.
        let is_path = first.is_empty() || first.starts_with(['/', '.', '~']) || first.contains("\\");
        match second {
            Some(target) => {
                let read_only = mode.is_some_and(|mode| mode.split(',').any(|option| option == "ro"));
                (first, target, read_only, if is_path { "bind" } else { "volume" })
            }
            None => ("", first, false, "volume"),
        }
    };
    // A file, or something that only is read, is configuration.
    let is_file = source.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    let kind = match kind {
        "bind" => match tables.host_path(source) {
            HostPath::ContainerEngine => {
                pod.engine_socket = pod.engine_socket.or(Some(volume.place));
                VolumeKind::Transient
            }
            HostPath::NodePlugin | HostPath::System if source.starts_with('/') => {
                pod.system_paths.push(volume.place);
                VolumeKind::Transient
            }
            _ if read_only || is_file => VolumeKind::Transient,
            _ => VolumeKind::HostPath(source.to_owned()),
        },
        "volume" if !source.is_empty() => VolumeKind::Claim(source.to_owned()),
        "nfs" => VolumeKind::Inline { shared: true },
        _ => VolumeKind::Transient,
    };
    let name = if source.is_empty() { target } else { source };
    pod.volumes.push(Volume { name: name.to_owned(), kind, place: volume.place });
}

/// Swarm placement: spread preferences and a limit of copies per node keep copies apart, a constraint on one host or
/// on the managers ties them down.
fn read_placement(deploy: Option<&Value>, pod: &mut Pod) {
    let Some(placement) = deploy.and_then(|deploy| deploy.get("placement")) else { return };
    if let Some(limit) = placement.get("max_replicas_per_node") {
        pod.spread_hosts = Some(Written { value: Strictness::Required, place: limit.place });
    }
    for preference in placement.get("preferences").map(|list| list.items()).unwrap_or_default() {
        let Some(spread) = preference.get("spread") else { continue };
        let written = Written { value: Strictness::Preferred, place: spread.place };
        let label = spread.text().unwrap_or_default();
        if label.contains("zone") || label.contains("datacenter") {
            pod.spread_zones.get_or_insert(written);
        }
        pod.spread_hosts.get_or_insert(written);
    }
    pod.fixed_node = placement
        .get("constraints")
        .map(|list| list.items())
        .unwrap_or_default()
        .iter()
        .find(|constraint| {
            constraint.text().is_some_and(|text| {
                let text = text.replace(' ', "");
                text.starts_with("node.hostname==") || text.starts_with("node.id==")
            })
        })
        .map(|constraint| constraint.place);
}
