//! Which places to run the owner rules out.

use std::collections::BTreeMap;

use crate::context::Statements;
use crate::language::{Prose, say};
use crate::targets::{Certification, CertificationStatus, Jurisdiction, Target};

/// What the owner allows, by the keys of the context file that say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    self_hosted: bool,
    /// Countries whose law may reach the operator; empty for any.
    countries: Vec<String>,
    /// The jurisdictions as stated, for messages.
    jurisdiction: String,
    certifications: Vec<String>,
    excluded: Vec<String>,
    /// Targets that come first among equals.
    pub preferred: Vec<String>,
    /// Whether the vendor of the software supports Kubernetes alone.
    pub kubernetes_alone: bool,
}

/// The keys of constraints that can be toggled one by one, hosting first.
const KEYS: [&str; 4] = ["hosting", "jurisdiction", "certification", "exclude"];

impl Constraints {
    /// The constraints among some statements. `jurisdictions` gives the countries behind words such as `eu`.
    #[must_use]
    pub fn of(statements: &Statements, jurisdictions: &BTreeMap<String, Vec<String>>) -> Self {
        let words = |key| statements.words(key).to_vec();
        let stated = words("jurisdiction");
        let is_any = stated.iter().any(|word| word == "any");
        let named = stated.iter().filter(|_| !is_any);
        let countries = named.flat_map(|word| jurisdictions.get(word).cloned().unwrap_or_else(|| vec![word.clone()]));
        Self {
            self_hosted: statements.words("hosting") == ["self-hosted"],
            countries: countries.collect(),
            jurisdiction: stated.join(", "),
            certifications: words("certification"),
            excluded: words("exclude"),
            preferred: words("prefer"),
            kubernetes_alone: statements.is_true("vendor-mandate"),
        }
    }

    /// The keys under which something is ruled out.
    #[must_use]
    pub fn keys(&self) -> Vec<&'static str> {
        let present =
            [self.self_hosted, !self.countries.is_empty(), !self.certifications.is_empty(), !self.excluded.is_empty()];
        KEYS.into_iter().zip(present).filter(|(_, present)| *present).map(|(key, _)| key).collect()
    }

    /// These constraints without what is stated under a key.
    #[must_use]
    pub fn without(&self, key: &str) -> Self {
        let mut rest = self.clone();
        match key {
            "hosting" => rest.self_hosted = false,
            "jurisdiction" => rest.countries.clear(),
            "certification" => rest.certifications.clear(),
            "exclude" => rest.excluded.clear(),
            _ => {}
        }
        rest
    }

    /// These constraints with everything on machines of one's own.
    #[must_use]
    pub fn self_hosted(&self) -> Self {
        Self { self_hosted: true, ..self.clone() }
    }

    /// These constraints with operators under the law of these countries alone.
    #[must_use]
    pub fn within(&self, name: &str, countries: &[String]) -> Self {
        Self { countries: countries.to_vec(), jurisdiction: name.to_owned(), ..self.clone() }
    }

    /// Why a target is ruled out; nothing where it is not.
    #[must_use]
    pub fn rule_out(&self, target: &Target) -> Vec<Prose> {
        let mut reasons = Vec::new();
        if self.self_hosted && !target.self_hosted {
            reasons.push(say!("the owner wants it on machines of their own"));
        }
        reasons.extend(self.rule_out_offer(&target.jurisdiction, &target.certifications));
        if self.excluded.contains(&target.id) {
            reasons.push(say!("the owner excludes it"));
        }
        reasons
    }

    /// Why something that others offer is ruled out by whose law it is under, and by what is certified; nothing where it
    /// is not. What the owner runs is under their own law, and certified by themselves or not at all.
    #[must_use]
    pub fn rule_out_offer(&self, jurisdiction: &Jurisdiction, certifications: &[Certification]) -> Vec<Prose> {
        if jurisdiction.seat == "own" {
            return Vec::new();
        }
        let mut reasons = Vec::new();
        let is_allowed = |country: &String| self.countries.is_empty() || self.countries.contains(country);
        if !is_allowed(&jurisdiction.seat) {
            let seat = &jurisdiction.seat;
            reasons.push(say!("its operator is seated in {}, and the owner allows {}", seat, &self.jurisdiction));
        }
        let foreign: Vec<&str> =
            jurisdiction.exposed_to.iter().filter(|country| !is_allowed(country)).map(String::as_str).collect();
        if !foreign.is_empty() {
            let reach = foreign.join(", ");
            reasons.push(say!("law of {} reaches its operator, and the owner allows {}", reach, &self.jurisdiction));
        }
        let is_held = |name: &String| {
            certifications.iter().any(|held| held.name == *name && held.status == CertificationStatus::Held)
        };
        let missing = self.certifications.iter().filter(|name| !is_held(name));
        reasons.extend(missing.map(|name| say!("it does not hold {}, which the owner asks for", name)));
        reasons
    }
}
