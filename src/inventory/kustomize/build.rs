//! Building a kustomization, in the order in which kustomize does: resources, generators, components, then everything
//! that changes what was gathered.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::fields::Configuration;
use super::patch::{self, Complaint};
use super::reference::{Role, is_remote, items};
use super::replace::{self, Variable};
use super::resource::{Identity, Resource};
use super::{generate, names, plugin, transform};
use crate::inventory::Problem;
use crate::inventory::model::Opaque;
use crate::inventory::paths::join;
use crate::language::say;
use crate::limits;
use crate::text::SourceId;
use crate::yaml::{Draft, Node, Place, Tree};

/// A kustomization among the files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kustomization<'t> {
    pub(super) source: SourceId,
    pub(super) document: Node<'t>,
}

impl Kustomization<'_> {
    pub(super) fn is_component(&self) -> bool {
        self.document.get("kind").and_then(|kind| kind.string()) == Some("Component")
    }
}

/// The files that kustomizations are built from.
#[derive(Debug, Default)]
pub(super) struct Documents<'t> {
    pub(super) trees: &'t [Tree],
    /// Every file by its name, with the documents that it holds.
    pub(super) files: BTreeMap<&'t str, (SourceId, Range<usize>)>,
    /// Texts inside kustomizations by their place, with the documents that they hold.
    pub(super) embedded: BTreeMap<Place, Range<usize>>,
    /// Kustomizations by folder.
    pub(super) kustomizations: BTreeMap<&'t str, Kustomization<'t>>,
    /// Folders that hold a file.
    pub(super) folders: BTreeSet<&'t str>,
}

impl<'t> Documents<'t> {
    fn roots(&self, range: Range<usize>) -> Vec<Node<'t>> {
        self.trees.get(range).unwrap_or_default().iter().filter_map(Tree::root).collect()
    }
}

/// What became of a file that a kustomization refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Use {
    pub(super) role: Role,
    /// The kustomization.
    pub(super) by: SourceId,
}

/// What was gathered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered<'t> {
    pub(super) resources: Vec<Resource<'t>>,
    pub(super) pointers: Vec<Opaque>,
    pub(super) variables: Vec<Variable<'t>>,
    pub(super) configuration: Configuration,
    /// Files that were used.
    pub(super) uses: BTreeSet<(SourceId, Use)>,
    /// Folders and files that it was built from, components left out: what ties kustomizations together.
    pub(super) parts: BTreeSet<String>,
    /// The identities of the objects, while they are only added to.
    known: Option<BTreeSet<Identity>>,
}

/// Builds kustomizations.
pub(super) struct Builder<'t, 'd> {
    documents: &'d Documents<'t>,
    built: BTreeMap<String, Option<Rc<Gathered<'t>>>>,
    /// The kustomizations that are being built, outermost first.
    stack: Vec<String>,
    pub(super) problems: Vec<Problem>,
    left: usize,
    is_exhausted: bool,
    /// Whether the root is a component.
    is_component: bool,
}

/// Lists of changes, each of which looks at every object.
const CHANGES: [&str; 9] = [
    "configMapGenerator",
    "secretGenerator",
    "patchesStrategicMerge",
    "patches",
    "patchesJson6902",
    "labels",
    "replicas",
    "images",
    "replacements",
];

const NOT_AMONG: &str = "name the folder that holds it, or the folder above both";

impl<'t, 'd> Builder<'t, 'd> {
    pub(super) fn new(documents: &'d Documents<'t>) -> Self {
        Self {
            documents,
            built: BTreeMap::new(),
            stack: Vec::new(),
            problems: Vec::new(),
            left: limits::BUILT_NODES,
            is_exhausted: false,
            is_component: false,
        }
    }

