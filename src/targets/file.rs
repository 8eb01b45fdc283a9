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
    /// The availability that it promises, where verified.
    pub availability: Option<Promise>,
    /// Certificates of the offer, each with its region and state.
    #[serde(default)]
    pub certifications: Vec<Certification>,
    /// How hard it is to leave.
    pub lock_in: LockIn,
    /// Where the facts come from.
    pub sources: Vec<SourceReference>,
    /// The day on which they were checked, `YYYY-MM-DD`.
    pub checked_on: String,
}

/// Whose law a target is under.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Jurisdiction {
    /// The country of the operator's seat (ISO 3166), or `own` where you run it or choose the provider yourself.
    pub seat: String,
    /// Countries whose law reaches the operator wherever the data lies (ISO 3166), such as `US` for the CLOUD Act.
    #[serde(default)]
    pub exposed_to: Vec<String>,
    /// What else matters.
    pub note: Option<String>,
}

/// The names of certificates that a file may give.
pub const CERTIFICATION_NAMES: [&str; 6] = ["secnumcloud", "hds", "iso-27001", "soc-2", "c5", "pci-dss"];

/// A certificate of one offer in one region. A certificate of the company says nothing of an offer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Certification {
    /// Which: `secnumcloud`, `hds`, `iso-27001`, `soc-2`, `c5` or `pci-dss`.
    pub name: String,
    /// The offer that it is about.
    pub offer: String,
    /// The region or regions that it is about.
    pub region: String,
    /// Whether it is held; what is in progress or unverified is not.
    pub status: CertificationStatus,
    /// The day on which that was checked, `YYYY-MM-DD`.
    pub checked_on: String,
    /// Where it is documented.
    pub source: String,
}

/// Whether a certificate is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificationStatus {
    /// It is, by the operator's own documentation or the certifying body.
    Held,
    /// It is being sought, and so not held.
    InProgress,
    /// Nobody could tell, so it does not count as held.
    Unverified,
}

impl CertificationStatus {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::InProgress => "in-progress",
            Self::Unverified => "unverified",
        }
    }
}

/// How hard it is to leave a target.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockIn {
    /// How hard, by judgement.
    pub level: LockInLevel,
    /// What would have to be rewritten.
    pub note: String,
}

/// How hard it is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockInLevel {
    /// The same images and files run elsewhere.
    Low,
    /// Images run elsewhere; settings, pipelines and data move by hand.
    Medium,
    /// What is built around it has to be rewritten.
    High,
}

impl LockInLevel {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// A published promise of availability. It is a promise of a refund, not a measurement.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// Percent of a month, above 0, at most 100.
    pub promise: f64,
    /// What is promised.
    pub of: PromiseOf,
    /// Over how many zones it has to run for that, 1 to 3.
    pub zones: u8,
    /// What else the promise asks for, such as a plan or a number of copies.
    pub note: Option<String>,
    /// Where it is published.
    pub source: String,
}

/// What a promise is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PromiseOf {
    /// What runs on it, as users see it.
    Service,
    /// The interface that it is steered by; what runs goes on without it.
    ControlPlane,
    /// One host.
    Host,
}

impl PromiseOf {
    /// Its name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::ControlPlane => "control-plane",
            Self::Host => "host",
        }
    }

    /// What it is about, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Service => "the service",
            Self::ControlPlane => "the control plane alone",
            Self::Host => "one host",
        }
    }
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
