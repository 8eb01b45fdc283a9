//! The servers of `tests/cluster`: a Kubernetes control plane on loopback, a server that pages through an estate of any
//! size, and a proxy that fails as told. Each is a process that ends with the test that started it.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// How long a control plane may take to start.
pub const START_LIMIT: Duration = Duration::from_secs(120);

/// The users that the control plane knows besides its administrator; `reader` may do what a test binds it to.
pub const USERS: [&str; 5] = ["nothing", "no-nodes", "no-autoscalers", "namespaced", "reader"];

/// The word that the scenario `canary` plants in everything that may hold a secret.
pub const CANARY: &str = "canary-5e1f0c77";

/// The program of `tests/cluster`; none where it is not built, or where what it needs is missing, which is said. To build it
/// takes minutes, so that is done only where `KUBEWORTHY_REQUIRE_TOOLS` is set, and then everything missing is an error. It
/// is kept outside the checkout, by the digest of its sources.
pub fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(find_or_build).as_deref()
}

fn find_or_build() -> Option<PathBuf> {
    let required = std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_some();
    let found = if cfg!(target_os = "linux") {
        let kubectl = Command::new("kubectl").args(["version", "--client"]).output();
        match kubectl {
            Ok(_) => cached(required),
            Err(error) => Err(format!("kubectl cannot be started: {error}")),
        }
    } else {
        Err("the test cluster runs on Linux alone".to_owned())
    };
    match found {
        Ok(program) => Some(program),
        Err(reason) => {
            assert!(!required, "{reason}");
            eprintln!("skipped: {reason}");
            None
        }
    }
}

