//! Kustomizations are built as `kubectl kustomize` builds them: the corpus against the real program, and each feature by
//! hand, against what is expected and against the real program.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Reading;
use kubeworthy::limits::Limits;
use kubeworthy::source::{Input, collect};
use kubeworthy::text::SourceId;
use kubeworthy::yaml::{Dialect, Node, Scalar, Tree, parse_documents};
use rayon::prelude::*;

/// What `kubectl kustomize` makes of a folder, or what it says.
fn kubectl(folder: &Path) -> Result<String, String> {
    let output = Command::new("kubectl")
        .args(["kustomize", "--load-restrictor", "LoadRestrictionsNone"])
        .arg(folder)
        // No request leaves the machine.
        .envs([
            ("HTTP_PROXY", "http://127.0.0.1:1"),
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
            ("GIT_ALLOW_PROTOCOL", "none"),
        ])
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn has_kubectl() -> bool {
    let found =
        Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: there is no kubectl on this machine");
    }
    found
}

/// An object as it is compared: its identity, and for workloads what matters of them.
type Objects = BTreeMap<String, BTreeSet<String>>;

fn summary<'t>(objects: impl Iterator<Item = Node<'t>>) -> Objects {
    let mut all = Objects::new();
    for object in objects {
        let text = |path: &[&str]| object.at(path).and_then(|node| node.string()).unwrap_or_default().to_owned();
        let (kind, name) = (text(&["kind"]), text(&["metadata", "name"]));
        if kind.is_empty() {
            continue;
        }
        let name = if matches!(kind.as_str(), "ConfigMap" | "Secret") { without_hash(&name) } else { name };
        let identity = format!("{} {kind} {} {name}", text(&["apiVersion"]), text(&["metadata", "namespace"]));
        let known = all.entry(identity).or_default();
        let workload =
            object.at(&["spec", "template"]).or_else(|| object.at(&["spec", "jobTemplate", "spec", "template"]));
        let pod = match kind.as_str() {
            "Pod" => object.get("spec"),
            _ => workload.and_then(|template| template.get("spec")),
        };
        let built_in = object.get("apiVersion").and_then(|version| version.string());
        let built_in =
            built_in.is_some_and(|version| matches!(version, "v1" | "apps/v1" | "batch/v1" | "batch/v1beta1"));
        for path in [
            &["spec", "replicas"][..],
            &["spec", "serviceName"],
            &["spec", "type"],
            &["spec", "minReplicas"],
            &["spec", "maxReplicas"],
        ] {
            if let Some(value) = object.at(path) {
                known.insert(format!("{} {}", path.join("."), value.text().unwrap_or("collection")));
            }
        }
        flat(known, "labels", object.at(&["metadata", "labels"]));
        flat(known, "selector", object.at(&["spec", "selector"]).filter(|_| built_in));
        flat(known, "target", object.at(&["spec", "scaleTargetRef"]));
        flat(known, "roleRef", object.get("roleRef"));
        flat(known, "subjects", object.get("subjects"));
        flat(known, "ports", object.at(&["spec", "ports"]));
        flat(known, "template labels", workload.and_then(|template| template.at(&["metadata", "labels"])));
        let Some(pod) = pod.filter(|pod| pod.is_mapping()) else { continue };
        for list in ["containers", "initContainers"] {
            for container in pod.get(list).into_iter().flat_map(|list| list.items()) {
                let name = container.get("name").and_then(|name| name.text()).unwrap_or_default();
                let head = format!("{list} {name}");
                known.insert(head.clone());
                for key in ["image", "resources", "ports", "args", "command", "volumeMounts"] {
                    flat(known, &format!("{head} {key}"), container.get(key));
                }
                flat_hashed(known, &format!("{head} env"), container.get("env"));
                flat_hashed(known, &format!("{head} envFrom"), container.get("envFrom"));
                for probe in ["readinessProbe", "livenessProbe", "startupProbe"] {
                    flat(known, &format!("{head} {probe}"), container.get(probe));
                }
            }
        }
        flat_hashed(known, "volumes", pod.get("volumes"));
        for key in ["affinity", "topologySpreadConstraints", "serviceAccountName", "nodeSelector", "tolerations"] {
            flat(known, key, pod.get(key));
        }
    }
    all
}

