//! How Compose lays one file over another.
//!
//! Source: Compose specification, "Merge and override"; details as the reference loader has them.

use std::collections::{BTreeMap, BTreeSet};

use super::canonical::{self, volume_target};
use super::ports;
use super::value::{Data, Value};

/// Lays a value over another; `path` leads to both.
pub(super) fn merge(base: Value, over: Value, path: &mut Vec<String>) -> Value {
    match special(path) {
        Some(Special::Override) => return over,
        Some(Special::KeyValues) => return key_values(base, over),
        Some(Special::Sequence) => return joined(as_sequence(base), as_sequence(over)),
        Some(Special::Mapping) => return mappings(as_mapping(base), as_mapping(over), path),
        Some(Special::Dependencies) => {
            return mappings(canonical::dependencies(base), canonical::dependencies(over), path);
        }
        Some(Special::Build) => return mappings(as_build(base), as_build(over), path),
        Some(Special::Logging) if !same_driver(&base, &over) => return over,
        Some(Special::Limit) if !(base.is_map() && over.is_map()) => return over,
        _ => {}
    }
    if over.is_null() {
        return base;
    }
    match (&base.data, &over.data) {
        (Data::Map(_), Data::Map(_)) => mappings(base, over, path),
        (Data::List(_), Data::List(_)) => joined(base, over),
        _ => over,
    }
}

/// The rules that differ from the ordinary: mappings by key, lists joined, scalars replaced.
enum Special {
    /// Replaced as a whole.
    Override,
    /// `KEY=value` lists and mappings, by key.
    KeyValues,
    /// One value or a list of them, joined.
    Sequence,
    /// A list of names or a mapping, by name.
    Mapping,
    /// The same, where a name alone stands for the ordinary condition.
    Dependencies,
    Build,
    /// By key where both name the same driver.
    Logging,
    /// A number or a mapping.
    Limit,
}

fn special(path: &[String]) -> Option<Special> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let special = match path.as_slice() {
        ["services" | "jobs", _, rest @ ..] => match rest {
            ["command" | "entrypoint"] | ["healthcheck", "test"] => Special::Override,
            ["annotations" | "environment" | "labels" | "sysctls"]
            | ["build", "args" | "additional_contexts" | "labels"]
            | ["deploy", "labels"] => Special::KeyValues,
            ["dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "extra_hosts" | "tmpfs"]
            | ["build", "extra_hosts"] => Special::Sequence,
            ["models" | "networks"] => Special::Mapping,
            ["depends_on"] => Special::Dependencies,
            ["build"] => Special::Build,
            ["logging"] => Special::Logging,
            ["ulimits", _] => Special::Limit,
            _ => return None,
        },
        ["networks" | "volumes" | "secrets" | "configs", _, "labels"] => Special::KeyValues,
        _ => return None,
    };
    Some(special)
}

fn mappings(mut base: Value, over: Value, path: &mut Vec<String>) -> Value {
    if !base.is_map() {
        return over;
    }
    let Data::Map(more) = over.data else { return base };
    let Data::Map(entries) = &mut base.data else { return base };
    let index = Index::new(entries, more.len());
    for (key, value) in more {
        match index.position(entries, &key) {
            Some(position) => {
                let known = &mut entries[position].1;
                path.push(key);
                let taken = std::mem::replace(known, Value::new(known.place, Data::Null));
                *known = merge(taken, value, path);
                path.pop();
            }
            None => entries.push((key, value)),
        }
    }
    base
}

/// So many entries are looked through one by one rather than by an index.
const FEW: usize = 8;

/// Where the entries of a mapping stand: an index where much is laid over them, else nothing.
pub(super) struct Index(Option<BTreeMap<String, usize>>);

impl Index {
    /// An index of entries over which so many others are laid.
    pub(super) fn new(entries: &[(String, Value)], more: usize) -> Self {
        let positions = || entries.iter().enumerate().map(|(position, (key, _))| (key.clone(), position)).collect();
        Self((more > FEW).then(positions))
    }

    /// The position of a key among the entries. What was added to them since may be passed over.
    pub(super) fn position(&self, entries: &[(String, Value)], key: &str) -> Option<usize> {
        match &self.0 {
            Some(index) => index.get(key).copied(),
            None => entries.iter().position(|(name, _)| name == key),
        }
    }
}

/// Two lists after one another, what is there already left out.
fn joined(base: Value, over: Value) -> Value {
    let place = base.place;
    let Data::List(mut items) = base.data else { return over };
    let Data::List(more) = over.data else { return Value::new(place, Data::List(items)) };
    if items.len().max(more.len()) > FEW {
        let mut known: BTreeSet<String> = items.iter().map(Value::fingerprint).collect();
        items.extend(more.into_iter().filter(|item| known.insert(item.fingerprint())));
    } else {
        for item in more {
            if !items.iter().any(|known| known.same(&item)) {
                items.push(item);
            }
        }
    }
    Value::new(place, Data::List(items))
}

