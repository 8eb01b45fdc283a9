//! Names that follow the objects that they name.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::fields::{self, Configuration, NameReference};
use super::resource::{Identity, Resource, is_cluster_scoped};
use crate::limits;
use crate::yaml::Draft;

/// Gives every field that names a renamed or moved object the object's new name.
pub(super) fn follow(resources: &mut [Resource<'_>], configuration: &Configuration) {
    if resources.iter().all(|resource| resource.previous.is_empty()) {
        return;
    }
    let known: Vec<Named> = resources.iter().map(Named::new).collect();
    let mut by_name: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, named) in known.iter().enumerate() {
        // As in kustomize, only what was renamed or moved is looked for: under its earlier names.
        for identity in &named.identities[..named.identities.len() - 1] {
            let list = by_name.entry((&identity.kind, &identity.name)).or_default();
            if list.last() != Some(&index) {
                list.push(index);
            }
        }
    }
    for (index, resource) in resources.iter_mut().enumerate() {
        for reference in fields::name_references().iter().chain(&configuration.names) {
            for field in reference.fields.iter().filter(|field| field.fits(&resource.current)) {
                field.visit(&mut resource.draft, resource.origin, &mut |value| {
                    replace(value, &known[index], &known, &by_name, reference);
                });
            }
        }
    }
}

/// What has to be known of an object to follow it.
struct Named {
    identities: Vec<Identity>,
    current: Identity,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

impl Named {
    fn new(resource: &Resource<'_>) -> Self {
        Self {
            identities: resource.identities().cloned().collect(),
            current: resource.current.clone(),
            prefixes: resource.prefixes.clone(),
            suffixes: resource.suffixes.clone(),
        }
    }
}

fn replace(
    value: &mut Draft<'_>,
    referrer: &Named,
    known: &[Named],
    by_name: &BTreeMap<(&str, &str), Vec<usize>>,
    reference: &NameReference,
) {
    if let Some(items) = value.items_mut() {
        for item in items {
            replace(item, referrer, known, by_name, reference);
        }
        return;
    }
    let is_map = value.is_map();
    let text = |value: &Draft<'_>, key: &str| value.get(key).and_then(|found| found.string()).map(Cow::into_owned);
    if is_map && text(value, "kind").is_some_and(|kind| kind != reference.kind) {
        return;
    }
    let name = if is_map { text(value, "name") } else { value.string().map(Cow::into_owned) };
    let Some(name) = name else { return };
    let namespace = if is_map { text(value, "namespace") } else { None };
    let candidates = by_name.get(&(reference.kind.as_str(), name.as_str()));
    let Some(candidates) = candidates.filter(|list| list.len() <= limits::NAMESAKES) else { return };
    let Some(found) = choose(candidates, known, referrer, reference, &name, namespace.as_deref()) else {
        return;
    };
    if !is_map {
        if found.current.name != name {
            value.set_text(found.current.name.clone());
        }
        return;
    }
    let place = value.place();
    if found.current.name != name
        && let Some(field) = value.get_mut("name")
    {
        field.set_text(found.current.name.clone());
    }
    if !found.current.namespace.is_empty() && namespace.as_deref() != Some(&found.current.namespace) {
        value.set("namespace", place, Draft::text_at(place, found.current.namespace.clone()));
    }
}

/// The one object that is meant; none where it cannot be told.
fn choose<'k>(
    candidates: &[usize],
    known: &'k [Named],
    referrer: &Named,
    reference: &NameReference,
    name: &str,
    namespace: Option<&str>,
) -> Option<&'k Named> {
    let effective = |namespace: &str| if namespace.is_empty() { "default".to_owned() } else { namespace.to_owned() };
    let mut fitting: Vec<&Named> = candidates.iter().map(|index| &known[*index]).collect();
    fitting.retain(|named| reference.group.as_ref().is_none_or(|group| *group == named.current.group));
    let referrer_is_global = is_cluster_scoped(&referrer.current.group, &referrer.current.kind);
    if let Some(namespace) = namespace {
        // A namespace that is written is one that the object has or had.
        fitting.retain(|named| {
            let is_it =
                |identity: &Identity| identity.name == name && effective(&identity.namespace) == effective(namespace);
            named.identities.iter().any(is_it)
        });
    } else if !referrer_is_global {
        fitting.retain(|named| {
            is_cluster_scoped(&named.current.group, &named.current.kind)
                || named.current.effective_namespace() == referrer.current.effective_namespace()
        });
    }
    let is_one = |fitting: &[&Named]| {
        let same = |named: &&Named| {
            (&named.current.name, &named.current.namespace) == (&fitting[0].current.name, &fitting[0].current.namespace)
        };
        fitting.iter().all(same)
    };
    if fitting.is_empty() {
        return None;
    }
    let mut narrow = |keep: &dyn Fn(&Named) -> bool| {
        if !is_one(&fitting) && fitting.iter().any(|named| keep(named)) {
            fitting.retain(|named| keep(named));
        }
    };
    narrow(&|named| named.current.effective_namespace() == referrer.current.effective_namespace());
    // What went through the same kustomizations belongs together.
    narrow(&|named| named.prefixes == referrer.prefixes && named.suffixes == referrer.suffixes);
    narrow(&|named| {
        named.prefixes.last() == referrer.prefixes.last() && named.suffixes.last() == referrer.suffixes.last()
    });
    is_one(&fitting).then(|| fitting[0])
}
