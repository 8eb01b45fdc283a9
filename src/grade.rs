//! How sure it is that a system needs something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The grade of a claim, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Written, but idle, contradicted or unable to work.
    Declared,
    /// Consistent: it would work as written.
    Effective,
    /// Effective, and two or more independent things in the same system agree with it.
    Corroborated,
    /// The workload cannot run without it, or it was observed, or the owner stated it.
    Proven,
}

impl Grade {
    /// All grades, weakest first.
    pub const ALL: [Self; 4] = [Self::Declared, Self::Effective, Self::Corroborated, Self::Proven];

    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Effective => "effective",
            Self::Corroborated => "corroborated",
            Self::Proven => "proven",
        }
    }
}
