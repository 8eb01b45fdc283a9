//! From files to objects: which documents are Kubernetes objects, which are Compose files, which only look like them,
//! and which cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::Problem;
use super::chart::Charts;
use super::compose::{self, Library, Project};
use super::configured;
use super::kubernetes::{self, Outcome};
use super::kustomize::{self, Built, Role};
use super::live::{self, Cluster};
use super::model::{Objects, Opaque, Workload};
use super::paths::join;
use super::unrendered::{self, FileTemplate};
use crate::choices::Choices;
use crate::configuration::{self, Configurations};
use crate::language::{Prose, say};
use crate::limits::Limits;
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{
    DocumentError, DocumentId, Node, ParsedDocument, Tree, find_template_marker, parse_documents, parse_embedded,
};

/// What reading gave, before objects are deduplicated.
#[derive(Default)]
pub(super) struct Read {
    pub(super) trees: Vec<Tree>,
    pub(super) objects: Objects,
    pub(super) problems: Vec<Problem>,
    pub(super) skipped: Vec<(SourceId, Prose)>,
    pub(super) documents: usize,
    pub(super) projects: Vec<Project>,
    pub(super) missing: BTreeSet<String>,
    /// What is configured.
    pub(super) configurations: Configurations,
    /// What kustomizations make.
    pub(super) built: Built,
    /// How clusters were read.
    pub(super) clusters: Vec<Cluster>,
}

/// Files below this many bytes are not worth a second thread.
const PARALLEL_FROM: usize = 64 * 1024;

/// Files that one thread takes at once: large files stand side by side in folders, so that larger portions leave one
/// thread with most of the work.
const UNIT: usize = 4;

pub(super) fn read(files: &[SourceFile], choices: &Choices, tables: &Tables) -> Read {
    let mut read = Read::default();
    let charts = Charts::read(files, &choices.limits);
    let mut kustomizations = parse_kustomizations(files, &choices.limits);
    let wanted = wanted(files, &kustomizations);
    read.missing = absent(files, &wanted);
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    let configured = choices.configuration_names();
    for (index, file) in files.iter().enumerate().filter(|(_, file)| !configured.contains(&file.name)) {
        let source = SourceId(index as u32);
        match left_alone(file, &charts, choices, tables).filter(|_| !wanted.contains(&file.name)) {
            Some(reason) => others.push((source, file, reason)),
            None => chosen.push((source, file)),
        }
    }
    let rest: Vec<(SourceId, &SourceFile)> =
        chosen.iter().filter(|(source, _)| !kustomizations.contains_key(source)).copied().collect();
    let mut parsed = parse_all(&rest, &charts, &choices.limits).into_iter();
    let mut seen = BTreeSet::new();
    // Which documents belong to which file; numbers are given in input order.
    let mut by_file: Vec<FileDocuments<'_>> = Vec::new();
    let live = live::live_of(files);
    for (source, file) in &chosen {
        let first = read.trees.len();
        let own = kustomizations.remove(source).map(|documents| (documents, None));
        let (documents, template) = own.or_else(|| parsed.next()).unwrap_or_default();
        let of_cluster = live(file);
        let text = template.as_ref().map_or(&*file.text, |template| &*template.certain);
        for document in documents {
            read.documents += 1;
            match document {
                Ok(mut tree) => {
                    tree.document = DocumentId(read.trees.len() as u32);
                    tree.live.clone_from(&of_cluster);
                    read.trees.push(tree);
                }
                Err(error) => note_unreadable(*source, file, text, &error, &mut read, &mut seen),
            }
        }
        if let Some(template) = &template {
            unrendered::note_hidden(*source, file, template, &mut read, &mut seen);
        }
        by_file.push((*source, file, first..read.trees.len()));
    }
    read.clusters = live::clusters(&read.trees);
    configured::read(files, choices, &mut read);
    build(&by_file, &others, choices, tables, &mut read);
    let mut left: Vec<(SourceId, Prose)> = others.into_iter().map(|(source, _, reason)| (source, reason)).collect();
    for (source, reason) in &mut left {
        if let Some(Some(used)) = read.built.consumed.get(source) {
            reason.clone_from(used);
        }
    }
    read.skipped.extend(left);
    classify_all(&by_file, files, choices, tables, &mut read);
    leave_to_owners(&mut read.objects);
    unrendered::sum_up(&charts, files, &mut read);
    read
}

