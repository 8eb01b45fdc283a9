//! One line for each verdict, then one for each finding, as compilers print them: `file:line:column: CODE message`. Of a
//! gate the findings come first, then the verdicts, why it fails, and a line that sums it up.

use std::collections::{BTreeMap, BTreeSet};

use super::gate::summary;
use super::marks::{self, Mark};
use super::sentences::{position, said};
use super::suppressed::{self, counted};
use super::words::{self, points};
use super::{Layout, Verbosity};
use crate::assessment::{Assessment, GateReport, Location, SystemAssessment};
use crate::language::{Prose, say};
use crate::text::sanitize::for_terminal;

/// Renders one line for each verdict and one for each finding.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut lines = Vec::new();
    if assessment.gate.is_none() {
        lines.push(verdict(assessment, &assessment.estate, "*", layout));
        lines.extend(
            assessment.systems.iter().map(|system| verdict(assessment, system, &name(assessment, system), layout)),
        );
    }
    if layout.verbosity != Verbosity::Quiet {
        lines.extend(pointed(assessment, layout));
        lines.extend(not_honoured(assessment, layout));
    }
    if let Some(gate) = &assessment.gate {
        lines.extend(
            assessment.systems.iter().map(|system| verdict(assessment, system, &name(assessment, system), layout)),
        );
        if assessment.systems.len() != 1 && gate.touched_of.is_none() {
            lines.push(verdict(assessment, &assessment.estate, "*", layout));
        }
        lines.extend(reasons(gate, layout));
        lines.push(summary(assessment, gate, layout.voice));
    }
    let mut text = String::new();
    for line in lines {
        let line = if layout.unicode { line } else { marks::in_ascii(&line) };
        text.push_str(&marks::drawn(&line, layout, &assessment.rules));
        text.push('\n');
    }
    text
}

/// The name of a system, and its id where others have the same name.
fn name(assessment: &Assessment, system: &SystemAssessment) -> String {
    let mut namesakes = assessment.systems.iter().filter(|other| other.name == system.name);
    if namesakes.nth(1).is_some() { format!("{} ({})", system.name, system.id) } else { system.name.clone() }
}

/// How many suppressions are listed and not honoured; a verbose run lists them.
fn not_honoured(assessment: &Assessment, layout: Layout) -> Vec<String> {
    let voice = layout.voice;
    let listed = suppressed::not_honoured(assessment);
    if listed.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![said(
        voice,
        &match listed.len() {
            1 => say!("1 suppression is not honoured (--no-ignores)"),
            several => say!("{} suppressions are not honoured (--no-ignores)", several),
        },
    )];
    if layout.verbosity == Verbosity::Verbose {
        lines.extend(listed.iter().map(|each| {
            let at = each.place.as_ref().map_or_else(|| "kubeworthy".to_owned(), position);
            format!("{at}: {}", voice.say(&suppressed::named(each, |code| Mark::Code.around(code))))
        }));
    }
    lines
}

fn verdict(assessment: &Assessment, system: &SystemAssessment, name: &str, layout: Layout) -> String {
    let voice = layout.voice;
    let need = &system.need;
    let word = words::verdict_word(system.verdict, voice).to_lowercase();
    voice.say(&say!(
        "{}: {} need {} ({} to {}) confidence {} %: {}",
        Mark::Strong.around(&for_terminal(name)),
        Mark::of_verdict(system.verdict).around(&word),
        counted(need),
        points(need.low),
        points(need.high),
        system.confidence,
        said(voice, &words::verdict_sentence(assessment, system))
    ))
}

/// Why the gate fails: each reason, and what to do about it and those before it.
fn reasons(gate: &GateReport, layout: Layout) -> Vec<String> {
    let voice = layout.voice;
    let mut lines = Vec::new();
    for (at, failure) in gate.failures.iter().enumerate() {
        let place = match (&failure.place, &failure.system) {
            (Some(place), _) => format!("{}: ", position(place)),
            (None, Some(system)) => format!("{}: ", for_terminal(system)),
            (None, None) => String::new(),
        };
        let code = for_terminal(&failure.code);
        let error = Mark::Strong.around(&voice.words("error"));
        lines.push(format!("{place}{error}: {} {}", Mark::Code.around(&code), said(voice, &failure.message)));
        let is_last = gate.failures.get(at + 1).is_none_or(|next| next.help != failure.help);
        if is_last && !failure.help.is_empty() && layout.verbosity != Verbosity::Quiet {
            lines.push(format!("  {}", Mark::Faint.around(&said(voice, &failure.help))));
        }
    }
    lines
}

/// The findings by their places, each once; on a verbose run also the claims.
fn pointed(assessment: &Assessment, layout: Layout) -> Vec<String> {
    let voice = layout.voice;
    let mut found: BTreeMap<(String, u32, u32, String), BTreeSet<String>> = BTreeMap::new();
    let mut add = |system: &SystemAssessment, place: Option<&Location>, code: &str, message: String| {
        let (file, line, column) =
            place.map_or((String::new(), 0, 0), |place| (place.file.clone(), place.line, place.column));
        let at = place.map_or_else(|| for_terminal(&system.name).into_owned(), position);
        let code = for_terminal(code).into_owned();
        let text = format!("{at}: {} {message}", Mark::Code.around(&code));
        let lines = found.entry((file, line, column, code)).or_default();
        // An estate says again what its systems say, with their names.
        if !system.is_estate || lines.is_empty() {
            lines.insert(text);
        }
    };
    let of_all: BTreeSet<usize> = assessment.findings_of_all().map(|(at, _)| at).collect();
    for system in assessment.systems.iter().chain([&assessment.estate]) {
        for (at, finding) in system.findings.iter().enumerate() {
            // What the gate fails for is told as such, and what the baseline knows is no news.
            if let Some(gate) = &assessment.gate
                && (gate.fails_for(system, at)
                    || layout.verbosity != Verbosity::Verbose && gate.knows(system, at)
                    || system.is_estate && !of_all.contains(&at))
            {
                continue;
            }
            add(system, finding.evidence.first(), &finding.code, said(voice, &finding.message));
        }
        if layout.verbosity == Verbosity::Verbose {
            for claim in &system.claims {
                let code = claim.rules.first().map_or("", String::as_str);
                let meaning = Prose::from(words::meaning(assessment, &claim.capability).to_owned());
                let grade = words::grade_word(claim.grade, voice);
                let text = say!("{}: {} ({})", said(voice, &meaning), said(voice, &claim.message), grade);
                add(system, claim.evidence.first(), code, voice.say(&text));
            }
            for each in &system.suppressed {
                let text = suppressed::told(each, voice, "");
                let text = voice.say(&say!("suppressed: {}", voice.say(&text).trim_start()));
                add(system, each.evidence.first(), &each.code, text);
            }
        }
    }
    // What the gate fails for is told as such.
    for mistaken in suppressed::mistaken(assessment).into_iter().filter(|each| !suppressed::fails(assessment, each)) {
        let place = mistaken.place.as_ref();
        let (file, line, column) =
            place.map_or((String::new(), 0, 0), |place| (place.file.clone(), place.line, place.column));
        let at = place.map_or_else(|| "kubeworthy".to_owned(), position);
        let code = suppressed::code(mistaken);
        let told = said(voice, &say!("{}: {}", &mistaken.message, &mistaken.help));
        found
            .entry((file, line, column, code.to_owned()))
            .or_default()
            .insert(format!("{at}: {} {told}", Mark::Code.around(code)));
    }
    found.into_values().flatten().collect()
}
