//! Step 1: files, folders and standard input become named texts. The only place that reads what the user points at.

pub mod beside;
pub mod cluster;
mod configuration;
pub mod render;
pub mod revision;
mod tool;
mod walk;
pub mod watch;
mod whole;

pub use configuration::{base_name_behind, find};
pub use whole::{read_key, read_whole};

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::OwnFiles;
use crate::choices::Choices;
use crate::language::{Prose, say};
use crate::limits::Limits;
use crate::snapshot;
use crate::text::{LineIndex, Position, STANDARD_INPUT, SourceFile};

/// Where to read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input.
    Standard,
}

/// A file that was left alone, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file's name.
    pub file: String,
    /// The reason, for a person.
    pub reason: Prose,
}

/// A file or an input that should have been read and could not be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadFailure {
    /// The file's name.
    pub file: String,
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where in the file it was noticed, if it was opened at all.
    pub position: Option<Position>,
}

/// What came of reading the inputs.
#[derive(Debug, Default)]
pub struct Collected {
    /// The texts, in the order of the inputs and, inside a folder, of the names.
    pub files: Vec<SourceFile>,
    /// Files left alone on purpose.
    pub skipped: Vec<Skipped>,
    /// Files and inputs that failed.
    pub failures: Vec<ReadFailure>,
    /// How many of the named inputs gave nothing because of a failure.
    pub failed_inputs: usize,
    /// What is wrong with how configuration refers to other files; the run stops there.
    pub mistakes: Vec<ReadFailure>,
    /// What looks like configuration and is not read as such.
    pub warnings: Vec<ReadFailure>,
    /// The files that snapshots were read from, by the names of their clusters' texts.
    pub snapshots: BTreeMap<String, String>,
    /// What the user chose, for everything that reads on.
    pub choices: Choices,
}

impl Collected {
    /// The names of the files and inputs that failed.
    #[must_use]
    pub fn unread(&self) -> Vec<String> {
        self.failures.iter().map(|failure| failure.file.clone()).collect()
    }

    /// Adds what came of following references.
    pub fn add(&mut self, found: Self) {
        self.files.extend(found.files);
        self.failures.extend(found.failures);
        self.skipped.extend(found.skipped);
        self.snapshots.extend(found.snapshots);
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        self.failures.sort();
        self.skipped.sort();
    }

    /// Leaves baselines alone, whatever they are called: they are this program's own, and a conflict in one costs no
    /// confidence.
    fn leave_baselines(&mut self) {
        for file in self.files.extract_if(.., |file| beside::is_baseline(&file.text)) {
            self.skipped.push(Skipped { file: file.name, reason: say!("a baseline of kubeworthy") });
        }
    }
}

/// Reads every input. Never fails as a whole: what could not be read is in the result.
#[must_use]
pub fn collect(inputs: &[Input], choices: &Choices) -> Collected {
    let mut collected = Collected { choices: choices.clone(), ..Collected::default() };
    let mut budget = Budget::new(choices);
    let named = &mut collected.choices;
    for name in named.compose_files.iter_mut().chain(&mut named.env_files).chain(&mut named.configuration_files) {
        *name = if name == "-" { STANDARD_INPUT.to_owned() } else { walk::display_name(Path::new(name)) };
    }
    let files = named.compose_files.iter().chain(&named.env_files).chain(&named.configuration_files);
    let files = files.map(|name| if name == STANDARD_INPUT { Input::Standard } else { Input::Path(name.into()) });
    let files: Vec<Input> = files.collect();
    for (index, input) in files.iter().chain(inputs).enumerate() {
        let before = (collected.files.len(), collected.failures.len());
        match input {
            // It can be read but once, however often it is named.
            Input::Standard if !budget.seen.insert(STANDARD_INPUT.to_owned()) => {}
            Input::Standard => read_standard_input(&budget, &mut collected),
            Input::Path(path) if index < files.len() && path.is_dir() => {
                collected.failures.push(ReadFailure {
                    file: walk::display_name(path),
                    message: "this is a folder, where a file is meant".to_owned(),
                    help: "name the file in it, or give the folder as PATH".to_owned(),
                    position: None,
                });
            }
            Input::Path(path) => walk::read_path(path, &mut budget, &mut collected),
        }
        let gave_nothing = collected.files.len() == before.0 && collected.failures.len() > before.1;
        collected.failed_inputs += usize::from(gave_nothing);
    }
    for statement in &collected.choices.statements {
        // What is no statement was refused where it was given.
        if let Ok(text) = crate::context::single(statement) {
            collected.files.push(SourceFile::new(Choices::statement_name(statement), text));
        }
    }
    collected.leave_baselines();
    // The order in which inputs are named means nothing.
    collected.files.sort_by(|a, b| a.name.cmp(&b.name));
    collected.skipped.sort();
    collected.failures.sort();
    collected
}

