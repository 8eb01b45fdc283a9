//! Byte offsets to lines and columns.

/// A line and a column, both counted from 1. The column counts Unicode characters, as editors and SARIF's
/// `unicodeCodePoints` do, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Where each line of a text begins, and how many characters stand before some bytes: files of one line are common, and
/// counting from its start each time would take the square of its length.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// The number of characters before every `STEP`th byte.
    characters: Vec<u32>,
    /// The byte order marks, which take no column.
    marks: Vec<u32>,
}

const STEP: usize = 1024;

impl LineIndex {
    /// Reads the line starts of a text. A line ends with `\n`; a `\r` before it belongs to the line's end.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
        let mut characters = Vec::with_capacity(text.len() / STEP + 1);
        let mut before = 0;
        for step in text.as_bytes().chunks(STEP) {
            characters.push(before);
            before += count_characters(step);
        }
        let marks = text.match_indices('\u{feff}').map(|(at, _)| at as u32).collect();
        Self { starts, characters, marks }
    }

    /// The position of a byte offset in the text that this index was made from. An offset past the end gives the end.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let mut offset = (offset as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start as usize <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let characters = self.characters_before(text, offset) - self.characters_before(text, start);
        let marks_before = |at: usize| self.marks.partition_point(|mark| (*mark as usize) < at);
        let marks = (marks_before(offset) - marks_before(start)) as u32;
        Position { line: line as u32, column: characters - marks + 1 }
    }

    fn characters_before(&self, text: &str, offset: usize) -> u32 {
        let step = offset / STEP;
        // At the very end of the text there may be no step of its own.
        let step = step.min(self.characters.len().saturating_sub(1));
        let before = self.characters.get(step).copied().unwrap_or(0);
        before + count_characters(&text.as_bytes()[step * STEP..offset])
    }

    /// The byte range of a line counted from 1, without its line ending.
    #[must_use]
    pub fn line_range(&self, text: &str, line: u32) -> std::ops::Range<usize> {
        let at = (line.max(1) as usize - 1).min(self.starts.len().saturating_sub(1));
        let start = self.starts.get(at).copied().unwrap_or(0) as usize;
        let end = self.starts.get(at + 1).map_or(text.len(), |next| *next as usize);
        let content = text[start..end].trim_end_matches(['\n', '\r']);
        start..start + content.len()
    }

    /// The number of lines, at least 1.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }
}

/// The bytes that begin a character.
fn count_characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn positions_are_what_counting_gives(text in "[a\u{e9}\u{1f600}\u{feff}\n]{0,3000}", at in 0u32..9000) {
            let index = LineIndex::new(&text);
            let mut offset = (at as usize).min(text.len());
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            let head = &text[..offset];
            let line = head.matches('\n').count() as u32 + 1;
            let last = head.rsplit('\n').next().unwrap_or_default();
            let column = last.chars().filter(|character| *character != '\u{feff}').count() as u32 + 1;
            prop_assert_eq!(index.position(&text, at), Position { line, column });
        }
    }

    #[test]
    fn columns_count_characters_and_lines_survive_carriage_returns() {
        let text = "clé: ü\r\nnext: 1\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 6), Position { line: 1, column: 6 });
        assert_eq!(index.position(text, 10), Position { line: 2, column: 1 }, "the byte after the line feed");
        assert_eq!(&text[index.line_range(text, 1)], "clé: ü");
        assert_eq!(index.position(text, 4000).line, 3);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let text = "\u{feff}kind: Pod";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 3), Position { line: 1, column: 1 });
    }
}
