//! Our reading of a Compose project and the reference loader's, in the same words.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;

use kubeworthy::inventory::compose::{Project, Service};
use kubeworthy::inventory::model::Written;
use kubeworthy::inventory::quantity::duration;
use serde_json::{Value, json};

/// The home that the reference loader is given.
pub const HOME: &str = "/home/somebody";

/// A service of ours in the words of the comparison.
pub fn ours(project: &Project, service: &Service) -> Value {
    let amount = |amount: &Option<Written<f64>>| amount.as_ref().map_or(0.0, |amount| round(amount.value));
    let resources = &service.resources;
    let mut ports: Vec<String> = Vec::new();
    for port in &service.ports {
        for index in 0..port.count {
            let published = match port.published.split_once('-') {
                Some((first, _)) if port.count > 1 => (first.parse::<u32>().unwrap_or(0) + index).to_string(),
                _ => port.published.clone(),
            };
            ports.push(format!("{}:{published}:{}/{} {}", port.host_ip, port.target + index, port.protocol, port.mode));
        }
    }
    ports.sort();
    let mut volumes: Vec<String> = service
        .mounts
        .iter()
        .map(|mount| {
            let source = match mount.source.as_str() {
                source if mount.kind != "bind" => source.to_owned(),
                source if source.starts_with('~') => format!("{HOME}{}", &source[1..]),
                source if source.starts_with(['/', '\\']) || source.as_bytes().get(1) == Some(&b':') => {
                    source.to_owned()
                }
                source => joined(&project.folder, source),
            };
            format!("{} {source} {} {}", mount.kind, mount.target, mount.read_only)
        })
        .collect();
    volumes.sort();
    let depends_on: BTreeMap<&String, Value> =
        service.depends_on.iter().map(|(name, on)| (name, json!([on.condition, on.restart, on.required]))).collect();
    let word = |text: &Option<Written<String>>| text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
    let words = |texts: &[Written<String>]| texts.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
    let deploy = service.deploy.as_ref();
    let devices: Vec<String> = service.devices.iter().map(|d| format!("{} {}", d.source, d.target)).collect();
    let requests: Vec<Value> = service
        .device_requests
        .iter()
        .map(|request| json!([request.capabilities, request.count.map(|count| count as i64), request.ids]))
        .collect();
    json!({
        "privileged": service.privileged.is_some(),
        "namespaces": [
            word(&service.namespaces.network), word(&service.namespaces.processes), word(&service.namespaces.memory),
        ],
        "restart": word(&service.restart),
        "restart_condition": deploy.map(|deploy| word(&deploy.restart_condition)).unwrap_or_default(),
        "placement": deploy.map(|deploy| json!([
            words(&deploy.constraints), words(&deploy.spreads), deploy.most_per_node.map_or(0, |most| most.value as i64),
        ])).unwrap_or_else(|| json!([[], [], 0])),
        "generic_resources": deploy.map(|deploy| {
            let kinds = deploy.generic_resources.iter();
            kinds.map(|(kind, amount)| json!([kind, amount.value as i64])).collect::<Vec<_>>()
        }).unwrap_or_default(),
        "devices": devices,
        "device_requests": requests,
        "runtime": word(&service.runtime),
        "image": service.image.as_ref().map(|image| image.value.clone()).unwrap_or_default(),
        "replicas": service.replicas.known().unwrap_or(1.0),
        "global": service.is_global,
        "ports": ports,
        "volumes": volumes,
        "depends_on": depends_on,
        "resources": [
            amount(&resources.limited_cpus), amount(&resources.limited_memory),
            amount(&resources.reserved_cpus), amount(&resources.reserved_memory),
            amount(&resources.cpus), amount(&resources.memory_limit), amount(&resources.memory_reservation),
        ],
        "healthcheck": service.health_check.as_ref().map(|check| json!({
            "test": check.test,
            "times": [check.interval, check.timeout, check.start_period, check.start_interval],
            "retries": check.retries,
        })),
    })
}

