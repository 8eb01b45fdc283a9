//! What a snapshot contains, and whether it contains nothing else: every line is held against the allow-list that made it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::lists::Outcome;
use super::objects::{self, Reading};
use super::people;
use super::shape::{Step, WrongType};
use super::{API_VERSION, KIND, Timestamp, kinds, words};
use crate::tables::Tables;
use crate::text::Position;

/// Why a snapshot cannot be read, or may not be passed on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {message}", position.line, position.column)]
pub struct SnapshotError {
    /// Where it is.
    pub position: Position,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// What a snapshot contains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Each cluster, in the order of the file.
    pub clusters: Vec<ClusterContents>,
}

/// What a snapshot contains of one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterContents {
    /// The cluster's name.
    pub name: String,
    /// When it was read.
    pub taken: String,
    /// The program that wrote it.
    pub tool: String,
    /// The version of the API server, where it is known.
    pub version: Option<String>,
    /// How much of the cluster was looked at, in words.
    pub scope: String,
    /// Whether names are pseudonyms.
    pub pseudonyms: bool,
    /// What became of each list, by the name of the resource.
    pub lists: Vec<ListContents>,
    /// How many objects of each kind there are.
    pub kinds: BTreeMap<String, usize>,
    /// The keys of labels.
    pub labels: BTreeSet<String>,
    /// The keys of annotations.
    pub annotations: BTreeSet<String>,
}

/// What became of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListContents {
    /// The resource.
    pub resource: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How many objects were read.
    pub objects: u64,
    /// How many could not be understood.
    pub skipped: u64,
    /// Why it is not complete.
    pub reason: Option<String>,
    /// The namespaces in which it is not.
    pub namespaces: Vec<String>,
}

/// Whether a text is a snapshot, by its first line.
#[must_use]
pub fn is_snapshot(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').lines().find(|line| !line.trim().is_empty()).is_some_and(is_header)
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "apiVersion")]
    api_version: String,
    kind: String,
}

fn is_header(line: &str) -> bool {
    // Few lines are headers, and only they name this kind.
    line.contains(KIND)
        && serde_json::from_str::<Head>(line.trim_start_matches('\u{feff}'))
            .is_ok_and(|head| head.kind == KIND && head.api_version.starts_with("kubeworthy/"))
}

/// Each cluster of a snapshot: its name, and its part of the text.
///
/// # Errors
///
/// When the text does not begin with a header, a header is of a version that is not understood, or other than the number of
/// objects that a header tells of follow it.
pub fn split(text: &str) -> Result<Vec<(String, &str)>, SnapshotError> {
    let mut starts: Vec<(String, usize)> = Vec::new();
    let mut lines: Vec<(usize, Option<u64>)> = Vec::new();
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        if is_header(line) {
            let header: Value = serde_json::from_str(line.trim_start_matches('\u{feff}'))
                .map_err(|_| error(number, 1, "the header is not valid JSON", TAKE_ANOTHER))?;
            let version = header.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
            if version != API_VERSION {
                let message = format!("a snapshot of the version `{}` is not understood", shown(version));
                return Err(error(number, 1, &message, "read it with the version of kubeworthy that wrote it"));
            }
            let name = header.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            lines.push((number, header.get("lines").and_then(Value::as_u64)));
            starts.push((name.to_owned(), start));
        } else if starts.is_empty() && !line.trim().is_empty() {
            let message = format!("a snapshot begins with a line of the kind {KIND}");
            return Err(error(number, 1, &message, TAKE_ANOTHER));
        }
    }
    if starts.is_empty() {
        return Err(error(0, 1, "the snapshot is empty", TAKE_ANOTHER));
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|(_, start)| *start).chain([text.len()]).collect();
    let parts: Vec<(String, &str)> =
        starts.into_iter().zip(ends).map(|((name, start), end)| (name, &text[start..end])).collect();
    for ((number, written), (_, part)) in lines.into_iter().zip(&parts) {
        let found = part.lines().filter(|line| !line.trim().is_empty()).count() as u64 - 1;
        // A list that ends early is never an empty one.
        if written != Some(found) {
            let written = written.map_or_else(|| "does not tell".to_owned(), |written| format!("tells of {written}"));
            let message = format!("{found} objects follow this header, and it {written}: something is missing");
            return Err(error(number, 1, &message, TAKE_ANOTHER));
        }
    }
    Ok(parts)
}

