//! The file of a shard: what wrote it stands in front, so that another version of the program can say so, and a digest
//! tells whether anything is missing.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{MOST_SHARDS, Refusal, Shard};
use crate::assessment::{Standing, SystemAssessment};
use crate::data;

/// The name of the format.
pub const SCHEMA: &str = "kubeworthy/shard/v1";

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'f> {
    #[serde(borrow)]
    schema: Cow<'f, str>,
    /// The version of the program.
    #[serde(borrow)]
    program: Cow<'f, str>,
    /// A digest of the data inside of the program.
    #[serde(borrow)]
    data: Cow<'f, str>,
    /// A digest of the shard's text.
    #[serde(borrow)]
    digest: Cow<'f, str>,
    #[serde(borrow)]
    shard: &'f RawValue,
}

/// What any of our files says of itself.
#[derive(Deserialize)]
struct Marked {
    schema: String,
}

/// The text of a shard's file.
///
/// # Errors
///
/// When a value in it cannot be written.
pub fn written(shard: &Shard) -> serde_json::Result<String> {
    let text = serde_json::value::to_raw_value(shard)?;
    let file = File {
        schema: SCHEMA.into(),
        program: VERSION.into(),
        data: data::EMBEDDED_DIGEST.into(),
        digest: crate::digest([("shard", text.get())]).into(),
        shard: &text,
    };
    Ok(format!("{}\n", serde_json::to_string(&file)?))
}

/// A shard from the text of the file of this name.
///
/// # Errors
///
/// When it is none, was written by another version of the program, or is damaged.
pub fn parse(name: &str, text: &str) -> Result<Shard, Refusal> {
    let file: File<'_> = match serde_json::from_str(text) {
        Ok(file) => file,
        Err(error) => return Err(no_shard(name, text, &error)),
    };
    if file.schema != SCHEMA {
        return Err(of_another_schema(name, &file.schema));
    }
    if file.program != VERSION || file.data != data::EMBEDDED_DIGEST {
        let program = &file.program;
        let message = if *program == VERSION {
            format!("{name} was written by another build of kubeworthy {VERSION}, with other rules inside")
        } else {
            format!("{name} was written by kubeworthy {program}, and this is {VERSION}")
        };
        return Err(Refusal::new(message, "make the shards and merge them with one version"));
    }
    let damaged = |what: &str| {
        let message = format!("{name} is damaged: {what}");
        Refusal::new(message, "fetch it again from the job that wrote it, or run that job again")
    };
    if file.digest != crate::digest([("shard", file.shard.get())]) {
        return Err(damaged("what it holds is not what was written"));
    }
    let shard: Shard = serde_json::from_str(file.shard.get()).map_err(|error| damaged(&error.to_string()))?;
    if is_sound(&shard) { Ok(shard) } else { Err(damaged("a number in it is none that this program writes")) }
}

fn no_shard(name: &str, text: &str, error: &serde_json::Error) -> Refusal {
    match serde_json::from_str::<Marked>(text) {
        Ok(marked) if marked.schema != SCHEMA => of_another_schema(name, &marked.schema),
        _ if text.trim().is_empty() => {
            Refusal::new(format!("{name} is empty"), "look at the job that should have written it")
        }
        _ => {
            let message = format!("{name} is no shard, or not all of it: {error}");
            Refusal::new(message, "name the files that `kubeworthy assess --shard I/N --shard-file FILE` wrote")
        }
    }
}

fn of_another_schema(name: &str, schema: &str) -> Refusal {
    let message = format!("{name} is no shard: its schema is `{schema}`, not `{SCHEMA}`");
    Refusal::new(message, "name the files that `kubeworthy assess --shard I/N --shard-file FILE` wrote")
}

/// Whether the numbers that renderers count on are what they may be.
fn is_sound(shard: &Shard) -> bool {
    let is_rung = |standing: &Standing| standing.low <= 5 && standing.high <= 5;
    let is_sound = |system: &SystemAssessment| {
        [&system.availability, &system.survives, &system.scale].into_iter().all(is_rung)
            && system.targets.iter().all(|fit| is_rung(&fit.reach.availability) && is_rung(&fit.reach.scale))
            && system.suppressed.iter().all(|suppressed| suppressed.by < shard.judged.suppressions.len())
    };
    let part = shard.part;
    (1..=MOST_SHARDS).contains(&part.of)
        && (1..=part.of).contains(&part.number)
        && shard.judged.estate.iter().chain(shard.judged.systems.values()).all(is_sound)
}
