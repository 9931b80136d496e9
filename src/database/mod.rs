//! A PostgreSQL database that keeps records: connections, tables, and the reading and writing of
//! events, documents and checkpoints.
//!
//! Always holds: events are committed at the head that the writer names, whole or not at all, or it
//! is said that nobody knows; nothing is deleted, and no event is changed. What the database gives
//! is not judged here: it is what a stranger may have written. Not here: the record's rules, the
//! copy in a folder beside it (`ledger::write::home`).
//! Source: FORMAT.md section 18, "A record in a database"; the PostgreSQL 15 documentation.

mod address;
mod check;
mod fitness;
mod holes;
mod rows;
mod schema;

pub use address::DatabaseAddress;
pub use check::{
    CheckPart, CheckPlan, CheckRecord, ContentionCounts, ContractCounts, CutCounts, CutMoment,
    EndedCounts, EngineFault, EngineReport, RowsLeft, StandingCounts, UnfinishedPart,
};
pub use fitness::standby_warning;
pub use rows::{HeadRow, KeptRecord, RowGroup, RowsWritten};
pub use schema::{ROLES, init, statements};

use postgres::error::{DbError, SqlState};
use postgres::{Client, NoTls};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A connection to a database.
pub struct Database {
    address: DatabaseAddress,
    client: Client,
    /// Whether a commit was acknowledged without the copy that it had to wait for.
    unconfirmed: Arc<AtomicBool>,
}

/// Why a database did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The address cannot be used.
    #[error("expected postgres://USER@HOST/DATABASE, found {found}: {why}")]
    Address {
        /// The address, without a password.
        found: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no connection. Nothing was done.
    #[error("cannot reach the database at {address}: {why}")]
    Unreachable {
        /// The address.
        address: String,
        /// What failed.
        why: String,
    },
    /// The database, or the role that is used, cannot keep a record as it is.
    #[error("the database at {address} cannot keep a record as it is: {}", .faults.join("; "))]
    Unfit {
        /// The address.
        address: String,
        /// What was expected, what was found, and what to change, each.
        faults: Vec<String>,
    },
    /// It has no such record.
    #[error("{0}")]
    NoRecord(String),
    /// The record is kept elsewhere: what the database has of it may be old.
    #[error("{0}")]
    KeptElsewhere(String),
    /// It was not done.
    #[error("the database at {address} did not {doing}: {why}")]
    Failed {
        /// The address.
        address: String,
        /// What was asked of it.
        doing: String,
        /// What failed.
        why: String,
        /// Whether the connection is lost.
        lost: bool,
    },
    /// The connection with which a record was opened is lost. Nothing was done.
    #[error(
        "the connection to the database at {address} is another one, perhaps to another server: \
         the record must be opened anew"
    )]
    Reconnected {
        /// The address.
        address: String,
    },
    /// It was done, or it was not.
    #[error("the database at {address} did not say whether it did {doing}: {why}")]
    Unknown {
        /// The address.
        address: String,
        /// What was asked of it.
        doing: String,
        /// What failed.
        why: String,
    },
    /// What it gives is not what it was given.
    #[error("the database at {address} has {found}, expected {expected}")]
    Damaged {
        /// The address.
        address: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: String,
    },
}

/// The longest wait for another writer, and for a writer that says nothing more.
const BOUNDS: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";

impl Database {
    /// Connects to the server of a database that can be written to.
    ///
    /// Errors: [`DatabaseError::Unreachable`].
    pub fn connect(address: &DatabaseAddress) -> Result<Database, DatabaseError> {
        let unconfirmed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&unconfirmed);
        let mut config = address.config().clone();
        config.notice_callback(move |notice: DbError| {
            // A wait for a standby that was cancelled: the commit is acknowledged without it.
            if *notice.code() == SqlState::WARNING {
                seen.store(true, Ordering::SeqCst);
            }
        });
        let connected = match address.tls()? {
            None => config.connect(NoTls),
            Some(tls) => config.connect(tls),
        };
        let unreachable = |error: postgres::Error| DatabaseError::Unreachable {
            address: address.to_string(),
            why: words(&error),
        };
        let mut client = connected.map_err(unreachable)?;
        client.batch_execute(BOUNDS).map_err(unreachable)?;
        Ok(Database { address: address.clone(), client, unconfirmed })
    }

    /// Whether the connection is known to be lost.
    pub fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Turns an error of the library into one of ours, where nothing was done.
    fn failed(&self, doing: &str) -> impl Fn(postgres::Error) -> DatabaseError + use<> {
        let (address, doing) = (self.address.to_string(), doing.to_owned());
        move |error| {
            let lost = is_lost(&error);
            let (address, doing) = (address.clone(), doing.clone());
            DatabaseError::Failed { address, doing, why: words(&error), lost }
        }
    }

    /// The error of a database that has something else than it was given.
    pub fn damaged(&self, expected: impl Into<String>, found: impl Into<String>) -> DatabaseError {
        let address = self.address.to_string();
        DatabaseError::Damaged { address, expected: expected.into(), found: found.into() }
    }
}

/// Whether an error came from the connection, not from the database.
fn is_lost(error: &postgres::Error) -> bool {
    error.as_db_error().is_none_or(|error| {
        let code = error.code();
        *code == SqlState::ADMIN_SHUTDOWN
            || *code == SqlState::CRASH_SHUTDOWN
            || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
    })
}

/// The words of an error, with its causes.
fn words(error: &postgres::Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} ({})", error.message(), error.code().code());
    }
    let (mut text, mut cause) = (error.to_string(), std::error::Error::source(error));
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    text
}
