//! A PostgreSQL database as the home of a record, with a copy of the record in a folder.
//!
//! The database is the truth: a commit is there before it is in the copy. The copy has what an
//! index, a verdict and the readers of a server need, and may be deleted: it is made again from the
//! database. Several programs may write to one database at the same time, each with a copy of its
//! own; what the others committed is judged before it comes into the copy.
//!
//! Always holds: the copy is a beginning of the record in the database, or nothing is committed;
//! after an answer that never came, the database is asked under the lock of the record what it has.
//! After a lost connection another server may answer, one that lost events: nothing is committed
//! before the record is opened anew, which asks the log key's memory. What others committed is
//! durable, on the standbys too, before it is taken.
//! Not here: the judgement of what others wrote (`writer/later`), SQL (`database`).
//! Source: FORMAT.md section 18.

use crate::database::{
    CheckRecord, Database, DatabaseAddress, DatabaseError, HeadRow, KeptRecord, RowGroup,
    RowsWritten, standby_warning,
};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use crate::ledger::reader::covered;
use crate::ledger::write::home::journal_home::JournalHome;
use crate::ledger::write::home::{
    CommitOutcome, EventGroup, Home, HomeError, JudgedHome, LocalJournal, WakeOutcome, captured,
    entry_of,
};
use crate::ledger::write::notice::Notice;
use crate::store::StoreHead;
use annals_core::event::Entry;
use annals_core::event::args::Args;
use annals_core::event::record::{self, Reading};
use annals_core::hash::Hash;
use annals_core::verify::source::{Source, SourceError, Walk};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often, and with what pauses, a lost connection is made again after a commit without answer.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(250);

/// A record in a database, with its copy in a folder.
pub struct PostgresHome {
    address: DatabaseAddress,
    connection: Mutex<Connection>,
    /// The number of the record in the database.
    id: i32,
    paths: Paths,
    copy: JournalHome,
    /// The note that is prepared.
    prepared: Option<Vec<u8>>,
    /// Whether it is not known what the last commit did.
    is_open: bool,
    /// What to change at the database.
    warning: Option<&'static str>,
}

/// The connection to the database.
struct Connection {
    /// `None` where it is lost, until it is needed again.
    database: Option<Database>,
    /// Whether it was made after the record was opened.
    is_later: bool,
}

impl PostgresHome {
    /// The record that a copy is of; where the copy is empty, the record of this name, or the only
    /// one.
    ///
    /// Errors: the database cannot keep a record, has no such one, or another one than the copy;
    /// the record was moved away.
    pub fn open(
        address: &DatabaseAddress,
        paths: &Paths,
        copy: JournalHome,
        origin: Option<&str>,
    ) -> Result<PostgresHome, LedgerError> {
        let mut database = Database::connect(address)?;
        database.expect_fit()?;
        PostgresHome::over(database, address, paths, copy, origin)
    }

    /// Opens the record as [`PostgresHome::open`] does, over a connection to a database that is
    /// known to be fit to keep a record.
    ///
    /// Errors: as [`PostgresHome::open`].
    pub fn over(
        mut database: Database,
        address: &DatabaseAddress,
        paths: &Paths,
        copy: JournalHome,
        origin: Option<&str>,
    ) -> Result<PostgresHome, LedgerError> {
        let own = origin_of(&copy)?;
        let KeptRecord { id, .. } =
            PostgresHome::find(&mut database, address, own.as_deref().or(origin))?;
        let warning = standby_warning(&database.standbys()?);
        let (address, paths) = (address.clone(), paths.clone());
        let connection = Mutex::new(Connection { database: Some(database), is_later: false });
        let (prepared, is_open) = (None, false);
        let mut home =
            PostgresHome { address, connection, id, paths, copy, prepared, is_open, warning };
        home.expect_beginning()?;
        Ok(home)
    }

