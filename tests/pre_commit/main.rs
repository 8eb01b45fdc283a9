//! The hooks as teams have them: the real pre-commit, on git repositories that the tests make.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod example;
mod framework;
#[path = "../support/tools.rs"]
mod tools;

mod support {
    pub(crate) use crate::tools;
}

use std::path::{Path, PathBuf};

use example::{BLOG, BUDGET, RIGHTS, RUNNER, WIKI};
use framework::{Outcome, Repository, Surroundings, checkout, committed, copy_checkout, wheels};
use tools::{cache, digest, kept, or_skip, python, required, run};

/// What the tests were built with.
const PROGRAM: &str = env!("CARGO_BIN_EXE_kubeworthy");

fn program_folder() -> &'static Path {
    Path::new(PROGRAM).parent().expect("a folder")
}

/// The folder with pre-commit.
fn pre_commit() -> Result<PathBuf, String> {
    python("pre-commit", &checkout().join("tests/pre_commit/requirements.txt"))
}

fn says(outcome: &Outcome, words: &[&str]) {
    for word in words {
        assert!(outcome.said.contains(word), "`{word}` is not said:\n{}", outcome.said);
    }
}

fn passes(outcome: &Outcome) {
    assert!(outcome.passed, "{}", outcome.said);
    says(outcome, &["is Kubernetes still justified?", "Passed"]);
}

/// The hook failed, with the exit code of a failed gate and no other.
fn is_blocked(outcome: &Outcome, words: &[&str]) {
    assert!(!outcome.passed, "{}", outcome.said);
    says(outcome, &["Failed", "- exit code: 1"]);
    says(outcome, words);
}

fn baseline(repository: &Repository) {
    let written = repository.run(PROGRAM, &["baseline", "."]);
    assert!(written.passed, "{}", written.said);
}

/// What every way of installing the hook must do: the first commit, with what was needless before; a harmless edit; and a
/// regression that is blocked.
fn first_steps(repository: &Repository) {
    baseline(repository);
    let first = repository.commit("Guard the repository");
    passes(&first);
    println!("the first commit, with the installation of the hook: {:.1} s", first.took.as_secs_f64());

    repository.change(RUNNER.0, "runner:4.2.0", "runner:4.3.0");
    let second = repository.commit("A newer runner");
    passes(&second);
    println!("a commit: {:.2} s", second.took.as_secs_f64());

    repository.change(RIGHTS.0, "[create, delete, get, list, watch]", "[get, list, watch]");
    let before = repository.commits();
    is_blocked(&repository.commit("The runner only looks"), &["builds", "k8s-native", "needless", RUNNER.0]);
    assert_eq!(repository.commits(), before, "nothing was committed");
    repository.take_back();
}

/// Everything that a team meets.
fn months_later(repository: &Repository) {
    // A system that never needed Kubernetes arrives, and is accepted by name.
    repository.write(WIKI.0, WIKI.1);
    is_blocked(&repository.commit("A wiki"), &["wiki", "needless", WIKI.0]);
    baseline(repository);
    passes(&repository.commit("A wiki, and we know"));

    // One kind of finding is not wanted any more, from now on.
    repository.change(
        ".pre-commit-config.yaml",
        "- id: kubeworthy-system\n",
        "- id: kubeworthy-system\n        args: [--fail-on, \"regression,KW106\", \"--\"]\n",
    );
    repository.change(BLOG.0, "blog:1.0.0", "blog:1.0.1");
    passes(&repository.commit("No budget that blocks a host"));
    repository.write(BUDGET.0, BUDGET.1);
    is_blocked(&repository.commit("A budget for the blog"), &["KW106", &format!("{}:", BUDGET.0)]);
    repository.change(
        BUDGET.0,
        "  minAvailable: 1\n",
        "  # kubeworthy: ignore[KW106] the blog may wait until somebody moves it by hand\n  minAvailable: 1\n",
    );
    passes(&repository.commit("A budget for the blog, with its reason"));

    // Files and folders get other names.
    repository.git(&["mv", "deploy/blog", "deploy/journal"]);
    repository.git(&["mv", "deploy/journal/blog.yaml", "deploy/journal/site.yaml"]);
    passes(&repository.commit("The blog is a journal"));
    let all = repository.run(PROGRAM, &["check", "."]);
    assert!(all.passed, "{}", all.said);

    // What is no deployment file calls nothing.
    repository.write("README.md", "# An example, with more words\n");
    says(&repository.commit("Words"), &["(no files to check)Skipped"]);

    // Among several files of a commit, one that does not parse stops nobody from reading the others.
    repository.write("deploy/wiki/broken.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: [\n");
    repository.change(RIGHTS.0, "[create, delete, get, list, watch]", "[get, list, watch]");
    is_blocked(&repository.commit("A broken file, and less rights"), &["builds", "deploy/wiki/broken.yaml:3"]);
    repository.take_back();
}

