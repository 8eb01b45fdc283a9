//! How firm verdicts are when every constant is off by up to a fifth: weights, gaps, bands, confidence and every cell of
//! every target's coverage, each by a factor of its own.
#![allow(unreachable_pub, dead_code, reason = "each test binary uses its own part")]

use kubeworthy::Kit;
use kubeworthy::assessment::{Constants, SystemAssessment};
use rayon::prelude::*;
use serde_json::Value;

use crate::evidence::Draws;

/// How often everything is drawn anew, and how often single parts of it.
pub const TIMES: usize = 300;
pub const TIMES_FOR_PARTS: usize = 100;

/// Between 0.8 and 1.2.
fn factor(draws: &mut Draws) -> f64 {
    0.8 + 0.4 * draws.share()
}

/// Which constants are off.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// Weights, gaps and cells.
    Claims,
    /// Bands, and the share from which a system counts as native.
    Bands,
    /// The thresholds of confidence, and what is taken off for weak claims, for no live state and for no owner.
    Confidence,
    /// All of these.
    Everything,
    /// All, with the factors of confidence themselves off and not what they take off: 0.9 becomes 0.72 to 1.
    EverythingAsFactors,
}

impl Off {
    fn has(self, part: Self) -> bool {
        self == part || matches!(self, Self::Everything | Self::EverythingAsFactors)
    }
}

/// The constants with some of them off, each by a factor of its own. What is a share stays below 1.
fn jittered(off: Off, draws: &mut Draws) -> Constants {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/model.yaml")).expect("the constants");
    let mut model: Value = serde_saphyr::from_str(&text).expect("the constants");
    let groups =
        [("weights", Off::Claims), ("gaps", Off::Claims), ("bands", Off::Bands), ("confidence", Off::Confidence)];
    for (group, _) in groups.iter().filter(|(_, part)| off.has(*part)) {
        for (key, value) in model[group].as_object_mut().expect("a group of constants") {
            let written = value.as_f64().expect("a number");
            let factor = factor(draws);
            let is_percent = *group == "bands" || key.ends_with("-below") || key.ends_with("-from");
            let takes_off = key == "claims-floor" || key.starts_with("without-");
            let drawn = match () {
                () if is_percent => (written * factor).min(100.0),
                () if takes_off && off != Off::EverythingAsFactors => 1.0 - (1.0 - written) * factor,
                () => (written * factor).min(1.0),
            };
            *value = drawn.into();
        }
    }
    if off.has(Off::Bands) {
        let share = model["platform-share"].as_f64().expect("a number") * factor(draws);
        model["platform-share"] = share.into();
    }
    serde_json::from_value(model).expect("the constants")
}

/// The same with every cell of every target off as well.
fn with_cells(constants: &Constants, draws: &mut Draws, kit: &Kit) -> Constants {
    // The constants themselves come before the cells, and are drawn already.
    let mut before_cells = 0_usize;
    let _ = constants.jittered(&[], &kit.capabilities, &mut || {
        before_cells += 1;
        1.0
    });
    let mut drawn = 0_usize;
    constants.jittered(kit.catalogue.targets(), &kit.capabilities, &mut || {
        drawn += 1;
        if drawn > before_cells { factor(draws) } else { 1.0 }
    })
}

/// How often each verdict changes.
pub fn flips(estates: &[&SystemAssessment], off: Off, times: usize, kit: &Kit) -> Vec<usize> {
    let draws: Vec<Constants> = (0..times)
        .map(|seed| {
            let mut draws = Draws::new(seed as u64);
            let constants = jittered(off, &mut draws);
            if off.has(Off::Claims) { with_cells(&constants, &mut draws, kit) } else { constants }
        })
        .collect();
    let changes = |estate: &&SystemAssessment| {
        let verdict = |constants: &Constants| {
            estate.basis.outcome(&estate.targets, &kit.catalogue, &kit.capabilities, constants).1
        };
        draws.iter().filter(|constants| verdict(constants) != estate.verdict).count()
    };
    estates.par_iter().map(changes).collect()
}
