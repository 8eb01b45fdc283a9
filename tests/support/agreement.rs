//! The labelled corpus against what is found, beside two baselines.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};

use kubeworthy::assessment::{SystemAssessment, Verdict, assess_estate};
use kubeworthy::choices::Choices;
use kubeworthy::source::{Collected, Input, collect};
use kubeworthy::{Kit, read};
use rayon::prelude::*;

use crate::support::{Labelled, accepts, is_needed, labelled_systems};

/// "Any custom resource definition, operator resource, controller, kubelet path or fleet of accelerators".
fn one_line_rule(estate: &SystemAssessment) -> Verdict {
    let marks =
        ["extends-kubernetes", "operator-managed-data", "operator-managed-batch", "node-plugin", "accelerator-fleet"];
    let any = estate.claims.iter().any(|claim| marks.contains(&claim.capability.as_str()));
    if any { Verdict::Justified } else { Verdict::Needless }
}

/// A labelled system and what is found.
pub struct Judged {
    pub system: Labelled,
    pub estate: SystemAssessment,
}

impl Judged {
    /// Whether the system has labels to be held against.
    pub fn counts(&self) -> bool {
        self.system.labels.iter().any(|label| label != "n/a")
    }

    /// Whether a verdict is what one of the raters said. Nothing can be concluded where no workload is in the files.
    pub fn agrees_with(&self, verdict: Verdict) -> bool {
        let nothing_in_it = verdict == Verdict::Inconclusive && self.estate.workloads == 0;
        nothing_in_it || self.system.labels.iter().any(|label| accepts(label, verdict))
    }

    pub fn agrees(&self) -> bool {
        self.agrees_with(self.estate.verdict)
    }

    /// Whether both raters say that Kubernetes is needed.
    pub fn is_needed(&self) -> bool {
        !self.system.labels.is_empty() && self.system.labels.iter().all(|label| is_needed(label))
    }
}

/// The estate of some files alone, which takes a part of the time of the whole.
pub fn estate_of(files: &[PathBuf], kit: &Kit) -> SystemAssessment {
    let inputs: Vec<Input> = files.iter().cloned().map(Input::Path).collect();
    estate_of_collected(&collect(&inputs, &Choices::default()), kit)
}

/// The same of files that were read already.
pub fn estate_of_collected(collected: &Collected, kit: &Kit) -> SystemAssessment {
    let inventory = read(collected, kit).expect("no overlay is named");
    assess_estate(&inventory, &collected.files, &kit.yardstick())
}

/// Every system of the corpus with its assessment.
pub fn judge(corpus: &Path, kit: &Kit) -> Vec<Judged> {
    let judge = |system: Labelled| Judged { estate: estate_of(&system.files, kit), system };
    labelled_systems(corpus).into_par_iter().map(judge).collect()
}

/// Counts over some systems.
#[derive(Default)]
pub struct Tally {
    pub agree: usize,
    pub always: usize,
    pub one_line: usize,
    pub all: usize,
}

impl Tally {
    pub fn of<'j>(judged: impl Iterator<Item = &'j Judged>) -> Self {
        let mut tally = Self::default();
        for judged in judged.filter(|judged| judged.counts()) {
            tally.all += 1;
            tally.agree += usize::from(judged.agrees());
            tally.always += usize::from(judged.agrees_with(Verdict::Needless));
            tally.one_line += usize::from(judged.agrees_with(one_line_rule(&judged.estate)));
        }
        tally
    }

    pub fn share(&self) -> f64 {
        self.agree as f64 / self.all as f64
    }

    /// The same as a line of a table.
    pub fn row(&self, name: &str) -> String {
        let percent = |count: usize| count as f64 / self.all as f64 * 100.0;
        format!(
            "| {name} | {} of {} | {:.1} % | {:.1} % | {:.1} % |",
            self.agree,
            self.all,
            percent(self.agree),
            percent(self.always),
            percent(self.one_line)
        )
    }
}

/// What both tables and tests ask of the whole.
pub struct Outcome {
    pub every: Tally,
    pub manifests: Tally,
    pub compose: Tally,
    /// Systems that both raters call needed, and those of them that are found.
    pub needed: (usize, usize),
    /// Needed by at least one rater, and found needless.
    pub false_needless: Vec<String>,
    /// Needless by both raters, and found justified or native.
    pub false_justified: Vec<String>,
    pub inconclusive: Vec<String>,
}

pub fn outcome(judged: &[Judged]) -> Outcome {
    let found = |verdict: Verdict| matches!(verdict, Verdict::Justified | Verdict::KubernetesNative);
    let counted = || judged.iter().filter(|judged| judged.counts());
    let ids = |which: &dyn Fn(&Judged) -> bool| -> Vec<String> {
        counted().filter(|judged| which(judged)).map(|judged| judged.system.id.clone()).collect()
    };
    let labelled = |judged: &Judged, label: &str| judged.system.labels.iter().all(|known| known == label);
    Outcome {
        every: Tally::of(judged.iter()),
        manifests: Tally::of(judged.iter().filter(|judged| judged.system.inputs != "compose")),
        compose: Tally::of(judged.iter().filter(|judged| judged.system.inputs == "compose")),
        needed: (
            counted().filter(|judged| judged.is_needed()).count(),
            counted().filter(|judged| judged.is_needed() && found(judged.estate.verdict)).count(),
        ),
        false_needless: ids(&|judged| {
            judged.system.labels.iter().any(|label| is_needed(label)) && judged.estate.verdict == Verdict::Needless
        }),
        false_justified: ids(&|judged| labelled(judged, "needless") && found(judged.estate.verdict)),
        inconclusive: ids(&|judged| judged.estate.verdict == Verdict::Inconclusive),
    }
}
