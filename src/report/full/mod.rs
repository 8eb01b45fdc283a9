//! The screen.

mod estate;
mod gate;
mod screen;
mod targets;

pub(super) use estate::{by_need, by_verdict};
use screen::Screen;

use super::lines::{left, width};
use super::marks::Mark;
use super::only::only;
use super::reading::{self, About};
use super::sentences::{self, key_of, position, said};
use super::suppressed::{self, counted};
use super::words::{self, points, points_in};
use super::{Layout, Verbosity, snippet};
use crate::assessment::{Assessment, Claim, FindingReport, Location, Standing, SystemAssessment};
use crate::grade::Grade;
use crate::language::{Prose, say};
use crate::rules::file::Level;

/// How many systems are shown one by one; more are a table.
const SYSTEMS_IN_DETAIL: usize = 4;
/// The same on a verbose screen.
const SYSTEMS_IN_DETAIL_AT_MOST: usize = 40;
/// How many lines a list has before it is cut with a count of the rest.
const LIST: usize = 8;
/// How many places a verbose screen shows of one claim.
const PLACES: usize = 20;
/// How many places of one claim a verbose screen shows with their lines.
const SNIPPETS: usize = 3;

/// Renders the screen.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut screen = Screen::new(assessment, layout);
    if layout.verbosity == Verbosity::Quiet {
        estate::verdicts(&mut screen);
        gate::answer(&mut screen);
        return screen.finished();
    }
    match only(assessment) {
        Some(one) => system(&mut screen, &one, &one.name),
        None => {
            let systems = assessment.systems.as_slice();
            let title = screen.say(&sentences::estate_title(systems.len()));
            system(&mut screen, &assessment.estate, &title);
            estate::clusters(&mut screen, &assessment.inputs.clusters);
            estate::table(&mut screen, systems);
            if systems.len() <= in_detail(layout) {
                for one in systems {
                    screen.line("");
                    system(&mut screen, one, &one.name);
                }
            } else if !systems.is_empty() {
                screen.line("");
                let hint = if assessment.inputs.clusters.is_empty() {
                    layout.voice.words("Assess one folder, or add -o json, to see a system in detail.")
                } else {
                    layout.voice.words("Assess one namespace (-n), or add -o json, to see a system in detail.")
                };
                screen.hint(&hint);
            }
        }
    }
    not_honoured(&mut screen);
    mistaken(&mut screen);
    inputs(&mut screen);
    gate::answer(&mut screen);
    screen.finished()
}

/// How many systems are shown one by one.
pub(super) fn in_detail(layout: Layout) -> usize {
    if layout.verbosity == Verbosity::Verbose { SYSTEMS_IN_DETAIL_AT_MOST } else { SYSTEMS_IN_DETAIL }
}

fn system(screen: &mut Screen<'_>, system: &SystemAssessment, title: &str) {
    header(screen, system, title);
    verdict(screen, system);
    if system.workloads == 0
        && system.claims.is_empty()
        && system.unknowns.iter().all(|unknown| !unknown.raised_by_files)
    {
        // Nothing was found that anything could be said of.
        return;
    }
    // Where no workload could be read, ladders and claims would say nothing.
    if system.workloads > 0 || !system.claims.is_empty() {
        ladders(screen, system);
        claims(screen, system);
        findings(screen, system);
        not_counted(screen, system);
        one_sided(screen, system);
    }
    statements(screen, system);
    unknowns(screen, system);
    targets::compared(screen, system);
    flips(screen, system);
}

fn header(screen: &mut Screen<'_>, system: &SystemAssessment, title: &str) {
    let about: Vec<String> = sentences::about(system).iter().map(|part| screen.say(part)).collect();
    let about = screen.safe(&about.join(", "));
    let title = screen.safe(title);
    let room = screen.layout.width;
    let gap = room.saturating_sub(width(&title) + width(&about));
    if gap >= 2 {
        let line = format!("{}{}{}", Mark::Strong.around(&title), " ".repeat(gap), Mark::Faint.around(&about));
        screen.line(&line);
    } else {
        let title = screen.end_of(&title, room);
        screen.line(&Mark::Strong.around(&title));
        screen.paragraph("", 0, &Mark::Faint.around(&about));
    }
    let rule = screen.glyphs().rule.repeat(room);
    screen.line(&Mark::Faint.around(&rule));
}

