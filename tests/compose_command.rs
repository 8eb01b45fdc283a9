//! Compose projects from the command line: which files are read, from where, and what is said.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A folder with some files.
struct Folder(tempfile::TempDir);

impl Folder {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (name, text) in files {
            let path = folder.0.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("written");
        }
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program from a folder within this one, with something on standard input.
    fn run_with(&self, within: &str, arguments: &[&str], input: &str) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
            .args(["assess", "-o", "json", "--color", "never"])
            .args(arguments)
            .current_dir(self.path().join(within))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        // A program that reads nothing closes the pipe.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("an end");
        Run {
            code: output.status.code().expect("a code"),
            report: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
            said: String::from_utf8(output.stderr).expect("text"),
        }
    }

    fn run(&self, within: &str, arguments: &[&str]) -> Run {
        self.run_with(within, arguments, "")
    }
}

struct Run {
    code: i32,
    report: Value,
    said: String,
}

impl Run {
    fn workloads(&self) -> u64 {
        assert_eq!(self.code, 0, "{}", self.said);
        self.report["estate"]["workloads"].as_u64().expect("a number")
    }
}

const WEB: &str = "services: {web: {image: \"web:${TAG:?}\"}}\n";

#[test]
fn files_are_laid_over_one_another_in_their_order() {
    let folder = Folder::of(&[
        ("a.yaml", "services: {web: {image: a}, old: {image: old}}\n"),
        ("b.yaml", "services: {web: {image: b}, old: !reset null, db: {image: db}}\n"),
        ("compose.yaml", "services: {no: {image: no}, nor: {image: nor}}\n"),
    ]);
    assert_eq!(folder.run("", &["-f", "a.yaml", "-f", "b.yaml"]).workloads(), 2);
    assert_eq!(folder.run("", &["-f", "b.yaml", "-f", "a.yaml"]).workloads(), 3);
    assert_eq!(folder.run("", &["--file=a.yaml"]).workloads(), 2);
    let run = folder.run_with("", &["-f", "a.yaml", "-f", "-"], "services: {new: {image: new}}\n");
    assert_eq!(run.workloads(), 3, "a file and standard input");
    let run = folder.run_with("", &["-f", "-", "-f", "-", "-"], "services: {new: {image: new}}\n");
    assert_eq!(run.workloads(), 1, "standard input, named again and again");
}

#[test]
fn standard_input_alone_stands_in_the_folder_of_the_run() {
    let folder = Folder::of(&[
        ("app/.env", "TAG=1\n"),
        ("app/part.yaml", "services: {part: {image: part}}\n"),
        ("app/more/base.yaml", "services: {base: {image: base}}\n"),
    ]);
    let text = format!("include: [part.yaml]\n{WEB}  # end\n")
        .replace("web: {", "x: {extends: {file: more/base.yaml, service: base}}, web: {");
    let run = folder.run_with("app", &["-f", "-"], &text);
    assert_eq!(run.workloads(), 3, "{}", run.said);
    assert_eq!(run.said, "");
    let run = folder.run_with("", &["-f", "-", "-f", "app/part.yaml"], &text.replace("include: [part.yaml]\n", ""));
    assert_eq!(run.workloads(), 3, "the folder of the first file that has one: {}", run.said);
    assert_eq!(run.said, "");
}

#[test]
fn one_named_file_brings_what_belongs_to_it() {
    let folder = Folder::of(&[
        (
            "app/compose.yaml",
            "include: [../shared/compose.yaml]\nservices:\n  web: {image: \"web:${TAG:?}\"}\n  \
             api: {extends: {file: base/common.yaml, service: base}, profiles: [\"${PROFILE:?}\"]}\n",
        ),
        ("app/compose.override.yaml", "services: {added: {image: added}, api: {profiles: !reset []}}\n"),
        ("app/.env", "TAG=1\nPROFILE=p\n"),
        ("app/base/common.yaml", "services: {base: {extends: {file: deeper.yaml, service: deep}}}\n"),
        ("app/base/deeper.yaml", "services: {deep: {image: deep}}\n"),
        ("shared/compose.yaml", "services: {shared: {image: \"shared:${INNER:?}\"}}\n"),
        ("shared/.env", "INNER=1\n"),
        ("other/compose.yaml", "services: {other: {image: other}}\n"),
    ]);
    let ways: [(&str, &[&str]); 6] = [
        ("app", &["compose.yaml"]),
        ("app", &["./compose.yaml"]),
        ("", &["app/compose.yaml"]),
        ("other", &["../app/compose.yaml"]),
        ("app/base", &["../compose.yaml"]),
        ("app", &["."]),
    ];
    for (within, arguments) in ways {
        let run = folder.run(within, arguments);
        assert_eq!(run.said, "", "{within} {arguments:?}");
        assert_eq!(run.workloads(), 4, "{within} {arguments:?}");
    }
    let absolute = folder.path().join("app/compose.yaml").display().to_string();
    assert_eq!(folder.run("other", &[&absolute]).workloads(), 4);
    // With --file the override file is not looked for, as with Docker.
    for arguments in [["-f", "app/compose.yaml"], ["-f", "./app/../app/compose.yaml"]] {
        assert_eq!(folder.run("", &[arguments[0], arguments[1], "--profile", "p"]).workloads(), 3, "{arguments:?}");
    }
}

