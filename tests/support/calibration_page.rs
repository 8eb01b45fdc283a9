//! The sections of the page of calibration, each from its own measurement.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use std::fmt::Write as _;
use std::path::Path;

use kubeworthy::Kit;
use kubeworthy::assessment::{SystemAssessment, Verdict};
use kubeworthy::choices::Choices;
use kubeworthy::source::{Collected, Input, collect};
use rayon::prelude::*;

use crate::agreement::{Judged, estate_of_collected, judge, outcome};
use crate::evidence::{Draws, absent, hidden};
use crate::jitter::{Off, TIMES, TIMES_FOR_PARTS, flips};
use crate::published::{self, Case};
use crate::{estates, story, written_ladder};

/// Files are made unreadable in this many draws at each share, and left out in so many.
const HIDDEN_DRAWS: u64 = 2;
const ABSENT_DRAWS: u64 = 10;

/// One part of the page.
pub struct Section {
    pub title: &'static str,
    /// None where what it needs is not there: the corpus, or for long measurements a build that is fast.
    pub text: Option<String>,
    /// What must hold and does not.
    pub broken: Vec<String>,
}

const HEAD: &str = "\
# Calibration

What the model finds where somebody else has already judged, how firm that is, and where it disagrees. This page is
written by a test:

```sh
UPDATE=1 cargo test --release --test calibration    # writes this page anew
cargo test --release --test calibration             # fails where the page is behind, or where something does not hold
```

The labelled files of public projects lie beside the checkout and not in it; where they are missing, the test skips the
sections that need them. Constants, cells and rules are changed only with this page written anew: its difference is what a
reviewer reads. No constant was fitted to anything on it, and no rule was made for one system. Why the labels cannot fit the
constants, and what carries them instead, stands in [model.md](model.md).
";

/// The page as a whole.
pub fn page(sections: &[Section]) -> String {
    let texts = sections.iter().map(|section| section.text.clone().unwrap_or_default());
    std::iter::once(HEAD.to_owned()).chain(texts).collect::<Vec<_>>().join("\n")
}

/// Every section, in the order of the page.
pub fn sections(corpus: Option<&Path>, kit: &Kit) -> Vec<Section> {
    let judged = corpus.map(|corpus| judge(corpus, kit));
    let judged = judged.as_deref();
    // Each is measured by itself; how long it took helps whoever waits for it.
    let timed = |measure: &dyn Fn() -> Section| {
        let start = std::time::Instant::now();
        let section = measure();
        println!("{:>6.1} s  {}", start.elapsed().as_secs_f64(), section.title);
        section
    };
    vec![
        timed(&|| cases(corpus, kit)),
        timed(&|| traps(corpus, kit)),
        timed(&|| labels(judged)),
        timed(&|| less_evidence(judged, kit)),
        timed(&|| without_context(corpus, kit)),
        timed(&|| firmness(judged, kit)),
        timed(&|| ladder(kit)),
        timed(&|| add_ons(kit)),
        timed(&|| disagreements(judged, corpus, kit)),
    ]
}

/// Whether long measurements are made: hundreds of assessments take minutes in a build for debugging, and seconds in one
/// for release.
fn is_fast() -> bool {
    !cfg!(debug_assertions) || std::env::var_os("UPDATE").is_some()
}

fn section(title: &'static str, text: Option<String>, broken: Vec<String>) -> Section {
    Section { title, text: text.map(|text| format!("## {title}\n\n{text}")), broken }
}

fn suggested(estate: &SystemAssessment) -> &str {
    estate.suggested.as_deref().unwrap_or("none")
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1} %", part as f64 / whole.max(1) as f64 * 100.0)
}

/// How far apart two verdicts are on the scale from needless to needed; none where one concludes nothing.
fn steps(case: &Case, verdict: Verdict) -> &'static str {
    match (case.agrees(verdict), verdict) {
        (None, _) => "not counted",
        (Some(true), _) => "yes",
        (_, Verdict::Inconclusive) => "**no**, nothing is concluded",
        (_, Verdict::Debatable) => "**no**, one step away",
        _ if case.verdict == "D" => "**no**, one step away",
        _ => "**no**",
    }
}

