//! What people are told of suppressions: the need with and without them, what does not count, and what should be mended.

use super::words::points;
use crate::assessment::{Assessment, NeedRange, Suppressed, Suppression};
use crate::language::{Prose, say};

/// The cause of failures of the gate that is about suppressions.
const UNUSED_IGNORE: &str = "unused-ignore";

/// The need, with what it would be if nothing were suppressed where that differs.
pub(crate) fn counted(need: &NeedRange) -> Prose {
    match with_everything(need) {
        Some(all) => say!("{} ({} with what is suppressed)", points(need.score), points(all)),
        None => say!("{}", points(need.score)),
    }
}

/// The need if nothing were suppressed, where it differs by as much as is shown.
pub(crate) fn with_everything(need: &NeedRange) -> Option<f64> {
    need.unsuppressed.filter(|all| (all - need.score).abs() >= 0.05)
}

/// What is suppressed, why, and how much it weighs.
pub(super) fn told(suppressed: &Suppressed, code: &str) -> Prose {
    let message = &suppressed.message;
    let reason = suppressed.reason.as_str();
    match (reason.is_empty(), suppressed.share.abs() >= 0.05) {
        (true, false) => say!("{} {}", code, message),
        (true, true) => say!("{} {}; {} points if it alone counted", code, message, points(suppressed.share)),
        (false, false) => say!("{} {}. The reason: {}", code, message, reason),
        (false, true) => {
            say!(
                "{} {}; {} points if it alone counted. The reason: {}",
                code,
                message,
                points(suppressed.share),
                reason
            )
        }
    }
}

/// The suppressions that should be mended or removed.
pub(super) fn mistaken(assessment: &Assessment) -> Vec<&Suppression> {
    assessment.suppressions.iter().filter(|each| each.state.is_mistaken()).collect()
}

/// Whether the gate fails for it.
pub(super) fn fails(assessment: &Assessment, suppression: &Suppression) -> bool {
    let failures = assessment.gate.iter().flat_map(|gate| &gate.failures);
    let mut own = failures.filter(|failure| failure.cause == UNUSED_IGNORE && failure.code == code(suppression));
    own.any(|failure| failure.place == suppression.place)
}

/// What is wrong with a suppression, and what to do.
pub(super) fn mistake(suppression: &Suppression, code: &str) -> Prose {
    say!("{} {}: {}", code, &suppression.message, &suppression.help)
}

/// The code under which a mistaken suppression is told.
pub(super) fn code(suppression: &Suppression) -> &'static str {
    suppression.state.code().unwrap_or_default()
}
