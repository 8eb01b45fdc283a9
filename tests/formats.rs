//! Formats for programs: each held against its published schema over all fixtures, the corpus, a live snapshot, nothing at
//! all and names made to do harm; and each within the limits of those who read it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may fail and print"
)]

#[path = "support/hostile_names.rs"]
mod hostile_names;
#[path = "support/published_formats.rs"]
mod published_formats;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use clap::ValueEnum as _;
use jsonschema::Validator;
use kubeworthy::assessment::{Assessment, Verdict};
use kubeworthy::limits::Limits;
use kubeworthy::report::{Format, Layout, render};
use kubeworthy::text::SourceId;
use kubeworthy::text::sanitize::is_unsafe;
use kubeworthy::yaml::{Dialect, Node, Scalar, parse_documents};
use published_formats::{errors, rows, sarif, shipped, xml_validator};
use serde_json::Value;

/// The word that stands in every secret of the fixtures.
const CANARY: &str = "CANARY-7f3a9-do-not-print";

/// Formats for programs.
const FORMATS: [Format; 8] = [
    Format::Json,
    Format::Yaml,
    Format::Csv,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Rdjson,
];

/// An assessment and what it is one of.
type Case = (String, Assessment);

/// Every fixture, all of them together, nothing, and hostile names.
static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let kit = support::kit();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders: Vec<PathBuf> = folders_in(&fixtures);
    folders.extend(folders_in(&fixtures.join("cases")));
    folders.push(fixtures);
    let mut cases: Vec<Case> = folders
        .into_iter()
        .map(|folder| (folder.display().to_string(), support::assess_paths(&[folder], &kit)))
        .collect();
    cases.push(("nothing".to_owned(), support::assess_paths(&[], &kit)));
    cases.push(("hostile names".to_owned(), HOSTILE.clone()));
    cases
});

static HOSTILE: LazyLock<Assessment> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let files = hostile_names::write(folder.path());
    let assessment = support::assess_paths(&[folder.path().to_owned()], &support::kit());
    assert!(assessment.inputs.files >= files.len() - 1, "{:?}", assessment.inputs.skipped);
    assert!(assessment.systems.len() > 20 && assessment.estate.workloads > 100, "{}", assessment.estate.workloads);
    assert!(assessment.estate.findings.len() > 20);
    assessment
});