fn cases(corpus: Option<&Path>, kit: &Kit) -> Section {
    let mut text = String::from(
        "Published verdicts, each with files and a context of the published facts alone (`fixtures/cases/`), or with the\n\
         project's own files. O: a simpler target is enough. D: debatable. N: Kubernetes is needed. L: large, and without\n\
         Kubernetes; shown and not counted, since nobody says that it would have been wrong there. Verdicts must be the very\n\
         one. The suggestion is compared where the source names what it uses or advises.\n\n\
         | no. | case | published | found | need | confidence | agrees | suggested |\n|---|---|---|---|---|---|---|---|\n",
    );
    let (mut counted, mut agree, mut named, mut hit, mut false_needless) = (0, 0, 0, 0, Vec::new());
    for case in published::read().cases {
        let Some(estate) = case.assess(true, corpus, kit) else {
            return section("Published cases", None, Vec::new());
        };
        let agrees = case.agrees(estate.verdict);
        counted += usize::from(agrees.is_some());
        agree += usize::from(agrees == Some(true));
        let hits = case.targets.iter().any(|target| target == suggested(&estate));
        named += usize::from(!case.targets.is_empty() && agrees.is_some());
        hit += usize::from(hits && agrees.is_some());
        if case.is_needed() && estate.verdict == Verdict::Needless {
            false_needless.push(format!("{} is needless", case.name));
        }
        let mark = if case.targets.is_empty() || hits { "" } else { " (not the source's)" };
        let _ = writeln!(
            text,
            "| {} | {}: {} | {} | {} | {:.1} | {} % | {} | {}{mark} |",
            case.number,
            case.name,
            case.why,
            case.verdict,
            estate.verdict.id(),
            estate.need.score,
            estate.confidence,
            steps(&case, estate.verdict),
            suggested(&estate)
        );
    }
    let _ = writeln!(
        text,
        "\n{agree} of {counted} agree ({}). Needed and found needless: {}. The suggestion is the source's in {hit} of {named}.",
        percent(agree, counted),
        false_needless.len()
    );
    let mut broken = false_needless;
    if (agree as f64) < 0.9 * counted as f64 {
        broken.push(format!("{agree} of {counted} published cases agree, less than 90 %"));
    }
    section("Published cases", Some(text), broken)
}

fn traps(corpus: Option<&Path>, kit: &Kit) -> Section {
    let mut text = String::from(
        "Inputs without a published verdict, at which a tool of this kind easily goes wrong.\n\n\
         | trap | allowed | found | need | holds |\n|---|---|---|---|---|\n",
    );
    let mut broken = Vec::new();
    for trap in published::read().traps {
        let Some(estate) = trap.assess(corpus, kit) else { return section("Traps", None, Vec::new()) };
        let wrong = trap.broken(&estate);
        let _ = writeln!(
            text,
            "| {}: {} | {} | {} | {:.1} | {} |",
            trap.name,
            trap.why,
            trap.allowed.join(", "),
            estate.verdict.id(),
            estate.need.score,
            if wrong.is_empty() { "yes".to_owned() } else { format!("**no**: {}", wrong.join(", ")) }
        );
        broken.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", trap.name)));
    }
    section("Traps", Some(text), broken)
}

fn labels(judged: Option<&[Judged]>) -> Section {
    let title = "Labelled systems";
    let Some(judged) = judged else { return section(title, None, Vec::new()) };
    let outcome = outcome(judged);
    let mut text = format!(
        "Deployment files of public projects that two raters judged from the files alone. A verdict agrees when one of the\n\
         two labels accepts it: doubtful takes needless and debatable, arguable takes one step either way, justified and\n\
         k8s-native take each other. Nothing can be concluded where no workload is in the files. The raters agree with each\n\
         other on 72 % of the steps, and on 92 % of simple, debatable and needed.\n\n\
         | systems | agree | share | always \"needless\" | one-line rule |\n|---|---|---|---|---|\n{}\n{}\n{}\n\n",
        outcome.every.row("all"),
        outcome.manifests.row("with manifests"),
        outcome.compose.row("Compose alone")
    );
    let list = |ids: &[String]| if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
    let (needed, found) = outcome.needed;
    let _ = writeln!(
        text,
        "The one-line rule: any definition, operator resource, controller, kubelet path or fleet of accelerators means\n\
         justified, else needless.\n\n\
         - needed by both raters and found justified or native: {found} of {needed}\n\
         - needed by one rater or both, and found needless: {}\n\
         - needless by both raters, and found justified or native: {}\n\
         - nothing concluded: {}\n\n\
         | system | labels | found | need | confidence | agrees |\n|---|---|---|---|---|---|",
        list(&outcome.false_needless),
        list(&outcome.false_justified),
        list(&outcome.inconclusive)
    );
    for judged in judged.iter().filter(|judged| judged.counts()) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} | {} % | {} |",
            judged.system.id,
            judged.system.labels.join(", "),
            judged.estate.verdict.id(),
            judged.estate.need.score,
            judged.estate.confidence,
            if judged.agrees() { "yes" } else { "**no**" }
        );
    }
    let broken = outcome.false_needless.iter().map(|id| format!("{id} is needed and found needless")).collect();
    section(title, Some(text), broken)
}

