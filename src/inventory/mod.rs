//! Step 2: documents become workloads and what belongs to them, each object once, linked and grouped into systems.

mod chart;
pub mod compose;
mod configured;
mod custom;
mod deduplicate;
mod documents;
mod kubernetes;
pub mod kustomize;
mod link;
pub mod live;
pub mod model;
mod pod;
pub mod pointers;
pub mod quantity;
pub mod rights;
mod roots;
pub mod selector;
mod system;
mod unrendered;
mod variants;

use crate::text::paths;
pub(crate) use crate::text::paths::join as join_path;
pub use documents::{missing, missing_of_compose};
pub use link::{Links, Rights, WorkloadLinks, same_namespace};
pub use live::Cluster;
pub use pod::refers_to_itself;
pub use roots::roots;
pub use system::{GroupedBy, Overlay, System};
pub use variants::{Demand, Selection, UnknownOverlay};

use std::collections::{BTreeMap, BTreeSet};

use kustomize::Root;
pub(crate) use model::not_rendered;
use model::{Objects, Stated};
use system::Kustomizations;

use crate::choices::Choices;
use crate::configuration::Configurations;
use crate::language::Prose;
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{DocumentId, Node, Place, Tree};

/// Something in the input that could not be understood, or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub source: SourceId,
    /// The bytes it is about; none for the file as a whole.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// The kinds of workloads that a scan of the text found in what was not understood.
    pub kinds: Vec<String>,
    /// Whether a document was not understood; else only a detail of one.
    pub not_understood: bool,
    /// Whether another problem speaks for it: the chart's for those of its templates.
    pub summed_up: bool,
    place: Option<Place>,
}

impl Problem {
    /// A problem of a whole file.
    #[must_use]
    pub fn of_file(source: SourceId, message: &str, help: &str) -> Self {
        Self {
            source,
            span: None,
            message: message.to_owned(),
            help: help.to_owned(),
            kinds: Vec::new(),
            not_understood: true,
            summed_up: false,
            place: None,
        }
    }

    /// A detail at a place.
    #[must_use]
    pub fn at(place: Place, source: SourceId, message: &str, help: &str) -> Self {
        Self { place: Some(place), not_understood: false, ..Self::of_file(source, message, help) }
    }
}

/// What the files say before it is decided which of several overlays of one application count.
#[derive(Debug)]
pub struct Reading<'f> {
    files: &'f [SourceFile],
    trees: Vec<Tree>,
    /// Objects that no kustomization makes.
    plain: Objects,
    roots: Vec<Root>,
    families: Kustomizations,
    problems: Vec<Problem>,
    skipped: Vec<(SourceId, Prose)>,
    documents: usize,
    projects: Vec<compose::Project>,
    missing: BTreeSet<String>,
    configurations: Configurations,
    clusters: Vec<Cluster>,
}

impl<'f> Reading<'f> {
    /// Reads a list of files; `unread` names files that should have been read and could not be. Never fails: what is
    /// not understood is in `problems`.
    #[must_use]
    pub fn new(files: &'f [SourceFile], unread: &[String], choices: &Choices, tables: &Tables) -> Self {
        let mut read = documents::read(files, choices, tables);
        let folder = |name: &String| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        read.objects.unread_folders = unread.iter().map(folder).collect();
        let built = read.built;
        Self {
            files,
            trees: read.trees,
            plain: read.objects,
            roots: built.roots,
            families: Kustomizations {
                names: built.families,
                documents: built.documents,
                files: built.files,
                overlays: BTreeMap::new(),
            },
            problems: read.problems,
            skipped: read.skipped,
            documents: read.documents,
            projects: read.projects,
            missing: read.missing,
            configurations: read.configurations,
            clusters: read.clusters,
        }
    }

