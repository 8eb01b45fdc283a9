//! The report in one file, for browsers.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the report in one file, for browsers.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
