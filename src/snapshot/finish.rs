//! The text of a cluster: a header, then one line per object, sorted.

use serde_json::{Map, Value};

use super::live::{Live, Seen};
use super::pseudonym::PseudonymKey;
use super::recorder::Recorder;
use super::{API_VERSION, KIND};

/// The text of everything that was recorded.
pub(super) fn text(mut recorder: Recorder, pseudonyms: Option<&PseudonymKey>) -> String {
    let mut live = Live::new(&mut recorder);
    let header = header(&recorder, &live, pseudonyms.is_some());
    let mut text = String::new();
    push(&mut text, &header);
    for (key, kept) in std::mem::take(&mut live.objects) {
        let Ok(Value::Object(mut object)) = serde_json::from_str::<Value>(&kept.text) else { continue };
        if let Some(seen) = live.seen.remove(&key) {
            object.insert("seen".to_owned(), to_json(seen));
        }
        push(&mut text, &Value::Object(object));
    }
    text
}

fn push(text: &mut String, value: &Value) {
    text.push_str(&value.to_string());
    text.push('\n');
}

fn to_json(seen: Seen) -> Value {
    Value::Object(seen.into_iter().map(|(fact, value)| (fact.to_owned(), value)).collect())
}

fn header(recorder: &Recorder, live: &Live, pseudonyms: bool) -> Value {
    let mut header = Map::new();
    let mut put = |key: &str, value: Value| header.insert(key.to_owned(), value);
    put("apiVersion", Value::from(API_VERSION));
    put("kind", Value::from(KIND));
    put("metadata", serde_json::json!({"name": recorder.cluster}));
    put("taken", Value::from(recorder.taken.to_string()));
    put("tool", Value::from(concat!("kubeworthy ", env!("CARGO_PKG_VERSION"))));
    put("scope", recorder.scope.to_json());
    if pseudonyms {
        put("pseudonyms", Value::from(true));
    }
    if let Some(version) = &recorder.version {
        put("version", Value::from(version.as_str()));
    }
    let lists = recorder.records().into_iter().map(|(resource, record)| (resource.to_owned(), record.to_json()));
    put("lists", Value::Object(lists.collect()));
    if live.nodes.len() > 0 {
        put("nodes", Value::Array(live.nodes.groups()));
    }
    put("seen", to_json(live.cluster.clone()));
    Value::Object(header)
}
