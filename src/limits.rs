//! Every limit on what is read, in one place. Limits on files, documents and projects end in a message; those on looking
//! through custom resources of unknown form only end the looking.

/// The largest file that is read, in bytes: 16 MiB. The largest real file seen is 3.7 MB; bundles of custom resource
/// definitions reach 10 MB.
pub const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// The most bytes read in one run: 1 GiB.
pub const TOTAL_BYTES: u64 = 1024 * 1024 * 1024;

/// The most documents in one file.
pub const DOCUMENTS_PER_FILE: usize = 50_000;

/// The most nodes in one document; a node costs 20 bytes.
pub const NODES_PER_DOCUMENT: usize = 4_000_000;

/// The most nodes that the aliases of one document may stand for; real Compose files stay under a few thousand.
pub const ALIASED_NODES: u64 = 250_000;

/// The most values in the files of one Compose project, once aliases are written out.
pub const VALUES_PER_PROJECT: usize = 1_000_000;

/// How many merge keys (`<<`) are followed inside one another; real files use one or two.
pub const MERGE_DEPTH: usize = 16;

/// How many nodes of a custom resource are looked through for what it runs; the largest seen has under 2,000.
pub const NODES_PER_RESOURCE: usize = 5_000;

/// How deep pod templates are looked for inside custom resources; RayServices hold them six levels down.
pub const TEMPLATE_DEPTH: usize = 14;

/// The most pod templates that are read from one custom resource.
pub const TEMPLATES_PER_RESOURCE: usize = 100;

/// How many services may extend one another in a row.
pub const EXTENDS_DEPTH: usize = 8;

/// The largest amount of vCPU, GiB or copies that is believed; anything above is a typing error and counts as unknown.
pub const LARGEST_AMOUNT: f64 = 1e6;

/// The deepest nesting of a document, in flow and in block style. The API server refuses deeper JSON too; real files
/// stay under 40.
pub const NESTING: usize = 200;

/// The most comment lines in a row.
pub const COMMENTS_IN_A_ROW: usize = 100_000;

/// How deep interpolation defaults may nest in a Compose file, as in `${A:-${B:-c}}`.
pub const INTERPOLATION_DEPTH: usize = 16;
