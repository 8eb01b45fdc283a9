//! The baseline, version 1: what a team has accepted. These structs are the contract of the file: fields may be added,
//! never renamed, retyped or removed. It holds names, places and verdicts, and nothing that stands at those places.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assessment::{self, Assessment, FindingReport, Location, SystemAssessment};
use crate::matching::Identity;
use crate::report::json::careful;

/// The schema's name, first in every file.
pub const SCHEMA: &str = "kubeworthy/baseline/v1";
/// The name of the schema up to its version.
const FAMILY: &str = "kubeworthy/baseline/";

/// What was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "kubeworthy baseline, version 1")]
pub struct Baseline {
    /// The version of this format, `kubeworthy/baseline/v1`.
    pub schema: String,
    /// The version of the program that wrote it.
    pub version: String,
    /// A digest of the rules, targets and tables that it was made with, `sha256:` and 64 hexadecimal digits.
    pub rules_digest: String,
    /// What all systems together are known for, and none of them by itself.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// The systems, sorted by id.
    #[serde(default)]
    pub systems: Vec<System>,
}

/// A system as it was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct System {
    /// What tied it together, a colon, its name.
    pub id: String,
    /// Its name; a folder as seen from the baseline's folder, `.` for that folder itself.
    pub name: String,
    /// What tied it together.
    pub grouped_by: String,
    /// The file of its first workload, as seen from the baseline's folder; null where it stands in none.
    pub anchor: Option<String>,
    /// The live cluster that it was read from; null for files.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Whether it runs on Kubernetes, rather than being a Compose project alone.
    pub on_kubernetes: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The need in points, 0 to 100.
    pub need: f64,
    /// Its workloads, `Kind/namespace/name`, sorted: by them it is found again under another name.
    #[serde(default)]
    pub objects: Vec<String>,
    /// The files that it is written in, as seen from the baseline's folder, sorted: by them it is known whether all of it
    /// was read.
    #[serde(default)]
    pub files: Vec<String>,
    /// What is known of it, sorted.
    #[serde(default)]
    pub findings: Vec<Finding>,
}

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The rule's code.
    pub code: String,
    /// The file, as seen from the baseline's folder; null where it stands in none.
    pub file: Option<String>,
    /// `Kind/namespace/name` of the object that holds it; null inside Compose files.
    pub object: Option<String>,
    /// The path of keys that leads to it.
    pub path: String,
    /// Where else it stands: file, object and path. Not in the file.
    #[serde(skip)]
    pub(super) others: Vec<(Option<String>, Option<String>, String)>,
}

/// The answer for a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Something simpler would do.
    Needless,
    /// Both can be argued.
    Debatable,
    /// The needs call for it.
    Justified,
    /// It is made of Kubernetes.
    #[serde(rename = "k8s-native")]
    KubernetesNative,
    /// Too little was understood.
    Inconclusive,
}

impl From<assessment::Verdict> for Verdict {
    fn from(verdict: assessment::Verdict) -> Self {
        match verdict {
            assessment::Verdict::Needless => Self::Needless,
            assessment::Verdict::Debatable => Self::Debatable,
            assessment::Verdict::Justified => Self::Justified,
            assessment::Verdict::KubernetesNative => Self::KubernetesNative,
            assessment::Verdict::Inconclusive => Self::Inconclusive,
        }
    }
}

impl From<Verdict> for assessment::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Needless => Self::Needless,
            Verdict::Debatable => Self::Debatable,
            Verdict::Justified => Self::Justified,
            Verdict::KubernetesNative => Self::KubernetesNative,
            Verdict::Inconclusive => Self::Inconclusive,
        }
    }
}

/// What ties systems together that are called by their folder.
const NAMED_BY_FOLDERS: [&str; 4] = ["chart", "compose-project", "directory", "kustomization"];

/// A folder as seen from the baseline's.
fn folder(name: &str, name_of: &dyn Fn(&str) -> String) -> String {
    let name = name_of(if name.is_empty() { "." } else { name });
    if name.is_empty() { ".".to_owned() } else { name }
}

/// The name of a workload; that of a service of Compose holds the folder of its project.
fn object_of(object: &str, name_of: &dyn Fn(&str) -> String) -> String {
    let Some(named) = object.strip_prefix("service/") else { return object.to_owned() };
    let (project, service) = named.rsplit_once('/').unwrap_or(("", named));
    format!("service/{}/{service}", folder(project, name_of))
}

