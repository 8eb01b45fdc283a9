//! Names that mean nothing to others: keyed digests of what stands in a snapshot, the same wherever the name stands.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key of pseudonyms. Whoever has it can find the name behind a pseudonym by trying.
#[derive(Clone)]
pub struct PseudonymKey(Vec<u8>);

/// The fewest bytes of a key that cannot be tried out.
const SHORTEST_KEY: usize = 16;

impl PseudonymKey {
    /// A key of these bytes; none where they are fewer than 16. White space around them does not count.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.trim_ascii();
        (bytes.len() >= SHORTEST_KEY).then(|| Self(bytes.to_vec()))
    }

    /// The pseudonym of a name, with a prefix that says what it names.
    pub(super) fn pseudonym(&self, prefix: &str, name: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return format!("{prefix}-unnamed") };
        mac.update(prefix.as_bytes());
        mac.update(b"/");
        mac.update(name.as_bytes());
        let digest = mac.finalize().into_bytes();
        let hexadecimal: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}-{hexadecimal}")
    }
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PseudonymKey")
    }
}
