//! What moved: laws that hold for any two reports, every kind of side, every format.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kubeworthy::difference::{self, ClaimMoved, Difference, Format, Moved, Origin, Report, Status};
use kubeworthy::report::{Layout, json};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    command.args(words).current_dir(folder).env("NO_COLOR", "1").env("SOURCE_DATE_EPOCH", "1795651200");
    command.env("KUBECONFIG", "/dev/null").output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

fn report_of(paths: &[PathBuf]) -> String {
    json::render(&support::assess_paths(paths, &support::kit()))
}

fn compared(old: &Report, new: &Report) -> Difference {
    difference::compare((old, "old", Origin::Report, None), (new, "new", Origin::Report, None))
}

fn read(text: &str) -> Report {
    difference::read(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A report with a little of everything.
fn report(systems: &[Value]) -> String {
    let score = systems.iter().filter_map(|system| system["need"]["score"].as_f64()).fold(0.0, f64::max);
    json!({
        "schema": "kubeworthy/report/v1",
        "tool": {"name": "kubeworthy", "version": "0.1.0", "rules_digest": "sha256:0"},
        "inputs": {"documents": 1, "understood": 1, "digest": "sha256:1"},
        "estate": {"id": "estate", "name": "estate", "verdict": "needless", "need": {"score": score, "low": 0, "high": score}},
        "systems": systems,
    })
    .to_string()
}

fn grade() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["declared", "effective", "corroborated", "proven"])
}

fn system() -> impl Strategy<Value = Value> {
    let claim = ("[a-f]", grade(), 0u32..200, "[a-c]{1,3}");
    let claims = prop::collection::vec(claim, 0..5);
    let findings = prop::collection::vec(("KW10[0-3]", "[a-c]{1,2}", 1u32..50), 0..4);
    let unknowns = prop::collection::vec("[k-n]", 0..3);
    let verdict = prop::sample::select(vec!["needless", "debatable", "justified", "k8s-native", "inconclusive"]);
    ("[a-d]", "[w-z]", verdict, claims, findings, unknowns, 0u8..=100, prop::option::of("t[1-3]")).prop_map(
        |(id, name, verdict, claims, findings, unknowns, confidence, suggested)| {
            let mut by_capability = BTreeMap::new();
            for (capability, grade, share, object) in claims {
                by_capability.insert(capability, (grade, share, object));
            }
            let score: u32 = by_capability.values().map(|(_, share, _)| share).sum();
            let place = |object: &str, line: u32| json!({"file": "a.yaml", "line": line, "object": object, "path": "x"});
            let claims: Vec<Value> = by_capability
                .iter()
                .map(|(capability, (grade, share, object))| {
                    json!({"capability": capability, "axis": "scale", "grade": grade, "share": f64::from(*share) / 10.0,
                           "rules": ["KW103"], "message": format!("needs {capability}"), "evidence": [place(object, 3)]})
                })
                .collect();
            let findings: Vec<Value> = findings
                .iter()
                .map(|(code, object, line)| {
                    json!({"code": code, "name": "n", "level": "note", "message": format!("{object} is odd"),
                           "evidence": [place(object, *line)]})
                })
                .collect();
            let unknowns: Vec<Value> = unknowns
                .iter()
                .map(|key| json!({"question": "how?", "key": key, "reason": "", "could_move": {"low": 0, "high": 1}}))
                .collect();
            let score = f64::from(score) / 10.0;
            json!({"id": format!("label:{id}"), "name": name, "grouped_by": "label", "workloads": 1, "verdict": verdict,
                   "need": {"score": score, "low": 0.0, "high": score}, "confidence": confidence, "claims": claims,
                   "findings": findings, "unknowns": unknowns, "suggested": suggested})
        },
    )
}

fn reports() -> impl Strategy<Value = String> {
    prop::collection::vec(system(), 0..5).prop_map(|systems| {
        let by_id: BTreeMap<String, Value> =
            systems.into_iter().map(|system| (system["id"].as_str().expect("an id").to_owned(), system)).collect();
        report(&by_id.into_values().collect::<Vec<_>>())
    })
}

