//! Lines of the input that reports quote: what evidence points at is there, and nothing that may be a secret.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use kubeworthy::assessment::{Assessment, Location};
use kubeworthy::choices::Choices;
use kubeworthy::source::{Collected, Input, collect};
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles, assess};

fn assess_texts(texts: &[(&str, &str)]) -> Assessment {
    let files = texts.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect();
    assess(&Collected { files, ..Collected::default() }, &Kit::load(&OwnFiles::default()).expect("the built-in data"))
}

/// The first places of every claim and finding, each with the line that is quoted for it.
fn quoted(assessment: &Assessment) -> Vec<(&Location, Option<&str>)> {
    let systems = std::iter::once(&assessment.estate).chain(&assessment.systems);
    systems
        .flat_map(|system| {
            let claims = system.claims.iter().filter_map(|claim| claim.evidence.first());
            claims.chain(system.findings.iter().filter_map(|finding| finding.evidence.first()))
        })
        .map(|at| (at, assessment.excerpts.line(&at.file, at.line)))
        .collect()
}

fn line_of<'a>(assessment: &'a Assessment, path: &str) -> &'a str {
    let found = quoted(assessment).into_iter().find(|(at, _)| at.path.ends_with(path));
    found.unwrap_or_else(|| panic!("nothing points at {path}")).1.expect("a line")
}

#[test]
fn what_evidence_points_at_is_shown() {
    let assessment = assess_texts(&[("web.yaml", MANIFEST), ("compose.yaml", COMPOSE)]);
    assert_eq!(line_of(&assessment, "spec.replicas"), "  replicas: 2");
    for (at, line) in quoted(&assessment) {
        let line = line.unwrap_or_else(|| panic!("{}:{} is not quoted", at.file, at.line));
        let text = if at.file == "web.yaml" { MANIFEST } else { COMPOSE };
        let written = text.lines().nth(at.line as usize - 1).expect("the line");
        assert!(line.chars().count() <= written.chars().count(), "{line}");
        for (shown, written) in line.chars().zip(written.chars()) {
            assert!(shown == written || shown == '*', "{line}");
        }
    }
}

#[test]
fn nothing_that_may_be_a_secret_is_quoted() {
    let assessment =
        assess_texts(&[("web.yaml", MANIFEST), ("compose.yaml", COMPOSE), ("chart/templates/x.yaml", TEMPLATE)]);
    let all = format!("{:?}", assessment.excerpts);
    assert!(!all.contains("CANARY"), "{all}");
    assert!(all.contains("replicas: 2"), "{all}");
}

const MANIFEST: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {note: CANARY, password: CANARY}} # CANARY
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, token: CANARY}}
    spec:
      containers: # CANARY
        - {name: web, image: "shop/web:1", args: ["--password=CANARY", CANARY], env: [{name: A, value: CANARY}], readinessProbe: {httpGet: {path: "/?token=CANARY", port: 8080, httpHeaders: [{name: Authorization, value: "Bearer CANARY"}]}}, resources: {requests: {cpu: 100m}}}
"#;

const COMPOSE: &str = r#"services:
  db: {image: "postgres:17", restart: always, environment: {POSTGRES_PASSWORD: CANARY, N: 1}, command: ["postgres", "-c", "CANARY"], volumes: ["data:/var/lib/postgresql/data"]}
  api:
    image: shop/api
    deploy: {replicas: 3, labels: ["auth=CANARY"]}
    healthcheck: {test: [CMD, curl, "https://u:CANARY@localhost/"]} # CANARY
    environment: ["KEY=CANARY"]
volumes: {data: {driver_opts: {device: "//u:CANARY@host/x"}}}
"#;

const TEMPLATE: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata: {name: worker}
spec:
  replicas: {{ .Values.replicas | default "CANARY" }} # CANARY
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec:
      hostNetwork: {{ .Values.hostNetwork }}
      containers:
        - name: worker
          image: "{{ .Values.image }}"
          env: [{name: A, value: {{ .Values.a | default "CANARY" }} }]
"#;

#[test]
fn the_corpus_is_quoted() {
    let Some(corpus) = support::corpus() else {
        println!("skipped: there is no ../shared/corpus beside the checkout");
        return;
    };
    let collected = collect(&[Input::Path(corpus)], &Choices::default());
    let assessment = assess(&collected, &Kit::load(&OwnFiles::default()).expect("the built-in data"));
    let quoted = quoted(&assessment);
    let lacking = quoted.iter().filter(|(_, line)| line.is_none()).count();
    println!("{} of {} places are quoted", quoted.len() - lacking, quoted.len());
    // Lines of 300 bytes and more are left out.
    assert!(lacking * 50 < quoted.len(), "{lacking} of {}", quoted.len());
    let empty = quoted.iter().filter(|(_, line)| line.is_some_and(|line| line.trim().is_empty())).count();
    assert_eq!(empty, 0);
}
