//! How objects hang together: autoscalers and budgets to workloads by reference and selector, service accounts to
//! roles by bindings, definitions to their controllers.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::model::{Foreign, Objects, Workload};
use super::rights::RoleRule;
use super::selector::{Selector, SelectorIndex};
use crate::tables::Tables;
use crate::yaml::Place;

/// Whether two namespaces can be the same: files often leave the namespace to the tool that applies them.
#[must_use]
pub fn same_namespace(a: &str, b: &str) -> bool {
    a == b || a.is_empty() || b.is_empty()
}

/// What the service account of a workload may do.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// It may create workloads through the API.
    pub creates_workloads: Option<Place>,
    /// It may write the status of objects, as controllers do.
    pub writes_status: Option<Place>,
    /// It may write the resources of a group that these files define.
    pub writes_own_group: Option<Place>,
    /// A binding of it names a role that is not in the files.
    pub missing_role: Option<Place>,
    /// It has a service account of its own to which nothing in the files gives any right.
    pub unbound: bool,
}

/// The links of one workload, by index into the lists of objects.
#[derive(Clone, Debug, Default)]
pub struct WorkloadLinks {
    /// The autoscaler that scales it.
    pub autoscaler: Option<usize>,
    /// The budgets that cover its pods; all of them hold.
    pub budgets: Vec<usize>,
    /// The services that lead to it.
    pub services: Vec<usize>,
    /// The network policies that select its pods.
    pub network_policies: Vec<usize>,
    /// The analysis of a canary of Flagger that watches over it.
    pub canary: Option<Place>,
    /// What its service account may do.
    pub rights: Rights,
}

/// What selects no pod, by index into the lists of objects.
#[derive(Clone, Debug, Default)]
pub struct Idle {
    /// Services.
    pub services: Vec<usize>,
    /// Disruption budgets.
    pub budgets: Vec<usize>,
    /// Network policies.
    pub network_policies: Vec<usize>,
}

impl Idle {
    /// Finds them: what names labels that no pod of these files has. A policy for every pod, and a Service without a
    /// selector, whose endpoints are written by somebody else, are meant to be so.
    fn new(objects: &Objects, workloads: &[WorkloadLinks]) -> Self {
        // Where an operator, or a workload, makes pods, what selects those is not idle.
        let makes_pods =
            |rights: &Rights| rights.creates_workloads.or(rights.writes_status).or(rights.writes_own_group).is_some();
        let others_make_pods = objects.workloads.iter().any(|workload| workload.custom.is_some())
            || workloads.iter().any(|links| makes_pods(&links.rights));
        if others_make_pods {
            return Self::default();
        }
        let idle = |length: usize, selects: fn(&WorkloadLinks) -> &[usize], names: &dyn Fn(usize) -> bool| {
            let mut is_idle: Vec<bool> = (0..length).map(names).collect();
            for at in workloads.iter().flat_map(selects) {
                is_idle[*at] = false;
            }
            (0..length).filter(|at| is_idle[*at]).collect()
        };
        let names = |selector: &Selector| selector.is_written() && !selector.is_everything();
        let policies = &objects.network_policies;
        Self {
            services: idle(objects.services.len(), |links| &links.services, &|at| {
                names(&objects.services[at].selector)
            }),
            budgets: idle(objects.budgets.len(), |links| &links.budgets, &|at| names(&objects.budgets[at].selector)),
            network_policies: idle(policies.len(), |links| &links.network_policies, &|at| {
                policies[at].restricts && names(&policies[at].selector)
            }),
        }
    }
}

/// All links.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// Per workload, in the order of the workloads.
    pub workloads: Vec<WorkloadLinks>,
    /// Autoscalers whose target is not in the files.
    pub dangling_autoscalers: Vec<usize>,
    /// Per definition: the first workload that may write its group, its controller.
    pub controllers: Vec<Option<usize>>,
    /// Services, budgets and network policies that select no pod of these files though they name what they select.
    pub idle: Idle,
}

impl Links {
    /// Links everything; rights, definitions and references are resolved over all files.
    #[must_use]
    pub fn new(objects: &Objects, tables: &Tables) -> Self {
        let groups: Vec<&str> = objects.definitions.iter().map(|definition| definition.group.as_str()).collect();
        let mut links = Self::default();
        let selectors = Selectors {
            budgets: SelectorIndex::new(objects.budgets.iter().map(|budget| &budget.selector)),
            services: SelectorIndex::new(objects.services.iter().map(|service| &service.selector)),
            network_policies: SelectorIndex::new(objects.network_policies.iter().map(|policy| &policy.selector)),
            canaries: objects.foreign.iter().filter(|foreign| foreign.canary_of.is_some()).collect(),
        };
        let mut scaled = vec![false; objects.autoscalers.len()];
        let mut controllers: BTreeMap<&str, usize> = BTreeMap::new();
        let linked: Vec<_> =
            objects.workloads.par_iter().map(|workload| link(workload, objects, &groups, &selectors, tables)).collect();
        for (index, (linked, scalers, own_groups)) in linked.into_iter().enumerate() {
            for scaler in scalers {
                scaled[scaler] = true;
            }
            for group in own_groups {
                controllers.entry(group).or_insert(index);
            }
            links.workloads.push(linked);
        }
        links.dangling_autoscalers = (0..scaled.len()).filter(|index| !scaled[*index]).collect();
        links.idle = Idle::new(objects, &links.workloads);
        links.controllers = groups.iter().map(|group| controllers.get(group).copied()).collect();
        links
    }
}

