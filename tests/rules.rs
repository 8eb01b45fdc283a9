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
use kubeworthy::rules::{Action, Rule, evaluate};
use kubeworthy::text::SourceFile;
use kubeworthy::{Kit, OwnFiles};

/// What a rule did with an example.
#[derive(Debug, PartialEq)]
enum Outcome {
    Quiet,
    Fired(Option<kubeworthy::grade::Grade>),
}

fn run(rule: &Rule, example: &Example, kit: &Kit) -> Outcome {
    let (name, text) = match (&example.manifest, &example.compose) {
        (Some(manifest), None) => ("example/manifests.yaml", manifest),
        (None, Some(compose)) => ("example/compose.yaml", compose),
        _ => panic!("{}: an example is either a manifest or a Compose file", rule.code),
    };
    let mut files = vec![SourceFile::new(name, text.as_str())];
    let mut choices = Choices::default();
    if let Some(context) = &example.context {
        files.push(SourceFile::new("example/kubeworthy.yaml", context.as_str()));
        choices.context_files.push("example/kubeworthy.yaml".to_owned());
    }
    let inventory = Inventory::read(&files, &[], &choices, &kit.tables);
    assert!(inventory.problems.is_empty(), "{}: {:?}", rule.code, inventory.problems);
    assert!(
        inventory.problems.iter().all(|problem| !problem.not_understood),
        "{}: {:?}",
        rule.code,
        inventory.problems
    );
    let is_read = inventory.skipped.is_empty();
    assert!(is_read, "{}: an example is left alone: {:?}\n{text}", rule.code, inventory.skipped);
    // Only this rule is asked, so that no reflex lowers what it says.
    let is_contradiction = matches!(rule.action, Action::LowersStated { .. });
    let rules = if is_contradiction { kit.rules.clone() } else { kit.rules.only(&rule.code) };
    let mut best = Outcome::Quiet;
    let everything = kubeworthy::inventory::System::of_everything(&inventory.objects);
    let systems: Vec<_> = if rule.estate == EstateMode::Only {
        vec![(&everything, true)]
    } else {
        inventory.systems.iter().map(|system| (system, false)).collect()
    };
    for (system, as_estate) in systems {
        let view = SystemView::new(&inventory, &kit.tables, system);
        let (mut evaluation, _) = evaluate(&view, &rules, as_estate);
        if is_contradiction {
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

#[test]
fn every_rule_has_examples_for_each_grade_and_a_source() {
    let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
    for rule in kit.rules.iter() {
        assert!(!rule.examples.fires.is_empty() && !rule.examples.quiet.is_empty(), "{}", rule.code);
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
    assert!(kit.rules.iter().count() >= 30);
    for axis in kubeworthy::capability::Axis::ALL {
        let touched = kit.rules.iter().any(|rule| {
            matches!(&rule.action, Action::Claim { capability, .. } if kit.capabilities.get(*capability).axis == axis)
        });
        assert!(touched, "no rule claims anything on the axis {}", axis.id());
    }
    for reflex in ["R01", "R03", "R04", "R07", "R08", "R12", "R13", "R20"] {
        assert!(kit.rules.iter().any(|rule| rule.reflex.as_deref() == Some(reflex)), "{reflex} is missing");
    }
    for capability in ["drives-kubernetes", "extends-kubernetes"] {
        let id = kit.capabilities.find(capability).expect("a capability");
        assert!(
            kit.rules.iter().any(|rule| matches!(&rule.action, Action::Claim { capability, .. } if *capability == id))
        );
    }
}
