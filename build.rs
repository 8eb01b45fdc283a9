//! Compiles the data under `rules/` into the binary.
//!
//! Every YAML file becomes one entry: its path, its text, and the same content as JSON, which reads many
//! times faster at start-up. The text is what positions in error messages refer to, and what a test holds the JSON
//! against.

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=rules");
    let mut table = String::from("pub(crate) static EMBEDDED: &[EmbeddedFile] = &[\n");
    let mut digest = Sha256::new();
    for entry in walkdir::WalkDir::new("rules").sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_dir() {
            println!("cargo::rerun-if-changed={}", entry.path().display());
        }
        if entry.path().extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path())?;
        // A file that does not parse is embedded as null: loading it then reports the position from the text.
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap_or(serde_json::Value::Null);
        let name =
            entry.path().components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        // The words of a language decide nothing.
        if !name.starts_with("rules/french/") {
            for part in [name.as_str(), text.as_str()] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part.as_bytes());
            }
        }
        writeln!(table, "    EmbeddedFile {{ name: {name:?}, text: {text:?}, json: {:?} }},", value.to_string())?;
    }
    table.push_str("];\n");
    let mut sum = String::new();
    for byte in digest.finalize() {
        write!(sum, "{byte:02x}")?;
    }
    // Half of what a run on one small file would cost is this sum, so it is made here.
    writeln!(table, "pub(crate) const EMBEDDED_DIGEST: &str = \"sha256:{sum}\";")?;
    let target = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&target).join("embedded.rs"), table)?;
    Ok(())
}
