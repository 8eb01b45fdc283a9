//! Finding the configuration: for everything that was read the files on the way up to the root of its repository, what
//! they extend, and the profiles that they take.
//!
//! Each folder is looked at once. Above the folders that were named only those up to the root of their repository are
//! looked at, and none where there is no repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::walk::{self, display_name};
use super::{Budget, Collected, Input, ReadFailure};
use crate::choices::Choices;
use crate::configuration::{self, FILE_NAMES, Found, FoundFile, Step};
use crate::limits::{EXTENDED_FILES, EXTENDS_DEPTH};
use crate::text::paths::{folder_of, is_in, join};
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Place, Tree, parse_documents};

/// What people call a configuration file that is not found, in the order of [`FILE_NAMES`].
const MISSPELT: [&str; 2] = ["kubeworthy.yml", ".kubeworthy.yml"];

/// Where configuration is looked for: on the disk, or in a revision.
pub(super) trait Shelf {
    /// The whole path of a folder or file; none where there is no such thing.
    fn whole(&self, seen: &Path) -> Option<PathBuf>;
    /// Whether it is a file that may be read as part of what lies below `limit`, a whole path.
    fn is_file(&self, seen: &Path, limit: Option<&Path>) -> bool;
    /// Whether a folder, by its whole path, is the root of a repository.
    fn is_root(&self, whole: &Path) -> bool;
    /// Whether a path is that of a folder.
    fn is_folder(&self, seen: &Path) -> bool;
    /// Reads a file into what was collected, under its name.
    fn read(&self, name: &str, collected: &mut Collected);
}

/// The disk.
pub(super) struct Disk;

impl Shelf for Disk {
    fn whole(&self, seen: &Path) -> Option<PathBuf> {
        std::fs::canonicalize(if seen.as_os_str().is_empty() { Path::new(".") } else { seen }).ok()
    }

    fn is_file(&self, seen: &Path, limit: Option<&Path>) -> bool {
        let Ok(metadata) = std::fs::symlink_metadata(seen) else { return false };
        // A link must not bring what lies elsewhere on the machine into the messages of somebody's hook.
        let stays = |limit: &Path| std::fs::canonicalize(seen).is_ok_and(|target| target.starts_with(limit));
        metadata.is_file() || metadata.is_symlink() && seen.is_file() && limit.is_none_or(stays)
    }

    fn is_root(&self, whole: &Path) -> bool {
        whole.join(".git").exists()
    }

    fn is_folder(&self, seen: &Path) -> bool {
        seen.is_dir()
    }

    fn read(&self, name: &str, collected: &mut Collected) {
        let mut budget = Budget::new(&collected.choices);
        walk::read_path(Path::new(name), &mut budget, collected);
    }
}

/// Finds the configuration of everything that was collected. What is wrong with finding it is in
/// [`Collected::mistakes`].
pub fn find(collected: &mut Collected, inputs: &[Input]) {
    let paths = inputs.iter().filter_map(|input| if let Input::Path(path) = input { Some(path.clone()) } else { None });
    let composed = collected.choices.compose_files.iter().map(PathBuf::from);
    let paths: Vec<PathBuf> = paths.chain(composed).collect();
    find_on(&Disk, collected, &paths);
}

/// What a file is called, links followed; none where it is not there.
#[must_use]
pub fn base_name_behind(name: &str) -> Option<String> {
    let whole = std::fs::canonicalize(name).ok()?;
    Some(whole.file_name()?.to_string_lossy().into_owned())
}

