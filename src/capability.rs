//! What platforms can offer and systems can need.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{self, DataError};

/// The axes; availability and scale lead every report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// What the system survives.
    Availability,
    /// What it takes to carry it.
    Scale,
    /// How many parts, teams and places.
    Topology,
    /// Data that lasts.
    State,
    /// Traffic between parts and to the outside.
    Network,
    /// What reaches into the platform itself.
    Platform,
    /// Work that runs to an end.
    Batch,
    /// Accelerators.
    Hardware,
    /// Many users of one platform.
    Tenancy,
    /// How new versions arrive.
    Delivery,
}

impl Axis {
    /// All axes in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Availability,
        Self::Scale,
        Self::Topology,
        Self::State,
        Self::Network,
        Self::Platform,
        Self::Batch,
        Self::Hardware,
        Self::Tenancy,
        Self::Delivery,
    ];

    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::Scale => "scale",
            Self::Topology => "topology",
            Self::State => "state",
            Self::Network => "network",
            Self::Platform => "platform",
            Self::Batch => "batch",
            Self::Hardware => "hardware",
            Self::Tenancy => "tenancy",
            Self::Delivery => "delivery",
        }
    }
}

/// One capability.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// Its name, lower case with dashes.
    pub id: String,
    /// Its axis.
    pub axis: Axis,
    /// What it means, to be read after "needs:".
    pub meaning: String,
}

/// The number of a capability in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CapabilityId(pub usize);

/// The list of all capabilities, from `rules/capabilities.yaml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    capabilities: Vec<Capability>,
}

impl Capabilities {
    /// The capabilities that ship with the program.
    ///
    /// # Errors
    ///
    /// When the file does not have the expected shape, with its position.
    pub fn built_in() -> Result<Self, DataError> {
        data::read_named("rules/capabilities.yaml")
    }

    /// The capability with this name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<CapabilityId> {
        self.capabilities.iter().position(|capability| capability.id == id).map(CapabilityId)
    }

    /// One capability.
    ///
    /// # Panics
    ///
    /// When the number is not one of this list; numbers come from [`Self::find`] and [`Self::iter`] alone.
    #[must_use]
    pub fn get(&self, id: CapabilityId) -> &Capability {
        &self.capabilities[id.0]
    }

    /// All capabilities with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (CapabilityId, &Capability)> {
        self.capabilities.iter().enumerate().map(|(index, capability)| (CapabilityId(index), capability))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.capabilities.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.capabilities.is_empty()
    }

    /// A help sentence for a misspelt capability.
    #[must_use]
    pub fn did_you_mean(&self, word: &str) -> String {
        data::did_you_mean(word, self.capabilities.iter().map(|capability| capability.id.as_str()))
    }
}
