//! Single files that are named outright: snapshots to look into, and keys.

use std::io::Read as _;
use std::path::Path;

use super::{Budget, Collected, Input, ReadFailure, read_standard_input, walk};
use crate::choices::Choices;
use crate::limits::Limits;

/// The largest key, in bytes.
const LARGEST_KEY: u64 = 4096;

/// The text of one file, or of standard input.
///
/// # Errors
///
/// When it cannot be read.
pub fn read_whole(input: &Input, limits: &Limits) -> Result<String, ReadFailure> {
    let mut collected = Collected::default();
    let mut budget = Budget::new(&Choices { limits: *limits, ..Choices::default() });
    match input {
        Input::Standard => read_standard_input(&budget, &mut collected),
        Input::Path(path) if path.is_dir() => {
            return Err(ReadFailure {
                file: walk::display_name(path),
                message: "this is a folder, where a file is meant".to_owned(),
                help: "name the file in it".to_owned(),
                position: None,
            });
        }
        Input::Path(path) => walk::read_path(path, &mut budget, &mut collected),
    }
    match (collected.files.pop(), collected.failures.pop()) {
        (Some(file), None) => Ok(file.text.to_string()),
        (_, Some(failure)) => Err(failure),
        (None, None) => Ok(String::new()),
    }
}

/// The bytes of a file that holds a key.
///
/// # Errors
///
/// When it cannot be read, or is far too large for a key.
pub fn read_key(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST_KEY + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_KEY {
        return Err(std::io::Error::other("it is larger than a key can be"));
    }
    Ok(bytes)
}
