//! The gate, as hooks and pipelines meet it: the real program on small repositories.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/repository.rs"]
#[allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]
mod repository;
mod support;

use std::collections::BTreeSet;

use kubeworthy::assessment::{Assessment, GateReport};
use kubeworthy::gate::{Asked, Baseline, Held, Scope, judge, prune, update};
use proptest::prelude::*;
use repository::{Repository, fixture};

const BASELINE: &str = "kubeworthy.baseline.json";

/// Two systems: a ledger that can be argued for, and notes that are needless, with findings.
fn two_systems() -> Repository {
    let repository = Repository::new();
    repository.copy_story("database-quorum", "ledger");
    repository.copy_story("notes-on-three-replicas", "notes");
    repository
}

fn accepted() -> Repository {
    let repository = two_systems();
    repository.ends(0, &["baseline", "."]);
    repository
}

/// The ledger with one member, which is needless.
fn shrink(repository: &Repository) {
    repository.edit("ledger/ledger.yaml", "replicas: 3", "replicas: 1");
}

#[test]
fn on_the_first_day_nothing_fails() {
    let repository = two_systems();
    let ran = repository.ends(0, &["check"]);
    assert_eq!(ran.last(), "2 systems · gate passed (fail-on: regression)");
    assert!(ran.said.contains("there is no baseline yet") && ran.said.contains("`kubeworthy baseline`"), "{ran:#?}");
    assert!(ran.out.contains("notes/worker.yaml:48:3: KW106 "), "{}", ran.out);
    assert_eq!(repository.ends(0, &["check", "-q"]).said, "", "quiet means quiet");
    repository.ends(1, &["check", "--fail-on", "needless"]);
}

#[test]
fn what_is_accepted_passes_and_is_not_told_again() {
    let repository = accepted();
    let ran = repository.ends(0, &["check", "."]);
    assert!(ran.last().starts_with("2 systems · ") && ran.last().contains(" findings known · gate passed"), "{ran:#?}");
    assert!(!ran.out.contains("KW106"), "{}", ran.out);
    assert!(repository.ends(0, &["check", ".", "--verbose"]).out.contains("KW106"));
    // From wherever it is called, and whatever part is named.
    for arguments in [&["check", "notes"][..], &["check", "notes/worker.yaml", "notes/web.yaml"]] {
        let ran = repository.ends(0, arguments);
        assert!(!ran.said.contains("gone") && !ran.said.contains("no baseline"), "{ran:#?}");
    }
    let ran = repository.run_in("notes", &["check"]);
    assert!(ran.code == Some(0) && ran.last().contains("known"), "{ran:#?}");
}

