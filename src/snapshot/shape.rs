//! The allow-list as data: what of an object is kept, and in which form. The same shapes prune what the API server
//! answers and hold a snapshot to what may be in it, so that the two cannot differ.

use serde_json::{Map, Number, Value};

use super::itself::names_itself;
use super::words;
use crate::inventory::quantity::quantity;
use crate::tables::Tables;
use crate::text::sanitize::{is_unsafe, without_credentials};

/// What is kept of a value. Whatever a shape does not name is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// A text.
    Text,
    /// One of these words; any other text is dropped.
    Word(&'static [&'static str]),
    /// True or false.
    Flag,
    /// A whole number, not negative.
    Count,
    /// A whole number, not negative, or a share such as `25%`.
    Amount,
    /// A size such as `500m` or `2Gi`.
    Size,
    /// Only that it is there: a mapping or a list becomes an empty one.
    Presence,
    /// Only that a text is there, which may name a host: it becomes `redacted`.
    Hidden,
    /// A mapping with these fields, kept in this order.
    Fields(&'static [(&'static str, Self)]),
    /// A list.
    List(&'static Self),
    /// Labels, or a selector that is a plain mapping of labels.
    Labels,
    /// Those annotations that are allowed.
    Annotations,
    /// Labels of hosts; the name of a host becomes `redacted`.
    HostLabels,
    /// A requirement on hosts, whose values are `redacted` where they are names of hosts.
    HostRequirement,
    /// Amounts of vCPU, memory and accelerators.
    Resources,
    /// An image, without credentials.
    Image,
    /// A container: its fields, and whether its commands refer to the pod itself.
    Container,
    /// Of init containers those that go on running.
    Sidecars,
    /// The controller among the owners.
    Owners,
    /// Subjects of a binding.
    Subjects,
    /// The specification of a custom resource.
    Custom,
}

/// Why an object could not be taken: where something is not what the API says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrongType {
    /// The path of keys, which are names of the API or numbers of items.
    pub(super) path: Vec<Step>,
    /// What is wrong.
    pub(super) what: &'static str,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A key.
    Key(String),
    /// The number of an item.
    Item(usize),
}

impl WrongType {
    pub(super) fn new(what: &'static str) -> Self {
        Self { path: Vec::new(), what }
    }

    /// The same below a key.
    pub(super) fn below_key(self, key: &str) -> Self {
        self.below(Step::Key(key.to_owned()))
    }

    fn below(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }
}

/// The longest text that is kept; names and labels stay far below it.
const LONGEST_TEXT: usize = 1024;

/// What pruning knows beside the value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pruning<'a> {
    /// The tables.
    pub(super) tables: &'a Tables,
    /// The object's own name and that of its service, for commands that refer to it.
    pub(super) own_names: &'a [&'a str],
    /// The group and kind of a custom resource.
    pub(super) custom: (&'a str, &'a str),
}

type Pruned = Result<Option<Value>, WrongType>;

