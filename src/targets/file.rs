//! What archetype and target files may say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::capability::CapabilityId;
use crate::condition::{Condition, ConditionFile};
use crate::facts::FactId;
use crate::rules::file::SourceReference;

/// How a target covers a capability.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// It is there.
    Native,
    /// It takes the named work.
    WithWork(String),
    /// It is hard, for this reason.
    Hard(String),
    /// It cannot be had: what is lost.
    None(String),
}

impl Coverage {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::WithWork(_) => "with-work",
            Self::Hard(_) => "hard",
            Self::None(_) => "none",
        }
    }

    /// The work, the difficulty or the loss; empty where it is native.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Native => "",
            Self::WithWork(text) | Self::Hard(text) | Self::None(text) => text,
        }
    }
}

/// An archetype as its file says it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ArchetypeFile {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) tier: u8,
    pub(super) self_hosted: bool,
    pub(super) admissible_when: Option<ConditionFile>,
    pub(super) coverage: BTreeMap<String, Coverage>,
}

/// A kind of target with its coverage of every capability.
#[derive(Clone, Debug)]
pub struct Archetype {
    /// Its name in files.
    pub id: String,
    /// Its name for people.
    pub name: String,
    pub(super) tier: u8,
    pub(super) self_hosted: bool,
    pub(super) coverage: Vec<Coverage>,
    pub(super) admissible_when: Option<Condition>,
}

impl Archetype {
    /// How it covers a capability.
    #[must_use]
    pub fn coverage(&self, capability: CapabilityId) -> &Coverage {
        self.coverage.get(capability.0).unwrap_or(&Coverage::Native)
    }
}

/// A target file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetFile {
    /// Its name, lower case with dashes. A target of your own with the id of a built-in one replaces it.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The archetype whose coverage it starts from.
    pub archetype: String,
    /// 1 simple targets, 2 lighter orchestrators, 3 Kubernetes of more than one node.
    pub tier: u8,
    /// Effort of running it, 1 to 10, by judgement.
    pub effort: u8,
    /// Whether it can run on your own machines.
    pub self_hosted: bool,
    /// Who runs it.
    pub operator: String,
    /// Whose law it is under.
    pub jurisdiction: Jurisdiction,
    /// Whether new customers can have it.
    pub status: Status,
    /// More about the status; needed unless it is open.
    pub status_note: Option<String>,
    /// One sentence on what it is and whom it fits.
    pub summary: String,
    /// Hard limits.
    #[serde(default)]
    pub limits: Vec<LimitFile>,
    /// Cells that differ from the archetype's coverage, each with its source.
    #[serde(default)]
    pub overrides: Vec<OverrideFile>,
    /// The availability it promises, in percent, where verified.
    pub sla: Option<f64>,
    /// Where the facts come from.
    pub sources: Vec<SourceReference>,
    /// The day on which they were checked, `YYYY-MM-DD`.
    pub checked_on: String,
}

/// Whose law a target is under.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jurisdiction {
    /// The country of the operator's seat (ISO 3166), or `own` where you run it or choose the provider yourself.
    pub seat: String,
    /// What else matters: foreign law that reaches it, certificates per offer.
    pub note: Option<String>,
}

/// Whether new customers can have a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Yes.
    Open,
    /// No; it is never suggested.
    Closed,
    /// Yes, but it is only kept running; never suggested before others.
    Maintenance,
    /// Not for production yet; it is never suggested.
    Beta,
}

impl Status {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Maintenance => "maintenance",
            Self::Beta => "beta",
        }
    }
}

/// A hard limit in a file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LimitFile {
    /// The fact of the system that it reads.
    pub fact: String,
    /// The largest number that fits.
    pub at_most: Option<f64>,
    /// The truth value that fits.
    pub must_be: Option<bool>,
    /// The capability that counts as missing where the limit is violated.
    pub capability: String,
    /// The limit in words.
    pub reason: String,
    /// Where it is documented.
    pub source: String,
}

/// A hard limit, checked.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The fact of the system that it reads.
    pub fact: FactId,
    /// The largest number that fits.
    pub at_most: Option<f64>,
    /// The truth value that fits.
    pub must_be: Option<bool>,
    /// The capability that counts as missing where the limit is violated.
    pub capability: CapabilityId,
    /// The limit in words.
    pub reason: String,
    /// Where it is documented.
    pub source: String,
}

/// A cell that differs from the archetype's.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideFile {
    /// The capability.
    pub capability: String,
    /// The coverage instead.
    pub coverage: Coverage,
    /// Where it is documented.
    pub source: String,
}
