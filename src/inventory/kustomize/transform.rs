//! What a kustomization changes in all objects: namespace, names, labels, annotations, images, copies.

use std::borrow::Cow;

use super::fields::{self, Configuration, FieldSpec};
use super::resource::{Resource, is_cluster_scoped};
use crate::yaml::{Draft, Field, Node, Place};

/// Puts every object into a namespace.
pub(super) fn namespace<'t>(resources: &mut [Resource<'t>], value: Node<'t>, configuration: &Configuration) {
    let Some(name) = value.string().filter(|name| !name.is_empty()) else { return };
    let place = value.place();
    let set = |draft: &mut Draft<'t>| draft.set("namespace", place, Draft::text_at(place, name));
    for resource in resources {
        let (group, kind) = (resource.current.group.clone(), resource.current.kind.clone());
        match (group.as_str(), kind.as_str()) {
            ("", "Namespace") => resource.rename(name.to_owned()),
            _ if is_cluster_scoped(&group, &kind) => {}
            _ => resource.move_to(Cow::Borrowed(name), place),
        }
        match kind.as_str() {
            "RoleBinding" | "ClusterRoleBinding" => {
                // Accounts that are among the objects follow them by name; this one is always there.
                for subject in resource.draft.get_mut("subjects").and_then(Draft::items_mut).into_iter().flatten() {
                    let is =
                        |key: &str, wanted: &str| subject.get(key).and_then(|v| v.text()).as_deref() == Some(wanted);
                    if is("kind", "ServiceAccount") && is("name", "default") {
                        set(subject);
                    }
                }
            }
            "APIService" => {
                let service = resource.draft.get_mut("spec").and_then(|spec| spec.get_mut("service"));
                service.filter(|service| service.is_map()).map(set);
            }
            "CustomResourceDefinition" => {
                let path = ["spec", "conversion", "webhook", "clientConfig", "service"];
                let service = path.iter().try_fold(&mut resource.draft, |draft, key| draft.get_mut(key));
                service.filter(|service| service.is_map()).map(set);
            }
            _ => {}
        }
        for field in configuration.namespaces.iter().filter(|field| field.fits(&resource.current)) {
            field.visit(&mut resource.draft, place, &mut |value| *value = Draft::text_at(place, name));
        }
    }
}

/// Puts something before and behind the name of every object.
pub(super) fn rename(resources: &mut [Resource<'_>], prefix: &str, suffix: &str) {
    if prefix.is_empty() && suffix.is_empty() {
        return;
    }
    for resource in resources {
        // The names of these mean something to the API server.
        let is_fixed = match resource.current.kind.as_str() {
            "CustomResourceDefinition" | "Namespace" => true,
            "APIService" => resource.current.group == "apiregistration.k8s.io",
            _ => false,
        };
        if !is_fixed {
            let name = format!("{prefix}{}{suffix}", resource.current.name);
            resource.rename(name);
            if !prefix.is_empty() {
                resource.prefixes.push(prefix.to_owned());
            }
            if !suffix.is_empty() {
                resource.suffixes.push(suffix.to_owned());
            }
        }
    }
}

/// Sets pairs of keys and values at some fields.
pub(super) fn pairs<'t>(resources: &mut [Resource<'t>], pairs: Node<'t>, fields: &[&[FieldSpec]]) {
    let pair = |(key, value): (Node<'t>, Node<'t>)| {
        let (text, value_text) = (key.text()?, value.text()?);
        Some(Field::new(text, key.place(), Draft::text_at(value.place(), value_text)))
    };
    let pairs: Vec<Field<'t>> = pairs.entries().into_iter().filter_map(pair).collect();
    let Some(first) = pairs.first().map(|pair| pair.place) else { return };
    for resource in resources {
        for field in fields.iter().copied().flatten() {
            if field.fits(&resource.current) {
                field.visit(&mut resource.draft, first, &mut |map| map.set_all(pairs.clone()));
            }
        }
    }
}

/// `labels` of a kustomization: each entry says how far it reaches.
pub(super) fn labels<'t>(resources: &mut [Resource<'t>], entry: Node<'t>, configuration: &Configuration) {
    let Some(map) = entry.get("pairs") else { return };
    let wants = |key: &str| entry.get(key).and_then(|value| value.boolean()) == Some(true);
    let own: Vec<FieldSpec> =
        entry.get("fields").into_iter().flat_map(|list| list.items()).filter_map(FieldSpec::read).collect();
    let mut all: Vec<&[FieldSpec]> = vec![fields::own_labels(), &own];
    if wants("includeSelectors") {
        all.extend([fields::template_labels(), fields::selectors(), configuration.selectors.as_slice()]);
    } else if wants("includeTemplates") {
        all.push(fields::template_labels());
    }
    pairs(resources, map, &all);
}

/// `commonLabels` of a kustomization.
pub(super) fn common_labels<'t>(resources: &mut [Resource<'t>], map: Node<'t>, configuration: &Configuration) {
    let all = [fields::own_labels(), fields::template_labels(), fields::selectors(), &configuration.selectors];
    pairs(resources, map, &all);
}

/// `commonAnnotations` of a kustomization.
pub(super) fn common_annotations<'t>(resources: &mut [Resource<'t>], map: Node<'t>, configuration: &Configuration) {
    pairs(resources, map, &[fields::annotations(), &configuration.annotations]);
}

