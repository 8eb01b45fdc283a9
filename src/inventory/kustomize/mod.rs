//! Kustomizations, built as `kustomize build` would: what they make of the files that they refer to, with the place at
//! which each value was really written.

mod build;
mod family;
mod fields;
mod generate;
mod json_patch;
mod merge;
mod names;
mod patch;
mod plugin;
mod reference;
mod replace;
mod resource;
mod select;
mod transform;

pub(in crate::inventory) use reference::embedded;
pub use reference::{NAMES, Reference, Role, is_name, references};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use build::{Builder, Documents, Gathered, Kustomization, Use};

use super::Problem;
use super::kubernetes;
use super::model::Objects;
use crate::language::{Prose, say};
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{DocumentId, FreezeBudget, Node, Place, Tree};

/// A kustomization that no other one refers to, with everything that it makes.
#[derive(Debug)]
pub(super) struct Root {
    /// Its folder.
    pub(super) folder: String,
    /// The family that it belongs to, by number.
    pub(super) family: usize,
    /// What it makes.
    pub(super) objects: Objects,
    /// Where its workloads and pointers were first written.
    pub(super) origins: BTreeSet<Place>,
    /// Every object that it makes.
    pub(super) made: Vec<Place>,
}

/// What building gave.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The roots, by folder.
    pub(super) roots: Vec<Root>,
    /// The names of the families, by number.
    pub(super) families: Vec<String>,
    /// The family that a document belongs to.
    pub(super) documents: BTreeMap<DocumentId, usize>,
    /// The family that a file belongs to.
    pub(super) files: BTreeMap<SourceId, usize>,
    /// Files that need not be read by themselves, each with the reason why it is left alone; none for files whose
    /// objects were read.
    pub(super) consumed: BTreeMap<SourceId, Option<Prose>>,
    /// The objects that were made, as documents of the run.
    pub(super) trees: Vec<Tree>,
    /// What could not be done.
    pub(super) problems: Vec<Problem>,
}

/// The documents of the run so far: files with the numbers of their documents, and the documents inside texts.
pub(super) struct Parsed<'t> {
    pub(super) trees: &'t [Tree],
    pub(super) files: &'t [(SourceId, &'t SourceFile, Range<usize>)],
    pub(super) embedded: BTreeMap<Place, Range<usize>>,
    /// Files that were not parsed.
    pub(super) others: &'t [(SourceId, &'t SourceFile)],
}

/// Builds every kustomization that no other one refers to, and those that the user named.
pub(super) fn build(parsed: Parsed<'_>, named: &[String], tables: &Tables) -> Built {
    let documents = gather(&parsed);
    let mut built = Built::default();
    let folders = roots(&documents, named);
    let mut builder = Builder::new(&documents);
    let gathered: Vec<(&str, Gathered<'_>)> =
        folders.iter().filter_map(|folder| Some((*folder, builder.root(folder)?))).collect();
    built.problems = builder.problems;
    let families = family::families(&gathered, &documents);
    let names: BTreeMap<SourceId, &str> =
        parsed.files.iter().map(|(source, file, _)| (*source, file.name.as_str())).collect();
    let mut uses: BTreeMap<SourceId, Use> = BTreeMap::new();
    for ((_, gathered), family) in gathered.iter().zip(&families.of_root) {
        for (source, used) in &gathered.uses {
            let known = uses.entry(*source).or_insert(*used);
            *known = (*known).min(*used);
            built.files.entry(*source).or_insert(*family);
        }
    }
    built.consumed = uses.iter().map(|(source, used)| (*source, reason(*used, &names))).collect();
    let mut budget = FreezeBudget::default();
    for ((folder, gathered), family) in gathered.iter().zip(&families.of_root) {
        let root = read(folder, gathered, *family, &documents, &mut built, &mut budget, tables);
        built.roots.push(root);
    }
    built.families = families.names;
    built
}

/// Why a file that a kustomization uses is not read by itself; none where its objects were read.
fn reason(used: Use, names: &BTreeMap<SourceId, &str>) -> Option<Prose> {
    let by = names.get(&used.by).copied().unwrap_or_default();
    match used.role {
        Role::Resource | Role::Component | Role::Schema => None,
        Role::Patch => Some(say!("a patch, applied by {}", by)),
        Role::Replacement => Some(say!("replacements, made by {}", by)),
        Role::Configuration => Some(say!("a configuration of kustomize, used by {}", by)),
        Role::Plugin => Some(say!("a plugin of kustomize, named by {}", by)),
        Role::Content => Some(say!("the content of a ConfigMap or Secret that {} makes", by)),
        Role::Values => Some(say!("values of a chart that {} names", by)),
    }
}

fn gather<'t>(parsed: &Parsed<'t>) -> Documents<'t> {
    let mut documents = Documents { trees: parsed.trees, embedded: parsed.embedded.clone(), ..Documents::default() };
    for (source, file, range) in parsed.files {
        documents.files.insert(&file.name, (*source, range.clone()));
        documents.folders.insert(file.folder());
        let root = parsed.trees[range.clone()].iter().find_map(Tree::root);
        if let Some(document) = root.filter(|root| is_name(file.base_name()) && reference::is_kustomization(*root)) {
            documents.kustomizations.entry(file.folder()).or_insert(Kustomization { source: *source, document });
        }
    }
    for (source, file) in parsed.others {
        documents.files.entry(&file.name).or_insert((*source, 0..0));
        documents.folders.insert(file.folder());
    }
    documents
}

