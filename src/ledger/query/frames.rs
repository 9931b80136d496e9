//! Frames: the state of each fact after each event that changed it.
//!
//! Always holds: applying the frames up to a position in order gives the state of every fact as of
//! that position, as the fold gives it; what was undone later is not yet undone. Not here: texts of
//! facts (`gather`).

use crate::ledger::query::View;
use crate::ledger::query::names::Names;
use annals_core::fold::Fact;
use annals_core::fold::operation::Operation;
use annals_core::state::{State, Status};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The state of a fact as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct FrameState {
    pub fact: u64,
    pub status: Status,
    pub revision: u64,
    pub corrected: u32,
    pub suspect: bool,
    pub document_disputed: bool,
    pub sealed: bool,
    pub redacted: bool,
    /// Names of the people who confirmed the revision, in order.
    pub confirmed_by: Vec<String>,
    /// Open disputes, by position.
    pub disputes: Vec<u64>,
    /// The retraction in force.
    pub retraction: Option<u64>,
}

/// The facts whose state differs after an event from that before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// The event.
    pub position: u64,
    /// The state of those facts after it.
    pub changed: Vec<FrameState>,
}

/// The frames of these facts up to the view's point.
pub fn frames(view: &View<'_>, names: &Names, wanted: &BTreeSet<u64>) -> Vec<Frame> {
    let history = &view.state().history;
    let mut state = State::default();
    let mut last: BTreeMap<u64, FrameState> = BTreeMap::new();
    let mut frames = Vec::new();
    for act in history.acts() {
        let Some(key) = history.key(act.by) else { continue };
        let all = touches_all(&act.operation);
        state.apply(act.position, key, act.operation.clone());
        let touched: Vec<u64> = match all {
            true => wanted.iter().copied().collect(),
            false => touched(&state, &act.operation, act.position).into_iter().collect(),
        };
        let mut changed = Vec::new();
        for fact in touched.iter().filter(|fact| wanted.contains(fact)) {
            let Some(standing) =
                state.fold.fact(*fact).map(|fact| standing(&state, names, fact, act.position))
            else {
                continue;
            };
            if last.get(fact) != Some(&standing) {
                last.insert(*fact, standing.clone());
                changed.push(standing);
            }
        }
        if !changed.is_empty() {
            frames.push(Frame { position: act.position, changed });
        }
    }
    frames
}

/// Whether an event may change the status of any fact.
fn touches_all(operation: &Operation) -> bool {
    match operation {
        Operation::Changed { .. } => true,
        Operation::Revoked(revoked) => revoked.suspect_from.is_some(),
        _ => false,
    }
}

/// The fact that an operation acts on.
fn touched(state: &State, operation: &Operation, position: u64) -> Option<u64> {
    let mut event = match operation {
        Operation::Upheld { dispute } => *dispute,
        Operation::Reinstated { retraction } => *retraction,
        Operation::Released { event } | Operation::Redacted { event } => *event,
        operation => operation.on().unwrap_or(position),
    };
    loop {
        if let Some(fact) = state.fold.fact_of_revision(event) {
            return Some(fact.position);
        }
        let before = state.history.act(event)?.operation.on()?;
        if before >= event {
            return None;
        }
        event = before;
    }
}

fn standing(state: &State, names: &Names, fact: &Fact, event: u64) -> FrameState {
    // As of after the event, so that a name given by it counts.
    let name = |key: &u32| state.history.key(*key).map(|key| names.at(&key, event + 1).then);
    FrameState {
        fact: fact.position,
        status: state.status(fact),
        revision: fact.revision,
        corrected: fact.corrected,
        suspect: fact.suspect,
        document_disputed: fact.disputes().iter().any(|dispute| dispute.in_document),
        sealed: state.fold.seal(fact.revision).is_some(),
        redacted: state.fold.is_redacted(fact.revision),
        confirmed_by: fact.confirmed_by().iter().filter_map(name).collect(),
        disputes: fact.disputes().iter().map(|dispute| dispute.position).collect(),
        retraction: fact.retraction(),
    }
}
