//! Suppressions in comments: on a line, above a node, at the head of a file.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::directive::{self, Directive, Mistake as Malformed};
use super::reach::{Reach, Region};
use super::{Ignore, Mistake, Site, SuppressionForm, Written};
use crate::configuration::FILE_NAMES;
use crate::language::{Prose, say};
use crate::text::{SourceFile, SourceId, Span};
use crate::yaml::{Place, Tree};

/// What ends a line: also on machines that are long gone.
const ENDS: [char; 2] = ['\n', '\r'];

/// What Helm writes above each document that it renders.
const SOURCE: &str = "# Source: ";

/// Whether a text may hold such a comment, however it writes the name of the program.
pub(super) fn speaks_of_it(text: &str) -> bool {
    ["worthy", "Worthy", "WORTHY"].iter().any(|word| text.contains(word))
}

/// Reads the comments of every file.
pub(super) fn read(written: &Written<'_>, into: &mut Vec<Ignore>) {
    let speaks = |file: &SourceFile| {
        file.cluster.is_none() && !FILE_NAMES.contains(&file.base_name()) && speaks_of_it(&file.text)
    };
    let heads: Vec<Option<Head>> =
        written.files.iter().map(|file| speaks(file).then(|| Head::of(&file.text))).collect();
    let head = |source: SourceId| heads.get(source.0 as usize).and_then(Option::as_ref);
    let mut read = vec![false; written.files.len()];
    let templates: OnceCell<Templates<'_>> = OnceCell::new();
    for tree in written.trees.iter().filter(|tree| !tree.is_derived()) {
        let (Some(head), Some(file)) = (head(tree.source), written.files.get(tree.source.0 as usize)) else { continue };
        read[tree.source.0 as usize] = true;
        for span in &tree.comments {
            let Some((comment, directive)) = said(&file.text, *span) else { continue };
            if directive.is_of_file && head.end > span.start {
                continue;
            }
            let (reach, place, mistake) = if directive.is_of_file {
                let templates = templates.get_or_init(|| documents_of_templates(written));
                match documents_of_template(templates, tree, *span) {
                    Some(regions) => (Reach::Bytes(regions), root(tree), None),
                    None => (Reach::Bytes(Vec::new()), None, Some(not_at_the_head())),
                }
            } else {
                beside(tree, *span)
            };
            add(
                directive,
                &Comment { source: tree.source, span: comment, text: &file.text, place, reach, mistake },
                into,
            );
        }
    }
    for (index, head) in heads.iter().enumerate().filter(|(index, _)| read[*index]) {
        let source = SourceId(index as u32);
        let file = &written.files[index];
        for span in head.iter().flat_map(|head| &head.comments) {
            let Some((comment, directive)) = said(&file.text, *span).filter(|(_, directive)| directive.is_of_file)
            else {
                continue;
            };
            let whole = Region { source, span: Span { start: 0, end: u32::MAX }, is_line: false };
            let place = written.trees.iter().find(|tree| tree.source == source).and_then(root);
            let reach = Reach::Bytes(vec![whole]);
            add(directive, &Comment { source, span: comment, text: &file.text, place, reach, mistake: None }, into);
        }
    }
}

/// A comment that suppresses something.
struct Comment<'c> {
    source: SourceId,
    span: Span,
    text: &'c str,
    /// What it stands beside or above.
    place: Option<Place>,
    reach: Reach,
    /// What is wrong with where it stands.
    mistake: Option<Mistake>,
}

/// Adds each rule that a comment names.
fn add(directive: Directive, comment: &Comment<'_>, into: &mut Vec<Ignore>) {
    let form = if directive.is_of_file { SuppressionForm::FileComment } else { SuppressionForm::Comment };
    let whole = &comment.text[comment.span.start as usize..comment.span.end as usize];
    let mut one = |rule: &str, span: Span, mistake: Option<Mistake>| {
        let site = Site { source: comment.source, span: Some(span), place: comment.place };
        let ignore = Ignore::new(form, rule, directive.reason.as_deref(), site, comment.reach.clone());
        into.push(Ignore { mistake: mistake.or_else(|| comment.mistake.clone()), ..ignore });
    };
    if let Some(mistake) = directive.mistake {
        one("", comment.span, Some(Mistake::not_understood(malformed(mistake))));
    }
    for Range { start, end } in &directive.rules {
        let at = |byte: usize| comment.span.start + byte as u32;
        one(&whole[*start..*end], Span { start: at(*start), end: at(*end) }, None);
    }
}

/// The bytes of a comment without the end of its line, and what it says.
fn said(text: &str, span: Span) -> Option<(Span, Directive)> {
    let rest = text.get(span.start as usize..).filter(|rest| rest.starts_with('#'))?;
    let comment = rest[..rest.find(ENDS).unwrap_or(rest.len())].trim_end();
    let span = Span { start: span.start, end: span.start + comment.len() as u32 };
    directive::read(comment).map(|directive| (span, directive))
}

