//! Compose projects: the files of a folder, or those that the user names, read as Docker reads them.

mod canonical;
mod dotenv;
mod extend;
mod include;
mod interpolate;
mod load;
mod merge;
mod ports;
mod service;
mod value;
mod workload;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use interpolate::{Variables, interpolate};
pub(super) use load::Library;
use load::{Loader, Scope};
pub use service::{
    Dependency, Deploy, Device, DeviceRequest, HealthCheck, Mount, Namespaces, PublishedPort, Resources, Service,
};
use value::{Budget, TooLarge, Value};

use super::Problem;
use super::model::{Claim, Objects, Opaque, WorkloadKind};
use super::paths::{folder_of, join};
use crate::choices::Choices;
use crate::language::{Prose, say};
use crate::limits;
use crate::tables::Tables;
use crate::text::{STANDARD_INPUT, SourceId};
use crate::yaml::{Node, Tree};

/// A project as Docker would run it.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder, as files are named in this run; what relative paths lead from.
    pub folder: String,
    /// Its files, each laid over those before it.
    pub files: Vec<String>,
    /// Files that they include or extend, and those of their variables, as far as they are among the inputs.
    pub parts: BTreeSet<String>,
    /// The services that start; one without an image, a build or a provider has nothing to run.
    pub services: Vec<Service>,
    /// The services that start only with a profile which was not chosen.
    pub inactive: Vec<Service>,
    /// The jobs that may run.
    pub jobs: Vec<Service>,
}

/// Whether a document is a Compose file. A telling file name is enough where there are services that are mappings;
/// without one, a service has to have a key that only Compose services have.
pub(super) fn is_compose(root: Node<'_>, base_name: &str, tables: &Tables) -> bool {
    let named = has_telling_name(base_name);
    let Some(services) = root.get("services") else {
        return named && (root.get("include").is_some() || is_first_version(root));
    };
    let entries = services.entries();
    let all_mappings = !entries.is_empty() && entries.iter().all(|(_, value)| value.is_mapping() || value.is_null());
    if !services.is_mapping() || !all_mappings || root.get("apiVersion").is_some() {
        return false;
    }
    let has = |keys: &[String]| entries.iter().any(|(_, value)| keys.iter().any(|key| value.get(key).is_some()));
    if has(&tables.compose.foreign_service_keys) && !has(&["image".to_owned()]) {
        return false;
    }
    named || has(&tables.compose.service_keys)
}

/// `compose*.yaml`, `docker-compose*.yml`, `*.compose.yaml`, `docker-stack.yml` and their like.
pub(super) fn has_telling_name(base_name: &str) -> bool {
    let name = base_name.to_ascii_lowercase();
    let stem = name.trim_end_matches(".yaml").trim_end_matches(".yml").trim_end_matches(".json");
    stem != name && (stem.contains("compose") || stem.starts_with("docker-stack") || stem == "stack")
}

/// The format before `services` existed: every top-level entry is a service.
pub(super) fn is_first_version(root: Node<'_>) -> bool {
    let entries = root.entries();
    root.get("services").is_none()
        && root.get("include").is_none()
        && !entries.is_empty()
        && entries.iter().all(|(_, value)| value.is_mapping())
        && entries.iter().any(|(_, value)| value.get("image").is_some() || value.get("build").is_some())
}

/// What reading the projects gave beside objects.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) projects: Vec<Project>,
    pub(super) problems: Vec<Problem>,
    pub(super) skipped: Vec<(SourceId, Prose)>,
}

/// A project to be read: its files and its folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Plan {
    folder: String,
    /// The folder whose `.env` says which files are meant.
    environment: String,
    files: Vec<String>,
}

/// The folder of a project: that of its first file which has one.
fn folder_of_files(files: &[String]) -> String {
    let first = files.iter().find(|file| file.as_str() != STANDARD_INPUT);
    first.map(|file| folder_of(file).to_owned()).unwrap_or_default()
}

