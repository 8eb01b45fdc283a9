//! Kubernetes objects of every kind that says something about need.

use super::custom;
use super::model::{
    Autoscaler, Claim, Definition, Extension, Key, Namespace, Objects, Origin, Route, Service, Stated, Volume,
    VolumeKind, Workload, WorkloadKind, Written,
};
use super::pod;
use super::rights;
use super::selector::{Labels, Selector, read_labels};
use crate::language::{Prose, say};
use crate::limits;
use crate::tables::{GroupRole, Tables};
use crate::text::SourceId;
use crate::yaml::{Live, Node};

/// What a document that claims to be an object turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was understood.
    Understood,
    /// It is something else, for this reason.
    Lookalike(Prose),
    /// It changes an object that is written elsewhere and is no object of its own.
    Fragment,
}

/// The common part of every object.
pub(super) struct Head<'t> {
    pub(super) group: &'t str,
    pub(super) kind: &'t str,
    pub(super) namespace: String,
    pub(super) name: &'t str,
    pub(super) labels: Labels,
    pub(super) node: Node<'t>,
    pub(super) place: crate::yaml::Place,
    pub(super) source: SourceId,
}

impl Head<'_> {
    fn key(&self) -> Key {
        Key {
            kind: self.kind.to_owned(),
            group: String::new(),
            scope: self.namespace.clone(),
            name: self.name.to_owned(),
        }
    }

    fn extension(&self, service: Option<(String, String)>) -> Extension {
        Extension {
            kind: self.kind.to_owned(),
            name: self.name.to_owned(),
            service,
            place: self.place,
            source: self.source,
            labels: self.labels.clone(),
        }
    }
}

/// Reads one object, lists and OpenShift templates included, into the collection.
pub(super) fn read_object(node: Node<'_>, source: SourceId, tables: &Tables, into: &mut Objects) -> Outcome {
    let version = node.get("apiVersion").and_then(|version| version.string()).unwrap_or_default();
    let kind = node.get("kind").and_then(|kind| kind.string()).unwrap_or_default();
    let items = match kind {
        "Template" => node.get("objects"),
        _ if kind.ends_with("List") => node.get("items"),
        _ => None,
    };
    if let Some(items) = items.filter(Node::is_sequence) {
        for item in items.items().filter(Node::is_mapping) {
            read_object(item, source, tables, into);
        }
        return Outcome::Understood;
    }
    let written = version.rsplit_once('/').map_or("", |(group, _)| group);
    // Charts choose the version by what the cluster serves; the kind tells the group.
    let is_open = node.get("apiVersion").is_some_and(|version| version.is_placeholder());
    let chosen = is_open.then(|| group_of_kind(kind)).flatten();
    let group = chosen.unwrap_or(written);
    if is_open && (crate::yaml::is_unknown(group) || (chosen.is_none() && written.is_empty())) {
        return Outcome::Fragment;
    }
    // Without a group there is one version; anything else with a `kind` is somebody else's format.
    if group.is_empty() && !is_open && !matches!(version, "v1" | "v1beta1" | "v1beta2" | "v1beta3") {
        return Outcome::Lookalike(say!("no API version of Kubernetes"));
    }
    // How the cluster was read is read on its own.
    if node.tree().live.is_some() && kind == super::live::HEADER {
        return Outcome::Understood;
    }
    if let Some(reason) = tables.lookalike(group, kind) {
        return Outcome::Lookalike(Prose::from(reason.to_owned()));
    }
    let metadata = node.get("metadata");
    let hook = metadata.and_then(|metadata| metadata.at(&["annotations", "helm.sh/hook"])).and_then(|hook| hook.text());
    // Source: Helm documentation, "Chart Tests".
    if matches!(hook, Some("test" | "test-success" | "test-failure")) {
        return Outcome::Lookalike(say!("a test of a chart, which runs only when somebody asks for it"));
    }
    let name_node = metadata.and_then(|metadata| metadata.get("name").or_else(|| metadata.get("generateName")));
    let namespace = metadata.and_then(|metadata| metadata.get("namespace")).and_then(|node| node.string());
    let head = Head {
        group,
        kind,
        namespace: namespace_in(node, namespace),
        name: name_node.and_then(|name| name.text()).unwrap_or_default(),
        labels: read_labels(metadata.and_then(|metadata| metadata.get("labels"))),
        node,
        place: name_node.unwrap_or(node).place(),
        source,
    };
    if !head.namespace.is_empty() {
        into.namespaces.entry(head.namespace.clone()).or_default();
    }
    read_known(&head, tables, into)
}

