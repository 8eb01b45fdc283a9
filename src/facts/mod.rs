//! Step 3: typed values read from workloads and systems: known, absent, or unknown with the reason.

mod catalog;
mod footprint;
mod parts;
mod seen;
mod surroundings;
mod system;
mod workload;

pub use catalog::{CATALOG, FactEntry, FactId, FactType, Scope, WORKLOADS, find, resources};
pub use footprint::Footprint;
pub use parts::{Part, Parts};
pub use system::{AddOnMembers, PlatformShare, SystemView};
pub use workload::WorkloadView;

use crate::grade::Grade;
use crate::inventory::not_rendered;
use crate::language::{Prose, say};
use crate::yaml::Place;

/// The value of a known fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A number; its unit is in the fact's sentence.
    Number(f64),
    /// A word or a name.
    Text(String),
}

/// A fact about one workload or system.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// It is known.
    Known {
        /// Its value.
        value: Value,
        /// Where the input says so.
        places: Vec<Place>,
        /// How sure it is, where a target's limit may read it; effective for most.
        grade: Grade,
    },
    /// A number that is this at least: a template that was not rendered may hold more.
    AtLeast {
        /// The least that it can be.
        value: f64,
        /// Why it is not known exactly.
        reason: Prose,
        /// Where the input says so.
        places: Vec<Place>,
        /// How sure the least is.
        grade: Grade,
    },
    /// The input does not say, and its silence means there is none.
    Absent,
    /// The input does not say, and there may well be one.
    Unknown {
        /// Why it is unknown.
        reason: Prose,
        /// Where the input leaves it open; empty where it may be anywhere in a template that was not rendered.
        places: Vec<Place>,
    },
}

/// Why what only a history could tell is unknown.
fn one_look() -> Prose {
    say!("the cluster was looked at once, and that keeps no history")
}

impl Fact {
    /// What only live state could tell: unknown, and nothing in the input points at it.
    #[must_use]
    pub fn not_seen() -> Self {
        Self::Unknown { reason: say!("no live state was seen"), places: Vec::new() }
    }

    /// A known truth value.
    #[must_use]
    pub fn boolean(value: bool, places: impl IntoIterator<Item = Place>) -> Self {
        Self::Known { value: Value::Boolean(value), places: places.into_iter().collect(), grade: Grade::Effective }
    }

    /// A known number.
    #[must_use]
    pub fn number(value: f64, places: impl IntoIterator<Item = Place>) -> Self {
        Self::Known { value: Value::Number(value), places: places.into_iter().collect(), grade: Grade::Effective }
    }

    /// A known word.
    #[must_use]
    pub fn text(value: impl Into<String>, places: impl IntoIterator<Item = Place>) -> Self {
        Self::Known { value: Value::Text(value.into()), places: places.into_iter().collect(), grade: Grade::Effective }
    }

    /// The number of these places, with the first of them.
    #[must_use]
    pub(crate) fn number_of(places: Vec<Place>) -> Self {
        Self::number(places.len() as f64, places)
    }

    /// True with its place where there is one, else false.
    #[must_use]
    pub fn present(place: Option<Place>) -> Self {
        Self::boolean(place.is_some(), place)
    }

    /// The fact as far as it is known where a template was not rendered: what is there stays, what is not may be there.
    #[must_use]
    fn seen_in_part(self, seen: SeenInPart) -> Self {
        if matches!(self, Self::Unknown { .. }) { self } else { self.known_in_part(seen, &not_rendered(), None) }
    }

    /// The same for this reason, which may stand at a place.
    #[must_use]
    fn known_in_part(self, seen: SeenInPart, reason: &Prose, place: Option<Place>) -> Self {
        let unknown = || Self::Unknown { reason: reason.clone(), places: place.into_iter().collect() };
        match (seen, self) {
            (SeenInPart::Whole, fact) => fact,
            (_, Self::Unknown { places, .. }) if places.is_empty() => unknown(),
            (_, fact @ Self::Unknown { .. }) => fact,
            (SeenInPart::Nothing, _) => unknown(),
            (_, Self::Known { value: Value::Number(value), places, grade }) => {
                Self::AtLeast { value, reason: reason.clone(), places, grade }
            }
            (_, Self::Absent | Self::Known { value: Value::Boolean(false), .. }) => unknown(),
            (_, fact) => fact,
        }
    }

    /// The number, if it is a known one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Known { value: Value::Number(value), .. } => Some(*value),
            _ => None,
        }
    }

    /// The truth value, if it is a known one.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Known { value: Value::Boolean(value), .. } => Some(*value),
            _ => None,
        }
    }

    /// Where the input speaks of it.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        match self {
            Self::Known { places, .. } | Self::AtLeast { places, .. } | Self::Unknown { places, .. } => places,
            Self::Absent => &[],
        }
    }
}

/// How much a part of a template tells about a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SeenInPart {
    /// All: it follows from what every workload shows.
    Whole,
    /// What is there, is there; numbers can only grow.
    Presence,
    /// Nothing: it speaks of what is missing, or of all there is.
    Nothing,
}

/// All facts of one workload together with those of its system, or of one system alone, by their number in the
/// catalogue. Facts of the other scope are absent.
#[derive(Clone, Debug)]
pub struct FactSet {
    facts: Vec<Fact>,
}

impl FactSet {
    /// The facts of a system.
    #[must_use]
    pub fn of_system(view: &SystemView<'_>) -> Self {
        Self { facts: CATALOG.iter().map(|entry| entry.of_system(view)).collect() }
    }

    /// The facts of a workload, with those of its system.
    #[must_use]
    pub fn of_workload(view: &WorkloadView<'_>, system: &Self) -> Self {
        let facts = CATALOG
            .iter()
            .zip(&system.facts)
            .map(|(entry, of_system)| match entry.scope {
                Scope::System => of_system.clone(),
                Scope::Workload => entry.of_workload(view),
            })
            .collect();
        Self { facts }
    }

    /// These facts with others laid over them, such as what was seen live.
    #[must_use]
    pub fn overlaid(mut self, others: &[(FactId, Fact)]) -> Self {
        for (id, fact) in others {
            if let Some(known) = self.facts.get_mut(id.0) {
                *known = fact.clone();
            }
        }
        self
    }

    /// One fact.
    #[must_use]
    pub fn get(&self, id: FactId) -> &Fact {
        self.facts.get(id.0).unwrap_or(&Fact::Absent)
    }

    /// These facts with another one in the place of one.
    #[must_use]
    pub fn with(&self, id: FactId, fact: Fact) -> Self {
        let mut facts = self.facts.clone();
        if let Some(known) = facts.get_mut(id.0) {
            *known = fact;
        }
        Self { facts }
    }

    /// One fact by its name; absent where there is no such fact.
    #[must_use]
    pub fn named(&self, name: &str) -> &Fact {
        find(name).map_or(&Fact::Absent, |id| self.get(id))
    }
}