/// One entry of `replicas`: whether any object was found.
pub(super) fn replicas<'t>(resources: &mut [Resource<'t>], entry: Node<'t>, configuration: &Configuration) -> bool {
    let Some((name, count)) = entry.get("name").and_then(|name| name.string()).zip(entry.get("count")) else {
        return true;
    };
    let mut found = false;
    for resource in resources {
        if !resource.identities().any(|identity| identity.name == name) {
            continue;
        }
        if matches!(
            resource.current.kind.as_str(),
            "Deployment" | "ReplicationController" | "ReplicaSet" | "StatefulSet"
        ) {
            found = true;
            if let Some(spec) = resource.draft.get_mut("spec") {
                spec.set("replicas", count.place(), Draft::of(count));
            }
        }
        for field in configuration.replicas.iter().filter(|field| field.fits(&resource.current)) {
            found = true;
            field.visit(&mut resource.draft, count.place(), &mut |value| *value = Draft::of(count));
        }
    }
    found
}

/// One entry of `images`.
pub(super) fn images<'t>(resources: &mut [Resource<'t>], entry: Node<'t>, configuration: &Configuration) {
    let Some(change) = ImageChange::read(entry) else { return };
    for resource in resources {
        if resource.current.kind == "CustomResourceDefinition" {
            continue;
        }
        if let Some(changed) = changed(&resource.draft, &change) {
            resource.draft = changed;
        }
        for field in configuration.images.iter().filter(|field| field.fits(&resource.current)) {
            field.visit(&mut resource.draft, change.place, &mut |value| change.apply(value));
        }
    }
}

struct ImageChange<'t> {
    name: &'t str,
    new_name: Option<&'t str>,
    tag: Option<Cow<'t, str>>,
    digest: Option<&'t str>,
    place: Place,
}

impl<'t> ImageChange<'t> {
    fn read(entry: Node<'t>) -> Option<Self> {
        let get = |key: &str| entry.get(key).filter(|value| value.text().is_some_and(|text| !text.is_empty()));
        let text = |key: &str| get(key).and_then(|value| value.string());
        let (new_name, tag, digest) = (text("newName"), text("newTag"), text("digest"));
        let shown = get("newTag").or_else(|| get("digest")).or_else(|| get("newName"))?;
        let tag = match text("tagSuffix") {
            Some(_) => None,
            None => tag.map(Cow::Borrowed),
        };
        Some(Self { name: text("name")?, new_name, tag, digest, place: shown.place() })
    }

    fn new_image(&self, image: &str) -> Option<String> {
        let rest = image.strip_prefix(self.name)?;
        let (tag, digest) = match rest.split_once('@') {
            Some((tag, digest)) => (tag, Some(digest)),
            None => (rest, None),
        };
        if !(tag.is_empty() || tag.starts_with(':')) || tag.contains('/') {
            return None;
        }
        let name = self.new_name.unwrap_or(self.name);
        let (tag, digest) = match (&self.tag, self.digest) {
            (Some(tag), digest) => (format!(":{tag}"), digest),
            (None, Some(digest)) => (String::new(), Some(digest)),
            (None, None) => (tag.to_owned(), digest),
        };
        let digest = digest.map_or_else(String::new, |digest| format!("@{digest}"));
        Some(format!("{name}{tag}{digest}"))
    }

    fn apply(&self, value: &mut Draft<'t>) {
        if let Some(image) = value.text().and_then(|text| self.new_image(&text)) {
            *value = Draft::text_at(self.place, image);
        }
    }
}

const CONTAINERS: [&str; 2] = ["containers", "initContainers"];

/// Changes the images of every list of containers, wherever it stands; none where there is nothing to change, so that
/// what stays can stay shared.
fn changed<'t>(draft: &Draft<'t>, change: &ImageChange<'t>) -> Option<Draft<'t>> {
    if draft.is_map() {
        let fields = draft.fields();
        let edit = |field: &Field<'t>| {
            let inner = changed(&field.value, change);
            if !CONTAINERS.contains(&field.key.as_ref()) {
                return inner;
            }
            let mut list = inner.unwrap_or_else(|| field.value.clone());
            for container in list.items_mut().into_iter().flatten() {
                if let Some(image) = container.get_mut("image") {
                    change.apply(image);
                }
            }
            Some(list)
        };
        let inner: Vec<Option<Draft<'t>>> = fields.iter().map(edit).collect();
        if inner.iter().all(Option::is_none) {
            return None;
        }
        let mut copy = draft.clone();
        for (field, inner) in copy.fields_mut().into_iter().flatten().zip(inner) {
            if let Some(inner) = inner {
                field.value = inner;
            }
        }
        Some(copy)
    } else if draft.is_list() {
        let items = draft.items();
        let inner: Vec<Option<Draft<'t>>> = items.iter().map(|item| changed(item, change)).collect();
        if inner.iter().all(Option::is_none) {
            return None;
        }
        let items = items.iter().zip(inner).map(|(item, inner)| inner.unwrap_or_else(|| item.clone())).collect();
        Some(Draft::list_at(draft.place(), items))
    } else {
        None
    }
}