/// Counts of verdicts.
#[derive(Default)]
struct Counts {
    needless: usize,
    debatable: usize,
    needed: usize,
    inconclusive: usize,
}

impl Counts {
    fn of(verdicts: &[Verdict]) -> Self {
        let count = |which: &[Verdict]| verdicts.iter().filter(|verdict| which.contains(verdict)).count();
        Self {
            needless: count(&[Verdict::Needless]),
            debatable: count(&[Verdict::Debatable]),
            needed: count(&[Verdict::Justified, Verdict::KubernetesNative]),
            inconclusive: count(&[Verdict::Inconclusive]),
        }
    }

    fn cells(&self) -> String {
        let all = self.needless + self.debatable + self.needed + self.inconclusive;
        let share = |count| percent(count, all);
        format!(
            "{} | {} | {} | {}",
            share(self.needed),
            share(self.inconclusive),
            share(self.debatable),
            share(self.needless)
        )
    }
}

fn less_evidence(judged: Option<&[Judged]>, kit: &Kit) -> Section {
    let title = "Less evidence: files taken away";
    let Some(judged) = judged.filter(|_| is_fast()) else { return section(title, None, Vec::new()) };
    let needed: Vec<(&str, Collected)> = judged
        .iter()
        .filter(|judged| judged.counts() && judged.is_needed())
        .map(|judged| {
            let inputs: Vec<Input> = judged.system.files.iter().cloned().map(Input::Path).collect();
            (judged.system.id.as_str(), collect(&inputs, &Choices::default()))
        })
        .collect();
    let verdicts = |take: &(dyn Fn(&Collected, u64) -> Collected + Sync), times: u64| -> Vec<(&str, Verdict)> {
        let draws: Vec<(usize, u64)> =
            (0..needed.len()).flat_map(|index| (0..times).map(move |draw| (index, draw))).collect();
        draws
            .into_par_iter()
            .map(|(index, draw)| {
                let (id, collected) = &needed[index];
                let less = take(collected, draw * 1000 + index as u64);
                (*id, estate_of_collected(&less, kit).verdict)
            })
            .collect()
    };
    let mut text = format!(
        "The {} systems that both raters call needed, with files taken away at random (the same ones each time). Unreadable:\n\
         one sees that a file is there and which kinds it names, as with a chart that was not rendered. Absent: nothing tells\n\
         that it is missing. Less evidence must lead towards \"inconclusive\", and from unreadable files never to \"needless\".\n\n\
         | taken away | found needed | inconclusive | debatable | needless |\n|---|---|---|---|---|\n",
        needed.len()
    );
    let mut broken = Vec::new();
    let all: Vec<Verdict> = judged
        .iter()
        .filter(|judged| judged.counts() && judged.is_needed())
        .map(|judged| judged.estate.verdict)
        .collect();
    let _ = writeln!(text, "| nothing | {} |", Counts::of(&all).cells());
    for share in [0.3, 0.6, 0.8, 0.9] {
        let take = |collected: &Collected, seed: u64| Collected {
            files: hidden(&collected.files, share, &mut Draws::new(seed)),
            ..Collected::default()
        };
        let found = verdicts(&take, HIDDEN_DRAWS);
        let wrong = found.iter().filter(|(_, verdict)| *verdict == Verdict::Needless);
        broken.extend(wrong.map(|(id, _)| format!("{id} is needless with {share} of its files unreadable")));
        let name = format!("{:.0} % unreadable", share * 100.0);
        let only: Vec<Verdict> = found.iter().map(|(_, verdict)| *verdict).collect();
        let _ = writeln!(text, "| {name} | {} |", Counts::of(&only).cells());
    }
    let take = |collected: &Collected, seed: u64| Collected {
        files: absent(&collected.files, 0.5, &mut Draws::new(seed)),
        ..Collected::default()
    };
    let found = verdicts(&take, ABSENT_DRAWS);
    let only: Vec<Verdict> = found.iter().map(|(_, verdict)| *verdict).collect();
    let _ = writeln!(text, "| half of the files absent | {} |", Counts::of(&only).cells());
    let mut fooled: Vec<&str> =
        found.iter().filter(|(_, verdict)| *verdict == Verdict::Needless).map(|(id, _)| *id).collect();
    let times = fooled.len();
    fooled.dedup();
    let _ = writeln!(
        text,
        "\nWhat is absent without a trace no formula can see, which is why every report says what was read. Of {} draws with\n\
         half of the files absent, {times} ended in \"needless\"{}{}.",
        found.len(),
        if fooled.is_empty() { "" } else { ": " },
        fooled.join(", ")
    );
    section(title, Some(text), broken)
}

