//! `kubeworthy diff`: both sides become reports, and the reports are compared.

use std::path::{Path, PathBuf};

use miette::Severity;

use super::Exit;
use super::arguments::Diff;
use super::assess::{load_kit, mistake, read_inventory, warn_of_failures, warn_of_problems};
use super::diagnostic::show_failure;
use super::output::Terminal;
use crate::Kit;
use crate::difference::{self, Origin, Report};
use crate::report;
use crate::source::revision::Revision;
use crate::source::{self, Collected, Input, ReadFailure, read_whole};
use crate::text::sanitize::for_terminal;

/// One side, ready to be compared.
struct Side {
    name: String,
    report: Report,
    origin: Origin,
    commit: Option<String>,
}

pub(super) fn run(arguments: &Diff, terminal: &Terminal) -> Exit {
    if arguments.output.iter().filter(|output| output.file.is_none()).count() > 1 {
        let help = "write one to a file, as in `-o json=diff.json`";
        return mistake("two formats cannot share standard output", help, terminal);
    }
    if is_standard(&arguments.old) && is_standard(&arguments.new) {
        return mistake("standard input can be one of the two sides", "name a file for the other", terminal);
    }
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let sides = side(&arguments.old, &arguments.new, false, arguments, &kit, terminal)
        .and_then(|old| Ok((old, side(&arguments.new, &arguments.old, true, arguments, &kit, terminal)?)));
    let (old, new) = match sides {
        Ok(sides) => sides,
        Err(exit) => return exit,
    };
    let of = |side: &'_ Side| (side.name.clone(), side.origin, side.commit.clone());
    let ((old_name, old_origin, old_commit), (new_name, new_origin, new_commit)) = (of(&old), of(&new));
    let difference = difference::compare(
        (&old.report, &old_name, old_origin, old_commit.as_deref()),
        (&new.report, &new_name, new_origin, new_commit.as_deref()),
    );
    let meanings =
        kit.capabilities.iter().map(|(_, capability)| (capability.id.clone(), capability.meaning.clone())).collect();
    let mut exit = Exit::Done;
    for output in &arguments.output {
        let layout = terminal.layout(&arguments.shape);
        // A file never has colours.
        let layout = report::Layout { colour: layout.colour && output.file.is_none(), ..layout };
        let text = difference::render(&difference, &meanings, output.format, layout);
        let written = match &output.file {
            Some(file) => terminal.save_whole(file, &text),
            None => terminal.print(&text),
        };
        if written != Exit::Done {
            exit = written;
        }
    }
    exit
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// One side as a report: read, or assessed.
fn side(
    path: &Path,
    other: &Path,
    is_new: bool,
    arguments: &Diff,
    kit: &Kit,
    terminal: &Terminal,
) -> Result<Side, Exit> {
    let name = path.to_string_lossy().into_owned();
    let limits = arguments.reading.limits();
    let show = |failure: &ReadFailure| {
        show_failure(failure, Severity::Error, terminal);
        Exit::Error
    };
    let no_report = |reason: String| {
        let help = "make one with `kubeworthy assess -o json=report.json`".to_owned();
        show(&ReadFailure { file: name.clone(), message: reason, help, position: None })
    };
    if is_standard(path) {
        let text = read_whole(&Input::Standard, &limits).map_err(|failure| show(&failure))?;
        let report = difference::read(&text).map_err(no_report)?;
        return Ok(Side { name, report, origin: Origin::Report, commit: None });
    }
    if path.is_file() {
        let text = read_whole(&Input::Path(path.to_path_buf()), &limits).unwrap_or_default();
        if is_like_a_report(&text) {
            let report = difference::read(&text).map_err(no_report)?;
            return Ok(Side { name, report, origin: Origin::Report, commit: None });
        }
    }
    let choices = arguments.choices();
    if path.exists() {
        let below = path.is_dir() && !arguments.paths.is_empty();
        let paths = if below {
            arguments.paths.iter().map(|inside| path.join(inside)).collect()
        } else {
            vec![path.to_path_buf()]
        };
        let inputs: Vec<Input> = paths.into_iter().map(Input::Path).collect();
        let mut collected = source::collect(&inputs, &choices);
        source::find(&mut collected, &inputs);
        let all_failed = collected.failed_inputs >= inputs.len();
        let (report, is_assessable) = assessed(&mut collected, all_failed, is_new, None, arguments, kit, terminal)?;
        if !is_assessable {
            if path.is_file() {
                let message = "neither a report nor anything that could be assessed".to_owned();
                return Err(no_report(message));
            }
            terminal.note(&format!("warning: there is nothing to assess in {}", for_terminal(&name)));
        }
        return Ok(Side { name, report, origin: Origin::Files, commit: None });
    }
    // What is no file is a revision; it is compared with what the other side names.
    let other_is_path = !is_standard(other) && other.exists() && !is_report(other, &limits);
    let paths: Vec<PathBuf> = match (arguments.paths.is_empty(), other_is_path) {
        (false, true) if other.is_dir() => arguments.paths.iter().map(|inside| other.join(inside)).collect(),
        (false, _) => arguments.paths.clone(),
        (true, true) => vec![other.to_path_buf()],
        (true, false) => vec![PathBuf::from(".")],
    };
    let near = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let revision = Revision::open(&name, near).map_err(|failure| show(&failure))?;
    let mut collected = revision.collect(&paths, &choices);
    let all_failed = collected.failed_inputs >= paths.len();
    let (report, _) = assessed(&mut collected, all_failed, is_new, Some(&revision), arguments, kit, terminal)?;
    let commit = Some(revision.commit().to_owned());
    Ok(Side { name, report, origin: Origin::Revision, commit })
}

/// What was collected, assessed, as a report; and whether there was anything to assess.
fn assessed(
    collected: &mut Collected,
    all_failed: bool,
    is_new: bool,
    revision: Option<&Revision>,
    arguments: &Diff,
    kit: &Kit,
    terminal: &Terminal,
) -> Result<(Report, bool), Exit> {
    warn_of_failures(collected, all_failed, terminal);
    if all_failed || !super::context::is_right(collected, kit, terminal) {
        return Err(Exit::Error);
    }
    let follow = |collected: &Collected, names: &std::collections::BTreeSet<String>| match revision {
        Some(revision) => revision.follow(collected, names),
        None => source::follow(collected, names),
    };
    let inventory = read_inventory(collected, kit, &follow).map_err(|unknown| {
        terminal.note(&format!("error: {}", for_terminal(&unknown.to_string())));
        Exit::Error
    })?;
    // What is wrong on both sides need not be said twice.
    if is_new && !arguments.shape.quiet {
        warn_of_problems(collected, &inventory, terminal);
    }
    let assessment = crate::assess_inventory_of(collected, &inventory, kit);
    let report = difference::read(&report::json::render(&assessment))
        .map_err(|reason| mistake(&reason, "report this", terminal))?;
    Ok((report, inventory.is_assessable()))
}

fn is_report(path: &Path, limits: &crate::limits::Limits) -> bool {
    path.is_file() && read_whole(&Input::Path(path.to_path_buf()), limits).is_ok_and(|text| is_like_a_report(&text))
}

/// Whether a text is meant as a report: JSON that names one of this program's formats.
fn is_like_a_report(text: &str) -> bool {
    let begins = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    begins && ["\"kubeworthy/report/", "\"kubeworthy/diff/"].iter().any(|name| text.contains(name))
}
