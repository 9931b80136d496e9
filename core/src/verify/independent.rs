//! Rule 613: whether a confirmation rests on a document that the confirmed fact does not rest on.
//!
//! Always holds: the confirmed event is the applied one at its position, wherever in the record it
//! stands; where positions and places are the same nothing is kept of it.
//! Not here: the other rules of section 7 (`content`). Source: FORMAT.md section 7.

use crate::event::body::{Content, Evidence, Fact};
use crate::event::record::Statement;
use crate::event::vocabulary::{Stance, Type};
use crate::state::State;
use crate::verify::chain::EventOutcome;
use crate::verify::examine::{BodyFound, Examined, examine};
use crate::verify::library::Library;
use crate::verify::source::{Source, SourceError};
use crate::verify::visible_documents::VisibleDocuments;
use hashbrown::HashMap;

/// Where in the record the applied events stand whose place is not their position (rule 201).
#[derive(Default)]
pub struct Carriers {
    elsewhere: HashMap<u64, u64>,
}

impl Carriers {
    /// Takes an event in its turn.
    pub fn keep(&mut self, judged: &EventOutcome) {
        if judged.applied && judged.index != judged.position {
            self.elsewhere.insert(judged.position, judged.index);
        }
    }

    /// Whether one of the supporting documents `given` is independent of those of the fact at
    /// `on`; `None` where that is not checkable. Also true where there is nothing to judge.
    pub fn judge<'a>(
        &self,
        on: u64,
        given: impl Iterator<Item = &'a Evidence>,
        (library, state, source): (&Library, &State, &dyn Source),
    ) -> Result<Option<bool>, SourceError> {
        let carries = |kind| matches!(kind, Type::FactAsserted | Type::FactCorrected);
        if !state.history.act(on).is_some_and(|act| carries(act.operation.kind())) {
            return Ok(Some(true));
        }
        let index = self.elsewhere.get(&on).copied().unwrap_or(on);
        let Some(confirmed) = event_at(source, (index, on))? else { return Ok(None) };
        let Some(said) = &confirmed.reading.statement else { return Ok(None) };
        let Some(fact) = fact_of(&confirmed, said) else { return Ok(None) };
        let named = VisibleDocuments { state, base: said.base, before: on };
        let theirs = fact.evidence.iter().filter(|entry| named.has(entry.document));
        let theirs: Vec<(u64, bool)> =
            theirs.map(|entry| library.followed(entry.document)).collect();
        let supports = given.filter(|entry| entry.stance == Stance::Supports);
        let differ: Vec<bool> = supports
            .map(|entry| library.followed(entry.document))
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

/// What is told where 613 is broken.
pub fn not_independent(on: u64) -> String {
    format!("no supporting document is independent of those of event {on}")
}

/// The fact of an event that carries one, if its body is there and is the event's.
fn fact_of<'a>(event: &'a Examined, said: &Statement) -> Option<&'a Fact> {
    let BodyFound::Good(body) = &event.body else { return None };
    if body.by != said.by || body.content.kind() != said.kind {
        return None;
    }
    match &body.content {
        Content::FactAsserted(content) => Some(&content.fact),
        Content::FactCorrected(content) => Some(&content.fact),
        _ => None,
    }
}

/// The event at a place in the record that says this position, read again: only for the rare check
/// that needs it.
fn event_at(
    source: &dyn Source,
    (index, position): (u64, u64),
) -> Result<Option<Examined>, SourceError> {
    // Where a source counts wrong from a place on, only a walk from the start finds the event.
    for from in [index, 0] {
        for span in source.walk(from)? {
            let span = span?;
            let at = index.checked_sub(span.first).and_then(|at| usize::try_from(at).ok());
            let Some(entry) = at.and_then(|at| span.entries.get(at)) else {
                if span.first > index {
                    break;
                }
                continue;
            };
            let found = examine(entry);
            if found.reading.place.is_some_and(|place| place.seq == position) {
                return Ok(Some(found));
            }
            break;
        }
    }
    Ok(None)
}
