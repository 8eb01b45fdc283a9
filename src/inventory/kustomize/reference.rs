//! What a kustomization refers to: files, folders, and texts that stand in it.

use crate::inventory::paths::join;
use crate::yaml::{Node, Place};

/// What a kustomization wants with something that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Objects: a file, or the folder of another kustomization.
    Resource,
    /// The folder of a component.
    Component,
    /// A patch.
    Patch,
    /// A list of replacements.
    Replacement,
    /// A configuration of kustomize's own transformers.
    Configuration,
    /// A generator, transformer or validator.
    Plugin,
    /// The content of a ConfigMap or Secret.
    Content,
    /// The values of a chart.
    Values,
    /// A schema.
    Schema,
}

/// A file or folder that a kustomization refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The path, joined with the kustomization's folder, `.` and `..` resolved.
    pub path: String,
    /// Where it is named.
    pub place: Place,
    /// What it is wanted for.
    pub role: Role,
}

/// The names of files that are kustomizations.
pub const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Whether a file of this name is a kustomization.
#[must_use]
pub fn is_name(base_name: &str) -> bool {
    NAMES.contains(&base_name)
}

/// Whether a document in a file with a kustomization's name is one, and not an object of Flux or of somebody else.
pub(super) fn is_kustomization(document: Node<'_>) -> bool {
    let version = document.get("apiVersion").and_then(|version| version.string());
    document.is_mapping() && version.is_none_or(|version| version.starts_with("kustomize.config.k8s.io/"))
}

/// Every file and folder that the kustomization in a folder refers to, in the order in which they are named. What is
/// fetched from elsewhere is left out.
#[must_use]
pub fn references(document: Node<'_>, folder: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut add = |node: Node<'_>, path: &str, role: Role| {
        if !path.is_empty() && !path.contains('\n') && !is_remote(path) {
            found.push(Reference { path: join(folder, path), place: node.place(), role });
        }
    };
    let lists = [
        ("resources", Role::Resource),
        ("bases", Role::Resource),
        ("components", Role::Component),
        ("patchesStrategicMerge", Role::Patch),
        ("configurations", Role::Configuration),
        ("generators", Role::Plugin),
        ("transformers", Role::Plugin),
        ("validators", Role::Plugin),
        ("crds", Role::Schema),
    ];
    for (key, role) in lists {
        for item in items(document, key) {
            if let Some(path) = item.string() {
                add(item, path, role);
            }
        }
    }
    for (key, role) in [("patches", Role::Patch), ("patchesJson6902", Role::Patch), ("replacements", Role::Replacement)]
    {
        for item in items(document, key) {
            if let Some(path) = item.get("path") {
                add(path, path.string().unwrap_or_default(), role);
            }
        }
    }
    for key in ["configMapGenerator", "secretGenerator"] {
        for generator in items(document, key) {
            for item in items(generator, "files") {
                let text = item.string().unwrap_or_default();
                add(item, text.split_once('=').map_or(text, |(_, path)| path), Role::Content);
            }
            for item in items(generator, "envs").into_iter().chain(generator.get("env")) {
                add(item, item.string().unwrap_or_default(), Role::Content);
            }
        }
    }
    for chart in items(document, "helmCharts") {
        for item in items(chart, "additionalValuesFiles").into_iter().chain(chart.get("valuesFile")) {
            add(item, item.string().unwrap_or_default(), Role::Values);
        }
    }
    if let Some(path) = document.at(&["openapi", "path"]) {
        add(path, path.string().unwrap_or_default(), Role::Schema);
    }
    found
}

/// The texts of a kustomization that are YAML documents themselves: patches and plugins that are written in place.
pub(in crate::inventory) fn embedded(document: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    for key in ["patchesStrategicMerge", "generators", "transformers", "validators"] {
        found.extend(items(document, key).into_iter().filter(|item| item.string().is_some_and(|t| t.contains('\n'))));
    }
    for key in ["patches", "patchesJson6902"] {
        let texts = items(document, key).into_iter().filter_map(|item| item.get("patch"));
        found.extend(texts.filter(|text| text.string().is_some()));
    }
    found
}

pub(super) fn items<'t>(node: Node<'t>, key: &str) -> Vec<Node<'t>> {
    node.get(key).into_iter().flat_map(|list| list.items()).collect()
}

/// Whether a reference leads to somewhere else than to a file.
pub(super) fn is_remote(reference: &str) -> bool {
    reference.contains("://")
        || reference.contains("?ref=")
        || reference.starts_with("github.com/")
        || reference.starts_with("git@")
        || reference.starts_with("git::")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::limits::Limits;
    use crate::text::SourceId;
    use crate::yaml::parse_documents;

    #[test]
    fn everything_that_is_referred_to_is_listed() {
        let text = "
resources: [../base, web.yaml, 'https://example.org/x?ref=1']
components: [../parts/cache]
patches: [{path: one.yaml}, {patch: 'a: b'}]
patchesStrategicMerge: [two.yaml, \"kind: X\\nmetadata: {}\\n\"]
patchesJson6902: [{path: three.json}]
replacements: [{path: four.yaml}, {source: {}}]
configMapGenerator: [{name: a, files: [x.txt, key=y.txt], envs: [z.env]}]
transformers: [plugin.yaml]
helmCharts: [{name: c, valuesFile: values.yaml}]
";
        let documents = parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT);
        let root = documents[0].as_ref().expect("a document").root().expect("a root");
        let found: Vec<_> = references(root, "app/prod").into_iter().map(|found| (found.path, found.role)).collect();
        let expected = [
            ("app/base", Role::Resource),
            ("app/prod/web.yaml", Role::Resource),
            ("app/parts/cache", Role::Component),
            ("app/prod/two.yaml", Role::Patch),
            ("app/prod/plugin.yaml", Role::Plugin),
            ("app/prod/one.yaml", Role::Patch),
            ("app/prod/three.json", Role::Patch),
            ("app/prod/four.yaml", Role::Replacement),
            ("app/prod/x.txt", Role::Content),
            ("app/prod/y.txt", Role::Content),
            ("app/prod/z.env", Role::Content),
            ("app/prod/values.yaml", Role::Values),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(path, role)| (path.to_owned(), role)).collect();
        assert_eq!(found, expected);
        assert_eq!(embedded(root).len(), 2);
    }
}
