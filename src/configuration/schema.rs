//! The published JSON Schema of configuration files, with descriptions and examples for editors.

use serde_json::{Value, json};

use super::layer::CAUSES;
use super::profile::profile_names;
use crate::context;

/// The JSON Schema of a configuration file, as a text that ends with a line break.
#[must_use]
pub fn schema() -> String {
    let mut properties = context::statements(true);
    properties.insert(
        "profile".to_owned(),
        json!({
            "description": "what is assumed under everything that is said here; `kubeworthy config show` tells what",
            "enum": profile_names().map(Value::from).chain([Value::Null]).collect::<Vec<_>>(),
            "examples": ["startup"],
        }),
    );
    let path = json!({"type": "string", "minLength": 1, "not": {"pattern": "://"}});
    properties.insert(
        "extends".to_owned(),
        json!({
            "description": "configuration files that lie under this one, relative to it; local paths alone",
            "anyOf": [path, {"type": "array", "items": path}, {"type": "null"}],
            "examples": ["../policy/kubeworthy.yaml"],
        }),
    );
    properties.insert("gate".to_owned(), gate());
    properties.insert(
        "ignore".to_owned(),
        json!({
            "description": "rules that do not count, each with its reason",
            "type": ["array", "null"],
            "items": suppression(),
        }),
    );
    properties.insert(
        "require-reason".to_owned(),
        json!({
            "description": "whether a suppression without a reason counts for nothing, which is the default",
            "type": ["boolean", "null"],
            "examples": [true],
        }),
    );
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kubeworthy configuration",
        "description": "What the owner states and no file can say, what makes the gate fail, and what is suppressed.",
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": false,
    });
    format!("{whole:#}\n")
}

fn gate() -> Value {
    let cause = json!({
        "type": "string",
        "description": "the code of a rule, a family of rules, or one of the words",
        "examples": CAUSES,
    });
    json!({
        "description": "what makes `kubeworthy check` fail",
        "type": ["object", "null"],
        "properties": {
            "need-at-least": {
                "description": "a system that runs on Kubernetes fails where its need is below this number",
                "type": ["number", "null"],
                "minimum": 0,
                "maximum": 100,
                "examples": [40],
            },
            "fail-on": {
                "description": "what fails: needless, regression, inconclusive, unused-ignore, codes and families of rules",
                "anyOf": [cause, {"type": "array", "items": cause}, {"type": "null"}],
                "examples": [["regression", "needless"]],
            },
            "baseline": {
                "description": "the baseline that everything is held against, relative to this file",
                "type": ["string", "null"],
                "examples": ["kubeworthy.baseline.json"],
            },
        },
        "additionalProperties": false,
    })
}

fn suppression() -> Value {
    let list_of = |description: &str, example: &str| {
        let word = json!({"type": "string", "minLength": 1});
        json!({
            "description": description,
            "anyOf": [word, {"type": "array", "items": word}],
            "examples": [[example]],
        })
    };
    json!({
        "type": "object",
        "properties": {
            "rules": list_of("codes of rules, families as in KW2xx or scale, or all", "KW203"),
            "paths": list_of("globs of files, relative to this file; without them all files", "legacy/**"),
            "systems": list_of("names or ids of systems; without them all systems", "shop"),
            "reason": {"description": "why", "type": "string", "examples": ["the chart is replaced in spring"]},
            "until": {
                "description": "the last day on which it counts",
                "type": "string",
                "format": "date",
                "examples": ["2027-03-01"],
            },
        },
        "required": ["rules"],
        "additionalProperties": false,
    })
}