/// The same on any shelf.
pub(super) fn find_on(shelf: &dyn Shelf, collected: &mut Collected, paths: &[PathBuf]) {
    let given: BTreeSet<String> = collected.files.iter().map(|file| file.name.clone()).collect();
    let mut finder = Finder {
        shelf,
        given,
        limits: BTreeMap::new(),
        warnings: Vec::new(),
        folders: BTreeMap::new(),
        ways: BTreeMap::new(),
        found: Found::default(),
        roots: 0,
        within: collected.choices.within.clone(),
    };
    let mut mistakes = Vec::new();
    let choices = &collected.choices;
    let looks = choices.configuration_files.is_empty() && !choices.no_configuration;
    if looks {
        finder.look(collected, paths, &mut mistakes);
    }
    finder.found.whole = read_whole(shelf, collected, paths);
    collected.choices.found = finder.found;
    collected.mistakes.append(&mut mistakes);
    collected.warnings.append(&mut finder.warnings);
    let own: Vec<String> = collected.choices.found.files.iter().map(|file| file.name.clone()).collect();
    for name in &own {
        fetch(shelf, name, None, collected);
    }
    let named = collected.choices.configuration_files.clone();
    let sets: Vec<String> = collected.choices.statements.iter().map(|set| Choices::statement_name(set)).collect();
    for name in &own {
        extend(shelf, name, finder.limits.get(name), &mut Vec::new(), collected);
    }
    // What is named outright is trusted to lead where it likes.
    for name in named.iter().chain(&sets) {
        extend(shelf, name, None, &mut Vec::new(), collected);
    }
    let profiles = collected.choices.found.profiles.clone();
    collected.files.extend(profiles.iter().filter_map(|name| configuration::profile_file(name)));
    collected.files.sort_by(|a, b| a.name.cmp(&b.name));
    collected.mistakes.sort();
    collected.mistakes.dedup();
    collected.warnings.sort();
}

/// The folders that were named, and of which everything was read that there is to read.
fn read_whole(shelf: &dyn Shelf, collected: &Collected, paths: &[PathBuf]) -> BTreeSet<String> {
    let folders = paths.iter().filter(|path| shelf.is_folder(path)).map(|path| seen_as(path));
    let lacks = |folder: &String| {
        let failed = collected.failures.iter().map(|failure| failure.file.as_str());
        failed.chain(collected.skipped.iter().map(|skipped| skipped.file.as_str())).any(|file| is_in(file, folder))
    };
    folders.filter(|folder| !lacks(folder)).collect()
}

/// The name of a folder as it stands before the names of files, empty for where the program runs.
fn seen_as(folder: &Path) -> String {
    let seen = Some(display_name(folder)).filter(|name| name != ".").unwrap_or_default();
    seen.trim_end_matches('/').to_owned()
}

/// Looks on the way up from every folder that holds something.
struct Finder<'s> {
    shelf: &'s dyn Shelf,
    /// What single folders hold, by their whole paths.
    folders: BTreeMap<PathBuf, Vec<Step>>,
    /// What is met from folders upward, by their names.
    ways: BTreeMap<String, Vec<Step>>,
    found: Found,
    roots: usize,
    /// The folder that nothing may be read outside of.
    within: Option<PathBuf>,
    /// The files that there are already, drafts among them that lie on no shelf.
    given: BTreeSet<String>,
    /// What the files that were found may not lead out of.
    limits: BTreeMap<String, Limit>,
    /// Files that look like configuration and are none.
    warnings: Vec<ReadFailure>,
}

/// What a configuration that was found may not lead out of: whoever writes it need not be who runs the program.
#[derive(Clone)]
struct Limit {
    /// The whole path of the folder.
    folder: PathBuf,
    /// Whether it is the root of a repository.
    is_root: bool,
}

impl Limit {
    fn refusal(&self, path: &str) -> (String, String) {
        let what = if self.is_root { "the repository" } else { "the folder that was named" };
        (
            format!("`{path}` leads out of {what}, and a configuration that is found reads nothing outside of it"),
            "keep a copy or a submodule inside, or name what lies outside with --config".to_owned(),
        )
    }
}

/// A folder that was named, or that holds a file that was named.
struct Start {
    /// Its name, empty for where the program runs.
    seen: String,
    whole: PathBuf,
    /// The root of its repository, or itself where there is none.
    limit: PathBuf,
    /// What is met above it.
    above: Vec<Step>,
}

