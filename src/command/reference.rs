//! `kubeworthy rule`, `targets` and `completion`: what the program knows, explained.

use std::fmt::Write as _;

use super::Exit;
use super::arguments::{Arguments, Completion, Rule as RuleArguments, Targets as TargetArguments};
use super::assess::load_kit;
use super::output::Terminal;
use crate::Kit;
use crate::facts::Scope;
use crate::rules::{Action, Rule};
use crate::targets::{Coverage, Target};

pub(super) fn rule(arguments: &RuleArguments, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let Some(code) = &arguments.code else { return terminal.print(&list_rules(&kit)) };
    match kit.rules.find(code) {
        Some(rule) => terminal.print(&explain_rule(rule, &kit)),
        None => {
            let names = kit.rules.iter().flat_map(|rule| [rule.code.as_str(), rule.name.as_str()]);
            let help = crate::data::did_you_mean(&code.to_ascii_uppercase(), names);
            let help = if help.is_empty() { "`kubeworthy rule` lists them all".to_owned() } else { help };
            terminal.note(&format!("error: there is no rule `{code}`; {help}"));
            Exit::Error
        }
    }
}

pub(super) fn targets(arguments: &TargetArguments, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let Some(name) = &arguments.name else { return terminal.print(&list_targets(&kit)) };
    match kit.catalogue.find(name) {
        Some(target) => terminal.print(&explain_target(target, &kit)),
        None => {
            let names = kit.catalogue.targets().iter().map(|target| target.id.as_str());
            let help = crate::data::did_you_mean(name, names);
            let help = if help.is_empty() { "`kubeworthy targets` lists them all".to_owned() } else { help };
            terminal.note(&format!("error: there is no target `{name}`; {help}"));
            Exit::Error
        }
    }
}

pub(super) fn completion(arguments: &Completion, terminal: &Terminal) -> Exit {
    let mut command = <Arguments as clap::CommandFactory>::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "kubeworthy", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))
}

fn list_rules(kit: &Kit) -> String {
    let mut text = String::new();
    for rule in kit.rules.iter() {
        let _ = writeln!(text, "{}  {:<34} {}", rule.code, rule.name, rule.title);
    }
    text.push_str("\nkubeworthy rule CODE explains one.\n");
    text
}

fn explain_rule(rule: &Rule, kit: &Kit) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", rule.code, rule.name);
    let _ = writeln!(text, "{}\n", rule.title);
    let asked = if rule.scope == Scope::System { "each system" } else { "each workload" };
    let capability = |id| &kit.capabilities.get(id).id;
    let says = match &rule.action {
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
    };
    field(&mut text, "Asked of", asked);
    field(&mut text, "Says", &says);
    if let Some(reflex) = &rule.reflex {
        field(&mut text, "Reflex", &format!("{reflex} of the published list of habits"));
    }
    field(&mut text, "Since", &rule.since);
    field(&mut text, "Why", &rule.why);
    field(&mut text, "What to do", &rule.remedy);
    field(&mut text, "File", &rule.file);
    for source in &rule.sources {
        field(&mut text, "Source", &reference(&source.title, source.url.as_deref()));
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

fn list_targets(kit: &Kit) -> String {
    let mut text = String::new();
    let mut tier = 0;
    for target in kit.catalogue.targets() {
        if target.tier != tier {
            tier = target.tier;
            let name = match tier {
                1 => "Simple targets",
                2 => "Lighter orchestrators",
                _ => "Kubernetes of more than one node",
            };
            let _ = writeln!(text, "{}{name}", if text.is_empty() { "" } else { "\n" });
        }
        let state = match target.status {
            crate::targets::Status::Open => String::new(),
            status => format!(" ({})", status.id()),
        };
        let _ = writeln!(
            text,
            "  {:<32} {:<44} effort {}  checked {}{state}",
            target.id, target.name, target.effort, target.checked_on
        );
    }
    text.push_str("\nkubeworthy targets NAME shows one.\n");
    text
}

fn explain_target(target: &Target, kit: &Kit) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  ({})\n{}\n", target.name, target.id, target.summary);
    field(&mut text, "Tier", &target.tier.to_string());
    field(&mut text, "Effort", &format!("{} of 10, by judgement", target.effort));
    field(&mut text, "Run by", &target.operator);
    field(&mut text, "Self-hosted", if target.self_hosted { "yes" } else { "no" });
    let note = target.jurisdiction.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    field(&mut text, "Law", &format!("{}{note}", target.jurisdiction.seat));
    let status = target.status_note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    field(&mut text, "Status", &format!("{}{status}", target.status.id()));
    if let Some(sla) = target.sla {
        field(&mut text, "Promises", &format!("{sla} % availability"));
    }
    for limit in &target.limits {
        field(&mut text, "Hard limit", &format!("{} ({})", limit.reason, limit.source));
    }
    let _ = writeln!(text, "\nCoverage (archetype {}):", target.archetype);
    for (id, capability) in kit.capabilities.iter() {
        let coverage = target.coverage(id);
        let source = target.overrides.iter().find(|(other, _)| *other == id);
        let source = source.map_or_else(String::new, |(_, source)| format!(" ({source})"));
        match coverage {
            Coverage::Native => {
                let _ = writeln!(text, "  {:<10} {}", coverage.id(), capability.id);
            }
            _ => {
                let _ = writeln!(text, "  {:<10} {}: {}{source}", coverage.id(), capability.id, coverage.text());
            }
        }
    }
    text.push('\n');
    field(&mut text, "Checked on", &target.checked_on);
    for source in &target.sources {
        field(&mut text, "Source", &reference(&source.title, source.url.as_deref()));
    }
    text
}

fn reference(title: &str, url: Option<&str>) -> String {
    url.map_or_else(|| title.to_owned(), |url| format!("{title}, {url}"))
}

/// A named field, its text wrapped under itself.
fn field(text: &mut String, name: &str, value: &str) {
    const INDENT: usize = 13;
    let mut column = INDENT;
    let _ = write!(text, "{name:<INDENT$}");
    for (index, word) in value.split_whitespace().enumerate() {
        if index > 0 && column + 1 + word.len() > 98 {
            let _ = write!(text, "\n{:INDENT$}", "");
            column = INDENT;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text.push('\n');
}
