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
