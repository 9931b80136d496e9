//! A writer over homes and memories that fail: what is acknowledged stays, what is refused is not
//! there, what is unknown is there whole or not at all, and nothing is there twice.
//!
//! Always holds: histories are random, with legal and illegal acts in groups; after each error a
//! writer is opened anew over what is left. The model is the list of entries that must be in the
//! record. Each kind of fault is counted, so that no test passes because nothing failed.

use crate::index::{Clerk, entry};
use crate::slice::stamped;
use crate::support::acts::{self, ORIGIN};
use crate::support::keys;
use crate::support::ledger::{Ledger, Made};
use crate::support::random;
use crate::support::tamper::Dice;
use annals::disk::lock::Lock;
use annals::journal::Journal;
use annals::keys::{HighWaterMarks, Mark};
use annals::ledger::error::LedgerError;
use annals::ledger::home_mark::HomeMark;
use annals::ledger::paths::Paths;
use annals::ledger::reader::Record;
use annals::ledger::write::batch::verify_last;
use annals::ledger::write::home::Home;
use annals::ledger::write::home::faulty::{FaultPlan, FaultyHome, HomeFault};
use annals::ledger::write::home::in_memory::{MemoryHome, MemoryRecord};
use annals::ledger::write::home::journal_home::JournalHome;
use annals::ledger::write::memory::Memory;
use annals::ledger::write::memory::faulty::{FaultyMemory, MemoryFault};
use annals::ledger::write::memory::in_memory::LastMarks;
use annals::ledger::write::prepared_batch::PreparedBatch;
use annals::ledger::write::writer::{WakeOutcome, Writer};
use annals_core::event::Entry;
use annals_core::event::record;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::text::Origin;
use annals_core::verify::source::Source;
use annals_core::verify::{Options, verify};
use annals_core::{Anchors, Fault};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

const HOME_FAULTS: [HomeFault; 9] = [
    HomeFault::DocumentsLost,
    HomeFault::DocumentsKept,
    HomeFault::CommitRefused,
    HomeFault::CommitLost,
    HomeFault::CommitKept,
    HomeFault::NoteUnprepared,
    HomeFault::NotePrepared,
    HomeFault::NoteLost,
    HomeFault::NoteKept,
];
const MEMORY_FAULTS: [MemoryFault; 3] =
    [MemoryFault::Unreachable, MemoryFault::AdvanceLost, MemoryFault::AdvanceKept];

/// What a fault leaves of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    Nothing,
    All,
}

/// What goes wrong in a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Planned {
    Home(HomeFault),
    Memory(MemoryFault),
}

impl Planned {
    fn leaves(self) -> Left {
        use HomeFault::{CommitLost, CommitRefused, DocumentsKept, DocumentsLost};
        match self {
            Planned::Home(DocumentsLost | DocumentsKept | CommitRefused | CommitLost)
            | Planned::Memory(MemoryFault::Unreachable) => Left::Nothing,
            Planned::Home(_) | Planned::Memory(_) => Left::All,
        }
    }
}

/// The faults to come, in home and memory.
#[derive(Clone, Default)]
struct Plans {
    home: FaultPlan<HomeFault>,
    memory: FaultPlan<MemoryFault>,
}

impl Plans {
    fn set(&self, fault: Option<Planned>) {
        let (home, memory) = match fault {
            Some(Planned::Home(fault)) => (Some(fault), None),
            Some(Planned::Memory(fault)) => (None, Some(fault)),
            None => (None, None),
        };
        self.home.plan(home);
        self.memory.plan(memory);
    }

    fn none_is_left(&self) -> bool {
        self.home.planned().is_none() && self.memory.planned().is_none()
    }
}

/// A record, of which the homes are closed.
trait Room {
    /// Opens a writer over it, which fails as planned.
    fn open(&self, plans: &Plans) -> Result<Writer, LedgerError>;
    fn entries(&self) -> Vec<Entry>;
    fn has_document(&self, digest: &Hash) -> bool;
    fn mark(&self, origin: &Origin) -> Option<Mark>;
    /// The faults of the end, with checkpoint and mark.
    fn faults(&self, origin: &Origin) -> Vec<Fault>;
}

struct MemoryRoom {
    record: MemoryRecord,
    marks: LastMarks,
    paths: Paths,
}

