//! Finding the suppressions that cover something, without asking each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::reach::{self, Reach};
use super::{Ignore, Said, SuppressionForm};
use crate::inventory::model::{Origin, Workload};
use crate::text::{SourceId, Span};
use crate::yaml::{DocumentId, Place, Tree};

/// The suppressions that count, by what they are about.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_code: BTreeMap<String, OfCode>,
    /// Which of them name a file by a pattern, by the names of files that were asked about.
    in_files: Mutex<BTreeMap<String, Arc<BTreeSet<usize>>>>,
}

/// Those that mean one rule, by their numbers.
#[derive(Debug, Default)]
struct OfCode {
    /// By the bytes of nodes and files that they cover.
    nodes: BTreeMap<SourceId, Stretches>,
    /// By the lines that they cover.
    lines: BTreeMap<SourceId, Stretches>,
    /// By the nodes of objects that they cover.
    objects: BTreeMap<DocumentId, Stretches>,
    globs: Vec<usize>,
    /// Whether the rule had no answer for something.
    is_open: AtomicBool,
    /// Whether it had none for a system as a whole.
    is_open_for_all: AtomicBool,
    /// Whether it had none for a workload that is written in a file.
    is_open_in: BTreeMap<SourceId, AtomicBool>,
}

/// Stretches of a text or of a tree, each with the number of its suppression.
#[derive(Debug, Default)]
struct Stretches(Vec<Stretch>);

#[derive(Debug)]
struct Stretch {
    start: u32,
    end: u32,
    by: usize,
    /// The one before it that reaches beyond its start, and so on upward: nothing else can hold what it holds.
    around: Option<usize>,
}

impl Stretches {
    fn add(&mut self, start: u32, end: u32, by: usize) {
        self.0.push(Stretch { start, end, by, around: None });
    }

    fn settle(&mut self) {
        self.0.sort_by_key(|stretch| (stretch.start, std::cmp::Reverse(stretch.end), stretch.by));
        let mut open: Vec<usize> = Vec::new();
        for at in 0..self.0.len() {
            while open.last().is_some_and(|last| self.0[*last].end <= self.0[at].start) {
                open.pop();
            }
            self.0[at].around = open.last().copied();
            open.push(at);
        }
    }

    /// Those that hold a point.
    fn holding(&self, at: u32, found: &mut dyn FnMut(usize)) {
        let behind = self.0.partition_point(|stretch| stretch.start <= at);
        let mut next = behind.checked_sub(1);
        while let Some(index) = next {
            let stretch = &self.0[index];
            if at < stretch.end {
                found(stretch.by);
            }
            next = stretch.around;
        }
    }

    /// Those that begin within a stretch, behind its start.
    fn beginning_in(&self, span: Span, found: &mut dyn FnMut(usize)) {
        let behind = self.0.partition_point(|stretch| stretch.start <= span.start);
        self.0[behind..].iter().take_while(|stretch| stretch.start < span.end).for_each(|stretch| found(stretch.by));
    }
}

impl Index {
    pub(super) fn of(ignores: &[Ignore], trees: &[Tree]) -> Self {
        let mut by_code: BTreeMap<String, OfCode> = BTreeMap::new();
        for (by, ignore) in ignores.iter().enumerate().filter(|(_, ignore)| ignore.mistake.is_none()) {
            for code in &ignore.codes {
                let own = match by_code.get_mut(code) {
                    Some(own) => own,
                    None => by_code.entry(code.clone()).or_default(),
                };
                own.add(by, ignore, trees);
            }
        }
        for own in by_code.values_mut() {
            let all = own.nodes.values_mut().chain(own.lines.values_mut()).chain(own.objects.values_mut());
            all.for_each(Stretches::settle);
        }
        Self { by_code, in_files: Mutex::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// Gives the number of each that covers what a rule says. `file` names the file of a place as reports do.
    pub(super) fn covering(
        &self,
        said: &Said<'_>,
        ignores: &[Ignore],
        trees: &[Tree],
        file: &dyn Fn(Place) -> Option<String>,
        found: &mut dyn FnMut(usize),
    ) {
        let Some(own) = self.by_code.get(said.rule) else { return };
        if !own.nodes.is_empty() || !own.lines.is_empty() {
            own.in_bytes(said, trees, found);
        }
        if !own.objects.is_empty() {
            let places = said.places.iter().copied().chain(subjects(said).map(|each| each.place));
            for place in places {
                if let Some(objects) = own.objects.get(&place.document) {
                    objects.holding(place.node.0, found);
                }
            }
        }
        if own.globs.is_empty() {
            return;
        }
        let mut files: Option<Vec<Arc<BTreeSet<usize>>>> = None;
        for by in &own.globs {
            let Reach::Globs(globs) = &ignores[*by].reach else { continue };
            let mut is_in_files = || {
                let resolve = || said.places.iter().filter_map(|place| Some(self.naming(&file(*place)?, ignores)));
                files.get_or_insert_with(|| resolve().collect()).iter().any(|named| named.contains(by))
            };
            if globs.is_of_system(said) && (!globs.names_files() || is_in_files()) {
                found(*by);
            }
        }
    }

    /// Which suppressions name a file by a pattern.
    fn naming(&self, file: &str, ignores: &[Ignore]) -> Arc<BTreeSet<usize>> {
        let known = |file: &str| self.in_files.lock().unwrap_or_else(PoisonError::into_inner).get(file).cloned();
        if let Some(known) = known(file) {
            return known;
        }
        let names =
            |(_, ignore): &(usize, &Ignore)| matches!(&ignore.reach, Reach::Globs(globs) if globs.matches(file));
        let named: Arc<BTreeSet<usize>> =
            Arc::new(ignores.iter().enumerate().filter(names).map(|(by, _)| by).collect());
        self.in_files.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), Arc::clone(&named));
        named
    }

