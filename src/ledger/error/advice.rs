//! The advice for a file of a record that is unreadable or held.
//!
//! Always holds: what is suggested can be done where the record is. Not here: the sentences of the
//! errors themselves (`error`).

use crate::disk::DiskError;
use crate::disk::disk_error::is_verb_of_writing;
use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::ledger::error::LedgerError;
use crate::store::StoreError;
use annals_core::verify::source::SourceError;

impl LedgerError {
    /// The advice for a file of the record that is unreadable or held, which the error itself
    /// cannot give.
    pub fn advice(&self) -> Option<&'static str> {
        if self.leaves_open() {
            return Some(
                "run the same command again: it finds out what is written, writes it again or for \
                 the first time, and nothing twice",
            );
        }
        if self.is_denied() {
            return Some(match self.is_of_writing() {
                true => {
                    "permission to write is denied, and nothing is known to be damaged: ask the \
                     owner of the files, or let this user write there (chmod, chown), and run the \
                     same command again"
                }
                false => {
                    "permission is denied, and nothing is known to be damaged: ask the owner of \
                     the files, or let them be read (chmod, chown), and run the same command again"
                }
            });
        }
        let reads = match self {
            // The holder's command line: waiting does not help.
            LedgerError::Disk(DiskError::Held { holder, .. })
                if holder.split(' ').any(|word| word == "serve") =>
            {
                return Some(
                    "a server holds it as long as it runs: say the same in a copy of its record \
                     (annals clone ADDRESS makes one), or stop the server first",
                );
            }
            LedgerError::Journal(JournalError::Disk(DiskError::Io { what, .. })) => {
                matches!(*what, "read" | "list")
            }
            LedgerError::Journal(JournalError::Disk(DiskError::Strange { .. })) => true,
            // A file at an address.
            LedgerError::Source(SourceError { what, .. }) if what.contains("://") => {
                return Some(
                    "nothing here is damaged: try again, ask who runs the server, or read the \
                     record from another place",
                );
            }
            LedgerError::Source(_) => true,
            _ => false,
        };
        reads.then_some(
            "annals repair builds a journal that is damaged from the store; annals repair --from \
             COPY takes it, or a document, from another copy",
        )
    }

    /// Whether it was writing that failed.
    fn is_of_writing(&self) -> bool {
        match self {
            LedgerError::Disk(error)
            | LedgerError::Journal(JournalError::Disk(error))
            | LedgerError::StoreIo(StoreError::Disk(error))
            | LedgerError::Keys(KeysError::Disk(error)) => error.is_of_writing(),
            LedgerError::Keys(KeysError::Io { doing, .. }) => is_verb_of_writing(doing),
            _ => false,
        }
    }

    /// Whether the cause is a denied permission.
    fn is_denied(&self) -> bool {
        // A proxy that asks for a name and a password says so itself.
        if let LedgerError::Elsewhere(SourceError { what, .. }) = self
            && what.contains("://")
        {
            return false;
        }
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let io = inner.downcast_ref::<std::io::Error>();
            if io.is_some_and(|io| io.kind() == std::io::ErrorKind::PermissionDenied) {
                return true;
            }
            cause = inner.source();
        }
        match self {
            LedgerError::Disk(error) | LedgerError::Journal(JournalError::Disk(error)) => {
                error.is_denied()
            }
            _ => false,
        }
    }
}
