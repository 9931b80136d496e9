//! Terms: which events have a body, a claim, a passage, a document, an agent or what a document is
//! derived from.
//!
//! ```text
//! term        16 bytes: key, position, each of 6 bytes, and 4 bytes of their check
//! `terms`     all terms, in the order of the events; the first bit of the position of the last
//!             term of an event is set
//! `sorted`    runs of 256 · 16^n terms by key and position: one after every 256 terms, and one
//!             that merges the last 16 whenever there are 16 of a size
//! ```
//!
//! The check of a term in `terms` is also over the hash of its event, that of a term in a run over
//! the hash of the event of the last term that the run has.
//!
//! A key is 6 bytes of a hash over a kind and a value: it says where an event may be,
//! and the caller reads the event. Where a run is follows from the number of terms alone.
//!
//! Always holds: a lookup finds every event that has the term. Not here: what is read of the events
//! that are found. Source: O'Neil et al., "The log-structured merge-tree", 1996.

use crate::index::compare_or_write::CompareOrWrite;
use crate::index::node_file::{Blocks, Bytes};
use crate::index::{Index, IndexError, check, damaged};
use annals_core::event::body::{Content, Fact};
use annals_core::event::vocabulary::{Stance, Type};
use annals_core::hash::Hash;
use annals_core::search::typed;
use annals_core::verify::examine::{BodyFound, Examined};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The bit of the position of the last term of an event, in `terms`.
const LAST: u64 = 1 << (8 * NUMBER - 1);
/// The number of terms in the smallest run.
const SMALLEST: u64 = 256;
/// The number of runs of a size that are merged into one.
const MERGED: u64 = 16;
/// Bytes of a term.
pub(super) const TERM: u64 = 16;
/// Bytes of a term's key, and of its position.
const NUMBER: usize = 6;

/// What later events ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term<'a> {
    /// A body of this digest.
    Body(&'a Hash),
    /// A document of this digest.
    Document(&'a Hash),
    /// A fact with this claim, by its [`claim_digest`].
    Claim(&'a Hash),
    /// A fact that is supported by this passage.
    Passage(QuotedPassage),
    /// A fact with a hop by this agent.
    Agent(&'a str),
    /// A fact that cites this document.
    Citation(u64),
    /// A document that its capture or a description derives from this one.
    Derived(u64),
    /// A fact whose body was not there when the index was made.
    Unread,
}

impl Term<'_> {
    /// The key: 48 bits of a hash over the kind and the value.
    fn key(&self) -> u64 {
        let place;
        let (kind, value) = match self {
            Term::Body(digest) => ("body", &digest.0[..]),
            Term::Document(digest) => ("document", &digest.0[..]),
            Term::Claim(digest) => ("claim", &digest.0[..]),
            Term::Passage(QuotedPassage { document, start, end }) => {
                place = [*document, *start, *end].map(u64::to_le_bytes);
                ("passage", place.as_flattened())
            }
            Term::Agent(name) => ("agent", name.as_bytes()),
            Term::Citation(document) => {
                place = [*document, 0, 0].map(u64::to_le_bytes);
                ("citation", &place[0][..])
            }
            Term::Derived(document) => {
                place = [*document, 0, 0].map(u64::to_le_bytes);
                ("derived", &place[0][..])
            }
            Term::Unread => ("unread", &[][..]),
        };
        let hash = check(kind, 0, None, value);
        hash[..NUMBER].iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
    }
}

/// The digest by which two claims are compared: it ignores case, Unicode normalisation, spaces, the
/// kind of quotation marks, apostrophes and dashes, and the point at the end.
pub fn claim_digest(claim: &str) -> Hash {
    let claim = typed(claim);
    Hash::of(&[claim.trim_end_matches(['.', '。', '।', ' ']).as_bytes()])
}

/// A passage of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotedPassage {
    /// The document.
    pub document: u64,
    /// Its first code point.
    pub start: u64,
    /// The code point after the last.
    pub end: u64,
}

/// The passages that support a fact.
pub fn quoted(fact: &Fact) -> impl Iterator<Item = QuotedPassage> {
    let supports = fact.evidence.iter().filter(|entry| entry.stance == Stance::Supports);
    supports.filter_map(|entry| {
        let span = entry.span.as_ref()?;
        Some(QuotedPassage { document: entry.document, start: span.start, end: span.end })
    })
}

/// A key and a position, in `terms` with the bit of the last term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    key: u64,
    position: u64,
}

