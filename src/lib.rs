//! kubeworthy answers the question that every other Kubernetes tool takes for granted: do this system's availability
//! and scale needs justify Kubernetes at all, and if not, what simpler target would do?
//!
//! The code reads in the order in which data flows:
//!
//! 1. [`source`]: paths and standard input become named texts; the only input.
//! 2. [`yaml`] and [`inventory`]: texts become documents with exact positions, documents become workloads and what
//!    belongs to them, linked and grouped into systems.
//! 3. [`facts`]: one table of typed values, known, absent or unknown with the reason.
//! 4. [`rules`]: data files that turn facts into claims, findings and open questions.
//! 5. [`targets`] and [`assessment`]: claims against the catalogue of places to run give the need, the ladders, the
//!    confidence, the verdict and the ranked targets.
//! 6. [`report`]: pure renderers of the finished answer.
//!
//! [`assess`] is the whole of it.

pub mod assessment;
pub mod capability;
pub mod choices;
pub mod command;
pub mod condition;
pub mod configuration;
pub mod context;
pub mod data;
pub mod day;
pub mod difference;
pub mod facts;
pub mod gate;
pub mod grade;
pub mod inventory;
pub mod language;
pub mod limits;
pub mod matching;
pub mod naming;
pub mod reference;
pub mod report;
pub mod rules;
pub mod shard;
pub mod snapshot;
pub mod source;
pub mod suppression;
pub mod tables;
pub mod targets;
pub mod text;
pub mod yaml;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use assessment::{
    Assessed, Assessment, AvailabilityData, ClusterRead, Constants, Excerpts, Gap, Inputs, ListGap, NotUnderstood,
    Part, RuleText, Share, Shared, SystemAssessment, Yardstick, assess_estate, assess_inventory, assess_share,
    assess_variant,
};
use capability::Capabilities;
use data::DataError;
use day::Day;
use inventory::{Demand, Inventory, Reading, Selection, UnknownOverlay};
use rules::{Rule, Rules};
use shard::Judged;
use source::Collected;
use suppression::{SuppressionText, SuppressionTexts};
use tables::Tables;
use targets::Catalogue;

use crate::language::Prose;

/// Everything that a judgement is made with: all of it data from `rules/`, and the user's own files laid over it.
#[derive(Clone, Debug)]
pub struct Kit {
    /// Capabilities.
    pub capabilities: Capabilities,
    /// Tables.
    pub tables: Tables,
    /// Rules.
    pub rules: Rules,
    /// Targets.
    pub catalogue: Catalogue,
    /// Constants.
    pub constants: Constants,
    /// A digest of all of it, `sha256:` and 64 hexadecimal digits.
    pub digest: String,
    /// What the arithmetic of availability counts with.
    pub availability: AvailabilityData,
    /// What is told of suppressions that should be mended.
    pub suppressions: SuppressionTexts,
    /// The day of the judgement, from which the age of the targets' facts counts; none where their age is not asked.
    pub today: Option<Day>,
    /// Whether to look for what would change a verdict; formats that do not show it are made faster without.
    pub seeks_flips: bool,
}

/// A user's own rule and target files: names and texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFiles {
    /// Rule files.
    pub rules: Vec<(String, String)>,
    /// Target files.
    pub targets: Vec<(String, String)>,
}

impl Kit {
    /// The kit that ships with the program, with the user's own files laid over it.
    ///
    /// # Errors
    ///
    /// When a data file is not what it should be, with its file, line and column.
    pub fn load(own: &OwnFiles) -> Result<Self, DataError> {
        let capabilities = Capabilities::built_in()?;
        let mut digest = data::EMBEDDED_DIGEST.to_owned();
        if *own != OwnFiles::default() {
            let mut with_own = Sha256::new();
            update(&mut with_own, "rules", &digest);
            for (name, text) in own.rules.iter().chain(&own.targets) {
                update(&mut with_own, name, text);
            }
            digest = finish(with_own);
        }
        let tables = Tables::built_in()?;
        Ok(Self {
            rules: Rules::load(&own.rules, &capabilities)?,
            catalogue: Catalogue::load(&own.targets, &capabilities, &tables)?,
            constants: Constants::built_in(&capabilities)?,
            tables,
            capabilities,
            digest,
            availability: AvailabilityData::built_in()?,
            suppressions: SuppressionTexts::built_in()?,
            today: None,
            seeks_flips: true,
        })
    }

