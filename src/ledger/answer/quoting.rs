//! The facts that quote a document, as many as fill a page.
//!
//! Always holds: those whose present words were recorded first come first; what is withheld and may
//! quote the document is counted. Not here: their places in the text (`query::spans`).

use crate::ledger::answer::filter::{Dated, Filter, rests_on};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::error::LedgerError;
use crate::ledger::query::fact_walk::{FactSource, FactWalk};
use crate::ledger::query::gather::Rows;
use crate::ledger::query::names::Names;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{Query, View};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// The facts of a page.
pub struct QuotingFacts {
    /// Those in the requested time, by position.
    pub facts: Vec<FactRow>,
    /// Those without a date, by position.
    pub undated: Vec<FactRow>,
    /// What happened to them later.
    pub since: Vec<LaterChange>,
    /// Whether these are all.
    pub end: PageEnd,
    /// The number of facts whose words are withheld.
    pub withheld: usize,
    /// The number of bodies that do not have the signed digest.
    pub damaged: u64,
}

/// What facts are asked for.
pub struct CitingFacts<'a> {
    /// The document.
    pub document: u64,
    /// What they must be besides.
    pub filter: &'a Filter,
    /// The names of the record.
    pub names: &'a Names,
    /// The maximum number of them.
    pub most: usize,
}

/// What was found so far, by the events that gave the facts their present words.
#[derive(Default)]
struct FoundFacts {
    dated: BTreeMap<u64, FactRow>,
    undated: BTreeMap<u64, FactRow>,
    since: Vec<LaterChange>,
    /// The facts whose words are withheld.
    withheld: BTreeSet<u64>,
    damaged: u64,
}

impl CitingFacts<'_> {
    /// Reads the facts; `first` has those whose words are or were withheld, or all.
    pub fn read(&self, first: &View<'_>) -> Result<QuotingFacts, LedgerError> {
        let mut found = FoundFacts::default();
        self.add(first, &mut found)?;
        let walk = FactWalk::new(FactSource::Citing(self.document));
        let walk = walk.with(self.filter.facets().clone());
        // One more shows whether there are more.
        let mut count = self.most.saturating_add(1);
        let mut at_end = first.is_folded();
        // Those of the first view do not count: any of the others may come before them.
        let mut others = 0;
        while !at_end && others <= self.most {
            let next = Cell::new(0);
            let ask: &Query<'_> = &|slot, state| {
                let facts = walk.next(slot, state, count, &|_| Ok(true))?;
                next.set(facts.len());
                Ok(facts)
            };
            let part = View::some(first.record, first.as_of().size, ask)?;
            at_end = part.is_folded() || next.get() < count;
            let before = found.dated.len();
            self.add(&part, &mut found)?;
            others += found.dated.len() - before;
            count = count.saturating_mul(2);
        }
        Ok(found.page(self.most))
    }

    /// Adds the facts of a view that quote the document.
    fn add(&self, view: &View<'_>, found: &mut FoundFacts) -> Result<(), LedgerError> {
        let rows = Rows::read(view, self.names, &|fact| self.filter.has_status(view, fact))?;
        let mut added = Vec::new();
        rows.each(&mut |row| {
            if row.words.withheld.is_some() {
                found.withheld.insert(row.fact);
            }
            if self.filter.keeps(&row) && rests_on(&row.words, self.document) {
                let facts = match self.filter.dated(&row.words) {
                    Dated::In => &mut found.dated,
                    Dated::Undated => &mut found.undated,
                    Dated::Out => return Ok(()),
                };
                let fact = row.fact;
                if facts.insert(row.revision, row).is_none() {
                    added.push(fact);
                }
            }
            Ok::<(), LedgerError>(())
        })?;
        found.damaged += rows.damaged();
        found.since.extend(since(view, added.into_iter()));
        Ok(())
    }
}

impl FoundFacts {
    /// The first facts of each kind.
    fn page(self, most: usize) -> QuotingFacts {
        let FoundFacts { dated, undated, mut since, withheld, damaged } = self;
        let is_cut = dated.len() > most || undated.len() > most;
        let end = if is_cut { PageEnd::More } else { PageEnd::Whole };
        let first = |found: BTreeMap<u64, FactRow>| {
            let mut rows: Vec<FactRow> = found.into_values().take(most).collect();
            rows.sort_by_key(|row| row.fact);
            rows
        };
        let (facts, undated) = (first(dated), first(undated));
        let is_shown = |fact: u64| facts.iter().chain(&undated).any(|row| row.fact == fact);
        since.retain(|change| !is_cut || is_shown(change.fact));
        since.sort_by_key(|change| change.fact);
        QuotingFacts { facts, undated, since, end, withheld: withheld.len(), damaged }
    }
}
