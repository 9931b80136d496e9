//! Properties of submissions and receipts.

use annals_core::hash::Hash;
use annals_core::key::SecretKey;
use annals_core::tlog::{KeyKind, VerifierKey};
use annals_core::{KnownRecord, ReceiptText, Rule, SubmissionText};

/// A submission has one notation; a refusal has one of its two rules.
pub fn submission(bytes: &[u8]) {
    match SubmissionText::parse(bytes) {
        Ok(submission) => {
            super::written_again(&submission.text(), bytes);
            for event in &submission.events {
                if let Some(place) = event.place() {
                    assert!(event.record(place).ends_with(event.signed()));
                }
            }
        }
        Err(fault) => {
            assert!(matches!(fault.rule, Rule::SubmissionForm | Rule::SubmissionPlace), "{fault}");
        }
    }
}

/// A receipt has one notation, and can be judged with any submission.
pub fn receipt(bytes: &[u8]) {
    let [receipt, submission] = super::files(bytes);
    match ReceiptText::parse(receipt) {
        Ok(receipt_text) => {
            super::written_again(&receipt_text.text(), receipt);
            let Ok(submission) = SubmissionText::parse(submission) else { return };
            let public = SecretKey::from_seed([0x5A; 32]).public();
            let log_key = VerifierKey::new(&submission.origin, KeyKind::Note, public);
            let log_key = log_key.expect("an acceptable key");
            let (root, head) = (Hash([7; 32]), receipt_text.places[0].prev);
            // No receipt here is signed by this key.
            let known = KnownRecord { root, head, log_key };
            assert!(receipt_text.judge(&submission, &known).is_err());
        }
        Err(fault) => assert_eq!(fault.rule, Rule::ReceiptForm),
    }
}
