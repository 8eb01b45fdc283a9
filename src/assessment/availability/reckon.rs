//! What a system can reach as it is written, and what it could reach on a target.

use super::{Achievable, AvailabilityData, Published, Step, Wait, cut, in_words, k_of_n, serial};
use crate::capability::Capabilities;
use crate::facts::{Part, Parts};
use crate::language::{Prose, say};
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
    hosts: Option<(f64, Prose)>,
    ceiling: Option<(f64, Prose)>,
    /// What is waited for.
    serial: Vec<(f64, Prose)>,
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

    fn formula(&self) -> Prose {
        let named = |(percent, name): &(f64, Prose)| say!("{} ({})", in_words(*percent), name);
        let product = Prose::list(self.serial.iter().map(named).collect(), " × ");
        let left = match (&self.ceiling, &self.hosts) {
            (Some(ceiling), Some(hosts)) => {
                let least = say!("min({}, {})", named(ceiling), named(hosts));
                if self.serial.is_empty() { least } else { Prose::list(vec![least, product], " × ") }
            }
            (Some(ceiling), None) => say!("min({}, {})", named(ceiling), product),
            (None, _) => product,
        };
        say!("{} = {} %", left, in_words(self.percent()))
    }

    fn step(&mut self, percent: f64, what: Prose, source: Prose, checked_on: &str) {
        self.steps.push(Step { percent, what, source, checked_on: checked_on.to_owned() });
    }
}

