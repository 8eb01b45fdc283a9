//! What is said of a difference, in the order in which it is read; the formats for people only shape it.

use std::collections::BTreeMap;

use super::wire::{Change, ClaimChange, ClaimMoved, Difference, Match, Moved, Origin, Rungs, Side, Status, Summary};
use crate::language::{Prose, Voice, say};
use crate::report::json::{Place, Verdict};
use crate::report::words::points;

/// A part of what is said of one system.
pub(super) struct Part {
    /// Its heading, in the language of the report.
    pub(super) title: String,
    /// Its entries, the weightiest first.
    pub(super) entries: Vec<Entry>,
}

/// One entry.
pub(super) struct Entry {
    /// `+`, `-` or `~`, or a number of points with its sign; 0 where the share stays.
    pub(super) mark: String,
    /// What is said.
    pub(super) text: Prose,
    /// Where.
    pub(super) places: Vec<Place>,
}

/// The verdict in capitals.
pub(super) fn verdict_word(verdict: Option<Verdict>, voice: Voice) -> String {
    let word = match verdict {
        Some(Verdict::Needless) => voice.words("NEEDLESS"),
        Some(Verdict::Debatable) => voice.words("DEBATABLE"),
        Some(Verdict::Justified) => voice.words("JUSTIFIED"),
        Some(Verdict::KubernetesNative) => voice.words("K8S-NATIVE"),
        Some(Verdict::Inconclusive) => voice.words("INCONCLUSIVE"),
        None => voice.words("unknown"),
    };
    word.into_owned()
}

/// What moved, in numbers of systems.
pub(super) fn summary(difference: &Difference) -> Prose {
    let changes = changes(difference);
    let count = |test: &dyn Fn(&Change) -> bool| changes.iter().filter(|(change, _)| test(change)).count();
    if difference.systems.is_empty() && difference.estate.status == Status::Same {
        return say!("Nothing moved. Systems: {}.", difference.unchanged);
    }
    say!(
        "Verdicts that moved: {}; others that changed: {}; new: {}; gone: {}; as they were: {}.",
        count(&|change| change.verdict_moved),
        count(&|change| !change.verdict_moved && matches!(change.status, Status::Changed | Status::Renamed)),
        count(&|change| change.status == Status::New),
        count(&|change| change.status == Status::Gone),
        difference.unchanged
    )
}

/// What a side is.
pub(super) fn side(side: &Side) -> Prose {
    match (side.origin, side.commit.as_deref()) {
        (Origin::Revision, Some(commit)) => say!("{} (commit {})", side.name.as_str(), short(commit)),
        (Origin::Report, _) => say!("{} (report of version {})", side.name.as_str(), side.version.as_str()),
        _ => say!("{}", side.name.as_str()),
    }
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}

/// What else may have moved something.
pub(super) fn cautions(difference: &Difference) -> Vec<Prose> {
    let mut cautions = Vec::new();
    if difference.rules_differ {
        cautions.push(say!(
            "The two sides were assessed by different rules, so that a part of what moved may come from them."
        ));
    }
    if difference.versions_differ {
        cautions.push(say!(
            "Different versions of the program made them: {} and {}.",
            difference.old.version.as_str(),
            difference.new.version.as_str()
        ));
    }
    for (side, what) in [(&difference.old, say!("the old side")), (&difference.new, say!("the new side"))] {
        if side.understood < side.documents {
            cautions.push(say!(
                "Of {} only {} of {} documents were understood.",
                what,
                side.understood,
                side.documents
            ));
        }
    }
    cautions
}

/// The systems to tell of, the estate first where it has something to add.
pub(super) fn changes(difference: &Difference) -> Vec<(&Change, bool)> {
    let mut changes: Vec<(&Change, bool)> = Vec::new();
    let is_one = difference.systems.len() + difference.unchanged == 1
        && difference.systems.iter().all(|change| change.old.is_some() && change.new.is_some());
    if difference.estate.status != Status::Same && !is_one {
        changes.push((&difference.estate, true));
    }
    changes.extend(difference.systems.iter().map(|change| (change, false)));
    changes
}

