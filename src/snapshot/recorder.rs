//! Folds the pages of all lists of one cluster. Order does not matter: neither that of pages nor that of lists.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{self, KINDS};
use super::lists::{Outcome, Record};
use super::nodes::Nodes;
use super::objects::{Objects, Reading};
use super::page::{self, PageEnd, PageError};
use super::pods::{Folding, Pods};
use super::pseudonym::PseudonymKey;
use super::scope::Scope;
use super::time::Timestamp;
use super::usage::{Events, NodeUsage, PodUsage};
use crate::tables::Tables;
use crate::text::sanitize::{for_terminal, without_secrets};

/// A resource that an API server serves, as discovery tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServedResource {
    /// Its API group; empty for the core.
    pub group: String,
    /// Its version.
    pub version: String,
    /// Its plural, as in paths.
    pub plural: String,
    /// Its kind.
    pub kind: String,
    /// Whether its objects stand in namespaces.
    pub namespaced: bool,
    /// Whether it can be listed.
    pub can_list: bool,
}

/// One list that is to be read, page by page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// The resource as kubectl says it: `deployments.apps`.
    pub resource: String,
    /// The path on the API server: `/apis/apps/v1/namespaces/shop/deployments`.
    pub path: String,
    /// The group and version of its objects: `apps/v1`.
    pub api_version: String,
    /// The kind of its objects.
    pub kind: String,
    /// The namespace that is listed; none for all of them, or for what stands in none.
    pub namespace: Option<String>,
    /// Whether names and labels are enough, so that `PartialObjectMetadataList` may be asked for.
    pub metadata_only: bool,
    /// Whether it comes in pages.
    pub paged: bool,
    /// Which objects, by their labels.
    pub label_selector: Option<String>,
    /// Which objects, by their fields.
    pub field_selector: Option<String>,
}

impl ListRequest {
    fn group(&self) -> &str {
        self.api_version.rsplit_once('/').map_or("", |(group, _)| group)
    }

    fn id(&self) -> ListId {
        (self.resource.clone(), self.namespace.clone())
    }
}

/// A resource and a namespace.
pub(super) type ListId = (String, Option<String>);

/// What one list gave so far.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    pub(super) outcome: Option<(Outcome, Option<String>)>,
    pub(super) items: usize,
    skipped: usize,
    skipped_because: Option<&'static str>,
    pub(super) gave: Gave,
}

/// What lists of different kinds give.
#[derive(Clone, Debug, Default)]
pub(super) enum Gave {
    /// Nothing yet.
    #[default]
    Nothing,
    Objects(Objects),
    Pods(Box<Pods>),
    Nodes(Nodes),
    PodUsage(PodUsage),
    NodeUsage(NodeUsage),
    Events(Box<Events>),
}

/// Records one cluster: what is to be listed, what the lists give, and the text that comes of it.
#[derive(Debug)]
pub struct Recorder {
    pub(super) cluster: String,
    pub(super) scope: Scope,
    pub(super) taken: Timestamp,
    pub(super) tables: Tables,
    pub(super) version: Option<String>,
    pub(super) lists: BTreeMap<ListId, List>,
    /// The kinds of custom resources, by the name of their definition.
    pub(super) kinds: BTreeMap<String, String>,
}

