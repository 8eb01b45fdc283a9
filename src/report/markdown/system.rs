//! One system, or the estate: its verdict, and what it was made of.

use super::page::Page;
use super::{Layout, length};
use crate::assessment::{Assessment, Claim, FindingReport, Fit, Location, SystemAssessment};
use crate::grade::Grade;
use crate::language::say;
use crate::report::compared::best_of_each_kind;
use crate::report::markup::{code, cut, in_html, inline, name, place, sentence};
use crate::report::suppressed::{self, counted};
use crate::report::{Verbosity, sentences, words};
use crate::rules::file::Level;

/// The cells of the line on which the need is drawn.
const CELLS: usize = 40;

/// The heading with the verdict, and what stands below it.
pub(super) fn head(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, title: &str, layout: Layout) {
    let voice = layout.voice;
    page.heading(
        2,
        &format!("{}{}{}", name(title), voice.words(": "), inline(&words::verdict_word(system.verdict, voice))),
    );
    facts(page, assessment, system, layout);
}

/// The verdict in a sentence, the numbers in a table, and what is suggested.
pub(super) fn facts(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, layout: Layout) {
    let voice = layout.voice;
    page.paragraph(&format!("**{}**", inline(&cut(&voice.say(&words::verdict_sentence(assessment, system)), 600))));
    let need = &system.need;
    let row = vec![
        format!("**{}**", inline(&voice.say(&say!("{} of 100", counted(need))))),
        inline(&voice.say(&say!("{} to {}", words::points(need.low), words::points(need.high)))),
        format!("{} %", system.confidence),
        inline(&voice.say(&say!(
            "{}, {}",
            sentences::rungs(system.availability),
            sentences::survives(assessment, system)
        ))),
        inline(&voice.say(&say!("{}, {}", sentences::rungs(system.scale), sentences::carried(assessment, system)))),
    ];
    let titles = [
        voice.words("Kubernetes need"),
        voice.words("range"),
        voice.words("confidence"),
        voice.words("availability"),
        voice.words("scale"),
    ];
    let titles: Vec<&str> = titles.iter().map(AsRef::as_ref).collect();
    page.table(&titles, &[row], 1);
    page.paragraph(&format!("`0 {} 100`", gauge(assessment.bands, system, layout.unicode)));
    for text in sentences::beside_the_verdict(assessment, system) {
        page.paragraph(&sentence(voice, &text));
    }
}

/// The need on a line from 0 to 100, with the bands marked and the range drawn.
fn gauge(bands: (f64, f64), system: &SystemAssessment, unicode: bool) -> String {
    let marks = if unicode { ['─', '━', '┼', '●'] } else { ['-', '=', '+', 'o'] };
    let at = |value: f64| (((value / 100.0) * (CELLS - 1) as f64).round() as usize).min(CELLS - 1);
    let mut cells = vec![marks[0]; CELLS];
    let (low, high) = (at(system.need.low), at(system.need.high));
    for cell in cells.iter_mut().take(high + 1).skip(low) {
        *cell = marks[1];
    }
    for band in [bands.0, bands.1] {
        cells[at(band)] = marks[2];
    }
    cells[at(system.need.score)] = marks[3];
    cells.into_iter().collect()
}

/// What the verdict was made of.
pub(super) fn body(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, layout: Layout) {
    if system.workloads > 0 || !system.claims.is_empty() {
        claims(page, assessment, system, layout);
        findings(page, system, layout);
        targets(page, system, layout);
    }
    not_counted(page, system, layout);
    flips(page, system, layout);
    met(page, assessment, system, layout);
    one_sided(page, assessment, system, layout);
    statements(page, system, layout);
    unknowns(page, system, layout);
}