fn verdict(screen: &mut Screen<'_>, system: &SystemAssessment) {
    let voice = screen.layout.voice;
    let need = &system.need;
    let word = Mark::of_verdict(system.verdict).around(&words::verdict_word(system.verdict, voice));
    let parts = [
        word,
        screen.say(&say!("Kubernetes need {} of 100", counted(need))),
        screen.say(&say!("range {} to {}", points(need.low), points(need.high))),
        screen.say(&say!("confidence {} %", system.confidence)),
    ];
    let mut line = String::new();
    for part in parts {
        if !line.is_empty() && width(&line) + 3 + width(&part) > screen.layout.width {
            screen.line(&line);
            line.clear();
        }
        if !line.is_empty() {
            line.push_str("   ");
        }
        line.push_str(&part);
    }
    screen.line(&line);
    gauge(screen, system);
    for sentence in sentences::verdict(screen.assessment, system) {
        let text = screen.say(&sentence);
        screen.paragraph("", 0, &text);
    }
}

/// The need on a line from 0 to 100 with the bands marked and the range drawn.
fn gauge(screen: &mut Screen<'_>, system: &SystemAssessment) {
    let glyphs = screen.glyphs();
    let length = screen.layout.width.min(100).saturating_sub(8).max(20);
    let at = |value: f64| ((value / 100.0) * (length - 1) as f64).round() as usize;
    let (low, high, point) = (at(system.need.low), at(system.need.high), at(system.need.score));
    let bands = [at(screen.assessment.bands.0), at(screen.assessment.bands.1)];
    let mark = Mark::of_verdict(system.verdict);
    let drawn = |range: std::ops::Range<usize>| -> String {
        range
            .map(|cell| match cell {
                _ if cell == point => glyphs.point,
                _ if bands.contains(&cell) => glyphs.band,
                _ if cell >= low && cell <= high => glyphs.span,
                _ => glyphs.rule,
            })
            .collect()
    };
    let (from, until) = (low.min(point), high.max(point) + 1);
    let line = format!(
        "  0 {}{}{} 100",
        Mark::Faint.around(&drawn(0..from)),
        mark.around(&drawn(from..until)),
        Mark::Faint.around(&drawn(until..length))
    );
    screen.line(&line);
}

fn ladders(screen: &mut Screen<'_>, system: &SystemAssessment) {
    screen.line("");
    let voice = screen.layout.voice;
    let names = [voice.words("Availability"), voice.words("Scale")];
    let widest = names.iter().map(|name| width(name)).max().unwrap_or_default().max(13);
    let survives = sentences::survives(screen.assessment, system);
    ladder(screen, &left(&names[0], widest), system.availability, &survives);
    let carried = sentences::carried(screen.assessment, system);
    ladder(screen, &left(&names[1], widest), system.scale, &carried);
}

fn ladder(screen: &mut Screen<'_>, name: &str, standing: Standing, text: &Prose) {
    let [proven, written, none] = screen.glyphs().rungs;
    let boxes: String = (1..=5)
        .map(|rung| match rung {
            rung if rung <= standing.low => proven,
            rung if rung <= standing.high => written,
            _ => none,
        })
        .collect();
    let rungs = screen.say(&sentences::rungs(standing));
    let text = screen.say(text);
    let first = format!("{name} {boxes}  {rungs}");
    let indent = width(name) + 20;
    if screen.layout.width >= 72 {
        screen.paragraph(&left(&first, indent), indent, &text);
    } else {
        screen.line(&first);
        screen.paragraph("", width(name) + 1, &text);
    }
}

