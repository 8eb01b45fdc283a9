//! French: every text that people's formats show has its French, nothing English is left in French reports, and formats
//! for programs stay English.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use kubeworthy::assessment::{Assessment, Fit, SystemAssessment};
use kubeworthy::facts::CATALOG;
use kubeworthy::language::{Language, Phrases, Prose, Voice};
use kubeworthy::report::{Format, Layout, render};

const FRENCH: fn() -> Voice = || Voice::of(Language::French);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A text as phrases are looked up by: one space for all white space, `{}` for each placeholder of a rule's message.
fn form(text: &str) -> String {
    let mut form = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let inside = &rest[start + 1..];
        let length = inside.find(|c: char| !c.is_ascii_alphanumeric() && !".-_".contains(c)).unwrap_or(inside.len());
        form.push_str(&rest[..=start]);
        let is_placeholder = inside[length..].starts_with('}');
        rest = if is_placeholder { &inside[length..] } else { inside };
    }
    form.push_str(rest);
    let is_spaced = |at: Option<char>| if at == Some(' ') { " " } else { "" };
    let words: Vec<&str> = form.split_ascii_whitespace().collect();
    format!("{}{}{}", is_spaced(form.chars().next()), words.join(" "), is_spaced(form.chars().last()))
}

/// Every literal inside of `say!(…)` and `words(…)`, with the file that it stands in.
fn literals() -> BTreeMap<String, String> {
    let mut literals = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root().join("src")).sort_by_file_name().into_iter().filter_map(Result::ok) {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).expect("a source file");
        let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
        let code: String =
            text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect();
        for opening in ["say!(", "words("] {
            for (at, _) in code.match_indices(opening) {
                let rest = code[at + opening.len()..].trim_start();
                if let Some(rest) = rest.strip_prefix('"') {
                    let file = entry.path().strip_prefix(root()).expect("below").display().to_string();
                    literals.insert(form(&literal(rest)), file);
                }
            }
        }
    }
    literals
}