/// The group of a kind that Kubernetes itself serves.
fn group_of_kind(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => "apps",
        "Job" | "CronJob" => "batch",
        "HorizontalPodAutoscaler" => "autoscaling",
        "PodDisruptionBudget" => "policy",
        "Ingress" | "NetworkPolicy" => "networking.k8s.io",
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" => "rbac.authorization.k8s.io",
        _ => return None,
    })
}

/// The namespace of an object. In a cluster `default` is a namespace like any other, and with several clusters each has
/// its own. In a template that was not rendered it is that of the release, unless it is written out:
/// no other chart's, and not known by name.
fn namespace_in(node: Node<'_>, written: Option<&str>) -> String {
    match &node.tree().unrendered {
        Some(unrendered) if written.is_none_or(crate::yaml::is_unknown) => unrendered.scope.to_string(),
        _ => named_namespace(node, written),
    }
}

/// A namespace that an object names, its own or another's.
pub(super) fn named_namespace(node: Node<'_>, written: Option<&str>) -> String {
    match node.tree().live.as_deref() {
        None => own_namespace(written),
        Some(Live { qualifier: Some(qualifier) }) if written.is_some() => {
            format!("{qualifier}:{}", written.unwrap_or_default())
        }
        Some(_) => written.unwrap_or_default().to_owned(),
    }
}

/// In files the namespace `default` and none are the same place; one that a template writes is not known.
fn own_namespace(namespace: Option<&str>) -> String {
    let is_named = |namespace: &&str| *namespace != "default" && !crate::yaml::is_unknown(namespace);
    namespace.filter(is_named).unwrap_or_default().to_owned()
}

