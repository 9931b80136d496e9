//! The mark of a folder whose record is kept in a database: where that is, and where the log key's
//! memory is.
//!
//! ```text
//! annals home v1
//! place postgres://db.example.org:5432/news        without user and password
//! memory https://w.example.org/ w.example.org+…    absent if the memory is the file of marks
//! ```
//!
//! Always holds: while the file is there, in whatever form, only the server of that database adds
//! events to the folder. Not here: the home itself (`write::home::postgres_home`).
//! Source: FORMAT.md section 18.

use crate::disk::{self, DiskError, FileMode, read_optional};
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::paths::Paths;
use annals_core::tlog::{KeyKind, VerifierKey};
use annals_core::version_line::later;
use std::fs;

const FIRST: &str = "annals home v1\n";
const PLACE: &str = "place ";
const MEMORY: &str = "memory ";

/// The maximum size of the file, in bytes.
const BOUND: u64 = 16 << 10;

/// Where the record of a folder is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeMark {
    /// The address of the database, without a password.
    pub place: String,
    /// The witness that is the memory of the log key; `None` if that is the file of marks.
    pub memory: Option<MemoryWitness>,
}

/// A witness of one's own, as the memory of a log key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryWitness {
    /// Its address.
    pub url: String,
    /// Its verifier key.
    pub key: VerifierKey,
}

impl MemoryWitness {
    fn parse(text: &str) -> Option<MemoryWitness> {
        let (url, key) = text.split_once(' ')?;
        let key = VerifierKey::parse(key).ok().filter(|key| key.kind == KeyKind::Cosignature)?;
        let is_apart = |c: char| c.is_whitespace() || c.is_control();
        let is_url = !url.is_empty() && !url.contains(is_apart);
        is_url.then(|| MemoryWitness { url: url.to_owned(), key })
    }
}

impl HomeMark {
    /// Reads the mark of a ledger; `None` if its record is kept in the folder itself.
    ///
    /// Errors: the mark is damaged.
    pub fn of(paths: &Paths) -> Result<Option<HomeMark>, LedgerError> {
        let Some(bytes) = read_optional(&paths.home(), BOUND)? else { return Ok(None) };
        let damaged = || match later(&bytes, "home") {
            Some(version) => LedgerError::LaterFile { path: paths.home(), version },
            None => LedgerError::HomeMarkDamaged(paths.home()),
        };
        HomeMark::parse(&bytes).ok_or_else(damaged).map(Some)
    }

    /// Why the mark of a ledger cannot be used, if there is a damaged one. That of a later version
    /// is not judged.
    pub fn damage(paths: &Paths) -> Option<String> {
        let error = HomeMark::of(paths).err()?;
        let bytes = read_optional(&paths.home(), BOUND).ok().flatten();
        match bytes.and_then(|bytes| later(&bytes, "home")) {
            Some(_) => None,
            None => Some(chain(&error)),
        }
    }

    /// Refuses a folder whose record is kept in a database.
    pub fn expect_none(paths: &Paths) -> Result<(), LedgerError> {
        match HomeMark::of(paths)? {
            None => Ok(()),
            Some(HomeMark { place, .. }) => {
                Err(LedgerError::KeptElsewhere { ledger: paths.ledger.clone(), place })
            }
        }
    }

    /// Refuses a folder whose record is not kept where its writer found it: in the database at
    /// `place`, or, without one, in the folder. Call it with the folder's lock held: before that
    /// another process may move the record.
    pub fn expect(paths: &Paths, place: Option<&str>) -> Result<(), LedgerError> {
        match (HomeMark::of(paths)?, place) {
            (Some(mark), Some(place)) if mark.place == place => Ok(()),
            (None, Some(place)) => Err(LedgerError::Usage(format!(
                "expected the copy of the record in the database at {place}, found that its \
                 record was moved from there into {}: nothing was written; run the command again \
                 without --home",
                paths.ledger.display()
            ))),
            _ => HomeMark::expect_none(paths),
        }
    }

    fn parse(bytes: &[u8]) -> Option<HomeMark> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (place, rest) = text.strip_prefix(FIRST)?.strip_prefix(PLACE)?.split_once('\n')?;
        let memory = match rest {
            "" => None,
            rest => Some(MemoryWitness::parse(rest.strip_prefix(MEMORY)?.strip_suffix('\n')?)?),
        };
        let mark = HomeMark { place: place.to_owned(), memory };
        (!place.is_empty() && !place.contains('\r') && mark.text() == text).then_some(mark)
    }

    fn text(&self) -> String {
        let memory = self.memory.as_ref();
        let memory = memory.map(|memory| format!("{MEMORY}{} {}\n", memory.url, memory.key));
        format!("{FIRST}{PLACE}{}\n{}", self.place, memory.unwrap_or_default())
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
    use annals_core::key::SecretKey;

    /// A mark whose memory has this address.
    fn mark_with(url: &str) -> String {
        let public = SecretKey::from_seed([7; 32]).public();
        let key = VerifierKey::new("w.example/1", KeyKind::Cosignature, public).unwrap();
        format!("annals home v1\nplace x\nmemory {url} {key}\n")
    }

    #[test]
    fn the_file_is_read_as_it_is_written_and_nothing_else_is() {
        let place = "postgres://127.0.0.1:5432/news".to_owned();
        let public = SecretKey::from_seed([7; 32]).public();
        let key = VerifierKey::new("w.example/1", KeyKind::Cosignature, public).unwrap();
        let witness = MemoryWitness { url: "http://127.0.0.1:8080".to_owned(), key };
        for memory in [None, Some(witness)] {
            let mark = HomeMark { place: place.clone(), memory };
            assert_eq!(HomeMark::parse(mark.text().as_bytes()), Some(mark));
        }
        for text in [
            "",
            "annals home v1\n",
            "annals home v1\nplace \n",
            "annals home v1\nplace x",
            "annals home v2\nplace x\n",
            "annals home v1\nplace x\r\n",
            "annals home v1\nplace x\nmore\n",
            "annals home v1\nplace x\nmemory\n",
            "annals home v1\nplace x\nmemory http://127.0.0.1:1 w.example\n",
            &mark_with("http://127.0.0.1:1\nmore"),
            &mark_with("http://127.0.0.1:1\r"),
            &mark_with(""),
        ] {
            assert_eq!(HomeMark::parse(text.as_bytes()), None, "{text:?}");
        }
    }
}
