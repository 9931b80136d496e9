//! Proofs: whether a file shows that a fact, its acts and their signers are in a record of a size.
//!
//! Always holds: every fault is reported by its rule; the verdict is yes only if the checkpoint's
//! signature holds and something other than the proof names its log key. Not here: how proofs are
//! made (`ledger::prove`), messages for people (`cli`). Source: FORMAT.md section 12.

mod events;
mod fact_status;
pub mod form;
mod trust;
mod outcome;

pub use events::evidence_of;
pub use fact_status::{FactStatus, StatedRelation, fact_status};
pub use form::{LeftOut, Proof, ProofEvent};
pub use outcome::{ProofContext, ProofOutcome, ProofTrust};

use crate::rule::{Fault, Rule};
use crate::transfer::changed;
use crate::verify::examine::{BodyFound, Examined};
use crate::version_line::later;
use std::collections::BTreeMap;

/// Verifies the bytes of a proof, by itself and against its context.
pub fn verify_proof(bytes: &[u8], context: &ProofContext) -> ProofOutcome {
    let mut outcome = ProofOutcome {
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
    if outcome.later_version.is_some() {
        outcome.trust.missing.push("the proof is of a later version".to_owned());
        return outcome;
    }
    if let Some(changed) = outcome.changed {
        outcome.trust.missing.push(format!("the proof is not judged: {changed}"));
        return outcome;
    }
    let proof = match Proof::parse(bytes) {
        Ok(proof) => proof,
        Err(why) => {
            outcome.faults.push(Fault::of(Rule::ProofForm, why));
            outcome.trust.missing.push("the proof is not in form".to_owned());
            return outcome;
        }
    };
    outcome.events = events::examine(&proof);
    if proof.left_out != proof.missing_parts() {
        let why = "the lines after the first do not say what is left out of this file";
        outcome.faults.push(Fault::of(Rule::ProofLeftOut, why));
    }
    let opened = trust::opened(&outcome.events);
    events::verify(&proof, opened.as_ref(), &mut outcome);
    trust::check(&proof, opened.as_ref(), context, &mut outcome);
    outcome.faults.sort();
    outcome.proof = Some(proof);
    outcome
}

/// Whether the body of an event is withheld.
pub fn is_withheld(examined: &Examined) -> bool {
    matches!(examined.body, BodyFound::Withheld)
}
