//! Step 1, from a live cluster: what kubectl would connect to is connected to, discovered and listed, read-only. The only
//! place that opens a network connection.
//!
//! The order of things: [`connect`] finds out which cluster is meant and who asks, [`read`] discovers what it serves and
//! hands every page of every list to a [`Recorder`](crate::snapshot::Recorder). What cannot be read is recorded with its
//! reason.

mod access;
#[cfg(feature = "cluster")]
mod connect;
#[cfg(feature = "cluster")]
mod credentials;
#[cfg(feature = "cluster")]
mod discovery;
#[cfg(feature = "cluster")]
mod exchange;
#[cfg(feature = "cluster")]
mod failure;
#[cfg(feature = "cluster")]
mod kubeconfig;
#[cfg(feature = "cluster")]
mod plugin_policy;
#[cfg(feature = "cluster")]
mod proxy;
#[cfg(feature = "cluster")]
mod read;

pub use access::{Access, Deadline, Failure, Surroundings, Token, parse_duration, shown_duration};
#[cfg(feature = "cluster")]
pub use connect::{Connection, connect};
#[cfg(feature = "cluster")]
pub use read::{Progress, read};
