//! The files of a revision, read out of the user's repository by the user's own git; the work tree, the index and the
//! network are left alone.
//!
//! What is read is what a folder in the work tree would give: the same kinds of files, without those that `.gitignore`
//! excludes, links followed inside of the folder, under the names that they have as seen from here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::configuration::{Disk, Shelf};
use super::tool::{Ended, Limits, run};
use super::walk::{display_name, is_candidate};
use super::{Collected, ReadFailure, Skipped, add_text, mebibytes, too_large};
use crate::choices::Choices;
use crate::language::{Prose, say};

/// The longest that one call of git may take.
const LONGEST: Duration = Duration::from_secs(60);
/// The most that git may print about the names of files, in bytes: some 500,000 of them.
const LISTING: u64 = 64 * 1024 * 1024;
/// How many links are followed, one after another.
const LINKS: usize = 8;

/// The files of one revision.
#[derive(Debug)]
pub struct Revision {
    /// What it was called.
    name: String,
    /// The commit that it names.
    commit: String,
    /// The folder in which git runs.
    folder: PathBuf,
    /// The root of the work tree.
    top: PathBuf,
    /// The folder from which names are seen, which every relative path starts from.
    here: PathBuf,
    /// The files by their paths from the root.
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    kind: EntryKind,
    object: String,
    size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EntryKind {
    File,
    Link,
    Submodule,
}

impl Revision {
    /// Looks a revision up in the repository that a path belongs to.
    ///
    /// # Errors
    ///
    /// When git is not there, there is no repository, or it has no such revision.
    pub fn open(name: &str, near: &Path) -> Result<Self, ReadFailure> {
        let here = std::fs::canonicalize(".").map_err(|error| super::failure(".", &error))?;
        let folder = near.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new(".")).to_path_buf();
        let fail = |message: &str, help: &str| ReadFailure {
            file: name.to_owned(),
            message: message.to_owned(),
            help: help.to_owned(),
            position: None,
        };
        let named = |said: Result<Vec<u8>, Trouble>| said.map_err(|trouble| trouble.failure(name));
        // Whatever begins with a dash would be a flag.
        if name.starts_with('-') || name.is_empty() || name.contains('\0') {
            return Err(fail("this is neither a file nor a revision", "check the name"));
        }
        let top = match git(&folder, &["rev-parse", "--show-toplevel"], &[], LISTING) {
            Ok(top) => PathBuf::from(line(&top)),
            Err(Trouble::Ended(_)) => {
                return Err(fail(
                    "there is no such file or folder, and no repository of git whose revision it could be",
                    "check the name, or run this inside of the repository",
                ));
            }
            Err(trouble) => return Err(trouble.failure(name)),
        };
        let asked = format!("{name}^{{commit}}");
        let commit = match git(&folder, &["rev-parse", "--verify", "--quiet", &asked], &[], LISTING) {
            Ok(commit) => line(&commit),
            Err(Trouble::Ended(_)) => {
                return Err(fail(
                    "there is no such file or folder, and git knows no revision of that name",
                    "check the name; `git fetch` brings what is not there yet",
                ));
            }
            Err(trouble) => return Err(trouble.failure(name)),
        };
        let listed = named(git(&folder, &["ls-tree", "-r", "-z", "-l", "--full-tree", &commit], &[], LISTING))?;
        let top = std::fs::canonicalize(&top).unwrap_or(top);
        Ok(Self { name: name.to_owned(), commit, folder, top, here, entries: entries(&listed) })
    }

    /// The commit.
    #[must_use]
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// Reads files and folders as they are in this revision.
    #[must_use]
    pub fn collect(&self, paths: &[PathBuf], choices: &Choices) -> Collected {
        let mut collected = super::collect(&[], choices);
        let mut wanted: Vec<(String, &Entry)> = Vec::new();
        for path in paths {
            let before = wanted.len();
            let Some(inside) = self.inside(path) else {
                collected.failures.push(self.failure(path, "it is not inside of the repository"));
                continue;
            };
            if let Some(entry) = self.entries.get(&inside) {
                wanted.push((display_name(path), entry));
                continue;
            }
            let ignored = self.ignored(&inside);
            for (at, entry) in self.below(&inside) {
                let rest = at.strip_prefix(&inside).unwrap_or(at).trim_start_matches('/');
                let name = display_name(&path.join(rest));
                if is_candidate(Path::new(at)) && !is_ignored(&ignored, at) {
                    match self.behind(at, entry, &inside) {
                        Ok(entry) => wanted.push((name, entry)),
                        Err(reason) => collected.skipped.push(Skipped { file: name, reason }),
                    }
                }
            }
            if wanted.len() == before && self.below(&inside).next().is_none() {
                let message = format!("there is no such file or folder in {}", self.name);
                collected.failures.push(self.failure(path, &message));
            }
        }
        collected.failed_inputs += collected.failures.len();
        self.read(wanted, &mut collected);
        collected.leave_baselines();
        collected.files.sort_by(|a, b| a.name.cmp(&b.name));
        collected.skipped.sort();
        collected.failures.sort();
        super::configuration::find_on(self, &mut collected, paths);
        collected
    }

