//! From a rendered document back to what it was made from: the template or manifest in the user's tree, and the line
//! there that writes the same key at the same place.

use crate::inventory::join_path;
use crate::text::{RenderedFrom, SourceFile};
use crate::yaml::{Step, Tree};

/// Where a rendered document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The template, as the tool names it; it may be a file of a chart that is packed.
    pub(super) template: String,
    /// The file in the user's tree; none where it is not among the sources of what was rendered.
    pub(super) file: Option<FileLine>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileLine {
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: u32,
    /// The columns of its first character and behind its last, from 1.
    pub(super) columns: (u32, u32),
}

/// The longest name of a template that is believed.
const LONGEST_NAME: usize = 300;

/// Where a document comes from, by the comment that Helm leaves above it or the annotation that kustomize adds, and which
/// line there writes what `steps` lead to.
pub(super) fn trace(file: &SourceFile, tree: &Tree, steps: &[Step<'_>]) -> Option<Origin> {
    let from = file.rendered.as_deref().map(|rendered| rendered.from);
    let template = match from {
        Some(RenderedFrom::Kustomization) => annotated(tree)?,
        Some(RenderedFrom::Chart) | None => source_comment(tree)?,
    };
    let file = file.rendered.as_deref().and_then(|rendered| {
        let inside = match rendered.from {
            // The first part is the name of the chart, wherever its folder lies.
            RenderedFrom::Chart => template.split_once('/')?.1,
            RenderedFrom::Kustomization => &template,
        };
        let name = join_path(&rendered.folder, inside);
        let source = rendered.sources.iter().find(|source| source.name == name)?;
        let (line, columns) = find_line(&source.text, tree, steps);
        Some(FileLine { file: name, line, columns })
    });
    Some(Origin { template, file })
}

/// What `# Source:` names above a document.
fn source_comment(tree: &Tree) -> Option<String> {
    let text = tree.text.get(tree.span.start as usize..tree.span.end as usize)?;
    let head = text.lines().take_while(|line| {
        let line = line.trim_start_matches('\u{feff}');
        line.is_empty() || line.starts_with('#') || line.starts_with("---")
    });
    head.filter_map(|line| line.strip_prefix("# Source: ")).map(str::trim).find(|name| is_name(name)).map(str::to_owned)
}

/// The path in the annotation that kustomize adds where it is asked to; one of a remote repository is no path here.
fn annotated(tree: &Tree) -> Option<String> {
    let annotation = tree.root()?.at(&["metadata", "annotations", "config.kubernetes.io/origin"])?.text()?;
    let value = |key: &str| annotation.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    value("path:").filter(|path| value("repo:").is_none() && is_name(path)).map(str::to_owned)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST_NAME && !name.chars().any(char::is_control)
}

/// A line of a template that may hold a key: its number from 0, where its key begins, and its text.
#[derive(Clone, Copy)]
struct Line<'t> {
    number: usize,
    /// The column of the first dash of a list item, from 0; that of the key where there is none.
    start: usize,
    /// The column of the key, from 0.
    column: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    fn is_item(&self) -> bool {
        self.column > self.start || self.text.trim() == "-"
    }

    /// The key of the line, without quotation marks.
    fn key(&self) -> Option<&'t str> {
        let content = self.text.get(self.column..)?;
        let end = content.find(": ").or_else(|| content.trim_end().strip_suffix(':').map(str::len))?;
        Some(content[..end].trim_matches(['"', '\'']))
    }

    /// What stands behind the key, without quotation marks.
    fn value(&self) -> Option<&'t str> {
        let value = self.text.get(self.column..)?.split_once(": ")?.1;
        Some(value.trim().trim_matches(['"', '\'']))
    }
}

/// The lines of a text that are neither empty, nor comments, nor actions alone.
fn content(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let trimmed = text.trim_start();
        let is_action = trimmed.starts_with("{{") && trimmed.trim_end().ends_with("}}");
        if trimmed.is_empty() || trimmed.starts_with('#') || (is_action && !trimmed.contains("}}:")) {
            continue;
        }
        let start = text.len() - trimmed.len();
        let key = trimmed.trim_start_matches("- ").trim_start();
        lines.push(Line { number, start, column: text.len() - key.len(), text });
    }
    lines
}

