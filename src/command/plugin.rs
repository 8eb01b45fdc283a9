//! `kubectl worthy`: the same program under the name by which kubectl finds its plugins.
//!
//! `kubectl worthy [TYPE/NAME] [flags]` is `kubeworthy assess --live [TYPE/NAME] [flags]`, and `kubectl worthy COMMAND`
//! is `kubeworthy COMMAND`. kubectl refuses flags before the plugin's name, so that all of them may stand anywhere after
//! it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, CommandFactory as _, FromArgMatches as _, Parser as _};

use super::arguments::Arguments;
use super::words::{Flags, Kind, Scan, text};
use crate::data::did_you_mean;
use crate::text::command::{PROGRAM, as_called};

/// What the program is called by its user.
const PLUGIN: &str = "kubectl worthy";

/// The file's name by which kubectl finds the plugin.
pub(super) const PLUGIN_FILE: &str = "kubectl-worthy";

/// The file's name by which kubectl finds what completes the plugin's words.
pub(super) const COMPLETION_FILE: &str = "kubectl_complete-worthy";

/// How the program was called, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// By its own name, or by any that means nothing.
    Itself,
    /// As a plugin of kubectl.
    Plugin,
    /// By kubectl, which asks for the words that could stand next.
    Completion,
}

impl Called {
    /// How the program was called, by the first word of its command line: a path, on Windows with an extension.
    #[must_use]
    pub fn by(first: Option<&OsStr>) -> Self {
        let name = first.and_then(|first| Path::new(first).file_name()).map(text).unwrap_or_default();
        let name = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
            Some((stem, extension)) if extension.eq_ignore_ascii_case(".exe") => stem,
            _ => &name,
        };
        match name {
            PLUGIN_FILE => Self::Plugin,
            COMPLETION_FILE => Self::Completion,
            _ => Self::Itself,
        }
    }

    /// What the user types to call the program, for help and hints.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Itself => PROGRAM,
            Self::Plugin | Self::Completion => PLUGIN,
        }
    }
}

/// What a user of the plugin may want to type, for its help.
const EXAMPLES: &str = "\
Examples:
  kubectl worthy                            assess the namespace of your context
  kubectl worthy -n shop -n billing         assess other namespaces
  kubectl worthy -A                         assess the whole cluster
  kubectl worthy deployment/web             assess one workload
  kubectl worthy -l app.kubernetes.io/part-of=shop
                                            assess what the labels select
  kubectl worthy -A --context blue --context green
                                            assess two clusters as one estate
  kubectl worthy -A -o full -o json=report.json
                                            print the screen, and write the report for programs
  kubectl worthy rbac                       print the role that reading takes, to ask for it
  kubectl worthy assess deploy/             assess files instead
  kubectl worthy adr --live -A              draft a decision record about what runs
  kubectl worthy diff old.json new.json     say what moved between two reports
  kubectl worthy rule KW103                 explain a rule
  kubectl worthy targets cloud-run          show a target with its coverage, limits and sources
  kubectl worthy completion kubectl --install
                                            let the shell complete all of this

Flags stand after the plugin's name: kubectl refuses `kubectl -n shop worthy`.";

/// Where the part about exit codes begins in the help of the whole program; it is the same for the plugin.
const EXIT_CODES: &str = "\n\nExit codes:";

const ABOUT: &str = "Does what runs in this cluster need Kubernetes, and if not, what simpler target would do?";

const LONG_ABOUT: &str = "\
Does what runs in this cluster need Kubernetes, and if not, what simpler target would do?

Without a command, what runs in the namespace of your context is read, with list requests and nothing else, and assessed: \
the need for Kubernetes from 0 to 100, the evidence line by line, and simpler targets compared.";

/// What the flags about files are grouped under; a page about live clusters does without them.
const ABOUT_FILES: &[&str] = &["Compose", "Kustomize and Helm", "Limits"];

/// The commands with their help as the user calls the program.
pub(super) fn command(called: Called) -> Command {
    let command = Arguments::command();
    if called == Called::Itself {
        return command;
    }
    let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let exit_codes = after.find(EXIT_CODES).map(|at| &after[at..]).unwrap_or_default();
    in_words(command, PLUGIN)
        .name(PLUGIN)
        .bin_name(PLUGIN)
        .display_name(PLUGIN)
        .about(ABOUT)
        .long_about(LONG_ABOUT)
        .after_long_help(format!("{EXAMPLES}{exit_codes}"))
}

