//! What an API server serves, asked before anything is listed: two requests where it knows the aggregated form, one for
//! each group where it does not.

use serde::Deserialize;

use super::Failure;
use super::exchange::{Answer, Exchange};
use super::failure::{refused, status_message};
use crate::snapshot::{KINDS, ServedResource};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
    application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
const PLAIN: &str = "application/json";

/// What is served, and by which version of the API server.
pub(super) struct Served {
    pub(super) resources: Vec<ServedResource>,
    pub(super) version: Option<String>,
}

/// Asks for all of it.
pub(super) async fn discover(exchange: &Exchange<'_>) -> Result<Served, Failure> {
    let mut resources = Vec::new();
    let core = understood(exchange, exchange.get("/api", AGGREGATED).await)?;
    match aggregated(&core) {
        Some(groups) => add_aggregated(groups, &mut resources),
        None => add_version(exchange, "", "v1", "/api/v1", &mut resources).await,
    }
    let named = understood(exchange, exchange.get("/apis", AGGREGATED).await)?;
    match aggregated(&named) {
        Some(groups) => add_aggregated(groups, &mut resources),
        None => add_groups(exchange, &named, &mut resources).await?,
    }
    let version = match exchange.get("/version", PLAIN).await {
        Ok(answer) if answer.status == 200 => serde_json::from_slice::<Version>(&answer.body).ok(),
        // Which version it is stays unknown.
        _ => None,
    };
    let version = version.map(|version| version.git_version).filter(|text| text.len() <= 100);
    Ok(Served { resources, version })
}

/// An answer in JSON, or why the cluster cannot be read.
fn understood(exchange: &Exchange<'_>, outcome: Result<Answer, super::exchange::Lost>) -> Result<Answer, Failure> {
    let connection = exchange.connection;
    let answer = outcome.map_err(|lost| lost.failure(connection))?;
    if answer.status != 200 {
        let said = status_message(&answer.body).unwrap_or_default();
        return Err(refused(&connection.server, &connection.described, answer.status, &said));
    }
    if serde_json::from_slice::<serde::de::IgnoredAny>(&answer.body).is_err() {
        let what = match answer.content_type.contains("html") {
            true => "a web page, perhaps a page to log in on",
            false => "something else than JSON",
        };
        return Err(Failure {
            message: format!("{} is not a Kubernetes API server: it answered with {what}", connection.server),
            help: "check `server` in the kubeconfig, and whether a proxy or a login stands in between".to_owned(),
        });
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

#[derive(Deserialize)]
struct Aggregated {
    kind: String,
    items: Option<Vec<Group>>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: Metadata,
    versions: Option<Vec<GroupVersion>>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct GroupVersion {
    version: String,
    resources: Option<Vec<AggregatedResource>>,
    freshness: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AggregatedResource {
    resource: String,
    response_kind: Option<ResponseKind>,
    scope: Option<String>,
    verbs: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

fn aggregated(answer: &Answer) -> Option<Vec<Group>> {
    let list: Aggregated = serde_json::from_slice(&answer.body).ok()?;
    (list.kind == "APIGroupDiscoveryList").then(|| list.items.unwrap_or_default())
}

fn add_aggregated(groups: Vec<Group>, to: &mut Vec<ServedResource>) {
    for group in groups {
        let name = &group.metadata.name;
        for version in group.versions.unwrap_or_default() {
            let listed = version.resources.unwrap_or_default();
            // The extension behind this group does not answer. What it would serve is asked for all the same, so that its
            // lists say what is wrong.
            if listed.is_empty() && version.freshness.as_deref() == Some("Stale") {
                presume(name, &version.version, to);
            }
            for resource in listed {
                let kind = resource.response_kind.map(|kind| kind.kind).unwrap_or_default();
                to.push(ServedResource {
                    group: name.clone(),
                    version: version.version.clone(),
                    plural: resource.resource,
                    kind,
                    namespaced: resource.scope.as_deref() == Some("Namespaced"),
                    can_list: resource.verbs.unwrap_or_default().iter().any(|verb| verb == "list"),
                });
            }
        }
    }
}

/// Takes it that a version of a group serves the kinds that are known of it.
fn presume(group: &str, version: &str, to: &mut Vec<ServedResource>) {
    for kind in KINDS.iter().filter(|kind| kind.group == group && kind.versions.contains(&version)) {
        to.push(ServedResource {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: kind.plural.to_owned(),
            kind: kind.kind.to_owned(),
            namespaced: kind.namespaced,
            can_list: true,
        });
    }
}

#[derive(Deserialize)]
struct Groups {
    kind: String,
    groups: Option<Vec<PlainGroup>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlainGroup {
    name: String,
    versions: Option<Vec<PlainVersion>>,
    preferred_version: Option<PlainVersion>,
}

#[derive(Deserialize)]
struct PlainVersion {
    version: String,
}

#[derive(Deserialize)]
struct Resources {
    kind: String,
    resources: Option<Vec<PlainResource>>,
}

#[derive(Deserialize)]
struct PlainResource {
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    namespaced: bool,
    verbs: Option<Vec<String>>,
}

/// The old form: a list of groups, and for each of them the preferred version and those that are understood.
async fn add_groups(exchange: &Exchange<'_>, answer: &Answer, to: &mut Vec<ServedResource>) -> Result<(), Failure> {
    let groups = serde_json::from_slice::<Groups>(&answer.body).ok().filter(|groups| groups.kind == "APIGroupList");
    let Some(groups) = groups else {
        return Err(refused(&exchange.connection.server, &exchange.connection.described, 404, ""));
    };
    for group in groups.groups.unwrap_or_default() {
        let known =
            |version: &str| KINDS.iter().any(|kind| kind.group == group.name && kind.versions.contains(&version));
        let preferred = group.preferred_version.map(|preferred| preferred.version);
        for PlainVersion { version } in group.versions.unwrap_or_default() {
            if preferred.as_ref() == Some(&version) || known(&version) {
                add_version(exchange, &group.name, &version, &format!("/apis/{}/{version}", group.name), to).await;
            }
        }
    }
    Ok(())
}

async fn add_version(exchange: &Exchange<'_>, group: &str, version: &str, path: &str, to: &mut Vec<ServedResource>) {
    let answer = exchange.get(path, PLAIN).await.ok().filter(|answer| answer.status == 200);
    let list = answer.and_then(|answer| serde_json::from_slice::<Resources>(&answer.body).ok());
    let Some(list) = list.filter(|list| list.kind == "APIResourceList") else {
        return presume(group, version, to);
    };
    for resource in list.resources.unwrap_or_default() {
        // What has a `/` is part of another resource.
        if !resource.name.contains('/') {
            to.push(ServedResource {
                group: group.to_owned(),
                version: version.to_owned(),
                plural: resource.name,
                kind: resource.kind,
                namespaced: resource.namespaced,
                can_list: resource.verbs.unwrap_or_default().iter().any(|verb| verb == "list"),
            });
        }
    }
}
