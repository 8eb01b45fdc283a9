//! Examples in the documentation, the files that carry the program, and what those who check such files say of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

use crate::tools::{digest, kept, or_skip, required, run};
use crate::{checkout, python_tools, text_of};

const PAGES: [&str; 4] =
    ["docs/ci.md", "docs/pre-commit.md", "docs/formats.md", "packaging/pre-commit-wheel/README.md"];

/// The examples in YAML on a page.
fn examples(page: &str) -> Vec<String> {
    let mut examples = Vec::new();
    let text = text_of(page);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "```yaml" {
            let lines: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
            examples.push(lines.join("\n") + "\n");
        }
    }
    examples
}

/// The workflows for GitHub among them.
fn workflows() -> Vec<String> {
    let all: Vec<String> = PAGES.iter().flat_map(|page| examples(page)).collect();
    let workflows: Vec<String> = all.into_iter().filter(|text| text.contains("runs-on:")).collect();
    assert!(workflows.len() >= 4, "{}", workflows.len());
    workflows
}

#[test]
fn files_and_examples_are_yaml() {
    let mut parsed = 0;
    for page in PAGES {
        for example in examples(page) {
            serde_yaml::from_str::<serde_yaml::Value>(&example)
                .unwrap_or_else(|error| panic!("{page}: {error}\n{example}"));
            parsed += 1;
        }
    }
    assert!(parsed > 8, "{parsed}");
}

#[test]
fn other_actions_are_named_by_the_full_hash_of_a_commit() {
    let used = Regex::new(r"uses: *(\S+)(.*)").expect("a pattern");
    let pinned = Regex::new(r"^[A-Za-z0-9_./-]+@[0-9a-f]{40}$").expect("a pattern");
    let version = Regex::new(r"^ # v\d+\.\d+\.\d+$").expect("a pattern");
    let mut found = 0;
    for page in PAGES.iter().chain(&["action.yml"]) {
        for line in used.captures_iter(&text_of(page)) {
            let own = &line[1] == "OWNER/kubeworthy@COMMIT";
            assert!(own || pinned.is_match(&line[1]), "{page}: {}", &line[1]);
            assert!(version.is_match(&line[2]), "{page}: {} says no version", &line[0]);
            found += usize::from(!own);
        }
    }
    assert!(found >= 6, "{found}");
}

/// actionlint, built by Go from the version that `tests/packaging/actionlint` names.
fn actionlint() -> Result<PathBuf, String> {
    let module = checkout().join("tests/packaging/actionlint");
    let read = |name: &str| fs::read(module.join(name)).map_err(|error| format!("{name}: {error}"));
    let digest = digest([read("go.mod")?.as_slice(), &read("go.sum")?]);
    let place = kept("actionlint", &digest, |place| {
        let package = "github.com/rhysd/actionlint/cmd/actionlint";
        let words = ["build", "-mod=readonly", "-o"];
        run(Command::new("go").args(words).arg(place.join("actionlint")).arg(package).current_dir(&module)).map(drop)
    })?;
    Ok(place.join("actionlint"))
}

/// A repository with the action at its root and a workflow that uses it by some name.
fn repository(workflow: &str, name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join(".github/workflows")).expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("a folder");
    fs::copy(checkout().join("action.yml"), folder.path().join("action.yml")).expect("a copy");
    let workflow = workflow.replace("OWNER/kubeworthy@COMMIT", name);
    fs::write(folder.path().join(".github/workflows/kubeworthy.yml"), workflow).expect("written");
    folder
}

#[test]
fn actionlint_has_nothing_to_say_of_the_examples() {
    let Some(actionlint) = or_skip(actionlint()) else { return };
    let said = |workflow: &str| {
        // Of the action at the root it knows the inputs and outputs.
        let folder = repository(workflow, "./");
        run(Command::new(&actionlint).args(["-no-color", "-shellcheck=", "-pyflakes="]).current_dir(folder.path()))
    };
    for workflow in workflows() {
        said(&workflow).unwrap_or_else(|error| panic!("{error}\n{workflow}"));
    }
    let first = &workflows()[0];
    let wrong =
        first.replace("OWNER/kubeworthy@COMMIT # v0.1.0", "OWNER/kubeworthy@COMMIT\n        with: {pathes: deploy}");
    assert!(said(&wrong).expect_err("an input that is none").contains("pathes"), "{wrong}");
}

#[test]
fn zizmor_finds_nothing_in_the_action_and_the_examples() {
    let Some(programs) = python_tools() else { return };
    let audited = |folder: &Path, persona: &str| {
        let words = ["--offline", "--no-progress", "--no-config", "--color=never", "--persona"];
        run(Command::new(programs.join("zizmor")).args(words).arg(persona).arg(folder))
    };
    let action = tempfile::tempdir().expect("a folder");
    fs::copy(checkout().join("action.yml"), action.path().join("action.yml")).expect("a copy");
    audited(action.path(), "auditor").unwrap_or_else(|error| panic!("{error}"));
    for workflow in workflows() {
        let folder = repository(&workflow, &format!("OWNER/kubeworthy@{}", "0".repeat(40)));
        audited(folder.path(), "regular").unwrap_or_else(|error| panic!("{error}\n{workflow}"));
    }
    let text = text_of("action.yml").replace("run: exit \"$KUBEWORTHY_EXIT_CODE\"", "run: echo ${{ inputs.paths }}");
    fs::write(action.path().join("action.yml"), text).expect("written");
    assert!(audited(action.path(), "regular").is_err(), "an input in a script is found");
}

#[test]
fn github_takes_the_action() {
    let Some(programs) = python_tools() else { return };
    let words = ["--builtin-schema", "vendor.github-actions"];
    run(Command::new(programs.join("check-jsonschema")).args(words).arg(checkout().join("action.yml")))
        .expect("action.yml");
}

/// Whether there is a shellcheck, installed first where that is asked for.
fn shellcheck() -> Result<(), String> {
    if run(Command::new("shellcheck").arg("--version")).is_ok() {
        return Ok(());
    }
    if !required() {
        return Err("there is no shellcheck; KUBEWORTHY_REQUIRE_TOOLS=1 installs Debian's".to_owned());
    }
    run(Command::new("apt-get").arg("update"))?;
    let words = ["install", "-y", "--no-install-recommends", "shellcheck"];
    run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive")).map(drop)
}

#[test]
fn shellcheck_finds_nothing_in_the_scripts() {
    if or_skip(shellcheck()).is_none() {
        return;
    }
    let mut checked = 0;
    for entry in fs::read_dir(checkout().join("packaging/action")).expect("scripts").flatten() {
        run(Command::new("shellcheck").arg(entry.path())).unwrap_or_else(|error| panic!("{error}"));
        checked += 1;
    }
    assert_eq!(checked, 4);
}
