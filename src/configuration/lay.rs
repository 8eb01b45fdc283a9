//! Layers become configurations: a profile lowest, then what is extended, the file itself, and single statements.

use std::collections::{BTreeMap, BTreeSet};

use super::found::{Found, nearest, together};
use super::{Configuration, Layer, Step, profile};
use crate::text::SourceFile;
use crate::text::paths::folder_of;

/// The configurations of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configurations {
    /// What holds where no file does, or everywhere where files were named; then one for each file that was found.
    all: Vec<Configuration>,
    found: Found,
    /// The number of the estate's.
    estate: usize,
}

impl Configurations {
    /// Lays the layers over each other: of the files that were found or `named`, and over all of them `sets`, the names of
    /// single statements; `layers` are by the names of their files.
    #[must_use]
    pub fn new(found: &Found, named: &[String], sets: &[String], layers: &BTreeMap<String, Layer>) -> Self {
        let of = |names: &[String], file: &str, folder: &str| {
            let mut order = Vec::new();
            for name in names {
                flatten(name, &found.extends, &mut order, &mut BTreeSet::new());
            }
            order.extend(sets.iter().cloned());
            lay(&order, layers, file, folder)
        };
        let last = named.last().map_or("", String::as_str);
        let mut all = vec![of(named, last, "")];
        all.extend(found.files.iter().map(|file| of(std::slice::from_ref(&file.name), &file.name, &file.folder)));
        Self { all, found: found.clone(), estate: 0 }
    }

    /// Every configuration; the first holds where no file was found.
    #[must_use]
    pub fn all(&self) -> &[Configuration] {
        &self.all
    }

    /// The number of the one that holds for some files together.
    #[must_use]
    pub fn number_of<'f>(&self, files: impl Iterator<Item = &'f SourceFile> + Clone) -> usize {
        nearest(self.way(files)).map_or(0, |number| number + 1)
    }

    /// What is met from where some files lie upward. Files that were named decide over those that were followed out of
    /// their folders, and files over clusters.
    fn way<'f>(&self, files: impl Iterator<Item = &'f SourceFile> + Clone) -> &[Step] {
        let found = &self.found;
        let mut ways: Vec<&[Step]> =
            files.clone().filter(|file| file.cluster.is_none()).filter_map(|file| found.inside(file)).collect();
        if ways.is_empty() {
            ways = files.map(|file| found.steps(file)).collect();
        }
        if ways.is_empty() { &found.elsewhere } else { together(ways.into_iter()) }
    }

    /// Says which files the systems have, so that the estate has what holds for all of them.
    pub fn settle<'f>(&mut self, systems: impl Iterator<Item = Vec<&'f SourceFile>>) {
        let ways: Vec<&[Step]> = systems.map(|files| self.way(files.into_iter())).collect();
        let way = if ways.is_empty() { &self.found.elsewhere } else { together(ways.into_iter()) };
        self.estate = nearest(way).map_or(0, |number| number + 1);
    }

    /// The one with this number.
    #[must_use]
    pub fn get(&self, number: usize) -> &Configuration {
        static NONE: std::sync::LazyLock<Configuration> = std::sync::LazyLock::new(Configuration::default);
        self.all.get(number).unwrap_or(&NONE)
    }

    /// Whether another file extends this one.
    #[must_use]
    pub fn is_extended(&self, name: &str) -> bool {
        self.found.extends.values().flatten().any(|under| under == name)
    }

    /// Whether everything that lies in a folder was read.
    #[must_use]
    pub fn has_read_whole(&self, folder: &str) -> bool {
        self.found.has_read_whole(folder)
    }

    /// Whether a configuration lies above some files, and another one lies nearer to them.
    #[must_use]
    pub fn is_shadowed<'f>(&self, number: usize, files: impl Iterator<Item = &'f SourceFile> + Clone) -> bool {
        let is_it = |step: &Step| number > 0 && *step == Step::File(number - 1);
        // What stands above a repository never held below it.
        let way = self.way(files).iter().take_while(|step| matches!(step, Step::File(_)));
        way.skip(1).any(is_it)
    }

    /// The number of the estate's.
    #[must_use]
    pub fn estate(&self) -> usize {
        self.estate
    }
}

/// The order in which a file and those that it extends are laid over each other, each once.
fn flatten(name: &str, extends: &BTreeMap<String, Vec<String>>, order: &mut Vec<String>, open: &mut BTreeSet<String>) {
    if order.iter().any(|known| known == name) || !open.insert(name.to_owned()) {
        return;
    }
    for under in extends.get(name).into_iter().flatten() {
        flatten(under, extends, order, open);
    }
    order.push(name.to_owned());
}

fn lay(order: &[String], layers: &BTreeMap<String, Layer>, file: &str, folder: &str) -> Configuration {
    let mut laid = Configuration { file: file.to_owned(), folder: folder.to_owned(), ..Configuration::default() };
    let own = || order.iter().filter_map(|name| layers.get(name));
    let profile = own().filter_map(|layer| layer.profile.as_ref()).next_back();
    if let Some(profile) = profile {
        laid.profile = Some(profile.value.clone());
        laid.places.insert("profile".to_owned(), profile.place);
        let name = profile::file_name(&profile.value);
        if let Some(layer) = layers.get(&name) {
            lay_over(&mut laid, layer);
            laid.layers.push(name);
        }
    }
    for layer in own() {
        lay_over(&mut laid, layer);
    }
    laid.layers.extend(order.iter().cloned());
    laid
}

fn lay_over(laid: &mut Configuration, layer: &Layer) {
    laid.context.lay_over(&layer.context);
    let mut place = |key: &str, at| {
        laid.places.insert(key.to_owned(), at);
    };
    if let Some(need) = &layer.gate.need_at_least {
        laid.policy.need_at_least = Some(need.value);
        place("gate.need-at-least", need.place);
    }
    if let Some(causes) = &layer.gate.fail_on {
        laid.policy.fail_on = Some(causes.value.iter().map(|cause| cause.value.clone()).collect());
        place("gate.fail-on", causes.place);
    }
    if let Some(baseline) = &layer.gate.baseline {
        laid.policy.baseline = Some(baseline.value.clone());
        place("gate.baseline", baseline.place);
    }
    if let Some(require) = &layer.require_reason {
        laid.reasons_are_optional = !require.value;
        place("require-reason", require.place);
    }
    laid.suppressions.extend(layer.suppressions.iter().cloned());
}

/// The folder of a configuration file by its name.
#[must_use]
pub(crate) fn folder_of_file(name: &str) -> &str {
    if name.starts_with("--set ") || super::is_profile_name(name) { "" } else { folder_of(name) }
}
