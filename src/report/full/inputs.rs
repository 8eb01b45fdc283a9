//! What was read, and what could not be: files, and how each cluster was listed.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::{LIST, Screen, more, verdict_style};
use crate::assessment::{Assessment, ClusterRead, ListGap};
use crate::language::Prose;
use crate::report::lines::end_of;
use crate::report::words::{self, count, points};
use crate::text::command::as_called;
use crate::text::sanitize::for_terminal;

/// The last section of the screen.
pub(super) fn inputs(screen: &mut Screen, assessment: &Assessment) {
    let inputs = &assessment.inputs;
    screen.heading("What was read");
    let asked = if assessment.estate.statements.is_empty() { "the owner was not asked" } else { "the owner was asked" };
    if inputs.files > 0 || inputs.clusters.is_empty() {
        let of_clusters: usize = inputs.clusters.iter().map(|cluster| cluster.documents).sum();
        let live = if inputs.clusters.is_empty() { "Files only: no live state was seen, and " } else { "Here " };
        let text = format!(
            "{} in {}, {} understood; {} left alone. {live}{asked}.",
            count(inputs.documents - of_clusters, "document", "documents"),
            count(inputs.files, "file", "files"),
            inputs.understood - of_clusters,
            count(inputs.skipped.len(), "file", "files"),
        );
        screen.paragraph("  ", 2, &text);
    }
    for cluster in &inputs.clusters {
        cluster_read(screen, cluster);
    }
    if inputs.files == 0 && !inputs.clusters.is_empty() {
        screen.paragraph("  ", 2, &format!("No files were read, and {asked}."));
    }
    left_alone(screen, assessment);
    for entry in inputs.not_understood.iter().take(LIST) {
        let at = entry.line.map_or_else(String::new, |line| format!(":{line}"));
        let kinds = if entry.kinds.is_empty() { String::new() } else { format!(" (names {})", entry.kinds.join(", ")) };
        screen.paragraph(
            "  ?",
            4,
            &format!("{}{at}: {}{kinds}", for_terminal(&entry.file), for_terminal(&entry.reason)),
        );
    }
    more(screen, inputs.not_understood.len());
    for gap in inputs.gaps.iter().take(3) {
        let reason = screen.layout.voice.say(&gap.reason);
        let reason = as_called(&reason, screen.layout.program);
        screen.paragraph("  ·", 4, &format!("{}: {}", for_terminal(&gap.scope), for_terminal(&reason)));
    }
    screen.line("");
    let hint = "kubeworthy rule CODE explains a rule, kubeworthy targets NAME a target; -o json has everything.";
    screen.hint(&as_called(hint, screen.layout.program));
}

/// How a cluster was read, and what could not be listed.
fn cluster_read(screen: &mut Screen, cluster: &ClusterRead) {
    const NAMED: usize = 3;
    let scope = match cluster.namespaces.as_deref() {
        None => "all namespaces".to_owned(),
        Some([]) => "no namespace".to_owned(),
        Some([one]) => format!("namespace {}", for_terminal(one)),
        Some(some) if some.len() <= NAMED => {
            format!("namespaces {}", some.iter().map(|name| for_terminal(name)).collect::<Vec<_>>().join(", "))
        }
        Some(some) => count(some.len(), "namespace", "namespaces"),
    };
    let part = if cluster.is_selection { ", a part of what is in there" } else { "" };
    let mut about = vec![format!("{scope}{part}")];
    about.extend(cluster.version.as_ref().map(|version| format!("version {}", for_terminal(version))));
    about.extend(cluster.nodes.map(|nodes| {
        let zones =
            cluster.zones.map_or_else(String::new, |zones| format!(" in {}", count(zones as usize, "zone", "zones")));
        format!("{}{zones}", count(nodes as usize, "node that takes pods", "nodes that take pods"))
    }));
    about.extend(cluster.taken.as_ref().map(|day| format!("looked at once, on {day}")));
    let text = format!(
        "cluster {}: {}; {}, {} of them workloads.",
        for_terminal(&cluster.name),
        about.join("; "),
        count(cluster.objects as usize, "object", "objects"),
        cluster.workloads
    );
    screen.paragraph("  ", 2, &text);
    let reasons: BTreeSet<(&Prose, &[String])> =
        cluster.gaps.iter().map(|gap| (&gap.reason, gap.namespaces.as_slice())).collect();
    // What matters most stands first.
    for forbids in [true, false] {
        for (reason, namespaces) in &reasons {
            let of_reason = |gap: &&ListGap| gap.reason == **reason && gap.namespaces == *namespaces;
            let gaps = cluster.gaps.iter().filter(of_reason).filter(|gap| gap.forbids_conclusions == forbids);
            gaps_of_one_reason(screen, reason, namespaces, &gaps.collect::<Vec<_>>());
        }
    }
    if !cluster.gaps.is_empty() {
        let hint = "kubeworthy rbac prints the role that lets everything be listed.";
        screen.hint(&as_called(hint, screen.layout.program));
    }
}