impl Placed {
    /// The position of its event.
    fn event(&self) -> u64 {
        self.position & !LAST
    }

    /// Key and position as one number, which has their order.
    fn joined(&self) -> u128 {
        u128::from(self.key) << (8 * NUMBER) | u128::from(self.position)
    }

    /// Its bytes, as the term of this number of a file, bound to the hash of an event.
    fn bytes(&self, file: &str, number: u64, after: &Hash) -> [u8; TERM as usize] {
        let mut bytes = (self.joined() << (8 * (TERM as usize - 2 * NUMBER))).to_be_bytes();
        let check = check(file, number, Some(after), &bytes[..2 * NUMBER]);
        bytes[2 * NUMBER..].copy_from_slice(&check[..TERM as usize - 2 * NUMBER]);
        bytes
    }

    fn of(bytes: &[u8]) -> Option<Placed> {
        let (both, _) = bytes.split_first_chunk::<{ 2 * NUMBER }>()?;
        let read = |number: &[u8]| {
            let mut eight = [0; 8];
            eight[8 - NUMBER..].copy_from_slice(number);
            u64::from_be_bytes(eight)
        };
        Some(Placed { key: read(&both[..NUMBER]), position: read(&both[NUMBER..]) })
    }

    /// The term of a number in a run that is bound to this hash.
    fn sorted(number: u64, bytes: &[u8], after: &Hash) -> Result<Placed, IndexError> {
        let placed = Placed::of(bytes);
        let placed = placed.filter(|placed| placed.bytes("sorted", number, after) == *bytes);
        placed.ok_or_else(|| damaged(format!("sorted {number}")))
    }

    /// The term of a number in `terms`.
    fn term(number: u64, bytes: &[u8], hashes: &dyn Bytes) -> Result<Placed, IndexError> {
        let torn = || damaged(format!("term {number}"));
        let placed = Placed::of(bytes).ok_or_else(torn)?;
        let hash = hashes.hash(placed.event()).map_err(|_| torn())?;
        match placed.bytes("term", number, &hash) == *bytes {
            true => Ok(placed),
            false => Err(torn()),
        }
    }
}

/// A run in `sorted`: its number of terms, the number of the first, and that of the smallest run
/// after which it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u64,
    count: u64,
    smallest: u64,
}

impl Run {
    /// The number, in `terms`, of the last term that it has.
    fn last(&self) -> u64 {
        self.smallest * SMALLEST - 1
    }
}

/// The number of terms of a run of a level, from 0.
fn run_length(level: u32) -> u64 {
    SMALLEST.saturating_mul(MERGED.saturating_pow(level))
}

/// The run of this level that is written after `smallest` of the smallest runs.
fn run(smallest: u64, level: u32) -> Run {
    let mut first = 0_u64;
    let mut earlier = smallest - 1;
    let mut count = SMALLEST;
    // The runs that earlier terms completed, of each level.
    while earlier > 0 {
        first += earlier * count;
        earlier /= MERGED;
        count *= MERGED;
    }
    let below: u64 = (0..level).map(run_length).sum();
    Run { first: first + below, count: run_length(level), smallest }
}

/// The runs that hold the terms of the first `smallest` of the smallest runs, each once.
fn runs(smallest: u64) -> Vec<Run> {
    let mut found = Vec::new();
    let mut done = 0;
    let mut level = smallest.checked_ilog(MERGED).unwrap_or(0);
    while done < smallest {
        let each = MERGED.pow(level);
        while smallest - done >= each {
            done += each;
            found.push(run(done, level));
        }
        level = level.saturating_sub(1);
    }
    found
}

