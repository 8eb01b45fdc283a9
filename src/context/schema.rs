//! Statements in the published JSON Schema of configuration files, made from the table of keys.

use serde_json::{Map, Value, json};

use super::keys::{Form, HOST_FIELDS, HOST_SIZES, KEYS, Key};

/// The properties of statements, by key, as JSON Schema has them; with `systems` where they may stand at the top.
#[must_use]
pub fn statements(is_top: bool) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in KEYS {
        properties.insert(key.name.to_owned(), of_key(key));
    }
    properties.insert(
        "needs".to_owned(),
        json!({
            "description": "what is needed outright, by capability: true proves it, false makes claims on it declared",
            "type": ["object", "null"],
            "additionalProperties": statement("whether it is needed", json!({"type": "boolean"})),
        }),
    );
    let mut sizes = Map::new();
    for (field, least, most) in HOST_FIELDS {
        let size = json!({"type": "number", "minimum": least, "maximum": most});
        sizes.insert(field.to_owned(), statement("a size of one host", size));
    }
    let host = json!({"type": "object", "properties": sizes, "additionalProperties": false});
    let hosts: Map<String, Value> = HOST_SIZES.iter().map(|size| ((*size).to_owned(), host.clone())).collect();
    properties.insert(
        "hosts".to_owned(),
        json!({
            "description": "the hosts of the ladder of scale",
            "type": ["object", "null"],
            "properties": hosts,
            "additionalProperties": false,
        }),
    );
    if is_top {
        properties.insert(
            "systems".to_owned(),
            json!({
                "description": "statements about single systems, by the names that reports give them, over those above",
                "type": ["object", "null"],
                "additionalProperties": {
                    "type": ["object", "null"],
                    "properties": statements(false),
                    "additionalProperties": false,
                },
                "examples": [{"shop": {"availability-target": 99.95}}],
            }),
        );
    }
    properties
}

/// A key with its example, which editors offer.
fn of_key(key: &Key) -> Value {
    let mut value = statement(key.meaning, of_form(key.form));
    let example = match key.example {
        word @ ("true" | "false") => json!(word == "true"),
        list if list.starts_with('[') => json!([list.trim_matches(['[', ']'])]),
        other => {
            other.parse::<f64>().map_or_else(|_| json!(other), |_| serde_json::from_str(other).unwrap_or(json!(other)))
        }
    };
    if let Some(map) = value.as_object_mut() {
        map.insert("examples".to_owned(), json!([example]));
    }
    value
}

/// A value by itself or with who states it.
fn statement(meaning: &str, value: Value) -> Value {
    json!({
        "description": meaning,
        "anyOf": [
            value,
            {
                "type": "object",
                "properties": {
                    "value": value,
                    "owner": {"type": "string", "description": "who states it"},
                    "date": {"type": "string", "format": "date", "description": "when it was stated"},
                    "source": {"type": "string", "description": "where it comes from"},
                },
                "required": ["value"],
                "additionalProperties": false,
            },
            {"type": "null"},
        ],
    })
}

fn of_form(form: Form) -> Value {
    match form {
        Form::Number { least, most } => json!({"type": "number", "minimum": least, "maximum": most}),
        Form::Count { least, most } => json!({"type": "integer", "minimum": least, "maximum": most}),
        Form::Duration => json!({"type": ["string", "integer"], "pattern": "^([0-9.]+[smhd]|0)$"}),
        Form::Word(words) => json!({"enum": words}),
        Form::Words(words) => {
            let item = if words.is_empty() { json!({"type": "string"}) } else { json!({"enum": words}) };
            json!({"anyOf": [item, {"type": "array", "items": item}]})
        }
        Form::Boolean => json!({"type": "boolean"}),
    }
}
