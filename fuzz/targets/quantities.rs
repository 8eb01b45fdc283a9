//! Any text as a quantity, a size, a duration and a selector.
#![no_main]

use kubeworthy::inventory::quantity::{compose_bytes, duration, quantity};
use kubeworthy::inventory::selector::{Selector, read_labels};
use kubeworthy_fuzz::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for number in [quantity(text), compose_bytes(text)].into_iter().flatten() {
        assert!(number.is_finite());
    }
    let _ = duration(text);
    for tree in parse(text).iter().flatten() {
        let root = tree.root();
        let selector = Selector::read(root);
        let labels = read_labels(root);
        let _ = (selector.selects(&labels), selector.is_everything(), selector.is_written());
    }
});
