//! Terms: which events have a body, a claim, a passage, a document or an agent.
//!
//! ```text
//! term        16 bytes: key, position, each of 6 bytes, and 4 bytes of their check
//! `terms`     all terms, in the order of the events
//! `sorted`    runs of 256 · 16^n terms by key and position: one after every 256 terms, and one
//!             that merges the last 16 whenever there are 16 of a size
//! ```
//!
//! A key is the first 6 bytes of SHA-256 over a kind and a value: it says where an event may be,
//! and whoever asks reads the event. Where a run is follows from the number of terms alone.
//!
//! Always holds: a lookup finds every event that has the term. Not here: what is read of the events
//! that are found. Source: O'Neil et al., "The log-structured merge-tree", 1996.

use crate::index::compare_or_write::CompareOrWrite;
use crate::index::node_file::Blocks;
use crate::index::{IndexError, check, damaged};
use annals_core::event::body::{Content, Fact};
use annals_core::event::vocabulary::Stance;
use annals_core::hash::Hash;
use annals_core::search::folded;
use annals_core::verify::examine::{BodyFound, Examined};

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
    /// A fact that is supported by this passage: a document, its first code point, and the code
    /// point after the last.
    Passage(u64, u64, u64),
    /// A fact with a hop by this agent.
    Agent(&'a str),
}

impl Term<'_> {
    /// The key: the first 48 bits of a digest.
    fn key(&self) -> u64 {
        let digest = match self {
            Term::Body(digest) => Hash::of(&[b"body", &digest.0]),
            Term::Document(digest) => Hash::of(&[b"document", &digest.0]),
            Term::Claim(digest) => Hash::of(&[b"claim", &digest.0]),
            Term::Passage(document, start, end) => Hash::of(&[
                b"passage",
                &document.to_le_bytes(),
                &start.to_le_bytes(),
                &end.to_le_bytes(),
            ]),
            Term::Agent(name) => Hash::of(&[b"agent", name.as_bytes()]),
        };
        digest.0[..NUMBER].iter().fold(0, |key, byte| key << 8 | u64::from(*byte))
    }
}

/// The digest by which two claims are compared: it ignores case, Unicode normalisation and spaces.
pub fn claim_digest(claim: &str) -> Hash {
    Hash::of(&[folded(claim).as_bytes()])
}

/// The passages that support a fact: document, first code point, code point after the last.
pub fn quoted(fact: &Fact) -> impl Iterator<Item = (u64, u64, u64)> {
    let supports = fact.evidence.iter().filter(|entry| entry.stance == Stance::Supports);
    supports.filter_map(|entry| {
        let span = entry.span.as_ref()?;
        Some((entry.document, span.start, span.end))
    })
}

/// A key and a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    key: u64,
    position: u64,
}

impl Placed {
    /// Its bytes, as the term of this number of a file.
    fn bytes(&self, file: &str, number: u64) -> [u8; TERM as usize] {
        let mut bytes = [0; TERM as usize];
        bytes[..NUMBER].copy_from_slice(&self.key.to_be_bytes()[8 - NUMBER..]);
        bytes[NUMBER..2 * NUMBER].copy_from_slice(&self.position.to_be_bytes()[8 - NUMBER..]);
        let check = check(file, number, None, &bytes[..2 * NUMBER]);
        bytes[2 * NUMBER..].copy_from_slice(&check[..TERM as usize - 2 * NUMBER]);
        bytes
    }

    fn read(file: &str, number: u64, bytes: &[u8]) -> Result<Placed, IndexError> {
        let read = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
        let placed = bytes.get(..2 * NUMBER).map(|bytes| {
            let (key, position) = bytes.split_at(NUMBER);
            Placed { key: read(key), position: read(position) }
        });
        let placed = placed.filter(|placed| placed.bytes(file, number) == *bytes);
        placed.ok_or_else(|| damaged(format!("{file} {number}")))
    }
}

/// A run in `sorted`: its number of terms, and the number of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    first: u64,
    count: u64,
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
    Run { first: first + below, count: run_length(level) }
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
    /// Whether the terms of an event were not known: nothing is compared or written from there on.
    unknown: bool,
}

impl TermFiles {
    /// The files; `terms` may hold terms already, and `sorted` the runs of these.
    pub fn new(terms: CompareOrWrite, sorted: CompareOrWrite) -> Result<TermFiles, IndexError> {
        let all = terms.length() / TERM;
        let first = all - all % SMALLEST;
        let since = read_terms(&terms, "term", first, all - first)?;
        Ok(TermFiles { terms, sorted, since, unknown: false })
    }

    /// Adds the terms of an event.
    pub fn event(&mut self, position: u64, examined: &Examined) -> Result<(), IndexError> {
        let Some(statement) = &examined.reading.statement else { return Ok(()) };
        if matches!(examined.body, BodyFound::Unknown) {
            self.unknown = true;
        }
        self.put(Term::Body(&statement.body), position)?;
        let BodyFound::Good(body) = &examined.body else { return Ok(()) };
        match &body.content {
            Content::DocumentCaptured(content) => {
                self.put(Term::Document(&content.sha256), position)
            }
            Content::FactAsserted(content) => self.fact(position, &content.fact),
            Content::FactCorrected(content) => self.fact(position, &content.fact),
            _ => Ok(()),
        }
    }

