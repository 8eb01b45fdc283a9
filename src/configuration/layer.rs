//! One configuration file becomes a layer; what is wrong in it is told with its place and a way out.

use globset::GlobBuilder;

use super::{ConfiguredSuppression, profile};
use crate::context::{self, Context, Mistake, entries};
use crate::data::did_you_mean;
use crate::day::Day;
use crate::naming::{self, Named};
use crate::text::paths::join;
use crate::yaml::{Dialect, Node, Place, Scalar, Tree};

/// The keys beside the statements.
pub(super) const KEYS: [&str; 5] = ["profile", "extends", "gate", "ignore", "require-reason"];
/// The keys under `gate`.
pub(super) const GATE_KEYS: [&str; 3] = ["need-at-least", "fail-on", "baseline"];
/// The keys of an entry under `ignore`.
pub(super) const IGNORE_KEYS: [&str; 5] = ["rules", "paths", "systems", "reason", "until"];

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// What one file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    /// What the owner states.
    pub context: Context,
    /// The profile.
    pub profile: Option<Stated<String>>,
    /// The files that lie under it, as they were written.
    pub extends: Vec<Stated<String>>,
    /// What makes the gate fail.
    pub gate: GateLayer,
    /// What it suppresses.
    pub suppressions: Vec<ConfiguredSuppression>,
    /// Whether suppressions need a reason.
    pub require_reason: Option<Stated<bool>>,
}

/// What one file says about the gate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateLayer {
    /// The need below which a system on Kubernetes fails.
    pub need_at_least: Option<Stated<f64>>,
    /// What fails, each with its place.
    pub fail_on: Option<Stated<Vec<Stated<String>>>>,
    /// The baseline, as seen from where the program runs.
    pub baseline: Option<Stated<String>>,
}

/// The names that a configuration may use, for checking it.
#[derive(Clone, Debug, Default)]
pub struct Known<'k> {
    /// The names that statements may use.
    pub context: context::Known<'k>,
    /// The rules, and what they may be called.
    pub rules: Vec<Named<'k>>,
    /// What is told of suppressions, which may fail and cannot be ignored.
    pub told: Vec<Named<'k>>,
}

/// Reads a configuration file; `folder` is the one that it lies in, as it stands before the names of files.
///
/// # Errors
///
/// At the first key that does not exist or value of the wrong form.
pub fn read(tree: &Tree, folder: &str) -> Result<Layer, Mistake> {
    let Some(root) = tree.root().filter(|root| !root.is_null()) else { return Ok(Layer::default()) };
    let mut layer = Layer { context: context::read(root, &KEYS)?, ..Layer::default() };
    for (name, value) in entries(root, "a configuration")? {
        // What was left open says nothing.
        if value.is_null() {
            continue;
        }
        match name.text().unwrap_or_default() {
            "profile" => layer.profile = Some(profile_name(value)?),
            "extends" => {
                layer.extends = words(value, "a path", "extends: ../policy/kubeworthy.yaml")?;
                for path in &layer.extends {
                    local(value, &path.value)?;
                }
            }
            "gate" => layer.gate = gate(value, folder)?,
            "ignore" => layer.suppressions = suppressions(value, folder)?,
            "require-reason" => layer.require_reason = Some(stated(value, boolean(value)?)),
            _ => {}
        }
    }
    Ok(layer)
}

/// Reads whatever is configuration by its name among the files: a file, a profile, or a single statement.
///
/// # Errors
///
/// As for [`read`].
pub fn read_named(tree: &Tree, name: &str) -> Result<Layer, Mistake> {
    if profile::is_profile_name(name) { profile::layer(tree) } else { read(tree, super::lay::folder_of_file(name)) }
}

/// Holds the names in a layer against those that exist.
///
/// # Errors
///
/// At the first name of a capability, target, add-on, rule or family of rules that does not exist.
pub fn check(layer: &Layer, known: &Known<'_>) -> Result<(), Mistake> {
    context::check(&layer.context, &known.context)?;
    for cause in layer.gate.fail_on.iter().flat_map(|causes| &causes.value) {
        let word = cause.value.trim();
        let is_cause = naming::causes().any(|known| known.eq_ignore_ascii_case(word));
        if !is_cause && naming::meant(word, known.that_fail()).is_empty() {
            let message = format!("there is nothing called `{word}` that could fail");
            let near = naming::nearest(word, known.that_fail(), naming::causes());
            let words: Vec<&str> = naming::causes().collect();
            return Err(Mistake { place: cause.place, message, help: help(near, &words.join(", ")) });
        }
    }
    for entry in &layer.suppressions {
        for (name, place) in entry.rules.iter().zip(&entry.rule_places) {
            if !naming::meant(name, known.rules.iter().copied()).is_empty() {
                continue;
            }
            if !naming::meant(name, known.told.iter().copied()).is_empty() {
                let message = format!("{name} is told of suppressions, and cannot be suppressed");
                let help = "mend or remove the suppression that it is told of".to_owned();
                return Err(Mistake { place: *place, message, help });
            }
            let message = format!("there is no rule and no family of rules `{name}`");
            let near = naming::nearest(name, known.rules.iter().copied(), std::iter::once(naming::ALL));
            return Err(Mistake { place: *place, message, help: help(near, naming::ALL) });
        }
    }
    Ok(())
}

