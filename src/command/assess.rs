//! `kubeworthy assess`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use miette::Severity;

use super::Exit;
use super::arguments::{Assess, Output, Shape, Subject};
use super::diagnostic::{Line, Message, show_data_error, show_failure};
use super::output::Terminal;
use super::today::today;
use super::watch::{self, Watching};
use crate::assessment::Assessment;
use crate::choices::Rendering;
use crate::inventory::{self, Inventory, UnknownOverlay};
use crate::limits;
use crate::report;
use crate::shard::Nothing;
use crate::snapshot::ObjectName;
use crate::source::{self, Collected, Input};
use crate::text::sanitize::for_terminal;
use crate::text::{SourceFile, SourceId};
use crate::{Kit, OwnFiles};

/// How many warnings about single documents are shown; the report lists them all.
const WARNINGS: usize = 10;

/// What was assessed.
pub(super) struct Assessed {
    pub(super) assessment: Assessment,
    inventory: Inventory,
    object: Option<ObjectName>,
    /// The files that it depends on: those that were read, could not be read, or are named and not there.
    files: BTreeSet<PathBuf>,
    /// What was read, where other paths were read than were named, so that not everything that was read is told.
    collected: Option<Collected>,
}

/// What was read for an assessment.
pub(super) struct Read {
    pub(super) collected: Collected,
    pub(super) inventory: Inventory,
    object: Option<ObjectName>,
}

pub(super) fn run(arguments: &Assess, terminal: &Terminal) -> Exit {
    if arguments.watch {
        let layout = terminal.layout(&arguments.shape);
        let watching = Watching::of(&arguments.subject, &arguments.output, layout, arguments.shape.quiet);
        return watch::repeat(&watching, terminal, &mut |seen| once(arguments, terminal, seen));
    }
    once(arguments, terminal, &mut |_| {})
}

/// One run; what was assessed is shown to the function before it is told to the user.
fn once(arguments: &Assess, terminal: &Terminal, seen: &mut dyn FnMut(&Assessed)) -> Exit {
    let terminal = &terminal.shaped(&arguments.shape);
    if arguments.shard.shard.is_some() {
        return super::shard::run(&arguments.subject, &arguments.shard, arguments.shape.quiet, terminal);
    }
    if let Err(exit) = outputs_are_right(&arguments.output, terminal) {
        return exit;
    }
    let kit = match kit_for(&arguments.output, &arguments.subject, terminal) {
        Ok(kit) => kit,
        Err(exit) => return exit,
    };
    let assessed = match assess_with(&kit, &arguments.subject, None, arguments.shape.quiet, terminal) {
        Ok(assessed) => assessed,
        Err(exit) => return exit,
    };
    seen(&assessed);
    let outputs = Outputs {
        outputs: &arguments.output,
        shape: &arguments.shape,
        again: &arguments.subject.again(),
        explain: arguments.explain,
    };
    let exit = outputs.write(&assessed.assessment, terminal);
    if exit == Exit::Done { assessed.nothing_found(terminal).unwrap_or(exit) } else { exit }
}

/// Whether the formats that are asked for can all be written.
pub(super) fn outputs_are_right(outputs: &[Output], terminal: &Terminal) -> Result<(), Exit> {
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        terminal
            .note("error: two formats cannot share standard output; write one to a file, as in `-o json=report.json`");
        return Err(Exit::Error);
    }
    let files: Vec<&PathBuf> = outputs.iter().filter_map(|output| output.file.as_ref()).collect();
    if let Some((_, twice)) = files.iter().enumerate().find(|(at, file)| files[..*at].contains(file)) {
        let message = format!("two formats would be written to {}", twice.display());
        return Err(mistake(&message, "name another file for one of them", terminal));
    }
    Ok(())
}

/// The formats that are asked for, and how they are written.
pub(super) struct Outputs<'o> {
    pub(super) outputs: &'o [Output],
    pub(super) shape: &'o Shape,
    /// What has to stand on a command line to assess the same again.
    pub(super) again: &'o [String],
    pub(super) explain: bool,
}

