//! Places to run: archetypes with their coverage of every capability, and the catalogue of targets built on them.

mod check;
mod complement;
mod file;

pub use complement::{Complement, ComplementFile};
pub use file::{
    Archetype, CERTIFICATION_NAMES, Certification, CertificationStatus, Coverage, Jurisdiction, Limit, LimitFile,
    LockIn, LockInLevel, OverrideFile, Promise, PromiseOf, Status, TargetFile,
};

use std::collections::BTreeMap;

use file::ArchetypeFile;

use crate::capability::{Capabilities, CapabilityId};
use crate::condition::{self, Condition};
use crate::data::{self, DataError, PathPart};
use crate::day::Day;
use crate::facts::{CATALOG, FactType, Scope};
use crate::tables::Tables;

/// A target, checked against archetypes, capabilities and facts.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in files and on the command line.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The archetype it is built on.
    pub archetype: String,
    /// 1 simple targets, 2 lighter orchestrators, 3 Kubernetes of more than one node.
    pub tier: u8,
    /// Effort of running it, 1 to 10, by judgement.
    pub effort: u8,
    /// Whether it can run on the user's own machines.
    pub self_hosted: bool,
    /// Who runs it.
    pub operator: String,
    /// Whose law it is under.
    pub jurisdiction: Jurisdiction,
    /// Whether new customers can have it.
    pub status: Status,
    /// More about the status.
    pub status_note: Option<String>,
    /// What it is and whom it fits.
    pub summary: String,
    /// Hard limits.
    pub limits: Vec<Limit>,
    /// Where its coverage differs from the archetype's, with the source.
    pub overrides: Vec<(CapabilityId, String)>,
    /// The availability that it promises, where verified.
    pub availability: Option<Promise>,
    /// Certificates of the offer, each with its region and state.
    pub certifications: Vec<Certification>,
    /// How hard it is to leave.
    pub lock_in: LockIn,
    /// Where the facts come from.
    pub sources: Vec<crate::rules::file::SourceReference>,
    /// The day on which they were checked; none where nothing was looked up.
    pub checked_on: Option<Day>,
    /// When it is admissible at all; none for always.
    pub admissible_when: Option<Condition>,
    coverage: Vec<Coverage>,
    /// The levels of the coverage in few bytes, for comparing.
    levels: Vec<u8>,
}

impl Target {
    /// How it covers a capability.
    #[must_use]
    pub fn coverage(&self, capability: CapabilityId) -> &Coverage {
        self.coverage.get(capability.0).unwrap_or(&Coverage::Native)
    }

    /// Whether it covers every capability as well as another one does.
    #[must_use]
    pub fn covers_like(&self, other: &Self) -> bool {
        self.levels == other.levels
    }

    /// Whether its check is more than so many days ago on this day.
    #[must_use]
    pub fn is_stale(&self, today: Day, after_days: u32) -> bool {
        self.checked_on.is_some_and(|checked| checked.is_older(today, after_days))
    }
}

/// All targets, sorted by tier, effort and name.
#[derive(Clone, Debug)]
pub struct Catalogue {
    targets: Vec<Target>,
    complements: Vec<Complement>,
    archetypes: BTreeMap<String, Archetype>,
}

impl Catalogue {
    /// The targets that ship with the program, with the user's own laid over them: a target with the id of a built-in
    /// one replaces it.
    ///
    /// # Errors
    ///
    /// When a file does not have the expected shape, an archetype leaves out a capability, a target names an unknown
    /// archetype, capability or fact, or a complement an unknown engine.
    pub fn load(own: &[(String, String)], capabilities: &Capabilities, tables: &Tables) -> Result<Self, DataError> {
        let mut archetypes = BTreeMap::new();
        for embedded in data::embedded("rules/archetypes/") {
            let file: ArchetypeFile = data::read_embedded(embedded)?;
            let archetype = compile_archetype(embedded.name, embedded.text, file, capabilities)?;
            archetypes.insert(archetype.id.clone(), archetype);
        }
        let mut targets: Vec<Target> = Vec::new();
        for embedded in data::embedded("rules/targets/") {
            let file = data::read_embedded(embedded)?;
            targets.push(compile_target(embedded.name, embedded.text, file, &archetypes, capabilities)?);
        }
        let mut own_targets: Vec<Target> = Vec::new();
        for (name, text) in own {
            let file = data::read_text(name, text)?;
            let target = compile_target(name, text, file, &archetypes, capabilities)?;
            if own_targets.iter().any(|other| other.id == target.id) {
                let message = format!("another target of yours has the id `{}`", target.id);
                return Err(data::error_at(
                    name,
                    text,
                    &[PathPart::Key("id")],
                    message,
                    "choose another id".to_owned(),
                ));
            }
            own_targets.push(target);
        }
        targets.retain(|target| !own_targets.iter().any(|own| own.id == target.id));
        targets.extend(own_targets);
        targets.sort_by(|a, b| (a.tier, a.effort, &a.id).cmp(&(b.tier, b.effort, &b.id)));
        let complements = data::embedded("rules/complements/")
            .map(|embedded| complement::compile(embedded.name, embedded.text, data::read_embedded(embedded)?, tables))
            .collect::<Result<_, _>>()?;
        Ok(Self { targets, complements, archetypes })
    }