#[test]
fn a_baseline_holds_neither_places_of_this_machine_nor_what_stands_in_files() {
    let repository = accepted();
    let before = repository.read(BASELINE);
    assert!(!before.contains(&*repository.path().to_string_lossy()) && !before.contains("2026"), "{before}");
    let longest = before.lines().map(str::len).max().unwrap_or_default();
    assert!(longest < 400 && before.lines().count() > 25, "one entry a line");
    let absolute = repository.path().canonicalize().expect("a path");
    let ran = repository.ends(0, &["baseline", &absolute.to_string_lossy()]);
    assert!(ran.said.contains("up to date"), "{ran:#?}");
    assert_eq!(repository.read(BASELINE), before);
    let schema: serde_json::Value = serde_json::from_str(&kubeworthy::gate::baseline::schema()).expect("JSON");
    let value = serde_json::from_str(&before).expect("JSON");
    let errors: Vec<String> =
        jsonschema::validator_for(&schema).expect("a schema").iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_harmless_edit_passes_and_a_regression_fails() {
    let repository = accepted();
    let text = repository.read("ledger/ledger.yaml");
    repository.write("ledger/ledger.yaml", &format!("# moved\n# by two lines\n{text}"));
    repository.ends(0, &["check"]);
    shrink(&repository);
    let ran = repository.ends(1, &["check"]);
    assert!(
        ran.last().contains("1 regression") && ran.last().contains("gate failed (fail-on: regression)"),
        "{ran:#?}"
    );
    let told = "error: KW000 ledger was debatable and is needless: its need went from ";
    assert!(ran.out.contains(told) && ran.out.contains("ledger/ledger.yaml:"), "{}", ran.out);
    assert!(ran.out.contains("kubeworthy baseline"), "it says what to do");
    // What is meant so is accepted.
    let ran = repository.ends(0, &["baseline"]);
    assert!(ran.said.contains("ledger: worse: was debatable, is needless"), "{ran:#?}");
    repository.ends(0, &["check"]);
    // The other way is told, and never fails.
    repository.edit("ledger/ledger.yaml", "replicas: 1", "replicas: 3");
    let ran = repository.ends(0, &["check"]);
    assert!(ran.said.contains("ledger was needless and is debatable"), "{ran:#?}");
}

#[test]
fn a_new_system_may_not_arrive_needless() {
    let repository = Repository::new();
    repository.copy_story("database-quorum", "ledger");
    repository.ends(0, &["baseline"]);
    repository.copy_story("notes-on-three-replicas", "notes");
    let ran = repository.ends(1, &["check"]);
    assert!(ran.out.contains("notes is new on Kubernetes and arrives needless"), "{}", ran.out);
    // Compose is what is suggested in its place.
    repository.remove("notes");
    repository.copy_story("one-vm-blog", "blog");
    for asked in [&["check"][..], &["check", "--fail-on", "needless"], &["check", "--gate", "90", "blog"]] {
        repository.ends(0, asked);
    }
}

#[test]
fn rules_and_families_fail_where_the_baseline_does_not_know_them() {
    let repository = accepted();
    for cause in ["KW106", "kw1xx", "KW1*", "KW1", "availability", "KW106,KW2xx"] {
        repository.ends(0, &["check", "--fail-on", cause]);
    }
    repository.edit("notes/worker.yaml", "kind: Deployment", "kind: Deployment # as ever");
    repository.ends(0, &["check", "--fail-on", "KW1"]);
    // A second budget of the same sort is new, though the first is known.
    let worker = repository.read("notes/worker.yaml");
    let second = worker.replace("name: worker", "name: helper").replace("tier: worker", "tier: helper");
    repository.write("notes/helper.yaml", &second);
    let ran = repository.ends(1, &["check", "--fail-on", "KW1xx"]);
    assert!(ran.out.contains("notes/helper.yaml:48:3: error: KW106 helper "), "{}", ran.out);
    assert!(!ran.out.contains("error: KW106 worker "), "{}", ran.out);
    assert!(!ran.said.contains("no longer found"), "{ran:#?}");
    assert!(ran.last().contains("1 of KW1xx"), "{}", ran.last());
    repository.ends(0, &["check", "--fail-on", "KW5xx"]);
    repository.ends(0, &["check", "--fail-on", "none"]);
    // Without a baseline all of it is new.
    repository.remove(BASELINE);
    repository.ends(1, &["check", "--fail-on", "KW5xx"]);
}

#[test]
fn what_is_suppressed_does_not_count_and_what_covers_nothing_can_fail() {
    let repository = accepted();
    let asked = ["check", "--fail-on", "unused-ignore,regression"];
    repository.ends(0, &asked);
    // What covers something is what the finding was accepted for.
    repository.edit(
        "notes/worker.yaml",
        "minAvailable: 1",
        "minAvailable: 1 # kubeworthy: ignore[KW106] drained by hand",
    );
    let ran = repository.ends(0, &asked);
    assert!(!ran.out.contains("error:"), "{ran:#?}");
    repository.edit("ledger/ledger.yaml", "replicas: 3", "replicas: 3 # kubeworthy: ignore[KW205] nothing scales it");
    let ran = repository.ends(1, &asked);
    assert!(ran.out.contains("ledger/ledger.yaml:") && ran.last().contains("1 unused ignore"), "{ran:#?}");
    repository.ends(0, &["check"]);
    repository.ends(0, &["check", "--fail-on", "unused-ignore", "--touched", "notes/web.yaml"]);
    repository.ends(1, &["check", "--fail-on", "unused-ignore", "--touched", "ledger/ledger.yaml"]);
    for format in FORMATS {
        let ran = repository.ends(1, &["check", "--fail-on", "unused-ignore", "-o", format]);
        assert!(ran.out.contains("KW951") || matches!(format, "csv" | "wide" | "narrated"), "{format}: {}", ran.out);
    }
}

#[test]
fn a_least_need_can_be_asked_for() {
    let repository = two_systems();
    let ran = repository.ends(1, &["check", "--gate", "30"]);
    assert!(ran.out.contains("and the gate asks for 30 at least"), "{}", ran.out);
    assert!(
        ran.last().ends_with("1 below the least need · gate failed (fail-on: regression; gate: 30)"),
        "{}",
        ran.last()
    );
    repository.ends(0, &["check", "--gate", "5"]);
    repository.ends(0, &["check", "ledger", "--gate", "30"]);
    repository.ends(2, &["check", "--gate", "130"]);
    let inconclusive = Repository::new();
    inconclusive.copy_story("charts-nobody-rendered", "charts");
    inconclusive.ends(0, &["check", "--gate", "90"]);
    inconclusive.ends(1, &["check", "--fail-on", "inconclusive"]);
}

#[test]
fn renamed_folders_namespaces_and_files_are_the_same() {
    let repository = accepted();
    let known = |ran: &repository::Ran| ran.last().to_owned();
    let before = known(&repository.ends(0, &["check", "--fail-on", "regression,KW1xx,KW2xx,KW5xx"]));
    let same = |what: &str| {
        let ran = repository.ends(0, &["check", "--fail-on", "regression,KW1xx,KW2xx,KW5xx"]);
        assert_eq!(known(&ran), before, "{what}");
        assert!(!ran.said.contains("gone"), "{what}: {ran:#?}");
    };
    repository.rename("notes/worker.yaml", "notes/background.yaml");
    same("a file is renamed");
    repository.rename("notes/background.yaml", "other/background.yaml");
    same("a file is moved");
    repository.rename("notes", "apps/notes");
    same("a folder is renamed");
    for file in
        ["apps/notes/web.yaml", "apps/notes/postgres.yaml", "apps/notes/nightly-dump.yaml", "other/background.yaml"]
    {
        let text = repository.read(file);
        repository.write(file, &text.replace("namespace: notes", "namespace: pages"));
    }
    repository.edit("apps/notes/namespace.yaml", "name: notes", "name: pages");
    same("a namespace is renamed");
    repository.rename("ledger", "accounts");
    same("a folder of one file is renamed");
    shrink_at(&repository, "accounts/ledger.yaml");
    repository.ends(1, &["check"]);
}

fn shrink_at(repository: &Repository, file: &str) {
    repository.edit(file, "replicas: 3", "replicas: 1");
}

#[test]
fn what_is_gone_is_told_and_pruned() {
    let repository = accepted();
    repository.remove("ledger");
    let fixed = repository.read("notes/worker.yaml");
    repository.write("notes/worker.yaml", fixed.split("apiVersion: policy/v1").next().expect("the first part"));
    let before = repository.read(BASELINE);
    let ran = repository.ends(0, &["check"]);
    assert!(ran.said.contains("ledger stands in the baseline and is gone"), "{ran:#?}");
    assert!(ran.said.contains("the baseline knows what is no longer found: KW106 notes/worker.yaml"), "{ran:#?}");
    // A part of the tree says nothing of what stands elsewhere; that a file is gone can be seen from anywhere.
    let ran = repository.ends(0, &["check", "notes/web.yaml"]);
    assert!(!ran.said.contains("KW106"), "{ran:#?}");
    let ran = repository.ends(0, &["baseline", "--prune", "."]);
    assert!(ran.said.contains("was pruned") && ran.said.contains("ledger: gone"), "{ran:#?}");
    let after = repository.read(BASELINE);
    assert!(!after.contains("ledger") && !after.contains("KW106") && after.len() < before.len(), "{after}");
    assert!(repository.ends(0, &["baseline", "--prune"]).said.contains("up to date"));
    // Nothing new is accepted by pruning.
    repository.copy_story("the-tutorial-that-stayed", "tutorial");
    repository.ends(0, &["baseline", "--prune"]);
    assert_eq!(repository.read(BASELINE), after);
    repository.ends(1, &["check"]);
    assert!(repository.ends(0, &["check", "--fail-on", "none"]).said.is_empty());
}

#[test]
fn parts_of_the_tree_are_written_by_themselves() {
    let repository = two_systems();
    repository.ends(0, &["baseline", "ledger"]);
    let ledger = repository.read(BASELINE);
    assert!(ledger.contains("ledger") && !ledger.contains("notes"), "it lies at the root of the repository: {ledger}");
    repository.ends(0, &["baseline", "notes"]);
    let both = repository.read(BASELINE);
    assert!(both.contains("\"ledger\"") && both.contains("\"notes\""), "what was not read is kept");
    shrink(&repository);
    repository.ends(0, &["baseline", "notes"]);
    assert_eq!(repository.read(BASELINE), both, "what was not read is not accepted");
    repository.ends(1, &["check"]);
    repository.ends(0, &["check", "notes"]);
}

#[test]
fn a_broken_baseline_is_an_error_and_never_a_failed_gate() {
    let repository = accepted();
    let right = repository.read(BASELINE);
    let conflict =
        right.replace("  \"systems\": [", "<<<<<<< HEAD\n  \"systems\": [\n=======\n  \"systems\": [\n>>>>>>> main");
    for (text, says) in [
        (conflict.as_str(), "a merge has left a conflict in the baseline"),
        (&right.replace("baseline/v1", "baseline/v9"), "another version"),
        (&right[..right.len() / 2], "broken"),
        ("{}", "this is no baseline"),
        ("", "this is no baseline"),
        ("[1]", "this is no baseline"),
    ] {
        repository.write(BASELINE, text);
        for command in ["check", "baseline"] {
            let ran = repository.ends(2, &[command]);
            assert!(ran.said.contains(says) && ran.said.contains(BASELINE), "{says}: {ran:#?}");
            assert_eq!(ran.out, "", "{says}");
        }
    }
    repository.remove(BASELINE);
    repository.ends(2, &["check", "--baseline", "none.json"]);
    repository.ends(0, &["baseline", "--baseline", "none.json"]);
    repository.ends(0, &["check", "--baseline", "none.json"]);
}

#[test]
fn what_is_asked_wrongly_is_an_error() {
    let repository = two_systems();
    for (cause, guess) in
        [("needles", "did you mean `needless`?"), ("KW130", "did you mean `KW10"), ("KW", "What may fail: ")]
    {
        let ran = repository.ends(2, &["check", "--fail-on", cause]);
        assert!(ran.said.contains(guess) && ran.said.contains("unused-ignore"), "{ran:#?}");
    }
    let empty = Repository::new();
    empty.write("notes.yaml", "a: 1\n");
    empty.ends(3, &["check"]);
    empty.ends(3, &["baseline"]);
    empty.ends(2, &["check", "nowhere"]);
}

const FORMATS: [&str; 14] = [
    "full", "concise", "wide", "narrated", "json", "yaml", "csv", "markdown", "html", "sarif", "github", "gitlab",
    "junit", "rdjson",
];

#[test]
fn formats_never_change_how_it_ends_and_all_of_them_tell_it() {
    let passing = accepted();
    let failing = accepted();
    shrink(&failing);
    let empty = Repository::new();
    for format in FORMATS {
        passing.ends(0, &["check", "-o", format]);
        passing.ends(0, &["check", "-o", format, "--lang", "fr"]);
        empty.ends(3, &["check", "-o", format]);
        let ran = failing.ends(1, &["check", "-o", format]);
        let french = failing.ends(1, &["check", "-o", format, "--lang", "fr"]);
        let told = match format {
            "json" => "\"cause\": \"regression\"",
            "yaml" => "cause: regression",
            "csv" => "failed: regression",
            "wide" => "1 regression",
            _ => "debatable and is needless",
        };
        assert!(ran.out.contains(told), "{format}: {}", ran.out);
        if matches!(format, "full" | "concise" | "narrated" | "markdown" | "html") {
            assert!(french.out.contains("discutable et est superflu"), "{format}: {}", french.out);
        }
        // What an assessment says does not know of a gate.
        let assessed = failing.ends(0, &["assess", "-o", format]);
        assert!(!assessed.out.contains(told), "{format}");
    }
    let json: serde_json::Value = serde_json::from_str(&failing.ends(1, &["check", "-o", "json"]).out).expect("JSON");
    assert_eq!(json["gate"]["passed"], false);
    assert_eq!(json["gate"]["failures"][0]["before"]["verdict"], "debatable");
    let assessed: serde_json::Value =
        serde_json::from_str(&failing.ends(0, &["assess", "-o", "json"]).out).expect("JSON");
    assert!(assessed["gate"].is_null() && assessed.as_object().expect("an object").contains_key("gate"));
    assert!(failing.ends(1, &["check", "-o", "github"]).out.starts_with("::error file=ledger/ledger.yaml,"));
    let sarif: serde_json::Value = serde_json::from_str(&failing.ends(1, &["check", "-o", "sarif"]).out).expect("JSON");
    let run = &sarif["runs"][0];
    assert_eq!((&run["results"][0]["level"], &run["results"][0]["ruleId"]), (&"error".into(), &"KW000".into()));
    assert_eq!(run["properties"]["gate"]["passed"], false);
    let states: Vec<_> = run["results"].as_array().expect("results").iter().map(|r| &r["baselineState"]).collect();
    assert!(states.contains(&&"unchanged".into()) && states.contains(&&serde_json::Value::Null), "{states:?}");
    assert!(failing.ends(1, &["check", "-o", "junit"]).out.contains("failures=\"1\""));
    assert!(failing.ends(1, &["check", "-o", "gitlab"]).out.contains("\"severity\": \"major\""));
    assert!(failing.ends(1, &["check", "-o", "rdjson"]).out.contains("\"severity\": \"ERROR\""));
    let quiet = failing.ends(1, &["check", "-q"]);
    assert!(quiet.said.is_empty() && quiet.out.lines().count() < 8, "{quiet:#?}");
}

#[test]
fn only_what_changed_files_touch_is_told_and_gated() {
    let repository = accepted();
    shrink(&repository);
    repository.ends(1, &["check", "--touched", "ledger/ledger.yaml"]);
    let ran = repository.ends(0, &["check", "--touched", "notes/web.yaml"]);
    assert!(!ran.out.contains("ledger") && ran.last().starts_with("1 of 2 systems touched"), "{ran:#?}");
    repository.write("docs/readme.yaml", "title: notes\n");
    let ran = repository.ends(0, &["check", "--touched", "docs/readme.yaml"]);
    assert_eq!((ran.out.lines().count(), ran.said.as_str()), (1, ""), "{ran:#?}");
    assert!(ran.last().starts_with("no system touched · gate passed"), "{ran:#?}");
    repository.ends(0, &["check", "--touched"]);
    // A file that is gone counts by its folder; the baseline and the configuration at the root for everything.
    repository.ends(1, &["check", "--touched", "ledger/gone.yaml"]);
    repository.ends(1, &["check", "--touched", BASELINE]);
    repository.ends(1, &["check", "--touched", "kubeworthy.yaml"]);
    repository.ends(0, &["check", "--touched", "notes/kubeworthy.yaml"]);
    let absolute = repository.path().canonicalize().expect("a path").join("ledger/ledger.yaml");
    repository.ends(1, &["check", "--touched", &absolute.to_string_lossy(), "./notes/web.yaml"]);
    for format in FORMATS {
        repository.ends(1, &["check", "-o", format, "--touched", "ledger/ledger.yaml"]);
        let ran = repository.ends(0, &["check", "-o", format, "--touched", "notes/web.yaml"]);
        assert!(!ran.out.contains("cockroach"), "{format}: {}", ran.out);
        repository.ends(0, &["check", "-o", format, "--touched", "docs/readme.yaml"]);
    }
    // What is gone elsewhere is not this commit's business.
    repository.remove("ledger");
    assert_eq!(repository.ends(0, &["check", "--touched", "notes/web.yaml"]).said, "");
    assert!(repository.ends(0, &["check", "--touched", "ledger/ledger.yaml"]).said.contains("is gone"));
    repository.remove("notes");
    repository.ends(0, &["check", "--touched", "notes/web.yaml"]);
}

#[test]
fn files_of_every_form_belong_to_their_systems() {
    let repository = Repository::new();
    repository.copy_story("one-vm-blog", "blog");
    repository.write("blog/.env", "TAG=1\n");
    repository.write("app/base/kustomization.yaml", "resources: [web.yaml]\n");
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: nginx:1.27}]}\n";
    repository.write("app/base/web.yaml", web);
    repository.write("app/overlays/live/kustomization.yaml", "resources: [../../base]\npatches: [{path: more.yaml}]\n");
    repository.write(
        "app/overlays/live/more.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}\n",
    );
    repository.write("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n");
    repository.write("chart/values.yaml", "replicas: 2\n");
    repository.write("chart/templates/web.yaml", &web.replace("replicas: 2", "replicas: {{ .Values.replicas }}"));
    for (file, touches) in [
        ("blog/compose.override.yaml", "blog"),
        ("blog/.env", "blog"),
        ("app/base/kustomization.yaml", "app"),
        ("app/base/web.yaml", "app"),
        ("app/overlays/live/more.yaml", "app"),
        ("app/overlays/live/kustomization.yaml", "app"),
        ("chart/Chart.yaml", "chart"),
        ("chart/values.yaml", "chart"),
        ("chart/templates/_helpers.tpl", "chart"),
        ("chart/values-live.yaml", "chart"),
    ] {
        let ran = repository.ends(0, &["check", "--touched", file]);
        assert!(ran.last().starts_with("1 of 3 systems touched"), "{file}: {ran:#?}");
        let json = repository.ends(0, &["check", "-o", "json", "--touched", file]).out;
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let name = json["systems"][0]["name"].as_str().expect("a name");
        assert!(name.starts_with(touches), "{file}: {name}");
    }
}

