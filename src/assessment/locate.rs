//! The edge: symbolic places become files, lines, columns, objects and paths.

use serde::{Deserialize, Serialize};

use super::origin::trace;
use crate::inventory::Inventory;
use crate::suppression::Site;
use crate::text::{STANDARD_INPUT, SourceFile, is_rendered_name};
use crate::yaml::Place;

/// A place in the input as reports show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// The file.
    pub file: String,
    /// The line of the start, from 1.
    pub line: u32,
    /// The column of the start in characters, from 1.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// The column after the end.
    pub end_column: u32,
    /// `Kind/namespace/name` of the object that holds it; none inside Compose files.
    pub object: Option<String>,
    /// The path of keys that leads to it.
    pub path: String,
    /// For a document that a tool rendered: where it stands in what the tool printed.
    pub rendered: Option<RenderedPlace>,
    /// Whether it is an object of a live cluster, which has no line that anybody could open.
    pub is_live: bool,
    /// What was observed, where an observation stands there.
    pub observed: Option<String>,
}

impl Location {
    /// Whether it stands in a file that somebody has: neither in a cluster, nor in standard input, nor in what a tool
    /// rendered and what cannot be traced to its template.
    #[must_use]
    pub fn is_in_a_file(&self) -> bool {
        let is_rendered = self.rendered.is_some() && is_rendered_name(&self.file);
        let is_said = crate::configuration::is_profile_name(&self.file) || self.file.starts_with("--set ");
        !self.is_live && !is_rendered && !is_said && self.file != STANDARD_INPUT
    }
}

/// A place in what a tool rendered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RenderedPlace {
    /// The name of the rendered document.
    pub document: String,
    /// The line in it, from 1.
    pub line: u32,
    /// The template or manifest that it came from, as the tool names it.
    pub template: Option<String>,
}

/// Resolves places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Locator<'i> {
    inventory: &'i Inventory,
    files: &'i [SourceFile],
}

impl<'i> Locator<'i> {
    pub(super) fn new(inventory: &'i Inventory, files: &'i [SourceFile]) -> Self {
        Self { inventory, files }
    }

    /// The files that were read.
    pub(super) fn files(&self) -> &'i [SourceFile] {
        self.files
    }

    /// One place. A value that a kustomization made has the object and the path that it ended up at, and the file and
    /// line at which it was written.
    pub(super) fn locate(&self, place: Place) -> Option<Location> {
        let tree = self.inventory.trees.get(place.document.0 as usize)?;
        let (source, span) = self.inventory.span(place)?;
        let file = self.files.get(source.0 as usize)?;
        let (start, end) = (file.position(span.start), file.position(span.end));
        let mut location = Location {
            file: file.name.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            object: self.object(place),
            path: tree.path(place.node),
            rendered: None,
            is_live: file.cluster.is_some(),
            observed: None,
        };
        if location.is_live && location.path.starts_with("seen.") {
            location.observed = tree.node(place.node).and_then(|node| node.text()).map(str::to_owned);
        }
        let origin = trace(file, tree, &tree.steps(place.node));
        if origin.is_some() || file.rendered.is_some() {
            let template = origin.as_ref().map(|origin| origin.template.clone());
            location.rendered = Some(RenderedPlace { document: file.name.clone(), line: start.line, template });
        }
        if let Some(at) = origin.and_then(|origin| origin.file) {
            location = Location {
                file: at.file,
                line: at.line,
                column: at.columns.0,
                end_line: at.line,
                end_column: at.columns.1,
                ..location
            };
        }
        Some(location)
    }

    /// Where a suppression is written, with the object and the path of what it stands beside or above.
    pub(super) fn site(&self, site: &Site) -> Option<Location> {
        let about = site.place.and_then(|place| self.locate(place));
        let Some(span) = site.span else { return about };
        let file = self.files.get(site.source.0 as usize)?;
        // What was rendered is traced by the node; the comment itself has no line that anybody wrote.
        if let Some(about) = about.as_ref().filter(|about| about.rendered.is_some()) {
            return Some(about.clone());
        }
        let (start, end) = (file.position(span.start), file.position(span.end));
        Some(Location {
            file: file.name.clone(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            object: about.as_ref().and_then(|about| about.object.clone()),
            path: about.map_or_else(String::new, |about| about.path),
            rendered: None,
            is_live: file.cluster.is_some(),
            observed: None,
        })
    }

    /// The first of some places in the order of the names of files and of what stands in them, those of a cluster last.
    pub(super) fn first(&self, places: impl Iterator<Item = Place>) -> Option<Location> {
        let key = |place: Place| {
            let (source, span) = self.inventory.span(place)?;
            let file = self.files.get(source.0 as usize)?;
            Some((file.cluster.is_some(), &file.name, span.start, place))
        };
        places.filter_map(key).min().and_then(|(.., place)| self.locate(place))
    }

    /// Several places, in their order.
    pub(super) fn locate_all(&self, places: &[Place]) -> Vec<Location> {
        places.iter().filter_map(|place| self.locate(*place)).collect()
    }

    fn object(&self, place: Place) -> Option<String> {
        let tree = self.inventory.trees.get(place.document.0 as usize)?;
        let root = tree.root()?;
        // In a list the object is the item that holds the place.
        let item =
            ["items", "objects"].iter().filter_map(|key| root.get(key)).find_map(|list| list.item_holding(place.node));
        let object = item.unwrap_or(root);
        let text = |path: &[&str]| object.at(path).and_then(|node| node.string()).map(str::to_owned);
        let kind = text(&["kind"])?;
        let name = text(&["metadata", "name"])?;
        Some(match text(&["metadata", "namespace"]) {
            Some(namespace) => format!("{kind}/{namespace}/{name}"),
            None => format!("{kind}/{name}"),
        })
    }
}
