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
        (".git/", ""),
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
        ("ignore: [{rules: [KW101, KW999], reason: x}]\n", ":1:26", "there is no rule and no family of rules `KW999`"),
        ("ignore: [{rules: scael, reason: x}]\n", ":1:11", "did you mean `scale`?"),
        ("ignore: [{rules: all, paths: \"a[\", reason: x}]\n", ":1:23", "`a[` is no glob"),
        ("ignore: [{rules: all, paths: ../x, reason: x}]\n", ":1:23", "leads out of the folder"),
        ("ignore: [{rules: all, until: soon}]\n", ":1:23", "YYYY-MM-DD"),
        ("ignore: [{reason: x}]\n", ":1:10", "which rules it ignores"),
        ("ignore: {rules: all}\n", ":1:1", "what is ignored is a list"),
        ("require-reason: perhaps\n", ":1:1", "neither true nor false"),
        ("extends: https://example.org/policy.yaml\n", ":1:1", "nothing is fetched"),
        ("ignore: [{rules: KW951, reason: x}]\n", ":1:11", "cannot be suppressed"),
        ("ignore: [{rules: all, paths: [], reason: x}]\n", ":1:23", "names no file"),
        ("ignore: [{rules: all, systems: [], reason: x}]\n", ":1:23", "names no system"),
        ("gate: {fail-on: KW777}\n", ":1:8", "there is nothing called `KW777`"),
        ("extends: .env\n", ":1:1", "no configuration file by its name"),
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
fn what_is_found_extends_nothing_outside_of_its_repository() {
    let shop = web("shop");
    let folder = tree(&[
        ("secret.yaml", "password: hunter2\n"),
        ("policy.yaml", "regions: 2\n"),
        ("repo/.git/", ""),
        ("repo/kubeworthy.yaml", ""),
        ("repo/shop.yaml", &shop),
        ("repo/nested/.git/", ""),
        ("repo/keys.yaml", "password: hunter2\nregions: hunter3\n"),
        ("repo/own.yaml", "regions: 3\n"),
    ]);
    let repo = folder.path().join("repo");
    let outside = folder.path().join("secret.yaml").display().to_string();
    let with = |text: &str, arguments: &[&str]| {
        std::fs::write(repo.join("kubeworthy.yaml"), text).expect("written");
        run(&repo, &[&["assess", ".", "-o", "json"], arguments].concat())
    };
    for path in ["../secret.yaml", "../missing.yaml", &outside, "/proc/self/environ", "nested/../../secret.yaml"] {
        let output = with(&format!("extends: {path}\n"), &[]);
        let message = errors(&output);
        assert!(
            output.status.code() == Some(2) && message.contains("leads out of the repository"),
            "{path}: {message}"
        );
        assert!(message.contains("kubeworthy.yaml:1:1") && message.contains("--config"), "{path}: {message}");
        assert!(!message.contains("hunter"), "{message}");
    }
    // What lies inside may be anything too, and its values are not shown.
    let message = errors(&with("extends: keys.yaml\n", &[]));
    assert!(message.contains("keys.yaml:1:1") && !message.contains("hunter"), "{message}");
    std::fs::write(repo.join("keys.yaml"), "# regions\nregions:\n  hunter3\n").expect("written");
    let message = errors(&with("extends: keys.yaml\n", &[]));
    assert!(message.contains("keys.yaml:2:1: `…` is no") && !message.contains("hunter"), "{message}");
    assert_eq!(with("extends: own.yaml\n", &[]).status.code(), Some(0));
    // What is named outright may lead where it likes.
    let output = with("extends: ../policy.yaml\n", &["--config", "kubeworthy.yaml"]);
    let named: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(regions(&named, "shop"), of("2", "../policy.yaml"));
    // Without a repository the folder that was named is the limit.
    let plain = tree(&[
        ("a/kubeworthy.yaml", "extends: ../policy.yaml\n"),
        ("a/shop.yaml", &shop),
        ("policy.yaml", "regions: 2\n"),
    ]);
    let output = run(plain.path(), &["assess", "a"]);
    assert!(output.status.code() == Some(2) && errors(&output).contains("out of the folder"), "{}", errors(&output));
    assert_eq!(regions(&report(plain.path(), &["."]), "shop"), of("2", "policy.yaml"));
}