impl Outputs<'_> {
    /// Writes every format.
    pub(super) fn write(&self, assessment: &Assessment, terminal: &Terminal) -> Exit {
        let mut exit = Exit::Done;
        for output in self.outputs {
            let layout = match &output.file {
                Some(_) => terminal.layout_of_file(self.shape),
                None => terminal.layout(self.shape),
            };
            let format = terminal.format(output.format);
            if let (report::Format::Json, Some(file)) = (output.format, &output.file) {
                // Nothing but its bytes: large reports are not held a second time.
                let written = terminal.save_by(file, &mut |writer| report::json::write(assessment, writer));
                if written != Exit::Done {
                    exit = written;
                }
                continue;
            }
            let mut text = if format == report::Format::Adr {
                // The record names the command that assesses the same again, which only the command line knows.
                let command = report::adr::confirming_command(self.again, layout);
                report::adr::render_with(assessment, &command, layout)
            } else {
                report::render(assessment, format, layout)
            };
            if self.explain && matches!(format, report::Format::Full | report::Format::Narrated) {
                text.push_str(&report::explain(assessment, layout));
            }
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
}

/// The kit for some formats: what none of them shows is not looked for.
pub(super) fn kit_for(outputs: &[Output], subject: &Subject, terminal: &Terminal) -> Result<Kit, Exit> {
    let kit = load_kit(&subject.rules, terminal).ok_or(Exit::Error)?;
    Ok(Kit { seeks_flips: outputs.iter().any(|output| output.format.shows_flips()), ..kit })
}

/// Reads and assesses what is meant; what is wrong is said, and ends in the exit code.
pub(super) fn assess(subject: &Subject, quiet: bool, terminal: &Terminal) -> Result<Assessed, Exit> {
    let kit = load_kit(&subject.rules, terminal).ok_or(Exit::Error)?;
    assess_with(&kit, subject, None, quiet, terminal)
}

/// The same with rules and targets that were loaded before; other paths may be read in place of those that are named, and
/// what is odd in their files is then not said here.
pub(super) fn assess_with(
    kit: &Kit,
    subject: &Subject,
    instead: Option<&[PathBuf]>,
    quiet: bool,
    terminal: &Terminal,
) -> Result<Assessed, Exit> {
    let is_part = instead.is_some();
    let Read { collected, inventory, object } = read(kit, subject, instead, quiet || is_part, terminal)?;
    let assessment = crate::assess_inventory_of(&collected, &inventory, kit);
    let read = collected.files.iter().map(|file| &file.name);
    let failed = collected.failures.iter().map(|failure| &failure.file);
    let files = read.chain(failed).chain(&inventory.missing).map(PathBuf::from).collect();
    let collected = is_part.then_some(collected);
    Ok(Assessed { assessment, inventory, object, files, collected })
}

/// Reads what is meant, or other paths in place of those that are named; what is wrong is said, and ends in the exit code.
pub(super) fn read(
    kit: &Kit,
    subject: &Subject,
    instead: Option<&[PathBuf]>,
    quiet: bool,
    terminal: &Terminal,
) -> Result<Read, Exit> {
    let (named, object) = what_is_meant(subject).map_err(|(message, help)| mistake(&message, &help, terminal))?;
    let paths = instead.map_or(named, <[PathBuf]>::to_vec);
    let mut inputs: Vec<Input> = paths
        .into_iter()
        .map(|path| if path.as_os_str() == "-" { Input::Standard } else { Input::Path(path) })
        .collect();
    let choices = subject.choices();
    let here = [Input::Path(".".into())];
    if inputs.is_empty() && choices.compose_files.is_empty() && !subject.live && subject.agent.inline.is_empty() {
        inputs.extend_from_slice(&here);
    }
    let count =
        inputs.len() + choices.compose_files.len() + choices.env_files.len() + choices.configuration_files.len();
    let count = count + subject.agent.inline.len();
    let mut collected = source::collect(&inputs, &choices);
    add_inline(&subject.agent.inline, &mut collected);
    // What the user names in so many words has to be there.
    let chosen = &collected.choices;
    let is_chosen = |file: &String| {
        [&chosen.compose_files, &chosen.env_files, &chosen.configuration_files].iter().any(|files| files.contains(file))
    };
    let lacks_chosen = collected.failures.iter().any(|failure| is_chosen(&failure.file));
    // Nobody is asked for a cluster where a file is missing without which nothing is assessed.
    let lacks_cluster =
        subject.live && !lacks_chosen && !add_clusters(subject, object.as_ref(), kit, &mut collected, terminal);
    let all_failed = lacks_chosen || lacks_cluster || !subject.live && collected.failed_inputs == count;
    source::find(&mut collected, &inputs);
    warn_of_failures(&collected, all_failed, terminal);
    if all_failed || !super::context::is_right(&collected, kit, terminal) {
        return Err(Exit::Error);
    }
    let read = match subject.rendering() {
        Some(rendering) => render(&rendering, &mut collected, kit, quiet, terminal),
        None => Ok(()),
    };
    let inventory = read.and_then(|()| read_inventory(&mut collected, kit, &source::follow));
    let inventory = inventory.map_err(|unknown| {
        terminal.note(&format!("error: {}", for_terminal(&unknown.to_string())));
        Exit::Error
    })?;
    if !quiet {
        warn_of_problems(&collected, &inventory, terminal);
    }
    if inventory.is_apart() {
        terminal.note(
            "warning: none of the workloads of the files runs in what was read of the cluster, so nothing was held against \
             anything. Name their namespace with --namespace, or read all of them with --all-namespaces.",
        );
    }
    Ok(Read { collected, inventory, object })
}

impl Assessed {
    /// The files that it depends on, whether they are there or not; names that are no files are among them.
    pub(super) fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().cloned()
    }

    /// Says what is odd in some of the files, by their names, where other paths were read than were named.
    pub(super) fn warn_of(&self, is_told: &dyn Fn(&str) -> bool, terminal: &Terminal) {
        if let Some(collected) = &self.collected {
            warn_of_some(collected, &self.inventory, is_told, terminal);
        }
    }

    /// Says why there is nothing to assess, where there is nothing, and how the program ends then.
    pub(super) fn nothing_found(&self, terminal: &Terminal) -> Option<Exit> {
        nothing(&self.inventory, self.object.as_ref()).map(|nothing| tell_nothing(&nothing, terminal))
    }
}

