//! Asking the rules without what is suppressed, and how much that weighs.

use std::collections::{BTreeMap, BTreeSet};

use super::Suppressed;
use super::demand::Demand;
use super::judge::Judge;
use crate::configuration::Configuration;
use crate::facts::{FactSet, SystemView};
use crate::inventory::{Inventory, System};
use crate::language::Prose;
use crate::rules::file::Level;
use crate::rules::{Evaluation, RawClaim, Suppressing, Withheld, WithheldWhat, evaluate, evaluate_suppressing};
use crate::suppression::{Configured, Held, HeldSystem, Said};
use crate::text::SourceFile;
use crate::yaml::Place;

/// The configurations that hold for the systems of an inventory, and for the estate.
pub(super) struct Holding<'c> {
    inventory: &'c Inventory,
    configurations: Vec<(&'c Configuration, Vec<HeldSystem>)>,
    reasons_are_optional: Vec<bool>,
}

impl<'c> Holding<'c> {
    /// Gathers them, each configuration once with its systems.
    pub(super) fn of(inventory: &'c Inventory, files: &[SourceFile]) -> Self {
        let mut holding = Self { inventory, configurations: Vec::new(), reasons_are_optional: Vec::new() };
        let says_something = |each: &Configuration| !each.suppressions.is_empty() || each.reasons_are_optional;
        if !inventory.configurations.all().iter().any(says_something) {
            return holding;
        }
        for system in &inventory.systems {
            let configuration = inventory.configuration_of(system);
            let held = held_system(inventory, system);
            match holding.configurations.iter_mut().find(|(known, _)| std::ptr::eq(*known, configuration)) {
                Some((_, systems)) => systems.push(held),
                None => holding.configurations.push((configuration, vec![held])),
            }
        }
        let estates = inventory.estate_configuration();
        if !estates.suppressions.is_empty()
            && !holding.configurations.iter().any(|(known, _)| std::ptr::eq(*known, estates))
        {
            holding.configurations.push((estates, Vec::new()));
        }
        holding.reasons_are_optional = reasons_are_optional(inventory, files);
        holding
    }

    pub(super) fn held(&self) -> Vec<Held<'_>> {
        let estates = self.inventory.estate_configuration();
        let held = self.configurations.iter().map(|(configuration, systems)| Held {
            configuration,
            systems,
            is_of_all: self.configurations.len() == 1,
            is_estates: std::ptr::eq(*configuration, estates),
        });
        held.collect()
    }

    pub(super) fn configured<'h>(&'h self, held: &'h [Held<'h>]) -> Configured<'h> {
        Configured {
            held,
            reasons_are_optional: &self.reasons_are_optional,
            configurations: &self.inventory.configurations,
        }
    }
}

/// For each file, whether suppressions in it may give no reason: as the systems say to which it belongs, all of them, and
/// for what belongs to none as the nearest configuration says.
fn reasons_are_optional(inventory: &Inventory, files: &[SourceFile]) -> Vec<bool> {
    let configurations = &inventory.configurations;
    let mut optional: Vec<Option<bool>> = vec![None; files.len()];
    for system in &inventory.systems {
        let is_optional = inventory.configuration_of(system).reasons_are_optional;
        for source in &system.sources {
            if let Some(known) = optional.get_mut(source.0 as usize) {
                *known = Some(known.unwrap_or(true) && is_optional);
            }
        }
    }
    let nearest = |file: &SourceFile| configurations.get(configurations.number_of(std::iter::once(file)));
    optional
        .into_iter()
        .zip(files)
        .map(|(known, file)| known.unwrap_or_else(|| nearest(file).reasons_are_optional))
        .collect()
}

fn held_system(inventory: &Inventory, system: &System) -> HeldSystem {
    let workloads = system.workloads.iter().map(|index| &inventory.objects.workloads[*index]);
    HeldSystem {
        name: system.name.clone(),
        id: system.id(),
        documents: workloads.map(|workload| workload.place.document).collect(),
    }
}

