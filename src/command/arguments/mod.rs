//! What may stand on the command line; also the source of the help and the completions.

mod again;
mod gate;
mod shell;
mod stating;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub use gate::{Baseline, Check, GateArguments, Merge, ShardArguments};
pub use shell::{Agent, Completion, Config, ConfigCommand, ConfigShow, Man, Mcp, Shell};
pub use stating::Stating;

use super::live::Live;
use crate::choices::{Choices, Rendering};
use crate::configuration::Found;
use crate::difference;
use crate::language::Language;
use crate::limits::Limits;
use crate::report::Format;

/// Does this system need Kubernetes, and if not, what simpler target would do?
///
/// kubeworthy reads Kubernetes manifests, Compose files and live clusters, scores the need for Kubernetes from 0 to 100,
/// shows the evidence line by line, and compares simpler targets. It opens no network connection unless --live or
/// `snapshot` asks for a cluster, and runs no other program unless --render asks for it or the kubeconfig names one that
/// signs in.
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
  kubeworthy assess . --render --values production.yaml
                                            render charts and kustomizations with your own tools
  kubeworthy assess . -o full -o json=report.json
                                            print the screen, and write the report for programs
  kubeworthy assess . --set availability-target=99.95
                                            what if that were asked for?
  kubeworthy assess --live -A               assess the cluster that kubectl would talk to
  kubeworthy assess deploy/ --live -n shop  hold files against what runs
  kubeworthy snapshot -A -o prod.snapshot.jsonl
                                            write what a cluster shows, without secrets, to assess it elsewhere
  kubeworthy check .                        the gate for hooks and CI: exit code 1 when it fails
  kubeworthy baseline .                     write what is there today, so that `check` fails on what is worse
  kubeworthy adr deploy/                    draft a decision record under docs/decisions
  kubeworthy diff HEAD~1 .                  say what moved since the last commit, and why
  kubeworthy init                           write the questions that no file can answer
  kubeworthy rule KW103                     explain a rule
  kubeworthy targets cloud-run              show a target with its coverage, limits and sources

Exit codes:
  0  done; the gate of `check` passed
  1  the gate of `check` failed
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
    /// Assess files and clusters: the verdict, the need with its evidence, and the targets compared
    Assess(Box<Assess>),
    /// The same engine and numbers as a gate, for hooks and CI: findings, one line for each system, exit code 1 when it fails
    Check(Box<Check>),
    /// Write the baseline that `check` holds later runs against, or prune what no longer applies from it
    Baseline(Box<Baseline>),
    /// Put shards of one assessment together, as one run would have given it
    Merge(Box<Merge>),
    /// Draft a decision record in the form of MADR 4: the options, what speaks for each, and what would change the decision
    Adr(Box<Adr>),
    /// Say what moved between two reports, snapshots, folders or git revisions, and by which claims
    Diff(Box<Diff>),
    /// Write a commented configuration file: the questions that no file can answer, the weightiest first
    Init(Init),
    /// Write what a cluster shows to a file, without secrets, for assessing it anywhere; or show what such a file holds
    Snapshot(Box<Snapshot>),
    /// Print the least role that lets a cluster be read
    Rbac(Box<Rbac>),
    /// Explain a rule, or list all
    Rule(Rule),
    /// Show a target, or list the catalogue
    Targets(Targets),
    /// Show the configuration in force with the origin of each value, or print its schema
    Config(Config),
    /// Print a completion script for a shell
    Completion(Completion),
    /// Print or write the manual pages
    Man(Man),
    /// Serve coding agents over standard input and output, by the Model Context Protocol; read-only
    #[cfg(feature = "mcp")]
    Mcp(Mcp),
}

/// Arguments of `assess`.
#[derive(Debug, Args)]
pub struct Assess {
    /// What is assessed, and how it is read
    #[command(flatten)]
    pub subject: Subject,

    /// The format, with `=FILE` to write it to a file; may be given several times
    ///
    /// For people: full, concise, wide, narrated, markdown, html, adr. For programs: json, yaml, csv, sarif, github,
    /// gitlab, junit, rdjson.
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "full", value_parser = parse_output)]
    pub output: Vec<Output>,

    /// How text for people is shaped
    #[command(flatten)]
    pub shape: Shape,

    /// Show, after the screen, how the achievable availability comes about: each formula with its numbers and sources
    #[arg(long, conflicts_with = "shard")]
    pub explain: bool,

    /// Which part of the systems is assessed
    #[command(flatten)]
    pub shard: ShardArguments,

    /// Assess again whenever a file changes, until the program is stopped
    #[arg(long, conflicts_with_all = ["shard", "shard_file", "live"])]
    pub watch: bool,
}