/// The two files under construction.
pub(super) struct TermFiles {
    pub terms: CompareOrWrite,
    pub sorted: CompareOrWrite,
    /// The terms since the last run.
    since: Vec<Placed>,
    /// The number of terms in `sorted` that were there before this walk.
    earlier: u64,
    /// Whether the terms of an event were not known: nothing is compared or written from there on.
    unknown: bool,
}

impl TermFiles {
    /// The files; `terms` may hold terms already, and `sorted` the runs of these.
    pub fn new(
        terms: CompareOrWrite,
        sorted: CompareOrWrite,
        hashes: &dyn Bytes,
    ) -> Result<TermFiles, IndexError> {
        let all = terms.length() / TERM;
        let first = all - all % SMALLEST;
        let mut since = Vec::new();
        for number in first..all {
            let term = Placed::term(number, &terms.read(number * TERM, TERM as usize)?, hashes)?;
            since.push(Placed { position: term.event(), ..term });
        }
        let earlier = sorted.length() / TERM;
        Ok(TermFiles { terms, sorted, since, earlier, unknown: false })
    }

    /// Adds the terms of an event; `hashes` has those of the events up to it.
    pub fn event(
        &mut self,
        position: u64,
        examined: &Examined,
        hashes: &dyn Bytes,
    ) -> Result<(), IndexError> {
        let Some(statement) = &examined.reading.statement else { return Ok(()) };
        self.unknown |= matches!(examined.body, BodyFound::Unknown);
        if self.unknown {
            return Ok(());
        }
        let mut keys = Vec::new();
        match &examined.body {
            BodyFound::Good(body) => match &body.content {
                Content::DocumentCaptured(content) => {
                    keys.push(Term::Document(&content.sha256).key());
                    keys.extend(content.derived_from.map(|from| Term::Derived(from).key()));
                }
                Content::DocumentDescribed(content) => {
                    keys.extend(content.derived_from.map(|from| Term::Derived(from).key()));
                }
                Content::FactAsserted(content) => fact(&content.fact, &mut keys),
                Content::FactCorrected(content) => fact(&content.fact, &mut keys),
                _ => {}
            },
            _ if matches!(statement.kind, Type::FactAsserted | Type::FactCorrected) => {
                keys.push(Term::Unread.key());
            }
            _ => {}
        }
        // Every event has this one, so the file ends within an event if its last bit is missing.
        let last = Term::Body(&statement.body).key();
        for key in keys {
            self.put(Placed { key, position }, &examined.reading.hash, hashes)?;
        }
        self.put(Placed { key: last, position: position | LAST }, &examined.reading.hash, hashes)
    }

    /// Whether the files are known to be right: not where the bodies of some events were not read.
    pub fn is_known(&self) -> bool {
        !self.unknown
    }

    /// Adds a term of the event with this hash.
    fn put(&mut self, placed: Placed, hash: &Hash, hashes: &dyn Bytes) -> Result<(), IndexError> {
        let position = placed.event();
        let number = self.terms.length() / TERM;
        self.terms.put(&placed.bytes("term", number, hash))?;
        self.since.push(Placed { position, ..placed });
        if self.since.len() as u64 == SMALLEST {
            let run = std::mem::take(&mut self.since);
            self.run((number + 1) / SMALLEST, run, hashes, hash)?;
        }
        Ok(())
    }

    /// Adds the smallest run, and those that it completes; `after` is the hash of the last event.
    fn run(
        &mut self,
        smallest: u64,
        terms: Vec<Placed>,
        hashes: &dyn Bytes,
        after: &Hash,
    ) -> Result<(), IndexError> {
        self.sort(terms, after)?;
        let mut level = 1;
        let mut each = MERGED;
        while smallest.is_multiple_of(each) {
            let below = each / MERGED;
            let mut terms = Vec::with_capacity(usize::try_from(run_length(level)).unwrap_or(0));
            for part in (0..MERGED).rev() {
                self.read(run(smallest - part * below, level - 1), hashes, &mut terms)?;
            }
            self.sort(terms, after)?;
            each *= MERGED;
            level += 1;
        }
        Ok(())
    }

