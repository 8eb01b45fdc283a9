//! What became of each list: complete, refused, cut off.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Every page came.
    Complete,
    /// The API server has no such resource.
    NotServed,
    /// It was left out by the scope or by a flag.
    NotAsked,
    /// Some pages came, the rest did not.
    CutOff,
    /// It took longer than it may.
    TimedOut,
    /// The API server refused it.
    Forbidden,
    /// It failed in another way.
    Failed,
}

impl Outcome {
    /// Its name in the text.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::NotServed => "not-served",
            Self::NotAsked => "not-asked",
            Self::CutOff => "cut-off",
            Self::TimedOut => "timed-out",
            Self::Forbidden => "forbidden",
            Self::Failed => "failed",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [Outcome; 7] = [
            Outcome::Complete,
            Outcome::NotServed,
            Outcome::NotAsked,
            Outcome::CutOff,
            Outcome::TimedOut,
            Outcome::Forbidden,
            Outcome::Failed,
        ];
        ALL.into_iter().find(|outcome| outcome.id() == text)
    }

    /// Whether something that could have been there was not read.
    #[must_use]
    pub fn is_gap(self) -> bool {
        matches!(self, Self::CutOff | Self::TimedOut | Self::Forbidden | Self::Failed)
    }
}

/// What became of a resource, over all namespaces that were listed one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    outcome: Option<Outcome>,
    objects: usize,
    skipped: usize,
    reason: Option<String>,
    namespaces: BTreeSet<String>,
    skipped_because: Option<String>,
}

impl Record {
    /// Adds what became of one list.
    pub(super) fn add(&mut self, outcome: Outcome, objects: usize, reason: Option<&str>, namespace: Option<&str>) {
        // The worst stands, with its reason; of equals the reason that comes first in the alphabet.
        let is_worse = self.outcome.is_none_or(|known| known < outcome);
        let reason = reason.map(str::to_owned);
        if is_worse {
            self.reason = reason;
        } else if self.outcome == Some(outcome) {
            self.reason = match (self.reason.take(), reason) {
                (Some(known), Some(other)) => Some(known.min(other)),
                (known, other) => known.or(other),
            };
        }
        self.outcome = Some(self.outcome.map_or(outcome, |known| known.max(outcome)));
        self.objects += objects;
        if outcome.is_gap() {
            self.namespaces.extend(namespace.map(str::to_owned));
        }
    }

    /// Adds items that could not be read.
    pub(super) fn skip(&mut self, items: usize, reason: Option<&str>) {
        self.skipped += items;
        self.skipped_because = match (self.skipped_because.take(), reason.map(str::to_owned)) {
            (Some(known), Some(other)) => Some(known.min(other)),
            (known, other) => known.or(other),
        };
    }

    pub(super) fn to_json(&self) -> Value {
        let mut record = Map::new();
        let outcome = self.outcome.unwrap_or(Outcome::NotAsked);
        // A list of which something was left out is not whole.
        let lacks_some = outcome == Outcome::Complete && self.skipped > 0;
        let (outcome, reason) = if lacks_some {
            let objects = if self.skipped == 1 { "1 object was" } else { &format!("{} objects were", self.skipped) };
            let because = self.skipped_because.as_deref().unwrap_or("an object is not what the API says it is");
            (Outcome::CutOff, Some(format!("{objects} left out: {because}")))
        } else {
            (outcome, self.reason.clone())
        };
        record.insert("outcome".to_owned(), Value::from(outcome.id()));
        record.insert("objects".to_owned(), Value::from(self.objects));
        if let Some(reason) = reason {
            record.insert("reason".to_owned(), Value::from(reason));
        }
        if !self.namespaces.is_empty() {
            record.insert("namespaces".to_owned(), Value::from(self.namespaces.iter().cloned().collect::<Vec<_>>()));
        }
        if self.skipped > 0 {
            record.insert("skipped".to_owned(), Value::from(self.skipped));
        }
        if let Some(reason) = &self.skipped_because {
            record.insert("skipped-because".to_owned(), Value::from(reason.as_str()));
        }
        Value::Object(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_outcome_stands_and_names_where() {
        let mut record = Record::default();
        record.add(Outcome::Complete, 3, None, Some("a"));
        record.add(Outcome::Forbidden, 0, Some("no right to list pods"), Some("b"));
        record.add(Outcome::Complete, 1, None, Some("c"));
        record.skip(2, Some("an object has no name"));
        assert_eq!(
            record.to_json().to_string(),
            r#"{"outcome":"forbidden","objects":4,"reason":"no right to list pods","namespaces":["b"],"skipped":2,"skipped-because":"an object has no name"}"#
        );
        assert_eq!(Outcome::parse("cut-off"), Some(Outcome::CutOff));
        assert_eq!(Outcome::parse("fine"), None);
    }
}
