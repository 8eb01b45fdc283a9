//! The program under its other names: `kubectl worthy`, what completes its words, its installation, its manifest for krew;
//! by itself and through a real kubectl.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
#![cfg(unix)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kubeworthy::command::plugin::Called;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubeworthy");

/// A folder with the program under its three names, as links.
fn names() -> TempDir {
    let folder = folder();
    for name in ["kubeworthy", "kubectl-worthy", "kubectl_complete-worthy"] {
        std::os::unix::fs::symlink(PROGRAM, folder.path().join(name)).expect("a link");
    }
    folder
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

/// Runs a program with nothing of the environment that could matter.
fn run<W: AsRef<OsStr>>(
    program: impl AsRef<Path>,
    words: impl IntoIterator<Item = W>,
    environment: &[(&str, &Path)],
) -> Output {
    let mut command = Command::new(program.as_ref());
    command.args(words).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("NO_COLOR", "1").env("SOURCE_DATE_EPOCH", "1795651200").env("KUBECONFIG", "/dev/null");
    command.env_remove("CLICOLOR_FORCE").env_remove("COLUMNS");
    for (name, value) in environment {
        command.env(name, value);
    }
    command.output().expect("the program runs")
}

/// What the plugin says on both outputs to a command line.
fn plugin(line: &str) -> String {
    let names = names();
    let output = run(names.path().join("kubectl-worthy"), line.split_whitespace(), &[]);
    format!("{}{}", out(&output), err(&output))
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_name_decides_whether_it_is_a_link_or_a_copy() {
    let folder = folder();
    for (name, expected) in [
        ("kubeworthy", "Usage: kubeworthy"),
        ("kubeworthy.exe", "Usage: kubeworthy"),
        ("anything", "Usage: anything"),
        ("kubectl-worthy", "Usage: kubectl worthy [TYPE/NAME]"),
        ("kubectl-worthy.exe", "Usage: kubectl worthy [TYPE/NAME]"),
        ("kubectl_complete-worthy", ":4\n"),
        ("kubectl_complete-worthy.exe", ":4\n"),
    ] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(PROGRAM, &link).expect("a link");
        let second = folder.path().join("second");
        std::fs::create_dir_all(&second).expect("a folder");
        std::os::unix::fs::symlink(&link, second.join(name)).expect("a link to a link");
        let copies = folder.path().join("copies");
        std::fs::create_dir_all(&copies).expect("a folder");
        std::fs::hard_link(PROGRAM, copies.join(name)).expect("a second name");
        for program in [link, second.join(name), copies.join(name)] {
            let output = run(&program, ["--help"], &[]);
            assert_eq!(output.status.code(), Some(0), "{}", program.display());
            assert!(out(&output).contains(expected), "{}: {}", program.display(), out(&output));
        }
    }
}

#[test]
fn the_page_is_that_of_a_plugin() {
    let long = plugin("--help");
    for words in [
        "Usage: kubectl worthy [TYPE/NAME] [FLAGS]\n       kubectl worthy COMMAND [FLAGS]",
        "kubectl worthy -A ",
        "kubectl worthy deployment/web",
        "kubectl worthy completion kubectl --install",
        "kubectl refuses `kubectl -n shop worthy`",
        "--output <FORMAT",
        "Exit codes:",
    ] {
        assert!(long.contains(words), "{words}: {long}");
    }
    // What concerns files alone is in the help of `assess`.
    assert!(!long.contains("--max-file-size") && plugin("assess --help").contains("--max-file-size"));
    assert!(plugin("-h").len() < long.len());
    for line in ["help", "deployment/web --help", "-o json --help"] {
        assert_eq!(plugin(line), long, "{line}");
    }
    assert_eq!(plugin("--version"), format!("kubectl worthy {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(plugin("-V"), plugin("--version"));
    assert!(plugin("help rule").contains("Usage: kubectl worthy rule [OPTIONS] [CODE]"));
}

/// The words `kubeworthy` that are left when files, keys and formats of that name are taken away.
fn own_names(text: &str) -> usize {
    let mut text = text.to_owned();
    for allowed in [
        "kubeworthy.yaml",
        "kubeworthy.schema.json",
        "kubeworthy.baseline.json",
        "ignore.kubeworthy/",
        "x-kubeworthy",
        "kubeworthy/report",
        "/kubeworthy",
        "releases: kubeworthy",
    ] {
        text = text.replace(allowed, "");
    }
    text.matches("kubeworthy").count()
}

#[test]
fn nothing_the_plugin_says_names_another_program() {
    let chart = folder();
    std::fs::create_dir_all(chart.path().join("templates")).expect("a folder");
    std::fs::write(chart.path().join("Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n").expect("a chart");
    let template =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: {{ .Values.copies }}\n";
    std::fs::write(chart.path().join("templates/web.yaml"), template).expect("a template");
    let chart = format!("assess {} --width 300", chart.path().display());
    let mut hints = 0;
    for line in [
        "--help",
        "-h",
        "help",
        "help rule",
        "help assess",
        "assess --help",
        "assess -h",
        "init --help",
        "rule --help",
        "targets --help",
        "completion --help",
        "completion kubectl",
        "completion bash",
        "--version",
        "ruel",
        "./deploy",
        "rule no-rule-is-called-this",
        "rule",
        "rule --no-such-flag",
        "targets",
        "targets no-such-target",
        "targets cloud-run",
        "rule KW103",
        "assess /dev/null",
        "assess LICENSE-MIT",
        "assess fixtures/notes-on-three-replicas",
        "init --print fixtures/notes-on-three-replicas",
        "assess -o json -o json",
        "completion bash --install",
        "--no-such-flag",
        "rule --color",
        &chart,
    ] {
        let said = plugin(line);
        assert!(!said.is_empty(), "{line}");
        assert_eq!(own_names(&said), 0, "kubectl worthy {line}: {said}");
        hints += said.matches("kubectl worthy").count();
    }
    assert!(plugin(&chart).contains("into `kubectl worthy assess -`"), "{}", plugin(&chart));
    assert!(hints > 60, "{hints}");
}

#[test]
fn under_its_own_name_it_speaks_of_itself() {
    for line in [
        "--help",
        "rule",
        "rule no-rule-is-called-this",
        "assess fixtures/notes-on-three-replicas",
        "completion --help",
    ] {
        let output = run(PROGRAM, line.split_whitespace(), &[]);
        let said = format!("{}{}", out(&output), err(&output));
        let others = said.replace("kubectl worthy` in every shell", "").replace("completes `kubectl worthy`", "");
        assert!(said.contains("kubeworthy") && !others.contains("kubectl worthy "), "{line}: {said}");
    }
}

#[test]
fn the_report_for_programs_does_not_depend_on_the_name() {
    let words = ["assess", "fixtures/notes-on-three-replicas", "-o", "json"];
    let names = names();
    let reports = ["kubeworthy", "kubectl-worthy"].map(|name| out(&run(names.path().join(name), words, &[])));
    assert_eq!(reports[0], reports[1]);
    assert!(reports[0].len() > 1000);
}

#[test]
fn mistakes_are_said_with_the_usage_of_the_plugin() {
    let names = names();
    for (line, words) in [
        ("ruel", "`ruel` is neither a command nor TYPE/NAME; did you mean `rule`?"),
        ("./deploy", "files are assessed by `kubectl worthy assess ./deploy`"),
        ("deployment", "is a type without a name"),
        ("rule --no-such-flag", "Usage: kubectl worthy rule"),
        ("rule KW103 --color", "--color <WHEN>"),
    ] {
        let output = run(names.path().join("kubectl-worthy"), line.split_whitespace(), &[]);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(err(&output).contains(words), "{line}: {}", err(&output));
        assert_eq!(out(&output), "", "{line}");
    }
}

#[test]
fn flags_may_stand_anywhere() {
    let expected = plugin("rule KW107");
    assert!(expected.contains("KW107"));
    for line in
        ["rule --color never KW107", "--color never rule KW107", "--color=never rule KW107", "rule KW107 --color never"]
    {
        assert_eq!(plugin(line), expected, "{line}");
    }
}

/// The candidates and the directive for the words of a line, the last of which may be empty.
fn completed(line: &str, environment: &[(&str, &Path)]) -> Vec<String> {
    let names = names();
    let output = run(names.path().join("kubectl_complete-worthy"), line.split(' '), environment);
    assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()), "{line}");
    let word = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    out(&output).lines().map(word).collect()
}

#[test]
fn words_are_completed() {
    for (line, expected) in [
        ("ru", "rule :4"),
        ("rule KW103", "KW103 :4"),
        ("rule kw109", "kw109 :4"),
        ("--color never rule --color=al", "always :4"),
        ("rule --", "--all --color --help --rules :4"),
        ("rule -- --", ":4"),
        ("rule --rules ", ":16"),
        ("targets cloud", "cloud-run :4"),
        ("completion k", "kubectl :4"),
        ("completion kubectl --directory ", ":16"),
        ("assess ", ":0"),
        ("assess deploy/", ":0"),
        (
            "assess -o ",
            "full concise wide narrated json yaml csv markdown html sarif github gitlab junit rdjson adr :4",
        ),
        ("assess -ojs", ":4"),
        ("assess -o=js", "json :4"),
        ("assess -o json=re", ":0"),
        ("assess --set growth", "growth= :6"),
        ("assess --values ", "yaml yml json :8"),
        ("assess --max-file-size ", ":4"),
        ("help ini", "init :4"),
        ("stateful", "statefulset/ :6"),
        ("statefulset ", ":4"),
        ("no-such-word ", ":4"),
    ] {
        assert_eq!(completed(line, &[]).join(" "), expected, "kubectl worthy {line}");
    }
    let first = completed("", &[]);
    assert!(["assess", "rule", "targets", "completion"].iter().all(|name| first.iter().any(|word| word == name)));
    let described = run(names().path().join("kubectl_complete-worthy"), ["ru"], &[]);
    assert_eq!(out(&described), "rule\tExplain a rule, or list all\n:4\n");
}

#[test]
fn contexts_come_from_the_kubeconfig() {
    if !plugin("-h").contains("--kubeconfig") {
        println!("skipped: the program has no flags for live clusters");
        return;
    }
    let folder = folder();
    let file = folder.path().join("config");
    // A server that nobody answers at: were it asked, the test would wait.
    let text = "contexts:\n- {name: blue, context: {cluster: one, namespace: shop}}\n- {name: green, context: {cluster: one}}\n\
                clusters:\n- {name: one, cluster: {server: 'https://192.0.2.1:6443'}}\n";
    std::fs::write(&file, text).expect("written");
    let environment: &[(&str, &Path)] = &[("KUBECONFIG", &file)];
    assert_eq!(completed("--context ", environment).join(" "), "blue green :4");
    assert_eq!(completed("--context=b", environment).join(" "), "blue :4");
    assert_eq!(completed("rbac -n ", environment).join(" "), "shop :4");
    assert_eq!(completed("-A --kubec", environment).join(" "), "--kubeconfig :4");
    let line = format!("--kubeconfig {} --context g", file.display());
    assert_eq!(completed(&line, &[]).join(" "), "green :4");
}

#[test]
fn whatever_stands_on_the_line_the_answer_is_one() {
    use std::os::unix::ffi::OsStrExt as _;
    let names = names();
    let odd: &[&[&[u8]]] = &[
        &[],
        &[b""],
        &[b"", b"", b""],
        &[b"--"],
        &[b"--", b"--", b""],
        &[b"-"],
        &[b"---"],
        &[b"--="],
        &[b"-=", b"-"],
        &[b"--color", b"--color", b"--color"],
        &[b"\xff\xfe", b"\xff"],
        &[b"--\xff=", b""],
        &[b"-\xff"],
        &[b"rule", b"rule", b"rule", b""],
        &[b"help", b"help", b"help", b""],
        &[b"\x1b[31m", b""],
        &[b"a\nb", b"c\td"],
        &[b"--set", b"="],
        &[b"assess", b"--output", b"=", b"-"],
        &["é".as_bytes(), "-é".as_bytes(), "--é=é".as_bytes()],
        &[b"--version"],
        &[b"--help", b""],
    ];
    for words in odd {
        let output =
            run(names.path().join("kubectl_complete-worthy"), words.iter().map(|word| OsStr::from_bytes(word)), &[]);
        let said = out(&output);
        assert_eq!((output.status.code(), err(&output)), (Some(0), String::new()), "{words:?}");
        let last = said.lines().last().unwrap_or_default();
        assert!([":0", ":4", ":6", ":8", ":16"].contains(&last), "{words:?}: {said}");
        assert!(!said.contains('\x1b'), "{words:?}");
    }
}

fn install(program: &Path, words: &[&str], path: &Path) -> Output {
    let words = ["completion", "kubectl", "--install"].iter().chain(words);
    run(program, words, &[("PATH", path)])
}

#[test]
fn the_link_is_written_beside_the_plugin_and_nothing_is_overwritten() {
    let folder = folder();
    let (plugin, link) = (folder.path().join("kubectl-worthy"), folder.path().join("kubectl_complete-worthy"));
    std::os::unix::fs::symlink(PROGRAM, &plugin).expect("a link");
    let output = install(&plugin, &[], folder.path());
    assert!(output.status.success() && err(&output).contains("now leads to kubectl-worthy"), "{}", err(&output));
    assert!(!err(&output).contains("not on PATH"), "{}", err(&output));
    // Relative, so that it lives on where an installer replaces the plugin.
    assert_eq!(link.read_link().expect("a link"), Path::new("kubectl-worthy"));
    assert_eq!(out(&run(&link, ["ru"], &[])).lines().last(), Some(":4"));
    let again = install(&plugin, &[], folder.path());
    assert!(
        again.status.success() && err(&again).contains("is there already and leads to this program"),
        "{}",
        err(&again)
    );

    for foreign in ["file", "link", "dangling"] {
        std::fs::remove_file(&link).expect("removed");
        match foreign {
            "file" => std::fs::write(&link, "somebody's own").expect("written"),
            "link" => std::os::unix::fs::symlink("/bin/sh", &link).expect("a link"),
            _ => std::os::unix::fs::symlink("nowhere", &link).expect("a link"),
        }
        let before = (link.read_link().ok(), std::fs::read(&link).ok());
        let output = install(&plugin, &[], folder.path());
        assert_eq!(output.status.code(), Some(2), "{foreign}");
        assert!(err(&output).contains("does not lead to this program; nothing was written"), "{}", err(&output));
        assert_eq!((link.read_link().ok(), std::fs::read(&link).ok()), before, "{foreign}");
    }
}

#[test]
fn the_link_goes_where_it_is_wanted() {
    let (bin, other, store) = (folder(), folder(), folder());
    // As krew lays it out: the program in a store, a link to it on the path.
    std::fs::hard_link(PROGRAM, store.path().join("kubectl-worthy")).expect("a second name");
    let plugin = bin.path().join("kubectl-worthy");
    std::os::unix::fs::symlink(store.path().join("kubectl-worthy"), &plugin).expect("a link");
    let directory = other.path().to_str().expect("text");
    let output = install(&plugin, &["--directory", directory], bin.path());
    assert!(output.status.success() && err(&output).contains("is not on PATH"), "{}", err(&output));
    assert_eq!(other.path().join("kubectl_complete-worthy").read_link().expect("a link"), plugin);
    assert!(!bin.path().join("kubectl_complete-worthy").exists());

    // Under its own name, the program looks for the plugin on the path.
    let output = install(Path::new(PROGRAM), &[], bin.path());
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(bin.path().join("kubectl_complete-worthy").read_link().expect("a link"), Path::new("kubectl-worthy"));
    assert!(!store.path().join("kubectl_complete-worthy").exists());

    let empty = folder();
    let output = install(Path::new(PROGRAM), &[], empty.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("there is no kubectl-worthy on PATH"), "{}", err(&output));
    let output = install(&plugin, &["--directory", "/no/such/folder"], bin.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("could not be written"), "{}", err(&output));

    let how = run(&plugin, ["completion", "kubectl"], &[("PATH", bin.path())]);
    assert!(out(&how).contains(&format!("ln -s kubectl-worthy {}/kubectl_complete-worthy", bin.path().display())));
}

/// The manifest for krew as the release fills it in.
fn manifest() -> serde_yaml::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/krew/worthy.yaml");
    let template = std::fs::read_to_string(path).expect("the template");
    let mut filled = String::new();
    for line in template.lines() {
        match line.trim().strip_prefix("{{addURIAndSha \"").and_then(|rest| rest.split_once("\" .TagName }}")) {
            Some((uri, "")) => {
                assert!(line.starts_with("    {{"), "what is filled in is indented by four: {line}");
                filled.push_str(&format!("    uri: {uri}\n    sha256: {}\n", "0".repeat(64)));
            }
            _ => filled.push_str(&format!("{line}\n")),
        }
    }
    let filled = filled.replace("{{ .TagName }}", "v0.1.0");
    assert!(!filled.contains("{{"), "{filled}");
    serde_yaml::from_str(&filled).expect("YAML")
}

#[test]
fn the_manifest_for_krew_is_complete() {
    let manifest = manifest();
    let text = |value: &serde_yaml::Value| value.as_str().unwrap_or_else(|| panic!("text: {value:?}")).to_owned();
    assert_eq!(text(&manifest["apiVersion"]), "krew.googlecontainertools.github.com/v1alpha2");
    assert_eq!(text(&manifest["kind"]), "Plugin");
    assert_eq!(text(&manifest["metadata"]["name"]), "worthy");
    let spec = &manifest["spec"];
    assert_eq!(text(&spec["version"]), "v0.1.0");
    assert!(text(&spec["homepage"]).starts_with("https://"));
    let short = text(&spec["shortDescription"]);
    assert!(short.len() <= 50 && !short.ends_with('.') && !short.contains("kubectl"), "{short}");
    let description = text(&spec["description"]);
    assert!(description.lines().all(|line| line.len() <= 80), "{description}");
    assert!(!description.split_whitespace().any(|word| word.starts_with('-')), "no list of flags: {description}");
    assert!(text(&spec["caveats"]).contains("kubectl worthy completion kubectl --install"));
    let mut platforms = Vec::new();
    for platform in spec["platforms"].as_sequence().expect("platforms") {
        let labels = &platform["selector"]["matchLabels"];
        let (system, machine) = (text(&labels["os"]), text(&labels["arch"]));
        let (uri, bin) = (text(&platform["uri"]), text(&platform["bin"]));
        assert_eq!(text(&platform["sha256"]).len(), 64);
        assert_eq!(Called::by(Some(OsStr::new(&bin))), Called::Plugin, "{bin}");
        assert_eq!(bin.ends_with(".exe"), system == "windows", "{bin}");
        let archive = if system == "windows" { "zip" } else { "tar.gz" };
        assert!(uri.ends_with(&format!("/v0.1.0/kubectl-worthy_v0.1.0_{system}_{machine}.{archive}")), "{uri}");
        platforms.push(format!("{system}/{machine}"));
    }
    platforms.sort();
    assert_eq!(platforms, ["darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64", "windows/amd64"]);
}

/// The real kubectl with the plugin on its path; none where it cannot be started, which is said.
fn kubectl(folder: &Path, words: &[&str]) -> Option<Output> {
    let others = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&others)));
    let found: Option<PathBuf> =
        std::env::split_paths(&others).map(|folder| folder.join("kubectl")).find(|file| file.is_file());
    let Some(found) = found else {
        assert!(std::env::var_os("KUBEWORTHY_REQUIRE_TOOLS").is_none(), "kubectl is not on PATH");
        println!("skipped: kubectl is not on PATH");
        return None;
    };
    let path = PathBuf::from(path.expect("a path"));
    Some(run(found, words, &[("PATH", &path), ("HOME", folder)]))
}