    /// What inventories are judged by.
    #[must_use]
    pub fn yardstick(&self) -> Yardstick<'_> {
        Yardstick {
            capabilities: &self.capabilities,
            rules: &self.rules,
            catalogue: &self.catalogue,
            tables: &self.tables,
            constants: &self.constants,
            availability: &self.availability,
            today: self.today,
            seeks_flips: self.seeks_flips,
            honours_suppressions: true,
        }
    }

    /// The same for one inventory. What is assessed of a cluster is assessed as of the day on which it was read, so that a
    /// snapshot gives the same answer on any day.
    fn yardstick_of(&self, inventory: &Inventory, collected: &Collected) -> Yardstick<'_> {
        let (today, honours_suppressions) = (inventory.seen_on().or(self.today), !collected.choices.no_ignores);
        Yardstick { today, honours_suppressions, ..self.yardstick() }
    }

    /// What the rungs of the two ladders mean, from 0: availability, then scale.
    #[must_use]
    pub fn rungs(&self) -> ([String; 6], [String; 6]) {
        (self.constants.ladders.availability_rungs.clone(), self.constants.ladders.scale_rungs.clone())
    }

    /// The need below which Kubernetes is not called for, and the need from which it is.
    #[must_use]
    pub fn bands(&self) -> (f64, f64) {
        (self.constants.bands.needless_below, self.constants.bands.justified_from)
    }

    /// What each capability means, by its id.
    #[must_use]
    pub fn meanings(&self) -> BTreeMap<String, String> {
        let capabilities = self.capabilities.iter();
        capabilities.map(|(_, capability)| (capability.id.clone(), capability.meaning.clone())).collect()
    }

    /// The texts of all rules, by their codes.
    #[must_use]
    pub fn rule_texts(&self) -> BTreeMap<String, RuleText> {
        let rules = self.rules.iter().map(|rule| (rule.code.clone(), rule_text(rule)));
        rules.chain(self.suppressions.iter().map(|text| (text.code.clone(), suppression_text(text)))).collect()
    }
}

/// Assesses what was read: the whole pipeline behind reading. A pure function: the same input gives the same answer.
#[must_use]
pub fn assess(collected: &Collected, kit: &Kit) -> Assessment {
    assess_inventory_of(collected, &select(reading(collected, kit), collected, kit), kit)
}

/// Reads what was collected. Of several overlays of one application the one that demands most counts, or the one that
/// the user named.
///
/// # Errors
///
/// When the user named an overlay that is not there.
pub fn read(collected: &Collected, kit: &Kit) -> Result<Inventory, UnknownOverlay> {
    selected(reading(collected, kit), collected, kit)
}

fn reading<'c>(collected: &'c Collected, kit: &Kit) -> Reading<'c> {
    Reading::new(&collected.files, &collected.unread(), &collected.choices, &kit.tables)
}

/// Of what was read, what counts.
fn selected(reading: Reading<'_>, collected: &Collected, kit: &Kit) -> Result<Inventory, UnknownOverlay> {
    match reading.unknown_overlay(&collected.choices.overlays) {
        Some(unknown) => Err(unknown),
        None => Ok(select(reading, collected, kit)),
    }
}

fn select(reading: Reading<'_>, collected: &Collected, kit: &Kit) -> Inventory {
    let demands = |inventories: &[Inventory]| -> Vec<Demand> {
        inventories.par_iter().map(|inventory| demand(inventory, &reading, collected, kit)).collect()
    };
    let selection = Selection::new(&reading, &collected.choices.overlays, &kit.tables, demands);
    reading.inventory(&selection, &kit.tables)
}

/// How much an inventory demands: what the whole pipeline says of it.
fn demand(inventory: &Inventory, reading: &Reading<'_>, collected: &Collected, kit: &Kit) -> Demand {
    let yardstick = Yardstick { honours_suppressions: !collected.choices.no_ignores, ..kit.yardstick() };
    let estate = assess_variant(inventory, reading.trees(), &collected.files, &yardstick);
    Demand {
        need: estate.need.score,
        copies: inventory.most_copies(),
        size: estate.footprint.cpu.1 + estate.footprint.memory_gib.1,
    }
}

