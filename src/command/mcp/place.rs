//! The one folder that may be read, and the paths below it.

use std::path::{Component, Path, PathBuf};

use crate::source::place_within;
use crate::text::sanitize::for_terminal;

/// The longest name of an inline text, in bytes.
const LONGEST_NAME: usize = 300;

/// The folder that may be read, which is the working directory from then on.
#[derive(Debug)]
pub(super) struct Root {
    /// As the system names it whole, links followed.
    pub(super) whole: PathBuf,
    /// As its user names it, from the top.
    named: PathBuf,
    /// The folders of own rules, which whoever starts the server names, wherever they lie.
    pub(super) rules: Vec<PathBuf>,
}

impl Root {
    /// Makes a folder the working directory, so that paths in answers are those below it.
    ///
    /// # Errors
    ///
    /// When there is no such folder, or it may not be entered.
    pub(super) fn enter(folder: &Path, rules: &[PathBuf]) -> std::io::Result<Self> {
        let here = std::env::current_dir()?;
        let named = here.join(folder);
        let rules = rules.iter().map(|rules| here.join(rules)).collect();
        let whole = folder.canonicalize()?;
        std::env::set_current_dir(&whole)?;
        Ok(Self { whole, named, rules })
    }

    /// The path of a file or folder that a request names, as seen from the root; or why it may not be read, and what to do.
    pub(super) fn path(&self, asked: &str) -> Result<PathBuf, String> {
        let shown = shown(asked);
        if asked.contains('\0') {
            return Err(format!("`{shown}` is no path; name a file or a folder below the root"));
        }
        let path = Path::new(asked);
        let path = path.strip_prefix(&self.named).unwrap_or(path);
        match place_within(&self.whole, path) {
            None => Err(format!(
                "`{shown}` leads out of the folder that may be read; name something below it, as seen from it \
                 (`.` is the folder itself), or pass the text in `inline`"
            )),
            Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => Err(format!(
                "there is no `{shown}`; paths are seen from the folder that the server was started for (`.`), and what is \
                 not written yet goes into `inline`"
            )),
            Some(Err(error)) => Err(format!("`{shown}` cannot be looked at: {error}; name another file or folder")),
            // In no case a flag, nor the dash that means standard input.
            Some(Ok(place)) => Ok(Path::new(".").join(place)),
        }
    }

    /// The name of an inline text among the files: below the root, whether such a file is there or not.
    pub(super) fn name(&self, asked: &str) -> Result<String, String> {
        let path = Path::new(asked);
        let path = path.strip_prefix(&self.named).or_else(|_| path.strip_prefix(&self.whole)).unwrap_or(path);
        let mut parts: Vec<&str> = Vec::new();
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::Normal(part) => parts.push(part.to_str().unwrap_or_default()),
                _ => parts.push(""),
            }
        }
        let is_name = |part: &&str| !part.is_empty() && !part.chars().any(char::is_control);
        if parts.is_empty() || asked.len() > LONGEST_NAME || !parts.iter().all(is_name) {
            return Err(format!(
                "`{}` is no name for an inline text; give the path that it will have below the root, such as \
                 `deploy/web.yaml` or `compose.yaml`",
                shown(asked)
            ));
        }
        Ok(parts.join("/"))
    }
}

fn shown(path: &str) -> String {
    for_terminal(path).chars().take(LONGEST_NAME).collect()
}