#[cfg(unix)]
#[test]
fn links_lead_no_configuration_out_of_its_repository() {
    let shop = web("shop");
    let folder = tree(&[("out/policy.yaml", "regions: hunter2\n"), ("repo/.git/", ""), ("repo/shop.yaml", &shop)]);
    let repo = folder.path().join("repo");
    std::os::unix::fs::symlink(folder.path().join("out"), repo.join("in")).expect("a link");
    std::os::unix::fs::symlink(folder.path().join("out/policy.yaml"), repo.join("policy.yaml")).expect("a link");
    for path in ["in/policy.yaml", "policy.yaml"] {
        std::fs::write(repo.join("kubeworthy.yaml"), format!("extends: {path}\n")).expect("written");
        let output = run(&repo, &["assess", "."]);
        let message = errors(&output);
        assert!(output.status.code() == Some(2) && message.contains("leads out of the repository"), "{message}");
        assert!(!message.contains("hunter"), "{message}");
    }
    // The name of a configuration, lent to something else.
    std::fs::remove_file(repo.join("kubeworthy.yaml")).expect("removed");
    std::fs::write(repo.join("values.yaml"), "regions: hunter2\n").expect("written");
    std::os::unix::fs::symlink("values.yaml", repo.join("kubeworthy.yaml")).expect("a link");
    let message = errors(&run(&repo, &["assess", "."]));
    assert!(message.contains("kubeworthy.yaml:1:1") && !message.contains("│ regions: hunter2"), "{message}");
}

#[test]
fn what_looks_like_a_configuration_and_is_none_is_told() {
    let shop = web("shop");
    let folder = tree(&[
        (".git/", ""),
        ("kubeworthy.yml", "regions: 2\n"),
        ("deploy/.kubeworthy.yml", "regions: 2\n"),
        ("deploy/kubeworthy.yaml/", ""),
        ("deploy/shop.yaml", &shop),
    ]);
    let output = run(folder.path(), &["assess", "deploy"]);
    let message = errors(&output);
    assert!(output.status.success(), "{message}");
    let told =
        ["kubeworthy.yml: this is not read", "deploy/.kubeworthy.yml: this is not read", "call it .kubeworthy.yaml"];
    for told in told.into_iter().chain(["deploy/kubeworthy.yaml: this is a folder"]) {
        assert!(message.contains(told), "{told}: {message}");
    }
    #[cfg(unix)]
    {
        let linked = tree(&[("repo/.git/", ""), ("repo/shop.yaml", &shop), ("out.yaml", "regions: 2\n")]);
        let repo = linked.path().join("repo");
        std::os::unix::fs::symlink("../out.yaml", repo.join("kubeworthy.yaml")).expect("a link");
        let message = errors(&run(&repo, &["assess", "."]));
        assert!(message.contains("kubeworthy.yaml: this is a link that leads out"), "{message}");
    }
}

#[test]
fn a_new_configuration_extends_what_held_before() {
    let shop = web("shop");
    let folder = tree(&[(".git/", ""), ("kubeworthy.yaml", "regions: 2\n"), ("notes/shop.yaml", &shop)]);
    let output = run(folder.path(), &["init", "notes"]);
    let message = errors(&output);
    assert!(output.status.success() && message.contains("extends: ../kubeworthy.yaml"), "{message}");
    assert_eq!(regions(&report(folder.path(), &["."]), "shop"), of("2", "kubeworthy.yaml"));
    // Where it does not, it is told what lies nearer.
    std::fs::write(folder.path().join("notes/kubeworthy.yaml"), "teams: 2\n").expect("written");
    let message = errors(&run(folder.path(), &["assess", "."]));
    assert!(message.contains("nearer to them lies notes/"), "{message}");
    // From inside, and where nothing lies above.
    let inside = folder.path().join("notes");
    std::fs::remove_file(inside.join("kubeworthy.yaml")).expect("removed");
    let printed = String::from_utf8(run(&inside, &["init", "--print"]).stdout).expect("text");
    assert!(printed.contains("\nextends: \"../kubeworthy.yaml\"\n"), "{printed}");
    std::fs::remove_file(folder.path().join("kubeworthy.yaml")).expect("removed");
    let printed = String::from_utf8(run(&inside, &["init", "--print"]).stdout).expect("text");
    assert!(printed.contains("\n# extends: ../policy/kubeworthy.yaml\n"), "{printed}");
}

