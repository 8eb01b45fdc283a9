//! What is suppressed, beyond the report itself: differences, decision records, the wide table, what auditors see, and what
//! hooks tell of a part of a repository.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

struct Notes(tempfile::TempDir);

impl Notes {
    /// A copy of the example, in a repository of its own.
    fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        std::fs::create_dir(folder.path().join(".git")).expect("a repository");
        let notes = Self(folder);
        notes.copy("notes-on-three-replicas", "notes");
        notes
    }

    fn copy(&self, story: &str, to: &str) {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(story);
        std::fs::create_dir_all(self.at(to)).expect("a folder");
        for entry in std::fs::read_dir(from).expect("a story").flatten() {
            if entry.file_name() != "expect.yaml" && entry.path().is_file() {
                std::fs::copy(entry.path(), self.at(to).join(entry.file_name())).expect("a copy");
            }
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn edit(&self, name: &str, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.at(name)).expect("a file");
        assert!(text.contains(old), "{old} in {name}");
        std::fs::write(self.at(name), text.replacen(old, new, 1)).expect("written");
    }

    /// A finding and a claim go behind suppressions, on their lines.
    fn suppress(&self) {
        self.edit("notes/worker.yaml", "minAvailable: 1", "minAvailable: 1 # kubeworthy: ignore[KW106] moved by hand");
        self.edit(
            "notes/nightly-dump.yaml",
            "claimName: dumps",
            "claimName: dumps # kubeworthy: ignore[KW501] a *cache*",
        );
        self.edit("notes/postgres.yaml", "apiVersion", "# kubeworthy: ignore-file[KW501] a *cache*\napiVersion");
    }

    fn run(&self, words: &[&str]) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
            .args(words)
            .env("SOURCE_DATE_EPOCH", "1795651200")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.0.path())
            .output()
            .expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    fn out(&self, words: &[&str]) -> String {
        let (code, out, said) = self.run(words);
        assert_eq!(code, Some(0), "{words:?}: {out}{said}");
        out
    }

    fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.out(words)).expect("JSON")
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn what_goes_behind_a_suppression_is_told_once_and_is_not_gone() {
    let notes = Notes::new();
    notes.out(&["assess", "notes", "-q", "-o", "json=old.report"]);
    notes.suppress();
    notes.out(&["assess", "notes", "-q", "-o", "json=new.report"]);
    let there = notes.json(&["diff", "old.report", "new.report", "-o", "json"]);
    let system = &there["systems"][0];
    let codes = |list: &[Value], moved: &str| -> Vec<String> {
        let of = list.iter().filter(|each| each["moved"] == moved);
        of.map(|each| each["code"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let suppressed = list(&system["suppressed"]);
    assert!(codes(suppressed, "new").contains(&"KW106".to_owned()), "{system}");
    assert!(codes(suppressed, "new").contains(&"KW501".to_owned()), "{system}");
    let reasons: Vec<&Value> = suppressed.iter().map(|each| &each["reason"]).collect();
    assert!(reasons.contains(&&Value::from("moved by hand")), "{reasons:?}");
    assert!(!list(&system["findings"]).iter().any(|each| each["code"] == "KW106"), "not gone: {system}");
    for format in ["full", "narrated", "markdown", "html"] {
        let told = notes.out(&["diff", "old.report", "new.report", "-o", format, "--width", "400"]);
        assert!(told.contains("does not count any more"), "{format}: {told}");
        assert_eq!(told.matches("KW106").count(), 1, "{format}: {told}");
    }
    let french = notes.out(&["diff", "old.report", "new.report", "--lang", "fr", "--width", "400"]);
    assert!(french.contains("ne compte plus") && french.contains("moved by hand"), "{french}");
    // And back: it counts again, which is no new finding either.
    let back = notes.json(&["diff", "new.report", "old.report", "-o", "json"]);
    assert!(codes(list(&back["systems"][0]["suppressed"]), "gone").contains(&"KW106".to_owned()), "{back}");
    assert!(!list(&back["systems"][0]["findings"]).iter().any(|each| each["code"] == "KW106"), "{back}");
    let told = notes.out(&["diff", "new.report", "old.report", "--width", "400"]);
    assert!(told.contains("counts again"), "{told}");
}

#[test]
fn a_record_and_the_wide_table_tell_both_needs() {
    let notes = Notes::new();
    notes.suppress();
    let report = notes.json(&["assess", "notes", "-q", "-o", "json"]);
    let need = &report["systems"][0]["need"];
    let (with, without) = (need["unsuppressed"].as_f64().expect("a need"), need["score"].as_f64().expect("a need"));
    assert!(with > without, "{need}");
    let both = format!("{without} ({with} with what is suppressed)");
    let record = notes.out(&["adr", "notes", "--print"]);
    assert!(record.contains(&both), "{both}: {record}");
    assert!(record.contains("Suppressed: what does not count") && record.contains("moved by hand"), "{record}");
    assert!(record.contains("a \\*cache\\*"), "the reason is text and no markup: {record}");
    let wide = notes.out(&["assess", "notes", "-q", "-o", "wide"]);
    assert!(wide.lines().any(|line| line.ends_with(&both)), "{wide}");
    let ascii = notes.out(&["assess", "notes", "-q", "-o", "wide", "--lang", "fr", "--charset", "ascii"]);
    assert!(!ascii.contains('\u{202f}') && !ascii.contains('\u{a0}'), "{ascii}");
    // A record says how to confirm it, with what changes the numbers.
    let record = notes.out(&["adr", "notes", "--print", "--no-ignores", "--max-file-size", "1MiB"]);
    assert!(record.contains("--no-ignores") && record.contains("--max-file-size 1048576"), "{record}");
    assert!(!record.contains("--max-depth"), "only what differs: {record}");
}

#[test]
fn auditors_see_what_is_not_honoured_in_every_format_for_people() {
    let notes = Notes::new();
    notes.suppress();
    for format in ["full", "narrated", "markdown", "html"] {
        for command in ["assess", "check"] {
            let told = notes.out(&[command, "notes", "--no-ignores", "-o", format]);
            assert!(told.contains("listed and not honoured"), "{command}, {format}: {told}");
            assert!(told.contains("KW106") && told.contains("moved by hand"), "{command}, {format}: {told}");
            assert!(!notes.out(&[command, "notes", "-o", format]).contains("not honoured"), "{command}, {format}");
        }
    }
    let told = notes.out(&["check", "notes", "--no-ignores"]);
    assert!(told.contains("3 suppressions are not honoured (--no-ignores)") && !told.contains("by hand"), "{told}");
    let told = notes.out(&["check", "notes", "--no-ignores", "--verbose"]);
    assert!(told.contains("KW106. The reason: moved by hand"), "{told}");
    // What is honoured is counted in the last line, and listed where everything is.
    let told = notes.out(&["check", "notes"]);
    assert!(told.lines().last().is_some_and(|line| line.contains(" suppressed · gate passed")), "{told}");
    assert!(!told.contains("moved by hand"), "{told}");
    let told = notes.out(&["check", "notes", "--verbose"]);
    assert!(told.lines().any(|line| line.contains("KW106 suppressed: ") && line.ends_with("moved by hand")), "{told}");
}

#[test]
fn a_hook_tells_no_suppressions_of_others() {
    let notes = Notes::new();
    notes.copy("database-quorum", "ledger");
    notes.edit("notes/web.yaml", "apiVersion", "# kubeworthy: ignore-file[KW309] not here\napiVersion");
    // Nor what is odd in files of others.
    notes.edit("notes/web.yaml", "kind: Deployment", "kind: Deployment\nkind: Deployment");
    let said = |changed: &str| notes.run(&["check", "--touched", "--", changed]).2;
    assert!(said("notes/worker.yaml").contains("notes/web.yaml"), "{}", said("notes/worker.yaml"));
    assert_eq!(said("ledger/ledger.yaml").matches("web.yaml").count(), 0, "{}", said("ledger/ledger.yaml"));
    for format in ["concise", "full", "narrated", "markdown", "html", "github", "sarif", "rdjson", "junit", "gitlab"] {
        let told = |changed: &str| notes.run(&["check", "-o", format, "--touched", "--", changed]).1;
        let other = told("ledger/ledger.yaml");
        assert!(!other.contains("KW951"), "{format}: {other}");
        let own = told("notes/worker.yaml");
        assert!(own.contains("KW951") || format == "gitlab" && own.contains("[]"), "{format}: {own}");
    }
}

#[test]
fn a_word_that_is_an_option_and_a_file_is_refused() {
    let notes = Notes::new();
    std::fs::write(notes.at("evil.yaml"), "gate: {fail-on: [none]}\n").expect("written");
    for name in ["--config=evil.yaml", "-q"] {
        std::fs::write(notes.at(name), "a: 1\n").expect("written");
        let (code, out, said) = notes.run(&["check", "--touched", name, "notes/web.yaml"]);
        assert!(code == Some(2) && out.is_empty(), "{name}: {said}");
        assert!(said.contains(&format!("`{name}` is an option and also the name of a file")), "{said}");
        notes.out(&["check", "--touched", "--", name, "notes/web.yaml"]);
        std::fs::remove_file(notes.at(name)).expect("removed");
    }
    notes.out(&["check", "--touched", "-q", "notes/web.yaml"]);
}

#[test]
fn nothing_to_check_is_told_as_no_pass() {
    let notes = Notes::new();
    std::fs::create_dir(notes.at("empty")).expect("a folder");
    std::fs::write(notes.at("empty/a.yaml"), "title: nothing\n").expect("written");
    for format in ["concise", "full", "wide", "narrated", "markdown", "html", "json", "yaml", "sarif", "junit"] {
        let (code, told, _) = notes.run(&["check", "empty", "-o", format]);
        assert_eq!(code, Some(3), "{format}: {told}");
        let lower = told.to_lowercase();
        assert!(!lower.contains("gate passed") && !told.contains('✅'), "{format}: {told}");
        assert!(
            ["nothing checked", "nothing was checked", "nothing-checked"].iter().any(|it| lower.contains(it)),
            "{format}: {told}"
        );
    }
    let (_, told, _) = notes.run(&["check", "empty", "-o", "json"]);
    let gate: Value = serde_json::from_str::<Value>(&told).expect("JSON")["gate"].clone();
    assert_eq!((&gate["passed"], &gate["answer"]), (&Value::from(false), &Value::from("nothing-checked")));
    let gate = notes.json(&["check", "notes", "-o", "json"])["gate"].clone();
    assert_eq!((&gate["passed"], &gate["answer"]), (&Value::from(true), &Value::from("passed")));
}

#[test]
fn a_baseline_is_left_alone_whatever_its_name_and_slashes_change_nothing() {
    let notes = Notes::new();
    notes.suppress();
    std::fs::create_dir(notes.at("ci")).expect("a folder");
    notes.out(&["baseline", "notes", "--baseline", "ci/base.json"]);
    let half = std::fs::read_to_string(notes.at("ci/base.json")).expect("a baseline");
    std::fs::write(notes.at("ci/base.json"), half.replacen("\n  \"version\"", "\n<<<<<<< HEAD\n  \"version\"", 1))
        .expect("written");
    let report = notes.json(&["assess", ".", "-q", "-o", "json"]);
    assert_eq!(report["inputs"]["not_understood"], serde_json::json!([]), "{}", report["inputs"]);
    assert!(report["inputs"]["skipped"].to_string().contains("a baseline of kubeworthy"), "{}", report["inputs"]);
    std::fs::write(notes.at("kubeworthy.yaml"), "availability-target: 99.9\n").expect("written");
    let plain = notes.out(&["assess", "notes", "-q", "-o", "json"]);
    assert!(plain.contains("availability-target"), "{plain}");
    for path in [".//notes", "./notes", "notes/", "./notes/.", ".//notes//"] {
        assert_eq!(notes.out(&["assess", path, "-q", "-o", "json"]), plain, "{path}");
    }
}
