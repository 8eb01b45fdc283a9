//! A line of the input with what is pointed at underlined: miette draws it, over text that is safe to show.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use unicode_width::UnicodeWidthChar;

use super::Layout;
use super::lines::width;
use crate::text::sanitize::is_unsafe;

/// The theme that fits a layout, whatever the environment says.
#[must_use]
pub fn theme(colour: bool, unicode: bool) -> GraphicalTheme {
    GraphicalTheme {
        characters: if unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    }
}

/// One line of a file, with its real number and what is pointed at in it.
#[derive(Debug)]
pub struct OneLine {
    /// The name in the frame's head; none for a frame without one.
    pub name: Option<String>,
    /// The line as it is shown.
    pub text: String,
    /// Its number, from 1.
    pub number: usize,
    /// The column that the frame's head names, from 1.
    pub column: usize,
    /// The bytes of the line that are pointed at: start and length.
    pub pointed: (usize, usize),
}

impl SourceCode for OneLine {
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        _: usize,
        _: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from((0, self.text.len()));
        let (line, column) = (self.number.saturating_sub(1), self.column.saturating_sub(1));
        let text = self.text.as_bytes();
        Ok(Box::new(match &self.name {
            Some(name) => MietteSpanContents::new_named(name.clone(), text, whole, line, column, 1),
            None => MietteSpanContents::new(text, whole, line, column, 1),
        }))
    }
}

/// The line with its number, and the columns from `start` up to `end` (from 1, in characters) underlined, in two lines
/// that are no wider than the layout. Of a long line the part around the columns is shown.
pub(super) fn lines(text: &str, number: u32, (start, end): (u32, u32), layout: Layout) -> Vec<String> {
    // What stands before the text: two spaces, the number, a space, the bar, a space.
    let before = number.to_string().len() + 4;
    let mut room = layout.width.saturating_sub(before);
    // Who draws and who measures do not agree on the width of every character: what came out too wide is made narrower.
    while let Some(line) = around(text, number, (start as usize, end as usize), room) {
        let drawn = drawn(line, number, layout);
        let widest = drawn.iter().map(|line| width(&anstream::adapter::strip_str(line).to_string())).max();
        match widest.unwrap_or(0).saturating_sub(layout.width) {
            0 => return drawn,
            over => room = room.saturating_sub(over),
        }
    }
    Vec::new()
}

/// Both lines, as miette draws them.
fn drawn(line: OneLine, number: u32, layout: Layout) -> Vec<String> {
    let mut theme = theme(layout.colour, layout.unicode);
    // The colour of help: that of miette's first highlight is a verdict's.
    theme.styles.highlights = vec![theme.styles.help];
    let handler =
        GraphicalReportHandler::new_themed(theme).with_links(false).without_syntax_highlighting().with_context_lines(0);
    let label = LabeledSpan::new_with_span(None, line.pointed);
    let report = miette::Report::from(MietteDiagnostic::new("").with_label(label)).with_source_code(line);
    let mut drawn = String::new();
    // Writing to a string cannot fail.
    let _ = handler.render_report(&mut drawn, report.as_ref());
    // The message and the frame's head stand before the line, the frame's foot behind it.
    let number = number.to_string();
    let is_line = |line: &&str| anstream::adapter::strip_str(line).to_string().trim_start().starts_with(&number);
    let mut drawn = drawn.lines().skip_while(|line| !is_line(line));
    drawn.by_ref().take(2).map(|line| line.trim_end().to_owned()).collect()
}

/// What stands where a part of a line is left out.
const CUT: &str = "...";

/// The part of a line around some columns, as wide as there is room, with every unsafe character replaced by one `?`.
fn around(text: &str, number: u32, (start, end): (usize, usize), room: usize) -> Option<OneLine> {
    let safe = |character: char| match character {
        '\t' => ' ',
        unsafe_one if is_unsafe(unsafe_one) => '?',
        safe_one => safe_one,
    };
    let characters: Vec<char> = text.chars().map(safe).collect();
    let start = start.checked_sub(1)?;
    if start >= characters.len() || room < 8 {
        return None;
    }
    let end = if end > start + 1 { (end - 1).min(characters.len()) } else { characters.len() };
    let wide = |part: &[char]| part.iter().map(|character| character.width().unwrap_or(0)).sum::<usize>();
    let (mut from, mut until) = (0, characters.len());
    let (mut lead, mut tail) = ("", "");
    if wide(&characters) > room {
        // The first column that is shown: the beginning, or so far on that the pointed part and both signs fit.
        let within = room - 2 * CUT.len();
        while from < start && wide(&characters[from..end]) > within {
            from += 1;
        }
        lead = if from > 0 { CUT } else { "" };
        tail = CUT;
        while until > from && lead.len() + wide(&characters[from..until]) + tail.len() > room {
            until -= 1;
        }
    }
    let part = |range: std::ops::Range<usize>| characters[range].iter().collect::<String>();
    let pointed = part(start.min(until)..end.min(until));
    let pointed = match pointed.trim_end().len() {
        0 => pointed.chars().next().map_or(1, char::len_utf8),
        length => length,
    };
    Some(OneLine {
        name: None,
        pointed: (lead.len() + part(from..start.min(until)).len(), pointed),
        text: format!("{lead}{}{tail}", part(from..until)),
        number: number as usize,
        column: start + 1,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain() -> Layout {
        Layout { width: 40, ..Layout::default() }
    }

    #[test]
    fn the_columns_are_underlined() {
        assert_eq!(lines("  replicas: 3", 7, (3, 14), plain()), [" 7 │   replicas: 3", "   ·   ───────────"]);
        let ascii = Layout { unicode: false, ..plain() };
        assert_eq!(lines("  a: b", 12, (3, 4), ascii), [" 12 |   a: b", "    :   ^"]);
    }

    #[test]
    fn a_long_line_is_shown_around_its_columns() {
        let text = format!("{}here: 1{}", "x".repeat(200), "y".repeat(200));
        let drawn = lines(&text, 7, (201, 208), plain());
        assert!(drawn[0].contains("here: 1") && drawn[0].contains("..."), "{drawn:?}");
    }

    proptest! {
        #[test]
        fn it_is_never_wider_nor_unsafe(text in "\\PC{0,120}|[\\x00-\\x7f]{0,120}", start in 1u32..130, length in 0u32..60) {
            for line in lines(&text, 7, (start, start + length), plain()) {
                prop_assert!(width(&line) <= plain().width, "{line:?}");
                prop_assert!(!line.chars().any(is_unsafe));
            }
        }
    }
}
