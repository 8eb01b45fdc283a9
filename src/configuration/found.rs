//! Which configuration file holds where: what looking for them found, as plain data.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::paths::is_in;
use crate::text::{STANDARD_INPUT, SourceFile};

/// The configuration files that were found, and which of them holds for what lies in which folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The files, in the order in which they were found.
    pub files: Vec<FoundFile>,
    /// The files that each file extends, in their order; of files that were named outright too.
    pub extends: BTreeMap<String, Vec<String>>,
    /// The names of the profiles that some file or `--set` takes, among the files as [`super::profile_file`] makes them.
    pub profiles: BTreeSet<String>,
    /// From a folder upward, by the folder as it stands before the names of files: what is met, the nearest first.
    pub of_folder: BTreeMap<String, Vec<Step>>,
    /// The same of clusters, by the names of their texts.
    pub of_cluster: BTreeMap<String, Vec<Step>>,
    /// The same of standard input and of live clusters: from the folder in which the program runs.
    pub here: Vec<Step>,
    /// The same of what lies elsewhere, such as what was followed out of the folders that were named.
    pub elsewhere: Vec<Step>,
    /// The folders that were named and read as a whole, as they stand before the names of files.
    pub whole: BTreeSet<String>,
}

/// A configuration file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Its name among the files.
    pub name: String,
    /// Its folder, as it stands before the names of files; empty for where the program runs.
    pub folder: String,
}

/// What is met on the way from a folder upward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A configuration file, by its number in [`Found::files`].
    File(usize),
    /// The root of a repository, by a number of its own: what stands above it does not hold below it.
    Root(usize),
}

impl Found {
    /// The names of all files that are configuration.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let extended = self.extends.values().flatten().cloned();
        let profiles = self.profiles.iter().map(|name| super::profile::file_name(name));
        self.files.iter().map(|file| file.name.clone()).chain(extended).chain(profiles)
    }

    /// Whether everything that lies in a folder was read.
    #[must_use]
    pub fn has_read_whole(&self, folder: &str) -> bool {
        self.whole.iter().any(|whole| is_in(folder, whole))
    }

    /// What is met on the way from a file upward, the nearest first.
    #[must_use]
    pub fn steps(&self, file: &SourceFile) -> &[Step] {
        if file.cluster.is_some() {
            return self.of_cluster.get(&file.name).unwrap_or(&self.here);
        }
        if file.name == STANDARD_INPUT { &self.here } else { self.inside(file).unwrap_or(&self.elsewhere) }
    }

    /// The same of a file in a folder that was named, or below it; none for others.
    #[must_use]
    pub fn inside(&self, file: &SourceFile) -> Option<&[Step]> {
        let mut folder = file.rendered.as_deref().map_or_else(|| file.folder(), |rendered| rendered.folder.as_str());
        loop {
            if let Some(steps) = self.of_folder.get(folder) {
                return Some(steps);
            }
            // What lies outside of where the program runs has no part in it.
            let is_outside = folder.starts_with('/') || folder == ".." || folder.starts_with("../");
            folder = match folder.rsplit_once('/') {
                Some((above, _)) if !above.is_empty() => above,
                _ if folder.is_empty() || is_outside => return None,
                _ => "",
            };
        }
    }
}

/// What is met on all of some ways, from where they come together upward.
#[must_use]
pub fn together<'s>(mut ways: impl Iterator<Item = &'s [Step]>) -> &'s [Step] {
    let Some(first) = ways.next() else { return &[] };
    ways.fold(first, |common, way| {
        let same = common.iter().rev().zip(way.iter().rev()).take_while(|(a, b)| a == b).count();
        &common[common.len() - same..]
    })
}

/// The file that holds, of what is met on the way upward.
#[must_use]
pub(super) fn nearest(steps: &[Step]) -> Option<usize> {
    match steps.first() {
        Some(Step::File(number)) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_come_together_at_the_nearest_file_that_is_above_all_of_them() {
        use Step::{File, Root};
        let (shop, root, nested) = ([File(1), File(0), Root(0)], [File(0), Root(0)], [Root(1), File(0), Root(0)]);
        let nearest_of = |ways: &[&[Step]]| nearest(together(ways.iter().copied()));
        assert_eq!(nearest_of(&[&shop]), Some(1));
        assert_eq!(nearest_of(&[&shop, &root]), Some(0));
        assert_eq!(nearest_of(&[&nested]), None, "what stands above a repository does not hold in it");
        assert_eq!(nearest_of(&[&nested, &shop]), Some(0), "but over both of them");
        assert_eq!(nearest_of(&[&[File(2)], &[File(3)]]), None);
        assert_eq!(nearest_of(&[]), None);
    }

    #[test]
    fn a_folder_that_was_not_looked_at_has_what_the_one_above_it_has() {
        let here = vec![Step::File(0)];
        let found = Found {
            of_folder: BTreeMap::from([(String::new(), here.clone()), ("a".to_owned(), vec![Step::File(1)])]),
            ..Found::default()
        };
        let steps = |name: &str| found.steps(&SourceFile::new(name, "")).to_vec();
        assert_eq!(
            (steps("a/b/x.yaml"), steps("x.yaml"), steps("b/x.yaml")),
            (vec![Step::File(1)], here.clone(), here)
        );
        assert!(steps("../x.yaml").is_empty() && steps("/srv/x.yaml").is_empty());
        assert!(found.inside(&SourceFile::new("../x.yaml", "")).is_none());
    }
}