/// The hooks as a repository beside the checkout, and the name of its commit.
fn hooks(folder: &Path, surroundings: &Surroundings) -> String {
    copy_checkout(folder).expect("a copy");
    committed(folder, surroundings)
}

#[test]
fn the_hook_guards_a_repository_over_months() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    let place = tempfile::tempdir().expect("a folder");
    let surroundings = Surroundings::new(&[&programs, program_folder()], &place.path().join("home"));
    let revision = hooks(&place.path().join("hooks"), &surroundings);
    let hook = (place.path().join("hooks"), revision);
    let files = [RUNNER, RIGHTS, BLOG];
    let named = (hook.0.as_path(), hook.1.as_str(), "kubeworthy-system");
    let repository = Repository::guarded(&files, named, "pre-commit", &surroundings);
    first_steps(&repository);
    months_later(&repository);
}

/// The way of the README, from its third command on: the program and the framework are there.
#[test]
fn the_five_commands_of_the_readme_guard_a_repository() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    let readme = std::fs::read_to_string(checkout().join("README.md")).expect("the README");
    let block =
        readme.split("```sh\n").find(|block| block.starts_with("cargo install --locked")).expect("the commands");
    let commands: Vec<&str> = block.split("```").next().expect("the commands").lines().collect();
    assert_eq!(commands.len(), 5, "{commands:?}");
    let place = tempfile::tempdir().expect("a folder");
    let surroundings = Surroundings::new(&[&programs, program_folder()], &place.path().join("home"));
    let revision = hooks(&place.path().join("hooks"), &surroundings);
    let named = (place.path().join("hooks"), revision);
    let named = (named.0.as_path(), named.1.as_str(), "kubeworthy-system");
    let repository = Repository::guarded(&[RUNNER, RIGHTS, BLOG], named, "pre-commit", &surroundings);
    std::fs::remove_file(repository.folder().join(".pre-commit-config.yaml")).expect("no hook yet");
    for command in &commands[2..] {
        let outcome = repository.run("sh", &["-c", command]);
        assert!(outcome.passed, "{command}: {}", outcome.said);
    }
    let first = repository.commit("Guard the repository");
    assert!(first.passed, "{}", first.said);
    says(&first, &["kubeworthy", "Passed"]);
    the_hooks_of_a_team_stay(&repository, &readme, commands[3]);
    repository.change(RIGHTS.0, "[create, delete, get, list, watch]", "[get, list, watch]");
    is_blocked(&repository.commit("The runner only looks"), &["builds", "k8s-native", "needless", RUNNER.0]);
}

/// Where hooks are there already, the fourth command leaves them, and what is to be pasted is the same hook.
fn the_hooks_of_a_team_stay(repository: &Repository, readme: &str, command: &str) {
    let file = repository.folder().join(".pre-commit-config.yaml");
    let read = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).expect("YAML");
    let made = std::fs::read_to_string(&file).expect("the hook");
    let block = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("what to paste");
    assert_eq!(read(&made)["repos"], read(block), "what is pasted is what is written");
    let own = "repos:\n- repo: local\n  hooks:\n  - {id: mine, name: mine, language: system, entry: 'true'}\n";
    std::fs::write(&file, own).expect("written");
    let outcome = repository.run("sh", &["-c", command]);
    assert!(outcome.passed && outcome.said.contains("add the hook below"), "{}", outcome.said);
    assert_eq!(std::fs::read_to_string(&file).expect("the hooks"), own);
    std::fs::write(&file, made).expect("written");
}

