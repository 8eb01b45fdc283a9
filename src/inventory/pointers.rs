//! Pointers of Flux, Argo CD and Rancher: which folder they lead to, and whether it is among the files.
//!
//! Sources: Flux "Kustomization" and "HelmRelease" API references; Argo CD "Application Specification" and
//! "ApplicationSet Generators".

use std::collections::BTreeSet;

use globset::GlobBuilder;

use super::model::{Objects, Opaque};
use super::paths::join;
use crate::language::{Prose, say};
use crate::limits;
use crate::text::sanitize::without_credentials;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Node, Place};

/// A pointer of a delivery tool to what it deploys, before it is known whether that is among the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    /// The kind that points.
    pub kind: String,
    /// Its namespace and name.
    pub name: String,
    /// The folders that it leads to, as paths or patterns from the root of a repository.
    pub paths: Vec<String>,
    /// The repository or chart, without credentials.
    pub origin: Option<String>,
    /// The artifact that Flux cuts out of a repository, and the path in it.
    pub artifact: Option<(String, String)>,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// A pointer whose target is among the files.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// The kind that points.
    pub kind: String,
    /// Its namespace and name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// A file of what it leads to.
    pub target: SourceId,
}

/// Reads a pointer.
pub(super) fn read(kind: &str, namespace: &str, name: &str, node: Node<'_>, place: Place, source: SourceId) -> Pointer {
    let spec = node.get("spec");
    let at = |path: &[&str]| spec.and_then(|spec| spec.at(path));
    let (paths, origin): (Vec<String>, Option<String>) = match kind {
        "Kustomization" => flux_kustomization(spec),
        "HelmRelease" => {
            let chart =
                at(&["chart", "spec", "chart"]).or_else(|| at(&["chart", "name"])).and_then(|node| node.string());
            let is_from_git =
                at(&["chart", "spec", "sourceRef", "kind"]).and_then(|node| node.string()) == Some("GitRepository");
            let own = at(&["chart", "path"]).and_then(|node| node.string());
            let path = own.or(chart.filter(|_| is_from_git));
            (path.into_iter().map(str::to_owned).collect(), chart.map(str::to_owned))
        }
        "Application" => application(spec, &[]),
        "ApplicationSet" => {
            let generators = at(&["generators"]);
            application(at(&["template", "spec"]), &generators.map(|list| vec![list]).unwrap_or_default())
        }
        _ => (Vec::new(), at(&["chart"]).and_then(|node| node.string()).map(str::to_owned)),
    };
    let is_from_artifact = at(&["sourceRef", "kind"]).and_then(|node| node.string()) == Some("ExternalArtifact");
    let text = |path: &[&str]| at(path).and_then(|node| node.string()).map(str::to_owned);
    let artifact = text(&["sourceRef", "name"])
        .filter(|_| is_from_artifact)
        .map(|name| (name, text(&["path"]).unwrap_or_default()));
    Pointer {
        artifact,
        kind: kind.to_owned(),
        name: if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") },
        paths,
        origin: origin.map(|origin| without_credentials(&origin).into_owned()),
        place,
        source,
    }
}

/// How far a pointer reaches.
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// In which way.
    pub kind: ReachKind,
    /// Where it is written.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

/// The ways in which a pointer reaches beyond one cluster or one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReachKind {
    /// Every change that is proposed gets an environment.
    Previews,
    /// Every registered cluster gets a copy.
    EveryCluster,
    /// The cluster of this name or address.
    Cluster(String),
    /// One of several clusters that are listed for one application.
    ListedCluster(String),
}

