//! Every limit on what is read, in one place. Each ends in a message, never in a silent cut.

/// The largest file that is read, in bytes: 16 MiB. The largest real file seen is 3.7 MB; bundles of custom resource
/// definitions reach 10 MB.
pub const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The most bytes read in one run: 1 GiB.
pub const TOTAL_BYTES: u64 = 1024 * 1024 * 1024;

/// The most documents in one file.
pub const DOCUMENTS_PER_FILE: usize = 50_000;

/// The most nodes in one document; a node costs 20 bytes.
pub const NODES_PER_DOCUMENT: usize = 4_000_000;

/// The deepest nesting of a document, in flow and in block style. The API server refuses deeper JSON too; real files
/// stay under 40.
pub const NESTING: usize = 200;

/// The most comment lines in a row.
pub const COMMENTS_IN_A_ROW: usize = 100_000;

/// How deep interpolation defaults may nest in a Compose file, as in `${A:-${B:-c}}`.
pub const INTERPOLATION_DEPTH: usize = 16;