impl MemoryRoom {
    fn new(folder: &Path) -> MemoryRoom {
        let paths = Paths::new(folder.join("nowhere").join("ledger"), None);
        MemoryRoom { record: MemoryRecord::default(), marks: LastMarks::default(), paths }
    }

    fn over(&self, record: &MemoryRecord, plans: &Plans) -> Result<Writer, LedgerError> {
        let home = FaultyHome::new(MemoryHome::open(record), plans.home.clone());
        let memory = FaultyMemory::new(self.marks.clone(), plans.memory.clone());
        let keys = vec![keys::secret("log")];
        Writer::over(self.paths.clone(), Box::new(home), Box::new(memory), keys)
    }
}

impl Room for MemoryRoom {
    fn open(&self, plans: &Plans) -> Result<Writer, LedgerError> {
        self.over(&self.record, plans)
    }

    fn entries(&self) -> Vec<Entry> {
        self.record.entries()
    }

    fn has_document(&self, digest: &Hash) -> bool {
        MemoryHome::open(&self.record).document(digest).expect("readable").is_some()
    }

    fn mark(&self, origin: &Origin) -> Option<Mark> {
        Memory::last(&self.marks, origin).expect("a memory")
    }

    fn faults(&self, origin: &Origin) -> Vec<Fault> {
        let mut home = MemoryHome::open(&self.record);
        let checkpoint = home.note().expect("a note");
        let mark = self.mark(origin).map(|mark| mark.marked_checkpoint());
        let anchors = Anchors { checkpoint, mark, ..Anchors::default() };
        verify(&home, &anchors, Options::whole(1)).expect("readable").faults
    }
}

struct JournalRoom {
    paths: Paths,
}

impl Room for JournalRoom {
    fn open(&self, plans: &Plans) -> Result<Writer, LedgerError> {
        let home = JournalHome::take(self.paths.clone(), Duration::from_secs(60))?;
        let home = FaultyHome::new(home, plans.home.clone());
        let marks = HighWaterMarks::at(self.paths.marks());
        let memory = FaultyMemory::new(marks, plans.memory.clone());
        let keys = vec![keys::secret("log")];
        Writer::over(self.paths.clone(), Box::new(home), Box::new(memory), keys)
    }

    fn entries(&self) -> Vec<Entry> {
        let journal = Journal::open(&self.paths.ledger, None).expect("a journal");
        journal.read(0..journal.size()).expect("readable")
    }

    fn has_document(&self, digest: &Hash) -> bool {
        Journal::document_path(&self.paths.ledger, digest).is_file()
    }

    fn mark(&self, origin: &Origin) -> Option<Mark> {
        HighWaterMarks::at(self.paths.marks()).last_for(origin).expect("marks")
    }

    fn faults(&self, _origin: &Origin) -> Vec<Fault> {
        Record::open(self.paths.clone()).expect("readable").against().expect("judged").faults
    }
}

/// What must be in the record, and what must not.
#[derive(Default)]
struct Model {
    entries: Vec<Entry>,
    documents: BTreeSet<Hash>,
    refused: BTreeSet<Hash>,
    /// The roots at each size.
    roots: Vec<Hash>,
    tree: Tree,
}

impl Model {
    fn new() -> Model {
        let mut model = Model::default();
        model.roots.push(model.tree.root());
        model
    }

    fn add(&mut self, group: &Group) {
        for entry in &group.entries {
            let hash = record::hash(&entry.record);
            self.tree.push(hash);
            self.roots.push(self.tree.root());
            self.refused.remove(&hash);
        }
        self.entries.extend_from_slice(&group.entries);
        self.documents.extend(group.documents.iter().map(|(digest, _)| *digest));
    }

    /// Compares the record with the model; the memory has no mark that the record does not extend.
    fn compare(&self, room: &dyn Room, origin: &Origin, what: &str) {
        let found = room.entries();
        assert_eq!(found.len(), self.entries.len(), "{what}");
        assert!(found == self.entries, "{what}: another event");
        let hashes: BTreeSet<Hash> = found.iter().map(|one| record::hash(&one.record)).collect();
        assert_eq!(hashes.len(), found.len(), "{what}: an event is there twice");
        assert!(self.refused.is_disjoint(&hashes), "{what}: a refused event is there");
        if let Some(mark) = room.mark(origin) {
            assert_eq!(self.roots.get(mark.size as usize), Some(&mark.root), "{what}: the mark");
        }
        assert!(self.documents.iter().all(|digest| room.has_document(digest)), "{what}");
    }
}

