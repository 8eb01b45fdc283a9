//! Odd documents, written by hand: what kubectl's own decoder makes of them, and that we agree or why we do not.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/tree.rs"]
mod tree;

use std::sync::Arc;

use kubeworthy::limits::Limits;
use kubeworthy::text::SourceId;
use kubeworthy::yaml::parse_documents;
use serde_json::{Value, json};

/// What it is, the text, and why we read it otherwise than kubectl; empty where we agree.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    ("duplicate", "a: 1\nb: 2\na: 3\n", ""),
    ("merge lists", "x: &x {a: 1, b: 1}\nz: &z {a: 2, c: 2}\nm:\n  <<: [*x, *z]\n  c: 3\n", ""),
    ("merge nested", "x: &x {a: 1}\nz: &z {<<: *x, b: 2}\nm: {<<: *z, c: 3}\n", ""),
    ("a byte order mark", "\u{feff}a: 1\n", ""),
    ("a byte order mark at a later document", "a: 1\n---\n\u{feff}b: 2\n", ""),
    ("carriage returns with line feeds", "a: 1\r\nb:\r\n- |\r\n  x\r\n  z\r\n---\r\nc: 2\r\n", ""),
    ("carriage returns alone", "a: 1\rb: 2\r", ""),
    (
        "yaml 1.1",
        "%YAML 1.1\n---\na: yes\n",
        "kubectl splits between the directive and its marker; the directive belongs to the document behind it",
    ),
    (
        "yaml 1.2",
        "%YAML 1.2\n---\na: yes\n",
        "as for version 1.1; and the library knows that version alone, while files say 1.2 and mean what they say",
    ),
    ("a %TAG line", "%TAG !e! tag:example.org,2024:\n---\na: !e!x 1\n", "as for %YAML"),
    ("ends of documents", "a: 1\n...\n---\nb: 2\n...\n", ""),
    (
        "a value behind an end",
        "a: 1\n...\nb: 2\n",
        "kubectl stops at the first value of a part without a word; what follows is read here, as YAML says",
    ),
    ("comment after marker", "--- # c\na: 1\n--- # d\nb: 2\n", ""),
    (
        "value on marker",
        "--- {a: 1}\n--- {b: 2}\n",
        "kubectl takes nothing but a comment behind a marker; YAML allows a value, and other tools read it",
    ),
    ("text on marker", "--- a\n--- b\n", "as for any value on the marker's line"),
    ("null docs", "---\n---\nnull\n---\n~\n---\na: 1\n---\n# only a comment\n", ""),
    ("json then yaml", "{\"a\": 1}\n---\nb: 2\n", ""),
    ("yaml then json", "a: 1\n---\n{\"b\":\t2}\n", ""),
    ("json tabs", "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t1\n\t]\n}\n", ""),
    ("json in a row", "{\"a\": 1}\n{\"b\": 2}\n{\"c\": 3}{\"d\": 4}", ""),
    ("tab indent", "a:\n\tb: 1\n", ""),
    ("tab after", "a:\t1\nb: 2\t# c\n", ""),
    ("block indicators", "a: |2-\n   x\n  y\nb: >+\n  z\n\nc: |+\n\nd: >-2\n    w\ne: |\n f\n", ""),
    ("anchor on key", "&k a: 1\nb: *k\n", ""),
    ("alias key", "x: &k a\n*k : 2\n", ""),
    ("complex key", "? [a, b]\n: 1\n", ""),
    ("question", "? a\n: 1\n? b\n", ""),
    ("flow lines", "a: [1,\n  2,\n  {b: 3,\n   c: 4}\n  ]\n", ""),
    ("spaces that do not break", "a:\u{a0}1\nb\u{a0}c: 2\nd: \u{a0}x\n", ""),
    ("quoted key", "\"a\\tb\": 1\n'it''s': 2\n", ""),
    (
        "a surrogate pair in YAML",
        "a: \"\\ud83d\\ude00\"\n",
        "JSON inside of YAML has them; the older library refuses what JSON readers take",
    ),
    ("a surrogate pair in JSON", "{\"a\": \"\\ud83d\\ude00\"}\n", ""),
    ("half of a surrogate pair", "a: \"\\ud83d\"\n", ""),
    ("marker in block", "a: |\n  x\n---\nb: 1\n", ""),
    ("a marker with text on it", "a: 1\n---b\nc: 2\n", ""),
    ("a next-line character", "a: x\u{85}y\n", "a line break in YAML 1.1, a character like any other in YAML 1.2"),
    ("multi plain", "a: x\n  z\n\n  w\n", ""),
    ("multi dq", "a: \"x\n  z\\\n  w\"\n", ""),
    (
        "escapes",
        "a: \"\\x41\\u0041\\U00000041\\e\\_\\N\\L\\P\\0\\/\"\n",
        "`\\/` is an escape since YAML 1.2, for the sake of JSON",
    ),
    ("colon", "a: b:c\nd: http://x\n", ""),
    ("hash", "a: b#c\nd: e #f\n", ""),
    ("empty", "", ""),
    ("comment only", "# x\n", ""),
    ("indentless", "a:\n- 1\n- 2\nb: 3\n", ""),
    ("dash", "- - 1\n  - 2\n-\n  - 3\n", ""),
    ("a set", "a: !!set {b, c}\n", ""),
];

/// Each document's JSON, or null where it cannot be read.
fn ours(text: &str) -> Vec<Value> {
    let documents = parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT);
    let read = |document: &kubeworthy::yaml::ParsedDocument| match document {
        Ok(tree) => tree::json(tree.root().expect("a root")).unwrap_or_default(),
        Err(_) => Value::Null,
    };
    documents.iter().map(read).collect()
}

#[test]
fn odd_documents_are_read_as_kubectl_reads_them() {
    let Some(program) = oracle::oracle() else { return };
    let request = |(name, text, _): &(&str, &str, &str)| json!({"id": name, "text": text, "documents": true});
    let replies = oracle::ask(&program, "scalars", &DOCUMENTS.iter().map(request).collect::<Vec<_>>());
    let mut surprises = Vec::new();
    for ((name, text, reason), reply) in DOCUMENTS.iter().zip(&replies) {
        // Documents without content are nothing for either.
        let theirs = reply["documents"].as_array().expect("documents").iter();
        let theirs: Vec<Value> = theirs
            .filter(|document| document.get("json") != Some(&Value::Null))
            .map(|document| document.get("json").cloned().unwrap_or_default())
            .collect();
        let ours = ours(text);
        let alike = tree::difference(&json!(ours), &json!(theirs)).is_none();
        if alike != reason.is_empty() {
            surprises.push(format!("{name}: {} against {}", json!(ours), reply["documents"]));
        }
    }
    let known = DOCUMENTS.iter().filter(|(_, _, reason)| !reason.is_empty()).count();
    println!("{} odd documents, {known} known disagreements", DOCUMENTS.len());
    assert!(surprises.is_empty(), "\n{}", surprises.join("\n"));
}
