//! The labelled corpus: agreement with two raters, beside two baselines; no false `needless`; no crash.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use kubeworthy::assessment::{SystemAssessment, Verdict};
use support::{accepts, assess_paths, corpus, is_needed, kit, labelled_systems};

/// "Any custom resource definition, operator resource, controller, kubelet path or fleet of accelerators".
fn one_line_rule(estate: &SystemAssessment) -> Verdict {
    let marks =
        ["extends-kubernetes", "operator-managed-data", "operator-managed-batch", "node-plugin", "accelerator-fleet"];
    let any = estate.claims.iter().any(|claim| marks.contains(&claim.capability.as_str()));
    if any { Verdict::Justified } else { Verdict::Needless }
}

#[derive(Default)]
struct Tally {
    agree: usize,
    always: usize,
    one_line: usize,
    all: usize,
}

impl Tally {
    fn share(&self) -> f64 {
        self.agree as f64 / self.all as f64
    }

    fn print(&self, name: &str) {
        println!(
            "{name:<10} agreement {}/{} = {:.1} %   always needless {:.1} %   one-line rule {:.1} %",
            self.agree,
            self.all,
            self.share() * 100.0,
            self.always as f64 / self.all as f64 * 100.0,
            self.one_line as f64 / self.all as f64 * 100.0
        );
    }
}

#[test]
fn verdicts_agree_with_the_labels() {
    let Some(corpus) = corpus() else { return };
    let kit = kit();
    let (mut every, mut manifests) = (Tally::default(), Tally::default());
    let (mut false_needless, mut needed, mut recalled) = (Vec::new(), 0, 0);
    println!("{:<26} {:<22} {:<12} {:>5} {:>5}  suggested", "system", "labels", "verdict", "need", "conf.");
    for system in labelled_systems(&corpus) {
        let assessment = assess_paths(&system.files, &kit);
        let estate = &assessment.estate;
        let verdict = estate.verdict;
        let counted = system.labels.iter().any(|label| label != "n/a");
        // Nothing but pointers stands in the files of this one, so that nothing can be concluded.
        let nothing_in_it = verdict == Verdict::Inconclusive && system.id == "flux-example";
        let agrees = nothing_in_it || system.labels.iter().any(|label| accepts(label, verdict));
        println!(
            "{:<26} {:<22} {:<12} {:>5.1} {:>3} %  {}{}",
            system.id,
            system.labels.join("/"),
            verdict.id(),
            estate.need.score,
            estate.confidence,
            estate.suggested.as_deref().unwrap_or("-"),
            if counted && !agrees { "   <- disagrees" } else { "" }
        );
        if !counted {
            continue;
        }
        let by = |verdict: Verdict| usize::from(system.labels.iter().any(|label| accepts(label, verdict)));
        for tally in [Some(&mut every), (system.inputs != "compose").then_some(&mut manifests)].into_iter().flatten() {
            tally.all += 1;
            tally.agree += usize::from(agrees);
            tally.always += by(Verdict::Needless);
            tally.one_line += by(one_line_rule(estate));
        }
        if system.labels.iter().any(|label| is_needed(label)) && verdict == Verdict::Needless {
            false_needless.push(system.id.clone());
        }
        if system.labels.iter().all(|label| is_needed(label)) {
            needed += 1;
            recalled += usize::from(matches!(verdict, Verdict::Justified | Verdict::KubernetesNative));
        }
    }
    every.print("all");
    manifests.print("manifests");
    println!("needed systems found: {recalled}/{needed}   false needless: {}", false_needless.len());
    assert!(false_needless.is_empty(), "false needless: {false_needless:?}");
    assert!(every.share() >= 0.90, "agreement {:.3}", every.share());
    assert!(manifests.share() >= 0.85, "agreement on manifests {:.3}", manifests.share());
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

#[test]
fn compose_and_manifests_of_one_application_need_the_same_where_both_speak() {
    let Some(corpus) = corpus() else { return };
    let kit = kit();
    let systems = labelled_systems(&corpus);
    let system = |id: &str| systems.iter().find(|system| system.id == id).expect("a row");
    let mut failures = Vec::new();
    for (compose_id, manifest_id) in [
        ("voting-app", "voting-app"),
        ("sock-shop", "sock-shop"),
        ("gitlab-sameersbn", "gitlab-sameersbn"),
        ("jitsi", "jitsi-k8s"),
    ] {
        let compose_files = &system(compose_id).compose_files;
        let own = &system(manifest_id).compose_files;
        let manifest_files: Vec<_> =
            system(manifest_id).files.iter().filter(|file| !own.contains(file)).cloned().collect();
        let compose = assess_paths(compose_files, &kit).estate;
        let manifests = assess_paths(&manifest_files, &kit).estate;
        assert!(compose.workloads > 0 && manifests.workloads > 0, "{compose_id}: one side is empty");
        let (left, right) = support::intersection(&compose, &manifests, &kit);
        println!("{compose_id} {left:.1}  {manifest_id} {right:.1} over what both claim");
        if (left - right).abs() > 0.05 {
            let grades = |estate: &SystemAssessment| -> Vec<String> {
                estate.claims.iter().map(|claim| format!("{} {}", claim.capability, claim.grade.id())).collect()
            };
            failures.push(format!(
                "{compose_id}: {left} {:?}\n{manifest_id}: {right} {:?}",
                grades(&compose),
                grades(&manifests)
            ));
        }
        // Read together, the report lists what only one side says.
        let together = assess_paths(&[compose_files.clone(), manifest_files].concat(), &kit).estate;
        for claim in &together.one_sided {
            let claims =
                |estate: &SystemAssessment| estate.claims.iter().any(|other| other.capability == claim.capability);
            assert!(claims(&compose) != claims(&manifests), "{compose_id}: {} is on both sides", claim.capability);
        }
        let only_one = compose
            .claims
            .iter()
            .filter(|claim| manifests.claims.iter().all(|other| other.capability != claim.capability));
        for claim in only_one {
            let listed =
                together.one_sided.iter().any(|one| one.capability == claim.capability && one.origin == "compose");
            assert!(listed, "{compose_id}: {} is not listed", claim.capability);
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
