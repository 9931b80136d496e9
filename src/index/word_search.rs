//! Searching the runs of words: which events may have what some phrases are compared with.
//!
//! Always holds: an event of the runs that has all phrases is found, and every fact whose words are
//! not in the files; whoever searches reads the events that are found, and those after the last
//! run. Not here: the bytes of a run (`word_runs`), the order of words in a phrase
//! (`annals_core::search`).

use crate::disk::open::{Links, open};
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
        let mut runs = Vec::new();
        for place in RunPlace::covering(self.end() / SMALLEST) {
            if place.first < size {
                let hash = self.index.hash(place.last())?;
                runs.push(OpenRun::open(&self.words, &self.runs, place, hash)?);
            }
        }
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
                if test.holds(word) {
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
