//! Lines, columns and texts of every scalar of the corpus, against an independent parser.
//!
//! Known disagreements, none of which the corpus holds:
//!
//! - Theirs begin at a tag or an anchor, ours at the value; the test goes on from theirs to the value.
//! - Theirs begin a new line after U+0085, U+2028 and U+2029, as in YAML 1.1. Ours do after line feeds alone, as editors
//!   and YAML 1.2 do, so that lines after such a character differ.
//! - A carriage return alone is a line break for theirs and for our parser, but no editor shows a new line, so that it
//!   gives no new line here.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/oracle.rs"]
mod oracle;
mod support;

use std::sync::Arc;

use kubeworthy::choices::Choices;
use kubeworthy::limits::Limits;
use kubeworthy::source::{Input, collect};
use kubeworthy::text::{Position, SourceFile, SourceId};
use kubeworthy::yaml::parse_documents;
use serde_json::{Value, json};

/// A scalar: where it begins, what it says, and whether anything is written there.
type Found = (Position, String, bool);

/// The scalars of each document that holds more than a null.
fn ours(file: &SourceFile) -> Vec<Vec<Found>> {
    let documents = parse_documents(SourceId(0), &Arc::clone(&file.text), &Limits::DEFAULT);
    let scalars = |tree: &kubeworthy::yaml::Tree| {
        let nodes = tree.root().into_iter().flat_map(|root| root.descendants());
        let found = nodes.filter_map(|node| {
            let span = node.span();
            Some((file.position(span.start), node.text()?.to_owned(), span.start < span.end))
        });
        found.collect()
    };
    documents.iter().flatten().map(scalars).collect()
}

/// Theirs begin at a tag or an anchor, ours at the value, which is what a reader looks for: the position after both.
fn after_properties(file: &SourceFile, mut at: Position) -> Position {
    let line_text = |line: u32| &file.text[file.lines().line_range(&file.text, line)];
    loop {
        let line: Vec<char> = line_text(at.line).trim_start_matches('\u{feff}').chars().collect();
        let rest = &line[(at.column as usize - 1).min(line.len())..];
        let end = rest.iter().position(|character| character.is_whitespace()).unwrap_or(rest.len());
        let skipped = match rest.first() {
            Some('!' | '&') => end,
            Some(' ' | '\t') => 1,
            None if at.line < file.lines().count() => {
                at = Position { line: at.line + 1, column: 1 };
                continue;
            }
            _ => return at,
        };
        at.column += skipped as u32;
    }
}

fn theirs(file: &SourceFile, scalars: &[Value]) -> Vec<Vec<Found>> {
    let mut documents: Vec<(u64, Vec<Found>)> = Vec::new();
    for scalar in scalars {
        let number = scalar["document"].as_u64().expect("a number");
        if documents.last().is_none_or(|(last, _)| *last != number) {
            documents.push((number, Vec::new()));
        }
        let at = |key: &str| scalar[key].as_u64().expect("a number") as u32;
        let text = scalar["value"].as_str().expect("a text").to_owned();
        let position = Position { line: at("line"), column: at("column") };
        let written = !text.is_empty() || scalar["style"] != "plain";
        let position = if written { after_properties(file, position) } else { position };
        documents.last_mut().expect("one").1.push((position, text, written));
    }
    // A document that is nothing but a null is none.
    let is_null = |found: &[Found]| matches!(found, [(_, text, _)] if kubeworthy::yaml::scalar::is_null(text));
    documents.into_iter().map(|(_, found)| found).filter(|found| !is_null(found)).collect()
}

/// Files that go-yaml refuses whole: templates, which the program refuses too, but not their neighbours.
const REFUSED: [&str; 2] = ["cmd/plugin/krew.yaml", "files/kong/kong.yml"];

#[test]
fn every_scalar_of_the_corpus_stands_where_an_independent_parser_sees_it() {
    let (Some(corpus), Some(program)) = (support::corpus(), oracle::oracle()) else { return };
    let collected = collect(&[Input::Path(corpus.join("files"))], &Choices::default());
    let files: Vec<SourceFile> = collected.files.into_iter().filter(|file| file.base_name() != ".env").collect();
    let requests: Vec<Value> = files.iter().map(|file| json!({"id": file.name, "text": &*file.text})).collect();
    let replies = oracle::ask(&program, "positions", &requests);
    let (mut compared, mut documents, mut unwritten, mut refused) = (0, 0, 0, Vec::new());
    let mut differences = Vec::new();
    for (file, reply) in files.iter().zip(&replies) {
        let Some(scalars) = reply["scalars"].as_array() else {
            refused.push(format!("{}: {}", file.name, reply["error"]));
            continue;
        };
        let (ours, theirs) = (ours(file), theirs(file, scalars));
        if ours.len() != theirs.len() {
            differences.push(format!("{}: {} documents against {}", file.name, ours.len(), theirs.len()));
            continue;
        }
        for (ours, theirs) in ours.iter().zip(&theirs) {
            documents += 1;
            if ours.len() != theirs.len() {
                differences.push(format!("{}: {} scalars against {}", file.name, ours.len(), theirs.len()));
                continue;
            }
            for (one, other) in ours.iter().zip(theirs) {
                compared += 1;
                if one != other {
                    differences.push(format!("{}: {one:?} against {other:?}", file.name));
                }
                unwritten += usize::from(!one.2);
            }
        }
    }
    println!(
        "{} files, {documents} documents, {compared} positions compared, {unwritten} of nothing written, {} files refused \
         there, {} differences",
        files.len(),
        refused.len(),
        differences.len()
    );
    refused.iter().for_each(|line| println!("  refused: {line}"));
    differences.iter().take(50).for_each(|line| println!("  {line}"));
    assert!(differences.is_empty());
    let known = |line: &&String| !REFUSED.iter().any(|name| line.contains(name));
    assert_eq!(refused.iter().find(known), None);
}
