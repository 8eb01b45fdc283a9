//! The built program as its users run it, against the servers of `tests/cluster`: by its own name and through kubectl, with
//! a limit on time, its peak of memory, and a look at everything that it says.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use tempfile::TempDir;

use super::cluster::CANARY;

/// No run may take longer, whatever the server does.
pub const LONGEST: Duration = Duration::from_secs(120);

/// Kinds of workloads that every cluster serves.
pub const WORKLOADS: [&str; 5] =
    ["deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "jobs.batch"];

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub said: String,
    pub took: Duration,
    /// The most memory that the program held, in KiB; none where it ended before it could be looked at.
    pub peak_kib: Option<u64>,
}

/// A folder of its own for one test: a home, the program's names, and what it writes.
#[derive(Debug)]
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        let names = folder.path().join("bin");
        fs::create_dir(&names).expect("a folder");
        for name in ["kubectl-worthy", "kubectl_complete-worthy"] {
            std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_kubeworthy"), names.join(name)).expect("a link");
        }
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program by its own name.
    pub fn run(&self, kubeconfig: &Path, words: &[&str]) -> Run {
        self.start(Path::new(env!("CARGO_BIN_EXE_kubeworthy")), kubeconfig, words)
    }

    /// Runs `kubectl worthy` with the real kubectl.
    pub fn kubectl_worthy(&self, kubeconfig: &Path, words: &[&str]) -> Run {
        let words: Vec<&str> = std::iter::once("worthy").chain(words.iter().copied()).collect();
        self.start(Path::new("kubectl"), kubeconfig, &words)
    }

    /// Runs another build of the program.
    pub fn run_build(&self, program: &Path, kubeconfig: &Path, words: &[&str]) -> Run {
        self.start(program, kubeconfig, words)
    }

    fn start(&self, program: &Path, kubeconfig: &Path, words: &[&str]) -> Run {
        let unique = tempfile::Builder::new().prefix("run-").tempdir_in(self.folder.path()).expect("a folder").keep();
        let (out, said) = (unique.join("out"), unique.join("said"));
        let mut path = vec![self.path("bin")];
        path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        let mut command = Command::new(program);
        for name in ["KUBERC", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "KUBEWORTHY_TOKEN", "COLUMNS"]
        {
            command.env_remove(name);
        }
        command.args(words).env("PATH", std::env::join_paths(path).expect("names of folders"));
        command.env("HOME", self.folder.path()).env("KUBECONFIG", kubeconfig).current_dir(self.folder.path());
        command.env("SOURCE_DATE_EPOCH", moment().to_string());
        command
            .stdin(Stdio::null())
            .stdout(File::create(&out).expect("a file"))
            .stderr(File::create(&said).expect("a file"));
        let began = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let mut peak_kib = None;
        let status = loop {
            if let Some(status) = child.try_wait().expect("its status") {
                break status;
            }
            peak_kib = peak_of(child.id()).or(peak_kib);
            if began.elapsed() > LONGEST {
                child.kill().ok();
                panic!("{words:?} hangs: {}", fs::read_to_string(&said).unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let took = began.elapsed();
        let text = |file: &Path| String::from_utf8(fs::read(file).expect("what it wrote")).expect("UTF-8");
        let run = Run { code: status.code().expect("a code"), out: text(&out), said: text(&said), took, peak_kib };
        for text in [&run.out, &run.said] {
            assert!(!text.contains(CANARY) && !text.contains("not-so-secret"), "{words:?} shows a secret: {text}");
            assert!(!text.contains('\u{1b}') && !text.contains("panicked"), "{words:?}: {text}");
        }
        run
    }

    /// The report of a run in JSON, which has to be one.
    pub fn report(&self, kubeconfig: &Path, words: &[&str]) -> Report {
        let run = self.run(kubeconfig, &[&["assess", "--live"], words, &["-o", "json"]].concat());
        run.report()
    }
}

/// A moment after everything that the tests do, the same in all runs of one test, so that the same state gives the same bytes.
fn moment() -> u64 {
    static MOMENT: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *MOMENT.get_or_init(|| SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs() + 3600)
}

fn peak_of(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.trim().parse().ok()
}

impl Run {
    /// The report, where there is one.
    pub fn report(&self) -> Report {
        assert_eq!(self.code, 0, "{}", self.said);
        Report(serde_json::from_str(&self.out).expect("JSON"))
    }

    /// Whether it ended in a clear error: what is wrong and what to do.
    pub fn is_clear_error(&self) -> bool {
        self.code == 2 && self.out.is_empty() && !self.said.trim().is_empty() && self.said.contains("help:")
    }
}

/// A report in JSON.
#[derive(Debug)]
pub struct Report(pub Value);

/// The grades, weakest first.
const GRADES: [&str; 4] = ["declared", "effective", "corroborated", "proven"];

impl Report {
    pub fn read(file: impl AsRef<OsStr>) -> Self {
        let text = fs::read_to_string(Path::new(file.as_ref())).expect("a report");
        assert!(!text.contains(CANARY) && !text.contains("not-so-secret"), "a secret is in the report");
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// The systems, each with its name.
    pub fn systems(&self) -> Vec<(&str, &Value)> {
        let systems = self.0["systems"].as_array().expect("systems");
        systems.iter().map(|system| (system["name"].as_str().expect("a name"), system)).collect()
    }

    pub fn system(&self, name: &str) -> Option<&Value> {
        self.systems().into_iter().find(|(each, _)| *each == name).map(|(_, system)| system)
    }

    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.systems().into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    /// What could not be read of the only cluster, by the names of resources.
    pub fn gaps(&self) -> Vec<&Value> {
        let clusters = self.0["inputs"]["clusters"].as_array().expect("clusters");
        clusters.iter().flat_map(|cluster| cluster["gaps"].as_array().expect("gaps")).collect()
    }

    pub fn gap(&self, resource: &str) -> Option<&Value> {
        self.gaps().into_iter().find(|gap| gap["resource"] == resource)
    }

    /// Every gap, for messages.
    pub fn gaps_in_words(&self) -> String {
        let words = |gap: &&Value| format!("{} ({}): {}", gap["resource"], gap["objects"], gap["reason"]);
        self.gaps().iter().map(words).collect::<Vec<_>>().join("\n")
    }

    /// The grade of a claim of a system; none where it is not claimed.
    pub fn grade(&self, system: &str, capability: &str) -> Option<usize> {
        let claims = self.system(system)?["claims"].as_array()?;
        let claim = claims.iter().find(|claim| claim["capability"] == capability)?;
        GRADES.iter().position(|grade| claim["grade"] == *grade)
    }

    /// Codes of the findings and claims of everything, with their messages.
    pub fn findings(&self) -> Vec<(String, String)> {
        let systems = self.systems();
        let findings = systems.iter().flat_map(|(_, system)| system["findings"].as_array().expect("findings"));
        let said = |finding: &Value| {
            let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            (text("code"), text("message"))
        };
        findings.map(said).collect()
    }

    pub fn finding(&self, code: &str) -> Option<String> {
        self.findings().into_iter().find(|(each, _)| each == code).map(|(_, message)| message)
    }

    /// What this says, held against a report of the same cluster in which nothing was missing: nothing that was missed may
    /// make it sure that Kubernetes is needless.
    pub fn assert_no_bolder_than(&self, whole: &Self, what: &str) {
        for (name, system) in self.systems() {
            let Some(other) = whole.system(name) else { continue };
            let (verdict, before) = (&system["verdict"], &other["verdict"]);
            assert!(
                verdict != "needless" || before == "needless",
                "{what}: {name} is needless, and was {before}\n{}",
                self.gaps_in_words()
            );
            let confidence = |system: &Value| system["confidence"].as_u64().expect("a confidence");
            assert!(
                confidence(system) <= confidence(other),
                "{what}: {name} is surer: {} and {}",
                confidence(system),
                confidence(other)
            );
        }
        let truncated = |gap: &&Value| WORKLOADS.iter().any(|resource| gap["resource"] == *resource);
        if self.gaps().iter().any(truncated) {
            for (name, system) in self.systems() {
                assert_ne!(system["verdict"], "needless", "{what}: {name} is needless, and workloads are missing");
            }
            assert_ne!(self.0["estate"]["verdict"], "needless", "{what}: workloads are missing");
        }
        for gap in self.gaps() {
            assert!(
                gap["reason"].as_str().is_some_and(|reason| !reason.is_empty()) && gap["rules"].is_array(),
                "{what}: {gap}"
            );
        }
    }
}
