//! From files to one model of a project: files laid over one another, `include` and `extends` followed, short forms
//! written out.
//!
//! Source: Compose specification, "Merge"; details as the reference loader has them.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::canonical::{canonicalize, clean};
use super::dotenv::read_variables;
use super::extend::Siblings;
use super::interpolate::{Flaw, Variables};
use super::merge::{Index, enforce_unique, merge};
use super::value::{Budget, Data, Reader, Resets, TooLarge, Value};
use crate::inventory::Problem;
use crate::inventory::paths::join;
use crate::limits;
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{Place, Tree};

/// Every file of the run by its name: what projects may refer to.
pub(in crate::inventory) struct Library<'t> {
    pub(in crate::inventory) documents: BTreeMap<&'t str, (SourceId, &'t [Tree])>,
    pub(in crate::inventory) files: BTreeMap<&'t str, (SourceId, &'t SourceFile)>,
    /// The file of each document, by document number.
    pub(in crate::inventory) sources: Vec<SourceId>,
    /// Names that were asked for and are not here.
    missing: RefCell<BTreeSet<String>>,
    shell: Rc<Variables>,
    environments: RefCell<Environments>,
}

/// Files of variables that were read, each list of them with its surroundings and what came of them.
struct Environments {
    read: Remembered<Vec<String>, Rc<Variables>>,
    budget: Budget,
    problems: Vec<Problem>,
}

impl<'t> Library<'t> {
    pub(in crate::inventory) fn new(
        documents: BTreeMap<&'t str, (SourceId, &'t [Tree])>,
        files: BTreeMap<&'t str, (SourceId, &'t SourceFile)>,
        sources: Vec<SourceId>,
    ) -> Self {
        let budget = Budget::new(limits::COMPOSE_VARIABLES_BYTES);
        let environments = Environments { read: Remembered::default(), budget, problems: Vec::new() };
        let mut shell = Variables::default();
        shell.set("PWD", WORKING_FOLDER.to_owned());
        shell.set("HOME", "~".to_owned());
        Self {
            documents,
            files,
            sources,
            missing: RefCell::default(),
            shell: Rc::new(shell),
            environments: RefCell::new(environments),
        }
    }

    /// The variables that every shell has; what they stand for is a path that leads from the project's folder, or from a
    /// home.
    pub(super) fn shell(&self) -> &Rc<Variables> {
        &self.shell
    }

    /// Names that were asked for and are not here, and what is wrong with files of variables.
    pub(in crate::inventory) fn into_findings(self) -> (BTreeSet<String>, Vec<Problem>) {
        (self.missing.into_inner(), self.environments.into_inner().problems)
    }

    /// The variables of files within surroundings, which win.
    pub(super) fn variables(&self, names: &[String], surroundings: &Rc<Variables>) -> Rc<Variables> {
        let mut environments = self.environments.borrow_mut();
        if let Some(variables) = environments.read.get(names, |outer| Rc::ptr_eq(outer, surroundings)) {
            return Rc::clone(variables);
        }
        let mut variables = Variables::within(surroundings);
        for name in names {
            // What the surroundings have read gives nothing that they do not know.
            if !surroundings.has_read(name) {
                self.read_variables(name, &mut variables, &mut environments);
            }
        }
        let variables = if variables.is_empty() { Rc::clone(surroundings) } else { Rc::new(variables) };
        if environments.read.has_room(names) {
            environments.read.put(names.to_vec(), surroundings, Rc::clone(&variables));
        }
        variables
    }

    fn read_variables(&self, name: &str, variables: &mut Variables, environments: &mut Environments) {
        // Asking for it notes that it is missing.
        let Some((source, file)) = self.text(name) else { return };
        variables.note_read(name);
        let Err(stopped) = read_variables(&file.text, variables, &mut environments.budget) else { return };
        let line = stopped.line;
        let (message, help) = if stopped.is_too_large {
            (
                format!("from line {line} on, the values of this file of variables are larger than can be kept"),
                "leave out variables that Compose files do not use; the lines before it were read",
            )
        } else {
            (
                format!("line {line} of this file of variables cannot be read"),
                "write `NAME=value`, with quotes closed; the lines before it were read",
            )
        };
        let start = file.lines().line_range(&file.text, line as u32).start as u32;
        let problem = Problem::of_file(source, &message, help);
        environments.problems.push(Problem {
            span: Some(Span { start, end: start }),
            not_understood: false,
            ..problem
        });
    }

    /// Notes files that would be read if they were here.
    pub(super) fn note_missing(&self, names: impl Iterator<Item = String>) {
        self.missing.borrow_mut().extend(names);
    }

    pub(super) fn source_of(&self, place: Place) -> SourceId {
        self.sources.get(place.document.0 as usize).copied().unwrap_or(SourceId(0))
    }

    pub(super) fn documents(&self, name: &str) -> Option<(SourceId, &'t [Tree])> {
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
    pub(super) variables: Rc<Variables>,
}

