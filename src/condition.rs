//! The closed condition language: compiled against the fact table when a rule is loaded, three-valued when it is
//! asked.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::data::{self, DataError, PathPart};
use crate::facts::{CATALOG, Fact, FactId, FactSet, FactType, Scope, Value};

/// A condition: one operator. Where an operator names several facts, it must hold for all of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionFile {
    /// Every one holds.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The fact has this value.
    Is(BTreeMap<String, Literal>),
    /// The fact is a number of at least this.
    AtLeast(BTreeMap<String, f64>),
    /// The fact is a number of at most this.
    AtMost(BTreeMap<String, f64>),
    /// The fact is one of these words.
    In(BTreeMap<String, Vec<String>>),
    /// The fact is known and not absent.
    Known(String),
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A word.
    Text(String),
}

/// A compiled condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Every one holds.
    All(Vec<Self>),
    /// At least one holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The fact has this value.
    Is(FactId, Value),
    /// The fact is a number of at least this.
    AtLeast(FactId, f64),
    /// The fact is a number of at most this.
    AtMost(FactId, f64),
    /// The fact is one of these words.
    In(FactId, Vec<String>),
    /// The fact is known and not absent.
    Known(FactId),
}

/// The answer to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It depends on this fact, which is unknown.
    Unknown(FactId),
}

/// Compiles the condition that stands at a path of a data file, for a question asked of this scope. What is asked of
/// a system cannot read facts of a workload.
///
/// # Errors
///
/// When it names an unknown fact, compares a fact with a value of another type, or is empty; with its position.
pub fn compile(
    condition: &ConditionFile,
    scope: Scope,
    file: (&str, &str),
    prefix: &[PathPart<'_>],
) -> Result<Condition, DataError> {
    let mut path = prefix.to_vec();
    compile_at(condition, scope, &mut path)
        .map_err(|(message, help)| data::error_at(file.0, file.1, &path, message, help))
}

type Failure = (String, String);

fn compile_at<'c>(file: &'c ConditionFile, scope: Scope, path: &mut Vec<PathPart<'c>>) -> Result<Condition, Failure> {
    match file {
        ConditionFile::All(parts) => compile_list("all", parts, scope, path).map(Condition::All),
        ConditionFile::Any(parts) => compile_list("any", parts, scope, path).map(Condition::Any),
        ConditionFile::Not(part) => {
            path.push(PathPart::Key("not"));
            let compiled = compile_at(part, scope, path)?;
            path.pop();
            Ok(Condition::Not(Box::new(compiled)))
        }
        ConditionFile::Is(entries) => compile_entries("is", entries, scope, path, |id, kind, literal| {
            let value = match (kind, literal) {
                (FactType::Boolean, Literal::Boolean(value)) => Value::Boolean(*value),
                (FactType::Number, Literal::Number(value)) => Value::Number(*value),
                (FactType::Text, Literal::Text(text)) => Value::Text(text.clone()),
                (FactType::Word(words), Literal::Text(text)) => {
                    check_word(words, text)?;
                    Value::Text(text.clone())
                }
                (kind, _) => return Err(wrong_type(kind)),
            };
            Ok(Condition::Is(id, value))
        }),
        ConditionFile::AtLeast(entries) => compile_entries("at-least", entries, scope, path, |id, kind, bound| {
            if kind == FactType::Number { Ok(Condition::AtLeast(id, *bound)) } else { Err(wrong_type(kind)) }
        }),
        ConditionFile::AtMost(entries) => compile_entries("at-most", entries, scope, path, |id, kind, bound| {
            if kind == FactType::Number { Ok(Condition::AtMost(id, *bound)) } else { Err(wrong_type(kind)) }
        }),
        ConditionFile::In(entries) => compile_entries("in", entries, scope, path, |id, kind, words| match kind {
            FactType::Text => Ok(Condition::In(id, words.clone())),
            FactType::Word(known) => {
                words.iter().try_for_each(|word| check_word(known, word))?;
                Ok(Condition::In(id, words.clone()))
            }
            kind => Err(wrong_type(kind)),
        }),
        ConditionFile::Known(name) => {
            path.push(PathPart::Key("known"));
            let (id, _) = resolve(name, scope)?;
            path.pop();
            Ok(Condition::Known(id))
        }
    }
}

fn compile_list<'c>(
    key: &'c str,
    parts: &'c [ConditionFile],
    scope: Scope,
    path: &mut Vec<PathPart<'c>>,
) -> Result<Vec<Condition>, Failure> {
    path.push(PathPart::Key(key));
    if parts.is_empty() {
        return Err((format!("`{key}` needs at least one condition"), String::new()));
    }
    let mut compiled = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        path.push(PathPart::Index(index));
        compiled.push(compile_at(part, scope, path)?);
        path.pop();
    }
    path.pop();
    Ok(compiled)
}

fn compile_entries<'c, T>(
    key: &'c str,
    entries: &'c BTreeMap<String, T>,
    scope: Scope,
    path: &mut Vec<PathPart<'c>>,
    make: impl Fn(FactId, FactType, &T) -> Result<Condition, Failure>,
) -> Result<Condition, Failure> {
    path.push(PathPart::Key(key));
    let mut compiled = Vec::new();
    for (name, value) in entries {
        path.push(PathPart::Name(name));
        let (id, kind) = resolve(name, scope)?;
        compiled.push(make(id, kind, value)?);
        path.pop();
    }
    path.pop();
    match compiled.len() {
        0 => Err((format!("`{key}` needs at least one fact"), String::new())),
        1 => Ok(compiled.remove(0)),
        _ => Ok(Condition::All(compiled)),
    }
}