/// The program in the cache, built first where it may be.
fn cached(build: bool) -> Result<PathBuf, String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster");
    let folder = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))
        .ok_or("neither XDG_CACHE_HOME nor HOME is set")?
        .join("kubeworthy-tools");
    let program = folder.join(format!("cluster-{}", digest(&sources)));
    if program.exists() {
        return Ok(program);
    }
    if !build {
        return Err("the test cluster is not built; KUBEWORTHY_REQUIRE_TOOLS=1 builds it".to_owned());
    }
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // Two test binaries build it once.
    let lock = File::create(folder.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    if !program.exists() {
        remove_old(&folder);
        let unfinished = folder.join(format!("unfinished-{}", std::process::id()));
        let output = Command::new("go")
            .args(["build", "-p", "2", "-ldflags", &linker_flags(&sources)?, "-o"])
            .arg(&unfinished)
            .arg(".")
            .current_dir(&sources)
            .output()
            .map_err(|error| format!("go cannot be started: {error}"))?;
        if !output.status.success() {
            return Err(format!("go build failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        fs::rename(&unfinished, &program).map_err(|error| error.to_string())?;
    }
    Ok(program)
}

/// Kubernetes takes its version from what links it.
fn linker_flags(sources: &Path) -> Result<String, String> {
    let text = fs::read_to_string(sources.join("go.mod")).map_err(|error| error.to_string())?;
    let version = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("k8s.io/kubernetes "))
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or("go.mod names no version of k8s.io/kubernetes")?;
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let package = "k8s.io/component-base/version";
    Ok(format!(
        "-s -w -X {package}.gitVersion={version} -X {package}.gitMajor={major} -X {package}.gitMinor={minor} \
         -X k8s.io/client-go/pkg/version.gitVersion={version}"
    ))
}

/// What of the sources decides how the program comes out.
fn digest(sources: &Path) -> String {
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(sources)
        .into_iter()
        .map(|entry| entry.expect("the sources of the test cluster").into_path())
        .filter(|path| path.is_file() && path.extension() != Some(OsStr::new("md")))
        .collect();
    paths.sort();
    let mut digest = Sha256::new();
    for path in paths {
        digest.update(path.strip_prefix(sources).expect("below the sources").to_string_lossy().as_bytes());
        digest.update([0]);
        digest.update(fs::read(&path).expect("a source"));
        digest.update([0]);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Each program is large, so only the two that were built last stay beside a new one.
fn remove_old(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut old: Vec<_> = entries
        // Other tools are kept here as well.
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("cluster-") || name.starts_with("unfinished-")
        })
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    old.sort();
    old.reverse();
    for (_, path) in old.into_iter().skip(2) {
        // Another test run may have been faster.
        fs::remove_file(path).ok();
    }
}

/// A server that runs, until this is dropped or the test's process ends, in whatever way.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// The server ends when this is closed.
    input: Option<ChildStdin>,
    directory: PathBuf,
    /// How long it took until it was ready.
    pub started_within: Duration,
}

impl Server {
    /// A control plane with nodes.
    pub fn control_plane(nodes: usize) -> Option<Self> {
        Some(Self::start(program()?, "up", &["--nodes", &nodes.to_string()]))
    }

    /// A server of an estate of any size; see `cluster paging-server -help` for its flags.
    pub fn paging(flags: &[&str]) -> Option<Self> {
        Some(Self::start(program()?, "paging-server", flags))
    }

    /// A proxy that fails as told, in front of another server, which it asks as a user of that.
    pub fn proxy(upstream: &Path, faults: &[&str]) -> Option<Self> {
        let mut flags = vec!["--upstream", upstream.to_str().expect("a path")];
        for fault in faults {
            flags.extend(["--fault", fault]);
        }
        Some(Self::start(program()?, "proxy", &flags))
    }

    fn start(program: &Path, subcommand: &str, flags: &[&str]) -> Self {
        let began = Instant::now();
        // The server removes it: what a static of a test holds is never dropped.
        let directory = tempfile::Builder::new().prefix("kubeworthy-cluster-").tempdir().expect("a directory").keep();
        let errors = directory.join("errors");
        let mut child = Command::new(program)
            .args([subcommand, "--temporary", "--directory"])
            .arg(&directory)
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&errors).expect("a file for errors"))
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take();
        let output = child.stdout.take().expect("its output");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { child, input, directory, started_within: Duration::ZERO };
        match receiver.recv_timeout(START_LIMIT + Duration::from_secs(10)) {
            Ok(line) if line == "ready" => server.started_within = began.elapsed(),
            other => {
                server.child.kill().ok();
                panic!("{subcommand} is not ready ({other:?}): {}", fs::read_to_string(&errors).unwrap_or_default());
            }
        }
        server
    }

    /// Where its files are: `audit.log` of a control plane, `requests.jsonl` of the others.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The kubeconfig of a user: `admin`, `reader-token` or one of [`USERS`] with a control plane, `admin` or `token` with
    /// the others.
    pub fn kubeconfig(&self, user: &str) -> PathBuf {
        self.directory.join(format!("{user}.kubeconfig"))
    }

    /// The process of the server itself.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The processes that the server has started.
    pub fn children(&self) -> Vec<u32> {
        let pids = fs::read_to_string(self.directory.join("pids")).unwrap_or_default();
        pids.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect()
    }

    /// Ends the server so that it can do nothing about it.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server ends");
        self.child.wait().expect("the server has ended");
    }

    /// Every request that the paging server or the proxy has answered.
    pub fn requests(&self) -> Vec<Value> {
        lines_of_json(&self.directory.join("requests.jsonl"))
    }

    /// Every request that the control plane has answered, as its audit log tells.
    pub fn audit_log(&self) -> Vec<Value> {
        lines_of_json(&self.directory.join("audit.log"))
    }

    /// Runs kubectl as a user.
    pub fn kubectl(&self, user: &str, arguments: &[&str]) -> Output {
        Command::new("kubectl")
            .arg("--kubeconfig")
            .arg(self.kubeconfig(user))
            .arg("--cache-dir")
            .arg(self.directory.join("kubectl-cache"))
            .args(arguments)
            .env_remove("KUBECONFIG")
            .stdin(Stdio::null())
            .output()
            .expect("kubectl starts")
    }

    /// What kubectl says as the administrator, who may do everything.
    pub fn told(&self, arguments: &[&str]) -> String {
        let output = self.kubectl("admin", arguments);
        assert!(output.status.success(), "kubectl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What a path answers, as JSON.
    pub fn raw(&self, path: &str) -> Value {
        serde_json::from_str(&self.told(&["get", "--raw", path])).expect("JSON")
    }

    /// Applies a manifest, which kubectl reads from a file.
    pub fn apply(&self, manifest: &str) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), manifest).expect("a manifest");
        self.told(&["apply", "--server-side", "-f", file.path().to_str().expect("a path")]);
    }

    /// Applies the manifests of files as far as the server takes them, in the namespaces that they name: how many objects it
    /// took, and each that it refused, with `file`, `kind`, `namespace`, `name` and `reason`.
    pub fn apply_files(&self, files: &[PathBuf]) -> (u64, Vec<Value>) {
        self.apply_files_in("default", files)
    }

    /// The same, with the namespace of those objects that name none.
    pub fn apply_files_in(&self, namespace: &str, files: &[PathBuf]) -> (u64, Vec<Value>) {
        let output = Command::new(program().expect("it runs already"))
            .args(["apply", "--namespace", namespace, "--kubeconfig"])
            .arg(self.kubeconfig("admin"))
            .args(files)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        let mut refused: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let counts = refused.pop().expect("the counts");
        (counts["accepted"].as_u64().expect("a count"), refused)
    }

    /// Changes the status of an object, as only a kubelet or a controller would: restarts, for instance.
    pub fn patch_status(&self, namespace: &str, object: &str, patch: &Value) {
        let patch = patch.to_string();
        self.told(&["patch", object, "-n", namespace, "--subresource=status", "--type=merge", "-p", &patch]);
    }

    /// Applies a scenario (`shop`, `canary` or `large`) and waits until everything of it runs; what was said on the way.
    pub fn populate(&self, scenario: &str, flags: &[&str]) -> String {
        let output = Command::new(program().expect("it runs already"))
            .args(["populate", "--scenario", scenario, "--kubeconfig"])
            .arg(self.kubeconfig("admin"))
            .args(flags)
            .output()
            .expect("the program starts");
        assert!(output.status.success(), "{scenario}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Waits until so many pods of a namespace that a selector chooses are ready.
    pub fn wait_for_ready_pods(&self, namespace: &str, selector: &str, count: usize) {
        self.wait(&format!("{count} ready pods of {selector}"), Duration::from_secs(60), || {
            let pods = self
                .raw(&format!("/api/v1/namespaces/{namespace}/pods?labelSelector={}", selector.replace('=', "%3D")));
            let ready = |pod: &Value| {
                let conditions = pod["status"]["conditions"].as_array();
                conditions.into_iter().flatten().any(|each| each["type"] == "Ready" && each["status"] == "True")
            };
            pods["items"].as_array().expect("pods").iter().filter(|pod| ready(pod)).count() == count
        });
    }

    /// Waits until something is so.
    pub fn wait(&self, what: &str, limit: Duration, mut so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !so() {
            assert!(began.elapsed() < limit, "no {what} within {limit:?}");
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.input = None;
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The control plane that all tests of a binary share. It ends with the binary.
pub fn control_plane() -> Option<&'static Server> {
    static CONTROL_PLANE: OnceLock<Option<Server>> = OnceLock::new();
    CONTROL_PLANE.get_or_init(|| Server::control_plane(6)).as_ref()
}

fn lines_of_json(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a log");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}
