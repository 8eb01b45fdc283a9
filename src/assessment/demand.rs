//! What a system needs, told apart by the workloads that need it, so that some of them can be placed elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::score::Need;
use crate::capability::CapabilityId;
use crate::grade::Grade;
use crate::rules::RawClaim;

/// Grades by capability.
pub type Grades = BTreeMap<CapabilityId, Grade>;

/// The needs of a system, by who has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// What the system needs as a whole.
    shared: Grades,
    /// Workloads that need the same.
    groups: Vec<Group>,
    /// How many workloads the system has, those without a need among them.
    workloads: usize,
}

/// Workloads that need the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What each of them needs.
    pub needs: Grades,
    /// Their numbers in the inventory.
    pub workloads: Vec<usize>,
}

impl Demand {
    /// The demand behind some claims of a system with that many workloads.
    #[must_use]
    pub fn of_claims<'c>(claims: impl IntoIterator<Item = &'c RawClaim>, workloads: usize) -> Self {
        let mut shared = Grades::new();
        let mut single: BTreeMap<usize, Grades> = BTreeMap::new();
        for claim in claims {
            let grades = claim.workload.map_or(&mut shared, |index| single.entry(index).or_default());
            raise(grades, claim.capability, claim.grade);
        }
        let mut alike: BTreeMap<Grades, Vec<usize>> = BTreeMap::new();
        for (workload, needs) in single {
            alike.entry(needs).or_default().push(workload);
        }
        let groups = alike.into_iter().map(|(needs, workloads)| Group { needs, workloads }).collect();
        Self { shared, groups, workloads }
    }

    /// The same with one more claim.
    #[must_use]
    pub fn with_claim(&self, claim: &RawClaim) -> Self {
        let mut more = self.clone();
        let Some(workload) = claim.workload else {
            raise(&mut more.shared, claim.capability, claim.grade);
            return more;
        };
        let mut alike: BTreeMap<Grades, Vec<usize>> = BTreeMap::new();
        let mut own = Grades::new();
        for mut group in more.groups {
            if let Ok(at) = group.workloads.binary_search(&workload) {
                group.workloads.remove(at);
                own = group.needs.clone();
            }
            if !group.workloads.is_empty() {
                alike.insert(group.needs, group.workloads);
            }
        }
        raise(&mut own, claim.capability, claim.grade);
        let group = alike.entry(own).or_default();
        group.insert(group.partition_point(|known| *known < workload), workload);
        let groups = alike.into_iter().map(|(needs, workloads)| Group { needs, workloads }).collect();
        Self { groups, ..more }
    }

    /// By the numbers of the workloads, the places of their groups.
    #[must_use]
    pub fn group_of(&self) -> BTreeMap<usize, usize> {
        let of = |(at, group): (usize, &Group)| group.workloads.iter().map(move |workload| (*workload, at)).collect();
        self.groups.iter().enumerate().flat_map(of as fn(_) -> Vec<(usize, usize)>).collect()
    }

    /// A demand that is the system's as a whole.
    #[must_use]
    pub fn of_needs(needs: &[Need]) -> Self {
        let mut shared = Grades::new();
        needs.iter().for_each(|need| raise(&mut shared, need.capability, need.grade));
        Self { shared, groups: Vec::new(), workloads: 0 }
    }

    /// The needs, each capability once at its highest grade, in order of the capabilities.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let mut grades = self.shared.clone();
        for (capability, grade) in self.groups.iter().flat_map(|group| &group.needs) {
            raise(&mut grades, *capability, *grade);
        }
        grades.into_iter().map(|(capability, grade)| Need { capability, grade }).collect()
    }

    /// What the system needs as a whole.
    #[must_use]
    pub fn shared(&self) -> &Grades {
        &self.shared
    }

    /// Workloads that need the same.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// How many workloads the system has.
    #[must_use]
    pub fn workloads(&self) -> usize {
        self.workloads
    }

    /// The same with every grade changed, or the need left out.
    #[must_use]
    pub fn regraded(&self, change: impl Fn(CapabilityId, Grade) -> Option<Grade>) -> Self {
        let changed = |grades: &Grades| -> Grades {
            grades.iter().filter_map(|(id, grade)| Some((*id, change(*id, *grade)?))).collect()
        };
        let groups = self.groups.iter().map(|group| Group { needs: changed(&group.needs), ..group.clone() });
        Self { shared: changed(&self.shared), groups: groups.collect(), workloads: self.workloads }
    }

    /// The same with one capability at another highest grade: what is above it falls to it, and where nothing is, what
    /// was highest rises to it.
    #[must_use]
    pub fn with_grade(&self, capability: CapabilityId, to: Grade) -> Self {
        let highest = self.needs().iter().find(|need| need.capability == capability).map(|need| need.grade);
        self.regraded(|id, grade| {
            let rises = Some(grade) == highest;
            Some(if id == capability && (grade > to || rises) { to } else { grade })
        })
    }

    /// The same without one capability.
    #[must_use]
    pub fn without(&self, capability: CapabilityId) -> Self {
        self.regraded(|id, grade| (id != capability).then_some(grade))
    }

    /// The same with more needs of the system as a whole.
    #[must_use]
    pub fn with(&self, added: &[Need]) -> Self {
        let mut more = self.clone();
        added.iter().for_each(|need| raise(&mut more.shared, need.capability, need.grade));
        more
    }
}

fn raise(grades: &mut Grades, capability: CapabilityId, grade: Grade) {
    let known = grades.entry(capability).or_insert(grade);
    *known = (*known).max(grade);
}
