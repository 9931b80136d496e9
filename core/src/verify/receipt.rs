//! The verification of a receipt: does it answer this submission, and extend what the asker knows?
//!
//! Always holds: a receipt is compared with what the asker sent and kept; nothing that it says
//! about itself counts. Not here: its lines (`receipt`), the asker's own copy, which alone shows
//! that the promise is kept (`ledger`). Source: FORMAT.md section 17, "Receipt".

use crate::event::record;
use crate::event::vocabulary::Type;
use crate::hash::Hash;
use crate::merkle::{Consistency, empty_root};
use crate::pin::Pin;
use crate::receipt::ReceiptText;
use crate::rule::{Fault, Rule};
use crate::submission::{Placing, SubmissionText, unlinked};
use crate::text::in_quotes;
use crate::time::Time;
use crate::tlog::{KeyKind, Signed, VerifierKey};

/// What an asker knows of a record at the size that its submission was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRecord {
    /// The root of the tree of that size.
    pub root: Hash,
    /// The hash of the last event of that size; `None` at size 0.
    pub head: Option<Hash>,
    /// The log key that the checkpoint must be signed by, under the origin.
    pub log_key: VerifierKey,
}

impl KnownRecord {
    /// What is known of a record without events.
    pub fn empty(log_key: VerifierKey) -> KnownRecord {
        KnownRecord { root: empty_root(), head: None, log_key }
    }

    /// What a pin knows, for a submission that was made on the pin's size.
    pub fn of_pin(pin: &Pin, log_key: VerifierKey) -> KnownRecord {
        KnownRecord { root: pin.checkpoint.root, head: Some(pin.head), log_key }
    }
}

/// An event of the receipt, for the one after it.
struct EventBefore {
    hash: Hash,
    at: Time,
}

impl ReceiptText {
    /// Judges the receipt as the answer to `submission`; `known` is of the size `submission.from`.
    ///
    /// # Errors
    /// The first rule that is broken (1112 to 1115, without a position), with what was expected
    /// and what was found.
    pub fn judge(&self, submission: &SubmissionText, known: &KnownRecord) -> Result<(), Fault> {
        let fault = |rule: Rule| move |why: String| Fault::of(rule, why);
        self.check_other(submission).map_err(fault(Rule::ReceiptOther))?;
        self.check_places(submission, known).map_err(fault(Rule::ReceiptPlace))?;
        self.check_checkpoint(&known.log_key).map_err(fault(Rule::ReceiptCheckpoint))?;
        self.check_consistency(&known.root).map_err(fault(Rule::ReceiptConsistency))
    }

    /// Rule 1112.
    fn check_other(&self, submission: &SubmissionText) -> Result<(), String> {
        let expected: &str = &submission.origin;
        let of_checkpoint = self.checkpoint.checkpoint.origin.as_str();
        for (name, found) in [("origin", &*self.origin), ("checkpoint's origin", of_checkpoint)] {
            if found != expected {
                return Err(format!("expected the {name} {expected}, found {}", in_quotes(found)));
            }
        }
        let counts = (submission.events.len(), self.places.len());
        if self.from != submission.from || counts.0 != counts.1 {
            return Err(format!(
                "expected an answer to {} events from {}, found one to {} from {}",
                counts.0, submission.from, counts.1, self.from
            ));
        }
        Ok(())
    }

    /// Rule 1113.
    fn check_places(&self, submission: &SubmissionText, known: &KnownRecord) -> Result<(), String> {
        let (first, from) = (self.first, self.from);
        match submission.placing {
            Placing::Next if first != from => {
                return Err(format!("expected first {from}, found {first}"));
            }
            Placing::Free if first < from => {
                return Err(format!("expected first {from} or more, found {first}"));
            }
            // The places of the submission decide `exact`.
            Placing::Exact | Placing::Next | Placing::Free => {}
        }
        let mut before: Option<EventBefore> = None;
        for (index, (place, event)) in self.places.iter().zip(&submission.events).enumerate() {
            let position = first.saturating_add(index as u64);
            if place.seq != position {
                return Err(format!("expected seq {position}, found {}", place.seq));
            }
            if event.place().is_some_and(|submitted| submitted != place) {
                return Err(format!("event {position} has another place than the submitted one"));
            }
            let expected = match &before {
                Some(before) => Some(before.hash),
                None if first == from => known.head,
                // What stands between is not known.
                None => place.prev,
            };
            if place.prev != expected {
                return Err(format!("event {position}: {}", unlinked(expected, place.prev)));
            }
            let risen = before.as_ref().is_none_or(|before| place.at > before.at);
            if !risen && event.statement().kind != Type::LedgerRetimed {
                return Err(format!("event {position}: {} is not later than before", place.at));
            }
            let hash = record::hash(&event.record(place));
            before = Some(EventBefore { hash, at: place.at });
        }
        Ok(())
    }

    /// Rule 1114.
    fn check_checkpoint(&self, log_key: &VerifierKey) -> Result<(), String> {
        let end = self.first.saturating_add(self.places.len() as u64);
        let checkpoint = &self.checkpoint.checkpoint;
        if checkpoint.size < end {
            return Err(format!("expected a size of at least {end}, found {}", checkpoint.size));
        }
        let named = log_key.kind == KeyKind::Note && log_key.name == checkpoint.origin;
        let (name, accepted) = (&log_key.name, log_key.accepted());
        let signed = self.checkpoint.note.signed_by(name, accepted, &log_key.public);
        if !named || signed != Signed::Yes {
            return Err(format!("the checkpoint is not signed by the log key {log_key}"));
        }
        Ok(())
    }

    /// Rule 1115.
    fn check_consistency(&self, root: &Hash) -> Result<(), String> {
        let (old, checkpoint) = (self.from, &self.checkpoint.checkpoint);
        let new = checkpoint.size;
        let proof = Consistency { old, new, path: self.proof.clone() };
        match proof.holds(root, &checkpoint.root) {
            true => Ok(()),
            false => Err(format!(
                "{} hashes do not lead from the known root at size {old} to the root at {new}",
                self.proof.len()
            )),
        }
    }
}
