//! The labelled corpus: agreement with two raters, beside two baselines; no false `needless`; no crash.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/agreement.rs"]
mod agreement;
mod support;

use std::path::PathBuf;

use kubeworthy::assessment::SystemAssessment;
use support::{Labelled, assess_paths, corpus, kit, labelled_systems};

/// The share of labelled systems whose verdict one of the raters gave, at least.
const LEAST_AGREEMENT: f64 = 0.92;

#[test]
fn verdicts_agree_with_the_labels() {
    let Some(corpus) = corpus() else { return };
    let judged = agreement::judge(&corpus, &kit());
    println!("{:<26} {:<22} {:<12} {:>5} {:>5}  suggested", "system", "labels", "verdict", "need", "conf.");
    for judged in &judged {
        let estate = &judged.estate;
        println!(
            "{:<26} {:<22} {:<12} {:>5.1} {:>3} %  {}{}",
            judged.system.id,
            judged.system.labels.join("/"),
            estate.verdict.id(),
            estate.need.score,
            estate.confidence,
            estate.suggested.as_deref().unwrap_or("-"),
            if judged.counts() && !judged.agrees() { "   <- disagrees" } else { "" }
        );
    }
    let outcome = agreement::outcome(&judged);
    println!("|  | agree |  | always needless | one-line rule |");
    println!("{}", outcome.every.row("all"));
    println!("{}", outcome.manifests.row("manifests"));
    let (needed, found) = outcome.needed;
    println!("needed systems found: {found}/{needed}   false needless: {}", outcome.false_needless.len());
    assert!(outcome.false_needless.is_empty(), "false needless: {:?}", outcome.false_needless);
    assert!(outcome.every.share() >= LEAST_AGREEMENT, "agreement {:.3}", outcome.every.share());
    assert!(outcome.manifests.share() >= 0.85, "agreement on manifests {:.3}", outcome.manifests.share());
}

#[test]
fn the_whole_corpus_is_assessed_in_one_run() {
    let Some(corpus) = corpus() else { return };
    let kit = kit();
    let assessment = assess_paths(&[corpus.join("files"), corpus.join("files-invalid"), corpus.join("charts")], &kit);
    println!(
        "{} systems, {} documents, {} understood, estate {} with need {}",
        assessment.systems.len(),
        assessment.inputs.documents,
        assessment.inputs.understood,
        assessment.estate.verdict.id(),
        assessment.estate.need.score
    );
    assert!(assessment.systems.len() > 100);
}

#[test]
fn lookalikes_hold_nothing() {
    let Some(corpus) = corpus() else { return };
    let kit = kit();
    let lookalikes = labelled_systems(&corpus).into_iter().find(|system| system.id == "lookalikes").expect("a row");
    for file in &lookalikes.files {
        let assessment = assess_paths(std::slice::from_ref(file), &kit);
        // These are what they look like: three Compose files, and a Knative Service that only its comment sends elsewhere.
        let really =
            ["pxe_server/files/docker-compose.yml", "dev.compose.yml", "docker.compose.yaml", "google-cloud-run.yaml"];
        if !really.iter().any(|name| file.ends_with(name)) {
            assert_eq!(assessment.estate.workloads, 0, "{} is no deployment", file.display());
        }
    }
}

/// The applications that the corpus has twice, in one row of its list or in two: the Compose files, then the manifests.
fn pairs(systems: &[Labelled]) -> Vec<(String, Vec<PathBuf>, Vec<PathBuf>)> {
    let of = |id: &str| systems.iter().find(|system| system.id == id).expect("a row");
    let manifests = |system: &Labelled| -> Vec<PathBuf> {
        system.files.iter().filter(|file| !system.compose_files.contains(file)).cloned().collect()
    };
    let twice = systems.iter().filter(|system| system.inputs == "compose+manifest" && system.id != "jitsi-k8s");
    let mut pairs: Vec<_> =
        twice.map(|system| (system.id.clone(), system.compose_files.clone(), manifests(system))).collect();
    pairs.push(("jitsi".to_owned(), of("jitsi").compose_files.clone(), manifests(of("jitsi-k8s"))));
    pairs
}

#[test]
fn compose_and_manifests_of_one_application_need_the_same_where_both_speak() {
    let Some(corpus) = corpus() else { return };
    let kit = kit();
    let mut failures = Vec::new();
    for (id, compose_files, manifest_files) in pairs(&labelled_systems(&corpus)) {
        let compose = assess_paths(&compose_files, &kit).estate;
        let manifests = assess_paths(&manifest_files, &kit).estate;
        assert!(compose.workloads > 0 && manifests.workloads > 0, "{id}: one side is empty");
        let (left, right) = support::intersection(&compose, &manifests, &kit);
        println!("{id}: Compose {left:.1}, manifests {right:.1} over what both claim");
        if (left - right).abs() > 0.05 {
            let grades = |estate: &SystemAssessment| -> Vec<String> {
                estate.claims.iter().map(|claim| format!("{} {}", claim.capability, claim.grade.id())).collect()
            };
            let (compose, manifests) = (grades(&compose), grades(&manifests));
            failures.push(format!("{id}: {left} {compose:?}\n{id}: {right} {manifests:?}"));
        }
        // Read together, the report lists what only one side says.
        let together = assess_paths(&[compose_files.clone(), manifest_files].concat(), &kit).estate;
        for claim in &together.one_sided {
            let claims =
                |estate: &SystemAssessment| estate.claims.iter().any(|other| other.capability == claim.capability);
            assert!(claims(&compose) != claims(&manifests), "{id}: {} is on both sides", claim.capability);
        }
        let only_one = compose
            .claims
            .iter()
            .filter(|claim| manifests.claims.iter().all(|other| other.capability != claim.capability));
        for claim in only_one {
            let listed =
                together.one_sided.iter().any(|one| one.capability == claim.capability && one.origin == "compose");
            assert!(listed, "{id}: {} is not listed", claim.capability);
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
