//! What people read in a terminal, at every width, with and without Unicode, colours and links, quiet and verbose: laws
//! that hold for every screen, and a few screens that are kept. `UPDATE=1 cargo test` writes those anew.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/hostile_names.rs"]
mod hostile_names;
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use kubeworthy::assessment::{Assessment, Excerpts};
use kubeworthy::language::{Language, Voice};
use kubeworthy::report::{Format, Layout, Verbosity, render};
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;
use kubeworthy::text::sanitize::is_unsafe;
use kubeworthy::{Kit, assess};
use unicode_width::UnicodeWidthStr;

const FORMATS: [Format; 4] = [Format::Full, Format::Concise, Format::Wide, Format::Narrated];
const VERBOSITIES: [Verbosity; 3] = [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every story of the fixtures, with its name.
fn stories() -> Vec<(String, PathBuf)> {
    let folders = |below: &str| {
        let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join(below))
            .expect("the fixtures")
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
    };
    let all = folders("fixtures").into_iter().filter(|path| path.join("expect.yaml").is_file());
    let all = all.chain(folders("fixtures/cases")).chain(folders("fixtures/ladder"));
    all.map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), path)).collect()
}

fn assessed(path: &Path, kit: &Kit) -> Assessment {
    support::assess_paths(&[path.to_owned()], kit)
}

/// The text without escape sequences of ours: colours and links.
fn stripped(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// The text without links, whatever its colours.
fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}]8;;") {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find("\u{1b}\\").expect("a link ends");
        rest = &rest[at + end + 2..];
    }
    plain + rest
}

/// Names and whatever else of the input is no ASCII.
fn is_ascii_input(path: &Path) -> bool {
    walkdir::WalkDir::new(path).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).all(
        |entry| {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default()).into_owned();
            text.is_ascii() && !text.contains("\\u")
        },
    )
}

/// Holds all laws against one assessment.
fn lawful(what: &str, assessment: &Assessment, widths: &[usize], input_is_ascii: bool) {
    for format in FORMATS {
        for verbosity in VERBOSITIES {
            for &width in widths {
                let plain = Layout { width, verbosity, ..Layout::default() };
                let text = render(assessment, format, plain);
                let at = format!("{what}, {format:?}, {verbosity:?}, {width} columns");
                assert!(!text.trim().is_empty() && text.ends_with('\n'), "{at}: nothing is said");
                check_lines(&at, &text, (format, width));
                let coloured = render(assessment, format, Layout { colour: true, links: true, ..plain });
                assert_eq!(stripped(&coloured), text, "{at}: colours and links change the words");
                let unlinked = render(assessment, format, Layout { colour: true, ..plain });
                assert_eq!(without_links(&coloured), unlinked, "{at}: links change the colours");
                let ascii = render(assessment, format, Layout { unicode: false, ..plain });
                check_lines(&at, &ascii, (format, width));
                if input_is_ascii {
                    let strange: Vec<&str> = ascii.lines().filter(|line| !line.is_ascii()).collect();
                    assert!(strange.is_empty(), "{at}: not in ASCII: {strange:?}");
                }
            }
        }
    }
    quiet_is_part_of_normal(what, assessment);
    narrated_draws_nothing(what, assessment);
}

fn check_lines(at: &str, text: &str, (format, width): (Format, usize)) {
    for line in text.lines() {
        let unsafe_one = line.chars().find(|character| is_unsafe(*character));
        assert!(unsafe_one.is_none(), "{at}: {unsafe_one:?} in {line:?}");
        assert_eq!(line.trim_end(), line, "{at}: blanks at the end");
        // Tables for other programs and lines for editors are as wide as they have to be.
        if matches!(format, Format::Full | Format::Narrated) {
            assert!(line.width() <= width, "{at}: {} columns in {line:?}", line.width());
        }
    }
}

/// What is said quietly is said of each system, once, the estate first.
fn quiet_is_part_of_normal(what: &str, assessment: &Assessment) {
    let layout = Layout { width: 400, verbosity: Verbosity::Quiet, ..Layout::default() };
    let text = render(assessment, Format::Full, layout);
    let systems = assessment.systems.len();
    let lines = text.lines().filter(|line| !line.starts_with(' ')).count();
    assert!(lines == systems + 1 || (systems == 1 && lines == 1), "{what}: {lines} verdicts for {systems} systems");
    let concise = render(assessment, Format::Concise, layout);
    assert_eq!(concise.lines().count(), systems + 1, "{what}: a line for each verdict");
    let normal = render(assessment, Format::Concise, Layout::default());
    assert!(normal.starts_with(&concise), "{what}: verdicts stand first");
}

/// What is read aloud has no picture in it.
fn narrated_draws_nothing(what: &str, assessment: &Assessment) {
    let text = render(assessment, Format::Narrated, Layout { verbosity: Verbosity::Normal, ..Layout::default() });
    for sign in ['─', '━', '┼', '●', '■', '▣', '□', '✓', '→', '↷', '│', '╰', '╭'] {
        assert!(!text.contains(sign), "{what}: {sign} is read aloud");
    }
    assert!(!text.lines().any(|line| line.trim_start().contains("   ")), "{what}: columns are read aloud");
}