/// Loads projects.
pub(super) struct Loader<'l, 't> {
    pub(super) library: &'l Library<'t>,
    pub(super) budget: Budget,
    pub(super) problems: Vec<Problem>,
    /// The files that others include.
    pub(super) included: BTreeSet<String>,
    /// The files whose services others extend.
    pub(super) extended: BTreeSet<String>,
    /// What was included already: by its files, its folder and that folder seen from the includer. A file that is
    /// reached in several ways is read once.
    pub(super) inclusions: Remembered<(Vec<String>, String, String), Value>,
    /// Services of files that others extend: by the file and the folder that extends it.
    pub(super) bases: Remembered<(String, String), Rc<Siblings>>,
}

/// What was read once, each with the variables that it was filled in with; the first few of those.
pub(super) struct Remembered<K, V>(BTreeMap<K, Vec<(Rc<Variables>, V)>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V> Remembered<K, V> {
    /// With how many different variables the same is remembered.
    const VARIANTS: usize = 8;

    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q, is_same: impl Fn(&Rc<Variables>) -> bool) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)?.iter().find(|(variables, _)| is_same(variables)).map(|(_, value)| value)
    }

    pub(super) fn has_room<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.get(key).is_none_or(|known| known.len() < Self::VARIANTS)
    }

    pub(super) fn put(&mut self, key: K, variables: &Rc<Variables>, value: V) {
        self.0.entry(key).or_default().push((Rc::clone(variables), value));
    }
}

impl<'l, 't> Loader<'l, 't> {
    pub(super) fn new(library: &'l Library<'t>) -> Self {
        Self {
            library,
            budget: Budget::new(limits::COMPOSE_PROJECT_BYTES),
            problems: Vec::new(),
            included: BTreeSet::new(),
            extended: BTreeSet::new(),
            inclusions: Remembered::default(),
            bases: Remembered::default(),
        }
    }

    /// The model of files laid over one another, in their order.
    pub(super) fn model(&mut self, files: &[String], scope: &Scope, within: &[String]) -> Result<Value, TooLarge> {
        let mut model: Option<Value> = None;
        for name in files {
            let Some((_, trees)) = self.library.documents(name) else { continue };
            let mut within = within.to_vec();
            within.push(name.clone());
            for root in trees.iter().filter_map(Tree::root).filter(|root| root.is_mapping()) {
                let (value, resets) = self.read(root, &scope.variables)?;
                let base = model.take().unwrap_or_else(|| Value::new(value.place, Data::Map(Vec::new())));
                model = Some(self.lay_over(base, value, &resets, scope, &within)?);
            }
        }
        let mut model = model.unwrap_or_else(|| Value::new(NOWHERE, Data::Map(Vec::new())));
        relocate(&mut model, &scope.relative);
        Ok(model)
    }

    pub(super) fn read(
        &mut self,
        root: crate::yaml::Node<'_>,
        variables: &Variables,
    ) -> Result<(Value, Resets), TooLarge> {
        let mut reader = Reader::new(variables, &mut self.budget);
        let mut value = reader.read(root)?;
        if super::is_first_version(root) {
            value = Value::map(value.place, vec![("services", value)]);
        }
        let (mut resets, flaws) = (reader.resets, reader.flaws);
        resets.sort();
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
                Flaw::Deep => (
                    "these defaults of variables are nested deeper than is followed".to_owned(),
                    "write the value, or fewer defaults within defaults; the rest is read",
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
        Ok(merge_and_settle(base, over))
    }

    pub(super) fn detail(&mut self, place: Place, message: &str, help: &str) {
        self.problems.push(Problem::at(place, self.library.source_of(place), message, help));
    }
}

/// The place of a project that has none of its own.
pub(super) const NOWHERE: Place = Place { document: crate::yaml::DocumentId(0), node: crate::yaml::NodeId(0) };

/// Lays one model over another. The services that the later one names are written out anew and without what stands in
/// them twice; the others are so already.
pub(super) fn merge_and_settle(base: Value, over: Value) -> Value {
    let kinds = ["services", "jobs"];
    let named = kinds.map(|kind| {
        let entries = over.get(kind).map(Value::entries).unwrap_or_default();
        entries.iter().map(|(name, _)| name.clone()).collect::<Vec<String>>()
    });
    let mut merged = merge(base, over, &mut Vec::new());
    for (kind, named) in kinds.iter().zip(named) {
        let services = merged.get_mut(kind).map(Value::entries_mut).unwrap_or_default();
        let index = Index::new(services, named.len());
        for name in named {
            let Some(position) = index.position(services, &name) else { continue };
            let service = &mut services[position].1;
            enforce_unique(service);
            canonicalize(service);
            // Long forms can show what short forms hid.
            enforce_unique(service);
        }
    }
    merged
}

/// What `$PWD` stands for: the folder of the project, from wherever a path leads. Shells write it so too, and like a path
/// from a home it stays as it is when paths of other folders are made to lead from the project's.
pub(super) const WORKING_FOLDER: &str = "~+";

/// Whether a reference is fetched from elsewhere.
pub(super) fn is_remote(reference: &str) -> bool {
    reference.contains("://") || reference.starts_with("git@") || reference.starts_with("github.com/")
}

/// Makes relative paths that lead from one folder lead from the project's folder.
pub(super) fn relocate(model: &mut Value, folder: &str) {
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
