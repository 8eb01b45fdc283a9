//! The screen, and one line for each system.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use super::telling::{self, Entry};
use super::wire::{Change, Difference, Status, Summary};
use crate::language::say;
use crate::report::json::{Place, Verdict};
use crate::report::lines::wrap;
use crate::report::markup::{cut, shortened};
use crate::report::words::points;
use crate::report::{Layout, Verbosity};
use crate::text::sanitize::for_terminal;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// How many entries a list has.
const LIST: usize = 8;
/// How many systems are told of.
const SYSTEMS: usize = 20;

struct Screen {
    out: String,
    layout: Layout,
}

/// The screen.
pub(super) fn full(difference: &Difference, meanings: &BTreeMap<String, String>, layout: Layout) -> String {
    let mut screen = Screen { out: String::new(), layout };
    let voice = layout.voice;
    let title =
        voice.say(&shortened(&say!("From {} to {}", telling::side(&difference.old), telling::side(&difference.new))));
    screen.title(&title);
    let rule = screen.drawn("─").repeat(layout.width);
    let rule = screen.styled(&rule, DIM);
    screen.line(&rule);
    screen.paragraph("", 0, &voice.say(&telling::summary(difference)));
    for caution in telling::cautions(difference) {
        screen.paragraph("", 0, &voice.say(&caution));
    }
    let changes = telling::changes(difference);
    let most = if layout.verbosity == Verbosity::Verbose { usize::MAX } else { SYSTEMS };
    for (change, is_estate) in changes.iter().take(most) {
        screen.line("");
        screen.change(change, *is_estate, meanings);
    }
    if changes.len() > most {
        screen.line("");
        let text = voice
            .say(&say!("… and {} more systems; --verbose shows them, -o json has everything.", changes.len() - most));
        screen.paragraph("", 0, &text);
    }
    screen.out
}

/// One line for each system.
pub(super) fn concise(difference: &Difference, layout: Layout) -> String {
    let voice = layout.voice;
    let screen = Screen { out: String::new(), layout };
    let mut out = String::new();
    for (change, is_estate) in telling::changes(difference) {
        let name = voice.say(&shortened(&telling::name(change, is_estate)));
        let line = match (&change.old, &change.new) {
            (Some(old), Some(new)) => {
                let verdict = if old.verdict == new.verdict {
                    telling::verdict_word(new.verdict, voice)
                } else {
                    let (old, new) =
                        (telling::verdict_word(old.verdict, voice), telling::verdict_word(new.verdict, voice));
                    format!("{old} {} {new}", screen.drawn("→"))
                };
                // Where the need stays, whatever else moved is what is told.
                if change.need_moved.unwrap_or_default() == 0.0 && !change.verdict_moved {
                    let facts: Vec<String> = telling::facts(change).iter().map(|fact| voice.say(fact)).collect();
                    out.push_str(&screen.drawn(&screen.safe(&format!("{name}: {verdict}. {}", facts.join(" ")))));
                    out.push('\n');
                    continue;
                }
                let moved = telling::signed(change.need_moved.unwrap_or_default());
                let need = say!("need {} (before: {}, {})", points(new.need.score), points(old.need.score), moved);
                format!("{name}: {verdict}, {}", voice.say(&need))
            }
            (Some(one), None) | (None, Some(one)) => {
                let need = say!("need {}", points(one.need.score));
                format!("{name}: {}, {}", voice.say(&telling::verdict(change, voice)), voice.say(&need))
            }
            (None, None) => continue,
        };
        out.push_str(&screen.drawn(&screen.safe(&line)));
        out.push('\n');
    }
    if out.is_empty() || layout.verbosity > Verbosity::Quiet {
        out.push_str(&screen.drawn(&screen.safe(&voice.say(&telling::summary(difference)))));
        out.push('\n');
    }
    out
}

