//! How much of a cluster is looked at: namespaces, a selector of labels, one object.

use std::fmt;

use serde_json::{Map, Value};

use super::kinds::{KINDS, Kind};

/// How much of a cluster is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The namespaces; none for all of them.
    pub namespaces: Option<Vec<String>>,
    /// Which workloads, by their labels.
    pub selector: Option<LabelSelector>,
    /// Which one workload.
    pub object: Option<ObjectName>,
}

impl Scope {
    /// Whether nothing of the cluster is left out.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.namespaces.is_none() && !self.chooses()
    }

    /// Whether some workloads are chosen among those of the namespaces.
    pub(super) fn chooses(&self) -> bool {
        self.selector.is_some() || self.object.is_some()
    }

    pub(super) fn to_json(&self) -> Value {
        let mut scope = Map::new();
        if let Some(namespaces) = &self.namespaces {
            let mut namespaces = namespaces.clone();
            namespaces.sort();
            namespaces.dedup();
            scope.insert("namespaces".to_owned(), Value::from(namespaces));
        }
        if let Some(selector) = &self.selector {
            scope.insert("selector".to_owned(), Value::from(selector.to_string()));
        }
        if let Some(object) = &self.object {
            scope.insert("object".to_owned(), Value::from(object.to_string()));
        }
        Value::Object(scope)
    }
}

/// One object: its kind and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectName {
    /// Its kind, such as `Deployment`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl ObjectName {
    /// Reads `TYPE/NAME` as kubectl's users write it: `deploy/web`, `deployments.apps/web`, `Deployment/web`. None where
    /// the type is none that runs something.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('/')?;
        let kind = workload_kind(kind)?;
        (!name.is_empty() && !name.contains('/')).then(|| Self { kind: kind.kind.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind, self.name)
    }
}

/// Short names of kinds that run something.
/// Source: `kubectl api-resources`; Knative and Argo Rollouts, their definitions.
const SHORT_NAMES: [(&str, &str); 9] = [
    ("deploy", "deployments.apps"),
    ("sts", "statefulsets.apps"),
    ("ds", "daemonsets.apps"),
    ("po", "pods"),
    ("cj", "cronjobs.batch"),
    ("rc", "replicationcontrollers"),
    ("ro", "rollouts.argoproj.io"),
    ("dc", "deploymentconfigs.apps.openshift.io"),
    ("ksvc", "services.serving.knative.dev"),
];

/// The kind that a user means: by its kind, its singular or plural name, with its group or without, or its short name.
#[must_use]
pub fn workload_kind(text: &str) -> Option<&'static Kind> {
    let text = text.to_ascii_lowercase();
    // kubectl also takes the version between the name and the group, and short names with a group.
    let text = match text.split('.').collect::<Vec<_>>().as_slice() {
        [name, version, group @ ..] if !group.is_empty() && is_version(version) => {
            format!("{name}.{}", group.join("."))
        }
        _ => text,
    };
    let text = match text.split_once('.') {
        Some((short, group)) => SHORT_NAMES
            .iter()
            .find(|(name, long)| *name == short && long.split_once('.').is_some_and(|(_, known)| known == group))
            .map_or(text.clone(), |(_, long)| (*long).to_owned()),
        None => text,
    };
    let long = SHORT_NAMES.iter().find(|(short, _)| *short == text).map_or(text.as_str(), |(_, long)| *long);
    let is_meant = |kind: &&Kind| {
        let singular = kind.kind.to_ascii_lowercase();
        let with_group = |name: &str| name == long || long.strip_prefix(name) == Some(&format!(".{}", kind.group));
        with_group(kind.plural) || with_group(&singular)
    };
    KINDS.iter().filter(|kind| kind.bears_workloads).find(is_meant)
}

