//! Where bytes go: standard output for the report and nothing else, standard error for everything beside it.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write};
use std::path::Path;

use super::Exit;
use super::arguments::{Colour, Shape};
use super::plugin::Called;
use super::today::today;
use crate::language::Voice;
use crate::report::{Layout, Verbosity};
use crate::text::command::as_called;
use crate::text::sanitize::for_terminal;

/// The widest screen that is used by itself: longer lines read badly.
const WIDEST: usize = 100;

/// What is known about where output goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    colour_out: bool,
    colour_error: bool,
    width: usize,
    called: Called,
}

impl Terminal {
    pub(super) fn new(colour: Colour, called: Called) -> Self {
        let choose = |automatic: anstream::ColorChoice| match colour {
            Colour::Auto => automatic != anstream::ColorChoice::Never,
            Colour::Always => true,
            Colour::Never => false,
        };
        let columns = if std::io::stdout().is_terminal() { columns() } else { None };
        Self {
            colour_out: choose(anstream::AutoStream::choice(&std::io::stdout())),
            colour_error: choose(anstream::AutoStream::choice(&std::io::stderr())),
            width: columns.map_or(WIDEST, |columns| columns.clamp(40, WIDEST)),
            called,
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
        Layout {
            width: shape.width.map_or(self.width, usize::from),
            colour: self.colour_out,
            verbosity,
            voice: Voice::of(shape.lang),
            today: Some(today()),
            program: self.called.program(),
            ..Layout::default()
        }
    }

    /// Whether messages on standard error may be coloured.
    pub(super) fn colours_errors(&self) -> bool {
        self.colour_error
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

    /// Writes a whole report to a file.
    pub(super) fn save(&self, path: &Path, text: &str) -> Exit {
        match std::fs::write(path, text) {
            Ok(()) => Exit::Done,
            Err(error) => {
                self.note(&format!("error: {} could not be written: {error}", path.display()));
                Exit::Error
            }
        }
    }

    /// Writes a whole text to a file, or leaves the file as it was: the text is written beside it and takes its place in
    /// one step. What is no file, such as a pipe, is written to.
    pub(super) fn save_whole(&self, path: &Path, text: &str) -> Exit {
        self.save_by(path, &mut |writer| writer.write_all(text.as_bytes()))
    }

    /// The same for what writes itself piece by piece.
    pub(super) fn save_by(&self, path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>) -> Exit {
        let mut into = |path: &Path| {
            let mut writer = std::io::BufWriter::new(std::fs::File::create(path)?);
            write(&mut writer).and_then(|()| writer.flush())
        };
        if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return match into(path) {
                Ok(()) => Exit::Done,
                Err(error) => {
                    self.note(&format!("error: {} could not be written: {error}", path.display()));
                    Exit::Error
                }
            };
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(name);
        let written = into(&beside).and_then(|()| std::fs::rename(&beside, path));
        match written {
            Ok(()) => Exit::Done,
            Err(error) => {
                // Where nothing was written there is nothing to remove.
                let _ = std::fs::remove_file(&beside);
                self.note(&format!(
                    "error: {} could not be written: {error}",
                    for_terminal(&path.display().to_string())
                ));
                Exit::Error
            }
        }
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

    /// Writes a line to standard error. Where nobody can read it, nothing is lost that matters.
    pub(super) fn note(&self, text: &str) {
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

/// The terminal's columns as the shell exports them.
fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.parse().ok()
}
