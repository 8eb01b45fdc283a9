//! An estate's systems and clusters: as a table, and as verdicts alone.

use super::super::lines::{left, right, width};
use super::super::marks::Mark;
use super::super::sentences;
use super::super::suppressed::counted;
use super::super::words::{self, points_in};
use super::screen::Screen;
use crate::assessment::{ClusterRead, SystemAssessment, Verdict};
use crate::language::say;
use crate::report::only::only;

/// How many systems are one table; more are grouped by their verdicts.
const ONE_TABLE: usize = 24;
/// How many systems of each verdict are shown then.
const OF_EACH_VERDICT: usize = 8;

/// The verdicts in the order of need.
const VERDICTS: [Verdict; 5] =
    [Verdict::KubernetesNative, Verdict::Justified, Verdict::Debatable, Verdict::Inconclusive, Verdict::Needless];

/// The verdicts alone: the estate first, then the systems by need.
pub(super) fn verdicts(screen: &mut Screen<'_>) {
    let assessment = screen.assessment;
    if let Some(only) = only(assessment) {
        return verdict_line(screen, &only.name, &only);
    }
    let title = screen.say(&sentences::estate_title(assessment.systems.len()));
    verdict_line(screen, &title, &assessment.estate);
    for system in by_need(&assessment.systems) {
        verdict_line(screen, &system.name, system);
    }
}

fn verdict_line(screen: &mut Screen<'_>, name: &str, system: &SystemAssessment) {
    let text = screen.say(&verdict(screen, name, system));
    screen.hanging(2, &text);
}

/// Name, verdict, need with its range, confidence and what is suggested.
fn verdict(screen: &Screen<'_>, name: &str, system: &SystemAssessment) -> crate::language::Prose {
    use words::points;
    let name = Mark::Strong.around(&screen.end_of(&screen.safe(name), screen.layout.width.min(60)));
    let word = Mark::of_verdict(system.verdict).around(&words::verdict_word(system.verdict, screen.layout.voice));
    let need = &system.need;
    let (score, low, high) = (counted(need), points(need.low), points(need.high));
    match words::suggested(system) {
        Some(fit) => say!(
            "{}: {}, need {} ({} to {}), confidence {} %; suggested: {}",
            name,
            word,
            score,
            low,
            high,
            system.confidence,
            words::placed_alone(fit)
        ),
        None => say!("{}: {}, need {} ({} to {}), confidence {} %", name, word, score, low, high, system.confidence),
    }
}

/// Systems by need, the greatest first.
pub(in crate::report) fn by_need(systems: &[SystemAssessment]) -> Vec<&SystemAssessment> {
    let mut sorted: Vec<&SystemAssessment> = systems.iter().collect();
    sorted.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    sorted
}

/// Systems by their verdicts, those of each by need.
pub(in crate::report) fn by_verdict(systems: &[SystemAssessment]) -> Vec<(Verdict, Vec<&SystemAssessment>)> {
    let sorted = by_need(systems);
    let of = |verdict: Verdict| {
        let group: Vec<_> = sorted.iter().copied().filter(|system| system.verdict == verdict).collect();
        (verdict, group)
    };
    VERDICTS.into_iter().map(of).filter(|(_, group)| !group.is_empty()).collect()
}

/// The columns of a table, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Need,
    Range,
    Verdict,
    Confidence,
    Suggested,
}

const COLUMNS: [Column; 6] =
    [Column::Name, Column::Need, Column::Range, Column::Verdict, Column::Confidence, Column::Suggested];
/// What gives way on a narrow screen, first to last.
const GIVES_WAY: [Column; 3] = [Column::Confidence, Column::Range, Column::Suggested];
/// The least width of what is suggested, and of a name.
const LEAST: usize = 14;
/// The greatest width of a name, and that below which targets give way first.
const MOST_NAME: usize = 64;
const GOOD_NAME: usize = 38;

struct Table {
    columns: Vec<(Column, usize)>,
}

