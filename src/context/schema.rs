//! The published JSON Schema of context files, made from the table of keys.

use serde_json::{Map, Value, json};

use super::keys::{Form, HOST_FIELDS, HOST_SIZES, KEYS};

/// The JSON Schema of a context file, as a text that ends with a line break.
#[must_use]
pub fn schema() -> String {
    let mut properties = statements();
    let about_one: Value =
        json!({"type": ["object", "null"], "properties": properties.clone(), "additionalProperties": false});
    properties.insert(
        "systems".to_owned(),
        json!({
            "description": "statements about single systems, by their name, over those above",
            "type": ["object", "null"],
            "additionalProperties": about_one,
        }),
    );
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kubeworthy context",
        "description": "What the owner states and no file can say.",
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": false,
    });
    format!("{whole:#}\n")
}

fn statements() -> Map<String, Value> {
    let mut properties = Map::new();
    for key in KEYS {
        properties.insert(key.name.to_owned(), statement(key.meaning, of_form(key.form)));
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
    properties
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
