//! An assessment in the form of a baseline, held against the one that was accepted: which system is which, and which
//! findings are known. Lines never matter; files, objects and names may have changed.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{Baseline, Finding, System};
use crate::matching::{self, Identity, bare};

/// What was read, as far as it decides which entries of a baseline no longer apply.
pub struct Scope<'s> {
    /// The files and folders that were read, as seen from the baseline's folder; an empty one is that folder itself.
    pub paths: &'s [String],
    /// Files that should have been read and could not be, or were not understood: nobody knows what they hold.
    pub unread: &'s BTreeSet<String>,
    /// The live clusters that were read, each with the namespaces that were; none for all of them.
    pub clusters: &'s [(String, Option<Vec<String>>)],
    /// Whether a file is still there, by its name as seen from the baseline's folder.
    pub is_there: Box<dyn Fn(&str) -> bool + 's>,
}

impl Scope<'_> {
    /// Whether what stands in a file would have been seen, or can nowhere be seen any more.
    fn holds_file(&self, file: &str) -> bool {
        !self.unread.iter().any(|unread| is_below(file, unread)) && !self.leaves_out(file)
    }

    /// Whether a file is there, and was not among what was to be read.
    pub(super) fn leaves_out(&self, file: &str) -> bool {
        !self.paths.iter().any(|path| is_below(file, path)) && (self.is_there)(file)
    }

    /// Whether a system would have been seen if it were still there.
    pub(super) fn holds(&self, system: &System) -> bool {
        match (&system.anchor, &system.cluster) {
            (Some(file), _) => self.holds_file(file),
            (None, Some(cluster)) => self.clusters.iter().any(|(name, namespaces)| {
                let is_in = |object: &String| {
                    let parts: Vec<&str> = object.split('/').collect();
                    let namespace = if parts.len() == 3 { parts[1] } else { "default" };
                    namespaces.as_ref().is_none_or(|names| names.iter().any(|name| name == namespace))
                };
                name == cluster && system.objects.iter().all(is_in)
            }),
            // What came by standard input comes from elsewhere each time.
            (None, None) => false,
        }
    }

    /// Whether a finding of a system that was seen would have been seen if it were still there.
    fn holds_finding(&self, finding: &Finding) -> bool {
        finding.file.as_deref().is_none_or(|file| self.holds_file(file))
    }
}

