//! Text to trees. Documents are split first and parsed one by one, so that a broken one costs its neighbours nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, Tag, options};
use rayon::prelude::*;

use super::explain::explain;
use super::scalar::{self, Dialect, Scalar};
use super::{DocumentId, Entry, Kind, NodeId, Tree};
use crate::limits::{self, Limits};
use crate::text::{SourceId, Span};

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// What is wrong, in words.
    pub message: String,
    /// The byte of the file at which it was noticed.
    pub offset: u32,
    /// The bytes of the file that belong to the broken document.
    pub span: Span,
}

/// One document of a file: its tree, or why it has none.
pub type ParsedDocument = Result<Tree, DocumentError>;

/// Reads every document of a text. Empty documents (nothing but comments) give no entry. The trees' document numbers
/// start at 0 and are given their final value by the caller.
#[must_use]
pub fn parse_documents(source: SourceId, text: &Arc<str>, limits: &Limits) -> Vec<ParsedDocument> {
    let chunks = split(text);
    if chunks.len() > limits.documents {
        let span = Span { start: 0, end: text.len() as u32 };
        return vec![Err(too_many_documents(span, limits))];
    }
    let parse = |chunk| parse_chunk(source, text, chunk, limits);
    if text.len() < PARALLEL_FROM {
        chunks.into_iter().flat_map(parse).collect()
    } else {
        chunks.into_par_iter().flat_map_iter(parse).collect()
    }
}

/// Reads the documents of a text that stands inside a scalar of another document, such as a patch that is written in
/// place. Every span is one of the outer file, so that places lead to the very line; what cannot be mapped (folded or
/// escaped text) leads to the scalar.
#[must_use]
pub fn parse_embedded(outer: super::Node<'_>, limits: &Limits) -> Vec<ParsedDocument> {
    let (tree, span) = (outer.tree(), outer.span());
    let Some(text) = outer.text() else { return Vec::new() };
    let map = EmbeddedLines::new(text, &tree.text, span);
    let mut documents = parse_documents(tree.source, &Arc::from(text), limits);
    for document in &mut documents {
        match document {
            Ok(inner) => {
                for at in 0..inner.entries.len() {
                    let entry = inner.entries[at];
                    if matches!(entry.kind, Kind::Plain | Kind::Text) && entry.extra == 0 {
                        let text = super::Node::new(inner, at as u32).text().unwrap_or_default().into();
                        inner.decoded.push(text);
                        inner.entries[at].extra = inner.decoded.len() as u32;
                    }
                    inner.entries[at].span = map.span(entry.span);
                }
                inner.comments.clear();
                inner.text = Arc::clone(&tree.text);
                inner.span = span;
            }
            Err(error) => {
                error.offset = map.offset(error.offset);
                error.span = span;
            }
        }
    }
    documents
}

/// Where the lines of a text inside a scalar stand in the file: for literal block scalars one below the other, each
/// behind the same indentation.
struct EmbeddedLines {
    /// For each line of the inner text its first byte there and in the file; empty where they cannot be told.
    lines: Vec<(u32, u32)>,
    whole: Span,
}

