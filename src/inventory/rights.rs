//! Objects that permit or forbid: roles, bindings, network policies, disruption budgets.

use super::kubernetes::{Head, named_namespace};
use super::model::{Amount, Budget, Namespace, NetworkPolicy, Written};
use super::quantity::quantity;
use super::selector::Selector;
use crate::text::SourceId;
use crate::yaml::{Node, Place};

/// One rule of a Role or ClusterRole.
#[derive(Clone, Debug)]
pub struct RoleRule {
    /// API groups.
    pub groups: Vec<String>,
    /// Resources, subresources with `/`.
    pub resources: Vec<String>,
    /// Verbs.
    pub verbs: Vec<String>,
    /// Where it is written.
    pub place: Place,
}

/// A Role or ClusterRole.
#[derive(Clone, Debug)]
pub struct Role {
    /// `Role` or `ClusterRole`.
    pub kind: String,
    /// Namespace, empty for cluster roles.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Rules.
    pub rules: Vec<RoleRule>,
    /// Its rules come from other roles (aggregation), so they are not all here.
    pub aggregated: bool,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug)]
pub struct Binding {
    /// Namespace, empty for cluster bindings.
    pub namespace: String,
    /// Kind and name of the role.
    pub role: (String, String),
    /// Service accounts bound: namespace and name.
    pub accounts: Vec<(String, String)>,
    /// Other subjects (users, groups) that are bound, with their places.
    pub people: Vec<(String, Place)>,
    /// Where everybody who is logged in, or every service account, is bound.
    pub everybody: Option<Place>,
    /// Where the role is named.
    pub place: Place,
    /// The file that holds it.
    pub source: SourceId,
}

pub(super) fn role(kind: &str, namespace: &str, name: &str, node: Node<'_>) -> Role {
    let words = |rule: Node<'_>, key: &str| -> Vec<String> {
        rule.get(key)
            .into_iter()
            .flat_map(|list| list.items())
            .filter_map(|word| word.text().map(str::to_owned))
            .collect()
    };
    let rules = node
        .get("rules")
        .into_iter()
        .flat_map(|rules| rules.items())
        .map(|rule| RoleRule {
            groups: words(rule, "apiGroups"),
            resources: words(rule, "resources"),
            verbs: words(rule, "verbs"),
            place: rule.get("verbs").unwrap_or(rule).place(),
        })
        .collect();
    let aggregated = node.get("aggregationRule").is_some();
    Role { kind: kind.to_owned(), namespace: namespace.to_owned(), name: name.to_owned(), rules, aggregated }
}

/// Groups that hold everybody.
/// Source: Kubernetes documentation, "Using RBAC Authorization", "Discovery roles" and "Service account permissions".
const EVERYBODY: [&str; 3] = ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"];

/// Reads what a quota limits into its namespace.
pub(super) fn quota(spec: Option<Node<'_>>, place: Place, namespace: &mut Namespace) {
    let hard = spec.and_then(|spec| spec.get("hard"));
    let amount = |keys: [&str; 2], unit: f64| {
        let node = keys.iter().find_map(|key| hard?.get(key))?;
        Some(Written { value: quantity(node.text()?)? / unit, place: node.place() })
    };
    let tenancy = namespace.tenancy.get_or_insert_default();
    tenancy.quota = Some(hard.map_or(place, |hard| hard.place()));
    tenancy.left = [
        amount(["pods", "count/pods"], 1.0),
        amount(["requests.cpu", "cpu"], 1.0),
        amount(["requests.memory", "memory"], super::pod::GIB),
    ];
}

pub(super) fn binding(namespace: &str, node: Node<'_>, place: Place, source: SourceId) -> Binding {
    let text = |path: &[&str]| node.at(path).and_then(|node| node.string()).unwrap_or_default().to_owned();
    let mut accounts = Vec::new();
    let mut people = Vec::new();
    let mut everybody = None;
    for subject in node.get("subjects").into_iter().flat_map(|subjects| subjects.items()) {
        let get = |key: &str| subject.get(key).and_then(|node| node.string()).unwrap_or_default();
        if get("kind") == "ServiceAccount" {
            // A subject without a namespace means the binding's own, and so does one with that of a chart's release.
            let is_own = get("namespace").is_empty() || crate::yaml::is_unknown(get("namespace"));
            let own = if is_own { namespace.to_owned() } else { named_namespace(node, Some(get("namespace"))) };
            accounts.push((own, get("name").to_owned()));
        } else if !get("name").starts_with("system:") {
            // Groups such as `system:serviceaccounts` are machinery.
            let place = subject.get("name").unwrap_or(subject).place();
            people.push((get("name").to_owned(), place));
        } else if EVERYBODY.contains(&get("name")) {
            everybody = everybody.or(subject.get("name").map(|name| name.place()));
        }
    }
    Binding {
        namespace: namespace.to_owned(),
        role: (text(&["roleRef", "kind"]), text(&["roleRef", "name"])),
        accounts,
        people,
        everybody,
        place: node.at(&["roleRef", "name"]).map_or(place, |node| node.place()),
        source,
    }
}

