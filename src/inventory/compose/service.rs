//! Services as Docker would run them: every field that says something about need, with its place.

use std::collections::BTreeMap;

use super::canonical::clean;
use super::load::WORKING_FOLDER;
use super::ports::LAST_TARGET;
use super::value::Value;
use crate::inventory::model::{Stated, Written};
use crate::inventory::quantity::{compose_bytes, duration};
use crate::language::say;
use crate::text::sanitize::without_credentials;
use crate::yaml::Place;

/// One service of a project, every short form written out.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// Its image reference without credentials; none where it is built or provided.
    pub image: Option<Written<String>>,
    /// Where it says how its image is built.
    pub build: Option<Place>,
    /// Where something else than a container provides it.
    pub provider: Option<Place>,
    /// Copies, by `deploy.replicas` or `scale`.
    pub replicas: Stated<f64>,
    /// Whether a copy runs on every host (`deploy.mode: global`).
    pub is_global: bool,
    /// Published ports.
    pub ports: Vec<PublishedPort>,
    /// Mounts.
    pub mounts: Vec<Mount>,
    /// What it depends on, by name.
    pub depends_on: BTreeMap<String, Dependency>,
    /// Reservations and limits.
    pub resources: Resources,
    /// Its health check; none where it has none or switches it off.
    pub health_check: Option<HealthCheck>,
    /// The profiles that start it; empty where it always starts.
    pub profiles: Vec<String>,
    /// Where it takes the rights of the host (`privileged`).
    pub privileged: Option<Place>,
    /// Where its network, its processes and its memory are shared from, as `host` or `service:db`.
    pub namespaces: Namespaces,
    /// Devices of the host.
    pub devices: Vec<Device>,
    /// Devices that the engine is asked for: `gpus` and device reservations.
    pub device_requests: Vec<DeviceRequest>,
    /// `runtime`.
    pub runtime: Option<Written<String>>,
    /// `restart`.
    pub restart: Option<Written<String>>,
    /// Its `deploy` section.
    pub deploy: Option<Deploy>,
    /// When a job starts.
    pub schedule: Option<Place>,
}

/// What a container shares with the host or with another container.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    /// `network_mode`.
    pub network: Option<Written<String>>,
    /// `pid`.
    pub processes: Option<Written<String>>,
    /// `ipc`.
    pub memory: Option<Written<String>>,
}

/// A device of the host.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its path on the host, or its name for the engine.
    pub source: String,
    /// Its path in the container.
    pub target: String,
    /// Where it is written.
    pub place: Place,
}

/// Devices that the engine is asked for.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    /// What they have to be able to do, as `gpu`.
    pub capabilities: Vec<String>,
    /// How many; none for all of them or for those that are named.
    pub count: Option<f64>,
    /// Their names.
    pub ids: Vec<String>,
    /// Where it is written.
    pub place: Place,
}

/// How Swarm, and in part Compose, runs a service.
#[derive(Clone, Debug)]
pub struct Deploy {
    /// Where it is written.
    pub place: Place,
    /// `restart_policy.condition`.
    pub restart_condition: Option<Written<String>>,
    /// `placement.constraints`.
    pub constraints: Vec<Written<String>>,
    /// `placement.preferences`: the labels over whose values copies are spread.
    pub spreads: Vec<Written<String>>,
    /// `placement.max_replicas_per_node`.
    pub most_per_node: Option<Written<f64>>,
    /// Where it says what Swarm alone obeys: placement, and how copies are replaced.
    pub swarm_keys: Option<Place>,
    /// `resources.reservations.generic_resources`: kinds with their amounts.
    pub generic_resources: Vec<(String, Written<f64>)>,
}

/// A port, or a range of them, that a service publishes.
#[derive(Clone, Debug)]
pub struct PublishedPort {
    /// The first port of the container, 0 where it is unreadable.
    pub target: u32,
    /// The number of ports.
    pub count: u32,
    /// The port of the host or the range of them, as written; empty for one that Docker picks.
    pub published: String,
    /// The address of the host; empty for all.
    pub host_ip: String,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// `ingress` or `host`.
    pub mode: String,
    /// Where it is written.
    pub place: Place,
}

/// Something mounted into a container.
#[derive(Clone, Debug)]
pub struct Mount {
    /// `volume`, `bind`, `tmpfs`, `npipe`, `cluster` or `image`.
    pub kind: String,
    /// A path of the host, seen from the project's folder, or a volume's name; empty for none.
    pub source: String,
    /// The path in the container.
    pub target: String,
    /// Whether it is only read.
    pub read_only: bool,
    /// Where it is written.
    pub place: Place,
}

/// A service that has to be there before another starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// `service_started`, `service_healthy` or `service_completed_successfully`.
    pub condition: String,
    /// Whether a restart of the one restarts the other.
    pub restart: bool,
    /// Whether the project is wrong without it.
    pub required: bool,
}

