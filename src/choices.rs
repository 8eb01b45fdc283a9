//! What the user chose about reading: limits, and which of several ways to read the same files is meant.

use crate::limits::Limits;

/// The choices of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// How much is read.
    pub limits: Limits,
    /// The Compose files of one project, in the order in which each is laid over those before it (`--file`); empty for
    /// the files that Docker would find by itself.
    pub compose_files: Vec<String>,
    /// The Compose profiles that are started (`--profile`); `*` stands for all.
    pub profiles: Vec<String>,
    /// Files of variables for Compose in place of the project's `.env` (`--env-file`).
    pub env_files: Vec<String>,
    /// The overlays to assess, by the path of their folder or its last part (`--overlay`); empty for those that demand
    /// most.
    pub overlays: Vec<String>,
}
