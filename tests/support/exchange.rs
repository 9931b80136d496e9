//! Submissions with the receipts that answer them, each with what its asker knows.
//!
//! Always holds: no rule is broken in an exchange that is not changed. Not here: vectors
//! (`cases::submissions`, `cases::receipts`), random changes (`differ::submissions`).
//! Source: FORMAT.md section 17.

use super::acts::{self, Opening};
use super::files::{Files, PIN};
use super::ledger::Ledger;
use super::proof::{LOG_KEY, verifier_key};
use super::submission::{RECEIPT, ReceiptParts, SubmissionParts};

/// A submission, the receipt that answers it, and what the asker knows.
#[derive(Clone)]
pub struct Exchange {
    pub submission: SubmissionParts,
    pub receipt: ReceiptParts,
    /// The pin of the size that the submission was made on; `None` at size 0.
    pub pin: Option<String>,
}

impl Exchange {
    /// The exchange after a change of the submission.
    pub fn asking(mut self, change: impl FnOnce(&mut SubmissionParts)) -> Exchange {
        change(&mut self.submission);
        self
    }

    /// The exchange after a change of the receipt.
    pub fn answered(mut self, change: impl FnOnce(&mut ReceiptParts)) -> Exchange {
        change(&mut self.receipt);
        self
    }

    /// The files of a vector.
    pub fn files(&self) -> Files {
        self.files_with(&verifier_key(acts::ORIGIN, 1, "log"))
    }

    /// The files, with this log key.
    pub fn files_with(&self, log_key: &str) -> Files {
        let mut files = self.submission.files();
        files.insert(RECEIPT.to_owned(), self.receipt.text().into_bytes());
        files.insert(LOG_KEY.to_owned(), format!("{log_key}\n").into_bytes());
        if let Some(pin) = &self.pin {
            files.insert(PIN.to_owned(), pin.clone().into_bytes());
        }
        files
    }

    /// The files, with a text of the receipt replaced at its first occurrence.
    pub fn replaced(&self, from: &str, to: &str) -> Files {
        let mut files = self.files();
        let text = self.receipt.text();
        assert!(text.contains(from), "{from} stands in the receipt");
        files.insert(RECEIPT.to_owned(), text.replacen(from, to, 1).into_bytes());
        files
    }
}

/// The newsroom with a window of 9.
pub fn newsroom() -> Ledger {
    Ledger::newsroom_as(&Opening { window: 9, ..Opening::default() })
}

/// 6 a confirmation, 7 a dispute, 8 the dispute upheld, 9 the ledger changed.
pub fn longer() -> Ledger {
    let mut ledger = newsroom();
    ledger.sign("bo", acts::confirmed(5));
    ledger.sign("cy", acts::disputed(5));
    ledger.sign("bo", acts::upheld(7));
    ledger.sign("ada", acts::changed(2));
    ledger
}

/// 6 a confirmation, 7 and 8 two acts that both have base 6, 9 the ledger changed.
pub fn crowded() -> Ledger {
    let mut ledger = newsroom();
    let after = ledger.head();
    ledger.sign("bo", acts::confirmed(5));
    for (by, act) in [("cy", acts::disputed(5)), ("dan", acts::asserted(4))] {
        let draft = ledger.draft(by, act);
        ledger.put(draft.with(|draft| (draft.base, draft.after) = (6, after)));
    }
    ledger.sign("ada", acts::changed(2));
    ledger
}

/// Events 6, 7 and 8, which name each other, under a checkpoint of all ten.
pub fn exact() -> Exchange {
    let ledger = longer();
    Exchange {
        submission: SubmissionParts::exact(&ledger, 6).with(|parts| drop(parts.events.pop())),
        receipt: ReceiptParts::of(&ledger, 6, &[6, 7, 8], 10),
        pin: Some(ledger.pin(6)),
    }
}

/// All events of the newsroom, from 0 on.
pub fn opening() -> Exchange {
    let ledger = newsroom();
    Exchange {
        submission: SubmissionParts::exact(&ledger, 0),
        receipt: ReceiptParts::of(&ledger, 0, &[0, 1, 2, 3, 4, 5], 6),
        pin: None,
    }
}

/// Event 9 under a checkpoint of ten.
pub fn next() -> Exchange {
    let ledger = longer();
    Exchange {
        submission: SubmissionParts::unplaced("next 9", &ledger, &[9]),
        receipt: ReceiptParts::of(&ledger, 9, &[9], 10),
        pin: Some(ledger.pin(9)),
    }
}

/// Two events of base 6, at 7 and 8, under a checkpoint of ten.
pub fn free() -> Exchange {
    let ledger = crowded();
    Exchange {
        submission: SubmissionParts::unplaced("free 6", &ledger, &[7, 8]),
        receipt: ReceiptParts::of(&ledger, 6, &[7, 8], 10),
        pin: Some(ledger.pin(6)),
    }
}