/// Reservations and limits: vCPU and bytes.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// `deploy.resources.reservations.cpus`.
    pub reserved_cpus: Option<Written<f64>>,
    /// `deploy.resources.reservations.memory`.
    pub reserved_memory: Option<Written<f64>>,
    /// `deploy.resources.limits.cpus`.
    pub limited_cpus: Option<Written<f64>>,
    /// `deploy.resources.limits.memory`.
    pub limited_memory: Option<Written<f64>>,
    /// `cpus`.
    pub cpus: Option<Written<f64>>,
    /// `mem_limit`.
    pub memory_limit: Option<Written<f64>>,
    /// `mem_reservation`.
    pub memory_reservation: Option<Written<f64>>,
}

/// How Docker finds out whether a container works. Durations are in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct HealthCheck {
    /// The command, its form (`CMD`, `CMD-SHELL`) first; empty for the image's own.
    pub test: Vec<String>,
    /// Time between two checks.
    pub interval: Option<i64>,
    /// Time until a check counts as failed.
    pub timeout: Option<i64>,
    /// Time at the start in which failures do not count.
    pub start_period: Option<i64>,
    /// Time between two checks in that time.
    pub start_interval: Option<i64>,
    /// Failures in a row that make a container unhealthy.
    pub retries: Option<f64>,
    /// Where it is written.
    pub place: Option<Place>,
}

impl Service {
    /// Reads a service whose short forms are written out.
    pub(super) fn read(name: &str, service: &Value) -> Self {
        let replicas = service.stated("scale").or_else(|| service.at(&["deploy", "replicas"]));
        let text = |key: &str| service.get(key).filter(|value| value.text().is_some_and(|text| !text.is_empty()));
        let written = |key: &str| text(key).and_then(written);
        Self {
            name: name.to_owned(),
            place: service.place,
            image: text("image").and_then(|image| {
                Some(Written { value: without_credentials(image.text()?).into_owned(), place: image.place })
            }),
            build: service.stated("build").map(|build| build.place),
            provider: service.stated("provider").map(|provider| provider.place),
            replicas: replicas.map_or(Stated::Absent, stated),
            is_global: service
                .at(&["deploy", "mode"])
                .is_some_and(|mode| matches!(mode.text(), Some("global" | "global-job"))),
            ports: items(service, "ports").iter().map(port).collect(),
            mounts: items(service, "volumes").iter().map(mount).collect(),
            depends_on: dependencies(service),
            resources: resources(service),
            health_check: health_check(service),
            profiles: texts(items(service, "profiles")),
            privileged: service.get("privileged").filter(|v| v.boolean() == Some(true)).map(|value| value.place),
            namespaces: Namespaces {
                network: written("network_mode"),
                processes: written("pid"),
                memory: written("ipc"),
            },
            devices: items(service, "devices").iter().map(device).collect(),
            device_requests: device_requests(service),
            runtime: written("runtime"),
            restart: written("restart"),
            deploy: service.stated("deploy").map(deploy),
            schedule: service.at(&["triggers", "schedule"]).map(|schedule| schedule.place),
        }
    }
}

fn items<'v>(service: &'v Value, key: &str) -> &'v [Value] {
    service.get(key).map(Value::items).unwrap_or_default()
}

