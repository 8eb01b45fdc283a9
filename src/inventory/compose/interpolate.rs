//! Variables in Compose files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?error}`,
//! `${NAME?error}`, `${NAME:+other}`, `${NAME+other}`, nested, and `$$` for a dollar sign.
//!
//! Values come from the project's own files alone, never from the environment of this process, so that the same files
//! give the same answer everywhere.
//!
//! Source: Compose specification, "Interpolation"; details as the reference loader has them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::value::{Budget, TooLarge};
use crate::limits;

/// Variables with their values, by name. Those of the surroundings win over a project's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Variables {
    surroundings: Option<Rc<Self>>,
    own: BTreeMap<String, String>,
    /// The files that were read for them.
    files: Vec<String>,
}

impl Variables {
    /// No variables of its own within surroundings.
    pub(super) fn within(surroundings: &Rc<Self>) -> Self {
        Self { surroundings: Some(Rc::clone(surroundings)), ..Self::default() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let outer = self.surroundings.as_ref().and_then(|surroundings| surroundings.get(name));
        outer.or_else(|| self.own.get(name).map(String::as_str))
    }

    /// Sets a variable of the innermost.
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.own.insert(name.to_owned(), value);
    }

    /// Whether there is none beside those of the surroundings.
    pub(super) fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    pub(super) fn note_read(&mut self, file: &str) {
        self.files.push(file.to_owned());
    }

    /// Whether a file was read for them or for those of the surroundings.
    pub(super) fn has_read(&self, file: &str) -> bool {
        self.files.iter().any(|known| known == file)
            || self.surroundings.as_ref().is_some_and(|surroundings| surroundings.has_read(file))
    }
}

/// What Docker would refuse about the variables of a text. Names only: values and messages may be secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A variable that has to be set and is not (`${NAME:?…}`).
    Required(String),
    /// A `${` that is no variable.
    Malformed,
    /// Defaults within defaults beyond what is followed.
    Deep,
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

/// Replaces the variables of a text; what their values add to it is taken from the budget.
pub(super) fn interpolate(text: &str, variables: &Variables, budget: &mut Budget) -> Result<Interpolated, TooLarge> {
    if !text.contains('$') {
        return Ok(Interpolated { text: text.to_owned(), ..Interpolated::default() });
    }
    let result = Interpolated { text: String::with_capacity(text.len()), ..Interpolated::default() };
    let mut expansion = Expansion { variables, budget, result };
    expansion.expand(text, 0)?;
    Ok(expansion.result)
}

/// A text that is being filled in.
struct Expansion<'e> {
    variables: &'e Variables,
    budget: &'e mut Budget,
    result: Interpolated,
}

impl Expansion<'_> {
    fn expand(&mut self, text: &str, depth: usize) -> Result<(), TooLarge> {
        let braces = if text.contains("${") { Braces::of(text) } else { Braces::default() };
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            self.result.text.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            if let Some(tail) = after.strip_prefix('$') {
                self.result.text.push('$');
                rest = tail;
            } else if let Some(body) = after.strip_prefix('{') {
                let start = text.len() - body.len();
                let end = braces.closing(start - 1).map(|end| end - start);
                let understood = match end {
                    Some(end) => self.substitute(&body[..end], depth)?,
                    None => Err(Flaw::Malformed),
                };
                rest = match (understood, end) {
                    (Ok(()), Some(end)) => &body[end + 1..],
                    (Ok(()), None) => body,
                    (Err(flaw), _) => {
                        self.result.text.push_str("${");
                        // What lies deeper stays as it is.
                        let past = end.filter(|_| flaw == Flaw::Deep).unwrap_or(0);
                        self.result.text.push_str(&body[..past]);
                        self.result.flaw.get_or_insert(flaw);
                        &body[past..]
                    }
                };
            } else {
                let length = name_length(after);
                if length == 0 {
                    self.result.text.push('$');
                } else {
                    self.put(&after[..length])?;
                }
                rest = &after[length..];
            }
        }
        self.result.text.push_str(rest);
        Ok(())
    }

    fn put(&mut self, name: &str) -> Result<(), TooLarge> {
        match self.variables.get(name) {
            Some(value) => {
                self.budget.take_text(value.len())?;
                self.result.text.push_str(value);
            }
            None => {
                self.result.unset.get_or_insert_with(|| name.to_owned());
            }
        }
        Ok(())
    }

    /// Expands what stands between braces; a flaw where it is no variable.
    fn substitute(&mut self, body: &str, depth: usize) -> Result<Result<(), Flaw>, TooLarge> {
        let length = name_length(body);
        if length == 0 {
            return Ok(Err(Flaw::Malformed));
        }
        let (name, operator) = body.split_at(length);
        let value = self.variables.get(name);
        let (also_empty, operator) = operator.strip_prefix(':').map_or((false, operator), |rest| (true, rest));
        let set = value.is_some_and(|value| !(also_empty && value.is_empty()));
        let mut characters = operator.chars();
        let kind = characters.next();
        let alternative = characters.as_str();
        match kind {
            None if !also_empty => self.put(name)?,
            Some('-' | '?') if set => self.put(name)?,
            Some('-') if depth >= limits::INTERPOLATION_DEPTH => return Ok(Err(Flaw::Deep)),
            Some('+') if set && depth >= limits::INTERPOLATION_DEPTH => return Ok(Err(Flaw::Deep)),
            Some('-') => self.expand(alternative, depth + 1)?,
            Some('+') if set => self.expand(alternative, depth + 1)?,
            Some('+') => {}
            Some('?') => {
                self.result.unset.get_or_insert_with(|| name.to_owned());
                self.result.flaw.get_or_insert_with(|| Flaw::Required(name.to_owned()));
            }
            _ => return Ok(Err(Flaw::Malformed)),
        }
        Ok(Ok(()))
    }
}

fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
        return 0;
    }
    text.find(|c: char| !(c == '_' || c.is_ascii_alphanumeric())).unwrap_or(text.len())
}

/// Where the braces of a text close.
#[derive(Default)]
struct Braces {
    /// Those that belong together, in the order of those that open. Both stand on one line.
    pairs: Vec<(usize, usize)>,
    /// The end of each line, and the last closing brace on it.
    lines: Vec<(usize, Option<usize>)>,
}

impl Braces {
    fn of(text: &str) -> Self {
        let mut braces = Self::default();
        let (mut open, mut last) = (Vec::new(), None);
        let mut bytes = text.bytes().enumerate().peekable();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'\n' => {
                    open.clear();
                    braces.lines.push((at, last.take()));
                }
                b'{' => {
                    open.push(at);
                    // As in the reference loader, what follows at once does not count.
                    if let Some((at, byte)) = bytes.next_if(|(_, byte)| *byte != b'\n')
                        && byte == b'}'
                    {
                        last = Some(at);
                    }
                }
                b'}' => {
                    braces.pairs.extend(open.pop().map(|from| (from, at)));
                    last = Some(at);
                }
                _ => {}
            }
        }
        braces.lines.push((text.len(), last));
        braces.pairs.sort_unstable();
        braces
    }

    /// Where a brace closes: at the one that belongs to it, else at the last one of its line.
    fn closing(&self, open: usize) -> Option<usize> {
        if let Ok(found) = self.pairs.binary_search_by_key(&open, |(open, _)| *open) {
            return Some(self.pairs[found].1);
        }
        let line = self.lines.partition_point(|(end, _)| *end < open);
        self.lines.get(line)?.1.filter(|last| *last > open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, unset: Option<&str>) {
        let mut variables = Variables::default();
        for (name, value) in [("A", "one"), ("EMPTY", ""), ("Q", "two words")] {
            variables.set(name, value.to_owned());
        }
        let result = interpolate(text, &variables, &mut Budget::new(1 << 20)).expect("small");
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
        let flaw = |text| interpolate(text, &Variables::default(), &mut Budget::new(1 << 20)).expect("small").flaw;
        assert_eq!(flaw("${B:?needed}"), Some(Flaw::Required("B".to_owned())));
        assert_eq!(flaw("${B"), Some(Flaw::Malformed));
        assert_eq!(flaw("${B:-\n}"), Some(Flaw::Malformed));
        assert_eq!(flaw("$B ${B} $$ $5"), None);
    }

    #[test]
    fn what_grows_without_end_is_stopped() {
        let deep = format!("{}x{}", "${A:-".repeat(40), "}".repeat(40));
        let result = interpolate(&deep, &Variables::default(), &mut Budget::new(1 << 20)).expect("small");
        assert_eq!(result.flaw, Some(Flaw::Deep));
        let mut variables = Variables::default();
        variables.set("A", "x".repeat(1 << 20));
        assert!(interpolate(&"$A".repeat(1000), &variables, &mut Budget::new(1 << 20)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn a_text_without_a_dollar_sign_stays_as_it_is(text in "[^$]*") {
            let result = interpolate(&text, &Variables::default(), &mut Budget::new(1 << 20)).expect("small");
            proptest::prop_assert_eq!(result, Interpolated { text, ..Interpolated::default() });
        }

        #[test]
        fn a_text_whose_dollar_signs_are_doubled_comes_back(text in ".*") {
            let result = interpolate(&text.replace('$', "$$"), &Variables::default(), &mut Budget::new(1 << 20));
            proptest::prop_assert_eq!(result.expect("small").text, text);
        }

        #[test]
        fn any_text_is_filled_in(text in r"([$]|[{]|[}]|:-|-|\+|[?]|A|B|x|\PC){0,40}") {
            let mut variables = Variables::default();
            variables.set("A", "one".to_owned());
            interpolate(&text, &variables, &mut Budget::new(1 << 20)).expect("small");
        }
    }
}