/// Flips are not sought where no format shows them, which must not be seen in those that do not.
#[test]
fn formats_that_show_no_flips_need_none() {
    for (name, assessment) in CASES.iter() {
        let mut without = assessment.clone();
        without.estate.flips.clear();
        without.systems.iter_mut().for_each(|system| system.flips.clear());
        let layout = Layout::default();
        for format in Format::value_variants().iter().filter(|format| !format.shows_flips()) {
            assert_eq!(render(assessment, *format, layout), render(&without, *format, layout), "{name}: {format:?}");
        }
    }
    assert!(CASES.iter().any(|(_, assessment)| !assessment.estate.flips.is_empty()));
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn rendered(assessment: &Assessment, format: Format) -> String {
    render(assessment, format, Layout::default())
}

fn parsed(assessment: &Assessment, format: Format) -> Value {
    serde_json::from_str(&rendered(assessment, format)).unwrap_or_else(|error| panic!("{format:?}: {error}"))
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a schema")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

/// What holds of every SARIF file beyond its schema.
fn is_sound_sarif(label: &str, value: &Value) {
    let run = &value["runs"][0];
    let (rules, results) = (list(&run["tool"]["driver"]["rules"]), list(&run["results"]));
    assert!(run["results"].is_array(), "{label}: the list of results is there, even when it is empty");
    assert!(results.len() <= 25_000, "{label}: {}", results.len());
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert!(!text(&run["automationDetails"]["id"]).is_empty());
    let codes: Vec<&str> = rules.iter().map(|rule| text(&rule["id"])).collect();
    let named: BTreeSet<&str> = results.iter().map(|result| text(&result["ruleId"])).collect();
    assert_eq!(codes, named.into_iter().collect::<Vec<_>>(), "{label}: the rules are those that results name");
    for rule in rules {
        assert!(list(&rule["properties"]["tags"]).len() <= 10, "{label}: {rule}");
        for description in ["shortDescription", "fullDescription"] {
            let length = text(&rule[description]["text"]).chars().count();
            assert!((1..=1024).contains(&length), "{label}: {rule}");
        }
        assert!(!text(&rule["help"]["text"]).is_empty() && !text(&rule["help"]["markdown"]).is_empty());
    }
    let mut fingerprints = BTreeSet::new();
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"], "{label}");
        assert!(matches!(text(&result["level"]), "note" | "warning"), "{label}: an assessment fails nothing");
        let message = text(&result["message"]["text"]);
        assert!(message.ends_with(['.', '!', '?', '…']), "{label}: {message:?}");
        let related = list(&result["relatedLocations"]);
        assert!(related.len() <= 100, "{label}: {}", related.len());
        links_lead_to_places(message, related.len());
        assert_eq!(list(&result["locations"]).len(), 1, "{label}");
        for place in list(&result["locations"]).iter().chain(related) {
            is_sound_place(label, &place["physicalLocation"]);
        }
        for key in ["primaryLocationLineHash", "kubeworthyResult/v1"] {
            let fingerprint = text(&result["partialFingerprints"][key]);
            assert!(fingerprints.insert((key, fingerprint)), "{label}: {fingerprint} is there twice");
        }
    }
}

fn is_sound_place(label: &str, place: &Value) {
    let uri = text(&place["artifactLocation"]["uri"]);
    assert!(!uri.is_empty() && uri.is_ascii() && !uri.contains(['\\', ' ', '?', '#', '<', '"']), "{label}: {uri}");
    let is_below = place["artifactLocation"]["uriBaseId"] == "%SRCROOT%";
    assert_eq!(is_below, !uri.starts_with("file:///") && !uri.starts_with("../"), "{label}: {uri}");
    let region = &place["region"];
    let number = |key: &str| region[key].as_u64();
    let start = (number("startLine").expect("a line"), number("startColumn").expect("a column"));
    assert!(start.0 >= 1 && start.1 >= 1, "{label}: {place}");
    if let (Some(line), Some(column)) = (number("endLine"), number("endColumn")) {
        assert!((line, column) > start, "{label}: {place}");
    }
}

/// Every unescaped link of a message leads to one of its places, so that no name of somebody's is a link.
fn links_lead_to_places(message: &str, places: usize) {
    let mut escaped = false;
    for (at, character) in message.char_indices() {
        if character == ']' && !escaped && message[at..].starts_with("](") {
            let target = message[at + 2..].split(')').next().expect("a target");
            assert!(target.parse::<usize>().is_ok_and(|target| target < places), "{message:?}");
        }
        escaped = character == '\\' && !escaped;
    }
}

/// The kinds, properties and messages of annotations, undone as a runner does it.
fn annotations(label: &str, output: &str) -> Vec<(String, BTreeMap<String, String>, String)> {
    let undo = |text: &str| {
        [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
            .iter()
            .fold(text.to_owned(), |text, (code, meant)| text.replace(code, meant))
    };
    let command = |line: &str| {
        let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("{label}: {line:?} is no command"));
        let (head, message) = rest.split_once("::").expect("a message");
        let (kind, properties) = head.split_once(' ').expect("properties");
        let properties = properties.split(',').map(|property| {
            let (name, value) = property.split_once('=').unwrap_or_else(|| panic!("{label}: {property:?}"));
            (name.to_owned(), undo(value))
        });
        assert!(!message.is_empty(), "{label}: {line:?}");
        (kind.to_owned(), properties.collect(), undo(message))
    };
    output.split_terminator('\n').map(command).collect()
}

fn are_sound_annotations(label: &str, output: &str) {
    let all = annotations(label, output);
    for kind in ["notice", "warning"] {
        assert!(all.iter().filter(|(each, ..)| each == kind).count() <= 10, "{label}: {kind}");
    }
    let known = ["file", "line", "endLine", "col", "endColumn", "title"];
    for (kind, properties, _) in &all {
        assert!(matches!(kind.as_str(), "notice" | "warning"), "{label}: {kind}");
        assert!(properties.keys().all(|name| known.contains(&name.as_str())), "{label}: {properties:?}");
        assert!(properties.contains_key("title"), "{label}: {properties:?}");
        if properties.contains_key("col") {
            assert_eq!(properties["line"], properties["endLine"], "{label}: columns are those of one line");
        }
    }
}

fn is_sound_gitlab(label: &str, value: &Value) {
    let fingerprints: BTreeSet<&str> = list(value).iter().map(|issue| text(&issue["fingerprint"])).collect();
    assert_eq!(fingerprints.len(), list(value).len(), "{label}: GitLab shows one of several with the same fingerprint");
    for issue in list(value) {
        assert!(matches!(text(&issue["severity"]), "info" | "minor"), "{label}: {issue}");
    }
}

fn is_sound_junit(label: &str, xml: &str, assessment: &Assessment) {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{label}: {error}"));
    let elements = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    assert_eq!(elements("testcase").count(), assessment.systems.len(), "{label}");
    assert_eq!(elements("failure").count() + elements("error").count(), 0, "{label}: an assessment fails nothing");
    let inconclusive = assessment.systems.iter().filter(|system| system.verdict == Verdict::Inconclusive).count();
    assert_eq!(elements("skipped").count(), inconclusive, "{label}");
    let suite = elements("testsuite").next().expect("a suite");
    assert_eq!(suite.attribute("tests"), Some(assessment.systems.len().to_string().as_str()), "{label}");
    assert_eq!(suite.attribute("skipped"), Some(inconclusive.to_string().as_str()), "{label}");
    let known = ["testsuites", "testsuite", "properties", "property", "testcase", "skipped", "system-out"];
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&node.tag_name().name()), "{label}: {:?}", node.tag_name());
    }
}

