//! Pod specifications: containers, volumes, where pods may land.

use super::model::{Container, Pod, Port, Strictness, Volume, VolumeKind, Written};
use super::quantity::quantity;
use super::selector::{Selector, read_labels};
use crate::limits;
use crate::tables::{HostPath, Tables};
use crate::text::sanitize::without_credentials;
use crate::yaml::Node;

/// Bytes in a GiB.
pub(super) const GIB: f64 = 1024.0 * 1024.0 * 1024.0;

/// Reads a pod template or a bare Pod: a mapping with `metadata` and `spec`. None where the specification holds no
/// container with an image, which makes it a patch and not a pod.
pub(super) fn read_template(template: Node<'_>, own_names: &[&str], tables: &Tables) -> Option<Pod> {
    let spec = template.get("spec")?;
    let mut pod = read_spec(spec, own_names, tables)?;
    let metadata = template.get("metadata");
    pod.labels = read_labels(metadata.and_then(|metadata| metadata.get("labels")));
    pod.spread_hosts = pod.spread_hosts.or_else(|| spread(spec, &pod, Topology::Host));
    pod.spread_zones = pod.spread_zones.or_else(|| spread(spec, &pod, Topology::Zone));
    pod.spread_regions = spread(spec, &pod, Topology::Region).map(|spread| spread.place);
    pod.fixed_node = pod.fixed_node.or_else(|| kept_together(spec, &pod));
    let annotations = metadata.and_then(|metadata| metadata.get("annotations"));
    let labels = metadata.and_then(|metadata| metadata.get("labels"));
    pod.mesh_injected = [annotations, labels].into_iter().flatten().find_map(mesh_injection);
    Some(pod)
}

/// Where a mapping of labels or annotations asks for a mesh sidecar.
pub(super) fn mesh_injection(map: Node<'_>) -> Option<crate::yaml::Place> {
    let wanted = [
        ("sidecar.istio.io/inject", &["true"][..]),
        ("istio-injection", &["enabled"]),
        ("linkerd.io/inject", &["enabled", "ingress"]),
        ("consul.hashicorp.com/connect-inject", &["true"]),
        ("kuma.io/sidecar-injection", &["enabled", "true"]),
    ];
    map.entries()
        .into_iter()
        .find(|(key, value)| {
            wanted.iter().any(|(name, values)| {
                key.text() == Some(name) && value.text().is_some_and(|value| values.contains(&value))
            }) || (key.text() == Some("istio.io/rev"))
        })
        .map(|(_, value)| value.place())
}

/// Reads a pod specification without its template.
pub(super) fn read_spec(spec: Node<'_>, own_names: &[&str], tables: &Tables) -> Option<Pod> {
    let mut pod = Pod { factor: 1.0, ..Pod::default() };
    for container in spec.get("containers")?.items() {
        pod.containers.push(read_container(container, own_names, tables));
    }
    // An init container that always restarts is a sidecar.
    let sidecars = spec.get("initContainers").into_iter().flat_map(|list| list.items());
    for container in sidecars.filter(|item| item.get("restartPolicy").and_then(|n| n.text()) == Some("Always")) {
        pod.containers.push(read_container(container, own_names, tables));
    }
    let without_image = pod.containers.iter().all(|container| container.image.is_empty());
    if without_image && (pod.containers.is_empty() || !spec.is_unrendered()) {
        return None;
    }
    for volume in spec.get("volumes").into_iter().flat_map(|list| list.items()) {
        read_volume(volume, &mut pod, tables);
    }
    let account = spec.get("serviceAccountName").or_else(|| spec.get("serviceAccount"));
    pod.service_account = account
        .and_then(|node| Some(Written { value: node.string()?.to_owned(), place: node.place() }))
        .filter(|account| account.value != "default");
    let host_name = spec.at(&["nodeSelector", "kubernetes.io/hostname"]);
    let is_written = |node: &Node<'_>| node.string().is_some() && !node.is_placeholder();
    let by_affinity =
        || required_hosts(spec).find(|(key, values)| names_one_host(*key, *values)).map(|(_, values)| values);
    pod.fixed_node =
        spec.get("nodeName").filter(is_written).or(host_name).or_else(by_affinity).map(|node| node.place());
    pod.host_kind = host_kind(spec);
    let priority = spec.get("priorityClassName").filter(is_written);
    // Those of the platform itself are given to its own parts.
    pod.priority =
        priority.filter(|name| !name.text().is_some_and(|name| name.starts_with("system-"))).map(|name| name.place());
    pod.host_namespaces = ["hostNetwork", "hostPID", "hostIPC"]
        .iter()
        .filter_map(|key| spec.get(key))
        .find(|node| node.boolean() == Some(true))
        .map(|node| node.place());
    let windows_selector = ["kubernetes.io/os", "beta.kubernetes.io/os"]
        .iter()
        .filter_map(|label| spec.at(&["nodeSelector", label]))
        .find(|node| node.text() == Some("windows"));
    let windows_field = spec.at(&["os", "name"]).filter(|node| node.text() == Some("windows"));
    pod.windows = windows_selector.or(windows_field).map(|node| node.place());
    pod.resource_claims = spec.get("resourceClaims").filter(|list| list.items().next().is_some()).map(|n| n.place());
    Some(pod)
}

