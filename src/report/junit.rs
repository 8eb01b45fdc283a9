//! JUnit: one test case for each system. An assessment fails nothing: what can be concluded passes, the rest is skipped. Of a
//! gate the systems that it fails for fail, and what belongs to no system is a test case of its own.

use std::fmt::Write as _;

use super::Layout;
use super::gate::Answer;
use super::results::{LONGEST, path_in_tree, points, sentence, short, standing};
use super::suppressed;
use super::words::verdict_sentence;
use crate::assessment::{Assessment, GateFailure, Suppression, SystemAssessment, Verdict};

/// Claims and findings that the output of a test case lists.
const LISTED: usize = 20;

/// Renders JUnit's XML.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let systems = &assessment.systems;
    let skipped = systems.iter().filter(|system| is_skipped(system) && failures(assessment, Some(system)).is_empty());
    let skipped = skipped.count();
    let failed = systems.iter().filter(|system| !failures(assessment, Some(system)).is_empty()).count();
    let beside = failures(assessment, None);
    let failed = failed + usize::from(!beside.is_empty());
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let tests = systems.len() + usize::from(!beside.is_empty());
    let _ = writeln!(
        xml,
        "<testsuites name=\"kubeworthy\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" time=\"0\">"
    );
    let _ = writeln!(
        xml,
        "  <testsuite name=\"kubeworthy\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" \
         time=\"0\">"
    );
    xml.push_str("    <properties>\n");
    let mut property = |name: &str, value: &str| {
        let _ = writeln!(xml, "      <property name=\"{}\" value=\"{}\"/>", escaped(name), escaped(value));
    };
    property("version", env!("CARGO_PKG_VERSION"));
    property("rules-digest", &assessment.rules_digest);
    property("inputs-digest", &assessment.inputs.digest);
    for system in [&assessment.estate].into_iter().chain(systems) {
        let id = short(&system.id);
        let need = &system.need;
        property(&format!("{id} verdict"), system.verdict.id());
        property(&format!("{id} need"), &points(need.score));
        property(&format!("{id} need-low"), &points(need.low));
        property(&format!("{id} need-high"), &points(need.high));
        property(&format!("{id} confidence"), &system.confidence.to_string());
    }
    if let Some(gate) = &assessment.gate {
        property("gate", Answer::of(assessment, gate).id());
        property("fail-on", &gate.fail_on.join(", "));
    }
    xml.push_str("    </properties>\n");
    for system in systems {
        case(&mut xml, assessment, system);
    }
    if !beside.is_empty() {
        xml.push_str("    <testcase classname=\"kubeworthy.estate\" name=\"estate\" time=\"0\">\n");
        write_failure(&mut xml, &beside);
        xml.push_str("    </testcase>\n");
    }
    let mistaken = suppressed::mistaken(assessment);
    if !mistaken.is_empty() {
        let line = |each: &&Suppression| {
            let at =
                each.place.as_ref().map_or_else(String::new, |at| format!("{}:{}: ", path_in_tree(&at.file), at.line));
            sentence(&format!("{at}{} {}: {}", suppressed::code(each), each.message, each.help))
        };
        let lines: Vec<String> = mistaken.iter().take(LISTED).map(line).collect();
        let _ = writeln!(xml, "    <system-out>{}</system-out>", escaped(&lines.join("\n")));
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Why the gate fails for a system, or for none of them.
fn failures<'a>(assessment: &'a Assessment, system: Option<&SystemAssessment>) -> Vec<&'a GateFailure> {
    let all = assessment.gate.iter().flat_map(|gate| &gate.failures);
    all.filter(|failure| failure.system.as_ref() == system.map(|system| &system.id)).collect()
}

/// The failure of a test case: the first reason is its message, its text has all of them.
fn write_failure(xml: &mut String, failures: &[&GateFailure]) {
    let Some(first) = failures.first() else { return };
    let lines: Vec<String> = failures
        .iter()
        .map(|failure| {
            let at = failure.place.as_ref().filter(|place| place.is_in_a_file());
            let at = at.map(|place| format!("{}:{}: ", path_in_tree(&place.file), place.line)).unwrap_or_default();
            let help = if failure.help.is_empty() { String::new() } else { format!(" ({})", failure.help) };
            sentence(&format!("{at}{} {}{help}", failure.code, failure.message))
        })
        .collect();
    let _ = writeln!(
        xml,
        "      <failure type=\"{}\" message=\"{}\">{}</failure>",
        escaped(&short(&first.cause)),
        escaped(&sentence(&first.message.to_string())),
        escaped(&lines.join("\n"))
    );
}

fn is_skipped(system: &SystemAssessment) -> bool {
    system.verdict == Verdict::Inconclusive
}

fn case(xml: &mut String, assessment: &Assessment, system: &SystemAssessment) {
    let class = format!("kubeworthy.{}", system.grouped_by);
    let _ = write!(
        xml,
        "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
        escaped(&class),
        escaped(&short(&system.name))
    );
    if let Some(anchor) = system.anchor.as_ref().filter(|anchor| anchor.is_in_a_file()) {
        // A path that is cut would lead nowhere.
        if anchor.file.chars().count() <= LONGEST {
            let path = path_in_tree(&anchor.file);
            let _ = write!(xml, " file=\"{}\" line=\"{}\"", escaped(&path), anchor.line.max(1));
        }
    }
    xml.push_str(">\n");
    let said = sentence(&verdict_sentence(assessment, system).to_string());
    let failures = failures(assessment, Some(system));
    write_failure(xml, &failures);
    if is_skipped(system) && failures.is_empty() {
        let _ = writeln!(xml, "      <skipped message=\"{}\"/>", escaped(&said));
    }
    let _ = writeln!(xml, "      <system-out>{}</system-out>\n    </testcase>", escaped(&output(system, &said)));
}

/// What a person reads who opens the test case.
fn output(system: &SystemAssessment, said: &str) -> String {
    let mut text = format!("It {}. {said}\n", standing(system));
    let claims = system.claims.iter().filter(|claim| claim.share > 0.0);
    let claims = claims.map(|claim| format!("{} points: {}", points(claim.share), claim.message));
    let findings =
        system.findings.iter().map(|finding| format!("{} {}: {}", finding.level.id(), finding.code, finding.message));
    for list in [claims.collect::<Vec<_>>(), findings.collect()] {
        for line in list.iter().take(LISTED) {
            let _ = writeln!(text, "{}", sentence(line));
        }
        if list.len() > LISTED {
            let _ = writeln!(text, "{} more are left out.", list.len() - LISTED);
        }
    }
    text
}

/// Text for XML 1.0: marked characters are written as references, forbidden ones and those that a terminal would obey are
/// replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other if crate::text::sanitize::is_unsafe(other) => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_references_and_forbidden_characters_are_gone() {
        assert_eq!(
            escaped("]]><a b='\"'>&\u{0}\u{1b}\u{ffff}"),
            "]]&gt;&lt;a b=&apos;&quot;&apos;&gt;&amp;\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
