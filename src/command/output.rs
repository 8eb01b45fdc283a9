//! Where bytes go: standard output for the report and nothing else, standard error for everything beside it.

use std::borrow::Cow;
use std::fs::File;
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::Exit;
use super::arguments::{Charset, Colour, Shape};
use super::plugin::Called;
use super::today::today;
use crate::day::Day;
use crate::language::Voice;
use crate::report::{Format, Layout, Verbosity};
use crate::text::command::as_called;
use crate::text::sanitize::for_terminal;

/// The widest screen that is used by itself: longer lines read badly.
const WIDEST: usize = 100;
/// The narrowest that is laid out for.
const NARROWEST: usize = 40;

/// What is known about where output goes. Nothing but this asks the environment about terminals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal<'n> {
    colour_out: bool,
    colour_error: bool,
    links: bool,
    unicode_out: bool,
    unicode_error: bool,
    /// Whether pictures are not wanted, since a screen reader reads aloud what is drawn.
    is_narrated: bool,
    width: usize,
    called: Called,
    /// The day that records are dated.
    today: Day,
    /// Where messages are kept, in place of standard error.
    notes: Option<&'n Mutex<Vec<String>>>,
}

impl<'n> Terminal<'n> {
    pub(super) fn new(colour: Colour, called: Called) -> Self {
        let (out, error) = (std::io::stdout(), std::io::stderr());
        let columns = if out.is_terminal() { columns() } else { None };
        Self {
            colour_out: colours(colour, out.is_terminal(), &anstream::AutoStream::choice(&out)),
            colour_error: colours(colour, error.is_terminal(), &anstream::AutoStream::choice(&error)),
            links: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout) && !is_dumb(),
            unicode_out: supports_unicode::on(supports_unicode::Stream::Stdout),
            unicode_error: supports_unicode::on(supports_unicode::Stream::Stderr),
            is_narrated: is_set("NO_GRAPHICS"),
            width: columns.map_or(WIDEST, |columns| columns.clamp(NARROWEST, WIDEST)),
            called,
            today: today(),
            notes: None,
        }
    }

    /// With another day for records, such as that on which everything was judged.
    pub(super) fn on(self, day: Option<Day>) -> Self {
        Self { today: day.unwrap_or(self.today), ..self }
    }

    /// Where messages are kept for an answer, one line each, and nothing is written.
    #[cfg(feature = "mcp")]
    pub(super) fn keeping(self, notes: &'n Mutex<Vec<String>>) -> Self {
        Self { notes: Some(notes), ..self }
    }

    /// Whether messages are kept for an answer.
    pub(super) fn keeps_notes(&self) -> bool {
        self.notes.is_some()
    }

    /// With what the user says of the shape of text, for messages too.
    pub(super) fn shaped(self, shape: &Shape) -> Self {
        let unicode = match shape.charset {
            Charset::Auto => None,
            Charset::Unicode => Some(true),
            Charset::Ascii => Some(false),
        };
        let links = match shape.hyperlinks {
            Colour::Auto => None,
            Colour::Always => Some(true),
            Colour::Never => Some(false),
        };
        Self {
            links: links.unwrap_or(self.links),
            unicode_out: unicode.unwrap_or(self.unicode_out),
            unicode_error: unicode.unwrap_or(self.unicode_error),
            ..self
        }
    }

    /// How the program was called.
    pub(super) fn called(&self) -> Called {
        self.called
    }

    /// A text of ours whose hints name the program as its user calls it.
    pub(super) fn in_words<'t>(&self, text: &'t str) -> Cow<'t, str> {
        as_called(text, self.called.program())
    }

    /// The layout of the screen.
    pub(super) fn layout(&self, shape: &Shape) -> Layout {
        let verbosity = match (shape.quiet, shape.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        let shaped = self.shaped(shape);
        Layout {
            width: shape.width.map_or(self.width, usize::from),
            colour: shaped.colour_out,
            unicode: shaped.unicode_out,
            links: shaped.links,
            verbosity,
            voice: Voice::of(shape.lang),
            today: Some(self.today),
            program: self.called.program(),
        }
    }

    /// The layout of a file, which has neither colours nor links, and Unicode unless the user says otherwise.
    pub(super) fn layout_of_file(&self, shape: &Shape) -> Layout {
        let unicode = shape.charset != Charset::Ascii;
        Layout { colour: false, links: false, unicode, ..self.layout(shape) }
    }

    /// The format that is written where one is asked for: sentences in place of a screen, for those who want no pictures.
    pub(super) fn format(&self, format: Format) -> Format {
        if self.is_narrated && format == Format::Full { Format::Narrated } else { format }
    }

    /// Whether messages are sentences without pictures.
    pub(super) fn is_narrated(&self) -> bool {
        self.is_narrated
    }

    /// Whether messages on standard error may be coloured.
    pub(super) fn colours_errors(&self) -> bool {
        self.colour_error
    }

    /// Whether messages on standard error may be drawn with characters beyond ASCII.
    pub(super) fn draws_errors_in_unicode(&self) -> bool {
        self.unicode_error
    }

    /// The width of messages on standard error.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Writes a whole report to standard output. A reader that has gone away is no error.
    pub(super) fn print(&self, text: &str) -> Exit {
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Exit::Done,
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
            Err(error) => {
                self.note(&format!("error: standard output could not be written: {error}"));
                Exit::Error
            }
        }
    }

    /// Writes a whole text to a file, or leaves the file as it was: the text is written beside it and takes its place in
    /// one step. A link stays, and what it leads to is written. What is no file, such as a pipe, is written to.
    pub(super) fn save_whole(&self, path: &Path, text: &str) -> Exit {
        self.save_by(path, &mut |writer| writer.write_all(text.as_bytes()))
    }

    /// The same for what writes itself piece by piece.
    pub(super) fn save_by(&self, path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>) -> Exit {
        match replace(path, write) {
            Ok(()) => Exit::Done,
            Err(error) => {
                self.note(&format!(
                    "error: {} could not be written: {error}",
                    for_terminal(&path.display().to_string())
                ));
                Exit::Error
            }
        }
    }

    /// Writes files into a folder that is made where it is not there yet. What is there by their names is replaced: by all
    /// of them, or where one cannot be written, by none, and what was there is put back.
    pub(super) fn save_together(&self, folder: &Path, files: &[(String, &str)]) -> Exit {
        let mut undone = Replaced::default();
        let mut write = || -> std::io::Result<()> {
            std::fs::create_dir_all(folder)?;
            if let Some((name, _)) = files.iter().find(|(name, _)| folder.join(name).is_dir()) {
                return Err(std::io::Error::other(format!("{name} is a folder there")));
            }
            let mut parts = Vec::new();
            for (name, text) in files {
                let (part, mut file) = part_of(&folder.join(name))?;
                undone.parts.push(part.clone());
                file.write_all(text.as_bytes())?;
                parts.push((part, folder.join(name)));
            }
            parts.into_iter().try_for_each(|(part, path)| undone.put(&part, path))
        };
        let Err(error) = write() else {
            undone.forget();
            return Exit::Done;
        };
        undone.put_back();
        let folder = for_terminal(&folder.display().to_string()).into_owned();
        self.note(&format!(
            "error: the pages could not be written to {folder}: {error}; choose a folder that you may write to"
        ));
        Exit::Error
    }

    /// Writes a text to a file that is not there yet, in a folder that is made where it is not there yet. While it looks for a
    /// name, no other run of this program does so in the same folder.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be made.
    pub(super) fn save_numbered(
        &self,
        folder: &Path,
        name: &dyn Fn(&[String]) -> String,
        text: &str,
    ) -> std::io::Result<std::path::PathBuf> {
        const TRIES: usize = 100;
        std::fs::create_dir_all(folder)?;
        // Where folders cannot be locked, a file is still never written over.
        let lock = std::fs::File::open(folder).ok().filter(|folder| folder.lock().is_ok());
        for _ in 0..TRIES {
            let names = std::fs::read_dir(folder)?.filter_map(Result::ok);
            let mut names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            let path = folder.join(name(&names));
            match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(text.as_bytes()).and_then(|()| file.flush());
                    if written.is_err() {
                        // Half a record is none; it was this run that made it.
                        let _ = std::fs::remove_file(&path);
                    }
                    drop(lock);
                    return written.map(|()| path);
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(std::io::Error::other("every name that was tried is taken"))
    }

    /// Shows how far a long task has come, on one line of standard error, where that is a terminal.
    #[cfg(feature = "cluster")]
    pub(super) fn progress(&self, text: &str) {
        if std::io::stderr().is_terminal() {
            let shown: String = for_terminal(text).chars().take(self.width.saturating_sub(1)).collect();
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K{shown}");
        }
    }

    /// Removes what `progress` showed.
    #[cfg(feature = "cluster")]
    pub(super) fn end_progress(&self) {
        if std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }

    /// Whether standard output is a terminal.
    pub(super) fn is_screen(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Clears the screen, where standard output is one. What was scrolled away before stays where the user can look it up.
    pub(super) fn clear(&self) {
        if self.is_screen() && !is_dumb() {
            let mut out = std::io::stdout().lock();
            let _ = out.write_all(b"\x1b[H\x1b[2J").and_then(|()| out.flush());
        }
    }

    /// Writes a line to standard error. Where nobody can read it, nothing is lost that matters.
    pub(super) fn note(&self, text: &str) {
        if let Some(notes) = self.notes {
            if let Ok(mut notes) = notes.lock() {
                notes.push(self.in_words(text.trim_end()).into_owned());
            }
            return;
        }
        let _ = writeln!(std::io::stderr().lock(), "{}", self.in_words(text.trim_end()));
    }

    /// Gives a program a second name: by a link, or by a copy where links need rights of their own. What is there already
    /// is never overwritten.
    #[cfg(unix)]
    pub(super) fn link(&self, target: &Path, link: &Path) -> std::io::Result<()> {
        std::os::unix::fs::symlink(target, link)
    }

    /// Gives a program a second name: by a link, or by a copy where links need rights of their own. What is there already
    /// is never overwritten.
    #[cfg(not(unix))]
    pub(super) fn link(&self, target: &Path, link: &Path) -> std::io::Result<()> {
        let target = link.parent().unwrap_or(Path::new("")).join(target);
        let mut copy = std::fs::OpenOptions::new().write(true).create_new(true).open(link)?;
        std::io::copy(&mut std::fs::File::open(target)?, &mut copy).map(|_| ())
    }
}

/// Writes a file whole or not at all.
fn replace(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut into = |file: File| {
        let mut writer = std::io::BufWriter::new(file);
        write(&mut writer).and_then(|()| writer.flush())
    };
    let there = std::fs::metadata(path).ok();
    if there.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return into(File::create(path)?);
    }
    let path = behind_links(path);
    let (part, file) = part_of(&path)?;
    let mode = there.map_or(Ok(()), |metadata| file.set_permissions(metadata.permissions()));
    let written = mode.and_then(|()| into(file)).and_then(|()| std::fs::rename(&part, &path));
    if written.is_err() {
        // Where nothing was written there is nothing to remove.
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// The path that a link leads to, whether something is there or not.
fn behind_links(path: &Path) -> PathBuf {
    /// As many as Linux follows.
    const LINKS: usize = 40;
    let mut path = path.to_path_buf();
    for _ in 0..LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

/// A new file beside another one, into which is written what will take its place. Nothing that is there already, such as a
/// link that somebody laid out, is written to.
fn part_of(path: &Path) -> std::io::Result<(PathBuf, File)> {
    const TRIES: u32 = 100;
    let mut taken = None;
    for number in 0..TRIES {
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.{number}.part", std::process::id()));
        let part = path.with_file_name(name);
        match File::options().write(true).create_new(true).open(&part) {
            Ok(file) => return Ok((part, file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| std::io::Error::other("no name is free")))
}

/// Files that were put in the place of others, with those that were there.
#[derive(Debug, Default)]
struct Replaced {
    /// What was written and is in no place yet.
    parts: Vec<PathBuf>,
    /// The places, each with where its old file is kept, if there was one.
    done: Vec<(PathBuf, Option<PathBuf>)>,
}

impl Replaced {
    fn put(&mut self, part: &Path, path: PathBuf) -> std::io::Result<()> {
        let old = if path.symlink_metadata().is_ok() {
            let (kept, _) = part_of(&path)?;
            self.parts.push(kept.clone());
            std::fs::rename(&path, &kept)?;
            Some(kept)
        } else {
            None
        };
        let put = std::fs::rename(part, &path);
        if put.is_ok() || old.is_some() {
            self.done.push((path, old));
        }
        put
    }

    /// Everything is written: what was there before goes.
    fn forget(&self) {
        for (_, old) in &self.done {
            let _ = old.as_ref().map(std::fs::remove_file);
        }
    }

    /// Something could not be written: what was there before comes back. What fails now cannot be mended here.
    fn put_back(&self) {
        for (path, old) in self.done.iter().rev() {
            let _ = match old {
                Some(old) => std::fs::rename(old, path),
                None => std::fs::remove_file(path),
            };
        }
        for part in &self.parts {
            let _ = std::fs::remove_file(part);
        }
    }
}

/// The terminal's columns: as the shell exports them, or else as the terminal says.
fn columns() -> Option<usize> {
    let exported = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    exported.or_else(|| terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0)))
}

/// Whether to colour: what the user says, then NO_COLOR, then CLICOLOR_FORCE and FORCE_COLOR, then the terminal, TERM and
/// CLICOLOR.
fn colours(colour: Colour, is_terminal: bool, automatic: &anstream::ColorChoice) -> bool {
    let is_forced = |name: &str| is_set(name) && std::env::var_os(name).is_some_and(|value| value != "0");
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if is_set("NO_COLOR") => false,
        Colour::Auto if is_forced("CLICOLOR_FORCE") || is_forced("FORCE_COLOR") => true,
        Colour::Auto => is_terminal && *automatic != anstream::ColorChoice::Never,
    }
}

/// Whether a variable of the environment is there and not empty.
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Whether the terminal says that it knows nothing but text.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn text(path: &Path) -> String {
        fs::read_to_string(path).expect("text")
    }

    #[test]
    fn links_stay_and_no_foreign_link_is_written_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).expect("a folder");
        fs::write(at("deep/real"), "old").expect("written");
        fs::write(at("victim"), "mine").expect("written");
        symlink("deep/real", at("link")).expect("a link");
        symlink("deep/new", at("dangling")).expect("a link");
        // What somebody who knows the name laid out before.
        symlink(at("victim"), at(&format!("deep/.real.{}.0.part", std::process::id()))).expect("a link");
        for (name, behind) in [("link", "deep/real"), ("dangling", "deep/new")] {
            replace(&at(name), &mut |writer| writer.write_all(b"new")).expect("written");
            assert_eq!(text(&at(behind)), "new");
            assert!(at(name).symlink_metadata().expect("a link").is_symlink(), "{name}");
        }
        assert_eq!(text(&at("victim")), "mine");
        let failed = replace(&at("link"), &mut |writer| {
            writer.write_all(b"half")?;
            Err(std::io::Error::other("full"))
        });
        assert!(failed.is_err());
        assert_eq!(text(&at("deep/real")), "new");
        assert_eq!(fs::read_dir(at("deep")).expect("a folder").count(), 3, "no part is left");
    }

    #[test]
    fn what_was_there_comes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["a", "part-a", "part-b"] {
            fs::write(at(name), name).expect("written");
        }
        let mut replaced = Replaced::default();
        replaced.put(&at("part-a"), at("a")).expect("put");
        replaced.put(&at("part-b"), at("b")).expect("put");
        assert_eq!((text(&at("a")), text(&at("b"))), ("part-a".to_owned(), "part-b".to_owned()));
        assert!(replaced.put(&at("nothing"), at("c")).is_err());
        replaced.put_back();
        assert_eq!(text(&at("a")), "a");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "all is as it was");
    }
}
