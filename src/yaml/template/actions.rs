//! The actions of a template: where each begins and ends, and what it does to the text around it.

use std::ops::Range;

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// It writes something.
    Value,
    /// It opens a block that is written only under a condition, or several times.
    Open,
    /// It opens a definition, which is written only where something includes it.
    Define,
    /// It opens the other branch of a block.
    Else,
    /// It closes a block or a definition.
    Close,
    /// It writes nothing: comments, assignments.
    Nothing,
}

/// One action with its delimiters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Action {
    /// The bytes from `{{` to `}}`, both included.
    pub(super) span: Range<usize>,
    pub(super) role: Role,
}

/// Every action of a text in order, Go's and Jinja's; none where one is never closed.
pub(super) fn actions(text: &str) -> Option<Vec<Action>> {
    // Without statements there is no Jinja, and `{#` is the beginning of a YAML mapping with a comment.
    let is_jinja = text.contains("{%");
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(brace) = text[at..].find('{') {
        let start = at + brace;
        let (length, role) = match text.as_bytes().get(start + 1) {
            Some(b'{') => expression(&text[start..])?,
            Some(b'%') => statement(&text[start..])?,
            Some(b'#') if is_jinja => (text[start..].find("#}")? + 2, Role::Nothing),
            _ => {
                at = start + 1;
                continue;
            }
        };
        found.push(Action { span: start..start + length, role });
        at = start + length;
    }
    Some(found)
}

/// The length and the role of the `{{ … }}` at the start of a text.
fn expression(text: &str) -> Option<(usize, Role)> {
    let inner = text[2..].strip_prefix('-').unwrap_or(&text[2..]).trim_start();
    if inner.starts_with("/*") {
        let open = text.len() - inner.len();
        let close = open + inner.find("*/")? + 2;
        return Some((close + text[close..].find("}}")? + 2, Role::Nothing));
    }
    let end = 2 + end_of(&text[2..], "}}")?;
    let role = match first_word(inner) {
        "if" | "with" | "range" | "block" => Role::Open,
        "define" => Role::Define,
        "else" => Role::Else,
        "end" => Role::Close,
        "break" | "continue" => Role::Nothing,
        _ if is_assignment(&text[text.len() - inner.len()..end]) => Role::Nothing,
        _ => Role::Value,
    };
    Some((end + 2, role))
}

/// The length and the role of the `{% … %}` at the start of a text.
fn statement(text: &str) -> Option<(usize, Role)> {
    let inner = text[2..].trim_start_matches(['-', '+']).trim_start();
    let end = 2 + end_of(&text[2..], "%}")?;
    let role = match first_word(inner) {
        "if" | "for" | "block" | "call" | "filter" | "with" | "raw" | "autoescape" => Role::Open,
        "macro" => Role::Define,
        "else" | "elif" => Role::Else,
        "set" if !text[..end].contains('=') => Role::Define,
        word if word.starts_with("end") => Role::Close,
        "include" => Role::Value,
        _ => Role::Nothing,
    };
    Some((end + 2, role))
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// `$name := …`, `$name = …`, `$key, $value := …`.
fn is_assignment(text: &str) -> bool {
    let names = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | ',' | ' ' | '\t');
    if !text.starts_with('$') {
        return false;
    }
    let rest = text.trim_start_matches(names);
    rest.starts_with(":=") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// Where the closing delimiter stands, outside of quoted text. A quotation mark without a partner on its line is an
/// ordinary character; raw text between backquotes may hold lines.
fn end_of(text: &str, delimiter: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => at = end_of_quote(bytes, at, quote).unwrap_or(at + 1),
            _ if bytes[at..].starts_with(delimiter.as_bytes()) => return Some(at),
            _ => at += 1,
        }
    }
    None
}

/// The byte behind the closing quotation mark.
fn end_of_quote(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != b'`' => at += 2,
            b'\n' if quote != b'`' => return None,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// What an action writes, in words that hold no value: the name of the template that it includes, or the path of the
/// value that it takes first. Literals are never among them. Empty where it names neither.
pub(super) fn label(action: &str) -> String {
    const LONGEST: usize = 60;
    let inner = action.trim_matches(['{', '}', '%', '-', '+']);
    let mut included: Option<&str> = None;
    let mut path: Option<&str> = None;
    let bytes = inner.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        // Bytes inside of a longer character are no delimiter, so what stands before them is not asked for.
        let before = inner.get(..at).unwrap_or_default();
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                let end = end_of_quote(bytes, at, quote).unwrap_or(at + 1);
                let is_name = before.trim_end().ends_with("include") || before.trim_end().ends_with("template");
                if is_name && included.is_none() {
                    included = inner.get(at + 1..end.saturating_sub(1));
                }
                at = end;
            }
            b'.' | b'$' if before.is_empty() || before.ends_with([' ', '(', '\t', '\n', '|']) => {
                let end = inner[at..].find(|c: char| !is_path(c)).map_or(inner.len(), |length| at + length);
                // A lone dot is the whole context and names nothing.
                if path.is_none() && end - at > 1 {
                    path = Some(&inner[at..end]);
                }
                at = end.max(at + 1);
            }
            _ => at += 1,
        }
    }
    // Jinja names its values without a dot in front.
    let word = || inner.trim().split(|c: char| !is_path(c)).next().filter(|_| included.is_none() && path.is_none());
    let word = || word().filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    let name = included.or(path).or_else(word).unwrap_or_default();
    name.chars().filter(|c| is_path(*c)).take(LONGEST).collect()
}

fn is_path(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '$' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(text: &str) -> Vec<Role> {
        actions(text).expect("closed actions").into_iter().map(|action| action.role).collect()
    }

    #[test]
    fn every_kind_of_action_is_told_apart() {
        use Role::{Close, Define, Else, Nothing, Open, Value};
        let go = "{{- if .a }}{{ else if .b }}{{ end -}}{{/* }} */}}{{ $x := \"}}\" }}{{ $x }}{{define \"y\"}}{{end}}";
        assert_eq!(roles(go), [Open, Else, Close, Nothing, Nothing, Value, Define, Close]);
        assert_eq!(roles("{% if a %}{{ b }}{% elif c %}{% endif %}{# d #}"), [Open, Value, Else, Close, Nothing]);
        assert_eq!(roles("{{ ternary '}' \"a\\\"}}\" `\n}}` }}{{ eq $x 1 }}"), [Value, Value]);
        assert_eq!(actions("a: {{ .never"), None);
        assert_eq!(roles("{a: {b: 1}} {{if_it}} it's {{ don't }}"), [Value, Value]);
    }

    #[test]
    fn labels_name_paths_and_templates_and_never_values() {
        assert_eq!(label("{{- include \"web.fullname\" . | trunc 63 -}}"), "web.fullname");
        assert_eq!(label("{{ printf \"%s-hunter2\" (include \"web.name\" $) }}"), "web.name");
        assert_eq!(label("{{ .Values.db.password | default \"hunter2\" }}"), ".Values.db.password");
        assert_eq!(label("{{ default \"hunter2\" .Values.password }}"), ".Values.password");
        assert_eq!(label("{{ \"hunter2\" }}"), "");
        assert_eq!(label("{{ registry }}"), "registry");
        assert_eq!(label("{{ . }}"), "");
        assert_eq!(label("{{ 5432 }}"), "");
        assert_eq!(label("{{ ‹ü› .a }}"), ".a");
    }
}
