//! Shards: parts of one assessment that several runs judged, written to files and put together again.
//!
//! Each run reads everything, since which systems there are is known only then, and judges its share of them. A shard is
//! read by the same version of the program alone: it holds the types of [`crate::assessment`] as they are.

mod file;
mod merge;

pub use file::{SCHEMA, parse, written};
pub use merge::{Merged, Refusal, merge};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Kit;
use crate::assessment::{Excerpts, Inputs, Part, RuleText, Suppression, SystemAssessment};
use crate::choices::Choices;
use crate::data;
use crate::day::Day;

/// The most shards of one assessment.
pub const MOST_SHARDS: usize = 1_000;

/// What one run judged of an assessment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// The estate, where it belongs to the share of this run.
    pub estate: Option<SystemAssessment>,
    /// The systems of the share, by their places among all.
    pub systems: BTreeMap<usize, SystemAssessment>,
    /// Lines of the input that their evidence points at.
    pub excerpts: Excerpts,
    /// Every suppression that was read, with what became of it as far as this run knows.
    pub suppressions: Vec<Suppression>,
    /// What was read, which is the same in every run; of several clusters those of the share were judged alone.
    pub inputs: Inputs,
}

/// Why there is nothing to assess.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nothing {
    /// A cluster does not let anything be listed.
    Unlisted,
    /// The one workload that was named is not in the clusters.
    Object(String),
    /// The files hold no workload.
    Files,
    /// The clusters hold no workload.
    Clusters,
}

/// A part of an assessment, with what has to be the same in all of its parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// Which part it is.
    pub part: Part,
    /// A digest of the rules, targets and tables that it was judged with, the user's own among them.
    pub rules_digest: String,
    /// The texts of all rules, by their codes, where they are not those of the program alone.
    pub rules: Option<BTreeMap<String, RuleText>>,
    /// A digest of what the user chose about reading.
    pub choices_digest: String,
    /// The day of the judgement.
    pub day: Option<Day>,
    /// What has to stand on a command line to assess the same again.
    pub again: Vec<String>,
    /// The files and folders that were read, as they were named.
    pub paths: Vec<String>,
    /// Why there is nothing to assess, where there is nothing.
    pub nothing: Option<Nothing>,
    /// What was judged.
    pub judged: Judged,
}

impl Shard {
    /// The shard of a part that was judged with this kit, after these choices.
    #[must_use]
    pub fn new(part: Part, judged: Judged, kit: &Kit, choices: &Choices) -> Self {
        Self {
            part,
            rules_digest: kit.digest.clone(),
            rules: (kit.digest != data::EMBEDDED_DIGEST).then(|| kit.rule_texts()),
            // All of them count, those too that nobody has thought of yet.
            choices_digest: crate::digest([("choices", format!("{choices:?}").as_str())]),
            day: kit.today,
            again: Vec::new(),
            paths: Vec::new(),
            nothing: None,
            judged,
        }
    }
}