/// The kustomizations among the files are parsed before anything else: they say which files matter whatever is in them.
fn parse_kustomizations(files: &[SourceFile], limits: &Limits) -> BTreeMap<SourceId, Vec<ParsedDocument>> {
    let sources = files.iter().enumerate().map(|(index, file)| (SourceId(index as u32), file));
    let chosen: Vec<_> = sources.filter(|(_, file)| kustomize::is_name(file.base_name())).collect();
    let parsed = chosen.iter().map(|(source, file)| parse_documents(*source, &file.text, limits)).collect::<Vec<_>>();
    chosen.into_iter().map(|(source, _)| source).zip(parsed).collect()
}

/// The names of the files that kustomizations read as documents.
fn wanted(files: &[SourceFile], kustomizations: &BTreeMap<SourceId, Vec<ParsedDocument>>) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    for (source, documents) in kustomizations {
        let folder = files[source.0 as usize].folder();
        for root in documents.iter().flatten().filter_map(Tree::root) {
            let found = kustomize::references(root, folder).into_iter();
            let found = found.filter(|found| !matches!(found.role, Role::Content | Role::Values | Role::Schema));
            wanted.extend(found.map(|found| found.path));
        }
    }
    wanted
}

/// The files that kustomizations read and that are not here; of a folder its kustomization.
#[must_use]
pub fn missing(files: &[SourceFile], limits: &Limits) -> BTreeSet<String> {
    absent(files, &wanted(files, &parse_kustomizations(files, limits)))
}

/// The files that Compose files read and that are not here, as far as can be told without the files that hold objects of
/// Kubernetes.
#[must_use]
pub fn missing_of_compose(files: &[SourceFile], choices: &Choices, tables: &Tables) -> BTreeSet<String> {
    let may_hold_objects = |file: &SourceFile| file.text.contains("apiVersion") && file.text.contains("kind");
    let without: Vec<SourceFile> = files.iter().filter(|file| !may_hold_objects(file)).cloned().collect();
    let mut missing = read(&without, choices, tables).missing;
    for file in files {
        missing.remove(&file.name);
    }
    missing
}

/// Of these files and folders the files that are not here; of a folder its kustomization.
fn absent(files: &[SourceFile], wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let names: BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
    let in_folder = |path: &str| kustomize::NAMES.map(|name| join(path, name));
    let is_here = |path: &str| names.contains(path) || in_folder(path).iter().any(|name| names.contains(name.as_str()));
    let absent = wanted.iter().filter(|path| !is_here(path));
    absent.flat_map(|path| in_folder(path).into_iter().chain([path.clone()])).collect()
}

