//! Values that may be edited. A draft is made from a node of a tree, changed, and frozen into a tree of its own whose nodes
//! remember where each value was really written, so that every reader of trees reads it and every place still leads to
//! a line of a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DocumentId, Entry, Kind, Node, NodeId, Place, Tree, scalar};
use crate::limits;
use crate::text::{SourceId, Span};

/// A value with the place at which it was written. Cheap to clone: what is not edited is shared, and what has not been
/// looked into is still the node that it came from.
#[derive(Clone, Debug)]
pub struct Draft<'t> {
    place: Place,
    value: Value<'t>,
}

#[derive(Clone, Debug)]
enum Value<'t> {
    /// As written; unfolded one level at a time, only where it is edited.
    Written(Node<'t>),
    Null,
    Scalar {
        text: Cow<'t, str>,
        quoted: bool,
    },
    List(Arc<Vec<Draft<'t>>>),
    Map(Arc<Vec<Field<'t>>>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Field<'t> {
    /// The key's text.
    pub key: Cow<'t, str>,
    /// Whether the key stands in quotes.
    pub is_quoted: bool,
    /// Where the key was written.
    pub place: Place,
    /// The value.
    pub value: Draft<'t>,
}

impl<'t> Field<'t> {
    /// A key without quotes with its value.
    #[must_use]
    pub fn new(key: impl Into<Cow<'t, str>>, place: Place, value: Draft<'t>) -> Self {
        Self { key: key.into(), is_quoted: false, place, value }
    }
}

/// What may still be frozen in one run.
#[derive(Clone, Copy, Debug)]
pub struct FreezeBudget {
    /// Nodes that are left.
    pub nodes: usize,
    /// Bytes of text that are left.
    pub bytes: usize,
}

impl Default for FreezeBudget {
    fn default() -> Self {
        Self { nodes: limits::DERIVED_NODES, bytes: limits::DERIVED_BYTES }
    }
}

impl<'t> Draft<'t> {
    /// The value of a node, aliases and merge keys written out.
    #[must_use]
    pub fn of(node: Node<'t>) -> Self {
        Self { place: node.place(), value: Value::Written(node) }
    }

    /// A text that is set at this place.
    #[must_use]
    pub fn text_at(place: Place, text: impl Into<Cow<'t, str>>) -> Self {
        Self { place, value: Value::Scalar { text: text.into(), quoted: true } }
    }

    /// A scalar without quotes that is set at this place.
    #[must_use]
    pub fn plain_at(place: Place, text: impl Into<Cow<'t, str>>) -> Self {
        Self { place, value: Value::Scalar { text: text.into(), quoted: false } }
    }

    /// A mapping without entries, set at this place.
    #[must_use]
    pub fn map_at(place: Place) -> Self {
        Self { place, value: Value::Map(Arc::default()) }
    }

    /// A mapping of these entries, set at this place.
    #[must_use]
    pub fn map_of(place: Place, fields: Vec<Field<'t>>) -> Self {
        Self { place, value: Value::Map(Arc::new(fields)) }
    }

    /// A sequence of these items, set at this place.
    #[must_use]
    pub fn list_at(place: Place, items: Vec<Self>) -> Self {
        Self { place, value: Value::List(Arc::new(items)) }
    }

    /// Where it was written.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Whether it is still the node that it was made from, untouched.
    #[must_use]
    pub fn is_as_written(&self) -> bool {
        matches!(self.value, Value::Written(_))
    }

    /// Whether it is a mapping.
    #[must_use]
    pub fn is_map(&self) -> bool {
        match &self.value {
            Value::Written(node) => node.is_mapping(),
            Value::Map(_) => true,
            _ => false,
        }
    }

    /// Whether it is a sequence.
    #[must_use]
    pub fn is_list(&self) -> bool {
        match &self.value {
            Value::Written(node) => node.is_sequence(),
            Value::List(_) => true,
            _ => false,
        }
    }

    /// Whether it is a null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match &self.value {
            Value::Written(node) => node.is_null(),
            Value::Null => true,
            Value::Scalar { text, quoted } => !quoted && scalar::is_null(text),
            _ => false,
        }
    }

    /// The text of a scalar, whatever its type; none for collections.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'t, str>> {
        match &self.value {
            Value::Written(node) => node.text().map(Cow::Borrowed),
            Value::Null => Some(Cow::Borrowed("")),
            Value::Scalar { text, .. } => Some(text.clone()),
            _ => None,
        }
    }

    /// The text of a scalar that is not null.
    #[must_use]
    pub fn string(&self) -> Option<Cow<'t, str>> {
        if self.is_null() { None } else { self.text() }
    }

    /// The keys and values of a mapping, merge keys followed; nothing for anything else.
    #[must_use]
    pub fn fields(&self) -> Cow<'_, [Field<'t>]> {
        match &self.value {
            Value::Written(node) if node.is_mapping() => Cow::Owned(fields_of(*node)),
            Value::Map(fields) => Cow::Borrowed(fields),
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The items of a sequence; nothing for anything else.
    #[must_use]
    pub fn items(&self) -> Cow<'_, [Self]> {
        match &self.value {
            Value::Written(node) if node.is_sequence() => Cow::Owned(node.items().map(Self::of).collect()),
            Value::List(items) => Cow::Borrowed(items),
            _ => Cow::Borrowed(&[]),
        }
    }

    /// The value under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        match &self.value {
            Value::Written(node) => node.get(key).map(Self::of),
            Value::Map(fields) => fields.iter().rev().find(|field| field.key == key).map(|field| field.value.clone()),
            _ => None,
        }
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self.clone(), |draft, key| draft.get(key))
    }

    /// The entries of a mapping, to be edited; none for anything else.
    pub fn fields_mut(&mut self) -> Option<&mut Vec<Field<'t>>> {
        self.unfold();
        match &mut self.value {
            Value::Map(fields) => Some(Arc::make_mut(fields)),
            _ => None,
        }
    }

    /// The items of a sequence, to be edited; none for anything else.
    pub fn items_mut(&mut self) -> Option<&mut Vec<Self>> {
        self.unfold();
        match &mut self.value {
            Value::List(items) => Some(Arc::make_mut(items)),
            _ => None,
        }
    }

    /// The value under a key, to be edited.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        // Looked for before anything is unfolded, so that a value that is not there costs nothing.
        self.get(key)?;
        self.fields_mut()?.iter_mut().rev().find(|field| field.key == key).map(|field| &mut field.value)
    }

    /// Sets the value under a key, in place where the key is there and at the end where it is not. Makes a mapping of
    /// a null.
    pub fn set(&mut self, key: impl Into<Cow<'t, str>>, place: Place, value: Self) {
        let key = key.into();
        if self.is_null() {
            self.value = Value::Map(Arc::default());
        }
        let Some(fields) = self.fields_mut() else { return };
        match fields.iter_mut().rev().find(|field| field.key == key) {
            Some(field) => field.value = value,
            None => fields.push(Field { key, is_quoted: false, place, value }),
        }
    }

    /// Sets many values, as [`Self::set`] does, without looking through all entries for each.
    pub fn set_all(&mut self, new: Vec<Field<'t>>) {
        if self.is_null() {
            self.value = Value::Map(Arc::default());
        }
        let Some(fields) = self.fields_mut() else { return };
        let mut known: BTreeMap<Cow<'t, str>, usize> =
            fields.iter().enumerate().map(|(at, field)| (field.key.clone(), at)).collect();
        for field in new {
            match known.get(&field.key) {
                Some(at) => fields[*at].value = field.value,
                None => {
                    known.insert(field.key.clone(), fields.len());
                    fields.push(field);
                }
            }
        }
    }

    /// Removes the value under a key; whether it was there.
    pub fn remove(&mut self, key: &str) -> bool {
        if self.get(key).is_none() {
            return false;
        }
        if let Some(fields) = self.fields_mut() {
            fields.retain(|field| field.key != key);
        }
        true
    }

    /// Gives a scalar another text; its place stays.
    pub fn set_text(&mut self, text: impl Into<Cow<'t, str>>) {
        self.value = Value::Scalar { text: text.into(), quoted: true };
    }

    /// How many nodes it holds, counted no further than this many.
    #[must_use]
    pub fn size(&self, most: usize) -> usize {
        let mut count = 0;
        self.count(&mut count, most, 0);
        count.min(most)
    }

    fn count(&self, count: &mut usize, most: usize, depth: usize) {
        *count += 1;
        if depth > limits::DRAFT_DEPTH {
            *count = most;
        }
        for field in self.fields().iter().take_while(|_| self.is_map()) {
            if *count >= most {
                return;
            }
            *count += 1;
            field.value.count(count, most, depth + 1);
        }
        for item in self.items().iter() {
            if *count >= most {
                return;
            }
            item.count(count, most, depth + 1);
        }
    }

    /// Turns a node into a value of its own, one level deep.
    fn unfold(&mut self) {
        let Value::Written(node) = self.value else { return };
        self.value = if node.is_mapping() {
            Value::Map(Arc::new(fields_of(node)))
        } else if node.is_sequence() {
            Value::List(Arc::new(node.items().map(Self::of).collect()))
        } else if node.is_null() {
            Value::Null
        } else {
            Value::Scalar { text: Cow::Borrowed(node.text().unwrap_or_default()), quoted: node.is_quoted() }
        };
    }

    /// The finished value as a tree: document `document` of the run, an object of the file `source`. None where it is
    /// larger or deeper than the budget allows.
    #[must_use]
    pub fn freeze(&self, document: DocumentId, source: SourceId, budget: &mut FreezeBudget) -> Option<Tree> {
        let mut freezer = Freezer { entries: Vec::new(), origins: Vec::new(), text: String::new(), budget };
        freezer.put(self, 0)?;
        let span = Span { start: 0, end: freezer.text.len() as u32 };
        Some(Tree {
            entries: freezer.entries,
            decoded: Vec::new(),
            text: Arc::from(freezer.text),
            tags: Vec::new(),
            comments: Vec::new(),
            document,
            source,
            span,
            dialect: super::Dialect::Kubernetes,
            unrendered: None,
            live: None,
            wide: std::sync::OnceLock::new(),
            duplicate_key: None,
            origins: freezer.origins,
        })
    }
}