#[test]
fn secrets_do_not_reach_the_baseline() {
    let repository = Repository::new();
    let canary = "canary-6f1d";
    repository.write(
        "app/web.yaml",
        &format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\nstringData: {{password: {canary}}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: 2\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n      containers:\n        - name: web\n          image: https://user:{canary}@registry.example/postgres:1\n          command: [serve, --token={canary}]\n          env: [{{name: DB, value: {canary}}}]\n"
        ),
    );
    repository.ends(0, &["baseline"]);
    assert!(repository.read(BASELINE).contains("Deployment/web"));
    assert!(!repository.read(BASELINE).contains(canary));
    for format in FORMATS {
        assert!(
            !repository.run(&["check", "-o", format, "--fail-on", "needless,KW1,KW2,KW5"]).out.contains(canary),
            "{format}"
        );
    }
}

/// Everything was read, and every file is there.
fn everything() -> Scope<'static> {
    static PATHS: [String; 1] = [String::new()];
    static UNREAD: BTreeSet<String> = BTreeSet::new();
    Scope { paths: &PATHS, unread: &UNREAD, clusters: &[], is_there: Box::new(|_| true) }
}

/// Everything that an assessment says, as a baseline.
fn baseline_of(assessment: &Assessment) -> Baseline {
    Baseline::of(assessment, &assessment.systems, true, &name)
}

