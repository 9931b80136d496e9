//! Moving: a record goes from a folder into a database, and back.
//!
//! ```text
//! into    verified ─► documents ─► events, group by group ─► checkpoint ─► the folder is marked
//! back    the copy is brought up to date ─► verified ─► the database says so ─► the mark goes
//! ```
//!
//! Always holds: at every moment one place is the home; what is stopped goes on when it is asked
//! for again. What is in a database already, where it is the beginning of the record, stays: so
//! what a database lost, at its end or before it, is put back from its copy. Not here: SQL
//! (`database`).
//! Source: FORMAT.md section 18.

use crate::database::{
    Database, DatabaseAddress, DatabaseError, KeptRecord, RowGroup, RowsWritten,
};
use crate::disk::lock::LockWait;
use crate::entropy::Entropy;
use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::publish::Verified;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::home_mark::{HomeMark, MemoryWitness};
use crate::ledger::imported::Imported;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use crate::ledger::write::home::captured;
use crate::ledger::write::memory::Memory;
use crate::ledger::write::memory::at_witness::WitnessMemory;
use crate::ledger::write::writer::Writer;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::event::record;
use annals_core::hash::Hash;
use annals_core::merkle::Tree;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verdict::Verdict;
use annals_core::verify::source::Source;

mod moving_place;
mod put_back;

pub use put_back::RestoredRows;

/// The bytes of the events that are moved together, but for a single one that has more.
const MOST_BYTES: usize = 16 << 20;

/// How a record is moved.
pub struct MoveOptions<'a> {
    /// The database.
    pub address: &'a DatabaseAddress,
    /// Number of threads that verify.
    pub jobs: usize,
    /// The witness that is the memory of the log key from then on; `None` for the file of marks,
    /// or the one that the copy says.
    pub memory: Option<&'a MemoryWitness>,
    /// How long to wait for a writer.
    pub wait: LockWait,
    /// Called periodically with the number of events that are verified.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
    /// Called with each step.
    pub steps: Steps<'a>,
    /// The source of the move's name.
    pub entropy: &'a mut dyn Entropy,
}

/// What was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveOutcome {
    /// The name of the record.
    pub origin: String,
    /// The number of events that were at the new place before.
    pub before: u64,
    /// The number of events.
    pub size: u64,
    /// What was missing there below its end, and was put back.
    pub restored: RestoredRows,
}

