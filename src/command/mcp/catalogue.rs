//! Rules explained and targets described, for agents.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Mutex;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Kit;
use crate::command::arguments::Colour;
use crate::command::assess::load_kit;
use crate::command::output::Terminal;
use crate::command::plugin::Called;
use crate::command::reference::explain_target;
use crate::data::did_you_mean;
use crate::naming::{self, Named};
use crate::reference::{explain_rule, explain_suppression};
use crate::report::agents::{Compared, Comparison, shown};
use crate::rules::Rule;
use crate::suppression::SuppressionText;

/// The answer of `explain_rule`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(super) struct Explanation {
    /// `kubeworthy/agents/explain-rule/v1`.
    schema: &'static str,
    /// The rule that was asked for, those of the family, or all.
    rules: Vec<Explained>,
}

/// A rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Explained {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// Its family.
    family: String,
    /// What it says, in one line.
    title: String,
    /// Everything about it; null where several are listed.
    explanation: Option<Detailed>,
}

/// Everything about a rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
struct Detailed {
    /// Why it says something about need.
    why: String,
    /// What to do.
    remedy: String,
    /// Where the opinion comes from: titles and addresses.
    sources: Vec<String>,
    /// The page that people are shown, with the condition and an example on which it fires.
    page: String,
}

impl Explanation {
    /// The answer as a text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for rule in &self.rules {
            match &rule.explanation {
                Some(detailed) => text.push_str(&detailed.page),
                None => {
                    let _ = writeln!(text, "{} {} ({}): {}", rule.code, rule.name, rule.family, rule.title);
                }
            }
        }
        text
    }
}

/// The rule of this code or name, the rules of this family, or all; or what to ask for.
pub(super) fn explain(asked: Option<&str>, own: &[PathBuf]) -> Result<Explanation, String> {
    let kit = kit(own)?;
    let every = || kit.rules.iter().map(One::Rule).chain(kit.suppressions.iter().map(One::OfSuppressions));
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else {
        return Ok(of(every().map(|one| explained(one, None))));
    };
    let found = kit.rules.find(asked).map(One::Rule);
    if let Some(one) = found.or_else(|| kit.suppressions.find(asked).map(One::OfSuppressions)) {
        return Ok(of(std::iter::once(explained(one, Some(&kit)))));
    }
    let named: Vec<Named<'_>> = every().map(One::named).collect();
    let codes = naming::meant(asked, named.iter().copied());
    if !codes.is_empty() {
        let family = every().filter(|one| codes.contains(&one.named().code));
        return Ok(of(family.map(|one| explained(one, None))));
    }
    let help = naming::nearest(asked, named.iter().copied(), std::iter::empty());
    let help = if help.is_empty() { "leave `rule` out to list all of them".to_owned() } else { help };
    Err(format!("there is no rule and no family `{}`; {help}", shown(asked)))
}

/// A rule of need, or one about suppressions.
#[derive(Clone, Copy)]
enum One<'k> {
    Rule(&'k Rule),
    OfSuppressions(&'k SuppressionText),
}

impl<'k> One<'k> {
    fn named(self) -> Named<'k> {
        match self {
            Self::Rule(rule) => rule.named(),
            Self::OfSuppressions(told) => told.named(),
        }
    }
}

fn of(rules: impl Iterator<Item = Explained>) -> Explanation {
    Explanation { schema: "kubeworthy/agents/explain-rule/v1", rules: rules.collect() }
}

fn explained(one: One<'_>, whole: Option<&Kit>) -> Explained {
    let title = match one {
        One::Rule(rule) => &rule.title,
        One::OfSuppressions(told) => &told.title,
    };
    let detailed = |kit: &Kit| match one {
        One::Rule(rule) => Detailed {
            why: rule.why.clone(),
            remedy: rule.remedy.clone(),
            sources: rule
                .sources
                .iter()
                .map(|source| crate::reference::titled(&source.title, source.url.as_deref()))
                .collect(),
            page: explain_rule(rule, kit),
        },
        One::OfSuppressions(told) => Detailed {
            why: told.why.clone(),
            remedy: told.remedy.clone(),
            sources: Vec::new(),
            page: explain_suppression(told),
        },
    };
    Explained {
        code: one.named().code.to_owned(),
        name: one.named().name.to_owned(),
        family: one.named().family.to_owned(),
        title: title.clone(),
        explanation: whole.map(detailed),
    }
}

/// The targets of these ids with everything known of them, or all in short; or which ids there are.
pub(super) fn describe(asked: &[String], own: &[PathBuf]) -> Result<Comparison, String> {
    let ids = ids_of(asked, own)?;
    let kit = kit(own)?;
    let chosen = kit.catalogue.targets().iter().filter(|target| ids.is_empty() || ids.contains(&target.id));
    let described = chosen.map(|target| Compared {
        id: target.id.clone(),
        name: target.name.clone(),
        tier: target.tier,
        effort: target.effort,
        operator: target.operator.clone(),
        summary: Some(if ids.is_empty() { target.summary.clone() } else { explain_target(target, &kit) }),
        fit: None,
    });
    Ok(Comparison::of_catalogue(described.collect()))
}

/// The ids of targets that are asked for by their ids or names; or which there are.
pub(super) fn ids_of(asked: &[String], own: &[PathBuf]) -> Result<Vec<String>, String> {
    let kit = kit(own)?;
    let id = |asked: &String| {
        kit.catalogue.find(asked).map(|target| target.id.clone()).ok_or_else(|| {
            let names: Vec<&str> = kit.catalogue.targets().iter().map(|target| target.id.as_str()).collect();
            let help = did_you_mean(asked, names.iter().copied());
            let separator = if help.is_empty() { "" } else { ". " };
            format!("there is no target `{}`; {help}{separator}There are: {}", shown(asked), names.join(", "))
        })
    };
    asked.iter().map(id).collect()
}

/// The built-in rules and targets with those of the server's user, read anew since they may have changed.
fn kit(own: &[PathBuf]) -> Result<Kit, String> {
    let said = Mutex::new(Vec::new());
    let terminal = Terminal::new(Colour::Never, Called::Itself).keeping(&said);
    let kit = load_kit(own, &terminal);
    kit.ok_or_else(|| said.lock().map(|said| said.join("\n")).unwrap_or_default())
}
