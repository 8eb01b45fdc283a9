//! What is suppressed in place or by the configuration, and what became of each suppression.

use serde::{Deserialize, Serialize};

use super::Location;
use crate::language::Prose;
use crate::rules::file::Level;

/// A claim or finding that does not count, since a suppression covers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The rule's code.
    pub code: String,
    /// What the rule says.
    pub message: Prose,
    /// How loud it would be; none for what claims a need.
    pub level: Option<Level>,
    /// Why it does not count, in the words of whoever suppressed it; empty where nobody has to say.
    pub reason: String,
    /// How far the need would rise if this alone counted, in points with one decimal.
    pub share: f64,
    /// Where.
    pub evidence: Vec<Location>,
    /// Which suppression covers it, an index into [`Assessment::suppressions`](super::Assessment::suppressions).
    pub by: usize,
}

/// A suppression as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppression {
    /// Where and how it is written.
    pub form: SuppressionForm,
    /// The codes of rules, families of rules (`KW2xx`), or `all`, as they were written.
    pub rules: Vec<String>,
    /// Why; none where nobody said.
    pub reason: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`; none where it has no end.
    pub until: Option<String>,
    /// What became of it.
    pub state: SuppressionState,
    /// What is wrong with it, where something is.
    pub message: Prose,
    /// What to do about it.
    pub help: Prose,
    /// Where it stands.
    pub place: Option<Location>,
}

/// Where and how a suppression is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SuppressionForm {
    /// `# kubeworthy: ignore[KW203] reason`, on a line or above a node.
    Comment,
    /// `# kubeworthy: ignore-file[KW203] reason`, at the head of a file.
    FileComment,
    /// `ignore.kubeworthy/KW203: reason`, on an object or its pod template.
    Annotation,
    /// `x-kubeworthy: {ignore: {KW203: reason}}`, in a Compose file.
    Extension,
    /// An entry under `ignore` in the configuration.
    Configuration,
}

/// What became of a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SuppressionState {
    /// It covers something.
    Applied,
    /// It covers nothing: what it was written for is gone, or never was.
    Unused,
    /// Its last day is over.
    Expired,
    /// It gives no reason where one is demanded, so that it does not count.
    WithoutReason,
    /// It cannot be understood, or names a rule that is not there.
    NotUnderstood,
    /// It would cover something, and was not to be honoured.
    NotHonoured,
    /// The rule could not be asked in this run, so that nobody can say whether it covers anything.
    NotAsked,
}

impl SuppressionState {
    /// The name for programs.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unused => "unused",
            Self::Expired => "expired",
            Self::WithoutReason => "without-reason",
            Self::NotUnderstood => "not-understood",
            Self::NotHonoured => "not-honoured",
            Self::NotAsked => "not-asked",
        }
    }

    /// Whether somebody should do something about it.
    #[must_use]
    pub fn is_mistaken(self) -> bool {
        matches!(self, Self::Unused | Self::Expired | Self::WithoutReason | Self::NotUnderstood)
    }
}
