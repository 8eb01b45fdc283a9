//! What a system can reach as it is written, and what it could reach on a target.

use super::{Achievable, AvailabilityData, Published, Step, cut, k_of_n, serial, shown};
use crate::capability::Capabilities;
use crate::facts::{Part, Parts};
use crate::language::Prose;
use crate::targets::{Catalogue, Complement, Coverage, Promise, PromiseOf, Target};

/// Everything that the availability of one system follows from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reckoning<'r> {
    pub(crate) data: &'r AvailabilityData,
    pub(crate) capabilities: &'r Capabilities,
    pub(crate) parts: &'r Parts,
    /// Whether it is about several systems together, which need not all be up for one to serve.
    pub(crate) of_many: bool,
    /// What the owner wants to reach, in percent.
    pub(crate) stated: Option<f64>,
    /// The longest outage that the owner can bear, in seconds.
    pub(crate) recovery_seconds: Option<f64>,
}

/// The numbers of a formula while it is put together.
#[derive(Default)]
struct Sum {
    /// What is cut by the ceiling: the hosts of the services.
    hosts: Option<(f64, String)>,
    ceiling: Option<(f64, String)>,
    /// What is waited for.
    serial: Vec<(f64, String)>,
    steps: Vec<Step>,
}

impl Sum {
    fn percent(&self) -> f64 {
        let waited = serial(self.serial.iter().map(|(percent, _)| *percent));
        match (&self.ceiling, &self.hosts) {
            (Some((ceiling, _)), Some((hosts, _))) => serial([ceiling.min(*hosts), waited]),
            (Some((ceiling, _)), None) => ceiling.min(waited),
            (None, _) => waited,
        }
    }

    fn formula(&self) -> String {
        let named = |(percent, name): &(f64, String)| format!("{} ({name})", shown(*percent));
        let waited: Vec<String> = self.serial.iter().map(named).collect();
        let product = waited.join(" × ");
        let left = match (&self.ceiling, &self.hosts) {
            (Some(ceiling), Some(hosts)) => {
                let least = format!("min({}, {})", named(ceiling), named(hosts));
                if waited.is_empty() { least } else { format!("{least} × {product}") }
            }
            (Some(ceiling), None) => format!("min({}, {product})", named(ceiling)),
            (None, _) => product,
        };
        format!("{left} = {} %", shown(self.percent()))
    }

    fn step(&mut self, percent: f64, what: String, source: &str, checked_on: &str) {
        self.steps.push(Step {
            percent,
            what: what.into(),
            source: source.to_owned(),
            checked_on: checked_on.to_owned(),
        });
    }
}