/// Events to commit together, and their documents.
struct Group {
    entries: Vec<Entry>,
    documents: Vec<(Hash, Vec<u8>)>,
}

/// The newsroom's editors at work: what they have committed, and then what they are about to.
struct Editors {
    ledger: Ledger,
    dice: Dice,
}

impl Editors {
    fn new(seed: u64) -> Editors {
        static NEWSROOM: LazyLock<Ledger> = LazyLock::new(Ledger::newsroom);
        Editors { ledger: NEWSROOM.clone(), dice: Dice(seed) }
    }

    /// All events so far as one group; documents of acts that were taken back are left out.
    fn all(&self) -> Group {
        let Ledger { events, documents, .. } = &self.ledger;
        let is_captured =
            |(name, _): &(&String, _)| events.iter().any(|event| event.body.contains(*name));
        let documents = documents.iter().filter(is_captured);
        let documents = documents.map(|(_, bytes)| (Hash::of(&[bytes]), bytes.clone())).collect();
        Group { entries: events.iter().map(entry).collect(), documents }
    }

    /// Signs a random act, which may be illegal; returns its document, if it captures one.
    fn act(&mut self) -> Option<(Hash, Vec<u8>)> {
        let (ledger, dice) = (&mut self.ledger, &mut self.dice);
        let by = dice.pick(&["ada", "bo", "cy", "dan"]);
        let facts = random::positions(ledger, &["fact.asserted"]);
        let act = match dice.below(16) {
            0 => {
                let text = format!("Text {}. It says little.", dice.roll());
                ledger.capture(by, &text, "null");
                return Some((Hash::of(&[text.as_bytes()]), text.into_bytes()));
            }
            1 => acts::confirmed(dice.pick(&facts)),
            2 => acts::disputed(dice.pick(&facts)),
            3 => acts::retracted(dice.pick(&facts)),
            4 => {
                // Eve is no editor.
                ledger.sign("eve", acts::asserted(4));
                return None;
            }
            _ => acts::asserted(4),
        };
        ledger.sign(by, act);
        None
    }

    /// Goes back to what is committed.
    fn take_back(&mut self, size: u64) {
        self.ledger.events.truncate(size as usize);
        self.ledger.closes.retain(|close| *close <= size);
        self.ledger.expected = size;
    }

    /// Prepares one or two random acts that are legal one after another; the illegal ones must
    /// never be in the record. What is prepared is taken back from the ledger.
    fn prepare(&mut self, writer: &mut Writer, model: &mut Model, counts: &mut Counts) -> Group {
        let first = writer.size();
        let most = 1 + self.dice.below(2);
        let mut prepared = PreparedBatch { first, ..PreparedBatch::default() };
        while prepared.entries.len() < most {
            prepared.documents.extend(self.act());
            prepared.entries.push(entry(self.ledger.events.last().expect("an event")));
            if verify_last(writer, &prepared).expect("a verdict").is_some() {
                let refused = prepared.entries.last().expect("an event");
                model.refused.insert(record::hash(&refused.record));
                counts.refused += 1;
                // What is refused takes those before it back with it.
                writer.take_back();
                self.take_back(first);
                prepared = PreparedBatch { first, ..PreparedBatch::default() };
            }
        }
        self.take_back(first);
        let PreparedBatch { entries, documents, .. } = prepared;
        Group { entries, documents }
    }

    /// The next fault of a commit, or none.
    fn fault(&mut self, group: &Group) -> Option<Planned> {
        let documents = [HomeFault::DocumentsLost, HomeFault::DocumentsKept];
        match self.dice.below(20) {
            0..=7 if !group.documents.is_empty() => Some(Planned::Home(self.dice.pick(&documents))),
            0..=2 => Some(Planned::Home(self.dice.pick(&HOME_FAULTS[2..]))),
            3 => Some(Planned::Memory(self.dice.pick(&MEMORY_FAULTS))),
            _ => None,
        }
    }

    /// Takes what is in the record.
    fn take(&mut self, entries: &[Entry]) {
        for entry in entries {
            let text = String::from_utf8(entry.record.clone()).expect("text");
            let mut lines = text.lines().map(str::to_owned);
            let mut line = || lines.next().expect("three lines");
            let (place, statement, signature) = (line(), line(), line());
            let body = String::from_utf8(entry.body.clone().expect("a body")).expect("text");
            self.ledger.events.push(Made { place, statement, signature, body });
            self.ledger.expected += 1;
        }
    }
}

