//! Lines of the input that evidence points at, safe to quote.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Location, SystemAssessment};
use crate::inventory::Inventory;
use crate::limits::{EXCERPTS_PER_ITEM, LONGEST_EXCERPT};
use crate::text::sanitize::{keys_only, without_secrets};
use crate::text::{SourceFile, Span};
use crate::yaml::{Dialect, Node, Scalar, Tree};

/// Lines of the input that evidence points at, by file and line.
///
/// What is shown of a line is chosen, not what is left out: keys, numbers and truth values, values of a few well-known
/// keys, and values that evidence points at. Everything else is masked with `*`, among it the data of Secrets and
/// ConfigMaps, the values of environment variables, arguments, annotations, and whatever is named like a secret, pointed
/// at or not. Comments are left out. Columns stay what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpts {
    lines: BTreeMap<String, BTreeMap<u32, String>>,
}

/// What is pointed at, by line: columns from 1, the end excluded.
type Pointed = BTreeMap<u32, BTreeSet<(u32, u32)>>;

impl Excerpts {
    /// A line, from 1, of a file as reports name it; none where nothing points at it, or it cannot be quoted.
    #[must_use]
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        self.lines.get(file)?.get(&line).map(String::as_str)
    }

    /// The same excerpts with a line more, or another text for it.
    #[must_use]
    pub fn with(mut self, file: &str, line: u32, text: &str) -> Self {
        self.lines.entry(file.to_owned()).or_default().insert(line, text.to_owned());
        self
    }

    /// The same with what others quote of the same inputs: of a line that both quote, what either shows is shown, as where
    /// both had been quoted at once.
    #[must_use]
    pub fn with_all(mut self, others: Self) -> Self {
        for (file, lines) in others.lines {
            let known = self.lines.entry(file).or_default();
            for (number, line) in lines {
                let shown = known.entry(number).or_default();
                *shown = if shown.is_empty() { line } else { either(shown, &line) };
            }
        }
        self
    }

    /// The lines that the first places of every claim, finding and question of these systems point at. Files that are
    /// this program's own, which hold what the owner states and no secret, are quoted as they are.
    pub(crate) fn of<'s>(
        systems: impl IntoIterator<Item = &'s SystemAssessment>,
        inventory: &Inventory,
        files: &[SourceFile],
        is_own: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut pointed: BTreeMap<&str, Pointed> = BTreeMap::new();
        for location in systems.into_iter().flat_map(first_places).filter(|location| !location.is_live) {
            let end = if location.end_line == location.line { location.end_column } else { u32::MAX };
            let lines = pointed.entry(&location.file).or_default();
            lines.entry(location.line).or_default().insert((location.column, end));
        }
        let mut trees: BTreeMap<usize, Vec<&Tree>> = BTreeMap::new();
        for tree in inventory.trees.iter().filter(|tree| !tree.is_derived() && tree.live.is_none()) {
            trees.entry(tree.source.0 as usize).or_default().push(tree);
        }
        let mut excerpts = Self::default();
        let mut quote = |file: &SourceFile, trees: &[&Tree]| {
            if let Some(pointed) = pointed.get(file.name.as_str()) {
                let lines = if is_own(&file.name) { as_written(file, pointed) } else { quoted(file, trees, pointed) };
                excerpts.lines.entry(file.name.clone()).or_default().extend(lines);
            }
        };
        for (at, file) in files.iter().enumerate() {
            quote(file, trees.get(&at).map_or(&[], Vec::as_slice));
            // Templates are not read by themselves where they were rendered.
            for source in file.rendered.iter().flat_map(|rendered| &rendered.sources) {
                quote(source, &[]);
            }
        }
        excerpts
    }
}

/// Two masked forms of one line as one: how long it is and where it is masked does not depend on what is pointed at.
fn either(one: &str, other: &str) -> String {
    one.chars().zip(other.chars()).map(|(one, other)| if one == MASK { other } else { one }).collect()
}

