//! Text to trees. Documents are split first and parsed one by one, so that a broken one costs its neighbours nothing.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag, options};
use rayon::prelude::*;

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
        let message = format!(
            "more than {} documents in one file; split the file, or raise the limit with --max-documents",
            limits.documents
        );
        return vec![Err(DocumentError { message, offset: 0, span })];
    }
    let parse = |chunk| parse_chunk(source, text, chunk, limits);
    if text.len() < PARALLEL_FROM {
        chunks.into_iter().flat_map(parse).collect()
    } else {
        chunks.into_par_iter().flat_map_iter(parse).collect()
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
    for line in text.split_inclusive('\n') {
        let content = if at == 0 { line.trim_start_matches('\u{feff}') } else { line };
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

fn parse_chunk(source: SourceId, text: &Arc<str>, chunk: Range<usize>, limits: &Limits) -> Vec<ParsedDocument> {
    let mut documents = Vec::new();
    let base = chunk.start as u32;
    let span = Span { start: base, end: chunk.end as u32 };
    let body = &text[chunk];
    let (body, base) = match body.strip_prefix('\u{feff}') {
        Some(rest) => (rest, base + 3),
        None => (body, base),
    };
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
                    if let Some(tree) = builder.finish() {
                        documents.push(Ok(tree));
                    }
                    builder = Builder::new(source, text, span, limits);
                } else if let Err(message) = builder.take(event, start, end) {
                    documents.push(Err(DocumentError { message, offset: start, span }));
                    return documents;
                }
            }
            Err(error) => {
                documents.push(Err(explain(&error, base, span)));
                return documents;
            }
        }
    }
    documents
}

fn offset(marker: &granit_parser::Marker, base: u32) -> u32 {
    base + marker.byte_offset().unwrap_or(0) as u32
}

fn explain(error: &ScanError, base: u32, span: Span) -> DocumentError {
    let info = error.info();
    // The parser's message comes with its own position, which counts from the start of the document.
    let message = info.split(" at byte ").next().unwrap_or(&info).split(" at char ").next().unwrap_or(&info);
    DocumentError { message: message.to_owned(), offset: offset(error.marker(), base), span }
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
            // Real manifests have a node for every 20 to 30 bytes.
            entries: Vec::with_capacity((span.end - span.start) as usize / 24 + 8),
            decoded: Vec::new(),
            text: Arc::clone(text),
            tags: Vec::new(),
            comments: Vec::new(),
            document: DocumentId(0),
            source,
            span,
            duplicate_key: None,
            positions: std::sync::OnceLock::new(),
        };
        Self { tree, open: Vec::new(), anchors: BTreeMap::new(), open_anchors: Vec::new(), aliased: 0, limits: *limits }
    }

    fn take(&mut self, event: Event<'_>, start: u32, end: u32) -> Result<(), String> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
                let kind = if plain && !is_string_tag(tag.as_deref()) { Kind::Plain } else { Kind::Text };
                // Where the text stands in the source as it is, no copy is kept. An empty value has an empty span,
                // for which the parser gives `~`; a tagged plain scalar has no quotes to leave out.
                let as_written = self.tree.text.get(start as usize..end as usize).is_some_and(|source| match kind {
                    Kind::Plain => source.is_empty() || source == value,
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
        let mut keys: Vec<(&str, NodeId)> =
            node.written_entries().filter_map(|(key, _)| Some((key.text()?, key.id()))).collect();
        keys.sort_unstable();
        let found = keys.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[0].0 != "<<").map(|pair| pair[1].1);
        self.tree.duplicate_key = found;
    }

    fn finish(self) -> Option<Tree> {
        let root = self.tree.root()?;
        // A document that is nothing but a null is as good as none.
        if root.is_null() { None } else { Some(self.tree) }
    }
}

fn is_string_tag(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"))
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
    fn the_later_of_two_equal_keys_counts_and_is_noted() {
        let documents = parse("a: 1\na: 2\n");
        let tree = documents[0].as_ref().expect("a document");
        assert_eq!(tree.root().and_then(|root| root.get("a")).and_then(|n| n.integer()), Some(2));
        assert!(tree.duplicate_key.is_some());
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
