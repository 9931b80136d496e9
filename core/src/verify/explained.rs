//! Differences that the record explains by its own damage: damage accuses nobody.
//!
//! Always holds: rules 707, 801 and 802 are reported only where the record itself does not show
//! that its bytes were changed; a difference that is explained is reported by the rules of the
//! damage. Not here: those rules (`chain`, the sources). Source: FORMAT.md section 9, "What accuses
//! nobody".

use crate::hash::Hash;
use crate::key::PublicKey;
use crate::pin::LogKeys;
use crate::tlog::{Checkpoint, Note, NoteSignature, Signed, key_id};
use crate::verify::source::CommitLine;

/// Damage that a record itself shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordDamage {
    /// The first event that is not as it was written, if there is one.
    pub from: Option<u64>,
    /// Whether there is text in the place of events that cannot be read as events.
    pub lost: bool,
}

impl RecordDamage {
    /// Whether the damage explains a difference in the events before `size`.
    pub fn explains(&self, size: u64) -> bool {
        self.from.is_some_and(|from| from < size)
    }
}

/// The roots of the commit lines, compared with the record.
#[derive(Clone, Copy, Debug, Default)]
pub struct CommitRoots {
    /// The number of events before the last commit line whose root holds.
    held: u64,
    /// Whether a commit line whose root does not hold follows it.
    broken: bool,
}

impl CommitRoots {
    /// Takes the next commit line; `root` is the root of the record before it.
    pub fn take(&mut self, line: &CommitLine, root: &Hash) {
        self.broken = line.parsed.is_none_or(|parsed| parsed.root != *root);
        if !self.broken {
            self.held = line.counted;
        }
    }

    /// The first event that is not as it was written, by the commit lines.
    pub fn contradicted(&self) -> Option<u64> {
        self.broken.then_some(self.held)
    }
}

/// The last checkpoint that the log key signed of a record, from its own memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedCheckpoint {
    /// Its origin, size and root.
    pub checkpoint: Checkpoint,
    /// The signature, as in the checkpoint.
    pub signature: NoteSignature,
}

impl MarkedCheckpoint {
    /// Whether it is damaged: it names a log key of the record, and none of them verifies it. Where
    /// it names another key, damage cannot be distinguished from a signature.
    pub fn is_damaged(&self, log: &[LogKeys]) -> bool {
        let origin = &self.checkpoint.origin;
        let keys = || log.iter().flat_map(LogKeys::each);
        let named = |key: PublicKey| key_id(origin, &key) == self.signature.id;
        keys().any(named) && !keys().any(|key| self.is_signed_by(&key))
    }

    /// The message for a damaged one.
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
