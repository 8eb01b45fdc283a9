//! `kubeworthy init`: a commented configuration file, its questions ordered by how much their answer could move the verdict.

use std::fmt::Write as _;
use std::path::Path;

use super::Exit;
use super::arguments::Init;
use super::assess::load_kit;
use super::output::Terminal;
use crate::choices::Choices;
use crate::configuration::{self, FILE_NAMES, FoundFile, Step};
use crate::context::keys::{KEYS, Key};
use crate::source::{self, Collected, Input};
use crate::text::paths::leading;
use crate::text::sanitize::for_terminal;
use crate::{Kit, assess};

/// What each key is tried with: values far apart, so that the largest move of the need is seen.
const PROBES: &[(&str, &[&str])] = &[
    ("availability-target", &["99", "99.9", "99.99"]),
    ("recovery-time", &["60s", "4h"]),
    ("recovery-point", &["0", "1d"]),
    ("peak-to-average", &["1", "3", "20"]),
    ("growth", &["1", "10"]),
    ("teams", &["1", "10"]),
    ("tenants", &["1", "30"]),
    ("regions", &["1", "3"]),
    ("request-length", &["1s", "4h"]),
    ("hosting", &["self-hosted"]),
    ("jurisdiction", &["eu"]),
    ("certification", &["[secnumcloud]"]),
];

/// The schema for editors, where it is written beside the configuration.
const SCHEMA: &str = "kubeworthy.schema.json";

pub(super) fn run(arguments: &Init, terminal: &Terminal) -> Exit {
    let Some(kit) = load_kit(&arguments.rules, terminal) else { return Exit::Error };
    let paths = if arguments.paths.is_empty() { vec![".".into()] } else { arguments.paths.clone() };
    let inputs: Vec<Input> = paths.iter().cloned().map(Input::Path).collect();
    let collected = source::collect(&inputs, &Choices::default());
    if let Some(failure) = collected.failures.first().filter(|_| collected.failed_inputs == inputs.len()) {
        terminal.note(&format!("error: {}: {}", for_terminal(&failure.file), for_terminal(&failure.message)));
        return Exit::Error;
    }
    let modeline = match (env!("CARGO_PKG_REPOSITORY"), arguments.schema) {
        (_, true) => format!("# yaml-language-server: $schema={SCHEMA}\n"),
        ("", false) => String::new(),
        (address, false) => {
            format!("# yaml-language-server: $schema={address}/raw/HEAD/docs/schemas/configuration.json\n")
        }
    };
    let first = &paths[0];
    let folder = if first.is_dir() { first.as_path() } else { first.parent().unwrap_or(first) };
    let above = held_above(folder);
    let text = modeline + &questionnaire(&inputs, &collected, above.as_ref().map(|(path, _)| path.as_str()), &kit);
    let text = terminal.in_words(&text);
    if arguments.print {
        return terminal.print(&text);
    }
    let file = folder.join(FILE_NAMES[0]);
    let there = FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.exists());
    if let Some(file) = there {
        let name = file.display().to_string();
        terminal.note(&format!(
            "error: {} is there already, and nothing was written; --print shows what would be",
            for_terminal(&name)
        ));
        return Exit::Error;
    }
    if arguments.schema {
        let written = terminal.save_whole(&folder.join(SCHEMA), &configuration::schema());
        if written != Exit::Done {
            return written;
        }
    }
    let written = terminal.save_whole(&file, &text);
    if written == Exit::Done {
        terminal.note(&format!(
            "{} was written; answer what you know and leave the rest",
            for_terminal(&file.display().to_string())
        ));
        if let Some((path, name)) = above {
            terminal.note(&format!(
                "{} held here until now; the new file extends it (`extends: {}`), so that what it says goes on to count",
                for_terminal(&name),
                for_terminal(&path)
            ));
        }
    }
    written
}

/// The configuration that holds in a folder by lying above it: the path that leads to it from there, and its name.
fn held_above(folder: &Path) -> Option<(String, String)> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut looked = Collected::default();
    source::find(&mut looked, &[Input::Path(folder.to_path_buf())]);
    let found = looked.choices.found;
    let steps = found.elsewhere.iter().take_while(|step| matches!(step, Step::File(_)));
    let files = steps.filter_map(|step| if let Step::File(number) = step { found.files.get(*number) } else { None });
    let path = |file: &FoundFile| leading(&folder.to_string_lossy(), &file.name).map(|path| (path, file.name.clone()));
    files.filter_map(path).find(|(path, _)| path.starts_with(".."))
}

