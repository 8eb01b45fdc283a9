//! A page of Markdown that stays below a size: what does not fit is counted.

use crate::language::{Voice, say};
use crate::report::markup::inline;

/// The most bytes of a page: a comment holds 65,536 characters, and whoever posts it may add some of their own.
pub(crate) const MOST_BYTES: usize = 60_000;

/// What is kept free for the end of the page.
const END: usize = 2_500;

/// A page while it is written.
pub(crate) struct Page {
    out: String,
    voice: Voice,
    most: usize,
}

impl Page {
    /// An empty page of the usual size.
    pub(crate) fn new(voice: Voice) -> Self {
        Self { out: String::new(), voice, most: MOST_BYTES }
    }

    /// A part of a page, of at most so many bytes.
    pub(crate) fn part(voice: Voice, most: usize) -> Self {
        Self { out: String::new(), voice, most: most + END }
    }

    /// How many bytes may still come, its end apart.
    pub(crate) fn room(&self) -> usize {
        self.most.saturating_sub(END + self.out.len())
    }

    /// Finishes the page.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// A heading of a level, of Markdown.
    pub(crate) fn heading(&mut self, level: usize, markdown: &str) {
        self.out.push_str(&format!("{} {markdown}\n\n", "#".repeat(level)));
    }

    /// A paragraph of Markdown.
    pub(crate) fn paragraph(&mut self, markdown: &str) {
        self.out.push_str(markdown);
        self.out.push_str("\n\n");
    }

    /// A list with as many entries as may be shown and have room, and a count of the rest.
    pub(crate) fn list(&mut self, entries: &[String], most: usize) {
        let shown = self.fitting(entries.iter().map(|entry| entry.len() + 3), most);
        for entry in &entries[..shown] {
            self.out.push_str(&format!("- {entry}\n"));
        }
        self.out.push('\n');
        self.rest(entries.len() - shown);
    }

    /// A table with as many rows as may be shown and have room, and a count of the rest. A title that begins with `>` is of
    /// a column of numbers.
    pub(crate) fn table(&mut self, titles: &[&str], rows: &[Vec<String>], most: usize) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let named: Vec<String> = titles.iter().map(|title| inline(title.trim_start_matches('>'))).collect();
        let rule: Vec<String> =
            titles.iter().map(|title| if title.starts_with('>') { "--:" } else { "---" }.to_owned()).collect();
        let rows: Vec<String> = rows.iter().map(|cells| line(cells)).collect();
        let shown = self.fitting(rows.iter().map(String::len), most);
        self.out.push_str(&line(&named));
        self.out.push_str(&line(&rule));
        self.out.extend(rows[..shown].iter().map(String::as_str));
        self.out.push('\n');
        self.rest(rows.len() - shown);
    }

    /// A part that is folded: its title in HTML and its Markdown. Whether it had room.
    pub(crate) fn folded(&mut self, html: &str, markdown: &str) -> bool {
        let fits = self.room() > html.len() + markdown.len() + 60;
        if fits {
            self.out
                .push_str(&format!("<details>\n<summary>{html}</summary>\n\n{}\n\n</details>\n\n", markdown.trim()));
        }
        fits
    }

    /// How many of a list are not shown.
    pub(crate) fn rest(&mut self, count: usize) {
        if count > 0 {
            let text = self.voice.say(&say!("… and {} more", count));
            self.paragraph(&inline(&text));
        }
    }

    fn fitting(&self, lengths: impl Iterator<Item = usize>, most: usize) -> usize {
        let mut room = self.room();
        lengths
            .take(most)
            .take_while(|length| {
                let fits = *length <= room;
                room = room.saturating_sub(*length);
                fits
            })
            .count()
    }
}
