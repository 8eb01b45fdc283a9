//! Compose projects are read as Docker reads them: every project of the corpus, and hand-written ones for every feature,
//! against the reference loader.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/oracle.rs"]
mod oracle;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::inventory::compose::{Project, Service};
use kubeworthy::inventory::model::Written;
use kubeworthy::inventory::quantity::duration;
use kubeworthy::source::{Input, collect, follow};
use serde_json::{Value, json};

const HOME: &str = "/home/somebody";

/// The projects of files and folders, with the files that they refer to.
fn projects(inputs: &[PathBuf], choices: &Choices) -> Vec<Project> {
    let kit = support::kit();
    let inputs: Vec<Input> = inputs.iter().cloned().map(Input::Path).collect();
    let mut collected = collect(&inputs, choices);
    loop {
        let inventory = Inventory::read(&collected.files, &[], &collected.choices, &kit.tables);
        let missing = inventory.missing.clone();
        if follow(&mut collected, &missing) == 0 {
            return inventory.projects;
        }
    }
}

fn request(project: &Project, environment: &BTreeMap<String, String>, profiles: &[String], strict: bool) -> Value {
    let mut environment = environment.clone();
    environment.insert("HOME".to_owned(), HOME.to_owned());
    json!({
        "id": project.files.join(" "),
        "directory": project.folder,
        "files": project.files,
        "profiles": profiles,
        "environment": environment,
        "skip_consistency": !strict,
        "skip_environment_files": true,
    })
}

/// A service of ours in the words of the comparison.
fn ours(project: &Project, service: &Service) -> Value {
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
    json!({
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
    json!({
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
fn differences(project: &Project, reply: &Value) -> Vec<String> {
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

/// The variables that a refusal asks for.
fn required_variables(error: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (at, mark) in error.match_indices("required variable ") {
        let name: String = error[at + mark.len()..].chars().take_while(|c| !c.is_whitespace()).collect();
        names.insert(name, "1".to_owned());
    }
    names
}

/// Compares one project, read alone with the variables that it asks for.
fn compare_with_variables(
    program: &Path,
    project: &Project,
    variables: &BTreeMap<String, String>,
    profiles: &[String],
) -> Result<Vec<String>, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let extra = folder.path().join("required.env");
    let text: String = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    std::fs::write(&extra, text).expect("written");
    let beside = Path::new(&project.folder).join(".env");
    let env_files = [beside.is_file().then_some(beside), Some(extra)].into_iter().flatten();
    let choices = Choices {
        compose_files: project.files.clone(),
        env_files: env_files.map(|path| path.display().to_string()).collect(),
        profiles: profiles.to_vec(),
        ..Choices::default()
    };
    let again = projects(&[], &choices);
    let project = again.first().ok_or("no project")?;
    let reply = &oracle::ask(program, "compose", &[request(project, variables, profiles, false)])[0];
    match reply["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(differences(project, reply)),
    }
}

#[test]
fn the_projects_of_the_corpus_agree_with_the_reference_loader() {
    let (Some(corpus), Some(program)) = (support::corpus(), oracle::oracle()) else { return };
    let projects = projects(&[corpus.join("files")], &Choices::default());
    let ask = |strict: bool| {
        let requests: Vec<Value> =
            projects.iter().map(|project| request(project, &BTreeMap::new(), &[], strict)).collect();
        oracle::ask(&program, "compose", &requests)
    };
    let (strict, lenient) = (ask(true), ask(false));
    let (mut agreeing, mut compared) = (0u32, 0u32);
    let (mut refused, mut refused_strictly) = (0, 0);
    for ((project, strict), reply) in projects.iter().zip(&strict).zip(&lenient) {
        let name =
            project.files.iter().map(|file| file.trim_start_matches(&*corpus.to_string_lossy())).collect::<Vec<_>>();
        refused_strictly += usize::from(strict["error"].is_string());
        let mut outcome = match reply["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(differences(project, reply)),
        };
        // A refusal names the first variable of each value that is missing; give them until none is.
        let mut variables = BTreeMap::new();
        while let Err(error) = &outcome {
            let more = required_variables(error);
            if more.is_empty() || more.keys().all(|name| variables.contains_key(name)) {
                break;
            }
            variables.extend(more);
            outcome = compare_with_variables(&program, project, &variables, &[]);
        }
        match outcome {
            Ok(differences) => {
                compared += 1;
                agreeing += u32::from(differences.is_empty());
                for difference in differences {
                    println!("differs  {name:?}: {difference}");
                }
            }
            Err(error) => {
                refused += 1;
                println!("refused  {name:?}: {}", error.replace('\n', " "));
            }
        }
    }
    let share = 100.0 * f64::from(agreeing) / f64::from(compared.max(1));
    println!(
        "Compose: {agreeing} of {compared} projects agree in full = {share:.1} % ({} projects; the reference refuses \
         {refused}, and {refused_strictly} with its checks of consistency)",
        projects.len()
    );
    assert!(share >= 98.0, "{share:.1} %");
}