/// Whether a file is this path or lies below it.
fn is_below(file: &str, path: &str) -> bool {
    if path.is_empty() {
        return !file.starts_with("../");
    }
    // Everything below a folder above: `..` holds `../x`, and the folder of the baseline too.
    if path.split('/').all(|part| part == "..") {
        let ups = |text: &str| text.split('/').take_while(|part| *part == "..").count();
        return ups(file) <= ups(path);
    }
    file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What became of what.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Compared {
    /// For each system of the assessment, in its order: the entry that it is.
    pub(super) systems: Vec<Option<usize>>,
    /// For each system of the assessment: the entry of which it is only what was read, so that nothing can be said of it.
    pub(super) part_of: Vec<Option<usize>>,
    /// For each system of the assessment: for each of its findings, in their order, whether it is known.
    pub(super) known: Vec<Vec<bool>>,
    /// The same for what all systems together are known for.
    pub(super) known_of_all: Vec<bool>,
    /// Whether everything was read that the baseline knows, so that something can be said of all systems together.
    pub(super) saw_all: bool,
    /// Entries of systems that are no longer there, by index.
    pub(super) gone: Vec<usize>,
    /// Findings of entries that are still there, that are no longer made: the entry, and the finding in it.
    pub(super) gone_findings: BTreeSet<(usize, usize)>,
    /// Findings of all systems together that are no longer made.
    pub(super) gone_of_all: Vec<usize>,
    /// Findings that stand where nobody looked, so that nobody can say whether they are still made.
    pub(super) unseen: Vec<(usize, usize)>,
    /// The same of all systems together.
    pub(super) unseen_of_all: Vec<usize>,
}

/// Holds what is now against what was accepted.
pub(super) fn compare(old: &Baseline, now: &Baseline, scope: &Scope<'_>) -> Compared {
    let part = Partial::of(old, now, scope);
    // What lies elsewhere as a whole is not what was read here, whatever it is called.
    let here: Vec<usize> = (0..old.systems.len()).filter(|at| !part.is_elsewhere[*at]).collect();
    let of_old: Vec<Identity> = here.iter().map(|at| old.systems[*at].identity()).collect();
    let of_now: Vec<Identity> = now.systems.iter().map(System::identity).collect();
    let mut compared = Compared { systems: vec![None; now.systems.len()], ..Compared::default() };
    let mut paired: Vec<Option<usize>> = vec![None; old.systems.len()];
    for (a, b, _) in matching::pairs(&of_old, &of_now) {
        compared.systems[b] = Some(here[a]);
        paired[here[a]] = Some(b);
    }
    let alone = |at: usize| part.holder(&old.systems, &now.systems[at]);
    compared.part_of = compared
        .systems
        .iter()
        .enumerate()
        .map(|(at, entry)| entry.map_or_else(|| alone(at), |entry| part.is_in_part[entry].then_some(entry)))
        .collect();
    // Every finding with the system that it belongs to; those of all systems together belong to none.
    let all = |baseline: &Baseline, side: &dyn Fn(usize) -> Option<usize>| -> Vec<Each> {
        let of_systems = baseline.systems.iter().enumerate().flat_map(|(system, entry)| {
            let findings = entry.findings.iter().enumerate();
            findings.map(move |(at, finding)| (Some(system), at, finding.clone())).collect::<Vec<_>>()
        });
        let of_all = baseline.findings.iter().enumerate().map(|(at, finding)| (None, at, finding.clone()));
        let each = |(system, at, finding): (Option<usize>, usize, Finding)| Each {
            system,
            at,
            group: match system {
                Some(system) => side(system).map_or(Group::Alone, Group::Pair),
                None => Group::All,
            },
            finding,
        };
        of_systems.chain(of_all).map(each).collect()
    };
    let of_old = all(old, &|system| paired[system].map(|_| system));
    let of_now = all(now, &|system| compared.systems[system].or(compared.part_of[system]));
    let (known_old, known_now) = matched(&of_old, &of_now);
    compared.known = now.systems.iter().map(|system| vec![false; system.findings.len()]).collect();
    compared.known_of_all = vec![false; now.findings.len()];
    for each in known_now.iter().map(|at| &of_now[*at]) {
        match each.system {
            Some(system) => compared.known[system][each.at] = true,
            None => compared.known_of_all[each.at] = true,
        }
    }
    let is_whole = |at: usize| !part.is_in_part[at];
    let is_gone = |at: &usize| paired[*at].is_none() && is_whole(*at) && scope.holds(&old.systems[*at]);
    compared.gone = (0..old.systems.len()).filter(is_gone).collect();
    let saw = |at: usize| is_whole(at) && (paired[at].is_some() || scope.holds(&old.systems[at]));
    compared.saw_all = (0..old.systems.len()).all(saw);
    for (_, each) in of_old.iter().enumerate().filter(|(at, _)| !known_old.contains(at)) {
        match each.system {
            Some(system) if paired[system].is_some() && is_whole(system) && scope.holds_finding(&each.finding) => {
                compared.gone_findings.insert((system, each.at));
            }
            None if compared.saw_all && scope.holds_finding(&each.finding) => {
                compared.gone_of_all.push(each.at);
            }
            Some(system) => compared.unseen.push((system, each.at)),
            None => compared.unseen_of_all.push(each.at),
        }
    }
    compared
}

/// Which entries were read in part: a file of theirs is there that nobody read.
struct Partial {
    is_in_part: Vec<bool>,
    /// The same for those of which no file was read.
    is_elsewhere: Vec<bool>,
}

impl Partial {
    fn of(old: &Baseline, now: &Baseline, scope: &Scope<'_>) -> Self {
        // Files may be followed out of what was named.
        let read: BTreeSet<&String> = now.systems.iter().flat_map(|system| &system.files).collect();
        let is_left_out = |file: &String| !read.contains(file) && scope.leaves_out(file);
        let entries = || old.systems.iter();
        let is_elsewhere = |entry: &System| entry.written_in().next().is_some() && entry.written_in().all(is_left_out);
        Self {
            is_in_part: entries().map(|entry| entry.written_in().any(is_left_out)).collect(),
            is_elsewhere: entries().map(is_elsewhere).collect(),
        }
    }

    /// The entry that a system without one is a part of: one that was read in part, and has its id, a file or, where a file
    /// of it was read, an object of it.
    fn holder(&self, entries: &[System], system: &System) -> Option<usize> {
        let shares = |a: &[String], b: &[String]| a.iter().any(|name| b.contains(name));
        let is = |at: &usize| {
            let entry = &entries[*at];
            self.is_in_part[*at]
                && (entry.id == system.id
                    || shares(&entry.files, &system.files)
                    || !self.is_elsewhere[*at] && shares(&entry.objects, &system.objects))
        };
        (0..entries.len()).find(is)
    }
}

/// Where a finding is looked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// In the system that this entry is.
    Pair(usize),
    /// Among those of all systems together.
    All,
    /// In a system that the other side does not have.
    Alone,
}

