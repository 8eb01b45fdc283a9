//! Answers for coding agents: small, with the weightiest of everything, as a structure with a schema and as a text that
//! says the same. Agents pay for what they read, so lists are short and say how much they leave out.

mod compare;
mod text;

pub use compare::{Compared, Comparison, Fitting, compare};

use schemars::JsonSchema;
use serde::Serialize;

use super::sentences::{beside_the_verdict, moves, position, said};
use super::words;
use crate::assessment::{Assessment, Claim, FindingReport, Fit, Location, SystemAssessment, Verdict};
use crate::language::{Prose, Voice};
use crate::text::sanitize::for_terminal;

/// The name of the answer of `assess`.
pub const ASSESS: &str = "kubeworthy/agents/assess/v1";
/// The most entries of a list.
const SHOWN: usize = 6;
/// The most systems that are told in one line each.
const SYSTEMS: usize = 20;
/// The most characters of one sentence; names from files may be of any length.
const LONGEST: usize = 400;

/// The first entries of a list, and how many are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Short<T> {
    /// The first.
    pub shown: Vec<T>,
    /// How many more there are.
    pub more: usize,
}

impl<T> Short<T> {
    /// The first `most` of what there is, as `of` shows it.
    pub(crate) fn of<S>(all: &[S], most: usize, of: impl Fn(&S) -> T) -> Self {
        Self { shown: all.iter().take(most).map(of).collect(), more: all.len().saturating_sub(most) }
    }
}

/// The answer of `assess`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Answer {
    /// `kubeworthy/agents/assess/v1`.
    pub schema: &'static str,
    /// What the answer is about: the one system, the one that was asked for, or all of them together.
    pub about: About,
    /// Where there are several: each in short, those that need Kubernetes most first.
    pub systems: Short<Brief>,
    /// What was read.
    pub read: Read,
    /// What went wrong while reading, and what to do about it.
    pub warnings: Short<String>,
    /// The whole report, `kubeworthy/report/v1`, where it was asked for.
    pub report: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What was read.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Read {
    /// Documents.
    pub documents: usize,
    /// How many documents and files could not be understood, so that they count as unknown.
    pub not_understood: usize,
}

/// One system, or all together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct About {
    /// Its id; `estate` for all together.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many workloads it has.
    pub workloads: usize,
    /// needless, debatable, justified, k8s-native or inconclusive.
    pub verdict: &'static str,
    /// The verdict in one sentence.
    pub answer: String,
    /// The need for Kubernetes.
    pub need: Need,
    /// How much could be seen and is consistent, in percent.
    pub confidence: u8,
    /// What brings the need, the largest share first.
    pub why: Short<Why>,
    /// The smallest changes that give another verdict.
    pub flips: Short<Flip>,
    /// The target that is suggested; null where nothing can be.
    pub suggested: Option<Suggested>,
    /// The ids of other targets that fit equally well.
    pub equally_good: Vec<String>,
    /// What qualifies the verdict.
    pub remarks: Short<String>,
    /// What no file says and its owner could state, what could move the need most first.
    pub unknowns: Short<Unknown>,
    /// Findings, warnings first: one for each rule.
    pub findings: Short<Finding>,
    /// How many claims and findings do not count since somebody suppressed them.
    pub suppressed: usize,
    /// What to ask or call next.
    pub next: String,
}

/// The need in points, 0 to 100.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Need {
    /// The score.
    pub score: f64,
    /// By what is proven alone.
    pub low: f64,
    /// If everything open turned out at its costliest.
    pub high: f64,
    /// Below this, Kubernetes is needless.
    pub needless_below: f64,
    /// From this on, it is justified.
    pub justified_from: f64,
}

/// A claim.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Why {
    /// The capability that is needed.
    pub capability: String,
    /// Its share of the need, in points.
    pub share: f64,
    /// declared, effective, corroborated or proven.
    pub grade: &'static str,
    /// What is said.
    pub message: String,
    /// The codes of the rules that say so, for `explain_rule`.
    pub rules: Vec<String>,
    /// The first place, as `file:line:column`.
    pub at: Option<String>,
    /// How many more places there are.
    pub more_places: usize,
}

