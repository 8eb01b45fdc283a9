//! Compose values after interpolation and merging, each with the place that it came from.

use std::collections::BTreeSet;

use super::interpolate::{Variables, interpolate};
use crate::limits;
use crate::yaml::{Dialect, Node, Place, Scalar, scalar};

/// A resolved value.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) place: Place,
    pub(super) data: Data,
    tag: Option<String>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(super) enum Data {
    Null,
    /// A scalar: its text, whether it was quoted, and the variable without a value in it, if any.
    Scalar {
        text: String,
        quoted: bool,
        unset: Option<String>,
    },
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// The files of a project hold more values than a reader may keep.
#[derive(Debug)]
pub(super) struct TooLarge;

impl Value {
    /// Reads a node, variables replaced. `budget` counts values over the whole project.
    pub(super) fn read(node: Node<'_>, variables: &Variables, budget: &mut usize) -> Result<Self, TooLarge> {
        *budget += 1;
        if *budget > limits::VALUES_PER_PROJECT {
            return Err(TooLarge);
        }
        let data = if node.is_mapping() {
            let entries = node.entries().into_iter().filter_map(|(key, value)| Some((key.text()?, value)));
            let read = entries.map(|(key, value)| Ok((key.to_owned(), Self::read(value, variables, budget)?)));
            Data::Map(read.collect::<Result<_, _>>()?)
        } else if node.is_sequence() {
            Data::List(node.items().map(|item| Self::read(item, variables, budget)).collect::<Result<_, _>>()?)
        } else if node.is_null() {
            Data::Null
        } else {
            let result = interpolate(node.text().unwrap_or_default(), variables);
            Data::Scalar { text: result.text, quoted: node.is_quoted(), unset: result.unset }
        };
        Ok(Self { place: node.place(), data, tag: node.tag().map(str::to_owned) })
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.data {
            Data::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.data {
            Data::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn unset(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { unset, .. } => unset.as_deref(),
            _ => None,
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match &self.data {
            Data::Scalar { text, quoted: false, .. } => match scalar::resolve(text, Dialect::Compose) {
                Scalar::Boolean(value) => Some(value),
                _ => None,
            },
            // Docker casts the text that interpolation leaves.
            Data::Scalar { text, .. } => text.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        self.text()?.trim().parse().ok().filter(|value: &f64| value.is_finite() && *value >= 0.0)
    }

    pub(super) fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    /// This value with another laid over it, as Compose merges files: mappings key by key, lists joined, commands and
    /// everything else replaced; `!reset` removes, `!override` replaces.
    pub(super) fn overlaid(self, over: &Self, key: &str) -> Self {
        if over.tag.as_deref() == Some("!override") {
            return over.clone();
        }
        let replaces = matches!(key, "command" | "entrypoint" | "test");
        match (self.data, &over.data) {
            (Data::Map(mut base), Data::Map(entries)) => {
                for (name, value) in entries {
                    let position = base.iter().position(|(known, _)| known == name);
                    if value.tag.as_deref() == Some("!reset") {
                        if let Some(at) = position {
                            base.remove(at);
                        }
                    } else if let Some(at) = position {
                        let (name, known) = base.remove(at);
                        base.insert(at, (name.clone(), known.overlaid(value, &name)));
                    } else {
                        base.push((name.clone(), value.clone()));
                    }
                }
                Self { place: self.place, data: Data::Map(base), tag: None }
            }
            (Data::List(mut base), Data::List(items)) if !replaces => {
                let mut known: BTreeSet<String> = base.iter().filter_map(Self::text).map(str::to_owned).collect();
                for item in items {
                    if item.text().is_none_or(|text| known.insert(text.to_owned())) {
                        base.push(item.clone());
                    }
                }
                Self { place: self.place, data: Data::List(base), tag: None }
            }
            (data, Data::Null) => Self { place: self.place, data, tag: self.tag },
            _ => over.clone(),
        }
    }
}
