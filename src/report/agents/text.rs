//! The answers as text: what a model reads.

use std::fmt::Write as _;

use super::{About, Answer, Compared, Comparison, Fitting, Short};

impl Answer {
    /// The answer as a text of a few dozen lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        about(&mut text, &self.about);
        if !self.systems.shown.is_empty() {
            text.push_str("\nSystems, by need (ask for one with `system`):\n");
            list(&mut text, &self.systems, |system| {
                let suggested = system.suggested.as_ref().map_or_else(String::new, |id| format!(", suggested {id}"));
                let (verdict, need, confidence) = (system.verdict, points(system.need), system.confidence);
                format!("{}: {verdict}, need {need}, confidence {confidence} %{suggested}", system.id)
            });
        }
        let read = &self.read;
        let _ = write!(text, "\nRead: {}", counted(read.documents, "document"));
        match read.not_understood {
            0 => text.push_str(".\n"),
            broken => {
                let _ = writeln!(text, "; {broken} could not be understood and count as unknown.");
            }
        }
        section(&mut text, "Warnings", &self.warnings, Clone::clone);
        text
    }
}

fn about(text: &mut String, about: &About) {
    let need = &about.need;
    let workloads = counted(about.workloads, "workload");
    let _ = writeln!(text, "{} ({workloads}): {}. {}", about.name, about.verdict.to_uppercase(), about.answer);
    let _ = writeln!(
        text,
        "Need for Kubernetes: {} of 100, range {} to {}; below {} is needless, from {} justified. Confidence {} %.",
        points(need.score),
        points(need.low),
        points(need.high),
        points(need.needless_below),
        points(need.justified_from),
        about.confidence
    );
    if let Some(fit) = &about.suggested {
        let _ = writeln!(
            text,
            "Suggested target: {} ({}), effort {} of 10, chance of falling short {} %.",
            fit.id,
            fit.name,
            fit.effort,
            percent(fit.falls_short)
        );
        if !about.equally_good.is_empty() {
            let _ = writeln!(text, "Equally good: {}.", about.equally_good.join(", "));
        }
        section(text, "To do there", &fit.work, Clone::clone);
        section(text, "Hard there or lost", &fit.losses, Clone::clone);
    }
    section(text, "Remarks", &about.remarks, Clone::clone);
    section(text, "Why, in points of need", &about.why, |why| {
        let more = if why.more_places > 0 { format!(" and {} more places", why.more_places) } else { String::new() };
        let at = why.at.as_ref().map_or_else(String::new, |at| format!(" at {at}{more}"));
        let rules = if why.rules.is_empty() { "a target's limit".to_owned() } else { why.rules.join(", ") };
        format!("{} {}: {} ({}, {rules}){at}", points(why.share), why.capability, why.message, why.grade)
    });
    section(text, "It would be", &about.flips, |flip| {
        format!("{}, with a need of {}, if {}", flip.verdict, points(flip.need), flip.change)
    });
    section(
        text,
        "Unknown; ask the user, and state in `statements` what has a key and no code",
        &about.unknowns,
        |unknown| {
            let (low, high) = (points(unknown.low), points(unknown.high));
            format!("{}: {} (need {low} to {high})", unknown.key, unknown.question)
        },
    );
    section(text, "Findings", &about.findings, |finding| {
        let at = finding.at.as_ref().map_or_else(String::new, |at| format!("{at}: "));
        let more = if finding.more > 0 { format!(" (and {} more)", finding.more) } else { String::new() };
        let help = if finding.help.is_empty() { String::new() } else { format!(" -> {}", finding.help) };
        format!("{at}{} {}: {}{more}{help}", finding.level, finding.code, finding.message)
    });
    if about.suppressed > 0 {
        let _ = writeln!(text, "Suppressed by comments or configuration, and not counted: {}.", about.suppressed);
    }
    let _ = writeln!(text, "Next: {}", about.next);
}

impl Comparison {
    /// The comparison as a text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(about) = &self.about {
            let suggested = about.suggested.as_ref().map_or_else(String::new, |id| format!(", suggested: {id}"));
            let _ = writeln!(
                text,
                "{}: {}, need for Kubernetes {} of 100, confidence {} %{suggested}.",
                about.name,
                about.verdict.to_uppercase(),
                points(about.need),
                about.confidence
            );
        }
        if self.about.as_ref().is_some_and(|about| about.suggested.is_some()) {
            text.push_str(
                "The suggestion takes the least effort among those that fall short little more often than the best of them.\n",
            );
        }
        for target in &self.targets.shown {
            compared(&mut text, target);
        }
        if self.targets.more > 0 {
            let _ = writeln!(text, "… and {} more; name them in `targets`.", self.targets.more);
        }
        section(&mut text, "Warnings", &self.warnings, Clone::clone);
        text
    }
}

fn compared(text: &mut String, target: &Compared) {
    let Some(fit) = &target.fit else {
        let _ = write!(
            text,
            "{} ({}, {}): effort {} of 10, {}",
            target.id,
            target.name,
            kind(target.tier),
            target.effort,
            target.operator
        );
        match &target.summary {
            Some(summary) => {
                let _ = writeln!(text, ". {summary}");
            }
            None => text.push('\n'),
        }
        return;
    };
    let state = match (fit.suggested, fit.usable) {
        (true, _) => "SUGGESTED",
        (false, true) => "possible",
        (false, false) => "ruled out",
    };
    let _ = writeln!(
        text,
        "\n{} ({}, {}): {state}; chance of falling short {} %, effort {} of 10, {}.",
        target.id,
        target.name,
        kind(target.tier),
        percent(fit.falls_short),
        target.effort,
        target.operator
    );
    fitting(text, fit);
}

fn fitting(text: &mut String, fit: &Fitting) {
    let mut line = |name: &str, items: &Short<String>| {
        let more = if items.more > 0 { format!("; and {} more", items.more) } else { String::new() };
        if !items.shown.is_empty() {
            let _ = writeln!(text, "  {name}: {}{more}", items.shown.join("; "));
        }
    };
    line("ruled out by", &fit.why_not);
    line("blocked by", &fit.blocked_by);
    line("lost or hard", &fit.losses);
    line("to do", &fit.work);
    line("beside it", &Short { shown: fit.beside.iter().cloned().collect(), more: 0 });
    line("caution", &Short { shown: fit.cautions.clone(), more: 0 });
    if let Some(achievable) = fit.achievable {
        let (achievable, decimals) = super::words::percent(achievable);
        let _ = writeln!(text, "  availability that can be reached: {achievable:.decimals$} %");
    }
}

/// A list under a heading; nothing where there is nothing.
fn section<T>(text: &mut String, heading: &str, items: &Short<T>, show: impl Fn(&T) -> String) {
    if !items.shown.is_empty() {
        let _ = writeln!(text, "{heading}:");
        list(text, items, show);
    }
}

fn list<T>(text: &mut String, items: &Short<T>, show: impl Fn(&T) -> String) {
    for item in &items.shown {
        let _ = writeln!(text, "- {}", show(item));
    }
    if items.more > 0 {
        let _ = writeln!(text, "- … and {} more", items.more);
    }
}

/// What a tier of targets is.
fn kind(tier: u8) -> &'static str {
    match tier {
        1 => "simple",
        2 => "lighter orchestrator",
        _ => "Kubernetes of several nodes",
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Points with one decimal, or none where there is none.
fn points(value: f64) -> String {
    let (value, decimals) = super::words::points(value);
    format!("{value:.decimals$}")
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}