    /// Reads files that others refer to, as they are in this revision.
    #[must_use]
    pub fn follow(&self, collected: &Collected, names: &BTreeSet<String>) -> Collected {
        let mut found = Collected::default();
        let known: BTreeSet<String> = collected.files.iter().map(|file| file.name.clone()).collect();
        let wanted = names.iter().filter(|name| !known.contains(*name)).filter_map(|name| {
            let at = self.inside(Path::new(name))?;
            let entry = self.entries.get(&at)?;
            Some((name.clone(), self.behind(&at, entry, "").ok()?))
        });
        self.read(wanted.collect(), &mut found);
        found
    }

    fn failure(&self, path: &Path, message: &str) -> ReadFailure {
        ReadFailure {
            file: display_name(path),
            message: message.to_owned(),
            help: "check the path".to_owned(),
            position: None,
        }
    }

    /// The path from the root of the repository, with `/`; none for one that leads out of it.
    fn inside(&self, path: &Path) -> Option<String> {
        // What is there is known by its real place, what is not by its name.
        let whole = std::fs::canonicalize(path).unwrap_or_else(|_| self.here.join(path));
        let mut parts: Vec<String> = Vec::new();
        for component in normal(&whole).strip_prefix(&self.top).ok()?.components() {
            parts.push(component.as_os_str().to_str()?.to_owned());
        }
        Some(parts.join("/"))
    }

