//! `extends`: services that build on others, of their own file or of another.
//!
//! Source: Compose specification, "Extend"; details as the reference loader has them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::load::{Loader, NOWHERE, Scope, is_remote, merge_and_settle, relocate};
use super::merge::merge;
use super::value::{Data, Resets, TooLarge, Value};
use crate::inventory::paths::{folder_of, join};
use crate::limits;
use crate::yaml::Tree;

/// The services of one file, among which those that are extended are looked for.
pub(super) struct Siblings {
    /// Its name; empty for the file that is being read.
    file: String,
    services: Value,
    index: BTreeMap<String, usize>,
    resets: Resets,
}

impl Siblings {
    fn new(file: &str, services: Value, resets: Resets) -> Self {
        let names = services.entries().iter().enumerate();
        let index = names.map(|(position, (name, _))| (name.clone(), position)).collect();
        Self { file: file.to_owned(), services, index, resets }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.index.get(name).map(|position| &self.services.entries()[*position].1)
    }
}

/// A service by its file and its name.
type Key = (String, String);

/// The extensions of one file while they are followed.
#[derive(Default)]
struct Extensions {
    /// The services that extend one another up to here.
    chain: Vec<Key>,
    /// What extended services came to.
    known: BTreeMap<Key, Value>,
}

impl Loader<'_, '_> {
    /// Lays every service of a model that extends another over that.
    pub(super) fn extend_all(&mut self, model: &mut Value, resets: &Resets, scope: &Scope) -> Result<(), TooLarge> {
        for key in ["services", "jobs"] {
            let Some(services) = model.get_mut(key) else { continue };
            if !services.entries().iter().any(|(_, service)| service.get("extends").is_some()) {
                continue;
            }
            self.budget.take(services)?;
            let siblings = Rc::new(Siblings::new("", services.clone(), resets.clone()));
            let mut extensions = Extensions::default();
            for (name, service) in services.entries_mut() {
                if service.get("extends").is_some() {
                    *service = self.extended(name, &siblings, scope, &mut extensions)?.0;
                }
            }
        }
        Ok(())
    }

    /// A service laid over what it extends, and whether all of that could be followed.
    fn extended(
        &mut self,
        name: &str,
        siblings: &Rc<Siblings>,
        scope: &Scope,
        extensions: &mut Extensions,
    ) -> Result<(Value, bool), TooLarge> {
        let key = (siblings.file.clone(), name.to_owned());
        if let Some(known) = extensions.known.get(&key) {
            self.budget.take(known)?;
            return Ok((known.clone(), true));
        }
        let nothing = Value::new(siblings.services.place, Data::Null);
        let written = siblings.get(name).unwrap_or(&nothing);
        self.budget.take(written)?;
        let mut service = written.clone();
        let Some(extends) = service.remove("extends") else { return Ok((service, true)) };
        let reference = extends.get("service").unwrap_or(&extends);
        let Some(wanted) = reference.text() else { return Ok((service, true)) };
        if extensions.chain.contains(&key) {
            self.detail(extends.place, "this service extends itself", "remove the extension; it is left out here");
            return Ok((service, false));
        }
        if extensions.chain.len() >= limits::COMPOSE_CHAIN {
            let message = format!("more than {} services extend one another in a row", limits::COMPOSE_CHAIN);
            self.detail(extends.place, &message, "extend a service nearer to the end; the rest is left out");
            return Ok((service, false));
        }
        let base_siblings = match extends.get("file").and_then(Value::text) {
            Some(file) if is_remote(file) => {
                let help = "render the project (`docker compose config`) and assess the output";
                self.detail(extends.place, "this service extends a file that is fetched from elsewhere", help);
                return Ok((service, true));
            }
            Some(file) => self.base_file(&join(&scope.folder, file), file, scope)?,
            None => Some(Rc::clone(siblings)),
        };
        let Some(base_siblings) = base_siblings else {
            let message = "this service extends a file that was not read";
            self.detail(extends.place, message, "check the path, or name the file as an input too");
            return Ok((service, true));
        };
        if base_siblings.get(wanted).is_none() {
            let message = "the service that is to be extended is not there";
            self.detail(extends.place, message, "check the name of the service and of the file");
            return Ok((service, true));
        }
        extensions.chain.push(key);
        let outcome = self.extended(wanted, &base_siblings, scope, extensions);
        let key = extensions.chain.pop();
        let (mut base, is_whole) = outcome?;
        siblings.resets.apply(&mut base, &["services", name]);
        let merged = merge(base, service, &mut vec!["services".to_owned(), "x".to_owned()]);
        // What closes a circle is left out, so that what came of it depends on where it was entered.
        if let Some(key) = key.filter(|_| is_whole && !extensions.chain.is_empty()) {
            self.budget.take(&merged)?;
            extensions.known.insert(key, merged.clone());
        }
        Ok((merged, is_whole))
    }

    /// The services of a file that others extend, its paths seen from the project's folder.
    fn base_file(&mut self, name: &str, written: &str, scope: &Scope) -> Result<Option<Rc<Siblings>>, TooLarge> {
        let key = (name.to_owned(), scope.folder.clone());
        if let Some(siblings) = self.bases.get(&key, |variables| Rc::ptr_eq(variables, &scope.variables)) {
            return Ok(Some(Rc::clone(siblings)));
        }
        let Some((_, trees)) = self.library.documents(name) else { return Ok(None) };
        self.extended.insert(name.to_owned());
        let mut model = Value::new(NOWHERE, Data::Map(Vec::new()));
        let mut last_resets = Resets::default();
        for root in trees.iter().filter_map(Tree::root).filter(|root| root.is_mapping()) {
            let (value, resets) = self.read(root, &scope.variables)?;
            resets.apply(&mut model, &[]);
            model.place = value.place;
            model = merge_and_settle(model, value);
            last_resets = resets;
        }
        relocate(&mut model, folder_of(written));
        let services = model.remove("services").unwrap_or_else(|| Value::new(model.place, Data::Map(Vec::new())));
        let siblings = Rc::new(Siblings::new(name, services, last_resets));
        if self.bases.has_room(&key) {
            self.bases.put(key, &scope.variables, Rc::clone(&siblings));
        }
        Ok(Some(siblings))
    }
}
