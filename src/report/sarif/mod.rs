//! SARIF 2.1.0, for code scanning, within the limits of GitHub's.

mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Layout;
use super::gate::Answer;
use super::json::escapes;
use super::results::count;
use super::results::{
    LONGEST, Told, VERDICT, VERDICT_NAME, VERDICT_TITLE, leads_out, path_in_tree, results, sentence, short,
};
use crate::assessment::{Assessment, Location, RuleText};
use wire::{
    ArtifactLocation, AutomationDetails, Configuration, Driver, DriverProperties, Estate, Gate, Help, Invocation, Log,
    LogicalLocation, Message, Notification, Outcome, PhysicalLocation, Region, Rule, RuleProperties, Run,
    RunProperties, Tool,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// GitHub takes no more results in a run.
const MOST_RESULTS: usize = 25_000;

/// GitHub shows no more places of a result.
const MOST_PLACES: usize = 100;

/// Places that the message of a verdict links.
const LINKED: usize = 3;

/// Bytes that GitHub takes of a packed report, less what the rules and the frame may be.
const MOST_BYTES: usize = 9_000_000;

/// Notifications about what was not read; the last one counts the rest.
const MOST_NOTIFICATIONS: usize = 100;

/// Characters of the descriptions of a rule that GitHub takes.
const LONGEST_DESCRIPTION: usize = 1024;

/// Renders SARIF 2.1.0, for code scanning.
pub(super) fn render(assessment: &Assessment, _layout: Layout) -> String {
    let all = results(assessment);
    let (told, homeless): (Vec<Told<'_>>, Vec<Told<'_>>) = all.into_iter().partition(|each| each.place.is_some());
    let mut notifications = Vec::new();
    if !homeless.is_empty() {
        let some = count(homeless.len(), "result stands", "results stand");
        let why = "in no file, so that code scanning has no place for it; the JSON report has it";
        notifications.push(notification("note", &format!("{some} {why}."), None));
    }
    let mut bytes = 0;
    let fitting = told
        .iter()
        .take(MOST_RESULTS)
        .take_while(|each| {
            bytes += packed_size(each);
            bytes <= MOST_BYTES
        })
        .count();
    if fitting < told.len() {
        let (left, all) = (told.len() - fitting, told.len());
        let text =
            format!("{left} of {all} results are left out: code scanning takes no more. The JSON report has all.");
        notifications.push(notification("warning", &text, None));
    }
    let told = &told[..fitting];
    let crowded = told.iter().filter(|each| each.others.len() > MOST_PLACES).count();
    if crowded > 0 {
        let some = count(crowded, "result has", "results have");
        let text = format!("{some} more than {MOST_PLACES} places; the others are left out. The JSON report has all.");
        notifications.push(notification("note", &text, None));
    }
    notifications.extend(unread(assessment));
    let rules = rules(assessment, told);
    let index: BTreeMap<&str, usize> =
        rules.iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    let results = told.iter().map(|each| outcome(each, index.get(each.code).copied().unwrap_or_default())).collect();
    escapes::text(&Log { schema: SCHEMA, version: "2.1.0", runs: [run(assessment, notifications, results, rules)] })
}

fn run(assessment: &Assessment, notifications: Vec<Notification>, results: Vec<Outcome>, rules: Vec<Rule>) -> Run {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
    let estate = &assessment.estate;
    Run {
        tool: Tool {
            driver: Driver {
                name: env!("CARGO_PKG_NAME"),
                version: VERSION,
                semantic_version: VERSION,
                information_uri: (!REPOSITORY.is_empty()).then_some(REPOSITORY),
                rules,
                properties: DriverProperties { rules_digest: assessment.rules_digest.clone() },
            },
        },
        automation_details: AutomationDetails { id: "kubeworthy/" },
        invocations: [Invocation { execution_successful: true, tool_execution_notifications: notifications }],
        column_kind: "unicodeCodePoints",
        results,
        properties: RunProperties {
            inputs_digest: assessment.inputs.digest.clone(),
            estate: Estate {
                verdict: estate.verdict.id(),
                need: estate.need.score,
                need_low: estate.need.low,
                need_high: estate.need.high,
                confidence: estate.confidence,
                systems: assessment.systems.len(),
                workloads: estate.workloads,
            },
            gate: assessment.gate.as_ref().map(|gate| Gate {
                passed: Answer::of(assessment, gate) == Answer::Passed,
                answer: Answer::of(assessment, gate).id(),
                fail_on: gate.fail_on.clone(),
                failures: gate.failures.len(),
                known_findings: gate.known_findings,
            }),
        },
    }
}

/// The most bytes that a result takes when it is packed: its frame is that of the others, but texts may be such that nothing
/// packs them, and fingerprints always are.
fn packed_size(told: &Told<'_>) -> usize {
    const FRAME: usize = 120;
    let object = |place: &Location| place.object.as_ref().map_or(0, |object| object.len().min(4 * LONGEST));
    // Encoding makes three characters of a byte.
    let place = |place: &Location| FRAME / 4 + object(place) + place.file.len() * 3 / 2;
    let others = told.others.iter().take(MOST_PLACES).map(|(at, says)| place(at) + says.len().min(4 * LONGEST));
    FRAME + told.message.len() + told.place.map_or(0, place) + others.sum::<usize>()
}

fn outcome(told: &Told<'_>, rule_index: usize) -> Outcome {
    let related = told.others.iter().take(MOST_PLACES).enumerate();
    let fingerprint = &told.fingerprint;
    Outcome {
        rule_id: told.code.to_owned(),
        rule_index,
        level: if told.fails { "error" } else { level(told.is_warning) },
        baseline_state: told.known.map(|known| if known { "unchanged" } else { "new" }),
        message: Message::new(message(told)),
        locations: [location(told.place, None, None)],
        related_locations: related
            .map(|(index, (place, says))| location(Some(place), Some(index), Some(Message::new(literal(&short(says))))))
            .collect(),
        // The first is the one that GitHub looks at.
        partial_fingerprints: BTreeMap::from([
            ("primaryLocationLineHash", format!("{}:1", &fingerprint[..16.min(fingerprint.len())])),
            ("kubeworthyResult/v1", fingerprint.clone()),
        ]),
    }
}

/// What a result says. GitHub shows other places only where the message has a link to them.
fn message(told: &Told<'_>) -> String {
    if !told.is_verdict() || told.others.is_empty() {
        return literal(&told.message);
    }
    let link = |(index, (_, says)): (usize, &(&Location, Cow<'_, str>))| {
        format!("[{}]({index})", bare(says.trim_end_matches('.')))
    };
    let links: Vec<String> = told.others.iter().take(LINKED.min(MOST_PLACES)).enumerate().map(link).collect();
    let rest = told.others.len() - links.len();
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("{} What brings the need: {}{more}.", bare(&told.message), links.join("; "))
}

/// A text without a link or a placeholder, whatever stands around it.
fn bare(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]").replace('{', "{{").replace('}', "}}")
}

fn level(is_warning: bool) -> &'static str {
    if is_warning { "warning" } else { "note" }
}

