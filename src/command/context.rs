//! The configuration: holding it against what exists before anything is assessed.

use std::sync::Arc;

use miette::Severity;

use super::diagnostic::{Line, Message};
use super::output::Terminal;
use crate::Kit;
use crate::choices::Choices;
use crate::configuration::{self, FILE_NAMES, Known};
use crate::rules::Rule;
use crate::source::{self, Collected};
use crate::suppression::SuppressionText;
use crate::text::sanitize::keys_only;
use crate::text::{Position, SourceFile, SourceId};
use crate::yaml::parse_documents;

/// Whether everything that configures is right; what is wrong is shown. A mistake in it stops the run, since a statement
/// that is not understood would silently count for nothing.
pub(super) fn is_right(collected: &Collected, kit: &Kit, terminal: &Terminal) -> bool {
    let known = known(kit);
    let mut is_right = collected.mistakes.is_empty();
    for warning in &collected.warnings {
        super::diagnostic::show_failure(warning, Severity::Warning, terminal);
    }
    for failure in &collected.mistakes {
        let file = collected.files.iter().find(|file| file.name == failure.file);
        match (file, failure.position) {
            (Some(file), Some(position)) => show(file, &failure.message, &failure.help, position, collected, terminal),
            _ => super::diagnostic::show_failure(failure, Severity::Error, terminal),
        }
    }
    for name in collected.choices.configuration_names() {
        let Some(file) = collected.files.iter().find(|file| file.name == name) else { continue };
        if let Err((message, help, offset)) = mistake(file, &known, collected) {
            is_right = false;
            show(file, &message, &help, file.position(offset), collected, terminal);
        }
    }
    is_right
}

/// The names that a configuration may use.
pub(super) fn known(kit: &Kit) -> Known<'_> {
    Known {
        context: crate::context::Known {
            capabilities: kit.capabilities.iter().map(|(_, capability)| capability.id.as_str()).collect(),
            targets: kit.catalogue.targets().iter().map(|target| target.id.as_str()).collect(),
            add_ons: kit.tables.add_on_names().collect(),
        },
        rules: kit.rules.iter().map(Rule::named).collect(),
        told: kit.suppressions.iter().map(SuppressionText::named).collect(),
    }
}

fn mistake(file: &SourceFile, known: &Known<'_>, collected: &Collected) -> Result<(), (String, String, u32)> {
    let documents = parse_documents(SourceId(0), &Arc::clone(&file.text), &collected.choices.limits);
    if documents.len() > 1 {
        let help = "keep one document; `---` separates them".to_owned();
        return Err(("a configuration file is one document".to_owned(), help, 0));
    }
    for document in documents {
        let tree = document.map_err(|error| (error.message, String::new(), error.offset))?;
        let read = configuration::read_named(&tree, &file.name).and_then(|layer| configuration::check(&layer, known));
        read.map_err(|mistake| (mistake.message, mistake.help, tree.pointing_span(mistake.place.node).start))?;
    }
    Ok(())
}

/// The line of a file that a message is about, as far as it may be shown. What is called as configurations are, or was
/// named outright, is our own and holds no secrets; what others only refer to may be anything, whatever is written about it.
pub(super) fn line_of<'l>(file: &SourceFile, line: &'l str, collected: &Collected) -> Line<'l> {
    let choices = &collected.choices;
    let is_statement = choices.statements.iter().any(|statement| Choices::statement_name(statement) == file.name);
    let is_named = choices.configuration_files.contains(&file.name);
    // A link may lend the name to something else.
    let is_own = FILE_NAMES.contains(&file.base_name())
        && source::base_name_behind(&file.name).is_none_or(|name| FILE_NAMES.contains(&name.as_str()));
    if is_statement || is_named || is_own { Line::Own(line) } else { Line::KeysOnly(line) }
}

fn show(file: &SourceFile, message: &str, help: &str, position: Position, collected: &Collected, terminal: &Terminal) {
    let line = line_of(file, &file.text[file.lines().line_range(&file.text, position.line)], collected);
    let text = match line {
        Line::Own(_) => message.to_owned(),
        Line::KeysOnly(_) => without_values(message, file),
    };
    let position = Some(position);
    Message { severity: Severity::Error, text: &text, help, file: &file.name, position, line: Some(line) }
        .show(terminal);
}

/// A message without what it quotes of the values of a file.
fn without_values(message: &str, file: &SourceFile) -> String {
    let keys: String = file.text.lines().map(|line| keys_only(line) + "\n").collect();
    let quoted = |(index, part)| {
        let is_value = index % 2 == 1 && file.text.contains::<&str>(part) && !keys.contains::<&str>(part);
        if is_value { "…" } else { part }
    };
    message.split('`').enumerate().map(quoted).collect::<Vec<_>>().join("`")
}
