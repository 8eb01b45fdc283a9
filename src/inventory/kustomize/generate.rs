//! ConfigMaps and Secrets that a kustomization makes. Their names and keys are kept, and literal values of ConfigMaps,
//! which other fields may be filled from; no other content.

use super::reference::items;
use super::resource::{Identity, Resource};
use crate::text::SourceId;
use crate::yaml::{Draft, Field, Node};

/// Makes the object of one generator, or changes the one that it names.
pub(super) fn generate<'t>(
    resources: &mut Vec<Resource<'t>>,
    kind: &'static str,
    generator: Node<'t>,
    source: SourceId,
) {
    let Some(name) = generator.get("name").filter(|name| name.string().is_some()) else { return };
    let place = name.place();
    let mut keys = Vec::new();
    let is_secret = kind == "Secret";
    for item in items(generator, "files") {
        let text = item.string().unwrap_or_default();
        let key = match text.split_once('=') {
            Some((key, _)) => key,
            None => text.rsplit('/').next().unwrap_or(text),
        };
        keys.push(Field::new(key, item.place(), Draft::text_at(item.place(), "")));
    }
    for item in items(generator, "literals") {
        if let Some((key, value)) = item.string().and_then(|text| text.split_once('=')) {
            let value = if is_secret { "" } else { value.trim_matches(['"', '\'']) };
            keys.push(Field::new(key, item.place(), Draft::text_at(item.place(), value)));
        }
    }
    let mut data = Draft::map_at(generator.get("files").unwrap_or(generator).place());
    data.set_all(keys.clone());
    let mut draft = Draft::map_at(place);
    draft.set("apiVersion", place, Draft::text_at(place, "v1"));
    draft.set("kind", place, Draft::text_at(place, kind));
    let mut metadata = Draft::map_at(place);
    metadata.set("name", place, Draft::of(name));
    if let Some(namespace) = generator.get("namespace").filter(|namespace| namespace.string().is_some()) {
        metadata.set("namespace", namespace.place(), Draft::of(namespace));
    }
    draft.set("metadata", place, metadata);
    draft.set("data", place, data.clone());
    let behaviour = generator.get("behavior").and_then(|behaviour| behaviour.string());
    let identity = Identity::of(&draft);
    let known = identity.and_then(|identity| resources.iter_mut().find(|resource| resource.is_known_as(&identity)));
    match known {
        Some(known) if behaviour == Some("replace") => known.draft.set("data", place, data),
        Some(known) => {
            if known.draft.get("data").is_none_or(|data| data.is_null()) {
                known.draft.set("data", place, Draft::map_at(place));
            }
            if let Some(own) = known.draft.get_mut("data") {
                own.set_all(keys);
            }
        }
        None => resources.extend(Resource::new(draft, source)),
    }
}
