//! A snapshot says what the manifests say that run in the cluster.

use super::*;

/// The objects of a file as an API server would hold them: each with a namespace, in the present API version, once.
fn objects_in(text: &str, known: &mut BTreeSet<(String, String, String, String)>) -> Vec<Value> {
    use serde::Deserialize;
    let mut objects = Vec::new();
    let mut pending: Vec<Value> = serde_yaml::Deserializer::from_str(text)
        .map_while(|document| serde_yaml::Value::deserialize(document).ok())
        .filter_map(|document| serde_json::to_value(document).ok())
        .collect();
    pending.reverse();
    while let Some(mut object) = pending.pop() {
        if text_of(&object, "/kind").ends_with("List")
            && let Some(items) = object.get_mut("items").and_then(Value::as_array_mut)
        {
            pending.extend(std::mem::take(items).into_iter().rev());
            continue;
        }
        let (group, kind) = group_and_kind(&object);
        let version = match (group.as_str(), kind.as_str()) {
            ("extensions", "Deployment" | "DaemonSet") | ("apps", _) => "apps/v1",
            ("extensions", "Ingress" | "NetworkPolicy") | ("networking.k8s.io", _) => "networking.k8s.io/v1",
            ("batch", _) => "batch/v1",
            ("policy", "PodDisruptionBudget") => "policy/v1",
            ("rbac.authorization.k8s.io", _) => "rbac.authorization.k8s.io/v1",
            _ => text_of(&object, "/apiVersion"),
        }
        .to_owned();
        let name = text_of(&object, "/metadata/name").to_owned();
        if name.is_empty() || version.is_empty() || kind.is_empty() {
            continue;
        }
        object["apiVersion"] = Value::from(version);
        sort_mappings_of_texts(&mut object);
        let (group, kind) = group_and_kind(&object);
        let fixed = KINDS.iter().find(|known| known.group == group && known.kind == kind);
        let namespaced = fixed.is_none_or(|kind| kind.namespaced);
        if namespaced && text_of(&object, "/metadata/namespace").is_empty() {
            object["metadata"]["namespace"] = Value::from("default");
        }
        let namespace = text_of(&object, "/metadata/namespace").to_owned();
        if known.insert((group, kind, namespace, name)) {
            objects.push(object);
        }
    }
    objects
}

/// An API server writes mappings of texts in the order of their keys.
fn sort_mappings_of_texts(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.len() > 1 && map.values().all(Value::is_string) {
                map.sort_keys();
            }
            map.values_mut().for_each(sort_mappings_of_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(sort_mappings_of_texts),
        _ => {}
    }
}

/// Kinds whose objects are all in a snapshot, as far as an API server takes them.
const ALWAYS_KEPT: [&str; 14] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Rollout",
    "ScaledJob",
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "Ingress",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "ScaledObject",
    "CustomResourceDefinition",
];

/// The same objects as a file of manifests, or as the text of a cluster that nobody looked at: without what only a
/// cluster shows.
fn as_manifests(objects: &[Value]) -> String {
    objects.iter().map(|object| format!("---\n{object}\n")).collect()
}

/// Lines of a snapshot as manifests: what was seen goes, and a mark for commands becomes a command again.
fn back_to_manifests(text: &str) -> Vec<Value> {
    fn restore(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if map.remove("seen").is_some_and(|seen| seen["names-itself"] == true) {
                    map.insert("args".to_owned(), json!(["$(hostname)"]));
                }
                map.values_mut().for_each(restore);
            }
            Value::Array(items) => items.iter_mut().for_each(restore),
            _ => {}
        }
    }
    let mut objects: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).expect("JSON")).collect();
    objects.iter_mut().for_each(restore);
    objects
}

fn assess_manifests(objects: &[Value], kit: &Kit) -> Assessment {
    let files = vec![SourceFile::new("cluster.yaml", as_manifests(objects))];
    assess(&Collected { files, choices: Choices::default(), ..Collected::default() }, kit)
}

#[test]
fn a_snapshot_says_what_the_manifests_say() {
    let kit = kit();
    let tables = tables();
    let (mut files, mut compared, mut differing) = (0, 0, Vec::new());
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = [Some(own), corpus().map(|corpus| corpus.join("files"))];
    let entries = folders.iter().flatten().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    for entry in entries.filter_map(Result::ok) {
        let is_manifest = entry.path().extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json");
        let Some(text) = std::fs::read_to_string(entry.path()).ok().filter(|_| is_manifest) else { continue };
        if !text.contains("kind") || text.contains("{{") || text.len() > 400_000 {
            continue;
        }
        let mut objects = objects_in(&text, &mut BTreeSet::new());
        // What is written for Cloud Run never comes from a cluster.
        objects.retain(|object| group_and_kind(object).0 != "serving.knative.dev" || !text.contains("Cloud Run"));
        if objects.is_empty() {
            continue;
        }
        files += 1;
        let snapshot = everything(&objects);
        check(&snapshot, &tables).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        let kept = back_to_manifests(&snapshot);
        // What the API server would refuse, what is never listed, and what nobody uses is not in a snapshot; the rest of
        // the objects has to say the same.
        let identity = |object: &Value| {
            let (group, kind) = group_and_kind(object);
            (
                group,
                kind,
                text_of(object, "/metadata/namespace").to_owned(),
                text_of(object, "/metadata/name").to_owned(),
            )
        };
        let there: BTreeSet<_> = kept.iter().map(identity).collect();
        let written: Vec<Value> = objects.iter().filter(|object| there.contains(&identity(object))).cloned().collect();
        for object in objects.iter().filter(|object| !there.contains(&identity(object))) {
            let (group, kind) = group_and_kind(object);
            *left_out.entry(kind.clone()).or_default() += 1;
            let known = KINDS.iter().find(|known| known.group == group && known.kind == kind);
            if let Some(known) = known.filter(|known| ALWAYS_KEPT.contains(&known.kind)) {
                let reason = &header(&snapshot)["lists"][known.resource]["skipped-because"];
                *refused.entry(format!("{kind}: {reason}")).or_default() += 1;
            }
        }
        compared += written.len();
        let (plain, seen) = (assess_manifests(&written, &kit), assess_manifests(&kept, &kit));
        let differs = claims(&plain) != claims(&seen)
            || plain.estate.footprint != seen.estate.footprint
            || plain.estate.findings.len() != seen.estate.findings.len();
        if differs {
            differing.push(format!("{}\n  {:?}\n  {:?}", entry.path().display(), claims(&plain), claims(&seen)));
        }
    }
    println!("{files} files, {compared} objects compared, {} files differ", differing.len());
    println!("left out: {left_out:?}");
    println!("of kinds that are always kept: {refused:?}");
    for difference in differing.iter().take(40) {
        println!("{difference}");
    }
    assert!(compared > if corpus().is_some() { 3_000 } else { 50 }, "{compared}");
    assert!(differing.is_empty(), "{} files say something else", differing.len());
    let unexplained: Vec<_> = refused.keys().filter(|reason| reason.ends_with("null")).collect();
    assert!(unexplained.is_empty(), "left out without a reason: {unexplained:?}");
}