    fn fact(&mut self, position: u64, fact: &Fact) -> Result<(), IndexError> {
        self.put(Term::Claim(&claim_digest(&fact.claim)), position)?;
        for (document, start, end) in quoted(fact) {
            self.put(Term::Passage(document, start, end), position)?;
        }
        for hop in fact.attribution.iter().flatten() {
            self.put(Term::Agent(&hop.agent), position)?;
        }
        Ok(())
    }

    /// Whether the files are known to be right: not where the bodies of some events were not read.
    pub fn is_known(&self) -> bool {
        !self.unknown
    }

    fn put(&mut self, term: Term<'_>, position: u64) -> Result<(), IndexError> {
        if self.unknown {
            return Ok(());
        }
        let placed = Placed { key: term.key(), position };
        let number = self.terms.length() / TERM;
        self.terms.put(&placed.bytes("term", number))?;
        self.since.push(placed);
        if self.since.len() as u64 == SMALLEST {
            let run = std::mem::take(&mut self.since);
            self.run((number + 1) / SMALLEST, run)?;
        }
        Ok(())
    }

    /// Adds the smallest run, and those that it completes.
    fn run(&mut self, smallest: u64, terms: Vec<Placed>) -> Result<(), IndexError> {
        self.sort(terms)?;
        let mut level = 1;
        let mut each = MERGED;
        while smallest.is_multiple_of(each) {
            let below = each / MERGED;
            let mut terms = Vec::with_capacity(usize::try_from(run_length(level)).unwrap_or(0));
            for part in (0..MERGED).rev() {
                let Run { first, count } = run(smallest - part * below, level - 1);
                terms.extend(read_terms(&self.sorted, "sorted", first, count)?);
            }
            self.sort(terms)?;
            each *= MERGED;
            level += 1;
        }
        Ok(())
    }

    fn sort(&mut self, mut terms: Vec<Placed>) -> Result<(), IndexError> {
        terms.sort_unstable();
        let first = self.sorted.length() / TERM;
        for (term, number) in terms.iter().zip(first..) {
            self.sorted.put(&term.bytes("sorted", number))?;
        }
        Ok(())
    }
}

fn read_terms(
    file: &CompareOrWrite,
    name: &str,
    first: u64,
    count: u64,
) -> Result<Vec<Placed>, IndexError> {
    let bytes = file.read(first * TERM, (count * TERM) as usize)?;
    let terms = bytes.chunks(TERM as usize).zip(first..);
    terms.map(|(bytes, number)| Placed::read(name, number, bytes)).collect()
}

/// The terms of a record, for reading.
pub struct Terms {
    terms: Blocks,
    sorted: Blocks,
    count: u64,
}

impl Terms {
    /// The first `count` terms of these files.
    pub(super) fn new(terms: Blocks, sorted: Blocks, count: u64) -> Terms {
        Terms { terms, sorted, count }
    }

    /// Their length in the file `terms`, in bytes.
    pub fn length(&self) -> u64 {
        self.count * TERM
    }

    /// The positions of the events that may have a term, in order.
    pub fn find(&self, term: Term<'_>) -> Result<Vec<u64>, IndexError> {
        let key = term.key();
        let smallest = self.count / SMALLEST;
        let mut found = Vec::new();
        for Run { first, count } in runs(smallest) {
            let mut number = first + self.lower_bound(key, first, count)?;
            while number < first + count {
                let placed = read_term(&self.sorted, "sorted", number)?;
                if placed.key != key {
                    break;
                }
                found.push(placed.position);
                number += 1;
            }
        }
        for number in smallest * SMALLEST..self.count {
            let placed = read_term(&self.terms, "term", number)?;
            if placed.key == key {
                found.push(placed.position);
            }
        }
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// The number of terms of a run before the first with this key: keys are uniform, so the place
    /// is guessed from the key and a few steps lead to it.
    fn lower_bound(&self, key: u64, first: u64, count: u64) -> Result<u64, IndexError> {
        let at = |number: u64| {
            read_term(&self.sorted, "sorted", first + number).map(|placed| placed.key)
        };
        let scaled = (u128::from(key) * u128::from(count)) >> (8 * NUMBER);
        let guess = u64::try_from(scaled).unwrap_or(count);
        let (mut low, mut high);
        let mut step = 16;
        // Brackets the place from the guess outwards.
        if guess < count && at(guess)? < key {
            low = guess + 1;
            while low + step < count && at(low + step)? < key {
                low += step + 1;
                step *= 2;
            }
            high = (low + step).min(count);
        } else {
            high = guess.min(count);
            while high > step && at(high - step)? >= key {
                high -= step;
                step *= 2;
            }
            low = high.saturating_sub(step);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            match at(middle)? < key {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(low)
    }
}

fn read_term(file: &Blocks, name: &str, number: u64) -> Result<Placed, IndexError> {
    Placed::read(name, number, &file.bytes(number * TERM, TERM as usize)?)
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
