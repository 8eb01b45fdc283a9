//! Steps 5 to 7: claims become the need, the ladders, the confidence, the verdict and the ranked targets; the result is
//! the finished answer, all that a renderer may look at.

pub mod availability;
mod basis;
mod complement;
pub mod constants;
pub mod constraints;
pub mod demand;
mod excerpt;
mod files;
mod fit;
mod flips;
mod fold;
mod gate;
mod judge;
mod ladder;
mod locate;
mod origin;
pub mod placement;
mod reach;
mod reduced;
pub mod score;
mod share;
mod stated;
mod suppressed;
mod suppressing;
mod verdict;

pub use crate::suppression::{SuppressionForm, SuppressionState};
pub use availability::{Achievable, AvailabilityData, Step};
pub use basis::Basis;
pub use complement::{EngineServices, Service};
pub use constants::Constants;
pub use constraints::Constraints;
pub use excerpt::Excerpts;
pub use fit::{Blocked, Fit, Loss, SplitFit, Work};
pub use flips::Flip;
pub use fold::{Folded, costliest, fold, proven};
pub use gate::{GateFailure, GateNote, GateReport};
pub use judge::{Assessed, Yardstick, assess_estate, assess_inventory, assess_variant};
pub use ladder::Standing;
pub use locate::{Location, RenderedPlace};
pub use reach::Reach;
pub use share::{Part, Share, Shared, assess_share};
pub use suppressed::{Suppressed, Suppression};
pub use verdict::{Grounds, Verdict, confidence, understood, verdict};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::capability::Axis;
use crate::grade::Grade;
pub use crate::inventory::Overlay;
use crate::language::Prose;
use crate::rules::file::Level;

/// The finished answer.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// A digest of the rules, targets and tables that it was made with, `sha256:` and 64 hexadecimal digits.
    pub rules_digest: String,
    /// What was read.
    pub inputs: Inputs,
    /// All systems together.
    pub estate: SystemAssessment,
    /// Each system, sorted by id.
    pub systems: Vec<SystemAssessment>,
    /// What the rungs of the two ladders mean, from 0: availability, then scale.
    pub rungs: ([String; 6], [String; 6]),
    /// The need below which Kubernetes is not called for, and the need from which it is.
    pub bands: (f64, f64),
    /// What each capability means, by its id.
    pub meanings: BTreeMap<String, String>,
    /// The texts of all rules, by their codes.
    pub rules: BTreeMap<String, RuleText>,
    /// Lines of the input that evidence points at.
    pub excerpts: Excerpts,
    /// Every suppression that was read, in the order of files and lines.
    pub suppressions: Vec<Suppression>,
    /// The answer of the gate, where it was asked.
    pub gate: Option<GateReport>,
}

impl Assessment {
    /// The findings that all systems together make, and none of them by itself, each with its place in the list of the
    /// estate.
    pub fn findings_of_all(&self) -> impl Iterator<Item = (usize, &FindingReport)> {
        let single: BTreeSet<&str> =
            self.systems.iter().flat_map(|system| &system.findings).map(|finding| finding.code.as_str()).collect();
        self.estate.findings.iter().enumerate().filter(move |(_, finding)| !single.contains(finding.code.as_str()))
    }
}

/// What a rule says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// Its name, lower case with dashes.
    pub name: String,
    /// Its family: the folder that holds it, such as `scale`; empty for rules that lie in none.
    pub family: String,
    /// One line for lists.
    pub title: String,
    /// Why it says something about need.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Where the opinion comes from: titles, and addresses where there is one.
    pub sources: Vec<(String, Option<String>)>,
    /// The address of its page; none where the program was built without a home, or the rule is the user's own.
    pub page: Option<String>,
}