/// The fact of this name, if it may be read by what is asked of this scope.
///
/// # Errors
///
/// When there is no such fact, or when it is one of the other scope: what is wrong, and what to do.
pub fn resolve(name: &str, scope: Scope) -> Result<(FactId, FactType), Failure> {
    let readable = |entry: &&crate::facts::FactEntry| scope == Scope::Workload || entry.scope == Scope::System;
    let Some(id) = crate::facts::find(name) else {
        let known = CATALOG.iter().filter(readable).map(|entry| entry.id);
        return Err((format!("there is no fact `{name}`"), data::did_you_mean(name, known)));
    };
    let entry = &CATALOG[id.0];
    if !readable(&entry) {
        let help = "give the rule the scope `workload`, or read a fact of the system".to_owned();
        return Err((format!("`{name}` is a fact of a workload, and this rule is asked of a system"), help));
    }
    Ok((id, entry.kind))
}

fn check_word(words: &[&str], word: &str) -> Result<(), Failure> {
    if words.contains(&word) {
        return Ok(());
    }
    let help = data::did_you_mean(word, words.iter().copied());
    let help = if help.is_empty() { format!("it is one of: {}", words.join(", ")) } else { help };
    Err((format!("the fact never is `{word}`"), help))
}

fn wrong_type(kind: FactType) -> Failure {
    let (is, help) = match kind {
        FactType::Boolean => ("true or false", "compare it with `is: {fact: true}`"),
        FactType::Number => ("a number", "compare it with `at-least` or `at-most`"),
        FactType::Word(_) | FactType::Text => ("a word", "compare it with `is` or `in`"),
    };
    (format!("this fact is {is}"), help.to_owned())
}

impl Condition {
    /// Adds every fact that it names.
    pub fn collect_facts(&self, into: &mut BTreeSet<FactId>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect_facts(into)),
            Self::Not(part) => part.collect_facts(into),
            Self::Is(fact, _)
            | Self::AtLeast(fact, _)
            | Self::AtMost(fact, _)
            | Self::In(fact, _)
            | Self::Known(fact) => {
                into.insert(*fact);
            }
        }
    }
}

impl Condition {
    /// Whether it cannot hold unless facts of some sort are known, whatever the others are.
    #[must_use]
    pub fn hangs_on(&self, is_of_the_sort: &dyn Fn(FactId) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().any(|part| part.hangs_on(is_of_the_sort)),
            Self::Any(parts) => parts.iter().all(|part| part.hangs_on(is_of_the_sort)),
            Self::Not(part) => part.hangs_on(is_of_the_sort),
            Self::Is(fact, _)
            | Self::AtLeast(fact, _)
            | Self::AtMost(fact, _)
            | Self::In(fact, _)
            | Self::Known(fact) => is_of_the_sort(*fact),
        }
    }

    /// Asks the condition of a set of facts. An absent fact makes every comparison false; an unknown one makes the
    /// answer unknown unless the rest decides it.
    #[must_use]
    pub fn ask(&self, facts: &FactSet) -> Truth {
        match self {
            Self::All(parts) => {
                let mut answer = Truth::True;
                for part in parts {
                    match part.ask(facts) {
                        Truth::False => return Truth::False,
                        unknown @ Truth::Unknown(_) if answer == Truth::True => answer = unknown,
                        _ => {}
                    }
                }
                answer
            }
            Self::Any(parts) => {
                let mut answer = Truth::False;
                for part in parts {
                    match part.ask(facts) {
                        Truth::True => return Truth::True,
                        unknown @ Truth::Unknown(_) if answer == Truth::False => answer = unknown,
                        _ => {}
                    }
                }
                answer
            }
            Self::Not(part) => match part.ask(facts) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                unknown @ Truth::Unknown(_) => unknown,
            },
            Self::Is(id, expected) => compare(*id, facts, |value| value == expected),
            Self::AtLeast(id, bound) => match facts.get(*id) {
                Fact::AtLeast { value, .. } if value >= bound => Truth::True,
                _ => compare(*id, facts, |value| matches!(value, Value::Number(n) if n >= bound)),
            },
            Self::AtMost(id, bound) => match facts.get(*id) {
                Fact::AtLeast { value, .. } if value > bound => Truth::False,
                _ => compare(*id, facts, |value| matches!(value, Value::Number(n) if n <= bound)),
            },
            Self::In(id, words) => {
                compare(*id, facts, |value| matches!(value, Value::Text(text) if words.contains(text)))
            }
            Self::Known(id) => match facts.get(*id) {
                Fact::Known { .. } | Fact::AtLeast { .. } => Truth::True,
                Fact::Absent | Fact::Unknown { .. } => Truth::False,
            },
        }
    }
}

fn compare(id: FactId, facts: &FactSet, test: impl Fn(&Value) -> bool) -> Truth {
    match facts.get(id) {
        Fact::Known { value, .. } if test(value) => Truth::True,
        Fact::Known { .. } | Fact::Absent => Truth::False,
        Fact::AtLeast { .. } | Fact::Unknown { .. } => Truth::Unknown(id),
    }
}
