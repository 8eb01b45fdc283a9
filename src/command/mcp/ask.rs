//! Assessing what a request names: by the very functions of the command line, with messages kept for the answer.

use std::ffi::OsString;
use std::sync::Mutex;

use clap::Parser as _;

use super::arguments::{Asked, AssessArguments, CompareArguments, Detail};
use super::place::Root;
use crate::assessment::Assessment;
use crate::command::arguments::{Arguments, Colour, Command, Subject};
use crate::command::assess;
use crate::command::output::Terminal;
use crate::command::plugin::Called;
use crate::limits::Limits;
use crate::report;
use crate::report::agents::{self, Answer, Comparison};
use crate::text::command::PROGRAM;
use crate::text::sanitize::for_terminal;

/// The largest whole report that an answer may hold, in bytes; agents cannot read more at once, and their clients cut it.
const REPORT_BYTES: usize = 1 << 20;
/// The most names that a message lists.
const NAMED: usize = 20;

/// The answer of `assess`, or what is wrong and what to do.
pub(super) fn assess(arguments: &AssessArguments, root: &Root, called: Called) -> Result<Answer, String> {
    let subject = subject(&arguments.asked(), root)?;
    let (assessment, warnings) = assessed(&subject, called)?;
    let mut answer = agents::answer(&assessment, arguments.system.as_deref(), &warnings).map_err(no_such_system)?;
    if arguments.detail == Detail::Full {
        let text = report::json::render(&assessment);
        if text.len() > REPORT_BYTES {
            return Err(format!(
                "the whole report has {} KiB, more than an answer may have; ask with `detail: summary`, for one `system`, or for \
                 fewer `paths`, or let the user write it with `kubeworthy assess -o json=report.json`",
                text.len() >> 10
            ));
        }
        answer.report = serde_json::from_str(&text).ok();
    }
    Ok(answer)
}

/// The answer of `compare_targets` on files or drafts, or what is wrong and what to do.
pub(super) fn compare(arguments: &CompareArguments, root: &Root, called: Called) -> Result<Comparison, String> {
    let targets = super::catalogue::ids_of(&arguments.targets, &root.rules)?;
    let subject = subject(&arguments.asked(), root)?;
    let (assessment, warnings) = assessed(&subject, called)?;
    agents::compare(&assessment, arguments.system.as_deref(), &targets, &warnings).map_err(no_such_system)
}

/// What would stand on the command line, with the drafts and the folder that nothing is read outside of.
fn subject(asked: &Asked<'_>, root: &Root) -> Result<Subject, String> {
    let mut words: Vec<OsString> = vec![PROGRAM.into(), "assess".into()];
    for (key, value) in asked.statements {
        let value = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let statement = format!("{key}={value}");
        crate::context::single(&statement)
            .map_err(|mistake| format!("statements: `{}`: {}", for_terminal(key), for_terminal(&mistake)))?;
        words.push(format!("--set={statement}").into());
    }
    words.extend(asked.profiles.iter().map(|profile| format!("--profile={profile}").into()));
    words.extend(asked.overlay.map(|overlay| format!("--overlay={overlay}").into()));
    for folder in &root.rules {
        words.extend(["--rules".into(), folder.clone().into_os_string()]);
    }
    words.push("--".into());
    for path in asked.paths {
        words.push(root.path(path)?.into_os_string());
    }
    let parsed = Arguments::try_parse_from(words).map_err(|error| for_terminal(&error.to_string()).into_owned())?;
    let Command::Assess(assess) = parsed.command else {
        return Err("the request could not be understood; see the input schema of the tool".to_owned());
    };
    let mut subject = assess.subject;
    subject.agent.within = Some(root.whole.clone());
    for (at, draft) in asked.inline.iter().enumerate() {
        let name = match &draft.name {
            Some(name) => root.name(name)?,
            None if at == 0 => "inline.yaml".to_owned(),
            None => format!("inline-{}.yaml", at + 1),
        };
        if draft.text.len() as u64 > Limits::DEFAULT.file_bytes {
            return Err(format!("inline: `{}` is larger than a file may be; pass less of it", for_terminal(&name)));
        }
        if subject.agent.inline.iter().any(|(other, _)| *other == name) {
            return Err(format!("inline: two texts are named `{}`; give each its own name", for_terminal(&name)));
        }
        subject.agent.inline.push((name, draft.text.clone()));
    }
    Ok(subject)
}

/// The assessment with what was said about it; or what was said where there is none.
fn assessed(subject: &Subject, called: Called) -> Result<(Assessment, Vec<String>), String> {
    let notes = Mutex::new(Vec::new());
    let terminal = Terminal::new(Colour::Never, called).keeping(&notes);
    let assessed = assess::assess(subject, false, &terminal);
    let nothing = match &assessed {
        Ok(assessed) => assessed.nothing_found(&terminal).is_some(),
        Err(_) => false,
    };
    let said = notes.into_inner().unwrap_or_default();
    match assessed {
        Ok(_) if nothing => Err(format!(
            "{}\nFor a draft, pass the whole text of the manifests or of the Compose file in `inline`.",
            said.join("\n")
        )),
        Ok(assessed) => Ok((assessed.assessment, said)),
        Err(_) if said.is_empty() => {
            Err("nothing could be read; name other `paths`, or pass texts in `inline`".to_owned())
        }
        Err(_) => Err(said.join("\n")),
    }
}

fn no_such_system(there_are: Vec<String>) -> String {
    let shown: Vec<&str> = there_are.iter().take(NAMED).map(String::as_str).collect();
    let more = match there_are.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("there is no system of that name; ask for one of: {}{more}", shown.join(", "))
}
