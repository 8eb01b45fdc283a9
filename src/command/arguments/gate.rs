//! Arguments of the gate: `check`, `baseline`, `merge`, and shards.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Output, Shape, Subject, parse_output};

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// What is assessed, and how it is read
    #[command(flatten)]
    pub subject: Subject,

    /// The format, with `=FILE` to write it to a file; may be given several times
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "concise", value_parser = parse_output)]
    pub output: Vec<Output>,

    /// How text for people is shaped
    #[command(flatten)]
    pub shape: Shape,

    /// What fails
    #[command(flatten)]
    pub gate: GateArguments,

    /// Take PATHs as files that changed: everything below this folder is read, and the systems that they belong to are told
    /// and gated, no others; for hooks, which run at the root of the repository
    #[arg(long, conflicts_with_all = ["live", "file", "shard"])]
    pub touched: bool,

    /// Which part of the systems is assessed
    #[command(flatten)]
    pub shard: ShardArguments,

    /// Check again whenever a file changes, until the program is stopped
    #[arg(long, conflicts_with_all = ["shard", "shard_file", "live", "touched"])]
    pub watch: bool,
}

/// What makes the gate fail.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Gate")]
pub struct GateArguments {
    /// What fails: needless, regression, inconclusive, unused-ignore, the code of a rule, or a family of rules
    ///
    /// May be given several times, or with commas. `regression` fails where a verdict is worse than in the baseline, or
    /// where a system that is not in it arrives needless. Families are written as `KW2xx` or by their names, as in `scale`;
    /// of findings that the baseline knows none fails. [default: what the configuration says, or regression]
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub fail_on: Vec<String>,

    /// Fail where a system runs on Kubernetes and its need is below this number, 0 to 100
    #[arg(long, value_name = "NEED")]
    pub gate: Option<f64>,

    /// The baseline to hold everything against [default: what the configuration says, or kubeworthy.baseline.json in the
    /// first PATH or above it]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
}

impl GateArguments {
    /// Whether anything is said about what fails.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.gate.is_some() || self.baseline.is_some() || !self.fail_on.is_empty()
    }
}

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub struct Baseline {
    /// What is assessed, and how it is read
    #[command(flatten)]
    pub subject: Subject,

    /// The baseline to write [default: what the configuration says, or kubeworthy.baseline.json at the root of the
    /// repository]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,

    /// Only take out what no longer applies, and accept nothing new
    #[arg(long)]
    pub prune: bool,

    /// Nothing on standard error but what could not be read
    #[arg(short, long)]
    pub quiet: bool,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub struct Merge {
    /// The shards of one assessment, all of them, in any order
    #[arg(value_name = "FILE", required = true, value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,

    /// The format, with `=FILE` to write it to a file; may be given several times
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "full", value_parser = parse_output)]
    pub output: Vec<Output>,

    /// How text for people is shaped
    #[command(flatten)]
    pub shape: Shape,

    /// Show, after the screen, how the achievable availability comes about: each formula with its numbers and sources
    #[arg(long)]
    pub explain: bool,

    /// Be the gate, as `check` on everything would have been
    #[arg(long)]
    pub gated: bool,

    /// What fails, with --gated
    #[command(flatten)]
    pub gate: GateArguments,
}

/// Which part of the systems is assessed.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Shards")]
pub struct ShardArguments {
    /// Assess one of N parts of the systems, and write it for `merge`: I from 1 to N
    ///
    /// With N alone, I comes from JOB_COMPLETION_INDEX, which Kubernetes gives the pods of an indexed Job, or from
    /// CI_NODE_INDEX, which GitLab gives parallel jobs. All parts read everything, and judge their share of the systems.
    #[arg(long, value_name = "[I/]N", conflicts_with = "output")]
    pub shard: Option<String>,

    /// The file for the shard [default: standard output]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "shard")]
    pub shard_file: Option<PathBuf>,
}
