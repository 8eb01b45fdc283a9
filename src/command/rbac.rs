//! `kubeworthy rbac`: the least role that lets a cluster be read.

use std::collections::BTreeSet;

use super::Exit;
use super::arguments::Rbac;
use super::assess::mistake;
use super::output::Terminal;
use crate::snapshot::{self, KINDS};

pub(super) fn run(arguments: &Rbac, terminal: &Terminal) -> Exit {
    if let Some((message, help)) = arguments.cluster.mistake() {
        return mistake(&message, &help, terminal);
    }
    let resources: BTreeSet<&str> = KINDS.iter().map(|kind| kind.resource).collect();
    let namespaces = &arguments.cluster.namespace;
    if namespaces.is_empty() || arguments.cluster.all_namespaces {
        return terminal.print(&snapshot::role(&resources, None));
    }
    let roles: Vec<String> = namespaces.iter().map(|namespace| snapshot::role(&resources, Some(namespace))).collect();
    terminal.print(&roles.join("---\n"))
}