fn key_values(base: Value, over: Value) -> Value {
    let place = base.place;
    let mut items = match as_pairs(base).data {
        Data::List(items) => items,
        _ => Vec::new(),
    };
    if let Data::List(more) = as_pairs(over).data {
        items.extend(more);
    }
    let mut list = Value::new(place, Data::List(items));
    keep_last(&mut list, &|item| item.text().map(key_of_pair));
    list
}

fn key_of_pair(text: &str) -> String {
    text.split_once('=').map_or(text, |(key, _)| key).to_owned()
}

/// A mapping as `KEY=value` texts in order of the keys; anything else as it is.
fn as_pairs(value: Value) -> Value {
    let place = value.place;
    match value.data {
        Data::Map(entries) => {
            let mut pairs: Vec<Value> = entries
                .into_iter()
                .flat_map(|(key, value)| {
                    let place = value.place;
                    let texts: Vec<String> = match &value.data {
                        Data::List(items) => {
                            items.iter().filter_map(|item| Some(format!("{key}={}", item.text()?))).collect()
                        }
                        Data::Scalar(scalar) => vec![format!("{key}={}", scalar.text)],
                        _ => vec![key],
                    };
                    texts.into_iter().map(move |text| Value::string(place, text))
                })
                .collect();
            pairs.sort_by(|a, b| a.text().cmp(&b.text()));
            Value::new(place, Data::List(pairs))
        }
        Data::Scalar(scalar) => Value::string(place, scalar.text).into_list(),
        data => Value::new(place, data),
    }
}

fn as_sequence(value: Value) -> Value {
    match &value.data {
        Data::List(_) => value,
        Data::Map(_) => as_pairs(value),
        Data::Scalar(_) => value.into_list(),
        Data::Null => Value::new(value.place, Data::List(Vec::new())),
    }
}

impl Value {
    fn into_list(self) -> Self {
        Self::new(self.place, Data::List(vec![self]))
    }
}

/// A list of names as a mapping without values.
pub(super) fn as_mapping(value: Value) -> Value {
    let place = value.place;
    match value.data {
        Data::List(items) => {
            let names = items
                .into_iter()
                .filter_map(|item| Some((item.text()?.to_owned(), Value::new(item.place, Data::Null))));
            Value::new(place, Data::Map(names.collect()))
        }
        Data::Scalar(scalar) => Value::new(place, Data::Map(vec![(scalar.text, Value::new(place, Data::Null))])),
        Data::Null => Value::new(place, Data::Map(Vec::new())),
        data => Value::new(place, data),
    }
}

fn as_build(value: Value) -> Value {
    match &value.data {
        Data::Scalar(_) => Value::map(value.place, vec![("context", value)]),
        _ => value,
    }
}

fn same_driver(base: &Value, over: &Value) -> bool {
    match (base.get("driver"), over.get("driver")) {
        (Some(base), Some(over)) => base.same(over),
        _ => true,
    }
}

/// Keeps one entry per key in the lists of a service where Compose does: the last one, in the place of the first.
pub(super) fn enforce_unique(service: &mut Value) {
    for (name, value) in service.entries_mut() {
        match name.as_str() {
            "annotations" | "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "environment" | "labels"
            | "links" | "profiles" | "sysctls" | "tmpfs" | "expose" => {
                keep_last(value, &|item| item.text().map(key_of_pair));
            }
            "ports" => {
                // Short forms are told apart by their text; what is written out, by what it publishes.
                keep_last(value, &|item| item.text().map(str::to_owned));
                if let Data::List(items) = &mut value.data {
                    ports::keep_each_once(items);
                }
            }
            "volumes" => keep_last(value, &volume_target),
            "devices" => keep_last(value, &device_target),
            "secrets" => keep_last(value, &|item| file_target(item, "/run/secrets")),
            "configs" => keep_last(value, &|item| file_target(item, "")),
            "env_file" => keep_last(value, &|item| item.get("path").unwrap_or(item).text().map(str::to_owned)),
            _ => {}
        }
    }
}

/// Where a secret or a config stands in the container.
fn file_target(item: &Value, folder: &str) -> Option<String> {
    match item.get("target") {
        Some(target) => target.text().map(str::to_owned),
        None => item.get("source").unwrap_or(item).text().map(|source| format!("{folder}/{source}")),
    }
}

fn device_target(item: &Value) -> Option<String> {
    if item.is_map() {
        return item.get("target")?.text().map(str::to_owned);
    }
    let text = item.text()?;
    Some(text.split(':').nth(1).unwrap_or(text).to_owned())
}

fn keep_last(list: &mut Value, key: &dyn Fn(&Value) -> Option<String>) {
    let Data::List(items) = &mut list.data else { return };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        match key(&item) {
            Some(key) => match known.get(&key) {
                Some(at) => kept[*at] = item,
                None => {
                    known.insert(key, kept.len());
                    kept.push(item);
                }
            },
            None => kept.push(item),
        }
    }
    *items = kept;
}