/// The plugin as its user sees it: what `assess --live` takes, and the commands beside it.
pub(super) fn page() -> Command {
    let command = command(Called::Plugin);
    let flags = command.find_subcommand("assess").into_iter().flat_map(Command::get_arguments);
    // It is always live, and what is live cannot be watched.
    let is_here =
        |argument: &&Arg| !argument.is_positional() && argument.get_id() != "live" && argument.get_id() != "watch";
    let flags = flags.filter(is_here);
    let hide = |argument: &Arg| {
        let is_about_files = argument.get_help_heading().is_some_and(|heading| ABOUT_FILES.contains(&heading));
        argument.clone().hide(is_about_files || argument.is_hide_set())
    };
    let flags: Vec<Arg> = flags.map(hide).collect();
    command
        .args(flags)
        .arg(Arg::new("TYPE/NAME").help("The workload to assess; without one, all of the namespace"))
        .override_usage(format!("{PLUGIN} [TYPE/NAME] [FLAGS]\n       {PLUGIN} COMMAND [FLAGS]"))
}

/// Gives a command one of its texts.
type SetText = fn(Command, String) -> Command;

/// A tree of commands whose texts name the program as its user does.
fn in_words(command: Command, program: &'static str) -> Command {
    let say = |text: &clap::builder::StyledStr| as_called(&text.to_string(), program).into_owned();
    let (about, long_about) = (command.get_about().map(say), command.get_long_about().map(say));
    let (after, after_long) = (command.get_after_help().map(say), command.get_after_long_help().map(say));
    let command = command
        .mut_args(|argument| {
            let (help, long_help) = (argument.get_help().map(say), argument.get_long_help().map(say));
            let argument = match help {
                Some(help) => argument.help(help),
                None => argument,
            };
            match long_help {
                Some(help) => argument.long_help(help),
                None => argument,
            }
        })
        .mut_subcommands(|command| in_words(command, program));
    let texts: [(Option<String>, SetText); 4] = [
        (about, |command, text| command.about(text)),
        (long_about, |command, text| command.long_about(text)),
        (after, |command, text| command.after_help(text)),
        (after_long, |command, text| command.after_long_help(text)),
    ];
    texts.into_iter().fold(command, |command, (text, set)| match text {
        Some(text) => set(command, text),
        None => command,
    })
}

/// Parses the words of a command line, the first of which is the program's own name.
pub(super) fn parse(called: Called, words: &[OsString]) -> Result<Arguments, clap::Error> {
    if called == Called::Itself {
        return Arguments::try_parse_from(words);
    }
    let mut command = command(called);
    let matches = matches(&mut command, words.get(1..).unwrap_or_default())?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn matches(command: &mut Command, words: &[OsString]) -> Result<ArgMatches, clap::Error> {
    match translate(words, command) {
        Ok(Translation::Page(flag)) => page().try_get_matches_from([PLUGIN, flag]),
        Ok(Translation::Words(words)) => {
            command.try_get_matches_from_mut(std::iter::once(OsString::from(PLUGIN)).chain(words))
        }
        Err(mistake) => Err(page().error(ErrorKind::InvalidSubcommand, mistake)),
    }
}

/// What the words of a plugin's user mean.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Translation {
    /// The help of the plugin as a whole, or its version, by this flag.
    Page(&'static str),
    /// The words of a command line of `kubeworthy`, without its name.
    Words(Vec<OsString>),
}

/// Translates the words after `kubectl worthy` into those after `kubeworthy`. A mistake is one sentence for the user.
fn translate(words: &[OsString], command: &Command) -> Result<Translation, String> {
    let mut tree = command.clone();
    tree.build();
    let preferred = tree.find_subcommand("assess").unwrap_or(&tree);
    let scan = Flags::of(&tree, preferred).scan(words);
    if let Some(first) = scan.first_operand()
        && tree.find_subcommand(&words[first]).is_some()
    {
        // Flags may stand before the command's name, clap wants them behind it.
        let others = words[..first].iter().chain(&words[first + 1..]);
        let words: Vec<OsString> = std::iter::once(&words[first]).chain(others).cloned().collect();
        return Ok(if words == ["help"] { Translation::Page("--help") } else { Translation::Words(words) });
    }
    if let Some(flag) = asked_page(&scan, words) {
        return Ok(Translation::Page(flag));
    }
    let operands: Vec<_> = scan.operands().map(|at| text(&words[at])).collect();
    let objects = match objects(&operands.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), &tree) {
        Ok(objects) => objects,
        // The operand may be the value of the flag that is not known, which is the mistake to speak of.
        Err(_) if scan.has_unknown_flags() => operands.iter().map(|operand| operand.clone().into_owned()).collect(),
        Err(mistake) => return Err(mistake),
    };
    let mut translated: Vec<OsString> = vec!["assess".into(), "--live".into()];
    translated.extend(objects.into_iter().map(OsString::from));
    for (word, kind) in words.iter().zip(&scan.kinds) {
        let stays = matches!(kind, Kind::Flags(_) | Kind::Value | Kind::UnknownFlag);
        if stays && word != "--live" {
            translated.push(word.clone());
        }
    }
    Ok(Translation::Words(translated))
}

