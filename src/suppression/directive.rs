//! What a comment says to kubeworthy: `ignore[KW203, KW301] reason`, or `ignore-file[KW203] reason`.

use std::ops::Range;

/// The name by which a comment addresses the program, and what stands behind it.
const NAME: &str = "kubeworthy";
const BEHIND: char = ':';

/// What a comment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// Whether it is about the file, rather than about what stands beside or below it.
    pub(super) is_of_file: bool,
    /// What is named in the brackets, each with its bytes in the comment.
    pub(super) rules: Vec<Range<usize>>,
    /// Why.
    pub(super) reason: Option<String>,
    /// What is wrong with how it is written.
    pub(super) mistake: Option<Mistake>,
}

/// What may be wrong with how a comment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    /// The word before the brackets is none that is known.
    UnknownWord,
    /// There are no brackets.
    NoBrackets,
    /// The brackets are not closed.
    NotClosed,
    /// The brackets hold nothing.
    NothingNamed,
    /// It is addressed in other letters, or without its colon.
    OtherAddress,
    /// It names a last day, which a comment cannot have.
    LastDay,
}

/// What a comment says; none where it is not meant for the program. The text begins with its `#`.
pub(super) fn read(comment: &str) -> Option<Directive> {
    let Address { at, is_exact } = addressed(comment)?;
    let rest = &comment[at..];
    let said = rest.trim_start();
    let from = at + rest.len() - said.len();
    let word: &str =
        &said[..said.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(said.len())];
    let mistaken = |mistake: Mistake| Directive {
        is_of_file: word == "ignore-file",
        rules: Vec::new(),
        reason: None,
        mistake: Some(mistake),
    };
    let behind = from + word.len();
    let opened = comment[behind..].trim_start();
    if !is_exact {
        let is_known = ["ignore", "ignore-file"].iter().any(|known| word.eq_ignore_ascii_case(known));
        let is_meant = is_known && (opened.starts_with('[') || opened.starts_with("KW"));
        return is_meant.then(|| mistaken(Mistake::OtherAddress));
    }
    if !matches!(word, "ignore" | "ignore-file") {
        return is_attempt(word, said).then(|| mistaken(Mistake::UnknownWord));
    }
    let Some(inside) = opened.strip_prefix('[') else { return Some(mistaken(Mistake::NoBrackets)) };
    let Some(length) = inside.find(']') else { return Some(mistaken(Mistake::NotClosed)) };
    let start = comment.len() - inside.len();
    let mut rules = Vec::new();
    let mut part_start = start;
    for part in inside[..length].split(',') {
        let name = part.trim();
        if !name.is_empty() {
            let at = part_start + part.len() - part.trim_start().len();
            rules.push(at..at + name.len());
        }
        part_start += part.len() + 1;
    }
    if rules.is_empty() {
        return Some(mistaken(Mistake::NothingNamed));
    }
    let reason =
        inside[length + 1..].trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—'));
    let reason = reason.trim_end();
    if names_a_day(reason) {
        return Some(mistaken(Mistake::LastDay));
    }
    Some(Directive {
        is_of_file: word == "ignore-file",
        rules,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
        mistake: None,
    })
}

/// Where a comment addresses the program.
struct Address {
    /// The byte behind it.
    at: usize,
    /// Whether it is written as it should be.
    is_exact: bool,
}

/// The address, which stands at the beginning of the comment or of another one on the same line.
fn addressed(comment: &str) -> Option<Address> {
    // What is written in other letters has the same bytes.
    let lower = comment.to_ascii_lowercase();
    lower.match_indices(NAME).find_map(|(at, _)| {
        if !comment[..at].trim_end().ends_with('#') {
            return None;
        }
        let behind = at + NAME.len();
        let rest = comment[behind..].trim_start();
        let colon = rest.strip_prefix(BEHIND);
        // A longer word is another one.
        if colon.is_none() && !comment[behind..].starts_with(char::is_whitespace) {
            return None;
        }
        let is_exact = comment[at..].starts_with(NAME) && comment[behind..].starts_with(BEHIND);
        Some(Address { at: comment.len() - colon.unwrap_or(rest).len(), is_exact })
    })
}

/// Whether somebody who wrote this meant to suppress something.
fn is_attempt(word: &str, said: &str) -> bool {
    let after = said[word.len()..].trim_start();
    is_near(word) || after.starts_with('[') || after.starts_with("KW")
}