#[test]
fn kubectl_runs_the_plugin_and_asks_for_its_words() {
    let names = names();
    let Some(help) = kubectl(names.path(), &["worthy", "--help"]) else { return };
    assert_eq!((help.status.code(), out(&help)), (Some(0), plugin("--help")), "{}", err(&help));
    let run = |words: &[&str]| kubectl(names.path(), words).expect("kubectl, as before");
    let rule = run(&["worthy", "rule", "KW103"]);
    assert_eq!((rule.status.code(), out(&rule)), (Some(0), plugin("rule KW103")), "{}", err(&rule));
    let unknown = run(&["worthy", "rule", "no-rule-is-called-this"]);
    assert_eq!(unknown.status.code(), Some(2), "the exit code is the plugin's");
    assert!(
        err(&unknown).contains("`kubectl worthy rule`") || err(&unknown).contains("did you mean"),
        "{}",
        err(&unknown)
    );

    assert_eq!(out(&run(&["__complete", "worthy", "ru"])), "rule\tExplain a rule, or list all\n:4\n");
    let codes = run(&["__complete", "worthy", "rule", "KW1"]);
    let lines: Vec<String> = out(&codes).lines().map(str::to_owned).collect();
    assert!(lines.len() > 8 && lines.iter().any(|line| line.starts_with("KW103\tSeveral copies")), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some(":4"));
    assert_eq!(out(&run(&["__completeNoDesc", "worthy", "targets", "cloud-r"])), "cloud-run\n:4\n");
    assert_eq!(out(&run(&["__complete", "worthy", "assess", "--rules", ""])), ":16\n");
    assert_eq!(out(&run(&["__complete", "worthy", "completion", "--color=ne"])), "never\tNever\n:4\n");

    let before = run(&["-n", "shop", "worthy"]);
    assert!(err(&before).contains("flags cannot be placed before plugin name"), "{}", err(&before));
}