fn claims(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, layout: Layout) {
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = system
        .claims
        .iter()
        .filter(|claim| claim.share > 0.0)
        .map(|claim| {
            let mut cells = vec![inline(&voice.say(&say!("+{}", words::points(claim.share))))];
            cells.extend(claim_cells(assessment, claim, layout));
            cells
        })
        .collect();
    page.heading(3, &inline(&voice.words("What speaks for Kubernetes")));
    if rows.is_empty() {
        page.paragraph(&inline(&voice.words("Nothing: every need that was seen is met by something simpler.")));
        return;
    }
    let points = format!(">{}", voice.words("points"));
    let (need, said) = (voice.words("need"), voice.words("what is said"));
    let (sure, whereabouts) = (voice.words("how sure"), voice.words("where"));
    page.table(&[&points, &need, &said, &sure, &whereabouts], &rows, length(layout));
}

/// What is needed, what is said, how sure it is and by which rules, and where.
fn claim_cells(assessment: &Assessment, claim: &Claim, layout: Layout) -> Vec<String> {
    let voice = layout.voice;
    let grade = voice.words(claim.grade.id());
    let rules = if claim.rules.is_empty() {
        inline(&voice.words("a target's limit"))
    } else {
        claim.rules.iter().map(|code| rule(assessment, code)).collect::<Vec<_>>().join(", ")
    };
    vec![
        inline(&voice.words(words::meaning(assessment, &claim.capability))),
        sentence(voice, &claim.message),
        format!("{}, {rules}", inline(&grade)),
        places(&claim.evidence, if layout.verbosity == Verbosity::Verbose { 10 } else { 2 }),
    ]
}

/// The code of a rule, as a link to its page where it has one. The page is ours, and so is a code that has one.
fn rule(assessment: &Assessment, code: &str) -> String {
    match assessment.rules.get(code).and_then(|text| text.page.as_deref()) {
        Some(page) => format!("[{code}]({page})"),
        None => name(code),
    }
}

/// So many places, and how many there are beside them.
fn places(evidence: &[Location], most: usize) -> String {
    let mut shown: Vec<String> = evidence.iter().map(place).collect();
    // Several fields of one live object are one place.
    shown.dedup();
    let rest = shown.len().saturating_sub(most);
    shown.truncate(most);
    if rest > 0 {
        shown.push(format!("+{rest}"));
    }
    if shown.is_empty() { "–".to_owned() } else { shown.join("<br>") }
}

fn met(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, layout: Layout) {
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = system
        .claims
        .iter()
        .filter(|claim| claim.share <= 0.0 && claim.grade > Grade::Declared)
        .map(|claim| claim_cells(assessment, claim, layout))
        .collect();
    if rows.is_empty() {
        return;
    }
    let mut part = Page::part(voice, page.room());
    let (need, said) = (voice.words("need"), voice.words("what is said"));
    let (sure, whereabouts) = (voice.words("how sure"), voice.words("where"));
    part.table(&[&need, &said, &sure, &whereabouts], &rows, length(layout) * 2);
    let title = voice.say(&say!("Needs that simpler targets meet, or that count no further: {}", rows.len()));
    page.folded(&in_html(&title), &part.finish());
}

/// What does not count, since somebody suppressed it.
fn not_counted(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    if system.suppressed.is_empty() {
        return;
    }
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = system
        .suppressed
        .iter()
        .map(|each| {
            vec![
                voice.say(&say!("{}", words::points(each.share))),
                name(&each.code),
                sentence(voice, &each.message),
                inline(&cut(&each.reason, 600)),
                places(&each.evidence, 2),
            ]
        })
        .collect();
    let points = format!(">{}", voice.words("points"));
    let (said, reason, whereabouts) = (voice.words("what is said"), voice.words("reason"), voice.words("where"));
    let mut part = Page::part(voice, page.room());
    part.table(&[&points, &voice.words("rule"), &said, &reason, &whereabouts], &rows, length(layout) * 2);
    let title = voice.say(&say!("Suppressed, so that it does not count: {}", rows.len()));
    page.folded(&in_html(&title), &part.finish());
}

