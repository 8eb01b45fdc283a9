//! The words that may stand next, for kubectl and for the scripts of `completion`, in the protocol of kubectl's own
//! completions: a candidate on each line, a tab before what it means, and at the end a line with a number that says what
//! else the shell may offer.
//!
//! Everything comes from the tree of commands, from the data of the program, and, for the names of contexts, from the
//! user's kubeconfig. No cluster is asked.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Arg, ArgAction, Command, ValueHint};

use super::Exit;
use super::output::Terminal;
use super::plugin::{self, Called, TYPES, is_type};
use super::words::{Flags, Scan, looks_like_a_flag, text};
use crate::choices::Choices;
use crate::context::keys::KEYS;
use crate::difference;
use crate::naming::CAUSES;
use crate::report::Format;
use crate::source::{self, Input};
use crate::text::SourceId;
use crate::text::sanitize::is_unsafe;
use crate::yaml::{Node, parse_documents};
use crate::{Kit, OwnFiles};

/// What the shell may offer beside the candidates, in cobra's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    /// Files, where there are no candidates.
    Files = 0,
    /// Nothing.
    Nothing = 4,
    /// Nothing, and no space after the candidate, which goes on.
    GoesOn = 6,
    /// Files whose extensions are the candidates.
    FilesWithExtension = 8,
    /// Folders.
    Folders = 16,
}

/// A word that may stand next, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    word: String,
    meaning: String,
}

/// The answer to the shell.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    candidates: Vec<Candidate>,
    directive: Directive,
}

/// The word after the program's name by which the scripts of `completion` ask.
pub(super) const ASKED: &str = "__complete";

/// Words that are not in the tree of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Rules,
    Targets,
    /// What may make the gate fail.
    Causes,
    /// The names in a list of the kubeconfig.
    Named(&'static str),
    /// Namespaces that contexts of the kubeconfig name.
    Namespaces,
}

/// Answers kubectl or a script: the last of the words is the one to complete, and may be empty.
pub(super) fn run(words: &[OsString], terminal: &Terminal) -> Exit {
    let mut root = match terminal.called() {
        Called::Itself => plugin::command(Called::Itself),
        Called::Plugin | Called::Completion => plugin::page(),
    };
    root.build();
    let answer = complete(words, &root, &known);
    terminal.print(&answer.text())
}

impl Answer {
    fn nothing() -> Self {
        Self { candidates: Vec::new(), directive: Directive::Nothing }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for Candidate { word, meaning } in &self.candidates {
            // A line is a candidate, whatever is in a name.
            if word.is_empty() || word.chars().any(|c| is_unsafe(c) || c.is_control()) {
                continue;
            }
            let meaning = meaning.lines().next().unwrap_or_default().replace('\t', " ");
            let separator = if meaning.is_empty() { "" } else { "\t" };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{word}{separator}{meaning}");
        }
        let _ = writeln!(text, ":{}", self.directive as u8);
        text
    }
}

fn candidate(word: impl Into<String>, meaning: impl Into<String>) -> Candidate {
    Candidate { word: word.into(), meaning: meaning.into() }
}

/// Gives a list of words; the second argument holds the kubeconfig that was named on the command line, if any.
type Known<'k> = &'k dyn Fn(List, Option<&str>) -> Vec<Candidate>;

fn complete(words: &[OsString], root: &Command, known: Known<'_>) -> Answer {
    let (last, before) = match words.split_last() {
        Some((last, before)) => (text(last), before),
        None => ("".into(), words),
    };
    let scan = Flags::of(root, root).scan(before);
    let (command, operands) = command(root, &scan, before);
    // Once more, since what a flag takes may depend on the command.
    let flags = Flags::of(command, command);
    let request = Request { root, command, operands, scan: flags.scan(before), flags, known };
    request.answer(&last)
}

