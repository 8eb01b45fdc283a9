//! The context file: finding it, and holding it against what exists before anything is assessed.

use std::sync::Arc;

use miette::Severity;

use super::diagnostic::{Line, Message};
use super::output::Terminal;
use crate::Kit;
use crate::choices::Choices;
use crate::context::{self, Known};
use crate::source::{self, Collected, Input};
use crate::text::{Position, SourceFile, SourceId};
use crate::yaml::parse_documents;

/// The choices with the context file that is found by itself, where none is named.
pub(super) fn with_found(mut choices: Choices, inputs: &[Input]) -> Choices {
    if choices.context_files.is_empty()
        && let Some(found) = source::find_context(inputs)
        && choices.within.as_deref().is_none_or(|folder| source::is_within(folder, &found))
    {
        choices.context_files.push(found.to_string_lossy().into_owned());
    }
    choices
}

/// Whether everything that states context is right; what is wrong is shown. A mistake in it stops the run, since a
/// statement that is not understood would silently count for nothing.
pub(super) fn is_right(collected: &Collected, kit: &Kit, terminal: &Terminal) -> bool {
    let known = Known {
        capabilities: kit.capabilities.iter().map(|(_, capability)| capability.id.as_str()).collect(),
        targets: kit.catalogue.targets().iter().map(|target| target.id.as_str()).collect(),
        add_ons: kit.tables.add_on_names().collect(),
    };
    let mut is_right = true;
    for name in collected.choices.context_names() {
        let Some(file) = collected.files.iter().find(|file| file.name == name) else { continue };
        if let Err((message, help, offset)) = mistake(file, &known, collected) {
            is_right = false;
            show(file, &message, &help, file.position(offset), terminal);
        }
    }
    is_right
}

fn mistake(file: &SourceFile, known: &Known<'_>, collected: &Collected) -> Result<(), (String, String, u32)> {
    let documents = parse_documents(SourceId(0), &Arc::clone(&file.text), &collected.choices.limits);
    if documents.len() > 1 {
        let help = "keep one document; `---` separates them".to_owned();
        return Err(("a context file is one document".to_owned(), help, 0));
    }
    for document in documents {
        let tree = document.map_err(|error| (error.message, String::new(), error.offset))?;
        let read = context::read(&tree).and_then(|stated| context::check(&stated, known));
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
