//! What changes on disk while somebody looks on: the files that a run reads, those that it would read if they were there,
//! and nothing that `.gitignore` excludes.
//!
//! Events of the system only wake the watch up; whether anything changed is decided by looking at the files themselves. So
//! storms of events, editors that write by renaming, and files that are removed and made again come out alike. Where events
//! do not arrive (network drives, folders of containers, more folders than the system lets be watched), looking again after
//! a while finds the change all the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::walk::{files_to_read, is_candidate};

/// How long nothing must happen before a change counts as finished: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(80);
/// After so many times `QUIET` a change counts as finished although things still happen.
const LONGEST_STORM: u32 = 12;
/// How long to wait at least before looking without having been woken.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How much longer for each file, so that looking takes a small part of the time however many files there are: to look at
/// one takes some microseconds.
const LOOK_AGAIN_PER_FILE: Duration = Duration::from_micros(100);
/// The same where the system sends no events.
const WITHOUT_EVENTS: Duration = Duration::from_millis(500);
/// The most folders that events are asked for; Linux lets one user watch 8,192 and more, for all programs together.
const MOST_FOLDERS: usize = 4_096;

/// What a run depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The files and folders that were named; folders with what is below them.
    pub paths: Vec<PathBuf>,
    /// Single files beside them, whether they are there or not.
    pub files: BTreeSet<PathBuf>,
    /// Files that the run writes itself.
    pub written: Vec<PathBuf>,
}

/// Looks at files until one of them changes.
#[derive(Debug)]
pub struct Watch {
    /// None where the system has no events to give.
    events: Option<RecommendedWatcher>,
    woken: Receiver<()>,
    seen: BTreeMap<PathBuf, u64>,
}

/// What is on disk, as far as a run depends on it.
#[derive(Debug, Default)]
struct Look {
    /// Each file with what tells one version of it from another.
    stamps: BTreeMap<PathBuf, u64>,
    /// The folders whose events matter.
    folders: BTreeSet<PathBuf>,
}

impl Watch {
    /// A watch that has seen what is there now.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        let (sender, woken) = sync_channel(1);
        let events = notify::recommended_watcher(move |event| wake(&sender, event)).ok();
        Self { events, woken, seen: look(scope).stamps }
    }

    /// Waits until a file changes that the scope speaks of, and names what changed. What the scope gained since it was last
    /// looked at is no change. What changed since then without having been waited for is.
    pub fn wait(&mut self, scope: &Scope) -> BTreeSet<PathBuf> {
        let first = look(scope).stamps;
        for file in scope.files.iter().map(|file| plain(file)) {
            // What the run writes is not among the stamps.
            if let (false, Some(stamp)) = (self.seen.contains_key(&file), first.get(&file)) {
                self.seen.insert(file, *stamp);
            }
        }
        loop {
            let found = look(scope);
            let has_events = self.listen(&found.folders);
            if found.stamps != self.seen {
                self.settle();
                let now = look(scope).stamps;
                let changed = changes(&self.seen, &now);
                self.seen = now;
                if !changed.is_empty() {
                    return changed;
                }
            }
            let files = u32::try_from(found.stamps.len()).unwrap_or(u32::MAX);
            let least = if has_events { LOOK_AGAIN } else { WITHOUT_EVENTS };
            match self.woken.recv_timeout(least + LOOK_AGAIN_PER_FILE.saturating_mul(files)) {
                Ok(()) => self.settle(),
                Err(RecvTimeoutError::Timeout) => {}
                // Nobody sends any more: the watcher could not be made.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(WITHOUT_EVENTS),
            }
        }
    }

    /// Asks for the events of folders; whether all of them could be asked for. A folder that was asked for before is asked
    /// for again, since it may have been removed and made again since.
    fn listen(&mut self, folders: &BTreeSet<PathBuf>) -> bool {
        let Some(events) = &mut self.events else { return false };
        // Linux and the BSDs watch one folder at a time, and would descend into what `.gitignore` excludes; the others
        // watch whole trees at no cost.
        let (folders, mode): (Vec<&PathBuf>, _) = if cfg!(any(target_os = "macos", windows)) {
            let is_topmost = |folder: &&PathBuf| !folder.ancestors().skip(1).any(|above| folders.contains(above));
            (folders.iter().filter(is_topmost).collect(), RecursiveMode::Recursive)
        } else {
            (folders.iter().take(MOST_FOLDERS).collect(), RecursiveMode::NonRecursive)
        };
        let is_whole = folders.len() < MOST_FOLDERS;
        let mut paths = events.paths_mut();
        let mut all = is_whole;
        for folder in folders {
            all &= paths.add(folder, mode).is_ok();
        }
        paths.commit().is_ok() && all
    }

    /// Waits until nothing happens for a moment.
    fn settle(&self) {
        for _ in 0..LONGEST_STORM {
            match self.woken.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => return std::thread::sleep(QUIET),
            }
        }
    }
}

