//! What the tools take.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// What `assess` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AssessArguments {
    /// Files and folders below the root, as seen from it: manifests, Helm charts, kustomizations, Compose files. They are
    /// assessed together. Without `paths` and `inline` the whole root is assessed.
    pub(super) paths: Vec<String>,
    /// Texts that are not written yet, or are about to change; no file is needed. One of the name of a file takes its place.
    /// Of a chart, pass what `helm template` prints, or the manifests that it is to make: templates alone are read in part.
    pub(super) inline: Vec<InlineText>,
    /// What no file says, stated for this call: `{"availability-target": 99.9}`. Keys: availability-target (percent),
    /// recovery-time and recovery-point ("15m"), peak-to-average, teams, engineers, kubernetes-experience (none, some,
    /// strong), on-call, tenants, regions, hosting (any, self-hosted), jurisdiction ("eu"), certification, existing-cluster,
    /// vendor-mandate, exclude, prefer, monthly-budget, needs.CAPABILITY (true, false). State what the user said, never a
    /// guess.
    pub(super) statements: BTreeMap<String, serde_json::Value>,
    /// Compose profiles that are started; `*` stands for all.
    pub(super) profiles: Vec<String>,
    /// The kustomize overlay to assess, by its folder; without it the one that demands most.
    pub(super) overlay: Option<String>,
    /// One system of several, by the id or name that an earlier answer gave it.
    pub(super) system: Option<String>,
    /// `summary` for the weightiest of everything; `full` adds the whole report as JSON, which can be large.
    pub(super) detail: Detail,
}

/// How much is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Detail {
    /// The weightiest of everything.
    #[default]
    Summary,
    /// The whole report too.
    Full,
}

/// A text with the name of the file that it is to become.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InlineText {
    /// The path that the file will have below the root, such as `compose.yaml` or `chart/templates/web.yaml`. Without it the
    /// content decides what it is.
    pub(super) name: Option<String>,
    /// The whole text: YAML with one or several documents, or JSON.
    pub(super) text: String,
}

/// What `explain_rule` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ExplainArguments {
    /// The code (`KW103`) or name of a rule; a family, by its name (`scale`) or as in `KW2xx`; without it every rule is listed
    /// in one line.
    pub(super) rule: Option<String>,
}

/// What `compare_targets` takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CompareArguments {
    /// The ids of targets to compare, such as `cloud-run`; without them the best of each kind.
    pub(super) targets: Vec<String>,
    /// Files and folders below the root that the targets are held against. Without `paths` and `inline` the targets are
    /// described by themselves.
    pub(super) paths: Vec<String>,
    /// Texts that are not written yet, as in `assess`.
    pub(super) inline: Vec<InlineText>,
    /// What no file says, stated for this call, as in `assess`.
    pub(super) statements: BTreeMap<String, serde_json::Value>,
    /// Compose profiles that are started, as in `assess`.
    pub(super) profiles: Vec<String>,
    /// The kustomize overlay to assess, as in `assess`.
    pub(super) overlay: Option<String>,
    /// One system of several, by the id or name that an earlier answer gave it.
    pub(super) system: Option<String>,
}

/// What is to be assessed, whatever for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) paths: &'a [String],
    pub(super) inline: &'a [InlineText],
    pub(super) statements: &'a BTreeMap<String, serde_json::Value>,
    pub(super) profiles: &'a [String],
    pub(super) overlay: Option<&'a str>,
}

impl AssessArguments {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            paths: &self.paths,
            inline: &self.inline,
            statements: &self.statements,
            profiles: &self.profiles,
            overlay: self.overlay.as_deref(),
        }
    }
}

impl CompareArguments {
    pub(super) fn asked(&self) -> Asked<'_> {
        Asked {
            paths: &self.paths,
            inline: &self.inline,
            statements: &self.statements,
            profiles: &self.profiles,
            overlay: self.overlay.as_deref(),
        }
    }
}
