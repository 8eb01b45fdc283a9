//! Any text as YAML documents: trees with spans inside the text, or reasons with a place inside it.
#![no_main]

use kubeworthy::yaml::looks_like_template;
use kubeworthy_fuzz::{look_at, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for document in parse(text) {
        match document {
            Ok(tree) => {
                look_at(&tree, text);
                let _ = looks_like_template(&tree);
            }
            Err(error) => {
                assert!(error.offset as usize <= text.len() && text.is_char_boundary(error.offset as usize));
                assert!(!error.message.is_empty());
            }
        }
    }
});
