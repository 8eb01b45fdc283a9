//! The server for agents as its clients meet it: lines of JSON to its standard input, lines from its standard output; and the
//! official Python client, installed outside the checkout.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The longest that one answer may take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The day on which answers are given, 2026-11-26: whether what is known of a target is stale depends on it.
pub const TODAY: (&str, &str) = ("SOURCE_DATE_EPOCH", "1795651200");

/// A server that runs.
pub struct Server {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    last: u64,
}

impl Server {
    /// Starts a server for a folder and introduces a client.
    pub fn start(root: &Path) -> Self {
        Self::start_with(root, &[])
    }

    /// The same with further arguments.
    pub fn start_with(root: &Path, words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
        let mut server = Self::unopened(command.args(["mcp", "--root"]).arg(root).args(words));
        let answer = server.ask("initialize", &introduction());
        assert_eq!(answer["result"]["serverInfo"]["name"], "kubeworthy", "{answer}");
        server.tell(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        server
    }

    /// Starts a server by a command, and says nothing to it.
    pub fn unopened(command: &mut Command) -> Self {
        let mut child = command
            .env(TODAY.0, TODAY.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            for line in output.lines() {
                if sender.send(line.expect("UTF-8")).is_err() {
                    return;
                }
            }
        });
        Self { input: child.stdin.take(), child, lines, last: 0 }
    }

    /// Sends a line.
    pub fn tell(&mut self, line: &str) {
        let input = self.input.as_mut().expect("the input is open");
        input
            .write_all(line.as_bytes())
            .and_then(|()| input.write_all(b"\n"))
            .and_then(|()| input.flush())
            .expect("written");
    }

    /// The next line, which has to be a message of the protocol.
    pub fn hear(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("an answer in time");
        let value: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(value["jsonrpc"], "2.0", "{line}");
        value
    }

    /// Sends a request, and waits for its answer.
    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last += 1;
        self.tell(&json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}).to_string());
        let answer = self.hear();
        assert_eq!(answer["id"], self.last, "{answer}");
        answer
    }

    /// Calls a tool: the whole answer.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments}))
    }

    /// Calls a tool that answers: its text and its structure.
    pub fn answer(&mut self, tool: &str, arguments: &Value) -> (String, Value) {
        let answer = self.call(tool, arguments);
        let result = &answer["result"];
        assert_ne!(result["isError"], true, "{answer}");
        (result["content"][0]["text"].as_str().expect("a text").to_owned(), result["structuredContent"].clone())
    }

    /// Calls a tool that fails: what it says.
    pub fn failure(&mut self, tool: &str, arguments: &Value) -> String {
        let answer = self.call(tool, arguments);
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        assert!(answer["result"].get("structuredContent").is_none(), "{answer}");
        answer["result"]["content"][0]["text"].as_str().expect("a text").to_owned()
    }

    /// Closes the input: what else comes on standard output, what was said on standard error, and the exit code.
    pub fn end(mut self) -> (Vec<String>, String, i32) {
        drop(self.input.take());
        let mut rest = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest.push(line);
        }
        let mut said = String::new();
        self.child.stderr.take().expect("its messages").read_to_string(&mut said).expect("UTF-8");
        let code = self.child.wait().expect("it ends").code().expect("no signal");
        (rest, said, code)
    }
}

/// What a client says first.
pub fn introduction() -> Value {
    json!({
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    })
}

/// What the official Python client saw of a server; none where it is not installed, which is said. It is installed where
/// `KUBEWORTHY_REQUIRE_TOOLS` is set, and then everything missing is an error.
pub fn official_client(root: &Path, mode: &str, calls: &Value) -> Option<Value> {
    let required = std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_some();
    let python = match python(required) {
        Ok(python) => python,
        Err(reason) => {
            assert!(!required, "{reason}");
            eprintln!("skipped: {reason}");
            return None;
        }
    };
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), calls.to_string()).expect("written");
    let output = Command::new(python)
        .arg(folder().join("client.py"))
        .arg(env!("CARGO_BIN_EXE_kubeworthy"))
        .args([root.as_os_str(), mode.as_ref(), file.path().as_os_str()])
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("what the client saw"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agents")
}

/// A Python with the packages of `tests/agents/requirements.txt`, by the digest of what names them.
fn python(install: bool) -> Result<PathBuf, String> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor HOME is set")?
        .join("kubeworthy-tools");
    let pinned = fs::read(folder().join("requirements.txt")).map_err(|error| error.to_string())?;
    let digest: String = Sha256::digest(&pinned).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let place = cache.join(format!("mcp-{digest}"));
    let (python, finished) = (place.join("bin/python"), place.join("finished"));
    if finished.exists() {
        return Ok(python);
    }
    if !install {
        return Err("the official Python client is not installed; KUBEWORTHY_REQUIRE_TOOLS=1 installs it".to_owned());
    }
    fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    // Two test binaries install it once. A virtual environment cannot be moved, so that a mark says when it is whole.
    let lock = File::create(cache.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if !finished.exists() {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&place))?;
        let words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r"];
        run(Command::new(&python).args(words).arg(folder().join("requirements.txt")))?;
        fs::write(&finished, "").map_err(|error| error.to_string())?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)))
}
