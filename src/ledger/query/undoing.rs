//! What a suspect revocation between two points changed of the events before the first one.
//!
//! Always holds: an event is listed if it is undone as of one of the points only; a document that
//! such an event is about is listed with each field that differs between the points. Not here:
//! facts, which are compared as a whole (`diff`). Source: FORMAT.md section 8, "Refold".

use crate::ledger::query::effect::{differences, object};
use crate::ledger::query::gather::GatheredRows;
use crate::ledger::query::row::{ActRow, DocumentRow, FactRow, FieldChange};
use crate::ledger::query::{View, suspect_revocations};
use annals_core::event::vocabulary::Type;
use annals_core::fold::operation::{EntryKind, Operation};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// A document whose description or standing an undoing changed.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentChange {
    /// The document.
    pub document: u64,
    /// The fields that differ between the points; `suspect` is one.
    pub changes: Vec<FieldChange>,
}

/// The acts on a fact before the first point that are undone as of one of the points only.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AffectedActs {
    /// Those that are undone as of the second point.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<ActRow>,
    /// Those that are in force again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restored: Vec<ActRow>,
}

/// The acts of the row of a fact as of the second point, which are no relations, that a suspect
/// revocation between the points undid or put in force again.
pub fn affected_acts(from: &View<'_>, row: &FactRow) -> AffectedActs {
    let (first, mut affected) = (from.as_of().size, AffectedActs::default());
    for act in row.acts().into_iter().filter(|act| act.event < first) {
        match (act.kind, from.undone_by(act.event), act.undone_by) {
            (Type::FactRelated | Type::RelationWithdrawn, ..) => {}
            (_, None, Some(_)) => affected.undone.push(act.clone()),
            (_, Some(_), None) => affected.restored.push(act.clone()),
            _ => {}
        }
    }
    affected
}

/// Whether a suspect revocation is after the first `first` events: nothing else undoes an event, or
/// puts one in force again.
pub fn is_any_turned(view: &View<'_>, first: u64) -> bool {
    suspect_revocations(view.state()).last().is_some_and(|last| *last >= first)
}

/// The suspect revocation, after the first `first` events, by which an event before them is undone
/// or in force again as of the point; `None` if none turned it.
pub fn turned_by(view: &View<'_>, event: u64, first: u64) -> Option<u64> {
    let mut revocations = suspect_revocations(view.state()).into_iter().rev();
    let turns = |by: &u64| view.was_undone(event, *by) != view.was_undone(event, by + 1);
    revocations.find(|by| *by >= first && turns(by))
}

/// The events before the first point that are undone as of one of the points only.
pub fn turned(from: &View<'_>, to: &View<'_>) -> Vec<u64> {
    let first = from.as_of().size;
    let acts = to.state().history.acts();
    if !is_any_turned(to, first) {
        return Vec::new();
    }
    let turned = |event: &u64| from.undone_by(*event).is_some() != to.undone_by(*event).is_some();
    let earlier = acts.iter().map(|act| act.position).filter(|event| *event < first);
    earlier.filter(turned).collect()
}

/// The documents that some of these events capture or describe.
pub fn documents(view: &View<'_>, events: &[u64]) -> BTreeSet<u64> {
    let acts = events.iter().filter_map(|event| view.state().history.act(*event));
    let document = |act: &annals_core::fold::history::Act| match &act.operation {
        Operation::Captured => Some(act.position),
        Operation::Sealed(entry) if entry.kind == EntryKind::Document => Some(act.position),
        Operation::Described { document } => Some(*document),
        _ => None,
    };
    acts.filter_map(document).collect()
}

/// How these documents differ between the points, the first of which has `first` events, by what
/// was undone or is in force again: not by a description after it that stands.
pub fn document_changes(
    documents: BTreeSet<u64>,
    first: u64,
    before: &GatheredRows,
    now: &GatheredRows,
) -> Vec<DocumentChange> {
    let both = |document: u64| {
        let (old, new) = (before.documents.get(&document)?, now.documents.get(&document)?);
        let changes = changes(old, new, first);
        (!changes.is_empty()).then_some(DocumentChange { document, changes })
    };
    documents.into_iter().filter_map(both).collect()
}

fn changes(old: &DocumentRow, new: &DocumentRow, first: u64) -> Vec<FieldChange> {
    let fields = |row: &DocumentRow| row.about.as_ref().map(object).unwrap_or_default();
    // A description has every field.
    let is_described = new.standing_descriptions().any(|row| row.act.event >= first);
    let mut changes = match is_described {
        true => Vec::new(),
        false => differences(&fields(old), &fields(new)),
    };
    if old.suspect != new.suspect {
        let (before, after) = (json!(old.suspect), json!(new.suspect));
        changes.push(FieldChange { field: "suspect".to_owned(), before, after });
    }
    changes
}
