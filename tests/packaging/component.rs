//! The component for GitLab: its inputs, its form, and its scripts, which are run by the shells that runners have.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use regex::{Captures, Regex};
use serde_yaml::Value;

use crate::action::BLOG;
use crate::runner::path_before;
use crate::tools::run;
use crate::{PROGRAM, python_tools, text_of};

/// The header of the template, and its body.
fn parts() -> (Value, String) {
    let text = text_of("templates/check.yml");
    let (header, body) = text.split_once("\n---\n").expect("a header and a body");
    (serde_yaml::from_str(header).expect("a header"), body.to_owned())
}

/// The job with some inputs, which must be of the form that the header wants; the error that GitLab would give otherwise.
fn job(inputs: &[(&str, &str)]) -> Result<Value, String> {
    let (header, body) = parts();
    let declared = header["spec"]["inputs"].as_mapping().expect("inputs");
    let mut values = BTreeMap::new();
    for (name, input) in declared {
        let name = name.as_str().expect("a name");
        let default = &input["default"];
        let default = default.as_str().map_or_else(|| default.as_bool().expect("a default").to_string(), str::to_owned);
        let value = inputs.iter().find(|(given, _)| *given == name).map_or(default, |(_, value)| (*value).to_owned());
        if let Some(pattern) = input["regex"].as_str()
            && !Regex::new(pattern).expect("a pattern").is_match(&value)
        {
            return Err(format!("{name} is not of the form {pattern}"));
        }
        values.insert(name.to_owned(), value);
    }
    for (name, _) in inputs {
        assert!(values.contains_key(*name), "the component has no input {name}");
    }
    // In the text, as GitLab does.
    let place = Regex::new(r"\$\[\[\s*inputs\.([a-z-]+)\s*\]\]").expect("a pattern");
    let filled = place.replace_all(&body, |found: &Captures<'_>| values[&found[1]].clone()).into_owned();
    assert!(!filled.contains("$[["), "{filled}");
    let all: Value = serde_yaml::from_str(&filled).map_err(|error| error.to_string())?;
    let (_, job) = all.as_mapping().expect("jobs").iter().next().expect("a job");
    Ok(job.clone())
}

/// Runs the scripts of the job as a runner does, all in one shell.
fn ran(job: &Value, shell: &str, folder: &Path, path: &str) -> Output {
    let mut lines = String::from("set -e\n");
    for part in ["before_script", "script"] {
        for line in job[part].as_sequence().expect("lines") {
            lines.push_str(line.as_str().expect("a line"));
            lines.push('\n');
        }
    }
    let mut command = Command::new(shell);
    command.args(["-c", &lines]).current_dir(folder).env("PATH", path);
    for (name, variable) in job["variables"].as_mapping().expect("variables") {
        assert_eq!(variable["expand"], Value::Bool(false), "{name:?}");
        command.env(name.as_str().expect("a name"), variable["value"].as_str().expect("a text"));
    }
    command.output().expect("a shell")
}

fn path() -> String {
    path_before(Path::new(PROGRAM).parent().expect("a folder"))
}

#[test]
fn the_job_fails_as_the_gate_does_and_leaves_its_reports() {
    for shell in ["sh", "bash"] {
        for (inputs, code) in [
            (&[("fail-on", "needless")][..], 1),
            (&[("fail-on", "inconclusive,unused-ignore")], 0),
            (&[("gate", "40")], 1),
            (&[("arguments", "--fail-on needless --no-ignores"), ("paths", "deploy compose.yaml")], 1),
            (&[("fail-on", "needless"), ("paths", "compose.yaml")], 0),
            (&[("baseline", "missing.json")], 2),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            fs::create_dir(folder.path().join("deploy")).expect("a folder");
            fs::write(folder.path().join("deploy/blog.yaml"), BLOG).expect("written");
            fs::write(folder.path().join("compose.yaml"), "services: {web: {image: nginx:1.29}}\n").expect("written");
            let job = job(inputs).expect("a job");
            let output = ran(&job, shell, folder.path(), &path());
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(code), "{shell} {inputs:?}: {said}");
            if code == 2 {
                continue;
            }
            let quality = job["artifacts"]["reports"]["codequality"].as_str().expect("a file");
            let quality = fs::read_to_string(folder.path().join(quality)).expect("code quality");
            let quality: serde_json::Value = serde_json::from_str(&quality).expect("JSON");
            assert!(quality.as_array().is_some_and(|all| !all.is_empty()), "{quality}");
            let tests = job["artifacts"]["reports"]["junit"].as_str().expect("a file");
            let tests = fs::read_to_string(folder.path().join(tests)).expect("tests");
            roxmltree::Document::parse(&tests).expect("XML");
            let kept = job["artifacts"]["paths"][0].as_str().expect("a file");
            assert!(folder.path().join(kept).exists());
            assert_eq!(job["artifacts"]["when"], "always");
        }
    }
}

#[test]
fn inputs_are_words_and_never_shell() {
    for (input, value) in [
        ("paths", "$(touch pwned) `touch pwned` ; touch pwned"),
        ("fail-on", "needless"),
        ("baseline", "$(touch pwned)"),
        ("arguments", "*.yaml; touch pwned"),
        ("paths", "*"),
    ] {
        for shell in ["sh", "bash"] {
            let folder = tempfile::tempdir().expect("a folder");
            fs::write(folder.path().join("-blog.yaml"), BLOG).expect("written");
            let output = ran(&job(&[(input, value)]).expect("a job"), shell, folder.path(), &path());
            assert_ne!(output.status.code(), Some(3), "{output:?}");
            assert!(!folder.path().join("pwned").exists(), "{input}: {value}");
            // A star is a name like others: no file has it.
            if value == "*" {
                assert_eq!(output.status.code(), Some(2), "{output:?}");
            }
        }
    }
    for (input, value) in [
        ("paths", "a\nscript: [touch pwned]"),
        ("paths", "a\"b"),
        ("fail-on", "needless; true"),
        ("gate", "$X"),
        ("version", "0.1.0 --index-url=x"),
        ("arguments", "a\\"),
    ] {
        assert!(job(&[(input, value)]).is_err(), "{input}: {value} is refused");
    }
}

#[test]
fn gitlab_takes_the_template() {
    let Some(programs) = python_tools() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(".gitlab-ci.yml");
    let job = job(&[("allow-failure", "true")]).expect("a job");
    assert_eq!(job["allow_failure"], Value::Bool(true));
    let check = |text: &str| {
        fs::write(&file, text).expect("written");
        run(Command::new(programs.join("check-jsonschema")).args(["--builtin-schema", "vendor.gitlab-ci"]).arg(&file))
    };
    let (header, _) = parts();
    check(&serde_yaml::to_string(&BTreeMap::from([("kubeworthy", &job)])).expect("YAML")).expect("the job");
    check(&serde_yaml::to_string(&header).expect("YAML")).expect("the header");
    // The schema does refuse.
    assert!(check("kubeworthy: {script: [true], allow_failure: sometimes}\n").is_err());
}
