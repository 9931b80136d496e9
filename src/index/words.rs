//! Words under construction: which facts have a word, and forgetting those that are redacted.
//!
//! ```text
//! words, runs   runs of words, see `word_runs`; of a fact that is sealed, redacted or without its
//!               body only that its words are not here
//! redacted      16 bytes a redaction: the event whose body is redacted, and that which redacts it,
//!               each of 6 bytes, and 4 bytes of check
//! ```
//!
//! The words of the events after the last whole span of 256 are in no file: a search reads
//! these events. A redaction is found after the words were written. So existing files are compared
//! with the redactions that `redacted` foretells, and where a new one is found, `words` and `runs`
//! are made again without the event: the old ones are cut to nothing, and the new ones renamed.
//!
//! Always holds: after a writer's commit no word of a redacted or sealed body is in the files. What
//! a power cut leaves ends early, and the next writer makes it again. Not here: the bytes of a run
//! (`word_runs`), reading (`word_search`).

use crate::disk::{self, DiskError};
use crate::index::compare_or_write::CompareOrWrite;
use crate::index::facet::each_facet;
use crate::index::searched_texts::searched_texts;
use crate::index::status::BuildMode;
use crate::index::word_runs::{OpenRun, RunPlace, RunWriter, SMALLEST, UNKNOWN, merge};
use crate::index::{IndexError, NAMES, check, folder};
use crate::journal::Journal;
use annals_core::event::args::{Args, Seal};
use annals_core::event::body::Fact;
use annals_core::event::vocabulary::Type;
use annals_core::hash::Hash;
use annals_core::search::each_word;
use annals_core::verify::examine::{BodyFound, Examined, examine};
use hashbrown::HashMap;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The names of the files that replace `words` and `runs`.
const NEW: [&str; 2] = ["words.new", "runs.new"];
/// Bytes of an entry of `redacted`.
const REDACTION: u64 = 16;
/// How many of them are read at once.
const AT_ONCE: usize = 4_096;
/// The number of words up to which those of a span are kept for the next ones, which have many of
/// the same.
const KEPT: usize = 4_096;
/// The bytes of a position in it.
const POSITION: usize = 6;

/// What is known of other events while words are added.
pub(super) trait Events {
    /// The hash of an event.
    fn hash(&self, event: u64) -> Result<Hash, IndexError>;

    /// The offset of an event in its journal file.
    fn place(&self, event: u64) -> Result<u64, IndexError>;
}

/// The three files under construction.
pub(super) struct WordFiles {
    folder: PathBuf,
    words: CompareOrWrite,
    runs: CompareOrWrite,
    redacted: CompareOrWrite,
    /// The words of the events after the last whole span, and the events that have them; words of
    /// earlier spans have none.
    open: HashMap<String, Vec<u64>>,
    /// Events of this span that are not in `open`: they are read when the span is whole.
    unread: Range<u64>,
    journal: Option<Journal>,
    /// The events that the files, as they are, leave out.
    foretold: BTreeSet<u64>,
    /// The redacted events that were met.
    met: BTreeSet<u64>,
    /// Those of them whose words may be in the files.
    to_forget: BTreeSet<u64>,
    /// The number of events added.
    size: u64,
    /// Whether the words of an event were not known: nothing is compared or written from there on.
    unknown: bool,
}

impl WordFiles {
    /// The names of the files.
    const NAMES: [&str; 3] = {
        let [.., words, runs, redacted, _] = NAMES;
        [words, runs, redacted]
    };

    /// Opens the existing files, or makes them if this is allowed.
    pub fn open(ledger: &Path, mode: BuildMode) -> Result<WordFiles, IndexError> {
        let folder = folder(ledger);
        if mode == BuildMode::Write {
            remove_new(&folder);
        }
        let [words, runs, redacted] =
            WordFiles::NAMES.map(|name| CompareOrWrite::open(&folder, name, mode));
        let redacted = redacted?;
        let foretold = foretold(&redacted)?;
        Ok(WordFiles { foretold, ..WordFiles::of(folder, [words?, runs?, redacted]) })
    }

