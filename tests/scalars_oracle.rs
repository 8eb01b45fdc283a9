//! What a scalar is, for Kubernetes and for Docker: every document of the corpus and thousands of made-up scalars, against
//! the libraries that the two read with.
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
#[path = "support/tree.rs"]
mod tree;

use std::collections::BTreeSet;
use std::sync::Arc;

use kubeworthy::choices::Choices;
use kubeworthy::limits::Limits;
use kubeworthy::source::{Input, collect};
use kubeworthy::text::SourceId;
use kubeworthy::yaml::{Dialect, ParsedDocument, Scalar, parse_documents};
use serde_json::{Value, json};

fn parse(text: &str) -> Vec<ParsedDocument> {
    parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT)
}

#[derive(Default)]
struct Tally {
    documents: usize,
    scalars: usize,
    /// Documents that both refuse.
    refused: usize,
    differences: Vec<String>,
}

impl Tally {
    /// Compares the documents of a text with what kubectl makes of it.
    fn compare(&mut self, name: &str, text: &str, reply: &Value) {
        let theirs: Vec<&Value> = reply["documents"].as_array().expect("documents").iter().collect();
        // Documents without content are nothing for either; kubectl tells them as null.
        let theirs: Vec<&Value> = theirs.into_iter().filter(|one| one.get("json") != Some(&Value::Null)).collect();
        let ours: Vec<Result<Value, String>> = parse(text)
            .into_iter()
            .map(|document| match document {
                Ok(tree) => tree::json(tree.root().expect("a root")),
                Err(error) => Err(error.message),
            })
            .collect();
        if ours.len() != theirs.len() {
            self.differences.push(format!("{name}: {} documents against {}", ours.len(), theirs.len()));
            return;
        }
        for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            self.documents += 1;
            let different = match (ours, theirs.get("json")) {
                (Ok(ours), Some(theirs)) => {
                    self.scalars += tree::scalars(theirs);
                    tree::difference(ours, theirs)
                }
                (Err(_), None) => {
                    self.refused += 1;
                    None
                }
                (Ok(ours), None) => Some(format!(": {ours} against {}", theirs["error"])),
                (Err(error), Some(theirs)) => Some(format!(": {error} against {theirs}")),
            };
            self.differences.extend(different.map(|rest| format!("{name} document {index}{rest}")));
        }
    }

    fn print(&self, what: &str) {
        println!(
            "{what}: {} documents, {} scalars, {} documents that both refuse, {} differences",
            self.documents,
            self.scalars,
            self.refused,
            self.differences.len()
        );
        for line in self.differences.iter().take(60) {
            println!("  {line}");
        }
    }
}

fn kubernetes(texts: &[(String, String)], what: &str) -> Option<Tally> {
    let program = oracle::oracle()?;
    let request = |(name, text): &(String, String)| json!({"id": name, "text": text, "documents": true});
    let replies = oracle::ask(&program, "scalars", &texts.iter().map(request).collect::<Vec<_>>());
    let mut tally = Tally::default();
    for ((name, text), reply) in texts.iter().zip(&replies) {
        tally.compare(name, text, reply);
    }
    tally.print(what);
    Some(tally)
}

#[test]
fn manifests_of_the_corpus_are_typed_as_kubernetes_types_them() {
    let Some(corpus) = support::corpus() else { return };
    let collected = collect(&[Input::Path(corpus.join("files"))], &Choices::default());
    let texts = collected.files.iter().filter(|file| file.base_name() != ".env" && file.text.contains("apiVersion"));
    let texts: Vec<(String, String)> = texts.map(|file| (file.name.clone(), file.text.to_string())).collect();
    let Some(tally) = kubernetes(&texts, "manifests") else { return };
    assert!(tally.documents > 5_000);
    assert!(tally.differences.is_empty());
}