/// The stories with a context and their variants, and the published cases with one: the verdict with it and without.
fn without_context(corpus: Option<&Path>, kit: &Kit) -> Section {
    let title = "Less evidence: the owner is not asked";
    let mut text = String::from(
        "The same files without what their owner states. Cases whose files are nothing but a context are then empty, and\n\
         nothing is concluded. A case that is needed must not become needless.\n\n\
         | what | with context | need | without | need |\n|---|---|---|---|---|\n",
    );
    let mut broken = Vec::new();
    let mut row = |name: &str, with: &SystemAssessment, without: &SystemAssessment| {
        let _ = writeln!(
            text,
            "| {name} | {} | {:.1} | {} | {:.1} |",
            with.verdict.id(),
            with.need.score,
            without.verdict.id(),
            without.need.score
        );
    };
    for case in published::read().cases.iter().filter(|case| case.folder.is_some()) {
        let with = case.assess(true, corpus, kit);
        let without = case.assess(false, corpus, kit);
        if let (Some(with), Some(without)) = (with, without) {
            row(&format!("case {}, {}", case.number, case.name), &with, &without);
            if case.is_needed() && without.verdict == Verdict::Needless {
                broken.push(format!("{} is needless without its context", case.name));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = walkdir::WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name();
    for folder in folders.into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path) {
        if !folder.join("kubeworthy.yaml").is_file() {
            continue;
        }
        let expected = story::read(&folder);
        let name = folder.file_name().unwrap_or_default().display().to_string();
        let with = story::assess(&folder, &expected, kit).estate;
        let bare = story::Expectation { context: Some("none".to_owned()), ..expected };
        row(&format!("story {name}"), &with, &story::assess(&folder, &bare, kit).estate);
    }
    section(title, Some(text), broken)
}

fn firmness(judged: Option<&[Judged]>, kit: &Kit) -> Section {
    let title = "Firmness: every constant off by up to a fifth";
    let Some(judged) = judged.filter(|_| is_fast()) else { return section(title, None, Vec::new()) };
    let judged: Vec<&Judged> = judged.iter().filter(|judged| judged.counts()).collect();
    let estates: Vec<&SystemAssessment> = judged.iter().map(|judged| &judged.estate).collect();
    let all = estates.len() * TIMES;
    let stays = |flips: &[usize], times: usize| {
        let all = estates.len() * times;
        percent(all - flips.iter().sum::<usize>(), all)
    };
    let mut text = format!(
        "Constants off by a factor of their own between 0.8 and 1.2, in {TIMES} draws for all together and {TIMES_FOR_PARTS}\n\
         for each part, and the share of the verdicts of the labelled systems that stay what they are. The claims stay, and so does whether add-ons are set aside.\n\n\
         | what is off | verdicts that stay |\n|---|---|\n"
    );
    for (name, off) in [
        ("weights, gaps, and every cell of every target", Off::Claims),
        ("bands, and the share from which a system counts as native", Off::Bands),
        (
            "confidence: its thresholds, and what is taken off for weak claims, no live state and no owner",
            Off::Confidence,
        ),
        ("all, with the factors of confidence themselves off, so that 0.9 becomes 0.72 to 1", Off::EverythingAsFactors),
    ] {
        let flips = flips(&estates, off, TIMES_FOR_PARTS, kit);
        let _ = writeln!(text, "| {name} | {} |", stays(&flips, TIMES_FOR_PARTS));
    }
    let flips = flips(&estates, Off::Everything, TIMES, kit);
    let stable = all - flips.iter().sum::<usize>();
    let _ = writeln!(text, "| **all but the last together** | **{}** |", stays(&flips, TIMES));
    let _ = writeln!(
        text,
        "\nWith all of them together {} of {} systems never change. The others:\n\n\
         | system | found | need | confidence | changes |\n|---|---|---|---|---|",
        flips.iter().filter(|flips| **flips == 0).count(),
        flips.len()
    );
    let mut order: Vec<usize> = (0..flips.len()).filter(|index| flips[*index] > 0).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(flips[*index]), *index));
    for index in order {
        let estate = &judged[index].estate;
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {} % | {} |",
            judged[index].system.id,
            estate.verdict.id(),
            estate.need.score,
            estate.confidence,
            percent(flips[index], TIMES)
        );
    }
    let mut broken = Vec::new();
    if (stable as f64) < 0.9 * all as f64 {
        broken.push(format!("only {} of the verdicts are firm", percent(stable, all)));
    }
    for judged in judged {
        let estate = &judged.estate;
        let again = estate.basis.outcome(&estate.targets, &kit.catalogue, &kit.capabilities, &kit.constants);
        if again != (estate.need.score, estate.verdict) {
            broken.push(format!("{}: asked again, it is {} with {}", judged.system.id, again.1.id(), again.0));
        }
    }
    section(title, Some(text), broken)
}