impl Reckoning<'_> {
    /// What the system can reach as it is written.
    pub(crate) fn present(&self) -> Achievable {
        let spans = !self.parts.on_one_host;
        self.achievable(self.on_hosts(&self.data.host, spans, spans, ""), self.parts.on_kubernetes)
    }

    /// What it could reach on a target, with as many copies as are written.
    pub(crate) fn on(&self, target: &Target, catalogue: &Catalogue) -> Achievable {
        let named = |promise: &Promise| Published {
            percent: promise.promise,
            what: format!("as promised for {}", target.name),
            source: promise.source.clone(),
            checked_on: checked_on(target),
        };
        let orchestrated = target.tier == 3;
        let possible = |coverage: &Coverage| matches!(coverage, Coverage::Native | Coverage::WithWork(_));
        let covers = |capability: &str| {
            self.capabilities.find(capability).is_some_and(|capability| possible(target.coverage(capability)))
        };
        let hosts = |host: &Published, steered: &str| {
            let (spans_hosts, spans_zones) = (covers("survive-host-loss"), covers("survive-zone-loss"));
            self.achievable(self.on_hosts(host, spans_hosts, spans_zones, steered), orchestrated)
        };
        match &target.availability {
            Some(promise) if promise.of == PromiseOf::Service => {
                self.achievable(self.on_service(target, promise, catalogue), false)
            }
            Some(promise) if promise.of == PromiseOf::Host => hosts(&named(promise), ""),
            Some(_) => {
                hosts(&self.data.host, "what runs goes on without the control plane, so its promise does not count")
            }
            None if target.jurisdiction.seat == "own" && target.self_hosted => hosts(&self.data.host, ""),
            None if orchestrated => hosts(&self.data.host, "no promise of its control plane could be verified"),
            None => self.achievable(Err("no promise that could be verified".to_owned()), false),
        }
    }

    fn achievable(&self, sum: Result<(Sum, Vec<String>), String>, orchestrated: bool) -> Achievable {
        let (sum, mut notes) = match sum {
            Ok(sum) => sum,
            Err(reason) => return Achievable::unknown(reason.into(), self.stated),
        };
        let percent = cut(sum.percent());
        if orchestrated {
            notes.extend(self.failover());
        }
        Achievable {
            percent: Some(percent),
            unknown: None,
            minutes_down: Some(self.data.minutes_down(percent)),
            formula: sum.formula().into(),
            steps: sum.steps,
            notes: notes.into_iter().map(Prose::from).collect(),
            stated: self.stated.map(|stated| (stated, Some(percent >= stated - 1e-9))),
        }
    }

    /// On hosts, of which several may be lost where a target spans them.
    fn on_hosts(
        &self,
        host: &Published,
        spans_hosts: bool,
        spans_zones: bool,
        steered: &str,
    ) -> Result<(Sum, Vec<String>), String> {
        self.has_one()?;
        let mut sum = Sum::default();
        let mut notes: Vec<String> = [steered].into_iter().filter(|note| !note.is_empty()).map(str::to_owned).collect();
        if !spans_hosts {
            self.ceiling(&mut sum, &self.data.ceilings.one_zone, "zone");
            sum.hosts = Some((host.percent, "one host".to_owned()));
            sum.step(host.percent, "everything stands on one host".to_owned(), &from(host), &host.checked_on);
            return Ok((sum, notes));
        }
        let services: Vec<(&Part, u32)> =
            self.parts.parts.iter().filter(|part| part.engine.is_none()).map(with_copies).collect::<Result<_, _>>()?;
        let stores = || self.parts.parts.iter().filter(|part| part.engine.is_some());
        let all_in_zones = if services.is_empty() {
            stores().all(|part| part.in_zones)
        } else {
            services.iter().all(|(part, _)| part.in_zones)
        };
        let in_zones = spans_zones && all_in_zones;
        let ceilings = &self.data.ceilings;
        let (ceiling, name) = if in_zones { (&ceilings.several_zones, "zones") } else { (&ceilings.one_zone, "zone") };
        self.ceiling(&mut sum, ceiling, name);
        if let Some((weakest, copies)) = services.iter().min_by_key(|(part, copies)| (*copies, &part.name)) {
            let percent = k_of_n(1, *copies, host.percent);
            let hosts = if *copies == 1 { "one host".to_owned() } else { format!("1 of {copies} hosts") };
            let once = services.iter().filter(|(_, other)| other == copies).count();
            let others = match once {
                1 => String::new(),
                2 => ", as another service does; they count once".to_owned(),
                once => format!(", as {} others do; they count once", once - 1),
            };
            let what = format!("{hosts} at {} % each: {} runs on {copies}{others}", shown(host.percent), weakest.name);
            sum.hosts = Some((percent, hosts));
            sum.step(percent, what, &from(host), &host.checked_on);
        }
        for store in stores() {
            // Where the services outlive a zone, a store in one zone goes down with it.
            let ceiling = if in_zones && !store.in_zones { self.data.ceilings.one_zone.percent } else { 100.0 };
            self.store(&mut sum, store, host, ceiling)?;
        }
        if sum.serial.len() > 2 {
            notes.push(format!("all {} stores count as needed at once, each on hosts of its own", sum.serial.len()));
        }
        Ok((sum, notes))
    }

    /// Whether there is one thing that serves.
    fn has_one(&self) -> Result<(), String> {
        if self.of_many {
            return Err("each system has its own".to_owned());
        }
        if self.parts.parts.is_empty() { Err("nothing that was read serves".to_owned()) } else { Ok(()) }
    }

    fn ceiling(&self, sum: &mut Sum, ceiling: &Published, name: &str) {
        sum.ceiling = Some((ceiling.percent, name.to_owned()));
        sum.step(ceiling.percent, format!("at most: {}", ceiling.what), &ceiling.source, &ceiling.checked_on);
    }

    /// A store that everything waits for, on hosts.
    fn store(&self, sum: &mut Sum, store: &Part, host: &Published, ceiling: f64) -> Result<(), String> {
        let (_, members) = with_copies(store)?;
        let engine = store.engine.as_deref().unwrap_or_default();
        let name = &store.name;
        // An even member more lets no more members go, and two decide with the help of a third.
        let voting = if store.agrees && members >= 2 { (members.max(3) - 1) / 2 * 2 + 1 } else { 1 };
        let majority = voting / 2 + 1;
        let of_hosts = k_of_n(majority, voting, host.percent);
        let percent = of_hosts.min(ceiling);
        let what = match (members, voting) {
            (1, _) => format!("{name}, one copy of {engine} that is waited for"),
            (_, 1) => {
                format!("{name}, {members} copies of {engine} that do not know each other, so that each is waited for")
            }
            (2, _) => format!("{name}, two members of {engine} and what decides between them: {majority} of {voting}"),
            _ => format!("{name}, {members} members of {engine}: {majority} of {voting}"),
        };
        let what = if percent < of_hosts { format!("{what}, but all in one zone") } else { what };
        sum.serial.push((percent, name.clone()));
        sum.step(percent, what, &from(host), &host.checked_on);
        Ok(())
    }

    /// On a service that promises something of what runs on it, with its operator's managed services for the data.
    fn on_service(
        &self,
        target: &Target,
        promise: &Promise,
        catalogue: &Catalogue,
    ) -> Result<(Sum, Vec<String>), String> {
        self.has_one()?;
        let mut sum = Sum::default();
        let note = promise.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
        sum.serial.push((promise.promise, target.id.clone()));
        sum.step(promise.promise, format!("{}{note}", target.name), &promise.source, &checked_on(target));
        let mut engines: Vec<&Part> = self.parts.parts.iter().filter(|part| part.engine.is_some()).collect();
        engines.sort_by_key(|part| &part.engine);
        engines.dedup_by_key(|part| &part.engine);
        for part in engines {
            let engine = part.engine.as_deref().unwrap_or_default();
            if !part.replaceable {
                return Err(format!("{engine} is no engine that managed services are known for"));
            }
            let (service, promise) = managed(engine, &target.operator, catalogue)?;
            let note = promise.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
            sum.serial.push((promise.promise, service.id.clone()));
            let what = format!("{engine} by {}{note}", service.name);
            sum.step(promise.promise, what, &promise.source, &service.checked_on.to_string());
        }
        let mut notes = Vec::new();
        if promise.zones > 1 {
            notes.push(format!("the promise asks for copies in {} zones", promise.zones));
        }
        Ok((sum, notes))
    }

    /// What a lost host means for what runs once.
    fn failover(&self) -> Vec<String> {
        let once = self.parts.parts.iter().filter(|part| matches!(with_copies(part), Ok((_, 1)))).count();
        if once == 0 {
            return Vec::new();
        }
        let seconds = self.data.failover_seconds();
        let parts: Vec<String> =
            self.data.failover.iter().map(|wait| format!("{:.0} s {}", wait.seconds, wait.what)).collect();
        let mut notes = vec![format!(
            "when its host dies, what runs once is away for {:.1} min and more: {}, then volume, image and start",
            seconds / 60.0,
            parts.join(", ")
        )];
        if let Some(stated) = self.stated {
            let minutes = self.data.minutes_down(stated);
            let times = (minutes / (seconds / 60.0)).floor();
            notes.push(format!("a month at {} % bears {minutes:.1} min, so {times:.0} of them", shown(stated)));
        }
        if let Some(bearable) = self.recovery_seconds.filter(|bearable| *bearable < seconds) {
            notes.push(format!("that is longer than the {:.1} min that the owner can bear", bearable / 60.0));
        }
        notes
    }
}

