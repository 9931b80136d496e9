//! Rule 613: a confirmation by an independent document names a document that the confirmed fact
//! does not rest on.
//!
//! Always holds: the confirmed event is the applied one with that position, wherever it is in the
//! record; memory is used only for events whose position is not their place in the record.
//! Not here: the other rules of section 7 (`content`). Source: FORMAT.md section 7.

use crate::event::body::{Evidence, Fact};
use crate::event::record::Statement;
use crate::event::vocabulary::{Stance, Type};
use crate::state::State;
use crate::undo_log::UndoLog;
use crate::verify::chain::EventOutcome;
use crate::verify::examine::{BodyFound, Examined, examine};
use crate::verify::library::Library;
use crate::verify::source::{Source, SourceError};
use crate::verify::visible_documents::VisibleDocuments;
use hashbrown::HashMap;

/// The place in the record of each applied event whose position is not its place (rule 201).
#[derive(Default)]
pub struct Carriers {
    elsewhere: HashMap<u64, u64>,
    changes: UndoLog<EarlierCarrier>,
}

/// The place of the event of a position before another event with that position.
struct EarlierCarrier {
    position: u64,
    before: Option<u64>,
}

impl Carriers {
    /// Takes the next event.
    pub fn keep(&mut self, outcome: &EventOutcome) {
        let EventOutcome { position, index, applied, .. } = *outcome;
        if !applied || index == position {
            return;
        }
        let before = self.elsewhere.insert(position, index);
        self.changes.keep(|| EarlierCarrier { position, before });
    }

    /// From now on keeps what changes; forgets what was kept before.
    pub(super) fn keep_changes(&mut self) {
        self.changes.start();
    }

    /// The number of changes kept.
    pub(super) fn changed(&self) -> usize {
        self.changes.len()
    }

    /// Takes back all changes after the first `kept`, the last one first.
    pub(super) fn take_back(&mut self, kept: usize) {
        for EarlierCarrier { position, before } in self.changes.after(kept) {
            match before {
                Some(index) => _ = self.elsewhere.insert(position, index),
                None => _ = self.elsewhere.remove(&position),
            }
        }
    }

    /// Whether one of the supporting documents in `evidence` is independent of those of the fact at
    /// `on`; `None` where that is not checkable. True where `on` carries no fact.
    pub fn has_independent<'a>(
        &self,
        on: u64,
        evidence: impl Iterator<Item = &'a Evidence>,
        library: &Library,
        state: &State,
        source: &dyn Source,
    ) -> Result<Option<bool>, SourceError> {
        let carries = |kind| matches!(kind, Type::FactAsserted | Type::FactCorrected);
        if !state.history.act(on).is_some_and(|act| carries(act.operation.kind())) {
            return Ok(Some(true));
        }
        let index = self.elsewhere.get(&on).copied().unwrap_or(on);
        let Some(confirmed) = event_at(source, index, on)? else { return Ok(None) };
        let Some(statement) = &confirmed.reading.statement else { return Ok(None) };
        let Some(fact) = fact_of(&confirmed, statement) else { return Ok(None) };
        let visible = VisibleDocuments { state, base: statement.base, before: on };
        let theirs = fact.evidence.iter().filter(|entry| visible.has(entry.document));
        let theirs: Vec<(u64, bool)> =
            theirs.map(|entry| library.derivation_root(entry.document)).collect();
        let supports = evidence.filter(|entry| entry.stance == Stance::Supports);
        let differ: Vec<bool> = supports
            .map(|entry| library.derivation_root(entry.document))
            .filter(|(end, _)| theirs.iter().all(|(other, _)| other != end))
            .map(|(_, known)| known)
            .collect();
        let all_known = theirs.iter().all(|(_, known)| *known);
        Ok(match differ.as_slice() {
            [] => Some(false),
            some => (all_known && some.contains(&true)).then_some(true),
        })
    }
}

/// The message of rule 613.
pub fn not_independent(on: u64) -> String {
    format!("no supporting document is independent of those of event {on}")
}

/// The fact in the body of an event, if the body is present and belongs to the event.
fn fact_of<'a>(event: &'a Examined, statement: &Statement) -> Option<&'a Fact> {
    let BodyFound::Good(body) = &event.body else { return None };
    if body.by != statement.by || body.content.kind() != statement.kind {
        return None;
    }
    body.content.fact()
}

/// The event at place `index` of the record, if its position is `position`, read again: only this
/// rare check needs it.
fn event_at(
    source: &dyn Source,
    index: u64,
    position: u64,
) -> Result<Option<Examined>, SourceError> {
    let is_it = |found: &Examined| found.reading.place.is_some_and(|place| place.seq == position);
    if let Some(entry) = source.entry_at(index)? {
        return Ok(Some(examine(&entry)).filter(is_it));
    }
    // A source may count wrong from some place on; then only a walk from the start finds the event.
    for from in [index, 0] {
        let mut entries = source.entries(from)?;
        let entry = entries.find(|entry| entry.as_ref().map_or(true, |(at, _)| *at >= index));
        let entry = entry.transpose()?.filter(|(at, _)| *at == index);
        let found = entry.map(|(_, entry)| examine(&entry)).filter(is_it);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