const TAKE_ANOTHER: &str = "take a new one with `kubeworthy snapshot`";
const REMOVE_IT: &str = "remove it, or take a new snapshot with `kubeworthy snapshot`";

fn error(line: usize, column: usize, message: &str, help: &str) -> SnapshotError {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    SnapshotError {
        position: Position { line: number(line + 1), column: number(column) },
        message: message.to_owned(),
        help: help.to_owned(),
    }
}

/// A key or a kind as it can be shown: what could be anything is cut, and never a value.
fn shown(text: &str) -> String {
    crate::text::sanitize::for_terminal(text).chars().take(80).collect()
}

/// Holds every line of a snapshot against the allow-list, and tells what it contains.
///
/// # Errors
///
/// Where something stands in it that a snapshot never holds, with its line and column.
pub fn check(text: &str, tables: &Tables) -> Result<Contents, SnapshotError> {
    split(text)?;
    let mut contents = Contents::default();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line = line.trim_start_matches('\u{feff}');
        let value: Value = serde_json::from_str(line)
            .map_err(|wrong| error(number, wrong.column(), "this line is not valid JSON", REMOVE_IT))?;
        let fail = |wrong: &Foreign| {
            let column = locate(line, &wrong.path).map_or(1, |at| line[..at].chars().count() + 1);
            error(number, column, &wrong.message, REMOVE_IT)
        };
        if is_header(line) {
            contents.clusters.push(check_header(&value).map_err(|wrong| fail(&wrong))?);
        } else if let Some(cluster) = contents.clusters.last_mut() {
            check_object(&value, cluster, tables).map_err(|wrong| fail(&wrong))?;
        }
    }
    Ok(contents)
}

/// Something that a snapshot never holds.
struct Foreign {
    path: Vec<Step>,
    message: String,
}

impl Foreign {
    fn new(path: Vec<Step>, message: String) -> Self {
        Self { path, message }
    }

    fn key(path: &[Step], key: &str) -> Self {
        let mut path = path.to_vec();
        path.push(Step::Key(key.to_owned()));
        Self::new(path, format!("`{}` may not stand in a snapshot", shown(key)))
    }
}

impl From<WrongType> for Foreign {
    fn from(wrong: WrongType) -> Self {
        Self::new(wrong.path, wrong.what.to_owned())
    }
}

