//! Label selectors with their full meaning.

use std::collections::BTreeMap;

use crate::yaml::Node;

/// Labels of an object.
pub type Labels = BTreeMap<String, String>;

/// A label selector: every requirement must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    equal: Labels,
    expressions: Vec<Expression>,
    /// Whether the selector was written at all; one that is absent selects nothing, an empty one everything.
    written: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Expression {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl Selector {
    /// Reads a `LabelSelector` (`matchLabels`, `matchExpressions`), or the plain map of labels that Services and
    /// ReplicationControllers use.
    #[must_use]
    pub fn read(node: Option<Node<'_>>) -> Self {
        let Some(node) = node.filter(Node::is_mapping) else { return Self::default() };
        let labels = node.get("matchLabels");
        let expressions = node.get("matchExpressions");
        if labels.is_none() && expressions.is_none() {
            return Self { equal: read_labels(Some(node)), expressions: Vec::new(), written: true };
        }
        let expressions = expressions
            .into_iter()
            .flat_map(|list| list.items())
            .filter_map(|item| {
                let operator = match item.get("operator")?.string()? {
                    "In" => Operator::In,
                    "NotIn" => Operator::NotIn,
                    "Exists" => Operator::Exists,
                    "DoesNotExist" => Operator::DoesNotExist,
                    _ => return None,
                };
                let values = item.get("values").into_iter().flat_map(|values| values.items());
                Some(Expression {
                    key: item.get("key")?.string()?.to_owned(),
                    operator,
                    values: values.filter_map(|value| value.text().map(str::to_owned)).collect(),
                })
            })
            .collect();
        let equal = read_labels(labels);
        // Where a template writes all that is asked for, nothing is known to be selected.
        let is_open = node.is_unrendered() && equal.is_empty() && Vec::is_empty(&expressions);
        Self { equal, expressions, written: !is_open }
    }

    /// Whether the selector selects an object with these labels.
    #[must_use]
    pub fn selects(&self, labels: &Labels) -> bool {
        self.written
            && self.equal.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|expression| {
                let value = labels.get(&expression.key);
                match expression.operator {
                    Operator::In => value.is_some_and(|value| expression.values.contains(value)),
                    Operator::NotIn => value.is_none_or(|value| !expression.values.contains(value)),
                    Operator::Exists => value.is_some(),
                    Operator::DoesNotExist => value.is_none(),
                }
            })
    }

    /// Whether the selector was written and has no requirement: it selects everything.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.written && self.equal.is_empty() && self.expressions.is_empty()
    }

    /// Whether the selector was written.
    #[must_use]
    pub fn is_written(&self) -> bool {
        self.written
    }
}

/// Selectors of many objects, found by one of the labels that they ask for.
#[derive(Clone, Debug, Default)]
pub struct SelectorIndex {
    by_label: BTreeMap<(String, String), Vec<usize>>,
    others: Vec<usize>,
}

impl SelectorIndex {
    /// Indexes selectors by their place in a list.
    #[must_use]
    pub fn new<'s>(selectors: impl Iterator<Item = &'s Selector>) -> Self {
        let mut index = Self::default();
        for (at, selector) in selectors.enumerate() {
            match selector.equal.first_key_value() {
                Some((key, value)) => index.by_label.entry((key.clone(), value.clone())).or_default().push(at),
                None => index.others.push(at),
            }
        }
        index
    }

    /// The places of all selectors that could select these labels, in order; each still has to be asked.
    #[must_use]
    pub fn candidates(&self, labels: &Labels) -> Vec<usize> {
        let labelled = labels.iter().filter_map(|(key, value)| self.by_label.get(&(key.clone(), value.clone())));
        let mut found: Vec<usize> = labelled.flatten().chain(&self.others).copied().collect();
        found.sort_unstable();
        found
    }
}

/// Reads a map of labels; values that are not text are taken as they are written.
#[must_use]
pub fn read_labels(node: Option<Node<'_>>) -> Labels {
    node.map(|node| {
        node.entries()
            .into_iter()
            .filter_map(|(key, value)| Some((key.text()?.to_owned(), value.text()?.to_owned())))
            .collect()
    })
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::SourceId;
    use crate::yaml::parse_documents;

    fn selects(selector: &str, labels: &[(&str, &str)]) -> bool {
        let documents = parse_documents(SourceId(0), &Arc::from(selector), &crate::limits::Limits::DEFAULT);
        let tree = documents[0].as_ref().expect("a selector");
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Selector::read(tree.root()).selects(&labels)
    }

    #[test]
    fn every_operator() {
        let web = [("app", "web"), ("tier", "front")];
        assert!(selects("{matchLabels: {app: web}}", &web));
        assert!(!selects("{matchLabels: {app: api}}", &web));
        assert!(selects("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}", &web));
        assert!(!selects("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", &web));
        assert!(selects("{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}", &web));
        assert!(selects("{matchExpressions: [{key: tier, operator: Exists}]}", &web));
        assert!(!selects("{matchExpressions: [{key: tier, operator: DoesNotExist}]}", &web));
        assert!(selects("{app: web}", &web), "the plain map of a Service");
        assert!(selects("{}", &web), "empty selects everything");
        assert!(!Selector::default().selects(&Labels::new()), "absent selects nothing");
    }
}