/// Builds the kustomizations and adds what they make to the documents of the run.
fn build(
    by_file: &[FileDocuments<'_>],
    others: &[(SourceId, &SourceFile, Prose)],
    choices: &Choices,
    tables: &Tables,
    read: &mut Read,
) {
    let mut embedded = BTreeMap::new();
    let mut inner: Vec<Tree> = Vec::new();
    for (source, file, range) in by_file.iter().filter(|(_, file, _)| kustomize::is_name(file.base_name())) {
        for node in read.trees[range.clone()].iter().filter_map(Tree::root).flat_map(kustomize::embedded) {
            let first = read.trees.len() + inner.len();
            for document in parse_embedded(node, &choices.limits) {
                match document {
                    Ok(mut tree) => {
                        tree.document = DocumentId((read.trees.len() + inner.len()) as u32);
                        inner.push(tree);
                    }
                    Err(error) => {
                        let message =
                            format!("this text in {} is not valid YAML or JSON: {}", file.base_name(), error.message);
                        read.problems.push(Problem::at(node.place(), *source, &message, "mend the text"));
                    }
                }
            }
            embedded.insert(node.place(), first..read.trees.len() + inner.len());
        }
    }
    read.trees.append(&mut inner);
    let others: Vec<(SourceId, &SourceFile)> = others.iter().map(|(source, file, _)| (*source, *file)).collect();
    let parsed = kustomize::Parsed { trees: &read.trees, files: by_file, embedded, others: &others };
    let mut built = kustomize::build(parsed, &choices.overlays, tables);
    read.trees.append(&mut built.trees);
    read.problems.append(&mut built.problems);
    read.built = built;
}

/// Why a file is left alone without being parsed: its name says what it is, or nothing in its text could be an object
/// or a service.
fn left_alone(file: &SourceFile, charts: &Charts, choices: &Choices, tables: &Tables) -> Option<Prose> {
    if file.cluster.is_some() {
        return None;
    }
    let base_name = file.base_name();
    if choices.compose_files.contains(&file.name) {
        return None;
    }
    if base_name == ".env" || choices.env_files.contains(&file.name) {
        return Some(say!("variables for Compose files beside it"));
    }
    if configuration::FILE_NAMES.contains(&base_name) {
        return Some(say!("a configuration that does not hold here"));
    }
    if let Some(reason) = tables.lookalike_file(base_name) {
        return Some(Prose::from(reason.to_owned()));
    }
    if let Some(reason) = charts.left_alone(file, tables.is_values_file(base_name)) {
        return Some(reason);
    }
    let text = &file.text;
    // A template may be nothing but the inclusion of an object.
    if charts.is_template(file) && text.contains("{{") {
        return None;
    }
    let may_hold_objects = text.contains("apiVersion") && text.contains("kind");
    let may_be_compose = text.contains("services") || compose::has_telling_name(base_name);
    if may_hold_objects || may_be_compose || kustomize::is_name(base_name) {
        None
    } else {
        Some(say!("no Kubernetes object and no Compose service in it"))
    }
}

type FileParsed = (Vec<ParsedDocument>, Option<FileTemplate>);

fn parse_all(chosen: &[(SourceId, &SourceFile)], charts: &Charts, limits: &Limits) -> Vec<FileParsed> {
    // How many objects a cluster holds is nobody's mistake.
    let of_cluster = Limits { documents: usize::MAX, ..*limits };
    let parse = |(source, file): &(SourceId, &SourceFile)| {
        let limits = if file.cluster.is_some() { &of_cluster } else { limits };
        unrendered::read(*source, file, charts, limits, parse_documents(*source, &file.text, limits))
    };
    let bytes: usize = chosen.iter().map(|(_, file)| file.text.len()).sum();
    if bytes < PARALLEL_FROM {
        chosen.iter().map(parse).collect()
    } else {
        chosen.par_iter().with_max_len(UNIT).map(parse).collect()
    }
}

/// Records a document that could not be read: as opaque workloads where its text names some, else as one unreadable
/// document, each content once. Kinds are looked for in `text`, which for a template holds what is certain in it.
fn note_unreadable(
    source: SourceId,
    file: &SourceFile,
    text: &str,
    error: &DocumentError,
    read: &mut Read,
    seen: &mut BTreeSet<String>,
) {
    let whole = &file.text[error.span.start as usize..error.span.end as usize];
    let text = text.get(error.span.start as usize..error.span.end as usize).unwrap_or(whole);
    let marker = find_template_marker(whole);
    let is_template = marker.is_some();
    let mut kinds = scan_kinds(text);
    kinds.extend(scan_services(text, compose::has_telling_name(file.base_name())));
    let (message, help) = if is_template {
        (unrendered::NOT_YET_RENDERED.to_owned(), unrendered::RENDER_IT)
    } else {
        (format!("this is not valid YAML or JSON: {}", error.message), "mend the file; its other documents were read")
    };
    if seen.insert(whole.to_owned()) {
        for kind in &kinds {
            read.objects.opaque.push(Opaque {
                kind: kind.clone(),
                name: String::new(),
                reason: Prose::name(message.clone()),
                place: None,
                source,
            });
        }
        if kinds.is_empty() {
            read.objects.unreadable.push(source);
        }
    }
    // Of a template its first action says more than the place at which it stops being YAML.
    let offset = marker.map_or(error.offset, |at| error.span.start + at as u32);
    let span = Span { start: offset, end: offset };
    read.problems.push(Problem { span: Some(span), kinds, ..Problem::of_file(source, &message, help) });
}

/// The workload kinds that a text names at the start of its lines, one entry per line.
pub(super) fn scan_kinds(text: &str) -> Vec<String> {
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
    choices: &Choices,
    tables: &Tables,
    read: &mut Read,
) {
    let (trees, consumed) = (&read.trees, &read.built.consumed);
    let classify = |(source, file, range): &FileDocuments<'_>| {
        let trees = &trees[range.clone()];
        match consumed.get(source) {
            Some(reason) => classify_consumed(*source, trees, reason.clone()),
            None => classify(*source, file, trees, tables),
        }
    };
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
    skipped: Option<Prose>,
}

/// A file that kustomizations use: its objects were read as they make them.
fn classify_consumed(source: SourceId, trees: &[Tree], skipped: Option<Prose>) -> Classified {
    let keys = trees.iter().filter_map(|tree| note_duplicate_key(tree, source)).collect();
    Classified { skipped, problems: keys, ..Classified::default() }
}