    /// Adds the terms of a run to `found`. The checks of what this walk compared or wrote are not
    /// computed again.
    fn read(
        &self,
        run: Run,
        hashes: &dyn Bytes,
        found: &mut Vec<Placed>,
    ) -> Result<(), IndexError> {
        let bytes = self.sorted.read(run.first * TERM, (run.count * TERM) as usize)?;
        let terms = bytes.chunks(TERM as usize);
        if run.first >= self.earlier {
            found.extend(terms.map_while(Placed::of));
            return Ok(());
        }
        let last = self.terms.read(run.last() * TERM, TERM as usize)?;
        let after = hashes.hash(Placed::term(run.last(), &last, hashes)?.event())?;
        for (bytes, number) in terms.zip(run.first..) {
            found.push(Placed::sorted(number, bytes, &after)?);
        }
        Ok(())
    }

    fn sort(&mut self, mut terms: Vec<Placed>, after: &Hash) -> Result<(), IndexError> {
        // A stable sort merges the runs that it finds.
        terms.sort_by_key(Placed::joined);
        let first = self.sorted.length() / TERM;
        for (term, number) in terms.iter().zip(first..) {
            self.sorted.put(&term.bytes("sorted", number, after))?;
        }
        Ok(())
    }
}

/// The keys of the terms of a fact.
fn fact(fact: &Fact, keys: &mut Vec<u64>) {
    keys.push(Term::Claim(&claim_digest(&fact.claim)).key());
    keys.extend(quoted(fact).map(|passage| Term::Passage(passage).key()));
    let hops = fact.attribution.iter().flatten();
    keys.extend(hops.map(|hop| Term::Agent(&hop.agent).key()));
    let mut cited: Vec<u64> = fact.evidence.iter().map(|entry| entry.document).collect();
    cited.sort_unstable();
    cited.dedup();
    keys.extend(cited.into_iter().map(|document| Term::Citation(document).key()));
}

/// The terms of a record, for reading.
pub struct Terms {
    terms: Arc<Blocks>,
    sorted: Arc<Blocks>,
    count: u64,
    /// The terms after the last of the smallest runs, once they were read and checked.
    tail: OnceLock<Vec<Placed>>,
}

impl Terms {
    /// The first `count` terms of these files.
    pub(super) fn new(terms: Blocks, sorted: Blocks, count: u64) -> Terms {
        let (terms, sorted) = (Arc::new(terms), Arc::new(sorted));
        Terms { terms, sorted, count, tail: OnceLock::new() }
    }

    /// The terms of the same record when it has grown to that of this index: what was read is kept,
    /// because the files only grow.
    pub fn grown(&self, index: &Index) -> Result<Terms, IndexError> {
        let count = index.terms_length()? / TERM;
        let (terms, sorted) = (Arc::clone(&self.terms), Arc::clone(&self.sorted));
        let mut grown = Terms { terms, sorted, count, tail: OnceLock::new() };
        grown = grown.up_to(index.size(), self.count, index)?;
        let is_longer = grown.count >= self.count && grown.sorted_count() == self.sorted_count();
        if let Some(known) = self.tail.get().filter(|_| is_longer) {
            let later = grown.read(self.count..grown.count, index)?;
            grown.tail = OnceLock::from([known.as_slice(), &later].concat());
        }
        Ok(grown)
    }

    /// Their length in the file `terms`, in bytes.
    pub fn length(&self) -> u64 {
        self.count * TERM
    }

