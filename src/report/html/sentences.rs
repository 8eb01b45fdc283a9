//! Words and sentences that the page shares with other formats, in the report's language.

use super::Report;
use crate::assessment::{Fit, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::report::words;

impl Report<'_> {
    /// The verdict in small letters.
    pub(super) fn verdict(self, verdict: Verdict) -> String {
        // A name keeps its capital.
        words::verdict_word(verdict, self.voice()).to_lowercase().replace("kubernetes", "Kubernetes")
    }

    /// How sure a claim is.
    pub(super) fn grade(self, grade: Grade) -> String {
        words::grade_word(grade, self.voice()).into_owned()
    }

    /// The verdict in one sentence.
    pub(super) fn verdict_sentence(self, system: &SystemAssessment) -> String {
        self.voice().say(&words::verdict_sentence(self.assessment, system))
    }

    /// Which systems bring the need of an estate.
    pub(super) fn guests_sentence(self, system: &SystemAssessment) -> Option<String> {
        words::guests_sentence(self.assessment, system).map(|text| self.voice().say(&text))
    }

    /// Which overlay was assessed.
    pub(super) fn overlay_sentence(self, system: &SystemAssessment) -> Option<String> {
        system.overlay.as_ref().map(|overlay| self.voice().say(&words::overlay_sentence(overlay)))
    }

    /// A target with what is placed beside it.
    pub(super) fn placed(self, fit: &Fit) -> String {
        self.voice().say(&words::placed_alone(fit))
    }
}
