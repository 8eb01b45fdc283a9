//! Several files, read, judged and written in every format.
#![no_main]

use kubeworthy::assess;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy_fuzz::{archive, collected, kit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let assessment = assess(&collected(archive(text)), kit());
    assert!((0.0..=100.0).contains(&assessment.estate.need.score));
    let json = render(&assessment, Format::Json, Layout { width: 80, colour: false, ..Layout::default() });
    let _: serde_json::Value = serde_json::from_str(&json).expect("the report is JSON");
    let _ = render(&assessment, Format::Full, Layout { width: 60, colour: true, ..Layout::default() });
});
