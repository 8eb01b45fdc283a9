//! What the user chose about reading: limits, and which of several ways to read the same files is meant.

use std::path::PathBuf;

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
    /// Files in which the owner states what no other file can say, each laid over those before it (`--context-file`).
    pub context_files: Vec<String>,
    /// Single statements laid over those files, as `key=value` (`--set`).
    pub statements: Vec<String>,
    /// Whether suppressions are listed and not honoured (`--no-ignores`).
    pub no_ignores: bool,
    /// The folder that nothing may be read outside of, as the system names it whole; none where the user may read anything.
    pub within: Option<PathBuf>,
}

impl Choices {
    /// The name that a single statement has among the files.
    #[must_use]
    pub fn statement_name(statement: &str) -> String {
        format!("--set {statement}")
    }

    /// The names of everything that states context, in the order in which each is laid over those before it.
    pub fn context_names(&self) -> impl Iterator<Item = String> {
        let statements = self.statements.iter().map(|statement| Self::statement_name(statement));
        self.context_files.iter().cloned().chain(statements)
    }
}

/// How charts and kustomizations are rendered, where the user asked for it (`--render`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendering {
    /// Files of values for every chart, each laid over those before it (`--values`).
    pub values: Vec<String>,
    /// Single values for every chart, as `key=value` (`--helm-set`).
    pub set: Vec<String>,
    /// The name of the release; none for the name of the chart's folder (`--release`).
    pub release: Option<String>,
    /// The namespace of the release (`--release-namespace`).
    pub namespace: Option<String>,
    /// The longest that one tool may take, in seconds (`--render-timeout`).
    pub seconds: u64,
}
