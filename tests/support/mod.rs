//! What several tests share: the corpus beside the checkout, and how labels are compared with verdicts.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kubeworthy::assessment::{Assessment, Verdict};
use kubeworthy::choices::Choices;
use kubeworthy::source::{Input, collect};
use kubeworthy::{Kit, OwnFiles, assess};

/// The corpus, where it stands beside the checkout.
pub fn corpus() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let path = path.canonicalize().ok();
    if path.is_none() {
        eprintln!("skipped: there is no ../shared/corpus beside the checkout");
    }
    path
}

/// The kit that ships with the program.
pub fn kit() -> Kit {
    Kit::load(&OwnFiles::default()).expect("the built-in data")
}

/// Assesses files or folders.
pub fn assess_paths(paths: &[PathBuf], kit: &Kit) -> Assessment {
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::Path).collect();
    assess(&collect(&inputs, &Choices::default()), kit)
}

/// One labelled system of the corpus.
#[derive(Debug)]
pub struct Labelled {
    pub id: String,
    pub inputs: String,
    pub labels: Vec<String>,
    pub files: Vec<PathBuf>,
    /// Those of the files that belong to Compose.
    pub compose_files: Vec<PathBuf>,
}

/// The systems of the corpus with their labels and files, in the order of the list.
pub fn labelled_systems(corpus: &Path) -> Vec<Labelled> {
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let mut compose: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for row in rows(&corpus.join("PROVENANCE.tsv")) {
        if let (Some(path), Some(kind), Some(system)) = (row.first(), row.get(4), row.get(7)) {
            files.entry(system.clone()).or_default().push(corpus.join(path));
            if matches!(kind.as_str(), "compose" | "env") {
                compose.entry(system.clone()).or_default().push(corpus.join(path));
            }
        }
    }
    rows(&corpus.join("SYSTEMS.tsv"))
        .into_iter()
        .map(|row| Labelled {
            id: row[0].clone(),
            inputs: row[2].clone(),
            labels: [&row[4], &row[5]].into_iter().filter(|label| !label.is_empty()).cloned().collect(),
            files: files.get(&row[0]).cloned().unwrap_or_default(),
            compose_files: compose.get(&row[0]).cloned().unwrap_or_default(),
        })
        .collect()
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("a table of the corpus");
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Whether a verdict agrees with one rater's label; see the corpus' own description.
pub fn accepts(label: &str, verdict: Verdict) -> bool {
    use Verdict::{Debatable, Justified, KubernetesNative, Needless};
    match label {
        "needless" => verdict == Needless,
        "doubtful" => matches!(verdict, Needless | Debatable),
        "arguable" => matches!(verdict, Needless | Debatable | Justified),
        "justified" | "k8s-native" => matches!(verdict, Justified | KubernetesNative),
        _ => false,
    }
}

/// Whether a label says that Kubernetes is needed.
pub fn is_needed(label: &str) -> bool {
    matches!(label, "justified" | "k8s-native")
}

/// The needs of two assessments over the capabilities that both claim.
pub fn intersection(
    left: &kubeworthy::assessment::SystemAssessment,
    right: &kubeworthy::assessment::SystemAssessment,
    kit: &Kit,
) -> (f64, f64) {
    use kubeworthy::assessment::score::{Candidate, Hosting, Need, best};
    let both = |claims: &[kubeworthy::assessment::Claim], other: &[kubeworthy::assessment::Claim]| -> Vec<Need> {
        claims
            .iter()
            .filter(|claim| other.iter().any(|there| there.capability == claim.capability))
            .filter_map(|claim| {
                Some(Need { capability: kit.capabilities.find(&claim.capability)?, grade: claim.grade })
            })
            .collect()
    };
    let targets = kit.catalogue.targets().iter().filter(|target| target.admissible_when.is_none());
    let candidates: Vec<Candidate<'_>> = targets
        .map(|target| Candidate { target, admissible: true, why_not: Vec::new(), violations: Vec::new() })
        .collect();
    let score = |needs: &[Need]| best(&candidates, needs, Hosting::Any, &kit.constants).need;
    (score(&both(&left.claims, &right.claims)), score(&both(&right.claims, &left.claims)))
}