/// Whether this is a version of an API, such as `v1` or `v2beta1`.
fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A selector of labels in kubectl's words: `app=web,tier!=cache,env in (a,b),!legacy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSelector {
    text: String,
    requirements: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    /// The values that are asked for, or ruled out; none where only the key counts.
    values: Option<Vec<String>>,
    negated: bool,
}

impl LabelSelector {
    /// Reads a selector; none where it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut requirements = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            // A comma inside brackets belongs to a set.
            let open = rest.find('(').unwrap_or(usize::MAX);
            let end = match rest.find(',') {
                Some(comma) if comma < open => comma,
                _ if open != usize::MAX => {
                    let close = rest.find(')')?;
                    rest[close..].find(',').map_or(rest.len(), |comma| close + comma)
                }
                _ => rest.len(),
            };
            requirements.push(Requirement::parse(rest[..end].trim())?);
            rest = rest.get(end + 1..).unwrap_or_default().trim_start();
        }
        (!requirements.is_empty()).then(|| Self { text: text.trim().to_owned(), requirements })
    }

    /// Whether it selects an object with these labels.
    pub(super) fn selects(&self, labels: &Map<String, Value>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.get(&requirement.key).and_then(Value::as_str);
            let fits = match (&requirement.values, value) {
                (None, value) => value.is_some(),
                (Some(values), Some(value)) => values.iter().any(|wanted| wanted == value),
                (Some(_), None) => false,
            };
            fits != requirement.negated
        })
    }
}

impl Requirement {
    fn parse(text: &str) -> Option<Self> {
        let is_key = |key: &str| super::words::is_key(key);
        let is_value = |value: &str| value.is_empty() || super::words::is_key(value);
        let new = |key: &str, values: Option<Vec<&str>>, negated| {
            let fine = is_key(key) && values.iter().flatten().all(|value| is_value(value));
            let values = values.map(|values| values.into_iter().map(str::to_owned).collect());
            fine.then(|| Self { key: key.to_owned(), values, negated })
        };
        if let Some(set) = text.strip_suffix(')') {
            let (head, values) = set.split_once('(')?;
            let (key, operator) = head.trim().split_once(char::is_whitespace)?;
            let values = values.split(',').map(str::trim).collect();
            return match operator.trim() {
                "in" => new(key, Some(values), false),
                "notin" => new(key, Some(values), true),
                _ => None,
            };
        }
        if let Some(key) = text.strip_prefix('!') {
            return new(key.trim(), None, true);
        }
        for (mark, negated) in [("!=", true), ("==", false), ("=", false)] {
            if let Some((key, value)) = text.split_once(mark) {
                return new(key.trim(), Some(vec![value.trim()]), negated);
            }
        }
        new(text, None, false)
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_in_kubectls_words() {
        let labels = serde_json::json!({"app": "web", "tier": "front"});
        let labels = labels.as_object().expect("a mapping");
        let selects = |text: &str| LabelSelector::parse(text).expect("a selector").selects(labels);
        for text in
            ["app=web", "app==web,tier", "app in (api, web), tier!=back", "!legacy", "zone notin (a,b)", "zone!=a"]
        {
            assert!(selects(text), "{text}");
        }
        for text in ["app=api", "app=web,zone", "!app", "app notin (web)", "tier!=front"] {
            assert!(!selects(text), "{text}");
        }
        for text in ["", "=web", "app in web", "a b", "app in (web", "app=\u{1b}"] {
            assert_eq!(LabelSelector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn one_object_by_any_of_its_names() {
        for text in ["deploy/web", "deployment/web", "Deployment/web", "deployments.apps/web", "deployment.apps/web"] {
            assert_eq!(ObjectName::parse(text).map(|name| name.to_string()).as_deref(), Some("Deployment/web"));
        }
        assert_eq!(ObjectName::parse("ksvc/web").map(|name| name.kind).as_deref(), Some("Service"));
        for text in ["web", "secret/x", "deploy/", "deploy/a/b", "svc/web"] {
            assert_eq!(ObjectName::parse(text), None, "{text}");
        }
    }
}
