//! Runs of words: which events of a span have a word, in the order of the words.
//!
//! ```text
//! words      blocks of entries, of 4 KiB or what one entry needs more; after the blocks of a run,
//!            its table: the offset of each block, and that after the last, each of 8 bytes
//! block      entries, and 8 bytes of check over the number of the block in its run and the entries
//! entry      letters that it shares with the word before, other letters (each a number and bytes),
//!            number of events, number of bytes, events: each the distance from the one before
//! runs       24 bytes a run: the offset of its table, its number of blocks, 8 bytes of check
//! ```
//!
//! Numbers in entries are LEB128. A run of level n is of 256 · 32^n events; it is written after the
//! last of them, and merges 32 runs of the level below. Where its entry in `runs` is follows from
//! the number of events alone.
//!
//! Always holds: what is read was written at that place after the event whose hash is given. Not
//! here: which words an event has (`words`), searches for them (`word_search`).

use crate::index::compare_or_write::CompareOrWrite;
use crate::index::{IndexError, check, damaged, numbers};
use annals_core::hash::Hash;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The number of events of the smallest run.
pub(super) const SMALLEST: u64 = 256;
/// The number of runs of a level that are merged into one.
const MERGED: u64 = 32;
/// A block ends with the entry that reaches this number of bytes.
const BLOCK: usize = 4 << 10;
/// Bytes of a run's entry in `runs`.
pub(super) const RUN: u64 = 24;
/// The word of a fact whose words are not in the files: no other word is a space.
pub(super) const UNKNOWN: &str = " ";

/// A run: its entry in `runs`, and its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunPlace {
    /// The number of its entry.
    pub number: u64,
    /// Its first event.
    pub first: u64,
    /// The number of its events.
    pub events: u64,
}

impl RunPlace {
    /// The run of this level that is written after `smallest` spans of 256 events.
    fn of(smallest: u64, level: u32) -> RunPlace {
        let (mut number, mut earlier) = (u64::from(level), smallest - 1);
        while earlier > 0 {
            number += earlier;
            earlier /= MERGED;
        }
        let spans = MERGED.saturating_pow(level);
        let first = (smallest - spans) * SMALLEST;
        RunPlace { number, first, events: spans * SMALLEST }
    }

    /// The event after which it is written.
    pub fn last(&self) -> u64 {
        self.first + self.events - 1
    }

    /// Whether an event is of its span.
    pub fn has(&self, event: u64) -> bool {
        (self.first..self.first + self.events).contains(&event)
    }

    /// The runs that are written after `smallest` spans, in order: the first of new events, the
    /// others of the runs below.
    pub fn written_after(smallest: u64) -> impl Iterator<Item = RunPlace> {
        let whole = move |level: &u32| smallest.is_multiple_of(MERGED.saturating_pow(*level));
        (0..).take_while(whole).map(move |level| RunPlace::of(smallest, level))
    }

    /// The runs that a run merges, in order.
    pub fn merged(&self) -> impl Iterator<Item = RunPlace> + use<> {
        let spans = self.events / SMALLEST;
        let (first, level) = (self.first / SMALLEST, spans.ilog(MERGED).saturating_sub(1));
        let each = spans / MERGED;
        (1..=MERGED).map(move |part| RunPlace::of(first + part * each, level))
    }

    /// The fewest runs that have the first `smallest` spans, each once.
    pub fn covering(smallest: u64) -> Vec<RunPlace> {
        let mut found = Vec::new();
        let mut done = 0;
        let mut level = smallest.checked_ilog(MERGED).unwrap_or(0);
        while done < smallest {
            let each = MERGED.pow(level);
            while smallest - done >= each {
                done += each;
                found.push(RunPlace::of(done, level));
            }
            level = level.saturating_sub(1);
        }
        found
    }

    /// All runs of the first `smallest` spans, in the order in which they are written.
    pub fn all(smallest: u64) -> impl Iterator<Item = RunPlace> {
        (1..=smallest).flat_map(RunPlace::written_after)
    }
}

