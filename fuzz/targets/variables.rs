//! A file of variables, and a value that uses them: two texts with a line `--` between them.
#![no_main]

use kubeworthy::choices::Choices;
use kubeworthy::inventory::Inventory;
use kubeworthy::text::SourceFile;
use kubeworthy_fuzz::kit;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (variables, value) = text.split_once("\n--\n").unwrap_or((text, "${A:-${B}}"));
    // Text in JSON is text in YAML, whatever it holds.
    let value = serde_json::Value::from(value).to_string();
    let compose = format!("services:\n  web:\n    image: {value}\n    deploy: {{replicas: {value}}}\n    ports: [{value}]\n");
    let files = [SourceFile::new("app/.env", variables), SourceFile::new("app/compose.yaml", compose)];
    let _ = Inventory::read(&files, &[], &Choices::default(), &kit().tables);
});
