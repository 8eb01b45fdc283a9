//! From files to one model of a project: files laid over one another, `include` and `extends` followed, short forms
//! written out.
//!
//! Source: Compose specification, "Include", "Extend" and "Merge"; details as the reference loader has them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::canonical::{canonicalize, clean};
use super::dotenv::read_variables;
use super::interpolate::{Flaw, Variables};
use super::merge::{enforce_unique, merge};
use super::value::{Budget, Data, Reader, Resets, TooLarge, Value};
use crate::inventory::Problem;
use crate::inventory::paths::{folder_of, join};
use crate::limits;
use crate::text::{SourceFile, SourceId};
use crate::yaml::{Place, Tree};

/// Every file of the run by its name: what projects may refer to.
pub(in crate::inventory) struct Library<'t> {
    pub(in crate::inventory) documents: BTreeMap<&'t str, (SourceId, &'t [Tree])>,
    pub(in crate::inventory) files: BTreeMap<&'t str, (SourceId, &'t SourceFile)>,
    /// The file of each document, by document number.
    pub(in crate::inventory) sources: Vec<SourceId>,
    /// Names that were asked for and are not here.
    pub(in crate::inventory) missing: RefCell<BTreeSet<String>>,
}

impl<'t> Library<'t> {
    /// Notes files that would be read if they were here.
    pub(super) fn note_missing(&self, names: impl Iterator<Item = String>) {
        self.missing.borrow_mut().extend(names);
    }

    pub(super) fn source_of(&self, place: Place) -> SourceId {
        self.sources.get(place.document.0 as usize).copied().unwrap_or(SourceId(0))
    }

    fn documents(&self, name: &str) -> Option<(SourceId, &'t [Tree])> {
        let found = self.documents.get(name).copied();
        if found.is_none() && !self.files.contains_key(name) {
            self.missing.borrow_mut().insert(name.to_owned());
        }
        found
    }

    fn text(&self, name: &str) -> Option<(SourceId, &'t SourceFile)> {
        let found = self.files.get(name).copied();
        if found.is_none() {
            self.missing.borrow_mut().insert(name.to_owned());
        }
        found
    }
}

/// Where relative paths lead from, and with which variables texts are filled in.
#[derive(Clone)]
pub(super) struct Scope {
    /// The folder, as files are named in this run.
    pub(super) folder: String,
    /// The same folder seen from the folder of the project that includes this one.
    pub(super) relative: String,
    pub(super) variables: Variables,
}

/// The keys of a project that hold named resources.
const RESOURCES: [&str; 7] = ["services", "jobs", "volumes", "networks", "secrets", "configs", "models"];

/// Loads projects.
pub(super) struct Loader<'l, 't> {
    pub(super) library: &'l Library<'t>,
    pub(super) budget: Budget,
    pub(super) problems: Vec<Problem>,
    /// The files that others include.
    pub(super) included: BTreeSet<String>,
    /// The files whose services others extend.
    pub(super) extended: BTreeSet<String>,
    /// Services of files that others extend, by file.
    bases: BTreeMap<(String, String), (Value, Resets)>,
}

impl<'l, 't> Loader<'l, 't> {
    pub(super) fn new(library: &'l Library<'t>) -> Self {
        Self {
            library,
            budget: Budget::new(),
            problems: Vec::new(),
            included: BTreeSet::new(),
            extended: BTreeSet::new(),
            bases: BTreeMap::new(),
        }
    }

    /// The variables of a file of variables over those that are known, which win.
    pub(super) fn variables(&mut self, names: &[String], known: &Variables) -> Variables {
        let mut variables = Variables::new();
        for name in names {
            match self.library.text(name) {
                Some((source, file)) => {
                    if let Err(line) = read_variables(&file.text, known, &mut variables) {
                        let message = format!("line {line} of this file of variables cannot be read");
                        let help = "write `NAME=value`, with quotes closed; the lines before it were read";
                        let start = file.lines().line_range(&file.text, line as u32).start as u32;
                        let span = Some(crate::text::Span { start, end: start });
                        let problem = Problem::of_file(source, &message, help);
                        self.problems.push(Problem { span, not_understood: false, ..problem });
                    }
                }
                // Asking the library for it has noted that it is missing.
                None => {}
            }
        }
        for (name, value) in known {
            variables.insert(name.clone(), value.clone());
        }
        variables
    }

    /// The model of files laid over one another, in their order.
    pub(super) fn model(&mut self, files: &[String], scope: &Scope, within: &[String]) -> Result<Value, TooLarge> {
        let mut model: Option<Value> = None;
        self.bases.clear();
        for name in files {
            let Some((_, trees)) = self.library.documents(name) else { continue };
            for root in trees.iter().filter_map(Tree::root).filter(|root| root.is_mapping()) {
                let (value, resets) = self.read(root, &scope.variables)?;
                let base = model.take().unwrap_or_else(|| Value::new(value.place, Data::Map(Vec::new())));
                let mut within = within.to_vec();
                within.push(name.clone());
                model = Some(self.lay_over(base, value, &resets, scope, &within)?);
            }
        }
        let mut model = model.unwrap_or_else(|| Value::new(NOWHERE, Data::Map(Vec::new())));
        relocate(&mut model, &scope.relative);
        Ok(model)
    }

