//! Arguments that say what the owner states, and which configuration is in force.

use clap::{Args, ValueHint};

/// What the owner states and configures.
#[derive(Debug, Args)]
#[command(next_help_heading = "What the owner states")]
pub struct Stating {
    /// A configuration file that holds for everything, laid over those before it [default: for each system the nearest
    /// kubeworthy.yaml in its folder or above it, up to the root of the repository]
    ///
    /// It states what no file can say: the availability to reach, peaks, teams, where it may run; and it says what makes
    /// the gate fail and what is suppressed. `kubeworthy init` writes one, `kubeworthy config show` tells what is in force.
    #[arg(long, alias = "context-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Vec<String>,

    /// Look for no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,

    /// Set one key of the configuration for this run: what if? May be given several times
    ///
    /// The keys are those of the configuration file, with dots between nested ones: availability-target=99.95,
    /// needs.mesh=false, profile=regulated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_statement)]
    pub set: Vec<String>,
}

fn parse_statement(text: &str) -> Result<String, String> {
    crate::context::single(text).map(|_| text.to_owned())
}