/// A text in which nothing is a link or a placeholder. Brackets and braces are doubled or escaped only where they would be
/// taken for one, since not every viewer undoes it.
fn literal(text: &str) -> String {
    let text = if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_owned()
    };
    let is_placeholder = |(at, _): (usize, &str)| {
        let inside = text[at + 1..].split('}').next().unwrap_or_default();
        !inside.is_empty() && inside.bytes().all(|byte| byte.is_ascii_digit())
    };
    if text.match_indices('{').any(is_placeholder) { text.replace('{', "{{").replace('}', "}}") } else { text }
}

fn location(place: Option<&Location>, id: Option<usize>, message: Option<Message>) -> wire::Location {
    let object = place.and_then(|place| place.object.as_deref());
    wire::Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: artifact(place.map_or("", |place| place.file.as_str())),
            region: place.map(region),
        },
        logical_locations: object
            .map(|object| LogicalLocation { fully_qualified_name: short(object), kind: "object" })
            .into_iter()
            .collect(),
        message,
    }
}

/// Lines and columns count from 1, and what is highlighted is never empty.
fn region(place: &Location) -> Region {
    let (line, column) = (place.line.max(1), place.column.max(1));
    let ends = place.end_line > line || place.end_line == line && place.end_column > column;
    Region {
        start_line: line,
        start_column: Some(column),
        end_line: ends.then_some(place.end_line),
        end_column: ends.then_some(place.end_column.max(1)),
    }
}

