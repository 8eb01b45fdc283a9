//! What is suppressed in place or by the configuration, and what became of each suppression.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Location;
use super::locate::Locator;
use crate::language::{Prose, say};
use crate::rules::file::Level;
use crate::suppression::{Ignore, Ignores, SuppressionForm, SuppressionState};
use crate::yaml::DocumentId;

/// A claim or finding that does not count, since a suppression covers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The rule's code.
    pub code: String,
    /// What the rule says.
    pub message: Prose,
    /// How loud it would be; none for what claims a need.
    pub level: Option<Level>,
    /// Why it does not count, in the words of whoever suppressed it; empty where nobody has to say.
    pub reason: String,
    /// How far the need would rise if this alone counted, in points with one decimal.
    pub share: f64,
    /// Where.
    pub evidence: Vec<Location>,
    /// Which suppression covers it, an index into [`Assessment::suppressions`](super::Assessment::suppressions).
    pub by: usize,
}

/// A suppression as it was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suppression {
    /// Where and how it is written.
    pub form: SuppressionForm,
    /// The code of a rule, a family of rules (`KW2xx`), or `all`, as it was written: what names several is several
    /// suppressions. Empty where nothing could be read.
    pub rules: Vec<String>,
    /// Why; none where nobody said.
    pub reason: Option<String>,
    /// The last day on which it counts, `YYYY-MM-DD`; none where it has no end.
    pub until: Option<String>,
    /// What became of it.
    pub state: SuppressionState,
    /// What is wrong with it, where something is.
    pub message: Prose,
    /// What to do about it.
    pub help: Prose,
    /// Where it stands.
    pub place: Option<Location>,
}

/// Every suppression with what became of it, after everything was asked.
pub(super) fn told(
    ignores: &Ignores<'_>,
    is_honoured: bool,
    aside: &BTreeSet<DocumentId>,
    reads_live: bool,
    locator: &Locator<'_>,
) -> Vec<Suppression> {
    let states = ignores.states(is_honoured, aside, reads_live);
    ignores.iter().zip(states).map(|(ignore, state)| suppression(ignore, state, locator)).collect()
}

fn suppression(ignore: &Ignore, state: SuppressionState, locator: &Locator<'_>) -> Suppression {
    let rule = &ignore.rule;
    let (message, help) = match (&ignore.mistake, state) {
        (Some(mistake), _) => (mistake.message.clone(), mistake.help.clone()),
        (None, SuppressionState::Unused) => {
            (say!("the suppression of {} covers nothing", rule), say!("remove it, or put it where the finding is"))
        }
        (None, _) => (Prose::default(), Prose::default()),
    };
    Suppression {
        form: ignore.form,
        rules: Some(rule).filter(|rule| !rule.is_empty()).cloned().into_iter().collect(),
        reason: ignore.reason.clone(),
        until: ignore.until.map(|day| day.to_string()),
        state,
        message,
        help,
        place: locator.site(&ignore.site),
    }
}
