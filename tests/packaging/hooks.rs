//! The hooks: what calls them, and that all of them are the same hook, of the same version.

use regex::Regex;
use serde_yaml::Value;

use crate::text_of;

const OWN: &str = ".pre-commit-hooks.yaml";
const MIRROR: &str = "packaging/pre-commit-wheel/.pre-commit-hooks.yaml";

fn hooks(path: &str) -> Vec<Value> {
    serde_yaml::from_str(&text_of(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn word<'a>(hook: &'a Value, key: &str) -> &'a str {
    hook[key].as_str().unwrap_or_else(|| panic!("{key} in {hook:?}"))
}

#[test]
fn the_hooks_differ_in_where_the_program_comes_from_alone() {
    let all: Vec<Value> = [hooks(OWN), hooks(MIRROR)].concat();
    let named: Vec<(&str, &str)> = all.iter().map(|hook| (word(hook, "id"), word(hook, "language"))).collect();
    assert_eq!(named, [("kubeworthy", "rust"), ("kubeworthy-system", "system"), ("kubeworthy", "python")]);
    for hook in &all {
        for key in ["name", "entry", "files", "exclude", "require_serial", "pass_filenames"] {
            assert_eq!(hook[key], all[0][key], "{key} of {}", word(hook, "id"));
        }
        assert_eq!(word(hook, "entry"), "kubeworthy check --touched");
        assert_eq!(hook["args"], Value::from(vec!["--"]), "names of files are never options");
        assert_eq!(hook["require_serial"], Value::Bool(true));
        assert_eq!(hook["pass_filenames"], Value::Bool(true));
    }
}

#[test]
fn what_deploys_calls_the_hook_wherever_it_lies() {
    let hook = &hooks(OWN)[0];
    let files = Regex::new(word(hook, "files")).expect("a pattern");
    let exclude = Regex::new(word(hook, "exclude")).expect("a pattern");
    let calls = |path: &str| files.is_match(path) && !exclude.is_match(path);
    for path in [
        "compose.yaml",
        "docker-compose.prod.yml",
        "Infra As Code/Größe/web.yaml",
        "k8s/web.json",
        "charts/shop/Chart.yaml",
        "charts/shop/values-production.yml",
        "charts/shop/templates/_helpers.tpl",
        "charts/shop/templates/web.yaml",
        "overlays/prod/kustomization.yaml",
        "overlays/prod/Kustomization",
        ".env",
        "shop/.env.production",
        "shop/web.env",
        "kubeworthy.yaml",
        "kubeworthy.baseline.json",
        "clusters/prod.snapshot.jsonl",
        "packages/package-of-services.json",
        "github/web.yaml",
    ] {
        assert!(calls(path), "{path} calls nothing");
    }
    for path in [
        "README.md",
        "src/main.rs",
        "package.json",
        "app/package-lock.json",
        "app/tsconfig.build.json",
        "pnpm-lock.yaml",
        ".github/workflows/ci.yml",
        ".pre-commit-config.yaml",
        "app/node_modules/thing/deploy.yaml",
        "environment",
        "data.jsonl",
        "yaml",
    ] {
        assert!(!calls(path), "{path} calls the hook");
    }
}

#[test]
fn all_name_the_version_of_the_program() {
    let version = env!("CARGO_PKG_VERSION");
    let count = |path: &str, pattern: &str| {
        let pattern = Regex::new(pattern).expect("a pattern");
        let text = text_of(path);
        let found: Vec<&str> =
            pattern.captures_iter(&text).filter_map(|found| found.get(1)).map(|found| found.as_str()).collect();
        assert!(!found.is_empty(), "{path} names no version like {pattern}");
        for found in found {
            assert_eq!(found, version, "in {path}");
        }
    };
    count("packaging/pre-commit-wheel/pyproject.toml", r#""kubeworthy==([^"]+)""#);
    count("packaging/pre-commit-wheel/README.md", r"rev: v(\S+)");
    count("docs/pre-commit.md", r"rev: v(\S+)");
    count("docs/ci.md", r"kubeworthy@COMMIT # v(\S+)");
    count("docs/ci.md", r"kubeworthy==(\S+)");
    count("docs/ci.md", r"kubeworthy/check@(\S+)");
    count("templates/check.yml", r#"version:\n      description: [^\n]+\n      default: "([^"]+)""#);
    // The wheel has the version of the crate.
    let project = text_of("pyproject.toml");
    assert!(project.contains("\ndynamic = [\"version\"]\n") && !project.contains("\nversion ="), "{project}");
}

#[test]
fn the_wheel_is_described_as_the_crate_is() {
    let (project, crate_) = (text_of("pyproject.toml"), text_of("Cargo.toml"));
    for key in ["name", "description", "license", "readme", "keywords"] {
        let line = |text: &str| {
            text.lines()
                .find(|line| line.starts_with(&format!("{key} = ")))
                .unwrap_or_else(|| panic!("no {key}"))
                .to_owned()
        };
        assert_eq!(line(&project), line(&crate_));
    }
}
