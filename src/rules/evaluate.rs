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
    /// Where.
    pub places: Vec<Place>,
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
}

/// Whom a rule is asked of, and what it lowers there.
struct Lowering {
    rule: String,
    workload: Option<usize>,
    capabilities: Vec<CapabilityId>,
    /// What is told where something was lowered; none where it is told anyway.
    contradiction: Option<Finding>,
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
    let system_facts = FactSet::of_system(view).overlaid(seen);
    let mut evaluation = Evaluation::default();
    let mut lowerings = Vec::new();
    let stated = Stated::new(view, rules);
    let left_out = if as_estate { EstateMode::Never } else { EstateMode::Only };
    for rule in rules.iter().filter(|rule| rule.scope == Scope::System && rule.estate != left_out) {
        ask(rule, &system_facts, None, &stated, &mut evaluation, &mut lowerings);
    }
    if !as_estate {
        for workload in view.workloads() {
            let facts = FactSet::of_workload(&workload, &system_facts).overlaid(seen);
            for rule in rules.iter().filter(|rule| rule.scope == Scope::Workload) {
                ask(rule, &facts, Some(&workload), &stated, &mut evaluation, &mut lowerings);
            }
        }
    }
    for lowering in lowerings {
        let mut contradicted: Vec<Place> = Vec::new();
        for claim in &mut evaluation.claims {
            let same_subject = lowering.workload.is_none() || lowering.workload == claim.workload;
            if same_subject && lowering.capabilities.contains(&claim.capability) {
                if claim.grade > Grade::Declared {
                    contradicted.extend(claim.places.first());
                    claim.lowered_by = Some(lowering.rule.clone());
                }
                claim.grade = Grade::Declared;
            }
        }
        if let Some(mut finding) = lowering.contradiction.filter(|_| !contradicted.is_empty()) {
            finding.places.extend(contradicted);
            evaluation.findings.push(finding);
        }
    }
    (evaluation, system_facts)
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

fn ask(
    rule: &Rule,
    facts: &FactSet,
    workload: Option<&WorkloadView<'_>>,
    stated: &Stated,
    into: &mut Evaluation,
    lowerings: &mut Vec<Lowering>,
) {
    let answer = rule.when.ask(facts);
    if answer == Truth::False {
        return;
    }
    let subject = workload.map(WorkloadView::object_name);
    let mut places = places(rule, facts, workload);
    if let Truth::Unknown(fact) = answer {
        // What a reflex or a finding cannot see changes nothing; what a claim cannot see is an open question.
        // What may be anywhere in a template is asked once, for all of it.
        if let Action::Claim { capability, .. } = &rule.action
            && !may_be_anywhere(facts.get(fact))
        {
            into.questions.push(unanswered(rule, fact, facts, subject, *capability));
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
                into.questions.push(unanswered(rule, fact, facts, subject.clone(), *capability));
            }
            into.claims.push(RawClaim {
                rule: rule.code.clone(),
                capability: *capability,
                grade: best,
                is_stated: rule.is_about_statements(),
                lowered_by: None,
                subject,
                workload: workload.map(WorkloadView::index),
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
        Action::LowersStated { level } => lowerings.push(Lowering {
            rule: rule.code.clone(),
            workload: None,
            capabilities: stated.not_needed.iter().map(|(capability, _)| *capability).collect(),
            contradiction: Some(finding(rule, *level, message, subject, places)),
        }),
        Action::Lowers { capabilities, level } => {
            lowerings.push(Lowering {
                rule: rule.code.clone(),
                workload: workload.map(WorkloadView::index),
                capabilities: capabilities.clone(),
                contradiction: None,
            });
            into.findings.push(finding(rule, *level, message, subject, places));
        }
        Action::Finding(level) => into.findings.push(finding(rule, *level, message, subject, places)),
        Action::Asks { question, capability } => into.questions.push(OpenQuestion {
            code: rule.code.clone(),
            question: question.into(),
            reason: message,
            capability: *capability,
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

fn finding(rule: &Rule, level: Level, message: Prose, subject: Option<String>, places: Vec<Place>) -> Finding {
    Finding {
        code: rule.code.clone(),
        name: rule.name.clone(),
        level,
        message,
        help: rule.remedy.clone(),
        subject,
        places,
    }
}

fn unanswered(
    rule: &Rule,
    fact: crate::facts::FactId,
    facts: &FactSet,
    subject: Option<String>,
    capability: CapabilityId,
) -> OpenQuestion {
    let entry = &CATALOG[fact.0];
    let (reason, places) = match facts.get(fact) {
        Fact::Unknown { reason, places } => (reason.clone(), places.clone()),
        _ => (Prose::default(), Vec::new()),
    };
    let sentence = Prose::from(entry.sentence);
    let question = match subject {
        Some(subject) => say!("{} of {}?", sentence, subject),
        None => say!("{}?", sentence),
    };
    OpenQuestion { code: rule.code.clone(), question, reason, capability: Some(capability), places }
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
