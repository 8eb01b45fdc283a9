//! The configuration from the command line: which file holds for which system, what it extends, profiles, and what is
//! wrong in it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// A Deployment in a namespace, so that each folder is a system of its own.
fn web(name: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {name}}}\nspec:\n  replicas: 2\n  \
         selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      \
         containers:\n        - {{name: web, image: \"shop/web:1\", resources: {{requests: {{cpu: 250m, memory: 256Mi}}}}}}\n"
    )
}

/// A folder with these files; a name that ends in `/` is a folder.
fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        if name.ends_with('/') {
            std::fs::create_dir_all(path).expect("a folder");
            continue;
        }
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    command.current_dir(folder).args(["--color", "never"]).args(arguments).output().expect("the program runs")
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["assess", "-o", "json"], arguments].concat());
    assert!(output.status.success(), "{}", errors(&output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The regions that are stated about a system, and the file that says so.
fn regions(report: &Value, name: &str) -> Option<(String, String)> {
    let systems = report["systems"].as_array().expect("systems");
    let estate = name == "estate";
    let system = if estate { &report["estate"] } else { systems.iter().find(|system| system["name"] == name)? };
    let statements = system["statements"].as_array()?;
    let statement = statements.iter().find(|statement| statement["key"] == "regions")?;
    Some((statement["value"].as_str()?.to_owned(), statement["evidence"]["file"].as_str()?.to_owned()))
}

fn of(value: &str, file: &str) -> Option<(String, String)> {
    Some((value.to_owned(), file.to_owned()))
}

#[test]
fn the_nearest_file_holds_for_each_system_up_to_the_root_of_its_repository() {
    let (shop, blog, other) = (web("shop"), web("blog"), web("other"));
    let folder = tree(&[
        (".git/", ""),
        ("kubeworthy.yaml", "regions: 1\n"),
        ("a/shop/shop.yaml", &shop),
        ("a/shop/.kubeworthy.yaml", "regions: 2\n"),
        ("a/blog/blog.yaml", &blog),
        ("vendor/nested/.git/", ""),
        ("vendor/nested/deploy/other.yaml", &other),
    ]);
    let whole = report(folder.path(), &["."]);
    assert_eq!(regions(&whole, "shop"), of("2", "a/shop/.kubeworthy.yaml"));
    assert_eq!(regions(&whole, "blog"), of("1", "kubeworthy.yaml"));
    assert_eq!(regions(&whole, "other"), None, "what stands above a repository does not hold in it");
    assert_eq!(regions(&whole, "estate"), of("1", "kubeworthy.yaml"));
    // From inside, and of one file.
    let inside = report(&folder.path().join("a/blog"), &["blog.yaml"]);
    assert_eq!(regions(&inside, "blog"), of("1", "../../kubeworthy.yaml"));
    let nested = report(&folder.path().join("vendor/nested"), &["."]);
    assert_eq!(regions(&nested, "other"), None);
    // What is named holds for everything, and nothing is looked for then.
    let named = report(folder.path(), &[".", "--config", "kubeworthy.yaml"]);
    assert_eq!(regions(&named, "shop"), of("1", "kubeworthy.yaml"));
    assert_eq!(regions(&report(folder.path(), &[".", "--no-config"]), "shop"), None);
    assert_eq!(regions(&report(folder.path(), &[".", "--set", "regions=3"]), "shop"), of("3", "--set regions=3"));
}

#[test]
fn standard_input_has_the_configuration_of_where_the_program_runs() {
    use std::io::Write as _;
    let folder = tree(&[("kubeworthy.yaml", "regions: 2\n")]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .current_dir(folder.path())
        .args(["assess", "-o", "json", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program runs");
    child.stdin.take().expect("its input").write_all(web("shop").as_bytes()).expect("written");
    let output = child.wait_with_output().expect("its output");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(regions(&report, "shop"), of("2", "kubeworthy.yaml"));
}

#[test]
fn one_file_at_the_root_gives_what_naming_it_gives() {
    let (shop, blog) = (web("shop"), web("blog"));
    let folder = tree(&[
        (".git/", ""),
        ("kubeworthy.yaml", "availability-target: 99.95\nteams: 4\nsystems: {shop: {regions: 2}}\n"),
        ("shop/shop.yaml", &shop),
        ("blog/blog.yaml", &blog),
    ]);
    let (found, named) = (report(folder.path(), &["."]), report(folder.path(), &[".", "--config", "kubeworthy.yaml"]));
    assert_eq!((&found["estate"], &found["systems"]), (&named["estate"], &named["systems"]));
    assert_eq!(
        found["estate"]["need"],
        report(folder.path(), &[".", "--context-file", "kubeworthy.yaml"])["estate"]["need"]
    );
}

#[test]
fn what_is_extended_lies_under_and_a_profile_lowest() {
    let shop = web("shop");
    let folder = tree(&[
        (
            "policy/kubeworthy.yaml",
            "extends: base.yaml\nregions: 1\ngrowth: 2\ngate: {need-at-least: 30}\nprofile: edge\n",
        ),
        ("policy/base.yaml", "growth: 3\nrecovery-time: 4h\nignore: [{rules: KW2xx, reason: no load tests}]\n"),
        ("repo/.git/", ""),
        (
            "repo/kubeworthy.yaml",
            "extends: ../policy/kubeworthy.yaml\nregions: 2\non-call: around-the-clock\n\
             gate: {fail-on: [needless], baseline: base.json}\nignore:\n  - {rules: [KW203], paths: [\"legacy/**\"], \
             reason: \"yes: soon\", until: 2027-03-01}\n",
        ),
        ("repo/shop.yaml", &shop),
    ]);
    let output = run(&folder.path().join("repo"), &["config", "show", "--set", "teams=2"]);
    assert!(output.status.success(), "{}", errors(&output));
    let shown = String::from_utf8(output.stdout).expect("text");
    let origin = |begins: &str| {
        let line = shown.lines().find(|line| line.trim_start().starts_with(begins)).expect(begins);
        line.split_once("  # ").expect("an origin").1.to_owned()
    };
    for (begins, expected) in [
        ("regions: 2", "kubeworthy.yaml:2:1"),
        ("growth: 2", "extends ../policy/kubeworthy.yaml:3:1"),
        ("recovery-time: 4h", "extends ../policy/base.yaml:2:1"),
        ("hosting: self-hosted", "profile edge"),
        ("on-call: around-the-clock", "kubeworthy.yaml:3:1"),
        ("need-at-least: 30", "extends ../policy/kubeworthy.yaml:4:8"),
        ("fail-on: [needless]", "kubeworthy.yaml:4:8"),
        ("teams: 2", "--set"),
        ("require-reason: true", "default"),
    ] {
        assert_eq!(origin(begins), expected, "{shown}");
    }
    let value: Value = serde_saphyr::from_str(&shown).expect("a YAML document");
    assert_eq!(value["ignore"].as_array().map(Vec::len), Some(2), "entries are appended");
    assert_eq!(value["ignore"][1]["reason"], "yes: soon");
    // What a profile assumes is not what the owner says.
    let report = report(&folder.path().join("repo"), &["."]);
    let statements = report["estate"]["statements"].as_array().expect("statements");
    let hosting = statements.iter().find(|statement| statement["key"] == "hosting").expect("a statement");
    assert_eq!(hosting["owner"], "profile edge");
}

#[test]
fn mistakes_stop_the_run_with_their_place_and_a_way_out() {
    for (text, place, expected) in [
        ("gaet: {}\n", ":1:1", "did you mean `gate`?"),
        ("gate: {fail_on: x}\n", ":1:8", "did you mean `fail-on`?"),
        ("gate: {need-at-least: 400}\n", ":1:8", "from 0 to 100"),
        ("gate:\n  fail-on: [needles]\n", ":2:13", "did you mean `needless`?"),
        ("profile: start-up\n", ":1:1", "did you mean `startup`?"),
        ("ignore: [{rules: [KW999], reason: x}]\n", ":1:11", "there is no rule and no family of rules `KW999`"),
        ("ignore: [{rules: scael, reason: x}]\n", ":1:11", "did you mean `scale`?"),
        ("ignore: [{rules: all, paths: \"a[\", reason: x}]\n", ":1:23", "`a[` is no glob"),
        ("ignore: [{rules: all, paths: ../x, reason: x}]\n", ":1:23", "leads out of the folder"),
        ("ignore: [{rules: all, until: soon}]\n", ":1:23", "YYYY-MM-DD"),
        ("ignore: [{reason: x}]\n", ":1:10", "which rules it ignores"),
        ("ignore: {rules: all}\n", ":1:1", "what is ignored is a list"),
        ("require-reason: perhaps\n", ":1:1", "neither true nor false"),
        ("extends: https://example.org/policy.yaml\n", ":1:1", "nothing is fetched"),
        ("extends: none.yaml\n", ":1:1", "there is no file none.yaml"),
        ("extends: deploy\n", ":1:1", "is a folder"),
        ("extends: [b.yaml]\n", "b.yaml:1:1", "in a circle"),
    ] {
        let shop = web("shop");
        let folder =
            tree(&[("kubeworthy.yaml", text), ("b.yaml", "extends: kubeworthy.yaml\n"), ("deploy/shop.yaml", &shop)]);
        let output = run(folder.path(), &["assess", "."]);
        let message = errors(&output);
        assert_eq!(output.status.code(), Some(2), "{text}: {message}");
        assert!(output.stdout.is_empty() && message.contains(place) && message.contains(expected), "{text}: {message}");
    }
    let shop = web("shop");
    let both = tree(&[("kubeworthy.yaml", ""), (".kubeworthy.yaml", ""), ("shop.yaml", &shop)]);
    let output = run(both.path(), &["assess", "."]);
    assert!(output.status.code() == Some(2) && errors(&output).contains("keep one of the two"), "{}", errors(&output));
}

#[test]
fn a_configuration_that_holds_for_nothing_is_told() {
    let shop = web("shop");
    let folder = tree(&[("deploy/shop.yaml", &shop), ("empty/kubeworthy.yaml", "regions: 2\n")]);
    let output = run(folder.path(), &["assess", "."]);
    let message = errors(&output);
    assert!(output.status.success() && message.contains("empty/kubeworthy.yaml"), "{message}");
    assert!(message.contains("holds for no system"), "{message}");
}

#[test]
fn no_profile_hides_a_need_and_every_value_has_its_reason() {
    let profiles = kubeworthy::configuration::profiles().expect("profiles");
    assert_eq!(
        profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>(),
        ["edge", "regulated", "startup"]
    );
    // What may lower a claim, or answer how much is asked for, is the owner's to say.
    let modest = [
        "engineers",
        "on-call",
        "kubernetes-experience",
        "hosting",
        "jurisdiction",
        "certification",
        "data-sensitivity",
    ];
    for profile in &profiles {
        let values = profile.statements.iter().chain(&profile.gate);
        assert!(values.clone().all(|(_, value)| value.reason.len() > 20), "{}", profile.name);
        assert!(profile.statements.keys().all(|key| modest.contains(&key.as_str())), "{}", profile.name);
        for fixture in ["notes-on-three-replicas", "sale-season", "the-same-shop-twice", "database-quorum"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(fixture);
            let set = format!("profile={}", profile.name);
            let plain = report(&path, &[".", "--no-config"]);
            let taken = report(&path, &[".", "--no-config", "--set", &set]);
            for field in ["score", "low"] {
                let need = |report: &Value| report["estate"]["need"][field].as_f64().expect("a number");
                assert!(need(&taken) >= need(&plain), "{fixture} under {}", profile.name);
            }
        }
    }
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let output = run(Path::new("."), &["config", "schema"]);
    let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let fits = |text: &str| validator.is_valid(&serde_saphyr::from_str::<Value>(text).expect("YAML"));
    for text in [
        "profile: edge\nextends: [../a.yaml]\ngate: {need-at-least: 40, fail-on: needless}\nrequire-reason: false\n",
        "ignore: [{rules: KW203, paths: [a/**], systems: shop, reason: x, until: 2027-03-01}]\nteams: 3\n",
        "systems: {shop: {regions: {value: 2, owner: me}}}\nneeds: {mesh: false}\n",
    ] {
        assert!(fits(text), "{text}");
    }
    for text in
        ["gaet: {}\n", "profile: none\n", "ignore: [{reason: x}]\n", "extends: https://x.org/a\n", "teams: many\n"]
    {
        assert!(!fits(text), "{text}");
    }
}
