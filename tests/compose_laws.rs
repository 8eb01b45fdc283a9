//! What holds for the reading of every Compose text, as properties.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/compose.rs"]
mod comparison;
#[path = "support/random_compose.rs"]
mod random;
mod support;

use std::path::Path;
use std::sync::OnceLock;

use kubeworthy::Kit;
use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::text::SourceFile;
use proptest::prelude::*;
use serde_json::{Value, json};

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(support::kit)
}

fn read(files: &[(String, String)], choices: &Choices) -> Inventory {
    let files: Vec<SourceFile> =
        files.iter().map(|(name, text)| SourceFile::new(name.clone(), text.as_str())).collect();
    Inventory::read(&files, &[], choices, &kit().tables)
}

/// The projects of an inventory without what depends on the numbering of files.
fn shown(inventory: &Inventory) -> Value {
    let project = |project: &kubeworthy::inventory::compose::Project| {
        let services = |services: &[kubeworthy::inventory::compose::Service]| -> Vec<Value> {
            services.iter().map(|service| json!([service.name, comparison::ours(project, service)])).collect()
        };
        json!([project.folder, project.files, services(&project.services), services(&project.inactive)])
    };
    let messages: std::collections::BTreeSet<&String> =
        inventory.problems.iter().map(|problem| &problem.message).collect();
    json!([inventory.projects.iter().map(project).collect::<Vec<_>>(), messages, inventory.missing])
}

/// The texts of all hand-written projects by their names.
fn texts() -> &'static Vec<(String, String)> {
    static TEXTS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose-cases");
        let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
        let files = files.filter(|entry| entry.file_type().is_file() && entry.file_name() != "case.yaml");
        let text = |entry: walkdir::DirEntry| {
            Some((entry.path().display().to_string(), std::fs::read_to_string(entry.path()).ok()?))
        };
        files.filter_map(text).collect()
    })
}

/// A random project as texts.
fn project(seed: u64) -> (Vec<(String, String)>, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let named = random::write(folder.path(), seed);
    let prefix = format!("{}/", folder.path().display());
    let short = |path: &Path| path.display().to_string().trim_start_matches(&prefix).to_owned();
    let files = walkdir::WalkDir::new(folder.path()).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let files =
        files.map(|entry| (short(entry.path()), std::fs::read_to_string(entry.path()).expect("text"))).collect();
    (files, named.iter().map(|name| short(Path::new(name))).collect())
}

/// Changes to a text: at a place, so much is taken away and something is put there.
fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, usize, String)>> {
    let piece = prop_oneof![
        "[ -~\n]{0,6}",
        prop::sample::select(vec![
            "${",
            "}",
            "$$",
            "${A:-",
            "!reset ",
            "!override ",
            "*a",
            "&a ",
            "<<: ",
            "---\n",
            "\n",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "null",
            "services:",
            "extends: web",
            "include: [compose.yaml]",
            "\u{feff}",
            "\r\n",
            "\t",
            "\u{e9}",
            "\0",
            "'",
            "\"",
            "#",
            "|\n",
            "0-99999999999",
            "::",
            "999999999999999999999h",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), 0usize..8, piece), 1..6)
}

fn changed(text: &str, changes: &[(prop::sample::Index, usize, String)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (at, length, piece) in changes {
        let from = at.index(characters.len() + 1);
        let to = (from + length).min(characters.len());
        characters.splice(from..to, piece.chars());
    }
    characters.into_iter().collect()
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200), beside in "\\PC{0,60}") {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let files = [("compose.yaml".to_owned(), text), (".env".to_owned(), beside)];
        read(&files, &Choices::default());
    }

    #[test]
    fn changed_projects_are_read(at: prop::sample::Index, changes in changes(), all: bool) {
        let (name, text) = at.get(texts());
        let mut files = vec![(name.clone(), changed(text, &changes))];
        // Half of them with their neighbours, so that inclusions and extensions lead somewhere.
        let folder = Path::new(name).parent().expect("a folder").display().to_string();
        files.extend(texts().iter().filter(|(other, _)| all && other != name && other.starts_with(&folder)).cloned());
        let profiles = if all { vec!["*".to_owned()] } else { Vec::new() };
        let inventory = read(&files, &Choices { profiles, ..Choices::default() });
        for problem in &inventory.problems {
            prop_assert!(!problem.message.is_empty() && !problem.help.is_empty());
            let length = files.iter().map(|(_, text)| text.len()).max().unwrap_or(0);
            prop_assert!(problem.span.is_none_or(|span| span.start <= span.end && span.end as usize <= length));
        }
    }

    #[test]
    fn the_order_of_the_files_means_nothing(seed in 0u64..10_000, shift in 0usize..12, is_named: bool) {
        let (mut files, named) = project(seed);
        let compose_files = if is_named { named } else { Vec::new() };
        let choices = Choices { compose_files, ..Choices::default() };
        let expected = shown(&read(&files, &choices));
        let count = files.len();
        files.rotate_left(shift % count);
        if shift % 2 == 0 {
            files.reverse();
        }
        prop_assert_eq!(shown(&read(&files, &choices)), expected);
    }
}
