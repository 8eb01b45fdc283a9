//! Values that are copied from one object into others: replacements, and the older variables.

use std::collections::BTreeMap;

use super::fields::{self, Configuration};
use super::patch::Complaint;
use super::reference::items;
use super::resource::Resource;
use super::select::Target;
use crate::limits;
use crate::yaml::{Draft, Node, Place};

/// One step of a field path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    /// The items of a list whose key has a value.
    Where(String, String),
    Each,
}

/// `spec.template.spec.containers.[name=web].image`; `\.` is no separator.
fn steps(path: &str) -> Vec<Step> {
    let mut parts = vec![String::new()];
    let mut depth = 0usize;
    let mut characters = path.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() == Some(&'.') => {
                characters.next();
                push(&mut parts, '.');
            }
            '.' if depth == 0 => parts.push(String::new()),
            // An index may stand right behind its key.
            '[' if depth == 0 => {
                depth = 1;
                if parts.last().is_some_and(|last| !last.is_empty()) {
                    parts.push(String::new());
                }
                push(&mut parts, '[');
            }
            ']' => {
                depth = 0;
                push(&mut parts, ']');
            }
            other => push(&mut parts, other),
        }
    }
    let step = |part: &String| match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
        Some(inside) => match inside.split_once('=') {
            Some((key, value)) => Step::Where(key.to_owned(), value.to_owned()),
            None => Step::Key(inside.to_owned()),
        },
        None if part == "*" => Step::Each,
        None => Step::Key(part.clone()),
    };
    parts.iter().filter(|part| !part.is_empty()).map(step).collect()
}

fn push(parts: &mut [String], character: char) {
    if let Some(last) = parts.last_mut() {
        last.push(character);
    }
}

fn read<'t>(draft: &Draft<'t>, path: &[Step]) -> Option<Draft<'t>> {
    let Some((step, rest)) = path.split_first() else { return Some(draft.clone()) };
    match step {
        Step::Key(key) if draft.is_list() => read(draft.items().get(key.parse::<usize>().ok()?)?, rest),
        Step::Key(key) => read(&draft.get(key)?, rest),
        Step::Where(key, value) => {
            draft.items().iter().find(|item| has(item, key, value)).and_then(|item| read(item, rest))
        }
        Step::Each => draft.items().iter().find_map(|item| read(item, rest)),
    }
}

fn has(item: &Draft<'_>, key: &str, value: &str) -> bool {
    if key.is_empty() {
        return item.text().as_deref() == Some(value);
    }
    item.at(&key.split('.').collect::<Vec<_>>()).and_then(|found| found.text()).as_deref() == Some(value)
}

/// Calls a function with every value at a path; whether there was any.
fn visit<'t>(
    draft: &mut Draft<'t>,
    path: &[Step],
    create: Option<Place>,
    edit: &mut dyn FnMut(&mut Draft<'t>),
) -> bool {
    let Some((step, rest)) = path.split_first() else {
        edit(draft);
        return true;
    };
    match step {
        Step::Key(key) => {
            if let Some(items) = draft.items_mut() {
                let at = if key == "-" { items.len().checked_sub(1) } else { key.parse::<usize>().ok() };
                return at.and_then(|at| items.get_mut(at)).is_some_and(|item| visit(item, rest, create, edit));
            }
            if let Some(place) = create
                && draft.get(key).is_none()
                && (draft.is_map() || draft.is_null())
            {
                draft.set(key.clone(), place, Draft::map_at(place));
            }
            draft.get_mut(key).is_some_and(|value| visit(value, rest, create, edit))
        }
        Step::Where(key, value) => {
            let mut found = false;
            for item in draft.items_mut().into_iter().flatten().filter(|item| has(item, key, value)) {
                found |= visit(item, rest, create, edit);
            }
            found
        }
        Step::Each => {
            let mut found = false;
            for item in draft.items_mut().into_iter().flatten() {
                found |= visit(item, rest, create, edit);
            }
            found
        }
    }
}

const HELP: &str = "mend the replacement; the field keeps the value that it has";