/// The folders of the kustomizations to build, in order: those that no other one refers to, one of every circle, and
/// those that the user named.
fn roots<'t>(documents: &Documents<'t>, named: &[String]) -> Vec<&'t str> {
    let mut refers: BTreeMap<&'t str, Vec<&'t str>> = BTreeMap::new();
    let mut referred: BTreeSet<&'t str> = BTreeSet::new();
    for (folder, kustomization) in &documents.kustomizations {
        let wanted = references(kustomization.document, folder);
        let wanted = wanted.iter().filter(|found| matches!(found.role, Role::Resource | Role::Component));
        for reference in wanted {
            if let Some((other, _)) = documents.kustomizations.get_key_value(reference.path.as_str()) {
                refers.entry(folder).or_default().push(other);
                if other != folder {
                    referred.insert(other);
                }
            }
        }
    }
    let mut roots: Vec<&str> =
        documents.kustomizations.keys().copied().filter(|folder| !referred.contains(folder)).collect();
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let reach = |from: &'t str, reached: &mut BTreeSet<&'t str>| {
        let mut open = vec![from];
        while let Some(folder) = open.pop() {
            if reached.insert(folder) {
                open.extend(refers.get(folder).into_iter().flatten());
            }
        }
    };
    for root in &roots {
        reach(root, &mut reached);
    }
    for folder in documents.kustomizations.keys() {
        if !reached.contains(folder) {
            roots.push(folder);
            reach(folder, &mut reached);
        }
    }
    roots.extend(documents.kustomizations.keys().filter(|folder| named.iter().any(|name| is_called(folder, name))));
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// Whether a user's name means this folder: its path, or the last part of it.
pub(super) fn is_called(folder: &str, name: &str) -> bool {
    let name = name.trim_end_matches('/');
    let name = name.strip_prefix("./").unwrap_or(name);
    folder == name || folder.rsplit('/').next() == Some(name)
}

/// Reads the objects that a root makes.
fn read(
    folder: &str,
    gathered: &Gathered<'_>,
    family: usize,
    documents: &Documents<'_>,
    built: &mut Built,
    budget: &mut FreezeBudget,
    tables: &Tables,
) -> Root {
    let mut root = Root {
        folder: folder.to_owned(),
        family,
        objects: Objects::default(),
        origins: BTreeSet::new(),
        made: Vec::new(),
    };
    for pointer in &gathered.pointers {
        root.origins.extend(pointer.place);
        built.documents.extend(pointer.place.map(|place| (place.document, family)));
        root.objects.opaque.push(pointer.clone());
    }
    for resource in &gathered.resources {
        let original = documents.trees.get(resource.origin.document.0 as usize);
        let as_written = original.filter(|tree| {
            let is_document = resource.draft.is_as_written() && resource.origin.node.0 == 0;
            is_document && built.documents.get(&tree.document).is_none_or(|known| *known == family)
        });
        let mut take = |node: Node<'_>, objects: &mut Objects| {
            let count = |objects: &Objects| objects.workloads.len() + objects.opaque.len() + objects.pointers.len();
            let before = count(objects);
            root.made.push(node.place());
            kubernetes::read_object(node, resource.source, tables, objects);
            if count(objects) > before {
                root.origins.insert(resource.origin);
            }
        };
        if let Some(node) = as_written.and_then(Tree::root) {
            built.documents.insert(resource.origin.document, family);
            take(node, &mut root.objects);
            continue;
        }
        let number = DocumentId((documents.trees.len() + built.trees.len()) as u32);
        match resource.draft.freeze(number, resource.source, budget) {
            Some(tree) => {
                built.documents.insert(number, family);
                if let Some(node) = tree.root() {
                    take(node, &mut root.objects);
                }
                built.trees.push(tree);
            }
            None => {
                let message = "what kustomizations make of this object is too large; it is read as it stands";
                let help = "assess fewer overlays at a time";
                built.problems.push(Problem::at(resource.origin, resource.source, message, help));
                let written = original.and_then(|tree| tree.node(resource.origin.node));
                if let Some(node) = written {
                    take(node, &mut root.objects);
                }
            }
        }
    }
    root
}
