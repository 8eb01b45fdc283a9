//! The difference in Markdown, for pages and comments.

use std::collections::BTreeMap;

use super::telling;
use super::wire::{Change, Difference};
use crate::language::say;
use crate::report::json::Place;
use crate::report::markdown::page::Page;
use crate::report::markup::{at, code, in_html, inline, sentence, shortened};
use crate::report::words::points;
use crate::report::{Layout, Verbosity};

/// How many systems the table has.
const ROWS: usize = 200;
/// How much of the page the details of one system may take, in bytes.
const ONE: usize = 8_000;

pub(super) fn render(difference: &Difference, meanings: &BTreeMap<String, String>, layout: Layout) -> String {
    let voice = layout.voice;
    let mut page = Page::new(voice);
    let title = say!("From {} to {}", telling::side(&difference.old), telling::side(&difference.new));
    page.heading(2, &sentence(voice, &title));
    page.paragraph(&format!("**{}**", sentence(voice, &telling::summary(difference))));
    for caution in telling::cautions(difference) {
        page.paragraph(&sentence(voice, &caution));
    }
    let changes = telling::changes(difference);
    table(&mut page, &changes, layout);
    let mut left = 0;
    for (index, (change, is_estate)) in changes.iter().enumerate() {
        let mut part = Page::part(voice, page.room().min(ONE));
        details(&mut part, change, meanings, layout);
        let text = part.finish();
        // What comes first is read first; the rest is unfolded by whom it concerns.
        if index == 0 && page.room() > text.len() + 1_000 {
            page.heading(3, &sentence(voice, &telling::name(change, *is_estate)));
            page.paragraph(text.trim());
        } else {
            let name = shortened(&telling::name(change, *is_estate));
            let head = voice.say(&say!("{}: {}", name, telling::verdict(change, voice)));
            left += usize::from(!page.folded(&in_html(&head), &text));
        }
    }
    if left > 0 {
        let text = say!("There is no room for the details of {} more systems; -o json has everything.", left);
        page.paragraph(&sentence(voice, &text));
    }
    let mut text = page.finish();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn table(page: &mut Page, changes: &[(&Change, bool)], layout: Layout) {
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|(change, is_estate)| {
            let verdict = sentence(voice, &telling::verdict(change, voice));
            let score = |side: &Option<super::wire::Summary>| {
                side.as_ref().map_or_else(|| "–".to_owned(), |one| voice.say(&say!("{}", points(one.need.score))))
            };
            let moved = change.need_moved.map_or_else(|| "–".to_owned(), |moved| voice.say(&telling::signed(moved)));
            let suggested = change.new.as_ref().and_then(|one| one.suggested_name.as_deref());
            let suggested = suggested.map_or_else(|| "–".to_owned(), inline);
            vec![
                sentence(voice, &telling::name(change, *is_estate)),
                if change.verdict_moved { format!("**{verdict}**") } else { verdict },
                score(&change.old),
                score(&change.new),
                inline(&moved),
                if change.suggested_moved { format!("**{suggested}**") } else { suggested },
            ]
        })
        .collect();
    let (old, new) = (format!(">{}", voice.words("need before")), format!(">{}", voice.words("need now")));
    let moved = format!(">{}", voice.words("moved"));
    let (system, verdict) = (voice.words("system"), voice.words("verdict"));
    let suggested = voice.words("suggested");
    page.table(&[&system, &verdict, &old, &new, &moved, &suggested], &rows, ROWS);
}

fn details(page: &mut Page, change: &Change, meanings: &BTreeMap<String, String>, layout: Layout) {
    let voice = layout.voice;
    let facts: Vec<String> = telling::facts(change).iter().map(|fact| sentence(voice, fact)).collect();
    page.paragraph(&facts.join(" "));
    if layout.verbosity == Verbosity::Quiet {
        return;
    }
    let most = if layout.verbosity == Verbosity::Verbose { 200 } else { 10 };
    for part in telling::parts(change, meanings, voice) {
        page.paragraph(&format!("**{}**", inline(&part.title)));
        let entries: Vec<String> = part
            .entries
            .iter()
            .map(|entry| {
                let places: Vec<String> = entry.places.iter().take(2).map(place).collect();
                let places = if places.is_empty() { String::new() } else { format!(" · {}", places.join(", ")) };
                format!("{} {}{places}", code(&entry.mark), sentence(voice, &entry.text))
            })
            .collect();
        page.list(&entries, most);
    }
}

fn place(place: &Place) -> String {
    at(place.file.as_deref().unwrap_or_default(), place.line, place.object.as_deref())
}