/// The counts of a campaign.
#[derive(Debug, Default)]
struct Counts {
    commits: usize,
    acknowledged: usize,
    refused: usize,
    faults: BTreeMap<Planned, usize>,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.commits += other.commits;
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

/// The error of a commit that failed as planned says so.
fn expect_error(fault: Planned, error: &LedgerError) {
    use HomeFault::{CommitRefused, DocumentsLost};
    let is_as_planned = match (fault.leaves(), fault) {
        (Left::All, Planned::Home(HomeFault::CommitKept)) => {
            matches!(error, LedgerError::OutcomeUnknown(_))
        }
        (Left::All, _) => matches!(error, LedgerError::NotAcknowledged { .. }),
        (Left::Nothing, Planned::Home(DocumentsLost | CommitRefused)) => !error.leaves_open(),
        (Left::Nothing, _) => matches!(error, LedgerError::OutcomeUnknown(_)),
    };
    assert!(is_as_planned, "{fault:?}: {error:?}");
}

/// Commits some groups to a room, opening a writer anew after each error. Returns the model.
fn history(room: &dyn Room, editors: &mut Editors, groups: usize, counts: &mut Counts) -> Model {
    let origin = Origin::new(ORIGIN).expect("an origin");
    let plans = Plans::default();
    let mut writer = room.open(&plans).expect("a writer");
    let mut model = Model::new();
    let start = editors.all();
    if writer.size() == 0 {
        let mut prepared =
            PreparedBatch { documents: start.documents.clone(), ..PreparedBatch::default() };
        for entry in &start.entries {
            prepared.entries.push(entry.clone());
            assert_eq!(verify_last(&mut writer, &prepared).expect("a verdict"), None);
        }
        writer.commit(&start.entries, &start.documents).expect("a newsroom");
    }
    model.add(&start);
    for number in 0..groups {
        let group = editors.prepare(&mut writer, &mut model, counts);
        let fault = editors.fault(&group);
        plans.set(fault);
        let committed = writer.commit(&group.entries, &group.documents);
        let came = fault.filter(|_| plans.none_is_left());
        plans.set(None);
        counts.commits += 1;
        let what = format!("commit {number}, {came:?}");
        match (&committed, came) {
            (Ok(()), None) => counts.acknowledged += 1,
            (Err(error), Some(fault)) => expect_error(fault, error),
            (done, _) => panic!("{what}: {done:?}"),
        }
        if came.is_none_or(|fault| fault.leaves() == Left::All) {
            model.add(&group);
            editors.take(&group.entries);
        }
        let Some(fault) = came else { continue };
        *counts.faults.entry(fault).or_default() += 1;
        model.compare(room, &origin, &what);
        drop(writer);
        writer = room.open(&plans).expect("a writer after a fault");
        assert_eq!(writer.size(), model.entries.len() as u64, "{what}");
        let mark = room.mark(&origin).expect("a mark");
        assert_eq!(mark.size, writer.size(), "{what}: all is signed again");
    }
    drop(writer);
    model.compare(room, &origin, "the end");
    assert_eq!(room.faults(&origin), [], "the end");
    model
}

fn expect_counts(counts: &Counts, least: usize) {
    for fault in
        HOME_FAULTS.map(Planned::Home).into_iter().chain(MEMORY_FAULTS.map(Planned::Memory))
    {
        let count = counts.faults.get(&fault).copied().unwrap_or_default();
        assert!(count >= least, "{fault:?} came {count} times: {counts:?}");
    }
    assert!(counts.refused >= least && counts.acknowledged >= counts.commits / 2, "{counts:?}");
}

#[test]
fn a_home_in_memory_that_fails_keeps_what_was_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    // Two threads, because most of the time goes into signatures.
    let campaign = |first: u64| {
        let mut counts = Counts::default();
        for seed in (first..500).step_by(2) {
            let room = MemoryRoom::new(folder.path());
            history(&room, &mut Editors::new(seed), 20, &mut counts);
        }
        counts
    };
    let counts = std::thread::scope(|scope| {
        let other = scope.spawn(|| campaign(1));
        let mut counts = campaign(0);
        counts.add(other.join().expect("a campaign"));
        counts
    });
    assert_eq!(counts.commits, 10_000);
    eprintln!("{counts:#?}");
    expect_counts(&counts, 50);
}

