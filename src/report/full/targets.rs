//! The targets compared, as a table with what speaks against each.

use super::super::lines::{left, right, width};
use super::super::marks::Mark;
use super::super::sentences::{self, Point};
use super::super::words;
use super::LIST;
use super::screen::Screen;
use crate::assessment::{Fit, SystemAssessment};
use crate::language::say;

/// The widest column of names.
const NAME: usize = 44;
/// The narrowest.
const LEAST_NAME: usize = 22;

/// Which columns there are: the width of the name, and of the others with those that have no room left out.
struct Columns {
    name: usize,
    shown: Vec<usize>,
}

impl Columns {
    /// Effort and then the availability give way on a narrow screen.
    fn new(screen: &Screen<'_>, titles: &[String; 3], has_availability: bool) -> Self {
        let wide = |column: &usize| width(&titles[*column]).max(if *column == 2 { 9 } else { 5 }) + 2;
        let mut shown = if has_availability { vec![0, 1, 2] } else { vec![0, 1] };
        let room = |shown: &[usize]| screen.layout.width.saturating_sub(4 + shown.iter().map(wide).sum::<usize>());
        for gives_way in [2, 1] {
            if room(&shown) < LEAST_NAME {
                shown.retain(|column| *column != gives_way);
            }
        }
        Self { name: room(&shown).min(NAME), shown }
    }

    fn row(&self, mark: &str, name: &str, cells: &[String; 3], titles: &[String; 3]) -> String {
        let mut line = format!("  {} {}", left(mark, 1), left(name, self.name));
        for column in &self.shown {
            let wide = width(&titles[*column]).max(if *column == 2 { 9 } else { 5 });
            line.push_str(&format!("  {}", right(&cells[*column], wide)));
        }
        line
    }
}

/// The targets, tier by tier.
pub(super) fn compared(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.workloads == 0 || !system.targets.iter().any(|fit| fit.admissible) {
        return;
    }
    let voice = screen.layout.voice;
    let heading = if screen.is_verbose() {
        voice.words("Targets compared")
    } else {
        voice.words("Targets compared: the best of each kind")
    };
    screen.heading(&heading);
    // Several systems together have no availability; then the column would say nothing.
    let is_known = system.targets.iter().any(|fit| fit.achievable.is_ok());
    let titles = [voice.words("falls short"), voice.words("effort"), voice.words("achievable")].map(String::from);
    let columns = Columns::new(screen, &titles, is_known);
    screen.line(&Mark::Faint.around(&columns.row("", "", &titles, &titles)));
    if system.achievable.percent.is_some() {
        let present = achievable(screen, system.achievable.percent);
        let name = voice.words("As it is written").into_owned();
        screen.line(&columns.row("", &name, &[String::new(), String::new(), present], &titles));
        if let Some(text) = sentences::not_reached(system) {
            let text = screen.say(&text);
            screen.paragraph("", 6, &text);
        }
    }
    let mut shown: Vec<&Fit> = Vec::new();
    for tier in 1..=3u8 {
        let kinds = sentences::kinds_of(system, tier, screen.is_verbose());
        if !kinds.is_empty() {
            let title = screen.say(&sentences::tier(tier));
            screen.paragraph("", 2, &Mark::Strong.around(&title));
        }
        for fit in &kinds {
            let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
            let mark = if is_suggested { screen.glyphs().arrow } else { "" };
            let name = screen.cut(&screen.safe(&fit.name), columns.name);
            let name = left(&name, columns.name);
            let name = if is_suggested { Mark::Strong.around(&name) } else { name };
            let shortfall = screen.say(&say!("{} %", (fit.least_shortfall() * 100.0, 0)));
            let there = achievable(screen, fit.achievable.clone().ok());
            let cells = [shortfall, fit.effort_with_split().to_string(), there];
            screen.line(&columns.row(mark, &name, &cells, &titles));
            let most = if is_suggested { LIST } else { 2 };
            points_of(screen, fit, screen.most(most));
        }
        shown.extend(kinds);
    }
    if screen.is_verbose() {
        refused(screen, system);
    }
    if let Some(text) = sentences::stale(&shown) {
        let text = screen.say(&text);
        screen.paragraph("", 2, &Mark::Faint.around(&text));
    }
    for text in sentences::complements(system) {
        let text = screen.say(&text);
        screen.paragraph("", 2, &text);
    }
}

fn achievable(screen: &Screen<'_>, percent: Option<f64>) -> String {
    match percent {
        Some(percent) => screen.say(&say!("{} %", words::percent(percent))),
        None => screen.layout.voice.words("unknown").into_owned(),
    }
}

/// The points that speak against a target, so many of them.
fn points_of(screen: &mut Screen<'_>, fit: &Fit, most: usize) {
    let voice = screen.layout.voice;
    let points = sentences::points_of(fit, voice);
    for (kind, text) in points.iter().take(most) {
        let word = match kind {
            Point::Beside => voice.words("beside"),
            Point::Blocked => voice.words("blocked"),
            Point::Loss => voice.words("loss"),
            Point::Work => voice.words("work"),
        };
        let text = screen.say(text);
        let rest = (7 + width(&word)).max(14);
        screen.paragraph(&format!("      {}", Mark::Faint.around(&word)), rest, &text);
    }
    let text = match points.len().saturating_sub(most) {
        0 => return,
        1 => screen.say(&say!("and 1 more point")),
        rest => screen.say(&say!("and {} more points", rest)),
    };
    screen.line(&format!("      {}", Mark::Faint.around(&text)));
}

/// Targets that may not be considered, each with why.
fn refused(screen: &mut Screen<'_>, system: &SystemAssessment) {
    let voice = screen.layout.voice;
    let refused: Vec<&Fit> = system.targets.iter().filter(|fit| !fit.admissible).collect();
    if refused.is_empty() {
        return;
    }
    screen.line(&format!("  {}", Mark::Strong.around(&voice.words("Not considered"))));
    for fit in refused {
        let why: Vec<String> = fit.why_not.iter().map(|why| sentences::said(voice, why)).collect();
        let name = screen.safe(&fit.name);
        let text = if why.is_empty() {
            name
        } else {
            screen.say(&say!("{}: {}", name, why.join(&screen.layout.voice.words("; "))))
        };
        screen.paragraph(&format!("  {}", screen.glyphs().dash), 4, &text);
    }
}
