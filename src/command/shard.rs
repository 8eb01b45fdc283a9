//! `--shard`: one part of the systems, written for `merge`.
