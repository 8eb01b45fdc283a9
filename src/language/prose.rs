//! A sentence that is kept apart from the names and numbers in it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A sentence: its English form with `{}` where names, numbers and other sentences stand. Made with `say!`.
/// It compares as it reads in English.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Prose {
    pattern: Cow<'static, str>,
    arguments: Vec<Argument>,
}

/// What stands inside of a sentence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Argument {
    /// A name or a word from the input, the same in every language.
    Name(String),
    /// A number with so many decimals.
    Number(f64, #[serde(deserialize_with = "decimals")] usize),
    /// A sentence or a part of one.
    Prose(Prose),
}

impl Prose {
    /// A sentence with what stands in the place of each `{}` of its English form, in order.
    #[must_use]
    pub fn new(pattern: impl Into<Cow<'static, str>>, arguments: Vec<Argument>) -> Self {
        Self { pattern: pattern.into(), arguments }
    }

    /// A text from the input, the same in every language.
    #[must_use]
    pub fn name(text: impl Into<String>) -> Self {
        Self::new("{}", vec![Argument::Name(text.into())])
    }

    /// Several sentences with the same mark between them.
    #[must_use]
    pub fn list(items: Vec<Self>, mark: &str) -> Self {
        let pattern = vec!["{}"; items.len()].join(mark);
        Self::new(pattern, items.into_iter().map(Argument::Prose).collect())
    }

    /// The English form with `{}` where its arguments stand.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// What stands in the places of the English form.
    #[must_use]
    pub fn arguments(&self) -> &[Argument] {
        &self.arguments
    }

    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pattern.is_empty()
    }
}

/// Decimals that a number can be written with; the smallest one has no more.
fn decimals<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    const MOST: usize = 1_100;
    let decimals = usize::deserialize(deserializer)?;
    let error = || serde::de::Error::custom("no number has so many decimals");
    (decimals <= MOST).then_some(decimals).ok_or_else(error)
}

/// In English.
impl fmt::Display for Prose {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.arguments.is_empty() {
            return formatter.write_str(&self.pattern);
        }
        let mut parts = self.pattern.split("{}");
        formatter.write_str(parts.next().unwrap_or_default())?;
        for (part, argument) in parts.zip(&self.arguments) {
            match argument {
                Argument::Name(name) => formatter.write_str(name)?,
                Argument::Number(value, decimals) => write!(formatter, "{value:.decimals$}")?,
                Argument::Prose(prose) => write!(formatter, "{prose}")?,
            }
            formatter.write_str(part)?;
        }
        Ok(())
    }
}

impl PartialEq for Prose {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Prose {}

/// By its English form.
impl PartialEq<&str> for Prose {
    fn eq(&self, other: &&str) -> bool {
        self.to_string().as_str() == *other
    }
}

impl PartialOrd for Prose {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Prose {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.arguments.is_empty() && other.arguments.is_empty() {
            return self.pattern.cmp(&other.pattern);
        }
        self.to_string().cmp(&other.to_string())
    }
}

/// A fixed sentence.
impl From<&'static str> for Prose {
    fn from(text: &'static str) -> Self {
        Self::new(text, Vec::new())
    }
}

/// A fixed sentence, as it stands in a data file.
impl From<String> for Prose {
    fn from(text: String) -> Self {
        Self::new(text, Vec::new())
    }
}

impl From<&String> for Prose {
    fn from(text: &String) -> Self {
        Self::from(text.clone())
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Name(text.to_owned())
    }
}

impl From<&&str> for Argument {
    fn from(text: &&str) -> Self {
        Self::Name((*text).to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Name(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Name(text.clone())
    }
}

impl From<Cow<'_, str>> for Argument {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Name(text.into_owned())
    }
}

impl From<usize> for Argument {
    fn from(number: usize) -> Self {
        Self::Number(number as f64, 0)
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number), 0)
    }
}

impl From<u64> for Argument {
    fn from(number: u64) -> Self {
        Self::Number(number as f64, 0)
    }
}

impl From<u8> for Argument {
    fn from(number: u8) -> Self {
        Self::Number(f64::from(number), 0)
    }
}

impl Argument {
    /// A number with all the decimals that it has, such as one that somebody stated.
    #[must_use]
    pub fn exact(number: f64) -> Self {
        let decimals = number.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        Self::Number(number, decimals)
    }
}

/// A number with a count of decimals.
impl From<(f64, usize)> for Argument {
    fn from((value, decimals): (f64, usize)) -> Self {
        Self::Number(value, decimals)
    }
}

impl From<Prose> for Argument {
    fn from(prose: Prose) -> Self {
        Self::Prose(prose)
    }
}

impl From<&Prose> for Argument {
    fn from(prose: &Prose) -> Self {
        Self::Prose(prose.clone())
    }
}

/// A sentence: its English form with `{}` for each name, number or sentence that follows. `say!("{} keeps {} copies",
/// name, copies)`.
macro_rules! say {
    ($pattern:literal) => {
        $crate::language::Prose::from($pattern)
    };
    ($pattern:literal, $($argument:expr),+ $(,)?) => {
        $crate::language::Prose::new($pattern, vec![$($crate::language::Argument::from($argument)),+])
    };
}

pub(crate) use say;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_filled_in_order() {
        let inner = say!("of {}", "shop");
        let prose = say!("{} keeps {} copies {}", "a{}b", 3_usize, inner);
        assert_eq!(prose.to_string(), "a{}b keeps 3 copies of shop");
        assert_eq!(Prose::from("as it is").to_string(), "as it is");
        assert_eq!(say!("{} %", (99.456, 1)).to_string(), "99.5 %");
        assert!(say!("b") > say!("{}", "a"));
    }
}
