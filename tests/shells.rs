//! Manual pages and completions, read and asked by the real programs.
#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/terminal.rs"]
mod terminal;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use terminal::{Screen, program};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubeworthy");

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    fs::create_dir(folder.path().join("bin")).expect("a folder");
    for name in ["kubeworthy", "kubectl-worthy"] {
        symlink(PROGRAM, folder.path().join("bin").join(name)).expect("a link");
    }
    folder
}

fn output(program: &Path, words: &[&str], folder: &Path) -> String {
    let output = Command::new(program).args(words).current_dir(folder).output().expect("it starts");
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    entries.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn pages_are_written_whole_and_read_by_those_who_know_roff() {
    let folder = folder();
    let pages = folder.path().join("man/man1");
    fs::create_dir_all(&pages).expect("folders");
    fs::write(pages.join("kubeworthy.1"), "old").expect("written");
    fs::write(pages.join("other.1"), "another").expect("written");
    let program_file = folder.path().join("bin/kubeworthy");
    output(&program_file, &["man", "--out", "man/man1"], folder.path());
    let written = names(&pages);
    assert_eq!(fs::read_to_string(pages.join("other.1")).expect("it stayed"), "another");
    assert!(written.contains("kubeworthy-config-show.1") && !written.iter().any(|name| name.ends_with(".part")));
    let printed = output(&program_file, &["man"], folder.path());
    assert_eq!(fs::read_to_string(pages.join("kubeworthy.1")).expect("the page"), printed, "it is replaced");
    let as_plugin = output(&folder.path().join("bin/kubectl-worthy"), &["man"], folder.path());
    assert!(as_plugin.contains(".TH KUBECTL-WORTHY 1 \"\"") && as_plugin.contains("kubectl worthy adr"), "{as_plugin}");

    // All or nothing: one name is taken by a folder.
    fs::create_dir_all(folder.path().join("half/kubeworthy-rule.1")).expect("folders");
    let failed = Command::new(&program_file)
        .args(["man", "--out", "half"])
        .current_dir(folder.path())
        .output()
        .expect("it starts");
    assert_eq!(failed.status.code(), Some(2));
    assert_eq!(names(&folder.path().join("half")), BTreeSet::from(["kubeworthy-rule.1".to_owned()]));

    if let Some(mandoc) = program("mandoc", "mandoc") {
        for name in written.iter().filter(|name| *name != "other.1") {
            let output =
                Command::new(&mandoc).args(["-Tlint", "-Wwarning"]).arg(pages.join(name)).output().expect("mandoc");
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            // There is no day in a page, so that the same version gives the same bytes.
            let ours: Vec<&str> = said.lines().filter(|line| !line.contains("missing date")).collect();
            assert!(ours.is_empty(), "{name}: {ours:#?}");
        }
    }
    if let Some(groff) = program("groff", "groff") {
        for name in written.iter().filter(|name| *name != "other.1") {
            let file = pages.join(name);
            let output =
                Command::new(&groff).args(["-ww", "-man", "-Tutf8", "-P-cbou"]).arg(&file).output().expect("groff");
            let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && complaints.is_empty(), "{name}: {complaints}");
            let shown = String::from_utf8_lossy(&output.stdout);
            assert!(shown.contains("SYNOPSIS") && !shown.contains("\\f"), "{name}: {shown}");
        }
    }
}

/// Variables that the code looks at are in the manual, and no other product's.
#[test]
fn variables_of_the_environment_are_in_the_manual() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let manual = output(Path::new(PROGRAM), &["man"], &folder);
    let mut found = 0;
    for entry in walkdir::WalkDir::new(&folder).sort_by_file_name().into_iter().filter_map(Result::ok) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for call in ["var(\"", "var_os(\"", "is_set(\"", "is_forced(\"", "variable(\"", "either(\"", "paths(\""] {
            for (at, _) in text.match_indices(call) {
                let name: String = text[at + call.len()..].chars().take_while(|c| *c != '"').collect();
                if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
                    found += 1;
                    assert!(manual.contains(&name), "{name}, which {} looks at", entry.path().display());
                }
            }
        }
    }
    assert!(found > 10, "{found}");
}

/// What is typed, and what has to be offered; each line ends in what is completed.
const OFFERED: &[(&str, &[&str])] = &[
    ("ru", &["rule"]),
    ("rule KW10", &["KW101", "KW109"]),
    ("targets cloud-r", &["cloud-run"]),
    ("config s", &["show", "schema"]),
    ("merge files/", &["files/report.json", "files/sub/"]),
    ("assess --wat", &["--watch"]),
    ("assess --lang ", &["en", "fr"]),
    ("--color=n", &["--color=never"]),
    ("assess -o js", &["json"]),
    ("assess -o json=files/re", &["json=files/report.json"]),
    ("assess --rules=files/", &["--rules=files/sub/"]),
    ("assess --set avail", &["availability-target="]),
    ("check --fail-on needless,re", &["needless,regression"]),
    ("check --fail-on KW2x", &["KW2xx"]),
];

fn with_files() -> tempfile::TempDir {
    let folder = folder();
    fs::create_dir_all(folder.path().join("files/sub")).expect("folders");
    fs::write(folder.path().join("files/report.json"), "{}").expect("written");
    for shell in ["bash", "zsh", "fish"] {
        let script = output(&folder.path().join("bin/kubeworthy"), &["completion", shell], folder.path());
        fs::write(folder.path().join(shell), script).expect("written");
    }
    folder
}