/// The command that the words before the last one lead to, and its operands among them.
fn command<'c>(root: &'c Command, scan: &Scan<'c>, words: &[OsString]) -> (&'c Command, Vec<String>) {
    let mut command = root;
    let mut operands: Vec<String> = Vec::new();
    let first = scan.first_operand();
    for at in scan.operands() {
        let word = text(&words[at]).into_owned();
        match command.find_subcommand(&word) {
            Some(subcommand) if operands.is_empty() && (first == Some(at) || !std::ptr::eq(command, root)) => {
                command = subcommand;
            }
            _ => operands.push(word),
        }
    }
    (command, operands)
}

struct Request<'c, 'k> {
    root: &'c Command,
    command: &'c Command,
    operands: Vec<String>,
    scan: Scan<'c>,
    flags: Flags<'c>,
    known: Known<'k>,
}

impl Request<'_, '_> {
    fn answer(&self, last: &str) -> Answer {
        if let Some(argument) = self.scan.open
            && !looks_like_a_flag(last)
        {
            return self.value(argument, last);
        }
        if !self.scan.separated && last.starts_with('-') {
            return match last.split_once('=') {
                Some((flag, value)) => match self.flag(flag).filter(|flag| flag.get_action().takes_values()) {
                    Some(argument) => self.value(argument, value),
                    None => Answer::nothing(),
                },
                None => self.flags(last),
            };
        }
        self.operand(last)
    }

    fn flag(&self, flag: &str) -> Option<&Arg> {
        match flag.strip_prefix("--") {
            Some(name) => self.flags.long(name),
            None => flag.chars().next_back().and_then(|letter| self.flags.short(letter)),
        }
    }

    /// Flags that begin so, without those that were given and may be given only once.
    fn flags(&self, last: &str) -> Answer {
        let is_open = |argument: &&Arg| {
            let again = matches!(argument.get_action(), ArgAction::Append | ArgAction::Count);
            let is_given = self.scan.given.iter().any(|(given, _)| given.get_id() == argument.get_id());
            !argument.is_hide_set() && !argument.is_positional() && (again || !is_given)
        };
        let mut candidates = Vec::new();
        for argument in self.command.get_arguments().filter(is_open) {
            let meaning = argument.get_help().map(ToString::to_string).unwrap_or_default();
            let long = argument.get_long().map(|name| format!("--{name}"));
            let short = argument.get_short().map(|letter| format!("-{letter}"));
            candidates.extend(long.into_iter().chain(short).map(|word| candidate(word, &*meaning)));
        }
        candidates.sort();
        beginning(candidates, last, Directive::Nothing)
    }

    fn operand(&self, last: &str) -> Answer {
        if self.operands.is_empty() && self.command.has_subcommands() {
            let is_root = std::ptr::eq(self.command, self.root);
            let commands = self.command.get_subcommands().filter(|command| !command.is_hide_set());
            let meaning = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
            let commands = commands.map(|command| candidate(command.get_name(), meaning(command))).collect();
            // After `--` nothing is a command.
            let commands = if self.scan.separated { Vec::new() } else { commands };
            let answer = beginning(commands, last, Directive::Nothing);
            if is_root && answer.candidates.is_empty() && self.command.get_positionals().next().is_some() {
                let types = TYPES.iter().map(|[name, ..]| candidate(format!("{name}/"), "")).collect();
                return beginning(types, last, Directive::GoesOn);
            }
            return answer;
        }
        if std::ptr::eq(self.command, self.root) || self.operands.first().is_some_and(|first| is_type(first)) {
            // What an object is called, only its cluster knows.
            return Answer::nothing();
        }
        let positional: Vec<&Arg> = self.command.get_positionals().collect();
        let takes_all = |argument: &&&Arg| argument.get_num_args().is_some_and(|count| count.max_values() > 1);
        let argument = positional.get(self.operands.len()).or_else(|| positional.last().filter(takes_all));
        argument.map_or_else(Answer::nothing, |argument| self.value(argument, last))
    }

