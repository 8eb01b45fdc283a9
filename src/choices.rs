//! What the user chose about reading: limits, and which of several ways to read the same files is meant.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::configuration::Found;
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
    /// Configuration files that hold for everything, each laid over those before it (`--config`); where one is named,
    /// none is looked for.
    pub configuration_files: Vec<String>,
    /// Whether no configuration is looked for (`--no-config`).
    pub no_configuration: bool,
    /// The configuration files that were found, and which of them holds where.
    pub found: Found,
    /// Single statements laid over all of them, as `key=value` (`--set`).
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

    /// The names of everything among the files that is configuration: files that were named or found, those that they
    /// extend, profiles, and single statements.
    #[must_use]
    pub fn configuration_names(&self) -> BTreeSet<String> {
        let statements = self.statements.iter().map(|statement| Self::statement_name(statement));
        self.configuration_files.iter().cloned().chain(self.found.names()).chain(statements).collect()
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