/// What stands in the place of a character that is not shown.
const MASK: char = '*';

fn first_places(system: &SystemAssessment) -> impl Iterator<Item = &Location> {
    let claims = system.claims.iter().map(|claim| &claim.evidence);
    let findings = system.findings.iter().map(|finding| &finding.evidence);
    let unknowns = system.unknowns.iter().map(|unknown| &unknown.evidence);
    let one_sided = system.one_sided.iter().map(|claim| &claim.evidence);
    claims.chain(findings).chain(unknowns).chain(one_sided).flat_map(|evidence| evidence.iter().take(EXCERPTS_PER_ITEM))
}

/// The pointed lines of one file.
fn as_written(file: &SourceFile, pointed: &Pointed) -> BTreeMap<u32, String> {
    let line = |number: u32| file.text[file.lines().line_range(&file.text, number)].trim_end().to_owned();
    let numbers = pointed.keys().filter(|number| **number <= file.lines().count());
    numbers.map(|number| (*number, line(*number))).filter(|(_, line)| line.len() <= LONGEST_EXCERPT).collect()
}

/// The pointed lines of one file, masked.
fn quoted(file: &SourceFile, trees: &[&Tree], pointed: &Pointed) -> BTreeMap<u32, String> {
    let mut lines: Vec<Quoted<'_>> = pointed
        .iter()
        .filter(|(line, _)| **line <= file.lines().count())
        .map(|(number, columns)| {
            let range = file.lines().line_range(&file.text, *number);
            Quoted {
                number: *number,
                range,
                columns,
                shown: Vec::new(),
                values: Vec::new(),
                is_read: false,
                is_template: false,
            }
        })
        .filter(|line| line.range.len() <= LONGEST_EXCERPT)
        .collect();
    for tree in trees {
        let mut walk = Walk { file, lines: &mut lines, path: Vec::new() };
        walk.enter(tree);
    }
    lines.iter().map(|line| (line.number, line.text(&file.text))).collect()
}

/// A line that is quoted.
struct Quoted<'p> {
    number: u32,
    range: Range<usize>,
    /// What is pointed at: columns from 1, the end excluded.
    columns: &'p BTreeSet<(u32, u32)>,
    /// The bytes of the file that are shown.
    shown: Vec<Range<usize>>,
    /// The bytes of the file that are values which begin and end on it.
    values: Vec<Range<usize>>,
    /// Whether a document that was understood holds it.
    is_read: bool,
    /// Whether that is a template that was not rendered.
    is_template: bool,
}

impl Quoted<'_> {
    fn text(&self, file: &str) -> String {
        let line = &file[self.range.clone()];
        if !self.is_read {
            return with_plain_actions(line, &keys_only(line), true);
        }
        let is_in =
            |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&(self.range.start + at)));
        let mut text = String::with_capacity(line.len());
        let (mut before, mut is_anchor) = (' ', false);
        for (at, character) in line.char_indices() {
            is_anchor = !character.is_whitespace() && (is_anchor || character == '&' && before.is_whitespace());
            if is_anchor || is_in(&self.shown, at) {
                text.push(character);
            } else if character == '#' && before.is_whitespace() && !is_in(&self.values, at) {
                // A comment says what it likes.
                break;
            } else {
                let is_drawing = character.is_whitespace() || "{}[],:-?&|>\"'".contains(character);
                text.push(if is_drawing { character } else { MASK });
            }
            before = character;
        }
        text.truncate(text.trim_end().len());
        if self.is_template { with_plain_actions(line, &text, false) } else { text }
    }
}