impl Finder<'_> {
    fn look(&mut self, collected: &Collected, paths: &[PathBuf], mistakes: &mut Vec<ReadFailure>) {
        // Drafts lie where the program runs.
        let is_draft = |file: &SourceFile| {
            file.cluster.is_none() && !file.name.starts_with('<') && !file.name.starts_with("--set ")
        };
        let drafts = [PathBuf::from(".")];
        let paths = if paths.is_empty() && collected.files.iter().any(is_draft) { &drafts } else { paths };
        let mut starts: Vec<Start> = paths.iter().filter_map(|path| self.start(path, mistakes)).collect();
        // The outermost of several that hold a folder says how far up its way leads.
        starts.sort_by_key(|start| start.whole.components().count());
        let start = starts.is_empty().then_some(Path::new("."));
        let here = self.start(Path::new("."), mistakes);
        let ways: Vec<Vec<Step>> = starts.iter().map(|start| self.way(start, &start.seen, mistakes)).collect();
        let needs_here = start.is_some()
            || collected.files.iter().any(|file| file.cluster.is_some() || file.name == crate::text::STANDARD_INPUT);
        if let Some(here) = here.filter(|_| needs_here) {
            self.found.here = self.way(&here, "", mistakes);
        }
        self.found.elsewhere = match ways.as_slice() {
            [] => self.found.here.clone(),
            ways => configuration::together(ways.iter().map(Vec::as_slice)).to_vec(),
        };
        let files = collected.files.iter().filter(|file| file.cluster.is_none() && !file.name.starts_with('<'));
        let folders: BTreeSet<&str> = files.map(SourceFile::folder).collect();
        for folder in folders {
            if let Some(start) = starts.iter().find(|start| inside(&start.seen, folder).is_some()) {
                let way = self.way(start, folder, mistakes);
                self.found.of_folder.insert(folder.to_owned(), way);
            }
        }
        for (cluster, file) in &collected.snapshots {
            if let Some(start) = starts.iter().find(|start| inside(&start.seen, folder_of(file)).is_some()) {
                let way = self.way(start, folder_of(file), mistakes);
                self.found.of_cluster.insert(cluster.clone(), way);
            }
        }
    }

    fn start(&mut self, path: &Path, mistakes: &mut Vec<ReadFailure>) -> Option<Start> {
        let folder = if self.shelf.is_folder(path) { path } else { path.parent()? };
        let seen = seen_as(folder);
        let whole = self.shelf.whole(folder)?;
        let root = whole.ancestors().find(|folder| self.shelf.is_root(folder)).map(Path::to_path_buf);
        let limit = root.clone().unwrap_or_else(|| whole.clone());
        let mut above = Vec::new();
        if let Some(root) = root {
            // Named as seen from what was named, so that reports do not depend on where a checkout lies.
            let mut name = PathBuf::from(&seen);
            for folder in whole.ancestors().skip(1).take_while(|folder| folder.starts_with(&root)) {
                let is_named = matches!(name.components().next_back(), Some(Component::Normal(_)));
                if !is_named || !name.pop() {
                    name.push("..");
                }
                above.extend(self.folder(folder, &display_name(&name), &root, mistakes));
            }
        }
        Some(Start { seen, whole, limit, above })
    }

    /// What is met from a folder upward, the folder being a start or below it.
    fn way(&mut self, start: &Start, folder: &str, mistakes: &mut Vec<ReadFailure>) -> Vec<Step> {
        if let Some(known) = self.ways.get(folder) {
            return known.clone();
        }
        let Some(rest) = inside(&start.seen, folder) else { return start.above.clone() };
        let mut way = self.folder(&start.whole.join(&rest), folder, &start.limit, mistakes);
        if rest.as_os_str().is_empty() {
            way.extend(&start.above);
        } else {
            let above = folder_of(folder);
            way.extend(self.way(start, above, mistakes));
        }
        self.ways.insert(folder.to_owned(), way.clone());
        way
    }

    /// What one folder holds: a configuration file, and whether it is the root of a repository.
    fn folder(&mut self, whole: &Path, seen: &str, limit: &Path, mistakes: &mut Vec<ReadFailure>) -> Vec<Step> {
        if let Some(known) = self.folders.get(whole) {
            return known.clone();
        }
        let seen = if seen == "." { "" } else { seen };
        let held: Vec<&str> = FILE_NAMES
            .into_iter()
            .filter(|name| {
                let path = Path::new(seen).join(name);
                self.given.contains(&display_name(&path))
                    || self.shelf.is_file(&path, Some(limit))
                        && self.within.as_deref().is_none_or(|folder| super::is_within(folder, &path))
            })
            .collect();
        let mut steps = Vec::new();
        let name = |name: &str| display_name(&Path::new(seen).join(name));
        let warnings = self.passed_over(seen, &held);
        self.warnings.extend(warnings);
        if let [first, second] = held.as_slice() {
            mistakes.push(ReadFailure {
                file: name(second),
                message: format!("{first} lies in the same folder, and one of them has to hold"),
                help: "keep one of the two".to_owned(),
                position: None,
            });
        }
        if let Some(held) = held.first() {
            steps.push(Step::File(self.found.files.len()));
            self.found.files.push(FoundFile { name: name(held), folder: seen.to_owned() });
            // A repository in a repository is somebody else's.
            let root = whole.ancestors().take_while(|folder| folder.starts_with(limit));
            let root = root.into_iter().find(|folder| self.shelf.is_root(folder));
            let folder = root.unwrap_or(limit).to_path_buf();
            self.limits.insert(name(held), Limit { folder, is_root: root.is_some() });
        }
        if self.shelf.is_root(whole) {
            steps.push(Step::Root(self.roots));
            self.roots += 1;
        }
        self.folders.insert(whole.to_path_buf(), steps.clone());
        steps
    }
}

