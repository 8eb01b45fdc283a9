//! `kubeworthy completion`: scripts for shells, and the name under which kubectl asks for the words of its plugin.

use std::path::{Path, PathBuf};

use super::Exit;
use super::arguments::{Completion, Shell};
use super::output::Terminal;
use super::plugin::{self, COMPLETION_FILE, Called, PLUGIN_FILE};
use crate::text::command::{PROGRAM, for_shell};
use crate::text::sanitize::for_terminal;

pub(super) fn run(arguments: &Completion, terminal: &Terminal) -> Exit {
    let script = match arguments.shell {
        Shell::Kubectl if arguments.install => return install(arguments.directory.as_deref(), terminal),
        Shell::Kubectl => return terminal.print(&terminal.in_words(&how(plugin_file(terminal.called()).as_deref()))),
        Shell::Bash => Script::Asks(include_str!("completion/bash.sh")),
        Shell::Zsh => Script::Asks(include_str!("completion/zsh.sh")),
        Shell::Fish => Script::Asks(include_str!("completion/fish.fish")),
        Shell::Elvish => Script::Holds(clap_complete::Shell::Elvish),
        Shell::PowerShell => Script::Holds(clap_complete::Shell::PowerShell),
    };
    if arguments.install {
        let mistake =
            "`--install` is for `completion kubectl`; a script is printed, and goes where your shell looks for it";
        terminal.note(&format!("error: {mistake}"));
        return Exit::Error;
    }
    let (mut command, name) = match terminal.called() {
        Called::Itself => (plugin::command(Called::Itself), PROGRAM),
        Called::Plugin | Called::Completion => {
            terminal.note(
                "note: this script completes `kubectl-worthy`; for `kubectl worthy` in every shell, run \
                 `kubeworthy completion kubectl --install`",
            );
            (plugin::page().override_usage("").bin_name(PLUGIN_FILE), PLUGIN_FILE)
        }
    };
    match script {
        Script::Asks(template) => {
            let function = name.replace('-', "_");
            terminal.print(&template.replace("{{name}}", name).replace("{{function}}", &function))
        }
        Script::Holds(shell) => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, name, &mut script);
            terminal.print(&String::from_utf8_lossy(&script))
        }
    }
}

/// A script for a shell.
enum Script {
    /// One that asks the program for the words that may stand next, so that it knows what is in the data and never grows
    /// old.
    Asks(&'static str),
    /// One that holds the commands and flags itself.
    Holds(clap_complete::Shell),
}

/// How the completions of the plugin are made available.
fn how(plugin: Option<&Path>) -> String {
    let folder = plugin.and_then(Path::parent).map_or_else(|| "/usr/local/bin".into(), Path::to_string_lossy);
    let link = for_shell(&format!("{folder}/{COMPLETION_FILE}")).into_owned();
    format!(
        "kubectl asks a program named {COMPLETION_FILE}, anywhere on PATH, for the words that may follow `kubectl worthy`.\n\
         This program answers when it is called by that name:\n\n  \
         kubeworthy completion kubectl --install\n\n\
         writes the link beside {PLUGIN_FILE}, as does by hand\n\n  \
         ln -s {PLUGIN_FILE} {}\n\n\
         The shell has to complete kubectl itself: see `kubectl completion --help`.\n",
        for_terminal(&link)
    )
}

/// Where the plugin lies: the name that it was called by, or else the first of that name on PATH. What links lead to is not
/// asked, since installers link a new version in the place of the old one.
fn plugin_file(called: Called) -> Option<PathBuf> {
    let first = std::env::args_os().next().map(PathBuf::from).filter(|_| called == Called::Plugin);
    let named = first.filter(|path| path.parent().is_some_and(|folder| !folder.as_os_str().is_empty()));
    named.or_else(|| on_path(&file_name(PLUGIN_FILE))).and_then(|path| std::path::absolute(path).ok())
}

fn on_path(name: &str) -> Option<PathBuf> {
    search_path().into_iter().map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

fn file_name(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

fn install(directory: Option<&Path>, terminal: &Terminal) -> Exit {
    let shown = |path: &Path| for_terminal(&path.to_string_lossy()).into_owned();
    let itself = std::env::current_exe().ok();
    let plugin = plugin_file(terminal.called());
    let beside = plugin.as_deref().and_then(Path::parent);
    let Some(folder) = directory.or(beside) else {
        terminal.note(&format!(
            "error: there is no {PLUGIN_FILE} on PATH to put the link beside; link this program under that name first, or \
             say where with --directory"
        ));
        return Exit::Error;
    };
    let Some(target) = plugin.as_deref().or(itself.as_deref()) else {
        terminal.note("error: the system does not say where this program lies; make the link by hand");
        return Exit::Error;
    };
    let link = folder.join(file_name(COMPLETION_FILE));
    let is_beside = beside.is_some_and(|beside| is_same(beside, folder));
    let target = match target.file_name() {
        Some(name) if is_beside => Path::new(name),
        _ => target,
    };
    if link.symlink_metadata().is_ok() {
        let own = plugin.iter().chain(&itself).any(|program| is_same(program, &link));
        return if own {
            terminal.note(&format!("{} is there already and leads to this program; nothing was written", shown(&link)));
            Exit::Done
        } else {
            terminal.note(&format!(
                "error: {} is there already and does not lead to this program; nothing was written; remove it, or choose \
                 another folder with --directory",
                shown(&link)
            ));
            Exit::Error
        };
    }
    if let Err(error) = terminal.link(target, &link) {
        terminal.note(&format!(
            "error: {} could not be written: {error}; choose a folder on PATH that you may write to with --directory",
            shown(&link)
        ));
        return Exit::Error;
    }
    let how = if cfg!(unix) { "now leads to" } else { "is a copy of" };
    terminal.note(&format!("{} {how} {}; kubectl completes `kubectl worthy` with it", shown(&link), shown(target)));
    if !search_path().iter().any(|searched| is_same(searched, folder)) {
        terminal.note(&format!("note: {} is not on PATH, where kubectl looks for it", shown(folder)));
    }
    Exit::Done
}

/// Whether two paths lead to the same file or folder.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