/// What was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inputs {
    /// Files that were read.
    pub files: usize,
    /// Documents that were read or tried.
    pub documents: usize,
    /// Documents that were understood or known to be something else.
    pub understood: usize,
    /// What was not understood.
    pub not_understood: Vec<NotUnderstood>,
    /// Files left alone, and why.
    pub skipped: Vec<(String, Prose)>,
    /// The live clusters, or their snapshots.
    pub clusters: Vec<ClusterRead>,
    /// Details that were not read, such as a file that another one extends.
    pub gaps: Vec<Gap>,
    /// A digest of all inputs, `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// How one live cluster was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterRead {
    /// Its name.
    pub name: String,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub taken: Option<String>,
    /// The version of its API server.
    pub version: Option<String>,
    /// The namespaces that were read; none for all.
    pub namespaces: Option<Vec<String>>,
    /// Whether only some objects were asked for, by a selector or by name.
    pub is_selection: bool,
    /// Nodes that can take pods; none where they could not be seen.
    pub nodes: Option<f64>,
    /// Zones in which they stand.
    pub zones: Option<f64>,
    /// Objects that were read, over all lists.
    pub objects: u64,
    /// Documents of its snapshot.
    pub documents: usize,
    /// Workloads that were found, those of the platform itself left out.
    pub workloads: usize,
    /// What could not be listed.
    pub gaps: Vec<ListGap>,
    /// Of several clusters: the need of this one alone, its verdict, its confidence in percent, and its systems.
    pub alone: Option<(f64, Verdict, u8, usize)>,
}

/// A resource of a cluster that could not be listed whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListGap {
    /// The resource, as kubectl names it.
    pub resource: String,
    /// How many objects came before it ended.
    pub objects: u64,
    /// Why.
    pub reason: Prose,
    /// The namespaces in which it failed; empty for all that were asked.
    pub namespaces: Vec<String>,
    /// The codes of the rules that cannot be answered in full without it.
    pub rules: Vec<String>,
    /// Whether nothing can be concluded without it.
    pub forbids_conclusions: bool,
}

/// A document or file that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotUnderstood {
    /// The file.
    pub file: String,
    /// The line, from 1; none where the whole file could not be read.
    pub line: Option<u32>,
    /// Why.
    pub reason: String,
    /// The workload kinds that its text names.
    pub kinds: Vec<String>,
}

/// A detail that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// What sort of detail.
    pub kind: String,
    /// Where: a file and line, a namespace, or the kind and name of a pointer.
    pub scope: String,
    /// Why.
    pub reason: Prose,
}

/// The answer for one system, or for the estate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SystemAssessment {
    /// What tied it together, a colon, its name; `estate` for the estate.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether this is the estate.
    pub is_estate: bool,
    /// What tied it together.
    pub grouped_by: String,
    /// How many workloads it has, each once.
    pub workloads: usize,
    /// How many of them stand in templates that were not rendered, so that they were read in part.
    pub partial: usize,
    /// How many pointers and unreadable documents name workloads that are not visible.
    pub opaque: usize,
    /// Where its first workload is written, in the order of files and lines; in a cluster where no file has one. None
    /// without workloads.
    pub anchor: Option<Location>,
    /// The verdict.
    pub verdict: Verdict,
    /// What brings the need, where an operator does.
    pub through: Option<Prose>,
    /// The need.
    pub need: NeedRange,
    /// The need of each axis' claims alone, in the order of reports; axes without claims are left out, except
    /// the two that lead.
    pub axes: Vec<(Axis, f64)>,
    /// Confidence in percent, 0 to 100.
    pub confidence: u8,
    /// The ladder of availability: what it needs to survive.
    pub availability: Standing,
    /// The same without what only the owner states: what it survives as it is written and was seen.
    pub survives: Standing,
    /// The ladder of scale.
    pub scale: Standing,
    /// The footprint.
    pub footprint: FootprintSummary,
    /// The claims, the largest share first.
    pub claims: Vec<Claim>,
    /// The findings, sorted by code and place.
    pub findings: Vec<FindingReport>,
    /// What is unknown, what could move most first.
    pub unknowns: Vec<Unknown>,
    /// Every target, ranked.
    pub targets: Vec<Fit>,
    /// The id of the suggested target.
    pub suggested: Option<String>,
    /// Managed data services that could take its stores over, where a target takes work for them.
    pub complements: Vec<EngineServices>,
    /// The availability that it can reach as it is written.
    pub achievable: Achievable,
    /// The availability that it could reach on the suggested target.
    pub achievable_there: Option<Achievable>,
    /// Add-ons that were set aside.
    pub set_aside: Vec<String>,
    /// Which of several overlays of the application was assessed.
    pub overlay: Option<Overlay>,
    /// The smallest changes that give another verdict, the smallest first.
    pub flips: Vec<Flip>,
    /// What it was judged by, for asking again with other constants.
    pub basis: Basis,
    /// What does not count since somebody suppressed it, sorted by code and place.
    pub suppressed: Vec<Suppressed>,
    /// The names of everything that its configuration is made of: files, profiles, statements.
    pub configured_by: Vec<String>,
    /// What makes the gate fail, as its configuration says.
    pub policy: crate::configuration::Policy,
    /// Whether it runs on Kubernetes as it is written, rather than being a Compose project alone.
    pub on_kubernetes: bool,
    /// Its workloads, `Kind/namespace/name` or `service/project/name`, sorted.
    pub objects: Vec<String>,
    /// The files that it is written in, sorted: those of its workloads and of what belongs to them. Clusters are no files.
    pub files: Vec<String>,
    /// What the owner states about it, in order of the keys.
    pub statements: Vec<StatementReport>,
    /// Where manifests and Compose files stand side by side: what only one of the two claims. Of the estate alone.
    pub one_sided: Vec<OneSided>,
}

