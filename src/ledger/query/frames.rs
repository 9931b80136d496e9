//! Frames: the state of each fact and document after each event that changed it.
//!
//! Always holds: applying the frames up to a position in order gives the state of every fact as of
//! that position, as the fold gives it; what was undone later is not yet undone. A fact that does
//! not stand any more is named where it fell. Not here: texts of
//! facts (`gather`).

use crate::ledger::query::View;
use crate::ledger::query::row::{Confirmation, DocumentRow, FactRow, Redescribed, Revision};
use annals_core::fold::Fact;
use annals_core::fold::operation::Operation;
use annals_core::key::PublicKey;
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
    /// Descriptions of its documents that are later than its revision.
    pub described_anew: Vec<u64>,
    /// The documents of its evidence that are suspect.
    pub suspect_documents: Vec<u64>,
    pub sealed: bool,
    pub redacted: bool,
    /// Names of the people who confirmed the revision, in order, as of their confirmations.
    pub confirmed_by: Vec<String>,
    /// Open disputes, by position.
    pub disputes: Vec<u64>,
    /// The retraction in force.
    pub retraction: Option<u64>,
}

/// The state of a document as of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentFrame {
    /// The document.
    pub document: u64,
    /// The event that gave it its description: its capture, or the last that described it.
    pub described_by: u64,
    /// Whether it is suspect.
    pub suspect: bool,
}

/// The facts and documents whose state differs after an event from that before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// The event.
    pub position: u64,
    /// The state of those facts after it.
    pub changed: Vec<FrameState>,
    /// The facts that do not stand any more after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<u64>,
    /// The state of those documents after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentFrame>,
}

/// The frames of these facts, and of these documents, up to the view's point.
pub fn frames(
    view: &View<'_>,
    facts: &[FactRow],
    documents: &BTreeMap<u64, DocumentRow>,
) -> Vec<Frame> {
    let history = &view.state().history;
    let mut state = State::default();
    let cited = Cited::new(facts, documents);
    let mut last: BTreeMap<u64, FrameState> = BTreeMap::new();
    let mut documents_last: BTreeMap<u64, DocumentFrame> = BTreeMap::new();
    let mut frames = Vec::new();
    for act in history.acts() {
        let Some(key) = history.key(act.by) else { continue };
        let all = touches_all(&act.operation);
        state.apply(act.position, key, act.operation.clone());
        let touched: BTreeSet<u64> = match (all, &act.operation) {
            (true, _) => cited.facts.clone(),
            (false, Operation::Described { document }) => cited.citing(*document),
            (false, operation) => touched(&state, operation, act.position).into_iter().collect(),
        };
        let mut frame = Frame {
            position: act.position,
            changed: Vec::new(),
            gone: Vec::new(),
            documents: Vec::new(),
        };
        for fact in touched.iter().filter(|fact| cited.facts.contains(fact)) {
            match state.fold.fact(*fact) {
                Some(stands) => {
                    let standing = standing(&state, &cited, stands);
                    if last.get(fact) != Some(&standing) {
                        last.insert(*fact, standing.clone());
                        frame.changed.push(standing);
                    }
                }
                None => frame.gone.extend(last.remove(fact).map(|gone| gone.fact)),
            }
        }
        let own = match &act.operation {
            Operation::Described { document } => *document,
            _ => act.position,
        };
        for row in documents.values().filter(|row| all || row.document == own) {
            let Some(now) = cited.document(&state, row) else { continue };
            if documents_last.insert(row.document, now) != Some(now) {
                frame.documents.push(now);
            }
        }
        if !frame.changed.is_empty() || !frame.gone.is_empty() || !frame.documents.is_empty() {
            frames.push(frame);
        }
    }
    frames
}

/// Which facts there are, what their revisions cite, and what describes the documents.
struct Cited<'a> {
    facts: BTreeSet<u64>,
    /// The documents that a revision cites, by its event.
    by_revision: BTreeMap<u64, BTreeSet<u64>>,
    /// The confirmations of a revision by a key, by position, with the signer's name.
    confirmers: BTreeMap<(u64, PublicKey), Vec<(u64, String)>>,
    documents: &'a BTreeMap<u64, DocumentRow>,
    rows: &'a [FactRow],
}

