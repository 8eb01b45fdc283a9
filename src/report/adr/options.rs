//! The options of a record: the suggested target, what is written today, managed Kubernetes, and the best of other kinds.

use crate::assessment::{Assessment, Fit, SystemAssessment, Verdict};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::report::compared::{best_of_each_kind, rank};
use crate::report::markup::cut;
use crate::report::{Layout, sentences, words};

/// The most options of a record.
const MOST: usize = 5;
/// The most arguments of one sort that an option has.
const ARGUMENTS: usize = 5;
/// From this chance of falling short on it speaks against a target.
const RISKY: f64 = 0.10;

/// The kinds of arguments, in MADR's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Good,
    Neutral,
    Bad,
}

impl Kind {
    /// MADR's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::Neutral => "Neutral",
            Self::Bad => "Bad",
        }
    }
}

/// What the files or the cluster are today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Today {
    /// Manifests of Kubernetes, or charts.
    Manifests,
    /// Compose files.
    Compose,
    /// Both side by side.
    Both,
    /// A live cluster.
    Cluster,
}

/// What is written today, as far as can be told from what tied the systems together.
pub(super) fn today(assessment: &Assessment, system: &SystemAssessment) -> Today {
    if !assessment.inputs.clusters.is_empty() {
        return Today::Cluster;
    }
    let is_compose = |one: &SystemAssessment| one.grouped_by == "compose-project";
    let members: Vec<&SystemAssessment> =
        if system.is_estate { assessment.systems.iter().collect() } else { vec![system] };
    let of_compose = members.iter().filter(|one| is_compose(one)).count();
    let mixes = !assessment.estate.one_sided.is_empty() && assessment.systems.len() == 1;
    match of_compose {
        _ if mixes => Today::Both,
        0 => Today::Manifests,
        some if some == members.len() => Today::Compose,
        _ => Today::Both,
    }
}

/// An option.
pub(super) enum Choice<'a> {
    /// A target.
    Target(&'a Fit),
    /// What is written today, left as it is.
    Today(Today),
}

/// Three to five options: the suggested target first.
pub(super) fn choices<'a>(assessment: &Assessment, system: &'a SystemAssessment) -> Vec<Choice<'a>> {
    let today = today(assessment, system);
    let suggested = words::suggested(system);
    let compared = best_of_each_kind(system);
    let managed = managed(system);
    let mut targets: Vec<&Fit> = suggested.into_iter().collect();
    let add = |fit: &'a Fit, targets: &mut Vec<&'a Fit>| {
        let is_new_kind = targets.iter().all(|other| other.archetype != fit.archetype);
        if is_new_kind && targets.len() + 1 < MOST {
            targets.push(fit);
        }
    };
    if let Some(fit) = managed {
        add(fit, &mut targets);
    }
    let mut others: Vec<&Fit> = compared.into_iter().filter(|fit| fit.tier < 3).collect();
    others.sort_by_key(|fit| (!fit.blocked_by.is_empty() && fit.split.is_none(), rank(fit)));
    for fit in others {
        add(fit, &mut targets);
    }
    let mut choices: Vec<Choice<'a>> = targets.into_iter().map(Choice::Target).collect();
    if !choices.iter().any(|choice| is_today(choice, assessment, system)) {
        choices.insert(usize::from(suggested.is_some()), Choice::Today(today));
    }
    choices
}

/// Whether an option is what is there today: Compose files are written for a host with Compose.
pub(super) fn is_today(choice: &Choice<'_>, assessment: &Assessment, system: &SystemAssessment) -> bool {
    match choice {
        Choice::Today(_) => true,
        Choice::Target(fit) => {
            let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
            is_suggested && fit.archetype == "compose" && today(assessment, system) == Today::Compose
        }
    }
}

/// The managed Kubernetes that fits best.
pub(super) fn managed(system: &SystemAssessment) -> Option<&Fit> {
    let of_tier = system.targets.iter().filter(|fit| fit.admissible && fit.tier == 3);
    of_tier.filter(|fit| fit.archetype == "kubernetes" && !fit.self_hosted).min_by_key(|fit| rank(fit))
}

/// What an option is called; plain text.
pub(super) fn name(choice: &Choice<'_>, layout: Layout) -> String {
    let voice = layout.voice;
    match choice {
        Choice::Target(fit) => fit.name.clone(),
        Choice::Today(Today::Manifests) => voice.words("Kubernetes as it is written today").into_owned(),
        Choice::Today(Today::Compose) => voice.words("The Compose files as they are written today").into_owned(),
        Choice::Today(Today::Both) => {
            voice.words("The manifests and Compose files as they are written today").into_owned()
        }
        Choice::Today(Today::Cluster) => voice.words("The cluster as it runs today").into_owned(),
    }
}