/// What a literal says, from behind its quotation mark on.
fn literal(rest: &str) -> String {
    let mut text = String::new();
    let mut characters = rest.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => match characters.next() {
                // A line that goes on.
                Some('\n') => while characters.next_if(|next| next.is_whitespace()).is_some() {},
                Some('n') => text.push('\n'),
                Some('u') => {
                    let digits: String = characters.by_ref().take_while(|c| *c != '}').skip(1).collect();
                    text.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                Some(escaped) => text.push(escaped),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

/// Words of ours that are picked by a value, so that no literal stands beside `words`.
fn picked() -> BTreeMap<String, String> {
    let grouped =
        ["chart", "compose project", "directory", "instance", "kustomization", "namespace", "part of", "release"];
    let axes = kubeworthy::capability::Axis::ALL.map(kubeworthy::capability::Axis::id);
    let grades = ["declared", "effective", "corroborated", "proven"];
    let verdicts = ["needless", "debatable", "justified", "k8s-native", "inconclusive", "Kubernetes"];
    let all = grouped.into_iter().chain(axes).chain(grades).chain(verdicts);
    all.map(|word| (word.to_owned(), "a word that is picked".to_owned())).collect()
}

/// Every text of the data files that people's formats show, with the file that it stands in.
fn data_texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let kit = support::kit();
    let mut add = |text: &str, file: &str| {
        texts.insert(form(text), file.to_owned());
    };
    for file in kubeworthy::data::embedded("rules/") {
        let folder = file.name.split('/').nth(1).unwrap_or_default();
        let value: serde_json::Value = serde_saphyr::from_str(file.text).expect("YAML");
        let is_rule = value.get("code").is_some() && value.get("message").is_some();
        if is_rule {
            for pointer in ["/title", "/message", "/why", "/remedy", "/asks/question"] {
                value.pointer(pointer).and_then(serde_json::Value::as_str).into_iter().for_each(|t| add(t, file.name));
            }
        }
        if folder == "availability.yaml" {
            texts_under(&value, "what", &mut |text| add(text, file.name));
        }
        if file.name.ends_with("lookalikes.yaml") {
            texts_under(&value, "reason", &mut |text| add(text, file.name));
        }
    }
    for (_, capability) in kit.capabilities.iter() {
        add(&capability.meaning, "rules/capabilities.yaml");
    }
    let ladders = &kit.constants.ladders;
    for rung in ladders.availability_rungs.iter().chain(&ladders.scale_rungs) {
        add(rung, "rules/model.yaml");
    }
    for question in &kit.constants.questions {
        add(&question.question, "rules/model.yaml");
    }
    for entry in CATALOG.iter() {
        add(entry.sentence, "src/facts/catalog");
    }
    for target in kit.catalogue.targets() {
        let file = format!("rules/targets/{}.yaml", target.id);
        for text in target.status_note.iter().chain(target.limits.iter().map(|limit| &limit.reason)) {
            add(text, &file);
        }
        target.availability.iter().filter_map(|promise| promise.note.as_ref()).for_each(|note| add(note, &file));
        for (id, _) in kit.capabilities.iter() {
            let coverage = target.coverage(id).text();
            if !coverage.is_empty() {
                add(coverage, &file);
            }
        }
    }
    for complement in kit.catalogue.complements() {
        let notes = complement.availability.iter().filter_map(|promise| promise.note.as_ref());
        notes.for_each(|note| add(note, &format!("rules/complements/{}.yaml", complement.id)));
    }
    texts
}

/// Every text under a key, at any depth.
fn texts_under(value: &serde_json::Value, key: &str, add: &mut dyn FnMut(&str)) {
    match value {
        serde_json::Value::Object(entries) => {
            for (name, inner) in entries {
                match inner {
                    serde_json::Value::String(text) if name == key => add(text),
                    inner => texts_under(inner, key, add),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts_under(item, key, add)),
        _ => {}
    }
}

#[test]
fn every_text_has_its_french() {
    let texts = literals().into_iter().chain(picked()).chain(data_texts());
    let missing: Vec<String> = texts
        .filter(|(text, _)| !FRENCH().knows(text) && !IN_CODE.contains(&text.as_str()))
        .map(|(text, file)| format!("{file}: {text}"))
        .collect();
    assert!(missing.is_empty(), "{} texts have no French in rules/french/:\n{}", missing.len(), missing.join("\n"));
}

/// Keys of the context file, which functions of the name `words` read.
const IN_CODE: [&str; 6] = ["jurisdiction", "hosting", "certification", "exclude", "prefer", "subject"];

#[test]
fn every_phrase_belongs_to_a_text() {
    let mut known: BTreeSet<String> =
        literals().into_keys().chain(picked().into_keys()).chain(data_texts().into_keys()).collect();
    // What other pages than reports show may be translated too.
    for file in kubeworthy::data::embedded("rules/") {
        if file.name.starts_with("rules/french/") {
            continue;
        }
        let value: serde_json::Value = serde_saphyr::from_str(file.text).expect("YAML");
        all_texts(&value, &mut |text| {
            known.insert(form(text));
        });
    }
    known.extend(kubeworthy::context::keys::KEYS.iter().map(|key| form(key.meaning)));
    let phrases = Phrases::load().expect("the phrases");
    let gone: Vec<&str> = phrases.english().filter(|english| !known.contains(*english)).collect();
    assert!(gone.is_empty(), "{} phrases whose English is gone:\n{}", gone.len(), gone.join("\n"));
}

fn all_texts(value: &serde_json::Value, add: &mut dyn FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => add(text),
        serde_json::Value::Object(entries) => entries.values().for_each(|inner| all_texts(inner, add)),
        serde_json::Value::Array(items) => items.iter().for_each(|inner| all_texts(inner, add)),
        _ => {}
    }
}

#[test]
fn phrases_are_set_as_french_is() {
    let phrases = Phrases::load().expect("the phrases");
    let mut wrong = Vec::new();
    for (english, french) in phrases.texts() {
        let outside: String = french.split('`').step_by(2).collect();
        let mut before = ' ';
        for (at, character) in outside.char_indices() {
            let after = outside[at + character.len_utf8()..].chars().next().unwrap_or(' ');
            let is_set = match character {
                ':' | '%' if !after.is_alphanumeric() && after != '/' => before == '\u{a0}',
                ';' | '!' | '?' if !after.is_alphanumeric() => before == '\u{202f}',
                '«' => after == '\u{a0}',
                '»' => before == '\u{a0}',
                '\'' => false,
                _ => true,
            };
            if !is_set {
                wrong.push(format!("{character} in: {french} ({english})"));
            }
            before = character;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Folders to assess: every fixture, and the corpus where it is.
fn inputs() -> Vec<PathBuf> {
    let mut roots = vec![root().join("fixtures"), root().join("fixtures/cases")];
    roots.extend(support::corpus());
    let folders = |root: PathBuf| std::fs::read_dir(root).expect("a folder").filter_map(Result::ok);
    let mut inputs: Vec<PathBuf> =
        roots.into_iter().flat_map(folders).map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    inputs.sort();
    inputs
}

/// Every sentence of a system.
fn sentences(system: &SystemAssessment) -> Vec<Prose> {
    let mut all: Vec<Prose> = Vec::new();
    all.extend(system.claims.iter().map(|claim| claim.message.clone()));
    all.extend(system.claims.iter().map(|claim| Prose::from(&claim.help)).filter(|help| !help.is_empty()));
    all.extend(system.findings.iter().map(|finding| finding.message.clone()));
    all.extend(system.unknowns.iter().flat_map(|unknown| [unknown.question.clone(), unknown.reason.clone()]));
    all.extend(system.flips.iter().map(|flip| flip.change.clone()));
    all.extend(system.one_sided.iter().map(|claim| claim.message.clone()));
    all.extend(system.through.clone());
    for achievable in std::iter::once(&system.achievable).chain(&system.achievable_there) {
        all.extend(achievable.unknown.clone());
        all.push(achievable.formula.clone());
        all.extend(achievable.notes.iter().cloned());
        all.extend(achievable.steps.iter().flat_map(|step| [step.what.clone(), step.source.clone()]));
    }
    let of_fit = |fit: &Fit| {
        let mut all = fit.why_not.clone();
        all.extend(fit.work.iter().map(|work| work.item.clone()));
        all.extend(fit.losses.iter().map(|loss| loss.item.clone()));
        all.extend(fit.blocked_by.iter().map(|blocked| blocked.reason.clone()));
        all.extend(fit.caution.clone());
        all.extend(fit.achievable.as_ref().err().cloned());
        all
    };
    all.extend(system.targets.iter().flat_map(of_fit));
    all
}

#[test]
fn every_sentence_of_the_assessments_can_be_said() {
    let kit = support::kit();
    let mut missing = BTreeSet::new();
    for input in inputs() {
        let assessment = support::assess_paths(std::slice::from_ref(&input), &kit);
        let mut all = sentences(&assessment.estate);
        all.extend(assessment.systems.iter().flat_map(sentences));
        all.extend(assessment.inputs.skipped.iter().map(|(_, reason)| reason.clone()));
        all.extend(assessment.inputs.gaps.iter().map(|gap| gap.reason.clone()));
        all.extend(assessment.inputs.clusters.iter().flat_map(|c| &c.gaps).map(|gap| gap.reason.clone()));
        missing.extend(all.iter().filter(|prose| !FRENCH().has(prose)).map(ToString::to_string));
    }
    let missing: Vec<String> = missing.into_iter().collect();
    assert!(missing.is_empty(), "{} sentences:\n{}", missing.len(), missing.join("\n"));
}

/// Words that no French sentence holds, and that are in most English ones.
const ENGLISH: [&str; 14] =
    ["the", "of", "and", "with", "is", "are", "that", "would", "need", "when", "which", "every", "its", "there"];

#[test]
fn no_english_is_left_in_french_reports() {
    let kit = support::kit();
    let mut left = BTreeSet::new();
    for input in inputs() {
        let mut assessment = support::assess_paths(std::slice::from_ref(&input), &kit);
        // Messages about the input are English as they are everywhere, and titles of sources are what they are.
        assessment.inputs.not_understood.clear();
        assessment.inputs.gaps.clear();
        for rule in assessment.rules.values_mut() {
            rule.sources.clear();
        }
        // Reasons of suppressions are in the words of whoever wrote them.
        for system in assessment.systems.iter_mut().chain([&mut assessment.estate]) {
            system.suppressed.iter_mut().for_each(|suppressed| suppressed.reason.clear());
        }
        assessment.suppressions.iter_mut().for_each(|suppression| suppression.reason = None);
        for format in [Format::Full, Format::Narrated, Format::Concise, Format::Markdown, Format::Html, Format::Adr] {
            left.extend(english_lines(&assessment, format).into_iter().map(|line| format!("{format:?}: {line}")));
        }
    }
    let left: Vec<String> = left.into_iter().collect();
    assert!(left.is_empty(), "{} lines:\n{}", left.len(), left[..left.len().min(200)].join("\n"));
}

/// Lines with two English words and more side by side or apart, code spans, paths and quotations of the input left out.
fn english_lines(assessment: &Assessment, format: Format) -> Vec<String> {
    let layout = Layout { voice: FRENCH(), width: 4000, ..Layout::default() };
    let text = render(assessment, format, layout);
    let text = match format {
        Format::Html => shown_by_browsers(&text),
        _ => text,
    };
    let is_english = |line: &&str| {
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let words = outside.split(|c: char| !c.is_alphanumeric() && !"-/._".contains(c));
        words.filter(|word| ENGLISH.contains(word)).count() >= 2
    };
    text.lines().filter(is_english).filter(|line| !is_heading_of_madr(line)).map(str::to_owned).collect()
}

/// The headings and set words of MADR stay.
fn is_heading_of_madr(line: &str) -> bool {
    line.starts_with('#') || line.starts_with("<!--") || line.contains("because")
}

/// The text of a page, one element on a line, without scripts, styles and quoted lines of the input.
fn shown_by_browsers(page: &str) -> String {
    let mut shown = String::new();
    let mut rest = page;
    for name in ["script", "style", "code", "pre"] {
        let mut kept = String::new();
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        let owned = std::mem::take(&mut shown);
        let mut from = if owned.is_empty() { rest } else { owned.as_str() };
        while let Some(start) = from.find(&open) {
            kept.push_str(&from[..start]);
            from = from[start..].find(&close).map_or("", |end| &from[start + end + close.len()..]);
        }
        kept.push_str(from);
        shown = kept;
    }
    let mut text = String::new();
    rest = &shown;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push('\n');
        rest = rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]);
    }
    text
}

#[test]
fn formats_for_programs_are_english() {
    let kit = support::kit();
    let formats = [
        Format::Json,
        Format::Yaml,
        Format::Csv,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Rdjson,
    ];
    for folder in ["sale-season", "shop-on-a-cluster", "many-teams-one-cluster", "half-a-chart"] {
        let assessment = support::assess_paths(&[root().join("fixtures").join(folder)], &kit);
        for format in formats {
            let english = render(&assessment, format, Layout::default());
            let french = render(&assessment, format, Layout { voice: FRENCH(), ..Layout::default() });
            assert_eq!(english, french, "{format:?} of {folder}");
        }
    }
}
