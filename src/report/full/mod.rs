//! The screen.

mod inputs;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::assessment::availability::shown;
use crate::assessment::{
    Assessment, Claim, FindingReport, Fit, Location, Service, Standing, SystemAssessment, Verdict,
};
use crate::grade::Grade;
use crate::report::Layout;
use crate::report::lines::{end_of, fit_width, wrap};
use crate::report::words::{self, count, points};
use crate::rules::file::Level;
use crate::text::sanitize::for_terminal;

/// How many systems are shown one by one; more are a table.
const SYSTEMS_IN_DETAIL: usize = 4;
/// How many lines a list has before it is cut with a count of the rest.
const LIST: usize = 8;
/// The width of a target's name.
const NAME: usize = 44;

/// Renders the screen.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut screen = Screen { out: String::new(), layout };
    match assessment.systems.as_slice() {
        // What is only seen of an estate belongs on the screen of its only system too.
        [only] if same_answer(only, &assessment.estate) => {
            let merged = SystemAssessment {
                is_estate: false,
                grouped_by: only.grouped_by.clone(),
                overlay: only.overlay.clone(),
                ..assessment.estate.clone()
            };
            system(&mut screen, assessment, &merged, &only.name);
        }
        systems => {
            let title = format!("estate of {}", count(systems.len(), "system", "systems"));
            system(&mut screen, assessment, &assessment.estate, &title);
            inputs::cluster_table(&mut screen, &assessment.inputs.clusters);
            table(&mut screen, systems);
            if systems.len() <= SYSTEMS_IN_DETAIL {
                for one in systems {
                    screen.line("");
                    system(&mut screen, assessment, one, &one.name);
                }
            } else if !systems.is_empty() {
                screen.line("");
                let one = if assessment.inputs.clusters.is_empty() { "folder" } else { "namespace (-n)" };
                screen.hint(&format!("Assess one {one}, or add -o json, to see a system in detail."));
            }
        }
    }
    inputs::inputs(&mut screen, assessment);
    screen.out
}

/// Whether the estate has nothing to add to its only system.
fn same_answer(only: &SystemAssessment, estate: &SystemAssessment) -> bool {
    only.verdict == estate.verdict
        && only.need == estate.need
        && only.confidence == estate.confidence
        && estate.set_aside.is_empty()
}