fn note_duplicate_key(tree: &Tree, source: SourceId) -> Option<Problem> {
    let place = crate::yaml::Place { document: tree.document, node: tree.duplicate_key? };
    let message = "this key stands twice in one mapping; the later one counts";
    Some(Problem::at(place, source, message, "remove one of the two"))
}

fn classify(source: SourceId, file: &SourceFile, trees: &[Tree], tables: &Tables) -> Classified {
    let mut result = Classified::default();
    let mut understood = false;
    for tree in trees {
        let Some(root) = tree.root() else { continue };
        let is_object = root.get("kind").and_then(|kind| kind.string()).is_some()
            && root.get("apiVersion").and_then(|version| version.string()).is_some();
        let hide = |kinds: Vec<String>, result: &mut Classified| {
            result.objects.opaque.extend(kinds.iter().map(|kind| unrendered::opaque(kind, source)));
            let problem = Problem::of_file(source, unrendered::NOT_YET_RENDERED, unrendered::RENDER_IT);
            let start = tree.span.start;
            result.problems.push(Problem { span: Some(Span { start, end: start }), kinds, ..problem });
        };
        let is_unrendered = tree.unrendered.is_some();
        // Values of a chart may look like anything, but they have no name of their own.
        let is_values = tables.is_values_file(file.base_name()) && !is_named(root);
        if is_values {
            result.skipped = Some(say!("the values of a chart"));
        } else if is_object && is_unrendered && root.get("kind").is_some_and(|kind| kind.is_placeholder()) {
            understood = true;
            if holds_containers(root) {
                hide(vec!["template".to_owned()], &mut result);
            }
        } else if is_object {
            match kubernetes::read_object(root, source, tables, &mut result.objects) {
                Outcome::Understood => understood = true,
                Outcome::Lookalike(reason) => result.skipped = Some(reason),
                Outcome::Fragment if is_unrendered => {
                    understood = true;
                    let written = &tree.text[tree.span.start as usize..tree.span.end as usize];
                    hide(scan_kinds(written), &mut result);
                }
                Outcome::Fragment => {
                    result.skipped.get_or_insert_with(|| say!("a patch: no container with an image in it"));
                }
            }
            if understood {
                result.problems.extend(note_duplicate_key(tree, source));
            }
        } else if let Some(reason) =
            root.written_entries().find_map(|(key, _)| tables.lookalike_key(key.text().unwrap_or_default()))
        {
            result.skipped = Some(Prose::from(reason.to_owned()));
        } else if compose::is_compose(root, file.base_name(), tables) && is_unrendered {
            // Variables of Compose are known to its reader, those of other templates are not.
            understood = true;
            let written = &tree.text[tree.span.start as usize..tree.span.end as usize];
            hide(scan_services(written, compose::has_telling_name(file.base_name())), &mut result);
        } else if compose::is_compose(root, file.base_name(), tables) {
            result.is_compose = true;
            understood = true;
            result.problems.extend(note_duplicate_key(tree, source));
        } else if kustomize::is_name(file.base_name()) {
            understood = true;
        } else {
            result.skipped.get_or_insert_with(|| say!("neither a Kubernetes object nor a Compose file"));
        }
    }
    if understood {
        result.skipped = None;
    }
    result
}

/// Leaves out what a workload of the input made, as `kubectl get` lists it: the pods of a Deployment are the Deployment.
/// What a custom resource made stays, since only it shows what runs.
fn leave_to_owners(objects: &mut Objects) {
    if objects.owned.is_empty() {
        return;
    }
    let makers = |workload: &&Workload| workload.custom.is_none();
    let known: BTreeSet<(String, String, String)> = objects
        .workloads
        .iter()
        .filter(makers)
        .map(|workload| (workload.key.scope.clone(), workload.key.kind.clone(), workload.key.name.clone()))
        .collect();
    let owned = &objects.owned;
    objects.workloads.retain(|workload| {
        let owner =
            owned.get(&workload.key).map(|(kind, name)| (workload.key.scope.clone(), kind.clone(), name.clone()));
        owner.is_none_or(|owner| !known.contains(&owner))
    });
}

/// Whether an object has a name, as every object but a list has.
fn is_named(root: Node<'_>) -> bool {
    let has_name = ["name", "generateName"].iter().any(|key| root.at(&["metadata", key]).is_some());
    has_name || root.get("items").is_some_and(|items| items.is_sequence())
}

/// Whether containers are written anywhere in a document.
fn holds_containers(root: Node<'_>) -> bool {
    root.descendants().flat_map(|node| node.written_entries()).any(|(key, _)| key.text() == Some("containers"))
}