impl EmbeddedLines {
    fn new(inner: &str, file: &str, whole: Span) -> Self {
        let mut lines = Vec::new();
        let mut at = whole.start as usize;
        let end = (whole.end as usize).min(file.len());
        let mut inner_at = 0;
        for line in inner.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            // The next line of the file that ends in the inner line; the first one may be the header of the block.
            let found = loop {
                if at >= end {
                    break None;
                }
                let rest = &file[at..end];
                let length = rest.find('\n').map_or(rest.len(), |found| found + 1);
                let outer = rest[..length].trim_end_matches(['\n', '\r']);
                let start = at;
                at += length;
                let is_header = lines.is_empty() && outer.trim_start().starts_with(['|', '>']);
                let is_comment = lines.is_empty() && outer.trim_start().starts_with('#') && !content.starts_with('#');
                if is_header || is_comment || (lines.is_empty() && outer.trim().is_empty() && !content.is_empty()) {
                    continue;
                }
                if outer.ends_with(content) && outer[..outer.len() - content.len()].trim().is_empty() {
                    break Some(start + outer.len() - content.len());
                }
                break None;
            };
            let Some(found) = found else { return Self { lines: Vec::new(), whole } };
            lines.push((inner_at, found as u32));
            inner_at += line.len() as u32;
        }
        Self { lines, whole }
    }

    fn offset(&self, offset: u32) -> u32 {
        let line = self.lines.partition_point(|(start, _)| *start <= offset);
        match line.checked_sub(1).and_then(|line| self.lines.get(line)) {
            Some((start, outer)) => (outer + (offset - start)).min(self.whole.end),
            None => self.whole.start,
        }
    }

    fn span(&self, span: Span) -> Span {
        if self.lines.is_empty() {
            return self.whole;
        }
        let start = self.offset(span.start);
        Span { start, end: self.offset(span.end).max(start) }
    }
}

/// From this many bytes on, the documents of one file are parsed in parallel; below it, files are the better unit.
const PARALLEL_FROM: usize = 1 << 20;

/// The byte ranges between document markers. `---` at the start of a line ends a document wherever it stands, also
/// inside block scalars (YAML 1.2.2, 9.1.2), so this needs no parser. Lines before a marker that hold only comments
/// and directives belong to the document behind it.
fn split(text: &str) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut start = 0;
    let mut has_content = false;
    let mut at = 0;
    // Lines may end as on old machines, which few do.
    let lines: Box<dyn Iterator<Item = &str>> = if text.contains('\r') {
        Box::new(text.split_inclusive(['\n', '\r']))
    } else {
        Box::new(text.split_inclusive('\n'))
    };
    for line in lines {
        // Files that were put after one another bring their byte order marks.
        let content = line.trim_start_matches('\u{feff}');
        let is_marker = content
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n', '\r']));
        if is_marker {
            if has_content {
                chunks.push(start..at);
                start = at;
            }
            // What follows the marker on its own line is content.
            has_content = true;
        } else if !has_content {
            let first = content.trim_start().chars().next();
            has_content = !matches!(first, None | Some('#' | '%'));
        }
        at += line.len();
    }
    if has_content {
        chunks.push(start..text.len());
    }
    chunks
}

/// Reads what stands between two markers: one document, or several that end with `...` or are JSON values in a row.
fn parse_chunk(source: SourceId, text: &Arc<str>, chunk: Range<usize>, limits: &Limits) -> Vec<ParsedDocument> {
    let mut documents = Vec::new();
    let mut from = chunk.start;
    while let Some(next) = parse_values(source, text, from..chunk.end, limits, &mut documents) {
        from = next;
    }
    if documents.len() > limits.documents {
        let span = Span { start: chunk.start as u32, end: chunk.end as u32 };
        documents = vec![Err(too_many_documents(span, limits))];
    }
    documents
}

fn too_many_documents(span: Span, limits: &Limits) -> DocumentError {
    let message = format!(
        "more than {} documents in one file; split the file, or raise the limit with --max-documents",
        limits.documents
    );
    DocumentError { message, offset: span.start, span }
}

