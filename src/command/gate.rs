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
use crate::gate::{Asked, Baseline, Cause, Held, Scope, Touched, judge, touched};
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

/// Holds an assessment against what should fail and against the baseline; the answer is in it then. Where files are named
/// that changed, only the systems to which they belong are held, and the result says which these are.
pub(super) fn hold(
    assessment: &mut Assessment,
    asked: &Asked,
    baseline: Option<&Path>,
    paths: &[PathBuf],
    changed: Option<&[PathBuf]>,
    terminal: &Terminal,
) -> Result<Option<Touched>, Exit> {
    let file = baseline_file(assessment, baseline, paths, terminal)?;
    let accepted = match &file {
        Some(file) => Some(read(file, terminal)?),
        None => None,
    };
    let touched = changed.map(|changed| touched_by(assessment, changed, file.as_deref()));
    let touches = touched.as_ref();
    let report = match (&file, &accepted) {
        (Some(file), Some(accepted)) => {
            let seen = SeenFrom::beside(file);
            let now = Baseline::of(assessment, &|name| seen.name_of(name));
            let is_there = |name: &str| seen.is_there(name);
            let scope = scope(assessment, paths, &seen, &is_there);
            let name = file.to_string_lossy().into_owned();
            judge(assessment, asked, Some(&Held { name, accepted, now: &now, scope: &scope }), touches)
        }
        _ => judge(assessment, asked, None, touches),
    };
    let report = report
        .map_err(|unknown| unknown_cause(&unknown.written, unknown.is_on_the_command_line, &unknown.help, terminal))?;
    assessment.gate = Some(report);
    Ok(touched)
}

/// To which systems changed files belong.
fn touched_by(assessment: &Assessment, changed: &[PathBuf], baseline: Option<&Path>) -> Touched {
    // As the files of the assessment are named, which was read from here.
    let here = SeenFrom::beside(Path::new(BASELINE));
    let named = |seen: &SeenFrom| -> BTreeSet<String> {
        changed.iter().map(|file| seen.name_of(&file.to_string_lossy())).collect()
    };
    let files = named(&here);
    let is_setting = |file: &&String| {
        let base = file.rsplit('/').next().unwrap_or(file);
        crate::configuration::FILE_NAMES.contains(&base) || base == BASELINE
    };
    let mut settings: BTreeSet<String> = files.iter().filter(is_setting).cloned().collect();
    settings.extend(baseline.map(|file| here.name_of(&file.to_string_lossy())));
    let entries = baseline.map(|file| named(&SeenFrom::beside(file))).unwrap_or_default();
    Touched { systems: touched(&assessment.systems, &files, &settings), files, entries }
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
pub(super) fn scope<'s>(
    assessment: &Assessment,
    paths: &[PathBuf],
    seen: &SeenFrom,
    is_there: &'s dyn Fn(&str) -> bool,
) -> Scope<'s> {
    let whole = assessment.inputs.clusters.iter().filter(|cluster| !cluster.is_selection && cluster.gaps.is_empty());
    Scope {
        paths: paths.iter().map(|path| seen.name_of(&path.to_string_lossy())).collect(),
        unread: assessment.inputs.not_understood.iter().map(|entry| seen.name_of(&entry.file)).collect(),
        clusters: whole.map(|cluster| (cluster.name.clone(), cluster.namespaces.clone())).collect(),
        is_there,
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

/// The baseline that is named on the command line, or in the configuration, or that is found; none where there is none.
pub(super) fn baseline_file(
    assessment: &Assessment,
    named: Option<&Path>,
    paths: &[PathBuf],
    terminal: &Terminal,
) -> Result<Option<PathBuf>, Exit> {
    if let Some(named) = named {
        return Ok(Some(named.to_path_buf()));
    }
    let everything = assessment.systems.iter().chain([&assessment.estate]);
    let mut configured: Vec<&String> = everything.filter_map(|system| system.policy.baseline.as_ref()).collect();
    configured.sort();
    configured.dedup();
    match configured.as_slice() {
        [] => Ok(find_baseline(paths.first().map(PathBuf::as_path))),
        // One that the configuration names and that is not there yet is none yet.
        [one] => Ok(Some(PathBuf::from(one)).filter(|file| file.exists())),
        several => {
            let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            let message = format!("the configurations name several baselines: {}", names.join(", "));
            Err(mistake(&message, "check their systems one at a time, or name one with --baseline", terminal))
        }
    }
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
