//! Compose projects are read as Docker reads them: every project of the corpus, and hand-written ones for every feature,
//! against the reference loader.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/compose.rs"]
mod comparison;
#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/random_compose.rs"]
mod random;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use comparison::{HOME, differences, ours};
use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::inventory::compose::Project;
use kubeworthy::source::{Input, collect, follow};
use serde_json::{Value, json};

/// The projects of files and folders, with the files that they refer to, and what was said about them.
fn read(inputs: &[PathBuf], choices: &Choices) -> (Vec<Project>, Vec<String>) {
    let kit = support::kit();
    let inputs: Vec<Input> = inputs.iter().cloned().map(Input::Path).collect();
    let mut collected = collect(&inputs, choices);
    loop {
        let inventory = Inventory::read(&collected.files, &[], &collected.choices, &kit.tables);
        let found = follow(&collected, &inventory.missing);
        if found.files.is_empty() {
            let messages = inventory.problems.into_iter().map(|problem| problem.message).collect();
            return (inventory.projects, messages);
        }
        collected.add(found);
    }
}

fn projects(inputs: &[PathBuf], choices: &Choices) -> Vec<Project> {
    read(inputs, choices).0
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

/// Compares projects with the reference loader's reading of them, and prints and returns how many agree.
fn compare(program: &Path, projects: &[Project], profiles: &[String], what: &str, name: impl Fn(&Project) -> String) {
    let ask = |strict: bool| {
        let requests: Vec<Value> =
            projects.iter().map(|project| request(project, &BTreeMap::new(), profiles, strict)).collect();
        oracle::ask(program, "compose", &requests)
    };
    let (strict, lenient) = (ask(true), ask(false));
    let (mut agreeing, mut compared) = (0u32, 0u32);
    let (mut refused, mut refused_strictly) = (0, 0);
    for ((project, strict), reply) in projects.iter().zip(&strict).zip(&lenient) {
        let name = name(project);
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
            outcome = compare_with_variables(program, project, &variables, profiles);
        }
        match outcome {
            Ok(differences) => {
                compared += 1;
                agreeing += u32::from(differences.is_empty());
                for difference in differences {
                    println!("differs  {name}: {difference}");
                }
            }
            Err(error) => {
                refused += 1;
                println!("refused  {name}: {}", error.replace('\n', " "));
            }
        }
    }
    let share = 100.0 * f64::from(agreeing) / f64::from(compared.max(1));
    println!(
        "{what}: {agreeing} of {compared} projects agree in full = {share:.1} % ({} projects; the reference refuses \
         {refused}, and {refused_strictly} with its checks of consistency)",
        projects.len()
    );
    assert!(share >= 98.0, "{share:.1} %");
}

#[test]
fn the_projects_of_the_corpus_agree_with_the_reference_loader() {
    let (Some(corpus), Some(program)) = (support::corpus(), oracle::oracle()) else { return };
    let prefix = corpus.to_string_lossy().into_owned();
    let name = |project: &Project| project.files.join(" ").replace(&prefix, "");
    let projects = projects(&[corpus.join("files")], &Choices::default());
    compare(&program, &projects, &[], "Compose", name);
    let with_profiles: BTreeSet<Vec<String>> =
        projects.iter().filter(|project| !project.inactive.is_empty()).map(|project| project.files.clone()).collect();
    assert!(!with_profiles.is_empty(), "some projects have services that do not start by themselves");
    let all = vec!["*".to_owned()];
    let choices = Choices { profiles: all.clone(), ..Choices::default() };
    let mut projects = self::projects(&[corpus.join("files")], &choices);
    projects.retain(|project| with_profiles.contains(&project.files));
    assert_eq!(projects.len(), with_profiles.len());
    compare(&program, &projects, &all, "Compose with all profiles", name);
}