/// What is assessed, and how it is read.
#[derive(Debug, Args)]
pub struct Subject {
    /// Files and folders; `-` is standard input [default: . without --live]
    ///
    /// Folders are searched for YAML and JSON files. `.gitignore` is respected, links are not followed out of the
    /// folder. With --live, TYPE/NAME means one workload of the cluster, as in `deployment/web`; write `./deployment/web`
    /// for a path of that name.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Read a live cluster too: the one that kubectl would talk to, with list requests and nothing else
    #[arg(long)]
    pub live: bool,

    /// A folder of your own rules, and of targets in its `targets` subfolder
    ///
    /// They work like the built-in ones; a rule with the code of a built-in one, or a target with its id, replaces it.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,

    /// Count what is suppressed all the same: for auditors
    ///
    /// Comments, annotations, `x-kubeworthy` and the configuration can suppress rules, each with a reason. With this flag
    /// none of it is honoured, and what would be suppressed is listed.
    #[arg(long)]
    pub no_ignores: bool,

    /// What the owner states
    #[command(flatten)]
    pub stating: Stating,

    /// Which of several ways to read the same Compose files
    #[command(flatten)]
    pub compose: Compose,

    /// How much is read
    #[command(flatten)]
    pub reading: ReadingLimits,

    /// The overlay to assess, by its folder or the folder's last part; by default the one that demands most
    #[arg(long, value_name = "NAME", help_heading = "Kustomize and Helm")]
    pub overlay: Vec<String>,

    /// How charts and kustomizations are rendered
    #[command(flatten)]
    pub rendering: RenderingArguments,

    /// Which cluster is read, and as whom
    #[command(flatten)]
    pub cluster: Live,

    /// What `mcp` adds; no flags
    #[arg(skip)]
    pub agent: Agent,
}

/// Arguments of `adr`.
#[derive(Debug, Args)]
pub struct Adr {
    /// What is assessed, and how it is read
    #[command(flatten)]
    pub subject: Subject,

    /// The folder of the records [default: the first of docs/decisions, docs/adr, doc/adr and adr that is there, or
    /// docs/decisions]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,

    /// Your own template in place of the built-in one; see docs/decision-records.md for what may stand in it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub template: Option<PathBuf>,

    /// Print the built-in template to start your own from, and assess nothing
    #[arg(long, conflicts_with_all = ["out", "template", "print", "title", "system"])]
    pub print_template: bool,

    /// The title of the record, from which its file is named too
    #[arg(long, value_name = "TEXT", value_parser = parse_title)]
    pub title: Option<String>,

    /// One system of several, by its name or id; without it the record is about all of them
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,

    /// Print the record, and write nothing
    #[arg(long, conflicts_with = "out")]
    pub print: bool,

    /// The language of the record; the headings are English, as tools for such records expect
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    pub lang: Language,

    /// Nothing on standard error but what could not be read
    #[arg(short, long)]
    pub quiet: bool,
}

fn parse_title(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("a title is one line of text".to_owned());
    }
    Ok(text.to_owned())
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// What was: a report (-o json), a snapshot, a file, a folder, or a revision of git; `-` is a report on standard input
    ///
    /// What is there as a file or a folder is taken for that; a revision of the same name can be written as
    /// `refs/heads/NAME`. Of a revision the files are read out of git, and the work tree is left alone.
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    pub old: PathBuf,

    /// What is now, in any of these forms
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub new: PathBuf,

    /// Files and folders that are read of the revisions [default: what the other side names, or .]
    #[arg(last = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// The format, with `=FILE` to write it to a file; may be given several times
    #[arg(short, long = "output", value_name = "FORMAT[=FILE]", default_value = "full", value_parser = parse_diff_output)]
    pub output: Vec<DiffOutput>,

    /// How text for people is shaped
    #[command(flatten)]
    pub shape: Shape,

    /// A folder of your own rules, and of targets in its `targets` subfolder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,

    /// What the owner states
    #[command(flatten)]
    pub stating: Stating,

    /// How much is read
    #[command(flatten)]
    pub reading: ReadingLimits,

    /// A Compose profile that is started; `*` starts all
    #[arg(long, value_name = "NAME", help_heading = "Compose")]
    pub profile: Vec<String>,

    /// The overlay to assess, by its folder or the folder's last part; by default the one that demands most
    #[arg(long, value_name = "NAME", help_heading = "Kustomize and Helm")]
    pub overlay: Vec<String>,
}

