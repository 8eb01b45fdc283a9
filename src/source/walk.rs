//! Which files of a folder are read: YAML and JSON that `.gitignore` does not exclude, sorted, links not followed out
//! of the folder.

use std::path::{Path, PathBuf};

use super::{Budget, Collected, ReadFailure, Skipped, failure, read_file};
use crate::language::{Prose, say};

pub(super) fn read_path(path: &Path, budget: &mut Budget, collected: &mut Collected) {
    let name = display_name(path);
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => return collected.failures.push(failure(&name, &error)),
    };
    if metadata.is_dir() {
        read_folder(path, budget, collected);
    } else if metadata.is_file() || is_process_substitution(path) {
        read_file(path, name, budget, collected);
    } else {
        collected.failures.push(ReadFailure {
            file: name,
            message: "this is a pipe, a socket or a device, not a file".to_owned(),
            help: "to read a stream, redirect it to standard input and name `-`".to_owned(),
            position: None,
        });
    }
}

/// `<(command)` in a shell gives a path like `/dev/fd/63`, which is a pipe with somebody at its other end.
fn is_process_substitution(path: &Path) -> bool {
    path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

fn read_folder(root: &Path, budget: &mut Budget, collected: &mut Collected) {
    let canonical_root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    for entry in files_to_read(root) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                collected.failures.push(walk_failure(root, &error));
                continue;
            }
        };
        let path = entry.path();
        let Some(kind) = entry.file_type() else { continue };
        if kind.is_dir() || !is_candidate(path) {
            continue;
        }
        let name = display_name(path);
        if kind.is_file() {
            read_file(path, name, budget, collected);
        } else if kind.is_symlink() {
            match link_target(path, &canonical_root) {
                Ok(target) => read_file(&target, name, budget, collected),
                Err(reason) => collected.skipped.push(Skipped { file: name, reason }),
            }
        } else {
            let reason = say!("a pipe, a socket or a device, not a file");
            collected.skipped.push(Skipped { file: name, reason });
        }
    }
}

/// Everything below a folder that is not ignored, folders too, sorted.
pub(super) fn files_to_read(root: &Path) -> ignore::Walk {
    // The same repository gives the same answer on every machine, so neither personal ignore files nor the presence of
    // a `.git` folder count; a `.gitignore` above the folder does, as for git.
    ignore::WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .git_exclude(false)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .sort_by_file_path(Path::cmp)
        .build()
}

/// The file behind a link, if it is a file inside the root.
fn link_target(path: &Path, canonical_root: &Path) -> Result<PathBuf, Prose> {
    let target = std::fs::canonicalize(path).map_err(|_| "a link that leads nowhere")?;
    if !target.starts_with(canonical_root) {
        return Err(say!("a link that leads out of the folder"));
    }
    if target.is_file() { Ok(target) } else { Err(say!("a link to a folder, read where it really stands")) }
}

/// YAML, JSON and the `.env` files that Compose projects read.
pub(super) fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    // A baseline is this program's own, and a conflict in it must cost no confidence.
    if path.file_name().is_some_and(|name| name == super::beside::BASELINE) {
        return false;
    }
    matches!(extension, Some("yaml" | "yml" | "json" | "jsonl")) || path.file_name().is_some_and(|name| name == ".env")
}

fn walk_failure(root: &Path, error: &ignore::Error) -> ReadFailure {
    let io = error.io_error();
    let message = match io.map(std::io::Error::kind) {
        Some(std::io::ErrorKind::PermissionDenied) => "permission denied".to_owned(),
        _ => format!("it could not be read: {error}"),
    };
    let file = failing_path(error).map_or_else(|| display_name(root), |path| display_name(&path));
    ReadFailure { file, message, help: "run as a user who may read it, or leave it out".to_owned(), position: None }
}

fn failing_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failing_path(err),
        _ => None,
    }
}

/// The path as a person would type it: one `/` between folders, without `.` among them; bytes that are not UTF-8 shown as
/// `\u{fffd}`.
pub(super) fn display_name(path: &Path) -> String {
    let name = path.to_string_lossy().replace('\\', "/");
    let is_odd = name.contains("//") || name.contains("/./") || name.starts_with("./") || name.ends_with("/.");
    if !is_odd {
        return if name.is_empty() { ".".to_owned() } else { name };
    }
    // The same file has the same name however often a slash or a dot stands in it.
    let root = if name.starts_with('/') { "/" } else { "" };
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let name = format!("{root}{}", parts.join("/"));
    if name.is_empty() { ".".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choices::Choices;
    use crate::source::{Input, collect};

    #[cfg(unix)]
    #[test]
    fn links_ignore_files_and_pipes() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let write = |path: PathBuf, text: &str| {
            std::fs::write(path, text).expect("written");
        };
        write(outside.path().join("secret.yaml"), "kind: Secret");
        write(folder.path().join("a.yaml"), "kind: Pod");
        write(folder.path().join("ignored.yaml"), "kind: Pod");
        write(folder.path().join(".gitignore"), "ignored.yaml\n");
        write(folder.path().join("notes.txt"), "kind: Pod");
        symlink(outside.path().join("secret.yaml"), folder.path().join("out.yaml")).expect("a link");
        symlink("a.yaml", folder.path().join("inside.yaml")).expect("a link");
        symlink("nowhere.yaml", folder.path().join("dangling.yaml")).expect("a link");
        symlink(".", folder.path().join("loop.yaml")).expect("a link");
        let collected = collect(&[Input::Path(folder.path().to_path_buf())], &Choices::default());
        let names: Vec<_> = collected.files.iter().map(|file| file.base_name().to_owned()).collect();
        assert_eq!(names, ["a.yaml", "inside.yaml"]);
        let mut reasons: Vec<_> = collected.skipped.iter().map(|skipped| skipped.reason.pattern()).collect();
        reasons.sort_unstable();
        assert_eq!(
            reasons,
            [
                "a link that leads nowhere",
                "a link that leads out of the folder",
                "a link to a folder, read where it really stands"
            ]
        );
        assert!(collected.failures.is_empty());
    }

    #[test]
    fn a_file_has_one_name() {
        for (written, name) in [
            (".//in/a.yaml", "in/a.yaml"),
            ("./in//a.yaml", "in/a.yaml"),
            ("in/./a.yaml", "in/a.yaml"),
            ("././in", "in"),
            ("/in//a.yaml", "/in/a.yaml"),
            ("../in/a.yaml", "../in/a.yaml"),
            ("./", "."),
            ("", "."),
            ("in/..a/.b", "in/..a/.b"),
        ] {
            assert_eq!(display_name(Path::new(written)), name, "{written}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_get_a_position() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bad.yaml");
        std::fs::write(&path, b"kind: Pod\nname: \xff\n").expect("written");
        let collected =
            collect(&[Input::Path(path), Input::Path(folder.path().join("none.yaml"))], &Choices::default());
        assert_eq!(collected.failed_inputs, 2);
        let bad = &collected.failures[0];
        assert_eq!(bad.position.map(|at| (at.line, at.column)), Some((2, 7)), "{bad:?}");
        assert_eq!(collected.failures[1].message, "there is no such file or folder");
    }
}