    /// The record of this name in a database, or its only one.
    ///
    /// Errors: there is none, or several, or it was moved away.
    pub fn find(
        database: &mut Database,
        address: &DatabaseAddress,
        origin: Option<&str>,
    ) -> Result<KeptRecord, LedgerError> {
        let mut records = database.records()?;
        // What a check of the engine left is not a record that could be meant.
        records.retain(|record| match origin {
            Some(origin) => record.origin == origin,
            None => !CheckRecord::is_one(record),
        });
        let names: Vec<&str> = records.iter().map(|record| record.origin.as_str()).collect();
        let none = match (&records[..], origin) {
            ([record], _) => {
                expect_kept(&record.row, address)?;
                return Ok(record.clone());
            }
            ([], Some(origin)) => format!(
                "expected the record {origin} in the database at {address}, found none of this \
                 name: annals move --to {address} puts it there"
            ),
            ([], None) => format!(
                "expected a record in the database at {address}, found none: annals move --to \
                 {address} puts one there"
            ),
            _ => format!(
                "expected one record in the database at {address}, found {}: --origin NAME says \
                 which",
                names.join(", ")
            ),
        };
        Err(DatabaseError::NoRecord(none).into())
    }

    /// Asks the database, with a connection that is made again if it was lost.
    fn ask<T>(
        &self,
        ask: impl FnOnce(&mut Database) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let mut held = self.held();
        let present = match held.database.take().filter(|present| !present.is_lost()) {
            Some(present) => present,
            None => {
                let mut later = Database::connect(&self.address)?;
                // It may be another server by now.
                later.expect_fit()?;
                held.is_later = true;
                later
            }
        };
        let answer = ask(held.database.insert(present));
        if matches!(&answer, Err(DatabaseError::Failed { lost: true, .. })) {
            held.database = None;
        }
        answer
    }

    /// Asks the database over the connection with which the record was opened.
    ///
    /// Errors: also [`DatabaseError::Reconnected`], where it is lost; nothing was asked.
    fn ask_same<T>(
        &self,
        ask: impl FnOnce(&mut Database) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        match &mut *self.held() {
            Connection { database: Some(same), is_later: false } if !same.is_lost() => ask(same),
            _ => Err(DatabaseError::Reconnected { address: self.address.to_string() }),
        }
    }

    fn held(&self) -> MutexGuard<'_, Connection> {
        // No update is left half done when a thread panics.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The row of the record, which must be kept here.
    fn row(&self) -> Result<HeadRow, LedgerError> {
        let row = self.ask(|database| database.head(self.id))?;
        expect_kept(&row, &self.address)?;
        Ok(row)
    }

    /// Refuses to go on unless the copy is a beginning of what the database has.
    fn expect_beginning(&mut self) -> Result<(), LedgerError> {
        let (copy, row) = (self.copy.head()?, self.row()?);
        if copy == row.head {
            return Ok(());
        }
        let of = |size: u64| format!("{size} events");
        let behind = |found: String, expected: String| LedgerError::HomeBehind {
            place: self.address.to_string(),
            ledger: self.paths.ledger.clone(),
            found,
            expected,
        };
        if row.head.size < copy.size {
            return Err(behind(of(row.head.size), of(copy.size)));
        }
        let Some(last) = copy.size.checked_sub(1) else { return Ok(()) };
        let found = self.ask(|database| database.event(self.id, last))?;
        let found = found.map(|entry| record::hash(&entry.record));
        match found == copy.hash {
            true => Ok(()),
            false => Err(behind(format!("another event at {last}"), format!("its own {last}"))),
        }
    }

    /// What became of a commit whose answer never came: the database is asked under the lock of the
    /// record, so that a commit that is still on its way is over.
    fn settled(&self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        let unknown = |why: DatabaseError| HomeError::Unknown(why.into());
        let mut tries = 0;
        let head = loop {
            match self.ask(|database| database.settled_head(self.id)) {
                Ok(row) => break row.head,
                Err(why) if tries >= TRIES => return Err(unknown(why)),
                Err(_) => {}
            }
            tries += 1;
            self.held().database = None;
            std::thread::sleep(PAUSE);
        };
        if head == group.to {
            return Ok(CommitOutcome::Written);
        }
        if head == group.from {
            let why = "the connection to the database was lost, and the events are not there";
            return Err(HomeError::Refused(LedgerError::Outrun(why.to_owned())));
        }
        let Some(last) = group.to.size.checked_sub(1) else {
            return Ok(CommitOutcome::Outrun(head));
        };
        let found = self.ask(|database| database.event(self.id, last)).map_err(unknown)?;
        match found.map(|entry| record::hash(&entry.record)) == group.to.hash {
            true => Ok(CommitOutcome::Written),
            false => Ok(CommitOutcome::Outrun(head)),
        }
    }

