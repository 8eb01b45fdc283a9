//! The JSON report, version 1. These structs are the contract: fields may be added, never renamed, retyped or removed.

mod convert;
pub(super) mod escapes;
mod gate;

pub use gate::{Gate, GateBefore, GateFailure, GateNote};

use std::io::Write;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use super::achievable::Availability;
use crate::assessment::{Assessment, SystemAssessment};
use crate::grade::Grade;

/// The schema's name, first in every report.
pub const SCHEMA: &str = "kubeworthy/report/v1";

/// The report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// The version of this format.
    pub schema: String,
    /// The program.
    pub tool: Tool,
    /// What was read.
    pub inputs: Inputs,
    /// All systems together.
    pub estate: System,
    /// Each system, sorted by id.
    pub systems: Vec<System>,
    /// Every suppression that was read, in the order of files and lines.
    pub suppressions: Vec<Suppression>,
    /// The answer of the gate; null where it was not asked.
    pub gate: Option<Gate>,
}

/// The program.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// A digest of the rules, targets and tables.
    pub rules_digest: String,
}

/// What was read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Inputs {
    /// Documents that were read or tried.
    pub documents: usize,
    /// Documents that were understood or known to be something else.
    pub understood: usize,
    /// Documents and files that were not understood.
    pub not_understood: Vec<NotUnderstood>,
    /// Files left alone.
    pub skipped: Vec<Skipped>,
    /// Details that were not read.
    pub gaps: Vec<Gap>,
    /// The live clusters, or their snapshots, that were read.
    pub clusters: Vec<Cluster>,
    /// A digest of all inputs.
    pub digest: String,
}

/// A document or file that was not understood.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotUnderstood {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<u32>,
    /// Why.
    pub reason: String,
    /// The workload kinds that its text names.
    pub kinds: Vec<String>,
}

/// A file left alone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Skipped {
    /// The file.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// A detail that was not read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gap {
    /// What sort of detail.
    pub kind: String,
    /// Where.
    pub scope: String,
    /// Why.
    pub reason: String,
}

/// How one live cluster was read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub taken: Option<String>,
    /// The version of its API server.
    pub version: Option<String>,
    /// The namespaces that were read; null for all.
    pub namespaces: Option<Vec<String>>,
    /// Whether only some objects were asked for, by a selector or by name.
    pub selection: bool,
    /// Nodes that can take pods; null where they could not be seen.
    pub nodes: Option<u64>,
    /// Zones in which they stand.
    pub zones: Option<u64>,
    /// Objects that were read, over all lists.
    pub objects: u64,
    /// Workloads that were found, those of the platform itself left out.
    pub workloads: usize,
    /// What could not be listed whole.
    pub gaps: Vec<ListGap>,
    /// Of several clusters: what this one would be alone; null where it is the only one.
    pub alone: Option<ClusterAlone>,
}

/// What one of several clusters would be alone.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClusterAlone {
    /// The need in points, 0 to 100.
    pub need: f64,
    /// The verdict.
    pub verdict: Verdict,
    /// Confidence in percent.
    pub confidence: u8,
    /// Its systems.
    pub systems: usize,
}

/// A resource of a cluster that could not be listed whole.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListGap {
    /// The resource, as kubectl names it.
    pub resource: String,
    /// How many objects came before it ended.
    pub objects: u64,
    /// Why.
    pub reason: String,
    /// The namespaces in which it failed; empty for all that were asked.
    pub namespaces: Vec<String>,
    /// The codes of the rules that cannot be answered in full without it.
    pub rules: Vec<String>,
}

/// Whether an entry is one system or the estate.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SystemKind {
    /// One system.
    System,
    /// All systems together.
    Estate,
}

/// The verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Verdict {
    /// Something simpler would do.
    #[serde(rename = "needless")]
    Needless,
    /// Both can be argued.
    #[serde(rename = "debatable")]
    Debatable,
    /// The needs call for it.
    #[serde(rename = "justified")]
    Justified,
    /// It is made of Kubernetes.
    #[serde(rename = "k8s-native")]
    KubernetesNative,
    /// Too little was understood.
    #[serde(rename = "inconclusive")]
    Inconclusive,
}