/// Every way to write a number that could mean something to one of the libraries, and much that means nothing.
fn numbers() -> BTreeSet<String> {
    let signs = ["", "+", "-", "--"];
    let prefixes = ["", "0x", "0X", "0o", "0O", "0b", "0B", "0", "00", "_", "."];
    let digits = [
        "",
        "0",
        "1",
        "7",
        "8",
        "10",
        "644",
        "0899",
        "1_000",
        "1_",
        "1__0",
        "dead",
        "FFFFFFFFFFFFFFFF",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "123456789012345678901234567890123456789012345678901234567890",
        "1111111111111111111111111111111111111111111111111111111111111111",
    ];
    let tails = [
        "", ".", ".0", ".5", "._5", ".5_0", "e1", "E+1", "e-1", "e", "e+", "e400", "e-400", "_", "e1_0", ":30",
        ":30:59", ".1.2", "-1", "+1", "p1", "Gi",
    ];
    let mut all = BTreeSet::new();
    for sign in signs {
        for prefix in prefixes {
            for digits in digits {
                all.extend(tails.iter().map(|tail| format!("{sign}{prefix}{digits}{tail}")));
            }
        }
    }
    for inner in ["0b", "0o", "0x", "0"] {
        for sign in ["+", "-"] {
            all.extend(["101", "17", "1f", "9"].iter().map(|digits| format!("{inner}{sign}{digits}")));
        }
    }
    all
}

/// Words in every case, times and other marks.
fn words() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for word in
        ["y", "n", "yes", "no", "on", "off", "true", "false", "null", ".inf", "+.inf", "-.inf", ".nan", "nan", "inf"]
    {
        for mask in 0..1u32 << word.len() {
            let cased = word
                .chars()
                .enumerate()
                .map(|(at, character)| if mask >> at & 1 == 1 { character.to_ascii_uppercase() } else { character });
            all.insert(cased.collect());
        }
    }
    let times = [
        "2001-12-14",
        "2001-1-2",
        "2001-12-14t21:59:43.10-05:00",
        "2001-12-14T21:59:43Z",
        "2001-12-14 21:59:43.1",
        "2001-12-14 21:59:43.10 -5",
        "2001-13-14",
        "190:20:30",
        "1:30",
        "12:30:45.5",
    ];
    let marks =
        ["=", "<<", "", "~", "~~", "infinity", "+infinity", "Infinity", ".Infinity", "0", "1", "-", "+", ".", "a"];
    all.extend(times.into_iter().chain(marks).map(str::to_owned));
    all
}

/// One document that holds a scalar in every form that can be read whatever it is.
fn forms(scalar: &str) -> String {
    // A plain scalar of nothing but a mark would be a mark.
    let plain = if matches!(scalar, "-" | "") { "'x'" } else { scalar };
    let mut text = String::from("apiVersion: v1\nkind: Forms\n");
    text.push_str(&format!("value: {plain}\nitems:\n- {plain}\n- - {plain}\n"));
    // In flow style, what begins with a colon is nothing for the older library and text for YAML 1.2.
    if !plain.starts_with(':') {
        text.push_str(&format!("flow: [{plain}, {{a: {plain}}}]\n"));
    }
    text.push_str(&format!(
        "single: '{scalar}'\ndouble: \"{scalar}\"\nliteral: |-\n  {scalar}\nfolded: >\n  {scalar}\n"
    ));
    text.push_str(&format!(
        "string: !!str {plain}\nlocal: !local {plain}\nopen: ! {plain}\nanchor: &a {plain}\nagain: *a\n"
    ));
    // What is null, infinite or large has no text as a key.
    let no_key = ["null", "~", "18446744073709551615", "9223372036854775808"];
    let is_mark = plain == "<<" || no_key.contains(&plain.to_ascii_lowercase().as_str());
    if !is_mark {
        text.push_str(&format!("keys:\n  {plain}: 1\nquoted:\n  '{scalar}': 1\n"));
    }
    text
}

