//! The constants of the assessment, from `rules/model.yaml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::capability::{Capabilities, CapabilityId};
use crate::context::Statements;
use crate::data::{self, DataError, PathPart};
use crate::grade::Grade;
use crate::targets::{Coverage, Target};

const FILE: &str = "rules/model.yaml";

/// All constants; see the comments in the file for what each means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Constants {
    weights: Weights,
    gaps: Gaps,
    /// Points for each half of the score.
    pub points: Points,
    /// Verdicts by need.
    pub bands: Bands,
    /// Confidence.
    pub confidence: ConfidenceConstants,
    lists: Vec<ListFactor>,
    other_lists: f64,
    /// From this share of platform parts on, a system is native to Kubernetes.
    pub platform_share: f64,
    /// Add-ons are set aside while the rest is at least this share.
    pub payload_share: f64,
    /// Targets whose shortfall is within this much of the best are equally good.
    pub suggestion_tolerance: f64,
    /// Placing a system on two targets.
    pub split: SplitConstants,
    /// The age of the targets' facts.
    pub targets: TargetConstants,
    /// The two ladders.
    pub ladders: Ladders,
    /// What no file can say.
    pub questions: Vec<ContextQuestion>,
    /// The countries behind the words that a context may use for a jurisdiction (ISO 3166).
    pub jurisdictions: BTreeMap<String, Vec<String>>,
    /// Factors on single cells, by target and capability: for asking how stable verdicts are. None in the file.
    #[serde(skip)]
    cells: BTreeMap<(String, CapabilityId), f64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Weights {
    declared: f64,
    effective: f64,
    corroborated: f64,
    proven: f64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Gaps {
    native: f64,
    with_work: f64,
    hard: f64,
    none: f64,
}

/// Points for each half of the score; both together are the largest need.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    /// For the shortfall of the best simple target.
    pub simple: f64,
    /// For the shortfall of the best target that is no Kubernetes of several nodes.
    pub lighter: f64,
}

/// Verdicts by need, in points.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bands {
    /// Below this, Kubernetes is not needed.
    pub needless_below: f64,
    /// From this on, it is justified.
    pub justified_from: f64,
}

/// Confidence.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfidenceConstants {
    /// Below this many percent nothing is concluded.
    pub inconclusive_below: f64,
    /// From this many percent on, "needless" may be said.
    pub needless_from: f64,
    /// An unreadable document without a workload, against a workload.
    pub unreadable_weight: f64,
    /// The factor where no claim is proven.
    pub claims_floor: f64,
    /// The factor where no live state was seen.
    pub without_live_state: f64,
    /// The factor where the owner was not asked.
    pub without_context: f64,
}

/// What lists of a cluster that could not be read whole take from the confidence.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFactor {
    factor: f64,
    resources: Vec<String>,
    #[serde(default, rename = "with-own-accounts")]
    with_own_accounts: bool,
}

/// Placing a system on two targets.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitConstants {
    /// The largest share of the workloads that may go to the second target; one always may.
    pub share: f64,
}

/// The age of the targets' facts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetConstants {
    /// An entry is stale once its check is more than this many days ago.
    pub stale_after_days: u32,
}

/// The two ladders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ladders {
    availability: Vec<AvailabilityRung>,
    /// Scale.
    pub scale: ScaleLadder,
    /// What a target has to have for each rung that it reaches.
    pub reach: ReachConstants,
    /// What the rungs of availability mean, from 0.
    pub availability_rungs: [String; 6],
    /// What the rungs of scale mean, from 0.
    pub scale_rungs: [String; 6],
}

/// What a target has to have for each rung that it reaches, by capability.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReachConstants {
    /// For the rungs of availability, from 1.
    pub availability: [String; 5],
    /// For the rungs of scale, from 3; rung 2, one big VM, can be had anywhere.
    pub scale: [String; 3],
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AvailabilityRung {
    rung: u8,
    capabilities: Vec<String>,
}

