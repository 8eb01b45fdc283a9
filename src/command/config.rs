//! `kubeworthy config`: the configuration in force with the origin of each value, and its schema.

use std::fmt::Write as _;

use super::Exit;
use super::arguments::{Config, ConfigCommand, ConfigShow};
use super::assess::{load_kit, mistake, read_inventory, warn_of_failures, warn_of_problems};
use super::output::Terminal;
use crate::choices::Choices;
use crate::configuration::{self, Configuration};
use crate::context::Statements;
use crate::data::did_you_mean;
use crate::inventory::Inventory;
use crate::source::{self, Collected, Input};
use crate::text::SourceFile;
use crate::text::sanitize::for_terminal;
use crate::yaml::Place;

pub(super) fn run(arguments: &Config, terminal: &Terminal) -> Exit {
    match &arguments.command {
        ConfigCommand::Schema => terminal.print(&configuration::schema()),
        ConfigCommand::Show(show) => match shown(show, terminal) {
            Ok(text) => terminal.print(&text),
            Err(exit) => exit,
        },
    }
}

fn shown(arguments: &ConfigShow, terminal: &Terminal) -> Result<String, Exit> {
    let kit = load_kit(&arguments.rules, terminal).ok_or(Exit::Error)?;
    let paths = if arguments.paths.is_empty() { vec![".".into()] } else { arguments.paths.clone() };
    let standard = |path: &std::path::PathBuf| path.as_os_str() == "-";
    let input = |path| if standard(&path) { Input::Standard } else { Input::Path(path) };
    let inputs: Vec<Input> = paths.into_iter().map(input).collect();
    let choices = Choices {
        configuration_files: arguments.stating.config.clone(),
        no_configuration: arguments.stating.no_config,
        statements: arguments.stating.set.clone(),
        ..Choices::default()
    };
    let mut collected = source::collect(&inputs, &choices);
    source::find(&mut collected, &inputs);
    let named = &collected.choices.configuration_files;
    let lacks = collected.failures.iter().any(|failure| named.contains(&failure.file));
    let all_failed = lacks || collected.failed_inputs >= inputs.len() + named.len();
    warn_of_failures(&collected, all_failed, terminal);
    if all_failed || !super::context::is_right(&collected, &kit, terminal) {
        return Err(Exit::Error);
    }
    let inventory = read_inventory(&mut collected, &kit, &source::follow)
        .map_err(|unknown| mistake(&unknown.to_string(), "name another", terminal))?;
    warn_of_problems(&collected, &inventory, terminal);
    let wanted = arguments.system.as_deref();
    if let Some(name) = wanted
        && !inventory.systems.iter().any(|system| system.name == name || system.id() == name)
    {
        let names = inventory.systems.iter().map(|system| system.name.as_str());
        let near = did_you_mean(name, names);
        let help = if near.is_empty() { "the report names the systems".to_owned() } else { near };
        return Err(mistake(&format!("there is no system `{name}` in what was read"), &help, terminal));
    }
    let mut text = String::new();
    for (number, configuration) in inventory.configurations.all().iter().enumerate() {
        let own = inventory.systems.iter().filter(|system| system.configuration == number);
        let is_wanted = |name: &str| own.clone().any(|system| system.name == name || system.id() == name);
        let is_estates = wanted.is_none() && inventory.configurations.estate() == number;
        if wanted.map_or_else(|| own.clone().next().is_none() && !is_estates, |name| !is_wanted(name)) {
            continue;
        }
        let mut names: Vec<String> = own.clone().map(crate::inventory::System::id).collect();
        if is_estates {
            names.push("estate".to_owned());
        }
        let page = Page { configuration, collected: &collected, inventory: &inventory };
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&page.render(&names));
    }
    Ok(text)
}

struct Page<'p> {
    configuration: &'p Configuration,
    collected: &'p Collected,
    inventory: &'p Inventory,
}

/// A line, with the origin of its value where it has one.
type Row = (String, Option<String>);

