//! Markdown as GitHub and GitLab show it, for pages, comments and summaries of workflows: the verdict first, details
//! folded, below the size of a comment.

mod estate;
mod gate;
pub(crate) mod page;
mod system;

use super::Layout;
use crate::assessment::Assessment;
use crate::language::say;
use crate::report::Verbosity;
use crate::report::markup::{code, inline, sentence};
use crate::report::only::only;
use page::Page;

/// How many entries a list has, by how much is said.
fn length(layout: Layout) -> usize {
    match layout.verbosity {
        Verbosity::Quiet | Verbosity::Normal => 8,
        Verbosity::Verbose => 200,
    }
}

/// Renders the report.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut page = Page::new(layout.voice);
    gate::section(&mut page, assessment, layout);
    match only(assessment) {
        Some(one) => {
            system::head(&mut page, assessment, &one, &one.name, layout);
            if layout.verbosity > Verbosity::Quiet {
                system::body(&mut page, assessment, &one, layout);
            }
        }
        None => estate::render(&mut page, assessment, layout),
    }
    if layout.verbosity > Verbosity::Quiet {
        system::not_honoured(&mut page, assessment, layout);
        system::mistaken(&mut page, assessment, layout);
        inputs(&mut page, assessment, layout);
    }
    let mut text = page.finish();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// What was read and by what, folded.
fn inputs(page: &mut Page, assessment: &Assessment, layout: Layout) {
    let voice = layout.voice;
    let inputs = &assessment.inputs;
    let mut entries: Vec<String> = inputs
        .not_understood
        .iter()
        .map(|entry| {
            let at = entry.line.map_or_else(|| entry.file.clone(), |line| format!("{}:{line}", entry.file));
            format!("{}: {}", code(&at), inline(&entry.reason))
        })
        .collect();
    entries.extend(
        inputs
            .clusters
            .iter()
            .flat_map(|cluster| &cluster.gaps)
            .map(|gap| sentence(voice, &say!("{} could not be listed whole: {}", gap.resource.as_str(), &gap.reason))),
    );
    entries.extend(inputs.gaps.iter().map(|gap| format!("{}: {}", code(&gap.scope), inline(&voice.say(&gap.reason)))));
    let mut part = Page::part(voice, page.room().min(6_000));
    if !entries.is_empty() {
        part.paragraph(&inline(&voice.words("Not read, or read in part:")));
        part.list(&entries, length(layout));
    }
    let asked = if assessment.estate.statements.is_empty() {
        voice.words("The owner was not asked.")
    } else {
        voice.words("The owner was asked.")
    };
    part.paragraph(&inline(&asked));
    part.paragraph(&inline(&voice.say(&say!("Made by kubeworthy {}.", env!("CARGO_PKG_VERSION")))));
    part.paragraph(&format!("{} {}", inline(&voice.words("Digest of the rules:")), code(&assessment.rules_digest)));
    part.paragraph(&format!("{} {}", inline(&voice.words("Digest of the inputs:")), code(&inputs.digest)));
    let title = voice.say(&say!(
        "What was read: {} of {} documents understood; files left alone: {}",
        inputs.understood,
        inputs.documents,
        inputs.skipped.len()
    ));
    page.folded(&super::markup::in_html(&title), &part.finish());
}