    /// Files that were referred to, or would be read by the user's own tools, and are not here.
    #[must_use]
    pub fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    /// Every document of the run.
    #[must_use]
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Every object that the kustomization in a folder makes; none where no kustomization of that folder is built.
    #[must_use]
    pub fn made_by(&self, folder: &str) -> Option<Vec<Node<'_>>> {
        let root = self.roots.iter().find(|root| root.folder == folder)?;
        let node = |place: &Place| self.trees.get(place.document.0 as usize)?.node(place.node);
        Some(root.made.iter().filter_map(node).collect())
    }

    /// What could not be understood, each with its file and line.
    #[must_use]
    pub fn problems(&self) -> Vec<(String, u32, String)> {
        let shown = |problem: &Problem| {
            let place = problem.place.and_then(|place| self.span(place));
            let (source, span) = place.map_or((problem.source, problem.span), |(source, span)| (source, Some(span)));
            let file = self.files.get(source.0 as usize)?;
            let line = span.map_or(0, |span| file.position(span.start).line);
            Some((file.name.clone(), line, problem.message.clone()))
        };
        self.problems.iter().filter_map(shown).collect()
    }

    fn span(&self, place: Place) -> Option<(SourceId, Span)> {
        written_span(&self.trees, place)
    }

    /// The inventory of one kustomization alone, to be judged against others. Nothing in it can be located.
    #[must_use]
    pub fn alone(&self, root: usize, tables: &Tables) -> Inventory {
        let mut objects = self.roots.get(root).map(|root| root.objects.clone()).unwrap_or_default();
        deduplicate::deduplicate(&mut objects, &self.trees, self.files, &[]);
        let links = Links::new(&objects, tables);
        let mut systems = system::group(&objects, &links, self.files, &self.families);
        let mut configurations = self.configurations.clone();
        configured::settle(&mut configurations, &mut systems, self.files);
        Inventory {
            trees: Vec::new(),
            systems,
            links,
            objects,
            problems: Vec::new(),
            skipped: Vec::new(),
            documents: 0,
            projects: Vec::new(),
            missing: BTreeSet::new(),
            configurations,
            clusters: Vec::new(),
            aside: BTreeSet::new(),
        }
    }

    /// The inventory of everything that was selected.
    #[must_use]
    pub fn inventory(self, selection: &Selection, tables: &Tables) -> Inventory {
        let Self { files, trees, plain: mut objects, roots, mut families, problems, mut skipped, .. } = self;
        families.overlays = selection.overlays(&roots);
        let mut aside = BTreeSet::new();
        for (index, root) in roots.into_iter().enumerate() {
            if selection.counts(index) {
                objects.append(root.objects);
            } else {
                aside.extend(root.made.iter().map(|made| made.document));
            }
        }
        pointers::follow(&mut objects, files, &skipped.iter().map(|(source, _)| *source).collect());
        live::leave_platform(&mut objects, &self.clusters, tables);
        deduplicate::deduplicate(&mut objects, &trees, files, &self.clusters);
        skipped.sort();
        let mut links = Links::new(&objects, tables);
        live::leave_foreign_definitions(&mut objects, &mut links, &self.clusters);
        let mut systems = system::group(&objects, &links, files, &families);
        let mut configurations = self.configurations;
        configured::settle(&mut configurations, &mut systems, files);
        let mut inventory = Inventory {
            systems,
            links,
            trees,
            objects,
            problems,
            skipped,
            documents: self.documents,
            projects: self.projects,
            missing: self.missing,
            configurations,
            clusters: self.clusters,
            aside,
        };
        inventory.note_useless_configuration(files);
        inventory.place_problems();
        inventory
    }
}

