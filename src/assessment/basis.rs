//! What a verdict was made of, kept so that it can be asked for again with other constants.

use serde::{Deserialize, Serialize};

use super::constants::Constants;
use super::demand::Demand;
use super::fit::Fit;
use super::fold::proven;
use super::score::{Candidate, Hosting, Need, Violation, need, regraded};
use super::verdict::{Grounds, Verdict, confidence, understood, verdict};
use crate::capability::Capabilities;
use crate::grade::Grade;
use crate::language::Prose;
use crate::targets::Catalogue;

/// What a verdict was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The needs, by who has them.
    pub demand: Demand,
    /// The grounds of the verdict.
    pub grounds: Grounds,
    /// How many workloads were read as a whole.
    pub whole: usize,
    /// How many were read in part or are not visible.
    pub opaque: usize,
    /// Documents that could not be read and name no workload.
    pub unreadable: usize,
    /// The share of what only the owner can say that was stated, 0 to 1.
    pub answered: f64,
    /// The part of the workloads that were seen live, 0 to 1.
    pub live: f64,
    /// What is left of the confidence by lists of a cluster that could not be read whole, 0 to 1.
    pub listed: f64,
}

impl Basis {
    /// The need and the verdict with other constants, over the targets as they fit.
    #[must_use]
    pub fn outcome(
        &self,
        fits: &[Fit],
        catalogue: &Catalogue,
        capabilities: &Capabilities,
        constants: &Constants,
    ) -> (f64, Verdict) {
        let candidates: Vec<Candidate<'_>> = catalogue
            .targets()
            .iter()
            .filter_map(|target| {
                let fit = fits.iter().find(|fit| fit.id == target.id)?;
                let violations = fit.violations.iter().filter_map(|(id, grade)| {
                    let capability = capabilities.find(id)?;
                    Some(Violation { capability, grade: *grade, reason: Prose::default(), places: Vec::new() })
                });
                let violations = violations.collect();
                Some(Candidate { target, admissible: fit.admissible, why_not: Vec::new(), violations })
            })
            .collect();
        self.judged(&self.demand, &candidates, constants)
    }

    /// The need and the verdict of another demand, or over other candidates.
    #[must_use]
    pub fn judged(&self, demand: &Demand, candidates: &[Candidate<'_>], constants: &Constants) -> (f64, Verdict) {
        let tenth = |value: f64| (value * 10.0).round() / 10.0;
        let need_of =
            |demand: &Demand, candidates: &[Candidate<'_>]| tenth(need(candidates, demand, Hosting::Any, constants));
        let need = need_of(demand, candidates);
        let confidence = self.confidence(&demand.needs(), constants).round();
        // What is proven decides only where too little is known.
        let proven_need = if confidence < constants.confidence.inconclusive_below {
            let of_proven = regraded(candidates, |grade| (grade == Grade::Proven).then_some(grade));
            need_of(&proven(demand), &of_proven)
        } else {
            need
        };
        (need, verdict(&Grounds { need, proven_need, confidence, ..self.grounds }, constants))
    }

    /// Confidence in percent, 0 to 100, where these are the needs.
    #[must_use]
    pub fn confidence(&self, needs: &[Need], constants: &Constants) -> f64 {
        let firm = needs.iter().filter(|need| need.grade >= Grade::Effective).count();
        let proven = needs.iter().filter(|need| need.grade == Grade::Proven).count();
        let understood = understood(self.whole, self.opaque, self.unreadable, constants);
        confidence(understood, proven, firm, self.answered, self.live, constants) * self.listed * 100.0
    }
}