/// The name of a system; both where it was renamed.
pub(super) fn name(change: &Change, is_estate: bool) -> Prose {
    if is_estate {
        return say!("all systems together");
    }
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.name != new.name => say!("{}, before: {}", new.name.as_str(), old.name.as_str()),
        (_, Some(one)) | (Some(one), None) => say!("{}", one.name.as_str()),
        (None, None) => Prose::default(),
    }
}

/// What became of the verdict, in one sentence.
pub(super) fn verdict(change: &Change, voice: Voice) -> Prose {
    let word = |side: &Summary| verdict_word(side.verdict, voice);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) if old.verdict != new.verdict => say!("{}, before: {}", word(new), word(old)),
        (Some(old), Some(new)) if change.verdict_moved => {
            let through = |side: &Summary| side.through.clone().unwrap_or_else(|| "–".to_owned());
            say!("{} through {}, before: through {}", word(new), through(new), through(old))
        }
        (Some(_), Some(new)) => say!("still {}", word(new)),
        (None, Some(new)) => say!("new, {}", word(new)),
        (Some(old), None) => say!("gone, was {}", word(old)),
        (None, None) => Prose::default(),
    }
}

/// What became of the numbers and of the suggestion, a sentence each.
pub(super) fn facts(change: &Change) -> Vec<Prose> {
    let mut facts = Vec::new();
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            let moved = change.need_moved.unwrap_or_default();
            if moved != 0.0 {
                facts.push(say!(
                    "The need is {} of 100, before: {} ({}).",
                    points(new.need.score),
                    points(old.need.score),
                    signed(moved)
                ));
            } else {
                facts.push(say!("The need is {} of 100, as before.", points(new.need.score)));
            }
            if (old.need.low, old.need.high) != (new.need.low, new.need.high) {
                facts.push(say!(
                    "Its range is {} to {}, before: {} to {}.",
                    points(new.need.low),
                    points(new.need.high),
                    points(old.need.low),
                    points(old.need.high)
                ));
            }
            if old.confidence != new.confidence {
                facts.push(say!("The confidence is {} %, before: {} %.", new.confidence, old.confidence));
            }
            if old.availability != new.availability {
                let (new, old) = (rungs(new.availability), rungs(old.availability));
                facts.push(say!("Rungs of availability: {}, before: {}.", new, old));
            }
            if old.scale != new.scale {
                facts.push(say!("Rungs of scale: {}, before: {}.", rungs(new.scale), rungs(old.scale)));
            }
            if old.workloads != new.workloads {
                facts.push(say!("Workloads: {}, before: {}.", new.workloads, old.workloads));
            }
            if change.suggested_moved {
                let none = || "–".to_owned();
                let (new, old) = (new.suggested_name.clone(), old.suggested_name.clone());
                facts.push(say!("Suggested: {}, before: {}.", new.unwrap_or_else(none), old.unwrap_or_else(none)));
            }
            if old.overlay != new.overlay {
                let none = || "–".to_owned();
                let (new, old) = (new.overlay.clone(), old.overlay.clone());
                facts.push(say!(
                    "Assessed as overlay: {}, before: {}.",
                    new.unwrap_or_else(none),
                    old.unwrap_or_else(none)
                ));
            }
            if change.matched_by == Some(Match::Overlap) {
                facts.push(say!("It is taken for the same system since most of its objects are the same."));
            }
        }
        (Some(one), None) | (None, Some(one)) => {
            facts.push(say!(
                "Need {} of 100, range {} to {}, confidence {} %, workloads: {}.",
                points(one.need.score),
                points(one.need.low),
                points(one.need.high),
                one.confidence,
                one.workloads
            ));
            if let Some(target) = &one.suggested_name {
                facts.push(say!("Suggested: {}.", target.as_str()));
            }
        }
        (None, None) => {}
    }
    facts
}

fn rungs(rungs: Rungs) -> Prose {
    if rungs.low == rungs.high { say!("{} of 5", rungs.high) } else { say!("{} to {} of 5", rungs.low, rungs.high) }
}

/// A number of points with its sign.
pub(super) fn signed(moved: f64) -> Prose {
    match moved {
        moved if moved < 0.0 => say!("-{}", points(-moved)),
        moved if moved > 0.0 => say!("+{}", points(moved)),
        _ => say!("0"),
    }
}

