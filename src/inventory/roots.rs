//! Which charts and kustomizations among the files can be rendered as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::chart::{self, Charts};
use super::kustomize;
use super::paths::join;
use crate::choices::Choices;
use crate::text::{RenderedFrom, Root, SourceFile, SourceId};
use crate::yaml::{Node, Tree, parse_documents};

/// The charts that are no part of another and no library, and the kustomizations that no other refers to, or the overlays
/// that were chosen, sorted.
#[must_use]
pub fn roots(files: &[SourceFile], choices: &Choices) -> Vec<Root> {
    let mut roots = charts(files, choices);
    roots.extend(kustomizations(files, choices));
    roots.sort();
    roots
}

fn charts(files: &[SourceFile], choices: &Choices) -> Vec<Root> {
    let charts = Charts::read(files, &choices.limits);
    let folders = chart::folders(files);
    let home = |file: &SourceFile| chart::chart_of(&folders, file.folder());
    // Helm leaves out definitions of resources, which are plain files, so that they go on being read as such.
    let is_rendered = |file: &&SourceFile, folder: &str| {
        let inside = file.name.get(folder.len()..).unwrap_or_default().trim_start_matches('/');
        (inside.starts_with("templates/") || inside.starts_with("charts/")) && !inside.contains("crds/")
    };
    charts
        .iter()
        .filter(|(folder, chart)| !chart.is_library && chart::chart_of(&folders, folder) == Some(folder))
        .map(|(folder, _)| Root {
            from: RenderedFrom::Chart,
            folder: folder.to_owned(),
            system: folder.to_owned(),
            files: files
                .iter()
                .filter(|file| home(file) == Some(folder) && is_rendered(file, folder))
                .map(|file| file.name.clone())
                .collect(),
            not_chosen: BTreeSet::new(),
        })
        .collect()
}

/// What a kustomization refers to.
#[derive(Debug, Default)]
struct References {
    /// Its own file.
    own: String,
    /// Other kustomizations, by folder.
    folders: Vec<String>,
    /// Files.
    files: Vec<String>,
}

fn kustomizations(files: &[SourceFile], choices: &Choices) -> Vec<Root> {
    let is_kustomization = |file: &&SourceFile| kustomize::is_name(file.base_name());
    let mut all: BTreeMap<String, References> =
        files.iter().filter(is_kustomization).map(|file| (file.folder().to_owned(), References::default())).collect();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| is_kustomization(file)) {
        let trees = parse_documents(SourceId(index as u32), &file.text, &choices.limits);
        let mut references = References { own: file.name.clone(), ..References::default() };
        for root in trees.iter().flatten().filter_map(Tree::root) {
            for path in paths(root).map(|path| join(file.folder(), path)) {
                if all.contains_key(&path) { &mut references.folders } else { &mut references.files }.push(path);
            }
        }
        all.insert(file.folder().to_owned(), references);
    }
    let referred: BTreeSet<&String> = all.values().flat_map(|references| &references.folders).collect();
    let is_overlay = |folder: &str| {
        choices.overlays.iter().any(|name| {
            let name = name.trim_end_matches('/');
            folder == name.trim_start_matches("./") || folder.rsplit('/').next() == Some(name)
        })
    };
    let mut roots = Vec::new();
    for (system, family) in families(&all) {
        let mut chosen: Vec<&String> = family.iter().copied().filter(|folder| is_overlay(folder)).collect();
        let some_are_chosen = !chosen.is_empty();
        if !some_are_chosen {
            chosen = family.iter().copied().filter(|folder| !referred.contains(folder)).collect();
        }
        let everything: BTreeSet<String> = family.iter().flat_map(|folder| reached(&all, folder)).collect();
        let made: BTreeSet<String> = chosen.iter().flat_map(|folder| reached(&all, folder)).collect();
        for folder in chosen {
            roots.push(Root {
                from: RenderedFrom::Kustomization,
                folder: folder.clone(),
                system: system.clone(),
                files: reached(&all, folder),
                not_chosen: everything.difference(&made).filter(|_| some_are_chosen).cloned().collect(),
            });
        }
    }
    roots
}

