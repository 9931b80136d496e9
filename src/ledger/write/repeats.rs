//! Repeats: a fact that is in the record already, or in the same input, entered once more.
//!
//! Always holds: two facts are the same if they quote passages of one document that overlap, and
//! their claims are equal but for case, spelling in Unicode and spaces. The same fact is refused
//! unless it is meant; the same passage with another claim is told. Not here: what a claim means.

use crate::ledger::write::outcome::Output;
use crate::ledger::write::passages::claim_of;
use crate::ledger::write::resolve::Resolved;
use crate::ledger::write::writer::Writer;
use annals_core::event::body::Content;
use annals_core::state::Status;

/// What becomes of a fact that is entered once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// It is refused, with the number of the fact that it repeats.
    Refused,
    /// It is entered again, on purpose.
    Allowed,
}

/// Refuses a fact that repeats one of the record or an earlier draft of this input; keeps a note
/// where another one quotes the same passage. `number` is the draft's among those of the input.
pub fn check(
    writer: &Writer,
    resolved: &Resolved,
    repeats: Repeats,
    out: &mut Output,
) -> Result<(), String> {
    let Content::FactAsserted(content) = &resolved.content else { return Ok(()) };
    let (fact, claim) = (&content.fact, claim_of(&content.fact));
    let number = out.asserted;
    out.asserted += 1;
    if repeats == Repeats::Refused {
        if out.passages.overlapping(fact).any(|(passage, _)| passage.claim == claim) {
            return Err("the same passage and the same claim are in an earlier draft of this \
                        input; leave one out, or say --again"
                .to_owned());
        }
        let state = &writer.verifier.chain.state;
        for (passage, whole) in writer.passages.overlapping(fact) {
            // Of a fact that was corrected, its present words count.
            let known = state.fold.fact_of_revision(passage.by);
            let Some(known) = known.filter(|known| known.revision == passage.by) else { continue };
            let (position, status) = (known.position, state.status(known));
            let retracted = status == Status::Retracted;
            match (passage.claim == claim, retracted) {
                (true, false) => {
                    return Err(format!(
                        "the same passage and the same claim are fact {position} already, \
                         {status}; another person confirms it with annals confirm {position}; \
                         --again enters it once more"
                    ));
                }
                (true, true) => out.prepared.notes.push(format!(
                    "the same passage and the same claim are fact {position}, which is retracted; \
                     annals reinstate may be what is meant"
                )),
                (false, false) if whole => out.prepared.notes.push(format!(
                    "{} quotes a passage that fact {position} quotes too, with another claim",
                    shown(&fact.claim)
                )),
                _ => {}
            }
        }
    }
    out.passages.add(number, fact);
    Ok(())
}

/// A claim in quotation marks, its end left out if it is long.
fn shown(claim: &str) -> String {
    const MOST: usize = 60;
    let mut start: String = claim.chars().take(MOST).collect();
    if start.len() < claim.len() {
        start.push('…');
    }
    format!("“{start}”")
}
