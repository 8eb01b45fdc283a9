//! How firm verdicts are when every constant is off by up to a fifth: weights, gaps, bands, confidence and every cell of
//! every target's coverage, each by a factor of its own.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use kubeworthy::Kit;
use kubeworthy::assessment::score::{Need, candidates};
use kubeworthy::assessment::{Constants, Constraints, Grounds, SystemAssessment, Verdict, confidence, understood, verdict};
use kubeworthy::facts::SystemView;
use kubeworthy::grade::Grade;
use kubeworthy::inventory::{Inventory, System};
use kubeworthy::rules::evaluate;
use kubeworthy::targets::Coverage;
use serde_json::Value;

use crate::evidence::Draws;

/// How often everything is drawn anew.
pub const TIMES: usize = 300;

/// What a verdict is computed from, for one estate.
pub struct Basis {
    needs: Vec<Need>,
    /// Each target that may be considered: its place in the catalogue, and the limits of it that are violated.
    targets: Vec<(usize, Vec<Need>)>,
    grounds: Grounds,
    whole: usize,
    not_visible: usize,
    unreadable: usize,
    /// The share of what only the owner can say that was stated.
    answered: f64,
}

impl Basis {
    pub fn of(inventory: &Inventory, estate: &SystemAssessment, kit: &Kit) -> Self {
        let everything = System::of_everything(&inventory.objects);
        let view = SystemView::new(inventory, &kit.tables, &everything);
        let (_, facts) = evaluate(&view, &kit.rules, true);
        let constraints = Constraints::of(inventory.context.of_the_whole(), &kit.constants.jurisdictions);
        let candidates = candidates(&kit.catalogue, &facts, &constraints);
        let targets = candidates.iter().enumerate().filter(|(_, candidate)| candidate.admissible);
        let targets = targets.map(|(index, candidate)| {
            let violated = candidate.violations.iter();
            (index, violated.map(|limit| Need { capability: limit.capability, grade: limit.grade }).collect())
        });
        let share = view.platform_share();
        let agents_only = facts.named("system.node-agents-only").as_boolean() == Some(true);
        let needs: Vec<Need> = estate
            .claims
            .iter()
            .filter_map(|claim| Some((kit.capabilities.find(&claim.capability)?, claim.grade)))
            .map(|(capability, grade)| Need { capability, grade })
            .collect();
        let mut basis = Self {
            targets: targets.collect(),
            grounds: Grounds {
                need: estate.need.score,
                proven_need: estate.need.low,
                confidence: f64::from(estate.confidence),
                platform_share: match (estate.set_aside.is_empty(), estate.verdict) {
                    (true, _) if share.all > 0.0 => share.platform / share.all,
                    // Where add-ons were set aside, the share of what is left cannot be seen from here; it stays decided.
                    (false, Verdict::KubernetesNative) => f64::INFINITY,
                    _ => 0.0,
                },
                node_agents_only: agents_only && share.own_resources == 0,
                assessable: estate.workloads > 0 || !everything.definitions.is_empty(),
                add_ons_set_aside: !estate.set_aside.is_empty(),
            },
            whole: estate.workloads - estate.partial,
            not_visible: estate.opaque + estate.partial,
            unreadable: everything.unreadable,
            answered: 0.0,
            needs,
        };
        let unasked = basis.confidence(&kit.constants);
        let without = kit.constants.confidence.without_context;
        if unasked > 0.0 {
            let asked = without * f64::from(estate.confidence) / (unasked * 100.0);
            basis.answered = ((asked - without) / (1.0 - without)).clamp(0.0, 1.0);
        }
        basis
    }

    fn confidence(&self, constants: &Constants) -> f64 {
        let firm = self.needs.iter().filter(|need| need.grade >= Grade::Effective).count();
        let proven = self.needs.iter().filter(|need| need.grade == Grade::Proven).count();
        let understood = understood(self.whole, self.not_visible, self.unreadable, constants);
        confidence(understood, proven, firm, self.answered, constants)
    }

    /// The need, with proven claims alone or with all.
    fn need(&self, proven_alone: bool, constants: &Constants, cells: &Cells, kit: &Kit) -> f64 {
        let counts = |need: &&Need| !proven_alone || need.grade == Grade::Proven;
        let shortfall = |(index, violated): &(usize, Vec<Need>)| {
            let mut parts = vec![0.0_f64; cells.capabilities];
            let target = &kit.catalogue.targets()[*index];
            for need in self.needs.iter().filter(counts) {
                let gap = cells.gap(*index, need.capability.0, target.coverage(need.capability), constants);
                parts[need.capability.0] = parts[need.capability.0].max(constants.weight(need.grade) * gap);
            }
            for limit in violated.iter().filter(counts) {
                parts[limit.capability.0] = parts[limit.capability.0].max(constants.weight(limit.grade));
            }
            1.0 - parts.iter().map(|part| 1.0 - part).product::<f64>()
        };
        let smallest = |tier: u8| {
            let within = self.targets.iter().filter(|(index, _)| kit.catalogue.targets()[*index].tier <= tier);
            within.map(shortfall).fold(1.0_f64, f64::min)
        };
        let need = constants.points.simple * smallest(1) + constants.points.lighter * smallest(2);
        (need * 10.0).round() / 10.0
    }

