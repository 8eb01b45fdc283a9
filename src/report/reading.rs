//! What was read, and what could not be, sentence by sentence: files, and how each cluster was listed.

use std::collections::BTreeSet;

use super::Layout;
use super::lines::end_of;
use super::sentences::said;
use super::words::names;
use crate::assessment::{Assessment, ClusterRead, ListGap};
use crate::language::{Prose, Voice, say};
use crate::text::command::as_called;
use crate::text::sanitize::for_terminal;

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// What was read.
    Read,
    /// What was left alone, and why.
    LeftAlone,
    /// What could not be read or listed.
    Unread,
    /// A detail that was not read.
    Detail,
    /// What to do.
    Hint,
}

/// What was read; `most` lines of each list at most.
pub(super) fn sentences(assessment: &Assessment, layout: Layout, most: usize) -> Vec<(About, String)> {
    let inputs = &assessment.inputs;
    let voice = layout.voice;
    let mut all: Vec<(About, Prose)> = Vec::new();
    let asked = !assessment.estate.statements.is_empty();
    if inputs.files > 0 || inputs.clusters.is_empty() {
        all.push((About::Read, files(assessment)));
        all.push((
            About::Read,
            match (inputs.clusters.is_empty(), asked) {
                (true, true) => say!("Files only: no live state was seen, and the owner was asked."),
                (true, false) => say!("Files only: no live state was seen, and the owner was not asked."),
                (false, true) => say!("Here the owner was asked."),
                (false, false) => say!("Here the owner was not asked."),
            },
        ));
    }
    for cluster in &inputs.clusters {
        of_cluster(&mut all, cluster, layout);
    }
    if inputs.files == 0 && !inputs.clusters.is_empty() {
        all.push((
            About::Read,
            if asked {
                say!("No files were read, and the owner was asked.")
            } else {
                say!("No files were read, and the owner was not asked.")
            },
        ));
    }
    left_alone(&mut all, assessment, layout, most.div_ceil(2));
    for entry in inputs.not_understood.iter().take(most) {
        let at = entry.line.map_or_else(String::new, |line| format!(":{line}"));
        let place = path(&format!("{}{at}", entry.file), layout);
        let reason = Prose::from(entry.reason.clone());
        all.push((
            About::Unread,
            if entry.kinds.is_empty() {
                say!("{}: {}", place, reason)
            } else {
                say!("{}: {} (names {})", place, reason, entry.kinds.join(", "))
            },
        ));
    }
    if inputs.not_understood.len() > most {
        all.push((About::Unread, say!("and {} more", inputs.not_understood.len() - most)));
    }
    for gap in inputs.gaps.iter().take(most.div_ceil(3)) {
        let reason = Prose::name(as_called(&voice.say(&gap.reason), layout.program));
        all.push((About::Detail, say!("{}: {}", path(&gap.scope, layout), reason)));
    }
    all.into_iter().map(|(about, prose)| (about, said(voice, &prose))).collect()
}

/// A path cut from its beginning so that it stands on one line with what says something of it.
fn path(text: &str, layout: Layout) -> String {
    /// What stands before it, and the colon behind it.
    const BESIDE: usize = 6;
    let sign = if layout.unicode { "…" } else { "..." };
    end_of(&for_terminal(text), layout.width.saturating_sub(BESIDE).max(20), sign)
}

/// Where to read on.
pub(super) fn hint(layout: Layout) -> String {
    let prose = say!("kubeworthy rule CODE explains a rule, kubeworthy targets NAME a target; -o json has everything.");
    as_called(&layout.voice.say(&prose), layout.program).into_owned()
}

fn files(assessment: &Assessment) -> Prose {
    let inputs = &assessment.inputs;
    let of_clusters: usize = inputs.clusters.iter().map(|cluster| cluster.documents).sum();
    let documents = match inputs.documents - of_clusters {
        1 => say!("1 document"),
        documents => say!("{} documents", documents),
    };
    let files = match inputs.files {
        1 => say!("1 file"),
        files => say!("{} files", files),
    };
    let understood = inputs.understood.saturating_sub(of_clusters);
    match inputs.skipped.len() {
        1 => say!("{} in {}, {} understood; 1 file left alone.", documents, files, understood),
        skipped => say!("{} in {}, {} understood; {} files left alone.", documents, files, understood, skipped),
    }
}

