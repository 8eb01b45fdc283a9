//! What `check`, `baseline` and `merge` share: what is asked to fail, and the baseline.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use miette::Severity;

use super::Exit;
use super::arguments::{GateArguments, Subject};
use super::assess::mistake;
use super::diagnostic::Message;
use super::output::Terminal;
use crate::assessment::{Assessment, RuleText};
use crate::gate::{Asked, Baseline, Cause, Held, Scope, Touched, judge, known_files, touched};
use crate::limits::Limits;
use crate::source::beside::{BASELINE, SeenFrom, find_baseline};
use crate::source::{Input, read_whole};
use crate::text::Position;
use crate::text::sanitize::for_terminal;

/// What the command line asks to fail. A misspelt cause ends the run before anything is read.
pub(super) fn asked(
    arguments: &GateArguments,
    rules: &BTreeMap<String, RuleText>,
    terminal: &Terminal,
) -> Result<Asked, Exit> {
    for written in &arguments.fail_on {
        if let Err(help) = Cause::parse(written, rules) {
            return Err(unknown_cause(written, true, &help, terminal));
        }
    }
    if arguments.gate.is_some_and(|need| !(0.0..=100.0).contains(&need)) {
        return Err(mistake("--gate takes a need from 0 to 100", "write it as in --gate 30", terminal));
    }
    Ok(Asked { fail_on: arguments.fail_on.clone(), need_at_least: arguments.gate })
}

fn unknown_cause(written: &str, is_on_the_command_line: bool, help: &str, terminal: &Terminal) -> Exit {
    let place = if is_on_the_command_line { "--fail-on" } else { "the configuration, under `fail-on`," };
    mistake(&format!("{place} names `{written}`, which is nothing that can fail"), help, terminal)
}

/// Holds an assessment against what should fail and against the baselines; the answer is in it then. Where files are named
/// that changed, only the systems to which they belong are held, and the result says which these are.
pub(super) fn hold(
    assessment: &mut Assessment,
    asked: &Asked,
    baseline: Option<&Path>,
    paths: &[PathBuf],
    changed: Option<&[PathBuf]>,
    terminal: &Terminal,
) -> Result<Option<Touched>, Exit> {
    let mut used = Vec::new();
    for place in places(assessment, baseline, paths, None) {
        if place.is_configured && !place.file.exists() {
            terminal.note(&format!(
                "warning: {} is not there, which the configuration names as the baseline, so that nothing is worse than in it; \
                 mend the name, or write it with `kubeworthy baseline`",
                for_terminal(&place.file.to_string_lossy())
            ));
            continue;
        }
        let accepted = read(&place.file, terminal)?;
        used.push((place, accepted));
    }
    let read: Vec<Read> = used.iter().map(|(place, _)| Read::of(assessment, place, paths)).collect();
    let scopes: Vec<Scope<'_>> = read.iter().map(Read::scope).collect();
    let held: Vec<Held<'_>> = used
        .iter()
        .zip(&read)
        .zip(&scopes)
        .map(|(((place, accepted), read), scope)| Held {
            name: place.file.to_string_lossy().into_owned(),
            accepted,
            now: &read.now,
            scope,
            systems: &place.systems,
            is_of_all: place.is_of_all,
        })
        .collect();
    let touched = changed.map(|changed| touched_by(assessment, changed, &held, &read, terminal));
    let report = judge(assessment, asked, &held, touched.as_ref());
    let report = report
        .map_err(|unknown| unknown_cause(&unknown.written, unknown.is_on_the_command_line, &unknown.help, terminal))?;
    assessment.gate = Some(report);
    Ok(touched)
}