    /// Builds a kustomization that no other one refers to. None where it cannot be built at all.
    pub(super) fn root(&mut self, folder: &str) -> Option<Gathered<'t>> {
        let kustomization = *self.documents.kustomizations.get(folder)?;
        // A component that nobody uses patches what is not there; that is how components are.
        self.is_component = kustomization.is_component();
        let mut gathered = Rc::unwrap_or_clone(self.folder(folder)?);
        names::follow(&mut gathered.resources, &gathered.configuration);
        let mut complaints = Vec::new();
        let variables = std::mem::take(&mut gathered.variables);
        if !self.spend(variables.len().saturating_mul(gathered.resources.len()), kustomization.document) {
            return None;
        }
        replace::variables(&mut gathered.resources, &variables, &gathered.configuration, &mut complaints);
        self.complain(complaints);
        Some(gathered)
    }

    /// Builds the kustomization in a folder, once.
    fn folder(&mut self, folder: &str) -> Option<Rc<Gathered<'t>>> {
        if let Some(known) = self.built.get(folder) {
            return known.clone();
        }
        let mut gathered = Gathered::default();
        let done = self.gather(folder, &mut gathered);
        let result = done.then(|| Rc::new(gathered));
        self.built.insert(folder.to_owned(), result.clone());
        result
    }

    /// Adds everything that the kustomization in a folder makes to what was gathered, and changes it all as the
    /// kustomization says. False where that was too much.
    fn gather(&mut self, folder: &str, into: &mut Gathered<'t>) -> bool {
        let Some(kustomization) = self.documents.kustomizations.get(folder).copied() else { return false };
        self.stack.push(folder.to_owned());
        into.known = None;
        let document = kustomization.document;
        if !kustomization.is_component() {
            into.parts.insert(folder.to_owned());
        }
        into.uses.insert((kustomization.source, Use { role: Role::Resource, by: kustomization.source }));
        for key in ["resources", "bases"] {
            for item in items(document, key) {
                self.resource(item, folder, &kustomization, into);
            }
        }
        into.known = None;
        self.unresolved(kustomization, folder, into);
        for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            for generator in items(document, key) {
                generate::generate(&mut into.resources, kind, generator, kustomization.source);
            }
        }
        let mut complaints = Vec::new();
        let configuration = into.configuration.clone();
        self.plugins("generators", kustomization, folder, into, &configuration, &mut complaints);
        self.complain(complaints);
        for item in items(document, "components") {
            let Some(path) = item.string() else { continue };
            if is_remote(path) {
                into.pointers.push(pointer(item, "remote kustomization", path, kustomization.source));
            } else if self.may_enter(&join(folder, path), item, path, kustomization.source) {
                self.gather(&join(folder, path), into);
            }
        }
        self.transform(kustomization, folder, into);
        into.variables.extend(items(document, "vars").into_iter().filter_map(Variable::read));
        self.stack.pop();
        let size: usize = into.resources.iter().map(Resource::weight).sum();
        self.spend(size, document)
    }

    /// Takes work from what may be done in one run; whether there was enough of it.
    fn spend(&mut self, work: usize, document: Node<'_>) -> bool {
        match self.left.checked_sub(work) {
            Some(left) if !self.is_exhausted => {
                self.left = left;
                return true;
            }
            _ => {}
        }
        if !self.is_exhausted {
            self.is_exhausted = true;
            self.problem(
                document.place(),
                "these kustomizations make more objects than can be built; their files are read as they are",
                "assess fewer overlays at a time",
            );
        }
        false
    }

    /// One entry of `resources`: a file, the folder of a kustomization, or something that is fetched.
    fn resource(&mut self, item: Node<'t>, folder: &str, by: &Kustomization<'t>, into: &mut Gathered<'t>) {
        let Some(text) = item.string() else { return };
        let path = join(folder, text);
        if let Some((source, range)) = self.documents.files.get(path.as_str()).cloned() {
            if self.load(source, range, item, into) {
                into.uses.insert((source, Use { role: Role::Resource, by: by.source }));
                if !by.is_component() {
                    into.parts.insert(path);
                }
            }
        } else if is_remote(text) {
            into.pointers.push(pointer(item, "remote kustomization", text, by.source));
        } else if !self.may_enter(&path, item, text, by.source) {
            let is_here = self.documents.kustomizations.contains_key(path.as_str());
            if !is_here && !self.documents.folders.contains(path.as_str()) {
                // Whatever it holds is not visible.
                let reason = say!("{} is not among these files", text);
                into.pointers.push(Opaque { reason, ..pointer(item, "kustomization", text, by.source) });
            }
        } else if let Some(base) = self.folder(&path) {
            for resource in &base.resources {
                self.add(resource.clone(), item, into);
            }
            into.pointers.extend_from_slice(&base.pointers);
            into.variables.extend_from_slice(&base.variables);
            into.configuration.extend(&base.configuration);
            into.uses.extend(base.uses.iter().copied());
            if !by.is_component() {
                into.parts.extend(base.parts.iter().cloned());
            }
        }
    }

    /// Whether a folder holds a kustomization that is not being built already.
    fn may_enter(&mut self, path: &str, item: Node<'_>, written: &str, _by: SourceId) -> bool {
        if self.stack.iter().any(|open| open == path) {
            let chain = self.stack.join(" → ");
            let message = format!("these kustomizations refer to one another in a circle: {chain} → {path}");
            self.problem(item.place(), &message, "remove one of the references");
            return false;
        }
        if self.stack.len() >= limits::KUSTOMIZATION_DEPTH {
            let message =
                format!("more than {} kustomizations refer to one another in a row", limits::KUSTOMIZATION_DEPTH);
            self.problem(item.place(), &message, "assess the inner ones by themselves");
            return false;
        }
        if self.documents.kustomizations.contains_key(path) {
            return true;
        }
        if self.documents.folders.contains(path) {
            let message = format!("the folder {written} holds no kustomization");
            self.problem(item.place(), &message, "add a kustomization.yaml to it, or name its files");
        } else {
            self.problem(item.place(), &format!("{written} is not among the inputs"), NOT_AMONG);
        }
        false
    }

    /// Loads the objects of a file; whether it holds any.
    fn load(&mut self, source: SourceId, range: Range<usize>, item: Node<'_>, into: &mut Gathered<'t>) -> bool {
        let mut found = range.is_empty();
        for root in self.documents.roots(range) {
            for object in objects(Draft::of(root)) {
                if let Some(resource) = Resource::new(object, source) {
                    found = true;
                    self.add(resource, item, into);
                }
            }
        }
        if !found {
            self.problem(item.place(), "this file holds no Kubernetes object", "remove it from `resources`");
        }
        found
    }

    fn add(&mut self, resource: Resource<'t>, item: Node<'_>, into: &mut Gathered<'t>) {
        let key = |resource: &Resource<'_>| {
            let namespace = resource.current.effective_namespace().to_owned();
            Identity { namespace, ..resource.current.clone() }
        };
        let known = into.known.get_or_insert_with(|| into.resources.iter().map(key).collect());
        if !known.insert(key(&resource)) && !resource.current.name.is_empty() {
            let shown = resource.current.shown();
            let message = format!("{shown} is already there; kustomize refuses it, and the first one counts");
            self.problem(item.place(), &message, "remove one of the two");
            return;
        }
        into.resources.push(resource);
    }

    /// What is fetched or made elsewhere.
    fn unresolved(&mut self, kustomization: Kustomization<'t>, folder: &str, into: &mut Gathered<'t>) {
        let document = kustomization.document;
        for key in ["helmCharts", "helmChartInflationGenerator"] {
            for item in items(document, key) {
                let name = ["name", "chartName"].iter().find_map(|key| item.get(key)?.string()).unwrap_or_default();
                into.pointers.push(pointer(item, "Helm chart", name, kustomization.source));
            }
        }
        for item in items(document, "configurations") {
            let Some(path) = item.string().map(|path| join(folder, path)) else { continue };
            match self.documents.files.get(path.as_str()).cloned() {
                Some((source, range)) => {
                    for root in self.documents.roots(range) {
                        into.configuration.read(root);
                    }
                    into.uses.insert((source, Use { role: Role::Configuration, by: kustomization.source }));
                }
                None if is_remote(&path) => {}
                None => self.missing(item),
            }
        }
        for reference in super::references(document, folder) {
            if matches!(reference.role, Role::Content | Role::Values)
                && let Some((source, _)) = self.documents.files.get(reference.path.as_str())
            {
                into.uses.insert((*source, Use { role: reference.role, by: kustomization.source }));
            }
        }
    }

    /// Everything that changes what was gathered, in kustomize's order.
    fn transform(&mut self, kustomization: Kustomization<'t>, folder: &str, into: &mut Gathered<'t>) {
        let document = kustomization.document;
        let pairs = |node: Node<'_>| node.entries().len();
        let lists: usize = CHANGES.iter().map(|key| document.get(key).map_or(0, |list| list.items().count())).sum();
        let maps = ["commonLabels", "commonAnnotations"].iter().filter_map(|key| document.get(key)).map(pairs);
        let labels = items(document, "labels").into_iter().filter_map(|entry| entry.get("pairs")).map(pairs);
        let changes = lists + maps.chain(labels).sum::<usize>();
        if !self.spend(changes.saturating_mul(into.resources.len()), document) {
            return;
        }
        let mut complaints = Vec::new();
        for item in items(document, "patchesStrategicMerge") {
            let documents = self.patch_documents(item, folder, kustomization.source, into);
            patch::apply(&mut into.resources, &documents, None, item.place(), &mut self.left, &mut complaints);
        }
        for item in items(document, "patches") {
            self.patch(item, folder, kustomization.source, into, &mut complaints);
        }
        let configuration = std::mem::take(&mut into.configuration);
        if let Some(namespace) = document.get("namespace") {
            transform::namespace(&mut into.resources, namespace, &configuration);
        }
        let text = |key: &str| document.get(key).and_then(|value| value.string()).unwrap_or_default();
        transform::rename(&mut into.resources, text("namePrefix"), text("nameSuffix"));
        if let Some(map) = document.get("commonLabels") {
            transform::common_labels(&mut into.resources, map, &configuration);
        }
        for entry in items(document, "labels") {
            transform::labels(&mut into.resources, entry, &configuration);
        }
        if let Some(map) = document.get("commonAnnotations") {
            transform::common_annotations(&mut into.resources, map, &configuration);
        }
        for item in items(document, "patchesJson6902") {
            self.patch(item, folder, kustomization.source, into, &mut complaints);
        }
        for entry in items(document, "replicas") {
            if !transform::replicas(&mut into.resources, entry, &configuration) {
                let name = entry.get("name").and_then(|name| name.string()).unwrap_or_default();
                complaints.push(Complaint {
                    place: entry.get("name").unwrap_or(entry).place(),
                    message: format!("no object named {name} has copies that could be set"),
                    help: "name a Deployment, StatefulSet, ReplicaSet or ReplicationController of this kustomization",
                    is_about_target: true,
                });
            }
        }
        for entry in items(document, "images") {
            transform::images(&mut into.resources, entry, &configuration);
        }
        for entry in items(document, "replacements") {
            match entry.get("path").and_then(|path| path.string()) {
                Some(path) => {
                    for root in
                        self.named_documents(entry, &join(folder, path), Role::Replacement, kustomization.source, into)
                    {
                        let entries: Vec<Node<'t>> =
                            if root.is_sequence() { root.items().collect() } else { vec![root] };
                        for entry in entries {
                            replace::replacement(&mut into.resources, entry, &mut self.left, &mut complaints);
                        }
                    }
                }
                None => replace::replacement(&mut into.resources, entry, &mut self.left, &mut complaints),
            }
        }
        for key in ["transformers", "validators"] {
            self.plugins(key, kustomization, folder, into, &configuration, &mut complaints);
        }
        let mut own = configuration;
        own.extend(&into.configuration);
        into.configuration = own;
        self.complain(complaints);
    }

    /// The plugins of one list; those that are not built in are named.
    fn plugins(
        &mut self,
        list: &str,
        kustomization: Kustomization<'t>,
        folder: &str,
        into: &mut Gathered<'t>,
        configuration: &Configuration,
        complaints: &mut Vec<Complaint>,
    ) {
        let source = kustomization.source;
        for item in items(kustomization.document, list) {
            for root in self.plugin_documents(item, folder, source, into) {
                if !plugin::apply(root, list, source, &mut into.resources, configuration, &mut self.left, complaints) {
                    let kind = root.get("kind").and_then(|kind| kind.string()).unwrap_or("plugin");
                    complaints.push(Complaint {
                        place: root.get("kind").unwrap_or(root).place(),
                        message: format!("the {kind} that this kustomization runs was not applied"),
                        help: "build it (`kustomize build`) and assess the output",
                        is_about_target: false,
                    });
                }
            }
        }
    }

    /// One entry of `patches` or `patchesJson6902`.
    fn patch(
        &mut self,
        item: Node<'t>,
        folder: &str,
        by: SourceId,
        into: &mut Gathered<'t>,
        complaints: &mut Vec<Complaint>,
    ) {
        let shown = item.get("path").or_else(|| item.get("patch")).unwrap_or(item);
        let documents = match item.get("patch") {
            Some(text) => self.embedded(text),
            None => match item.get("path").and_then(|path| path.string()) {
                Some(path) => self.named_documents(item, &join(folder, path), Role::Patch, by, into),
                None => return,
            },
        };
        let target = item.get("target");
        let shown = target.map_or(shown, |target| target.get("name").or_else(|| target.get("kind")).unwrap_or(target));
        patch::apply(&mut into.resources, &documents, target, shown.place(), &mut self.left, complaints);
    }

    /// One entry of `patchesStrategicMerge`: a path, or the patch itself.
    fn patch_documents(
        &mut self,
        item: Node<'t>,
        folder: &str,
        by: SourceId,
        into: &mut Gathered<'t>,
    ) -> Vec<Node<'t>> {
        match item.string() {
            Some(text) if text.contains('\n') => self.embedded(item),
            Some(path) => self.named_documents(item, &join(folder, path), Role::Patch, by, into),
            None => Vec::new(),
        }
    }

    /// One entry of `transformers` and the like: a path, or the plugin itself.
    fn plugin_documents(
        &mut self,
        item: Node<'t>,
        folder: &str,
        by: SourceId,
        into: &mut Gathered<'t>,
    ) -> Vec<Node<'t>> {
        match item.string() {
            Some(text) if text.contains('\n') => self.embedded(item),
            Some(path)
                if !is_remote(path) && self.documents.kustomizations.contains_key(join(folder, path).as_str()) =>
            {
                self.problem(
                    item.place(),
                    "plugins that are built by a kustomization of their own were not applied",
                    "build it (`kustomize build`) and assess the output",
                );
                Vec::new()
            }
            Some(path) => self.named_documents(item, &join(folder, path), Role::Plugin, by, into),
            None => Vec::new(),
        }
    }

    fn embedded(&mut self, text: Node<'t>) -> Vec<Node<'t>> {
        self.documents.embedded.get(&text.place()).map(|range| self.documents.roots(range.clone())).unwrap_or_default()
    }

    /// The documents of a file that is no resource.
    fn named_documents(
        &mut self,
        item: Node<'t>,
        path: &str,
        role: Role,
        by: SourceId,
        into: &mut Gathered<'t>,
    ) -> Vec<Node<'t>> {
        match self.documents.files.get(path).cloned() {
            Some((source, range)) => {
                into.uses.insert((source, Use { role, by }));
                self.documents.roots(range)
            }
            None => {
                self.missing(item.get("path").unwrap_or(item));
                Vec::new()
            }
        }
    }

    fn missing(&mut self, item: Node<'_>) {
        let written = item.string().unwrap_or_default();
        self.problem(item.place(), &format!("{written} is not among the inputs"), NOT_AMONG);
    }

    fn complain(&mut self, complaints: Vec<Complaint>) {
        let is_by_itself = self.is_component && self.stack.len() <= 1;
        for complaint in complaints.into_iter().filter(|complaint| !(is_by_itself && complaint.is_about_target)) {
            self.problem(complaint.place, &complaint.message, complaint.help);
        }
    }

    fn problem(&mut self, place: Place, message: &str, help: &str) {
        let source = self.documents.trees.get(place.document.0 as usize).map_or(SourceId(0), |tree| tree.source);
        self.problems.push(Problem::at(place, source, message, help));
    }
}

/// The objects of a document: itself, or the items of a list.
fn objects(document: Draft<'_>) -> Vec<Draft<'_>> {
    let is_list = document.get("kind").and_then(|kind| kind.string()).is_some_and(|kind| kind.ends_with("List"));
    match document.get("items").filter(|items| is_list && items.is_list()) {
        Some(items) => items.items().iter().flat_map(|item| objects(item.clone())).collect(),
        None => vec![document],
    }
}

fn pointer(node: Node<'_>, kind: &str, name: &str, source: SourceId) -> Opaque {
    Opaque {
        kind: kind.to_owned(),
        name: crate::text::sanitize::without_credentials(name).into_owned(),
        reason: say!("it is fetched when the kustomization is built and is not in these files"),
        place: Some(node.place()),
        source,
    }
}
