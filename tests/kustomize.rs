//! Kustomizations are built as `kubectl kustomize` builds them: the corpus against the real program, and each feature by
//! hand, against what is expected and against the real program.
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

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Reading;
use kubeworthy::source::{Input, collect};
use kubeworthy::yaml::Tree;
use rayon::prelude::*;

use kustomization::{
    DEPLOYMENT, Objects, copy, differences, has_kubectl, kubectl_with_contents, kustomizations, makes, parse,
    reading_of, summary, with_base,
};

#[test]
fn the_corpus_is_built_as_kubectl_builds_it() {
    let Some(corpus) = support::corpus() else { return };
    if !has_kubectl() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    copy(&corpus.join("files"), &root);
    let collected = collect(&[Input::Path(root.clone())], &Choices::default());
    let every = kustomizations(&root);
    let names: Vec<String> = every.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    let own: BTreeMap<String, Objects> = reading_of(&collected, &names).into_iter().collect();
    // All of them are built in one go above; which of them are roots by themselves is what a plain run says.
    let wanted: Vec<&PathBuf> = if std::env::var_os("KUSTOMIZE_ALL").is_some() {
        every.iter().collect()
    } else {
        let roots = roots(&collected, &names);
        every.iter().filter(|path| roots.contains(path.to_string_lossy().as_ref())).collect()
    };
    let real: Vec<Result<String, String>> = wanted.par_iter().map(|path| kubectl_with_contents(path)).collect();
    let (mut compared, mut agree, mut refused) = (0, 0, 0);
    let mut disagree = Vec::new();
    for (path, real) in wanted.iter().zip(&real) {
        let name = path.strip_prefix(&root).expect("below").display();
        let Ok(text) = real else {
            refused += 1;
            continue;
        };
        compared += 1;
        let trees = parse(text);
        let real = summary(trees.iter().filter_map(Tree::root));
        let own = &own[path.to_string_lossy().as_ref()];
        let found = differences(&real, own);
        if found.is_empty() {
            agree += 1;
        } else {
            println!("{name}: {} differences", found.len());
            for one in found.iter().take(12) {
                println!("    {one}");
            }
            disagree.push(name.to_string());
        }
    }
    println!(
        "{} kustomizations, {refused} that kubectl does not build, {compared} compared, {agree} agree in full = {:.1} %",
        wanted.len(),
        f64::from(agree) / f64::from(compared) * 100.0
    );
    assert!(compared > 50);
    assert!(f64::from(agree) / f64::from(compared) >= 0.97, "{disagree:?}");
}

/// The folders that are built when nothing is named.
fn roots(collected: &kubeworthy::source::Collected, names: &[String]) -> BTreeSet<String> {
    let kit = support::kit();
    let reading = Reading::new(&collected.files, &[], &Choices::default(), &kit.tables);
    names.iter().filter(|name| reading.made_by(name).is_some()).cloned().collect()
}

/// An overlay of the base that says this.
fn overlaid(kustomization: &str, expected: &[(&str, &str)]) {
    let text = with_base(&format!("# FILE prod/kustomization.yaml\nresources: [../base]\n{kustomization}"));
    makes(&text, "prod", expected);
}

#[test]
fn names_namespaces_and_what_refers_to_them() {
    overlaid(
        "namePrefix: a-\nnameSuffix: -z\nnamespace: shop\n",
        &[
            ("apps/v1 Deployment shop a-web-z", "serviceAccountName a-runner-z"),
            ("apps/v1 Deployment shop a-web-z", "volumes[data].persistentVolumeClaim.claimName a-disk-z"),
            ("apps/v1 Deployment shop a-web-z", "volumes[conf].configMap.name a-settings-z"),
            ("apps/v1 Deployment shop a-web-z", "containers web envFrom[0].configMapRef.name a-settings-z"),
            ("apps/v1 Deployment shop a-web-z", "selector.matchLabels.app web"),
            ("autoscaling/v2 HorizontalPodAutoscaler shop a-web-z", "target.name a-web-z"),
            ("rbac.authorization.k8s.io/v1 RoleBinding shop a-reader-z", "roleRef.name a-reader-z"),
            ("rbac.authorization.k8s.io/v1 RoleBinding shop a-reader-z", "subjects[a-runner-z].namespace shop"),
            ("apps/v1 Deployment  web", "!"),
        ],
    );
}

#[test]
fn labels_reach_as_far_as_they_say() {
    overlaid(
        "labels:\n- pairs: {plain: x}\n- pairs: {deep: d}\n  includeSelectors: true\n- pairs: {half: z}\n  includeTemplates: true\n",
        &[
            (DEPLOYMENT, "labels.plain x"),
            (DEPLOYMENT, "!template labels.plain x"),
            (DEPLOYMENT, "template labels.deep d"),
            (DEPLOYMENT, "selector.matchLabels.deep d"),
            (DEPLOYMENT, "template labels.half z"),
            (DEPLOYMENT, "!selector.matchLabels.half z"),
            ("v1 Service  web", "selector.deep d"),
        ],
    );
    overlaid("commonLabels: {team: x}\ncommonAnnotations: {a: b}\n", &[("v1 Service  web", "selector.team x")]);
}

