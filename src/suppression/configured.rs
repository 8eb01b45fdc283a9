//! Suppressions in the configuration: rules, globs of files, names of systems, and how long they count.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::reach::Reach;
use super::{Ignore, Mistake, Said, Site, SuppressionForm, Written};
use crate::configuration::{Configuration, ConfiguredSuppression};
use crate::language::say;
use crate::text::SourceId;
use crate::yaml::{DocumentId, Place};

/// A configuration, and what it holds for.
#[derive(Clone, Copy, Debug)]
pub struct Held<'c> {
    /// The configuration.
    pub configuration: &'c Configuration,
    /// The systems for which it holds.
    pub systems: &'c [HeldSystem],
    /// Whether these are all that there are.
    pub is_of_all: bool,
}

/// A system for which a configuration holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldSystem {
    /// Its name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The documents that its workloads stand in.
    pub documents: BTreeSet<DocumentId>,
}

/// Files and systems that an entry of the configuration covers.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    /// The files; none for all.
    files: Option<GlobSet>,
    folder: String,
    /// Ids of systems; none for all.
    systems: Option<BTreeSet<String>>,
    /// The documents of these systems.
    documents: BTreeSet<DocumentId>,
}

impl Globs {
    pub(super) fn covers(&self, said: &Said<'_>, file: &dyn Fn(Place) -> Option<String>) -> bool {
        let is_of_system = self.systems.as_ref().is_none_or(|systems| match said.system {
            Some((_, id)) => systems.contains(id),
            None => said.places.iter().any(|place| self.documents.contains(&place.document)),
        });
        let is_in_files = || {
            self.files.is_none() || said.places.iter().any(|place| file(*place).is_some_and(|file| self.matches(&file)))
        };
        is_of_system && is_in_files()
    }

    /// Covers what another one does too, which names the same files.
    pub(super) fn unite(&mut self, other: Self) {
        self.systems =
            self.systems.take().zip(other.systems).map(|(own, others)| own.into_iter().chain(others).collect());
        self.documents.extend(other.documents);
    }

    fn matches(&self, file: &str) -> bool {
        self.files.as_ref().is_none_or(|files| within(file, &self.folder).is_some_and(|file| files.is_match(file)))
    }

    /// Whether none of the files that it names was read.
    pub(super) fn are_elsewhere(&self, written: &Written<'_>) -> bool {
        let sources = |file: &crate::text::SourceFile| {
            let rendered = file.rendered.as_deref().map(|rendered| &rendered.sources);
            rendered.into_iter().flatten().any(|source| self.matches(&source.name))
        };
        !written.files.iter().any(|file| self.matches(&file.name) || sources(file))
            || self.systems.is_some() && self.documents.is_empty()
    }
}

/// The name of a file as seen from a folder; none where it is not in it.
fn within<'f>(file: &'f str, folder: &str) -> Option<&'f str> {
    let plain = |path: &'f str| path.strip_prefix("./").unwrap_or(path);
    let folder = folder.strip_prefix("./").unwrap_or(folder).trim_end_matches('/');
    match folder {
        "" | "." => Some(plain(file)),
        folder => plain(file).strip_prefix(folder)?.strip_prefix('/'),
    }
}

/// Whether the configuration under which something is written asks for no reasons.
pub(super) fn needs_no_reason(ignore: &Ignore, written: &Written<'_>) -> bool {
    let name = written.files.get(ignore.site.source.0 as usize).map_or("", |file| file.name.as_str());
    let holding = written.configured.iter().filter(|held| within(name, &held.configuration.folder).is_some());
    // The nearest counts.
    let nearest = holding.max_by_key(|held| held.configuration.folder.len());
    nearest.is_some_and(|held| held.configuration.reasons_are_optional)
}

