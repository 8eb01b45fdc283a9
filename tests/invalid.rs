//! Real files that hold broken documents: each is reported with its line, column and a reason that says what to do, and
//! what stands beside in the same file is read.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::source::{Input, collect};
use kubeworthy::text::{SourceFile, SourceId};

/// Files that hold nothing to report: the templates in them are no Kubernetes object and no Compose service, so that they
/// are left alone before they are parsed.
const NOTHING_IN_THEM: [&str; 2] =
    ["examples/alertmanager-config-with-template.yaml", "cluster/manifests/deletions.yaml"];

#[test]
fn every_broken_file_is_reported_and_its_good_documents_are_read() {
    let Some(corpus) = support::corpus() else { return };
    let kit = support::kit();
    let files = collect(&[Input::Path(corpus.join("files-invalid"))], &Choices::default()).files;
    let (mut reported, mut templates, mut others, mut read) = (0, 0, 0, 0);
    for file in &files {
        let inventory = Inventory::read(std::slice::from_ref(file), &[], &Choices::default(), &kit.tables);
        read += inventory.trees.len();
        let problems: Vec<_> = inventory
            .problems
            .iter()
            .filter(|problem| problem.not_understood || problem.message.contains("template"))
            .collect();
        if problems.is_empty() {
            assert!(NOTHING_IN_THEM.iter().any(|name| file.name.ends_with(name)), "{} is not reported", file.name);
            continue;
        }
        reported += 1;
        for problem in problems {
            let position = file.position(problem.span.expect("a place").start);
            let line = &file.text[file.lines().line_range(&file.text, position.line)];
            if problem.message.contains("template") {
                templates += 1;
                assert!(line.contains("{{") || line.contains("{%"), "{}:{}: {line}", file.name, position.line);
            } else {
                others += 1;
                println!("  {}:{}:{}: {}", file.base_name(), position.line, position.column, problem.message);
                assert!(problem.message.contains("quotes") && line.contains(": {"), "{}: {line}", file.name);
            }
            assert!(!problem.help.is_empty());
        }
    }
    println!(
        "{} files, {reported} reported: {templates} templates and {others} other documents; {read} documents read beside",
        files.len()
    );
    assert_eq!((files.len(), reported), (124, 122));
}

/// The reason and the place of the only error of a text.
fn error(text: &str) -> (String, u32, u32) {
    let file = SourceFile::new("a.yaml", text);
    let limits = kubeworthy::limits::Limits::DEFAULT;
    let documents = kubeworthy::yaml::parse_documents(SourceId(0), &file.text, &limits);
    let error = documents.into_iter().find_map(Result::err).expect("an error");
    let position = file.position(error.offset);
    (error.message, position.line, position.column)
}

#[test]
fn reasons_say_what_is_wrong_where_it_is() {
    let mut wrong = Vec::new();
    for (text, reason, line) in [
        ("a: [1, 2\nb: 3\n", "not closed", 1),
        ("a: {b: 1\n", "never closed", 1),
        ("a: \"x\nb: y\n", "quote", 1),
        ("a:\n\tb: 1\n", "tab", 2),
        ("a: b: c\n", "second colon", 1),
        ("a: @x\n", "put the text in quotes", 1),
        ("a: {X}/y\n", "put text that begins with", 1),
        ("a: \"x\" y\n", "closed quote", 1),
        ("a: \"\\q\"\n", "backslash", 1),
        ("a:\n    b: 1\n  c: 2\n", "indented", 3),
        ("a: 1\nb\nc: 2\n", "colon", 2),
        ("a: |9x\n  b\n", "behind `|` or `>`", 1),
        ("a: [1}\n", "closed by", 1),
        ("a: !x!y 1\n", "%TAG", 1),
        ("a: &\n", "no name", 1),
        ("a: *x\n", "no anchor", 1),
        ("a: !!int x\n", "tagged `!!int`", 1),
        ("{{ if x }}\na: 1\n{{ end }}\n", "", 1),
        ("a: 1\n{%- for b in c %}\n  d: 2\n", "", 2),
    ] {
        let (message, at, column) = error(text);
        if !message.contains(reason) || at != line || column == 0 {
            wrong.push(format!("{text:?}: {at}:{column}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