/// Reads documents up to the end of the chunk or to a JSON value that follows another one, whose offset is returned.
fn parse_values(
    source: SourceId,
    text: &Arc<str>,
    chunk: Range<usize>,
    limits: &Limits,
    documents: &mut Vec<ParsedDocument>,
) -> Option<usize> {
    let span = Span { start: chunk.start as u32, end: chunk.end as u32 };
    let mut body = text[chunk].trim_start_matches('\u{feff}');
    // A byte order mark behind the marker's line: what stands before it is of no account.
    if let Some(at) = body.find('\n').filter(|at| body.starts_with("---") && body[at + 1..].starts_with('\u{feff}'))
        && matches!(body[3..at].trim_start().chars().next(), None | Some('#'))
    {
        body = body[at + 1..].trim_start_matches('\u{feff}');
    }
    let base = span.end - body.len() as u32;
    let options = options! {
        max_buffered_comment_events: limits::COMMENTS_IN_A_ROW,
        flow_nesting_limit: limits.depth,
        block_nesting_limit: limits.depth,
        emit_unresolved_aliases: true,
    };
    let mut builder = Builder::new(source, text, span, limits);
    for event in Parser::new_from_str_with_options(body, options) {
        match event {
            Ok((event, at)) => {
                let (start, end) = (offset(&at.start, base), offset(&at.end, base));
                if matches!(event, Event::DocumentEnd) {
                    documents.extend(builder.finish().map(Ok));
                    builder = Builder::new(source, text, span, limits);
                    if documents.len() > limits.documents {
                        return None;
                    }
                } else if let Err(message) = builder.take(event, start, end) {
                    documents.push(Err(DocumentError { message, offset: start, span }));
                    return None;
                }
            }
            Err(error) => {
                if *error.kind() == ErrorKind::ExpectedDocumentStart {
                    // Something follows a value that is over. For kubectl, JSON values may stand in a row.
                    let next = offset(error.marker(), base);
                    let is_json = |at: u32| {
                        let rest =
                            text.get(at as usize..).unwrap_or_default().trim_start_matches('\u{feff}').trim_start();
                        rest.starts_with('{') && !rest.starts_with("{{")
                    };
                    match documents.last_mut() {
                        Some(Ok(tree)) if is_json(0) && is_json(span.start) && is_json(next) => {
                            tree.span.end = next;
                            return Some(next as usize);
                        }
                        // The value and what follows it are one broken document.
                        Some(Ok(tree)) if tree.span == span => drop(documents.pop()),
                        _ => {}
                    }
                }
                documents.push(Err(explain(&error, text, base, span, limits)));
                return None;
            }
        }
    }
    None
}

fn offset(marker: &granit_parser::Marker, base: u32) -> u32 {
    base + marker.byte_offset().unwrap_or(0) as u32
}

/// Collects events into a tree.
struct Builder {
    tree: Tree,
    /// The open collections, innermost last, each with what it holds so far.
    open: Vec<(u32, Extent)>,
    /// Anchored nodes with what they hold.
    anchors: BTreeMap<usize, (u32, Extent)>,
    /// The anchors of open collections.
    open_anchors: Vec<usize>,
    /// Nodes that aliases stand for, so far.
    aliased: u64,
    limits: Limits,
}

const TOO_MANY_ALIASES: &str = "aliases make this document larger than can be read; write the repeated parts out, or \
                                raise the limit with --max-aliased-nodes";

/// How much a node holds once every alias below it is written out.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    nodes: u64,
    depth: u64,
}

impl Builder {
    fn new(source: SourceId, text: &Arc<str>, span: Span, limits: &Limits) -> Self {
        let tree = Tree {
            entries: Vec::new(),
            decoded: Vec::new(),
            text: Arc::clone(text),
            tags: Vec::new(),
            comments: Vec::new(),
            document: DocumentId(0),
            source,
            span,
            wide: std::sync::OnceLock::new(),
            dialect: Dialect::Compose,
            duplicate_key: None,
            origins: Vec::new(),
            unrendered: None,
            live: None,
        };
        Self { tree, open: Vec::new(), anchors: BTreeMap::new(), open_anchors: Vec::new(), aliased: 0, limits: *limits }
    }