impl Finder<'_> {
    /// What looks like a configuration in a folder and is none, so that nobody waits for it to count.
    fn passed_over(&self, seen: &str, held: &[&str]) -> Vec<ReadFailure> {
        let warning = |name: &str, message: &str, help: String| ReadFailure {
            file: display_name(&Path::new(seen).join(name)),
            message: message.to_owned(),
            help,
            position: None,
        };
        let is_there = |name: &str| {
            let path = Path::new(seen).join(name);
            let may_be_looked_at = self.within.as_deref().is_none_or(|folder| super::is_within(folder, &path));
            may_be_looked_at && (self.shelf.is_file(&path, None) || self.shelf.is_folder(&path))
        };
        let mut warnings = Vec::new();
        for (name, right) in MISSPELT.into_iter().zip(FILE_NAMES) {
            if is_there(name) {
                let message = "this is not read as configuration, since it is not called so";
                warnings.push(warning(name, message, format!("call it {right}")));
            }
        }
        for name in FILE_NAMES.into_iter().filter(|name| !held.contains(name) && is_there(name)) {
            let path = Path::new(seen).join(name);
            let message = if self.shelf.is_folder(&path) {
                "this is a folder, and no configuration is read from it"
            } else {
                "this is a link that leads out of what was named, and no configuration is read from there"
            };
            warnings.push(warning(name, message, "put a file in its place, or name one with --config".to_owned()));
        }
        warnings
    }
}

/// The path from one folder to another that is it or lies below it.
fn inside(start: &str, folder: &str) -> Option<PathBuf> {
    let path = Path::new(folder);
    if start.is_empty() {
        let leads_out = path.is_absolute() || matches!(path.components().next(), Some(Component::ParentDir));
        return (!leads_out).then(|| path.to_path_buf());
    }
    path.strip_prefix(start).ok().map(Path::to_path_buf)
}

/// Reads a file that is not among the others yet; whether it is there then.
fn fetch(shelf: &dyn Shelf, name: &str, by: Option<(&SourceFile, &Tree, Place)>, collected: &mut Collected) -> bool {
    if collected.files.iter().any(|file| file.name == name) {
        return true;
    }
    let before = collected.failures.len();
    shelf.read(name, collected);
    let failures: Vec<ReadFailure> = collected.failures.drain(before..).collect();
    collected.mistakes.extend(failures.into_iter().map(|failure| match by {
        Some((file, tree, place)) => at(file, tree, place, format!("{name}: {}", failure.message), failure.help),
        None => failure,
    }));
    collected.files.iter().any(|file| file.name == name)
}

