//! Putting it together: every system, then the estate.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::availability::{Achievable, AvailabilityData, Reckoning};
use super::basis::Basis;
use super::complement::complements;
use super::constants::Constants;
use super::constraints::Constraints;
use super::demand::Demand;
use super::files;
use super::fit::{Fit, SplitFit, fits, rank, suggest};
use super::flips::{Trial, claimed};
use super::fold::{Folded, costliest, fold, proven};
use super::locate::Locator;
use super::reduced::{union, without};
use super::score::{
    self, Candidate, Hosting, Need, Place, Source, Violation, candidates, place, regraded, rounded_shares, shares,
};
use super::suppressing::{Holding, Withholding};
use super::verdict::{Grounds, verdict};
use super::{
    Claim, FindingReport, FootprintSummary, NeedRange, OneSided, Suppression, SystemAssessment, Unknown, Verdict,
    ladder, suppressed,
};
use crate::capability::{Axis, Capabilities, CapabilityId};
use crate::day::Day;
use crate::facts::{FactSet, SystemView};
use crate::grade::Grade;
use crate::inventory::model::Origin;
use crate::inventory::{Inventory, System};
use crate::language::{Prose, say};
use crate::rules::{Answer, Evaluation, Finding, OpenQuestion, RawClaim, Rules, answers};
use crate::suppression::{Held, Ignores, Written};
use crate::tables::Tables;
use crate::targets::Catalogue;
use crate::text::SourceFile;
use crate::yaml::Tree;

/// What everything is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Yardstick<'y> {
    /// Capabilities.
    pub capabilities: &'y Capabilities,
    /// Rules.
    pub rules: &'y Rules,
    /// Targets.
    pub catalogue: &'y Catalogue,
    /// Tables.
    pub tables: &'y Tables,
    /// Constants.
    pub constants: &'y Constants,
    /// What the arithmetic of availability counts with.
    pub availability: &'y AvailabilityData,
    /// The day of the judgement; none where the age of facts is not asked.
    pub today: Option<Day>,
    /// Whether to look for what would change a verdict, which costs as much as reading.
    pub seeks_flips: bool,
    /// Whether what is suppressed does not count.
    pub honours_suppressions: bool,
}

impl Yardstick<'_> {
    pub(super) fn ignores<'t>(
        &'t self,
        trees: &'t [Tree],
        files: &'t [SourceFile],
        configured: &'t [Held<'t>],
    ) -> Ignores<'t> {
        Ignores::read(Written { trees, files, rules: self.rules, configured, today: self.today })
    }
}

/// What was judged.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// All systems together.
    pub estate: SystemAssessment,
    /// Each system, sorted by id.
    pub systems: Vec<SystemAssessment>,
    /// Every suppression that was read, with what became of it.
    pub suppressions: Vec<Suppression>,
}

/// Judges every system of an inventory, and the estate.
#[must_use]
pub fn assess_inventory(inventory: &Inventory, files: &[SourceFile], yardstick: &Yardstick<'_>) -> Assessed {
    let holding = Holding::of(inventory);
    let held = holding.held();
    assess_holding(inventory, files, yardstick, &held)
}

