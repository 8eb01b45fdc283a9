//! Templates among the files: what is certain in them becomes objects, what is not stays a pointer to a workload that
//! is not visible.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Problem;
use super::chart::Charts;
use super::documents::{Read, scan_kinds};
use super::model::Opaque;
use crate::limits::Limits;
use crate::text::command::{for_shell, local_path, release_name};
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{
    ParsedDocument, Place, Tree, find_template_marker, looks_like_template, read_template, unrendered_scope,
};

/// A template that was read as far as it is certain.
pub(super) struct FileTemplate {
    /// The text that was read, as long as the file's.
    pub(super) certain: Arc<str>,
    /// Whole documents that are written elsewhere.
    included_documents: usize,
    /// Whether it is one of a chart's templates, which the chart speaks for.
    in_chart: bool,
}

/// The documents of a file again, as those of a template, where it is one: one of a chart's templates with an action in
/// it, or a file with a document that looks like one or breaks at an action. A template whose blocks do not close gives
/// no document.
pub(super) fn read(
    source: SourceId,
    file: &SourceFile,
    charts: &Charts,
    limits: &Limits,
    documents: Vec<ParsedDocument>,
) -> (Vec<ParsedDocument>, Option<FileTemplate>) {
    let text = &file.text;
    // What a tool rendered or a cluster holds is no template any more, whatever is in it.
    if file.rendered.is_some() || file.cluster.is_some() || find_template_marker(text).is_none() {
        return (documents, None);
    }
    let in_chart = charts.is_template(file);
    let shows = |document: &ParsedDocument| match document {
        Ok(tree) => looks_like_template(tree).is_some(),
        Err(error) => find_template_marker(&text[error.span.start as usize..error.span.end as usize]).is_some(),
    };
    if !in_chart && !documents.iter().any(shows) {
        return (documents, None);
    }
    let scope = charts.home(file).filter(|_| in_chart).map(unrendered_scope).unwrap_or_default();
    match read_template(source, text, &scope, limits) {
        Some(template) => {
            let included_documents = if in_chart { template.included_documents } else { 0 };
            let read = FileTemplate { certain: template.certain, included_documents, in_chart };
            (template.documents, Some(read))
        }
        None => (documents.into_iter().map(|document| document.and_then(refuse_template)).collect(), None),
    }
}

/// A template that happens to parse is no document.
fn refuse_template(tree: Tree) -> ParsedDocument {
    match looks_like_template(&tree) {
        Some(node) => {
            let message = NOT_YET_RENDERED.to_owned();
            Err(crate::yaml::DocumentError { message, offset: node.span().start, span: tree.span })
        }
        None => Ok(tree),
    }
}

/// What is said of templates.
pub(super) const NOT_YET_RENDERED: &str = "this is a template that has not been rendered";
/// What to do about them.
pub(super) const RENDER_IT: &str = "render it first (`helm template`, your own tool) and assess the output";

/// Records what is in a template and not certain: the kinds of workloads that its text names and what is certain does
/// not, each content once.
pub(super) fn note_hidden(
    source: SourceId,
    file: &SourceFile,
    template: &FileTemplate,
    into: &mut Read,
    seen: &mut BTreeSet<String>,
) {
    into.objects.templates.push(source);
    let mut kinds = kinds_of_objects(&file.text);
    for certain in kinds_of_objects(&template.certain) {
        if let Some(at) = kinds.iter().position(|kind| *kind == certain) {
            kinds.remove(at);
        }
    }
    kinds.extend(vec!["template".to_owned(); template.included_documents]);
    if kinds.is_empty() {
        return;
    }
    into.documents += 1;
    let place = if template.in_chart { file.folder() } else { "" };
    if seen.insert(format!("{place}\n{}", file.text)) {
        into.objects.opaque.extend(kinds.iter().map(|kind| opaque(kind, source)));
    }
    into.problems.push(Problem { kinds, ..not_yet_rendered(source, file) });
}

/// A template that was not rendered, at its first action.
fn not_yet_rendered(source: SourceId, file: &SourceFile) -> Problem {
    let offset = find_template_marker(&file.text).unwrap_or(0) as u32;
    let span = Some(Span { start: offset, end: offset });
    Problem { span, ..Problem::of_file(source, NOT_YET_RENDERED, RENDER_IT) }
}