    fn read(&mut self, root: crate::yaml::Node<'_>, variables: &Variables) -> Result<(Value, Resets), TooLarge> {
        let mut reader = Reader::new(variables, &mut self.budget);
        let mut value = reader.read(root)?;
        if super::is_first_version(root) {
            value = Value::map(value.place, vec![("services", value)]);
        }
        let (resets, flaws) = (reader.resets, reader.flaws);
        for (place, flaw) in flaws {
            let (message, help) = match flaw {
                Flaw::Required(name) => (
                    format!("the variable {name} has to be set, and has no value in the files"),
                    "name the file that sets it with --env-file; what depends on it is unknown",
                ),
                Flaw::Malformed => (
                    "this is no variable that Docker can read".to_owned(),
                    "write `${NAME}`, or `$$` for a dollar sign",
                ),
            };
            self.detail(place, &message, help);
        }
        Ok((value, resets))
    }

    fn lay_over(
        &mut self,
        mut base: Value,
        mut over: Value,
        resets: &Resets,
        scope: &Scope,
        within: &[String],
    ) -> Result<Value, TooLarge> {
        self.include(&mut over, resets, scope, within)?;
        resets.apply(&mut base, &[]);
        self.extend_all(&mut over, resets, scope)?;
        let mut merged = merge(base, over, &mut Vec::new());
        enforce_unique(&mut merged);
        canonicalize(&mut merged);
        // Long forms can show what short forms hid.
        enforce_unique(&mut merged);
        Ok(merged)
    }

    pub(super) fn detail(&mut self, place: Place, message: &str, help: &str) {
        self.problems.push(Problem::at(place, self.library.source_of(place), message, help));
    }

    fn include(
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
            if names.iter().any(|name| within.contains(name)) || within.len() > limits::EXTENDS_DEPTH {
                self.detail(item.place, "this file includes itself", "remove the inclusion; it is left out here");
                continue;
            }
            if names.iter().any(|name| self.library.documents(name).is_none()) {
                self.missing_file(item.place, "this project includes a file that was not read");
            }
            let inner = self.inner_scope(item, main, &names[0], scope);
            self.included.extend(names.iter().cloned());
            let included = self.model(&names, &inner, within)?;
            import(included, model, resets);
        }
        Ok(())
    }

    fn inner_scope(&mut self, item: &Value, main: &str, name: &str, scope: &Scope) -> Scope {
        let (folder, relative) = match item.get("project_directory").and_then(Value::text) {
            Some(folder) => (join(&scope.folder, folder), folder.to_owned()),
            None => (folder_of(name).to_owned(), folder_of(main).to_owned()),
        };
        let own = item.get("env_file").map(Value::one_or_more).unwrap_or_default();
        let files: Vec<String> = own
            .iter()
            .filter_map(Value::text)
            .filter(|file| *file != "/dev/null")
            .map(|file| join(&scope.folder, file))
            .collect();
        let variables = if own.is_empty() {
            self.variables(&[join(&folder, ".env")], &scope.variables)
        } else {
            self.variables(&files, &scope.variables)
        };
        Scope { folder, relative, variables }
    }

    fn missing_file(&mut self, place: Place, message: &str) {
        self.detail(place, message, "check the path, or name the file as an input too");
    }

    fn extend_all(&mut self, model: &mut Value, resets: &Resets, scope: &Scope) -> Result<(), TooLarge> {
        for key in ["services", "jobs"] {
            let Some(entries) = model.get(key) else { continue };
            if !entries.entries().iter().any(|(_, service)| service.get("extends").is_some()) {
                continue;
            }
            let siblings = entries.clone();
            self.budget.take(siblings.size())?;
            for (name, service) in siblings.entries() {
                if service.get("extends").is_some() {
                    let extended = self.extended(name, &siblings, resets, scope, &mut Vec::new())?;
                    if let Some(entries) = model.get_mut(key) {
                        entries.set(name, extended);
                    }
                }
            }
        }
        Ok(())
    }

    /// A service laid over what it extends, from its own file or another.
    fn extended(
        &mut self,
        name: &str,
        siblings: &Value,
        resets: &Resets,
        scope: &Scope,
        chain: &mut Vec<(String, String)>,
    ) -> Result<Value, TooLarge> {
        let mut service = siblings.get(name).cloned().unwrap_or_else(|| Value::new(siblings.place, Data::Null));
        self.budget.take(service.size())?;
        let Some(extends) = service.remove("extends") else { return Ok(service) };
        let reference = extends.get("service").unwrap_or(&extends);
        let Some(wanted) = reference.text().map(str::to_owned) else { return Ok(service) };
        let file = extends.get("file").and_then(Value::text).map(|file| join(&scope.folder, file));
        let link = (file.clone().unwrap_or_default(), wanted.clone());
        if chain.contains(&link) || chain.len() >= limits::EXTENDS_DEPTH {
            self.detail(extends.place, "this service extends itself", "remove the extension; it is left out here");
            return Ok(service);
        }
        chain.push(link);
        let (siblings, its_resets) = match &file {
            Some(file) => {
                let written = extends.get("file").and_then(Value::text).unwrap_or_default();
                match self.base_file(file, written, scope)? {
                    Some(found) => found,
                    None => {
                        self.missing_file(extends.place, "this service extends a file that was not read");
                        return Ok(service);
                    }
                }
            }
            None => (siblings.clone(), resets.clone()),
        };
        if siblings.get(&wanted).is_none() {
            let message = format!("there is no service {wanted} to extend");
            self.detail(extends.place, &message, "check the name of the service and of the file");
            return Ok(service);
        }
        let mut base = self.extended(&wanted, &siblings, &its_resets, scope, chain)?;
        resets.apply(&mut base, &["services", name]);
        Ok(merge(base, service, &mut vec!["services".to_owned(), "x".to_owned()]))
    }

    /// The services of a file that others extend, its paths seen from the project's folder.
    fn base_file(&mut self, name: &str, written: &str, scope: &Scope) -> Result<Option<(Value, Resets)>, TooLarge> {
        let key = (name.to_owned(), scope.folder.clone());
        if let Some((services, resets)) = self.bases.get(&key) {
            self.budget.take(services.size())?;
            return Ok(Some((services.clone(), resets.clone())));
        }
        let Some((_, trees)) = self.library.documents(name) else { return Ok(None) };
        self.extended.insert(name.to_owned());
        let mut model = Value::new(NOWHERE, Data::Map(Vec::new()));
        let mut all_resets = Resets::default();
        for root in trees.iter().filter_map(Tree::root).filter(|root| root.is_mapping()) {
            let (value, resets) = self.read(root, &scope.variables)?;
            resets.apply(&mut model, &[]);
            model.place = value.place;
            model = merge(model, value, &mut Vec::new());
            all_resets = resets;
        }
        enforce_unique(&mut model);
        canonicalize(&mut model);
        enforce_unique(&mut model);
        relocate(&mut model, folder_of(written));
        let services = model.remove("services").unwrap_or_else(|| Value::new(model.place, Data::Map(Vec::new())));
        self.bases.insert(key, (services.clone(), all_resets.clone()));
        Ok(Some((services, all_resets)))
    }
}

