//! The report for programs in YAML.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the report for programs in YAML.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
