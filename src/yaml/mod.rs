//! Documents with exact positions: one compact tree per YAML or JSON document, every node with its byte span, comments
//! kept, anchors and merge keys followed on reading.
//!
//! This folder is the only one that names the YAML parser.

mod below;
mod draft;
mod explain;
mod node;
mod parse;
pub mod scalar;
mod template;

pub use below::Below;
pub use draft::{Draft, Field, FreezeBudget};
pub use node::{Node, NodeId};
pub use parse::{DocumentError, ParsedDocument, parse_documents, parse_embedded};
pub use scalar::{Dialect, Scalar};
pub use template::{
    Template, Unrendered, find_template_marker, is_unknown, looks_like_template, read_template, unrendered_scope,
};

use crate::text::{SourceId, Span};

/// The identity of one document of the run, an index into the list of all documents in input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub u32);

/// What a node of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Mapping,
    Sequence,
    /// A scalar without quotes, whose type the reader decides.
    Plain,
    /// A quoted or block scalar, or one tagged `!!str`: always text.
    Text,
    /// A reference to an anchored node earlier in the document; `extra` is its index.
    Alias,
}

/// One node, 20 bytes. Nodes stand in the order of the text, a mapping's children alternate between key and value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) span: Span,
    /// The index of the first node after this one's subtree.
    pub(crate) next: u32,
    /// For scalars the index of the decoded text plus one, 0 where the text is a slice of the source; for aliases the
    /// target's index.
    pub(crate) extra: u32,
    pub(crate) kind: Kind,
}

/// What an object of a live cluster knows about its cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// What tells its namespaces from those of other clusters; none where one cluster alone was read.
    pub qualifier: Option<std::sync::Arc<str>>,
}

/// A collection with many children: its node, and theirs.
pub(crate) type Wide = (u32, Vec<u32>);

/// One document as a tree over its file's text.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) entries: Vec<Entry>,
    pub(crate) decoded: Vec<Box<str>>,
    pub(crate) text: std::sync::Arc<str>,
    /// Node index and local tag (`!reset`, `!Ref`), in node order; core tags are applied while reading.
    pub(crate) tags: Vec<(u32, Box<str>)>,
    /// The spans of comments, `#` included, in order.
    pub comments: Vec<Span>,
    /// Which document of the run this is.
    pub document: DocumentId,
    /// The file it came from.
    pub source: SourceId,
    /// The bytes of the file that this document occupies.
    pub span: Span,
    /// The collections with many children, found when first asked for.
    pub(crate) wide: std::sync::OnceLock<Box<[Wide]>>,
    /// Whose rules for merge keys count: those of Kubernetes for what has a kind and an API version.
    pub(crate) dialect: Dialect,
    /// The first key that stands twice in one mapping, if any: the later one counts, as for Kubernetes.
    pub duplicate_key: Option<NodeId>,
    /// Where the value of each node was really written, for a tree that was made from drafts; empty for a parsed one.
    pub(crate) origins: Vec<Place>,
    /// For a template that has not been rendered: what is missing in it may be there all the same.
    pub unrendered: Option<Box<Unrendered>>,
    /// For an object of a live cluster or of its snapshot; shared, since every document holds one.
    pub live: Option<std::sync::Arc<Live>>,
}