/// A statement of the owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatementReport {
    /// The key; keys inside of others have dots.
    pub key: String,
    /// The value as it was written.
    pub value: String,
    /// Who states it.
    pub owner: Option<String>,
    /// When it was stated, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Where it is written.
    pub evidence: Option<Location>,
}

/// A capability that only manifests or only Compose files claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OneSided {
    /// The capability.
    pub capability: String,
    /// Who claims it: `kubernetes` or `compose`.
    pub origin: String,
    /// How sure that is.
    pub grade: Grade,
    /// What is said.
    pub message: Prose,
    /// Where.
    pub evidence: Vec<Location>,
}

/// The need in points, 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeedRange {
    /// The score.
    pub score: f64,
    /// From proven claims alone.
    pub low: f64,
    /// With every effective claim proven and every open question answered at its costliest.
    pub high: f64,
    /// If everything had to run on the owner's own machines.
    pub if_self_hosted: f64,
    /// Without what the owner rules out; none where nothing is ruled out.
    pub without_constraints: Option<f64>,
    /// If nothing were suppressed; none where nothing is.
    pub unsuppressed: Option<f64>,
}

/// The footprint: vCPU and GiB, autoscalers at their minimum and at their maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FootprintSummary {
    /// vCPU, low and high.
    pub cpu: (f64, f64),
    /// GiB, low and high.
    pub memory_gib: (f64, f64),
    /// Share of containers with a written size, 0 to 1.
    pub written: f64,
}

/// A claim with its share of the need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// What is needed.
    pub capability: String,
    /// Its axis.
    pub axis: Axis,
    /// How sure that is.
    pub grade: Grade,
    /// Its share of the need, in points with one decimal.
    pub share: f64,
    /// The rules that claim it.
    pub rules: Vec<String>,
    /// What is said.
    pub message: Prose,
    /// The code of the rule that lowered it, if one did.
    pub lowered_by: Option<String>,
    /// What to do about it, as the rule behind the strongest claim says; empty for limits of targets.
    pub help: String,
    /// Where.
    pub evidence: Vec<Location>,
}

/// A finding with its places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingReport {
    /// The rule's code.
    pub code: String,
    /// The rule's name.
    pub name: String,
    /// How loud it is.
    pub level: Level,
    /// What is said.
    pub message: Prose,
    /// What to do.
    pub help: String,
    /// Where.
    pub evidence: Vec<Location>,
}

/// Something unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unknown {
    /// The question.
    pub question: Prose,
    /// The key under which the owner can answer, or the code of the rule that could not be answered.
    pub key: String,
    /// Why it is unknown.
    pub reason: Prose,
    /// The need after the least and the costliest answer.
    pub could_move: (f64, f64),
    /// Whether the files raise the question, rather than being silent by nature.
    pub raised_by_files: bool,
    /// Where.
    pub evidence: Vec<Location>,
}
