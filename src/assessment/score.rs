//! From claims to the score: the chance that everything simpler falls short.

use super::constants::Constants;
use super::constraints::Constraints;
use super::demand::Demand;
use super::placement::{Movable, Split, split};
use crate::capability::CapabilityId;
use crate::facts::{CATALOG, Fact, FactSet, Value};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::targets::{Catalogue, Target};

/// A claim as the score sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// What is needed.
    pub capability: CapabilityId,
    /// How sure that is.
    pub grade: Grade,
}

/// A hard limit of a target that a system violates.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The capability that counts as missing.
    pub capability: CapabilityId,
    /// How sure the violated fact is.
    pub grade: Grade,
    /// The limit in words.
    pub reason: Prose,
    /// Where the input says so.
    pub places: Vec<crate::yaml::Place>,
}

/// Which targets may be considered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// Any.
    Any,
    /// The owner's own machines only.
    SelfHosted,
}

/// A target of the catalogue as it stands for one system.
#[derive(Clone, Debug)]
pub struct Candidate<'c> {
    /// The target.
    pub target: &'c Target,
    /// Whether it may be considered at all.
    pub admissible: bool,
    /// Why not.
    pub why_not: Vec<Prose>,
    /// The hard limits that the system violates.
    pub violations: Vec<Violation>,
}

/// Every target of the catalogue as it stands for a system with these facts, under what its owner allows.
#[must_use]
pub fn candidates<'c>(catalogue: &'c Catalogue, facts: &FactSet, constraints: &Constraints) -> Vec<Candidate<'c>> {
    catalogue
        .targets()
        .iter()
        .map(|target| {
            let mut why_not = Vec::new();
            let fits =
                target.admissible_when.as_ref().is_none_or(|when| when.ask(facts) == crate::condition::Truth::True);
            if !fits {
                why_not.push(say!("it does not fit this kind of system"));
            }
            match target.status {
                crate::targets::Status::Closed => why_not.push(say!("it is closed to new customers")),
                crate::targets::Status::Beta => why_not.push(say!("it is not for production yet")),
                _ => {}
            }
            why_not.extend(constraints.rule_out(target));
            let violations = target.limits.iter().filter_map(|limit| {
                let fact = facts.get(limit.fact);
                let (value, places, grade) = match fact {
                    Fact::Known { value, places, grade } => (value.clone(), places, grade),
                    // More than a limit at least is more than the limit.
                    Fact::AtLeast { value, places, grade, .. } => (Value::Number(*value), places, grade),
                    Fact::Absent | Fact::Unknown { .. } => return None,
                };
                let violated = match value {
                    Value::Number(number) => limit.at_most.is_some_and(|most| number > most),
                    Value::Boolean(value) => limit.must_be.is_some_and(|expected| value != expected),
                    Value::Text(_) => false,
                };
                let reason = Prose::from(&limit.reason);
                let reason = match value {
                    Value::Number(number) => {
                        say!("{} ({}: {})", reason, Prose::from(CATALOG[limit.fact.0].sentence), (number, 1))
                    }
                    _ => reason,
                };
                violated.then(|| Violation {
                    capability: limit.capability,
                    grade: *grade,
                    reason,
                    places: places.clone(),
                })
            });
            Candidate { target, admissible: why_not.is_empty(), violations: violations.collect(), why_not }
        })
        .collect()
}

