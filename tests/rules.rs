//! Every rule fires on its firing examples and stays quiet on its quiet ones, through the whole pipeline.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use kubeworthy::choices::Choices;
use kubeworthy::facts::SystemView;
use kubeworthy::inventory::Inventory;
use kubeworthy::rules::file::{EstateMode, Example};
use kubeworthy::rules::{Action, Rule, evaluate_seeing};
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles};

/// What a rule did with an example.
#[derive(Debug, PartialEq)]
enum Outcome {
    Quiet,
    Fired(Option<kubeworthy::grade::Grade>),
}

/// The files of an example and what they hold.
fn read(rule: &Rule, example: &Example, kit: &Kit) -> (Vec<SourceFile>, Inventory) {
    let (name, text) = match (&example.manifest, &example.compose) {
        (Some(manifest), None) => ("example/manifests.yaml", manifest),
        (None, Some(compose)) => ("example/compose.yaml", compose),
        _ => panic!("{}: an example is either a manifest or a Compose file", rule.code),
    };
    let mut files = vec![SourceFile::new(name, text.as_str())];
    let mut choices = Choices::default();
    if let Some(context) = &example.context {
        files.push(SourceFile::new("example/kubeworthy.yaml", context.as_str()));
        choices.configuration_files.push("example/kubeworthy.yaml".to_owned());
    }
    let inventory = Inventory::read(&files, &[], &choices, &kit.tables);
    (files, inventory)
}

/// The rules to ask for one: it alone, so that no reflex lowers what it says; a contradiction speaks where others claim.
fn asked(rule: &Rule, kit: &Kit) -> kubeworthy::rules::Rules {
    if is_contradiction(rule) { kit.rules.clone() } else { kit.rules.only(&rule.code) }
}

fn is_contradiction(rule: &Rule) -> bool {
    matches!(rule.action, Action::LowersStated { .. })
}

fn run(rule: &Rule, example: &Example, kit: &Kit) -> Outcome {
    let (_, inventory) = read(rule, example, kit);
    assert!(
        inventory.problems.iter().all(|problem| !problem.not_understood),
        "{}: {:?}",
        rule.code,
        inventory.problems
    );
    let is_read = inventory.skipped.is_empty();
    assert!(is_read, "{}: an example is left alone: {:?}", rule.code, inventory.skipped);
    let rules = asked(rule, kit);
    let seen = example.seen_facts().expect("facts of live state");
    let mut best = Outcome::Quiet;
    let everything = kubeworthy::inventory::System::of_everything(&inventory.objects);
    let systems: Vec<_> = if rule.estate == EstateMode::Only {
        vec![(&everything, true)]
    } else {
        inventory.systems.iter().map(|system| (system, false)).collect()
    };
    for (system, as_estate) in systems {
        let view = SystemView::new(&inventory, &kit.tables, system);
        let (mut evaluation, _) = evaluate_seeing(&view, &rules, as_estate, &seen);
        if is_contradiction(rule) {
            // It speaks where others claim something.
            evaluation.claims.clear();
            evaluation.questions.clear();
            evaluation.findings.retain(|finding| finding.code == rule.code);
        }
        if !evaluation.findings.is_empty() || !evaluation.questions.is_empty() {
            best = Outcome::Fired(None);
        }
        for claim in &evaluation.claims {
            let known = match best {
                Outcome::Fired(grade) => grade,
                Outcome::Quiet => None,
            };
            best = Outcome::Fired(known.max(Some(claim.grade)));
        }
    }
    best
}