/// A baseline that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The line and the column, from 1, where it was noticed; none for the file as a whole.
    pub position: Option<(u32, u32)>,
}

impl Baseline {
    /// One that accepts nothing yet.
    #[must_use]
    pub fn empty(rules_digest: &str) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_digest: rules_digest.to_owned(),
            findings: Vec::new(),
            systems: Vec::new(),
        }
    }

    /// What would accept all that an assessment says of some of its systems, and where wanted of all of them together;
    /// `name_of` gives files the names that they have as seen from the baseline's folder. Not sorted.
    #[must_use]
    pub fn of<'a>(
        assessment: &'a Assessment,
        systems: impl IntoIterator<Item = &'a SystemAssessment>,
        is_of_all: bool,
        name_of: &dyn Fn(&str) -> String,
    ) -> Self {
        // In the order of the assessment, so that what is said of an entry can be said of a finding.
        let of_all = assessment.findings_of_all().filter(|_| is_of_all);
        Self {
            findings: of_all.map(|(_, finding)| Finding::of(finding, name_of)).collect(),
            systems: systems.into_iter().map(|system| System::of(system, name_of)).collect(),
            ..Self::empty(&assessment.rules_digest)
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// Where it is no baseline, one of another version, or holds a conflict of a merge.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        /// As much as tells the version.
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
        }
        let again = "delete it, then write it again with `kubeworthy baseline`".to_owned();
        if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
            return Err(Mistake {
                message: "a merge has left a conflict in the baseline".to_owned(),
                help: "take either side without its marks, then write it again with `kubeworthy baseline`".to_owned(),
                position: Some((line as u32 + 1, 1)),
            });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let unreadable = |error: serde_json::Error, message: &str| Mistake {
            message: format!("{message}: {}", without_position(&error)),
            help: again.clone(),
            position: (error.line() > 0).then(|| (error.line() as u32, error.column().max(1) as u32)),
        };
        let is_meant = if text.contains(FAMILY) { "the baseline is broken" } else { "this is no baseline" };
        let head: Head = serde_json::from_str(text).map_err(|error| unreadable(error, is_meant))?;
        match head.schema.as_deref() {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with(FAMILY) => {
                return Err(Mistake {
                    message: format!("the baseline is of another version: {other}, where this program reads {SCHEMA}"),
                    help: "use the version of the program that wrote it, or delete it, then write it again with `kubeworthy \
                           baseline`"
                        .to_owned(),
                    position: None,
                });
            }
            _ => {
                return Err(Mistake {
                    message: format!("this is no baseline: its `schema` is not {SCHEMA}"),
                    help: "name a file that `kubeworthy baseline` has written".to_owned(),
                    position: None,
                });
            }
        }
        let mut baseline: Self =
            serde_json::from_str(text).map_err(|error| unreadable(error, "the baseline is broken"))?;
        baseline.sort();
        Ok(baseline)
    }

    /// The text of the file: sorted, with one entry a line, so that a change in review is as small as what changed.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from("{\n");
        let _ = writeln!(text, "  \"schema\": {},", careful(&self.schema));
        let _ = writeln!(text, "  \"version\": {},", careful(&self.version));
        let _ = writeln!(text, "  \"rules_digest\": {},", careful(&self.rules_digest));
        let _ = writeln!(text, "  \"findings\": {},", list(&self.findings, "  "));
        text.push_str("  \"systems\": [");
        for (at, system) in self.systems.iter().enumerate() {
            text.push_str(if at == 0 { "\n    {\n" } else { ",\n    {\n" });
            let _ = writeln!(text, "      \"id\": {},", careful(&system.id));
            let _ = writeln!(text, "      \"name\": {},", careful(&system.name));
            let _ = writeln!(text, "      \"grouped_by\": {},", careful(&system.grouped_by));
            let _ = writeln!(text, "      \"anchor\": {},", careful(&system.anchor));
            if system.cluster.is_some() {
                let _ = writeln!(text, "      \"cluster\": {},", careful(&system.cluster));
            }
            let _ = writeln!(text, "      \"on_kubernetes\": {},", system.on_kubernetes);
            let _ = writeln!(text, "      \"verdict\": {},", careful(&system.verdict));
            let _ = writeln!(text, "      \"need\": {},", careful(&system.need));
            let _ = writeln!(text, "      \"objects\": {},", list(&system.objects, "      "));
            let _ = writeln!(text, "      \"files\": {},", list(&system.files, "      "));
            let _ = writeln!(text, "      \"findings\": {}", list(&system.findings, "      "));
            text.push_str("    }");
        }
        text.push_str(if self.systems.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
        text
    }

    /// Entries in their order, wherever they came from.
    pub(super) fn sort(&mut self) {
        // Only what is now has other places.
        let of_systems = self.systems.iter_mut().flat_map(|system| &mut system.findings);
        of_systems.chain(&mut self.findings).for_each(|finding| finding.others.clear());
        self.findings.sort();
        for system in &mut self.systems {
            system.findings.sort();
            for names in [&mut system.objects, &mut system.files] {
                names.sort();
                names.dedup();
            }
        }
        self.systems.sort_by(|a, b| (&a.id, &a.anchor).cmp(&(&b.id, &b.anchor)));
    }
}

