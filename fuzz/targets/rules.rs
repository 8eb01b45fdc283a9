//! Any text as a user's own rule and as a user's own target: loaded, or refused with a place.
#![no_main]

use kubeworthy::rules::Rules;
use kubeworthy::targets::Catalogue;
use kubeworthy_fuzz::kit;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let own = [("own.yaml".to_owned(), text.to_owned())];
    let capabilities = &kit().capabilities;
    for error in [Rules::load(&own, capabilities).err(), Catalogue::load(&own, capabilities).err()].into_iter().flatten() {
        assert!(!error.to_string().is_empty());
    }
});
