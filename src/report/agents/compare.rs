//! Targets compared for coding agents: what each takes, what is lost there, what rules it out.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Brief, SHOWN, Short, brief, place, prose, shown, subject, thousandths};
use crate::assessment::{Assessment, Fit, SystemAssessment};
use crate::report::sentences::{kinds_of, operator};
use crate::text::sanitize::for_terminal;

/// The name of the answer of `compare_targets`.
const COMPARE: &str = "kubeworthy/agents/compare-targets/v1";
/// The most targets that are compared without being asked for by name.
const COMPARED: usize = 10;

/// The answer of `compare_targets`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Comparison {
    /// `kubeworthy/agents/compare-targets/v1`.
    pub schema: &'static str,
    /// The system that they were held against; null where the catalogue is described.
    pub about: Option<Brief>,
    /// The targets: the suggested one first, then the simpler ones; those that were asked for in their order.
    pub targets: Short<Compared>,
    /// What went wrong while reading, and what to do about it.
    pub warnings: Short<String>,
}

/// A target.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Compared {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// 1 simple target, 2 lighter orchestrator, 3 Kubernetes of more than one node.
    pub tier: u8,
    /// Effort of running it, 1 to 10.
    pub effort: u8,
    /// Who runs it, and where their seat is.
    pub operator: String,
    /// What it is and whom it fits; null where it was held against a system.
    pub summary: Option<String>,
    /// How it fits the system; null where the catalogue is described.
    pub fit: Option<Fitting>,
}

/// How a target fits a system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Fitting {
    /// Whether it is the one that is suggested.
    pub suggested: bool,
    /// Whether it may be considered: nothing that is proven is missing there, and its owner does not rule it out.
    pub usable: bool,
    /// Why it may not be considered.
    pub why_not: Short<String>,
    /// The chance that it falls short, 0 to 1.
    pub falls_short: f64,
    /// How many needed capabilities it has as they are.
    pub covered: usize,
    /// What is to be done there.
    pub work: Short<String>,
    /// What is hard there or lost.
    pub losses: Short<String>,
    /// Proven needs that it cannot meet, with the first place that asks for each.
    pub blocked_by: Short<String>,
    /// What is placed beside it, where that is better than the target alone.
    pub beside: Option<String>,
    /// The availability that can be reached there, in percent; null where that is not known.
    pub achievable: Option<f64>,
    /// What to be wary of: maintenance mode, facts that were checked too long ago.
    pub cautions: Vec<String>,
}

/// Targets held against one system, or against all together; those of these ids, or without any the best of each kind.
///
/// # Errors
///
/// When there is no system of that name: the names that there are.
pub fn compare(
    assessment: &Assessment,
    system: Option<&str>,
    ids: &[String],
    warnings: &[String],
) -> Result<Comparison, Vec<String>> {
    let system = subject(assessment, system)?;
    let fits: Vec<&Fit> = if ids.is_empty() {
        let mut fits: Vec<&Fit> = (1..=3).flat_map(|tier| kinds_of(system, tier, false)).collect();
        let shortfall = |fit: &Fit| (fit.least_shortfall() * 1000.0).round() as u32;
        let rank = |fit: &Fit| (is_not_suggested(fit, system), !is_usable(fit), fit.tier, shortfall(fit));
        fits.sort_by_key(|fit| (rank(fit), fit.effort_with_split()));
        fits
    } else {
        ids.iter().filter_map(|id| system.targets.iter().find(|fit| fit.id == *id)).collect()
    };
    let most = if ids.is_empty() { COMPARED } else { ids.len() };
    Ok(Comparison {
        schema: COMPARE,
        about: Some(brief(system)),
        targets: Short::of(&fits, most, |fit| compared(fit, system)),
        warnings: Short::of(warnings, SHOWN, |warning| shown(warning)),
    })
}

impl Comparison {
    /// Targets as the catalogue describes them.
    #[must_use]
    pub fn of_catalogue(targets: Vec<Compared>) -> Self {
        Self {
            schema: COMPARE,
            about: None,
            targets: Short { shown: targets, more: 0 },
            warnings: Short { shown: Vec::new(), more: 0 },
        }
    }
}

fn is_not_suggested(fit: &Fit, system: &SystemAssessment) -> bool {
    system.suggested.as_deref() != Some(&fit.id)
}

fn is_usable(fit: &Fit) -> bool {
    fit.admissible && (fit.blocked_by.is_empty() || fit.split.is_some())
}

fn compared(fit: &Fit, system: &SystemAssessment) -> Compared {
    let mut cautions: Vec<String> = fit.caution.iter().map(prose).collect();
    if let (true, Some(day)) = (fit.stale, fit.checked_on) {
        cautions.push(format!("its facts were last checked on {day}, too long ago"));
    }
    Compared {
        id: shown(&fit.id),
        name: shown(&fit.name),
        tier: fit.tier,
        effort: fit.effort_with_split(),
        operator: prose(&operator(fit)),
        summary: None,
        fit: Some(Fitting {
            suggested: !is_not_suggested(fit, system),
            usable: is_usable(fit),
            why_not: Short::of(&fit.why_not, SHOWN, prose),
            falls_short: thousandths(fit.least_shortfall()),
            covered: fit.covered.len(),
            work: Short::of(&fit.work, SHOWN, |work| format!("{}: {}", shown(&work.capability), prose(&work.item))),
            losses: Short::of(&fit.losses, SHOWN, |loss| format!("{}: {}", shown(&loss.capability), prose(&loss.item))),
            blocked_by: Short::of(&fit.blocked_by, SHOWN, |blocked| {
                let at = blocked.evidence.first().map_or_else(String::new, |at| format!(" ({})", place(at)));
                format!("{}: {}{at}", shown(&blocked.capability), prose(&blocked.reason))
            }),
            beside: fit.split.as_ref().map(|split| {
                let workloads: Vec<_> = split.workloads.iter().take(SHOWN).map(|name| for_terminal(name)).collect();
                let more = match split.workloads.len().saturating_sub(SHOWN) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                shown(&format!("{}{more} on {}", workloads.join(", "), split.id))
            }),
            achievable: fit.achievable.as_ref().ok().map(|percent| (percent * 10_000.0).floor() / 10_000.0),
            cautions,
        }),
    }
}
