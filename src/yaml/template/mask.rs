//! A template turned into YAML of the same length: what is certain stays where it stands, what is not is blanked or
//! stands as a placeholder.

use std::ops::Range;

use super::actions::{Action, Role, actions};

/// Opens a placeholder; a private character, so that no quoting changes it and no real text holds it.
pub(super) const OPENING: char = '\u{e000}';
/// Closes it.
pub(super) const CLOSING: char = '\u{e001}';
/// A whole placeholder of four bytes: this and one byte of filling.
pub(super) const SHORT: char = '\u{e002}';
/// A whole placeholder of five bytes: this and two bytes of filling.
pub(super) const SHORTER_BY_ONE: char = '\u{e003}';
const FILLING: u8 = b'_';

/// A template with what is not certain taken out.
#[derive(Debug)]
pub(super) struct Masked {
    /// As many bytes as the template, every certain one in its place.
    pub(super) text: String,
    /// Where something was taken out that may be written: blocks and values, in order.
    pub(super) uncertain: Vec<Range<usize>>,
    /// How many lines at the left edge hold nothing but an inclusion: whole documents that are written elsewhere.
    pub(super) included_documents: usize,
}

/// What stands between two certain pieces of text.
struct Region {
    span: Range<usize>,
    kind: RegionKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RegionKind {
    Value,
    Block,
    Nothing,
}

/// Masks a template; none where its blocks do not close, so that nothing can be said about any part of it.
pub(super) fn mask(text: &str) -> Option<Masked> {
    let regions = regions(&actions(text)?)?;
    let mut masked = Masked { text: String::new(), uncertain: Vec::new(), included_documents: 0 };
    let mut bytes = text.as_bytes().to_vec();
    let mut undecided = Vec::new();
    for line in lines_of(text, &regions) {
        mask_line(text, line, &mut bytes, &mut undecided, &mut masked);
    }
    // A value behind a key may stand for a scalar, or for a block that goes on below: what follows decides, and that is
    // only visible once everything else is masked.
    for span in undecided {
        let goes_on = goes_on_below(&bytes, &span);
        let fill = if goes_on { blank } else { put_placeholder };
        fill(&mut bytes, span);
    }
    masked.text = String::from_utf8(bytes).ok()?;
    Some(masked)
}

/// The outermost blocks, and what stands outside of blocks.
fn regions(actions: &[Action]) -> Option<Vec<Region>> {
    let mut regions = Vec::new();
    let mut open: Vec<&Action> = Vec::new();
    for action in actions {
        match action.role {
            Role::Open | Role::Define => open.push(action),
            Role::Close => {
                let first = open.pop()?;
                if open.is_empty() {
                    let kind = if first.role == Role::Define { RegionKind::Nothing } else { RegionKind::Block };
                    regions.push(Region { span: first.span.start..action.span.end, kind });
                }
            }
            Role::Else if open.is_empty() => return None,
            _ if !open.is_empty() => {}
            role => {
                let kind = if role == Role::Value { RegionKind::Value } else { RegionKind::Nothing };
                regions.push(Region { span: action.span.clone(), kind });
            }
        }
    }
    open.is_empty().then_some(regions)
}

/// Regions that share a line, in order.
fn lines_of<'r>(text: &str, regions: &'r [Region]) -> Vec<&'r [Region]> {
    let mut lines = Vec::new();
    let mut first = 0;
    for at in 1..=regions.len() {
        let goes_on =
            regions.get(at).is_some_and(|next| !text[regions[at - 1].span.end..next.span.start].contains('\n'));
        if !goes_on && first < at {
            lines.push(&regions[first..at]);
            first = at;
        }
    }
    lines
}