/// Every scalar below a node with its path, lists numbered. Empty collections and nulls are as good as none.
fn flat(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>) {
    flatten(into, head, node, &|text| text.to_owned());
}

/// The same where names of generated ConfigMaps and Secrets may stand.
fn flat_hashed(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>) {
    flatten(into, head, node, &without_hash);
}

fn flatten(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>, shown: &dyn Fn(&str) -> String) {
    let Some(node) = node.filter(|node| !node.is_null()) else { return };
    if let Some(text) = node.text() {
        // Quotes around numbers and line ends at the end of a text are a matter of writing.
        match node.scalar(Dialect::Kubernetes) {
            Some(Scalar::Integer(number)) => into.insert(format!("{head} {number}")),
            _ => into.insert(format!("{head} {}", shown(text.trim_end()))),
        };
    }
    for (key, value) in node.entries() {
        flatten(into, &format!("{head}.{}", key.text().unwrap_or_default()), Some(value), shown);
    }
    for (index, item) in node.items().enumerate() {
        let named = ["name", "mountPath", "containerPort", "port"].iter().find_map(|key| item.get(key)?.text());
        let name = named.map_or_else(|| index.to_string(), shown);
        flatten(into, &format!("{head}[{name}]"), Some(item), shown);
    }
}

/// A name without the ten characters that kustomize puts behind generated ones.
fn without_hash(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((head, hash)) if hash.len() == 10 && hash.bytes().all(|b| b"bcdfghkmt2456789".contains(&b)) => {
            head.to_owned()
        }
        _ => name.to_owned(),
    }
}

fn parse(text: &str) -> Vec<Tree> {
    let documents = parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT);
    documents.into_iter().map(|document| document.expect("kubectl writes YAML")).collect()
}

/// Every difference between two sets of objects.
fn differences(real: &Objects, own: &Objects) -> Vec<String> {
    let mut found = Vec::new();
    for (identity, values) in real {
        match own.get(identity) {
            None => found.push(format!("missing: {identity}")),
            Some(others) => {
                found.extend(values.difference(others).map(|value| format!("{identity}: lacks {value}")));
                found.extend(others.difference(values).map(|value| format!("{identity}: has {value}")));
            }
        }
    }
    found.extend(
        own.keys().filter(|identity| !real.contains_key(*identity)).map(|identity| format!("extra: {identity}")),
    );
    found
}

fn reading_of(files: &kubeworthy::source::Collected, folders: &[String]) -> Vec<(String, Objects)> {
    let kit = support::kit();
    let choices = Choices { overlays: folders.to_vec(), ..Choices::default() };
    let reading = Reading::new(&files.files, &[], &choices, &kit.tables);
    folders.iter().filter_map(|folder| Some((folder.clone(), summary(reading.made_by(folder)?.into_iter())))).collect()
}

fn kustomizations(root: &Path) -> Vec<PathBuf> {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| names.contains(&entry.file_name().to_string_lossy().as_ref()));
    files.map(|entry| entry.path().parent().expect("a folder").to_path_buf()).collect()
}

/// Copies a folder, so that files which the corpus leaves out can be put in their places.
fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let target = to.join(entry.path().strip_prefix(from).expect("below"));
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
        } else if entry.file_type().is_file() {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

/// Builds with kubectl; contents of ConfigMaps and Secrets that the corpus does not hold are made up.
fn kubectl_with_contents(folder: &Path) -> Result<String, String> {
    for _ in 0..30 {
        let error = match kubectl(folder) {
            Ok(text) => return Ok(text),
            Err(error) => error,
        };
        let is_content = error.contains("loading KV pairs");
        let missing = error.split("lstat ").nth(1).and_then(|rest| rest.split(": no such file").next());
        let Some(missing) = missing.filter(|_| is_content) else { return Err(error) };
        let path = Path::new(missing);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, "made=up\n").expect("written");
    }
    Err("too many files are missing".to_owned())
}

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

/// A folder written for one test.
struct Folder(tempfile::TempDir);

