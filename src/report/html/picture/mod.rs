//! The picture: every system on the two ladders with its range, and what targets cover.

mod areas;
mod grid;

use std::collections::BTreeSet;

use areas::{Area, Corner, areas, corners};
use grid::{Grid, LEFT, Mark, RUNGS};

use super::markup::Markup;
use super::{Report, heads, number, scroll, short};
use crate::assessment::{Standing, SystemAssessment, Verdict};
use crate::language::say;
use crate::report::lines;
use crate::report::words;

/// How far the outlines of areas stand apart where they would lie on each other.
const APART: f64 = 3.0;

/// Every verdict, in the order of the legend.
pub(super) const VERDICTS: [Verdict; 5] =
    [Verdict::Needless, Verdict::Debatable, Verdict::Justified, Verdict::KubernetesNative, Verdict::Inconclusive];

/// The picture with its legend. `ids` are the addresses of the systems in the page.
pub(super) fn picture(
    page: &mut Markup,
    report: Report<'_>,
    subject: &SystemAssessment,
    systems: &[(&SystemAssessment, String)],
) {
    let voice = report.voice();
    let drawn: Vec<&SystemAssessment> = systems.iter().map(|(system, _)| *system).collect();
    let grid = Grid::of(&drawn);
    let areas = areas(subject);
    page.element("figure", &[("class", "picture")], |figure| {
        let attributes = [("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-labelledby", "picture-title")];
        figure.element("div", &attributes, |scroll| draw(scroll, report, subject, systems, &grid, &areas));
        figure.element("figcaption", &[], |caption| {
            legend(caption, report, &drawn);
            let text = voice.words(
                "Each mark is a system where it stands as written; its line leads to what is proven. The further up and to the right, the more it asks of what it runs on. Outlines show how far targets reach: as they are (solid), and with named work (dashed). The stronger the colour of the ground, the more kinds of targets reach that far.",
            );
            caption.leaf("p", &[], &text);
        });
    });
    covered(page, report, &areas, subject);
}

