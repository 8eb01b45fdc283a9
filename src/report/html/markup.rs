//! The one place where text becomes HTML. Names of elements and attributes are ours; whatever else comes in is text, is
//! escaped, and loses what could reorder or hide it.

use crate::text::sanitize::is_unsafe;

/// No text is longer, in characters: what names things does not need more, and a page of a hundred systems stays small.
const LONGEST: usize = 1000;

/// Names and values of attributes; a value is escaped like any text.
pub(crate) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A piece of HTML in which every element is closed and every text escaped.
#[derive(Debug, Default)]
pub(crate) struct Markup {
    html: String,
}

impl Markup {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Text of any origin.
    pub(crate) fn text(&mut self, text: &str) {
        for (index, character) in text.chars().enumerate() {
            if index == LONGEST {
                self.html.push('…');
                return;
            }
            self.character(character);
        }
    }

    /// Text in which what stands between backticks is code.
    pub(crate) fn prose(&mut self, text: &str) {
        let mut parts = text.split('`').peekable();
        let mut is_code = false;
        while let Some(part) = parts.next() {
            // The last backtick without a partner is a character like others.
            if is_code && parts.peek().is_none() {
                self.text("`");
                self.text(part);
            } else if is_code {
                self.leaf("code", &[], part);
            } else {
                self.text(part);
            }
            is_code = !is_code;
        }
    }

    /// HTML that stands in the program itself.
    pub(crate) fn fixed(&mut self, html: &'static str) {
        self.html.push_str(html);
    }

    /// Another piece.
    pub(crate) fn add(&mut self, other: &Self) {
        self.html.push_str(&other.html);
    }

    /// An element with what is in it.
    pub(crate) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, fill: impl FnOnce(&mut Self)) {
        self.void(name, attributes);
        fill(self);
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }

    /// An element that holds text alone.
    pub(crate) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.element(name, attributes, |inside| inside.text(text));
    }

    /// A link, where the address is one that may be followed; otherwise its text alone.
    pub(crate) fn link(&mut self, address: &str, text: &str) {
        if may_be_followed(address) {
            self.leaf("a", &[("href", address)], text);
        } else {
            self.text(text);
        }
    }

    /// An element that holds nothing and is not closed, such as `meta`; also the beginning of one that does.
    pub(crate) fn void(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, value) in attributes {
            if *attribute == "href" && !may_be_followed(value) {
                continue;
            }
            self.html.push(' ');
            self.html.push_str(attribute);
            if !value.is_empty() {
                self.html.push_str("=\"");
                // What is drawn may be long.
                value.chars().for_each(|character| self.character(character));
                self.html.push('"');
            }
        }
        self.html.push('>');
    }

    /// The whole as a string.
    pub(crate) fn finish(self) -> String {
        self.html
    }

    fn character(&mut self, character: char) {
        match character {
            '&' => self.html.push_str("&amp;"),
            '<' => self.html.push_str("&lt;"),
            '>' => self.html.push_str("&gt;"),
            '"' => self.html.push_str("&quot;"),
            '\'' => self.html.push_str("&#39;"),
            '\n' | '\r' | '\t' => self.html.push(' '),
            unsafe_character if is_unsafe(unsafe_character) => self.html.push('\u{fffd}'),
            other => self.html.push(other),
        }
    }
}

/// Whether a link may lead there: to a place in the page, or to a page of the web.
fn may_be_followed(address: &str) -> bool {
    ["#", "https://", "http://"].iter().any(|start| address.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        let mut page = Markup::new();
        page.element("p", &[("title", "\"><script>"), ("href", "javascript:alert(1)"), ("open", "")], |inside| {
            inside.text("<b>&'\u{202e}\u{1b}[31m\nnext");
        });
        page.link("javascript:alert(1)", "text");
        let expected =
            "<p title=\"&quot;&gt;&lt;script&gt;\" open>&lt;b&gt;&amp;&#39;\u{fffd}\u{fffd}[31m next</p>text";
        assert_eq!(page.finish(), expected);
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let mut page = Markup::new();
        page.prose("leave `<replicas>` out, or ` not");
        assert_eq!(page.finish(), "leave <code>&lt;replicas&gt;</code> out, or ` not");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        let mut page = Markup::new();
        page.text(&"x".repeat(10_000));
        assert_eq!(page.finish().chars().count(), LONGEST + 1);
    }
}
