//! The action, run step by step.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::runner::{Workspace, obeyed, path_before};
use crate::{PROGRAM, checkout, hostile_names};

pub(crate) const BLOG: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: blog, namespace: blog}
spec:
  replicas: 1
  selector: {matchLabels: {app: blog}}
  template:
    metadata: {labels: {app: blog}}
    spec:
      containers:
        - name: blog
          image: registry.example.com/blog:1.0.0
          resources: {requests: {cpu: 100m, memory: 128Mi}}
";

/// No step ran what somebody had put into a name.
fn nothing_was_run(workspace: &Workspace) {
    for folder in [workspace.folder(), workspace.temp()] {
        for entry in walkdir::WalkDir::new(folder) {
            let entry = entry.expect("a file");
            assert_ne!(entry.file_name(), "pwned", "{}", entry.path().display());
        }
    }
}

#[test]
fn a_gate_that_passes_leaves_a_summary_and_outputs() {
    let workspace = Workspace::new();
    workspace.write("deploy/blog.yaml", BLOG);
    let run = workspace.run(&[("program", PROGRAM), ("fail-on", "inconclusive"), ("sarif", "kubeworthy.sarif")]);
    assert!(run.passed, "{}", run.log);
    assert_eq!(run.steps, ["Look for the program", "Check", "Pass or fail"]);
    assert_eq!((run.outputs["result"].as_str(), run.outputs["exit-code"].as_str()), ("passed", "0"));
    assert!(run.log.contains("blog: needless"), "{}", run.log);
    assert!(run.summary.contains("blog") && run.summary.starts_with('#'), "{}", run.summary);
    assert_eq!(run.outputs["sarif"], "kubeworthy.sarif");
    let sarif = fs::read_to_string(workspace.folder().join("kubeworthy.sarif")).expect("a file");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(fs::read_to_string(&run.outputs["markdown"]).expect("a file"), run.summary);
    // The findings are told as annotations, and nothing else is obeyed.
    let obeyed = obeyed(&run.log);
    assert!(!obeyed.is_empty() && obeyed.iter().all(|line| line.contains("file=deploy/blog.yaml")), "{obeyed:?}");
    let quiet = workspace.run(&[
        ("program", PROGRAM),
        ("fail-on", "inconclusive"),
        ("annotations", "false"),
        ("summary", "false"),
    ]);
    assert!(quiet.passed && quiet.summary.is_empty() && quiet.outputs["sarif"].is_empty(), "{}", quiet.log);
    assert!(crate::runner::obeyed(&quiet.log).is_empty(), "{}", quiet.log);
}

#[test]
fn a_gate_that_fails_fails_the_last_step_with_its_exit_code() {
    let workspace = Workspace::new();
    workspace.write("deploy/blog.yaml", BLOG);
    workspace.write("compose/compose.yaml", "services: {web: {image: nginx:1.29}}\n");
    for (inputs, result, code) in [
        ([("fail-on", "needless"), ("paths", "deploy")], "failed", "1"),
        // Compose is not Kubernetes.
        ([("fail-on", "needless"), ("paths", "compose")], "passed", "0"),
        ([("fail-on", ""), ("gate", "50")], "failed", "1"),
        ([("fail-on", "no-such-thing"), ("paths", ".")], "error", "2"),
        ([("fail-on", "needless"), ("paths", "temp\ndeploy\r\n\ncompose\n")], "failed", "1"),
        ([("paths", ".git"), ("fail-on", "")], "nothing-found", "3"),
        ([("arguments", "--fail-on=needless\n--no-ignores"), ("paths", ".")], "failed", "1"),
        ([("baseline", "no such baseline.json"), ("paths", ".")], "error", "2"),
    ] {
        let run = workspace.run(&[&[("program", PROGRAM)], &inputs[..]].concat());
        let said = (run.outputs["result"].as_str(), run.outputs["exit-code"].as_str());
        assert_eq!(said, (result, code), "{inputs:?}: {}", run.log);
        assert_eq!(run.passed, code == "0", "{inputs:?}: {}", run.log);
        assert_eq!(run.steps.last().expect("steps"), "Pass or fail", "{inputs:?}");
        // A report is a report, whatever the gate says of it; without one the reason is obeyed.
        if code == "0" || code == "1" {
            assert!(run.summary.contains("NEEDLESS"), "{inputs:?}: {}", run.summary);
        } else {
            assert!(obeyed(&run.log).iter().any(|line| line.starts_with("::error title=kubeworthy::")), "{}", run.log);
        }
    }
}

