//! What can be rendered, and what a rendered text was made from.

use std::collections::BTreeSet;

use super::SourceFile;

/// What can be rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenderedFrom {
    /// A Helm chart.
    Chart,
    /// A kustomization.
    Kustomization,
}

/// A chart or a kustomization among the files, as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Root {
    /// What it is.
    pub from: RenderedFrom,
    /// Its folder; empty for the folder that the program was started in.
    pub folder: String,
    /// The name of the system that it makes: the chart's folder, or the first folder of the kustomizations that refer to
    /// each other.
    pub system: String,
    /// The names of the files that it is made from, and that say nothing more once it is rendered.
    pub files: BTreeSet<String>,
    /// The names of the files of overlays that were not chosen, which are left out with it.
    pub not_chosen: BTreeSet<String>,
}

/// What a rendered text was made from.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// What was rendered.
    pub from: RenderedFrom,
    /// The folder of the chart or kustomization.
    pub folder: String,
    /// The name of the system that it makes.
    pub system: String,
    /// The files that it was made from; they are not read by themselves.
    pub sources: Vec<SourceFile>,
}

/// What stands in the name of a rendered text between its folder and the tool.
const RENDERED_BY: &str = " (rendered by ";

/// The name of what a tool rendered from a folder; nobody has a file of that name.
#[must_use]
pub fn rendered_name(folder: &str, tool: &str) -> String {
    format!("{folder}{RENDERED_BY}{tool})")
}

/// Whether a name is that of a rendered text.
#[must_use]
pub fn is_rendered_name(name: &str) -> bool {
    name.ends_with(')') && name.contains(RENDERED_BY)
}
