//! Asking every rule of a system and its workloads.

use std::collections::BTreeSet;

use super::{Action, Rule, Rules};
use crate::capability::CapabilityId;
use crate::condition::{Condition, Truth};
use crate::facts::{CATALOG, Fact, FactId, FactSet, Scope, SystemView, Value, WorkloadView};
use crate::grade::Grade;
use crate::language::{Argument, Prose, say};
use crate::rules::file::{EstateMode, Level};
use crate::yaml::Place;

/// A claim of one rule about one workload or system, before claims on the same capability are folded.
#[derive(Clone, Debug, PartialEq)]
pub struct RawClaim {
    /// The rule's code.
    pub rule: String,
    /// What is needed.
    pub capability: CapabilityId,
    /// How sure it is, reflexes applied.
    pub grade: Grade,
    /// Whether it follows from what the owner states alone, and from nothing that was read or seen.
    pub is_stated: bool,
    /// The code of the rule that lowered it, if one did.
    pub lowered_by: Option<String>,
    /// The workload it is about, as `Kind/namespace/name`; none for the system as a whole.
    pub subject: Option<String>,
    /// The number of that workload.
    pub workload: Option<usize>,
    /// What is said.
    pub message: Prose,
    /// Where the input says so, the deciding place first.
    pub places: Vec<Place>,
}

/// A finding of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's code.
    pub code: String,
    /// The rule's name.
    pub name: String,
    /// How loud it is.
    pub level: Level,
    /// What is said.
    pub message: Prose,
    /// What to do.
    pub help: String,
    /// The workload it is about.
    pub subject: Option<String>,
    /// The number of that workload.
    pub workload: Option<usize>,
    /// Where.
    pub places: Vec<Place>,
}

impl Finding {
    /// Begins with the name of the system, where it is about the system as a whole.
    pub(crate) fn name_system(&mut self, name: &str) {
        if self.subject.is_none() && !name.is_empty() {
            self.message = say!("{}: {}", name, &self.message);
        }
    }
}

/// Something that the input leaves open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenQuestion {
    /// The rule's code.
    pub code: String,
    /// The question.
    pub question: Prose,
    /// Why it is open.
    pub reason: Prose,
    /// What the costliest answer would prove; none where it could be anything.
    pub capability: Option<CapabilityId>,
    /// The number of the workload that it is about; none for the system as a whole.
    pub workload: Option<usize>,
    /// Where.
    pub places: Vec<Place>,
}

/// What all rules say of one system.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Claims, not folded.
    pub claims: Vec<RawClaim>,
    /// Findings.
    pub findings: Vec<Finding>,
    /// Open questions.
    pub questions: Vec<OpenQuestion>,
    /// What does not count, since it is suppressed.
    pub withheld: Vec<Withheld>,
    /// Where something is suppressed, what all rules say without that.
    pub unsuppressed: Option<Box<Self>>,
}

/// Something that a rule says and that is suppressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Withheld {
    /// The number of the suppression.
    pub by: usize,
    /// What is suppressed.
    pub what: WithheldWhat,
}

/// What is suppressed.
#[derive(Clone, Debug, PartialEq)]
pub enum WithheldWhat {
    /// A claim, as it would count.
    Claim(RawClaim),
    /// A finding.
    Finding(Finding),
    /// An open question.
    Question(OpenQuestion),
    /// A finding that lowers claims.
    Lowering {
        /// What it tells.
        finding: Finding,
        /// The claims that count, lowered by it.
        claims: Vec<RawClaim>,
    },
}

impl Withheld {
    /// The code of the rule that says it.
    pub(crate) fn code(&self) -> &str {
        match &self.what {
            WithheldWhat::Claim(claim) => &claim.rule,
            WithheldWhat::Finding(finding) | WithheldWhat::Lowering { finding, .. } => &finding.code,
            WithheldWhat::Question(question) => &question.code,
        }
    }

    /// Lets a message begin with the name of the system, as the finding that it is of does.
    pub(crate) fn name_system(&self, name: &str, message: &mut Prose) {
        if let WithheldWhat::Finding(finding) | WithheldWhat::Lowering { finding, .. } = &self.what
            && finding.subject.is_none()
            && !name.is_empty()
        {
            *message = say!("{}: {}", name, &*message);
        }
    }
}

/// What is suppressed, as far as rules have to know.
pub trait Suppressing: Sync {
    /// The number of the suppression that covers what a rule says of a workload, by its number, or of the system as a
    /// whole.
    fn covers(&self, rule: &str, workload: Option<usize>, places: &[Place]) -> Option<usize>;

    /// Takes note that a rule has no answer.
    fn note_open(&self, rule: &str, workload: Option<usize>);
}

