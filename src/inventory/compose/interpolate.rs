//! Variables in Compose files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`,
//! `${NAME?error}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$` for a dollar sign.
//!
//! Values come from the project's `.env` file alone, never from the environment of this process, so that the same
//! files give the same answer everywhere.

use std::collections::BTreeMap;

use crate::limits;

/// The variables of a project.
pub(super) type Variables = BTreeMap<String, String>;

/// A text after interpolation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Interpolated {
    /// The text.
    pub(super) text: String,
    /// The first variable that has no value and no default; it counts as empty, as Docker does with a warning.
    pub(super) unset: Option<String>,
}

/// Replaces the variables of a text.
pub(super) fn interpolate(text: &str, variables: &Variables) -> Interpolated {
    let mut result = Interpolated { text: String::with_capacity(text.len()), unset: None };
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
            let Some(end) = closing_brace(body) else {
                into.text.push_str(&rest[at..]);
                return;
            };
            if depth >= limits::INTERPOLATION_DEPTH || !substitute(&body[..end], variables, depth, into) {
                into.text.push_str(&rest[at..at + 3 + end]);
            }
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
    let alternative = characters.clone().skip(1).collect::<String>();
    match characters.next() {
        None if !also_empty => put(name, variables, into),
        Some('-') if set => put(name, variables, into),
        Some('-') => expand(&alternative, variables, depth + 1, into),
        Some('+') if set => expand(&alternative, variables, depth + 1, into),
        Some('+') => {}
        Some('?') => put(name, variables, into),
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

/// The end of a braced body, inner braces counted.
fn closing_brace(body: &str) -> Option<usize> {
    let mut open = 0usize;
    let bytes = body.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' if at > 0 && bytes[at - 1] == b'$' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

/// Reads a `.env` file: `NAME=value` lines, `export` allowed, comments and quotes as Docker takes them.
pub(super) fn read_variables(text: &str) -> Variables {
    let mut variables = Variables::new();
    for line in text.lines() {
        let line = line.trim().trim_start_matches('\u{feff}');
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let value = value.trim();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).map_or(value, |(inner, _)| inner).to_owned(),
            _ => value.split(" #").next().unwrap_or(value).trim().to_owned(),
        };
        variables.insert(name.trim().to_owned(), value);
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, unset: Option<&str>) {
        let variables = read_variables("A=one\nEMPTY=\n# B=2\nexport Q=\"two words\" # note\n");
        let result = interpolate(text, &variables);
        assert_eq!((result.text.as_str(), result.unset.as_deref()), (expected, unset), "{text}");
    }

    #[test]
    fn every_form() {
        check("$A-${A}", "one-one", None);
        check("${B:-x}${B-y}", "xy", None);
        check("${EMPTY:-x}${EMPTY-y}", "x", None);
        check("${A:+set}${B:+set}", "set", None);
        check("${B:-${C:-${A}}}", "one", None);
        check("$$A costs $5", "$A costs $5", None);
        check("${B}", "", Some("B"));
        check("${B:?needed}", "", Some("B"));
        check("${Q}", "two words", None);
        check("${unclosed", "${unclosed", None);
        check("${}", "${}", None);
    }
}