impl<'k> Known<'k> {
    /// The rules that may be named as what fails.
    fn that_fail(&self) -> impl Iterator<Item = Named<'k>> + Clone + use<'_, 'k> {
        self.rules.iter().chain(&self.told).copied()
    }
}

/// What may be meant, or what may stand there.
fn help(near: String, others: &str) -> String {
    if near.is_empty() {
        format!("write the code of a rule (`kubeworthy rule` lists them), a family such as KW2xx or scale, or {others}")
    } else {
        near
    }
}

fn stated<T>(node: Node<'_>, value: T) -> Stated<T> {
    Stated { value, place: node.place() }
}

fn profile_name(node: Node<'_>) -> Result<Stated<String>, Mistake> {
    let name = word(node, "the name of a profile", "profile: startup")?;
    if !profile::profile_names().any(|known| known == name) {
        let near = did_you_mean(&name, profile::profile_names());
        let names: Vec<&str> = profile::profile_names().collect();
        let help = if near.is_empty() { format!("the profiles are {}", names.join(", ")) } else { near };
        return Err(Mistake::at(node, format!("there is no profile `{name}`"), help));
    }
    Ok(stated(node, name))
}

fn gate(node: Node<'_>, folder: &str) -> Result<GateLayer, Mistake> {
    let mut gate = GateLayer::default();
    for (name, value) in entries(node, "the settings of the gate")? {
        gate_setting(name, value, folder, &mut gate)?;
    }
    Ok(gate)
}

/// One setting of the gate.
pub(super) fn gate_setting(name: Node<'_>, value: Node<'_>, folder: &str, gate: &mut GateLayer) -> Result<(), Mistake> {
    let text = name.text().unwrap_or_default();
    if !GATE_KEYS.contains(&text) {
        return Err(unknown(name, "the gate has no key", &GATE_KEYS));
    }
    match text {
        _ if value.is_null() => {}
        "need-at-least" => gate.need_at_least = Some(stated(value, need(value)?)),
        "fail-on" => {
            let causes = words(value, "something that may fail", "fail-on: [regression, needless]")?;
            gate.fail_on = Some(stated(value, causes));
        }
        _ => {
            let path = word(value, "a path", "baseline: kubeworthy.baseline.json")?;
            let path = local(value, &path)?;
            gate.baseline = Some(stated(value, join(folder, &path)));
        }
    }
    Ok(())
}

fn need(node: Node<'_>) -> Result<f64, Mistake> {
    let number = match node.scalar(Dialect::Kubernetes) {
        Some(Scalar::Integer(number)) => Some(number as f64),
        Some(Scalar::Float(number)) => Some(number),
        _ => None,
    };
    number.filter(|number| (0.0..=100.0).contains(number)).ok_or_else(|| {
        let message = format!("`{}` is no need", node.text().unwrap_or_default());
        Mistake::at(node, message, "write a number from 0 to 100")
    })
}

fn suppressions(node: Node<'_>, folder: &str) -> Result<Vec<ConfiguredSuppression>, Mistake> {
    if !node.is_sequence() {
        let help = "write a list of entries, as in `- {rules: [KW203], reason: why}`";
        return Err(Mistake::at(node, "what is ignored is a list", help));
    }
    node.items().map(|item| suppression(item, folder)).collect()
}

