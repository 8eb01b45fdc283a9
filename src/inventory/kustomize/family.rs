//! Which roots belong together: those that are built from the same files, which makes them variants of one application
//! or parts of it. What only a component has in common with others ties nothing together.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{Documents, Gathered};

/// Roots in families.
pub(super) struct Families {
    /// The number of the family of each root.
    pub(super) of_root: Vec<usize>,
    /// The names of the families, by number.
    pub(super) names: Vec<String>,
}

/// The families of some roots, in the order of their folders.
pub(super) fn families(roots: &[(&str, Gathered<'_>)], documents: &Documents<'_>) -> Families {
    let mut parent: Vec<usize> = (0..roots.len()).collect();
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (_, gathered)) in roots.iter().enumerate() {
        for part in &gathered.parts {
            let other = *first.entry(part).or_insert(index);
            let (a, b) = (find(&mut parent, index), find(&mut parent, other));
            // The smaller index stays on top, so that nothing depends on the order of references.
            parent[a.max(b)] = a.min(b);
        }
    }
    let tops: Vec<usize> = (0..roots.len()).map(|index| find(&mut parent, index)).collect();
    let distinct: Vec<usize> = tops.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let of_root: Vec<usize> = tops.iter().map(|top| distinct.binary_search(top).unwrap_or_default()).collect();
    let mut folders: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); distinct.len()];
    for ((folder, gathered), family) in roots.iter().zip(&of_root) {
        folders[*family].insert(folder);
        let parts = gathered.parts.iter().filter_map(|part| documents.kustomizations.get_key_value(part.as_str()));
        folders[*family].extend(parts.map(|(folder, _)| *folder));
    }
    // A component that nobody uses is a part on offer, not an application.
    let is_component = |folder: &&str| documents.kustomizations.get(*folder).is_some_and(|found| found.is_component());
    let mut of_family: Vec<Vec<&str>> = vec![Vec::new(); distinct.len()];
    for ((folder, _), family) in roots.iter().zip(&of_root) {
        of_family[*family].push(folder);
    }
    Families { names: names(&folders, &of_family, &is_component), of_root }
}

fn find(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

/// The name of each family: the folder that all of its kustomizations stand in, where no other family stands in it too;
/// else the one that no other refers to, or the first of its own folders where there are several.
fn names(families: &[BTreeSet<&str>], roots: &[Vec<&str>], is_component: &dyn Fn(&&str) -> bool) -> Vec<String> {
    let mut of_folder: BTreeMap<&str, usize> = BTreeMap::new();
    for (family, folders) in families.iter().enumerate() {
        for folder in folders.iter().filter(|folder| !is_component(folder)) {
            of_folder.entry(folder).or_insert(family);
        }
    }
    families
        .iter()
        .enumerate()
        .map(|(family, folders)| {
            let first = folders.first().copied().unwrap_or_default();
            let common = folders.iter().fold(first, |common, folder| common_folder(common, folder));
            let below = |folder: &str| {
                folder == common || folder.strip_prefix(common).is_some_and(|rest| rest.starts_with('/'))
            };
            let is_shared = of_folder.iter().any(|(folder, other)| *other != family && below(folder));
            let is_telling = common.split('/').any(|part| !matches!(part, "" | "." | ".."));
            match roots[family].as_slice() {
                _ if is_telling && !is_shared => common.to_owned(),
                [root] => (*root).to_owned(),
                _ => first.to_owned(),
            }
        })
        .collect()
}

/// The longest folder that holds both, or is one of them.
fn common_folder<'f>(a: &'f str, b: &str) -> &'f str {
    let mut end = 0;
    let mut at = 0;
    for (own, other) in a.split('/').zip(b.split('/')) {
        if own != other {
            break;
        }
        end = at + own.len();
        at = end + 1;
    }
    &a[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_named_after_the_folder_that_is_theirs_alone() {
        let family = |folders: &[&'static str]| -> BTreeSet<&'static str> { folders.iter().copied().collect() };
        let families = [
            family(&["shop/base", "shop/overlays/prod"]),
            family(&["news/a", "news/b"]),
            family(&["news/c"]),
            family(&["base", "prod"]),
        ];
        let roots = [vec!["shop/overlays/prod"], vec!["news/a", "news/b"], vec!["news/c"], vec!["prod"]];
        assert_eq!(names(&families, &roots, &|_| false), ["shop", "news/a", "news/c", "prod"]);
        assert_eq!(common_folder("a/bc", "a/bd"), "a");
        assert_eq!(common_folder("/srv/a", "/srv/b"), "/srv");
    }
}