fn claims(screen: &mut Screen<'_>, system: &SystemAssessment) {
    let voice = screen.layout.voice;
    let (for_it, covered): (Vec<&Claim>, Vec<&Claim>) = system.claims.iter().partition(|claim| claim.share > 0.0);
    screen.heading(&voice.words("What speaks for Kubernetes"));
    if for_it.is_empty() {
        let nothing = voice.words("Nothing: every need that was seen is met by something simpler.");
        screen.paragraph("", 2, &nothing);
    }
    let most = screen.most(LIST);
    for (index, claim) in for_it.iter().take(most).enumerate() {
        let share = Mark::Strong.around(&format!("+{}", points_in(voice, claim.share)));
        claim_at(screen, &format!("  {share}"), 8, claim);
        evidence(screen, &claim.evidence, 3, index == 0);
        advice(screen, claim);
    }
    more(screen, for_it.len(), most);
    // What has no share is met by the simpler target that stands for the system, or outweighed by what is proven.
    let reference = words::suggested(system).filter(|fit| fit.tier < 3);
    let reference = reference.or_else(|| system.targets.iter().find(|fit| fit.admissible && fit.tier < 3));
    let rest = covered.into_iter().filter(|claim| claim.grade > Grade::Declared);
    let (met, outweighed): (Vec<&Claim>, Vec<&Claim>) =
        rest.partition(|claim| reference.is_some_and(|fit| fit.covered.contains(&claim.capability)));
    let sign = screen.glyphs().met;
    list(screen, &voice.words("Needs that simpler targets meet"), sign, &met);
    let heading = voice.words("Needs that count no further, since others decide already");
    list(screen, &heading, "+", &outweighed);
}

fn list(screen: &mut Screen<'_>, heading: &str, sign: &str, claims: &[&Claim]) {
    if claims.is_empty() {
        return;
    }
    screen.heading(heading);
    let most = screen.most(LIST);
    for claim in claims.iter().take(most) {
        claim_at(screen, &format!("  {sign}"), 4, claim);
        evidence(screen, &claim.evidence, 1, false);
    }
    more(screen, claims.len(), most);
}

fn claim_at(screen: &mut Screen<'_>, first: &str, rest: usize, claim: &Claim) {
    let voice = screen.layout.voice;
    let grade = Mark::of_grade(claim.grade);
    let code = |code: &str| Mark::Code.around(code);
    let text = sentences::claim(screen.assessment, claim, voice, &code, &|word| grade.around(word));
    screen.paragraph(first, rest, &screen.say(&text));
}

/// What to do about a claim; on a verbose screen also why it says something about need.
fn advice(screen: &mut Screen<'_>, claim: &Claim) {
    let voice = screen.layout.voice;
    if screen.is_verbose() {
        why(screen, claim.rules.first().map_or("", String::as_str));
    }
    if !claim.help.is_empty() {
        let help = said(voice, &Prose::from(claim.help.clone()));
        let help = if screen.is_verbose() { help.as_str() } else { words::first_sentence(&help) };
        remark(screen, &voice.words("do"), help);
    }
}

fn why(screen: &mut Screen<'_>, code: &str) {
    let voice = screen.layout.voice;
    if let Some(rule) = screen.assessment.rules.get(code) {
        let why = said(voice, &Prose::from(rule.why.clone()));
        remark(screen, &voice.words("why"), &why);
    }
}

/// A remark under a claim or a finding, behind a word that says what it is.
fn remark(screen: &mut Screen<'_>, word: &str, text: &str) {
    let rest = (9 + width(word)).max(12);
    screen.paragraph(&format!("        {}", Mark::Faint.around(word)), rest, text);
}

fn findings(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.findings.is_empty() {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("What speaks against Kubernetes: habits, and what they give"));
    if screen.is_verbose() {
        for finding in &system.findings {
            finding_at(screen, finding, 1, false);
            why(screen, &finding.code);
            let help = said(voice, &Prose::from(finding.help.clone()));
            remark(screen, &voice.words("do"), &help);
        }
        return;
    }
    let habits = sentences::habits(system);
    for (index, (finding, times)) in habits.iter().take(LIST).enumerate() {
        finding_at(screen, finding, *times, index == 0);
    }
    more(screen, habits.len(), LIST);
}

fn finding_at(screen: &mut Screen<'_>, finding: &FindingReport, times: usize, is_first: bool) {
    let sign = if finding.level == Level::Warning { "!" } else { screen.glyphs().bullet };
    let code = Mark::Code.around(&screen.safe(&finding.code));
    let text = screen.say(&sentences::habit(finding, times, screen.layout.voice, &code));
    screen.paragraph(&format!("  {sign}"), 4, &text);
    evidence(screen, &finding.evidence, 2, is_first);
}