/// Reads what a file extends, and what that extends in turn; notes the profiles that they take.
fn extend(shelf: &dyn Shelf, name: &str, limit: Option<&Limit>, open: &mut Vec<String>, collected: &mut Collected) {
    if collected.choices.found.extends.contains_key(name) {
        return;
    }
    let Some(file) = collected.files.iter().find(|file| file.name == name).cloned() else { return };
    let documents = parse_documents(SourceId(0), &Arc::clone(&file.text), &collected.choices.limits);
    // What is wrong in the file itself is told where it is read.
    let Some(tree) = documents.into_iter().next().and_then(Result::ok) else { return };
    let Ok(layer) = configuration::read_named(&tree, name) else { return };
    collected.choices.found.profiles.extend(layer.profile.map(|profile| profile.value));
    open.push(name.to_owned());
    let mut under = Vec::new();
    for entry in layer.extends {
        let mut fail = |message: String, help: &str| {
            collected.mistakes.push(at(&file, &tree, entry.place, message, help.to_owned()));
        };
        let path = join(folder_of(name), &entry.value);
        let path = if path.is_empty() { ".".to_owned() } else { path };
        let seen = Path::new(&path);
        let total: usize = 1 + open.len();
        if entry.value.contains('\0') {
            fail("this is no path".to_owned(), "name a file, relative to this one");
        } else if open.contains(&path) {
            let mut circle: Vec<&str> = open.iter().skip_while(|known| **known != path).map(String::as_str).collect();
            circle.push(&path);
            fail(
                format!("the files extend each other in a circle: {}", circle.join(", ")),
                "take out one of the entries",
            );
        } else if total > EXTENDS_DEPTH {
            let message = format!("more than {EXTENDS_DEPTH} files extend one another in a row");
            fail(message, "name what lies under them all in one file");
        } else if collected.choices.within.as_deref().is_some_and(|folder| !super::is_within(folder, seen)) {
            fail(format!("{path} lies outside of what may be read"), "name a file inside of it");
        } else if let Some(limit) = limit.filter(|limit| leads_out(shelf, name, &entry.value, &path, limit)) {
            let (message, help) = limit.refusal(&entry.value);
            fail(message, &help);
        } else if !is_yaml(seen) && !shelf.is_folder(seen) {
            let help = "name a file that ends in .yaml, .yml or .json";
            fail(format!("{path} is no configuration file by its name"), help);
        } else if shelf.is_folder(seen) {
            fail(format!("{path} is a folder, where a file is meant"), "name the file in it");
        } else if !shelf.is_file(seen, None) {
            fail(format!("there is no file {path}"), "check the path; it leads from the folder of this file");
        } else if collected.choices.found.extends.len() >= EXTENDED_FILES {
            fail(format!("more than {EXTENDED_FILES} configuration files are extended"), "put them together");
        } else if fetch(shelf, &path, Some((&file, &tree, entry.place)), collected) {
            under.push(path.clone());
            extend(shelf, &path, limit, open, collected);
        }
    }
    open.pop();
    collected.choices.found.extends.insert(name.to_owned(), under);
}

/// Whether what a file extends lies outside of a folder: by its name alone, so that nothing outside is even looked at,
/// or by links.
fn leads_out(shelf: &dyn Shelf, name: &str, written: &str, path: &str, limit: &Limit) -> bool {
    let folder = shelf.whole(Path::new(folder_of(name)));
    let by_name = folder.map(|folder| join(&folder.to_string_lossy(), written));
    !by_name.is_some_and(|path| Path::new(&path).starts_with(&limit.folder))
        || shelf.whole(Path::new(path)).is_some_and(|whole| !whole.starts_with(&limit.folder))
}

/// Whether a file may be configuration by its name, and is no file of keys, variables or passwords.
fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

fn at(file: &SourceFile, tree: &Tree, place: Place, message: String, help: String) -> ReadFailure {
    let position = Some(file.position(tree.pointing_span(place.node).start));
    ReadFailure { file: file.name.clone(), message, help, position }
}
