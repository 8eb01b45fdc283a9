//! What the screen and its narrated form both say of a system, sentence by sentence.

use crate::assessment::{
    Assessment, Claim, FindingReport, Fit, Flip, Location, Service, StatementReport, SystemAssessment, Unknown,
};
use crate::language::{Prose, Voice, say};
use crate::report::words::{self, points};
use crate::text::sanitize::for_terminal;

/// A sentence said, and safe for a terminal.
pub(super) fn said(voice: Voice, prose: &Prose) -> String {
    for_terminal(&voice.say(prose)).into_owned()
}

/// How large a system is, and what tied it together.
pub(super) fn about(system: &SystemAssessment) -> Vec<Prose> {
    let mut about = vec![match system.workloads {
        1 => say!("1 workload"),
        workloads => say!("{} workloads", workloads),
    }];
    if system.partial > 0 {
        about.push(say!("{} read in part", system.partial));
    }
    if system.opaque > 0 {
        about.push(say!("{} not visible", system.opaque));
    }
    if !system.is_estate {
        about.push(match system.grouped_by.as_str() {
            "compose-project" => say!("grouped by compose project"),
            "chart" => say!("grouped by chart"),
            "release" => say!("grouped by release"),
            "kustomization" => say!("grouped by kustomization"),
            "part-of" => say!("grouped by part of"),
            "instance" => say!("grouped by instance"),
            "namespace" => say!("grouped by namespace"),
            "directory" => say!("grouped by directory"),
            other => say!("grouped by {}", other),
        });
    }
    about
}

/// What an estate is called.
pub(super) fn estate_title(systems: usize) -> Prose {
    match systems {
        1 => say!("estate of 1 system"),
        systems => say!("estate of {} systems", systems),
    }
}

/// The verdict and all that qualifies it.
pub(super) fn verdict(assessment: &Assessment, system: &SystemAssessment) -> Vec<Prose> {
    let mut sentences = vec![words::verdict_sentence(assessment, system)];
    sentences.extend(beside_the_verdict(assessment, system));
    sentences
}

/// What qualifies the verdict: what is suggested, what was set aside, and what the need would be otherwise.
pub(super) fn beside_the_verdict(assessment: &Assessment, system: &SystemAssessment) -> Vec<Prose> {
    let need = &system.need;
    let mut sentences = Vec::new();
    if let Some(fit) = words::suggested(system) {
        sentences.push(suggestion(fit));
        let equals: Vec<String> = words::equally_good(system, fit)
            .map(|other| match other.seat.as_str() {
                "own" => for_terminal(&other.name).into_owned(),
                seat => for_terminal(&format!("{} ({seat})", other.name)).into_owned(),
            })
            .collect();
        if !equals.is_empty() {
            sentences.push(say!("Equally good: {}.", equals.join(", ")));
        }
        sentences.extend(reach_of_the_suggested(system));
    }
    if !system.set_aside.is_empty() {
        sentences.push(say!(
            "Set aside as add-ons: {}. If one is your product, say so (--set subject=NAME): the need is higher then.",
            for_terminal(&system.set_aside.join(", "))
        ));
    }
    sentences.extend(system.overlay.as_ref().map(words::overlay_sentence));
    sentences.extend(words::guests_sentence(assessment, system));
    if let Some(free) = need.without_constraints.filter(|free| (free - need.score).abs() >= 0.05) {
        sentences.push(say!("Without what the owner rules out, the need would be {}.", points(free)));
    }
    if (need.if_self_hosted - need.score).abs() >= 0.05 {
        sentences.push(say!("If everything had to be self-hosted, the need would be {}.", points(need.if_self_hosted)));
    }
    sentences
}

/// Whether the suggested target reaches the availability that is asked for, where that is not known or it does not.
fn reach_of_the_suggested(system: &SystemAssessment) -> Option<Prose> {
    let (stated, _) = system.achievable.stated?;
    let there = system.achievable_there.as_ref()?;
    match there.percent {
        Some(percent) if percent >= stated - 1e-9 => None,
        Some(percent) => Some(say!(
            "There {} % can be reached, and {} are asked for.",
            words::percent(percent),
            words::percent(stated)
        )),
        None => {
            Some(say!("Whether the {} % that are asked for can be reached there is not known.", words::percent(stated)))
        }
    }
}

