//! Charts and kustomizations become manifests by the user's own tools, and only where the user asks for it.
//!
//! A tool gets its arguments as they are, without a shell, the environment of this process, and nothing on standard
//! input. It has a limit on time and on what it prints. Nothing is written to disk.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Duration;

use rayon::prelude::*;

use super::tool::{Ended, Limits, run};
use super::{Collected, Skipped, mebibytes};
use crate::choices::Rendering;
use crate::language::say;
use crate::text::command::{for_shell, local_path, release_name};
use crate::text::sanitize::{for_terminal, without_secrets};
use crate::text::{Rendered, RenderedFrom, Root, SourceFile, rendered_name};

/// What came of one chart or kustomization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its folder.
    pub folder: String,
    /// The command line, with the values of `--set` left out.
    pub command: String,
    /// What the tool said beside its output, safe to show, line by line.
    pub said: Vec<String>,
    /// Why there is no output; none where there is.
    pub failure: Option<Failure>,
}

/// Why something could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// Renders every root and puts the outcome in the place of its sources. What fails is read as it is.
pub fn render(roots: &[Root], rendering: &Rendering, collected: &mut Collected) -> Vec<Report> {
    let limits = Limits { bytes: collected.choices.limits.file_bytes, time: Duration::from_secs(rendering.seconds) };
    let outcomes: Vec<_> = roots.par_iter().map(|root| render_root(root, rendering, limits)).collect();
    let mut reports = Vec::new();
    let mut made: Vec<(&Root, String, String)> = Vec::new();
    // A file that two overlays share stays where one of them could not be rendered.
    let mut needed: BTreeSet<&String> = BTreeSet::new();
    for (root, (mut report, outcome)) in roots.iter().zip(outcomes) {
        match outcome {
            Ok((tool, text)) => made.push((root, tool, text)),
            Err(failure) => {
                needed.extend(root.files.iter().chain(&root.not_chosen));
                report.failure = Some(failure);
            }
        }
        reports.push(report);
    }
    let mut left_out: Vec<Skipped> = Vec::new();
    let mut rendered = Vec::new();
    for (root, tool, text) in made {
        let name = rendered_name(shown_folder(root), &tool);
        let shown = say!("{} (rendered by {})", shown_folder(root), &tool);
        let sources = collected.files.iter().filter(|file| root.files.contains(&file.name)).cloned().collect();
        for file in collected.files.iter().filter(|file| !needed.contains(&file.name)) {
            let reason = match () {
                () if root.files.contains(&file.name) => say!("read as part of {}", &shown),
                () if root.not_chosen.contains(&file.name) => say!("part of an overlay that was not chosen"),
                () => continue,
            };
            left_out.push(Skipped { file: file.name.clone(), reason });
        }
        let (folder, system) = (root.folder.clone(), root.system.clone());
        rendered.push(SourceFile::new_rendered(name, text, Rendered { from: root.from, folder, system, sources }));
    }
    left_out.sort();
    left_out.dedup_by(|a, b| a.file == b.file);
    let gone: BTreeSet<&String> = left_out.iter().map(|skipped| &skipped.file).collect();
    collected.files.retain(|file| !gone.contains(&file.name));
    collected.files.extend(rendered);
    collected.files.sort_by(|a, b| a.name.cmp(&b.name));
    collected.skipped.extend(left_out);
    collected.skipped.sort();
    reports
}

/// A program with its arguments.
struct Line {
    program: &'static str,
    /// The name of the tool for people.
    tool: &'static str,
    arguments: Vec<String>,
}

impl Line {
    /// As a person would type it; values of `--set` may be secrets.
    fn shown(&self) -> String {
        let mut shown = self.program.to_owned();
        for argument in &self.arguments {
            let masked = match argument.strip_prefix("--set=") {
                Some(set) => format!("--set={}=…", set.split('=').next().unwrap_or_default()),
                None => without_secrets(argument).into_owned(),
            };
            shown.push(' ');
            shown.push_str(&for_shell(&masked));
        }
        for_terminal(&shown).into_owned()
    }
}

fn shown_folder(root: &Root) -> &str {
    if root.folder.is_empty() { "." } else { &root.folder }
}

/// The command lines that render a root, the first whose program is there to be used.
fn lines(root: &Root, rendering: &Rendering) -> Vec<Line> {
    let path = local_path(&root.folder);
    match root.from {
        RenderedFrom::Chart => {
            let release = rendering.release.clone().unwrap_or_else(|| release_name(&root.folder));
            let mut arguments = vec!["template".to_owned(), release, path];
            // With `=` a value that begins with `-` cannot become a flag.
            arguments.extend(rendering.values.iter().map(|file| format!("--values={file}")));
            arguments.extend(rendering.set.iter().map(|value| format!("--set={value}")));
            arguments.extend(rendering.namespace.iter().map(|name| format!("--namespace={name}")));
            vec![Line { program: "helm", tool: "helm", arguments }]
        }
        RenderedFrom::Kustomization => vec![
            Line { program: "kustomize", tool: "kustomize", arguments: vec!["build".to_owned(), path.clone()] },
            Line { program: "kubectl", tool: "kubectl kustomize", arguments: vec!["kustomize".to_owned(), path] },
        ],
    }
}