/// Applies one replacement.
pub(super) fn replacement<'t>(
    resources: &mut [Resource<'t>],
    entry: Node<'t>,
    left: &mut usize,
    complaints: &mut Vec<Complaint>,
) {
    let mut complain = |place: Place, message: String| {
        complaints.push(Complaint { place, message, help: HELP, is_about_target: true })
    };
    let text = |node: Option<Node<'t>>, key: &str| node.and_then(|node| node.get(key)).and_then(|value| value.string());
    let value = if let Some(value) = entry.get("sourceValue") {
        Draft::of(value)
    } else {
        let Some(source) = entry.get("source") else { return };
        let place = source.get("name").unwrap_or(source).place();
        let target = match Target::read(source) {
            Ok(target) => target,
            Err(message) => return complain(place, message),
        };
        let Some(found) = resources.iter().find(|resource| target.selects(resource)) else {
            return complain(place, "the source of this replacement is no object of this kustomization".to_owned());
        };
        let path = text(Some(source), "fieldPath").unwrap_or("metadata.name");
        let value = match read(&found.draft, &steps(path)) {
            Some(value) => value,
            None => {
                // The contents of generated objects are not kept; what they fill is not known.
                let at = source.get("fieldPath").map_or(place, |path| path.place());
                complain(
                    at,
                    format!("{path} of {} is not known from these files, nor what it fills", found.current.shown()),
                );
                Draft::text_at(at, format!("$({path})"))
            }
        };
        // Values that are copied into themselves would grow without end.
        if value.size(limits::NODES_PER_RESOURCE) >= limits::NODES_PER_RESOURCE {
            return complain(place, format!("{path} is too large to copy"));
        }
        match Part::read(source.get("options")).map(|part| part.of(&value)) {
            Some(Some(part)) => part,
            Some(None) => return complain(place, format!("{path} cannot be split as this replacement wants it")),
            None => value,
        }
    };
    for target in items(entry, "targets") {
        let select = target.get("select").unwrap_or(target);
        let place = select.get("name").or_else(|| select.get("kind")).unwrap_or(target).place();
        let chosen = match Target::read(select) {
            Ok(chosen) => chosen,
            Err(message) => {
                complain(place, message);
                continue;
            }
        };
        let rejected: Vec<Target> = items(target, "reject").into_iter().filter_map(|n| Target::read(n).ok()).collect();
        let options = target.get("options");
        let create =
            options.and_then(|options| options.get("create")).and_then(|create| create.boolean()) == Some(true);
        let part = Part::read(options);
        let paths = items(target, "fieldPaths");
        let paths: Vec<&str> = if paths.is_empty() {
            vec!["metadata.name"]
        } else {
            paths.iter().filter_map(|path| path.string()).collect()
        };
        let Some(rest) = left.checked_sub(resources.len().saturating_mul(paths.len() + rejected.len())) else {
            return complain(place, "these replacements are too many to be made".to_owned());
        };
        *left = rest;
        let mut found = false;
        for resource in resources.iter_mut() {
            if !chosen.selects(resource) || rejected.iter().any(|rejected| rejected.selects(resource)) {
                continue;
            }
            for path in &paths {
                found |= visit(&mut resource.draft, &steps(path), create.then_some(place), &mut |field| match &part {
                    Some(part) => part.set(field, &value),
                    None => *field = value.clone(),
                });
            }
            resource.refresh();
        }
        if !found {
            complain(place, "this replacement finds no field to fill".to_owned());
        }
    }
}

/// A piece of a text between delimiters.
struct Part {
    delimiter: String,
    index: i64,
}

impl Part {
    fn read(options: Option<Node<'_>>) -> Option<Self> {
        let options = options?;
        let delimiter = options.get("delimiter")?.string()?.to_owned();
        Some(Self { delimiter, index: options.get("index").and_then(|index| index.integer()).unwrap_or(0) })
    }

    fn of<'t>(&self, value: &Draft<'t>) -> Option<Draft<'t>> {
        let text = value.text()?;
        let piece = text.split(self.delimiter.as_str()).nth(usize::try_from(self.index).ok()?)?.to_owned();
        Some(Draft::text_at(value.place(), piece))
    }

    fn set<'t>(&self, field: &mut Draft<'t>, value: &Draft<'t>) {
        let (Some(text), Some(piece)) = (field.text(), value.text()) else { return };
        let mut pieces: Vec<&str> = text.split(self.delimiter.as_str()).collect();
        match usize::try_from(self.index) {
            Err(_) => pieces.insert(0, &piece),
            Ok(index) if index >= pieces.len() => pieces.push(&piece),
            Ok(index) => pieces[index] = &piece,
        }
        let joined = pieces.join(&self.delimiter);
        if joined.len() <= limits::FILLED_TEXT {
            field.set_text(joined);
        }
    }
}