    /// One target per archetype of the coverage table, without limits: what the ladder of canonical systems is
    /// computed with.
    #[must_use]
    pub fn of_archetypes(&self) -> Self {
        let targets = self.archetypes.values().filter(|archetype| archetype.admissible_when.is_none());
        let targets = targets.map(|archetype| Target {
            id: archetype.id.clone(),
            name: archetype.name.clone(),
            archetype: archetype.id.clone(),
            tier: archetype.tier,
            effort: 5,
            self_hosted: archetype.self_hosted,
            operator: String::new(),
            jurisdiction: Jurisdiction { seat: "own".to_owned(), exposed_to: Vec::new(), note: None },
            status: Status::Open,
            status_note: None,
            summary: String::new(),
            limits: Vec::new(),
            overrides: Vec::new(),
            availability: None,
            certifications: Vec::new(),
            lock_in: LockIn { level: LockInLevel::Low, note: String::new() },
            sources: Vec::new(),
            checked_on: None,
            admissible_when: None,
            levels: levels(&archetype.coverage),
            coverage: archetype.coverage.clone(),
        });
        Self { targets: targets.collect(), complements: Vec::new(), archetypes: self.archetypes.clone() }
    }

    /// All targets.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The managed data services, sorted by id.
    #[must_use]
    pub fn complements(&self) -> &[Complement] {
        &self.complements
    }

    /// The managed data service with this id, or with this name in any case.
    #[must_use]
    pub fn find_complement(&self, id: &str) -> Option<&Complement> {
        self.complements.iter().find(|complement| complement.id == id || complement.name.eq_ignore_ascii_case(id))
    }

    /// The target with this id, or with this name in any case.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Target> {
        self.targets.iter().find(|target| target.id == id || target.name.eq_ignore_ascii_case(id))
    }

    /// The archetypes by id.
    pub fn archetypes(&self) -> impl Iterator<Item = &Archetype> {
        self.archetypes.values()
    }
}

fn compile_archetype(
    name: &str,
    text: &str,
    file: ArchetypeFile,
    capabilities: &Capabilities,
) -> Result<Archetype, DataError> {
    let coverage_key = PathPart::Key("coverage");
    for id in file.coverage.keys() {
        if capabilities.find(id).is_none() {
            let message = format!("there is no capability `{id}`");
            return Err(data::error_at(
                name,
                text,
                &[coverage_key, PathPart::Name(id)],
                message,
                capabilities.did_you_mean(id),
            ));
        }
    }
    let mut coverage = Vec::new();
    for (_, capability) in capabilities.iter() {
        let Some(cell) = file.coverage.get(&capability.id) else {
            let message = format!("the coverage of `{}` is missing", capability.id);
            let help = "every archetype says how it covers every capability".to_owned();
            return Err(data::error_at(name, text, &[PathPart::Name("coverage")], message, help));
        };
        coverage.push(cell.clone());
    }
    let admissible_when = file
        .admissible_when
        .as_ref()
        .map(|when| condition::compile(when, Scope::System, (name, text), &[PathPart::Key("admissible-when")]))
        .transpose()?;
    Ok(Archetype {
        id: file.id,
        name: file.name,
        tier: file.tier,
        self_hosted: file.self_hosted,
        coverage,
        admissible_when,
    })
}

