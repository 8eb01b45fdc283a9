//! The pages `docs/rules.md`, `docs/facts.md` and `docs/configuration.md`, made from the data.

use std::fmt::Write as _;

use super::{asked_of, says};
use crate::Kit;
use crate::context::keys::{Form, KEYS};
use crate::facts::{CATALOG, FactEntry, FactType, Scope};
use crate::naming;
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

/// The configuration file as a page: where it is looked for, every key with what it says, and the profiles.
#[must_use]
pub fn configuration_page(kit: &Kit) -> String {
    let causes = naming::causes().collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "# The configuration file\n\n{MADE}\n\n\
         What no file can say, its owner can: in `kubeworthy.yaml`, all of it optional. What is not stated stays unknown. The\n\
         same file says what makes the gate fail and what is suppressed. An unknown key or a value of the wrong form is an error\n\
         with its place and a suggestion, and ends in exit code 2. The schema for editors is\n\
         [schemas/configuration.json](schemas/configuration.json).\n\n\
         - `kubeworthy init` writes the file with its questions, the weightiest first. With `--schema` it writes the schema\n  \
           beside it and points editors to it, which works without a network.\n\
         - `kubeworthy config show` prints what is in force for each system, and where every value comes from.\n\
         - `--set key=value` sets one key for one run: what if? Nested keys have dots: `--set needs.mesh=false`,\n  \
           `--set profile=regulated`.\n\
         - A statement may say who makes it: `{{value: 99.95, owner: operations, date: 2026-10-01, source: contract 12}}`.\n\n\
         ## Where it is looked for\n\n\
         The configuration of a system is the nearest `kubeworthy.yaml` or `.kubeworthy.yaml` in the common folder of its files\n\
         or above it, up to the folder that holds `.git`. Without a repository no folder above the PATH that was named is looked\n\
         at. The estate has what lies in the common folder of all systems or above it; a live cluster and standard input have\n\
         what holds where the program runs, and a snapshot what holds where its file lies. Of a revision (`diff`) the files of that\n\
         revision are read.\n\n\
         The nearest file counts whole: files in different folders are not laid over each other, unless one names the other under\n\
         `extends`. `--config FILE` names a file that holds for everything, and nothing is looked for then; several are laid over\n\
         each other. `--no-config` looks for nothing. A file that holds for no system is told, with what lies nearer in its place;\n\
         so is one that is called `kubeworthy.yml`, which is not read. Where `init` writes a file below another one, the new one\n\
         extends the one above.\n\n\
         A file that is found may come from whoever writes to the repository, and `kubeworthy` may run where secrets lie. So what\n\
         it extends lies in the same repository, links followed, or without one in the folder that was named, and is called\n\
         `.yaml`, `.yml` or `.json`; messages show lines of what is called `kubeworthy.yaml` or was named with `--config`, and\n\
         keep the values of everything else to themselves. What lies outside, such as a policy of several repositories, comes as\n\
         a submodule or a copy, or is named: `--config ../policy/kubeworthy.yaml --config kubeworthy.yaml`.\n\n\
         ## The gate, suppressions, and what lies under\n\n\
         ```yaml\n\
         # What is assumed under everything else; see the profiles below.\n\
         profile: startup\n\
         # Files that lie under this one, relative to it: a path or a list. Own keys win; entries under `ignore` are appended.\n\
         # Nothing is fetched, and nothing outside of the repository is read.\n\
         extends: ../policy/kubeworthy.yaml\n\
         gate:\n  \
           # A system on Kubernetes fails where its need is below this number.\n  \
           need-at-least: 40\n  \
           # {causes}, codes of rules, and families such as KW5xx or state.\n  \
           fail-on: [regression, needless]\n  \
           # Relative to this file.\n  \
           baseline: kubeworthy.baseline.json\n\
         # Rules that do not count. Globs lead from the folder of the file that holds the entry.\n\
         ignore:\n  \
           - rules: [KW203, KW5xx]\n    \
             paths: [\"legacy/**\"]\n    \
             systems: [shop]\n    \
             reason: the chart is replaced in spring\n    \
             until: 2027-03-01\n\
         # An entry whose files and systems are nowhere is unused, where the whole folder of the file was read.\n\
         # Whether a suppression without a reason counts for nothing, which is the default.\n\
         require-reason: true\n\
         ```\n\n\
         ## What the owner states\n\n\
         A statement at the top is about everything that the file holds for. It holds for each system too, except where the table\n\
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
    describe_profiles(&mut text);
    text
}

/// What each profile assumes, with the reason of each value.
fn describe_profiles(text: &mut String) {
    text.push_str(
        "\n## Profiles\n\n\
         A profile lies under everything that an owner says. What it assumes counts as answered, and stands among the statements\n\
         under its own name (`profile startup`), so that nobody takes it for something that the owner said. No profile assumes an\n\
         availability, a load, a number of teams or tenants, or that something is not needed: a profile hides no need.\n",
    );
    for profile in crate::configuration::profiles().unwrap_or_default() {
        let _ = writeln!(text, "\n### {}\n\n{}. {}\n", profile.name, profile.title, profile.summary);
        text.push_str("| key | assumed | since |\n| --- | --- | --- |\n");
        let statements = profile.statements.iter().map(|(key, value)| (key.clone(), value));
        let gate = profile.gate.iter().map(|(key, value)| (format!("gate.{key}"), value));
        for (key, assumed) in statements.chain(gate) {
            let value = match &assumed.value {
                serde_json::Value::String(word) => word.clone(),
                other => other.to_string().replace('"', "").replace(',', ", "),
            };
            let source = assumed.source.as_ref().map(|source| format!(" [{}]({})", source.title, source.url));
            let _ = writeln!(text, "| `{key}` | `{value}` | {}{} |", assumed.reason, source.unwrap_or_default());
        }
    }
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
    for (folder, title) in FAMILIES {
        let rules: Vec<&Rule> = kit.rules.iter().filter(|rule| rule.family() == folder).collect();
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
        for from in ["files", "the configuration file", "live state"] {
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