/// The same with these configurations.
pub(super) fn assess_holding(
    inventory: &Inventory,
    files: &[SourceFile],
    yardstick: &Yardstick<'_>,
    configured: &[Held<'_>],
) -> Assessed {
    let locator = Locator::new(inventory, files);
    let ignores = yardstick.ignores(&inventory.trees, files, configured);
    let judge = Judge { inventory, yardstick: *yardstick, locator, is_final: true, ignores: &ignores };
    let views: Vec<SystemView<'_>> =
        inventory.systems.par_iter().map(|system| SystemView::new(inventory, yardstick.tables, system)).collect();
    let evaluations: Vec<(Evaluation, FactSet)> =
        views.par_iter().with_max_len(4).map(|view| judge.asked(view)).collect();
    let (estate, systems) = rayon::join(
        || SystemAssessment { one_sided: judge.one_sided(&views, &evaluations), ..judge.estate(&views, &evaluations) },
        || {
            let systems = views.par_iter().zip(&evaluations).with_max_len(4);
            systems.map(|(view, (evaluation, facts))| judge.system(view, evaluation, facts)).collect()
        },
    );
    let (honoured, live) = (yardstick.honours_suppressions, !inventory.clusters.is_empty());
    let suppressions = suppressed::told(&ignores, honoured, &inventory.aside, live, &locator);
    Assessed { estate, systems, suppressions }
}

/// The estate alone, without what would change its verdict.
#[must_use]
pub fn assess_estate(inventory: &Inventory, files: &[SourceFile], yardstick: &Yardstick<'_>) -> SystemAssessment {
    assess_variant(inventory, &inventory.trees, files, yardstick)
}

/// The estate of one of several variants, whose documents are among those of the run: for choosing among them.
#[must_use]
pub fn assess_variant(
    inventory: &Inventory,
    trees: &[Tree],
    files: &[SourceFile],
    yardstick: &Yardstick<'_>,
) -> SystemAssessment {
    let holding = Holding::of(inventory);
    let held = holding.held();
    let ignores = yardstick.ignores(trees, files, &held);
    let locator = Locator::new(inventory, files);
    let judge = Judge { inventory, yardstick: *yardstick, locator, is_final: false, ignores: &ignores };
    let views: Vec<SystemView<'_>> =
        inventory.systems.iter().map(|system| SystemView::new(inventory, yardstick.tables, system)).collect();
    let evaluations: Vec<(Evaluation, FactSet)> = views.iter().map(|view| judge.asked(view)).collect();
    judge.estate(&views, &evaluations)
}

pub(super) struct Judge<'j> {
    pub(super) inventory: &'j Inventory,
    pub(super) yardstick: Yardstick<'j>,
    pub(super) locator: Locator<'j>,
    /// Whether this is the answer, and not one of several that are weighed against each other.
    pub(super) is_final: bool,
    /// What is suppressed.
    pub(super) ignores: &'j Ignores<'j>,
}

/// What differs between a system and the estate.
struct Subject<'s> {
    view: &'s SystemView<'s>,
    facts: &'s FactSet,
    id: String,
    name: String,
    is_estate: bool,
    set_aside: Vec<String>,
}