/// Moves the record of a folder into a database; the folder becomes its copy. Puts back what a
/// database lost, if the folder is its copy already.
///
/// Errors: the record does not verify; the database has another one of this name.
pub fn move_to_database(
    paths: &Paths,
    options: MoveOptions<'_>,
) -> Result<MoveOutcome, LedgerError> {
    let MoveOptions { address, memory, wait, .. } = options;
    let place = address.to_string();
    let found = HomeMark::of(paths)?;
    let memory = match found.clone() {
        None => {
            // What an interrupted writer left is completed first.
            Writer::open(paths.clone(), wait)?.check_log_keys()?;
            memory.cloned()
        }
        Some(mark) if mark.place == place => memory.cloned().or(mark.memory),
        Some(mark) => {
            let ledger = paths.ledger.clone();
            let elsewhere = LedgerError::KeptElsewhere { ledger, place: mark.place.clone() };
            return name_anew(paths, mark, options)?.ok_or(elsewhere);
        }
    };
    let MoveOptions { address, jobs, wait, progress, steps, entropy, .. } = options;
    let mut lock = paths.take_lock(wait)?;
    HomeMark::expect(paths, found.as_ref().map(|mark| mark.place.as_str()))?;
    Imported::of(paths)?.expect_writable(paths)?;
    let record = Record::open(paths.clone())?;
    let verified = Verified::of(&record, jobs, progress)?;
    let checkpoint = verified.checkpoint();
    let mut database = Database::connect(address)?;
    database.expect_fit()?;
    let kept = database.records()?.into_iter().find(|kept| kept.origin == checkpoint.origin);
    let asked = expect_memory(paths, memory.as_ref(), &checkpoint.origin);
    asked.map_err(|error| match found {
        Some(_) => moved(address, error),
        None => LedgerError::Usage(format!("{}; the record was not moved", chain(&error))),
    })?;
    let here = moving_place::begin(paths, entropy)?;
    let (id, before) = match kept {
        Some(kept) => {
            expect_beginning(address, &kept, &record)?;
            // Until it is whole there, nobody serves it from there.
            database.move_record(kept.id, &kept.row.head, Some(&here))?;
            (kept.id, kept.row.head)
        }
        None => {
            let empty = Tree::default().root();
            (database.add_record(&checkpoint.origin, &empty, &here)?, StoreHead::EMPTY)
        }
    };
    let mut move_into = MoveInto { database: &mut database, id, head: before, here: &here };
    let (mut tree, mut restored) = (Tree::default(), RestoredRows::default());
    for batch in record.source.walk(0)? {
        let batch = batch?;
        lock.step();
        let skip = before.size.saturating_sub(batch.first).min(batch.entries.len() as u64);
        let (there, new) = batch.entries.split_at(skip as usize);
        there.iter().for_each(|entry| tree.push(record::hash(&entry.record)));
        let lacked =
            put_back::complete(move_into.database, address, id, batch.first, there, &record)?;
        restored.events += lacked.events;
        restored.documents += lacked.documents;
        let mut rest = new;
        while !rest.is_empty() {
            let (group, later) = rest.split_at(group_of(rest));
            move_into.add(group, &mut tree, &record)?;
            rest = later;
        }
        steps.at("move", batch.first);
    }
    let row = database.head(id)?;
    if (row.head.size, row.root) != (checkpoint.size, checkpoint.root) {
        return Err(LedgerError::Outrun(format!(
            "expected {} events in the database, with the root of the checkpoint here, found {}",
            checkpoint.size, row.head.size
        )));
    }
    let note = record.checkpoint.as_deref().unwrap_or_default();
    database.put_note(id, checkpoint.size, note)?;
    // From here on nobody writes to the folder alone.
    HomeMark { place, memory }.write(paths)?;
    database.move_record(id, &row.head, None)?;
    moving_place::end(paths)?;
    // The memory has all of it before anybody writes.
    let writer = Writer::open_database_under(lock, paths.clone(), address, wait);
    writer.and_then(|writer| writer.check_log_keys()).map_err(|error| moved(address, error))?;
    Ok(MoveOutcome {
        origin: checkpoint.origin.clone(),
        before: before.size,
        size: checkpoint.size,
        restored,
    })
}

/// An error after the record was moved: what a person does next depends on where it is.
fn moved(address: &DatabaseAddress, error: LedgerError) -> LedgerError {
    match error.verdict() {
        Verdict::CouldNotTell => LedgerError::Usage(format!(
            "the record is in the database at {address} now, but: {}; annals move --to {address} \
             again goes on, with --memory and --memory-key if another witness is the memory",
            chain(&error)
        )),
        _ => error,
    }
}

/// Refuses a witness that cannot be the memory of the log key, before anything is moved: it must
/// say what it has, and show with a cosignature that it is the one whose key is named.
fn expect_memory(
    paths: &Paths,
    memory: Option<&MemoryWitness>,
    origin: &str,
) -> Result<(), LedgerError> {
    let (Some(memory), Ok(origin)) = (memory, Origin::new(origin)) else { return Ok(()) };
    WitnessMemory::of(memory, paths)?.last(&origin)?;
    Ok(())
}

/// Writes another address of the database into the mark of its copy: one that has the record, with
/// all that the copy has, and from which it was not moved. `None` if it is not such a one.
fn name_anew(
    paths: &Paths,
    mark: HomeMark,
    options: MoveOptions<'_>,
) -> Result<Option<MoveOutcome>, LedgerError> {
    let MoveOptions { address, memory, jobs, wait, progress, .. } = options;
    let lock = paths.take_lock(wait)?;
    HomeMark::expect(paths, Some(&mark.place))?;
    let record = Record::open(paths.clone())?;
    let verified = Verified::of(&record, jobs, progress)?;
    let origin = verified.checkpoint().origin.clone();
    let mut database = Database::connect(address)?;
    database.expect_fit()?;
    let kept = database.records()?.into_iter().find(|kept| kept.origin == origin);
    let Some(kept) = kept.filter(|kept| kept.row.moved.is_none()) else { return Ok(None) };
    let size = record.size();
    let last = match size.checked_sub(1) {
        Some(last) => database.event(kept.id, last)?.map(|entry| record::hash(&entry.record)),
        None => None,
    };
    if kept.row.head.size < size || last != last_hash(&record, size)? {
        return Ok(None);
    }
    let memory = memory.cloned().or(mark.memory);
    HomeMark { place: address.to_string(), memory }.write(paths)?;
    Writer::open_database_under(lock, paths.clone(), address, wait)?.check_log_keys()?;
    let (size, restored) = (kept.row.head.size, RestoredRows::default());
    Ok(Some(MoveOutcome { origin, before: size, size, restored }))
}

