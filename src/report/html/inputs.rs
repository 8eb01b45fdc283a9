//! What was read, and what was not: files, documents, and how each cluster was listed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Markup, Report, badge_of, cut, heads, more, scroll};
use crate::assessment::ClusterRead;
use crate::language::{Prose, say};
use crate::text::command::as_called;

/// How many lines a list has before it is cut with a count of the rest.
const LIST: usize = 30;

/// The last but one section.
pub(super) fn inputs(page: &mut Markup, report: Report<'_>) {
    let voice = report.voice();
    let inputs = &report.assessment.inputs;
    let text = say!(
        "Documents: {} in {} files, {} of them understood. Files left alone: {}.",
        inputs.documents,
        inputs.files,
        inputs.understood,
        inputs.skipped.len()
    );
    page.leaf("p", &[], &voice.say(&text));
    for cluster in &inputs.clusters {
        page.leaf("p", &[], &cluster_read(report, cluster));
        gaps_of(page, report, cluster);
    }
    alone(page, report);
    let shown = report.most(LIST);
    if !inputs.not_understood.is_empty() {
        let heading = say!("Documents that were not understood: {}", inputs.not_understood.len());
        folded(page, &voice.say(&heading), |details| {
            details.element("ul", &[("class", "plain")], |list| {
                for entry in inputs.not_understood.iter().take(shown) {
                    list.element("li", &[], |item| {
                        let line = entry.line.map_or_else(String::new, |line| format!(":{line}"));
                        item.leaf("code", &[("class", "at")], &format!("{}{line}", cut(&entry.file, 160)));
                        item.text(" ");
                        item.text(&voice.words(&entry.reason));
                        if !entry.kinds.is_empty() {
                            item.text(" ");
                            item.text(&voice.say(&say!("(names {})", entry.kinds.join(", "))));
                        }
                    });
                }
            });
            more(details, report, inputs.not_understood.len(), shown);
        });
    }
    if !inputs.gaps.is_empty() {
        let heading = say!("Details that were not read: {}", inputs.gaps.len());
        folded(page, &voice.say(&heading), |details| {
            details.element("ul", &[("class", "plain")], |list| {
                for gap in inputs.gaps.iter().take(shown) {
                    list.element("li", &[], |item| {
                        item.leaf("code", &[("class", "at")], &cut(&gap.scope, 160));
                        item.text(" ");
                        item.text(&as_called(&voice.say(&gap.reason), report.layout.program));
                    });
                }
            });
            more(details, report, inputs.gaps.len(), shown);
        });
    }
    left_alone(page, report);
}

fn folded(page: &mut Markup, heading: &str, fill: impl FnOnce(&mut Markup)) {
    page.element("details", &[], |details| {
        details.leaf("summary", &[], heading);
        fill(details);
    });
}

/// Why files were left alone, the commonest reason first.
fn left_alone(page: &mut Markup, report: Report<'_>) {
    let voice = report.voice();
    let mut files_of: BTreeMap<&Prose, Vec<&str>> = BTreeMap::new();
    for (file, reason) in &report.assessment.inputs.skipped {
        files_of.entry(reason).or_default().push(file);
    }
    if files_of.is_empty() {
        return;
    }
    let mut reasons: Vec<(&Prose, Vec<&str>)> = files_of.into_iter().collect();
    reasons.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    let count = report.assessment.inputs.skipped.len();
    let shown = report.most(LIST);
    folded(page, &voice.say(&say!("Files that were left alone: {}", count)), |details| {
        details.element("ul", &[("class", "plain")], |list| {
            for (reason, files) in reasons.iter().take(shown) {
                list.element("li", &[], |item| {
                    item.leaf("b", &[], &files.len().to_string());
                    item.text(" ");
                    item.text(&voice.say(&say!("{}:", *reason)));
                    item.text(" ");
                    let names: Vec<String> = files.iter().take(3).map(|file| cut(file, 100)).collect();
                    item.leaf("code", &[("class", "at")], &names.join(", "));
                    if files.len() > 3 {
                        item.text(", …");
                    }
                });
            }
        });
        more(details, report, reasons.len(), shown);
    });
}

