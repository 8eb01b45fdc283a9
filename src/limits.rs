//! Every limit on what is read, in one place: those that a user may move, then those that only guard the looking. Limits
//! on files, documents and projects end in a message; those on looking through custom resources of unknown form only end
//! the looking.

/// The limits that a user may move, each by a flag of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that is read, in bytes (`--max-file-size`).
    pub file_bytes: u64,
    /// The most bytes read in one run (`--max-total-size`).
    pub total_bytes: u64,
    /// The most documents in one file (`--max-documents`).
    pub documents: usize,
    /// The most nodes in one document (`--max-nodes`); a node costs 20 bytes.
    pub nodes: usize,
    /// The deepest nesting of a document, in flow and in block style (`--max-depth`).
    pub depth: usize,
    /// The most nodes that the aliases of one document may stand for (`--max-aliased-nodes`).
    pub aliased_nodes: u64,
}

impl Limits {
    /// The limits without a flag.
    ///
    /// - 16 MiB a file: the largest real file seen is 3.7 MB, bundles of custom resource definitions reach 10 MB.
    /// - 1 GiB a run.
    /// - 50,000 documents a file and 4,000,000 nodes a document.
    /// - 200 levels: the API server refuses deeper JSON too; real files stay under 40.
    /// - 250,000 aliased nodes: real Compose files stay under a few thousand.
    pub const DEFAULT: Self = Self {
        file_bytes: 16 * 1024 * 1024,
        total_bytes: 1024 * 1024 * 1024,
        documents: 50_000,
        nodes: 4_000_000,
        depth: 200,
        aliased_nodes: 250_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The most bytes that the values of one Compose project may take, once aliases, variables and extended services are
/// written out; a value takes 64 beside its text. The largest project seen takes under 2 MB.
pub const COMPOSE_PROJECT_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of text that the files of variables of all Compose projects may come to.
pub const COMPOSE_VARIABLES_BYTES: usize = 256 * 1024 * 1024;

/// How many configuration files may extend one another in a row; real ones extend one or two.
pub const EXTENDS_DEPTH: usize = 8;

/// The most configuration files that are read because others extend them.
pub const EXTENDED_FILES: usize = 100;

/// The most problems that are listed of one Compose project.
pub const PROBLEMS_PER_PROJECT: usize = 1_000;

/// How many merge keys (`<<`) are followed inside one another; real files use one or two.
pub const MERGE_DEPTH: usize = 16;

/// How many nodes of a custom resource are looked through for what it runs; the largest seen has under 2,000.
pub const NODES_PER_RESOURCE: usize = 5_000;

/// How deep pod templates are looked for inside custom resources; RayServices hold them six levels down.
pub const TEMPLATE_DEPTH: usize = 14;

/// The most pod templates that are read from one custom resource.
pub const TEMPLATES_PER_RESOURCE: usize = 100;

/// The places that are shown for what a target loses or is blocked by; the claim of that capability lists all.
pub const PLACES_PER_LOSS: usize = 20;

/// The first places of a claim, a finding or a question whose lines may be quoted.
pub const EXCERPTS_PER_ITEM: usize = 3;

/// The longest line that is quoted, in bytes; a longer one is made for machines.
pub const LONGEST_EXCERPT: usize = 300;

/// The most paths that are looked for because one pointer of a delivery tool leads to them.
pub const PATHS_PER_POINTER: usize = 1_000;

/// The most files beside the inputs that are looked for because the inputs refer to them.
pub const FOLLOWED_FILES: usize = 10_000;

/// How many files may include, and how many services may extend, one another in a row; real projects have up to four.
pub const COMPOSE_CHAIN: usize = 50;

/// The most nodes of the objects that kustomizations make, all together; a node costs 28 bytes.
pub const DERIVED_NODES: usize = 12_000_000;

/// The most bytes of text of the objects that kustomizations make, all together.
pub const DERIVED_BYTES: usize = 512 * 1024 * 1024;

/// The most nodes that pass through kustomizations, each counted once for every kustomization that it passes through; an
/// object counts for a few hundred more.
pub const BUILT_NODES: usize = 40_000_000;

/// The largest text that is made by filling values in, in bytes.
pub const FILLED_TEXT: usize = 1 << 20;

/// The most pairs of items that are compared to merge one list of a patch; longer lists are replaced.
pub const PAIRS_MERGED: usize = 4_000_000;

/// How many objects of one kind and name are looked at to tell which one is meant.
pub const NAMESAKES: usize = 1_000;

/// The deepest nesting of a value that is edited; parsed documents reach half of it at most.
pub const DRAFT_DEPTH: usize = 2_000;

/// How many kustomizations may refer to one another in a row; real ones stay under ten.
pub const KUSTOMIZATION_DEPTH: usize = 64;

/// The most bytes that the pattern of a selector may take once compiled.
pub const PATTERN_BYTES: usize = 1 << 20;

/// The most kustomizations of one application that are judged to find the one that demands most.
pub const VARIANTS_JUDGED: usize = 100;

/// The largest amount of vCPU, GiB or copies that is believed; anything above is a typing error and counts as unknown.
pub const LARGEST_AMOUNT: f64 = 1e6;

/// The most comment lines in a row.
pub const COMMENTS_IN_A_ROW: usize = 100_000;

/// How deep interpolation defaults may nest in a Compose file, as in `${A:-${B:-c}}`.
pub const INTERPOLATION_DEPTH: usize = 16;

/// The largest page of a list that is read from a cluster, in bytes; pages of 500 pods take 3 to 10 MiB.
pub const PAGE_BYTES: usize = 64 << 20;

/// The most pages that one list may have: two million objects in pages of 500.
pub const PAGES_PER_LIST: usize = 4_000;

/// The most pages without an object that one list may have in a row. Selectors leave some empty.
pub const EMPTY_PAGES: usize = 20;

/// The largest shard of an assessment, in bytes; one of a thousand systems takes some 300 MB.
pub const SHARD_BYTES: u64 = (1 << 32) - 1;
