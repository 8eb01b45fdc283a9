//! What the owner could answer: for each thing that may be stated, the values at which a rule begins to claim something.

use std::collections::BTreeMap;

use super::{Action, Rule, Rules};
use crate::capability::CapabilityId;
use crate::condition::{Condition, Truth};
use crate::facts::{CATALOG, Fact, FactId, FactSet, Scope, Value};
use crate::grade::Grade;

/// An answer with what it would claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The key of the context file.
    pub key: &'static str,
    /// The value, a number in the unit of the key's fact.
    pub value: f64,
    /// What rules would claim then.
    pub claims: Vec<(CapabilityId, Grade)>,
}

/// The name of the fact that holds what is stated under a key.
const PREFIX: &str = "stated.";

/// Every answer to what has not been stated yet that makes a rule of scope system claim something, by key and value.
#[must_use]
pub fn answers(rules: &Rules, facts: &FactSet) -> Vec<Answer> {
    let mut steps: BTreeMap<&'static str, (FactId, Vec<f64>, Vec<&Rule>)> = BTreeMap::new();
    for rule in rules.iter().filter(|rule| rule.scope == Scope::System && matches!(rule.action, Action::Claim { .. })) {
        let mut bounds = Vec::new();
        collect(&rule.when, &mut bounds);
        for (fact, bound) in bounds {
            let Some(key) = CATALOG[fact.0].id.strip_prefix(PREFIX) else { continue };
            if !matches!(facts.get(fact), Fact::Absent) {
                continue;
            }
            let (_, values, asked) = steps.entry(key).or_insert((fact, Vec::new(), Vec::new()));
            values.push(bound);
            if asked.last().is_none_or(|last| last.code != rule.code) {
                asked.push(rule);
            }
        }
    }
    let mut answers = Vec::new();
    for (key, (fact, mut values, asked)) in steps {
        values.sort_by(f64::total_cmp);
        values.dedup();
        for value in values {
            let known = Fact::Known { value: Value::Number(value), places: Vec::new(), grade: Grade::Proven };
            let supposed = facts.with(fact, known);
            let claims: Vec<_> = asked.iter().filter_map(|rule| claim(rule, &supposed)).collect();
            if !claims.is_empty() {
                answers.push(Answer { key, value, claims });
            }
        }
    }
    answers
}

fn claim(rule: &Rule, facts: &FactSet) -> Option<(CapabilityId, Grade)> {
    let Action::Claim { capability, grade, raised } = &rule.action else { return None };
    if rule.when.ask(facts) != Truth::True {
        return None;
    }
    let higher = raised.iter().filter(|(_, condition)| condition.ask(facts) == Truth::True).map(|(grade, _)| *grade);
    Some((*capability, higher.max().unwrap_or(*grade).max(*grade)))
}

/// The numbers that a condition compares facts with.
fn collect(condition: &Condition, into: &mut Vec<(FactId, f64)>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect(part, into)),
        Condition::Not(_) | Condition::Is(..) | Condition::In(..) | Condition::Known(_) => {}
        Condition::AtLeast(fact, bound) | Condition::AtMost(fact, bound) => into.push((*fact, *bound)),
    }
}