/// Suppressions that somebody should mend or remove.
pub(super) fn mistaken(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let voice = layout.voice;
    let entries: Vec<String> = suppressed::mistaken(assessment)
        .into_iter()
        .map(|each| {
            let code = rule(assessment, suppressed::code(each));
            let text = sentence(voice, &say!("{}: {}", &each.message, &each.help));
            let at = each.place.as_ref().map_or_else(String::new, |at| format!(" · {}", place(at)));
            format!("{text} ({code}){at}")
        })
        .collect();
    if !entries.is_empty() {
        page.heading(3, &inline(&voice.words("Suppressions to mend or to remove")));
        page.list(&entries, length(layout));
    }
}

/// Suppressions that somebody wrote, where none is honoured.
pub(super) fn not_honoured(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let voice = layout.voice;
    let entries: Vec<String> = suppressed::not_honoured(assessment)
        .into_iter()
        .map(|each| {
            let at = each.place.as_ref().map_or_else(String::new, |at| format!(" · {}", place(at)));
            format!("{}{at}", inline(&cut(&voice.say(&suppressed::named(each, str::to_owned)), 600)))
        })
        .collect();
    if !entries.is_empty() {
        page.heading(3, &inline(&suppressed::not_honoured_title(voice)));
        page.list(&entries, length(layout));
    }
}

fn findings(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    // Findings of one rule are one habit.
    let mut habits: Vec<(&FindingReport, usize)> = Vec::new();
    for finding in &system.findings {
        match habits.iter_mut().find(|(first, _)| first.code == finding.code) {
            Some((_, times)) => *times += 1,
            None => habits.push((finding, 1)),
        }
    }
    if habits.is_empty() {
        return;
    }
    let voice = layout.voice;
    let entries: Vec<String> = habits
        .iter()
        .map(|(finding, times)| {
            let loud = if finding.level == Level::Warning {
                format!("**{}** ", inline(&voice.words("Warning:")))
            } else {
                String::new()
            };
            let message = sentence(voice, &finding.message);
            let more = match times {
                1 => String::new(),
                times => format!(" {}", inline(&voice.say(&say!("(and {} more)", times - 1)))),
            };
            let at: Vec<String> = finding.evidence.iter().take(2).map(place).collect();
            let at = if at.is_empty() { String::new() } else { format!(" · {}", at.join(", ")) };
            format!("{loud}{message}{more} ({}){at}", name(&finding.code))
        })
        .collect();
    page.heading(3, &inline(&voice.words("What speaks against Kubernetes: habits, and what they give")));
    page.list(&entries, length(layout));
}

fn targets(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    let voice = layout.voice;
    let compared = best_of_each_kind(system);
    if compared.is_empty() {
        return;
    }
    let rows: Vec<Vec<String>> = compared
        .iter()
        .map(|fit| {
            let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
            let shown = name(&fit.name);
            let achievable = match &fit.achievable {
                Ok(percent) => format!("{} %", voice.say(&say!("{}", words::percent(*percent)))),
                Err(_) => inline(&voice.words("unknown")),
            };
            vec![
                if is_suggested { format!("**{shown}**") } else { shown },
                format!("{} %", voice.say(&say!("{}", words::in_percent(fit.least_shortfall())))),
                fit.effort_with_split().to_string(),
                achievable,
                against(fit, if is_suggested { 8 } else { 2 }, layout),
            ]
        })
        .collect();
    let falls = format!(">{}", voice.words("falls short"));
    let effort = format!(">{}", voice.words("effort"));
    let achievable = format!(">{}", voice.words("achievable"));
    let (target, price) = (voice.words("target"), voice.words("work, and what is lost"));
    page.heading(3, &inline(&voice.words("Targets compared: the best of each kind")));
    page.table(&[&target, &falls, &effort, &achievable, &price], &rows, 20);
}

