//! Annotations of GitHub workflows.

use super::Layout;
use crate::assessment::Assessment;

/// Renders annotations of GitHub workflows.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
