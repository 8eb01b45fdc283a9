//! `kubeworthy adr`: a decision record in a file of its own, numbered after those that are there.

use std::path::{Path, PathBuf};

use miette::Severity;

use super::Exit;
use super::arguments::Adr;
use super::assess::{assess, mistake};
use super::diagnostic::{Line, Message, show_failure};
use super::output::Terminal;
use super::today::today;
use crate::assessment::{Assessment, SystemAssessment};
use crate::data::did_you_mean;
use crate::language::Voice;
use crate::limits::Limits;
use crate::report::adr::{self, BUILT_IN, Wish};
use crate::report::{Layout, Verbosity};
use crate::source::{Input, read_whole};
use crate::text::sanitize::for_terminal;

/// Where records commonly lie, the commonest first.
const FOLDERS: [&str; 4] = ["docs/decisions", "docs/adr", "doc/adr", "adr"];
/// How many digits a number has where no record is there yet.
const DIGITS: usize = 4;
/// Longer numbers are dates.
const MOST_DIGITS: usize = 5;
/// The longest that a title makes the name of a file.
const SLUG: usize = 60;

pub(super) fn run(arguments: &Adr, terminal: &Terminal) -> Exit {
    if arguments.print_template {
        return terminal.print(BUILT_IN);
    }
    // The template is looked at first, so that nobody waits for a cluster to hear of a mistake in it.
    let template = match &arguments.template {
        Some(path) => match read_whole(&Input::Path(path.clone()), &Limits::DEFAULT) {
            Ok(text) => text,
            Err(failure) => {
                show_failure(&failure, Severity::Error, terminal);
                return Exit::Error;
            }
        },
        None => BUILT_IN.to_owned(),
    };
    let assessed = match assess(&arguments.subject, arguments.quiet, terminal) {
        Ok(assessed) => assessed,
        Err(exit) => return exit,
    };
    if let Some(exit) = assessed.nothing_found(terminal) {
        return exit;
    }
    let assessment = &assessed.assessment;
    let system = match arguments.system.as_deref().map(|name| find(assessment, name)).transpose() {
        Ok(system) => system,
        Err(help) => {
            let name = arguments.system.as_deref().unwrap_or_default();
            return mistake(&format!("there is no system `{name}` in what was read"), &help, terminal);
        }
    };
    let layout = Layout {
        verbosity: Verbosity::Normal,
        voice: Voice::of(arguments.lang),
        today: Some(today()),
        program: terminal.called().program(),
        ..Layout::default()
    };
    let command = adr::confirming_command(&arguments.subject.again(), layout);
    let wish = Wish { system, title: arguments.title.as_deref(), command: Some(&command) };
    let written = match adr::write(assessment, &wish, &template, layout) {
        Ok(written) => written,
        Err(error) => {
            let file = arguments
                .template
                .as_ref()
                .map_or_else(|| "the built-in template".to_owned(), |path| path.to_string_lossy().into_owned());
            let line = error.position.and_then(|at| template.lines().nth((at.line as usize).saturating_sub(1)));
            Message {
                severity: Severity::Error,
                text: &error.message,
                help: &error.help,
                file: &file,
                position: error.position,
                line: line.filter(|line| line.len() < 400).map(Line::Own),
            }
            .show(terminal);
            return Exit::Error;
        }
    };
    if arguments.print {
        return terminal.print(&written.text);
    }
    let folder = arguments.out.clone().unwrap_or_else(default_folder);
    let slug = slug(&written.title);
    let alike = std::cell::RefCell::new(None);
    let name = |names: &[String]| {
        let ends_alike = |name: &&String| name.ends_with(&format!("-{slug}.md"));
        *alike.borrow_mut() = names.iter().rev().find(ends_alike).cloned();
        next_name(names, &slug)
    };
    match terminal.save_numbered(&folder, &name, &written.text) {
        Ok(path) => {
            if !arguments.quiet {
                let path = path.display().to_string();
                terminal.note(&format!("{} was written; its status is proposed", for_terminal(&path)));
                if let Some(alike) = alike.borrow().as_deref() {
                    let alike = for_terminal(alike);
                    terminal.note(&format!("note: {alike} has the same title; let one of them supersede the other"));
                }
            }
            Exit::Done
        }
        Err(error) => {
            let folder = folder.display().to_string();
            terminal.note(&format!("error: no record could be written to {}: {error}", for_terminal(&folder)));
            Exit::Error
        }
    }
}

