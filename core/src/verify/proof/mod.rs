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

pub use fact_status::{FactStatus, StatedRelation, fact_status};
pub use form::{LeftOut, Proof, ProofEvent};
pub use outcome::{OtherRecord, ProofContext, ProofOutcome, ProofTrust};

use crate::rule::{Fault, Rule};
use crate::transfer::{changed, changed_proof};
use crate::version_line::later;
use events::Quotations;
use trust::{ProofSubject, log_keys};

/// Verifies the bytes of a proof, by itself and against its context.
pub fn verify_proof(bytes: &[u8], context: &ProofContext) -> ProofOutcome {
    let later_version = later(bytes, "proof");
    let read = Proof::parse(bytes);
    let is_formless = read.is_err() && bytes.len() <= form::MAX_PROOF;
    let changed_so = || is_formless.then(|| changed_proof(bytes)).flatten();
    let changed = changed(bytes).or_else(changed_so);
    let not_verified = |why: String, faults: Vec<Fault>| {
        let trust = ProofTrust { missing: vec![why], ..ProofTrust::default() };
        ProofOutcome { later_version, changed, faults, trust, ..ProofOutcome::default() }
    };
    if later_version.is_some() {
        return not_verified("the proof is of a later version".to_owned(), Vec::new());
    }
    if let Some(changed) = changed {
        return not_verified(format!("the proof is not judged: {changed}"), Vec::new());
    }
    let proof = match read {
        Ok(proof) => proof,
        Err(why) => {
            let faults = vec![Fault::of(Rule::ProofForm, why)];
            return not_verified("the proof is not in form".to_owned(), faults);
        }
    };
    let mut faults = Vec::new();
    if proof.left_out != proof.missing_parts() {
        let why = "the lines after the first do not say what is left out of this file";
        faults.push(Fault::of(Rule::ProofLeftOut, why));
    }
    let events = events::examine(&proof);
    let opened = trust::opened(&events);
    let opened = opened.as_ref();
    let Quotations { checked, not_checkable } =
        events::verify(&proof, &events, opened, &mut faults);
    let log_keys = opened.map(|opened| log_keys(opened, &events)).unwrap_or_default();
    let subject =
        ProofSubject { proof: &proof, events: &events, opened, log_keys: &log_keys, context };
    let trust = subject.trust(&mut faults);
    faults.sort();
    let (proof, quotations) = (Some(proof), checked);
    let alike = outcome::alike(&events);
    ProofOutcome {
        proof,
        later_version,
        changed,
        events,
        alike,
        faults,
        log_keys,
        quotations,
        not_checkable,
        trust,
    }
}