/// The flag that asks for the page, where one does.
fn asked_page(scan: &Scan<'_>, words: &[OsString]) -> Option<&'static str> {
    scan.kinds.iter().zip(words).find_map(|(kind, word)| {
        let Kind::Flags(flags) = kind else { return None };
        flags.iter().find_map(|flag| match flag.get_id().as_str() {
            "help" if text(word).starts_with("--") => Some("--help"),
            "help" => Some("-h"),
            "version" => Some("--version"),
            _ => None,
        })
    })
}

/// Operands as objects: `TYPE/NAME`, or as kubectl also allows `TYPE NAME...`.
fn objects(operands: &[&str], tree: &Command) -> Result<Vec<String>, String> {
    let Some((first, names)) = operands.split_first() else { return Ok(Vec::new()) };
    if !is_type(first) {
        return operands.iter().map(|operand| object(operand, tree)).collect();
    }
    if let Some(whole) = names.iter().find(|name| name.contains('/')) {
        return Err(format!("`{first} {whole}` names a type twice; write `{whole}` alone"));
    }
    if names.is_empty() {
        return Err(format!(
            "`{first}` is a type without a name; write TYPE/NAME, as in `{first}/web`, or leave it out to assess all of the \
             namespace"
        ));
    }
    Ok(names.iter().map(|name| format!("{first}/{name}")).collect())
}

fn object(operand: &str, tree: &Command) -> Result<String, String> {
    match operand.split_once('/') {
        Some((kind, name)) if kind.starts_with(|c: char| c.is_ascii_alphabetic()) && is_name(name) => {
            Ok(operand.to_owned())
        }
        Some(_) => Err(format!(
            "`{operand}` is not TYPE/NAME, as in `deployment/web`; files are assessed by `{PLUGIN} assess {operand}`"
        )),
        None => {
            let names = tree.get_subcommands().map(Command::get_name);
            let help = match did_you_mean(operand, names) {
                help if help.is_empty() => format!("an object is named by TYPE/NAME, as in `deployment/{operand}`"),
                help => help,
            };
            Err(format!("`{operand}` is neither a command nor TYPE/NAME; {help}"))
        }
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('/')
}

/// Types that a name may follow as a word of its own: the singular, the plural and the short name, as kubectl has them.
pub(super) const TYPES: &[[&str; 3]] = &[
    ["deployment", "deployments", "deploy"],
    ["statefulset", "statefulsets", "sts"],
    ["daemonset", "daemonsets", "ds"],
    ["cronjob", "cronjobs", "cj"],
    ["job", "jobs", "job"],
    ["replicaset", "replicasets", "rs"],
    ["replicationcontroller", "replicationcontrollers", "rc"],
    ["pod", "pods", "po"],
    ["rollout", "rollouts", "ro"],
];

/// Whether a word is a type: by any of its names in any case, with a group (`deployments.apps`) or without.
pub(super) fn is_type(word: &str) -> bool {
    if word.contains('/') {
        return false;
    }
    let name = word.split('.').next().unwrap_or(word).to_ascii_lowercase();
    TYPES.iter().flatten().any(|known| *known == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flags of a live cluster, whether or not this program knows them already.
    fn tree() -> Command {
        let flag = |name: &'static str| Arg::new(name).long(name).action(clap::ArgAction::Append);
        let switch = |name: &'static str| Arg::new(name).long(name).action(clap::ArgAction::SetTrue);
        Command::new(PLUGIN)
            .version("1")
            .arg(flag("color").global(true))
            .subcommand(
                Command::new("assess")
                    .arg(Arg::new("path").num_args(0..))
                    .arg(switch("live"))
                    .arg(flag("namespace").short('n'))
                    .arg(switch("all-namespaces").short('A'))
                    .arg(flag("output").short('o')),
            )
            .subcommand(Command::new("rule").arg(Arg::new("code")).arg(flag("rules")).arg(switch("all")))
            .subcommand(Command::new("rbac").arg(flag("namespace").short('n')))
    }

    fn translated(line: &str) -> String {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        match translate(&words, &tree()) {
            Ok(Translation::Page(flag)) => format!("page {flag}"),
            Ok(Translation::Words(words)) => words.join(OsStr::new(" ")).to_string_lossy().into_owned(),
            Err(mistake) => format!("error: {mistake}"),
        }
    }

    #[test]
    fn the_name_says_how_the_program_was_called() {
        for (name, called) in [
            ("kubeworthy", Called::Itself),
            ("/usr/local/bin/kubeworthy", Called::Itself),
            ("kubectl-worthy", Called::Plugin),
            ("/home/me/.krew/bin/kubectl-worthy", Called::Plugin),
            ("./kubectl-worthy.exe", Called::Plugin),
            ("kubectl-worthy.EXE", Called::Plugin),
            ("kubectl_complete-worthy", Called::Completion),
            ("kubectl_complete-worthy.exe", Called::Completion),
            ("kubectl-worthy-extra", Called::Itself),
            ("worthy", Called::Itself),
            (".exe", Called::Itself),
            ("é", Called::Itself),
            ("", Called::Itself),
        ] {
            assert_eq!(Called::by(Some(OsStr::new(name))), called, "{name}");
        }
        assert_eq!(Called::by(None), Called::Itself);
    }

    #[test]
    fn the_words_of_the_plugin_are_translated() {
        for (line, expected) in [
            ("", "assess --live"),
            ("-A", "assess --live -A"),
            ("deployment/web", "assess --live deployment/web"),
            ("deployment/web -n shop", "assess --live deployment/web -n shop"),
            ("-n shop deployment/web -o json", "assess --live deployment/web -n shop -o json"),
            ("-nshop deployment/web", "assess --live deployment/web -nshop"),
            ("-n rule", "assess --live -n rule"),
            ("-n rule rule", "rule -n rule"),
            ("deployment web", "assess --live deployment/web"),
            ("deploy -n shop web", "assess --live deploy/web -n shop"),
            ("Deployments.apps web api", "assess --live Deployments.apps/web Deployments.apps/api"),
            ("clusters.postgresql.cnpg.io/main", "assess --live clusters.postgresql.cnpg.io/main"),
            ("deployment rule", "assess --live deployment/rule"),
            ("-- deployment/web", "assess --live deployment/web"),
            ("-n shop -- sts db", "assess --live sts/db -n shop"),
            ("--live -A", "assess --live -A"),
            ("rule KW103", "rule KW103"),
            ("--color never rule KW103", "rule --color never KW103"),
            ("rule --rules mine KW103", "rule --rules mine KW103"),
            ("--rules mine rule KW103", "rule --rules mine KW103"),
            ("--all rule", "rule --all"),
            ("-n shop rbac", "rbac -n shop"),
            ("assess deploy/", "assess deploy/"),
            ("assess --live deploy/", "assess --live deploy/"),
            ("help", "page --help"),
            ("help rule", "help rule"),
            ("rule --help", "rule --help"),
            ("--help rule", "rule --help"),
            ("--help", "page --help"),
            ("-A -h", "page -h"),
            ("-Ah", "page -h"),
            ("deployment/web --help", "page --help"),
            ("--version", "page --version"),
            ("-V", "page --version"),
            ("-n --help", "page --help"),
            ("--unknown deployment/web", "assess --live deployment/web --unknown"),
            ("--unknown web", "assess --live web --unknown"),
            ("deployments.apps/web", "assess --live deployments.apps/web"),
            ("deployments.v1.apps/web", "assess --live deployments.v1.apps/web"),
        ] {
            assert_eq!(translated(line), expected, "kubectl worthy {line}");
        }
    }

    #[test]
    fn what_is_neither_a_command_nor_an_object_is_said() {
        for (line, words) in [
            ("ruel", "error: `ruel` is neither a command nor TYPE/NAME; did you mean `rule`?"),
            ("frontend", "as in `deployment/frontend`"),
            ("-- rule", "`rule` is neither a command nor TYPE/NAME"),
            ("deployment", "is a type without a name"),
            ("deployment deployment/web", "names a type twice; write `deployment/web` alone"),
            ("./deploy", "files are assessed by `kubectl worthy assess ./deploy`"),
            ("deploy/k8s/web", "is not TYPE/NAME"),
            ("deploy/", "is not TYPE/NAME"),
            ("/web", "is not TYPE/NAME"),
            ("-", "neither a command nor TYPE/NAME"),
        ] {
            let said = translated(line);
            assert!(said.starts_with("error: ") && said.contains(words), "kubectl worthy {line}: {said}");
        }
    }

    #[test]
    fn the_trees_are_consistent() {
        command(Called::Plugin).debug_assert();
        page().debug_assert();
    }

    /// Which command follows is found before its flags are known, so that a flag must mean the same in all of them.
    #[test]
    fn a_flag_takes_a_value_in_every_command_or_in_none() {
        let mut tree = command(Called::Plugin);
        tree.build();
        let mut takes: std::collections::BTreeMap<String, bool> = std::collections::BTreeMap::new();
        for command in tree.get_subcommands() {
            for argument in command.get_arguments() {
                let names = argument.get_long().map(|name| format!("--{name}"));
                let names = names.into_iter().chain(argument.get_short().map(|letter| format!("-{letter}")));
                for name in names {
                    let value = argument.get_action().takes_values();
                    assert_eq!(*takes.entry(name.clone()).or_insert(value), value, "{name} in {}", command.get_name());
                }
            }
        }
        assert!(takes.len() > 20);
    }

    /// The command lines on the plugin's page: in blocks for a shell, and between backticks.
    fn written() -> Vec<String> {
        let page = include_str!("../../docs/kubectl-plugin.md");
        let shown = page.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
        let shown = shown.flat_map(str::lines).map(|line| line.split('#').next().unwrap_or_default());
        let spans =
            page.lines().filter(|line| !line.starts_with("```")).flat_map(|line| line.split('`').skip(1).step_by(2));
        let lines = shown.chain(spans).filter_map(|line| line.strip_prefix("kubectl worthy"));
        lines.filter(|line| !line.contains(['[', '…'])).map(str::to_owned).collect()
    }

    /// The examples of the plugin's help and page are command lines that this program takes.
    #[test]
    fn the_examples_can_be_typed() {
        let command = command(Called::Plugin);
        let live = command
            .find_subcommand("assess")
            .is_some_and(|assess| assess.get_arguments().any(|argument| argument.get_id() == "live"));
        let mut tried = 0;
        let examples = EXAMPLES.lines().filter_map(|line| line.strip_prefix("  kubectl worthy"));
        let examples = examples.map(|line| line.split("   ").next().unwrap_or_default().to_owned());
        for line in examples.chain(written()) {
            let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
            let first = words.first().map(|word| text(word)).unwrap_or_default();
            if !live && command.find_subcommand(&*first).is_none() {
                continue;
            }
            tried += 1;
            match matches(&mut command.clone(), &words) {
                Err(error) if error.use_stderr() => panic!("kubectl worthy{line}: {error}"),
                _ => {}
            }
        }
        assert!(tried >= if live { 20 } else { 5 }, "{tried}");
    }

    #[test]
    fn every_command_is_named_in_hints() {
        for command in Arguments::command().get_subcommands() {
            let line = format!("see `{PROGRAM} {}`", command.get_name());
            let expected = format!("see `{PLUGIN} {}`", command.get_name());
            assert_eq!(as_called(&line, PLUGIN), expected, "src/text/command.rs lists the commands");
        }
    }
}
