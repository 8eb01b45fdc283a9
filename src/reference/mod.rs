//! What the rules and the facts are, explained for people: one by one for a terminal, all of them as pages.

mod pages;

use std::fmt::Write as _;

use crate::Kit;
use crate::facts::Scope;
use crate::rules::{Action, Rule};
use crate::suppression::SuppressionText;

pub use pages::{configuration_page, facts_page, rules_page};

/// One rule, explained for people.
#[must_use]
pub fn explain_rule(rule: &Rule, kit: &Kit) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", rule.code, rule.name);
    let _ = writeln!(text, "{}\n", rule.title);
    field(&mut text, "Asked of", asked_of(rule));
    field(&mut text, "Says", &says(rule, kit));
    if let Some(reflex) = &rule.reflex {
        field(&mut text, "Reflex", &format!("{reflex} of the published list of habits"));
    }
    field(&mut text, "Since", &rule.since);
    field(&mut text, "Why", &rule.why);
    field(&mut text, "What to do", &rule.remedy);
    field(&mut text, "File", &rule.file);
    for source in &rule.sources {
        field(&mut text, "Source", &titled(&source.title, source.url.as_deref()));
    }
    text.push_str("\nThe condition:\n");
    for line in rule.conditions.lines() {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(example) = rule.examples.fires.first() {
        let (kind, input) = match (&example.manifest, &example.compose) {
            (Some(manifest), _) => ("manifest", manifest),
            (None, Some(compose)) => ("Compose file", compose),
            (None, None) => return text,
        };
        let _ = writeln!(text, "\nA {kind} on which it fires:");
        for line in input.lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// What is told of suppressions, explained for people.
#[must_use]
pub fn explain_suppression(told: &SuppressionText) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", told.code, told.name);
    let _ = writeln!(text, "{}\n", told.title);
    field(&mut text, "Asked of", "each suppression");
    field(&mut text, "Says", "tells a warning, and moves no need");
    field(&mut text, "Since", &told.since);
    field(&mut text, "Why", &told.why);
    field(&mut text, "What to do", &told.remedy);
    text
}

/// Every rule, explained one after another.
#[must_use]
pub fn explain_every_rule(kit: &Kit) -> String {
    let rules = kit.rules.iter().map(|rule| explain_rule(rule, kit));
    let rules: Vec<String> = rules.chain(kit.suppressions.iter().map(explain_suppression)).collect();
    rules.join(&format!("\n{}\n\n", "-".repeat(98)))
}

/// What a rule is asked of.
fn asked_of(rule: &Rule) -> &'static str {
    if rule.scope == Scope::System { "each system" } else { "each workload" }
}

/// What follows from a rule, in words.
fn says(rule: &Rule, kit: &Kit) -> String {
    let capability = |id| &kit.capabilities.get(id).id;
    match &rule.action {
        Action::Claim { capability: id, grade, raised } => {
            let mut grades = vec![grade.id()];
            grades.extend(raised.iter().map(|(grade, _)| grade.id()));
            format!("claims {} ({})", capability(*id), grades.join(", "))
        }
        Action::Lowers { capabilities, level } => {
            let names: Vec<&str> = capabilities.iter().map(|id| capability(*id).as_str()).collect();
            format!("lowers claims on {} to declared, and tells it as a {}", names.join(", "), level.id())
        }
        Action::ClaimsStated { grade } => format!("claims what the owner states to be needed ({})", grade.id()),
        Action::LowersStated { level } => format!(
            "lowers claims on what the owner states not to be needed to declared, and tells it as a {}",
            level.id()
        ),
        Action::Asks { capability: Some(id), question } => {
            format!("asks: {question} The answer could prove {}", capability(*id))
        }
        Action::Asks { capability: None, question } => format!("asks: {question} The answer could prove anything"),
        Action::Finding(level) => format!("tells a {}", level.id()),
    }
}

/// A source with its address.
pub(crate) fn titled(title: &str, url: Option<&str>) -> String {
    url.map_or_else(|| title.to_owned(), |url| format!("{title}, {url}"))
}

/// The widest line.
const WIDTH: usize = 98;

/// A named field, its text wrapped under itself.
pub(crate) fn field(text: &mut String, name: &str, value: &str) {
    const INDENT: usize = 13;
    listed(text, &format!("{name:<INDENT$}"), INDENT, value);
}

/// A line of a list whose last column is wrapped under itself.
pub(crate) fn listed(text: &mut String, lead: &str, indent: usize, value: &str) {
    let mut column = indent;
    text.push_str(lead);
    for (index, word) in value.split_whitespace().enumerate() {
        if index > 0 && column + 1 + word.len() > WIDTH {
            let _ = write!(text, "\n{:indent$}", "");
            column = indent;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text.push('\n');
}