/// How scale climbs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScaleLadder {
    /// What fits on one host of each kind.
    pub hosts: Hosts,
    /// Ordinary hosts that are still "several".
    pub several_hosts: f64,
    /// Above this many ordinary hosts it is a fleet.
    pub fleet_over: f64,
    /// Ordinary hosts that elasticity may fill and still be rung 2.
    pub elastic_within: f64,
    elastic: Vec<String>,
    bursts: Vec<String>,
}

/// Host sizes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// A small VM.
    pub small: HostSize,
    /// An ordinary VM.
    pub ordinary: HostSize,
    /// A big VM.
    pub big: HostSize,
}

/// The size of a host.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostSize {
    /// vCPU.
    pub cpu: f64,
    /// GiB.
    pub memory_gib: f64,
}

/// A question that only the owner can answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextQuestion {
    /// The key under which the answer is stated.
    pub key: String,
    /// The question, without its question mark.
    pub question: String,
}

impl Hosts {
    /// These hosts with the sizes that the owner states in place of theirs.
    #[must_use]
    pub fn stated(&self, statements: &Statements) -> Self {
        let size = |name: &str, known: HostSize| HostSize {
            cpu: statements.number(&format!("hosts.{name}.cpu")).unwrap_or(known.cpu),
            memory_gib: statements.number(&format!("hosts.{name}.memory-gib")).unwrap_or(known.memory_gib),
        };
        Self { small: size("small", self.small), ordinary: size("ordinary", self.ordinary), big: size("big", self.big) }
    }
}

impl Constants {
    /// The constants that ship with the program.
    ///
    /// # Errors
    ///
    /// When the file does not have the expected shape or names an unknown capability, with its position.
    pub fn built_in(capabilities: &Capabilities) -> Result<Self, DataError> {
        let constants: Self = data::read_named(FILE)?;
        let text = data::embedded(FILE).next().map_or("", |file| file.text);
        let ladders = &constants.ladders;
        let named = ladders
            .availability
            .iter()
            .flat_map(|rung| &rung.capabilities)
            .chain(&ladders.reach.availability)
            .chain(&ladders.reach.scale)
            .chain(&ladders.scale.elastic)
            .chain(&ladders.scale.bursts);
        for id in named {
            if capabilities.find(id).is_none() {
                let message = format!("there is no capability `{id}`");
                let help = capabilities.did_you_mean(id);
                return Err(data::error_at(FILE, text, &[PathPart::Name("ladders")], message, help));
            }
        }
        Ok(constants)
    }