#[test]
fn a_configuration_may_name_own_rules() {
    let shop = web("shop");
    let rule = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/scale/kw214-fits-one-small-machine.yaml"),
    )
    .expect("a rule")
    .replace("KW214", "ACME214")
    .replace("name: fits-one-small-machine", "name: ours-alone");
    let folder = tree(&[
        ("kubeworthy.yaml", "ignore: [{rules: [ACME2xx], reason: x}]\ngate: {fail-on: [acme214, None]}\n"),
        ("shop.yaml", &shop),
        ("own/ours.yaml", &rule),
    ]);
    let output = run(folder.path(), &["config", "show", "shop.yaml", "--rules", "own"]);
    assert!(output.status.success(), "{}", errors(&output));
    assert_eq!(run(folder.path(), &["config", "show", "shop.yaml"]).status.code(), Some(2));
}

#[test]
fn suppressions_to_mend_fail_by_their_codes_too() {
    let shop = web("shop");
    let folder = tree(&[
        ("kubeworthy.yaml", "ignore: [{rules: KW210, paths: notes/web.yml, reason: x}]\n"),
        ("shop/shop.yaml", &format!("# kubeworthy: ignore-file[KW103]\n{shop}")),
    ]);
    let fails = |cause: &str| {
        let output = run(folder.path(), &["check", ".", "-o", "json", "--fail-on", cause]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let failures = report["gate"]["failures"].as_array().expect("failures").iter();
        let told = failures.map(|each| {
            assert_eq!(each["cause"], cause);
            each["code"].as_str().expect("a code").to_owned()
        });
        let told: Vec<String> = told.filter(|code| code.starts_with("KW95")).collect();
        assert!(told.is_empty() || output.status.code() == Some(1));
        told
    };
    for cause in ["unused-ignore", "KW95", "kw95x", "KW9xx", "hygiene"] {
        let mut told = fails(cause);
        told.sort();
        assert_eq!(told, ["KW951", "KW953"], "{cause}");
    }
    assert_eq!((fails("KW951"), fails("ignore-without-reason")), (vec!["KW951".to_owned()], vec!["KW953".to_owned()]));
    assert!(fails("KW954").is_empty() && fails("none").is_empty() && fails("KW106").is_empty());
}

#[test]
fn a_cause_that_can_never_fail_is_told() {
    let shop = web("shop");
    let folder = tree(&[("shop.yaml", &shop)]);
    let notes = |cause: &str| {
        let output = run(folder.path(), &["check", ".", "-o", "json", "--fail-on", cause]);
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let notes = report["gate"]["notes"].as_array().expect("notes").iter();
        notes.filter(|note| note["kind"] == "never-fails").map(|note| note["message"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(notes("KW103"), ["KW103 states a need and never fails"]);
    assert!(notes("KW106").is_empty() && notes("availability").is_empty() && notes("needless").is_empty());
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
        "gate: {fail-on: [none, KW1, KW1xx, kw20x, KW1*, scale, host-loss-survived, KW951, ignore-unused, all]}\n",
        "ignore: [{rules: [KW1, KW1xx, KW1*, kw203, ACME101, scale, host-loss-survived, all]}]\n",
    ] {
        assert!(fits(text), "{text}");
    }
    for text in [
        "gate: {fail-on: needles}\n",
        "gate: {fail-on: [KW]}\n",
        "ignore: [{rules: [scael]}]\n",
        "ignore: [{rules: KW203, paths: []}]\n",
        "ignore: [{rules: KW203, systems: []}]\n",
    ] {
        assert!(!fits(text), "{text}");
        let folder = tree(&[("kubeworthy.yaml", text), ("shop.yaml", &web("shop"))]);
        assert_eq!(run(folder.path(), &["assess", "."]).status.code(), Some(2), "{text}");
    }
    for text in
        ["gaet: {}\n", "profile: none\n", "ignore: [{reason: x}]\n", "extends: https://x.org/a\n", "teams: many\n"]
    {
        assert!(!fits(text), "{text}");
    }
}
