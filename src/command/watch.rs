//! `--watch`: a run again whenever a file changes that it depends on, and what moved since the last one.
//!
//! A run that fails ends nothing: while somebody edits, files are broken for a while. The program is ended by Ctrl-C, which
//! ends it as it ends any other: shells see 130.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::Exit;
use super::arguments::{Output, Subject};
use super::assess::{Assessed, mistake};
use super::output::Terminal;
use crate::configuration::FILE_NAMES;
use crate::difference::{self, Origin, Report};
use crate::report::{self, Layout};
use crate::source::watch::{Scope, Watch};
use crate::text::sanitize::for_terminal;

/// The files that any folder above what is assessed may hold, and that a run then depends on.
const ABOVE: [&str; 4] = [FILE_NAMES[0], FILE_NAMES[1], "kubeworthy.baseline.json", ".gitignore"];

/// How many systems that moved are told of.
const MOVED: usize = 10;

/// How many changed files are named.
const NAMED: usize = 3;

/// What is watched, and how what moved is said.
pub(super) struct Watching {
    /// What every run depends on.
    pub(super) scope: Scope,
    /// The paths as the user named them.
    named: Vec<PathBuf>,
    layout: Layout,
    is_quiet: bool,
    /// Whether a run writes to standard output.
    prints: bool,
}

impl Watching {
    /// What a command depends on that assesses a subject. Files beside it, such as the baseline, can be added to the scope.
    pub(super) fn of(subject: &Subject, outputs: &[Output], layout: Layout, is_quiet: bool) -> Self {
        let as_paths = |names: &[String]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let (compose, stating) = (&subject.compose, &subject.stating);
        let mut named = subject.paths.clone();
        named.extend(as_paths(&compose.file));
        if named.is_empty() {
            named.push(PathBuf::from("."));
        }
        named.extend(as_paths(&compose.env_file));
        named.extend(as_paths(&stating.config));
        named.extend(subject.rules.iter().cloned());
        named.extend(as_paths(&subject.rendering.values));
        let above = named.iter().flat_map(|path| files_above(path)).collect();
        let written = outputs.iter().filter_map(|output| output.file.clone()).collect();
        let prints = outputs.iter().any(|output| output.file.is_none());
        Self { scope: Scope { paths: named.clone(), files: above, written }, named, layout, is_quiet, prints }
    }
}

/// What a run tells what it assessed to.
pub(super) type Seen<'s> = &'s mut dyn FnMut(&Assessed);

/// Runs, and again whenever something changes, until the program is ended. A run tells what it assessed to the function that
/// it is given, as soon as it has; it shows everything itself.
///
/// What cannot be watched, and a path that is not there from the beginning, end it.
pub(super) fn repeat(watching: &Watching, terminal: &Terminal, run: &mut dyn FnMut(Seen<'_>) -> Exit) -> Exit {
    if watching.named.iter().any(|path| path.as_os_str() == "-") {
        let help = "name files and folders, or leave out --watch";
        return mistake("standard input can be read once, and --watch reads again", help, terminal);
    }
    if watching.prints && !terminal.is_screen() {
        let help =
            "leave it out to get one report, or write to a file that is kept up to date, as in `-o html=review.html`";
        return mistake("--watch shows a report on a terminal, and standard output is none", help, terminal);
    }
    let is_missing = watching.named.iter().any(|path| !path.exists());
    let mut watch = Watch::new(&watching.scope);
    let mut last: Option<Report> = None;
    let mut changed = BTreeSet::new();
    loop {
        let mut scope = watching.scope.clone();
        let mut report = None;
        terminal.clear();
        let exit = run(&mut |assessed| {
            scope.files.extend(assessed.files());
            report = difference::read(&report::json::render(&assessed.assessment)).ok();
        });
        if last.is_none() && exit == Exit::Error && is_missing {
            return exit;
        }
        if !watching.is_quiet {
            if !changed.is_empty() {
                terminal.note(&format!("\nchanged: {}", names(&changed)));
            }
            if let (Some(old), Some(new)) = (&last, &report) {
                terminal.note(moved(old, new, watching.layout).trim_end());
            }
            let still = if report.is_none() && last.is_some() {
                "; what moved is said when it can be assessed again"
            } else {
                ""
            };
            terminal.note(&format!("watching {} for changes{still}; Ctrl-C ends it", shown(&watching.named)));
        }
        last = report.or(last);
        changed = watch.wait(&scope);
    }
}

/// What moved between two runs: a line for each system that did.
fn moved(old: &Report, new: &Report, layout: Layout) -> String {
    let side = |report| (report, "the last run", Origin::Files, None);
    let difference = difference::compare(side(old), side(new));
    if difference.systems.is_empty() {
        return "nothing moved since the last run".to_owned();
    }
    let told = difference::render(&difference, &BTreeMap::new(), difference::Format::Concise, layout);
    // The last line counts what moved, which the lines before it show.
    let told = told.trim_end().rsplit_once('\n').map_or(told.as_str(), |(systems, _)| systems);
    let lines: Vec<&str> = told.lines().collect();
    let more = match lines.len().saturating_sub(MOVED) {
        0 => String::new(),
        more => format!("\n… and {more} more"),
    };
    format!("moved since the last run:\n{}{more}", lines[..lines.len().min(MOVED)].join("\n"))
}

fn names(changed: &BTreeSet<PathBuf>) -> String {
    let shown: Vec<String> =
        changed.iter().take(NAMED).map(|path| for_terminal(&path.to_string_lossy()).into_owned()).collect();
    match changed.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn shown(paths: &[PathBuf]) -> String {
    names(&paths.iter().cloned().collect())
}

/// Where configuration and baseline may stand or come to stand: in the folder of a path and in those above it, up to the
/// root of the repository. Named as the path is, so that one file has one name.
fn files_above(path: &Path) -> Vec<PathBuf> {
    let start = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    let Ok(whole) = std::path::absolute(start) else { return Vec::new() };
    let here = std::env::current_dir().ok().filter(|_| !path.is_absolute());
    let is_root = |folder: &Path| folder.join(".git").exists();
    let root = whole.ancestors().find(|folder| is_root(folder)).unwrap_or(&whole);
    let as_named = |folder: &Path| {
        let below = here.as_ref().and_then(|here| folder.strip_prefix(here).ok());
        below.unwrap_or(folder).to_path_buf()
    };
    let folders = whole.ancestors().take_while(|folder| folder.starts_with(root)).map(as_named);
    folders.flat_map(|folder| ABOVE.map(|name| folder.join(name))).collect()
}
