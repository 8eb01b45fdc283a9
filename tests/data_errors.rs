//! Mistakes in rule and target files get an error with file, line and column; rules and targets of one's own work like
//! the built-in ones, as the documentation shows them.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use kubeworthy::data::DataError;
use kubeworthy::{Kit, OwnFiles};

const RULE: &str = "\
code: ZZ100
name: too-many-copies
title: Many copies
scope: workload
since: 1.0.0
when:
  at-least: {workload.copies: 7}
claim:
  capability: exceeds-one-vm
  grade: declared
message: \"{workload.name} runs {workload.copies} copies\"
evidence: [workload.copies]
why: A test.
remedy: None.
sources: [{title: Our judgement}]
examples:
  fires: []
  quiet: []
";

const TARGET: &str = "\
id: attic
name: The machine in the attic
archetype: compose
tier: 1
effort: 1
self-hosted: true
operator: you
jurisdiction: {seat: own}
status: open
summary: One old machine.
lock-in: {level: low, note: nothing but containers}
sources: [{title: Our judgement}]
checked-on: 2026-11-01
limits:
  - {fact: system.largest-pod-cpu, at-most: 2, capability: exceeds-one-vm, reason: it has 2 cores, source: https://example.org}
";

fn rule_error(from: &str, to: &str) -> DataError {
    assert!(RULE.contains(from), "{from}");
    let own = OwnFiles { rules: vec![("own/rule.yaml".to_owned(), RULE.replacen(from, to, 1))], targets: Vec::new() };
    Kit::load(&own).expect_err("a mistake")
}

fn target_error(from: &str, to: &str) -> DataError {
    assert!(TARGET.contains(from), "{from}");
    let own = OwnFiles {
        rules: Vec::new(),
        targets: vec![("own/targets/attic.yaml".to_owned(), TARGET.replacen(from, to, 1))],
    };
    Kit::load(&own).expect_err("a mistake")
}

fn at(error: &DataError) -> (u32, u32) {
    error.position.map_or((0, 0), |at| (at.line, at.column))
}

#[test]
fn the_files_are_right_as_they_stand() {
    let own = OwnFiles {
        rules: vec![("own/rule.yaml".to_owned(), RULE.to_owned())],
        targets: vec![("own/targets/attic.yaml".to_owned(), TARGET.to_owned())],
    };
    let kit = Kit::load(&own).expect("both are right");
    assert!(kit.rules.find("ZZ100").is_some() && kit.catalogue.find("attic").is_some());
}

#[test]
fn mistakes_in_rules_have_positions() {
    let error = rule_error("workload.copies: 7", "workload.copis: 7");
    assert_eq!((at(&error), error.help.as_str()), ((7, 14), "did you mean `workload.copies`?"), "{error}");
    let error = rule_error("title: Many", "titel: Many");
    assert_eq!(at(&error).0, 3, "an unknown key: {error}");
    let error = rule_error("copies: 7", "copies: many");
    assert_eq!(at(&error).0, 7, "a wrong type: {error}");
    let error = rule_error("at-least: {workload.copies: 7}", "is: {workload.copies: true}");
    assert_eq!((at(&error), error.message.as_str()), ((7, 8), "this fact is a number"), "{error}");
    let error = rule_error("at-least: {workload.copies: 7}", "is: {workload.kind: deploymint}");
    assert_eq!((at(&error), error.help.as_str()), ((7, 8), "did you mean `deployment`?"), "{error}");
    let error = rule_error("at-least:", "atleast:");
    assert_eq!(at(&error).0, 7, "an unknown operator: {error}");
    let error = rule_error("capability: exceeds-one-vm", "capability: exceeds-one-vn");
    assert_eq!((at(&error), error.help.as_str()), ((9, 3), "did you mean `exceeds-one-vm`?"), "{error}");
    let error = rule_error("grade: declared", "grade: certain");
    assert_eq!(at(&error).0, 10, "{error}");
    let error = rule_error("scope: workload", "scope: system");
    assert!(error.message.contains("is a fact of a workload"), "{error}");
    let error = rule_error("evidence: [workload.copies]", "evidence: [workload.copies, workload.copy]");
    assert_eq!(at(&error).0, 12, "{error}");
    let error = rule_error("{workload.name} runs", "{workload.nam} runs");
    assert_eq!(at(&error).0, 11, "{error}");
    let error = rule_error("code: ZZ100", "code: zz1");
    assert_eq!(at(&error), (1, 1), "{error}");
    let error = rule_error("since: 1.0.0\n", "since: 1.0.0\nfinding: note\n");
    assert!(error.message.contains("exactly one thing"), "{error}");
    let error = rule_error("  fires: []", "  fires: [");
    assert!(at(&error).0 >= 17, "{error}");
}

#[test]
fn mistakes_in_targets_have_positions() {
    let error = target_error("archetype: compose", "archetype: composed");
    assert_eq!((at(&error), error.help.as_str()), ((3, 1), "did you mean `compose`?"), "{error}");
    let error = target_error("effort: 1", "effort: easy");
    assert_eq!(at(&error).0, 5, "{error}");
    let error = target_error("tier: 1", "tier: 4");
    assert_eq!(at(&error), (4, 1), "{error}");
    let error = target_error("operator: you", "operater: you");
    assert_eq!(at(&error).0, 7, "{error}");
    let error = target_error("2026-11-01", "last week");
    assert_eq!(at(&error), (13, 1), "{error}");
    let error = target_error("2026-11-01", "2026-11-31");
    assert_eq!(at(&error), (13, 1), "there is no such day: {error}");
    let error = target_error("system.largest-pod-cpu", "system.largest-pod-cpus");
    assert_eq!((at(&error).0, error.help.as_str()), (15, "did you mean `system.largest-pod-cpu`?"), "{error}");
    let error = target_error("at-most: 2", "must-be: true");
    assert_eq!(at(&error).0, 15, "{error}");
    let error = target_error("seat: own", "seat: france");
    assert_eq!(at(&error).0, 8, "{error}");
    let error = target_error("seat: own", "seat: FR, exposed-to: [us]");
    assert_eq!((at(&error).0, error.message.as_str()), (8, "`us` is no country"), "{error}");
    let error = target_error("seat: own", "seat: own, exposed: [US]");
    assert_eq!(at(&error).0, 8, "an unknown key: {error}");
    let error = target_error("level: low", "level: tiny");
    assert_eq!(at(&error).0, 11, "{error}");
    let error = target_error("lock-in:", "lockin:");
    assert_eq!(at(&error).0, 11, "an unknown key: {error}");
    let error = target_error("status: open", "status: beta");
    assert_eq!(at(&error), (9, 1), "a status without a note: {error}");
}

#[test]
fn mistakes_in_promises_and_certificates_have_positions() {
    let with = |text: &str| target_error("limits:", &format!("{text}limits:"));
    let promise = |promise: &str| with(&format!("availability: {{{promise}, source: a contract}}\n"));
    let error = promise("promise: 120, of: host, zones: 1");
    assert_eq!((at(&error).0, error.message.as_str()), (14, "120 is no availability"), "{error}");
    let error = promise("promise: 99.5, of: host, zones: 4");
    assert_eq!((at(&error).0, error.message.as_str()), (14, "4 is no number of zones"), "{error}");
    let error = promise("promise: 99.5, of: hosts, zones: 1");
    assert_eq!(at(&error).0, 14, "{error}");
    let certificate = |certificate: &str| {
        with(&format!("certifications:\n  - {{{certificate}, offer: it, region: here, source: a page}}\n"))
    };
    let error = certificate("name: iso27001, status: held, checked-on: 2026-11-01");
    assert_eq!((at(&error).0, error.help.as_str()), (15, "did you mean `iso-27001`?"), "{error}");
    let error = certificate("name: hds, status: soon, checked-on: 2026-11-01");
    assert_eq!(at(&error).0, 15, "{error}");
    let error = certificate("name: hds, status: held, checked-on: yesterday");
    assert_eq!((at(&error).0, error.message.as_str()), (15, "`yesterday` is no date"), "{error}");
}

#[test]
fn a_rule_and_a_target_written_from_the_documentation_work() {
    let page = include_str!("../docs/writing-rules.md");
    let block = |info: &str| {
        let start = page.find(&format!("```{info}\n")).unwrap_or_else(|| panic!("no block `{info}`"));
        let body = &page[start + info.len() + 4..];
        body[..body.find("```").expect("its end")].to_owned()
    };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("targets")).expect("a folder");
    std::fs::write(folder.path().join("rule.yaml"), block("yaml rule")).expect("written");
    std::fs::write(folder.path().join("targets/target.yaml"), block("yaml target")).expect("written");
    let own = kubeworthy::source::own_files(folder.path()).expect("read");
    assert_eq!((own.rules.len(), own.targets.len()), (1, 1));
    let built_in = support::kit();
    let kit = Kit::load(&own).expect("the documentation's examples are right");
    assert_eq!(kit.rules.iter().count(), built_in.rules.iter().count() + 1);
    assert_eq!(kit.catalogue.targets().len(), built_in.catalogue.targets().len() + 1);
}

