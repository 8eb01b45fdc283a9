//! The screen as sentences, for screen readers.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the screen as sentences, for screen readers.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
