//! From files to objects: which documents are Kubernetes objects, which are Compose files, which only look like them,
//! and which cannot be read.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::compose::{self, Library, Project};
use super::kubernetes::{self, Outcome};
use super::model::{Objects, Opaque};
use super::{Problem, kustomization};
use crate::choices::Choices;
use crate::limits::Limits;
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{
    DocumentError, DocumentId, ParsedDocument, Tree, find_template_marker, looks_like_template, parse_documents,
};

/// What reading gave, before objects are deduplicated.
#[derive(Default)]
pub(super) struct Read {
    pub(super) trees: Vec<Tree>,
    pub(super) objects: Objects,
    pub(super) problems: Vec<Problem>,
    pub(super) skipped: Vec<(SourceId, String)>,
    pub(super) documents: usize,
    pub(super) projects: Vec<Project>,
    pub(super) missing: BTreeSet<String>,
}

/// Files below this many bytes are not worth a second thread.
const PARALLEL_FROM: usize = 64 * 1024;

/// Files that one thread takes at once: large files stand side by side in folders, so that larger portions leave one
/// thread with most of the work.
const UNIT: usize = 4;

pub(super) fn read(files: &[SourceFile], choices: &Choices, tables: &Tables) -> Read {
    let mut read = Read::default();
    let mut chosen = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let source = SourceId(index as u32);
        match left_alone(file, choices, tables) {
            Some(reason) => read.skipped.push((source, reason)),
            None => chosen.push((source, file)),
        }
    }
    let parsed = parse_all(&chosen, &choices.limits);
    let mut seen = BTreeSet::new();
    // Which documents belong to which file; numbers are given in input order.
    let mut by_file: Vec<(SourceId, &SourceFile, std::ops::Range<usize>)> = Vec::new();
    for ((source, file), documents) in chosen.iter().zip(parsed) {
        let first = read.trees.len();
        for document in documents {
            read.documents += 1;
            match document {
                Ok(mut tree) => {
                    tree.document = DocumentId(read.trees.len() as u32);
                    read.trees.push(tree);
                }
                Err(error) => note_unreadable(*source, file, &error, &mut read, &mut seen),
            }
        }
        by_file.push((*source, file, first..read.trees.len()));
    }
    let patches = kustomization::read_all(&by_file, &read.trees, &mut read.objects);
    classify_all(&by_file, files, &patches, choices, tables, &mut read);
    read
}

/// Why a file is left alone without being parsed: its name says what it is, or nothing in its text could be an object
/// or a service.
fn left_alone(file: &SourceFile, choices: &Choices, tables: &Tables) -> Option<String> {
    let base_name = file.base_name();
    if choices.compose_files.contains(&file.name) {
        return None;
    }
    if base_name == ".env" || choices.env_files.contains(&file.name) {
        return Some("variables for Compose files beside it".to_owned());
    }
    if let Some(reason) = tables.lookalike_file(base_name) {
        return Some(reason.to_owned());
    }
    let text = &file.text;
    let may_hold_objects = text.contains("apiVersion") && text.contains("kind");
    let may_be_compose = text.contains("services") || compose::has_telling_name(base_name);
    if may_hold_objects || may_be_compose || kustomization::is_name(base_name) {
        None
    } else {
        Some("no Kubernetes object and no Compose service in it".to_owned())
    }
}

fn parse_all(chosen: &[(SourceId, &SourceFile)], limits: &Limits) -> Vec<Vec<ParsedDocument>> {
    let parse = |(source, file): &(SourceId, &SourceFile)| {
        let documents = parse_documents(*source, &file.text, limits).into_iter();
        documents.map(|document| document.and_then(refuse_template)).collect()
    };
    let bytes: usize = chosen.iter().map(|(_, file)| file.text.len()).sum();
    if bytes < PARALLEL_FROM {
        chosen.iter().map(parse).collect()
    } else {
        chosen.par_iter().with_max_len(UNIT).map(parse).collect()
    }
}

/// A template that happens to parse is no document.
fn refuse_template(tree: Tree) -> ParsedDocument {
    match looks_like_template(&tree) {
        Some(node) => {
            let message = "this is a template that has not been rendered".to_owned();
            Err(DocumentError { message, offset: node.span().start, span: tree.span })
        }
        None => Ok(tree),
    }
}

/// Records a document that could not be read: as opaque workloads where its text names some, else as one unreadable
/// document, each content once.
fn note_unreadable(
    source: SourceId,
    file: &SourceFile,
    error: &DocumentError,
    read: &mut Read,
    seen: &mut BTreeSet<String>,
) {
    let text = &file.text[error.span.start as usize..error.span.end as usize];
    let is_template = find_template_marker(text).is_some();
    let mut kinds = scan_kinds(text);
    kinds.extend(scan_services(text, compose::has_telling_name(file.base_name())));
    let (message, help) = if is_template {
        let help = "render it first (`helm template`, your own tool) and assess the output";
        ("this is a template that has not been rendered".to_owned(), help)
    } else {
        (format!("this is not valid YAML or JSON: {}", error.message), "mend the file; its other documents were read")
    };
    if seen.insert(text.to_owned()) {
        for kind in &kinds {
            read.objects.opaque.push(Opaque {
                kind: kind.clone(),
                name: String::new(),
                reason: message.clone(),
                place: None,
                source,
            });
        }
        if kinds.is_empty() {
            read.objects.unreadable.push(source);
        }
    }
    let span = crate::text::Span { start: error.offset, end: error.offset };
    read.problems.push(Problem { span: Some(span), kinds, ..Problem::of_file(source, &message, help) });
}