/// Reads the entries of the configuration.
pub(super) fn read(written: &Written<'_>, into: &mut Vec<Ignore>) {
    // An entry of a file that several others extend is one suppression.
    let mut known: BTreeMap<(Place, &str), usize> = BTreeMap::new();
    for held in written.configured {
        for entry in &held.configuration.suppressions {
            for rule in &entry.rules {
                let ignore = configured(written, held, entry, rule);
                match known.get(&(entry.place, rule)).copied() {
                    Some(index) => {
                        let known: &mut Ignore = &mut into[index];
                        known.reach.unite(ignore.reach);
                    }
                    None => {
                        known.insert((entry.place, rule), into.len());
                        into.push(ignore);
                    }
                }
            }
        }
    }
}

fn configured(written: &Written<'_>, held: &Held<'_>, entry: &ConfiguredSuppression, rule: &str) -> Ignore {
    let source = written.trees.get(entry.place.document.0 as usize).map_or(SourceId(0), |tree| tree.source);
    let site = Site { source, span: None, place: Some(entry.place) };
    let is_named = |system: &&HeldSystem| {
        entry.systems.is_empty() || entry.systems.iter().any(|name| *name == system.name || *name == system.id)
    };
    let meant: Vec<&HeldSystem> = held.systems.iter().filter(is_named).collect();
    let is_of_all = held.is_of_all && entry.systems.is_empty();
    let names = (!is_of_all).then(|| meant.iter().map(|system| system.id.clone()).collect());
    let (files, mistake) = match globs(&entry.paths) {
        Ok(files) => (files, None),
        Err((path, problem)) => {
            let message = say!("{} is no pattern of files: {}", path, problem);
            (None, Some(Mistake::not_understood((message, say!("write it as in `deploy/**/*.yaml`")))))
        }
    };
    let documents = meant.iter().flat_map(|system| system.documents.iter().copied()).collect();
    let reach = Reach::Globs(Globs { files, folder: entry.folder.clone(), systems: names, documents });
    let ignore = Ignore::new(SuppressionForm::Configuration, rule, entry.reason.as_deref(), site, reach);
    Ignore { until: entry.until, mistake, ..ignore }
}

/// The files that some patterns name. A pattern without a slash names files at any depth, and a folder all that is in it.
fn globs(paths: &[String]) -> Result<Option<GlobSet>, (String, String)> {
    if paths.is_empty() {
        return Ok(None);
    }
    let mut set = GlobSetBuilder::new();
    for path in paths {
        let plain = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let anywhere = if plain.contains('/') { String::new() } else { "**/".to_owned() };
        for pattern in [format!("{anywhere}{plain}"), format!("{anywhere}{plain}/**")] {
            let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
            let glob: Glob = glob.map_err(|error| (path.clone(), error.kind().to_string()))?;
            set.add(glob);
        }
    }
    set.build().map(Some).map_err(|error| (paths.join(", "), error.kind().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_files_as_people_mean_them() {
        let matches = |pattern: &str, file: &str| {
            globs(&[pattern.to_owned()]).expect("a pattern").is_some_and(|set| set.is_match(file))
        };
        assert!(matches("deploy", "deploy/base/web.yaml") && matches("deploy/", "team/deploy/web.yaml"));
        assert!(matches("*.yaml", "web.yaml") && matches("*.yaml", "a/b/web.yaml") && !matches("*.yaml", "web.yml"));
        assert!(matches("deploy/*.yaml", "deploy/web.yaml") && !matches("deploy/*.yaml", "deploy/a/web.yaml"));
        assert!(matches("deploy/**/*.yaml", "deploy/web.yaml") && matches("deploy/**", "deploy/a/web.yaml"));
        assert!(!matches("deploy/web.yaml", "a/deploy/web.yaml"));
        assert!(globs(&["a[".to_owned()]).is_err());
    }

    #[test]
    fn files_are_seen_from_the_folder_of_the_configuration() {
        assert_eq!(within("team/a/web.yaml", "team/a"), Some("web.yaml"));
        assert_eq!(within("./team/a/web.yaml", "./team/"), Some("a/web.yaml"));
        assert_eq!(within("team/ab/web.yaml", "team/a"), None);
        assert_eq!(within("./web.yaml", ""), Some("web.yaml"));
    }
}
