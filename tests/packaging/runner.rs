//! A runner of composite actions, as far as `action.yml` needs one: it fills in expressions, decides conditions, and runs each
//! step in bash with the variables and files that GitHub's runner gives it. What another action does is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::{Captures, Regex};
use serde_yaml::Value;
use tempfile::TempDir;

use crate::{checkout, text_of};

/// What a run of the action left behind.
#[derive(Debug)]
pub(crate) struct Run {
    /// Whether every step passed.
    pub(crate) passed: bool,
    /// What the steps wrote, on both streams.
    pub(crate) log: String,
    pub(crate) outputs: BTreeMap<String, String>,
    /// The summary of the job.
    pub(crate) summary: String,
    /// The names of the steps that ran, and of those that other actions would have done.
    pub(crate) steps: Vec<String>,
}

/// A checkout that the action is used in.
#[derive(Debug)]
pub(crate) struct Workspace {
    place: TempDir,
    /// Further variables of every step.
    pub(crate) variables: BTreeMap<String, String>,
    /// What `github.event.pull_request.number` is.
    pub(crate) pull_request: String,
}

impl Workspace {
    /// An empty one, on a branch whose name is made to do harm.
    pub(crate) fn new() -> Self {
        let place = tempfile::tempdir().expect("a folder");
        for folder in ["workspace", "temp"] {
            fs::create_dir(place.path().join(folder)).expect("a folder");
        }
        let workspace = Self { place, variables: BTreeMap::new(), pull_request: String::new() };
        let git = Command::new("git").args(["init", "--quiet"]).current_dir(workspace.folder()).status();
        assert!(git.expect("git starts").success());
        workspace
    }

    /// The root of the checkout.
    pub(crate) fn folder(&self) -> PathBuf {
        self.place.path().join("workspace")
    }

    /// The folder for what a job needs no longer than it runs.
    pub(crate) fn temp(&self) -> PathBuf {
        self.place.path().join("temp")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.folder().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
        fs::write(file, text).expect("written");
    }

    /// Runs the action with some inputs.
    pub(crate) fn run(&self, inputs: &[(&str, &str)]) -> Run {
        let action: Value = serde_yaml::from_str(&text_of("action.yml")).expect("action.yml");
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        known.insert("github.token".to_owned(), "token-of-the-job".to_owned());
        known.insert("github.event.pull_request.number".to_owned(), self.pull_request.clone());
        for (name, input) in action["inputs"].as_mapping().expect("inputs") {
            let name = name.as_str().expect("a name");
            let default = filled(input["default"].as_str().unwrap_or_default(), &known);
            known.insert(format!("inputs.{name}"), default);
        }
        for (name, value) in inputs {
            let there = known.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(there.is_some(), "the action has no input {name}");
        }
        let mut run = Run {
            passed: true,
            log: String::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            steps: Vec::new(),
        };
        for (at, step) in action["runs"]["steps"].as_sequence().expect("steps").iter().enumerate() {
            if step["if"].as_str().is_some_and(|condition| !holds(condition, &known)) {
                continue;
            }
            run.steps.push(step["name"].as_str().expect("a name").to_owned());
            let Some(script) = step["run"].as_str() else { continue };
            assert!(!script.contains("${{"), "an expression stands in a script: {script}");
            assert_eq!(step["shell"].as_str(), Some("bash"));
            let outputs = self.step(at, script, &step["env"], &known, &mut run);
            if let Some(id) = step["id"].as_str() {
                known.extend(outputs.into_iter().map(|(name, value)| (format!("steps.{id}.outputs.{name}"), value)));
            }
            if !run.passed {
                break;
            }
        }
        for (name, output) in action["outputs"].as_mapping().expect("outputs") {
            let value = filled(output["value"].as_str().expect("a value"), &known);
            run.outputs.insert(name.as_str().expect("a name").to_owned(), value);
        }
        run
    }

