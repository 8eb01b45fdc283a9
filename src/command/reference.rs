//! `kubeworthy rule` and `targets`: what the program knows, explained.

use std::fmt::Write as _;

use super::Exit;
use super::arguments::{Rule as RuleArguments, Targets as TargetArguments};
use super::assess::load_kit;
use super::output::Terminal;
use crate::Kit;
use crate::reference::{self, field, listed, titled};
use crate::targets::{Certification, Complement, Coverage, Jurisdiction, Promise, Status, Target};

pub(super) fn rule(arguments: &RuleArguments, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let Some(code) = &arguments.code else {
        let text = if arguments.all { reference::explain_every_rule(&kit) } else { list_rules(&kit) };
        return terminal.print(&terminal.in_words(&text));
    };
    match (kit.rules.find(code), kit.suppressions.find(code)) {
        (Some(rule), _) => terminal.print(&reference::explain_rule(rule, &kit)),
        (None, Some(told)) => terminal.print(&reference::explain_suppression(told)),
        (None, None) => {
            let names = kit.rules.iter().flat_map(|rule| [rule.code.as_str(), rule.name.as_str()]);
            let names = names.chain(kit.suppressions.iter().flat_map(|told| [told.code.as_str(), told.name.as_str()]));
            let help = crate::data::did_you_mean(&code.to_ascii_uppercase(), names);
            let help = if help.is_empty() { "`kubeworthy rule` lists them all".to_owned() } else { help };
            terminal.note(&format!("error: there is no rule `{code}`; {help}"));
            Exit::Error
        }
    }
}

pub(super) fn targets(arguments: &TargetArguments, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let Some(name) = &arguments.name else { return terminal.print(&terminal.in_words(&list_targets(&kit))) };
    match (kit.catalogue.find(name), kit.catalogue.find_complement(name)) {
        (Some(target), _) => terminal.print(&explain_target(target, &kit)),
        (None, Some(complement)) => terminal.print(&explain_complement(complement, &kit)),
        (None, None) => {
            let targets = kit.catalogue.targets().iter().map(|target| target.id.as_str());
            let names = targets.chain(kit.catalogue.complements().iter().map(|complement| complement.id.as_str()));
            let help = crate::data::did_you_mean(name, names);
            let help = if help.is_empty() { "`kubeworthy targets` lists them all".to_owned() } else { help };
            terminal.note(&format!("error: there is no target `{name}`; {help}"));
            Exit::Error
        }
    }
}

fn list_rules(kit: &Kit) -> String {
    let mut text = String::new();
    for rule in kit.rules.iter() {
        let _ = writeln!(text, "{}  {:<34} {}", rule.code, rule.name, rule.title);
    }
    for told in kit.suppressions.iter() {
        let _ = writeln!(text, "{}  {:<34} {}", told.code, told.name, told.title);
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
        let mut state = law(&target.jurisdiction);
        if target.status != Status::Open {
            state = format!("{state}, {}", target.status.id());
        }
        if is_stale(target, kit) {
            state.push_str(", stale");
        }
        let _ = writeln!(text, "  {:<30} {:<38} effort {}  {state}", target.id, target.name, target.effort);
    }
    text.push_str("\nManaged data services, to stand beside a target\n");
    for complement in kit.catalogue.complements() {
        let mut state = law(&complement.jurisdiction);
        if is_stale_complement(complement, kit) {
            state.push_str(", stale");
        }
        let engines = complement.engines.join(", ");
        listed(&mut text, &format!("  {:<30} {:<24} ", complement.id, state), 58, &engines);
    }
    text.push_str("\nkubeworthy targets NAME shows one.\n");
    text
}

/// The seat, and whose law reaches it from outside.
fn law(jurisdiction: &Jurisdiction) -> String {
    match jurisdiction.exposed_to.as_slice() {
        [] => jurisdiction.seat.clone(),
        exposed if exposed.len() == 1 && exposed[0] == jurisdiction.seat => jurisdiction.seat.clone(),
        exposed => format!("{}, reached by {}", jurisdiction.seat, exposed.join(" and ")),
    }
}

fn is_stale(target: &Target, kit: &Kit) -> bool {
    kit.today.is_some_and(|today| target.is_stale(today, kit.constants.targets.stale_after_days))
}

fn is_stale_complement(complement: &Complement, kit: &Kit) -> bool {
    kit.today.is_some_and(|today| complement.is_stale(today, kit.constants.targets.stale_after_days))
}