/// Says of each template outside of charts, of which nothing is said yet, that it was not rendered.
fn name_the_rest(charts: &Charts, files: &[SourceFile], into: &mut Read) {
    let said: BTreeSet<SourceId> = into
        .problems
        .iter()
        .filter(|problem| problem.message == NOT_YET_RENDERED)
        .map(|problem| problem.source)
        .collect();
    let read: BTreeSet<SourceId> = into.trees.iter().map(|tree| tree.source).collect();
    for source in into.objects.templates.iter().filter(|source| !said.contains(source)) {
        let Some(file) = files.get(source.0 as usize).filter(|file| !charts.is_template(file)) else { continue };
        // What is certain in it was read, unless nothing is.
        let not_understood = !read.contains(source);
        into.documents += usize::from(not_understood);
        into.problems.push(Problem { not_understood, ..not_yet_rendered(*source, file) });
    }
}

/// The workload kinds that objects of a text have: those at its left edge, since deeper ones belong to references such as
/// that of an autoscaler to its target; where nothing stands at the left edge, all.
fn kinds_of_objects(text: &str) -> Vec<String> {
    let at_the_edge: Vec<&str> = text.lines().filter(|line| line.starts_with("kind:")).collect();
    if at_the_edge.is_empty() { scan_kinds(text) } else { scan_kinds(&at_the_edge.join("\n")) }
}

/// A workload that a template names and that is not certain.
pub(super) fn opaque(kind: &str, source: SourceId) -> Opaque {
    Opaque { kind: kind.to_owned(), name: String::new(), reason: super::not_rendered(), place: None, source }
}

/// Says once per chart that it was not rendered, in place of once per template, and counts the charts that it takes from
/// elsewhere as not visible.
pub(super) fn sum_up(charts: &Charts, files: &[SourceFile], into: &mut Read) {
    name_the_rest(charts, files, into);
    let home = |source: SourceId| files.get(source.0 as usize).filter(|file| charts.is_template(file));
    let home = |source: SourceId| home(source).and_then(|file| charts.home(file)).unwrap_or("\n").to_owned();
    let is_partial = |place: Place| into.trees[place.document.0 as usize].unrendered.is_some();
    let mut in_part: BTreeMap<String, usize> = BTreeMap::new();
    let mut hidden: BTreeMap<String, usize> = BTreeMap::new();
    for workload in into.objects.workloads.iter().filter(|workload| is_partial(workload.place)) {
        *in_part.entry(home(workload.source)).or_default() += 1;
    }
    for opaque in into.objects.opaque.iter().filter(|opaque| opaque.place.is_none()) {
        *hidden.entry(home(opaque.source)).or_default() += 1;
    }
    let templated: BTreeSet<String> = into.objects.templates.iter().map(|source| home(*source)).collect();
    let folders = super::chart::folders(files);
    let mut missing: BTreeMap<&str, usize> = BTreeMap::new();
    for (folder, chart) in charts.iter().filter(|(_, chart)| !chart.is_rendered) {
        let outer = super::chart::chart_of(&folders, folder).unwrap_or(folder);
        for name in &chart.missing {
            *missing.entry(outer).or_default() += 1;
            let name = crate::text::sanitize::without_credentials(name);
            into.objects.opaque.push(Opaque {
                name: super::paths::join(folder, &format!("charts/{name}")),
                ..opaque("Helm chart", chart.source)
            });
        }
    }
    for (folder, chart) in charts.iter().filter(|(_, chart)| !chart.is_rendered && !chart.is_library) {
        let missing = missing.get(folder).copied().unwrap_or(0);
        if !templated.contains(folder) && missing == 0 {
            continue;
        }
        into.objects.templates.push(chart.source);
        let in_part = in_part.get(folder).copied().unwrap_or(0);
        let hidden = hidden.get(folder).copied().unwrap_or(0) + missing;
        let message = format!(
            "this chart was not rendered (workloads read in part: {in_part}, not visible: {hidden}); assess it with \
             --render, or pipe `{}` into `kubeworthy assess -`",
            helm_template(folder)
        );
        let help = "until then what the chart's values decide is unknown";
        into.problems.push(Problem { not_understood: false, ..Problem::of_file(chart.source, &message, help) });
    }
    for problem in &mut into.problems {
        problem.summed_up = problem.message == NOT_YET_RENDERED && home(problem.source) != "\n";
    }
    let told: BTreeSet<SourceId> = into.problems.iter().map(|problem| problem.source).collect();
    let bearing: BTreeSet<SourceId> = into.objects.workloads.iter().map(|workload| workload.source).collect();
    for source in into.objects.templates.clone() {
        if home(source) == "\n" && !told.contains(&source) && bearing.contains(&source) {
            let message = "this template has not been rendered, so that only what is certain in it was read";
            into.problems.push(Problem { not_understood: false, ..Problem::of_file(source, message, RENDER_IT) });
        }
    }
}

/// The command line that renders a chart.
fn helm_template(folder: &str) -> String {
    format!("helm template {} {}", release_name(folder), for_shell(&local_path(folder)))
}
