//! The answer of `annals find`: facts whose claim, quotations or attribution contain the given
//! words.
//!
//! Always holds: a fact is found if each phrase is in at least one of its texts. Bodies are read
//! once to search, until the page is full, and again for the facts found, some at a time: of many
//! facts only their positions are in memory. Not here: finding facts
//! (`query::search`), comparing words (`annals_core::search`), texts for people (`cli`).

use crate::ledger::answer::filter::{DateMatch, FactFilters, Filter};
use crate::ledger::answer::hits::{self, Hit};
use crate::ledger::answer::page::PageEnd;
use crate::ledger::answer::parts::{FactParts, PartRows};
use crate::ledger::answer::phrases::overlays;
use crate::ledger::answer::{AnswerError, NamedView, json_of};
use crate::ledger::error::LedgerError;
use crate::ledger::query::gather::{PART, Rows};
use crate::ledger::query::row::{FactRow, Withheld};
use crate::ledger::query::scan::Scanned;
use crate::ledger::query::search::{Search, SearchEffort};
use crate::ledger::query::since::{LaterChange, since};
use crate::ledger::query::{AsOf, Query, View};
use crate::ledger::reader::Record;
use annals_core::hash::Hash;
use annals_core::search::{Phrase, WordMatch};
use annals_core::state::Status;
use annals_core::text::in_quotes;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;

/// The most facts that are read at once to find some.
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
            let why = || {
                LedgerError::Usage(format!(
                    "expected words to find, found none in {}",
                    in_quotes(words)
                ))
            };
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
    pub status: Option<Status>,
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

/// The facts that were found, by position; their rows are read when they are taken.
pub struct FindAnswer<'a, 'v> {
    request: &'a FindRequest,
    /// The point.
    pub as_of: AsOf,
    /// The facts.
    pub found: Arc<[u64]>,
    /// The facts without a date, if a date is requested; else empty.
    pub undated: Arc<[u64]>,
    rows: PartRows<'a, 'v>,
    /// All of them, if they were read to find them and are few.
    kept: Option<BTreeMap<u64, FoundFact>>,
    /// The later changes of the facts that were taken.
    since: Vec<LaterChange>,
    /// Whether all facts are there.
    pub end: PageEnd,
    /// Whether all facts without a date are there.
    pub undated_end: PageEnd,
    /// The bodies that were read and do not have the signed digest.
    pub damaged: u64,
}

#[derive(Serialize)]
struct FindHead<'a> {
    #[serde(flatten)]
    as_of: &'a AsOf,
    words: &'a [String],
}

#[derive(Serialize)]
struct FindTail<'a> {
    since: &'a [LaterChange],
    more: PageEnd,
}

impl FindAnswer<'_, '_> {
    /// Whether all facts are there, with a date or without.
    pub fn both(&self) -> PageEnd {
        if self.end == PageEnd::More { self.end } else { self.undated_end }
    }

    fn each_of<E: From<LedgerError>>(
        &mut self,
        facts: &[u64],
        take: &mut dyn FnMut(&FoundFact) -> Result<(), E>,
    ) -> Result<(), E> {
        let FindAnswer { request, rows, since: changes, kept, .. } = self;
        if let Some(kept) = kept {
            return facts.iter().filter_map(|fact| kept.get(fact)).try_for_each(take);
        }
        rows.each(facts, &mut |view, row| {
            changes.extend(since(view, std::iter::once(row.fact)));
            take(&found(row, request))
        })
    }

    /// The later changes of all facts, once they were taken.
    pub fn since(&mut self) -> &[LaterChange] {
        self.since.sort_by_key(|change| change.fact);
        &self.since
    }

    /// Whether the record could not be read to the end after some facts were taken.
    pub fn is_partial(&self) -> bool {
        self.rows.is_partial
    }

