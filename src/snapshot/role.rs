//! The least role that may read what is asked for: `list` and nothing else, as YAML to look at and to apply.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::kinds;
use super::words;

/// The name of the roles.
const NAME: &str = "kubeworthy-reader";

/// Resources that no role names, whoever asks for them.
const NEVER: [&str; 2] = ["secrets", "configmaps"];

/// What stands in no namespace of the groups that every API server of today has itself.
/// Source: Kubernetes API reference, `resource.k8s.io`.
const OF_THE_CLUSTER: [(&str, &str); 2] =
    [("resource.k8s.io", "deviceclasses"), ("resource.k8s.io", "devicetaintrules")];

/// The role for these resources, named as kubectl names them, and a binding to fill in. For one namespace: a Role for what
/// stands in it, and a ClusterRole for what stands in none, which may be left out. Of these groups of custom resources
/// everything may be listed: what a cluster serves of them is not known here. Those of the second set describe the cluster
/// itself, and stand in no namespace as a rule.
#[must_use]
pub fn role(
    resources: &BTreeSet<&str>,
    (groups, cluster_groups): (&BTreeSet<&str>, &BTreeSet<&str>),
    namespace: Option<&str>,
) -> String {
    let mut namespaced: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut of_the_cluster: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for resource in resources.iter().filter(|resource| may_be_listed(resource)) {
        let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
        let stands_in_namespaces = kinds::kind(resource).is_none_or(|kind| kind.namespaced);
        let rules = if stands_in_namespaces || namespace.is_none() { &mut namespaced } else { &mut of_the_cluster };
        rules.entry(group).or_default().insert(plural);
    }
    for (group, plural) in OF_THE_CLUSTER.into_iter().filter(|(group, _)| groups.contains(group)) {
        of_the_cluster.entry(group).or_default().insert(plural);
    }
    let mut text = String::from("# What kubeworthy reads of a cluster: lists, and nothing else.\n");
    match namespace {
        None => {
            let all = groups.union(cluster_groups).copied().collect();
            push_role(&mut text, "ClusterRole", None, NAME, &namespaced, &all);
            push_binding(&mut text, "ClusterRoleBinding", None, "ClusterRole", NAME);
        }
        Some(namespace) => {
            push_role(&mut text, "Role", Some(namespace), NAME, &namespaced, groups);
            push_binding(&mut text, "RoleBinding", Some(namespace), "Role", NAME);
            if !of_the_cluster.is_empty() {
                let name = format!("{NAME}-of-the-cluster");
                text.push_str("---\n# What stands in no namespace. Without it the facts about it stay unknown.\n");
                push_role(&mut text, "ClusterRole", None, &name, &of_the_cluster, cluster_groups);
                push_binding(&mut text, "ClusterRoleBinding", None, "ClusterRole", &name);
            }
        }
    }
    text
}

/// Whether this is the name of a resource that may be in a role: no wildcard, no subresource, nothing secret.
fn may_be_listed(resource: &str) -> bool {
    let plural = resource.split('.').next().unwrap_or(resource);
    words::is_key(resource) && !resource.contains(['/', '_']) && !plural.is_empty() && !NEVER.contains(&plural)
}

/// Writes are to a string, which cannot fail.
fn push_role(
    text: &mut String,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    rules: &BTreeMap<&str, BTreeSet<&str>>,
    groups: &BTreeSet<&str>,
) {
    let _ = writeln!(text, "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}");
    push_metadata(text, namespace, name);
    if rules.is_empty() {
        text.push_str("rules: []\n");
        return;
    }
    text.push_str("rules:\n");
    // The core has the empty group, which comes first.
    for (group, resources) in rules {
        let group = if group.is_empty() { "\"\"" } else { group };
        let resources: Vec<&str> = resources.iter().copied().collect();
        let resources = resources.join(", ");
        let _ = writeln!(text, "  - apiGroups: [{group}]\n    resources: [{resources}]\n    verbs: [list]");
    }
    let groups: Vec<&str> =
        groups.iter().copied().filter(|group| group.contains('.') && words::is_key(group)).collect();
    if !groups.is_empty() {
        text.push_str(
            "  # Custom resources that say something about need, where the cluster has them.\n  - apiGroups:\n",
        );
        groups.iter().for_each(|group| {
            let _ = writeln!(text, "      - {group}");
        });
        text.push_str("    resources: [\"*\"]\n    verbs: [list]\n");
    }
}

