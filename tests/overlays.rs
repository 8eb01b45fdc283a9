//! Overlays of one application are variants of it, and what is wrong with kustomizations is said and costs nothing else.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/kustomize.rs"]
mod kustomization;
mod support;

use std::process::Command;

use kustomization::{Folder, with_base};

const BASE: &str = "# FILE shop/base/kustomization.yaml
resources: [web.yaml]
# FILE shop/base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web
";

const DEV_AND_PROD: &str = "# FILE shop/overlays/dev/kustomization.yaml
resources: [../../base]
namespace: dev
# FILE shop/overlays/prod/kustomization.yaml
resources: [../../base, zones.yaml]
namespace: prod
patches: [{path: copies.yaml}]
# FILE shop/overlays/prod/copies.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
# FILE shop/overlays/prod/zones.yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
";

#[test]
fn the_overlay_that_demands_most_counts_and_evidence_points_into_its_patches() {
    let folder = Folder::new(&format!("{BASE}{DEV_AND_PROD}"));
    let assessment = folder.assess(&[]);
    let [system] = assessment.systems.as_slice() else { panic!("one system: {:?}", assessment.systems.len()) };
    assert_eq!(folder.below(&system.name), "shop", "the folder that all of it stands in");
    assert_eq!(system.grouped_by, "kustomization");
    assert_eq!((system.workloads, assessment.estate.workloads), (1, 1), "a base and its overlays count once");
    let overlay = system.overlay.as_ref().expect("several ways to build it");
    assert_eq!(folder.below(&overlay.assessed), "shop/overlays/prod");
    assert_eq!(overlay.set_aside.len(), 1);
    assert_eq!(folder.below(&overlay.set_aside[0]), "shop/overlays/dev");
    let claim = system.claims.iter().find(|claim| claim.capability == "survive-host-loss").expect("three copies");
    let place = claim.evidence.iter().find(|place| place.path == "spec.replicas").expect("the number of copies");
    assert_eq!(folder.below(&place.file), "shop/overlays/prod/copies.yaml");
    assert_eq!((place.line, place.column, place.end_column), (6, 3, 14));
    assert_eq!(place.object.as_deref(), Some("Deployment/prod/web"));
    let skipped = assessment.inputs.skipped.iter().find(|(file, _)| file.ends_with("copies.yaml")).expect("left alone");
    let reason = skipped.1.to_string();
    assert!(reason.starts_with("a patch, applied by ") && reason.ends_with("prod/kustomization.yaml"), "{skipped:?}");
}

#[test]
fn the_user_chooses_the_overlay() {
    let folder = Folder::new(&format!("{BASE}{DEV_AND_PROD}"));
    let full = folder.path().join("shop/overlays/dev").to_string_lossy().into_owned();
    for name in ["dev", full.as_str()] {
        let assessment = folder.assess(&[name]);
        let overlay = assessment.systems[0].overlay.clone().expect("several ways to build it");
        assert_eq!(folder.below(&overlay.assessed), "shop/overlays/dev");
        assert!(assessment.estate.claims.iter().all(|claim| claim.capability != "survive-host-loss"));
    }
    let base = folder.assess(&["base"]);
    let overlay = base.systems[0].overlay.clone().expect("several ways to build it");
    assert_eq!(folder.below(&overlay.assessed), "shop/base");
    assert_eq!(overlay.set_aside.len(), 2);
    let run = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
        command.args(["assess", "--overlay", name]).arg(folder.path()).output().expect("the program runs")
    };
    let output = run("staging");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no overlay `staging`") && said.contains("shop/overlays/prod"), "{said}");
    let output = run("dev");
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stdout).into_owned().replace('\n', " ");
    assert!(said.contains("set aside:") && said.contains("shop/overlays/prod"), "{said}");
}

