//! The HTML report: one file that asks for nothing, well formed, harmless whatever stands in the input, readable, and
//! looked at in a real browser.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "helpers of tests fail by saying so"
)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/estates_in_folders.rs"]
mod estates_in_folders;
#[path = "support/page.rs"]
mod page;
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use kubeworthy::assessment::Assessment;
use kubeworthy::report::{Format, Layout, Verbosity, render};
use kubeworthy::text::sanitize::is_unsafe;
use page::Page;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use support::{assess_paths, kit};

/// What a report of a hundred systems may have, in bytes.
const MOST: usize = 300 * 1024;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn html(assessment: &Assessment) -> String {
    render(assessment, Format::Html, Layout::default())
}

fn report_of(fixture: &str) -> String {
    html(&assess_paths(&[fixtures().join(fixture)], &kit()))
}

/// Every fixture that is a folder, by its name.
fn all_fixtures() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(fixtures())
        .expect("the fixtures")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    names
}

#[test]
fn every_report_is_well_formed_and_asks_for_nothing() {
    let kit = kit();
    for name in all_fixtures() {
        let assessment = assess_paths(&[fixtures().join(&name)], &kit);
        for verbosity in [Verbosity::Normal, Verbosity::Verbose] {
            let text = render(&assessment, Format::Html, Layout { verbosity, ..Layout::default() });
            Page::parse(&text).assert_sound(&name);
        }
    }
    Page::parse(&html(&assess_paths(&[], &kit))).assert_sound("nothing");
}

#[test]
fn the_policy_lets_the_own_style_and_script_in_and_nothing_else() {
    let page = Page::parse(&report_of("notes-on-three-replicas"));
    let policy = page.policy();
    let digest = |text: &str| base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
    let expected = [
        "default-src 'none'".to_owned(),
        format!("style-src 'sha256-{}'", digest(&page.inline("style"))),
        format!("script-src 'sha256-{}'", digest(&page.inline("script"))),
        "img-src data:".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
    ];
    assert_eq!(policy.split("; ").collect::<Vec<_>>(), expected);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let kit = kit();
    let paths = [fixtures().join("many-teams-one-cluster"), fixtures().join("one-vm-blog")];
    let (one, other) = (assess_paths(&paths, &kit), assess_paths(&[paths[1].clone(), paths[0].clone()], &kit));
    assert!(html(&one) == html(&other), "the order of the inputs changes the report");
}

#[test]
fn hostile_names_are_harmless() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let long = "n".repeat(10 * 1024);
    let names = [
        "</title></style></script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "javascript:alert(1)",
        "\u{202e}\u{2066}gpj.exe\u{2069}",
        "\u{1b}]8;;https://evil.example\u{7}click\u{1b}[31m",
        "two\nlines\r\nand\u{2028}more",
        "=cmd|' /C calc'!A0",
        "| a | b | @everyone `code` [x](javascript:alert(1))",
        long.as_str(),
    ];
    for (index, name) in names.iter().enumerate() {
        let quoted = serde_json::to_string(name).expect("a string");
        let file = format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {quoted}, namespace: {quoted}}}\nspec:\n  replicas: 3\n  \
             template:\n    spec:\n      containers:\n        - {{name: {quoted}, image: {quoted}}}\n      volumes:\n        - \
             {{name: {quoted}, persistentVolumeClaim: {{claimName: {quoted}}}}}\n"
        );
        std::fs::write(folder.path().join(format!("{index}-<b>\u{202e}&.yaml")), file).expect("written");
    }
    let kit = kit();
    for (what, paths) in [("made", folder.path().to_path_buf()), ("fixture", fixtures().join("hostile-names"))] {
        let assessment = assess_paths(&[paths], &kit);
        assert!(!assessment.systems.is_empty(), "{what}: nothing was read");
        for verbosity in [Verbosity::Normal, Verbosity::Verbose] {
            let text = render(&assessment, Format::Html, Layout { verbosity, ..Layout::default() });
            let page = Page::parse(&text);
            page.assert_sound(what);
            let odd: Vec<char> = text.chars().filter(|character| is_unsafe(*character) && *character != '\n').collect();
            assert!(odd.is_empty(), "{what}: {odd:?}");
            assert!(text.len() < 4 * MOST, "{what}: a long name makes {} bytes", text.len());
        }
    }
    let text = html(&assess_paths(&[folder.path().to_path_buf()], &kit));
    assert!(text.contains("&lt;script&gt;alert(1)"), "the names are there, as text");
}