/// Moves a record from a database into its copy: the folder is its home again.
///
/// Errors: the database has events that do not verify; it cannot be written to.
pub fn move_to_folder(
    paths: &Paths,
    origin: Option<&str>,
    options: MoveOptions<'_>,
) -> Result<MoveOutcome, LedgerError> {
    let MoveOptions { address, memory, jobs, wait, progress, entropy, .. } = options;
    if let Some(outcome) = moved_before(paths, address)? {
        let _lock = paths.take_lock(wait)?;
        let record = Record::open(paths.clone())?;
        let verified = Verified::of(&record, jobs, progress)?;
        remember_here(paths, verified.checkpoint(), record.checkpoint.as_deref(), wait)?;
        HomeMark::remove(paths)?;
        moving_place::end(paths)?;
        return Ok(outcome);
    }
    if let Some(outcome) = at_home(paths, address)? {
        return Ok(outcome);
    }
    let before = match HomeMark::of(paths)? {
        Some(_) => Record::open(paths.clone())?.size(),
        None => 0,
    };
    // It is brought up to date, judged and signed.
    Writer::open_database(paths.clone(), address, origin, memory, wait)?.check_log_keys()?;
    let _lock = paths.take_lock(wait)?;
    let record = Record::open(paths.clone())?;
    let verified = Verified::of(&record, jobs, progress)?;
    let checkpoint = verified.checkpoint();
    let mut database = Database::connect(address)?;
    let KeptRecord { id, .. } = record_of(&mut database, address, &checkpoint.origin)?;
    let head = StoreHead { size: record.size(), hash: last_hash(&record, record.size())? };
    let here = moving_place::begin(paths, entropy)?;
    // From here on no server writes there.
    database.move_record(id, &head, Some(&here))?;
    remember_here(paths, checkpoint, record.checkpoint.as_deref(), wait)?;
    HomeMark::remove(paths)?;
    moving_place::end(paths)?;
    let (size, restored) = (checkpoint.size, RestoredRows::default());
    Ok(MoveOutcome { origin: checkpoint.origin.clone(), before, size, restored })
}

/// Writes the checkpoint of the record into the file of marks, which is the memory again.
fn remember_here(
    paths: &Paths,
    checkpoint: &Checkpoint,
    note: Option<&[u8]>,
    wait: LockWait,
) -> Result<(), LedgerError> {
    let marks = HighWaterMarks::at(paths.marks());
    let note = note.and_then(Note::parse);
    let Ok(origin) = Origin::new(checkpoint.origin.as_str()) else { return Ok(()) };
    let mut lines = note.iter().flat_map(|note| &note.signatures);
    let mark = lines.find_map(|line| match line.name == *origin {
        true => Mark::of(&origin, checkpoint, line),
        false => None,
    });
    if let Some(mark) = mark
        && marks.last_for(&origin)?.is_none_or(|last| last.size < mark.size)
    {
        marks.hold(wait)?.append(&mark)?;
    }
    Ok(())
}

