//! How far targets reach: those that reach equally far are one area, with a letter.

use crate::assessment::{Fit, Reach, SystemAssessment};

/// Targets that reach equally far.
#[derive(Clone, Debug)]
pub(super) struct Area<'a> {
    /// What it is called in the picture.
    pub(super) letter: char,
    /// How far they reach.
    pub(super) reach: Reach,
    /// The targets.
    pub(super) fits: Vec<&'a Fit>,
}

/// The areas of the targets that may be considered, the smallest first.
pub(super) fn areas(system: &SystemAssessment) -> Vec<Area<'_>> {
    let mut areas: Vec<Area<'_>> = Vec::new();
    for fit in system.targets.iter().filter(|fit| fit.admissible) {
        match areas.iter_mut().find(|area| area.reach == fit.reach) {
            Some(area) => area.fits.push(fit),
            None => areas.push(Area { letter: ' ', reach: fit.reach, fits: vec![fit] }),
        }
    }
    areas.sort_by_key(|area| {
        let Reach { availability, scale } = area.reach;
        (availability.low + scale.low, availability.low, availability.high + scale.high, availability.high)
    });
    for (area, letter) in areas.iter_mut().zip('A'..='Z') {
        area.letter = letter;
    }
    areas
}

/// A corner of areas: the rungs of availability and of scale up to which something reaches, and the letters of what does.
pub(super) type Corner = ((u8, u8), Vec<char>);

/// The corners up to which the areas reach as they are, and those up to which they reach with work and not before.
pub(super) fn corners(areas: &[Area<'_>]) -> (Vec<Corner>, Vec<Corner>) {
    let (mut plain, mut worked) = (Vec::new(), Vec::new());
    for area in areas {
        let Reach { availability, scale } = area.reach;
        let (low, high) = ((availability.low, scale.low), (availability.high, scale.high));
        join(&mut plain, low, area.letter);
        if high != low {
            join(&mut worked, high, area.letter);
        }
    }
    (plain, worked)
}

fn join(corners: &mut Vec<Corner>, at: (u8, u8), letter: char) {
    match corners.iter_mut().find(|(corner, _)| *corner == at) {
        Some((_, letters)) => letters.push(letter),
        None => corners.push((at, vec![letter])),
    }
}