#[test]
fn every_example_does_what_it_says() {
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    let mut failures = Vec::new();
    for rule in kit.rules.iter() {
        for (index, example) in rule.examples.fires.iter().enumerate() {
            let outcome = run(rule, example, &kit);
            if outcome != Outcome::Fired(example.grade) {
                failures.push(format!("{} fires[{index}]: expected {:?}, got {outcome:?}", rule.code, example.grade));
            }
        }
        for (index, example) in rule.examples.quiet.iter().enumerate() {
            let outcome = run(rule, example, &kit);
            if outcome != Outcome::Quiet {
                failures.push(format!("{} quiet[{index}]: got {outcome:?}", rule.code));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// The evidence of what a rule says of an example: line and column, and the path of keys.
fn evidence(rule: &Rule, example: &Example, kit: &Kit) -> Vec<(String, String)> {
    let (files, inventory) = read(rule, example, kit);
    let rules = asked(rule, kit);
    let everything = kubeworthy::inventory::System::of_everything(&inventory.objects);
    let systems: Vec<_> =
        if rule.estate == EstateMode::Only { vec![&everything] } else { inventory.systems.iter().collect() };
    let mut shown = Vec::new();
    for system in systems {
        let view = SystemView::new(&inventory, &kit.tables, system);
        let seen = example.seen_facts().expect("facts of live state");
        let (found, _) = evaluate_seeing(&view, &rules, rule.estate == EstateMode::Only, &seen);
        let claims = found.claims.iter().flat_map(|claim| &claim.places);
        let findings = found.findings.iter().flat_map(|finding| &finding.places);
        let questions = found.questions.iter().flat_map(|question| &question.places);
        for place in claims.chain(findings).chain(questions) {
            let tree = &inventory.trees[place.document.0 as usize];
            let (source, span) = inventory.span(*place).expect("a place");
            let position = files[source.0 as usize].position(span.start);
            shown.push((format!("{}:{}", position.line, position.column), tree.path(place.node)));
        }
    }
    shown
}

#[test]
fn evidence_points_at_keys() {
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    for rule in kit.rules.iter() {
        for (index, example) in rule.examples.fires.iter().enumerate() {
            let shown = evidence(rule, example, &kit);
            // What only live state tells has no place in the files.
            assert!(!shown.is_empty() || !example.seen.is_empty(), "{} fires[{index}] shows no place", rule.code);
            for (position, path) in &shown {
                let is_whole = matches!(path.as_str(), "" | "spec" | "metadata" | "services" | "spec.template.spec");
                let is_item = path.starts_with("items[") && path.ends_with(']') && !path.contains('.');
                assert!(!is_whole && !is_item, "{} fires[{index}] points at `{path}` in {position}", rule.code);
            }
        }
    }
    // The key that decides.
    for (code, key) in [
        ("KW103", "spec.replicas"),
        ("KW104", "spec.template.spec.topologySpreadConstraints[0].topologyKey"),
        ("KW106", "spec.minAvailable"),
        ("KW112", "spec.accessModes[0]"),
        ("KW204", "spec.maxReplicas"),
        ("KW206", "spec.minReplicas"),
        ("KW212", "spec.hard.[\"requests.cpu\"]"),
        ("KW404", "spec.rules[0].backendRefs[0].weight"),
        ("KW505", "spec.instances"),
        ("KW601", "spec.type"),
        ("KW701", "rules[0].verbs"),
        ("KW805", "spec.schedule"),
        ("KW906", "spec.selector"),
    ] {
        let rule = kit.rules.find(code).expect("a rule");
        let shown: Vec<_> = rule.examples.fires.iter().flat_map(|example| evidence(rule, example, &kit)).collect();
        assert!(shown.iter().any(|(_, path)| path == key), "{code} does not show {key}: {shown:?}");
    }
}

#[test]
fn every_rule_has_examples_for_each_grade_and_a_source() {
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    for rule in kit.rules.iter() {
        assert!(
            !rule.examples.fires.is_empty() && rule.examples.quiet.len() >= 2,
            "{} has too few examples",
            rule.code
        );
        assert!(!rule.sources.is_empty() && !rule.why.is_empty() && !rule.remedy.is_empty(), "{}", rule.code);
        if let Action::Claim { grade, raised, .. } = &rule.action {
            let mut grades = vec![*grade];
            grades.extend(raised.iter().map(|(grade, _)| *grade));
            for grade in grades {
                let shown = rule.examples.fires.iter().any(|example| example.grade == Some(grade));
                assert!(shown, "{} has no example that is {}", rule.code, grade.id());
            }
        }
    }
}

#[test]
fn the_rules_touch_every_axis_and_the_named_habits_and_proofs() {
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    assert!(kit.rules.iter().count() >= 80);
    for axis in kubeworthy::capability::Axis::ALL {
        let touched = kit.rules.iter().any(|rule| {
            matches!(&rule.action, Action::Claim { capability, .. } if kit.capabilities.get(*capability).axis == axis)
        });
        assert!(touched, "no rule claims anything on the axis {}", axis.id());
    }
    for reflex in (1..=20).map(|number| format!("R{number:02}")) {
        assert!(kit.rules.iter().any(|rule| rule.reflex.as_ref() == Some(&reflex)), "{reflex} is missing");
    }
    for capability in ["drives-kubernetes", "extends-kubernetes"] {
        let id = kit.capabilities.find(capability).expect("a capability");
        assert!(
            kit.rules.iter().any(|rule| matches!(&rule.action, Action::Claim { capability, .. } if *capability == id))
        );
    }
}
