//! What the owner states in a configuration file becomes statements; what is wrong in it is told with its place and a way out.

use super::duration::seconds;
use super::keys::{self, Form, HOST_FIELDS, HOST_SIZES, Key};
use super::{Context, StatedValue, Statement, Statements};
use crate::data::did_you_mean;
use crate::yaml::{Dialect, Node, Place, Scalar};

/// Something wrong in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Mistake {
    pub(crate) fn at(node: Node<'_>, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { place: node.place(), message: message.into(), help: help.into() }
    }
}

/// The names that a context may use, for checking it.
#[derive(Clone, Debug, Default)]
pub struct Known<'k> {
    /// Capabilities, by id.
    pub capabilities: Vec<&'k str>,
    /// Targets, by id.
    pub targets: Vec<&'k str>,
    /// Well-known add-ons.
    pub add_ons: Vec<&'k str>,
}

/// Reads what the owner states; `others` are keys at the top that say something else.
///
/// # Errors
///
/// At the first key that does not exist or value of the wrong form.
pub fn read(root: Node<'_>, others: &[&str]) -> Result<Context, Mistake> {
    let mut context = Context { whole: statements(root, Some(others))?, ..Context::default() };
    let Some(systems) = root.get("systems").filter(|systems| !systems.is_null()) else { return Ok(context) };
    for (name, value) in entries(systems, "the statements about systems")? {
        let id = name.text().unwrap_or_default().to_owned();
        context.systems.insert(id.clone(), statements(value, None)?);
        context.named.insert(id, name.place());
    }
    Ok(context)
}

/// Reads what somebody else assumes of an owner: for each key its value, with the reason and where it comes from.
///
/// # Errors
///
/// At the first key that does not exist or value of the wrong form.
pub fn assumed(node: Node<'_>, owner: &str) -> Result<Context, Mistake> {
    let mut context = Context::default();
    for (name, entry) in entries(node, "what is assumed")? {
        let text = name.text().unwrap_or_default();
        let Some(key) = keys::find(text) else { return Err(unknown_key(name, text, &[])) };
        let Some(value) = entry.get("value") else {
            return Err(Mistake::at(name, "the value is missing", "write it under `value`"));
        };
        let statement = Statement {
            value: read_value(key, value)?,
            written: written(value),
            place: value.place(),
            owner: Some(owner.to_owned()),
            date: None,
            source: entry.at(&["source", "title"]).and_then(|title| title.text()).map(str::to_owned),
        };
        context.whole.by_key.insert(text.to_owned(), statement);
    }
    Ok(context)
}

/// Holds the names in a context against those that exist.
///
/// # Errors
///
/// At the first capability, target, add-on or country that does not exist.
pub fn check(context: &Context, known: &Known<'_>) -> Result<(), Mistake> {
    let all = std::iter::once(&context.whole).chain(context.systems.values());
    for (key, statement) in all.flat_map(Statements::iter) {
        let fail = |what: &str, name: &str, names: &[&str]| {
            let help = did_you_mean(name, names.iter().copied());
            let help = if help.is_empty() { format!("known are {}", names.join(", ")) } else { help };
            Mistake { place: statement.place, message: format!("there is no {what} `{name}`"), help }
        };
        let (what, names) = match key {
            "exclude" | "prefer" => ("target", &known.targets),
            "subject" => ("add-on", &known.add_ons),
            _ => {
                if let Some(id) = key.strip_prefix("needs.").filter(|id| !known.capabilities.contains(id)) {
                    return Err(fail("capability", id, &known.capabilities));
                }
                continue;
            }
        };
        let words = match &statement.value {
            StatedValue::Words(words) => words.as_slice(),
            StatedValue::Word(word) => std::slice::from_ref(word),
            _ => &[],
        };
        if let Some(name) = words.iter().find(|name| !names.iter().any(|known| known.eq_ignore_ascii_case(name))) {
            return Err(fail(what, name, names));
        }
    }
    Ok(())
}

