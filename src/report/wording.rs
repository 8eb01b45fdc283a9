//! Sentences that Markdown pages, decision records and differences share.

use crate::assessment::{Assessment, Fit, Standing, SystemAssessment};
use crate::language::{Argument, Prose, Voice, say};
use crate::report::words;

/// A number of points as an argument of a sentence: no decimal where there is none.
pub(crate) fn tenth(value: f64) -> (f64, usize) {
    (value, usize::from((value - value.round()).abs() >= 0.05))
}

/// A share of 1 in whole percent, as an argument of a sentence.
pub(crate) fn percent(share: f64) -> (f64, usize) {
    (share * 100.0, 0)
}

/// Rungs of a ladder: `2`, or `1 to 2` where they differ.
pub(crate) fn rungs(standing: Standing) -> Prose {
    if standing.low == standing.high {
        say!("{} of 5", standing.high)
    } else {
        say!("{} to {} of 5", standing.low, standing.high)
    }
}

/// What a system survives.
pub(crate) fn survives(assessment: &Assessment, system: &SystemAssessment, voice: Voice) -> Prose {
    let rung = |rung: u8| Argument::Name(voice.words(words::rung(&assessment.rungs.0, rung)).into_owned());
    match (system.availability.low, system.availability.high) {
        (_, 0) => say!("promises nothing"),
        (low, high) if low == high => Prose::new("survives {}, proven", vec![rung(high)]),
        (0, high) => Prose::new("survives {} as written, nothing proven", vec![rung(high)]),
        (low, high) => Prose::new("survives {} as written, {} proven", vec![rung(high), rung(low)]),
    }
}

/// What it takes to carry a system.
pub(crate) fn carried(assessment: &Assessment, system: &SystemAssessment, voice: Voice) -> Prose {
    let rung = |rung: u8| voice.words(words::rung(&assessment.rungs.1, rung)).into_owned();
    let footprint = &system.footprint;
    let amount = |(low, high): (f64, f64)| {
        let shown = |value: f64| (value, usize::from(value < 100.0));
        if (high - low).abs() < 0.05 { say!("{}", shown(high)) } else { say!("{} to {}", shown(low), shown(high)) }
    };
    let (cpu, memory) = (amount(footprint.cpu), amount(footprint.memory_gib));
    if system.scale.low == system.scale.high {
        say!("{}: {} vCPU, {} GiB", rung(system.scale.high), cpu, memory)
    } else {
        say!("{} to {}: {} vCPU, {} GiB", rung(system.scale.low), rung(system.scale.high), cpu, memory)
    }
}

/// Who runs a target, and where their seat is.
pub(crate) fn operator(fit: &Fit) -> Prose {
    if fit.self_hosted {
        say!("on machines of your own")
    } else if fit.seat == "own" {
        say!("run by {}", fit.operator.as_str())
    } else {
        say!("run by {}, {}", fit.operator.as_str(), fit.seat.as_str())
    }
}
