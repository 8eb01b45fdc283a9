//! Files of variables (`.env`): `NAME=value` and `NAME: value`, `export`, comments, quotes over several lines, escapes,
//! variables in values.
//!
//! The values are used for interpolation alone and reach no output.

use super::interpolate::{Variables, interpolate};
use super::value::{Budget, TooLarge};

/// Why the rest of a file of variables is not read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stopped {
    /// The number of the line where reading ended.
    pub(super) line: usize,
    /// Whether the values are larger than can be kept, and not a statement without meaning.
    pub(super) is_too_large: bool,
}

/// Reads a file of variables. What is known wins while values are expanded, and the last assignment of a name in a file
/// counts. The first statement that cannot be read ends the reading of the file.
pub(super) fn read_variables(text: &str, variables: &mut Variables, budget: &mut Budget) -> Result<(), Stopped> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rest = text;
    let (mut line, mut counted) = (1, 0);
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Ok(());
        }
        if rest.starts_with('#') {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
            continue;
        }
        let at = text.len() - rest.len();
        line += text[counted..at].matches('\n').count();
        counted = at;
        let broken = || Stopped { line, is_too_large: false };
        let too_large = |TooLarge| Stopped { line, is_too_large: true };
        let statement = match rest.strip_prefix("export") {
            Some(tail) if tail.starts_with([' ', '\t']) => tail.trim_start_matches(is_blank),
            _ => rest,
        };
        let (name, mark, tail) = name_of(statement).ok_or_else(broken)?;
        let name = name.trim_end();
        if name.contains(' ') {
            return Err(broken());
        }
        if mark == '\n' {
            // A name alone takes its value from what is known.
            if let Some(value) = variables.get(name).map(str::to_owned) {
                budget.take_text(value.len()).map_err(too_large)?;
                variables.set(name, value);
            }
            rest = tail;
            continue;
        }
        let value = value_of(tail.trim_start_matches(is_blank), variables, budget).map_err(too_large)?;
        let (value, tail) = value.ok_or_else(broken)?;
        // Names that begin with a digit and the empty one cannot be referred to.
        variables.set(name, value);
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
fn value_of<'t>(
    text: &'t str,
    variables: &Variables,
    budget: &mut Budget,
) -> Result<Option<(String, &'t str)>, TooLarge> {
    let mut expand = |value: &str| {
        budget.take_text(value.len())?;
        Ok(interpolate(value, variables, budget)?.text)
    };
    let Some(quote @ ('"' | '\'')) = text.chars().next() else {
        let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
        let value = line.split_once(" #").map_or(line, |(value, _)| value).trim_end();
        return Ok(Some((expand(value)?, rest)));
    };
    let mut value = String::new();
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !is_escaped {
            let value = if quote == '"' { expand(&escapes(&value))? } else { value };
            return Ok(Some((value, &text[at + 1..])));
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
    Ok(None)
}

/// The escapes of a shell in double quotes; `\$` becomes `$$`, which stands for a dollar sign.
fn escapes(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let (length, replaced) = match tail.chars().next() {
            Some('n') => (1, "\n"),
            Some('r') => (1, "\r"),
            Some('t') => (1, "\t"),
            Some('a') => (1, "\u{7}"),
            Some('b') => (1, "\u{8}"),
            Some('f') => (1, "\u{c}"),
            Some('v') => (1, "\u{b}"),
            Some('"') => (1, "\""),
            Some('\\') => (1, "\\"),
            Some('$') => (1, "$$"),
            Some('0') => {
                // Three octal digits are a character; of others only the zero is left out.
                let digits: &str = &tail[1..];
                let count = digits.bytes().take(3).take_while(u8::is_ascii_digit).count();
                match u8::from_str_radix(&digits[..count], 8).ok().filter(|_| count == 3) {
                    Some(code) => result.push(char::from(code)),
                    None => {
                        result.push('\\');
                        result.push_str(&digits[..count]);
                    }
                }
                (1 + count, "")
            }
            _ => (0, "\\"),
        };
        result.push_str(replaced);
        rest = &tail[length..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        let mut variables = Variables::default();
        read_variables(text, &mut variables, &mut Budget::new(1 << 20)).expect("readable");
        ('A'..='Z').filter_map(|name| Some((name.to_string(), variables.get(&name.to_string())?.to_owned()))).collect()
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
        let stops = |text: &str| {
            let mut variables = Variables::default();
            let stopped =
                read_variables(text, &mut variables, &mut Budget::new(1 << 20)).expect_err("it cannot be read");
            (stopped.line, stopped.is_too_large, variables.get("A").map(str::to_owned))
        };
        assert_eq!(stops("A=1\nB=\"never closed\n"), (2, false, Some("1".to_owned())));
        assert_eq!(stops("\n{\"json\": 1}\n"), (2, false, None));
        let mut doubling = "A0=0123456789\n".to_owned();
        (1..40).for_each(|level| doubling.push_str(&format!("A{level}=$A{0}$A{0}\n", level - 1)));
        assert!(stops(&doubling).1, "doubling ends");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_its_line_is_named(text in r#"(A|B|=|:|'|"|[$]|[{]|[}]|[#]|\\|\n|\r| |export |\PC){0,60}"#) {
            let lines = text.matches('\n').count() + 1;
            let outcome = read_variables(&text, &mut Variables::default(), &mut Budget::new(1 << 20));
            proptest::prop_assert!(outcome.err().is_none_or(|stopped| (1..=lines).contains(&stopped.line)));
        }

        #[test]
        fn what_is_quoted_comes_back(value in "[^']*") {
            proptest::prop_assume!(!value.contains('\\'));
            let mut variables = Variables::default();
            read_variables(&format!("A='{value}'\n"), &mut variables, &mut Budget::new(1 << 20)).expect("readable");
            proptest::prop_assert_eq!(variables.get("A"), Some(value.as_str()));
        }
    }
}