/// Wakes the watch, which forgets how often it was woken. Reading a file is no change, and is what the run itself does.
fn wake(sender: &SyncSender<()>, event: notify::Result<notify::Event>) {
    let matters = match event {
        Ok(event) => !matches!(event.kind, EventKind::Access(access) if !is_written(access)),
        Err(_) => true,
    };
    if matters {
        // Where it is full, the watch is about to wake up.
        let _ = sender.try_send(());
    }
}

fn is_written(access: notify::event::AccessKind) -> bool {
    use notify::event::{AccessKind, AccessMode};
    access == AccessKind::Close(AccessMode::Write)
}

/// Files that are another version, new, or gone.
fn changes(before: &BTreeMap<PathBuf, u64>, now: &BTreeMap<PathBuf, u64>) -> BTreeSet<PathBuf> {
    let is_other = |(path, stamp): &(&PathBuf, &u64)| before.get(*path) != Some(stamp);
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    now.iter().filter(is_other).map(|(path, _)| path).chain(gone).cloned().collect()
}

fn look(scope: &Scope) -> Look {
    let mut found = Look::default();
    let written: BTreeSet<PathBuf> = scope.written.iter().flat_map(|path| places(path)).collect();
    let names: BTreeSet<&OsStr> = written.iter().filter_map(|path| path.file_name()).collect();
    // Only a file of the same name is looked for on disk, since that takes longer than reading its stamp.
    let is_written = |path: &Path| {
        path.file_name().is_some_and(|name| names.contains(name))
            && places(path).into_iter().any(|place| written.contains(&place))
    };
    let add = |found: &mut Look, path: &Path| {
        let path = plain(path);
        if !is_written(&path)
            && let Some(stamp) = stamp(&path)
        {
            found.stamps.insert(path, stamp);
        }
    };
    for path in &scope.paths {
        if path.is_dir() {
            for entry in files_to_read(path).filter_map(Result::ok) {
                if entry.file_type().is_some_and(|kind| kind.is_dir()) {
                    found.folders.insert(plain(entry.path()));
                } else if matters(entry.path()) {
                    add(&mut found, entry.path());
                }
            }
        } else {
            add(&mut found, path);
        }
        // Where it is removed and made again, only the folder above it tells.
        found.folders.extend(folder_above(path));
    }
    for file in &scope.files {
        add(&mut found, file);
        found.folders.extend(folder_above(file));
    }
    found
}

/// Whether a file of a folder matters: what is read, what rendering a chart reads besides, and what says what is left out.
fn matters(path: &Path) -> bool {
    let is_template = path.extension().is_some_and(|extension| extension == "tpl" || extension == "txt");
    let is_inside = || path.components().any(|part| part.as_os_str() == "templates");
    let ignores = |name: &std::ffi::OsStr| name == ".gitignore" || name == ".ignore" || name == ".helmignore";
    is_candidate(path) || is_template && is_inside() || path.file_name().is_some_and(ignores)
}

/// What tells one version of a file from another; none where there is no file.
fn stamp(path: &Path) -> Option<u64> {
    let metadata = std::fs::metadata(path).ok().filter(|metadata| !metadata.is_dir())?;
    let mut hasher = DefaultHasher::new();
    (metadata.modified().ok(), metadata.len()).hash(&mut hasher);
    identity(&metadata).hash(&mut hasher);
    Some(hasher.finish())
}

#[cfg(unix)]
fn identity(metadata: &std::fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_metadata: &std::fs::Metadata) -> () {}

/// The nearest folder above a path that is there.
fn folder_above(path: &Path) -> Option<PathBuf> {
    let above = |path: &Path| {
        path.parent().map(|folder| plain(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }))
    };
    let mut folder = above(path)?;
    while !folder.is_dir() {
        folder = above(&folder)?;
    }
    Some(folder)
}

