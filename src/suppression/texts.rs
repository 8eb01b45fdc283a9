//! What is told of suppressions that should be mended or removed: codes and texts, from `rules/suppressions.yaml`.

use serde::Deserialize;

use super::SuppressionState;
use crate::data::{self, DataError};
use crate::naming::Named;

const FILE: &str = "rules/suppressions.yaml";

/// The family that what is told of suppressions belongs to.
pub const FAMILY: &str = "hygiene";

/// The codes that are kept for what is told of suppressions.
const CODES: std::ops::RangeInclusive<u16> = 951..=959;

/// What is told of one sort of suppression.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SuppressionText {
    /// The code.
    pub code: String,
    /// Its name, lower case with dashes.
    pub name: String,
    state: String,
    /// The version that first had it.
    pub since: String,
    /// One line for lists.
    pub title: String,
    /// Why it is told.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

impl SuppressionText {
    /// What it may be called where something may fail.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        Named { code: &self.code, name: &self.name, family: FAMILY }
    }
}

/// Everything that is told of suppressions, in order of the codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionTexts(Vec<SuppressionText>);

impl SuppressionTexts {
    /// Those that ship with the program.
    ///
    /// # Errors
    ///
    /// When the file is not what it should be.
    pub fn built_in() -> Result<Self, DataError> {
        Ok(Self(data::read_named(FILE)?))
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &SuppressionText> {
        self.0.iter()
    }

    /// What is told of a suppression in this state; none where there is nothing to mend.
    #[must_use]
    pub fn of(&self, state: SuppressionState) -> Option<&SuppressionText> {
        self.0.iter().find(|text| text.state == state.id())
    }

    /// The one with this code, in either case, or with this name.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&SuppressionText> {
        self.0.iter().find(|text| text.code.eq_ignore_ascii_case(code) || text.name == code)
    }
}

/// Whether a code is one of those that are told of suppressions themselves.
pub(super) fn is_told_of_suppressions(code: &str) -> bool {
    let number = code.get(..2).filter(|letters| letters.eq_ignore_ascii_case("KW")).and_then(|_| code.get(2..));
    number.and_then(|number| number.parse().ok()).is_some_and(|number| CODES.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_has_its_text_and_no_rule_has_its_code() {
        let texts = SuppressionTexts::built_in().expect("texts");
        let capabilities = crate::capability::Capabilities::built_in().expect("capabilities");
        let rules = crate::rules::Rules::load(&[], &capabilities).expect("rules");
        let states = [
            SuppressionState::Unused,
            SuppressionState::Expired,
            SuppressionState::WithoutReason,
            SuppressionState::NotUnderstood,
        ];
        assert_eq!(texts.iter().count(), states.len());
        for text in states.map(|state| texts.of(state).expect("a text")) {
            assert!(is_told_of_suppressions(&text.code), "{}", text.code);
            assert!(states.iter().any(|state| state.id() == text.state && state.code() == Some(&text.code)));
            assert!(rules.find(&text.code).is_none() && rules.find(&text.name).is_none(), "{}", text.code);
            assert_eq!(texts.find(&text.code.to_ascii_lowercase()), Some(text));
        }
        assert_eq!(texts.of(SuppressionState::Applied), None);
    }
}
