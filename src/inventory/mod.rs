//! Step 2: documents become workloads and what belongs to them, each object once, linked and grouped into systems.

mod chart;
mod compose;
mod custom;
mod deduplicate;
mod documents;
mod kubernetes;
mod kustomization;
mod link;
pub mod model;
mod pod;
pub mod quantity;
mod rights;
mod roots;
pub mod selector;
mod system;
mod unrendered;

pub(crate) use kustomization::join as join_path;
pub use link::{Links, Rights, WorkloadLinks, same_namespace};
pub use roots::roots;
pub use system::{GroupedBy, System};

use model::Objects;

use crate::choices::Choices;
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{Place, Tree};

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
    pub skipped: Vec<(SourceId, String)>,
    /// Documents that were read or tried.
    pub documents: usize,
}

impl Inventory {
    /// Reads the inventory of a list of files; `unread` names files that should have been read and could not be. Never fails: what is not understood is in `problems`.
    #[must_use]
    pub fn read(files: &[SourceFile], unread: &[String], choices: &Choices, tables: &Tables) -> Self {
        let mut read = documents::read(files, choices, tables);
        let folder = |name: &String| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        read.objects.unread_folders = unread.iter().map(folder).collect();
        deduplicate::deduplicate(&mut read.objects, &read.trees, files);
        let links = Links::new(&read.objects, tables);
        let systems = system::group(&read.objects, files);
        for problem in &mut read.problems {
            if let Some(place) = problem.place {
                problem.span = Some(read.trees[place.document.0 as usize].pointing_span(place.node));
            }
        }
        read.problems.sort_by(|a, b| (a.source, a.span, &a.message).cmp(&(b.source, b.span, &b.message)));
        read.problems.dedup();
        read.skipped.sort();
        Self {
            trees: read.trees,
            objects: read.objects,
            links,
            systems,
            problems: read.problems,
            skipped: read.skipped,
            documents: read.documents,
        }
    }

    /// Whether a workload stands in a template that was not rendered, so that it was read in part.
    #[must_use]
    pub fn is_partial(&self, workload: &model::Workload) -> bool {
        self.trees.get(workload.place.document.0 as usize).is_some_and(|tree| tree.unrendered.is_some())
    }

    /// Whether the input holds a workload, a pointer to one, or something that plugs into Kubernetes.
    #[must_use]
    pub fn is_assessable(&self) -> bool {
        let objects = &self.objects;
        !(objects.workloads.is_empty()
            && objects.opaque.is_empty()
            && objects.definitions.is_empty()
            && objects.extensions.is_empty()
            && objects.drivers.is_empty())
    }
}
