//! What the screen is drawn with: lines, headings, paragraphs, and the characters for pictures.

use std::borrow::Cow;

use crate::assessment::Assessment;
use crate::language::Prose;
use crate::report::lines::{self, wrap};
use crate::report::marks::{self, Mark};
use crate::report::{Layout, Verbosity};
use crate::text::sanitize::for_terminal;

/// The narrowest screen that is laid out for.
const NARROWEST: usize = 32;

/// The characters that are drawn with.
#[derive(Debug)]
pub(super) struct Glyphs {
    pub(super) rule: &'static str,
    pub(super) span: &'static str,
    pub(super) band: &'static str,
    pub(super) point: &'static str,
    /// A rung that is proven, one that is written, one that is not reached.
    pub(super) rungs: [&'static str; 3],
    pub(super) met: &'static str,
    pub(super) bullet: &'static str,
    pub(super) arrow: &'static str,
    pub(super) turn: &'static str,
    pub(super) dash: &'static str,
    pub(super) ellipsis: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    rule: "─",
    span: "━",
    band: "┼",
    point: "●",
    rungs: ["■", "▣", "□"],
    met: "✓",
    bullet: "·",
    arrow: "→",
    turn: "↷",
    dash: "–",
    ellipsis: "…",
};

const ASCII: Glyphs = Glyphs {
    rule: "-",
    span: "=",
    band: "+",
    point: "O",
    rungs: ["#", "+", "."],
    met: "=",
    bullet: "*",
    arrow: ">",
    turn: "~",
    dash: "-",
    ellipsis: "...",
};

/// The screen while it is written.
pub(super) struct Screen<'a> {
    out: String,
    pub(super) layout: Layout,
    pub(super) assessment: &'a Assessment,
}

impl<'a> Screen<'a> {
    pub(super) fn new(assessment: &'a Assessment, layout: Layout) -> Self {
        Self { out: String::new(), layout: Layout { width: layout.width.max(NARROWEST), ..layout }, assessment }
    }

    /// What was written.
    pub(super) fn finished(self) -> String {
        self.out
    }

    pub(super) fn is_verbose(&self) -> bool {
        self.layout.verbosity == Verbosity::Verbose
    }

    /// So many of a list are shown.
    pub(super) fn most(&self, normally: usize) -> usize {
        if self.is_verbose() { usize::MAX } else { normally }
    }

    pub(super) fn glyphs(&self) -> &'static Glyphs {
        if self.layout.unicode { &UNICODE } else { &ASCII }
    }

    /// Text from the input, safe to show.
    pub(super) fn safe(&self, text: &str) -> String {
        self.in_charset(for_terminal(text)).into_owned()
    }

    /// A sentence. What comes from the input was made safe before it was marked; what was forgotten is made so here, before
    /// lines are measured.
    pub(super) fn say(&self, prose: &Prose) -> String {
        marks::safe(&self.layout.voice.say(prose)).into_owned()
    }

    fn in_charset<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        if self.layout.unicode || text.is_ascii() { text } else { Cow::Owned(marks::in_ascii(&text)) }
    }

    pub(super) fn line(&mut self, text: &str) {
        let text = self.in_charset(Cow::Owned(marks::trimmed(text)));
        let drawn = marks::drawn(&text, self.layout, &self.assessment.rules);
        self.out.push_str(&drawn);
        self.out.push('\n');
    }

    /// Lines that are drawn already.
    pub(super) fn drawn(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        for line in wrap(text, self.layout.width) {
            self.line(&Mark::Strong.around(&line));
        }
    }

    pub(super) fn hint(&mut self, text: &str) {
        self.paragraph("", 2, &Mark::Faint.around(text));
    }

    /// A paragraph with a first indent and a deeper one for the lines that follow.
    pub(super) fn paragraph(&mut self, first: &str, rest: usize, text: &str) {
        let text = self.in_charset(Cow::Borrowed(text));
        let room = self.layout.width.saturating_sub(rest);
        for (index, line) in wrap(&text, room).into_iter().enumerate() {
            let before = if index == 0 { lines::left(first, rest) } else { " ".repeat(rest) };
            self.line(&format!("{before}{line}"));
        }
    }

    /// A paragraph whose first line begins at the left and whose others are indented.
    pub(super) fn hanging(&mut self, rest: usize, text: &str) {
        let text = self.in_charset(Cow::Borrowed(text));
        for (index, line) in wrap(&text, self.layout.width.saturating_sub(rest)).into_iter().enumerate() {
            let before = if index == 0 { String::new() } else { " ".repeat(rest) };
            self.line(&format!("{before}{line}"));
        }
    }

    /// Text cut to a width.
    pub(super) fn cut(&self, text: &str, room: usize) -> String {
        lines::cut(text, room, self.glyphs().ellipsis)
    }

    /// Text cut to a width from its beginning.
    pub(super) fn end_of(&self, text: &str, room: usize) -> String {
        lines::end_of(text, room, self.glyphs().ellipsis)
    }
}
