//! `kubeworthy man`: manual pages, one for the program and one for each command, made from the tree of commands.

use clap::Command;
use clap_mangen::roff::{Roff, bold, roman};

use super::Exit;
use super::arguments::Man;
use super::output::Terminal;
use super::plugin::{self, Called, PLUGIN_FILE};
use crate::text::command::{PROGRAM, as_called};

/// The section of commands that users run.
const SECTION: &str = "1";

/// Where a text about something applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// For every command.
    Everywhere,
    /// For the program, and for commands with an argument of one of these names.
    With(&'static [&'static str]),
}

/// Commands that show text for people.
const SHAPED: Where = Where::With(&["lang", "width"]);
/// Commands that read clusters.
const CLUSTERS: Where = Where::With(&["kubeconfig"]);
/// Commands that take a part of the systems.
const SHARDS: Where = Where::With(&["shard"]);
/// Commands that depend on what the owner states.
const STATED: Where = Where::With(&["context_file"]);
/// Commands that know a baseline.
const GATED: Where = Where::With(&["baseline"]);

/// The variables of the environment that the program looks at.
const ENVIRONMENT: &[(&str, Where, &str)] = &[
    (
        "NO_COLOR",
        Where::Everywhere,
        "Where it is set and not empty, nothing is coloured, unless --color says otherwise.",
    ),
    (
        "CLICOLOR_FORCE, FORCE_COLOR",
        Where::Everywhere,
        "Where one is set, not empty and not 0, text is coloured where it does not go to a terminal too. NO_COLOR is \
         stronger, and --color stronger than both.",
    ),
    ("CLICOLOR", Where::Everywhere, "With 0, a terminal is not coloured either."),
    (
        "TERM",
        Where::Everywhere,
        "With dumb, there are neither colours nor links, and --watch does not clear the screen.",
    ),
    ("FORCE_HYPERLINK", SHAPED, "Whether codes of rules are links, whatever the terminal; --hyperlinks is stronger."),
    (
        "NO_GRAPHICS",
        SHAPED,
        "Where it is set and not empty, the screen is told in sentences without pictures (the format narrated), for screen \
         readers.",
    ),
    ("COLUMNS", SHAPED, "The columns of the terminal, where the shell exports them; --width is stronger."),
    ("LC_ALL, LC_CTYPE, LANG", SHAPED, "Whether the locale has Unicode to draw with; --charset is stronger."),
    (
        "SOURCE_DATE_EPOCH",
        Where::Everywhere,
        "The moment that is taken for now, in seconds since the beginning of 1970, so that the same input gives the same \
         bytes on any day.",
    ),
    (
        "JOB_COMPLETION_INDEX, CI_NODE_INDEX",
        SHARDS,
        "Which shard this is, where --shard names only their number: counted from 0 in an indexed Job of Kubernetes, and \
         from 1 in a parallel job of GitLab.",
    ),
    ("KUBECONFIG", CLUSTERS, "The kubeconfig files, as for kubectl."),
    ("KUBERC", CLUSTERS, "The file with kubectl's preferences, of which the policy on credential plugins is honoured."),
    (
        "KUBEWORTHY_TOKEN",
        CLUSTERS,
        "A bearer token for the cluster, hidden from other users of the machine; --token is stronger.",
    ),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", CLUSTERS, "The way to the API server, in lower case too."),
    (
        "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT",
        CLUSTERS,
        "The API server inside of a pod, where there is no kubeconfig.",
    ),
    ("HOME, USERPROFILE", CLUSTERS, "Where .kube lies."),
    (
        "PATH",
        Where::With(&["render", "kubeconfig", "shell"]),
        "Where programs are looked for that the user asks for: those that render charts and kustomizations, those that sign in to clusters, kubectl-worthy.",
    ),
];

/// The files that have a meaning.
const FILES: &[(&str, Where, &str)] = &[
    (
        "kubeworthy.yaml",
        STATED,
        "The configuration: what the owner states, what makes the gate fail, what is suppressed. It is found in the folder of \
         a system or in the nearest one above it, up to the root of the repository. `kubeworthy init` writes it, \
         `kubeworthy config schema` prints its schema.",
    ),
    (
        "kubeworthy.baseline.json",
        GATED,
        "The baseline, to be committed: what `kubeworthy baseline` accepted, so that `kubeworthy check` fails on what is worse.",
    ),
    (".gitignore", Where::With(&["paths"]), "What it excludes is not read, unless it is named."),
    (".env", Where::With(&["env_file"]), "Variables of a Compose project, read beside its Compose file."),
    ("~/.kube/config", CLUSTERS, "The kubeconfig, where KUBECONFIG names none."),
];

/// A manual page with the name of its file.
#[derive(Debug)]
struct Page {
    file: String,
    text: String,
}

