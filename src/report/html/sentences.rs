//! Words and sentences that the page shares with other formats, in the report's language.

use super::Report;
use crate::assessment::{SystemAssessment, Verdict};
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
}