/// What came of a plan.
struct Loaded {
    plan: Plan,
    model: Result<Value, TooLarge>,
    variables: Rc<Variables>,
    problems: Vec<Problem>,
    included: BTreeSet<String>,
    extended: BTreeSet<String>,
}

/// Reads every project: those that the user names, and those that the Compose files of each folder make.
pub(super) fn read_projects(
    candidates: &[&str],
    library: &Library<'_>,
    choices: &Choices,
    tables: &Tables,
    into: &mut Objects,
) -> Outcome {
    let mut loaded: Vec<Loaded> = Vec::new();
    for plan in plans(candidates, library, choices, tables) {
        loaded.push(load(plan, library, choices));
    }
    let mut outcome = Outcome::default();
    let mut kept: Vec<Loaded> = Vec::new();
    let dropped = parts_of_others(&loaded, choices, tables);
    for (index, project) in loaded.into_iter().enumerate() {
        match dropped.get(&index) {
            Some(reason) => {
                let sources = project.plan.files.iter().filter_map(|file| library.files.get(file.as_str()));
                outcome.skipped.extend(sources.map(|(source, _)| (*source, reason.clone())));
            }
            None => kept.push(project),
        }
    }
    for project in kept {
        add_project(project, library, choices, tables, into, &mut outcome);
    }
    outcome
}

/// Which projects there are. Docker reads the override file together with the base and never alone; a file that changes
/// services of the base and cannot stand alone is laid over it; any other file is a project of its own.
fn plans(candidates: &[&str], library: &Library<'_>, choices: &Choices, tables: &Tables) -> Vec<Plan> {
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in candidates {
        folders.entry(folder_of(name)).or_default().push(name);
    }
    let mut plans = Vec::new();
    if !choices.compose_files.is_empty() {
        let folder = folder_of_files(&choices.compose_files);
        folders.remove(folder.as_str());
        plans.push(Plan { environment: folder.clone(), folder, files: choices.compose_files.clone() });
    }
    let chosen: BTreeMap<&str, Vec<String>> =
        folders.keys().filter_map(|folder| Some((*folder, chosen_by_variables(folder, library, choices)?))).collect();
    plans.extend(chosen.iter().map(|(folder, files)| Plan {
        folder: folder_of_files(files),
        environment: (*folder).to_owned(),
        files: files.clone(),
    }));
    let planned: BTreeSet<String> = plans.iter().flat_map(|plan| plan.files.iter().cloned()).collect();
    for (folder, members) in folders {
        let is_chosen = chosen.contains_key(folder);
        let by_name = |names: &[String]| {
            names.iter().find_map(|name| members.iter().copied().find(|file| base_name(file) == name))
        };
        let plan = |files: &[&str]| Plan {
            folder: folder.to_owned(),
            environment: folder.to_owned(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
        };
        let base = by_name(&tables.compose.base_names);
        let over = by_name(&tables.compose.override_names);
        if base.is_some() && over.is_none() {
            // So that it is noted as missing where only the base was named.
            library.note_missing(tables.compose.override_names.iter().map(|name| join(folder, name)));
        }
        for file in &members {
            if planned.contains(*file) {
                continue;
            }
            if Some(*file) == base && !is_chosen {
                plans.push(plan(&[Some(*file), over].into_iter().flatten().collect::<Vec<_>>()));
            } else if Some(*file) == over && base.is_some() {
                // Laid over the base above.
            } else if let Some(base) = base.filter(|base| is_fragment_of(file, base, library)) {
                plans.push(plan(&[base, file]));
            } else {
                plans.push(plan(&[file]));
            }
        }
    }
    plans.sort();
    plans
}

fn base_name(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, base)| base)
}

