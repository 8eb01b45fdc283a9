//! The JSON report in YAML.

use std::fmt::Write as _;

use super::Layout;
use crate::assessment::Assessment;
use crate::text::sanitize::is_unsafe;

/// Renders the report of `-o json` in YAML: what one says, the other says, and nothing else.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    // Each text is then one line, which is what `careful` relies on.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    // Writing to memory cannot fail, and the structs have nothing that YAML lacks.
    let yaml = serde_saphyr::to_string_with_options(&super::json::written(assessment), options).unwrap_or_default();
    yaml.split_inclusive('\n').map(careful).collect()
}

/// A line in which what reorders or hides text is an escape. Keys are ours and have nothing of the kind; a text that has
/// it is put between double quotes, the only ones that know escapes.
fn careful(line: &str) -> String {
    let body = line.trim_end_matches('\n');
    if !body.chars().any(is_unsafe) {
        return line.to_owned();
    }
    let start = start_of_value(body);
    let (head, value) = body.split_at(start);
    let text = match value.as_bytes() {
        [b'"', .., b'"'] => value[1..value.len() - 1].to_owned(),
        [b'\'', .., b'\''] => quoted(&value[1..value.len() - 1].replace("''", "'")),
        _ => quoted(value),
    };
    let mut careful = format!("{head}\"");
    for character in text.chars() {
        if is_unsafe(character) {
            let _ = write!(careful, "\\U{:08X}", u32::from(character));
        } else {
            careful.push(character);
        }
    }
    careful.push('"');
    careful.push_str(&line[body.len()..]);
    careful
}

/// Where the value of a line begins: behind its indentation, the dashes of lists and the key.
fn start_of_value(line: &str) -> usize {
    let mut start = line.len() - line.trim_start_matches(' ').len();
    while line[start..].starts_with("- ") {
        start += 2;
    }
    let is_key = |character: char| character.is_ascii_lowercase() || matches!(character, '_' | '-');
    let key = line[start..].find(|character| !is_key(character)).unwrap_or(0);
    if key > 0 && line[start + key..].starts_with(": ") { start + key + 2 } else { start }
}

/// A text as it stands between double quotes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_text_is_an_escape() {
        for (written, careful_line) in [
            ("- file: a\u{202e}b\n", "- file: \"a\\U0000202Eb\"\n"),
            ("  name: 'it''s \"\u{200b}'\n", "  name: \"it's \\\"\\U0000200B\"\n"),
            ("- \"a\\nb\u{2066}\"\n", "- \"a\\nb\\U00002066\"\n"),
            ("name: plain\n", "name: plain\n"),
        ] {
            assert_eq!(careful(written), careful_line);
        }
    }
}
