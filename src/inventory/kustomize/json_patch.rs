//! JSON patches (RFC 6902): a list of operations on paths.

use crate::limits;
use crate::yaml::{Draft, Place};

/// Why an operation could not be done, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) place: Place,
    pub(super) reason: String,
}

/// Whether a document is a JSON patch, rather than a part of an object.
pub(super) fn is_json_patch(patch: &Draft<'_>) -> bool {
    patch.is_list() && patch.items().iter().all(|item| item.get("op").is_some() && item.get("path").is_some())
}

/// Applies every operation in turn, up to the first that fails.
pub(super) fn apply<'t>(target: &mut Draft<'t>, patch: &Draft<'t>) -> Result<(), Failed> {
    for operation in patch.items().iter() {
        let place = operation.get("path").map_or(operation.place(), |path| path.place());
        apply_one(target, operation).map_err(|reason| Failed { place, reason })?;
    }
    Ok(())
}

fn apply_one<'t>(target: &mut Draft<'t>, operation: &Draft<'t>) -> Result<(), String> {
    let text = |key: &str| operation.get(key).and_then(|value| value.string()).unwrap_or_default().into_owned();
    let (kind, path) = (text("op"), text("path"));
    let value = || operation.get("value").ok_or_else(|| format!("`{kind}` has no value"));
    let taken = |target: &Draft<'t>| {
        let from = text("from");
        let found = find(target, &pointer(&from)).ok_or_else(|| format!("there is nothing at {from}"))?;
        // Copies of copies would grow without end.
        if found.size(limits::NODES_PER_RESOURCE) >= limits::NODES_PER_RESOURCE {
            return Err(format!("{from} is too large to copy"));
        }
        Ok(found)
    };
    let path = pointer(&path);
    match kind.as_str() {
        "add" => add(target, &path, value()?),
        "replace" => {
            let value = value()?;
            let found = find_mut(target, &path).ok_or_else(|| nothing_at(&path))?;
            *found = value;
            Ok(())
        }
        "remove" => remove(target, &path),
        "copy" => {
            let value = taken(target)?;
            add(target, &path, value)
        }
        "move" => {
            let value = taken(target)?;
            remove(target, &pointer(&text("from")))?;
            add(target, &path, value)
        }
        "test" => {
            let (found, wanted) = (find(target, &path), value()?);
            let same = found.is_some_and(|found| found.text() == wanted.text());
            if same { Ok(()) } else { Err(format!("{} is not what the patch expects", shown(&path))) }
        }
        other => Err(format!("there is no operation `{other}`")),
    }
}

/// The keys of a JSON pointer.
fn pointer(path: &str) -> Vec<String> {
    path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

fn shown(path: &[String]) -> String {
    path.iter().map(|part| format!("/{part}")).collect()
}

fn nothing_at(path: &[String]) -> String {
    format!("there is nothing at {}", shown(path))
}

fn find<'t>(target: &Draft<'t>, path: &[String]) -> Option<Draft<'t>> {
    path.iter().try_fold(target.clone(), |draft, key| {
        if draft.is_list() { draft.items().get(index(key, draft.items().len())?).cloned() } else { draft.get(key) }
    })
}

fn find_mut<'d, 't>(target: &'d mut Draft<'t>, path: &[String]) -> Option<&'d mut Draft<'t>> {
    find(target, path)?;
    path.iter().try_fold(target, |draft, key| {
        if draft.is_list() {
            let items = draft.items_mut()?;
            let at = index(key, items.len())?;
            items.get_mut(at)
        } else {
            draft.get_mut(key)
        }
    })
}

/// A position in a list; negative ones count from its end, as in the library that kustomize uses.
fn index(key: &str, length: usize) -> Option<usize> {
    match key.strip_prefix('-') {
        Some(back) => length.checked_sub(back.parse().ok()?),
        None => key.parse().ok(),
    }
}

fn add<'t>(target: &mut Draft<'t>, path: &[String], value: Draft<'t>) -> Result<(), String> {
    let Some((key, parents)) = path.split_last() else {
        *target = value;
        return Ok(());
    };
    let parent = find_mut(target, parents).ok_or_else(|| nothing_at(parents))?;
    let place = value.place();
    if parent.is_list() {
        let Some(items) = parent.items_mut() else { return Err(nothing_at(path)) };
        let at = if key == "-" { Some(items.len()) } else { index(key, items.len()) };
        match at.filter(|at| *at <= items.len()) {
            Some(at) => items.insert(at, value),
            None => return Err(nothing_at(path)),
        }
    } else if parent.is_map() {
        parent.set(key.clone(), place, value);
    } else {
        return Err(format!("{} holds nothing that could be added to", shown(parents)));
    }
    Ok(())
}

fn remove(target: &mut Draft<'_>, path: &[String]) -> Result<(), String> {
    let (key, parents) = path.split_last().ok_or("a patch cannot remove the whole object")?;
    let parent = find_mut(target, parents).ok_or_else(|| nothing_at(path))?;
    if parent.is_list() {
        let Some(items) = parent.items_mut() else { return Err(nothing_at(path)) };
        match index(key, items.len()).filter(|at| *at < items.len()) {
            Some(at) => drop(items.remove(at)),
            None => return Err(nothing_at(path)),
        }
    } else if !parent.remove(key) {
        return Err(nothing_at(path));
    }
    Ok(())
}