/// The bytes of a file: up to a number of them from an offset on, fewer at its end.
pub(super) trait RunBytes {
    /// Reads them.
    fn read(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError>;
}

impl RunBytes for CompareOrWrite {
    fn read(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        CompareOrWrite::read(self, at, count)
    }
}

/// A run in the files, to be read.
pub(super) struct OpenRun<'a> {
    words: &'a dyn RunBytes,
    place: RunPlace,
    /// The hash of its last event.
    hash: Hash,
    table: u64,
    /// The number of its blocks.
    pub blocks: u64,
}

impl<'a> OpenRun<'a> {
    /// Opens a run, whose last event has this hash.
    pub fn open(
        words: &'a dyn RunBytes,
        runs: &dyn RunBytes,
        place: RunPlace,
        hash: Hash,
    ) -> Result<OpenRun<'a>, IndexError> {
        let bytes = runs.read(place.number * RUN, RUN as usize)?;
        let wrong = || damaged(format!("run {}", place.number));
        let Some((entry, found)) = bytes.split_last_chunk::<8>() else { return Err(wrong()) };
        if entry.len() != 16 || *found != check("run", place.number, Some(&hash), entry) {
            return Err(wrong());
        }
        let [table, blocks] = numbers(entry);
        Ok(OpenRun { words, place, hash, table, blocks })
    }

    /// Its first event.
    pub fn first(&self) -> u64 {
        self.place.first
    }

    /// The entries of a block.
    fn block(&self, number: u64) -> Result<Vec<u8>, IndexError> {
        let wrong = || damaged(format!("words of run {}, block {number}", self.place.number));
        let ends = self.words.read(self.table + 8 * number, 16)?;
        let [from, to] = numbers(&ends);
        if ends.len() != 16 || from > to || to > self.table {
            return Err(wrong());
        }
        let mut bytes = self.words.read(from, usize::try_from(to - from).map_err(|_| wrong())?)?;
        let Some(end) = bytes.len().checked_sub(8) else { return Err(wrong()) };
        if bytes.split_off(end) != block_check(from, &self.hash, number, &bytes) {
            return Err(wrong());
        }
        Ok(bytes)
    }

    /// Calls `each` with every entry, in the order of the words, while it returns true.
    pub fn each(
        &self,
        blocks: std::ops::Range<u64>,
        each: &mut dyn FnMut(&WordEntry<'_>) -> Result<bool, IndexError>,
    ) -> Result<(), IndexError> {
        for number in blocks {
            let bytes = self.block(number)?;
            let mut entries = Entries::of(&bytes);
            while let Some(entry) = entries.next()? {
                if !each(&entry)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The number of the block in which a word is, if it is in the run.
    pub fn find(&self, word: &str) -> Result<u64, IndexError> {
        let (mut low, mut high) = (0, self.blocks);
        while low < high {
            let middle = low + (high - low) / 2;
            let bytes = self.block(middle)?;
            let first =
                Entries::of(&bytes).next()?.is_some_and(|first| first.word <= word.as_bytes());
            match first {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        Ok(low.saturating_sub(1))
    }

    /// The events of an entry, ascending.
    pub fn events(&self, entry: &WordEntry<'_>) -> Result<Vec<u64>, IndexError> {
        let mut events = Vec::new();
        entry.append_to(self.place.first, &mut events)?;
        Ok(events)
    }
}

fn block_check(at: u64, hash: &Hash, number: u64, entries: &[u8]) -> [u8; 8] {
    check("words", at, Some(hash), &[&number.to_le_bytes(), entries].concat())
}

/// A word, and the events that have it.
pub(super) struct WordEntry<'a> {
    /// The word.
    pub word: &'a [u8],
    /// The number of events.
    pub count: u64,
    events: &'a [u8],
}

impl WordEntry<'_> {
    /// Appends the events to a list, in a run that begins at this event.
    pub fn append_to(&self, first: u64, list: &mut Vec<u64>) -> Result<(), IndexError> {
        let (mut rest, mut last) = (self.events, first);
        for _ in 0..self.count {
            last = last.saturating_add(take_number(&mut rest)?);
            list.push(last);
        }
        Ok(())
    }
}

/// The entries of a block, in order.
struct Entries<'a> {
    rest: &'a [u8],
    word: Vec<u8>,
}

impl<'a> Entries<'a> {
    fn of(bytes: &'a [u8]) -> Entries<'a> {
        Entries { rest: bytes, word: Vec::new() }
    }

    fn next(&mut self) -> Result<Option<WordEntry<'_>>, IndexError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let shared = take_number(&mut self.rest)?;
        let own = take_bytes(&mut self.rest)?;
        self.word.truncate(usize::try_from(shared).unwrap_or(usize::MAX));
        self.word.extend_from_slice(own);
        let count = take_number(&mut self.rest)?;
        let events = take_bytes(&mut self.rest)?;
        Ok(Some(WordEntry { word: &self.word, count, events }))
    }
}

/// Takes a LEB128 number from the beginning of `bytes`.
fn take_number(bytes: &mut &[u8]) -> Result<u64, IndexError> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let Some((byte, rest)) = bytes.split_first() else { break };
        *bytes = rest;
        number |= u64::from(byte & 127) << shift;
        if byte & 128 == 0 {
            return Ok(number);
        }
    }
    Err(damaged("a number in an entry of words"))
}

