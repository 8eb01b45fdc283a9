//! `kubeworthy rule`, `targets` and `completion`: what the program knows, explained.

use std::fmt::Write as _;

use super::Exit;
use super::arguments::{Arguments, Completion, Rule as RuleArguments, Targets as TargetArguments};
use super::assess::load_kit;
use super::output::Terminal;
use crate::Kit;
use crate::reference::{self, field, titled};
use crate::targets::{Coverage, Target};

pub(super) fn rule(arguments: &RuleArguments, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let Some(code) = &arguments.code else {
        let text = if arguments.all { reference::explain_every_rule(&kit) } else { list_rules(&kit) };
        return terminal.print(&text);
    };
    match kit.rules.find(code) {
        Some(rule) => terminal.print(&reference::explain_rule(rule, &kit)),
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
    text.push_str("\nkubeworthy rule CODE explains one, kubeworthy rule --all every one.\n");
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
        field(&mut text, "Source", &titled(&source.title, source.url.as_deref()));
    }
    text
}
