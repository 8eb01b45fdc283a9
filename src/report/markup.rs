//! Text from somebody's files in Markdown: the one place where it is escaped.
//!
//! Markdown is shown by pages, wikis and comments that make more of a text than its author wrote: a name could become a
//! heading, a cell, a link, a picture, a mention of a person, or a reference to an issue. Here it stays what it is.
//! Punctuation gets a backslash. What is looked for in the finished page (mentions, references and bare addresses) gets a
//! space of no width in between, written as `&#8203;` so that it can be seen in the source.

use crate::assessment::Location;
use crate::language::{Argument, Prose, Voice};
use crate::text::sanitize::is_unsafe;

/// The most characters of one name; longer ones lose their middle.
pub(crate) const NAME: usize = 160;
/// The most characters of one sentence, whatever is in it.
const SENTENCE: usize = 2_000;
/// A space of no width.
const APART: &str = "&#8203;";

/// What the text becomes a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Markdown,
    Html,
}

/// A text on one line of Markdown, in a paragraph, a heading, an entry of a list or a cell of a table.
pub(crate) fn inline(text: &str) -> String {
    escape(text, Inside::Markdown)
}

/// A name on one line of Markdown, cut to a bearable length.
pub(crate) fn name(text: &str) -> String {
    inline(&cut(text, NAME))
}

/// A text inside of an element of HTML, such as `<summary>`, where Markdown means nothing.
pub(crate) fn in_html(text: &str) -> String {
    escape(text, Inside::Html)
}

/// A sentence with its names cut to a bearable length.
pub(crate) fn sentence(voice: Voice, prose: &Prose) -> String {
    inline(&voice.say(&shortened(prose)))
}

/// A name in a span of code, which is also fit for a cell of a table.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text, NAME);
    if text.is_empty() {
        return "–".to_owned();
    }
    // Readers differ in how a bar is escaped inside of code inside of a table.
    if text.contains('|') {
        return inline(&text);
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Where something stands: the file and line, or the object of a live cluster.
pub(crate) fn place(location: &Location) -> String {
    if location.is_live {
        return at(&location.file, None, location.object.as_deref());
    }
    at(&location.file, Some(location.line), None)
}

/// Where something stands, by the name of the file, the line and the object, so far as there are any.
pub(crate) fn at(file: &str, line: Option<u32>, object: Option<&str>) -> String {
    match (line, object) {
        (Some(line), _) => code(&format!("{}:{line}", cut(file, NAME - 12))),
        (None, Some(object)) => format!("{} {}", inline(&cut(file, NAME)), code(object)),
        (None, None) => code(file),
    }
}

/// The text without its middle, where it is longer than so many characters: the beginning of a name and the end of a path
/// tell more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let head = most * 2 / 3;
    let tail = most - head - 1;
    let beginning: String = text.chars().take(head).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{beginning}…{end}")
}

/// One line without what could hide or reorder it.
fn plain(text: &str, most: usize) -> String {
    let safe: String = cut(text, most)
        .chars()
        .map(|character| match character {
            '\n' | '\r' | '\t' => ' ',
            character if is_unsafe(character) => '\u{fffd}',
            character => character,
        })
        .collect();
    safe.trim().to_owned()
}

/// The sentence with its names cut.
pub(crate) fn shortened(prose: &Prose) -> Prose {
    let arguments = prose.arguments().iter().map(|argument| match argument {
        Argument::Name(name) => Argument::Name(cut(name, NAME)),
        Argument::Number(value, decimals) => Argument::Number(*value, *decimals),
        Argument::Prose(inner) => Argument::Prose(shortened(inner)),
    });
    Prose::new(prose.pattern().to_owned(), arguments.collect())
}

fn escape(text: &str, inside: Inside) -> String {
    let text = plain(text, SENTENCE);
    let mut escaped = String::with_capacity(text.len() + 16);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    for (at, character) in text.char_indices() {
        let behind = &text[at + character.len_utf8()..];
        let next = behind.chars().next();
        let stands_alone = next.is_none_or(char::is_whitespace);
        let begins_block = inside == Inside::Markdown
            && match character {
                '#' => at == 0,
                '+' | '-' | '=' => at == 0 && (stands_alone || next == Some(character)),
                ':' => at == 0 && next == Some('-'),
                '.' | ')' => at == digits && digits > 0 && stands_alone,
                _ => false,
            };
        match character {
            '|' => escaped.push_str("&#124;"),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if inside == Inside::Html => escaped.push_str("&quot;"),
            '\'' if inside == Inside::Html => escaped.push_str("&#39;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' if inside == Inside::Markdown => {
                escaped.push('\\');
                escaped.push(character);
            }
            character if begins_block => {
                escaped.push('\\');
                escaped.push(character);
            }
            character => escaped.push(character),
        }
        let is_looked_for = match character {
            '@' => true,
            '#' | '!' => next.is_some_and(char::is_alphanumeric),
            ':' => behind.starts_with("//"),
            '-' => ends_with(&text[..at], "gh") && next.is_some_and(|c| c.is_ascii_digit()),
            'w' | 'W' => next == Some('.') && ends_with(&text[..=at], "www"),
            _ => false,
        };
        if is_looked_for {
            escaped.push_str(APART);
        }
    }
    escaped
}

fn ends_with(text: &str, word: &str) -> bool {
    let start = text.len().checked_sub(word.len()).and_then(|start| text.get(start..));
    start.is_some_and(|end| end.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::say;

    #[test]
    fn names_stay_names() {
        assert_eq!(inline("my_app [x](y) *b* <i> a|b"), "my\\_app \\[x\\](y) \\*b\\* &lt;i&gt; a&#124;b");
        assert_eq!(inline("# head"), "\\# head");
        assert_eq!(inline("1. one"), "1\\. one");
        assert_eq!(inline("- a\n- b"), "\\- a - b");
        assert_eq!(inline("@team and #12, GH-3"), "@&#8203;team and #&#8203;12, GH-&#8203;3");
        assert_eq!(inline("https://x www.y.z"), "https:&#8203;//x www&#8203;.y.z");
        assert_eq!(inline("a\u{202e}b\u{1b}[0m"), "a\u{fffd}b\u{fffd}\\[0m");
        assert_eq!(in_html("<b> \"x\" *y*"), "&lt;b&gt; &quot;x&quot; *y*");
    }

    #[test]
    fn code_holds_what_it_quotes() {
        assert_eq!(code("web"), "`web`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(code(" "), "–");
        assert_eq!(code("a|b"), "a&#124;b");
    }

    #[test]
    fn long_names_lose_their_middle_and_sentences_stay() {
        let name = "x".repeat(10_000);
        let said = sentence(Voice::default(), &say!("{} keeps {} copies", name, 3_usize));
        assert!(said.len() < 300 && said.ends_with("x keeps 3 copies"), "{said}");
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefgh", 6), "abcd…h");
    }
}