fn suggestion(fit: &Fit) -> Prose {
    say!(
        "Suggested: {} ({}; effort {} of 10; chance that it falls short {} %).",
        words::placed_alone(fit),
        operator(fit),
        fit.effort_with_split(),
        words::in_percent(fit.least_shortfall())
    )
}

/// Who runs a target, and where their seat is.
pub(super) fn operator(fit: &Fit) -> Prose {
    let operator = for_terminal(&fit.operator);
    if fit.self_hosted {
        say!("on machines of your own")
    } else if fit.seat == "own" {
        say!("run by {}", operator)
    } else {
        say!("run by {}, {}", operator, for_terminal(&fit.seat))
    }
}

/// What a system survives, and what it is asked to survive where its owner asks for more.
pub(super) fn survives(assessment: &Assessment, system: &SystemAssessment) -> Prose {
    let rung = |rung: u8| Prose::from(words::rung(&assessment.rungs.0, rung).to_owned());
    let survives = match (system.survives.low, system.survives.high) {
        (_, 0) => say!("promises nothing"),
        (low, high) if low == high => say!("survives {}, proven", rung(high)),
        (0, high) => say!("survives {} as written, nothing proven", rung(high)),
        (low, high) => say!("survives {} as written, {} proven", rung(high), rung(low)),
    };
    if system.availability.high > system.survives.high {
        say!("{}; its owner asks for more: to survive {}", survives, rung(system.availability.high))
    } else {
        survives
    }
}

/// What it takes to carry a system.
pub(super) fn carried(assessment: &Assessment, system: &SystemAssessment) -> Prose {
    let rung = |rung: u8| Prose::from(words::rung(&assessment.rungs.1, rung).to_owned());
    let (low, high) = (system.scale.low, system.scale.high);
    let hosts = if low == high { rung(high) } else { say!("{} to {}", rung(low), rung(high)) };
    let footprint = &system.footprint;
    let (cpu, memory) = (amounts(footprint.cpu), amounts(footprint.memory_gib));
    if footprint.written >= 0.995 {
        say!("{}: {} vCPU, {} GiB", hosts, cpu, memory)
    } else if footprint.written == 0.0 {
        say!("{}: {} vCPU, {} GiB, all sizes assumed", hosts, cpu, memory)
    } else {
        say!("{}: {} vCPU, {} GiB, {} % of sizes written", hosts, cpu, memory, (footprint.written * 100.0, 0))
    }
}

/// A range of vCPU or GiB.
pub(super) fn amounts((low, high): (f64, f64)) -> Prose {
    let amount = |value: f64| (value, if value >= 100.0 { 0 } else { 1 });
    if (high - low).abs() < 0.05 { say!("{}", amount(high)) } else { say!("{} to {}", amount(low), amount(high)) }
}

/// How many rungs of a ladder.
pub(super) fn rungs(standing: crate::assessment::Standing) -> Prose {
    if standing.low == standing.high {
        say!("{} of 5", standing.high)
    } else {
        say!("{} to {} of 5", standing.low, standing.high)
    }
}

/// What is needed, what is said, how sure it is, and by which rules; a claim without a rule comes from a target's limit.
/// `mark` makes codes and grades stand out.
pub(super) fn claim(
    assessment: &Assessment,
    claim: &Claim,
    voice: Voice,
    mark_code: &dyn Fn(&str) -> String,
    mark_grade: &dyn Fn(&str) -> String,
) -> Prose {
    let meaning = said(voice, &Prose::from(words::meaning(assessment, &claim.capability).to_owned()));
    let message = said(voice, &claim.message);
    let grade = mark_grade(&words::grade_word(claim.grade, voice));
    let codes: Vec<String> = claim.rules.iter().map(|code| mark_code(&for_terminal(code))).collect();
    let codes = codes.join(", ");
    match (&claim.lowered_by, claim.rules.is_empty()) {
        (None, false) => say!("{}: {} ({}, {})", meaning, message, grade, codes),
        (None, true) => say!("{}: {} ({}, a target's limit)", meaning, message, grade),
        (Some(by), false) => {
            say!("{}: {} ({}, {}; lowered by {})", meaning, message, grade, codes, mark_code(&for_terminal(by)))
        }
        (Some(by), true) => {
            say!("{}: {} ({}, a target's limit; lowered by {})", meaning, message, grade, mark_code(&for_terminal(by)))
        }
    }
}