/// The managed service of the same operator for an engine, with its promise.
fn managed<'c>(
    engine: &str,
    operator: &str,
    catalogue: &'c Catalogue,
) -> Result<(&'c Complement, &'c Promise), String> {
    let mut offering = catalogue.complements().iter().filter(|one| one.operator == operator && one.offers(engine));
    let found = offering.find_map(|one| one.availability.as_ref().map(|promise| (one, promise)));
    found.ok_or_else(|| format!("no promise of a managed {engine} by {operator} could be verified"))
}

/// Where the availability of a host comes from.
fn from(host: &Published) -> String {
    format!("a host {}: {}", host.what, host.source)
}

fn checked_on(target: &Target) -> String {
    target.checked_on.map_or_else(String::new, |day| day.to_string())
}

/// A part with the copies of it that can land on hosts of their own.
fn with_copies(part: &Part) -> Result<(&Part, u32), String> {
    match &part.copies {
        // Members of an operator's store are placed apart by it.
        Ok(copies) if part.apart => Ok((part, *copies)),
        Ok(_) => Ok((part, 1)),
        Err(reason) => Err(format!("the number of copies of {} is unknown: {reason}", part.name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn service(name: &str, copies: u32, in_zones: bool) -> Part {
        Part {
            name: name.to_owned(),
            copies: Ok(copies),
            apart: true,
            in_zones,
            engine: None,
            replaceable: false,
            agrees: false,
        }
    }

    fn store(name: &str, members: u32, agrees: bool) -> Part {
        Part { engine: Some("postgresql".to_owned()), replaceable: true, agrees, ..service(name, members, false) }
    }

    fn present(parts: Vec<Part>, stated: Option<f64>) -> Achievable {
        let data = AvailabilityData::built_in().expect("the data");
        let capabilities = Capabilities::built_in().expect("the capabilities");
        let parts = Parts { parts, on_one_host: false, on_kubernetes: true };
        let reckoning = Reckoning {
            data: &data,
            capabilities: &capabilities,
            parts: &parts,
            of_many: false,
            stated,
            recovery_seconds: Some(60.0),
        };
        reckoning.present()
    }

    #[test]
    fn three_web_replicas_before_one_database_are_as_available_as_the_database() {
        let found = present(vec![store("database", 1, false), service("web", 3, false)], Some(99.95));
        assert_eq!(found.formula.to_string(), "min(99.9 (zone), 99.9999 (1 of 3 hosts)) × 99.5 (database) = 99.4005 %");
        assert_eq!(found.percent, Some(99.4005));
        assert_eq!(found.stated, Some((99.95, Some(false))));
        assert_eq!(found.steps.len(), 3);
        assert!(found.steps.iter().all(|step| !step.source.is_empty() && !step.checked_on.is_empty()));
        assert!(found.notes.iter().any(|note| note.to_string().contains("away for 5.8 min")), "{:?}", found.notes);
        assert!(found.notes.iter().any(|note| note.to_string().contains("3 of them")), "{:?}", found.notes);
    }

    #[test]
    fn zones_lift_the_ceiling_and_one_copy_is_one_host() {
        assert_eq!(present(vec![service("web", 3, true)], Some(99.99)).percent, Some(99.99));
        assert_eq!(present(vec![service("web", 3, false)], None).percent, Some(99.9));
        assert_eq!(present(vec![service("web", 1, true)], None).percent, Some(99.5));
        assert_eq!(present(vec![service("web", 2, true), service("api", 1, true)], None).percent, Some(99.5));
        assert_eq!(present(vec![store("database", 3, true)], None).percent, Some(99.9), "no store is over its zone");
    }

    #[test]
    fn what_is_unknown_is_said_and_not_guessed() {
        let found =
            present(vec![Part { copies: Err("a placeholder".to_owned()), ..service("web", 1, false) }], Some(99.9));
        assert_eq!((found.percent, found.stated), (None, Some((99.9, None))));
        assert_eq!(
            found.unknown.map(|reason| reason.to_string()).as_deref(),
            Some("the number of copies of web is unknown: a placeholder")
        );
        assert!(present(Vec::new(), None).percent.is_none());
    }

    fn any_part() -> impl Strategy<Value = Part> {
        (1u32..9, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |(copies, is_store, apart, in_zones, agrees)| {
                let part = if is_store { store("s", copies, agrees) } else { service("w", copies, in_zones) };
                Part { apart, ..part }
            },
        )
    }

    proptest! {
        #[test]
        fn copies_never_lower_it_and_dependencies_never_raise_it(
            parts in prop::collection::vec(any_part(), 1..6), at in any::<prop::sample::Index>(), more in 1u32..9,
        ) {
            let before = present(parts.clone(), None).percent.expect("known");
            prop_assert!((0.0..=100.0).contains(&before));
            let mut grown = parts.clone();
            let part = at.get(&grown).clone();
            let place = grown.iter().position(|other| *other == part).expect("it is there");
            grown[place].copies = part.copies.clone().map(|copies| copies + 1);
            prop_assert!(present(grown, None).percent.expect("known") >= before - 1e-9);
            let mut waited = parts;
            waited.push(store("another", more, true));
            prop_assert!(present(waited, None).percent.expect("known") <= before + 1e-9);
        }
    }
}