/// Whether a word is meant to be one of those that are known.
fn is_near(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["ignore", "ignore-file"].iter().any(|known| strsim::damerau_levenshtein(&word, known) <= 2)
}

/// Whether a reason names a last day as other tools write it, which would count for nothing.
fn names_a_day(reason: &str) -> bool {
    let mut words = reason.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let Some(day) =
            ["until=", "until:"].iter().find_map(|key| word.to_ascii_lowercase().strip_prefix(key).map(str::to_owned))
        else {
            continue;
        };
        let day = if day.is_empty() { words.peek().map_or(String::new(), |next| (*next).to_owned()) } else { day };
        if day.starts_with(|c: char| c.is_ascii_digit()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(comment: &str) -> (bool, Vec<&str>, Option<String>) {
        let directive = read(comment).expect("a directive");
        assert_eq!(directive.mistake, None, "{comment}");
        (directive.is_of_file, directive.rules.iter().map(|range| &comment[range.clone()]).collect(), directive.reason)
    }

    #[test]
    fn comments_name_rules_and_reasons() {
        let reason = |text: &str| Some(text.to_owned());
        assert_eq!(names("# kubeworthy: ignore[KW203] by contract"), (false, vec!["KW203"], reason("by contract")));
        assert_eq!(names("#kubeworthy:ignore[ KW203 ,KW301,]: a: b "), (false, vec!["KW203", "KW301"], reason("a: b")));
        assert_eq!(names("# kubeworthy: ignore-file [KW2xx] — été"), (true, vec!["KW2xx"], reason("été")));
        assert_eq!(names("# checkov:skip=1 # kubeworthy: ignore[all] x # y"), (false, vec!["all"], reason("x # y")));
        assert_eq!(names("# kubeworthy: ignore[KW203]"), (false, vec!["KW203"], None));
        assert_eq!(names("# kubeworthy: ignore[KW203] -- "), (false, vec!["KW203"], None));
    }

    #[test]
    fn what_is_malformed_is_told_from_what_is_not_meant() {
        let mistake = |comment: &str| read(comment).map(|directive| directive.mistake);
        assert_eq!(mistake("# kubeworthy: ignore KW203 x"), Some(Some(Mistake::NoBrackets)));
        assert_eq!(mistake("# kubeworthy: ignore[KW203 x"), Some(Some(Mistake::NotClosed)));
        assert_eq!(mistake("# kubeworthy: ignore[ , ] x"), Some(Some(Mistake::NothingNamed)));
        assert_eq!(mistake("# kubeworthy: ingore[KW203] x"), Some(Some(Mistake::UnknownWord)));
        assert_eq!(mistake("# kubeworthy: disable KW203"), Some(Some(Mistake::UnknownWord)));
        assert_eq!(mistake("# kubeworthy: ignore"), Some(Some(Mistake::NoBrackets)));
        assert_eq!(mistake("# kubeworthy: the answer is in the README"), None);
        assert_eq!(mistake("# see kubeworthy: ignore[KW203] x"), None);
        assert_eq!(mistake("# kubeworthy"), None);
        for other in [
            "# Kubeworthy: Ignore[KW106] r",
            "# KUBEWORTHY: ignore [KW106] r",
            "# kubeworthy ignore[KW106] r",
            "# kubeworthy : ignore-file[KW106] r",
            "# Kubeworthy: ignore KW106 r",
        ] {
            assert_eq!(mistake(other), Some(Some(Mistake::OtherAddress)), "{other}");
        }
        for day in ["until=2020-01-01", "by contract, until: 2020-01-01", "UNTIL=2020"] {
            assert_eq!(mistake(&format!("# kubeworthy: ignore[KW106] {day}")), Some(Some(Mistake::LastDay)), "{day}");
        }
        for prose in [
            "# Kubeworthy: ignore the rest of this file",
            "# kubeworthy ignores this file",
            "# kubeworthy says [KW106]",
            "# kubeworthyignore[KW106] r",
            "# Kubeworthy reads comments",
        ] {
            assert_eq!(mistake(prose), None, "{prose}");
        }
        assert_eq!(names("# kubeworthy: ignore[KW106] until 2027 by contract").1, ["KW106"]);
        assert_eq!(mistake("#"), None);
    }
}