impl Page<'_> {
    /// One document: what holds for which systems, every value with its origin behind it.
    fn render(&self, systems: &[String]) -> String {
        let configuration = self.configuration;
        let mut text = String::new();
        for name in systems {
            let _ = writeln!(text, "# holds for {}", for_terminal(name));
        }
        for (index, name) in configuration.layers.iter().enumerate() {
            let over = if index == 0 { "made of" } else { "under" };
            let _ = writeln!(text, "# {over} {}", for_terminal(name));
        }
        if configuration.layers.is_empty() {
            text.push_str("# no configuration was found\n");
        }
        let mut rows: Vec<Row> = Vec::new();
        let place = |key: &str| configuration.places.get(key).map_or_else(default, |place| self.origin(*place));
        if let Some(profile) = &configuration.profile {
            rows.push((format!("profile: {profile}"), Some(place("profile"))));
        }
        let whole = configuration.context.of_the_whole();
        self.statements(whole, 0, &mut rows);
        let named: Vec<_> = configuration.context.of_systems().collect();
        if !named.is_empty() {
            rows.push(("systems:".to_owned(), None));
            for (name, statements) in named {
                rows.push((format!("  {}:", quoted(name)), None));
                self.statements(statements, 2, &mut rows);
            }
        }
        let policy = &configuration.policy;
        rows.push(("gate:".to_owned(), None));
        if let Some(need) = policy.need_at_least {
            rows.push((format!("  need-at-least: {need}"), Some(place("gate.need-at-least"))));
        }
        let causes = policy.fail_on.clone().unwrap_or_else(|| vec!["regression".to_owned()]);
        rows.push((format!("  fail-on: {}", list(&causes)), Some(place("gate.fail-on"))));
        if let Some(baseline) = &policy.baseline {
            rows.push((format!("  baseline: {}", quoted(baseline)), Some(place("gate.baseline"))));
        }
        rows.push((format!("require-reason: {}", !configuration.reasons_are_optional), Some(place("require-reason"))));
        if !configuration.suppressions.is_empty() {
            rows.push(("ignore:".to_owned(), None));
        }
        for entry in &configuration.suppressions {
            rows.push((format!("  - rules: {}", list(&entry.rules)), Some(self.origin(entry.place))));
            let mut more = |key: &str, value: String| rows.push((format!("    {key}: {value}"), None));
            if !entry.paths.is_empty() {
                more("paths", list(&entry.paths));
            }
            if !entry.systems.is_empty() {
                more("systems", list(&entry.systems));
            }
            if let Some(reason) = &entry.reason {
                more("reason", quoted(reason));
            }
            if let Some(until) = entry.until {
                more("until", until.to_string());
            }
        }
        let column = rows.iter().filter(|(_, origin)| origin.is_some()).map(|(line, _)| line.chars().count()).max();
        let column = column.unwrap_or(0).min(60);
        for (line, origin) in rows {
            let line = for_terminal(&line).into_owned();
            let _ = match origin {
                Some(origin) => writeln!(text, "{line:column$}  # {}", for_terminal(&origin)),
                None => writeln!(text, "{line}"),
            };
        }
        text
    }

    fn statements(&self, statements: &Statements, depth: usize, rows: &mut Vec<Row>) {
        let mut open: Vec<&str> = Vec::new();
        for (key, statement) in statements.iter() {
            // Ids of capabilities have dots of their own.
            let parts: Vec<&str> = match key.split_once('.') {
                Some(("needs", id)) => vec!["needs", id],
                _ => key.split('.').collect(),
            };
            let (above, last) = parts.split_at(parts.len() - 1);
            let common = above.iter().zip(&open).take_while(|(a, b)| a == b).count();
            for (at, part) in above.iter().enumerate().skip(common) {
                rows.push((format!("{}{part}:", "  ".repeat(depth + at)), None));
            }
            open = above.to_vec();
            let value = match &statement.value {
                crate::context::StatedValue::Words(words) => list(words),
                crate::context::StatedValue::Word(word) => quoted(word),
                _ => statement.written.clone(),
            };
            let indent = "  ".repeat(depth + above.len());
            rows.push((format!("{indent}{}: {value}", last.join(".")), Some(self.origin(statement.place))));
        }
    }

    /// Where a value comes from.
    fn origin(&self, place: Place) -> String {
        let Some((source, span)) = self.inventory.span(place) else { return default() };
        let file: &SourceFile = &self.collected.files[source.0 as usize];
        if file.name.starts_with("--set ") {
            return "--set".to_owned();
        }
        if configuration::is_profile_name(&file.name) {
            return file.name.clone();
        }
        let position = file.position(span.start);
        let own =
            self.configuration.file == file.name || self.collected.choices.configuration_files.contains(&file.name);
        let how = if own { "" } else { "extends " };
        format!("{how}{}:{}:{}", file.name, position.line, position.column)
    }
}

fn default() -> String {
    "default".to_owned()
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}

/// A word as YAML has it: plain where nothing else could be read in it.
fn quoted(word: &str) -> String {
    let is_plain = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
        && !matches!(
            word.to_ascii_lowercase().as_str(),
            "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "y" | "n"
        );
    if is_plain { word.to_owned() } else { serde_json::Value::from(word).to_string() }
}
