//! Waiting for other programs: within a limit on time, and on what they print.

use std::io::Read;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use crate::text::sanitize::{for_terminal, without_secrets};

/// How much of what a tool says beside its output is kept, in bytes.
const SAID: u64 = 16 * 1024;
/// How many lines of it are passed on.
const LINES: usize = 30;
/// How often it is looked whether a tool has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// How much a tool may print, and how long it may take.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

/// How a tool ended.
pub(super) enum Ended {
    /// By itself, with what it printed.
    Done(ExitStatus, Vec<u8>),
    /// It took too long.
    Overtime,
    /// It printed too much.
    TooMuch,
    /// Nothing is known of it.
    Lost(String),
}

enum Heard {
    Output(Vec<u8>),
    TooMuch,
    Said(Vec<u8>),
}

/// Waits for a tool within its limits, and ends it where it exceeds them.
pub(super) fn run(mut child: Child, limits: Limits) -> (Ended, Vec<String>) {
    let deadline = Instant::now() + limits.time;
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        std::thread::spawn(move || listen(stdout, limits.bytes, &sender, true));
    }
    if let Some(stderr) = child.stderr.take() {
        std::thread::spawn(move || listen(stderr, SAID, &sender, false));
    } else {
        drop(sender);
    }
    let mut said = Vec::new();
    let ended = wait(&mut child, &receiver, deadline, &mut said);
    if !matches!(ended, Ended::Done(..)) {
        // Whoever it started may hold its pipes, so that the threads that listen are not waited for.
        let _ = child.kill();
        let _ = child.wait();
        if let Ok(Heard::Said(bytes)) = receiver.recv_timeout(Duration::from_millis(100)) {
            said = bytes;
        }
    }
    (ended, shown_lines(&said))
}

fn wait(child: &mut Child, receiver: &Receiver<Heard>, deadline: Instant, said: &mut Vec<u8>) -> Ended {
    let mut output = Vec::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(Heard::Output(bytes)) => output = bytes,
            Ok(Heard::Said(bytes)) => *said = bytes,
            Ok(Heard::TooMuch) => return Ended::TooMuch,
            Err(RecvTimeoutError::Timeout) => return Ended::Overtime,
            // Both pipes are closed.
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ended::Done(status, output),
            Ok(None) if Instant::now() >= deadline => return Ended::Overtime,
            Ok(None) => std::thread::sleep(PAUSE),
            Err(error) => return Ended::Lost(error.to_string()),
        }
    }
}

/// Reads a pipe to its end. What a tool says beyond the limit is dropped; output beyond it ends the run.
fn listen(mut pipe: impl Read, most: u64, to: &Sender<Heard>, is_output: bool) {
    let mut bytes = Vec::new();
    // What was read before a pipe broke is all there is.
    let _ = pipe.by_ref().take(most.saturating_add(1)).read_to_end(&mut bytes);
    let heard = match is_output {
        true if bytes.len() as u64 > most => Heard::TooMuch,
        true => Heard::Output(bytes),
        false => {
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
            Heard::Said(bytes)
        }
    };
    // Nobody listens any more where the run has ended already.
    let _ = to.send(heard);
}

/// What a tool said, safe to show: without escape sequences and credentials.
fn shown_lines(said: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(said);
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let mut shown: Vec<String> =
        lines.clone().take(LINES).map(|line| for_terminal(&without_secrets(line)).into_owned()).collect();
    let rest = lines.count().saturating_sub(LINES);
    if rest > 0 {
        shown.push(format!("… and {rest} more lines"));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tool_says_is_safe_to_show() {
        let said =
            b"\x1b[31mError:\x1b[0m https://me:hunter2@charts.example.com/x\n\npassword: \"hunter2\" token=hunter2\n";
        let lines = shown_lines(said);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| !line.contains("hunter2") && !line.contains('\x1b')), "{lines:?}");
        assert!(lines[0].contains("charts.example.com"));
    }
}