impl Table {
    /// A table of these systems that fits the screen.
    fn new(screen: &Screen<'_>, systems: &[&SystemAssessment], without: &[Column]) -> Self {
        let name = systems.iter().map(|system| width(&screen.safe(&system.name))).max().unwrap_or(0);
        let name = name.clamp(width(&title(screen, Column::Name)), MOST_NAME);
        let target = systems.iter().filter_map(|system| words::suggested(system)).map(|fit| width(&fit.name)).max();
        let target = target.unwrap_or(1).max(width(&title(screen, Column::Suggested)));
        let widest = |column: Column| {
            systems
                .iter()
                .map(|system| width(&cell(screen, column, system)))
                .max()
                .unwrap_or(0)
                .max(width(&title(screen, column)))
        };
        let mut columns: Vec<(Column, usize)> = COLUMNS
            .into_iter()
            .filter(|column| !without.contains(column))
            .map(|column| match column {
                Column::Name => (column, name),
                Column::Suggested => (column, target),
                other => (other, widest(other)),
            })
            .collect();
        let needed = |columns: &[(Column, usize)], least: bool| -> usize {
            columns
                .iter()
                .map(|(column, wide)| {
                    2 + match column {
                        Column::Name | Column::Suggested if least => (*wide).min(LEAST),
                        _ => *wide,
                    }
                })
                .sum()
        };
        for gives_way in GIVES_WAY {
            if needed(&columns, true) > screen.layout.width {
                columns.retain(|(column, _)| *column != gives_way);
            }
        }
        // Names and targets share what room there is.
        for (column, least) in [(Column::Name, GOOD_NAME), (Column::Suggested, LEAST), (Column::Name, LEAST)] {
            let excess = needed(&columns, false).saturating_sub(screen.layout.width);
            if let Some((_, wide)) = columns.iter_mut().find(|(each, _)| *each == column) {
                *wide = (*wide).saturating_sub(excess).max((*wide).min(least));
            }
        }
        Self { columns }
    }

    fn titles(&self, screen: &mut Screen<'_>) {
        let mut line = String::new();
        for (column, wide) in &self.columns {
            let text = screen.cut(&title(screen, *column), *wide);
            line.push_str("  ");
            line.push_str(&aligned(*column, &text, *wide));
        }
        screen.line(&Mark::Faint.around(line.trim_end()));
    }

    fn row(&self, screen: &mut Screen<'_>, system: &SystemAssessment) {
        let mut line = String::new();
        for (column, wide) in &self.columns {
            let text = cell(screen, *column, system);
            let text = if *column == Column::Name { screen.end_of(&text, *wide) } else { screen.cut(&text, *wide) };
            let text = aligned(*column, &text, *wide);
            line.push_str("  ");
            line.push_str(&match column {
                Column::Verdict => Mark::of_verdict(system.verdict).around(&text),
                _ => text,
            });
        }
        screen.line(&line);
    }
}

fn aligned(column: Column, text: &str, wide: usize) -> String {
    match column {
        Column::Need | Column::Range | Column::Confidence => right(text, wide),
        _ => left(text, wide),
    }
}

fn title(screen: &Screen<'_>, column: Column) -> String {
    let voice = screen.layout.voice;
    match column {
        Column::Name => voice.words("system"),
        Column::Need => voice.words("need"),
        Column::Range => voice.words("range"),
        Column::Verdict => voice.words("verdict"),
        Column::Confidence => voice.words("conf."),
        Column::Suggested => voice.words("suggested"),
    }
    .into_owned()
}

fn cell(screen: &Screen<'_>, column: Column, system: &SystemAssessment) -> String {
    let voice = screen.layout.voice;
    let dash = screen.glyphs().dash;
    match column {
        Column::Name => screen.safe(&system.name),
        Column::Need => points_in(voice, system.need.score),
        Column::Range => {
            let (low, high) = (points_in(voice, system.need.low), points_in(voice, system.need.high));
            if low == high { low } else { format!("{low}{dash}{high}") }
        }
        Column::Verdict => words::verdict_word(system.verdict, voice).into_owned(),
        Column::Confidence => screen.say(&say!("{} %", system.confidence)),
        Column::Suggested => words::suggested(system).map_or_else(|| dash.to_owned(), |fit| screen.safe(&fit.name)),
    }
}

