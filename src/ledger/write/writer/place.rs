//! Where a record is kept, and a writer of it.
//!
//! Not here: the homes themselves (`home`).

use super::{KeysFrom, Writer, WriterOptions, marks};
use crate::database::{Database, DatabaseAddress};
use crate::disk;
use crate::disk::lock::{Lock, LockWait};
use crate::journal::Journal;
use crate::ledger::error::LedgerError;
use crate::ledger::home_mark::{HomeMark, MemoryWitness};
use crate::ledger::paths::Paths;
use crate::ledger::write::home::Home;
use crate::ledger::write::home::journal_home::JournalHome;
use crate::ledger::write::home::postgres_home::PostgresHome;
use crate::ledger::write::memory::Memory;
use crate::ledger::write::memory::at_witness::WitnessMemory;

/// Where a record is kept.
#[derive(Clone, Debug)]
pub enum HomePlace {
    /// In its folder.
    Folder,
    /// In a database; the folder is a copy.
    Database {
        /// The database.
        address: Box<DatabaseAddress>,
        /// The name of the record, where there is no copy yet and the database has several.
        origin: Option<String>,
        /// The witness that is the log key's memory; `None` if that is what the copy says.
        memory: Option<Box<MemoryWitness>>,
    },
}

impl HomePlace {
    /// Opens the record for writing.
    ///
    /// Errors: as [`Writer::open`] and [`Writer::open_database`].
    pub fn open(&self, paths: Paths, wait: LockWait) -> Result<Writer, LedgerError> {
        match self {
            HomePlace::Folder => Writer::open(paths, wait),
            HomePlace::Database { address, origin, memory } => {
                let (origin, memory) = (origin.as_deref(), memory.as_deref());
                Writer::open_database(paths, address, origin, memory, wait)
            }
        }
    }

    /// The kind of the place, in a word: `journal` or `database`.
    pub fn kind(&self) -> &'static str {
        match self {
            HomePlace::Folder => "journal",
            HomePlace::Database { .. } => "database",
        }
    }

    /// Whether opening it makes a copy of a database's record with a file as the log key's memory:
    /// a server beside others, or in place of one, that knows nothing of their memory.
    ///
    /// Errors: the folder cannot be looked at.
    pub fn begins_a_memory(&self, paths: &Paths) -> Result<bool, LedgerError> {
        match self {
            HomePlace::Database { memory: None, .. } => Ok(!disk::is_there(&paths.ledger)?),
            _ => Ok(false),
        }
    }

    /// Whether other programs may write to the record at the same time.
    pub fn is_shared(&self) -> bool {
        matches!(self, HomePlace::Database { .. })
    }
}

impl Writer {
    /// Opens a record that is kept in a database, with its copy at `paths`, as [`Writer::open`]
    /// does; makes the copy if there is none. What others wrote meanwhile is taken. `origin` says
    /// which record, and `memory` which witness is the memory of the log key, where there is no
    /// copy yet; the copy says it from then on.
    ///
    /// Errors: also where the folder is another ledger, or the copy says another memory.
    pub fn open_database(
        paths: Paths,
        address: &DatabaseAddress,
        origin: Option<&str>,
        memory: Option<&MemoryWitness>,
        wait: impl Into<LockWait>,
    ) -> Result<Writer, LedgerError> {
        Writer::open_copy(None, paths, address, origin, memory, wait.into())
    }

    /// Opens a record as [`Writer::open_database`] does, with a copy whose lock the caller holds,
    /// so that no other process locks the copy in between.
    ///
    /// Errors: as [`Writer::open_database`].
    pub fn open_database_under(
        lock: Lock,
        paths: Paths,
        address: &DatabaseAddress,
        wait: LockWait,
    ) -> Result<Writer, LedgerError> {
        Writer::open_copy(Some(lock), paths, address, None, None, wait)
    }

