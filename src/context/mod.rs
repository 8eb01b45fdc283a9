//! What the owner states and no file can say: a part of the configuration file, read strictly, each statement with its place.

mod duration;
pub mod keys;
mod read;
mod schema;

pub(crate) use read::entries;
pub use read::{Known, Mistake, assumed, check, read};
pub use schema::statements;

use std::collections::BTreeMap;

use crate::yaml::Place;

/// A value that is stated.
#[derive(Clone, Debug, PartialEq)]
pub enum StatedValue {
    /// A number; lengths of time are seconds.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// One word.
    Word(String),
    /// Several words.
    Words(Vec<String>),
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is stated.
    pub value: StatedValue,
    /// The value as it was written.
    pub written: String,
    /// Where.
    pub place: Place,
    /// Who states it.
    pub owner: Option<String>,
    /// When it was stated, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Where it comes from, such as the title of a document.
    pub source: Option<String>,
}

/// Statements by their key; keys inside of `needs` and `hosts` have dots: `needs.mesh`, `hosts.ordinary.cpu`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statements {
    by_key: BTreeMap<String, Statement>,
}

impl Statements {
    /// One statement.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Statement> {
        self.by_key.get(key)
    }

    /// All statements in order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Statement)> {
        self.by_key.iter().map(|(key, statement)| (key.as_str(), statement))
    }

    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// The number under a key.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.get(key)?.value {
            StatedValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value under a key; false where nothing is stated.
    #[must_use]
    pub fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Statement { value: StatedValue::Boolean(true), .. }))
    }

    /// The word or words under a key; none where nothing is stated.
    #[must_use]
    pub fn words(&self, key: &str) -> &[String] {
        match self.get(key).map(|statement| &statement.value) {
            Some(StatedValue::Word(word)) => std::slice::from_ref(word),
            Some(StatedValue::Words(words)) => words,
            _ => &[],
        }
    }

    /// What is stated outright about capabilities, by their id: needed or not.
    pub fn needs(&self) -> impl Iterator<Item = (&str, bool, &Statement)> {
        self.iter().filter_map(|(key, statement)| match (key.strip_prefix("needs."), &statement.value) {
            (Some(id), StatedValue::Boolean(needed)) => Some((id, *needed, statement)),
            _ => None,
        })
    }

    /// These statements with others laid over them.
    fn overlaid(&self, over: &Self) -> Self {
        let mut merged = self.clone();
        merged.by_key.extend(over.by_key.clone());
        merged
    }
}

/// Everything that is stated: about all that was read, and about single systems.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    whole: Statements,
    systems: BTreeMap<String, Statements>,
    /// Where each system is named, for telling of names that fit none.
    named: BTreeMap<String, Place>,
}

impl Context {
    /// Lays another context over this one: each of its statements takes the place of the one under the same key.
    pub fn lay_over(&mut self, over: &Self) {
        self.whole = self.whole.overlaid(&over.whole);
        for (name, statements) in &over.systems {
            let known = self.systems.entry(name.clone()).or_default();
            *known = known.overlaid(statements);
        }
        self.named.extend(over.named.clone());
    }

    /// Whether nothing is stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.systems.is_empty()
    }

    /// What holds for everything together.
    #[must_use]
    pub fn of_the_whole(&self) -> &Statements {
        &self.whole
    }

    /// What holds for one system, by its id or name. `is_only` says that nothing else was read, so that what counts all
    /// systems together counts this one.
    #[must_use]
    pub fn of_system(&self, id: &str, name: &str, is_only: bool) -> Statements {
        let mut statements = self.whole.clone();
        if !is_only {
            statements.by_key.retain(|key, _| keys::find(key).is_none_or(|key| !key.of_the_whole));
        }
        for own in [self.systems.get(name), self.systems.get(id).filter(|_| id != name)].into_iter().flatten() {
            statements = statements.overlaid(own);
        }
        statements
    }

    /// The statements about single systems, by the names that they are made under.
    pub fn of_systems(&self) -> impl Iterator<Item = (&str, &Statements)> {
        self.systems.iter().map(|(name, statements)| (name.as_str(), statements))
    }

    /// The names of systems that statements are made about, with their places.
    pub fn named_systems(&self) -> impl Iterator<Item = (&str, Place)> {
        self.named.iter().map(|(name, place)| (name.as_str(), *place))
    }
}

/// The text of a context that states one thing, as `key=value` with dots between nested keys.
///
/// # Errors
///
/// When there is no `=`, or a part of the key is empty.
pub fn single(text: &str) -> Result<String, String> {
    let Some((key, value)) = text.split_once('=') else {
        return Err("write the key and the value with `=` between them, as in availability-target=99.9".to_owned());
    };
    let parts: Vec<&str> = key.trim().split('.').collect();
    let fits =
        |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    // Capability ids such as `stated-99.95` have a dot of their own.
    let parts: Vec<String> = match parts.as_slice() {
        ["needs", rest @ ..] if !rest.is_empty() => vec!["needs".to_owned(), rest.join(".")],
        ["systems", name, "needs", rest @ ..] if !rest.is_empty() => {
            vec!["systems".to_owned(), (*name).to_owned(), "needs".to_owned(), rest.join(".")]
        }
        parts if parts.iter().all(fits) => parts.iter().map(|part| (*part).to_owned()).collect(),
        _ => return Err(format!("`{key}` is no key; nested keys have dots between them, as in needs.mesh")),
    };
    let mut document = String::new();
    for (depth, part) in parts.iter().enumerate() {
        let end = if depth + 1 == parts.len() { format!(" {}\n", value.trim()) } else { "\n".to_owned() };
        document.extend(["  ".repeat(depth).as_str(), part, ":", &end]);
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_statement_is_a_document() {
        assert_eq!(single("availability-target=99.9").as_deref(), Ok("availability-target: 99.9\n"));
        assert_eq!(single("needs.mesh=false").as_deref(), Ok("needs:\n  mesh: false\n"));
        assert_eq!(single("needs.stated-99.95=true").as_deref(), Ok("needs:\n  stated-99.95: true\n"));
        assert_eq!(single("hosts.ordinary.cpu=32").as_deref(), Ok("hosts:\n  ordinary:\n    cpu: 32\n"));
        assert!(single("availability-target").is_err() && single(".a=1").is_err() && single("a: b=1").is_err());
    }
}
