//! Shards put together: what one run would have given, or why that cannot be.

use super::{Nothing, Shard};
use crate::Kit;
use crate::assessment::{Assessment, Inputs, Suppression, SuppressionState};
use crate::day::Day;

/// Why shards cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// An assessment that was put together, with what only the runs that judged its parts know.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The assessment.
    pub assessment: Assessment,
    /// What has to stand on a command line to assess the same again.
    pub again: Vec<String>,
    /// The files and folders that were read, as they were named.
    pub paths: Vec<String>,
    /// Why there is nothing to assess, where there is nothing.
    pub nothing: Option<Nothing>,
    /// The day of the judgement.
    pub day: Option<Day>,
}

/// How many numbers of shards are named in a message.
const NAMED: usize = 20;

/// Puts the shards of one assessment together, each with the name of its file, in any order. The kit is that which ships
/// with the program.
///
/// # Errors
///
/// When one is missing or there twice, or when they are not of one assessment.
pub fn merge(mut shards: Vec<(String, Shard)>, kit: &Kit) -> Result<Merged, Refusal> {
    shards.sort_by(|(name, one), (other_name, other)| (one.part, name).cmp(&(other.part, other_name)));
    are_of_one_assessment(&shards)?;
    are_complete(&shards)?;
    let mut parts = shards.into_iter().map(|(_, shard)| shard);
    let nothing_there = || Refusal::new("there is no shard", "name the files that the runs wrote");
    let first = parts.next().ok_or_else(nothing_there)?;
    let Shard { rules_digest, rules, day, again, paths, nothing, judged: mut whole, .. } = first;
    for Shard { judged, .. } in parts {
        // Every field by its name, so that a new one is not forgotten.
        let super::Judged { estate, systems, excerpts, suppressions, inputs } = judged;
        whole.estate = whole.estate.or(estate);
        whole.systems.extend(systems);
        whole.excerpts = whole.excerpts.with_all(excerpts);
        for (known, other) in whole.suppressions.iter_mut().zip(suppressions) {
            if knows_more(&other, known) {
                *known = other;
            }
        }
        for (known, other) in whole.inputs.clusters.iter_mut().zip(inputs.clusters) {
            known.alone = known.alone.or(other.alone);
        }
    }
    let Some(estate) = whole.estate else {
        return Err(Refusal::new("none of the shards holds the estate", "run the jobs that wrote them again"));
    };
    let assessment = Assessment {
        rules_digest,
        inputs: whole.inputs,
        estate,
        systems: whole.systems.into_values().collect(),
        rungs: kit.rungs(),
        bands: kit.bands(),
        meanings: kit.meanings(),
        rules: rules.unwrap_or_else(|| kit.rule_texts()),
        excerpts: whole.excerpts,
        suppressions: whole.suppressions,
        gate: None,
    };
    Ok(Merged { assessment, again, paths, nothing, day })
}

/// Whether a run knows more of what became of a suppression: that it covers something is seen where that is judged.
fn knows_more(suppression: &Suppression, than: &Suppression) -> bool {
    let rank = |suppression: &Suppression| match suppression.state {
        SuppressionState::Applied => 3,
        SuppressionState::NotHonoured => 2,
        SuppressionState::NotAsked => 1,
        _ => 0,
    };
    rank(suppression) > rank(than)
}

/// Every one has to be made from the same as the first.
fn are_of_one_assessment(shards: &[(String, Shard)]) -> Result<(), Refusal> {
    let Some(((name, first), rest)) = shards.split_first() else { return Ok(()) };
    let first_read = as_read(&first.judged.inputs);
    for (other_name, other) in rest {
        let both = format!("{name} and {other_name}");
        if first.part.of != other.part.of {
            let message =
                format!("{name} is one of {} shards, and {other_name} one of {}", first.part.of, other.part.of);
            return Err(Refusal::new(
                message,
                "name the shards of one assessment alone; old files may lie beside them",
            ));
        }
        if first.rules_digest != other.rules_digest {
            let message = format!("{both} were judged by different rules");
            return Err(Refusal::new(message, "give every shard the same --rules"));
        }
        if first.choices_digest != other.choices_digest {
            let message = format!("{both} were made with different arguments");
            return Err(Refusal::new(message, "let the shards differ in --shard and --shard-file alone"));
        }
        if first.judged.inputs.digest != other.judged.inputs.digest || first_read != as_read(&other.judged.inputs) {
            let help = "assess one commit, from the same folder, or one snapshot of a cluster; what --render makes must be \
                        the same each time";
            return Err(Refusal::new(format!("{both} were made from different inputs"), help));
        }
        if first.day != other.day {
            let day = |shard: &Shard| shard.day.map_or_else(|| "no day".to_owned(), |day| day.to_string());
            let message = format!("{both} were judged on different days, {} and {}", day(first), day(other));
            let help = "run them again on one day, or give all of them the same one in SOURCE_DATE_EPOCH; what is out of date \
                        depends on it";
            return Err(Refusal::new(message, help));
        }
    }
    Ok(())
}

/// What was read, without what one run alone judged of it.
fn as_read(inputs: &Inputs) -> String {
    let mut inputs = inputs.clone();
    inputs.clusters.iter_mut().for_each(|cluster| cluster.alone = None);
    format!("{inputs:?}")
}

/// Each number has to be there, and once. The shards are sorted by their numbers.
fn are_complete(shards: &[(String, Shard)]) -> Result<(), Refusal> {
    let count = shards.first().map_or(0, |(_, shard)| shard.part.of);
    for pair in shards.windows(2) {
        if let [(name, one), (other_name, other)] = pair
            && one.part == other.part
        {
            let message = format!("shard {} of {count} is there twice: {name} and {other_name}", one.part.number);
            return Err(Refusal::new(message, "name one of them"));
        }
    }
    let is_there = |number: &usize| shards.iter().any(|(_, shard)| shard.part.number == *number);
    let missing: Vec<String> =
        (1..=count).filter(|number| !is_there(number)).map(|number| number.to_string()).collect();
    let named = missing[..missing.len().min(NAMED)].join(", ");
    let help = "look at the jobs that should have written them, and name the files of all shards";
    match missing.len() {
        0 => Ok(()),
        1 => Err(Refusal::new(format!("shard {named} of {count} is missing"), help)),
        more if more > NAMED => {
            let others = more - NAMED;
            Err(Refusal::new(format!("shards {named} and {others} more of {count} are missing"), help))
        }
        _ => Err(Refusal::new(format!("shards {named} of {count} are missing"), help)),
    }
}