/// What does not count, since somebody suppressed it.
fn not_counted(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.suppressed.is_empty() {
        return;
    }
    screen.heading(&screen.layout.voice.words("Suppressed: what does not count"));
    let most = screen.most(LIST);
    for (index, each) in system.suppressed.iter().take(most).enumerate() {
        let code = Mark::Code.around(&screen.safe(&each.code));
        let text = screen.say(&suppressed::told(each, screen.layout.voice, &code));
        screen.paragraph(&format!("  {}", screen.glyphs().bullet), 4, &text);
        evidence(screen, &each.evidence, 1, index == 0);
    }
    more(screen, system.suppressed.len(), most);
}

/// Suppressions that somebody should mend or remove.
fn mistaken(screen: &mut Screen<'_>) {
    let mistaken = suppressed::mistaken(screen.assessment);
    if mistaken.is_empty() {
        return;
    }
    screen.heading(&screen.layout.voice.words("Suppressions to mend or to remove"));
    let most = screen.most(LIST);
    for each in mistaken.iter().take(most) {
        let code = Mark::Code.around(suppressed::code(each));
        let text = screen.say(&suppressed::mistake(each, screen.layout.voice, &code));
        screen.paragraph("  !", 4, &text);
        evidence(screen, each.place.as_slice(), 1, false);
    }
    more(screen, mistaken.len(), most);
}

/// Suppressions that somebody wrote, where none is honoured.
fn not_honoured(screen: &mut Screen<'_>) {
    let listed = suppressed::not_honoured(screen.assessment);
    if listed.is_empty() {
        return;
    }
    screen.heading(&suppressed::not_honoured_title(screen.layout.voice));
    let most = screen.most(LIST);
    for each in listed.iter().take(most) {
        let text = screen.say(&suppressed::named(each, |code| Mark::Code.around(code)));
        screen.paragraph(&format!("  {}", screen.glyphs().bullet), 4, &text);
        evidence(screen, each.place.as_slice(), 1, false);
    }
    more(screen, listed.len(), most);
}

fn one_sided(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.one_sided.is_empty() {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("Said by one side only: manifests or Compose files"));
    let most = screen.most(LIST);
    for claim in system.one_sided.iter().take(most) {
        let side = if claim.origin == "compose" { voice.words("Compose") } else { voice.words("manifests") };
        let meaning = said(voice, &Prose::from(words::meaning(screen.assessment, &claim.capability).to_owned()));
        let grade = Mark::of_grade(claim.grade).around(&words::grade_word(claim.grade, voice));
        let text = screen.say(&say!("{}: {} ({})", meaning, said(voice, &claim.message), grade));
        screen.paragraph(&format!("  {side}"), (width(&side) + 3).max(12), &text);
    }
    more(screen, system.one_sided.len(), most);
}

/// What the owner states, with who says so.
fn statements(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.statements.is_empty() {
        return;
    }
    screen.heading(&screen.layout.voice.words("What the owner states"));
    let most = screen.most(LIST);
    for statement in system.statements.iter().take(most) {
        let text = screen.say(&sentences::statement(statement));
        screen.paragraph(&format!("  {}", screen.glyphs().bullet), 4, &text);
    }
    more(screen, system.statements.len(), most);
}

fn unknowns(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.unknowns.is_empty() {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("What is unknown, and how far the need could move"));
    let most = screen.most(LIST);
    // Answers that move nothing are named in one line, unless the files raise the question.
    let (apart, together): (Vec<_>, Vec<_>) = system
        .unknowns
        .iter()
        .partition(|unknown| screen.is_verbose() || unknown.raised_by_files || sentences::moves(unknown));
    for unknown in apart.iter().take(most) {
        let moves = if sentences::moves(unknown) {
            format!("{} {}", screen.glyphs().arrow, points_in(voice, unknown.could_move.1))
        } else {
            voice.words("stays").into_owned()
        };
        let is_code = screen.assessment.rules.contains_key(&unknown.key);
        let key = screen.safe(&unknown.key);
        let key = if is_code { Mark::Code.around(&key) } else { key };
        let text = screen.say(&sentences::unknown(unknown, voice, &key));
        screen.paragraph(&format!("  {moves}"), (width(&moves) + 3).max(10), &text);
        evidence(screen, &unknown.evidence, 2, false);
    }
    more(screen, apart.len(), most);
    if !together.is_empty() {
        let keys: Vec<String> = together.iter().map(|unknown| screen.safe(&unknown.key)).collect();
        let text = screen.say(&say!("Whatever the answer, the need stays: {}.", keys.join(", ")));
        screen.paragraph("", 2, &text);
    }
}

