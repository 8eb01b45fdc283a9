//! Systems without their add-ons, and several systems as one.

use crate::facts::AddOnMembers;
use crate::inventory::System;

/// A system without the members of add-ons; none where nothing but them and what belongs to them is left.
pub(super) fn without(system: &System, add_ons: &AddOnMembers) -> Option<System> {
    let mut reduced = system.clone();
    let before = reduced.workloads.len();
    reduced.workloads.retain(|index| !add_ons.workloads.contains(index));
    reduced.definitions.retain(|index| !add_ons.definitions.contains(index));
    let removed = before - reduced.workloads.len();
    let touched = removed > 0 || reduced.definitions.len() < system.definitions.len();
    if touched && reduced.workloads.len() < removed.max(1) {
        return None;
    }
    if removed > 0 {
        // Webhooks, APIs and drivers beside an add-on are the add-on's.
        reduced.extensions.clear();
        reduced.drivers.clear();
    }
    Some(reduced)
}

/// Several systems as one.
pub(super) fn union(systems: &[System]) -> System {
    let mut whole = System::new(crate::inventory::GroupedBy::Directory, "estate".to_owned());
    whole.is_estate = true;
    for system in systems {
        whole.workloads.extend(&system.workloads);
        whole.definitions.extend(&system.definitions);
        whole.extensions.extend(&system.extensions);
        whole.drivers.extend(&system.drivers);
        whole.foreign.extend(&system.foreign);
        whole.opaque.extend(&system.opaque);
        whole.followed.extend(&system.followed);
        whole.network_policies.extend(&system.network_policies);
        whole.services.extend(&system.services);
        whole.routes.extend(&system.routes);
        whole.autoscalers.extend(&system.autoscalers);
        whole.reaches.extend(&system.reaches);
        whole.namespaces.extend(system.namespaces.iter().cloned());
        whole.unrendered |= system.unrendered;
    }
    whole
}