fn draw(
    page: &mut Markup,
    report: Report<'_>,
    subject: &SystemAssessment,
    systems: &[(&SystemAssessment, String)],
    grid: &Grid,
    areas: &[Area<'_>],
) {
    let voice = report.voice();
    let (right, bottom) = grid.corner();
    let frame = format!("0 0 {} {}", number(right + 6.0), number(bottom + 62.0));
    let attributes = [("viewBox", frame.as_str()), ("role", "group"), ("aria-labelledby", "picture-title")];
    page.element("svg", &attributes, |svg| {
        let title = voice.words("Systems and targets on the ladders of availability and scale");
        svg.leaf("title", &[("id", "picture-title")], &title);
        grounds(svg, grid, areas);
        axes(svg, report, grid);
        let suggested = subject.suggested.as_deref();
        outlines(svg, grid, areas, suggested);
        svg.element("g", &[("class", "arms")], |arms| arms_of(arms, grid, systems));
        for mark in &grid.marks {
            let Some((system, address)) = systems.get(mark.system) else { continue };
            mark_of(svg, report, grid, mark, system, address);
        }
    });
}

/// The lines of the grid and the names of the rungs.
fn axes(page: &mut Markup, report: Report<'_>, grid: &Grid) {
    let voice = report.voice();
    let (right, bottom) = grid.corner();
    let (availability, scale) = &report.assessment.rungs;
    let top = grid.row(5).0;
    let mut lines = String::new();
    for rung in 0..RUNGS as u8 {
        let (row, column) = (grid.row(rung).0, grid.column(rung).1);
        lines.push_str(&format!("M{} {}H{}", number(LEFT), number(row), number(right)));
        lines.push_str(&format!("M{} {}V{}", number(column), number(top), number(bottom)));
    }
    page.leaf("path", &[("class", "lines"), ("d", &lines)], "");
    let axis = format!("M{} {}V{}H{}", number(LEFT), number(top), number(bottom), number(right));
    page.leaf("path", &[("class", "axis"), ("d", &axis)], "");
    for rung in 0..RUNGS as u8 {
        let (above, below) = grid.row(rung);
        let middle = f64::midpoint(above, below);
        let meaning = voice.words(words::rung(availability, rung));
        let attributes = [("class", "rung"), ("text-anchor", "end")];
        written(page, &attributes, LEFT - 26.0, middle + 4.0, &lines::cut(&meaning, 25, "…"));
        written(page, &[("class", "step"), ("text-anchor", "middle")], LEFT - 13.0, middle + 4.0, &rung.to_string());
        let (from, to) = grid.column(rung);
        let middle = f64::midpoint(from, to);
        let meaning = voice.words(words::rung(scale, rung));
        written(page, &[("class", "step"), ("text-anchor", "middle")], middle, bottom + 17.0, &rung.to_string());
        let room = ((to - from) / 7.0) as usize;
        let attributes = [("class", "rung"), ("text-anchor", "middle")];
        written(page, &attributes, middle, bottom + 34.0, &lines::cut(&meaning, room, "…"));
    }
    let turned = format!("translate(11 {}) rotate(-90)", number(f64::midpoint(top, bottom)));
    let attributes = [("class", "ladder"), ("text-anchor", "middle"), ("transform", turned.as_str())];
    page.leaf("text", &attributes, &voice.words("Availability: what it survives →"));
    let attributes = [("class", "ladder"), ("text-anchor", "middle")];
    let title = voice.words("Scale: what it takes to carry it →");
    written(page, &attributes, f64::midpoint(LEFT, right), bottom + 56.0, &title);
}

fn written(page: &mut Markup, attributes: &[(&'static str, &str)], x: f64, y: f64, text: &str) {
    let (x, y) = (number(x), number(y));
    let attributes = [attributes, &[("x", x.as_str()), ("y", y.as_str())]].concat();
    page.leaf("text", &attributes, text);
}

/// The ground of every area, one over the other: what many targets reach is dark.
fn grounds(page: &mut Markup, grid: &Grid, areas: &[Area<'_>]) {
    let bottom = grid.corner().1;
    page.element("g", &[("class", "grounds")], |grounds| {
        for area in areas {
            let (top, right) = (grid.row(area.reach.availability.low).0, grid.column(area.reach.scale.low).1);
            let path =
                format!("M{} {}H{}V{}H{}Z", number(LEFT), number(top), number(right), number(bottom), number(LEFT));
            grounds.leaf("path", &[("d", &path)], "");
        }
    });
}

/// The outlines of the areas with their letters. Those of one corner are one outline.
fn outlines(page: &mut Markup, grid: &Grid, areas: &[Area<'_>], suggested: Option<&str>) {
    let (plain, worked) = corners(areas);
    let best = areas.iter().find(|area| area.fits.iter().any(|fit| Some(fit.id.as_str()) == suggested));
    let best = best.map(|area| area.letter);
    // Corners on the same edge lie beside one another.
    let mut edges: Vec<(bool, u8)> = Vec::new();
    let mut plates: Vec<(String, Corner)> = Vec::new();
    for (class, corners) in [("worked", worked), ("plain", plain)] {
        for (at, letters) in corners {
            let mut inset = |edge: (bool, u8)| {
                edges.push(edge);
                APART * edges.iter().filter(|other| **other == edge).count() as f64
            };
            let (top, right) = (grid.row(at.0).0 + inset((true, at.0)), grid.column(at.1).1 - inset((false, at.1)));
            let is_best = best.is_some_and(|best| letters.contains(&best));
            let class = if is_best { format!("area {class} best") } else { format!("area {class}") };
            let path = format!("M{} {}H{}V{}", number(LEFT), number(top), number(right), number(grid.corner().1));
            page.leaf("path", &[("class", &class), ("d", &path)], "");
            plates.push((class, (at, letters)));
        }
    }
    // The letters lie over all of the lines.
    for (class, corner) in plates {
        plate(page, grid, &class, &corner);
    }
}

/// The letters of a corner, in its cell. Those of what is reached with work stand left of those of what is reached as it is.
fn plate(page: &mut Markup, grid: &Grid, class: &str, corner: &Corner) {
    let ((availability, scale), letters) = corner;
    let shift = if class.contains("worked") { 58.0 } else { 18.0 };
    let (top, right) = (grid.row(*availability).0 + 5.0, grid.column(*scale).1 - shift);
    let text = letters.iter().map(char::to_string).collect::<Vec<_>>().join(" ");
    let width = 7.0 + 9.5 * letters.len() as f64;
    page.element("g", &[("class", class)], |area| {
        let (x, y) = (number(right - width), number(top));
        let plate = [("x", x.as_str()), ("y", y.as_str()), ("width", &number(width)), ("height", "16"), ("rx", "4")];
        area.leaf("rect", &plate, "");
        written(area, &[("class", "letter"), ("text-anchor", "middle")], right - width / 2.0, top + 12.0, &text);
    });
}

/// The ranges: lines from each mark down to the rung that is proven, and to the left. Marks above one another share a line.
fn arms_of(page: &mut Markup, grid: &Grid, systems: &[(&SystemAssessment, String)]) {
    let mut path = String::new();
    let mut drawn: BTreeSet<(String, u8)> = BTreeSet::new();
    for mark in &grid.marks {
        let Some((system, _)) = systems.get(mark.system) else { continue };
        let (x, y) = (number(mark.x), number(mark.y));
        let (availability, scale) = (system.availability, system.scale);
        // The marks of a column come from the top down, so the first line is the longest.
        if availability.low < availability.high && drawn.insert((x.clone(), availability.low)) {
            let end = number(grid.row(availability.low).0 + 11.0);
            path.push_str(&format!("M{x} {y}V{end}m-3 0h6"));
        }
        if scale.low < scale.high {
            let end = number(grid.column(scale.low).1 - 11.0);
            path.push_str(&format!("M{x} {y}H{end}m0 -3v6"));
        }
    }
    if !path.is_empty() {
        page.leaf("path", &[("d", &path)], "");
    }
}

fn mark_of(page: &mut Markup, report: Report<'_>, grid: &Grid, mark: &Mark, system: &SystemAssessment, address: &str) {
    let voice = report.voice();
    let target = format!("#{address}");
    let radius = if mark.room.is_some() { 6.0 } else { grid.pitch * 0.37 };
    page.element("a", &[("class", system.verdict.id()), ("href", &target)], |link| {
        let title = say!(
            "{}: {}, need {}, range {} to {}",
            short(&system.name, 80),
            report.verdict(system.verdict),
            report.points(system.need.score),
            report.points(system.need.low),
            report.points(system.need.high)
        );
        link.leaf("title", &[], &voice.say(&title));
        link.leaf("path", &[("d", &shape(system.verdict, mark.x, mark.y, radius))], "");
        if let Some(room) = mark.room {
            let name = short(&system.name, (room / 7.3) as usize);
            written(link, &[], mark.x + 12.0, mark.y + 4.0, &name);
        }
    });
}

/// The outline of a verdict's mark: verdicts differ by shape, and not by colour alone.
fn shape(verdict: Verdict, x: f64, y: f64, r: f64) -> String {
    let at = |dx: f64, dy: f64| format!("{} {}", number(x + dx * r), number(y + dy * r));
    match verdict {
        Verdict::Needless | Verdict::Inconclusive => {
            // A ring is a disc with a hole in it.
            let disc = |r: f64| {
                let (left, side, back) = (number(x - r), number(2.0 * r), number(-2.0 * r));
                let r = number(r);
                format!("M{left} {}a{r} {r} 0 1 0 {side} 0a{r} {r} 0 1 0 {back} 0z", number(y))
            };
            if verdict == Verdict::Needless { disc(r) } else { format!("{}{}", disc(r), disc(r * 0.55)) }
        }
        Verdict::Debatable => format!("M{}L{}L{}L{}z", at(0.0, -1.2), at(1.2, 0.0), at(0.0, 1.2), at(-1.2, 0.0)),
        Verdict::Justified => format!("M{}L{}L{}z", at(0.0, -1.15), at(1.2, 0.95), at(-1.2, 0.95)),
        Verdict::KubernetesNative => {
            format!("M{}L{}L{}L{}z", at(-0.9, -0.9), at(0.9, -0.9), at(0.9, 0.9), at(-0.9, 0.9))
        }
    }
}

/// A mark by itself, for legends and tables.
pub(super) fn symbol(page: &mut Markup, verdict: Verdict) {
    let attributes = [("class", "mark"), ("viewBox", "0 0 14 14"), ("aria-hidden", "true")];
    page.element("svg", &attributes, |svg| {
        svg.leaf("path", &[("d", &shape(verdict, 7.0, 7.0, 5.2))], "");
    });
}

fn legend(page: &mut Markup, report: Report<'_>, systems: &[&SystemAssessment]) {
    page.element("ul", &[("class", "legend")], |list| {
        for verdict in VERDICTS {
            let count = systems.iter().filter(|system| system.verdict == verdict).count();
            if count == 0 {
                continue;
            }
            list.element("li", &[("class", verdict.id())], |item| {
                symbol(item, verdict);
                item.leaf("b", &[], &report.verdict(verdict));
                if systems.len() > 1 {
                    item.text(&format!(" {count}"));
                }
            });
        }
    });
}

/// What the letters stand for: how far the targets of each area reach.
fn covered(page: &mut Markup, report: Report<'_>, areas: &[Area<'_>], subject: &SystemAssessment) {
    if areas.is_empty() {
        return;
    }
    let voice = report.voice();
    let (availability, scale) = &report.assessment.rungs;
    let reach = |rungs: &[String; 6], standing: Standing| {
        let (low, high) =
            (voice.words(words::rung(rungs, standing.low)), voice.words(words::rung(rungs, standing.high)));
        if standing.low == standing.high {
            low.into_owned()
        } else {
            voice.say(&say!("{}; with work {}", &*low, &*high))
        }
    };
    page.element("details", &[("open", "")], |details| {
        details.leaf("summary", &[], &voice.words("What the letters stand for: how far each kind of target reaches"));
        let caption = voice.words("Reach of the targets");
        scroll(details, &caption, |scroll| {
            scroll.element("table", &[("class", "reach")], |table| {
                table.leaf("caption", &[("class", "unseen")], &caption);
                let titles =
                    [voice.words("Area"), voice.words("Targets"), voice.words("Survives"), voice.words("Carries")];
                heads(table, &[&titles[0], &titles[1], &titles[2], &titles[3]]);
                table.element("tbody", &[], |body| {
                    for area in areas {
                        body.element("tr", &[], |row| {
                            row.element("th", &[("scope", "row")], |cell| {
                                cell.leaf("span", &[("class", "letter")], &area.letter.to_string());
                            });
                            row.element("td", &[], |cell| {
                                for (index, fit) in area.fits.iter().enumerate() {
                                    if index > 0 {
                                        cell.text(", ");
                                    }
                                    let is_suggested = subject.suggested.as_deref() == Some(fit.id.as_str());
                                    cell.leaf(
                                        if is_suggested { "strong" } else { "span" },
                                        &[],
                                        &voice.words(&fit.name),
                                    );
                                }
                            });
                            row.leaf("td", &[], &reach(availability, area.reach.availability));
                            row.leaf("td", &[], &reach(scale, area.reach.scale));
                        });
                    }
                });
            });
        });
    });
}
