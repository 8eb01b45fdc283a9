//! The verdict: the first row of the table that applies.

use serde::{Deserialize, Serialize};

use super::constants::Constants;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Something simpler would do.
    Needless,
    /// Both can be argued.
    Debatable,
    /// The needs call for it.
    Justified,
    /// It is made of Kubernetes.
    KubernetesNative,
    /// Too little was understood.
    Inconclusive,
}

impl Verdict {
    /// Its name in files and reports.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Needless => "needless",
            Self::Debatable => "debatable",
            Self::Justified => "justified",
            Self::KubernetesNative => "k8s-native",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// What the verdict is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Grounds {
    /// The need, 0 to 100.
    pub need: f64,
    /// The need from proven claims alone.
    pub proven_need: f64,
    /// Confidence in percent.
    pub confidence: f64,
    /// The share of what extends or drives Kubernetes, 0 to 1.
    pub platform_share: f64,
    /// Whether it is made of agents of the nodes alone.
    pub node_agents_only: bool,
    /// Whether there is anything to assess.
    pub assessable: bool,
    /// Whether well-known add-ons were set aside, so that "needless" cannot be said.
    pub add_ons_set_aside: bool,
    /// Whether a kind of workloads could not be listed whole, so that "needless" cannot be said.
    pub misses_workloads: bool,
}

/// The verdict.
#[must_use]
pub fn verdict(grounds: &Grounds, constants: &Constants) -> Verdict {
    let (bands, confidence) = (&constants.bands, &constants.confidence);
    if grounds.platform_share >= constants.platform_share || grounds.node_agents_only {
        return Verdict::KubernetesNative;
    }
    let unclear = grounds.confidence < confidence.inconclusive_below || !grounds.assessable;
    // Missing evidence can only add to what is proven already.
    if unclear && grounds.proven_need < bands.justified_from {
        return Verdict::Inconclusive;
    }
    if grounds.need >= bands.justified_from {
        Verdict::Justified
    } else if grounds.need >= bands.needless_below
        || grounds.confidence < confidence.needless_from
        || grounds.add_ons_set_aside
        || grounds.misses_workloads
    {
        Verdict::Debatable
    } else {
        Verdict::Needless
    }
}

/// How much of the input was understood, 0 to 1: workloads against opaque ones and unreadable documents.
#[must_use]
pub fn understood(workloads: usize, opaque: usize, unreadable: usize, constants: &Constants) -> f64 {
    let workloads = workloads as f64;
    let all = workloads + opaque as f64 + constants.confidence.unreadable_weight * unreadable as f64;
    if all == 0.0 { 0.0 } else { workloads / all }
}

/// Confidence, 0 to 1. `proven` and `firm` count claims: proven ones, and those effective or better. `answered` is the
/// share of what only the owner can say that was stated, `live` that of the workloads that were seen live, 0 to 1.
#[must_use]
pub fn confidence(understood: f64, proven: usize, firm: usize, answered: f64, live: f64, constants: &Constants) -> f64 {
    let floor = constants.confidence.claims_floor;
    let claims = if firm == 0 { 1.0 } else { floor + (1.0 - floor) * proven as f64 / firm as f64 };
    // Without one of them at all its factor counts, with all of it none, and in between what lies between.
    let part = |without: f64, share: f64| without + (1.0 - without) * share;
    let asked = part(constants.confidence.without_context, answered);
    understood * claims * part(constants.confidence.without_live_state, live) * asked
}