fn mask_line(text: &str, regions: &[Region], bytes: &mut [u8], undecided: &mut Vec<Range<usize>>, masked: &mut Masked) {
    let (Some(first), Some(last)) = (regions.first(), regions.last()) else { return };
    let start = text[..first.span.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last.span.end..].find('\n').map_or(text.len(), |at| last.span.end + at);
    let lead = &text[start..first.span.start];
    let trail = &text[last.span.end..end];
    let nothing_behind = trail.trim().is_empty() || (trail.starts_with([' ', '\t']) && trail.trim().starts_with('#'));
    let nothing_between = regions.windows(2).all(|pair| text[pair[0].span.end..pair[1].span.start].trim().is_empty());
    let alone = lead.trim().is_empty() && nothing_between && nothing_behind;
    let value_follows = lead.trim_end().ends_with(':') || lead.trim_end().ends_with('-');
    for region in regions {
        let span = region.span.clone();
        let source = &text[span.clone()];
        let has_lines = source.contains('\n');
        if region.kind != RegionKind::Nothing {
            note_uncertain(text, region, masked);
        }
        let is_one_value = regions.len() == 1 && value_follows && nothing_behind;
        if alone {
            let includes = source.contains("include") || source.contains("template");
            masked.included_documents += usize::from(lead.is_empty() && region.kind == RegionKind::Value && includes);
            blank(bytes, span);
        } else if region.kind == RegionKind::Nothing || (region.kind == RegionKind::Block && has_lines) {
            mask_in_line(bytes, lead, source, span, nothing_behind, region.kind);
        } else if is_one_value && region.kind == RegionKind::Value && writes_a_block(source) {
            blank(bytes, span);
        } else if is_one_value {
            undecided.push(span);
        } else {
            put_placeholder(bytes, span);
        }
    }
}

/// A block over several lines, or what writes nothing, with certain text on its first or its last line.
fn mask_in_line(
    bytes: &mut [u8],
    lead: &str,
    source: &str,
    span: Range<usize>,
    nothing_behind: bool,
    kind: RegionKind,
) {
    let in_a_scalar = !lead.trim().is_empty() && !lead.trim_end().ends_with([':', '-', ',', '[', '{']);
    if kind == RegionKind::Block && in_a_scalar {
        let line = span.start + source.find('\n').unwrap_or(source.len());
        blank(bytes, line..span.end);
        if line >= span.start + 4 {
            return put_placeholder(bytes, span.start..line);
        }
    }
    blank(bytes, span.clone());
    // What follows on the last line begins where the block began; a line of its own gives it that column.
    let room = lead.len() + 1;
    if lead.trim().is_empty() && !nothing_behind && room <= span.len() {
        bytes[span.end - room] = b'\n';
        bytes[span.end - lead.len()..span.end].copy_from_slice(lead.as_bytes());
    }
}

/// Notes which documents a region leaves open. One that begins and ends with a whole document leaves its neighbours
/// as they are.
fn note_uncertain(text: &str, region: &Region, masked: &mut Masked) {
    let source = &text[region.span.clone()];
    let mut markers = source.match_indices("\n---").map(|(at, _)| at);
    let Some(first) = markers.next() else { return masked.uncertain.push(region.span.clone()) };
    let last = markers.last().unwrap_or(first) + 4;
    let is_written = |part: &str| {
        let lines = part.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.filter(|line| !line.starts_with("{{") && !line.starts_with("{%")).count() > 0
    };
    if is_written(&source[..first]) {
        masked.uncertain.push(region.span.start..region.span.start + 1);
    }
    if is_written(&source[last..]) {
        masked.uncertain.push(region.span.end - 1..region.span.end);
    }
}

/// Whether a value is a mapping or a list by the functions that write it.
fn writes_a_block(action: &str) -> bool {
    ["nindent", "toYaml", "to_nice_yaml"].iter().any(|function| action.contains(function))
}

/// Whether the next line with something on it is deeper than the line of a span: what stands there goes on below.
fn goes_on_below(bytes: &[u8], span: &Range<usize>) -> bool {
    let start = bytes[..span.start].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let own = bytes[start..span.start].iter().take_while(|byte| matches!(byte, b' ' | b'-')).count();
    let indent = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    bytes[span.end..]
        .split(|byte| *byte == b'\n')
        .skip(1)
        .map(|line| (indent(line), line))
        .find(|(indent, line)| !matches!(line.get(*indent), None | Some(b'\r' | b'#')))
        .is_some_and(|(indent, line)| indent > own && !line.starts_with(b"---"))
}

