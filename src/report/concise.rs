//! One line for each finding and one for each verdict.

use super::Layout;
use crate::assessment::Assessment;

/// Renders one line for each finding and one for each verdict.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