/// The schema of the file, with a line feed at its end.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Baseline)).unwrap_or_default();
    text.push('\n');
    text
}

/// A list with one entry a line.
fn list<T: Serialize>(entries: &[T], indent: &str) -> String {
    if entries.is_empty() {
        return "[]".to_owned();
    }
    let lines: Vec<String> = entries.iter().map(|entry| format!("{indent}  {}", careful(entry))).collect();
    format!("[\n{}\n{indent}]", lines.join(",\n"))
}

/// What the parser says, without the position at its end.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |at| text[..at].to_owned())
}

impl System {
    fn of(system: &SystemAssessment, name_of: &dyn Fn(&str) -> String) -> Self {
        let anchor = system.anchor.as_ref();
        let is_live = anchor.is_some_and(|place| place.is_live);
        // Names that are folders stand as seen from where the program ran.
        let is_folder = !is_live && NAMED_BY_FOLDERS.contains(&system.grouped_by.as_str());
        let name = if is_folder { folder(&system.name, name_of) } else { system.name.clone() };
        Self {
            id: format!("{}:{name}", system.grouped_by),
            name,
            grouped_by: system.grouped_by.clone(),
            anchor: anchor.filter(|place| place.is_in_a_file()).map(|place| name_of(&place.file)),
            // Reports call it `cluster` and its name.
            cluster: anchor
                .filter(|place| place.is_live)
                .map(|place| place.file.strip_prefix("cluster ").unwrap_or(&place.file).to_owned()),
            on_kubernetes: system.on_kubernetes,
            verdict: system.verdict.into(),
            need: system.need.score,
            objects: system.objects.iter().map(|object| object_of(object, name_of)).collect(),
            files: system.files.iter().map(|file| name_of(file)).collect(),
            findings: system.findings.iter().map(|finding| Finding::of(finding, name_of)).collect(),
        }
    }

    /// The files that it is known to be written in.
    pub(super) fn written_in(&self) -> impl Iterator<Item = &String> {
        self.files.iter().chain(self.anchor.iter().filter(|_| self.files.is_empty()))
    }

    /// What tells it from others.
    pub(super) fn identity(&self) -> Identity {
        Identity {
            id: self.id.clone(),
            name: self.name.clone(),
            grouped_by: self.grouped_by.clone(),
            objects: self.objects.iter().cloned().collect(),
        }
    }
}

impl Finding {
    /// The same at each of its other places.
    pub(super) fn elsewhere(&self) -> Vec<Self> {
        let at = |(file, object, path): &(Option<String>, Option<String>, String)| Self {
            code: self.code.clone(),
            file: file.clone(),
            object: object.clone(),
            path: path.clone(),
            others: Vec::new(),
        };
        self.others.iter().map(at).collect()
    }

    /// A finding by its first place that stands in a file, or else by its first place.
    fn of(finding: &FindingReport, name_of: &dyn Fn(&str) -> String) -> Self {
        let in_file = finding.evidence.iter().find(|place| place.is_in_a_file());
        let place: Option<&Location> = in_file.or(finding.evidence.first());
        let others = finding.evidence.iter().filter(|other| Some(*other) != place);
        Self {
            code: finding.code.clone(),
            file: in_file.map(|place| name_of(&place.file)),
            object: place.and_then(|place| place.object.clone()),
            path: place.map_or_else(String::new, |place| place.path.clone()),
            others: others
                .map(|place| {
                    let file = place.is_in_a_file().then(|| name_of(&place.file));
                    (file, place.object.clone(), place.path.clone())
                })
                .collect(),
        }
    }
}