    /// The files below a folder of the tree.
    fn below<'r>(&'r self, folder: &str) -> impl Iterator<Item = (&'r str, &'r Entry)> + use<'r> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = prefix.clone();
        let entries = self.entries.range(start..).take_while(move |(at, _)| at.starts_with(&prefix));
        entries.map(|(at, entry)| (at.as_str(), entry))
    }

    /// The file itself, or the one behind a link, inside of a folder.
    fn behind<'r>(&'r self, at: &str, entry: &'r Entry, folder: &str) -> Result<&'r Entry, Prose> {
        let (mut at, mut entry) = (at.to_owned(), entry);
        for _ in 0..LINKS {
            match entry.kind {
                EntryKind::File => return Ok(entry),
                EntryKind::Submodule => return Err(say!("another repository")),
                EntryKind::Link => {}
            }
            let target = self.blobs(&[entry], entry.size).ok().and_then(|mut blobs| blobs.pop().flatten());
            let target = target
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .ok_or_else(|| say!("a link that leads nowhere"))?;
            let from = Path::new(&at).parent().unwrap_or(Path::new(""));
            let to = normal(&Path::new("/").join(from).join(&target));
            let to = to.strip_prefix("/").map(|to| to.to_string_lossy().into_owned()).unwrap_or_default();
            let is_inside = folder.is_empty() || to.starts_with(&format!("{folder}/"));
            if !is_inside || target.starts_with('/') {
                return Err(say!("a link that leads out of the folder"));
            }
            entry = match self.entries.get(&to) {
                Some(entry) => entry,
                None if self.below(&to).next().is_some() => {
                    return Err(say!("a link to a folder, read where it really stands"));
                }
                None => return Err(say!("a link that leads nowhere")),
            };
            at = to;
        }
        Err(say!("a link that leads nowhere"))
    }

    /// The `.gitignore` files that a folder and what is above and below it have in this revision, by their folders.
    fn ignored(&self, folder: &str) -> Vec<(String, Gitignore)> {
        let is_related = |at: &str| {
            let above = at.rsplit_once('/').map_or("", |(above, _)| above);
            above.is_empty()
                || folder.is_empty()
                || above == folder
                || above.starts_with(&format!("{folder}/"))
                || folder.starts_with(&format!("{above}/"))
        };
        let files: Vec<(&String, &Entry)> = self
            .entries
            .iter()
            .filter(|(at, entry)| {
                entry.kind == EntryKind::File && (*at == ".gitignore" || at.ends_with("/.gitignore")) && is_related(at)
            })
            .collect();
        let most: u64 = files.iter().map(|(_, entry)| entry.size).sum();
        let entries: Vec<&Entry> = files.iter().map(|(_, entry)| *entry).collect();
        let Ok(texts) = self.blobs(&entries, most.min(LISTING)) else { return Vec::new() };
        let read = files.into_iter().zip(texts).filter_map(|((at, _), text)| {
            let text = String::from_utf8_lossy(&text?).into_owned();
            let folder = at.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
            let mut builder = GitignoreBuilder::new(Path::new("/").join(&folder));
            for line in text.lines() {
                // A line that is no pattern excludes nothing, as for git.
                let _ = builder.add_line(None, line);
            }
            Some((folder, builder.build().ok()?))
        });
        let mut read: Vec<_> = read.collect();
        // The nearest decides.
        read.sort_by(|(a, _), (b, _)| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        read
    }

    /// Reads what is wanted, within the limits.
    fn read(&self, wanted: Vec<(String, &Entry)>, collected: &mut Collected) {
        let limits = collected.choices.limits;
        let read: u64 = collected.files.iter().map(|file| file.text.len() as u64).sum();
        let mut left = limits.total_bytes.saturating_sub(read);
        let mut chosen: Vec<(String, &Entry)> = Vec::new();
        let mut seen: BTreeSet<String> = collected.files.iter().map(|file| file.name.clone()).collect();
        for (name, entry) in wanted {
            // Named twice, it is read once.
            if !seen.insert(name.clone()) {
                continue;
            }
            if entry.size > limits.file_bytes {
                collected.failures.push(too_large(&name, Some(entry.size), limits.file_bytes));
            } else if entry.size > left {
                collected.failures.push(ReadFailure {
                    file: name,
                    message: format!("the run has reached its limit of {}", mebibytes(limits.total_bytes)),
                    help: "compare parts of the tree one at a time, or raise the limit with --max-total-size"
                        .to_owned(),
                    position: None,
                });
            } else if entry.kind == EntryKind::File {
                left -= entry.size;
                chosen.push((name, entry));
            }
        }
        let entries: Vec<&Entry> = chosen.iter().map(|(_, entry)| *entry).collect();
        match self.blobs(&entries, limits.total_bytes) {
            Ok(blobs) => {
                for ((name, _), blob) in chosen.into_iter().zip(blobs) {
                    match blob {
                        Some(bytes) => add_text(name, bytes, collected),
                        None => collected.failures.push(ReadFailure {
                            file: name,
                            message: format!("git does not have this file of {}", self.name),
                            help: "a partial clone leaves files out; `git fetch` with --refetch brings them".to_owned(),
                            position: None,
                        }),
                    }
                }
            }
            Err(trouble) => collected.failures.push(trouble.failure(&self.name)),
        }
    }

    /// The contents of objects, in their order; none for what git does not have.
    fn blobs(&self, entries: &[&Entry], most: u64) -> Result<Vec<Option<Vec<u8>>>, Trouble> {
        /// What git prints about each object beside its content.
        const ABOUT: u64 = 128;
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let asked: String = entries.iter().map(|entry| format!("{}\n", entry.object)).collect();
        let most = most.saturating_add(ABOUT * entries.len() as u64);
        let said = git(&self.folder, &["cat-file", "--batch"], asked.as_bytes(), most)?;
        let mut rest = said.as_slice();
        let mut blobs = Vec::with_capacity(entries.len());
        for _ in entries {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or(Trouble::Odd)?;
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            rest = &rest[end + 1..];
            if head.ends_with(" missing") {
                blobs.push(None);
                continue;
            }
            let size: usize = head.rsplit(' ').next().and_then(|size| size.parse().ok()).ok_or(Trouble::Odd)?;
            let content = rest.get(..size).ok_or(Trouble::Odd)?;
            blobs.push(Some(content.to_vec()));
            rest = rest.get(size + 1..).unwrap_or_default();
        }
        Ok(blobs)
    }
}

/// Configuration is looked for in the revision; what lies outside of the repository is the same for every revision.
impl Shelf for Revision {
    fn whole(&self, seen: &Path) -> Option<PathBuf> {
        self.inside(seen).map(|inside| self.top.join(inside)).or_else(|| Disk.whole(seen))
    }

    fn is_file(&self, seen: &Path, limit: Option<&Path>) -> bool {
        match self.inside(seen) {
            Some(at) => self.entries.get(&at).is_some_and(|entry| entry.kind == EntryKind::File),
            None => Disk.is_file(seen, limit),
        }
    }

    fn is_root(&self, whole: &Path) -> bool {
        whole == self.top
    }

    fn is_folder(&self, seen: &Path) -> bool {
        match self.inside(seen) {
            Some(at) => at.is_empty() || self.below(&at).next().is_some(),
            None => Disk.is_folder(seen),
        }
    }

    fn read(&self, name: &str, collected: &mut Collected) {
        match self.inside(Path::new(name)).map(|at| self.entries.get(&at)) {
            Some(Some(entry)) => Self::read(self, vec![(name.to_owned(), entry)], collected),
            Some(None) => {}
            None => Disk.read(name, collected),
        }
    }
}