fn is_sound_csv(label: &str, table: &str, assessment: &Assessment) {
    let rows = rows(table);
    assert_eq!(rows.len(), assessment.systems.len() + 2, "{label}");
    assert_eq!(rows[0][..4], ["system", "name", "kind", "verdict"]);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{label}: {row:?}");
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{label}: {cell:?}");
        }
    }
    let number = |cell: &String| cell.parse::<f64>().unwrap_or_else(|_| panic!("{label}: {cell:?} is no number"));
    for (row, system) in rows[1..].iter().zip([&assessment.estate].into_iter().chain(&assessment.systems)) {
        assert_eq!(row[3], system.verdict.id(), "{label}");
        assert!((number(&row[4]) - system.need.score).abs() < 0.051, "{label}: {row:?}");
    }
}

/// A node as JSON, by our own reader of YAML.
fn read(node: Node<'_>) -> Value {
    if node.is_mapping() {
        let entries = node.written_entries().map(|(key, value)| (key.text().expect("a key").to_owned(), read(value)));
        return Value::Object(entries.collect());
    }
    if node.is_sequence() {
        return Value::Array(node.items().map(read).collect());
    }
    match node.scalar(Dialect::Kubernetes) {
        Some(Scalar::Text(text)) => Value::String(text.to_owned()),
        Some(Scalar::Boolean(value)) => Value::Bool(value),
        Some(Scalar::Integer(value)) => value.into(),
        Some(Scalar::Large(value)) => value.into(),
        Some(Scalar::Float(value)) => value.into(),
        Some(Scalar::Null) => Value::Null,
        None => panic!("{:?} is nothing", node.text()),
    }
}

/// Everything that is held of one case. Gives JUnit's file, to be held against its schema with all others.
fn hold(label: &str, assessment: &Assessment, schemas: &[(Format, Validator)]) -> String {
    let outputs: BTreeMap<String, String> =
        FORMATS.iter().map(|format| (format!("{format:?}"), rendered(assessment, *format))).collect();
    for (format, output) in &outputs {
        assert!(!output.contains(CANARY), "{label}: {format} shows a secret");
    }
    let value = |format: Format| -> Value {
        serde_json::from_str(&outputs[&format!("{format:?}")]).unwrap_or_else(|error| panic!("{label}: {error}"))
    };
    for (format, schema) in schemas {
        let wrong = errors(schema, &value(*format));
        assert!(wrong.is_empty(), "{label}: {format:?}: {wrong:?}");
    }
    is_sound_sarif(label, &value(Format::Sarif));
    is_sound_gitlab(label, &value(Format::Gitlab));
    is_sound_rdjson(label, &value(Format::Rdjson));
    are_sound_annotations(label, &outputs["Github"]);
    is_sound_junit(label, &outputs["Junit"], assessment);
    is_sound_csv(label, &outputs["Csv"], assessment);
    outputs["Junit"].clone()
}

