//! The difference as sentences, for screen readers: nothing is drawn, and no column means anything.

use std::collections::BTreeMap;

use super::screen::position;
use super::telling;
use super::wire::Difference;
use crate::language::{Prose, say};
use crate::report::markup::shortened;
use crate::report::{Layout, Verbosity};
use crate::text::sanitize::for_terminal;

/// The sentences, one a line.
pub(super) fn render(difference: &Difference, meanings: &BTreeMap<String, String>, layout: Layout) -> String {
    const LIST: usize = 8;
    let voice = layout.voice;
    let mut out = String::new();
    let mut tell = |prose: &Prose| {
        out.push_str(&for_terminal(&voice.say(&shortened(prose))));
        out.push('\n');
    };
    tell(&say!("What moved from {} to {}.", telling::side(&difference.old), telling::side(&difference.new)));
    tell(&telling::summary(difference));
    for caution in telling::cautions(difference) {
        tell(&caution);
    }
    for (change, is_estate) in telling::changes(difference) {
        tell(&Prose::default());
        tell(&say!("System {}: {}.", telling::name(change, is_estate), telling::verdict(change, voice)));
        for fact in telling::facts(change) {
            tell(&fact);
        }
        if layout.verbosity == Verbosity::Quiet {
            continue;
        }
        let most = if layout.verbosity == Verbosity::Verbose { usize::MAX } else { LIST };
        for part in telling::parts(change, meanings, voice) {
            let title = part.title.clone();
            tell(&say!("{}: {}.", title, part.entries.len()));
            for entry in part.entries.iter().take(most) {
                let is_share = entry.mark.chars().any(|c| c.is_ascii_digit());
                let at = match entry.places.as_slice() {
                    [] => Prose::default(),
                    [one] => say!(" At {}.", position(one)),
                    [first, _] => say!(" At {}, and 1 more place.", position(first)),
                    [first, rest @ ..] => say!(" At {}, and {} more places.", position(first), rest.len()),
                };
                if is_share {
                    let points = entry.mark.trim_start_matches(['+', '-']).to_owned();
                    let moved = match entry.mark.chars().next() {
                        Some('+') => say!("{} points more", points),
                        Some('-') => say!("{} points less", points),
                        _ => say!("no other share"),
                    };
                    tell(&say!("{}: {}.{}", moved, &entry.text, at));
                } else {
                    tell(&say!("{}.{}", &entry.text, at));
                }
            }
            if part.entries.len() > most {
                tell(&say!("There are {} more.", part.entries.len() - most));
            }
        }
    }
    out
}
