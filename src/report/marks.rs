//! What stands out on a screen: parts of a text are marked first, while lines are laid out, and coloured or linked last,
//! so that no escape sequence is ever measured or broken.
//!
//! A mark is a control character. Text from the input cannot hold one, since it is made safe before.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anstyle::{AnsiColor, Effects, Style};

use super::Layout;
use crate::assessment::{RuleText, Verdict};
use crate::grade::Grade;
use crate::text::sanitize::is_unsafe;

/// How a part of a text stands out. Marks do not nest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A heading or a name that a part begins with.
    Strong,
    /// Where something stands, and remarks.
    Faint,
    /// The code of a rule.
    Code,
    /// A claim that is proven or corroborated.
    Sure,
    /// A claim that is weaker.
    Unsure,
    /// Needless, in words or in the picture.
    Needless,
    /// Debatable.
    Debatable,
    /// Justified, or made of Kubernetes.
    Justified,
    /// Inconclusive.
    Inconclusive,
}

const ALL: [(char, Mark); 9] = [
    ('\u{1}', Mark::Strong),
    ('\u{2}', Mark::Faint),
    ('\u{3}', Mark::Code),
    ('\u{4}', Mark::Sure),
    ('\u{5}', Mark::Unsure),
    ('\u{6}', Mark::Needless),
    ('\u{e}', Mark::Debatable),
    ('\u{f}', Mark::Justified),
    ('\u{10}', Mark::Inconclusive),
];
const END: char = '\u{11}';

impl Mark {
    /// The text with this mark on it.
    pub(super) fn around(self, text: &str) -> String {
        let begin = ALL.iter().find(|(_, mark)| *mark == self).map_or(END, |(begin, _)| *begin);
        format!("{begin}{text}{END}")
    }

    /// The mark of a verdict.
    pub(super) fn of_verdict(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Needless => Self::Needless,
            Verdict::Debatable => Self::Debatable,
            Verdict::Justified | Verdict::KubernetesNative => Self::Justified,
            Verdict::Inconclusive => Self::Inconclusive,
        }
    }

    /// The mark of a grade.
    pub(super) fn of_grade(grade: Grade) -> Self {
        if grade >= Grade::Corroborated { Self::Sure } else { Self::Unsure }
    }

    /// Need is no quality: blue, yellow, magenta, and never red or green. The rest is calm.
    fn style(self) -> Style {
        let coloured = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Strong | Self::Sure => Style::new().bold(),
            Self::Faint | Self::Unsure => Style::new().effects(Effects::DIMMED),
            Self::Code => coloured(AnsiColor::Cyan),
            Self::Needless => coloured(AnsiColor::Blue).bold(),
            Self::Debatable => coloured(AnsiColor::Yellow).bold(),
            Self::Justified => coloured(AnsiColor::Magenta).bold(),
            Self::Inconclusive => Style::new().bold(),
        }
    }
}

/// Whether a character is a mark, which takes no width.
pub(super) fn is_mark(character: char) -> bool {
    character == END || ALL.iter().any(|(begin, _)| *begin == character)
}

