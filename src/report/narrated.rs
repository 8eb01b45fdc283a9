//! The screen as sentences, for screen readers: one thing on a line, headings in words, and neither pictures, columns nor
//! signs that would be read aloud.

use super::gate::Answer;
use super::lines::wrap;
use super::only::only;
use super::reading::{self, About};
use super::sentences::{self, Point, key_of, said};
use super::suppressed::{self, counted};
use super::words::{self, points};
use super::{Layout, Verbosity, full, marks};
use crate::assessment::{Assessment, Claim, ClusterRead, FindingReport, Fit, Location, Standing, SystemAssessment};
use crate::grade::Grade;
use crate::language::{Prose, Voice, say};
use crate::rules::file::Level;
use crate::text::sanitize::for_terminal;

/// How many of a list are told before the rest is counted.
const LIST: usize = 8;
/// How many systems of an estate are named before the rest is counted.
const SYSTEMS: usize = 24;
/// How many places of a claim are named.
const PLACES: usize = 20;

/// Renders the screen as sentences, for screen readers.
pub(super) fn render(assessment: &Assessment, layout: Layout) -> String {
    let mut tale = Tale { out: String::new(), layout, assessment };
    let voice = layout.voice;
    let is_quiet = layout.verbosity == Verbosity::Quiet;
    match only(assessment) {
        Some(one) => {
            if is_quiet {
                tale.verdict_alone(&one.name, &one)
            } else {
                tale.system(&one, &one.name)
            }
        }
        None => {
            let systems = assessment.systems.as_slice();
            let title = voice.say(&sentences::estate_title(systems.len()));
            if is_quiet {
                tale.verdict_alone(&title, &assessment.estate)
            } else {
                tale.system(&assessment.estate, &title)
            }
            if !is_quiet {
                tale.clusters(&assessment.inputs.clusters);
                tale.systems(systems);
            } else {
                for system in full::by_need(systems) {
                    tale.verdict_alone(&system.name, system);
                }
            }
            if !is_quiet && systems.len() <= full::in_detail(layout) {
                for one in systems {
                    tale.line("");
                    tale.system(one, &one.name);
                }
            }
        }
    }
    if !is_quiet {
        tale.not_honoured();
        tale.mistaken();
        tale.inputs();
    }
    tale.gate();
    tale.out
}

/// The sentences while they are written.
struct Tale<'a> {
    out: String,
    layout: Layout,
    assessment: &'a Assessment,
}