/// The entries of a mapping, none of which stands there twice.
pub(crate) fn entries<'t>(node: Node<'t>, what: &str) -> Result<Vec<(Node<'t>, Node<'t>)>, Mistake> {
    if !node.is_mapping() {
        return Err(Mistake::at(node, format!("{what} are keys with values"), "write `key: value`"));
    }
    let mut seen = std::collections::BTreeSet::new();
    let entries = node.entries();
    for (key, _) in node.written_entries() {
        if !seen.insert(key.text().unwrap_or_default()) {
            let message = format!("`{}` stands here twice", key.text().unwrap_or_default());
            return Err(Mistake::at(key, message, "keep one of them"));
        }
    }
    Ok(entries)
}

/// Statements; `others` are the keys that may stand beside them at the top, none where `systems` may not.
fn statements(node: Node<'_>, others: Option<&[&str]>) -> Result<Statements, Mistake> {
    let mut statements = Statements::default();
    if node.is_null() {
        return Ok(statements);
    }
    let at_top: Vec<&str> = others.map_or_else(Vec::new, |others| [others, &["systems"]].concat());
    for (name, value) in entries(node, "statements")? {
        let text = name.text().unwrap_or_default();
        match text {
            "needs" => needs(value, &mut statements)?,
            "hosts" => hosts(value, &mut statements)?,
            "systems" if others.is_some() => {}
            _ if others.is_some_and(|others| others.contains(&text)) => {}
            // A question that was not answered states nothing.
            _ if value.is_null() && keys::find(text).is_some() => {}
            _ => {
                let Some(key) = keys::find(text) else { return Err(unknown_key(name, text, &at_top)) };
                let statement = statement(name, value, &|node| read_value(key, node))?;
                statements.by_key.insert(text.to_owned(), statement);
            }
        }
    }
    Ok(statements)
}

/// A key that does not exist; `at_top` are those that may stand beside statements.
fn unknown_key(name: Node<'_>, text: &str, at_top: &[&str]) -> Mistake {
    let mut names: Vec<&str> = keys::names().filter(|name| *name != "systems").map(|name: &str| name).collect();
    names.extend(at_top);
    let help = did_you_mean(text, names.iter().copied());
    let help = if help.is_empty() { format!("the keys are {}", names.join(", ")) } else { help };
    Mistake::at(name, format!("there is no key `{text}`"), help)
}

fn needs(node: Node<'_>, into: &mut Statements) -> Result<(), Mistake> {
    if node.is_null() {
        return Ok(());
    }
    for (name, value) in entries(node, "needs")? {
        let key = format!("needs.{}", name.text().unwrap_or_default());
        let statement = statement(name, value, &|node| boolean(node))?;
        into.by_key.insert(key, statement);
    }
    Ok(())
}

fn hosts(node: Node<'_>, into: &mut Statements) -> Result<(), Mistake> {
    if node.is_null() {
        return Ok(());
    }
    for (name, sizes) in entries(node, "hosts")? {
        let host = name.text().unwrap_or_default();
        if !HOST_SIZES.contains(&host) {
            let help = format!("the hosts of the ladder are {}", HOST_SIZES.join(", "));
            return Err(Mistake::at(name, format!("there is no host `{host}`"), help));
        }
        for (field, value) in entries(sizes, "the sizes of a host")? {
            let text = field.text().unwrap_or_default();
            let Some((_, least, most)) = HOST_FIELDS.iter().find(|(known, ..)| *known == text) else {
                let message = format!("there is no size `{text}`");
                return Err(Mistake::at(field, message, "the sizes of a host are cpu and memory-gib"));
            };
            let statement = statement(field, value, &|node| number(node, *least, *most, false))?;
            into.by_key.insert(format!("hosts.{host}.{text}"), statement);
        }
    }
    Ok(())
}