/// The text with everything unsafe in it replaced but marks, whoever wrote it: nothing that is drawn passes by here.
pub(super) fn safe(text: &str) -> Cow<'_, str> {
    let is_bad = |character: char| is_unsafe(character) && !is_mark(character);
    if text.chars().any(is_bad) {
        Cow::Owned(text.chars().map(|character| if is_bad(character) { '\u{fffd}' } else { character }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without blanks at its end, marked or not.
pub(super) fn trimmed(text: &str) -> String {
    let kept = text.trim_end_matches(|character| character == ' ' || is_mark(character));
    kept.chars().chain(text[kept.len()..].chars().filter(|character| is_mark(*character))).collect()
}

/// Ends what is marked with each line, and begins it again on the next.
pub(super) fn carry_over(lines: &mut [String]) {
    let mut open = None;
    for line in lines {
        if let Some(begin) = open {
            line.insert(0, begin);
        }
        open = line.chars().rev().find(|character| is_mark(*character)).filter(|last| *last != END);
        if open.is_some() {
            line.push(END);
        }
    }
}

/// The text with its marks as escape sequences, where the layout wants colours and links, or without them.
pub(super) fn drawn(text: &str, layout: Layout, rules: &BTreeMap<String, RuleText>) -> String {
    let safe = safe(text);
    let mut drawn = String::with_capacity(safe.len());
    let mut rest = safe.as_ref();
    while let Some(at) = rest.find(is_mark) {
        drawn.push_str(&rest[..at]);
        let begin = rest[at..].chars().next().unwrap_or(END);
        rest = &rest[at + begin.len_utf8()..];
        let Some((_, mark)) = ALL.iter().find(|(each, _)| *each == begin) else { continue };
        let end = rest.find(END).unwrap_or(rest.len());
        let marked = &rest[..end];
        rest = rest[end..].strip_prefix(END).unwrap_or_default();
        let address = if layout.links && *mark == Mark::Code { address(marked, rules) } else { None };
        if let Some(address) = address {
            drawn.push_str(&format!("\u{1b}]8;;{address}\u{1b}\\"));
        }
        if layout.colour && !marked.is_empty() {
            let style = mark.style();
            drawn.push_str(&format!("{style}{marked}{style:#}"));
        } else {
            drawn.push_str(marked);
        }
        if address.is_some() {
            drawn.push_str("\u{1b}]8;;\u{1b}\\");
        }
    }
    drawn.push_str(rest);
    drawn
}

/// Where a rule is explained: on its page, or else by its first source. Nothing in it can end the link early.
fn address<'r>(code: &str, rules: &'r BTreeMap<String, RuleText>) -> Option<&'r str> {
    let rule = rules.get(code)?;
    let sources = rule.sources.iter().filter_map(|(_, address)| address.as_deref());
    rule.page.as_deref().into_iter().chain(sources).find(|address| {
        let is_web = address.starts_with("https://") || address.starts_with("http://");
        is_web && address.bytes().all(|byte| byte.is_ascii_graphic())
    })
}

/// The text with our own signs in ASCII: what stands for a character that is not shown, for what is left out
/// or filled in later, and French typography. Letters of names and words stay.
pub(super) fn in_ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{fffd}' => plain.push('?'),
            '…' => plain.push_str("..."),
            '–' | '—' => plain.push('-'),
            '’' => plain.push('\''),
            '«' | '»' => plain.push('"'),
            '‹' => plain.push('<'),
            '›' => plain.push('>'),
            '\u{a0}' | '\u{202f}' => plain.push(' '),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sanitize::for_terminal;

    fn rules() -> BTreeMap<String, RuleText> {
        let rule = |address: &str| RuleText {
            name: String::new(),
            family: String::new(),
            finds: true,
            title: String::new(),
            why: String::new(),
            remedy: String::new(),
            sources: vec![("a book".to_owned(), None), ("a page".to_owned(), Some(address.to_owned()))],
            page: None,
        };
        [
            ("KW1".to_owned(), rule("https://example.org/one")),
            ("KW2".to_owned(), rule("https://example.org/\u{1b}\\two")),
        ]
        .into()
    }

    #[test]
    fn marks_become_colours_and_links_or_nothing() {
        let text = format!("by {} and {}", Mark::Code.around("KW1"), Mark::Code.around("KW2"));
        let plain = drawn(&text, Layout::default(), &rules());
        assert_eq!(plain, "by KW1 and KW2");
        let linked = drawn(&text, Layout { links: true, ..Layout::default() }, &rules());
        assert_eq!(linked, "by \u{1b}]8;;https://example.org/one\u{1b}\\KW1\u{1b}]8;;\u{1b}\\ and KW2");
        let coloured = drawn(&text, Layout { colour: true, ..Layout::default() }, &rules());
        assert!(coloured.contains("\u{1b}[36mKW1\u{1b}[0m"), "{coloured:?}");
    }

    #[test]
    fn no_blank_is_left_at_the_end() {
        let text = format!("a {}  ", Mark::Strong.around("b  "));
        assert_eq!(trimmed(&text), format!("a {}", Mark::Strong.around("b")));
    }

    #[test]
    fn nothing_unsafe_is_drawn_whoever_forgot_it() {
        let text = format!("a\u{1b}]0;x\u{7}\u{202e}\nb {}", Mark::Code.around("KW1\u{1b}[2J"));
        let plain = drawn(&text, Layout::default(), &rules());
        assert_eq!(plain, "a\u{fffd}]0;x\u{fffd}\u{fffd}\u{fffd}b KW1\u{fffd}[2J");
    }

    #[test]
    fn what_the_input_says_is_never_a_mark() {
        for (begin, _) in ALL {
            assert!(!for_terminal(&begin.to_string()).chars().any(is_mark));
        }
        assert!(!for_terminal(&END.to_string()).contains(END));
    }
}
