//! The answer of the gate in the report.

use schemars::JsonSchema;
use serde::Serialize;

use super::convert::place;
use super::{Place, Verdict};
use crate::assessment;
use crate::report::gate::Answer;

/// The answer of the gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Gate {
    /// Whether it passes; false too where there was nothing to check.
    pub passed: bool,
    /// What came of it: `passed`, `failed`, or `nothing-checked` where no system was found.
    pub answer: &'static str,
    /// What was asked to fail, as it may be written after `--fail-on`, sorted.
    pub fail_on: Vec<String>,
    /// The need below which a system fails, the highest of all; null where no need fails.
    pub need_at_least: Option<f64>,
    /// The baseline that everything was held against; null where there is none yet.
    pub baseline: Option<String>,
    /// How many findings the baseline knows.
    pub known_findings: usize,
    /// How many systems there are, where only those are told to which changed files belong; null where all are told.
    pub touched_of: Option<usize>,
    /// Why it fails.
    pub failures: Vec<GateFailure>,
    /// What may be told beside that, and makes nothing fail.
    pub notes: Vec<GateNote>,
}

/// Why the gate fails.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateFailure {
    /// What was asked to fail, as it may be written after `--fail-on`, or `gate` for a need below `--gate`.
    pub cause: String,
    /// The code of the rule, `KW000` for verdicts, `KW951` to `KW954` for suppressions.
    pub code: String,
    /// The id of the system; null for what belongs to no system.
    pub system: Option<String>,
    /// What happened.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
    /// What the baseline says of the system; null where it does not know it.
    pub before: Option<GateBefore>,
    /// Where; null where it stands nowhere.
    pub place: Option<Place>,
}

/// What the baseline says of a system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateBefore {
    /// The verdict.
    pub verdict: Verdict,
    /// The need in points, 0 to 100.
    pub need: f64,
}

/// Something about the gate that makes nothing fail.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateNote {
    /// What sort: `better`, `gone`, `in-part`, `never-fails`, `no-baseline`, `rules-differ`.
    pub kind: String,
    /// What is said.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

impl Gate {
    /// The answer of the gate to an assessment.
    pub(super) fn of(assessment: &assessment::Assessment, gate: &assessment::GateReport) -> Self {
        let answer = Answer::of(assessment, gate);
        let failure = |failure: &assessment::GateFailure| GateFailure {
            cause: failure.cause.clone(),
            code: failure.code.clone(),
            system: failure.system.clone(),
            message: failure.message.to_string(),
            help: failure.help.to_string(),
            before: failure.before.map(|(verdict, need)| GateBefore { verdict: verdict.into(), need }),
            place: failure.place.as_ref().map(place),
        };
        let note = |note: &assessment::GateNote| GateNote {
            kind: note.kind.to_owned(),
            message: note.message.to_string(),
            help: note.help.to_string(),
        };
        Self {
            passed: answer == Answer::Passed,
            answer: answer.id(),
            fail_on: gate.fail_on.clone(),
            need_at_least: gate.need_at_least,
            baseline: gate.baseline.clone(),
            known_findings: gate.known_findings,
            touched_of: gate.touched_of,
            failures: gate.failures.iter().map(failure).collect(),
            notes: gate.notes.iter().map(note).collect(),
        }
    }
}