/// Every system of a difference by the ids of both sides.
fn by_ids(difference: &Difference) -> BTreeMap<(Option<String>, Option<String>), &difference::Change> {
    difference
        .systems
        .iter()
        .map(|change| {
            let id = |side: &Option<difference::Summary>| side.as_ref().map(|summary| summary.id.clone());
            ((id(&change.old), id(&change.new)), change)
        })
        .collect()
}

proptest! {
    #[test]
    fn nothing_moves_between_a_report_and_itself(text in reports()) {
        let report = read(&text);
        let difference = compared(&report, &report);
        prop_assert!(difference.systems.is_empty() && difference.estate.status == Status::Same, "{difference:?}");
    }

    #[test]
    fn exchanged_sides_mirror(old in reports(), new in reports()) {
        let (old, new) = (read(&old), read(&new));
        let (there, back) = (compared(&old, &new), compared(&new, &old));
        prop_assert_eq!(there.unchanged, back.unchanged);
        let (there, back) = (by_ids(&there), by_ids(&back));
        prop_assert_eq!(there.len(), back.len());
        for ((a, b), change) in there {
            let Some(other) = back.get(&(b.clone(), a.clone())) else {
                return Err(TestCaseError::fail(format!("{a:?} and {b:?} are a pair one way only")));
            };
            prop_assert_eq!((&change.old, &change.new), (&other.new, &other.old));
            prop_assert_eq!(change.verdict_moved, other.verdict_moved);
            prop_assert_eq!(change.need_moved, other.need_moved.map(|moved| if moved == 0.0 { 0.0 } else { -moved }));
            let mirrored = |moved: ClaimMoved| match moved {
                ClaimMoved::Added => ClaimMoved::Gone,
                ClaimMoved::Gone => ClaimMoved::Added,
                ClaimMoved::Stronger => ClaimMoved::Weaker,
                ClaimMoved::Weaker => ClaimMoved::Stronger,
                ClaimMoved::Share => ClaimMoved::Share,
            };
            let claims = |change: &difference::Change| -> Vec<(String, ClaimMoved)> {
                change.claims.iter().map(|claim| (claim.capability.clone(), claim.moved)).collect()
            };
            let back: Vec<_> = claims(other).into_iter().map(|(name, moved)| (name, mirrored(moved))).collect();
            prop_assert_eq!(claims(change), back);
            let count = |change: &difference::Change, moved: Moved| {
                (change.findings.iter().filter(|one| one.moved == moved).count(),
                 change.unknowns.iter().filter(|one| one.moved == moved).count())
            };
            prop_assert_eq!(count(change, Moved::New), count(other, Moved::Gone));
        }
    }

    #[test]
    fn moves_of_shares_add_up_to_the_move_of_the_need(old in reports(), new in reports()) {
        let difference = compared(&read(&old), &read(&new));
        for change in &difference.systems {
            let score = |side: &Option<difference::Summary>| side.as_ref().map_or(0.0, |one| one.need.score);
            let moved = score(&change.new) - score(&change.old);
            let sum: f64 = change.claims.iter().map(|claim| claim.share_moved).sum();
            prop_assert!((sum - moved).abs() < 1e-6, "{sum} and {moved}");
        }
        let firsts = difference.systems.iter().map(|change| !change.verdict_moved);
        prop_assert!(firsts.is_sorted(), "verdicts that moved come first");
    }

    #[test]
    fn no_report_makes_a_format_fail(old in reports(), new in reports()) {
        let difference = compared(&read(&old), &read(&new));
        for format in [Format::Full, Format::Concise, Format::Narrated, Format::Markdown, Format::Html, Format::Json] {
            prop_assert!(!difference::render(&difference, &BTreeMap::new(), format, Layout::default()).is_empty());
        }
    }
}