impl Pruning<'_> {
    /// What is kept of a value; none where nothing is.
    pub(super) fn prune(&self, value: &Value, shape: Shape) -> Pruned {
        if value.is_null() {
            return Ok(None);
        }
        match shape {
            Shape::Text => safe_text(value).map(|text| Some(Value::from(text))),
            Shape::Word(words) => {
                let text = value.as_str().ok_or(WrongType::new("a text is expected"))?;
                Ok(words.contains(&text).then(|| Value::from(text)))
            }
            Shape::Flag => Ok(Some(Value::from(value.as_bool().ok_or(WrongType::new("true or false is expected"))?))),
            Shape::Count => count(value).map(Some),
            Shape::Amount => match value {
                Value::String(text) => {
                    let share = text.strip_suffix('%').unwrap_or(text);
                    let is_amount = !share.is_empty() && share.len() < 10 && share.bytes().all(|b| b.is_ascii_digit());
                    if is_amount { Ok(Some(value.clone())) } else { Err(WrongType::new("an amount is expected")) }
                }
                _ => count(value).map(Some),
            },
            Shape::Size => Ok(size(value)),
            Shape::Presence => Ok(Some(match value {
                Value::Object(_) => Value::Object(Map::new()),
                Value::Array(items) if items.is_empty() => return Ok(None),
                Value::Array(_) => Value::Array(vec![Value::Object(Map::new())]),
                _ => return Err(WrongType::new("a mapping or a list is expected")),
            })),
            Shape::Hidden => {
                let text = value.as_str().ok_or(WrongType::new("a text is expected"))?;
                Ok((!text.is_empty()).then(|| Value::from(words::REDACTED)))
            }
            Shape::Fields(fields) => self.fields(value, fields),
            Shape::List(item) => self.list(value, |value| self.prune(value, *item)),
            Shape::Labels => mapping(value, |key, text| {
                if key.chars().any(is_unsafe) { None } else { Some(words::label(key, text).into_owned()) }
            }),
            Shape::Annotations => mapping(value, words::annotation),
            Shape::HostLabels => mapping(value, |key, text| {
                let names_a_host = words::NAMES_OF_HOSTS.contains(&key);
                Some(if names_a_host { words::REDACTED.to_owned() } else { words::label(key, text).into_owned() })
            }),
            Shape::HostRequirement => self.host_requirement(value),
            Shape::Resources => self.resources(value),
            Shape::Image => {
                let text = safe_text(value)?;
                Ok(Some(Value::from(image(text))))
            }
            Shape::Container => self.container(value),
            Shape::Sidecars => {
                let is_sidecar = |item: &Value| item.get("restartPolicy").and_then(Value::as_str) == Some("Always");
                self.list(value, |item| if is_sidecar(item) { self.container(item) } else { Ok(None) })
            }
            Shape::Owners => {
                let is_controller = |item: &Value| item.get("controller").and_then(Value::as_bool) == Some(true);
                const OWNER: &[(&str, Shape)] =
                    &[("kind", Shape::Text), ("name", Shape::Text), ("controller", Shape::Flag)];
                self.list(value, |item| if is_controller(item) { self.fields(item, OWNER) } else { Ok(None) })
            }
            Shape::Subjects => {
                const SUBJECT: &[(&str, Shape)] =
                    &[("kind", Shape::Text), ("name", Shape::Text), ("namespace", Shape::Text)];
                self.list(value, |item| self.fields(item, SUBJECT))
            }
            Shape::Custom => Ok(super::custom::prune(value, self)),
        }
    }

    fn fields(&self, value: &Value, fields: &[(&str, Shape)]) -> Pruned {
        let object = value.as_object().ok_or(WrongType::new("a mapping is expected"))?;
        let mut kept = Map::new();
        for (key, shape) in fields {
            let Some(value) = object.get(*key) else { continue };
            let pruned = self.prune(value, *shape).map_err(|wrong| wrong.below(Step::Key((*key).to_owned())))?;
            kept.extend(pruned.map(|pruned| ((*key).to_owned(), pruned)));
        }
        Ok(Some(Value::Object(kept)))
    }

    fn list(&self, value: &Value, item: impl Fn(&Value) -> Pruned) -> Pruned {
        let items = value.as_array().ok_or(WrongType::new("a list is expected"))?;
        let mut kept = Vec::new();
        for (number, value) in items.iter().enumerate() {
            kept.extend(item(value).map_err(|wrong| wrong.below(Step::Item(number)))?);
        }
        Ok((!kept.is_empty() || items.is_empty()).then_some(Value::Array(kept)))
    }

    fn host_requirement(&self, value: &Value) -> Pruned {
        const REQUIREMENT: &[(&str, Shape)] =
            &[("key", Shape::Text), ("operator", Shape::Text), ("values", Shape::List(&Shape::Text))];
        let mut pruned = self.fields(value, REQUIREMENT)?;
        if let Some(Value::Object(requirement)) = &mut pruned
            && requirement.get("key").and_then(Value::as_str).is_some_and(|key| words::NAMES_OF_HOSTS.contains(&key))
            && let Some(Value::Array(values)) = requirement.get_mut("values")
        {
            // How many there are says whether one host is meant.
            values.iter_mut().for_each(|value| *value = Value::from(words::REDACTED));
        }
        Ok(pruned)
    }

    fn resources(&self, value: &Value) -> Pruned {
        let object = value.as_object().ok_or(WrongType::new("a mapping is expected"))?;
        let mut amounts: Vec<(String, Value)> = object
            .iter()
            .filter(|(key, _)| matches!(key.as_str(), "cpu" | "memory") || self.tables.is_accelerator(key))
            .filter(|(key, _)| words::is_key(key))
            .filter_map(|(key, value)| Some((key.clone(), size(value)?)))
            .collect();
        amounts.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(Some(Value::Object(amounts.into_iter().collect())))
    }

    fn container(&self, value: &Value) -> Pruned {
        let mut pruned = self.fields(value, super::shapes::CONTAINER)?;
        if let Some(Value::Object(container)) = &mut pruned
            && !container.contains_key("seen")
            && names_itself(value, self.own_names)
        {
            container.insert("seen".to_owned(), serde_json::json!({"names-itself": true}));
        }
        Ok(pruned)
    }
}