fn read_known(head: &Head<'_>, tables: &Tables, into: &mut Objects) -> Outcome {
    let spec = head.node.get("spec");
    match (head.group, head.kind) {
        ("apps" | "extensions", "Deployment") => return workload(head, WorkloadKind::Deployment, tables, into),
        ("apps", "StatefulSet") => return workload(head, WorkloadKind::StatefulSet, tables, into),
        ("apps" | "extensions", "DaemonSet") => return workload(head, WorkloadKind::DaemonSet, tables, into),
        ("apps" | "extensions", "ReplicaSet") => return workload(head, WorkloadKind::ReplicaSet, tables, into),
        ("", "ReplicationController") => return workload(head, WorkloadKind::ReplicationController, tables, into),
        ("", "Pod") => return workload(head, WorkloadKind::Pod, tables, into),
        ("batch" | "extensions", "Job") => return workload(head, WorkloadKind::Job, tables, into),
        ("batch", "CronJob" | "ScheduledJob") => return workload(head, WorkloadKind::CronJob, tables, into),
        ("argoproj.io", "Rollout") => return workload(head, WorkloadKind::Rollout, tables, into),
        ("serving.knative.dev", "Service") if is_for_cloud_run(head.node) => {
            return Outcome::Lookalike(say!("a service of Google Cloud Run"));
        }
        ("serving.knative.dev", "Service") => return workload(head, WorkloadKind::KnativeService, tables, into),
        ("keda.sh", "ScaledJob") => return workload(head, WorkloadKind::ScaledJob, tables, into),
        ("apps.openshift.io" | "", "DeploymentConfig") => {
            return workload(head, WorkloadKind::DeploymentConfig, tables, into);
        }
        ("autoscaling" | "extensions", "HorizontalPodAutoscaler") | ("keda.sh", "ScaledObject") => {
            into.autoscalers.push(autoscaler(head));
        }
        ("policy", "PodDisruptionBudget") => into.budgets.push(rights::budget(head)),
        ("", "Service") => {
            let ports = spec.and_then(|spec| spec.get("ports"));
            into.services.push(Service {
                namespace: head.namespace.clone(),
                name: head.name.to_owned(),
                selector: Selector::read(spec.and_then(|spec| spec.get("selector"))),
                selector_place: spec.and_then(|spec| spec.get("selector")).map_or(head.place, |node| node.place()),
                headless: spec.and_then(|spec| spec.get("clusterIP")).and_then(|ip| ip.text()) == Some("None"),
                external: spec
                    .and_then(|spec| spec.get("type"))
                    .filter(|kind| matches!(kind.text(), Some("LoadBalancer" | "NodePort")))
                    .map(|kind| kind.place()),
                sticky: spec
                    .and_then(|spec| spec.get("sessionAffinity"))
                    .filter(|affinity| affinity.text() == Some("ClientIP"))
                    .map(|affinity| affinity.place()),
                ports: ports.into_iter().flat_map(|p| p.items()).map(|port| pod::read_port(port, "port")).collect(),
                place: head.place,
                source: head.source,
            });
        }
        ("networking.k8s.io" | "extensions", "Ingress")
        | ("gateway.networking.k8s.io", "Gateway" | "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute") =>
        {
            into.routes.push(route(head));
        }
        ("", "PersistentVolumeClaim") => into.claims.push(Claim {
            namespace: head.namespace.clone(),
            name: head.name.to_owned(),
            shared: pod::is_shared(spec),
            one_host: pod::is_for_one_host(spec),
            place: head.place,
        }),
        ("networking.k8s.io" | "extensions", "NetworkPolicy") => {
            into.network_policies.push(rights::network_policy(
                &head.namespace,
                head.name,
                head.node,
                head.place,
                head.source,
            ));
        }
        ("", "ServiceAccount") => into.service_accounts.push((head.namespace.clone(), head.name.to_owned())),
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole") => {
            into.roles.push(rights::role(head.kind, &head.namespace, head.name, head.node));
        }
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            let binding = rights::binding(&head.namespace, head.node, head.place, head.source);
            if let Some((_, place)) = binding.people.first().filter(|_| !head.namespace.is_empty()) {
                let namespace = into.namespaces.entry(head.namespace.clone()).or_default();
                let tenancy = namespace.tenancy.get_or_insert_default();
                tenancy.binding = Some(*place);
                tenancy.people.extend(binding.people.iter().map(|(name, _)| name.clone()));
            }
            into.bindings.push(binding);
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            let text = |path: &[&str]| spec.and_then(|spec| spec.at(path)).and_then(|node| node.string());
            into.definitions.push(Definition {
                group: text(&["group"]).unwrap_or_default().to_owned(),
                kind: text(&["names", "kind"]).unwrap_or_default().to_owned(),
                name: head.name.to_owned(),
                place: head.place,
                source: head.source,
                labels: head.labels.clone(),
            });
        }
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration") => {
            let service = head
                .node
                .get("webhooks")
                .into_iter()
                .flat_map(|hooks| hooks.items())
                .find_map(|hook| service_reference(hook.at(&["clientConfig", "service"])?));
            into.extensions.push(head.extension(service));
        }
        ("apiregistration.k8s.io", "APIService") => {
            let service = spec.and_then(|spec| spec.get("service")).and_then(service_reference);
            // An APIService without a service belongs to the API server itself.
            if service.is_some() {
                into.extensions.push(head.extension(service));
            }
        }
        ("storage.k8s.io", "CSIDriver") => into.drivers.push(head.extension(None)),
        ("", "ResourceQuota") => rights::quota(spec, head.place, namespace_entry(into, &head.namespace)),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy") => {
            into.foreign.push(custom::foreign(head, Some(GroupRole::Policies)));
        }
        ("", "Namespace") => {
            let labels = head.node.at(&["metadata", "labels"]);
            into.namespaces.entry(named_namespace(head.node, Some(head.name))).or_default().mesh_injected =
                labels.and_then(pod::mesh_injection);
        }
        ("", "ConfigMap") => {
            let mut data = head.node.get("data").into_iter().flat_map(|data| data.written_entries());
            let holds_pages =
                data.any(|(key, _)| key.text().is_some_and(|key| key.ends_with(".html") || key.ends_with(".css")));
            if holds_pages {
                into.page_maps.push((head.namespace.clone(), head.name.to_owned()));
            }
        }
        ("kustomize.config.k8s.io", "Kustomization" | "Component") => {}
        (group, _) if is_built_in(group) => {}
        (group, _) if !group.contains('.') => return Outcome::Lookalike(say!("no API group of Kubernetes")),
        _ => return custom::custom_resource(head, tables, into),
    }
    Outcome::Understood
}