pub(super) fn run(arguments: &Man, terminal: &Terminal) -> Exit {
    let pages = pages(terminal.called());
    let Some(folder) = &arguments.out else {
        return terminal.print(pages.first().map(|page| page.text.as_str()).unwrap_or_default());
    };
    let files: Vec<(String, &str)> = pages.iter().map(|page| (page.file.clone(), page.text.as_str())).collect();
    terminal.save_together(folder, &files)
}

/// The page of the program first, and then one for each command, in the order of their names.
fn pages(called: Called) -> Vec<Page> {
    let (program, root) = match called {
        Called::Itself => (PROGRAM, plugin::command(called)),
        Called::Plugin | Called::Completion => (PLUGIN_FILE, plugin::page()),
    };
    let mut root = root.disable_help_subcommand(true);
    root.build();
    let book = Book { called, examples: examples(&root), exits: exits(&root) };
    let mut pages = vec![book.page(&root, program, None)];
    book.add_below(&root, program, &mut pages);
    pages[1..].sort_by(|a, b| a.file.cmp(&b.file));
    pages
}

/// What all pages share.
struct Book {
    called: Called,
    examples: Vec<(String, String)>,
    exits: Vec<(String, String)>,
}

impl Book {
    fn add_below(&self, command: &Command, name: &str, pages: &mut Vec<Page>) {
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            let own = format!("{name}-{}", below.get_name());
            pages.push(self.page(below, &own, Some((command, name))));
            self.add_below(below, &own, pages);
        }
    }

    fn page(&self, command: &Command, name: &str, above: Option<(&Command, &str)>) -> Page {
        let typed = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
        let text = |text: &str| roman(as_called(text, self.called.program()).into_owned());
        let mut head = Roff::new();
        let source = format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"));
        // There is no day in it: the same version gives the same bytes. An empty argument has to be quoted.
        head.control("TH", [name.to_uppercase().as_str(), SECTION, "\"\"", &source, "kubeworthy manual"]);
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        head.control("SH", ["NAME"]).text([roman(format!("{name} - {about}"))]);
        head.control("SH", ["SYNOPSIS"]);
        for (at, usage) in usages(command).iter().enumerate() {
            if at > 0 {
                head.control("br", []);
            }
            let arguments = usage.strip_prefix(&typed).unwrap_or(usage);
            head.text([bold(&*typed), roman(arguments)]);
        }
        head.control("SH", ["DESCRIPTION"]);
        let long = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
        paragraphs(&mut head, &long);
        let mut tail = Roff::new();
        let whole = above.is_none();
        let is_here = |place: &Where| whole || applies(*place, command);
        let chosen = |table: &[(&'static str, Where, &'static str)]| -> Vec<(String, String)> {
            let rows = table.iter().filter(|(_, place, _)| is_here(place));
            rows.map(|(name, _, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        // Inside of an example only the command's own count.
        let is_of = |(line, _): &&(String, String)| whole || line.split('|').any(|part| begins(part.trim(), &typed));
        let examples: Vec<(String, String)> = self.examples.iter().filter(is_of).cloned().collect();
        for (title, rows) in [
            ("EXIT STATUS", &self.exits),
            ("ENVIRONMENT", &chosen(ENVIRONMENT)),
            ("FILES", &chosen(FILES)),
            ("EXAMPLES", &examples),
        ] {
            if !rows.is_empty() {
                tail.control("SH", [title]);
            }
            for (term, meaning) in rows {
                tail.control("TP", []).text([bold(&**term)]).text([text(meaning)]);
            }
        }
        let mut related: Vec<String> = above.iter().map(|(_, name)| (*name).to_owned()).collect();
        let siblings = above.iter().flat_map(|(parent, name)| parent.get_subcommands().map(move |one| (one, *name)));
        related.extend(siblings.map(|(one, parent)| format!("{parent}-{}", one.get_name())));
        related.extend(command.get_subcommands().map(|below| format!("{name}-{}", below.get_name())));
        related.retain(|other| other != name);
        related.sort();
        tail.control("SH", ["SEE ALSO"]);
        for (at, other) in related.iter().enumerate() {
            let end = if at + 1 < related.len() { "," } else { "" };
            tail.control("BR", [other.as_str(), &format!("({SECTION}){end}")]);
        }
        let man = clap_mangen::Man::new(command.clone().display_name(name.to_owned()));
        let mut written = head.render().into_bytes();
        // Writing to memory cannot fail.
        let _ = man.render_options_section(&mut written);
        if command.has_subcommands() {
            let _ = man.render_subcommands_section(&mut written);
        }
        written.extend_from_slice(tail.render().as_bytes());
        Page { file: format!("{name}.{SECTION}"), text: tidy(&String::from_utf8_lossy(&written)) }
    }
}

fn applies(place: Where, command: &Command) -> bool {
    match place {
        Where::Everywhere => true,
        Where::With(names) => command.get_arguments().any(|argument| names.contains(&argument.get_id().as_str())),
    }
}

/// Whether a command line calls a command, and not another whose name begins alike.
fn begins(line: &str, typed: &str) -> bool {
    line.strip_prefix(typed).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// How a command is called, a line each.
fn usages(command: &Command) -> Vec<String> {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.strip_prefix("Usage:").unwrap_or(&usage);
    usage.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

fn paragraphs(roff: &mut Roff, text: &str) {
    for line in text.lines() {
        if line.trim().is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
}

/// Roff without what its readers complain about. Lines of nothing, which stand between the paragraphs of longer helps, become
/// paragraphs of the same entry, no line is broken beside one, no line ends in spaces, and what is said to old readers is
/// said once.
fn tidy(text: &str) -> String {
    let mut tidy: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let line = if line.is_empty() { ".sp" } else { line };
        let last = tidy.last().copied().unwrap_or_default();
        let is_head = line.starts_with(".ie ") || line.starts_with(".el ");
        match line {
            ".sp" if last == ".sp" => {}
            ".br" if last == ".sp" => {}
            line if is_head && tidy.contains(&line) => {}
            line => {
                let is_new_entry = [".SH", ".TP", ".PP", ".RE"].iter().any(|name| line.starts_with(name));
                while tidy.last().is_some_and(|last| *last == ".br" && line == ".sp" || *last == ".sp" && is_new_entry)
                {
                    tidy.pop();
                }
                tidy.push(line);
            }
        }
    }
    tidy.join("\n") + "\n"
}

/// The lines of a part of the help of the program: what stands on the left, and what it means.
fn part(root: &Command, title: &str) -> Vec<(String, String)> {
    /// Deeper than any entry of the list begins.
    const CONTINUED: &str = "      ";
    let help = root.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    let mut rows: Vec<(String, String)> = Vec::new();
    for line in help.lines().skip_while(|line| *line != title).skip(1).take_while(|line| line.starts_with("  ")) {
        match (line.starts_with(CONTINUED), rows.last_mut()) {
            (true, Some((_, meaning))) if meaning.is_empty() => line.trim().clone_into(meaning),
            (true, Some((_, meaning))) => *meaning = format!("{meaning} {}", line.trim()),
            _ => {
                let line = line.trim();
                let (term, meaning) = line.split_once("  ").unwrap_or((line, ""));
                rows.push((term.to_owned(), meaning.trim().to_owned()));
            }
        }
    }
    rows
}

fn examples(root: &Command) -> Vec<(String, String)> {
    part(root, "Examples:")
}

fn exits(root: &Command) -> Vec<(String, String)> {
    part(root, "Exit codes:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_by_the_name_that_it_is_called_by() {
        for (called, program, typed) in
            [(Called::Itself, "kubeworthy", "kubeworthy"), (Called::Plugin, "kubectl-worthy", "kubectl worthy")]
        {
            let pages = pages(called);
            let files: Vec<&str> = pages.iter().map(|page| page.file.as_str()).collect();
            assert_eq!(files[0], format!("{program}.1"));
            for command in plugin::command(called).get_subcommands() {
                let file = format!("{program}-{}.1", command.get_name());
                let page = pages.iter().find(|page| page.file == file).unwrap_or_else(|| panic!("{file}: {files:?}"));
                assert!(page.text.contains(&format!("\\fB{typed} {}\\fR", command.get_name())), "{}", page.text);
                for title in
                    ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "ENVIRONMENT", "\"SEE ALSO\""]
                {
                    assert!(page.text.contains(&format!(".SH {title}\n")), "{file} lacks {title}");
                }
            }
            assert!(files.contains(&format!("{program}-config-show.1").as_str()));
            assert!(!files.iter().any(|file| file.contains("help")), "{files:?}");
        }
    }

    #[test]
    fn examples_and_exit_codes_are_those_of_the_help() {
        let root = plugin::command(Called::Itself);
        let examples = examples(&root);
        let of =
            |word: &str| examples.iter().find(|(line, _)| line.contains(word)).map(|(_, meaning)| meaning.as_str());
        assert_eq!(of("helm template"), Some("assess what a chart makes"));
        assert_eq!(of("rule KW103"), Some("explain a rule"));
        assert!(examples.iter().all(|(line, meaning)| !line.is_empty() && !meaning.is_empty()), "{examples:?}");
        assert_eq!(exits(&root).iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["0", "1", "2", "3"]);
        let diff = pages(Called::Itself).into_iter().find(|page| page.file == "kubeworthy-diff.1").expect("a page");
        assert!(diff.text.contains("HEAD~1") && !diff.text.contains("helm template"), "{}", diff.text);
    }
}
