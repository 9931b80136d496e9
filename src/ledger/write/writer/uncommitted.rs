//! The events that a writer's verifier has and the record has not.
//!
//! Always holds: what is not committed can be taken back, whole; the index hears of an event once
//! it is committed, with the state after it. Not here: the verification itself (`batch`).

use super::Writer;
use crate::disk::together::together;
use crate::index::Builder;
use crate::ledger::error::LedgerError;
use crate::ledger::write::hints::with_advice;
use crate::ledger::write::home::EventGroup;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::event::record;
use annals_core::fold::operation::Operation;
use annals_core::key::ThreadKeys;
use annals_core::rule::Fault;
use annals_core::state::State;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::content::CheckDepth;
use annals_core::verify::examine::{Examined, check_signatures};
use annals_core::verify::source::{Source, SourceError};
use annals_core::verify::{Follower, Verifier};

/// The number of signatures from which on they are verified on two threads.
const MANY: usize = 256;

/// An event that was verified and is not yet committed.
pub(in crate::ledger::write) struct VerifiedEvent {
    examined: Examined,
    outcome: EventOutcome,
}

impl VerifiedEvent {
    /// Verifies the next event.
    pub(in crate::ledger::write) fn verify(
        verifier: &mut Verifier,
        examined: Examined,
        source: &dyn Source,
    ) -> Result<VerifiedEvent, SourceError> {
        let outcome = verifier.event(&examined, source, CheckDepth::All)?;
        Ok(VerifiedEvent { examined, outcome })
    }
}

impl Writer {
    /// Verifies the signatures of the events that are not committed, together. On a fault all of
    /// these events are taken back.
    pub fn check_signatures(&mut self) -> Result<(), LedgerError> {
        let checked = match self.signature_fault() {
            Ok(None) => return Ok(()),
            Ok(Some(bad)) => Err(bad),
            Err(error) => Err(error),
        };
        self.take_back();
        checked
    }

    /// Verifies the signatures of the events that are not committed and were not verified so, and
    /// takes nothing back: the refusal of the first event whose signature does not hold.
    ///
    /// Errors: the ways to verify disagree.
    pub fn signature_fault(&mut self) -> Result<Option<LedgerError>, LedgerError> {
        let from = self.signed;
        let events = self.uncommitted.get_mut(from..).unwrap_or_default();
        let half = if events.len() < MANY { events.len() } else { events.len() / 2 };
        let (first, second) = events.split_at_mut(half);
        let key_cache = &self.key_cache;
        let check = |events: &mut [VerifiedEvent]| {
            let events = events.iter_mut().map(|event| &mut event.examined);
            check_signatures(events, &mut ThreadKeys::new(key_cache))
        };
        let (one, other) = match second {
            [] => (check(first), Ok(())),
            second => together(|| check(first), || check(second)),
        };
        one.and(other).map_err(SourceError::from)?;
        self.signed = self.uncommitted.len();
        let of_many = self.uncommitted.len() > 1;
        let mut later = self.uncommitted.iter().skip(from);
        Ok(later.find_map(|VerifiedEvent { examined, outcome }| {
            let kind = examined.reading.statement.as_ref()?.kind;
            let violation = examined.signature.first()?.clone();
            let position = outcome.position;
            let fault = with_advice(&Fault::at(position, violation.rule, violation.why));
            let why = match of_many {
                true => format!("the event at {position}: {fault}"),
                false => fault,
            };
            Some(LedgerError::NotAllowed { kind, why })
        }))
    }

    /// The number of these events whose signatures were not verified yet.
    pub(in crate::ledger::write) fn unchecked_signatures(&self) -> usize {
        self.uncommitted.len() - self.signed.min(self.uncommitted.len())
    }

    /// The number of events that were verified and are not committed.
    pub fn uncommitted(&self) -> usize {
        self.uncommitted.len()
    }

    /// Takes back the events that were verified and are not committed, but for the first `count`.
    pub fn take_back_to(&mut self, count: usize) {
        while self.uncommitted.len() > count && self.verifier.take_back() {
            self.uncommitted.pop();
        }
        self.signed = self.signed.min(count);
    }

    /// Takes back every event that was verified and is not committed.
    pub fn take_back(&mut self) {
        while self.verifier.take_back() {}
        self.uncommitted.clear();
        self.signed = 0;
    }

    /// Refuses to commit entries other than the verified ones.
    pub(super) fn expect_uncommitted(&self, entries: &[Entry]) -> Result<(), LedgerError> {
        let verified = self.uncommitted.iter().map(|event| event.examined.reading.hash);
        let given = entries.iter().map(|entry| record::hash(&entry.record));
        match verified.eq(given) {
            true => Ok(()),
            false => Err(LedgerError::Usage(format!(
                "expected the {} events that were verified last, found {} others: nothing was \
                 written; prepare them again",
                self.uncommitted.len(),
                entries.len()
            ))),
        }
    }

    /// The entries as a group that continues the record, up to the last event that was verified.
    pub(super) fn group<'a>(&self, entries: &'a [Entry]) -> EventGroup<'a> {
        let first =
            self.uncommitted.first().and_then(|event| event.examined.reading.place.as_ref());
        let (chain, count) = (&self.verifier.chain, entries.len() as u64);
        let hash = first.map_or(chain.head, |place| place.prev);
        let from = StoreHead { size: chain.size().saturating_sub(count), hash };
        let to = StoreHead { size: chain.size(), hash: chain.head };
        EventGroup { from, to, root: chain.tree().root(), entries }
    }
}

/// Gives committed events to the index, each with the state after it; `next` is the offset in its
/// journal file at which the next event begins.
pub(super) fn index_committed(
    index: &Builder,
    state: &mut State,
    committed: &mut Vec<VerifiedEvent>,
    next: Option<u64>,
) {
    while state.take_back() {}
    for VerifiedEvent { examined, outcome } in committed.drain(..) {
        if let Some(statement) = examined.reading.statement.as_ref().filter(|_| outcome.applied) {
            state.apply(outcome.position, statement.by, Operation::of(&statement.args));
        }
        index.event(state, &examined, &outcome);
    }
    if let Some(next) = next {
        index.commit(next);
    }
}