/// Cloud Run takes Knative's form; its own annotations, its service accounts, its versions of secrets or the number of a
/// project in place of a namespace give it away, since Kubernetes takes none of them.
/// Source: Google Cloud documentation, "Cloud Run YAML Reference".
fn is_for_cloud_run(node: Node<'_>) -> bool {
    let pod = node.at(&["spec", "template", "spec"]);
    let account = pod.and_then(|pod| pod.get("serviceAccountName")).and_then(|account| account.text());
    let namespace = node.at(&["metadata", "namespace"]).and_then(|namespace| namespace.text());
    let is_project = |name: &str| name.len() > 5 && name.chars().all(|c| c.is_ascii_digit());
    let containers = pod.and_then(|pod| pod.get("containers")).into_iter().flat_map(|list| list.items());
    let mut variables = containers.filter_map(|container| container.get("env")).flat_map(|list| list.items());
    let is_version = |key: &str| key == "latest" || key.chars().all(|c| c.is_ascii_digit());
    if account.is_some_and(|account| account.contains('@'))
        || namespace.is_some_and(is_project)
        || variables.any(|variable| {
            variable.at(&["valueFrom", "secretKeyRef", "key"]).and_then(|key| key.text()).is_some_and(is_version)
        })
    {
        return true;
    }
    let annotations = [&["metadata", "annotations"][..], &["spec", "template", "metadata", "annotations"]];
    annotations
        .iter()
        .filter_map(|path| node.at(path))
        .flat_map(|map| map.entries())
        .any(|(key, _)| key.text().is_some_and(|key| key.starts_with("run.googleapis.com/")))
}

fn namespace_entry<'o>(into: &'o mut Objects, name: &str) -> &'o mut Namespace {
    into.namespaces.entry(name.to_owned()).or_default()
}

/// Groups that the API server serves by itself.
fn is_built_in(group: &str) -> bool {
    matches!(group, "" | "apps" | "batch" | "extensions" | "autoscaling" | "policy" | "events.k8s.io")
        || (group.ends_with(".k8s.io")
            && matches!(
                group.trim_end_matches(".k8s.io"),
                "networking"
                    | "rbac.authorization"
                    | "authorization"
                    | "authentication"
                    | "apiextensions"
                    | "admissionregistration"
                    | "apiregistration"
                    | "storage"
                    | "scheduling"
                    | "coordination"
                    | "discovery"
                    | "node"
                    | "certificates"
                    | "flowcontrol.apiserver"
                    | "settings"
            ))
}

fn service_reference(node: Node<'_>) -> Option<(String, String)> {
    let name = node.get("name")?.string()?.to_owned();
    Some((named_namespace(node, node.get("namespace").and_then(|node| node.string())), name))
}

/// A number that may stand in an object: in a template that was not rendered it may be there even where it is not seen.
pub(super) fn number_in(object: &Head<'_>, node: Option<Node<'_>>) -> Stated<f64> {
    match stated_number(node) {
        Stated::Absent if object.node.is_unrendered() => {
            Stated::Unknown { reason: super::not_rendered(), place: object.place }
        }
        stated => stated,
    }
}