/// A masked line of a template with those actions that only name values: `{{ .Values.replicas }}`. Each mask stands for
/// one character of the line, or for one byte of it.
fn with_plain_actions(line: &str, masked: &str, masks_bytes: bool) -> String {
    let mut text: Vec<char> = masked.chars().collect();
    for (start, _) in line.match_indices("{{") {
        let Some(length) = line[start..].find("}}") else { break };
        let action = &line[start..start + length + 2];
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "{}. -_|$()".contains(c);
        let before = if masks_bytes { masked.get(..start) } else { line.get(..start) };
        let first = before.map_or(usize::MAX, |before| before.chars().count());
        let place = first..first.saturating_add(action.len());
        if let Some(place) = text.get_mut(place).filter(|_| action.chars().all(is_plain)) {
            place.iter_mut().zip(action.chars()).for_each(|(place, character)| *place = character);
        }
    }
    text.into_iter().collect()
}

/// Looks for what may be shown of the lines in one document.
struct Walk<'w, 'p, 't> {
    file: &'w SourceFile,
    lines: &'w mut [Quoted<'p>],
    path: Vec<&'t str>,
}

impl<'t> Walk<'_, '_, 't> {
    fn enter(&mut self, tree: &'t Tree) {
        let (start, end) = (tree.span.start as usize, tree.span.end as usize);
        for line in self.lines.iter_mut().filter(|line| start <= line.range.start && line.range.start < end.max(1)) {
            line.is_read = true;
            line.is_template = tree.unrendered.is_some();
        }
        if let Some(root) = tree.root() {
            self.node(root, false);
        }
    }

    /// The lines from this number on that a span touches.
    fn touched(&self, span: Span) -> Range<usize> {
        let first = self.lines.partition_point(|line| line.range.end < span.start as usize);
        let last = self.lines.partition_point(|line| line.range.start < span.end as usize);
        first..last.max(first)
    }

    fn node(&mut self, node: Node<'t>, holds_secrets: bool) {
        if self.touched(node.span()).is_empty() {
            return;
        }
        if node.is_mapping() {
            let kind = node.get("kind").and_then(|kind| kind.string());
            let holds_secrets = holds_secrets || matches!(kind, Some("Secret" | "ConfigMap"));
            for (key, value) in node.written_entries() {
                if !node.holds(value.id()) {
                    // An alias stands for what is written elsewhere.
                    self.show(key.span());
                    continue;
                }
                self.show(key.span());
                self.path.push(key.text().unwrap_or_default());
                self.node(value, holds_secrets);
                self.path.pop();
            }
        } else if node.is_sequence() {
            for item in node.items().filter(|item| node.holds(item.id())) {
                self.node(item, holds_secrets);
            }
        } else {
            let shown = self.shown_of(node, holds_secrets);
            let span = node.span();
            self.show(Span { start: span.start, end: span.start + shown as u32 });
            let (start, end) = (span.start as usize, span.end as usize);
            if let Some(line) = self.lines.iter_mut().find(|line| line.range.start <= start && end <= line.range.end) {
                line.values.push(start..end);
            }
        }
    }

    /// How many bytes of a scalar are shown, from its start.
    fn shown_of(&self, node: Node<'t>, holds_secrets: bool) -> usize {
        let span = node.span();
        let Some(written) = self.file.text.get(span.start as usize..span.end as usize) else { return 0 };
        let text = node.text().unwrap_or_default();
        let is_under = |keys: &[&str]| self.path.iter().any(|key| keys.contains(key));
        let key = self.path.last().copied().unwrap_or_default();
        if written.contains('\n') || holds_secrets && is_under(&["data", "stringData", "binaryData"]) {
            return 0;
        }
        if is_under(&["stringData", "content"]) {
            return 0;
        }
        if is_under(&["annotations"]) && !(written.len() <= LONGEST_ANNOTATION && self.is_pointed(span)) {
            return 0;
        }
        let up_to_value = || written.find('=').map_or(0, |at| at + 1);
        if is_under(&["env", "environment"]) && !is_under(&["valueFrom"]) {
            return if key == "name" { written.len() } else { up_to_value() };
        }
        if is_under(&["args", "command", "entrypoint"]) {
            return if text.starts_with('-') { up_to_value() } else { 0 };
        }
        if key == "labels" {
            return up_to_value();
        }
        let scalar = node.scalar(Dialect::Kubernetes);
        let is_simple =
            matches!(scalar, Some(Scalar::Null | Scalar::Boolean(_) | Scalar::Integer(_) | Scalar::Float(_)));
        if is_simple || is_quantity(text) {
            return if is_secret_name(key) && !matches!(scalar, Some(Scalar::Null | Scalar::Boolean(_))) {
                0
            } else {
                written.len()
            };
        }
        // An image is named by tags and digests, which look like secrets and are none.
        let is_odd = |text: &str| text.contains(['@', '?']) || without_secrets(text) != text;
        let is_suspect = if key == "image" { text.contains("://") } else { is_secret_name(key) || is_odd(text) };
        if is_suspect {
            return 0;
        }
        let is_named = SHOWN.contains(&key) || is_under(&["labels", "matchLabels", "nodeSelector", "selector"]);
        let may_be_shown = !node.is_placeholder() && (is_named || self.is_pointed(span));
        if may_be_shown { written.len() } else { 0 }
    }

