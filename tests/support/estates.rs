//! The estates of an application that vendors an add-on: every folder of `fixtures/add-ons/payloads` with every one of
//! `fixtures/add-ons/add-ons`.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kubeworthy::Kit;
use kubeworthy::assessment::{Assessment, Verdict};
use kubeworthy::choices::Choices;
use kubeworthy::source::{Collected, Input, collect};
use serde::Deserialize;

/// What `fixtures/add-ons/estates.yaml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Estates {
    /// Workloads of each payload.
    pub payloads: BTreeMap<String, usize>,
    pub add_ons: BTreeMap<String, AddOn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AddOn {
    /// Its name in the table of add-ons.
    pub name: String,
    pub workloads: usize,
    /// Whether it needs nothing of Kubernetes, so that setting it aside gains nothing.
    #[serde(default)]
    pub needs_nothing: bool,
}

impl AddOn {
    /// What the model says of an estate of this add-on and a needless payload: the verdicts that are right, and whether
    /// the add-on is set aside.
    pub fn expected(&self, payload: usize) -> (&'static [Verdict], bool) {
        let share = payload as f64 / (payload + self.workloads) as f64;
        if self.needs_nothing {
            (&[Verdict::Needless], false)
        } else if share >= 0.3333 {
            (&[Verdict::Debatable], true)
        } else {
            (&[Verdict::KubernetesNative, Verdict::Justified], false)
        }
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/add-ons")
}

pub fn read() -> Estates {
    let text = std::fs::read_to_string(root().join("estates.yaml")).expect("what is expected of the estates");
    serde_saphyr::from_str(&text).expect("what is expected of the estates")
}

/// The files of some folders below `fixtures/add-ons`.
pub fn files(folders: &[String], context: Option<&str>) -> Collected {
    let inputs: Vec<Input> = folders.iter().map(|folder| Input::Path(root().join(folder))).collect();
    let mut collected = collect(&inputs, &Choices::default());
    if let Some(context) = context {
        collected.files.push(kubeworthy::text::SourceFile::new("kubeworthy.yaml", context));
        collected.choices.configuration_files.push("kubeworthy.yaml".to_owned());
    }
    collected
}

pub fn assess(payload: &str, add_on: &str, kit: &Kit) -> Assessment {
    kubeworthy::assess(&files(&[format!("payloads/{payload}"), format!("add-ons/{add_on}")], None), kit)
}
