//! Templates that have not been rendered. Most YAML parsers accept `{{ x }}` as a mapping used as a key, so it has to
//! be looked for.

use super::{Node, Tree};

/// The byte offset of the first template marker in a piece of text: Helm's and Go's `{{`, Jinja's `{%`. Lines that are
/// comments do not count: they break nothing.
#[must_use]
pub fn find_template_marker(text: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim_start().starts_with('#') {
            let found = [line.find("{{"), line.find("{%")].into_iter().flatten().min();
            if let Some(found) = found {
                return Some(at + found);
            }
        }
        at += line.len();
    }
    None
}

/// Whether a line is a template's own, such as `{{- if x }}` or `{% for a in b %}`.
pub(super) fn is_template_line(line: &str) -> bool {
    line.trim_start().starts_with("{{") || line.trim_start().starts_with("{%")
}

/// Whether a parsed document is an unrendered template: a `{{ x }}` outside quotes, which parses as a mapping that is
/// the key of a mapping, or a name, kind, image or number of copies that holds `{{`. Returns the node that shows it.
///
/// Markers inside other text are not meant: dashboards, alerts and workflows carry them as plain content.
#[must_use]
pub fn looks_like_template(tree: &Tree) -> Option<Node<'_>> {
    let root = tree.root()?;
    if !tree.text[tree.span.start as usize..tree.span.end as usize].contains("{{") {
        return None;
    }
    if let Some(found) = root.descendants().find(|node| {
        node.is_mapping()
            && node.written_entries().next().is_some_and(|(key, _)| key.is_mapping())
            && tree.text[node.span().start as usize..].starts_with("{{")
    }) {
        return Some(found);
    }
    let identity: [&[&str]; 6] = [
        &["apiVersion"],
        &["kind"],
        &["metadata", "name"],
        &["metadata", "namespace"],
        &["spec", "replicas"],
        &["spec", "template", "metadata"],
    ];
    let named = identity.iter().filter_map(|path| root.at(path));
    let images = root
        .descendants()
        .flat_map(|node| node.written_entries())
        .filter(|(key, _)| matches!(key.text(), Some("image" | "replicas")))
        .map(|(_, value)| value);
    let is_workload = root.at(&["spec", "template", "spec", "containers"]).is_some()
        || root.at(&["spec", "containers"]).is_some()
        || root.get("services").is_some();
    named.chain(images.take_while(|_| is_workload)).find(|node| node.text().is_some_and(|text| text.contains("{{")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::text::SourceId;
    use crate::yaml::parse_documents;

    fn is_template(text: &str) -> bool {
        let documents = parse_documents(SourceId(0), &Arc::from(text), &crate::limits::Limits::DEFAULT);
        documents.iter().flatten().any(|tree| looks_like_template(tree).is_some())
    }

    #[test]
    fn charts_are_noticed_and_dashboards_are_not() {
        assert!(is_template("kind: Deployment\nmetadata:\n  name: {{ x }}\n"));
        assert!(is_template("kind: Deployment\nmetadata:\n  name: \"{{ .Release.Name }}-web\"\n"));
        assert!(is_template("spec:\n  containers:\n  - image: \"{{ .Values.image }}\"\n"));
        assert!(!is_template("kind: ConfigMap\ndata:\n  legend: \"{{instance}}\"\n"));
        assert!(!is_template("kind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n"));
    }
}