    fn take(&mut self, event: Event<'_>, start: u32, end: u32) -> Result<(), String> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                let (mut value, mut start, mut end) = (value, start, end);
                if style == ScalarStyle::Plain && start == end {
                    // An empty value, for which the parser gives `~` at the colon. It stands behind the colon.
                    value = Cow::Borrowed("");
                    let is_at_colon = self.tree.text.as_bytes().get(start as usize) == Some(&b':');
                    (start, end) = (start + u32::from(is_at_colon), end + u32::from(is_at_colon));
                } else if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    start = self.block_start(start).unwrap_or(start);
                }
                let (kind, value) = typed(style, tag.as_deref(), value)?;
                // Where the text stands in the source as it is, no copy is kept. A tagged plain scalar has no quotes to
                // leave out.
                let as_written = self.tree.text.get(start as usize..end as usize).is_some_and(|source| match kind {
                    Kind::Plain => source == value,
                    _ => quoted && source.get(1..source.len().saturating_sub(1)) == Some(&*value),
                });
                let extra = if as_written { 0 } else { self.keep(&value) };
                self.hold(Extent { nodes: 1, depth: 1 })?;
                self.push(kind, start, end, extra, anchor, tag.as_deref())
            }
            Event::MappingStart(_, anchor, tag) => self.open(Kind::Mapping, start, end, anchor, tag.as_deref()),
            Event::SequenceStart(_, anchor, tag) => self.open(Kind::Sequence, start, end, anchor, tag.as_deref()),
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some((at, extent)) = self.open.pop() {
                    let anchor = self.open_anchors.pop().unwrap_or(0);
                    if anchor > 0 {
                        self.anchors.insert(anchor, (at, extent));
                    }
                    self.hold(extent)?;
                    let next = self.tree.entries.len() as u32;
                    let last_end = self.tree.entries.last().map_or(end, |entry| entry.span.end);
                    let is_mapping = self.tree.entries[at as usize].kind == Kind::Mapping;
                    let entry = &mut self.tree.entries[at as usize];
                    entry.next = next;
                    entry.span.end = last_end.max(entry.span.end).max(if end > last_end { last_end } else { end });
                    if is_mapping {
                        self.note_duplicates(at);
                    }
                }
                Ok(())
            }
            Event::Alias(id) => {
                let target = self.anchors.get(&id).copied();
                match target {
                    Some((target, extent)) => {
                        self.aliased = self.aliased.saturating_add(extent.nodes);
                        if self.aliased > self.limits.aliased_nodes {
                            return Err(TOO_MANY_ALIASES.to_owned());
                        }
                        self.hold(extent)?;
                        self.push(Kind::Alias, start, end, target, 0, None)
                    }
                    _ => Err("an alias refers to a node that holds it".to_owned()),
                }
            }
            // The name is not repeated: it may be somebody's password that happens to begin with `*`.
            Event::UnresolvedAlias(_) => {
                Err("an alias (`*…`) has no anchor before it; quote text that begins with `*`".to_owned())
            }
            Event::Comment(..) => {
                self.tree.comments.push(Span { start, end });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, kind: Kind, start: u32, end: u32, anchor: usize, tag: Option<&Tag>) -> Result<(), String> {
        let at = self.tree.entries.len() as u32;
        // The anchor is known only when the collection is whole: an alias inside its own anchor would never end.
        self.push(kind, start, end, 0, 0, tag)?;
        self.open.push((at, Extent { nodes: 1, depth: 1 }));
        self.open_anchors.push(anchor);
        Ok(())
    }

    /// Adds what a node holds to the collection that it stands in. Aliases let a small document stand for a huge one, so
    /// it is refused where it would exceed the limits when written out.
    fn hold(&mut self, extent: Extent) -> Result<(), String> {
        let Some((_, outer)) = self.open.last_mut() else { return Ok(()) };
        outer.nodes = outer.nodes.saturating_add(extent.nodes);
        outer.depth = outer.depth.max(extent.depth + 1);
        if outer.nodes > self.limits.nodes as u64 || outer.depth > 2 * self.limits.depth as u64 {
            return Err(TOO_MANY_ALIASES.to_owned());
        }
        Ok(())
    }

    fn push(
        &mut self,
        kind: Kind,
        start: u32,
        end: u32,
        extra: u32,
        anchor: usize,
        tag: Option<&Tag>,
    ) -> Result<(), String> {
        let at = self.tree.entries.len() as u32;
        if self.tree.entries.len() >= self.limits.nodes {
            return Err(format!(
                "more than {} nodes in one document; split it, or raise the limit with --max-nodes",
                self.limits.nodes
            ));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (at, Extent { nodes: 1, depth: 1 }));
        }
        if let Some(tag) = tag.filter(|tag| tag.is_custom()) {
            self.tree.tags.push((at, tag.to_string().into_boxed_str()));
        }
        self.tree.entries.push(Entry { span: Span { start, end }, next: at + 1, extra, kind });
        Ok(())
    }

    /// Where the `|` or `>` stands whose text begins at a byte: behind the node before it, with its properties, marks and
    /// comments between them.
    fn block_start(&self, content: u32) -> Option<u32> {
        let from = self.tree.entries.last().map_or(self.tree.span.start, |last| match last.kind {
            Kind::Mapping | Kind::Sequence => last.span.start,
            Kind::Plain | Kind::Text | Kind::Alias => last.span.end,
        });
        let between = self.tree.text.get(from as usize..content as usize)?;
        let mut at = 0;
        loop {
            let rest = &between[at..];
            let first = rest.chars().next()?;
            let follows_space = at == 0 || between[..at].ends_with(char::is_whitespace);
            at += match first {
                '|' | '>' => return Some(from + at as u32),
                '#' if follows_space => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                '!' | '&' if follows_space => rest.find(char::is_whitespace).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
        }
    }

    fn keep(&mut self, value: &str) -> u32 {
        self.tree.decoded.push(value.into());
        self.tree.decoded.len() as u32
    }

    fn note_duplicates(&mut self, mapping: u32) {
        if self.tree.duplicate_key.is_some() {
            return;
        }
        let tree = &self.tree;
        let node = super::Node::new(tree, mapping);
        // Numbers alone, as mappings may be as large as the file.
        let mut keys: Vec<NodeId> = node.written_entries().map(|(key, _)| key.id()).collect();
        let text = |key: &NodeId| tree.node(*key).and_then(|key| key.text());
        keys.sort_unstable_by(|a, b| text(a).cmp(&text(b)).then(a.cmp(b)));
        let is_same = |a: &NodeId, b: &NodeId| text(a).is_some_and(|a| a != "<<" && Some(a) == text(b));
        let found = keys.windows(2).find(|pair| is_same(&pair[0], &pair[1])).map(|pair| pair[1]);
        self.tree.duplicate_key = found;
    }

    fn finish(mut self) -> Option<Tree> {
        let root = self.tree.root()?;
        // A document that is nothing but a null is as good as none.
        if root.is_null() {
            return None;
        }
        if root.get("apiVersion").is_some() && root.get("kind").is_some() {
            self.tree.dialect = Dialect::Kubernetes;
        }
        // Lists grow by doubling, so that up to half of them may be empty.
        self.tree.entries.shrink_to_fit();
        self.tree.decoded.shrink_to_fit();
        self.tree.comments.shrink_to_fit();
        Some(self.tree)
    }
}