impl Candidate<'_> {
    /// The part of each need that this target leaves open, `p · gap` per capability, violated limits included; only
    /// capabilities with something left open are listed.
    #[must_use]
    pub fn open_parts(&self, needs: &[Need], constants: &Constants) -> Vec<(CapabilityId, f64)> {
        let mut parts: Vec<(CapabilityId, f64)> = Vec::new();
        let mut raise = |capability: CapabilityId, part: f64| match parts.iter_mut().find(|(id, _)| *id == capability) {
            Some((_, known)) => *known = known.max(part),
            None if part > 0.0 => parts.push((capability, part)),
            None => {}
        };
        for Need { capability, grade } in needs {
            raise(*capability, constants.weight(*grade) * constants.gap_of(self.target, *capability));
        }
        for violation in &self.violations {
            raise(violation.capability, constants.weight(violation.grade));
        }
        parts.sort_by_key(|(capability, _)| *capability);
        parts
    }

    /// The shortfall, 0 to 1: the chance that this target falls short of at least one need.
    #[must_use]
    pub fn shortfall(&self, needs: &[Need], constants: &Constants) -> f64 {
        1.0 - self.covered(needs, constants)
    }

    /// The chance that this target falls short of no need, 0 to 1.
    pub(super) fn covered(&self, needs: &[Need], constants: &Constants) -> f64 {
        self.open_parts(needs, constants).iter().map(|(_, part)| 1.0 - part).product()
    }

    /// Whether it falls short of any needs as much as another one.
    pub(super) fn is_like(&self, other: &Self, constants: &Constants) -> bool {
        let violations = |candidate: &Self| -> Vec<(CapabilityId, Grade)> {
            candidate.violations.iter().map(|violation| (violation.capability, violation.grade)).collect()
        };
        // What was multiplied cell by cell is alike no more.
        !constants.has_cells()
            && self.target.covers_like(other.target)
            && self.violations.len() == other.violations.len()
            && violations(self) == violations(other)
    }

    fn may_be_used(&self, hosting: Hosting) -> bool {
        self.admissible && (hosting == Hosting::Any || self.target.self_hosted)
    }
}

/// The candidates with the grade of each violated limit changed, or the violation left out.
#[must_use]
pub fn regraded<'c>(candidates: &[Candidate<'c>], regrade: impl Fn(Grade) -> Option<Grade>) -> Vec<Candidate<'c>> {
    candidates
        .iter()
        .map(|candidate| {
            let violations = candidate
                .violations
                .iter()
                .filter_map(|violation| Some(Violation { grade: regrade(violation.grade)?, ..violation.clone() }));
            Candidate { violations: violations.collect(), ..candidate.clone() }
        })
        .collect()
}

/// Where a demand is placed best.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The target, by its place among the candidates; none where none is admissible.
    pub base: Option<usize>,
    /// What is placed beside it, where that is better than the target alone.
    pub split: Option<Split>,
    /// The shortfall, 0 to 1.
    pub shortfall: f64,
}

/// The best targets for some needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The best simple target.
    pub simple: Place,
    /// The best of simple targets and lighter orchestrators.
    pub lighter: Place,
    /// Each target of those tiers that may be used, in the order of the candidates.
    pub places: Vec<Place>,
    /// The need, 0 to 100.
    pub need: f64,
}

