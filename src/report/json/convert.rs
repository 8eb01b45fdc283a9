//! The finished answer becomes the wire format, number by number.

use super::{
    Amount, BlockedItem, Claim, Cluster, ClusterAlone, Complement, Each, Finding, Flip, Footprint, Gap, Inputs,
    Ladders, ListGap, LossItem, Need, NotUnderstood, One, OneSided, Overlay, Place, RenderedPlace, SCHEMA, Skipped,
    Split, Standing, Statement, Suppressed, Suppression, System, SystemKind, Target, Tool, Unknown, Verdict, WorkItem,
    Written,
};
use crate::assessment::{self, Assessment, Location, SystemAssessment};
use crate::language::Prose;

impl<'a> From<&'a Assessment> for Written<'a> {
    fn from(assessment: &'a Assessment) -> Self {
        let inputs = &assessment.inputs;
        Self {
            schema: SCHEMA,
            tool: Tool {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                rules_digest: assessment.rules_digest.clone(),
            },
            inputs: Inputs {
                documents: inputs.documents,
                understood: inputs.understood,
                not_understood: inputs
                    .not_understood
                    .iter()
                    .map(|entry| NotUnderstood {
                        file: entry.file.clone(),
                        line: entry.line,
                        reason: entry.reason.clone(),
                        kinds: entry.kinds.clone(),
                    })
                    .collect(),
                skipped: inputs
                    .skipped
                    .iter()
                    .map(|(file, reason)| Skipped { file: file.clone(), reason: reason.to_string() })
                    .collect(),
                gaps: inputs
                    .gaps
                    .iter()
                    .map(|gap| Gap { kind: gap.kind.clone(), scope: gap.scope.clone(), reason: gap.reason.to_string() })
                    .collect(),
                clusters: inputs.clusters.iter().map(Cluster::from).collect(),
                digest: inputs.digest.clone(),
            },
            estate: One(&assessment.estate),
            systems: Each(&assessment.systems),
            suppressions: assessment.suppressions.iter().map(Suppression::from).collect(),
            gate: assessment.gate.as_ref().map(|gate| super::Gate::of(assessment, gate)),
        }
    }
}

impl From<&assessment::Suppression> for Suppression {
    fn from(suppression: &assessment::Suppression) -> Self {
        Self {
            form: suppression.form.id().to_owned(),
            rules: suppression.rules.clone(),
            reason: suppression.reason.clone(),
            until: suppression.until.clone(),
            state: suppression.state.id().to_owned(),
            code: suppression.state.code().map(str::to_owned),
            message: suppression.message.to_string(),
            help: suppression.help.to_string(),
            place: suppression.place.as_ref().map(place),
        }
    }
}

impl From<&assessment::ClusterRead> for Cluster {
    fn from(cluster: &assessment::ClusterRead) -> Self {
        Self {
            name: cluster.name.clone(),
            taken: cluster.taken.clone(),
            version: cluster.version.clone(),
            namespaces: cluster.namespaces.clone(),
            selection: cluster.is_selection,
            nodes: cluster.nodes.map(|nodes| nodes as u64),
            zones: cluster.zones.map(|zones| zones as u64),
            objects: cluster.objects,
            workloads: cluster.workloads,
            gaps: cluster
                .gaps
                .iter()
                .map(|gap| ListGap {
                    resource: gap.resource.clone(),
                    objects: gap.objects,
                    reason: gap.reason.to_string(),
                    namespaces: gap.namespaces.clone(),
                    rules: gap.rules.clone(),
                })
                .collect(),
            alone: cluster.alone.map(|(need, verdict, confidence, systems)| ClusterAlone {
                need,
                verdict: verdict.into(),
                confidence,
                systems,
            }),
        }
    }
}