/// A text without anything that could act on a terminal.
fn safe_text(value: &Value) -> Result<&str, WrongType> {
    let text = value.as_str().ok_or(WrongType::new("a text is expected"))?;
    if text.len() > LONGEST_TEXT {
        return Err(WrongType::new("a text is longer than any that is expected here"));
    }
    if text.chars().any(is_unsafe) {
        return Err(WrongType::new("a text holds control characters"));
    }
    Ok(text)
}

fn count(value: &Value) -> Result<Value, WrongType> {
    match value.as_u64() {
        Some(number) => Ok(Value::Number(Number::from(number))),
        None => Err(WrongType::new("a whole number that is not negative is expected")),
    }
}

/// An image reference without user information, as in `user:password@registry/name:tag`; an `@` with a digest behind it
/// stays.
pub(super) fn image(text: &str) -> String {
    let text = without_credentials(text);
    let is_digest = |part: &str| {
        let is_hexadecimal = |hash: &str| !hash.is_empty() && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        part.split_once(':').is_some_and(|(kind, hash)| kind.starts_with("sha") && is_hexadecimal(hash))
    };
    let (repository, digest) = match text.rsplit_once('@').filter(|(_, digest)| is_digest(digest)) {
        Some((repository, digest)) => (repository, Some(digest)),
        None => (&*text, None),
    };
    // A password may hold a slash, so that everything before the last `@` goes where there is a colon before it.
    let repository = match repository.rsplit_once('@') {
        Some((user, rest)) if user.contains(':') || !user.contains('/') => rest,
        _ => repository,
    };
    match digest {
        Some(digest) => format!("{repository}@{digest}"),
        None => repository.to_owned(),
    }
}

/// A size as it is written, if it is one.
fn size(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => quantity(text).map(|_| value.clone()),
        Value::Number(number) => {
            number.as_f64().filter(|number| number.is_finite() && *number >= 0.0).map(|_| value.clone())
        }
        _ => None,
    }
}