/// What rules say before some of it lowers the rest.
#[derive(Clone, Default)]
struct Raw {
    claims: Vec<RawClaim>,
    findings: Vec<Finding>,
    questions: Vec<OpenQuestion>,
    lowerings: Vec<Lowering>,
    /// Rules without an answer, where that is asked: the code, and the workload.
    open: Option<Vec<(String, Option<usize>)>>,
}

/// Whom a rule is asked of, and what it lowers there.
#[derive(Clone)]
struct Lowering {
    rule: String,
    workload: Option<usize>,
    capabilities: Vec<CapabilityId>,
    /// What is told.
    finding: Finding,
    /// Whether it is told only where something was lowered, together with where.
    is_contradiction: bool,
}

/// Asks every rule of a system: those of scope workload of each workload, those of scope system once. With
/// `as_estate`, only rules of scope system that are meaningful for an estate are asked.
#[must_use]
pub fn evaluate(view: &SystemView<'_>, rules: &Rules, as_estate: bool) -> (Evaluation, FactSet) {
    evaluate_seeing(view, rules, as_estate, &[])
}

/// The same with facts of live state laid over what files tell, those of workloads over every workload.
#[must_use]
pub fn evaluate_seeing(
    view: &SystemView<'_>,
    rules: &Rules,
    as_estate: bool,
    seen: &[(FactId, Fact)],
) -> (Evaluation, FactSet) {
    let (raw, facts) = ask_all(view, rules, as_estate, seen, Raw::default());
    (raw.settled(), facts)
}

/// The same without what is suppressed.
#[must_use]
pub fn evaluate_suppressing(
    view: &SystemView<'_>,
    rules: &Rules,
    as_estate: bool,
    suppressing: &dyn Suppressing,
) -> (Evaluation, FactSet) {
    let noting = Raw { open: Some(Vec::new()), ..Raw::default() };
    let (raw, facts) = ask_all(view, rules, as_estate, &[], noting);
    for (rule, workload) in raw.open.iter().flatten() {
        suppressing.note_open(rule, *workload);
    }
    (raw.without(suppressing), facts)
}

fn ask_all(
    view: &SystemView<'_>,
    rules: &Rules,
    as_estate: bool,
    seen: &[(FactId, Fact)],
    mut raw: Raw,
) -> (Raw, FactSet) {
    let system_facts = FactSet::of_system(view).overlaid(seen);
    let stated = Stated::new(view, rules);
    let left_out = if as_estate { EstateMode::Never } else { EstateMode::Only };
    for rule in rules.iter().filter(|rule| rule.scope == Scope::System && rule.estate != left_out) {
        ask(rule, &system_facts, None, &stated, &mut raw);
    }
    if !as_estate {
        for workload in view.workloads() {
            let facts = FactSet::of_workload(&workload, &system_facts).overlaid(seen);
            for rule in rules.iter().filter(|rule| rule.scope == Scope::Workload) {
                ask(rule, &facts, Some(&workload), &stated, &mut raw);
            }
        }
    }
    (raw, system_facts)
}

impl Raw {
    /// What counts once claims are lowered.
    fn settled(self) -> Evaluation {
        let mut evaluation = Evaluation {
            claims: self.claims,
            findings: self.findings,
            questions: self.questions,
            ..Evaluation::default()
        };
        for lowering in self.lowerings {
            let contradicted = lowering.lower(&mut evaluation.claims);
            evaluation.findings.extend(lowering.told(contradicted));
        }
        evaluation
    }

    /// What counts of it where some is suppressed.
    fn without(self, suppressing: &dyn Suppressing) -> Evaluation {
        let covers = |rule: &str, workload: Option<usize>, places: &[Place]| suppressing.covers(rule, workload, places);
        let (claims, no_claims) = parted(&self.claims, |claim| covers(&claim.rule, claim.workload, &claim.places));
        let (findings, no_findings) =
            parted(&self.findings, |finding| covers(&finding.code, finding.workload, &finding.places));
        let (questions, no_questions) =
            parted(&self.questions, |question| covers(&question.code, question.workload, &question.places));
        let (lowerings, no_lowerings) =
            parted(&self.lowerings, |lowering| covers(&lowering.rule, lowering.workload, &lowering.finding.places));
        if no_claims.is_empty() && no_findings.is_empty() && no_questions.is_empty() && no_lowerings.is_empty() {
            return self.settled();
        }
        let kept = Self { claims, findings, questions, lowerings, open: None };
        let mut withheld = Vec::new();
        let mut withhold = |by: usize, what: WithheldWhat| withheld.push(Withheld { by, what });
        for (by, mut claim) in no_claims {
            for lowering in &kept.lowerings {
                lowering.lower(std::slice::from_mut(&mut claim));
            }
            withhold(by, WithheldWhat::Claim(claim));
        }
        no_findings.into_iter().for_each(|(by, finding)| withhold(by, WithheldWhat::Finding(finding)));
        no_questions.into_iter().for_each(|(by, question)| withhold(by, WithheldWhat::Question(question)));
        let settled = kept.settled();
        for (by, lowering) in no_lowerings {
            let mut claims = settled.claims.clone();
            let contradicted = lowering.lower(&mut claims);
            if let Some(finding) = lowering.told(contradicted) {
                withhold(by, WithheldWhat::Lowering { finding, claims });
            }
        }
        Evaluation { withheld, unsuppressed: Some(Box::new(self.settled())), ..settled }
    }
}