/// The system of a name or an id; what to do where there is none, or several.
fn find<'a>(assessment: &'a Assessment, name: &str) -> Result<&'a SystemAssessment, String> {
    if let Some(system) = assessment.systems.iter().find(|system| system.id == name) {
        return Ok(system);
    }
    let named: Vec<&SystemAssessment> = assessment.systems.iter().filter(|system| system.name == name).collect();
    match named.as_slice() {
        [one] => Ok(one),
        [] => {
            let known = assessment.systems.iter().flat_map(|system| [system.name.as_str(), system.id.as_str()]);
            let help = did_you_mean(name, known);
            if !help.is_empty() {
                return Err(help);
            }
            let names: Vec<&str> = assessment.systems.iter().take(5).map(|system| system.name.as_str()).collect();
            Err(format!(
                "the systems are {}{}",
                names.join(", "),
                if assessment.systems.len() > 5 { ", …" } else { "" }
            ))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|system| system.id.as_str()).collect();
            Err(format!("several have that name; name one by its id: {}", ids.join(", ")))
        }
    }
}

fn default_folder() -> PathBuf {
    let found = FOLDERS.iter().map(Path::new).find(|folder| folder.is_dir());
    found.unwrap_or(Path::new(FOLDERS[0])).to_path_buf()
}

/// The name of the next record: one number after the highest that is there, with as many digits.
fn next_name(names: &[String], slug: &str) -> String {
    let numbered = names.iter().filter_map(|name| {
        let name = name.strip_suffix(".md")?;
        let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let rest = &name[digits..];
        let is_number =
            (1..=MOST_DIGITS).contains(&digits) && (rest.is_empty() || rest.starts_with(['-', '_', ' ', '.']));
        is_number.then(|| (name[..digits].parse::<u32>().unwrap_or(0), digits))
    });
    let (highest, digits) = numbered.max().unwrap_or((0, DIGITS));
    // The separator of the records that are there is theirs; a dash is everybody's.
    format!("{:0digits$}-{slug}.md", highest + 1)
}

/// A title as a part of a file's name: lower case, ASCII, dashes.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for character in title.chars().flat_map(char::to_lowercase) {
        let plain = match character {
            'a'..='z' | '0'..='9' => character.to_string(),
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => "a".to_owned(),
            'ç' => "c".to_owned(),
            'é' | 'è' | 'ê' | 'ë' => "e".to_owned(),
            'î' | 'ï' | 'í' | 'ì' => "i".to_owned(),
            'ô' | 'ö' | 'ó' | 'õ' | 'ò' => "o".to_owned(),
            'ù' | 'û' | 'ü' | 'ú' => "u".to_owned(),
            'ñ' => "n".to_owned(),
            'œ' => "oe".to_owned(),
            'æ' => "ae".to_owned(),
            'ß' => "ss".to_owned(),
            // `d’exécution` is two words.
            _ => "-".to_owned(),
        };
        if plain != "-" {
            slug.push_str(&plain);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.len() > SLUG {
        // What is cut is cut between words, where there are any.
        let end = slug[..SLUG].rfind('-').filter(|at| *at > SLUG / 2).unwrap_or(SLUG);
        slug.truncate(end);
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "where-it-runs".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_with_the_digits_that_are_there() {
        let next = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            next_name(&names, "x")
        };
        assert_eq!(next(&[]), "0001-x.md");
        assert_eq!(next(&["0001-record-architecture-decisions.md", "0012-b.md", "README.md"]), "0013-x.md");
        assert_eq!(next(&["001-a.md", "009-b.md"]), "010-x.md");
        assert_eq!(next(&["1-a.md", "9-b.md"]), "10-x.md");
        assert_eq!(next(&["20260101-a.md", "0002-b.txt", "12.md"]), "13-x.md");
        assert_eq!(next(&["9999-a.md"]), "10000-x.md");
    }

    #[test]
    fn titles_become_names_of_files() {
        assert_eq!(slug("Où tourne l’« Œuvre » ?"), "ou-tourne-l-oeuvre");
        assert_eq!(slug("../../etc/passwd"), "etc-passwd");
        assert_eq!(slug("日本"), "where-it-runs");
        let long = slug(&"word ".repeat(40));
        assert!(long.len() <= SLUG && long.ends_with("word"), "{long}");
        assert!(slug(&"x".repeat(10_000)).len() <= SLUG);
    }
}
