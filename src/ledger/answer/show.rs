//! The answer of `annals show`: one fact in full, or any other event.
//!
//! Not here: texts for people (`cli`).

use crate::ledger::answer::filter::beyond;
use crate::ledger::answer::{AnswerError, NamedView, write_json};
use crate::ledger::error::LedgerError;
use crate::ledger::query::effect::Effects;
use crate::ledger::query::event::{EventRow, on, row};
use crate::ledger::query::gather::{GatheredRows, gather};
use crate::ledger::query::row::{DocumentRow, Ended, FactRow};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View, ever_derived, owners, subjects};
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// The kind of the event at a position.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShownPage {
    /// A fact.
    Fact(Box<FactRow>),
    /// A document.
    Document(Box<DocumentRow>),
    /// Any other event.
    Event(Box<EventRow>),
}

/// The event at a position, as of a point.
pub struct ShowAnswer<'a> {
    /// The record as of the point.
    pub named: NamedView<'a>,
    /// The facts and documents beside it.
    pub gathered: GatheredRows,
    /// The event.
    pub page: ShownPage,
    /// Of a dispute, a retraction or a relation: what ended it.
    pub ended: Option<Ended>,
    /// Of a document: those that are derived from it, by position.
    pub derived: Vec<u64>,
    /// What happened to it later.
    pub since: Vec<LaterChange>,
}

#[derive(Serialize)]
struct ShowJson<'a> {
    #[serde(flatten)]
    as_of: AsOf,
    #[serde(flatten)]
    page: &'a ShownPage,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a Ended>,
    #[serde(skip_serializing_if = "<[u64]>::is_empty")]
    derived: &'a [u64],
    since: &'a [LaterChange],
}

impl<'a> ShowAnswer<'a> {
    /// Reads the event at a position as of the first `size` events.
    ///
    /// Errors: there is no such event then; the record cannot be read.
    pub fn read(
        record: &'a Record,
        size: u64,
        position: u64,
    ) -> Result<ShowAnswer<'a>, LedgerError> {
        let ask: &Query<'_> = &|snapshot, _| {
            let mut named = subjects(snapshot, position)?;
            named.extend(ever_derived(snapshot, position)?);
            Ok(named)
        };
        let named = NamedView::of(View::some(record, size, ask)?)?;
        let view = &named.view;
        if position >= size {
            return Err(beyond(view, position));
        }
        let wanted = neighbours(view, position);
        let mut gathered = gather(view, &named.names, &|fact| wanted.contains(&fact))?;
        let page = page(&named, &mut gathered, position)?;
        let ended = ended(&gathered, position);
        let derived = match page {
            ShownPage::Document(_) => view.derived_documents(position)?,
            _ => Vec::new(),
        };
        let since = since(view, std::iter::once(position));
        Ok(ShowAnswer { named, gathered, page, ended, derived, since })
    }

    /// Writes the JSON object.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let ShowAnswer { named, page, ended, derived, since, .. } = self;
        let (as_of, ended) = (named.view.as_of(), ended.as_ref());
        Ok(write_json(out, &ShowJson { as_of, page, ended, derived, since })?)
    }
}

/// What ended the dispute, the retraction or the relation that an event is.
fn ended(gathered: &GatheredRows, position: u64) -> Option<Ended> {
    gathered.facts.values().find_map(|row| {
        let charges = row.disputes.iter().chain(&row.retractions);
        let charges = charges.map(|charge| (&charge.act, &charge.ended));
        let relations = row.relations.iter().map(|relation| (&relation.act, &relation.ended));
        let (_, ended) = charges.chain(relations).find(|(act, _)| act.event == position)?;
        ended.clone()
    })
}

/// The fact and those ever related to it, whose claims are shown beside it; of another event the
/// facts that it is about.
fn neighbours(view: &View<'_>, position: u64) -> BTreeSet<u64> {
    let mut facts = BTreeSet::from([position]);
    facts.extend(owners(view, position));
    for act in view.state().history.acts() {
        if let Operation::Related(triple) = &act.operation
            && (triple.from == position || triple.to == position)
        {
            facts.extend([triple.from, triple.to]);
        }
    }
    facts
}

fn page(
    named: &NamedView<'_>,
    gathered: &mut GatheredRows,
    position: u64,
) -> Result<ShownPage, LedgerError> {
    let NamedView { view, names } = named;
    if let Some(row) = gathered.facts.remove(&position) {
        return Ok(ShownPage::Fact(Box::new(row)));
    }
    if let Some(row) = gathered.documents.remove(&position) {
        return Ok(ShownPage::Document(Box::new(row)));
    }
    let event = view.event(position)?.filter(|event| event.position == position);
    let missing = || LedgerError::NotFound(format!("event {position} could not be read"));
    let event = event.ok_or_else(missing)?;
    let on =
        event.statement().map(|statement| on(view, position, &statement.args)).unwrap_or_default();
    Ok(ShownPage::Event(Box::new(row(&Effects::new(view, names), &event, on)?)))
}
