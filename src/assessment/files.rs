//! Which files a system is written in: those of its workloads and of everything that belongs to them.

use std::collections::BTreeSet;

use super::locate::Locator;
use crate::facts::SystemView;
use crate::inventory::model::{Origin, Workload};
use crate::inventory::{Inventory, System};
use crate::text::{STANDARD_INPUT, SourceId, is_rendered_name};
use crate::yaml::Place;

/// The names of the workloads of a system, sorted.
pub(super) fn objects(view: &SystemView<'_>) -> Vec<String> {
    let names: BTreeSet<String> = view.raw_workloads().map(Workload::object_name).collect();
    names.into_iter().collect()
}

/// The names of the files of a system, sorted; of the estate those of all systems. Clusters and standard input are no
/// files.
pub(super) fn files(inventory: &Inventory, locator: &Locator<'_>, system: &System) -> Vec<String> {
    let files = locator.files();
    let systems = if system.is_estate { inventory.systems.iter().collect() } else { vec![system] };
    let mut sources: BTreeSet<SourceId> = BTreeSet::new();
    let mut places: BTreeSet<Place> = BTreeSet::new();
    for system in systems {
        sources.extend(&system.sources);
        of_objects(inventory, system, &mut sources, &mut places);
    }
    // What kustomizations made holds values of bases, patches and generators.
    for document in places.into_iter().map(|place| place.document).collect::<BTreeSet<_>>() {
        let Some(tree) = inventory.trees.get(document.0 as usize) else { continue };
        sources.insert(tree.source);
        let written = tree.written_in().into_iter().filter_map(|document| inventory.trees.get(document.0 as usize));
        sources.extend(written.map(|tree| tree.source));
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for file in sources.iter().filter_map(|source| files.get(source.0 as usize)) {
        match file.rendered.as_deref() {
            Some(rendered) => names.extend(rendered.sources.iter().map(|source| source.name.as_str())),
            None if file.cluster.is_none() => drop(names.insert(file.name.as_str())),
            None => {}
        }
    }
    // A project of Compose is all of its files together, with its variables.
    for project in &inventory.projects {
        if project.files.iter().any(|file| names.contains(file.as_str())) {
            names.extend(project.files.iter().chain(&project.parts).map(String::as_str));
        }
    }
    names.retain(|name| *name != STANDARD_INPUT && !is_rendered_name(name));
    names.into_iter().map(str::to_owned).collect()
}

/// The places of the objects of a system, and of what its workloads hang together with.
fn of_objects(inventory: &Inventory, system: &System, sources: &mut BTreeSet<SourceId>, places: &mut BTreeSet<Place>) {
    let (objects, links) = (&inventory.objects, &inventory.links);
    let mut add = |source: SourceId, place: Place| {
        sources.insert(source);
        places.insert(place);
    };
    for at in &system.workloads {
        let workload = &objects.workloads[*at];
        for workload in [Some(workload), workload.written.as_deref()].into_iter().flatten() {
            add(workload.source, workload.place);
            // A service of Compose may be written in several files.
            if workload.origin == Origin::Compose {
                each_place(workload, &mut |place| {
                    if let Some((source, _)) = inventory.span(place) {
                        add(source, place);
                    }
                });
            }
        }
        let Some(linked) = links.workloads.get(*at) else { continue };
        linked.budgets.iter().map(|at| &objects.budgets[*at]).for_each(|budget| add(budget.source, budget.place));
        linked.services.iter().map(|at| &objects.services[*at]).for_each(|service| add(service.source, service.place));
        let scaler = linked.autoscaler.map(|at| &objects.autoscalers[at]);
        scaler.into_iter().for_each(|scaler| add(scaler.source, scaler.place));
        let policies = linked.network_policies.iter().map(|at| &objects.network_policies[*at]);
        policies.for_each(|policy| add(policy.source, policy.place));
    }
    system.services.iter().map(|at| &objects.services[*at]).for_each(|each| add(each.source, each.place));
    system.routes.iter().map(|at| &objects.routes[*at]).for_each(|each| add(each.source, each.place));
    system.autoscalers.iter().map(|at| &objects.autoscalers[*at]).for_each(|each| add(each.source, each.place));
    system.definitions.iter().map(|at| &objects.definitions[*at]).for_each(|each| add(each.source, each.place));
    system.extensions.iter().map(|at| &objects.extensions[*at]).for_each(|each| add(each.source, each.place));
    system.foreign.iter().map(|at| &objects.foreign[*at]).for_each(|each| add(each.source, each.place));
}

fn each_place(workload: &Workload, add: &mut dyn FnMut(Place)) {
    add(workload.kind_place);
    for place in [workload.copies.place(), workload.swarm_keys, workload.restarts].into_iter().flatten() {
        add(place);
    }
}