impl Read {
    /// Why there is nothing to assess, where there is nothing.
    pub(super) fn nothing(&self) -> Option<Nothing> {
        nothing(&self.inventory, self.object.as_ref())
    }
}

fn nothing(inventory: &Inventory, object: Option<&ObjectName>) -> Option<Nothing> {
    let mut lists = inventory.clusters.iter().flat_map(|cluster| cluster.lists.values());
    if inventory.is_assessable() {
        None
    } else if lists.any(|list| list.gap.is_some()) {
        Some(Nothing::Unlisted)
    } else if let Some(object) = object {
        Some(Nothing::Object(object.to_string()))
    } else {
        Some(if inventory.clusters.is_empty() { Nothing::Files } else { Nothing::Clusters })
    }
}

/// Says why there is nothing to assess, and how the program ends then.
pub(super) fn tell_nothing(nothing: &Nothing, terminal: &Terminal) -> Exit {
    match nothing {
        Nothing::Unlisted => {
            terminal.note(
                "error: no workload could be listed; the report says why. \
                 `kubeworthy rbac` prints the role that lets everything be listed.",
            );
            return Exit::Error;
        }
        Nothing::Object(object) => terminal.note(&format!(
            "nothing to assess: there is no {} in what was read. Look for its name and its namespace with `kubectl get`.",
            for_terminal(object)
        )),
        Nothing::Files => terminal.note(
            "nothing to assess: the inputs hold no workload and no pointer to one. \
             Name the folder with your manifests or Compose files, or pipe rendered ones into `kubeworthy assess -`.",
        ),
        Nothing::Clusters => terminal.note(
            "nothing to assess: what was read holds no workload. \
             Name other namespaces with -n, or read all of them with -A.",
        ),
    }
    Exit::NothingFound
}

/// A mistake on the command line, and what to do about it.
pub(super) fn mistake(message: &str, help: &str, terminal: &Terminal) -> Exit {
    terminal.note(&format!("error: {}; {}", for_terminal(message), for_terminal(help)));
    Exit::Error
}