fn is_sound_rdjson(label: &str, value: &Value) {
    for diagnostic in list(&value["diagnostics"]) {
        let range = &diagnostic["location"]["range"];
        let at = |end: &str| (range[end]["line"].as_u64().expect("a line"), range[end]["column"].as_u64());
        assert!(at("start").0 >= 1 && at("start") <= at("end"), "{label}: {diagnostic}");
        assert_eq!(at("start").1.is_some(), at("end").1.is_some(), "{label}: {diagnostic}");
    }
}

fn hold_all<'c>(cases: impl Iterator<Item = (&'c str, Assessment)>) -> usize {
    let own = [
        (Format::Gitlab, shipped("gitlab-code-quality.json")),
        (Format::Rdjson, shipped("reviewdog-diagnostic-result.json")),
    ];
    let schemas: Vec<(Format, Validator)> = sarif()
        .map(|schema| (Format::Sarif, schema))
        .into_iter()
        .chain(own)
        .map(|(format, schema)| (format, validator(&schema)))
        .collect();
    for (format, schema) in &schemas {
        assert!(!errors(schema, &serde_json::json!([{"diagnostics": 1}])).is_empty(), "{format:?} refuses nothing");
    }
    let suites: Vec<String> = cases.map(|(label, assessment)| hold(label, &assessment, &schemas)).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    if let Some((program, arguments)) = xml_validator() {
        let validate = |files: &[PathBuf]| {
            Command::new(&program).args(&arguments).args(files).output().expect("the validator starts")
        };
        let wrong = suites[0].replace("<testsuite name", "<testsuite unknown");
        assert!(!validate(&[write("wrong.xml", &wrong)]).status.success(), "the validator refuses nothing");
        let files: Vec<PathBuf> =
            suites.iter().enumerate().map(|(number, suite)| write(&format!("{number}.xml"), suite)).collect();
        let output = validate(&files);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    suites.len()
}

#[test]
fn the_same_assessment_gives_the_same_bytes() {
    for format in FORMATS {
        assert!(rendered(&HOSTILE, format) == rendered(&HOSTILE, format), "{format:?}");
    }
}

#[test]
fn every_format_fits_its_schema_for_every_fixture() {
    let held = hold_all(CASES.iter().map(|(label, assessment)| (label.as_str(), assessment.clone())));
    assert!(held > 25, "{held}");
}

#[test]
fn every_format_fits_its_schema_for_the_corpus() {
    let Some(corpus) = support::corpus() else { return };
    let kit = support::kit();
    let systems = support::labelled_systems(&corpus);
    let each = systems.iter().map(|system| (system.id.as_str(), support::assess_paths(&system.files, &kit)));
    let all = std::iter::once_with(|| ("the corpus", support::assess_paths(&[corpus.join("files")], &kit)));
    assert!(hold_all(each.chain(all)) > 90);
}

#[test]
fn yaml_says_what_json_says() {
    for (label, assessment) in &*CASES {
        let json = parsed(assessment, Format::Json);
        let yaml = rendered(assessment, Format::Yaml);
        let documents = parse_documents(SourceId(0), &Arc::from(yaml.as_str()), &Limits::default());
        assert_eq!(documents.len(), 1, "{label}");
        let tree = documents[0].as_ref().unwrap_or_else(|error| panic!("{label}: {error:?}"));
        let own = read(tree.root().expect("a document"));
        assert!(own == json, "{label}: {}", difference(&own, &json, "").unwrap_or_default());
        let theirs: Value = serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{label}: {error}"));
        assert!(theirs == json, "{label}: {}", difference(&theirs, &json, "").unwrap_or_default());
    }
}

/// Where two values differ.
fn difference(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            keys.into_iter().find_map(|key| match (left.get(key), right.get(key)) {
                (Some(left), Some(right)) => difference(left, right, &format!("{path}.{key}")),
                _ => Some(format!("{path}.{key} is missing")),
            })
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            let mut pairs = left.iter().zip(right).enumerate();
            pairs.find_map(|(index, (left, right))| difference(left, right, &format!("{path}[{index}]")))
        }
        (left, right) => (left != right).then(|| format!("{path}: {left} against {right}")),
    }
}