/// A mapping of texts, sorted by key; each pair goes through a function that may change or drop it.
fn mapping(value: &Value, keep: impl Fn(&str, &str) -> Option<String>) -> Pruned {
    let object = value.as_object().ok_or(WrongType::new("a mapping is expected"))?;
    let mut kept: Vec<(String, Value)> = Vec::new();
    for (key, value) in object {
        // The server takes nothing but texts here; a hand-written manifest may hold numbers.
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => continue,
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Array(_) | Value::Object(_) => return Err(WrongType::new("a mapping of texts is expected")),
        };
        if text.chars().any(is_unsafe) {
            // Annotations that are not kept may hold anything.
            if keep(key, "").is_some() {
                return Err(WrongType::new("a text holds control characters"));
            }
            continue;
        }
        kept.extend(keep(key, &text).map(|text| (key.clone(), Value::from(text))));
    }
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Some(Value::Object(kept.into_iter().collect())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prune(text: &str, shape: Shape) -> Result<Option<String>, &'static str> {
        let tables = Tables::built_in().expect("the tables");
        let pruning = Pruning { tables: &tables, own_names: &["db"], custom: ("", "") };
        let value: Value = serde_json::from_str(text).expect("JSON");
        let pruned = pruning.prune(&value, shape).map_err(|wrong| wrong.what)?;
        if let Some(pruned) = &pruned {
            assert_eq!(pruning.prune(pruned, shape), Ok(Some(pruned.clone())), "pruning is at its end after one step");
        }
        Ok(pruned.map(|value| value.to_string()))
    }

    fn kept(text: &str, shape: Shape) -> String {
        prune(text, shape).expect("the right type").unwrap_or_default()
    }

    #[test]
    fn fields_stand_in_the_order_of_the_shape() {
        const SHAPE: Shape = Shape::Fields(&[("a", Shape::Count), ("b", Shape::Text)]);
        assert_eq!(kept(r#"{"c":1,"b":"x","a":2}"#, SHAPE), r#"{"a":2,"b":"x"}"#);
        assert_eq!(prune(r#"{"a":-1}"#, SHAPE), Err("a whole number that is not negative is expected"));
        assert_eq!(prune(r#"{"b":"\u001b[31m"}"#, SHAPE), Err("a text holds control characters"));
        assert_eq!(prune("[]", SHAPE), Err("a mapping is expected"));
    }

    #[test]
    fn images_lose_credentials_and_keep_digests() {
        assert_eq!(image("registry:5000/a/b:1@sha256:00"), "registry:5000/a/b:1@sha256:00");
        assert_eq!(image("https://me:pw@registry/a:1"), "registry/a:1");
        assert_eq!(image("me:pw@registry/a:1"), "registry/a:1");
        assert_eq!(image("me:pw@registry/a@sha256:00"), "registry/a@sha256:00");
        assert_eq!(image("me:p/w@registry/a:1"), "registry/a:1");
        assert_eq!(image("example.com/a-@NUMBER@:1"), "example.com/a-@NUMBER@:1");
    }

    #[test]
    fn commands_and_variables_leave_a_mark_alone() {
        let container = r#"{"name":"db","image":"postgres","command":["run","--peer=db-0.db"],"env":[{"name":"P","value":"hunter2"}]}"#;
        assert_eq!(kept(container, Shape::Container), r#"{"image":"postgres","seen":{"names-itself":true}}"#);
        let plain = r#"{"image":"web","env":[{"name":"P","value":"hunter2"}],"resources":{"requests":{"memory":"1Gi","cpu":1,"x":"y"}}}"#;
        assert_eq!(
            kept(plain, Shape::Container),
            r#"{"image":"web","resources":{"requests":{"cpu":1,"memory":"1Gi"}}}"#
        );
    }

    #[test]
    fn names_of_hosts_are_hidden() {
        assert_eq!(
            kept(r#"{"kubernetes.io/hostname":"worker-1","disk":"ssd"}"#, Shape::HostLabels),
            r#"{"disk":"ssd","kubernetes.io/hostname":"redacted"}"#
        );
        assert_eq!(
            kept(r#"{"key":"metadata.name","operator":"In","values":["worker-1"]}"#, Shape::HostRequirement),
            r#"{"key":"metadata.name","operator":"In","values":["redacted"]}"#
        );
    }

    #[test]
    fn annotations_are_those_of_the_list() {
        let annotations = r#"{"kubectl.kubernetes.io/last-applied-configuration":"{\"a\":\"\u001b\"}","linkerd.io/inject":"enabled","nginx.ingress.kubernetes.io/affinity":"cookie","kompose.cmd":"kompose convert"}"#;
        assert_eq!(
            kept(annotations, Shape::Annotations),
            r#"{"kompose.cmd":"","linkerd.io/inject":"enabled","nginx.ingress.kubernetes.io/affinity":"cookie"}"#
        );
    }
}
