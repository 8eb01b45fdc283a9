//! The tools: what a model is told of each, and calling them.

use rmcp::model::{CallToolResult, ContentBlock, JsonObject, Tool, ToolAnnotations};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::arguments::{AssessArguments, CompareArguments, ExplainArguments};
use super::ask;
use super::catalogue;
use super::place::Root;
use crate::command::plugin::Called;
use crate::report::agents::{Answer, Comparison};

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Assess,
    ExplainRule,
    CompareTargets,
}

/// All of them, in the order in which they are listed.
const ALL: [(Which, &str); 3] =
    [(Which::Assess, "assess"), (Which::ExplainRule, "explain_rule"), (Which::CompareTargets, "compare_targets")];

/// The tool of this name.
pub(super) fn find(name: &str) -> Option<Which> {
    ALL.iter().find(|(_, other)| *other == name).map(|(which, _)| *which)
}

/// What a client is told of them.
pub(super) fn all() -> Vec<Tool> {
    ALL.iter().map(|(which, name)| tool(*which, name)).collect()
}

fn tool(which: Which, name: &'static str) -> Tool {
    let (title, description) = match which {
        Which::Assess => (
            "Does this need Kubernetes?",
            "Call this before you write or change a Helm chart, Kubernetes manifests or a Compose file, and when asked whether \
             something needs Kubernetes. Scores from 0 to 100 how far a system's availability and scale needs justify \
             Kubernetes, by the evidence in its files: verdict, need with its range, confidence, what brings the need (file and \
             line), what would change the verdict, the simpler target to suggest, findings to fix. Pass drafts in `inline` and \
             files in `paths`. Reads files below one folder only; never a cluster, never writes.",
        ),
        Which::ExplainRule => (
            "Explain a rule",
            "Call this for a code such as KW103 in an answer of `assess`, before you fix, question or suppress what it says: \
             what the rule looks for, why, what to do, its sources, and an example on which it fires. Takes a code, a name or a \
             family; without any it lists all rules.",
        ),
        Which::CompareTargets => (
            "Compare places to run",
            "Call this before you choose where a system runs, or to answer \"why not just X?\": for files or drafts, what each \
             place to run (Compose on one host, serverless containers, PaaS, Nomad, k3s, managed Kubernetes, ...) takes, what is \
             lost there, what rules it out, its effort and the chance that it falls short. Without files it describes the \
             targets that there are, with their ids.",
        ),
    };
    let tool = Tool::new(name, description, JsonObject::new());
    let tool = match which {
        Which::Assess => tool.with_input_schema::<AssessArguments>().with_output_schema::<Answer>(),
        Which::ExplainRule => {
            tool.with_input_schema::<ExplainArguments>().with_output_schema::<catalogue::Explanation>()
        }
        Which::CompareTargets => tool.with_input_schema::<CompareArguments>().with_output_schema::<Comparison>(),
    };
    let hints =
        ToolAnnotations::with_title(title).read_only(true).destructive(false).idempotent(true).open_world(false);
    tool.with_title(title).with_annotations(hints)
}

/// Calls a tool. What fails is an answer too, which says what to do next.
pub(super) fn call(which: Which, arguments: JsonObject, root: &Root, called: Called) -> CallToolResult {
    let answer = match which {
        Which::Assess => parsed(arguments).and_then(|arguments| {
            let answer = ask::assess(&arguments, root, called)?;
            Ok((answer.text(), structured(&answer)?))
        }),
        Which::ExplainRule => parsed::<ExplainArguments>(arguments).and_then(|arguments| {
            let answer = catalogue::explain(arguments.rule.as_deref(), &root.rules)?;
            Ok((answer.text(), structured(&answer)?))
        }),
        Which::CompareTargets => parsed(arguments).and_then(|arguments: CompareArguments| {
            let answer = if arguments.paths.is_empty() && arguments.inline.is_empty() {
                catalogue::describe(&arguments.targets, &root.rules)?
            } else {
                ask::compare(&arguments, root, called)?
            };
            Ok((answer.text(), structured(&answer)?))
        }),
    };
    match answer {
        Ok((text, structured)) => {
            let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
            result.structured_content = Some(structured);
            result
        }
        Err(message) => CallToolResult::error(vec![ContentBlock::text(message)]),
    }
}

fn parsed<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::Object(arguments)).map_err(|error| {
        let said: String = crate::text::sanitize::for_terminal(&error.to_string()).chars().take(400).collect();
        format!("the arguments do not fit: {said}; see the input schema of the tool")
    })
}

fn structured(answer: &impl Serialize) -> Result<serde_json::Value, String> {
    serde_json::to_value(answer).map_err(|error| format!("the answer could not be written: {error}; ask for less"))
}