    /// Notes that a rule had no answer for a workload, or for a system as a whole.
    pub(super) fn note_open(&self, rule: &str, workload: Option<&Workload>, trees: &[Tree]) {
        let Some(own) = self.by_code.get(rule) else { return };
        own.is_open.store(true, Ordering::Relaxed);
        let Some(workload) = workload else {
            own.is_open_for_all.store(true, Ordering::Relaxed);
            return;
        };
        for each in [Some(workload), workload.written.as_deref()].into_iter().flatten() {
            let source = reach::written_span(trees, each.place).map(|(source, _)| source);
            if let Some(is_open) = source.and_then(|source| own.is_open_in.get(&source)) {
                is_open.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Whether a rule that is meant had no answer where a suppression stands.
    pub(super) fn is_open(&self, ignore: &Ignore) -> bool {
        let is_set = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        ignore.codes.iter().filter_map(|code| self.by_code.get(code)).any(|own| {
            if ignore.form == SuppressionForm::Configuration {
                return is_set(&own.is_open);
            }
            is_set(&own.is_open_for_all) || own.is_open_in.get(&ignore.site.source).is_some_and(is_set)
        })
    }
}

impl OfCode {
    fn add(&mut self, by: usize, ignore: &Ignore, trees: &[Tree]) {
        self.is_open_in.entry(ignore.site.source).or_default();
        match &ignore.reach {
            Reach::Bytes(regions) => {
                for region in regions {
                    let stretches = if region.is_line { &mut self.lines } else { &mut self.nodes };
                    stretches.entry(region.source).or_default().add(region.span.start, region.span.end, by);
                }
            }
            Reach::Objects(objects) => {
                for object in objects {
                    let node = reach::tree(trees, object.document).and_then(|tree| tree.node(object.node));
                    if let Some(extent) = node.map(|node| node.extent()) {
                        self.objects.entry(object.document).or_default().add(extent.start, extent.end, by);
                    }
                }
            }
            Reach::Globs(_) => self.globs.push(by),
        }
    }

    /// Those that cover what is written somewhere, or the object that holds it.
    fn in_bytes(&self, said: &Said<'_>, trees: &[Tree], found: &mut dyn FnMut(usize)) {
        let as_a_whole = |place: Place, found: &mut dyn FnMut(usize)| {
            let Some((source, span)) = reach::written_span(trees, place) else { return };
            if let Some(nodes) = self.nodes.get(&source) {
                nodes.holding(span.start, found);
            }
        };
        for place in said.places {
            as_a_whole(*place, found);
            if let Some((source, span)) = reach::written_span(trees, *place)
                && let Some(lines) = self.lines.get(&source)
            {
                lines.holding(span.start, found);
                // A value may begin above the line that it stands on.
                lines.beginning_in(span, found);
            }
            if let Some(object) = reach::object(trees, *place) {
                as_a_whole(object, found);
            }
        }
        for workload in subjects(said) {
            match workload.origin {
                Origin::Compose => as_a_whole(workload.kind_place, found),
                Origin::Kubernetes => {
                    if let Some(object) = reach::object(trees, workload.place) {
                        as_a_whole(object, found);
                    }
                }
            }
        }
    }
}

/// The workload that something is said of; beside a live one what files write of it.
fn subjects<'s>(said: &Said<'s>) -> impl Iterator<Item = &'s Workload> + use<'s> {
    let written = said.workload.and_then(|workload| workload.written.as_deref());
    said.workload.into_iter().chain(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_hold_a_point_are_found_whatever_lies_around_them() {
        // Each start and end below twelve, so that they nest, touch, repeat and overlap.
        let spans: Vec<(u32, u32)> =
            (0..12).flat_map(|start| (start..12).step_by(3).map(move |end| (start, end))).collect();
        let mut stretches = Stretches::default();
        for (by, (start, end)) in spans.iter().enumerate() {
            stretches.add(*start, *end, by);
        }
        stretches.settle();
        for at in 0..14 {
            let mut found = Vec::new();
            stretches.holding(at, &mut |by| found.push(by));
            found.sort_unstable();
            let expected: Vec<usize> =
                (0..spans.len()).filter(|by| (spans[*by].0..spans[*by].1).contains(&at)).collect();
            assert_eq!(found, expected, "{at}");
        }
        let mut found = BTreeSet::new();
        stretches.beginning_in(Span { start: 3, end: 6 }, &mut |by| {
            found.insert(spans[by].0);
        });
        assert_eq!(found, BTreeSet::from([4, 5]));
    }
}