    /// The verdict and the need under some constants.
    pub fn judge(&self, constants: &Constants, cells: &Cells, kit: &Kit) -> (Verdict, f64) {
        let need = self.need(false, constants, cells, kit);
        let proven_need = self.need(true, constants, cells, kit).min(need);
        let confidence = (self.confidence(constants) * 100.0).round();
        (verdict(&Grounds { need, proven_need, confidence, ..self.grounds }, constants), need)
    }
}

/// A factor for every cell of every target's coverage.
pub struct Cells {
    factors: Vec<f64>,
    capabilities: usize,
}

impl Cells {
    /// Every cell as it is written.
    pub fn as_written(kit: &Kit) -> Self {
        let capabilities = kit.capabilities.iter().count();
        Self { factors: vec![1.0; capabilities * kit.catalogue.targets().len()], capabilities }
    }

    fn drawn(kit: &Kit, draws: &mut Draws) -> Self {
        let mut cells = Self::as_written(kit);
        cells.factors.iter_mut().for_each(|cell| *cell = factor(draws));
        cells
    }

    fn gap(&self, target: usize, capability: usize, coverage: &Coverage, constants: &Constants) -> f64 {
        (constants.gap(coverage) * self.factors[target * self.capabilities + capability]).min(1.0)
    }
}

/// Between 0.8 and 1.2.
fn factor(draws: &mut Draws) -> f64 {
    0.8 + 0.4 * draws.share()
}

/// Which constants are off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// Weights, gaps and cells.
    Claims,
    /// Bands, and the share from which a system counts as native.
    Bands,
    /// The thresholds of confidence, and what is taken off for weak claims, for no live state and for no owner.
    Confidence,
    /// All of these.
    Everything,
    /// All, with the factors of confidence themselves off and not what they take off: 0.9 becomes 0.72 to 1.
    EverythingAsFactors,
}

impl Off {
    fn has(self, part: Self) -> bool {
        self == part || matches!(self, Self::Everything | Self::EverythingAsFactors)
    }
}

/// The constants with some of them off, each by a factor of its own. What is a share stays below 1.
fn jittered(off: Off, draws: &mut Draws) -> Constants {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/model.yaml")).expect("the constants");
    let mut model: Value = serde_saphyr::from_str(&text).expect("the constants");
    let groups = [("weights", Off::Claims), ("gaps", Off::Claims), ("bands", Off::Bands), ("confidence", Off::Confidence)];
    for (group, _) in groups.iter().filter(|(_, part)| off.has(*part)) {
        for (key, value) in model[group].as_object_mut().expect("a group of constants") {
            let written = value.as_f64().expect("a number");
            let factor = factor(draws);
            let is_percent = *group == "bands" || key.ends_with("-below") || key.ends_with("-from");
            let takes_off = key == "claims-floor" || key.starts_with("without-");
            let drawn = match () {
                () if is_percent => (written * factor).min(100.0),
                () if takes_off && off != Off::EverythingAsFactors => 1.0 - (1.0 - written) * factor,
                () => (written * factor).min(1.0),
            };
            *value = drawn.into();
        }
    }
    if off.has(Off::Bands) {
        let share = model["platform-share"].as_f64().expect("a number") * factor(draws);
        model["platform-share"] = share.into();
    }
    serde_json::from_value(model).expect("the constants")
}

/// How often each verdict changes.
pub fn flips(bases: &[&Basis], off: Off, kit: &Kit) -> Vec<usize> {
    let as_written = Cells::as_written(kit);
    let before: Vec<Verdict> = bases.iter().map(|basis| basis.judge(&kit.constants, &as_written, kit).0).collect();
    let mut flips = vec![0; bases.len()];
    for seed in 0..TIMES {
        let mut draws = Draws::new(seed as u64);
        let constants = jittered(off, &mut draws);
        let cells = if off.has(Off::Claims) { Cells::drawn(kit, &mut draws) } else { Cells::as_written(kit) };
        for (index, basis) in bases.iter().enumerate() {
            flips[index] += usize::from(basis.judge(&constants, &cells, kit).0 != before[index]);
        }
    }
    flips
}