#[test]
fn every_screen_of_every_story_keeps_the_laws() {
    let kit = support::kit();
    let stories = stories();
    assert!(stories.len() > 30, "{}", stories.len());
    for (name, path) in stories {
        lawful(&name, &assessed(&path, &kit), &[40, 60, 80, 120], is_ascii_input(&path));
    }
}

#[test]
fn an_estate_of_the_size_of_the_corpus_stays_readable() {
    let Some(corpus) = support::corpus() else { return };
    let kit = support::kit();
    let assessment = assessed(&corpus.join("files"), &kit);
    assert!(assessment.systems.len() > 60, "{}", assessment.systems.len());
    lawful("the corpus", &assessment, &[60, 80], false);
    let text = render(&assessment, Format::Full, Layout { width: 80, ..Layout::default() });
    let table: Vec<&str> =
        text.lines().skip_while(|line| *line != "Systems").take_while(|line| !line.is_empty()).collect();
    assert!(table.len() > 10 && table.len() < 70, "{} lines for {} systems", table.len(), assessment.systems.len());
    let counted: usize =
        table[1].split('·').map(|part| part.split_whitespace().next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(counted, assessment.systems.len(), "the counts stand first: {}", table[1]);
    let verbose =
        render(&assessment, Format::Full, Layout { width: 80, verbosity: Verbosity::Verbose, ..Layout::default() });
    let rows = verbose.lines().skip_while(|line| *line != "Systems").take_while(|line| !line.is_empty()).count();
    assert!(rows > assessment.systems.len(), "a verbose screen lists all of them");
}

/// A deployment with a name of the reader's enemy.
fn named(name: &str, kit: &Kit) -> Assessment {
    let name = serde_json::to_string(name).expect("a text");
    let text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {name}}}\nspec:\n  replicas: 3\n  template: {{spec: {{containers: [{{name: {name}, image: nginx}}]}}}}\n"
    );
    let files = vec![SourceFile::new("deploy/web.yaml".to_owned(), text)];
    let collected = Collected { files, ..Collected::default() };
    assess(&collected, kit)
}

#[test]
fn hostile_names_stay_on_their_line() {
    let kit = support::kit();
    let long = "n".repeat(10_000);
    let ours = [
        "\u{1b}[31mred\u{1b}]8;;https://evil.example\u{1b}\\link\u{7}",
        "\u{1}bold\u{3}KW103\u{11}",
        "\u{202e}txt.exe\u{2066}",
        "two\nlines\r\nthree",
        "<script>alert(1)</script> | @everyone =1+1",
        "日本語のなまえ日本語のなまえ日本語のなまえ",
        long.as_str(),
    ];
    for name in ours.into_iter().chain(hostile_names::DANGEROUS.iter().copied()) {
        let assessment = named(name, &kit);
        assert_eq!(assessment.systems.len(), 1, "{name:?}");
        lawful(&format!("{name:.20?}"), &assessment, &[40, 80], false);
        let linked = render(&assessment, Format::Full, Layout { links: true, ..Layout::default() });
        assert!(!linked.contains("evil.example\u{1b}"), "a link from the input");
    }
}

#[test]
fn snippets_underline_the_columns_that_are_pointed_at() {
    let assessment = named("web", &support::kit());
    let layout = Layout { width: 80, verbosity: Verbosity::Verbose, ..Layout::default() };
    let text = render(&assessment, Format::Full, layout);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains(" 2 │ kind: Deployment")).unwrap_or_else(|| panic!("{text}"));
    let (shown, under) = (lines[at], lines[at + 1]);
    let column = |line: &str, sign: &str| line.find(sign).map(|byte| line[..byte].width());
    assert_eq!(column(shown, "kind"), column(under, "───"), "{shown}\n{under}");
    let without = Assessment { excerpts: Excerpts::default(), ..assessment };
    assert!(!render(&without, Format::Full, layout).contains("kind: Deployment"), "nothing is quoted that may not be");
}

#[test]
fn a_verbose_screen_says_more_and_nothing_less() {
    let kit = support::kit();
    for story in ["notes-on-three-replicas", "shop-on-a-cluster", "own-operator"] {
        let assessment = assessed(&root().join("fixtures").join(story), &kit);
        let text = |verbosity: Verbosity| render(&assessment, Format::Full, Layout { verbosity, ..Layout::default() });
        let (normal, verbose) = (text(Verbosity::Normal), text(Verbosity::Verbose));
        assert!(verbose.lines().count() > normal.lines().count(), "{story}");
        for system in &assessment.systems {
            for fit in system.targets.iter().filter(|_| assessment.systems.len() == 1) {
                let begins: String = fit.name.chars().take(20).collect();
                assert!(verbose.contains(&begins), "{story}: {} is not compared", fit.name);
            }
        }
    }
}