/// What rules say of one system, or of the estate, and what of it is suppressed.
struct Covering<'c> {
    judge: &'c Judge<'c>,
    system: Option<(&'c str, &'c str)>,
}

impl Suppressing for Covering<'_> {
    fn covers(&self, rule: &str, workload: Option<usize>, places: &[Place]) -> Option<usize> {
        let workload = workload.map(|index| &self.judge.inventory.objects.workloads[index]);
        let said = Said { rule, system: self.system, workload, places };
        self.judge.ignores.covering(&said, &|place| self.judge.locator.locate(place).map(|location| location.file))
    }

    fn note_open(&self, rule: &str, workload: Option<usize>) {
        self.judge.ignores.note_open(rule, workload.map(|index| &self.judge.inventory.objects.workloads[index]));
    }
}

impl Judge<'_> {
    /// What the rules say of a system, without what is suppressed.
    pub(super) fn asked(&self, view: &SystemView<'_>) -> (Evaluation, FactSet) {
        let id = view.system.id();
        self.asked_as(view, Some((&view.system.name, &id)))
    }

    /// What the rules say of the estate alone, without what is suppressed.
    pub(super) fn asked_of_all(&self, whole: &SystemView<'_>) -> (Evaluation, FactSet) {
        self.asked_as(whole, None)
    }

    fn asked_as(&self, view: &SystemView<'_>, system: Option<(&str, &str)>) -> (Evaluation, FactSet) {
        let rules = self.yardstick.rules;
        if self.ignores.cover_nothing() {
            return evaluate(view, rules, system.is_none());
        }
        let (evaluation, facts) =
            evaluate_suppressing(view, rules, system.is_none(), &Covering { judge: self, system });
        match evaluation.unsuppressed {
            Some(all) if !self.yardstick.honours_suppressions => (*all, facts),
            unsuppressed => (Evaluation { unsuppressed, ..evaluation }, facts),
        }
    }

    /// What does not count, with how far the need would rise if each alone did.
    pub(super) fn suppressed(
        &self,
        withholding: &Withholding<'_>,
        need: f64,
        need_of: &dyn Fn(&Demand) -> f64,
    ) -> Vec<Suppressed> {
        let reasons: Vec<&str> =
            self.ignores.iter().map(|ignore| ignore.reason.as_deref().unwrap_or_default()).collect();
        let group_of = withholding.items.iter().any(Item::adds).then(|| withholding.counted.group_of());
        // Workloads that need the same are weighed alike.
        let mut needs: BTreeMap<_, f64> = BTreeMap::new();
        let mut need_if = |item: &Item| match &item.counts {
            Counts::Nothing => need,
            Counts::Instead(demand) => need_of(demand),
            Counts::Too(claim) => {
                let group = claim.workload.map(|index| group_of.as_ref().and_then(|groups| groups.get(&index)));
                *needs
                    .entry((claim.capability, claim.grade, group))
                    .or_insert_with(|| need_of(&withholding.counted.with_claim(claim)))
            }
        };
        let mut suppressed: Vec<Suppressed> = withholding
            .items
            .iter()
            .map(|item| Suppressed {
                code: item.code.clone(),
                message: item.message.clone(),
                level: item.level,
                reason: reasons.get(item.by).copied().unwrap_or_default().to_owned(),
                share: ((need_if(item) - need) * 10.0).round() / 10.0,
                evidence: self.locator.locate_all(&item.places),
                by: item.by,
            })
            .collect();
        suppressed
            .sort_by(|a, b| (&a.code, &a.evidence, &a.message, a.by).cmp(&(&b.code, &b.evidence, &b.message, b.by)));
        suppressed.dedup();
        suppressed
    }
}

/// What is withheld from a judgement.
#[derive(Default)]
pub(super) struct Withholding<'w> {
    items: Vec<Item<'w>>,
    /// The demand behind what counts.
    counted: Demand,
    /// The demand if nothing were withheld; none where nothing is.
    pub(super) all: Option<Demand>,
}