/// Assesses an inventory that was read from these files.
#[must_use]
pub fn assess_inventory_of(collected: &Collected, inventory: &Inventory, kit: &Kit) -> Assessment {
    let yardstick = kit.yardstick_of(inventory, collected);
    let (Assessed { estate, systems, suppressions }, inputs) = rayon::join(
        || assess_inventory(inventory, &collected.files, &yardstick),
        || inputs(collected, inventory, kit, &|_| true),
    );
    let excerpts = excerpts(std::iter::once(&estate).chain(&systems), collected, inventory);
    Assessment {
        rules_digest: kit.digest.clone(),
        inputs,
        estate,
        systems,
        rungs: kit.rungs(),
        bands: kit.bands(),
        meanings: kit.meanings(),
        rules: kit.rule_texts(),
        excerpts,
        suppressions,
        gate: None,
    }
}

/// Assesses one part of an inventory that was read from these files: what [`shard::merge`] puts together again.
#[must_use]
pub fn assess_part(collected: &Collected, inventory: &Inventory, kit: &Kit, part: Part) -> Judged {
    let share = Share::of(inventory, part);
    let yardstick = kit.yardstick_of(inventory, collected);
    let (Shared { estate, systems, suppressions }, inputs) = rayon::join(
        || assess_share(inventory, &collected.files, &yardstick, &share),
        || inputs(collected, inventory, kit, &|cluster| share.clusters.contains(&cluster)),
    );
    let excerpts = excerpts(estate.iter().chain(systems.values()), collected, inventory);
    Judged { estate, systems, excerpts, suppressions, inputs }
}

/// The lines that these systems point at.
fn excerpts<'s>(
    systems: impl IntoIterator<Item = &'s SystemAssessment>,
    collected: &Collected,
    inventory: &Inventory,
) -> Excerpts {
    let own = collected.choices.configuration_names();
    Excerpts::of(systems, inventory, &collected.files, &|name| own.contains(name))
}

fn rule_text(rule: &Rule) -> RuleText {
    RuleText {
        name: rule.name.clone(),
        family: rule.family().to_owned(),
        finds: rule.finds(),
        title: rule.title.clone(),
        why: rule.why.clone(),
        remedy: rule.remedy.clone(),
        sources: rule.sources.iter().map(|source| (source.title.clone(), source.url.clone())).collect(),
        page: rule.page(),
    }
}

fn suppression_text(text: &SuppressionText) -> RuleText {
    RuleText {
        name: text.name.clone(),
        title: text.title.clone(),
        why: text.why.clone(),
        remedy: text.remedy.clone(),
        sources: Vec::new(),
        page: rules::page_of(&text.code),
        family: suppression::FAMILY.to_owned(),
        finds: true,
    }
}

/// What was read, for the report. Those clusters are judged alone that are wanted, by their places in the inventory.
fn inputs(
    collected: &Collected,
    inventory: &Inventory,
    kit: &Kit,
    is_wanted: &(dyn Fn(usize) -> bool + Sync),
) -> Inputs {
    let files = &collected.files;
    let name = |source: text::SourceId| files[source.0 as usize].name.clone();
    let mut digest = Sha256::new();
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    for file in sorted {
        update(&mut digest, &file.name, &file.text);
    }
    let line = |problem: &inventory::Problem| {
        problem.span.map(|span| files[problem.source.0 as usize].position(span.start).line)
    };
    let (broken, details): (Vec<_>, Vec<_>) = inventory.problems.iter().partition(|problem| problem.not_understood);
    let mut not_understood: Vec<NotUnderstood> = broken
        .iter()
        .map(|problem| NotUnderstood {
            file: name(problem.source),
            line: line(problem),
            reason: problem.message.clone(),
            kinds: problem.kinds.clone(),
        })
        .collect();
    not_understood.extend(collected.failures.iter().map(|failure| NotUnderstood {
        file: failure.file.clone(),
        line: failure.position.map(|position| position.line),
        reason: failure.message.clone(),
        kinds: Vec::new(),
    }));
    not_understood.sort();
    let mut gaps: Vec<Gap> = details
        .iter()
        .map(|problem| {
            let at = line(problem).map_or_else(String::new, |line| format!(":{line}"));
            Gap {
                kind: "detail".to_owned(),
                scope: format!("{}{at}", name(problem.source)),
                // A message about the input, English as all of them.
                reason: Prose::name(problem.message.clone()),
            }
        })
        .collect();
    // Pointers are named; what was found by scanning a text is in `not_understood`.
    gaps.extend(inventory.objects.opaque.iter().filter(|opaque| !opaque.name.is_empty()).map(|opaque| Gap {
        kind: "pointer".to_owned(),
        scope: format!("{} {}", opaque.kind, opaque.name),
        reason: opaque.reason.clone(),
    }));
    gaps.sort();
    let mut skipped: Vec<(String, Prose)> = inventory
        .skipped
        .iter()
        .map(|(source, reason)| (name(*source), reason.clone()))
        .chain(collected.skipped.iter().map(|skipped| (skipped.file.clone(), skipped.reason.clone())))
        .collect();
    skipped.sort();
    let clusters = clusters(collected, inventory, kit, is_wanted);
    Inputs {
        files: files.iter().filter(|file| file.cluster.is_none()).count(),
        clusters,
        documents: inventory.documents,
        understood: inventory.documents - broken.iter().filter(|problem| problem.span.is_some()).count(),
        not_understood,
        skipped,
        gaps,
        digest: finish(digest),
    }
}