impl Judge<'_> {
    pub(super) fn system(&self, view: &SystemView<'_>, evaluation: &Evaluation, facts: &FactSet) -> SystemAssessment {
        let system = view.system;
        let name = if system.name.is_empty() { "." } else { system.name.as_str() };
        let subject =
            Subject { view, facts, id: system.id(), name: name.to_owned(), is_estate: false, set_aside: Vec::new() };
        let demand = Demand::of_claims(&evaluation.claims, system.workloads.len());
        let withheld = Withholding::of_system(evaluation, system.workloads.len());
        let (findings, questions) = (&evaluation.findings, &evaluation.questions);
        self.judge(&subject, fold(&evaluation.claims), &demand, findings, questions, &withheld)
    }

    /// The estate: the claims of all systems folded again, with what only all of them together make. Well-known add-ons
    /// beside a payload are set aside.
    pub(super) fn estate(&self, views: &[SystemView<'_>], evaluations: &[(Evaluation, FactSet)]) -> SystemAssessment {
        let evaluations: Vec<&Evaluation> = evaluations.iter().map(|(evaluation, _)| evaluation).collect();
        let mut estate = self.estate_by(views, &evaluations);
        if estate.need.unsuppressed.is_some() {
            // Whether add-ons are set aside may hang on what is suppressed.
            let all: Vec<&Evaluation> =
                evaluations.iter().map(|each| each.unsuppressed.as_deref().unwrap_or(each)).collect();
            let none = self.ignores.none();
            let judge = Judge { is_final: false, ignores: &none, ..*self };
            estate.need.unsuppressed = Some(judge.estate_by(views, &all).need.score);
        }
        estate
    }

    fn estate_by(&self, views: &[SystemView<'_>], evaluations: &[&Evaluation]) -> SystemAssessment {
        let tables = self.yardstick.tables;
        let everything = System::of_everything(&self.inventory.objects);
        let whole = SystemView::new(self.inventory, tables, &everything);
        let add_ons = whole.add_on_members();
        // Without the add-ons every system is asked again: its size and its platform share change. What is left of an
        // add-on's own system, such as its cache, is no payload.
        let reduced: Vec<System> = views.iter().filter_map(|view| without(view.system, &add_ons)).collect();
        let payload: usize = reduced.iter().map(|system| system.workloads.len()).sum();
        let least = self.yardstick.constants.payload_share * everything.workloads.len() as f64;
        let sets_aside = !add_ons.names.is_empty() && payload > 0 && payload as f64 >= least;
        let all: Vec<(&str, &Evaluation)> =
            views.iter().zip(evaluations).map(|(view, evaluation)| (view.system.name.as_str(), *evaluation)).collect();
        let counted = self.estate_of(&whole, &all, Vec::new());
        // Add-ons are set aside so that they do not make the rest look needy; where they do not, nothing is gained by it.
        if !sets_aside || counted.verdict == Verdict::Needless {
            return counted;
        }
        let views: Vec<SystemView<'_>> =
            reduced.iter().map(|system| SystemView::new(self.inventory, tables, system)).collect();
        let evaluations: Vec<Evaluation> = views.iter().map(|view| self.asked(view).0).collect();
        // What could not be seen may belong to the rest as well as to the add-ons.
        let everything = System {
            opaque: everything.opaque,
            unreadable: everything.unreadable,
            unrendered: everything.unrendered,
            ..union(&reduced)
        };
        let whole = SystemView::new(self.inventory, tables, &everything);
        let names = reduced.iter().map(|system| system.name.as_str());
        let all: Vec<(&str, &Evaluation)> = names.zip(&evaluations).collect();
        self.estate_of(&whole, &all, add_ons.names.into_iter().collect())
    }

    /// Where manifests and Compose files stand side by side, often for one application: the capabilities that only one
    /// of the two claims.
    pub(super) fn one_sided(&self, views: &[SystemView<'_>], evaluations: &[(Evaluation, FactSet)]) -> Vec<OneSided> {
        let origin = |view: &SystemView<'_>, claim: &RawClaim| match claim.workload {
            Some(index) => self.inventory.objects.workloads[index].origin,
            None if view.raw_workloads().any(|workload| workload.origin == Origin::Compose) => Origin::Compose,
            None => Origin::Kubernetes,
        };
        let side = |side: Origin| {
            let claims = views.iter().zip(evaluations).flat_map(|(view, (evaluation, _))| {
                evaluation.claims.iter().filter(move |claim| origin(view, claim) == side)
            });
            fold(claims)
        };
        let sides = [(Origin::Kubernetes, side(Origin::Kubernetes)), (Origin::Compose, side(Origin::Compose))];
        let both = |origin: Origin| self.inventory.objects.workloads.iter().any(|workload| workload.origin == origin);
        if !both(Origin::Kubernetes) || !both(Origin::Compose) {
            return Vec::new();
        }
        let mut one_sided = Vec::new();
        for (index, (origin, claims)) in sides.iter().enumerate() {
            let other = &sides[1 - index].1;
            for claim in claims.iter().filter(|claim| other.iter().all(|there| there.capability != claim.capability)) {
                one_sided.push(OneSided {
                    capability: self.yardstick.capabilities.get(claim.capability).id.clone(),
                    origin: if *origin == Origin::Compose { "compose" } else { "kubernetes" }.to_owned(),
                    grade: claim.grade,
                    message: claim.message.clone(),
                    evidence: self.locator.locate_all(&claim.places),
                });
            }
        }
        one_sided
    }

    fn estate_of(
        &self,
        whole: &SystemView<'_>,
        systems: &[(&str, &Evaluation)],
        set_aside: Vec<String>,
    ) -> SystemAssessment {
        let (own, facts) = self.asked_of_all(whole);
        let claims: Vec<&RawClaim> =
            systems.iter().flat_map(|(_, evaluation)| &evaluation.claims).chain(&own.claims).collect();
        // A finding that one system makes is not made again for all of them.
        let mut findings: Vec<Finding> =
            systems.iter().flat_map(|(name, evaluation)| named(name, evaluation, systems.len() > 1)).collect();
        let known: Vec<String> = findings.iter().map(|finding| finding.code.clone()).collect();
        findings.extend(own.findings.iter().filter(|finding| !known.contains(&finding.code)).cloned());
        let mut questions: Vec<OpenQuestion> =
            systems.iter().flat_map(|(_, evaluation)| evaluation.questions.clone()).collect();
        let known: Vec<String> = questions.iter().map(|question| question.code.clone()).collect();
        questions.extend(own.questions.iter().filter(|question| !known.contains(&question.code)).cloned());
        let subject = Subject {
            view: whole,
            facts: &facts,
            id: "estate".to_owned(),
            name: "estate".to_owned(),
            is_estate: true,
            set_aside,
        };
        let demand = Demand::of_claims(claims.iter().copied(), whole.system.workloads.len());
        let withheld = Withholding::of_estate(systems, &own, whole.system.workloads.len());
        self.judge(&subject, fold(claims), &demand, &findings, &questions, &withheld)
    }

    fn judge(
        &self,
        subject: &Subject<'_>,
        folded: Vec<Folded>,
        demand: &Demand,
        findings: &[Finding],
        questions: &[OpenQuestion],
        withheld: &Withholding,
    ) -> SystemAssessment {
        let Yardstick { capabilities, catalogue, constants, today, .. } = self.yardstick;
        let view = subject.view;
        let needs = demand.needs();
        let constraints = Constraints::of(&view.statements, &constants.jurisdictions);
        let under = |constraints: &Constraints| candidates(catalogue, subject.facts, constraints);
        let candidates = under(&constraints);
        let need_of =
            |demand: &Demand, hosting: Hosting| round_tenth(score::need(&candidates, demand, hosting, constants));
        let best_any = place(&candidates, demand, Hosting::Any, constants);
        let need = round_tenth(best_any.need);
        let without_constraints = (!constraints.keys().is_empty()).then(|| {
            let free = under(&Constraints::default());
            round_tenth(score::need(&free, demand, Hosting::Any, constants))
        });
        // At either end of the range violated limits of targets count as claims do: the low end knows proven ones
        // alone, the high end takes effective ones for proven.
        let of_proven = regraded(&candidates, |grade| (grade == Grade::Proven).then_some(grade));
        let low = round_tenth(score::need(&of_proven, &proven(demand), Hosting::Any, constants)).min(need);
        let asked = questions.iter().filter_map(|question| question.capability);
        // What was not listed could be anything.
        let misses_workloads = view.misses_workloads();
        let anything = misses_workloads || questions.iter().any(|question| question.capability.is_none());
        let most = constants.points.simple + constants.points.lighter;
        let of_effective =
            regraded(&candidates, |grade| Some(if grade >= Grade::Effective { Grade::Proven } else { grade }));
        let high = if anything {
            most
        } else {
            score::need(&of_effective, &costliest(demand, asked), Hosting::Any, constants)
        };
        let range = NeedRange {
            score: need,
            low,
            high: round_tenth(high).max(need),
            if_self_hosted: need_of(demand, Hosting::SelfHosted),
            without_constraints,
            unsuppressed: withheld.all.as_ref().map(|demand| need_of(demand, Hosting::Any)),
        };
        let shares = rounded_shares(&shares(&candidates, &needs, &best_any, constants), need);
        let limits: Vec<&Violation> = [best_any.simple.base, best_any.lighter.base]
            .into_iter()
            .flatten()
            .flat_map(|index| &candidates[index].violations)
            .collect();
        let splits = [&best_any.simple, &best_any.lighter].map(|place| self.split_fit(place, &candidates));
        let claims = self.claims(&folded, &shares, &limits, splits.iter().flatten().next());
        let opaque = view.system.opaque.len();
        let workloads = view.system.workloads.len();
        // What was read in part is not understood: what is missing in it may be there.
        let partial = view.raw_workloads().filter(|workload| self.inventory.is_partial(workload)).count();
        let mut basis = Basis {
            demand: demand.clone(),
            grounds: Grounds::default(),
            whole: workloads - partial,
            opaque: opaque + partial,
            unreadable: view.system.unreadable,
            answered: self.answered(view),
            live: view.live_share(),
            listed: constants.left_by_gaps(view.gaps().into_keys(), view.has_own_accounts()),
        };
        let confidence = basis.confidence(&needs, constants);
        let share = view.platform_share();
        let platform_share = if share.all > 0.0 { share.platform / share.all } else { 0.0 };
        let agents_only = subject.facts.named("system.node-agents-only").as_boolean() == Some(true);
        basis.grounds = Grounds {
            need,
            proven_need: low,
            confidence: confidence.round(),
            platform_share,
            node_agents_only: agents_only && share.own_resources == 0,
            assessable: workloads > 0 || !view.system.definitions.is_empty(),
            add_ons_set_aside: !subject.set_aside.is_empty(),
            misses_workloads,
        };
        let outcome = |demand: &Demand, candidates: &[Candidate<'_>]| basis.judged(demand, candidates, constants);
        let configured = self.inventory.configuration_of(view.system);
        let whole = configured.context.of_the_whole();
        let mut answers = answers(self.yardstick.rules, subject.facts);
        answers.retain(|answer| whole.get(answer.key).is_none());
        let verdict = verdict(&basis.grounds, constants);
        let trial = Trial {
            capabilities,
            demand,
            verdict,
            need,
            constraints: &constraints,
            outcome: &outcome,
            candidates: &under,
        };
        let flips = if self.is_final && self.yardstick.seeks_flips {
            trial.flips(questions, &answers, &constants.jurisdictions)
        } else {
            Vec::new()
        };
        let availability = ladder::availability(&needs, constants, capabilities);
        let seen: Vec<Need> =
            folded.iter().filter_map(|claim| Some(Need { capability: claim.capability, grade: claim.seen? })).collect();
        let survives = ladder::availability(&seen, constants, capabilities);
        let mut fits = fits(&candidates, &needs, &claims, constants, capabilities, &self.locator, today);
        for place in best_any.places.iter().filter(|place| place.split.is_some()) {
            let base = place.base.map(|index| &candidates[index].target.id);
            if let Some(fit) = fits.iter_mut().find(|fit| Some(&fit.id) == base) {
                fit.split = self.split_fit(place, &candidates);
            }
        }
        rank(&mut fits);
        let by_compose = workloads > 0 && view.raw_workloads().all(|workload| workload.origin == Origin::Compose);
        let needs_hosts = availability.high >= 3;
        let reckoning = Reckoning {
            data: self.yardstick.availability,
            capabilities,
            parts: &view.parts(),
            of_many: subject.is_estate && self.inventory.systems.len() > 1,
            stated: subject.facts.named("stated.availability-target").as_number(),
            recovery_seconds: subject.facts.named("stated.recovery-time").as_number(),
        };
        let there = |id: &str| catalogue.find(id).map(|target| reckoning.on(target, catalogue));
        for fit in &mut fits {
            fit.achievable = match &fit.split {
                // What stands in one place waits for what stands in the other, but nobody says how.
                Some(_) => Err(say!("two places together are not reckoned")),
                None => there(&fit.id).map_or(Err(Prose::default()), Achievable::known),
            };
        }
        let suggested = suggest(&fits, verdict, by_compose, needs_hosts, &constraints, constants.suggestion_tolerance);
        let footprint = &view.footprint;
        SystemAssessment {
            id: subject.id.clone(),
            name: subject.name.clone(),
            is_estate: subject.is_estate,
            grouped_by: view.system.grouped_by.id().to_owned(),
            workloads,
            partial,
            opaque,
            anchor: self.anchor(view),
            verdict,
            through: through(verdict, share.own_resources, &claims),
            need: range,
            axes: self.axes(&candidates, demand),
            confidence: confidence.round().clamp(0.0, 100.0) as u8,
            availability,
            survives,
            scale: ladder::scale(
                footprint,
                &needs,
                &constants.ladders.scale.hosts.stated(&view.statements),
                constants,
                capabilities,
            ),
            footprint: FootprintSummary {
                cpu: (footprint.low.cpu, footprint.high.cpu),
                memory_gib: (footprint.low.memory_gib, footprint.high.memory_gib),
                written: footprint.written_share(),
            },
            achievable: reckoning.present(),
            achievable_there: suggested.as_deref().filter(|id| is_whole(&fits, id)).and_then(there),
            suggested,
            complements: complements(view.replaceable_engines(), &fits, catalogue, &constraints),
            targets: fits,
            unknowns: self
                .unknowns(questions, &answers, subject, need, &|added| need_of(&demand.with(added), Hosting::Any)),
            flips,
            basis,
            suppressed: self.suppressed(withheld, need, &|demand| need_of(demand, Hosting::Any)),
            configured_by: configured.layers.clone(),
            policy: configured.policy.clone(),
            on_kubernetes: view.raw_workloads().any(|workload| workload.origin == Origin::Kubernetes)
                || !view.system.definitions.is_empty(),
            objects: files::objects(view),
            files: if self.is_final { files::files(self.inventory, &self.locator, view.system) } else { Vec::new() },
            statements: self.statements(&view.statements),
            findings: self.findings(findings),
            claims,
            set_aside: subject.set_aside.clone(),
            overlay: view.system.overlay.clone(),
            one_sided: Vec::new(),
        }
    }

    /// Where the first workload is written. What runs in a cluster is looked for in the files that write it.
    fn anchor(&self, view: &SystemView<'_>) -> Option<super::Location> {
        self.locator.first(view.raw_workloads().map(|workload| workload.written.as_deref().unwrap_or(workload).place))
    }

    /// How a split is shown: the second target and the names of the workloads.
    fn split_fit(&self, place: &Place, candidates: &[Candidate<'_>]) -> Option<SplitFit> {
        let split = place.split.as_ref()?;
        let second = candidates[split.second].target;
        let workloads = split.workloads.iter().map(|index| self.inventory.objects.workloads[*index].object_name());
        Some(SplitFit {
            id: second.id.clone(),
            name: second.name.clone(),
            workloads: workloads.collect(),
            shortfall: split.shortfall,
        })
    }

    /// Folded claims with their shares, the largest share first. A violated limit of a target can bring need that no
    /// claim speaks of; it then stands as a claim of its own.
    fn claims(
        &self,
        folded: &[Folded],
        shares: &[(Source, f64)],
        limits: &[&Violation],
        split: Option<&SplitFit>,
    ) -> Vec<Claim> {
        let capabilities = self.yardstick.capabilities;
        let remedy =
            |code: &String| self.yardstick.rules.find(code).map_or_else(String::new, |rule| rule.remedy.clone());
        let share_of =
            |id: CapabilityId| shares.iter().find(|(other, _)| *other == Some(id)).map_or(0.0, |(_, share)| *share);
        let mut claims: Vec<Claim> = folded
            .iter()
            .map(|claim| {
                let capability = capabilities.get(claim.capability);
                Claim {
                    capability: capability.id.clone(),
                    axis: capability.axis,
                    grade: claim.grade,
                    share: share_of(claim.capability),
                    rules: claim.rules.clone(),
                    message: claim.message.clone(),
                    lowered_by: claim.lowered_by.clone(),
                    help: remedy(claim.lowered_by.as_ref().unwrap_or(&claim.strongest_rule)),
                    evidence: self.locator.locate_all(&claim.places),
                }
            })
            .collect();
        for (source, share) in shares {
            let Some(id) = source else {
                // Two places to run are a need of their own.
                claims.extend(split.map(|split| Claim {
                    capability: SPLIT.to_owned(),
                    axis: Axis::Topology,
                    grade: Grade::Proven,
                    share: *share,
                    rules: Vec::new(),
                    message: say!("{} on {} beside the rest", split.workloads.join(", "), &split.name),
                    lowered_by: None,
                    help: String::new(),
                    evidence: Vec::new(),
                }));
                continue;
            };
            if folded.iter().all(|claim| claim.capability != *id) {
                let capability = capabilities.get(*id);
                let violated = limits.iter().find(|limit| limit.capability == *id);
                claims.push(Claim {
                    capability: capability.id.clone(),
                    axis: capability.axis,
                    grade: violated.map_or(Grade::Effective, |limit| limit.grade),
                    share: *share,
                    rules: Vec::new(),
                    message: violated.map_or_else(Prose::default, |limit| limit.reason.clone()),
                    lowered_by: None,
                    help: String::new(),
                    evidence: violated.map_or_else(Vec::new, |limit| self.locator.locate_all(&limit.places)),
                });
            }
        }
        claims.sort_by(|a, b| {
            b.share
                .total_cmp(&a.share)
                .then(b.grade.cmp(&a.grade))
                .then(a.axis.cmp(&b.axis))
                .then_with(|| a.capability.cmp(&b.capability))
        });
        claims
    }

    /// The need of each axis' claims alone.
    fn axes(&self, candidates: &[Candidate<'_>], demand: &Demand) -> Vec<(Axis, f64)> {
        let Yardstick { capabilities, constants, .. } = self.yardstick;
        Axis::ALL
            .into_iter()
            .filter_map(|axis| {
                let own = demand.regraded(|id, grade| (capabilities.get(id).axis == axis).then_some(grade));
                let leads = matches!(axis, Axis::Availability | Axis::Scale);
                let points = round_tenth(score::need(candidates, &own, Hosting::Any, constants));
                let is_claimed = !own.needs().is_empty();
                (leads || is_claimed).then_some((axis, points))
            })
            .collect()
    }

    fn findings(&self, findings: &[Finding]) -> Vec<FindingReport> {
        let mut reports: Vec<FindingReport> = findings
            .iter()
            .map(|finding| FindingReport {
                code: finding.code.clone(),
                name: finding.name.clone(),
                level: finding.level,
                message: finding.message.clone(),
                help: finding.help.clone(),
                evidence: self.locator.locate_all(&finding.places),
            })
            .collect();
        reports.sort_by(|a, b| {
            b.level
                .cmp(&a.level)
                .then_with(|| (&a.code, &a.evidence, &a.message).cmp(&(&b.code, &b.evidence, &b.message)))
        });
        reports.dedup();
        reports
    }

    /// The open questions that the files raise, each rule's once, then what no file can say.
    fn unknowns(
        &self,
        questions: &[OpenQuestion],
        answers: &[Answer],
        subject: &Subject<'_>,
        score: f64,
        need_of: &dyn Fn(&[Need]) -> f64,
    ) -> Vec<Unknown> {
        let constants = self.yardstick.constants;
        let with = |capability: CapabilityId| need_of(&[Need { capability, grade: Grade::Proven }]).max(score);
        let most = constants.points.simple + constants.points.lighter;
        let mut by_rule: BTreeMap<(&str, Option<CapabilityId>), Vec<&OpenQuestion>> = BTreeMap::new();
        for question in questions {
            by_rule.entry((&question.code, question.capability)).or_default().push(question);
        }
        let mut unknowns: Vec<Unknown> = by_rule
            .into_iter()
            .map(|((code, capability), mut questions)| {
                questions.sort_by(|a, b| (&a.question, &a.reason).cmp(&(&b.question, &b.reason)));
                let first = questions[0];
                let others = questions.len() - 1;
                let reason = match others {
                    0 => first.reason.clone(),
                    _ => say!("{}, and {} more", &first.reason, others),
                };
                let places: Vec<_> = questions.iter().flat_map(|question| question.places.clone()).collect();
                Unknown {
                    question: first.question.clone(),
                    key: code.to_owned(),
                    reason,
                    could_move: (score, capability.map_or(most, with)),
                    raised_by_files: true,
                    evidence: self.locator.locate_all(&places),
                }
            })
            .collect();
        let by_reach = |a: &Unknown, b: &Unknown| {
            b.could_move.1.total_cmp(&a.could_move.1).then_with(|| (&a.key, &a.question).cmp(&(&b.key, &b.question)))
        };
        unknowns.sort_by(by_reach);
        let statements = &subject.view.statements;
        // What is stated about the whole is not asked again of its parts.
        let whole = self.inventory.configuration_of(subject.view.system).context.of_the_whole();
        let is_open = |key: &str| statements.get(key).is_none() && whole.get(key).is_none();
        let open = constants.questions.iter().filter(|question| is_open(&question.key));
        let mut asked: Vec<Unknown> = open
            .map(|question| {
                let reached = answers.iter().filter(|answer| answer.key == question.key);
                let most = reached.map(|answer| need_of(&claimed(answer))).fold(score, f64::max);
                Unknown {
                    question: say!("{}?", Prose::from(&question.question)),
                    key: question.key.clone(),
                    reason: say!("no file can say"),
                    could_move: (score, most),
                    raised_by_files: false,
                    evidence: Vec::new(),
                }
            })
            .collect();
        asked.sort_by(by_reach);
        unknowns.extend(asked);
        unknowns
    }
}

/// The findings of a system; beside others those about the system as a whole begin with its name.
fn named(name: &str, evaluation: &Evaluation, beside_others: bool) -> Vec<Finding> {
    let mut findings = evaluation.findings.clone();
    findings.iter_mut().filter(|_| beside_others).for_each(|finding| finding.name_system(name));
    findings
}

/// What stands in the place of a capability where two places to run bring need.
const SPLIT: &str = "split-placement";

/// What brings a justified need, where an operator and its resources do.
fn through(verdict: Verdict, own_resources: usize, claims: &[Claim]) -> Option<Prose> {
    let carried = |capability: &str| claims.iter().any(|claim| claim.capability == capability && claim.share > 0.0);
    let by_operator = carried("operator-managed-data") || carried("operator-managed-batch");
    (verdict == Verdict::Justified && own_resources > 0 && by_operator).then(|| say!("an operator"))
}

/// Whether a target takes the whole system.
fn is_whole(fits: &[Fit], id: &str) -> bool {
    fits.iter().any(|fit| fit.id == id && fit.split.is_none())
}

fn round_tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
