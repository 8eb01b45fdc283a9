//! The answer of the gate, below everything else, where it is seen first on a terminal.

use super::screen::Screen;
use crate::report::Verbosity;
use crate::report::gate::summary;
use crate::report::marks::Mark;
use crate::report::sentences::{position, said};

/// Why it fails, and a line that sums it up.
pub(super) fn answer(screen: &mut Screen<'_>) {
    let assessment = screen.assessment;
    let Some(gate) = &assessment.gate else { return };
    let (voice, is_quiet) = (screen.layout.voice, screen.layout.verbosity == Verbosity::Quiet);
    if !is_quiet {
        screen.heading(&voice.words("Gate"));
    }
    let most = screen.most(super::SYSTEMS_IN_DETAIL_AT_MOST);
    for (at, failure) in gate.failures.iter().take(most).enumerate() {
        let message = said(voice, &failure.message);
        let text = format!("{} {}", Mark::Code.around(&screen.safe(&failure.code)), screen.safe(&message));
        screen.hanging(2, &text);
        if is_quiet {
            continue;
        }
        if let Some(place) = &failure.place {
            screen.hint(&screen.safe(&position(place)));
        }
        let is_last = gate.failures.get(at + 1).is_none_or(|next| next.help != failure.help);
        if is_last && !failure.help.is_empty() {
            screen.hint(&screen.safe(&said(voice, &failure.help)));
        }
    }
    super::more(screen, gate.failures.len(), most);
    let text = summary(assessment, gate, voice);
    screen.hanging(2, &Mark::Strong.around(&text));
}
