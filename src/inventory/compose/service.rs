//! Services as Docker would run them: every field that says something about need, with its place.

use std::collections::BTreeMap;

use super::canonical::{LAST_TARGET, clean};
use super::value::Value;
use crate::inventory::model::{Stated, Written};
use crate::inventory::quantity::{compose_bytes, duration};
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
    /// Accelerator devices: all that are asked for count as 1 where no number is written.
    pub accelerators: Option<Written<f64>>,
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
        let deploy = service.get("deploy");
        let replicas = service.get("scale").or_else(|| deploy.and_then(|deploy| deploy.get("replicas")));
        let text = |key: &str| service.get(key).filter(|value| value.text().is_some_and(|text| !text.is_empty()));
        Self {
            name: name.to_owned(),
            place: service.place,
            image: text("image").and_then(|image| {
                Some(Written { value: without_credentials(image.text()?).into_owned(), place: image.place })
            }),
            build: service.get("build").filter(|build| !build.is_null()).map(|build| build.place),
            provider: service.get("provider").map(|provider| provider.place),
            replicas: replicas.filter(|value| !value.is_null()).map_or(Stated::Absent, stated),
            is_global: deploy
                .and_then(|deploy| deploy.get("mode"))
                .is_some_and(|mode| matches!(mode.text(), Some("global" | "global-job"))),
            ports: items(service, "ports").iter().map(port).collect(),
            mounts: items(service, "volumes").iter().map(mount).collect(),
            depends_on: dependencies(service),
            resources: resources(service),
            health_check: health_check(service),
            profiles: items(service, "profiles").iter().filter_map(|item| item.text().map(str::to_owned)).collect(),
        }
    }
}

fn items<'v>(service: &'v Value, key: &str) -> &'v [Value] {
    service.get(key).map(Value::items).unwrap_or_default()
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
        source: text("source").to_owned(),
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
        accelerators: accelerators(service),
    }
}

/// GPU devices: `deploy.resources.reservations.devices` with the capability `gpu`, `gpus`, or NVIDIA's runtime.
fn accelerators(service: &Value) -> Option<Written<f64>> {
    let devices = service.at(&["deploy", "resources", "reservations", "devices"]).map(Value::items).unwrap_or_default();
    let listed = devices.iter().find(|device| {
        device
            .get("capabilities")
            .is_some_and(|list| list.items().iter().any(|item| matches!(item.text(), Some("gpu" | "nvidia" | "tpu"))))
    });
    let count = |device: &Value| Written {
        value: device.get("count").and_then(Value::number).unwrap_or(1.0),
        place: device.place,
    };
    let by_runtime = || service.get("runtime").filter(|runtime| runtime.text() == Some("nvidia"));
    listed
        .or_else(|| items(service, "gpus").first())
        .map(count)
        .or_else(|| by_runtime().map(|runtime| Written { value: 1.0, place: runtime.place }))
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
    let is_none = test.first().is_some_and(|form| form == "NONE") || test.get(1).is_some_and(|text| text == "NONE");
    if is_none || check.get("disable").and_then(Value::boolean) == Some(true) {
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
