//! The difference as one file for browsers.

use std::collections::BTreeMap;

use super::wire::Difference;
use crate::report::Layout;

pub(super) fn render(_: &Difference, _: &BTreeMap<String, String>, _: Layout) -> String {
    String::new()
}