/// Everything that the files say, in the words of the model.
#[derive(Debug)]
pub struct Inventory {
    /// The trees of every understood document, by document number.
    pub trees: Vec<Tree>,
    /// The objects, each once.
    pub objects: Objects,
    /// How they hang together.
    pub links: Links,
    /// The systems, in order of their ids.
    pub systems: Vec<System>,
    /// What could not be understood.
    pub problems: Vec<Problem>,
    /// Files left alone, and why.
    pub skipped: Vec<(SourceId, Prose)>,
    /// Documents that were read or tried.
    pub documents: usize,
    /// The Compose projects, by folder and files.
    pub projects: Vec<compose::Project>,
    /// Files that were referred to, or would be read by the user's own tools, and are not among the inputs.
    pub missing: BTreeSet<String>,
    /// What is configured, for each system and for the estate.
    pub configurations: Configurations,
    /// The live clusters, or the snapshots of such, that were read.
    pub clusters: Vec<Cluster>,
    /// What kustomizations make that were set aside as variants of others.
    pub aside: BTreeSet<DocumentId>,
}

impl Inventory {
    /// Reads the inventory of a list of files, every kustomization counted; see [`Reading`] for choosing among them.
    #[must_use]
    pub fn read(files: &[SourceFile], unread: &[String], choices: &Choices, tables: &Tables) -> Self {
        let reading = Reading::new(files, unread, choices, tables);
        reading.inventory(&Selection::default(), tables)
    }

    /// The file and the bytes at which something was written. A place in what kustomizations made leads to where its
    /// value comes from.
    #[must_use]
    pub fn span(&self, place: Place) -> Option<(SourceId, Span)> {
        written_span(&self.trees, place)
    }

    /// Gives problems that know their place the bytes that it stands for, and sorts them.
    fn place_problems(&mut self) {
        let mut problems = std::mem::take(&mut self.problems);
        for problem in &mut problems {
            if let Some((source, span)) = problem.place.and_then(|place| self.span(place)) {
                (problem.source, problem.span) = (source, Some(span));
            }
        }
        problems.sort_by(|a, b| (a.source, a.span, &a.message).cmp(&(b.source, b.span, &b.message)));
        problems.dedup();
        self.problems = problems;
    }

    /// The copies of all workloads together, autoscalers at their maximum.
    #[must_use]
    pub fn most_copies(&self) -> f64 {
        let copies = |(workload, links): (&model::Workload, &WorkloadLinks)| {
            let scaler = links.autoscaler.and_then(|at| self.objects.autoscalers[at].maximum.known());
            let range = workload.own_range.map(|range| range.value.1).filter(|most| most.is_finite());
            let written = if let Stated::Known(copies) = &workload.copies { copies.value } else { 1.0 };
            scaler.or(range).unwrap_or(written).max(written)
        };
        self.objects.workloads.iter().zip(&self.links.workloads).map(copies).sum()
    }

    /// Whether files and clusters were read together and have nothing in common.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        let is_live = |workload: &&model::Workload| self.cluster_of(workload).is_some();
        let workloads = || self.objects.workloads.iter();
        !self.clusters.is_empty()
            && workloads().any(|workload| workload.origin == model::Origin::Kubernetes && !is_live(&workload))
            && workloads().all(|workload| workload.written.is_none())
    }

    /// Whether a workload stands in a template that was not rendered, so that it was read in part.
    #[must_use]
    pub fn is_partial(&self, workload: &model::Workload) -> bool {
        self.trees.get(workload.place.document.0 as usize).is_some_and(|tree| tree.unrendered.is_some())
    }

    /// Whether the input holds a workload, a pointer to one, something that plugs into Kubernetes, or a statement of the
    /// owner.
    #[must_use]
    pub fn is_assessable(&self) -> bool {
        let objects = &self.objects;
        !(objects.workloads.is_empty()
            && objects.opaque.is_empty()
            && objects.definitions.is_empty()
            && objects.extensions.is_empty()
            && objects.drivers.is_empty()
            && self.estate_configuration().context.is_empty())
    }
}

fn written_span(trees: &[Tree], place: Place) -> Option<(SourceId, Span)> {
    let tree = |document: DocumentId| trees.get(document.0 as usize);
    let written = tree(place.document)?.origin(place.node);
    let tree = tree(written.document)?;
    Some((tree.source, tree.pointing_span(written.node)))
}