/// A change that gives another verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Flip {
    /// The verdict after it.
    pub verdict: &'static str,
    /// The need after it.
    pub need: f64,
    /// The change, in words that follow "if".
    pub change: String,
}

/// The suggested target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Suggested {
    /// Its id, for `compare_targets`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Effort of running it, 1 to 10.
    pub effort: u8,
    /// The chance that it falls short, 0 to 1.
    pub falls_short: f64,
    /// What is to be done there.
    pub work: Short<String>,
    /// What is hard there or lost.
    pub losses: Short<String>,
}

/// A question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unknown {
    /// The key to state the answer with, or the code of the rule that could not be answered.
    pub key: String,
    /// The question.
    pub question: String,
    /// The need after the least answer.
    pub low: f64,
    /// The need after the costliest answer.
    pub high: f64,
}

/// A finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// The code of its rule, for `explain_rule`.
    pub code: String,
    /// `warning` or `note`.
    pub level: &'static str,
    /// What is said.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Where, as `file:line:column`.
    pub at: Option<String>,
    /// How many more findings the same rule has.
    pub more: usize,
}

/// A system in one line.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Brief {
    /// Its id, to ask for it as `system`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its verdict.
    pub verdict: &'static str,
    /// Its need.
    pub need: f64,
    /// How much could be seen and is consistent, in percent.
    pub confidence: u8,
    /// The id of the suggested target.
    pub suggested: Option<String>,
}

/// The answer about one system by its name or id, about the only one, or about all together.
///
/// # Errors
///
/// When there is no system of that name: the names that there are.
pub fn answer(assessment: &Assessment, system: Option<&str>, warnings: &[String]) -> Result<Answer, Vec<String>> {
    let subject = subject(assessment, system)?;
    let mut others: Vec<&SystemAssessment> =
        if subject.is_estate { assessment.systems.iter().collect() } else { vec![] };
    others.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    let inputs = &assessment.inputs;
    Ok(Answer {
        schema: ASSESS,
        about: about(assessment, subject),
        systems: Short::of(&others, SYSTEMS, |system| brief(system)),
        read: Read { documents: inputs.documents, not_understood: inputs.not_understood.len() },
        warnings: Short::of(warnings, SHOWN, |warning| shown(warning)),
        report: None,
    })
}

/// The system with this name or id; without one the only system, or all together.
pub(super) fn subject<'a>(
    assessment: &'a Assessment,
    system: Option<&str>,
) -> Result<&'a SystemAssessment, Vec<String>> {
    match (system, assessment.systems.as_slice()) {
        (Some(asked), systems) => {
            let found = systems.iter().find(|system| system.id == asked || system.name == asked);
            let found = found.or((asked == assessment.estate.id).then_some(&assessment.estate));
            found.ok_or_else(|| systems.iter().map(|system| shown(&system.id)).collect())
        }
        (None, [only]) => Ok(only),
        (None, _) => Ok(&assessment.estate),
    }
}