/// The address of a file: below the root of the repository where it is relative, and by itself elsewhere.
fn artifact(file: &str) -> ArtifactLocation {
    let path = path_in_tree(file);
    let encoded = percent_encoded(&path);
    if !leads_out(&path) {
        return ArtifactLocation { uri: encoded, uri_base_id: Some("%SRCROOT%") };
    }
    let uri = if path.starts_with("..") {
        encoded
    } else if path.starts_with('/') {
        format!("file://{encoded}")
    } else {
        format!("file:///{encoded}")
    };
    ArtifactLocation { uri, uri_base_id: None }
}

/// A path as a part of an address: everything but unreserved characters and `/` is encoded.
fn percent_encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// What could not be read.
fn unread(assessment: &Assessment) -> Vec<Notification> {
    let inputs = &assessment.inputs;
    let not_understood = inputs.not_understood.iter().map(|entry| {
        let file = (!leads_nowhere(&entry.file)).then_some((entry.file.as_str(), entry.line));
        notification("warning", &format!("{} was not understood: {}", short(&entry.file), entry.reason), file)
    });
    let gaps = inputs.gaps.iter().map(|gap| {
        notification("note", &format!("{} of {} was not read: {}", gap.kind, short(&gap.scope), gap.reason), None)
    });
    let lists = inputs.clusters.iter().flat_map(|cluster| {
        cluster.gaps.iter().map(|gap| {
            let text =
                format!("{} of cluster {} could not be listed: {}", gap.resource, short(&cluster.name), gap.reason);
            notification("warning", &text, None)
        })
    });
    let mut all: Vec<Notification> = not_understood.chain(lists).chain(gaps).collect();
    if all.len() > MOST_NOTIFICATIONS {
        let left = all.len() - MOST_NOTIFICATIONS;
        all.truncate(MOST_NOTIFICATIONS);
        all.push(notification("warning", &format!("{left} more of what was not read are left out."), None));
    }
    all
}

/// Whether nobody has a file of this name.
fn leads_nowhere(file: &str) -> bool {
    file == crate::text::STANDARD_INPUT || crate::text::is_rendered_name(file) || file.starts_with("cluster ")
}

fn notification(level: &'static str, text: &str, file: Option<(&str, Option<u32>)>) -> Notification {
    let place = |(file, line): (&str, Option<u32>)| wire::Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: artifact(file),
            region: line.map(|line| Region {
                start_line: line.max(1),
                start_column: None,
                end_line: None,
                end_column: None,
            }),
        },
        logical_locations: Vec::new(),
        message: None,
    };
    Notification {
        level,
        message: Message::new(literal(&sentence(text))),
        locations: file.map(place).into_iter().collect(),
    }
}

