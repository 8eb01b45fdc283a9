//! A report in JSON, read as far as it is compared. Version 1 only ever gains fields, so what is missing is of an older
//! program, and what is not known is of a newer one.

use serde::Deserialize;

use crate::grade::Grade;
use crate::report::json;

/// The name of the schema up to its version.
const FAMILY: &str = "kubeworthy/report/";

/// A report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Report {
    pub(super) schema: String,
    pub(super) tool: Tool,
    pub(super) inputs: Inputs,
    pub(super) estate: System,
    pub(super) systems: Vec<System>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tool {
    pub(super) version: String,
    pub(super) rules_digest: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Inputs {
    pub(super) documents: usize,
    pub(super) understood: usize,
    pub(super) digest: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct System {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) grouped_by: String,
    pub(super) workloads: usize,
    pub(super) verdict: Option<json::Verdict>,
    pub(super) through: Option<String>,
    pub(super) need: Need,
    pub(super) confidence: u8,
    pub(super) ladders: Ladders,
    pub(super) claims: Vec<Claim>,
    pub(super) findings: Vec<Finding>,
    pub(super) unknowns: Vec<Unknown>,
    pub(super) targets: Vec<Target>,
    pub(super) suggested: Option<String>,
    pub(super) statements: Vec<Statement>,
    pub(super) suppressed: Vec<Suppressed>,
    pub(super) overlay: Option<Overlay>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Need {
    pub(super) score: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Ladders {
    pub(super) availability: Standing,
    pub(super) scale: Standing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Standing {
    pub(super) low: u8,
    pub(super) high: u8,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claim {
    pub(super) capability: String,
    #[serde(default)]
    pub(super) axis: String,
    pub(super) grade: Grade,
    #[serde(default)]
    pub(super) share: f64,
    #[serde(default)]
    pub(super) rules: Vec<String>,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) evidence: Vec<Place>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Finding {
    pub(super) code: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) level: String,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) evidence: Vec<Place>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Unknown {
    #[serde(default)]
    pub(super) question: String,
    pub(super) key: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Target {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Statement {
    pub(super) key: String,
    #[serde(default)]
    pub(super) value: String,
}

/// What does not count since somebody said so; what it would say is that of the rule.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Suppressed {
    pub(super) code: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) share: f64,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default)]
    pub(super) evidence: Vec<Place>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Overlay {
    pub(super) assessed: String,
}

/// A place of evidence.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Place {
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) object: Option<String>,
    pub(super) path: String,
}

/// Reads a report.
///
/// # Errors
///
/// What is wrong with it, in words that may follow the name of the file.
pub fn read(text: &str) -> Result<Report, String> {
    let report: Report = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("this is no report: {error}"))?;
    match report.schema.strip_prefix(FAMILY) {
        Some("v1") => Ok(report),
        Some(version) => Err(format!("this is a report of version {version}, and this program knows v1")),
        None if report.schema.is_empty() => Err("this is no report: it does not name its schema".to_owned()),
        None => Err(format!("this is no report but {}", report.schema)),
    }
}
