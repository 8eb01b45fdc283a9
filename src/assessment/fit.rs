//! How each target fits a system: what it covers, the work, the losses, what blocks it, and which one to suggest.

use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};

use super::Claim;
use super::constants::Constants;
use super::constraints::Constraints;
use super::locate::{Location, Locator};
use super::reach::{Reach, reach};
use super::score::{Candidate, Need};
use super::verdict::Verdict;
use crate::capability::Capabilities;
use crate::day::Day;
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::limits::PLACES_PER_LOSS;
use crate::targets::{Coverage, Status, Target};

/// A target as it fits one system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The archetype that it is built on.
    pub archetype: String,
    /// Its tier, 1 to 3.
    pub tier: u8,
    /// Whether it may be considered.
    pub admissible: bool,
    /// Why not.
    pub why_not: Vec<Prose>,
    /// The chance that it falls short, 0 to 1.
    pub shortfall: f64,
    /// Capabilities that it has as they are.
    pub covered: Vec<String>,
    /// Work that it takes.
    pub work: Vec<Work>,
    /// What is hard there or lost.
    pub losses: Vec<Loss>,
    /// Proven needs that it cannot meet.
    pub blocked_by: Vec<Blocked>,
    /// Effort of running it, 1 to 10.
    pub effort: u8,
    /// Who runs it.
    pub operator: String,
    /// The country of the operator's seat, or `own`.
    pub seat: String,
    /// Countries whose law reaches the operator wherever the data lies.
    pub exposed_to: Vec<String>,
    /// Whether it can run on the user's own machines.
    pub self_hosted: bool,
    /// A warning about its state: maintenance mode.
    pub caution: Option<Prose>,
    /// What is placed beside it, where that is better than the target alone.
    pub split: Option<SplitFit>,
    /// The limits that the system violates here: the capability that counts as missing, and how sure that is.
    pub violations: Vec<(String, Grade)>,
    /// Whether it promises an availability, so far as that could be verified.
    pub has_promise: bool,
    /// The day on which its facts were checked.
    pub checked_on: Option<Day>,
    /// Whether that is too long ago.
    pub stale: bool,
    /// How far the target reaches on the two ladders, whatever the system.
    pub reach: Reach,
    /// The availability that the system could reach there, in percent, or why that is not known.
    pub achievable: Result<f64, Prose>,
}

/// A second target for a few workloads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitFit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The workloads that go there, as `Kind/namespace/name`.
    pub workloads: Vec<String>,
    /// The chance that the two together fall short, 0 to 1.
    pub shortfall: f64,
}

impl Fit {
    /// The effort with what is placed beside it: two places to run are one more thing to run.
    #[must_use]
    pub fn effort_with_split(&self) -> u8 {
        self.effort + u8::from(self.split.is_some())
    }

    /// The chance that it falls short with what is placed beside it, 0 to 1.
    #[must_use]
    pub fn least_shortfall(&self) -> f64 {
        self.split.as_ref().map_or(self.shortfall, |split| split.shortfall.min(self.shortfall))
    }
}

/// A named piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// The capability that it takes it for.
    pub capability: String,
    /// What one would do.
    pub item: Prose,
}

/// Something that is hard on a target, or lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loss {
    /// The capability.
    pub capability: String,
    /// What is hard, or lost.
    pub item: Prose,
    /// Where the input asks for it: the first 20 places, as the claim of the capability lists all.
    pub evidence: Vec<Location>,
}

/// A proven need that a target cannot meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blocked {
    /// The capability.
    pub capability: String,
    /// Why it cannot.
    pub reason: Prose,
    /// Where the input asks for it: the first 20 places, as the claim of the capability lists all.
    pub evidence: Vec<Location>,
}