/// What leads to workloads: the selectors of everything that selects pods, and canaries.
struct Selectors<'o> {
    budgets: SelectorIndex,
    services: SelectorIndex,
    network_policies: SelectorIndex,
    canaries: Vec<&'o Foreign>,
}

/// The links of one workload, the autoscalers that aim at it, and the defined groups that it may write.
fn link<'g>(
    workload: &Workload,
    objects: &Objects,
    groups: &[&'g str],
    selectors: &Selectors<'_>,
    tables: &Tables,
) -> (WorkloadLinks, Vec<usize>, Vec<&'g str>) {
    let here = |namespace: &str| same_namespace(namespace, &workload.key.scope);
    let mut linked = WorkloadLinks::default();
    let scalers = positions(&objects.autoscalers, |scaler| {
        scaler.target.as_ref().is_some_and(|(kind, name)| {
            *name == workload.key.name && kind.eq_ignore_ascii_case(&workload.key.kind) && here(&scaler.namespace)
        })
    });
    // Of several variants the widest counts; the first of equals stays.
    let width = |at: usize| objects.autoscalers[at].maximum.known().unwrap_or(0.0);
    linked.autoscaler = scalers.iter().copied().rev().max_by(|a, b| width(*a).total_cmp(&width(*b)));
    if let Some(pod) = workload.pod() {
        linked.budgets = selectors.budgets.candidates(&pod.labels);
        linked.budgets.retain(|at| {
            let budget = &objects.budgets[*at];
            here(&budget.namespace) && budget.selector.selects(&pod.labels)
        });
        linked.services = selectors.services.candidates(&pod.labels);
        linked.services.retain(|at| {
            let service = &objects.services[*at];
            here(&service.namespace) && !service.selector.is_everything() && service.selector.selects(&pod.labels)
        });
        linked.network_policies = selectors.network_policies.candidates(&pod.labels);
        linked.network_policies.retain(|at| {
            let policy = &objects.network_policies[*at];
            policy.restricts && here(&policy.namespace) && policy.selector.selects(&pod.labels)
        });
    }
    linked.canary = selectors.canaries.iter().find_map(|foreign| {
        let (kind, name, place) = foreign.canary_of.as_ref()?;
        (*name == workload.key.name && *kind == workload.key.kind && here(&foreign.namespace)).then_some(*place)
    });
    let (rights, own_groups) = rights(workload, objects, groups, tables);
    linked.rights = rights;
    (linked, scalers, own_groups)
}

fn positions<T>(items: &[T], test: impl Fn(&T) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| test(item)).map(|(index, _)| index).collect()
}

/// The rights of a workload's own service account, and the defined groups that it may write.
fn rights<'g>(workload: &Workload, objects: &Objects, groups: &[&'g str], tables: &Tables) -> (Rights, Vec<&'g str>) {
    let mut rights = Rights::default();
    let mut own_groups = Vec::new();
    let Some(account) = workload.pods.iter().find_map(|pod| pod.service_account.as_ref()) else {
        return (rights, own_groups);
    };
    let mut bound = false;
    for binding in &objects.bindings {
        let names_account = binding
            .accounts
            .iter()
            .any(|(namespace, name)| *name == account.value && same_namespace(namespace, &workload.key.scope));
        if !names_account {
            continue;
        }
        bound = true;
        let (kind, name) = &binding.role;
        if tables.is_role_of_convenience(name) {
            continue;
        }
        let role = objects.roles.iter().find(|role| {
            role.name == *name
                && role.kind == *kind
                && (role.kind == "ClusterRole" || same_namespace(&role.namespace, &binding.namespace))
        });
        let Some(role) = role else {
            rights.missing_role = rights.missing_role.or(Some(binding.place));
            continue;
        };
        for rule in &role.rules {
            rights.creates_workloads = rights.creates_workloads.or(creates_workloads(rule).then_some(rule.place));
            rights.writes_status = rights.writes_status.or(writes_status(rule).then_some(rule.place));
            let writes = may(rule, &["create", "update", "patch", "delete"]);
            for group in groups.iter().filter(|group| writes && rule.groups.iter().any(|g| g == *group || g == "*")) {
                own_groups.push(*group);
                rights.writes_own_group = rights.writes_own_group.or(Some(rule.place));
            }
        }
    }
    rights.unbound = !bound;
    (rights, own_groups)
}

fn may(rule: &RoleRule, verbs: &[&str]) -> bool {
    rule.verbs.iter().any(|verb| verb == "*" || verbs.contains(&verb.as_str()))
}

/// Whether a rule lets its holder create pods or what makes pods. A rule over everything is an administrator's and
/// says nothing.
fn creates_workloads(rule: &RoleRule) -> bool {
    const RESOURCES: [&str; 8] = [
        "pods",
        "jobs",
        "cronjobs",
        "deployments",
        "statefulsets",
        "daemonsets",
        "replicasets",
        "replicationcontrollers",
    ];
    const GROUPS: [&str; 4] = ["", "batch", "apps", "extensions"];
    let everything = rule.groups.iter().any(|g| g == "*") && rule.resources.iter().any(|r| r == "*");
    !everything
        && may(rule, &["create"])
        && rule.groups.iter().any(|group| group == "*" || GROUPS.contains(&group.as_str()))
        && rule.resources.iter().any(|resource| resource == "*" || RESOURCES.contains(&resource.as_str()))
}

fn writes_status(rule: &RoleRule) -> bool {
    may(rule, &["update", "patch"])
        && rule.resources.iter().any(|resource| resource.ends_with("/status") && !resource.starts_with("*/"))
        // Reporting on a node or an event is what agents do.
        && !rule.resources.iter().all(|resource| matches!(resource.as_str(), "nodes/status" | "events/status"))
}
