//! The difference as one file for browsers, in the frame of the report: no request, no script, light, dark and print.

use std::collections::BTreeMap;

use super::screen::position;
use super::telling;
use super::wire::{Change, Difference, Summary};
use crate::language::{Prose, say};
use crate::report::Layout;
use crate::report::html::{Markup, page};
use crate::report::json::Verdict;
use crate::report::markup::{cut, shortened};
use crate::report::words::points;

/// How many entries a list has, and how many systems are told of.
const LIST: usize = 50;
const SYSTEMS: usize = 200;
/// The longest place that is shown, in characters.
const PLACE: usize = 200;

pub(super) fn render(difference: &Difference, meanings: &BTreeMap<String, String>, layout: Layout) -> String {
    let voice = layout.voice;
    let told = Told { layout, meanings };
    let title = told.say(&say!("From {} to {}", telling::side(&difference.old), telling::side(&difference.new)));
    let changes = telling::changes(difference);
    let mut body = Markup::new();
    body.element("header", &[("class", "top")], |header| {
        header.element("p", &[("class", "brand")], |brand| {
            brand.leaf("b", &[], "kubeworthy");
            brand.text(" ");
            brand.leaf("span", &[], &voice.words("What moved"));
        });
    });
    body.element("main", &[("id", "main")], |main| {
        main.element("section", &[("class", "answer")], |answer| {
            answer.leaf("h1", &[], &title);
            answer.leaf("p", &[("class", "lead")], &told.say(&telling::summary(difference)));
            for caution in telling::cautions(difference) {
                answer.leaf("p", &[], &told.say(&caution));
            }
            told.table(answer, &changes);
        });
        for (at, (change, is_estate)) in changes.iter().take(SYSTEMS).enumerate() {
            told.system(main, at, change, *is_estate);
        }
        if changes.len() > SYSTEMS {
            let more = say!("… and {} more systems; -o json has everything.", changes.len() - SYSTEMS);
            main.leaf("p", &[], &told.say(&more));
        }
    });
    page(&title, &body, false, layout)
}

#[derive(Clone, Copy)]
struct Told<'t> {
    layout: Layout,
    meanings: &'t BTreeMap<String, String>,
}