/// Files are named by whoever changes them, and no name changes what is asked.
#[test]
fn names_of_files_are_no_options() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    let place = tempfile::tempdir().expect("a folder");
    let surroundings = Surroundings::new(&[&programs, program_folder()], &place.path().join("home"));
    let revision = hooks(&place.path().join("hooks"), &surroundings);
    let hook = (place.path().join("hooks"), revision);
    let named = (hook.0.as_path(), hook.1.as_str(), "kubeworthy-system");
    let repository = Repository::guarded(&[RUNNER, RIGHTS, BLOG], named, "pre-commit", &surroundings);
    baseline(&repository);
    passes(&repository.commit("Guard the repository"));
    // A name that would switch the gate off, one that no option has, and a folder whose name begins with a dash.
    repository.write("evil.yaml", "gate: {fail-on: [none]}\n");
    repository.write("--config=evil.yaml", "a: 1\n");
    repository.write("--unknown.yaml", "a: 1\n");
    repository.write(&format!("-old/{}", WIKI.0), WIKI.1);
    repository.change(RIGHTS.0, "[create, delete, get, list, watch]", "[get, list, watch]");
    is_blocked(&repository.commit("The runner only looks"), &["builds", "k8s-native", "needless", RUNNER.0, "wiki"]);
    // Whoever overrides the arguments and forgets the dashes is told so, and nothing passes.
    repository.change(
        ".pre-commit-config.yaml",
        "- id: kubeworthy-system\n",
        "- id: kubeworthy-system\n        args: [--fail-on, regression]\n",
    );
    repository.git(&["rm", "-q", "--cached", "--", "--unknown.yaml"]);
    std::fs::remove_file(repository.folder().join("--unknown.yaml")).expect("removed");
    std::fs::remove_dir_all(repository.folder().join("-old")).expect("removed");
    let refused = repository.commit("The same, without the dashes");
    assert!(!refused.passed, "{}", refused.said);
    says(&refused, &["- exit code: 2", "`--config=evil.yaml` is an option and also the name of a file"]);
}

#[test]
fn an_old_framework_and_prek_take_the_same_hooks() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    let old = python("pre-commit-old", &checkout().join("tests/pre_commit/requirements-old.txt"));
    let Some(old) = or_skip(old) else { return };
    for (programs, framework) in [(&programs, "prek"), (&old, "pre-commit")] {
        let place = tempfile::tempdir().expect("a folder");
        let surroundings = Surroundings::new(&[programs, program_folder()], &place.path().join("home"));
        let revision = hooks(&place.path().join("hooks"), &surroundings);
        let named = (place.path().join("hooks"), revision);
        let named = (named.0.as_path(), named.1.as_str(), "kubeworthy-system");
        first_steps(&Repository::guarded(&[RUNNER, RIGHTS, BLOG], named, framework, &surroundings));
    }
}

/// The sources of the program, as one digest.
fn sources() -> String {
    let mut files = Vec::new();
    for name in ["Cargo.toml", "Cargo.lock", "build.rs", ".pre-commit-hooks.yaml", "src", "rules"] {
        for entry in walkdir::WalkDir::new(checkout().join(name)).sort_by_file_name() {
            let entry = entry.expect("a file");
            if entry.file_type().is_file() {
                files.push(entry.path().as_os_str().as_encoded_bytes().to_vec());
                files.push(std::fs::read(entry.path()).expect("a file"));
            }
        }
    }
    digest(files.iter().map(Vec::as_slice))
}

