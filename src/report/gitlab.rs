//! GitLab's code quality report.

use super::Layout;
use crate::assessment::Assessment;

/// Renders GitLab's code quality report.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