fn compile_target(
    name: &str,
    text: &str,
    file: TargetFile,
    archetypes: &BTreeMap<String, Archetype>,
    capabilities: &Capabilities,
) -> Result<Target, DataError> {
    let fail = |path: &[PathPart<'_>], message: String, help: String| data::error_at(name, text, path, message, help);
    let Some(archetype) = archetypes.get(&file.archetype) else {
        let help = data::did_you_mean(&file.archetype, archetypes.keys().map(String::as_str));
        let help = if help.is_empty() {
            format!("the archetypes are {}", archetypes.keys().cloned().collect::<Vec<_>>().join(", "))
        } else {
            help
        };
        return Err(fail(&[PathPart::Key("archetype")], format!("there is no archetype `{}`", file.archetype), help));
    };
    if !(1..=3).contains(&file.tier) {
        let help = "1 simple targets, 2 lighter orchestrators, 3 Kubernetes of more than one node".to_owned();
        return Err(fail(&[PathPart::Key("tier")], format!("there is no tier {}", file.tier), help));
    }
    if !(1..=10).contains(&file.effort) {
        let help = "effort goes from 1 to 10".to_owned();
        return Err(fail(&[PathPart::Key("effort")], format!("{} is no effort", file.effort), help));
    }
    let checked_on = check::day(&file.checked_on, &[PathPart::Key("checked-on")], &fail)?;
    check::jurisdiction(&file.jurisdiction, &fail)?;
    check::certifications(&file.certifications, &fail)?;
    check::promise(file.availability.as_ref(), &fail)?;
    if file.status != Status::Open && file.status_note.is_none() {
        let help = "say in `status-note` what that means for somebody who wants it".to_owned();
        return Err(fail(&[PathPart::Key("status")], format!("{} without a note", file.status.id()), help));
    }
    let capability = |id: &str, path: &[PathPart<'_>]| {
        capabilities
            .find(id)
            .ok_or_else(|| fail(path, format!("there is no capability `{id}`"), capabilities.did_you_mean(id)))
    };
    let mut coverage = archetype.coverage.clone();
    let mut overrides = Vec::new();
    for (index, over) in file.overrides.iter().enumerate() {
        let path = [PathPart::Key("overrides"), PathPart::Index(index), PathPart::Key("capability")];
        let id = capability(&over.capability, &path)?;
        coverage[id.0] = over.coverage.clone();
        overrides.push((id, over.source.clone()));
    }
    let mut limits = Vec::new();
    for (index, limit) in file.limits.iter().enumerate() {
        limits.push(compile_limit(limit, index, &fail, &capability)?);
    }
    Ok(Target {
        id: file.id,
        name: file.name,
        archetype: file.archetype,
        tier: file.tier,
        effort: file.effort,
        self_hosted: file.self_hosted,
        operator: file.operator,
        jurisdiction: file.jurisdiction,
        status: file.status,
        status_note: file.status_note,
        summary: file.summary,
        limits,
        overrides,
        availability: file.availability,
        certifications: file.certifications,
        lock_in: file.lock_in,
        sources: file.sources,
        checked_on: Some(checked_on),
        admissible_when: archetype.admissible_when.clone(),
        levels: levels(&coverage),
        coverage,
    })
}

fn levels(coverage: &[Coverage]) -> Vec<u8> {
    let level = |coverage: &Coverage| match coverage {
        Coverage::Native => 0,
        Coverage::WithWork(_) => 1,
        Coverage::Hard(_) => 2,
        Coverage::None(_) => 3,
    };
    coverage.iter().map(level).collect()
}

/// Finds a capability that is named at a path of a target file.
type FindCapability<'a> = dyn Fn(&str, &[PathPart<'_>]) -> Result<CapabilityId, DataError> + 'a;

fn compile_limit(
    limit: &LimitFile,
    index: usize,
    fail: &dyn Fn(&[PathPart<'_>], String, String) -> DataError,
    capability: &FindCapability<'_>,
) -> Result<Limit, DataError> {
    let at = |key| [PathPart::Key("limits"), PathPart::Index(index), PathPart::Key(key)];
    let (fact, kind) =
        condition::resolve(&limit.fact, Scope::System).map_err(|(message, help)| fail(&at("fact"), message, help))?;
    let fits = matches!(
        (kind, limit.at_most, limit.must_be),
        (FactType::Number, Some(_), None) | (FactType::Boolean, None, Some(_))
    );
    if !fits {
        let message = format!("a limit on `{}` has the wrong form", CATALOG[fact.0].id);
        let help = "write `at-most` for a number, `must-be` for a truth value".to_owned();
        return Err(fail(&at("fact"), message, help));
    }
    Ok(Limit {
        fact,
        at_most: limit.at_most,
        must_be: limit.must_be,
        capability: capability(&limit.capability, &at("capability"))?,
        reason: limit.reason.clone(),
        source: limit.source.clone(),
    })
}
