//! Short forms become long ones, so that everything behind reads one form.
//!
//! Source: Compose specification, "Services"; details as the reference loader has them.

use super::merge::as_mapping;
use super::ports;
use super::value::{Data, Value};

/// Writes out the short forms of a service.
pub(super) fn canonicalize(service: &mut Value) {
    for (name, value) in service.entries_mut() {
        let taken = std::mem::replace(value, Value::new(value.place, Data::Null));
        *value = canonical(name, taken);
    }
}

fn canonical(name: &str, value: Value) -> Value {
    match name {
        "ports" => each(value, ports::canonical),
        "volumes" => each(value, volume),
        "devices" => each(value, device),
        "secrets" | "configs" => each(value, |item| named(item, "source")),
        "env_file" => each(listed(value), |item| named(item, "path")),
        "label_file" | "dns" => listed(value),
        "depends_on" => dependencies(value),
        "networks" | "models" => as_mapping(value),
        "build" => named(value, "context"),
        "gpus" if value.text().is_some() => {
            let all = Value::map(value.place, vec![("count", Value::string(value.place, "all"))]);
            Value::new(value.place, Data::List(vec![all]))
        }
        _ => value,
    }
}

fn each(value: Value, change: impl Fn(Value) -> Value) -> Value {
    match value.data {
        Data::List(items) => Value::new(value.place, Data::List(items.into_iter().map(change).collect())),
        data => Value::new(value.place, data),
    }
}

fn listed(value: Value) -> Value {
    match value.data {
        Data::Scalar(_) => Value::new(value.place, Data::List(vec![value])),
        _ => value,
    }
}

/// A text as a mapping with that text under a key.
fn named(value: Value, key: &str) -> Value {
    match value.data {
        Data::Scalar(_) => Value::map(value.place, vec![(key, value)]),
        _ => value,
    }
}

/// What a service depends on: by name, each with its condition.
pub(super) fn dependencies(value: Value) -> Value {
    let mut value = as_mapping(value);
    for (_, dependency) in value.entries_mut() {
        let place = dependency.place;
        if !dependency.is_map() {
            *dependency = Value::new(place, Data::Map(Vec::new()));
        }
        if dependency.get("condition").is_none() {
            dependency.set("condition", Value::string(place, "service_started"));
        }
        if dependency.get("required").is_none() {
            dependency.set("required", Value::plain(place, "true"));
        }
    }
    value
}

/// `[source:]target[:options]`; a drive letter of Windows is part of a path.
fn volume(value: Value) -> Value {
    let place = value.place;
    let Some(text) = value.text().map(str::to_owned) else { return value };
    let (source, target, options) = volume_parts(&text);
    // An empty source comes from a variable without a value, which holds a path of the host.
    let is_bind = source.is_some_and(|source| source.is_empty() || is_file_path(source));
    let mut entries = vec![
        ("type", Value::string(place, if is_bind { "bind" } else { "volume" })),
        ("target", Value::string(place, clean(target))),
    ];
    if let Some(source) = source {
        let mut kept = value.clone();
        if let Data::Scalar(scalar) = &mut kept.data {
            scalar.text = source.to_owned();
        }
        entries.push(("source", kept));
    }
    for option in options.split(',') {
        match option {
            "ro" => entries.push(("read_only", Value::plain(place, "true"))),
            "nocopy" => {
                let nocopy = Value::map(place, vec![("nocopy", Value::plain(place, "true"))]);
                entries.push(("volume", nocopy));
            }
            _ => {}
        }
    }
    Value::map(place, entries)
}

/// The source, the target and the options of a mount in its short form.
fn volume_parts(text: &str) -> (Option<&str>, &str, &str) {
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text;
    while parts.len() < 2 {
        let is_drive = rest.as_bytes().get(1) == Some(&b':') && rest.starts_with(|c: char| c.is_ascii_alphabetic());
        let from = if is_drive && text.len() > 2 { 2 } else { 0 };
        match rest[from..].find(':') {
            Some(at) => {
                parts.push(&rest[..from + at]);
                rest = &rest[from + at + 1..];
            }
            None => break,
        }
    }
    match parts.as_slice() {
        [] => (None, rest, ""),
        [source] => (Some(source), rest, ""),
        [source, target, ..] => (Some(source), target, rest),
    }
}

/// Where a mount stands in the container.
pub(super) fn volume_target(mount: &Value) -> Option<String> {
    if mount.is_map() {
        return mount.get("target")?.text().map(str::to_owned);
    }
    Some(volume_parts(mount.text()?).1.to_owned())
}

/// Whether the source of a mount is a path and not the name of a volume.
fn is_file_path(source: &str) -> bool {
    let is_drive = source.as_bytes().get(1) == Some(&b':') && source.starts_with(|c: char| c.is_ascii_alphabetic());
    source.starts_with(['.', '/', '~']) || source.starts_with("\\\\") || is_drive
}

/// A path in its shortest form, as `/data` for `/data/` and `/a/../data`.
pub(super) fn clean(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (path.starts_with('/'), joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// `source[:target[:permissions]]`.
fn device(value: Value) -> Value {
    let place = value.place;
    let Some(text) = value.text().map(str::to_owned) else { return value };
    let mut parts = text.split(':');
    let source = parts.next().unwrap_or_default();
    let target = parts.next().filter(|target| !target.is_empty()).unwrap_or(source);
    Value::map(place, vec![("source", Value::string(place, source)), ("target", Value::string(place, target))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_split_as_docker_splits_them() {
        assert_eq!(volume_parts("/data"), (None, "/data", ""));
        assert_eq!(volume_parts("db:/data"), (Some("db"), "/data", ""));
        assert_eq!(volume_parts("./a:/b:ro,z"), (Some("./a"), "/b", "ro,z"));
        assert_eq!(volume_parts("C:\\x:/b:ro"), (Some("C:\\x"), "/b", "ro"));
        assert_eq!(volume_parts("C:\\x:D:\\b"), (Some("C:\\x"), "D:\\b", ""));
        assert_eq!(volume_parts(":/b"), (Some(""), "/b", ""));
        assert_eq!(clean("/a/./b/../c/"), "/a/c");
        assert_eq!(clean("a/.."), ".");
    }
}