#[test]
fn a_hundred_systems_stay_small() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    estates_in_folders::write(folder.path(), 100);
    let assessment = assess_paths(&[folder.path().to_path_buf()], &kit());
    assert_eq!(assessment.systems.len(), 100);
    let text = html(&assessment);
    Page::parse(&text).assert_sound("a hundred systems");
    println!("a hundred systems: {} KiB", text.len() / 1024);
    assert!(text.len() < MOST, "{} bytes", text.len());
}

#[test]
fn the_picture_shows_every_system_once_and_none_on_another() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    estates_in_folders::write(folder.path(), 100);
    let text = html(&assess_paths(&[folder.path().to_path_buf()], &kit()));
    let drawing = text.split("<svg viewBox").nth(1).and_then(|rest| rest.split("</svg>").next()).expect("a drawing");
    let (mut addresses, mut outlines) = (BTreeSet::new(), BTreeSet::new());
    for mark in drawing.split("<a class=").skip(1) {
        let between =
            |from: &str| mark.split(from).nth(1).and_then(|rest| rest.split('"').next()).expect("an attribute");
        addresses.insert(between("href=\""));
        outlines.insert(between(" d=\""));
        assert!(mark.contains("<title>"), "a mark without its figures");
    }
    assert_eq!((addresses.len(), outlines.len()), (100, 100), "systems, and their places");
}