/// A value by itself, or with who states it, when, and where it comes from.
fn statement(
    name: Node<'_>,
    node: Node<'_>,
    read: &dyn Fn(Node<'_>) -> Result<StatedValue, Mistake>,
) -> Result<Statement, Mistake> {
    if !node.is_mapping() {
        return Ok(Statement {
            value: read(node)?,
            written: written(node),
            place: node.place(),
            owner: None,
            date: None,
            source: None,
        });
    }
    let (mut value, mut owner, mut date, mut source) = (None, None, None, None);
    for (key, node) in entries(node, "a statement")? {
        let text = || node.text().map(str::to_owned);
        match key.text().unwrap_or_default() {
            "value" => value = Some((read(node)?, written(node), node.place())),
            "owner" => owner = text(),
            "source" => source = text(),
            "date" => {
                date = text().filter(|date| is_date(date));
                if date.is_none() {
                    return Err(Mistake::at(node, "this is no date", "write the day as YYYY-MM-DD"));
                }
            }
            other => {
                let known = ["value", "owner", "date", "source"];
                let help = did_you_mean(other, known.into_iter());
                let help = if help.is_empty() { format!("the keys are {}", known.join(", ")) } else { help };
                return Err(Mistake::at(key, format!("a statement has no key `{other}`"), help));
            }
        }
    }
    let Some((value, written, place)) = value else {
        return Err(Mistake::at(name, "the value is missing", "write it under `value`"));
    };
    Ok(Statement { value, written, place, owner, date, source })
}

fn written(node: Node<'_>) -> String {
    match node.text() {
        Some(text) => text.to_owned(),
        None => node.items().filter_map(|item| item.text()).collect::<Vec<_>>().join(", "),
    }
}

fn read_value(key: &Key, node: Node<'_>) -> Result<StatedValue, Mistake> {
    match key.form {
        Form::Number { least, most } => number(node, least, most, false),
        Form::Count { least, most } => number(node, least, most, true),
        Form::Duration => node.text().and_then(seconds).map(StatedValue::Number).ok_or_else(|| {
            Mistake::at(
                node,
                format!("`{}` is no length of time", written(node)),
                "write a number and s, m, h or d, as in 5m",
            )
        }),
        Form::Boolean => boolean(node),
        Form::Word(words) => {
            let text = node.text().unwrap_or_default();
            if words.contains(&text) { Ok(StatedValue::Word(text.to_owned())) } else { Err(no_word(node, text, words)) }
        }
        Form::Words(words) => {
            let items: Vec<Node<'_>> = if node.is_sequence() { node.items().collect() } else { vec![node] };
            let mut values = Vec::new();
            for item in items {
                let Some(text) = item.text().filter(|text| !text.is_empty()) else {
                    return Err(Mistake::at(item, "this is no word", format!("write it as in {}", key.example)));
                };
                if key.name == "jurisdiction" && !is_jurisdiction(text) {
                    let help = "write `any`, `eu`, or two capital letters for each country, as in [FR, DE]";
                    return Err(Mistake::at(item, format!("`{text}` is no jurisdiction"), help));
                }
                if !words.is_empty() && !words.contains(&text) {
                    return Err(no_word(item, text, words));
                }
                values.push(text.to_owned());
            }
            Ok(StatedValue::Words(values))
        }
    }
}

fn no_word(node: Node<'_>, text: &str, words: &[&str]) -> Mistake {
    let help = did_you_mean(text, words.iter().copied());
    let help = if help.is_empty() { format!("write one of {}", words.join(", ")) } else { help };
    Mistake::at(node, format!("`{text}` is none of the words that may stand here"), help)
}

/// A word for several countries, or a country by its two letters; `EU` is neither.
fn is_jurisdiction(text: &str) -> bool {
    let is_country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase()) && text != "EU";
    is_country || matches!(text, "any" | "eu")
}

fn number(node: Node<'_>, least: f64, most: f64, whole: bool) -> Result<StatedValue, Mistake> {
    let number = match node.scalar(Dialect::Kubernetes) {
        Some(Scalar::Integer(number)) => number as f64,
        Some(Scalar::Float(number)) if !whole => number,
        _ => {
            let kind = if whole { "whole number" } else { "number" };
            return Err(Mistake::at(
                node,
                format!("`{}` is no {kind}", written(node)),
                "write a number without a unit",
            ));
        }
    };
    if number >= least && number <= most {
        Ok(StatedValue::Number(number))
    } else {
        Err(Mistake::at(node, format!("{number} is out of range"), format!("write a number from {least} to {most}")))
    }
}