/// How a cluster was read, and what could not be listed.
fn of_cluster(all: &mut Vec<(About, Prose)>, cluster: &ClusterRead, layout: Layout) {
    const NAMED: usize = 3;
    let scope = match cluster.namespaces.as_deref() {
        None => say!("all namespaces"),
        Some([]) => say!("no namespace"),
        Some([one]) => say!("namespace {}", for_terminal(one)),
        Some(some) if some.len() <= NAMED => say!("namespaces {}", for_terminal(&some.join(", "))),
        Some(some) => say!("{} namespaces", some.len()),
    };
    let mut about = vec![if cluster.is_selection { say!("{}, a part of what is in there", scope) } else { scope }];
    about.extend(cluster.version.as_ref().map(|version| say!("version {}", for_terminal(version))));
    about.extend(cluster.nodes.map(|nodes| {
        let nodes = match nodes as usize {
            1 => say!("1 node that takes pods"),
            nodes => say!("{} nodes that take pods", nodes),
        };
        match cluster.zones.map(|zones| zones as usize) {
            None => nodes,
            Some(1) => say!("{} in 1 zone", nodes),
            Some(zones) => say!("{} in {} zones", nodes, zones),
        }
    }));
    about.extend(cluster.taken.as_ref().map(|day| say!("looked at once, on {}", day)));
    let about: Vec<String> = about.iter().map(|part| layout.voice.say(part)).collect();
    let (name, about) = (for_terminal(&cluster.name), about.join(&layout.voice.words("; ")));
    all.push((
        About::Read,
        match cluster.objects {
            1 => say!("cluster {}: {}; 1 object, {} of them workloads.", name, about, cluster.workloads),
            objects => {
                say!("cluster {}: {}; {} objects, {} of them workloads.", name, about, objects, cluster.workloads)
            }
        },
    ));
    let reasons: BTreeSet<(&Prose, &[String])> =
        cluster.gaps.iter().map(|gap| (&gap.reason, gap.namespaces.as_slice())).collect();
    // What matters most stands first.
    for forbids in [true, false] {
        for (reason, namespaces) in &reasons {
            let of_reason = |gap: &&ListGap| gap.reason == **reason && gap.namespaces == *namespaces;
            let gaps = cluster.gaps.iter().filter(of_reason).filter(|gap| gap.forbids_conclusions == forbids);
            of_one_reason(all, reason, namespaces, &gaps.collect::<Vec<_>>(), layout.voice);
        }
    }
    if !cluster.gaps.is_empty() {
        let hint = layout.voice.words("kubeworthy rbac prints the role that lets everything be listed.");
        let hint = as_called(&hint, layout.program).into_owned();
        all.push((About::Hint, Prose::name(hint)));
    }
}

/// What could not be listed for one reason, and the rules that it leaves open.
fn of_one_reason(
    all: &mut Vec<(About, Prose)>,
    reason: &Prose,
    namespaces: &[String],
    gaps: &[&ListGap],
    voice: Voice,
) {
    const NAMED: usize = 12;
    let Some(first) = gaps.first() else { return };
    let reason = reason.clone();
    let reason = match namespaces.len() {
        0 => reason,
        1..=3 => say!("{}, in {}", reason, for_terminal(&namespaces.join(", "))),
        some => say!("{}, in {} namespaces", reason, some),
    };
    let name = |gap: &&ListGap| match gap.objects {
        0 => for_terminal(&gap.resource).into_owned(),
        objects => voice.say(&say!("{} (after {})", for_terminal(&gap.resource), objects)),
    };
    let list = gaps.iter().map(name).collect::<Vec<_>>().join(", ");
    let codes: BTreeSet<&str> = gaps.iter().flat_map(|gap| &gap.rules).map(String::as_str).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    all.push((
        About::Unread,
        if first.forbids_conclusions {
            say!("{}: {}. Nothing can be concluded without them.", reason, list)
        } else if codes.is_empty() {
            say!("{}: {}.", reason, list)
        } else {
            say!("{}: {}. Left open: {}.", reason, list, names(&codes, NAMED))
        },
    ));
}

/// Why files were left alone, the commonest reason first.
fn left_alone(all: &mut Vec<(About, Prose)>, assessment: &Assessment, layout: Layout, most: usize) {
    let mut reasons: Vec<(&Prose, usize, &str)> = Vec::new();
    for (file, reason) in &assessment.inputs.skipped {
        match reasons.iter_mut().find(|(known, _, _)| *known == reason) {
            Some((_, times, _)) => *times += 1,
            None => reasons.push((reason, 1, file)),
        }
    }
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (reason, times, first) in reasons.iter().take(most) {
        let (first, reason) = (path(first, layout), *reason);
        all.push((
            About::LeftAlone,
            if *times == 1 {
                say!("{}: {}", first, reason)
            } else {
                say!("{} and {} more: {}", first, times - 1, reason)
            },
        ));
    }
}
