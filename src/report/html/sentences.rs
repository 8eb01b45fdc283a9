//! Words and sentences that the page shares with other formats, in the report's language.

use super::Report;
use crate::assessment::{Fit, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::report::words;

impl Report<'_> {
    /// The verdict in small letters.
    pub(super) fn verdict(self, verdict: Verdict) -> String {
        self.voice().words(words::verdict_word(verdict)).to_lowercase()
    }

    /// How sure a claim is.
    pub(super) fn grade(self, grade: Grade) -> String {
        self.voice().words(grade.id()).into_owned()
    }

    /// The verdict in one sentence.
    pub(super) fn verdict_sentence(self, system: &SystemAssessment) -> String {
        words::verdict_sentence(self.assessment, system)
    }

    /// Which systems bring the need of an estate.
    pub(super) fn guests_sentence(self, system: &SystemAssessment) -> Option<String> {
        words::guests_sentence(self.assessment, system)
    }

    /// Which overlay was assessed.
    pub(super) fn overlay_sentence(self, system: &SystemAssessment) -> Option<String> {
        system.overlay.as_ref().map(words::overlay_sentence)
    }

    /// A target with what is placed beside it.
    pub(super) fn placed(self, fit: &Fit) -> String {
        words::placed(fit).trim_end_matches(',').to_owned()
    }
}
