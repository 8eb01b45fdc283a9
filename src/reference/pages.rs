//! The pages `docs/rules.md` and `docs/facts.md`, made from the data.

use std::fmt::Write as _;

use super::{asked_of, says};
use crate::Kit;
use crate::facts::{CATALOG, FactEntry, FactType, Scope};
use crate::rules::Rule;
use crate::rules::file::EstateMode;

/// What the pages say of themselves.
const MADE: &str = "<!-- Made from the data by `UPDATE=1 cargo test --test documentation`; do not edit by hand. -->";

/// The families of rules: the folder, and what its rules are about.
const FAMILIES: [(&str, &str); 9] = [
    ("availability", "Availability: what the system survives"),
    ("scale", "Scale: what it takes to carry it"),
    ("topology", "Topology: parts, teams, network, mesh, clusters"),
    ("delivery", "Delivery: how new versions arrive"),
    ("state", "State: data that lasts"),
    ("cost", "Cost: what costs more than it seems"),
    ("platform", "Platform: Kubernetes itself, the host, accelerators"),
    ("batch", "Batch and tenancy: jobs, quotas, priorities"),
    ("hygiene", "Hygiene: gaps in the input itself"),
];

/// Every rule as a page: by family, with what it says, why, what to do, and where the opinion comes from.
#[must_use]
pub fn rules_page(kit: &Kit) -> String {
    let mut text = format!(
        "# Rules\n\n{MADE}\n\nEvery rule that ships with the program, {} in all. `kubeworthy rule CODE` shows one with its \
         condition and an\nexample, `kubeworthy rule --all` every one. How to write your own: \
         [writing-rules.md](writing-rules.md). What the\ngrades weigh: [model.md](model.md#grades).\n",
        kit.rules.iter().count()
    );
    let family_of = |rule: &Rule| rule.file.split('/').nth(1).unwrap_or_default().to_owned();
    for (folder, title) in FAMILIES {
        let rules: Vec<&Rule> = kit.rules.iter().filter(|rule| family_of(rule) == folder).collect();
        let _ = writeln!(text, "\n## {title}\n\n| code | | |\n| --- | --- | --- |");
        for rule in &rules {
            let code = rule.code.to_ascii_lowercase();
            let _ = writeln!(text, "| [{}](#{code}) | {} | {} |", rule.code, rule.title, says(rule, kit));
        }
        for rule in rules {
            describe(rule, kit, &mut text);
        }
    }
    text
}

fn describe(rule: &Rule, kit: &Kit, text: &mut String) {
    let _ = writeln!(text, "\n### {}\n\n**{}** (`{}`)\n", rule.code, rule.title, rule.name);
    let estate = match (rule.scope, rule.estate) {
        (Scope::System, EstateMode::Also) => ", and of the estate",
        (Scope::System, EstateMode::Only) => " no: of the estate alone",
        _ => "",
    };
    let asked =
        if estate.starts_with(" no") { "the estate alone".to_owned() } else { format!("{}{estate}", asked_of(rule)) };
    let _ = writeln!(text, "Asked of {asked}. It {}.", says(rule, kit).trim_end_matches('.'));
    if let Some(reflex) = &rule.reflex {
        let _ = writeln!(text, "Reflex {reflex} of the published list of habits.");
    }
    let _ = writeln!(text, "\n{}\n\n*What to do:* {}\n", rule.why.trim(), rule.remedy.trim());
    for source in &rule.sources {
        let _ = match &source.url {
            Some(url) => writeln!(text, "- [{}]({url})", source.title),
            None => writeln!(text, "- {}", source.title),
        };
    }
}

/// Every fact as a page: by scope, with type, sentence and where it can be read from.
#[must_use]
pub fn facts_page() -> String {
    let mut text = format!(
        "# Facts\n\n{MADE}\n\nWhat the conditions of rules and the limits of targets can read, {} facts in all. A rule of \
         scope `workload` reads both\nkinds, a rule of scope `system` those of the system alone. What the three answers \
         (known, absent, unknown) mean for a\ncondition stands in [writing-rules.md](writing-rules.md#the-condition-language).\n\n\
         What only the live state can tell (`seen.`) is unknown wherever files alone are read, with the reason that no live\n\
         state was seen. It raises no question and changes no number until a cluster is read.\n",
        CATALOG.len()
    );
    for (scope, title) in [(Scope::Workload, "Of a workload"), (Scope::System, "Of a system, or of the estate")] {
        for from in ["files", "the context file", "live state"] {
            let entries: Vec<&FactEntry> =
                CATALOG.iter().filter(|entry| entry.scope == scope && entry.read_from() == from).collect();
            if entries.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n## {title}, from {from}\n\n| fact | type | what it says |\n| --- | --- | --- |");
            for entry in entries {
                let _ = writeln!(text, "| `{}` | {} | {} |", entry.id, type_of(entry.kind), entry.sentence);
            }
        }
    }
    text
}

fn type_of(kind: FactType) -> String {
    match kind {
        FactType::Boolean => "true or false".to_owned(),
        FactType::Number => "number".to_owned(),
        FactType::Text => "text".to_owned(),
        FactType::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("one of {}", words.join(", "))
        }
    }
}
