//! What formats for code review tell one by one: the verdict of each system, then the findings, the weightiest first.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::suppressed;
use super::words::{points_in, verdict_sentence};
use crate::assessment::{Assessment, Claim, FindingReport, GateFailure, Location, Suppression, SystemAssessment};
use crate::language::Voice;
use crate::rules::file::Level;
use crate::text::sanitize::for_terminal;

/// The code under which verdicts are told; no rule has it.
pub(super) const VERDICT: &str = "KW000";

/// The name that goes with it.
pub(super) const VERDICT_NAME: &str = "verdict";

/// The title that goes with it.
pub(super) const VERDICT_TITLE: &str = "Whether the needs of a system justify Kubernetes";

/// Characters of a message or a name that are shown: what is longer helps nobody who reads it in a list.
pub(super) const LONGEST: usize = 1000;

/// One thing to tell.
#[derive(Clone, Debug)]
pub(super) struct Told<'a> {
    /// The rule's code, or [`VERDICT`].
    pub(super) code: &'a str,
    /// The rule's name.
    pub(super) name: &'a str,
    /// Whether it is worth changing, rather than worth knowing.
    pub(super) is_warning: bool,
    /// Whether the gate fails for it.
    pub(super) fails: bool,
    /// Whether the baseline that the gate holds everything against knows it; none where nothing is held against one.
    pub(super) known: Option<bool>,
    /// Whole sentences, safe to show.
    pub(super) message: String,
    /// What to do; may be empty.
    pub(super) help: &'a str,
    /// Where it stands, in a file that somebody has.
    pub(super) place: Option<&'a Location>,
    /// Other places in such files, and what each of them says.
    pub(super) others: Vec<(&'a Location, Cow<'a, str>)>,
    /// The same for the same thing wherever its lines and its file's neighbours move, and no other's: 32 hexadecimal
    /// digits.
    pub(super) fingerprint: String,
}

impl Told<'_> {
    /// Whether it is the verdict of a system.
    pub(super) fn is_verdict(&self) -> bool {
        self.code == VERDICT
    }
}

/// Everything to tell: what the gate fails for, then the verdicts in the order of the systems, then warnings, then notes.
pub(super) fn results<'a>(assessment: &'a Assessment) -> Vec<Told<'a>> {
    let several = assessment.systems.len() > 1;
    let mut told: Vec<Told<'_>> = assessment.systems.iter().map(|system| verdict(assessment, system)).collect();
    let gate = assessment.gate.as_ref();
    let judged = |system: &SystemAssessment, at: usize, each: Told<'a>| Told {
        fails: gate.is_some_and(|gate| gate.fails_for(system, at)),
        known: gate.filter(|gate| gate.baseline.is_some()).map(|gate| gate.knows(system, at)),
        ..each
    };
    let of_systems = assessment.systems.iter().flat_map(|system| {
        let findings = system.findings.iter().enumerate();
        findings.map(move |(at, each)| judged(system, at, finding(each, several.then_some(system))))
    });
    let of_all = assessment.findings_of_all();
    let of_all = of_all.map(|(at, each)| judged(&assessment.estate, at, finding(each, None)));
    let mut findings: Vec<Told<'_>> = of_systems.chain(of_all).collect();
    findings.extend(suppressed::mistaken(assessment).into_iter().map(|each| mistaken(assessment, each)));
    findings.sort_by_key(|each| !each.is_warning);
    told.extend(findings);
    told.sort_by_key(|each| !each.fails);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for each in &mut told {
        let count = seen.entry(each.fingerprint.clone()).or_default();
        each.fingerprint = digest(&[&each.fingerprint, &count.to_string()]);
        *count += 1;
    }
    told
}

/// A number of points in English: no decimal where there is none.
pub(super) fn points(value: f64) -> String {
    points_in(Voice::default(), value)
}

/// A count with its noun.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The verdict of a system, at the place of its first workload.
fn verdict<'a>(assessment: &'a Assessment, system: &'a SystemAssessment) -> Told<'a> {
    let name = short(&system.name);
    let reasons: Vec<String> =
        reasons(assessment, system).map(|failure| sentence(&failure.message.to_string())).collect();
    let mut message = format!("{name} {}. {}", standing(system), verdict_sentence(assessment, system));
    if !reasons.is_empty() {
        // What fails is said first, since lists cut what is long.
        message = format!("{} {message}", reasons.join(" "));
    }
    let drivers = || system.claims.iter().filter(|claim| claim.share > 0.0);
    let first = |claim: &'a Claim| claim.evidence.iter().find(|place| place.is_in_a_file());
    let evidence = system
        .claims
        .iter()
        .flat_map(|claim| &claim.evidence)
        .chain(system.unknowns.iter().flat_map(|unknown| &unknown.evidence))
        .chain(system.findings.iter().flat_map(|finding| &finding.evidence));
    Told {
        code: VERDICT,
        name: VERDICT_NAME,
        is_warning: false,
        fails: !reasons.is_empty(),
        known: None,
        message: sentence(&message),
        help: "",
        place: system.anchor.iter().chain(evidence).find(|place| place.is_in_a_file()),
        others: drivers()
            .filter_map(|claim| {
                let says = format!("{} points: {}", points(claim.share), claim.message);
                Some((first(claim)?, Cow::Owned(sentence(&says))))
            })
            .collect(),
        fingerprint: digest(&[VERDICT, &system.id]),
    }
}

