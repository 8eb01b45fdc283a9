//! The configuration file `kubeworthy.yaml`: what the owner states (see [`crate::context`]), what makes the gate fail, and
//! what is suppressed.

mod found;
mod lay;
mod layer;
mod profile;
mod schema;

pub use found::{Found, FoundFile, Step, together};
pub use lay::Configurations;
pub use layer::{GateLayer, Known, Layer, Stated, check, read, read_named};
pub use profile::{Profile, is_profile_name, profile_file, profile_names, profiles};
pub use schema::schema;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::day::Day;
use crate::yaml::Place;

/// The names of a configuration file that is found by itself; one of them in a folder.
pub const FILE_NAMES: [&str; 2] = ["kubeworthy.yaml", ".kubeworthy.yaml"];

/// What holds for one system, or for the estate: the nearest configuration file with those that it extends under it, and
/// what the command line says over it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// The file, as seen from where the program runs; empty where there is none.
    pub file: String,
    /// The folder that it holds for, as it would stand before the names of files: empty for where the program runs.
    pub folder: String,
    /// The names of everything that it is made of, each laid over those before it: a profile, files that are extended,
    /// the file itself, single statements.
    pub layers: Vec<String>,
    /// The profile, where one is named.
    pub profile: Option<String>,
    /// What the owner states.
    pub context: Context,
    /// What makes the gate fail.
    pub policy: Policy,
    /// What it suppresses.
    pub suppressions: Vec<ConfiguredSuppression>,
    /// Whether a suppression without a reason counts.
    pub reasons_are_optional: bool,
    /// Where the values of `profile`, `gate` and `require-reason` stand, by their keys with dots between them.
    pub places: BTreeMap<String, Place>,
}

/// An entry under `ignore`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfiguredSuppression {
    /// Codes of rules, families of rules (`KW2xx`, `scale`), or `all`, as they were written.
    pub rules: Vec<String>,
    /// Where each of them stands.
    pub rule_places: Vec<Place>,
    /// Globs of files, as seen from `folder`; empty for all files.
    pub paths: Vec<String>,
    /// The folder of the file that holds the entry.
    pub folder: String,
    /// Names or ids of systems; empty for all systems.
    pub systems: Vec<String>,
    /// Why; none where nobody said.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Day>,
    /// Where it stands.
    pub place: Place,
}

/// What makes the gate fail for one system: its configuration, with what the command line says over it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// The need below which a system that runs on Kubernetes fails, 0 to 100; none where no need fails.
    pub need_at_least: Option<f64>,
    /// What fails, as it may be written after `--fail-on`; none where the configuration does not say.
    pub fail_on: Option<Vec<String>>,
    /// The baseline that the configuration names, as seen from where the program runs.
    pub baseline: Option<String>,
}
