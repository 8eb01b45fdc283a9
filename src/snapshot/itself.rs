//! Whether the commands and variables of a container refer to the pod itself: what members of a quorum need. Only the
//! answer leaves this place.

use serde_json::Value;

use crate::inventory::refers_to_itself;

/// Whether a command, an argument or a variable of a container refers to the pod itself.
pub(super) fn names_itself(container: &Value, own_names: &[&str]) -> bool {
    let refers = |value: &Value| {
        // Numbers may stand in hand-written manifests.
        let text = if let Value::String(text) = value { text.clone() } else { value.to_string() };
        refers_to_itself(&text, own_names)
    };
    let mut commands = ["command", "args"].iter().filter_map(|key| container.get(key)?.as_array()).flatten();
    let mut environment = container.get("env").and_then(Value::as_array).into_iter().flatten();
    commands.any(refers)
        || environment.any(|entry| {
            let from_name = entry.pointer("/valueFrom/fieldRef/fieldPath").and_then(Value::as_str);
            from_name == Some("metadata.name") || entry.get("value").is_some_and(refers)
        })
}
