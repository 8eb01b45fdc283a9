//! Claims on the same capability become one: the highest grade counts, the evidence is united.

use std::collections::{BTreeMap, BTreeSet};

use super::demand::Demand;
use super::score::Need;
use crate::capability::CapabilityId;
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::rules::RawClaim;
use crate::yaml::Place;

/// A claim of a system or of the estate.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// What is needed.
    pub capability: CapabilityId,
    /// The highest grade of all claims on it.
    pub grade: Grade,
    /// The same of those that follow from what was read or seen; none where the owner states the need alone.
    pub seen: Option<Grade>,
    /// The codes of the rules that claim it, sorted.
    pub rules: Vec<String>,
    /// The code of the rule behind the strongest claim.
    pub strongest_rule: String,
    /// The code of the rule that lowered the strongest claim, if one did.
    pub lowered_by: Option<String>,
    /// What the strongest claim says, with how many others say the like.
    pub message: Prose,
    /// The evidence of all claims, the strongest first.
    pub places: Vec<Place>,
}

/// Folds claims. The result is sorted by capability and does not depend on the order of the claims.
#[must_use]
pub fn fold<'c>(claims: impl IntoIterator<Item = &'c RawClaim>) -> Vec<Folded> {
    let mut by_capability: BTreeMap<CapabilityId, Vec<&RawClaim>> = BTreeMap::new();
    for claim in claims {
        by_capability.entry(claim.capability).or_default().push(claim);
    }
    by_capability
        .into_iter()
        .map(|(capability, mut claims)| {
            claims.sort_by(|a, b| {
                b.grade
                    .cmp(&a.grade)
                    .then_with(|| (&a.message, &a.subject, &a.rule).cmp(&(&b.message, &b.subject, &b.rule)))
            });
            // The same workload may be claimed by a system and again by the estate.
            claims.dedup_by(|a, b| a.message == b.message && a.subject == b.subject && a.rule == b.rule);
            let strongest = claims[0];
            let mut rules: Vec<String> = claims.iter().map(|claim| claim.rule.clone()).collect();
            rules.sort();
            rules.dedup();
            let mut seen = BTreeSet::new();
            let places = claims.iter().flat_map(|claim| &claim.places).copied().filter(|place| seen.insert(*place));
            let places = places.collect();
            let others = claims.len() - 1;
            let message = match others {
                0 => strongest.message.clone(),
                1 => say!("{}, and 1 more", &strongest.message),
                _ => say!("{}, and {} more", &strongest.message, others),
            };
            Folded {
                capability,
                grade: strongest.grade,
                seen: claims.iter().filter(|claim| !claim.is_stated).map(|claim| claim.grade).max(),
                rules,
                strongest_rule: strongest.rule.clone(),
                lowered_by: strongest.lowered_by.clone(),
                message,
                places,
            }
        })
        .collect()
}

/// The demand at the low end of the range: what is proven.
#[must_use]
pub fn proven(demand: &Demand) -> Demand {
    demand.regraded(|_, grade| (grade == Grade::Proven).then_some(grade))
}

/// The demand at the high end of the range: what is effective or corroborated, proven, and the costliest answer to every
/// open question.
#[must_use]
pub fn costliest(demand: &Demand, asked: impl IntoIterator<Item = CapabilityId>) -> Demand {
    let firm = demand.regraded(|_, grade| Some(if grade >= Grade::Effective { Grade::Proven } else { grade }));
    let asked: Vec<Need> = asked.into_iter().map(|capability| Need { capability, grade: Grade::Proven }).collect();
    firm.with(&asked)
}
