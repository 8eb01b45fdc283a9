//! Variables in Compose files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`,
//! `${NAME?error}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$` for a dollar sign.
//!
//! Values come from the project's own files alone, never from the environment of this process, so that the same files
//! give the same answer everywhere.
//!
//! Source: Compose specification, "Interpolation"; details as the reference loader has them.

use std::collections::BTreeMap;

use crate::limits;

/// The variables of a project.
pub(super) type Variables = BTreeMap<String, String>;

/// What Docker would refuse about the variables of a text. Names only: values and messages may be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A variable that has to be set and is not (`${NAME:?…}`).
    Required(String),
    /// A `${` that is no variable.
    Malformed,
}

/// A text after interpolation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Interpolated {
    /// The text.
    pub(super) text: String,
    /// The first variable that has no value and no default; it counts as empty, as Docker does with a warning.
    pub(super) unset: Option<String>,
    /// The first thing that Docker would refuse.
    pub(super) flaw: Option<Flaw>,
}

/// Replaces the variables of a text.
pub(super) fn interpolate(text: &str, variables: &Variables) -> Interpolated {
    let mut result = Interpolated { text: String::with_capacity(text.len()), ..Interpolated::default() };
    expand(text, variables, 0, &mut result);
    result
}

fn expand(text: &str, variables: &Variables, depth: usize, into: &mut Interpolated) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        into.text.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            into.text.push('$');
            rest = tail;
        } else if let Some(body) = after.strip_prefix('{') {
            let end = closing_brace(body).filter(|_| depth < limits::INTERPOLATION_DEPTH);
            let Some(end) = end.filter(|end| substitute(&body[..*end], variables, depth, into)) else {
                into.flaw.get_or_insert(Flaw::Malformed);
                into.text.push_str("${");
                rest = body;
                continue;
            };
            rest = &body[end + 1..];
        } else {
            let length = name_length(after);
            if length == 0 {
                into.text.push('$');
            } else {
                put(&after[..length], variables, into);
            }
            rest = &after[length..];
        }
    }
    into.text.push_str(rest);
}

fn put(name: &str, variables: &Variables, into: &mut Interpolated) {
    match variables.get(name) {
        Some(value) => into.text.push_str(value),
        None => {
            into.unset.get_or_insert_with(|| name.to_owned());
        }
    }
}

/// Expands what stands between braces; false where it is no variable.
fn substitute(body: &str, variables: &Variables, depth: usize, into: &mut Interpolated) -> bool {
    let length = name_length(body);
    if length == 0 {
        return false;
    }
    let (name, operator) = body.split_at(length);
    let value = variables.get(name);
    let (also_empty, operator) = operator.strip_prefix(':').map_or((false, operator), |rest| (true, rest));
    let set = value.is_some_and(|value| !(also_empty && value.is_empty()));
    let mut characters = operator.chars();
    let kind = characters.next();
    let alternative = characters.as_str();
    match kind {
        None if !also_empty => put(name, variables, into),
        Some('-' | '?') if set => put(name, variables, into),
        Some('-') => expand(alternative, variables, depth + 1, into),
        Some('+') if set => expand(alternative, variables, depth + 1, into),
        Some('+') => {}
        Some('?') => {
            into.unset.get_or_insert_with(|| name.to_owned());
            into.flaw.get_or_insert_with(|| Flaw::Required(name.to_owned()));
        }
        _ => return false,
    }
    true
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
        return 0;
    }
    text.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric())).unwrap_or(text.len())
}

/// The end of a braced body, inner braces counted. A body ends on its own line.
fn closing_brace(body: &str) -> Option<usize> {
    let mut open = 0usize;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'\n' => return None,
            b'{' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, unset: Option<&str>) {
        let pairs = [("A", "one"), ("EMPTY", ""), ("Q", "two words")];
        let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let result = interpolate(text, &variables);
        assert_eq!((result.text.as_str(), result.unset.as_deref()), (expected, unset), "{text}");
    }

    #[test]
    fn every_form() {
        check("$A-${A}", "one-one", None);
        check("${B:-x}${B-y}", "xy", None);
        check("${EMPTY:-x}${EMPTY-y}", "x", None);
        check("${A:+set}${B:+set}", "set", None);
        check("${EMPTY+set}${EMPTY:+no}", "set", None);
        check("${B:-${C:-${A}}}", "one", None);
        check("${B:-{x}}", "{x}", None);
        check("$$A costs $5", "$A costs $5", None);
        check("${B}", "", Some("B"));
        check("${B:?needed}", "", Some("B"));
        check("${Q}", "two words", None);
        check("${unclosed", "${unclosed", None);
        check("${}", "${}", None);
    }

    #[test]
    fn what_docker_refuses_is_said() {
        let flaw = |text| interpolate(text, &Variables::new()).flaw;
        assert_eq!(flaw("${B:?needed}"), Some(Flaw::Required("B".to_owned())));
        assert_eq!(flaw("${B"), Some(Flaw::Malformed));
        assert_eq!(flaw("${B:-\n}"), Some(Flaw::Malformed));
        assert_eq!(flaw("$B ${B} $$ $5"), None);
    }
}