#[test]
fn what_is_given_and_what_is_found_is_never_run() {
    let workspace = Workspace::new();
    hostile_names::write(&workspace.folder());
    for name in ["$(touch pwned)", "`touch pwned`", ";touch pwned;", "::error file=x::pwned", "-o json=pwned", "--help"]
    {
        workspace.write(&format!("{name}/{name}.yaml"), BLOG);
    }
    let run = workspace.run(&[
        ("program", PROGRAM),
        ("fail-on", "inconclusive"),
        ("paths", "$(touch pwned)\n`touch pwned`\n;touch pwned;\n--help\n-o json=pwned\n::error file=x::pwned\n."),
    ]);
    assert!(matches!(run.outputs["exit-code"].as_str(), "0" | "1"), "{}", run.log);
    // Every line that the runner obeys is an annotation that the program wrote; names begin none.
    for line in obeyed(&run.log) {
        assert!(["::notice ", "::warning ", "::error "].iter().any(|kind| line.starts_with(kind)), "{line}");
        assert!(!line.starts_with("::error file=x::"), "{line}");
    }
    nothing_was_run(&workspace);
    for (input, value) in [
        ("fail-on", "$(touch pwned)"),
        ("gate", "1; touch pwned"),
        ("baseline", "$(touch pwned)"),
        ("arguments", "$(touch pwned)\n; touch pwned"),
        ("sarif", "$(touch pwned).sarif\nresult=passed"),
        ("program", "$(touch pwned)"),
        ("program", "bash\nprogram=bash"),
    ] {
        let inputs = [("program", PROGRAM), ("fail-on", "needless"), (input, value)];
        let run = workspace.run(&inputs);
        assert!(!run.passed, "{input}: {}", run.log);
        assert_ne!(run.outputs["result"], "passed", "{input}");
        nothing_was_run(&workspace);
    }
}

#[test]
fn without_a_program_one_is_built_once_and_kept_under_the_digest_of_its_sources() {
    let workspace = Workspace::new();
    workspace.write("deploy/blog.yaml", BLOG);
    // What stands for cargo writes down how it was called, and puts the program where it was told to.
    let tools = workspace.temp().join("tools");
    fs::create_dir(&tools).expect("a folder");
    let cargo = "#!/bin/bash\nprintf '%s\\n' \"$@\" >>\"$RUNNER_TEMP/cargo\"\n\
        while [ $# -gt 0 ]; do if [ \"$1\" = --root ]; then root=\"$2\"; fi; shift; done\n\
        mkdir -p \"$root/bin\" && cp \"$THE_PROGRAM\" \"$root/bin/kubeworthy\"\n";
    fs::write(tools.join("cargo"), cargo).expect("written");
    fs::set_permissions(tools.join("cargo"), fs::Permissions::from_mode(0o755)).expect("a program");
    let mut workspace = workspace;
    workspace.variables.insert("PATH".to_owned(), path_before(&tools));
    workspace.variables.insert("THE_PROGRAM".to_owned(), PROGRAM.to_owned());
    for _ in 0..2 {
        let run = workspace.run(&[("fail-on", "inconclusive")]);
        assert!(run.passed, "{}", run.log);
        let steps = [
            "Look for the program",
            "Fetch the program that was built before",
            "Build the program",
            "Check",
            "Pass or fail",
        ];
        assert_eq!(run.steps, steps);
    }
    let called = fs::read_to_string(workspace.temp().join("cargo")).expect("cargo was called");
    assert_eq!(called.lines().filter(|line| *line == "install").count(), 1, "{called}");
    for word in ["--locked", "--path", &checkout().display().to_string(), "--no-default-features"] {
        assert!(called.lines().any(|line| line == word), "{word}: {called}");
    }
    let uncached = workspace.run(&[("fail-on", "inconclusive"), ("cache", "false")]);
    assert!(!uncached.steps.iter().any(|step| step.contains("Fetch")), "{:?}", uncached.steps);
}

#[test]
fn the_key_of_the_cache_follows_the_sources() {
    // The script finds the sources by the folder of the action alone.
    let sources = tempfile::tempdir().expect("a folder");
    let key = |folder: &Path| {
        let temp = tempfile::tempdir().expect("a folder");
        let output = temp.path().join("output");
        let run = std::process::Command::new(checkout().join("packaging/action/find.sh"))
            .env("GITHUB_ACTION_PATH", folder)
            .env("GITHUB_OUTPUT", &output)
            .env("RUNNER_TEMP", temp.path())
            .env("RUNNER_OS", "Linux")
            .env("RUNNER_ARCH", "X64")
            .env_remove("KUBEWORTHY_PROGRAM")
            .status();
        assert!(run.expect("bash starts").success());
        let text = fs::read_to_string(output).expect("outputs");
        text.lines().find_map(|line| line.strip_prefix("key=").map(str::to_owned)).expect("a key")
    };
    for (path, text) in
        [("Cargo.toml", ""), ("Cargo.lock", ""), ("build.rs", ""), ("src/main.rs", "x"), ("rules/a b.yaml", "y")]
    {
        let file = sources.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder");
        fs::write(file, text).expect("written");
    }
    let first = key(sources.path());
    assert!(first.starts_with("kubeworthy-Linux-X64-") && first.len() > 50, "{first}");
    assert_eq!(key(sources.path()), first);
    fs::write(sources.path().join("docs.md"), "z").expect("written");
    assert_eq!(key(sources.path()), first, "what is no source builds nothing");
    fs::write(sources.path().join("rules/a b.yaml"), "z").expect("written");
    assert_ne!(key(sources.path()), first);
}
