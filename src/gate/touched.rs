//! To which systems changed files belong, for hooks.

use std::collections::BTreeSet;

use crate::assessment::{Assessment, SystemAssessment};

/// What changed, and what that touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// The systems, by their places in the list of the assessment.
    pub systems: BTreeSet<usize>,
    /// The files that changed, named as the files of the assessment are.
    pub files: BTreeSet<String>,
    /// The same as seen from the folder of the baseline, as its entries name files.
    pub entries: BTreeSet<String>,
}

/// The systems to which changed files belong. A file that several systems are written in touches all of them. One that no
/// system is written in, such as a file that is gone, touches the systems in the nearest folder above or below it. What is
/// in `settings`, the baseline and configurations, touches every system below its folder.
#[must_use]
pub fn touched(
    systems: &[SystemAssessment],
    changed: &BTreeSet<String>,
    settings: &BTreeSet<String>,
) -> BTreeSet<usize> {
    let mut touched = BTreeSet::new();
    for file in changed {
        let folder = folder_of(file);
        if settings.contains(file) {
            touched.extend(those(systems, |other| steps_down(folder, folder_of(other)).is_some()));
            continue;
        }
        let own = those(systems, |other| other == file);
        if !own.is_empty() {
            touched.extend(own);
            continue;
        }
        let distance =
            |system: &SystemAssessment| system.files.iter().filter_map(|other| apart(folder, folder_of(other))).min();
        let apart: Vec<Option<usize>> = systems.iter().map(distance).collect();
        let nearest = apart.iter().flatten().min().copied();
        touched.extend((0..systems.len()).filter(|at| nearest.is_some() && apart[*at] == nearest));
    }
    touched
}

/// What an assessment says of the systems that were touched, and of nothing else. What the gate says stands in it already.
#[must_use]
pub fn only_touched(mut assessment: Assessment, touched: &Touched) -> Assessment {
    if touched.systems.len() == assessment.systems.len() {
        return assessment;
    }
    let mut at = 0;
    assessment.systems.retain(|_| {
        at += 1;
        touched.systems.contains(&(at - 1))
    });
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
