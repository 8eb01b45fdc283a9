//! `kubeworthy rbac`: the least role that lets a cluster be read.

use super::Exit;
use super::arguments::Rbac;
use super::assess::mistake;
use super::output::Terminal;
use crate::{facts, snapshot};

pub(super) fn run(arguments: &Rbac, terminal: &Terminal) -> Exit {
    if let Some((message, help)) = arguments.cluster.mistake() {
        return mistake(&message, &help, terminal);
    }
    let Some(kit) = super::assess::load_kit(&[], terminal) else { return Exit::Error };
    let (resources, custom, of_the_cluster) =
        (facts::resources(), kit.tables.custom_groups(), kit.tables.cluster_groups());
    let custom = custom.difference(&of_the_cluster).copied().collect();
    let groups = (&custom, &of_the_cluster);
    let namespaces = &arguments.cluster.namespace;
    if namespaces.is_empty() || arguments.cluster.all_namespaces {
        return terminal.print(&snapshot::role(&resources, groups, None));
    }
    let roles: Vec<String> =
        namespaces.iter().map(|namespace| snapshot::role(&resources, groups, Some(namespace))).collect();
    terminal.print(&roles.join("---\n"))
}