impl Diff {
    /// What the user chose about reading.
    #[must_use]
    pub fn choices(&self) -> Choices {
        Choices {
            limits: self.reading.limits(),
            profiles: self.profile.clone(),
            overlays: self.overlay.clone(),
            configuration_files: self.stating.config.clone(),
            no_configuration: self.stating.no_config,
            statements: self.stating.set.clone(),
            ..Choices::default()
        }
    }
}

/// A format of a difference with the file that it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffOutput {
    /// The format.
    pub format: difference::Format,
    /// The file; none for standard output.
    pub file: Option<PathBuf>,
}

fn parse_diff_output(text: &str) -> Result<DiffOutput, String> {
    let (format, file) = parse_format_and_file(text)?;
    Ok(DiffOutput { format, file })
}

/// How text for people is shaped.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Text")]
pub struct Shape {
    /// Columns of the screen; by default those of the terminal, at most 100
    #[arg(long, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=400))]
    pub width: Option<u16>,

    /// The language of reports and decision records; codes, programs' formats, messages and help are English
    #[arg(long, value_enum, default_value = "en", value_name = "LANGUAGE")]
    pub lang: Language,

    /// The verdicts alone, and nothing on standard error but what could not be read
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Everything, with the lines of the input that it is about
    #[arg(long)]
    pub verbose: bool,

    /// When codes of rules are links: `auto` follows the terminal
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub hyperlinks: Colour,

    /// Which characters are drawn with: `auto` follows the locale
    #[arg(long, value_enum, default_value = "auto", value_name = "SET")]
    pub charset: Charset,
}

/// Which characters are drawn with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Charset {
    /// Unicode where the locale of a terminal has it, and in files and pipes.
    Auto,
    /// Unicode.
    Unicode,
    /// ASCII alone; names from the input stay as they are.
    Ascii,
}

/// Rendering with the user's own tools.
#[derive(Debug, Args)]
#[command(next_help_heading = "Kustomize and Helm")]
pub struct RenderingArguments {
    /// Render every chart with helm and every kustomization with kustomize or kubectl, and assess the outcome
    ///
    /// The tools are your own, found on PATH, and see your environment. What cannot be rendered is read as it is.
    #[arg(long)]
    pub render: bool,

    /// A file of values for every chart, laid over those before it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "render")]
    pub values: Vec<String>,

    /// A value for every chart, as in Helm's own `--set`
    #[arg(long, value_name = "KEY=VALUE", requires = "render")]
    pub helm_set: Vec<String>,

    /// The name of the release; by default that of the chart's folder
    #[arg(long, value_name = "NAME", value_parser = parse_name, requires = "render")]
    pub release: Option<String>,

    /// The namespace of the release
    #[arg(long, value_name = "NAME", value_parser = parse_name, requires = "render")]
    pub release_namespace: Option<String>,

    /// The longest that rendering one chart or kustomization may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600), requires = "render")]
    pub render_timeout: u64,
}

/// The name of a release or a namespace, which no tool takes for a flag.
fn parse_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.len() <= 63 && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("a name holds letters, digits, `-` and `.`, and begins with a letter or a digit".to_owned())
    }
}

impl Subject {
    /// How charts and kustomizations are rendered, if the user asked for it.
    #[must_use]
    pub fn rendering(&self) -> Option<Rendering> {
        let rendering = &self.rendering;
        rendering.render.then(|| Rendering {
            values: rendering.values.clone(),
            set: rendering.helm_set.clone(),
            release: rendering.release.clone(),
            namespace: rendering.release_namespace.clone(),
            seconds: rendering.render_timeout,
        })
    }

    /// What the user chose about reading.
    #[must_use]
    pub fn choices(&self) -> Choices {
        Choices {
            limits: self.reading.limits(),
            compose_files: self.compose.file.clone(),
            profiles: self.compose.profile.clone(),
            env_files: self.compose.env_file.clone(),
            overlays: self.overlay.clone(),
            configuration_files: self.stating.config.clone(),
            no_configuration: self.stating.no_config,
            statements: self.stating.set.clone(),
            no_ignores: self.no_ignores,
            found: Found::default(),
            within: self.agent.within.clone(),
        }
    }
}

/// How Compose files are read, with Docker's own flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Compose")]
pub struct Compose {
    /// A Compose file of one project, laid over those before it; in place of PATH or beside it
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Vec<String>,

    /// A profile that is started; `*` starts all
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,

    /// A file of variables in place of the project's `.env`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub env_file: Vec<String>,
}

