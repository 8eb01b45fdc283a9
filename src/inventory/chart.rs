//! Helm charts: which folders are charts, what belongs to each, and what each takes from elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::join;
use crate::language::{Prose, say};
use crate::limits::Limits;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Node, Tree, parse_documents};

/// A chart by its description.
#[derive(Clone, Debug)]
pub(super) struct Chart {
    /// The file that describes it.
    pub(super) source: SourceId,
    /// It holds definitions for other charts and makes nothing by itself.
    pub(super) is_library: bool,
    /// The names of the charts that it takes from elsewhere and that are not among the files.
    pub(super) missing: Vec<String>,
    /// It was rendered, so that its templates say nothing more.
    pub(super) is_rendered: bool,
}

/// Every chart of the input by its folder.
#[derive(Debug, Default)]
pub(super) struct Charts {
    by_folder: BTreeMap<String, Chart>,
}

/// The folders that are charts.
pub(super) fn folders(files: &[SourceFile]) -> BTreeSet<&str> {
    files.iter().filter(|file| is_description(file.base_name())).map(SourceFile::folder).collect()
}

/// The chart that a folder belongs to: the innermost that holds it, and where that one lies in the `charts/` of another,
/// the other.
pub(super) fn chart_of<'f>(folders: &BTreeSet<&'f str>, folder: &str) -> Option<&'f str> {
    let is_chart = |folder: &str| folders.contains(folder);
    let mut chart = *folders.get(innermost(folder, is_chart)?)?;
    while let Some(outer) =
        above(chart).and_then(|above| if above == "charts" { Some("") } else { above.strip_suffix("/charts") })
    {
        match folders.get(outer) {
            Some(found) => chart = found,
            None => break,
        }
    }
    Some(chart)
}

fn above(folder: &str) -> Option<&str> {
    folder.rsplit_once('/').map(|(above, _)| above)
}

/// The innermost chart that holds a folder. Where the input begins inside of a chart, other folders stand beside its own.
fn innermost(folder: &str, is_chart: impl Fn(&str) -> bool) -> Option<&str> {
    let mut at = folder;
    while !at.is_empty() {
        if is_chart(at) {
            return Some(at);
        }
        at = above(at).unwrap_or_default();
    }
    let first = folder.split('/').next().unwrap_or_default();
    (is_chart("") && matches!(first, "" | "templates" | "charts" | "crds" | "ci" | "files")).then_some("")
}

fn is_description(base_name: &str) -> bool {
    matches!(base_name, "Chart.yaml" | "Chart.yml")
}

impl Charts {
    pub(super) fn read(files: &[SourceFile], limits: &Limits) -> Self {
        let mut charts = Self::default();
        let folders = folders(files);
        for (index, file) in files.iter().enumerate().filter(|(_, file)| is_description(file.base_name())) {
            let source = SourceId(index as u32);
            let roots = trees(file, source, limits);
            let root = || roots.iter().find_map(Tree::root);
            let text = |key: &str| root().and_then(|root| root.get(key)).and_then(|node| node.string());
            // Charts of the first version list what they take in a file beside them.
            let beside = join(file.folder(), "requirements.yaml");
            let listed = files.iter().enumerate().find(|(_, other)| other.name == beside);
            let listed = listed.map(|(at, other)| trees(other, SourceId(at as u32), limits)).unwrap_or_default();
            let missing = root()
                .into_iter()
                .chain(listed.iter().filter_map(Tree::root))
                .filter_map(|root| root.get("dependencies"))
                .flat_map(|list| list.items())
                .filter_map(|entry| missing_dependency(entry, file.folder(), &folders))
                .collect();
            let is_rendered = files
                .iter()
                .filter_map(|file| file.rendered.as_deref())
                .any(|rendered| chart_of(&folders, file.folder()) == Some(rendered.folder.as_str()));
            let chart = Chart { source, is_library: text("type") == Some("library"), missing, is_rendered };
            charts.by_folder.insert(file.folder().to_owned(), chart);
        }
        charts
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Chart)> {
        self.by_folder.iter().map(|(folder, chart)| (folder.as_str(), chart))
    }

    /// The chart that a file belongs to.
    pub(super) fn home(&self, file: &SourceFile) -> Option<&str> {
        if self.by_folder.is_empty() {
            return None;
        }
        let folders: BTreeSet<&str> = self.by_folder.keys().map(String::as_str).collect();
        chart_of(&folders, file.folder())
    }