/// How far the need moves at most under the answers to one key, with the lowest and the highest need.
struct Reach {
    key: &'static Key,
    low: f64,
    high: f64,
}

fn questionnaire(inputs: &[Input], collected: &Collected, above: Option<&str>, kit: &Kit) -> String {
    let stands = assess(collected, kit).estate;
    let need = stands.need.score;
    let mut reaches: Vec<Reach> = KEYS
        .iter()
        .map(|key| {
            let probes = PROBES.iter().find(|(name, _)| *name == key.name).map_or(&[][..], |(_, probes)| probes);
            let needs: Vec<f64> = probes.iter().map(|value| need_with(inputs, key.name, value, kit)).collect();
            let low = needs.iter().copied().fold(need, f64::min);
            Reach { key, low, high: needs.into_iter().fold(need, f64::max) }
        })
        .collect();
    // Keys keep their order in the table where nothing tells them apart.
    reaches.sort_by(|a, b| (b.high - b.low).total_cmp(&(a.high - a.low)));
    let mut text = String::from(
        "# What no file can say about this system. Answer what you know, leave the rest: what is not stated stays unknown.\n\
         # A value may carry who states it: {value: 99.9, owner: who, date: 2026-01-31, source: where it is written}.\n",
    );
    let _ = writeln!(
        text,
        "# The questions stand in the order in which their answers could move the need, which is {} of 100 now.\n",
        shown(need)
    );
    for reach in &reaches {
        let key = reach.key;
        let _ = writeln!(text, "# {}{}", sentence(key.meaning), moves(reach, need));
        let _ = writeln!(text, "# {}: {}\n", key.name, key.example);
    }
    text.push_str(
        "# What you need outright, or do not, whatever the files say: capabilities by id, see `kubeworthy targets cloud-run`.\n\
         # needs:\n#   survive-zone-loss: true\n#   mesh: false\n\n\
         # What you call a machine, where it differs from 16 vCPU and 64 GiB.\n\
         # hosts:\n#   ordinary: {cpu: 32, memory-gib: 128}\n\n\
         # Statements about one of several systems, over those above.\n\
         # systems:\n#   NAME:\n#     availability-target: 99.9\n\n\
         # What is assumed where nothing is said here: startup, regulated or edge; `kubeworthy config show` tells what.\n\
         # profile: startup\n\n\
         # Files that lie under this one, relative to it and in the same repository, such as a policy of several systems.\n",
    );
    let _ = match above {
        Some(path) => writeln!(text, "extends: {}\n", serde_json::Value::from(path)),
        None => writeln!(text, "# extends: ../policy/kubeworthy.yaml\n"),
    };
    text.push_str(
        "# What makes `kubeworthy check` fail.\n\
         # gate:\n#   need-at-least: 40\n#   fail-on: [regression, needless]\n#   baseline: kubeworthy.baseline.json\n\n\
         # Rules that do not count, each with its reason.\n\
         # ignore:\n#   - rules: [KW203]\n#     paths: [\"legacy/**\"]\n#     reason: the chart is replaced in spring\n\
         #     until: 2027-03-01\n",
    );
    text
}

fn need_with(inputs: &[Input], key: &str, value: &str, kit: &Kit) -> f64 {
    let choices = Choices { statements: vec![format!("{key}={value}")], ..Choices::default() };
    assess(&source::collect(inputs, &choices), kit).estate.need.score
}

fn moves(reach: &Reach, need: f64) -> String {
    let (falls, rises) = (reach.low < need - 0.05, reach.high > need + 0.05);
    match (falls, rises) {
        (true, true) => format!(" The need could become {} to {}.", shown(reach.low), shown(reach.high)),
        (true, false) => format!(" The need could fall to {}.", shown(reach.low)),
        (false, true) => format!(" The need could rise to {}.", shown(reach.high)),
        (false, false) => String::new(),
    }
}

fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn shown(need: f64) -> String {
    if need.fract().abs() < 0.05 { format!("{need:.0}") } else { format!("{need:.1}") }
}
