//! Step 4: rules turn facts into claims, findings and open questions. A rule is one data file; this folder is only
//! how such files are read and asked.

mod answers;
mod evaluate;
pub mod file;

pub use answers::{Answer, answers};
pub use evaluate::{
    Evaluation, Finding, OpenQuestion, RawClaim, Suppressing, Withheld, WithheldWhat, evaluate, evaluate_seeing,
    evaluate_suppressing,
};

use std::collections::{BTreeMap, BTreeSet};

use file::{EstateMode, Examples, Level, RuleFile, RuleScope, SourceReference};

use crate::capability::{Capabilities, CapabilityId};
use crate::condition::{self, Condition, ConditionFile};
use crate::data::{self, DataError, PathPart};
use crate::facts::{CATALOG, FactId, Scope};
use crate::grade::Grade;
use crate::language::{Argument, Prose};
use crate::naming::Named;
use crate::tables::Tables;

/// A rule, checked and compiled.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its code, such as `KW103`.
    pub code: String,
    /// Its name, lower case with dashes.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// What it is asked of.
    pub scope: Scope,
    /// The version that first had it.
    pub since: String,
    /// The number of the reflex in the published list.
    pub reflex: Option<String>,
    /// Whether it is asked of the estate.
    pub estate: EstateMode,
    /// The condition.
    pub when: Condition,
    /// What follows.
    pub action: Action,
    /// Why this says something about need.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// Where the opinion comes from.
    pub sources: Vec<SourceReference>,
    /// Inputs that make it fire and inputs that leave it quiet.
    pub examples: Examples,
    /// The file that holds it.
    pub file: String,
    /// What it asks and what follows, as the file says it.
    pub conditions: String,
    message: Message,
    evidence: Vec<FactId>,
}

impl Rule {
    /// Whether it asks for nothing but what the owner states.
    #[must_use]
    pub fn is_about_statements(&self) -> bool {
        self.facts().iter().all(|fact| CATALOG[fact.0].id.starts_with("stated."))
    }

    /// Whether it says nothing unless something is known that only a live cluster shows.
    #[must_use]
    pub fn needs_live_state(&self) -> bool {
        self.when.hangs_on(&|fact| CATALOG[fact.0].id.starts_with("seen."))
    }

    /// The address of its page, in the repository that the program was built from; none where that has no address, or
    /// the rule is the user's own.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        data::embedded(&self.file).next().and_then(|_| page_of(&self.code))
    }

    /// Its family, by the folder that holds it, such as `scale`; empty for rules that lie in none.
    #[must_use]
    pub fn family(&self) -> &str {
        let mut folders = self.file.split('/').skip_while(|part| *part != "rules").skip(1);
        folders.next().filter(|_| folders.next().is_some()).unwrap_or_default()
    }

    /// What it may be called.
    #[must_use]
    pub fn named(&self) -> Named<'_> {
        Named { code: &self.code, name: &self.name, family: self.family() }
    }

    /// Whether it may tell a finding, rather than claim a need or ask.
    #[must_use]
    pub fn finds(&self) -> bool {
        match self.action {
            Action::Lowers { .. } | Action::LowersStated { .. } | Action::Finding(_) => true,
            Action::Claim { .. } | Action::ClaimsStated { .. } | Action::Asks { .. } => false,
        }
    }

    /// Every fact that its conditions name.
    #[must_use]
    pub fn facts(&self) -> BTreeSet<FactId> {
        let mut facts = BTreeSet::new();
        self.when.collect_facts(&mut facts);
        if let Action::Claim { raised, .. } = &self.action {
            raised.iter().for_each(|(_, condition)| condition.collect_facts(&mut facts));
        }
        facts
    }
}

/// The address of the part of our page of rules that explains a code; none where the program was built without a home.
#[must_use]
pub fn page_of(code: &str) -> Option<String> {
    const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");
    let version = env!("CARGO_PKG_VERSION");
    (!REPOSITORY.is_empty()).then(|| format!("{REPOSITORY}/blob/v{version}/docs/rules.md#{}", code.to_lowercase()))
}

