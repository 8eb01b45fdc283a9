//! What holds for any text: nothing panics, spans lie in the text and say what their nodes say, and line endings mean
//! nothing. What holds for any application stands in `laws.rs`: splitting and re-ordering files, formats, comments.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::sync::{Arc, OnceLock};

use kubeworthy::choices::Choices;
use kubeworthy::limits::Limits;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::source::{Collected, Input, collect};
use kubeworthy::text::{SourceFile, SourceId};
use kubeworthy::yaml::{ParsedDocument, Tree, parse_documents};
use kubeworthy::{Kit, assess};
use proptest::prelude::*;

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(support::kit)
}

fn parse(text: &str) -> Vec<ParsedDocument> {
    parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT)
}

/// Assesses and writes every report.
fn report(collected: &Collected) {
    let assessment = assess(collected, kit());
    let json = render(&assessment, Format::Json, Layout { width: 80, colour: false, ..Layout::default() });
    serde_json::from_str::<serde_json::Value>(&json).expect("the report is JSON");
    assert!(!render(&assessment, Format::Full, Layout { width: 40, colour: true, ..Layout::default() }).is_empty());
}

/// Text of the words and marks that mean something to the readers, so that most of it gets somewhere.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "apiVersion: v1\n",
        "kind: Pod\n",
        "kind: List\n",
        "kind: Deployment\n",
        "metadata: ",
        "name: ",
        "spec:\n",
        "items:\n",
        "containers: ",
        "image: ",
        "replicas: ",
        "services:\n",
        "web:\n",
        "ports: ",
        "extends: ",
        "include: ",
        "build: .\n",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "- ",
        "? ",
        ": ",
        "  ",
        "    ",
        "\n",
        "\r\n",
        "\t",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "#",
        " # c\n",
        "'",
        "\"",
        "|",
        ">-\n",
        "|2\n",
        "&a ",
        "*a",
        "<<: ",
        "!!int ",
        "!!binary ",
        "!reset ",
        "!x ",
        "~",
        "1",
        "0x1f",
        "-.inf",
        "{{ x }}",
        "{% y %}",
        "${A}",
        "${A:-b}",
        "$$",
        "a",
        "é",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\u{1f600}",
        "\\u00e9",
        "x",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..60).prop_map(|words| words.concat())
}

/// A node: its line, its text and its path.
type Shape = Vec<(u32, Option<String>, String)>;

/// Every node of a document.
fn shape(tree: &Tree, file: &SourceFile) -> Shape {
    let nodes = tree.root().into_iter().flat_map(|root| root.descendants());
    let texts = nodes.map(|node| {
        let line = file.position(node.span().start).line;
        (line, node.text().map(str::to_owned), tree.path(node.id()))
    });
    texts.collect()
}

/// The lines of what was read and of what was not.
fn read(text: &str) -> Vec<Result<Shape, String>> {
    let file = SourceFile::new("a.yaml", text);
    let documents = parse_documents(SourceId(0), &file.text, &Limits::DEFAULT);
    documents
        .iter()
        .map(|document| document.as_ref().map(|tree| shape(tree, &file)).map_err(|error| error.message.clone()))
        .collect()
}

fn check_spans(text: &str) -> Result<(), TestCaseError> {
    for document in parse(text) {
        let tree = match document {
            Ok(tree) => tree,
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.offset as usize), "{error:?}");
                prop_assert!(text.get(error.span.start as usize..error.span.end as usize).is_some());
                continue;
            }
        };
        for span in &tree.comments {
            let comment = text.get(span.start as usize..span.end as usize);
            prop_assert!(comment.is_some_and(|comment| comment.starts_with('#')), "{comment:?}");
        }
        let Some(root) = tree.root() else { continue };
        for node in root.descendants() {
            let span = node.span();
            let written = text.get(span.start as usize..span.end as usize);
            prop_assert!(written.is_some(), "{span:?} in {text:?}");
            let pointed = tree.pointing_span(node.id());
            prop_assert!(text.get(pointed.start as usize..pointed.end as usize).is_some(), "{pointed:?} in {text:?}");
            let (Some(value), Some(written)) = (node.text(), written) else { continue };
            // Tags stand before the span, and text over several lines depends on what it stands in.
            if node.tag().is_some() || written.contains(['\n', '\r', '\u{feff}', '\t']) || written.is_empty() {
                continue;
            }
            let again = parse(&format!("- {written}\n"));
            let again = again.first().and_then(|document| document.as_ref().ok()).and_then(|tree| {
                let item = tree.root()?.items().next()?;
                Some((item.text()?.to_owned(), item.is_quoted()))
            });
            // A document of nothing but a null has no tree, a list of one has.
            let Some((text_again, quoted)) = again else {
                prop_assert!(false, "{written:?} of {text:?} cannot be read again");
                continue;
            };
            prop_assert_eq!(&text_again, value, "{} of {}", written, text);
            // A tag of the core schema makes text of what is plain, and the other way round.
            let same_kind = quoted == node.is_quoted() || text.contains("!!");
            prop_assert!(same_kind, "{} of {}", written, text);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_soup_is_survived(first in soup(), second in soup()) {
        let files = [("a/compose.yaml", first.as_str()), ("a/.env", second.as_str()), ("b/k8s.yaml", second.as_str())];
        let files = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
        report(&Collected { files, ..Collected::default() });
    }

    #[test]
    fn spans_lie_in_the_text_and_say_what_their_nodes_say(text in soup()) {
        check_spans(&text)?;
    }

    #[test]
    fn line_endings_mean_nothing(text in soup()) {
        // Carriage returns alone are line breaks too, and tell nothing here.
        let unix = text.replace("\r\n", "\n").replace('\r', "");
        let windows = unix.replace('\n', "\r\n");
        prop_assert_eq!(read(&unix), read(&windows), "{:?}", unix);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600), text in "\\PC{0,200}") {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in [("compose.yaml", &bytes[..]), ("bytes.yaml", &bytes[..]), ("text.json", text.as_bytes())] {
            let head = if name == "compose.yaml" { "services:\n" } else { "apiVersion: v1\nkind: " };
            std::fs::write(folder.path().join(name), [head.as_bytes(), bytes].concat()).expect("written");
        }
        report(&collect(&[Input::Path(folder.path().to_path_buf())], &Choices::default()));
    }
}

#[test]
fn spans_and_line_endings_hold_for_the_corpus() {
    let Some(corpus) = support::corpus() else { return };
    let collected = collect(&[Input::Path(corpus.join("files"))], &Choices::default());
    let files = collected.files.iter().filter(|file| file.text.len() < 20_000 && file.base_name() != ".env");
    let mut checked = 0;
    for file in files.step_by(7) {
        check_spans(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let unix = file.text.replace("\r\n", "\n");
        assert_eq!(read(&unix), read(&unix.replace('\n', "\r\n")), "{}", file.name);
        checked += 1;
    }
    println!("spans and line endings of {checked} files");
    assert!(checked > 300);
}