fn style(verdict: Option<Verdict>) -> Style {
    // Need is no quality: blue, yellow, magenta, and never red or green.
    let colour = match verdict {
        Some(Verdict::Needless) => AnsiColor::Blue,
        Some(Verdict::Debatable) => AnsiColor::Yellow,
        Some(Verdict::Justified | Verdict::KubernetesNative) => AnsiColor::Magenta,
        Some(Verdict::Inconclusive) | None => AnsiColor::White,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

impl Screen {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.layout.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn safe(&self, text: &str) -> String {
        for_terminal(text).into_owned()
    }

    /// Characters that are drawn with, in ASCII where no others may be drawn.
    fn drawn(&self, text: &str) -> String {
        if self.layout.unicode {
            return text.to_owned();
        }
        let plain = |character: char| match character {
            '→' => "->".to_owned(),
            '─' | '–' => "-".to_owned(),
            '━' => "=".to_owned(),
            '┼' => "+".to_owned(),
            '●' => "o".to_owned(),
            '○' => ".".to_owned(),
            '…' => "...".to_owned(),
            other => other.to_string(),
        };
        text.chars().map(plain).collect()
    }

    fn title(&mut self, text: &str) {
        for line in wrap(&self.safe(text), self.layout.width) {
            let line = self.styled(&line, BOLD);
            self.line(&line);
        }
    }

    /// A paragraph with a first indent, and a deeper one for the lines that follow.
    fn paragraph(&mut self, first: &str, rest: usize, text: &str) {
        let text = self.safe(text);
        let lead = first.width();
        let padding = " ".repeat(rest.saturating_sub(lead));
        for (index, line) in wrap(&text, self.layout.width.saturating_sub(rest).max(20)).into_iter().enumerate() {
            let prefix = if index == 0 { format!("{first}{padding}") } else { " ".repeat(rest) };
            self.line(&format!("{prefix}{line}"));
        }
    }

    fn change(&mut self, change: &Change, is_estate: bool, meanings: &BTreeMap<String, String>) {
        let voice = self.layout.voice;
        let name = voice.say(&shortened(&telling::name(change, is_estate)));
        self.title(&name);
        let verdict = self.verdict(change);
        self.line(&format!("  {verdict}"));
        if let (Some(old), Some(new)) = (&change.old, &change.new)
            && change.need_moved != Some(0.0)
        {
            let gauge = self.gauge(old, new);
            self.line(&gauge);
        }
        for fact in telling::facts(change) {
            self.paragraph("  ", 2, &voice.say(&shortened(&fact)));
        }
        if self.layout.verbosity == Verbosity::Quiet {
            return;
        }
        let most = if self.layout.verbosity == Verbosity::Verbose { usize::MAX } else { LIST };
        for part in telling::parts(change, meanings, voice) {
            let title = self.styled(&part.title, BOLD);
            self.line(&format!("  {title}"));
            for entry in part.entries.iter().take(most) {
                self.entry(entry);
            }
            if part.entries.len() > most {
                let text = voice.say(&say!("… and {} more", part.entries.len() - most));
                let text = self.drawn(&text);
                self.line(&format!("    {text}"));
            }
        }
    }

    /// Both verdicts with their colours, or what became of the system.
    fn verdict(&self, change: &Change) -> String {
        let voice = self.layout.voice;
        let word = |side: &Summary| self.styled(&telling::verdict_word(side.verdict, voice), style(side.verdict));
        match (&change.old, &change.new) {
            (Some(old), Some(new)) if old.verdict != new.verdict => {
                format!("{} {} {}", word(old), self.drawn("→"), word(new))
            }
            (_, Some(new)) if change.status != Status::New && !change.verdict_moved => {
                self.styled(&voice.say(&telling::verdict(change, voice)), style(new.verdict))
            }
            _ => self.safe(&voice.say(&telling::verdict(change, voice))),
        }
    }

    /// The need on a line from 0 to 100: where it was and where it is.
    fn gauge(&self, old: &Summary, new: &Summary) -> String {
        let length = self.layout.width.min(80).saturating_sub(10).max(20);
        let at = |value: f64| (((value / 100.0) * (length - 1) as f64).round() as usize).min(length - 1);
        let mut cells = vec!['─'; length];
        let (before, after) = (at(old.need.score), at(new.need.score));
        for cell in cells.iter_mut().take(before.max(after) + 1).skip(before.min(after)) {
            *cell = '━';
        }
        cells[before] = '○';
        cells[after] = '●';
        let line: String = cells.into_iter().collect();
        format!("  0 {} 100", self.drawn(&line))
    }

    fn entry(&mut self, entry: &Entry) {
        const PLACES: usize = 2;
        let voice = self.layout.voice;
        let mark = self.drawn(&entry.mark);
        let text = voice.say(&shortened(&entry.text));
        self.paragraph(&format!("    {mark:<6}"), 11, &text);
        for place in entry.places.iter().take(PLACES) {
            let room = self.layout.width.saturating_sub(13).max(20);
            let text = self.styled(&self.drawn(&self.safe(&cut(&position(place), room))), DIM);
            self.line(&format!("             {text}"));
        }
        if entry.places.len() > PLACES {
            let text = match entry.places.len() - PLACES {
                1 => voice.say(&say!("and 1 more place")),
                rest => voice.say(&say!("and {} more places", rest)),
            };
            let text = self.styled(&text, DIM);
            self.line(&format!("             {text}"));
        }
    }
}

/// Where something stands: the file and line, or the object of a live cluster.
pub(super) fn position(place: &Place) -> String {
    let file = place.file.as_deref().unwrap_or_default();
    match (place.line, &place.object) {
        (Some(line), _) => format!("{file}:{line}"),
        (None, Some(object)) => format!("{file}: {object}"),
        (None, None) => file.to_owned(),
    }
}