/// The place of a project that has none of its own.
const NOWHERE: Place = Place { document: crate::yaml::DocumentId(0), node: crate::yaml::NodeId(0) };

/// Whether a reference is fetched from elsewhere.
pub(super) fn is_remote(reference: &str) -> bool {
    reference.contains("://") || reference.starts_with("git@") || reference.starts_with("github.com/")
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
        let Some(known) = into.get_mut(&kind) else { continue };
        let Data::Map(resources) = resources.data else { continue };
        for (name, resource) in resources {
            match known.remove(&name) {
                None => known.set(&name, resource),
                Some(own) if own.same(&resource) => known.set(&name, own),
                Some(own) => {
                    let place = resource.place;
                    let mut wrapped = Value::map(place, vec![(name.as_str(), resource)]);
                    wrapped = Value::map(place, vec![(kind.as_str(), wrapped)]);
                    resets.apply(&mut wrapped, &[]);
                    let base = wrapped.remove(&kind).and_then(|mut resources| resources.remove(&name));
                    let merged = match base {
                        Some(base) => merge(base, own, &mut vec![kind.clone(), name.clone()]),
                        None => own,
                    };
                    known.set(&name, merged);
                }
            }
        }
    }
}

/// Makes relative paths that lead from one folder lead from the project's folder.
fn relocate(model: &mut Value, folder: &str) {
    if folder.is_empty() {
        return;
    }
    let moved = |path: &mut Value| {
        if let Data::Scalar(scalar) = &mut path.data
            && !scalar.text.starts_with(['/', '~', '\\'])
            && scalar.text.as_bytes().get(1) != Some(&b':')
            && !is_remote(&scalar.text)
        {
            let joined = join(folder, &scalar.text);
            scalar.text = if joined.starts_with("..") { joined } else { format!("./{}", clean(&joined)) };
        }
    };
    for key in ["services", "jobs"] {
        for (_, service) in model.get_mut(key).map(Value::entries_mut).unwrap_or_default() {
            for mount in service.get_mut("volumes").map(Value::items_mut).unwrap_or_default() {
                let is_bind = mount.get("type").and_then(Value::text) == Some("bind");
                if let Some(source) = mount.get_mut("source").filter(|_| is_bind) {
                    moved(source);
                }
            }
            if let Some(file) = service.get_mut("extends").and_then(|extends| extends.get_mut("file")) {
                moved(file);
            }
        }
    }
}