pub(super) fn network_policy(
    namespace: &str,
    name: &str,
    node: Node<'_>,
    place: Place,
    source: SourceId,
) -> NetworkPolicy {
    let spec = node.get("spec");
    let types: Vec<_> = spec
        .and_then(|spec| spec.get("policyTypes"))
        .into_iter()
        .flat_map(|types| types.items())
        .filter_map(|kind| kind.text())
        .collect();
    let allows = |key: &str| spec.and_then(|spec| spec.get(key)).is_some_and(|rules| rules.items().next().is_some());
    let guards_ingress = types.is_empty() || types.contains(&"Ingress");
    let allows_all = |key: &str| {
        spec.and_then(|spec| spec.get(key)).is_some_and(|rules| rules.items().any(|rule| rule.entries().is_empty()))
    };
    let guards_egress = types.contains(&"Egress");
    // Rules that a template writes may allow anything; only those that stand there restrict for certain.
    let is_open = node.is_unrendered();
    let certain = !is_open || allows("ingress") || allows("egress");
    let restricts = (guards_ingress && !allows_all("ingress")) || (guards_egress && !allows_all("egress"));
    let selector = Selector::read(spec.and_then(|spec| spec.get("podSelector")));
    let denies_by_default =
        selector.is_everything() && ((guards_ingress && !allows("ingress")) || (guards_egress && !allows("egress")));
    NetworkPolicy {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        selector,
        restricts: restricts && certain,
        denies_by_default: denies_by_default && !is_open,
        place: spec.and_then(|spec| spec.get("podSelector")).map_or(place, |selector| selector.place()),
        source,
    }
}

pub(super) fn budget(head: &Head<'_>) -> Budget {
    let spec = head.node.get("spec");
    let minimum = spec.and_then(|spec| spec.get("minAvailable"));
    let maximum = spec.and_then(|spec| spec.get("maxUnavailable"));
    let shown = minimum.or(maximum).map_or(head.place, |node| node.place());
    Budget {
        namespace: head.namespace.clone(),
        name: head.name.to_owned(),
        selector: Selector::read(spec.and_then(|spec| spec.get("selector"))),
        minimum_available: minimum.and_then(amount),
        maximum_unavailable: maximum.and_then(amount),
        place: shown,
        source: head.source,
    }
}

/// A number of pods, or a share of them.
pub(super) fn amount(node: Node<'_>) -> Option<Amount> {
    let text = node.text()?;
    match text.strip_suffix('%') {
        Some(share) => Some(Amount::Percent(share.parse().ok()?)),
        None => Some(Amount::Count(node.integer()? as f64)),
    }
}

impl Budget {
    /// How many of so many copies the budget lets go at once.
    ///
    /// Shares are rounded as Kubernetes rounds them: up, for both fields. Source: Kubernetes documentation,
    /// "Specifying a Disruption Budget for your Application".
    #[must_use]
    pub fn allows(&self, copies: f64) -> f64 {
        let count = |amount: Amount| match amount {
            Amount::Count(count) => count,
            Amount::Percent(share) => (copies * share / 100.0).ceil(),
        };
        match (self.minimum_available, self.maximum_unavailable) {
            (Some(minimum), _) => (copies - count(minimum)).max(0.0),
            (None, Some(maximum)) => count(maximum).min(copies),
            // An empty budget asks for one available pod at least, Kubernetes' default being minAvailable 1.
            (None, None) => (copies - 1.0).max(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{DocumentId, NodeId};

    fn budget_of(minimum: Option<Amount>, maximum: Option<Amount>) -> Budget {
        Budget {
            namespace: String::new(),
            name: String::new(),
            source: SourceId(0),
            selector: Selector::default(),
            minimum_available: minimum,
            maximum_unavailable: maximum,
            place: Place { document: DocumentId(0), node: NodeId(0) },
        }
    }

    #[test]
    fn budgets_round_up() {
        assert_eq!(budget_of(Some(Amount::Count(2.0)), None).allows(3.0), 1.0);
        assert_eq!(budget_of(Some(Amount::Percent(50.0)), None).allows(3.0), 1.0);
        assert_eq!(budget_of(None, Some(Amount::Percent(34.0))).allows(3.0), 2.0);
        assert_eq!(budget_of(Some(Amount::Count(1.0)), None).allows(1.0), 0.0);
    }
}