/// Every target as it fits, in the order of the candidates.
pub(super) fn fits(
    candidates: &[Candidate<'_>],
    needs: &[Need],
    claims: &[Claim],
    constants: &Constants,
    capabilities: &Capabilities,
    locator: &Locator<'_>,
    today: Option<Day>,
) -> Vec<Fit> {
    let stale_after = constants.targets.stale_after_days;
    let is_stale = |target: &Target| today.is_some_and(|today| target.is_stale(today, stale_after));
    candidates
        .iter()
        .map(|candidate| Fit {
            stale: is_stale(candidate.target),
            ..fit(candidate, needs, claims, constants, capabilities, locator)
        })
        .collect()
}

/// Ranks targets by shortfall, then effort; those that may not be considered come last.
pub(super) fn rank(fits: &mut [Fit]) {
    fits.sort_by(|a, b| {
        let rank =
            |fit: &Fit| (!fit.admissible, (fit.least_shortfall() * 1000.0).round() as u32, fit.effort_with_split());
        rank(a).cmp(&rank(b)).then_with(|| among_equals(a, b))
    });
}

fn fit(
    candidate: &Candidate<'_>,
    needs: &[Need],
    claims: &[Claim],
    constants: &Constants,
    capabilities: &Capabilities,
    locator: &Locator<'_>,
) -> Fit {
    let target = candidate.target;
    let mut result = Fit {
        id: target.id.clone(),
        name: target.name.clone(),
        archetype: target.archetype.clone(),
        tier: target.tier,
        admissible: candidate.admissible,
        why_not: candidate.why_not.clone(),
        shortfall: candidate.shortfall(needs, constants),
        covered: Vec::new(),
        work: Vec::new(),
        losses: Vec::new(),
        blocked_by: Vec::new(),
        effort: target.effort,
        operator: target.operator.clone(),
        seat: target.jurisdiction.seat.clone(),
        exposed_to: target.jurisdiction.exposed_to.clone(),
        self_hosted: target.self_hosted,
        caution: (target.status == Status::Maintenance)
            .then(|| target.status_note.as_ref().map_or_else(|| say!("it is in maintenance mode"), Prose::from)),
        split: None,
        violations: candidate
            .violations
            .iter()
            .map(|violation| (capabilities.get(violation.capability).id.clone(), violation.grade))
            .collect(),
        has_promise: target.availability.is_some(),
        checked_on: target.checked_on,
        stale: false,
        reach: reach(target, constants, capabilities),
        achievable: Err(Prose::default()),
    };
    for need in needs {
        let id = capabilities.get(need.capability).id.clone();
        let coverage = target.coverage(need.capability);
        let evidence = || claims.iter().find(|claim| claim.capability == id).map(|claim| first(&claim.evidence));
        let item = Prose::from(coverage.text().to_owned());
        match coverage {
            Coverage::Native => result.covered.push(id),
            // What is only declared takes nothing that anybody would miss.
            _ if need.grade == Grade::Declared => {}
            Coverage::WithWork(_) => result.work.push(Work { capability: id, item }),
            Coverage::None(_) if need.grade == Grade::Proven => {
                let evidence = evidence().unwrap_or_default();
                result.blocked_by.push(Blocked { capability: id, reason: item, evidence });
            }
            Coverage::Hard(_) | Coverage::None(_) => {
                let evidence = evidence().unwrap_or_default();
                result.losses.push(Loss { capability: id, item, evidence });
            }
        }
    }
    for violation in &candidate.violations {
        let capability = capabilities.get(violation.capability).id.clone();
        let evidence = locator.locate_all(&violation.places[..violation.places.len().min(PLACES_PER_LOSS)]);
        if violation.grade == Grade::Proven {
            result.blocked_by.push(Blocked { capability, reason: violation.reason.clone(), evidence });
        } else {
            result.losses.push(Loss { capability, item: violation.reason.clone(), evidence });
        }
    }
    result
}

/// Which of two targets that fit equally well comes first: the lower tier; the one that the law of fewer foreign countries
/// reaches, since it fits under more constraints; one that promises an availability before one that does not.
fn among_equals(a: &Fit, b: &Fit) -> Ordering {
    let rank = |fit: &Fit| (fit.tier, fit.exposed_to.len(), Reverse(fit.has_promise));
    rank(a).cmp(&rank(b)).then_with(|| a.id.cmp(&b.id))
}

/// The first places of a claim: the claim itself lists all, and every target would list them again.
fn first(places: &[Location]) -> Vec<Location> {
    places[..places.len().min(PLACES_PER_LOSS)].to_vec()
}

/// The target to suggest.
///
/// Where Kubernetes is not called for: the least effort among what is simpler and falls short no more than the best,
/// within the tolerance; a project that runs on one host by Compose already counts that as no effort. Where it is: the
/// Kubernetes of least effort; for what is native to Kubernetes and needs no second host, the lightest. A target with a
/// blocking proven claim is never suggested, nor one in maintenance mode.
pub(super) fn suggest(
    fits: &[Fit],
    verdict: Verdict,
    runs_by_compose: bool,
    needs_hosts: bool,
    constraints: &Constraints,
    tolerance: f64,
) -> Option<String> {
    // What is placed beside a target takes what would block it.
    let is_blocked = |fit: &Fit| !fit.blocked_by.is_empty() && fit.split.is_none();
    let usable = |fit: &&Fit| fit.admissible && !is_blocked(fit) && fit.caution.is_none();
    let effort = |fit: &Fit| {
        let own = if runs_by_compose && fit.archetype == "compose" { 0 } else { fit.effort };
        own + u8::from(fit.split.is_some())
    };
    let simplest = |from: u8, to: u8| {
        let among = || fits.iter().filter(usable).filter(|fit| (from..=to).contains(&fit.tier));
        let best = among().map(Fit::least_shortfall).fold(1.0, f64::min);
        among()
            .filter(|fit| fit.least_shortfall() <= best + tolerance + 1e-9)
            .min_by(|a, b| {
                let is_preferred = |fit: &Fit| constraints.preferred.contains(&fit.id);
                let rank =
                    |fit: &Fit| (!is_preferred(fit), effort(fit), (fit.least_shortfall() * 1000.0).round() as u32);
                rank(a).cmp(&rank(b)).then_with(|| among_equals(a, b))
            })
            .map(|fit| fit.id.clone())
    };
    let lightest_kubernetes = || {
        let single_node = fits.iter().filter(usable).find(|fit| fit.archetype == "k3s-one" && !needs_hosts);
        single_node.map(|fit| fit.id.clone()).or_else(|| simplest(3, 3))
    };
    match verdict {
        Verdict::Inconclusive => None,
        Verdict::Needless | Verdict::Debatable | Verdict::KubernetesNative if constraints.kubernetes_alone => {
            lightest_kubernetes()
        }
        Verdict::Needless | Verdict::Debatable => simplest(1, 2).or_else(|| simplest(3, 3)),
        Verdict::Justified => simplest(3, 3),
        Verdict::KubernetesNative => lightest_kubernetes(),
    }
}