impl From<&SystemAssessment> for System {
    fn from(system: &SystemAssessment) -> Self {
        let standing = |standing: assessment::Standing| Standing { low: standing.low, high: standing.high };
        let amount = |(low, high): (f64, f64)| Amount { low: decimals(low, 3), high: decimals(high, 3) };
        Self {
            id: system.id.clone(),
            name: system.name.clone(),
            kind: if system.is_estate { SystemKind::Estate } else { SystemKind::System },
            grouped_by: system.grouped_by.clone(),
            workloads: system.workloads,
            partial: system.partial,
            verdict: system.verdict.into(),
            through: system.through.as_ref().map(Prose::to_string),
            need: Need {
                score: system.need.score,
                low: system.need.low,
                high: system.need.high,
                if_self_hosted: system.need.if_self_hosted,
                without_constraints: system.need.without_constraints,
                unsuppressed: system.need.unsuppressed,
            },
            axes: system.axes.iter().map(|(axis, points)| (axis.id().to_owned(), (*points).into())).collect(),
            confidence: system.confidence,
            ladders: Ladders { availability: standing(system.availability), scale: standing(system.scale) },
            footprint: Footprint {
                cpu: amount(system.footprint.cpu),
                memory_gib: amount(system.footprint.memory_gib),
                written: decimals(system.footprint.written, 3),
            },
            claims: system.claims.iter().map(Claim::from).collect(),
            findings: system
                .findings
                .iter()
                .map(|finding| Finding {
                    code: finding.code.clone(),
                    name: finding.name.clone(),
                    level: finding.level.id().to_owned(),
                    message: finding.message.to_string(),
                    help: finding.help.clone(),
                    evidence: places(&finding.evidence),
                })
                .collect(),
            unknowns: system
                .unknowns
                .iter()
                .map(|unknown| Unknown {
                    question: unknown.question.to_string(),
                    key: unknown.key.clone(),
                    reason: unknown.reason.to_string(),
                    could_move: Amount { low: unknown.could_move.0, high: unknown.could_move.1 },
                })
                .collect(),
            targets: system.targets.iter().map(Target::from).collect(),
            suggested: system.suggested.clone(),
            availability: (&system.achievable).into(),
            complements: system
                .complements
                .iter()
                .map(|engine| Complement {
                    engine: engine.engine.clone(),
                    services: engine.services.iter().map(|service| service.id.clone()).collect(),
                })
                .collect(),
            flips: system
                .flips
                .iter()
                .map(|flip| Flip { change: flip.change.to_string(), verdict: flip.verdict.into(), need: flip.need })
                .collect(),
            statements: system
                .statements
                .iter()
                .map(|statement| Statement {
                    key: statement.key.clone(),
                    value: statement.value.clone(),
                    owner: statement.owner.clone(),
                    date: statement.date.clone(),
                    source: statement.source.clone(),
                    evidence: statement.evidence.iter().map(place).next(),
                })
                .collect(),
            suppressed: system
                .suppressed
                .iter()
                .map(|each| Suppressed {
                    code: each.code.clone(),
                    reason: each.reason.clone(),
                    share: each.share,
                    message: each.message.to_string(),
                    level: each.level.map(|level| level.id().to_owned()),
                    evidence: places(&each.evidence),
                    by: each.by,
                })
                .collect(),
            set_aside: system.set_aside.clone(),
            overlay: system.overlay.as_ref().map(|overlay| Overlay {
                assessed: overlay.assessed.clone(),
                beside: overlay.beside.clone(),
                set_aside: overlay.set_aside.clone(),
            }),
            one_sided: system
                .one_sided
                .iter()
                .map(|claim| OneSided {
                    capability: claim.capability.clone(),
                    origin: claim.origin.clone(),
                    grade: claim.grade,
                    message: claim.message.to_string(),
                    evidence: places(&claim.evidence),
                })
                .collect(),
        }
    }
}

impl From<assessment::Verdict> for Verdict {
    fn from(verdict: assessment::Verdict) -> Self {
        match verdict {
            assessment::Verdict::Needless => Self::Needless,
            assessment::Verdict::Debatable => Self::Debatable,
            assessment::Verdict::Justified => Self::Justified,
            assessment::Verdict::KubernetesNative => Self::KubernetesNative,
            assessment::Verdict::Inconclusive => Self::Inconclusive,
        }
    }
}

impl From<&assessment::Claim> for Claim {
    fn from(claim: &assessment::Claim) -> Self {
        Self {
            capability: claim.capability.clone(),
            axis: claim.axis.id().to_owned(),
            grade: claim.grade,
            share: claim.share,
            rules: claim.rules.clone(),
            message: claim.message.to_string(),
            lowered_by: claim.lowered_by.clone(),
            help: claim.help.clone(),
            evidence: places(&claim.evidence),
        }
    }
}

impl From<&assessment::Fit> for Target {
    fn from(fit: &assessment::Fit) -> Self {
        Self {
            id: fit.id.clone(),
            name: fit.name.clone(),
            tier: fit.tier,
            admissible: fit.admissible,
            why_not: fit.why_not.iter().map(Prose::to_string).collect(),
            shortfall: decimals(fit.shortfall, 3),
            covered: fit.covered.clone(),
            work: fit
                .work
                .iter()
                .map(|work| WorkItem { capability: work.capability.clone(), item: work.item.to_string() })
                .collect(),
            losses: fit
                .losses
                .iter()
                .map(|loss| LossItem {
                    capability: loss.capability.clone(),
                    item: loss.item.to_string(),
                    evidence: places(&loss.evidence),
                })
                .collect(),
            blocked_by: fit
                .blocked_by
                .iter()
                .map(|blocked| BlockedItem {
                    capability: blocked.capability.clone(),
                    reason: blocked.reason.to_string(),
                    evidence: places(&blocked.evidence),
                })
                .collect(),
            effort: fit.effort,
            split: fit.split.as_ref().map(|split| Split {
                target: split.id.clone(),
                workloads: split.workloads.clone(),
                shortfall: decimals(split.shortfall, 3),
            }),
            stale: fit.stale,
            achievable: fit.achievable.clone().ok(),
            achievable_unknown: fit.achievable.as_ref().err().map(Prose::to_string),
        }
    }
}

fn places(locations: &[Location]) -> Vec<Place> {
    locations.iter().map(place).collect()
}

pub(super) fn place(location: &Location) -> Place {
    let line = |number: u32| (!location.is_live).then_some(number);
    Place {
        file: Some(location.file.clone()),
        line: line(location.line),
        column: line(location.column),
        end_line: line(location.end_line),
        end_column: line(location.end_column),
        object: location.object.clone(),
        path: location.path.clone(),
        observed: location.observed.clone(),
        rendered: location.rendered.as_ref().map(|rendered| RenderedPlace {
            document: rendered.document.clone(),
            line: rendered.line,
            template: rendered.template.clone(),
        }),
    }
}

fn decimals(value: f64, places: i32) -> f64 {
    let factor = 10f64.powi(places);
    (value * factor).round() / factor
}
