//! The published schemas of other people's formats, and what is held against them.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The crate that has SARIF's schema among its sources.
const SARIF_CRATE: &str = "serde-sarif";
const SARIF_CRATE_VERSION: &str = "0.8.0";

/// The package that validates XML, where there is no `xmllint`.
const XML_SCHEMA: &str = "xmlschema==4.3.2";

/// A schema of `tests/schemas`.
pub fn shipped(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(schemas().join(name)).expect("a schema")).expect("JSON")
}

/// The schema of SARIF 2.1.0; none where cargo cannot get the crate that has it, which is said.
pub fn sarif() -> Option<Value> {
    let found = cached_sarif();
    if let Err(reason) = &found {
        assert!(std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_none(), "{reason}");
        eprintln!("skipped: {reason}");
    }
    // One pattern has a bracket that closes nothing, which not every reader of patterns takes for itself.
    let text = found.ok()?.replace("{2}]?$\"", "{2}\\\\]?$\"");
    Some(serde_json::from_str(&text).expect("JSON"))
}

fn cached_sarif() -> Result<String, String> {
    let folder = tools()?.join(format!("{SARIF_CRATE}-{SARIF_CRATE_VERSION}"));
    let schema = folder.join("schema.json");
    if let Ok(text) = fs::read_to_string(&schema) {
        return Ok(text);
    }
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let manifest = format!(
        "[package]\nname = \"schemas\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n\
         [dependencies]\n{SARIF_CRATE} = {{ version = \"={SARIF_CRATE_VERSION}\", default-features = false }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).map_err(|error| error.to_string())?;
    fs::write(folder.join("lib.rs"), "").map_err(|error| error.to_string())?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--quiet", "--format-version", "1"])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo cannot get {SARIF_CRATE}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let package = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == SARIF_CRATE))
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("cargo does not say where the crate is")?;
    let text = fs::read_to_string(Path::new(package).with_file_name("src").join("schema.json"))
        .map_err(|error| error.to_string())?;
    // Another test may do the same at the same time.
    let unfinished = folder.join(format!("schema-{}", std::process::id()));
    fs::write(&unfinished, &text).and_then(|()| fs::rename(&unfinished, &schema)).map_err(|error| error.to_string())?;
    Ok(text)
}

/// A program that holds XML files against JUnit's schema, with the arguments before the files; none where nothing can,
/// which is said.
pub fn xml_validator() -> Option<(PathBuf, Vec<String>)> {
    let schema = schemas().join("junit-10.xsd").display().to_string();
    if Command::new("xmllint").arg("--version").output().is_ok_and(|output| output.status.success()) {
        let arguments = ["--noout", "--nonet", "--schema", &schema].map(str::to_owned).to_vec();
        return Some((PathBuf::from("xmllint"), arguments));
    }
    match python() {
        Ok(python) => {
            let program = "import sys, xmlschema\nschema = xmlschema.XMLSchema(sys.argv[1])\n\
                           for name in sys.argv[2:]: schema.validate(name)\n";
            Some((python, vec!["-c".to_owned(), program.to_owned(), schema]))
        }
        Err(reason) => {
            assert!(std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_none(), "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// A Python that has the package, in an environment of its own.
fn python() -> Result<PathBuf, String> {
    let folder = tools()?.join(XML_SCHEMA.replace("==", "-"));
    let python = folder.join("bin/python");
    if folder.join("done").exists() {
        return Ok(python);
    }
    let run = |program: &Path, arguments: &[&str]| -> Result<(), String> {
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok(()) } else { Err(format!("{arguments:?} failed: {said}")) }
    };
    run(Path::new("python3"), &["-m", "venv", &folder.display().to_string()])?;
    run(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", XML_SCHEMA])?;
    fs::write(folder.join("done"), "").map_err(|error| error.to_string())?;
    Ok(python)
}

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

/// Where the tools of the tests are kept.
fn tools() -> Result<PathBuf, String> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    Ok(cache.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("kubeworthy-tools"))
}

/// What is wrong with a value, at most five things of it.
pub fn errors(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).take(5).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The rows of a table as RFC 4180 has it.
pub fn rows(table: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut characters = table.chars().peekable();
    while let Some(character) = characters.next() {
        let row = rows.last_mut().expect("a row");
        let cell = row.last_mut().expect("a cell");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted => {
                quoted = false;
                assert!(matches!(characters.peek(), Some(',' | '\r')), "text behind a quoted cell");
            }
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(characters.next(), Some('\n'), "a line ends with both");
                rows.push(vec![String::new()]);
            }
            '\n' | '"' if !quoted => panic!("a bare {character:?} in {cell:?}"),
            other => cell.push(other),
        }
    }
    assert!(!quoted, "a cell has no end");
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last line ends");
    rows
}
