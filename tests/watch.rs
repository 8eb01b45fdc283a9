//! `--watch` as its user sees it: on a terminal, with edits, renames, broken files, and an end.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use terminal::Screen;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubeworthy");
const WATCHING: &str = "Ctrl-C ends it";

fn manifest(replicas: u8) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec:\n  replicas: {replicas}\n  \
         selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec: {{containers: [{{name: web, \
         image: 'nginx:1.27'}}]}}\n"
    )
}

/// A folder with a repository in it, and a place for the screen beside it.
fn repository() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let root = folder.path().join("repository");
    fs::create_dir_all(root.join("deploy")).expect("folders");
    fs::create_dir(root.join(".git")).expect("a folder");
    fs::write(root.join("deploy/web.yaml"), manifest(1)).expect("written");
    let screen = folder.path().join("screen");
    (folder, root, screen)
}

fn watch(words: &[&str], root: &Path, screen: &Path) -> Option<Screen> {
    let command: Vec<&str> = [PROGRAM, "assess"].into_iter().chain(words.iter().copied()).collect();
    Screen::start(&command, root, screen, &[])
}

#[test]
fn a_report_follows_the_files() {
    let (_folder, root, screen) = repository();
    let web = root.join("deploy/web.yaml");
    let Some(mut screen) = watch(&["deploy", "--watch"], &root, &screen) else { return };
    let first = screen.until(WATCHING);
    assert!(first.contains("<cleared>") && first.contains("NEEDLESS") && !first.contains("moved"), "{first}");

    fs::write(&web, manifest(9)).expect("written");
    let edited = screen.until(WATCHING);
    assert!(edited.contains("<cleared>") && edited.contains("changed: deploy/web.yaml"), "{edited}");
    assert!(edited.contains("moved since the last run:\nshop: "), "{edited}");

    // As editors write: another file takes its place.
    fs::write(root.join("deploy/.web.yaml.swp"), manifest(1)).expect("written");
    fs::rename(root.join("deploy/.web.yaml.swp"), &web).expect("renamed");
    let renamed = screen.until(WATCHING);
    assert!(renamed.contains("changed: deploy/web.yaml") && renamed.contains("moved since the last run"), "{renamed}");

    // Broken for a while: the report says so, and the watch goes on.
    fs::write(&web, "spec: {replicas: [\n").expect("written");
    let broken = screen.until(WATCHING);
    assert!(broken.contains("deploy/web.yaml:"), "{broken}");
    fs::write(&web, manifest(1)).expect("written");
    screen.until(WATCHING);
    fs::write(root.join("deploy/kubeworthy.yaml"), "availability-target: [\n").expect("written");
    let refused = screen.until(WATCHING);
    assert!(refused.contains("can be assessed again"), "{refused}");

    // Above what is assessed, in the root of the repository; the one below is gone.
    fs::write(root.join("kubeworthy.yaml"), "availability-target: 99.95\n").expect("written");
    fs::remove_file(root.join("deploy/kubeworthy.yaml")).expect("removed");
    let stated = screen.until(WATCHING);
    assert!(stated.contains("moved since the last run"), "{stated}");

    // Removed and made again, the whole folder.
    fs::remove_dir_all(root.join("deploy")).expect("removed");
    screen.until(WATCHING);
    fs::create_dir(root.join("deploy")).expect("a folder");
    fs::write(&web, manifest(2)).expect("written");
    let again = screen.until(WATCHING);
    assert!(again.contains("NEEDLESS"), "{again}");

    screen.types("\\x03");
    assert_eq!(screen.end(), "signal 2", "shells make 130 of it");
}

#[test]
fn what_does_not_matter_is_not_followed_and_storms_are_one_change() {
    let (_folder, root, screen) = repository();
    fs::write(root.join(".gitignore"), "made/\n").expect("written");
    fs::create_dir(root.join("made")).expect("a folder");
    let Some(mut screen) = watch(&[".", "--watch", "-o", "concise", "-o", "json=report.json"], &root, &screen) else {
        return;
    };
    screen.until(WATCHING);
    for number in 0..50 {
        fs::write(root.join(format!("made/{number}.yaml")), manifest(3)).expect("written");
        fs::write(root.join("notes.md"), number.to_string()).expect("written");
    }
    assert_eq!(screen.rest().trim(), "", "neither what is ignored, nor what is not read, nor the report itself");
    assert!(root.join("report.json").is_file());
    for number in 0..200 {
        let text = manifest(1).replace("name: web, ", &format!("name: web-{number}, "));
        fs::write(root.join(format!("deploy/{number}.yaml")), text).expect("written");
    }
    let storm = screen.until(WATCHING) + &screen.rest();
    // Where the writing itself is held up for a while, what was written so far is a change of its own.
    assert!(storm.matches("<cleared>").count() <= 20, "{storm}");
    assert!(storm.contains(" more\n"), "{storm}");
    screen.types("\\x03");
    screen.end();
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let (_folder, root, screen) = repository();
    for (words, said) in [
        (&["assess", "deploy", "--watch"][..], "standard output is none"),
        (&["assess", "-", "--watch", "-o", "json=report.json"], "standard input can be read once"),
        (&["assess", "nowhere", "--watch", "-o", "json=report.json"], "there is no such file"),
    ] {
        let output = Command::new(PROGRAM).args(words).current_dir(&root).output().expect("it starts");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {message}");
        assert!(message.contains(said) && output.stdout.is_empty(), "{words:?}: {message}");
    }
    let Some(screen) = watch(&["nowhere", "--watch"], &root, &screen) else { return };
    assert_eq!(screen.end(), "code 2", "a mistyped path ends it at once");
}
