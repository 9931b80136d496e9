//! The advice for a file of a record that is unreadable or held.
//!
//! Always holds: what is suggested can be done where the record is. Not here: the sentences of the
//! errors themselves (`error`).

use crate::disk::DiskError;
use crate::disk::disk_error::{Obstacle, is_verb_of_writing};
use crate::journal::JournalError;
use crate::keys::KeysError;
use crate::ledger::error::LedgerError;
use crate::store::StoreError;
use annals_core::verify::source::SourceError;

/// Where the limit of open files is too low.
const TOO_MANY_OPEN: &str = "the limit of open files is too low (ulimit -n), and nothing is known \
                             to be damaged: raise it, and run the same command again";

/// Whether the holder of a lock is a server, by its command line: its first word that is neither an
/// option nor the value of one is the command.
fn is_server(holder: &str) -> bool {
    let mut words = holder.split(' ').skip_while(|word| !word.ends_with("annals")).skip(1);
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            None => return word == "serve",
            Some(option) if option.contains('=') => {}
            Some(_) => {
                words.next();
            }
        }
    }
    false
}

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
        match (self.obstacle(), self.is_of_writing()) {
            (Some(Obstacle::Denied), true) => {
                return Some(
                    "permission to write is denied, and nothing is known to be damaged: ask the \
                     owner of the files, or let this user write there (chmod, chown), and run the \
                     same command again",
                );
            }
            (Some(Obstacle::Denied), false) => {
                return Some(
                    "permission is denied, and nothing is known to be damaged: ask the owner of \
                     the files, or let them be read (chmod, chown), and run the same command again",
                );
            }
            (Some(Obstacle::OpenFiles), _) => return Some(TOO_MANY_OPEN),
            (None, _) => {}
        }
        let reads = match self {
            // The holder's command line: waiting does not help.
            LedgerError::Disk(DiskError::Held { holder, .. }) if is_server(holder) => {
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

    /// What kept a file from being read or written, if that says nothing of what is in it.
    fn obstacle(&self) -> Option<Obstacle> {
        // A proxy that asks for a name and a password says so itself.
        if let LedgerError::Elsewhere(SourceError { what, .. }) = self
            && what.contains("://")
        {
            return None;
        }
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let io = inner.downcast_ref::<std::io::Error>();
            if let Some(obstacle) = io.and_then(Obstacle::of) {
                return Some(obstacle);
            }
            cause = inner.source();
        }
        match self {
            LedgerError::Disk(error) | LedgerError::Journal(JournalError::Disk(error)) => {
                error.obstacle()
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_its_command_alone() {
        for (holder, expected) in [
            ("process 7: annals serve --listen 127.0.0.1:1", true),
            ("process 7: /usr/bin/annals --ledger l --keys=k serve", true),
            ("process 7: annals append --claim They serve the city", false),
            ("process 7: python3 serve", false),
        ] {
            assert_eq!(is_server(holder), expected, "{holder}");
        }
    }
}
