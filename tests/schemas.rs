//! The JSON report fits its published schema, and the published schemas are those of the code. `UPDATE=1 cargo test`
//! writes them anew.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::path::Path;

use kubeworthy::report::json;

fn published(name: &str, current: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        std::fs::write(&path, current).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "docs/schemas/{name} is not what the code says; run `UPDATE=1 cargo test --test schemas`"
    );
}

fn schema_of<T: schemars::JsonSchema>() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(T)).expect("a schema");
    text.push('\n');
    text
}

#[test]
fn schemas_are_published_as_the_code_has_them() {
    published("report-v1.json", &json::schema());
    published("baseline-v1.json", &kubeworthy::gate::baseline::schema());
    published("diff-v1.json", &kubeworthy::difference::schema());
    published("rule.json", &schema_of::<kubeworthy::rules::file::RuleFile>());
    published("configuration.json", &kubeworthy::configuration::schema());
    published("target.json", &schema_of::<kubeworthy::targets::TargetFile>());
    published("complement.json", &schema_of::<kubeworthy::targets::ComplementFile>());
}

#[test]
fn built_in_rules_and_targets_fit_their_schemas() {
    let rule = jsonschema::validator_for(
        &serde_json::from_str(&schema_of::<kubeworthy::rules::file::RuleFile>()).expect("JSON"),
    )
    .expect("a schema");
    let target = jsonschema::validator_for(
        &serde_json::from_str(&schema_of::<kubeworthy::targets::TargetFile>()).expect("JSON"),
    )
    .expect("a schema");
    let complement = jsonschema::validator_for(
        &serde_json::from_str(&schema_of::<kubeworthy::targets::ComplementFile>()).expect("JSON"),
    )
    .expect("a schema");
    let mut checked = 0;
    for file in kubeworthy::data::embedded("rules/") {
        let folder = file.name.split('/').nth(1).unwrap_or_default();
        let schema = match folder {
            "tables" | "archetypes" | "french" | "profiles" => continue,
            "targets" => &target,
            "complements" => &complement,
            _ if file.name.matches('/').count() == 2 => &rule,
            _ => continue,
        };
        let value: serde_json::Value = serde_saphyr::from_str(file.text).expect("YAML");
        let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", file.name);
        checked += 1;
    }
    assert!(checked > 50);
}

#[test]
fn reports_fit_the_schema() {
    let schema: serde_json::Value = serde_json::from_str(&json::schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let kit = support::kit();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut inputs = vec![Vec::new(), vec![fixtures.clone()]];
    inputs.extend(support::corpus().map(|corpus| vec![corpus.join("files")]));
    for paths in inputs {
        let report = json::render(&support::assess_paths(&paths, &kit));
        let value: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).take(5).collect();
        assert!(errors.is_empty(), "{paths:?}: {errors:?}");
        assert_eq!(value["schema"], json::SCHEMA);
        // Absent knowledge is null, never a default, and numbers have the places that the contract gives them.
        for system in value["systems"].as_array().expect("a list").iter().chain([&value["estate"]]) {
            for number in ["score", "low", "high", "if_self_hosted"] {
                let points = system["need"][number].as_f64().expect("a number");
                assert!((points * 10.0 - (points * 10.0).round()).abs() < 1e-6 && (0.0..=100.0).contains(&points));
            }
            let sum: f64 =
                system["claims"].as_array().expect("a list").iter().filter_map(|claim| claim["share"].as_f64()).sum();
            let score = system["need"]["score"].as_f64().expect("a number");
            assert!((sum - score).abs() < 1e-6, "{}: shares {sum}, need {score}", system["id"]);
        }
    }
}
