//! The real pre-commit with a home of its own, and git repositories that it guards.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::tools::{cache, path_with, required, run};

/// The root of the checkout.
pub(crate) fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) passed: bool,
    pub(crate) said: String,
    pub(crate) took: Duration,
}

/// Where git and pre-commit run: their variables.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    variables: Vec<(OsString, OsString)>,
}

impl Surroundings {
    /// With pre-commit and what else stands in some folders on the `PATH`, and a home for the environments of hooks.
    pub(crate) fn new(programs: &[&Path], home: &Path) -> Self {
        let mut surroundings = Self { variables: Vec::new() };
        surroundings.set("PATH", path_with(programs));
        surroundings.set("PRE_COMMIT_HOME", home);
        surroundings.set("PREK_HOME", home);
        surroundings.set("PRE_COMMIT_COLOR", "never");
        surroundings
    }

    /// One variable more.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.variables.push((name.into(), value.into()));
    }

    /// A command that nothing of the caller's git reaches.
    pub(crate) fn command(&self, program: &str, folder: &Path) -> Command {
        let path = self.variables.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path.clone());
        let found = std::env::split_paths(&path.unwrap_or_default())
            .map(|folder| folder.join(program))
            .find(|file| file.is_file())
            .unwrap_or_else(|| PathBuf::from(program));
        let mut command = Command::new(found);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") || name == "CLICOLOR_FORCE" || name == "VIRTUAL_ENV" {
                command.env_remove(name);
            }
        }
        for name in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{name}_NAME"), "A. Tester").env(format!("GIT_{name}_EMAIL"), "tester@example.com");
            // The same content is then the same commit, and what was installed from it before is found again.
            command.env(format!("GIT_{name}_DATE"), "2026-11-01T12:00:00Z");
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("NO_COLOR", "1");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(folder).stdin(Stdio::null());
        command
    }

    /// What a program says.
    pub(crate) fn outcome(&self, program: &str, words: &[&str], folder: &Path) -> Outcome {
        let start = Instant::now();
        let output = self.command(program, folder).args(words).output().expect("a program that starts");
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        Outcome { passed: output.status.success(), said, took: start.elapsed() }
    }

    /// The same for a program that must not fail.
    pub(crate) fn done(&self, program: &str, words: &[&str], folder: &Path) -> String {
        let outcome = self.outcome(program, words, folder);
        assert!(outcome.passed, "{program} {words:?}: {}", outcome.said);
        outcome.said
    }
}

/// Makes a folder the one commit of a git repository, and gives its name.
pub(crate) fn committed(folder: &Path, surroundings: &Surroundings) -> String {
    surroundings.done("git", &["init", "--quiet", "--initial-branch=main"], folder);
    surroundings.done("git", &["add", "--all"], folder);
    surroundings.done("git", &["commit", "--quiet", "--no-verify", "-m", "The hooks"], folder);
    surroundings.done("git", &["rev-parse", "HEAD"], folder).trim().to_owned()
}

/// Copies the checkout as a clone of it would be: without what git ignores. What is not committed yet comes too.
pub(crate) fn copy_checkout(to: &Path) -> Result<(), String> {
    let walk = ignore::WalkBuilder::new(checkout())
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    for entry in walk {
        let entry = entry.map_err(|error| error.to_string())?;
        let Ok(path) = entry.path().strip_prefix(checkout()) else { continue };
        let place = to.join(path);
        let kind = entry.file_type();
        if kind.is_some_and(|kind| kind.is_dir()) {
            fs::create_dir_all(&place).map_err(|error| error.to_string())?;
        } else if kind.is_some_and(|kind| kind.is_file()) {
            fs::copy(entry.path(), &place).map_err(|error| format!("{}: {error}", place.display()))?;
        }
    }
    Ok(())
}

/// A git repository that somebody works in.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: TempDir,
    surroundings: Surroundings,
}

impl Repository {
    /// A repository with files and the hook of another one, installed by `pre-commit install` or by what takes its place.
    pub(crate) fn guarded(
        files: &[(&str, &str)],
        (hooks, revision, hook): (&Path, &str, &str),
        framework: &str,
        surroundings: &Surroundings,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let repository = Self { folder, surroundings: surroundings.clone() };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        for (path, text) in files {
            repository.write(path, text);
        }
        repository.write(
            ".pre-commit-config.yaml",
            &format!("repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n      - id: {hook}\n", hooks.display()),
        );
        repository.write("README.md", "# An example\n");
        surroundings.done(framework, &["install"], repository.folder());
        repository
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let place = self.folder().join(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("the folder");
        fs::write(place, text).expect("written");
    }

    /// Changes a file: `from` must stand in it.
    pub(crate) fn change(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.folder().join(path)).expect("a file");
        assert!(text.contains(from), "{path} has no {from:?}: {text}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn git(&self, words: &[&str]) -> String {
        self.surroundings.done("git", words, self.folder())
    }

    pub(crate) fn run(&self, program: &str, words: &[&str]) -> Outcome {
        self.surroundings.outcome(program, words, self.folder())
    }

    /// Commits everything that changed, with the hook.
    pub(crate) fn commit(&self, message: &str) -> Outcome {
        self.git(&["add", "--all"]);
        self.surroundings.outcome("git", &["commit", "-m", message], self.folder())
    }

    /// Takes everything back that is not committed.
    pub(crate) fn take_back(&self) {
        self.git(&["reset", "--quiet", "--hard"]);
    }

    /// How many commits there are.
    pub(crate) fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", "HEAD"]).trim().parse().expect("a number")
    }
}

/// The wheel of the program, and what else pip needs to install it from a folder alone.
pub(crate) fn wheels(programs: &Path) -> Result<PathBuf, String> {
    if !required() {
        return Err("KUBEWORTHY_REQUIRE_TOOLS=1 builds a wheel, which takes minutes".to_owned());
    }
    let folder = cache()?.join("pre-commit-wheels");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let words = ["build", "--quiet", "--release", "--compatibility", "linux", "--out"];
    run(Command::new(programs.join("maturin")).args(words).arg(&folder).current_dir(checkout()))?;
    let words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"];
    run(Command::new(programs.join("pip")).args(words).arg(&folder).arg("setuptools==84.2.1"))?;
    Ok(folder)
}