fn is_ignored(ignored: &[(String, Gitignore)], at: &str) -> bool {
    for (folder, file) in ignored {
        if !folder.is_empty() && !at.starts_with(&format!("{folder}/")) {
            continue;
        }
        let found = file.matched_path_or_any_parents(Path::new("/").join(at), false);
        if !found.is_none() {
            return found.is_ignore();
        }
    }
    false
}

/// The path without `.` and `..`, by its names alone.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

/// What `git ls-tree -r -z -l` prints: mode, kind, object and size, a tab, the path.
fn entries(listed: &[u8]) -> BTreeMap<String, Entry> {
    let mut entries = BTreeMap::new();
    for entry in listed.split(|byte| *byte == 0) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
        let about = String::from_utf8_lossy(&entry[..tab]).into_owned();
        let Ok(path) = std::str::from_utf8(&entry[tab + 1..]) else { continue };
        let mut words = about.split_whitespace();
        let (Some(mode), Some(_), Some(object)) = (words.next(), words.next(), words.next()) else { continue };
        let kind = match mode {
            "120000" => EntryKind::Link,
            "160000" => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let size = words.next().and_then(|size| size.parse().ok()).unwrap_or(0);
        entries.insert(path.to_owned(), Entry { kind, object: object.to_owned(), size });
    }
    entries
}

/// Why git gave nothing.
enum Trouble {
    /// It is not there.
    Missing,
    /// It ended with an error, and said this.
    Ended(Vec<String>),
    /// It took too long.
    Overtime,
    /// It printed too much.
    TooMuch,
    /// It answered what nobody expected.
    Odd,
    /// It could not be started or waited for.
    Lost(String),
}

impl Trouble {
    fn failure(self, name: &str) -> ReadFailure {
        let (message, help) = match self {
            Self::Missing => (
                "there is no such file or folder, and git is not installed, so that it cannot be a revision".to_owned(),
                "install git, or compare reports: `kubeworthy assess -o json=old.json` on one side, then on the other"
                    .to_owned(),
            ),
            Self::Ended(said) => {
                (format!("git could not read it: {}", said.join(" ")), "run git yourself to see more".to_owned())
            }
            Self::Overtime => (
                format!("git took longer than {} seconds and was stopped", LONGEST.as_secs()),
                "compare reports instead".to_owned(),
            ),
            Self::TooMuch => (
                "git printed more than can be read".to_owned(),
                "compare parts of the tree one at a time, or raise the limit with --max-total-size".to_owned(),
            ),
            Self::Odd => ("git answered what was not expected".to_owned(), "compare reports instead".to_owned()),
            Self::Lost(error) => {
                (format!("git could not be started: {error}"), "run git yourself to see more".to_owned())
            }
        };
        ReadFailure { file: name.to_owned(), message, help, position: None }
    }
}

/// Runs git in a folder: without a shell, without the network, without a look at the index, within limits.
fn git(folder: &Path, arguments: &[&str], asked: &[u8], most: u64) -> Result<Vec<u8>, Trouble> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(arguments)
        // A partial clone fetches what is missing; here nothing is fetched, by new and by old versions of git.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(if asked.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Trouble::Missing,
        _ => Trouble::Lost(error.to_string()),
    })?;
    if let Some(mut stdin) = child.stdin.take() {
        let asked = asked.to_vec();
        // Written beside reading, since git answers while it is asked. Where it has ended, it says so itself.
        std::thread::spawn(move || {
            let _ = stdin.write_all(&asked);
        });
    }
    match run(child, Limits { bytes: most, time: LONGEST }) {
        (Ended::Done(status, bytes), _) if status.success() => Ok(bytes),
        (Ended::Done(..), said) => Err(Trouble::Ended(said)),
        (Ended::Overtime, _) => Err(Trouble::Overtime),
        (Ended::TooMuch, _) => Err(Trouble::TooMuch),
        (Ended::Lost(error), _) => Err(Trouble::Lost(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_lists_is_understood() {
        let listed =
            b"100644 blob aaaa      12\ta b.yaml\x00120000 blob bbbb       3\tl\x00160000 commit cccc       -\ts\x00";
        let entries = entries(listed);
        assert_eq!(entries.len(), 3);
        assert_eq!((entries["a b.yaml"].kind, entries["a b.yaml"].size), (EntryKind::File, 12));
        assert_eq!(entries["l"].kind, EntryKind::Link);
        assert_eq!(entries["s"].kind, EntryKind::Submodule);
    }

    #[test]
    fn paths_are_normal() {
        assert_eq!(normal(Path::new("/a/./b/../c")), Path::new("/a/c"));
        assert_eq!(normal(Path::new("/../..")), Path::new("/"));
    }
}
