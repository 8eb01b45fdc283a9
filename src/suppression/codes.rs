//! Which rules a suppression means: one by its code, a family of them, or all.

use crate::language::{Prose, say};
use crate::naming;
use crate::rules::{Rule, Rules};

/// The codes of the rules that are meant.
///
/// # Errors
///
/// When there is no such rule and no such family: what is wrong, and what to do about it.
pub(super) fn meant(written: &str, rules: &Rules) -> Result<Vec<String>, (Prose, Prose)> {
    let named = || rules.iter().map(Rule::named);
    let found = naming::meant(written, named());
    if !found.is_empty() {
        return Ok(found.into_iter().map(str::to_owned).collect());
    }
    if super::texts::is_told_of_suppressions(written) {
        let help = say!("mend or remove the suppression that it is told of");
        return Err((say!("{} is told of suppressions, and cannot be suppressed", written), help));
    }
    let help = match naming::nearest(written, named(), std::iter::once(naming::ALL)).split('`').nth(1) {
        Some(near) => say!("did you mean {}?", near),
        None => say!("`kubeworthy rule` lists the rules; a family is written as in KW2xx"),
    };
    Err((say!("there is no rule and no family of rules {}", written), help))
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
        for family in ["KW2xx", "KW2XX", "kw2xx", "KW2*", "KW2", "scale", "Scale"] {
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
