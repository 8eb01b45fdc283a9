//! The text of a cluster: a header, then one line per object, sorted.

use serde_json::{Map, Value};

use super::live::{Live, Seen};
use super::objects::ObjectKey;
use super::pseudonym::PseudonymKey;
use super::recorder::Recorder;
use super::rename::Renaming;
use super::words::REDACTED;
use super::{API_VERSION, KIND, people, surroundings};

/// The text of everything that was recorded.
pub(super) fn text(mut recorder: Recorder, pseudonyms: Option<&PseudonymKey>) -> String {
    let mut live = Live::new(&mut recorder);
    surroundings::narrow(&mut live.objects, &recorder.scope, &recorder.tables);
    people::replace(&mut live.objects);
    let renaming = pseudonyms.map(|key| Renaming { key, tables: &recorder.tables });
    let mut text = String::new();
    let mut renamed: Vec<(ObjectKey, String)> = Vec::new();
    for (key, kept) in std::mem::take(&mut live.objects) {
        let Ok(mut object) = serde_json::from_str::<Value>(&kept.text) else { continue };
        if let Some(renaming) = renaming {
            renaming.object(&mut object);
        }
        if let (Some(seen), Value::Object(object)) = (live.seen.remove(&key), &mut object) {
            object.insert("seen".to_owned(), to_json(seen));
        }
        if renaming.is_some() {
            // Lines stand in the order of the names that are written.
            let of = |field: &str| Box::from(object.pointer(field).and_then(Value::as_str).unwrap_or_default());
            let name = (of("/metadata/namespace"), of("/metadata/name"));
            renamed.push((ObjectKey { namespace: name.0, name: name.1, ..key }, object.to_string()));
        } else {
            push(&mut text, &object);
        }
    }
    renamed.sort();
    for (_, line) in renamed {
        text.push_str(&line);
        text.push('\n');
    }
    // The header tells how many lines follow, so that a text which ends early is noticed.
    let mut whole = String::new();
    push(&mut whole, &header(&recorder, &live, renaming, text.lines().count()));
    whole.push_str(&text);
    whole
}

fn push(text: &mut String, value: &Value) {
    text.push_str(&value.to_string());
    text.push('\n');
}

fn to_json(seen: Seen) -> Value {
    Value::Object(seen.into_iter().map(|(fact, value)| (fact.to_owned(), value)).collect())
}

fn header(recorder: &Recorder, live: &Live, renaming: Option<Renaming<'_>>, lines: usize) -> Value {
    let mut header = Map::new();
    let mut put = |key: &str, value: Value| header.insert(key.to_owned(), value);
    let cluster = renaming.map_or(recorder.cluster.clone(), |renaming| renaming.cluster(&recorder.cluster));
    put("apiVersion", Value::from(API_VERSION));
    put("kind", Value::from(KIND));
    put("metadata", serde_json::json!({"name": cluster}));
    put("taken", Value::from(recorder.taken.to_string()));
    put("tool", Value::from(concat!("kubeworthy ", env!("CARGO_PKG_VERSION"))));
    put("lines", Value::from(lines));
    let mut scope = recorder.scope.to_json();
    if let Some(renaming) = renaming {
        rename_scope(&mut scope, renaming);
    }
    put("scope", scope);
    if renaming.is_some() {
        put("pseudonyms", Value::from(true));
    }
    if let Some(version) = &recorder.version {
        put("version", Value::from(version.as_str()));
    }
    let mut lists = Map::new();
    for (resource, record) in recorder.records() {
        let mut record = record.to_json();
        if let (Some(renaming), Value::Object(record)) = (renaming, &mut record) {
            // A reason may name people and namespaces.
            record.shift_remove("reason");
            rename_namespaces(record, renaming);
        }
        lists.insert(resource.to_owned(), record);
    }
    put("lists", Value::Object(lists));
    if live.nodes.len() > 0 && recorder.is_complete("nodes") {
        put("nodes", Value::Array(live.nodes.groups()));
    }
    put("seen", to_json(live.cluster.clone()));
    Value::Object(header)
}

fn rename_scope(scope: &mut Value, renaming: Renaming<'_>) {
    let Value::Object(scope) = scope else { return };
    rename_namespaces(scope, renaming);
    if let Some(selector) = scope.get_mut("selector") {
        *selector = Value::from(REDACTED);
    }
    if let Some(Value::String(object)) = scope.get_mut("object")
        && let Some((kind, name)) = object.split_once('/')
    {
        *object = format!("{kind}/{}", renaming.name(name));
    }
}

fn rename_namespaces(map: &mut Map<String, Value>, renaming: Renaming<'_>) {
    let Some(Value::Array(namespaces)) = map.get_mut("namespaces") else { return };
    let mut renamed: Vec<String> =
        namespaces.iter().filter_map(Value::as_str).map(|namespace| renaming.namespace(namespace)).collect();
    renamed.sort();
    *namespaces = renamed.into_iter().map(Value::from).collect();
}