/// The limits that a user may move.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub struct ReadingLimits {
    /// The largest file that is read, as in `500KiB` or `64MiB`
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = parse_size)]
    pub max_file_size: u64,

    /// The most that is read in one run
    #[arg(long, value_name = "SIZE", default_value = "1GiB", value_parser = parse_size)]
    pub max_total_size: u64,

    /// The most documents in one file
    #[arg(long, value_name = "COUNT", default_value_t = Limits::DEFAULT.documents)]
    pub max_documents: usize,

    /// The most values and keys in one document
    #[arg(long, value_name = "COUNT", default_value_t = Limits::DEFAULT.nodes)]
    pub max_nodes: usize,

    /// The deepest nesting of a document
    #[arg(long, value_name = "LEVELS", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub max_depth: u16,

    /// The most values that the aliases of one document may stand for
    #[arg(long, value_name = "COUNT", default_value_t = Limits::DEFAULT.aliased_nodes)]
    pub max_aliased_nodes: u64,
}

impl ReadingLimits {
    /// The limits.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            file_bytes: self.max_file_size,
            total_bytes: self.max_total_size,
            documents: self.max_documents,
            nodes: self.max_nodes,
            depth: self.max_depth.into(),
            aliased_nodes: self.max_aliased_nodes,
        }
    }
}

/// A number of bytes with a unit: `1024`, `500KiB`, `16MiB`, `1GiB`. Below 4 GiB, since positions have 32 bits.
fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit: u64 = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" | "K" => 1 << 10,
        "MiB" | "M" => 1 << 20,
        "GiB" | "G" => 1 << 30,
        other => return Err(format!("there is no unit `{other}`; the units are KiB, MiB and GiB")),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "a size is a whole number and a unit, as in `16MiB`")?;
    number.checked_mul(unit).filter(|bytes| *bytes < 1 << 32).ok_or_else(|| "sizes below 4GiB can be read".to_owned())
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
    let (format, file) = parse_format_and_file(text)?;
    Ok(Output { format, file })
}

fn parse_format_and_file<F: ValueEnum>(text: &str) -> Result<(F, Option<PathBuf>), String> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file's name is missing after `=`".to_owned()),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let known = F::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
    let format = F::from_str(format, false)
        .map_err(|_| format!("there is no format `{format}`; the formats are {}", names.join(", ")))?;
    Ok((format, file))
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Files and folders to ask about; `kubeworthy.yaml` is written into the first folder [default: .]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Print the file, and write nothing
    #[arg(long)]
    pub print: bool,

    /// Write the schema beside it, kubeworthy.schema.json, and point editors to it; works without a network
    #[arg(long, conflicts_with = "print")]
    pub schema: bool,

    /// A folder of your own rules
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub rules: Vec<PathBuf>,
}

/// Arguments of `snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// One workload, as in `deployment/web`; without it, all of them
    #[arg(value_name = "TYPE/NAME")]
    pub object: Option<String>,

    /// The file to write, whole or not at all; by convention it ends in `.snapshot.jsonl` [default: standard output]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// Hide names behind pseudonyms that are the same for the same key, which this file holds
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath)]
    pub pseudonyms: Option<PathBuf>,

    /// Show what a snapshot holds, and read no cluster
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["object", "output", "pseudonyms"])]
    pub check: Option<PathBuf>,

    /// Which cluster is read, and as whom
    #[command(flatten)]
    pub cluster: Live,
}

/// Arguments of `rbac`.
#[derive(Debug, Args)]
pub struct Rbac {
    /// For which namespaces; without one, for the whole cluster
    #[command(flatten)]
    pub cluster: Live,
}

/// Arguments of `rule`.
#[derive(Debug, Args)]
pub struct Rule {
    /// The rule's code or name; without one, all rules are listed
    #[arg(value_name = "CODE")]
    pub code: Option<String>,

    /// Explain every rule, one after another
    #[arg(long, conflicts_with = "code")]
    pub all: bool,

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_are_parsed_and_the_defaults_are_the_limits() {
        assert_eq!(parse_size("500KiB"), Ok(512_000));
        assert!(parse_size("5 apples").is_err() && parse_size("MiB").is_err() && parse_size("9GiB").is_err());
        let arguments = Arguments::try_parse_from(["kubeworthy", "assess", "."]).expect("arguments");
        let Command::Assess(assess) = arguments.command else { panic!("another command") };
        assert_eq!(assess.subject.choices(), Choices::default());
    }

    #[test]
    fn outputs_are_parsed() {
        let output = parse_output("json=a=b.json").expect("a format and a file");
        assert_eq!(output, Output { format: Format::Json, file: Some(PathBuf::from("a=b.json")) });
        assert!(parse_output("json=").is_err());
        assert!(parse_output("pdf").expect_err("no such format").contains("full, concise"));
    }
}
