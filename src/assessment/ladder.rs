//! Where a system stands on the ladders of availability and scale.

use serde::{Deserialize, Serialize};

use super::constants::{Constants, HostSize, Hosts};
use super::score::Need;
use crate::capability::Capabilities;
use crate::facts::Footprint;
use crate::grade::Grade;

/// A place on a ladder: rungs 0 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// By proven claims alone, autoscalers at their minimum.
    pub low: u8,
    /// By effective claims too, autoscalers at their maximum.
    pub high: u8,
}

/// The standing on the ladder of availability.
#[must_use]
pub(super) fn availability(needs: &[Need], constants: &Constants, capabilities: &Capabilities) -> Standing {
    let rung = |from: Grade| {
        needs
            .iter()
            .filter(|need| need.grade >= from)
            .map(|need| constants.availability_rung(need.capability, capabilities))
            .max()
            .unwrap_or(0)
    };
    Standing { low: rung(Grade::Proven), high: rung(Grade::Effective) }
}

/// The standing on the ladder of scale.
#[must_use]
pub(super) fn scale(
    footprint: &Footprint,
    needs: &[Need],
    sizes: &Hosts,
    constants: &Constants,
    capabilities: &Capabilities,
) -> Standing {
    let ladder = &constants.ladders.scale;
    let hosts = |cpu: f64, memory: f64| (cpu / sizes.ordinary.cpu).max(memory / sizes.ordinary.memory_gib);
    let fits = |cpu: f64, memory: f64, host: HostSize| cpu <= host.cpu && memory <= host.memory_gib;
    let rung = |cpu: f64, memory: f64, from: Grade| {
        let claimed = |test: &dyn Fn(crate::capability::CapabilityId) -> bool| {
            needs.iter().any(|need| need.grade >= from && test(need.capability))
        };
        let elastic = claimed(&|id| constants.is_elastic(id, capabilities));
        let bursts = claimed(&|id| constants.is_burst(id, capabilities));
        let hosts = hosts(cpu, memory);
        let by_size = if fits(cpu, memory, sizes.small) {
            0
        } else if fits(cpu, memory, sizes.ordinary) {
            1
        } else if fits(cpu, memory, sizes.big) {
            2
        } else if hosts <= ladder.fleet_over {
            // Between several hosts and a fleet nothing is promised but size.
            if hosts <= ladder.several_hosts { 3 } else { 4 }
        } else {
            5
        };
        let by_change = match (bursts, elastic) {
            (true, _) => 4,
            (false, true) if hosts > ladder.elastic_within => 4,
            (false, true) => 2,
            (false, false) => 0,
        };
        by_size.max(by_change)
    };
    Standing {
        low: rung(footprint.low.cpu, footprint.low.memory_gib, Grade::Proven),
        high: rung(footprint.high.cpu, footprint.high.memory_gib, Grade::Effective),
    }
}