/// The answer for one system or the estate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct System {
    /// What tied it together, a colon, its name; `estate` for the estate.
    pub id: String,
    /// Its name.
    pub name: String,
    /// System or estate.
    pub kind: SystemKind,
    /// What tied it together.
    pub grouped_by: String,
    /// Workloads, each once.
    pub workloads: usize,
    /// How many of them were read in part, from templates that were not rendered.
    pub partial: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// What brings a justified need, where an operator does.
    pub through: Option<String>,
    /// The need in points, 0 to 100, one decimal.
    pub need: Need,
    /// The need of each axis' claims alone, in points.
    ///
    /// An axis without claims is absent, except availability and scale.
    #[schemars(with = "std::collections::BTreeMap<String, f64>")]
    pub axes: serde_json::Map<String, serde_json::Value>,
    /// Confidence in percent.
    pub confidence: u8,
    /// The two ladders.
    pub ladders: Ladders,
    /// The footprint.
    pub footprint: Footprint,
    /// The claims, the largest share first.
    pub claims: Vec<Claim>,
    /// The findings.
    pub findings: Vec<Finding>,
    /// What is unknown.
    pub unknowns: Vec<Unknown>,
    /// The availability that it can reach as it is written.
    pub availability: Availability,
    /// Every target, ranked.
    pub targets: Vec<Target>,
    /// The id of the suggested target.
    pub suggested: Option<String>,
    /// Managed data services that could take its stores over, where a target takes work for them.
    pub complements: Vec<Complement>,
    /// What would change the verdict; always empty in this version of the program.
    pub flips: Vec<Flip>,
    /// What the owner states about it, in order of the keys.
    pub statements: Vec<Statement>,
    /// What does not count since it is suppressed.
    pub suppressed: Vec<Suppressed>,
    /// Well-known add-ons that were set aside when the estate was judged.
    pub set_aside: Vec<String>,
    /// Where manifests and Compose files stand side by side: what only one of the two claims.
    pub one_sided: Vec<OneSided>,
    /// Which of several overlays of the application was assessed; null where there is one way to build it.
    pub overlay: Option<Overlay>,
}

/// Which of several kustomizations of one application was assessed, by their folders.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Overlay {
    /// The one that stands for those that were set aside: it demands most of them, or the user named it.
    pub assessed: String,
    /// Others that were assessed too, since most of their workloads are their own.
    pub beside: Vec<String>,
    /// Variants that were set aside.
    pub set_aside: Vec<String>,
}

/// A capability that only manifests or only Compose files claim.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OneSided {
    /// The capability.
    pub capability: String,
    /// Who claims it: `kubernetes` or `compose`.
    pub origin: String,
    /// How sure that is.
    pub grade: Grade,
    /// What is said.
    pub message: String,
    /// Where.
    pub evidence: Vec<Place>,
}

/// The need in points.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Need {
    /// The score.
    pub score: f64,
    /// From proven claims alone.
    pub low: f64,
    /// With every effective claim proven and every open question answered at its costliest.
    pub high: f64,
    /// If everything had to be self-hosted.
    pub if_self_hosted: f64,
    /// Without what the owner rules out; none where nothing is ruled out.
    pub without_constraints: Option<f64>,
    /// If nothing were suppressed; null where nothing is.
    pub unsuppressed: Option<f64>,
}

/// The two ladders.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Ladders {
    /// What it survives.
    pub availability: Standing,
    /// What it takes to carry it.
    pub scale: Standing,
}

/// Rungs 0 to 5.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Standing {
    /// By proven claims alone.
    pub low: u8,
    /// By effective claims too.
    pub high: u8,
}

/// The footprint.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Footprint {
    /// vCPU.
    pub cpu: Amount,
    /// GiB.
    pub memory_gib: Amount,
    /// Share of containers with a written size, 0 to 1.
    pub written: f64,
}

/// An amount with autoscalers at their minimum and at their maximum.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Amount {
    /// At their minimum.
    pub low: f64,
    /// At their maximum.
    pub high: f64,
}

/// A claim.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Claim {
    /// What is needed.
    pub capability: String,
    /// Its axis.
    pub axis: String,
    /// How sure that is.
    pub grade: Grade,
    /// Its share of the need, in points.
    pub share: f64,
    /// The rules that claim it.
    pub rules: Vec<String>,
    /// What is said.
    pub message: String,
    /// The code of the rule that lowered it to declared, if one did.
    pub lowered_by: Option<String>,
    /// What to do about it; empty where it comes from a target's limit.
    pub help: String,
    /// Where.
    pub evidence: Vec<Place>,
}

/// A finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The rule's code.
    pub code: String,
    /// The rule's name.
    pub name: String,
    /// `note` or `warning`.
    pub level: String,
    /// What is said.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where.
    pub evidence: Vec<Place>,
}

/// A place in the input; positions count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The file, or `cluster` and the name of a live cluster.
    pub file: Option<String>,
    /// The line; null, as all positions are, for an object of a live cluster.
    pub line: Option<u32>,
    /// The column.
    pub column: Option<u32>,
    /// The line of the end.
    pub end_line: Option<u32>,
    /// The column after the end.
    pub end_column: Option<u32>,
    /// `Kind/namespace/name`.
    pub object: Option<String>,
    /// The path of keys.
    pub path: String,
    /// For an observation of a live cluster: what was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// For a document that a tool rendered: where it stands in what the tool printed.
    ///
    /// The file and the line above then are those of the template or manifest that it came from, where it is in the
    /// user's tree and the line could be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<RenderedPlace>,
}

/// A place in what a tool rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RenderedPlace {
    /// The name of the rendered document.
    pub document: String,
    /// The line in it.
    pub line: u32,
    /// The template or manifest that it came from, as the tool names it.
    pub template: Option<String>,
}

/// Something unknown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unknown {
    /// The question.
    pub question: String,
    /// The key under which it can be answered, or the rule's code.
    pub key: String,
    /// Why it is unknown.
    pub reason: String,
    /// The need after the least and the costliest answer.
    pub could_move: Amount,
}

