//! A table of all systems with more columns than a screen: as wide as it has to be, for a pager or `cut`.

use super::Layout;
use super::gate::summary;
use super::lines::{cut, left, right, width};
use super::marks::{self, Mark};
use super::sentences::{self, said};
use super::suppressed;
use super::words::{self, points_in};
use crate::assessment::{Assessment, SystemAssessment};
use crate::language::Prose;
use crate::text::sanitize::for_terminal;

/// The widest that a name may make its column.
const WIDEST: usize = 63;
/// The column that stands out.
const VERDICT: usize = 4;
/// Columns of numbers, which stand right.
const NUMBERS: [usize; 7] = [2, 3, 5, 6, 7, 8, 9];

type Row = [String; 13];

/// Renders a table of all systems.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let voice = layout.voice;
    let mut systems: Vec<&SystemAssessment> = assessment.systems.iter().collect();
    systems.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    let titles: Row = [
        voice.words("ID"),
        voice.words("NAME"),
        voice.words("NEED"),
        voice.words("RANGE"),
        voice.words("VERDICT"),
        voice.words("CONFIDENCE"),
        voice.words("AVAILABILITY"),
        voice.words("SCALE"),
        voice.words("WORKLOADS"),
        voice.words("CPU"),
        voice.words("MEMORY"),
        voice.words("SUGGESTED TARGET"),
        voice.words("TOP REASON"),
    ]
    .map(String::from);
    let everything = std::iter::once(&assessment.estate).chain(systems);
    let rows: Vec<(Option<&SystemAssessment>, Row)> = std::iter::once((None, titles))
        .chain(everything.map(|system| (Some(system), row(assessment, system, layout))))
        .collect();
    let widths: Vec<usize> =
        (0..13).map(|column| rows.iter().map(|(_, row)| width(&row[column])).max().unwrap_or(0)).collect();
    let mut table = String::new();
    for (system, row) in &rows {
        let mut line = String::new();
        for (column, text) in row.iter().enumerate() {
            let text = if NUMBERS.contains(&column) { right(text, widths[column]) } else { left(text, widths[column]) };
            line.push_str(if column == 0 { "" } else { "  " });
            line.push_str(&match system {
                Some(system) if column == VERDICT => Mark::of_verdict(system.verdict).around(&text),
                _ => text,
            });
        }
        let line = if layout.unicode { line } else { marks::in_ascii(&line) };
        let line = if system.is_none() { Mark::Strong.around(line.trim_end()) } else { line };
        table.push_str(&marks::drawn(&marks::trimmed(&line), layout, &assessment.rules));
        table.push('\n');
    }
    let everything = std::iter::once(&assessment.estate).chain(&assessment.systems);
    for system in everything.filter(|system| suppressed::with_everything(&system.need).is_some()) {
        let id = if system.is_estate { "*".to_owned() } else { for_terminal(&system.id).into_owned() };
        let line = format!("{id}: {}", voice.say(&suppressed::counted(&system.need)));
        let line = if layout.unicode { line } else { marks::in_ascii(&line) };
        table.push_str(&marks::drawn(&line, layout, &assessment.rules));
        table.push('\n');
    }
    if let Some(gate) = &assessment.gate {
        let line = summary(assessment, gate, voice);
        let line = if layout.unicode { line } else { marks::in_ascii(&line) };
        table.push_str(&marks::drawn(&line, layout, &assessment.rules));
        table.push('\n');
    }
    table
}

fn row(assessment: &Assessment, system: &SystemAssessment, layout: Layout) -> Row {
    let voice = layout.voice;
    let (dash, ellipsis) = if layout.unicode { ("–", "…") } else { ("-", "...") };
    let name = |text: &str| cut(&for_terminal(text), WIDEST, ellipsis);
    let range = |low: String, high: String| if low == high { low } else { format!("{low}{dash}{high}") };
    let rungs = |low: u8, high: u8| format!("{}/5", range(low.to_string(), high.to_string()));
    let amounts = |(low, high): (f64, f64)| range(voice.number(low, 1), voice.number(high, 1));
    let need = &system.need;
    let reason = system.claims.iter().find(|claim| claim.share > 0.0).map_or_else(
        || dash.to_owned(),
        |claim| {
            let meaning = Prose::from(words::meaning(assessment, &claim.capability).to_owned());
            format!("{}: {}", said(voice, &meaning), said(voice, &claim.message))
        },
    );
    let (id, title) = if system.is_estate {
        ("*".to_owned(), voice.say(&sentences::estate_title(assessment.systems.len())))
    } else {
        (name(&system.id), name(&system.name))
    };
    [
        id,
        title,
        points_in(voice, need.score),
        range(points_in(voice, need.low), points_in(voice, need.high)),
        words::verdict_word(system.verdict, voice).into_owned(),
        voice.say(&crate::language::say!("{} %", system.confidence)),
        rungs(system.availability.low, system.availability.high),
        rungs(system.scale.low, system.scale.high),
        system.workloads.to_string(),
        amounts(system.footprint.cpu),
        amounts(system.footprint.memory_gib),
        words::suggested(system).map_or_else(|| dash.to_owned(), |fit| name(&fit.name)),
        cut(&reason, 4 * WIDEST, ellipsis),
    ]
}
