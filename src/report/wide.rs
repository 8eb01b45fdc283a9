//! A table of all systems.

use super::Layout;
use crate::assessment::Assessment;

/// Renders a table of all systems.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
