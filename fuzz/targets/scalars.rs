//! Any text as a scalar without quotes, for Kubernetes and for Compose.
#![no_main]

use kubeworthy::yaml::scalar::{Dialect, Scalar, is_null, resolve};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for dialect in [Dialect::Kubernetes, Dialect::Compose] {
        let value = resolve(text, dialect);
        assert_eq!(value == Scalar::Null, is_null(text));
        if let Scalar::Text(same) = value {
            assert_eq!(same, text);
        }
        // Infinity is written, never the result of a number that is too large.
        if let Scalar::Float(number) = value {
            assert!(number.is_finite() || text.to_ascii_lowercase().contains(".inf") || text.eq_ignore_ascii_case(".nan"));
        }
    }
});