/// The answer of the gate, all of it held against one baseline.
fn judged(assessment: &Assessment, asked: &Asked, accepted: &Baseline, now: &Baseline) -> GateReport {
    let (systems, scope): (Vec<usize>, _) = ((0..assessment.systems.len()).collect(), everything());
    let name = BASELINE.to_owned();
    let held = Held { name, accepted, now, scope: &scope, systems: &systems, is_of_all: true };
    judge(assessment, asked, &[held], None).expect("causes")
}

/// Assessments of several stories: one system, several, with findings of all together, of every verdict.
fn assessments() -> Vec<Assessment> {
    let kit = support::kit();
    let stories = [
        "many-teams-one-cluster",
        "notes-on-three-replicas",
        "hostile-names",
        "broken-neighbours",
        "charts-nobody-rendered",
        "own-operator",
        "the-same-shop-twice",
        "swarm-stack",
    ];
    let mut all: Vec<Assessment> = stories.iter().map(|story| support::assess_paths(&[fixture(story)], &kit)).collect();
    all.push(support::assess_paths(&[fixture("")], &kit));
    all
}

fn name(name: &str) -> String {
    name.rsplit_once("fixtures/").map_or(name, |(_, inside)| inside).to_owned()
}

const ALL: [&str; 5] = ["regression", "KW1xx", "KW2xx", "KW3xx", "KW5xx"];

