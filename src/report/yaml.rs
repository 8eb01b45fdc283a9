//! The JSON report in YAML.

use super::Layout;
use crate::assessment::Assessment;

/// Renders the report of `-o json` in YAML: what one says, the other says, and nothing else.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    // Writing to memory cannot fail, and the structs have nothing that YAML lacks.
    serde_saphyr::to_string_with_options(&super::json::written(assessment), options).unwrap_or_default()
}
