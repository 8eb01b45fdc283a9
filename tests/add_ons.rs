//! An add-on that a team vendored beside its application makes the application look no needier, and no product is taken
//! for an add-on: fifty-four estates, six payloads with nine add-ons each.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/estates.rs"]
mod estates;
mod support;

use std::collections::BTreeMap;

use kubeworthy::assessment::{Assessment, Verdict};
use kubeworthy::source::Collected;
use kubeworthy::text::SourceFile;

/// What must stay the same however the files are cut.
fn essence(assessment: &Assessment) -> (Verdict, String, Vec<String>) {
    let estate = &assessment.estate;
    (estate.verdict, format!("{:.1}", estate.need.score), estate.set_aside.clone())
}

#[test]
fn add_ons_are_set_aside_beside_a_payload_and_never_make_it_needless() {
    let (kit, estates) = (support::kit(), estates::read());
    let (mut failures, mut outcomes) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (payload, workloads) in &estates.payloads {
        for (name, add_on) in &estates.add_ons {
            let assessment = estates::assess(payload, name, &kit);
            let estate = &assessment.estate;
            *outcomes.entry(estate.verdict.id()).or_default() += 1;
            let (verdicts, set_aside) = add_on.expected(*workloads);
            let names = if set_aside { vec![add_on.name.clone()] } else { Vec::new() };
            if !verdicts.contains(&estate.verdict) || estate.set_aside != names {
                failures.push(format!("{payload} with {name}: {}, {:?}", estate.verdict.id(), estate.set_aside));
            }
            if estate.workloads != if set_aside { *workloads } else { workloads + add_on.workloads } {
                failures.push(format!("{payload} with {name}: {} workloads", estate.workloads));
            }
            // Systems stand alone, whatever stands beside them.
            for system in &assessment.systems {
                let needless = system.name == *payload || add_on.needs_nothing;
                if needless != (system.verdict == Verdict::Needless) {
                    failures.push(format!("{payload} with {name}: {} is {}", system.name, system.verdict.id()));
                }
            }
        }
    }
    println!("{outcomes:?}");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn an_unknown_controller_always_counts() {
    let (kit, estates) = (support::kit(), estates::read());
    for payload in estates.payloads.keys() {
        let folders = [format!("payloads/{payload}"), "unknown/tariffs".to_owned()];
        let estate = kubeworthy::assess(&estates::files(&folders, None), &kit).estate;
        assert!(estate.set_aside.is_empty(), "{payload}: {:?}", estate.set_aside);
        assert!(
            matches!(estate.verdict, Verdict::Justified | Verdict::KubernetesNative),
            "{payload}: {}",
            estate.verdict.id()
        );
    }
}

#[test]
fn what_the_owner_calls_the_product_is_none() {
    let (kit, estates) = (support::kit(), estates::read());
    for payload in estates.payloads.keys() {
        for (folder, add_on) in estates.add_ons.iter().filter(|(_, add_on)| !add_on.needs_nothing) {
            let folders = [format!("payloads/{payload}"), format!("add-ons/{folder}")];
            let context = format!("subject: [\"{}\"]\n", add_on.name);
            let estate = kubeworthy::assess(&estates::files(&folders, Some(&context)), &kit).estate;
            assert!(estate.set_aside.is_empty(), "{payload} with {folder}: {:?}", estate.set_aside);
            assert!(
                matches!(estate.verdict, Verdict::Justified | Verdict::KubernetesNative),
                "{payload} with {folder}: {}",
                estate.verdict.id()
            );
        }
    }
}

#[test]
fn cutting_files_apart_or_joining_them_changes_nothing() {
    let (kit, estates) = (support::kit(), estates::read());
    for payload in estates.payloads.keys() {
        for name in estates.add_ons.keys() {
            let whole = estates::files(&[format!("payloads/{payload}"), format!("add-ons/{name}")], None);
            let texts: Vec<&str> = whole.files.iter().map(|file| &*file.text).collect();
            let joined = vec![SourceFile::new("deploy/all.yaml", texts.join("\n---\n"))];
            let documents = texts.iter().flat_map(|text| text.split("\n---\n"));
            let apart = documents
                .enumerate()
                .map(|(index, text)| SourceFile::new(format!("deploy/{index:03}.yaml"), text))
                .collect();
            let [joined, apart] =
                [joined, apart].map(|files| kubeworthy::assess(&Collected { files, ..Collected::default() }, &kit));
            let whole = kubeworthy::assess(&whole, &kit);
            assert_eq!(essence(&whole), essence(&joined), "{payload} with {name}, in one file");
            assert_eq!(essence(&whole), essence(&apart), "{payload} with {name}, one file each");
        }
    }
}
