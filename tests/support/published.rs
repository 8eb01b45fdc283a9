//! The published cases and the traps of `fixtures/cases/cases.yaml`.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kubeworthy::Kit;
use kubeworthy::assessment::{SystemAssessment, Verdict};
use serde::Deserialize;

use crate::agreement::estate_of;
use crate::support::{assess_paths, labelled_systems};
use crate::written_ladder::assess_folder;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub cases: Vec<Case>,
    pub traps: Vec<Trap>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub number: u32,
    pub name: String,
    /// `O`, `D`, `N`, `N or D` or `L`.
    pub verdict: String,
    pub folder: Option<String>,
    pub corpus: Option<String>,
    /// What the source itself uses or advises.
    pub targets: Vec<String>,
    pub why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Trap {
    pub name: String,
    pub folder: Option<String>,
    pub corpus: Option<String>,
    /// Only the files of the system whose path holds this.
    pub under: Option<String>,
    /// A path below the corpus.
    pub path: Option<String>,
    pub allowed: Vec<String>,
    #[serde(default)]
    pub claims: Vec<String>,
    #[serde(default)]
    pub no_claims: Vec<String>,
    /// Points that a capability may bring at most.
    #[serde(default)]
    pub share_at_most: BTreeMap<String, f64>,
    pub why: String,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

pub fn read() -> Published {
    let text = std::fs::read_to_string(root().join("cases.yaml")).expect("the cases");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("cases.yaml: {error}"))
}

/// Why verdicts differ, by the system's id or `case`, its number and its name.
pub fn reasons() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(root().join("reasons.yaml")).expect("the reasons");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("reasons.yaml: {error}"))
}

impl Case {
    /// The key of its reason.
    pub fn key(&self) -> String {
        format!("case {} {}", self.number, self.name)
    }

    /// The assessment, with its context or without; none where its files are not there.
    pub fn assess(&self, with_context: bool, corpus: Option<&Path>, kit: &Kit) -> Option<SystemAssessment> {
        match (&self.folder, &self.corpus) {
            (Some(folder), _) => Some(assess_folder(&root().join(folder), with_context, kit).estate),
            (None, Some(id)) => Some(of_corpus(id, None, corpus?, kit)),
            (None, None) => None,
        }
    }

    /// Whether a verdict is the published one; none where nothing is claimed about it.
    pub fn agrees(&self, verdict: Verdict) -> Option<bool> {
        let simple = verdict == Verdict::Needless;
        let between = verdict == Verdict::Debatable;
        let needed = matches!(verdict, Verdict::Justified | Verdict::KubernetesNative);
        match self.verdict.as_str() {
            "O" => Some(simple),
            "D" => Some(between),
            "N" => Some(needed),
            "N or D" => Some(needed || between),
            "L" => None,
            other => panic!("{}: no verdict {other}", self.name),
        }
    }

    /// Whether the source says that Kubernetes is needed.
    pub fn is_needed(&self) -> bool {
        self.verdict == "N"
    }
}

fn of_corpus(id: &str, under: Option<&str>, corpus: &Path, kit: &Kit) -> SystemAssessment {
    let system = labelled_systems(corpus).into_iter().find(|system| system.id == id);
    let system = system.unwrap_or_else(|| panic!("no system {id} in the corpus"));
    let wanted = |file: &PathBuf| under.is_none_or(|under| file.display().to_string().contains(under));
    let files: Vec<PathBuf> = system.files.into_iter().filter(wanted).collect();
    estate_of(&files, kit)
}

impl Trap {
    pub fn assess(&self, corpus: Option<&Path>, kit: &Kit) -> Option<SystemAssessment> {
        match (&self.folder, &self.corpus, &self.path) {
            (Some(folder), ..) => Some(assess_folder(&root().join(folder), true, kit).estate),
            (None, Some(id), _) => Some(of_corpus(id, self.under.as_deref(), corpus?, kit)),
            (None, None, Some(path)) => Some(assess_paths(&[corpus?.join(path)], kit).estate),
            (None, None, None) => None,
        }
    }

    /// What does not hold.
    pub fn broken(&self, estate: &SystemAssessment) -> Vec<String> {
        let claim = |id: &String| estate.claims.iter().find(|claim| claim.capability == *id);
        let mut broken = Vec::new();
        if !self.allowed.iter().any(|allowed| allowed == estate.verdict.id()) {
            broken.push(format!("it is {}", estate.verdict.id()));
        }
        broken.extend(self.claims.iter().filter(|id| claim(id).is_none()).map(|id| format!("{id} is not seen")));
        broken.extend(self.no_claims.iter().filter(|id| claim(id).is_some()).map(|id| format!("{id} is claimed")));
        let heavy = self.share_at_most.iter().filter(|(id, most)| claim(id).is_some_and(|claim| claim.share > **most));
        broken.extend(heavy.map(|(id, most)| format!("{id} brings more than {most}")));
        broken
    }
}
