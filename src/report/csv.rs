//! A table for spreadsheets.

use super::Layout;
use crate::assessment::Assessment;

/// Renders a table for spreadsheets.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