#[test]
fn hostile_names_do_nothing_in_formats_for_programs() {
    let assessment = &*HOSTILE;
    for format in FORMATS {
        let output = rendered(assessment, format);
        let is_harmful = |character: char| match character {
            '\n' => false,
            // A table ends its lines with both, and keeps tabs inside of quotes.
            '\r' | '\t' => format != Format::Csv,
            other => is_unsafe(other),
        };
        let harmful = output.char_indices().find(|(_, character)| is_harmful(*character));
        assert!(harmful.is_none(), "{format:?}: {harmful:?}");
    }
    // No line of annotations is anything but an annotation, whatever stands in a name.
    let github = rendered(assessment, Format::Github);
    assert!(github.lines().all(|line| line.starts_with("::notice ") || line.starts_with("::warning ")), "{github}");
    // A message that is shown is a line, and not a long one.
    let sarif = parsed(assessment, Format::Sarif);
    let gitlab = parsed(assessment, Format::Gitlab);
    let messages = list(&sarif["runs"][0]["results"]).iter().map(|result| text(&result["message"]["text"]));
    let messages: Vec<&str> = messages.chain(list(&gitlab).iter().map(|issue| text(&issue["description"]))).collect();
    assert!(messages.len() > 100);
    for message in messages {
        assert!(!message.chars().any(is_unsafe), "{message:?}");
        assert!(message.chars().count() < 10_000, "{}", message.chars().count());
    }
    // Names of files lead where they led.
    let files: BTreeSet<&str> = list(&gitlab).iter().map(|issue| text(&issue["location"]["path"])).collect();
    for name in hostile_names::FILE_NAMES {
        assert!(files.iter().any(|file| file.ends_with(name)), "{name:?}");
    }
    let uris = list(&sarif["runs"][0]["results"])
        .iter()
        .map(|result| text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]));
    assert!(uris.into_iter().any(|uri| uri.ends_with("/a%2Cb%3Ac%250A%3A%3Aerror%3A%3Ax.yaml")));
}

/// The fingerprints of SARIF and GitLab, with the codes that they stand for.
fn fingerprints(assessment: &Assessment) -> BTreeSet<(String, String)> {
    let sarif = parsed(assessment, Format::Sarif);
    let gitlab = parsed(assessment, Format::Gitlab);
    let of_sarif = list(&sarif["runs"][0]["results"])
        .iter()
        .map(|result| (text(&result["ruleId"]), text(&result["partialFingerprints"]["kubeworthyResult/v1"])));
    let of_gitlab = list(&gitlab).iter().map(|issue| (text(&issue["check_name"]), text(&issue["fingerprint"])));
    let owned = |(code, fingerprint): (&str, &str)| (code.to_owned(), fingerprint.to_owned());
    of_sarif.chain(of_gitlab).map(owned).collect()
}

