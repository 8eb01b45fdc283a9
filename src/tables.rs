//! What is known about the world, as data from `rules/tables/`: engines, resource groups, images, host paths,
//! accelerators, add-ons, lookalikes, namespaces of the platform, network plugins.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::data::{self, DataError};
use crate::day::Day;

/// All tables.
#[derive(Clone, Debug)]
pub struct Tables {
    engines: Vec<Engine>,
    groups: Vec<ResourceGroup>,
    lookalikes: Lookalikes,
    images: Images,
    host_paths: HostPaths,
    accelerators: AcceleratorsFile,
    protocols: ProtocolsFile,
    regions: Vec<String>,
    versions: Vec<KubernetesVersion>,
    add_ons: Vec<AddOn>,
    platform_namespaces: Vec<PlatformNamespace>,
    network_plugins: Vec<NetworkPlugin>,
    /// What is assumed where the files do not say.
    pub assumptions: Assumptions,
    /// How Compose files are recognised.
    pub compose: ComposeNames,
}

/// A data store engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Its name, lower case.
    pub engine: String,
    /// Whether managed services offer it.
    pub replaceable: bool,
    images: Vec<String>,
}

/// What the custom resources of a group are for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum GroupRole {
    /// Runs data stores.
    DataOperator,
    /// Workflows, queues, training.
    BatchOperator,
    /// Service mesh policies and routes.
    Mesh,
    /// Progressive delivery.
    Delivery,
    /// Names workloads that live elsewhere.
    Pointer,
    /// Hosts come and go.
    NodePools,
    /// Sharing and gangs of accelerators.
    Accelerators,
    /// Several clusters as one.
    Clusters,
    /// What a cluster admits.
    Policies,
    /// Belongs to the platform, bears no workload.
    Support,
}

impl GroupRole {
    /// Its name in the table.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::DataOperator => "data-operator",
            Self::BatchOperator => "batch-operator",
            Self::Mesh => "mesh",
            Self::Delivery => "delivery",
            Self::Pointer => "pointer",
            Self::NodePools => "node-pools",
            Self::Accelerators => "accelerators",
            Self::Clusters => "clusters",
            Self::Policies => "policies",
            Self::Support => "support",
        }
    }
}