/// A target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Target {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// 1 simple, 2 lighter orchestrator, 3 Kubernetes.
    pub tier: u8,
    /// Whether it may be considered.
    pub admissible: bool,
    /// Why not.
    pub why_not: Vec<String>,
    /// The chance that it falls short, 0 to 1, three decimals.
    pub shortfall: f64,
    /// Capabilities that it has as they are.
    pub covered: Vec<String>,
    /// Work.
    pub work: Vec<WorkItem>,
    /// Losses.
    pub losses: Vec<LossItem>,
    /// Proven needs that it cannot meet.
    pub blocked_by: Vec<BlockedItem>,
    /// Effort, 1 to 10.
    pub effort: u8,
    /// What is placed beside it, where that is better than the target alone.
    pub split: Option<Split>,
    /// Whether its facts were checked too long ago.
    pub stale: bool,
    /// The availability that the system could reach there, in percent; null where it is not known.
    pub achievable: Option<f64>,
    /// Why that is not known.
    pub achievable_unknown: Option<String>,
}

/// A second target for a few workloads.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Split {
    /// The id of the second target.
    pub target: String,
    /// The workloads that go there, as `Kind/namespace/name`.
    pub workloads: Vec<String>,
    /// The chance that the two together fall short, 0 to 1.
    pub shortfall: f64,
}

/// An engine that the system runs, and who offers it as a managed service.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Complement {
    /// The engine.
    pub engine: String,
    /// The ids of the services, those first that the law of fewer foreign countries reaches.
    pub services: Vec<String>,
}

/// A piece of work.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkItem {
    /// What it is needed for.
    pub capability: String,
    /// What one would do.
    pub item: String,
}

/// A loss.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LossItem {
    /// The capability.
    pub capability: String,
    /// What is hard or lost.
    pub item: String,
    /// The first 20 places; the claim of the capability lists all.
    pub evidence: Vec<Place>,
}

/// A block.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BlockedItem {
    /// The capability.
    pub capability: String,
    /// Why.
    pub reason: String,
    /// The first 20 places; the claim of the capability lists all.
    pub evidence: Vec<Place>,
}

/// A change that would move the verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flip {
    /// The change.
    pub change: String,
    /// The verdict after it.
    pub verdict: Verdict,
    /// The need after it.
    pub need: f64,
}

/// A statement of the owner.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Statement {
    /// The key of the context file; keys inside of others have dots.
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
    pub evidence: Option<Place>,
}

/// A suppression, as it was written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Suppression {
    /// How it is written: `comment`, `file-comment`, `annotation`, `extension` or `configuration`.
    pub form: String,
    /// The code, the family or `all`; empty where nothing could be read.
    pub rules: Vec<String>,
    /// Why; null where nobody said.
    pub reason: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`; null where it has no end.
    pub until: Option<String>,
    /// What became of it: `applied`, `unused`, `expired`, `without-reason`, `not-understood`, `not-honoured` or `not-asked`.
    pub state: String,
    /// The code under which it is told where it should be mended or removed; else null.
    pub code: Option<String>,
    /// What is wrong with it; empty where nothing is.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A suppressed rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Suppressed {
    /// The rule's code.
    pub code: String,
    /// Why it is suppressed.
    pub reason: String,
    /// How far the need would rise if this alone counted, in points.
    pub share: f64,
    /// What the rule says.
    pub message: String,
    /// How loud a finding would be: `note` or `warning`; null for a claim or a question.
    pub level: Option<String>,
    /// Where.
    pub evidence: Vec<Place>,
    /// Which suppression covers it, an index into `suppressions` of the report.
    pub by: usize,
}

/// A [`Report`] whose systems become one only while they are written, so that no second picture of all of them stands in
/// memory.
#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    tool: Tool,
    inputs: Inputs,
    estate: One<'a>,
    systems: Each<'a>,
    suppressions: Vec<Suppression>,
    gate: Option<Gate>,
}

struct One<'a>(&'a SystemAssessment);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        System::from(self.0).serialize(serializer)
    }
}

struct Each<'a>(&'a [SystemAssessment]);

impl Serialize for Each<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(One))
    }
}

/// Writes the report as indented JSON with a line feed at the end.
///
/// # Errors
///
/// When it cannot be written.
pub fn write(assessment: &Assessment, writer: &mut dyn Write) -> std::io::Result<()> {
    escapes::write(&Written::from(assessment), writer)
}

/// What is written, for other notations of it.
pub(super) fn written(assessment: &Assessment) -> impl Serialize {
    Written::from(assessment)
}

/// A value of another format in JSON on one line, in which nothing obeys whoever looks at it.
#[must_use]
pub fn careful(value: &impl Serialize) -> String {
    escapes::line(value)
}

/// The same as one text.
#[must_use]
pub fn render(assessment: &Assessment) -> String {
    escapes::text(&Written::from(assessment))
}

/// The JSON Schema of the report, as published under `docs/schemas/`.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Report);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
