//! What a story under `fixtures/` expects, as `expect.yaml` says it, and how it is compared with what is found.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::Path;

use kubeworthy::Kit;
use kubeworthy::assessment::{Assessment, SystemAssessment};
use kubeworthy::choices::Choices;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::source::{Input, collect};
use serde::Deserialize;

/// A story, or one of its variants.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expectation {
    #[serde(default)]
    pub story: String,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub paths: Vec<String>,
    /// The context file, `none` for none; without it the `kubeworthy.yaml` of the story, where there is one.
    pub context: Option<String>,
    pub estate: Estate,
    #[serde(default)]
    pub claims: BTreeMap<String, String>,
    #[serde(default)]
    pub no_claims: Vec<String>,
    #[serde(default)]
    pub findings: Vec<String>,
    #[serde(default)]
    pub no_findings: Vec<String>,
    #[serde(default)]
    pub unknowns: Vec<String>,
    pub not_understood: Option<usize>,
    #[serde(default)]
    pub systems: BTreeMap<String, OfSystem>,
    #[serde(default)]
    pub says: Vec<String>,
    #[serde(default)]
    pub does_not_say: Vec<String>,
    #[serde(default)]
    pub variants: BTreeMap<String, Self>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Estate {
    pub verdict: String,
    pub need: Bounds,
    pub confidence: Bounds,
    #[serde(default)]
    pub suggested: Vec<String>,
    pub availability: Option<Rungs>,
    pub scale: Option<Rungs>,
}

/// What is expected of one system of several.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OfSystem {
    pub verdict: String,
    pub need: Bounds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bounds {
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
}

impl Bounds {
    pub fn hold(&self, value: f64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rungs {
    pub low: u8,
    pub high: u8,
}

/// The expectation of a story, read strictly.
pub fn read(folder: &Path) -> Expectation {
    let text = std::fs::read_to_string(folder.join("expect.yaml")).expect("every story has an expect.yaml");
    let expected: Expectation = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    assert!(!expected.story.is_empty() && !expected.why.is_empty(), "{folder:?} tells no story");
    let told =
        |variant: &Expectation| variant.story.is_empty() && variant.why.is_empty() && variant.variants.is_empty();
    assert!(expected.variants.values().all(told), "{folder:?}: a variant has no story of its own");
    expected
}

/// Assesses what a story or a variant of it names, with its context.
pub fn assess(folder: &Path, expected: &Expectation, kit: &Kit) -> Assessment {
    let paths = if expected.paths.is_empty() { vec![String::new()] } else { expected.paths.clone() };
    let inputs: Vec<Input> = paths.iter().map(|path| Input::Path(folder.join(path))).collect();
    let context = match expected.context.as_deref() {
        Some("none") => None,
        Some(name) => Some(folder.join(name)),
        None => Some(folder.join("kubeworthy.yaml")).filter(|file| file.is_file()),
    };
    let configuration_files = context.iter().map(|file| file.display().to_string()).collect();
    let mut collected = collect(&inputs, &Choices { configuration_files, ..Choices::default() });
    // Expectations and contexts that were not chosen are no part of what is assessed.
    let chosen = collected.choices.configuration_files.clone();
    let parts_of_the_story = ["expect.yaml", "kubeworthy.yaml"];
    collected.files.retain(|file| {
        let name: &str = &file.name;
        chosen.iter().any(|chosen| chosen == name)
            || !(parts_of_the_story.contains(&file.base_name()) || name.contains("/contexts/"))
    });
    kubeworthy::assess(&collected, kit)
}

/// The full screen with every run of blanks as one, so that sentences can be looked for across lines.
pub fn screen(assessment: &Assessment) -> String {
    let text = render(assessment, Format::Full, Layout { width: 100, colour: false, ..Layout::default() });
    one_line(&text)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The differences between what is expected and what is found.
pub fn differences(expected: &Expectation, assessment: &Assessment) -> Vec<String> {
    let mut differences = Vec::new();
    of_the_estate(expected, &assessment.estate, &mut differences);
    for (name, of_system) in &expected.systems {
        let Some(found) = assessment.systems.iter().find(|system| system.name == *name) else {
            let names: Vec<&str> = assessment.systems.iter().map(|system| system.name.as_str()).collect();
            differences.push(format!("there is no system {name}, but {names:?}"));
            continue;
        };
        if found.verdict.id() != of_system.verdict || !of_system.need.hold(found.need.score) {
            differences.push(format!("{name} is {} with a need of {}", found.verdict.id(), found.need.score));
        }
    }
    let count = assessment.inputs.not_understood.len();
    if expected.not_understood.is_some_and(|expected| expected != count) {
        differences.push(format!("{count} not understood"));
    }
    if !expected.says.is_empty() || !expected.does_not_say.is_empty() {
        let screen = screen(assessment);
        let says = |sentence: &String| screen.contains(&one_line(sentence));
        let missing = expected.says.iter().filter(|sentence| !says(sentence));
        differences.extend(missing.map(|sentence| format!("it does not say: {sentence}")));
        let unwanted = expected.does_not_say.iter().filter(|sentence| says(sentence));
        differences.extend(unwanted.map(|sentence| format!("it says: {sentence}")));
    }
    differences
}

fn of_the_estate(expected: &Expectation, estate: &SystemAssessment, differences: &mut Vec<String>) {
    let mut check = |holds: bool, what: String| {
        if !holds {
            differences.push(what);
        }
    };
    check(estate.verdict.id() == expected.estate.verdict, format!("verdict {}", estate.verdict.id()));
    check(expected.estate.need.hold(estate.need.score), format!("need {}", estate.need.score));
    check(expected.estate.confidence.hold(f64::from(estate.confidence)), format!("confidence {}", estate.confidence));
    let suggested = estate.suggested.clone().unwrap_or_default();
    let any = &expected.estate.suggested;
    check(any.is_empty() || any.contains(&suggested), format!("suggested {suggested}"));
    for (name, rungs, found) in [
        ("availability", &expected.estate.availability, estate.availability),
        ("scale", &expected.estate.scale, estate.scale),
    ] {
        let fits = rungs.as_ref().is_none_or(|rungs| (rungs.low, rungs.high) == (found.low, found.high));
        check(fits, format!("{name} {} to {}", found.low, found.high));
    }
    for (capability, grade) in &expected.claims {
        let found = estate.claims.iter().find(|claim| claim.capability == *capability).map(|claim| claim.grade.id());
        check(found == Some(grade.as_str()), format!("{capability} is {found:?} and not {grade}"));
    }
    for capability in &expected.no_claims {
        check(estate.claims.iter().all(|claim| claim.capability != *capability), format!("{capability} is claimed"));
    }
    let told = |code: &String| estate.findings.iter().any(|finding| finding.code == *code);
    for code in &expected.findings {
        check(told(code), format!("{code} is not told"));
    }
    for code in &expected.no_findings {
        check(!told(code), format!("{code} is told"));
    }
    for key in &expected.unknowns {
        check(estate.unknowns.iter().any(|unknown| unknown.key == *key), format!("{key} is not asked"));
    }
}
