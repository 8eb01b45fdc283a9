//! The reference implementations in Go that readers are compared with: built on first use, asked in one process.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The program of `tests/oracle`, built; none where there is no Go, which is said. Where `KUBEWORTHY_REQUIRE_TOOLS` is
/// set, a tool that is missing is an error.
pub fn oracle() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oracle");
    let built = Command::new("go").args(["build", "-o"]).arg(&program).arg(".").current_dir(folder).output();
    let reason = match built {
        Ok(output) if output.status.success() => return Some(program),
        Ok(output) => format!("go build failed: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => format!("go cannot be started: {error}"),
    };
    assert!(std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_none(), "{reason}");
    eprintln!("skipped: {reason}");
    None
}

/// The replies to requests, in their order.
pub fn ask(program: &Path, subcommand: &str, requests: &[Value]) -> Vec<Value> {
    let mut child = Command::new(program)
        .arg(subcommand)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = child.stdin.take().expect("its input");
    let lines: Vec<String> = requests.iter().map(Value::to_string).collect();
    let writer = std::thread::spawn(move || {
        for line in lines {
            writeln!(input, "{line}").expect("the oracle reads");
        }
    });
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let replies: Vec<Value> =
        output.lines().map(|line| serde_json::from_str(&line.expect("a line")).expect("a reply")).collect();
    writer.join().expect("everything was written");
    assert!(child.wait().expect("an end").success(), "the oracle ended well");
    assert_eq!(replies.len(), requests.len(), "one reply a request");
    replies
}