/// Reads files that the inputs refer to, or that the user's own tools would read beside them, and that are not among
/// the inputs yet. What is not there is left out.
#[must_use]
pub fn follow(collected: &Collected, names: &BTreeSet<String>) -> Collected {
    let mut found = Collected::default();
    let mut budget = Budget::new(&collected.choices);
    budget.seen = collected.files.iter().map(|file| file.name.clone()).collect();
    let read: u64 = collected.files.iter().map(|file| file.text.len() as u64).sum();
    budget.left = budget.left.saturating_sub(read);
    for name in names {
        let path = Path::new(name);
        // What may not be read is as good as not there: not even that is looked at.
        if budget.may_read(path) && path.is_file() {
            read_file(path, name.clone(), &mut budget, &mut found);
        }
    }
    found
}

/// A user's own rules and targets: every YAML file below a folder, those below `targets` being targets.
///
/// # Errors
///
/// When the folder or one of its files cannot be read.
pub fn own_files(folder: &Path) -> Result<OwnFiles, ReadFailure> {
    let mut own = OwnFiles::default();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).display().to_string();
            failure(&path, &error.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links")))
        })?;
        let path = entry.path();
        if !entry.file_type().is_file()
            || path.extension().is_none_or(|extension| extension != "yaml" && extension != "yml")
        {
            continue;
        }
        let mut collected = Collected::default();
        let mut budget = Budget::new(&Choices::default());
        read_file(path, path.display().to_string(), &mut budget, &mut collected);
        if let Some(failure) = collected.failures.into_iter().next() {
            return Err(failure);
        }
        let is_target = path.strip_prefix(folder).is_ok_and(|inside| inside.starts_with("targets"));
        let files = if is_target { &mut own.targets } else { &mut own.rules };
        files.extend(collected.files.into_iter().map(|file| (file.name, file.text.to_string())));
    }
    Ok(own)
}

/// What may still be read, and what was read already.
struct Budget {
    limits: Limits,
    left: u64,
    seen: BTreeSet<String>,
    within: Option<PathBuf>,
}

impl Budget {
    fn new(choices: &Choices) -> Self {
        let limits = choices.limits;
        Self { limits, left: limits.total_bytes, seen: BTreeSet::new(), within: choices.within.clone() }
    }

    /// Whether a file may be read at all.
    fn may_read(&self, path: &Path) -> bool {
        self.within.as_deref().is_none_or(|folder| is_within(folder, path))
    }
}

/// Whether a path stands in a folder whose whole name this is, links followed. What leads out of it by its name alone is
/// not looked at; what is not there is not in it.
#[must_use]
pub fn is_within(folder: &Path, path: &Path) -> bool {
    place_within(folder, path).is_some_and(|place| place.is_ok())
}

/// Where a path leads to in a folder whose whole name this is, links followed and seen from that folder; paths that are not
/// whole are seen from it too. None where it leads out of the folder.
///
/// # Errors
///
/// When what it names is not there, or cannot be looked at.
#[must_use]
pub fn place_within(folder: &Path, path: &Path) -> Option<std::io::Result<PathBuf>> {
    let mut plain = folder.to_path_buf();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    if !plain.starts_with(folder) {
        return None;
    }
    let whole = folder.join(path);
    let found = whole.canonicalize();
    // Of what is not there, the folders above it that are may lead out all the same.
    let nearest = match &found {
        Ok(found) => found.clone(),
        Err(_) => whole.ancestors().skip(1).find_map(|above| above.canonicalize().ok())?,
    };
    let inside = nearest.strip_prefix(folder).ok()?.to_path_buf();
    Some(found.map(|_| if inside.as_os_str().is_empty() { PathBuf::from(".") } else { inside }))
}