impl Tree {
    /// The top node; none for an empty document.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        (!self.entries.is_empty()).then(|| Node::new(self, 0))
    }

    /// How many nodes it has.
    #[must_use]
    pub fn size(&self) -> usize {
        self.entries.len()
    }

    /// The node with this identity, if it is one of this tree.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<Node<'_>> {
        ((id.0 as usize) < self.entries.len()).then(|| Node::new(self, id.0))
    }

    /// The span that a reader should be pointed at for a node: for a scalar under a key from the start of the key to
    /// the end of the value, for a collection under a key the key alone, for anything else the node's first line.
    #[must_use]
    pub fn pointing_span(&self, id: NodeId) -> Span {
        let at = id.0 as usize;
        let Some(entry) = self.entries.get(at) else { return self.span };
        let key = self.key_of(id.0).map(|key| self.entries[key as usize].span);
        match (key, entry.kind) {
            (Some(key), Kind::Mapping | Kind::Sequence) => key,
            (Some(key), _) if self.decoded_block(at) => key,
            (Some(key), _) => Span { start: key.start, end: entry.span.end.max(key.end) },
            (None, Kind::Mapping | Kind::Sequence) => {
                let text = self.text.get(entry.span.start as usize..entry.span.end as usize).unwrap_or_default();
                let length = text.find(['\n', '\r']).unwrap_or(text.len()) as u32;
                Span { start: entry.span.start, end: entry.span.start + length }
            }
            (None, _) => entry.span,
        }
    }

    /// Whether a scalar spans several lines of source, so that its key says enough.
    fn decoded_block(&self, at: usize) -> bool {
        let span = self.entries[at].span;
        self.text.get(span.start as usize..span.end as usize).is_some_and(|text| text.contains('\n'))
    }

    /// The path of keys and indexes that leads to a node, written as `spec.template.spec.containers[0].image`; empty
    /// for the root.
    #[must_use]
    pub fn path(&self, id: NodeId) -> String {
        let mut path = String::new();
        for step in self.steps(id) {
            match step {
                Step::Key(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    if name.contains('.') || name.contains('/') {
                        path.push_str(&format!("[{name:?}]"));
                    } else {
                        path.push_str(name);
                    }
                }
                Step::Item { index, .. } => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// The steps that lead from the root to a node.
    #[must_use]
    pub fn steps(&self, id: NodeId) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        let mut at = 0u32;
        while at < id.0 {
            let Some(step) = self.step_towards(at, id.0) else { break };
            steps.push(if self.entries[at as usize].kind == Kind::Mapping {
                let key = if step.index.is_multiple_of(2) { Some(step.child) } else { step.before };
                Step::Key(key.and_then(|key| Node::new(self, key).text()).unwrap_or("?"))
            } else {
                let name = Node::new(self, step.child).get("name").and_then(|name| name.text());
                Step::Item { index: step.index, name }
            });
            at = step.child;
        }
        steps
    }

    /// The key node of a value in a mapping.
    fn key_of(&self, value: u32) -> Option<u32> {
        let mut at = 0u32;
        while at < value {
            let step = self.step_towards(at, value)?;
            if step.child == value {
                let is_value = self.entries[at as usize].kind == Kind::Mapping && !step.index.is_multiple_of(2);
                return step.before.filter(|_| is_value);
            }
            at = step.child;
        }
        None
    }

    /// The child of a collection whose subtree, as written, holds a node.
    pub(crate) fn child_holding(&self, collection: u32, node: u32) -> Option<u32> {
        self.step_towards(collection, node).map(|step| step.child)
    }

    fn step_towards(&self, collection: u32, node: u32) -> Option<Descent> {
        let end = self.entries.get(collection as usize)?.next;
        if node <= collection || node >= end {
            return None;
        }
        let wide = self.wide.get_or_init(|| self.wide_collections().into());
        if let Ok(found) = wide.binary_search_by_key(&collection, |(at, _)| *at) {
            let children = &wide[found].1;
            let index = children.partition_point(|child| *child <= node).checked_sub(1)?;
            let before = index.checked_sub(1).map(|before| children[before]);
            return Some(Descent { child: children[index], before, index });
        }
        let (mut child, mut before, mut index) = (collection + 1, None, 0);
        loop {
            let next = self.entries[child as usize].next;
            if node < next {
                return Some(Descent { child, before, index });
            }
            (before, child, index) = (Some(child), next, index + 1);
        }
    }

    /// The children of collections that have many: going through a list of thousands for each of its items would take
    /// the square of its length.
    fn wide_collections(&self) -> Vec<Wide> {
        let mut wide = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            // Every child has a node of its own.
            if (entry.next as usize) <= at + WIDE {
                continue;
            }
            let mut children = Vec::new();
            let mut child = at as u32 + 1;
            while child < entry.next {
                children.push(child);
                child = self.entries[child as usize].next;
            }
            if children.len() >= WIDE {
                children.shrink_to_fit();
                wide.push((at as u32, children));
            }
        }
        wide
    }
}

/// From this many children on, a collection's children are remembered.
const WIDE: usize = 64;

/// A child of a collection.
struct Descent {
    child: u32,
    /// The child before it.
    before: Option<u32>,
    /// Its number among the children; in a mapping keys and values count alike.
    index: usize,
}

/// One step from a collection to what stands in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'t> {
    /// To the value under this key.
    Key(&'t str),
    /// To an item of a sequence.
    Item {
        /// Its number, from 0.
        index: usize,
        /// What stands under its `name`.
        name: Option<&'t str>,
    },
}

/// A place in the input, kept symbolic until it is shown: a node of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The document.
    pub document: DocumentId,
    /// The node in it.
    pub node: NodeId,
}
