//! Files of variables (`.env`): `NAME=value` and `NAME: value`, `export`, comments, quotes over several lines, escapes,
//! variables in values.
//!
//! The values are used for interpolation alone and reach no output.

use super::interpolate::{Variables, interpolate};

/// Reads a file of variables over those that are known: what is known wins while values are expanded, and the last
/// assignment of a name in a file counts. A statement that cannot be read ends the reading of the file; the number of
/// its line is the error.
pub(super) fn read_variables(text: &str, known: &Variables, into: &mut Variables) -> Result<(), usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line_of = |rest: &str| text[..text.len() - rest.len()].matches('\n').count() + 1;
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(());
        }
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        let at = line_of(rest);
        let statement = match rest.strip_prefix("export") {
            Some(tail) if tail.starts_with([' ', '\t']) => tail.trim_start_matches(is_blank),
            _ => rest,
        };
        let (name, mark, tail) = name_of(statement).ok_or(at)?;
        let name = name.trim_end();
        if name.contains(' ') || name.is_empty() {
            return Err(at);
        }
        if mark == '\n' {
            // A name alone takes its value from what is known.
            if let Some(value) = known.get(name) {
                into.insert(name.to_owned(), value.clone());
            }
            rest = tail;
            continue;
        }
        let (value, tail) = value_of(tail.trim_start_matches(is_blank), known, into).ok_or(at)?;
        // Names that begin with a digit cannot be referred to.
        into.insert(name.to_owned(), value);
        rest = tail;
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

/// The name of a statement, the character that ends it, and what follows.
fn name_of(statement: &str) -> Option<(&str, char, &str)> {
    for (at, c) in statement.char_indices() {
        match c {
            '=' | ':' | '\n' => return Some((&statement[..at], c, &statement[at + 1..])),
            '_' | '.' | '-' | '[' | ']' => {}
            c if c.is_alphanumeric() || is_blank(c) => {}
            _ => return None,
        }
    }
    // The last line without a line break.
    Some((statement, '\n', ""))
}

/// A value and what follows it; none where a quote is not closed.
fn value_of<'t>(text: &'t str, known: &Variables, so_far: &Variables) -> Option<(String, &'t str)> {
    let expand = |value: &str| {
        let mut variables = so_far.clone();
        variables.extend(known.iter().map(|(name, value)| (name.clone(), value.clone())));
        if value.contains('$') { interpolate(value, &variables).text } else { value.to_owned() }
    };
    let Some(quote @ ('"' | '\'')) = text.chars().next() else {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let value = line.split_once(" #").map_or(line, |(value, _)| value).trim_end();
        return Some((expand(value), rest));
    };
    let mut value = String::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !is_escaped {
            let rest = &text[at + 1..];
            return Some((if quote == '"' { expand(&escapes(&value)) } else { value }, rest));
        }
        if is_escaped {
            is_escaped = false;
            if c != quote {
                value.push('\\');
            }
        } else if c == '\\' {
            is_escaped = true;
            continue;
        }
        value.push(c);
    }
    None
}

/// The escapes of a shell in double quotes; `\$` becomes `$$`, which stands for a dollar sign.
fn escapes(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        let tail = characters.as_str();
        let replaced = match tail.chars().next() {
            Some('n') => "\n",
            Some('r') => "\r",
            Some('t') => "\t",
            Some('a') => "\u{7}",
            Some('b') => "\u{8}",
            Some('f') => "\u{c}",
            Some('v') => "\u{b}",
            Some('"') => "\"",
            Some('\\') => "\\",
            Some('$') => "$$",
            _ => {
                result.push('\\');
                continue;
            }
        };
        result.push_str(replaced);
        characters.next();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let mut variables = Variables::new();
        read_variables(text, &Variables::new(), &mut variables).expect("readable");
        variables.into_iter().collect()
    }

    #[test]
    fn every_form_of_a_statement() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let text = "\u{feff}# note\nA=one # note\nexport B = 'two # kept'\nC: three\nD=\"a\\nb $A\"\nE='$A'\nF=\n\
                    G=\"over\nlines\"\nH=${A}-${NONE:-x}\nI=a#b\nJ=\"cost \\$5\"\n";
        let expected = pairs(&[
            ("A", "one"),
            ("B", "two # kept"),
            ("C", "three"),
            ("D", "a\nb one"),
            ("E", "$A"),
            ("F", ""),
            ("G", "over\nlines"),
            ("H", "one-x"),
            ("I", "a#b"),
            ("J", "cost $5"),
        ]);
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_broken_statement_is_named_by_its_line() {
        let mut variables = Variables::new();
        let outcome = read_variables("A=1\nB=\"never closed\n", &Variables::new(), &mut variables);
        assert_eq!(outcome, Err(2));
        assert_eq!(variables.len(), 1);
        assert_eq!(read_variables("\n{\"json\": 1}\n", &Variables::new(), &mut variables), Err(2));
    }
}
