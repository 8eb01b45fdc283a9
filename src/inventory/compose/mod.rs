//! Compose projects: the files of a folder, merged as Docker merges them.

mod interpolate;
mod service;
mod value;

use std::collections::BTreeMap;
use std::rc::Rc;

use interpolate::{Variables, read_variables};
use value::Value;

use super::Problem;
use super::model::{Claim, Objects, Opaque};
use crate::limits;
use crate::tables::Tables;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Node, Tree};

/// One Compose file of the run.
pub(super) struct ComposeFile<'t> {
    pub(super) source: SourceId,
    pub(super) file: &'t SourceFile,
    pub(super) documents: Vec<&'t Tree>,
}

/// Whether a document is a Compose file. A telling file name is enough where there are services that are mappings;
/// without one, a service has to have a key that only Compose services have.
pub(super) fn is_compose(root: Node<'_>, base_name: &str, tables: &Tables) -> bool {
    let named = has_telling_name(base_name);
    let Some(services) = root.get("services") else {
        return named && (root.get("include").is_some() || is_first_version(root));
    };
    let entries = services.entries();
    let all_mappings = !entries.is_empty() && entries.iter().all(|(_, value)| value.is_mapping() || value.is_null());
    if !services.is_mapping() || !all_mappings || root.get("apiVersion").is_some() {
        return false;
    }
    let has = |keys: &[String]| entries.iter().any(|(_, value)| keys.iter().any(|key| value.get(key).is_some()));
    if has(&tables.compose.foreign_service_keys) && !has(&["image".to_owned()]) {
        return false;
    }
    named || has(&tables.compose.service_keys)
}

/// `compose*.yaml`, `docker-compose*.yml`, `*.compose.yaml`, `docker-stack.yml` and their like.
pub(super) fn has_telling_name(base_name: &str) -> bool {
    let name = base_name.to_ascii_lowercase();
    let stem = name.trim_end_matches(".yaml").trim_end_matches(".yml").trim_end_matches(".json");
    stem != name && (stem.contains("compose") || stem.starts_with("docker-stack") || stem == "stack")
}

/// The format before `services` existed: every top-level entry is a service.
fn is_first_version(root: Node<'_>) -> bool {
    let entries = root.entries();
    !entries.is_empty()
        && entries.iter().all(|(_, value)| value.is_mapping())
        && entries.iter().any(|(_, value)| value.get("image").is_some() || value.get("build").is_some())
}

/// Reads every project: the Compose files of each folder, with the variables of the `.env` file beside them.
pub(super) fn read_projects(
    files: &[ComposeFile<'_>],
    environments: &BTreeMap<&str, &SourceFile>,
    tables: &Tables,
    into: &mut Objects,
    problems: &mut Vec<Problem>,
) {
    let mut folders: BTreeMap<&str, Vec<&ComposeFile<'_>>> = BTreeMap::new();
    for file in files {
        folders.entry(file.file.folder()).or_default().push(file);
    }
    for (folder, members) in folders {
        let variables = environments.get(folder).map(|file| read_variables(&file.text)).unwrap_or_default();
        let mut project =
            Project { folder, members: &members, all: files, variables, budget: 0, values: BTreeMap::new() };
        project.read(tables, into, problems);
    }
}

struct Project<'p, 't> {
    folder: &'p str,
    members: &'p [&'p ComposeFile<'t>],
    all: &'p [ComposeFile<'t>],
    variables: Variables,
    budget: usize,
    /// The files that were read already.
    values: BTreeMap<SourceId, Option<Rc<Value>>>,
}

impl Project<'_, '_> {
    fn read(&mut self, tables: &Tables, into: &mut Objects, problems: &mut Vec<Problem>) {
        let by_name = |names: &[String]| {
            names.iter().find_map(|name| self.members.iter().find(|file| file.file.base_name() == name).copied())
        };
        let base = by_name(&tables.compose.base_names);
        let override_file = by_name(&tables.compose.override_names);
        let base_value = base.and_then(|file| self.value(file, into, problems));
        for file in self.members {
            let is_base = base.is_some_and(|base| base.source == file.source);
            let is_override = override_file.is_some_and(|other| other.source == file.source);
            // Docker reads the override file together with the base and never alone.
            if is_override && base.is_some() {
                continue;
            }
            let Some(value) = self.value(file, into, problems) else { continue };
            let mut value = Value::clone(&value);
            if is_base {
                if let Some(over) = override_file.and_then(|file| self.value(file, into, problems)) {
                    value = value.overlaid(&over, "");
                }
            } else if let Some(base) = &base_value
                && is_fragment_of(&value, base)
            {
                value = Value::clone(base).overlaid(&value, "");
            }
            if let Some(include) = value.get("include") {
                problems.push(Problem::at(
                    include.place,
                    file.source,
                    "included files are read as projects of their own, not as parts of this one",
                    "render the project (`docker compose config`) and assess the output to see it as one",
                ));
            }
            self.add_services(&value, file.source, tables, into, problems);
        }
    }