/// What could not be listed for one reason, and the rules that it leaves open.
fn gaps_of_one_reason(screen: &mut Screen, reason: &Prose, namespaces: &[String], gaps: &[&ListGap]) {
    const NAMED: usize = 12;
    let within = match namespaces.len() {
        0 => String::new(),
        1..=3 => format!(", in {}", namespaces.iter().map(|n| for_terminal(n)).collect::<Vec<_>>().join(", ")),
        some => format!(", in {some} namespaces"),
    };
    let name = |gap: &&ListGap| match gap.objects {
        0 => for_terminal(&gap.resource).into_owned(),
        objects => format!("{} (after {objects})", for_terminal(&gap.resource)),
    };
    let Some(first) = gaps.first() else { return };
    let list = gaps.iter().map(name).collect::<Vec<_>>().join(", ");
    let codes: BTreeSet<&str> = gaps.iter().flat_map(|gap| &gap.rules).map(String::as_str).collect();
    let shown = codes.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let open = match codes.len() {
        _ if first.forbids_conclusions => " Nothing can be concluded without them.".to_owned(),
        0 => String::new(),
        some if some > NAMED => format!(" Left open: {shown} and {} more.", some - NAMED),
        _ => format!(" Left open: {shown}."),
    };
    screen.paragraph("  ?", 4, &format!("{}{within}: {list}.{open}", for_terminal(&screen.layout.voice.say(reason))));
}

/// The clusters of one estate, each with what it would be alone.
pub(super) fn cluster_table(screen: &mut Screen, clusters: &[ClusterRead]) {
    if clusters.len() < 2 {
        return;
    }
    screen.heading("Clusters");
    let width = clusters.iter().map(|cluster| for_terminal(&cluster.name).width()).max().unwrap_or(8).clamp(8, 38);
    screen.line(&format!(
        "  {:<width$}  {:>5}  {:<12}  {:>5}  {:>7}  {:>5}",
        "cluster", "need", "verdict", "conf.", "systems", "nodes"
    ));
    for cluster in clusters {
        let name = end_of(&for_terminal(&cluster.name), width);
        let padding = " ".repeat(width.saturating_sub(name.width()));
        let nodes = cluster.nodes.map_or_else(|| "?".to_owned(), |nodes| format!("{nodes:.0}"));
        let Some((need, verdict, confidence, systems)) = cluster.alone else { continue };
        let word = words::verdict_word(verdict);
        let gap = " ".repeat(12usize.saturating_sub(word.width()));
        let word = screen.styled(word, verdict_style(verdict));
        screen.line(&format!(
            "  {name}{padding}  {:>5}  {word}{gap}  {confidence:>3} %  {systems:>7}  {nodes:>5}",
            points(need)
        ));
    }
}

/// Why files were left alone, the commonest reason first.
fn left_alone(screen: &mut Screen, assessment: &Assessment) {
    let mut reasons: Vec<(&Prose, usize, &str)> = Vec::new();
    for (file, reason) in &assessment.inputs.skipped {
        match reasons.iter_mut().find(|(known, _, _)| *known == reason) {
            Some((_, times, _)) => *times += 1,
            None => reasons.push((reason, 1, file)),
        }
    }
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (reason, times, first) in reasons.iter().take(4) {
        let files = if *times == 1 { String::new() } else { format!(" and {} more", times - 1) };
        screen.paragraph(
            "  –",
            4,
            &format!("{}{files}: {}", for_terminal(first), for_terminal(&screen.layout.voice.say(reason))),
        );
    }
}