#[test]
fn an_assessment_never_fails_against_its_own_baseline() {
    let asked = Asked { fail_on: ALL.map(str::to_owned).to_vec(), need_at_least: None };
    for assessment in assessments() {
        let now = baseline_of(&assessment);
        let scope = everything();
        let first = update(&Baseline::empty(&assessment.rules_digest), &now, &scope).baseline;
        let read = Baseline::read(&first.text()).expect("what was written");
        assert_eq!(read, first);
        let report = judged(&assessment, &asked, &read, &now);
        assert_eq!(report.failures, [], "it never fails");
        assert_eq!(report.notes, [], "and has nothing to say");
        assert_eq!(update(&read, &now, &scope).baseline, read, "writing it again changes nothing");
        assert_eq!(prune(&read, &now, &scope).baseline, read, "nothing is gone");
        assert!(update(&read, &now, &scope).changes.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lines, the order of systems, and entries that were taken out: nothing but what is not known any more fails.
    #[test]
    fn moved_lines_and_order_change_nothing_and_what_is_unknown_fails(
        shift in 0_u32..500,
        turn in 0_usize..20,
        lost in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        static ASSESSMENTS: std::sync::OnceLock<Vec<Assessment>> = std::sync::OnceLock::new();
        let asked = Asked { fail_on: ALL.map(str::to_owned).to_vec(), need_at_least: None };
        for assessment in ASSESSMENTS.get_or_init(assessments) {
            let now = baseline_of(assessment);
            let scope = everything();
            let mut accepted = update(&Baseline::empty(&assessment.rules_digest), &now, &scope).baseline;
            let mut moved = assessment.clone();
            let findings = moved.systems.iter_mut().flat_map(|system| &mut system.findings);
            for place in findings.flat_map(|finding| &mut finding.evidence) {
                place.line += shift;
                place.end_line += shift;
            }
            let count = moved.systems.len().max(1);
            moved.systems.rotate_left(turn % count);
            let mut taken = Vec::new();
            for index in &lost {
                if accepted.systems.is_empty() {
                    break;
                }
                let at = index.index(accepted.systems.len());
                if !accepted.systems[at].findings.is_empty() {
                    let last = accepted.systems[at].findings.len() - 1;
                    taken.push(accepted.systems[at].findings.remove(index.index(last + 1)));
                }
            }
            let now = baseline_of(&moved);
            let report = judged(&moved, &asked, &accepted, &now);
            let of_families = taken.iter().filter(|finding| {
                ["KW1", "KW2", "KW3", "KW5"].iter().any(|family| finding.code.starts_with(family))
            });
            prop_assert_eq!(report.failures.len(), of_families.count());
            let all: usize = now.systems.iter().map(|system| system.findings.len()).sum();
            prop_assert_eq!(report.known_findings, all + now.findings.len() - taken.len());
        }
    }
}

#[test]
fn a_cluster_has_a_baseline_too() {
    let repository = Repository::new();
    repository.copy_story("shop-on-a-cluster", "shop");
    repository.copy_story("notes-on-three-replicas", "notes");
    repository.ends(0, &["baseline", "."]);
    assert!(repository.read(BASELINE).contains("\"cluster\": \""), "{}", repository.read(BASELINE));
    let ran = repository.ends(0, &["check"]);
    assert!(!ran.said.contains("gone"), "{ran:#?}");
    // Files alone say nothing of what stands in a cluster.
    let ran = repository.ends(0, &["check", "notes"]);
    assert!(!ran.said.contains("gone"), "{ran:#?}");
}

const WEB: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'shop/web:1'}]}
";

