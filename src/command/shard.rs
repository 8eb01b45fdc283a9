//! `--shard`: one part of the systems, written for `merge`.

use super::Exit;
use super::arguments::{Check, ShardArguments, Subject};
use super::assess::{load_kit, mistake, read, tell_nothing};
use super::gate::paths_read;
use super::output::Terminal;
use crate::assessment::Part;
use crate::shard::{self, MOST_SHARDS, Shard};

/// What Kubernetes calls the number of a pod of an indexed Job, from 0.
const OF_JOBS: &str = "JOB_COMPLETION_INDEX";
/// What GitLab calls the number of a parallel job, from 1.
const OF_GITLAB: &str = "CI_NODE_INDEX";
/// What GitLab calls how many parallel jobs there are.
const TOTAL_OF_GITLAB: &str = "CI_NODE_TOTAL";

/// The same for `check`, whose gate `merge` is: it sees all systems.
pub(super) fn of_check(arguments: &Check, terminal: &Terminal) -> Exit {
    if arguments.gate.is_given() {
        let message = "a shard is no gate: what fails is asked of all shards together";
        return mistake(message, "write --fail-on, --gate and --baseline after `kubeworthy merge --check`", terminal);
    }
    run(&arguments.subject, &arguments.shard, arguments.shape.quiet, terminal)
}

/// Assesses one part of the systems, and writes it.
pub(super) fn run(subject: &Subject, arguments: &ShardArguments, quiet: bool, terminal: &Terminal) -> Exit {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    let part = match part(arguments.shard.as_deref().unwrap_or_default(), &variable) {
        Ok(part) => part,
        Err((message, help)) => return mistake(&message, &help, terminal),
    };
    if subject.live && part.of > 1 {
        let message = "each shard would see another state of the live cluster";
        let help =
            "write what it shows with `kubeworthy snapshot -o all.snapshot.jsonl`, and give every shard that file";
        return mistake(message, help, terminal);
    }
    let Some(kit) = load_kit(&subject.rules, terminal) else { return Exit::Error };
    let read = match read(&kit, subject, None, quiet, terminal) {
        Ok(read) => read,
        Err(exit) => return exit,
    };
    let judged = crate::assess_part(&read.collected, &read.inventory, &kit, part);
    let shard = Shard {
        again: subject.again(),
        paths: paths_read(subject).iter().map(|path| path.to_string_lossy().into_owned()).collect(),
        nothing: read.nothing(),
        ..Shard::new(part, judged, &kit, &read.collected.choices)
    };
    let text = match shard::written(&shard) {
        Ok(text) => text,
        Err(error) => return mistake(&format!("the shard could not be written: {error}"), "report this", terminal),
    };
    let exit = match &arguments.shard_file {
        Some(file) => terminal.save_whole(file, &text),
        None => terminal.print(&text),
    };
    match shard.nothing {
        Some(nothing) if exit == Exit::Done => tell_nothing(&nothing, terminal),
        _ => exit,
    }
}