/// The files and folders, and the one workload of a live cluster, if one is named.
fn what_is_meant(arguments: &Subject) -> Result<(Vec<PathBuf>, Option<ObjectName>), (String, String)> {
    if let Some(mistake) = arguments.cluster.mistake() {
        return Err(mistake);
    }
    if !arguments.live {
        let Some(flag) = arguments.cluster.first_given() else { return Ok((arguments.paths.clone(), None)) };
        let help = match flag {
            "--context" => "add --live, or name the configuration with --config",
            "--namespace" => "add --live, or name the namespace of charts with --release-namespace",
            _ => "add --live",
        };
        return Err((format!("{flag} is for live clusters, and none is asked for"), help.to_owned()));
    }
    let named = |path: &PathBuf| ObjectName::parse(path.to_str()?);
    let (objects, paths): (Vec<_>, Vec<_>) = arguments.paths.iter().cloned().partition(|path| named(path).is_some());
    if objects.len() > 1 {
        let help = "choose several by their labels with --selector, or leave the names out".to_owned();
        return Err(("one workload can be named at a time".to_owned(), help));
    }
    if let Some(unknown) = paths.iter().find(|path| is_like_an_object(path)) {
        let message = format!("`{}` is neither a file nor a workload", unknown.display());
        let help = "a workload is named as in `deployment/web`, `sts/db` or `rollout/web`".to_owned();
        return Err((message, help));
    }
    Ok((paths, objects.first().and_then(named)))
}

/// Whether a path looks like `TYPE/NAME`, and nothing of that name is there.
fn is_like_an_object(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let names: Vec<&str> = text.split('/').collect();
    let is_name = |name: &&str| name.starts_with(|c: char| c.is_ascii_alphanumeric());
    names.len() <= 2 && names.iter().all(is_name) && !path.exists()
}

/// Adds texts that are in no file, each in place of a file of its name.
fn add_inline(inline: &[(String, String)], collected: &mut Collected) {
    collected.files.retain(|file| inline.iter().all(|(name, _)| *name != file.name));
    collected.files.extend(inline.iter().map(|(name, text)| SourceFile::new(name.as_str(), text.as_str())));
    collected.files.sort_by(|a, b| a.name.cmp(&b.name));
}

/// Reads the clusters beside the files; whether one at least could be read.
fn add_clusters(
    arguments: &Subject,
    object: Option<&ObjectName>,
    kit: &Kit,
    collected: &mut Collected,
    terminal: &Terminal,
) -> bool {
    let (read, failures) = super::live::read(&arguments.cluster, object, None, &kit.tables, terminal);
    let has_read = !read.is_empty();
    collected.files.extend(read.into_iter().map(|read| SourceFile::new_cluster(&read.name, read.text)));
    collected.files.sort_by(|a, b| a.name.cmp(&b.name));
    collected.failures.extend(failures);
    collected.failures.sort();
    has_read
}

/// The inventory of the inputs and of the files that they refer to, which are read one step of references at a time.
pub(super) fn read_inventory(
    collected: &mut Collected,
    kit: &Kit,
    follow: &dyn Fn(&Collected, &BTreeSet<String>) -> Collected,
) -> Result<Inventory, UnknownOverlay> {
    let mut asked = BTreeSet::new();
    let mut found = |collected: &Collected, missing: &BTreeSet<String>| {
        let new: BTreeSet<String> = missing.difference(&asked).cloned().collect();
        if new.is_empty() || asked.len() > limits::FOLLOWED_FILES {
            return None;
        }
        let found = follow(collected, &new);
        asked.extend(new);
        (!found.files.is_empty() || !found.failures.is_empty()).then_some(found)
    };
    // What kustomizations lead to is known without reading anything else.
    while let Some(found) = found(collected, &inventory::missing(&collected.files, &collected.choices.limits)) {
        collected.add(found);
    }
    // What Compose files lead to, most of it from them alone.
    while let Some(found) =
        found(collected, &inventory::missing_of_compose(&collected.files, &collected.choices, &kit.tables))
    {
        collected.add(found);
    }
    loop {
        let reading = crate::reading(collected, kit);
        let Some(found) = found(collected, reading.missing()) else { return crate::selected(reading, collected, kit) };
        collected.add(found);
    }
}