fn ladder(kit: &Kit) -> Section {
    let mut text = String::from(
        "The canonical systems of `fixtures/ladder.tsv` written out as files (`fixtures/ladder/`), against what the table says\n\
         of their claims: any hosting / self-hosted. Within 6 points.\n\n\
         | system | column | table | files | apart |\n|---|---|---|---|---|\n",
    );
    let mut broken = Vec::new();
    for written in written_ladder::all(kit) {
        let (any, own) = written.expected;
        let (found, apart) = match written.found {
            Some((any, own)) => (format!("{any:.1} / {own:.1}"), format!("{:.1}", written.difference())),
            None => (format!("not written: {}", written.why_not), String::new()),
        };
        let _ = writeln!(text, "| {} | {} | {any:.1} / {own:.1} | {found} | {apart} |", written.system, written.column);
        if written.difference() > 6.0 {
            broken.push(format!("{}, {}: {found}", written.system, written.column));
        }
    }
    section("The ladder written out", Some(text), broken)
}

fn add_ons(kit: &Kit) -> Section {
    let estates = estates::read();
    let mut text = String::from(
        "Six applications that need nothing, each with nine well-known add-ons beside it (`fixtures/add-ons/`). The add-on is\n\
         set aside, and the estate debatable, while the application is a third of the workloads or more. The application's own\n\
         verdict is always needless.\n\n| application |",
    );
    for name in estates.add_ons.keys() {
        let _ = write!(text, " {name} |");
    }
    let _ = write!(text, "\n|---|{}\n", "---|".repeat(estates.add_ons.len()));
    let mut broken = Vec::new();
    for (payload, workloads) in &estates.payloads {
        let _ = write!(text, "| {payload} ({workloads}) |");
        for (name, add_on) in &estates.add_ons {
            let estate = estates::assess(payload, name, kit).estate;
            let (verdicts, set_aside) = add_on.expected(*workloads);
            if !verdicts.contains(&estate.verdict) || estate.set_aside.is_empty() == set_aside {
                broken.push(format!("{payload} with {name}: {}", estate.verdict.id()));
            }
            let _ = write!(text, " {} |", estate.verdict.id());
        }
        text.push('\n');
    }
    section("Applications with a vendored add-on", Some(text), broken)
}

fn disagreements(judged: Option<&[Judged]>, corpus: Option<&Path>, kit: &Kit) -> Section {
    let title = "What disagrees, and why";
    let Some(judged) = judged else { return section(title, None, Vec::new()) };
    let reasons = published::reasons();
    let mut disagreeing: Vec<String> = published::read()
        .cases
        .iter()
        .filter(|case| case.assess(true, corpus, kit).is_some_and(|estate| case.agrees(estate.verdict) == Some(false)))
        .map(Case::key)
        .collect();
    let systems = judged.iter().filter(|judged| judged.counts() && !judged.agrees());
    disagreeing.extend(systems.map(|judged| judged.system.id.clone()));
    let mut broken = Vec::new();
    let mut text = String::from("By hand, in `fixtures/cases/reasons.yaml`; nothing in there changes a verdict.\n\n");
    for key in &disagreeing {
        match reasons.get(key) {
            Some(reason) => {
                let _ = writeln!(text, "- **{key}**: {}", reason.trim());
            }
            None => broken.push(format!("no reason is given for {key}")),
        }
    }
    let stale = reasons.keys().filter(|key| !disagreeing.contains(key));
    broken.extend(stale.map(|key| format!("{key} agrees: its reason can go")));
    section(title, Some(text), broken)
}