/// What speaks against a target, the worst first.
fn against(fit: &Fit, most: usize, layout: Layout) -> String {
    let voice = layout.voice;
    let mut points: Vec<String> = Vec::new();
    if let Some(split) = &fit.split {
        let names: Vec<String> = split.workloads.iter().take(3).map(|one| cut(one, 80)).collect();
        points.push(sentence(voice, &say!("beside it: {} on {}", names.join(", "), split.name.as_str())));
    }
    points.extend(fit.blocked_by.iter().map(|blocked| sentence(voice, &say!("blocked: {}", &blocked.reason))));
    points.extend(fit.losses.iter().map(|loss| sentence(voice, &say!("loss: {}", &loss.item))));
    points.extend(fit.work.iter().map(|work| sentence(voice, &say!("work: {}", &work.item))));
    if fit.stale {
        points.insert(0, inline(&voice.words("its facts were checked too long ago")));
    }
    let rest = points.len().saturating_sub(most);
    points.truncate(most);
    if rest > 0 {
        points.push(inline(&voice.say(&say!("… and {} more", rest))));
    }
    if points.is_empty() { "–".to_owned() } else { points.join("<br>") }
}

fn flips(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    if system.flips.is_empty() {
        return;
    }
    let voice = layout.voice;
    let entries: Vec<String> = system
        .flips
        .iter()
        .map(|flip| {
            let verdict = words::verdict_word(flip.verdict, voice).to_lowercase();
            sentence(voice, &say!("{}, with a need of {}, if {}", verdict, words::points(flip.need), &flip.change))
        })
        .collect();
    page.heading(3, &inline(&voice.words("What would change the verdict")));
    page.list(&entries, length(layout));
}

fn one_sided(page: &mut Page, assessment: &Assessment, system: &SystemAssessment, layout: Layout) {
    if system.one_sided.is_empty() {
        return;
    }
    let voice = layout.voice;
    let entries: Vec<String> = system
        .one_sided
        .iter()
        .map(|claim| {
            let side = if claim.origin == "compose" { voice.words("Compose") } else { voice.words("manifests") };
            let meaning = voice.words(words::meaning(assessment, &claim.capability));
            [inline(&side), inline(&meaning), sentence(voice, &claim.message)].join(&voice.words(": "))
        })
        .collect();
    let mut part = Page::part(voice, page.room());
    part.list(&entries, length(layout));
    let title = voice.words("Said by one side only: manifests or Compose files");
    page.folded(&in_html(&title), &part.finish());
}

fn statements(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    if system.statements.is_empty() {
        return;
    }
    let voice = layout.voice;
    let entries: Vec<String> = system
        .statements
        .iter()
        .map(|statement| {
            let by = [&statement.owner, &statement.date, &statement.source];
            let by: Vec<String> = by.into_iter().flatten().map(|text| name(text)).collect();
            let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
            format!("{}{}{}{by}", code(&statement.key), voice.words(": "), name(&statement.value))
        })
        .collect();
    let mut part = Page::part(voice, page.room());
    part.list(&entries, length(layout) * 2);
    let title = voice.say(&say!("What the owner states: {}", entries.len()));
    page.folded(&in_html(&title), &part.finish());
}

fn unknowns(page: &mut Page, system: &SystemAssessment, layout: Layout) {
    if system.unknowns.is_empty() {
        return;
    }
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = system
        .unknowns
        .iter()
        .map(|unknown| {
            let (low, high) = unknown.could_move;
            let moves = if (high - low).abs() < 0.05 {
                inline(&voice.words("stays"))
            } else {
                inline(&voice.say(&say!("up to {}", words::points(high))))
            };
            let why = if unknown.raised_by_files { sentence(voice, &unknown.reason) } else { "–".to_owned() };
            vec![moves, sentence(voice, &unknown.question), why, code(&unknown.key)]
        })
        .collect();
    let mut part = Page::part(voice, page.room());
    let moves = format!(">{}", voice.words("need could move"));
    let (question, why, answer) = (voice.words("question"), voice.words("why it is open"), voice.words("answer with"));
    part.table(&[&moves, &question, &why, &answer], &rows, length(layout) * 2);
    let title = voice.say(&say!("What is unknown, and how far the need could move: {}", rows.len()));
    page.folded(&in_html(&title), &part.finish());
}
