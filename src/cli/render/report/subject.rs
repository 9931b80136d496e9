//! The subject of a verdict, and its parts that could not be read: the advice depends on both.
//!
//! Always holds: a record is in one place, so exactly one kind applies. Not here: the advice
//! (`advice`).

use crate::disk::disk_error::Obstacle;
use crate::ledger::audit::AuditReport;
use crate::ledger::reader::Record;
use annals_core::verify::source::Source;

/// The subject of a verdict.
#[derive(Debug)]
pub enum ReportSubject {
    /// A ledger in which events are written.
    Ledger(UnreadParts),
    /// A ledger that follows a published record: a pull may bring what it lacks.
    Copy(UnreadParts),
    /// A server's copy of a record that is kept in a database.
    ServerCopy {
        /// The address of the database.
        place: String,
        /// The parts of the copy that were not read.
        unread: UnreadParts,
    },
    /// A record in a bag, which nothing repairs and in which nobody signs.
    Bag(BagDamage),
    /// A published record, and what kept a file of it from being read.
    Published(Option<Obstacle>),
}

/// The parts of a ledger that were not verified, because they are unreadable or were changed in
/// transfer.
#[derive(Clone, Copy, Debug)]
pub struct UnreadParts {
    /// Whether a file of the journal cannot be read, or all of it was changed in transfer.
    pub journal: bool,
    /// Whether a document cannot be read.
    pub documents: bool,
    /// Whether something else is in the place of the checkpoint, or it was changed in transfer.
    pub checkpoint: bool,
    /// What kept a file of it from being read: what else is missing may follow from that.
    pub obstacle: Option<Obstacle>,
}

/// What is wrong with the files of a bag, beside its record, or not signed.
#[derive(Clone, Debug)]
pub struct BagDamage {
    /// Whether there are files that no manifest lists.
    pub unlisted: bool,
    /// Whether others are missing or are not as they were written.
    pub damaged: bool,
    /// Whether line ends were changed.
    pub line_ends: bool,
    /// The files for which nothing signed vouches.
    pub unsigned_files: Vec<String>,
}

impl ReportSubject {
    /// What kept a part of it from being read, if it may be as it was.
    pub fn obstacle(&self) -> Option<Obstacle> {
        match self {
            ReportSubject::Ledger(unread)
            | ReportSubject::Copy(unread)
            | ReportSubject::ServerCopy { unread, .. } => unread.obstacle,
            ReportSubject::Published(obstacle) => *obstacle,
            ReportSubject::Bag(_) => None,
        }
    }

    /// The ledger that was audited.
    pub fn of_ledger(record: &Record, audited: &AuditReport) -> ReportSubject {
        let unread = UnreadParts::of(record, audited);
        let Some(ledger) = audited.subject.ledger() else {
            return ReportSubject::Published(unread.obstacle);
        };
        match &ledger.database {
            _ if ledger.is_following => ReportSubject::Copy(unread),
            Some(place) => ReportSubject::ServerCopy { place: place.clone(), unread },
            None => ReportSubject::Ledger(unread),
        }
    }
}

impl UnreadParts {
    fn of(record: &Record, audited: &AuditReport) -> UnreadParts {
        let unread = record.unread();
        let is_unread = |folder| unread.keys().any(|name| name.starts_with(folder));
        let is_strange = unread.get("checkpoint").is_some_and(|file| file.is_strange);
        UnreadParts {
            journal: record.source.changed().is_some() || is_unread("journal/"),
            documents: is_unread("document/"),
            checkpoint: is_strange || audited.report.anchors.checkpoint_changed.is_some(),
            obstacle: unread.values().find_map(|file| file.obstacle),
        }
    }
}