/// The line of a text that writes what the steps lead to in the object that the tree is made of, from 1, with the columns
/// of what stands on it. Where a step is not found, as below a list that a template fills from values, the line of the
/// last one that is; where none is, the first line of the object, or of the text.
fn find_line(text: &str, tree: &Tree, steps: &[Step<'_>]) -> (u32, (u32, u32)) {
    let lines = content(text);
    let object = object_in(&lines, tree);
    let mut range = object;
    let mut found = object.iter().find(|line| line.key().is_some());
    // Deeper than this column stands what belongs to the last step.
    let mut outer: Option<usize> = None;
    for step in steps {
        let Some((at, inside)) = take_step(range, outer, step) else { break };
        found = Some(at);
        outer = Some(if matches!(step, Step::Key(_)) { at.column } else { at.start });
        range = inside;
    }
    let Some(line) = found else { return (1, (1, 1)) };
    let column = |bytes: usize| line.text.get(..bytes).unwrap_or_default().chars().count() as u32 + 1;
    (line.number as u32 + 1, (column(line.column), column(line.text.trim_end().len())))
}

/// The lines of the object of this kind, and where there are several, of this name.
fn object_in<'l, 't>(lines: &'l [Line<'t>], tree: &Tree) -> &'l [Line<'t>] {
    let text = |path: &[&str]| tree.root().and_then(|root| root.at(path)).and_then(|node| node.text());
    let (kind, name) = (text(&["kind"]).unwrap_or_default(), text(&["metadata", "name"]).unwrap_or_default());
    let objects: Vec<&[Line<'_>]> = lines.split(|line| line.text.starts_with("---")).collect();
    let of_kind: Vec<&[Line<'_>]> = objects
        .iter()
        .copied()
        .filter(|lines| lines.iter().any(|line| line.key() == Some("kind") && line.value() == Some(kind)))
        .collect();
    // A name is written out, or ends with what an action does not write.
    let named = of_kind.iter().copied().find(|lines| {
        let written = lines.iter().find(|line| line.key() == Some("name")).and_then(Line::value).unwrap_or_default();
        let certain = written.rsplit("}}").next().unwrap_or_default();
        written == name || (written.contains("}}") && !certain.is_empty() && name.ends_with(certain))
    });
    named.or_else(|| of_kind.first().copied()).or_else(|| objects.first().copied()).unwrap_or(lines)
}

/// The line that a step leads to, and the lines that belong to it.
fn take_step<'l, 't>(
    range: &'l [Line<'t>],
    outer: Option<usize>,
    step: &Step<'_>,
) -> Option<(&'l Line<'t>, &'l [Line<'t>])> {
    match step {
        Step::Key(key) => {
            let deeper = |line: &&Line<'_>| outer.is_none_or(|outer| line.column > outer);
            let column = range.iter().find(deeper)?.column;
            let at = range.iter().position(|line| line.column == column && line.key() == Some(key))?;
            // A list may stand at the column of its key.
            let inside = &range[at + 1..];
            let end = inside.iter().position(|line| line.start < column || (line.start == column && !line.is_item()));
            Some((&range[at], &inside[..end.unwrap_or(inside.len())]))
        }
        Step::Item { index, name } => {
            let first = range.iter().find(|line| line.is_item())?;
            let starts: Vec<usize> =
                (0..range.len()).filter(|at| range[*at].is_item() && range[*at].start == first.start).collect();
            let item = |which: usize| {
                let end = starts.get(which + 1).copied().unwrap_or(range.len());
                &range[starts[which]..end]
            };
            let has_name = |which: &usize| {
                item(*which).iter().any(|line| line.key() == Some("name") && line.value() == *name && name.is_some())
            };
            // One item of a template may make several.
            let which = (0..starts.len()).find(has_name).unwrap_or((*index).min(starts.len() - 1));
            Some((&item(which)[0], item(which)))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::limits::Limits;
    use crate::text::{Rendered, SourceId};
    use crate::yaml::parse_documents;

    const TEMPLATE: &str = "\
{{- if .Values.web }}
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-web
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
  labels:
    {{- include \"labels\" . | nindent 4 }}
spec:
  {{- if not .Values.autoscaling }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  template:
    spec:
      containers:
      - name: sidecar
        image: proxy:1
      - name: web
        image: \"{{ .Values.image }}\"
        resources:
          {{- toYaml .Values.resources | nindent 10 }}
{{- end }}
";
    const OUTPUT: &str = "\
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: live-web}
spec:
  replicas: 3
  template:
    spec:
      containers:
      - {name: web, image: shop/web:1, resources: {requests: {cpu: 1}}}
      - {name: sidecar, image: proxy:1}
";

    fn line_of(path: &[&str]) -> (String, Option<FileLine>) {
        let rendered = Rendered {
            from: RenderedFrom::Chart,
            folder: "charts/web".to_owned(),
            system: "charts/web".to_owned(),
            sources: vec![SourceFile::new("charts/web/templates/web.yaml", TEMPLATE)],
        };
        let file = SourceFile::new_rendered("charts/web (rendered by helm)", OUTPUT, rendered);
        let documents = parse_documents(SourceId(0), &Arc::clone(&file.text), &Limits::DEFAULT);
        let tree = documents[0].as_ref().expect("a document");
        let mut node = tree.root().expect("a root");
        for key in path {
            node = match key.parse::<usize>() {
                Ok(index) => node.items().nth(index).expect("an item"),
                Err(_) => node.get(key).expect("a value"),
            };
        }
        let origin = trace(&file, tree, &tree.steps(node.id())).expect("an origin");
        (origin.template, origin.file)
    }

    #[test]
    fn keys_are_found_where_the_template_writes_them() {
        let line = |path: &[&str]| line_of(path).1.map(|at| (at.line, at.columns.0));
        assert_eq!(line(&["spec", "replicas"]), Some((15, 3)));
        let containers = ["spec", "template", "spec", "containers"];
        let below = |rest: &[&'static str]| [&containers[..], rest].concat();
        assert_eq!(line(&containers), Some((19, 7)));
        assert_eq!(line(&below(&["0", "image"])), Some((23, 9)), "by name, not by number");
        assert_eq!(line(&below(&["1"])), Some((20, 9)));
        assert_eq!(line(&below(&["0", "resources", "requests", "cpu"])), Some((24, 9)), "as deep as it is written");
        assert_eq!(line(&["metadata", "name"]), Some((10, 3)), "of the Deployment, not of the Service");
        let (template, file) = line_of(&[]);
        assert_eq!(template, "shop/templates/web.yaml");
        assert_eq!(file.map(|file| (file.file, file.line)), Some(("charts/web/templates/web.yaml".to_owned(), 7)));
    }
}