#[test]
fn the_corpus_stays_small() {
    let Some(corpus) = support::corpus() else { return };
    let kit = kit();
    let mut folders: Vec<PathBuf> = std::fs::read_dir(corpus.join("files"))
        .expect("the files of the corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    let some: Vec<PathBuf> = folders.into_iter().step_by(5).collect();
    for (what, paths) in [("a part of the corpus", some), ("the corpus", vec![corpus])] {
        let assessment = assess_paths(&paths, &kit);
        let text = html(&assessment);
        Page::parse(&text).assert_sound(what);
        let systems = assessment.systems.len();
        println!("{what}, {systems} systems: {} KiB", text.len() / 1024);
        assert!(text.len() < MOST * systems.max(100) / 100, "{what}: {} bytes", text.len());
    }
}

#[test]
fn every_text_has_contrast_in_both_themes() {
    let style = Page::parse(&report_of("one-vm-blog")).inline("style");
    let themes = page::themes(&style);
    let pairs = page::text_on_ground();
    for (theme, colours) in ["light", "dark"].iter().zip(&themes) {
        for (name, _) in colours {
            let is_used = pairs.iter().any(|(text, ground)| text == name || ground == name);
            assert!(is_used || ["line", "ground"].contains(&name.as_str()), "nothing says what --{name} stands on");
        }
        for (text, ground) in &pairs {
            let contrast = page::contrast(page::colour(colours, text), page::colour(colours, ground));
            assert!(contrast >= 4.5, "{theme}: --{text} on --{ground} has a contrast of {contrast:.2}");
        }
        // The ground of the picture gets stronger with every kind of target that reaches a place.
        let card = page::colour(colours, "card");
        let strongest = (0..14).fold(card, |under, _| page::blended(under, page::colour(colours, "ground"), 0.045));
        let contrast = page::contrast(page::colour(colours, "ink"), strongest);
        assert!(contrast >= 4.5, "{theme}: names on the picture's strongest ground have {contrast:.2}");
    }
}

#[test]
fn a_browser_shows_it_without_a_complaint() {
    let Some(browser) = browser::browser() else { return };
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let many = folder.path().join("many");
    estates_in_folders::write(&many, 100);
    let mut inputs = vec![
        ("notes-on-three-replicas", fixtures().join("notes-on-three-replicas")),
        ("shop-on-a-cluster", fixtures().join("shop-on-a-cluster")),
        ("hostile-names", fixtures().join("hostile-names")),
        ("a-hundred-systems", many),
    ];
    inputs.extend(support::corpus().map(|corpus| ("corpus", corpus)));
    let kit = kit();
    for (name, path) in inputs {
        let assessment = assess_paths(&[path], &kit);
        let file = folder.path().join(format!("{name}.html"));
        std::fs::write(&file, html(&assessment)).expect("written");
        let seen = browser.look(&file, name);
        println!(
            "{name}: {} systems, shown after {:.0} ms without script, {} sheets of paper",
            assessment.systems.len(),
            seen["milliseconds"].as_f64().expect("a time"),
            seen["printed"]["sheets"]
        );
        assert_seen(name, &seen, assessment.systems.len());
    }
}

fn assert_seen(name: &str, seen: &Value, systems: usize) {
    let none = Value::Array(Vec::new());
    for part in ["script", "plain"] {
        assert_eq!(seen[part]["errors"], none, "{name}: {part}");
        assert_eq!(seen[part]["requests"], none, "{name}: {part}");
    }
    assert_eq!(seen["plain"]["overflow"], none, "{name}: wider than a phone");
    assert_eq!(seen["plain"]["systems"], systems, "{name}: rows without script");
    assert_eq!(seen["plain"]["form"], false, "{name}: a filter that does nothing without script");
    assert_eq!(seen["axe"], none, "{name}");
    assert_eq!(seen["printed"]["hidden"], 0, "{name}: folded on paper");
    assert!(seen["printed"]["sheets"].as_u64().is_some_and(|sheets| sheets > 0), "{name}: nothing printed");
    // Time is noisy where others work too; a page that took ten times what it takes would still be found.
    assert!(seen["milliseconds"].as_f64().is_some_and(|taken| taken < 10_000.0), "{name}: {}", seen["milliseconds"]);
    if systems < 2 {
        return;
    }
    let words = |value: &Value| -> Vec<String> {
        value.as_array().expect("a list").iter().map(|one| one.as_str().expect("a word").to_owned()).collect()
    };
    let sorts = &seen["script"]["sorts"];
    let (before, up, down) = (words(&sorts["before"]), words(&sorts["up"]), words(&sorts["down"]));
    assert_eq!((sorts["ascending"].as_str(), sorts["descending"].as_str()), (Some("ascending"), Some("descending")));
    assert_eq!(before.len(), systems, "{name}");
    let mut sorted = (before.clone(), up.clone());
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1, "{name}: sorting loses a row");
    assert!(up != down, "{name}: sorting by name changes nothing");
    let needs: Vec<f64> = sorts["needs"].as_array().expect("needs").iter().filter_map(Value::as_f64).collect();
    assert!(needs.len() == systems && needs.is_sorted_by(|a, b| a >= b), "{name}: not sorted by need");
    let filters = &seen["script"]["filters"];
    let found = words(&filters["found"]);
    let wanted = filters["wanted"].as_str().expect("a name");
    assert!(found.iter().any(|one| one == wanted), "{name}: {wanted} is not found among {found:?}");
    assert!(filters["said"].as_str().is_some_and(|said| said.starts_with(&found.len().to_string())), "{name}");
    let (verdict, left) = (&filters["verdict"], filters["left"].as_array().expect("rows"));
    assert!(!left.is_empty() && left.iter().all(|one| one == verdict), "{name}: {left:?}");
}
