//! Any text as a file of Kubernetes manifests.
#![no_main]

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::text::SourceFile;
use kubeworthy_fuzz::kit;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let files = [SourceFile::new("app/all.yaml", text)];
    let inventory = Inventory::read(&files, &[], &Choices::default(), &kit().tables);
    for problem in &inventory.problems {
        assert!(!problem.message.is_empty() && !problem.help.is_empty());
        if let Some(span) = problem.span {
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{problem:?}");
        }
    }
});