/// Findings of one rule are one habit: the first of each, and how many there are.
pub(super) fn habits(system: &SystemAssessment) -> Vec<(&FindingReport, usize)> {
    let mut habits: Vec<(&FindingReport, usize)> = Vec::new();
    for finding in &system.findings {
        match habits.iter_mut().find(|(first, _)| first.code == finding.code) {
            Some((_, times)) => *times += 1,
            None => habits.push((finding, 1)),
        }
    }
    habits
}

/// A habit with its code.
pub(super) fn habit(finding: &FindingReport, times: usize, voice: Voice, code: &str) -> Prose {
    let message = said(voice, &finding.message);
    if times > 1 { say!("{}, and {} more ({})", message, times - 1, code) } else { say!("{} ({})", message, code) }
}

/// What is unknown, with the key under which it can be answered.
pub(super) fn unknown(unknown: &Unknown, voice: Voice, key: &str) -> Prose {
    let question = capitalised(&said(voice, &unknown.question));
    if unknown.raised_by_files {
        say!("{} {} ({})", question, said(voice, &unknown.reason), key)
    } else {
        say!("{} ({})", question, key)
    }
}

/// Whether an answer could move the need, as far as it is shown.
pub(super) fn moves(unknown: &Unknown) -> bool {
    (unknown.could_move.1 - unknown.could_move.0).abs() >= 0.05
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// A change, and the verdict after it.
pub(super) fn flip(flip: &Flip, voice: Voice) -> Prose {
    let verdict = words::verdict_word(flip.verdict, voice).to_lowercase();
    say!("{}, with a need of {}, if {}", verdict, points(flip.need), said(voice, &flip.change))
}

/// A statement of the owner, with who says so.
pub(super) fn statement(statement: &StatementReport) -> Prose {
    let by = [&statement.owner, &statement.date, &statement.source];
    let by: Vec<_> = by.into_iter().flatten().map(|text| for_terminal(text)).collect();
    let (key, value) = (for_terminal(&statement.key), for_terminal(&statement.value));
    if by.is_empty() { say!("{}: {}", key, value) } else { say!("{}: {} ({})", key, value, by.join(", ")) }
}

/// The best targets of each tier: kinds, not vendors, are compared; a target in maintenance mode stands for its kind only
/// where no other does. Without `all` only the best of each kind.
pub(super) fn kinds_of(system: &SystemAssessment, tier: u8, all: bool) -> Vec<&Fit> {
    let mut of_tier: Vec<&Fit> = system.targets.iter().filter(|fit| fit.admissible && fit.tier == tier).collect();
    of_tier.sort_by_key(|fit| (system.suggested.as_deref() != Some(&fit.id), fit.caution.is_some()));
    let mut kinds: Vec<&Fit> = Vec::new();
    let most = if tier == 3 { 2 } else { 1 };
    for fit in of_tier {
        if all || kinds.iter().filter(|other| other.archetype == fit.archetype).count() < most {
            kinds.push(fit);
        }
    }
    kinds.sort_by_key(|fit| ((fit.least_shortfall() * 1000.0).round() as u32, fit.effort_with_split()));
    kinds
}

/// What a tier of targets is called.
pub(super) fn tier(tier: u8) -> Prose {
    match tier {
        1 => say!("Simple targets"),
        2 => say!("Lighter orchestrators"),
        _ => say!("Kubernetes of more than one node"),
    }
}

/// A point that speaks against a target: what sort it is, and what it is.
pub(super) enum Point {
    /// A part of the system is placed elsewhere.
    Beside,
    /// It rules the target out.
    Blocked,
    /// Something is hard or lost.
    Loss,
    /// Something is to do.
    Work,
}

/// The points that speak against a target, the worst first.
pub(super) fn points_of(fit: &Fit, voice: Voice) -> Vec<(Point, Prose)> {
    let mut points = Vec::new();
    if let Some(split) = &fit.split {
        let names: Vec<_> = split.workloads.iter().map(|name| for_terminal(name)).collect();
        let alone = (fit.shortfall * 100.0, 0);
        let other = Prose::from(for_terminal(&split.name).into_owned());
        points.push((Point::Beside, say!("{} on {}; {} % without that", names.join(", "), other, alone)));
    }
    let item = |prose: &Prose| said(voice, prose);
    for blocked in &fit.blocked_by {
        let capability = for_terminal(&blocked.capability);
        points.push((
            Point::Blocked,
            match blocked.evidence.first() {
                Some(place) => say!("{}: {}, {}", capability, item(&blocked.reason), position(place)),
                None => say!("{}: {}", capability, item(&blocked.reason)),
            },
        ));
    }
    for loss in &fit.losses {
        points.push((Point::Loss, say!("{}: {}", for_terminal(&loss.capability), item(&loss.item))));
    }
    for work in &fit.work {
        points.push((Point::Work, say!("{}: {}", for_terminal(&work.capability), item(&work.item))));
    }
    points
}

/// Which targets were checked too long ago, where some of those that are shown were.
pub(super) fn stale(shown: &[&Fit]) -> Option<Prose> {
    let stale: Vec<String> = shown
        .iter()
        .filter(|fit| fit.stale)
        .filter_map(|fit| Some(format!("{} ({})", for_terminal(&fit.name), fit.checked_on?)))
        .collect();
    (!stale.is_empty()).then(|| say!("Facts that were last checked too long ago: {}.", stale.join(", ")))
}

/// What the owner wants to reach, where what is written does not reach it.
pub(super) fn not_reached(system: &SystemAssessment) -> Option<Prose> {
    let Some((stated, Some(false))) = system.achievable.stated else { return None };
    let minutes = system.achievable.minutes_down.unwrap_or_default();
    Some(say!(
        "The stated {} % is not reached: what is written may be down for {} min a month (--explain).",
        words::percent(stated),
        (minutes, 0)
    ))
}

/// Who offers the system's engines as managed services, those of the suggested target's operator first.
pub(super) fn complements(system: &SystemAssessment) -> Vec<Prose> {
    const SHOWN: usize = 6;
    let operator = words::suggested(system).map_or("", |fit| fit.operator.as_str());
    let of = |engine: &crate::assessment::EngineServices| {
        let mut services: Vec<&Service> = engine.services.iter().collect();
        services.sort_by_key(|service| service.operator != operator);
        let names: Vec<_> = services.iter().take(SHOWN).map(|service| for_terminal(&service.name)).collect();
        let (engine, names) = (for_terminal(&engine.engine), names.join(", "));
        match services.len().saturating_sub(SHOWN) {
            0 => say!("Managed services for {}: {}.", engine, names),
            rest => say!("Managed services for {}: {}, and {} more.", engine, names, rest),
        }
    };
    system.complements.iter().map(of).collect()
}

/// Where something stands; for a piped document also the template that it came from, which is in no file here, and for
/// an object of a cluster the object, since it has no line.
pub(super) fn position(location: &Location) -> String {
    if location.is_live {
        let object = location.object.as_ref().map_or_else(String::new, |object| format!(": {}", for_terminal(object)));
        return format!("{}{object}", for_terminal(&location.file));
    }
    let at = format!("{}:{}:{}", for_terminal(&location.file), location.line, location.column);
    match &location.rendered {
        Some(rendered) if rendered.document == location.file => match &rendered.template {
            Some(template) => format!("{at} ({})", for_terminal(template)),
            None => at,
        },
        _ => at,
    }
}

/// The key at a place, with what was observed there.
pub(super) fn key_of(location: &Location) -> String {
    let key = if location.is_live { live_key(&location.path) } else { last_key(&location.path) };
    match &location.observed {
        Some(seen) => format!("{}: {}", for_terminal(key), for_terminal(seen)),
        None => for_terminal(key).into_owned(),
    }
}

/// What is shown of the path of keys in an object of a cluster: all of what was observed, since `seen.hosts` says that it
/// was.
fn live_key(path: &str) -> &str {
    if path.starts_with("seen.") { path } else { last_key(path) }
}

/// The last key of a path, with its index; keys with dots stand in brackets and quotes.
fn last_key(path: &str) -> &str {
    match path.strip_suffix("\"]").and_then(|rest| rest.rfind("[\"")) {
        Some(at) => &path[at + 2..path.len() - 2],
        None => path.rsplit('.').next().unwrap_or(path),
    }
}
