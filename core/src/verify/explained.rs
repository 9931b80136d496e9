//! What of a difference the record explains by itself: damage accuses nobody.
//!
//! Always holds: 707, 801 and 802 are told only of a record that does not say itself that bytes of
//! it are not those that were written; what is explained is told by the rules of the damage. Not
//! here: those rules (`chain`, the sources). Source: FORMAT.md section 9, "What accuses nobody".

use crate::key::PublicKey;
use crate::pin::LogKeys;
use crate::tlog::{Checkpoint, Note, NoteSignature, Signed, key_id};

/// What a record says against itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damaged {
    /// The number of the first event that is not as it was written, if there is one.
    pub from: Option<u64>,
    /// Whether there is text that was to be events and is none.
    pub lost: bool,
}

impl Damaged {
    /// Whether a difference in the events before `size` is explained.
    pub fn explains(&self, size: u64) -> bool {
        self.from.is_some_and(|from| from < size)
    }
}

/// What the closing lines say of the events before them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Closed {
    /// The number of events before the last closing line whose root holds.
    held: u64,
    /// Whether a closing line stands behind it.
    broken: bool,
}

impl Closed {
    /// A closing line after `counted` events, and whether its root is that of the record there.
    pub fn take(&mut self, counted: u64, root_holds: bool) {
        self.broken = !root_holds;
        if root_holds {
            self.held = counted;
        }
    }

    /// The first event that the closing lines say is not as it was written.
    pub fn contradicted(&self) -> Option<u64> {
        self.broken.then_some(self.held)
    }
}

/// What the log key remembers of the last checkpoint that it signed of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// What it says: origin, size, root.
    pub checkpoint: Checkpoint,
    /// The signature, as it stood in the checkpoint.
    pub signature: NoteSignature,
}

impl Remembered {
    /// Whether it is not what the log key signed: it names a log key of the record, and verifies by
    /// none of them. What names another key can be told from damage by nobody.
    pub fn is_damaged(&self, log: &[LogKeys]) -> bool {
        let origin = &self.checkpoint.origin;
        let keys = || log.iter().flat_map(LogKeys::each);
        let named = |key: PublicKey| key_id(origin, &key) == self.signature.id;
        keys().any(named) && !keys().any(|key| self.is_signed_by(&key))
    }

    /// What is told of one that is damaged.
    pub fn damage(&self) -> String {
        format!(
            "the mark of size {} does not verify by the log key that it names: it is damaged and \
             says nothing; put back a copy of the marks",
            self.checkpoint.size
        )
    }

    fn is_signed_by(&self, key: &PublicKey) -> bool {
        let origin = &self.checkpoint.origin;
        let signature = NoteSignature { id: key_id(origin, key), ..self.signature.clone() };
        let note = Note { text: self.checkpoint.text(), signatures: vec![signature] };
        crate::pin::signed_by(&note, origin, key) == Signed::Yes
    }
}
