//! Patches: which objects they change, and changing them.

use super::json_patch;
use super::merge::{self, Schema};
use super::resource::{Identity, Resource};
use super::select::Target;
use crate::yaml::{Draft, Node, Place};

/// What went wrong with a patch, where, and what to do.
pub(super) struct Complaint {
    pub(super) place: Place,
    pub(super) message: String,
    pub(super) help: &'static str,
    /// Whether it is that an object is not there, which a component by itself cannot help.
    pub(super) is_about_target: bool,
}

const NO_OBJECT: &str = "name an object that the kustomization holds, with its apiVersion, kind, name and namespace, or \
                         remove the patch";

/// Applies the documents of one patch. `at` is where the kustomization names it.
pub(super) fn apply<'t>(
    resources: &mut Vec<Resource<'t>>,
    documents: &[Node<'t>],
    target: Option<Node<'t>>,
    at: Place,
    left: &mut usize,
    complaints: &mut Vec<Complaint>,
) {
    let mut complain = |place: Place, message: String, help: &'static str| {
        let is_about_target = help == NO_OBJECT;
        complaints.push(Complaint { place, message, help, is_about_target });
    };
    let chosen = match target.map(Target::read).transpose() {
        Ok(target) => target,
        Err(message) => return complain(at, message, "mend the pattern"),
    };
    for document in documents {
        let patch = Draft::of(*document);
        if json_patch::is_json_patch(&patch) {
            let Some(target) = &chosen else {
                complain(at, "this JSON patch has no target".to_owned(), "add a `target` with kind and name");
                continue;
            };
            let mut found = false;
            let operations = patch.items().len();
            for resource in resources.iter_mut().filter(|resource| target.selects(resource)) {
                found = true;
                // Each operation may look through the whole object.
                let Some(rest) = left.checked_sub(operations.saturating_mul(resource.size / 16 + 1)) else {
                    complain(at, "these patches are too large to be applied".to_owned(), "assess fewer at a time");
                    return;
                };
                *left = rest;
                resource.remember();
                if let Err(failed) = json_patch::apply(&mut resource.draft, &patch) {
                    let message = format!("this patch does not fit {}: {}", resource.current.shown(), failed.reason);
                    complain(failed.place, message, "mend the path; the operations before it were applied");
                }
                resource.refresh();
            }
            if !found {
                complain(at, "this patch selects no object".to_owned(), NO_OBJECT);
            }
        } else if patch.is_map() {
            let selected = select(resources, &patch, chosen.as_ref());
            if selected.is_empty() {
                let place = document.at(&["metadata", "name"]).unwrap_or(*document).place();
                let message = match Identity::of(&patch).filter(|_| chosen.is_none()) {
                    Some(identity) => {
                        format!("no object is named {}, so that this patch changes nothing", identity.shown())
                    }
                    None => "this patch selects no object".to_owned(),
                };
                complain(if chosen.is_some() { at } else { place }, message, NO_OBJECT);
            }
            lay_over(resources, &selected, &patch);
        } else {
            complain(
                at,
                "this is neither a part of an object nor a JSON patch".to_owned(),
                "see kustomize's `patches`",
            );
        }
    }
}

/// The objects that a strategic merge patch changes: those of its target, else the one of its own name.
fn select(resources: &[Resource<'_>], patch: &Draft<'_>, target: Option<&Target>) -> Vec<usize> {
    let all = resources.iter().enumerate();
    match (target, Identity::of(patch)) {
        (Some(target), _) => all.filter(|(_, resource)| target.selects(resource)).map(|(index, _)| index).collect(),
        (None, Some(identity)) => {
            all.filter(|(_, resource)| resource.is_known_as(&identity)).map(|(index, _)| index).take(1).collect()
        }
        (None, None) => Vec::new(),
    }
}

fn lay_over<'t>(resources: &mut Vec<Resource<'t>>, selected: &[usize], patch: &Draft<'t>) {
    let mut gone = Vec::new();
    for index in selected {
        let resource = &mut resources[*index];
        let schema = Schema::of(&resource.current.group, &resource.current.kind);
        let kept: Vec<_> = ["kind", "apiVersion"].iter().map(|key| (*key, resource.draft.get(key))).collect();
        let names: Vec<_> = ["name", "namespace"]
            .iter()
            .map(|key| (*key, resource.draft.get("metadata").and_then(|metadata| metadata.get(key))))
            .collect();
        if merge::merge(&mut resource.draft, patch, schema) {
            gone.push(*index);
            continue;
        }
        // A patch changes what an object says, not which object it is.
        for (key, value) in kept {
            restore(&mut resource.draft, key, value);
        }
        if let Some(metadata) = resource.draft.get_mut("metadata") {
            for (key, value) in names {
                restore(metadata, key, value);
            }
        }
    }
    for index in gone.into_iter().rev() {
        resources.remove(index);
    }
}

fn restore<'t>(map: &mut Draft<'t>, key: &'static str, value: Option<Draft<'t>>) {
    match value {
        Some(value) => map.set(key, value.place(), value),
        None => {
            map.remove(key);
        }
    }
}
