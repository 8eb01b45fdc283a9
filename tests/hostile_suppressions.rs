//! What suppressions and the configuration say is somebody's text: in no format, on no screen and in no message does it do
//! anything.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/hostile_names.rs"]
mod hostile_names;

use std::path::Path;
use std::process::Command;

use kubeworthy::text::sanitize::is_unsafe;

const FORMATS: [&str; 15] = [
    "full", "concise", "wide", "narrated", "json", "yaml", "csv", "markdown", "html", "sarif", "github", "gitlab",
    "junit", "rdjson", "adr",
];

/// What is made of a folder on a day: what is written to each file, and what is said.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(arguments)
        .env("SOURCE_DATE_EPOCH", "1795651200")
        .env("LC_ALL", "C.UTF-8")
        .current_dir(folder)
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// As YAML quotes it, with everything beyond ASCII escaped.
fn quoted(text: &str) -> String {
    let escaped = |character: char| match character {
        '"' | '\\' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        other => format!("\\U{:08X}", u32::from(other)),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// No character of it is obeyed by a terminal or hides others, and no line begins what a runner obeys.
fn is_harmless(what: &str, text: &str) {
    let odd = text.chars().find(|character| is_unsafe(*character) && *character != '\n');
    assert!(odd.is_none(), "{what}: {odd:?} in {:?}", text.lines().find(|line| line.contains(odd.unwrap_or(' '))));
    let commands = text.lines().map(str::trim_start).filter(|line| line.starts_with("::"));
    let own = ["::warning ", "::notice ", "::error file=", "::error title="];
    let foreign: Vec<&str> =
        commands.filter(|line| !what.contains("github") || !own.iter().any(|own| line.starts_with(own))).collect();
    assert!(foreign.is_empty(), "{what}: {foreign:?}");
}

fn with_suppressions(folder: &Path, hostile: &[&str]) {
    let mut configuration = String::from("ignore:\n");
    let mut add = |entry: String| configuration.push_str(&format!("  - {entry}\n"));
    for text in hostile {
        // Systems are named by globs, and what is none is a mistake.
        let glob = quoted(&text.replace(['[', ']', '{', '}', '\\'], "-"));
        let text = quoted(text);
        // One that counts, one that covers nothing, one that is over, and one that names somebody's words.
        add(format!("{{rules: KW103, reason: {text}}}"));
        add(format!("{{rules: KW501, reason: {text}, systems: [{glob}]}}"));
        add(format!("{{rules: KW104, reason: {text}, until: 2020-01-01}}"));
        add(format!("{{rules: KW105, reason: r, systems: [{glob}]}}"));
    }
    configuration.push_str("availability-target:\n");
    let first = hostile.first().copied().unwrap_or_default();
    configuration.push_str(&format!("  value: 99.9\n  owner: {}\n", quoted(first)));
    std::fs::write(folder.join("kubeworthy.yaml"), configuration).expect("written");
    let mut manifests = String::new();
    for (index, text) in hostile.iter().enumerate() {
        let text = quoted(text);
        manifests.push_str(&format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web{index}\n  annotations:\n    \
             ignore.kubeworthy/KW101: {text}\n    ignore.kubeworthy/KW502: {text}\n    ignore.kubeworthy/KW9{index}: {text}\n\
             spec:\n  replicas: 3\n  selector: {{matchLabels: {{app: web{index}}}}}\n  template:\n    metadata: {{labels: {{app: web{index}}}}}\n    \
             spec:\n      containers:\n        # kubeworthy: ignore[KW\u{202e}108, nothing] \u{2066}reason\u{200b}\n        \
             - {{name: web, image: {text}}}\n"
        ));
    }
    std::fs::write(folder.join("web.yaml"), manifests).expect("written");
}

#[test]
fn texts_of_suppressions_do_nothing_in_any_format() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a repository");
    let ours =
        ["a\u{7}\u{1b}]0;OWNED\u{7}\u{1b}[2J b\n::error::pwn", "a\u{1}b\u{3}KW103\u{11}", "a\r\n::stop-commands::x"];
    let all: Vec<&str> = ours.into_iter().chain(hostile_names::DANGEROUS.iter().copied()).collect();
    for (number, some) in all.chunks(6).enumerate() {
        with_suppressions(folder.path(), some);
        for language in ["en", "fr"] {
            for more in [&[][..], &["--verbose"], &["--no-ignores"], &["--charset", "ascii"]] {
                for command in ["assess", "check"] {
                    let files = FORMATS.map(|format| format!("{format}=out.{format}"));
                    let mut words = vec![command, ".", "--lang", language];
                    words.extend(more);
                    words.extend(files.iter().flat_map(|file| ["-o", file.as_str()]));
                    let (code, out, said) = run(folder.path(), &words);
                    let what = format!("{command} of part {number}, {language}, {more:?}");
                    assert!(matches!(code, Some(0 | 1)) && out.is_empty(), "{what}: {said}");
                    is_harmless(&format!("{what}, messages"), &said);
                    for format in FORMATS {
                        let path = folder.path().join(format!("out.{format}"));
                        let text = std::fs::read_to_string(&path).expect("a report");
                        std::fs::remove_file(path).expect("removed");
                        let text = if format == "csv" { text.replace("\r\n", "\n") } else { text };
                        is_harmless(&format!("{what}, {format}"), &text);
                    }
                }
            }
        }
    }
    with_suppressions(folder.path(), &ours);
    let (_, screen, _) = run(folder.path(), &["assess", ".", "--verbose"]);
    assert!(screen.contains("::error::pwn"), "the reason is told, on a line of other words: {screen}");
}

#[test]
fn words_that_the_configuration_cannot_hold_are_told_without_harm() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    std::fs::create_dir(folder.path().join(".git")).expect("a repository");
    std::fs::write(folder.path().join("web.yaml"), "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n")
        .expect("written");
    for text in hostile_names::DANGEROUS {
        let text = quoted(text);
        for wrong in [
            format!("ignore: [{{rules: {text}, reason: r}}]\n"),
            format!("gate: {{fail-on: [{text}], baseline: {text}}}\n"),
            format!("profile: {text}\n"),
            format!("{text}: 1\n"),
            format!("extends: {text}\n"),
        ] {
            std::fs::write(folder.path().join("kubeworthy.yaml"), &wrong).expect("written");
            for words in [&["check", "."][..], &["config", "show"], &["assess", "--no-ignores"]] {
                let (code, out, said) = run(folder.path(), words);
                assert!(matches!(code, Some(0..=3)), "{wrong}: {said}");
                is_harmless(&format!("{words:?} of {wrong:?}"), &out);
                is_harmless(&format!("{words:?} of {wrong:?}, messages"), &said.replace('\t', " "));
            }
        }
    }
}