    /// Opens complete files of a record of this size, to continue them.
    pub fn resume(ledger: &Path, size: u64, journal: Journal) -> Result<WordFiles, IndexError> {
        let folder = folder(ledger);
        let [words, runs, redacted] =
            WordFiles::NAMES.map(|name| CompareOrWrite::resume(&folder, name));
        let files = WordFiles::of(folder, [words?, runs?, redacted?]);
        let unread = size - size % SMALLEST..size;
        Ok(WordFiles { unread, journal: Some(journal), size, ..files })
    }

    fn of(folder: PathBuf, [words, runs, redacted]: [CompareOrWrite; 3]) -> WordFiles {
        WordFiles {
            folder,
            words,
            runs,
            redacted,
            open: HashMap::new(),
            unread: 0..0,
            journal: None,
            foretold: BTreeSet::new(),
            met: BTreeSet::new(),
            to_forget: BTreeSet::new(),
            size: 0,
            unknown: false,
        }
    }

    /// The files.
    pub fn files(&self) -> [&CompareOrWrite; 3] {
        [&self.words, &self.runs, &self.redacted]
    }

    /// Does this with each of the files, and then forgets what is to be forgotten. Nothing is done
    /// where words are not known.
    pub fn each_file(
        &mut self,
        work: &mut dyn FnMut(&mut CompareOrWrite) -> Result<(), IndexError>,
        events: &dyn Events,
    ) -> Result<(), IndexError> {
        if self.unknown {
            return Ok(());
        }
        work(&mut self.words)?;
        work(&mut self.runs)?;
        match self.is_to_forget() {
            true => self.forget(events),
            false => work(&mut self.redacted),
        }
    }

    /// Allows files that were only compared to be written, and forgets what is to be forgotten.
    pub fn allow(&mut self, events: &dyn Events) -> Result<(), IndexError> {
        if self.unknown {
            return Ok(());
        }
        remove_new(&self.folder);
        self.words.allow_writes(&self.folder)?;
        self.runs.allow_writes(&self.folder)?;
        match self.is_to_forget() {
            true => self.forget(events),
            false => self.redacted.allow_writes(&self.folder),
        }
    }

    /// Whether the files are known to be right: not where the bodies of some events were not read.
    pub fn is_known(&self) -> bool {
        !self.unknown
    }

    /// Whether every redaction that the files foretell was met: otherwise the words of an event are
    /// missing, because the files were those of a longer record.
    pub fn is_as_foretold(&self) -> bool {
        self.unknown || self.foretold.is_subset(&self.met)
    }

    /// Adds the words of an event.
    pub fn event(
        &mut self,
        position: u64,
        examined: &Examined,
        events: &dyn Events,
    ) -> Result<(), IndexError> {
        self.take(position, examined)?;
        self.size = position + 1;
        match !self.unknown && self.size.is_multiple_of(SMALLEST) {
            true => self.span(events),
            false => Ok(()),
        }
    }

    fn take(&mut self, position: u64, examined: &Examined) -> Result<(), IndexError> {
        let Some(statement) = &examined.reading.statement else { return Ok(()) };
        if let Args::BodyRedacted(args) = &statement.args {
            self.met.insert(args.event);
            if position >= self.size {
                let number = self.redacted.length() / REDACTION;
                self.redacted.put(&redaction(number, args.event, position))?;
                if args.event < position - position % SMALLEST
                    && !self.foretold.contains(&args.event)
                {
                    self.to_forget.insert(args.event);
                }
            }
        }
        if !matches!(statement.kind, Type::FactAsserted | Type::FactCorrected) {
            return Ok(());
        }
        let fact = match &examined.body {
            BodyFound::Unknown => {
                self.unknown = true;
                return Ok(());
            }
            _ if statement.args.sealed() != Seal::Open || self.foretold.contains(&position) => None,
            BodyFound::Good(body) => body.content.fact(),
            _ => None,
        };
        let mut is_found = false;
        if let Some(fact) = fact {
            each_facet(fact, &mut |facet| add(&mut self.open, facet, position));
            each_word_of(fact, &mut |word| {
                is_found = true;
                add(&mut self.open, word, position);
            });
        }
        if !is_found {
            add(&mut self.open, UNKNOWN, position);
        }
        Ok(())
    }

