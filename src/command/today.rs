//! The day of today, for the age of facts, and the moment for snapshots. Only here is the clock looked at; everything else
//! is told.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::day::Day;
#[cfg(feature = "cluster")]
use crate::snapshot::Timestamp;

/// Today in universal time.
pub(super) fn today() -> Day {
    Day::of_seconds(seconds())
}

/// This moment in universal time, to the second.
#[cfg(feature = "cluster")]
pub(super) fn now() -> Timestamp {
    Timestamp::of_seconds(i64::try_from(seconds()).unwrap_or(i64::MAX))
}

/// The seconds since the beginning of 1970, or those of `SOURCE_DATE_EPOCH` where it is set, so that the same input gives
/// the same bytes on any day.
fn seconds() -> u64 {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.trim().parse().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    fixed.unwrap_or_else(now)
}
