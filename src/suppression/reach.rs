//! What a suppression covers: bytes of files, whole objects, or what the configuration names.

use std::collections::BTreeSet;

use super::Written;
use super::configured::Globs;
use crate::text::{SourceId, Span};
use crate::yaml::{DocumentId, Node, Place, Tree};

/// Bytes of a file that a suppression covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) source: SourceId,
    pub(super) span: Span,
    /// Whether it is a line, which covers what stands on it and never an object as a whole.
    pub(super) is_line: bool,
}

/// What a suppression covers.
#[derive(Clone, Debug)]
pub(super) enum Reach {
    /// What is written in these bytes, and what is said of objects that are.
    Bytes(Vec<Region>),
    /// What stands in these objects, and what is said of them.
    Objects(Vec<Place>),
    /// What stands in files, and is said of systems.
    Globs(Globs),
}

impl Reach {
    /// Covers what another entry of the same place in the configuration does too.
    pub(super) fn unite(&mut self, other: Self) {
        if let (Self::Globs(own), Self::Globs(other)) = (self, other) {
            own.unite(other);
        }
    }

    /// Whether it stands in an overlay that was set aside, and covers nothing else.
    pub(super) fn is_aside(&self, only_aside: &BTreeSet<SourceId>, aside: &BTreeSet<DocumentId>) -> bool {
        match self {
            Self::Bytes(regions) => {
                !regions.is_empty() && regions.iter().all(|region| only_aside.contains(&region.source))
            }
            Self::Objects(objects) => {
                !objects.is_empty() && objects.iter().all(|object| aside.contains(&object.document))
            }
            Self::Globs(_) => false,
        }
    }

    /// Whether it is about files that were not read.
    pub(super) fn is_elsewhere(&self, written: &Written<'_>) -> bool {
        match self {
            Self::Bytes(_) | Self::Objects(_) => false,
            Self::Globs(globs) => globs.are_elsewhere(written),
        }
    }
}

pub(super) fn tree(trees: &[Tree], document: DocumentId) -> Option<&Tree> {
    trees.get(document.0 as usize)
}

/// The file and the bytes at which something was written, as [`crate::inventory::Inventory::span`] gives them.
pub(super) fn written_span(trees: &[Tree], place: Place) -> Option<(SourceId, Span)> {
    let written = tree(trees, place.document)?.origin(place.node);
    let tree = tree(trees, written.document)?;
    Some((tree.source, tree.pointing_span(written.node)))
}

/// The object that holds a place: in a list its item, else the document; none for what is no object of Kubernetes.
pub(super) fn object(trees: &[Tree], place: Place) -> Option<Place> {
    let root = tree(trees, place.document)?.root()?;
    let object = items(root).find_map(|list| list.item_holding(place.node)).unwrap_or(root);
    object.get("kind").is_some().then(|| object.place())
}

/// The lists that a document is made of, where it is one.
pub(super) fn items<'t>(root: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    ["items", "objects"].into_iter().filter_map(move |key| root.get(key))
}

/// The files that are part of overlays which were set aside, and of nothing that was assessed.
pub(super) fn written_aside(trees: &[Tree], aside: &BTreeSet<DocumentId>) -> BTreeSet<SourceId> {
    let sources = |is_aside: bool| -> BTreeSet<SourceId> {
        let made = trees.iter().filter(|tree| tree.is_derived() && aside.contains(&tree.document) == is_aside);
        let origins = made.flat_map(|made| {
            made.root().into_iter().flat_map(|root| root.descendants()).map(|node| made.origin(node.id()))
        });
        let documents: BTreeSet<DocumentId> = origins.map(|place| place.document).collect();
        documents.into_iter().filter_map(|document| tree(trees, document)).map(|tree| tree.source).collect()
    };
    if aside.is_empty() {
        return BTreeSet::new();
    }
    let assessed = sources(false);
    sources(true).into_iter().filter(|source| !assessed.contains(source)).collect()
}
