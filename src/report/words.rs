//! Sentences that several formats share.

use crate::assessment::{Assessment, Fit, Overlay, SystemAssessment, Verdict};
use crate::text::sanitize::for_terminal;

/// Below this shortfall, "would do as it is" can be said.
const CERTAIN: f64 = 0.05;

/// The verdict in capitals.
pub(super) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Needless => "NEEDLESS",
        Verdict::Debatable => "DEBATABLE",
        Verdict::Justified => "JUSTIFIED",
        Verdict::KubernetesNative => "K8S-NATIVE",
        Verdict::Inconclusive => "INCONCLUSIVE",
    }
}

/// The suggested target.
pub(super) fn suggested(system: &SystemAssessment) -> Option<&Fit> {
    let id = system.suggested.as_deref()?;
    system.targets.iter().find(|fit| fit.id == id)
}

/// Targets of the same shortfall and effort as the suggested one.
pub(super) fn equally_good<'s>(system: &'s SystemAssessment, suggested: &'s Fit) -> impl Iterator<Item = &'s Fit> {
    system.targets.iter().filter(move |fit| {
        fit.id != suggested.id
            && fit.admissible
            && (fit.blocked_by.is_empty() || fit.split.is_some())
            && fit.caution.is_none()
            && fit.effort == suggested.effort
            && (fit.least_shortfall() - suggested.least_shortfall()).abs() < 0.0005
            && fit.split.is_none() == suggested.split.is_none()
            && (fit.tier == 3) == (suggested.tier == 3)
    })
}

/// A target with what is placed beside it.
pub(super) fn placed(fit: &Fit) -> String {
    const SHOWN: usize = 2;
    let Some(split) = &fit.split else { return fit.name.clone() };
    let names: Vec<_> = split.workloads.iter().take(SHOWN).map(|name| for_terminal(name)).collect();
    let rest = split.workloads.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{}, with {}{more} on {} beside it,", fit.name, names.join(", "), split.name)
}

/// The verdict in one sentence.
pub(super) fn verdict_sentence(assessment: &Assessment, system: &SystemAssessment) -> String {
    let below = system.need.score < assessment.bands.0;
    let target = suggested(system).map_or_else(|| "something simpler".to_owned(), placed);
    let work = suggested(system).map_or(0, |fit| fit.work.len() + fit.losses.len());
    match system.verdict {
        Verdict::Needless if suggested(system).is_some_and(|fit| fit.archetype == "k3s-one") => {
            format!("Nothing that was read needs more than one node: {target} would do.")
        }
        Verdict::Needless if work == 0 && suggested(system).is_none_or(|fit| fit.least_shortfall() < CERTAIN) => {
            format!("Nothing that was read needs Kubernetes: {target} would do as it is.")
        }
        Verdict::Needless if work == 0 => format!(
            "Nothing that was read needs Kubernetes: {target} would do; all that it lacks is written, but idle."
        ),
        Verdict::Needless => {
            format!("Nothing that was read needs Kubernetes: {target} would do, with {}.", items(work))
        }
        Verdict::Debatable if !system.set_aside.is_empty() && below => {
            format!("Without its add-ons nothing that was read needs Kubernetes: {target} would do.")
        }
        Verdict::Debatable if below => {
            format!("{target} would probably do, but too much is unknown to be sure.")
        }
        Verdict::Debatable => format!("Both can be argued: {target} would do, with {}.", items(work)),
        Verdict::Justified => {
            let through = system.through.as_ref().map_or_else(String::new, |through| format!(", through {through}"));
            format!("The needs call for Kubernetes{through}.")
        }
        Verdict::KubernetesNative if system.basis.grounds.node_agents_only => {
            "These are agents of the nodes: they come with a cluster, and go with it.".to_owned()
        }
        Verdict::KubernetesNative => match suggested(system) {
            Some(fit) => format!(
                "This is made of Kubernetes: it extends or drives it. The lightest that would do: {}.",
                fit.name
            ),
            None => "This is made of Kubernetes: it extends or drives it.".to_owned(),
        },
        Verdict::Inconclusive if system.workloads == 0 => {
            "No workload could be read, so nothing can be concluded.".to_owned()
        }
        Verdict::Inconclusive => "Too little could be understood to conclude anything.".to_owned(),
    }
}

fn items(count: usize) -> String {
    match count {
        1 => "one thing to do or give up".to_owned(),
        count => format!("{count} things to do or give up"),
    }
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

/// Which of an estate's systems bring its need, where only some of them do.
pub(super) fn guests_sentence(assessment: &Assessment, estate: &SystemAssessment) -> Option<String> {
    const SHOWN: usize = 3;
    let calls = |system: &SystemAssessment| {
        // Agents of the nodes are native to a cluster, and bring no need of one.
        let is_native = system.verdict == Verdict::KubernetesNative && system.need.score >= assessment.bands.0;
        is_native || system.verdict == Verdict::Justified || system.need.score >= assessment.bands.1
    };
    if !estate.is_estate || !calls(estate) {
        return None;
    }
    let bring: Vec<&SystemAssessment> = assessment.systems.iter().filter(|system| calls(system)).collect();
    let guests = assessment.systems.iter().filter(|system| system.verdict == Verdict::Needless).count();
    if bring.is_empty() || guests == 0 {
        return None;
    }
    let names: Vec<_> = bring.iter().take(SHOWN).map(|system| for_terminal(&system.name)).collect();
    let more = bring.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let of = assessment.systems.len();
    let verb = if bring.len() == 1 { "brings" } else { "bring" };
    let others = if guests == 1 {
        "1 other is a guest: needless by itself".to_owned()
    } else {
        format!("{guests} others are guests: needless by themselves")
    };
    let count = bring.len();
    Some(format!(
        "{count} of {of} systems {verb} the need: {}{more}. {others}, at little cost while the cluster is there.",
        names.join(", ")
    ))
}

/// A count with its noun.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// What a rung of a ladder means.
pub(super) fn rung(rungs: &[String; 6], rung: u8) -> &str {
    rungs.get(rung as usize).map_or("", String::as_str)
}

/// What a capability means.
pub(super) fn meaning<'a>(assessment: &'a Assessment, capability: &'a str) -> &'a str {
    assessment.meanings.get(capability).map_or(capability, String::as_str)
}

/// A number of points: no decimal where there is none.
pub(super) fn points(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// Which overlay was assessed and which were set aside.
pub(super) fn overlay_sentence(overlay: &Overlay) -> String {
    const SHOWN: usize = 4;
    let list = |folders: &[String]| -> String {
        let shown: Vec<String> = folders.iter().take(SHOWN).map(|folder| for_terminal(folder).into_owned()).collect();
        let more = folders.len().saturating_sub(SHOWN);
        if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
    };
    let assessed = for_terminal(&overlay.assessed);
    let variants = if overlay.set_aside.len() == 1 { "a variant of it" } else { "variants of it" };
    let beside = match overlay.beside.as_slice() {
        [] => String::new(),
        others => format!(" Also assessed: {}.", list(others)),
    };
    let aside = list(&overlay.set_aside);
    format!("Assessed as {assessed}; {variants} set aside: {aside} (--overlay chooses another).{beside}")
}
