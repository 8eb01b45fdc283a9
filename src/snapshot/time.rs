//! Moments as the API server writes them: RFC 3339 in universal time, to the second.

use std::fmt;

/// A moment in seconds after the beginning of 1970, in universal time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(i64);

const SECONDS_OF_A_DAY: i64 = 86_400;

/// The last moment that is written with four digits for the year.
const LAST: i64 = 253_402_300_799;

impl Timestamp {
    /// The moment so many seconds after the beginning of 1970; later ones than the year 9999 are cut off there.
    #[must_use]
    pub fn of_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(0, LAST))
    }

    /// Reads `2026-11-26T18:05:00Z`, with parts of a second (which are dropped) and an offset where there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| -> Option<i64> {
            let digits = text.get(range)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let is = |at: usize, marks: &[u8]| text.as_bytes().get(at).is_some_and(|byte| marks.contains(byte));
        if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt ") && is(13, b":") && is(16, b":")) {
            return None;
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
        let in_range = (1..=12).contains(&month)
            && (1..=length_of_month(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61;
        if !in_range {
            return None;
        }
        let rest = text.get(19..)?;
        let offset = rest.trim_start_matches('.').trim_start_matches(|c: char| c.is_ascii_digit());
        let offset = match offset {
            "Z" | "z" => 0,
            _ => {
                let at = text.len() - offset.len();
                let sign = if is(at, b"+") {
                    1
                } else if is(at, b"-") {
                    -1
                } else {
                    return None;
                };
                if !is(at + 3, b":") || text.len() != at + 6 {
                    return None;
                }
                sign * (number(at + 1..at + 3)? * 3600 + number(at + 4..at + 6)? * 60)
            }
        };
        let days = days_before(year, month) + day - 1;
        Some(Self::of_seconds(days * SECONDS_OF_A_DAY + hour * 3600 + minute * 60 + second - offset))
    }

    /// Whole days from this moment to a later one; 0 where it is not later.
    #[must_use]
    pub fn days_until(self, later: Self) -> u64 {
        u64::try_from((later.0 - self.0) / SECONDS_OF_A_DAY).unwrap_or(0)
    }

    /// Whether this moment lies at most so many days before another one. What clocks set apart, a moment after it, counts.
    #[must_use]
    pub fn is_within(self, days: u64, later: Self) -> bool {
        later.0 - self.0 <= SECONDS_OF_A_DAY.saturating_mul(i64::try_from(days).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut days, seconds) = (self.0 / SECONDS_OF_A_DAY, self.0 % SECONDS_OF_A_DAY);
        let mut year = 1970;
        while days >= length_of_year(year) {
            days -= length_of_year(year);
            year += 1;
        }
        let mut month = 1;
        while days >= length_of_month(year, month) {
            days -= length_of_month(year, month);
            month += 1;
        }
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(formatter, "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
    }
}

/// Days from the beginning of 1970 to the beginning of a month.
fn days_before(year: i64, month: i64) -> i64 {
    let leap_days = |year: i64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    years + (1..month).map(|month| length_of_month(year, month)).sum::<i64>()
}

fn is_leap_year(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn length_of_year(year: i64) -> i64 {
    if is_leap_year(year) { 366 } else { 365 }
}

fn length_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_and_written() {
        let of = |text: &str| Timestamp::parse(text).map(|moment| moment.0);
        assert_eq!(of("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(of("2024-02-29T12:00:00Z"), Some(1_709_208_000));
        assert_eq!(of("2026-11-26T18:05:00.123456Z"), Some(1_795_716_300));
        assert_eq!(of("2026-11-26T20:05:00+02:00"), Some(1_795_716_300));
        for wrong in ["", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-26", "2026-11-26T18:05:00", "née"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ages_are_whole_days() {
        let moment = |text: &str| Timestamp::parse(text).expect("a moment");
        let taken = moment("2026-11-26T18:05:00Z");
        assert_eq!(moment("2026-11-25T18:05:01Z").days_until(taken), 0);
        assert_eq!(moment("2026-10-27T18:05:00Z").days_until(taken), 30);
        assert_eq!(moment("2026-11-27T18:05:00Z").days_until(taken), 0);
        assert!(moment("2026-10-27T18:05:00Z").is_within(30, taken));
        assert!(!moment("2026-10-27T18:04:59Z").is_within(30, taken));
    }

    proptest::proptest! {
        #[test]
        fn a_moment_comes_back(seconds in 0..LAST) {
            let moment = Timestamp::of_seconds(seconds);
            proptest::prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }

        #[test]
        fn any_text_is_a_moment_or_not(text in "[0-9TZ:+. -]{0,30}|\\PC{0,30}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