/// What follows from a rule.
#[derive(Clone, Debug)]
pub enum Action {
    /// The system needs a capability.
    Claim {
        /// The capability.
        capability: CapabilityId,
        /// The grade when the condition holds.
        grade: Grade,
        /// Higher grades, weakest first.
        raised: Vec<(Grade, Condition)>,
    },
    /// Claims on these capabilities count as declared only.
    Lowers {
        /// The capabilities.
        capabilities: Vec<CapabilityId>,
        /// How loud it is told.
        level: Level,
    },
    /// The system needs whatever the owner states outright to be needed.
    ClaimsStated {
        /// The grade.
        grade: Grade,
    },
    /// Claims on whatever the owner states outright not to be needed count as declared only; told where there are any.
    LowersStated {
        /// How loud it is told.
        level: Level,
    },
    /// Something is left open.
    Asks {
        /// The question.
        question: String,
        /// What the costliest answer would prove; none where it could be anything.
        capability: Option<CapabilityId>,
    },
    /// Something worth telling.
    Finding(Level),
}

/// In place of a capability: those that the owner names under `needs`.
const STATED: &str = "stated";

/// A message with the facts that stand in it.
#[derive(Clone, Debug)]
struct Message {
    /// With `{}` where they stand.
    pattern: String,
    facts: Vec<FactId>,
}

/// All rules, sorted by code.
#[derive(Clone, Debug)]
pub struct Rules {
    rules: Vec<Rule>,
    /// The capabilities that statements of owners may name.
    capabilities: BTreeMap<String, CapabilityId>,
}

impl Rules {
    /// The rules that ship with the program, with those of the user's own files laid over them: a rule with the code
    /// of a built-in one replaces it.
    ///
    /// # Errors
    ///
    /// When a rule file does not have the expected shape, names an unknown fact or capability, or shares its code with
    /// another of the same origin.
    pub fn load(own: &[(String, String)], capabilities: &Capabilities) -> Result<Self, DataError> {
        let built_in = data::embedded("rules/").filter(|file| is_rule_file(file.name));
        let mut rules: Vec<Rule> = Vec::new();
        for file in built_in {
            let rule = compile(file.name, file.text, data::read_embedded(file)?, capabilities)?;
            add(&mut rules, rule, file.text)?;
        }
        let mut own_rules: Vec<Rule> = Vec::new();
        for (name, text) in own {
            let rule = compile(name, text, data::read_text(name, text)?, capabilities)?;
            add(&mut own_rules, rule, text)?;
        }
        rules.retain(|rule| !own_rules.iter().any(|own| own.code == rule.code));
        rules.extend(own_rules);
        rules.sort_by(|a, b| a.code.cmp(&b.code));
        let capabilities = capabilities.iter().map(|(id, capability)| (capability.id.clone(), id)).collect();
        Ok(Self { rules, capabilities })
    }

    /// The capability with this id.
    pub(crate) fn capability(&self, id: &str) -> Option<CapabilityId> {
        self.capabilities.get(id).copied()
    }

    /// All rules in order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> + Clone {
        self.rules.iter()
    }

    /// The rule with this code alone; for asking one rule without the others.
    #[must_use]
    pub fn only(&self, code: &str) -> Self {
        let rules = self.rules.iter().filter(|rule| rule.code == code).cloned().collect();
        Self { rules, capabilities: self.capabilities.clone() }
    }

    /// The codes of the rules that cannot be answered in full where a resource of a cluster could not be listed.
    #[must_use]
    pub fn that_read(&self, resource: &str, tables: &Tables) -> Vec<&str> {
        let group = resource.split_once('.').map_or("", |(_, group)| group);
        let reads = |fact: FactId| {
            CATALOG[fact.0].reads().iter().any(|read| match read.strip_prefix('@') {
                Some(role) => tables.has_role(group, role),
                None => *read == resource,
            })
        };
        self.iter().filter(|rule| rule.facts().into_iter().any(reads)).map(|rule| rule.code.as_str()).collect()
    }

    /// The rule with this code, in either case, or with this name.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.code.eq_ignore_ascii_case(code) || rule.name == code)
    }
}