fn search_path(folder: &Path) -> PathBuf {
    let mut path = vec![folder.join("bin")];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    std::env::join_paths(path).expect("a search path").into()
}

/// A shell is asked on a terminal: the line with two tabs behind, and then what it shows, which has to hold what is offered.
/// One offer is put into the line, several are listed by the last part of their path.
fn ask_on_a_terminal(mut screen: Screen) {
    // What the shell works out, and so is not there before it took everything that was typed until then.
    let reaches = |screen: &mut Screen, number: usize| {
        screen.types(&format!("echo reached $(({number} + 1000))\\n"));
        screen.until(&format!("reached {}", number + 1000));
    };
    reaches(&mut screen, 0);
    for (number, (line, offers)) in OFFERED.iter().enumerate() {
        screen.types(&format!("kubeworthy {line}\\t\\t"));
        let is_one = offers.len() == 1;
        let shown = offers.iter().map(|offer| {
            let path = offer.trim_end_matches('/').rsplit_once('/').filter(|_| !is_one);
            path.map_or_else(|| (*offer).to_owned(), |(_, name)| name.to_owned())
        });
        screen.until_all(&shown.collect::<Vec<_>>());
        // Away with the line.
        screen.types("\\x15");
        reaches(&mut screen, number + 1);
    }
    screen.types("exit\\n");
    screen.end();
}

#[test]
fn bash_completes() {
    let folder = with_files();
    let Some(bash) = program("bash", "bash") else { return };
    let settings = "PS1='> '\nbind 'set show-all-if-ambiguous on'\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste \
                    off'\nbind 'set completion-query-items 0'\nbind 'set page-completions off'\nsource ./bash\n";
    fs::write(folder.path().join("settings"), settings).expect("written");
    let bash = bash.to_string_lossy().into_owned();
    let command = [bash.as_str(), "--noprofile", "--rcfile", "settings", "-i"];
    let variables = [("PATH", search_path(folder.path()))];
    let variables: Vec<(&str, &Path)> = variables.iter().map(|(name, value)| (*name, value.as_path())).collect();
    let Some(screen) = Screen::start(&command, folder.path(), &folder.path().join("screen"), &variables) else {
        return;
    };
    ask_on_a_terminal(screen);
}

#[test]
fn zsh_completes() {
    let folder = with_files();
    let Some(zsh) = program("zsh", "zsh") else { return };
    // As a file of the function path, as users install it.
    fs::create_dir(folder.path().join("functions")).expect("a folder");
    fs::rename(folder.path().join("zsh"), folder.path().join("functions/_kubeworthy")).expect("renamed");
    let settings = "PROMPT='> '\nfpath=($PWD/functions $fpath)\nautoload -U compinit\ncompinit -u -d $PWD/dump\nunsetopt beep \
                    auto_menu zle_bracketed_paste\nsetopt list_ambiguous\nLISTMAX=1000\n";
    fs::write(folder.path().join(".zshrc"), settings).expect("written");
    let zsh = zsh.to_string_lossy().into_owned();
    let variables = [("PATH", search_path(folder.path())), ("ZDOTDIR", folder.path().to_path_buf())];
    let variables: Vec<(&str, &Path)> = variables.iter().map(|(name, value)| (*name, value.as_path())).collect();
    let command = [zsh.as_str(), "-d", "-i"];
    let Some(screen) = Screen::start(&command, folder.path(), &folder.path().join("screen"), &variables) else {
        return;
    };
    ask_on_a_terminal(screen);
}

#[test]
fn fish_completes() {
    let folder = with_files();
    let Some(fish) = program("fish", "fish") else { return };
    for (line, offers) in OFFERED {
        let ask = format!("source fish; complete -C 'kubeworthy {line}'");
        let output = Command::new(&fish)
            .args(["--no-config", "-c", &ask])
            .current_dir(folder.path())
            .env("PATH", search_path(folder.path()))
            .env("HOME", folder.path())
            .output()
            .expect("fish starts");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = said.lines().filter_map(|line| line.split('\t').next()).collect();
        for offer in *offers {
            assert!(
                words.contains(offer),
                "{line}: {offer} is not in\n{said}{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
}

#[test]
fn scripts_that_hold_everything_know_every_command_and_flag() {
    let help = output(Path::new(PROGRAM), &["help"], Path::new("."));
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty()))
        .collect();
    assert!(commands.len() > 10, "{help}");
    for shell in ["elvish", "powershell"] {
        let script = output(Path::new(PROGRAM), &["completion", shell], Path::new("."));
        for command in &commands {
            assert!(script.contains(&format!("kubeworthy;{command}'")), "{shell}: {command}");
        }
        for flag in ["--watch", "--fail-on", "--shard", "--no-ignores"] {
            assert!(script.contains(flag), "{shell}: {flag}");
        }
    }
    let Some(elvish) = program("elvish", "elvish") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let script = output(Path::new(PROGRAM), &["completion", "elvish"], folder.path());
    fs::write(folder.path().join("script.elv"), script).expect("written");
    let compiled =
        Command::new(elvish).args(["-compileonly", "script.elv"]).current_dir(folder.path()).output().expect("elvish");
    let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
    // The editor is there in a terminal alone; everything else has to be known.
    let unknown = said.lines().any(|line| line.contains("error") && !line.contains("edit"));
    assert!(!unknown, "{said}");
}