    /// The path of a file inside the innermost chart that holds it.
    fn inside<'f>(&self, file: &'f SourceFile) -> Option<&'f str> {
        let chart = innermost(file.folder(), |folder| self.by_folder.contains_key(folder))?;
        file.name.get(chart.len()..).map(|rest| rest.trim_start_matches('/'))
    }

    /// Whether a file is one of a chart's templates.
    pub(super) fn is_template(&self, file: &SourceFile) -> bool {
        self.inside(file).is_some_and(|inside| inside.starts_with("templates/"))
    }

    /// Why a file of a chart is left alone whatever it holds: it is no template, but what templates are filled with, or
    /// pieces of them.
    pub(super) fn left_alone(&self, file: &SourceFile, is_values: bool) -> Option<Prose> {
        let inside = self.inside(file)?;
        if is_values && (!inside.contains('/') || inside.starts_with("ci/")) {
            return Some(say!("the values of a chart"));
        }
        // Helm takes no manifest from a file whose name begins with `_`.
        let is_piece = inside.starts_with("templates/") && file.base_name().starts_with('_');
        is_piece.then(|| say!("pieces of a chart's templates"))
    }
}

fn trees(file: &SourceFile, source: SourceId, limits: &Limits) -> Vec<Tree> {
    parse_documents(source, &file.text, limits).into_iter().flatten().collect()
}

/// The name of a dependency that is neither unpacked under `charts/` nor a folder of the input.
fn missing_dependency(entry: Node<'_>, folder: &str, folders: &BTreeSet<&str>) -> Option<String> {
    let name = entry.get("name")?.string()?;
    let at = entry.get("repository").and_then(|node| node.string()).and_then(|url| url.strip_prefix("file://"));
    let beside = at.map(|path| join(folder, path));
    let unpacked = join(folder, &format!("charts/{name}"));
    let is_here = folders.contains(unpacked.as_str()) || beside.is_some_and(|path| folders.contains(path.as_str()));
    (!is_here).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_charts_belong_to_the_chart_above() {
        let folders = BTreeSet::from(["", "deploy/web", "deploy/web/charts/cache", "charts/alone", "other/charts/x"]);
        let of = |folder: &str| chart_of(&folders, folder);
        assert_eq!(of("deploy/web/templates"), Some("deploy/web"));
        assert_eq!(of("deploy/web/charts/cache/templates"), Some("deploy/web"));
        assert_eq!(of("charts/alone/templates"), Some(""), "the root is a chart");
        assert_eq!(of("other/charts/x"), Some("other/charts/x"), "there is no chart above");
        assert_eq!((of("templates/tests"), of("")), (Some(""), Some("")));
        assert_eq!(of("elsewhere"), None, "it stands beside the chart's own folders");
        assert_eq!(of("my/charts"), None);
        assert_eq!(chart_of(&BTreeSet::from(["web"]), "elsewhere"), None);
    }

    #[test]
    fn what_a_chart_takes_from_elsewhere_is_missed() {
        let files = [
            SourceFile::new(
                "a/Chart.yaml",
                "dependencies: [{name: db}, {name: cache}, {name: lib, repository: 'file://../lib'}]",
            ),
            SourceFile::new("a/charts/cache/Chart.yaml", "name: cache"),
            SourceFile::new("lib/Chart.yaml", "type: library"),
            SourceFile::new("b/Chart.yaml", "name: b"),
            SourceFile::new("b/requirements.yaml", "dependencies: [{name: queue}]"),
        ];
        let charts = Charts::read(&files, &Limits::DEFAULT);
        let missing: Vec<_> =
            charts.iter().flat_map(|(folder, chart)| chart.missing.iter().map(move |m| (folder, m.as_str()))).collect();
        assert_eq!(missing, [("a", "db"), ("b", "queue")]);
        assert!(charts.by_folder["lib"].is_library);
        let alone = |name: &str, is_values| charts.left_alone(&SourceFile::new(name, ""), is_values).is_some();
        assert!(
            alone("a/values.yaml", true) && alone("a/ci/test-values.yaml", true) && alone("a/templates/_x.yaml", false)
        );
        assert!(!alone("a/templates/values.yaml", true) && !alone("c/values.yaml", true));
    }
}