/// Blanks bytes; line ends stay.
fn blank(bytes: &mut [u8], span: Range<usize>) {
    for byte in &mut bytes[span] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// Puts a placeholder of the same length, on one line. No action is shorter than its four delimiters.
fn put_placeholder(bytes: &mut [u8], span: Range<usize>) {
    let target = &mut bytes[span];
    let length = target.len();
    target.fill(FILLING);
    let (first, last) = match length {
        0..4 => return,
        4 => (SHORT, None),
        5 => (SHORTER_BY_ONE, None),
        _ => (OPENING, Some(CLOSING)),
    };
    first.encode_utf8(target);
    if let Some(last) = last {
        last.encode_utf8(&mut target[length - last.len_utf8()..]);
    }
}

/// The bytes of every placeholder in a masked text or a scalar of it, in order.
pub(super) fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let last_closing = text.rfind(CLOSING).unwrap_or(0);
    for (at, mark) in text.char_indices() {
        let end = match mark {
            SHORT => at + 4,
            SHORTER_BY_ONE => at + 5,
            OPENING if at < last_closing => match text[at..].find(CLOSING) {
                Some(length) => at + length + CLOSING.len_utf8(),
                None => continue,
            },
            _ => continue,
        };
        // A template that holds such a character itself proves nothing; it is left as it is.
        if text.is_char_boundary(end.min(text.len())) && end <= text.len() && found.last().is_none_or(|f| f.end <= at) {
            found.push(at..end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A masked text with placeholders shown as `?`.
    fn shown(text: &str) -> String {
        let masked = mask(text).expect("closed blocks");
        assert_eq!(masked.text.len(), text.len());
        let mut shown = masked.text.clone();
        for range in placeholders(&masked.text).into_iter().rev() {
            shown.replace_range(range, "?");
        }
        let lines: Vec<&str> = shown.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        lines.join("\n")
    }

    #[test]
    fn what_is_certain_stays_and_the_rest_is_blank_or_a_placeholder() {
        assert_eq!(shown("{{/* a */}}\nkind: Pod\n{{- define \"x\" }}\na: 1\n{{ end }}\n"), "kind: Pod");
        assert_eq!(shown("a: 1\n{{- if .x }}\nb: 2\n{{- else }}\nb: 3\n{{- end }}\nc: 4\n"), "a: 1\nc: 4");
        assert_eq!(shown("labels:\n  {{- include \"l\" . | nindent 2 }}\n  app: web\n"), "labels:\n  app: web");
        assert_eq!(shown("labels: {{- include \"l\" . | nindent 2 }}\n  app: web\n"), "labels:\n  app: web");
        assert_eq!(shown("labels: {{ .l }}\n  app: web\n"), "labels:\n  app: web");
        assert_eq!(shown("replicas: {{ .r }}\nimage: \"{{ .a }}:{{ .b }}\"\n"), "replicas: ?\nimage: \"?:?\"");
        assert_eq!(shown("name: {{ .n }}-web\n{{ .k }}: v\n- {{.}}\n"), "name: ?-web\n?: v\n- ?");
        assert_eq!(shown("image: {{if .r}}{{.r}}/{{end}}{{ .i }}:1\n"), "image: ??:1");
        assert_eq!(shown("  {{ if .a }}x{{ end }}kind: Pod\n"), "  ?kind: Pod");
        assert_eq!(shown("  {{- $x := 1 -}}kind: Pod\n"), "  kind: Pod");
        assert_eq!(shown("args:\n{{- range .a }}\n- {{ . }}\n{{- end }}\nb: 1 # {{ .c }}\n"), "args:\nb: 1 # ?");
        assert_eq!(shown("name: a{{ if .b }}\n-b\n{{ end }}\nc: 1\n"), "name: a?\nc: 1");
        assert_eq!(shown("{% if a %}\nb: 1\n{% endif %}\nc: {{ d }}\n"), "c: ?");
    }

    #[test]
    fn blocks_that_do_not_close_say_nothing() {
        assert!(mask("{{ if .a }}\nb: 1\n").is_none());
        assert!(mask("a: 1\n{{ end }}\n").is_none());
        assert!(mask("{{ else }}").is_none());
    }

    #[test]
    fn a_block_of_whole_documents_leaves_its_neighbours_certain() {
        let certain = mask("kind: A\n{{- if .b }}\n---\nkind: B\n{{- end }}\n").expect("closed");
        assert_eq!(certain.uncertain.len(), 1, "{:?}", certain.uncertain);
        let open = mask("kind: A\n{{- if .b }}\nb: 1\n{{- end }}\n").expect("closed");
        assert_eq!(open.uncertain.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_length_and_its_lines(
            text in "(\\{\\{(- )?(if|end|else|with|\\.x|include \"a\"|\\$a := 1)? ?\\}\\}|[a-z:\\- \n\"#ü]){0,40}"
        ) {
            if let Some(masked) = mask(&text) {
                prop_assert_eq!(masked.text.len(), text.len());
            }
        }
    }
}
