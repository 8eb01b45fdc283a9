//! What a rule file may say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{ConditionFile, Literal};
use crate::facts::{CATALOG, Fact, FactId, FactType, Value};
use crate::grade::Grade;

/// One rule: a condition over facts, and what follows from it. Exactly one of `claim`, `lowers`, `asks` and `finding`
/// says what follows; `lowers` may carry a `finding` level.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleFile {
    /// Its code: capital letters and three digits. A rule of your own with the code of a built-in one replaces it.
    pub code: String,
    /// Its name, lower case with dashes: what is seen, not what is wanted.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// Whether it is asked of each workload or once of each system.
    pub scope: RuleScope,
    /// The version of the program that first had it.
    pub since: String,
    /// The number of the reflex in the published list, where it is one.
    pub reflex: Option<String>,
    /// Whether a rule of scope system is also asked of the estate, only of it, or never.
    #[serde(default)]
    pub estate: EstateMode,
    /// The condition.
    pub when: ConditionFile,
    /// The system needs a capability.
    pub claim: Option<ClaimFile>,
    /// Claims on these capabilities of the same workload, or of the system, count as declared only; `stated` alone for
    /// those that the owner states not to be needed.
    #[serde(default)]
    pub lowers: Vec<String>,
    /// Something that the files leave open.
    pub asks: Option<AsksFile>,
    /// Something worth telling.
    pub finding: Option<Level>,
    /// What is shown; facts stand in braces, as in `{workload.copies}`.
    pub message: String,
    /// The facts whose places are shown as evidence, the deciding one first.
    pub evidence: Vec<String>,
    /// Why this says something about need.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Where the opinion comes from.
    pub sources: Vec<SourceReference>,
    /// Inputs that make it fire and inputs that leave it quiet; each is run by a test.
    pub examples: Examples,
}

/// Whether a rule of scope system is asked of the estate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EstateMode {
    /// Of each system and of the estate.
    #[default]
    Also,
    /// Of the estate alone: what many systems make together.
    Only,
    /// Of each system alone.
    Never,
}

/// What a rule is asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleScope {
    /// Each workload.
    Workload,
    /// Each system.
    System,
}

/// A claim.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimFile {
    /// The capability, or `stated` for those that the owner states to be needed.
    pub capability: String,
    /// The grade when the condition holds.
    pub grade: Grade,
    /// Higher grades, each with what it takes.
    #[serde(default)]
    pub raised: BTreeMap<Grade, ConditionFile>,
}

/// A question.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AsksFile {
    /// The question.
    pub question: String,
    /// The capability that the costliest answer would prove; none where the answer could be anything.
    pub capability: Option<String>,
}

/// How loud a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Worth changing.
    Warning,
}

impl Level {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
        }
    }
}

/// A published source.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceReference {
    /// Its title.
    pub title: String,
    /// Its address; none for our own judgement.
    pub url: Option<String>,
}

/// Example inputs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// Inputs that make the rule fire.
    pub fires: Vec<Example>,
    /// Inputs that leave it quiet.
    pub quiet: Vec<Example>,
}

/// One example input: manifests, or a Compose file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Kubernetes objects.
    pub manifest: Option<String>,
    /// A Compose file.
    pub compose: Option<String>,
    /// What the owner states beside it, as a context file.
    pub context: Option<String>,
    /// What is seen live beside the input, by fact (`seen.…`).
    #[serde(default)]
    pub seen: BTreeMap<String, Literal>,
    /// The grade that a claim must have, for examples that fire.
    pub grade: Option<Grade>,
}

impl Example {
    /// What is seen live beside the input, as facts.
    ///
    /// # Errors
    ///
    /// When one is no fact of live state, or its value has another type: what is wrong, and what to do.
    pub fn seen_facts(&self) -> Result<Vec<(FactId, Fact)>, (String, String)> {
        let fact = |(name, literal): (&String, &Literal)| {
            let known = crate::facts::find(name).filter(|_| name.starts_with("seen."));
            let Some(id) = known else {
                let names = CATALOG.iter().map(|entry| entry.id).filter(|id| id.starts_with("seen."));
                return Err((format!("`{name}` is no fact of live state"), crate::data::did_you_mean(name, names)));
            };
            let value = match (CATALOG[id.0].kind, literal) {
                (FactType::Boolean, Literal::Boolean(value)) => Value::Boolean(*value),
                (FactType::Number, Literal::Number(value)) => Value::Number(*value),
                (FactType::Word(_) | FactType::Text, Literal::Text(text)) => Value::Text(text.clone()),
                _ => return Err((format!("`{name}` has a value of another type"), String::new())),
            };
            Ok((id, Fact::Known { value, places: Vec::new(), grade: Grade::Proven }))
        };
        self.seen.iter().map(fact).collect()
    }
}
