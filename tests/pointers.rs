//! Pointers of Flux, Argo CD and Rancher are followed where their target is among the files, and named where it is not.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::text::SourceFile;

const WEB: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n\
                   spec: {template: {spec: {containers: [{name: web, image: web}]}}}\n";

/// The pointers that are followed, and the reasons of those that are not.
fn pointers(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let files: Vec<SourceFile> =
        files.iter().map(|(name, text)| SourceFile::new((*name).to_owned(), (*text).to_owned())).collect();
    let kit = support::kit();
    let objects = Inventory::read(&files, &[], &Choices::default(), &kit.tables).objects;
    let followed = objects.followed.iter().map(|f| format!("{} -> {}", f.kind, files[f.target.0 as usize].name));
    (followed.collect(), objects.opaque.iter().map(|opaque| opaque.reason.to_string()).collect())
}

fn flux(path: &str, source: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: apps, namespace: flux-system}}\n\
         spec:\n  path: {path}\n  sourceRef: {{kind: GitRepository, name: {source}}}\n"
    )
}

#[test]
fn flux_leads_into_the_repository_or_out_of_it() {
    let found =
        pointers(&[("repo/clusters/prod/apps.yaml", &flux("./apps/prod", "infra")), ("repo/apps/prod/web.yaml", WEB)]);
    assert_eq!(found, (vec!["Kustomization -> repo/apps/prod/web.yaml".to_owned()], vec![]));
    let found =
        pointers(&[("repo/clusters/prod/apps.yaml", &flux("./apps/none", "infra")), ("repo/apps/prod/web.yaml", WEB)]);
    assert_eq!(found.1, ["it points to ./apps/none of infra, which is not among these files"]);
    // The whole of some other repository is not this one.
    let found = pointers(&[("repo/clusters/apps.yaml", &flux("./", "other")), ("repo/web.yaml", WEB)]);
    assert_eq!(found.1, ["it points to ./ of other, which is not among these files"]);
    let found = pointers(&[("repo/clusters/apps.yaml", &flux("./", "flux-system")), ("repo/web.yaml", WEB)]);
    assert_eq!((found.0.len(), found.1.len()), (1, 0));
}

#[test]
fn an_artifact_cut_out_of_the_repository_leads_back_into_it() {
    let generator = "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: x}\n\
                     spec: {artifacts: [{name: apps, copy: [{from: '@repo/other/**', to: '@artifact/other/'}, {from: '@repo/deploy/**', to: '@artifact/'}]}]}\n";
    let pointer = flux("./staging", "apps").replace("GitRepository", "ExternalArtifact");
    let files =
        [("clusters/a.yaml", generator), ("clusters/b.yaml", pointer.as_str()), ("deploy/staging/web.yaml", WEB)];
    assert_eq!(pointers(&files).0.len(), 1);
    assert_eq!(pointers(&files[1..]).1, ["it points to ./staging of apps, which is not among these files"]);
}

#[test]
fn a_release_of_a_chart_in_the_repository_is_followed_and_one_from_a_registry_is_named() {
    let release = |chart: &str, kind: &str| {
        format!(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {{name: web}}\n\
             spec: {{chart: {{spec: {{chart: {chart}, sourceRef: {{kind: {kind}, name: infra}}}}}}}}\n"
        )
    };
    let chart = ("charts/web/templates/web.yaml", WEB);
    let found = pointers(&[
        ("releases/web.yaml", &release("./charts/web", "GitRepository")),
        chart,
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
    ]);
    assert_eq!(found.0.len() + found.1.len(), 1, "{found:?}");
    let found = pointers(&[("releases/web.yaml", &release("podinfo", "HelmRepository")), chart]);
    assert_eq!(found.1, ["it points to podinfo, which is not among these files"]);
}

#[test]
fn argo_applications_and_sets_are_followed() {
    let application = |path: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: web}}\n\
             spec: {{source: {{repoURL: \"https://user:secret@git.example/x.git\", path: {path}}}}}\n"
        )
    };
    assert_eq!(pointers(&[("argo/web.yaml", &application("deploy/web")), ("deploy/web/web.yaml", WEB)]).0.len(), 1);
    let reasons = pointers(&[("argo/web.yaml", &application("deploy/none")), ("deploy/web/web.yaml", WEB)]).1;
    assert!(reasons[0].contains("deploy/none of https://") && !reasons[0].contains("secret"), "{reasons:?}");
    let set = |generator: &str, path: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: web}}\n\
             spec:\n  generators: [{generator}]\n  template: {{spec: {{source: {{repoURL: x, path: '{path}'}}}}}}\n"
        )
    };
    let list = "{list: {elements: [{cluster: dev}, {cluster: prod}]}}";
    let folders = "{git: {repoURL: x, directories: [{path: apps/*}, {path: apps/web, exclude: true}]}}";
    for (generator, path) in [
        (list, "apps/{{.cluster}}/web"),
        (list, "apps/{{cluster}}/web"),
        (folders, "{{path}}/web"),
        (folders, "{{.path.path}}/web"),
        ("{clusters: {}}", "apps/{{name}}/web"),
    ] {
        let found = pointers(&[("argo/set.yaml", &set(generator, path)), ("apps/prod/web/web.yaml", WEB)]);
        assert_eq!((found.0.len(), found.1.len()), (1, 0), "{generator} {path}: {found:?}");
    }
    let found = pointers(&[("argo/set.yaml", &set(list, "other/{{cluster}}")), ("apps/prod/web/web.yaml", WEB)]);
    assert_eq!((found.0.len(), found.1.len()), (0, 1));
}

#[test]
fn a_pointer_to_itself_is_not_followed() {
    let found = pointers(&[("apps/apps.yaml", &flux("./apps", "infra"))]);
    assert_eq!((found.0.len(), found.1.len()), (0, 1), "{found:?}");
}
