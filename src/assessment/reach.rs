//! How far a target reaches on the two ladders.

use serde::{Deserialize, Serialize};

use super::constants::Constants;
use super::ladder::Standing;
use crate::capability::Capabilities;
use crate::targets::{Coverage, Target};

/// The rung of scale that every target reaches: one big VM.
const ANYWHERE: u8 = 2;

/// How far a target reaches on the two ladders, whatever the system: `low` as it is, `high` with named work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// What it lets a system survive, rungs 0 to 5.
    pub availability: Standing,
    /// What it can carry, rungs 2 to 5.
    pub scale: Standing,
}

/// How far a target reaches: rung by rung, as long as it has what the rung takes.
pub(super) fn reach(target: &Target, constants: &Constants, capabilities: &Capabilities) -> Reach {
    let climb = |from: u8, rungs: &[String], has: &dyn Fn(&Coverage) -> bool| {
        let covers = |id: &&String| capabilities.find(id).is_some_and(|capability| has(target.coverage(capability)));
        from + rungs.iter().take_while(covers).count() as u8
    };
    let ladder = |from: u8, rungs: &[String]| Standing {
        low: climb(from, rungs, &|coverage| matches!(coverage, Coverage::Native)),
        high: climb(from, rungs, &|coverage| matches!(coverage, Coverage::Native | Coverage::WithWork(_))),
    };
    let rungs = &constants.ladders.reach;
    Reach { availability: ladder(0, &rungs.availability), scale: ladder(ANYWHERE, &rungs.scale) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kit;

    #[test]
    fn targets_reach_as_far_as_their_coverage_goes() {
        let kit = Kit::load(&crate::OwnFiles::default()).expect("the built-in data");
        let of = |id: &str| {
            let found = reach(kit.catalogue.find(id).expect("a target"), &kit.constants, &kit.capabilities);
            (found.availability.high, found.scale.high)
        };
        assert_eq!(of("compose-one-host"), (2, 2), "one host, and what one host carries");
        let (survives, carries) = of("scaleway-kapsule");
        assert!(survives >= 4 && carries == 5, "{survives} {carries}");
    }
}