/// The best targets and the need, for needs of a system as a whole.
#[must_use]
pub fn best(candidates: &[Candidate<'_>], needs: &[Need], hosting: Hosting, constants: &Constants) -> Best {
    place(candidates, &Demand::of_needs(needs), hosting, constants)
}

/// The best places for a demand and the need. A few workloads may be placed on a second target where that is better.
#[must_use]
pub fn place(candidates: &[Candidate<'_>], demand: &Demand, hosting: Hosting, constants: &Constants) -> Best {
    let needs = demand.needs();
    let movable = Movable::of(demand, constants);
    let may_be_used = |candidate: &Candidate<'_>| candidate.may_be_used(hosting);
    let mut places: Vec<(u8, Place)> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        if candidate.target.tier <= 2 && may_be_used(candidate) {
            let shortfall = candidate.shortfall(&needs, constants);
            let alone = Place { base: Some(index), split: None, shortfall };
            let beaten = places.iter().any(|(_, place)| place.shortfall == 0.0);
            let split =
                if beaten { None } else { split(candidates, index, &movable, shortfall, &may_be_used, constants) };
            let place = match split {
                Some(split) => Place { shortfall: split.shortfall, split: Some(split), ..alone },
                None => alone,
            };
            places.push((candidate.target.tier, place));
        }
    }
    let smallest = |tier: u8| {
        let nothing = Place { base: None, split: None, shortfall: 1.0 };
        let within = places.iter().filter(|(of, _)| *of <= tier).map(|(_, place)| place);
        // The first of equals stays: candidates are sorted by tier, effort and name.
        within.fold(nothing, |best, other| {
            if best.base.is_none() || other.shortfall < best.shortfall - 1e-12 { other.clone() } else { best }
        })
    };
    let (simple, lighter) = (smallest(1), smallest(2));
    let need = constants.points.simple * simple.shortfall + constants.points.lighter * lighter.shortfall;
    Best { simple, lighter, need, places: places.into_iter().map(|(_, place)| place).collect() }
}

/// The need alone, 0 to 100: what [`place`] says, without the places. Much cheaper where many changes are tried.
#[must_use]
pub fn need(candidates: &[Candidate<'_>], demand: &Demand, hosting: Hosting, constants: &Constants) -> f64 {
    let needs = demand.needs();
    let may_be_used = |candidate: &Candidate<'_>| candidate.may_be_used(hosting);
    let mut alone: Vec<(u8, usize, f64)> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        // Targets that cover everything alike fall short alike.
        let is_like = |(_, other, _): &(u8, usize, f64)| candidates[*other].is_like(candidate, constants);
        if candidate.target.tier <= 2 && may_be_used(candidate) && !alone.iter().any(is_like) {
            let shortfall = candidate.shortfall(&needs, constants);
            if shortfall == 0.0 && candidate.target.tier == 1 {
                return 0.0;
            }
            alone.push((candidate.target.tier, index, shortfall));
        }
    }
    let movable = Movable::of(demand, constants);
    let smallest = |tier: u8, so_far: f64| {
        let of_tier = alone.iter().filter(|(of, ..)| *of == tier);
        of_tier.fold(so_far, |best, (_, index, shortfall)| {
            let best = best.min(*shortfall);
            split(candidates, *index, &movable, best, &may_be_used, constants)
                .map_or(best, |split| best.min(split.shortfall))
        })
    };
    let simple = smallest(1, 1.0);
    let lighter = smallest(2, simple);
    constants.points.simple * simple + constants.points.lighter * lighter
}

/// What brings a part of the need: a capability, or the split over two places to run, which is none.
pub type Source = Option<CapabilityId>;

/// How the need divides over what brings it, in points; the shares add up to the need.
///
/// Within each half of the score a share is its part of the sum of `-ln(1 - p·gap)`; where some reach `p·gap = 1`, they
/// share that half equally and the others get nothing.
#[must_use]
pub fn shares(candidates: &[Candidate<'_>], needs: &[Need], best: &Best, constants: &Constants) -> Vec<(Source, f64)> {
    let mut shares: Vec<(Source, f64)> = Vec::new();
    for (place, points) in [(&best.simple, constants.points.simple), (&best.lighter, constants.points.lighter)] {
        let Some(candidate) = place.base.and_then(|index| candidates.get(index)) else { continue };
        let parts = match &place.split {
            Some(split) => split.parts.clone(),
            None => {
                let parts = candidate.open_parts(needs, constants).into_iter();
                parts.map(|(capability, part)| (Some(capability), part)).collect()
            }
        };
        let blocking = parts.iter().filter(|(_, part)| *part >= 1.0).count();
        let weight = |part: f64| match (blocking, part >= 1.0) {
            (0, _) => -(1.0 - part).ln(),
            (_, true) => 1.0,
            (_, false) => 0.0,
        };
        let sum: f64 = parts.iter().map(|(_, part)| weight(*part)).sum();
        for (source, part) in parts {
            let share = points * place.shortfall * weight(part) / sum;
            match shares.iter_mut().find(|(id, _)| *id == source) {
                Some((_, known)) => *known += share,
                None => shares.push((source, share)),
            }
        }
    }
    shares.retain(|(_, share)| *share > 0.0);
    shares
}

/// Rounds shares to tenths so that they add up to the rounded need: the largest remainders are rounded up.
#[must_use]
pub fn rounded_shares(shares: &[(Source, f64)], need: f64) -> Vec<(Source, f64)> {
    let total = (need * 10.0).round() as i64;
    let mut tenths: Vec<(Source, i64, f64)> = shares
        .iter()
        .map(|(capability, share)| {
            let scaled = share * 10.0;
            (*capability, scaled.floor() as i64, scaled - scaled.floor())
        })
        .collect();
    let mut missing = total - tenths.iter().map(|(_, whole, _)| whole).sum::<i64>();
    let mut order: Vec<usize> = (0..tenths.len()).collect();
    order.sort_by(|a, b| tenths[*b].2.total_cmp(&tenths[*a].2).then(tenths[*a].0.cmp(&tenths[*b].0)));
    for index in order {
        if missing > 0 {
            tenths[index].1 += 1;
            missing -= 1;
        }
    }
    tenths.into_iter().map(|(capability, whole, _)| (capability, whole as f64 / 10.0)).collect()
}