impl Told<'_> {
    fn say(self, prose: &Prose) -> String {
        self.layout.voice.say(&shortened(prose))
    }

    fn table(self, page: &mut Markup, changes: &[(&Change, bool)]) {
        if changes.is_empty() {
            return;
        }
        let voice = self.layout.voice;
        let titles = [
            voice.words("system"),
            voice.words("verdict"),
            voice.words("need before"),
            voice.words("need now"),
            voice.words("moved"),
            voice.words("suggested"),
        ];
        let caption = voice.words("Systems that moved");
        let frame = [("class", "scroll"), ("tabindex", "0"), ("role", "group"), ("aria-label", &*caption)];
        page.element("div", &frame, |scroll| {
            scroll.element("table", &[("class", "moved")], |table| {
                table.leaf("caption", &[], &caption);
                table.element("thead", &[], |head| {
                    head.element("tr", &[], |row| {
                        titles.iter().for_each(|title| row.leaf("th", &[("scope", "col")], title));
                    });
                });
                table.element("tbody", &[], |body| {
                    for (at, (change, is_estate)) in changes.iter().enumerate() {
                        body.element("tr", &[], |row| self.row(row, at, change, *is_estate));
                    }
                });
            });
        });
    }

    fn row(self, row: &mut Markup, at: usize, change: &Change, is_estate: bool) {
        let nothing = || "–".to_owned();
        let score = |side: &Option<Summary>| {
            side.as_ref().map_or_else(nothing, |one| self.say(&say!("{}", points(one.need.score))))
        };
        let name = self.say(&telling::name(change, is_estate));
        row.element("th", &[("scope", "row")], |cell| {
            if at < SYSTEMS { cell.link(&format!("#s{at}"), &name) } else { cell.text(&name) }
        });
        row.leaf("td", &[], &self.say(&telling::verdict(change, self.layout.voice)));
        row.leaf("td", &[("class", "n")], &score(&change.old));
        row.leaf("td", &[("class", "n")], &score(&change.new));
        let moved = change.need_moved.map_or_else(nothing, |moved| self.say(&telling::signed(moved)));
        row.leaf("td", &[("class", "n")], &moved);
        let suggested = |side: &Option<Summary>| side.as_ref().and_then(|one| one.suggested_name.clone());
        let target = match (suggested(&change.old), suggested(&change.new)) {
            (Some(old), Some(new)) if old != new => self.say(&say!("{}, before: {}", new, old)),
            (_, new) => new.unwrap_or_else(nothing),
        };
        row.leaf("td", &[], &target);
    }

    fn system(self, page: &mut Markup, at: usize, change: &Change, is_estate: bool) {
        let voice = self.layout.voice;
        let name = self.say(&telling::name(change, is_estate));
        let verdict = self.say(&telling::verdict(change, voice));
        let shown = change.new.as_ref().or(change.old.as_ref()).and_then(|one| one.verdict);
        page.element("section", &[("id", &*format!("s{at}")), ("class", class(shown))], |section| {
            section.leaf("h2", &[], &format!("{name}: {verdict}"));
            if let (Some(old), Some(new)) = (&change.old, &change.new)
                && change.need_moved != Some(0.0)
            {
                self.gauge(section, old, new);
            }
            section.element("ul", &[], |list| {
                telling::facts(change).iter().for_each(|fact| list.leaf("li", &[], &self.say(fact)));
            });
            for part in telling::parts(change, self.meanings, voice) {
                section.leaf("h3", &[], &part.title);
                section.element("ul", &[("class", "plain")], |list| {
                    for entry in part.entries.iter().take(LIST) {
                        list.element("li", &[], |item| {
                            item.leaf("b", &[], &entry.mark);
                            item.text(" ");
                            item.text(&self.say(&entry.text));
                            for place in entry.places.iter().take(3) {
                                item.text(" ");
                                item.leaf("code", &[("class", "at")], &cut(&position(place), PLACE));
                            }
                        });
                    }
                    if part.entries.len() > LIST {
                        let more = say!("… and {} more", part.entries.len() - LIST);
                        list.leaf("li", &[("class", "more")], &self.say(&more));
                    }
                });
            }
        });
    }

    /// The need on a line from 0 to 100: where it was, the end of a line, and where it is, a dot; the list below says the
    /// same.
    fn gauge(self, page: &mut Markup, old: &Summary, new: &Summary) {
        let at = |points: f64| 10.0 + points.clamp(0.0, 100.0) * 5.8;
        let (before, after) = (at(old.need.score), at(new.need.score));
        let text = self.say(&say!("Need {} before, {} now", points(old.need.score), points(new.need.score)));
        let frame = [("class", "gauge"), ("viewBox", "0 0 600 24"), ("role", "img"), ("aria-label", &*text)];
        page.element("svg", &frame, |svg| {
            svg.leaf("path", &[("class", "all"), ("d", "M10 12H590")], "");
            svg.leaf("path", &[("class", "range"), ("d", &format!("M{before:.1} 6V18M{before:.1} 12H{after:.1}"))], "");
            let centre = format!("{after:.1}");
            svg.leaf("circle", &[("class", "point"), ("cx", &centre), ("cy", "12"), ("r", "7")], "");
        });
    }
}

/// What colours a verdict.
fn class(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Needless) => "needless",
        Some(Verdict::Debatable) => "debatable",
        Some(Verdict::Justified) => "justified",
        Some(Verdict::KubernetesNative) => "k8s-native",
        Some(Verdict::Inconclusive) | None => "inconclusive",
    }
}
