//! Reports of one system alone: it is told once, and not again as the estate.

use crate::assessment::{Assessment, SystemAssessment};

/// The only system, with what is only seen of an estate; none where there are several, or where the estate has another
/// answer.
pub(super) fn only(assessment: &Assessment) -> Option<SystemAssessment> {
    let estate = &assessment.estate;
    let [only] = assessment.systems.as_slice() else { return None };
    let is_the_same = only.verdict == estate.verdict
        && only.need == estate.need
        && only.confidence == estate.confidence
        && estate.set_aside.is_empty();
    is_the_same.then(|| SystemAssessment {
        is_estate: false,
        id: only.id.clone(),
        name: only.name.clone(),
        grouped_by: only.grouped_by.clone(),
        overlay: only.overlay.clone(),
        ..estate.clone()
    })
}
