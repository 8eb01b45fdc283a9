//! Messages about files, with the line they are about: miette draws them, over text that is safe to show.

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Severity};

use super::output::Terminal;
use crate::data::DataError;
use crate::text::Position;
use crate::text::sanitize::{for_terminal, keeping_offsets, keys_only};

/// A message about one place in a file.
pub(super) struct Message<'m> {
    pub(super) severity: Severity,
    pub(super) text: &'m str,
    pub(super) help: &'m str,
    pub(super) file: &'m str,
    pub(super) position: Option<Position>,
    /// The line itself, where it may be shown.
    pub(super) line: Option<Line<'m>>,
}

/// A source line under a message.
#[derive(Clone, Copy)]
pub(super) enum Line<'m> {
    /// One of our own data files: shown as it is.
    Own(&'m str),
    /// A line of a file that could not be parsed: keys only, since values may be secrets.
    KeysOnly(&'m str),
}

impl Message<'_> {
    /// Writes the message to standard error.
    pub(super) fn show(&self, terminal: &Terminal) {
        terminal.note(&self.render(terminal.colours_errors(), terminal.width()));
    }

    fn render(&self, colour: bool, width: usize) -> String {
        let file = for_terminal(self.file);
        let text = for_terminal(self.text);
        let place = match self.position {
            Some(at) => format!("{file}:{}:{}", at.line, at.column),
            None => file.into_owned(),
        };
        let mut diagnostic = MietteDiagnostic::new(format!("{place}: {text}")).with_severity(self.severity);
        if !self.help.is_empty() {
            diagnostic = diagnostic.with_help(for_terminal(self.help).into_owned());
        }
        let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false);
        let mut out = String::new();
        let report = match (self.line, self.position) {
            (Some(line), Some(at)) => {
                let shown = match line {
                    Line::Own(line) => keeping_offsets(line),
                    Line::KeysOnly(line) => keeping_offsets(&keys_only(line)),
                };
                // The line stands alone under the message, preceded by as many empty lines as the file has before it,
                // so that its number is right.
                let before = at.line as usize - 1;
                let mut source = "\n".repeat(before);
                let column = shown.char_indices().nth(at.column as usize - 1).map_or(shown.len(), |(byte, _)| byte);
                let offset = source.len() + column;
                source.push_str(&shown);
                let length = shown[column..].find([':', ' ', ',', '}', ']']).unwrap_or(shown.len() - column).max(1);
                let label = LabeledSpan::at_offset(offset, "");
                let label = LabeledSpan::new_with_span(label.label().map(str::to_owned).filter(|l| !l.is_empty()), (offset, length));
                diagnostic = diagnostic.with_label(label);
                miette::Report::from(diagnostic).with_source_code(NamedSource::new(for_terminal(self.file), source))
            }
            _ => miette::Report::from(diagnostic),
        };
        // Writing to a string cannot fail.
        let _ = handler.with_context_lines(0).render_report(&mut out, report.as_ref());
        out.trim_matches('\n').to_owned()
    }
}

/// An error in a data file.
pub(super) fn show_data_error(error: &DataError, terminal: &Terminal) {
    Message {
        severity: Severity::Error,
        text: &error.message,
        help: &error.help,
        file: &error.file,
        position: error.position,
        line: error.line.as_deref().map(Line::Own),
    }
    .show(terminal);
}
