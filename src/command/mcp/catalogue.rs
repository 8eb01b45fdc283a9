//! Rules explained and targets described, for agents.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::command::reference::explain_target;
use crate::command::today::today;
use crate::data::did_you_mean;
use crate::naming;
use crate::reference::explain_rule;
use crate::report::agents::{Compared, Comparison, shown};
use crate::rules::Rule;
use crate::{Kit, OwnFiles};

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
pub(super) fn explain(asked: Option<&str>) -> Result<Explanation, String> {
    let kit = kit()?;
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else {
        return Ok(of(kit.rules.iter().map(|rule| explained(rule, None))));
    };
    if let Some(rule) = kit.rules.find(asked) {
        return Ok(of(std::iter::once(explained(rule, Some(&kit)))));
    }
    let named = || kit.rules.iter().map(Rule::named);
    let codes = naming::meant(asked, named());
    if !codes.is_empty() {
        return Ok(of(codes.into_iter().filter_map(|code| kit.rules.find(code)).map(|rule| explained(rule, None))));
    }
    let help = naming::nearest(asked, named(), std::iter::empty());
    let help = if help.is_empty() { "leave `rule` out to list all of them".to_owned() } else { help };
    Err(format!("there is no rule and no family `{}`; {help}", shown(asked)))
}

fn of(rules: impl Iterator<Item = Explained>) -> Explanation {
    Explanation { schema: "kubeworthy/agents/explain-rule/v1", rules: rules.collect() }
}

fn explained(rule: &Rule, whole: Option<&Kit>) -> Explained {
    Explained {
        code: rule.code.clone(),
        name: rule.name.clone(),
        family: rule.family().to_owned(),
        title: rule.title.clone(),
        explanation: whole.map(|kit| Detailed {
            why: rule.why.clone(),
            remedy: rule.remedy.clone(),
            sources: rule
                .sources
                .iter()
                .map(|source| crate::reference::titled(&source.title, source.url.as_deref()))
                .collect(),
            page: explain_rule(rule, kit),
        }),
    }
}

/// The targets of these ids with everything known of them, or all in short; or which ids there are.
pub(super) fn describe(asked: &[String]) -> Result<Comparison, String> {
    let ids = ids_of(asked)?;
    let kit = kit()?;
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
pub(super) fn ids_of(asked: &[String]) -> Result<Vec<String>, String> {
    let kit = kit()?;
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

fn kit() -> Result<Kit, String> {
    let kit = Kit::load(&OwnFiles::default()).map_err(|error| format!("the built-in rules cannot be read: {error}"))?;
    Ok(Kit { today: Some(today()), ..kit })
}