#[test]
fn lines_may_move_and_names_may_change() {
    let with = |id: &str, name: &str, line: u32, object: &str| {
        json!({"id": id, "name": name, "grouped_by": "label", "workloads": 1, "verdict": "needless",
               "need": {"score": 0.0, "low": 0.0, "high": 0.0},
               "findings": [{"code": "KW106", "name": "n", "level": "note", "message": "it is odd",
                             "evidence": [{"file": "a.yaml", "line": line, "object": object, "path": "spec"}]}]})
    };
    let old = read(&report(&[with("label:a", "a", 3, "Deployment/x/web")]));
    let moved = compared(&old, &read(&report(&[with("label:a", "a", 90, "Deployment/x/web")])));
    assert!(moved.systems.is_empty(), "{moved:?}");
    let renamed = compared(&old, &read(&report(&[with("label:b", "b", 3, "Deployment/x/web")])));
    assert_eq!(renamed.systems.len(), 1);
    assert_eq!(renamed.systems[0].status, Status::Renamed);
    assert_eq!(renamed.systems[0].matched_by, Some(difference::Match::Overlap));
    let another = compared(&old, &read(&report(&[with("label:b", "b", 3, "Deployment/x/other")])));
    assert_eq!(another.systems.len(), 2, "one is gone and one is new");
}

#[test]
fn reports_of_older_and_newer_programs_are_read() {
    let oldest = json!({"schema": "kubeworthy/report/v1", "systems": [
        {"id": "label:a", "name": "a", "claims": [{"capability": "restart", "grade": "proven"}]}]});
    assert!(difference::read(&oldest.to_string()).is_ok());
    let newer = json!({"schema": "kubeworthy/report/v1", "later": {"x": 1}, "systems": [{"id": "a", "later": [1]}]});
    assert!(difference::read(&newer.to_string()).is_ok());
    for (text, words) in [
        ("{\"schema\": \"kubeworthy/report/v2\"}", "version v2"),
        ("{\"schema\": \"kubeworthy/diff/v1\"}", "no report but kubeworthy/diff/v1"),
        ("{}", "does not name its schema"),
        ("{", "line 1 column 1"),
        ("[]", "this is no report"),
    ] {
        let error = difference::read(text).expect_err(text);
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn other_rules_are_said() {
    let old = report(&[]);
    let new = old.replace("sha256:0", "sha256:9").replace("0.1.0", "0.2.0");
    let difference = compared(&read(&old), &read(&new));
    assert!(difference.rules_differ && difference.versions_differ);
    for format in [Format::Full, Format::Narrated, Format::Markdown, Format::Html] {
        let said = difference::render(&difference, &BTreeMap::new(), format, Layout::default());
        assert!(said.contains("assessed by different rules"), "{said}");
    }
}

/// A repository with two commits, between which a system gained what it needs, and a work tree in which another is new.
fn repository() -> Option<TempDir> {
    let place = folder();
    let git = |words: &[&str]| {
        let output = Command::new("git").args(words).current_dir(place.path()).output().ok()?;
        assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
        Some(())
    };
    if git(&["init", "-q", "."]).is_none() {
        println!("skipped: git is not installed");
        assert!(std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_none());
        return None;
    }
    let write = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    };
    let commit = |message: &str| {
        git(&["add", "-A"]);
        git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", message]);
    };
    let pages = |replicas: u8| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web, namespace: shop}}\nspec:\n  replicas: {replicas}\n  \
             selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}}}\n    spec:\n      \
             containers: [{{name: web, image: web:1}}]\n"
        )
    };
    write("deploy/web.yaml", &pages(1));
    write("other/compose.yaml", "services: {blog: {image: blog, env_file: values.env}}\n");
    write(".gitignore", "ignored.yaml\n");
    write(
        "deploy/base/compose.yaml",
        "services: {side: {image: side, extends: {file: ../../common/c.yml, service: s}}}\n",
    );
    write("common/c.yml", "services: {s: {image: s, restart: always}}\n");
    commit("first");
    git(&["tag", "v1"]);
    write("deploy/web.yaml", &pages(3));
    write("kubeworthy.yaml", "availability-target: 99.9\n");
    commit("second");
    git(&["tag", "v2"]);
    write("deploy/new.yaml", &pages(2).replace("shop", "later"));
    write("deploy/ignored.yaml", &pages(2).replace("shop", "ignored"));
    Some(place)
}

