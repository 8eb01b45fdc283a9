//! What the owner states, from the command line: found or named, laid over, refused where it is wrong, asked for.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::path::Path;
use std::process::{Command, Output};

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: shop/web:1
          resources: {requests: {cpu: 250m, memory: 256Mi}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
";

/// A repository with one Deployment in `deploy/`.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for inner in ["deploy", ".git"] {
        std::fs::create_dir(folder.path().join(inner)).expect("a folder");
    }
    std::fs::write(folder.path().join("deploy/web.yaml"), WEB).expect("written");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    command.current_dir(folder).args(["--color", "never"]).args(arguments).output().expect("the program runs")
}

fn report(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let output = run(folder, &[&["assess", "deploy", "-o", "json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn need(report: &serde_json::Value, field: &str) -> Option<f64> {
    report["estate"]["need"][field].as_f64()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_if_moves_the_need_and_constraints_show_what_they_cost() {
    let folder = repository();
    let plain = report(folder.path(), &[]);
    let stated = report(folder.path(), &["--set", "availability-target=99.99", "--set", "hosting=self-hosted"]);
    assert_eq!(need(&plain, "score"), Some(0.0));
    assert!(need(&stated, "score") > need(&stated, "without_constraints"), "{stated}");
    let place = &stated["estate"]["statements"][0]["evidence"];
    assert_eq!(place["file"], "--set availability-target=99.99");
    // Exposure to foreign law rules operators out, and self-hosted targets stay.
    let european = report(folder.path(), &["--set", "jurisdiction=eu"]);
    let target = |id: &str| {
        let targets = european["estate"]["targets"].as_array().expect("targets");
        targets.iter().find(|target| target["id"] == id).expect("a target")["admissible"].clone()
    };
    assert_eq!((target("cloud-run"), target("scalingo"), target("kamal")), (false.into(), true.into(), true.into()));
}

#[test]
fn the_file_is_found_up_to_the_root_of_the_repository_and_what_is_named_comes_instead() {
    let folder = repository();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("kubeworthy.yaml", "regions: 2\n");
    write("other.yaml", "regions: {value: 1, owner: operations}\n");
    let regions = |report: &serde_json::Value| report["estate"]["statements"][0]["value"].clone();
    let found = report(folder.path(), &[]);
    assert_eq!(regions(&found), "2");
    assert_eq!(found["estate"]["statements"][0]["evidence"]["file"], "kubeworthy.yaml");
    assert_eq!(regions(&report(folder.path(), &["--context-file", "other.yaml"])), "1");
    assert_eq!(regions(&report(folder.path(), &["--set", "regions=3"])), "3");
    // The same files by another way are the same.
    let inside = run(&folder.path().join("deploy"), &["assess", ".", "-o", "json"]);
    let inside: serde_json::Value = serde_json::from_slice(&inside.stdout).expect("JSON");
    assert_eq!(inside["estate"]["statements"][0]["evidence"]["file"], "../kubeworthy.yaml");
}

#[test]
fn a_mistake_stops_the_run_with_its_place_and_a_way_out() {
    let folder = repository();
    std::fs::write(folder.path().join("kubeworthy.yaml"), "teams: 2\navailabilty-target: 99\n").expect("written");
    let output = run(folder.path(), &["assess", "deploy"]);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && message.contains("kubeworthy.yaml:2:1"), "{message}");
    assert!(message.contains("did you mean `availability-target`?"), "{message}");
    for (arguments, expected) in
        [(&["--set", "teams"][..], "write the key and the value"), (&["--context-file", "none.yaml"], "no such file")]
    {
        let output = run(folder.path(), &[&["assess", "deploy"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
}

#[test]
fn a_statement_about_an_unknown_system_is_told() {
    let folder = repository();
    std::fs::write(folder.path().join("kubeworthy.yaml"), "systems: {deplyo: {regions: 2}}\n").expect("written");
    let output = run(folder.path(), &["assess", "deploy"]);
    let message = text(&output.stderr);
    assert!(output.status.success() && message.contains("there is no system `deplyo`"), "{message}");
    assert!(message.contains("did you mean `deploy`?"), "{message}");
}

#[test]
fn init_writes_questions_in_the_order_of_their_weight_and_overwrites_nothing() {
    let folder = repository();
    let output = run(folder.path(), &["init", "deploy"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let file = folder.path().join("deploy/kubeworthy.yaml");
    let written = std::fs::read_to_string(&file).expect("a file");
    // Everything in it is a comment, so that it states nothing until somebody answers.
    assert!(written.lines().all(|line| line.is_empty() || line.starts_with('#')), "{written}");
    let at = |key: &str| written.find(&format!("\n# {key}: ")).expect(key);
    assert!(at("availability-target") < at("exclude") && at("tenants") < at("data-sensitivity"));
    assert_eq!(need(&report(folder.path(), &[]), "score"), Some(0.0));
    // Without the comment marks it is a context file.
    let answers: String = written
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.split_once(": ").is_some_and(|(key, _)| kubeworthy::context::keys::find(key).is_some()))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(folder.path().join("answers.yaml"), answers).expect("written");
    report(folder.path(), &["--context-file", "answers.yaml"]);
    let again = run(folder.path(), &["init", "deploy"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), written);
}
