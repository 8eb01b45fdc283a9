//! The published JSON Schema of configuration files, with descriptions and examples for editors.

use serde_json::{Value, json};

use super::profile::profile_names;
use crate::context;
use crate::naming::{self, Names};

/// The JSON Schema of a configuration file, as a text that ends with a line break.
#[must_use]
pub fn schema() -> String {
    let names = Names::built_in();
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
    properties.insert("gate".to_owned(), gate(&names));
    properties.insert(
        "ignore".to_owned(),
        json!({
            "description": "rules that do not count, each with its reason",
            "type": ["array", "null"],
            "items": suppression(&names),
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

/// What the codes of rules and families by their numbers look like; people's own rules have codes of their own.
const CODES: &str = r"^[A-Za-z]{2,}([0-9]{3}|[0-9]{1,2}|[0-9]{0,3}\*|[0-9][xX]{2}|[0-9]{2}[xX])$";

/// A rule or a family of rules, by a code or one of the words.
fn named(words: &std::collections::BTreeSet<String>) -> Value {
    json!({"anyOf": [{"enum": words}, {"type": "string", "pattern": CODES}]})
}

fn gate(names: &Names) -> Value {
    let words: Vec<&str> = naming::causes().collect();
    let cause = json!({
        "description": "the code of a rule, a family of rules, or one of the words",
        "anyOf": [{"enum": words}, named(&names.that_fail())],
        "examples": words,
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

fn suppression(names: &Names) -> Value {
    let list_of = |description: &str, example: &str, word: Value| {
        json!({
            "description": description,
            "anyOf": [word, {"type": "array", "items": word, "minItems": 1}],
            "examples": [[example]],
        })
    };
    let word = || json!({"type": "string", "minLength": 1});
    let rules = "codes of rules, families as in KW2xx or scale, or all";
    json!({
        "type": "object",
        "properties": {
            "rules": list_of(rules, "KW203", named(&names.that_are_ignored())),
            "paths": list_of("globs of files, relative to this file; without them all files", "legacy/**", word()),
            "systems": list_of("names or ids of systems; without them all systems", "shop", word()),
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
