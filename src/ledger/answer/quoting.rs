//! The facts that quote a document, as many as fill a page, and the places of their quotations.
//!
//! Always holds: those whose present words were recorded first come first; what is withheld and may
//! quote the document is counted; of many facts only positions and places are in memory. Not here:
//! how a text is cut at these places (`query::spans`).

use crate::ledger::answer::filter::{DateMatch, Filter, rests_on};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::phrases::overlays;
use crate::ledger::error::LedgerError;
use crate::ledger::query::fact_walk::{FactSource, FactWalk};
use crate::ledger::query::gather::{PART, Rows};
use crate::ledger::query::names::Names;
use crate::ledger::query::row::{FactRow, Withheld};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::spans::{QuotedSpan, quoted};
use crate::ledger::query::{Query, View};
use annals_core::hash::Hash;
use annals_core::quote::Text;
use annals_core::state::Status;
use annals_core::time::Time;
use serde::Serialize;
use std::cell::Cell;
use std::collections::BTreeMap;

/// A fact that quotes the document.
#[derive(Serialize)]
pub struct QuotingFact {
    /// The fact.
    pub fact: u64,
    /// The hash of its assertion.
    pub hash: Hash,
    /// Its status.
    pub status: Option<Status>,
    /// What qualifies it.
    pub overlays: Vec<String>,
    /// The claim; `None` if it is withheld.
    pub claim: Option<String>,
    /// The signer of the present revision, by the name at that time.
    pub by: Option<String>,
    /// The name as of the point, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_now: Option<String>,
    /// The suspect revocation that undid the event of the present revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<u64>,
    /// The time of the present revision.
    pub at: Option<Time>,
    /// The signers of the confirmations that stand.
    pub confirmed_by: Vec<String>,
    /// Its quotations.
    pub spans: Vec<QuotedSpan>,
}

impl QuotingFact {
    /// A fact with its quotations of the document.
    pub(super) fn of(row: &FactRow, spans: Vec<QuotedSpan>) -> QuotingFact {
        let present = row.present();
        let confirmations = row.confirmations.iter().filter(|row| row.stands);
        QuotingFact {
            fact: row.fact,
            hash: row.hash,
            status: row.status,
            overlays: overlays(row),
            claim: row.words.claim.clone(),
            by: present.map(|revision| revision.act.by.clone()),
            by_now: present.and_then(|revision| revision.act.by_now.clone()),
            undone_by: present.and_then(|revision| revision.act.undone_by),
            at: present.and_then(|revision| revision.act.at),
            confirmed_by: confirmations.map(|row| row.act.signer().to_string()).collect(),
            spans,
        }
    }
}

/// The facts of a page.
pub struct QuotingFacts {
    /// Those in the requested time, by position.
    pub facts: Vec<u64>,
    /// Those without a date, by position.
    pub undated: Vec<u64>,
    /// The quotations of both, by fact.
    pub spans: Vec<QuotedSpan>,
    /// All of them, if they are few.
    pub kept: Option<BTreeMap<u64, QuotingFact>>,
    /// What happened to them later.
    pub since: Vec<LaterChange>,
    /// Whether these are all.
    pub end: PageEnd,
    /// The number of facts whose words are withheld.
    pub withheld: usize,
    /// The number of facts whose words are not as signed.
    pub not_as_signed: usize,
    /// The number of bodies that do not have the signed digest.
    pub damaged: u64,
}

/// A request for the facts that cite a document.
pub struct CitingFacts<'a> {
    /// The document.
    pub document: u64,
    /// Its text.
    pub text: &'a Text,
    /// The filters that they must also pass.
    pub filter: &'a Filter,
    /// The names of the record.
    pub names: &'a Names,
    /// The maximum number of them.
    pub most: usize,
}

/// What was found so far: facts by the events that gave them their present words.
struct FoundFacts {
    dated: BTreeMap<u64, u64>,
    undated: BTreeMap<u64, u64>,
    spans: Vec<QuotedSpan>,
    kept: Option<BTreeMap<u64, QuotingFact>>,
    since: Vec<LaterChange>,
    /// The facts whose words are withheld.
    withheld: BTreeMap<u64, Withheld>,
    damaged: u64,
}

/// The most facts that are read at once.
const STEP: usize = 4 * PART;

