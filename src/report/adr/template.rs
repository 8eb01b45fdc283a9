//! Templates of records: Markdown with placeholders, in the language of Jinja. What a placeholder brings is escaped for
//! Markdown, except for what this program has put together as Markdown already.

use std::fmt;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

use crate::data::did_you_mean;
use crate::report::markup;
use crate::text::{LineIndex, Position};

/// The built-in template: MADR 4.
pub const BUILT_IN: &str = include_str!("madr.md");

/// How many steps a template may take; the built-in one takes some thousands for an estate.
const FUEL: u64 = 5_000_000;

/// What may stand in a template: the names, those inside of others behind a dot, and `[]` behind lists.
pub const FIELDS: &[(&str, &str)] = &[
    ("title", "the title"),
    ("status", "`proposed`"),
    ("date", "the day, `YYYY-MM-DD`"),
    ("language", "`en` or `fr`"),
    ("consulted[]", "who states something in the context file"),
    ("system.name", "the system, or `estate`"),
    ("system.id", "its id"),
    ("system.is_estate", "whether the record is about several systems"),
    ("system.workloads", "how many workloads it has"),
    ("system.verdict", "the verdict as in JSON: `needless`, `debatable`, `justified`, `k8s-native`, `inconclusive`"),
    ("system.need", "the need in points"),
    ("system.low", "the lower end of its range"),
    ("system.high", "the upper end of its range"),
    ("system.confidence", "confidence in percent"),
    ("system.sentence", "the verdict in one sentence"),
    ("system.survives", "what it survives"),
    ("system.carried", "what it takes to carry it"),
    ("problem[]", "the paragraphs of context and problem"),
    ("systems[].name", "of several systems each: its name"),
    ("systems[].verdict", "its verdict in words"),
    ("systems[].need", "its need"),
    ("systems[].range", "the range of its need"),
    ("systems[].confidence", "its confidence in percent"),
    ("systems[].suggested", "the target suggested for it"),
    ("systems_left_out", "a sentence about systems that have no row; empty where all have one"),
    ("drivers[].text", "what drives the decision, with points, grade, rules and places"),
    ("drivers[].capability", "the id of the need"),
    ("drivers[].meaning", "what is needed"),
    ("drivers[].message", "what is said"),
    ("drivers[].share", "its points"),
    ("drivers[].grade", "how sure it is"),
    ("drivers[].rules[]", "the codes of the rules"),
    ("drivers[].places[]", "where it is written"),
    ("statements[].text", "a statement of the owner, with who says so"),
    ("statements[].key", "its key"),
    ("statements[].value", "its value"),
    ("options[].name", "an option"),
    ("options[].summary", "effort, operator and chance to fall short in one sentence"),
    ("options[].is_chosen", "whether it is the chosen one"),
    ("options[].is_today", "whether it is what is written today"),
    ("options[].arguments[].kind", "`Good`, `Neutral` or `Bad`"),
    ("options[].arguments[].text", "why"),
    ("chosen", "the chosen option; empty where none is chosen"),
    ("because", "why it is chosen, or why none is"),
    ("equally_good", "a sentence about options that are as good; empty where there is none"),
    ("find_out[]", "what is to be found out first, where none is chosen"),
    ("consequences[].kind", "`Good`, `Neutral` or `Bad`"),
    ("consequences[].text", "what follows from the decision"),
    ("confirmation.text", "what the command is for"),
    ("confirmation.command", "the command"),
    ("confirmation.holds[]", "what must still hold"),
    ("more[]", "paragraphs: need, ladders, confidence"),
    ("appendix[].title", "a part: what would change it, unknowns, what was not read, evidence, rules, versions"),
    ("appendix[].entries[]", "its entries; empty where it has a table"),
    ("appendix[].table", "its table; empty where it has entries"),
];

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Where, in lines and characters from 1.
    pub position: Option<Position>,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// Fills a template.
pub(super) fn fill<R: Serialize>(template: &str, record: &R) -> Result<String, TemplateError> {
    let template = &keeping_lines(template);
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.map_err(|error| wrong(template, &error))?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("yaml", yaml);
    environment.add_filter("code", code_block);
    environment.set_formatter(|out, _, value| {
        let written = match value.as_str() {
            Some(text) if !value.is_safe() => out.write_str(&markup::name(text)),
            Some(text) => out.write_str(text),
            None if value.is_none() => Ok(()),
            None => out.write_str(&value.to_string()),
        };
        written.map_err(Error::from)
    });
    let parsed = environment.template_from_named_str("template", template).map_err(|error| wrong(template, &error))?;
    unknown_names(template, parsed.undeclared_variables(true).into_iter().collect())?;
    let text = parsed.render(Value::from(Serde(record))).map_err(|error| wrong(template, &error))?;
    Ok(tidy(&text))
}

