//! A repository in a folder of its own, in which the program is run as a hook or a pipeline would run it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The day of every run, 2026-11-26.
const TODAY: &str = "1795651200";

pub struct Repository {
    folder: tempfile::TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub said: String,
}

impl Ran {
    /// The last line of the report.
    pub fn last(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }
}

impl Repository {
    /// An empty one. Its root is known by `.git`, and nothing here asks git itself.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join(".git")).expect("a folder");
        Self { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("written");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).expect("a file")
    }

    /// A file with one text in place of another, which has to be there.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replace(from, to));
    }

    pub fn rename(&self, from: &str, to: &str) {
        let to = self.path().join(to);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("folders");
        std::fs::rename(self.path().join(from), to).expect("renamed");
    }

    pub fn remove(&self, name: &str) {
        let path = self.path().join(name);
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.expect("removed");
    }

    /// The manifests of a story, in a folder.
    pub fn copy_story(&self, story: &str, folder: &str) {
        let from = fixture(story);
        for entry in walkdir::WalkDir::new(&from).into_iter().filter_map(Result::ok) {
            let inside = entry.path().strip_prefix(&from).expect("below");
            if entry.file_type().is_file() && inside != Path::new("expect.yaml") {
                let text = std::fs::read_to_string(entry.path()).expect("a file");
                self.write(&format!("{folder}/{}", inside.display()), &text);
            }
        }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(".", arguments)
    }

    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
            .args(arguments)
            .current_dir(self.path().join(folder))
            .env_remove("CLICOLOR_FORCE")
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", TODAY)
            .output()
            .expect("the program runs");
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            said: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Runs and expects an exit code.
    pub fn ends(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:#?}");
        ran
    }
}

pub fn fixture(story: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(story)
}
