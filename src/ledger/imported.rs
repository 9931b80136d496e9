//! The mark of an imported ledger: read only, or writable once its log key is replaced; a copy that
//! follows a published record, or is of a record in a database, is read only too.
//!
//! Always holds: while the file is malformed, nothing may be written. Not here: how a bag becomes a
//! ledger (`import`), the marks of such copies (`following`, `home_mark`).
//! Source: FORMAT.md section 14, "Import".

use crate::disk::{DiskError, read_optional};
use crate::keys::HighWaterMarks;
use crate::ledger::error::{LedgerError, chain};
use crate::ledger::following::FollowingMark;
use crate::ledger::home_mark::HomeMark;
use crate::ledger::paths::Paths;
use annals_core::fold::Ledger;
use annals_core::key::PublicKey;
use annals_core::tlog::decimal;
use annals_core::version_line::later;

const FIRST: &str = "annals imported v1\n";
const READ_ONLY: &str = "read-only ";
const REKEY: &str = "rekey ";

/// The maximum size of the file, in bytes.
const BOUND: u64 = 1 << 10;

/// The faults of the files that say what a ledger is a copy of, and of the earlier checkpoints. A
/// file of a later version is not checked.
pub fn damaged(paths: &Paths) -> Vec<String> {
    let damage = match read_optional(&paths.imported(), BOUND) {
        Ok(Some(bytes)) if ImportStatus::parse(&bytes).is_none() => match later(&bytes, "imported")
        {
            Some(_) => None,
            None => Some(format!("{} is not in form", paths.imported().display())),
        },
        Ok(_) => None,
        Err(error) => Some(chain(&error)),
    };
    let damage = damage.map(|why| {
        format!(
            "{why}: whether this ledger is a copy to read, and of what, is not known, so nothing \
             is written to it; put the file back, or import the bag again"
        )
    });
    let kept = HighWaterMarks::at(paths.checkpoints()).check().err();
    let kept = kept.map(|error| format!("earlier checkpoints: {}", chain(&error)));
    let copies = FollowingMark::damage(paths).into_iter().chain(HomeMark::damage(paths));
    damage.into_iter().chain(kept).chain(copies).collect()
}

/// The content of a ledger's file `imported`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportStatus {
    /// No file: the ledger was not imported, or was imported with its log key.
    No,
    /// A copy to read; the number of events of the record, 0 if unknown.
    ReadOnly(u64),
    /// Imported without the marks of this log key: the key must sign nothing here any more.
    Rekey(PublicKey),
    /// A copy that follows a published record.
    Following,
}

impl ImportStatus {
    /// Reads the file.
    pub fn of(paths: &Paths) -> Result<ImportStatus, DiskError> {
        if FollowingMark::is_at(paths)? {
            return Ok(ImportStatus::Following);
        }
        match read_optional(&paths.imported(), BOUND) {
            Ok(None) => Ok(ImportStatus::No),
            Ok(Some(bytes)) => Ok(ImportStatus::parse(&bytes).unwrap_or(ImportStatus::ReadOnly(0))),
            // Something else at this path is treated as a malformed file.
            Err(DiskError::Strange { .. } | DiskError::TooLarge { .. }) => {
                Ok(ImportStatus::ReadOnly(0))
            }
            Err(error) => Err(error),
        }
    }

    fn parse(bytes: &[u8]) -> Option<ImportStatus> {
        let text = std::str::from_utf8(bytes).ok()?;
        let content = text.strip_prefix(FIRST)?.strip_suffix('\n')?;
        match content.strip_prefix(READ_ONLY) {
            Some(of) => Some(ImportStatus::ReadOnly(decimal(of)?)),
            None => PublicKey::parse(content.strip_prefix(REKEY)?).map(ImportStatus::Rekey),
        }
    }

    /// The text of the file; `None` for [`ImportStatus::No`].
    pub fn write(&self) -> Option<String> {
        match self {
            ImportStatus::No | ImportStatus::Following => None,
            ImportStatus::ReadOnly(of) => Some(format!("{FIRST}{READ_ONLY}{of}\n")),
            ImportStatus::Rekey(key) => Some(format!("{FIRST}{REKEY}{key}\n")),
        }
    }

    /// The number of events of the whole record, if a copy of `size` events is a part of it; `None`
    /// if it is complete or the number is unknown.
    pub fn part_of(&self, size: u64) -> Option<u64> {
        match self {
            ImportStatus::ReadOnly(of) => Some(*of).filter(|of| *of > size),
            _ => None,
        }
    }

    /// Refuses every write to a read-only copy.
    pub fn expect_writable(&self, paths: &Paths) -> Result<(), LedgerError> {
        match self {
            ImportStatus::ReadOnly(_) => Err(LedgerError::ImportedCopy(paths.ledger.clone())),
            ImportStatus::Following => {
                let ledger = paths.ledger.clone();
                Err(match FollowingMark::of(paths)? {
                    Some(mark) => LedgerError::FollowingCopy { ledger, place: mark.shown_place() },
                    None => LedgerError::ImportedCopy(ledger),
                })
            }
            _ => Ok(()),
        }
    }

    /// Refuses to sign with a log key whose marks are not here: the key must be replaced first.
    pub fn expect_rekeyed(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let ImportStatus::Rekey(key) = self else { return Ok(()) };
        match [Some(ledger.log_key), ledger.old_log_key].contains(&Some(*key)) {
            true => Err(LedgerError::NotRekeyed(*key)),
            false => Ok(()),
        }
    }
}
