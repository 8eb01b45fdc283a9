//! Hostile input ends in a message, bounded memory and the exit code that it should: no panic, no stack overflow.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Address space that the program may use, in KiB: 1.5 GiB, most of it never touched.
const MEMORY_KIB: u64 = 1_500_000;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path().join(name), bytes).expect("written");
        self
    }
}

const GOOD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec:\n  containers: [{name: a, image: b}]\n";

fn run(paths: &[&Path]) -> Output {
    run_as(&[], paths)
}

/// Runs the program behind another one, such as one that changes the user.
fn run_as(before: &[&str], paths: &[&Path]) -> Output {
    let mut command = Command::new(before.first().unwrap_or(&"sh"));
    if let [_, arguments @ ..] = before {
        command.args(arguments).arg("sh");
    }
    command
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY_KIB}; exec \"$0\" assess -o json --color never \"$@\""))
        .arg(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(paths);
    let start = Instant::now();
    let output = command.output().expect("the program runs");
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    output
}

/// Runs over a folder that also holds a good file, and returns what was not understood and what was said.
fn survives(folder: &Folder) -> (serde_json::Value, String) {
    folder.write("good.yaml", GOOD);
    let output = run(&[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    assert_eq!(report["estate"]["workloads"], 1, "the good file is still read: {said}");
    (report["inputs"]["not_understood"].clone(), said)
}

fn reason(not_understood: &serde_json::Value) -> String {
    not_understood[0]["reason"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn deep_nesting_in_every_style() {
    let deep = 100_000;
    for (name, text) in [
        ("flow-sequence", "[".repeat(deep)),
        ("flow-mapping", "{a: ".repeat(deep)),
        ("block-sequence", "- ".repeat(deep)),
        ("block-mapping", (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect()),
    ] {
        let folder = Folder::new();
        folder.write("deep.yaml", format!("apiVersion: v1\nkind: Pod\nspec:\n  {}", text.replace('\n', "\n  ")));
        let (not_understood, said) = survives(&folder);
        assert!(!reason(&not_understood).is_empty(), "{name}: {said}");
        assert!(said.contains("deep.yaml:"), "{name}: {said}");
    }
}

#[test]
fn alias_bombs_as_manifest_and_as_compose() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let previous = level - 1;
        let aliases = vec![format!("*a{previous}"); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let folder = Folder::new();
    folder
        .write(
            "bomb.yaml",
            format!(
                "apiVersion: example.org/v1\nkind: Bomb\nmetadata: {{name: bomb}}\nspec:\n{}",
                bomb.lines().map(|line| format!("  {line}\n")).collect::<String>()
            ),
        )
        .write("compose.yaml", format!("{bomb}services:\n  web:\n    image: web\n    command: *a11\n"));
    folder.write("good.yaml", GOOD);
    let output = run(&[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("aliases make this file larger than can be read"), "{said}");
}

#[test]
fn self_reference() {
    let folder = Folder::new();
    folder.write("loop.yaml", "apiVersion: v1\nkind: Pod\nspec: &a\n  containers: [*a]\n");
    let (not_understood, _) = survives(&folder);
    assert!(reason(&not_understood).contains("alias"), "{not_understood}");
}

#[test]
fn a_scalar_of_fifty_megabytes_and_many_documents() {
    let folder = Folder::new();
    folder
        .write("large.yaml", format!("apiVersion: v1\nkind: ConfigMap\ndata: {{a: \"{}\"}}\n", "x".repeat(50_000_000)));
    let (not_understood, said) = survives(&folder);
    assert!(reason(&not_understood).contains("over the limit of 16 MiB"), "{said}");
    let folder = Folder::new();
    folder.write("many.yaml", "---\nkind: a\napiVersion: b\n".repeat(60_000));
    let (not_understood, _) = survives(&folder);
    assert!(reason(&not_understood).contains("documents in one file"), "{not_understood}");
}

#[test]
fn a_large_scalar_under_the_limit_is_read() {
    let folder = Folder::new();
    folder.write(
        "large.yaml",
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{a: \"{}\"}}\n",
            "x".repeat(15_000_000)
        ),
    );
    let (not_understood, _) = survives(&folder);
    assert_eq!(not_understood, serde_json::json!([]));
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::new();
    folder
        .write("nul.yaml", b"apiVersion: v1\nkind: Pod\nmetadata: {name: \0}\n")
        .write("latin.yaml", b"apiVersion: v1\nkind: Pod # caf\xe9\n");
    let (not_understood, said) = survives(&folder);
    assert_eq!(not_understood.as_array().map(Vec::len), Some(2), "{said}");
    assert!(said.contains("latin.yaml:2:16: the file is not UTF-8 text"), "{said}");
    assert!(said.contains("nul.yaml:3:"), "{said}");
}

#[test]
fn links_loops_pipes_and_unreadable_files() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    symlink(".", folder.path().join("itself")).expect("a link");
    symlink("..", folder.path().join("up.yaml")).expect("a link");
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().expect("mkfifo").success());
    let (not_understood, _) = survives(&folder);
    assert_eq!(not_understood, serde_json::json!([]));
    // Named by itself, a pipe without a writer must not make the program wait.
    let output = run(&[&folder.path().join("pipe.yaml")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a pipe, a socket or a device"), "{output:?}");
}

#[test]
fn an_unreadable_file_is_said_and_its_neighbours_are_read() {
    let folder = Folder::new();
    folder.write("secret.yaml", GOOD);
    let path = folder.path().join("secret.yaml");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("no permissions");
    folder.write("good.yaml", GOOD);
    // The administrator may read everything, so that somebody else has to try.
    let somebody: &[&str] =
        if std::fs::File::open(&path).is_ok() { &["setpriv", "--reuid=65534", "--clear-groups"] } else { &[] };
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    if !somebody.is_empty() && Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("skipped: everything is readable to this user, and there is no setpriv to become another");
        return;
    }
    let output = run_as(somebody, &[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("exec") || said.contains("sh:") {
        eprintln!("skipped: the program cannot be run by another user here: {said}");
        return;
    }
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    assert_eq!(reason(&report["inputs"]["not_understood"]), "permission denied", "{said}");
    assert_eq!(report["estate"]["workloads"], 1);
}

#[test]
fn exit_codes() {
    let folder = Folder::new();
    folder.write("values.yaml", "replicas: 3\n");
    assert_eq!(run(&[folder.path()]).status.code(), Some(3), "read, and nothing to assess");
    let nowhere = folder.path().join("nowhere");
    assert_eq!(run(&[&nowhere]).status.code(), Some(2), "every input failed");
    folder.write("good.yaml", GOOD);
    assert_eq!(run(&[&nowhere, folder.path()]).status.code(), Some(0), "one input failed, one did not");
    let folder = Folder::new();
    folder.write("release.yaml", "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\n");
    let output = run(&[folder.path()]);
    assert_eq!(output.status.code(), Some(0), "opaque is inconclusive, not an error");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["estate"]["verdict"], "inconclusive");
}
