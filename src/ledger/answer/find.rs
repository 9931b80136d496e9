//! The answer of `annals find`: facts whose claim, quotations or attribution contain the given
//! words.
//!
//! Always holds: a fact is found if each phrase is in at least one of its texts. Bodies are read
//! once to search, until the page is full, and again for the facts found. Not here: finding facts
//! (`query::search`), comparing words (`annals_core::search`), texts for people (`cli`).

use crate::ledger::answer::filter::{Dated, FactFilters, Filter};
use crate::ledger::answer::hits::{self, Hit};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::phrases::overlays;
use crate::ledger::answer::{AnswerError, NamedView, write_json};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::gather;
use crate::ledger::query::row::FactRow;
use crate::ledger::query::scan::Scanned;
use crate::ledger::query::search::{Search, SearchEffort};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View};
use crate::ledger::reader::Record;
use annals_core::hash::Hash;
use annals_core::search::{Phrase, WordMatch};
use annals_core::state::Status;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;

/// The most facts that are read at once to find some, but for a larger page.
const STEP: usize = 4_096;

/// What is searched for.
pub struct FindRequest {
    words: Vec<String>,
    phrases: Vec<Phrase>,
    /// The maximum number of facts.
    most: usize,
}

impl FindRequest {
    /// Each text is one or several words in a row; a fact must have them all.
    ///
    /// Errors: a text has no word.
    pub fn new(
        words: Vec<String>,
        matching: WordMatch,
        most: usize,
    ) -> Result<FindRequest, LedgerError> {
        let phrase = |words: &String| {
            let why =
                || LedgerError::Usage(format!("expected words to find, found none in {words:?}"));
            Phrase::new(words, matching).ok_or_else(why)
        };
        let phrases = words.iter().map(phrase).collect::<Result<Vec<Phrase>, LedgerError>>()?;
        Ok(FindRequest { words, phrases, most })
    }
}

/// A fact and the places of the words in it.
#[derive(Serialize)]
pub struct FoundFact {
    /// The fact.
    pub fact: u64,
    /// The hash of its assertion.
    pub hash: Hash,
    /// Its status.
    pub status: Status,
    /// What qualifies it.
    pub overlays: Vec<String>,
    /// The claim; `None` if it is withheld.
    pub claim: Option<String>,
    /// The texts that have some of the words.
    pub hits: Vec<Hit>,
    /// Its row.
    #[serde(skip)]
    pub row: FactRow,
}

/// The facts that were found, each by position.
pub struct FindAnswer<'a> {
    words: &'a [String],
    /// The point.
    pub as_of: AsOf,
    /// The facts.
    pub found: Vec<FoundFact>,
    /// Those without a date, if a date was asked for.
    pub undated: Vec<FoundFact>,
    /// The later changes of these facts.
    pub since: Vec<LaterChange>,
    /// Whether all facts are there.
    pub end: PageEnd,
    /// Whether all facts without a date are there.
    pub undated_end: PageEnd,
    /// The bodies that were read and do not have the signed digest.
    pub damaged: u64,
}

#[derive(Serialize)]
struct FindJson<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    words: &'a [String],
    facts: &'a [FoundFact],
    undated: &'a [FoundFact],
    since: &'a [LaterChange],
    more: PageEnd,
}

impl FindAnswer<'_> {
    /// Whether all facts are there, with a date or without.
    pub fn both(&self) -> PageEnd {
        if self.end == PageEnd::More { self.end } else { self.undated_end }
    }

    /// Writes the JSON object.
    pub fn write_json(&self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let FindAnswer { words, as_of, found: facts, undated, since, .. } = self;
        let json = FindJson { as_of, words, facts, undated, since, more: self.both() };
        Ok(write_json(out, &json)?)
    }
}

/// A record in which is searched, as of a point, and what facts must be besides.
pub struct FindView<'a> {
    /// The record as of the point.
    pub named: NamedView<'a>,
    /// The filters; what could not be tested is counted while it is searched.
    pub filter: Filter,
}

