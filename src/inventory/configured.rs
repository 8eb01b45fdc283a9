//! Which configuration holds for which system, and what is told of those that hold for none.

use std::collections::{BTreeMap, BTreeSet};

use super::documents::Read;
use super::{Inventory, Problem, System};
use crate::choices::Choices;
use crate::configuration::{self, Configuration, Configurations, Layer};
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{DocumentId, Place, parse_documents};

/// Reads every configuration file among the files. A mistake costs its whole file.
pub(super) fn read(files: &[SourceFile], choices: &Choices, read: &mut Read) {
    let mut layers: BTreeMap<String, Layer> = BTreeMap::new();
    for name in choices.configuration_names() {
        let Some(index) = files.iter().position(|file| file.name == name) else { continue };
        let source = SourceId(index as u32);
        for document in parse_documents(source, &files[index].text, &choices.limits) {
            match document {
                Ok(mut tree) => {
                    tree.document = DocumentId(read.trees.len() as u32);
                    match configuration::read_named(&tree, &name) {
                        Ok(layer) => {
                            layers.insert(name.clone(), layer);
                        }
                        Err(mistake) => {
                            read.problems.push(Problem::at(mistake.place, source, &mistake.message, &mistake.help));
                        }
                    }
                    read.trees.push(tree);
                }
                Err(error) => {
                    let help = "mend the file; nothing in it was taken into account";
                    let problem = Problem::of_file(source, &error.message, help);
                    let span = Span { start: error.offset, end: error.offset };
                    read.problems.push(Problem { span: Some(span), ..problem });
                }
            }
        }
    }
    let sets: Vec<String> = choices.statements.iter().map(|statement| Choices::statement_name(statement)).collect();
    read.configurations = Configurations::new(&choices.found, &choices.configuration_files, &sets, &layers);
}

/// Gives each system the number of its configuration, and the estate its own.
pub(super) fn settle(configurations: &mut Configurations, systems: &mut [System], files: &[SourceFile]) {
    let of_system: Vec<Vec<&SourceFile>> = systems
        .iter()
        .map(|system| system.sources.iter().filter_map(|source| files.get(source.0 as usize)).collect())
        .collect();
    for (system, own) in systems.iter_mut().zip(&of_system) {
        system.configuration = configurations.number_of(own.iter().copied());
    }
    configurations.settle(of_system.into_iter());
}

impl Inventory {
    /// What is configured for a system, or for the estate.
    #[must_use]
    pub fn configuration_of(&self, system: &System) -> &Configuration {
        self.configurations.get(if system.is_estate { self.configurations.estate() } else { system.configuration })
    }

    /// What is configured for the estate.
    #[must_use]
    pub fn estate_configuration(&self) -> &Configuration {
        self.configurations.get(self.configurations.estate())
    }

    /// Whether a system is the only one that its configuration holds for, so that what is stated about the whole is
    /// stated about it.
    #[must_use]
    pub fn is_only(&self, system: &System) -> bool {
        let shared = |other: &&System| other.configuration == system.configuration;
        self.systems.len() == 1
            || system.configuration != self.configurations.estate() && self.systems.iter().filter(shared).count() == 1
    }

    /// The configurations that hold for systems below the folder of another one, in its place.
    fn nearer_than(&self, number: usize, files: &[SourceFile]) -> Vec<&str> {
        let is_shadowed = |system: &&System| {
            let files = system.sources.iter().filter_map(|source| files.get(source.0 as usize));
            self.configurations.is_shadowed(number, files)
        };
        let nearer = self.systems.iter().filter(is_shadowed).map(|system| self.configuration_of(system).file.as_str());
        nearer.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Tells of statements and suppressions about systems that are not there, and of configuration that holds for nothing.
    pub(super) fn note_useless_configuration(&mut self, files: &[SourceFile]) {
        let mut problems = Vec::new();
        let mut told = BTreeSet::new();
        for (number, configuration) in self.configurations.all().iter().enumerate() {
            let holds = |system: &&System| system.configuration == number;
            let is_estates = number == self.configurations.estate();
            if number > 0 && !is_estates && self.systems.iter().filter(holds).count() == 0 {
                let is_extended = self.configurations.is_extended(&configuration.file);
                if let Some(at) = files.iter().position(|file| file.name == configuration.file && !is_extended) {
                    let nearer = self.nearer_than(number, files);
                    let (message, help) = match nearer.is_empty() {
                        true => (
                            "this configuration holds for no system: none lies in its folder or below it".to_owned(),
                            "move it to the folder of a system or above it, or remove it".to_owned(),
                        ),
                        false => (
                            format!(
                                "this configuration holds for no system: nearer to them lies {}",
                                nearer.join(", ")
                            ),
                            "let what lies nearer extend it, as in `extends: ../kubeworthy.yaml`, or remove it"
                                .to_owned(),
                        ),
                    };
                    let place =
                        self.trees.iter().find(|tree| tree.source.0 as usize == at).and_then(|tree| tree.root());
                    let source = SourceId(at as u32);
                    problems.push(match place {
                        Some(root) => Problem::at(root.place(), source, &message, &help),
                        None => Problem { not_understood: false, ..Problem::of_file(source, &message, &help) },
                    });
                }
                continue;
            }
            for (name, place, about) in named_systems(configuration) {
                let is_named = |system: &&System| system.name == name || system.id() == name;
                if self.systems.iter().filter(holds).any(|system| is_named(&system)) || !told.insert((place, name)) {
                    continue;
                }
                let elsewhere = self.systems.iter().find(is_named).map(|system| self.configuration_of(system));
                let (message, help) = match elsewhere {
                    Some(other) if other.file.is_empty() || other.file == configuration.file => continue,
                    Some(other) => (
                        format!(
                            "`{name}` has a configuration of its own, so what is {about} it here counts for nothing"
                        ),
                        format!("move it to {}", other.file),
                    ),
                    None => {
                        let names = self.systems.iter().filter(holds).map(|system| system.name.as_str());
                        let help = crate::data::did_you_mean(name, names);
                        let help = if help.is_empty() { "the report names the systems".to_owned() } else { help };
                        let message = format!("there is no system `{name}`, so what is {about} it counts for nothing");
                        (message, help)
                    }
                };
                problems.push(Problem::at(place, SourceId(0), &message, &help));
            }
        }
        self.problems.extend(problems);
    }
}

/// The systems that a configuration names, where, and what it does about them.
fn named_systems(configuration: &Configuration) -> impl Iterator<Item = (&str, Place, &'static str)> {
    let stated = configuration.context.named_systems().map(|(name, place)| (name, place, "stated about"));
    let ignored = configuration
        .suppressions
        .iter()
        .flat_map(|entry| entry.systems.iter().map(|name| (name.as_str(), entry.place, "ignored of")));
    stated.chain(ignored)
}
