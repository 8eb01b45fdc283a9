//! What the gate says of an assessment. The gate itself is in [`crate::gate`]; this is its answer, for renderers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Location, SystemAssessment, Verdict};
use crate::language::Prose;

/// The answer of the gate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateReport {
    /// Why it fails, in the order of the systems; it passes where there is none.
    pub failures: Vec<GateFailure>,
    /// What may be told beside that: better verdicts, entries of the baseline that no longer apply.
    pub notes: Vec<GateNote>,
    /// The baseline that everything was held against, or several with commas; none where there is none yet.
    pub baseline: Option<String>,
    /// What was asked to fail, as it may be written after `--fail-on`, sorted.
    pub fail_on: Vec<String>,
    /// The need below which a system fails, the highest of all; none where no need fails.
    pub need_at_least: Option<f64>,
    /// How many systems there are, where only those are told to which changed files belong.
    pub touched_of: Option<usize>,
    /// The files that changed, as the assessment names files, where only such systems are told.
    pub touched_files: BTreeSet<String>,
    /// How many findings the baseline knows already.
    pub known_findings: usize,
    /// Which they are: by the id of the system, or of the estate, their places in its list of findings.
    pub known: BTreeMap<String, BTreeSet<usize>>,
}

impl GateReport {
    /// Whether it passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.failures.is_empty()
    }

    /// Whether the baseline knows a finding of a system, or of the estate, by its place in the list of them.
    #[must_use]
    pub fn knows(&self, system: &SystemAssessment, finding: usize) -> bool {
        self.known.get(&system.id).is_some_and(|known| known.contains(&finding))
    }

    /// Whether it fails for a finding of a system, or of the estate, by its place in the list of them.
    #[must_use]
    pub fn fails_for(&self, system: &SystemAssessment, finding: usize) -> bool {
        let id = (!system.is_estate).then_some(&system.id);
        self.failures.iter().any(|failure| failure.finding == Some(finding) && failure.system.as_ref() == id)
    }
}

/// Why the gate fails.
#[derive(Clone, Debug, PartialEq)]
pub struct GateFailure {
    /// What was asked to fail, as it may be written after `--fail-on`, or `gate` for a need below `--gate`.
    pub cause: String,
    /// The code that it is told under: that of the rule, `KW000` for verdicts, `KW951` to `KW954` for suppressions.
    pub code: String,
    /// The id of the system; none for what belongs to no system.
    pub system: Option<String>,
    /// For findings: the place in the list of those of the system, or of the estate.
    pub finding: Option<usize>,
    /// What happened.
    pub message: Prose,
    /// What to do.
    pub help: Prose,
    /// The verdict and the need in the baseline, where it knows the system.
    pub before: Option<(Verdict, f64)>,
    /// Where.
    pub place: Option<Location>,
}

/// Something about the gate that makes nothing fail.
#[derive(Clone, Debug, PartialEq)]
pub struct GateNote {
    /// What sort: `better`, `gone`, `in-part`, `never-fails`, `no-baseline`, `rules-differ`.
    pub kind: &'static str,
    /// What is said.
    pub message: Prose,
    /// What to do; may be empty.
    pub help: Prose,
}
