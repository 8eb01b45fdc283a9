//! Which targets are shown beside one another: kinds, not vendors.

use crate::assessment::{Fit, SystemAssessment};

/// The best of each kind, simpler ones first; a target in maintenance mode stands for its kind only where no other does.
pub(super) fn best_of_each_kind(system: &SystemAssessment) -> Vec<&Fit> {
    let mut shown: Vec<&Fit> = Vec::new();
    for tier in 1..=3u8 {
        let mut of_tier: Vec<&Fit> = system.targets.iter().filter(|fit| fit.admissible && fit.tier == tier).collect();
        of_tier.sort_by_key(|fit| (system.suggested.as_deref() != Some(&fit.id), fit.caution.is_some()));
        let mut kinds: Vec<&Fit> = Vec::new();
        for fit in of_tier {
            let most = if tier == 3 { 2 } else { 1 };
            if kinds.iter().filter(|other| other.archetype == fit.archetype).count() < most {
                kinds.push(fit);
            }
        }
        kinds.sort_by_key(|fit| rank(fit));
        shown.extend(kinds);
    }
    shown
}

/// What comes first: the smaller chance of falling short, then the smaller effort.
pub(super) fn rank(fit: &Fit) -> (u32, u8) {
    ((fit.least_shortfall() * 1000.0).round() as u32, fit.effort_with_split())
}
