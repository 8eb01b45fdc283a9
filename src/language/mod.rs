//! Sentences that can be said in English and in French.
//!
//! English is what the code and the data files are written in. A sentence is looked up by its English form, names and
//! numbers left out ([`Prose`]), in the phrases of `rules/french/`. What has no phrase is said in English, and a test
//! names it.

mod phrases;
mod prose;
mod typography;

use std::borrow::Cow;

pub use phrases::Phrases;
use phrases::{Phrase, Piece};
pub(crate) use prose::say;
pub use prose::{Argument, Prose};

/// The language of a report. Codes, programs' formats, messages and help are English in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    #[value(name = "en")]
    English,
    /// French.
    #[value(name = "fr")]
    French,
}

impl Language {
    /// Its tag of two letters, as in `lang="fr"`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

/// What says sentences and numbers in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    language: Language,
}

impl Voice {
    /// The voice of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    /// Its language.
    #[must_use]
    pub fn language(self) -> Language {
        self.language
    }

    /// A fixed text of ours or of our data files: a heading, a title, a remedy.
    #[must_use]
    pub fn words(self, english: &str) -> Cow<'_, str> {
        match self.phrase(english).map(|phrase| phrase.pieces.as_slice()) {
            None => Cow::Borrowed(english),
            Some([Piece::Text(text)]) => Cow::Borrowed(text),
            Some(pieces) => Cow::Owned(self.filled(pieces, &[])),
        }
    }

    /// A sentence with names and numbers in it.
    #[must_use]
    pub fn say(self, prose: &Prose) -> String {
        match (self.language, self.phrase(prose.pattern())) {
            (Language::English, _) => prose.to_string(),
            (Language::French, Some(phrase)) => self.filled(&phrase.pieces, prose.arguments()),
            (Language::French, None) => self.said_as_written(prose),
        }
    }

    /// A number with so many decimals, as this language writes it.
    #[must_use]
    pub fn number(self, value: f64, decimals: usize) -> String {
        match self.language {
            Language::English => format!("{value:.decimals$}"),
            Language::French => typography::number(value, decimals),
        }
    }

    /// Whether a sentence, with those inside of it, can be said in this language.
    #[must_use]
    pub fn has(self, prose: &Prose) -> bool {
        let inner = prose.arguments().iter().all(|argument| match argument {
            Argument::Prose(inner) => self.has(inner),
            Argument::Name(_) | Argument::Number(..) => true,
        });
        inner && self.knows(prose.pattern())
    }

    /// Whether a fixed text, or the form of a sentence, can be said in this language.
    #[must_use]
    pub fn knows(self, english: &str) -> bool {
        self.language == Language::English || is_the_same_everywhere(english) || self.phrase(english).is_some()
    }

    fn phrase(self, english: &str) -> Option<&'static Phrase> {
        match self.language {
            Language::English => None,
            Language::French => Phrases::shipped().find(english),
        }
    }

    fn filled(self, pieces: &[Piece], arguments: &[Argument]) -> String {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Argument(at) => {
                    text.push_str(&arguments.get(*at).map_or(Cow::Borrowed("{}"), |a| self.argument(a)))
                }
                Piece::Agreeing(at, one, many) => {
                    // French has the singular for everything below two, zero too.
                    let is_one = matches!(arguments.get(*at), Some(Argument::Number(number, _)) if number.abs() < 2.0);
                    text.push_str(if is_one { one } else { many });
                }
            }
        }
        text
    }

    fn argument(self, argument: &Argument) -> Cow<'_, str> {
        match argument {
            Argument::Name(name) => Cow::Borrowed(name),
            Argument::Number(value, decimals) => Cow::Owned(self.number(*value, *decimals)),
            Argument::Prose(prose) => Cow::Owned(self.say(prose)),
        }
    }

    /// The English form with what stands in it said in this language.
    fn said_as_written(self, prose: &Prose) -> String {
        if prose.arguments().is_empty() {
            return prose.pattern().to_owned();
        }
        let mut parts = prose.pattern().split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (part, argument) in parts.zip(prose.arguments()) {
            text.push_str(&self.argument(argument));
            text.push_str(part);
        }
        text
    }
}

/// Whether nothing in a form has to be said in another way: no word, and no mark that French sets apart.
fn is_the_same_everywhere(english: &str) -> bool {
    !english.contains(|character: char| character.is_alphabetic() || ":;?!%".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_what_has_no_phrase_are_said_all_the_same() {
        let french = Voice::of(Language::French);
        let prose = say!("qqq {}, {}", (1.5, 1), say!("{}, {}", "l'a", 12_000_usize));
        assert_eq!(french.say(&prose), "qqq 1,5, l'a, 12\u{202f}000");
        assert!(!french.has(&prose));
        assert!(french.has(&say!("{}, {}", "the", 2_usize)));
        assert_eq!(Voice::default().say(&prose), "qqq 1.5, l'a, 12000");
        assert!(Voice::default().has(&prose));
        assert_eq!(french.words("qqq"), "qqq");
    }

    #[test]
    fn words_agree_with_numbers_as_in_french() {
        let french = Voice::of(Language::French);
        let pieces = [
            Piece::Argument(0),
            Piece::Text(" ".to_owned()),
            Piece::Agreeing(0, "copie".to_owned(), "copies".to_owned()),
        ];
        let filled = |number: f64| french.filled(&pieces, &[Argument::Number(number, 1)]);
        assert_eq!([filled(0.0), filled(1.5), filled(2.0)], ["0,0 copie", "1,5 copie", "2,0 copies"]);
    }
}
