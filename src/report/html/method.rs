//! How the figures come about, what the rules say that spoke, and what the report was made with.

use std::collections::BTreeSet;

use super::{Markup, Report};
use crate::language::say;
use crate::report::suppressed;

/// The method.
pub(super) fn method(page: &mut Markup, report: Report<'_>) {
    let voice = report.voice();
    let (needless, justified) = report.assessment.bands;
    page.element("dl", &[("class", "method")], |list| {
        let mut entry = |term: &str, text: &str| {
            list.leaf("dt", &[], term);
            list.leaf("dd", &[], text);
        };
        let need = voice.words(
            "The chance, in points of 100, that everything simpler falls short of what the system asks for: half of the points for simple targets, half for lighter orchestrators. It is no mark for quality: a low need is neither good nor bad.",
        );
        entry(&voice.words("Need"), &need);
        let shortfall = voice.words(
            "1 − the product over all needs of (1 − how sure the need is × how far the target falls short of it).",
        );
        entry(&voice.words("Falls short"), &shortfall);
        let bands = say!(
            "needless below a need of {}, debatable up to {}, justified from there on; k8s-native where it is made of Kubernetes, inconclusive where too little is known.",
            report.points(needless),
            report.points(justified)
        );
        entry(&voice.words("Verdict"), &voice.say(&bands));
        let range = voice.words(
            "From the need of what is proven alone, to the need with everything that would work as written taken for proven and every question that the files leave open answered at its costliest. What only the owner can say is not in it; it stands among the unknowns with what it could move.",
        );
        entry(&voice.words("Range"), &range);
        let confidence = voice.words(
            "How much of the input was understood, how firm the needs are, whether live state was seen, and whether the owner was asked. It is never mixed into the need.",
        );
        entry(&voice.words("Confidence"), &confidence);
        let grades = voice.words(
            "declared: written, but idle or contradicted; effective: it would work as written; corroborated: two independent things agree; proven: it cannot run without it, it was observed, or the owner stated it.",
        );
        entry(&voice.words("How sure a need is"), &grades);
    });
    rules(page, report);
}

/// What the rules say that spoke, each once.
fn rules(page: &mut Markup, report: Report<'_>) {
    let voice = report.voice();
    let assessment = report.assessment;
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for system in std::iter::once(&assessment.estate).chain(&assessment.systems) {
        for claim in &system.claims {
            codes.extend(claim.rules.iter().chain(&claim.lowered_by).map(String::as_str));
        }
        codes.extend(system.findings.iter().map(|finding| finding.code.as_str()));
        codes.extend(system.unknowns.iter().map(|unknown| unknown.key.as_str()));
        codes.extend(system.suppressed.iter().map(|each| each.code.as_str()));
    }
    codes.extend(suppressed::mistaken(assessment).into_iter().map(|each| suppressed::code(each)));
    codes.retain(|code| assessment.rules.contains_key(*code));
    if codes.is_empty() {
        return;
    }
    page.element("details", &[], |details| {
        details.leaf("summary", &[], &voice.say(&say!("The rules that spoke: {}", codes.len())));
        details.element("dl", &[("class", "rules")], |list| {
            for code in codes {
                let Some(rule) = assessment.rules.get(code) else { continue };
                list.element("dt", &[("id", &format!("rule-{code}"))], |term| {
                    match &rule.page {
                        Some(page) => term.link(page, code),
                        None => term.text(code),
                    }
                    term.text(" ");
                    term.text(&voice.words(&rule.title));
                });
                list.element("dd", &[], |entry| {
                    entry.prose(&voice.words(&rule.why));
                    for (title, address) in &rule.sources {
                        entry.void("br", &[]);
                        match address {
                            Some(address) => entry.link(address, title),
                            None => entry.text(title),
                        }
                    }
                });
            }
        });
    });
}

/// What the report was made with.
pub(super) fn versions(page: &mut Markup, report: Report<'_>) {
    let voice = report.voice();
    page.element("p", &[], |line| {
        line.text(concat!("kubeworthy ", env!("CARGO_PKG_VERSION")));
        if let Some(today) = report.layout.today {
            line.text(", ");
            line.text(&today.to_string());
        }
    });
    page.element("dl", &[], |list| {
        list.leaf("dt", &[], &voice.words("Rules, targets and tables"));
        list.element("dd", &[], |entry| entry.leaf("code", &[], &report.assessment.rules_digest));
        list.leaf("dt", &[], &voice.words("Inputs"));
        list.element("dd", &[], |entry| entry.leaf("code", &[], &report.assessment.inputs.digest));
    });
}