/// To which systems changed files belong.
fn touched_by(
    assessment: &Assessment,
    changed: &[PathBuf],
    held: &[Held<'_>],
    read: &[Read],
    terminal: &Terminal,
) -> Touched {
    // As the files of the assessment are named, which was read from here.
    let here = SeenFrom::beside(Path::new(BASELINE));
    let mut meant: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (held, read) in held.iter().zip(read) {
        meant.entry(here.name_of(&held.name)).or_default().extend(held.systems);
        for (file, systems) in known_files(held) {
            meant.entry(here.name_of(&read.seen.named(&file))).or_default().extend(systems);
        }
    }
    for (at, system) in assessment.systems.iter().enumerate() {
        for layer in &system.configured_by {
            meant.entry(here.name_of(layer)).or_default().insert(at);
        }
    }
    let is_setting = |file: &str| {
        let base = file.rsplit('/').next().unwrap_or(file);
        crate::configuration::FILE_NAMES.contains(&base) || base == BASELINE
    };
    let mut touching = Touched::default();
    for path in changed {
        let file = here.name_of(&path.to_string_lossy());
        let systems = touched(&assessment.systems, &file, is_setting(&file), meant.get(&file));
        if file.starts_with("../") || Path::new(&file).is_absolute() {
            terminal.note(&format!(
                "warning: {} lies outside of this folder, and was not looked at; run this where all changed files are below, as \
                 at the root of the repository",
                for_terminal(&path.to_string_lossy())
            ));
        } else if systems.is_empty() && !path.exists() {
            terminal.note(&format!(
                "note: {} is not there, and no system is known to be written in it",
                for_terminal(&path.to_string_lossy())
            ));
        }
        touching.entries.extend(read.iter().map(|read| read.seen.name_of(&path.to_string_lossy())));
        touching.systems.extend(systems);
        touching.files.insert(file);
    }
    touching
}

/// How the program ends by the answer of the gate.
pub(super) fn exit(assessment: &Assessment) -> Exit {
    if assessment.gate.as_ref().is_some_and(|gate| !gate.passes()) { Exit::GateFailed } else { Exit::Done }
}

/// Says on standard error what the gate says beside what fails.
pub(super) fn say_notes(assessment: &Assessment, terminal: &Terminal) {
    /// As many as are said; the report has all of them.
    const SAID: usize = 10;
    let Some(gate) = &assessment.gate else { return };
    for note in gate.notes.iter().take(SAID) {
        let help = if note.help.is_empty() { String::new() } else { format!("; {}", note.help) };
        terminal.note(&format!("note: {}", for_terminal(&format!("{}{help}", note.message))));
    }
    if gate.notes.len() > SAID {
        terminal.note(&format!("note: {} more; the report lists all of them (-o json)", gate.notes.len() - SAID));
    }
}

/// What was read, as seen from a baseline's folder.
pub(super) struct Read {
    seen: SeenFrom,
    /// The systems that are held against the baseline, as it would accept them.
    pub(super) now: Baseline,
    paths: Vec<String>,
    unread: BTreeSet<String>,
    clusters: Vec<(String, Option<Vec<String>>)>,
}

impl Read {
    pub(super) fn of(assessment: &Assessment, place: &BaselinePlace, paths: &[PathBuf]) -> Self {
        let seen = SeenFrom::beside(&place.file);
        let systems = place.systems.iter().filter_map(|at| assessment.systems.get(*at));
        let now = Baseline::of(assessment, systems, place.is_of_all, &|name| seen.name_of(name));
        let whole =
            assessment.inputs.clusters.iter().filter(|cluster| !cluster.is_selection && cluster.gaps.is_empty());
        // Of a link to a folder, what is read is the folder.
        let named = |path: &PathBuf| {
            let real = path.canonicalize().ok().filter(|_| path.is_dir()).unwrap_or_else(|| path.clone());
            seen.name_of(&real.to_string_lossy())
        };
        Self {
            now,
            paths: paths.iter().map(named).collect(),
            unread: assessment.inputs.not_understood.iter().map(|entry| seen.name_of(&entry.file)).collect(),
            clusters: whole.map(|cluster| (cluster.name.clone(), cluster.namespaces.clone())).collect(),
            seen,
        }
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope {
            paths: &self.paths,
            unread: &self.unread,
            clusters: &self.clusters,
            is_there: Box::new(|name| self.seen.is_there(name)),
        }
    }
}

/// The files and folders that are read.
pub(super) fn paths_read(subject: &Subject) -> Vec<PathBuf> {
    let is_file = |path: &&PathBuf| path.as_os_str() != "-";
    let mut paths: Vec<PathBuf> = subject.paths.iter().filter(is_file).cloned().collect();
    if subject.paths.is_empty() && subject.compose.file.is_empty() && !subject.live {
        paths.push(PathBuf::from("."));
    }
    paths.extend(subject.compose.file.iter().map(PathBuf::from).filter(|path| is_file(&path)));
    paths
}

/// A baseline, which need not be there yet, and what is held against it.
pub(super) struct BaselinePlace {
    pub(super) file: PathBuf,
    /// The systems, by their places in the list of the assessment.
    pub(super) systems: Vec<usize>,
    /// Whether what all systems together are found to do is held against it too.
    pub(super) is_of_all: bool,
    /// Whether a configuration names it.
    pub(super) is_configured: bool,
}

/// The baselines of an assessment: for each system the one that is named on the command line, or in its configuration, or
/// that is found, or the one that is given for want of another.
pub(super) fn places(
    assessment: &Assessment,
    named: Option<&Path>,
    paths: &[PathBuf],
    otherwise: Option<&Path>,
) -> Vec<BaselinePlace> {
    let found = find_baseline(paths.first().map(PathBuf::as_path)).or_else(|| otherwise.map(Path::to_path_buf));
    let here = SeenFrom::beside(Path::new(BASELINE));
    // By its real name, since it may be named and found.
    let mut places: BTreeMap<String, BaselinePlace> = BTreeMap::new();
    let everything = assessment.systems.iter().enumerate().map(|(at, system)| (Some(at), system));
    for (at, system) in everything.chain([(None, &assessment.estate)]) {
        let configured = system.policy.baseline.as_ref().filter(|_| named.is_none());
        let file = named.map(Path::to_path_buf).or_else(|| configured.map(PathBuf::from)).or_else(|| found.clone());
        let Some(file) = file else { continue };
        let place = places.entry(here.name_of(&file.to_string_lossy())).or_insert_with(|| BaselinePlace {
            file,
            systems: Vec::new(),
            is_of_all: false,
            is_configured: configured.is_some(),
        });
        place.systems.extend(at);
        place.is_of_all |= at.is_none();
    }
    places.into_values().collect()
}

/// Reads a baseline; what is wrong with it is shown.
pub(super) fn read(file: &Path, terminal: &Terminal) -> Result<Baseline, Exit> {
    let name = file.to_string_lossy().into_owned();
    let text = read_whole(&Input::Path(file.to_path_buf()), &Limits::DEFAULT).map_err(|failure| {
        super::diagnostic::show_failure(&failure, Severity::Error, terminal);
        Exit::Error
    })?;
    Baseline::read(&text).map_err(|wrong| {
        Message {
            severity: Severity::Error,
            text: &wrong.message,
            help: &wrong.help,
            file: &name,
            position: wrong.position.map(|(line, column)| Position { line, column }),
            line: None,
        }
        .show(terminal);
        Exit::Error
    })
}
