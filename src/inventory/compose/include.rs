//! `include`: other projects as parts of this one.
//!
//! Source: Compose specification, "Include"; details as the reference loader has them.

use std::rc::Rc;

use super::interpolate::Variables;
use super::load::{Loader, Scope, is_remote};
use super::merge::{Index, merge};
use super::value::{Data, Resets, TooLarge, Value};
use crate::inventory::paths::{folder_of, join};
use crate::limits;

/// The keys of a project that hold named resources.
const RESOURCES: [&str; 7] = ["services", "jobs", "volumes", "networks", "secrets", "configs", "models"];

/// What an inclusion takes of the budget beside its values, so that files which include one another twice over come to
/// an end however little they hold.
const BYTES_OF_AN_INCLUSION: usize = 8 * 1024;

impl Loader<'_, '_> {
    /// Adds what a model includes to it.
    pub(super) fn include(
        &mut self,
        model: &mut Value,
        resets: &Resets,
        scope: &Scope,
        within: &[String],
    ) -> Result<(), TooLarge> {
        let Some(include) = model.remove("include") else { return Ok(()) };
        for item in include.one_or_more() {
            let paths = if item.is_map() { item.get("path") } else { Some(item) };
            let paths: Vec<&Value> = paths.map(Value::one_or_more).unwrap_or_default().iter().collect();
            let Some(main) = paths.first().and_then(|path| path.text()) else { continue };
            if is_remote(main) {
                let help = "render the project (`docker compose config`) and assess the output to see it as one";
                self.detail(item.place, "this project includes files that are fetched from elsewhere", help);
                continue;
            }
            let names: Vec<String> = paths.iter().filter_map(|path| Some(join(&scope.folder, path.text()?))).collect();
            if names.iter().any(|name| within.contains(name)) {
                self.detail(item.place, "this file includes itself", "remove the inclusion; it is left out here");
                continue;
            }
            if within.len() > limits::COMPOSE_CHAIN {
                let message = format!("more than {} files include one another in a row", limits::COMPOSE_CHAIN);
                self.detail(item.place, &message, "include the file from one nearer to the project; it is left out");
                continue;
            }
            if names.iter().any(|name| self.library.documents(name).is_none()) {
                let message = "this project includes a file that was not read";
                self.detail(item.place, message, "check the path, or name the file as an input too");
            }
            let inner = self.inner_scope(item, main, &names[0], scope);
            self.included.extend(names.iter().cloned());
            let included = self.included_model(names, &inner, within)?;
            import(included, model, resets);
        }
        Ok(())
    }

    fn included_model(&mut self, names: Vec<String>, scope: &Scope, within: &[String]) -> Result<Value, TooLarge> {
        let key = (names, scope.folder.clone(), scope.relative.clone());
        let is_same =
            |variables: &Rc<Variables>| Rc::ptr_eq(variables, &scope.variables) || **variables == *scope.variables;
        if let Some(model) = self.inclusions.get(&key, is_same) {
            self.budget.take(model)?;
            return Ok(model.clone());
        }
        self.budget.take_text(BYTES_OF_AN_INCLUSION)?;
        let model = self.model(&key.0, scope, within)?;
        if self.inclusions.has_room(&key) {
            self.budget.take(&model)?;
            self.inclusions.put(key, &scope.variables, model.clone());
        }
        Ok(model)
    }

    fn inner_scope(&mut self, item: &Value, main: &str, name: &str, scope: &Scope) -> Scope {
        let (folder, relative) = match item.get("project_directory").and_then(Value::text) {
            Some(folder) => (join(&scope.folder, folder), folder.to_owned()),
            None => (folder_of(name).to_owned(), folder_of(main).to_owned()),
        };
        let own = item.get("env_file").map(Value::one_or_more).unwrap_or_default();
        let files = own.iter().filter_map(Value::text).filter(|file| *file != "/dev/null");
        let files: Vec<String> = files.map(|file| join(&scope.folder, file)).collect();
        if files.iter().any(|file| !self.library.files.contains_key(file.as_str())) {
            let message = "this inclusion takes variables from a file that was not read";
            self.detail(item.place, message, "check the path, or name the file with --env-file");
        }
        let files = if own.is_empty() { vec![join(&folder, ".env")] } else { files };
        let variables = self.library.variables(&files, &scope.variables);
        Scope { folder, relative, variables }
    }
}

/// Adds the resources of an included project to the one that includes it, which may change them.
fn import(included: Value, into: &mut Value, resets: &Resets) {
    let Data::Map(kinds) = included.data else { return };
    for (kind, resources) in kinds {
        if !RESOURCES.contains(&kind.as_str()) {
            continue;
        }
        if into.get(&kind).is_none_or(|known| !known.is_map()) {
            into.set(&kind, Value::new(resources.place, Data::Map(Vec::new())));
        }
        let Some(Value { data: Data::Map(known), .. }) = into.get_mut(&kind) else { continue };
        let Data::Map(resources) = resources.data else { continue };
        let index = Index::new(known, resources.len());
        for (name, mut resource) in resources {
            let Some(position) = index.position(known, &name) else {
                known.push((name, resource));
                continue;
            };
            let own = &mut known[position].1;
            if own.same(&resource) {
                continue;
            }
            // What replaces parts of a resource counts here, what replaces it as a whole does not.
            resets.apply(&mut resource, &[&kind, &name]);
            let changed = std::mem::replace(own, Value::new(resource.place, Data::Null));
            *own = merge(resource, changed, &mut vec![kind.clone(), name]);
        }
    }
}