impl Reckoning<'_> {
    /// What the system can reach as it is written.
    pub(crate) fn present(&self) -> Achievable {
        let spans = !self.parts.on_one_host;
        self.achievable(
            self.on_hosts(&HostPromise::from(&self.data.host), spans, spans, None),
            self.parts.on_kubernetes,
        )
    }

    /// What it could reach on a target, with as many copies as are written.
    pub(crate) fn on(&self, target: &Target, catalogue: &Catalogue) -> Achievable {
        let named = |promise: &Promise| HostPromise {
            percent: promise.promise,
            what: say!("as promised for {}", &target.name),
            source: promise.source.clone(),
            checked_on: checked_on(target),
        };
        let any_host = HostPromise::from(&self.data.host);
        let orchestrated = target.tier == 3;
        let possible = |coverage: &Coverage| matches!(coverage, Coverage::Native | Coverage::WithWork(_));
        let covers = |capability: &str| {
            self.capabilities.find(capability).is_some_and(|capability| possible(target.coverage(capability)))
        };
        let hosts = |host: &HostPromise, steered: Option<Prose>| {
            let (spans_hosts, spans_zones) = (covers("survive-host-loss"), covers("survive-zone-loss"));
            self.achievable(self.on_hosts(host, spans_hosts, spans_zones, steered), orchestrated)
        };
        match &target.availability {
            Some(promise) if promise.of == PromiseOf::Service => {
                self.achievable(self.on_service(target, promise, catalogue), false)
            }
            Some(promise) if promise.of == PromiseOf::Host => hosts(&named(promise), None),
            Some(_) => {
                let note = say!("what runs goes on without the control plane, so its promise does not count");
                hosts(&any_host, Some(note))
            }
            None if target.jurisdiction.seat == "own" && target.self_hosted => hosts(&any_host, None),
            None if orchestrated => hosts(&any_host, Some(say!("no promise of its control plane could be verified"))),
            None => self.achievable(Err(say!("no promise that could be verified")), false),
        }
    }

    fn achievable(&self, sum: Result<(Sum, Vec<Prose>), Prose>, orchestrated: bool) -> Achievable {
        let (sum, mut notes) = match sum {
            Ok(sum) => sum,
            Err(reason) => return Achievable::unknown(reason, self.stated),
        };
        let percent = cut(sum.percent());
        if orchestrated {
            notes.extend(self.failover());
        }
        Achievable {
            percent: Some(percent),
            unknown: None,
            minutes_down: Some(self.data.minutes_down(percent)),
            formula: sum.formula(),
            steps: sum.steps,
            notes,
            stated: self.stated.map(|stated| (stated, Some(percent >= stated - 1e-9))),
        }
    }

    /// On hosts, of which several may be lost where a target spans them.
    fn on_hosts(
        &self,
        host: &HostPromise,
        spans_hosts: bool,
        spans_zones: bool,
        steered: Option<Prose>,
    ) -> Result<(Sum, Vec<Prose>), Prose> {
        self.has_one()?;
        let mut sum = Sum::default();
        let mut notes: Vec<Prose> = steered.into_iter().collect();
        if !spans_hosts {
            self.ceiling(&mut sum, &self.data.ceilings.one_zone, say!("zone"));
            sum.hosts = Some((host.percent, say!("one host")));
            sum.step(host.percent, say!("everything stands on one host"), host.source(), &host.checked_on);
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
        let (ceiling, name) =
            if in_zones { (&ceilings.several_zones, say!("zones")) } else { (&ceilings.one_zone, say!("zone")) };
        self.ceiling(&mut sum, ceiling, name);
        if let Some((weakest, copies)) = services.iter().min_by_key(|(part, copies)| (*copies, &part.name)) {
            let percent = k_of_n(1, *copies, host.percent);
            let hosts = if *copies == 1 { say!("one host") } else { say!("1 of {} hosts", *copies) };
            let once = services.iter().filter(|(_, other)| other == copies).count();
            let what = say!("{} at {} % each: {} runs on {}", &hosts, in_words(host.percent), &weakest.name, *copies);
            let what = match once {
                1 => what,
                2 => say!("{}, as another service does; they count once", what),
                once => say!("{}, as {} others do; they count once", what, once - 1),
            };
            sum.hosts = Some((percent, hosts));
            sum.step(percent, what, host.source(), &host.checked_on);
        }
        for store in stores() {
            // Where the services outlive a zone, a store in one zone goes down with it.
            let ceiling = if in_zones && !store.in_zones { self.data.ceilings.one_zone.percent } else { 100.0 };
            self.store(&mut sum, store, host, ceiling)?;
        }
        if sum.serial.len() > 2 {
            notes.push(say!("all {} stores count as needed at once, each on hosts of its own", sum.serial.len()));
        }
        Ok((sum, notes))
    }

    /// Whether there is one thing that serves.
    fn has_one(&self) -> Result<(), Prose> {
        if self.of_many {
            return Err(say!("each system has its own"));
        }
        if self.parts.parts.is_empty() { Err(say!("nothing that was read serves")) } else { Ok(()) }
    }

    fn ceiling(&self, sum: &mut Sum, ceiling: &Published, name: Prose) {
        sum.ceiling = Some((ceiling.percent, name));
        let what = say!("at most: {}", Prose::from(&ceiling.what));
        sum.step(ceiling.percent, what, Prose::name(&ceiling.source), &ceiling.checked_on);
    }

    /// A store that everything waits for, on hosts.
    fn store(&self, sum: &mut Sum, store: &Part, host: &HostPromise, ceiling: f64) -> Result<(), Prose> {
        let (_, members) = with_copies(store)?;
        let engine = store.engine.as_deref().unwrap_or_default();
        let name = &store.name;
        // An even member more lets no more members go, and two decide with the help of a third.
        let voting = if store.agrees && members >= 2 { (members.max(3) - 1) / 2 * 2 + 1 } else { 1 };
        let majority = voting / 2 + 1;
        let of_hosts = k_of_n(majority, voting, host.percent);
        let percent = of_hosts.min(ceiling);
        let what = match (members, voting) {
            (1, _) => say!("{}, one copy of {} that is waited for", name, engine),
            (_, 1) => say!(
                "{}, {} copies of {} that do not know each other, so that each is waited for",
                name,
                members,
                engine
            ),
            (2, _) => {
                say!("{}, two members of {} and what decides between them: {} of {}", name, engine, majority, voting)
            }
            _ => say!("{}, {} members of {}: {} of {}", name, members, engine, majority, voting),
        };
        let what = if percent < of_hosts { say!("{}, but all in one zone", what) } else { what };
        sum.serial.push((percent, Prose::name(name)));
        sum.step(percent, what, host.source(), &host.checked_on);
        Ok(())
    }

    /// On a service that promises something of what runs on it, with its operator's managed services for the data.
    fn on_service(
        &self,
        target: &Target,
        promise: &Promise,
        catalogue: &Catalogue,
    ) -> Result<(Sum, Vec<Prose>), Prose> {
        self.has_one()?;
        let mut sum = Sum::default();
        let with_note = |what: Prose, promise: &Promise| match &promise.note {
            Some(note) => say!("{} ({})", what, Prose::from(note)),
            None => what,
        };
        sum.serial.push((promise.promise, Prose::name(&target.id)));
        let what = with_note(Prose::name(&target.name), promise);
        sum.step(promise.promise, what, Prose::name(&promise.source), &checked_on(target));
        let mut engines: Vec<&Part> = self.parts.parts.iter().filter(|part| part.engine.is_some()).collect();
        engines.sort_by_key(|part| &part.engine);
        engines.dedup_by_key(|part| &part.engine);
        for part in engines {
            let engine = part.engine.as_deref().unwrap_or_default();
            if !part.replaceable {
                return Err(say!("{} is no engine that managed services are known for", engine));
            }
            let (service, promise) = managed(engine, &target.operator, catalogue)?;
            sum.serial.push((promise.promise, Prose::name(&service.id)));
            let what = with_note(say!("{} by {}", engine, &service.name), promise);
            sum.step(promise.promise, what, Prose::name(&promise.source), &service.checked_on.to_string());
        }
        let mut notes = Vec::new();
        if promise.zones > 1 {
            notes.push(say!("the promise asks for copies in {} zones", promise.zones));
        }
        Ok((sum, notes))
    }

    /// What a lost host means for what runs once.
    fn failover(&self) -> Vec<Prose> {
        let once = self.parts.parts.iter().filter(|part| matches!(with_copies(part), Ok((_, 1)))).count();
        if once == 0 {
            return Vec::new();
        }
        let seconds = self.data.failover_seconds();
        let wait = |wait: &Wait| say!("{} s {}", (wait.seconds, 0), Prose::from(&wait.what));
        let parts = Prose::list(self.data.failover.iter().map(wait).collect(), ", ");
        let mut notes = vec![say!(
            "when its host dies, what runs once is away for {} min and more: {}, then volume, image and start",
            (seconds / 60.0, 1),
            parts
        )];
        if let Some(stated) = self.stated {
            let minutes = self.data.minutes_down(stated);
            let times = (minutes / (seconds / 60.0)).floor();
            notes.push(say!("a month at {} % bears {} min, so {} of them", in_words(stated), (minutes, 1), (times, 0)));
        }
        if let Some(bearable) = self.recovery_seconds.filter(|bearable| *bearable < seconds) {
            notes.push(say!("that is longer than the {} min that the owner can bear", (bearable / 60.0, 1)));
        }
        notes
    }
}