/// Whether a scalar's type is open or it is text, and its text. Tags of the core schema count as both Go libraries read
/// them; what has any other tag is text.
fn typed<'t>(style: ScalarStyle, tag: Option<&Tag>, value: Cow<'t, str>) -> Result<(Kind, Cow<'t, str>), String> {
    let Some(tag) = tag else {
        return Ok((if style == ScalarStyle::Plain { Kind::Plain } else { Kind::Text }, value));
    };
    let (prefix, name) = tag.parts();
    let fits = match (prefix, name) {
        (CORE_TAGS, "null") => scalar::is_null(&value),
        (CORE_TAGS, "bool") => is_any(&value, |value| matches!(value, Scalar::Boolean(_))),
        (CORE_TAGS, "int") => is_any(&value, |value| matches!(value, Scalar::Integer(_) | Scalar::Large(_))),
        (CORE_TAGS, "float") => is_any(&value, |value| matches!(value, Scalar::Integer(_) | Scalar::Float(_))),
        (CORE_TAGS, "merge") if value == "<<" => true,
        (CORE_TAGS, "binary") => {
            let text = base64(&value).ok_or("a value that is tagged `!!binary` is not base64")?;
            return Ok((Kind::Text, Cow::Owned(text)));
        }
        _ => return Ok((Kind::Text, value)),
    };
    // The value is not repeated: it may be somebody's password.
    if fits { Ok((Kind::Plain, value)) } else { Err(format!("a value that is tagged `!!{name}` is none")) }
}

