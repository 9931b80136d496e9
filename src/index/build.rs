//! Building or checking the index: both are the same walk over a record.
//!
//! Always holds: after a fault, an unknown format or a failing file, a builder adds nothing more
//! and reports the reason. Not here: the content (`files`), when it is built (`ledger`).

use crate::index::compare_or_write::CompareOrWrite;
use crate::index::files::IndexFiles;
use crate::index::status::{BuildMode, IndexStatus};
use crate::index::{IndexError, Snapshot, folder};
use crate::journal::Journal;
use annals_core::state::State;
use annals_core::verify::Follower;
use annals_core::verify::chain::EventOutcome;
use annals_core::verify::examine::Examined;
use annals_core::verify::source::CommitLine;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

enum BuilderState {
    Files(Box<IndexFiles>),
    Absent,
    /// Nothing more is added; the status when it stopped.
    Stopped(IndexStatus),
}

/// Builds or checks an index while a record is walked.
pub struct Builder(Mutex<BuilderState>);

impl Builder {
    /// A builder for the ledger in this folder, whose journal files begin at these positions.
    pub fn open(ledger: &Path, starts: impl Iterator<Item = u64>, mode: BuildMode) -> Builder {
        let held = match IndexFiles::open(ledger, starts.collect(), mode) {
            Ok(Some(files)) => BuilderState::Files(Box::new(files)),
            Ok(None) => BuilderState::Absent,
            Err(error) => BuilderState::Stopped(IndexStatus::Not(error.to_string())),
        };
        Builder(Mutex::new(held))
    }

    /// A builder that builds no index: [`Builder::found`] reports none.
    pub fn none() -> Builder {
        Builder(Mutex::new(BuilderState::Absent))
    }

    /// A builder that continues the complete index of the ledger in this folder from its end, whose
    /// journal goes on at the offset `place` of its file.
    pub fn resume(
        ledger: &Path,
        last: &Snapshot<'_>,
        journal: &Journal,
        place: u64,
    ) -> Result<Builder, IndexError> {
        let files = IndexFiles::resume(ledger, last, journal, place)?;
        Ok(Builder(Mutex::new(BuilderState::Files(Box::new(files)))))
    }

    /// The lengths of the files, by name, if the index is complete and all of it is written.
    pub fn lengths(&self) -> Option<Vec<(&'static str, u64)>> {
        if !matches!(self.found(), IndexStatus::Same { .. }) {
            return None;
        }
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            BuilderState::Files(files) => Some(files.lengths().to_vec()),
            _ => None,
        }
    }

    fn with(&self, work: impl FnOnce(&mut IndexFiles) -> Result<(), IndexError>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let BuilderState::Files(files) = &mut *held
            && let Err(error) = work(files)
        {
            *held = BuilderState::Stopped(match (files.found(), error) {
                (differs @ IndexStatus::Differs(_), _) => differs,
                (IndexStatus::Behind, IndexError::TooMuch) => IndexStatus::Behind,
                (_, error) => IndexStatus::Not(error.to_string()),
            });
        }
    }

    /// Whether it can continue: what it only compared so far can be written.
    pub fn goes_on(&self) -> bool {
        let found = self.found();
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*held, BuilderState::Files(files) if files.is_as_foretold())
            && matches!(found, IndexStatus::Same { .. } | IndexStatus::Behind)
    }

    /// Whether it is to be built once more: its files were those of a longer record, with
    /// redactions that this one does not have.
    pub fn is_to_begin_again(&self) -> bool {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        matches!(&*held, BuilderState::Files(files) if !files.is_as_foretold())
    }

    /// The status of the index after the events so far.
    pub fn found(&self) -> IndexStatus {
        self.with(|files| files.each_file(CompareOrWrite::flush));
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            BuilderState::Files(files) => files.found(),
            BuilderState::Absent => IndexStatus::Absent,
            BuilderState::Stopped(found) => found.clone(),
        }
    }

    /// Allows a builder that only compared to write from now on: missing entries and new ones.
    pub fn allow(&self, ledger: &Path) {
        let folder = folder(ledger);
        self.with(|files| files.allow(&folder));
    }

    /// Notes that the journal continues at this offset, in the same file or at the start of a new
    /// one; everything added so far is written.
    pub fn commit(&self, offset: u64) {
        self.with(|files| {
            files.place = offset;
            files.each_file(CompareOrWrite::flush)
        });
    }

    /// Ends the record: writes the rest, truncates the files, and returns the status.
    pub fn end(&self) -> IndexStatus {
        self.with(|files| files.each_file(CompareOrWrite::end));
        self.found()
    }
}

impl Follower for Builder {
    fn event(&self, state: &State, examined: &Examined, judged: &EventOutcome) {
        self.with(|files| files.event(state, examined, judged));
    }

    fn commit_line(&self, line: &CommitLine) {
        self.with(|files| match &line.parsed {
            Some(values) => {
                files.place += values.bytes();
                Ok(())
            }
            None => Err(IndexError::Other("a closing line is not in form".to_owned())),
        });
    }
}