impl<'a> Cited<'a> {
    fn new(rows: &'a [FactRow], documents: &'a BTreeMap<u64, DocumentRow>) -> Cited<'a> {
        let revisions = rows.iter().flat_map(|row| &row.revisions);
        let cited = |revision: &Revision| {
            let evidence = revision.words.evidence.iter();
            (revision.act.event, evidence.map(|row| row.evidence.document).collect())
        };
        let facts = rows.iter().map(|row| row.fact).collect();
        let mut confirmers: BTreeMap<_, Vec<(u64, String)>> = BTreeMap::new();
        for Confirmation { act, on, .. } in rows.iter().flat_map(|row| &row.confirmations) {
            let named = (act.event, act.signer().to_string());
            confirmers.entry((*on, act.key)).or_default().push(named);
        }
        let by_revision = revisions.map(cited).collect();
        Cited { facts, by_revision, confirmers, documents, rows }
    }

    /// The name of the key that confirmed a revision, as of its last confirmation so far: a later
    /// name of the person is no change of the fact.
    fn confirmer(&self, state: &State, revision: u64, key: PublicKey) -> Option<String> {
        let acts = self.confirmers.get(&(revision, key))?.iter().rev();
        let mut known = acts.filter(|(event, _)| state.history.act(*event).is_some());
        known.next().map(|(_, name)| name.clone())
    }

    fn of(&self, revision: u64) -> impl Iterator<Item = u64> {
        self.by_revision.get(&revision).into_iter().flatten().copied()
    }

    /// The facts of which a revision cites a document.
    fn citing(&self, document: u64) -> BTreeSet<u64> {
        let cites = |row: &&FactRow| {
            let mut revisions = row.revisions.iter().map(|revision| revision.act.event);
            revisions.any(|revision| self.of(revision).any(|cited| cited == document))
        };
        self.rows.iter().filter(cites).map(|row| row.fact).collect()
    }

    /// The descriptions of a document after its capture that are in force.
    fn described<'s>(
        &self,
        state: &'s State,
        row: &'s DocumentRow,
    ) -> impl Iterator<Item = &'s Redescribed> {
        let in_force =
            |event: u64| state.history.act(event).is_some() && state.undone_by(event).is_none();
        row.described.iter().filter(move |row| in_force(row.act.event))
    }

    fn document(&self, state: &State, row: &DocumentRow) -> Option<DocumentFrame> {
        state.history.act(row.document)?;
        let readable = self.described(state, row).filter(|row| row.withheld.is_none());
        let described_by = readable.last().map_or(row.document, |row| row.act.event);
        let suspect = state.fold.document(row.document).is_none_or(|document| document.suspect);
        Some(DocumentFrame { document: row.document, described_by, suspect })
    }
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

fn standing(state: &State, cited: &Cited<'_>, fact: &Fact) -> FrameState {
    let rows = cited.of(fact.revision).filter_map(|document| cited.documents.get(&document));
    let rows: Vec<&DocumentRow> = rows.collect();
    let described = rows.iter().flat_map(|row| cited.described(state, row));
    let described = described.map(|row| row.act.event).filter(|event| *event > fact.revision);
    let mut described_anew: Vec<u64> = described.collect();
    described_anew.sort_unstable();
    let documents = rows.iter().filter_map(|row| cited.document(state, row));
    let suspect = documents.filter(|document| document.suspect);
    let name = |key: &u32| cited.confirmer(state, fact.revision, state.history.key(*key)?);
    FrameState {
        fact: fact.position,
        status: state.status(fact),
        revision: fact.revision,
        corrected: fact.corrected,
        suspect: fact.suspect,
        document_disputed: fact.disputes().iter().any(|dispute| dispute.in_document),
        described_anew,
        suspect_documents: suspect.map(|document| document.document).collect(),
        sealed: state.fold.seal(fact.revision).is_some(),
        redacted: state.fold.is_redacted(fact.revision),
        confirmed_by: fact.confirmed_by().iter().filter_map(name).collect(),
        disputes: fact.disputes().iter().map(|dispute| dispute.position).collect(),
        retraction: fact.retraction(),
    }
}
