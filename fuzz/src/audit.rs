//! Properties of the files that auditors keep and pass on: pins, evidence, proofs.

use annals_core::evidence::ForkEvidence;
use annals_core::pin::Pin;
use annals_core::verdict::Verdict;
use annals_core::verify::evidence;
use annals_core::verify::proof::{self, Proof, ProofContext};

/// A pin has one notation.
pub fn pin(bytes: &[u8]) {
    if let Some(pin) = Pin::parse(bytes) {
        super::written_again(pin.write().as_bytes(), bytes);
    }
}

/// Evidence has one notation, and can be verified.
pub fn evidence(bytes: &[u8]) {
    if let Some(evidence) = ForkEvidence::parse(bytes) {
        super::written_again(evidence.write().as_bytes(), bytes);
        let verdict = evidence::verify_evidence(&evidence);
        assert_ne!(verdict.verdict(), Verdict::Yes);
    }
}

/// A proof has one notation, can be verified, and is never accepted without an anchor that names
/// its key.
pub fn proof(bytes: &[u8]) {
    if let Ok(proof) = Proof::parse(bytes) {
        super::written_again(proof.write().as_bytes(), bytes);
    }
    let judged = proof::verify_proof(bytes, &ProofContext::default());
    assert!(judged.verdict() != Verdict::Yes, "a yes that nobody vouches for");
}