/// Whether an embedded file is a rule: one in a family's folder, not a table, target, archetype or list.
fn is_rule_file(name: &str) -> bool {
    let mut parts = name.split('/');
    let (_, folder, rest) = (parts.next(), parts.next(), parts.next());
    rest.is_some()
        && !matches!(folder, Some("tables" | "targets" | "archetypes" | "complements" | "french" | "profiles"))
}

fn add(rules: &mut Vec<Rule>, rule: Rule, text: &str) -> Result<(), DataError> {
    match rules.iter().find(|other| other.code == rule.code || other.name == rule.name) {
        None => {
            rules.push(rule);
            Ok(())
        }
        Some(other) => {
            let (key, value) = if other.code == rule.code { ("code", &rule.code) } else { ("name", &rule.name) };
            let message = format!("the {key} `{value}` is taken by {}", other.file);
            Err(data::error_at(&rule.file, text, &[PathPart::Key(key)], message, format!("choose another {key}")))
        }
    }
}

fn compile(name: &str, text: &str, file: RuleFile, capabilities: &Capabilities) -> Result<Rule, DataError> {
    let fail = |path: &[PathPart<'_>], message: String, help: String| data::error_at(name, text, path, message, help);
    check_code(&file.code)
        .map_err(|help| fail(&[PathPart::Key("code")], format!("`{}` is no code", file.code), help.to_owned()))?;
    let scope = match file.scope {
        RuleScope::Workload => Scope::Workload,
        RuleScope::System => Scope::System,
    };
    let compiled =
        |condition: &ConditionFile, path: &[PathPart<'_>]| condition::compile(condition, scope, (name, text), path);
    let capability = |id: &str, path: &[PathPart<'_>]| {
        capabilities
            .find(id)
            .ok_or_else(|| fail(path, format!("there is no capability `{id}`"), capabilities.did_you_mean(id)))
    };
    let when = compiled(&file.when, &[PathPart::Key("when")])?;
    let follows = [file.claim.is_some(), !file.lowers.is_empty(), file.asks.is_some()];
    let action = match (follows.iter().filter(|present| **present).count(), file.finding) {
        (1, None) | (0, Some(_)) => action(&file, &compiled, &capability)?,
        (1, Some(_)) if !file.lowers.is_empty() => action(&file, &compiled, &capability)?,
        _ => {
            let help = "write one of `claim`, `lowers`, `asks` and `finding`".to_owned();
            return Err(fail(&[], "a rule says exactly one thing".to_owned(), help));
        }
    };
    if scope == Scope::Workload && file.estate != EstateMode::Also {
        let message = "a rule of scope workload is never asked of the estate".to_owned();
        return Err(fail(&[PathPart::Key("estate")], message, "leave `estate` out".to_owned()));
    }
    let mut evidence = Vec::new();
    for (index, fact) in file.evidence.iter().enumerate() {
        let path = [PathPart::Key("evidence"), PathPart::Index(index)];
        let (id, _) = condition::resolve(fact, scope).map_err(|(message, help)| fail(&path, message, help))?;
        evidence.push(id);
    }
    for (list, examples) in [("fires", &file.examples.fires), ("quiet", &file.examples.quiet)] {
        for (index, example) in examples.iter().enumerate() {
            let path = [PathPart::Key("examples"), PathPart::Key(list), PathPart::Index(index), PathPart::Key("seen")];
            example.seen_facts().map_err(|(message, help)| fail(&path, message, help))?;
        }
    }
    let message = Message::read(&file.message, scope)
        .map_err(|(message, help)| fail(&[PathPart::Key("message")], message, help))?;
    Ok(Rule {
        code: file.code,
        name: file.name,
        title: file.title,
        scope,
        since: file.since,
        reflex: file.reflex,
        estate: file.estate,
        when,
        action,
        why: file.why,
        remedy: file.remedy,
        sources: file.sources,
        examples: file.examples,
        file: name.to_owned(),
        conditions: conditions(text),
        message,
        evidence,
    })
}

/// Compiles the condition at a path of a rule file.
type CompileCondition<'a> = dyn Fn(&ConditionFile, &[PathPart<'_>]) -> Result<Condition, DataError> + 'a;

