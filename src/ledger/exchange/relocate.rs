//! Moving: a record goes from a folder into a database, and back.
//!
//! ```text
//! into    verified ─► the record may go there ─► its memory answers ─► documents and events, group
//!         by group ─► checkpoint ─► the folder is marked ─► the database keeps it
//! back    the copy is brought up to date ─► verified ─► the folder keeps it, as the database says
//!         ─► marks ─► the mark goes
//! ```
//!
//! Always holds: at every moment one place is the home, and what the database says of it is changed
//! only from what was read there; the same command again continues a move that was interrupted.
//! What is in a database already, where it is the beginning of the record, stays: so what a
//! database lost, at its end or before it, is put back from its copy. Not here: which record of a
//! database is meant, and whether it may go there (`target`), the rows (`record_fill`, `put_back`),
//! SQL (`database`).
//! Source: FORMAT.md section 18.

use crate::database::{Database, DatabaseAddress};
use crate::disk::lock::LockWait;
use crate::entropy::Entropy;
use crate::keys::{HighWaterMarks, Mark};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::exchange::publish::PublishableRecord;
use crate::ledger::exchange::steps::Steps;
use crate::ledger::following::FollowingMark;
use crate::ledger::home_mark::{HomeMark, MemoryWitness};
use crate::ledger::imported::ImportStatus;
use crate::ledger::paths::Paths;
use crate::ledger::reader::Record;
use crate::ledger::write::home::postgres_home::kept_elsewhere;
use crate::ledger::write::memory::Memory;
use crate::ledger::write::memory::at_witness::WitnessMemory;
use crate::ledger::write::writer::Writer;
use crate::store::StoreHead;
use annals_core::text::Origin;
use annals_core::tlog::{Checkpoint, Note};
use annals_core::verdict::Verdict;
use annals_core::verify::source::Source;
use record_fill::RecordFill;
use target::{FoundRow, MoveTarget, last_hash};

mod record_fill;
mod moving_place;
mod put_back;
mod target;

pub use put_back::RestoredRows;

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