/// How far a pointer reaches.
/// Source: Argo CD documentation, "Generators" and "Application Specification"; Flux "Kustomization", "kubeConfig".
pub(super) fn reaches(kind: &str, node: Node<'_>, source: SourceId) -> Vec<Reach> {
    let mut found = Vec::new();
    let mut add = |kind: ReachKind, node: Node<'_>| found.push(Reach { kind, place: node.place(), source });
    let spec = node.get("spec");
    let named = |node: Node<'_>| ReachKind::Cluster(node.string().unwrap_or_default().to_owned());
    match kind {
        "Application" => destination(spec).into_iter().for_each(|node| add(named(node), node)),
        "Kustomization" | "HelmRelease" => {
            let config = spec.and_then(|spec| spec.at(&["kubeConfig", "secretRef", "name"]));
            config.into_iter().for_each(|node| add(named(node), node));
        }
        "ApplicationSet" => {
            let template = spec.and_then(|spec| spec.at(&["template", "spec"]));
            destination(template).into_iter().for_each(|node| add(named(node), node));
            let generators = spec.and_then(|spec| spec.get("generators"));
            let nodes = generators.into_iter().flat_map(|list| list.descendants()).take(limits::NODES_PER_RESOURCE);
            for (key, value) in nodes.flat_map(|node| node.written_entries()) {
                match key.text() {
                    Some("pullRequest") => add(ReachKind::Previews, value),
                    Some("clusters" | "clusterDecisionResource") => add(ReachKind::EveryCluster, value),
                    Some("cluster" | "server") if is_cluster(&value) => {
                        add(ReachKind::ListedCluster(value.string().unwrap_or_default().to_owned()), value);
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    found
}

/// Whether this is the name or address of one cluster, written out.
fn is_cluster(node: &Node<'_>) -> bool {
    node.string().is_some_and(|name| !name.is_empty() && !name.contains("{{"))
}

/// The cluster that an application goes to.
fn destination<'t>(spec: Option<Node<'t>>) -> Option<Node<'t>> {
    let destination = spec?.get("destination")?;
    let named = destination.get("name").filter(is_cluster);
    named.or_else(|| destination.get("server").filter(is_cluster))
}

/// The folders that a pointer leads to, and of what.
type Paths = (Vec<String>, Option<String>);

/// A folder of a repository that Flux copies into an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The artifact's name.
    pub artifact: String,
    /// The folder of the repository.
    pub from: String,
    /// The folder of the artifact.
    pub to: String,
}

/// What Flux copies into artifacts (`ArtifactGenerator`).
pub(super) fn artifacts(node: Node<'_>) -> Vec<Copied> {
    let artifacts = node.at(&["spec", "artifacts"]);
    let mut found = Vec::new();
    for artifact in artifacts.into_iter().flat_map(|list| list.items()) {
        let Some(name) = artifact.get("name").and_then(|name| name.string()) else { continue };
        for copy in artifact.get("copy").into_iter().flat_map(|list| list.items()) {
            // `@source/folder/**` is the content of a folder; the first part only names the source or the artifact.
            let folder = |key: &str| {
                let (_, folder) = copy.get(key)?.string()?.split_once('/')?;
                Some(folder.trim_end_matches("**").trim_end_matches('/').to_owned())
            };
            if let (Some(from), Some(to)) = (folder("from"), folder("to")) {
                found.push(Copied { artifact: name.to_owned(), from, to });
            }
        }
    }
    found
}

fn flux_kustomization(spec: Option<Node<'_>>) -> Paths {
    let text = |path: &[&str]| spec.and_then(|spec| spec.at(path)).and_then(|node| node.string());
    let origin = text(&["sourceRef", "name"]);
    let path = text(&["path"]).unwrap_or("./");
    // The whole of a repository is this one only where it is the one that Flux was set up with.
    let is_whole = path.trim_start_matches("./").trim_matches('/').is_empty();
    let leads_here =
        text(&["sourceRef", "kind"]) == Some("GitRepository") && (!is_whole || origin == Some("flux-system"));
    if leads_here {
        (vec![path.to_owned()], origin.map(str::to_owned))
    } else {
        (Vec::new(), origin.map(|origin| format!("{path} of {origin}")))
    }
}

/// The paths of the sources of an Argo application; what generators fill in is replaced by what they list.
fn application(spec: Option<Node<'_>>, generators: &[Node<'_>]) -> Paths {
    let Some(spec) = spec else { return (Vec::new(), None) };
    let several = spec.get("sources").into_iter().flat_map(|list| list.items());
    let sources: Vec<Node<'_>> = spec.get("source").into_iter().chain(several).collect();
    let origin = sources.iter().find_map(|source| source.get("repoURL")?.string()).map(str::to_owned);
    let paths = sources.iter().filter_map(|source| source.get("path")?.string());
    let patterns = paths.flat_map(|path| filled_in(path, generators)).take(limits::PATHS_PER_POINTER).collect();
    (patterns, origin)
}

/// A path with its placeholders (`{{path}}`, `{{.cluster}}`) replaced by what the generators list, else by `*`.
fn filled_in(path: &str, generators: &[Node<'_>]) -> Vec<String> {
    let (Some(start), Some(end)) = (path.find("{{"), path.find("}}")) else { return vec![path.to_owned()] };
    if end < start {
        return vec![path.to_owned()];
    }
    let name = path[start + 2..end].trim().trim_start_matches('.');
    let mut values: Vec<String> = Vec::new();
    for node in generators.iter().flat_map(Node::descendants).take(limits::NODES_PER_RESOURCE) {
        for (key, list) in node.written_entries() {
            let items =
                || list.items().filter(|item| item.get("exclude").and_then(|node| node.boolean()) != Some(true));
            let paths = || items().filter_map(|item| item.get("path")?.string().map(str::to_owned));
            match (key.text(), name) {
                (Some("directories"), "path" | "path.path") => values.extend(paths()),
                (Some("files"), "path" | "path.path") => {
                    values.extend(paths().map(|path| super::paths::folder_of(&path).to_owned()));
                }
                (Some("elements"), name) => {
                    values.extend(items().filter_map(|item| item.get(name)?.string().map(str::to_owned)));
                }
                _ => {}
            }
        }
    }
    if values.is_empty() {
        values.push("*".to_owned());
    }
    let before = &path[..start];
    let rest = filled_in(&path[end + 2..], generators);
    let all = values.iter().flat_map(|value| rest.iter().map(move |rest| format!("{before}{value}{rest}")));
    all.take(limits::PATHS_PER_POINTER).collect()
}

/// Follows every pointer whose folder is among the files; the others stay opaque, and say what they lead to.
pub(super) fn follow(objects: &mut Objects, files: &[SourceFile], skipped: &BTreeSet<SourceId>) {
    if objects.pointers.is_empty() {
        return;
    }
    let mut folders: BTreeSet<(&str, SourceId)> = BTreeSet::new();
    for (index, file) in files.iter().enumerate() {
        let source = SourceId(index as u32);
        let mut folder = file.folder();
        while !skipped.contains(&source) {
            folders.insert((folder, source));
            if folder.is_empty() {
                break;
            }
            folder = super::paths::folder_of(folder).trim_end_matches('/');
        }
    }
    let artifacts = std::mem::take(&mut objects.artifacts);
    for mut pointer in std::mem::take(&mut objects.pointers) {
        if let Some((name, path)) = &pointer.artifact {
            let path = join("", path);
            let copies = artifacts.iter().filter(|copied| copied.artifact == *name);
            pointer.paths.extend(
                copies.filter_map(|copied| {
                    Some(join(&copied.from, path.strip_prefix(&copied.to)?.trim_start_matches('/')))
                }),
            );
        }
        let own_folder = files.get(pointer.source.0 as usize).map_or("", SourceFile::folder);
        let target = pointer.paths.iter().find_map(|path| find(path, own_folder, &folders, pointer.source));
        match target {
            Some(target) => {
                objects.followed.push(Followed { kind: pointer.kind, name: pointer.name, place: pointer.place, target })
            }
            None => objects.opaque.push(Opaque {
                reason: reason(&pointer),
                kind: pointer.kind,
                name: pointer.name,
                place: Some(pointer.place),
                source: pointer.source,
            }),
        }
    }
}

fn reason(pointer: &Pointer) -> Prose {
    let path = pointer.paths.first();
    match (path, &pointer.origin) {
        (Some(path), Some(origin)) => say!("it points to {} of {}, which is not among these files", path, origin),
        (Some(path), None) => say!("it points to {}, which is not among these files", path),
        (None, Some(origin)) => say!("it points to {}, which is not among these files", origin),
        (None, None) => say!("it points to workloads that are not among these files"),
    }
}

/// A file below the folder that a path of the repository leads to. The repository's root is a folder above the pointer;
/// which one, only the path can tell.
fn find(path: &str, own: &str, folders: &BTreeSet<(&str, SourceId)>, except: SourceId) -> Option<SourceId> {
    let path = path.trim_start_matches('/');
    let is_pattern = path.contains(['*', '?', '[', '{']);
    let mut roots: Vec<&str> = vec![own];
    while let Some(last) = roots.last().filter(|last| !last.is_empty() && **last != "/") {
        roots.push(super::paths::folder_of(last));
    }
    // The outermost folder first: a repository holds its folders once more in examples and tests.
    for root in roots.into_iter().rev() {
        let wanted = join(root, path);
        if is_pattern {
            let Ok(glob) = GlobBuilder::new(&wanted).literal_separator(true).build() else { continue };
            let matcher = glob.compile_matcher();
            let found = folders.iter().find(|(folder, source)| *source != except && matcher.is_match(folder));
            if let Some((_, source)) = found {
                return Some(*source);
            }
        } else {
            let from = (wanted.as_str(), SourceId(0));
            let mut below = folders.range(from..).take_while(|(folder, _)| *folder == wanted);
            if let Some((_, source)) = below.find(|(_, source)| *source != except) {
                return Some(*source);
            }
        }
    }
    None
}
