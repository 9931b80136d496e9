//! Where a record is kept, and a writer of it.
//!
//! Not here: the homes themselves (`home`).

use super::Writer;
use crate::database::{Database, DatabaseAddress};
use crate::disk;
use crate::disk::lock::LockWait;
use crate::ledger::error::LedgerError;
use crate::ledger::home_mark::HomeMark;
use crate::ledger::paths::Paths;
use crate::ledger::write::home::Home;
use crate::ledger::write::home::journal_home::JournalHome;
use crate::ledger::write::home::postgres_home::PostgresHome;

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
    },
}

impl HomePlace {
    /// Opens the record for writing.
    ///
    /// Errors: as [`Writer::open`] and [`Writer::open_database`].
    pub fn open(&self, paths: Paths, wait: LockWait) -> Result<Writer, LedgerError> {
        match self {
            HomePlace::Folder => Writer::open(paths, wait),
            HomePlace::Database { address, origin } => {
                Writer::open_database(paths, address, origin.as_deref(), wait)
            }
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
    /// which record, where there is no copy yet.
    ///
    /// Errors: also where the folder is another ledger.
    pub fn open_database(
        paths: Paths,
        address: &DatabaseAddress,
        origin: Option<&str>,
        wait: impl Into<LockWait>,
    ) -> Result<Writer, LedgerError> {
        let (wait, place) = (wait.into(), address.to_string());
        if !disk::is_there(&paths.ledger)? {
            // The database is asked first, so that nothing is made where it has no such record.
            let mut database = Database::connect(address)?;
            database.expect_fit()?;
            PostgresHome::find(&mut database, address, origin)?;
            JournalHome::create(paths.clone(), wait)?;
            HomeMark { place }.write(&paths)?;
        } else if HomeMark::of(&paths)?.map(|mark| mark.place) != Some(place) {
            return Err(not_its_copy(&paths, address));
        }
        let home = |journal: JournalHome| -> Result<Box<dyn Home>, LedgerError> {
            Ok(Box::new(PostgresHome::open(address, &paths, journal, origin)?))
        };
        let mut writer = Writer::open_as(paths.clone(), wait, &home)?;
        writer.catch_up()?;
        Ok(writer)
    }
}

/// The refusal of a folder that is there and no copy of this database's record.
fn not_its_copy(paths: &Paths, address: &DatabaseAddress) -> LedgerError {
    LedgerError::Usage(format!(
        "expected the copy of the record in the database at {address}, or no folder yet, at {}, \
         found another ledger: annals move --to {address} moves its record into the database; \
         --ledger DIR names another folder for the copy",
        paths.ledger.display()
    ))
}