    /// The documents of a file as one value; each file is read once.
    fn value(&mut self, file: &ComposeFile<'_>, into: &mut Objects, problems: &mut Vec<Problem>) -> Option<Rc<Value>> {
        if let Some(known) = self.values.get(&file.source) {
            return known.clone();
        }
        let mut merged: Option<Value> = None;
        let mut is_too_large = false;
        for root in file.documents.iter().filter_map(|tree| tree.root()) {
            match Value::read(root, &self.variables, &mut self.budget) {
                Ok(value) => {
                    merged = Some(match merged {
                        Some(base) => base.overlaid(&value, ""),
                        None => value,
                    });
                }
                Err(value::TooLarge) => is_too_large = true,
            }
        }
        if is_too_large {
            let message = "this Compose project holds more values than can be read";
            let span = file.documents.first().map(|tree| tree.span);
            let problem =
                Problem::of_file(file.source, message, "split the project, or assess its parts one at a time");
            problems.push(Problem { span, kinds: vec!["Compose service".to_owned()], ..problem });
            into.opaque.push(Opaque {
                kind: "Compose service".to_owned(),
                name: String::new(),
                reason: message.to_owned(),
                place: None,
                source: file.source,
            });
            merged = None;
        }
        let value = merged.map(Rc::new);
        self.values.insert(file.source, value.clone());
        value
    }

    fn add_services(
        &mut self,
        project: &Value,
        source: SourceId,
        tables: &Tables,
        into: &mut Objects,
        problems: &mut Vec<Problem>,
    ) {
        let services = match project.get("services") {
            Some(services) => services.entries(),
            None if project.get("include").is_none() => project.entries(),
            None => &[],
        };
        for (name, service) in services {
            if !service.is_map() || name.starts_with("x-") {
                continue;
            }
            let resolved = self.extended(service, services, source, 0, into, problems);
            // Without an image or a build there is nothing to run: an override whose base is elsewhere.
            if resolved.get("image").is_some() || resolved.get("build").is_some() || resolved.get("provider").is_some()
            {
                into.workloads.push(service::read_service(name, &resolved, self.folder, source, tables));
            }
        }
        for (name, volume) in project.get("volumes").map(Value::entries).unwrap_or_default() {
            let shared = volume.at(&["driver_opts", "type"]).filter(|kind| matches!(kind.text(), Some("nfs" | "cifs")));
            into.claims.push(Claim {
                namespace: self.folder.to_owned(),
                name: name.clone(),
                shared: shared.map(|kind| kind.place),
                place: volume.place,
            });
        }
    }

    /// A service with what it extends, from this file or from another one that was read.
    fn extended(
        &mut self,
        service: &Value,
        siblings: &[(String, Value)],
        source: SourceId,
        depth: usize,
        into: &mut Objects,
        problems: &mut Vec<Problem>,
    ) -> Value {
        let Some(extends) = service.get("extends").filter(|_| depth < limits::EXTENDS_DEPTH) else {
            return service.clone();
        };
        let name = extends.text().or_else(|| extends.get("service").and_then(|value| value.text()));
        let Some(name) = name else { return service.clone() };
        let Some(file) = extends.get("file").and_then(|file| file.text()) else {
            let base = siblings.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            return match base {
                Some(base) => self.extended(&base, siblings, source, depth + 1, into, problems).overlaid(service, ""),
                None => service.clone(),
            };
        };
        let path = super::kustomize::join(self.folder, file);
        let Some(other) = self.all.iter().find(|other| other.file.name == path) else {
            problems.push(Problem::at(
                extends.place,
                source,
                "this service extends a file that was not read",
                "name the file, or the folder that holds it, as an input too",
            ));
            return service.clone();
        };
        let Some(value) = self.value(other, into, problems) else { return service.clone() };
        let siblings = value.get("services").map(Value::entries).unwrap_or_default();
        match siblings.iter().find(|(known, _)| known == name) {
            Some((_, base)) => {
                self.extended(base, siblings, other.source, depth + 1, into, problems).overlaid(service, "")
            }
            None => service.clone(),
        }
    }
}

/// Whether a file changes a base and cannot stand alone: one of its services has nothing to run, and the base has it.
fn is_fragment_of(value: &Value, base: &Value) -> bool {
    let services = value.get("services").map(Value::entries).unwrap_or_default();
    services.iter().any(|(name, service)| {
        service.get("image").is_none()
            && service.get("build").is_none()
            && service.get("extends").is_none()
            && base.at(&["services", name]).is_some()
    })
}
