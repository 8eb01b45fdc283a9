//! Sentences that can be said in English and in French.
//!
//! English is what the code and the data files are written in. A sentence is looked up by its English form, names and
//! numbers left out ([`Prose`]), in the phrases of `rules/french/`. What has no phrase is said in English, and a test
//! names it.

mod prose;

use std::borrow::Cow;

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
        Cow::Borrowed(english)
    }

    /// A sentence with names and numbers in it.
    #[must_use]
    pub fn say(self, prose: &Prose) -> String {
        prose.to_string()
    }

    /// A number with so many decimals, as this language writes it.
    #[must_use]
    pub fn number(self, value: f64, decimals: usize) -> String {
        let english = format!("{value:.decimals$}");
        match self.language {
            Language::English => english,
            Language::French => english.replace('.', ","),
        }
    }
}
