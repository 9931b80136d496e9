//! Why a server cannot place events, in the words of its public health answer.
//!
//! Always holds: a reason has no path and no address; the log has these. Not here: when the server
//! cannot place events (`sequencer`).

use crate::database::DatabaseError;
use crate::disk::DiskError;
use crate::ledger::error::LedgerError;
use std::error::Error;
use std::io;

/// The reason of a server whose record was moved to another place.
pub const MOVED: &str = "the record was moved to another place: stop this server";

/// The public reason why no event can be placed: without a path or an address, which the log has.
pub fn trouble(error: &LedgerError) -> &'static str {
    match error {
        LedgerError::Database(DatabaseError::KeptElsewhere(_)) => MOVED,
        LedgerError::Database(DatabaseError::NoRecord(_)) => "the record is not in this database",
        LedgerError::Database(_) => {
            "the database that keeps the record does not answer, or does not do what is asked of it"
        }
        LedgerError::Disk(DiskError::Held { .. }) => "another program writes to the record",
        LedgerError::MemoryAbsent(_) => "the log key's memory does not answer",
        LedgerError::MemoryContradicts(_)
        | LedgerError::BehindMark { .. }
        | LedgerError::HomeBehind { .. } => {
            "the log key's memory has other or more events than the record"
        }
        LedgerError::OutcomeUnknown(_) => "it is not known whether the last events are written",
        error if is_full(error) => "the disk of the server is full",
        _ => "the record cannot be written to",
    }
}

/// Whether an error is that of a disk, or a quota, without room.
fn is_full(error: &LedgerError) -> bool {
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(inner) = cause {
        let kind = inner.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return true;
        }
        cause = inner.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::JournalError;
    use crate::ledger::write::memory::MemoryError;

    #[test]
    fn health_has_a_reason_without_a_path() {
        let moved = "the record is kept in /srv/annals".to_owned();
        let moved = trouble(&LedgerError::Database(DatabaseError::KeptElsewhere(moved)));
        assert_eq!(moved, "the record was moved to another place: stop this server");
        let none = "expected a record in the database at /srv/annals, found none".to_owned();
        let none = trouble(&LedgerError::Database(DatabaseError::NoRecord(none)));
        assert_eq!(none, "the record is not in this database");
        let other = trouble(&LedgerError::Usage("/srv/annals".to_owned()));
        assert_eq!(other, "the record cannot be written to");
        let memory = MemoryError::Absent("http://127.0.0.1:1 does not answer".to_owned());
        assert_eq!(trouble(&memory.into()), "the log key's memory does not answer");
        let full = |kind| DiskError::Io {
            what: "write",
            path: "/srv/annals".into(),
            cause: io::Error::from(kind),
        };
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded] {
            for error in [
                LedgerError::Disk(full(kind)),
                LedgerError::Journal(JournalError::Disk(full(kind))),
                MemoryError::Disk(full(kind)).into(),
            ] {
                assert_eq!(trouble(&error), "the disk of the server is full");
            }
        }
        let unread = LedgerError::Disk(full(io::ErrorKind::PermissionDenied));
        assert_eq!(trouble(&unread), "the record cannot be written to");
    }
}