impl<'a> FindView<'a> {
    /// Opens the first `size` events for a search.
    ///
    /// Errors: as those of the filters; the record cannot be read.
    pub fn open(
        record: &'a Record,
        size: u64,
        filters: &FactFilters,
    ) -> Result<FindView<'a>, LedgerError> {
        let view = View::some(record, size, &|slot, _| Ok(filters.document(slot)))?;
        let named = NamedView::of(view)?;
        let filter = Filter::new(&named.view, &named.names, filters)?;
        Ok(FindView { named, filter })
    }

    /// The first facts that are found, in the order of the events that gave them their present
    /// words, and those without a date before the last of them; all by position.
    ///
    /// Errors: the record cannot be read.
    pub fn answer<'r>(&self, request: &'r FindRequest) -> Result<FindAnswer<'r>, LedgerError> {
        let (view, FindRequest { words, phrases, most }) = (&self.named.view, request);
        let search = Search::new(view, phrases, SearchEffort::of(view));
        let mut search = search.with(self.filter.facets().clone());
        let mut answer = FindAnswer {
            words,
            as_of: view.as_of(),
            found: Vec::new(),
            undated: Vec::new(),
            since: Vec::new(),
            end: PageEnd::Whole,
            undated_end: PageEnd::Whole,
            damaged: 0,
        };
        // One more shows whether there are more.
        let mut count = most.saturating_add(1);
        let step = count.max(STEP);
        while answer.end == PageEnd::Whole {
            let scanned = search.next(count)?;
            let last = scanned.facts.len() < count;
            self.add(&scanned, request, &mut answer)?;
            if last {
                break;
            }
            count = count.saturating_mul(2).min(step);
        }
        answer.found.sort_by_key(|found| found.fact);
        answer.undated.sort_by_key(|found| found.fact);
        if answer.end == PageEnd::More && self.filter.has_date() {
            answer.undated_end = PageEnd::More;
        }
        answer.since.sort_by_key(|change| change.fact);
        Ok(answer)
    }

    /// Adds what was found to the answer, until the page is full.
    fn add(
        &self,
        scanned: &Scanned,
        request: &FindRequest,
        answer: &mut FindAnswer<'_>,
    ) -> Result<(), LedgerError> {
        let (opened, most) = (&self.named.view, request.most);
        let ask: &Query<'_> =
            &|_, _| Ok(scanned.facts.values().chain(scanned.withheld.values()).copied().collect());
        let some = match opened.is_folded() {
            true => None,
            false => Some(View::some(opened.record, opened.as_of().size, ask)?),
        };
        let view = some.as_ref().unwrap_or(opened);
        let (before, before_undated) = (answer.found.len(), answer.undated.len());
        let mut until = u64::MAX;
        for row in self.rows(view, scanned)? {
            match self.filter.dated(&row.words) {
                Dated::In if answer.found.len() == most => {
                    (answer.end, until) = (PageEnd::More, row.revision);
                    break;
                }
                Dated::In => answer.found.push(found(row, request)),
                Dated::Undated if answer.undated.len() == most => {
                    answer.undated_end = PageEnd::More;
                }
                Dated::Undated => answer.undated.push(found(row, request)),
                Dated::Out => {}
            }
        }
        let added = answer.found.iter().skip(before);
        let added = added.chain(answer.undated.iter().skip(before_undated));
        answer.since.extend(since(view, added.map(|found| found.fact)));
        let withheld = scanned.withheld.range(..until).map(|(_, fact)| fact);
        let withheld = withheld.filter(|fact| self.filter.has_status(view, **fact));
        withheld.for_each(|_| self.filter.withheld_facts());
        answer.damaged += scanned.damaged.range(..until).count() as u64;
        Ok(())
    }

    /// The rows of what was found that pass the filters, in the order of their present words.
    fn rows(&self, view: &View<'_>, scanned: &Scanned) -> Result<Vec<FactRow>, LedgerError> {
        if scanned.facts.is_empty() {
            return Ok(Vec::new());
        }
        let facts: BTreeSet<u64> = scanned.facts.values().copied().collect();
        let wanted = |fact: u64| facts.contains(&fact) && self.filter.has_status(view, fact);
        let gathered = gather(view, &self.named.names, &wanted)?;
        let rows = gathered.facts.into_values().filter(|row| self.filter.keeps(row));
        let mut rows: Vec<FactRow> = rows.collect();
        rows.sort_by_key(|row| row.revision);
        Ok(rows)
    }
}

fn found(row: FactRow, request: &FindRequest) -> FoundFact {
    FoundFact {
        fact: row.fact,
        hash: row.hash,
        status: row.status,
        overlays: overlays(&row),
        claim: row.words.claim.clone(),
        hits: hits::of(&row.words, &request.phrases),
        row,
    }
}
