//! Several systems: all of them in a table, then each folded, as far as there is room.

use super::Layout;
use super::page::Page;
use super::system;
use crate::assessment::{Assessment, SystemAssessment};
use crate::language::say;
use crate::report::Verbosity;
use crate::report::markup::{code, in_html, inline, name};
use crate::report::words;

use crate::report::suppressed::counted;

/// How many rows the table of systems has at most.
const ROWS: usize = 300;
/// How much of the page the table of systems may take, in bytes.
const TABLE: usize = 30_000;
/// How much of the page the details of one system may take, in bytes.
const ONE: usize = 5_000;

pub(super) fn render(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let voice = layout.voice;
    let estate = &assessment.estate;
    let title = voice.say(&say!("Estate of {} systems", assessment.systems.len()));
    system::head(page, assessment, estate, &title, layout);
    let mut sorted: Vec<&SystemAssessment> = assessment.systems.iter().collect();
    sorted.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    clusters(page, assessment, layout);
    table(page, &sorted, layout);
    if layout.verbosity == Verbosity::Quiet {
        return;
    }
    system::body(page, assessment, estate, layout);
    if assessment.systems.is_empty() {
        return;
    }
    page.heading(3, &inline(&voice.words("System by system")));
    let mut left = 0;
    for one in sorted {
        let mut part = Page::part(voice, page.room().min(ONE));
        system::facts(&mut part, assessment, one, layout);
        system::body(&mut part, assessment, one, layout);
        let head = voice.say(&say!(
            "{}: {}, {} of 100",
            crate::report::markup::cut(&one.name, crate::report::markup::NAME),
            words::verdict_word(one.verdict, voice),
            counted(&one.need)
        ));
        left += usize::from(!page.folded(&in_html(&head), &part.finish()));
    }
    if left > 0 {
        let text =
            voice.say(&say!("There is no room for the details of {} more systems; -o json has everything.", left));
        page.paragraph(&inline(&text));
    }
}

fn table(page: &mut Page, sorted: &[&SystemAssessment], layout: Layout) {
    if sorted.is_empty() {
        return;
    }
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = sorted
        .iter()
        .map(|system| {
            let range = voice.say(&say!("{} to {}", words::points(system.need.low), words::points(system.need.high)));
            vec![
                code(&system.name),
                voice.say(&counted(&system.need)),
                inline(&range),
                inline(&words::verdict_word(system.verdict, voice)),
                format!("{} %", system.confidence),
                words::suggested(system).map_or_else(|| "–".to_owned(), |fit| name(&fit.name)),
            ]
        })
        .collect();
    let titles = [
        voice.words("system"),
        format!(">{}", voice.words("need")).into(),
        format!(">{}", voice.words("range")).into(),
        voice.words("verdict"),
        format!(">{}", voice.words("confidence")).into(),
        voice.words("suggested"),
    ];
    let titles: Vec<&str> = titles.iter().map(AsRef::as_ref).collect();
    page.heading(3, &inline(&voice.words("Systems")));
    let mut part = Page::part(voice, page.room().min(TABLE));
    part.table(&titles, &rows, ROWS);
    page.paragraph(part.finish().trim_end());
}

fn clusters(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let voice = layout.voice;
    let rows: Vec<Vec<String>> = assessment
        .inputs
        .clusters
        .iter()
        .filter_map(|cluster| {
            let (need, verdict, confidence, systems) = cluster.alone?;
            Some(vec![
                code(&cluster.name),
                voice.say(&say!("{}", words::points(need))),
                inline(&words::verdict_word(verdict, voice)),
                format!("{confidence} %"),
                systems.to_string(),
            ])
        })
        .collect();
    if rows.len() < 2 {
        return;
    }
    let titles = [
        voice.words("cluster"),
        format!(">{}", voice.words("need")).into(),
        voice.words("verdict"),
        format!(">{}", voice.words("confidence")).into(),
        format!(">{}", voice.words("systems")).into(),
    ];
    let titles: Vec<&str> = titles.iter().map(AsRef::as_ref).collect();
    page.heading(3, &inline(&voice.words("Clusters")));
    page.table(&titles, &rows, 50);
}
