//! Compose projects of several files, as an archive: includes, extensions, overlays, variables.
#![no_main]

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy_fuzz::{archive, kit};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let files = archive(text);
    let named: Vec<String> = files.iter().map(|file| file.name.clone()).filter(|name| !name.ends_with(".env")).collect();
    let laid_over = Choices { compose_files: named, profiles: vec!["*".to_owned()], ..Choices::default() };
    for choices in [Choices::default(), laid_over] {
        let _ = Inventory::read(&files, &[], &choices, &kit().tables);
    }
});
