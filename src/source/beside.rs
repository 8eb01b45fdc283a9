//! Files of this program that lie beside what is read: where the baseline is, where it belongs, and what files are called
//! as seen from its folder.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::walk::display_name;

/// The name of a baseline.
pub const BASELINE: &str = "kubeworthy.baseline.json";

/// Whether a text is a baseline, whatever the name of its file: the name of the schema stands first in each. What stands
/// behind it may be anything, such as a conflict that nobody solved yet.
#[must_use]
pub fn is_baseline(text: &str) -> bool {
    let mut rest = text;
    for part in ["{", "\"schema\"", ":"] {
        match rest.trim_start().strip_prefix(part) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.trim_start().starts_with("\"kubeworthy/baseline/")
}

/// The baseline of what is named first: in that folder, or beside that file, or in the nearest folder above it; not above
/// the root of a repository, which holds `.git`. Outside of a repository also the one in the working directory. None where
/// there is none.
#[must_use]
pub fn find_baseline(first: Option<&Path>) -> Option<PathBuf> {
    let above = folders_above(start(first));
    let is_in_a_repository = above.last().is_some_and(|folder| is_root(folder));
    let here = (!is_in_a_repository).then(|| PathBuf::from("."));
    above.into_iter().chain(here).map(|folder| named(&folder)).find(|file| file.is_file())
}

/// Where a baseline belongs that is not there yet: at the root of the repository, or else in the working directory.
#[must_use]
pub fn place_of_baseline(first: Option<&Path>) -> PathBuf {
    let root = folders_above(start(first)).into_iter().find(|folder| is_root(folder));
    named(&root.unwrap_or_else(|| PathBuf::from(".")))
}

/// The file in a folder, without `./` before it.
fn named(folder: &Path) -> PathBuf {
    if folder == Path::new(".") { PathBuf::from(BASELINE) } else { folder.join(BASELINE) }
}

fn is_root(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The folder that is named, or that holds what is named.
fn start(first: Option<&Path>) -> &Path {
    let first = first.filter(|path| path.as_os_str() != "-").unwrap_or(Path::new("."));
    let folder = if first.is_dir() { first } else { first.parent().unwrap_or(first) };
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// A folder and those above it up to the root of its repository, named as seen from what was named; outside of a
/// repository the folder alone.
fn folders_above(start: &Path) -> Vec<PathBuf> {
    let mut folders = vec![start.to_path_buf()];
    let Ok(whole) = start.canonicalize() else { return folders };
    let Some(root) = whole.ancestors().find(|folder| is_root(folder)) else { return folders };
    let steps = whole.ancestors().skip(1).take_while(|folder| folder.starts_with(root)).count();
    let mut path = start.to_path_buf();
    for _ in 0..steps {
        let is_named = matches!(path.components().next_back(), Some(Component::Normal(_)));
        if !is_named || !path.pop() {
            path = if path == Path::new(".") { PathBuf::from("..") } else { path.join("..") };
        }
        folders.push(if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.clone() });
    }
    folders
}

/// What files are called as seen from the folder of a baseline.
#[derive(Debug)]
pub struct SeenFrom {
    here: PathBuf,
    folder: PathBuf,
    /// Folders as they were named, with where they really are.
    known: RefCell<BTreeMap<PathBuf, PathBuf>>,
}

impl SeenFrom {
    /// As seen from the folder that holds this file, which need not be there yet.
    #[must_use]
    pub fn beside(file: &Path) -> Self {
        let here = Path::new(".").canonicalize().unwrap_or_else(|_| PathBuf::from("."));
        let folder = file.parent().unwrap_or(Path::new(""));
        let folder = whole(&here.join(folder));
        Self { here, folder, known: RefCell::default() }
    }

    /// The name of a file or folder: relative, with `/` between folders; empty for the folder itself.
    #[must_use]
    pub fn name_of(&self, name: &str) -> String {
        let path = self.here.join(name);
        let path = match (path.parent(), path.file_name()) {
            (Some(folder), Some(last)) => self.whole_folder(folder).join(last),
            _ => whole(&path),
        };
        relative(&path, &self.folder)
    }

    /// A file by the name that `name_of` gave it, as it is found from anywhere.
    #[must_use]
    pub fn named(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// Whether a file is there, by the name that `name_of` gave it.
    #[must_use]
    pub fn is_there(&self, name: &str) -> bool {
        self.folder.join(name).symlink_metadata().is_ok()
    }

    fn whole_folder(&self, folder: &Path) -> PathBuf {
        if let Some(known) = self.known.borrow().get(folder) {
            return known.clone();
        }
        let real = whole(folder);
        self.known.borrow_mut().insert(folder.to_path_buf(), real.clone());
        real
    }
}

/// Where a path really is; one that is not there by its words alone.
fn whole(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent(), path.components().next_back()) {
        (Some(parent), Some(Component::Normal(last))) => whole(parent).join(last),
        (Some(parent), Some(Component::ParentDir)) => whole(parent).parent().map(Path::to_path_buf).unwrap_or_default(),
        (Some(parent), Some(Component::CurDir)) => whole(parent),
        _ => path.to_path_buf(),
    }
}

/// A path as seen from a folder.
fn relative(path: &Path, folder: &Path) -> String {
    let (path, folder): (Vec<_>, Vec<_>) = (path.components().collect(), folder.components().collect());
    let same = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let ups = folder[same..].iter().map(|_| Component::ParentDir);
    let inside: PathBuf = ups.chain(path[same..].iter().copied()).collect();
    if inside.as_os_str().is_empty() { String::new() } else { display_name(&inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        std::fs::create_dir_all(folder.path().join("a/b")).expect("folders");
        let seen = SeenFrom::beside(&folder.path().join("a").join(BASELINE));
        for (name, meant) in [
            ("a/b/x.yaml", "b/x.yaml"),
            ("a/./b/../x.yaml", "x.yaml"),
            ("c/x.yaml", "../c/x.yaml"),
            ("a", ""),
            ("a/gone/x.yaml", "gone/x.yaml"),
        ] {
            assert_eq!(seen.name_of(&at(name)), meant, "{name}");
        }
        assert!(seen.is_there("b") && !seen.is_there("gone/x.yaml"));
    }

    #[test]
    fn a_baseline_is_found_up_to_the_root_of_the_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("repository/deploy/web");
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(folder.path().join(BASELINE), "{}").expect("written");
        assert_eq!(find_baseline(Some(&deep)), None, "outside of a repository no folder above counts");
        std::fs::create_dir(folder.path().join("repository/.git")).expect("a folder");
        assert_eq!(find_baseline(Some(&deep)), None, "what is above the repository does not count");
        assert_eq!(place_of_baseline(Some(&deep)), folder.path().join("repository").join(BASELINE));
        std::fs::write(folder.path().join("repository").join(BASELINE), "{}").expect("written");
        assert_eq!(find_baseline(Some(&deep)), Some(folder.path().join("repository").join(BASELINE)));
    }
}