    fn step(
        &self,
        at: usize,
        script: &str,
        variables: &Value,
        known: &BTreeMap<String, String>,
        run: &mut Run,
    ) -> BTreeMap<String, String> {
        let file = |name: &str| self.temp().join(format!("{name}-{at}"));
        for name in ["output", "summary", "environment", "path"] {
            fs::write(file(name), "").expect("written");
        }
        fs::write(file("script.sh"), script).expect("written");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail"]).arg(file("script.sh"));
        command.current_dir(self.folder());
        command.env("GITHUB_OUTPUT", file("output")).env("GITHUB_STEP_SUMMARY", file("summary"));
        command.env("GITHUB_ENV", file("environment")).env("GITHUB_PATH", file("path"));
        command.env("GITHUB_ACTION_PATH", checkout()).env("GITHUB_WORKSPACE", self.folder());
        command.env("RUNNER_TEMP", self.temp()).env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64");
        command.env("GITHUB_SERVER_URL", "https://github.com").env("GITHUB_REPOSITORY", "shop/deploy");
        command.env("GITHUB_WORKFLOW", "$(touch pwned)").env("GITHUB_JOB", "check");
        let branch = "x\";touch${IFS}pwned;$(touch${IFS}pwned)`touch${IFS}pwned`";
        command.env("GITHUB_HEAD_REF", branch).env("GITHUB_REF_NAME", branch).env("GITHUB_ACTIONS", "true");
        for (name, value) in variables.as_mapping().into_iter().flatten() {
            command.env(name.as_str().expect("a name"), filled(value.as_str().expect("a text"), known));
        }
        command.envs(&self.variables);
        let output = command.output().expect("bash starts");
        run.passed = output.status.success();
        run.log.push_str(&String::from_utf8_lossy(&output.stdout));
        run.log.push_str(&String::from_utf8_lossy(&output.stderr));
        run.summary.push_str(&fs::read_to_string(file("summary")).expect("a summary"));
        for name in ["environment", "path"] {
            assert_eq!(fs::read_to_string(file(name)).expect("a file"), "", "nothing is left to later steps in {name}");
        }
        let outputs = fs::read_to_string(file("output")).expect("outputs");
        outputs
            .lines()
            .map(|line| line.split_once('=').unwrap_or_else(|| panic!("an output is `name=value`: {line}")))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// A text with its expressions filled in; what no step has said is empty.
fn filled(text: &str, known: &BTreeMap<String, String>) -> String {
    let expression = Regex::new(r"\$\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}").expect("a pattern");
    expression.replace_all(text, |found: &Captures<'_>| known.get(&found[1]).cloned().unwrap_or_default()).into_owned()
}

/// Whether a condition holds: comparisons with a text, and names that are not empty, joined by `&&`.
fn holds(condition: &str, known: &BTreeMap<String, String>) -> bool {
    let value = |name: &str| known.get(name.trim()).cloned().unwrap_or_default();
    condition.split("&&").all(|term| {
        let text = |text: &str| text.trim().trim_matches('\'').to_owned();
        if let Some((name, wanted)) = term.split_once("==") {
            value(name) == text(wanted)
        } else if let Some((name, unwanted)) = term.split_once("!=") {
            value(name) != text(unwanted)
        } else {
            !value(term).is_empty()
        }
    })
}

/// The lines of a log that the runner obeys: not those between a stop and the word that ends it.
pub(crate) fn obeyed(log: &str) -> Vec<String> {
    let mut stopped: Option<String> = None;
    let mut obeyed = Vec::new();
    for line in log.lines() {
        if let Some(word) = &stopped {
            if line == format!("::{word}::") {
                stopped = None;
            }
        } else if let Some(word) = line.strip_prefix("::stop-commands::") {
            stopped = Some(word.to_owned());
        } else if line.trim_start().starts_with("::") || line.contains("##[") {
            obeyed.push(line.to_owned());
        }
    }
    assert_eq!(stopped, None, "the runner obeys again");
    obeyed
}

/// A folder that stands first on the `PATH`.
pub(crate) fn path_before(folder: &Path) -> String {
    crate::tools::path_with(&[folder]).to_string_lossy().into_owned()
}