/// The rules that results name, sorted by code.
fn rules(assessment: &Assessment, told: &[Told<'_>]) -> Vec<Rule> {
    let mut named: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
    for each in told {
        named.entry(each.code).or_insert((each.name, each.is_warning)).1 |= each.is_warning;
    }
    let unknown = |name: &str| RuleText {
        name: name.to_owned(),
        family: String::new(),
        finds: true,
        title: name.to_owned(),
        why: String::new(),
        remedy: String::new(),
        sources: Vec::new(),
        page: None,
    };
    let rule = |(code, (name, is_warning)): (&str, (&str, bool))| {
        if code == VERDICT {
            return rule_of(code, &verdict_text(), is_warning);
        }
        rule_of(code, assessment.rules.get(code).unwrap_or(&unknown(name)), is_warning)
    };
    named.into_iter().map(rule).collect()
}

fn verdict_text() -> RuleText {
    RuleText {
        name: VERDICT_NAME.to_owned(),
        family: String::new(),
        finds: true,
        title: VERDICT_TITLE.to_owned(),
        why: "The need says how much of what a system needs for its availability and its scale would be lost or hard \
              without Kubernetes, from 0 to 100 points. It is no grade: a low need is good news, since something simpler \
              would do."
            .to_owned(),
        remedy: "Look at what brings the need, which is listed with its places, and at what is unknown: each answer \
                 narrows the range. The HTML report and the decision record compare the places to run."
            .to_owned(),
        sources: Vec::new(),
        page: None,
    }
}

fn rule_of(code: &str, text: &RuleText, is_warning: bool) -> Rule {
    let title = within(&text.title, LONGEST_DESCRIPTION);
    let why = if text.why.trim().is_empty() { &text.title } else { &text.why };
    let remedy = if text.remedy.trim().is_empty() { &text.title } else { &text.remedy };
    Rule {
        id: code.to_owned(),
        name: text.name.clone(),
        short_description: Message::new(literal(&title)),
        full_description: Message::new(literal(&within(why.trim(), LONGEST_DESCRIPTION))),
        help_uri: text.page.clone().or_else(|| text.sources.iter().find_map(|(_, address)| address.clone())),
        help: Help { text: help(remedy, &text.sources), markdown: help_in_markdown(why, remedy, &text.sources) },
        default_configuration: Configuration { level: level(is_warning) },
        properties: RuleProperties {
            tags: ["kubernetes"].into_iter().chain(family(code)).collect(),
            severity: if is_warning { "warning" } else { "recommendation" },
        },
    }
}

/// The family of a built-in rule, by its code.
fn family(code: &str) -> Option<&'static str> {
    let number = code.strip_prefix("KW").filter(|number| number.len() == 3)?;
    Some(match number.as_bytes().first()? {
        b'0' if code == VERDICT => "architecture",
        b'0' => "context",
        b'1' => "availability",
        b'2' => "scale",
        b'3' => "topology",
        b'4' => "delivery",
        b'5' => "state",
        b'6' => "cost",
        b'7' => "platform",
        b'8' => "batch",
        _ => "hygiene",
    })
}

fn help(remedy: &str, sources: &[(String, Option<String>)]) -> String {
    let mut text = literal(remedy.trim());
    for (title, address) in sources {
        let address = address.as_ref().map_or_else(String::new, |address| format!(", {address}"));
        let _ = write!(text, "\nSource: {}{}", literal(title), address);
    }
    text
}

fn help_in_markdown(why: &str, remedy: &str, sources: &[(String, Option<String>)]) -> String {
    let mut text = format!("{}\n\n**What to do.** {}", plain(why.trim()), plain(remedy.trim()));
    if !sources.is_empty() {
        text.push_str("\n\n**Sources**\n");
    }
    for (title, address) in sources {
        let _ = match address {
            Some(address) => write!(text, "\n- [{}]({})", plain(title), address.replace(['(', ')', ' ', '<', '>'], "")),
            None => write!(text, "\n- {}", plain(title)),
        };
    }
    text
}

/// A text in Markdown that looks as it is written, but for code in backticks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '|' => plain.extend(['\\', character]),
            _ => plain.push(character),
        }
    }
    plain
}

fn within(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_message_is_a_link_or_a_placeholder() {
        assert_eq!(literal("containers[0] of {{ name }}"), "containers[0] of {{ name }}");
        assert_eq!(literal("[x](javascript:alert(1))"), "\\[x\\](javascript:alert(1))");
        assert_eq!(literal("a {0} b"), "a {{0}} b");
    }

    #[test]
    fn addresses_are_below_the_repository_or_stand_by_themselves() {
        let below = artifact("./deploy/a b/[x]#1?.yaml");
        assert_eq!((below.uri.as_str(), below.uri_base_id), ("deploy/a%20b/%5Bx%5D%231%3F.yaml", Some("%SRCROOT%")));
        let absolute = artifact("/srv/wéb.yaml");
        assert_eq!((absolute.uri.as_str(), absolute.uri_base_id), ("file:///srv/w%C3%A9b.yaml", None));
        let outside = artifact("deploy/../../web.yaml");
        assert_eq!((outside.uri.as_str(), outside.uri_base_id), ("../web.yaml", None));
        assert_eq!(artifact("C:/web.yaml").uri, "file:///C%3A/web.yaml");
        assert_eq!(artifact("a:b.yaml").uri, "a%3Ab.yaml");
    }
}