/// The conditions on hosts that a pod requires by affinity, where it leaves no alternative: the key or field with its
/// values.
fn required_hosts<'t>(spec: Node<'t>) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
    let terms = spec
        .at(&["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"])
        .map(|terms| terms.items().collect::<Vec<_>>())
        .filter(|terms| terms.len() == 1)
        .unwrap_or_default();
    let lists = terms.into_iter().flat_map(|term| [term.get("matchExpressions"), term.get("matchFields")]);
    lists
        .flatten()
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .filter(|item| item.get("operator").and_then(|operator| operator.text()) == Some("In"))
        .filter_map(|item| Some((item.get("key")?, item.get("values")?)))
}

fn names_one_host(key: Node<'_>, values: Node<'_>) -> bool {
    matches!(key.text(), Some("kubernetes.io/hostname" | "metadata.name")) && values.items().count() == 1
}

/// Labels of hosts that say nothing about their kind: the system, the processor's family, the host, where it stands.
const COMMON_HOST_LABELS: [&str; 10] = [
    "kubernetes.io/os",
    "beta.kubernetes.io/os",
    "kubernetes.io/arch",
    "beta.kubernetes.io/arch",
    "kubernetes.io/hostname",
    "metadata.name",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
];

/// The kind of host that a pod asks for, by a selector or a required affinity.
fn host_kind(spec: Node<'_>) -> Option<Written<String>> {
    let is_kind = |key: &str| !COMMON_HOST_LABELS.contains(&key) && !crate::yaml::is_unknown(key);
    let kind = |key: Node<'_>, value: Node<'_>, shown: &str| {
        let key = key.text().filter(|key| is_kind(key))?;
        (!value.is_placeholder()).then(|| Written { value: format!("{key}={shown}"), place: value.place() })
    };
    let selector = spec.get("nodeSelector").map(|selector| selector.entries()).unwrap_or_default();
    let by_selector = selector.into_iter().find_map(|(key, value)| kind(key, value, value.text()?));
    by_selector.or_else(|| {
        required_hosts(spec).find_map(|(key, values)| {
            let names: Vec<&str> = values.items().filter_map(|value| value.text()).collect();
            kind(key, values, &names.join(","))
        })
    })
}

