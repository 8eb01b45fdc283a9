//! JUnit, one test case for each system.

use super::Layout;
use crate::assessment::Assessment;

/// Renders JUnit, one test case for each system.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
