//! Days of the calendar: when facts were checked, and how long ago that is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Day {
    year: i32,
    month: u8,
    day: u8,
}

const SECONDS_OF_A_DAY: u64 = 86_400;

impl Day {
    /// The day that is written `YYYY-MM-DD`; none where there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts.as_slice() else { return None };
        let number = |part: &str, length: usize| {
            let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (year, month, day) = (i32::from(number(year, 4)?), number(month, 2)? as u8, number(day, 2)? as u8);
        let exists = (1..=12).contains(&month) && (1..=length_of_month(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// The day in universal time that so many seconds after the beginning of 1970 belong to; the last one that can be
    /// written where there is none.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        let mut left = seconds / SECONDS_OF_A_DAY;
        let mut year = 1970;
        while year < 9999 && left >= length_of_year(year) {
            left -= length_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while month < 12 && left >= u64::from(length_of_month(year, month)) {
            left -= u64::from(length_of_month(year, month));
            month += 1;
        }
        let day = left.min(u64::from(length_of_month(year, month)) - 1) as u8 + 1;
        Self { year, month, day }
    }

    /// Whether another day is more than so many days after this one.
    #[must_use]
    pub fn is_older(self, today: Self, days: u32) -> bool {
        today.number() - self.number() > i64::from(days)
    }

    /// How many days the day stands after the beginning of the calendar.
    fn number(self) -> i64 {
        let years = i64::from(self.year - 1);
        let before = years * 365 + years / 4 - years / 100 + years / 400;
        let months: i64 = (1..self.month).map(|month| i64::from(length_of_month(self.year, month))).sum();
        before + months + i64::from(self.day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length_of_year(year: i32) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn length_of_month(year: i32, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn days_are_read_and_written() {
        for text in ["2026-11-26", "2024-02-29", "1970-01-01"] {
            assert_eq!(day(text).to_string(), text);
        }
        for text in ["2026-11-31", "2025-02-29", "2026-13-01", "2026-1-1", "last week", "2026-11-00", "2026-11-26-1"] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_belong_to_days() {
        for (seconds, text) in [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_795_651_199, "2026-11-25")] {
            assert_eq!(Day::of_seconds(seconds).to_string(), text);
        }
        assert_eq!(Day::of_seconds(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn an_entry_is_old_after_the_days_and_not_on_the_last_of_them() {
        assert!(!day("2026-01-01").is_older(day("2026-06-30"), 180));
        assert!(day("2026-01-01").is_older(day("2026-07-01"), 180));
        assert!(!day("2026-07-01").is_older(day("2026-01-01"), 180), "the future is not old");
        assert!(day("2023-03-01").is_older(day("2024-03-01"), 365), "over a leap day");
    }
}