/// The entries of a mapping with merge keys followed. A key that is no scalar is left out: no object has one.
fn fields_of(node: Node<'_>) -> Vec<Field<'_>> {
    node.entries()
        .into_iter()
        .filter_map(|(key, value)| {
            let text = Cow::Borrowed(key.text()?);
            Some(Field { key: text, is_quoted: key.is_quoted(), place: key.place(), value: Draft::of(value) })
        })
        .collect()
}

/// Writes a draft down: all scalars one after the other in a text of the tree's own, quotes around those that have them.
struct Freezer<'b> {
    entries: Vec<Entry>,
    origins: Vec<Place>,
    text: String,
    budget: &'b mut FreezeBudget,
}

impl Freezer<'_> {
    fn put(&mut self, draft: &Draft<'_>, depth: usize) -> Option<()> {
        if depth > limits::DRAFT_DEPTH {
            return None;
        }
        if draft.is_map() {
            let at = self.open(Kind::Mapping, draft.place)?;
            match &draft.value {
                Value::Written(node) => {
                    for (key, value) in node.entries() {
                        let Some(text) = key.text() else { continue };
                        self.scalar(text, key.is_quoted(), key.place())?;
                        self.put(&Draft::of(value), depth + 1)?;
                    }
                }
                _ => {
                    for field in draft.fields().iter() {
                        self.scalar(&field.key, field.is_quoted, field.place)?;
                        self.put(&field.value, depth + 1)?;
                    }
                }
            }
            self.close(at);
        } else if draft.is_list() {
            let at = self.open(Kind::Sequence, draft.place)?;
            match &draft.value {
                Value::Written(node) => {
                    for item in node.items() {
                        self.put(&Draft::of(item), depth + 1)?;
                    }
                }
                _ => {
                    for item in draft.items().iter() {
                        self.put(item, depth + 1)?;
                    }
                }
            }
            self.close(at);
        } else {
            match &draft.value {
                Value::Written(node) => self.scalar(node.text().unwrap_or_default(), node.is_quoted(), draft.place)?,
                Value::Scalar { text, quoted } => self.scalar(text, *quoted, draft.place)?,
                _ => self.scalar("", false, draft.place)?,
            }
        }
        Some(())
    }

    fn open(&mut self, kind: Kind, origin: Place) -> Option<usize> {
        let at = self.entries.len();
        let start = self.text.len() as u32;
        self.push(kind, Span { start, end: start }, origin)?;
        Some(at)
    }

    fn close(&mut self, at: usize) {
        let next = self.entries.len() as u32;
        let entry = &mut self.entries[at];
        entry.next = next;
        entry.span.end = self.text.len() as u32;
    }

    fn scalar(&mut self, text: &str, quoted: bool, origin: Place) -> Option<()> {
        self.budget.bytes = self.budget.bytes.checked_sub(text.len() + 3)?;
        let start = self.text.len() as u32;
        if quoted {
            self.text.push('"');
        }
        self.text.push_str(text);
        if quoted {
            self.text.push('"');
        }
        let end = self.text.len() as u32;
        self.text.push('\n');
        self.push(if quoted { Kind::Text } else { Kind::Plain }, Span { start, end }, origin)
    }

    fn push(&mut self, kind: Kind, span: Span, origin: Place) -> Option<()> {
        self.budget.nodes = self.budget.nodes.checked_sub(1)?;
        self.entries.push(Entry { span, next: self.entries.len() as u32 + 1, extra: 0, kind });
        self.origins.push(origin);
        Some(())
    }
}