#[test]
fn a_journal_that_fails_keeps_what_was_acknowledged() {
    let mut counts = Counts::default();
    for seed in 0..10 {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = stamped(&Clerk::new(seed, 1), folder.path());
        history(&JournalRoom { paths }, &mut Editors::new(seed), 40, &mut counts);
    }
    eprintln!("{counts:#?}");
    assert!(counts.commits == 400, "{counts:?}");
    expect_counts(&counts, 1);
}

#[test]
fn a_writer_that_was_outrun_has_written_nothing_and_goes_on_after_it_woke() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut counts, mut outrun) = (Counts::default(), 0);
    for seed in 0..20 {
        let room = MemoryRoom::new(folder.path());
        let mut editors = Editors::new(seed);
        let mut model = history(&room, &mut editors, 1, &mut counts);
        let plans = Plans::default();
        let mut writers = [room.open(&plans).expect("one"), room.open(&plans).expect("another")];
        for number in 0..10 {
            let [one, other] = &mut writers;
            let late = editors.prepare(one, &mut model, &mut counts);
            let early = editors.prepare(other, &mut model, &mut counts);
            other.commit(&early.entries, &early.documents).expect("it is first");
            model.add(&early);
            editors.take(&early.entries);
            let refused = one.commit(&late.entries, &late.documents);
            assert!(matches!(refused, Err(LedgerError::Outrun(_))), "{number}: {refused:?}");
            model.compare(&room, &Origin::new(ORIGIN).expect("an origin"), "outrun");
            one.rest().expect("a rest");
            assert_eq!(one.wake().expect("awake"), WakeOutcome::Changed);
            assert_eq!(one.size(), model.entries.len() as u64);
            writers.swap(0, 1);
            outrun += 1;
            // The one that was first finds itself as it was.
            assert_eq!(writers[0].wake().expect("awake"), WakeOutcome::Same);
        }
    }
    assert!(outrun >= 100, "outrun {outrun} times");
}

#[test]
fn a_home_that_lost_what_it_acknowledged_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut counts, mut refused) = (Counts::default(), 0);
    for seed in 0..20 {
        let room = MemoryRoom::new(folder.path());
        let mut editors = Editors::new(seed);
        let before = history(&room, &mut editors, 5, &mut counts);
        let backup = room.record.backup();
        let after = history(&room, &mut editors, 5, &mut counts);
        let opened = room.over(&backup, &Plans::default());
        if before.entries.len() == after.entries.len() {
            opened.expect("the same record");
            continue;
        }
        let (marked, size) = (after.entries.len() as u64, before.entries.len() as u64);
        match opened.map(drop) {
            Err(LedgerError::BehindMark { marked: found, size: of }) => {
                assert_eq!((found, of), (marked, size));
            }
            other => panic!("{other:?}"),
        }
        assert!(backup.entries() == before.entries, "it was changed");
        refused += 1;
    }
    assert!(refused > 10, "refused {refused} times");
}

/// While its writer rests, or waits for the folder, a record can be moved into a database.
#[test]
fn a_record_that_was_moved_meanwhile_is_not_written_to_in_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = stamped(&Clerk::new(1, 1), folder.path());
    let mut writer = Writer::open(paths.clone(), Duration::ZERO).expect("a writer");
    let moved = HomeMark { place: "postgres://127.0.0.1:1/news".to_owned(), memory: None };
    let is_elsewhere = |refused: Option<LedgerError>| match refused {
        Some(LedgerError::KeptElsewhere { place, .. }) => assert_eq!(place, moved.place),
        other => panic!("{other:?}"),
    };
    writer.rest().expect("a rest");
    moved.write(&paths).expect("a mark");
    is_elsewhere(writer.wake().err());
    HomeMark::remove(&paths).expect("it is moved back");
    drop(writer);
    let lock = Lock::take(&paths.lock(), Duration::ZERO).expect("the lock");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| Writer::open(paths.clone(), Duration::from_secs(60)).err());
        std::thread::sleep(Duration::from_millis(100));
        moved.write(&paths).expect("a mark");
        drop(lock);
        is_elsewhere(waiting.join().expect("it ends"));
    });
    HomeMark::remove(&paths).expect("it is moved back");
    Writer::open(paths, Duration::ZERO).expect("its folder is its home");
}