/// The smallest changes that would give another verdict.
fn flips(screen: &mut Screen<'_>, system: &SystemAssessment) {
    if system.flips.is_empty() {
        return;
    }
    let voice = screen.layout.voice;
    screen.heading(&voice.words("What would change the verdict"));
    let most = screen.most(LIST);
    for flip in system.flips.iter().take(most) {
        let text = screen.say(&sentences::flip(flip, voice));
        screen.paragraph(&format!("  {}", screen.glyphs().turn), 4, &text);
    }
    more(screen, system.flips.len(), most);
}

/// The last section of the screen.
fn inputs(screen: &mut Screen<'_>) {
    let layout = screen.layout;
    screen.heading(&layout.voice.words("What was read"));
    for (about, text) in reading::sentences(screen.assessment, layout, screen.most(LIST)) {
        let sign = match about {
            About::Hint => {
                screen.hint(&text);
                continue;
            }
            About::Read => {
                screen.paragraph("", 2, &text);
                continue;
            }
            About::LeftAlone => screen.glyphs().dash,
            About::Unread => "?",
            About::Detail => screen.glyphs().bullet,
        };
        screen.paragraph(&format!("  {sign}"), 4, &text);
    }
    screen.line("");
    screen.hint(&reading::hint(layout));
}

/// Where something is written: so many places on a normal screen, and most of them on a verbose one. The line itself is
/// shown of the first place of what weighs most, and on a verbose screen of the first places of everything.
fn evidence(screen: &mut Screen<'_>, evidence: &[Location], normally: usize, is_weightiest: bool) {
    let most = if screen.is_verbose() { PLACES } else { normally };
    // A narrow screen has no room for much before a path, nor for keys behind it.
    let is_narrow = screen.layout.width < 60;
    let indent = if is_narrow { 6 } else { 10 };
    let room = screen.layout.width - indent;
    let before = " ".repeat(indent);
    for (index, location) in evidence.iter().take(most).enumerate() {
        let (position, key) = (screen.safe(&position(location)), screen.safe(&key_of(location)));
        let text = if is_narrow && width(&position) + width(&key) + 2 > room {
            screen.end_of(&position, room)
        } else {
            let key = screen.cut(&key, room / 2);
            format!("{}  {key}", screen.end_of(&position, room.saturating_sub(width(&key) + 2)))
        };
        screen.line(&format!("{before}{}", Mark::Faint.around(&text)));
        if screen.is_verbose() && index < SNIPPETS || is_weightiest && index == 0 {
            excerpt(screen, location, indent);
        }
    }
    // Of what is met or answered the first place is enough, and no count of the rest.
    if evidence.len() > most && (normally > 2 || screen.is_verbose()) {
        let rest = match evidence.len() - most {
            1 => screen.say(&say!("and 1 more place")),
            rest => screen.say(&say!("and {} more places", rest)),
        };
        screen.line(&format!("{before}{}", Mark::Faint.around(&rest)));
    }
}

/// The line of the input that a place points at, with the columns underlined.
fn excerpt(screen: &mut Screen<'_>, location: &Location, indent: usize) {
    let Some(line) = screen.assessment.excerpts.line(&location.file, location.line) else { return };
    let end = if location.end_line == location.line { location.end_column } else { 0 };
    let layout = Layout { width: screen.layout.width - indent, ..screen.layout };
    for line in snippet::lines(line, location.line, (location.column, end), layout) {
        screen.drawn(&format!("{}{line}", " ".repeat(indent)));
    }
}

fn more(screen: &mut Screen<'_>, length: usize, most: usize) {
    if length > most {
        let text = screen.say(&say!("and {} more", length - most));
        screen.line(&format!("  {} {text}", screen.glyphs().ellipsis));
    }
}