/// One thing that is withheld.
struct Item<'w> {
    by: usize,
    code: String,
    message: Prose,
    level: Option<Level>,
    places: Vec<Place>,
    counts: Counts<'w>,
}

/// What would count if one thing alone were not withheld.
enum Counts<'w> {
    /// Nothing else.
    Nothing,
    /// One claim more.
    Too(&'w RawClaim),
    /// Another demand.
    Instead(Demand),
}

impl<'w> Withholding<'w> {
    pub(super) fn of_system(evaluation: &'w Evaluation, workloads: usize) -> Self {
        let Some(all) = &evaluation.unsuppressed else { return Self::default() };
        let item = |withheld| Item::new(withheld, |claims| Demand::of_claims(claims, workloads));
        Self {
            items: evaluation.withheld.iter().map(item).collect(),
            counted: Demand::of_claims(&evaluation.claims, workloads),
            all: Some(Demand::of_claims(&all.claims, workloads)),
        }
    }

    pub(super) fn of_estate(systems: &[(&str, &'w Evaluation)], own: &'w Evaluation, workloads: usize) -> Self {
        let each = || systems.iter().map(|(_, evaluation)| *evaluation).chain([own]);
        if each().all(|evaluation| evaluation.unsuppressed.is_none()) {
            return Self::default();
        }
        let mut items: Vec<Item<'w>> = Vec::new();
        let mut known: BTreeSet<String> = BTreeSet::new();
        let names = systems.iter().map(|(name, _)| *name).chain([""]);
        for (at, (evaluation, name)) in each().zip(names).enumerate() {
            // What a system says is not said again for all of them.
            let is_new = |withheld: &&Withheld| at < systems.len() || !known.contains(withheld.code());
            let own: Vec<Item<'w>> = evaluation
                .withheld
                .iter()
                .filter(is_new)
                .map(|withheld| {
                    let mut item = Item::new(withheld, |claims| {
                        let of = |(other, evaluation): (usize, &'w Evaluation)| {
                            if other == at { claims } else { &evaluation.claims }
                        };
                        Demand::of_claims(each().enumerate().flat_map(of), workloads)
                    });
                    if systems.len() > 1 {
                        withheld.name_system(name, &mut item.message);
                    }
                    item
                })
                .collect();
            known.extend(own.iter().map(|item| item.code.clone()));
            items.extend(own);
        }
        let counted = Demand::of_claims(each().flat_map(|evaluation| &evaluation.claims), workloads);
        let all = each().flat_map(|evaluation| &evaluation.unsuppressed.as_deref().unwrap_or(evaluation).claims);
        Self { items, counted, all: Some(Demand::of_claims(all, workloads)) }
    }
}

impl<'w> Item<'w> {
    /// `demand` gives the demand with other claims in the place of the system's own.
    fn new(withheld: &'w Withheld, demand: impl FnOnce(&'w [RawClaim]) -> Demand) -> Self {
        let item = |code: &str, message: &Prose, level: Option<Level>, places: &[Place], counts| Self {
            by: withheld.by,
            code: code.to_owned(),
            message: message.clone(),
            level,
            places: places.to_vec(),
            counts,
        };
        match &withheld.what {
            WithheldWhat::Claim(claim) => item(&claim.rule, &claim.message, None, &claim.places, Counts::Too(claim)),
            WithheldWhat::Question(question) => {
                item(&question.code, &question.question, None, &question.places, Counts::Nothing)
            }
            WithheldWhat::Finding(finding) => {
                item(&finding.code, &finding.message, Some(finding.level), &finding.places, Counts::Nothing)
            }
            WithheldWhat::Lowering { finding, claims } => {
                let counts = Counts::Instead(demand(claims));
                item(&finding.code, &finding.message, Some(finding.level), &finding.places, counts)
            }
        }
    }

    fn adds(&self) -> bool {
        matches!(self.counts, Counts::Too(_))
    }
}
