//! Managed data services: what stands beside a target that should not carry data itself.

use schemars::JsonSchema;
use serde::Deserialize;

use super::check;
use super::file::{Certification, Jurisdiction, Promise};
use crate::data::{self, DataError, PathPart};
use crate::day::Day;
use crate::rules::file::SourceReference;
use crate::tables::Tables;

/// A file of a managed data service.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ComplementFile {
    /// Its name, lower case with dashes.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// Whose law it is under.
    pub jurisdiction: Jurisdiction,
    /// Certificates of the offer, each with its region and state.
    #[serde(default)]
    pub certifications: Vec<Certification>,
    /// The engines that it offers, by their names in `rules/tables/engines.yaml`.
    pub engines: Vec<String>,
    /// One sentence on what it is.
    pub summary: String,
    /// The availability that it promises, where verified.
    pub availability: Option<Promise>,
    /// Where the facts come from.
    pub sources: Vec<SourceReference>,
    /// The day on which they were checked, `YYYY-MM-DD`.
    pub checked_on: String,
}

/// A managed data service, checked against the known engines.
#[derive(Clone, Debug)]
pub struct Complement {
    /// Its name in files and on the command line.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// Whose law it is under.
    pub jurisdiction: Jurisdiction,
    /// Certificates of the offer, each with its region and state.
    pub certifications: Vec<Certification>,
    /// The engines that it offers, as in the table of engines.
    pub engines: Vec<String>,
    /// What it is.
    pub summary: String,
    /// The availability that it promises, where verified.
    pub availability: Option<Promise>,
    /// Where the facts come from.
    pub sources: Vec<SourceReference>,
    /// The day on which they were checked.
    pub checked_on: Day,
}

impl Complement {
    /// Whether it offers an engine.
    #[must_use]
    pub fn offers(&self, engine: &str) -> bool {
        self.engines.iter().any(|offered| offered == engine)
    }

    /// Whether its check is more than so many days ago on this day.
    #[must_use]
    pub fn is_stale(&self, today: Day, after_days: u32) -> bool {
        self.checked_on.is_older(today, after_days)
    }
}

pub(super) fn compile(name: &str, text: &str, file: ComplementFile, tables: &Tables) -> Result<Complement, DataError> {
    let fail = |path: &[PathPart<'_>], message: String, help: String| data::error_at(name, text, path, message, help);
    for (index, engine) in file.engines.iter().enumerate() {
        if tables.engine(engine).is_none() {
            let path = [PathPart::Key("engines"), PathPart::Index(index)];
            let help = data::did_you_mean(engine, tables.engines().map(|known| known.engine.as_str()));
            return Err(fail(&path, format!("there is no engine `{engine}`"), help));
        }
    }
    let checked_on = check::day(&file.checked_on, &[PathPart::Key("checked-on")], &fail)?;
    check::jurisdiction(&file.jurisdiction, &fail)?;
    check::certifications(&file.certifications, &fail)?;
    check::promise(file.availability.as_ref(), &fail)?;
    Ok(Complement {
        id: file.id,
        name: file.name,
        operator: file.operator,
        jurisdiction: file.jurisdiction,
        certifications: file.certifications,
        engines: file.engines,
        summary: file.summary,
        availability: file.availability,
        sources: file.sources,
        checked_on,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
id: vault-of-data
name: Vault of data
operator: Somebody
jurisdiction: {seat: FR, exposed-to: [US]}
engines: [postgresql, redis]
summary: Two engines.
sources: [{title: Our judgement}]
checked-on: 2026-11-26
";

    fn read(from: &str, to: &str) -> Result<Complement, DataError> {
        assert!(FILE.contains(from), "{from}");
        let text = FILE.replacen(from, to, 1);
        let file = data::read_text("service.yaml", &text)?;
        compile("service.yaml", &text, file, &Tables::built_in().expect("the tables"))
    }

    #[test]
    fn a_service_offers_its_engines_and_grows_old() {
        let service = read("FR", "FR").expect("a service");
        assert!(service.offers("redis") && !service.offers("kafka"));
        let day = |text| Day::parse(text).expect("a day");
        assert!(!service.is_stale(day("2027-05-25"), 180) && service.is_stale(day("2027-05-26"), 180));
    }

    #[test]
    fn mistakes_have_positions() {
        for (from, to, line, help) in [
            ("redis", "rediss", 5, "did you mean `redis`?"),
            ("exposed-to: [US]", "exposed-to: [usa]", 4, "write two capital letters as in ISO 3166"),
            ("2026-11-26", "2026-11-31", 8, "write the day as YYYY-MM-DD"),
            ("summary", "sumary", 6, ""),
        ] {
            let error = read(from, to).expect_err("a mistake");
            assert_eq!(error.position.map(|at| at.line), Some(line), "{error}");
            assert!(help.is_empty() || error.help == help, "{error:?}");
        }
    }
}