impl CitingFacts<'_> {
    /// Reads the facts; `first` has those whose words are or were withheld, or all.
    pub fn read(&self, first: &View<'_>) -> Result<QuotingFacts, LedgerError> {
        let mut found = FoundFacts {
            dated: BTreeMap::new(),
            undated: BTreeMap::new(),
            spans: Vec::new(),
            kept: Some(BTreeMap::new()),
            since: Vec::new(),
            withheld: BTreeMap::new(),
            damaged: 0,
        };
        self.add(first, &mut found)?;
        let walk = FactWalk::new(FactSource::Citing(self.document));
        let walk = walk.with(self.filter.facets().clone());
        // One more shows whether there are more.
        let mut count = self.most.saturating_add(1).min(STEP);
        let mut at_end = first.is_folded();
        // Those of the first view do not count: any of the others may come before them.
        let mut others = 0;
        while !at_end && others <= self.most {
            let next = Cell::new(0);
            let ask: &Query<'_> = &|snapshot, state| {
                let facts = walk.next(snapshot, state, count, &|_| Ok(true))?;
                next.set(facts.len());
                Ok(facts)
            };
            let part = View::some(first.record, first.as_of().size, ask)?;
            at_end = part.is_folded() || next.get() < count;
            let before = found.dated.len();
            self.add(&part, &mut found)?;
            others += found.dated.len() - before;
            count = count.saturating_mul(2).min(STEP);
        }
        Ok(found.page(self.most))
    }

    /// Adds the facts of a view that quote the document.
    fn add(&self, view: &View<'_>, found: &mut FoundFacts) -> Result<(), LedgerError> {
        let rows = Rows::read(view, self.names, &|fact| self.filter.has_status(view, fact))?;
        let (mut added, mut batch) = (Vec::new(), Vec::new());
        rows.each(&mut |row| {
            if let Some(why) = row.words.withheld {
                found.withheld.insert(row.fact, why);
            }
            if self.filter.keeps(&row) && rests_on(&row.words, self.document) {
                let facts = match self.filter.dated(&row.words) {
                    DateMatch::In => &mut found.dated,
                    DateMatch::Undated => &mut found.undated,
                    DateMatch::Out => return Ok(()),
                };
                if facts.insert(row.revision, row.fact).is_none() {
                    added.push(row.fact);
                    batch.push(row);
                }
                if batch.len() == PART {
                    self.check(std::mem::take(&mut batch), found);
                }
            }
            Ok::<(), LedgerError>(())
        })?;
        self.check(batch, found);
        found.damaged += rows.damaged();
        found.since.extend(since(view, added.into_iter()));
        Ok(())
    }

    /// Looks for the quotations of these facts in the text, together in one pass over it.
    fn check(&self, rows: Vec<FactRow>, found: &mut FoundFacts) {
        let spans = quoted(&rows.iter().collect::<Vec<_>>(), self.document, self.text);
        for (row, spans) in rows.iter().zip(spans) {
            found.spans.extend_from_slice(&spans);
            match &mut found.kept {
                Some(kept) if kept.len() < PART => {
                    kept.insert(row.fact, QuotingFact::of(row, spans));
                }
                kept => *kept = None,
            }
        }
    }
}

impl FoundFacts {
    /// The first facts, of these the ones that quote the text: those without a date fill what those
    /// with one leave of the page.
    fn page(self, most: usize) -> QuotingFacts {
        let FoundFacts { dated, undated, mut spans, kept, mut since, withheld, damaged } = self;
        // A stable sort: the quotations of a fact stay in their order.
        spans.sort_by_key(|span| span.fact);
        let quotes = |fact: &u64| spans.binary_search_by_key(fact, |span| span.fact).is_ok();
        let first = |found: BTreeMap<u64, u64>, most: usize| {
            let is_cut = found.len() > most;
            let mut facts: Vec<u64> = found.into_values().take(most).filter(quotes).collect();
            facts.sort_unstable();
            (facts, is_cut)
        };
        let (facts, is_cut) = first(dated, most);
        let (undated, is_undated_cut) = first(undated, most.saturating_sub(facts.len()));
        let end = if is_cut || is_undated_cut { PageEnd::More } else { PageEnd::Whole };
        let is_shown =
            |fact: u64| [&facts, &undated].iter().any(|facts| facts.binary_search(&fact).is_ok());
        since.retain(|change| is_shown(change.fact));
        since.sort_by_key(|change| change.fact);
        spans.retain(|span| is_shown(span.fact));
        let is_damaged = |why: &&Withheld| **why == Withheld::Damaged;
        let not_as_signed = withheld.values().filter(is_damaged).count();
        let withheld = withheld.len() - not_as_signed;
        QuotingFacts { facts, undated, spans, kept, since, end, withheld, not_as_signed, damaged }
    }
}