/// A base and two overlays that add to it, which make one system that can be argued for.
fn overlays() -> Repository {
    let repository = Repository::new();
    repository.copy_story("database-quorum", "shop/base");
    repository.write("shop/base/kustomization.yaml", "resources: [ledger.yaml]\n");
    for overlay in ["production", "staging"] {
        let text = format!("nameSuffix: -{overlay}\nresources: [../../base]\n");
        repository.write(&format!("shop/overlays/{overlay}/kustomization.yaml"), &text);
    }
    repository.copy_story("notes-on-three-replicas", "notes");
    repository.ends(0, &["baseline", "."]);
    repository
}

#[test]
fn what_is_read_in_part_is_neither_worse_nor_new_nor_gone() {
    let repository = overlays();
    let before = repository.read(BASELINE);
    for folder in ["shop/base", "shop/overlays/staging", "shop/overlays", "shop", "notes/web.yaml", "notes"] {
        let ran = repository.ends(0, &["check", folder]);
        assert!(!ran.said.contains("gone") && !ran.out.contains(" new "), "{folder}: {ran:#?}");
        repository.ends(0, &["baseline", folder]);
        assert_eq!(repository.read(BASELINE), before, "{folder}");
        let ran = repository.run_in(folder.trim_end_matches("/web.yaml"), &["check", "."]);
        assert!(ran.code == Some(0) && !ran.said.contains("gone"), "{folder}: {ran:#?}");
        let ran = repository.run_in(folder.trim_end_matches("/web.yaml"), &["baseline", "--prune", "."]);
        assert_eq!(repository.read(BASELINE), before, "{folder}: {ran:#?}");
    }
    let ran = repository.ends(0, &["check", "notes/web.yaml"]);
    assert!(ran.said.contains("notes was read in part") && ran.said.contains(" was not read"), "{ran:#?}");
    // A part of it that is new says nothing of the whole either, until the whole is read.
    repository.write("team2/web.yaml", &WEB.replace("{name: web}", "{name: web, namespace: notes}"));
    let ran = repository.ends(0, &["check", "team2"]);
    assert!(ran.said.contains("read in part"), "{ran:#?}");
    repository.ends(0, &["baseline", "team2"]);
    assert!(repository.read(BASELINE).contains("Deployment/notes/worker"), "nothing is lost");
    // What is new as a whole is new in any part.
    repository.write("blog/web.yaml", WEB);
    repository.ends(1, &["check", "blog"]);
    repository.ends(1, &["check"]);
}

