//! The console examples of the README and of the documentation are what the program prints. `UPDATE=1 cargo test` writes
//! them anew.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

/// The day on which the pages were made, 2026-11-26: whether an entry of a target is stale depends on it.
const TODAY: &str = "1795651200";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages() -> Vec<PathBuf> {
    let documents = walkdir::WalkDir::new(root().join("docs")).sort_by_file_name();
    let documents = documents.into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let documents = documents.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    [root().join("README.md"), root().join("CONTRIBUTING.md")].into_iter().chain(documents).collect()
}

/// The names that command lines begin with, and the name by which the program is called for each: as kubectl would.
const NAMES: &[(&str, &str)] = &[
    ("kubeworthy ", "kubeworthy"),
    ("kubectl worthy ", "kubectl-worthy"),
    ("kubectl __complete worthy ", "kubectl_complete-worthy"),
];

/// What a command line of the program prints, run from the project's folder.
fn printed(line: &str) -> String {
    let called = NAMES.iter().find_map(|(begins, name)| Some((line.strip_prefix(begins)?, name)));
    let (rest, name) = called.unwrap_or_else(|| panic!("an example runs `kubeworthy`: {line}"));
    // A second name for the program, on the file system on which it lies.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let program = folder.path().join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    std::fs::hard_link(env!("CARGO_BIN_EXE_kubeworthy"), &program).expect("a second name for the program");
    let output = Command::new(program)
        .args(rest.split_whitespace())
        .env_remove("CLICOLOR_FORCE")
        .env("NO_COLOR", "1")
        .env("SOURCE_DATE_EPOCH", TODAY)
        .current_dir(root())
        .output()
        .expect("the program runs");
    String::from_utf8(output.stdout).expect("text")
}

/// The line that stands for the rest of a screen.
const CUT: &str = "…";

/// The page with the output of every console example as it is now.
fn renewed(text: &str) -> (String, usize) {
    let mut renewed = String::new();
    let mut examples = 0;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        renewed.push_str(line);
        renewed.push('\n');
        if line.trim() != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| line.trim() != "```") {
            let Some(command) = line.strip_prefix("$ ") else { continue };
            examples += 1;
            renewed.push_str(line);
            renewed.push('\n');
            let mut shown = Vec::new();
            while let Some(line) = lines.next_if(|line| line.trim() != "```" && !line.starts_with("$ ")) {
                shown.push(line);
            }
            let printed = printed(command);
            // A long screen may be cut; the last line that is shown then says so.
            match shown.split_last() {
                Some((&CUT, kept)) => {
                    renewed.extend(printed.lines().take(kept.len()).flat_map(|line| [line, "\n"]));
                    renewed.push_str(CUT);
                    renewed.push('\n');
                }
                _ => renewed.push_str(&printed),
            }
        }
    }
    (renewed, examples)
}

#[test]
fn console_examples_are_what_is_printed() {
    let mut examples = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("a page");
        let (renewed, found) = renewed(&text);
        examples += found;
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&page, &renewed).expect("written");
        } else if renewed != text {
            let different = renewed.lines().zip(text.lines()).find(|(now, written)| now != written);
            panic!(
                "{} is not up to date: {different:?}; run `UPDATE=1 cargo test --test documentation`",
                page.display()
            );
        }
    }
    assert!(examples >= 2, "the README shows a screen and a rule");
}

#[test]
fn the_picture_shows_the_screen_as_it_is() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let picture = std::fs::read_to_string(root().join("docs/pictures/screen.svg")).expect("the picture");
    let mut parts = 0;
    for part in picture.split("<tspan").skip(1) {
        let text = part.split('>').nth(1).and_then(|rest| rest.split('<').next()).expect("its text");
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        assert!(readme.contains(text.trim()), "`{text}` is not on the screen; run docs/pictures/make");
        parts += 1;
    }
    assert!(parts > 50, "{parts}");
}

/// Holds a page that is made from the data against the file.
fn published(name: &str, current: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, current).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let different =
        current.lines().zip(found.lines().chain(std::iter::repeat(""))).find(|(now, written)| now != written);
    assert!(
        found == current,
        "docs/{name} is not what the data says, first at {different:?}; run `UPDATE=1 cargo test --test documentation`"
    );
}

#[test]
fn pages_of_rules_and_facts_are_what_the_data_says() {
    let kit = kubeworthy::Kit::load(&kubeworthy::OwnFiles::default()).expect("the built-in data");
    published("rules.md", &kubeworthy::reference::rules_page(&kit));
    published("facts.md", &kubeworthy::reference::facts_page());
    published("configuration.md", &kubeworthy::reference::configuration_page(&kit));
}

#[test]
fn every_rule_is_explained_at_once() {
    let all = printed("kubeworthy rule --all");
    let kit = kubeworthy::Kit::load(&kubeworthy::OwnFiles::default()).expect("the built-in data");
    for rule in kit.rules.iter() {
        assert!(all.contains(&format!("{}  {}\n", rule.code, rule.name)), "{}", rule.code);
    }
}

#[test]
fn the_readme_opens_with_what_it_is_a_screen_and_two_commands() {
    let text = std::fs::read_to_string(root().join("README.md")).expect("the README");
    // What the picture shows is held against the same screen as text, which stands further down.
    let screen = text.find("(docs/pictures/screen.svg)").expect("the screen");
    assert!(text.contains("\n$ kubeworthy assess fixtures/notes-on-three-replicas\n"));
    let run = text.find("cargo run --release -- assess fixtures/notes-on-three-replicas").expect("the first command");
    let test = text.find("\ncargo test\n").expect("the second command");
    assert!(screen < run && run < test);
}

#[test]
fn help_teaches_and_every_command_has_some() {
    for arguments in
        [&["--help"][..], &["assess", "--help"], &["rule", "--help"], &["targets", "--help"], &["completion", "--help"]]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy")).args(arguments).output().expect("the program runs");
        assert!(output.status.success());
        assert!(output.stdout.len() > 200, "{arguments:?}");
    }
    let help = printed("kubeworthy --help");
    for word in ["Examples:", "Exit codes:", "helm template", "assess"] {
        assert!(help.contains(word), "{word}");
    }
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&format!("kubeworthy completion {shell}")).contains("kubeworthy"), "{shell}");
    }
}

#[test]
fn rules_and_targets_are_explained() {
    assert!(printed("kubeworthy rule").lines().count() > 30);
    assert!(printed("kubeworthy rule kw103").contains("Why"));
    let targets = printed("kubeworthy targets");
    for tier in ["Simple targets", "Lighter orchestrators", "Kubernetes of more than one node"] {
        assert!(targets.contains(tier), "{tier}");
    }
    let target = printed("kubeworthy targets cloud-run");
    for word in ["Hard limit", "Law", "Checked on", "Source", "Coverage"] {
        assert!(target.contains(word), "{word}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_kubeworthy")).args(["rule", "KW130"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean"), "{output:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let script = format!("'{}' assess fixtures | true; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_kubeworthy"));
    let output = Command::new("bash").arg("-c").arg(script).current_dir(root()).output().expect("bash");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked") && !said.contains("Broken pipe"), "{said}");
    assert_eq!(output.status.code(), Some(0), "{said}");
}