/// By which claims, and what else came or went.
pub(super) fn parts(change: &Change, meanings: &BTreeMap<String, String>, voice: Voice) -> Vec<Part> {
    let mut parts = Vec::new();
    // Of what came or went as a whole only what brings a share matters.
    let is_whole = change.old.is_none() || change.new.is_none();
    let claims = change.claims.iter().filter(|claim| !is_whole || claim.share_moved != 0.0);
    parts.push(Part {
        title: voice.words("By which claims").into_owned(),
        entries: claims.map(|one| claim(one, meanings, voice)).collect(),
    });
    if !is_whole {
        parts.push(Part {
            title: voice.words("What the owner states").into_owned(),
            entries: change
                .statements
                .iter()
                .map(|one| {
                    let (old, new) = (one.old.clone().unwrap_or_default(), one.new.clone().unwrap_or_default());
                    let text = match one.moved {
                        Moved::New => say!("{}: {}, not stated before", one.key.as_str(), new),
                        Moved::Changed => say!("{}: {}, before: {}", one.key.as_str(), new, old),
                        Moved::Gone => say!("{} is not stated any more, before: {}", one.key.as_str(), old),
                    };
                    Entry { mark: mark(one.moved), text, places: Vec::new() }
                })
                .collect(),
        });
        parts.push(Part {
            title: voice.words("What is suppressed").into_owned(),
            entries: change
                .suppressed
                .iter()
                .map(|one| {
                    let (message, code, reason) = (one.message.as_str(), one.code.as_str(), one.reason.as_str());
                    let text = match one.moved {
                        Moved::Gone => say!("counts again: {} ({})", message, code),
                        _ if reason.is_empty() => say!("does not count any more: {} ({})", message, code),
                        _ => say!("does not count any more: {} ({}). The reason: {}", message, code, reason),
                    };
                    Entry { mark: mark(one.moved), text, places: one.evidence.clone() }
                })
                .collect(),
        });
        parts.push(Part {
            title: voice.words("Findings that came or went").into_owned(),
            entries: change
                .findings
                .iter()
                .map(|one| {
                    let (message, code) = (one.message.as_str(), one.code.as_str());
                    let text = match one.moved {
                        Moved::Gone => say!("gone: {} ({})", message, code),
                        _ => say!("new: {} ({})", message, code),
                    };
                    Entry { mark: mark(one.moved), text, places: one.evidence.clone() }
                })
                .collect(),
        });
        parts.push(Part {
            title: voice.words("Questions that came or were answered").into_owned(),
            entries: change
                .unknowns
                .iter()
                .map(|one| {
                    let text = match one.moved {
                        Moved::Gone => say!("no longer open: {} ({})", one.question.as_str(), one.key.as_str()),
                        _ => say!("now open: {} ({})", one.question.as_str(), one.key.as_str()),
                    };
                    Entry { mark: mark(one.moved), text, places: Vec::new() }
                })
                .collect(),
        });
    }
    parts.retain(|part| !part.entries.is_empty());
    parts
}

fn mark(moved: Moved) -> String {
    match moved {
        Moved::New => "+",
        Moved::Changed => "~",
        Moved::Gone => "-",
    }
    .to_owned()
}

fn claim(claim: &ClaimChange, meanings: &BTreeMap<String, String>, voice: Voice) -> Entry {
    let meaning = meanings.get(&claim.capability).map_or(claim.capability.as_str(), String::as_str);
    let grade = |grade: Option<crate::grade::Grade>| {
        grade.map_or_else(String::new, |grade| voice.words(grade.id()).into_owned())
    };
    let (old, new) = (grade(claim.old_grade), grade(claim.new_grade));
    let became = match claim.moved {
        ClaimMoved::Added => say!("new, {}", new),
        ClaimMoved::Gone => say!("gone, was {}", old),
        ClaimMoved::Stronger | ClaimMoved::Weaker => say!("{}, before: {}", new, old),
        ClaimMoved::Share => say!("{} as before, with another share", new),
    };
    let rules =
        if claim.rules.is_empty() { voice.words("a target's limit").into_owned() } else { claim.rules.join(", ") };
    let mark = voice.say(&signed(claim.share_moved));
    let text = say!("{}: {} ({}; {})", voice.words(meaning).into_owned(), claim.message.as_str(), became, rules);
    Entry { mark, text, places: claim.evidence.clone() }
}
