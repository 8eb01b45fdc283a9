//! How rules are named: by code, by name, by family, or all at once; and what may fail beside rules.
//!
//! Comments, annotations, configuration, the command line and agents all ask here, so that what one takes all take.

use std::collections::BTreeSet;

use crate::data::{self, did_you_mean};

/// What stands for every rule.
pub const ALL: &str = "all";

/// What may fail beside rules and families of rules, as it is written after `--fail-on`, and what it means.
pub const CAUSES: [(&str, &str); 5] = [
    ("needless", "a system on Kubernetes that does not need it"),
    ("regression", "a verdict that is worse than in the baseline"),
    ("inconclusive", "a system of which nothing can be concluded"),
    ("unused-ignore", "a suppression that no longer applies"),
    ("none", "nothing"),
];

/// The words of [`CAUSES`].
pub fn causes() -> impl Iterator<Item = &'static str> + Clone {
    CAUSES.into_iter().map(|(word, _)| word)
}

/// What a rule may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named<'r> {
    /// Its code, such as `KW103`.
    pub code: &'r str,
    /// Its name, lower case with dashes.
    pub name: &'r str,
    /// Its family, such as `scale`; empty for rules that lie in none.
    pub family: &'r str,
}

/// The codes of the rules that are meant, in their order: `KW203` or the name of the rule, `KW2xx`, `KW2*`, `KW2` or the
/// name of the family, or `all`; in upper or lower case. None where nothing is called so.
#[must_use]
pub fn meant<'r>(written: &str, rules: impl Iterator<Item = Named<'r>> + Clone) -> Vec<&'r str> {
    let written = written.trim();
    let is_one = |rule: &Named<'_>| rule.code.eq_ignore_ascii_case(written) || rule.name.eq_ignore_ascii_case(written);
    if let Some(rule) = rules.clone().find(is_one) {
        return vec![rule.code];
    }
    let beginning = beginning(written);
    let is_meant = |rule: &Named<'_>| match &beginning {
        Some(beginning) => rule.code.starts_with(beginning.as_str()),
        None => {
            written.eq_ignore_ascii_case(ALL) || !rule.family.is_empty() && rule.family.eq_ignore_ascii_case(written)
        }
    };
    rules.filter(is_meant).map(|rule| rule.code).collect()
}

/// The beginning of the codes of a family that is written by its number: `KW2xx`, `KW2*`, `KW2`, `KW20`, `KW*`.
fn beginning(written: &str) -> Option<String> {
    let upper = written.to_ascii_uppercase();
    let letters = upper.bytes().take_while(u8::is_ascii_uppercase).count();
    // `X` may be a letter of a code, and stands for digits behind one alone.
    let digits = upper[letters..].bytes().take_while(u8::is_ascii_digit).count();
    let (head, tail) = upper.split_at(letters + digits);
    let is_family = match tail {
        "*" => digits <= 3,
        "" => (1..=2).contains(&digits),
        "XX" => digits == 1,
        "X" => digits == 2,
        _ => false,
    };
    (letters >= 2 && is_family).then(|| head.to_owned())
}

/// What may be meant by a word that names no rule, as [`did_you_mean`] asks it; `others` may stand there too.
#[must_use]
pub fn nearest<'r>(
    written: &str,
    rules: impl Iterator<Item = Named<'r>> + Clone,
    others: impl Iterator<Item = &'static str> + Clone,
) -> String {
    let words = || {
        let of_rules = rules.clone().flat_map(|rule| [rule.family, rule.name]).filter(|word| !word.is_empty());
        let others: std::iter::Map<_, fn(&'static str) -> &'r str> = others.clone().map(|word| word);
        others.chain(of_rules)
    };
    let codes = || rules.clone().map(|rule| rule.code);
    // What has a digit is meant to be a code.
    let is_code = written.bytes().any(|byte| byte.is_ascii_digit());
    let of_codes = || did_you_mean(&written.to_ascii_uppercase(), codes());
    let of_words = || did_you_mean(&written.to_ascii_lowercase(), words());
    let (first, second) = if is_code { (of_codes(), of_words()) } else { (of_words(), of_codes()) };
    if first.is_empty() { second } else { first }
}

/// Every word that names rules that ship with the program, beside codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    rules: BTreeSet<String>,
    told: BTreeSet<String>,
}

impl Names {
    /// Those of the files that ship with the program.
    #[must_use]
    pub fn built_in() -> Self {
        #[derive(serde::Deserialize)]
        struct Rule {
            #[serde(rename = "code")]
            _code: String,
            name: String,
        }
        let mut names = Self { rules: BTreeSet::from([ALL.to_owned()]), told: BTreeSet::new() };
        for file in data::embedded("rules/") {
            let Some((family, _)) = file.name.strip_prefix("rules/").and_then(|rest| rest.split_once('/')) else {
                continue;
            };
            if let Ok(rule) = data::read_embedded::<Rule>(file) {
                names.rules.extend([family.to_owned(), rule.name]);
            }
        }
        let told: Vec<Rule> = data::read_named("rules/suppressions.yaml").unwrap_or_default();
        names.told.extend(told.into_iter().map(|rule| rule.name));
        names
    }

    /// Those of what may be ignored.
    #[must_use]
    pub fn that_are_ignored(&self) -> BTreeSet<String> {
        self.rules.clone()
    }

    /// Those of what may fail.
    #[must_use]
    pub fn that_fail(&self) -> BTreeSet<String> {
        self.rules.union(&self.told).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: [Named<'static>; 4] = [
        Named { code: "ACME101", name: "ours", family: "" },
        Named { code: "KW201", name: "load", family: "scale" },
        Named { code: "KW203", name: "one-copy", family: "scale" },
        Named { code: "KW301", name: "disk", family: "state" },
    ];

    fn of(written: &str) -> String {
        meant(written, RULES.into_iter()).join(" ")
    }

    #[test]
    fn rules_are_named_one_by_one_by_family_and_all_at_once() {
        for one in ["KW203", "kw203", " Kw203 ", "one-copy", "One-Copy"] {
            assert_eq!(of(one), "KW203", "{one}");
        }
        for family in ["KW2xx", "KW2XX", "kw2xx", "KW2*", "KW2", "KW20", "KW20x", "KW20*", "scale", "Scale"] {
            assert_eq!(of(family), "KW201 KW203", "{family}");
        }
        assert_eq!(
            (of("ACME1xx"), of("acme1"), of("KW*")),
            ("ACME101".into(), "ACME101".into(), "KW201 KW203 KW301".into())
        );
        assert_eq!((of("all"), of("ALL")), (of("KW*").replacen("KW", "ACME101 KW", 1), of("all")));
        for nothing in ["", "*", "xx", "é", "KW", "K", "K*", "éx", "KWxx", "KW2x", "KW2031", "x", "none", "KW203*1"] {
            assert_eq!(of(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_may_be_meant() {
        let near = |written: &str| nearest(written, RULES.into_iter(), causes());
        assert_eq!(near("KW2O3"), "did you mean `KW203`?");
        assert_eq!(near("kw230"), "did you mean `KW203`?");
        assert_eq!(near("skale"), "did you mean `scale`?");
        assert_eq!(near("Needles"), "did you mean `needless`?");
        assert_eq!(near("quarterly"), "");
    }
}