fn json_of(folder: &Path, words: &[&str]) -> Value {
    let output = run(folder, &[&["diff"], words, &["-o", "json", "-q"]].concat());
    assert!(output.status.success(), "{words:?}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn systems(difference: &Value) -> Vec<(String, String)> {
    let systems = difference["systems"].as_array().expect("systems").iter();
    systems
        .map(|change| {
            let name = change["new"]["name"].as_str().or(change["old"]["name"].as_str()).expect("a name");
            (name.to_owned(), change["status"].as_str().expect("a status").to_owned())
        })
        .collect()
}

#[test]
fn revisions_folders_reports_and_snapshots_are_sides() {
    let Some(place) = repository() else { return };
    let at = place.path();
    // Two revisions.
    let difference = json_of(at, &["v1", "v2"]);
    assert!(systems(&difference).contains(&("shop".to_owned(), "changed".to_owned())), "{difference}");
    assert_eq!(difference["old"]["origin"], "revision");
    assert_eq!(difference["old"]["commit"].as_str().map(str::len), Some(40));
    let statements = |difference: &Value| difference["systems"].to_string().contains("availability-target");
    assert!(statements(&difference), "the context file of each revision counts: {difference}");
    // In one folder, named behind `--`.
    let output = run(at, &["diff", "v1", "v2", "-o", "json", "-q", "--", "other"]);
    let difference: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(!systems(&difference).iter().any(|(name, _)| name == "shop"), "{difference}");
    // A revision and what is there now: what git ignores is ignored on both sides.
    let difference = json_of(at, &["HEAD", "."]);
    assert_eq!(systems(&difference), [("later".to_owned(), "new".to_owned())], "{difference}");
    assert_eq!(
        difference["unchanged"].as_u64(),
        Some(json_of(at, &["v2", "v2"])["unchanged"].as_u64().expect("a number"))
    );
    let difference = json_of(&at.join("deploy"), &["HEAD", "."]);
    assert_eq!(systems(&difference), [("later".to_owned(), "new".to_owned())], "{difference}");
    // A clean work tree is its revision, whatever the folder: names, references and all.
    std::fs::remove_file(at.join("deploy/new.yaml")).expect("removed");
    for (folder, path) in [("", "."), ("", "deploy"), ("deploy", "."), ("deploy", "../other"), ("deploy", "..")] {
        let difference = json_of(&at.join(folder), &["HEAD", path]);
        assert!(systems(&difference).is_empty(), "{folder} {path}: {difference}");
        assert_eq!(difference["old"]["inputs_digest"], difference["new"]["inputs_digest"], "{folder} {path}");
    }
    // Reports, one of them piped.
    for (name, revision) in [("one.json", "1"), ("two.json", "2")] {
        std::fs::write(
            at.join("deploy/web.yaml"),
            std::fs::read_to_string(at.join("deploy/web.yaml"))
                .expect("the file")
                .replace("replicas: 3", &format!("replicas: {revision}")),
        )
        .expect("written");
        let output = run(at, &["assess", "deploy", "-o", &format!("json={name}"), "-q"]);
        assert!(output.status.success());
    }
    let difference = json_of(at, &["one.json", "two.json"]);
    assert_eq!(difference["old"]["origin"], "report");
    let mut child = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(["diff", "one.json", "-", "-o", "json"])
        .current_dir(at)
        .stdin(std::fs::File::open(at.join("two.json")).expect("the report"))
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut out = String::new();
    std::io::Read::read_to_string(&mut child.stdout.take().expect("a pipe"), &mut out).expect("text");
    assert!(child.wait().expect("it ends").success());
    let piped: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(piped["systems"], difference["systems"]);
    // A snapshot and itself.
    let snapshot = std::fs::read_dir(fixture("shop-on-a-cluster")).expect("the story").flatten();
    let snapshot = snapshot.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "jsonl"));
    let snapshot = snapshot.expect("a snapshot").display().to_string();
    let difference = json_of(at, &[&snapshot, &snapshot]);
    assert!(systems(&difference).is_empty() && difference["unchanged"].as_u64() > Some(0), "{difference}");
    let status = Command::new("git").args(["status", "--porcelain"]).current_dir(at).output().expect("git");
    assert!(!text(&status.stdout).contains("D "), "the work tree is left alone");
}

