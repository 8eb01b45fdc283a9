//! The architecture, held by a test: dependencies point one way, as the table in `docs/architecture.md` says, and what
//! is to stand in one place stands in one place.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file with its path below `src/` and its text.
fn sources() -> Vec<(String, String)> {
    let folder = root().join("src");
    walkdir::WalkDir::new(&folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| {
            let name = entry.path().strip_prefix(&folder).expect("below src").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(entry.path()).expect("a source file"))
        })
        .collect()
}

fn module_of(file: &str) -> String {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs").to_owned()
}

/// The code without its tests and comments.
fn code(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests").unwrap_or(text.len());
    text[..end].lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The modules that a text names by `crate::`; what stands in `lib.rs` itself counts as `lib`.
fn named(text: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or("").split(',').collect(),
            None => vec![rest],
        };
        for name in names {
            let name: String = name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            named.insert(if modules.contains(&name) { name } else { "lib".to_owned() });
        }
    }
    named
}

#[test]
fn dependencies_are_those_of_the_table() {
    let sources = sources();
    let modules: BTreeSet<String> = sources.iter().map(|(file, _)| module_of(file)).collect();
    let page = std::fs::read_to_string(root().join("docs/architecture.md")).expect("the page");
    let table = page.split("## Modules").nth(1).expect("the heading").split("\n## ").next().expect("its text");
    let mut allowed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in table.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let uses = cells[2].split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        allowed.insert(cells[1].to_owned(), uses);
    }
    let listed: BTreeSet<String> = allowed.keys().cloned().collect();
    assert_eq!(listed, modules, "the table lists every module and no other");
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in &sources {
        let module = module_of(file);
        let mut names = named(&code(text), &modules);
        names.remove(&module);
        used.entry(module).or_default().extend(names);
    }
    for (module, uses) in used {
        let allowed = &allowed[&module];
        if allowed.contains("everything") || module == "main" {
            continue;
        }
        assert_eq!(&uses, allowed, "`{module}` uses what the table says");
    }
}

#[test]
fn what_belongs_in_one_place_stands_in_one_place() {
    let only = |word: &str, places: &[&str]| {
        for (file, text) in sources() {
            if code(&text).contains(word) {
                assert!(places.iter().any(|place| file.starts_with(place)), "`{word}` stands in src/{file}");
            }
        }
    };
    only("granit_parser", &["yaml/parse.rs", "yaml/explain.rs"]);
    only("serde_saphyr", &["data/", "report/yaml.rs"]);
    only("std::fs::", &["source/", "command/output.rs"]);
    only("kube::", &["source/cluster/"]);
    only("tokio::", &["source/cluster/", "command/mcp/"]);
    only("rmcp", &["command/mcp/"]);
    only("http::", &["source/cluster/"]);
    only("Request::post", &[]);
    only("std::env::", &["command/"]);
    only(
        "std::time::",
        &[
            "source/render.rs",
            "source/revision.rs",
            "source/tool.rs",
            "source/watch.rs",
            "source/cluster/",
            "command/today.rs",
            "command/live.rs",
        ],
    );
    only("Instant", &["source/tool.rs", "source/cluster/access.rs"]);
    only("SystemTime", &["command/today.rs"]);
    only("std::net", &["source/cluster/proxy.rs"]);
    only("Command::new(", &["source/render.rs", "source/revision.rs", "source/cluster/credentials.rs"]);
    let starting = ["source/render.rs", "source/revision.rs", "source/tool.rs", "source/cluster/credentials.rs"];
    only("std::process::{", &starting);
    only("std::process::Command", &[]);
    only("stdout()", &["command/"]);
    only("stdin()", &["source/", "command/mcp/"]);
    only("notify", &["source/watch.rs"]);
    only("miette", &["command/", "report/snippet.rs"]);
    only("HashMap", &[]);
    only("HashSet", &[]);
    only(".unwrap()", &[]);
    only("println!", &[]);
    only("unsafe {", &[]);
}

#[test]
fn every_module_says_what_it_is() {
    for (file, text) in sources() {
        assert!(text.starts_with("//! "), "src/{file} does not begin with what it is");
        assert!(text.lines().count() <= 700, "src/{file} is longer than 700 lines: it may hold two things");
    }
}

#[test]
fn every_dependency_is_explained() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest");
    let decisions = std::fs::read_to_string(root().join("docs/decisions.md")).expect("the page");
    let mut in_dependencies = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
        } else if in_dependencies && let Some((name, _)) = line.split_once(" = ") {
            assert!(decisions.contains(&format!("`{name}`")), "docs/decisions.md does not say why there is {name}");
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let documents = ["README.md", "CONTRIBUTING.md", "rules/README.md", "fixtures/README.md"];
    let pages = walkdir::WalkDir::new(root().join("docs")).into_iter().filter_map(Result::ok);
    let pages = pages.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "md"));
    for path in documents.iter().map(|name| root().join(name)).chain(pages) {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap_or_default();
            if target.starts_with("http") || target.starts_with('#') {
                continue;
            }
            let target = target.split('#').next().unwrap_or_default();
            let found = path.parent().unwrap_or(Path::new(".")).join(target);
            assert!(found.exists(), "{} links to {target}, which is not there", path.display());
        }
    }
}