#[test]
fn a_rule_with_the_code_of_a_built_in_one_replaces_it() {
    let own = OwnFiles {
        rules: vec![("own/rule.yaml".to_owned(), RULE.replacen("ZZ100", "KW103", 1))],
        targets: vec![("own/targets/t.yaml".to_owned(), TARGET.replacen("id: attic", "id: swarm", 1))],
    };
    let kit = Kit::load(&own).expect("both are right");
    assert_eq!(kit.rules.find("KW103").map(|rule| rule.name.as_str()), Some("too-many-copies"));
    assert_eq!(kit.catalogue.find("swarm").map(|target| target.effort), Some(1));
}

#[test]
fn embedded_json_and_text_say_the_same() {
    // The program reads the JSON made at build time; positions come from the text. Reading the text must give the same.
    let texts = |prefix: &str| -> Vec<(String, String)> {
        kubeworthy::data::embedded(prefix).map(|file| (file.name.to_owned(), file.text.to_owned())).collect()
    };
    let rules = texts("rules/").into_iter().filter(|(name, _)| {
        name.matches('/').count() == 2
            && !["tables", "targets", "archetypes", "complements", "french", "profiles"]
                .iter()
                .any(|folder| name.contains(folder))
    });
    let own = OwnFiles { rules: rules.collect(), targets: texts("rules/targets/") };
    let (from_json, from_text) = (support::kit(), Kit::load(&own).expect("the texts are right"));
    assert_eq!(from_json.rules.iter().count(), own.rules.len());
    for (left, right) in from_json.rules.iter().zip(from_text.rules.iter()) {
        assert_eq!(format!("{left:?}"), format!("{right:?}"));
    }
    for (left, right) in from_json.catalogue.targets().iter().zip(from_text.catalogue.targets()) {
        assert_eq!(format!("{left:?}"), format!("{right:?}"));
    }
}
