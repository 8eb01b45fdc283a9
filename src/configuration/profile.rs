//! Profiles: what is assumed of a kind of team or place, as data under `rules/profiles/`, each value with its reason.
//!
//! A profile lies under everything that an owner says. It is read from its text like a configuration file, so that each
//! of its values has a place; whose statement it is says its name.

use serde::Deserialize;

use super::Layer;
use crate::context::{self, Mistake, entries};
use crate::data::{DataError, EmbeddedFile, embedded, read_embedded};
use crate::text::SourceFile;
use crate::yaml::Tree;

const FOLDER: &str = "rules/profiles/";
/// How the name of a profile among the files begins; nobody has a file of that name.
const BEGINS: &str = "profile ";

/// A profile as its file describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// For whom it is, in a few words.
    pub title: String,
    /// What it assumes and what it does not.
    pub summary: String,
    /// What is assumed, in order of the keys.
    #[serde(default)]
    pub statements: std::collections::BTreeMap<String, Assumption>,
    /// What makes the gate fail, in order of the keys.
    #[serde(default)]
    pub gate: std::collections::BTreeMap<String, Assumption>,
}

/// One value of a profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumption {
    /// The value.
    pub value: serde_json::Value,
    /// Why it is assumed.
    pub reason: String,
    /// Where that comes from; none for our own judgement.
    pub source: Option<Source>,
}

/// Where an assumption comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The title of the document.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// Every profile, in order of their names.
///
/// # Errors
///
/// When a file is not what it should be.
pub fn profiles() -> Result<Vec<Profile>, DataError> {
    embedded(FOLDER).map(read_embedded).collect()
}

/// The names of the profiles, sorted.
pub fn profile_names() -> impl Iterator<Item = &'static str> {
    embedded(FOLDER).filter_map(name_of)
}

fn name_of(file: &'static EmbeddedFile) -> Option<&'static str> {
    file.name.strip_prefix(FOLDER)?.strip_suffix(".yaml")
}

/// The name that a profile has among the files.
pub(super) fn file_name(name: &str) -> String {
    format!("{BEGINS}{name}")
}

/// Whether a name among the files is that of a profile.
#[must_use]
pub fn is_profile_name(name: &str) -> bool {
    name.strip_prefix(BEGINS).is_some_and(|name| profile_names().any(|known| known == name))
}

/// The text of a profile as a file among the others; none where there is no such profile.
#[must_use]
pub fn profile_file(name: &str) -> Option<SourceFile> {
    let file = embedded(FOLDER).find(|file| name_of(file) == Some(name))?;
    Some(SourceFile::new(file_name(name), file.text))
}

/// Reads the text of a profile as the layer that lies under everything.
///
/// # Errors
///
/// At the first key that does not exist or value of the wrong form.
pub(super) fn layer(tree: &Tree) -> Result<Layer, Mistake> {
    let Some(root) = tree.root() else { return Ok(Layer::default()) };
    let owner = file_name(root.get("name").and_then(|name| name.text()).unwrap_or_default());
    let mut layer = Layer::default();
    if let Some(statements) = root.get("statements") {
        layer.context = context::assumed(statements, &owner)?;
    }
    for (name, entry) in root.get("gate").map(|gate| entries(gate, "what is assumed")).transpose()?.unwrap_or_default()
    {
        let Some(value) = entry.get("value") else {
            return Err(Mistake::at(name, "the value is missing", "write it under `value`"));
        };
        super::layer::gate_setting(name, value, "", &mut layer.gate)?;
    }
    Ok(layer)
}