    fn commit_rows(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        if self.is_open {
            let why = "what became of the last commit is not known: open the record anew";
            return Err(HomeError::Refused(LedgerError::Usage(why.to_owned())));
        }
        let EventGroup { from, to, root, entries } = *group;
        let rows = RowGroup { from, to, root, entries, kept: None };
        let written = self.ask_same(|database| database.commit(self.id, &rows));
        match written {
            Ok(RowsWritten::Written) => Ok(CommitOutcome::Written),
            Ok(RowsWritten::Outrun(head)) => Ok(CommitOutcome::Outrun(head)),
            Err(DatabaseError::Unknown { .. }) => self.settled(group),
            Err(error) => Err(HomeError::Refused(error.into())),
        }
    }

    /// The documents that these events capture and the copy has not.
    fn documents(&self, entries: &[Entry]) -> Result<Vec<(Hash, Vec<u8>)>, LedgerError> {
        let mut found = Vec::new();
        for digest in entries.iter().filter_map(captured) {
            if self.copy.document(&digest)?.is_none()
                && let Some(bytes) = self.ask(|database| database.document(self.id, &digest))?
            {
                found.push((digest, bytes));
            }
        }
        Ok(found)
    }
}

/// The name of the record that a copy is of; `None` where it is empty.
fn origin_of(copy: &JournalHome) -> Result<Option<String>, LedgerError> {
    let Some(entry) = entry_of(copy, 0)? else { return Ok(None) };
    Ok(match Reading::of(&entry.record).statement.map(|statement| statement.args) {
        Some(Args::LedgerOpened(opened)) => Some(opened.origin.to_string()),
        _ => None,
    })
}

fn expect_kept(row: &HeadRow, address: &DatabaseAddress) -> Result<(), LedgerError> {
    match &row.moved {
        None => Ok(()),
        Some(place) => Err(kept_elsewhere(place, address)),
    }
}

/// The refusal of a database that says that the record is kept in another place.
pub fn kept_elsewhere(place: &str, address: &DatabaseAddress) -> LedgerError {
    DatabaseError::KeptElsewhere(format!(
        "the record is kept in {place}, not in the database at {address}: it is served from there; \
         the command move, with --to {address} in that folder and under that name, moves it here, \
         and the same command continues a move that was interrupted"
    ))
    .into()
}

fn refused(error: impl Into<LedgerError>) -> HomeError {
    HomeError::of(error.into())
}

impl Home for PostgresHome {
    fn head(&mut self) -> Result<StoreHead, HomeError> {
        Ok(self.row().map_err(refused)?.head)
    }

    fn note(&mut self) -> Result<Option<Vec<u8>>, HomeError> {
        self.copy.note()
    }

    /// Before anything is signed, what the database has is durable there.
    fn complete(&mut self, judged: &JudgedHome<'_>) -> Result<Vec<Notice>, HomeError> {
        self.expect_beginning().map_err(refused)?;
        self.ask(|database| database.settled_head(self.id)).map_err(refused)?;
        let notices = self.copy.complete(judged)?;
        if let Some(note) = self.copy.note()?
            && let Some(size) = covered(Some(&note)).filter(|size| *size == judged.signed)
        {
            self.ask(|database| database.put_note(self.id, size, &note)).map_err(refused)?;
        }
        self.is_open = false;
        Ok(notices)
    }

    fn keep(&mut self, documents: &[(Hash, Vec<u8>)]) -> Result<(), HomeError> {
        if documents.is_empty() {
            return Ok(());
        }
        self.ask(|database| database.keep(self.id, documents)).map_err(refused)?;
        self.copy.keep(documents)
    }