/// `language: rust`: pre-commit clones the repository and calls `cargo install`. What it built is kept for the same sources,
/// and its dependencies for all: without optimisation, which this is not about.
#[test]
fn the_hook_is_built_by_cargo() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    if !required() {
        eprintln!("skipped: KUBEWORTHY_REQUIRE_TOOLS=1 builds the hook, which takes minutes");
        return;
    }
    let target = cache().expect("the cache").join("pre-commit-rust-target");
    let surroundings = |home: &Path| {
        let mut surroundings = Surroundings::new(&[&programs], home);
        surroundings.set("CARGO_TARGET_DIR", &target);
        surroundings.set("CARGO_INCREMENTAL", "0");
        surroundings.set("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        surroundings.set("CARGO_PROFILE_RELEASE_LTO", "off");
        surroundings.set("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        surroundings
    };
    let place = kept("pre-commit-rust", &sources(), |place| {
        forget_own_crate(&target);
        let revision = hooks(&place.join("hooks"), &surroundings(&place.join("home")));
        std::fs::write(place.join("revision"), revision).map_err(|error| error.to_string())
    });
    let place = place.expect("the hooks");
    let revision = std::fs::read_to_string(place.join("revision")).expect("the revision");
    let named = (place.join("hooks"), revision);
    let named = (named.0.as_path(), named.1.as_str(), "kubeworthy");
    first_steps(&Repository::guarded(&[RUNNER, RIGHTS, BLOG], named, "pre-commit", &surroundings(&place.join("home"))));
}

/// Each clone is a new path and so a new crate for cargo; the old ones would pile up.
fn forget_own_crate(target: &Path) {
    for folder in ["deps", ".fingerprint", "build"] {
        let Ok(entries) = std::fs::read_dir(target.join("release").join(folder)) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.trim_start_matches("lib").starts_with("kubeworthy-") {
                let path = entry.path();
                let gone = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
                gone.expect("removed");
            }
        }
    }
}

/// The component for GitLab installs the same wheel where its image has no program.
fn component_installs_the_wheel(surroundings: &Surroundings) {
    let template = std::fs::read_to_string(checkout().join("templates/check.yml")).expect("the template");
    let (_, body) = template.split_once("\n---\n").expect("a header and a body");
    let jobs: serde_yaml::Value = serde_yaml::from_str(body).expect("jobs");
    let job = jobs.as_mapping().and_then(|jobs| jobs.values().next()).expect("a job");
    let script = job["before_script"][0].as_str().expect("a script");
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = surroundings.command("sh", folder.path());
    shell.args(["-e", "-c", script]).env("KUBEWORTHY_VERSION", env!("CARGO_PKG_VERSION"));
    let said = run(&mut shell).expect("an installation");
    assert_eq!(said.lines().last(), Some(concat!("kubeworthy ", env!("CARGO_PKG_VERSION"))), "{said}");
}

/// The wheel: pre-commit installs it with pip from a folder, as it would from an index.
#[test]
fn the_hook_is_installed_from_a_wheel() {
    let Some(programs) = or_skip(pre_commit()) else { return };
    let Some(wheels) = or_skip(wheels(&programs)) else { return };
    let place = tempfile::tempdir().expect("a folder");
    let mut surroundings = Surroundings::new(&[&programs], &place.path().join("home"));
    surroundings.set("PIP_NO_INDEX", "1");
    surroundings.set("PIP_FIND_LINKS", &wheels);
    surroundings.set("PIP_NO_CACHE_DIR", "1");
    let mirror = place.path().join("mirror");
    std::fs::create_dir(&mirror).expect("a folder");
    for file in [".pre-commit-hooks.yaml", "pyproject.toml", "README.md"] {
        std::fs::copy(checkout().join("packaging/pre-commit-wheel").join(file), mirror.join(file)).expect("a copy");
    }
    let revision = committed(&mirror, &surroundings);
    let named = (mirror.as_path(), revision.as_str(), "kubeworthy");
    first_steps(&Repository::guarded(&[RUNNER, RIGHTS, BLOG], named, "pre-commit", &surroundings));

    component_installs_the_wheel(&surroundings);

    // The wheel holds the program, its licences and what pip asks for.
    let mut wheel = std::fs::read_dir(&wheels).expect("wheels").flatten().map(|entry| entry.path());
    let wheel = wheel
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("kubeworthy-")))
        .expect("our wheel");
    let listed = run(std::process::Command::new(programs.join("python")).args(["-m", "zipfile", "-l"]).arg(&wheel));
    let listed = listed.expect("a list");
    for line in listed.lines().skip(1) {
        let name = line.split_whitespace().next().expect("a name");
        assert!(
            name.ends_with(".data/scripts/kubeworthy") || name.contains(".dist-info/"),
            "{name} does not belong into the wheel"
        );
    }
}