#[test]
fn fingerprints_stay_when_lines_move_and_files_are_shuffled() {
    let kit = support::kit();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for story in ["the-same-shop-twice", "many-teams-one-cluster", "sale-season", "database-quorum"] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(fixtures.join(story)).sort_by_file_name().into_iter().filter_map(Result::ok)
        {
            let path = entry.path();
            let is_input =
                path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("expect.yaml");
            if is_input {
                let target = folder.path().join(path.strip_prefix(&fixtures).expect("below"));
                std::fs::create_dir_all(target.parent().expect("a folder")).expect("the folder");
                std::fs::copy(path, &target).expect("copied");
                files.push(target);
            }
        }
        assert!(!files.is_empty(), "{story}");
        let before = support::assess_paths(&files, &kit);
        let known = fingerprints(&before);
        assert!(known.len() > before.systems.len().min(2), "{story}: {known:?}");
        let reversed: Vec<PathBuf> = files.iter().rev().cloned().collect();
        assert!(fingerprints(&support::assess_paths(&reversed, &kit)) == known, "{story}: shuffled");
        for file in &files {
            let text = std::fs::read_to_string(file).expect("a file");
            std::fs::write(file, format!("# One line more.\n\n\n{text}")).expect("written");
        }
        let after = support::assess_paths(&files, &kit);
        assert!(fingerprints(&after) == known, "{story}: moved");
        assert!(rendered(&after, Format::Gitlab) != rendered(&before, Format::Gitlab), "{story}: lines did move");
    }
}

/// An assessment of so many systems, each with so many findings and a place that has many neighbours.
fn large(systems: usize, findings: usize) -> Assessment {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/the-same-shop-twice/manifests");
    let mut assessment = support::assess_paths(&[fixture], &support::kit());
    assessment.estate.findings.clear();
    let model = assessment.systems[0].clone();
    let finding = model.findings[0].clone();
    assessment.systems = (0..systems)
        .map(|number| {
            let mut system = model.clone();
            system.id = format!("directory:team-{number:05}");
            system.name = format!("team-{number:05}");
            system.findings = (0..findings)
                .map(|of| {
                    let mut finding = finding.clone();
                    for place in &mut finding.evidence {
                        place.file = format!("teams/{number:05}/service-{of:03}.yaml");
                        place.object = Some(format!("Deployment/team-{number:05}/service-{of:03}"));
                    }
                    finding
                })
                .collect();
            system
        })
        .collect();
    if let Some(crowded) = assessment.systems.first_mut().and_then(|system| system.findings.first_mut()) {
        let place = crowded.evidence[0].clone();
        crowded.evidence = (1..=1_500)
            .map(|line| kubeworthy::assessment::Location { line, end_line: line, ..place.clone() })
            .collect();
    }
    assessment
}

#[test]
fn formats_keep_within_the_limits_of_those_who_read_them() {
    let assessment = large(4_000, 7);
    let output = rendered(&assessment, Format::Sarif);
    let value: Value = serde_json::from_str(&output).expect("JSON");
    is_sound_sarif("large", &value);
    let results = list(&value["runs"][0]["results"]);
    assert_eq!(results.len(), 25_000, "as many as there may be");
    // What is cut is what weighs least: every verdict is there.
    assert_eq!(results.iter().filter(|result| result["ruleId"] == "KW000").count(), 4_000);
    let said = list(&value["runs"][0]["invocations"][0]["toolExecutionNotifications"]);
    let says = |words: &str| said.iter().any(|each| text(&each["message"]["text"]).contains(words));
    assert!(says("7000 of 32000 results are left out"), "{said:?}");
    assert!(says("1 result has more than 100 places"), "{said:?}");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(output.as_bytes()).expect("packed");
    let size = packed.finish().expect("packed").len();
    assert!(size < 10_000_000, "{size} bytes of gzip");
    let github = rendered(&assessment, Format::Github);
    are_sound_annotations("large", &github);
    assert!(github.contains("::notice title=kubeworthy::3992 more notices"), "{github}");
    assert!(github.contains("::warning title=kubeworthy::27991 more warnings"), "{github}");
    is_sound_gitlab("large", &parsed(&assessment, Format::Gitlab));
    is_sound_csv("large", &rendered(&assessment, Format::Csv), &assessment);
}

#[test]
fn texts_that_do_not_pack_stay_within_the_limit_too() {
    // Every message differs in a way that nothing can pack.
    let mut assessment = large(2_000, 10);
    let mut state = 1u64;
    let mut random = || -> String {
        let mut text = String::new();
        for _ in 0..900 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(char::from_digit((state >> 33) as u32 % 36, 36).expect("a digit"));
        }
        text
    };
    for finding in assessment.systems.iter_mut().flat_map(|system| &mut system.findings) {
        finding.message = kubeworthy::language::Prose::name(random());
    }
    let output = rendered(&assessment, Format::Sarif);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(output.as_bytes()).expect("packed");
    let size = packed.finish().expect("packed").len();
    assert!(size < 10_000_000, "{size} bytes of gzip");
    assert!(output.contains("results are left out"));
}