/// What a comment on a line or above a node covers.
fn beside(tree: &Tree, comment: Span) -> (Reach, Option<Place>, Option<Mistake>) {
    let text: &str = &tree.text;
    let start = comment.start as usize;
    let line = text[..start].rfind(ENDS).map_or(0, |end| end + 1);
    let before = text[line..start].trim_start_matches('\u{feff}').trim();
    let region = |span: Span, is_line: bool| Region { source: tree.source, span, is_line };
    let place = |node| Some(Place { document: tree.document, node });
    if !before.is_empty() && before != "---" {
        let end = text[start..].find(ENDS).map_or(text.len(), |length| start + length);
        let span = Span { start: line as u32, end: end as u32 };
        return (Reach::Bytes(vec![region(span, true)]), tree.first_within(span).and_then(place), None);
    }
    match tree.below(comment.end) {
        Some(below) => (Reach::Bytes(vec![region(below.span, false)]), place(below.node), None),
        None => {
            let message = say!("nothing stands below this comment that it could be about");
            let help = say!("put it on the line or above the key that it is about");
            (Reach::Bytes(Vec::new()), None, Some(Mistake::not_understood((message, help))))
        }
    }
}

fn root(tree: &Tree) -> Option<Place> {
    tree.root().map(|root| root.place())
}

/// The beginning of a file, before any content.
struct Head {
    comments: Vec<Span>,
    /// The byte at which it ends.
    end: u32,
}

impl Head {
    /// The lines that are empty, comments, directives of YAML, the mark of the first document, or actions of a template
    /// alone.
    fn of(text: &str) -> Self {
        let mut head = Self { comments: Vec::new(), end: 0 };
        let mut at = 0;
        let mut in_action = false;
        for line in text.split_inclusive(ENDS) {
            let content = line.trim_start_matches('\u{feff}').trim();
            let behind_mark = content.strip_prefix("---").map(str::trim_start);
            let comment = behind_mark.unwrap_or(content);
            let opens = content.starts_with("{{") || content.starts_with("{%");
            if in_action || opens {
                in_action = !(content.ends_with("}}") || content.ends_with("%}"));
            } else if comment.starts_with('#') {
                let start = at + line.find('#').unwrap_or_default();
                head.comments.push(Span { start: start as u32, end: (at + line.trim_end().len()) as u32 });
            } else if !comment.is_empty() && !content.starts_with('%') {
                break;
            }
            at += line.len();
            head.end = at as u32;
        }
        head
    }
}

/// The documents of each template, by the text that holds them.
type Templates<'t> = BTreeMap<(SourceId, &'t str), Vec<Region>>;

/// Of texts that Helm rendered the documents of each template.
fn documents_of_templates<'t>(written: &Written<'t>) -> Templates<'t> {
    let mut templates = Templates::new();
    for tree in written.trees.iter().filter(|tree| !tree.is_derived()) {
        if let Some(own) = template(tree) {
            let region = Region { source: tree.source, span: tree.span, is_line: false };
            templates.entry((tree.source, own)).or_default().push(region);
        }
    }
    templates
}

/// Those of the template at whose head a comment stands.
fn documents_of_template(templates: &Templates<'_>, tree: &Tree, comment: Span) -> Option<Vec<Region>> {
    let is_head = tree.root()?.span().start >= comment.end;
    let own = template(tree).filter(|_| is_head)?;
    templates.get(&(tree.source, own)).cloned()
}

/// The template that a document comes from, as Helm names it above it.
fn template(tree: &Tree) -> Option<&str> {
    let text = tree.text.get(tree.span.start as usize..tree.root()?.span().start as usize)?;
    text.lines().find_map(|line| line.strip_prefix(SOURCE)).map(str::trim)
}

fn not_at_the_head() -> Mistake {
    let message = say!("`ignore-file` stands at the head of a file, before any content");
    Mistake::not_understood((message, say!("move it there, or write `ignore` for what stands below it")))
}

fn malformed(mistake: Malformed) -> (Prose, Prose) {
    match mistake {
        Malformed::UnknownWord => {
            (say!("`ignore` or `ignore-file` is meant to stand here"), say!("write `ignore[KW203] reason`"))
        }
        Malformed::NoBrackets => {
            (say!("the rules to suppress stand in brackets"), say!("write `ignore[KW203] reason`"))
        }
        Malformed::NotClosed => (say!("the brackets are not closed"), say!("write `ignore[KW203] reason`")),
        Malformed::OtherAddress => (
            say!("a suppression is addressed to `kubeworthy:` in small letters, and begins with `ignore`"),
            say!("write `# kubeworthy: ignore[KW203] reason`"),
        ),
        Malformed::LastDay => (
            say!("a comment has no last day, and this one would count for ever"),
            say!("write it under `ignore` in `kubeworthy.yaml`, with `until`, or leave the day out"),
        ),
        Malformed::NothingNamed => (say!("the brackets name no rule"), say!("write `ignore[KW203] reason`")),
    }
}