    fn open_copy(
        lock: Option<Lock>,
        paths: Paths,
        address: &DatabaseAddress,
        origin: Option<&str>,
        memory: Option<&MemoryWitness>,
        wait: LockWait,
    ) -> Result<Writer, LedgerError> {
        let place = address.to_string();
        // Nobody waits for the folder while the database is sought, and the memory is asked after
        // it: what another server acknowledges before this is known.
        let mut database = Database::connect(address)?;
        database.expect_fit()?;
        if !disk::is_there(&paths.ledger)? {
            // Nothing is made where the database has no such record.
            PostgresHome::find(&mut database, address, origin)?;
            JournalHome::create(paths.clone(), wait)?;
            HomeMark { place: place.clone(), memory: memory.cloned() }.write(&paths)?;
        }
        if HomeMark::of(&paths)?.is_none() && is_unfinished(&paths) {
            HomeMark { place: place.clone(), memory: memory.cloned() }.write(&paths)?;
        }
        let mark = HomeMark::of(&paths)?.filter(|mark| mark.place == place);
        let mark = mark.ok_or_else(|| not_its_copy(&paths, address))?;
        if memory.is_some_and(|memory| mark.memory.as_ref() != Some(memory)) {
            return Err(another_memory(&paths, mark.memory.as_ref()));
        }
        let memory: Box<dyn Memory> = match &mark.memory {
            Some(witness) => Box::new(WitnessMemory::of(witness, &paths)?),
            None => marks(&paths),
        };
        let home = |journal: JournalHome| -> Result<Box<dyn Home>, LedgerError> {
            Ok(Box::new(PostgresHome::over(database, address, &paths, journal, origin)?))
        };
        let options = WriterOptions {
            lock,
            paths: paths.clone(),
            wait,
            database: Some(place.clone()),
            memory,
            keys_from: KeysFrom::Folder,
        };
        let opened = Writer::open_as(options, home);
        let current = opened.and_then(|mut writer| {
            writer.catch_up()?;
            writer.remember()?;
            Ok(writer)
        });
        current.map_err(|error| went_back(error, &place))
    }
}

/// Of a record in a database that is behind what the log key signed, the newer one is in no store.
fn went_back(error: LedgerError, place: &str) -> LedgerError {
    let LedgerError::BehindMark { marked, size } = error else { return error };
    LedgerError::MemoryContradicts(format!(
        "the log key signed size {marked} and the record in the database at {place} has {size} \
         events or another root: the database lost events, as a restored backup does; nothing was \
         written; annals repair --from COPY takes what is missing from a copy that has it, such as \
         an editor's, and annals move --to {place} then puts it back"
    ))
}

/// Whether a folder is what was left of a copy that was stopped while it was made: it has a journal
/// without an event.
fn is_unfinished(paths: &Paths) -> bool {
    matches!(Journal::opening(&paths.ledger, None), Ok(None))
}

/// The refusal of a memory that is not the one that the copy says.
fn another_memory(paths: &Paths, memory: Option<&MemoryWitness>) -> LedgerError {
    let found = match memory {
        Some(MemoryWitness { url, key }) => format!("the witness {key} at {url}"),
        None => format!("the file {}", paths.marks().display()),
    };
    LedgerError::Usage(format!(
        "expected the memory of the log key that {} says, {found}, found another one: leave out \
         --memory, or change that line once the other witness has what this one had",
        paths.home().display()
    ))
}

/// The refusal of a folder that exists but is not a copy of this database's record.
fn not_its_copy(paths: &Paths, address: &DatabaseAddress) -> LedgerError {
    if let Ok(Some(HomeMark { place, .. })) = HomeMark::of(paths) {
        return LedgerError::Usage(format!(
            "expected the copy of the record in the database at {address} at {}, found that of the \
             record in the database at {place}: where it is the same database, or that one moved, \
             annals move --to {address} writes the new address down",
            paths.ledger.display()
        ));
    }
    LedgerError::Usage(format!(
        "expected the copy of the record in the database at {address}, or no folder yet, at {}, \
         found another ledger: annals move --to {address} moves its record into the database; \
         --ledger DIR names another folder for the copy",
        paths.ledger.display()
    ))
}