pub(super) fn explain_target(target: &Target, kit: &Kit) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  ({})", target.name, target.id);
    paragraph(&mut text, &target.summary);
    text.push('\n');
    field(&mut text, "Tier", &target.tier.to_string());
    field(&mut text, "Effort", &format!("{} of 10, by judgement", target.effort));
    field(&mut text, "Run by", &target.operator);
    field(&mut text, "Self-hosted", if target.self_hosted { "yes" } else { "no" });
    jurisdiction(&mut text, &target.jurisdiction);
    let status = target.status_note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    field(&mut text, "Status", &format!("{}{status}", target.status.id()));
    field(&mut text, "Lock-in", &format!("{}: {}", target.lock_in.level.id(), target.lock_in.note));
    promise(&mut text, target.availability.as_ref());
    certifications(&mut text, &target.certifications);
    for limit in &target.limits {
        field(&mut text, "Hard limit", &format!("{} ({})", limit.reason, limit.source));
    }
    let _ = writeln!(text, "\nCoverage (archetype {}):", target.archetype);
    for (id, capability) in kit.capabilities.iter() {
        let coverage = target.coverage(id);
        let source = target.overrides.iter().find(|(other, _)| *other == id);
        let source = source.map_or_else(String::new, |(_, source)| format!(" ({source})"));
        let said = match coverage {
            Coverage::Native => format!("{}{source}", capability.id),
            _ => format!("{}: {}{source}", capability.id, coverage.text()),
        };
        field(&mut text, &format!("  {}", coverage.id()), &said);
    }
    text.push('\n');
    let checked = target.checked_on.map_or_else(String::new, |day| day.to_string());
    let age = if is_stale(target, kit) { stale(kit) } else { String::new() };
    field(&mut text, "Checked on", &format!("{checked}{age}"));
    for source in &target.sources {
        field(&mut text, "Source", &titled(&source.title, source.url.as_deref()));
    }
    text
}

fn explain_complement(complement: &Complement, kit: &Kit) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  ({})", complement.name, complement.id);
    paragraph(&mut text, &complement.summary);
    text.push('\n');
    field(&mut text, "Engines", &complement.engines.join(", "));
    field(&mut text, "Run by", &complement.operator);
    jurisdiction(&mut text, &complement.jurisdiction);
    promise(&mut text, complement.availability.as_ref());
    certifications(&mut text, &complement.certifications);
    let age = if is_stale_complement(complement, kit) { stale(kit) } else { String::new() };
    field(&mut text, "Checked on", &format!("{}{age}", complement.checked_on));
    for source in &complement.sources {
        field(&mut text, "Source", &titled(&source.title, source.url.as_deref()));
    }
    text
}

fn stale(kit: &Kit) -> String {
    let days = kit.constants.targets.stale_after_days;
    format!(", more than {days} days ago: this entry is stale; check its sources before you rely on it")
}

fn jurisdiction(text: &mut String, jurisdiction: &Jurisdiction) {
    let note = jurisdiction.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
    field(text, "Law", &format!("{}{note}", jurisdiction.seat));
    let exposed = match jurisdiction.exposed_to.as_slice() {
        [] if jurisdiction.seat == "own" => "as you choose with the provider".to_owned(),
        [] => "to no foreign law, as far as is known".to_owned(),
        countries => format!("{}: its law reaches the operator wherever the data lies", countries.join(" and ")),
    };
    field(text, "Exposed", &exposed);
}

fn promise(text: &mut String, promise: Option<&Promise>) {
    let said = match promise {
        Some(promise) => {
            let zones = if promise.zones == 1 { String::new() } else { format!(", run over {} zones", promise.zones) };
            let note = promise.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
            format!("{} % of {}{zones}{note} ({})", promise.promise, promise.of.words(), promise.source)
        }
        None => "nothing that could be verified".to_owned(),
    };
    field(text, "Promises", &said);
}

fn certifications(text: &mut String, certifications: &[Certification]) {
    for certification in certifications {
        let said = format!(
            "{} {} for {}, {}; checked {} ({})",
            certification.name,
            certification.status.id(),
            certification.offer,
            certification.region,
            certification.checked_on,
            certification.source
        );
        field(text, "Certificate", &said);
    }
}

fn paragraph(text: &mut String, value: &str) {
    listed(text, "", 0, value);
}