    /// The values of an argument that begin so.
    fn value(&self, argument: &Arg, last: &str) -> Answer {
        let possible = argument.get_possible_values();
        if !possible.is_empty() && argument.get_action().takes_values() {
            let meaning = |value: &clap::builder::PossibleValue| value.get_help().map(ToString::to_string);
            let possible = possible.iter().filter(|value| !value.is_hide_set());
            let possible = possible.map(|value| candidate(value.get_name(), meaning(value).unwrap_or_default()));
            return beginning(possible.collect(), last, Directive::Nothing);
        }
        let name = argument.get_long().unwrap_or_else(|| argument.get_id().as_str());
        let hint = argument.get_value_hint();
        match (self.command.get_name(), name, hint) {
            ("rule", "code", _) => codes(self.list(List::Rules), last),
            ("targets", "name", _) => beginning(self.list(List::Targets), last, Directive::Nothing),
            (_, "output", ValueHint::FilePath) => Answer { directive: Directive::Files, ..Answer::nothing() },
            ("diff", "output", _) => formats::<difference::Format>(last),
            (_, "output", _) => formats::<Format>(last),
            (_, "fail-on", _) => listed(self.list(List::Causes), last),
            (_, "set", _) => statements(last),
            (_, "namespace", _) => beginning(self.list(List::Namespaces), last, Directive::Nothing),
            (_, "context", ValueHint::Unknown | ValueHint::Other) => self.named("contexts", last),
            (_, "cluster", _) => self.named("clusters", last),
            (_, "user", _) => self.named("users", last),
            (_, "values" | "file" | "context" | "context-file", ValueHint::FilePath) => {
                let extensions = ["yaml", "yml", "json"].map(|extension| candidate(extension, ""));
                Answer { candidates: extensions.into(), directive: Directive::FilesWithExtension }
            }
            (_, _, ValueHint::DirPath) => Answer { directive: Directive::Folders, ..Answer::nothing() },
            (_, _, ValueHint::AnyPath | ValueHint::FilePath | ValueHint::ExecutablePath) => {
                Answer { directive: Directive::Files, ..Answer::nothing() }
            }
            _ => Answer::nothing(),
        }
    }

    fn named(&self, list: &'static str, last: &str) -> Answer {
        beginning(self.list(List::Named(list)), last, Directive::Nothing)
    }

    fn list(&self, list: List) -> Vec<Candidate> {
        let is_kubeconfig = |argument: &&Arg| argument.get_long() == Some("kubeconfig");
        let file = self.scan.given.iter().rev().find(|(argument, _)| is_kubeconfig(argument));
        (self.known)(list, file.and_then(|(_, value)| value.as_deref()))
    }
}

fn beginning(mut candidates: Vec<Candidate>, last: &str, directive: Directive) -> Answer {
    candidates.retain(|candidate| candidate.word.starts_with(last));
    let directive = if candidates.is_empty() { Directive::Nothing } else { directive };
    Answer { candidates, directive }
}

/// Codes of rules as the user began to write them; shells drop what does not begin with the same letters.
fn codes(rules: Vec<Candidate>, last: &str) -> Answer {
    let lower = last.starts_with('k');
    let word = |code: String| if lower { code.to_ascii_lowercase() } else { code };
    let rules = rules.into_iter().map(|rule| candidate(word(rule.word), rule.meaning)).collect();
    beginning(rules, last, Directive::Nothing)
}

/// Formats, and after `=` the file.
fn formats<F: clap::ValueEnum>(last: &str) -> Answer {
    if last.contains('=') {
        return Answer { directive: Directive::Files, ..Answer::nothing() };
    }
    let values = F::value_variants().iter().filter_map(clap::ValueEnum::to_possible_value);
    let meaning = |value: &clap::builder::PossibleValue| value.get_help().map(ToString::to_string).unwrap_or_default();
    let values = values.map(|value| candidate(value.get_name(), meaning(&value))).collect();
    beginning(values, last, Directive::Nothing)
}

