//! Templates that have not been rendered: Go's, as in Helm charts, and Jinja's as far as they look alike. Most YAML
//! parsers accept `{{ x }}` as a mapping used as a key, so templates have to be looked for; what is certain in them can
//! then be read.

mod actions;
mod mask;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Kind, Node, ParsedDocument, Tree, parse_documents};
use crate::limits::Limits;
use crate::text::SourceId;

/// Around what a template would write: `‹.Values.image.tag›`. No name, label or image of Kubernetes may hold them.
const UNKNOWN: [char; 2] = ['‹', '›'];

/// What a document that comes from a template knows about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unrendered {
    /// What the names in it are relative to: the chart's folder in `‹›`; empty for templates outside of charts.
    pub scope: Box<str>,
    /// The beginning of a digest of the template, 16 hexadecimal digits: names alone do not tell objects apart.
    pub digest: Box<str>,
}

/// A template as far as it can be read.
#[derive(Debug)]
pub struct Template {
    /// Its documents; those that depend on what is not known are marked as unrendered.
    pub documents: Vec<ParsedDocument>,
    /// The text that was read, as long as the template: blanks and placeholders where nothing is certain.
    pub certain: Arc<str>,
    /// How many whole documents it includes from elsewhere.
    pub included_documents: usize,
}

/// Reads what is certain in a template: what stands outside of conditions, loops and definitions. Actions inside of
/// scalars become placeholders such as `‹.Values.replicas›`, which no reader takes for a value. None where blocks do not
/// close.
#[must_use]
pub fn read_template(source: SourceId, text: &Arc<str>, scope: &str, limits: &Limits) -> Option<Template> {
    let masked = mask::mask(text)?;
    let certain: Arc<str> = Arc::from(masked.text);
    let mut documents = parse_documents(source, &certain, limits);
    for tree in documents.iter_mut().flatten() {
        let span = tree.span.start as usize..tree.span.end as usize;
        // They stand in order, so that the first that ends behind the document's start is the only one to look at.
        let first = masked.uncertain.partition_point(|open| open.end <= span.start);
        let depends = masked.uncertain.get(first).is_some_and(|open| open.start < span.end);
        if depends {
            name_placeholders(tree, text);
            // Two keys that a template writes are not the same for being as long.
            let twice = tree.duplicate_key.and_then(|key| tree.node(key)?.text());
            if twice.is_some_and(is_unknown) {
                tree.duplicate_key = None;
            }
            tree.unrendered = Some(Box::new(Unrendered { scope: scope.into(), digest: digest(&text[span]).into() }));
        }
    }
    Some(Template { documents, certain, included_documents: masked.included_documents })
}

/// Gives every scalar with a placeholder its text: what the action names, in `‹›`.
fn name_placeholders(tree: &mut Tree, template: &str) {
    for at in 0..tree.entries.len() {
        let entry = tree.entries[at];
        if !matches!(entry.kind, Kind::Plain | Kind::Text) {
            continue;
        }
        let Some(text) = Node::new(tree, at as u32).text() else { continue };
        let found = mask::placeholders(text);
        if found.is_empty() {
            continue;
        }
        // The scalar's source holds the same placeholders in the same order, at the places of their actions.
        let (start, end) = (entry.span.start as usize, entry.span.end as usize);
        let sources = tree.text.get(start..end).map(mask::placeholders).unwrap_or_default();
        let mut named = text.to_owned();
        for (index, range) in found.into_iter().enumerate().rev() {
            let action = sources.get(index).and_then(|at| template.get(start + at.start..start + at.end));
            named.replace_range(range, &placeholder(action.unwrap_or_default()));
        }
        tree.decoded.push(named.into_boxed_str());
        tree.entries[at].extra = tree.decoded.len() as u32;
    }
}

fn placeholder(action: &str) -> String {
    let label = actions::label(action);
    let label = if label.is_empty() { "…" } else { &label };
    format!("{}{label}{}", UNKNOWN[0], UNKNOWN[1])
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text holds a placeholder, so that it is known in part at best.
#[must_use]
pub fn is_unknown(text: &str) -> bool {
    text.contains(UNKNOWN[0])
}

/// A scope of names that no rendered object can have: that of a chart which was not rendered.
#[must_use]
pub fn unrendered_scope(folder: &str) -> String {
    format!("{}{folder}{}", UNKNOWN[0], UNKNOWN[1])
}

/// The byte offset of the first template marker in a piece of text: Helm's and Go's `{{`, Jinja's `{%`.
#[must_use]
pub fn find_template_marker(text: &str) -> Option<usize> {
    let mut from = 0;
    // Every text is asked, and most have no brace that could begin a marker: lines are looked at only where one is.
    while let Some(at) = text[from..].find('{').map(|at| from + at) {
        from = at + 1;
        if matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%')) {
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            if !text[line..at].trim_start().starts_with('#') {
                return Some(at);
            }
            from = text[at..].find('\n').map_or(text.len(), |end| at + end);
        }
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
    use super::*;

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

    fn read(text: &str) -> Vec<Tree> {
        let read = read_template(SourceId(0), &Arc::from(text), "‹web›", &Limits::DEFAULT).expect("closed blocks");
        read.documents.into_iter().map(|document| document.expect("YAML")).collect()
    }

    #[test]
    fn what_is_certain_is_read_with_exact_places() {
        let text = "# é\nkind: Deployment\nmetadata: {name: {{ include \"web.fullname\" . }}-api}\nspec:\n  \
                    replicas: {{ .Values.replicas }}\n  \"{{ .k }}\": '{{ .v }}'\n{{- if .Values.x }}\n  paused: \
                    true\n{{- end }}\n  hostNetwork: true\n";
        let trees = read(text);
        let tree = &trees[0];
        assert_eq!(tree.unrendered.as_ref().map(|from| &*from.scope), Some("‹web›"));
        let root = tree.root().expect("a mapping");
        let name = root.at(&["metadata", "name"]).expect("a name");
        assert_eq!(name.text(), Some("‹web.fullname›-api"));
        let replicas = root.at(&["spec", "replicas"]).expect("replicas");
        assert!(replicas.is_placeholder() && replicas.integer().is_none() && replicas.boolean().is_none());
        let span = replicas.span();
        assert_eq!(&text[span.start as usize..span.end as usize], "{{ .Values.replicas }}");
        assert_eq!(root.at(&["spec", "‹.k›"]).and_then(|value| value.text()), Some("‹.v›"));
        assert!(root.at(&["spec", "paused"]).is_none());
        assert_eq!(root.at(&["spec", "hostNetwork"]).and_then(|value| value.boolean()), Some(true));
    }

    #[test]
    fn documents_without_an_action_are_certain() {
        let trees = read("kind: A\n---\nkind: {{ .b }}\n---\n{{- if .c }}\nkind: C\n{{- end }}\n");
        assert_eq!(trees.iter().map(|tree| tree.unrendered.is_some()).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn no_literal_of_an_action_is_kept() {
        let trees = read("a: {{ default \"hunter2\" .Values.password }}\nb: x{{ \"hunter2\" | b64enc }}y\n");
        let texts: Vec<_> = trees[0].root().expect("a mapping").descendants().filter_map(|node| node.text()).collect();
        assert_eq!(texts, ["a", "‹.Values.password›", "b", "x‹…›y"]);
    }
}
