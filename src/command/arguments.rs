//! What may stand on the command line; also the source of the help and the completions.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::report::Format;

/// Does this system need Kubernetes, and if not, what simpler target would do?
///
/// kubeworthy reads Kubernetes manifests and Compose files, scores the need for Kubernetes from 0 to 100, shows the
/// evidence line by line, and compares simpler targets. It opens no network connection and runs no other program.
#[derive(Debug, Parser)]
#[command(name = "kubeworthy", version, arg_required_else_help = true, after_long_help = EXAMPLES, max_term_width = 100)]
pub struct Arguments {
    /// When to colour: `auto` follows the terminal, NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: Colour,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  kubeworthy assess .                       assess the manifests and Compose files below this folder
  kubeworthy assess deploy/ compose.yaml    assess a folder and a file together
  helm template web ./chart | kubeworthy assess -
                                            assess what a chart makes
  kubeworthy assess . -o full -o json=report.json
                                            print the screen, and write the report for programs
  kubeworthy rule KW103                     explain a rule
  kubeworthy targets cloud-run              show a target with its coverage, limits and sources

Exit codes:
  0  done
  2  a usage or configuration error, or every named input failed
  3  inputs were read, and hold no workload and no pointer to one";

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// Where a terminal shows it and the environment does not forbid it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Assess files: the verdict, the need with its evidence, and the targets compared
    Assess(Assess),
    /// Explain a rule, or list all
    Rule(Rule),
    /// Show a target, or list the catalogue
    Targets(Targets),
    /// Print a completion script for a shell
    Completion(Completion),
}

/// Arguments of `assess`.
#[derive(Debug, Args)]
pub struct Assess {
    /// Files and folders; `-` is standard input
    ///
    /// Folders are searched for YAML and JSON files. `.gitignore` is respected, links are not followed out of the
    /// folder.
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// The format, with `=FILE` to write it to a file; may be given several times
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "full", value_parser = parse_output)]
    pub output: Vec<Output>,

    /// A folder of your own rules, and of targets in its `targets` subfolder
    ///
    /// They work like the built-in ones; a rule with the code of a built-in one, or a target with its id, replaces it.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,

    /// Columns of the screen; by default those of the terminal, at most 100
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,

    /// Say nothing on standard error but what could not be read
    #[arg(short, long)]
    pub quiet: bool,
}

/// A format with the file that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The format.
    pub format: Format,
    /// The file; none for standard output.
    pub file: Option<PathBuf>,
}

fn parse_output(text: &str) -> Result<Output, String> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file's name is missing after `=`".to_owned()),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
    let format = Format::from_str(format, false)
        .map_err(|_| format!("there is no format `{format}`; the formats are {}", names.join(" and ")))?;
    Ok(Output { format, file })
}

/// Arguments of `rule`.
#[derive(Debug, Args)]
pub struct Rule {
    /// The rule's code or name; without one, all rules are listed
    #[arg(value_name = "CODE")]
    pub code: Option<String>,

    /// A folder of your own rules
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `targets`.
#[derive(Debug, Args)]
pub struct Targets {
    /// The target's id; without one, the catalogue is listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,

    /// A folder of your own rules, with targets in its `targets` subfolder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `completion`.
#[derive(Debug, Args)]
pub struct Completion {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn outputs_are_parsed() {
        let output = parse_output("json=a=b.json").expect("a format and a file");
        assert_eq!(output, Output { format: Format::Json, file: Some(PathBuf::from("a=b.json")) });
        assert!(parse_output("json=").is_err());
        assert!(parse_output("pdf").expect_err("no such format").contains("full and json"));
    }
}