/// Where a file really is: by its own name, and behind it where it is a link. One that is not there yet has a place too.
fn places(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let own = folder.canonicalize().ok().zip(path.file_name()).map(|(folder, name)| folder.join(name));
    own.into_iter().chain(path.canonicalize().ok()).collect()
}

/// A path without `.` in it, so that one file has one name.
fn plain(path: &Path) -> PathBuf {
    let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if plain.as_os_str().is_empty() { PathBuf::from(".") } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn scope(folder: &Path) -> Scope {
        Scope { paths: vec![folder.to_path_buf()], ..Scope::default() }
    }

    fn names(changed: &BTreeSet<PathBuf>) -> Vec<String> {
        changed.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_changed_before_it_was_waited_for_is_not_missed() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.yaml"), "a: 1").expect("written");
        fs::write(at("gone.yaml"), "a: 1").expect("written");
        fs::write(at(".gitignore"), "ignored/\n").expect("written");
        fs::create_dir(at("ignored")).expect("a folder");
        let mut watch = Watch::new(&scope(folder.path()));
        fs::write(at("notes.md"), "text").expect("written");
        fs::write(at("ignored/a.yaml"), "a: 1").expect("written");
        fs::write(at("out.json"), "{}").expect("written");
        fs::write(at("b.yaml"), "b: 1").expect("written");
        fs::remove_file(at("gone.yaml")).expect("removed");
        // By renaming, with the same length.
        fs::write(at("a.yaml~"), "a: 2").expect("written");
        fs::rename(at("a.yaml~"), at("a.yaml")).expect("renamed");
        let files = BTreeSet::from([at("out.json")]);
        let scope = Scope { written: vec![at("out.json")], files, ..scope(folder.path()) };
        assert_eq!(names(&watch.wait(&scope)), ["a.yaml", "b.yaml", "gone.yaml"]);
    }

    #[test]
    fn events_wake_it_in_folders_that_are_new_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let beside = tempfile::tempdir().expect("a folder");
        let config = beside.path().join("kubeworthy.yaml");
        let mut scope = scope(folder.path());
        let mut watch = Watch::new(&scope);
        scope.files.insert(config.clone());
        let deep = folder.path().join("new/deep");
        let written = std::thread::spawn({
            let (config, deep) = (config.clone(), deep.clone());
            move || {
                std::thread::sleep(Duration::from_millis(300));
                fs::create_dir_all(&deep).expect("folders");
                fs::write(deep.join("a.yaml"), "a: 1").expect("written");
                std::thread::sleep(Duration::from_millis(1500));
                fs::write(config, "teams: 1").expect("written");
            }
        });
        assert_eq!(names(&watch.wait(&scope)), ["a.yaml"]);
        assert_eq!(names(&watch.wait(&scope)), ["kubeworthy.yaml"]);
        written.join().expect("it wrote");
        // A file that was only now found to matter is no change.
        fs::write(beside.path().join("env"), "A=1").expect("written");
        scope.files.insert(beside.path().join("env"));
        fs::remove_dir_all(&deep).expect("removed");
        assert_eq!(names(&watch.wait(&scope)), ["a.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_the_run_writes_is_no_change_however_it_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("sub")).expect("a folder");
        fs::write(at("r.json"), "{}").expect("written");
        std::os::unix::fs::symlink("r.json", at("link.json")).expect("a link");
        let all = look(&scope(folder.path())).stamps;
        assert_eq!(all.len(), 2);
        for written in ["sub/../r.json", "link.json"] {
            let scope = Scope { written: vec![at(written)], ..scope(folder.path()) };
            assert!(!look(&scope).stamps.keys().any(|path| path.ends_with("r.json")), "{written}");
        }
        assert!(places(&at("not/there.json")).is_empty() && places(&at("new.json")).len() == 1);
    }

    #[test]
    fn paths_have_one_name() {
        assert_eq!(plain(Path::new("./a/./b")), Path::new("a/b"));
        assert_eq!((plain(Path::new(".")), plain(Path::new("../a"))), (PathBuf::from("."), PathBuf::from("../a")));
        assert_eq!(folder_above(Path::new("no/such/folder/a.yaml")), Some(PathBuf::from(".")));
        assert!(matters(Path::new("chart/templates/_helpers.tpl")) && !matters(Path::new("notes.txt")));
    }
}