/// A number of copies, or why it cannot be known.
pub(super) fn stated_number(node: Option<Node<'_>>) -> Stated<f64> {
    let Some(node) = node.filter(|node| !node.is_null()) else { return Stated::Absent };
    if node.is_placeholder() {
        return Stated::Unknown { reason: super::not_rendered(), place: node.place() };
    }
    match node.integer() {
        Some(value) if (0..=limits::LARGEST_AMOUNT as i64).contains(&value) => {
            Stated::Known(Written { value: value as f64, place: node.place() })
        }
        _ => Stated::Unknown { reason: say!("the number is a placeholder"), place: node.place() },
    }
}

fn workload(head: &Head<'_>, kind: WorkloadKind, tables: &Tables, into: &mut Objects) -> Outcome {
    let spec = head.node.get("spec");
    let template = match kind {
        WorkloadKind::Pod => Some(head.node),
        WorkloadKind::CronJob => spec.and_then(|spec| spec.at(&["jobTemplate", "spec", "template"])),
        WorkloadKind::ScaledJob => spec.and_then(|spec| spec.at(&["jobTargetRef", "template"])),
        _ => spec.and_then(|spec| spec.get("template")),
    };
    let service_name = spec
        .and_then(|spec| spec.get("serviceName"))
        .and_then(|node| Some(Written { value: node.string()?.to_owned(), place: node.place() }));
    let own_service = service_name.as_ref().map_or("", |name| name.value.as_str());
    let pod = template.and_then(|template| pod::read_template(template, &[head.name, own_service], tables));
    // A Rollout may borrow the template of a Deployment.
    let borrows = spec.is_some_and(|spec| spec.get("workloadRef").is_some());
    let (Some(spec), true) = (spec, pod.is_some() || borrows) else { return Outcome::Fragment };
    let job = match kind {
        WorkloadKind::CronJob => spec.at(&["jobTemplate", "spec"]),
        WorkloadKind::ScaledJob => spec.get("jobTargetRef"),
        _ => Some(spec),
    };
    let number = |node: Option<Node<'_>>| {
        node.and_then(|node| Some(Written { value: node.integer()? as f64, place: node.place() }))
    };
    let mut workload = bare_workload(head, kind);
    into.owned.extend(owner(head).map(|owner| (workload.key.clone(), owner)));
    workload.pods.extend(pod);
    workload.copies = if kind.is_batch() || kind == WorkloadKind::Pod {
        Stated::Absent
    } else {
        number_in(head, spec.get("replicas"))
    };
    workload.claim_templates = claim_templates(spec);
    workload.service_name = service_name.filter(|_| kind == WorkloadKind::StatefulSet);
    workload.recreates =
        spec.at(&["strategy", "type"]).filter(|node| node.text() == Some("Recreate")).map(|node| node.place());
    workload.may_be_missing = spec
        .at(&["strategy", "rollingUpdate", "maxUnavailable"])
        .and_then(|node| Some((rights::amount(node)?, node.place())));
    if kind == WorkloadKind::Rollout {
        workload.canary = ["canary", "blueGreen"].iter().find_map(|strategy| {
            let node = spec.at(&["strategy", strategy])?;
            let steps = ["steps", "analysis", "prePromotionAnalysis"].iter().find_map(|key| node.get(key));
            steps.map(|steps| steps.place())
        });
    }
    if kind.is_batch() {
        workload.parallelism = number(job.and_then(|job| job.get("parallelism")));
        workload.indexed = job
            .and_then(|job| job.get("completionMode"))
            .filter(|mode| mode.text() == Some("Indexed"))
            .map(|mode| mode.place());
        workload.schedule = spec.get("schedule").map(|node| node.place());
        let suspended = spec.get("suspend").filter(|node| node.boolean() == Some(true));
        workload.suspended = suspended.map(|node| node.place());
    }
    if kind == WorkloadKind::KnativeService {
        // What is not written is decided by Knative, but in a template it may be written all the same.
        workload.own_range = knative_range(head.node, spec).filter(|_| !head.node.is_unrendered());
    }
    into.workloads.push(workload);
    Outcome::Understood
}

