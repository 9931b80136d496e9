//! The rows of an answer's facts, some at a time, and the JSON of such an answer.
//!
//! Always holds: rows come in the order of the requested facts; only a part of them is in memory.
//! Not here: which facts, and what is printed before and after them (the answers).

use crate::ledger::answer::{AnswerError, JsonItems};
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::gather::{PART, Rows, gather};
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// An answer whose facts are read when they are taken.
pub trait FactParts {
    /// A fact of the answer, as it is written to JSON.
    type Item: Serialize;

    /// Calls `take` with each fact; if a date is requested, only with those that have a date.
    fn each<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&Self::Item) -> Result<(), E>,
    ) -> Result<(), E>;

    /// Calls `take` with each fact without a date, if a date is requested.
    fn each_undated<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&Self::Item) -> Result<(), E>,
    ) -> Result<(), E>;

    /// Writes the JSON object: the members of `head`, the facts, each as it is read, those without
    /// a date, and the members of the object that `tail` gives once they were all taken.
    fn write_parts(
        &mut self,
        out: &mut dyn Write,
        head: &str,
        tail: impl FnOnce(&mut Self) -> Result<String, AnswerError>,
    ) -> Result<(), AnswerError> {
        write!(out, "{},\"facts\":[", head.strip_suffix('}').unwrap_or(head))?;
        let mut items = JsonItems::new(out);
        self.each(&mut |fact| items.put(fact))?;
        write!(out, "],\"undated\":[")?;
        let mut items = JsonItems::new(out);
        self.each_undated(&mut |fact| items.put(fact))?;
        let tail = tail(self)?;
        Ok(writeln!(out, "],{}", tail.strip_prefix('{').unwrap_or(&tail))?)
    }
}

/// Takes a row, and the view that it is of.
pub type TakeRow<'t, E> = dyn FnMut(&View<'_>, FactRow) -> Result<(), E> + 't;

/// Reads the rows of some facts of a record as of a point.
pub struct PartRows<'a, 'v> {
    view: &'a View<'v>,
    names: &'a Names,
    /// The rows of all of them, if the view is folded.
    whole: Option<Rows<'a, 'v>>,
    is_taken: bool,
    /// Whether the record could not be read to the end after some rows were taken.
    pub is_partial: bool,
}

impl<'a, 'v> PartRows<'a, 'v> {
    /// The rows of facts that `wanted` includes. Of a view by the index its point is used, not its
    /// facts.
    ///
    /// Errors: the record cannot be read.
    pub fn of(
        view: &'a View<'v>,
        names: &'a Names,
        wanted: &dyn Fn(u64) -> bool,
    ) -> Result<PartRows<'a, 'v>, LedgerError> {
        let whole = match view.is_folded() {
            true => Some(Rows::read(view, names, wanted)?),
            false => None,
        };
        Ok(PartRows { view, names, whole, is_taken: false, is_partial: false })
    }

    /// Calls `take` with the rows of these facts, which are ascending.
    pub fn each<E: From<LedgerError>>(
        &mut self,
        facts: &[u64],
        take: &mut TakeRow<'_, E>,
    ) -> Result<(), E> {
        let (mut is_refused, mut is_taken) = (false, self.is_taken);
        let read = self.read(facts, &mut |view, row| {
            let done = take(view, row);
            (is_refused, is_taken) = (done.is_err(), is_taken || done.is_ok());
            done
        });
        self.is_taken = is_taken;
        self.is_partial |= read.is_err() && !is_refused && is_taken;
        read
    }

    fn read<E: From<LedgerError>>(
        &self,
        facts: &[u64],
        take: &mut TakeRow<'_, E>,
    ) -> Result<(), E> {
        if let Some(rows) = &self.whole {
            return rows.each_of(facts, &mut |row| take(self.view, row));
        }
        for (number, part) in facts.chunks(PART).enumerate() {
            let wanted: BTreeSet<u64> = part.iter().copied().collect();
            let size = self.view.as_of().size;
            let view = View::some(self.view.record, size, &|_, _| Ok(wanted.clone()))?;
            if view.is_folded() {
                // The index fails from here on: the rest is read of one fold.
                let rest = facts.get(number * PART..).unwrap_or_default();
                let is_in = |fact: u64| rest.binary_search(&fact).is_ok();
                let rows = Rows::read(&view, self.names, &is_in)?;
                return rows.each_of(rest, &mut |row| take(&view, row));
            }
            let gathered = gather(&view, self.names, &|fact| wanted.contains(&fact))?;
            for row in gathered.facts.into_values() {
                take(&view, row)?;
            }
        }
        Ok(())
    }
}
