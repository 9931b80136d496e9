//! Prepared events: signed, verified, and not yet written; and the receipt of a submission.
//!
//! Always holds: an unsigned event is never written. Not here: how they are made (`batch`).

use crate::ledger::write::outbox::OutboxFile;
use crate::ledger::write::resolve::ResolvedDraft;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::hash::Hash;
use annals_core::state::{State, Status};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Events that are signed and verified, and not yet written.
#[derive(Debug, Default)]
pub struct PreparedBatch {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// Their resolved drafts.
    pub resolved: Vec<ResolvedDraft>,
    /// Their documents.
    pub documents: Vec<(Hash, Vec<u8>)>,
    /// The path that each document was read from, if it was a file.
    pub places: BTreeMap<Hash, PathBuf>,
    /// Position of the first one.
    pub first: u64,
    /// The file that keeps them until they are acknowledged.
    pub keeping: Option<OutboxFile>,
    /// Whether they only show what would be signed: they are then never written.
    pub unsigned: bool,
    /// How each fact that the events name stood before them, by position.
    pub stood: BTreeMap<u64, Status>,
    /// Hints for the signer, in the order of the events.
    pub notes: Vec<EventNote>,
}

/// A hint for the signer of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventNote {
    /// The position that the event has when it is written.
    pub position: u64,
    /// What it is about.
    pub subject: NoteSubject,
    /// Its words.
    pub text: String,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteSubject {
    /// What the event says: figures, names and dates that no quoted text contains, its language.
    Wording,
    /// Other facts, with the same passage or the same claim.
    OtherFacts,
}

impl PreparedBatch {
    /// Adds notes on the event that will have this position.
    pub fn add_notes(&mut self, position: u64, subject: NoteSubject, texts: Vec<String>) {
        let notes = texts.into_iter().map(|text| EventNote { position, subject, text });
        self.notes.extend(notes);
    }

    /// Keeps how the facts stand that an event names, before it is applied.
    pub fn keep_standing(&mut self, state: &State, args: &Args) {
        for at in args.positions().into_iter().filter(|at| *at < self.first) {
            if let Some(fact) = state.fold.fact(at).or_else(|| state.fold.fact_of_revision(at)) {
                self.stood.entry(fact.position).or_insert_with(|| state.status(fact));
            }
        }
    }
}

/// The receipt of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event.
    pub first: u64,
    /// Number of events.
    pub count: u64,
    /// Whether they were in the record before.
    pub already: bool,
}
