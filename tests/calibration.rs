//! `docs/calibration.md` says what the model finds where somebody else has already judged, and how firm that is. This test
//! writes the page with `UPDATE=1`, and holds it against what is found otherwise. Without the corpus beside the checkout
//! only the parts that need none are held.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/agreement.rs"]
mod agreement;
#[path = "support/estates.rs"]
mod estates;
#[path = "support/evidence.rs"]
mod evidence;
#[path = "support/jitter.rs"]
mod jitter;
#[path = "support/calibration_page.rs"]
mod page;
#[path = "support/published.rs"]
mod published;
#[path = "support/story.rs"]
mod story;
mod support;
#[path = "support/written_ladder.rs"]
mod written_ladder;

use std::path::Path;

use page::Section;

#[test]
fn the_page_of_calibration_is_what_is_found() {
    let kit = support::kit();
    let corpus = support::corpus();
    let sections = page::sections(corpus.as_deref(), &kit);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/calibration.md");
    let whole = page::page(&sections);
    if corpus.is_some() && std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &whole).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for section in &sections {
        match &section.text {
            None => println!("skipped: {}", section.title),
            Some(text) => assert!(
                written.contains(text.as_str()),
                "docs/calibration.md is behind in \"{}\"; run with UPDATE=1. It should say:\n{text}",
                section.title
            ),
        }
    }
    if sections.iter().all(|section| section.text.is_some()) {
        assert_eq!(written, whole, "docs/calibration.md is behind; run with UPDATE=1");
    }
    let broken: Vec<&String> = sections.iter().flat_map(|section: &Section| &section.broken).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
