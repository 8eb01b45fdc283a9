//! Reading a tree: a cursor that follows aliases and merge keys.

use std::collections::BTreeMap;

use super::scalar::{self, Dialect, Scalar};
use super::template::is_unknown;
use super::{Kind, Place, Tree};
use crate::limits;

/// The identity of a node in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A node of a tree. Cheap to copy. Aliases are followed, so an alias is never seen.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tree: &'t Tree,
    at: u32,
}

impl<'t> Node<'t> {
    pub(super) fn new(tree: &'t Tree, at: u32) -> Self {
        let entry = tree.entries[at as usize];
        // An alias points at an anchored node, never at another alias.
        let at = if entry.kind == Kind::Alias { entry.extra } else { at };
        Self { tree, at }
    }

    fn entry(&self) -> super::Entry {
        self.tree.entries[self.at as usize]
    }

    /// The node's identity.
    #[must_use]
    pub fn id(&self) -> NodeId {
        NodeId(self.at)
    }

    /// The node's place in the run.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { document: self.tree.document, node: self.id() }
    }

    /// The tree that the node belongs to.
    #[must_use]
    pub fn tree(&self) -> &'t Tree {
        self.tree
    }

    /// The bytes that the node occupies in its file.
    #[must_use]
    pub fn span(&self) -> crate::text::Span {
        self.entry().span
    }

    /// Whether this is a mapping.
    #[must_use]
    pub fn is_mapping(&self) -> bool {
        self.entry().kind == Kind::Mapping
    }

    /// Whether this is a sequence.
    #[must_use]
    pub fn is_sequence(&self) -> bool {
        self.entry().kind == Kind::Sequence
    }

    /// Whether this is a scalar in quotes or in block style, which is text whatever it holds.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.entry().kind == Kind::Text
    }

    /// The local tag of the node (`!reset`), if it has one.
    #[must_use]
    pub fn tag(&self) -> Option<&'t str> {
        let found = self.tree.tags.binary_search_by_key(&self.at, |(at, _)| *at).ok()?;
        Some(&self.tree.tags[found].1)
    }

    /// The text of a scalar after unquoting, whatever its type; none for collections.
    #[must_use]
    pub fn text(&self) -> Option<&'t str> {
        let entry = self.entry();
        match entry.kind {
            Kind::Plain | Kind::Text if entry.extra > 0 => Some(&self.tree.decoded[entry.extra as usize - 1]),
            Kind::Plain => self.tree.text.get(entry.span.start as usize..entry.span.end as usize),
            Kind::Text => self.tree.text.get(entry.span.start as usize + 1..entry.span.end as usize - 1),
            Kind::Mapping | Kind::Sequence | Kind::Alias => None,
        }
    }

    /// The value of a scalar, typed as this dialect types it; none for collections.
    #[must_use]
    pub fn scalar(&self, dialect: Dialect) -> Option<Scalar<'t>> {
        let text = self.text()?;
        Some(if self.is_quoted() { Scalar::Text(text) } else { scalar::resolve(text, dialect) })
    }

    /// The text of a scalar that is not null: what a string field of an API object holds.
    #[must_use]
    pub fn string(&self) -> Option<&'t str> {
        let text = self.text()?;
        (self.is_quoted() || !scalar::is_null(text)).then_some(text)
    }

    /// The whole number of a scalar as Kubernetes types it; quoted numbers count too, since people quote them in
    /// templates and mean numbers.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match scalar::resolve(self.text()?, Dialect::Kubernetes) {
            Scalar::Integer(value) => Some(value),
            Scalar::Float(value) if value.fract() == 0.0 && value.abs() < 1e15 => Some(value as i64),
            _ => None,
        }
    }

    /// The truth value of a scalar as Kubernetes types it.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.scalar(Dialect::Kubernetes)? {
            Scalar::Boolean(value) => Some(value),
            Scalar::Text("true") => Some(true),
            Scalar::Text("false") => Some(false),
            _ => None,
        }
    }

    /// Whether this is a null: an empty plain scalar, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.entry().kind == Kind::Plain && self.text().is_some_and(scalar::is_null)
    }

    /// Whether this stands in a template that has not been rendered, so that what is missing may be there all the same.
    #[must_use]
    pub fn is_unrendered(&self) -> bool {
        self.tree.unrendered.is_some()
    }

    /// Whether this is a scalar that a template writes, in whole or in part, so that its value is not known.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        self.is_unrendered() && self.text().is_some_and(is_unknown)
    }

    /// The value under a key of a mapping, merge keys followed; the last one where the key stands twice. None for
    /// anything but mappings.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        self.get_merged(key, 0)
    }

    fn get_merged(&self, key: &str, depth: usize) -> Option<Self> {
        let (mut found, mut merges) = (None, false);
        for (name, value) in self.written_entries() {
            if name.is_merge() {
                merges = true;
                if self.tree.dialect == Dialect::Kubernetes && depth < limits::MERGE_DEPTH {
                    found = value.get_from_merge(key, depth + 1).or(found);
                }
            } else if name.text() == Some(key) {
                found = Some(value);
            }
        }
        if found.is_some() || !merges || self.tree.dialect == Dialect::Kubernetes || depth >= limits::MERGE_DEPTH {
            return found;
        }
        let mut merges = self.written_entries().filter(|(name, _)| name.is_merge());
        merges.find_map(|(_, value)| value.get_from_merge(key, depth + 1))
    }

    /// The value under a key of what a merge key refers to: a mapping, or a list of them of which the first counts.
    fn get_from_merge(&self, key: &str, depth: usize) -> Option<Self> {
        if self.is_sequence() {
            self.items().find_map(|item| item.get_merged(key, depth))
        } else {
            self.get_merged(key, depth)
        }
    }

    /// Whether this is the key `<<`, which stands for the entries of its value.
    fn is_merge(&self) -> bool {
        self.entry().kind == Kind::Plain && self.text() == Some("<<")
    }

    /// The value at a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(*self, |node, key| node.get(key))
    }

    /// The keys and values of a mapping as written, merge keys not followed; nothing for anything else.
    pub fn written_entries(&self) -> impl Iterator<Item = (Self, Self)> + use<'t> {
        let mut children = self.children(Kind::Mapping);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// The keys and values of a mapping with merge keys followed; a key that stands twice gives its last value. For
    /// Compose, a mapping's own keys come first and count; for Kubernetes, whatever comes later in the text counts.
    #[must_use]
    pub fn entries(&self) -> Vec<(Self, Self)> {
        self.entries_where(|_| true)
    }

    /// The same without the values that are not kept, so that merged ones may take their place.
    #[must_use]
    pub fn entries_where(&self, keep: impl Fn(Self) -> bool) -> Vec<(Self, Self)> {
        let mut entries = Vec::new();
        self.collect_entries(&mut entries, &mut BTreeMap::new(), &keep, 0);
        entries
    }

    fn collect_entries(
        &self,
        into: &mut Vec<(Self, Self)>,
        known: &mut BTreeMap<&'t str, usize>,
        keep: &impl Fn(Self) -> bool,
        depth: usize,
    ) {
        let in_order = self.tree.dialect == Dialect::Kubernetes;
        let mut merges = Vec::new();
        let own_from = into.len();
        for (key, value) in self.written_entries().filter(|(_, value)| keep(*value)) {
            if key.is_merge() {
                if !in_order {
                    merges.push(value);
                } else if depth < limits::MERGE_DEPTH {
                    value.collect_from_merge(into, known, keep, depth + 1);
                }
                continue;
            }
            match key.text().map(|text| (text, known.get(text).copied())) {
                Some((_, Some(at))) if in_order || at >= own_from => into[at] = (key, value),
                Some((_, Some(_))) => {}
                Some((text, None)) => {
                    known.insert(text, into.len());
                    into.push((key, value));
                }
                None => into.push((key, value)),
            }
        }
        if depth < limits::MERGE_DEPTH {
            for merge in merges {
                merge.collect_from_merge(into, known, keep, depth + 1);
            }
        }
    }

    fn collect_from_merge(
        &self,
        into: &mut Vec<(Self, Self)>,
        known: &mut BTreeMap<&'t str, usize>,
        keep: &impl Fn(Self) -> bool,
        depth: usize,
    ) {
        if !self.is_sequence() {
            return self.collect_entries(into, known, keep, depth);
        }
        // The first of a list counts, so that it comes last where later ones count.
        let mut items: Vec<_> = self.items().collect();
        if self.tree.dialect == Dialect::Kubernetes {
            items.reverse();
        }
        for item in items {
            item.collect_entries(into, known, keep, depth);
        }
    }

    /// The items of a sequence; nothing for anything else.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'t> {
        self.children(Kind::Sequence)
    }

    fn children(&self, kind: Kind) -> impl Iterator<Item = Self> + use<'t> {
        let entry = self.entry();
        let tree = self.tree;
        let mut at = if entry.kind == kind { self.at + 1 } else { entry.next };
        std::iter::from_fn(move || {
            if at >= entry.next {
                return None;
            }
            let child = Self::new(tree, at);
            at = tree.entries[at as usize].next;
            Some(child)
        })
    }

    /// Whether a node stands in the subtree as written, aliases not followed.
    #[must_use]
    pub fn holds(&self, id: NodeId) -> bool {
        (self.at..self.entry().next).contains(&id.0)
    }

    /// The numbers of the nodes that it holds, itself first.
    #[must_use]
    pub fn extent(&self) -> std::ops::Range<u32> {
        self.at..self.entry().next
    }

    /// The item of a sequence that holds a node, aliases followed.
    #[must_use]
    pub fn item_holding(&self, id: NodeId) -> Option<Self> {
        if self.is_sequence() && self.holds(id) {
            return self.tree.child_holding(self.at, id.0).map(|child| Self::new(self.tree, child));
        }
        // Outside of it, only what an alias stands for can be meant.
        self.items().find(|item| item.holds(id))
    }

    /// Every node of the subtree as written, this one first, aliases not entered: each node once.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'t> {
        let tree = self.tree;
        (self.at..self.entry().next)
            .filter(move |at| tree.entries[*at as usize].kind != Kind::Alias)
            .map(move |at| Self { tree, at })
    }
}