#[test]
fn what_stands_in_no_file_is_said_and_not_placed() {
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop-on-a-cluster");
    let assessment = support::assess_paths(&[snapshot], &support::kit());
    assert!(assessment.systems.len() > 1 && !assessment.estate.findings.is_empty());
    let sarif = parsed(&assessment, Format::Sarif);
    let run = &sarif["runs"][0];
    assert!(list(&run["results"]).is_empty(), "code scanning refuses a file with a result that has no place");
    let said = list(&run["invocations"][0]["toolExecutionNotifications"]);
    assert!(said.iter().any(|each| text(&each["message"]["text"]).contains("in no file")), "{said:?}");
    assert_eq!(run["properties"]["estate"]["verdict"], assessment.estate.verdict.id());
    assert_eq!(rendered(&assessment, Format::Gitlab), "[]\n");
    // A workflow has annotations without a file.
    let github = annotations("live", &rendered(&assessment, Format::Github));
    assert!(github.len() > assessment.systems.len() && github.iter().all(|(_, all, _)| !all.contains_key("file")));
    // What a program reads has a row and a test case for each system.
    assert_eq!(rows(&rendered(&assessment, Format::Csv)).len(), assessment.systems.len() + 2);
}

#[test]
fn each_system_has_one_verdict_at_its_first_workload() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/the-same-shop-twice");
    let assessment = support::assess_paths(&[fixture], &support::kit());
    let anchors: Vec<(&str, u32)> = assessment
        .systems
        .iter()
        .map(|system| system.anchor.as_ref().expect("a place"))
        .map(|place| (place.file.rsplit("the-same-shop-twice/").next().expect("a name"), place.line))
        .collect();
    assert_eq!(anchors, [("compose/compose.yaml", 3), ("manifests/api.yaml", 4)]);
    let sarif = parsed(&assessment, Format::Sarif);
    let verdicts: Vec<&str> = list(&sarif["runs"][0]["results"])
        .iter()
        .filter(|result| result["ruleId"] == "KW000")
        .map(|result| text(&result["message"]["text"]))
        .collect();
    assert_eq!(verdicts.len(), 2);
    assert!(verdicts[1].contains("is needless: need 15 of 100, between 0 and 15, confidence"), "{}", verdicts[1]);
    assert!(verdicts[1].contains("[15 points: db keeps data on a volume](0)"), "{}", verdicts[1]);
}

#[test]
fn an_empty_report_is_a_report() {
    let assessment = support::assess_paths(&[], &support::kit());
    let sarif = parsed(&assessment, Format::Sarif);
    assert_eq!(sarif["runs"][0]["results"], Value::Array(Vec::new()));
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"], Value::Array(Vec::new()));
    assert_eq!(rendered(&assessment, Format::Gitlab), "[]\n");
    assert_eq!(rendered(&assessment, Format::Github), "");
    assert_eq!(rows(&rendered(&assessment, Format::Csv)).len(), 2, "the header and the estate");
}

#[test]
fn what_was_not_read_is_told() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/broken-neighbours");
    let assessment = support::assess_paths(&[fixture], &support::kit());
    assert!(!assessment.inputs.not_understood.is_empty());
    let sarif = parsed(&assessment, Format::Sarif);
    let said = list(&sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"]);
    for entry in &assessment.inputs.not_understood {
        let is_it = |each: &&Value| text(&each["message"]["text"]).contains("was not understood");
        assert!(
            said.iter().filter(is_it).any(|each| {
                let place = &each["locations"][0]["physicalLocation"];
                text(&place["artifactLocation"]["uri"]).ends_with(entry.file.rsplit('/').next().expect("a name"))
                    && place["region"]["startLine"].as_u64() == entry.line.map(u64::from)
            }),
            "{entry:?}"
        );
    }
}
