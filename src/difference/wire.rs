//! The difference in JSON, version 1. These structs are the contract: fields may be added, never renamed, retyped or
//! removed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::grade::Grade;
use crate::report::json;

/// The schema's name, first in every difference.
pub const SCHEMA: &str = "kubeworthy/diff/v1";

/// What moved between two reports.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Difference {
    /// The version of this format.
    pub schema: String,
    /// The version of the program that compared.
    pub version: String,
    /// What was.
    pub old: Side,
    /// What is now.
    pub new: Side,
    /// Whether the rules and targets of the two sides differ, so that a part of what moved may come from them.
    pub rules_differ: bool,
    /// Whether two versions of the program made the two sides.
    pub versions_differ: bool,
    /// All systems together.
    pub estate: Change,
    /// The systems that moved: those whose verdict did first, then by how far the need moved.
    pub systems: Vec<Change>,
    /// How many systems are as they were.
    pub unchanged: usize,
}

/// Where a side comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A report in JSON.
    Report,
    /// Files, folders or a snapshot, assessed now.
    Files,
    /// Files of a revision of git, assessed now.
    Revision,
}

/// One of the two sides.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Side {
    /// What it was called on the command line.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// The commit, for a revision.
    pub commit: Option<String>,
    /// The version of the program that assessed it.
    pub version: String,
    /// A digest of the rules and targets that it was assessed by.
    pub rules_digest: String,
    /// A digest of what was assessed.
    pub inputs_digest: String,
    /// Documents that were read or tried.
    pub documents: usize,
    /// Documents that were understood.
    pub understood: usize,
}

/// How one system moved.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// Whether it is new, gone, renamed, changed or the same.
    pub status: Status,
    /// By what the two sides were found to be one system; null where there is one side.
    pub matched_by: Option<Match>,
    /// What it was; null for a new system.
    pub old: Option<Summary>,
    /// What it is now; null for one that is gone.
    pub new: Option<Summary>,
    /// Whether the verdict is another.
    pub verdict_moved: bool,
    /// How far the need moved, in points; null where there is one side.
    pub need_moved: Option<f64>,
    /// How far the confidence moved, in percent; null where there is one side.
    pub confidence_moved: Option<i16>,
    /// Whether another target is suggested.
    pub suggested_moved: bool,
    /// The claims that moved, the largest move first. The moves of all shares add up to that of the need.
    pub claims: Vec<ClaimChange>,
    /// The findings that came or went.
    pub findings: Vec<FindingChange>,
    /// The questions that came or were answered.
    pub unknowns: Vec<UnknownChange>,
    /// The statements of the owner that came, changed or went.
    pub statements: Vec<StatementChange>,
    /// The suppressions that came or went; a finding that only went behind one, or came out of it, is here alone.
    pub suppressed: Vec<SuppressedChange>,
}

/// What became of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nothing moved.
    Same,
    /// Something moved.
    Changed,
    /// It has another id, whether or not anything else moved.
    Renamed,
    /// It was not there.
    New,
    /// It is not there any more.
    Gone,
}

/// By what two sides were found to be one system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// The id.
    Id,
    /// The name, and what tied it together.
    Name,
    /// Most of the objects that the evidence points at.
    Overlap,
}

/// A system in brief.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Summary {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its workloads.
    pub workloads: usize,
    /// The verdict; null where the report has one that this version does not know.
    pub verdict: Option<json::Verdict>,
    /// What brings the need, where an operator does.
    pub through: Option<String>,
    /// The need in points.
    pub need: NeedRange,
    /// Confidence in percent.
    pub confidence: u8,
    /// The ladder of availability, rungs 0 to 5.
    pub availability: Rungs,
    /// The ladder of scale, rungs 0 to 5.
    pub scale: Rungs,
    /// The id of the suggested target.
    pub suggested: Option<String>,
    /// Its name.
    pub suggested_name: Option<String>,
    /// The folder of the overlay that was assessed, where there are several.
    pub overlay: Option<String>,
}

/// The need in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NeedRange {
    /// The score.
    pub score: f64,
    /// The lower end of its range.
    pub low: f64,
    /// The upper end of its range.
    pub high: f64,
}

/// Rungs of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rungs {
    /// By proven claims alone.
    pub low: u8,
    /// By effective claims too.
    pub high: u8,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimMoved {
    /// It was not claimed.
    Added,
    /// It is claimed no more.
    Gone,
    /// It is surer than it was.
    Stronger,
    /// It is less sure than it was.
    Weaker,
    /// It is as sure as it was, and brings another share: others are met elsewhere, or decide already.
    Share,
}

/// A claim that moved.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ClaimChange {
    /// What is needed.
    pub capability: String,
    /// Its axis.
    pub axis: String,
    /// What became of it.
    pub moved: ClaimMoved,
    /// How sure it was.
    pub old_grade: Option<Grade>,
    /// How sure it is.
    pub new_grade: Option<Grade>,
    /// Its share before, in points.
    pub old_share: f64,
    /// Its share now, in points.
    pub new_share: f64,
    /// How far its share moved, in points.
    pub share_moved: f64,
    /// The rules that claim it, on either side.
    pub rules: Vec<String>,
    /// What is said of it: now, or before where it is gone.
    pub message: String,
    /// Where: on the side that says so; the first 20 places.
    pub evidence: Vec<json::Place>,
}

/// Whether something came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Moved {
    /// It came.
    New,
    /// It is another.
    Changed,
    /// It went; for a question: it is answered, or asked no more.
    Gone,
}

/// A finding that came or went.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FindingChange {
    /// Whether it came or went.
    pub moved: Moved,
    /// The rule's code.
    pub code: String,
    /// The rule's name.
    pub name: String,
    /// `note` or `warning`.
    pub level: String,
    /// What is said.
    pub message: String,
    /// Where; the first 20 places.
    pub evidence: Vec<json::Place>,
}

/// A question that came or went.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UnknownChange {
    /// Whether it came or went.
    pub moved: Moved,
    /// The question.
    pub question: String,
    /// The key under which it is answered, or the rule's code.
    pub key: String,
}

/// A statement of the owner that came, changed or went.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatementChange {
    /// What became of it.
    pub moved: Moved,
    /// Its key.
    pub key: String,
    /// Its value before.
    pub old: Option<String>,
    /// Its value now.
    pub new: Option<String>,
}

/// Something that does not count any more since it is suppressed, or that counts again.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SuppressedChange {
    /// Whether the suppression came or went.
    pub moved: Moved,
    /// The code of the rule that is suppressed.
    pub code: String,
    /// What the rule says.
    pub message: String,
    /// The reason that its owner gives; empty where there is none.
    pub reason: String,
    /// By how many points the need would move if it alone counted.
    pub share: f64,
    /// Where; the first 20 places.
    pub evidence: Vec<json::Place>,
}

/// The difference as indented JSON with a line feed at the end.
pub(super) fn render(difference: &Difference) -> String {
    let mut text = serde_json::to_string_pretty(difference).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of the difference, as published under `docs/schemas/`.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Difference)).unwrap_or_default();
    text.push('\n');
    text
}
