//! Homes: the place that is the truth of a record, as its writer sees it.
//!
//! The contract. Every home satisfies each sentence.
//!
//! 1. As a [`Source`], a home shows the record as it was when it was opened or last loaded, and
//!    after that its own commits. What another writer commits is shown after [`Home::reload`]; a
//!    home beside which others write at the same time gives it as [`Home::later`], and shows it
//!    after [`Home::show_later`].
//! 2. `commit` of a group whose `from` is the head writes it after the last event and makes `to`
//!    the head; after [`CommitOutcome::Written`] it is durable.
//! 3. `commit` of a group whose `from` is not the head writes nothing and returns
//!    [`CommitOutcome::Outrun`] with the head.
//! 4. A group is in the record whole or not at all: at every moment, and after every error.
//! 5. After [`HomeError::Refused`] of a commit nothing of the group is in the record. After
//!    [`HomeError::Unknown`] all of it is, or nothing; the home then commits nothing more until it
//!    is opened anew.
//! 6. Documents that `keep` has kept are durable, and [`Source::document`] finds them. What `keep`
//!    leaves after an error belongs to no event and harms none.
//! 7. `prepare_note` shows nothing; `put_note` makes the prepared note the one that `note` gives.
//!    Before, after every error and after a power cut, `note` gives a note that was put, whole.
//! 8. `complete` is the first call that changes anything: a writer that finds the record at fault
//!    before it leaves the record as it was.
//!
//! Not here: whether an event is legal, what is signed (`writer`); the memory of the log key, which
//! is outside of the home on purpose (`memory`). Source: FORMAT.md section 9, the order of a
//! commit; the contract of `store`.

pub mod faulty;
pub mod in_memory;
pub mod journal_home;
pub mod postgres_home;

use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::write::notice::Notice;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::event::body::{Body, Content};
use annals_core::hash::Hash;
use annals_core::verify::source::{Source, SourceError};

/// The place that is the truth of a record. The contract is the numbered list above.
pub trait Home: Source + Send {
    /// Size and last hash of what is committed.
    fn head(&mut self) -> Result<StoreHead, HomeError>;

    /// The attested checkpoint, as the bytes of its note; `None` if there is none.
    fn note(&mut self) -> Result<Option<Vec<u8>>, HomeError>;

    /// Completes what an interrupted writer left, now that the record is judged, and makes the home
    /// ready for commits. Returns what was completed, in order.
    fn complete(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, HomeError>;

    /// Keeps documents, by their SHA-256, before the commit of the events that name them.
    fn keep(&mut self, documents: &[(Hash, Vec<u8>)]) -> Result<(), HomeError>;

    /// Commits a group of one or more entries, if the head is the one that it continues.
    fn commit(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError>;

    /// Does all that can be done before the note may be seen, durably, while the log key's memory
    /// advances: keeps the bytes of the note beside the present one, and completes what the home
    /// derives from `group` (a second copy). `group` is the commit that the note is signed after;
    /// `None` if it is signed for events that were in the record before.
    fn prepare_note(
        &mut self,
        note: &[u8],
        group: Option<&EventGroup<'_>>,
    ) -> Result<(), HomeError>;

    /// Puts the prepared note in its place. Does nothing if none is prepared.
    fn put_note(&mut self) -> Result<(), HomeError>;

    /// Whether other writers committed something after the record as it is shown. The right to
    /// write does not keep them out of every home.
    fn is_behind(&mut self) -> Result<bool, HomeError> {
        Ok(false)
    }

    /// The next events that other writers committed after the record as it is shown, in order, not
    /// judged; none at its end.
    fn later(&mut self) -> Result<Vec<Entry>, HomeError> {
        Ok(Vec::new())
    }

    /// Shows a group of these events, now that they are judged.
    fn show_later(&mut self, _group: &EventGroup<'_>) -> Result<(), HomeError> {
        Ok(())
    }

    /// Reads again where the record ends, as if the home had been opened anew; the right to write
    /// is kept, and [`Home::complete`] comes next.
    fn reload(&mut self) -> Result<(), HomeError>;

    /// What makes the home keep less than it could, although it can be written to; what to change.
    fn warning(&self) -> Option<&'static str> {
        None
    }

    /// Whether the home may be written to: it is not open for a dry run, and not at rest.
    fn is_writable(&self) -> bool {
        true
    }

    /// Shows those who wait for the home that work continues.
    fn step(&self) {}

    /// Lets other writers in, until [`Home::wake`]. All work is completed.
    fn rest(&mut self) -> Result<(), HomeError> {
        Ok(())
    }

    /// Returns from a rest. After [`WakeOutcome::Changed`], [`Home::reload`] comes next.
    fn wake(&mut self) -> Result<WakeOutcome, HomeError>;

    /// The journal in a folder that the home is, or keeps; `None` if it has none. Only beside a
    /// journal there can be an index and a stamp.
    fn local(&self) -> Option<&dyn LocalJournal> {
        None
    }

    /// The journal that [`Home::local`] gives, to change it.
    fn local_mut(&mut self) -> Option<&mut dyn LocalJournal> {
        None
    }
}

/// The journal of a home, as the index beside it needs it.
pub trait LocalJournal {
    /// The journal as it was when the home was opened, or last loaded or listed.
    fn journal(&self) -> &Journal;

