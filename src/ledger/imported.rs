//! What a ledger that was made of a bag may do: be read, or go on once its log key is another.
//!
//! Always holds: a file that is not in form means that nothing may be written. Not here: how a bag
//! becomes a ledger (`import`). Source: FORMAT.md section 14, "Import".

use crate::disk::DiskError;
use crate::disk::read_optional;
use crate::ledger::error::LedgerError;
use crate::ledger::paths::Paths;
use annals_core::fold::Ledger;
use annals_core::key::PublicKey;
use annals_core::tlog::decimal;

const FIRST: &str = "annals imported v1\n";
const READ_ONLY: &str = "read-only ";
const REKEY: &str = "rekey ";

/// What the file `imported` of a ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// There is none: the ledger was not imported, or was taken over with its log key.
    No,
    /// A copy to read, of a record of so many events; 0 where that is not known.
    ReadOnly(u64),
    /// Taken over without the memory of this log key: it must sign nothing here any more.
    Rekey(PublicKey),
}

impl Imported {
    /// Reads the file of a ledger.
    pub fn of(paths: &Paths) -> Result<Imported, DiskError> {
        let path = paths.imported();
        let bytes = match path.symlink_metadata() {
            // What is there and is no file says nothing that could be believed.
            Ok(about) if !about.is_file() => Some(Vec::new()),
            _ => read_optional(&path, 1 << 10)?,
        };
        let Some(bytes) = bytes else { return Ok(Imported::No) };
        let text = String::from_utf8_lossy(&bytes);
        let said = text.strip_prefix(FIRST).and_then(|rest| rest.strip_suffix('\n'));
        let after = |word: &str| said.and_then(|said| said.strip_prefix(word));
        let of = after(READ_ONLY).and_then(decimal).unwrap_or_default();
        let key = after(REKEY).and_then(PublicKey::parse);
        Ok(key.map_or(Imported::ReadOnly(of), Imported::Rekey))
    }

    /// The file; `None` where there is to be none.
    pub fn write(&self) -> Option<String> {
        match self {
            Imported::No => None,
            Imported::ReadOnly(of) => Some(format!("{FIRST}{READ_ONLY}{of}\n")),
            Imported::Rekey(key) => Some(format!("{FIRST}{REKEY}{key}\n")),
        }
    }

    /// Of how many events the record was, of which a copy of so many is a part; `None` where it is
    /// none, or nothing says so.
    pub fn part_of(&self, size: u64) -> Option<u64> {
        match self {
            Imported::ReadOnly(of) => Some(*of).filter(|of| *of > size),
            _ => None,
        }
    }

    /// Refuses every writer of a copy to read.
    pub fn expect_writable(&self, paths: &Paths) -> Result<(), LedgerError> {
        match self {
            Imported::ReadOnly(_) => Err(LedgerError::ImportedCopy(paths.ledger.clone())),
            _ => Ok(()),
        }
    }

    /// Refuses to let a log key sign whose memory is not here: the record has another one first.
    pub fn expect_rekeyed(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let Imported::Rekey(key) = self else { return Ok(()) };
        match [Some(ledger.log_key), ledger.old_log_key].contains(&Some(*key)) {
            true => Err(LedgerError::NotRekeyed(*key)),
            false => Ok(()),
        }
    }
}
