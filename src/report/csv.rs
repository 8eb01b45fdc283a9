//! A table for spreadsheets: the estate, then one row for each system, as RFC 4180 has it.

use std::collections::BTreeSet;

use super::Layout;
use super::words::suggested;
use crate::assessment::{Assessment, GateFailure, GateReport, SystemAssessment};
use crate::language::Prose;
use crate::rules::file::Level;
use crate::text::sanitize::is_unsafe;

/// Characters of a cell: what a spreadsheet takes, less the marks that we may add.
const LONGEST: usize = 32_000;

/// Drivers that a row names.
const DRIVERS: usize = 3;

/// The columns. New ones are added behind the last; that of a gate comes behind all of them, where there is one.
const HEADER: [&str; 34] = [
    "system",
    "name",
    "kind",
    "verdict",
    "need",
    "need_low",
    "need_high",
    "need_if_self_hosted",
    "confidence",
    "availability_low",
    "availability_high",
    "scale_low",
    "scale_high",
    "workloads",
    "cpu_low",
    "cpu_high",
    "memory_gib_low",
    "memory_gib_high",
    "sizes_written",
    "suggested",
    "suggested_name",
    "effort",
    "shortfall",
    "top_rule",
    "top_capability",
    "drivers",
    "warnings",
    "notes",
    "unknowns",
    "through",
    "file",
    "line",
    "need_unsuppressed",
    "suppressed",
];

/// Renders the table.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let gate = assessment.gate.as_ref();
    let mut table = line(HEADER.iter().map(|head| (*head).to_owned()).chain(gate.map(|_| "gate".to_owned())));
    for system in [&assessment.estate].into_iter().chain(&assessment.systems) {
        table.push_str(&line(row(system).into_iter().chain(gate.map(|gate| gate_cell(gate, system)))));
    }
    table
}

/// Why the gate fails for a system: the causes; `passed` where it does not. The row of the estate has the whole answer.
fn gate_cell(gate: &GateReport, system: &SystemAssessment) -> String {
    let of = |failure: &&GateFailure| system.is_estate || failure.system.as_ref() == Some(&system.id);
    let causes: BTreeSet<&str> = gate.failures.iter().filter(of).map(|failure| failure.cause.as_str()).collect();
    if causes.is_empty() {
        return "passed".to_owned();
    }
    text(&format!("failed: {}", causes.into_iter().collect::<Vec<_>>().join("; ")))
}

fn row(system: &SystemAssessment) -> [String; HEADER.len()] {
    let need = &system.need;
    let footprint = &system.footprint;
    let fit = suggested(system);
    let drivers: Vec<_> = system.claims.iter().filter(|claim| claim.share > 0.0).collect();
    let top = drivers.first();
    let level = |level: Level| system.findings.iter().filter(|finding| finding.level == level).count().to_string();
    let anchor = system.anchor.as_ref().filter(|anchor| anchor.is_in_a_file());
    let said = drivers.iter().take(DRIVERS).map(|claim| format!("{} ({:.1})", claim.capability, claim.share));
    [
        text(&system.id),
        text(&system.name),
        if system.is_estate { "estate" } else { "system" }.to_owned(),
        system.verdict.id().to_owned(),
        number(need.score, 1),
        number(need.low, 1),
        number(need.high, 1),
        number(need.if_self_hosted, 1),
        system.confidence.to_string(),
        system.availability.low.to_string(),
        system.availability.high.to_string(),
        system.scale.low.to_string(),
        system.scale.high.to_string(),
        system.workloads.to_string(),
        number(footprint.cpu.0, 3),
        number(footprint.cpu.1, 3),
        number(footprint.memory_gib.0, 3),
        number(footprint.memory_gib.1, 3),
        number(footprint.written, 3),
        text(system.suggested.as_deref().unwrap_or_default()),
        text(fit.map_or("", |fit| fit.name.as_str())),
        fit.map_or_else(String::new, |fit| fit.effort.to_string()),
        fit.map_or_else(String::new, |fit| number(fit.shortfall, 3)),
        text(top.and_then(|claim| claim.rules.first()).map_or("", String::as_str)),
        text(top.map_or("", |claim| claim.capability.as_str())),
        text(&said.collect::<Vec<_>>().join("; ")),
        level(Level::Warning),
        level(Level::Note),
        system.unknowns.len().to_string(),
        text(&system.through.as_ref().map_or_else(String::new, Prose::to_string)),
        text(anchor.map_or("", |anchor| anchor.file.as_str())),
        anchor.map_or_else(String::new, |anchor| anchor.line.to_string()),
        need.unsuppressed.map_or_else(String::new, |need| number(need, 1)),
        system.suppressed.len().to_string(),
    ]
}

fn number(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// A text that no spreadsheet takes for a formula: an apostrophe stands before whatever begins like one. Characters that
/// could reorder or hide text are replaced, line breaks stay.
fn text(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let keep = |character: char| match character {
        '\n' | '\r' | '\t' => character,
        character if is_unsafe(character) => '\u{fffd}',
        character => character,
    };
    let mark = is_formula.then_some('\'');
    mark.into_iter().chain(text.chars().take(LONGEST).map(keep)).collect()
}

/// One line. A cell is quoted where it holds what separates cells, in any country's spreadsheet.
fn line(cells: impl IntoIterator<Item = String>) -> String {
    let quoted = cells.into_iter().map(|cell| {
        let is_plain = !cell.contains([',', ';', '"', '\n', '\r', '\t']) && cell.trim() == cell;
        if is_plain { cell } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    });
    quoted.collect::<Vec<_>>().join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        assert_eq!(text("a=1"), "a=1");
        assert_eq!(text("a\u{1b}[31m\nb"), "a\u{fffd}[31m\nb");
    }

    #[test]
    fn what_separates_cells_is_quoted() {
        let mut cells = HEADER.map(|_| String::new());
        cells[0] = "a,\"b\"\nc;".to_owned();
        let line = line(cells);
        assert!(line.starts_with("\"a,\"\"b\"\"\nc;\",,") && line.ends_with(",\r\n"), "{line:?}");
    }
}