/// What may stand in a header: a key, and what is below it.
enum Part {
    Text,
    Number,
    Flag,
    Texts,
    Map(&'static [(&'static str, Self)]),
    /// A mapping whose keys are names of resources.
    Resources(&'static Self),
    Items(&'static Self),
    /// Facts: numbers and truth values, and the network plugin.
    Facts,
}

const LIST: Part = Part::Map(&[
    ("outcome", Part::Text),
    ("objects", Part::Number),
    ("reason", Part::Text),
    ("namespaces", Part::Texts),
    ("skipped", Part::Number),
    ("skipped-because", Part::Text),
]);
const NODES: Part = Part::Map(&[
    ("count", Part::Number),
    ("ready", Part::Number),
    ("zone", Part::Text),
    ("region", Part::Text),
    ("cpu", Part::Number),
    ("memory-gib", Part::Number),
    ("accelerators", Part::Number),
]);
const HEADER: Part = Part::Map(&[
    ("apiVersion", Part::Text),
    ("kind", Part::Text),
    ("metadata", Part::Map(&[("name", Part::Text)])),
    ("taken", Part::Text),
    ("tool", Part::Text),
    ("lines", Part::Number),
    ("scope", Part::Map(&[("namespaces", Part::Texts), ("selector", Part::Text), ("object", Part::Text)])),
    ("pseudonyms", Part::Flag),
    ("version", Part::Text),
    ("lists", Part::Resources(&LIST)),
    ("nodes", Part::Items(&NODES)),
    ("seen", Part::Facts),
]);

/// The facts of an object's `seen`.
pub(super) const FACTS_OF_OBJECTS: [&str; 29] = [
    "backed-up",
    "canary-steps",
    "copies",
    "cpu-now",
    "cpu-requested",
    "current",
    "days-since-rollout",
    "desired",
    "devices",
    "evictions",
    "expected",
    "healthy",
    "hosts",
    "left-minimum",
    "memory-gib-now",
    "memory-gib-requested",
    "meshed",
    "pods-at-once",
    "preempted",
    "preemptions",
    "public-addresses",
    "ran",
    "reached-zero",
    "ready",
    "regions",
    "restarts",
    "scaled",
    "watched-days",
    "zones",
];

/// The facts of a cluster's `seen`.
pub(super) const FACTS_OF_CLUSTERS: [&str; 13] = [
    "accelerator-nodes",
    "cpu-allocatable",
    "cpu-now",
    "cpu-requested",
    "memory-gib-allocatable",
    "memory-gib-now",
    "memory-gib-requested",
    "network-plugin",
    "node-zones",
    "nodes",
    "nodes-varied",
    "platform-cpu-requested",
    "platform-memory-gib-requested",
];

fn hold(value: &Value, part: &Part, path: &mut Vec<Step>) -> Result<(), Foreign> {
    let wrong = |path: &[Step], what: &str| Foreign::new(path.to_vec(), what.to_owned());
    let is_safe =
        |value: &Value| value.as_str().is_some_and(|text| !text.chars().any(crate::text::sanitize::is_unsafe));
    match part {
        Part::Text if is_safe(value) => Ok(()),
        Part::Text => Err(wrong(path, "a text is expected")),
        Part::Number if value.as_f64().is_some_and(|number| number >= 0.0) => Ok(()),
        Part::Number => Err(wrong(path, "a number that is not negative is expected")),
        Part::Flag if value.is_boolean() => Ok(()),
        Part::Flag => Err(wrong(path, "true or false is expected")),
        Part::Texts if value.as_array().is_some_and(|items| items.iter().all(is_safe)) => Ok(()),
        Part::Texts => Err(wrong(path, "a list of texts is expected")),
        Part::Map(_) | Part::Resources(_) | Part::Facts => {
            let object = value.as_object().ok_or_else(|| wrong(path, "a mapping is expected"))?;
            for (key, value) in object {
                let below = match part {
                    Part::Map(fields) => fields.iter().find(|(field, _)| field == key).map(|(_, part)| part),
                    Part::Resources(below) => words::is_key(key).then_some(*below),
                    _ if key == "network-plugin" => Some(&Part::Text),
                    _ if !FACTS_OF_CLUSTERS.contains(&key.as_str()) => None,
                    _ if value.is_boolean() => Some(&Part::Flag),
                    _ => Some(&Part::Number),
                };
                let below = below.ok_or_else(|| Foreign::key(path, key))?;
                path.push(Step::Key(key.clone()));
                hold(value, below, path)?;
                path.pop();
            }
            Ok(())
        }
        Part::Items(below) => {
            let items = value.as_array().ok_or_else(|| wrong(path, "a list is expected"))?;
            for (number, item) in items.iter().enumerate() {
                path.push(Step::Item(number));
                hold(item, below, path)?;
                path.pop();
            }
            Ok(())
        }
    }
}

fn check_header(header: &Value) -> Result<ClusterContents, Foreign> {
    hold(header, &HEADER, &mut Vec::new())?;
    let text = |path: &str| header.pointer(path).and_then(Value::as_str).map(str::to_owned);
    let taken = text("/taken").unwrap_or_default();
    let key = |key: &str| vec![Step::Key(key.to_owned())];
    if Timestamp::parse(&taken).is_none() {
        return Err(Foreign::new(key("taken"), "the moment at which the snapshot was taken is missing".to_owned()));
    }
    let mut lists = Vec::new();
    for (resource, list) in header.get("lists").and_then(Value::as_object).into_iter().flatten() {
        let of = |field: &str| list.get(field);
        let number = |field: &str| of(field).and_then(Value::as_u64).unwrap_or(0);
        let outcome = of("outcome").and_then(Value::as_str).and_then(Outcome::parse).ok_or_else(|| {
            let path = vec![Step::Key("lists".to_owned()), Step::Key(resource.clone())];
            Foreign::new(path, "this is no outcome of a list".to_owned())
        })?;
        let namespaces = of("namespaces").and_then(Value::as_array).into_iter().flatten();
        lists.push(ListContents {
            resource: resource.clone(),
            outcome,
            objects: number("objects"),
            skipped: number("skipped"),
            reason: of("reason").and_then(Value::as_str).map(str::to_owned),
            namespaces: namespaces.filter_map(Value::as_str).map(str::to_owned).collect(),
        });
    }
    Ok(ClusterContents {
        name: text("/metadata/name").unwrap_or_default(),
        taken,
        tool: text("/tool").unwrap_or_default(),
        version: text("/version"),
        scope: scope_in_words(header.get("scope").unwrap_or(&Value::Null)),
        pseudonyms: header.get("pseudonyms").and_then(Value::as_bool) == Some(true),
        lists,
        ..ClusterContents::default()
    })
}

fn scope_in_words(scope: &Value) -> String {
    let text = |key: &str| scope.get(key).and_then(Value::as_str);
    let mut words = match scope.get("namespaces").and_then(Value::as_array) {
        None => "all namespaces".to_owned(),
        Some(namespaces) => {
            let names: Vec<&str> = namespaces.iter().filter_map(Value::as_str).collect();
            format!("{} {}", if names.len() == 1 { "namespace" } else { "namespaces" }, names.join(", "))
        }
    };
    if let Some(selector) = text("selector") {
        words.push_str(&format!(", workloads with {selector}"));
    }
    if let Some(object) = text("object") {
        words.push_str(&format!(", {object} alone"));
    }
    words
}

fn check_object(value: &Value, cluster: &mut ClusterContents, tables: &Tables) -> Result<(), Foreign> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let is_known = kinds::kind_of(group, kind).is_some_and(|kind| has_lines(kind.resource))
        || (group, kind) == ("apps", "ReplicaSet")
        || kinds::custom_kind(group, kind, tables).is_some();
    if !is_known {
        let message = format!("objects of the kind {} may not stand in a snapshot", shown(kind));
        return Err(Foreign::new(vec![Step::Key("kind".to_owned())], message));
    }
    let mut written = value.clone();
    if let Some(object) = written.as_object_mut()
        && let Some(seen) = object.shift_remove("seen")
    {
        check_seen(&seen)?;
    }
    let reading = Reading { api_version, group, kind, tables };
    let (_, allowed) = objects::prune(&written, reading)?;
    difference(&written, &allowed, &mut Vec::new())?;
    for (number, subject) in value.get("subjects").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let of = |key: &str| subject.get(key).and_then(Value::as_str).unwrap_or_default();
        if of("kind") != "ServiceAccount" && !people::is_replaced(of("name")) {
            let path = ["subjects", "name"].map(|key| Step::Key(key.to_owned()));
            let [subjects, name] = path;
            let message = "the name of a person or a group may not stand in a snapshot".to_owned();
            return Err(Foreign::new(vec![subjects, Step::Item(number), name], message));
        }
    }
    let keys = |path: &str| {
        let map = value.pointer(path).and_then(Value::as_object);
        map.into_iter().flat_map(|map| map.keys().cloned()).collect::<BTreeSet<String>>()
    };
    *cluster.kinds.entry(kind.to_owned()).or_default() += 1;
    cluster.labels.extend(keys("/metadata/labels"));
    cluster.annotations.extend(keys("/metadata/annotations"));
    Ok(())
}

