//! What targets and managed data services have in common, checked with positions.

use super::file::{CERTIFICATION_NAMES, Certification, Jurisdiction, Promise};
use crate::data::{self, DataError, PathPart};
use crate::day::Day;

/// Makes an error at a path of the file.
pub(super) type Fail<'f> = dyn Fn(&[PathPart<'_>], String, String) -> DataError + 'f;

pub(super) fn day(text: &str, path: &[PathPart<'_>], fail: &Fail<'_>) -> Result<Day, DataError> {
    let help = || "write the day as YYYY-MM-DD".to_owned();
    Day::parse(text).ok_or_else(|| fail(path, format!("`{text}` is no date"), help()))
}

pub(super) fn jurisdiction(jurisdiction: &Jurisdiction, fail: &Fail<'_>) -> Result<(), DataError> {
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let key = PathPart::Key("jurisdiction");
    if jurisdiction.seat != "own" && !is_country(&jurisdiction.seat) {
        let help = "write two capital letters as in ISO 3166, or `own` where the owner chooses the provider".to_owned();
        return Err(fail(&[key, PathPart::Key("seat")], format!("`{}` is no country", jurisdiction.seat), help));
    }
    for (index, country) in jurisdiction.exposed_to.iter().enumerate() {
        if !is_country(country) {
            let path = [key, PathPart::Key("exposed-to"), PathPart::Index(index)];
            let help = "write two capital letters as in ISO 3166".to_owned();
            return Err(fail(&path, format!("`{country}` is no country"), help));
        }
    }
    Ok(())
}

pub(super) fn certifications(certifications: &[Certification], fail: &Fail<'_>) -> Result<(), DataError> {
    for (index, certification) in certifications.iter().enumerate() {
        let at = |key| [PathPart::Key("certifications"), PathPart::Index(index), PathPart::Key(key)];
        if !CERTIFICATION_NAMES.contains(&certification.name.as_str()) {
            let help = data::did_you_mean(&certification.name, CERTIFICATION_NAMES.into_iter());
            let help = if help.is_empty() { format!("the names are {}", CERTIFICATION_NAMES.join(", ")) } else { help };
            return Err(fail(&at("name"), format!("there is no certification `{}`", certification.name), help));
        }
        day(&certification.checked_on, &at("checked-on"), fail)?;
    }
    Ok(())
}

pub(super) fn promise(promise: Option<&Promise>, fail: &Fail<'_>) -> Result<(), DataError> {
    let Some(promise) = promise else { return Ok(()) };
    let at = |key| [PathPart::Key("availability"), PathPart::Key(key)];
    if !(promise.promise > 0.0 && promise.promise <= 100.0) {
        let help = "a promise is a percentage above 0, at most 100".to_owned();
        return Err(fail(&at("promise"), format!("{} is no availability", promise.promise), help));
    }
    if !(1..=3).contains(&promise.zones) {
        let help = "say over how many zones it has to run for the promise, 1 to 3".to_owned();
        return Err(fail(&at("zones"), format!("{} is no number of zones", promise.zones), help));
    }
    Ok(())
}