/// The files that `COMPOSE_FILE` in the folder's `.env` names, if all of them are here.
fn chosen_by_variables(folder: &str, library: &Library<'_>, choices: &Choices) -> Option<Vec<String>> {
    let variables = library.variables(&environment_files(folder, choices), library.shell());
    let separator = variables.get("COMPOSE_PATH_SEPARATOR").filter(|text| !text.is_empty()).unwrap_or(":");
    let names = variables.get("COMPOSE_FILE").filter(|names| !names.is_empty())?;
    let files: Vec<String> = names.split(separator).map(|name| join(folder, name)).collect();
    let missing = files.iter().filter(|file| !library.documents.contains_key(file.as_str())).cloned();
    let missing: Vec<String> = missing.collect();
    let is_here = missing.is_empty();
    library.note_missing(missing.into_iter());
    is_here.then_some(files)
}

fn environment_files(folder: &str, choices: &Choices) -> Vec<String> {
    if choices.env_files.is_empty() { vec![join(folder, ".env")] } else { choices.env_files.clone() }
}

/// Whether a file changes a base and cannot stand alone: one of its services has nothing to run, and the base has it.
fn is_fragment_of(file: &str, base: &str, library: &Library<'_>) -> bool {
    let roots =
        |name: &str| library.documents.get(name).into_iter().flat_map(|(_, trees)| trees.iter()).filter_map(Tree::root);
    let base_services: BTreeSet<&str> = roots(base)
        .filter_map(|root| root.get("services"))
        .flat_map(|services| services.entries())
        .filter_map(|(name, _)| name.text())
        .collect();
    roots(file).filter_map(|root| root.get("services")).flat_map(|services| services.entries()).any(
        |(name, service)| {
            let runs = ["image", "build", "extends"].iter().any(|key| service.get(key).is_some());
            !runs && name.text().is_some_and(|name| base_services.contains(name))
        },
    )
}

fn load(plan: Plan, library: &Library<'_>, choices: &Choices) -> Loaded {
    let mut loader = Loader::new(library);
    let mut variables = library.variables(&environment_files(&plan.environment, choices), library.shell());
    if plan.folder != plan.environment {
        variables = library.variables(&environment_files(&plan.folder, choices), &variables);
    }
    let mut named = Variables::within(&variables);
    named.set("COMPOSE_PROJECT_NAME", project_name(&plan, library, &variables));
    let scope = Scope { folder: plan.folder.clone(), relative: String::new(), variables: Rc::new(named) };
    let model = loader.model(&plan.files, &scope, &[]);
    Loaded {
        plan,
        model,
        variables: scope.variables,
        problems: loader.problems,
        included: loader.included,
        extended: loader.extended,
    }
}

