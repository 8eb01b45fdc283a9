//! Programs of the system that tests ask for, and programs on a terminal of their own, which `tests/terminal/terminal.py`
//! makes.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest that anything on a terminal may take.
const LONGEST: Duration = Duration::from_secs(30);

/// A program of the system by its name, or none, which is said. It is installed from Debian's package only where
/// `KUBEWORTHY_REQUIRE_TOOLS` is set, and then a missing one is an error.
pub fn program(name: &str, package: &str) -> Option<PathBuf> {
    let required = std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_some();
    let found = on_path(name).or_else(|| {
        let words = ["install", "-y", "--no-install-recommends", package];
        let apt = |words: &[&str]| {
            Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()).status()
        };
        let _ = required.then(|| apt(&["update"]).and_then(|_| apt(&words)));
        on_path(name)
    });
    if found.is_none() {
        assert!(!required, "{name} is not on PATH");
        eprintln!("skipped: {name} is not on PATH");
    }
    found
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A program on a terminal.
#[derive(Debug)]
pub struct Screen {
    child: Child,
    file: PathBuf,
    /// How much of the screen was looked at already.
    at: usize,
}

impl Screen {
    /// Starts a command on a terminal with 100 columns, or none where there is no Python to make one.
    pub fn start(command: &[&str], folder: &Path, screen: &Path, variables: &[(&str, &Path)]) -> Option<Self> {
        let python = program("python3", "python3")?;
        fs::write(screen, "").expect("written");
        let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terminal/terminal.py");
        let mut started = Command::new(python);
        started.arg(driver).arg(screen).arg("100").args(command).current_dir(folder);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "NO_GRAPHICS", "COLUMNS", "PROMPT_COMMAND"] {
            started.env_remove(name);
        }
        started.env("TERM", "xterm").env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
        let child = started.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
        Some(Self { child, file: screen.to_path_buf(), at: 0 })
    }

    /// Types, with the escapes of Python.
    pub fn types(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("its standard input");
        stdin.write_all(format!("type {text}\n").as_bytes()).expect("typed");
    }

    /// What the screen gets from where it was last looked at to the end of a text, without what colours and moves.
    pub fn until(&mut self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let screen = plain(&fs::read(&self.file).expect("the screen"));
            if let Some(at) = screen[self.at..].find(text) {
                let end = self.at + at + text.len();
                let seen = screen[self.at..end].to_owned();
                self.at = end;
                return seen;
            }
            assert!(began.elapsed() < LONGEST, "`{text}` does not appear after:\n{}", &screen[self.at..]);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the screen gets from where it was last looked at until all of some texts are there.
    pub fn until_all(&mut self, texts: &[String]) -> String {
        let began = Instant::now();
        loop {
            let screen = plain(&fs::read(&self.file).expect("the screen"));
            let new = screen[self.at..].to_owned();
            let Some(lacking) = texts.iter().find(|text| !new.contains(text.as_str())) else {
                self.at = screen.len();
                return new;
            };
            assert!(began.elapsed() < LONGEST, "`{lacking}` does not appear in:\n{new}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What is on the screen that was not looked at, once nothing more comes for a moment.
    pub fn rest(&mut self) -> String {
        let look = |file: &Path| plain(&fs::read(file).expect("the screen"));
        let mut screen = look(&self.file);
        loop {
            std::thread::sleep(Duration::from_millis(700));
            let now = look(&self.file);
            if now == screen {
                break;
            }
            screen = now;
        }
        let rest = screen[self.at..].to_owned();
        self.at = screen.len();
        rest
    }

    /// How the program ends: `code 2`, `signal 2`.
    pub fn end(mut self) -> String {
        let began = Instant::now();
        while self.child.try_wait().expect("its state").is_none() {
            assert!(began.elapsed() < LONGEST, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
        let output = self.child.wait_with_output().expect("its output");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// A screen without escape sequences; where it is cleared stands `<cleared>`.
fn plain(screen: &[u8]) -> String {
    let text = String::from_utf8_lossy(screen).replace("\u{1b}[H\u{1b}[2J", "<cleared>").replace('\r', "");
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        // A sequence that is still being written is not there yet.
        let Some(end) = after.find(|c: char| ('@'..='~').contains(&c)) else { return plain };
        rest = &after[end + 1..];
    }
    plain.push_str(rest);
    plain
}
