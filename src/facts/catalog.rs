//! The one table of facts. An entry in one of its parts is all that a new fact needs.

mod seen;
mod stated;
mod system;
mod workload;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{Fact, SeenInPart, SystemView, WorkloadView};
use crate::inventory::model::WorkloadKind;

/// What a fact speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One workload.
    Workload,
    /// One system.
    System,
}

/// The type of a fact's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactType {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text.
    Text,
}

/// The number of a fact in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub usize);

/// One fact: its name, type, meaning, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct FactEntry {
    /// `scope.name`, lower case with dashes.
    pub id: &'static str,
    /// What it speaks about.
    pub scope: Scope,
    /// The type of its value.
    pub kind: FactType,
    /// What it says, with the unit of numbers.
    pub sentence: &'static str,
    /// What a template that was not rendered tells about it.
    seen_in_part: SeenInPart,
    /// The kinds of workloads that alone can have it; any where it is empty.
    only_of: &'static [WorkloadKind],
    /// The resources that have to be listed for it in a cluster, beside those of the workloads themselves.
    reads: &'static [&'static str],
    /// The workloads for which those lists matter.
    matters: fn(&WorkloadView<'_>) -> bool,
    extract: Extract,
}

#[derive(Clone, Copy, Debug)]
enum Extract {
    Workload(fn(&WorkloadView<'_>) -> Fact),
    System(fn(&SystemView<'_>) -> Fact),
}

impl FactEntry {
    /// The fact of a workload; absent for facts of systems.
    #[must_use]
    pub fn of_workload(&self, view: &WorkloadView<'_>) -> Fact {
        let Extract::Workload(extract) = self.extract else { return Fact::Absent };
        let fact = extract(view);
        let is_possible = self.only_of.is_empty() || self.only_of.contains(&view.workload.kind);
        if !is_possible {
            return fact;
        }
        if view.is_partial() {
            return fact.seen_in_part(self.seen_in_part);
        }
        match view.gap(self.reads).filter(|_| (self.matters)(view)) {
            Some((reason, place)) => fact.known_in_part(self.seen_in_part, &reason, Some(place)),
            None => fact,
        }
    }

    /// The fact of a system; absent for facts of workloads.
    #[must_use]
    pub fn of_system(&self, view: &SystemView<'_>) -> Fact {
        let Extract::System(extract) = self.extract else { return Fact::Absent };
        let fact = extract(view);
        if view.system.unrendered {
            return fact.seen_in_part(self.seen_in_part);
        }
        match view.gap(self.reads) {
            Some((reason, place)) => fact.known_in_part(self.seen_in_part, &reason, Some(place)),
            None => fact,
        }
    }
}

/// Every fact.
pub static CATALOG: LazyLock<Vec<FactEntry>> =
    LazyLock::new(|| [workload::FACTS, system::FACTS, stated::FACTS, seen::FACTS].concat());

/// The resources whose objects are workloads of Kubernetes itself.
pub const WORKLOADS: &[&str] = &[
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "pods",
    "replicationcontrollers",
    "rollouts.argoproj.io",
    "services.serving.knative.dev",
    "scaledjobs.keda.sh",
    "deploymentconfigs.apps.openshift.io",
];

/// Every resource of Kubernetes itself that has to be listed for some fact, as kubectl names them.
#[must_use]
pub fn resources() -> BTreeSet<&'static str> {
    let named = CATALOG.iter().flat_map(|entry| entry.reads.iter().copied());
    WORKLOADS.iter().copied().chain(named).filter(|resource| !resource.starts_with('@')).collect()
}

/// The fact with this name.
#[must_use]
pub fn find(id: &str) -> Option<FactId> {
    CATALOG.iter().position(|entry| entry.id == id).map(FactId)
}

const fn workload(
    id: &'static str,
    kind: FactType,
    sentence: &'static str,
    extract: fn(&WorkloadView<'_>) -> Fact,
) -> FactEntry {
    let (seen_in_part, only_of): (_, &'static [WorkloadKind]) = (SeenInPart::Presence, &[]);
    let extract = Extract::Workload(extract);
    FactEntry {
        id,
        scope: Scope::Workload,
        kind,
        sentence,
        seen_in_part,
        only_of,
        reads: &[],
        matters: |_| true,
        extract,
    }
}

const fn system(
    id: &'static str,
    kind: FactType,
    sentence: &'static str,
    extract: fn(&SystemView<'_>) -> Fact,
) -> FactEntry {
    let (seen_in_part, only_of): (_, &'static [WorkloadKind]) = (SeenInPart::Presence, &[]);
    let extract = Extract::System(extract);
    FactEntry {
        id,
        scope: Scope::System,
        kind,
        sentence,
        seen_in_part,
        only_of,
        reads: &[],
        matters: |_| true,
        extract,
    }
}

impl FactEntry {
    /// Where it can be read from: files, or what runs.
    #[must_use]
    pub fn read_from(&self) -> &'static str {
        match self.id.split('.').next() {
            Some("seen") => "live state",
            Some("stated") => "the configuration file",
            _ => "files",
        }
    }

    /// The resources that have to be listed for it in a cluster, as kubectl names them; `@role` is every custom resource of
    /// groups with that role. Those of the workloads themselves, [`WORKLOADS`], are read for every fact.
    #[must_use]
    pub fn reads(&self) -> &'static [&'static str] {
        self.reads
    }

    /// Needs these resources of a cluster: where one of them could not be listed, what is not seen may be there.
    const fn needs_lists(mut self, resources: &'static [&'static str]) -> Self {
        self.reads = resources;
        self
    }

    /// The lists matter for these workloads alone.
    const fn where_it_matters(mut self, matters: fn(&WorkloadView<'_>) -> bool) -> Self {
        self.matters = matters;
        self
    }

    /// Follows from what even a part of a template shows, such as the kind.
    const fn seen_whole(mut self) -> Self {
        self.seen_in_part = SeenInPart::Whole;
        self
    }

    /// Speaks of what is missing, or of all there is: a part of a template tells nothing about it.
    const fn of_the_whole(mut self) -> Self {
        self.seen_in_part = SeenInPart::Nothing;
        self
    }

    /// Only workloads of these kinds can have it; the silence of a template of another kind means there is none.
    const fn only_of(mut self, kinds: &'static [WorkloadKind]) -> Self {
        self.only_of = kinds;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_carry_their_scope() {
        let names: BTreeSet<_> = CATALOG.iter().map(|entry| entry.id).collect();
        assert_eq!(names.len(), CATALOG.len());
        for entry in CATALOG.iter() {
            // What was seen live may speak of either; its own prefix tells it from what files say.
            let prefixes: &[&str] = match entry.scope {
                Scope::Workload => &["workload.", "seen."],
                Scope::System => &["system.", "stated.", "seen."],
            };
            assert!(prefixes.iter().any(|prefix| entry.id.starts_with(prefix)), "{}", entry.id);
            let fits = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '.');
            assert!(entry.id.chars().all(fits), "{}", entry.id);
            assert!(!entry.sentence.is_empty() && !entry.sentence.ends_with('.'), "{}", entry.id);
        }
    }
}
