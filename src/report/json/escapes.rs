//! JSON in which nothing obeys whoever looks at it: characters that move a cursor, reorder text or hide it are written as
//! escapes, which means the same.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter};

use crate::text::sanitize::is_unsafe;

/// Writes a value as indented JSON with a line feed at the end.
pub(in crate::report) fn write(value: &impl Serialize, writer: &mut dyn Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *writer, Careful(PrettyFormatter::new()));
    value.serialize(&mut serializer)?;
    writer.write_all(b"\n")
}

/// The same as one text.
pub(in crate::report) fn text(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail, and JSON is UTF-8.
    let _ = write(value, &mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value on one line, without a line feed at its end.
pub(in crate::report) fn line(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, OnOneLine);
    // As above.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(bytes).unwrap_or_default()
}

fn write_careful<W: Write + ?Sized>(writer: &mut W, fragment: &str) -> io::Result<()> {
    let mut rest = fragment;
    while let Some((at, character)) = rest.char_indices().find(|(_, character)| is_unsafe(*character)) {
        writer.write_all(&rest.as_bytes()[..at])?;
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(writer, "\\u{unit:04x}")?;
        }
        rest = &rest[at + character.len_utf8()..];
    }
    writer.write_all(rest.as_bytes())
}

/// JSON with spaces where people put them.
struct OnOneLine;

impl Formatter for OnOneLine {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_careful(writer, fragment)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

struct Careful(PrettyFormatter<'static>);

impl Formatter for Careful {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        write_careful(writer, fragment)
    }

    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_text_is_an_escape() {
        let written = ["a\u{202e}b\u{e0041}\n\u{1b}\u{9b}\u{7f}é"];
        let text = text(&written);
        assert!(!text.trim_end().chars().any(|character| is_unsafe(character) && character != '\n'), "{text:?}");
        assert!(text.contains('é'), "what is harmless stays as it is");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).expect("JSON"), written);
    }

    #[test]
    fn it_is_laid_out_as_ever() {
        let value = serde_json::json!({"a": [], "b": [1, {"c": null}], "d": {}});
        assert_eq!(text(&value), format!("{}\n", serde_json::to_string_pretty(&value).expect("JSON")));
    }
}