/// An option in one sentence.
pub(super) fn summary(choice: &Choice<'_>) -> Prose {
    match choice {
        Choice::Target(fit) => match &fit.split {
            Some(split) => say!(
                "{}, with {} on {} beside it; effort {} of 10; chance that it falls short {} %.",
                sentences::operator(fit),
                some_of(&split.workloads, 2),
                split.name.as_str(),
                fit.effort_with_split(),
                words::in_percent(fit.least_shortfall())
            ),
            None => say!(
                "{}; effort {} of 10; chance that it falls short {} %.",
                sentences::operator(fit),
                fit.effort,
                words::in_percent(fit.shortfall)
            ),
        },
        Choice::Today(_) => {
            say!("Nothing is moved, and what is written stays as it is.")
        }
    }
}

/// The first names of a list, and how many there are beside them.
pub(super) fn some_of(names: &[String], most: usize) -> Prose {
    let shown: Vec<String> = names.iter().take(most).map(|name| cut(name, 80)).collect();
    match names.len().saturating_sub(most) {
        0 => Prose::name(shown.join(", ")),
        rest => say!("{} and {} more", shown.join(", "), rest),
    }
}

/// What speaks for and against an option, good ones first; at least one of each.
pub(super) fn arguments(
    choice: &Choice<'_>,
    assessment: &Assessment,
    system: &SystemAssessment,
    layout: Layout,
) -> Vec<(Kind, Prose)> {
    let mut arguments = match choice {
        Choice::Target(fit) => of_target(fit, assessment, system, layout),
        Choice::Today(today) => of_today(*today, assessment, system),
    };
    arguments.sort_by_key(|(kind, _)| *kind);
    arguments
}

/// What a target meets as it is, by what it means.
pub(super) fn met(fit: &Fit, assessment: &Assessment, system: &SystemAssessment, layout: Layout) -> Vec<String> {
    let is_needed =
        |id: &&String| system.claims.iter().any(|claim| claim.capability == **id && claim.grade > Grade::Declared);
    let meaning = |id: &String| layout.voice.words(words::meaning(assessment, id)).into_owned();
    // What the owner states is held against what can be reached there, by itself.
    let is_stated = |id: &&String| id.starts_with("stated-");
    fit.covered.iter().filter(is_needed).filter(|id| !is_stated(id)).map(meaning).collect()
}

fn of_target(fit: &Fit, assessment: &Assessment, system: &SystemAssessment, layout: Layout) -> Vec<(Kind, Prose)> {
    let mut arguments = Vec::new();
    let is_today = is_today(&Choice::Target(fit), assessment, system);
    if is_today {
        arguments.push((Kind::Good, say!("it is what the files are written for: nothing has to be moved or learnt")));
    }
    let met = met(fit, assessment, system, layout);
    let met_all = fit.work.is_empty() && fit.losses.is_empty() && fit.blocked_by.is_empty();
    match met.as_slice() {
        [] if met_all => arguments.push((Kind::Good, say!("nothing that is needed is missing there"))),
        [] => {}
        met => {
            let shown = met.iter().take(4).cloned().collect::<Vec<_>>().join(&layout.voice.words("; "));
            arguments.push((
                Kind::Good,
                match met.len() {
                    1..=4 => say!("it meets as it is: {}", shown),
                    more => say!("it meets as it is: {}; and {} more", shown, more - 4),
                },
            ));
        }
    }
    let effort = fit.effort_with_split();
    if let Some(other) = managed(system).filter(|other| other.id != fit.id) {
        let (kind, prose) = match effort.cmp(&other.effort) {
            std::cmp::Ordering::Less => (
                Kind::Good,
                say!("its effort is {} of 10, where {} takes {}", effort, other.name.as_str(), other.effort),
            ),
            std::cmp::Ordering::Equal => {
                (Kind::Neutral, say!("its effort is {} of 10, as that of {}", effort, other.name.as_str()))
            }
            std::cmp::Ordering::Greater => (
                Kind::Bad,
                say!("its effort is {} of 10, where {} takes {}", effort, other.name.as_str(), other.effort),
            ),
        };
        arguments.push((kind, prose));
    } else {
        arguments.push((Kind::Neutral, say!("its effort is {} of 10", effort)));
    }
    if let Ok(reached) = fit.achievable {
        let value = words::percent(reached);
        let misses = system.achievable.stated.is_some_and(|(stated, _)| reached < stated);
        match system.achievable.stated {
            Some((stated, _)) if misses => {
                arguments.push((
                    Kind::Bad,
                    say!("{} % can be reached there, and {} are asked for", value, words::percent(stated)),
                ));
            }
            _ => arguments.push((Kind::Neutral, say!("an availability of {} % can be reached there", value))),
        }
    }
    if !fit.self_hosted && !fit.exposed_to.is_empty() {
        let law = say!("the law of {} reaches its operator", fit.exposed_to.join(", "));
        arguments.push((Kind::Neutral, law));
    }
    arguments.extend(limited(fit.work.iter().map(|work| (Kind::Neutral, say!("it takes work: {}", &work.item)))));
    let blocked = fit.blocked_by.iter().map(|blocked| (Kind::Bad, say!("it is blocked: {}", &blocked.reason)));
    let lost = fit.losses.iter().map(|loss| (Kind::Bad, say!("it is hard there, or lost: {}", &loss.item)));
    arguments.extend(limited(blocked.chain(lost)));
    if let Some(split) = &fit.split {
        arguments.push((Kind::Bad, say!("{} is one more place to run", split.name.as_str())));
    }
    if fit.least_shortfall() >= RISKY {
        let chance = say!("the chance that it falls short is {} %", words::in_percent(fit.least_shortfall()));
        arguments.push((Kind::Bad, chance));
    }
    if let Some(caution) = &fit.caution {
        arguments.push((Kind::Bad, caution.clone()));
    }
    if let Some(checked) = fit.checked_on.filter(|_| fit.stale) {
        let stale = say!("its facts were checked on {}, which is too long ago", checked.to_string());
        arguments.push((Kind::Bad, stale));
    }
    if fit.tier == 3 && matches!(system.verdict, Verdict::Needless) {
        let more = say!("it is more than is needed: the need is {} of 100", words::points(system.need.score));
        arguments.push((Kind::Bad, more));
    }
    with_both(arguments, &Choice::Target(fit), is_today)
}