#[test]
fn images_and_copies() {
    overlaid(
        "images:\n- {name: shop/web, newName: mirror/web, newTag: '2.0'}\n- {name: shop/proxy, digest: 'sha256:1111'}\n- {name: shop, newTag: never}\nreplicas: [{name: web, count: 5}]\n",
        &[
            (DEPLOYMENT, "containers web image mirror/web:2.0"),
            (DEPLOYMENT, "containers proxy image shop/proxy@sha256:1111"),
            (DEPLOYMENT, "initContainers first image mirror/web:2.0"),
            (DEPLOYMENT, "spec.replicas 5"),
        ],
    );
}

#[test]
fn strategic_merge_patches_merge_lists_by_their_keys() {
    overlaid(
        "patches:
- path: patch.yaml
# FILE prod/patch.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  template:
    spec:
      $setElementOrder/containers: [{name: web}, {name: sidecar}]
      containers:
      - name: sidecar
        image: shop/sidecar
      - name: web
        args: [--new]
        env: [{name: MODE, value: loud}, {name: MORE, value: x}]
        ports: [{containerPort: 80, name: web}, {containerPort: 443}]
        resources: {limits: {memory: 128Mi}}
        readinessProbe: null
        volumeMounts: [{mountPath: /data, name: data, readOnly: true}, {mountPath: /tmp, name: scratch}]
      - {name: proxy, $patch: delete}
      volumes: [{name: scratch, emptyDir: {}}, {name: conf, $patch: delete}]
      tolerations: [{key: c, operator: Exists}]
      topologySpreadConstraints:
      - {topologyKey: topology.kubernetes.io/zone, maxSkew: 1, whenUnsatisfiable: DoNotSchedule}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  ports: [{port: 80, targetPort: 8080}, {name: tls, port: 443}]
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
$patch: delete
",
        &[
            (DEPLOYMENT, "spec.replicas 3"),
            (DEPLOYMENT, "containers sidecar"),
            (DEPLOYMENT, "!containers proxy"),
            (DEPLOYMENT, "containers web image shop/web:1.0"),
            (DEPLOYMENT, "containers web env[MODE].value loud"),
            (DEPLOYMENT, "containers web args[0] --new"),
            (DEPLOYMENT, "!containers web readinessProbe.httpGet.path /"),
            (DEPLOYMENT, "tolerations[0].key c"),
            (DEPLOYMENT, "!tolerations[1].key b"),
            (DEPLOYMENT, "!volumes[conf].name conf"),
            ("v1 Service  web", "ports[http].targetPort 8080"),
            ("v1 Secret  keys", "!"),
        ],
    );
}

#[test]
fn replace_directives_and_older_patch_lists() {
    overlaid(
        "patchesStrategicMerge:
- |-
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    template:
      spec:
        containers:
        - $patch: replace
        - {name: only, image: shop/only}
        $patch: merge
- two.yaml
patchesJson6902:
- target: {group: apps, version: v1, kind: Deployment, name: web}
  patch: |-
    - op: replace
      path: /spec/replicas
      value: 7
# FILE prod/two.yaml
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {$patch: replace, other: x}
",
        &[
            (DEPLOYMENT, "containers only"),
            (DEPLOYMENT, "!containers web"),
            (DEPLOYMENT, "spec.replicas 7"),
            ("v1 Service  web", "selector.other x"),
            ("v1 Service  web", "!selector.app web"),
        ],
    );
}

#[test]
fn json_patches_and_targets() {
    overlaid(
        r#"patches:
- target: {kind: Deploy.*, name: w.b}
  patch: |-
    - {op: add, path: /spec/template/spec/containers/-, value: {name: late, image: shop/late}}
    - {op: test, path: /spec/replicas, value: 1}
    - {op: remove, path: /spec/template/spec/containers/1}
    - {op: add, path: /metadata/labels/example.org~1part, value: x}
    - {op: copy, from: /spec/template/spec/containers/0/image, path: /spec/template/spec/containers/1/image}
    - {op: move, from: /spec/template/spec/tolerations/0, path: /spec/template/spec/tolerations/1}
- target: {labelSelector: "app in (web, api)"}
  path: labelled.json
- target: {kind: eployment}
  patch: '[{"op": "replace", "path": "/spec/replicas", "value": 99}]'
- target: {kind: Service}
  patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: anything}
    spec: {type: NodePort}
# FILE prod/labelled.json
[{"op": "replace", "path": "/spec/replicas", "value": 4}]
"#,
        &[
            (DEPLOYMENT, "containers late"),
            (DEPLOYMENT, "containers late image shop/web:1.0"),
            (DEPLOYMENT, "!containers proxy"),
            (DEPLOYMENT, "labels.example.org/part x"),
            (DEPLOYMENT, "spec.replicas 4"),
            (DEPLOYMENT, "tolerations[1].key a"),
            ("v1 Service  web", "spec.type NodePort"),
        ],
    );
}