/// Which part is meant by `I/N`, or by `N` and what the variables say; a mistake with what to do about it.
fn part(written: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Part, (String, String)> {
    let mistake = |message: String, help: &str| Err((message, help.to_owned()));
    let number = |text: &str| text.trim().parse::<usize>().ok();
    let (number_written, count_written) = match written.split_once('/') {
        Some((number, count)) => (Some(number), count),
        None => (None, written),
    };
    let Some(of) = number(count_written) else {
        let message = format!("`--shard {written}` names no part");
        return mistake(message, "write which part this is and how many there are, as in `--shard 2/4`");
    };
    if !(1..=MOST_SHARDS).contains(&of) {
        let message = format!("`--shard {written}` asks for {of} parts");
        return mistake(message, &format!("write a number from 1 to {MOST_SHARDS}, as in `--shard 2/4`"));
    }
    if let Some(text) = number_written {
        return match number(text) {
            Some(number) if (1..=of).contains(&number) => Ok(Part { number, of }),
            _ => mistake(
                format!("`--shard {written}` names no part: they are numbered from 1 to {of}"),
                &format!(
                    "write `--shard 1/{of}` to `--shard {of}/{of}`, or `--shard {of}` where {OF_JOBS} or {OF_GITLAB} is set"
                ),
            ),
        };
    }
    if let Some(index) = variable(OF_JOBS) {
        return match number(&index) {
            Some(index) if index < of => Ok(Part { number: index + 1, of }),
            _ => mistake(
                format!("{OF_JOBS} is `{index}`, and of {of} parts it counts from 0 to {}", of - 1),
                "write as many parts after --shard as the Job has `completions`",
            ),
        };
    }
    let Some(index) = variable(OF_GITLAB) else {
        let message = format!("`--shard {written}` does not say which of {of} parts this is");
        let help = format!(
            "write it, as in `--shard 1/{of}`; it is taken from {OF_JOBS} or {OF_GITLAB} where one of them is set"
        );
        return mistake(message, &help);
    };
    if let Some(total) = variable(TOTAL_OF_GITLAB).filter(|total| number(total) != Some(of)) {
        let message = format!("`--shard {written}` asks for {of} parts, and {TOTAL_OF_GITLAB} is `{total}`");
        return mistake(
            message,
            "write as many parts as the job says after `parallel:`, as in `--shard $CI_NODE_TOTAL`",
        );
    }
    match number(&index) {
        Some(number) if (1..=of).contains(&number) => Ok(Part { number, of }),
        _ => mistake(
            format!("{OF_GITLAB} is `{index}`, and of {of} parts it counts from 1 to {of}"),
            "write as many parts after --shard as the job says after `parallel:`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(written: &str, variables: &[(&str, &str)]) -> Result<(usize, usize), String> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        part(written, &variable)
            .map(|part| (part.number, part.of))
            .map_err(|(message, help)| format!("{message}; {help}"))
    }

    #[test]
    fn parts_are_named_on_the_command_line_or_by_variables() {
        let (job, gitlab, total) = ((OF_JOBS, "1"), (OF_GITLAB, "4"), (TOTAL_OF_GITLAB, "4"));
        assert_eq!(of("2/4", &[]), Ok((2, 4)));
        assert_eq!(of("1/1000", &[]), Ok((1, 1000)));
        assert_eq!(of("4", &[job]), Ok((2, 4)), "Kubernetes counts from 0");
        assert_eq!(of("4", &[gitlab, total]), Ok((4, 4)), "GitLab counts from 1");
        assert_eq!(of("4", &[gitlab]), Ok((4, 4)));
        assert_eq!(of("3/4", &[job, gitlab, total]), Ok((3, 4)), "the command line wins");
        assert_eq!(of("3/5", &[gitlab, total]), Ok((3, 5)));
    }

    #[test]
    fn mistakes_say_what_to_write() {
        for (written, variables, part_of_message) in [
            ("", vec![], "as in `--shard 2/4`"),
            ("half", vec![], "as in `--shard 2/4`"),
            ("1/2/3", vec![], "as in `--shard 2/4`"),
            ("-1/4", vec![], "numbered from 1 to 4"),
            ("0/4", vec![], "numbered from 1 to 4"),
            ("5/4", vec![], "`--shard 1/4` to `--shard 4/4`"),
            ("1/0", vec![], "from 1 to 1000"),
            ("1/1001", vec![], "from 1 to 1000"),
            ("4", vec![], "it, as in `--shard 1/4`"),
            ("4", vec![(OF_JOBS, "4")], "from 0 to 3; write as many parts after --shard as the Job has `completions`"),
            ("4", vec![(OF_JOBS, "x")], "JOB_COMPLETION_INDEX is `x`"),
            ("4", vec![(OF_GITLAB, "0")], "from 1 to 4"),
            ("4", vec![(OF_GITLAB, "1"), (TOTAL_OF_GITLAB, "5")], "CI_NODE_TOTAL is `5`"),
        ] {
            let message = of(written, &variables).expect_err(written);
            assert!(message.contains(part_of_message), "{written}: {message}");
        }
    }
}
