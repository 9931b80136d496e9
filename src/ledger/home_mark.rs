//! The mark of a folder whose record is kept in a database: where that is.
//!
//! ```text
//! annals home v1
//! place postgres://db.example.org:5432/news        without user and password
//! ```
//!
//! Always holds: while the file is there, in whatever form, only the server of that database adds
//! events to the folder. Not here: the home itself (`write::home::postgres_home`).
//! Source: FORMAT.md section 18.

use crate::disk::{self, DiskError, FileMode, read_optional};
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use std::fs;

const FIRST: &str = "annals home v1\n";
const PLACE: &str = "place ";

/// The maximum size of the file, in bytes.
const BOUND: u64 = 16 << 10;

/// Where the record of a folder is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeMark {
    /// The address of the database, without a password.
    pub place: String,
}

impl HomeMark {
    /// Reads the mark of a ledger; `None` if its record is kept in the folder itself.
    ///
    /// Errors: the mark is damaged.
    pub fn of(paths: &Paths) -> Result<Option<HomeMark>, LedgerError> {
        let Some(bytes) = read_optional(&paths.home(), BOUND)? else { return Ok(None) };
        let damaged = || LedgerError::HomeMarkDamaged(paths.home());
        HomeMark::parse(&bytes).ok_or_else(damaged).map(Some)
    }

    /// Refuses a folder whose record is kept in a database.
    pub fn expect_none(paths: &Paths) -> Result<(), LedgerError> {
        match HomeMark::of(paths)? {
            None => Ok(()),
            Some(HomeMark { place }) => {
                Err(LedgerError::KeptElsewhere { ledger: paths.ledger.clone(), place })
            }
        }
    }

    fn parse(bytes: &[u8]) -> Option<HomeMark> {
        let text = std::str::from_utf8(bytes).ok()?;
        let place = text.strip_prefix(FIRST)?.strip_prefix(PLACE)?.strip_suffix('\n')?;
        let is_line = !place.is_empty() && !place.contains(['\n', '\r']);
        is_line.then(|| HomeMark { place: place.to_owned() })
    }

    fn text(&self) -> String {
        format!("{FIRST}{PLACE}{}\n", self.place)
    }

    /// Writes the mark durably.
    pub fn write(&self, paths: &Paths) -> Result<(), DiskError> {
        disk::replace(&paths.home(), self.text().as_bytes(), FileMode::Shared)
    }

    /// Removes the mark durably: the record is kept in the folder again.
    pub fn remove(paths: &Paths) -> Result<(), DiskError> {
        let path = paths.home();
        fs::remove_file(&path).map_err(disk::error("remove", &path))?;
        disk::sync_folder(&paths.ledger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_read_as_it_is_written_and_nothing_else_is() {
        let mark = HomeMark { place: "postgres://127.0.0.1:5432/news".to_owned() };
        assert_eq!(HomeMark::parse(mark.text().as_bytes()), Some(mark));
        for text in [
            "",
            "annals home v1\n",
            "annals home v1\nplace \n",
            "annals home v1\nplace x",
            "annals home v2\nplace x\n",
            "annals home v1\nplace x\r\n",
            "annals home v1\nplace x\nmore\n",
        ] {
            assert_eq!(HomeMark::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