#[test]
fn profiles_and_files_of_variables_are_chosen() {
    let folder = Folder::of(&[
        ("compose.yaml", "services: {a: {image: a}, b: {image: b, profiles: [x]}, c: {image: c, profiles: [y]}}\n"),
        ("x.env", "COMPOSE_PROFILES=x\nTAG=1\n"),
        ("sub/web.yaml", WEB),
    ]);
    assert_eq!(folder.run("", &["compose.yaml"]).workloads(), 1);
    assert_eq!(folder.run("", &["--profile", "y", "compose.yaml"]).workloads(), 2);
    assert_eq!(folder.run("", &["--profile", "x", "--profile", "y", "compose.yaml"]).workloads(), 3);
    assert_eq!(folder.run("", &["--profile", "*", "compose.yaml"]).workloads(), 3);
    assert_eq!(folder.run("", &["--env-file", "x.env", "compose.yaml"]).workloads(), 2);
    let run = folder.run("sub", &["-f", "web.yaml", "--env-file", "../x.env"]);
    assert_eq!((run.workloads(), run.said.as_str()), (1, ""));
    let run = folder.run("sub", &["-f", "web.yaml"]);
    assert!(run.said.contains("web.yaml:1:18: the variable TAG has to be set"), "{}", run.said);
    assert!(run.said.contains("--env-file"), "the next step: {}", run.said);
}

#[test]
fn the_files_of_compose_file_are_found_beside_and_below() {
    let folder = Folder::of(&[
        (".env", "COMPOSE_FILE=deploy/a.yaml:b.yaml\n"),
        ("deploy/a.yaml", "services: {web: {image: web}}\n"),
        ("b.yaml", "services: {db: {image: db}, web: {restart: always}}\n"),
    ]);
    assert_eq!(folder.run("", &["."]).workloads(), 2);
    assert_eq!(folder.run("", &["b.yaml"]).workloads(), 2, "the rest of the project is found");
}

#[test]
fn what_is_named_has_to_be_there() {
    let folder = Folder::of(&[("good/compose.yaml", "services: {a: {image: a}}\n"), ("folder/x.txt", "")]);
    let ways: [&[&str]; 9] = [
        &["-f", "nowhere.yaml"],
        &["-f", "nowhere.yaml", "good"],
        &["-f", "./nowhere.yaml", "good"],
        &["-f", "good/compose.yaml", "-f", "nowhere.yaml"],
        &["--env-file", "nowhere.env", "good"],
        &["--env-file", "./nowhere.env", "good"],
        &["-f", "folder", "good"],
        &["--env-file", "folder", "good"],
        &["nowhere.yaml"],
    ];
    for arguments in ways {
        let run = folder.run("", arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.said);
        let expected =
            if arguments.contains(&"folder") { "this is a folder" } else { "there is no such file or folder" };
        assert!(run.said.contains(expected), "{arguments:?}: {}", run.said);
    }
    let run = folder.run("", &["good", "nowhere"]);
    assert_eq!(run.code, 0, "one of several inputs is missing: {}", run.said);
}

#[test]
fn no_message_shows_a_value_of_a_variable() {
    let secret = "hunter2secret";
    let folder = Folder::of(&[
        (".env", "PASSWORD=hunter2secret\nURL=https://user:hunter2secret@example.org/x.git\nBROKEN=\"hunter2secret\n"),
        (
            "compose.yaml",
            "include: [\"${URL}\", \"${PASSWORD}/x.yaml\"]\n\
             services:\n  \
             a: {image: \"user:${PASSWORD}@registry.example/a\", extends: \"${PASSWORD}\", environment: {P: \"${PASSWORD}\"}}\n  \
             b: {extends: {file: \"${PASSWORD}.yaml\", service: x}, image: b, commnd: \"${PASSWORD}\"}\n  \
             c: {image: \"c:${PASSWORD?hunter2secret}${OTHER:?hunter2secret}\", command: \"${PASSWORD\"}\n  \
             d: {extends: {file: \"${URL}\", service: x}, ports: [\"${PASSWORD}:80\"], environment: [\"P=hunter2secret\"]}\n",
        ),
    ]);
    let run = folder.run("", &["."]);
    for message in [
        ".env:3:1: line 3 of this file of variables cannot be read",
        "fetched from elsewhere",
        "compose.yaml:1:21: this project includes a file that was not read",
        "compose.yaml:3:",
        "this service extends a file that was not read",
        "is no field of Compose",
        "the variable OTHER has to be set",
        "this is no variable that Docker can read",
        "neither an image nor a build",
    ] {
        assert!(run.said.contains(message), "{message} in {}", run.said);
    }
    assert!(!run.said.contains(secret), "{}", run.said);
    let report = run.report.to_string();
    assert!(!report.contains(secret), "{report}");
    assert_eq!(run.workloads(), 3, "what can be read is read: {}", run.said);
}