/// Words of a list with commas, the last of which is being written.
fn listed(words: Vec<Candidate>, last: &str) -> Answer {
    let (before, last) = last.rsplit_once(',').map_or(("", last), |(before, last)| (before, last));
    let mut answer = beginning(words, last, Directive::Nothing);
    if !before.is_empty() {
        for candidate in &mut answer.candidates {
            candidate.word = format!("{before},{}", candidate.word);
        }
    }
    answer
}

/// Keys of what an owner may state; what they are worth only the owner knows.
fn statements(last: &str) -> Answer {
    if last.contains('=') {
        return Answer::nothing();
    }
    let keys = KEYS.iter().map(|key| candidate(format!("{}=", key.name), key.meaning)).collect();
    beginning(keys, last, Directive::GoesOn)
}

/// Words from the program's data and from the user's kubeconfig.
fn known(list: List, kubeconfig: Option<&str>) -> Vec<Candidate> {
    match list {
        List::Named(list) => from_kubeconfig(kubeconfig, |root| names(root, list)),
        List::Namespaces => from_kubeconfig(kubeconfig, |root| {
            let contexts =
                root.get("contexts").map(|contexts| contexts.items().collect::<Vec<_>>()).unwrap_or_default();
            let namespace = |context: &Node<'_>| context.at(&["context", "namespace"])?.string().map(str::to_owned);
            contexts.iter().filter_map(namespace).collect()
        }),
        List::Rules | List::Targets | List::Causes => {
            let Ok(kit) = Kit::load(&OwnFiles::default()) else { return Vec::new() };
            if list == List::Causes {
                let rules = kit.rules.iter().map(|rule| candidate(&*rule.code, &*rule.title));
                let family = |rule: &crate::rules::Rule| {
                    rule.code.get(..3).map(|number| format!("{number}xx")).into_iter().chain([rule.family().to_owned()])
                };
                let families: BTreeSet<String> =
                    kit.rules.iter().flat_map(family).filter(|family| !family.is_empty()).collect();
                let families = families.into_iter().map(|family| candidate(family, "a family of rules"));
                let causes = CAUSES.into_iter().map(|(cause, meaning)| candidate(cause, meaning));
                return causes.chain(families).chain(rules).collect();
            }
            if list == List::Rules {
                return kit.rules.iter().map(|rule| candidate(&*rule.code, &*rule.title)).collect();
            }
            let targets = kit.catalogue.targets().iter().map(|target| candidate(&*target.id, &*target.name));
            let beside = kit.catalogue.complements().iter();
            targets.chain(beside.map(|complement| candidate(&*complement.id, &*complement.name))).collect()
        }
    }
}

fn names(root: Node<'_>, list: &str) -> Vec<String> {
    let entries = root.get(list).map(|list| list.items().collect::<Vec<_>>()).unwrap_or_default();
    entries.iter().filter_map(|entry| entry.get("name")?.string().map(str::to_owned)).collect()
}