#[test]
fn made_up_scalars_are_typed_as_kubernetes_types_them() {
    let mut texts: Vec<(String, String)> = Vec::new();
    let (numbers, words) = (numbers(), words());
    texts.extend(numbers.iter().chain(&words).map(|scalar| (format!("forms of {scalar:?}"), forms(scalar))));
    let some_numbers = numbers.iter().step_by(5);
    for scalar in some_numbers.chain(&words) {
        // What is tagged as a time is text for Kubernetes. Where it is no time, the library refuses the document, and
        // we take the text: nothing that is read here is a time.
        let is_time = scalar.starts_with("2001-1") && !scalar.contains("-13-") && !scalar.ends_with("-5");
        let tags = ["int", "float", "bool", "null", "binary", "str", "merge", "other", "timestamp"];
        for tag in tags.into_iter().take(if is_time { 9 } else { 8 }) {
            // A whole number keeps all of its digits here when it is tagged as a float, and is rounded there.
            if tag == "float" && scalar.len() > 16 {
                continue;
            }
            for written in [scalar.clone(), format!("'{scalar}'"), format!("|-\n  {scalar}")] {
                let name = format!("!!{tag} {written:?}");
                texts.push((name, format!("- !!{tag} {written}\n")));
            }
        }
    }
    let Some(tally) = kubernetes(&texts, "made-up scalars for Kubernetes") else { return };
    assert!(tally.documents > 10_000);
    assert!(tally.differences.is_empty());
}

/// The tag that a scalar has for Docker.
fn tag(scalar: Scalar<'_>) -> &'static str {
    match scalar {
        Scalar::Null => "!!null",
        Scalar::Boolean(_) => "!!bool",
        Scalar::Integer(_) | Scalar::Large(_) => "!!int",
        Scalar::Float(_) => "!!float",
        Scalar::Text(_) => "!!str",
    }
}

#[test]
fn plain_scalars_have_the_types_that_docker_gives_them() {
    let Some(program) = oracle::oracle() else { return };
    let mut texts: Vec<(String, String)> = Vec::new();
    let made_up: Vec<String> = numbers().into_iter().chain(words()).filter(|scalar| scalar != "-").collect();
    for some in made_up.chunks(500) {
        texts.push((format!("from {:?}", some[0]), some.iter().map(|scalar| format!("- {scalar}\n")).collect()));
    }
    if let Some(corpus) = support::corpus() {
        let collected = collect(&[Input::Path(corpus.join("files"))], &Choices::default());
        let compose =
            collected.files.into_iter().filter(|file| file.text.contains("services:") && file.base_name() != ".env");
        texts.extend(compose.map(|file| (file.name.clone(), file.text.to_string())));
    }
    let request = |(name, text): &(String, String)| json!({"id": name, "text": text, "compose": true});
    let replies = oracle::ask(&program, "positions", &texts.iter().map(request).collect::<Vec<_>>());
    let (mut compared, mut differences, mut refused) = (0, Vec::new(), Vec::new());
    for ((name, text), reply) in texts.iter().zip(&replies) {
        let Some(theirs) = reply["scalars"].as_array() else {
            refused.push(format!("{name}: {}", reply["error"]));
            continue;
        };
        let documents: Vec<_> = parse(text).into_iter().flatten().collect();
        let nodes = documents.iter().filter_map(|tree| tree.root()).flat_map(|root| root.descendants());
        let ours: Vec<_> = nodes.filter_map(|node| Some((node.scalar(Dialect::Compose)?, node.text()?))).collect();
        // Types need no documents: a text with one that is empty is compared where positions are.
        if ours.len() != theirs.len() {
            refused.push(format!("{name}: {} scalars against {}", ours.len(), theirs.len()));
            continue;
        }
        for ((scalar, text), theirs) in ours.into_iter().zip(theirs) {
            compared += 1;
            let their_tag = theirs["tag"].as_str().expect("a tag");
            // A time is text for Compose, a merge key is no value, and what has another tag is text.
            let core = ["!!int", "!!float", "!!bool", "!!null"];
            let their_tag = if core.contains(&their_tag) { their_tag } else { "!!str" };
            if tag(scalar) != their_tag || theirs["value"].as_str() != Some(text) {
                differences.push(format!("{name}: {text:?} is {} against {theirs}", tag(scalar)));
            }
        }
    }
    println!(
        "types for Compose: {compared} scalars, {} texts not compared, {} differences",
        refused.len(),
        differences.len()
    );
    refused.iter().for_each(|line| println!("  not compared: {line}"));
    differences.iter().take(60).for_each(|line| println!("  {line}"));
    assert!(compared > 10_000);
    assert!(differences.is_empty());
}