    fn commit(&mut self, group: &EventGroup<'_>) -> Result<CommitOutcome, HomeError> {
        let committed = self.commit_rows(group);
        self.is_open |= matches!(committed, Err(HomeError::Unknown(_)));
        if let CommitOutcome::Outrun(head) = committed? {
            return Ok(CommitOutcome::Outrun(head));
        }
        // It is in the record: a copy that fails is made good when the record is opened anew.
        let copied = match self.copy.commit(group) {
            Ok(CommitOutcome::Written) => Ok(CommitOutcome::Written),
            Ok(CommitOutcome::Outrun(head)) => {
                let why =
                    format!("the copy has {} events, expected {}", head.size, group.from.size);
                Err(LedgerError::OutcomeUnknown(why))
            }
            Err(error) => Err(error.into()),
        };
        copied.map_err(|error| {
            self.is_open = true;
            HomeError::Unknown(error)
        })
    }

    fn prepare_note(
        &mut self,
        note: &[u8],
        group: Option<&EventGroup<'_>>,
    ) -> Result<(), HomeError> {
        self.prepared = Some(note.to_vec());
        self.copy.prepare_note(note, group)
    }

    fn put_note(&mut self) -> Result<(), HomeError> {
        let Some(note) = self.prepared.take() else { return Ok(()) };
        let size = covered(Some(&note)).unwrap_or(0);
        self.ask(|database| database.put_note(self.id, size, &note)).map_err(refused)?;
        self.copy.put_note()
    }

    fn is_behind(&mut self) -> Result<bool, HomeError> {
        Ok(self.copy.head()? != self.row().map_err(refused)?.head)
    }

    fn later(&mut self) -> Result<Vec<Entry>, HomeError> {
        let (shown, row) = (self.copy.head()?, self.row().map_err(refused)?);
        if row.head == shown {
            return Ok(Vec::new());
        }
        self.expect_beginning().map_err(refused)?;
        let settled = self.ask(|database| database.settled_head(self.id)).map_err(refused)?;
        let mut later =
            self.ask(|database| database.events(self.id, shown.size)).map_err(refused)?;
        let count = settled.head.size.saturating_sub(shown.size);
        later.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(later)
    }

    fn show_later(&mut self, group: &EventGroup<'_>) -> Result<(), HomeError> {
        let documents = self.documents(group.entries).map_err(refused)?;
        self.copy.follow(group, &documents).map_err(refused)
    }

    fn warning(&self) -> Option<&'static str> {
        self.warning
    }

    fn reload(&mut self) -> Result<(), HomeError> {
        self.prepared = None;
        self.copy.reload()
    }

    fn is_writable(&self) -> bool {
        self.copy.is_writable()
    }

    fn step(&self) {
        self.copy.step();
    }

    fn rest(&mut self) -> Result<(), HomeError> {
        self.copy.rest()
    }

    fn wake(&mut self) -> Result<WakeOutcome, HomeError> {
        self.copy.wake()
    }

    fn local(&self) -> Option<&dyn LocalJournal> {
        self.copy.local()
    }

    fn local_mut(&mut self) -> Option<&mut dyn LocalJournal> {
        self.copy.local_mut()
    }
}

impl Source for PostgresHome {
    fn size(&self) -> u64 {
        self.copy.size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        self.copy.walk(from)
    }

    fn entry_at(&self, index: u64) -> Result<Option<Entry>, SourceError> {
        self.copy.entry_at(index)
    }

    /// The document from the copy; if the copy lacks it, from the database.
    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        if let Some(bytes) = self.copy.document(digest)? {
            return Ok(Some(bytes));
        }
        let found = self.ask(|database| database.document(self.id, digest));
        found.map_err(|error| SourceError {
            what: format!("document {digest}"),
            cause: io::Error::other(error),
        })
    }

    fn changed(&self) -> Option<String> {
        self.copy.changed()
    }

    fn ignored_bytes(&self) -> u64 {
        self.copy.ignored_bytes()
    }
}