/// What a move to this folder did that was stopped before the mark went; `None` if there was none.
fn moved_before(
    paths: &Paths,
    address: &DatabaseAddress,
) -> Result<Option<MoveOutcome>, LedgerError> {
    let Some(here) = moving_place::begun(paths)? else { return Ok(None) };
    if HomeMark::of(paths)?.map(|mark| mark.place) != Some(address.to_string()) {
        return Ok(None);
    }
    let record = Record::open(paths.clone())?;
    let hash = last_hash(&record, record.size())?;
    let records = Database::connect(address)?.records()?;
    let is_it = |kept: &KeptRecord| {
        kept.row.head == StoreHead { size: record.size(), hash }
            && kept.row.moved.as_ref() == Some(&here)
    };
    Ok(records.into_iter().find(is_it).map(|kept| {
        let size = record.size();
        let restored = RestoredRows::default();
        MoveOutcome { origin: kept.origin, before: size, size, restored }
    }))
}

/// The record of a folder that is its home already, and was moved there from this database; `None`
/// if it is not.
fn at_home(paths: &Paths, address: &DatabaseAddress) -> Result<Option<MoveOutcome>, LedgerError> {
    if HomeMark::of(paths)?.is_some() || paths.expect_ledger().is_err() {
        return Ok(None);
    }
    let record = Record::open(paths.clone())?;
    for KeptRecord { origin, row, .. } in Database::connect(address)?.records()? {
        let was_moved = row.moved.is_some() && (1..=record.size()).contains(&row.head.size);
        if was_moved && last_hash(&record, row.head.size)? == row.head.hash {
            let (size, restored) = (record.size(), RestoredRows::default());
            return Ok(Some(MoveOutcome { origin, before: size, size, restored }));
        }
    }
    Ok(None)
}

/// Refuses a record in the database that is no beginning of this one.
fn expect_beginning(
    address: &DatabaseAddress,
    kept: &KeptRecord,
    record: &Record,
) -> Result<(), LedgerError> {
    let head = kept.row.head;
    if head.size > record.size() || last_hash(record, head.size)? != head.hash {
        return Err(LedgerError::Stopped(
            record.paths.ledger.clone(),
            format!(
                "the database at {address} has the record {} with {} events, which is no beginning \
                 of the one here: name another database, or the folder that has its events",
                kept.origin, head.size
            ),
        ));
    }
    Ok(())
}

fn record_of(
    database: &mut Database,
    address: &DatabaseAddress,
    origin: &str,
) -> Result<KeptRecord, LedgerError> {
    let found = database.records()?.into_iter().find(|kept| kept.origin == origin);
    found.ok_or_else(|| {
        let why = format!("expected the record {origin} in the database at {address}, found none");
        DatabaseError::NoRecord(why).into()
    })
}

/// The hash of the last of the first `size` events.
fn last_hash(record: &Record, size: u64) -> Result<Option<Hash>, LedgerError> {
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let entries = record.journal()?.read(last..size)?;
    Ok(entries.first().map(|entry| record::hash(&entry.record)))
}

/// A record that is being moved into a database.
struct MoveInto<'a> {
    database: &'a mut Database,
    id: i32,
    head: StoreHead,
    /// Where the record is kept until all of it is there.
    here: &'a str,
}

impl MoveInto<'_> {
    /// Adds events with their documents; `tree` is that of the events before.
    fn add(
        &mut self,
        entries: &[Entry],
        tree: &mut Tree,
        record: &Record,
    ) -> Result<(), LedgerError> {
        for digest in entries.iter().filter_map(captured) {
            if let Some(bytes) = record.source.document(&digest)? {
                self.database.keep(self.id, &[(digest, bytes)])?;
            }
        }
        entries.iter().for_each(|entry| tree.push(record::hash(&entry.record)));
        let hash = entries.last().map(|entry| record::hash(&entry.record));
        let to = StoreHead { size: self.head.size + entries.len() as u64, hash };
        let (from, root, kept) = (self.head, tree.root(), Some(self.here));
        match self.database.commit(self.id, &RowGroup { from, to, root, entries, kept })? {
            RowsWritten::Written => self.head = to,
            RowsWritten::Outrun(head) => {
                let why = format!("the database went on to {} events meanwhile", head.size);
                return Err(LedgerError::Outrun(why));
            }
        }
        Ok(())
    }
}

/// How many of these events are moved together: as many as have a bounded number of bytes.
fn group_of(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += entry.record.len() + entry.body.as_ref().map_or(0, Vec::len);
        bytes <= MOST_BYTES
    };
    entries.iter().take_while(fits).count().max(1)
}