fn suppression(node: Node<'_>, folder: &str) -> Result<ConfiguredSuppression, Mistake> {
    let mut entry = ConfiguredSuppression {
        rules: Vec::new(),
        rule_places: Vec::new(),
        paths: Vec::new(),
        folder: folder.to_owned(),
        systems: Vec::new(),
        reason: None,
        until: None,
        place: node.place(),
    };
    let plain = |words: Vec<Stated<String>>| words.into_iter().map(|word| word.value).collect();
    let fields = entries(node, "an entry under ignore")?;
    // An entry is pointed at by its first key, since a mapping of several lines has no better place.
    if let Some((first, _)) = fields.first() {
        entry.place = first.place();
    }
    for (name, value) in fields {
        let text = name.text().unwrap_or_default();
        if !IGNORE_KEYS.contains(&text) {
            return Err(unknown(name, "an entry under ignore has no key", &IGNORE_KEYS));
        }
        match text {
            _ if value.is_null() => {}
            "rules" => {
                let rules = words(value, "the code of a rule", "rules: [KW203]")?;
                entry.rule_places = rules.iter().map(|rule| rule.place).collect();
                entry.rules = plain(rules);
                entry.place = value.place();
            }
            "systems" => {
                let systems = words(value, "the name of a system", "systems: [shop]")?;
                some(name, value, "system")?;
                entry.systems = plain(systems);
            }
            "reason" => {
                let reason = word(value, "a reason", "reason: the chart is replaced in spring")?;
                entry.reason = Some(reason).filter(|reason| !reason.trim().is_empty());
            }
            "until" => {
                let day = value.text().and_then(Day::parse);
                let message = format!("`{}` is no date", value.text().unwrap_or_default());
                entry.until = Some(day.ok_or_else(|| Mistake::at(value, message, "write the day as YYYY-MM-DD"))?);
            }
            _ => {
                let globs = words(value, "a glob", "paths: [\"legacy/**\"]")?;
                some(name, value, "file")?;
                let nodes: Vec<Node<'_>> = if value.is_sequence() { value.items().collect() } else { vec![value] };
                for (node, glob) in nodes.into_iter().zip(&globs) {
                    check_glob(node, &glob.value)?;
                }
                entry.paths = plain(globs);
            }
        }
    }
    if entry.rules.is_empty() {
        let help = "name codes under `rules`, as in `rules: [KW203]`; `all` stands for every rule";
        return Err(Mistake::at(node, "this entry says nothing about which rules it ignores", help));
    }
    Ok(entry)
}

/// An empty list would mean none to whoever wrote it, and all to whoever reads that the key may be left out.
fn some(name: Node<'_>, value: Node<'_>, what: &str) -> Result<(), Mistake> {
    if value.is_sequence() && value.items().next().is_none() {
        let message = format!("this list names no {what}");
        return Err(Mistake::at(name, message, format!("name one, or leave the key out, which means every {what}")));
    }
    Ok(())
}

fn check_glob(node: Node<'_>, glob: &str) -> Result<(), Mistake> {
    if glob.starts_with('/') || glob.split('/').any(|part| part == "..") {
        let help = "write it as seen from the folder of this file, as in `legacy/**`";
        return Err(Mistake::at(node, format!("`{glob}` leads out of the folder of this file"), help));
    }
    match GlobBuilder::new(glob).literal_separator(true).build() {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = format!("`{glob}` is no glob: {}", error.kind());
            Err(Mistake::at(
                node,
                message,
                "`*` stands for a part of a name, `**` for folders, `[ab]` for one of some characters",
            ))
        }
    }
}

/// A path on this machine; what names another machine is refused.
///
/// # Errors
///
/// When it is an address.
pub(super) fn local(node: Node<'_>, path: &str) -> Result<String, Mistake> {
    let is_address = path.contains("://") || path.starts_with("git@") || path.starts_with("//");
    if is_address {
        let message = format!("`{path}` is an address, and nothing is fetched");
        let help = "name a file on this machine; a submodule or a vendored copy brings what others keep";
        return Err(Mistake::at(node, message, help));
    }
    Ok(path.to_owned())
}

fn boolean(node: Node<'_>) -> Result<bool, Mistake> {
    node.boolean().ok_or_else(|| {
        let message = format!("`{}` is neither true nor false", node.text().unwrap_or_default());
        Mistake::at(node, message, "write true or false")
    })
}

fn word(node: Node<'_>, what: &str, example: &str) -> Result<String, Mistake> {
    let text = node.text().filter(|text| !text.is_empty()).map(str::to_owned);
    text.ok_or_else(|| Mistake::at(node, format!("this is not {what}"), format!("write it as in `{example}`")))
}

/// A list of words, or one alone.
fn words(node: Node<'_>, what: &str, example: &str) -> Result<Vec<Stated<String>>, Mistake> {
    let nodes: Vec<Node<'_>> = if node.is_sequence() { node.items().collect() } else { vec![node] };
    nodes.into_iter().map(|node| Ok(stated(node, word(node, what, example)?))).collect()
}

fn unknown(name: Node<'_>, what: &str, known: &[&str]) -> Mistake {
    let text = name.text().unwrap_or_default();
    let near = did_you_mean(text, known.iter().copied());
    let help = if near.is_empty() { format!("the keys are {}", known.join(", ")) } else { near };
    Mistake::at(name, format!("{what} `{text}`"), help)
}
