//! Where the events of a record are read: the journal of a ledger, or what is published of one.
//!
//! Always holds: readers need not know the kind; code that needs a journal requests it, and
//! is refused where there is none. Not here: opening either (`reader`).
//! Source: FORMAT.md section 9.

use crate::archive::published::PublishedSource;
use crate::journal::{Journal, JournalError};
use crate::ledger::published_place::PublishedPlace;
use annals_core::event::Entry;
use annals_core::hash::Hash;
use annals_core::verify::source::{Source, SourceError, Walk};
use std::ops::Range;

/// A source from which one event is read where an index says that it is.
pub trait EventSource: Source {
    /// The entry at a position whose lines begin at this offset of its file of a journal; `None`
    /// where there is none.
    fn fetch(&self, position: u64, offset: u64) -> Result<Option<Entry>, SourceError>;

    /// Calls `each` with the entries at these ascending positions and offsets.
    fn fetch_each(
        &self,
        places: &[(u64, u64)],
        each: &mut dyn FnMut(u64, Option<Entry>),
    ) -> Result<(), SourceError> {
        for (position, offset) in places {
            each(*position, self.fetch(*position, *offset)?);
        }
        Ok(())
    }
}

impl EventSource for Journal {
    fn fetch(&self, position: u64, offset: u64) -> Result<Option<Entry>, SourceError> {
        Journal::fetch(self, position, offset)
    }

    fn fetch_each(
        &self,
        places: &[(u64, u64)],
        each: &mut dyn FnMut(u64, Option<Entry>),
    ) -> Result<(), SourceError> {
        Journal::fetch_each(self, places, each)
    }
}

impl EventSource for RecordSource {
    fn fetch(&self, position: u64, offset: u64) -> Result<Option<Entry>, SourceError> {
        match self {
            RecordSource::Journal(journal) => journal.fetch(position, offset),
            RecordSource::Published(..) => Ok(self.read(position..position + 1)?.pop()),
        }
    }

    fn fetch_each(
        &self,
        places: &[(u64, u64)],
        each: &mut dyn FnMut(u64, Option<Entry>),
    ) -> Result<(), SourceError> {
        match self {
            RecordSource::Journal(journal) => journal.fetch_each(places, each),
            RecordSource::Published(..) => {
                for (position, offset) in places {
                    each(*position, self.fetch(*position, *offset)?);
                }
                Ok(())
            }
        }
    }
}

/// The events of a record, and its documents.
pub enum RecordSource {
    /// In a ledger.
    Journal(Journal),
    /// Published at a place.
    Published(PublishedPlace, Box<PublishedSource>),
}

impl RecordSource {
    fn source(&self) -> &dyn Source {
        match self {
            RecordSource::Journal(journal) => journal,
            RecordSource::Published(_, published) => published.as_ref(),
        }
    }

    /// The entries at these positions, in order; fewer where the record is damaged or ends.
    pub fn read(&self, range: Range<u64>) -> Result<Vec<Entry>, SourceError> {
        if let RecordSource::Journal(journal) = self {
            return journal.read(range);
        }
        let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for entry in self.entries(range.start)?.take(wanted) {
            found.push(entry?.1);
        }
        Ok(found)
    }

    /// The root that the source itself says of its end; `None` where it says none.
    pub fn root(&self) -> Option<Hash> {
        match self {
            RecordSource::Journal(journal) => journal.root(),
            RecordSource::Published(..) => None,
        }
    }

    /// Refuses what was changed on its way as a whole.
    pub fn expect_unchanged(&self) -> Result<(), JournalError> {
        match self {
            RecordSource::Journal(journal) => journal.expect_unchanged(),
            RecordSource::Published(..) => Ok(()),
        }
    }
}

impl Source for RecordSource {
    fn size(&self) -> u64 {
        self.source().size()
    }

    fn walk(&self, from: u64) -> Result<Walk<'_>, SourceError> {
        self.source().walk(from)
    }

    fn document(&self, digest: &Hash) -> Result<Option<Vec<u8>>, SourceError> {
        self.source().document(digest)
    }

    fn changed(&self) -> Option<String> {
        self.source().changed()
    }

    fn is_sized_by_checkpoint(&self) -> bool {
        self.source().is_sized_by_checkpoint()
    }

    fn ignored_bytes(&self) -> u64 {
        self.source().ignored_bytes()
    }
}
