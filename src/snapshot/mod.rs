//! A cluster as a text: what an API server answers is folded, page by page, into one line per object that says something
//! about need, with an allow-list for what may stand in it. Everything behind reads that text like a file of manifests,
//! so that a snapshot which is read again gives the same report as the cluster itself.
//!
//! Nothing here reads or sends anything, and nothing knows what time it is. The format stands in `docs/snapshot.md`.

mod amount;
mod check;
mod custom;
mod finish;
mod itself;
mod kinds;
mod lists;
mod live;
mod nodes;
mod objects;
mod page;
mod people;
mod pods;
mod pseudonym;
mod recorder;
mod rename;
mod role;
mod scope;
mod shape;
mod shapes;
mod surroundings;
mod time;
mod usage;
mod words;

pub use check::{ClusterContents, Contents, ListContents, SnapshotError, check, is_snapshot, split};
pub use kinds::{KINDS, Kind, kind};
pub use lists::Outcome;
pub use page::{PageEnd, PageError};
pub use pseudonym::PseudonymKey;
pub use recorder::{ListRequest, Recorder, ServedResource};
pub use role::role;
pub use scope::{LabelSelector, ObjectName, Scope, workload_kind};
pub use time::Timestamp;

/// The days that count as recent.
pub const RECENT_DAYS: u64 = 30;

/// The version of the text and of its header.
pub const API_VERSION: &str = "kubeworthy/v1";

/// The kind of the header.
pub const KIND: &str = crate::inventory::live::HEADER;
