//! Scanning: finds the facts whose present words contain all of some phrases.
//!
//! Always holds: every present revision is read once, whether its words are withheld or not, and
//! its body is checked against its digest; only positions are kept in memory.
//! Not here: comparing words (`search`), showing hits (`cli`).

pub use crate::index::TextField;
use crate::index::searched_texts;
use crate::ledger::error::LedgerError;
use crate::ledger::query::content_text::words;
use crate::ledger::query::row::{Withheld, WordsRow};
use crate::ledger::query::{View, ViewedEvent};
use annals_core::event::Entry;
use annals_core::event::body::{Content, Fact};
use annals_core::event::record::Reading;
use annals_core::hash::Hash;
use annals_core::search::{Phrase, SearchedText};
use annals_core::verify::examine::examine;
use annals_core::verify::source::{Batch, Source, SourceError, Walk};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// The result of a scan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// The facts, by the event that gave them their present words.
    pub facts: BTreeMap<u64, u64>,
    /// The facts whose words are withheld, by that event.
    pub withheld: BTreeMap<u64, u64>,
    /// Those of these events whose bodies do not have the signed digest.
    pub damaged: BTreeSet<u64>,
}

/// The texts of a fact that are searched.
pub fn texts(words: &WordsRow) -> Vec<(TextField, Cow<'_, str>)> {
    let evidence = words.evidence.iter().map(|row| &row.evidence);
    searched_texts(words.claim.as_deref(), evidence, &words.attribution)
}

/// Reads the words of every present revision, on `jobs` threads.
pub fn scan(view: &View<'_>, phrases: &[Phrase], jobs: usize) -> Result<Scanned, LedgerError> {
    let revisions = view.revisions();
    let Some((first, _)) = revisions.first() else { return Ok(Scanned::default()) };
    view.record.expect_bound(view.record.size(), "the words of every fact")?;
    let scanning = Scanning {
        view,
        phrases,
        revisions: &revisions,
        walk: Mutex::new(Some(view.record.source.walk(*first)?)),
        failed: Mutex::new(None),
    };
    let scanned = thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, || scanning.run()).ok();
        let others: Vec<_> = (1..jobs).filter_map(spawn).collect();
        let mut scanned = scanning.run();
        for other in others {
            scanned.add(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        scanned
    });
    match scanning.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error.into()),
        None => Ok(scanned),
    }
}

/// A scan over batches of the journal, which threads take in turn.
struct Scanning<'a, 'v> {
    view: &'a View<'v>,
    phrases: &'a [Phrase],
    revisions: &'a [(u64, u64)],
    /// `None` once all entries are taken.
    walk: Mutex<Option<Walk<'a>>>,
    failed: Mutex<Option<SourceError>>,
}

impl Scanning<'_, '_> {
    fn run(&self) -> Scanned {
        let mut scanned = Scanned::default();
        while let Some(batch) = self.next() {
            for (entry, index) in batch.entries.iter().zip(batch.first..) {
                self.read(index, entry, &mut scanned);
            }
        }
        scanned
    }

    fn next(&self) -> Option<Batch> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        match walk.as_mut()?.next() {
            Some(Ok(batch)) if batch.first < self.view.as_of().size => Some(batch),
            Some(Err(error)) => {
                *walk = None;
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                None
            }
            _ => {
                *walk = None;
                None
            }
        }
    }

    /// Reads the words of an event, if it is a present revision.
    fn read(&self, index: u64, entry: &Entry, scanned: &mut Scanned) {
        let reading = Reading::of(&entry.record);
        let position = reading.place.map_or(index, |place| place.seq);
        let found = self.revisions.binary_search_by_key(&position, |(revision, _)| *revision);
        let Some((_, fact)) = found.ok().and_then(|found| self.revisions.get(found)) else {
            return;
        };
        if self.certainly_not(position, &reading, entry) {
            return;
        }
        let event = ViewedEvent::of(index, examine(entry));
        scanned.judge(self.view, *fact, &event, self.phrases);
    }

    /// Whether the words are not withheld and cannot contain the phrases, without parsing them in
    /// full.
    fn certainly_not(&self, position: u64, reading: &Reading, entry: &Entry) -> bool {
        let (Some(statement), Some(body)) = (&reading.statement, &entry.body) else { return false };
        let stands = self.phrases.iter().all(|phrase| phrase.may_be_in(body));
        !stands
            && Hash::of(&[body]) == statement.body
            && self.view.is_told(position, statement.args.sealed()).is_ok()
    }
}

impl Scanned {
    /// Reads the words of an event, the present revision of a fact.
    pub(super) fn judge(
        &mut self,
        view: &View<'_>,
        fact: u64,
        event: &ViewedEvent,
        phrases: &[Phrase],
    ) {
        let stands = match view.content(event) {
            Ok(Content::FactAsserted(body)) => has_all(&body.fact, phrases),
            Ok(Content::FactCorrected(body)) => has_all(&body.fact, phrases),
            Ok(_) => false,
            Err(why) => {
                self.withheld.insert(event.position, fact);
                if why == Withheld::Damaged {
                    self.damaged.insert(event.position);
                }
                false
            }
        };
        if stands {
            self.facts.insert(event.position, fact);
        }
    }

    /// Takes the first `count` facts, and what is withheld before the last of them; all if there
    /// are fewer.
    pub(super) fn take_first(&mut self, count: usize) -> Scanned {
        let Some(end) = self.facts.keys().nth(count).copied() else { return std::mem::take(self) };
        let rest = Scanned {
            facts: self.facts.split_off(&end),
            withheld: self.withheld.split_off(&end),
            damaged: self.damaged.split_off(&end),
        };
        std::mem::replace(self, rest)
    }

    /// Leaves what comes after this event.
    pub(super) fn keep_after(&mut self, event: u64) {
        self.facts.retain(|at, _| *at > event);
        self.withheld.retain(|at, _| *at > event);
        self.damaged.retain(|at| *at > event);
    }

    fn add(&mut self, other: Scanned) {
        self.facts.extend(other.facts);
        self.withheld.extend(other.withheld);
        self.damaged.extend(other.damaged);
    }
}

/// Whether each phrase is in one of the texts.
fn has_all(fact: &Fact, phrases: &[Phrase]) -> bool {
    let texts: Vec<SearchedText> =
        texts(&words(fact)).iter().map(|(_, text)| SearchedText::new(text)).collect();
    let stands = |phrase: &Phrase| texts.iter().any(|text| !text.places(phrase).is_empty());
    phrases.iter().all(stands)
}