    /// The journal with every commit of this home; `None` unless it can be written to.
    fn present(&self) -> Option<Journal>;

    /// The offset in its file at which the next event begins; `None` unless the journal can be
    /// written to.
    fn next_offset(&self) -> Option<u64>;

    /// Lists the journal again, so that [`LocalJournal::journal`] has every commit of this home.
    fn list_again(&mut self);

    /// Goes on with this journal, of a record whose stamp holds, in place of [`Home::reload`].
    fn load(&mut self, journal: Journal);
}

/// A record in its home that was judged to be good.
#[derive(Clone, Debug)]
pub struct JudgedHome<'a> {
    /// Size and last hash.
    pub head: StoreHead,
    /// The number of events that the note covers; 0 if there is none, or it is foreign.
    pub signed: u64,
    /// Why the note was not signed by the log key of this record, if so: it is moved aside.
    pub foreign: Option<&'a str>,
    /// The documents that the events after the signed ones capture.
    pub documents: Vec<Hash>,
}

/// Entries to commit together, and the heads between which they lead.
#[derive(Clone, Copy, Debug)]
pub struct EventGroup<'a> {
    /// The head that they continue.
    pub from: StoreHead,
    /// The head after them.
    pub to: StoreHead,
    /// The root of the tree after them.
    pub root: Hash,
    /// The entries, in order.
    pub entries: &'a [Entry],
}

/// The result of a commit that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    /// The group is in the record, durably.
    Written,
    /// Another writer was first: nothing was written; the present head.
    Outrun(StoreHead),
}

/// The state of a home after a rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WakeOutcome {
    /// The record is unchanged.
    Same,
    /// Another writer was at work.
    Changed,
}

/// Why a home did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// It was not done.
    #[error(transparent)]
    Refused(LedgerError),
    /// It was done, or it was not.
    #[error(transparent)]
    Unknown(LedgerError),
}

impl HomeError {
    /// The error of a home of which the cause says whether the outcome is known.
    pub fn of(cause: LedgerError) -> HomeError {
        match cause.leaves_open() {
            true => HomeError::Unknown(cause),
            false => HomeError::Refused(cause),
        }
    }
}

impl From<HomeError> for LedgerError {
    fn from(error: HomeError) -> LedgerError {
        match error {
            HomeError::Refused(cause) | HomeError::Unknown(cause) => cause,
        }
    }
}

/// The entry at a position of a source; `None` beyond its end, or where it is damaged.
pub(in crate::ledger::write) fn entry_of(
    source: &dyn Source,
    position: u64,
) -> Result<Option<Entry>, SourceError> {
    if position >= source.size() {
        return Ok(None);
    }
    if let Some(entry) = source.entry_at(position)? {
        return Ok(Some(entry));
    }
    match source.walk(position)?.next() {
        Some(batch) => Ok(batch?.entries.into_iter().next()),
        None => Ok(None),
    }
}

/// The digest of the document that an event captures.
pub(in crate::ledger) fn captured(entry: &Entry) -> Option<Hash> {
    match Body::parse(entry.body.as_deref()?).ok()?.content {
        Content::DocumentCaptured(captured) => Some(captured.sha256),
        _ => None,
    }
}
