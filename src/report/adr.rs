//! The decision record, in the form of MADR 4.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the decision record, in the form of MADR 4.
pub(super) fn render(_assessment: &Assessment, _layout: Layout) -> String {
    String::new()
}
