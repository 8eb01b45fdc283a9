//! Every story under `fixtures/` comes out as somebody who has lived it expects, in `expect.yaml`, written by hand.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/story.rs"]
mod story;
mod support;

use std::path::{Path, PathBuf};

use kubeworthy::choices::Choices;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::source::{Input, collect};

fn stories() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let walk = walkdir::WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name();
    walk.into_iter()
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|folder| folder.join("expect.yaml").is_file())
        .collect()
}

#[test]
fn every_story_comes_out_as_expected() {
    let kit = support::kit();
    let mut failures = Vec::new();
    let stories = stories();
    assert!(stories.len() >= 20);
    for folder in stories {
        let expected = story::read(&folder);
        let variants = expected.variants.iter().map(|(name, variant)| (format!(", {name}"), variant));
        for (variant, expected) in std::iter::once((String::new(), &expected)).chain(variants) {
            let assessment = story::assess(&folder, expected, &kit);
            for difference in story::differences(expected, &assessment) {
                failures.push(format!("{}{variant}: {difference}", folder.file_name().unwrap_or_default().display()));
            }
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
        let text = render(&assessment, format, Layout { width: 100, colour: false, ..Layout::default() });
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
