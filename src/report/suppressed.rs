//! What people are told of suppressions: the need with and without them, what does not count, and what should be mended.

use std::borrow::Cow;

use super::sentences::said;
use super::words::points;
use crate::assessment::{Assessment, NeedRange, Suppressed, Suppression, SuppressionState};
use crate::language::{Prose, Voice, say};
use crate::text::sanitize::for_terminal;

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

/// What is suppressed, why, and how much it weighs; safe for a terminal.
pub(super) fn told(suppressed: &Suppressed, voice: Voice, code: &str) -> Prose {
    let message = said(voice, &suppressed.message);
    let reason = reason(&suppressed.reason);
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

/// A reason on one line, as it is shown to people: it may have been written over several.
pub(super) fn reason(written: &str) -> String {
    for_terminal(&written.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The suppressions that should be mended or removed: where only the systems are told to which changed files belong, those
/// in their files and in the changed ones.
pub(super) fn mistaken(assessment: &Assessment) -> Vec<&Suppression> {
    let all = assessment.suppressions.iter().filter(|each| each.state.is_mistaken());
    all.filter(|each| is_told(assessment, each)).collect()
}

/// The suppressions that do not count since none was to be honoured.
pub(super) fn not_honoured(assessment: &Assessment) -> Vec<&Suppression> {
    let all = assessment.suppressions.iter().filter(|each| each.state == SuppressionState::NotHonoured);
    all.filter(|each| is_told(assessment, each)).collect()
}

fn is_told(assessment: &Assessment, suppression: &Suppression) -> bool {
    let Some(gate) = assessment.gate.as_ref().filter(|gate| gate.touched_of.is_some()) else { return true };
    let Some(place) = &suppression.place else { return true };
    gate.touched_files.contains(&place.file)
        || assessment.systems.iter().any(|system| system.files.contains(&place.file))
}

/// What a suppression names that does not count itself, and its reason; safe for a terminal.
pub(super) fn named(suppression: &Suppression, code: impl Fn(&str) -> String) -> Prose {
    let rules: Vec<String> = suppression.rules.iter().map(|rule| code(&for_terminal(rule))).collect();
    match suppression.reason.as_deref().map(reason).filter(|reason| !reason.is_empty()) {
        Some(reason) => say!("{}. The reason: {}", rules.join(", "), reason),
        None => say!("{}", rules.join(", ")),
    }
}

/// The heading over suppressions that are not honoured.
pub(super) fn not_honoured_title(voice: Voice) -> Cow<'static, str> {
    voice.words("Suppressions that are listed and not honoured (--no-ignores)")
}

/// Whether the gate fails for it.
pub(super) fn fails(assessment: &Assessment, suppression: &Suppression) -> bool {
    let failures = assessment.gate.iter().flat_map(|gate| &gate.failures);
    let mut own = failures.filter(|failure| failure.cause == UNUSED_IGNORE && failure.code == code(suppression));
    own.any(|failure| failure.place == suppression.place)
}

/// What is wrong with a suppression, and what to do; safe for a terminal.
pub(super) fn mistake(suppression: &Suppression, voice: Voice, code: &str) -> Prose {
    say!("{} {}: {}", code, said(voice, &suppression.message), said(voice, &suppression.help))
}

/// The code under which a mistaken suppression is told.
pub(super) fn code(suppression: &Suppression) -> &'static str {
    suppression.state.code().unwrap_or_default()
}