/// Whether objects of a resource get lines of their own; the others are only counted.
fn has_lines(resource: &str) -> bool {
    !matches!(resource, "events" | "nodes" | "nodes.metrics.k8s.io" | "pods.metrics.k8s.io")
}

fn check_seen(seen: &Value) -> Result<(), Foreign> {
    let path = vec![Step::Key("seen".to_owned())];
    let facts = seen.as_object().ok_or_else(|| Foreign::new(path.clone(), "a mapping is expected".to_owned()))?;
    for (fact, value) in facts {
        let is_value = value.is_boolean() || value.as_f64().is_some_and(|number| number >= 0.0);
        if !FACTS_OF_OBJECTS.contains(&fact.as_str()) || !is_value {
            return Err(Foreign::key(&path, fact));
        }
    }
    Ok(())
}

/// The first place at which something stands that the allow-list leaves out.
fn difference(written: &Value, allowed: &Value, path: &mut Vec<Step>) -> Result<(), Foreign> {
    match (written, allowed) {
        (Value::Object(written), Value::Object(allowed)) => {
            for (key, value) in written {
                let Some(allowed) = allowed.get(key) else {
                    // What says nothing is left out; it harms nobody.
                    let is_empty = value.is_null()
                        || value.as_object().is_some_and(serde_json::Map::is_empty)
                        || value.as_array().is_some_and(Vec::is_empty);
                    if is_empty {
                        continue;
                    }
                    // Of annotations the one that may not be there is named.
                    let inner = value.as_object().filter(|_| key == "annotations").and_then(|map| map.keys().next());
                    return Err(match inner {
                        Some(inner) => Foreign::key(&[path.as_slice(), &[Step::Key(key.clone())]].concat(), inner),
                        None => Foreign::key(path, key),
                    });
                };
                path.push(Step::Key(key.clone()));
                difference(value, allowed, path)?;
                path.pop();
            }
            Ok(())
        }
        (Value::Array(written), Value::Array(allowed)) if written.len() == allowed.len() => {
            for (number, (written, allowed)) in written.iter().zip(allowed).enumerate() {
                path.push(Step::Item(number));
                difference(written, allowed, path)?;
                path.pop();
            }
            Ok(())
        }
        (written, allowed) if written == allowed => Ok(()),
        _ => {
            let key = path.iter().rev().find_map(|step| match step {
                Step::Key(key) => Some(shown(key)),
                Step::Item(_) => None,
            });
            let message = format!("this value of `{}` may not stand in a snapshot", key.unwrap_or_default());
            Err(Foreign::new(path.clone(), message))
        }
    }
}

