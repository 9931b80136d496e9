//! Searching the runs of words: which events may have what some phrases are compared with.
//!
//! Always holds: an event of the runs that has all phrases is found, and every fact whose words are
//! not in the files; the caller reads the events that are found, and those after the last
//! run. Not here: the bytes of a run (`word_runs`), the order of words in a phrase
//! (`annals_core::search`).

use crate::disk::open::{Links, open};
use crate::index::facet::is_facet;
use crate::index::node_file::Blocks;
use crate::index::read::Index;
use crate::index::word_runs::{OpenRun, RunBytes, RunPlace, SMALLEST, UNKNOWN};
use crate::index::{IndexError, folder};
use annals_core::search::{Phrase, WordTest};
use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// The number of events up to which another word need not be looked up: reading them is faster.
const FEW: usize = 64;

/// The words of a record, for reading.
pub struct WordIndex<'a> {
    index: &'a Index,
    words: Blocks,
    runs: Blocks,
}

impl RunBytes for Blocks {
    fn read(&self, at: u64, count: usize) -> Result<Vec<u8>, IndexError> {
        self.bytes(at, count)
    }
}

impl<'a> WordIndex<'a> {
    /// Opens the words of the ledger in this folder, whose index this is.
    pub fn open(ledger: &Path, index: &'a Index) -> Result<WordIndex<'a>, IndexError> {
        let folder = folder(ledger);
        let open = |name: &str| match open(&folder.join(name), Links::Refuse) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(IndexError::Absent),
            other => Ok(Blocks::new(other?)),
        };
        Ok(WordIndex { index, words: open("words")?, runs: open("runs")? })
    }

    /// The first event whose words are in no run, if the record has one.
    pub fn end(&self) -> u64 {
        self.index.size() - self.index.size() % SMALLEST
    }

    /// The events before `size` that may have all of these phrases, ascending, in the runs; `None`
    /// if there are more than `most`.
    pub fn find(
        &self,
        phrases: &[Phrase],
        size: u64,
        most: usize,
    ) -> Result<Option<Vec<u64>>, IndexError> {
        let runs = self.runs(size)?;
        let (mut fast, mut slow): (Vec<WordTest<'_>>, Vec<WordTest<'_>>) =
            phrases.iter().flat_map(Phrase::tests).partition(is_fast);
        // Several words of one search are often the same.
        for tests in [&mut fast, &mut slow] {
            let mut seen: Vec<WordTest<'_>> = Vec::new();
            tests.retain(|test| {
                !seen.contains(test) && {
                    seen.push(*test);
                    true
                }
            });
        }
        let mut lists = Vec::new();
        for test in &fast {
            lists.push(self.events(&runs, *test, size)?);
        }
        lists.sort_unstable_by_key(Vec::len);
        let mut found: Option<Vec<u64>> = None;
        for list in lists {
            found = Some(both(found, list));
        }
        for test in slow {
            if found.as_ref().is_some_and(|found| found.len() <= FEW) {
                break;
            }
            found = Some(both(found, self.events(&runs, test, size)?));
        }
        let mut found = found.unwrap_or_default();
        found.extend(self.events(&runs, WordTest::Is(UNKNOWN), size)?);
        found.sort_unstable();
        found.dedup();
        Ok((found.len() <= most).then_some(found))
    }

    /// The events before `size` whose words are not in the files, ascending.
    pub(super) fn unknown(&self, size: u64) -> Result<Vec<u64>, IndexError> {
        self.events(&self.runs(size)?, WordTest::Is(UNKNOWN), size)
    }

    /// The fewest runs that have the events before `size`.
    fn runs(&self, size: u64) -> Result<Vec<OpenRun<'_>>, IndexError> {
        let mut runs = Vec::new();
        for place in RunPlace::covering(self.end() / SMALLEST) {
            if place.first < size {
                let hash = self.index.hash(place.last())?;
                runs.push(OpenRun::open(&self.words, &self.runs, place, hash)?);
            }
        }
        Ok(runs)
    }

    /// The events before `size`, ascending, of the entries that begin with `prefix` and of which
    /// `step` takes the rest; the entries come in order.
    pub(super) fn listed(
        &self,
        prefix: &str,
        size: u64,
        step: &dyn Fn(&str) -> EntryStep,
    ) -> Result<Vec<u64>, IndexError> {
        let mut found = Vec::new();
        for run in self.runs(size)? {
            let mut of_run = Vec::new();
            run.each(run.find(prefix)?..run.blocks, &mut |entry| {
                let word = str::from_utf8(entry.word).unwrap_or_default();
                let Some(rest) = word.strip_prefix(prefix) else { return Ok(word < prefix) };
                let step = step(rest);
                if step == EntryStep::Take {
                    entry.append_to(run.first(), &mut of_run)?;
                }
                Ok(step != EntryStep::End)
            })?;
            of_run.sort_unstable();
            of_run.dedup();
            found.append(&mut of_run);
        }
        found.truncate(found.partition_point(|event| *event < size));
        Ok(found)
    }

    /// The events before `size` that have a word for which the test holds, ascending.
    fn events(
        &self,
        runs: &[OpenRun<'_>],
        test: WordTest<'_>,
        size: u64,
    ) -> Result<Vec<u64>, IndexError> {
        let mut found = Vec::new();
        for run in runs {
            let before = found.len();
            let mut words = 0;
            let searched = match test {
                WordTest::Is(word) | WordTest::StartsWith(word) => Some(word),
                _ => None,
            };
            let from = searched.map_or(Ok(0), |word| run.find(word))?;
            run.each(from..run.blocks, &mut |entry| {
                let word = str::from_utf8(entry.word).unwrap_or_default();
                if test.holds(word) && !is_facet(word) {
                    entry.append_to(run.first(), &mut found)?;
                    words += 1;
                }
                // Words that begin like the searched one follow each other.
                Ok(searched.is_none_or(|searched| word <= searched || word.starts_with(searched)))
            })?;
            if words > 1 {
                let mut events = BTreeSet::from_iter(found.drain(before..));
                found.extend(std::mem::take(&mut events));
            }
        }
        found.truncate(found.partition_point(|event| *event < size));
        Ok(found)
    }
}

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryStep {
    /// Its events are taken.
    Take,
    /// They are not.
    Skip,
    /// Nor are those of the entries after it.
    End,
}

/// Whether the words for which a test holds follow each other in a run.
fn is_fast(test: &WordTest<'_>) -> bool {
    matches!(test, WordTest::Is(_) | WordTest::StartsWith(_))
}

/// The events of a list that are also in another, if there is one.
fn both(one: Option<Vec<u64>>, other: Vec<u64>) -> Vec<u64> {
    match one {
        None => other,
        Some(mut one) => {
            one.retain(|event| other.binary_search(event).is_ok());
            one
        }
    }
}