impl Recorder {
    /// A recorder of the cluster of this name.
    #[must_use]
    pub fn new(cluster: &str, scope: Scope, taken: Timestamp, tables: &Tables) -> Self {
        Self {
            cluster: for_terminal(cluster).into_owned(),
            scope,
            taken,
            tables: tables.clone(),
            version: None,
            lists: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    /// Notes the version of the API server, such as `v1.35.2`.
    pub fn version(&mut self, server: Option<&str>) {
        let is_version = |text: &&str| text.len() <= 60 && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
        self.version = server.filter(is_version).map(str::to_owned);
    }

    /// What is to be listed, most important first. Resources that are not served, or that the scope leaves out, are
    /// recorded as such.
    pub fn plan(&mut self, served: &[ServedResource]) -> Vec<ListRequest> {
        for resource in served.iter().filter(|resource| resource.group.contains('.')) {
            self.kinds.insert(format!("{}.{}", resource.plural, resource.group), resource.kind.clone());
        }
        let mut requests = Vec::new();
        for kind in KINDS {
            let of_kind: Vec<&ServedResource> = served
                .iter()
                .filter(|served| served.group == kind.group && served.plural == kind.plural && served.can_list)
                .collect();
            let preferred =
                kind.versions.iter().find(|version| of_kind.iter().any(|served| served.version == **version));
            // What every API server serves is asked for even where discovery does not show it: its answer tells.
            let version = match preferred.copied().or_else(|| of_kind.first().map(|served| served.version.as_str())) {
                Some(version) => version,
                None if kind.optional => {
                    self.note(kind.resource, Outcome::NotServed, None);
                    continue;
                }
                None => kind.versions[0],
            };
            if !self.is_asked(kind) {
                self.note(kind.resource, Outcome::NotAsked, None);
                continue;
            }
            let request = ListRequest {
                resource: kind.resource.to_owned(),
                path: String::new(),
                api_version: api_version(kind.group, version),
                kind: kind.kind.to_owned(),
                namespace: None,
                metadata_only: kind.metadata_only,
                paged: kind.paged,
                label_selector: self.label_selector(kind),
                field_selector: self.field_selector(kind),
            };
            self.in_namespaces(&request, kind.plural, kind.namespaced, &mut requests);
        }
        for (resource, kind) in self.custom_resources(served) {
            let request = ListRequest {
                resource: format!("{}.{}", resource.plural, resource.group),
                path: String::new(),
                api_version: api_version(&resource.group, &resource.version),
                kind: resource.kind.clone(),
                namespace: None,
                metadata_only: kind.metadata_only,
                paged: true,
                label_selector: None,
                field_selector: None,
            };
            if self.scope.object.is_some() && kind.bears_workloads {
                self.note(&request.resource, Outcome::NotAsked, None);
                continue;
            }
            self.in_namespaces(&request, &resource.plural, resource.namespaced, &mut requests);
        }
        for request in &requests {
            self.lists.entry(request.id()).or_default();
        }
        requests
    }

    /// Custom resources that are known, each in one version: the first that discovery names.
    fn custom_resources<'s>(&self, served: &'s [ServedResource]) -> Vec<(&'s ServedResource, kinds::CustomKind)> {
        let mut known = BTreeMap::new();
        for resource in served.iter().filter(|resource| resource.can_list && !resource.plural.contains('/')) {
            if let Some(kind) = kinds::custom_kind(&resource.group, &resource.kind, &self.tables) {
                known.entry((&resource.group, &resource.plural)).or_insert((resource, kind));
            }
        }
        known.into_values().collect()
    }

    /// Whether the scope leaves a kind in: of one object only the kinds that it may consist of.
    fn is_asked(&self, kind: &kinds::Kind) -> bool {
        let Some(object) = &self.scope.object else { return true };
        let makers: &[&str] = match object.kind.as_str() {
            "CronJob" | "ScaledJob" => &["Job", "Pod"],
            // The template of a Rollout may be that of a Deployment; a service of Knative runs one.
            "Rollout" | "Service" => &["Deployment", "Pod"],
            _ => &["Pod"],
        };
        !kind.bears_workloads || kind.kind == object.kind || makers.contains(&kind.kind)
    }

    fn label_selector(&self, kind: &kinds::Kind) -> Option<String> {
        // Pods are listed as a whole: those of a workload that was chosen need not have its labels.
        let chooses = kind.bears_workloads && !matches!(kind.kind, "Pod" | "Job");
        self.scope.selector.as_ref().filter(|_| chooses).map(ToString::to_string)
    }

    fn field_selector(&self, kind: &kinds::Kind) -> Option<String> {
        let object = self.scope.object.as_ref();
        let object = object.filter(|object| kind.bears_workloads && kind.kind == object.kind);
        match object {
            Some(object) => Some(format!("metadata.name={}", object.name)),
            None if kind.kind == "Event" => Some(kinds::EVENT_SELECTOR.to_owned()),
            None => None,
        }
    }

    /// Adds one request for all namespaces, or one for each that is looked at.
    fn in_namespaces(&mut self, request: &ListRequest, plural: &str, namespaced: bool, into: &mut Vec<ListRequest>) {
        let root = if request.api_version.contains('/') { "/apis" } else { "/api" };
        let namespaces = self.scope.namespaces.clone().filter(|_| namespaced);
        let Some(namespaces) = namespaces else {
            into.push(ListRequest { path: format!("{root}/{}/{plural}", request.api_version), ..request.clone() });
            return;
        };
        let namespaces: BTreeSet<String> = namespaces.into_iter().collect();
        for namespace in namespaces {
            let path = format!("{root}/{}/namespaces/{namespace}/{plural}", request.api_version);
            into.push(ListRequest { path, namespace: Some(namespace), ..request.clone() });
        }
    }

    fn note(&mut self, resource: &str, outcome: Outcome, reason: Option<String>) {
        let list = List { outcome: Some((outcome, reason)), ..List::default() };
        self.lists.insert((resource.to_owned(), None), list);
    }

    /// Folds one page: the bytes of a list. Nothing of it is kept but what is folded.
    ///
    /// # Errors
    ///
    /// When the page is no list or is cut off. Nothing of it was taken then, so that it can be asked for again.
    pub fn page(&mut self, request: &ListRequest, body: &[u8]) -> Result<PageEnd, PageError> {
        let list = self.lists.entry(request.id()).or_default();
        let tables = &self.tables;
        let folding = Folding { tables, taken: self.taken };
        let reading =
            Reading { api_version: &request.api_version, group: request.group(), kind: &request.kind, tables };
        if matches!(list.gave, Gave::Nothing) {
            list.gave = Gave::of(request);
        }
        let mut skipped = (0, list.skipped_because);
        const NOT_UNDERSTOOD: &str = "an object is not what the API says it is";
        let end = page::read(body, |item| {
            let taken = match &mut list.gave {
                Gave::Nothing => Ok(()),
                Gave::Objects(objects) => objects.add(item, reading).map_err(|wrong| wrong.what),
                Gave::Pods(pods) => pods.add(item, folding).then_some(()).ok_or(NOT_UNDERSTOOD),
                Gave::Nodes(nodes) => nodes.add(item, tables).then_some(()).ok_or(NOT_UNDERSTOOD),
                Gave::PodUsage(usage) => usage.add(item, tables).then_some(()).ok_or(NOT_UNDERSTOOD),
                Gave::NodeUsage(usage) => usage.add(item, tables).then_some(()).ok_or(NOT_UNDERSTOOD),
                Gave::Events(events) => events.add(item).then_some(()).ok_or(NOT_UNDERSTOOD),
            };
            if let Err(reason) = taken {
                // Of several reasons the first in the alphabet, so that the order of items does not show.
                skipped = (skipped.0 + 1, Some(skipped.1.map_or(reason, |known: &str| known.min(reason))));
            }
        })?;
        list.items += end.items - skipped.0;
        list.skipped += skipped.0;
        list.skipped_because = skipped.1;
        Ok(end)
    }

    /// Forgets what a list gave, so that it can be read again from its beginning.
    pub fn restart(&mut self, request: &ListRequest) {
        self.lists.insert(request.id(), List::default());
    }

    /// Notes how a list ended.
    pub fn ended(&mut self, request: &ListRequest, outcome: Outcome, reason: Option<String>) {
        let list = self.lists.entry(request.id()).or_default();
        // What came before an end counts as a part.
        let outcome = if list.items > 0 && matches!(outcome, Outcome::TimedOut | Outcome::Forbidden | Outcome::Failed) {
            Outcome::CutOff
        } else {
            outcome
        };
        list.outcome = Some((outcome, reason.map(|reason| shown(&reason))));
    }

    /// The text: a pure function of what was recorded.
    #[must_use]
    pub fn finish(self, pseudonyms: Option<&PseudonymKey>) -> String {
        super::finish::text(self, pseudonyms)
    }

    /// What became of every resource.
    pub(super) fn records(&self) -> BTreeMap<&str, Record> {
        let mut records: BTreeMap<&str, Record> = BTreeMap::new();
        for ((resource, namespace), list) in &self.lists {
            let unread = (Outcome::Failed, Some("the list was not read to its end".to_owned()));
            let (outcome, reason) = list.outcome.as_ref().unwrap_or(&unread);
            let record = records.entry(resource).or_default();
            record.add(*outcome, list.items, reason.as_deref(), namespace.as_deref());
            record.skip(list.skipped, list.skipped_because);
        }
        records
    }

    /// Whether every list of a resource is complete.
    pub(super) fn is_complete(&self, resource: &str) -> bool {
        let mut lists = self.lists.iter().filter(|((name, _), _)| name == resource).peekable();
        lists.peek().is_some() && lists.all(|(_, list)| matches!(list.outcome, Some((Outcome::Complete, _))))
    }

    /// Whether a list of a resource in a namespace is complete.
    pub(super) fn is_complete_in(&self, resource: &str, namespace: &str) -> bool {
        let of = |namespace: Option<String>| self.lists.get(&(resource.to_owned(), namespace));
        let list = of(None).or_else(|| of(Some(namespace.to_owned())));
        list.is_some_and(|list| matches!(list.outcome, Some((Outcome::Complete, _))))
    }
}

impl Gave {
    /// What a request will give.
    fn of(request: &ListRequest) -> Self {
        match request.resource.as_str() {
            "pods" => Self::Pods(Box::default()),
            "nodes" => Self::Nodes(Nodes::default()),
            "pods.metrics.k8s.io" => Self::PodUsage(PodUsage::default()),
            "nodes.metrics.k8s.io" => Self::NodeUsage(NodeUsage::default()),
            "events" => Self::Events(Box::default()),
            _ => Self::Objects(Objects::default()),
        }
    }
}

/// The most characters of a reason that are kept.
const LONGEST_REASON: usize = 300;

/// A reason as it can be passed on: one line, without what looks like a secret.
fn shown(reason: &str) -> String {
    for_terminal(&without_secrets(reason)).chars().take(LONGEST_REASON).collect()
}

fn api_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}