/// Names from the files that kubectl would read: the one that was named, those of `KUBECONFIG`, or that of the home folder.
fn from_kubeconfig(named: Option<&str>, read: impl Fn(Node<'_>) -> Vec<String>) -> Vec<Candidate> {
    let files: Vec<PathBuf> = match (named, std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty())) {
        (Some(file), _) => vec![file.into()],
        (None, Some(list)) => std::env::split_paths(&list).collect(),
        (None, None) => std::env::home_dir().map(|home| home.join(".kube/config")).into_iter().collect(),
    };
    let files: Vec<Input> = files.into_iter().filter(|file| file.is_file()).map(Input::Path).collect();
    // What cannot be read has no names to offer; kubectl itself will say why when it is used.
    let collected = source::collect(&files, &Choices::default());
    let mut found: Vec<String> = Vec::new();
    for file in &collected.files {
        for document in parse_documents(SourceId(0), &Arc::clone(&file.text), &collected.choices.limits) {
            let Ok(tree) = document else { continue };
            found.extend(tree.root().map(&read).unwrap_or_default());
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|name| candidate(name, "")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with what the program's own may not have: hidden flags, flags of a cluster.
    fn tree() -> Command {
        let flag = |name: &'static str| Arg::new(name).long(name);
        let switch = |name: &'static str| flag(name).action(ArgAction::SetTrue);
        let mut tree = Command::new("kubectl worthy")
            .arg(flag("color").value_parser(["auto", "never"]).global(true).help("When to colour"))
            .args([
                flag("namespace").short('n').action(ArgAction::Append).help("A\tnamespace\nand more"),
                switch("all-namespaces").short('A').help("All of them"),
                flag("kubeconfig").value_hint(ValueHint::FilePath),
                flag("context").action(ArgAction::Append),
                flag("cluster"),
                flag("user"),
                flag("token").hide(true),
            ])
            .subcommand(Command::new("rule").about("Explain").arg(Arg::new("code")).arg(switch("all")).arg(flag("set")))
            .subcommand(Command::new("rbac").about("Role"))
            .subcommand(Command::new("secret").hide(true))
            .subcommand(
                Command::new("config")
                    .about("Settings")
                    .subcommand(Command::new("show").arg(flag("system")).arg(flag("output")))
                    .subcommand(Command::new("schema")),
            )
            .subcommand(Command::new("check").about("Gate").arg(flag("fail-on")).arg(flag("output").short('o')))
            .subcommand(Command::new("snapshot").arg(flag("output").value_hint(ValueHint::FilePath)))
            .subcommand(Command::new("diff").arg(flag("output")))
            .arg(Arg::new("object"))
            .subcommand(
                Command::new("assess")
                    .arg(Arg::new("path").num_args(0..).value_hint(ValueHint::AnyPath))
                    .arg(flag("file").value_hint(ValueHint::FilePath))
                    .arg(flag("rules").value_hint(ValueHint::DirPath)),
            );
        tree.build();
        tree
    }

    fn lists(list: List, kubeconfig: Option<&str>) -> Vec<Candidate> {
        let from = kubeconfig.unwrap_or("default");
        match list {
            List::Rules => vec![candidate("KW101", "One"), candidate("KW201", "Two")],
            List::Targets => vec![candidate("cloud-run", "Run")],
            List::Causes => vec![candidate("needless", "None"), candidate("regression", "Worse")],
            List::Named(list) => vec![candidate(format!("{list}-of-{from}"), "")],
            List::Namespaces => {
                vec![candidate("shop", ""), candidate("bad\u{1b}name", ""), candidate("two\nlines", "")]
            }
        }
    }

    fn answer(line: &str) -> String {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        complete(&words, &tree(), &lists).text().trim_end().replace('\n', " ").replace('\t', "~")
    }

    #[test]
    fn names_come_from_the_kubeconfig_and_nothing_else_does() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config");
        let text = "contexts:\n- name: blue\n  context: {cluster: one, user: me, namespace: shop}\n- {name: green}\n- 7\n\
                    clusters: [{name: one, cluster: {server: 'https://hidden.example'}}]\nusers:\n- {name: me, user: {token: hidden}}\n";
        std::fs::write(&file, text).expect("written");
        let named = |list| {
            let words = known(list, file.to_str()).into_iter().map(|candidate| candidate.word + &candidate.meaning);
            words.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(named(List::Named("contexts")), "blue green");
        assert_eq!(named(List::Named("clusters")), "one");
        assert_eq!(named(List::Named("users")), "me");
        assert_eq!(named(List::Namespaces), "shop");
        std::fs::write(&file, "contexts: [{name: blue}\n").expect("written");
        assert_eq!(named(List::Named("contexts")), "");
        assert_eq!(known(List::Namespaces, Some("no/such/file")), []);
        assert!(known(List::Rules, None).len() > 50 && known(List::Targets, None).len() > 20);
    }

    #[test]
    fn words_that_may_stand_next_are_offered() {
        for (line, expected) in [
            (
                "",
                "rule~Explain rbac~Role config~Settings check~Gate snapshot diff assess help~Print this message or the help of the given subcommand(s) :4",
            ),
            ("ru", "rule~Explain :4"),
            ("sec", ":4"),
            ("dep", "deployment/ :6"),
            ("deployment ", ":4"),
            ("deployment/web ", ":4"),
            ("--kubec", "--kubeconfig :4"),
            ("--tok", ":4"),
            ("--n", "--namespace~A namespace :4"),
            (
                "-A -",
                "--cluster --color~When to colour --context --help~Print help --kubeconfig --namespace~A namespace --user -h~Print help -n~A namespace :4",
            ),
            ("-n", "-n~A namespace :4"),
            ("-n ", "shop :4"),
            ("-An ", "shop :4"),
            ("-n=s", "shop :4"),
            ("--namespace=s", "shop :4"),
            ("--namespace=x", ":4"),
            (
                "--namespace --",
                "--all-namespaces~All of them --cluster --color~When to colour --context --help~Print help --kubeconfig --namespace~A namespace --user :4",
            ),
            ("--context ", "contexts-of-default :4"),
            ("--kubeconfig mine --context ", "contexts-of-mine :4"),
            ("--kubeconfig=mine --cluster=", "clusters-of-mine :4"),
            ("--user u", "users-of-default :4"),
            ("--kubeconfig ", ":0"),
            ("--color ", "auto never :4"),
            ("--color=n", "never :4"),
            ("--color never ru", "rule~Explain :4"),
            ("rule ", "KW101~One KW201~Two :4"),
            ("rule KW1", "KW101~One :4"),
            ("rule kw2", "kw201~Two :4"),
            ("rule KW101 ", ":4"),
            ("rule --", "--all --color~When to colour --help~Print help --set :4"),
            ("rule --all --a", ":4"),
            ("rule --set availability", "availability-target=~the availability to reach, in percent :6"),
            ("rule --set availability-target=", ":4"),
            ("assess ", ":0"),
            ("assess a b ", ":0"),
            ("assess --rules ", ":16"),
            ("assess --file ", "yaml yml json :8"),
            ("assess -- -", ":0"),
            ("config s", "show schema :4"),
            ("config show --sys", "--system :4"),
            ("config show ", ":4"),
            ("help config sc", "schema :4"),
            ("check --fail-on ", "needless~None regression~Worse :4"),
            ("check --fail-on=needless,re", "needless,regression~Worse :4"),
            ("check -o js", "json~JSON, version 1, for programs; see docs/schemas/report-v1.json :4"),
            ("check -o json=", ":0"),
            ("diff --output sar", ":4"),
            ("snapshot --output ", ":0"),
            ("help r", "rule~Explain rbac~Role :4"),
            ("-- r", "replicaset/ replicationcontroller/ rollout/ :6"),
            ("-- -", ":4"),
            ("--unknown=", ":4"),
            ("--unknown ru", "rule~Explain :4"),
            (
                "-= ",
                "rule~Explain rbac~Role config~Settings check~Gate snapshot diff assess help~Print this message or the help of the given subcommand(s) :4",
            ),
            ("--=", ":4"),
            ("-é=", ":4"),
            ("rule rule ", ":4"),
            ("a b c ", ":4"),
        ] {
            assert_eq!(answer(line), expected, "kubectl worthy {line:?}");
        }
        assert_eq!(complete(&[], &tree(), &lists), complete(&[OsString::new()], &tree(), &lists));
    }
}