#[test]
fn what_is_only_shared_hides_nothing() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: {name}}}]}}\n"
        )
    };
    // Two applications with a component in common, and one folder that ties both together.
    let text = format!(
        "# FILE a/kustomization.yaml\nresources: [pod.yaml]\ncomponents: [../common]\nnamespace: a\n# FILE a/pod.yaml\n{}\
         # FILE b/kustomization.yaml\nresources: [pod.yaml]\ncomponents: [../common]\nnamespace: b\n# FILE b/pod.yaml\n{}\
         # FILE common/kustomization.yaml\nkind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nresources: [proxy.yaml]\n\
         # FILE common/proxy.yaml\n{}",
        [pod("one"), pod("uno"), pod("eins")].join("---\n"),
        pod("two"),
        pod("proxy")
    );
    let apart = Folder::new(&text).assess(&[]);
    assert_eq!((apart.systems.len(), apart.estate.workloads), (2, 6));
    assert!(apart.systems.iter().all(|system| system.overlay.is_none()));
    let all = format!("{text}# FILE all/kustomization.yaml\nresources: [../a, ../b]\n");
    let all =
        format!("{all}# FILE a-more/kustomization.yaml\nresources: [../a, x.yaml]\n# FILE a-more/x.yaml\n{}", pod("x"));
    let all = format!(
        "{all}# FILE b-more/kustomization.yaml\nresources: [../b, y.yaml, z.yaml, q.yaml]\n# FILE b-more/y.yaml\n{}",
        pod("y")
    );
    let all = format!("{all}# FILE b-more/z.yaml\n{}# FILE b-more/q.yaml\n{}", pod("z"), pod("q"));
    let folder = Folder::new(&all);
    let tied = folder.assess(&[]);
    let [system] = tied.systems.as_slice() else { panic!("one family") };
    let overlay = system.overlay.clone().expect("several ways to build it");
    assert_eq!(overlay.set_aside.iter().map(|name| folder.below(name)).collect::<Vec<_>>(), ["a-more"]);
    assert_eq!(overlay.beside.len() + 1, 2, "the aggregator and what is mostly of its own: {overlay:?}");
    assert_eq!(system.workloads, 9, "those of the aggregator, and three more");
}

#[test]
fn files_that_no_kustomization_refers_to_are_read_as_before() {
    let text = format!(
        "{BASE}# FILE shop/base/other.yaml\napiVersion: v1\nkind: Pod\nmetadata: {{name: other}}\nspec: {{containers: [{{name: a, image: b}}]}}\n"
    );
    assert_eq!(Folder::new(&text).assess(&[]).estate.workloads, 2);
}

#[test]
fn what_is_missing_or_goes_in_circles_is_said_and_the_rest_is_built() {
    let folder = Folder::new(
        "# FILE a/kustomization.yaml
resources:
- ../b
- ../gone
- gone.yaml
- web.yaml
- https://example.org/remote?ref=1
patches:
- path: gone-patch.yaml
- patch: |-
    apiVersion: v1
    kind: Pod
    metadata: {name: nobody}
- target: {kind: '('}
  patch: '[]'
transformers: [odd.yaml]
helmCharts: [{name: chart, repo: 'https://charts.example.org'}]
# FILE a/web.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: a, image: b}]}
# FILE a/odd.yaml
apiVersion: example.org/v1
kind: Odd
metadata: {name: o}
# FILE b/kustomization.yaml
resources: [../a, ../empty]
# FILE empty/notes.yaml
a: b
",
    );
    let problems = folder.problems();
    let expected = [
        "a/kustomization.yaml:3 ../gone is not among the inputs",
        "a/kustomization.yaml:4 gone.yaml is not among the inputs",
        "a/kustomization.yaml:8 gone-patch.yaml is not among the inputs",
        "a/kustomization.yaml:12 no object is named Pod/nobody, so that this patch changes nothing",
        "a/kustomization.yaml:13 `kind` of this target is not a pattern that can be read",
        "a/odd.yaml:2 the Odd that this kustomization runs was not applied",
        "b/kustomization.yaml:1 the folder ../empty holds no kustomization",
    ];
    for line in expected {
        assert!(problems.iter().any(|problem| problem == line), "{line}\n{problems:#?}");
    }
    assert!(problems.iter().any(|problem| problem.contains("refer to one another in a circle")), "{problems:#?}");
    let assessment = folder.assess(&[]);
    assert_eq!(assessment.estate.workloads, 1);
    assert_eq!(assessment.estate.opaque, 4, "a remote kustomization, a chart, and two resources that are not here");
}

#[test]
fn a_broken_kustomization_loses_no_document() {
    let text = BASE.replace("resources: [web.yaml]", "resources: [web.yaml");
    let assessment = Folder::new(&text).assess(&[]);
    assert_eq!(assessment.estate.workloads, 1);
    assert_eq!(assessment.inputs.not_understood.len(), 1);
}