/// How the clusters were read; of several also what each would be alone.
fn clusters(
    collected: &Collected,
    inventory: &Inventory,
    kit: &Kit,
    is_wanted: &(dyn Fn(usize) -> bool + Sync),
) -> Vec<ClusterRead> {
    let several = inventory.clusters.len() > 1;
    let alone = |cluster: &inventory::Cluster| {
        let files: Vec<_> = collected
            .files
            .iter()
            .enumerate()
            .filter(|(at, file)| file.cluster.is_none() || *at == cluster.source.0 as usize)
            .map(|(_, file)| file.clone())
            .collect();
        let only = Collected { files, choices: collected.choices.clone(), ..Collected::default() };
        let read = read(&only, kit).ok()?;
        let honours_suppressions = !collected.choices.no_ignores;
        let yardstick = Yardstick { today: cluster.taken, honours_suppressions, ..kit.yardstick() };
        let estate = assess_estate(&read, &only.files, &yardstick);
        Some((estate.need.score, estate.verdict, estate.confidence, read.systems.len()))
    };
    let gap = |(resource, list): (&String, &inventory::live::List)| {
        Some(ListGap {
            resource: resource.clone(),
            objects: list.objects,
            reason: list.gap.clone()?,
            namespaces: list.namespaces.iter().cloned().collect(),
            rules: kit.rules.that_read(resource, &kit.tables).into_iter().map(str::to_owned).collect(),
            forbids_conclusions: kit.constants.forbids_conclusions(resource),
        })
    };
    let number = |cluster: &inventory::Cluster, key: &str| inventory.seen_number(cluster.place, key).map(|(n, _)| n);
    inventory
        .clusters
        .par_iter()
        .enumerate()
        .map(|(at, cluster)| ClusterRead {
            name: cluster.name.clone(),
            taken: cluster.taken.map(|day| day.to_string()),
            version: cluster.version.clone(),
            namespaces: cluster.namespaces.as_ref().map(|names| names.iter().cloned().collect()),
            is_selection: cluster.is_selection,
            nodes: number(cluster, "nodes"),
            zones: number(cluster, "node-zones"),
            documents: inventory.trees.iter().filter(|tree| tree.source == cluster.source).count(),
            objects: cluster.lists.values().map(|list| list.objects).sum(),
            workloads: inventory.objects.workloads.iter().filter(|workload| workload.source == cluster.source).count(),
            gaps: cluster.lists.iter().filter_map(gap).collect(),
            alone: (several && is_wanted(at)).then(|| alone(cluster)).flatten(),
        })
        .collect()
}

/// A digest of named texts, `sha256:` and 64 hexadecimal digits.
pub(crate) fn digest<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> String {
    let mut digest = Sha256::new();
    texts.into_iter().for_each(|(name, text)| update(&mut digest, name, text));
    finish(digest)
}

fn update(digest: &mut Sha256, name: &str, text: &str) {
    for part in [name, text] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
}

fn finish(digest: Sha256) -> String {
    let mut text = String::from("sha256:");
    for byte in digest.finalize() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
