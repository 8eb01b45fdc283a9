//! Text that somebody else wrote: files with their names, positions in them, and the one place that makes such text
//! safe to show.

pub mod command;
mod line_index;
pub(crate) mod paths;
mod rendered;
pub mod sanitize;

pub use line_index::{LineIndex, Position};
pub use rendered::{Rendered, RenderedFrom, Root, is_rendered_name, rendered_name};

use std::sync::{Arc, OnceLock};

/// The name of standard input among the files.
pub const STANDARD_INPUT: &str = "<stdin>";

/// The identity of one input file, an index into the run's list of files in input order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes in one file, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte, counted from 0.
    pub start: u32,
    /// The byte after the last, counted from 0.
    pub end: u32,
}

/// One file as it was read: its name as the user knows it, and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name as the user gave or would type it, with `/` between folders; `<stdin>` for standard input.
    pub name: String,
    /// The whole text, valid UTF-8.
    pub text: Arc<str>,
    /// Where the text was made from, for one that a tool rendered.
    pub rendered: Option<Arc<Rendered>>,
    /// The name of the cluster whose snapshot the text is. Its objects have no line that anybody could open.
    pub cluster: Option<Arc<str>>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file of this name with this text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), rendered: None, cluster: None, lines: OnceLock::new() }
    }

    /// A file of this name with a text that a tool rendered.
    #[must_use]
    pub fn new_rendered(name: impl Into<String>, text: impl Into<Arc<str>>, rendered: Rendered) -> Self {
        Self { rendered: Some(Arc::new(rendered)), ..Self::new(name, text) }
    }

    /// The snapshot of a cluster; the name in reports is `cluster` and the cluster's name.
    #[must_use]
    pub fn new_cluster(cluster: &str, text: impl Into<Arc<str>>) -> Self {
        Self { cluster: Some(Arc::from(cluster)), ..Self::new(format!("cluster {cluster}"), text) }
    }

    /// The index that turns bytes of this file into lines and columns; built when first asked for.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The line and column of a byte offset, both counted from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The folder part of the name, without a trailing `/`; empty for a file at the top. A cluster is a place of its own.
    #[must_use]
    pub fn folder(&self) -> &str {
        if self.cluster.is_some() {
            return &self.name;
        }
        self.name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part of the name.
    #[must_use]
    pub fn base_name(&self) -> &str {
        if self.cluster.is_some() {
            return &self.name;
        }
        self.name.rsplit_once('/').map_or(self.name.as_str(), |(_, base)| base)
    }
}
