//! Decision records and Markdown pages: their form, their files, templates, and names that would be more than names.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use kubeworthy::assessment::{Assessment, Verdict};
use kubeworthy::report::adr::{BUILT_IN, FIELDS, Wish, write};
use kubeworthy::report::{Format, Layout, Verbosity, render};
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn assessed(name: &str) -> Assessment {
    support::assess_paths(&[fixture(name)], &support::kit())
}

fn run(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubeworthy"));
    command.args(words).current_dir(folder).env("NO_COLOR", "1").env("SOURCE_DATE_EPOCH", "1795651200");
    command.env("KUBECONFIG", "/dev/null").output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

/// GitHub's reader.
fn github<'a>() -> Options<'a> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    // Pages show the front matter as the YAML that it is; that it is YAML is tested elsewhere.
    options.extension.front_matter_delimiter = Some("---".to_owned());
    options
}

/// The headings with their levels.
fn headings(markdown: &str) -> Vec<(u8, String)> {
    let mut is_code = false;
    let lines = markdown.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code
    });
    lines
        .filter_map(|line| {
            let level = line.len() - line.trim_start_matches('#').len();
            let title = line[level..].strip_prefix(' ')?;
            (1..=6).contains(&level).then(|| (level as u8, title.to_owned()))
        })
        .collect()
}

/// MADR's headings in their order.
const MADR: [&str; 9] = [
    "Context and Problem Statement",
    "Decision Drivers",
    "Considered Options",
    "Decision Outcome",
    "Consequences",
    "Confirmation",
    "Pros and Cons of the Options",
    "More Information",
    "",
];

fn assert_is_madr(record: &str, what: &str) {
    let (front, body) = record.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).expect("front matter");
    let front: serde_yaml::Value = serde_yaml::from_str(front).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(front["status"], "proposed", "{what}");
    assert!(front["date"].is_null() || front["date"].as_str().is_some_and(|date| date.len() == 10), "{what}");
    for key in ["decision-makers", "consulted", "informed"] {
        assert!(front[key].is_sequence(), "{what}: {key}");
    }
    let all = headings(body);
    assert_eq!(all.iter().filter(|(level, _)| *level == 1).count(), 1, "{what}: one title");
    let known: Vec<&str> = all.iter().map(|(_, title)| title.as_str()).filter(|title| MADR.contains(title)).collect();
    assert_eq!(known, MADR[..8], "{what}: MADR's headings in order");
    let level = |title: &str| all.iter().find(|(_, one)| one == title).map(|(level, _)| *level);
    assert_eq!((level("Consequences"), level("Confirmation"), level("More Information")), (Some(3), Some(3), Some(2)));
    // The options of the list are those that are weighed, each with good and bad.
    let section = |from: &str, to: &str| {
        let start = body.find(from).unwrap_or_else(|| panic!("{what}: {from}")) + from.len();
        body[start..start + body[start..].find(to).expect("what follows")].to_owned()
    };
    let listed: Vec<String> = section("\n## Considered Options\n", "\n## Decision Outcome")
        .lines()
        .filter_map(|line| line.strip_prefix("* ").map(str::to_owned))
        .collect();
    assert!((1..=5).contains(&listed.len()), "{what}: {listed:?}");
    let weighed = section("\n## Pros and Cons of the Options\n", "\n## More Information");
    let parts: Vec<&str> = weighed.split("\n### ").skip(1).collect();
    assert_eq!(parts.iter().map(|part| part.lines().next().unwrap_or_default()).collect::<Vec<_>>(), listed, "{what}");
    for part in parts {
        for kind in ["* Good, because ", "* Bad, because "] {
            assert!(part.contains(kind), "{what}: {kind} is missing: {part}");
        }
        for line in part.lines().filter(|line| line.starts_with("* ")) {
            let is_known = ["* Good, because ", "* Neutral, because ", "* Bad, because "].iter();
            assert!(
                is_known.clone().any(|kind| line.starts_with(kind) && line.len() > kind.len() + 5),
                "{what}: {line}"
            );
        }
    }
    let consequences = section("\n### Consequences\n", "\n### Confirmation");
    assert!(consequences.lines().any(|line| line.contains(", because ")), "{what}");
    assert!(section("\n### Confirmation\n", "\n## Pros").contains("kubeworthy check"), "{what}");
}

