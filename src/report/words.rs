//! Words and sentences that several formats share, to be said by the layout's voice. What stands in them from the input is
//! safe for a terminal.

use std::borrow::Cow;

use crate::assessment::{Assessment, Fit, Overlay, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::language::{Prose, Voice, say};
use crate::text::sanitize::for_terminal;

/// Below this shortfall, "would do as it is" can be said.
const CERTAIN: f64 = 0.05;

/// The verdict in capitals.
pub(super) fn verdict_word(verdict: Verdict, voice: Voice) -> Cow<'static, str> {
    match verdict {
        Verdict::Needless => voice.words("NEEDLESS"),
        Verdict::Debatable => voice.words("DEBATABLE"),
        Verdict::Justified => voice.words("JUSTIFIED"),
        Verdict::KubernetesNative => voice.words("K8S-NATIVE"),
        Verdict::Inconclusive => voice.words("INCONCLUSIVE"),
    }
}

/// The grade of a claim.
pub(super) fn grade_word(grade: Grade, voice: Voice) -> Cow<'static, str> {
    match grade {
        Grade::Declared => voice.words("declared"),
        Grade::Effective => voice.words("effective"),
        Grade::Corroborated => voice.words("corroborated"),
        Grade::Proven => voice.words("proven"),
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

/// Names with a count of those that are left out.
pub(super) fn names(names: &[&str], shown: usize) -> Prose {
    let list: Vec<_> = names.iter().take(shown).map(|name| for_terminal(name)).collect();
    let list = list.join(", ");
    match names.len().saturating_sub(shown) {
        0 => Prose::name(list),
        rest => say!("{} and {} more", list, rest),
    }
}

/// A target with what is placed beside it, as the subject of a sentence.
pub(super) fn placed(fit: &Fit) -> Prose {
    let target = Prose::from(for_terminal(&fit.name).into_owned());
    match beside(fit) {
        Some((workloads, other)) => say!("{}, with {} on {} beside it,", target, workloads, other),
        None => target,
    }
}

/// A target with what is placed beside it, by itself.
pub(super) fn placed_alone(fit: &Fit) -> Prose {
    let target = Prose::from(for_terminal(&fit.name).into_owned());
    match beside(fit) {
        Some((workloads, other)) => say!("{}, with {} on {} beside it", target, workloads, other),
        None => target,
    }
}

fn beside(fit: &Fit) -> Option<(Prose, Prose)> {
    const SHOWN: usize = 2;
    let split = fit.split.as_ref()?;
    let workloads: Vec<&str> = split.workloads.iter().map(String::as_str).collect();
    Some((names(&workloads, SHOWN), Prose::from(for_terminal(&split.name).into_owned())))
}

/// The verdict in one sentence.
pub(super) fn verdict_sentence(assessment: &Assessment, system: &SystemAssessment) -> Prose {
    let below = system.need.score < assessment.bands.0;
    let target = suggested(system).map_or_else(|| say!("something simpler"), placed);
    let work = suggested(system).map_or(0, |fit| fit.work.len() + fit.losses.len());
    match system.verdict {
        Verdict::Needless if suggested(system).is_some_and(|fit| fit.archetype == "k3s-one") => {
            say!("Nothing that was read needs more than one node: {} would do.", target)
        }
        Verdict::Needless if work == 0 && suggested(system).is_none_or(|fit| fit.least_shortfall() < CERTAIN) => {
            say!("Nothing that was read needs Kubernetes: {} would do as it is.", target)
        }
        Verdict::Needless if work == 0 => {
            say!("Nothing that was read needs Kubernetes: {} would do; all that it lacks is written, but idle.", target)
        }
        Verdict::Needless if work == 1 => {
            say!("Nothing that was read needs Kubernetes: {} would do, with one thing to do or give up.", target)
        }
        Verdict::Needless => {
            say!("Nothing that was read needs Kubernetes: {} would do, with {} things to do or give up.", target, work)
        }
        Verdict::Debatable if !system.set_aside.is_empty() && below => {
            say!("Without its add-ons nothing that was read needs Kubernetes: {} would do.", target)
        }
        Verdict::Debatable if below => say!("{} would probably do, but too much is unknown to be sure.", target),
        Verdict::Debatable if work == 1 => {
            say!("Both can be argued: {} would do, with one thing to do or give up.", target)
        }
        Verdict::Debatable => {
            say!("Both can be argued: {} would do, with {} things to do or give up.", target, work)
        }
        Verdict::Justified => match &system.through {
            Some(through) => say!("The needs call for Kubernetes, through {}.", through),
            None => say!("The needs call for Kubernetes."),
        },
        Verdict::KubernetesNative if system.basis.grounds.node_agents_only => {
            say!("These are agents of the nodes: they come with a cluster, and go with it.")
        }
        Verdict::KubernetesNative => match suggested(system) {
            Some(fit) => say!(
                "This is made of Kubernetes: it extends or drives it. The lightest that would do: {}.",
                Prose::from(for_terminal(&fit.name).into_owned())
            ),
            None => say!("This is made of Kubernetes: it extends or drives it."),
        },
        Verdict::Inconclusive if system.workloads == 0 => {
            say!("No workload could be read, so nothing can be concluded.")
        }
        Verdict::Inconclusive => say!("Too little could be understood to conclude anything."),
    }
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

/// Which of an estate's systems bring its need, where only some of them do.
pub(super) fn guests_sentence(assessment: &Assessment, estate: &SystemAssessment) -> Option<Prose> {
    const SHOWN: usize = 3;
    let calls = |system: &SystemAssessment| {
        // Agents of the nodes are native to a cluster, and bring no need of one.
        let is_native = system.verdict == Verdict::KubernetesNative && system.need.score >= assessment.bands.0;
        is_native || system.verdict == Verdict::Justified || system.need.score >= assessment.bands.1
    };
    if !estate.is_estate || !calls(estate) {
        return None;
    }
    let bring: Vec<&str> =
        assessment.systems.iter().filter(|system| calls(system)).map(|system| system.name.as_str()).collect();
    let guests = assessment.systems.iter().filter(|system| system.verdict == Verdict::Needless).count();
    if bring.is_empty() || guests == 0 {
        return None;
    }
    let (of, who) = (assessment.systems.len(), names(&bring, SHOWN));
    Some(match (bring.len(), guests) {
        (1, 1) => say!(
            "1 of {} systems brings the need: {}. 1 other is a guest: needless by itself, at little cost while the cluster is there.",
            of,
            who
        ),
        (1, guests) => say!(
            "1 of {} systems brings the need: {}. {} others are guests: needless by themselves, at little cost while the cluster is there.",
            of,
            who,
            guests
        ),
        (count, 1) => say!(
            "{} of {} systems bring the need: {}. 1 other is a guest: needless by itself, at little cost while the cluster is there.",
            count,
            of,
            who
        ),
        (count, guests) => say!(
            "{} of {} systems bring the need: {}. {} others are guests: needless by themselves, at little cost while the cluster is there.",
            count,
            of,
            who,
            guests
        ),
    })
}

/// What a rung of a ladder means.
pub(super) fn rung(rungs: &[String; 6], rung: u8) -> &str {
    rungs.get(rung as usize).map_or("", String::as_str)
}

/// What a capability means.
pub(super) fn meaning<'a>(assessment: &'a Assessment, capability: &'a str) -> &'a str {
    assessment.meanings.get(capability).map_or(capability, String::as_str)
}

/// A number of points for a sentence: no decimal where there is none.
pub(crate) fn points(value: f64) -> (f64, usize) {
    (value, if (value - value.round()).abs() < 0.05 { 0 } else { 1 })
}

/// A share of 1 in whole percent, for a sentence.
pub(crate) fn in_percent(share: f64) -> (f64, usize) {
    (share * 100.0, 0)
}

/// A number of points for a column.
pub(super) fn points_in(voice: Voice, value: f64) -> String {
    let (value, decimals) = points(value);
    voice.number(value, decimals)
}

/// An availability in percent with as many decimals as tell it from 100: two digits of what is missing, never rounded up.
pub(super) fn percent(value: f64) -> (f64, usize) {
    let missing = 100.0 - value;
    if missing <= 0.0 {
        return (100.0, 0);
    }
    let most = (1.0 - missing.log10().floor()).clamp(0.0, 4.0) as usize;
    let factor = 10f64.powi(most as i32);
    let cut = (value * factor + 1e-6).floor() / factor;
    let is_enough = |decimals: &usize| {
        let factor = 10f64.powi(*decimals as i32);
        ((cut * factor).round() - cut * factor).abs() < 1e-6
    };
    (cut, (0..most).find(is_enough).unwrap_or(most))
}

/// Which overlay was assessed and which were set aside.
pub(super) fn overlay_sentence(overlay: &Overlay) -> Prose {
    const SHOWN: usize = 4;
    let list = |folders: &[String]| names(&folders.iter().map(String::as_str).collect::<Vec<_>>(), SHOWN);
    let assessed = for_terminal(&overlay.assessed);
    let aside = list(&overlay.set_aside);
    match (overlay.set_aside.len(), overlay.beside.as_slice()) {
        (1, []) => {
            say!("Assessed as {}; a variant of it set aside: {} (--overlay chooses another).", assessed, aside)
        }
        (_, []) => say!("Assessed as {}; variants of it set aside: {} (--overlay chooses another).", assessed, aside),
        (1, beside) => say!(
            "Assessed as {}; a variant of it set aside: {} (--overlay chooses another). Also assessed: {}.",
            assessed,
            aside,
            list(beside)
        ),
        (_, beside) => say!(
            "Assessed as {}; variants of it set aside: {} (--overlay chooses another). Also assessed: {}.",
            assessed,
            aside,
            list(beside)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_say_what_is_missing_and_no_more() {
        let shown = |value: f64| {
            let (value, decimals) = percent(value);
            format!("{value:.decimals$}")
        };
        assert_eq!(shown(99.0025), "99");
        assert_eq!(shown(99.4005), "99.4");
        assert_eq!(shown(99.866), "99.86");
        assert_eq!(shown(99.95), "99.95");
        assert_eq!(shown(99.9975), "99.9975");
        assert_eq!(shown(99.99999), "99.9999");
        assert_eq!((shown(100.0), shown(87.456), shown(0.0)), ("100".into(), "87".into(), "0".into()));
    }
}
