//! The availability that can be reached, through the whole pipeline: as a system is written, on each target, compared with
//! what the owner states, and explained.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::process::Command;

use kubeworthy::assessment::SystemAssessment;

fn deployment(name: &str, image: &str, replicas: u32, zones: bool) -> String {
    let spread = if zones {
        "\n      topologySpreadConstraints:\n        - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: NAME}}}"
    } else {
        ""
    };
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: NAME}}\nspec:\n  replicas: {replicas}\n  \
         selector: {{matchLabels: {{app: NAME}}}}\n  template:\n    metadata: {{labels: {{app: NAME}}}}\n    spec:\n      \
         containers:\n        - name: main\n          image: {image}\n          \
         readinessProbe: {{httpGet: {{path: /, port: 80}}}}{spread}\n---\n"
    )
    .replace("NAME", name)
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("all.yaml"), text).expect("written");
    folder
}

fn assessed(text: &str) -> SystemAssessment {
    let folder = folder(text);
    support::assess_paths(&[folder.path().to_path_buf()], &support::kit()).estate
}

fn there(system: &SystemAssessment, target: &str) -> Result<f64, String> {
    let fit = system.targets.iter().find(|fit| fit.id == target).unwrap_or_else(|| panic!("no {target}"));
    fit.achievable.clone().map_err(|reason| reason.to_string())
}

#[test]
fn a_single_database_under_three_replicas_sets_the_limit() {
    let text = deployment("web", "shop/web:1", 3, true) + &deployment("database", "postgres:16", 1, false);
    let system = assessed(&text);
    assert_eq!(system.achievable.percent, Some(99.4900), "{:?}", system.achievable);
    assert_eq!(system.achievable.formula, "min(99.99 (zones), 99.9999 (1 of 3 hosts)) × 99.5 (database) = 99.49 %");
    // Managed, the database is no longer the limit; where no promise of one is known, nothing is guessed.
    assert_eq!(there(&system, "cloud-run"), Ok(99.94));
    assert_eq!(there(&system, "scalingo"), Ok(99.86));
    assert_eq!(there(&system, "ecs-fargate"), Ok(99.94));
    let unknown = there(&system, "upsun").expect_err("no promise of its database");
    assert_eq!(unknown, "no promise of a managed postgresql by Platform.sh could be verified");
    assert_eq!(there(&system, "railway").expect_err("no promise"), "no promise that could be verified");
    assert_eq!(there(&system, "compose-one-host"), Ok(99.5));
    assert_eq!(there(&system, "gke"), Ok(99.49));
}

#[test]
fn what_is_stateless_and_spread_reaches_the_ceiling() {
    let system = assessed(&deployment("web", "shop/web:1", 3, true));
    assert_eq!(system.achievable.percent, Some(99.99));
    assert_eq!((there(&system, "cloud-run"), there(&system, "eks")), (Ok(99.95), Ok(99.99)));
    // Hosts that one deploys to by hand stand in one zone.
    assert_eq!((there(&system, "kamal"), there(&system, "k3s-one")), (Ok(99.9), Ok(99.5)));
    assert_eq!(assessed(&deployment("web", "shop/web:1", 1, false)).achievable.percent, Some(99.5));
}

#[test]
fn several_systems_have_no_availability_together() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["one", "two"] {
        std::fs::create_dir(folder.path().join(name)).expect("a folder");
        std::fs::write(folder.path().join(name).join("all.yaml"), deployment(name, "shop/web:1", 2, false))
            .expect("written");
    }
    let assessment = support::assess_paths(&[folder.path().to_path_buf()], &support::kit());
    assert_eq!(assessment.systems.len(), 2);
    assert_eq!(assessment.estate.achievable.unknown, Some("each system has its own".into()));
    assert!(assessment.systems.iter().all(|system| system.achievable.percent == Some(99.9)));
}

#[test]
fn a_stated_target_is_compared_and_explained() {
    let text = deployment("web", "shop/web:1", 3, true) + &deployment("database", "postgres:16", 1, false);
    let folder = folder(&text);
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy"))
            .args(["assess", "--color", "never", "--set", "availability-target=99.95"])
            .args(arguments)
            .arg(folder.path())
            .output()
            .expect("the program runs");
        String::from_utf8(output.stdout).expect("text")
    };
    let screen = run(&[]);
    assert!(screen.contains("The stated 99.95 % is not reached"), "{screen}");
    assert!(!screen.contains("with its formulas"));
    let explained = run(&["--explain"]);
    assert!(explained.starts_with(&screen), "the explanation follows the screen");
    let explained = explained.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "min(99.99 (zones), 99.9999 (1 of 3 hosts)) × 99.5 (database) = 99.49 %",
        "the stated 99.95 % is not reached",
        "https://aws.amazon.com/rds/sla/",
        "rules/availability.yaml",
        "so 3 of them",
    ] {
        assert!(explained.contains(words), "{words}: {explained}");
    }
    let report: serde_json::Value = serde_json::from_str(&run(&["-o", "json"])).expect("JSON");
    let availability = &report["systems"][0]["availability"];
    assert_eq!(availability["percent"], 99.49);
    assert_eq!((&availability["stated"], &availability["reached"]), (&99.95.into(), &false.into()));
    let targets = report["systems"][0]["targets"].as_array().expect("a list");
    assert!(targets.iter().any(|target| target["achievable"].is_null() && target["achievable_unknown"].is_string()));
}