/// Moves the record of a folder into a database; the folder becomes its copy. If it is a copy
/// already, puts back what the database lost, and writes down another address of it.
///
/// Errors: the record does not verify; it is kept in another place; the database has another
/// history of it; the memory of the log key does not answer.
pub fn move_to_database(
    paths: &Paths,
    options: MoveOptions<'_>,
) -> Result<MoveOutcome, LedgerError> {
    let MoveOptions { address, jobs, memory, wait, progress, steps, entropy } = options;
    expect_no_follower(paths)?;
    let mark = HomeMark::of(paths)?;
    if mark.is_none() {
        // What an interrupted writer left is completed first.
        Writer::open(paths.clone(), wait)?.check_log_keys()?;
    }
    let mut lock = paths.take_lock(wait)?;
    HomeMark::expect(paths, mark.as_ref().map(|mark| mark.place.as_str()))?;
    ImportStatus::of(paths)?.expect_writable(paths)?;
    let record = Record::open(paths.clone())?;
    let checkpoint = PublishableRecord::of(&record, jobs, progress)?.checkpoint().clone();
    let mut database = Database::connect(address)?;
    database.expect_fit()?;
    let found = FoundRow::of(&mut database, &checkpoint.origin, &record)?;
    let begun = moving_place::begun(paths)?;
    let target = MoveTarget { address, mark: mark.as_ref(), begun: begun.as_deref() };
    target.expect_home(found.as_ref(), &record)?;
    let memory = memory.cloned().or_else(|| mark.as_ref()?.memory.clone());
    let asked = expect_memory(paths, memory.as_ref(), &checkpoint.origin);
    asked.map_err(|error| match target.is_named() {
        true => moved(address, error),
        false => LedgerError::Usage(format!("{}; the record was not moved", chain(&error))),
    })?;
    let here = moving_place::begin(paths, entropy)?;
    let before = found.as_ref().map_or(0, |found| found.row.head.size);
    let mut filling = match found {
        Some(found) if mark.is_some() && found.keeps_all_of(&record) => {
            // The servers of the database go on meanwhile.
            RecordFill::whole(&mut database, &record, found)
        }
        // The row says that the record is kept elsewhere, so no server uses it until it is whole.
        Some(found) => RecordFill::of(&mut database, &record, found, &here)?,
        None => RecordFill::new(&mut database, &record, &checkpoint.origin, &here)?,
    };
    for batch in record.source.walk(0)? {
        let batch = batch?;
        lock.step();
        filling.take(&batch)?;
        steps.at("move", batch.first);
    }
    let filled = filling.finish(&checkpoint)?;
    let note = record.checkpoint.as_deref().unwrap_or_default();
    database.put_note(filled.id, checkpoint.size, note)?;
    // From here on nobody writes to the folder alone.
    HomeMark { place: address.to_string(), memory }.write(paths)?;
    if filled.is_held {
        database.move_record(filled.id, &filled.head, Some(&here), None)?;
    }
    moving_place::end(paths)?;
    // The memory has all of it before anybody writes.
    let writer = Writer::open_database_under(lock, paths.clone(), address, wait);
    writer.and_then(|writer| writer.check_log_keys()).map_err(|error| moved(address, error))?;
    let size = before.max(checkpoint.size);
    Ok(MoveOutcome { origin: checkpoint.origin, before, size, restored: filled.restored })
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

/// Refuses a copy that follows a published record: neither it nor a database of it is moved here.
fn expect_no_follower(paths: &Paths) -> Result<(), LedgerError> {
    match FollowingMark::of(paths)? {
        Some(mark) => Err(LedgerError::Usage(format!(
            "expected the ledger that keeps the record at {}, found a copy of the record at {}, \
             which is kept there: only who runs that can move it; nothing was moved",
            paths.ledger.display(),
            mark.shown_place()
        ))),
        None => Ok(()),
    }
}

/// Moves a record from a database into its copy: the folder is its home again.
///
/// Errors: the database has events that do not verify; it cannot be written to; the record is kept
/// in another place.
pub fn move_to_folder(
    paths: &Paths,
    origin: Option<&str>,
    options: MoveOptions<'_>,
) -> Result<MoveOutcome, LedgerError> {
    let MoveOptions { address, jobs, memory, wait, progress, entropy, .. } = options;
    expect_no_follower(paths)?;
    if let Some(outcome) = at_home(paths, address, wait)? {
        return Ok(outcome);
    }
    let before = match HomeMark::of(paths)? {
        Some(_) => Record::open(paths.clone())?.size(),
        None => 0,
    };
    if !is_moved_here(paths, address)? {
        // The copy is brought up to date, judged and signed.
        Writer::open_database(paths.clone(), address, origin, memory, wait)?.check_log_keys()?;
    }
    let _lock = paths.take_lock(wait)?;
    HomeMark::expect(paths, Some(&address.to_string()))?;
    let record = Record::open(paths.clone())?;
    let checkpoint = PublishableRecord::of(&record, jobs, progress)?.checkpoint().clone();
    let mut database = Database::connect(address)?;
    let found = FoundRow::expect(&mut database, address, &checkpoint.origin, &record)?;
    let head = StoreHead { size: record.size(), hash: last_hash(&record, record.size())? };
    let here = moving_place::begin(paths, entropy)?;
    // Of two machines that move it at the same time, one finds it as it was read.
    let from = found.row.moved.as_deref().filter(|place| *place == here);
    // From here on no server writes there.
    database.move_record(found.id, &head, from, Some(&here))?;
    remember_here(paths, &checkpoint, record.checkpoint.as_deref(), wait)?;
    HomeMark::remove(paths)?;
    moving_place::end(paths)?;
    let (size, restored) = (checkpoint.size, RestoredRows::default());
    Ok(MoveOutcome { origin: checkpoint.origin, before, size, restored })
}

/// The record of a folder that is its home already, and was moved there from this database; `None`
/// if the folder is no home, or its record was never in the database.
///
/// Errors: the database says that the record is kept in another place, so this is a copy of it; the
/// folder cannot be written to.
fn at_home(
    paths: &Paths,
    address: &DatabaseAddress,
    wait: LockWait,
) -> Result<Option<MoveOutcome>, LedgerError> {
    if HomeMark::of(paths)?.is_some() || paths.expect_ledger().is_err() {
        return Ok(None);
    }
    let record = Record::open(paths.clone())?;
    let Some((origin, place)) = target::moved_away(&mut Database::connect(address)?, &record)?
    else {
        return Ok(None);
    };
    if !moving_place::is_of(paths, &place)? {
        return Err(kept_elsewhere(&place, address));
    }
    // A copy of it that is only read is at the same path perhaps, on another machine.
    Writer::open(paths.clone(), wait)?.check_log_keys()?;
    let (size, restored) = (record.size(), RestoredRows::default());
    Ok(Some(MoveOutcome { origin, before: size, size, restored }))
}

/// Whether the database says that the record is kept in this folder already: a move was interrupted
/// after that.
fn is_moved_here(paths: &Paths, address: &DatabaseAddress) -> Result<bool, LedgerError> {
    let Some(here) = moving_place::begun(paths)? else { return Ok(false) };
    if HomeMark::of(paths)?.is_none_or(|mark| mark.place != address.to_string()) {
        return Ok(false);
    }
    let records = Database::connect(address)?.records()?;
    Ok(records.iter().any(|kept| kept.row.moved.as_ref() == Some(&here)))
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