fn boolean(node: Node<'_>) -> Result<StatedValue, Mistake> {
    let value = node.boolean().map(StatedValue::Boolean);
    value.ok_or_else(|| {
        Mistake::at(node, format!("`{}` is neither true nor false", written(node)), "write true or false")
    })
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, length: usize| if part.len() == length { part.parse::<u32>().ok() } else { None };
    let [year, month, day] = parts.as_slice() else { return false };
    let (year, month, day) = (number(year, 4), number(month, 2), number(day, 2));
    year.is_some()
        && month.is_some_and(|month| (1..=12).contains(&month))
        && day.is_some_and(|day| (1..=31).contains(&day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::text::SourceId;
    use crate::yaml::parse_documents;

    fn stated(text: &str) -> Result<Context, String> {
        let documents = parse_documents(SourceId(0), &std::sync::Arc::from(text), &Limits::DEFAULT);
        let tree = documents[0].as_ref().expect("YAML");
        tree.root()
            .map_or_else(|| Ok(Context::default()), |root| read(root, &[]))
            .map_err(|mistake| format!("{}; {}", mistake.message, mistake.help))
    }

    #[test]
    fn statements_are_read_with_who_makes_them_and_laid_over_one_another() {
        let mut context = stated(
            "availability-target: {value: 99.95, owner: operations, date: 2026-10-01, source: contract 12}\n\
             recovery-time: 5m\nteams: 6\nneeds: {mesh: no}\nhosts: {ordinary: {cpu: 32}}\n\
             systems: {shop: {recovery-time: 30s, teams: 2}}\ngrowth:\n",
        )
        .expect("a context");
        let whole = context.of_the_whole();
        assert_eq!(whole.number("availability-target"), Some(99.95));
        assert_eq!(whole.get("availability-target").and_then(|s| s.owner.as_deref()), Some("operations"));
        assert_eq!(whole.number("hosts.ordinary.cpu"), Some(32.0));
        assert_eq!(whole.needs().map(|(id, needed, _)| (id, needed)).collect::<Vec<_>>(), [("mesh", false)]);
        assert!(whole.get("growth").is_none(), "a question that was not answered states nothing");
        // What counts the whole is no system's of several, but what is stated about it by name.
        let (shop, other) = (context.of_system("namespace:shop", "shop", false), context.of_system("a", "a", false));
        assert_eq!((shop.number("recovery-time"), shop.number("teams")), (Some(30.0), Some(2.0)));
        assert_eq!((other.number("recovery-time"), other.number("teams")), (Some(300.0), None));
        assert_eq!(context.of_system("a", "a", true).number("teams"), Some(6.0));
        context.lay_over(&stated("teams: 9\n").expect("a context"));
        assert_eq!(context.of_the_whole().number("teams"), Some(9.0));
    }

    #[test]
    fn mistakes_say_what_to_write_instead() {
        for (text, expected) in [
            ("availabilty-target: 99", "there is no key `availabilty-target`; did you mean `availability-target`?"),
            ("availability-target: 100", "100 is out of range"),
            ("teams: 1.5", "`1.5` is no whole number"),
            ("recovery-time: 5", "`5` is no length of time"),
            ("on-call: sometimes", "`sometimes` is none of the words"),
            ("jurisdiction: EU", "`EU` is no jurisdiction; write `any`, `eu`"),
            ("teams: {owner: me}", "the value is missing"),
            ("teams: {value: 3, date: yesterday}", "this is no date"),
            ("teams: {valeu: 3}", "a statement has no key `valeu`; did you mean `value`?"),
            ("teams: 1\nteams: 2", "`teams` stands here twice"),
            ("hosts: {huge: {cpu: 1}}", "there is no host `huge`"),
            ("systems: {a: {systems: {}}}", "there is no key `systems`"),
            ("needs: {mesh: maybe}", "`maybe` is neither true nor false"),
            ("- teams", "statements are keys with values"),
        ] {
            let message = stated(text).expect_err(text);
            assert!(message.starts_with(expected), "{text}: {message}");
        }
        let known = Known { capabilities: vec!["mesh"], targets: vec!["heroku"], add_ons: vec!["longhorn"] };
        for (text, expected) in [
            ("needs: {mesch: true}", "there is no capability `mesch`"),
            ("exclude: [herokuu]", "there is no target `herokuu`"),
            ("systems: {a: {subject: longhron}}", "there is no add-on `longhron`"),
        ] {
            let mistake = check(&stated(text).expect("a context"), &known).expect_err(text);
            assert!(mistake.message == expected && mistake.help.contains("did you mean"), "{text}: {mistake:?}");
        }
    }
}
