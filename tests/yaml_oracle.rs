//! Structure against an independent reader, `serde_yaml`: the same keys, items and texts in every document.
//!
//! Known disagreements:
//!
//! - It refuses duplicate keys, which Kubernetes takes, and with them the whole file; such files are counted.
//! - It refuses whole files with a broken document; we read the others. Such files are counted too.
//! - It keeps merge keys; here the entries are compared as written, before merging.
//! - It adds no line break to a block text that ends the file without one; kubectl and we do.
//! - It gives a value for documents that are nothing but a null; here they are none.
//! - It types plain scalars by YAML 1.2 alone; types are compared with the libraries of Kubernetes and Docker in
//!   `scalars_oracle.rs`.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::sync::Arc;

use kubeworthy::choices::Choices;
use kubeworthy::text::SourceId;
use kubeworthy::yaml::{Node, Tree, parse_documents};
use serde::Deserialize as _;
use serde_yaml::Value;

/// The first difference between a node and what the oracle read, as a path.
fn difference(node: Node<'_>, value: &Value, depth: usize) -> Option<String> {
    if depth > 100 {
        return None;
    }
    match value {
        Value::Mapping(map) => {
            // Merge keys are kept by the oracle and followed here.
            let written: Vec<_> = node.written_entries().collect();
            if !node.is_mapping() || written.len() != map.len() {
                return Some(format!(": {} entries against {}", written.len(), map.len()));
            }
            written.iter().zip(map).find_map(|((key, value), (oracle_key, oracle_value))| {
                difference(*key, oracle_key, depth + 1)
                    .or_else(|| difference(*value, oracle_value, depth + 1))
                    .map(|rest| format!(".{}{rest}", key.text().unwrap_or("?")))
            })
        }
        Value::Sequence(items) => {
            let own: Vec<_> = node.items().collect();
            if !node.is_sequence() || own.len() != items.len() {
                return Some(format!(": {} items against {}", own.len(), items.len()));
            }
            own.iter().zip(items).enumerate().find_map(|(index, (node, value))| {
                difference(*node, value, depth + 1).map(|rest| format!("[{index}]{rest}"))
            })
        }
        Value::String(text) => {
            // A block scalar that ends the file without a line break: one reader adds the break, the other does not.
            let own = node.text().unwrap_or_default();
            (own.trim_end_matches('\n') != text.trim_end_matches('\n')).then(|| format!(": {own:?} against {text:?}"))
        }
        Value::Null => (!node.is_null()).then(|| ": not null".to_owned()),
        Value::Bool(_) | Value::Number(_) => {
            (node.text().is_none() || node.is_quoted()).then(|| ": no plain scalar".to_owned())
        }
        Value::Tagged(tagged) => difference(node, &tagged.value, depth + 1),
    }
}

fn compare(name: &str, text: &str) -> (usize, Vec<String>) {
    let text = text.trim_start_matches('\u{feff}');
    let ours: Vec<Tree> = parse_documents(SourceId(0), &Arc::from(text), &kubeworthy::limits::Limits::DEFAULT)
        .into_iter()
        .flatten()
        .collect();
    let mut oracle = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        match Value::deserialize(document) {
            Ok(Value::Null) => {}
            Ok(value) => oracle.push(value),
            // The oracle refuses duplicate keys, which Kubernetes takes; the whole file is then left out.
            Err(_) => return (0, Vec::new()),
        }
    }
    if ours.len() != oracle.len() {
        return (0, vec![format!("{name}: {} documents against {}", ours.len(), oracle.len())]);
    }
    let differences = ours.iter().zip(&oracle).enumerate().filter_map(|(index, (tree, value))| {
        difference(tree.root()?, value, 0).map(|rest| format!("{name} document {index}{rest}"))
    });
    (oracle.len(), differences.collect())
}

#[test]
fn odd_but_valid_documents_are_read_alike() {
    for text in [
        "a: 1\nb: [x, 'y', \"z\\n\"]\nc: {d: e}\n",
        "a: |\n  one\n  two\nb: >-\n  folded\n  text\n",
        "? complex\n: value\n",
        "- - a\n  - b\n- {}\n- []\n",
        "anchor: &x {a: 1}\nalias: *x\n",
        "'quoted key': yes\nempty:\ntilde: ~\n",
        "a: \"\\u00e9\\t\"\nb: 'it''s'\n",
        "{\"json\": [1, 2.5, null, true, \"x\"]}",
    ] {
        let (documents, differences) = compare("text", text);
        assert_eq!((documents, differences), (1, Vec::new()), "{text}");
    }
}

#[test]
fn the_corpus_is_read_alike() {
    let Some(corpus) = support::corpus() else { return };
    let collected =
        kubeworthy::source::collect(&[kubeworthy::source::Input::Path(corpus.join("files"))], &Choices::default());
    let (mut documents, mut refused) = (0, 0);
    let mut differences = Vec::new();
    for file in collected.files.iter().filter(|file| file.text.len() < 40_000 && file.base_name() != ".env") {
        let (read, different) = compare(&file.name, &file.text);
        documents += read;
        if read == 0 && different.is_empty() && !file.text.is_empty() {
            refused += 1;
            let ours = parse_documents(SourceId(0), &file.text, &kubeworthy::limits::Limits::DEFAULT);
            let is_odd = |document: &kubeworthy::yaml::ParsedDocument| match document {
                Ok(tree) => tree.duplicate_key.is_some(),
                Err(_) => true,
            };
            if !ours.is_empty() && !ours.iter().any(is_odd) {
                differences.push(format!("{}: refused there, and neither broken nor with a key twice", file.name));
            }
        }
        differences.extend(different);
    }
    println!(
        "{documents} documents compared, {refused} files that are empty or refused there, {} differences",
        differences.len()
    );
    assert!(documents > 3_000);
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}