/// Where we differ from the reference loader on purpose: the case, and what differs.
const KNOWN_DIFFERENCES: &[(&str, &str)] =
    &[("yaml-template-in-an-image", "it is not read: this is a template that has not been rendered")];

/// A hand-written project; `case.yaml` in its folder says how it is read and what is expected.
struct Case {
    name: String,
    folder: PathBuf,
    said: Value,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose-cases");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("the cases").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let read = |folder: PathBuf| {
        let text = std::fs::read_to_string(folder.join("case.yaml")).expect("every case has its case.yaml");
        let said: Value = serde_yaml::from_str(&text).expect("YAML");
        assert!(said["note"].is_string(), "{}: what the case shows", folder.display());
        Case { name: folder.file_name().expect("a name").to_string_lossy().into_owned(), folder, said }
    };
    folders.into_iter().map(read).collect()
}

impl Case {
    fn list(&self, key: &str) -> Vec<String> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        self.said[key].as_array().into_iter().flatten().map(text).collect()
    }

    fn paths(&self, key: &str) -> Vec<String> {
        self.list(key).iter().map(|name| self.folder.join(name).display().to_string()).collect()
    }

    /// Our reading of it, and what was said.
    fn read(&self) -> (Option<Project>, Vec<String>) {
        let choices = Choices {
            compose_files: self.paths("files"),
            profiles: self.list("profiles"),
            env_files: self.paths("env-files"),
            ..Choices::default()
        };
        let inputs = if choices.compose_files.is_empty() { vec![self.folder.clone()] } else { Vec::new() };
        let (mut projects, messages) = read(&inputs, &choices);
        if let Some(main) = self.said["project"].as_str() {
            let main = self.folder.join(main).display().to_string();
            projects.retain(|project| project.files[0] == main);
        }
        assert!(projects.len() <= 1, "{}: one project is meant", self.name);
        (projects.pop(), messages)
    }

    fn request(&self) -> Value {
        let files = self.paths("files");
        let directory = files.first().and_then(|file| Path::new(file).parent()).unwrap_or(&self.folder);
        json!({
            "id": self.name,
            "directory": if files.is_empty() { self.folder.display().to_string() } else { String::new() },
            "files": files,
            "env_files": self.paths("env-files"),
            "profiles": self.list("profiles"),
            "environment": {"HOME": HOME, "PWD": directory.display().to_string()},
            "skip_consistency": true,
            "skip_environment_files": true,
        })
    }

    /// What is not as the reference loader, or where it refuses, as the case itself says.
    fn differences(&self, reply: &Value) -> Vec<String> {
        let (project, messages) = self.read();
        let Some(project) = project else { return vec![format!("it is not read: {}", messages.join(", "))] };
        let is_refused = self.said["expect-refusal"] == true;
        let mut found = match reply["error"].as_str() {
            Some(_) if is_refused => Vec::new(),
            Some(error) => vec![format!("the reference refuses it: {}", error.replace('\n', " "))],
            None if is_refused => vec!["the reference does not refuse it".to_owned()],
            None => differences(&project, reply),
        };
        let services = project.services.iter().chain(&project.inactive);
        let own: BTreeMap<&str, Value> =
            services.map(|service| (service.name.as_str(), ours(&project, service))).collect();
        for (name, fields) in self.said["expect"].as_object().into_iter().flatten() {
            let Some(own) = own.get(name.as_str()) else {
                found.push(format!("there is no service {name}"));
                continue;
            };
            for (key, value) in fields.as_object().into_iter().flatten() {
                if own[key] != *value {
                    found.push(format!("{name}.{key}: {} for the expected {value}", own[key]));
                }
            }
        }
        if is_refused && self.said["expect"].as_object().is_none_or(|expected| expected.len() != own.len()) {
            found.push(format!("we read the services {:?}", own.keys()));
        }
        for expected in self.list("messages") {
            if !messages.iter().any(|message| message.contains(&expected)) {
                found.push(format!("nothing says `{expected}`, only {messages:?}"));
            }
        }
        if !is_refused && self.said["messages"].is_null() {
            let unexpected = messages.iter().filter(|message| !message.contains("profile"));
            found.extend(unexpected.map(|message| format!("it is said that {message}")));
        }
        found
    }
}

