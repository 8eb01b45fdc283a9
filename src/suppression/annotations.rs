//! Suppressions in objects: annotations of Kubernetes objects and their pod templates, extensions of Compose files.

use std::collections::BTreeMap;

use super::reach::{self, Reach, Region};
use super::{Ignore, Mistake, Site, SuppressionForm, Written};
use crate::language::say;
use crate::text::{SourceFile, Span};
use crate::yaml::{DocumentId, Node, Place, Tree};

/// What the key of an annotation begins with.
const PREFIX: &str = "ignore.kubeworthy/";

/// The key of a Compose file and of its services.
const EXTENSION: &str = "x-kubeworthy";

/// Reads the annotations and extensions of every document.
pub(super) fn read(written: &Written<'_>, into: &mut Vec<Ignore>) {
    let speaks =
        |word: &str| -> Vec<bool> { written.files.iter().map(|file: &SourceFile| file.text.contains(word)).collect() };
    let annotated = speaks(PREFIX);
    let is_any = annotated.contains(&true);
    let extended = speaks(EXTENSION);
    let has = |speaks: &[bool], tree: &Tree| speaks.get(tree.source.0 as usize).copied().unwrap_or(false);
    let used = used_by_kustomizations(written, is_any);
    // The same annotation may come to stand in several objects, by way of several overlays.
    let mut found: BTreeMap<Place, usize> = BTreeMap::new();
    for tree in written.trees {
        let Some(root) = tree.root() else { continue };
        if is_any && !used.contains(&tree.document) && (tree.is_derived() || has(&annotated, tree)) {
            for (key, value, object) in annotations(root) {
                let place = tree.origin(key.id());
                match found.get(&place).map(|index| &mut into[*index].reach) {
                    Some(Reach::Objects(objects)) => objects.push(object.place()),
                    _ => {
                        found.insert(place, into.len());
                        into.push(annotation(written, key, value, object, place));
                    }
                }
            }
        }
        if has(&extended, tree) && root.get("services").is_some_and(|services| services.is_mapping()) {
            read_extensions(tree, root, into);
        }
    }
}

/// The documents that kustomizations make others of: what is written in them counts as they make it.
fn used_by_kustomizations(written: &Written<'_>, is_any: bool) -> std::collections::BTreeSet<DocumentId> {
    let made = written.trees.iter().filter(|tree| is_any && tree.is_derived());
    let nodes = |tree: &'_ Tree| -> Vec<DocumentId> {
        let Some(root) = tree.root() else { return Vec::new() };
        root.descendants().map(|node| tree.origin(node.id()).document).collect()
    };
    made.flat_map(nodes).collect()
}

/// The annotations of a document that suppress something, each with the object that it stands in.
fn annotations(root: Node<'_>) -> Vec<(Node<'_>, Node<'_>, Node<'_>)> {
    let holders = root.descendants().flat_map(|node| node.written_entries());
    let holders = holders.filter(|(key, value)| key.text() == Some("annotations") && value.is_mapping());
    let mut found = Vec::new();
    for (_, annotations) in holders {
        for (key, value) in annotations.entries().into_iter().filter(|(key, _)| rule(*key).is_some()) {
            let object = reach::items(root).find_map(|list| list.item_holding(annotations.id())).unwrap_or(root);
            if object.get("kind").is_some() {
                found.push((key, value, object));
            }
        }
    }
    found
}

fn rule(key: Node<'_>) -> Option<&str> {
    key.text()?.strip_prefix(PREFIX)
}

fn annotation(written: &Written<'_>, key: Node<'_>, value: Node<'_>, object: Node<'_>, place: Place) -> Ignore {
    let source = reach::tree(written.trees, place.document).map_or(key.tree().source, |tree| tree.source);
    let site = Site { source, span: None, place: Some(key.place()) };
    let reach = Reach::Objects(vec![object.place()]);
    let rule = rule(key).unwrap_or_default();
    Ignore::new(SuppressionForm::Annotation, rule, value.string(), site, reach)
}

/// The extensions at the top of a Compose file, which cover the file, and in its services.
fn read_extensions(tree: &Tree, root: Node<'_>, into: &mut Vec<Ignore>) {
    let region = |span: Span| Region { source: tree.source, span, is_line: false };
    let mut found: BTreeMap<Place, usize> = BTreeMap::new();
    let mut add = |extension: Node<'_>, region: Region| {
        for ignore in ignores(extension, region) {
            let place = ignore.site.place;
            // Several services may have merged the same one.
            let known = place.and_then(|place| found.get(&place)).copied();
            match known.map(|index: usize| &mut into[index].reach) {
                Some(Reach::Bytes(regions)) => regions.push(region),
                _ => {
                    found.extend(place.map(|place| (place, into.len())));
                    into.push(ignore);
                }
            }
        }
    };
    if let Some(extension) = root.get(EXTENSION) {
        add(extension, region(Span { start: 0, end: u32::MAX }));
    }
    for (name, service) in root.get("services").map(|services| services.entries()).unwrap_or_default() {
        if let Some(extension) = service.get(EXTENSION) {
            let span = name.span();
            let end = if service.span().start >= span.start { service.span().end } else { span.end };
            add(extension, region(Span { start: span.start, end: end.max(span.end) }));
        }
    }
}

/// What an extension suppresses.
fn ignores(extension: Node<'_>, region: Region) -> Vec<Ignore> {
    let ignore = |key: Node<'_>, rule: &str, reason: Option<&str>| {
        let site = Site { source: key.tree().source, span: Some(key.span()), place: Some(key.place()) };
        Ignore::new(SuppressionForm::Extension, rule, reason, site, Reach::Bytes(vec![region]))
    };
    let mistaken = |key: Node<'_>| {
        let message = say!("`x-kubeworthy` holds `ignore`, and that a reason for each rule");
        let mistake = Mistake::not_understood((
            message,
            say!("write `x-kubeworthy`, below it `ignore`, and below that `KW203: reason`"),
        ));
        Ignore { mistake: Some(mistake), ..ignore(key, "", None) }
    };
    let mut found = Vec::new();
    if !extension.is_mapping() {
        found.push(mistaken(extension));
    }
    for (key, value) in extension.entries() {
        if key.text() != Some("ignore") || !value.is_mapping() {
            found.push(mistaken(key));
            continue;
        }
        found.extend(
            value.entries().into_iter().map(|(key, value)| ignore(key, key.text().unwrap_or_default(), value.string())),
        );
    }
    found
}
