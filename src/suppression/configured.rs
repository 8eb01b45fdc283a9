//! Suppressions in the configuration: rules, globs of files, names of systems, and how long they count.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::reach::Reach;
use super::{Ignore, Mistake, Said, Site, SuppressionForm, Written};
use crate::configuration::{Configuration, Configurations, ConfiguredSuppression};
use crate::language::say;
use crate::text::SourceId;
use crate::text::paths::below;
use crate::yaml::{DocumentId, Place};

/// What is configured, as far as suppressions ask.
#[derive(Clone, Copy, Debug)]
pub struct Configured<'c> {
    /// The configurations that hold for something.
    pub held: &'c [Held<'c>],
    /// By the numbers of the files, whether suppressions in them may give no reason.
    pub reasons_are_optional: &'c [bool],
    /// All of them, for what was read.
    pub configurations: &'c Configurations,
}

/// A configuration, and what it holds for.
#[derive(Clone, Copy, Debug)]
pub struct Held<'c> {
    /// The configuration.
    pub configuration: &'c Configuration,
    /// The systems for which it holds.
    pub systems: &'c [HeldSystem],
    /// Whether these are all that there are.
    pub is_of_all: bool,
    /// Whether it holds for the estate.
    pub is_estates: bool,
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
    /// Whether all that is said of the estate counts among them.
    is_of_estate: bool,
    /// The documents of these systems.
    documents: BTreeSet<DocumentId>,
}

impl Globs {
    /// Whether what is said is said of a system, or of the estate, that it covers.
    pub(super) fn is_of_system(&self, said: &Said<'_>) -> bool {
        self.systems.as_ref().is_none_or(|systems| match said.system {
            Some((_, id)) => systems.contains(id),
            None => self.is_of_estate || said.places.iter().any(|place| self.documents.contains(&place.document)),
        })
    }

    /// Whether it names files at all.
    pub(super) fn names_files(&self) -> bool {
        self.files.is_some()
    }

    /// Covers what another one does too, which names the same files.
    pub(super) fn unite(&mut self, other: Self) {
        self.systems =
            self.systems.take().zip(other.systems).map(|(own, others)| own.into_iter().chain(others).collect());
        self.documents.extend(other.documents);
        self.is_of_estate |= other.is_of_estate;
    }

    pub(super) fn matches(&self, file: &str) -> bool {
        self.files.as_ref().is_none_or(|files| below(file, &self.folder).is_some_and(|file| files.is_match(file)))
    }

    /// Whether nothing of what it names was read, and may be there all the same.
    pub(super) fn are_elsewhere(&self, written: &Written<'_>) -> bool {
        let sources = |file: &crate::text::SourceFile| {
            let rendered = file.rendered.as_deref().map(|rendered| &rendered.sources);
            rendered.into_iter().flatten().any(|source| self.matches(&source.name))
        };
        let is_nowhere = self.systems.is_some() && self.documents.is_empty() && !self.is_of_estate
            || !written.files.iter().any(|file| self.matches(&file.name) || sources(file));
        is_nowhere && !written.configured.configurations.has_read_whole(&self.folder)
    }
}

/// Reads the entries of the configuration.
pub(super) fn read(written: &Written<'_>, into: &mut Vec<Ignore>) {
    // An entry of a file that several others extend is one suppression.
    let mut known: BTreeMap<(Place, &str), usize> = BTreeMap::new();
    for held in written.configured.held {
        for entry in &held.configuration.suppressions {
            for rule in &entry.rules {
                let ignore = configured(written, held, entry, rule);
                match known.get(&(entry.place, rule)).copied() {
                    Some(index) => {
                        let known: &mut Ignore = &mut into[index];
                        known.reach.unite(ignore.reach);
                        known.needs_reason |= ignore.needs_reason;
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
    let is_of_estate = held.is_estates && entry.systems.is_empty();
    let reach = Reach::Globs(Globs { files, folder: entry.folder.clone(), systems: names, is_of_estate, documents });
    let ignore = Ignore::new(SuppressionForm::Configuration, rule, entry.reason.as_deref(), site, reach);
    let needs_reason = !held.configuration.reasons_are_optional;
    Ignore { until: entry.until, mistake, needs_reason, ..ignore }
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
}