/// What is not covered, and what is, each with the number of the suppression.
fn parted<T: Clone>(all: &[T], covers: impl Fn(&T) -> Option<usize>) -> (Vec<T>, Vec<(usize, T)>) {
    let (mut kept, mut withheld) = (Vec::new(), Vec::new());
    for each in all {
        match covers(each) {
            Some(by) => withheld.push((by, each.clone())),
            None => kept.push(each.clone()),
        }
    }
    (kept, withheld)
}

impl Lowering {
    /// Lowers claims; where those stand that were higher.
    fn lower(&self, claims: &mut [RawClaim]) -> Vec<Place> {
        let mut contradicted: Vec<Place> = Vec::new();
        for claim in claims {
            let same_subject = self.workload.is_none() || self.workload == claim.workload;
            if same_subject && self.capabilities.contains(&claim.capability) {
                if claim.grade > Grade::Declared {
                    contradicted.extend(claim.places.first());
                    claim.lowered_by = Some(self.rule.clone());
                }
                claim.grade = Grade::Declared;
            }
        }
        contradicted
    }

    /// What is told of it.
    fn told(self, contradicted: Vec<Place>) -> Option<Finding> {
        let mut finding = self.finding;
        if self.is_contradiction {
            if contradicted.is_empty() {
                return None;
            }
            finding.places.extend(contradicted);
        }
        Some(finding)
    }
}

/// What the owner states outright about capabilities, needed or not, with the places.
struct Stated {
    needed: Vec<(CapabilityId, Place)>,
    not_needed: Vec<(CapabilityId, Place)>,
}

impl Stated {
    fn new(view: &SystemView<'_>, rules: &Rules) -> Self {
        let known = view.statements.needs().filter_map(|(id, needed, statement)| {
            rules.capability(id).map(|capability| (needed, capability, statement.place))
        });
        let mut stated = Self { needed: Vec::new(), not_needed: Vec::new() };
        for (needed, capability, place) in known {
            let side = if needed { &mut stated.needed } else { &mut stated.not_needed };
            side.push((capability, place));
        }
        stated
    }
}

fn ask(rule: &Rule, facts: &FactSet, workload: Option<&WorkloadView<'_>>, stated: &Stated, into: &mut Raw) {
    let answer = rule.when.ask(facts);
    if answer == Truth::False {
        return;
    }
    let about = About { name: workload.map(WorkloadView::object_name), workload: workload.map(WorkloadView::index) };
    let mut places = places(rule, facts, workload);
    if let Truth::Unknown(fact) = answer {
        // What a reflex or a finding cannot see changes nothing; what a claim cannot see is an open question.
        // What may be anywhere in a template is asked once, for all of it.
        // What only a cluster shows is told apart: see `Rule::needs_live_state`.
        if let Some(open) = into.open.as_mut().filter(|_| !CATALOG[fact.0].id.starts_with("seen.")) {
            open.push((rule.code.clone(), about.workload));
        }
        if let Action::Claim { capability, .. } = &rule.action
            && !may_be_anywhere(facts.get(fact))
        {
            into.questions.push(unanswered(rule, fact, facts, &about, *capability));
        }
        return;
    }
    let mut seen = observations(&rule.when, facts);
    seen.retain(|place| !places.contains(place));
    places.extend(seen);
    let message = message(rule, facts);
    match &rule.action {
        Action::Claim { capability, grade, raised } => {
            let mut best = *grade;
            let mut open = None;
            for (grade, condition) in raised {
                match condition.ask(facts) {
                    Truth::True => {
                        best = best.max(*grade);
                        let mut seen = observations(condition, facts);
                        seen.retain(|place| !places.contains(place));
                        places.splice(0..0, seen);
                    }
                    Truth::Unknown(fact) => open = open.or(Some(fact)),
                    Truth::False => {}
                }
            }
            if let Some(fact) = open.filter(|fact| best == Grade::Declared && !may_be_anywhere(facts.get(*fact))) {
                into.questions.push(unanswered(rule, fact, facts, &about, *capability));
            }
            into.claims.push(RawClaim {
                rule: rule.code.clone(),
                capability: *capability,
                grade: best,
                is_stated: rule.is_about_statements(),
                lowered_by: None,
                subject: about.name,
                workload: about.workload,
                message,
                places,
            });
        }
        Action::ClaimsStated { grade } => {
            into.claims.extend(stated.needed.iter().map(|(capability, place)| RawClaim {
                rule: rule.code.clone(),
                capability: *capability,
                grade: *grade,
                is_stated: true,
                lowered_by: None,
                subject: None,
                workload: None,
                message: message.clone(),
                places: vec![*place],
            }));
        }
        Action::LowersStated { level } => into.lowerings.push(Lowering {
            rule: rule.code.clone(),
            workload: None,
            capabilities: stated.not_needed.iter().map(|(capability, _)| *capability).collect(),
            finding: finding(rule, *level, message, about, places),
            is_contradiction: true,
        }),
        Action::Lowers { capabilities, level } => into.lowerings.push(Lowering {
            rule: rule.code.clone(),
            workload: about.workload,
            capabilities: capabilities.clone(),
            finding: finding(rule, *level, message, about, places),
            is_contradiction: false,
        }),
        Action::Finding(level) => into.findings.push(finding(rule, *level, message, about, places)),
        Action::Asks { question, capability } => into.questions.push(OpenQuestion {
            code: rule.code.clone(),
            question: question.into(),
            reason: message,
            capability: *capability,
            workload: about.workload,
            places,
        }),
    }
}