/// Why the verdict of a system makes the gate fail.
pub(super) fn reasons<'a>(
    assessment: &'a Assessment,
    system: &'a SystemAssessment,
) -> impl Iterator<Item = &'a GateFailure> {
    let failures = assessment.gate.iter().flat_map(|gate| &gate.failures);
    failures.filter(|failure| failure.code == VERDICT && failure.system.as_ref() == Some(&system.id))
}

/// The verdict with its numbers, as the rest of a sentence that begins with the name.
pub(super) fn standing(system: &SystemAssessment) -> String {
    let need = &system.need;
    let range = if need.low < need.high {
        format!(", between {} and {}", points(need.low), points(need.high))
    } else {
        String::new()
    };
    let (verdict, confidence) = (system.verdict.id(), system.confidence);
    format!(
        "is {verdict}: need {} of 100{range}, confidence {confidence} %",
        Voice::default().say(&suppressed::counted(need))
    )
}

/// A finding; the name of its system is said where it is told.
fn finding<'a>(finding: &'a FindingReport, system: Option<&'a SystemAssessment>) -> Told<'a> {
    let message = match system {
        Some(system) => format!("{}: {}", short(&system.name), finding.message),
        None => finding.message.to_string(),
    };
    let mut places = finding.evidence.iter().filter(|place| place.is_in_a_file());
    let place = places.next();
    let key = place.or(finding.evidence.first());
    let object = key.and_then(|place| place.object.as_deref()).unwrap_or_default();
    let (file, path) = key.map_or(("", ""), |place| (place.file.as_str(), place.path.as_str()));
    Told {
        code: &finding.code,
        name: &finding.name,
        is_warning: finding.level == Level::Warning,
        fails: false,
        known: None,
        message: sentence(&message),
        help: &finding.help,
        place,
        others: places.map(|place| (place, Cow::Borrowed(place.path.as_str()))).collect(),
        fingerprint: digest(&[&finding.code, &path_in_tree(file), object, path]),
    }
}

/// A suppression that should be mended or removed.
fn mistaken<'a>(assessment: &'a Assessment, suppression: &'a Suppression) -> Told<'a> {
    let code = suppressed::code(suppression);
    let text = assessment.rules.get(code);
    let place = suppression.place.as_ref();
    let (file, path) = place.map_or(("", ""), |place| (place.file.as_str(), place.path.as_str()));
    let object = place.and_then(|place| place.object.as_deref()).unwrap_or_default();
    let rules = suppression.rules.join(",");
    Told {
        code,
        name: text.map_or("", |text| text.name.as_str()),
        is_warning: true,
        fails: suppressed::fails(assessment, suppression),
        known: None,
        message: sentence(&format!("{}: {}", suppression.message, suppression.help)),
        help: text.map_or("", |text| text.remedy.as_str()),
        place: place.filter(|place| place.is_in_a_file()),
        others: Vec::new(),
        fingerprint: digest(&[code, &path_in_tree(file), object, path, &rules]),
    }
}

/// A name or message safe to show, cut where it is too long to be read.
pub(super) fn short(text: &str) -> String {
    let safe = for_terminal(text);
    match safe.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &safe[..end]),
        None => safe.into_owned(),
    }
}

/// A message that is safe, short and ends as a sentence does.
pub(super) fn sentence(text: &str) -> String {
    let mut text = short(text.trim_end());
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// A path as a repository has it, where it is relative: with `/` between folders, without `./` and without steps back and
/// forth. Steps out of the folder stay at its beginning, and so does the root of an absolute path.
pub(super) fn path_in_tree(file: &str) -> String {
    let root = if file.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in file.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            None if part == ".." && !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    format!("{root}{}", parts.join("/"))
}

/// Whether a path leads out of the folder in which the program runs, so that it names no file of a repository there.
pub(super) fn leads_out(path: &str) -> bool {
    let is_drive = matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    path.starts_with('/') || path == ".." || path.starts_with("../") || is_drive
}

/// 32 hexadecimal digits that stand for some texts.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = String::new();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_a_tree() {
        let cases = [
            ("./deploy//web.yaml", "deploy/web.yaml"),
            ("deploy/../web.yaml", "web.yaml"),
            ("../web.yaml", "../web.yaml"),
            ("a/../../web.yaml", "../web.yaml"),
            ("/srv/./web.yaml", "/srv/web.yaml"),
            ("/../web.yaml", "/web.yaml"),
        ];
        for (written, meant) in cases {
            assert_eq!(path_in_tree(written), meant, "{written}");
        }
        for outside in ["/srv/web.yaml", "../web.yaml", "..", "C:/web.yaml"] {
            assert!(leads_out(outside), "{outside}");
        }
        for inside in ["web.yaml", "..web.yaml", "deploy/web.yaml"] {
            assert!(!leads_out(inside), "{inside}");
        }
    }

    #[test]
    fn messages_are_short_safe_sentences() {
        assert_eq!(sentence("db\u{1b}[31m keeps data"), "db\u{fffd}[31m keeps data.");
        assert_eq!(sentence("Is it?"), "Is it?");
        assert_eq!(sentence(&"é".repeat(20_000)).chars().count(), LONGEST + 1);
    }
}