    fn is_pointed(&self, span: Span) -> bool {
        let at = self.file.position(span.start);
        let line = self.lines.iter().find(|line| line.number == at.line);
        line.is_some_and(|line| line.columns.iter().any(|(from, to)| (*from..*to).contains(&at.column)))
    }

    fn show(&mut self, span: Span) {
        for at in self.touched(span) {
            self.lines[at].shown.push(span.start as usize..span.end as usize);
        }
    }
}

/// The longest annotation that is shown where evidence points at it, in bytes: longer ones are whole documents.
const LONGEST_ANNOTATION: usize = 40;

/// Keys whose values are names of kinds, objects and images, or one of a few words that the API knows.
const SHOWN: [&str; 46] = [
    "accessModes",
    "apiGroups",
    "apiVersion",
    "availabilityZone",
    "concurrencyPolicy",
    "condition",
    "cpu",
    "depends_on",
    "driver",
    "endpoint_mode",
    "engine",
    "expose",
    "group",
    "image",
    "ingressClassName",
    "kind",
    "mem_limit",
    "memory",
    "metric",
    "mode",
    "name",
    "namespace",
    "networks",
    "operator",
    "path",
    "pid",
    "policyTypes",
    "ports",
    "priorityClassName",
    "profiles",
    "protocol",
    "resource",
    "resources",
    "restart",
    "restartPolicy",
    "runtimeClassName",
    "schedule",
    "scope",
    "serviceAccountName",
    "serviceName",
    "storageClassName",
    "storage",
    "topologyKey",
    "type",
    "verbs",
    "whenUnsatisfiable",
];

/// Whether a key is named like a secret. Names of Secrets, and references to them, are none.
fn is_secret_name(key: &str) -> bool {
    const WORDS: [&str; 12] = [
        "password",
        "passwd",
        "passphrase",
        "secret",
        "token",
        "apikey",
        "api-key",
        "api_key",
        "credential",
        "private",
        "dsn",
        "connectionstring",
    ];
    let key = key.to_ascii_lowercase();
    let is_reference = ["name", "ref", "names", "refs"].iter().any(|end| key.ends_with(end));
    !is_reference && WORDS.iter().any(|word| key.contains(word))
}

