//! The French of every text, from `rules/french/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::typography::typeset;
use crate::data::{self, DataError, PathPart};

/// One text in both languages, as the file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PhraseFile {
    english: String,
    french: String,
}

/// What is said for one English text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub(super) pieces: Vec<Piece>,
}

/// A part of a French text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// As it is.
    Text(String),
    /// What stands at a place of the English form, counted from 0.
    Argument(usize),
    /// One of two words, by the number at a place of the English form: the first below two, as French has it.
    Agreeing(usize, String, String),
}

/// Every French text by its English form.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    by_english: BTreeMap<String, Phrase>,
}

/// The folder of the phrases.
const FOLDER: &str = "rules/french/";

impl Phrases {
    /// The phrases that ship with the program.
    ///
    /// # Errors
    ///
    /// When a file does not have the expected shape, both sides of a phrase do not name the same placeholders, or an
    /// English text has two French ones.
    pub fn load() -> Result<Self, DataError> {
        let mut phrases = Self::default();
        for file in data::embedded(FOLDER) {
            phrases.add(file.name, file.text, data::read_embedded(file)?)?;
        }
        Ok(phrases)
    }

    /// Phrases of one text.
    ///
    /// # Errors
    ///
    /// As with [`Phrases::load`].
    pub fn read(name: &str, text: &str) -> Result<Self, DataError> {
        let mut phrases = Self::default();
        phrases.add(name, text, data::read_text(name, text)?)?;
        Ok(phrases)
    }

    fn add(&mut self, name: &str, text: &str, file: Vec<PhraseFile>) -> Result<(), DataError> {
        for (index, entry) in file.into_iter().enumerate() {
            let fail = |key: &'static str, message: String, help: &str| {
                let path = [PathPart::Index(index), PathPart::Key(key)];
                data::error_at(name, text, &path, message, help.to_owned())
            };
            if entry.french.trim().is_empty() || entry.english.trim().is_empty() {
                return Err(fail("french", "a phrase says something in both languages".to_owned(), ""));
            }
            let (pattern, names) = pattern_of(&entry.english);
            let phrase = Phrase::read(&entry.french, &names)
                .map_err(|message| fail("french", message, "both sides name the same placeholders"))?;
            if let Some(known) = self.by_english.get(&pattern)
                && *known != phrase
            {
                let message = format!("`{pattern}` has another French text already");
                return Err(fail("english", message, "the same English has the same French everywhere"));
            }
            self.by_english.insert(pattern, phrase);
        }
        Ok(())
    }

    /// The English forms that have a phrase, sorted: white space normalised, `{}` for each placeholder.
    pub fn english(&self) -> impl Iterator<Item = &str> {
        self.by_english.keys().map(String::as_str)
    }

    /// Every English form with its French, in which `{}` stands for what is filled in.
    pub fn texts(&self) -> impl Iterator<Item = (&str, String)> {
        let french = |phrase: &Phrase| {
            phrase
                .pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.as_str(),
                    Piece::Argument(_) => "{}",
                    Piece::Agreeing(_, _, many) => many,
                })
                .collect()
        };
        self.by_english.iter().map(move |(english, phrase)| (english.as_str(), french(phrase)))
    }

    pub(super) fn find(&self, english: &str) -> Option<&Phrase> {
        // Most texts are written in one line already.
        self.by_english.get(english).or_else(|| self.by_english.get(&normalised(english)))
    }

    /// The phrases that ship with the program, read once. Without them, everything is said in English.
    pub(super) fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Phrases> = OnceLock::new();
        SHIPPED.get_or_init(|| Self::load().unwrap_or_default())
    }
}

