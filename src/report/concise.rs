//! One line for each verdict, then one for each finding, as compilers print them: `file:line:column: CODE message`.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::{self, Mark};
use super::sentences::{position, said};
use super::suppressed::{self, counted};
use super::words::{self, points};
use super::{Layout, Verbosity};
use crate::assessment::{Assessment, Location, SystemAssessment};
use crate::language::{Prose, say};
use crate::text::sanitize::for_terminal;

/// Renders one line for each verdict and one for each finding.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut lines = vec![verdict(assessment, &assessment.estate, "*", layout)];
    lines.extend(assessment.systems.iter().map(|system| verdict(assessment, system, &system.name, layout)));
    if layout.verbosity != Verbosity::Quiet {
        lines.extend(pointed(assessment, layout));
    }
    let mut text = String::new();
    for line in lines {
        let line = if layout.unicode { line } else { marks::in_ascii(&line) };
        text.push_str(&marks::drawn(&line, layout, &assessment.rules));
        text.push('\n');
    }
    text
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
    for system in assessment.systems.iter().chain([&assessment.estate]) {
        for finding in &system.findings {
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
        }
    }
    for mistaken in suppressed::mistaken(assessment) {
        let place = mistaken.place.as_ref();
        let (file, line, column) =
            place.map_or((String::new(), 0, 0), |place| (place.file.clone(), place.line, place.column));
        let at = place.map_or_else(|| "kubeworthy".to_owned(), position);
        let code = suppressed::code(mistaken);
        let text = said(voice, &suppressed::mistake(mistaken, &Mark::Code.around(code)));
        found.entry((file, line, column, code.to_owned())).or_default().insert(format!("{at}: {text}"));
    }
    found.into_values().flatten().collect()
}