fn texts(items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

fn written(value: &Value) -> Option<Written<String>> {
    Some(Written { value: value.text()?.to_owned(), place: value.place })
}

fn stated(value: &Value) -> Stated<f64> {
    match (value.unset(), value.number()) {
        (None, Some(number)) => Stated::Known(Written { value: number, place: value.place }),
        (Some(variable), _) => {
            Stated::Unknown { reason: say!("the variable {} has no value in the files", variable), place: value.place }
        }
        (None, None) => Stated::Unknown { reason: say!("the number is a placeholder"), place: value.place },
    }
}

fn port(port: &Value) -> PublishedPort {
    let text = |key: &str| port.get(key).and_then(Value::text);
    let number = |key: &str| text(key).and_then(|text| text.parse::<u32>().ok()).filter(|port| *port <= 65_535);
    let target = number("target").unwrap_or(0);
    let last = number(LAST_TARGET).unwrap_or(target);
    PublishedPort {
        target,
        count: last.saturating_sub(target) + 1,
        published: text("published").unwrap_or_default().to_owned(),
        host_ip: text("host_ip").unwrap_or_default().to_owned(),
        protocol: text("protocol").unwrap_or("tcp").to_owned(),
        mode: text("mode").unwrap_or("ingress").to_owned(),
        place: port.place,
    }
}

fn mount(mount: &Value) -> Mount {
    let text = |key: &str| mount.get(key).and_then(Value::text).unwrap_or_default();
    Mount {
        kind: if text("type").is_empty() { "volume".to_owned() } else { text("type").to_owned() },
        source: match text("source").strip_prefix(WORKING_FOLDER) {
            Some(rest) => format!(".{rest}"),
            None => text("source").to_owned(),
        },
        target: clean(text("target")),
        read_only: mount.get("read_only").and_then(Value::boolean) == Some(true),
        place: mount.place,
    }
}

/// What a service depends on: written as such, or by links, shared namespaces and volumes.
fn dependencies(service: &Value) -> BTreeMap<String, Dependency> {
    let mut dependencies = BTreeMap::new();
    for (name, dependency) in service.get("depends_on").map(Value::entries).unwrap_or_default() {
        let is = |key: &str| dependency.get(key).and_then(Value::boolean);
        let condition = dependency.get("condition").and_then(Value::text).unwrap_or("service_started").to_owned();
        let restart = is("restart").unwrap_or(false);
        let dependency = Dependency { condition, restart, required: is("required").unwrap_or(true) };
        dependencies.insert(name.clone(), dependency);
    }
    let mut implied = |name: &str, restart: bool| {
        let condition = "service_started".to_owned();
        dependencies.entry(name.to_owned()).or_insert(Dependency { condition, restart, required: true });
    };
    for link in items(service, "links").iter().filter_map(Value::text) {
        implied(link.split(':').next().unwrap_or(link), true);
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        if let Some(name) = service.get(key).and_then(Value::text).and_then(|text| text.strip_prefix("service:")) {
            implied(name, true);
        }
    }
    for source in items(service, "volumes_from").iter().filter_map(Value::text) {
        if !source.starts_with("container:") {
            implied(source.split(':').next().unwrap_or(source), false);
        }
    }
    dependencies
}

fn resources(service: &Value) -> Resources {
    let resource = |set: &str, key: &str| service.at(&["deploy", "resources", set, key]);
    let cpus = |value: Option<&Value>| value.and_then(|v| Some(Written { value: v.number()?, place: v.place }));
    let bytes =
        |value: Option<&Value>| value.and_then(|v| Some(Written { value: compose_bytes(v.text()?)?, place: v.place }));
    Resources {
        reserved_cpus: cpus(resource("reservations", "cpus")),
        reserved_memory: bytes(resource("reservations", "memory")),
        limited_cpus: cpus(resource("limits", "cpus")),
        limited_memory: bytes(resource("limits", "memory")),
        cpus: cpus(service.get("cpus")),
        memory_limit: bytes(service.get("mem_limit")),
        memory_reservation: bytes(service.get("mem_reservation")),
    }
}

fn device(device: &Value) -> Device {
    let text = |key: &str| device.get(key).and_then(Value::text).unwrap_or_default().to_owned();
    Device { source: text("source"), target: text("target"), place: device.place }
}

fn device_requests(service: &Value) -> Vec<DeviceRequest> {
    let reserved = service.at(&["deploy", "resources", "reservations", "devices"]).map(Value::items);
    let request = |device: &Value, default: &[&str]| {
        let capabilities = device.stated("capabilities");
        DeviceRequest {
            capabilities: match capabilities {
                Some(capabilities) => texts(capabilities.items()),
                None => default.iter().map(|name| (*name).to_owned()).collect(),
            },
            count: device.get("count").and_then(Value::number),
            ids: device.get("device_ids").map(|ids| texts(ids.items())).unwrap_or_default(),
            place: device.place,
        }
    };
    let reserved = reserved.unwrap_or_default().iter().map(|device| request(device, &[]));
    // Those of `gpus` need not say that they are meant to be GPUs.
    reserved.chain(items(service, "gpus").iter().map(|device| request(device, &["gpu"]))).collect()
}

fn deploy(deploy: &Value) -> Deploy {
    let list = |path: &[&str]| deploy.at(path).map(Value::items).unwrap_or_default();
    let resources = list(&["resources", "reservations", "generic_resources"]).iter();
    let number = |value: &Value| Some(Written { value: value.number()?, place: value.place });
    Deploy {
        place: deploy.place,
        restart_condition: deploy.at(&["restart_policy", "condition"]).and_then(written),
        constraints: list(&["placement", "constraints"]).iter().filter_map(written).collect(),
        spreads: list(&["placement", "preferences"]).iter().filter_map(|item| written(item.get("spread")?)).collect(),
        most_per_node: deploy.at(&["placement", "max_replicas_per_node"]).and_then(number),
        swarm_keys: ["placement", "update_config", "rollback_config", "endpoint_mode"]
            .iter()
            .find_map(|key| deploy.stated(key))
            .map(|value| value.place),
        generic_resources: resources
            .filter_map(|item| {
                let spec = item.get("discrete_resource_spec")?;
                Some((spec.get("kind")?.text()?.to_owned(), number(spec.get("value")?)?))
            })
            .collect(),
    }
}

fn health_check(service: &Value) -> Option<HealthCheck> {
    let check = service.get("healthcheck").filter(|check| check.is_map())?;
    let test: Vec<String> = match check.get("test") {
        Some(test) => match test.text() {
            Some(text) => vec!["CMD-SHELL".to_owned(), text.to_owned()],
            None => test.items().iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        },
        None => Vec::new(),
    };
    if test.first().is_some_and(|form| form == "NONE") || check.get("disable").and_then(Value::boolean) == Some(true) {
        return None;
    }
    let time = |key: &str| check.get(key).and_then(Value::text).and_then(duration);
    Some(HealthCheck {
        test,
        interval: time("interval"),
        timeout: time("timeout"),
        start_period: time("start_period"),
        start_interval: time("start_interval"),
        retries: check.get("retries").and_then(Value::number),
        place: Some(check.place),
    })
}
