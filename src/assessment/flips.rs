//! What would change the verdict: every claim raised, lowered or removed, every open question answered at its next
//! threshold, every constraint toggled, one at a time.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::constraints::Constraints;
use super::demand::Demand;
use super::score::{Candidate, Need};
use crate::capability::{Capabilities, CapabilityId};
use crate::context::keys;
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::rules::{Answer, OpenQuestion};

/// One change that gives another verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flip {
    /// The change, in words that may follow "if".
    pub change: Prose,
    /// The verdict after it.
    pub verdict: Verdict,
    /// The need after it, 0 to 100.
    pub need: f64,
}

/// The most changes that are shown for each verdict.
const SHOWN_PER_VERDICT: usize = 3;

/// The need and the verdict of a demand over some candidates.
type Outcome<'t, 'c> = dyn Fn(&Demand, &[Candidate<'c>]) -> (f64, Verdict) + 't;

/// What a change is tried with.
pub(super) struct Trial<'t, 'c> {
    pub(super) capabilities: &'t Capabilities,
    pub(super) demand: &'t Demand,
    pub(super) verdict: Verdict,
    pub(super) need: f64,
    pub(super) constraints: &'t Constraints,
    /// The need and the verdict with another demand, or other candidates.
    pub(super) outcome: &'t Outcome<'t, 'c>,
    /// The candidates under other constraints.
    pub(super) candidates: &'t dyn Fn(&Constraints) -> Vec<Candidate<'c>>,
}

impl Trial<'_, '_> {
    /// The smallest changes that give another verdict, both ways, the smallest first.
    pub(super) fn flips(
        &self,
        questions: &[OpenQuestion],
        answers: &[Answer],
        jurisdictions: &BTreeMap<String, Vec<String>>,
    ) -> Vec<Flip> {
        let standing = (self.candidates)(self.constraints);
        let mut flips = Vec::new();
        let mut attempt = |change: Prose, demand: &Demand| {
            let (need, verdict) = (self.outcome)(demand, &standing);
            flips.push(Flip { change, verdict, need });
        };
        for (change, demand) in self.changed_claims() {
            attempt(change, &demand);
        }
        let asked: BTreeSet<(&str, CapabilityId)> =
            questions.iter().filter_map(|question| Some((question.code.as_str(), question.capability?))).collect();
        for (code, capability) in asked {
            let id = &self.capabilities.get(capability).id;
            let demand = self.demand.with(&[Need { capability, grade: Grade::Proven }]);
            attempt(say!("the answer to {} proves {}", code, id), &demand);
        }
        for answer in answers {
            let change = say!("the owner states {}: {}", answer.key, keys::shown(answer.key, answer.value));
            attempt(change, &self.demand.with(&claimed(answer)));
        }
        for (change, constraints) in self.changed_constraints(jurisdictions) {
            let (need, verdict) = (self.outcome)(self.demand, &(self.candidates)(&constraints));
            flips.push(Flip { change, verdict, need });
        }
        self.smallest(flips)
    }

    fn changed_claims(&self) -> Vec<(Prose, Demand)> {
        const GRADES: [Grade; 4] = [Grade::Declared, Grade::Effective, Grade::Corroborated, Grade::Proven];
        let mut changes = Vec::new();
        for claim in self.demand.needs() {
            let meaning = &self.capabilities.get(claim.capability).meaning;
            let meaning = Prose::from(meaning);
            changes.push((say!("this is not needed: {}", &meaning), self.demand.without(claim.capability)));
            for grade in GRADES.into_iter().filter(|grade| *grade != claim.grade) {
                let word = if grade == Grade::Declared { say!("only declared") } else { in_words(grade) };
                let instead = in_words(claim.grade);
                let change = say!("this is {}, and not {}: {}", word, instead, &meaning);
                changes.push((change, self.demand.with_grade(claim.capability, grade)));
            }
        }
        changes
    }

    fn changed_constraints(&self, jurisdictions: &BTreeMap<String, Vec<String>>) -> Vec<(Prose, Constraints)> {
        let stated = self.constraints.keys();
        let mut changes = Vec::new();
        if !stated.contains(&"hosting") {
            changes.push((say!("everything has to be self-hosted"), self.constraints.self_hosted()));
        }
        for key in &stated {
            changes.push((say!("the owner drops {}", *key), self.constraints.without(key)));
        }
        if !stated.contains(&"jurisdiction") {
            for (name, countries) in jurisdictions {
                let change = say!("the owner states jurisdiction: {}", name);
                changes.push((change, self.constraints.within(name, countries)));
            }
        }
        changes
    }

    /// Of the changes that give another verdict the smallest few for each.
    fn smallest(&self, mut flips: Vec<Flip>) -> Vec<Flip> {
        flips.retain(|flip| flip.verdict != self.verdict);
        let distance = |flip: &Flip| (flip.need - self.need).abs();
        flips.sort_by(|a, b| distance(a).total_cmp(&distance(b)).then_with(|| a.change.cmp(&b.change)));
        let mut kept: Vec<Flip> = Vec::new();
        for flip in flips {
            if kept.iter().filter(|other| other.verdict == flip.verdict).count() < SHOWN_PER_VERDICT {
                kept.push(flip);
            }
        }
        kept
    }
}

fn in_words(grade: Grade) -> Prose {
    match grade {
        Grade::Declared => say!("declared"),
        Grade::Effective => say!("effective"),
        Grade::Corroborated => say!("corroborated"),
        Grade::Proven => say!("proven"),
    }
}

/// What an answer would claim.
pub(super) fn claimed(answer: &Answer) -> Vec<Need> {
    answer.claims.iter().map(|(capability, grade)| Need { capability: *capability, grade: *grade }).collect()
}