/// Every path that a kustomization names, whatever for.
fn paths<'t>(root: Node<'t>) -> impl Iterator<Item = &'t str> {
    const LISTS: [&str; 12] = [
        "resources",
        "bases",
        "components",
        "crds",
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "transformers",
        "generators",
        "validators",
        "replacements",
        "configurations",
    ];
    let listed = LISTS.into_iter().filter_map(move |key| root.get(key)).flat_map(|list| list.items());
    listed
        .filter_map(|item| item.get("path").unwrap_or(item).string())
        .filter(|path| !path.contains('\n') && !path.contains("://"))
}

/// Kustomizations that refer to each other, under the first of their folders.
fn families(all: &BTreeMap<String, References>) -> BTreeMap<String, Vec<&String>> {
    let mut first: BTreeMap<&String, &String> = all.keys().map(|folder| (folder, folder)).collect();
    // As many rounds as the longest chain of references; each makes names smaller or is the last.
    loop {
        let mut changed = false;
        for (folder, references) in all {
            for other in &references.folders {
                let (Some(ours), Some(theirs)) = (first.get(folder).copied(), first.get(other).copied()) else {
                    continue;
                };
                let least = ours.min(theirs);
                if ours != theirs {
                    changed = true;
                    for name in first.values_mut().filter(|name| **name == ours || **name == theirs) {
                        *name = least;
                    }
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut families: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (folder, name) in first {
        families.entry(name.clone()).or_default().push(folder);
    }
    families
}

/// The names of all files that a kustomization is made from.
fn reached(all: &BTreeMap<String, References>, from: &str) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut open = vec![from];
    while let Some(folder) = open.pop() {
        let Some(references) = all.get(folder) else { continue };
        if seen.insert(folder) {
            files.insert(references.own.clone());
            files.extend(references.files.iter().cloned());
            open.extend(references.folders.iter().map(String::as_str));
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], overlays: &[&str]) -> Vec<(String, String, usize, usize)> {
        let files: Vec<_> = files.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
        let overlays = overlays.iter().map(|name| (*name).to_owned()).collect();
        roots(&files, &Choices { overlays, ..Choices::default() })
            .into_iter()
            .map(|root| (root.folder, root.system, root.files.len(), root.not_chosen.len()))
            .collect()
    }

    fn one(folder: &str, system: &str, files: usize, not_chosen: usize) -> (String, String, usize, usize) {
        (folder.to_owned(), system.to_owned(), files, not_chosen)
    }

    #[test]
    fn sub_charts_and_libraries_are_no_roots() {
        let files = [
            ("web/Chart.yaml", "name: web"),
            ("web/templates/web.yaml", ""),
            ("web/crds/x.yaml", ""),
            ("web/charts/cache/Chart.yaml", "name: cache"),
            ("web/charts/cache/templates/cache.yaml", ""),
            ("lib/Chart.yaml", "type: library"),
        ];
        assert_eq!(found(&files, &[]), [one("web", "web", 3, 0)]);
    }

    #[test]
    fn kustomizations_that_nobody_refers_to_are_roots_unless_an_overlay_is_chosen() {
        let files = [
            ("k/base/kustomization.yaml", "resources: [web.yaml]"),
            ("k/base/web.yaml", ""),
            ("k/live/kustomization.yaml", "resources: [../base]\npatches: [{path: more.yaml}]"),
            ("k/test/kustomization.yml", "resources: [../base]"),
            ("other/kustomization.yaml", "resources: [a.yaml, 'https://example.com/b.yaml']"),
        ];
        let other = one("other", "other", 2, 0);
        let all = [one("k/live", "k/base", 4, 0), one("k/test", "k/base", 3, 0), other.clone()];
        assert_eq!(found(&files, &[]), all);
        assert_eq!(found(&files, &["live"]), [one("k/live", "k/base", 4, 1), other.clone()]);
        assert_eq!(found(&files, &["k/base"]), [one("k/base", "k/base", 2, 3), other]);
    }
}