/// Finds the capability that is named at a path of a rule file.
type FindCapability<'a> = dyn Fn(&str, &[PathPart<'_>]) -> Result<CapabilityId, DataError> + 'a;

fn action(
    file: &RuleFile,
    compiled: &CompileCondition<'_>,
    capability: &FindCapability<'_>,
) -> Result<Action, DataError> {
    if let Some(claim) = file.claim.as_ref().filter(|claim| claim.capability == STATED) {
        return Ok(Action::ClaimsStated { grade: claim.grade });
    }
    if file.lowers == [STATED] {
        return Ok(Action::LowersStated { level: file.finding.unwrap_or(Level::Warning) });
    }
    if let Some(claim) = &file.claim {
        let mut raised = Vec::new();
        for (grade, condition) in &claim.raised {
            let path = [PathPart::Key("claim"), PathPart::Key("raised"), PathPart::Key(grade.id())];
            raised.push((*grade, compiled(condition, &path)?));
        }
        let path = [PathPart::Key("claim"), PathPart::Key("capability")];
        return Ok(Action::Claim { capability: capability(&claim.capability, &path)?, grade: claim.grade, raised });
    }
    if !file.lowers.is_empty() {
        let mut capabilities = Vec::new();
        for (index, id) in file.lowers.iter().enumerate() {
            capabilities.push(capability(id, &[PathPart::Key("lowers"), PathPart::Index(index)])?);
        }
        return Ok(Action::Lowers { capabilities, level: file.finding.unwrap_or(Level::Warning) });
    }
    if let Some(asks) = &file.asks {
        let path = [PathPart::Key("asks"), PathPart::Key("capability")];
        let capability = asks.capability.as_deref().map(|id| capability(id, &path)).transpose()?;
        return Ok(Action::Asks { question: asks.question.clone(), capability });
    }
    Ok(Action::Finding(file.finding.unwrap_or(Level::Note)))
}

/// The part of a rule file from `when` to the message.
fn conditions(text: &str) -> String {
    let lines = text.lines().skip_while(|line| !line.starts_with("when:"));
    let lines = lines.take_while(|line| !line.starts_with("message:"));
    lines.map(|line| format!("{line}\n")).collect()
}

fn check_code(code: &str) -> Result<(), &'static str> {
    let letters = code.chars().take_while(char::is_ascii_uppercase).count();
    let digits = &code[letters..];
    if letters >= 2 && digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit()) {
        Ok(())
    } else {
        Err("a code is two or more capital letters and three digits, such as KW103")
    }
}

impl Message {
    fn read(message: &str, scope: Scope) -> Result<Self, (String, String)> {
        let mut read = Self { pattern: String::new(), facts: Vec::new() };
        let mut rest = message;
        while let Some(start) = rest.find('{') {
            let Some(length) = rest[start..].find('}') else {
                return Err(("a brace is not closed".to_owned(), "facts stand in braces: {workload.name}".to_owned()));
            };
            let (id, _) = condition::resolve(&rest[start + 1..start + length], scope)?;
            read.pattern.push_str(&rest[..start]);
            read.pattern.push_str("{}");
            read.facts.push(id);
            rest = &rest[start + length + 1..];
        }
        read.pattern.push_str(rest);
        Ok(read)
    }

    /// What is said, with a value for each fact.
    fn prose(&self, value: impl Fn(&FactId) -> Argument) -> Prose {
        Prose::new(self.pattern.clone(), self.facts.iter().map(value).collect())
    }
}
