//! The project's own data files under `rules/`: embedded in the binary, read strictly, every error with its file, line
//! and column.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::limits::Limits;
use crate::text::{Position, SourceId};
use crate::yaml::{self, Node};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// One file under `rules/` as it was when the program was built.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddedFile {
    /// Its path from the project's root, `rules/…`.
    pub name: &'static str,
    /// Its text, which positions refer to.
    pub text: &'static str,
    /// The same content as JSON.
    json: &'static str,
}

/// An error in a data file: a rule, a target, a table, built in or the user's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}", position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column)))]
pub struct DataError {
    /// The file's name.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// What to do, empty where the message says it all.
    pub help: String,
    /// Where in the file.
    pub position: Option<Position>,
    /// The line itself, for the snippet under the message.
    pub line: Option<String>,
}

/// Every embedded file whose path starts with a prefix, in order of their names.
pub fn embedded(prefix: &str) -> impl Iterator<Item = &'static EmbeddedFile> + use<'_> {
    EMBEDDED.iter().filter(move |file| file.name.starts_with(prefix))
}

/// Reads an embedded file.
///
/// # Errors
///
/// When the file does not have the expected shape; the position then comes from its text.
pub fn read_embedded<T: DeserializeOwned>(file: &EmbeddedFile) -> Result<T, DataError> {
    serde_json::from_str(file.json).or_else(|_| read_text(file.name, file.text))
}

/// Reads one embedded file by its name.
///
/// # Errors
///
/// When there is no such file, or when it does not have the expected shape.
pub fn read_named<T: DeserializeOwned>(name: &str) -> Result<T, DataError> {
    let file = EMBEDDED.iter().find(|file| file.name == name).ok_or_else(|| DataError {
        file: name.to_owned(),
        message: "the file is missing from the program".to_owned(),
        help: String::new(),
        position: None,
        line: None,
    })?;
    read_embedded(file)
}

/// Reads the text of a data file.
///
/// # Errors
///
/// When it is not YAML or does not have the expected shape: unknown keys, wrong types and missing entries all come
/// with their position.
pub fn read_text<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, DataError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let position = error.location().map(|at| Position { line: at.line() as u32, column: at.column() as u32 });
        let whole = error.without_snippet().to_string();
        let mut lines = whole.lines();
        let first = lines.next().unwrap_or_default();
        // The library appends its own position, which stands in front of ours already.
        let message = first.split(" at line ").next().unwrap_or(first).trim_start_matches("error: ").to_owned();
        // The one thing that the library words in a way nobody can act on.
        if message.starts_with("expected end of mapping after enum variant") {
            let help = "join several with `all`, as a list of conditions".to_owned();
            return with_line(name, text, "a condition has one key, and here are two".to_owned(), help, position);
        }
        with_line(name, text, message, String::new(), position)
    })
}

/// An error at the node that a path of keys and indexes leads to, for checks that come after reading.
#[must_use]
pub fn error_at(name: &str, text: &str, path: &[PathPart<'_>], message: String, help: String) -> DataError {
    let documents = yaml::parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT);
    let tree = documents.first().and_then(|document| document.as_ref().ok());
    let span = tree.and_then(|tree| {
        let (node, is_key) = follow(tree.root()?, path)?;
        let span = if is_key { node.span() } else { tree.pointing_span(node.id()) };
        Some(span)
    });
    let lines = crate::text::LineIndex::new(text);
    with_line(name, text, message, help, span.map(|span| lines.position(text, span.start)))
}

/// One step into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathPart<'p> {
    /// The value under a key.
    Key(&'p str),
    /// The key itself, last in a path.
    Name(&'p str),
    /// An item of a sequence, from 0.
    Index(usize),
}

fn follow<'t>(root: Node<'t>, path: &[PathPart<'_>]) -> Option<(Node<'t>, bool)> {
    let mut node = root;
    for part in path {
        match part {
            PathPart::Key(key) => node = node.get(key)?,
            PathPart::Index(index) => node = node.items().nth(*index)?,
            PathPart::Name(name) => {
                let key = node.written_entries().find(|(key, _)| key.text() == Some(name))?.0;
                return Some((key, true));
            }
        }
    }
    Some((node, false))
}

fn with_line(name: &str, text: &str, message: String, help: String, position: Option<Position>) -> DataError {
    let line = position.and_then(|at| text.lines().nth(at.line as usize - 1)).map(str::to_owned);
    DataError { file: name.to_owned(), message, help, position, line }
}

/// A help sentence that names the nearest known word, if one is near enough.
#[must_use]
pub fn did_you_mean<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> String {
    let nearest = known
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .min_by_key(|(distance, candidate)| (*distance, *candidate));
    match nearest {
        Some((distance, candidate)) if distance <= word.len().max(3) / 3 + 1 => format!("did you mean `{candidate}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_embedded_files() {
        use sha2::{Digest as _, Sha256};
        let mut digest = Sha256::new();
        let deciding = embedded("rules/").filter(|file| !file.name.starts_with("rules/french/"));
        for part in deciding.flat_map(|file| [file.name, file.text]) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let sum: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(EMBEDDED_DIGEST, format!("sha256:{sum}"));
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Shape {
        #[expect(dead_code, reason = "only its type matters")]
        effort: u8,
    }

    #[test]
    fn wrong_types_and_unknown_keys_have_positions() {
        let error = read_text::<Shape>("a.yaml", "effort: many\n").expect_err("a wrong type");
        assert_eq!(error.position, Some(Position { line: 1, column: 9 }), "{error:?}");
        let error = read_text::<Shape>("a.yaml", "effort: 1\nefort: 2\n").expect_err("an unknown key");
        assert_eq!(error.position.map(|at| at.line), Some(2), "{error:?}");
        assert!(error.message.contains("efort"), "{error:?}");
    }

    #[test]
    fn paths_lead_to_keys_and_values() {
        let text = "when:\n  all:\n    - is: {workload.kindd: x}\n";
        let path = [
            PathPart::Key("when"),
            PathPart::Key("all"),
            PathPart::Index(0),
            PathPart::Key("is"),
            PathPart::Name("workload.kindd"),
        ];
        let error = error_at("a.yaml", text, &path, "unknown fact".to_owned(), String::new());
        assert_eq!(error.position, Some(Position { line: 3, column: 12 }));
        assert_eq!(did_you_mean("workload.kindd", ["workload.kind", "x"].into_iter()), "did you mean `workload.kind`?");
    }
}