#[test]
fn mistakes_end_in_two() {
    let place = folder();
    let at = place.path();
    std::fs::write(at.join("broken.json"), "{\"schema\": \"kubeworthy/report/v1\", ").expect("written");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: shop/a:1}]}\n";
    std::fs::write(at.join("a.yaml"), pod).expect("written");
    std::fs::write(at.join("else.json"), "{\"a\": 1}").expect("written");
    for (words, said) in [
        (vec!["else.json", "a.yaml"], "neither a report nor anything that could be assessed"),
        (vec!["nosuch", "a.yaml"], "there is no such file or folder"),
        (vec!["a.yaml", "nosuch"], "there is no such file or folder"),
        (vec!["broken.json", "a.yaml"], "this is no report"),
        (vec!["-", "-"], "one of the two sides"),
        (vec!["a.yaml", "a.yaml", "-o", "full", "-o", "json"], "cannot share standard output"),
        (vec!["a.yaml", "a.yaml", "-o", "sarif"], "there is no format `sarif`"),
        (vec!["a.yaml"], "<NEW>"),
    ] {
        let output = run(at, &[&["diff"], words.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{words:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{words:?}");
    }
}

fn one_moved() -> Difference {
    let old = report_of(&[fixture("the-tutorial-that-stayed")]);
    let new = report_of(&[fixture("three-zones-stateless"), fixture("the-tutorial-that-stayed")]);
    compared(&read(&old), &read(&new))
}

#[test]
fn the_json_fits_its_schema() {
    let schema: Value = serde_json::from_str(&difference::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let difference = one_moved();
    let text = difference::render(&difference, &BTreeMap::new(), Format::Json, Layout::default());
    let value: Value = serde_json::from_str(&text).expect("JSON");
    let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(value["schema"], difference::SCHEMA);
}

#[test]
fn formats_keep_their_form() {
    let difference = one_moved();
    let meanings = BTreeMap::new();
    let of = |format: Format, layout: Layout| difference::render(&difference, &meanings, format, layout);
    for width in [60, 80, 120] {
        let screen = of(Format::Full, Layout { width, ..Layout::default() });
        for line in screen.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{line}");
        }
        assert!(!screen.contains('\u{1b}'));
    }
    let plain = of(Format::Full, Layout { unicode: false, ..Layout::default() });
    assert!(plain.is_ascii(), "{plain}");
    assert!(of(Format::Full, Layout { colour: true, ..Layout::default() }).contains('\u{1b}'));
    let narrated = of(Format::Narrated, Layout::default());
    assert!(!narrated.contains('─') && !narrated.contains('→'), "{narrated}");
    let concise = of(Format::Concise, Layout::default());
    assert_eq!(concise.lines().count(), difference.systems.len() + 2, "{concise}");
    let page = of(Format::Html, Layout::default());
    let policy = page.replace("&#39;", "'");
    assert!(policy.contains("default-src 'none'") && !page.contains("<script") && !page.contains("style=\""));
    assert!(!page.contains("src=") && !page.contains("href=\"http"), "no request");
}

/// The style is the one whose digest the page allows.
#[test]
fn the_page_allows_its_own_style() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let page = difference::render(&one_moved(), &BTreeMap::new(), Format::Html, Layout::default());
    let style = page.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).expect("a style");
    let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style.as_bytes()));
    let policy = page.replace("&#39;", "'");
    assert!(policy.contains(&format!("style-src 'sha256-{digest}'")), "the digest is sha256-{digest}");
}