/// How a cluster was read, in one sentence.
fn cluster_read(report: Report<'_>, cluster: &ClusterRead) -> String {
    let voice = report.voice();
    let scope = match cluster.namespaces.as_deref() {
        None => say!("all namespaces"),
        Some([one]) => say!("namespace {}", cut(one, 80)),
        Some(some) => say!("{} namespaces", some.len()),
    };
    let mut about = vec![voice.say(&scope)];
    if cluster.is_selection {
        about.push(voice.words("a part of what is in there").into_owned());
    }
    about.extend(cluster.version.as_ref().map(|version| voice.say(&say!("version {}", cut(version, 40)))));
    about.extend(cluster.nodes.map(|nodes| voice.say(&say!("{} nodes that take pods", (nodes, 0)))));
    about.extend(cluster.zones.map(|zones| voice.say(&say!("{} zones", (zones, 0)))));
    about.extend(cluster.taken.as_ref().map(|day| voice.say(&say!("looked at once, on {}", cut(day, 20)))));
    let (objects, workloads) = (cluster.objects, cluster.workloads);
    let text = say!(
        "Cluster {}: {}; {} objects, {} of them workloads.",
        cut(&cluster.name, 80),
        about.join(", "),
        objects,
        workloads
    );
    voice.say(&text)
}

/// What could not be listed, and the rules that it leaves open.
fn gaps_of(page: &mut Markup, report: Report<'_>, cluster: &ClusterRead) {
    if cluster.gaps.is_empty() {
        return;
    }
    let voice = report.voice();
    let caption = voice.words("What could not be listed");
    scroll(page, &caption, |scroll| {
        scroll.element("table", &[], |table| {
            table.leaf("caption", &[], &caption);
            let titles = [voice.words("Resource"), voice.words("Why"), voice.words("Left open")];
            heads(table, &[&titles[0], &titles[1], &titles[2]]);
            table.element("tbody", &[], |body| {
                for gap in &cluster.gaps {
                    body.element("tr", &[], |row| {
                        row.leaf("th", &[("scope", "row")], &cut(&gap.resource, 80));
                        row.element("td", &[], |cell| {
                            cell.text(&voice.say(&gap.reason));
                            if !gap.namespaces.is_empty() {
                                cell.text(" ");
                                let names: Vec<String> =
                                    gap.namespaces.iter().take(3).map(|name| cut(name, 60)).collect();
                                let rest = gap.namespaces.len().saturating_sub(3);
                                let dots = if rest > 0 { ", …" } else { "" };
                                cell.text(&format!("({}{dots})", names.join(", ")));
                            }
                        });
                        row.element("td", &[], |cell| {
                            if gap.forbids_conclusions {
                                cell.text(&voice.words("Nothing can be concluded without it."));
                                return;
                            }
                            let codes: BTreeSet<&str> = gap.rules.iter().map(String::as_str).collect();
                            let codes: Vec<&str> = codes.into_iter().collect();
                            cell.text(&codes.join(", "));
                        });
                    });
                }
            });
        });
    });
    let hint = voice.words("kubeworthy rbac prints the role that lets everything be listed.");
    page.leaf("p", &[], &as_called(&hint, report.layout.program));
}

/// The clusters of one estate, each with what it would be alone.
fn alone(page: &mut Markup, report: Report<'_>) {
    let clusters = &report.assessment.inputs.clusters;
    if clusters.len() < 2 {
        return;
    }
    let voice = report.voice();
    let caption = voice.words("Clusters, each by itself");
    scroll(page, &caption, |scroll| {
        scroll.element("table", &[], |table| {
            table.leaf("caption", &[], &caption);
            let titles = [
                voice.words("Cluster"),
                voice.words("Verdict"),
                voice.words("Need"),
                voice.words("Confidence"),
                voice.words("Systems"),
            ];
            heads(table, &[&titles[0], &titles[1], &titles[2], &titles[3], &titles[4]]);
            table.element("tbody", &[], |body| {
                for cluster in clusters {
                    let Some((need, verdict, confidence, systems)) = cluster.alone else { continue };
                    body.element("tr", &[], |row| {
                        row.leaf("th", &[("scope", "row")], &cut(&cluster.name, 80));
                        row.element("td", &[], |cell| badge_of(cell, report, verdict));
                        row.leaf("td", &[("class", "n")], &report.points(need));
                        row.leaf("td", &[("class", "n")], &format!("{confidence}\u{a0}%"));
                        row.leaf("td", &[("class", "n")], &systems.to_string());
                    });
                }
            });
        });
    });
}