impl Phrase {
    /// Reads a French text whose English form has these placeholders.
    fn read(french: &str, names: &[&str]) -> Result<Self, String> {
        let set = typeset(&normalised(french));
        let mut pieces = Vec::new();
        let mut named = vec![false; names.len()];
        let mut in_order = 0;
        let mut rest = set.as_str();
        let mut literal = String::new();
        while let Some((before, inside, after)) = next_placeholder(rest) {
            literal.push_str(before);
            rest = after;
            let mut parts = inside.split('|');
            let name = parts.next().unwrap_or_default();
            let position = match name {
                "" if inside.is_empty() && names.iter().all(|name| name.is_empty()) => {
                    in_order += 1;
                    Some(in_order - 1)
                }
                name => names.iter().position(|known| !name.is_empty() && *known == name).or_else(|| name.parse().ok()),
            };
            let Some(position) = position.filter(|position| *position < names.len()) else {
                return Err(format!("the English has no placeholder `{name}` here"));
            };
            // The same name twice in the English is the same value twice.
            for (known, is_named) in names.iter().zip(&mut named) {
                *is_named |= !known.is_empty() && *known == names[position];
            }
            named[position] = true;
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(match (parts.next(), parts.next(), parts.next()) {
                (None, ..) => Piece::Argument(position),
                (Some(one), Some(many), None) => Piece::Agreeing(position, one.to_owned(), many.to_owned()),
                _ => return Err(format!("`{inside}` gives the singular and the plural: {{{name}|copie|copies}}")),
            });
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        match named.iter().position(|is_named| !is_named) {
            Some(missing) if names[missing].is_empty() => Err(format!("the placeholder number {missing} is missing")),
            Some(missing) => Err(format!("the placeholder `{}` is missing", names[missing])),
            None => Ok(Self { pieces }),
        }
    }
}

/// A text with single spaces for all white space of ASCII. Spaces that do not break stay.
fn normalised(text: &str) -> String {
    let mut words = text.split_ascii_whitespace();
    let mut line = String::from(if text.starts_with(' ') { " " } else { "" });
    line.push_str(words.next().unwrap_or_default());
    for word in words {
        line.push(' ');
        line.push_str(word);
    }
    if text.ends_with(' ') && line != " " {
        line.push(' ');
    }
    line
}

/// The form under which an English text is looked up, and the names of its placeholders in order.
fn pattern_of(english: &str) -> (String, Vec<&str>) {
    let mut pattern = String::new();
    let mut names = Vec::new();
    let mut rest = english;
    while let Some((before, inside, after)) = next_placeholder(rest) {
        pattern.push_str(before);
        pattern.push_str("{}");
        names.push(inside);
        rest = after;
    }
    pattern.push_str(rest);
    (normalised(&pattern), names)
}

/// The next placeholder with what stands before and after it. Other braces are text.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| from + at) {
        let inside = &text[start + 1..];
        if let Some(length) = inside.find(['{', '}'])
            && inside[length..].starts_with('}')
            && is_placeholder(&inside[..length])
        {
            return Some((&text[..start], &inside[..length], &inside[length + 1..]));
        }
        from = start + 1;
    }
    None
}

/// Nothing, a number, or the name of a fact, and perhaps two words to choose from.
fn is_placeholder(inside: &str) -> bool {
    let name = inside.split('|').next().unwrap_or_default();
    name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(english: &str, french: &str) -> Result<Phrases, DataError> {
        Phrases::read("a.yaml", &format!("- english: {english:?}\n  french: {french:?}\n"))
    }

    #[test]
    fn placeholders_are_mapped_by_name_and_by_number() {
        let phrases =
            one("{workload.name} keeps {workload.copies} copies", "{workload.copies} copies de {workload.name}");
        let phrases = phrases.expect("a phrase");
        let phrase = phrases.find("{} keeps {}\n  copies").expect("found by its form");
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(phrase.pieces, [Piece::Argument(1), text(" copies de "), Piece::Argument(0)]);
        let phrases = one("{} of {}", "{1} : {0}, {0|un|deux}").expect("a phrase");
        let agreeing = Piece::Agreeing(0, "un".to_owned(), "deux".to_owned());
        let pieces = &phrases.find("{} of {}").expect("found").pieces;
        assert_eq!(pieces, &[Piece::Argument(1), text("\u{a0}: "), Piece::Argument(0), text(", "), agreeing]);
        assert!(one("`{{ a }}` stays", "`{{ a }}` reste").is_ok());
    }

    #[test]
    fn wrong_phrases_have_a_position() {
        let line = |result: Result<Phrases, DataError>| {
            result.expect_err("it is wrong").position.map(|at| (at.line, at.column))
        };
        assert_eq!(line(one("{} of {}", "{} de")), Some((2, 3)));
        assert_eq!(line(one("{a} of", "{b} de")), Some((2, 3)));
        assert_eq!(line(one("none", "{} de")), Some((2, 3)));
        assert_eq!(line(one("{} of", "{0|un}")), Some((2, 3)));
        assert_eq!(line(one("of", "")), Some((2, 3)));
        assert_eq!(line(Phrases::read("a.yaml", "- english: a\n  frensh: b\n")).map(|at| at.0), Some(2));
        let twice = "- {english: a b, french: x}\n- {english: a  b, french: x}\n- {english: a b, french: y}\n";
        assert_eq!(line(Phrases::read("a.yaml", twice)).map(|at| at.0), Some(3));
    }

    #[test]
    fn the_phrases_that_ship_are_right() {
        Phrases::load().expect("every phrase is right");
    }
}