#[test]
fn screens_in_french_keep_the_laws() {
    let kit = support::kit();
    let assessment = assessed(&root().join("fixtures/notes-on-three-replicas"), &kit);
    for width in [40, 60, 80, 120] {
        let layout = Layout { width, voice: Voice::of(Language::French), ..Layout::default() };
        for format in FORMATS {
            check_lines("French", &render(&assessment, format, layout), (format, width));
        }
    }
}

/// What the program prints for a story with these variables in its environment, as a pipe sees it.
fn printed(story: &str, words: &[&str], environment: &[(&str, &str)]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "FORCE_HYPERLINK", "NO_GRAPHICS", "COLUMNS"] {
        command.env_remove(name);
    }
    let output = command
        .arg("assess")
        .arg(format!("fixtures/{story}"))
        .args(words)
        .env("SOURCE_DATE_EPOCH", "1795651200")
        .env("LC_ALL", "C")
        .envs(environment.iter().copied())
        .current_dir(root())
        .output()
        .expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn the_environment_and_the_flags_decide_about_colours() {
    const STORY: &str = "notes-on-three-replicas";
    let is_coloured =
        |words: &[&str], environment: &[(&str, &str)]| printed(STORY, words, environment).0.contains("\u{1b}[");
    assert!(!is_coloured(&[], &[]), "a pipe has no colours");
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_coloured(&[], &[("FORCE_COLOR", "1")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "0")]) && !is_coloured(&[], &[("FORCE_COLOR", "0")]));
    assert!(!is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "NO_COLOR is stronger");
    assert!(is_coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")]), "an empty NO_COLOR says nothing");
    assert!(is_coloured(&["--color", "always"], &[("NO_COLOR", "1")]), "the flag is stronger than both");
    assert!(!is_coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(is_coloured(&["--color", "always"], &[("TERM", "dumb")]), "the flag is stronger than the terminal");
    let file = tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    let output = format!("full={}", file.path().display());
    printed(STORY, &["--color", "always", "--hyperlinks", "always", "-o", &output], &[]);
    let text = std::fs::read_to_string(file.path()).expect("a screen");
    assert!(text.contains("What was read") && !text.contains('\u{1b}'), "a file never has colours or links");
}

#[test]
fn links_and_characters_follow_the_flags() {
    const STORY: &str = "notes-on-three-replicas";
    let (plain, _) = printed(STORY, &[], &[]);
    assert!(plain.contains('─'), "a pipe has Unicode in any locale");
    let (ascii, _) = printed(STORY, &["--charset", "ascii"], &[]);
    assert!(ascii.is_ascii(), "{:?}", ascii.lines().find(|line| !line.is_ascii()));
    let (linked, _) = printed(STORY, &["--hyperlinks", "always"], &[]);
    assert!(linked.contains("\u{1b}]8;;http"), "codes are links");
    assert_eq!(without_links(&linked), plain);
    let (forced, _) = printed(STORY, &[], &[("FORCE_HYPERLINK", "1")]);
    assert_eq!(forced, linked);
    let (never, _) = printed(STORY, &["--hyperlinks", "never"], &[("FORCE_HYPERLINK", "1")]);
    assert_eq!(never, plain);
}

#[test]
fn without_graphics_the_screen_and_the_messages_are_sentences() {
    let (told, said) = printed("hostile-names", &[], &[("NO_GRAPHICS", "1")]);
    assert_eq!(told, printed("hostile-names", &["-o", "narrated"], &[]).0);
    assert!(said.contains("Diagnostic severity: warning"), "{said}");
    for sign in ['─', '│', '╭', '⚠'] {
        assert!(!told.contains(sign) && !said.contains(sign), "{sign}: {said}");
    }
    let (_, in_ascii) = printed("hostile-names", &["--charset", "ascii"], &[]);
    assert!(in_ascii.is_ascii() && in_ascii.contains("half-a-secret.yaml:7:10"), "{in_ascii}");
}

/// Screens that are kept, so that somebody looks at each change of them.
const KEPT: &[(&str, &str, &[&str])] = &[
    ("full-80", "notes-on-three-replicas", &["--width", "80"]),
    ("full-60-ascii", "own-operator", &["--width", "60", "--charset", "ascii"]),
    ("full-40", "one-vm-blog", &["--width", "40"]),
    ("verbose-100", "one-vm-blog", &["--width", "100", "--verbose"]),
    ("quiet-80", "shop-on-a-cluster", &["--width", "80", "--quiet"]),
    ("narrated-80", "one-vm-blog", &["--width", "80", "-o", "narrated"]),
    ("concise", "hostile-names", &["-o", "concise"]),
    ("wide", "shop-on-a-cluster", &["-o", "wide"]),
];

#[test]
fn screens_are_as_they_are_kept() {
    for (name, story, words) in KEPT {
        let (text, _) = printed(story, words, &[]);
        let path = root().join("tests/screens").join(format!("{name}.txt"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(&path, &text).expect("written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let different = text.lines().zip(kept.lines().chain(std::iter::repeat(""))).find(|(now, then)| now != then);
        assert_eq!(
            text, kept,
            "tests/screens/{name}.txt differs first at {different:?}; look at it, then run `UPDATE=1 cargo test --test screen`"
        );
    }
}