#[test]
fn kustomizations_that_grow_without_end_are_bounded() {
    // Each level is built twice under other names: the twentieth would hold a million objects.
    let mut text = String::from(BASE.replace("shop/base", "l0").as_str());
    for level in 1..=24 {
        let below = level - 1;
        text.push_str(&format!("# FILE l{level}a/kustomization.yaml\nresources: [../l{below}]\nnamePrefix: a\n"));
        text.push_str(&format!("# FILE l{level}b/kustomization.yaml\nresources: [../l{below}]\nnamePrefix: b\n"));
        text.push_str(&format!("# FILE l{level}/kustomization.yaml\nresources: [../l{level}a, ../l{level}b]\n"));
    }
    // Copies of copies within one object.
    text.push_str(
        "# FILE copies/kustomization.yaml\nresources: [pod.yaml]\npatches:\n- target: {kind: Pod}\n  patch: |-\n",
    );
    for number in 0..200 {
        text.push_str(&format!("    - {{op: copy, from: /spec, path: /spec/c{number}}}\n"));
    }
    text.push_str("# FILE copies/pod.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: b}]}\n");
    // Wide maps, patched as wide, and key by key.
    let keys: String = (0..20_000).map(|number| format!("  k{number}: v\n")).collect();
    let map = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: wide}}\ndata:\n{keys}");
    let operations: String =
        (0..20_000).map(|number| format!("- {{op: replace, path: /data/k{number}, value: x}}\n")).collect();
    text.push_str("# FILE wide/kustomization.yaml\nresources: [map.yaml]\npatches: [{path: merge.yaml}, {path: ops.yaml, target: {kind: ConfigMap}}]\n");
    text.push_str(&format!(
        "# FILE wide/map.yaml\n{map}# FILE wide/merge.yaml\n{map}# FILE wide/ops.yaml\n{operations}"
    ));
    let start = std::time::Instant::now();
    let problems = Folder::new(&text).problems();
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
    assert!(problems.iter().any(|problem| problem.contains("more objects than can be built")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("too large to copy")), "{problems:?}");
}

mod mutations {
    use super::*;
    use kubeworthy::source::Collected;
    use kubeworthy::text::SourceFile;
    use proptest::prelude::*;

    const PARTS: [&str; 12] = [
        "resources: [../base, x]",
        "patches: [{patch: '{}', target: {kind: .*}}]",
        "$patch: delete",
        "- op: move",
        "null",
        "replacements: [{source: {kind: Deployment, fieldPath: spec}, targets: [{select: {kind: Deployment}, fieldPaths: [spec.a], options: {create: true}}]}]",
        "vars: [{name: A, objref: {kind: Deployment, name: web}}]",
        "namePrefix: '$(A)'",
        "labels: [{pairs: {a: b}, includeSelectors: true}]",
        "components: [.]",
        "<<: *a",
        "images: [{name: '', newName: x}]",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn building_never_panics(cuts in proptest::collection::vec((0usize..4000, 0usize..40, 0usize..12), 1..6)) {
            let mut text = with_base(DEV_AND_PROD).replace("shop/overlays/", "").replace("../../base", "../base");
            for (at, length, part) in cuts {
                let mut start = at.min(text.len());
                let mut end = (start + length).min(text.len());
                while !text.is_char_boundary(start) { start -= 1; }
                while !text.is_char_boundary(end) { end += 1; }
                text.replace_range(start..end, PARTS[part]);
            }
            let files = text.split("# FILE ").skip(1).filter_map(|part| part.split_once('\n'));
            let files: Vec<SourceFile> = files.map(|(name, text)| SourceFile::new(name.trim(), text)).collect();
            let collected = Collected { files, ..Collected::default() };
            let kit = support::kit();
            let assessment = kubeworthy::assess(&collected, &kit);
            // The order of files means nothing.
            let mut reversed = collected.files;
            reversed.reverse();
            let other = kubeworthy::assess(&Collected { files: reversed, ..Collected::default() }, &kit);
            prop_assert_eq!(
                kubeworthy::report::json::render(&assessment),
                kubeworthy::report::json::render(&other)
            );
        }
    }
}
