//! The need of a system: the gauge, what the figures mean, the axes, and where it stands on the ladders.

use super::{Markup, Report, badge_of, heads, number, part};
use crate::assessment::{Standing, SystemAssessment};
use crate::language::say;
use crate::report::suppressed::counted;
use crate::report::{sentences, words};

/// The length of the gauge.
const LENGTH: f64 = 600.0;
const MARGIN: f64 = 10.0;

/// The need with its gauge.
pub(super) fn need(page: &mut Markup, report: Report<'_>, system: &SystemAssessment, prefix: &str) {
    let voice = report.voice();
    part(page, prefix, "need", &voice.words("The need, and how sure it is"), |section| {
        section.element("p", &[], |line| {
            badge_of(line, report, system.verdict);
            line.text(" ");
            line.text(&voice.say(&say!(
                "Kubernetes need {} of 100, range {} to {}, confidence {} %",
                counted(&system.need),
                report.points(system.need.low),
                report.points(system.need.high),
                system.confidence
            )));
        });
        gauge(section, report, system);
        for sentence in sentences::beside_the_verdict(report.assessment, system) {
            section.leaf("p", &[], &report.voice().say(&sentence));
        }
        section.element("div", &[("class", "pair")], |pair| {
            ladders(pair, report, system);
            axes(pair, report, system);
        });
    });
}

/// The need on a line from 0 to 100, with the bands of the verdicts and the range.
fn gauge(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    let at = |points: f64| MARGIN + points.clamp(0.0, 100.0) / 100.0 * LENGTH;
    let (low, high) = report.assessment.bands;
    let frame = format!("0 0 {} 74", number(LENGTH + 2.0 * MARGIN));
    let class = format!("gauge {}", system.verdict.id());
    page.element("svg", &[("class", &class), ("viewBox", &frame), ("role", "img")], |svg| {
        let title = say!(
            "A need of {} on a scale of 0 to 100, range {} to {}; needless below {}, justified from {}",
            report.points(system.need.score),
            report.points(system.need.low),
            report.points(system.need.high),
            report.points(low),
            report.points(high)
        );
        svg.leaf("title", &[], &voice.say(&title));
        let bands = [
            ("needless", 0.0, low, voice.words("needless")),
            ("debatable", low, high, voice.words("debatable")),
            ("justified", high, 100.0, voice.words("justified")),
        ];
        for (class, from, to, word) in bands {
            let (x, width) = (number(at(from) + 1.0), number(at(to) - at(from) - 2.0));
            let band =
                [("class", "band"), ("x", x.as_str()), ("y", "32"), ("width", &width), ("height", "10"), ("rx", "2")];
            svg.element("g", &[("class", class)], |group| {
                group.leaf("rect", &band, "");
                let middle = number(f64::midpoint(at(from), at(to)));
                group.leaf("text", &[("x", &middle), ("y", "62"), ("text-anchor", "middle")], &word);
            });
        }
        for tick in [0.0, low, high, 100.0] {
            let anchor = match tick {
                0.0 => "start",
                100.0 => "end",
                _ => "middle",
            };
            let attributes = [("class", "tick"), ("x", &*number(at(tick))), ("y", "62"), ("text-anchor", anchor)];
            svg.leaf("text", &attributes, &report.points(tick));
        }
        let (from, to) = (at(system.need.low), at(system.need.high));
        let path = format!("M{} 37H{}M{} 31v12M{} 31v12", number(from), number(to), number(from), number(to));
        svg.leaf("path", &[("class", "range"), ("d", &path)], "");
        let x = number(at(system.need.score));
        svg.leaf("circle", &[("class", "point"), ("cx", &x), ("cy", "37"), ("r", "8")], "");
        let label = at(system.need.score).clamp(MARGIN + 16.0, MARGIN + LENGTH - 16.0);
        let attributes = [("class", "score"), ("x", &*number(label)), ("y", "20"), ("text-anchor", "middle")];
        svg.leaf("text", &attributes, &report.points(system.need.score));
    });
}