impl Tree {
    /// The place at which a node of this tree was really written: itself in a tree that was parsed.
    #[must_use]
    pub fn origin(&self, id: NodeId) -> Place {
        self.origins.get(id.0 as usize).copied().unwrap_or(Place { document: self.document, node: id })
    }

    /// The documents in which its values were written: its own, where it was parsed.
    #[must_use]
    pub fn written_in(&self) -> std::collections::BTreeSet<DocumentId> {
        let mut documents: std::collections::BTreeSet<DocumentId> =
            self.origins.iter().map(|place| place.document).collect();
        if documents.is_empty() {
            documents.insert(self.document);
        }
        documents
    }

    /// Whether the tree was made from drafts, rather than parsed.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        !self.origins.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::yaml::{Dialect, parse_documents};

    fn parse(text: &str) -> Tree {
        let documents = parse_documents(SourceId(3), &Arc::from(text), &Limits::DEFAULT);
        let mut tree = documents.into_iter().next().expect("a document").expect("a tree");
        tree.document = DocumentId(7);
        tree
    }

    /// Both trees read the same, and every place of the second leads to the node of the first.
    fn same(a: Node<'_>, b: Node<'_>) {
        assert_eq!(b.tree().origin(b.id()), a.place());
        assert_eq!((a.is_mapping(), a.is_sequence()), (b.is_mapping(), b.is_sequence()));
        assert_eq!(a.text(), b.text());
        assert_eq!(a.scalar(Dialect::Kubernetes), b.scalar(Dialect::Kubernetes));
        let (left, right) = (a.entries(), b.entries());
        assert_eq!(left.len(), right.len());
        for ((key, value), (other_key, other_value)) in left.into_iter().zip(right) {
            assert_eq!((key.text(), key.is_quoted()), (other_key.text(), other_key.is_quoted()));
            assert_eq!(b.tree().origin(other_key.id()), key.place());
            assert_eq!(b.get(key.text().expect("text")).map(|node| node.id()), Some(other_value.id()));
            same(value, other_value);
        }
        let (left, right): (Vec<_>, Vec<_>) = (a.items().collect(), b.items().collect());
        assert_eq!(left.len(), right.len());
        for (item, other) in left.into_iter().zip(right) {
            same(item, other);
        }
    }

