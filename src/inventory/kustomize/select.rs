//! Selectors of patches and replacements: which objects are meant.

use regex::{Regex, RegexBuilder};

use super::resource::Resource;
use crate::limits;
use crate::yaml::{Draft, Node};

/// A selector with its patterns compiled.
#[derive(Debug)]
pub(super) struct Target {
    group: Option<Regex>,
    version: Option<Regex>,
    kind: Option<Regex>,
    name: Option<Regex>,
    namespace: Option<Regex>,
    labels: Vec<Requirement>,
    annotations: Vec<Requirement>,
}

impl Target {
    /// Reads a selector; the message says which of its patterns is none.
    pub(super) fn read(node: Node<'_>) -> Result<Self, String> {
        let pattern = |key: &str| -> Result<Option<Regex>, String> {
            let Some(text) = node.get(key).and_then(|value| value.string()).filter(|text| !text.is_empty()) else {
                return Ok(None);
            };
            let anchored = format!("^(?:{text})$");
            let compiled = RegexBuilder::new(&anchored).size_limit(limits::PATTERN_BYTES).build();
            compiled.map(Some).map_err(|_| format!("`{key}` of this target is not a pattern that can be read"))
        };
        let version = node.get("apiVersion").and_then(|value| value.string());
        let own = |text: &str| Regex::new(&format!("^(?:{})$", regex::escape(text))).ok();
        let (group, api_version) = match version {
            Some(version) => {
                let (group, version) = super::resource::split_version(version);
                (own(group), own(version))
            }
            None => (None, None),
        };
        let requirements =
            |key: &str| node.get(key).and_then(|value| value.string()).map(requirements).unwrap_or_default();
        Ok(Self {
            group: pattern("group")?.or(group),
            version: pattern("version")?.or(api_version),
            kind: pattern("kind")?,
            name: pattern("name")?,
            namespace: pattern("namespace")?,
            labels: requirements("labelSelector"),
            annotations: requirements("annotationSelector"),
        })
    }

    /// Whether the selector means an object, under its present or an earlier name.
    pub(super) fn selects(&self, resource: &Resource<'_>) -> bool {
        let fits = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        let map = |key: &str| resource.draft.at(&["metadata", key]);
        fits(&self.group, &resource.current.group)
            && fits(&self.version, &resource.current.version)
            && fits(&self.kind, &resource.current.kind)
            && resource.identities().any(|identity| fits(&self.name, &identity.name))
            && resource.identities().any(|identity| fits(&self.namespace, identity.effective_namespace()))
            && self.labels.iter().all(|requirement| requirement.holds(map("labels").as_ref()))
            && self.annotations.iter().all(|requirement| requirement.holds(map("annotations").as_ref()))
    }
}

/// One requirement of a label selector in its short form.
#[derive(Debug, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Requirement {
    fn holds(&self, map: Option<&Draft<'_>>) -> bool {
        let value = |key: &str| map.and_then(|map| map.get(key)).and_then(|value| value.text());
        match self {
            Self::In(key, values) => value(key).is_some_and(|value| values.iter().any(|wanted| *wanted == value)),
            Self::NotIn(key, values) => value(key).is_none_or(|value| values.iter().all(|wanted| *wanted != value)),
            Self::Exists(key) => value(key).is_some(),
            Self::Absent(key) => value(key).is_none(),
        }
    }
}

/// `a=b,c!=d,e in (f,g),h,!i`.
fn requirements(text: &str) -> Vec<Requirement> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for character in text.chars() {
        inside = match character {
            '(' => true,
            ')' => false,
            _ => inside,
        };
        match parts.last_mut() {
            Some(last) if character != ',' || inside => last.push(character),
            _ => parts.push(String::new()),
        }
    }
    let own = |text: &str| text.trim().to_owned();
    let values = |text: &str| text.trim().trim_matches(['(', ')']).split(',').map(own).collect();
    parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .map(|part| {
            if let Some((key, value)) = part.split_once("!=") {
                Requirement::NotIn(own(key), vec![own(value)])
            } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
                Requirement::In(own(key), vec![own(value)])
            } else if let Some((key, list)) = part.split_once(" notin ") {
                Requirement::NotIn(own(key), values(list))
            } else if let Some((key, list)) = part.split_once(" in ") {
                Requirement::In(own(key), values(list))
            } else if let Some(key) = part.strip_prefix('!') {
                Requirement::Absent(own(key))
            } else {
                Requirement::Exists(own(part))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_in_short_form() {
        let one = |text: &str| requirements(text).remove(0);
        assert_eq!(one("a=b"), Requirement::In("a".to_owned(), vec!["b".to_owned()]));
        assert_eq!(one(" a == b "), Requirement::In("a".to_owned(), vec!["b".to_owned()]));
        assert_eq!(one("a!=b"), Requirement::NotIn("a".to_owned(), vec!["b".to_owned()]));
        assert_eq!(one("a in (b, c)"), Requirement::In("a".to_owned(), vec!["b".to_owned(), "c".to_owned()]));
        assert_eq!(requirements("a in (b,c),!d,e").len(), 3);
    }
}