    /// Of these terms, those of the first `size` events of the record of this index, if all of them
    /// are there. The first `known` are known to be among them.
    pub(super) fn up_to(
        mut self,
        size: u64,
        known: u64,
        index: &Index,
    ) -> Result<Terms, IndexError> {
        let (mut low, mut high) = (known.min(self.count), self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let bytes = self.terms.bytes(middle * TERM, TERM as usize)?;
            match Placed::of(&bytes).is_some_and(|placed| placed.event() < size) {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        self.count = low;
        let last = match low.checked_sub(1) {
            Some(number) => Some(self.term(number, index)?.position),
            None => None,
        };
        match last == size.checked_sub(1).map(|last| last | LAST) {
            true => Ok(self),
            false => Err(damaged("terms: the file ends")),
        }
    }

    /// The number of terms that are in runs.
    fn sorted_count(&self) -> u64 {
        self.count - self.count % SMALLEST
    }

    /// The terms after those that are in runs; read and checked once.
    fn tail(&self, index: &Index) -> Result<&[Placed], IndexError> {
        if let Some(known) = self.tail.get() {
            return Ok(known);
        }
        let read = self.read(self.sorted_count()..self.count, index)?;
        Ok(self.tail.get_or_init(|| read))
    }

    fn read(&self, numbers: Range<u64>, index: &Index) -> Result<Vec<Placed>, IndexError> {
        numbers.map(|number| self.term(number, index)).collect()
    }

    fn term(&self, number: u64, index: &Index) -> Result<Placed, IndexError> {
        Placed::term(number, &self.terms.bytes(number * TERM, TERM as usize)?, index)
    }

    fn sorted(&self, number: u64, after: &Hash) -> Result<Placed, IndexError> {
        Placed::sorted(number, &self.sorted.bytes(number * TERM, TERM as usize)?, after)
    }

    /// The positions of the events that may have a term, in order.
    pub fn find(&self, index: &Index, term: Term<'_>) -> Result<Vec<u64>, IndexError> {
        self.find_from(index, term, 0, usize::MAX)
    }

    /// Of the positions of the events that may have a term, in order, the first `most` from the
    /// position `from` on; in time proportional to these.
    pub fn find_from(
        &self,
        index: &Index,
        term: Term<'_>,
        from: u64,
        most: usize,
    ) -> Result<Vec<u64>, IndexError> {
        let key = term.key();
        let least = Placed { key, position: from };
        let smallest = self.count / SMALLEST;
        let mut found = Vec::new();
        for run in runs(smallest) {
            let after = index.hash(self.term(run.last(), index)?.event())?;
            let first = run.first + self.lower_bound(least, run, &after)?;
            for number in (first..run.first + run.count).take(most) {
                let placed = self.sorted(number, &after)?;
                if placed.key != key {
                    break;
                }
                found.push(placed.position);
            }
        }
        let tail = self.tail(index)?.iter();
        let of_tail = tail.filter(|placed| placed.key == key).map(Placed::event);
        found.extend(of_tail.filter(|event| *event >= from));
        found.sort_unstable();
        found.dedup();
        found.truncate(most);
        Ok(found)
    }

    /// The number of terms of a run before the first that is not less than this one: keys are
    /// uniform, so the place is guessed from the key and a few steps lead to it.
    fn lower_bound(&self, least: Placed, run: Run, after: &Hash) -> Result<u64, IndexError> {
        let Run { first, count, .. } = run;
        let at = |number: u64| self.sorted(first + number, after);
        let scaled = (u128::from(least.key) * u128::from(count)) >> (8 * NUMBER);
        let guess = u64::try_from(scaled).unwrap_or(count);
        let (mut low, mut high);
        let mut step = 16;
        // Brackets the place from the guess outwards.
        if guess < count && at(guess)? < least {
            low = guess + 1;
            while low + step < count && at(low + step)? < least {
                low += step + 1;
                step *= 2;
            }
            high = (low + step).min(count);
        } else {
            high = guess.min(count);
            while high > step && at(high - step)? >= least {
                high -= step;
                step *= 2;
            }
            low = high.saturating_sub(step);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match at(middle)? < least {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_where_the_runs_before_it_end() {
        let (mut next, mut expected) = (0, Vec::new());
        for smallest in 1..=5_000_u64 {
            let mut level = 0;
            loop {
                assert_eq!(run(smallest, level).first, next, "{smallest} {level}");
                next += run_length(level);
                level += 1;
                if !smallest.is_multiple_of(MERGED.pow(level)) {
                    break;
                }
            }
            expected.push(next);
            let held: u64 = runs(smallest).iter().map(|run| run.count).sum();
            assert_eq!(held, smallest * SMALLEST);
        }
    }
}