#[test]
fn folders_are_named_as_the_baseline_sees_them() {
    let repository = overlays();
    repository.write("video/compose.yaml", "services: {web: {image: 'shop/web:1'}, db: {image: 'postgres:17'}}\n");
    // Of a name of its own: without a namespace it may be what an autoscaler of another folder means.
    repository.write("blog/web.yaml", &WEB.replace("name: web", "name: blog"));
    repository.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n");
    repository.write("chart/templates/web.yaml", &WEB.replace("name: web", "name: site"));
    repository.ends(0, &["baseline", "."]);
    let before = repository.read(BASELINE);
    for name in ["compose-project:video", "service/video/db", "directory:blog", "chart:chart", "kustomization:shop"] {
        assert!(before.contains(&format!("\"{name}")), "{name}: {before}");
    }
    let whole = repository.path().canonicalize().expect("a path").to_string_lossy().into_owned();
    for (folder, path) in
        [(".", whole.as_str()), ("video", ".."), ("video", "."), ("chart/templates", "../.."), ("blog", ".")]
    {
        let ran = repository.run_in(folder, &["baseline", path]);
        assert!(ran.code == Some(0) && ran.said.contains("up to date"), "{folder} {path}: {ran:#?}");
        let ran = repository.run_in(folder, &["check", path]);
        assert!(ran.code == Some(0) && !ran.said.contains("gone"), "{folder} {path}: {ran:#?}");
    }
    assert_eq!(repository.read(BASELINE), before);
}

