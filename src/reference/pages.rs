//! The pages `docs/rules.md`, `docs/facts.md` and `docs/context.md`, made from the data.

use std::fmt::Write as _;

use super::{asked_of, says};
use crate::Kit;
use crate::context::keys::{Form, KEYS};
use crate::facts::{CATALOG, FactEntry, FactType, Scope};
use crate::rules::Rule;
use crate::rules::file::EstateMode;

/// What the pages say of themselves.
const MADE: &str = "<!-- Made from the data by `UPDATE=1 cargo test --test documentation`; do not edit by hand. -->";

/// The families of rules: the folder, and what its rules are about.
const FAMILIES: [(&str, &str); 10] = [
    ("context", "Context: what the owner states outright"),
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

/// Every key of the context file as a page, with what it says, its form, an example, and the rules that ask for it.
#[must_use]
pub fn context_page(kit: &Kit) -> String {
    let mut text = format!(
        "# The context file\n\n{MADE}\n\n\
         What no file can say, its owner can: in `kubeworthy.yaml`, all of it optional. What is not stated stays unknown. An\n\
         unknown key or a value of the wrong form is an error with its place and a suggestion. The schema for editors is\n\
         [schemas/context.json](schemas/context.json).\n\n\
         - `kubeworthy init` writes the file with its questions, the weightiest first.\n\
         - It is found in the first folder that is assessed, or in the nearest one above it, up to the root of the repository.\n  \
           `--context-file FILE` names another; several are laid over each other.\n\
         - `--set key=value` states one key for one run: what if? Nested keys have dots: `--set needs.mesh=false`.\n\
         - A statement may say who makes it: `{{value: 99.95, owner: operations, date: 2026-10-01, source: contract 12}}`.\n\n\
         A statement at the top is about everything that is read together. It holds for each system too, except where the table\n\
         says *of the whole*: such a statement holds for a system only where it is the only one, or where it stands under\n\
         `systems`.\n\n\
         | key | says | value | example | asked by |\n| --- | --- | --- | --- | --- |\n"
    );
    for key in KEYS {
        let whole = if key.of_the_whole { "; *of the whole*" } else { "" };
        let form = match key.form {
            Form::Number { least, most } => format!("{least} to {most}"),
            Form::Count { least, most } => format!("whole, {least} to {most}"),
            Form::Duration => "a length of time: `30s`, `5m`, `4h`, `2d`".to_owned(),
            Form::Word(words) => format!("`{}`", words.join("`, `")),
            Form::Words([]) => "a word, or a list".to_owned(),
            Form::Words(words) => format!("of `{}`", words.join("`, `")),
            Form::Boolean => "`true` or `false`".to_owned(),
        };
        let fact = format!("stated.{}", key.name);
        let asks = |rule: &&Rule| {
            let name = |text: &str| text.contains(&format!("{fact}:")) || text.contains(&format!("known: {fact}"));
            name(&rule.conditions)
        };
        let rules: Vec<String> = kit
            .rules
            .iter()
            .filter(asks)
            .map(|rule| format!("[{}](rules.md#{})", rule.code, rule.code.to_ascii_lowercase()))
            .collect();
        let _ = writeln!(
            text,
            "| `{}` | {}{whole} | {form} | `{}` | {} |",
            key.name,
            key.meaning,
            key.example,
            rules.join(", ")
        );
    }
    text.push_str(
        "\n## Needs, hosts and systems\n\n\
         ```yaml\n\
         # What is needed outright, by capability: true proves it, false makes claims on it declared, and tells where the files\n\
         # ask for it all the same.\n\
         needs:\n  survive-zone-loss: true\n  mesh: false\n\
         # What one machine is, for the ladder of scale; by default 2 vCPU and 4 GiB, 16 and 64, 64 and 256.\n\
         hosts:\n  ordinary: {cpu: 32, memory-gib: 128}\n\
         # Statements about one system, by the name that the report gives it, over those above.\n\
         systems:\n  shop:\n    availability-target: 99.95\n\
         ```\n\n\
         ## What follows from it\n\n\
         - Statements become claims and contradictions by rules, like everything else: see the last column.\n\
         - `hosting`, `jurisdiction`, `certification` and `exclude` rule targets out. The report says what that costs: the need\n  \
           with and without them. `jurisdiction: eu` wants an operator seated in the European Union that no law from outside of\n  \
           it reaches. A certificate counts where it is held, for the offer; what is in progress or unverified is not. Machines of\n  \
           your own are under your own law and certified by yourself.\n\
         - `prefer` decides among targets that fit equally well. `vendor-mandate` makes the lightest Kubernetes the suggestion,\n  \
           and brings no need.\n\
         - `subject` names well-known add-ons that are the product here.\n\
         - Budget, people and skills are reported beside the need and never added to it.\n",
    );
    text
}

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
    text.push_str(
        "\n## Suppressions: what should be mended or removed\n\nTold as warnings of suppressions, whatever the rule that they \
         name; they move no need and cannot be suppressed.\nSee [suppressions.md](suppressions.md).\n",
    );
    for told in kit.suppressions.iter() {
        let _ = writeln!(text, "\n### {}\n\n**{}** (`{}`)\n", told.code, told.title, told.name);
        let _ = writeln!(text, "{}\n\n*What to do:* {}", told.why.trim(), told.remedy.trim());
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