/// Whether nothing in the input points at what is not known: it may be anywhere in a template that was not rendered.
fn may_be_anywhere(fact: &Fact) -> bool {
    match fact {
        Fact::Unknown { places, .. } => places.is_empty(),
        Fact::AtLeast { .. } => true,
        Fact::Known { .. } | Fact::Absent => false,
    }
}

/// What a rule speaks of.
struct About {
    name: Option<String>,
    workload: Option<usize>,
}

fn finding(rule: &Rule, level: Level, message: Prose, about: About, places: Vec<Place>) -> Finding {
    Finding {
        code: rule.code.clone(),
        name: rule.name.clone(),
        level,
        message,
        help: rule.remedy.clone(),
        subject: about.name,
        workload: about.workload,
        places,
    }
}

fn unanswered(
    rule: &Rule,
    fact: crate::facts::FactId,
    facts: &FactSet,
    about: &About,
    capability: CapabilityId,
) -> OpenQuestion {
    let entry = &CATALOG[fact.0];
    let (reason, places) = match facts.get(fact) {
        Fact::Unknown { reason, places } => (reason.clone(), places.clone()),
        _ => (Prose::default(), Vec::new()),
    };
    let sentence = Prose::from(entry.sentence);
    let question = match &about.name {
        Some(subject) => say!("{} of {}?", sentence, subject),
        None => say!("{}?", sentence),
    };
    OpenQuestion {
        code: rule.code.clone(),
        question,
        reason,
        capability: Some(capability),
        workload: about.workload,
        places,
    }
}

fn places(rule: &Rule, facts: &FactSet, workload: Option<&WorkloadView<'_>>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for place in rule.evidence.iter().flat_map(|fact| facts.get(*fact).places()) {
        if !places.contains(place) {
            places.push(*place);
        }
    }
    if places.is_empty() {
        places.extend(workload.map(WorkloadView::place));
    }
    places
}

/// Where it was seen live what makes a condition hold.
fn observations(condition: &Condition, facts: &FactSet) -> Vec<Place> {
    let mut named = BTreeSet::new();
    condition.collect_facts(&mut named);
    let seen = named.into_iter().filter(|fact| CATALOG[fact.0].id.starts_with("seen."));
    let known =
        seen.map(|fact| facts.get(fact)).filter(|fact| matches!(fact, Fact::Known { .. } | Fact::AtLeast { .. }));
    known.flat_map(Fact::places).copied().collect()
}

/// What a rule says of these facts.
fn message(rule: &Rule, facts: &FactSet) -> Prose {
    let argument = |id: &FactId| match facts.get(*id) {
        // What somebody stated is shown as it is: 99.99 % is not 100.
        Fact::Known { value: Value::Number(number), .. } if CATALOG[id.0].id.starts_with("stated.") => {
            Argument::exact(*number)
        }
        Fact::Known { value, .. } => shown(value),
        Fact::AtLeast { value, .. } => shown(&Value::Number(*value)),
        Fact::Absent => say!("none").into(),
        Fact::Unknown { .. } => say!("unknown").into(),
    };
    rule.message.prose(argument)
}

/// A value as people read it: numbers with at most one decimal.
fn shown(value: &Value) -> Argument {
    match value {
        Value::Boolean(value) => if *value { say!("yes") } else { say!("no") }.into(),
        Value::Number(number) => Argument::Number(*number, usize::from(number.fract() != 0.0)),
        Value::Text(text) => Argument::Name(text.clone()),
    }
}