    /// Writes the JSON object, each fact as it is read.
    pub fn write_json(&mut self, out: &mut dyn Write) -> Result<(), AnswerError> {
        let head = json_of(&FindHead { as_of: &self.as_of, words: &self.request.words })?;
        self.write_parts(out, &head, |answer| {
            let more = answer.both();
            Ok(json_of(&FindTail { since: answer.since(), more })?)
        })
    }
}

impl FactParts for FindAnswer<'_, '_> {
    type Item = FoundFact;

    fn each<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&FoundFact) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_of(&Arc::clone(&self.found), take)
    }

    fn each_undated<E: From<LedgerError>>(
        &mut self,
        take: &mut dyn FnMut(&FoundFact) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_of(&Arc::clone(&self.undated), take)
    }
}

/// What was found so far.
struct FoundFacts {
    found: Vec<u64>,
    undated: Vec<u64>,
    kept: Option<BTreeMap<u64, FoundFact>>,
    since: Vec<LaterChange>,
    end: PageEnd,
    undated_end: PageEnd,
    damaged: u64,
}

/// A fact that passes the filters.
struct PassingFact {
    fact: u64,
    /// The event of its present words.
    revision: u64,
    dated: DateMatch,
    /// Its row, if few were read with it.
    row: Option<FactRow>,
}

/// A record in which is searched, as of a point, and what facts must be besides.
pub struct FindView<'a> {
    /// The record as of the point.
    pub named: NamedView<'a>,
    /// The filters; what could not be tested is counted while it is searched.
    pub filter: Filter,
}