struct Screen {
    out: String,
    layout: Layout,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

fn verdict_style(verdict: Verdict) -> Style {
    // Need is no quality: blue, yellow, magenta, and never red or green.
    let colour = match verdict {
        Verdict::Needless => AnsiColor::Blue,
        Verdict::Debatable => AnsiColor::Yellow,
        Verdict::Justified | Verdict::KubernetesNative => AnsiColor::Magenta,
        Verdict::Inconclusive => AnsiColor::White,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

impl Screen {
    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        let text = self.styled(text, BOLD);
        self.line(&text);
    }

    fn hint(&mut self, text: &str) {
        for line in wrap(text, self.layout.width.saturating_sub(2)) {
            let line = self.styled(&line, DIM);
            self.line(&format!("  {line}"));
        }
    }

    fn styled(&self, text: &str, style: Style) -> String {
        if self.layout.colour { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A paragraph with a first indent and a deeper one for the lines that follow.
    fn paragraph(&mut self, first: &str, rest: usize, text: &str) {
        let width = self.layout.width.saturating_sub(rest).max(20);
        let lead = first.width();
        let padding = " ".repeat(rest.saturating_sub(lead));
        for (index, line) in wrap(text, width).into_iter().enumerate() {
            let prefix = if index == 0 { format!("{first}{padding}") } else { " ".repeat(rest) };
            self.line(&format!("{prefix}{line}"));
        }
    }
}

fn system(screen: &mut Screen, assessment: &Assessment, system: &SystemAssessment, title: &str) {
    header(screen, system, title);
    verdict(screen, assessment, system);
    if system.workloads == 0
        && system.claims.is_empty()
        && system.unknowns.iter().all(|unknown| !unknown.raised_by_files)
    {
        // Nothing was found that anything could be said of.
        return;
    }
    // Where no workload could be read, ladders and claims would say nothing.
    if system.workloads > 0 || !system.claims.is_empty() {
        ladders(screen, assessment, system);
        claims(screen, assessment, system);
        findings(screen, system);
        one_sided(screen, assessment, system);
    }
    statements(screen, system);
    unknowns(screen, system);
    targets(screen, system);
    flips(screen, system);
}

/// What the owner states, with who says so.
fn statements(screen: &mut Screen, system: &SystemAssessment) {
    if system.statements.is_empty() {
        return;
    }
    screen.heading("What the owner states");
    for statement in system.statements.iter().take(LIST) {
        let by = [&statement.owner, &statement.date, &statement.source];
        let by: Vec<_> = by.into_iter().flatten().map(|text| for_terminal(text)).collect();
        let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
        let text = format!("{}: {}{by}", for_terminal(&statement.key), for_terminal(&statement.value));
        screen.paragraph("  ·", 4, &text);
    }
    more(screen, system.statements.len());
}

/// The smallest changes that would give another verdict.
fn flips(screen: &mut Screen, system: &SystemAssessment) {
    if system.flips.is_empty() {
        return;
    }
    screen.heading("What would change the verdict");
    for flip in system.flips.iter().take(LIST) {
        let verdict = words::verdict_word(flip.verdict).to_lowercase();
        let text =
            format!("{verdict}, with a need of {}, if {}", points(flip.need), for_terminal(&flip.change.to_string()));
        screen.paragraph("  ↷", 4, &text);
    }
    more(screen, system.flips.len());
}

fn header(screen: &mut Screen, system: &SystemAssessment, title: &str) {
    let mut about = count(system.workloads, "workload", "workloads");
    if system.partial > 0 {
        about = format!("{about}, {} read in part", system.partial);
    }
    if system.opaque > 0 {
        about = format!("{about}, {} not visible", system.opaque);
    }
    if !system.is_estate {
        about = format!("{about}, grouped by {}", system.grouped_by.replace('-', " "));
    }
    let room = screen.layout.width.saturating_sub(about.width() + 2);
    let title = fit_width(&for_terminal(title), room.max(8));
    let gap = " ".repeat(screen.layout.width.saturating_sub(title.width() + about.width()).max(2));
    let title = screen.styled(&title, BOLD);
    let about = screen.styled(&about, DIM);
    screen.line(&format!("{title}{gap}{about}"));
    let rule = "─".repeat(screen.layout.width);
    let rule = screen.styled(&rule, DIM);
    screen.line(&rule);
}

fn verdict(screen: &mut Screen, assessment: &Assessment, system: &SystemAssessment) {
    let word = words::verdict_word(system.verdict);
    let need = &system.need;
    let word = screen.styled(word, verdict_style(system.verdict));
    screen.line(&format!(
        "{word}   Kubernetes need {} of 100   range {} to {}   confidence {} %",
        points(need.score),
        points(need.low),
        points(need.high),
        system.confidence
    ));
    let gauge = gauge(screen.layout.width.min(100), assessment.bands, system);
    screen.line(&gauge);
    screen.paragraph("", 0, &words::verdict_sentence(assessment, system));
    if let Some(fit) = words::suggested(system) {
        let place = if fit.self_hosted { "on machines of your own".to_owned() } else { operator(fit) };
        let text = format!(
            "Suggested: {} ({place}; effort {} of 10; chance that it falls short {:.0} %).",
            words::placed(fit).trim_end_matches(','),
            fit.effort_with_split(),
            fit.least_shortfall() * 100.0
        );
        screen.paragraph("", 0, &text);
        let equals: Vec<String> = words::equally_good(system, fit)
            .map(
                |other| {
                    if other.seat == "own" { other.name.clone() } else { format!("{} ({})", other.name, other.seat) }
                },
            )
            .collect();
        if !equals.is_empty() {
            screen.paragraph("", 0, &format!("Equally good: {}.", equals.join(", ")));
        }
    }
    if !system.set_aside.is_empty() {
        let names = system.set_aside.join(", ");
        let text = format!(
            "Set aside as add-ons: {names}. If one is your product, say so (--set subject=NAME): the need is higher then."
        );
        screen.paragraph("", 0, &text);
    }
    if let Some(overlay) = &system.overlay {
        screen.paragraph("", 0, &words::overlay_sentence(overlay));
    }
    if let Some(text) = words::guests_sentence(assessment, system) {
        screen.paragraph("", 0, &text);
    }
    if let Some(free) = need.without_constraints.filter(|free| (free - need.score).abs() >= 0.05) {
        let text = format!("Without what the owner rules out, the need would be {}.", points(free));
        screen.paragraph("", 0, &text);
    }
    if (need.if_self_hosted - need.score).abs() >= 0.05 {
        screen.paragraph(
            "",
            0,
            &format!("If everything had to be self-hosted, the need would be {}.", points(need.if_self_hosted)),
        );
    }
}

fn operator(fit: &Fit) -> String {
    if fit.seat == "own" {
        format!("run by {}", fit.operator)
    } else {
        format!("run by {}, {}", fit.operator, fit.seat)
    }
}

/// The need on a line from 0 to 100 with the bands marked and the range drawn.
fn gauge(width: usize, bands: (f64, f64), system: &SystemAssessment) -> String {
    let length = width.saturating_sub(8).max(20);
    let at = |value: f64| ((value / 100.0) * (length - 1) as f64).round() as usize;
    let mut cells: Vec<char> = vec!['─'; length];
    let (low, high) = (at(system.need.low), at(system.need.high));
    for cell in &mut cells[low..=high] {
        *cell = '━';
    }
    for band in [bands.0, bands.1] {
        cells[at(band)] = '┼';
    }
    cells[at(system.need.score)] = '●';
    let line: String = cells.into_iter().collect();
    format!("  0 {line} 100")
}

fn ladders(screen: &mut Screen, assessment: &Assessment, system: &SystemAssessment) {
    screen.line("");
    let (availability, scale) = (&assessment.rungs.0, &assessment.rungs.1);
    let survives = match (system.availability.low, system.availability.high) {
        (_, 0) => "promises nothing".to_owned(),
        (low, high) if low == high => format!("survives {}, proven", words::rung(availability, high)),
        (0, high) => format!("survives {} as written, nothing proven", words::rung(availability, high)),
        (low, high) => format!(
            "survives {} as written, {} proven",
            words::rung(availability, high),
            words::rung(availability, low)
        ),
    };
    ladder_line(screen, "Availability", system.availability, &survives);
    let footprint = &system.footprint;
    let range = |(low, high): (f64, f64)| {
        if (high - low).abs() < 0.05 { amount(high) } else { format!("{} to {}", amount(low), amount(high)) }
    };
    let carried = if system.scale.low == system.scale.high {
        words::rung(scale, system.scale.high).to_owned()
    } else {
        format!("{} to {}", words::rung(scale, system.scale.low), words::rung(scale, system.scale.high))
    };
    let written = if system.footprint.written >= 0.995 {
        String::new()
    } else if system.footprint.written == 0.0 {
        ", all sizes assumed".to_owned()
    } else {
        format!(", {:.0} % of sizes written", footprint.written * 100.0)
    };
    let text = format!("{carried}: {} vCPU, {} GiB{written}", range(footprint.cpu), range(footprint.memory_gib));
    ladder_line(screen, "Scale", system.scale, &text);
}

fn amount(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

fn ladder_line(screen: &mut Screen, name: &str, standing: Standing, text: &str) {
    let boxes: String = (1..=5)
        .map(|rung| match rung {
            rung if rung <= standing.low => '■',
            rung if rung <= standing.high => '▣',
            _ => '□',
        })
        .collect();
    let rungs = if standing.low == standing.high {
        format!("{} of 5", standing.high)
    } else {
        format!("{} to {} of 5", standing.low, standing.high)
    };
    screen.paragraph(&format!("{name:<13} {boxes}  {rungs:<11}"), 33, text);
}

fn claims(screen: &mut Screen, assessment: &Assessment, system: &SystemAssessment) {
    let (for_it, covered): (Vec<&Claim>, Vec<&Claim>) = system.claims.iter().partition(|claim| claim.share > 0.0);
    screen.heading("What speaks for Kubernetes");
    if for_it.is_empty() {
        screen.line("  Nothing: every need that was seen is met by something simpler.");
    }
    for claim in for_it.iter().take(LIST) {
        let share = format!("+{}", points(claim.share));
        screen.paragraph(&format!("  {share:<6}"), 8, &claim_text(assessment, claim));
        places(screen, &claim.evidence);
        if !claim.help.is_empty() {
            screen.paragraph("        do", 12, words::first_sentence(&claim.help));
        }
    }
    more(screen, for_it.len());
    // What has no share is met by the simpler target that stands for the system, or outweighed by what is proven.
    let reference = words::suggested(system).filter(|fit| fit.tier < 3);
    let reference = reference.or_else(|| system.targets.iter().find(|fit| fit.admissible && fit.tier < 3));
    let rest = covered.into_iter().filter(|claim| claim.grade > Grade::Declared);
    let (met, outweighed): (Vec<&Claim>, Vec<&Claim>) =
        rest.partition(|claim| reference.is_some_and(|fit| fit.covered.contains(&claim.capability)));
    list(screen, assessment, "Needs that simpler targets meet", "✓", &met);
    list(screen, assessment, "Needs that count no further, since others decide already", "+", &outweighed);
}

fn list(screen: &mut Screen, assessment: &Assessment, heading: &str, mark: &str, claims: &[&Claim]) {
    if claims.is_empty() {
        return;
    }
    screen.heading(heading);
    for claim in claims.iter().take(LIST) {
        screen.paragraph(&format!("  {mark}"), 4, &claim_text(assessment, claim));
        places(screen, &claim.evidence[..claim.evidence.len().min(1)]);
    }
    more(screen, claims.len());
}

/// What is needed, what is said, how sure it is, and by which rules; a claim without a rule comes from a target's limit.
fn claim_text(assessment: &Assessment, claim: &Claim) -> String {
    let meaning = words::meaning(assessment, &claim.capability);
    let rules = if claim.rules.is_empty() { "a target's limit".to_owned() } else { claim.rules.join(", ") };
    let lowered = claim.lowered_by.as_ref().map_or_else(String::new, |code| format!("; lowered by {code}"));
    format!("{meaning}: {} ({}, {rules}{lowered})", for_terminal(&claim.message.to_string()), claim.grade.id())
}

fn findings(screen: &mut Screen, system: &SystemAssessment) {
    if system.findings.is_empty() {
        return;
    }
    screen.heading("What speaks against Kubernetes: habits, and what they give");
    // Findings of one rule are one habit.
    let mut habits: Vec<(&FindingReport, usize)> = Vec::new();
    for finding in &system.findings {
        match habits.iter_mut().find(|(first, _)| first.code == finding.code) {
            Some((_, times)) => *times += 1,
            None => habits.push((finding, 1)),
        }
    }
    for (finding, times) in habits.iter().take(LIST) {
        let mark = if finding.level == Level::Warning { "!" } else { "·" };
        let others = if *times > 1 { format!(", and {} more", times - 1) } else { String::new() };
        let text = format!("{}{others} ({})", for_terminal(&finding.message.to_string()), finding.code);
        screen.paragraph(&format!("  {mark}"), 4, &text);
        places(screen, &finding.evidence[..finding.evidence.len().min(2)]);
    }
    more(screen, habits.len());
}

fn one_sided(screen: &mut Screen, assessment: &Assessment, system: &SystemAssessment) {
    if system.one_sided.is_empty() {
        return;
    }
    screen.heading("Said by one side only: manifests or Compose files");
    for claim in system.one_sided.iter().take(LIST) {
        let side = if claim.origin == "compose" { "Compose" } else { "manifests" };
        let text = format!(
            "{}: {} ({})",
            words::meaning(assessment, &claim.capability),
            for_terminal(&claim.message.to_string()),
            claim.grade.id()
        );
        screen.paragraph(&format!("  {side:<9}"), 12, &text);
    }
    more(screen, system.one_sided.len());
}

fn unknowns(screen: &mut Screen, system: &SystemAssessment) {
    if system.unknowns.is_empty() {
        return;
    }
    screen.heading("What is unknown, and how far the need could move");
    for unknown in system.unknowns.iter().take(LIST) {
        let (low, high) = unknown.could_move;
        let moves = if (high - low).abs() < 0.05 { "stays".to_owned() } else { format!("→ {}", points(high)) };
        let key = for_terminal(&unknown.key);
        let reason = if unknown.raised_by_files {
            format!(" {}", for_terminal(&unknown.reason.to_string()))
        } else {
            String::new()
        };
        let question = capitalised(&for_terminal(&unknown.question.to_string()));
        screen.paragraph(&format!("  {moves:<7}"), 10, &format!("{question}{reason} ({key})"));
        places(screen, &unknown.evidence[..unknown.evidence.len().min(2)]);
    }
    more(screen, system.unknowns.len());
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn targets(screen: &mut Screen, system: &SystemAssessment) {
    let admissible: Vec<&Fit> = system.targets.iter().filter(|fit| fit.admissible).collect();
    if admissible.is_empty() || system.workloads == 0 {
        return;
    }
    screen.heading("Targets compared: the best of each kind");
    // Kinds, not vendors, are compared; a target in maintenance mode stands for its kind only where no other does.
    let mut kinds_shown: Vec<&Fit> = Vec::new();
    for tier in 1..=3u8 {
        let mut of_tier: Vec<&Fit> = admissible.iter().copied().filter(|fit| fit.tier == tier).collect();
        of_tier.sort_by_key(|fit| (system.suggested.as_deref() != Some(&fit.id), fit.caution.is_some()));
        let mut kinds: Vec<&Fit> = Vec::new();
        for fit in of_tier {
            let most = if tier == 3 { 2 } else { 1 };
            if kinds.iter().filter(|other| other.archetype == fit.archetype).count() < most {
                kinds.push(fit);
            }
        }
        kinds.sort_by_key(|fit| ((fit.least_shortfall() * 1000.0).round() as u32, fit.effort_with_split()));
        kinds_shown.extend(kinds);
    }
    // Several systems together have no availability; then the column would say nothing.
    let is_known = system.targets.iter().any(|fit| fit.achievable.is_ok());
    let title = if is_known { "achievable" } else { "" };
    screen.line(&format!("  {:<NAME$} {:>11}  {:>6}  {title:>10}", "", "falls short", "effort"));
    let achievable =
        |percent: Option<f64>| percent.map_or_else(|| "unknown".to_owned(), |one| format!("{} %", shown(one)));
    if system.achievable.percent.is_some() {
        let present = achievable(system.achievable.percent);
        screen.line(&format!("  {:<NAME$} {:>11}  {:>6}  {present:>10}", "As it is written", "", ""));
        not_reached(screen, system);
    }
    for fit in kinds_shown {
        let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
        let mark = if is_suggested { "→" } else { " " };
        let shortfall = format!("{:.0} %", fit.least_shortfall() * 100.0);
        let name = fit_width(&fit.name, NAME);
        let padding = " ".repeat(NAME.saturating_sub(name.width()));
        let there = if is_known { achievable(fit.achievable.clone().ok()) } else { String::new() };
        screen.line(&format!("{mark} {name}{padding} {shortfall:>11}  {:>6}  {there:>10}", fit.effort_with_split()));
        points_of(screen, fit, if is_suggested { LIST } else { 2 });
        if let Some(checked) = fit.checked_on.filter(|_| fit.stale) {
            screen.paragraph("      stale", 14, &format!("its facts were checked on {checked}, which is too long ago"));
        }
    }
    complements(screen, system);
}

/// What the owner wants to reach, where what is written does not reach it.
fn not_reached(screen: &mut Screen, system: &SystemAssessment) {
    let Some((stated, Some(false))) = system.achievable.stated else { return };
    let minutes = system.achievable.minutes_down.unwrap_or_default();
    let text = format!(
        "The stated {} % is not reached: what is written may be down for {minutes:.0} min a month (--explain).",
        shown(stated)
    );
    screen.paragraph("", 6, &text);
}

/// Who offers the system's engines as managed services, those of the suggested target's operator first.
fn complements(screen: &mut Screen, system: &SystemAssessment) {
    const SHOWN: usize = 6;
    let operator = words::suggested(system).map_or("", |fit| fit.operator.as_str());
    for engine in &system.complements {
        let mut services: Vec<&Service> = engine.services.iter().collect();
        services.sort_by_key(|service| service.operator != operator);
        let mut names: Vec<&str> = services.iter().take(SHOWN).map(|service| service.name.as_str()).collect();
        let more = format!("and {} more", services.len().saturating_sub(SHOWN));
        if services.len() > SHOWN {
            names.push(&more);
        }
        screen.paragraph("", 2, &format!("Managed services for {}: {}.", engine.engine, names.join(", ")));
    }
}

/// The points that speak against a target, the worst first, so many of them.
fn points_of(screen: &mut Screen, fit: &Fit, most: usize) {
    let mut points: Vec<(&str, String)> = Vec::new();
    if let Some(split) = &fit.split {
        let names: Vec<_> = split.workloads.iter().map(|name| for_terminal(name)).collect();
        let alone = format!("{:.0} % without that", fit.shortfall * 100.0);
        points.push(("beside", format!("{} on {}; {alone}", names.join(", "), split.name)));
    }
    for blocked in &fit.blocked_by {
        let at = blocked.evidence.first().map_or_else(String::new, |place| format!(", {}", position(place)));
        points.push(("blocked", format!("{}: {}{at}", blocked.capability, blocked.reason)));
    }
    points.extend(fit.losses.iter().map(|loss| ("loss", format!("{}: {}", loss.capability, loss.item))));
    points.extend(fit.work.iter().map(|work| ("work", format!("{}: {}", work.capability, work.item))));
    for (kind, text) in points.iter().take(most) {
        screen.paragraph(&format!("      {kind}"), 14, text);
    }
    if points.len() > most {
        screen.line(&format!("      and {}", count(points.len() - most, "more point", "more points")));
    }
}

fn table(screen: &mut Screen, systems: &[SystemAssessment]) {
    if systems.is_empty() {
        return;
    }
    screen.heading("Systems");
    let name_width = systems.iter().map(|system| system.name.width()).max().unwrap_or(8).clamp(8, 38);
    screen.line(&format!(
        "  {:<name_width$}  {:>5}  {:>10}  {:<12}  {:>5}  {}",
        "system", "need", "range", "verdict", "conf.", "suggested"
    ));
    let mut sorted: Vec<&SystemAssessment> = systems.iter().collect();
    sorted.sort_by(|a, b| b.need.score.total_cmp(&a.need.score).then_with(|| a.id.cmp(&b.id)));
    for system in sorted {
        let name = end_of(&for_terminal(&system.name), name_width);
        let padding = " ".repeat(name_width.saturating_sub(name.width()));
        let range = format!("{}–{}", points(system.need.low), points(system.need.high));
        let verdict = words::verdict_word(system.verdict);
        let gap = " ".repeat(12usize.saturating_sub(verdict.width()));
        let verdict = screen.styled(verdict, verdict_style(system.verdict));
        let target = words::suggested(system).map_or("–", |fit| fit.name.as_str());
        screen.line(&format!(
            "  {name}{padding}  {:>5}  {range:>10}  {verdict}{gap}  {:>3} %  {target}",
            points(system.need.score),
            system.confidence
        ));
    }
}

fn places(screen: &mut Screen, evidence: &[Location]) {
    const SHOWN: usize = 3;
    let mut lines: Vec<String> = Vec::new();
    for location in evidence.iter().take(SHOWN) {
        let key = if location.is_live { live_key(&location.path) } else { last_key(&location.path) };
        let observed = location.observed.as_ref().map_or_else(String::new, |seen| format!(": {}", for_terminal(seen)));
        lines.push(format!("{}  {}{observed}", position(location), for_terminal(key)));
    }
    if evidence.len() > SHOWN {
        let rest = evidence.len() - SHOWN;
        lines.push(format!("and {}", count(rest, "more place", "more places")));
    }
    for line in lines {
        let line = screen.styled(&line, DIM);
        screen.line(&format!("          {line}"));
    }
}

/// What is shown of the path of keys in an object of a cluster: all of what was observed, since `seen.hosts` says that it
/// was.
fn live_key(path: &str) -> &str {
    if path.starts_with("seen.") { path } else { last_key(path) }
}

/// The last key of a path, with its index; keys with dots stand in brackets and quotes.
fn last_key(path: &str) -> &str {
    match path.strip_suffix("\"]").and_then(|rest| rest.rfind("[\"")) {
        Some(at) => &path[at + 2..path.len() - 2],
        None => path.rsplit('.').next().unwrap_or(path),
    }
}

/// Where something stands; for a piped document also the template that it came from, which is in no file here, and for
/// an object of a cluster the object, since it has no line.
fn position(location: &Location) -> String {
    if location.is_live {
        let object = location.object.as_ref().map_or_else(String::new, |object| format!(": {}", for_terminal(object)));
        return format!("{}{object}", for_terminal(&location.file));
    }
    let at = format!("{}:{}:{}", for_terminal(&location.file), location.line, location.column);
    match &location.rendered {
        Some(rendered) if rendered.document == location.file => match &rendered.template {
            Some(template) => format!("{at} ({})", for_terminal(template)),
            None => at,
        },
        _ => at,
    }
}

fn more(screen: &mut Screen, length: usize) {
    if length > LIST {
        screen.line(&format!("  … and {} more", length - LIST));
    }
}