/// The workload that made an object, as a cluster writes it into what it runs: its kind and name.
fn owner(head: &Head<'_>) -> Option<(String, String)> {
    let owners = head.node.at(&["metadata", "ownerReferences"])?;
    let controller = owners.items().find(|owner| owner.get("controller").and_then(|is| is.boolean()) == Some(true))?;
    let text = |key: &str| controller.get(key).and_then(|node| node.string()).map(str::to_owned);
    Some((text("kind")?, text("name")?))
}

pub(super) fn bare_workload(head: &Head<'_>, kind: WorkloadKind) -> Workload {
    let annotations = head.node.at(&["metadata", "annotations"]);
    let labels = head.node.at(&["metadata", "labels"]);
    let hook = annotations
        .and_then(|map| map.get("helm.sh/hook").or_else(|| map.get("argocd.argoproj.io/hook")))
        .map(|hook| hook.place());
    let kind_place = head.node.get("kind").map_or(head.place, |kind| kind.place());
    let converted = [annotations, labels]
        .into_iter()
        .flatten()
        .flat_map(|map| map.entries())
        .find(|(key, _)| key.text().is_some_and(|key| key.starts_with("kompose.") || key == "io.kompose.service"))
        .map(|(_, value)| value.place());
    let mut key = head.key();
    key.group = group_in(head, "");
    Workload {
        key,
        kind,
        origin: Origin::Kubernetes,
        place: head.place,
        kind_place,
        source: head.source,
        labels: head.labels.clone(),
        copies: Stated::Absent,
        pods: Vec::new(),
        claim_templates: Vec::new(),
        service_name: None,
        recreates: None,
        may_be_missing: None,
        hook,
        swarm_keys: None,
        canary: None,
        parallelism: None,
        indexed: None,
        schedule: None,
        suspended: None,
        own_range: None,
        restarts: (!kind.is_batch() && kind != WorkloadKind::Pod).then_some(kind_place),
        converted,
        custom: None,
        release: annotations
            .and_then(|map| map.get("meta.helm.sh/release-name"))
            .filter(|_| head.node.tree().live.is_some())
            .and_then(|name| name.string().map(Box::from)),
        written: None,
    }
}

/// The group in a workload's identity. Names that a template writes do not tell workloads apart; their place in the
/// template does.
pub(super) fn group_in(head: &Head<'_>, group: &str) -> String {
    match &head.node.tree().unrendered {
        Some(unrendered) => format!("{group} {} {}", unrendered.digest, head.node.id().0),
        None => group.to_owned(),
    }
}

fn claim_templates(spec: Node<'_>) -> Vec<Volume> {
    spec.get("volumeClaimTemplates")
        .into_iter()
        .flat_map(|list| list.items())
        .filter_map(|item| {
            let name = item.at(&["metadata", "name"])?;
            let shared = pod::is_shared(item.get("spec")).is_some();
            Some(Volume { name: name.string()?.to_owned(), kind: VolumeKind::Template { shared }, place: name.place() })
        })
        .collect()
}

/// Knative scales between these annotations of the template; without them from nothing to as many as needed.
fn knative_range(node: Node<'_>, spec: Node<'_>) -> Option<Written<(f64, f64)>> {
    let annotations = spec.at(&["template", "metadata", "annotations"]);
    let read = |keys: [&str; 2]| {
        keys.iter()
            .filter_map(|key| annotations?.get(key))
            .find_map(|value| Some((value.text()?.parse::<f64>().ok()?, value)))
    };
    let minimum = read(["autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"]);
    let maximum = read(["autoscaling.knative.dev/max-scale", "autoscaling.knative.dev/maxScale"]);
    let place = minimum.or(maximum).map_or(node, |(_, value)| value).place();
    let minimum = minimum.map_or(0.0, |(value, _)| value);
    Some(Written { value: (minimum, maximum.map_or(f64::INFINITY, |(value, _)| value)), place })
}

