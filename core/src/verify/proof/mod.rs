//! Proofs: whether a file shows a fact, its acts and their signers to be in a record of a size.
//!
//! Always holds: every fault is told by its rule; nothing is a yes unless the checkpoint's
//! signature holds and somebody else than the proof names its log key. Not here: making proofs
//! (`ledger::prove`), words for people (`cli`). Source: FORMAT.md section 12.

mod events;
pub mod form;
mod stands;
mod trust;
mod outcome;

pub use events::evidence_of;
pub use form::{LeftOut, Proof, ProofEvent};
pub use outcome::{ProofContext, ProofOutcome, ProofTrust};
pub use stands::{Related, Stands, stands};

use crate::rule::{Fault, Rule};
use crate::transfer::changed;
use crate::verify::examine::{BodyFound, Examined};
use crate::version_line::later;
use std::collections::BTreeMap;

/// Judges the bytes of a proof by itself and by what is given beside it.
pub fn judge(bytes: &[u8], given: &ProofContext) -> ProofOutcome {
    let mut judged = ProofOutcome {
        proof: None,
        later_version: later(bytes, "proof"),
        changed: changed(bytes),
        events: BTreeMap::new(),
        faults: Vec::new(),
        log_keys: Vec::new(),
        quotations: 0,
        not_checkable: 0,
        trust: ProofTrust::default(),
    };
    if judged.later_version.is_some() {
        judged.trust.missing.push("the proof is of a later version".to_owned());
        return judged;
    }
    if let Some(changed) = judged.changed {
        judged.trust.missing.push(format!("the proof is not judged: {changed}"));
        return judged;
    }
    let proof = match Proof::parse(bytes) {
        Ok(proof) => proof,
        Err(why) => {
            judged.faults.push(Fault::of(Rule::ProofForm, why));
            judged.trust.missing.push("the proof is not in form".to_owned());
            return judged;
        }
    };
    judged.events = events::examine(&proof);
    if proof.left_out != proof.asks_left_out() {
        let why = "the lines after the first do not say what is left out of this file";
        judged.faults.push(Fault::of(Rule::ProofLeftOut, why));
    }
    let opened = trust::opened(&judged.events);
    events::judge(&proof, opened.as_ref(), &mut judged);
    trust::judge((&proof, opened.as_ref()), given, &mut judged);
    judged.faults.sort();
    judged.proof = Some(proof);
    judged
}

/// Whether the body of an event is withheld.
pub fn is_withheld(examined: &Examined) -> bool {
    matches!(examined.body, BodyFound::Withheld)
}
