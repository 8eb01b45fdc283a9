//! The availability that can be reached, from published promises, k-of-n of hosts and serial dependencies, with every
//! number and its source.
//!
//! The composition: the smaller of a ceiling for what shares a zone or a region, and of the chance that enough hosts are
//! up, times the availability of everything that is waited for. It knows neither failures that hit several parts at once
//! nor human error.

mod arithmetic;
mod reckon;

pub use arithmetic::{k_of_n, serial};
pub(super) use reckon::Reckoning;

use serde::{Deserialize, Serialize};

use crate::data::{self, DataError, PathPart};
use crate::day::Day;
use crate::language::{Argument, Prose};

const FILE: &str = "rules/availability.yaml";

/// What is counted with, from `rules/availability.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AvailabilityData {
    /// A month, in minutes.
    pub month_minutes: f64,
    /// One host, where nobody says whose it is.
    pub host: Published,
    /// What parts that share a zone or a region cannot exceed.
    pub ceilings: Ceilings,
    /// How long one copy is away when its host dies, part by part.
    pub failover: Vec<Wait>,
}

/// A published percentage.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Published {
    /// Percent of a month.
    pub percent: f64,
    /// What it is about.
    pub what: String,
    /// Where it is published.
    pub source: String,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub checked_on: String,
}

/// What parts that share a zone or a region cannot exceed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ceilings {
    /// Parts in one zone.
    pub one_zone: Published,
    /// Parts in several zones of one region.
    pub several_zones: Published,
}

/// A part of the time that a failover takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Wait {
    /// What is waited for.
    pub what: String,
    /// How long, in seconds.
    pub seconds: f64,
    /// Where it is documented.
    pub source: String,
    /// The day on which it was read, `YYYY-MM-DD`.
    pub checked_on: String,
}

impl AvailabilityData {
    /// The data that ships with the program.
    ///
    /// # Errors
    ///
    /// When the file does not have the expected shape, or a number in it is no percentage or no day, with its position.
    pub fn built_in() -> Result<Self, DataError> {
        let data: Self = data::read_named(FILE)?;
        data.check(data::embedded(FILE).next().map_or("", |file| file.text))?;
        Ok(data)
    }

    fn check(&self, text: &str) -> Result<(), DataError> {
        let published = [&self.host, &self.ceilings.one_zone, &self.ceilings.several_zones];
        let days = published.iter().map(|one| &one.checked_on).chain(self.failover.iter().map(|wait| &wait.checked_on));
        let is_wrong = published.iter().any(|one| !(one.percent > 0.0 && one.percent <= 100.0))
            || days.into_iter().any(|day| Day::parse(day).is_none())
            || self.ceilings.one_zone.percent > self.ceilings.several_zones.percent
            || self.month_minutes <= 0.0;
        let message =
            "a percentage is above 0 and at most 100, a day is YYYY-MM-DD, one zone promises no more than several";
        let error = || data::error_at(FILE, text, &[PathPart::Name("host")], message.to_owned(), String::new());
        if is_wrong { Err(error()) } else { Ok(()) }
    }

    /// Minutes of a month that a percentage leaves.
    #[must_use]
    pub fn minutes_down(&self, percent: f64) -> f64 {
        (100.0 - percent) / 100.0 * self.month_minutes
    }

    /// The least time of a failover, in seconds.
    #[must_use]
    pub fn failover_seconds(&self) -> f64 {
        self.failover.iter().map(|wait| wait.seconds).sum()
    }
}

/// The availability that can be reached, or why that is not known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Achievable {
    /// Percent of a month, to four places; none where it is not known.
    pub percent: Option<f64>,
    /// Why it is not known.
    pub unknown: Option<Prose>,
    /// Minutes of a month that this leaves.
    pub minutes_down: Option<f64>,
    /// The formula with its numbers.
    pub formula: Prose,
    /// Each number in it.
    pub steps: Vec<Step>,
    /// What else is worth knowing.
    pub notes: Vec<Prose>,
    /// What the owner wants to reach, in percent, and whether this reaches it; none where it is not known.
    pub stated: Option<(f64, Option<bool>)>,
}

/// A number in the formula.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Percent.
    pub percent: f64,
    /// What it is.
    pub what: Prose,
    /// Where it is published, or what it follows from.
    pub source: Prose,
    /// The day on which that was read; empty for what is computed.
    pub checked_on: String,
}

impl Achievable {
    /// The percentage, or why it is not known.
    ///
    /// # Errors
    ///
    /// The reason, where it is not known.
    pub fn known(self) -> Result<f64, Prose> {
        self.percent.ok_or_else(|| self.unknown.unwrap_or_default())
    }

    fn unknown(reason: Prose, stated: Option<f64>) -> Self {
        Self {
            percent: None,
            unknown: Some(reason),
            minutes_down: None,
            formula: Prose::default(),
            steps: Vec::new(),
            notes: Vec::new(),
            stated: stated.map(|stated| (stated, None)),
        }
    }
}

/// A percentage in a sentence, as [`shown`] shows it.
#[must_use]
pub fn in_words(percent: f64) -> Argument {
    let decimals = shown(percent).split_once('.').map_or(0, |(_, decimals)| decimals.len());
    Argument::Number(cut(percent), decimals)
}

/// A percentage as it is shown: four places at most, none that are zero; cut and not rounded up, so that nothing seems to
/// reach what it misses.
#[must_use]
pub fn shown(percent: f64) -> String {
    let text = format!("{:.4}", cut(percent));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn cut(percent: f64) -> f64 {
    (percent * 10_000.0 + 1e-6).floor() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_right_and_mistakes_are_found() {
        let data = AvailabilityData::built_in().expect("the data");
        assert!((data.failover_seconds() - 350.0).abs() < 1e-9);
        let wrong = AvailabilityData { month_minutes: 0.0, ..data.clone() };
        let error = wrong.check("host: x\n").expect_err("no month");
        assert_eq!(error.position.map(|at| at.line), Some(1));
        let ceilings =
            Ceilings { one_zone: Published { percent: 99.999, ..data.host.clone() }, ..data.ceilings.clone() };
        assert!(AvailabilityData { ceilings, ..data }.check("").is_err());
    }

    #[test]
    fn the_budgets_of_the_reference_are_reproduced() {
        let data = AvailabilityData::built_in().expect("the data");
        for (percent, minutes) in
            [(99.0, "438"), (99.5, "219"), (99.9, "43.8"), (99.95, "21.9"), (99.99, "4.38"), (99.999, "0.44")]
        {
            let places = minutes.split_once('.').map_or(0, |(_, places)| places.len());
            assert_eq!(format!("{:.places$}", data.minutes_down(percent)), minutes, "{percent}");
        }
    }

    #[test]
    fn percentages_have_no_zeros_at_their_end() {
        assert_eq!([shown(99.9), shown(100.0), shown(99.9975), shown(99.99999)], ["99.9", "100", "99.9975", "99.9999"]);
    }
}