/// A service of the reference loader in the same words.
fn theirs(service: &Value) -> Value {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().unwrap_or(0.0),
        other => other.as_f64().unwrap_or(0.0),
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut ports: Vec<String> = list(&service["ports"])
        .iter()
        .map(|port| {
            format!(
                "{}:{}:{}/{} {}",
                text(&port["host_ip"]),
                text(&port["published"]),
                text(&port["target"]),
                text(&port["protocol"]),
                text(&port["mode"])
            )
        })
        .collect();
    ports.sort();
    let mut volumes: Vec<String> = list(&service["volumes"])
        .iter()
        .map(|mount| {
            format!(
                "{} {} {} {}",
                text(&mount["type"]),
                text(&mount["source"]),
                text(&mount["target"]),
                mount["read_only"].as_bool().unwrap_or(false)
            )
        })
        .collect();
    volumes.sort();
    let depends_on: BTreeMap<String, Value> = service["depends_on"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, on)| {
            let is = |key: &str| on[key].as_bool().unwrap_or(false);
            (name.clone(), json!([on["condition"], is("restart"), is("required")]))
        })
        .collect();
    let deploy = &service["deploy"];
    let replicas = [&service["scale"], &deploy["replicas"]].into_iter().find_map(Value::as_f64).unwrap_or(1.0);
    let (limits, reservations) = (&deploy["resources"]["limits"], &deploy["resources"]["reservations"]);
    let check = &service["healthcheck"];
    let test: Vec<String> = list(&check["test"]).iter().map(text).collect();
    let is_off = check.is_null() || check["disable"] == true || test.first().is_some_and(|form| form == "NONE");
    let time = |key: &str| check[key].as_str().and_then(duration);
    let placement = &deploy["placement"];
    let devices: Vec<String> = list(&service["devices"])
        .iter()
        .map(|device| format!("{} {}", text(&device["source"]), text(&device["target"])))
        .collect();
    let request = |device: &Value, default: &[&str]| {
        let capabilities = match &device["capabilities"] {
            Value::Array(capabilities) => json!(capabilities),
            _ => json!(default),
        };
        json!([capabilities, device["count"].as_i64().filter(|count| *count > 0), list(&device["device_ids"])])
    };
    let reserved = list(&reservations["devices"]);
    let gpus = list(&service["gpus"]);
    let requests: Vec<Value> = reserved
        .iter()
        .map(|device| request(device, &[]))
        .chain(gpus.iter().map(|device| request(device, &["gpu"])))
        .collect();
    let generic: Vec<Value> = list(&reservations["generic_resources"])
        .iter()
        .map(|item| &item["discrete_resource_spec"])
        .map(|spec| json!([spec["kind"], number(&spec["value"]) as i64]))
        .collect();
    let spreads: Vec<Value> = list(&placement["preferences"]).iter().map(|item| item["spread"].clone()).collect();
    json!({
        "privileged": service["privileged"] == true,
        "namespaces": [text(&service["network_mode"]), text(&service["pid"]), text(&service["ipc"])],
        "restart": text(&service["restart"]),
        "restart_condition": text(&deploy["restart_policy"]["condition"]),
        "placement": [
            list(&placement["constraints"]), spreads, placement["max_replicas_per_node"].as_i64().unwrap_or(0),
        ],
        "generic_resources": generic,
        "devices": devices,
        "device_requests": requests,
        "runtime": text(&service["runtime"]),
        "image": text(&service["image"]),
        "replicas": replicas,
        "global": matches!(deploy["mode"].as_str(), Some("global" | "global-job")),
        "ports": ports,
        "volumes": volumes,
        "depends_on": depends_on,
        "resources": [
            round(number(&limits["cpus"])), number(&limits["memory"]),
            round(number(&reservations["cpus"])), number(&reservations["memory"]),
            round(number(&service["cpus"])), number(&service["mem_limit"]), number(&service["mem_reservation"]),
        ],
        "healthcheck": (!is_off).then(|| json!({
            "test": test,
            "times": [time("interval"), time("timeout"), time("start_period"), time("start_interval")],
            "retries": check["retries"].as_f64(),
        })),
    })
}

/// The reference loader keeps 32 bits of a number of CPUs.
fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Every difference between our reading of a project and the reference's.
pub fn differences(project: &Project, reply: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let services = reply["project"]["services"].as_object().cloned().unwrap_or_default();
    let names: Vec<&String> = services.keys().collect();
    let mut own: Vec<&String> = project.services.iter().map(|service| &service.name).collect();
    own.sort();
    if names != own {
        found.push(format!("services: {own:?} for {names:?}"));
    }
    let disabled: Vec<&str> = reply["disabled"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut inactive: Vec<&str> = project.inactive.iter().map(|service| service.name.as_str()).collect();
    inactive.sort_unstable();
    if disabled != inactive {
        found.push(format!("inactive: {inactive:?} for {disabled:?}"));
    }
    let jobs = reply["project"]["jobs"].as_object().cloned().unwrap_or_default();
    let mut own: Vec<&String> = project.jobs.iter().map(|job| &job.name).collect();
    own.sort();
    if jobs.keys().collect::<Vec<_>>() != own {
        found.push(format!("jobs: {own:?} for {:?}", jobs.keys().collect::<Vec<_>>()));
    }
    for service in &project.services {
        let Some(other) = services.get(&service.name) else { continue };
        let (a, b) = (ours(project, service), theirs(other));
        for (key, value) in a.as_object().expect("a mapping") {
            if *value != b[key] {
                found.push(format!("{}.{key}: {value} for {}", service.name, b[key]));
            }
        }
    }
    found
}
