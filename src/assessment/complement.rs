//! Managed data services that could stand beside a target that should not carry the data itself.

use serde::{Deserialize, Serialize};

use super::constraints::Constraints;
use super::fit::Fit;
use crate::targets::{Catalogue, Complement};

/// An engine that the system runs, and who offers it as a managed service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineServices {
    /// The engine, as in the table of engines.
    pub engine: String,
    /// The services, those first that the law of fewer foreign countries reaches, then by id.
    pub services: Vec<Service>,
}

/// A managed data service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
}

/// Capabilities that a target may need work for because data stands in the system.
const OF_DATA: [&str; 3] = ["replaceable-store", "replicated-data", "volume"];

/// For each engine the services that offer it, where a target that somebody else runs takes work for the data.
pub(super) fn complements<'e>(
    engines: impl IntoIterator<Item = &'e str>,
    fits: &[Fit],
    catalogue: &Catalogue,
    constraints: &Constraints,
) -> Vec<EngineServices> {
    let takes_work = |fit: &Fit| fit.work.iter().any(|work| OF_DATA.contains(&work.capability.as_str()));
    if !fits.iter().any(|fit| fit.admissible && !fit.self_hosted && takes_work(fit)) {
        return Vec::new();
    }
    let services = |engine: &str| {
        let is_allowed =
            |offer: &&Complement| constraints.rule_out_offer(&offer.jurisdiction, &offer.certifications).is_empty();
        let offering = catalogue.complements().iter().filter(|offer| offer.offers(engine)).filter(is_allowed);
        let mut offering: Vec<_> = offering.collect();
        offering.sort_by_key(|complement| complement.jurisdiction.exposed_to.len());
        offering
            .into_iter()
            .map(|complement| Service {
                id: complement.id.clone(),
                name: complement.name.clone(),
                operator: complement.operator.clone(),
            })
            .collect()
    };
    let of_engine =
        engines.into_iter().map(|engine| EngineServices { engine: engine.to_owned(), services: services(engine) });
    of_engine.filter(|engine| !engine.services.is_empty()).collect()
}