impl<'v> FindView<'v> {
    /// Opens the first `size` events for a search.
    ///
    /// Errors: as those of the filters; the record cannot be read.
    pub fn open(
        record: &'v Record,
        size: u64,
        filters: &FactFilters,
    ) -> Result<FindView<'v>, LedgerError> {
        let view = View::some(record, size, &filters.documents())?;
        let named = NamedView::of(view)?;
        let filter = Filter::new(&named.view, &named.names, filters)?;
        Ok(FindView { named, filter })
    }

    /// The first facts that are found, in the order of the events that gave them their present
    /// words, and those without a date before the last of them; all by position.
    ///
    /// Errors: the record cannot be read.
    pub fn answer<'a>(
        &'a self,
        request: &'a FindRequest,
    ) -> Result<FindAnswer<'a, 'v>, LedgerError> {
        let (view, FindRequest { phrases, most, .. }) = (&self.named.view, request);
        let search = Search::new(view, phrases, SearchEffort::of(view));
        let mut search = search.with(self.filter.facets().clone());
        if *most == usize::MAX {
            search = search.whole();
        }
        let mut facts = FoundFacts {
            found: Vec::new(),
            undated: Vec::new(),
            // Where every fact passes, nothing is read of it to find it.
            kept: (!self.filter.is_empty()).then(BTreeMap::new),
            since: Vec::new(),
            end: PageEnd::Whole,
            undated_end: PageEnd::Whole,
            damaged: 0,
        };
        // One more shows whether there are more. A folded view is read in few passes.
        let mut count = most.saturating_add(1);
        let step = if view.is_folded() { count.max(STEP) } else { STEP };
        count = count.min(step);
        while facts.end == PageEnd::Whole {
            let scanned = search.next(count)?;
            let last = scanned.facts.len() < count;
            self.add(&scanned, request, &mut facts)?;
            if last {
                break;
            }
            count = count.saturating_mul(2).min(step);
        }
        let FoundFacts { mut found, mut undated, kept, mut since, end, mut undated_end, damaged } =
            facts;
        // Those without a date fill what those with one leave of the page.
        let left = most.saturating_sub(found.len());
        if undated.len() > left || (end == PageEnd::More && self.filter.has_date()) {
            undated.truncate(left);
            undated_end = PageEnd::More;
        }
        found.sort_unstable();
        undated.sort_unstable();
        let wanted =
            |fact: u64| found.binary_search(&fact).is_ok() || undated.binary_search(&fact).is_ok();
        let rows = PartRows::of(view, &self.named.names, &wanted)?;
        since.retain(|change| kept.is_some() && wanted(change.fact));
        Ok(FindAnswer {
            request,
            as_of: view.as_of(),
            found: found.into(),
            undated: undated.into(),
            rows,
            kept,
            since,
            end,
            undated_end,
            damaged,
        })
    }

    /// Adds what was found, until the page is full.
    fn add(
        &self,
        scanned: &Scanned,
        request: &FindRequest,
        facts: &mut FoundFacts,
    ) -> Result<(), LedgerError> {
        let (opened, most) = (&self.named.view, request.most);
        let mut until = u64::MAX;
        let why = |event: &u64| match scanned.damaged.contains(event) {
            true => Withheld::Damaged,
            // Which of the others it is makes no difference to the filter.
            false => Withheld::Missing,
        };
        if self.filter.is_empty() {
            for (revision, fact) in &scanned.facts {
                if facts.found.len() == most {
                    (facts.end, until) = (PageEnd::More, *revision);
                    break;
                }
                facts.found.push(*fact);
            }
            let withheld = scanned.withheld.range(..until).map(|(event, _)| event);
            withheld.for_each(|event| self.filter.withheld_fact(why(event)));
            facts.damaged += scanned.damaged.range(..until).count() as u64;
            return Ok(());
        }
        let ask: &Query<'_> =
            &|_, _| Ok(scanned.facts.values().chain(scanned.withheld.values()).copied().collect());
        let some = match opened.is_folded() {
            true => None,
            false => Some(View::some(opened.record, opened.as_of().size, ask)?),
        };
        let view = some.as_ref().unwrap_or(opened);
        let mut added = Vec::new();
        for PassingFact { fact, revision, dated, row } in self.passing(view, scanned)? {
            match dated {
                DateMatch::In if facts.found.len() == most => {
                    (facts.end, until) = (PageEnd::More, revision);
                    break;
                }
                DateMatch::In => facts.found.push(fact),
                DateMatch::Undated if facts.undated.len() == most => {
                    facts.undated_end = PageEnd::More;
                    continue;
                }
                DateMatch::Undated => facts.undated.push(fact),
                DateMatch::Out => continue,
            }
            added.push(fact);
            match (&mut facts.kept, row) {
                (Some(kept), Some(row)) if kept.len() < PART => {
                    kept.insert(fact, found(row, request));
                }
                (kept, _) => *kept = None,
            }
        }
        if facts.kept.is_some() {
            facts.since.extend(since(view, added.into_iter()));
        }
        let withheld = scanned.withheld.range(..until);
        let withheld = withheld.filter(|(_, fact)| self.filter.has_status(view, **fact));
        withheld.for_each(|(event, _)| self.filter.withheld_fact(why(event)));
        facts.damaged += scanned.damaged.range(..until).count() as u64;
        Ok(())
    }

    /// What was found and passes the filters, in the order of the present words.
    fn passing(&self, view: &View<'_>, scanned: &Scanned) -> Result<Vec<PassingFact>, LedgerError> {
        let mut passing = Vec::new();
        if scanned.facts.is_empty() {
            return Ok(passing);
        }
        let facts: BTreeSet<u64> = scanned.facts.values().copied().collect();
        let wanted = |fact: u64| facts.contains(&fact) && self.filter.has_status(view, fact);
        let is_few = facts.len() <= STEP;
        Rows::read(view, &self.named.names, &wanted)?.each(&mut |row| {
            if self.filter.keeps(&row) {
                let (fact, revision, dated) =
                    (row.fact, row.revision, self.filter.dated(&row.words));
                let row = is_few.then_some(row);
                passing.push(PassingFact { fact, revision, dated, row });
            }
            Ok::<(), LedgerError>(())
        })?;
        passing.sort_by_key(|passing| passing.revision);
        Ok(passing)
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