fn push_metadata(text: &mut String, namespace: Option<&str>, name: &str) {
    let _ = writeln!(text, "metadata:\n  name: {name}");
    if let Some(namespace) = namespace {
        // JSON's quotes are YAML's too.
        let _ = writeln!(text, "  namespace: {}", serde_json::Value::from(namespace));
    }
}

fn push_binding(text: &mut String, kind: &str, namespace: Option<&str>, role_kind: &str, name: &str) {
    let _ = writeln!(text, "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}");
    push_metadata(text, namespace, name);
    let _ = writeln!(text, "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {role_kind}\n  name: {name}");
    text.push_str(
        "subjects:\n  - apiGroup: rbac.authorization.k8s.io\n    kind: User\n    name: WHO-RUNS-KUBEWORTHY # fill this in\n",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_GROUPS: (&BTreeSet<&str>, &BTreeSet<&str>) = (&BTreeSet::new(), &BTreeSet::new());

    #[test]
    fn groups_of_the_cluster_stand_in_the_role_of_the_cluster() {
        let (own, of_the_cluster) = (BTreeSet::from(["own.example.com"]), BTreeSet::from(["nodes.example.com"]));
        let resources = BTreeSet::from(["pods", "nodes"]);
        let text = role(&resources, (&own, &of_the_cluster), Some("shop"));
        let (role_of_namespace, rest) = text.split_once("kind: ClusterRole\n").expect("two roles");
        assert!(role_of_namespace.contains("- own.example.com") && !role_of_namespace.contains("nodes.example.com"));
        assert!(rest.contains("- nodes.example.com") && !rest.contains("own.example.com"));
        let text = role(&resources, (&own, &of_the_cluster), None);
        assert!(text.contains("- own.example.com") && text.contains("- nodes.example.com"));
    }

    #[test]
    fn one_namespace_gets_a_role_and_what_stands_in_none_is_apart() {
        let resources = BTreeSet::from(["deployments.apps", "pods", "nodes", "statefulsets.apps"]);
        let text = role(&resources, NO_GROUPS, Some("shop"));
        assert!(
            text.starts_with(
                "# What kubeworthy reads of a cluster: lists, and nothing else.\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: kubeworthy-reader\n  namespace: \"shop\"\nrules:\n  - apiGroups: [\"\"]\n    resources: [pods]\n    verbs: [list]\n  - apiGroups: [apps]\n    resources: [deployments, statefulsets]\n    verbs: [list]\n---\n"
            ),
            "{text}"
        );
        assert!(text.contains("resources: [nodes]"));
        assert_eq!(text.matches("kind: ClusterRole\n").count(), 2, "the role, and the reference to it");
        assert!(!role(&resources, NO_GROUPS, None).contains("kind: Role\n"));
        let with_devices = role(&resources, (&BTreeSet::from(["resource.k8s.io"]), &BTreeSet::new()), Some("shop"));
        let (of_shop, of_the_cluster) =
            with_devices.split_once("---\n# What stands in no namespace").expect("two roles");
        assert!(of_shop.contains("      - resource.k8s.io\n    resources: [\"*\"]"), "{of_shop}");
        assert!(of_the_cluster.contains("resources: [deviceclasses, devicetaintrules]"), "{of_the_cluster}");
    }

    proptest::proptest! {
        #[test]
        fn nothing_but_lists_of_what_is_not_secret(
            names in proptest::collection::btree_set("(secrets|configmaps|pods|nodes)?(/log|/exec|\\.v1)?(\\*|[a-z.,\"\n\\]:]{0,12})", 0..8),
            namespaced: bool,
        ) {
            let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            let text = role(&names, NO_GROUPS, namespaced.then_some("shop\n- x"));
            for document in text.split("---\n") {
                let document: serde_yaml::Value = serde_yaml::from_str(document).expect("YAML");
                for rule in document.get("rules").and_then(|rules| rules.as_sequence()).into_iter().flatten() {
                    proptest::prop_assert_eq!(&rule["verbs"], &serde_yaml::from_str::<serde_yaml::Value>("[list]").expect("YAML"));
                    for resource in rule["resources"].as_sequence().into_iter().flatten() {
                        let resource = resource.as_str().expect("a text");
                        proptest::prop_assert!(!matches!(resource, "secrets" | "configmaps" | "*" | ""), "{}", resource);
                        proptest::prop_assert!(!resource.contains(['/', '*']), "{}", resource);
                    }
                }
            }
        }
    }
}
