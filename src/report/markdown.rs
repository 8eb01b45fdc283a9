//! The report for pages and comments.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the report for pages and comments.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