#[test]
fn hand_written_projects_agree_with_the_reference_loader() {
    let Some(program) = oracle::oracle() else { return };
    let cases = cases();
    let requests: Vec<Value> = cases.iter().map(Case::request).collect();
    let replies = oracle::ask(&program, "compose", &requests);
    let (mut differing, mut known, mut refused) = (0, 0, 0);
    for (case, reply) in cases.iter().zip(&replies) {
        let differences = case.differences(reply);
        refused += usize::from(case.said["expect-refusal"] == true);
        let expected: Vec<&str> =
            KNOWN_DIFFERENCES.iter().filter(|(name, _)| *name == case.name).map(|(_, what)| *what).collect();
        known += usize::from(!expected.is_empty());
        if differences != expected {
            differing += 1;
            for difference in &differences {
                println!("differs  {}: {difference}", case.name);
            }
        }
    }
    println!(
        "Hand-written Compose projects: {} of {} agree in full ({refused} that the reference refuses are read as they \
         say themselves; {known} differ on purpose)",
        cases.len() - differing - known,
        cases.len()
    );
    assert_eq!(differing, 0);
}

/// How many random projects are tried; more with `RANDOM_PROJECTS=5000`.
fn random_count() -> u64 {
    std::env::var("RANDOM_PROJECTS").ok().and_then(|count| count.parse().ok()).unwrap_or(200)
}

/// Compares random projects with the reference loader; most of them it has to accept.
fn compare_random(program: &Path, write: impl Fn(&Path, u64) -> Vec<String>, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let count = random_count();
    let profiles = [vec![], vec!["p".to_owned()], vec!["*".to_owned()]];
    let choices: Vec<Choices> = (0..count)
        .map(|seed| Choices {
            compose_files: write(&folder.path().join(seed.to_string()), seed),
            profiles: profiles[seed as usize % profiles.len()].clone(),
            ..Choices::default()
        })
        .collect();
    let request = |choices: &Choices| {
        json!({
            "id": choices.compose_files[0],
            "files": choices.compose_files,
            "profiles": choices.profiles,
            "environment": {"HOME": HOME},
            "skip_consistency": true,
            "skip_environment_files": true,
        })
    };
    let replies = oracle::ask(program, "compose", &choices.iter().map(request).collect::<Vec<_>>());
    let (mut agreeing, mut refused) = (0, 0);
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    for (choices, reply) in choices.iter().zip(&replies) {
        // Those that the reference refuses have to be read too.
        let projects = projects(&[], choices);
        if let Some(error) = reply["error"].as_str() {
            refused += 1;
            *reasons.entry(error.rsplit(": ").next().unwrap_or(error).to_owned()).or_default() += 1;
            continue;
        }
        let differences = differences(&projects[0], reply);
        agreeing += u64::from(differences.is_empty());
        for difference in differences {
            println!("differs  {}: {difference}", choices.compose_files[0]);
        }
    }
    println!("{what}: {agreeing} of {} agree in full ({refused} more are refused)", count - refused);
    if agreeing != count - refused {
        println!("kept in {}; refused: {reasons:?}", folder.keep().display());
    }
    assert_eq!(agreeing, count - refused);
    assert!(refused < count * 2 / 3, "{reasons:?}");
}

#[test]
fn random_projects_agree_with_the_reference_loader() {
    let Some(program) = oracle::oracle() else { return };
    compare_random(&program, random::write, "Random Compose projects");
}

#[test]
fn random_variables_agree_with_the_reference_loader() {
    let Some(program) = oracle::oracle() else { return };
    compare_random(&program, random::write_variables, "Random variables of Compose projects");
}