#[test]
fn components_change_what_was_gathered_before_them() {
    let text = with_base(
        "# FILE parts/cache/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [cache.yaml]
patches: [{path: patch.yaml}]
# FILE parts/cache/cache.yaml
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec: {containers: [{name: c, image: d}]}
# FILE parts/cache/patch.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, env: [{name: CACHE, value: cache}]}]}}}
# FILE prod/kustomization.yaml
bases: [../base]
components: [../parts/cache]
namePrefix: p-
",
    );
    makes(
        &text,
        "prod",
        &[("v1 Pod  p-cache", ""), ("apps/v1 Deployment  p-web", "containers web env[CACHE].value cache")],
    );
}

#[test]
fn generated_maps_have_their_names() {
    overlaid(
        "configMapGenerator:
- {name: pages, files: [index.html, 'style.css=x.css']}
- {name: settings, behavior: merge, literals: [c=d]}
secretGenerator: [{name: made, literals: [password=hunter2]}]
generatorOptions: {disableNameSuffixHash: true}
patches:
- patch: |-
    - {op: add, path: /spec/template/spec/volumes/-, value: {name: pages, configMap: {name: pages}}}
  target: {kind: Deployment}
namePrefix: g-
# FILE prod/index.html
<p>hello</p>
# FILE prod/x.css
p {}
",
        &[
            ("v1 ConfigMap  g-pages", ""),
            ("v1 ConfigMap  g-settings", ""),
            ("v1 Secret  g-made", ""),
            ("apps/v1 Deployment  g-web", "volumes[pages].configMap.name g-pages"),
        ],
    );
}

#[test]
fn replacements_and_variables_fill_fields() {
    overlaid(
        "replacements:
- source: {kind: HorizontalPodAutoscaler, name: web, fieldPath: spec.maxReplicas}
  targets: [{select: {kind: Deployment}, fieldPaths: [spec.replicas]}]
- source: {kind: Service, name: web}
  targets:
  - select: {kind: Deployment}
    fieldPaths: ['spec.template.spec.containers.[name=web].env.[name=MODE].value']
- source: {kind: ConfigMap, name: settings, fieldPath: data.a}
  targets:
  - select: {kind: Deployment}
    reject: [{name: other}]
    fieldPaths: [spec.template.spec.containers.*.image]
    options: {delimiter: /, index: 0}
",
        &[
            (DEPLOYMENT, "spec.replicas 6"),
            (DEPLOYMENT, "containers web env[MODE].value web"),
            (DEPLOYMENT, "containers web image b/web:1.0"),
        ],
    );
    overlaid(
        "vars:
- {name: SERVICE, objref: {apiVersion: v1, kind: Service, name: web}}
patches:
- target: {kind: Deployment}
  patch: |-
    - {op: replace, path: /spec/template/spec/containers/0/args, value: ['--to=$(SERVICE)', '$(OTHER)']}
namePrefix: v-
",
        &[("apps/v1 Deployment  v-web", "containers web args[0] --to=v-web")],
    );
}

#[test]
fn built_in_plugins_in_files_of_their_own() {
    overlaid(
        "transformers: [labels.yaml]
# FILE prod/labels.yaml
apiVersion: builtin
kind: LabelTransformer
metadata: {name: l}
labels: {own: x}
fieldSpecs: [{path: metadata/labels, create: true}]
",
        &[(DEPLOYMENT, "labels.own x")],
    );
}

#[test]
fn bases_of_bases_and_the_names_that_patches_know() {
    let text = with_base(
        "# FILE middle/kustomization.yaml
resources: [../base]
namePrefix: m-
namespace: one
# FILE prod/kustomization.yaml
resources: [../middle]
nameSuffix: -p
namespace: two
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: m-web, namespace: one}
    spec: {replicas: 2}
- patch: |-
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {type: NodePort}
",
    );
    makes(
        &text,
        "prod",
        &[("apps/v1 Deployment two m-web-p", "spec.replicas 2"), ("v1 Service two m-web-p", "spec.type NodePort")],
    );
}

#[test]
fn lists_of_custom_resources_are_replaced() {
    let text = "# FILE kustomization.yaml
resources: [rollout.yaml]
patches: [{path: patch.yaml}]
# FILE rollout.yaml
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec: {replicas: 1, template: {spec: {containers: [{name: a, image: b}, {name: c, image: d}]}}}
# FILE patch.yaml
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec: {replicas: 2, template: {spec: {containers: [{name: a, image: e}]}}}
";
    let rollout = "argoproj.io/v1alpha1 Rollout  web";
    makes(text, "", &[(rollout, "spec.replicas 2"), (rollout, "containers a image e"), (rollout, "!containers c")]);
}