    const TEXTS: [&str; 5] = [
        "a: 1\nb: 'x y'\nc: [1, yes, \"no\", ~, , '']\nd: {e: {f: |\n  text\n  more\n}}",
        "base: &b {x: 1, y: [2, 3]}\none: *b\ntwo:\n  <<: *b\n  x: 9\nthree:\n  <<: [*b, {z: 1}]\n",
        "a: 1\na: 2\n",
        "- a\n- b: {}\n- []\n-\n",
        "text: >-\n  folded\n  lines\nü: \"\\n\\\"ü\"\n\"<<\": 1\n",
    ];

    #[test]
    fn a_frozen_draft_reads_like_what_it_was_made_from() {
        for text in TEXTS {
            let Some(Ok(mut tree)) =
                parse_documents(SourceId(3), &Arc::from(text), &Limits::DEFAULT).into_iter().next()
            else {
                continue;
            };
            tree.document = DocumentId(7);
            let root = tree.root().expect("a root");
            let mut unfolded = Draft::of(root);
            unfold_all(&mut unfolded);
            for draft in [Draft::of(root), unfolded] {
                let frozen = draft.freeze(DocumentId(8), SourceId(3), &mut FreezeBudget::default()).expect("small");
                same(root, frozen.root().expect("a root"));
            }
        }
    }

    fn unfold_all(draft: &mut Draft<'_>) {
        draft.unfold();
        for field in draft.fields_mut().into_iter().flatten() {
            unfold_all(&mut field.value);
        }
        for item in draft.items_mut().into_iter().flatten() {
            unfold_all(item);
        }
    }

    #[test]
    fn edits_keep_their_places_and_leave_clones_alone() {
        let tree = parse("metadata: {name: web}\nspec: {replicas: 1}\n");
        let patch = parse("spec: {replicas: 3}\n");
        let root = tree.root().expect("a root");
        let before = Draft::of(root);
        let mut after = before.clone();
        let three = patch.root().and_then(|root| root.at(&["spec", "replicas"])).expect("a number");
        after.get_mut("spec").expect("spec").set("replicas", three.place(), Draft::of(three));
        let frozen = after.freeze(DocumentId(9), SourceId(3), &mut FreezeBudget::default()).expect("small");
        let replicas = frozen.root().and_then(|root| root.at(&["spec", "replicas"])).expect("a number");
        assert_eq!((replicas.integer(), frozen.origin(replicas.id())), (Some(3), three.place()));
        assert_eq!(frozen.path(replicas.id()), "spec.replicas");
        assert_eq!(before.at(&["spec", "replicas"]).and_then(|draft| draft.text()).as_deref(), Some("1"));
    }

    #[test]
    fn what_would_be_too_large_is_refused() {
        let tree = parse("a: [1, 2, 3]\n");
        let draft = Draft::of(tree.root().expect("a root"));
        let mut budget = FreezeBudget { nodes: 4, bytes: 1000 };
        assert!(draft.freeze(DocumentId(9), SourceId(3), &mut budget).is_none());
        assert_eq!(draft.size(100), 6);
        assert_eq!(draft.size(2), 2);
    }
}
