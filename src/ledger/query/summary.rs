//! Summary: how many facts and documents a record has, by their state, and the first that wait.
//!
//! Always holds: counts and positions are those of the folded record; through the index they are
//! found in time proportional to what is listed. Not here: names and sentences (`cli`).

use crate::index::{IndexError, RowKind, RowValue, Snapshot, Totals, TreeKind};
use crate::ledger::error::LedgerError;
use crate::ledger::query::indexed::{Slice, undone_counts};
use crate::ledger::query::{View, suspect_revocations};
use annals_core::event::args::Args;
use annals_core::event::vocabulary::RedactReason;
use annals_core::fold::operation::Operation;
use annals_core::fold::{Fact, Fold};
use annals_core::key::PublicKey;
use annals_core::state::{State, Status};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Events of which the first are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstPositions {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<u64>,
}

impl Serialize for FirstPositions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.first.serialize(serializer)
    }
}

impl FirstPositions {
    fn of(all: impl Iterator<Item = u64>, most: usize) -> FirstPositions {
        let mut listed = FirstPositions::default();
        for position in all {
            listed.count += 1;
            if listed.first.len() < most {
                listed.first.push(position);
            }
        }
        listed
    }
}

/// A redaction: who signed it, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The key that signed it.
    pub by: PublicKey,
    /// Its reason.
    pub reason: RedactReason,
}

/// The summary of a record as of a point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Facts by status.
    pub by_status: BTreeMap<Status, u64>,
    /// Facts that were corrected.
    pub corrected: u64,
    /// Facts that are suspect.
    pub suspect: u64,
    /// Facts that wait for a confirmation.
    pub waiting: FirstPositions,
    /// Open disputes of facts that are not retracted.
    pub open_disputes: FirstPositions,
    /// Documents, also those that were set aside.
    pub documents: u64,
    /// Of these, the suspect ones, and those that were set aside.
    pub suspect_documents: u64,
    /// Redactions, by position.
    pub redactions: Vec<Redaction>,
    /// For each suspect revocation the number of events that it undid.
    pub undone: BTreeMap<u64, u64>,
}

impl Summary {
    /// The number of facts.
    pub fn facts(&self) -> u64 {
        self.by_status.values().sum()
    }

    /// The summary of a view; of what waits or is disputed, the first `most` are listed.
    pub fn of(view: &View<'_>, most: usize) -> Result<Summary, LedgerError> {
        let Some(slice) = &view.slice else { return Summary::folded(view, most) };
        let found = Summary::indexed(slice, view.state(), most);
        let closed = || Ok(Summary::default());
        view.or_folded(found.map(Ok), |whole| Summary::folded(whole, most), closed())
    }

    fn indexed(slice: &Slice<'_>, state: &State, most: usize) -> Result<Summary, IndexError> {
        let needed = state.fold.ledger.as_ref().map_or(1, |ledger| ledger.confirmations);
        let snapshot = slice.then();
        let totals = snapshot.totals()?;
        let by_status = totals.by_status(needed);
        let Totals { open_disputes, corrected, suspect, documents, undone, .. } = totals;
        // The totals count by the newest of several revocations.
        let revocations = suspect_revocations(state);
        let undone = match revocations.len() > 1 && !undone.is_empty() {
            true => undone_counts(snapshot, &revocations)?,
            false => undone,
        };
        let waiting = RowKind::Status(Status::Asserted, needed);
        let mut disputes = Vec::new();
        for of in snapshot.first(RowKind::Status(Status::Disputed, needed), most)? {
            let row = snapshot.get(TreeKind::Standing, of)?;
            disputes.extend(row.iter().flat_map(|row| row.disputes()));
        }
        disputes.truncate(most);
        let mut redactions = Vec::new();
        snapshot.each(TreeKind::Administration, 0..u64::MAX, RowKind::Redactions, &mut |row| {
            if let RowValue::Redaction { by, reason, .. } = row.what {
                let by = snapshot.index().keys().get(by as usize).copied();
                redactions.extend(by.map(|by| Redaction { by, reason }));
            }
            Ok(())
        })?;
        Ok(Summary {
            waiting: FirstPositions {
                count: by_status.get(&Status::Asserted).copied().unwrap_or(0),
                first: snapshot.first(waiting, most)?,
            },
            open_disputes: FirstPositions { count: open_disputes, first: disputes },
            by_status,
            corrected,
            suspect,
            documents,
            suspect_documents: match revocations.is_empty() {
                true => 0,
                false => suspect_in(snapshot)?,
            },
            redactions,
            undone,
        })
    }

    fn folded(view: &View<'_>, most: usize) -> Result<Summary, LedgerError> {
        let state = view.state();
        let facts = || state.fold.facts().iter();
        let mut by_status = BTreeMap::new();
        for fact in facts() {
            *by_status.entry(state.status(fact)).or_default() += 1;
        }
        let waits = |fact: &&Fact| state.status(fact) == Status::Asserted;
        let open = facts().filter(|fact| fact.retraction().is_none());
        let disputes = open.flat_map(|fact| fact.disputes().iter().map(|open| open.position));
        let documents = view.documents(usize::MAX);
        let mut undone = BTreeMap::new();
        for event in state.undone() {
            *undone.entry(state.undoing(event.event).unwrap_or(event.by)).or_default() += 1;
        }
        Ok(Summary {
            by_status,
            corrected: facts().filter(|fact| fact.corrected > 0).count() as u64,
            suspect: facts().filter(|fact| fact.suspect).count() as u64,
            waiting: FirstPositions::of(facts().filter(waits).map(|fact| fact.position), most),
            open_disputes: FirstPositions::of(disputes, most),
            documents: documents.len() as u64,
            suspect_documents: suspect_documents(&state.fold, &documents),
            redactions: redactions(view)?,
            undone,
        })
    }
}

/// How many of these documents are suspect in a fold, or not in it because they were set aside.
fn suspect_documents(fold: &Fold, documents: &[u64]) -> u64 {
    let is_suspect = |document: &&u64| fold.document(**document).is_none_or(|found| found.suspect);
    documents.iter().filter(is_suspect).count() as u64
}

/// The number of suspect documents, as [`suspect_documents`] counts them, by the index.
fn suspect_in(snapshot: &Snapshot<'_>) -> Result<u64, IndexError> {
    let documents = snapshot.positions(RowKind::Documents)?;
    let mut fold = Fold::default();
    for document in &documents {
        if let Some(row) = snapshot.get(TreeKind::Standing, *document)? {
            row.put(&mut fold)?;
        }
    }
    Ok(suspect_documents(&fold, &documents))
}

fn redactions(view: &View<'_>) -> Result<Vec<Redaction>, LedgerError> {
    let acts = view.state().history.acts().iter();
    let redacted = acts.filter(|act| matches!(act.operation, Operation::Redacted { .. }));
    let positions: Vec<u64> = redacted.map(|act| act.position).collect();
    let mut found = Vec::new();
    view.at(&positions, &mut |event| {
        if let Some(statement) = event.statement()
            && let Args::BodyRedacted(args) = &statement.args
        {
            found.push(Redaction { by: statement.by, reason: args.reason });
        }
    })?;
    Ok(found)
}