impl Folder {
    /// Files separated by lines of `# FILE name`.
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for part in text.split("# FILE ").skip(1) {
            let (name, content) = part.split_once('\n').expect("a name on a line");
            let path = folder.path().join(name.trim());
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("written");
        }
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().canonicalize().expect("a path")
    }

    fn collected(&self, overlays: &[&str]) -> kubeworthy::source::Collected {
        let overlays = overlays.iter().map(|name| (*name).to_owned()).collect();
        collect(&[Input::Path(self.path())], &Choices { overlays, ..Choices::default() })
    }

    /// What the kustomization in a folder makes.
    fn made(&self, below: &str) -> Objects {
        let folder = self.path().join(below).to_string_lossy().trim_end_matches('/').to_owned();
        let made = reading_of(&self.collected(&[]), &[folder]);
        made.into_iter().next().expect("a kustomization").1
    }

    /// Lines of `file:line message`, the folder left out.
    fn problems(&self) -> Vec<String> {
        let kit = support::kit();
        let collected = self.collected(&[]);
        let reading = Reading::new(&collected.files, &[], &Choices::default(), &kit.tables);
        let shown = |(file, line, message): (String, u32, String)| {
            let file = Path::new(&file).strip_prefix(self.path()).expect("below").to_string_lossy().into_owned();
            format!("{file}:{line} {message}").replace(&*self.path().to_string_lossy(), "")
        };
        let mut all: Vec<String> = reading.problems().into_iter().map(shown).collect();
        all.sort();
        all
    }

    fn assess(&self, overlays: &[&str]) -> kubeworthy::assessment::Assessment {
        kubeworthy::assess(&self.collected(overlays), &support::kit())
    }

    fn below(&self, path: &str) -> String {
        Path::new(path).strip_prefix(self.path()).expect("below").to_string_lossy().into_owned()
    }
}

/// The kustomization in `below` makes what is expected, and what kubectl makes of it. An expectation is an object and
/// what is known of it; with `!` in front it must not be.
fn makes(text: &str, below: &str, expected: &[(&str, &str)]) {
    let folder = Folder::new(text);
    let own = folder.made(below);
    for (identity, value) in expected {
        let known = own.get(*identity);
        let holds = match value.strip_prefix('!') {
            Some("") => known.is_none(),
            Some(value) => known.is_some_and(|known| !known.contains(value)),
            None if value.is_empty() => known.is_some(),
            None => known.is_some_and(|known| known.contains(*value)),
        };
        assert!(holds, "{identity}: {value}\n{own:#?}");
    }
    if has_kubectl() {
        let real = kubectl(&folder.path().join(below)).expect("kubectl builds it");
        let trees = parse(&real);
        let found = differences(&summary(trees.iter().filter_map(Tree::root)), &own);
        assert!(found.is_empty(), "kubectl disagrees: {found:#?}\n{real}");
    }
}

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      imagePullSecrets: [{name: pull}]
      containers:
      - name: web
        image: shop/web:1.0
        args: [--old]
        env:
        - {name: MODE, value: plain}
        - {name: KEY, valueFrom: {secretKeyRef: {name: keys, key: k}}}
        envFrom: [{configMapRef: {name: settings}}]
        ports:
        - {name: http, containerPort: 80}
        - {name: metrics, containerPort: 9090}
        resources: {requests: {cpu: 100m, memory: 64Mi}}
        volumeMounts: [{name: data, mountPath: /data}]
        readinessProbe: {httpGet: {path: /, port: 80}}
      - name: proxy
        image: shop/proxy@sha256:0000
      initContainers: [{name: first, image: shop/web}]
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: disk}}
      - {name: conf, configMap: {name: settings}}
      tolerations: [{key: a, operator: Exists}, {key: b, operator: Exists}]
";

const REST: &str = "
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 80}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: b}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  minReplicas: 2
  maxReplicas: 6
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: runner}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

const DEPLOYMENT: &str = "apps/v1 Deployment  web";

fn with_base(overlay: &str) -> String {
    format!(
        "# FILE base/kustomization.yaml\nresources: [web.yaml, rest.yaml]\n# FILE base/web.yaml\n{WEB}\n# FILE base/rest.yaml\n{REST}\n{overlay}"
    )
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
    assert!(
        skipped.1.starts_with("a patch, applied by ") && skipped.1.ends_with("prod/kustomization.yaml"),
        "{skipped:?}"
    );
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