impl Tale<'_> {
    fn voice(&self) -> Voice {
        self.layout.voice
    }

    fn most(&self, normally: usize) -> usize {
        if self.layout.verbosity == Verbosity::Verbose { usize::MAX } else { normally }
    }

    /// A line, broken where the screen ends.
    fn line(&mut self, text: &str) {
        let text = if self.layout.unicode { text.to_owned() } else { marks::in_ascii(text) };
        for line in wrap(&text, self.layout.width.max(20)) {
            self.out.push_str(line.trim_end());
            self.out.push('\n');
        }
    }

    fn say(&mut self, prose: &Prose) {
        let text = said(self.voice(), prose);
        self.line(&text);
    }

    fn heading(&mut self, text: &str) {
        self.line("");
        let text = said(self.voice(), &say!("{}:", text));
        self.line(&text);
    }

    /// The answer of the gate, where it was asked.
    fn gate(&mut self) {
        let Some(gate) = &self.assessment.gate else { return };
        let voice = self.voice();
        self.heading(&voice.words("Gate"));
        for failure in &gate.failures {
            let place = failure.place.as_ref().map(sentences::position);
            self.say(&match place {
                Some(place) => say!("{}, at {}.", &failure.message, place),
                None => say!("{}.", &failure.message),
            });
            if !failure.help.is_empty() {
                self.say(&say!("{}.", &failure.help));
            }
        }
        let mut counts = super::gate::counts(gate);
        if gate.known_findings > 0 {
            counts.push(super::gate::known(gate));
        }
        for count in counts {
            self.say(&say!("{}.", count));
        }
        let asked = super::gate::asked(gate);
        self.say(&match Answer::of(self.assessment, gate) {
            Answer::Passed => say!("The gate passed ({}).", asked),
            Answer::Failed => say!("The gate failed ({}).", asked),
            Answer::NothingChecked => say!("Nothing was checked: no system was found ({}).", asked),
        });
    }

    fn verdict_alone(&mut self, name: &str, system: &SystemAssessment) {
        let prose = verdict(name, system, self.voice());
        self.say(&prose);
    }

    fn system(&mut self, system: &SystemAssessment, title: &str) {
        let about: Vec<String> = sentences::about(system).iter().map(|part| self.voice().say(part)).collect();
        self.say(&say!("{}: {}.", for_terminal(title), about.join(", ")));
        let word = words::verdict_word(system.verdict, self.voice()).to_lowercase();
        self.say(&say!("Verdict: {}.", word));
        let need = &system.need;
        self.say(&say!(
            "Kubernetes need {} of 100, in a range from {} to {}, with a confidence of {} percent.",
            counted(need),
            points(need.low),
            points(need.high),
            system.confidence
        ));
        for sentence in sentences::verdict(self.assessment, system) {
            self.say(&sentence);
        }
        if system.workloads > 0 || !system.claims.is_empty() {
            self.ladders(system);
            self.claims(system);
            self.findings(system);
            self.not_counted(system);
            self.one_sided(system);
        }
        self.statements(system);
        self.unknowns(system);
        self.targets(system);
        self.flips(system);
    }

    fn ladders(&mut self, system: &SystemAssessment) {
        let of = |standing: Standing| sentences::rungs(standing);
        let survives = sentences::survives(self.assessment, system);
        self.say(&say!("Availability, rung {}: {}.", of(system.availability), survives));
        let carried = sentences::carried(self.assessment, system);
        self.say(&say!("Scale, rung {}: {}.", of(system.scale), carried));
    }

    fn claims(&mut self, system: &SystemAssessment) {
        let voice = self.voice();
        let (for_it, covered): (Vec<&Claim>, Vec<&Claim>) = system.claims.iter().partition(|claim| claim.share > 0.0);
        self.heading(&voice.words("What speaks for Kubernetes"));
        if for_it.is_empty() {
            self.line(&voice.words("Nothing: every need that was seen is met by something simpler."));
        }
        let most = self.most(LIST);
        for claim in for_it.iter().take(most) {
            let text = self.claim(claim);
            self.say(&match points(claim.share) {
                (share, 0) if (share - 1.0).abs() < 0.05 => say!("1 point: {}.", text),
                share => say!("{} points: {}.", share, text),
            });
            self.places(&claim.evidence, 3);
            if !claim.help.is_empty() {
                let help = said(voice, &Prose::from(claim.help.clone()));
                let all = self.layout.verbosity == Verbosity::Verbose;
                let help = if all { help.as_str() } else { words::first_sentence(&help) };
                self.say(&say!("What to do: {}", help));
            }
        }
        self.more(for_it.len(), most);
        let reference = words::suggested(system).filter(|fit| fit.tier < 3);
        let reference = reference.or_else(|| system.targets.iter().find(|fit| fit.admissible && fit.tier < 3));
        let rest = covered.into_iter().filter(|claim| claim.grade > Grade::Declared);
        let (met, outweighed): (Vec<&Claim>, Vec<&Claim>) =
            rest.partition(|claim| reference.is_some_and(|fit| fit.covered.contains(&claim.capability)));
        let heading = voice.words("Needs that simpler targets meet");
        self.list(&heading, &met);
        let heading = voice.words("Needs that count no further, since others decide already");
        self.list(&heading, &outweighed);
    }

    fn claim(&self, claim: &Claim) -> Prose {
        let plain = |text: &str| text.to_owned();
        sentences::claim(self.assessment, claim, self.voice(), &plain, &plain)
    }

    fn list(&mut self, heading: &str, claims: &[&Claim]) {
        if claims.is_empty() {
            return;
        }
        self.heading(heading);
        let most = self.most(LIST);
        for claim in claims.iter().take(most) {
            let text = self.claim(claim);
            self.say(&say!("{}.", text));
            self.places(&claim.evidence, 1);
        }
        self.more(claims.len(), most);
    }

    fn findings(&mut self, system: &SystemAssessment) {
        if system.findings.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("What speaks against Kubernetes: habits, and what they give"));
        let habits: Vec<(&FindingReport, usize)> = if self.layout.verbosity == Verbosity::Verbose {
            system.findings.iter().map(|finding| (finding, 1)).collect()
        } else {
            sentences::habits(system)
        };
        let most = self.most(LIST);
        for (finding, times) in habits.iter().take(most) {
            let text = sentences::habit(finding, *times, voice, &for_terminal(&finding.code));
            self.say(&match finding.level {
                Level::Warning => say!("Warning: {}.", text),
                _ => say!("Note: {}.", text),
            });
            self.places(&finding.evidence, 2);
            if self.layout.verbosity == Verbosity::Verbose {
                let help = said(voice, &Prose::from(finding.help.clone()));
                self.say(&say!("What to do: {}", help));
            }
        }
        self.more(habits.len(), most);
    }

    fn not_counted(&mut self, system: &SystemAssessment) {
        if system.suppressed.is_empty() {
            return;
        }
        self.heading(&self.voice().words("Suppressed: what does not count"));
        let most = self.most(LIST);
        for each in system.suppressed.iter().take(most) {
            self.say(&say!("{}.", suppressed::told(each, self.voice(), &for_terminal(&each.code))));
            self.places(&each.evidence, 1);
        }
        self.more(system.suppressed.len(), most);
    }

    fn not_honoured(&mut self) {
        let listed = suppressed::not_honoured(self.assessment);
        if listed.is_empty() {
            return;
        }
        self.heading(&suppressed::not_honoured_title(self.voice()));
        let most = self.most(LIST);
        for each in listed.iter().take(most) {
            self.say(&say!("{}.", suppressed::named(each, str::to_owned)));
            self.places(each.place.as_slice(), 1);
        }
        self.more(listed.len(), most);
    }

    fn mistaken(&mut self) {
        let mistaken = suppressed::mistaken(self.assessment);
        if mistaken.is_empty() {
            return;
        }
        self.heading(&self.voice().words("Suppressions to mend or to remove"));
        let most = self.most(LIST);
        for each in mistaken.iter().take(most) {
            self.say(&say!("Warning: {}.", suppressed::mistake(each, self.voice(), suppressed::code(each))));
            self.places(each.place.as_slice(), 1);
        }
        self.more(mistaken.len(), most);
    }

    fn one_sided(&mut self, system: &SystemAssessment) {
        if system.one_sided.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("Said by one side only: manifests or Compose files"));
        let most = self.most(LIST);
        for claim in system.one_sided.iter().take(most) {
            let meaning = said(voice, &Prose::from(words::meaning(self.assessment, &claim.capability).to_owned()));
            let (message, grade) = (said(voice, &claim.message), words::grade_word(claim.grade, voice));
            self.say(&if claim.origin == "compose" {
                say!("Compose files alone: {}: {} ({}).", meaning, message, grade)
            } else {
                say!("Manifests alone: {}: {} ({}).", meaning, message, grade)
            });
        }
        self.more(system.one_sided.len(), most);
    }

    fn statements(&mut self, system: &SystemAssessment) {
        if system.statements.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("What the owner states"));
        let most = self.most(LIST);
        for statement in system.statements.iter().take(most) {
            self.say(&say!("{}.", sentences::statement(statement)));
        }
        self.more(system.statements.len(), most);
    }

    fn unknowns(&mut self, system: &SystemAssessment) {
        if system.unknowns.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("What is unknown, and how far the need could move"));
        let most = self.most(LIST);
        for unknown in system.unknowns.iter().take(most) {
            let text = sentences::unknown(unknown, voice, &for_terminal(&unknown.key));
            self.say(&if sentences::moves(unknown) {
                say!("{}: the need could rise to {}.", text, points(unknown.could_move.1))
            } else {
                say!("{}: the need stays.", text)
            });
            self.places(&unknown.evidence, 2);
        }
        self.more(system.unknowns.len(), most);
    }

    fn targets(&mut self, system: &SystemAssessment) {
        if system.workloads == 0 || !system.targets.iter().any(|fit| fit.admissible) {
            return;
        }
        let voice = self.voice();
        let is_verbose = self.layout.verbosity == Verbosity::Verbose;
        self.heading(&if is_verbose {
            voice.words("Targets compared")
        } else {
            voice.words("Targets compared: the best of each kind")
        });
        if let Some(percent) = system.achievable.percent {
            self.say(&say!("As it is written, an availability of {} percent is achievable.", words::percent(percent)));
            if let Some(text) = sentences::not_reached(system) {
                self.say(&text);
            }
        }
        let mut shown: Vec<&Fit> = Vec::new();
        for tier in 1..=3u8 {
            let kinds = sentences::kinds_of(system, tier, is_verbose);
            if !kinds.is_empty() {
                self.say(&say!("{}:", sentences::tier(tier)));
            }
            for fit in &kinds {
                self.target(system, fit);
            }
            shown.extend(kinds);
        }
        for fit in system.targets.iter().filter(|fit| is_verbose && !fit.admissible) {
            let why: Vec<String> = fit.why_not.iter().map(|why| said(voice, why)).collect();
            self.say(&say!("{} is not considered: {}.", for_terminal(&fit.name), why.join(&self.voice().words("; "))));
        }
        if let Some(text) = sentences::stale(&shown) {
            self.say(&text);
        }
        for text in sentences::complements(system) {
            self.say(&text);
        }
    }

    fn target(&mut self, system: &SystemAssessment, fit: &Fit) {
        let voice = self.voice();
        let is_suggested = system.suggested.as_deref() == Some(fit.id.as_str());
        let name = Prose::from(for_terminal(&fit.name).into_owned());
        let name = if is_suggested { say!("{}, which is suggested", name) } else { name };
        let (shortfall, effort) = ((fit.least_shortfall() * 100.0, 0), fit.effort_with_split());
        self.say(&match &fit.achievable {
            Ok(percent) => say!(
                "{}: the chance that it falls short is {} percent, the effort {} of 10, the achievable availability {} percent.",
                name,
                shortfall,
                effort,
                words::percent(*percent)
            ),
            Err(_) => {
                say!("{}: the chance that it falls short is {} percent, the effort {} of 10.", name, shortfall, effort)
            }
        });
        let points = sentences::points_of(fit, voice);
        let most = self.most(if is_suggested { LIST } else { 2 });
        for (kind, text) in points.iter().take(most) {
            self.say(&match kind {
                Point::Beside => say!("Beside it: {}.", text),
                Point::Blocked => say!("Blocked, {}.", text),
                Point::Loss => say!("Loss, {}.", text),
                Point::Work => say!("Work, {}.", text),
            });
        }
        self.more(points.len(), most);
    }

    fn flips(&mut self, system: &SystemAssessment) {
        if system.flips.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("What would change the verdict"));
        let most = self.most(LIST);
        for flip in system.flips.iter().take(most) {
            let text = said(voice, &sentences::flip(flip, voice));
            self.say(&say!("It would be {}.", text));
        }
        self.more(system.flips.len(), most);
    }

    fn clusters(&mut self, clusters: &[ClusterRead]) {
        if clusters.len() < 2 {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("Clusters"));
        for cluster in clusters {
            let Some((need, verdict, confidence, systems)) = cluster.alone else { continue };
            self.say(&say!(
                "{}: {}, need {}, confidence {} percent, systems: {}.",
                for_terminal(&cluster.name),
                words::verdict_word(verdict, voice).to_lowercase(),
                points(need),
                confidence,
                systems
            ));
        }
    }

    fn systems(&mut self, systems: &[SystemAssessment]) {
        if systems.is_empty() {
            return;
        }
        let voice = self.voice();
        self.heading(&voice.words("Systems"));
        for (verdict, group) in full::by_verdict(systems) {
            self.say(&say!("{}: {}.", words::verdict_word(verdict, voice).to_lowercase(), group.len()));
        }
        let most = self.most(SYSTEMS);
        for system in full::by_need(systems).into_iter().take(most) {
            self.verdict_alone(&system.name, system);
        }
        self.more(systems.len(), most);
    }

    fn inputs(&mut self) {
        let layout = self.layout;
        self.heading(&layout.voice.words("What was read"));
        for (about, text) in reading::sentences(self.assessment, layout, self.most(LIST)) {
            self.say(&match about {
                About::LeftAlone => say!("Left alone: {}.", text),
                About::Unread => say!("Not read: {}", text),
                About::Detail => say!("A detail that was not read: {}", text),
                About::Read | About::Hint => Prose::name(text),
            });
        }
        self.line("");
        self.line(&reading::hint(layout));
    }

    /// Where something is written, place by place.
    fn places(&mut self, evidence: &[Location], normally: usize) {
        let is_verbose = self.layout.verbosity == Verbosity::Verbose;
        let most = if is_verbose { PLACES } else { normally };
        for location in evidence.iter().take(most) {
            let key = key_of(location);
            let file = for_terminal(&location.file);
            self.say(&match &location.object {
                Some(object) if location.is_live => say!("In {}, {}, {}.", file, for_terminal(object), key),
                None if location.is_live => say!("In {}, {}.", file, key),
                _ => say!("In {}, line {}, column {}, {}.", file, location.line, location.column, key),
            });
            let line = self.assessment.excerpts.line(&location.file, location.line).filter(|_| is_verbose);
            if let Some(line) = line {
                self.say(&say!("The line reads: {}", for_terminal(line.trim())));
            }
        }
        if evidence.len() > most && (normally > 2 || is_verbose) {
            let rest = evidence.len() - most;
            self.say(&if rest == 1 { say!("and 1 more place") } else { say!("and {} more places", rest) });
        }
    }

    fn more(&mut self, length: usize, most: usize) {
        if length > most {
            self.say(&say!("and {} more", length - most));
        }
    }
}

/// A system's verdict in one sentence.
fn verdict(name: &str, system: &SystemAssessment, voice: Voice) -> Prose {
    let need = &system.need;
    let (score, low, high) = (counted(need), points(need.low), points(need.high));
    let (name, word) = (for_terminal(name), words::verdict_word(system.verdict, voice).to_lowercase());
    match words::suggested(system) {
        Some(fit) => say!(
            "{}: {}, need {}, from {} to {}, confidence {} percent; suggested: {}.",
            name,
            word,
            score,
            low,
            high,
            system.confidence,
            words::placed_alone(fit)
        ),
        None => {
            say!(
                "{}: {}, need {}, from {} to {}, confidence {} percent.",
                name,
                word,
                score,
                low,
                high,
                system.confidence
            )
        }
    }
}