    /// What is left of the confidence, 0 to 1, where these resources of a cluster could not be listed whole. Each row of
    /// the table counts once, some only where a workload runs as an account of its own.
    #[must_use]
    pub fn left_by_gaps<'r>(&self, resources: impl Iterator<Item = &'r str>, own_accounts: bool) -> f64 {
        let resources: Vec<&str> = resources.collect();
        let rows = self.lists.iter().filter(|row| own_accounts || !row.with_own_accounts);
        let rows = rows.filter(|row| row.resources.iter().any(|known| resources.contains(&known.as_str())));
        let is_known =
            |resource: &str| self.lists.iter().any(|row| row.resources.iter().any(|known| known == resource));
        let others = resources.iter().any(|resource| !is_known(resource));
        rows.map(|row| row.factor).product::<f64>() * if others { self.other_lists } else { 1.0 }
    }

    /// Whether without a list alone the confidence stays below what any conclusion takes, where the owner was not asked.
    #[must_use]
    pub fn forbids_conclusions(&self, resource: &str) -> bool {
        let left = self.left_by_gaps([resource].into_iter(), true) * self.confidence.without_context;
        left * 100.0 < self.confidence.inconclusive_below
    }

    /// How much a claim of a grade weighs, 0 to 1.
    #[must_use]
    pub fn weight(&self, grade: Grade) -> f64 {
        match grade {
            Grade::Declared => self.weights.declared,
            Grade::Effective => self.weights.effective,
            Grade::Corroborated => self.weights.corroborated,
            Grade::Proven => self.weights.proven,
        }
    }

    /// How far a target falls short of a capability, 0 to 1.
    #[must_use]
    pub fn gap_of(&self, target: &Target, capability: CapabilityId) -> f64 {
        let gap = self.gap(target.coverage(capability));
        if self.cells.is_empty() || gap == 0.0 {
            return gap;
        }
        let factor = self.cells.get(&(target.id.clone(), capability)).copied().unwrap_or(1.0);
        (gap * factor).min(1.0)
    }

    /// Whether single cells have factors of their own.
    #[must_use]
    pub fn has_cells(&self) -> bool {
        !self.cells.is_empty()
    }

    /// How far what takes named work falls short, 0 to 1.
    #[must_use]
    pub fn gaps_with_work(&self) -> f64 {
        self.gaps.with_work
    }

    /// The same constants with every weight, gap, band, threshold and factor, and every cell of these targets, multiplied
    /// by a factor of its own; what is a share or a probability stays between 0 and 1. For asking how stable verdicts are.
    #[must_use]
    pub fn jittered(&self, targets: &[Target], capabilities: &Capabilities, factor: &mut dyn FnMut() -> f64) -> Self {
        let mut other = self.clone();
        let mut share = |value: &mut f64| *value = (*value * factor()).clamp(0.0, 1.0);
        let weights = &mut other.weights;
        [&mut weights.declared, &mut weights.effective, &mut weights.corroborated, &mut weights.proven]
            .into_iter()
            .for_each(&mut share);
        let gaps = &mut other.gaps;
        [&mut gaps.with_work, &mut gaps.hard, &mut gaps.none].into_iter().for_each(&mut share);
        let confidence = &mut other.confidence;
        [
            &mut confidence.unreadable_weight,
            &mut confidence.claims_floor,
            &mut confidence.without_live_state,
            &mut confidence.without_context,
            &mut other.platform_share,
            &mut other.payload_share,
            &mut other.split.share,
        ]
        .into_iter()
        .for_each(&mut share);
        for threshold in [
            &mut other.bands.needless_below,
            &mut other.bands.justified_from,
            &mut other.confidence.inconclusive_below,
            &mut other.confidence.needless_from,
        ] {
            *threshold *= factor();
        }
        for target in targets {
            for (capability, _) in capabilities.iter() {
                other.cells.insert((target.id.clone(), capability), factor());
            }
        }
        other
    }

    /// How far a coverage falls short, 0 to 1.
    #[must_use]
    pub fn gap(&self, coverage: &Coverage) -> f64 {
        match coverage {
            Coverage::Native => self.gaps.native,
            Coverage::WithWork(_) => self.gaps.with_work,
            Coverage::Hard(_) => self.gaps.hard,
            Coverage::None(_) => self.gaps.none,
        }
    }

    /// The rung of availability that a capability stands for, 0 where it is on none.
    #[must_use]
    pub fn availability_rung(&self, capability: CapabilityId, capabilities: &Capabilities) -> u8 {
        let id = &capabilities.get(capability).id;
        let rungs = self.ladders.availability.iter().filter(|rung| rung.capabilities.contains(id));
        rungs.map(|rung| rung.rung).max().unwrap_or(0)
    }

    /// Whether a capability means that the footprint follows load.
    #[must_use]
    pub fn is_elastic(&self, capability: CapabilityId, capabilities: &Capabilities) -> bool {
        self.ladders.scale.elastic.contains(&capabilities.get(capability).id)
    }

    /// Whether a capability means bursts of ten times and more.
    #[must_use]
    pub fn is_burst(&self, capability: CapabilityId, capabilities: &Capabilities) -> bool {
        self.ladders.scale.bursts.contains(&capabilities.get(capability).id)
    }
}