fn about(assessment: &Assessment, system: &SystemAssessment) -> About {
    let claims: Vec<&Claim> = system.claims.iter().filter(|claim| claim.share >= 0.05).collect();
    let mut findings: Vec<(&FindingReport, usize)> = super::sentences::habits(system);
    findings.sort_by_key(|(finding, _)| finding.level != crate::rules::file::Level::Warning);
    let unknowns: Vec<_> = system.unknowns.iter().filter(|unknown| moves(unknown)).collect();
    let suggestion = words::suggested(system);
    // The suggestion and its equals stand by themselves.
    let remarks: Vec<Prose> = beside_the_verdict(assessment, system)
        .into_iter()
        .filter(|remark| !["Suggested:", "Equally good:"].iter().any(|head| remark.pattern().starts_with(head)))
        .collect();
    About {
        id: shown(&system.id),
        name: shown(&system.name),
        workloads: system.workloads,
        verdict: system.verdict.id(),
        answer: prose(&words::verdict_sentence(assessment, system)),
        need: Need {
            score: system.need.score,
            low: system.need.low,
            high: system.need.high,
            needless_below: assessment.bands.0,
            justified_from: assessment.bands.1,
        },
        confidence: system.confidence,
        why: Short::of(&claims, SHOWN, |claim| why(claim)),
        flips: Short::of(&system.flips, SHOWN, |flip| Flip {
            verdict: flip.verdict.id(),
            need: flip.need,
            change: prose(&flip.change),
        }),
        suggested: suggestion.map(suggested),
        equally_good: suggestion
            .map_or_else(Vec::new, |fit| words::equally_good(system, fit).map(|other| shown(&other.id)).collect()),
        remarks: Short::of(&remarks, SHOWN, prose),
        unknowns: Short::of(&unknowns, SHOWN, |unknown| Unknown {
            key: shown(&unknown.key),
            question: prose(&unknown.question),
            low: unknown.could_move.0,
            high: unknown.could_move.1,
        }),
        findings: Short::of(&findings, SHOWN, |(finding, times)| Finding {
            code: shown(&finding.code),
            level: finding.level.id(),
            message: prose(&finding.message),
            help: shown(&finding.help),
            at: finding.evidence.first().map(place),
            more: times.saturating_sub(1),
        }),
        suppressed: system.suppressed.len(),
        next: next(assessment, system),
    }
}

/// What to do with the answer. It is about asking further, not about what is right: that, the verdict says.
fn next(assessment: &Assessment, system: &SystemAssessment) -> String {
    let could_rise = system.unknowns.iter().any(|unknown| unknown.could_move.1 >= assessment.bands.0);
    let ask = if could_rise { " Ask the unknowns first: their answers could change it." } else { "" };
    match system.verdict {
        Verdict::Needless => {
            format!("tell the user, and offer the suggested target, before anything is written for Kubernetes.{ask}")
        }
        Verdict::Debatable => {
            "put both sides to the user, with the unknowns; `compare_targets` shows what each place takes.".to_owned()
        }
        Verdict::Justified | Verdict::KubernetesNative => {
            "Kubernetes is called for; what the findings name can still be simpler.".to_owned()
        }
        Verdict::Inconclusive => "let more be seen: pass what is missing in `paths` or `inline`, of a chart what \
                                  `helm template` prints, and ask again."
            .to_owned(),
    }
}

fn why(claim: &Claim) -> Why {
    Why {
        capability: shown(&claim.capability),
        share: claim.share,
        grade: claim.grade.id(),
        message: prose(&claim.message),
        rules: claim.rules.iter().map(|code| shown(code)).collect(),
        at: claim.evidence.first().map(place),
        more_places: claim.evidence.len().saturating_sub(1),
    }
}

fn suggested(fit: &Fit) -> Suggested {
    Suggested {
        id: shown(&fit.id),
        name: prose(&words::placed_alone(fit)),
        effort: fit.effort_with_split(),
        falls_short: thousandths(fit.least_shortfall()),
        work: Short::of(&fit.work, SHOWN, |work| format!("{}: {}", shown(&work.capability), prose(&work.item))),
        losses: Short::of(&fit.losses, SHOWN, |loss| format!("{}: {}", shown(&loss.capability), prose(&loss.item))),
    }
}

fn brief(system: &SystemAssessment) -> Brief {
    Brief {
        id: shown(&system.id),
        name: shown(&system.name),
        verdict: system.verdict.id(),
        need: system.need.score,
        confidence: system.confidence,
        suggested: system.suggested.clone(),
    }
}

fn place(location: &Location) -> String {
    cut(&position(location))
}

/// A sentence, safe to show and of bearable length.
fn prose(prose: &Prose) -> String {
    cut(&said(Voice::default(), prose))
}

/// A text from somebody's file, safe to show and of bearable length.
pub(crate) fn shown(text: &str) -> String {
    cut(&for_terminal(text))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