/// Takes a number, and as many bytes.
fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], IndexError> {
    let count = take_number(bytes)?;
    let taken = usize::try_from(count).ok().and_then(|count| bytes.split_at_checked(count));
    let (taken, rest) = taken.ok_or_else(|| damaged("the length of an entry of words"))?;
    *bytes = rest;
    Ok(taken)
}

fn put_number(number: u64, bytes: &mut Vec<u8>) {
    let mut rest = number;
    while rest > 127 {
        bytes.push((rest & 127) as u8 | 128);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// A run that is being written.
pub(super) struct RunWriter<'a> {
    words: &'a mut CompareOrWrite,
    runs: &'a mut CompareOrWrite,
    place: RunPlace,
    hash: Hash,
    /// The entries of the block that is being written.
    block: Vec<u8>,
    /// The last word.
    word: Vec<u8>,
    /// The offsets of the blocks.
    offsets: Vec<u64>,
    /// The events of an entry, as bytes.
    events: Vec<u8>,
}

impl<'a> RunWriter<'a> {
    /// Begins a run, whose last event has this hash.
    pub fn new(
        words: &'a mut CompareOrWrite,
        runs: &'a mut CompareOrWrite,
        place: RunPlace,
        hash: Hash,
    ) -> RunWriter<'a> {
        let (block, word, events) = (Vec::new(), Vec::new(), Vec::new());
        let offsets = vec![words.length()];
        RunWriter { words, runs, place, hash, block, word, offsets, events }
    }

    /// Adds a word, greater than the one before, with the events that have it, ascending.
    pub fn put(&mut self, word: &[u8], events: &[u64]) -> Result<(), IndexError> {
        let both = self.word.iter().zip(word);
        let shared =
            if self.block.is_empty() { 0 } else { both.take_while(|(a, b)| a == b).count() };
        put_number(shared as u64, &mut self.block);
        put_number((word.len() - shared) as u64, &mut self.block);
        self.block.extend_from_slice(&word[shared..]);
        self.word.clear();
        self.word.extend_from_slice(word);
        self.events.clear();
        let mut last = self.place.first;
        for event in events {
            put_number(event - last, &mut self.events);
            last = *event;
        }
        put_number(events.len() as u64, &mut self.block);
        put_number(self.events.len() as u64, &mut self.block);
        self.block.extend_from_slice(&self.events);
        if self.block.len() >= BLOCK { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), IndexError> {
        let number = self.offsets.len() as u64 - 1;
        let check = block_check(self.words.length(), &self.hash, number, &self.block);
        self.words.put(&self.block)?;
        self.words.put(&check)?;
        self.block.clear();
        self.offsets.push(self.words.length());
        Ok(())
    }

    /// Ends the run: writes its table, and its entry in `runs`.
    pub fn end(mut self) -> Result<(), IndexError> {
        if !self.block.is_empty() {
            self.end_block()?;
        }
        let table = self.words.length();
        self.words.put(&crate::index::bytes_of(&self.offsets))?;
        let entry = crate::index::bytes_of(&[table, self.offsets.len() as u64 - 1]);
        let check = check("run", self.place.number, Some(&self.hash), &entry);
        self.runs.put(&[&entry[..], &check].concat())
    }
}

/// A run that is read from its beginning, one entry after the other.
pub(super) struct RunCursor {
    place: RunPlace,
    hash: Hash,
    table: u64,
    blocks: u64,
    /// The number of the next block.
    next: u64,
    block: Vec<u8>,
    /// The offset of the next entry in the block.
    at: usize,
    /// The present word.
    pub word: Vec<u8>,
    /// The events that have it.
    pub events: Vec<u64>,
}

impl RunCursor {
    /// A cursor before the first entry of a run.
    pub fn new(run: &OpenRun<'_>) -> RunCursor {
        let OpenRun { place, hash, table, blocks, .. } = *run;
        let (block, word, events) = (Vec::new(), Vec::new(), Vec::new());
        RunCursor { place, hash, table, blocks, next: 0, block, at: 0, word, events }
    }

    /// Goes to the next entry; `false` after the last.
    pub fn step(&mut self, words: &dyn RunBytes) -> Result<bool, IndexError> {
        if self.at == self.block.len() {
            if self.next == self.blocks {
                return Ok(false);
            }
            let RunCursor { place, hash, table, blocks, .. } = *self;
            self.block = OpenRun { words, place, hash, table, blocks }.block(self.next)?;
            (self.next, self.at) = (self.next + 1, 0);
        }
        let rest = self.block.get(self.at..).unwrap_or_default();
        let mut entries = Entries { rest, word: std::mem::take(&mut self.word) };
        self.events.clear();
        if let Some(entry) = entries.next()? {
            entry.append_to(self.place.first, &mut self.events)?;
        }
        self.at = self.block.len() - entries.rest.len();
        self.word = entries.word;
        Ok(true)
    }
}

/// Merges runs into the one that is written after them.
pub(super) fn merge(
    words: &mut CompareOrWrite,
    runs: &mut CompareOrWrite,
    place: RunPlace,
    hash_of: &dyn Fn(u64) -> Result<Hash, IndexError>,
) -> Result<(), IndexError> {
    let mut cursors = Vec::new();
    for below in place.merged() {
        let run = OpenRun::open(&*words, &*runs, below, hash_of(below.last())?)?;
        cursors.push(RunCursor::new(&run));
    }
    // The runs by their present words; of equal words the earlier run comes first.
    let mut order = BinaryHeap::new();
    for (number, cursor) in cursors.iter_mut().enumerate() {
        if cursor.step(&*words)? {
            order.push(Reverse((cursor.word.clone(), number)));
        }
    }
    let mut to = RunWriter::new(words, runs, place, hash_of(place.last())?);
    let (mut word, mut events): (Vec<u8>, Vec<u64>) = Default::default();
    while let Some(Reverse((present, number))) = order.pop() {
        if present != word {
            if !events.is_empty() {
                to.put(&word, &events)?;
            }
            word = present;
            events.clear();
        }
        let Some(cursor) = cursors.get_mut(number) else { continue };
        events.extend_from_slice(&cursor.events);
        if cursor.step(&*to.words)? {
            order.push(Reverse((cursor.word.clone(), number)));
        }
    }
    if !events.is_empty() {
        to.put(&word, &events)?;
    }
    to.end()
}

#[cfg(test)]
mod tests;