fn of_today(today: Today, assessment: &Assessment, system: &SystemAssessment) -> Vec<(Kind, Prose)> {
    let mut arguments = vec![(Kind::Good, say!("nothing has to be moved or learnt"))];
    if let Some(reached) = system.achievable.percent {
        let value = words::percent(reached);
        match system.achievable.stated {
            Some((stated, Some(false))) => {
                let misses =
                    say!("{} % can be reached as it is written, and {} are asked for", value, words::percent(stated));
                arguments.push((Kind::Bad, misses));
            }
            _ => {
                arguments.push((Kind::Neutral, say!("an availability of {} % can be reached as it is written", value)))
            }
        }
    }
    let needs_none = system.need.score < assessment.bands.0;
    if today != Today::Compose && needs_none && system.verdict != Verdict::KubernetesNative {
        let more = say!(
            "it is run on Kubernetes with a need of {} of 100, and below {} nothing calls for it",
            words::points(system.need.score),
            words::points(assessment.bands.0)
        );
        arguments.push((Kind::Bad, more));
    }
    let mut codes: Vec<&str> = Vec::new();
    for finding in &system.findings {
        if codes.len() < ARGUMENTS && !codes.contains(&finding.code.as_str()) {
            codes.push(&finding.code);
            arguments.push((Kind::Bad, say!("{} ({})", &finding.message, finding.code.as_str())));
        }
    }
    with_both(arguments, &Choice::Today(today), true)
}

/// At least one argument for and one against, since no option is without both.
fn with_both(mut arguments: Vec<(Kind, Prose)>, choice: &Choice<'_>, is_today: bool) -> Vec<(Kind, Prose)> {
    let has = |kind: Kind| arguments.iter().any(|(one, _)| *one == kind);
    let (lacks_good, lacks_bad) = (!has(Kind::Good), !has(Kind::Bad));
    if lacks_good {
        arguments.push((
            Kind::Good,
            match choice {
                Choice::Target(fit) if !fit.self_hosted => say!("somebody else runs the machines"),
                _ => say!("it runs on machines of one's own"),
            },
        ));
    }
    if lacks_bad {
        arguments.push((
            Kind::Bad,
            if is_today {
                say!("what is written but idle, or not proven, stays so")
            } else {
                say!("getting there is work, and so is learning to run it")
            },
        ));
    }
    arguments
}

fn limited(arguments: impl Iterator<Item = (Kind, Prose)>) -> Vec<(Kind, Prose)> {
    let mut all: Vec<(Kind, Prose)> = arguments.collect();
    let rest = all.len().saturating_sub(ARGUMENTS);
    if rest > 0 {
        let kind = all[ARGUMENTS].0;
        all.truncate(ARGUMENTS);
        all.push((kind, say!("there are {} more points of this kind", rest)));
    }
    all
}
