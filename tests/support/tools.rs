//! Tools of other languages that tests drive: installed once into a cache outside the checkout, in versions that a file in
//! the repository names.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

/// Whether everything that is missing is installed, and an error where it cannot be.
pub fn required() -> bool {
    std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_some()
}

/// What was found; where it was not, the reason is said, or an error where tools are required.
pub fn or_skip<T>(found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(reason) => {
            assert!(!required(), "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// The folder of all tools.
pub fn cache() -> Result<PathBuf, String> {
    let folder = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor HOME is set")?
        .join("kubeworthy-tools");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(folder)
}

/// A short digest of some texts.
pub fn digest<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// A folder of the cache that is made once for a name and a digest; those of the same name and another digest go.
pub fn kept(name: &str, digest: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let cache = cache()?;
    let place = cache.join(format!("{name}-{digest}"));
    let finished = place.join("finished");
    // Two test binaries make it once.
    let lock = File::create(cache.join(format!("{name}.lock"))).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if finished.exists() {
        return Ok(place);
    }
    for entry in fs::read_dir(&cache).map_err(|error| error.to_string())?.flatten() {
        let old = entry.file_name().to_string_lossy().strip_prefix(&format!("{name}-")).is_some_and(is_digest);
        if old {
            fs::remove_dir_all(entry.path()).map_err(|error| error.to_string())?;
        }
    }
    fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    make(&place)?;
    File::create(&finished).map_err(|error| error.to_string())?;
    Ok(place)
}

fn is_digest(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The folder with the programs of a Python environment that holds what a file of requirements names.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf, String> {
    let text = fs::read(requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let digest = digest([text.as_slice()]);
    let programs = |place: &Path| place.join("environment/bin");
    let place = cache()?.join(format!("{name}-{digest}"));
    if !required() && !place.join("finished").exists() {
        return Err(format!("{name} is not installed; KUBEWORTHY_REQUIRE_TOOLS=1 installs it with pip"));
    }
    let place = kept(name, &digest, |place| {
        run(Command::new("python3").args(["-m", "venv"]).arg(place.join("environment")))?;
        let words = ["install", "--quiet", "--disable-pip-version-check", "--no-input", "-r"];
        run(Command::new(programs(place).join("pip")).args(words).arg(requirements)).map(drop)
    })?;
    Ok(programs(&place))
}

/// What a program wrote to its standard output; what it said where it failed.
pub fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(out);
    }
    Err(format!("{name} failed: {out}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The `PATH` of this process with other folders before it.
pub fn path_with(folders: &[&Path]) -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let before = folders.iter().map(|folder| folder.to_path_buf());
    std::env::join_paths(before.chain(std::env::split_paths(&path))).expect("a PATH")
}