/// A group of custom resources.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ResourceGroup {
    group: String,
    /// What its resources are for.
    pub role: GroupRole,
    /// The engine that a data operator runs.
    pub engine: Option<String>,
    #[serde(default)]
    kinds: Vec<String>,
    /// Paths that hold a number of members; `[]` goes through the items of a list and adds up.
    #[serde(default)]
    pub members: Vec<String>,
    /// The key that switches its own scaling on, where ranges are written but idle without it.
    pub autoscaling_switch: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lookalikes {
    groups: Vec<LookalikeGroup>,
    kinds: Vec<LookalikeKind>,
    files: Vec<LookalikeFile>,
    keys: Vec<LookalikeKey>,
    values: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookalikeGroup {
    group: String,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookalikeKind {
    kind: String,
    group: String,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookalikeFile {
    name: String,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookalikeKey {
    key: String,
    reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Images {
    agents: Vec<String>,
    helpers: Vec<String>,
    host_scalers: Vec<String>,
    static_servers: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct HostPaths {
    node_plugin: Vec<String>,
    system: Vec<String>,
    container_engine: Vec<String>,
}

/// What a path of the host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostPath {
    /// Part of the kubelet or the network plugins.
    NodePlugin,
    /// Part of the operating system.
    System,
    /// The socket of a container engine.
    ContainerEngine,
    /// Anything else: data of the workload's own.
    Other,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AddOn {
    name: String,
    groups: Vec<String>,
    images: Vec<String>,
}

/// What is assumed where the files do not say.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Assumptions {
    /// vCPU of a container without a written size.
    pub cpu: f64,
    /// GiB of a container without a written size.
    pub memory_gib: f64,
    /// The most copies that are believed where no size is written.
    pub copies_without_sizes: f64,
    roles_of_convenience: Vec<String>,
}

/// How Compose files are recognised.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComposeNames {
    /// Names of a project's first file, the best first.
    pub base_names: Vec<String>,
    /// Names of the override file that Docker reads by itself.
    pub override_names: Vec<String>,
    /// Keys that only a Compose service has.
    pub service_keys: Vec<String>,
    /// Keys that show another format.
    pub foreign_service_keys: Vec<String>,
    /// The fields of a service.
    pub service_fields: Vec<String>,
    /// The fields of `deploy`.
    pub deploy_fields: Vec<String>,
    /// The fields of `healthcheck`.
    pub health_check_fields: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EnginesFile {
    #[expect(dead_code, reason = "the date is for readers of the file")]
    checked_on: String,
    engines: Vec<Engine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupsFile {
    groups: Vec<ResourceGroup>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceleratorsFile {
    resources: Vec<String>,
    parts: Vec<String>,
}

/// A protocol that is not HTTP, known by its port.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Its name.
    pub protocol: String,
    /// Whether it is how data stores are reached, which is seldom meant for others.
    pub store: bool,
    ports: Vec<u32>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProtocolsFile {
    http: Vec<u32>,
    protocols: Vec<Protocol>,
}

/// A namespace of the platform itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformNamespace {
    name: String,
    /// For the reader of the table.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlatformNamespacesFile {
    namespaces: Vec<PlatformNamespace>,
}

/// A network plugin, known by an image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkPlugin {
    /// Its name.
    pub name: String,
    /// Whether it enforces network policies.
    pub enforces: bool,
    images: Vec<String>,
    /// For the reader of the table.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkPluginsFile {
    plugins: Vec<NetworkPlugin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionsFile {
    regions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AddOnsFile {
    add_ons: Vec<AddOn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionsFile {
    versions: Vec<KubernetesVersion>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KubernetesVersion {
    version: String,
    supported_until: String,
}

impl Tables {
    /// The tables that ship with the program.
    ///
    /// # Errors
    ///
    /// When a table does not have the expected shape, with its position.
    pub fn built_in() -> Result<Self, DataError> {
        Ok(Self {
            engines: data::read_named::<EnginesFile>("rules/tables/engines.yaml")?.engines,
            groups: data::read_named::<GroupsFile>("rules/tables/resource-groups.yaml")?.groups,
            lookalikes: data::read_named("rules/tables/lookalikes.yaml")?,
            images: data::read_named("rules/tables/images.yaml")?,
            host_paths: data::read_named("rules/tables/host-paths.yaml")?,
            accelerators: data::read_named("rules/tables/accelerators.yaml")?,
            protocols: data::read_named("rules/tables/protocols.yaml")?,
            versions: data::read_named::<VersionsFile>("rules/tables/kubernetes-versions.yaml")?.versions,
            regions: data::read_named::<RegionsFile>("rules/tables/regions.yaml")?.regions,
            add_ons: data::read_named::<AddOnsFile>("rules/tables/add-ons.yaml")?.add_ons,
            platform_namespaces: data::read_named::<PlatformNamespacesFile>("rules/tables/platform-namespaces.yaml")?
                .namespaces,
            network_plugins: data::read_named::<NetworkPluginsFile>("rules/tables/network-plugins.yaml")?.plugins,
            assumptions: data::read_named("rules/tables/assumptions.yaml")?,
            compose: data::read_named("rules/tables/compose.yaml")?,
        })
    }

    /// The data store engine that an image runs.
    #[must_use]
    pub fn engine_of_image(&self, image: &str) -> Option<&Engine> {
        let repository = repository_of(image);
        self.engines.iter().find(|engine| engine.images.iter().any(|name| is_named(repository, name)))
    }

    /// All data store engines, in the order of the file.
    pub fn engines(&self) -> impl Iterator<Item = &Engine> {
        self.engines.iter()
    }

    /// The data store engine of this name.
    #[must_use]
    pub fn engine(&self, name: &str) -> Option<&Engine> {
        self.engines.iter().find(|engine| engine.engine == name)
    }

    /// What is known about a kind of custom resource.
    #[must_use]
    pub fn resource_group(&self, group: &str, kind: &str) -> Option<&ResourceGroup> {
        self.groups.iter().find(|entry| {
            (entry.group == group || group.strip_suffix(&entry.group).is_some_and(|rest| rest.ends_with('.')))
                && (entry.kinds.is_empty() || entry.kinds.iter().any(|name| name == kind))
        })
    }

    /// The groups of custom resources that say something about need.
    #[must_use]
    pub fn custom_groups(&self) -> BTreeSet<&str> {
        self.groups.iter().filter(|entry| entry.role != GroupRole::Support).map(|entry| entry.group.as_str()).collect()
    }

    /// Those of them that describe the cluster itself rather than what runs in a namespace.
    #[must_use]
    pub fn cluster_groups(&self) -> BTreeSet<&str> {
        let of_the_cluster = [GroupRole::NodePools, GroupRole::Clusters, GroupRole::Policies];
        let groups = self.groups.iter().filter(|entry| of_the_cluster.contains(&entry.role));
        groups.map(|entry| entry.group.as_str()).collect()
    }

    /// Whether anything is known about a group of custom resources.
    #[must_use]
    pub fn knows_group(&self, group: &str) -> bool {
        self.groups.iter().any(|entry| entry.group == group)
    }

    /// Why a document with this group and kind is no Kubernetes object, if so.
    #[must_use]
    pub fn lookalike(&self, group: &str, kind: &str) -> Option<&str> {
        let by_group = self.lookalikes.groups.iter().find(|entry| entry.group == group).map(|entry| &entry.reason);
        let by_kind = self
            .lookalikes
            .kinds
            .iter()
            .find(|entry| entry.kind == kind && entry.group == group)
            .map(|entry| &entry.reason);
        by_group.or(by_kind).map(String::as_str)
    }

    /// Why a file of this name is left alone, if so.
    #[must_use]
    pub fn lookalike_file(&self, base_name: &str) -> Option<&str> {
        let mut files = self.lookalikes.files.iter();
        files.find(|entry| fits_pattern(&entry.name, base_name)).map(|entry| entry.reason.as_str())
    }

    /// Whether a file of this name holds the values of a chart.
    #[must_use]
    pub fn is_values_file(&self, base_name: &str) -> bool {
        self.lookalikes.values.iter().any(|name| fits_pattern(name, base_name))
    }

    /// Why a document with this top-level key is left alone, if so.
    #[must_use]
    pub fn lookalike_key(&self, key: &str) -> Option<&str> {
        self.lookalikes.keys.iter().find(|entry| entry.key == key).map(|entry| entry.reason.as_str())
    }

    /// Whether an image is a log shipper, an exporter or a monitor of nodes.
    #[must_use]
    pub fn is_agent_image(&self, image: &str) -> bool {
        let repository = repository_of(image);
        self.images.agents.iter().any(|name| is_named(repository, name))
    }

    /// Whether an image is a helper that stands beside others in a pod, such as a proxy or a sidecar of an add-on.
    #[must_use]
    pub fn is_helper_image(&self, image: &str) -> bool {
        let repository = repository_of(image);
        self.images.helpers.iter().any(|name| is_named(repository, name))
    }

    /// Whether an image lets hosts come and go.
    #[must_use]
    pub fn is_host_scaler_image(&self, image: &str) -> bool {
        let repository = repository_of(image);
        self.images.host_scalers.iter().any(|name| is_named(repository, name))
    }

    /// Whether an image is a web server that serves files.
    #[must_use]
    pub fn is_static_server_image(&self, image: &str) -> bool {
        let repository = repository_of(image);
        self.images.static_servers.iter().any(|name| is_named(repository, name))
    }

    /// What a path of the host is.
    #[must_use]
    pub fn host_path(&self, path: &str) -> HostPath {
        let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
        let below = |known: &String| {
            path == known || path.strip_prefix(known.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        if self.host_paths.container_engine.iter().any(below) {
            HostPath::ContainerEngine
        } else if self.host_paths.node_plugin.iter().any(below) {
            HostPath::NodePlugin
        } else if self.host_paths.system.iter().any(|known| path == known || (known.len() > 4 && below(known))) {
            HostPath::System
        } else {
            HostPath::Other
        }
    }

    /// Whether a role is given for convenience, so that being bound to it says nothing.
    #[must_use]
    pub fn is_role_of_convenience(&self, role: &str) -> bool {
        self.assumptions.roles_of_convenience.iter().any(|name| match name.strip_suffix('*') {
            Some(beginning) => role.starts_with(beginning),
            None => role == name,
        })
    }

    /// Whether a resource name counts accelerators.
    #[must_use]
    pub fn is_accelerator(&self, resource: &str) -> bool {
        self.accelerators.resources.iter().any(|prefix| resource.starts_with(prefix.as_str()))
    }

    /// Whether a resource name counts parts of accelerators that are shared.
    #[must_use]
    pub fn is_accelerator_part(&self, resource: &str) -> bool {
        self.accelerators.parts.iter().any(|prefix| resource.starts_with(prefix.as_str()))
    }

    /// The protocol that is not HTTP and usually has this port.
    #[must_use]
    pub fn protocol_of_port(&self, port: u32) -> Option<&Protocol> {
        self.protocols.protocols.iter().find(|protocol| protocol.ports.contains(&port))
    }

    /// Whether HTTP is spoken at this port as a rule.
    #[must_use]
    pub fn is_http_port(&self, port: u32) -> bool {
        self.protocols.http.contains(&port)
    }

    /// The cloud region that a name holds, such as `eu-west` for `overlays/prod-eu-west-1`.
    #[must_use]
    pub fn region_in(&self, name: &str) -> Option<&str> {
        let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic());
        self.regions.iter().map(String::as_str).find(|region| {
            name.match_indices(region).any(|(at, _)| {
                is_end(name[..at].chars().next_back()) && is_end(name[at + region.len()..].chars().next())
            })
        })
    }

    /// Whether some resources of a group have a role, as the table names it.
    #[must_use]
    pub fn has_role(&self, group: &str, role: &str) -> bool {
        self.groups.iter().any(|known| known.group == group && known.role.id() == role)
    }

    /// Whether a namespace belongs to the platform itself, so that what runs in it is overhead.
    #[must_use]
    pub fn is_platform_namespace(&self, namespace: &str) -> bool {
        self.platform_namespaces.iter().any(|known| fits_pattern(&known.name, namespace))
    }

    /// The network plugin that an image belongs to.
    #[must_use]
    pub fn network_plugin(&self, image: &str) -> Option<&NetworkPlugin> {
        let repository = repository_of(image);
        self.network_plugins.iter().find(|plugin| plugin.images.iter().any(|name| is_named(repository, name)))
    }

    /// The network plugin of this name.
    #[must_use]
    pub fn network_plugin_named(&self, name: &str) -> Option<&NetworkPlugin> {
        self.network_plugins.iter().find(|plugin| plugin.name == name)
    }

    /// The names of the well-known add-ons.
    pub fn add_on_names(&self) -> impl Iterator<Item = &str> {
        self.add_ons.iter().map(|add_on| add_on.name.as_str())
    }

    /// Whether a version of Kubernetes, as in `v1.33.4`, is past its regular support on a day; none where it is newer than
    /// what the table knows, or no version.
    #[must_use]
    pub fn is_past_support(&self, version: &str, day: Day) -> Option<bool> {
        let number = |version: &str| {
            let mut parts = version.trim_start_matches('v').split('.');
            let major: u32 = parts.next()?.parse().ok()?;
            // Providers add a sign, as in `1.33+`.
            let minor: u32 = parts.next()?.trim_end_matches('+').parse().ok()?;
            Some((major, minor))
        };
        let asked = number(version)?;
        let known = self.versions.iter().find(|known| number(&known.version) == Some(asked));
        match known {
            Some(known) => Some(Day::parse(&known.supported_until)? < day),
            None => self.versions.iter().all(|known| number(&known.version) > Some(asked)).then_some(true),
        }
    }

    /// The add-on that defines a group or runs an image.
    #[must_use]
    pub fn add_on(&self, groups: &[&str], images: &[&str]) -> Option<&str> {
        let repositories: Vec<&str> = images.iter().map(|image| repository_of(image)).collect();
        self.add_ons
            .iter()
            .find(|add_on| {
                add_on.groups.iter().any(|group| groups.contains(&group.as_str()))
                    || add_on.images.iter().any(|name| repositories.iter().any(|repository| is_named(repository, name)))
            })
            .map(|add_on| add_on.name.as_str())
    }
}

/// Whether a name is this one; a `*` in it stands for anything.
fn fits_pattern(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => pattern == name,
    }
}

/// An image reference without its tag and digest.
fn repository_of(image: &str) -> &str {
    let repository = image.split('@').next().unwrap_or(image);
    let last = repository.rfind('/').map_or(0, |at| at + 1);
    match repository[last..].find(':') {
        Some(at) => &repository[..last + at],
        None => repository,
    }
}

/// Whether a repository is of this image: its last part, or its last parts where the name has a `/`. The registry does not
/// count.
fn is_named(repository: &str, name: &str) -> bool {
    // Hundreds of names are asked for each image, and nearly all of them end otherwise.
    if repository.as_bytes().last() != name.as_bytes().last() {
        return false;
    }
    // An official image by a common word: no other organisation's image of that name.
    if let Some(official) = name.strip_prefix("library/") {
        return ["", "library/", "docker.io/", "docker.io/library/"]
            .iter()
            .any(|registry| repository.strip_prefix(registry) == Some(official));
    }
    repository == name || repository.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_compared_by_their_last_parts() {
        let image_is = |image, name| is_named(repository_of(image), name);
        assert!(image_is("docker.io/library/postgres:16-alpine", "postgres"));
        assert!(image_is("registry:5000/team/postgres@sha256:00", "postgres"));
        assert!(!image_is("prometheuscommunity/postgres-exporter", "postgres"));
        assert!(image_is("quay.io/argoproj/argocd:v3", "argocd"));
        assert!(image_is("datadog/agent", "datadog/agent"));
        assert!(!image_is("other/agent", "datadog/agent"));
        assert!(image_is("docker.io/vault:1", "library/vault") && image_is("vault", "library/vault"));
        assert!(!image_is("acme/vault", "library/vault"));
    }

    #[test]
    fn tables_answer() {
        let tables = Tables::built_in().expect("the tables");
        assert_eq!(tables.engine_of_image("cassandra:3").map(|engine| engine.replaceable), Some(true));
        assert_eq!(tables.resource_group("kafka.strimzi.io", "KafkaTopic").map(|g| g.role), Some(GroupRole::Support));
        assert_eq!(tables.host_path("/var/lib/kubelet/plugins"), HostPath::NodePlugin);
        assert_eq!(tables.host_path("/var/run/docker.sock"), HostPath::ContainerEngine);
        assert_eq!(tables.host_path("/data"), HostPath::Other);
        assert!(tables.lookalike("skaffold", "Config").is_some());
        assert!(tables.lookalike_file("_helpers.tpl").is_some() && tables.lookalike_file("helpers.yaml").is_none());
        for name in ["values.yaml", "values-production.yaml", "dev-values.yml", "web.values.yaml"] {
            assert!(tables.is_values_file(name), "{name}");
        }
        assert!(!tables.is_values_file("evaluesx.yaml"));
        assert_eq!(tables.region_in("overlays/prod-eu-west-1"), Some("eu-west"));
        assert_eq!(tables.region_in("clusters/europe-west4-prod"), Some("europe-west"));
        assert_eq!(tables.region_in("overlays/western"), None);
        assert!(tables.is_platform_namespace("kube-system") && tables.is_platform_namespace("gke-managed-cim"));
        assert!(!tables.is_platform_namespace("shop") && !tables.is_platform_namespace("kube-systems"));
        let plugin = |image| tables.network_plugin(image).map(|plugin| (plugin.name.as_str(), plugin.enforces));
        assert_eq!(plugin("quay.io/calico/node:v3.30"), Some(("Calico", true)));
        assert_eq!(plugin("ghcr.io/flannel-io/flannel:v0.27"), Some(("Flannel", false)));
        assert_eq!(plugin("acme/node"), None);
        assert_eq!(tables.protocol_of_port(5432).map(|protocol| protocol.store), Some(true));
    }
}