/// The systems: how many have each verdict, then all of them by need, or the first of each verdict.
pub(super) fn table(screen: &mut Screen<'_>, systems: &[SystemAssessment]) {
    if systems.is_empty() {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("Systems"));
    let sorted = by_need(systems);
    let groups = by_verdict(systems);
    if groups.len() > 1 {
        let counts: Vec<String> = groups
            .iter()
            .map(|(verdict, group)| {
                let word = words::verdict_word(*verdict, voice).to_lowercase();
                format!("{} {}", group.len(), Mark::of_verdict(*verdict).around(&word))
            })
            .collect();
        let between = format!(" {} ", screen.glyphs().bullet);
        screen.paragraph("", 2, &counts.join(&between));
    }
    if sorted.len() <= ONE_TABLE {
        let table = Table::new(screen, &sorted, &[]);
        table.titles(screen);
        for system in sorted {
            table.row(screen, system);
        }
        return;
    }
    let most = screen.most(OF_EACH_VERDICT);
    let shown: Vec<&SystemAssessment> = groups.iter().flat_map(|(_, group)| group.iter().take(most).copied()).collect();
    let table = Table::new(screen, &shown, &[Column::Verdict]);
    table.titles(screen);
    for (verdict, group) in groups {
        let word = Mark::of_verdict(verdict).around(&words::verdict_word(verdict, voice));
        screen.line(&format!("  {word}"));
        for system in group.iter().take(most) {
            table.row(screen, system);
        }
        rest(screen, &group[most.min(group.len())..]);
    }
    if shown.len() < systems.len() {
        let hint = voice.words("--verbose lists all systems, -o wide with more columns, -o csv for a spreadsheet.");
        screen.hint(&hint);
    }
}

/// What is not shown of a group.
fn rest(screen: &mut Screen<'_>, systems: &[&SystemAssessment]) {
    let (Some(first), Some(last)) = (systems.first(), systems.last()) else { return };
    let (high, low) = (words::points(first.need.score), words::points(last.need.score));
    let text = screen.say(&match systems.len() {
        1 => say!("and 1 more, with a need of {}", high),
        more if first.need.score == last.need.score => say!("and {} more, each with a need of {}", more, high),
        more => say!("and {} more, with needs from {} to {}", more, high, low),
    });
    let line = format!("{} {text}", screen.glyphs().ellipsis);
    screen.paragraph("", 2, &Mark::Faint.around(&line));
}

/// The clusters of one estate, each with what it would be alone.
pub(super) fn clusters(screen: &mut Screen<'_>, clusters: &[ClusterRead]) {
    if clusters.len() < 2 {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("Clusters"));
    let titles = [
        voice.words("cluster"),
        voice.words("need"),
        voice.words("verdict"),
        voice.words("conf."),
        voice.words("systems"),
        voice.words("nodes"),
    ];
    let rows: Vec<(Verdict, [String; 6])> = clusters
        .iter()
        .filter_map(|cluster| {
            let (need, verdict, confidence, systems) = cluster.alone?;
            let nodes = cluster.nodes.map_or_else(|| "?".to_owned(), |nodes| format!("{nodes:.0}"));
            let cells = [
                screen.safe(&cluster.name),
                points_in(voice, need),
                words::verdict_word(verdict, voice).into_owned(),
                screen.say(&say!("{} %", confidence)),
                systems.to_string(),
                nodes,
            ];
            Some((verdict, cells))
        })
        .collect();
    let widest = |column: usize| {
        rows.iter().map(|(_, cells)| width(&cells[column])).max().unwrap_or(0).max(width(&titles[column]))
    };
    let mut columns: Vec<(usize, usize)> = (0..titles.len()).map(|column| (column, widest(column))).collect();
    columns[0].1 = columns[0].1.min(GOOD_NAME);
    let total = |columns: &[(usize, usize)]| columns.iter().map(|(_, wide)| wide + 2).sum::<usize>();
    for gives_way in [5, 3, 4] {
        let could_shrink = columns[0].1.saturating_sub(LEAST);
        if total(&columns) > screen.layout.width + could_shrink {
            columns.retain(|(column, _)| *column != gives_way);
        }
    }
    let excess = total(&columns).saturating_sub(screen.layout.width);
    columns[0].1 = columns[0].1.saturating_sub(excess).max(6);
    let line = |screen: &Screen<'_>, cells: [String; 6], mark: Option<Mark>| {
        let mut line = String::new();
        for (column, wide) in &columns {
            let text = &cells[*column];
            let text = match column {
                0 => left(&screen.end_of(text, *wide), *wide),
                2 => left(text, *wide),
                _ => right(text, *wide),
            };
            line.push_str("  ");
            line.push_str(&match mark {
                Some(mark) if *column == 2 => mark.around(&text),
                _ => text,
            });
        }
        line
    };
    let head = line(screen, titles.map(String::from), None);
    screen.line(&Mark::Faint.around(&head));
    for (verdict, cells) in rows {
        let row = line(screen, cells, Some(Mark::of_verdict(verdict)));
        screen.line(&row);
    }
}
