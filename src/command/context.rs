//! The configuration: holding it against what exists before anything is assessed.

use std::sync::Arc;

use miette::Severity;

use super::diagnostic::{Line, Message};
use super::output::Terminal;
use crate::Kit;
use crate::configuration::{self, Known};
use crate::source::Collected;
use crate::text::{Position, SourceFile, SourceId};
use crate::yaml::parse_documents;

/// Whether everything that configures is right; what is wrong is shown. A mistake in it stops the run, since a statement
/// that is not understood would silently count for nothing.
pub(super) fn is_right(collected: &Collected, kit: &Kit, terminal: &Terminal) -> bool {
    let known = known(kit);
    let mut is_right = collected.mistakes.is_empty();
    for failure in &collected.mistakes {
        let file = collected.files.iter().find(|file| file.name == failure.file);
        match (file, failure.position) {
            (Some(file), Some(position)) => show(file, &failure.message, &failure.help, position, terminal),
            _ => super::diagnostic::show_failure(failure, Severity::Error, terminal),
        }
    }
    for name in collected.choices.configuration_names() {
        let Some(file) = collected.files.iter().find(|file| file.name == name) else { continue };
        if let Err((message, help, offset)) = mistake(file, &known, collected) {
            is_right = false;
            show(file, &message, &help, file.position(offset), terminal);
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
        rules: kit.rules.iter().map(|rule| rule.code.as_str()).collect(),
        families: kit.rules.iter().filter_map(|rule| rule.file.strip_prefix("rules/")?.split('/').next()).collect(),
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

fn show(file: &SourceFile, message: &str, help: &str, position: Position, terminal: &Terminal) {
    let line = &file.text[file.lines().line_range(&file.text, position.line)];
    Message {
        severity: Severity::Error,
        text: message,
        help,
        file: &file.name,
        position: Some(position),
        line: Some(Line::Own(line)),
    }
    .show(terminal);
}
