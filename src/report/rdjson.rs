//! Reviewdog's format.

use super::Layout;
use crate::assessment::Assessment;

/// Renders reviewdog's format.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