#[test]
fn every_story_has_a_record_in_the_form_of_madr() {
    let kit = support::kit();
    let mut seen = 0;
    for entry in std::fs::read_dir(fixture("")).expect("the stories").flatten() {
        if !entry.path().is_dir() || entry.file_name() == "cases" || entry.file_name() == "ladder" {
            continue;
        }
        let assessment = support::assess_paths(&[entry.path()], &kit);
        let what = entry.file_name().to_string_lossy().into_owned();
        let layout = Layout::default();
        let record = render(&assessment, Format::Adr, layout);
        assert_is_madr(&record, &what);
        let subject = if assessment.systems.len() == 1 { &assessment.systems[0] } else { &assessment.estate };
        let chooses = record.contains("Chosen option: \"");
        if subject.verdict == Verdict::Inconclusive {
            assert!(!chooses && record.contains("To be found out first:"), "{what}");
        } else {
            assert_eq!(chooses, subject.suggested.is_some(), "{what}");
        }
        if let Some(fit) = subject.targets.iter().find(|fit| Some(&fit.id) == subject.suggested.as_ref())
            && chooses
        {
            assert!(record.contains(&format!("Chosen option: \"{}\", because ", fit.name)), "{what}");
        }
        for system in &assessment.systems {
            let wish = Wish { system: Some(system), ..Wish::default() };
            assert_is_madr(&write(&assessment, &wish, BUILT_IN, layout).expect("a record").text, &system.id);
        }
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn the_corpus_has_records_and_pages() {
    let Some(corpus) = support::corpus() else { return };
    let kit = support::kit();
    for system in support::labelled_systems(&corpus) {
        let assessment = support::assess_paths(&system.files, &kit);
        assert_is_madr(&render(&assessment, Format::Adr, Layout::default()), &system.id);
        let page = render(&assessment, Format::Markdown, Layout::default());
        assert!(page.len() <= 60_000 && page.starts_with("## "), "{}: {}", system.id, page.len());
    }
    let whole = support::assess_paths(&[corpus], &kit);
    for verbosity in [Verbosity::Quiet, Verbosity::Normal, Verbosity::Verbose] {
        let page = render(&whole, Format::Markdown, Layout { verbosity, ..Layout::default() });
        assert!(page.len() <= 60_000, "{verbosity:?}: {}", page.len());
        assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
        assert!(verbosity == Verbosity::Quiet || page.contains("more"), "what has no room is counted");
    }
    assert_is_madr(&render(&whole, Format::Adr, Layout::default()), "the whole corpus");
}

#[test]
fn records_are_numbered_and_never_written_over() {
    let place = folder();
    let story = fixture("one-vm-blog").display().to_string();
    let write = |words: &[&str]| {
        let output = run(place.path(), &[&["adr", &story], words].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
    };
    let names = |folder: &str| {
        let mut names: Vec<String> = std::fs::read_dir(place.path().join(folder))
            .expect("the folder")
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    write(&["--title", "Where the blog runs"]);
    write(&["--title", "Where the blog runs"]);
    assert_eq!(names("docs/decisions"), ["0001-where-the-blog-runs.md", "0002-where-the-blog-runs.md"]);
    std::fs::create_dir_all(place.path().join("theirs")).expect("a folder");
    for name in ["007-theirs.md", "20260101-a-day.md", "README.md"] {
        std::fs::write(place.path().join("theirs").join(name), "theirs").expect("written");
    }
    write(&["--out", "theirs", "--title", "Ours"]);
    assert_eq!(names("theirs"), ["007-theirs.md", "008-ours.md", "20260101-a-day.md", "README.md"]);
    assert_eq!(std::fs::read_to_string(place.path().join("theirs/007-theirs.md")).expect("theirs"), "theirs");
    // The first folder that is there is taken.
    let other = folder();
    std::fs::create_dir_all(other.path().join("doc/adr")).expect("a folder");
    let output = run(other.path(), &["adr", &story]);
    assert!(text(&output.stderr).contains("doc/adr/0001-"), "{}", text(&output.stderr));
    // To standard output, nothing is written.
    let third = folder();
    let output = run(third.path(), &["adr", &story, "--print"]);
    assert_is_madr(&text(&output.stdout), "printed");
    assert!(text(&output.stdout).contains("date: 2026-11-26"), "{}", text(&output.stdout));
    assert_eq!(std::fs::read_dir(third.path()).expect("the folder").count(), 0);
}

#[test]
fn runs_at_once_get_numbers_of_their_own() {
    const RUNS: usize = 12;
    let place = folder();
    let story = fixture("one-vm-blog").display().to_string();
    std::thread::scope(|scope| {
        for n in 0..RUNS {
            let (place, story) = (place.path(), story.as_str());
            scope.spawn(move || {
                let title = format!("Title {}", n % 3);
                let output = run(place, &["adr", story, "--out", "adr", "--title", &title, "-q"]);
                assert!(output.status.success(), "{}", text(&output.stderr));
            });
        }
    });
    let mut numbers: Vec<String> = std::fs::read_dir(place.path().join("adr"))
        .expect("the folder")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy()[..4].to_owned())
        .collect();
    numbers.sort();
    let expected: Vec<String> = (1..=RUNS).map(|n| format!("{n:04}")).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn templates_are_ones_own_and_mistakes_have_positions() {
    let place = folder();
    let story = fixture("one-vm-blog").display().to_string();
    let with = |template: &str| {
        std::fs::write(place.path().join("t.md"), template).expect("written");
        let output = run(place.path(), &["adr", &story, "--print", "-q", "--template", "t.md"]);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, _) = with(
        "# {{ title }}\n{% for option in options %}\n- {{ option.name }}{% if option.is_chosen %} (chosen){% endif %}\n\
         {% endfor %}\n",
    );
    assert_eq!(code, Some(0));
    assert!(out.contains("- Docker Compose on one host (chosen)\n- "), "{out}");
    for (template, position, help) in [
        ("# {{ title }}\n\n{{ sytem.name }}\n", "t.md:3:4", "did you mean `system`?"),
        ("{% if false %}\n  {{ chosn }}\n{% endif %}\n", "t.md:2:6", "did you mean `chosen`?"),
        ("a\n{% for d in drivers %}\n  é {{ d.txet }}\n{% endfor %}\n", "t.md:3:", "did you mean `text`?"),
        ("{{ system.nmae }}\n", "t.md:1:", "did you mean `name`?"),
        ("x\n{% for d in drivers %}\n", "t.md:", "docs/decision-records.md"),
        ("x\n{{ title|shout }}\n", "t.md:2:", "docs/decision-records.md"),
        ("{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor %}", "t.md:1:", "look for a loop"),
    ] {
        let (code, out, err) = with(template);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{template}: {err}");
        assert!(err.contains(position) && err.contains(help), "{template}: {err}");
    }
    let missing = run(place.path(), &["adr", &story, "--template", "none.md"]);
    assert_eq!(missing.status.code(), Some(2));
    let built_in = run(place.path(), &["adr", "--print-template"]);
    assert_eq!(text(&built_in.stdout), BUILT_IN);
    let (code, out, _) = with(BUILT_IN);
    assert_eq!(code, Some(0));
    assert_is_madr(&out, "the printed template");
}

#[test]
fn every_name_of_templates_is_documented_and_there() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/decision-records.md"));
    let page = page.expect("the page");
    let assessment = assessed("many-teams-one-cluster");
    for (field, what) in FIELDS {
        assert!(page.contains(&format!("| `{field}` | {what} |")), "docs/decision-records.md lacks `{field}`");
        // A template that uses the name is taken; lists are gone through.
        let mut template = String::new();
        let mut end = String::new();
        let mut prefix = String::new();
        for (depth, part) in field.split('.').enumerate() {
            let name = part.trim_end_matches("[]");
            let whole = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            if part.ends_with("[]") {
                template.push_str(&format!("{{% for v{depth} in {whole} %}}"));
                end.push_str("{% endfor %}");
                prefix = format!("v{depth}");
            } else {
                prefix = whole;
            }
        }
        let template = format!("{template}{{{{ {prefix} }}}}{end}");
        if let Err(error) = write(&assessment, &Wish::default(), &template, Layout::default()) {
            panic!("{template}: {error}");
        }
    }
}

#[test]
fn one_system_of_several_can_be_named() {
    let place = folder();
    let story = fixture("many-teams-one-cluster").display().to_string();
    let assessment = assessed("many-teams-one-cluster");
    let system = &assessment.systems[0];
    for name in [&system.name, &system.id] {
        let output = run(place.path(), &["adr", &story, "--print", "-q", "--system", name]);
        let record = text(&output.stdout);
        assert_is_madr(&record, name);
        assert!(!record.contains("The estate of"), "{record}");
    }
    let output = run(place.path(), &["adr", &story, "--print", "-q", "--system", "nosuch"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("there is no system `nosuch`"));
    let whole = run(place.path(), &["adr", &story, "--print", "-q"]);
    assert!(text(&whole.stdout).contains("The estate of"), "{}", text(&whole.stdout));
}

#[test]
fn in_french_the_headings_stay() {
    let place = folder();
    let story = fixture("one-vm-blog").display().to_string();
    let output = run(place.path(), &["adr", &story, "--print", "-q", "--lang", "fr"]);
    assert_is_madr(&text(&output.stdout), "French");
}

/// Names that would be more than names.
fn hostile() -> Vec<String> {
    [
        "[link](https://evil.example)",
        "![picture](https://evil.example/x.png)",
        "<img src=x onerror=alert(1)>",
        "</summary></details><script>alert(1)</script>",
        "@octocat and @org/team",
        "org/repo#12 GH-34 #56 !78",
        "https://evil.example www.evil.example mail@evil.example",
        "a|b|c \\| d",
        "`code` ``more`` ```block",
        "*bold* _italic_ ~~gone~~",
        "# heading",
        "line\n\n# heading\n\n- [x] done\n---",
        "| cell |\n| --- |",
        "{{ title }} {% for %}",
        "\u{202e}reversed\u{200b}\u{1b}[31mred",
        "[^1]: note [ref]: https://evil.example",
        "$x$ $$y$$",
        "&lt;b&gt; &#64;octocat",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["x".repeat(10_000), format!("@{}", "y".repeat(10_000))])
    .collect()
}

/// The assessment with hostile names wherever somebody's text can stand.
fn poisoned(name: &str) -> Assessment {
    let mut assessment = assessed("many-teams-one-cluster");
    let poison = |system: &mut kubeworthy::assessment::SystemAssessment| {
        system.name = name.to_owned();
        for claim in &mut system.claims {
            claim.message = kubeworthy::language::Prose::name(name);
            for place in &mut claim.evidence {
                place.file = name.to_owned();
                place.object = Some(name.to_owned());
                place.path = name.to_owned();
            }
        }
        for finding in &mut system.findings {
            finding.message = kubeworthy::language::Prose::name(name);
            for place in &mut finding.evidence {
                place.file = name.to_owned();
            }
        }
        for unknown in &mut system.unknowns {
            unknown.question = kubeworthy::language::Prose::name(name);
            unknown.reason = kubeworthy::language::Prose::name(name);
            unknown.raised_by_files = true;
        }
        for flip in &mut system.flips {
            flip.change = kubeworthy::language::Prose::name(name);
        }
        system.statements.push(kubeworthy::assessment::StatementReport {
            key: "subject".to_owned(),
            value: name.to_owned(),
            owner: Some(name.to_owned()),
            date: None,
            source: Some(name.to_owned()),
            evidence: None,
        });
        system.set_aside = vec![name.to_owned()];
        for fit in &mut system.targets {
            if let Some(split) = &mut fit.split {
                split.workloads = vec![name.to_owned()];
            }
        }
    };
    poison(&mut assessment.estate);
    assessment.systems.iter_mut().for_each(poison);
    assessment.inputs.not_understood.push(kubeworthy::assessment::NotUnderstood {
        file: name.to_owned(),
        line: Some(1),
        reason: name.to_owned(),
        kinds: Vec::new(),
    });
    assessment.inputs.gaps.push(kubeworthy::assessment::Gap {
        kind: "detail".to_owned(),
        scope: name.to_owned(),
        reason: kubeworthy::language::Prose::name(name),
    });
    assessment
}

/// What a page is made of: how many of each element, and the text outside of code.
fn elements(markdown: &str) -> (std::collections::BTreeMap<String, usize>, String, String) {
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &github());
    let mut counts = std::collections::BTreeMap::new();
    let (mut text, mut html) = (String::new(), String::new());
    for node in root.descendants() {
        let kind = match &node.data.borrow().value {
            NodeValue::Text(one) => {
                text.push_str(one);
                continue;
            }
            // A span of code is a name, however often.
            NodeValue::Code(_) | NodeValue::SoftBreak | NodeValue::Escaped => continue,
            NodeValue::HtmlBlock(one) => {
                html.push_str(&one.literal);
                "html block".to_owned()
            }
            NodeValue::HtmlInline(one) => {
                html.push_str(one);
                "html".to_owned()
            }
            NodeValue::Link(_) => "link".to_owned(),
            NodeValue::Image(_) => "image".to_owned(),
            NodeValue::Heading(_) => "heading".to_owned(),
            NodeValue::TableCell => "cell".to_owned(),
            NodeValue::TableRow(_) => "row".to_owned(),
            NodeValue::Emph => "emphasis".to_owned(),
            NodeValue::Strong => "strong".to_owned(),
            NodeValue::Strikethrough => "strikethrough".to_owned(),
            NodeValue::CodeBlock(_) => "code block".to_owned(),
            NodeValue::BlockQuote => "quotation".to_owned(),
            NodeValue::ThematicBreak => "line".to_owned(),
            NodeValue::TaskItem(_) => "task".to_owned(),
            NodeValue::FootnoteDefinition(_) => "footnote".to_owned(),
            NodeValue::FootnoteReference(_) => "footnote reference".to_owned(),
            _ => "other".to_owned(),
        };
        *counts.entry(kind).or_default() += 1;
    }
    (counts, text, html)
}

/// Names become nothing that a plain name does not become.
#[test]
fn hostile_names_stay_names() {
    let layout = Layout::default();
    for format in [Format::Markdown, Format::Adr] {
        let (plain, ..) = elements(&render(&poisoned("plain"), format, layout));
        assert!(plain["cell"] > 20 && plain["heading"] > 4, "{plain:?}");
        for name in hostile() {
            let shown: String = name.chars().take(60).collect();
            let page = render(&poisoned(&name), format, layout);
            assert!(page.len() < 200_000, "{shown}: {}", page.len());
            let (found, text, html) = elements(&page);
            // Long names leave less room for what is folded.
            if name.len() < 200 && format == Format::Adr {
                assert_eq!(found, plain, "{format:?}, {shown}: {page}");
            }
            for kind in ["image", "emphasis", "strikethrough", "task", "footnote", "footnote reference", "quotation"] {
                assert_eq!(found.get(kind), plain.get(kind), "{format:?}, {shown}: {kind}");
            }
            assert_eq!(found.get("link").unwrap_or(&0), plain.get("link").unwrap_or(&0), "{format:?}, {shown}");
            for tag in html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()) {
                assert!(["details", "/details", "summary", "/summary", "br"].contains(&tag), "{shown}: <{tag}>");
            }
            assert!(!page.chars().any(|c| c != '\n' && kubeworthy::text::sanitize::is_unsafe(c)), "{shown}");
            // Mentions and references are looked for in the text that the reader makes of it.
            let text =
                format!("{text}{}", html.replace("&#8203;", "\u{200b}").replace("&#124;", "|").replace("&#39;", "'"));
            for (at, _) in text.match_indices('@') {
                assert!(!text[at + 1..].starts_with(char::is_alphanumeric), "{shown}: a mention");
            }
            for (at, _) in text.match_indices('#') {
                assert!(!text[at + 1..].starts_with(|c: char| c.is_ascii_digit()), "{shown}: a reference");
            }
            assert!(!text.contains("GH-3") && !text.contains("://evil") && !text.contains("www.evil"), "{shown}");
        }
    }
}

#[test]
fn a_template_cannot_be_written_by_a_name() {
    let record = render(&poisoned("{{ 7 * 7 }}{% if true %}yes{% endif %}"), Format::Adr, Layout::default());
    assert!(record.contains("{{ 7 \\* 7 }}"), "{record}");
    assert_is_madr(&record, "a name in braces");
}
