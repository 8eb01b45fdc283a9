//! Kustomizations: which folders and files they tie together, and what they fetch from elsewhere.

use std::collections::BTreeSet;
use std::ops::Range;

use super::model::{Objects, Opaque};
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Node, Tree};

/// Whether a file of this name is a kustomization.
pub(super) fn is_name(base_name: &str) -> bool {
    matches!(base_name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

/// Reads every kustomization: what it refers to goes into the objects, what it fetches from elsewhere is opaque. The
/// result is the names of the files that are patches.
pub(super) fn read_all(
    files: &[(SourceId, &SourceFile, Range<usize>)],
    trees: &[Tree],
    into: &mut Objects,
) -> BTreeSet<String> {
    let mut patches = BTreeSet::new();
    for (source, file, range) in files {
        if !is_name(file.base_name()) {
            continue;
        }
        for root in trees[range.clone()].iter().filter_map(Tree::root) {
            read_one(root, *source, file, into, &mut patches);
        }
    }
    patches
}

fn read_one(root: Node<'_>, source: SourceId, file: &SourceFile, into: &mut Objects, patches: &mut BTreeSet<String>) {
    let folder = file.folder();
    let mut references = Vec::new();
    let opaque = |node: Node<'_>, kind: &str, name: &str| Opaque {
        kind: kind.to_owned(),
        name: crate::text::sanitize::without_credentials(name).into_owned(),
        reason: "it is fetched when the kustomization is built and is not in these files".to_owned(),
        place: Some(node.place()),
        source,
    };
    for key in ["resources", "bases", "components", "crds"] {
        for item in root.get(key).into_iter().flat_map(|list| list.items()) {
            let Some(text) = item.string() else { continue };
            if is_remote(text) {
                into.opaque.push(opaque(item, "remote kustomization", text));
            } else {
                references.push(join(folder, text));
            }
        }
    }
    for item in root.get("helmCharts").into_iter().flat_map(|list| list.items()) {
        let name = item.get("name").and_then(|name| name.string()).unwrap_or_default();
        into.opaque.push(opaque(item, "Helm chart", name));
    }
    for key in ["patches", "patchesStrategicMerge", "patchesJson6902", "transformers", "replacements"] {
        for item in root.get(key).into_iter().flat_map(|list| list.items()) {
            let path = item.get("path").or(Some(item)).and_then(|path| path.string());
            if let Some(path) = path.filter(|path| !path.contains('\n')) {
                patches.insert(join(folder, path));
            }
        }
    }
    into.kustomizations.entry(folder.to_owned()).or_default().extend(references);
}

fn is_remote(reference: &str) -> bool {
    reference.contains("://")
        || reference.contains("?ref=")
        || reference.starts_with("github.com/")
        || reference.starts_with("git@")
}

/// A path relative to a folder, with `.` and `..` resolved in the text.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let absolute = path.starts_with('/') || (folder.starts_with('/') && !path.starts_with('/'));
    let mut parts: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { folder };
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_in_the_text() {
        assert_eq!(join("deploy/overlays/prod", "../../base"), "deploy/base");
        assert_eq!(join("", "./web.yaml"), "web.yaml");
        assert_eq!(join("/srv/app", "../other"), "/srv/other");
        assert_eq!(join("..", "../x"), "../../x");
    }
}
