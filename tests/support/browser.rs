//! A real browser that looks at HTML: Debian's Chromium, driven by `tests/browser/browse.mjs` with packages that are kept
//! outside the checkout.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The names under which Chromium is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with what drives it.
#[derive(Debug)]
pub struct Browser {
    program: PathBuf,
    packages: PathBuf,
}

/// The browser; none where it or what drives it is missing, which is said. Both are installed only where
/// `KUBEWORTHY_REQUIRE_TOOLS` is set, and then everything missing is an error.
pub fn browser() -> Option<&'static Browser> {
    static BROWSER: OnceLock<Option<Browser>> = OnceLock::new();
    BROWSER.get_or_init(find_or_install).as_ref()
}

impl Browser {
    /// What the browser saw of a page; with screenshots where `KUBEWORTHY_PICTURES` names a folder.
    pub fn look(&self, page: &Path, prefix: &str) -> Value {
        let mut command = Command::new("node");
        command.arg(folder().join("browse.mjs")).arg("look").arg(&self.program).arg(page);
        if let Some(pictures) = std::env::var_os("KUBEWORTHY_PICTURES") {
            fs::create_dir_all(&pictures).expect("the folder of pictures");
            command.arg(pictures).arg(prefix);
        }
        let output = command.env("KUBEWORTHY_BROWSER", &self.packages).output().expect("node starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("what the browser saw")
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

fn find_or_install() -> Option<Browser> {
    let required = std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_some();
    let found = program(required).and_then(|program| packages(required).map(|packages| Browser { program, packages }));
    match found {
        Ok(browser) => Some(browser),
        Err(reason) => {
            assert!(!required, "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// Chromium, installed first where it may be.
fn program(install: bool) -> Result<PathBuf, String> {
    if let Some(program) = installed() {
        return Ok(program);
    }
    if !install {
        return Err("there is no Chromium; KUBEWORTHY_REQUIRE_TOOLS=1 installs Debian's".to_owned());
    }
    run(Command::new("apt-get").arg("update"))?;
    let words = ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"];
    run(Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive"))?;
    installed().ok_or_else(|| "there is no Chromium after its installation".to_owned())
}

/// The folder in which the packages of `tests/browser/package.json` are installed, by the digest of what names them.
fn packages(install: bool) -> Result<PathBuf, String> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor HOME is set")?
        .join("kubeworthy-tools");
    let files = ["package.json", "package-lock.json"];
    let mut digest = Sha256::new();
    for file in files {
        digest.update(fs::read(folder().join(file)).map_err(|error| format!("{file}: {error}"))?);
    }
    let digest: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let place = cache.join(format!("browser-{digest}"));
    if place.exists() {
        return Ok(place);
    }
    if !install {
        return Err(
            "the packages of tests/browser are not installed; KUBEWORTHY_REQUIRE_TOOLS=1 installs them".to_owned()
        );
    }
    fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    // Two test binaries install it once.
    let lock = File::create(cache.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if !place.exists() {
        let unfinished = cache.join(format!("unfinished-browser-{}", std::process::id()));
        fs::create_dir_all(&unfinished).map_err(|error| error.to_string())?;
        for file in files {
            fs::copy(folder().join(file), unfinished.join(file)).map_err(|error| error.to_string())?;
        }
        let words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run(Command::new("npm").args(words).current_dir(&unfinished))?;
        fs::rename(&unfinished, &place).map_err(|error| error.to_string())?;
    }
    Ok(place)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)))
}
