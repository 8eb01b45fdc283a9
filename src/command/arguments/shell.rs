//! Arguments of the commands that set the program up in a shell, an editor or an agent.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::Stating;

/// Arguments of `completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// The shell; `kubectl` for what completes `kubectl worthy` in every shell
    #[arg(value_enum)]
    pub shell: Shell,

    /// With `kubectl`: link this program beside `kubectl-worthy`, under the name by which kubectl asks for completions
    ///
    /// The name is `kubectl_complete-worthy`. A file of that name that is not this program's is left alone.
    #[arg(long)]
    pub install: bool,

    /// The folder to put the link into
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, requires = "install")]
    pub directory: Option<PathBuf>,
}

/// What asks for completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// Fish.
    Fish,
    /// PowerShell.
    #[value(name = "powershell")]
    PowerShell,
    /// Zsh.
    Zsh,
    /// kubectl, on behalf of whatever shell it runs in.
    Kubectl,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write a page for the program and one for each command into; without it, the page of the program is
    /// printed
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct Config {
    /// What to do
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What `config` does.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show the configuration in force for each system, with the origin of each value
    Show(Box<ConfigShow>),
    /// Print the schema of kubeworthy.yaml for editors
    Schema,
}

/// Arguments of `config show`.
#[derive(Debug, Args)]
pub struct ConfigShow {
    /// Files and folders whose configuration is shown [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// What the owner states, and where
    #[command(flatten)]
    pub stating: Stating,

    /// The system, by its name or id, whose configuration is shown; by default that of each
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,

    /// A folder of your own rules, which the configuration may name
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `mcp`.
#[derive(Debug, Args)]
pub struct Mcp {
    /// The folder below which paths may be read; what lies outside of it is refused
    #[arg(long, value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub root: PathBuf,

    /// A folder of your own rules, and of targets in its `targets` subfolder; needed where a configuration below the root
    /// names one of them
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,
}

/// What an agent asks for beyond the arguments of a command line.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    /// The folder that nothing may be read outside of.
    pub within: Option<PathBuf>,
    /// Texts that are in no file, or not yet: each with its name, in place of a file of that name.
    pub inline: Vec<(String, String)>,
}
