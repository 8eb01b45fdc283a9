//! What tests of kustomizations share: the real `kubectl kustomize`, a summary of what either makes, and folders written
//! for one test.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

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

use crate::support;

/// What `kubectl kustomize` makes of a folder, or what it says.
pub fn kubectl(folder: &Path) -> Result<String, String> {
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

pub fn has_kubectl() -> bool {
    let found =
        Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|output| output.status.success());
    if !found {
        println!("skipped: there is no kubectl on this machine");
    }
    found
}

/// An object as it is compared: its identity, and for workloads what matters of them.
pub type Objects = BTreeMap<String, BTreeSet<String>>;

pub fn summary<'t>(objects: impl Iterator<Item = Node<'t>>) -> Objects {
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
pub fn flat(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>) {
    flatten(into, head, node, &|text| text.to_owned());
}

/// The same where names of generated ConfigMaps and Secrets may stand.
pub fn flat_hashed(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>) {
    flatten(into, head, node, &without_hash);
}

pub fn flatten(into: &mut BTreeSet<String>, head: &str, node: Option<Node<'_>>, shown: &dyn Fn(&str) -> String) {
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
pub fn without_hash(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((head, hash)) if hash.len() == 10 && hash.bytes().all(|b| b"bcdfghkmt2456789".contains(&b)) => {
            head.to_owned()
        }
        _ => name.to_owned(),
    }
}

pub fn parse(text: &str) -> Vec<Tree> {
    let documents = parse_documents(SourceId(0), &Arc::from(text), &Limits::DEFAULT);
    documents.into_iter().map(|document| document.expect("kubectl writes YAML")).collect()
}

/// Every difference between two sets of objects.
pub fn differences(real: &Objects, own: &Objects) -> Vec<String> {
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

pub fn reading_of(files: &kubeworthy::source::Collected, folders: &[String]) -> Vec<(String, Objects)> {
    let kit = support::kit();
    let choices = Choices { overlays: folders.to_vec(), ..Choices::default() };
    let reading = Reading::new(&files.files, &[], &choices, &kit.tables);
    folders.iter().filter_map(|folder| Some((folder.clone(), summary(reading.made_by(folder)?.into_iter())))).collect()
}

pub fn kustomizations(root: &Path) -> Vec<PathBuf> {
    let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| names.contains(&entry.file_name().to_string_lossy().as_ref()));
    files.map(|entry| entry.path().parent().expect("a folder").to_path_buf()).collect()
}

/// Copies a folder, so that files which the corpus leaves out can be put in their places.
pub fn copy(from: &Path, to: &Path) {
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
pub fn kubectl_with_contents(folder: &Path) -> Result<String, String> {
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
/// A folder written for one test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// Files separated by lines of `# FILE name`.
    pub fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for part in text.split("# FILE ").skip(1) {
            let (name, content) = part.split_once('\n').expect("a name on a line");
            let path = folder.path().join(name.trim());
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("written");
        }
        Self(folder)
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().canonicalize().expect("a path")
    }

    pub fn collected(&self, overlays: &[&str]) -> kubeworthy::source::Collected {
        let overlays = overlays.iter().map(|name| (*name).to_owned()).collect();
        collect(&[Input::Path(self.path())], &Choices { overlays, ..Choices::default() })
    }

    /// What the kustomization in a folder makes.
    pub fn made(&self, below: &str) -> Objects {
        let folder = self.path().join(below).to_string_lossy().trim_end_matches('/').to_owned();
        let made = reading_of(&self.collected(&[]), &[folder]);
        made.into_iter().next().expect("a kustomization").1
    }

    /// Lines of `file:line message`, the folder left out.
    pub fn problems(&self) -> Vec<String> {
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

    pub fn assess(&self, overlays: &[&str]) -> kubeworthy::assessment::Assessment {
        kubeworthy::assess(&self.collected(overlays), &support::kit())
    }

    pub fn below(&self, path: &str) -> String {
        Path::new(path).strip_prefix(self.path()).expect("below").to_string_lossy().into_owned()
    }
}

/// The kustomization in `below` makes what is expected, and what kubectl makes of it. An expectation is an object and
/// what is known of it; with `!` in front it must not be.
pub fn makes(text: &str, below: &str, expected: &[(&str, &str)]) {
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

pub const WEB: &str = "
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

pub const REST: &str = "
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

pub const DEPLOYMENT: &str = "apps/v1 Deployment  web";

pub fn with_base(overlay: &str) -> String {
    format!(
        "# FILE base/kustomization.yaml\nresources: [web.yaml, rest.yaml]\n# FILE base/web.yaml\n{WEB}\n# FILE base/rest.yaml\n{REST}\n{overlay}"
    )
}