fn read_standard_input(budget: &Budget, collected: &mut Collected) {
    let name = STANDARD_INPUT;
    let most = budget.limits.file_bytes;
    let mut bytes = Vec::new();
    match std::io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => collected.failures.push(too_large(name, None, most)),
        Ok(_) => add_text(name.to_owned(), bytes, collected),
        Err(error) => collected.failures.push(failure(name, &error)),
    }
}

/// Reads one regular file, or a pipe that the caller vouches for.
fn read_file(path: &Path, name: String, budget: &mut Budget, collected: &mut Collected) {
    if !budget.seen.insert(name.clone()) {
        return;
    }
    if !budget.may_read(path) {
        return collected.failures.push(ReadFailure {
            file: name,
            message: "it is not in the folder that may be read".to_owned(),
            help: "name something below that folder".to_owned(),
            position: None,
        });
    }
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) => return collected.failures.push(failure(&name, &error)),
    };
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let most = budget.limits.file_bytes;
    if size > most {
        return collected.failures.push(too_large(&name, Some(size), most));
    }
    if size > budget.left {
        return collected.failures.push(ReadFailure {
            file: name,
            message: format!("the run has reached its limit of {}", mebibytes(budget.limits.total_bytes)),
            help: "assess parts of the tree one at a time, or raise the limit with --max-total-size".to_owned(),
            position: None,
        });
    }
    let mut bytes = Vec::with_capacity(size as usize + 1);
    match file.take(most.saturating_add(1)).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > most => collected.failures.push(too_large(&name, None, most)),
        Ok(_) => {
            budget.left = budget.left.saturating_sub(bytes.len() as u64);
            add_text(name, bytes, collected);
        }
        Err(error) => collected.failures.push(failure(&name, &error)),
    }
}

fn add_text(name: String, bytes: Vec<u8>, collected: &mut Collected) {
    match String::from_utf8(bytes) {
        Ok(text) if snapshot::is_snapshot(&text) => add_snapshot(name, &text, collected),
        Ok(text) => collected.files.push(SourceFile::new(name, text)),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let head = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let position = LineIndex::new(&head).position(&head, valid as u32);
            collected.failures.push(ReadFailure {
                file: name,
                message: "the file is not UTF-8 text".to_owned(),
                help: "save it as UTF-8, or leave it out".to_owned(),
                position: Some(position),
            });
        }
    }
}

/// The clusters of a snapshot, each as if it had just been read.
fn add_snapshot(name: String, text: &str, collected: &mut Collected) {
    match snapshot::split(text) {
        Ok(clusters) => {
            for (cluster, text) in clusters {
                let file = SourceFile::new_cluster(&cluster, text);
                collected.snapshots.insert(file.name.clone(), name.clone());
                collected.files.push(file);
            }
        }
        Err(error) => collected.failures.push(ReadFailure {
            file: name,
            message: error.message,
            help: error.help,
            position: Some(error.position),
        }),
    }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)).replace(".0 ", " ")
}

fn too_large(name: &str, size: Option<u64>, most: u64) -> ReadFailure {
    let size = size.map_or_else(|| "more".to_owned(), mebibytes);
    ReadFailure {
        file: name.to_owned(),
        message: format!("the file has {size}, over the limit of {} for one file", mebibytes(most)),
        help: "split it, leave it out, or raise the limit with --max-file-size".to_owned(),
        position: None,
    }
}

fn failure(name: &str, error: &std::io::Error) -> ReadFailure {
    let (message, help) = match error.kind() {
        std::io::ErrorKind::NotFound => ("there is no such file or folder", "check the path"),
        std::io::ErrorKind::PermissionDenied => ("permission denied", "run as a user who may read it, or leave it out"),
        _ => ("it could not be read", "check the file and the disk it is on"),
    };
    let message = match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::PermissionDenied => message.to_owned(),
        _ => format!("{message}: {error}"),
    };
    ReadFailure { file: name.to_owned(), message, help: help.to_owned(), position: None }
}
