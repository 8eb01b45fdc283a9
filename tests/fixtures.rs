//! Every story under `fixtures/` comes out as somebody who has lived it expects, in `expect.yaml`, written by hand.
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

use kubeworthy::choices::Choices;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::source::{Input, collect};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Expectation {
    story: String,
    why: String,
    #[serde(default)]
    paths: Vec<String>,
    estate: Estate,
    #[serde(default)]
    claims: BTreeMap<String, String>,
    #[serde(default)]
    no_claims: Vec<String>,
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    no_findings: Vec<String>,
    #[serde(default)]
    unknowns: Vec<String>,
    not_understood: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Estate {
    verdict: String,
    need: Bounds,
    confidence: Bounds,
    #[serde(default)]
    suggested: Vec<String>,
    availability: Option<Rungs>,
    scale: Option<Rungs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bounds {
    at_least: Option<f64>,
    at_most: Option<f64>,
}

impl Bounds {
    fn hold(&self, value: f64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rungs {
    low: u8,
    high: u8,
}

fn stories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let walk = walkdir::WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name();
    walk.into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_dir())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// The differences between what a story expects and what is found.
fn differences(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("expect.yaml")).expect("every story has an expect.yaml");
    let expected: Expectation = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    assert!(!expected.story.is_empty() && !expected.why.is_empty());
    let paths = if expected.paths.is_empty() { vec![String::new()] } else { expected.paths.clone() };
    let inputs: Vec<Input> = paths.iter().map(|path| Input::Path(folder.join(path))).collect();
    let mut collected = collect(&inputs, &Choices::default());
    collected.files.retain(|file| file.base_name() != "expect.yaml");
    let kit = support::kit();
    let assessment = kubeworthy::assess(&collected, &kit);
    let estate = &assessment.estate;
    let mut differences = Vec::new();
    let mut check = |holds: bool, what: String| {
        if !holds {
            differences.push(what);
        }
    };
    check(estate.verdict.id() == expected.estate.verdict, format!("verdict {}", estate.verdict.id()));
    check(expected.estate.need.hold(estate.need.score), format!("need {}", estate.need.score));
    check(expected.estate.confidence.hold(f64::from(estate.confidence)), format!("confidence {}", estate.confidence));
    let suggested = estate.suggested.clone().unwrap_or_default();
    let any = &expected.estate.suggested;
    check(any.is_empty() || any.contains(&suggested), format!("suggested {suggested}"));
    for (name, rungs, found) in [
        ("availability", &expected.estate.availability, estate.availability),
        ("scale", &expected.estate.scale, estate.scale),
    ] {
        let fits = rungs.as_ref().is_none_or(|rungs| (rungs.low, rungs.high) == (found.low, found.high));
        check(fits, format!("{name} {} to {}", found.low, found.high));
    }
    for (capability, grade) in &expected.claims {
        let found = estate.claims.iter().find(|claim| claim.capability == *capability).map(|claim| claim.grade.id());
        check(found == Some(grade.as_str()), format!("{capability} is {found:?} and not {grade}"));
    }
    for capability in &expected.no_claims {
        check(estate.claims.iter().all(|claim| claim.capability != *capability), format!("{capability} is claimed"));
    }
    let told = |code: &String| estate.findings.iter().any(|finding| finding.code == *code);
    for code in &expected.findings {
        check(told(code), format!("{code} is not told"));
    }
    for code in &expected.no_findings {
        check(!told(code), format!("{code} is told"));
    }
    for key in &expected.unknowns {
        check(estate.unknowns.iter().any(|unknown| unknown.key == *key), format!("{key} is not asked"));
    }
    let count = assessment.inputs.not_understood.len();
    check(expected.not_understood.is_none_or(|expected| expected == count), format!("{count} not understood"));
    differences
}

#[test]
fn every_story_comes_out_as_expected() {
    let mut failures = Vec::new();
    let stories = stories();
    assert!(stories.len() >= 10);
    for folder in stories {
        for difference in differences(&folder) {
            failures.push(format!("{}: {difference}", folder.file_name().unwrap_or_default().display()));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What the hostile story hides in Secrets, environment values, arguments and a URL, plain and as base64.
const CANARIES: [&str; 2] = ["CANARY-7f3a9", "Q0FOQVJZ"];

#[test]
fn secrets_and_control_characters_reach_no_output() {
    let kit = support::kit();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hostile-names");
    let source: String = collect(&[Input::Path(folder.clone())], &Choices::default())
        .files
        .iter()
        .map(|file| file.text.to_string())
        .collect();
    assert!(CANARIES.iter().all(|canary| source.contains(canary)), "the story must hold what is looked for");
    let assessment = support::assess_paths(std::slice::from_ref(&folder), &kit);
    for format in [Format::Full, Format::Json] {
        let text = render(&assessment, format, Layout { width: 100, colour: false });
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} in {format:?}");
        }
        if format == Format::Full {
            let unsafe_character = text.chars().find(|c| *c != '\n' && kubeworthy::text::sanitize::is_unsafe(*c));
            assert_eq!(unsafe_character, None);
        }
    }
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(["assess", "--color", "never"])
        .arg(&folder)
        .output()
        .expect("the program runs");
    let all = [output.stdout, output.stderr].concat();
    let all = String::from_utf8_lossy(&all);
    for canary in CANARIES {
        assert!(!all.contains(canary), "{canary} in a message");
    }
    assert!(!all.contains('\u{1b}'));
}