/// A number with a unit: `500m`, `2Gi`, `30s`, `80%`.
fn is_quantity(text: &str) -> bool {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    unit.len() < text.len() && unit.len() <= 3 && unit.chars().all(|c| c.is_ascii_alphabetic() || c == '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Collected;
    use crate::{Kit, OwnFiles};

    /// Every line of a text as it is quoted where all of it is pointed at.
    fn all_quoted(name: &str, text: &str) -> String {
        let files = vec![SourceFile::new(name, text)];
        let collected = Collected { files, ..Collected::default() };
        let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
        let inventory = crate::read(&collected, &kit).expect("no overlay was named");
        let file = &collected.files[0];
        let trees: Vec<&Tree> = inventory.trees.iter().collect();
        let pointed = (1..=file.lines().count()).map(|line| (line, BTreeSet::from([(1, u32::MAX)]))).collect();
        let lines: Vec<String> = quoted(file, &trees, &pointed).into_values().collect();
        lines.join("\n")
    }

    #[test]
    fn secrets_are_masked_wherever_evidence_points() {
        let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: CANARY\ndata: {b: CANARY}\n";
        assert_eq!(
            all_quoted("s.yaml", secret),
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  a: ******\ndata: {b: ******}\n"
        );
        let list = "apiVersion: v1\nkind: List\nitems:\n  - kind: ConfigMap\n    data:\n      a: |\n        CANARY\n";
        assert!(!all_quoted("l.yaml", list).contains("CANARY"));
        let pod = "kind: Pod\napiVersion: v1\nmetadata:\n  name: p\n  annotations:\n    long: CANARY which is much longer than \
                   annotations of one word are\nspec:\n  containers:\n    - name: c\n      command: [sh, -c, CANARY]\n      env:\n        - \
                   name: A\n          value: CANARY\n        - name: B\n          valueFrom: {secretKeyRef: {name: s, key: b}}\n      \
                   args:\n        - --key=CANARY\n      adminPassword: CANARY\n      url: https://u:CANARY@h/\n      note: token=CANARY\n";
        let quoted = all_quoted("p.yaml", pod);
        assert!(!quoted.contains("CANARY"), "{quoted}");
        assert!(
            quoted.contains("valueFrom: {secretKeyRef: {name: s, key: b}}") && quoted.contains("- --key=***"),
            "{quoted}"
        );
        let compose = "services:\n  a:\n    image: x # CANARY\n    environment:\n      A: CANARY\n      B: 1\n    labels:\n      - \
                       a=CANARY\nconfigs:\n  c: {content: CANARY}\n";
        let quoted = all_quoted("compose.yaml", compose);
        assert!(!quoted.contains("CANARY") && !quoted.contains("B: 1") && quoted.contains("image: x"), "{quoted}");
    }

    #[test]
    fn what_two_runs_quote_together_is_what_one_run_quotes() {
        let text = "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {a: \"é #x\", b: 'y # z', c: \"é\", note: CANARY} # d\n";
        let template =
            "kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {a: \"é\", b: \"ü\", c: {{ .Values.c }}}\n";
        for (name, text) in [("p.yaml", text), ("chart/templates/p.yaml", template)] {
            let collected = Collected { files: vec![SourceFile::new(name, text)], ..Collected::default() };
            let kit = Kit::load(&OwnFiles::default()).expect("the built-in data");
            let inventory = crate::read(&collected, &kit).expect("no overlay was named");
            let trees: Vec<&Tree> = inventory.trees.iter().collect();
            let quote = |columns: &[(u32, u32)]| {
                let pointed = Pointed::from([(4, columns.iter().copied().collect())]);
                Excerpts { lines: BTreeMap::from([(name.to_owned(), quoted(&collected.files[0], &trees, &pointed))]) }
            };
            let parts = [(8, 15), (18, 25)];
            let (one, other, both) = (quote(&parts[..1]), quote(&parts[1..]), quote(&parts));
            assert!(one != both && other != both, "{name}: each shows less than both: {both:?}");
            assert_eq!(one.clone().with_all(other.clone()), both, "{name}");
            assert_eq!(other.with_all(one), both, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_read_shows_keys() {
        assert_eq!(all_quoted("x.yaml", "a: [CANARY\n  b: CANARY\n"), "a: [******\n  b: ******\n");
        let template = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: {{ .Values.replicas }}\n  paused: {{ .Values.p | default \
                        \"CANARY\" }}\n";
        let quoted = all_quoted("chart/templates/d.yaml", template);
        assert!(quoted.contains("  replicas: {{ .Values.replicas }}") && !quoted.contains("CANARY"), "{quoted}");
    }
}
