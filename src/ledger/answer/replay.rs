//! The answer of `annals replay`: the facts as of a point.
//!
//! Always holds: facts come by position; a fact without a date is never dropped by a date, but
//! listed separately; rows are made one at a time, because all together would take many times the
//! memory of the record. Not here: texts for people (`cli`).

use crate::ledger::answer::choice::{Choice, FactChoice};
use crate::ledger::answer::filter::{DateMatch, FactFilters, Filter};
use crate::ledger::answer::page::{FactPage, PageEnd};
use crate::ledger::answer::parts::FactParts;
use crate::ledger::answer::tally::{TallyReport, UndoingReport};
use crate::ledger::answer::{AnswerError, NamedView, json_of};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::Rows;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::summary::Summary;
use crate::ledger::query::tally::Tally;
use crate::ledger::query::{AsOf, View};
use crate::ledger::reader::Record;
use annals_core::fold::operation::Operation;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// How many rows of a page are made at once.
const PART: usize = 64;

/// The facts that may be in an answer, as of a point.
pub struct FactsView<'a> {
    /// The record as of the point, with these facts.
    pub named: NamedView<'a>,
    /// The filters; what it could not test is counted while rows are read.
    pub filter: Filter,
    /// The facts of a page; `None` if all facts that pass the filters are requested.
    page: Option<BTreeSet<u64>>,
    end: PageEnd,
}

impl<'a> FactsView<'a> {
    /// Opens the facts that the filters may select of the first `size` events, or of a page of
    /// them.
    ///
    /// Errors: as those of the filters; the record cannot be read.
    pub fn open(
        record: &'a Record,
        size: u64,
        filters: &FactFilters,
        page: FactPage,
    ) -> Result<FactsView<'a>, LedgerError> {
        if page == FactPage::ALL {
            let view = View::some(record, size, &|snapshot, state| filters.named(snapshot, state))?;
            let named = NamedView::of(view)?;
            let filter = Filter::new(&named.view, &named.names, filters)?;
            return Ok(FactsView { named, filter, page: None, end: PageEnd::Whole });
        }
        let view = View::some(record, size, &filters.documents())?;
        let mut named = NamedView::of(view)?;
        let choice =
            Choice { filters, from: None, after: page.after, most: page.most, fallen: false };
        let FactChoice { facts, end, filter } = choice.choose(&mut named)?;
        if !named.view.is_folded() {
            let wanted: BTreeSet<u64> = facts.iter().copied().chain(filters.document).collect();
            named.view = View::some(record, size, &|_, _| Ok(wanted.clone()))?;
        }
        Ok(FactsView { named, filter, page: Some(facts), end })
    }

    /// Finds the rows of these facts.
    ///
    /// Errors: the record cannot be read.
    pub fn answer(&self) -> Result<ReplayAnswer<'_, 'a>, LedgerError> {
        let NamedView { view, names } = &self.named;
        let rows = Rows::read(view, names, &|fact| match &self.page {
            Some(page) => page.contains(&fact),
            None => self.filter.has_status(view, fact),
        })?;
        let (facts, undated) = (Vec::new(), Vec::new());
        Ok(ReplayAnswer { of: self, rows, facts, undated, is_partial: false })
    }
}

/// The rows of an answer, and which of them were taken.
pub struct ReplayAnswer<'a, 'v> {
    of: &'a FactsView<'v>,
    rows: Rows<'a, 'v>,
    /// The facts that were taken.
    pub facts: Vec<u64>,
    /// Those without a date.
    pub undated: Vec<u64>,
    /// Whether the record could not be read to the end after some facts were taken.
    pub is_partial: bool,
}

impl ReplayAnswer<'_, '_> {
    /// The point.
    pub fn as_of(&self) -> AsOf {
        self.of.named.view.as_of()
    }

    /// Whether there are more facts after these.
    pub fn end(&self) -> PageEnd {
        self.of.end
    }

    /// The last fact that was taken, by position.
    pub fn last(&self) -> Option<u64> {
        self.facts.last().max(self.undated.last()).copied()
    }

    /// The later changes of the facts that were taken.
    pub fn since(&self) -> Vec<LaterChange> {
        since(&self.of.named.view, self.facts.iter().chain(&self.undated).copied())
    }

    /// The bodies that were read and do not have the signed digest.
    pub fn damaged(&self) -> u64 {
        self.rows.damaged()
    }

    /// The events that suspect revocations undid as of the point, which a reader of facts must
    /// know.
    pub fn undone(&self) -> Result<TallyReport, LedgerError> {
        let NamedView { view, names } = &self.of.named;
        let acts = view.state().history.acts().iter();
        let suspect = |operation: &Operation| match operation {
            Operation::Revoked(row) => row.suspect_from.is_some(),
            _ => false,
        };
        if !acts.into_iter().any(|act| suspect(&act.operation)) {
            return Ok(TallyReport::default());
        }
        // A view of some facts lacks other undone events.
        let counts = Summary::of(view, 0)?.undone;
        let tally = Tally::counted(view.state(), &counts);
        let tally = Tally { undone: tally.undone, ..Tally::default() };
        Ok(TallyReport::of(&tally, &|key, event| names.at(key, event)))
    }

    /// Writes the JSON object, each row as it is made.
    pub fn write_json(
        &mut self,
        out: &mut dyn Write,
        undone: &[UndoingReport],
    ) -> Result<(), AnswerError> {
        let head = json_of(&self.as_of())?;
        self.write_parts(out, &head, |answer| {
            let tail = ReplayTail { since: answer.since(), undone, more: answer.of.end };
            Ok(json_of(&tail)?)
        })
    }
}

impl FactParts for ReplayAnswer<'_, '_> {
    type Item = FactRow;

    /// Notes those without a date.
    fn each<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&FactRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut refused, filter) = (false, &self.of.filter);
        let (taken, undated) = (&mut self.facts, &mut self.undated);
        let mut one = |row: FactRow| {
            if self.of.page.is_none() && !filter.keeps(&row) {
                return Ok(());
            }
            match filter.dated(&row.words) {
                DateMatch::In => {
                    taken.push(row.fact);
                    let done = take(&row);
                    refused = done.is_err();
                    done
                }
                DateMatch::Undated => {
                    undated.push(row.fact);
                    Ok(())
                }
                DateMatch::Out => Ok(()),
            }
        };
        let read = match &self.of.page {
            None => self.rows.each(&mut one),
            Some(page) => {
                let page: Vec<u64> = page.iter().copied().collect();
                page.chunks(PART).try_for_each(|part| self.rows.each_of(part, &mut one))
            }
        };
        self.is_partial = read.is_err() && !refused && !self.facts.is_empty();
        read
    }

    fn each_undated<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&FactRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut parts = self.undated.chunks(if self.of.page.is_some() { PART } else { usize::MAX });
        parts.try_for_each(|part| self.rows.each_of(part, &mut |row| take(&row)))
    }
}

/// What follows the facts.
#[derive(Serialize)]
struct ReplayTail<'a> {
    since: Vec<LaterChange>,
    undone: &'a [UndoingReport],
    more: PageEnd,
}
