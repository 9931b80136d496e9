//! The server that keeps the record of which a ledger here is a copy, as a writer sees it.
//!
//! Always holds: events are signed here and placed there; what is part of the copy came by a pull,
//! verified. Not here: requests (`exchange::submitting`), signing (`batch`).

use super::Writer;
use crate::ledger::error::LedgerError;
use crate::ledger::write::prepared_batch::PreparedBatch;
use annals_core::event::Entry;
use annals_core::key::SigningKey;

/// A server to which a copy's events are sent.
pub trait RecordServer: Send {
    /// Refuses events that can never be sent: they fit no submission.
    ///
    /// Errors: also where the copy cannot be read.
    fn expect_sendable(&self, events: &SentEvents<'_>) -> Result<(), LedgerError>;

    /// Sends signed events with their documents, has them placed, brings the copy up to date and
    /// compares what it has with what the server promised. Returns the position of the first event.
    ///
    /// Errors: [`LedgerError::Outrun`] if the record went on and the copy is up to date again;
    /// [`LedgerError::NotSent`] if it is not known whether they are placed; a rule refuses them;
    /// the server lies.
    fn place(
        &self,
        events: &SentEvents<'_>,
        key: Option<&dyn SigningKey>,
    ) -> Result<u64, LedgerError>;

    /// A writer over the copy as it is now.
    ///
    /// Errors: the copy cannot be read.
    fn writer(&self) -> Result<Writer, LedgerError>;

    /// Asks for a moment in which nobody else writes, for an admin whose acts were outrun.
    ///
    /// Errors: the server refuses it, or does not answer.
    fn take_turn(&self, key: &dyn SigningKey) -> Result<(), LedgerError>;

    /// The address.
    fn address(&self) -> &str;
}

/// Signed events to be sent.
pub struct SentEvents<'a> {
    /// The events, in order, at the places that the signer gave them.
    pub entries: &'a [Entry],
    /// The documents that they capture.
    pub documents: &'a [(annals_core::hash::Hash, Vec<u8>)],
}

impl<'a> SentEvents<'a> {
    /// Prepared events.
    pub fn of(prepared: &'a PreparedBatch) -> SentEvents<'a> {
        SentEvents { entries: &prepared.entries, documents: &prepared.documents }
    }
}