struct Each {
    system: Option<usize>,
    at: usize,
    group: Group,
    finding: Finding,
}

/// How much of a finding has to be the same, the most first.
const STEPS: [fn(&Finding) -> [String; 4]; 4] = [
    |f| [f.code.clone(), f.file.clone().unwrap_or_default(), f.object.clone().unwrap_or_default(), f.path.clone()],
    // Its file was moved or renamed.
    |f| [f.code.clone(), String::new(), f.object.clone().unwrap_or_default(), f.path.clone()],
    // Its object has another name.
    |f| [f.code.clone(), f.file.clone().unwrap_or_default(), String::new(), f.path.clone()],
    // Its file was moved, and its object stands in another namespace.
    |f| [f.code.clone(), String::new(), f.object.as_deref().map(bare).unwrap_or_default(), f.path.clone()],
];

/// The findings that both sides have, each counted as often as it is there, as indices of both.
fn matched(old: &[Each], now: &[Each]) -> (BTreeSet<usize>, BTreeSet<usize>) {
    let (mut of_old, mut of_now) = (BTreeSet::new(), BTreeSet::new());
    // First within the same system, then anywhere: a file may have gone to another system.
    for within in [true, false] {
        for (number, step) in STEPS.iter().enumerate() {
            let key = |each: &Each, finding: &Finding| (within.then_some(each.group), step(finding));
            let mut left: BTreeMap<_, Vec<usize>> = BTreeMap::new();
            for (at, each) in old.iter().enumerate().rev().filter(|(at, _)| !of_old.contains(at)) {
                left.entry(key(each, &each.finding)).or_default().push(at);
            }
            // What is the same at its first place goes first; then what came to be told at another of its places.
            for at_others in [false, true].into_iter().take(if number == 0 { 2 } else { 1 }) {
                for (at, each) in now.iter().enumerate() {
                    if of_now.contains(&at) || within && each.group == Group::Alone {
                        continue;
                    }
                    let places = if at_others { each.finding.elsewhere() } else { vec![each.finding.clone()] };
                    let found = places.iter().find_map(|place| left.get_mut(&key(each, place)).and_then(Vec::pop));
                    if let Some(found) = found {
                        of_old.insert(found);
                        of_now.insert(at);
                    }
                }
            }
        }
    }
    // What is said of all systems together is told at whichever of their workloads comes first.
    for (at, each) in now.iter().enumerate().filter(|(_, each)| each.group == Group::All) {
        let same = |(at, other): &(usize, &Each)| {
            other.group == Group::All && other.finding.code == each.finding.code && !of_old.contains(at)
        };
        if !of_now.contains(&at)
            && let Some((found, _)) = old.iter().enumerate().find(same)
        {
            of_old.insert(found);
            of_now.insert(at);
        }
    }
    (of_old, of_now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_below_what_was_read() {
        for (file, path, is) in [
            ("deploy/web.yaml", "", true),
            ("deploy/web.yaml", "deploy", true),
            ("deploy/web.yaml", "deploy/web.yaml", true),
            ("deployment/web.yaml", "deploy", false),
            ("../other/web.yaml", "", false),
            ("../other/web.yaml", "..", true),
            ("web.yaml", "..", true),
            ("../../web.yaml", "..", false),
            ("../other/web.yaml", "../other", true),
        ] {
            assert_eq!(is_below(file, path), is, "{file} {path}");
        }
    }
}
