//! What the owner states, as reports show it, and how much of what only the owner can say that is.

use super::StatementReport;
use super::judge::Judge;
use crate::context::{Statement, Statements};
use crate::facts::SystemView;

impl Judge<'_> {
    /// The share of what only the owner can say that was stated, 0 to 1.
    pub(super) fn answered(&self, view: &SystemView<'_>) -> f64 {
        let questions = &self.yardstick.constants.questions;
        let statements = &view.statements;
        let whole = self.inventory.configuration_of(view.system).context.of_the_whole();
        let is_stated = |key: &str| statements.get(key).is_some() || whole.get(key).is_some();
        let stated = questions.iter().filter(|question| is_stated(&question.key)).count();
        if questions.is_empty() { 1.0 } else { stated as f64 / questions.len() as f64 }
    }

    pub(super) fn statements(&self, statements: &Statements) -> Vec<StatementReport> {
        let report = |(key, statement): (&str, &Statement)| StatementReport {
            key: key.to_owned(),
            value: statement.written.clone(),
            owner: statement.owner.clone(),
            date: statement.date.clone(),
            source: statement.source.clone(),
            evidence: self.locator.locate(statement.place),
        };
        statements.iter().map(report).collect()
    }
}