/// A variable that a kustomization declares.
#[derive(Clone, Debug)]
pub(super) struct Variable<'t> {
    pub(super) name: &'t str,
    node: Node<'t>,
}

impl<'t> Variable<'t> {
    pub(super) fn read(node: Node<'t>) -> Option<Self> {
        Some(Self { name: node.get("name")?.string()?, node })
    }

    fn value(&self, resources: &[Resource<'t>]) -> Option<String> {
        let reference = self.node.get("objref")?;
        let target = Target::read(reference).ok()?;
        let path = ["fieldpath", "fieldPath"].iter().find_map(|key| self.node.at(&["fieldref", key])?.string());
        let steps = steps(path.unwrap_or("metadata.name"));
        let found = resources.iter().find(|resource| target.selects(resource))?;
        read(&found.draft, &steps)?.text().map(std::borrow::Cow::into_owned)
    }
}

/// Writes the values of variables where kustomize looks for them. What has no value stays `$(NAME)`, which no reader
/// takes for a value.
pub(super) fn variables<'t>(
    resources: &mut [Resource<'t>],
    variables: &[Variable<'t>],
    configuration: &Configuration,
    complaints: &mut Vec<Complaint>,
) {
    let mut values = BTreeMap::new();
    let mut unknown: Vec<&Variable<'_>> = Vec::new();
    for variable in variables {
        match variable.value(resources) {
            Some(value) => {
                values.entry(variable.name).or_insert(value);
            }
            None => unknown.push(variable),
        }
    }
    if let Some(first) = unknown.first() {
        let others = unknown.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and of {others} more") };
        complaints.push(Complaint {
            place: first.node.get("name").unwrap_or(first.node).place(),
            message: format!("the value of the variable {}{more} is not known from these files", first.name),
            help: "name the folder that holds what it refers to",
            is_about_target: true,
        });
    }
    if values.is_empty() {
        return;
    }
    for resource in resources {
        for field in fields::variables().iter().chain(&configuration.variables) {
            if field.fits(&resource.current) {
                field.visit(&mut resource.draft, resource.origin, &mut |value| expand(value, &values));
            }
        }
        resource.refresh();
    }
}

fn expand(value: &mut Draft<'_>, values: &BTreeMap<&str, String>) {
    if let Some(text) = value.text() {
        if text.contains("$(")
            && let Some(expanded) = expanded(&text, values)
        {
            value.set_text(expanded);
        }
    } else if value.fields().iter().any(|field| field.value.text().is_some_and(|text| text.contains("$("))) {
        for field in value.fields_mut().into_iter().flatten() {
            expand(&mut field.value, values);
        }
    } else if value.is_list() {
        for item in value.items_mut().into_iter().flatten() {
            expand(item, values);
        }
    }
}

/// A text with its variables replaced, in one pass, so that values are not looked through again; none where it would be
/// larger than is believed.
fn expanded(text: &str, values: &BTreeMap<&str, String>) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("$(") {
        result.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest[2..].split(')').next().unwrap_or_default();
        let length = match values.get(name) {
            Some(value) => {
                result.push_str(value);
                name.len() + 3
            }
            None => {
                result.push_str("$(");
                2
            }
        };
        rest = &rest[length..];
        if result.len() > limits::FILLED_TEXT {
            return None;
        }
    }
    result.push_str(rest);
    Some(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_paths() {
        let key = |text: &str| Step::Key(text.to_owned());
        let by = |name: &str, value: &str| Step::Where(name.to_owned(), value.to_owned());
        assert_eq!(steps("metadata.annotations.a\\.b/c"), [key("metadata"), key("annotations"), key("a.b/c")]);
        assert_eq!(
            steps("spec.containers.[name=a.b].image"),
            [key("spec"), key("containers"), by("name", "a.b"), key("image")]
        );
        assert_eq!(steps("spec.rules[0].host"), [key("spec"), key("rules"), key("0"), key("host")]);
        assert_eq!(steps("a.*.b"), [key("a"), Step::Each, key("b")]);
    }
}
