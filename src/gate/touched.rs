//! To which systems changed files belong, for hooks.

use std::collections::{BTreeMap, BTreeSet};

use super::Held;
use super::compare::compare;
use crate::assessment::{Assessment, SystemAssessment};

/// What changed, and what that touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The systems, by their places in the list of the assessment.
    pub systems: BTreeSet<usize>,
    /// The files and folders that changed, named as the files of the assessment are.
    pub files: BTreeSet<String>,
    /// The same as seen from the folder of the baseline, as its entries name files.
    pub entries: BTreeSet<String>,
}

/// The systems to which a changed file or folder belongs. A file that several systems are written in touches all of them,
/// a folder those that are written below it. What is `meant` is known otherwise: by the baseline, or by a configuration. One
/// that no system is written in, such as a file that is gone, touches the systems in the nearest folder above or below it;
/// a setting, that is a baseline or a configuration, every system below its folder.
#[must_use]
pub fn touched(
    systems: &[SystemAssessment],
    file: &str,
    is_setting: bool,
    meant: Option<&BTreeSet<usize>>,
) -> BTreeSet<usize> {
    let folder = folder_of(file);
    let mut touched: BTreeSet<usize> = meant.cloned().unwrap_or_default();
    if is_setting {
        touched.extend(those(systems, |other| steps_down(folder, folder_of(other)).is_some()));
        return touched;
    }
    touched.extend(those(systems, |other| other == file || steps_down(file, folder_of(other)).is_some()));
    if touched.is_empty() {
        let distance =
            |system: &SystemAssessment| system.files.iter().filter_map(|other| apart(folder, folder_of(other))).min();
        let apart: Vec<Option<usize>> = systems.iter().map(distance).collect();
        let nearest = apart.iter().flatten().min().copied();
        touched.extend((0..systems.len()).filter(|at| nearest.is_some() && apart[*at] == nearest));
    }
    touched
}

/// The files that a baseline knows systems to be written in, as it names them, each with these systems.
#[must_use]
pub fn known_files(held: &Held<'_>) -> BTreeMap<String, BTreeSet<usize>> {
    let compared = compare(held.accepted, held.now, held.scope);
    let mut known: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (entry, system) in compared.systems.iter().zip(held.systems) {
        for file in entry.iter().flat_map(|entry| held.accepted.systems[*entry].written_in()) {
            known.entry(file.clone()).or_default().insert(*system);
        }
    }
    known
}

/// What an assessment says of the systems that were touched, and of nothing else. What the gate says stands in it already.
#[must_use]
pub fn only_touched(mut assessment: Assessment, touched: &Touched) -> Assessment {
    if touched.systems.len() == assessment.systems.len() {
        return assessment;
    }
    let systems = assessment.systems.into_iter().enumerate();
    assessment.systems = systems.filter(|(at, _)| touched.systems.contains(at)).map(|(_, system)| system).collect();
    // What all systems together are found to do is not about those that were touched.
    let estate = match assessment.systems.as_slice() {
        [one] => SystemAssessment {
            id: assessment.estate.id.clone(),
            name: assessment.estate.name.clone(),
            is_estate: true,
            ..one.clone()
        },
        _ => SystemAssessment { findings: Vec::new(), ..assessment.estate.clone() },
    };
    assessment.estate = estate;
    assessment
}

fn those(systems: &[SystemAssessment], is: impl Fn(&str) -> bool) -> Vec<usize> {
    let has = |system: &SystemAssessment| system.files.iter().any(|file| is(file));
    systems.iter().enumerate().filter(|(_, system)| has(system)).map(|(at, _)| at).collect()
}

fn folder_of(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// How many folders lie between two of which one is above the other; none where neither is.
fn apart(a: &str, b: &str) -> Option<usize> {
    steps_down(a, b).or_else(|| steps_down(b, a))
}

/// How many folders one lies below another.
fn steps_down(above: &str, below: &str) -> Option<usize> {
    let parts = |text: &str| if text.is_empty() { 0 } else { text.split('/').count() };
    let is_below =
        above.is_empty() || below == above || below.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
    is_below.then(|| parts(below) - parts(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_above_and_below_are_near() {
        for (a, b, steps) in [
            ("", "", Some(0)),
            ("", "a/b", Some(2)),
            ("a/b", "a", Some(1)),
            ("a", "a", Some(0)),
            ("a", "ab", None),
            ("a/b", "a/c", None),
        ] {
            assert_eq!(apart(a, b), steps, "{a} {b}");
        }
    }
}