/// Where it is required that copies of this pod stand on the same host.
fn kept_together(spec: Node<'_>, pod: &Pod) -> Option<crate::yaml::Place> {
    let required = spec.at(&["affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution"])?;
    required.items().find_map(|term| {
        let key = term.get("topologyKey").filter(|key| key.string() == Some("kubernetes.io/hostname"))?;
        Selector::read(term.get("labelSelector")).selects(&pod.labels).then(|| key.place())
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Topology {
    Host,
    Zone,
    Region,
}

impl Topology {
    fn is(self, key: &str) -> bool {
        match self {
            Self::Host => matches!(key, "kubernetes.io/hostname"),
            Self::Zone => {
                matches!(key, "topology.kubernetes.io/zone" | "failure-domain.beta.kubernetes.io/zone" | "zone")
            }
            Self::Region => {
                matches!(key, "topology.kubernetes.io/region" | "failure-domain.beta.kubernetes.io/region")
            }
        }
    }

    /// Whether what is kept apart by this key is apart in this way too: zones have hosts of their own, regions zones.
    fn is_kept_by(self, key: &str) -> bool {
        match self {
            Self::Host => self.is(key) || Self::Zone.is_kept_by(key),
            Self::Zone => self.is(key) || Self::Region.is(key),
            Self::Region => self.is(key),
        }
    }
}

/// How strictly pods are kept apart over hosts or zones: topology spread constraints and anti-affinity that select the
/// pod's own labels.
fn spread(spec: Node<'_>, pod: &Pod, topology: Topology) -> Option<Written<Strictness>> {
    let fits = |key: &str| topology.is_kept_by(key);
    let mut found: Option<Written<Strictness>> = None;
    let mut keep = |strictness: Strictness, node: Node<'_>| {
        if found.as_ref().is_none_or(|known| known.value < strictness) {
            found = Some(Written { value: strictness, place: node.place() });
        }
    };
    for constraint in spec.get("topologySpreadConstraints").into_iter().flat_map(|list| list.items()) {
        let key = constraint.get("topologyKey");
        let selector = Selector::read(constraint.get("labelSelector"));
        if key.and_then(|key| key.string()).is_some_and(fits)
            && (!selector.is_written() || selector.selects(&pod.labels))
        {
            let unsatisfiable = constraint.get("whenUnsatisfiable");
            let hard = unsatisfiable.is_none_or(|node| node.text() != Some("ScheduleAnyway") && !node.is_placeholder())
                && (unsatisfiable.is_some() || !constraint.is_unrendered());
            keep(if hard { Strictness::Required } else { Strictness::Preferred }, key.unwrap_or(constraint));
        }
    }
    let affinity = spec.at(&["affinity", "podAntiAffinity"]);
    let required = affinity.and_then(|node| node.get("requiredDuringSchedulingIgnoredDuringExecution"));
    let preferred = affinity.and_then(|node| node.get("preferredDuringSchedulingIgnoredDuringExecution"));
    for (list, strictness) in [(required, Strictness::Required), (preferred, Strictness::Preferred)] {
        for term in list.into_iter().flat_map(|list| list.items()) {
            let term = term.get("podAffinityTerm").unwrap_or(term);
            let key = term.get("topologyKey");
            let selector = Selector::read(term.get("labelSelector"));
            if key.and_then(|key| key.string()).is_some_and(fits) && selector.selects(&pod.labels) {
                keep(strictness, key.unwrap_or(term));
            }
        }
    }
    found
}

fn read_container(node: Node<'_>, own_names: &[&str], tables: &Tables) -> Container {
    let image = node.get("image").and_then(|image| image.string()).filter(|image| has_certain_name(image));
    let (cpu, cpu_requested) = amount(node, "cpu", 1.0);
    let (memory_gib, memory_requested) = amount(node, "memory", GIB);
    let mut container = Container {
        image: image.map(|image| without_credentials(image).into_owned()).unwrap_or_default(),
        image_place: node.get("image").map(|image| image.place()),
        cpu,
        memory_gib,
        has_request: cpu_requested || memory_requested,
        readiness: node.get("readinessProbe").filter(Node::is_mapping).map(|probe| probe.place()),
        liveness: node
            .get("livenessProbe")
            .or_else(|| node.get("startupProbe"))
            .filter(Node::is_mapping)
            .map(|probe| probe.place()),
        privileged: node
            .at(&["securityContext", "privileged"])
            .filter(|value| value.boolean() == Some(true))
            .map(|value| value.place()),
        ..Container::default()
    };
    let claims = node.at(&["resources", "claims"]).filter(|claims| claims.items().next().is_some());
    container.accelerator_part = claims.map(|claims| claims.place());
    for set in ["requests", "limits"] {
        for (key, value) in node.at(&["resources", set]).map(|set| set.entries()).unwrap_or_default() {
            if key.text().is_some_and(|key| tables.is_accelerator(key))
                && let Some(count) = value.text().and_then(quantity).filter(|count| *count > 0.0)
            {
                container.accelerators = Some(Written { value: count, place: value.place() });
                if key.text().is_some_and(|key| tables.is_accelerator_part(key)) {
                    container.accelerator_part = container.accelerator_part.or(Some(value.place()));
                }
            }
        }
    }
    for port in node.get("ports").into_iter().flat_map(|ports| ports.items()) {
        container.ports.push(read_port(port, "containerPort"));
    }
    container.mounts = node
        .get("volumeMounts")
        .into_iter()
        .flat_map(|mounts| mounts.items())
        .filter_map(|mount| mount.get("name")?.string().map(str::to_owned))
        .collect();
    container.names_itself = names_itself(node, own_names);
    container
}

/// Whether the name in an image reference is certain: the last part of its repository. Registry and tag may be open.
fn has_certain_name(image: &str) -> bool {
    let last = image.rsplit('/').next().unwrap_or(image);
    let name = last.split(['@', ':']).next().unwrap_or(last);
    !name.is_empty() && !crate::yaml::is_unknown(name)
}

/// A port of a container or a Service.
pub(super) fn read_port(port: Node<'_>, number_key: &str) -> Port {
    let host = port.get("hostPort").filter(|node| node.integer().is_some_and(|port| port > 0));
    let number = port.get(number_key).and_then(|node| node.integer()).and_then(|value| u32::try_from(value).ok());
    let protocol = port.get("protocol").and_then(|node| node.string()).unwrap_or("TCP").to_ascii_uppercase();
    let place = port.get("protocol").or_else(|| port.get(number_key)).unwrap_or(port).place();
    let on_host = host.map(|node| node.place());
    Port { number: number.unwrap_or(0), count: 1, protocol, on_host, published: false, place }
}

/// The requested amount of a resource, else half its limit, and whether it was requested.
fn amount(container: Node<'_>, resource: &str, unit: f64) -> (Option<Written<f64>>, bool) {
    let read = |set: &str| {
        let node = container.at(&["resources", set, resource])?;
        let value = quantity(node.text()?)? / unit;
        (value <= limits::LARGEST_AMOUNT).then(|| Written { value, place: node.place() })
    };
    match (read("requests"), read("limits")) {
        (Some(request), _) => (Some(request), true),
        (None, Some(limit)) => (Some(Written { value: limit.value / 2.0, place: limit.place }), false),
        (None, None) => (None, false),
    }
}

/// Whether a text refers to the pod's own name or ordinal, to its own service, or to a sibling by name.
#[must_use]
pub fn refers_to_itself(text: &str, own_names: &[&str]) -> bool {
    const MARKS: [&str; 8] =
        ["$(POD_NAME)", "${POD_NAME}", "$POD_NAME", "$(hostname", "`hostname", "${HOSTNAME}", "$HOSTNAME", "ordinal"];
    own_names.iter().filter(|name| !name.is_empty()).any(|name| {
        text.contains(&format!("{name}-0")) || text.contains(&format!(".{name}")) || text.contains(&format!("{name}.$"))
    }) || MARKS.iter().any(|mark| text.contains(mark))
}

/// Where a command, argument or environment value refers to the pod's own name or ordinal, to its own service, or to a
/// sibling by name: what members of a quorum need. The values themselves are looked at here and not kept.
fn names_itself(container: Node<'_>, own_names: &[&str]) -> Option<crate::yaml::Place> {
    let refers = |text: &str| refers_to_itself(text, own_names);
    let commands = ["command", "args"]
        .iter()
        .filter_map(|key| container.get(key))
        .flat_map(|list| list.items().collect::<Vec<_>>())
        .find(|item| item.text().is_some_and(refers));
    let environment = || {
        container.get("env").into_iter().flat_map(|list| list.items()).find_map(|entry| {
            let from_name =
                entry.at(&["valueFrom", "fieldRef", "fieldPath"]).filter(|path| path.text() == Some("metadata.name"));
            from_name.or_else(|| entry.get("value").filter(|value| value.text().is_some_and(refers)))
        })
    };
    // A snapshot holds no commands and no values; what they refer to was seen when it was made.
    let seen = || {
        let seen = container.at(&["seen", "names-itself"])?;
        (container.tree().live.is_some() && seen.boolean() == Some(true)).then_some(seen)
    };
    commands.or_else(environment).or_else(seen).map(|node| node.place())
}

fn read_volume(volume: Node<'_>, pod: &mut Pod, tables: &Tables) {
    let Some(name) = volume.get("name").and_then(|name| name.string()) else { return };
    let mut push = |kind: VolumeKind, node: Node<'_>| {
        pod.volumes.push(Volume { name: name.to_owned(), kind, place: node.place() });
    };
    if let Some(claim) = volume.at(&["persistentVolumeClaim", "claimName"]) {
        push(VolumeKind::Claim(claim.string().unwrap_or_default().to_owned()), claim);
    } else if let Some(template) = volume.at(&["ephemeral", "volumeClaimTemplate"]) {
        push(VolumeKind::Template { shared: is_shared(template.get("spec")).is_some() }, template);
    } else if let Some(path) = volume.at(&["hostPath", "path"]) {
        let text = path.string().unwrap_or_default();
        // Of a path that a template writes, only what begins with a known one says anything.
        let is_open = path.is_placeholder() && tables.host_path(text) == HostPath::Other;
        push(if is_open { VolumeKind::Transient } else { VolumeKind::HostPath(text.to_owned()) }, path);
        match tables.host_path(text) {
            HostPath::NodePlugin => pod.node_plugin_path = pod.node_plugin_path.or(Some(path.place())),
            HostPath::ContainerEngine => pod.engine_socket = pod.engine_socket.or(Some(path.place())),
            HostPath::System => pod.system_paths.push(path.place()),
            HostPath::Other => {}
        }
    } else if let Some((_, shared, node)) = INLINE_VOLUMES
        .iter()
        .find_map(|(key, shared)| volume.get(key).filter(Node::is_mapping).map(|node| (key, *shared, node)))
    {
        push(VolumeKind::Inline { shared }, node);
    } else if let Some(name) = volume.at(&["configMap", "name"]) {
        push(VolumeKind::Configuration(name.string().unwrap_or_default().to_owned()), volume);
    } else {
        push(VolumeKind::Transient, volume);
    }
}

/// Volumes written in place that outlive a pod, and whether several hosts may write them.
/// Source: Kubernetes documentation, "Volumes" and "Persistent Volumes: Access Modes".
const INLINE_VOLUMES: [(&str, bool); 14] = [
    ("nfs", true),
    ("cephfs", true),
    ("glusterfs", true),
    ("azureFile", true),
    ("awsElasticBlockStore", false),
    ("azureDisk", false),
    ("cinder", false),
    ("gcePersistentDisk", false),
    ("iscsi", false),
    ("rbd", false),
    ("vsphereVolume", false),
    ("fc", false),
    ("portworxVolume", false),
    ("flexVolume", false),
];

/// Where a claim's specification says that one host alone may use it: no mode of many is among those written.
pub(super) fn is_for_one_host(spec: Option<Node<'_>>) -> Option<crate::yaml::Place> {
    let modes = spec?.get("accessModes")?;
    let mut texts = modes.items().map(|mode| mode.text());
    let is_single = |mode: Option<&str>| matches!(mode, Some("ReadWriteOnce" | "ReadWriteOncePod"));
    let first = modes.items().next()?;
    texts.all(is_single).then(|| first.place())
}

/// Where a claim's specification asks for access by many writers.
pub(super) fn is_shared(spec: Option<Node<'_>>) -> Option<crate::yaml::Place> {
    spec?.get("accessModes")?.items().find(|mode| mode.text() == Some("ReadWriteMany")).map(|mode| mode.place())
}
