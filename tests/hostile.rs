//! Hostile input ends in a message, bounded memory and the exit code that it should: no panic, no stack overflow.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]
#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Address space that the program may use, in KiB: 1.5 GiB, most of it never touched.
const MEMORY_KIB: u64 = 1_500_000;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path().join(name), bytes).expect("written");
        self
    }
}

const GOOD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: good}\nspec:\n  containers: [{name: a, image: b}]\n";

fn run(paths: &[&Path]) -> Output {
    run_as(&[], paths)
}

/// Runs the program behind another one, such as one that changes the user.
fn run_as(before: &[&str], paths: &[&Path]) -> Output {
    let mut command = Command::new(before.first().unwrap_or(&"sh"));
    if let [_, arguments @ ..] = before {
        command.args(arguments).arg("sh");
    }
    command
        .arg("-c")
        .arg(format!("ulimit -v {MEMORY_KIB}; exec \"$0\" assess -o json --color never \"$@\""))
        .arg(env!("CARGO_BIN_EXE_kubeworthy"))
        .args(paths);
    let start = Instant::now();
    let output = command.output().expect("the program runs");
    assert!(start.elapsed() < Duration::from_secs(60), "it took {:?}", start.elapsed());
    output
}

/// Runs over a folder that also holds a good file, and returns what was not understood and what was said.
fn survives(folder: &Folder) -> (serde_json::Value, String) {
    folder.write("good.yaml", GOOD);
    let output = run(&[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    assert_eq!(report["estate"]["workloads"], 1, "the good file is still read: {said}");
    (report["inputs"]["not_understood"].clone(), said)
}

fn reason(not_understood: &serde_json::Value) -> String {
    not_understood[0]["reason"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn deep_nesting_in_every_style() {
    let deep = 100_000;
    for (name, text) in [
        ("flow-sequence", "[".repeat(deep)),
        ("flow-mapping", "{a: ".repeat(deep)),
        ("block-sequence", "- ".repeat(deep)),
        ("block-mapping", (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect()),
    ] {
        let folder = Folder::new();
        folder.write("deep.yaml", format!("apiVersion: v1\nkind: Pod\nspec:\n  {}", text.replace('\n', "\n  ")));
        let (not_understood, said) = survives(&folder);
        assert!(!reason(&not_understood).is_empty(), "{name}: {said}");
        assert!(said.contains("deep.yaml:"), "{name}: {said}");
    }
}

#[test]
fn alias_bombs_as_manifest_and_as_compose() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let previous = level - 1;
        let aliases = vec![format!("*a{previous}"); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    let folder = Folder::new();
    folder
        .write(
            "bomb.yaml",
            format!(
                "apiVersion: example.org/v1\nkind: Bomb\nmetadata: {{name: bomb}}\nspec:\n{}",
                bomb.lines().map(|line| format!("  {line}\n")).collect::<String>()
            ),
        )
        .write("compose.yaml", format!("{bomb}services:\n  web:\n    image: web\n    command: *a11\n"));
    let (not_understood, said) = survives(&folder);
    assert_eq!(not_understood.as_array().map(Vec::len), Some(2), "{said}");
    assert!(reason(&not_understood).contains("aliases make this document larger than can be read"), "{said}");
}

/// Lines that each refer to the line before, so that depth grows without nesting in the text.
fn chain(length: usize, line: impl Fn(usize) -> String) -> String {
    (1..length).map(line).collect()
}

#[test]
fn chains_and_bombs_of_aliases_wherever_something_follows_them() {
    let wide = |level: usize, each: &str| vec![format!("*a{level}"); 9].join(each);
    let bomb = |first: &str, line: &dyn Fn(usize) -> String| -> String {
        let mut text = first.to_owned();
        (1..12).for_each(|level| text.push_str(&line(level)));
        text
    };
    let inputs = [
        (
            "compose.yaml",
            format!(
                "x0: &a0 {{k: v}}\n{}services:\n  web:\n    image: web\n    x: *a59999\n",
                chain(60_000, |n| format!("x: &a{n} {{k: *a{}}}\n", n - 1))
            ),
        ),
        (
            "lists.yaml",
            format!(
                "apiVersion: v1\nkind: List\nx: &a0 {{apiVersion: v1, kind: List, items: []}}\n{}items: [*a59999]\n",
                chain(60_000, |n| format!("x: &a{n} {{apiVersion: v1, kind: List, items: [*a{}]}}\n", n - 1))
            ),
        ),
        (
            "bomb-of-lists.yaml",
            format!(
                "apiVersion: v1\nkind: List\n{}items: [*a11]\n",
                bomb("x0: &a0 {apiVersion: v1, kind: List, items: []}\n", &|n| format!(
                    "x{n}: &a{n} {{apiVersion: v1, kind: List, items: [{}]}}\n",
                    wide(n - 1, ", ")
                ))
            ),
        ),
        (
            "bomb-of-resources.yaml",
            format!(
                "apiVersion: example.org/v1\nkind: Thing\nmetadata: {{name: a}}\nspec:\n  image: a\n{}",
                bomb("  x0: &a0 [{a: b}]\n", &|n| format!("  x{n}: &a{n} [{}]\n", wide(n - 1, ", ")))
            ),
        ),
        (
            "bomb-of-merges.yaml",
            format!(
                "apiVersion: v1\nkind: Pod\n{}spec: *a11\n",
                bomb("x0: &a0 {a: b}\n", &|n| format!("x{n}: &a{n} {{<<: [{}]}}\n", wide(n - 1, ", ")))
            ),
        ),
    ];
    for (name, text) in inputs {
        let folder = Folder::new();
        folder.write(name, text);
        let (not_understood, said) = survives(&folder);
        assert!(reason(&not_understood).contains("aliases"), "{name}: {said}");
    }
}

#[test]
fn large_flat_files_take_no_square_of_time() {
    let folder = Folder::new();
    let keys: String = (0..200_000).map(|n| format!("  key-{n}: value\n")).collect();
    folder.write("map.yaml", format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{keys}"));
    let items: String = (0..4_000)
        .map(|n| {
            format!(
                "- {{apiVersion: v1, kind: Service, metadata: {{name: s{n}}}, spec: {{selector: {{app: a{n}}}}}}}\n"
            )
        })
        .collect();
    folder.write("list.yaml", format!("apiVersion: v1\nkind: List\nitems:\n{items}"));
    let start = Instant::now();
    survives(&folder);
    // Before it was mended, this took minutes; the bound only tells seconds from minutes.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn templates_take_no_square_of_time_and_end_in_a_message() {
    let head = "apiVersion: v1\nkind: Pod\nmetadata: {name: {{ .n }}}\n";
    for (name, text) in [
        ("values", "a: {{ .Values.x }}\n".repeat(60_000)),
        ("one-line", format!("a: {}\n", "{{ .x }}".repeat(60_000))),
        ("documents", "a: {{ .x }}\n---\n".repeat(40_000)),
        ("nested", format!("{}{}", "{{ if .x }}\n".repeat(60_000), "{{ end }}\n".repeat(60_000))),
        ("never-closed", "{{ if .x }}\n".repeat(60_000)),
        ("open-action", format!("a: {}", "{{ `".repeat(60_000))),
        ("quotes", format!("a: {{{{ {} }}}}\n", "'\"` ".repeat(60_000))),
        ("private-characters", format!("a: {{{{ .x }}}} {}\n", "\u{e000}\u{e002}".repeat(60_000))),
        ("blank", format!("a: {{{{ .x }}}}\n{}", " \n".repeat(200_000))),
    ] {
        let folder = Folder::new();
        let start = Instant::now();
        folder.write("template.yaml", format!("{head}{text}"));
        survives(&folder);
        assert!(start.elapsed() < Duration::from_secs(20), "{name} took {:?}", start.elapsed());
    }
}

#[test]
fn one_long_line_takes_no_square_of_time() {
    let item = |n: usize| {
        format!(
            "{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"p{n}\"}},\"spec\":{{\"containers\":[{{\"name\":\"a\",\"image\":\"é/b:{n}\"}}]}}}}"
        )
    };
    let folder = Folder::new();
    let items: Vec<String> = (0..2_000).map(item).collect();
    folder.write("list.json", format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{}]}}", items.join(",")));
    let start = Instant::now();
    let output = run(&[folder.path()]);
    // Columns were once counted from the start of the line each time, which took minutes.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    assert_eq!(report["estate"]["workloads"], 2_000);
}

#[test]
fn documents_without_markers_are_counted_too() {
    for (name, text) in [
        ("ends.yaml", "apiVersion: v1\nkind: A\n...\n".repeat(60_000)),
        ("values.json", "{\"apiVersion\":\"v1\",\"kind\":\"A\"}".repeat(60_000)),
    ] {
        let folder = Folder::new();
        folder.write(name, text);
        let (not_understood, said) = survives(&folder);
        assert!(reason(&not_understood).contains("documents in one file"), "{name}: {said}");
    }
}

#[test]
fn what_may_be_a_password_is_not_repeated() {
    let folder = Folder::new();
    folder
        .write("alias.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  password: *hunter2secret\n")
        .write("template.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n{{ $pw := \"hunter2secret\" }}\n  a: [\n")
        .write("compose.yaml", "services:\n  web:\n    environment: {PASSWORD: *hunter2secret}\n");
    let (not_understood, said) = survives(&folder);
    assert_eq!(not_understood.as_array().map(Vec::len), Some(3), "{said}");
    assert!(!said.contains("hunter2") && !not_understood.to_string().contains("hunter2"), "{said}");
}

#[test]
fn what_could_not_be_read_is_never_nothing() {
    let verdict = |folder: &Folder| {
        let output = run(&[folder.path()]);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
        (report["estate"]["verdict"].as_str().unwrap_or_default().to_owned(), report["estate"]["need"]["high"].clone())
    };
    let folder = Folder::new();
    folder.write("good.yaml", GOOD);
    assert_eq!(verdict(&folder).0, "needless");
    for n in 0..8 {
        folder.write(
            &format!("latin{n}.yaml"),
            format!("kind: Deployment # {n}\n").bytes().chain([0xe9]).collect::<Vec<u8>>(),
        );
    }
    assert_eq!(verdict(&folder).0, "inconclusive", "files that are no text");
    let folder = Folder::new();
    folder.write("good.yaml", GOOD).write("docker-compose.yml", "services:\n  a:\n    image: [a\n  b:\n    image: b\n");
    let (verdict, high) = verdict(&folder);
    assert_eq!((verdict.as_str(), high), ("inconclusive", serde_json::json!(100.0)), "a broken Compose file");
}

#[test]
fn self_reference() {
    let folder = Folder::new();
    folder.write("loop.yaml", "apiVersion: v1\nkind: Pod\nspec: &a\n  containers: [*a]\n");
    let (not_understood, _) = survives(&folder);
    assert!(reason(&not_understood).contains("alias"), "{not_understood}");
}

#[test]
fn a_scalar_of_fifty_megabytes_and_many_documents() {
    let folder = Folder::new();
    folder
        .write("large.yaml", format!("apiVersion: v1\nkind: ConfigMap\ndata: {{a: \"{}\"}}\n", "x".repeat(50_000_000)));
    let (not_understood, said) = survives(&folder);
    assert!(reason(&not_understood).contains("over the limit of 16 MiB"), "{said}");
    let folder = Folder::new();
    folder.write("many.yaml", "---\nkind: a\napiVersion: b\n".repeat(60_000));
    let (not_understood, _) = survives(&folder);
    assert!(reason(&not_understood).contains("documents in one file"), "{not_understood}");
}

#[test]
fn a_large_scalar_under_the_limit_is_read() {
    let folder = Folder::new();
    folder.write(
        "large.yaml",
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{a: \"{}\"}}\n",
            "x".repeat(15_000_000)
        ),
    );
    let (not_understood, _) = survives(&folder);
    assert_eq!(not_understood, serde_json::json!([]));
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::new();
    folder
        .write("nul.yaml", b"apiVersion: v1\nkind: Pod\nmetadata: {name: \0}\n")
        .write("latin.yaml", b"apiVersion: v1\nkind: Pod # caf\xe9\n");
    let (not_understood, said) = survives(&folder);
    assert_eq!(not_understood.as_array().map(Vec::len), Some(2), "{said}");
    assert!(said.contains("latin.yaml:2:16: the file is not UTF-8 text"), "{said}");
    assert!(said.contains("nul.yaml:3:"), "{said}");
}

#[test]
fn links_loops_pipes_and_unreadable_files() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    symlink(".", folder.path().join("itself")).expect("a link");
    symlink("..", folder.path().join("up.yaml")).expect("a link");
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().expect("mkfifo").success());
    let (not_understood, _) = survives(&folder);
    assert_eq!(not_understood, serde_json::json!([]));
    // Named by itself, a pipe without a writer must not make the program wait.
    let output = run(&[&folder.path().join("pipe.yaml")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a pipe, a socket or a device"), "{output:?}");
}

#[test]
fn an_unreadable_file_is_said_and_its_neighbours_are_read() {
    let folder = Folder::new();
    folder.write("secret.yaml", GOOD);
    let path = folder.path().join("secret.yaml");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("no permissions");
    folder.write("good.yaml", GOOD);
    // The administrator may read everything, so that somebody else has to try.
    let somebody: &[&str] =
        if std::fs::File::open(&path).is_ok() { &["setpriv", "--reuid=65534", "--clear-groups"] } else { &[] };
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
    if !somebody.is_empty() && Command::new("setpriv").arg("--version").output().is_err() {
        eprintln!("skipped: everything is readable to this user, and there is no setpriv to become another");
        return;
    }
    let output = run_as(somebody, &[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("exec") || said.contains("sh:") {
        eprintln!("skipped: the program cannot be run by another user here: {said}");
        return;
    }
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    assert_eq!(reason(&report["inputs"]["not_understood"]), "permission denied", "{said}");
    assert_eq!(report["estate"]["workloads"], 1);
}

#[test]
fn exit_codes() {
    let folder = Folder::new();
    folder.write("values.yaml", "replicas: 3\n");
    assert_eq!(run(&[folder.path()]).status.code(), Some(3), "read, and nothing to assess");
    let nowhere = folder.path().join("nowhere");
    assert_eq!(run(&[&nowhere]).status.code(), Some(2), "every input failed");
    folder.write("good.yaml", GOOD);
    assert_eq!(run(&[&nowhere, folder.path()]).status.code(), Some(0), "one input failed, one did not");
    let folder = Folder::new();
    folder.write("release.yaml", "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web}\n");
    let output = run(&[folder.path()]);
    assert_eq!(output.status.code(), Some(0), "opaque is inconclusive, not an error");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["estate"]["verdict"], "inconclusive");
}

/// Assesses a folder in bounded memory and time, and returns how many workloads there are and what was said.
fn assessed(folder: &Folder) -> (u64, String) {
    let output = run(&[folder.path()]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("whole JSON");
    (report["estate"]["workloads"].as_u64().expect("a number"), said.replace("\n  │ ", " "))
}

/// A Compose file with lines below `services:`.
fn services(count: usize, line: impl Fn(usize) -> String) -> String {
    format!("services:\n{}", (0..count).map(|n| format!("  {}\n", line(n))).collect::<String>())
}

const TOO_LARGE: &str = "this Compose project is larger than can be read: variables, inclusions and extended services \
                         written out take over 64 MiB";

#[test]
fn compose_files_that_include_and_extend_one_another_in_circles() {
    let folder = Folder::new();
    folder
        .write(
            "compose.yaml",
            "include: [a.yaml]\nservices: {web: {image: w, extends: {file: b.yaml, service: b}}, new: {extends: new}}\n",
        )
        .write("a.yaml", "include: [{path: [b.yaml, compose.yaml]}]\nservices: {a: {image: a}}\n")
        .write("b.yaml", "services: {b: {image: b, extends: {file: compose.yaml, service: web}}}\n");
    let (workloads, said) = assessed(&folder);
    assert_eq!(workloads, 2, "{said}");
    assert!(said.contains("a.yaml:1:11: this file includes itself"), "{said}");
    assert!(said.contains("b.yaml:1:26: this service extends itself"), "{said}");
    assert!(said.contains("compose.yaml:2:72: this service extends itself"), "{said}");
}

#[test]
fn compose_services_that_extend_much_and_often() {
    let environment: String = (0..1000).map(|n| format!("K{n}: v, ")).collect();
    let large = format!("base: {{image: b, environment: {{{environment}}}}}");
    let line = |base: &str, n: usize| if n == 0 { base.to_owned() } else { format!("s{n}: {{extends: base}}") };
    let folder = Folder::new();
    folder.write("compose.yaml", services(10_000, |n| line(&large, n)));
    let (workloads, said) = assessed(&folder);
    assert!(workloads == 0 && said.contains("compose.yaml:1:1: this Compose project is larger"), "{said}");
    assert!(said.contains(TOO_LARGE) && said.contains("help: split the project"), "{said}");
    folder.write("compose.yaml", services(10_000, |n| line("base: {image: b}", n)));
    assert_eq!(assessed(&folder), (10_000, String::new()), "many that extend a small one are read");
    let chain = |n: usize| format!("s{n}: {{extends: s{}, image: i}}", n + 1);
    folder.write("compose.yaml", format!("{}  s5000: {{image: i}}\n", services(5_000, chain)));
    let (workloads, said) = assessed(&folder);
    assert_eq!(workloads, 5_001);
    assert!(said.contains("compose.yaml:52:9: more than 50 services extend one another in a row"), "{said}");
}

#[test]
fn compose_inclusions_that_double_at_each_level() {
    let folder = Folder::new();
    folder.write("compose.yaml", "include: [l1.yaml]\nservices: {web: {image: x}}\n").write(".env", "A=1\n");
    for level in 1..=20 {
        let include = format!("include: [l{0}.yaml, ./l{0}.yaml]\n", level + 1);
        folder.write(&format!("l{level}.yaml"), format!("{include}services: {{s{level}: {{image: x}}}}\n"));
    }
    folder.write("l21.yaml", "services: {end: {image: x}}\n");
    assert_eq!(assessed(&folder), (22, String::new()), "what is the same is read once");
    // With variables of its own, each way is another.
    let folder = Folder::new();
    folder.write("compose.yaml", "include: [l1.yaml]\nservices: {web: {image: x}}\n");
    for level in 1..=20 {
        let next = level + 1;
        let include = format!(
            "include: [{{path: l{next}.yaml, env_file: a{level}}}, {{path: l{next}.yaml, env_file: b{level}}}]\n"
        );
        folder
            .write(&format!("l{level}.yaml"), format!("{include}services: {{s{level}: {{image: x}}}}\n"))
            .write(&format!("a{level}"), format!("V{level}=a\n"))
            .write(&format!("b{level}"), format!("V{level}=b\n"));
    }
    folder.write("l21.yaml", "services: {end: {image: x}}\n");
    let (_, said) = assessed(&folder);
    assert!(said.contains(TOO_LARGE), "{said}");
    // A chain beyond what is followed, and files that are not there.
    let folder = Folder::new();
    folder.write("compose.yaml", "include: [l1.yaml]\nservices: {web: {image: x}}\n");
    for level in 1..=60 {
        folder.write(
            &format!("l{level}.yaml"),
            format!("include: [l{}.yaml]\nservices: {{s{level}: {{image: x}}}}\n", level + 1),
        );
    }
    let (_, said) = assessed(&folder);
    assert!(said.contains("l50.yaml:1:11: more than 50 files include one another in a row"), "{said}");
    let names: Vec<String> = (0..5_000).map(|n| format!("n{n}.yaml")).collect();
    let folder = Folder::new();
    folder.write("compose.yaml", format!("include: [{}]\nservices: {{web: {{image: x}}}}\n", names.join(", ")));
    let (workloads, said) = assessed(&folder);
    assert_eq!(workloads, 1, "{said}");
    assert!(said.contains("4000 more problems of this Compose project are not listed"), "{said}");
}

#[test]
fn compose_variables_and_texts_that_grow() {
    let folder = Folder::new();
    let deep = format!("services: {{web: {{image: \"{}x{}\"}}}}\n", "${A:-".repeat(50_000), "}".repeat(50_000));
    folder
        .write("compose.yaml", deep)
        .write("b-compose.yaml", format!("services: {{b: {{image: b, command: '{}'}}}}\n", "${".repeat(200_000)));
    let (workloads, said) = assessed(&folder);
    assert_eq!(workloads, 2);
    assert!(said.contains("compose.yaml:1:18: these defaults of variables are nested deeper"), "{said}");
    assert!(said.contains("b-compose.yaml:1:26: this is no variable"), "{said}");
    let folder = Folder::new();
    folder.write(
        "compose.yaml",
        format!("services: {{web: {{image: x, command: \"${{A:-{}}}\"}}}}\n", "x".repeat(1_000_000)),
    );
    assert_eq!(assessed(&folder), (1, String::new()));
    let often = format!("services:\n  web:\n    image: x\n    command:\n{}", "      - $A$A$A$A$A\n".repeat(10_000));
    folder.write(".env", format!("A={}\n", "x".repeat(1_000_000))).write("compose.yaml", often);
    assert!(assessed(&folder).1.contains(TOO_LARGE));
    let doubling: String = (1..60).map(|n| format!("A{n}=$A{0}$A{0}\n", n - 1)).collect();
    folder.write(".env", format!("A0=0123456789\n{doubling}")).write("compose.yaml", "services: {a: {image: a}}\n");
    let (workloads, said) = assessed(&folder);
    assert_eq!(workloads, 1);
    assert!(said.contains("of this file of variables are larger than can be kept"), "{said}");
    let lines: String = (0..250_000).map(|n| format!("export A{n}=\"x\\ny\" # c\n")).collect();
    assert!(lines.len() > 5_000_000);
    folder.write(".env", lines).write("compose.yaml", "services: {a: {image: \"a${A249999:?}\"}}\n");
    assert_eq!(assessed(&folder), (1, String::new()));
}

#[test]
fn compose_services_with_much_of_everything() {
    let start = Instant::now();
    for (field, item) in [
        ("ports", "\"#:#\""),
        ("ports", "\"1-65535:1-65535/udp\""),
        ("volumes", "\"v#:/x#\""),
        ("environment", "\"A#=b#\""),
        ("depends_on", "s#"),
        ("devices", "/dev/a#:/dev/b#"),
        ("secrets", "{source: s#, target: t#}"),
    ] {
        let list = |from: usize| -> String {
            let items = (from..from + 20_000).map(|n| format!("      - {}\n", item.replace('#', &n.to_string())));
            format!("services:\n  web:\n    image: x\n    {field}:\n{}", items.collect::<String>())
        };
        let folder = Folder::new();
        folder.write("compose.yaml", list(1)).write("compose.override.yaml", list(10_001));
        assert_eq!(assessed(&folder), (1, String::new()), "{field}");
    }
    let map = |tag: &str| {
        let items: String = (0..20_000).map(|n| format!("      A{n}: {tag} b{n}\n")).collect();
        format!("services:\n  web:\n    image: x\n    environment:\n{items}")
    };
    let folder = Folder::new();
    folder.write("compose.yaml", map("")).write("compose.override.yaml", map("!reset"));
    assert_eq!(assessed(&folder), (1, String::new()));
    let folder = Folder::new();
    let service =
        |n: usize| format!("s{n}: {{image: x, volumes: [\"v{n}:/x\"], depends_on: [s{}]}}", n.saturating_sub(1));
    folder
        .write("compose.yaml", services(5_000, service))
        .write("compose.override.yaml", services(5_000, |n| format!("s{n}: {{restart: always, ports: !reset []}}")));
    assert_eq!(assessed(&folder), (5_000, String::new()));
    let folder = Folder::new();
    let documents: Vec<String> = (0..5_000).map(|n| services(1, |_| format!("s{n}: {{image: x}}"))).collect();
    folder.write("compose.yaml", documents.join("---\n"));
    assert_eq!(assessed(&folder), (5_000, String::new()));
    // The bound only tells seconds from minutes.
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}