/// The kit with the user's own rules and targets, or none after showing what is wrong with them.
pub(super) fn load_kit(folders: &[std::path::PathBuf], terminal: &Terminal) -> Option<Kit> {
    let mut own = OwnFiles::default();
    for folder in folders {
        match source::own_files(folder) {
            Ok(files) => {
                own.rules.extend(files.rules);
                own.targets.extend(files.targets);
            }
            Err(failure) => {
                show_failure(&failure, Severity::Error, terminal);
                return None;
            }
        }
    }
    match Kit::load(&own) {
        Ok(kit) => Some(Kit { today: Some(today()), ..kit }),
        Err(error) => {
            show_data_error(&error, terminal);
            None
        }
    }
}

/// Puts what the user's tools make of charts and kustomizations in their place, and says what they said.
/// Of several overlays of one application only those that count are rendered.
fn render(
    rendering: &Rendering,
    collected: &mut Collected,
    kit: &Kit,
    quiet: bool,
    terminal: &Terminal,
) -> Result<(), UnknownOverlay> {
    let mut choices = collected.choices.clone();
    for overlay in crate::read(collected, kit)?.systems.into_iter().filter_map(|system| system.overlay) {
        choices.overlays.push(overlay.assessed);
        choices.overlays.extend(overlay.beside);
    }
    let roots = crate::inventory::roots(&collected.files, &choices);
    if roots.is_empty() {
        terminal.note("note: --render found neither a chart nor a kustomization");
    }
    for report in source::render::render(&roots, rendering, collected) {
        if !quiet || report.failure.is_some() {
            terminal.note(&format!("{}: {}", for_terminal(&report.folder), report.command));
            for line in &report.said {
                terminal.note(&format!("  {line}"));
            }
        }
        if let Some(failure) = &report.failure {
            Message {
                severity: Severity::Warning,
                text: &failure.message,
                help: &failure.help,
                file: &report.folder,
                position: None,
                line: None,
            }
            .show(terminal);
        }
    }
    Ok(())
}

/// A file that could not be read is said even to those who asked for quiet: a mistyped path must not pass unseen.
pub(super) fn warn_of_failures(collected: &Collected, all_failed: bool, terminal: &Terminal) {
    let severity = if all_failed { Severity::Error } else { Severity::Warning };
    for failure in collected.failures.iter().take(WARNINGS) {
        show_failure(failure, severity, terminal);
    }
    note_the_rest(collected.failures.len(), terminal);
}

pub(super) fn warn_of_problems(collected: &Collected, inventory: &Inventory, terminal: &Terminal) {
    warn_of_some(collected, inventory, &|_| true, terminal);
}

fn warn_of_some(collected: &Collected, inventory: &Inventory, is_told: &dyn Fn(&str) -> bool, terminal: &Terminal) {
    let configured = collected.choices.configuration_names();
    let is_in = |source: SourceId| collected.files.get(source.0 as usize).is_some_and(|file| is_told(&file.name));
    let shown = || inventory.problems.iter().filter(|problem| !problem.summed_up && is_in(problem.source));
    for problem in shown().take(WARNINGS) {
        let file = &collected.files[problem.source.0 as usize];
        let position = problem.span.map(|span| file.position(span.start));
        let line = position.map(|at| &file.text[file.lines().line_range(&file.text, at.line)]);
        Message {
            severity: Severity::Warning,
            text: &problem.message,
            help: &problem.help,
            file: &file.name,
            position,
            line: line.filter(|line| line.len() < 400).map(|line| {
                let is_configured = configured.contains(&file.name);
                if is_configured { super::context::line_of(file, line, collected) } else { Line::KeysOnly(line) }
            }),
        }
        .show(terminal);
    }
    note_the_rest(shown().count(), terminal);
}

fn note_the_rest(length: usize, terminal: &Terminal) {
    if length > WARNINGS {
        terminal.note(&format!("… and {} more; the report lists all of them (-o json)", length - WARNINGS));
    }
}