/// The byte at which a path stands in a line of JSON: a key, or an item of a list. The line is known to be JSON.
fn locate(line: &str, path: &[Step]) -> Option<usize> {
    let mut at = 0;
    for (depth, step) in path.iter().enumerate() {
        let is_last = depth + 1 == path.len();
        at = skip_space(line, at) + 1;
        let mut number = 0;
        loop {
            at = skip_space(line, at);
            let start = at;
            match step {
                Step::Item(item) => {
                    if number == *item {
                        if is_last {
                            return Some(start);
                        }
                        break;
                    }
                }
                Step::Key(key) => {
                    let end = end_of_value(line, at)?;
                    let found: String = serde_json::from_str(&line[start..end]).ok()?;
                    at = skip_space(line, skip_space(line, end) + 1);
                    if found == *key {
                        if is_last {
                            return Some(start);
                        }
                        break;
                    }
                }
            }
            at = skip_space(line, end_of_value(line, at)?);
            if line.as_bytes().get(at) != Some(&b',') {
                return None;
            }
            at += 1;
            number += 1;
        }
    }
    Some(at)
}

fn skip_space(line: &str, at: usize) -> usize {
    let rest = line.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

fn end_of_value(line: &str, at: usize) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(line.get(at..)?).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(at + values.byte_offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_items_are_found_in_a_line() {
        let line = r#"{"a": 1, "b\"": [ {"c":2}, {"d" : [3, 4.5,"x"]}], "e": true}"#;
        let key = |key: &str| Step::Key(key.to_owned());
        let at = |path: &[Step]| locate(line, path).map(|at| &line[at..]);
        assert_eq!(at(&[key("a")]), Some(&line[1..]));
        assert_eq!(at(&[key("b\"")]), Some(&line[9..]));
        let inside = [key("b\""), Step::Item(1), key("d"), Step::Item(2)];
        assert!(at(&inside).is_some_and(|rest| rest.starts_with("\"x\"]}]")));
        assert_eq!(at(&[key("missing")]), None);
    }

    #[test]
    fn facts_are_sorted_and_stand_once() {
        for facts in [&FACTS_OF_OBJECTS[..], &FACTS_OF_CLUSTERS[..]] {
            assert!(facts.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
