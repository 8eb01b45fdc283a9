//! Files of a chart, rendered or not: markers are found where they stand, and nothing else breaks.
#![no_main]

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::yaml::{find_template_marker, looks_like_template};
use kubeworthy_fuzz::{archive, kit, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Some(at) = find_template_marker(text) {
        assert!(text[at..].starts_with("{{") || text[at..].starts_with("{%"));
    }
    for tree in parse(text).iter().flatten() {
        if let Some(node) = looks_like_template(tree) {
            assert!(text[node.span().start as usize..].contains("{{"));
        }
    }
    let _ = Inventory::read(&archive(text), &[], &Choices::default(), &kit().tables);
});
