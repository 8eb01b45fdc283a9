//! The day of today, for the age of facts. Only here is the clock looked at; everything else is told the day.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::day::Day;

/// Today in universal time, or the day of `SOURCE_DATE_EPOCH` where it is set to a number of seconds, so that the same
/// input gives the same bytes on any day.
pub(super) fn today() -> Day {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Day::of_seconds(fixed.unwrap_or_else(now))
}