    /// Writes the run of the last 256 events, and those that it completes.
    fn span(&mut self, events: &dyn Events) -> Result<(), IndexError> {
        for position in std::mem::take(&mut self.unread) {
            let journal = self.journal.as_ref().ok_or(IndexError::Absent)?;
            let entry = journal.fetch(position, events.place(position)?);
            let entry = entry.map_err(|error| IndexError::Unreadable(error.cause))?;
            let examined = entry.as_ref().map(examine);
            let examined = examined.ok_or(IndexError::Changed(position))?;
            if examined.reading.hash != events.hash(position)? {
                return Err(IndexError::Changed(position));
            }
            self.take(position, &examined)?;
        }
        let gone = self.forgotten();
        if !gone.is_empty() {
            self.open.entry_ref(UNKNOWN).or_default().extend(gone);
        }
        let mut open: Vec<_> = self.open.iter_mut().filter(|(_, with)| !with.is_empty()).collect();
        open.sort_unstable_by_key(|(word, _)| *word);
        for place in RunPlace::written_after(self.size / SMALLEST) {
            let hash_of = |event: u64| events.hash(event);
            if place.events > SMALLEST {
                merge(&mut self.words, &mut self.runs, place, &hash_of)?;
                continue;
            }
            let hash = events.hash(place.last())?;
            let mut run = RunWriter::new(&mut self.words, &mut self.runs, place, hash);
            for (word, with) in &mut open {
                with.sort_unstable();
                run.put(word.as_bytes(), with)?;
                with.clear();
            }
            run.end()?;
        }
        if self.open.len() > KEPT {
            self.open.clear();
        }
        Ok(())
    }

    /// Removes the redacted events from the words of the span; returns those that had some.
    fn forgotten(&mut self) -> BTreeSet<u64> {
        let mut gone = BTreeSet::new();
        let first = self.size - SMALLEST;
        if self.met.range(first..).next().is_some() {
            for with in self.open.values_mut() {
                gone.extend(with.extract_if(.., |event| self.met.contains(event)));
            }
        }
        gone
    }

    fn is_to_forget(&self) -> bool {
        !self.to_forget.is_empty() && self.words.may_write()
    }

    /// Makes the files again without what is to be forgotten, durably.
    fn forget(&mut self, events: &dyn Events) -> Result<(), IndexError> {
        remove_new(&self.folder);
        let [words, runs] =
            NEW.map(|name| CompareOrWrite::open(&self.folder, name, BuildMode::Write));
        let (mut words, mut runs) = (words?, runs?);
        for place in RunPlace::all(self.size / SMALLEST) {
            let hash = events.hash(place.last())?;
            let old = OpenRun::open(&self.words, &self.runs, place, hash)?;
            let gone: BTreeSet<u64> =
                self.to_forget.range(place.first..).copied().filter(|of| place.has(*of)).collect();
            let mut unknown = BTreeSet::new();
            if !gone.is_empty() {
                old.each(0..old.blocks, &mut |entry| {
                    let with = old.events(entry)?.into_iter();
                    let keep = entry.word == UNKNOWN.as_bytes();
                    unknown.extend(with.filter(|event| keep || gone.contains(event)));
                    Ok(true)
                })?;
            }
            let mut run = RunWriter::new(&mut words, &mut runs, place, hash);
            if !unknown.is_empty() {
                let unknown: Vec<u64> = unknown.iter().copied().collect();
                run.put(UNKNOWN.as_bytes(), &unknown)?;
            }
            old.each(0..old.blocks, &mut |entry| {
                if entry.word == UNKNOWN.as_bytes() && !unknown.is_empty() {
                    return Ok(true);
                }
                let mut with = old.events(entry)?;
                with.retain(|event| !gone.contains(event));
                if !with.is_empty() {
                    run.put(entry.word, &with)?;
                }
                Ok(true)
            })?;
            run.end()?;
        }
        words.end()?;
        runs.end()?;
        self.put_in_place()
    }