/// The language drops the line break behind every tag, which is meant for lines that hold nothing else: on other lines it
/// is kept, with the sign that the language has for it. Lines and columns stay.
fn keeping_lines(template: &str) -> String {
    let mut kept = String::with_capacity(template.len());
    for line in template.split_inclusive('\n') {
        let text = line.trim_end();
        let is_nothing_else = {
            let mut rest = text.trim_start();
            while let Some(end) = rest.strip_prefix("{%").and_then(|inside| inside.find("%}")) {
                rest = rest[end + 4..].trim_start();
            }
            rest.is_empty()
        };
        match text.strip_suffix("%}") {
            Some(before) if !is_nothing_else && !before.ends_with(['-', '+']) => {
                kept.push_str(before.strip_suffix(' ').unwrap_or(before));
                kept.push_str("+%}");
                kept.push_str(&line[text.len()..]);
            }
            _ => kept.push_str(line),
        }
    }
    kept
}

/// No more than one empty line in a row, and a line feed at the end.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim_end().lines() {
        empty = if line.trim().is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            tidied.push_str(line.trim_end());
            tidied.push('\n');
        }
    }
    tidied
}

/// A value as YAML on one line: JSON is YAML.
fn yaml(value: &Value) -> Value {
    let text = serde_json::to_string(value).unwrap_or_default();
    let text = crate::text::sanitize::for_terminal(&text).into_owned();
    // Plain where that is the same value.
    let is_plain = value.as_str().is_some_and(|text| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !["true", "false", "null", "yes", "no", "on", "off"].contains(&text.to_ascii_lowercase().as_str())
            && (text.starts_with(|c: char| c.is_ascii_alphabetic()) || crate::day::Day::parse(text).is_some())
    });
    Value::from_safe_string(if is_plain { value.to_string() } else { text })
}

/// A line inside of a block of code, which it cannot end.
fn code_block(value: &Value) -> Value {
    let text = value.to_string();
    let safe = crate::text::sanitize::for_terminal(&text).replace("```", "'''");
    Value::from_safe_string(safe)
}

/// Names that stand for nothing, even where they are not reached in this run.
fn unknown_names(template: &str, mut names: Vec<String>) -> Result<(), TemplateError> {
    names.sort();
    for name in names {
        let parts: Vec<&str> = name.split('.').collect();
        let known = |depth: usize| -> Vec<&str> {
            FIELDS
                .iter()
                .filter(|(field, _)| {
                    let own: Vec<&str> = field.split('.').collect();
                    own.len() > depth && (0..depth).all(|at| own[at].trim_end_matches("[]") == parts[at])
                })
                .filter_map(|(field, _)| field.split('.').nth(depth))
                .map(|part| part.trim_end_matches("[]"))
                .collect()
        };
        // `range` and its like are functions of the language.
        let functions = ["range", "dict", "namespace", "debug", "loop"];
        for (depth, part) in parts.iter().enumerate() {
            let candidates = known(depth);
            if candidates.is_empty() || depth == 0 && functions.contains(part) {
                break;
            }
            if !candidates.contains(part) {
                let position = find(template, part).map(|at| place(template, at));
                let help = unknown_help(part, candidates.into_iter());
                return Err(TemplateError {
                    message: format!("there is nothing of the name `{part}`"),
                    help,
                    position,
                });
            }
        }
    }
    Ok(())
}

fn unknown_help<'n>(name: &str, candidates: impl Iterator<Item = &'n str> + Clone) -> String {
    match did_you_mean(name, candidates) {
        help if help.is_empty() => "docs/decision-records.md lists what may stand in a template".to_owned(),
        help => help,
    }
}

/// The first byte at which a word stands between braces.
fn find(template: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    template.match_indices(word).map(|(at, _)| at).find(|at| {
        let (before, after) = (&template[..*at], &template[at + word.len()..]);
        let opened = before.rfind('{').is_some_and(|open| before.rfind('}').is_none_or(|close| close < open));
        opened && !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

fn place(template: &str, at: usize) -> Position {
    LineIndex::new(template).position(template, u32::try_from(at).unwrap_or(u32::MAX))
}

/// An error of the language in words for the author of the template.
fn wrong(template: &str, error: &Error) -> TemplateError {
    let range = error.range();
    let start = range.as_ref().map(|range| range.start);
    let line = error.line().and_then(|line| u32::try_from(line).ok());
    let position = start.map(|at| place(template, at)).or(line.map(|line| Position { line, column: 1 }));
    let source = range.and_then(|range| template.get(range)).unwrap_or_default();
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let (message, help) = match error.kind() {
        ErrorKind::UndefinedError => {
            let name = source.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
            let names = FIELDS.iter().flat_map(|(field, _)| field.split('.')).map(|part| part.trim_end_matches("[]"));
            (format!("there is nothing of the name `{name}`"), unknown_help(name, names))
        }
        ErrorKind::OutOfFuel => (
            "this template takes too many steps".to_owned(),
            "look for a loop inside of a loop over long lists".to_owned(),
        ),
        _ => (detail, "docs/decision-records.md says what may stand in a template".to_owned()),
    };
    TemplateError { message, help, position }
}
