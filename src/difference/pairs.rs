//! Which system of one report is which of the other, by what their evidence points at beside their names.

use super::read::{Place, System};
use super::wire::Match;
use crate::matching::{self, FoundBy, Identity};

/// The pairs as indices of both sides, and how each was found.
pub(super) fn pairs(old: &[System], new: &[System]) -> Vec<(usize, usize, Match)> {
    let identities = |systems: &[System]| -> Vec<Identity> { systems.iter().map(identity).collect() };
    let pairs = matching::pairs(&identities(old), &identities(new));
    pairs
        .into_iter()
        .map(|(a, b, found_by)| {
            let found_by = match found_by {
                FoundBy::Id => Match::Id,
                FoundBy::Name => Match::Name,
                FoundBy::Overlap => Match::Overlap,
            };
            (a, b, found_by)
        })
        .collect()
}

fn identity(system: &System) -> Identity {
    let claims = system.claims.iter().flat_map(|claim| &claim.evidence);
    let findings = system.findings.iter().flat_map(|finding| &finding.evidence);
    Identity {
        id: system.id.clone(),
        name: system.name.clone(),
        grouped_by: system.grouped_by.clone(),
        objects: claims.chain(findings).map(anchor).collect(),
    }
}

/// The object, or the first two keys of the path; files are left out, since they move.
fn anchor(place: &Place) -> String {
    match &place.object {
        Some(object) => object.clone(),
        None => place.path.split('.').take(2).collect::<Vec<_>>().join("."),
    }
}