fn axes(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    page.element("table", &[("class", "axes")], |table| {
        table.leaf(
            "caption",
            &[],
            &voice.words(
                "The need of each axis alone: what others bring, and what only several bring together, is in none",
            ),
        );
        heads(table, &[&voice.words("Axis"), &voice.words("Need"), &voice.words("of 100")]);
        table.element("tbody", &[], |body| {
            for (axis, need) in &system.axes {
                body.element("tr", &[], |row| {
                    row.leaf("th", &[("scope", "row")], &voice.words(axis.id()));
                    row.leaf("td", &[("class", "n")], &report.points(*need));
                    row.element("td", &[("class", "bar")], |cell| bar(cell, *need));
                });
            }
        });
    });
}

/// A bar of so many of 100 points.
pub(super) fn bar(page: &mut Markup, points: f64) {
    let attributes =
        [("class", "bar"), ("viewBox", "0 0 100 6"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")];
    page.element("svg", &attributes, |svg| {
        svg.leaf("path", &[("class", "all"), ("d", "M0 3H100")], "");
        if points > 0.0 {
            svg.leaf("path", &[("d", &format!("M0 3H{}", number(points.clamp(0.6, 100.0))))], "");
        }
    });
}

fn ladders(page: &mut Markup, report: Report<'_>, system: &SystemAssessment) {
    let voice = report.voice();
    let scale = &report.assessment.rungs.1;
    page.element("table", &[("class", "ladders")], |table| {
        table.leaf("caption", &[], &voice.words("Where it stands on the two ladders"));
        heads(table, &[&voice.words("Ladder"), &voice.words("Rung"), &voice.words("What that means")]);
        table.element("tbody", &[], |body| {
            ladder(
                body,
                report,
                &voice.words("Availability"),
                system.availability,
                &[voice.say(&sentences::survives(report.assessment, system))],
            );
            ladder(body, report, &voice.words("Scale"), system.scale, &carried(report, scale, system));
        });
    });
}

fn ladder(page: &mut Markup, report: Report<'_>, name: &str, standing: Standing, text: &[String]) {
    page.element("tr", &[], |row| {
        row.leaf("th", &[("scope", "row")], name);
        row.element("td", &[], |cell| {
            let attributes = [("class", "rungs"), ("viewBox", "0 0 74 14"), ("aria-hidden", "true")];
            cell.element("svg", &attributes, |svg| {
                for rung in 1..=5u8 {
                    let class = match rung {
                        rung if rung <= standing.low => "proven",
                        rung if rung <= standing.high => "written",
                        _ => "free",
                    };
                    let x = number(f64::from(rung - 1) * 15.0 + 1.0);
                    let square = [
                        ("class", class),
                        ("x", x.as_str()),
                        ("y", "1"),
                        ("width", "12"),
                        ("height", "12"),
                        ("rx", "2"),
                    ];
                    svg.leaf("rect", &square, "");
                }
            });
            cell.leaf("span", &[], &report.voice().say(&sentences::rungs(standing)));
        });
        row.element("td", &[], |cell| {
            for (index, line) in text.iter().enumerate() {
                if index > 0 {
                    cell.void("br", &[]);
                }
                cell.text(line);
            }
        });
    });
}

/// What it takes to carry a system, in two lines.
fn carried(report: Report<'_>, rungs: &[String; 6], system: &SystemAssessment) -> Vec<String> {
    let voice = report.voice();
    let rung = |rung: u8| voice.words(words::rung(rungs, rung));
    let (low, high) = (system.scale.low, system.scale.high);
    let carried =
        if low == high { rung(high).into_owned() } else { voice.say(&say!("{} to {}", rung(low), rung(high))) };
    let footprint = &system.footprint;
    let amount = |value: f64| voice.number(value, usize::from(value < 100.0));
    let range = |(low, high): (f64, f64)| {
        if (high - low).abs() < 0.05 { amount(high) } else { voice.say(&say!("{} to {}", amount(low), amount(high))) }
    };
    let size = voice.say(&say!("{} vCPU, {} GiB", range(footprint.cpu), range(footprint.memory_gib)));
    let written = match footprint.written {
        share if share >= 0.995 => voice.words("all sizes written").into_owned(),
        0.0 => voice.words("all sizes assumed").into_owned(),
        share => voice.say(&say!("{} % of sizes written, the rest assumed", (share * 100.0, 0))),
    };
    vec![carried, format!("{size}; {written}")]
}