/// The managed service of the same operator for an engine, with its promise.
fn managed<'c>(engine: &str, operator: &str, catalogue: &'c Catalogue) -> Result<(&'c Complement, &'c Promise), Prose> {
    let mut offering = catalogue.complements().iter().filter(|one| one.operator == operator && one.offers(engine));
    let found = offering.find_map(|one| one.availability.as_ref().map(|promise| (one, promise)));
    found.ok_or_else(|| say!("no promise of a managed {} by {} could be verified", engine, operator))
}

/// What is promised for a host.
struct HostPromise {
    percent: f64,
    what: Prose,
    source: String,
    checked_on: String,
}

impl From<&Published> for HostPromise {
    fn from(published: &Published) -> Self {
        Self {
            percent: published.percent,
            what: Prose::from(&published.what),
            source: published.source.clone(),
            checked_on: published.checked_on.clone(),
        }
    }
}

impl HostPromise {
    /// Where the availability of a host comes from.
    fn source(&self) -> Prose {
        say!("a host {}: {}", &self.what, &self.source)
    }
}

fn checked_on(target: &Target) -> String {
    target.checked_on.map_or_else(String::new, |day| day.to_string())
}

/// A part with the copies of it that can land on hosts of their own.
fn with_copies(part: &Part) -> Result<(&Part, u32), Prose> {
    match &part.copies {
        // Members of an operator's store are placed apart by it.
        Ok(copies) if part.apart => Ok((part, *copies)),
        Ok(_) => Ok((part, 1)),
        Err(reason) => Err(say!("the number of copies of {} is unknown: {}", &part.name, reason)),
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
        let found = present(vec![Part { copies: Err("a placeholder".into()), ..service("web", 1, false) }], Some(99.9));
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