    /// Replaces the files by new ones, which are whole.
    fn put_in_place(&mut self) -> Result<(), IndexError> {
        let synced = |path: &Path| disk::sync_file(path).map_err(failed);
        let [words, runs, redacted] = WordFiles::NAMES;
        let pairs = [(NEW[0], words), (NEW[1], runs)];
        for (new, name) in pairs {
            synced(&self.folder.join(new))?;
            CompareOrWrite::resume(&self.folder, name)?.cut()?;
            synced(&self.folder.join(name))?;
        }
        // From here on the files end early, until the new ones have their names.
        self.redacted.allow_writes(&self.folder)?;
        synced(&self.folder.join(redacted))?;
        for (new, name) in pairs {
            std::fs::rename(self.folder.join(new), self.folder.join(name))?;
        }
        disk::sync_folder(&self.folder).map_err(failed)?;
        self.words = CompareOrWrite::resume(&self.folder, words)?;
        self.runs = CompareOrWrite::resume(&self.folder, runs)?;
        self.to_forget.clear();
        Ok(())
    }
}

fn failed(error: DiskError) -> IndexError {
    IndexError::Unreadable(std::io::Error::other(error))
}

/// Removes what a killed process left of new files: it may have words that were redacted since.
fn remove_new(folder: &Path) {
    for name in NEW {
        let _ = std::fs::remove_file(folder.join(name));
    }
}

/// Calls `each` with the words of a fact, folded.
fn each_word_of(fact: &Fact, each: &mut dyn FnMut(&str)) {
    let hops = fact.attribution.as_deref().unwrap_or_default();
    for (_, text) in searched_texts(Some(&fact.claim), fact.evidence.iter(), hops) {
        each_word(&text, each);
    }
}

fn add(open: &mut HashMap<String, Vec<u64>>, word: &str, position: u64) {
    let events = open.entry_ref(word).or_default();
    if events.last() != Some(&position) {
        events.push(position);
    }
}

/// The bytes of an entry of `redacted`.
fn redaction(number: u64, event: u64, by: u64) -> [u8; REDACTION as usize] {
    let mut bytes = [0; REDACTION as usize];
    let (positions, end) = bytes.split_at_mut(2 * POSITION);
    for (to, position) in positions.chunks_mut(POSITION).zip([event, by]) {
        to.copy_from_slice(&position.to_be_bytes()[8 - POSITION..]);
    }
    let found = check("redacted", number, None, positions);
    let length = end.len();
    end.copy_from_slice(&found[..length]);
    bytes
}

/// The events in a file `redacted`, as far as it is in form. It is compared later.
fn foretold(file: &CompareOrWrite) -> Result<BTreeSet<u64>, IndexError> {
    let mut found = BTreeSet::new();
    let mut number = 0;
    loop {
        let piece = file.existing(number * REDACTION, AT_ONCE * REDACTION as usize)?;
        for bytes in piece.chunks_exact(REDACTION as usize) {
            let read = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
            let Some((event, by)) = bytes.get(..2 * POSITION).map(|both| both.split_at(POSITION))
            else {
                return Ok(found);
            };
            let (event, by) = (read(event), read(by));
            if redaction(number, event, by) != bytes {
                return Ok(found);
            }
            found.insert(event);
            number += 1;
        }
        if piece.len() < AT_ONCE * REDACTION as usize {
            return Ok(found);
        }
    }
}
