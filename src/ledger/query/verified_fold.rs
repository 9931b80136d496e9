//! The fold of a record that was verified without a fault: its events are applied and not judged
//! again.
//!
//! Always holds: for such a record the state is that of `verify`; the caller compares the root
//! with the verified one. Beside the state only the offset of each event in the journal is kept,
//! eight bytes an event, so that single events can be read. Not here: verdicts (`audit`).
//! Source: FORMAT.md section 8.

use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use annals_core::event::Entry;
use annals_core::event::record::Reading;
use annals_core::fold::operation::Operation;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::state::State;
use annals_core::time::Time;
use annals_core::verify::source::{CommitLine, Source};

/// The state after the events so far.
#[derive(Default)]
pub struct VerifiedFold {
    /// The state.
    pub state: State,
    /// The tree of the events.
    pub tree: Tree,
    /// Hash of the last event.
    pub head: Option<Hash>,
    /// Time of the last event.
    pub at: Option<Time>,
    /// Where the events stand in the journal.
    pub(super) places: Places,
}

impl VerifiedFold {
    /// Folds a journal, and calls `each` after each event.
    ///
    /// Errors: an event is not in form, so it is not the one that was verified.
    pub fn of(
        journal: &Journal,
        each: &mut dyn FnMut(&VerifiedFold) -> Result<(), LedgerError>,
    ) -> Result<VerifiedFold, LedgerError> {
        let mut fold = VerifiedFold::default();
        let mut starts = journal.starts().peekable();
        for batch in journal.walk(0)? {
            let batch = batch?;
            let mut commit_lines = batch.commit_lines.iter().peekable();
            for entry in &batch.entries {
                let size = fold.tree.size();
                while let Some(closing) = commit_lines.next_if(|closing| closing.counted <= size) {
                    fold.places.pass(closing);
                }
                if starts.next_if_eq(&size).is_some() {
                    fold.places.next = 0;
                }
                fold.take(entry)?;
                each(&fold)?;
            }
            commit_lines.for_each(|closing| fold.places.pass(closing));
        }
        Ok(fold)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let reading = Reading::of(&entry.record);
        let (Some(place), Some(statement)) = (reading.place, reading.statement) else {
            return Err(changed());
        };
        self.state.apply(place.seq, statement.by, Operation::of(&statement.args));
        self.tree.push(reading.hash);
        (self.head, self.at) = (Some(reading.hash), Some(place.at));
        self.places.keep(entry);
        Ok(())
    }

    /// Refuses a fold of another record than the verified one of this root.
    pub fn expect_root(&self, root: &Hash) -> Result<(), LedgerError> {
        if self.tree.root() == *root { Ok(()) } else { Err(changed()) }
    }
}

/// The error for a journal that is not what was verified.
fn changed() -> LedgerError {
    LedgerError::Usage("the journal was changed while it was read; try again".to_owned())
}

/// The offset of each event in its file of the journal.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    of: Vec<u64>,
    /// The offset of the next event.
    next: u64,
}

impl Places {
    /// The offset of the event at a position.
    pub fn get(&self, position: u64) -> Option<u64> {
        self.of.get(usize::try_from(position).ok()?).copied()
    }

    fn keep(&mut self, entry: &Entry) {
        self.of.push(self.next);
        let body = entry.body.as_ref().map_or(WITHHELD, Vec::len);
        self.next += (entry.record.len() + body + 1) as u64;
    }

    fn pass(&mut self, closing: &CommitLine) {
        self.next += closing.parsed.as_ref().map_or(0, |line| line.bytes());
    }
}

/// The length of the line of a body that is withheld, without its LF.
const WITHHELD: usize = 1;