#[test]
fn each_system_is_held_against_the_baseline_that_its_configuration_names() {
    let repository = accepted();
    repository.write("ledger/kubeworthy.yaml", "gate: {baseline: own.json}\n");
    let ran = repository.ends(0, &["check", "-q"]);
    assert!(ran.said.contains("ledger/own.json is not there") && !ran.said.contains("note"), "{ran:#?}");
    // The others are held against the one at the root all the same.
    repository.write("blog/web.yaml", WEB);
    assert!(repository.ends(1, &["check"]).out.contains("blog is new on Kubernetes"));
    let ran = repository.ends(0, &["baseline"]);
    assert!(ran.said.contains("ledger/own.json was written") && ran.said.contains("ledger: gone"), "{ran:#?}");
    let (own, root) = (repository.read("ledger/own.json"), repository.read(BASELINE));
    assert!(own.contains("\"ledger") && !own.contains("\"notes") && !own.contains("blog"), "{own}");
    assert!(!root.contains("\"ledger") && root.contains("\"notes") && root.contains("\"blog"), "{root}");
    let ran = repository.ends(0, &["check"]);
    assert!(!ran.said.contains("gone") && !ran.said.contains("no baseline"), "{ran:#?}");
    shrink(&repository);
    assert!(repository.ends(1, &["check"]).out.contains("ledger was debatable"));
    // Named on the command line, one is enough for all.
    repository.ends(0, &["baseline", "--baseline", "all.json"]);
    let all = repository.read("all.json");
    assert!(all.contains("\"ledger") && all.contains("\"notes"), "{all}");
}

#[test]
fn files_that_are_gone_and_settings_touch_what_they_belonged_to() {
    let repository = overlays();
    repository.write("policy/base.yaml", "gate: {fail-on: regression}\n");
    repository.write("kubeworthy.yaml", "extends: policy/base.yaml\n");
    repository.write("shop/overlays/live/more.yaml", &WEB.replace("name: web", "name: more"));
    repository.write("shop/overlays/live/kustomization.yaml", "resources: [../../base, more.yaml]\n");
    repository.ends(0, &["baseline"]);
    repository.edit("shop/overlays/live/kustomization.yaml", ", more.yaml", "");
    repository.remove("shop/overlays/live/more.yaml");
    shrink_at(&repository, "shop/base/ledger.yaml");
    let ran = repository.ends(1, &["check", "--touched", "shop/overlays/live/more.yaml"]);
    assert!(ran.out.contains("was debatable and is needless"), "{ran:#?}");
    for touched in ["policy/base.yaml", BASELINE, "shop", "shop/base", "kubeworthy.yaml"] {
        let ran = repository.ends(1, &["check", "--touched", touched]);
        assert!(ran.out.contains("was debatable and is needless"), "{touched}: {ran:#?}");
    }
    let ran = repository.ends(0, &["check", "--touched", "notes"]);
    assert!(ran.last().contains("1 of "), "{ran:#?}");
    let ran = repository.run_in("notes", &["check", "--touched", "../shop/base/ledger.yaml"]);
    assert!(ran.said.contains("lies outside of this folder"), "{ran:#?}");
    let ran = repository.run_in("policy", &["check", "--touched", "shop/base/nothing.yaml"]);
    assert!(ran.said.contains("is not there"), "{ran:#?}");
}

#[test]
fn nothing_means_the_need_too() {
    let repository = accepted();
    repository.write("kubeworthy.yaml", "gate: {need-at-least: 40}\n");
    repository.ends(1, &["check"]);
    repository.ends(1, &["check", "--fail-on", "regression"]);
    let ran = repository.ends(0, &["check", "--fail-on", "none"]);
    assert!(ran.last().contains("gate passed (fail-on: none)"), "{ran:#?}");
    repository.ends(1, &["check", "--fail-on", "none", "--gate", "40"]);
}

#[test]
fn a_finding_fails_once_and_the_answer_names_what_was_asked() {
    let repository = two_systems();
    let ran = repository.ends(1, &["check", "--fail-on", "KW106,KW1xx,availability"]);
    let told = ran.out.lines().filter(|line| line.contains("error: KW106")).count();
    assert_eq!(told, 1, "{}", ran.out);
}

#[test]
fn the_baseline_of_another_repository_does_not_count() {
    let (one, other) = (accepted(), Repository::new());
    other.copy_story("notes-on-three-replicas", "notes");
    let path = other.path().to_string_lossy().into_owned();
    let ran = one.ends(0, &["check", &path]);
    assert!(ran.said.contains("there is no baseline yet"), "{ran:#?}");
}

#[test]
fn what_lies_in_a_folder_that_cannot_be_read_is_not_gone() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = accepted();
    let before = repository.read(BASELINE);
    let folder = repository.path().join("ledger");
    let mode = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).expect("its mode");
    mode(0o000);
    if std::fs::read_dir(&folder).is_ok() {
        mode(0o755);
        println!("skipped: whoever runs this may read everything");
        return;
    }
    let (checked, written) = (repository.run(&["check"]), repository.run(&["baseline"]));
    mode(0o755);
    assert!(checked.code == Some(0) && !checked.said.contains("gone"), "{checked:#?}");
    assert_eq!(repository.read(BASELINE), before, "{written:#?}");
}