/// The name that Docker gives a project which no variable names: what its files say, or its folder's.
fn project_name(plan: &Plan, library: &Library<'_>, variables: &Variables) -> String {
    let trees = plan.files.iter().filter_map(|file| library.documents.get(file.as_str())).flat_map(|(_, trees)| *trees);
    let written = trees.filter_map(Tree::root).filter_map(|root| root.get("name")?.string()).next_back();
    let written =
        written.and_then(|name| interpolate(name, variables, &mut Budget::new(limits::COMPOSE_PROJECT_BYTES)).ok());
    let name = written.map_or_else(|| base_name(&plan.folder).to_owned(), |name| name.text).to_lowercase();
    let kept: String = name.chars().filter(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-')).collect();
    kept.trim_start_matches(['_', '-']).to_owned()
}

/// The plans that are no projects of their own, with the reason: others include or extend them.
fn parts_of_others(loaded: &[Loaded], choices: &Choices, tables: &Tables) -> BTreeMap<usize, Prose> {
    let mut dropped: BTreeMap<usize, Prose> = BTreeMap::new();
    for (index, project) in loaded.iter().enumerate() {
        let Some(main) = project.plan.files.first().filter(|_| project.plan.files != choices.compose_files) else {
            continue;
        };
        let is_found_by_docker = tables.compose.base_names.iter().any(|name| base_name(main) == name);
        let user = loaded.iter().enumerate().find_map(|(other, user)| {
            let is_part = other != index && !dropped.contains_key(&other);
            if is_part && user.included.contains(main) {
                Some(say!("a part of {}, which includes it", &user.plan.files[0]))
            } else if is_part && user.extended.contains(main) && !is_found_by_docker {
                Some(say!("services of it are extended by {}", &user.plan.files[0]))
            } else {
                None
            }
        });
        if let Some(reason) = user {
            dropped.insert(index, reason);
        }
    }
    dropped
}

fn add_project(
    loaded: Loaded,
    library: &Library<'_>,
    choices: &Choices,
    tables: &Tables,
    into: &mut Objects,
    outcome: &mut Outcome,
) {
    let Loaded { plan, model, variables, problems, included, extended } = loaded;
    let main = plan.files.first().and_then(|file| library.files.get(file.as_str()));
    let Some(source) = main.map(|(source, _)| *source) else { return };
    list_problems(source, problems, outcome);
    let Ok(model) = model else {
        let message = format!(
            "this Compose project is larger than can be read: variables, inclusions and extended services written out \
             take over {} MiB",
            limits::COMPOSE_PROJECT_BYTES >> 20
        );
        let help = "split the project, or assess its parts one at a time";
        let span =
            library.documents.get(plan.files[0].as_str()).and_then(|(_, trees)| trees.first()).map(|tree| tree.span);
        let problem = Problem::of_file(source, &message, help);
        outcome.problems.push(Problem { span, kinds: vec!["Compose service".to_owned()], ..problem });
        into.opaque.push(Opaque {
            kind: "Compose service".to_owned(),
            name: String::new(),
            reason: Prose::name(message),
            place: None,
            source,
        });
        return;
    };
    let profiles: Vec<&str> = if choices.profiles.is_empty() {
        variables.get("COMPOSE_PROFILES").map(|names| names.split(',').map(str::trim).collect()).unwrap_or_default()
    } else {
        choices.profiles.iter().map(String::as_str).collect()
    };
    list_problems(source, unknown_fields(&model, library, tables), outcome);
    let variable_files = [&plan.folder, &plan.environment].map(|folder| environment_files(folder, choices));
    let mut parts: BTreeSet<String> = included.into_iter().chain(extended).collect();
    parts.extend(variable_files.into_iter().flatten());
    parts.retain(|file| library.files.contains_key(file.as_str()));
    let mut project = Project {
        folder: plan.folder,
        files: plan.files,
        parts,
        services: Vec::new(),
        inactive: Vec::new(),
        jobs: Vec::new(),
    };
    let runs = |service: &Service| service.image.is_some() || service.build.is_some() || service.provider.is_some();
    let is_active = |service: &Service| {
        let chosen = |own: &String| profiles.iter().any(|profile| *profile == "*" || profile == own);
        service.profiles.is_empty() || service.profiles.iter().any(chosen)
    };
    let read = |kind: &str| -> Vec<Service> {
        let entries = model.get(kind).map(Value::entries).unwrap_or_default();
        entries.iter().filter(|(_, value)| value.is_map()).map(|(name, value)| Service::read(name, value)).collect()
    };
    (project.services, project.inactive) = read("services").into_iter().partition(&is_active);
    project.jobs = read("jobs").into_iter().filter(is_active).collect();
    let idle = project.services.iter().filter(|service| !runs(service)).map(|service| {
        // An override whose base is elsewhere.
        let message = "this service has neither an image nor a build, so that nothing of it runs";
        let help = "name the file that it changes before this one (`--file BASE --file THIS`)";
        Problem::at(service.place, library.source_of(service.place), message, help)
    });
    list_problems(source, idle.collect(), outcome);
    let starting = starting(&project, library, outcome);
    for service in starting.iter().filter(|service| runs(service)) {
        let source = library.source_of(service.place);
        into.workloads.push(workload::workload(service, &project.folder, source, tables));
    }
    for job in project.jobs.iter().filter(|job| runs(job)) {
        let source = library.source_of(job.place);
        let mut workload = workload::workload(job, &project.folder, source, tables);
        workload.kind = if job.schedule.is_some() { WorkloadKind::CronJob } else { WorkloadKind::Job };
        into.workloads.push(workload);
    }
    for (name, volume) in model.get("volumes").map(Value::entries).unwrap_or_default() {
        let shared =
            volume.at(&["driver_opts", "type"]).filter(|kind| matches!(kind.text(), Some("nfs" | "nfs4" | "cifs")));
        into.claims.push(Claim {
            namespace: project.folder.clone(),
            name: name.clone(),
            shared: shared.map(|kind| kind.place),
            one_host: None,
            place: volume.place,
        });
    }
    outcome.projects.push(project);
}

/// How many profiles a message names.
const NAMED_PROFILES: usize = 5;

/// The services that count: those that start, or all of them where none does without a profile.
fn starting<'p>(project: &'p Project, library: &Library<'_>, outcome: &mut Outcome) -> &'p [Service] {
    let Some(first) = project.inactive.first() else { return &project.services };
    let profiles: BTreeSet<&str> =
        project.inactive.iter().flat_map(|s| s.profiles.iter().map(String::as_str)).collect();
    let more = if profiles.len() > NAMED_PROFILES { ", …" } else { "" };
    let names = profiles.into_iter().take(NAMED_PROFILES).collect::<Vec<_>>().join(", ") + more;
    let count = project.inactive.len();
    let (services, are) = match count {
        1 => ("one service starts".to_owned(), "is"),
        _ => (format!("{count} services start"), "are"),
    };
    let message = if project.services.is_empty() {
        format!("no service starts without a profile ({names}); all of them are counted")
    } else {
        format!("{services} only with a profile that was not chosen ({names}), and {are} not counted")
    };
    let help = "choose profiles with --profile NAME, or all of them with --profile '*'";
    outcome.problems.push(Problem::at(first.place, library.source_of(first.place), &message, help));
    if project.services.is_empty() { &project.inactive } else { &project.services }
}

/// Lists problems of a project, up to a number of them.
fn list_problems(source: SourceId, mut problems: Vec<Problem>, outcome: &mut Outcome) {
    let count = problems.len();
    problems.truncate(limits::PROBLEMS_PER_PROJECT);
    outcome.problems.extend(problems);
    if count > limits::PROBLEMS_PER_PROJECT {
        let message =
            format!("{} more problems of this Compose project are not listed", count - limits::PROBLEMS_PER_PROJECT);
        let problem = Problem::of_file(source, &message, "mend those that are listed, and assess it again");
        outcome.problems.push(Problem { not_understood: false, ..problem });
    }
}

/// The fields that Compose does not know, each name once: they are left out, and Docker would refuse the file.
fn unknown_fields(model: &Value, library: &Library<'_>, tables: &Tables) -> Vec<Problem> {
    let mut unknown: BTreeMap<String, crate::yaml::Place> = BTreeMap::new();
    let mut look = |value: &Value, within: &str, known: &[String]| {
        for (key, value) in value.entries() {
            if !key.starts_with("x-") && !known.contains(key) {
                unknown.entry(format!("{within}.{key}")).or_insert(value.place);
            }
        }
    };
    let fields = &tables.compose;
    for (_, service) in model.get("services").map(Value::entries).unwrap_or_default() {
        look(service, "services.*", &fields.service_fields);
        if let Some(deploy) = service.get("deploy") {
            look(deploy, "services.*.deploy", &fields.deploy_fields);
        }
        if let Some(check) = service.get("healthcheck") {
            look(check, "services.*.healthcheck", &fields.health_check_fields);
        }
    }
    let problem = |(field, place): (String, crate::yaml::Place)| {
        let message = format!("`{field}` is no field of Compose and is left out");
        let help = "check its spelling; Docker refuses files with fields that it does not know";
        Problem::at(place, library.source_of(place), &message, help)
    };
    unknown.into_iter().map(problem).collect()
}