/// The workload kinds that a text names at the start of its lines, one entry per line.
fn scan_kinds(text: &str) -> Vec<String> {
    const KINDS: [&str; 16] = [
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Pod",
        "ReplicaSet",
        "ReplicationController",
        "Rollout",
        "ScaledJob",
        "HelmRelease",
        "HelmChart",
        "Application",
        "ApplicationSet",
        "RayCluster",
        "Cluster",
    ];
    text.lines()
        .filter_map(|line| {
            let line = line.trim_start().trim_start_matches("- ").trim_start();
            let kind = line.strip_prefix("kind:")?.trim().trim_matches(['"', '\'']);
            KINDS.contains(&kind).then(|| kind.to_owned())
        })
        .collect()
}

/// The services that a text which may be a Compose file names: the keys below `services:`, and at least one where the
/// file's name says that it is one.
fn scan_services(text: &str, is_named: bool) -> Vec<String> {
    let mut below = text.lines().skip_while(|line| line.trim_end() != "services:").peekable();
    let found = below.next().is_some();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let mut inside = below.filter(is_content).take_while(|line| indent(line) > 0).peekable();
    let first = inside.peek().map_or(0, |line| indent(line));
    let services = inside.filter(|line| indent(line) == first && line.trim_end().ends_with(':')).count();
    let services = if found || is_named { services.max(1) } else { 0 };
    vec!["Compose service".to_owned(); services]
}

type FileDocuments<'f> = (SourceId, &'f SourceFile, std::ops::Range<usize>);

fn classify_all<'a>(
    by_file: &[FileDocuments<'a>],
    files: &'a [SourceFile],
    patches: &BTreeSet<String>,
    choices: &Choices,
    tables: &Tables,
    read: &mut Read,
) {
    let trees = &read.trees;
    let classify =
        |(source, file, range): &FileDocuments<'_>| classify(*source, file, &trees[range.clone()], patches, tables);
    let classified: Vec<Classified> = if read.documents > 200 {
        by_file.par_iter().with_max_len(UNIT).map(classify).collect()
    } else {
        by_file.iter().map(classify).collect()
    };
    let mut candidates = Vec::new();
    for ((source, file, _), classified) in by_file.iter().zip(classified) {
        read.objects.append(classified.objects);
        read.problems.extend(classified.problems);
        read.skipped.extend(classified.skipped.map(|reason| (*source, reason)));
        if classified.is_compose {
            candidates.push(file.name.as_str());
        }
    }
    if candidates.is_empty() && choices.compose_files.is_empty() {
        return;
    }
    let named = files.iter().enumerate().map(|(index, file)| (file.name.as_str(), (SourceId(index as u32), file)));
    let trees = |(source, file, range): &FileDocuments<'a>| (file.name.as_str(), (*source, &read.trees[range.clone()]));
    let sources = read.trees.iter().map(|tree| tree.source).collect();
    let library = Library::new(by_file.iter().map(trees).collect(), named.collect(), sources);
    let outcome = compose::read_projects(&candidates, &library, choices, tables, &mut read.objects);
    let (missing, problems) = library.into_findings();
    read.missing.extend(missing);
    read.problems.extend(problems);
    read.problems.extend(outcome.problems);
    read.skipped.extend(outcome.skipped);
    read.projects = outcome.projects;
}

#[derive(Default)]
struct Classified {
    objects: Objects,
    problems: Vec<Problem>,
    is_compose: bool,
    skipped: Option<String>,
}

fn classify(
    source: SourceId,
    file: &SourceFile,
    trees: &[Tree],
    patches: &BTreeSet<String>,
    tables: &Tables,
) -> Classified {
    let mut result = Classified::default();
    let mut understood = false;
    if patches.contains(&file.name) {
        result.skipped = Some("a patch that a kustomization applies; patches are not applied yet".to_owned());
        return result;
    }
    for tree in trees {
        let Some(root) = tree.root() else { continue };
        let is_object = root.get("kind").and_then(|kind| kind.string()).is_some()
            && root.get("apiVersion").and_then(|version| version.string()).is_some();
        if is_object {
            match kubernetes::read_object(root, source, tables, &mut result.objects) {
                Outcome::Understood => understood = true,
                Outcome::Lookalike(reason) => result.skipped = Some(reason),
                Outcome::Fragment => {
                    result.skipped.get_or_insert_with(|| "a patch: no container with an image in it".to_owned());
                }
            }
            result.problems.extend(key_that_stands_twice(tree, source).filter(|_| understood));
        } else if let Some(reason) =
            root.written_entries().find_map(|(key, _)| tables.lookalike_key(key.text().unwrap_or_default()))
        {
            result.skipped = Some(reason.to_owned());
        } else if compose::is_compose(root, file.base_name(), tables) {
            result.is_compose = true;
            understood = true;
            result.problems.extend(key_that_stands_twice(tree, source));
        } else if kustomization::is_name(file.base_name()) {
            understood = true;
        } else {
            result.skipped.get_or_insert_with(|| "neither a Kubernetes object nor a Compose file".to_owned());
        }
    }
    if understood {
        result.skipped = None;
    }
    result
}

fn key_that_stands_twice(tree: &Tree, source: SourceId) -> Option<Problem> {
    let place = crate::yaml::Place { document: tree.document, node: tree.duplicate_key? };
    let message = "this key stands twice in one mapping; the later one counts";
    Some(Problem::at(place, source, message, "remove one of the two"))
}