const CORE_TAGS: &str = "tag:yaml.org,2002:";

fn is_any(text: &str, is: impl Fn(Scalar<'_>) -> bool) -> bool {
    is(scalar::resolve(text, Dialect::Kubernetes)) || is(scalar::resolve(text, Dialect::Compose))
}

/// What base64 stands for, line breaks passed over; each byte that is no text becomes `\u{fffd}`. None where it is not
/// base64.
fn base64(text: &str) -> Option<String> {
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(&text);
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<ParsedDocument> {
        parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT)
    }

    #[test]
    fn a_broken_document_leaves_its_neighbours_alone() {
        let documents = parse("a: 1\n---\nb: [oops\n---\nc: 3\n");
        assert_eq!(documents.len(), 3);
        assert!(documents[0].is_ok() && documents[2].is_ok());
        let error = documents[1].as_ref().expect_err("an unclosed bracket");
        assert!(error.offset >= 9 && error.offset <= 21, "{error:?}");
    }

    #[test]
    fn texts_inside_texts_keep_the_lines_of_the_file() {
        let text = "patches:\n- patch: |-\n    kind: Deployment\n    spec:\n      replicas: 3\n\n      a: \"b\"\n- patch: \"kind: X\"\n";
        let documents = parse(text);
        let tree = documents[0].as_ref().expect("a document");
        let patches: Vec<_> = tree.root().and_then(|root| root.get("patches")).expect("a list").items().collect();
        let inner = |at: usize| {
            let outer = patches[at].get("patch").expect("a text");
            parse_embedded(outer, &Limits::DEFAULT).remove(0).expect("a tree")
        };
        let first = inner(0);
        for (path, shown) in [(&["spec", "replicas"], "replicas: 3"), (&["spec", "a"], "a: \"b\"")] {
            let node = first.root().and_then(|root| root.at(path)).expect("a value");
            let span = first.pointing_span(node.id());
            assert_eq!(&text[span.start as usize..span.end as usize], shown);
        }
        assert_eq!(first.root().and_then(|root| root.at(&["spec", "a"])).and_then(|node| node.text()), Some("b"));
        let second = inner(1);
        let span = second.pointing_span(second.root().and_then(|root| root.get("kind")).expect("a kind").id());
        assert!(text[span.start as usize..span.end as usize].contains("kind: X"));
    }

    #[test]
    fn markers_directives_and_comments_split_as_yaml_says() {
        let text = "# head\n%YAML 1.2\n---\na: |\n  text\n--- # next\nb: 2\n...\n# tail\n---\n";
        let documents = parse(text);
        assert_eq!(documents.len(), 2, "{documents:?}");
        let second = documents[1].as_ref().expect("the second document");
        assert_eq!(second.root().and_then(|root| root.get("b")).and_then(|node| node.integer()), Some(2));
    }

    #[test]
    fn spans_paths_and_keys_are_exact() {
        let text = "spec:\n  replicas: 3\n  names: [ü, 'b c', \"d\\n\"]\n";
        let documents = parse(text);
        let tree = documents[0].as_ref().expect("a document");
        let root = tree.root().expect("a root");
        let replicas = root.at(&["spec", "replicas"]).expect("replicas");
        let span = tree.pointing_span(replicas.id());
        assert_eq!(&text[span.start as usize..span.end as usize], "replicas: 3");
        assert_eq!(tree.path(replicas.id()), "spec.replicas");
        let names: Vec<_> = root.at(&["spec", "names"]).expect("names").items().collect();
        assert_eq!(names.iter().map(|n| n.text().expect("text")).collect::<Vec<_>>(), ["ü", "b c", "d\n"]);
        assert_eq!(tree.path(names[2].id()), "spec.names[2]");
        let span = names[1].span();
        assert_eq!(&text[span.start as usize..span.end as usize], "'b c'");
    }

    #[test]
    fn anchors_and_merge_keys_are_followed_and_loops_refused() {
        let documents = parse("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz: *x\n");
        let tree = documents[0].as_ref().expect("a document");
        let root = tree.root().expect("a root");
        assert_eq!(root.at(&["y", "a"]).and_then(|n| n.integer()), Some(1));
        assert_eq!(root.at(&["y", "b"]).and_then(|n| n.integer()), Some(3));
        assert_eq!(root.at(&["z", "b"]).and_then(|n| n.integer()), Some(2));
        assert_eq!(root.get("y").expect("y").entries().len(), 2);
        assert!(parse("a: &a [*a]\n")[0].is_err());
        assert!(parse("a: *nowhere\n")[0].is_err());
    }

    #[test]
    fn merged_keys_give_way_for_docker_and_override_what_stands_before_them_for_kubernetes() {
        let text = "x: &x {a: 1, b: 1}\ny: &y {a: 2, c: 2}\nz:\n  a: 0\n  <<: [*x, *y]\n  c: 3\n  '<<': 5\n";
        for (head, a) in [("", 0), ("apiVersion: v1\nkind: ConfigMap\n", 1)] {
            let documents = parse(&format!("{head}{text}"));
            let z = documents[0].as_ref().ok().and_then(|tree| tree.root()?.get("z")).expect("z");
            let read: Vec<_> = ["a", "b", "c", "<<"].iter().map(|key| z.get(key).and_then(|n| n.integer())).collect();
            assert_eq!(read, [Some(a), Some(1), Some(3), Some(5)]);
            let mut entries: Vec<_> = z.entries().iter().map(|(key, value)| (key.text(), value.integer())).collect();
            entries.sort_unstable();
            assert_eq!(
                entries,
                [(Some("<<"), Some(5)), (Some("a"), Some(a)), (Some("b"), Some(1)), (Some("c"), Some(3))]
            );
        }
    }

    #[test]
    fn the_later_of_two_equal_keys_counts_and_is_noted() {
        let documents = parse("a: 1\na: 2\n");
        let tree = documents[0].as_ref().expect("a document");
        assert_eq!(tree.root().and_then(|root| root.get("a")).and_then(|n| n.integer()), Some(2));
        assert!(tree.duplicate_key.is_some());
    }

    #[test]
    fn block_scalars_begin_at_their_mark_and_empty_values_behind_the_colon() {
        let text = "a: # | no\n  !!str &x |2- # > no\n\n    text\n- b\nc: >+\n# end\nd:\n";
        let text = text.replace("- b\n", "b:\n- |\n  item\n- [1]\n- >\n\n");
        let documents = parse(&text);
        let tree = documents[0].as_ref().expect("a document");
        let root = tree.root().expect("a root");
        let at = |node: super::super::Node<'_>| text[node.span().start as usize..].to_owned();
        assert!(at(root.get("a").expect("a")).starts_with("|2-"));
        let items: Vec<_> = root.get("b").expect("b").items().map(at).collect();
        assert!(items[0].starts_with("|\n  item") && items[2].starts_with(">\n\n"), "{items:?}");
        assert!(at(root.get("c").expect("c")).starts_with(">+"));
        assert_eq!(at(root.get("d").expect("d")), "\n");
    }

    #[test]
    fn tags_and_empty_values() {
        let documents = parse("a: !!str 5\nb:\nc: !reset []\nd: \"\"\n");
        let tree = documents[0].as_ref().expect("a document");
        let root = tree.root().expect("a root");
        assert!(root.get("a").is_some_and(|n| n.is_quoted() && n.text() == Some("5")));
        assert!(root.get("b").is_some_and(|n| n.is_null()));
        assert_eq!(root.get("c").and_then(|n| n.tag()), Some("!reset"));
        assert!(root.get("d").is_some_and(|n| !n.is_null() && n.text() == Some("")));
    }
}
