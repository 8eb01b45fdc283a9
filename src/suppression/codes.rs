//! Which rules a suppression means: one by its code, a family of them, or all.

use crate::data::did_you_mean;
use crate::language::{Prose, say};
use crate::rules::{Rule, Rules};

/// What stands for every rule.
const ALL: &str = "all";

/// The codes of the rules that are meant.
///
/// # Errors
///
/// When there is no such rule and no such family: what is wrong, and what to do about it.
pub(super) fn meant(written: &str, rules: &Rules) -> Result<Vec<String>, (Prose, Prose)> {
    let codes = |is_meant: &dyn Fn(&Rule) -> bool| -> Vec<String> {
        rules.iter().filter(|rule| is_meant(rule)).map(|rule| rule.code.clone()).collect()
    };
    let found = if written.eq_ignore_ascii_case(ALL) {
        codes(&|_| true)
    } else if let Some(beginning) = family(written) {
        codes(&|rule| rule.code.starts_with(&beginning))
    } else {
        codes(&|rule| rule.code.eq_ignore_ascii_case(written) || folder(rule) == Some(written))
    };
    if !found.is_empty() {
        return Ok(found);
    }
    if super::texts::is_told_of_suppressions(written) {
        let help = say!("mend or remove the suppression that it is told of");
        return Err((say!("{} is told of suppressions, and cannot be suppressed", written), help));
    }
    let mut known: Vec<String> = rules.iter().map(|rule| rule.code.clone()).collect();
    known.extend(rules.iter().filter_map(|rule| folder(rule).map(str::to_owned)));
    known.push(ALL.to_owned());
    let near = did_you_mean(&written.to_ascii_uppercase(), known.iter().map(String::as_str));
    let near = if near.is_empty() { did_you_mean(written, known.iter().map(String::as_str)) } else { near };
    let help = match near.split('`').nth(1) {
        Some(near) => say!("did you mean {}?", near),
        None => say!("`kubeworthy rule` lists the rules; a family is written as in KW2xx"),
    };
    Err((say!("there is no rule and no family of rules {}", written), help))
}

/// The beginning of the codes of a family that is written as `KW2xx` or `KW2*`.
fn family(written: &str) -> Option<String> {
    let beginning = written.strip_suffix('*').or_else(|| {
        let (beginning, places) = written.split_at_checked(written.len().checked_sub(2)?)?;
        places.eq_ignore_ascii_case("xx").then_some(beginning)
    })?;
    let letters = beginning.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_beginning = letters.len() >= 2 && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_beginning.then(|| beginning.to_ascii_uppercase())
}

/// The name of a family: the folder that holds a rule that ships with the program.
fn folder(rule: &Rule) -> Option<&str> {
    rule.file.strip_prefix("rules/")?.split_once('/').map(|(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capability::Capabilities;

    fn rules() -> Rules {
        Rules::load(&[], &Capabilities::built_in().expect("capabilities")).expect("rules")
    }

    #[test]
    fn rules_are_named_one_by_one_by_family_and_all_at_once() {
        let rules = rules();
        let meant = |written: &str| meant(written, &rules).expect(written);
        assert_eq!(meant("KW203"), ["KW203"]);
        assert_eq!(meant("kw203"), ["KW203"]);
        let scale: Vec<String> =
            rules.iter().map(|rule| rule.code.clone()).filter(|code| code.starts_with("KW2")).collect();
        for family in ["KW2xx", "KW2XX", "kw2xx", "KW2*", "scale"] {
            assert_eq!(meant(family), scale, "{family}");
        }
        assert_eq!(meant("KW20*").len(), 9);
        assert_eq!(meant("all").len(), rules.iter().count());
    }

    #[test]
    fn what_is_unknown_is_answered_with_what_may_be_meant() {
        let rules = rules();
        let help = |written: &str| meant(written, &rules).expect_err(written).1.to_string();
        assert_eq!(help("KW2O3"), "did you mean KW203?");
        assert_eq!(help("scales"), "did you mean scale?");
        assert!(help("quarterly").contains("lists the rules"));
        assert!(help("KW951").contains("mend or remove"));
        for nothing in ["", "*", "xx", "é", "KW", "éx"] {
            assert!(meant(nothing, &rules).is_err(), "{nothing}");
        }
    }
}
