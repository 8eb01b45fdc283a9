//! Messages about files, with the line they are about: miette draws them, over text that is safe to show.

use miette::{GraphicalReportHandler, LabeledSpan, MietteDiagnostic, NarratableReportHandler, Severity};

use super::output::Terminal;
use crate::data::DataError;
use crate::report::snippet::{OneLine, theme};
use crate::source::ReadFailure;
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
        let (text, help) = (terminal.in_words(self.text), terminal.in_words(self.help));
        // Named before it is broken into lines.
        let named = Message { text: &text, help: &help, ..*self };
        terminal.note(&named.render(terminal));
    }

    fn render(&self, terminal: &Terminal) -> String {
        let file = for_terminal(self.file);
        let text = for_terminal(self.text);
        let place = match self.position {
            Some(at) => format!("{file}:{}:{}", at.line, at.column),
            None => file.into_owned(),
        };
        if terminal.keeps_notes() {
            let severity = match self.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "note",
            };
            let help = if self.help.is_empty() { String::new() } else { format!("; {}", for_terminal(self.help)) };
            return format!("{severity}: {place}: {text}{help}");
        }
        let mut diagnostic = MietteDiagnostic::new(format!("{place}: {text}")).with_severity(self.severity);
        if !self.help.is_empty() {
            diagnostic = diagnostic.with_help(for_terminal(self.help).into_owned());
        }
        let mut out = String::new();
        let report = match (self.line, self.position) {
            (Some(line), Some(at)) => {
                let source = one_line(self.file, line, at);
                let label = LabeledSpan::new_with_span(None, source.pointed);
                miette::Report::from(diagnostic.with_label(label)).with_source_code(source)
            }
            _ => miette::Report::from(diagnostic),
        };
        // Writing to a string cannot fail.
        let _ = if terminal.is_narrated() {
            NarratableReportHandler::new().with_context_lines(0).render_report(&mut out, report.as_ref())
        } else {
            GraphicalReportHandler::new_themed(theme(terminal.colours_errors(), terminal.draws_errors_in_unicode()))
                .with_width(terminal.width())
                .with_links(false)
                .with_context_lines(0)
                .render_report(&mut out, report.as_ref())
        };
        out.trim_matches('\n').to_owned()
    }
}

/// The one line that a message is about, safe to show and with its real number.
fn one_line(file: &str, line: Line<'_>, at: Position) -> OneLine {
    let (written, shown) = match line {
        Line::Own(line) => (line, keeping_offsets(line)),
        Line::KeysOnly(line) => (line, keeping_offsets(&keys_only(line))),
    };
    // What is shown has the bytes of what is written, so that columns are counted in the latter.
    let start =
        written.char_indices().nth((at.column as usize).saturating_sub(1)).map_or(written.len(), |(byte, _)| byte);
    let rest = shown.get(start..).unwrap_or_default();
    let length = rest.find([':', ' ', ',', '}', ']']).unwrap_or(rest.len()).max(1);
    OneLine {
        name: Some(for_terminal(file).into_owned()),
        text: shown,
        number: at.line as usize,
        column: at.column as usize,
        pointed: (start, length),
    }
}

/// What could not be read.
pub(super) fn show_failure(failure: &ReadFailure, severity: Severity, terminal: &Terminal) {
    Message {
        severity,
        text: &failure.message,
        help: &failure.help,
        file: &failure.file,
        position: failure.position,
        line: None,
    }
    .show(terminal);
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