fn autoscaler(head: &Head<'_>) -> Autoscaler {
    let spec = head.node.get("spec");
    let by_events = head.kind == "ScaledObject";
    let get = |key: &str| spec.and_then(|spec| spec.get(key));
    let (minimum, maximum) = if by_events {
        (get("minReplicaCount"), get("maxReplicaCount"))
    } else {
        (get("minReplicas"), get("maxReplicas"))
    };
    let target = get("scaleTargetRef").and_then(|target| {
        let kind = target.get("kind").and_then(|kind| kind.string()).unwrap_or("Deployment");
        Some((kind.to_owned(), target.get("name")?.string()?.to_owned()))
    });
    // Without a metric Kubernetes aims at 80 % of the requested CPU.
    let by_default = !by_events && get("metrics").is_none();
    let metrics = get("metrics").into_iter().flat_map(|metrics| metrics.items());
    let uses_utilisation = metrics.filter(|metric| needs_requests(*metric)).count() > 0;
    let triggers = get("triggers").into_iter().flat_map(|triggers| triggers.items());
    let cpu_trigger = triggers
        .filter(|trigger| matches!(trigger.get("type").and_then(|kind| kind.text()), Some("cpu" | "memory")))
        .count()
        > 0;
    Autoscaler {
        namespace: head.namespace.clone(),
        name: head.name.to_owned(),
        target,
        minimum: number_in(head, minimum),
        maximum: number_in(head, maximum),
        place: maximum.map_or(head.place, |node| node.place()),
        needs_requests: uses_utilisation || cpu_trigger || by_default,
        behaviour: get("behavior")
            .or_else(|| spec?.at(&["advanced", "horizontalPodAutoscalerConfig", "behavior"]))
            .map(|n| n.place()),
        by_events,
        source: head.source,
    }
}

/// Whether a metric is a share of what is requested; a plain average needs no requests.
fn needs_requests(metric: Node<'_>) -> bool {
    let resource = metric.get("resource").or_else(|| metric.get("containerResource"));
    let kind = resource.and_then(|resource| resource.at(&["target", "type"])).and_then(|kind| kind.text());
    let is_resource = matches!(metric.get("type").and_then(|kind| kind.text()), Some("Resource" | "ContainerResource"));
    let is_average = kind.is_some_and(|kind| kind != "Utilization")
        || resource.is_some_and(|resource| resource.get("targetAverageValue").is_some());
    is_resource && !is_average
}

fn route(head: &Head<'_>) -> Route {
    // Backends stand under different keys in each version: every name under `backend`, `backendRefs` or `serviceName`.
    let mut services: Vec<String> = head
        .node
        .get("spec")
        .into_iter()
        .flat_map(|spec| spec.descendants())
        .flat_map(|node| node.written_entries())
        .filter_map(|(key, value)| match key.text()? {
            "serviceName" => Some(value),
            "service" => value.get("name"),
            "backendRefs" => value.items().next()?.get("name"),
            _ => None,
        })
        .filter_map(|name| name.string().map(str::to_owned))
        .collect();
    services.sort();
    services.dedup();
    let annotations = head.node.at(&["metadata", "annotations"]).map(|map| map.entries()).unwrap_or_default();
    let sticky = annotations.into_iter().find(|(key, value)| {
        // Source: ingress-nginx documentation, "Sticky sessions"; the same of HAProxy and Traefik.
        key.text().is_some_and(|key| key.ends_with("/affinity") || key.ends_with("sticky.cookie"))
            && value.text().is_some_and(|value| matches!(value, "cookie" | "true"))
    });
    Route {
        kind: head.kind.to_owned(),
        namespace: head.namespace.clone(),
        services,
        sticky: sticky.map(|(_, value)| value.place()),
        weighted: head.node.get("spec").and_then(custom::weighted),
        place: head.place,
        source: head.source,
    }
}