type Outcome = Result<(String, String), Failure>;

fn render_root(root: &Root, rendering: &Rendering, limits: Limits) -> (Report, Outcome) {
    let lines = lines(root, rendering);
    let report = |line: &Line, said: Vec<String>| Report {
        folder: shown_folder(root).to_owned(),
        command: line.shown(),
        said,
        failure: None,
    };
    for line in &lines {
        let mut command = Command::new(line.program);
        command.args(&line.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(child) => {
                let (ended, said) = run(child, limits);
                let outcome = understand(root, line, ended, &said, limits);
                return (report(line, said), outcome.map(|text| (line.tool.to_owned(), text)));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("{} could not be started: {error}", line.program);
                let help = format!("run `{}` yourself to see why; its sources were read instead", line.shown());
                return (report(line, Vec::new()), Err(Failure { message, help }));
            }
        }
    }
    let first = &lines[0];
    let message = match root.from {
        RenderedFrom::Chart => "helm is not installed, so that the chart could not be rendered",
        RenderedFrom::Kustomization => {
            "neither kustomize nor kubectl is installed, so that the kustomization could not be rendered"
        }
    };
    let help = format!(
        "install {}, or render it where it is and pipe: `{} | kubeworthy assess -`; its sources were read instead",
        first.program,
        first.shown()
    );
    (report(first, Vec::new()), Err(Failure { message: message.to_owned(), help }))
}

/// The text that a tool printed, or why it cannot be used.
fn understand(root: &Root, line: &Line, ended: Ended, said: &[String], limits: Limits) -> Result<String, Failure> {
    let folder = shown_folder(root);
    let again = format!("run `{}` yourself to see more; its sources were read instead", line.shown());
    let fail = |message: String, help: String| Err(Failure { message, help });
    let (status, bytes) = match ended {
        Ended::Done(status, bytes) => (status, bytes),
        Ended::Overtime => {
            let message =
                format!("{} took longer than {} seconds and was stopped", line.program, limits.time.as_secs());
            return fail(message, format!("give it more time with --render-timeout, or {again}"));
        }
        Ended::TooMuch => {
            let message =
                format!("{} printed more than {}, the limit for one file", line.program, mebibytes(limits.bytes));
            return fail(message, "raise the limit with --max-file-size; its sources were read instead".to_owned());
        }
        Ended::Lost(error) => return fail(format!("{} could not be waited for: {error}", line.program), again),
    };
    if !status.success() {
        let lacks = ["dependency build", "missing in charts/", "but missing in charts"];
        if said.iter().any(|line| lacks.iter().any(|lack| line.contains(lack))) {
            let message = "charts that this one depends on are missing".to_owned();
            let help =
                format!("run `helm dependency build {}` first; its sources were read instead", for_shell(folder));
            return fail(message, help);
        }
        let code = status.code().map_or_else(|| "by a signal".to_owned(), |code| format!("with exit code {code}"));
        return fail(format!("{} ended {code}", line.program), again);
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return fail(format!("what {} printed is not UTF-8 text", line.program), again);
    };
    // Nothing at all is an answer: with these values the chart makes nothing.
    let holds_objects = text.contains("apiVersion") && text.contains("kind");
    if !holds_objects && !text.trim().is_empty() {
        return fail(format!("what {} printed holds no Kubernetes object", line.program), again);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(folder: &str) -> Root {
        Root {
            from: RenderedFrom::Chart,
            folder: folder.to_owned(),
            system: folder.to_owned(),
            files: BTreeSet::new(),
            not_chosen: BTreeSet::new(),
        }
    }

    #[test]
    fn no_path_and_no_value_becomes_a_flag() {
        let rendering = Rendering {
            values: vec!["-x.yaml".to_owned()],
            set: vec!["db.password=hunter2".to_owned()],
            release: None,
            namespace: Some("shop".to_owned()),
            seconds: 60,
        };
        let line = &lines(&chart("-post-renderer=sh"), &rendering)[0];
        assert_eq!(
            line.arguments,
            [
                "template",
                "post-renderer-sh",
                "./-post-renderer=sh",
                "--values=-x.yaml",
                "--set=db.password=hunter2",
                "--namespace=shop"
            ]
        );
        assert!(!line.shown().contains("hunter2"), "{}", line.shown());
        assert_eq!(lines(&chart(""), &rendering)[0].arguments[1..3], ["release", "."]);
        assert_eq!(lines(&chart("/srv/web"), &rendering)[0].arguments[1..3], ["web", "/srv/web"]);
    }
}
