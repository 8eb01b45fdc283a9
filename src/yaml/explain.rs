//! Why a document could not be read, in words that say what to do, at the place that shows it.

use granit_parser::{ErrorKind, ScanError};

use super::parse::DocumentError;
use super::template::is_template_line;
use crate::limits::Limits;
use crate::text::Span;

/// The reason and the place of a parser's error in a document that begins at `base`.
pub(super) fn explain(error: &ScanError, text: &str, base: u32, span: Span, limits: &Limits) -> DocumentError {
    let noticed = base + error.marker().byte_offset().unwrap_or(0) as u32;
    let before = text.get(span.start as usize..noticed as usize).unwrap_or_default();
    let open =
        open_bracket(before).filter(|at| before[*at..].contains('\n') || noticed as usize >= text.trim_end().len());
    let (message, offset) = match (error.kind(), open) {
        // The parser goes on until something does not fit, lines below the bracket that somebody forgot to close.
        (
            ErrorKind::MappingValueNotAllowed
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidFlowScalarIndent
            | ErrorKind::InvalidIndentation
            | ErrorKind::InvalidSimpleKey
            | ErrorKind::SimpleKeyExpected
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofImplicitFlowMapping,
            Some(at),
        ) => {
            let message = format!("this `{}` is not closed before something that cannot stand in it", &before[at..=at]);
            (message, span.start + at as u32)
        }
        // `image: {REGISTRY}/web` and `name: "a" b`: a value is over, and something follows it.
        (ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry, _)
            if before.trim_end_matches([' ', '\t']).ends_with(['}', ']', '"', '\'']) =>
        {
            let message = "text goes on behind a value that is over; put text that begins with `{`, `[` or a quote in \
                           quotes as a whole";
            (message.to_owned(), noticed)
        }
        (kind, _) => (reason(kind, limits), noticed),
    };
    DocumentError { message, offset: template_line(text, noticed, span).unwrap_or(offset), span }
}

/// The innermost bracket that is open at the end of a text; quoted text and comments are passed over. A guess, for
/// messages alone.
fn open_bracket(text: &str) -> Option<usize> {
    let (mut open, mut quote, mut previous) = (Vec::new(), None, ' ');
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let begins = previous.is_whitespace() || matches!(previous, '[' | '{' | ',' | ':');
        match (quote, character) {
            (Some('"'), '\\') => drop(characters.next()),
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if begins => quote = Some(character),
            (None, '#') if previous.is_whitespace() => {
                characters.by_ref().find(|(_, character)| *character == '\n');
            }
            (None, '[' | '{') if begins || !open.is_empty() => open.push(at),
            (None, ']' | '}') => drop(open.pop()),
            _ => {}
        }
        previous = character;
    }
    open.pop()
}

/// Parsers stumble behind a line like `{{ if x }}`, not over it, so that this line is the place to show.
fn template_line(text: &str, noticed: u32, span: Span) -> Option<u32> {
    let line_start = text.get(..noticed as usize)?.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    if line.contains("{{") || line.contains("{%") {
        return None;
    }
    let before = text.get(span.start as usize..line_start)?;
    let mut end = before.len();
    for line in before.split_inclusive('\n').rev() {
        end -= line.len();
        if is_template_line(line) {
            return Some(span.start + (end + line.len() - line.trim_start().len()) as u32);
        }
    }
    None
}

fn reason(kind: &ErrorKind, limits: &Limits) -> String {
    let words = match kind {
        ErrorKind::RecursionLimitExceeded => {
            return format!("nested deeper than {} levels; raise the limit with --max-depth", limits.depth);
        }
        ErrorKind::UnclosedFlowCollection { open } => return format!("a `{open}` is never closed"),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return format!("a `{open}` is closed by a `{close}`");
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return format!("`{}` cannot begin a value; put the text in quotes", character.escape_default());
        }
        ErrorKind::UnexpectedEofFlowSequence => "a `[` is never closed",
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => "a `{` is never closed",
        ErrorKind::MisplacedFlowCollectionEnd => "a bracket is closed that was never opened",
        ErrorKind::UnclosedQuotedScalar => "a quote is never closed",
        ErrorKind::DocumentIndicatorInQuotedScalar => "a quote is not closed before the next document",
        ErrorKind::InvalidQuotedScalarIndent => "the lines of a quoted text are indented less than its key",
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "something follows a closed quote; put the whole text in quotes, and double or escape quotes inside of it"
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "a backslash in double quotes begins no known escape; double it, or use single quotes"
        }
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => "an escape (`\\x`, `\\u`, `\\U`) stands for no character",
        ErrorKind::ExpectedBlockMappingKey => {
            "a key was expected here; the line is indented otherwise than the keys before it, or has no colon"
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "an item (`- `) was expected here; the line is indented otherwise than the items before it"
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "a key without a colon behind it",
        ErrorKind::ExpectedFlowMappingSeparator => "a `,` or `}` is missing",
        ErrorKind::ExpectedFlowSequenceSeparator => "a `,` or `]` is missing",
        ErrorKind::ExpectedNodeContent => "a value was expected here",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "a second colon where one key and one value stand; put text that holds `: ` in quotes"
        }
        ErrorKind::MappingKeyNotAllowed => "a key cannot stand here; check the indentation",
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => {
            "an item (`- `) cannot stand here; begin it on a line of its own"
        }
        ErrorKind::InvalidIndentation | ErrorKind::InvalidFlowScalarIndent => {
            "this line is indented less than what it belongs to"
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => "a tab where spaces belong; YAML is indented with spaces alone",
        ErrorKind::InvalidBlockScalarIndent => {
            "the first lines of a block text are indented more than its first line with text"
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            "behind `|` or `>` only `+`, `-`, a digit from 1 to 9 and a comment may stand"
        }
        ErrorKind::ExpectedDocumentStart => "something follows the end of the document; begin the next one with `---`",
        ErrorKind::InvalidDocumentEnd => "something follows `...` on its line",
        ErrorKind::BomInsideDocument => "a byte order mark stands in the middle of the text",
        ErrorKind::UndeclaredTagHandle => "a tag (`!…!…`) whose handle no %TAG line declares",
        ErrorKind::UnsupportedYamlMajorVersion => "a %YAML line names a version other than 1",
        ErrorKind::MissingAnchorOrAliasName => "an anchor (`&`) or alias (`*`) has no name; put the text in quotes",
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => "a `-` before a bracket or comma; put the text in quotes",
        ErrorKind::TooManyComments => "more comment lines in a row than can be read",
        other => return other.to_string(),
    };
    words.to_owned()
}
