//! Searching: the facts whose present words contain all of some phrases, by the index of words.
//!
//! Always holds: the answer is that of a scan (`scan`), in the order of the events that gave the
//! facts their present words: the index says where words may be, and each of these events is read
//! and judged as a scan does it. Where the index cannot answer, or where more events would be read
//! one by one than a scan costs, it is a scan. An event that is not read is not checked.
//! Not here: comparing words (`annals_core::search`), showing hits (`cli`).

use crate::disk::together::cores;
use crate::index::Facets;
use crate::ledger::error::LedgerError;
use crate::ledger::query::View;
use crate::ledger::query::acts::QueryError;
use crate::ledger::query::scan::{Scanned, scan};
use annals_core::search::Phrase;

/// Reading an event by itself costs as much as this many events in a scan.
const COST: u64 = 16;

/// Finds all facts with these phrases, on `jobs` threads if all are read.
pub fn search(view: &View<'_>, phrases: &[Phrase], jobs: usize) -> Result<Scanned, LedgerError> {
    let effort = SearchEffort { jobs, ..SearchEffort::of(view) };
    Search::new(view, phrases, effort).next(usize::MAX)
}

/// What a search may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchEffort {
    /// The threads of a scan.
    pub jobs: usize,
    /// How many events are read one by one before the rest is scanned.
    pub reads: u64,
}

impl SearchEffort {
    /// All cores, and as many reads as cost no more than a scan; of a record whose answers are
    /// bounded, one core and the bound.
    pub fn of(view: &View<'_>) -> SearchEffort {
        if view.record.is_bounded() {
            return SearchEffort { jobs: 1, reads: view.record.bound() };
        }
        let jobs = cores();
        SearchEffort { jobs, reads: (view.as_of().size / COST).max(super::FEW) }
    }
}

/// A search that finds some facts, and goes on from there.
pub struct Search<'a, 'v> {
    view: &'a View<'v>,
    phrases: &'a [Phrase],
    effort: SearchEffort,
    /// The topic and the date that the facts are to have; a scan finds others too.
    facets: Facets,
    /// Whether the answer has all facts, so that a scan may cost less than reading events.
    is_whole: bool,
    /// The events that may have the phrases and are not yet read, the last one first; `None`
    /// before the first call of [`Search::next`].
    listed: Option<Vec<u64>>,
    /// The last event up to which the facts are found.
    last: Option<u64>,
    /// What a scan found and is not yet taken.
    scanned: Option<Scanned>,
}

impl<'a, 'v> Search<'a, 'v> {
    /// A search that has found nothing yet.
    pub fn new(view: &'a View<'v>, phrases: &'a [Phrase], effort: SearchEffort) -> Search<'a, 'v> {
        let (facets, listed, last, scanned) = (Facets::default(), None, None, None);
        Search { view, phrases, effort, facets, is_whole: false, listed, last, scanned }
    }

    /// This search, for an answer with all facts: where reading the events one by one costs more
    /// than a scan, it scans at once.
    pub fn whole(self) -> Search<'a, 'v> {
        Search { is_whole: true, ..self }
    }

    /// This search, limited to facts whose present words may have these topics or dates. The caller
    /// checks whether they do: a scan finds other facts too.
    pub fn with(self, facets: Facets) -> Search<'a, 'v> {
        Search { facets, ..self }
    }

    /// The next `count` facts, and what is withheld before the last of them; fewer facts only if
    /// there are no more.
    pub fn next(&mut self, count: usize) -> Result<Scanned, LedgerError> {
        if self.scanned.is_none() {
            match self.read(count) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(QueryError::Index(why)) => self.view.record.folded_for(&why),
                Err(QueryError::Failed(error)) => return Err(error),
            }
            let mut scanned = scan(self.view, self.phrases, self.effort.jobs)?;
            if let Some(last) = self.last {
                scanned.keep_after(last);
            }
            self.scanned = Some(scanned);
        }
        Ok(self.scanned.as_mut().map(|scanned| scanned.take_first(count)).unwrap_or_default())
    }

    /// Reads the events that may have the phrases until `count` facts are found; `None` if the view
    /// has no index, or if a scan costs less.
    fn read(&mut self, count: usize) -> Result<Option<Scanned>, QueryError> {
        let Some(slice) = &self.view.slice else { return Ok(None) };
        let listed = match &mut self.listed {
            Some(listed) => listed,
            none => {
                let words = slice.words(self.view.record)?;
                let size = self.view.as_of().size;
                // All of them are read only if they are few.
                let is_whole = self.is_whole || count == usize::MAX;
                let most = if is_whole { self.effort.reads } else { u64::MAX };
                let most = usize::try_from(most).unwrap_or(usize::MAX);
                let shortlist = self.facets.list(slice.then())?;
                let all = if shortlist.is_some() { usize::MAX } else { most };
                let Some(mut found) = words.find(self.phrases, size, all)? else {
                    return Ok(None);
                };
                if let Some(list) = &shortlist {
                    found.retain(|event| list.has(*event));
                }
                if found.len() > most {
                    return Ok(None);
                }
                let before = found.len();
                found.extend(words.end()..size);
                self.effort.reads += (found.len() - before) as u64;
                found.reverse();
                none.insert(found)
            }
        };
        let mut found = Scanned::default();
        while found.facts.len() < count {
            let Some(event) = listed.pop() else { break };
            let Some(fact) = slice.revised(event)? else { continue };
            if self.effort.reads == 0 {
                return Ok(None);
            }
            self.effort.reads -= 1;
            if let Some(event) = self.view.event(event).map_err(QueryError::Failed)? {
                found.judge(self.view, fact, &event, self.phrases);
            }
        }
        let read = found.facts.keys().chain(found.withheld.keys()).max();
        self.last = read.copied().max(self.last);
        Ok(Some(found))
    }
}