#[test]
fn hostile_names_are_harmless_in_every_format() {
    let names = [
        "<script>alert(1)</script>",
        "\u{1b}[31m\u{202e}red",
        "@octocat #12 [x](https://evil.example)",
        "a|b\n\n# heading",
        "\"><img src=x onerror=alert(1)>",
    ];
    for name in names.into_iter().map(str::to_owned).chain([format!("@{}", "x".repeat(10_000))]) {
        let one = json!({"id": name, "name": name, "grouped_by": name, "workloads": 1, "verdict": "justified",
            "through": name, "need": {"score": 50.0, "low": 0.0, "high": 50.0}, "suggested": name,
            "overlay": {"assessed": name, "beside": [], "set_aside": []},
            "statements": [{"key": name, "value": name}], "unknowns": [{"question": name, "key": name}],
            "claims": [{"capability": name, "grade": "proven", "share": 50.0, "rules": [name], "message": name,
                        "evidence": [{"file": name, "line": 3, "object": name, "path": name}]}],
            "findings": [{"code": name, "message": name, "evidence": [{"file": name, "path": name}]}]});
        let two =
            json!({"id": name, "name": name, "need": {"score": 1.0, "low": 0.0, "high": 1.0}, "verdict": "needless"});
        let (old, new) = (read(&report(&[two])), read(&report(&[one])));
        let difference = difference::compare((&old, &name, Origin::Report, None), (&new, &name, Origin::Report, None));
        let of = |format: Format| difference::render(&difference, &BTreeMap::new(), format, Layout::default());
        for format in [Format::Full, Format::Concise, Format::Narrated, Format::Markdown, Format::Html] {
            let said = of(format);
            assert!(!said.chars().any(|c| c != '\n' && kubeworthy::text::sanitize::is_unsafe(c)), "{format:?}: {said}");
            assert!(said.len() < 60_000, "{format:?}: {}", said.len());
        }
        let page = of(Format::Html);
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        let markdown = of(Format::Markdown);
        let arena = comrak::Arena::new();
        let mut options = comrak::Options::default();
        options.extension.table = true;
        options.extension.autolink = true;
        let root = comrak::parse_document(&arena, &markdown, &options);
        for node in root.descendants() {
            match &node.data.borrow().value {
                comrak::nodes::NodeValue::Link(_) | comrak::nodes::NodeValue::Image(_) => panic!("{name}: {markdown}"),
                comrak::nodes::NodeValue::Text(text) => {
                    assert!(!text.contains("@octo") && !text.contains("#12") && !text.contains("@xx"), "{text}");
                }
                comrak::nodes::NodeValue::HtmlInline(html) => assert_eq!(html, "<br>"),
                _ => {}
            }
        }
        assert!(serde_json::from_str::<Value>(&of(Format::Json)).is_ok());
    }
}

#[test]
fn the_corpus_and_a_part_of_it_are_compared() {
    let Some(corpus) = support::corpus() else { return };
    let files = corpus.join("files");
    let parts: Vec<PathBuf> = {
        let mut parts: Vec<PathBuf> =
            std::fs::read_dir(&files).expect("the files").flatten().map(|entry| entry.path()).collect();
        parts.sort();
        parts
    };
    let (old, new) = (read(&report_of(&parts[..parts.len() / 2])), read(&report_of(&parts[parts.len() / 3..])));
    let difference = compared(&old, &new);
    assert!(difference.systems.iter().any(|change| change.status == Status::New));
    assert!(difference.systems.iter().any(|change| change.status == Status::Gone));
    let page = difference::render(&difference, &BTreeMap::new(), Format::Markdown, Layout::default());
    assert!(page.len() <= 60_000, "{}", page.len());
    for change in &difference.systems {
        let score = |side: &Option<difference::Summary>| side.as_ref().map_or(0.0, |one| one.need.score);
        let sum: f64 = change.claims.iter().map(|claim| claim.share_moved).sum();
        assert!((sum - (score(&change.new) - score(&change.old))).abs() < 1e-6, "{change:?}");
    }
    assert!(compared(&new, &new).systems.is_empty());
}
