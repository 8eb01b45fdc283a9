//! The ladder of canonical systems: claim sets give these needs, to a tenth, and the same systems written out as files
//! come within six points. `fixtures/ladder.tsv` is a decision; a change of a constant or of a cell re-writes it, and its
//! diff is what a reviewer reads.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;
#[path = "support/written_ladder.rs"]
mod written_ladder;

use kubeworthy::Kit;
use kubeworthy::assessment::score::{Candidate, Hosting, Need, best};
use kubeworthy::grade::Grade;
use kubeworthy::targets::Catalogue;

fn needs(names: &str, grade: Grade, kit: &Kit) -> Vec<Need> {
    names
        .split_whitespace()
        .map(|name| {
            let (name, grade) = match name.split_once(':') {
                Some((name, "e")) => (name, Grade::Effective),
                Some((name, "p")) => (name, Grade::Proven),
                Some((_, other)) => panic!("no grade {other}"),
                None => (name, grade),
            };
            Need { capability: kit.capabilities.find(name).unwrap_or_else(|| panic!("no capability {name}")), grade }
        })
        .collect()
}

fn score(catalogue: &Catalogue, needs: &[Need], hosting: Hosting, kit: &Kit) -> f64 {
    let candidates: Vec<Candidate<'_>> = catalogue
        .targets()
        .iter()
        .filter(|target| target.admissible_when.is_none())
        .map(|target| Candidate { target, admissible: true, why_not: Vec::new(), violations: Vec::new() })
        .collect();
    best(&candidates, needs, hosting, &kit.constants).need
}

#[test]
fn every_row_is_exact_with_the_archetypes_and_with_the_catalogue() {
    let kit = support::kit();
    let archetypes = kit.catalogue.of_archetypes();
    let table = include_str!("../fixtures/ladder.tsv");
    let mut rows = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        for (index, grade) in [Grade::Effective, Grade::Corroborated, Grade::Proven].into_iter().enumerate() {
            let mut needs = needs(cells[1], grade, &kit);
            needs.extend(self::needs(cells[2], grade, &kit));
            for (offset, hosting) in [Hosting::Any, Hosting::SelfHosted].into_iter().enumerate() {
                let expected: f64 = cells[3 + 2 * index + offset].parse().expect("a number");
                for (name, catalogue) in [("archetypes", &archetypes), ("catalogue", &kit.catalogue)] {
                    let found = score(catalogue, &needs, hosting, &kit);
                    assert!(
                        (found - expected).abs() <= 0.1,
                        "{}, {}, {hosting:?}, {name}: expected {expected}, found {found:.2}",
                        cells[0],
                        grade.id()
                    );
                }
            }
        }
        rows += 1;
    }
    assert_eq!(rows, 13);
}

#[test]
fn every_row_written_out_as_files_is_within_six_points() {
    let kit = support::kit();
    let mut failures = Vec::new();
    println!("{:<78} {:<12} {:>13} {:>13}", "system", "column", "table", "files");
    for written in written_ladder::all(&kit) {
        let (any, own) = written.expected;
        let found = match written.found {
            Some((any, own)) => format!("{any:.1} / {own:.1}"),
            None => format!("not written: {}", written.why_not),
        };
        println!("{:<78} {:<12} {any:>5.1} / {own:>5.1} {found:>13}", written.system, written.column);
        if written.difference() > 6.0 {
            failures.push(format!("{}, {}: {found} and not {any} / {own}", written.system, written.column));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
